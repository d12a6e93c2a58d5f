/*
 * yuv_rows_int.h - the tables of row kernels that yuv_rows.c chooses from.
 */
#ifndef ISP_YUV_ROWS_INT_H
#define ISP_YUV_ROWS_INT_H

#include "isp/yuv_rows.h"

extern const yuv_rows_t yuv_rows_scalar;
#if SIM_X86
extern const yuv_rows_t yuv_rows_avx2;
extern const yuv_rows_t yuv_rows_avx512;
#endif

#endif
