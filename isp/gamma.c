/*
 * gamma.c - tone curve.
 */
#include "isp/isp_int.h"

#include <string.h>

_Static_assert(GAMMA_POINTS == ISP_CURVE_SEGMENTS + 1, "a segment between two points");

static void gamma_reset(sim_comp_t *comp)
{
    gamma_t *gamma = (gamma_t *)comp;
    memset(&gamma->curve, 0, sizeof(gamma->curve));
}

static const sim_field_t gamma_fields[] = {
    SIM_FIELD(gamma_t, curve),
    SIM_FIELD_END,
};

static const sim_kind_t gamma_kind = {
    .kind = "gamma",
    .version = 1,
    .reset = gamma_reset,
    .fields = gamma_fields,
};
_Static_assert(offsetof(gamma_t, comp) == 0, "comp stays first");

sim_err_t gamma_init(gamma_t *gamma, sim_t *sim, const gamma_desc_t *desc, const char *name)
{
    sim_err_t err = isp_pipe_check(sim, desc->pipe_cycles, name);
    if (err != SIM_OK)
        return err;
    *gamma = (gamma_t){.desc = *desc, .rows = isp_rows(sim_simd())};
    return sim_comp_init(&gamma->comp, sim, &gamma_kind, name);
}

uint32_t gamma_point_x(uint32_t point)
{
    if (point == 0)
        return 0;
    return (4 + (point - 1) % 4) << ((point - 1) / 4);
}

/* log2 of the distance from a point to the next. */
static uint32_t segment_shift(uint32_t point)
{
    return point == 0 ? 2 : (point - 1) / 4;
}

void gamma_load(gamma_t *gamma, const uint32_t *points)
{
    isp_curve_t *curve = &gamma->curve;
    curve->straight = points == NULL;
    for (uint32_t x = 0; x < ISP_GAMMA_SIZE && points == NULL; x++)
        curve->code[x] = (uint8_t)(x >> 4);
    for (uint32_t p = 0; p < ISP_CURVE_SEGMENTS && points != NULL; p++) {
        uint32_t x0 = gamma_point_x(p), shift = segment_shift(p);
        int32_t y0 = (int32_t)points[p], dy = (int32_t)points[p + 1] - y0;
        int32_t half = (1 << shift) / 2;
        for (int32_t d = 0; d < 1 << shift; d++)
            curve->code[x0 + (uint32_t)d] = (uint8_t)(y0 + ((dy * d + half) >> shift));
        curve->y0[p] = (int16_t)y0;
        curve->dy[p] = (int16_t)dy;
        curve->s[p] = (int16_t)(15 - shift);
    }
}

void gamma_row(const gamma_t *gamma, const demosaic_row_t *row, uint32_t first, uint32_t count,
               uint8_t *const out[ISP_CHANNELS])
{
    for (int c = 0; c < ISP_CHANNELS; c++)
        gamma->rows->gamma(row->rgb[c][0] + first, row->rgb[c][1] + first, count, &gamma->curve,
                           out[c] + 2 * (size_t)first);
}
