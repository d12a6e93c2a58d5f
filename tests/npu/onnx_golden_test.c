/*
 * onnx_golden_test.c - the shared QDQ models through reader, compiler and machine, every tensor of
 * every golden file against ONNX Runtime (float requantization, rounded half to even).
 *
 * How far the fixed point of the machine may be from that is stated here: with single rounding not
 * at all, in any tensor; with double rounding, which is TensorFlow Lite's and adds up from layer to
 * layer, up to 12 codes in a map and 7 in a result, in 9.3 % of the codes.
 */
#include "npu/compiler/compile.h"
#include "npu/compiler/tensor_io.h"
#include "tests/npu/golden_file.h"
#include "tests/npu/golden_machine.h"
#include "tests/test.h"

static const struct {
    const char *model;
    const char *images[2];
} models[] = {
    {"vww_96_qdq", {"cat", "grace_hopper"}},
    {"resnet8_cifar10_qdq", {"cat", "dog"}},
};

typedef struct {
    int32_t max, max_output;
    uint64_t differ, codes;
} distance_t;

static void add_distance(distance_t *d, const int8_t *a, const int8_t *b, uint64_t bytes,
                         bool output)
{
    for (uint64_t i = 0; i < bytes; i++) {
        int32_t far = abs(a[i] - b[i]);
        d->max = far > d->max ? far : d->max;
        if (output)
            d->max_output = far > d->max_output ? far : d->max_output;
        d->differ += far != 0;
        d->codes++;
    }
}

static uint32_t top_class(const int8_t *codes, uint64_t count)
{
    uint32_t top = 0;
    for (uint32_t i = 1; i < count; i++)
        if (codes[i] > codes[top])
            top = i;
    return top;
}

static void check_tensor(const golden_machine_t *machine, const golden_t *golden,
                         const golden_tensor_t *t, distance_t *d)
{
    const npu_prog_t *prog = machine->prog;
    const int8_t *want = (const int8_t *)golden->data + t->offset;
    bool output = strcmp(t->name, "output") == 0;
    for (uint32_t k = 0; k < prog->kept_count; k++) {
        if (strcmp(prog->kept[k].name, t->name) != 0)
            continue;
        const int8_t *got = (const int8_t *)machine->kept[k];
        ck_assert_uint_eq(npu_kept_bytes(&prog->kept[k]), t->bytes);
        ck_assert_msg(got != NULL, "%s is never complete", t->name);
        add_distance(d, got, want, t->bytes, output);
        if (output)
            ck_assert_uint_eq(top_class(got, t->bytes), top_class(want, t->bytes));
        return;
    }
    ck_abort_msg("no tensor %s", t->name);
}

static void check_image(const npu_desc_t *desc, const npu_prog_t *prog, const char *name,
                        distance_t *d)
{
    golden_t golden;
    golden_machine_t machine;
    golden_load(&golden, test_models_dir(), name, false);
    golden_machine_init(&machine, desc, prog);
    uint8_t *codes = malloc(npu_input_bytes(prog, 0));
    ck_assert(npu_input_from_pixels(prog, 0, golden.image.data, codes));
    golden_machine_run(&machine, codes);
    for (uint32_t i = 0; i < golden.tensors; i++)
        check_tensor(&machine, &golden, &golden.tensor[i], d);
    free(codes);
    golden_machine_free(&machine);
    golden_free(&golden);
}

static distance_t all_models(npu_round_t rounding)
{
    distance_t d = {0};
    npu_desc_t desc = npu_desc_default();
    npu_compile_options_t options = {.rounding = rounding, .keep_all = true};
    for (size_t m = 0; m < SIM_COUNT(models); m++) {
        npu_graph_t graph;
        npu_prog_t prog;
        char error[256];
        golden_load_model(&graph, test_models_dir(), models[m].model);
        ck_assert(graph.by_name);
        ck_assert_msg(npu_compile(&graph, &desc, &options, &prog, NULL, error, sizeof(error)) ==
                          SIM_OK,
                      "%s", error);
        for (size_t i = 0; i < SIM_COUNT(models[m].images); i++) {
            char name[128];
            snprintf(name, sizeof(name), "%s__%s", models[m].model, models[m].images[i]);
            check_image(&desc, &prog, name, &d);
        }
        npu_prog_free(&prog);
        npu_graph_free(&graph);
    }
    return d;
}

START_TEST(every_onnx_golden_tensor_is_equal_with_single_rounding)
{
    if (test_models_dir() == NULL) {
        test_skip("no model folder (FOVEA_MODELS)");
        return;
    }
    distance_t d = all_models(NPU_ROUND_SINGLE);
    ck_assert_uint_eq((d.codes + 500) / 1000, 694);
    ck_assert_int_eq(d.max, 0);
}
END_TEST

START_TEST(with_double_rounding_onnx_goldens_are_near_and_the_class_is_the_same)
{
    if (test_models_dir() == NULL) {
        test_skip("no model folder (FOVEA_MODELS)");
        return;
    }
    distance_t d = all_models(NPU_ROUND_DOUBLE);
    ck_assert_int_le(d.max, 12);
    ck_assert_int_le(d.max_output, 7);
    ck_assert_uint_lt(10000 * d.differ, 935 * d.codes);
}
END_TEST

TEST_MAIN("npu ONNX golden tensors", every_onnx_golden_tensor_is_equal_with_single_rounding,
          with_double_rounding_onnx_goldens_are_near_and_the_class_is_the_same)
