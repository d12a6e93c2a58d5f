#include "tools/explore/sobol.h"

#include <assert.h>

enum { BITS = 32, MAX_DEGREE = 7 };

/* Degree of the primitive polynomial, its inner coefficients, first direction numbers. */
/* clang-format off */
static const struct {
    uint32_t degree, coefficients, m[MAX_DEGREE];
} table[SOBOL_DIMENSIONS - 1] = {
    {1, 0,  {1}},
    {2, 1,  {1, 3}},
    {3, 1,  {1, 3, 1}},
    {3, 2,  {1, 1, 1}},
    {4, 1,  {1, 1, 3, 3}},
    {4, 4,  {1, 3, 5, 13}},
    {5, 2,  {1, 1, 5, 5, 17}},
    {5, 4,  {1, 1, 5, 5, 5}},
    {5, 7,  {1, 1, 7, 11, 19}},
    {5, 11, {1, 1, 5, 1, 1}},
    {5, 13, {1, 1, 1, 3, 11}},
    {5, 14, {1, 3, 5, 5, 31}},
    {6, 1,  {1, 3, 3, 9, 7, 49}},
    {6, 13, {1, 1, 1, 15, 21, 21}},
    {6, 16, {1, 3, 1, 13, 27, 49}},
    {6, 19, {1, 1, 1, 15, 7, 5}},
    {6, 22, {1, 3, 1, 15, 13, 25}},
    {6, 25, {1, 1, 5, 5, 19, 61}},
    {7, 1,  {1, 3, 7, 11, 23, 15, 103}},
};
/* clang-format on */

/* v[i], from the most significant bit down: equation 2.2 of the paper above. */
static void directions(uint32_t dimension, uint32_t v[BITS])
{
    for (uint32_t i = 0; i < BITS; i++)
        v[i] = UINT32_C(1) << (BITS - 1 - i);
    if (dimension == 0)
        return; /* van der Corput */
    uint32_t s = table[dimension - 1].degree, a = table[dimension - 1].coefficients;
    for (uint32_t i = 0; i < s; i++)
        v[i] = table[dimension - 1].m[i] << (BITS - 1 - i);
    for (uint32_t i = s; i < BITS; i++) {
        v[i] = v[i - s] ^ (v[i - s] >> s);
        for (uint32_t k = 1; k < s; k++)
            v[i] ^= (a >> (s - 1 - k) & 1) * v[i - k];
    }
}

uint32_t sobol_u32(uint32_t dimension, uint32_t index)
{
    uint32_t v[BITS], x = 0;
    assert(dimension < SOBOL_DIMENSIONS);
    directions(dimension, v);
    for (uint32_t i = 0; index >> i != 0; i++) {
        x ^= (index >> i & 1) * v[i];
        if (i == BITS - 1)
            break;
    }
    return x;
}
