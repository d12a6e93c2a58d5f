/*
 * rng_avx2.c - eight Philox blocks at a time, four to a register.
 *
 * A counter word lives in the low half of a 64-bit lane; the high half may hold anything, because
 * the 32 x 32 -> 64 multiply does not look at it. So a round is two multiplies, two shifts and
 * four xors.
 */
#include <immintrin.h>

#include "sim/rng_int.h"

#define GROUPS 2
#define LANES 4

typedef struct {
    __m256i c0, c1, c2, c3;
} blocks_t;

static inline __m256i word(uint32_t value)
{
    return _mm256_set1_epi64x((long long)value);
}

static inline blocks_t round_of(blocks_t b, __m256i key0, __m256i key1)
{
    __m256i p0 = _mm256_mul_epu32(b.c0, word(PHILOX_M0));
    __m256i p1 = _mm256_mul_epu32(b.c2, word(PHILOX_M1));
    return (blocks_t){
        .c0 = _mm256_xor_si256(_mm256_srli_epi64(p1, 32), _mm256_xor_si256(b.c1, key0)),
        .c1 = p1,
        .c2 = _mm256_xor_si256(_mm256_srli_epi64(p0, 32), _mm256_xor_si256(b.c3, key1)),
        .c3 = p0,
    };
}

/* Words of one block become neighbors in memory. */
static inline void store(const blocks_t *b, uint32_t *out)
{
    __m256i w01 = _mm256_blend_epi32(b->c0, _mm256_slli_epi64(b->c1, 32), 0xAA);
    __m256i w23 = _mm256_blend_epi32(b->c2, _mm256_slli_epi64(b->c3, 32), 0xAA);
    __m256i even = _mm256_unpacklo_epi64(w01, w23); /* blocks 0 and 2 */
    __m256i odd = _mm256_unpackhi_epi64(w01, w23);  /* blocks 1 and 3 */
    _mm256_storeu_si256((__m256i *)(void *)out, _mm256_permute2x128_si256(even, odd, 0x20));
    _mm256_storeu_si256((__m256i *)(void *)(out + 8), _mm256_permute2x128_si256(even, odd, 0x31));
}

/* Keys and counters that do not change are made once: stores could change what rng points to. */
static inline uint32_t fill(const sim_rng_t *rng, int rounds, uint32_t block, uint32_t blocks,
                            uint32_t *out)
{
    const __m256i lane = _mm256_setr_epi64x(0, 1, 2, 3);
    const __m256i row = word(rng->row), frame = word(rng->frame), purpose = word(rng->purpose);
    __m256i key0[PHILOX_ROUNDS], key1[PHILOX_ROUNDS];
    for (int round = 0; round < rounds; round++) {
        key0[round] = word((uint32_t)rng->seed + (uint32_t)round * PHILOX_W0);
        key1[round] = word((uint32_t)(rng->seed >> 32) + (uint32_t)round * PHILOX_W1);
    }
    uint32_t made = 0;
    for (; blocks - made >= GROUPS * LANES; made += GROUPS * LANES) {
        blocks_t b[GROUPS];
        for (uint32_t g = 0; g < GROUPS; g++)
            b[g] = (blocks_t){_mm256_add_epi64(word(block + made + g * LANES), lane), row, frame,
                              purpose};
        for (int round = 0; round < rounds; round++)
            for (uint32_t g = 0; g < GROUPS; g++)
                b[g] = round_of(b[g], key0[round], key1[round]);
        for (uint32_t g = 0; g < GROUPS; g++)
            store(&b[g], out + (made + g * LANES) * 4);
    }
    return made;
}

uint32_t sim_rng_fill_avx2(const sim_rng_t *rng, uint32_t block, uint32_t blocks, uint32_t *out)
{
    return fill(rng, PHILOX_ROUNDS, block, blocks, out);
}

uint32_t sim_rng_fill7_avx2(const sim_rng_t *rng, uint32_t block, uint32_t blocks, uint32_t *out)
{
    return fill(rng, PHILOX_FEWER_ROUNDS, block, blocks, out);
}
