/*
 * lsc.c - lens shading correction: where samples are in the grid; the gains are in raw_code.h.
 */
#include <stdlib.h>
#include <string.h>

#include "isp/isp_int.h"

static uint32_t half_stride(const lsc_t *lsc)
{
    return (lsc->desc.max_width_px + 1) / 2;
}

static size_t place_bytes(const sim_comp_t *comp)
{
    return 2 * half_stride((const lsc_t *)comp) * sizeof(uint16_t);
}

static void lsc_reset(sim_comp_t *comp)
{
    lsc_t *lsc = (lsc_t *)comp;
    uint16_t *place = lsc->place;
    memset(place, 0, place_bytes(comp));
    memset(&lsc->place, 0, sizeof(*lsc) - offsetof(lsc_t, place));
    lsc->place = place;
}

static const sim_field_t lsc_fields[] = {
    SIM_FIELD_BUF(lsc_t, place, place_bytes),
    SIM_FIELD(lsc_t, now),
    SIM_FIELD(lsc_t, grid),
    SIM_FIELD(lsc_t, gain),
    SIM_FIELD(lsc_t, saturated_px),
    SIM_FIELD_END,
};

static const sim_stat_t lsc_stats[] = {
    SIM_STAT(lsc_t, saturated_px, "px", "samples that their gain took beyond full scale"),
    SIM_STAT_END,
};

static const sim_kind_t lsc_kind = {
    .kind = "lsc",
    .version = 2,
    .reset = lsc_reset,
    .fields = lsc_fields,
    .stats = lsc_stats,
};
_Static_assert(offsetof(lsc_t, comp) == 0, "comp stays first");
_Static_assert(LSC_COLUMNS == ISP_NODES, "a row of the grid");

sim_err_t lsc_init(lsc_t *lsc, sim_t *sim, const lsc_desc_t *desc, const char *name)
{
    sim_err_t err = isp_pipe_check(sim, desc->pipe_cycles, name);
    if (err != SIM_OK)
        return err;
    *lsc = (lsc_t){.desc = *desc, .rows = isp_rows(sim_simd())};
    lsc->place = calloc(1, place_bytes(&lsc->comp));
    if (lsc->place == NULL)
        return sim_fail(sim, SIM_ENOMEM, "%s: no memory for a row", name);
    return sim_comp_init(&lsc->comp, sim, &lsc_kind, name);
}

void lsc_free(lsc_t *lsc)
{
    free(lsc->place);
    lsc->place = NULL;
}

/* ---- places ---- */

/* One axis: samples of a frame, what they show of the array, intervals of the grid. */
typedef struct {
    uint32_t samples, first, extent, flip, array, intervals;
} axis_t;

/* In 1/256 of an interval; below 256 x intervals for a sample within the array. */
static uint32_t place_of(const axis_t *a, uint32_t sample)
{
    uint64_t into = (uint64_t)(2 * sample + 1) * a->extent, all = UINT64_C(2) * a->samples;
    uint64_t center = a->first * all + (a->flip ? a->extent * all - into : into);
    uint64_t place = center * a->intervals * 256 / (all * a->array), last = a->intervals * 256 - 1;
    return (uint32_t)(place < last ? place : last);
}

static axis_t axis_x(const lsc_frame_t *f)
{
    return (axis_t){f->width_px,      f->window.x_px,    f->window.width_px,
                    f->window.flip_x, f->array_width_px, LSC_COLUMNS - 1};
}

static axis_t axis_y(const lsc_frame_t *f)
{
    return (axis_t){f->height_px,     f->window.y_px,     f->window.height_px,
                    f->window.flip_y, f->array_height_px, LSC_ROWS - 1};
}

void lsc_begin(lsc_t *lsc, const lsc_frame_t *frame)
{
    lsc->now = *frame;
    memcpy(lsc->gain, lsc->grid, sizeof(lsc->gain));
    axis_t axis = axis_x(frame);
    for (uint32_t x = 0; x < frame->width_px; x++)
        lsc->place[(x & 1) * half_stride(lsc) + x / 2] = (uint16_t)place_of(&axis, x);
}

static void shade_half(lsc_t *lsc, uint32_t place_y, uint32_t parity, uint32_t phase, uint16_t *v)
{
    const uint16_t *upper = lsc->gain + (size_t)place_y / 256 * LSC_COLUMNS * 4 + phase;
    uint32_t f = place_y % 256, node[LSC_COLUMNS];
    for (uint32_t i = 0; i < LSC_COLUMNS; i++)
        node[i] = upper[4 * i] * (256 - f) + upper[4 * (LSC_COLUMNS + i)] * f;
    lsc->saturated_px += lsc->rows->shade(v, lsc->place + parity * half_stride(lsc),
                                          (lsc->now.width_px + 1 - parity) / 2, node);
}

void lsc_row(lsc_t *lsc, uint32_t row, isp_half_t line)
{
    axis_t axis = axis_y(&lsc->now);
    uint32_t place = place_of(&axis, row);
    shade_half(lsc, place, 0, isp_phase(lsc->now.bayer, row & 1, 0), line.even);
    shade_half(lsc, place, 1, isp_phase(lsc->now.bayer, row & 1, 1), line.odd);
}
