#include "isp/mask.h"

#include <stdlib.h>
#include <string.h>

#include "isp/isp_int.h"

static uint32_t cells_of(uint32_t width_px, uint32_t cell_px)
{
    return (width_px + cell_px - 1) / cell_px;
}

/* ---- cells ---- */

static uint8_t mean(const uint8_t *samples, uint32_t count)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < count; i++)
        sum += samples[i];
    return (uint8_t)((sum + count / 2) / count);
}

static void take_cells(mask_t *mask, const mask_job_t *job, uint32_t width_px,
                       const uint8_t *const rgb[3])
{
    size_t stride = cells_of(mask->desc.max_width_px, MASK_LEAST_CELL);
    for (uint32_t c = 0; c < 3; c++)
        for (uint32_t x = 0; x < width_px; x += job->cell_px) {
            uint32_t count = width_px - x < job->cell_px ? width_px - x : job->cell_px;
            mask->cells[c * stride + x / job->cell_px] = mean(rgb[c] + x, count);
        }
    mask->cell_px += width_px;
}

/* ---- rows ---- */

static void put_fill(const mask_job_t *job, const mask_rect_t *r, uint32_t channel, uint8_t *out)
{
    memset(out + r->x, (int)(job->color >> (16 - 8 * channel) & 0xff), r->w);
}

static void put_mosaic(const mask_t *mask, const mask_job_t *job, const mask_rect_t *r,
                       uint32_t channel, uint8_t *out)
{
    size_t stride = cells_of(mask->desc.max_width_px, MASK_LEAST_CELL);
    const uint8_t *cells = mask->cells + channel * stride;
    for (uint32_t x = r->x; x < r->x + r->w; x++)
        out[x] = cells[x / job->cell_px];
}

static bool is_in(const mask_rect_t *r, uint32_t row)
{
    return r->w != 0 && row >= r->y && row - r->y < r->h;
}

/* A row of its own, before the first rectangle changes it. */
static void own_rows(const mask_t *mask, uint32_t width_px, const uint8_t *const rgb[3],
                     const uint8_t *out[3])
{
    for (uint32_t c = 0; c < 3; c++) {
        uint8_t *to = mask->out + c * (size_t)mask->desc.max_width_px;
        memcpy(to, rgb[c], width_px);
        out[c] = to;
    }
}

void mask_row(mask_t *mask, const mask_job_t *job, uint32_t row, uint32_t width_px,
              const uint8_t *const rgb[3], const uint8_t *out[3])
{
    bool own = false;
    memcpy(out, rgb, 3 * sizeof(*out));
    if (job->mode == MASK_MOSAIC && row % job->cell_px == 0)
        take_cells(mask, job, width_px, rgb);
    for (uint32_t i = 0; i < job->rects; i++) {
        const mask_rect_t *r = &job->rect[i];
        if (!is_in(r, row))
            continue;
        if (!own)
            own_rows(mask, width_px, rgb, out);
        own = true;
        for (uint32_t c = 0; c < 3; c++) {
            uint8_t *to = mask->out + c * (size_t)mask->desc.max_width_px;
            if (job->mode == MASK_MOSAIC)
                put_mosaic(mask, job, r, c, to);
            else
                put_fill(job, r, c, to);
        }
        mask->masked_px += r->w;
    }
}

uint32_t mask_pipe_cycles(const mask_t *mask, const mask_job_t *job, uint32_t px_per_clk)
{
    uint32_t wait = (job->cell_px + px_per_clk - 1) / px_per_clk;
    if (job->mode == MASK_OFF)
        return 0;
    return mask->desc.pipe_cycles + (job->mode == MASK_MOSAIC ? wait : 0);
}

/* ---- tables ---- */

static size_t cells_bytes(const sim_comp_t *comp)
{
    const mask_t *mask = (const mask_t *)(const void *)comp;
    return 3 * (size_t)cells_of(mask->desc.max_width_px, MASK_LEAST_CELL);
}

static void mask_reset(sim_comp_t *comp)
{
    mask_t *mask = (mask_t *)comp;
    memset(mask->cells, 0, cells_bytes(comp));
    mask->masked_px = mask->cell_px = 0;
}

static const sim_field_t mask_fields[] = {
    SIM_FIELD_BUF(mask_t, cells, cells_bytes),
    SIM_FIELD(mask_t, masked_px),
    SIM_FIELD(mask_t, cell_px),
    SIM_FIELD_END,
};

static const sim_stat_t mask_stats[] = {
    SIM_STAT(mask_t, masked_px, "px", "samples that rectangles have changed"),
    SIM_STAT(mask_t, cell_px, "px", "samples that went into colors of cells"),
    SIM_STAT_END,
};

static const sim_kind_t mask_kind = {
    .kind = "mask",
    .version = 1,
    .reset = mask_reset,
    .fields = mask_fields,
    .stats = mask_stats,
};
_Static_assert(offsetof(mask_t, comp) == 0, "comp stays first");

sim_err_t mask_init(mask_t *mask, sim_t *sim, const mask_desc_t *desc, const char *name)
{
    memset(mask, 0, sizeof(*mask));
    mask->desc = *desc;
    sim_err_t err = isp_pipe_check(sim, desc->pipe_cycles, name);
    if (err != SIM_OK)
        return err;
    mask->out = calloc(desc->max_width_px, 3);
    mask->cells = calloc(cells_of(desc->max_width_px, MASK_LEAST_CELL), 3);
    if (mask->out == NULL || mask->cells == NULL)
        return sim_fail(sim, SIM_ENOMEM, "%s: no memory for cells", name);
    return sim_comp_init(&mask->comp, sim, &mask_kind, name);
}

void mask_free(mask_t *mask)
{
    free(mask->out);
    free(mask->cells);
    mask->out = mask->cells = NULL;
}
