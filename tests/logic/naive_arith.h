/*
 * naive_arith.h - what the naive interpreter's instructions compute, by their funct3.
 */
#ifndef TESTS_LOGIC_NAIVE_ARITH_H
#define TESTS_LOGIC_NAIVE_ARITH_H

#include <stdbool.h>
#include <stdint.h>

/* The M extension; cycles: 2, and one a bit of the dividend's magnitude. */
uint32_t naive_multiply_divide(uint32_t funct3, uint32_t a, uint32_t b, uint32_t *cycles);
/* alternate: SUB, SRA. */
uint32_t naive_operate(uint32_t funct3, bool alternate, uint32_t a, uint32_t b);
/* Whether a branch is taken. */
bool naive_branches(uint32_t funct3, uint32_t a, uint32_t b);

#endif
