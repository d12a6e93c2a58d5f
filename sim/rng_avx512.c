/*
 * rng_avx512.c - 32 Philox blocks at a time, eight to a register. See rng_avx2.c.
 */
#include <immintrin.h>

#include "sim/rng_int.h"

#define GROUPS 4
#define LANES 8

typedef struct {
    __m512i c0, c1, c2, c3;
} blocks_t;

static inline __m512i word(uint32_t value)
{
    return _mm512_set1_epi64((long long)value);
}

static inline blocks_t round_of(blocks_t b, __m512i key0, __m512i key1)
{
    enum { xor3 = 0x96 }; /* truth table of a ^ b ^ c */
    __m512i p0 = _mm512_mul_epu32(b.c0, word(PHILOX_M0));
    __m512i p1 = _mm512_mul_epu32(b.c2, word(PHILOX_M1));
    return (blocks_t){
        .c0 = _mm512_ternarylogic_epi64(_mm512_srli_epi64(p1, 32), b.c1, key0, xor3),
        .c1 = p1,
        .c2 = _mm512_ternarylogic_epi64(_mm512_srli_epi64(p0, 32), b.c3, key1, xor3),
        .c3 = p0,
    };
}

/* Words of one block become neighbors in memory. */
static inline void store(const blocks_t *b, uint32_t *out)
{
    const __m512i first = _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11);
    const __m512i second = _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15);
    __m512i w01 = _mm512_mask_blend_epi32(0xAAAA, b->c0, _mm512_slli_epi64(b->c1, 32));
    __m512i w23 = _mm512_mask_blend_epi32(0xAAAA, b->c2, _mm512_slli_epi64(b->c3, 32));
    _mm512_storeu_si512(out, _mm512_permutex2var_epi64(w01, first, w23));
    _mm512_storeu_si512(out + 16, _mm512_permutex2var_epi64(w01, second, w23));
}

/* What all blocks of a row have in common. */
typedef struct {
    __m512i row, frame, purpose, key0[PHILOX_ROUNDS], key1[PHILOX_ROUNDS];
} row_t;

/* Groups of LANES blocks from block on. */
static inline void make(const row_t *row, int rounds, uint32_t block, uint32_t groups,
                        uint32_t *out)
{
    const __m512i lane = _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7);
    blocks_t b[GROUPS];
    for (uint32_t g = 0; g < groups; g++)
        b[g] = (blocks_t){_mm512_add_epi64(word(block + g * LANES), lane), row->row, row->frame,
                          row->purpose};
    for (int round = 0; round < rounds; round++)
        for (uint32_t g = 0; g < groups; g++)
            b[g] = round_of(b[g], row->key0[round], row->key1[round]);
    for (uint32_t g = 0; g < groups; g++)
        store(&b[g], out + g * LANES * 4);
}

/* Keys and counters that do not change are made once: stores could change what rng points to. */
static inline uint32_t fill(const sim_rng_t *rng, int rounds, uint32_t block, uint32_t blocks,
                            uint32_t *out)
{
    row_t row = {.row = word(rng->row), .frame = word(rng->frame), .purpose = word(rng->purpose)};
    for (int round = 0; round < rounds; round++) {
        row.key0[round] = word((uint32_t)rng->seed + (uint32_t)round * PHILOX_W0);
        row.key1[round] = word((uint32_t)(rng->seed >> 32) + (uint32_t)round * PHILOX_W1);
    }
    uint32_t made = 0;
    for (; blocks - made >= GROUPS * LANES; made += GROUPS * LANES)
        make(&row, rounds, block + made, GROUPS, out + made * 4);
    for (; blocks - made >= LANES; made += LANES)
        make(&row, rounds, block + made, 1, out + made * 4);
    return made;
}

uint32_t sim_rng_fill_avx512(const sim_rng_t *rng, uint32_t block, uint32_t blocks, uint32_t *out)
{
    return fill(rng, PHILOX_ROUNDS, block, blocks, out);
}

uint32_t sim_rng_fill7_avx512(const sim_rng_t *rng, uint32_t block, uint32_t blocks, uint32_t *out)
{
    return fill(rng, PHILOX_FEWER_ROUNDS, block, blocks, out);
}
