#include "tests/tools/imx500_rig.h"

#include "npu/compiler/tensor_io.h"
#include "sim/file.h"
#include "sim/png.h"
#include "tools/inference.h"

const char *imx500_dir;
char imx500_text[1 << 16];
static char error[512];

void imx500_save(const char *name, const char *content)
{
    char path[256];
    snprintf(path, sizeof(path), "%s/%s", imx500_dir, name);
    ck_assert_int_eq(sim_dir_make(imx500_dir, error, sizeof(error)), SIM_OK);
    ck_assert_msg(sim_file_write(path, content, strlen(content), error, sizeof(error)) == SIM_OK,
                  "%s", error);
}

int imx500_run(const char *network, const char *steps, uint32_t frames)
{
    char scenario[4096];
    snprintf(scenario, sizeof(scenario),
             "{\"chip\": \"../../../logic/chips/imx500.json\","
             "\"firmware\": \"../../firmware/imx500.elf\", \"networks\": [\"%s\"],"
             "\"scene\": {\"seed\": 1, \"lux\": 500, \"background\": {\"kind\": \"room\"}},"
             "\"output\": {\"isp\": false},"
             "\"host\": [%s {\"at\": \"0ms\", \"write\": \"mode_select\", \"value\": 1}],"
             "\"frames\": %u}",
             network, steps, frames);
    imx500_save("run.json", scenario);
    return fovea(imx500_text, sizeof(imx500_text), "run %s/run.json --out %s/out", imx500_dir,
                 imx500_dir);
}

void imx500_ran(const char *network, const char *steps, uint32_t frames)
{
    ck_assert_msg(imx500_run(network, steps, frames) == 0, "%s", imx500_text);
}

char *imx500_result(const char *name)
{
    char path[256];
    size_t bytes;
    snprintf(path, sizeof(path), "%s/out/%s", imx500_dir, name);
    char *data = (char *)sim_file_read(path, 64 << 20, &bytes, error, sizeof(error));
    ck_assert_msg(data != NULL, "%s", error);
    char *all = realloc(data, bytes + 1);
    all[bytes] = '\0';
    return all;
}

long imx500_number(const char *from, const char *key)
{
    char wanted[64];
    snprintf(wanted, sizeof(wanted), "\"%s\":", key);
    const char *at = strstr(from, wanted);
    return at == NULL ? -1 : strtol(at + strlen(wanted), NULL, 10);
}

long imx500_stat(const char *stats, const char *key)
{
    char wanted[64];
    snprintf(wanted, sizeof(wanted), "\"%s\":", key);
    const char *at = strstr(stats, wanted);
    ck_assert_msg(at != NULL, "no %s", key);
    return imx500_number(at, "value");
}

/* ---- values ---- */

/* Output o of prog as float, out of the NPU alone on the picture that was sent. */
static float *infer(inference_t *in, uint32_t o, uint32_t *elements)
{
    npu_net_tensor_t t = npu_prog_output(in->prog, o);
    uint32_t dtype = in->prog->ends[in->prog->net[NPU_NET_INPUTS_W] + o].dtype;
    uint8_t *codes = malloc(npu_output_bytes(in->prog, o));
    float scale, *values;
    *elements = (uint32_t)npu_net_tensor_elements(&t);
    values = malloc(*elements * sizeof(*values));
    memcpy(&scale, &t.scale_bits, sizeof(scale));
    ck_assert(npu_output_read(in->prog, o, &in->memory, codes));
    for (uint32_t i = 0; i < *elements; i++) {
        int code = dtype == NPU_DTYPE_UINT8 ? codes[i] : (int8_t)codes[i];
        int zero = t.zero_point + (dtype == NPU_DTYPE_UINT8 ? 128 : 0);
        values[i] = scale * (float)(code - zero);
    }
    free(codes);
    return values;
}

void imx500_expect_outputs(const npu_prog_t *prog, const sensor_desc_t *chip, uint32_t set)
{
    char path[256];
    sim_image_t image;
    inference_t in = {0};
    uint8_t *inputs[1];
    snprintf(path, sizeof(path), "%s/out/frames/input_%05u.png", imx500_dir, set);
    ck_assert_msg(sim_png_read(path, &image, error, sizeof(error)) == SIM_OK, "%s", error);
    inputs[0] = malloc(npu_input_bytes(prog, 0));
    ck_assert(npu_input_from_pixels(prog, 0, image.data, inputs[0]));
    ck_assert_msg(inference_init(&in, chip, prog) && inference_run(&in, inputs), "%s", in.error);
    for (uint32_t o = 0; o < prog->net[NPU_NET_OUTPUTS_W]; o++) {
        uint32_t elements;
        size_t bytes;
        float *want = infer(&in, o, &elements);
        snprintf(path, sizeof(path), "%s/out/frames/output_%05u_%u.npy", imx500_dir, set, o);
        uint8_t *data = sim_file_read(path, 1 << 24, &bytes, error, sizeof(error));
        ck_assert_msg(data != NULL, "%s", error);
        ck_assert_uint_eq(bytes, 128 + 4 * elements);
        ck_assert_msg(memcmp(data + 128, want, 4 * elements) == 0, "output %u of %u differs", o,
                      set);
        free(data);
        free(want);
    }
    inference_free(&in);
    free(inputs[0]);
    sim_image_free(&image);
}
