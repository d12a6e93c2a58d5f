#include "mipi/scramble.h"

#define TAPS 0x0039u /* x^5 + x^4 + x^3 + 1; x^16 is what leaves */

uint8_t mipi_scramble_next(uint16_t *lfsr)
{
    uint8_t byte = 0;
    for (uint32_t bit = 0; bit < 8; bit++) {
        uint32_t top = *lfsr >> 15;
        byte = (uint8_t)(byte | top << bit);
        *lfsr = (uint16_t)((uint32_t)*lfsr << 1 ^ (top != 0 ? TAPS : 0));
    }
    return byte;
}

void mipi_scramble(uint16_t *lfsr, uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        bytes[i] ^= mipi_scramble_next(lfsr);
}
