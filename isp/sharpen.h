/*
 * sharpen.h - unsharp mask on Y, with coring and a limit.
 *
 *               +-- 4 line buffers of Y, 2 of U, V --+
 *   row n+2 --->|  5 x 5 window                      |---> Y U V of row n
 *               +------------------------------------+
 *
 *   blurred = (sum of weight * Y + 8) >> 4           1 4 6 4 1 down and across; Q4
 *   detail  = 16 Y - blurred                         Q4
 *   kept    = detail - clamp(detail, -core, core)    small detail is noise
 *   more    = clamp((kept * amount + 256) >> 9, -limit, limit)
 *   out     = clamp(Y + more, black, white)          white, black of the range of Y
 * amount 32 adds the detail once. U and V pass, as late as Y.
 *
 * Timing:       2 lines of delay and pipe_cycles.
 * Modeled:      amount, core (1/16 code) and limit (codes), 0..255 each.
 * Not modeled:  separate limits for bright and dark overshoot.
 */
#ifndef ISP_SHARPEN_H
#define ISP_SHARPEN_H

#include "isp/window.h"

typedef struct {
    uint32_t pipe_cycles; /* 1..255 */
    uint32_t max_width_px;
} sharpen_desc_t;

typedef struct {
    sim_comp_t comp;
    sharpen_desc_t desc;
    const yuv_rows_t *rows;

    win_t lines; /* state */
    uint64_t line_buffer_bytes;
} sharpen_t;

sim_err_t sharpen_init(sharpen_t *sharpen, sim_t *sim, const sharpen_desc_t *desc,
                       const char *name);
void sharpen_free(sharpen_t *sharpen);

/* Makes row `row`, as nr_row: out is Y, which goes to luma, and U and V as they are in the lines.
 */
void sharpen_row(const sharpen_t *sharpen, const sharpen_job_t *job, uint32_t row,
                 uint32_t width_px, uint32_t height_px, uint8_t *luma, const uint8_t *out[3]);

#endif
