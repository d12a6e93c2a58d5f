/*
 * ref_tnr.c - temporal noise reduction of the reference, sample by sample.
 */
#include "tests/isp/ref.h"

static int64_t floor_div(int64_t a, int64_t b)
{
    return a >= 0 ? a / b : -((-a + b - 1) / b);
}

/* Parts of a DN that a word counts. */
static int64_t parts(const ref_t *ref)
{
    return ref->tnr_packed ? 1 : 16;
}

static int64_t step_to(const ref_t *ref, int64_t before, int64_t x)
{
    int64_t p = parts(ref), d = x - before, k = ref->tnr_gain;
    int64_t limit = 256 * (int64_t)ref->tnr_read + ref->tnr_shot * (before / p);
    for (int64_t n = 1; n <= 4; n++)
        if (256 * d * d > n * limit * p * p)
            k = ref->tnr_gain + (256 - ref->tnr_gain) * n / 4;
    return before + floor_div(k * d + 128, 256);
}

void ref_tnr(const ref_t *ref, const uint16_t *raw, bool anew, uint16_t *word, uint16_t *out)
{
    ref_t black = *ref;
    int64_t p = parts(ref);
    black.search = black.shading = false;
    black.sites = 0;
    for (uint32_t y = 0; y < ref->height_px; y++)
        for (uint32_t x = 0; x < ref->width_px; x++, word++) {
            int64_t sample = p * ref_linear(&black, raw, x, y);
            *word = (uint16_t)(anew ? sample : step_to(ref, *word, sample));
            *out++ = (uint16_t)((*word + p / 2) / p);
        }
}

ref_t ref_behind_tnr(const ref_t *ref)
{
    ref_t behind = *ref;
    behind.bits = 12;
    for (int i = 0; i < 4; i++)
        behind.black[i] = 0;
    return behind;
}

uint32_t ref_tnr_word(const ref_t *ref, const uint8_t *memory, uint32_t x, uint32_t y)
{
    uint32_t bits = ref->tnr_packed ? 12 : 16, row = (ref->width_px * bits + 7) / 8, word = 0;
    while (row % 32 != 0)
        row++;
    for (uint32_t i = 0; i < bits; i++) {
        uint32_t at = x * bits + i;
        word |= (uint32_t)(memory[y * row + at / 8] >> at % 8 & 1) << i;
    }
    return word;
}
