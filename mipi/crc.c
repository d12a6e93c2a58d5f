/*
 * crc.c - the CRC-16 of payloads, without carry-less multiplications.
 *
 * Squaring a polynomial over GF(2) doubles its exponents, so P = x^16 + x^12 + x^5 + 1 divides
 * x^1024 + x^768 + x^320 + 1, which is P squared six times. In words of 64 bits: word i of the
 * message may be taken away when it is added to words i + 4, i + 11 and i + 16. Three xors a word
 * bring a message down to its last 128 bytes, and the CRC stays what it was; compilers make vectors
 * of it. What is left, and all that is short, goes through a table.
 */
#include <string.h>

#include "mipi/crc_int.h"
#include "mipi/packet.h"

#define BLOCK_WORDS 16u
#define BLOCK_BYTES (BLOCK_WORDS * 8)

/*
 * Eight bytes a step ("slicing by 8"): table k says what a byte does to the CRC that k more bytes
 * follow. A CRC is linear, so a table entry is the xor of its bits' entries, and bit b of table k
 * is the register after 8 k + 8 - b shifts from 1. The compiler works it all out.
 */
#define NEXT(r) ((r) >> 1 ^ ((r)&1 ? 0x8408 : 0))
#define CHAIN8(a, b, c, d, e, f, g, h, prev)                                                       \
    a = NEXT(prev), b = NEXT(a), c = NEXT(b), d = NEXT(c), e = NEXT(d), f = NEXT(e), g = NEXT(f),  \
    h = NEXT(g)
/* clang-format off */
enum {
    CHAIN8(A0, A1, A2, A3, A4, A5, A6, A7, 1),
    CHAIN8(B0, B1, B2, B3, B4, B5, B6, B7, A7),
    CHAIN8(C0, C1, C2, C3, C4, C5, C6, C7, B7),
    CHAIN8(D0, D1, D2, D3, D4, D5, D6, D7, C7),
    CHAIN8(E0, E1, E2, E3, E4, E5, E6, E7, D7),
    CHAIN8(F0, F1, F2, F3, F4, F5, F6, F7, E7),
    CHAIN8(G0, G1, G2, G3, G4, G5, G6, G7, F7),
    CHAIN8(H0, H1, H2, H3, H4, H5, H6, H7, G7),
};
#define BIT(i, b, r) ((i) >> (b) & 1 ? (r) : 0)
#define ENTRY(i, T) \
    BIT(i, 0, T##7) ^ BIT(i, 1, T##6) ^ BIT(i, 2, T##5) ^ BIT(i, 3, T##4) ^ \
    BIT(i, 4, T##3) ^ BIT(i, 5, T##2) ^ BIT(i, 6, T##1) ^ BIT(i, 7, T##0)
#define ENTRY4(i, T) ENTRY(i, T), ENTRY(i + 1, T), ENTRY(i + 2, T), ENTRY(i + 3, T)
#define ENTRY16(i, T) ENTRY4(i, T), ENTRY4(i + 4, T), ENTRY4(i + 8, T), ENTRY4(i + 12, T)
#define ENTRY64(i, T) ENTRY16(i, T), ENTRY16(i + 16, T), ENTRY16(i + 32, T), ENTRY16(i + 48, T)
#define TABLE(T) {ENTRY64(0, T), ENTRY64(64, T), ENTRY64(128, T), ENTRY64(192, T)}
static const uint16_t crc_table[8][256] = {
    TABLE(A), TABLE(B), TABLE(C), TABLE(D), TABLE(E), TABLE(F), TABLE(G), TABLE(H),
};
/* clang-format on */

uint16_t mipi_crc16_table(uint16_t crc, const uint8_t *p, size_t bytes)
{
    for (; bytes >= 8; bytes -= 8, p += 8) {
        uint16_t ahead = crc_table[5][p[2]] ^ crc_table[4][p[3]] ^ crc_table[3][p[4]] ^
                         crc_table[2][p[5]] ^ crc_table[1][p[6]] ^ crc_table[0][p[7]];
        crc = ahead ^ (crc_table[7][p[0] ^ (crc & 0xff)] ^ crc_table[6][p[1] ^ crc >> 8]);
    }
    for (; bytes > 0; bytes--, p++)
        crc = (uint16_t)(crc >> 8 ^ crc_table[0][*p ^ (crc & 0xff)]);
    return crc;
}

/* From the words of a block, each with what was added to it by those before it that were taken
 * away, to the next block's. Any byte order will do: words are only added to words. */
static void fold_block(uint64_t word[BLOCK_WORDS], const uint8_t *next)
{
    uint64_t in[BLOCK_WORDS];
    memcpy(in, next, BLOCK_BYTES);
    for (uint32_t i = 0; i < 4; i++)
        word[i] ^= in[i] ^ word[i + 5] ^ word[i + 12];
    for (uint32_t i = 4; i < 11; i++)
        word[i] ^= in[i] ^ word[i + 5] ^ word[i - 4];
    for (uint32_t i = 11; i < 16; i++)
        word[i] ^= in[i] ^ word[i - 11] ^ word[i - 4];
}

/* The last block stays: only what came before it is added. */
static void fold_last(uint64_t word[BLOCK_WORDS], const uint8_t *last)
{
    uint64_t in[BLOCK_WORDS];
    memcpy(in, last, BLOCK_BYTES);
    for (uint32_t i = 0; i < 16; i++)
        word[i] ^= in[i] ^ (i < 11 ? word[i + 5] : 0) ^ (i < 4 ? word[i + 12] : 0);
}

uint16_t mipi_crc16_fold(uint16_t crc, const uint8_t *p, size_t bytes)
{
    uint64_t word[BLOCK_WORDS];
    uint8_t first[BLOCK_BYTES];
    if (bytes < 2 * BLOCK_BYTES)
        return mipi_crc16_table(crc, p, bytes);
    memcpy(first, p, BLOCK_BYTES);
    first[0] ^= (uint8_t)crc;
    first[1] ^= (uint8_t)(crc >> 8);
    memset(word, 0, sizeof(word));
    fold_block(word, first);
    p += BLOCK_BYTES;
    for (bytes -= BLOCK_BYTES; bytes >= 2 * BLOCK_BYTES; bytes -= BLOCK_BYTES, p += BLOCK_BYTES)
        fold_block(word, p);
    fold_last(word, p);
    crc = mipi_crc16_table(0, (const uint8_t *)word, BLOCK_BYTES);
    return mipi_crc16_table(crc, p + BLOCK_BYTES, bytes - BLOCK_BYTES);
}

mipi_crc_fn_t mipi_crc16_fn(sim_simd_t level)
{
#if SIM_X86
    if (level >= SIM_SIMD_AVX2)
        return mipi_crc16_avx2;
#endif
    (void)level;
    return mipi_crc16_fold;
}

uint16_t mipi_crc16(uint16_t crc, const void *data, size_t bytes)
{
    return mipi_crc16_fn(sim_simd())(crc, data, bytes);
}
