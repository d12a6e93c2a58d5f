/*
 * npu_decode_test.c - instructions are decoded once while their words stay the same: what runs is
 * always what memory holds, and nobody can tell whether it was known.
 */
#include "tests/npu/npu_plain.h"
#include "tests/npu/npu_port.h"
#include "tests/test.h"

static bench_t b;

static void make(void)
{
    npu_desc_t desc = npu_plain_desc();
    bench_make(&b, &desc);
}

static npu_insn_t fill(uint32_t addr, int32_t value)
{
    return (npu_insn_t){
        .op = NPU_OP_FILL, .h = 1, .w = 1, .c = 64, .dst = {addr, 0, 0}, .value = value};
}

static uint8_t act(uint32_t addr)
{
    return npu_l1_bytes(&b.npu, NPU_MEM_ACT)[addr];
}

/* Takes the program's place. */
static void only(npu_insn_t insn)
{
    npu_prog_free(&b.prog);
    bench_add(&b, insn);
    bench_add(&b, (npu_insn_t){.op = NPU_OP_END});
    bench_run(&b);
}

START_TEST(an_instruction_that_was_rewritten_runs_as_it_is_now)
{
    make();
    only(fill(0, 11));
    ck_assert_uint_eq(act(0), 11);
    only(fill(0, 12)); /* one byte of its words differs */
    ck_assert_uint_eq(act(0), 12);
    only(fill(64, 11));
    ck_assert_uint_eq(act(0), 12);
    ck_assert_uint_eq(act(64), 11);
    only(fill(0, 11)); /* as the first time */
    ck_assert_uint_eq(act(0), 11);
    ck_assert_uint_eq(b.npu.runs, 4);
    bench_free(&b);
}
END_TEST

START_TEST(what_became_illegal_is_found)
{
    static const uint32_t opcodes[] = {0, 0xff}; /* with 0, all of its words are */
    for (uint32_t i = 0; i < SIM_COUNT(opcodes); i++) {
        make();
        only(fill(0, 11));
        memset(b.prog.insns[0], 0, NPU_INSN_BYTES);
        b.prog.insns[0][0] = opcodes[i];
        bench_run(&b);
        ck_assert_uint_eq(b.npu.error_reg, (uint32_t)NPU_ERROR_ILLEGAL << 24);
        only(fill(64, 12));
        ck_assert_uint_eq(act(64), 12);
        bench_free(&b);
    }
}
END_TEST

START_TEST(nothing_in_an_empty_place_is_known)
{
    make();
    bench_add(&b, (npu_insn_t){.op = NPU_OP_END});
    memset(b.prog.insns[0], 0, NPU_INSN_BYTES);
    bench_run(&b);
    ck_assert_uint_eq(b.npu.error_reg, (uint32_t)NPU_ERROR_ILLEGAL << 24);
    bench_free(&b);
}
END_TEST

START_TEST(instructions_that_share_a_place_run_each_as_written)
{
    make();
    for (uint32_t i = 0; i <= NPU_KNOWN; i++)
        bench_add(&b, i % NPU_KNOWN == 1 ? fill(0, 11) : (npu_insn_t){.op = NPU_OP_NOP});
    bench_add(&b, fill(64, 12)); /* in the place of the first fill */
    bench_add(&b, (npu_insn_t){.op = NPU_OP_END});
    for (uint32_t run = 0; run < 3; run++) {
        bench_run(&b);
        ck_assert_uint_eq(b.npu.runs, run + 1);
        ck_assert_uint_eq(act(0), 11);
        ck_assert_uint_eq(act(64), 12);
        ck_assert_uint_eq(bench_counter(&b, "NPU_INSNS"), NPU_KNOWN + 3);
    }
    bench_free(&b);
}
END_TEST

/* All kinds of operands, and more than a queue takes. Of the layer tag nothing is left at the end:
 * the last instructions, as many as are fetched ahead, have none. */
static void add_program(uint32_t layer)
{
    npu_insn_t load = {.op = NPU_OP_LOAD,
                       .layer = layer,
                       .mem = NPU_MEM_ACT,
                       .l1 = 0x1000,
                       .row_bytes = 32,
                       .rows = 3,
                       .planes = 2,
                       .l1_row = 64,
                       .l2_row = 64,
                       .l1_plane = 256,
                       .l2_plane = 256,
                       .signal = {1}};
    npu_insn_t copy = {.op = NPU_OP_COPY,
                       .layer = layer,
                       .wait = {{1, 1}},
                       .h = 2,
                       .w = 3,
                       .c = 32,
                       .src = {0x1000, 256, 64},
                       .dst = {0x2000, 128, 32}};
    npu_insn_t move = {.op = NPU_OP_TRANSFORM,
                       .layer = layer,
                       .h = 2,
                       .w = 2,
                       .c = 3,
                       .src = {0x2000, 128, 32},
                       .src_chan = 1,
                       .dst = {0x3000, 2, 1},
                       .dst_chan = 4};
    npu_prog_free(&b.prog);
    bench_add(&b, load);
    bench_add(&b, copy);
    bench_add(&b, move);
    for (uint32_t i = 0; i < 2 * b.npu.desc.queue_depth; i++) {
        npu_insn_t more = fill(64 * i, (int32_t)i);
        more.layer = layer;
        bench_add(&b, more);
    }
    for (uint32_t i = 1; i < b.npu.desc.prefetch_insns; i++)
        bench_add(&b, (npu_insn_t){.op = NPU_OP_NOP});
    bench_add(&b, (npu_insn_t){.op = NPU_OP_END});
}

/* Of the states after every event of a run. */
static uint64_t hash_run(void)
{
    uint64_t hash = 0;
    for (bench_start(&b); b.npu.running && sim_step(b.sim, SIM_PS_PER_S);)
        hash = hash * 31 + sim_state_hash(b.sim);
    return hash;
}

START_TEST(nobody_can_tell_whether_instructions_were_known)
{
    uint64_t hash[2];
    for (uint32_t layer = 0; layer < 2; layer++) { /* of a run before: other words, or the same */
        make();
        add_program(layer);
        bench_run(&b);
        add_program(1);
        hash[layer] = hash_run();
        ck_assert_uint_eq(b.npu.runs, 2);
        bench_free(&b);
    }
    ck_assert_uint_eq(hash[0], hash[1]);
}
END_TEST

TEST_MAIN("npu decode", an_instruction_that_was_rewritten_runs_as_it_is_now,
          what_became_illegal_is_found, nothing_in_an_empty_place_is_known,
          instructions_that_share_a_place_run_each_as_written,
          nobody_can_tell_whether_instructions_were_known)
