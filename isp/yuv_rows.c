/*
 * yuv_rows.c - row kernels of the image path for any machine, and the choice between levels.
 */
#include "isp/yuv_rows_int.h"

#include "isp/yuv_rows_code.h"

const yuv_rows_t yuv_rows_scalar = YUV_ROWS_TABLE;

const yuv_rows_t *yuv_rows(sim_simd_t level)
{
#if SIM_X86
    if (level >= SIM_SIMD_AVX512)
        return &yuv_rows_avx512;
    if (level == SIM_SIMD_AVX2)
        return &yuv_rows_avx2;
#endif
    (void)level;
    return &yuv_rows_scalar;
}
