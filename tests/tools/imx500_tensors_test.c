/*
 * imx500_tensors_test.c - what a host gets from firmware/app_imx500.c is what the network computes,
 * in every bit; after a snapshot, too.
 */
#include "npu/compiler/tensor_io.h"
#include "sim/file.h"
#include "sim/png.h"
#include "tests/tools/imx500_rig.h"
#include "tools/inference.h"
#include "tools/network.h"

#define DIR FOVEA_OUT "/imx500_tensors"

static char error[512];

static void sent_equals_inferred(const char *network, const char *file)
{
    sensor_desc_t chip = sensor_desc_default();
    network_options_t options = {0};
    npu_prog_t prog;
    ck_assert_msg(network_load(file, &chip.npu, &options, &prog, error, sizeof(error)), "%s",
                  error);
    imx500_ran(network, IMX500_NO_PIXELS, 1);
    imx500_expect_outputs(&prog, &chip, 0);
    npu_prog_free(&prog);
}

START_TEST(what_the_host_gets_is_what_the_network_computes)
{
    sent_equals_inferred(IMX500_DETECTOR, "scenes/person_160.tflite");
}
END_TEST

START_TEST(so_it_is_with_real_models)
{
    static const char *const models[] = {"mobilenet_v1_1.0_224_quant.tflite",
                                         "person_detect.tflite", "resnet8_cifar10_int8.tflite",
                                         "vww_96_int8.tflite", "vww_96_qdq.onnx"};
    const char *dir = test_models_dir();
    char file[1200], from_dir[1300];
    if (dir == NULL) {
        test_skip("no model");
        return;
    }
    for (size_t i = 0; i < SIM_COUNT(models); i++) {
        snprintf(file, sizeof(file), "%s/%s", dir, models[i]);
        snprintf(from_dir, sizeof(from_dir), "%s%s", dir[0] == '/' ? "" : "../../../", file);
        sent_equals_inferred(from_dir, file);
    }
}
END_TEST

/* ---- tails on the core ---- */

/* The picture's codes where the ISP writes them, then NPU and core. */
static void infer_with_core(inference_t *in, const npu_prog_t *prog, const sensor_desc_t *chip)
{
    sim_image_t image;
    const uint32_t *net = prog->net;
    ck_assert_int_eq(sim_png_read(DIR "/out/frames/input_00000.png", &image, error, sizeof(error)),
                     SIM_OK);
    in->firmware = "build/firmware/infer.elf";
    ck_assert_msg(inference_init(in, chip, prog) && inference_load(in, NULL), "%s", in->error);
    for (uint32_t i = 0; i < image.width_px * image.height_px; i++)
        for (uint32_t c = 0; c < image.channels; c++) {
            uint8_t code = image.data[i * image.channels + c] ^ 0x80;
            uint32_t addr = net[NPU_NET_INPUT_ADDR_W] + c * net[NPU_NET_INPUT_PLANE_BYTES_W] +
                            i / image.width_px * net[NPU_NET_INPUT_ROW_BYTES_W] +
                            i % image.width_px;
            ck_assert(sim_mem_poke(&in->memory, addr, &code, 1));
        }
    ck_assert_msg(inference_go(in), "%s", in->error);
    sim_image_free(&image);
}

/* Outputs of different sizes: the one that the host has of so many elements. */
static uint8_t *array_of(uint32_t elements)
{
    for (uint32_t o = 0; o < 4; o++) {
        char path[256];
        size_t bytes;
        snprintf(path, sizeof(path), DIR "/out/frames/output_00000_%u.npy", o);
        uint8_t *data = sim_file_read(path, 1 << 24, &bytes, error, sizeof(error));
        ck_assert_msg(data != NULL, "%s", error);
        if (bytes == 128 + 4 * elements)
            return data;
        free(data);
    }
    ck_abort_msg("no output of %u elements", elements);
    return NULL;
}

/* It dequantizes on the core; here the host does it. */
START_TEST(floats_of_the_core_are_those_of_the_host)
{
    sensor_desc_t chip = sensor_desc_default();
    network_options_t options = {0};
    npu_prog_t prog;
    inference_t in = {0};
    const char *dir = test_models_dir();
    char file[1200], from_dir[1300];
    if (dir == NULL) {
        test_skip("no model");
        return;
    }
    snprintf(file, sizeof(file), "%s/blazeface_front_128_int8.tflite", dir);
    snprintf(from_dir, sizeof(from_dir), "%s%s", dir[0] == '/' ? "" : "../../../", file);
    ck_assert_msg(network_load(file, &chip.npu, &options, &prog, error, sizeof(error)), "%s",
                  error);
    imx500_ran(from_dir, IMX500_NO_PIXELS, 1);
    infer_with_core(&in, &prog, &chip);
    ck_assert_uint_eq(prog.net[NPU_NET_OUTPUTS_W], 4);
    for (uint32_t o = 0; o < 4; o++) {
        npu_net_tensor_t t = npu_prog_output(&prog, o);
        uint32_t elements = (uint32_t)npu_net_tensor_elements(&t);
        ck_assert_uint_eq(t.dtype, NPU_DTYPE_FLOAT32);
        uint8_t *want = malloc(4 * elements), *have = array_of(elements);
        ck_assert(npu_output_read(&prog, o, &in.memory, want));
        ck_assert_msg(memcmp(have + 128, want, 4 * elements) == 0, "output %u differs", o);
        free(want);
        free(have);
    }
    inference_free(&in);
    npu_prog_free(&prog);
}
END_TEST

/* ---- decode ---- */

START_TEST(decode_makes_the_same_of_the_capture)
{
    static const char *const files[] = {"tensors.jsonl", "input_00001.png", "output_00001_0.npy",
                                        "output_00001_1.npy"};
    imx500_ran(IMX500_DETECTOR, IMX500_NO_PIXELS, 2);
    ck_assert_msg(fovea(imx500_text, sizeof(imx500_text),
                        "decode " DIR "/out/link.csi2 --out " DIR "/decoded") == 0,
                  "%s", imx500_text);
    ck_assert_ptr_nonnull(strstr(imx500_text, "0 problems, tensor lines in 2 frames"));
    for (size_t i = 0; i < SIM_COUNT(files); i++) {
        char a[256], b[256];
        snprintf(a, sizeof(a), DIR "/out/%s%s", i == 0 ? "" : "frames/", files[i]);
        snprintf(b, sizeof(b), DIR "/decoded/%s", files[i]);
        ck_assert_msg(same_file(a, b), "%s", files[i]);
    }
}
END_TEST

static uint32_t get32(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* FS, 2 embedded lines, KPI, header and 23 lines of the input, header and 2 lines of outputs, PQ.
 */
static void decode_without(uint32_t packet, const char *what)
{
    size_t bytes, at = 32;
    uint8_t *data = sim_file_read(DIR "/out/link.csi2", 64 << 20, &bytes, error, sizeof(error));
    ck_assert_msg(data != NULL, "%s", error);
    for (uint32_t i = 0; i < packet; i++)
        at += 28 + get32(data + at + 4);
    size_t record = 28 + get32(data + at + 4);
    memmove(data + at, data + at + record, bytes - at - record);
    ck_assert_int_eq(sim_file_write(DIR "/lost.csi2", data, bytes - record, error, sizeof(error)),
                     SIM_OK);
    free(data);
    ck_assert_int_eq(
        fovea(imx500_text, sizeof(imx500_text), "decode " DIR "/lost.csi2 --out " DIR "/decoded"),
        1);
    ck_assert_msg(strstr(imx500_text, what) != NULL, "%s", imx500_text);
}

START_TEST(lost_lines_are_named)
{
    imx500_ran(IMX500_DETECTOR, IMX500_NO_PIXELS, 2);
    decode_without(3, "tensor lines: "); /* KPI */
    decode_without(4, "tensor lines: "); /* the input's header */
    decode_without(10, "tensor \"image\": found 22 lines of it, expected 23");
    decode_without(28, "tensor lines: found no output header for the input of frame count 0");
}
END_TEST

/* ---- snapshots ---- */

START_TEST(a_restored_run_leaves_the_same_tensors)
{
    static const char *const files[] = {"tensors.jsonl",
                                        "link.csi2",
                                        "stats.json",
                                        "frames/input_00000.png",
                                        "frames/output_00000_1.npy",
                                        "frames/input_00002.png",
                                        "frames/output_00002_0.npy"};
    char a[256], b[256];
    imx500_ran(IMX500_DETECTOR, IMX500_NO_PIXELS, 3); /* writes the scenario, too */
    ck_assert_int_eq(fovea(imx500_text, sizeof(imx500_text),
                           "run " DIR "/run.json --out " DIR "/unbroken --snapshot-at 60ms "
                           "--snapshot " DIR "/x.snap"),
                     0);
    ck_assert_int_eq(system("rm -rf " DIR "/restored"), 0);
    ck_assert_msg(fovea(imx500_text, sizeof(imx500_text),
                        "run " DIR "/run.json --out " DIR "/restored --restore " DIR
                        "/x.snap") == 0,
                  "%s", imx500_text);
    for (size_t i = 0; i < SIM_COUNT(files); i++) {
        snprintf(a, sizeof(a), DIR "/out/%s", files[i]);
        snprintf(b, sizeof(b), DIR "/restored/%s", files[i]);
        ck_assert_msg(same_file(a, b), "%s", files[i]);
    }
}
END_TEST

static void use_dir(void)
{
    imx500_dir = DIR;
}

TEST_MAIN_AFTER(use_dir, "imx500 tensors", what_the_host_gets_is_what_the_network_computes,
                so_it_is_with_real_models, floats_of_the_core_are_those_of_the_host,
                decode_makes_the_same_of_the_capture, lost_lines_are_named,
                a_restored_run_leaves_the_same_tensors)
