/*
 * pack_avx2.c - RAW10 and RAW12 rows, 16 pixels a step. Each 128-bit half handles 8 pixels in 10
 * or 12 bytes with 16-byte loads and stores, so the last steps, where those would leave the row,
 * are the scalar twin's.
 */
#include "mipi/pack_int.h"

#include <immintrin.h>

/* A second half ends up to 6 bytes behind its step: 8 pixels more must follow. */
#define STEP_PX 16u
#define MARGIN_PX 8u
#define STEP10_BYTES 20u
#define STEP12_BYTES 24u

static inline __m256i load_halves(const uint8_t *in, uint32_t half_bytes)
{
    return _mm256_setr_m128i(_mm_loadu_si128((const __m128i *)(const void *)in),
                             _mm_loadu_si128((const __m128i *)(const void *)(in + half_bytes)));
}

static inline void store_halves(uint8_t *out, uint32_t half_bytes, __m256i v)
{
    _mm_storeu_si128((__m128i *)(void *)out, _mm256_castsi256_si128(v));
    _mm_storeu_si128((__m128i *)(void *)(out + half_bytes), _mm256_extracti128_si256(v, 1));
}

void mipi_pack10_avx2(uint8_t *out, const uint16_t *px, uint32_t width_px)
{
    const __m256i weight = _mm256_set1_epi64x(0x0040001000040001); /* 1, 4, 16, 64 */
    const __m256i order = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(0, 2, 4, 6, 1, 8, 10, 12, 14, 9, -1, -1, -1, -1, -1, -1));
    for (; width_px >= STEP_PX + MARGIN_PX;
         width_px -= STEP_PX, px += STEP_PX, out += STEP10_BYTES) {
        __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)px);
        __m256i high = _mm256_and_si256(_mm256_srli_epi16(v, 2), _mm256_set1_epi16(0xff));
        __m256i low = _mm256_madd_epi16(_mm256_and_si256(v, _mm256_set1_epi16(3)), weight);
        low = _mm256_or_si256(low, _mm256_srli_epi64(low, 32)); /* byte 0 of each 64 bits */
        low = _mm256_and_si256(low, _mm256_set1_epi64x(0xff));
        v = _mm256_or_si256(high, _mm256_slli_epi64(low, 8)); /* odd bytes of high are 0 */
        v = _mm256_shuffle_epi8(v, order);
        store_halves(out, STEP10_BYTES / 2, v);
    }
    mipi_pack10(out, px, width_px);
}

void mipi_unpack10_avx2(uint16_t *px, const uint8_t *in, uint32_t width_px)
{
    const __m256i take_high = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(0, -1, 1, -1, 2, -1, 3, -1, 5, -1, 6, -1, 7, -1, 8, -1));
    const __m256i take_low = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(4, -1, 4, -1, 4, -1, 4, -1, 9, -1, 9, -1, 9, -1, 9, -1));
    const __m256i weight = _mm256_set1_epi64x(0x0001000400100040); /* 64, 16, 4, 1 */
    for (; width_px >= STEP_PX + MARGIN_PX;
         width_px -= STEP_PX, px += STEP_PX, in += STEP10_BYTES) {
        __m256i v = load_halves(in, STEP10_BYTES / 2);
        __m256i high = _mm256_slli_epi16(_mm256_shuffle_epi8(v, take_high), 2);
        __m256i low = _mm256_mullo_epi16(_mm256_shuffle_epi8(v, take_low), weight);
        low = _mm256_and_si256(_mm256_srli_epi16(low, 6), _mm256_set1_epi16(3));
        _mm256_storeu_si256((__m256i *)(void *)px, _mm256_or_si256(high, low));
    }
    mipi_unpack10(px, in, width_px);
}

void mipi_pack12_avx2(uint8_t *out, const uint16_t *px, uint32_t width_px)
{
    const __m256i weight = _mm256_set1_epi32(0x00100001); /* 1, 16 */
    const __m256i order = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(0, 2, 1, 4, 6, 5, 8, 10, 9, 12, 14, 13, -1, -1, -1, -1));
    for (; width_px >= STEP_PX + MARGIN_PX;
         width_px -= STEP_PX, px += STEP_PX, out += STEP12_BYTES) {
        __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)px);
        __m256i high = _mm256_and_si256(_mm256_srli_epi16(v, 4), _mm256_set1_epi16(0xff));
        __m256i low = _mm256_madd_epi16(_mm256_and_si256(v, _mm256_set1_epi16(0xf)), weight);
        v = _mm256_or_si256(high, _mm256_slli_epi32(low, 8)); /* odd bytes of high are 0 */
        store_halves(out, STEP12_BYTES / 2, _mm256_shuffle_epi8(v, order));
    }
    mipi_pack12(out, px, width_px);
}

void mipi_unpack12_avx2(uint16_t *px, const uint8_t *in, uint32_t width_px)
{
    const __m256i take_high = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(0, -1, 1, -1, 3, -1, 4, -1, 6, -1, 7, -1, 9, -1, 10, -1));
    const __m256i take_low = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(2, -1, 2, -1, 5, -1, 5, -1, 8, -1, 8, -1, 11, -1, 11, -1));
    const __m256i weight = _mm256_set1_epi32(0x00010010); /* 16, 1 */
    for (; width_px >= STEP_PX + MARGIN_PX;
         width_px -= STEP_PX, px += STEP_PX, in += STEP12_BYTES) {
        __m256i v = load_halves(in, STEP12_BYTES / 2);
        __m256i high = _mm256_slli_epi16(_mm256_shuffle_epi8(v, take_high), 4);
        __m256i low = _mm256_mullo_epi16(_mm256_shuffle_epi8(v, take_low), weight);
        low = _mm256_and_si256(_mm256_srli_epi16(low, 4), _mm256_set1_epi16(0xf));
        _mm256_storeu_si256((__m256i *)(void *)px, _mm256_or_si256(high, low));
    }
    mipi_unpack12(px, in, width_px);
}
