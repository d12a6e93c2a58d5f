/*
 * blc.c - black-level correction.
 */
#include "isp/isp_int.h"

#include <assert.h>

static void blc_reset(sim_comp_t *comp)
{
    blc_t *blc = (blc_t *)comp;
    blc->clipped_px = 0;
}

static const sim_field_t blc_fields[] = {
    SIM_FIELD(blc_t, clipped_px),
    SIM_FIELD_END,
};

static const sim_stat_t blc_stats[] = {
    SIM_STAT(blc_t, clipped_px, "px", "samples below the black level, clamped to 0"),
    SIM_STAT_END,
};

static const sim_kind_t blc_kind = {
    .kind = "blc",
    .version = 1,
    .reset = blc_reset,
    .fields = blc_fields,
    .stats = blc_stats,
};
_Static_assert(offsetof(blc_t, comp) == 0, "comp stays first");

sim_err_t blc_init(blc_t *blc, sim_t *sim, const blc_desc_t *desc, const char *name)
{
    sim_err_t err = isp_pipe_check(sim, desc->pipe_cycles, name);
    if (err != SIM_OK)
        return err;
    *blc = (blc_t){.desc = *desc, .rows = isp_rows(sim_simd())};
    return sim_comp_init(&blc->comp, sim, &blc_kind, name);
}

void blc_line(blc_t *blc, const sim_line_t *line, const uint32_t offset_dn[2], isp_half_t out)
{
    assert(line->bits <= ISP_BITS);
    blc->clipped_px +=
        blc->rows->blc(sim_line_raw(line), line->width_px, ISP_BITS - line->bits, offset_dn, out);
}
