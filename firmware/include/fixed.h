/*
 * fixed.h - logarithms and powers of two in fixed point: 16.16, a stop is FX_ONE.
 */
#ifndef FW_FIXED_H
#define FW_FIXED_H

#include <stdint.h>

enum { FX_ONE = 1 << 16 };

/* log2(x) for x >= 1; 0 counts as 1. At most 15 low by interpolation, never high by more than 1. */
int32_t fx_log2(uint32_t x);

/* 2^x, 16.16, for x below 16 FX_ONE; saturates above. At most 7e-5 high, 3e-5 low. */
uint32_t fx_exp2(int32_t x);

#endif
