#include "isp/demosaic.h"

#include <stdlib.h>
#include <string.h>

enum { MARGIN = 64 }; /* samples before and after a half row: mirrors, and whole vectors */

static size_t half_stride(const demosaic_t *dm)
{
    return MARGIN + (dm->desc.max_width_px + 1) / 2 + MARGIN;
}

static size_t lines_bytes(const sim_comp_t *comp)
{
    const demosaic_t *dm = (const demosaic_t *)(const void *)comp;
    return dm->lines != NULL ? DEMOSAIC_LINES * 2 * half_stride(dm) * sizeof(uint16_t) : 0;
}

/* clang-format off */
static const sim_field_t demosaic_fields[] = {
    SIM_FIELD_BUF(demosaic_t, lines, lines_bytes), SIM_FIELD_END,
};
static const sim_stat_t demosaic_stats[] = {
    SIM_STAT(demosaic_t, line_buffer_bytes, "bytes", "of the four stored lines, 12 bits a sample"),
    SIM_STAT_END,
};
/* clang-format on */

static void demosaic_reset(sim_comp_t *comp)
{
    demosaic_t *dm = (demosaic_t *)(void *)comp;
    memset(dm->lines, 0, lines_bytes(comp));
    dm->line_buffer_bytes = (uint64_t)(DEMOSAIC_LINES - 1) * dm->desc.max_width_px * ISP_BITS / 8;
}

static const sim_kind_t demosaic_kind = {.kind = "demosaic",
                                         .version = 1,
                                         .reset = demosaic_reset,
                                         .fields = demosaic_fields,
                                         .stats = demosaic_stats};
_Static_assert(offsetof(demosaic_t, comp) == 0, "comp stays first");

sim_err_t demosaic_init(demosaic_t *dm, sim_t *sim, const demosaic_desc_t *desc, const char *name)
{
    if (desc->pipe_cycles > 255)
        return sim_fail(sim, SIM_EDESC, "%s.pipe_cycles: %u not in 0..255", name, desc->pipe_cycles);
    if (desc->max_width_px < 4 || desc->max_width_px > 8192)
        return sim_fail(sim, SIM_EDESC, "%s.max_width_px: %u not in 4..8192", name,
                        desc->max_width_px);
    dm->desc = *desc;
    dm->rows = isp_rows(sim_simd());
    dm->lines = calloc(DEMOSAIC_LINES * 2 * half_stride(dm), sizeof(uint16_t));
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
    size_t stride = half_stride(dm);
    uint16_t *line = dm->lines + 2 * stride * (row % DEMOSAIC_LINES);
    return (isp_half_t){line + MARGIN, line + stride + MARGIN};
}

/* Pixel -k is pixel k, pixel w - 1 + k is pixel w - 1 - k; pixel 2 i + p is half row p's [i]. */
void demosaic_close_line(demosaic_t *dm, uint32_t row, uint32_t width_px)
{
    isp_half_t half = demosaic_line(dm, row);
    uint32_t last = width_px / 2; /* index behind the last odd column */
    half.even[-1] = half.even[1];
    half.odd[-1] = half.odd[0];
    if (width_px % 2 == 0) {
        half.even[last] = half.even[last - 1];
        half.odd[last] = half.odd[last - 2];
    } else {
        half.odd[last] = half.odd[last - 1];
        half.even[last + 1] = half.even[last - 1];
        half.odd[last + 1] = half.odd[last - 2];
    }
}

static uint32_t mirrored_row(int64_t row, uint32_t height_px)
{
    if (row < 0)
        row = -row;
    if (row >= height_px)
        row = 2 * ((int64_t)height_px - 1) - row;
    return (uint32_t)row;
}

void demosaic_row(const demosaic_t *dm, sim_bayer_t bayer, uint32_t row, uint32_t height_px,
                  uint32_t first, uint32_t count, const demosaic_row_t *out)
{
    bool even_row = row % 2 == 0;
    bool red_row = (bayer == SIM_BAYER_RGGB || bayer == SIM_BAYER_GRBG) == even_row;
    bool chroma_even = (bayer == SIM_BAYER_RGGB || bayer == SIM_BAYER_BGGR) == even_row;
    int chroma = chroma_even ? 0 : 1, green = 1 - chroma;
    int own = red_row ? 0 : 2, other = 2 - own;
    isp_demosaic_job_t job = {
        .chroma_first = chroma_even,
        .count = count,
        .own = {out->rgb[own][chroma] + first, out->rgb[own][green] + first},
        .luma = {out->rgb[1][chroma] + first, out->rgb[1][green] + first},
        .other = {out->rgb[other][chroma] + first, out->rgb[other][green] + first},
    };
    for (int k = 0; k < DEMOSAIC_LINES; k++) {
        isp_half_t half = demosaic_line(dm, mirrored_row((int64_t)row + k - 2, height_px));
        job.chroma[k] = (chroma_even ? half.even : half.odd) + first;
        job.green[k] = (chroma_even ? half.odd : half.even) + first;
    }
    dm->rows->demosaic(&job);
}
