/*
 * window.h - the five newest lines of an image of three 8-bit planes, for 5 x 5 filters.
 *
 * Outside the image, pixel -k is pixel k and pixel w-1+k is pixel w-1-k, in both directions.
 * Hardware stores WIN_LINES - 1 lines; the fifth is the one that comes in.
 */
#ifndef ISP_WINDOW_H
#define ISP_WINDOW_H

#include "isp/yuv_rows.h"

#define WIN_DELAY_LINES 2 /* row n of a 5 x 5 filter is made when row n + 2 is in */

typedef struct {
    uint8_t *data;
    uint32_t max_width_px;
} win_t;

/* False: no memory. */
bool win_init(win_t *win, uint32_t max_width_px);
void win_free(win_t *win);
size_t win_bytes(const win_t *win);

/* Where row `row` goes; win_close mirrors its ends. At least 3 pixels wide and high. */
void win_planes(const win_t *win, uint32_t row, uint8_t *planes[3]);
void win_close(const win_t *win, uint32_t row, uint32_t width_px);
/* Rows row-2..row+2 of a plane. */
void win_rows(const win_t *win, uint32_t row, uint32_t height_px, int plane,
              const uint8_t *rows[WIN_LINES]);

#endif
