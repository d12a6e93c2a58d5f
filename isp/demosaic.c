/*
 * demosaic.c - the window of lines and its mirrored borders; the filters are in rows_code.h.
 */
#include "isp/isp_int.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Samples before a half row, of which 8 are needed, and behind it: EDGE makes ISP_GREEN_PX at once,
 * of fewer, too. */
#define PAD 32
#define BEHIND (ISP_GREEN_PX + 8)
#define E_ROWS 4 /* of e: three are looked at */
#define FOLDED 5 /* of them that are mirrored: what EDGE looks at */

static uint32_t half_stride(const demosaic_t *dm)
{
    uint32_t samples = PAD + (dm->desc.max_width_px + 1) / 2 + BEHIND;
    return (uint32_t)(lines_stride(samples * sizeof(uint16_t)) / sizeof(uint16_t));
}

static size_t lines_bytes(const sim_comp_t *comp)
{
    const demosaic_t *dm = (const demosaic_t *)comp;
    return (size_t)DEMOSAIC_LINES * 2 * half_stride(dm) * sizeof(uint16_t);
}

static void demosaic_reset(sim_comp_t *comp)
{
    demosaic_t *dm = (demosaic_t *)comp;
    memset(dm->lines, 0, lines_bytes(comp));
    memset(&dm->now, 0, sizeof(dm->now));
    dm->e_from = dm->e_to = 0;
    dm->line_buffer_bytes = dm->desc.max_width_px * (UINT64_C(6) * ISP_BITS + ISP_BITS + 1) / 8;
}

/* Rows of e are made again. */
static void demosaic_restored(sim_comp_t *comp)
{
    demosaic_t *dm = (demosaic_t *)comp;
    dm->e_from = dm->e_to = 0;
}

static const sim_field_t demosaic_fields[] = {
    SIM_FIELD_BUF(demosaic_t, lines, lines_bytes),
    SIM_FIELD(demosaic_t, now),
    SIM_FIELD_END,
};

static const sim_stat_t demosaic_stats[] = {
    SIM_STAT(demosaic_t, line_buffer_bytes, "bytes",
             "size of the line buffers: 6 of samples, 12 bits, 2 of e, 13 bits"),
    SIM_STAT_END,
};

static const sim_kind_t demosaic_kind = {
    .kind = "demosaic",
    .version = 3,
    .reset = demosaic_reset,
    .restored = demosaic_restored,
    .fields = demosaic_fields,
    .stats = demosaic_stats,
};
_Static_assert(offsetof(demosaic_t, comp) == 0, "comp stays first");

sim_err_t demosaic_init(demosaic_t *dm, sim_t *sim, const demosaic_desc_t *desc, const char *name)
{
    sim_err_t err = isp_pipe_check(sim, desc->pipe_cycles, name);
    if (err == SIM_OK)
        err = isp_pipe_check(sim, desc->edge_pipe_cycles, name);
    if (err != SIM_OK)
        return err;
    *dm = (demosaic_t){.desc = *desc, .rows = isp_rows(sim_simd())};
    dm->lines = lines_new(1, lines_bytes(&dm->comp));
    dm->scratch = lines_new(E_ROWS, half_stride(dm) * sizeof(int16_t));
    if (dm->lines == NULL || dm->scratch == NULL)
        return sim_fail(sim, SIM_ENOMEM, "%s: no memory for line buffers", name);
    return sim_comp_init(&dm->comp, sim, &demosaic_kind, name);
}

void demosaic_free(demosaic_t *dm)
{
    free(dm->lines);
    free(dm->scratch);
    dm->lines = NULL;
    dm->scratch = NULL;
}

uint32_t demosaic_delay_lines(demosaic_kind_t kind)
{
    return kind == DEMOSAIC_EDGE ? 4 : 2;
}

uint32_t demosaic_pipe_cycles(const demosaic_t *dm, demosaic_kind_t kind)
{
    return kind == DEMOSAIC_EDGE ? dm->desc.edge_pipe_cycles : dm->desc.pipe_cycles;
}

void demosaic_begin(demosaic_t *dm, const demosaic_frame_t *frame)
{
    dm->now = *frame;
    dm->e_from = dm->e_to = 0;
}

isp_half_t demosaic_line(const demosaic_t *dm, uint32_t row)
{
    uint32_t stride = half_stride(dm);
    uint16_t *line = dm->lines + (size_t)(row % DEMOSAIC_LINES) * 2 * stride;
    return (isp_half_t){.even = line + PAD, .odd = line + stride + PAD};
}

/* Mirrored as often as it takes. */
static uint32_t mirrored(int32_t at, uint32_t size)
{
    int32_t last = (int32_t)size - 1;
    while (at < 0 || at > last)
        at = at < 0 ? -at : 2 * last - at;
    return (uint32_t)at;
}

void demosaic_close_line(demosaic_t *dm, uint32_t row)
{
    isp_half_t half = demosaic_line(dm, row);
    uint16_t *const column[2] = {half.even, half.odd};
    int32_t width = (int32_t)dm->now.width_px, end = (width + 1) / 2 * 2 + 2 * FOLDED;
    for (int32_t x = -2 * FOLDED; x < 0; x++) {
        uint32_t left = mirrored(x, dm->now.width_px);
        column[x & 1][(x - (x & 1)) / 2] = column[left & 1][left / 2];
    }
    for (int32_t x = width; x < end; x++) {
        uint32_t right = mirrored(x, dm->now.width_px);
        column[x & 1][x / 2] = column[right & 1][right / 2];
    }
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

/* The half rows of Bayer rows row - reach .. row + reach, from pair `first` on. */
static bool window_of(const demosaic_t *dm, uint32_t row, int32_t reach, int64_t first,
                      const uint16_t **chroma, const uint16_t **green)
{
    bool red = (row & 1) == red_row(dm->now.bayer);
    uint32_t parity = red ? red_column(dm->now.bayer) : 1 - red_column(dm->now.bayer);
    for (int32_t k = -reach; k <= reach; k++) {
        isp_half_t half = demosaic_line(dm, mirrored((int32_t)row + k, dm->now.height_px));
        *chroma++ = (parity == 0 ? half.even : half.odd) + first;
        *green++ = (parity == 0 ? half.odd : half.even) + first;
    }
    return parity == 0;
}

/* ---- rows of e ---- */

static int16_t *e_row(const demosaic_t *dm, uint32_t row)
{
    return dm->scratch + (size_t)(row % E_ROWS) * half_stride(dm) + PAD;
}

/* With a sample more at either end. */
static void make_e(demosaic_t *dm, uint32_t row, uint32_t first, uint32_t count)
{
    isp_green_job_t job = {.count = count + 2, .out = e_row(dm, row) + first - 1};
    job.chroma_first = window_of(dm, row, 3, (int64_t)first - 1, job.chroma, job.green);
    dm->rows->green(&job);
}

/* Rows row - 1 to row + 1, as far as the frame has them. */
static void need_e(demosaic_t *dm, uint32_t row, uint32_t first, uint32_t count)
{
    uint32_t from = row > 0 ? row - 1 : 0;
    uint32_t to = row + 1 < dm->now.height_px ? row + 2 : dm->now.height_px;
    bool kept = dm->e_first == first && dm->e_from <= from && dm->e_to > from;
    for (uint32_t k = kept ? dm->e_to : from; k < to; k++)
        make_e(dm, k, first, count);
    dm->e_first = first;
    dm->e_from = from;
    dm->e_to = to;
}

void demosaic_row(demosaic_t *dm, uint32_t row, uint32_t first, uint32_t count,
                  const demosaic_row_t *out)
{
    uint32_t own = (row & 1) == red_row(dm->now.bayer) ? 0 : 2;
    isp_demosaic_job_t job = {.count = count};
    job.chroma_first = window_of(dm, row, 2, first, job.chroma, job.green);
    for (uint32_t k = 0; k < 2; k++) {
        uint32_t parity = job.chroma_first ? k : 1 - k;
        job.own[k] = out->rgb[own][parity] + first;
        job.luma[k] = out->rgb[1][parity] + first;
        job.other[k] = out->rgb[2 - own][parity] + first;
    }
    if (dm->now.kind == DEMOSAIC_EDGE) {
        need_e(dm, row, first, count);
        for (int32_t k = 0; k < 3; k++)
            job.difference[k] =
                e_row(dm, mirrored((int32_t)row + k - 1, dm->now.height_px)) + first;
        dm->rows->edge(&job);
    } else if (dm->now.kind == DEMOSAIC_BILINEAR) {
        dm->rows->bilinear(&job);
    } else {
        dm->rows->demosaic(&job);
    }
}
