/*
 * yuv_rows_avx512.c - row kernels of the image path for AVX-512.
 */
#include "isp/vec_avx512.h"
#include "isp/yuv_rows_int.h"

#include "isp/yuv_rows_vec.h"

const yuv_rows_t yuv_rows_avx512 = YUV_ROWS_VEC_TABLE;
