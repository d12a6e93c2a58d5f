/*
 * y4m_fuzz.c - any bytes as Y4M video: the first line, and rows of the frames that are there.
 */
#include <stdlib.h>

#include "scenes/y4m.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(const y4m_t *y4m, const uint8_t *frame)
{
    y4m_color_t *color = malloc(sizeof(*color));
    float *line = malloc(6 * (size_t)y4m->width_px * sizeof(float));
    if (color != NULL && line != NULL) {
        float *const rgb[3] = {line, line + y4m->width_px, line + 2 * (size_t)y4m->width_px};
        y4m_color_init(color, y4m, SCENE_MATRIX_BT709, SCENE_LEVELS_LIMITED);
        for (uint32_t row = 0; row < y4m->height_px; row += 1 + y4m->height_px / 3)
            y4m_row(y4m, color, frame, row, rgb, line + 3 * (size_t)y4m->width_px);
        y4m_row(y4m, color, frame, y4m->height_px - 1, rgb, line + 3 * (size_t)y4m->width_px);
    }
    free(line);
    free(color);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char error[256];
    y4m_t y4m;
    FILE *stream = size > 0 ? fmemopen((void *)(uintptr_t)data, size, "rb") : NULL;
    if (stream == NULL)
        return 0;
    if (y4m_open(stream, "fuzz", &y4m, error, sizeof(error)) && y4m.frame_bytes <= size) {
        uint8_t *frame = malloc(y4m.frame_bytes); /* its own: a byte too far is seen */
        for (uint32_t i = 0; frame != NULL && i < 4; i++) {
            if (y4m_next(stream, "fuzz", i, error, sizeof(error)) != 1 ||
                fread(frame, y4m.frame_bytes, 1, stream) != 1)
                break;
            look(&y4m, frame);
        }
        free(frame);
    }
    fclose(stream);
    return 0;
}
