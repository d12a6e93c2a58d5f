/*
 * yuv_rows_avx512.c - row kernels of the image path for AVX-512.
 */
#include "isp/yuv_rows_int.h"

#include "isp/yuv_rows_code.h"

const yuv_rows_t yuv_rows_avx512 = YUV_ROWS_TABLE;
