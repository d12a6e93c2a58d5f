#include "isp/ccm.h"

static const sim_field_t ccm_fields[] = {SIM_FIELD_END};
static const sim_kind_t ccm_kind = {.kind = "ccm", .version = 1, .fields = ccm_fields};
_Static_assert(offsetof(ccm_t, comp) == 0, "comp stays first");

sim_err_t ccm_init(ccm_t *ccm, sim_t *sim, const ccm_desc_t *desc, const char *name)
{
    if (desc->pipe_cycles > 255)
        return sim_fail(sim, SIM_EDESC, "%s.pipe_cycles: %u not in 0..255", name, desc->pipe_cycles);
    ccm->desc = *desc;
    ccm->rows = isp_rows(sim_simd());
    return sim_comp_init(&ccm->comp, sim, &ccm_kind, name);
}

void ccm_row(const ccm_t *ccm, const demosaic_row_t *row, uint32_t first, uint32_t count,
             const int16_t k_q10[9])
{
    for (int parity = 0; parity < 2; parity++) {
        uint16_t *const rgb[ISP_CHANNELS] = {row->rgb[0][parity] + first, row->rgb[1][parity] + first,
                                             row->rgb[2][parity] + first};
        ccm->rows->ccm(rgb, count, k_q10);
    }
}
