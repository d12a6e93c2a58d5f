/*
 * npu_hostile_test.c - programs and memory full of noise: no crash, no hang, and the same state at
 * every level of vector code. Instructions are legal and inside L1, all else is random: records,
 * zero points, overlapping sources and results, missing waits.
 */
#include "npu/pack.h"
#include "sim/rng.h"
#include "tests/npu/npu_plain.h"
#include "tests/npu/npu_port.h"
#include "tests/npu/npu_random.h"
#include "tests/test.h"

static bench_t b;
static sim_stream_t rng;

static uint32_t below(uint32_t n)
{
    return sim_stream_below(&rng, n);
}

static uint64_t noise_run(uint32_t seed)
{
    npu_desc_t desc = npu_plain_desc();
    rng = sim_stream(seed, 21, 0);
    bench_make(&b, &desc);
    b.npu.unchecked = true; /* what starts before what is noise, too */
    for (uint32_t i = 0; i < b.mem.size; i++)
        b.mem.bytes[i] = (uint8_t)sim_stream_u32(&rng);
    /* noise into each memory first, then 60 instructions of any kind */
    for (uint32_t m = 0; m < NPU_MEMS; m++) {
        npu_insn_t load = {.op = NPU_OP_LOAD,
                           .mem = m,
                           .l2 = m * 32768,
                           .row_bytes = 32768,
                           .rows = 1,
                           .planes = 1};
        bench_add(&b, load);
    }
    bench_add(&b, (npu_insn_t){.op = NPU_OP_BARRIER});
    for (uint32_t i = 0; i < 60; i++) {
        uint32_t op = 1 + below(NPU_OPS - 1);
        npu_insn_t insn = random_small_insn(&rng, op);
        insn.packed = 0; /* noise is no stream: that would be an error */
        if (op != NPU_OP_END)
            bench_add(&b, insn);
    }
    bench_add(&b, (npu_insn_t){.op = NPU_OP_END});
    bench_run(&b);
    ck_assert_msg((b.npu.status_reg & NPU_STATUS_DONE) != 0, "seed %u: %s at instruction %u", seed,
                  npu_error_name((npu_error_t)(b.npu.error_reg >> 24)), b.npu.error_reg & 0xffffff);
    uint64_t hash = sim_state_hash(b.sim) ^ sim_hash(SIM_HASH_SEED, b.mem.bytes, 1 << 19);
    bench_free(&b);
    return hash;
}

START_TEST(noise_leaves_the_same_state_at_every_level)
{
    const sim_simd_t best = sim_simd_best();
    for (uint32_t seed = 1; seed <= 60; seed++) {
        ck_assert(sim_simd_force(SIM_SIMD_SCALAR));
        uint64_t scalar = noise_run(seed);
        for (int level = SIM_SIMD_AVX2; level <= (int)best; level++) {
            ck_assert(sim_simd_force((sim_simd_t)level));
            ck_assert_msg(noise_run(seed) == scalar, "seed %u at level %s", seed,
                          sim_simd_name((sim_simd_t)level));
        }
    }
}
END_TEST

START_TEST(any_words_as_a_program_end_in_done_or_error)
{
    npu_desc_t desc = npu_plain_desc();
    uint32_t errors = 0;
    desc.dma_compression = NPU_COMPRESSION_RICE;
    for (uint32_t seed = 1; seed <= 300; seed++) {
        rng = sim_stream(seed, 22, 0);
        bench_make(&b, &desc);
        for (uint32_t i = 0; i < 30; i++)
            bench_add(&b, random_insn(&rng, 1 + below(NPU_OPS - 1)));
        /* most noise cannot be decoded: a word here and there is enough */
        for (uint32_t i = 0; i < below(8); i++)
            b.prog.insns[below(30)][below(16)] ^= UINT32_C(1) << below(32);
        bench_start(&b);
        bench_write(&b, "NPU_PROG_COUNT", 30);
        bench_wait(&b);
        errors += (b.npu.status_reg & NPU_STATUS_ERROR) != 0;
        ck_assert_uint_ne(b.npu.status_reg & (NPU_STATUS_ERROR | NPU_STATUS_DONE), 0);
        bench_free(&b);
    }
    ck_assert_uint_gt(errors, 200);
}
END_TEST

TEST_MAIN("npu and noise", noise_leaves_the_same_state_at_every_level,
          any_words_as_a_program_end_in_done_or_error)
