/*
 * ccm.c - color-correction matrix.
 */
#include "isp/isp_int.h"

static const sim_kind_t ccm_kind = {.kind = "ccm", .version = 1};
_Static_assert(offsetof(ccm_t, comp) == 0, "comp stays first");

sim_err_t ccm_init(ccm_t *ccm, sim_t *sim, const ccm_desc_t *desc, const char *name)
{
    sim_err_t err = isp_pipe_check(sim, desc->pipe_cycles, name);
    if (err != SIM_OK)
        return err;
    *ccm = (ccm_t){.desc = *desc, .rows = isp_rows(sim_simd())};
    return sim_comp_init(&ccm->comp, sim, &ccm_kind, name);
}

void ccm_row(const ccm_t *ccm, const demosaic_row_t *row, uint32_t first, uint32_t count,
             const int16_t k_q10[9])
{
    for (int parity = 0; parity < 2; parity++) {
        uint16_t *const rgb[ISP_CHANNELS] = {
            row->rgb[0][parity] + first, row->rgb[1][parity] + first, row->rgb[2][parity] + first};
        ccm->rows->ccm(rgb, count, k_q10);
    }
}
