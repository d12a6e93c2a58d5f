/*
 * infer_test.c - the infer command: several inputs and outputs, states, what it refuses.
 */
#include "npu/compiler/graph.h"
#include "sim/file.h"
#include "tests/npu/compile_graph.h"
#include "tests/npu/golden_ref.h"
#include "tests/npu/tflite_write.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"

#define DIR FOVEA_OUT "/infer"

static char text[1 << 16], error[256];

static void save(const char *name, const void *data, size_t bytes)
{
    char path[256];
    snprintf(path, sizeof(path), DIR "/%s", name);
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_msg(sim_file_write(path, data, bytes, error, sizeof(error)) == SIM_OK, "%s", error);
}

static void save_model(const npu_graph_t *graph, const char *name)
{
    tflite_image_t image = tflite_write(graph);
    save(name, image.data, image.bytes);
    free(image.data);
}

/* DIR/dump/tensor_N.bin holds what the reference has. */
static void check_dump(const golden_ref_t *ref, int32_t tensor)
{
    char path[256];
    size_t bytes;
    snprintf(path, sizeof(path), DIR "/dump/tensor_%d.bin", tensor);
    uint8_t *data = sim_file_read(path, 1 << 24, &bytes, error, sizeof(error));
    ck_assert_msg(data != NULL, "%s", error);
    ck_assert_uint_eq(bytes, ref->graph->tensor[tensor].bytes);
    ck_assert_msg(memcmp(data, ref->tensor[tensor], bytes) == 0, "%s differs", path);
    free(data);
}

/* Inputs in turn by name and by number. */
static void fill_and_save(build_t *b, golden_ref_t *ref, char arguments[1024])
{
    const npu_graph_t *g = &b->graph;
    size_t used = 0;
    for (uint32_t n = 0; n < g->inputs; n++) {
        char file[32], number[16];
        int32_t t = g->input[n];
        for (uint64_t i = 0; i < g->tensor[t].bytes; i++)
            ref->tensor[t][i] = (uint8_t)sim_stream_u32(&b->random);
        snprintf(file, sizeof(file), "input_%u.bin", n);
        snprintf(number, sizeof(number), "%u", n);
        save(file, ref->tensor[t], g->tensor[t].bytes);
        used += (size_t)snprintf(arguments + used, 1024 - used, " --input %s=" DIR "/%s",
                                 n % 2 ? number : g->tensor[t].name, file);
    }
}

START_TEST(every_input_comes_from_its_file_and_every_output_is_dumped)
{
    for (uint64_t seed = 40; seed < 52; seed++) {
        build_t b;
        golden_ref_t ref;
        char inputs[1024];
        build_random_ends(&b, seed);
        save_model(&b.graph, "ends.tflite");
        golden_ref_init(&ref, &b.graph, false);
        fill_and_save(&b, &ref, inputs);
        golden_ref_run(&ref);
        ck_assert_msg(fovea(text, sizeof(text),
                            "infer " DIR "/ends.tflite%s --keep all --dump " DIR "/dump",
                            inputs) == 0,
                      "seed %llu: %s", (unsigned long long)seed, text);
        for (uint32_t i = 0; i < b.graph.inputs; i++)
            check_dump(&ref, b.graph.input[i]);
        for (uint32_t o = 0; o < b.graph.outputs; o++)
            check_dump(&ref, b.graph.output[o]);
        golden_ref_free(&ref);
        build_free(&b);
    }
}
END_TEST

/* y = x + s: all of scale 0.5 and zero point 0, so codes add. Tensors t0, t1, t2. */
static void adder(build_t *b)
{
    static const uint32_t shape[2] = {1, 4};
    build_begin(b, NPU_TYPE_INT8, 1);
    int32_t x = build_add_input(b, build_tensor(b, NPU_TYPE_INT8, 2, shape, 0.5f, 0));
    int32_t s = build_add_input(b, build_tensor(b, NPU_TYPE_INT8, 2, shape, 0.5f, 0));
    int32_t in[2] = {x, s}, y = build_tensor(b, NPU_TYPE_INT8, 2, shape, 0.5f, 0);
    build_node(b, NPU_NODE_ADD, in, 2, y);
    build_end(b, &y, 1);
}

START_TEST(a_state_goes_from_frame_to_frame)
{
    build_t b;
    static const int8_t x[4] = {1, -2, 30, 100}, s[4] = {0, 5, 0, 0};
    adder(&b);
    save_model(&b.graph, "adder.tflite");
    build_free(&b);
    save("x.bin", x, 4);
    save("s.bin", s, 4);
    ck_assert_int_eq(fovea(text, sizeof(text),
                           "infer " DIR "/adder.tflite -i 0=" DIR "/x.bin --state t2=t1 -n 3 "
                           "--json"),
                     0);
    /* 3 * x, clamped: 3 -6 90 127 */
    ck_assert_msg(strstr(text, "\"codes\":\t[3, -6, 90, 127]") != NULL, "%s", text);
    ck_assert_int_eq(fovea(text, sizeof(text),
                           "infer " DIR "/adder.tflite -i t0=" DIR "/x.bin -i t1=" DIR
                           "/s.bin --state 0=1 -n 3 --json"),
                     0);
    ck_assert_msg(strstr(text, "\"codes\":\t[3, -1, 90, 127]") != NULL, "%s", text);
}
END_TEST

START_TEST(a_program_file_knows_its_inputs_by_name)
{
    build_t b;
    static const int8_t x[4] = {1, 2, 3, 4};
    adder(&b);
    save_model(&b.graph, "adder.tflite");
    build_free(&b);
    save("x.bin", x, 4);
    ck_assert_int_eq(fovea(text, sizeof(text), "compile " DIR "/adder.tflite -o " DIR "/adder.fnp"),
                     0);
    ck_assert_int_eq(fovea(text, sizeof(text),
                           "infer " DIR "/adder.fnp -i t0=" DIR "/x.bin -i t1=" DIR
                           "/x.bin --json"),
                     0);
    ck_assert_ptr_nonnull(strstr(text, "\"codes\":\t[2, 4, 6, 8]"));
    ck_assert_ptr_nonnull(strstr(text, "\"inputs\":"));
    ck_assert_ptr_nonnull(strstr(text, "\"image\":\tfalse"));
}
END_TEST

START_TEST(what_cannot_be_fed_is_refused_in_one_line)
{
    static const struct {
        const char *arguments, *what;
    } cases[] = {
        {"", "adder: nothing for input 0 \"t0\": give --input 0=FILE"},
        {"-i z=" DIR "/x.bin", "no input \"z\"; there are 0 \"t0\", 1 \"t1\""},
        {"-i 2=" DIR "/x.bin", "no input \"2\"; there are 0 \"t0\", 1 \"t1\""},
        {"-i " DIR "/x.bin", "no input \"" DIR "/x.bin\"; there are 0 \"t0\", 1 \"t1\""},
        {"-i 0=" DIR "/x.bin -i t0=" DIR "/x.bin", DIR "/x.bin: input 0 is given twice"},
        {"-i 0=" DIR "/short.bin", DIR "/short.bin: 3 bytes, expected 4 (input 0, int8)"},
        {"-i 0=" DIR "/none.bin", DIR "/none.bin: No such file or directory"},
        {"some.png", "some.png: the network takes no image"},
        {"--state q=t1", "no output \"q\"; there are 0 \"t2\""},
        {"--state t2=q", "no input \"q\"; there are 0 \"t0\", 1 \"t1\""},
    };
    build_t b;
    adder(&b);
    save_model(&b.graph, "adder.tflite");
    build_free(&b);
    save("x.bin", "abcd", 4);
    save("short.bin", "abc", 3);
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        char want[512];
        snprintf(want, sizeof(want), "fovea: %s\n", cases[i].what);
        ck_assert_int_eq(
            fovea(text, sizeof(text), "infer " DIR "/adder.tflite %s", cases[i].arguments), 2);
        ck_assert_str_eq(text, want);
    }
}
END_TEST

START_TEST(a_state_of_another_scale_is_refused)
{
    build_t b;
    adder(&b);
    static const float other = 0.25f;
    b.graph.tensor[1].scale = &other;
    save_model(&b.graph, "adder.tflite");
    build_free(&b);
    save("x.bin", "abcd", 4);
    ck_assert_int_eq(
        fovea(text, sizeof(text), "infer " DIR "/adder.tflite -i 0=" DIR "/x.bin --state 0=1"), 2);
    ck_assert_str_eq(text, "fovea: output 0 cannot become input 1: type, size or scale differ\n");
}
END_TEST

START_TEST(a_program_that_forgets_a_wait_fails_with_instruction_and_layer)
{
    build_t b;
    adder(&b);
    save_model(&b.graph, "adder.tflite");
    build_free(&b);
    save("x.bin", "abcd", 4);
    ck_assert_int_eq(fovea(text, sizeof(text), "compile " DIR "/adder.tflite -o " DIR "/adder.fnp"),
                     0);
    ck_assert_int_eq(fovea(text, sizeof(text), "disasm " DIR "/adder.fnp"), 0);
    char *add = strstr(text, "\nadd "), *wait = add != NULL ? strstr(add, "wait=") : NULL;
    ck_assert_msg(wait != NULL, "%s", text);
    memset(wait, ' ', strcspn(wait, " ")); /* it no longer waits for its sources */
    save("late.s", text, strlen(text));
    ck_assert_int_eq(fovea(text, sizeof(text), "asm " DIR "/late.s -o " DIR "/late.fnp"), 0);
    ck_assert_int_eq(
        fovea(text, sizeof(text), "infer " DIR "/late.fnp -i 0=" DIR "/x.bin -i 1=" DIR "/x.bin"),
        1);
    ck_assert_int_eq(line_count(text), 1);
    ck_assert_msg(strncmp(text, "fovea: " DIR "/late.fnp: hazard: instruction ", 45) == 0 &&
                      strstr(text, ", add of layer") != NULL && strstr(text, "would read ") != NULL,
                  "%s", text);
}
END_TEST

/* adder.fnp with one piece of its text replaced, as bad.fnp. */
static void save_bad(const char *from, const char *to)
{
    static char bad[sizeof(text) + 100];
    ck_assert_int_eq(fovea(text, sizeof(text), "disasm " DIR "/adder.fnp"), 0);
    char *at = strstr(text, from);
    ck_assert_msg(at != NULL, "no '%s' in: %s", from, text);
    snprintf(bad, sizeof(bad), "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    save("bad.s", bad, strlen(bad));
    ck_assert_int_eq(fovea(text, sizeof(text), "asm " DIR "/bad.s -o " DIR "/bad.fnp"), 0);
}

START_TEST(a_program_that_fails_says_so_in_one_line)
{
    static const struct {
        const char *from, *to, *what;
    } cases[] = {
        {"\nend ", "\nend wait=9:2 ", /* of nobody */
         "deadlock: seq stands at instruction 10 (end), semaphores 9: 0 of 2, 0: 0 of 0"},
        {"l2=0x480 l1", "l2=0xfffff000 l1",
         "L2 address: instruction 9, store of layer 1 (t2), leaves L2"},
        {"dst=0x8040 ", "dst=0x80000 ",
         "L1 address: instruction 8, transform of layer 1 (t2), touches bytes up to "
         "0x80004 "
         "of act, which has 0x80000"},
        {"\nend layer=1", "\nnop layer=1", "no end at instruction 11"},
    };
    build_t b;
    adder(&b);
    save_model(&b.graph, "adder.tflite");
    build_free(&b);
    save("x.bin", "abcd", 4);
    ck_assert_int_eq(fovea(text, sizeof(text), "compile " DIR "/adder.tflite -o " DIR "/adder.fnp"),
                     0);
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        char want[512];
        save_bad(cases[i].from, cases[i].to);
        snprintf(want, sizeof(want), "fovea: " DIR "/bad.fnp: %s\n", cases[i].what);
        ck_assert_int_eq(fovea(text, sizeof(text),
                               "infer " DIR "/bad.fnp -i 0=" DIR "/x.bin -i 1=" DIR "/x.bin"),
                         1);
        ck_assert_str_eq(text, want);
    }
}
END_TEST

/* What `infer` says of adder.fnp, compiled for the default chip, on a chip with this beside it. */
static int infer_on(const char *chip)
{
    save("chip.json", chip, strlen(chip));
    return fovea(text, sizeof(text),
                 "infer " DIR "/adder.fnp -i 0=" DIR "/x.bin -i 1=" DIR "/x.bin -c " DIR
                 "/chip.json --json");
}

START_TEST(a_program_for_another_chip_is_refused_or_runs_with_a_warning)
{
    build_t b;
    adder(&b);
    save_model(&b.graph, "adder.tflite");
    build_free(&b);
    save("x.bin", "\1\2\3\4", 4);
    ck_assert_int_eq(fovea(text, sizeof(text), "compile " DIR "/adder.tflite -o " DIR "/adder.fnp"),
                     0);
    ck_assert_int_eq(infer_on("{\"npu\": {\"mac\": {\"kind\": \"os\"}}}"), 2);
    ck_assert_str_eq(text, "fovea: " DIR "/adder.fnp: compiled for mac.kind imx500, this chip has "
                           "os\n");
    ck_assert_int_eq(infer_on("{\"npu\": {\"vector\": {\"start_cycles\": 9}}}"), 0);
    ck_assert_ptr_nonnull(strstr(text, "fovea: warning: " DIR "/adder.fnp: compiled for "
                                       "vector.start_cycles 16, this chip has 9: "));
    ck_assert_ptr_nonnull(strstr(text, "\"codes\":\t[2, 4, 6, 8]"));
    ck_assert_int_eq(infer_on("{\"npu\": {\"clk_hz\": 200000000}}"), 0);
    ck_assert_ptr_null(strstr(text, "warning"));
}
END_TEST

TEST_MAIN("infer", every_input_comes_from_its_file_and_every_output_is_dumped,
          a_state_goes_from_frame_to_frame, a_program_file_knows_its_inputs_by_name,
          what_cannot_be_fed_is_refused_in_one_line, a_state_of_another_scale_is_refused,
          a_program_that_fails_says_so_in_one_line,
          a_program_for_another_chip_is_refused_or_runs_with_a_warning,
          a_program_that_forgets_a_wait_fails_with_instruction_and_layer)
