/*
 * demosaic.c - the window of lines and its mirrored borders; the filters are in rows_code.h.
 */
#include "isp/isp_int.h"

#include <assert.h>
#include <stdlib.h>

#define PAD 8 /* samples before and after a half row; one is needed */

static uint32_t half_stride(const demosaic_t *dm)
{
    return PAD + (dm->desc.max_width_px + 1) / 2 + PAD;
}

static size_t lines_bytes(const sim_comp_t *comp)
{
    const demosaic_t *dm = (const demosaic_t *)comp;
    return (size_t)DEMOSAIC_LINES * 2 * half_stride(dm) * sizeof(uint16_t);
}

static void demosaic_reset(sim_comp_t *comp)
{
    demosaic_t *dm = (demosaic_t *)comp;
    for (size_t i = 0; i < lines_bytes(comp) / sizeof(uint16_t); i++)
        dm->lines[i] = 0;
    dm->line_buffer_bytes = (uint64_t)(DEMOSAIC_LINES - 1) * dm->desc.max_width_px * ISP_BITS / 8;
}

static const sim_field_t demosaic_fields[] = {
    SIM_FIELD_BUF(demosaic_t, lines, lines_bytes),
    SIM_FIELD_END,
};

static const sim_stat_t demosaic_stats[] = {
    SIM_STAT(demosaic_t, line_buffer_bytes, "bytes", "size of the 4 line buffers, 12 bits a pixel"),
    SIM_STAT_END,
};

static const sim_kind_t demosaic_kind = {
    .kind = "demosaic",
    .version = 1,
    .reset = demosaic_reset,
    .fields = demosaic_fields,
    .stats = demosaic_stats,
};
_Static_assert(offsetof(demosaic_t, comp) == 0, "comp stays first");

sim_err_t demosaic_init(demosaic_t *dm, sim_t *sim, const demosaic_desc_t *desc, const char *name)
{
    sim_err_t err = isp_pipe_check(sim, desc->pipe_cycles, name);
    if (err != SIM_OK)
        return err;
    *dm = (demosaic_t){.desc = *desc, .rows = isp_rows(sim_simd())};
    dm->lines = calloc(1, lines_bytes(&dm->comp));
    if (dm->lines == NULL)
        return sim_fail(sim, SIM_ENOMEM, "%s: no memory for line buffers", name);
    return sim_comp_init(&dm->comp, sim, &demosaic_kind, name);
}

void demosaic_free(demosaic_t *dm)
{
    free(dm->lines);
    dm->lines = NULL;
}

isp_half_t demosaic_line(const demosaic_t *dm, uint32_t row)
{
    uint32_t stride = half_stride(dm);
    uint16_t *line = dm->lines + (size_t)(row % DEMOSAIC_LINES) * 2 * stride;
    return (isp_half_t){.even = line + PAD, .odd = line + stride + PAD};
}

/* Columns -2, -1, w, w + 1 from 2, 1, w - 2, w - 3. */
void demosaic_close_line(demosaic_t *dm, uint32_t row, uint32_t width_px)
{
    isp_half_t half = demosaic_line(dm, row);
    uint32_t w = width_px;
    uint16_t *column_w = (w & 1) ? half.odd : half.even;
    uint16_t *column_w1 = (w & 1) ? half.even : half.odd;
    half.even[-1] = half.even[1];
    half.odd[-1] = half.odd[0];
    column_w[w / 2] = column_w[w / 2 - 1];
    column_w1[(w + 1) / 2] = column_w1[(w - 3) / 2];
}

/* Where red is in the frame's first two rows and columns. */
static uint32_t red_row(sim_bayer_t bayer)
{
    return bayer == SIM_BAYER_BGGR || bayer == SIM_BAYER_GBRG;
}

static uint32_t red_column(sim_bayer_t bayer)
{
    return bayer == SIM_BAYER_GRBG || bayer == SIM_BAYER_BGGR;
}

static uint32_t mirrored(int64_t row, uint32_t height_px)
{
    int64_t last = (int64_t)height_px - 1;
    row = row < 0 ? -row : row;
    return (uint32_t)(row > last ? 2 * last - row : row);
}

void demosaic_row(const demosaic_t *dm, sim_bayer_t bayer, uint32_t row, uint32_t height_px,
                  uint32_t first, uint32_t count, const demosaic_row_t *out)
{
    bool red = (row & 1) == red_row(bayer);
    uint32_t chroma = red ? red_column(bayer) : 1 - red_column(bayer);
    uint32_t own = red ? 0 : 2;
    isp_demosaic_job_t job = {.chroma_first = chroma == 0, .count = count};
    for (int k = 0; k < 5; k++) {
        isp_half_t half = demosaic_line(dm, mirrored((int64_t)row + k - 2, height_px));
        job.chroma[k] = (chroma == 0 ? half.even : half.odd) + first;
        job.green[k] = (chroma == 0 ? half.odd : half.even) + first;
    }
    for (uint32_t k = 0; k < 2; k++) {
        uint32_t parity = k == 0 ? chroma : 1 - chroma;
        job.own[k] = out->rgb[own][parity] + first;
        job.luma[k] = out->rgb[1][parity] + first;
        job.other[k] = out->rgb[2 - own][parity] + first;
    }
    dm->rows->demosaic(&job);
}
