#include "isp/gamma.h"

#include <string.h>

static const sim_field_t gamma_fields[] = {
    {"code", offsetof(gamma_t, curve.code), sizeof(((gamma_t *)0)->curve.code), false, NULL},
    SIM_FIELD_END,
};

static void gamma_reset(sim_comp_t *comp)
{
    gamma_load((gamma_t *)(void *)comp, NULL);
}

static const sim_kind_t gamma_kind = {
    .kind = "gamma", .version = 1, .reset = gamma_reset, .fields = gamma_fields};
_Static_assert(offsetof(gamma_t, comp) == 0, "comp stays first");

sim_err_t gamma_init(gamma_t *gamma, sim_t *sim, const gamma_desc_t *desc, const char *name)
{
    if (desc->pipe_cycles > 255)
        return sim_fail(sim, SIM_EDESC, "%s.pipe_cycles: %u not in 0..255", name, desc->pipe_cycles);
    gamma->desc = *desc;
    gamma->rows = isp_rows(sim_simd());
    return sim_comp_init(&gamma->comp, sim, &gamma_kind, name);
}

uint32_t gamma_point_x(uint32_t point)
{
    if (point == 0)
        return 0;
    return (4 + (point - 1) % 4) << ((point - 1) / 4);
}

/* Segment k lies between points k and k + 1; its width is a power of two. */
static uint32_t log2_width(uint32_t segment)
{
    return segment == 0 ? 2 : (segment - 1) / 4;
}

void gamma_load(gamma_t *gamma, const uint32_t *points)
{
    isp_curve_t *curve = &gamma->curve;
    memset(curve, 0, sizeof(*curve));
    curve->straight = points == NULL;
    for (uint32_t k = 0; points != NULL && k < ISP_CURVE_SEGMENTS; k++) {
        curve->y0[k] = (int16_t)points[k];
        curve->dy[k] = (int16_t)((int32_t)points[k + 1] - (int32_t)points[k]);
        curve->s[k] = (int16_t)(15 - log2_width(k));
    }
    for (uint32_t x = 0; x < ISP_GAMMA_SIZE; x++) {
        uint32_t k = isp_curve_segment(x);
        int32_t way = (int32_t)((x << curve->s[k]) & 0x7fff);
        int32_t y = curve->y0[k] + ((curve->dy[k] * way + (1 << 14)) >> 15);
        curve->code[x] = (uint8_t)(points == NULL ? x >> 4 : (uint32_t)y);
    }
}

void gamma_row(const gamma_t *gamma, const demosaic_row_t *row, uint32_t first, uint32_t count,
               uint8_t *const out[ISP_CHANNELS])
{
    for (int c = 0; c < ISP_CHANNELS; c++)
        gamma->rows->gamma(row->rgb[c][0] + first, row->rgb[c][1] + first, count, &gamma->curve,
                           out[c] + 2 * (size_t)first);
}
