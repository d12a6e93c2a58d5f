/*
 * window.c - five lines of three planes.
 */
#include "isp/window.h"

#include <stdlib.h>

#include "isp/lines.h"

#define PAD 64u /* bytes before and after a row; 2 are needed */

static size_t stride_of(const win_t *win)
{
    return lines_stride(PAD + win->max_width_px + PAD);
}

size_t win_bytes(const win_t *win)
{
    return WIN_LINES * 3 * stride_of(win);
}

bool win_init(win_t *win, uint32_t max_width_px)
{
    *win = (win_t){.max_width_px = max_width_px};
    win->data = lines_new(1, win_bytes(win));
    return win->data != NULL;
}

void win_free(win_t *win)
{
    free(win->data);
    win->data = NULL;
}

static uint8_t *plane_of(const win_t *win, uint32_t row, int plane)
{
    return win->data + ((size_t)(row % WIN_LINES) * 3 + (size_t)plane) * stride_of(win) + PAD;
}

void win_planes(const win_t *win, uint32_t row, uint8_t *planes[3])
{
    for (int c = 0; c < 3; c++)
        planes[c] = plane_of(win, row, c);
}

void win_close(const win_t *win, uint32_t row, uint32_t width_px)
{
    for (int c = 0; c < 3; c++) {
        uint8_t *first = plane_of(win, row, c), *last = first + width_px - 1;
        for (int k = 1; k <= WIN_DELAY_LINES; k++) {
            first[-k] = first[k];
            last[k] = last[-k];
        }
    }
}

static uint32_t mirrored(int64_t row, uint32_t height_px)
{
    int64_t last = (int64_t)height_px - 1;
    row = row < 0 ? -row : row;
    return (uint32_t)(row > last ? 2 * last - row : row);
}

void win_rows(const win_t *win, uint32_t row, uint32_t height_px, int plane,
              const uint8_t *rows[WIN_LINES])
{
    for (int k = 0; k < WIN_LINES; k++)
        rows[k] = plane_of(win, mirrored((int64_t)row + k - WIN_DELAY_LINES, height_px), plane);
}
