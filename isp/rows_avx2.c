/*
 * rows_avx2.c - row kernels for AVX2.
 */
#include "isp/rows_int.h"
#include "isp/vec_avx2.h"

#include "isp/rows_vec.h"

const isp_rows_t isp_rows_avx2 = {
    .blc = blc_vec,
    .gain = gain_vec,
    .demosaic = demosaic_rows,
    .bilinear = bilinear_rows,
    .edge = edge_rows,
    .green = green_row,
    .ccm = ccm_vec,
    .gamma = gamma_rows,
    .interleave = interleave_vec,
    .accumulate = accumulate_vec,
    .integrate = integrate_vec,
    .divide = divide_row,
    .blend = blend_row,
    .defects = defects_vec,
    .shade = shade_vec,
    .temporal = temporal_row,
    .put_words = put_words_vec,
    .get_words = get_words_vec,
    .cell_sums = cell_sums,
    .cell_outside = cell_outside,
    .cell_grays = cell_grays,
    .gradients = gradients,
};
