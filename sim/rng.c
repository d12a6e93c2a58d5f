/*
 * rng.c - Philox4x32-10 and -7, one block at a time.
 */
#include "sim/rng.h"

#include <assert.h>
#include <string.h>

#include "sim/cpu.h"
#include "sim/rng_int.h"

static void block_of(uint64_t seed, int rounds, const uint32_t counter[4], uint32_t out[4])
{
    uint32_t key0 = (uint32_t)seed, key1 = (uint32_t)(seed >> 32);
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    for (int round = 0; round < rounds; round++) {
        uint64_t p0 = (uint64_t)c0 * PHILOX_M0;
        uint64_t p1 = (uint64_t)c2 * PHILOX_M1;
        c0 = (uint32_t)(p1 >> 32) ^ c1 ^ key0;
        c1 = (uint32_t)p1;
        c2 = (uint32_t)(p0 >> 32) ^ c3 ^ key1;
        c3 = (uint32_t)p0;
        key0 += PHILOX_W0;
        key1 += PHILOX_W1;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
}

void sim_rng_block(uint64_t seed, const uint32_t counter[4], uint32_t out[4])
{
    block_of(seed, PHILOX_ROUNDS, counter, out);
}

void sim_rng_block7(uint64_t seed, const uint32_t counter[4], uint32_t out[4])
{
    block_of(seed, PHILOX_FEWER_ROUNDS, counter, out);
}

static void row_block(const sim_rng_t *rng, int rounds, uint32_t block, uint32_t out[4])
{
    uint32_t counter[4] = {block, rng->row, rng->frame, rng->purpose};
    block_of(rng->seed, rounds, counter, out);
}

uint32_t sim_rng_u32(const sim_rng_t *rng, uint32_t column)
{
    uint32_t words[4];
    row_block(rng, PHILOX_ROUNDS, column / 4, words);
    return words[column % 4];
}

static uint32_t fill_vector(const sim_rng_t *rng, int rounds, uint32_t block, uint32_t blocks,
                            uint32_t *out)
{
#if SIM_X86
    bool fewer = rounds == PHILOX_FEWER_ROUNDS;
    switch (sim_simd()) {
    case SIM_SIMD_AMX:
    case SIM_SIMD_AVX512:
        return (fewer ? sim_rng_fill7_avx512 : sim_rng_fill_avx512)(rng, block, blocks, out);
    case SIM_SIMD_AVX2:
        return (fewer ? sim_rng_fill7_avx2 : sim_rng_fill_avx2)(rng, block, blocks, out);
    default:
        break;
    }
#else
    (void)rng, (void)rounds, (void)block, (void)blocks, (void)out;
#endif
    return 0;
}

/* Blocks that vectors left over: a whole group elsewhere, unless there are few. */
static uint32_t fill_rest(const sim_rng_t *rng, int rounds, uint32_t block, uint32_t blocks,
                          uint32_t *out)
{
    enum { GROUP = 8, FEW = 2 };
    uint32_t words[4 * GROUP];
    if (blocks <= FEW || blocks > GROUP || fill_vector(rng, rounds, block, GROUP, words) != GROUP)
        return 0;
    memcpy(out, words, blocks * 4 * sizeof(words[0]));
    return blocks;
}

static void fill(const sim_rng_t *rng, int rounds, uint32_t first, uint32_t count, uint32_t *out)
{
    assert(first % 4 == 0);
    uint32_t block = first / 4, blocks = count / 4;
    uint32_t made = fill_vector(rng, rounds, block, blocks, out);
    made += fill_rest(rng, rounds, block + made, blocks - made, out + made * 4);
    for (; made < blocks; made++)
        row_block(rng, rounds, block + made, out + made * 4);
    if (count % 4 != 0) {
        uint32_t words[4];
        row_block(rng, rounds, block + made, words);
        memcpy(out + made * 4, words, count % 4 * sizeof(words[0]));
    }
}

void sim_rng_fill_u32(const sim_rng_t *rng, uint32_t first, uint32_t count, uint32_t *out)
{
    fill(rng, PHILOX_ROUNDS, first, count, out);
}

void sim_rng_fill7_u32(const sim_rng_t *rng, uint32_t first, uint32_t count, uint32_t *out)
{
    fill(rng, PHILOX_FEWER_ROUNDS, first, count, out);
}

/* ---- streams ---- */

sim_stream_t sim_stream(uint64_t seed, uint32_t purpose, uint32_t index)
{
    return (sim_stream_t){.key = {.seed = seed, .purpose = purpose, .row = index}};
}

uint32_t sim_stream_u32(sim_stream_t *s)
{
    return sim_rng_u32(&s->key, s->column++);
}

float sim_stream_unit(sim_stream_t *s)
{
    return (float)(sim_stream_u32(s) >> 8) * 0x1p-24f;
}

float sim_stream_range(sim_stream_t *s, float low, float high)
{
    float value = low + (high - low) * sim_stream_unit(s);
    return value < high ? value : low; /* the sum may round up to high */
}

uint32_t sim_stream_below(sim_stream_t *s, uint32_t n)
{
    return (uint32_t)((uint64_t)sim_stream_u32(s) * n >> 32);
}

/*
 * J. von Neumann, "Various techniques used in connection with
 * random digits", 1951. Uniform numbers are drawn while they fall; a run of odd length gives its
 * first number, one of even length adds 1 and tries again. Comparisons only: the same anywhere.
 */
uint64_t sim_stream_exponential(sim_stream_t *s, uint64_t mean)
{
    for (uint64_t whole = 0;; whole++) {
        uint32_t first = sim_stream_u32(s), last = first, next, length = 1;
        for (next = sim_stream_u32(s); next < last; next = sim_stream_u32(s)) {
            last = next;
            length++;
        }
        if (length % 2 == 1)
            return mean * whole + (mean >> 32) * first + ((mean & UINT32_MAX) * first >> 32);
    }
}
