#include "tests/sensor/entrance.h"

#include <unistd.h>

#include "sim/file.h"
#include "sim/png.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"

void entrance_run(char *text, size_t text_bytes, const char *name, const char *output,
                  const char *steps, int frames)
{
    size_t bytes;
    char error[256], file[64];
    char *scenario =
        (char *)sim_file_read("scenes/entrance.json", 1 << 20, &bytes, error, sizeof(error));
    ck_assert_msg(scenario != NULL, "%s", error);
    char *end = strstr(scenario, "\"output\"");
    ck_assert_ptr_nonnull(end);
    char *wanted = malloc(bytes + 1024);
    int length = sprintf(wanted,
                         "%.*s\"output\": {%s}, \"host\": [%s, {\"at\": \"0ms\", \"write\": "
                         "\"mode_select\", \"value\": 1}]}",
                         (int)(end - scenario), scenario, output, steps);
    snprintf(file, sizeof(file), "scenes/%s.part.json", name);
    ck_assert_int_eq(sim_file_write(file, wanted, (size_t)length, error, sizeof(error)), SIM_OK);
    free(wanted);
    free(scenario);
    int code =
        fovea(text, text_bytes, "run %s --frames %d --out %s/%s", file, frames, fovea_out, name);
    unlink(file);
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
}

void entrance_picture(const char *file, uint32_t width_px, uint32_t height_px, uint32_t channels)
{
    char error[256];
    sim_image_t image;
    ck_assert_msg(sim_png_read(file, &image, error, sizeof(error)) == SIM_OK, "%s", error);
    ck_assert_uint_eq(image.width_px, width_px);
    ck_assert_uint_eq(image.height_px, height_px);
    ck_assert_uint_eq(image.channels, channels);
    sim_image_free(&image);
}
