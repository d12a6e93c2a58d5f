/*
 * rows_int.h - the tables of row kernels that rows.c chooses from.
 */
#ifndef ISP_ROWS_INT_H
#define ISP_ROWS_INT_H

#include "isp/rows.h"

extern const isp_rows_t isp_rows_scalar;
#if SIM_X86
extern const isp_rows_t isp_rows_avx2;
extern const isp_rows_t isp_rows_avx512;
#endif

#endif
