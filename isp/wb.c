/*
 * wb.c - white balance.
 */
#include "isp/isp_int.h"

static void wb_reset(sim_comp_t *comp)
{
    wb_t *wb = (wb_t *)comp;
    wb->saturated_px = 0;
}

static const sim_field_t wb_fields[] = {
    SIM_FIELD(wb_t, saturated_px),
    SIM_FIELD_END,
};

static const sim_stat_t wb_stats[] = {
    SIM_STAT(wb_t, saturated_px, "px", "samples that their gain took beyond full scale"),
    SIM_STAT_END,
};

static const sim_kind_t wb_kind = {
    .kind = "wb",
    .version = 1,
    .reset = wb_reset,
    .fields = wb_fields,
    .stats = wb_stats,
};
_Static_assert(offsetof(wb_t, comp) == 0, "comp stays first");

sim_err_t wb_init(wb_t *wb, sim_t *sim, const wb_desc_t *desc, const char *name)
{
    sim_err_t err = isp_pipe_check(sim, desc->pipe_cycles, name);
    if (err != SIM_OK)
        return err;
    *wb = (wb_t){.desc = *desc, .rows = isp_rows(sim_simd())};
    return sim_comp_init(&wb->comp, sim, &wb_kind, name);
}

void wb_line(wb_t *wb, isp_half_t line, uint32_t width_px, const uint32_t gain_q8[2])
{
    wb->saturated_px += wb->rows->gain(line.even, (width_px + 1) / 2, gain_q8[0]);
    wb->saturated_px += wb->rows->gain(line.odd, width_px / 2, gain_q8[1]);
}
