#include "logic/ecc.h"

#include <stdbool.h>

static bool is_check(uint32_t position)
{
    return (position & (position - 1)) == 0;
}

static uint32_t bit_count(uint64_t bits)
{
    uint32_t count = 0;
    for (; bits != 0; bits &= bits - 1)
        count++;
    return count;
}

/* Exclusive or of the positions of the flipped bits. */
static uint32_t syndrome(uint64_t data, uint32_t check)
{
    uint32_t found = check & 0x7f; /* check bit k is at position 2^k; the last one is at 0 */
    for (uint32_t position = 1, bit = 0; bit < ECC_DATA_BITS; position++)
        if (!is_check(position))
            found ^= (data >> bit++ & 1) != 0 ? position : 0;
    return found;
}

/* The data bit at that position, 0 where a check bit is. */
static uint64_t data_at(uint32_t position)
{
    uint32_t bit = 0;
    for (uint32_t p = 1; p < position; p++)
        bit += !is_check(p);
    return is_check(position) ? 0 : UINT64_C(1) << bit;
}

ecc_result_t ecc_decode(uint64_t data, uint32_t check, uint64_t *wrong)
{
    uint32_t at = syndrome(data, check);
    bool odd = (bit_count(data) + bit_count(check)) % 2 != 0;
    *wrong = data;
    if (!odd)
        return at == 0 ? ECC_CLEAN : ECC_FATAL;
    if (at >= ECC_BITS)
        return ECC_FATAL;
    *wrong ^= data_at(at);
    return ECC_CORRECTED;
}
