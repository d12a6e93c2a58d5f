/*
 * yuv_rows_avx2.c - row kernels of the image path for AVX2.
 */
#include "isp/vec_avx2.h"
#include "isp/yuv_rows_int.h"

#include "isp/yuv_rows_vec.h"

const yuv_rows_t yuv_rows_avx2 = YUV_ROWS_VEC_TABLE;
