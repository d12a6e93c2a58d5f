/*
 * infer_core_test.c - networks whose tail runs on the core, through the infer command: real
 * firmware on the simulated core, against goldens and the reference.
 */
#include "npu/compiler/graph.h"
#include "sim/file.h"
#include "tests/npu/build_core.h"
#include "tests/npu/golden_file.h"
#include "tests/npu/golden_ref.h"
#include "tests/npu/tflite_write.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tools/inference.h"
#include "tools/network.h"

#include <glob.h>
#include <unistd.h>

#define DIR FOVEA_OUT "/infer_core"

static char text[1 << 20], error[256];

static void save(const char *name, const void *data, size_t bytes)
{
    char path[256];
    snprintf(path, sizeof(path), DIR "/%s", name);
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_msg(sim_file_write(path, data, bytes, error, sizeof(error)) == SIM_OK, "%s", error);
}

/* The model, and its only input. */
static void save_case(const build_t *b, const golden_ref_t *ref)
{
    int32_t in = b->graph.input[0];
    tflite_image_t image = tflite_write(&b->graph);
    save("m.tflite", image.data, image.bytes);
    save("in.bin", ref->tensor[in], b->graph.tensor[in].bytes);
    free(image.data);
}

static void random_input(build_t *b, golden_ref_t *ref)
{
    golden_ref_init(ref, &b->graph, false);
    for (uint64_t i = 0; i < b->graph.tensor[b->graph.input[0]].bytes; i++)
        ref->tensor[b->graph.input[0]][i] = (uint8_t)sim_stream_u32(&b->random);
    golden_ref_run(ref);
}

static void check_dump(uint32_t tensor, const uint8_t *want, uint64_t want_bytes, const char *what)
{
    char path[256];
    size_t bytes;
    snprintf(path, sizeof(path), DIR "/dump/tensor_%u.bin", tensor);
    uint8_t *data = sim_file_read(path, 1 << 24, &bytes, error, sizeof(error));
    ck_assert_msg(data != NULL, "%s: %s", what, error);
    ck_assert_uint_eq(bytes, want_bytes);
    ck_assert_msg(memcmp(data, want, bytes) == 0, "%s: tensor %u differs", what, tensor);
    free(data);
}

/* The number behind the first key of that name in the output, behind `from`. */
static uint64_t number_of(const char *from, const char *key)
{
    char quoted[64];
    snprintf(quoted, sizeof(quoted), "\"%s\":", key);
    const char *at = strstr(from, quoted);
    ck_assert_msg(at != NULL, "no %s", key);
    return strtoull(at + strlen(quoted), NULL, 10);
}

/* ---- goldens --------------------------------------------------------------------------------- */

static void check_golden(const char *models, const char *model, const char *image_name, bool single)
{
    char name[128], image[512];
    golden_t golden;
    snprintf(name, sizeof(name), "%s__%s", model, image_name);
    golden_load(&golden, models, name, single);
    snprintf(image, sizeof(image), "%s/images/%s_%ux%u%s.png", models, image_name,
             golden.image.width_px, golden.image.height_px, golden.image.channels == 1 ? "g" : "");
    int code = fovea(text, sizeof(text),
                     "infer %s/%s.tflite %s --rounding %s --keep all --dump " DIR "/dump", models,
                     model, image, single ? "single" : "double");
    ck_assert_msg(code == 0, "%s: %s", name, text);
    for (uint32_t i = 0; i < golden.tensors; i++)
        check_dump(golden.tensor[i].tensor, golden.data + golden.tensor[i].offset,
                   golden.tensor[i].bytes, name);
    golden_free(&golden);
}

/* "MODEL__IMAGE.json"; those of ONNX know tensors by name, onnx_golden_test has them. */
static uint32_t check_file(const char *models, const char *path)
{
    char name[128], single[1100];
    const char *base = strrchr(path, '/') + 1;
    snprintf(name, sizeof(name), "%.*s", (int)(strlen(base) - strlen(".json")), base);
    char *image = strstr(name, "__");
    ck_assert_ptr_nonnull(image);
    *image = '\0';
    if (strstr(name, "_qdq") != NULL)
        return 0;
    check_golden(models, name, image + 2, false);
    snprintf(single, sizeof(single), "%.*s.single_rounding.bin",
             (int)(strlen(path) - strlen(".json")), path);
    if (access(single, R_OK) == 0)
        check_golden(models, name, image + 2, true);
    return 1;
}

START_TEST(every_golden_tensor_comes_out_of_the_command_floats_too)
{
    char pattern[1024];
    glob_t found;
    uint32_t checked = 0;
    const char *models = test_models_dir();
    if (models == NULL) {
        test_skip("no model folder (FOVEA_MODELS)");
        return;
    }
    snprintf(pattern, sizeof(pattern), "%s/golden/*.json", models);
    ck_assert_int_eq(glob(pattern, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++)
        checked += check_file(models, found.gl_pathv[i]);
    globfree(&found);
    ck_assert_uint_ge(checked, 13);
}
END_TEST

/* ---- random networks ------------------------------------------------------------------------- */

START_TEST(random_tails_equal_the_reference_on_the_core)
{
    for (uint64_t seed = 3000; seed < 3060; seed++) {
        build_t b;
        golden_ref_t ref;
        char what[32];
        snprintf(what, sizeof(what), "seed %llu", (unsigned long long)seed);
        build_random_core(&b, seed);
        random_input(&b, &ref);
        save_case(&b, &ref);
        const char *model = "m.tflite";
        if (seed % 2) { /* by way of a program file */
            ck_assert_int_eq(fovea(text, sizeof(text), "compile " DIR "/m.tflite -o " DIR "/m.fnp"),
                             0);
            model = "m.fnp";
        }
        int code = fovea(text, sizeof(text),
                         "infer " DIR "/%s -i " DIR "/in.bin --dump " DIR "/dump --json", model);
        ck_assert_msg(code == 0, "%s: %s", what, text);
        for (uint32_t o = 0; o < b.graph.outputs; o++) {
            int32_t t = b.graph.output[o];
            check_dump((uint32_t)t, ref.tensor[t], b.graph.tensor[t].bytes, what);
        }
        golden_ref_free(&ref);
        build_free(&b);
    }
}
END_TEST

/* ---- time ------------------------------------------------------------------------------------ */

/* A map of h x w x 3 behind one layer, dequantized. */
static void dequantizer(build_t *b, uint32_t h, uint32_t w)
{
    build_begin(b, NPU_TYPE_INT8, 1);
    int32_t out = build_dequantize(b, build_unary(b, NPU_NODE_RELU, build_input(b, h, w, 3)));
    build_end(b, &out, 1);
}

static uint64_t dequantize_cycles(uint32_t h, uint32_t w)
{
    build_t b;
    golden_ref_t ref;
    dequantizer(&b, h, w);
    random_input(&b, &ref);
    save_case(&b, &ref);
    ck_assert_int_eq(fovea(text, sizeof(text), "infer " DIR "/m.tflite -i " DIR "/in.bin --json"),
                     0);
    const char *core = strstr(text, "\"core\":");
    ck_assert_ptr_nonnull(core);
    ck_assert_ptr_nonnull(strstr(core, "\"DEQUANTIZE\""));
    uint64_t cycles = number_of(core, "cycles");
    golden_ref_free(&ref);
    build_free(&b);
    return cycles;
}

/* A product in soft float takes 100 to 400 cycles; in the table's way, 256 of those and then about
 * a word of L2 read for four codes and one written for each. */
START_TEST(dequantizing_takes_the_time_of_its_arithmetic)
{
    uint64_t few = dequantize_cycles(5, 2), many = dequantize_cycles(64, 64);
    ck_assert_uint_gt(few, 30 * 100);
    ck_assert_uint_lt(few, 30 * 400);
    ck_assert_uint_gt(many, 256 * 100 + 12288 * 6);
    ck_assert_uint_lt(many, 256 * 400 + 12288 * 20);
}
END_TEST

START_TEST(the_npu_takes_the_same_time_with_and_without_the_core)
{
    build_t b;
    golden_ref_t ref;
    build_random_core(&b, 3);
    random_input(&b, &ref);
    save_case(&b, &ref);
    ck_assert_int_eq(fovea(text, sizeof(text), "infer " DIR "/m.tflite -i " DIR "/in.bin --json"),
                     0);
    uint64_t with = number_of(text, "cycles");
    ck_assert_ptr_nonnull(strstr(text, "\"core\":"));
    ck_assert_int_eq(
        fovea(text, sizeof(text), "infer " DIR "/m.tflite -i " DIR "/in.bin --json --timing-only"),
        0);
    ck_assert_uint_eq(number_of(text, "cycles"), with);
    ck_assert_ptr_null(strstr(text, "\"core\":"));
    ck_assert_int_eq(fovea(text, sizeof(text), "infer " DIR "/m.tflite --json --timing-only"), 0);
    ck_assert_uint_eq(number_of(text, "cycles"), with); /* without an input as well */
    golden_ref_free(&ref);
    build_free(&b);
}
END_TEST

START_TEST(floats_go_in_and_out_by_way_of_the_core)
{
    static const uint32_t shape[2] = {1, 4};
    static const float x[4] = {0.5f, -0.75f, 3.1f, 100};
    build_t b;
    build_begin(&b, NPU_TYPE_INT8, 3);
    int32_t in = build_add_input(&b, build_tensor(&b, NPU_TYPE_FLOAT32, 2, shape, 0.0f, 0));
    in = build_reshape_as_written(&b, in, 2, (const uint32_t[]){4, 1});
    in = build_reshape_as_written(&b, in, 2, shape);
    int32_t codes = build_tensor(&b, NPU_TYPE_INT8, 2, shape, 0.25f, 0);
    int32_t same = build_tensor(&b, NPU_TYPE_INT8, 2, shape, 0.25f, 0);
    build_node(&b, NPU_NODE_QUANTIZE, &in, 1, codes);
    build_node(&b, NPU_NODE_RELU, &codes, 1, same);
    int32_t out = build_dequantize(&b, same);
    build_end(&b, &out, 1);
    tflite_image_t image = tflite_write(&b.graph);
    save("m.tflite", image.data, image.bytes);
    free(image.data);
    build_free(&b);
    save("in.bin", x, sizeof(x));
    ck_assert_int_eq(fovea(text, sizeof(text), "infer " DIR "/m.tflite -i " DIR "/in.bin --json"),
                     0);
    /* quarters, from 0 to 127 of them */
    ck_assert_msg(strstr(text, "\"values\":\t[0.5, 0, 3, 31.75]") != NULL, "%s", text);
    ck_assert_ptr_nonnull(strstr(text, "\"before_npu\":\ttrue"));
    ck_assert_ptr_nonnull(strstr(text, "\"before_npu\":\tfalse"));
}
END_TEST

START_TEST(what_the_compiler_leaves_to_the_core_is_in_its_report)
{
    build_t b;
    golden_ref_t ref;
    dequantizer(&b, 2, 2);
    random_input(&b, &ref);
    save_case(&b, &ref);
    ck_assert_int_eq(
        fovea(text, sizeof(text), "compile " DIR "/m.tflite -o " DIR "/m.fnp --report"), 0);
    ck_assert_ptr_nonnull(strstr(text, "\ncore, after the NPU: DEQUANTIZE t2\n"));
    ck_assert_ptr_nonnull(strstr(text, " |operators of the core, "));
    ck_assert_int_eq(fovea(text, sizeof(text), "compile " DIR "/m.tflite -o " DIR "/m.fnp --json"),
                     0);
    const char *core = strstr(text, "\"core\":");
    ck_assert_ptr_nonnull(core);
    ck_assert_ptr_nonnull(strstr(core, "\"DEQUANTIZE\""));
    /* the result lives while its operator runs: one step behind the layers */
    uint64_t last = 0;
    for (const char *at = strstr(core, "\"places\":"); (at = strstr(at + 1, "\"last_layer\":"));)
        last = number_of(at, "last_layer") > last ? number_of(at, "last_layer") : last;
    uint32_t layers = 0;
    for (const char *at = text; (at = strstr(at + 1, "\"estimate_cycles\":"));)
        layers++;
    ck_assert_uint_eq(last, layers);
    golden_ref_free(&ref);
    build_free(&b);
}
END_TEST

/* ---- what goes wrong ------------------------------------------------------------------------- */

START_TEST(a_box_with_its_edges_in_the_wrong_order_fails_the_run)
{
    static const uint32_t boxes[3] = {1, 12, 4}, scores[3] = {1, 12, 2};
    static const float negative = -1;
    build_t b;
    golden_ref_t ref;
    int32_t out[4];
    build_begin(&b, NPU_TYPE_INT8, 1);
    int32_t x = build_add_input(&b, build_tensor(&b, NPU_TYPE_INT8, 3, boxes, 0.1f, 0));
    int32_t map = build_unary(&b, NPU_NODE_RELU, x);
    int32_t flat = build_fully_connected(&b, x, 24);
    int32_t two = build_tensor(&b, NPU_TYPE_INT8, 3, scores, b.graph.tensor[flat].scale[0],
                               b.graph.tensor[flat].zero_point[0]);
    build_node(&b, NPU_NODE_RESHAPE, &flat, 1, two);
    npu_detection_t options = build_options(&b, 2);
    build_detection(&b, map, two, &options, NPU_TYPE_FLOAT32, out);
    build_end(&b, out, 4);
    int32_t anchors = b.graph.node[b.graph.nodes - 1].input[2];
    memcpy((uint8_t *)(uintptr_t)b.graph.tensor[anchors].data + 8, &negative, 4);
    golden_ref_init(&ref, &b.graph, false);
    save_case(&b, &ref);
    ck_assert_int_eq(fovea(text, sizeof(text), "infer " DIR "/m.tflite -i " DIR "/in.bin"), 1);
    char want[200];
    snprintf(want, sizeof(want),
             "fovea: " DIR
             "/m.tflite: DETECTION_POSTPROCESS \"t%d\" on the core: a box whose edges are in the "
             "wrong order\n",
             out[0]);
    ck_assert_str_eq(text, want);
    golden_ref_free(&ref);
    build_free(&b);
}
END_TEST

/* The dequantizer behind the NPU, on the whole firmware; who calls gets it before its run. */
static inference_t *infer_rig(npu_prog_t *prog)
{
    static sensor_desc_t chip;
    build_t b;
    golden_ref_t ref;
    network_options_t options = {0};
    dequantizer(&b, 2, 2);
    random_input(&b, &ref);
    save_case(&b, &ref);
    ck_assert_msg(chip_load(NULL, &chip, error, sizeof(error)), "%s", error);
    ck_assert_msg(network_load(DIR "/m.tflite", &chip.npu, &options, prog, error, sizeof(error)),
                  "%s", error);
    inference_t *in = calloc(1, sizeof(*in));
    in->firmware = "build/firmware/infer.elf";
    ck_assert_msg(inference_init(in, &chip, prog), "%s", in->error);
    uint8_t *const inputs[] = {ref.tensor[b.graph.input[0]]};
    ck_assert_msg(inference_load(in, inputs), "%s", in->error);
    golden_ref_free(&ref);
    build_free(&b);
    return in;
}

static void free_rig(inference_t *in, npu_prog_t *prog)
{
    inference_free(in);
    npu_prog_free(prog);
    free(in);
}

START_TEST(an_interrupt_of_the_npu_that_gets_lost_costs_a_look)
{
    npu_prog_t prog = {0};
    inference_t *in = infer_rig(&prog);
    intc_lose(&in->core.intc, SENSOR_IRQ_NPU);
    ck_assert_msg(inference_go(in), "%s", in->error);
    ck_assert_uint_eq(in->core.intc.lost_rises, 1);
    uint64_t took_ps = sim_now_ps(in->sim);
    ck_assert_uint_ge(took_ps, 50 * SIM_PS_PER_MS); /* it slept until then */
    ck_assert_uint_le(took_ps, 51 * SIM_PS_PER_MS);
    free_rig(in, &prog);
}
END_TEST

static void hang_after_first(void *ctx, uint32_t index)
{
    if (index == 0)
        npu_hang(ctx);
}

START_TEST(an_npu_that_stands_still_ends_the_program)
{
    npu_prog_t prog = {0};
    inference_t *in = infer_rig(&prog);
    in->npu.on_insn = hang_after_first;
    in->npu.on_insn_ctx = &in->npu;
    ck_assert(!inference_go(in));
    ck_assert_str_eq(in->error, "m: firmware build/firmware/infer.elf ended with 1: the NPU stands "
                                "still");
    ck_assert_uint_le(sim_now_ps(in->sim), 201 * SIM_PS_PER_MS);
    free_rig(in, &prog);
}
END_TEST

START_TEST(firmware_that_is_none_or_does_not_end_is_told)
{
    build_t b;
    golden_ref_t ref;
    dequantizer(&b, 2, 2);
    random_input(&b, &ref);
    save_case(&b, &ref);
    save("none.elf", "hello", 5);
    ck_assert_int_eq(fovea(text, sizeof(text),
                           "infer " DIR "/m.tflite -i " DIR "/in.bin --firmware " DIR "/none.elf"),
                     2);
    ck_assert_int_eq(line_count(text), 1);
    ck_assert_ptr_nonnull(strstr(text, DIR "/none.elf: "));
    ck_assert_int_eq(fovea(text, sizeof(text),
                           "infer " DIR "/m.tflite -i " DIR "/in.bin --firmware " DIR "/missing"),
                     2);
    ck_assert_str_eq(text, "fovea: " DIR "/missing: No such file or directory\n");
    /* another application: it misses most of its registers */
    ck_assert_int_eq(fovea(text, sizeof(text),
                           "infer " DIR "/m.tflite -i " DIR
                           "/in.bin --firmware build/firmware/visitor_counter.elf"),
                     1);
    ck_assert_ptr_nonnull(strstr(text, "visitor_counter.elf did not end in 100 s"));
    golden_ref_free(&ref);
    build_free(&b);
}
END_TEST

TEST_MAIN("infer, core", every_golden_tensor_comes_out_of_the_command_floats_too,
          random_tails_equal_the_reference_on_the_core,
          dequantizing_takes_the_time_of_its_arithmetic,
          the_npu_takes_the_same_time_with_and_without_the_core,
          floats_go_in_and_out_by_way_of_the_core,
          what_the_compiler_leaves_to_the_core_is_in_its_report,
          a_box_with_its_edges_in_the_wrong_order_fails_the_run,
          an_interrupt_of_the_npu_that_gets_lost_costs_a_look,
          an_npu_that_stands_still_ends_the_program, firmware_that_is_none_or_does_not_end_is_told)
