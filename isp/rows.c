/*
 * rows.c - row kernels for any machine, and the choice between levels.
 */
#include "isp/rows_int.h"

#include "isp/rows_code.h"

const isp_rows_t isp_rows_scalar = {
    .blc = blc_row,
    .gain = gain_row,
    .demosaic = demosaic_rows,
    .bilinear = bilinear_rows,
    .edge = edge_rows,
    .green = green_row,
    .ccm = ccm_rows,
    .gamma = gamma_rows,
    .interleave = interleave_rows,
    .accumulate = accumulate_row,
    .integrate = integrate_row,
    .divide = divide_row,
    .blend = blend_row,
    .defects = find_defects,
    .shade = shade_row,
    .temporal = temporal_row,
    .put_words = put_words,
    .get_words = get_words,
    .cell_sums = cell_sums,
    .cell_outside = cell_outside,
    .cell_grays = cell_grays,
    .gradients = gradients,
};

const isp_rows_t *isp_rows(sim_simd_t level)
{
#if SIM_X86
    if (level >= SIM_SIMD_AVX512)
        return &isp_rows_avx512;
    if (level == SIM_SIMD_AVX2)
        return &isp_rows_avx2;
#endif
    (void)level;
    return &isp_rows_scalar;
}
