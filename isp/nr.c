/*
 * nr.c - spatial noise reduction; the filter is in yuv_rows_code.h.
 */
#include "isp/nr.h"

#include <string.h>

#include "isp/isp_int.h"

static size_t lines_bytes(const sim_comp_t *comp)
{
    return win_bytes(&((const nr_t *)comp)->lines);
}

static void nr_reset(sim_comp_t *comp)
{
    nr_t *nr = (nr_t *)comp;
    memset(nr->lines.data, 0, lines_bytes(comp));
    nr->line_buffer_bytes = (uint64_t)(WIN_LINES - 1) * 3 * nr->desc.max_width_px;
}

static const sim_field_t nr_fields[] = {
    SIM_FIELD_BUF(nr_t, lines.data, lines_bytes),
    SIM_FIELD_END,
};

static const sim_stat_t nr_stats[] = {
    SIM_STAT(nr_t, line_buffer_bytes, "bytes", "size of the 4 line buffers, 3 bytes a pixel"),
    SIM_STAT_END,
};

static const sim_kind_t nr_kind = {
    .kind = "nr",
    .version = 2,
    .reset = nr_reset,
    .fields = nr_fields,
    .stats = nr_stats,
};
_Static_assert(offsetof(nr_t, comp) == 0, "comp stays first");

sim_err_t nr_init(nr_t *nr, sim_t *sim, const nr_desc_t *desc, const char *name)
{
    sim_err_t err = isp_pipe_check(sim, desc->pipe_cycles, name);
    if (err != SIM_OK)
        return err;
    *nr = (nr_t){.desc = *desc, .rows = yuv_rows(sim_simd())};
    if (!win_init(&nr->lines, desc->max_width_px))
        return sim_fail(sim, SIM_ENOMEM, "%s: no memory for line buffers", name);
    return sim_comp_init(&nr->comp, sim, &nr_kind, name);
}

void nr_free(nr_t *nr)
{
    win_free(&nr->lines);
}

void nr_row(const nr_t *nr, const nr_job_t *job, uint32_t row, uint32_t width_px,
            uint32_t height_px, uint8_t *const out[3])
{
    for (int c = 0; c < 3; c++) {
        const uint8_t *rows[WIN_LINES];
        win_rows(&nr->lines, row, height_px, c, rows);
        if (job->threshold[c] == 0)
            memcpy(out[c], rows[2], width_px);
        else
            nr->rows->smooth(rows, width_px, job->threshold[c], job->strength, out[c]);
    }
}
