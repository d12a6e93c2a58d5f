/*
 * sharpen.c - unsharp mask; the filter is in yuv_rows_code.h.
 */
#include "isp/sharpen.h"

#include <string.h>

#include "isp/isp_int.h"

static size_t lines_bytes(const sim_comp_t *comp)
{
    return win_bytes(&((const sharpen_t *)comp)->lines);
}

static void sharpen_reset(sim_comp_t *comp)
{
    sharpen_t *sharpen = (sharpen_t *)comp;
    memset(sharpen->lines.data, 0, lines_bytes(comp));
    sharpen->line_buffer_bytes =
        (uint64_t)(WIN_LINES - 1 + 2 * WIN_DELAY_LINES) * sharpen->desc.max_width_px;
}

static const sim_field_t sharpen_fields[] = {
    SIM_FIELD_BUF(sharpen_t, lines.data, lines_bytes),
    SIM_FIELD_END,
};

static const sim_stat_t sharpen_stats[] = {
    SIM_STAT(sharpen_t, line_buffer_bytes, "bytes", "size of 4 line buffers of Y, 2 of U and V"),
    SIM_STAT_END,
};

static const sim_kind_t sharpen_kind = {
    .kind = "sharpen",
    .version = 2,
    .reset = sharpen_reset,
    .fields = sharpen_fields,
    .stats = sharpen_stats,
};
_Static_assert(offsetof(sharpen_t, comp) == 0, "comp stays first");

sim_err_t sharpen_init(sharpen_t *sharpen, sim_t *sim, const sharpen_desc_t *desc, const char *name)
{
    sim_err_t err = isp_pipe_check(sim, desc->pipe_cycles, name);
    if (err != SIM_OK)
        return err;
    *sharpen = (sharpen_t){.desc = *desc, .rows = yuv_rows(sim_simd())};
    if (!win_init(&sharpen->lines, desc->max_width_px))
        return sim_fail(sim, SIM_ENOMEM, "%s: no memory for line buffers", name);
    return sim_comp_init(&sharpen->comp, sim, &sharpen_kind, name);
}

void sharpen_free(sharpen_t *sharpen)
{
    win_free(&sharpen->lines);
}

void sharpen_row(const sharpen_t *sharpen, const sharpen_job_t *job, uint32_t row,
                 uint32_t width_px, uint32_t height_px, uint8_t *luma, const uint8_t *out[3])
{
    const uint8_t *rows[3][WIN_LINES];
    for (int c = 0; c < 3; c++) {
        win_rows(&sharpen->lines, row, height_px, c, rows[c]);
        out[c] = rows[c][WIN_DELAY_LINES];
    }
    sharpen->rows->sharpen(rows[0], width_px, job, luma);
    out[0] = luma;
}
