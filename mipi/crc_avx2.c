/*
 * crc_avx2.c - the CRC-16 of payloads with PCLMULQDQ.
 *
 * 128 bits that stand n bits before others of the message may be taken away when they are
 * multiplied by x^n mod P and added there: Gopal et al., "Fast CRC Computation for Generic
 * Polynomials Using PCLMULQDQ", Intel 2009. Four such pieces go side by side, 512 bits ahead.
 */
#include "mipi/crc_int.h"

#include <immintrin.h>

#define PIECE 16u
#define PIECES 4u

/*
 * Bits stand as they are sent, the first one lowest; the product of two such 64-bit numbers lies
 * one bit lower than the sum of their places. So the half that is sent first takes x^(n + 63), the
 * other x^(n - 1), mod P: 16 bits, the first one at bit 48.
 */
#define X127 ((int64_t)UINT64_C(0x7eea000000000000))
#define X191 ((int64_t)UINT64_C(0xa95d000000000000))
#define X511 ((int64_t)UINT64_C(0x7f90000000000000))
#define X575 ((int64_t)UINT64_C(0x9822000000000000))

static inline __m128i piece(const uint8_t *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

static inline __m128i ahead(__m128i v, __m128i factors, __m128i there)
{
    __m128i first = _mm_clmulepi64_si128(v, factors, 0x00);
    __m128i second = _mm_clmulepi64_si128(v, factors, 0x11);
    return _mm_xor_si128(_mm_xor_si128(first, second), there);
}

uint16_t mipi_crc16_avx2(uint16_t crc, const uint8_t *p, size_t bytes)
{
    const __m128i by_512 = _mm_set_epi64x(X511, X575), by_128 = _mm_set_epi64x(X127, X191);
    if (bytes < PIECES * PIECE)
        return mipi_crc16_table(crc, p, bytes);
    __m128i a = _mm_xor_si128(piece(p), _mm_cvtsi32_si128(crc)), b = piece(p + PIECE);
    __m128i c = piece(p + 2 * PIECE), d = piece(p + 3 * PIECE);
    for (p += 64, bytes -= 64; bytes >= 64; p += 64, bytes -= 64) {
        a = ahead(a, by_512, piece(p));
        b = ahead(b, by_512, piece(p + PIECE));
        c = ahead(c, by_512, piece(p + 2 * PIECE));
        d = ahead(d, by_512, piece(p + 3 * PIECE));
    }
    d = ahead(ahead(ahead(a, by_128, b), by_128, c), by_128, d);
    for (; bytes >= PIECE; p += PIECE, bytes -= PIECE)
        d = ahead(d, by_128, piece(p));
    uint8_t rest[PIECE];
    _mm_storeu_si128((__m128i *)(void *)rest, d);
    return mipi_crc16_table(mipi_crc16_table(0, rest, PIECE), p, bytes);
}
