/*
 * infer_onnx_test.c - the infer command on ONNX models: files in the model's order, under its
 * names.
 */
#include "sim/file.h"
#include "tests/npu/onnx_write.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"

#define DIR FOVEA_OUT "/infer_onnx"
#define INT8 ONNX__TENSOR_PROTO__DATA_TYPE__INT8

static char text[1 << 16], error[256];

static void save(const char *name, const void *data, size_t bytes)
{
    char path[256];
    snprintf(path, sizeof(path), DIR "/%s", name);
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_msg(sim_file_write(path, data, bytes, error, sizeof(error)) == SIM_OK, "%s", error);
}

/* x (N C H W) -> Relu -> "a/r:0" -> Neg -> y. */
static void save_model(const char *name)
{
    static const uint32_t shape[4] = {1, 2, 2, 3};
    onnx_write_t w;
    size_t bytes;
    onnx_write_begin(&w);
    onnx_write_input(&w, "x", INT8, 4, shape);
    onnx_write_dequantize(&w, "x", 0.5f, 0, false);
    onnx_write_node(&w, "Relu", "x_f", "positive");
    onnx_write_quantize(&w, "positive", "a/r:0", 0.5f, 0, false);
    onnx_write_dequantize(&w, "a/r:0", 0.5f, 0, false);
    onnx_write_node(&w, "Neg", "a/r:0_f", "negative");
    onnx_write_quantize(&w, "negative", "y", 0.5f, 0, false);
    onnx_write_output(&w, "y");
    uint8_t *image = onnx_write_pack(&w, &bytes);
    save(name, image, bytes);
    free(image);
    onnx_write_end(&w);
}

static void check_file(const char *path, const int8_t want[12])
{
    size_t bytes;
    uint8_t *data = sim_file_read(path, 1 << 20, &bytes, error, sizeof(error));
    ck_assert_msg(data != NULL, "%s", error);
    ck_assert_uint_eq(bytes, 12);
    ck_assert_mem_eq(data, want, 12);
    free(data);
}

START_TEST(tensors_go_in_and_out_in_the_order_and_under_the_names_of_the_model)
{
    static const int8_t x[12] = {1, -2, 3, -4, 5, -6, 7, -8, 9, -10, 11, -12};
    static const int8_t r[12] = {1, 0, 3, 0, 5, 0, 7, 0, 9, 0, 11, 0};
    save_model("model.onnx");
    save("x.bin", x, sizeof(x));
    ck_assert_msg(fovea(text, sizeof(text),
                        "infer " DIR "/model.onnx -i " DIR "/x.bin --keep all --dump " DIR
                        "/dump --json") == 0,
                  "%s", text);
    ck_assert_ptr_nonnull(strstr(text, "\"rounding\":\t\"single\""));
    ck_assert_msg(strstr(text, "\"codes\":\t[-1, 0, -3, 0, -5, 0, -7, 0, -9, 0, -11, 0]") != NULL,
                  "%s", text);
    check_file(DIR "/dump/x.bin", x);
    check_file(DIR "/dump/a_r_0.bin", r);
}
END_TEST

START_TEST(the_program_of_a_model_gives_the_same)
{
    static const int8_t x[12] = {1, -2, 3, -4, 5, -6, 7, -8, 9, -10, 11, -12};
    static const int8_t y[12] = {-1, 0, -3, 0, -5, 0, -7, 0, -9, 0, -11, 0};
    save_model("program.onnx");
    save("program_x.bin", x, sizeof(x));
    ck_assert_int_eq(fovea(text, sizeof(text), "compile " DIR "/program.onnx -o " DIR "/model.fnp"),
                     0);
    ck_assert_int_eq(fovea(text, sizeof(text),
                           "infer " DIR "/model.fnp -i x=" DIR "/program_x.bin --dump " DIR
                           "/program"),
                     0);
    check_file(DIR "/program/y.bin", y);
}
END_TEST

START_TEST(a_broken_model_is_one_line_and_exit_code_2)
{
    save("broken.onnx", "\x08\x07\x3a\x7f", 4);
    ck_assert_int_eq(fovea(text, sizeof(text), "compile " DIR "/broken.onnx -o " DIR "/b.fnp"), 2);
    ck_assert_str_eq(text, "fovea: " DIR "/broken.onnx: byte 4: found the end of a message, "
                           "expected as many bytes as a field says\n");
}
END_TEST

TEST_MAIN("infer on ONNX models",
          tensors_go_in_and_out_in_the_order_and_under_the_names_of_the_model,
          the_program_of_a_model_gives_the_same, a_broken_model_is_one_line_and_exit_code_2)
