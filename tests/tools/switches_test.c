/*
 * switches_test.c - --fuse and --cascade: other schedules, the same answers; what is refused.
 */
#include "sim/file.h"
#include "tests/npu/compile_graph.h"
#include "tests/npu/tflite_write.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"

#include <unistd.h>

#define DIR FOVEA_OUT "/switches"

static char text[1 << 20], error[256];

static uint8_t *read_file(const char *path, size_t *bytes)
{
    uint8_t *data = sim_file_read(path, 1 << 24, bytes, error, sizeof(error));
    ck_assert_msg(data != NULL, "%s", error);
    return data;
}

/* A network in DIR/chain.tflite, an input in DIR/input.bin. Returns its output tensor. */
static int32_t save_chain(uint64_t seed)
{
    build_t b;
    build_random_chain(&b, seed);
    tflite_image_t image = tflite_write(&b.graph);
    uint64_t bytes = b.graph.tensor[b.graph.input[0]].bytes;
    uint8_t *input = malloc(bytes);
    int32_t output = b.graph.output[0];
    for (uint64_t i = 0; i < bytes; i++)
        input[i] = (uint8_t)sim_stream_u32(&b.random);
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert(sim_file_write(DIR "/chain.tflite", image.data, image.bytes, error, sizeof(error)) ==
              SIM_OK);
    ck_assert(sim_file_write(DIR "/input.bin", input, bytes, error, sizeof(error)) == SIM_OK);
    free(input);
    free(image.data);
    build_free(&b);
    return output;
}

START_TEST(every_schedule_gives_the_same_output)
{
    static const char *const switches[] = {"--fuse none --cascade off", "--fuse all",
                                           "--fuse pad,add --cascade always", "--keep all"};
    for (uint64_t seed = 3; seed < 6; seed++) {
        int32_t output = save_chain(seed);
        uint8_t *first = NULL;
        size_t first_bytes = 0, bytes;
        for (size_t i = 0; i < SIM_COUNT(switches); i++) {
            char path[128];
            ck_assert_msg(fovea(text, sizeof(text),
                                "infer " DIR "/chain.tflite --input " DIR
                                "/input.bin %s --dump " DIR "/dump",
                                switches[i]) == 0,
                          "%s: %s", switches[i], text);
            snprintf(path, sizeof(path), DIR "/dump/tensor_%d.bin", output);
            uint8_t *data = read_file(path, &bytes);
            if (first == NULL) {
                first = data;
                first_bytes = bytes;
                continue;
            }
            ck_assert_uint_eq(bytes, first_bytes);
            ck_assert_msg(memcmp(data, first, bytes) == 0, "%s: another output", switches[i]);
            free(data);
        }
        free(first);
    }
}
END_TEST

#define WIDE "compile --topology " DIR "/wide.topo -o " DIR "/wide.fnp"

/* 257 x 257 pixels of 16 channels, in 32s, and of 96: 8.5 MB. */
START_TEST(what_does_not_fit_whole_is_refused_or_runs_in_stripes)
{
    static const char list[] = "input image 513 513 3\n"
                               "stem conv k=3 s=2 c=16\n"
                               "wide conv k=1 c=96\n"
                               "half depthwise k=3 s=2\n"
                               "out conv k=1 c=32\n";
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert(sim_file_write(DIR "/wide.topo", list, sizeof(list) - 1, error, sizeof(error)) ==
              SIM_OK);
    ck_assert_int_eq(fovea(text, sizeof(text), WIDE " --cascade off"), 2);
    ck_assert_ptr_nonnull(strstr(text, "layer 1 CONV_2D \"wide\": activations need 9293184 "));
    ck_assert_ptr_nonnull(strstr(text, " bytes of L2, "));
    ck_assert_int_eq(fovea(text, sizeof(text), WIDE " --json"), 0);
    ck_assert_ptr_nonnull(strstr(text, "\"first_layer\":"));
    ck_assert_ptr_nonnull(strstr(text, "\"ring_rows\":"));
    ck_assert_ptr_nonnull(strstr(text, "\"fused\":"));
}
END_TEST

START_TEST(a_switch_that_does_not_exist_is_named)
{
    ck_assert_int_eq(fovea(text, sizeof(text), WIDE " --fuse add,padd"), 2);
    ck_assert_ptr_nonnull(strstr(text, "'padd' is none of activation, pad, add, requantize"));
    ck_assert_int_eq(fovea(text, sizeof(text), WIDE " --cascade on"), 2);
    ck_assert_ptr_nonnull(strstr(text, "'on' is none of off, auto, always"));
}
END_TEST

START_TEST(a_result_does_not_take_the_place_of_its_source)
{
    static const char list[] = "input image 8 8 3\na conv k=3 c=4\noutput a\n";
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(sim_file_write(DIR "/own.fnp", list, sizeof(list) - 1, error, sizeof(error)),
                     SIM_OK);
    ck_assert_int_eq(fovea(text, sizeof(text),
                           "compile --topology " DIR "/own.fnp -o " DIR "/../switches/own.fnp"),
                     2);
    ck_assert_ptr_nonnull(strstr(text, "own.fnp: the result would take the place of the input"));
    size_t bytes;
    free(read_file(DIR "/own.fnp", &bytes));
    ck_assert_uint_eq(bytes, sizeof(list) - 1);
}
END_TEST

START_TEST(what_cannot_be_printed_is_an_error)
{
    static const char *const commands[] = {"version", "--help", "compile --help", "regs --c"};
    if (access("/dev/full", W_OK) != 0)
        return;
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        ck_assert_int_eq(fovea(text, sizeof(text), "%s >/dev/full", commands[i]), 1);
}
END_TEST

TEST_MAIN("fovea compile switches", every_schedule_gives_the_same_output,
          what_does_not_fit_whole_is_refused_or_runs_in_stripes,
          a_switch_that_does_not_exist_is_named, a_result_does_not_take_the_place_of_its_source,
          what_cannot_be_printed_is_an_error)
