/*
 * golden_test.c - models through reader, compiler and machine: every tensor of every golden file,
 * byte for byte, with scalar kernels and with the best this host has.
 */
#include "npu/compiler/compile.h"
#include "npu/compiler/tensor_io.h"
#include "tests/npu/compile_graph.h"
#include "tests/npu/golden_file.h"
#include "tests/npu/golden_machine.h"
#include "tests/npu/golden_ref.h"
#include "tests/test.h"

#define NO_MODELS "no model folder (FOVEA_MODELS)"
/* Of each model; sanitizers have seen all code after one. */
#define IMAGES (TEST_FEWER > 1 ? 1 : 8)

typedef struct {
    npu_graph_t graph;
    npu_desc_t desc;
    npu_prog_t prog;
    bool hides; /* fused or in stripes: not every tensor is ever complete in L2 */
} model_t;

static void model_make(model_t *m, const char *name, const npu_compile_options_t *options)
{
    char error[256];
    m->hides = options->fuse == NPU_FUSE_ALL || options->cascade == NPU_CASCADE_ALWAYS;
    m->desc = npu_desc_default();
    golden_load_model(&m->graph, test_models_dir(), name);
    ck_assert_msg(npu_compile(&m->graph, &m->desc, options, &m->prog, NULL, error, sizeof(error)) ==
                      SIM_OK,
                  "%s", error);
}

static void model_free(model_t *m)
{
    npu_prog_free(&m->prog);
    npu_graph_free(&m->graph);
}

static uint8_t *input_codes(const model_t *m, const uint8_t *pixels)
{
    uint8_t *codes = malloc(npu_input_bytes(&m->prog, 0));
    ck_assert(npu_input_from_pixels(&m->prog, 0, pixels, codes));
    return codes;
}

static const uint8_t *kept_of(const golden_machine_t *machine, uint32_t tensor)
{
    for (uint32_t k = 0; k < machine->prog->kept_count; k++)
        if (machine->prog->kept[k].tensor == tensor)
            return machine->kept[k];
    return NULL;
}

static void check_tensors(const model_t *m, const golden_machine_t *machine, const golden_t *golden,
                          const uint8_t *input, const char *name)
{
    for (uint32_t i = 0; i < golden->tensors; i++) {
        const golden_tensor_t *t = &golden->tensor[i];
        const uint8_t *kept = kept_of(machine, t->tensor), *want = golden->data + t->offset;
        bool is_float = m->graph.tensor[t->tensor].type == NPU_TYPE_FLOAT32;
        if (is_float && t->is_input) { /* quantized before it gets there */
            ck_assert_mem_eq(input, want, t->bytes);
            continue;
        }
        if (kept == NULL && m->hides)
            continue;
        ck_assert_msg(kept != NULL, "%s: tensor %u is never complete", name, t->tensor);
        ck_assert_msg(memcmp(kept, want, t->bytes) == 0, "%s: tensor %u \"%.60s\" differs", name,
                      t->tensor, m->graph.tensor[t->tensor].name);
    }
}

/* Where firmware finds it. */
static void check_outputs(const model_t *m, const golden_machine_t *machine, const golden_t *golden)
{
    for (uint32_t o = 0; o < m->graph.outputs; o++)
        for (uint32_t i = 0; i < golden->tensors; i++) {
            const golden_tensor_t *t = &golden->tensor[i];
            if ((int32_t)t->tensor != m->graph.output[o])
                continue;
            uint8_t *codes = malloc(t->bytes);
            ck_assert(npu_output_read(&m->prog, o, &machine->port, codes));
            ck_assert_mem_eq(codes, golden->data + t->offset, t->bytes);
            free(codes);
        }
}

static void check_image(const model_t *m, const char *name, bool single)
{
    golden_t golden;
    golden_machine_t machine;
    golden_load(&golden, test_models_dir(), name, single);
    golden_machine_init(&machine, &m->desc, &m->prog);
    uint8_t *codes = input_codes(m, golden.image.data);
    golden_machine_run(&machine, codes);
    check_tensors(m, &machine, &golden, codes, name);
    check_outputs(m, &machine, &golden);
    free(codes);
    golden_machine_free(&machine);
    golden_free(&golden);
}

static void check_model(const char *name, const char *const *images, npu_compile_options_t options)
{
    model_t m;
    bool single = options.rounding == NPU_ROUND_SINGLE;
    model_make(&m, name, &options);
    for (uint32_t i = 0; images[i] != NULL && i < IMAGES; i++) {
        char file[128];
        snprintf(file, sizeof(file), "%s__%s", name, images[i]);
        check_image(&m, file, single);
    }
    model_free(&m);
}

static const struct {
    const char *model;
    const char *images[4];
    const char *single[2];
} models[] = {
    {"person_detect", {"person", "no_person"}, {"person"}},
    {"vww_96_int8", {"cat", "grace_hopper", "squat"}, {"cat"}},
    {"resnet8_cifar10_int8", {"bird", "cat", "dog"}, {"cat"}},
    {"blazeface_front_128_int8", {"face", "grace_hopper"}, {NULL}},
    {"mobilenet_v1_1.0_224_quant", {"cat", "grace_hopper", "sunflower"}, {NULL}},
};

static const npu_compile_options_t rounds_twice = {.rounding = NPU_ROUND_DOUBLE};
static const npu_compile_options_t rounds_once = {.rounding = NPU_ROUND_SINGLE};

static void check_all(void)
{
    for (size_t i = 0; i < SIM_COUNT(models); i++) {
        check_model(models[i].model, models[i].images, rounds_twice);
        check_model(models[i].model, models[i].single, rounds_once);
    }
}

START_TEST(every_golden_tensor_is_equal_with_scalar_kernels)
{
    if (test_models_dir() == NULL) {
        test_skip(NO_MODELS);
        return;
    }
    ck_assert(sim_simd_force(SIM_SIMD_SCALAR));
    check_all();
}
END_TEST

START_TEST(every_golden_tensor_is_equal_with_the_best_kernels)
{
    if (test_models_dir() == NULL) {
        test_skip(NO_MODELS);
        return;
    }
    ck_assert_int_eq(sim_simd(), sim_simd_best());
    check_all();
}
END_TEST

static void check_first_images(npu_compile_options_t options)
{
    if (test_models_dir() == NULL) {
        test_skip(NO_MODELS);
        return;
    }
    for (size_t i = 0; i < SIM_COUNT(models); i++)
        check_model(models[i].model, (const char *const[]){models[i].images[0], NULL}, options);
}

START_TEST(every_golden_tensor_is_equal_with_gathered_taps)
{
    check_first_images((npu_compile_options_t){.gather_input = true});
}
END_TEST

START_TEST(golden_tensors_that_are_left_are_equal_with_everything_fused)
{
    check_first_images((npu_compile_options_t){.fuse = NPU_FUSE_ALL});
}
END_TEST

START_TEST(golden_tensors_that_are_left_are_equal_in_stripes)
{
    check_first_images((npu_compile_options_t){.cascade = NPU_CASCADE_ALWAYS});
}
END_TEST

/* Everything in flight at once, and L1 and L2 small: whatever waits are missing shows. */
START_TEST(random_networks_on_the_machine_equal_the_reference)
{
    for (uint64_t seed = 5000; seed < 5120; seed++) {
        build_t b;
        npu_prog_t prog;
        char error[256];
        npu_compile_options_t options = {.rounding = seed % 2 ? NPU_ROUND_SINGLE : NPU_ROUND_DOUBLE,
                                         .fuse = seed % 3 ? NPU_FUSE_ALL : NPU_FUSE_AS_CHIP};
        build_random(&b, seed);
        npu_desc_t desc = build_desc(&b, seed);
        desc.l2_bytes = 1 << 20;
        desc.queue_depth = 1 + build_below(&b, 16);
        if (npu_compile(&b.graph, &desc, &options, &prog, NULL, error, sizeof(error)) == SIM_OK) {
            golden_ref_t ref;
            golden_machine_t machine;
            golden_ref_init(&ref, &b.graph, options.rounding == NPU_ROUND_SINGLE);
            uint8_t *input = ref.tensor[b.graph.input[0]];
            for (uint64_t i = 0; i < b.graph.tensor[b.graph.input[0]].bytes; i++)
                input[i] = (uint8_t)sim_stream_u32(&b.random);
            golden_ref_run(&ref);
            golden_machine_init(&machine, &desc, &prog);
            golden_machine_run(&machine, input);
            for (uint32_t k = 0; k < prog.kept_count; k++) {
                uint32_t t = prog.kept[k].tensor;
                ck_assert_msg(machine.kept[k] != NULL && memcmp(machine.kept[k], ref.tensor[t],
                                                                b.graph.tensor[t].bytes) == 0,
                              "seed %llu: tensor %u differs", (unsigned long long)seed, t);
            }
            golden_machine_free(&machine);
            golden_ref_free(&ref);
            npu_prog_free(&prog);
        }
        build_free(&b);
    }
}
END_TEST

/* The second run finds the memories as the first left them. */
START_TEST(a_second_inference_gives_the_same_answer_in_the_same_time)
{
    build_t b;
    npu_prog_t prog;
    char error[256];
    npu_desc_t desc = npu_desc_default();
    npu_compile_options_t options = {.rounding = NPU_ROUND_DOUBLE};
    build_random(&b, 12);
    ck_assert(npu_compile(&b.graph, &desc, &options, &prog, NULL, error, sizeof(error)) == SIM_OK);
    uint64_t bytes = npu_input_bytes(&prog, 0), out_bytes = b.graph.tensor[b.graph.output[0]].bytes;
    uint8_t *input = calloc(1, bytes), *first = malloc(out_bytes), *second = malloc(out_bytes);
    golden_machine_t machine;
    golden_machine_init(&machine, &desc, &prog);
    golden_machine_run(&machine, input);
    ck_assert(npu_output_read(&prog, 0, &machine.port, first));
    uint64_t cycles = golden_machine_cycles(&machine);
    golden_machine_run(&machine, input);
    ck_assert(npu_output_read(&prog, 0, &machine.port, second));
    ck_assert_mem_eq(first, second, out_bytes);
    ck_assert_uint_eq(golden_machine_cycles(&machine), cycles);
    free(input);
    free(first);
    free(second);
    golden_machine_free(&machine);
    npu_prog_free(&prog);
    build_free(&b);
}
END_TEST

TEST_MAIN("npu golden tensors", every_golden_tensor_is_equal_with_scalar_kernels,
          every_golden_tensor_is_equal_with_the_best_kernels,
          every_golden_tensor_is_equal_with_gathered_taps,
          golden_tensors_that_are_left_are_equal_with_everything_fused,
          golden_tensors_that_are_left_are_equal_in_stripes,
          random_networks_on_the_machine_equal_the_reference,
          a_second_inference_gives_the_same_answer_in_the_same_time)
