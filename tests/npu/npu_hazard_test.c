/*
 * npu_hazard_test.c - schedules that mean something else than the program in order: what is
 * reported, with whom, and what is not.
 */
#include "tests/npu/npu_plain.h"
#include "tests/npu/npu_port.h"
#include "tests/test.h"

static bench_t b;
static char said[512]; /* the first message of level ERROR */

static void on_log(void *ctx, uint64_t time_ps, sim_log_level_t level, const char *name,
                   const char *line)
{
    (void)ctx;
    (void)time_ps;
    (void)name;
    if (level == SIM_LOG_ERROR && said[0] == '\0')
        snprintf(said, sizeof(said), "%s", line);
}

static void make(void)
{
    npu_desc_t desc = npu_plain_desc();
    bench_make(&b, &desc);
    sim_set_log(b.sim, on_log, NULL, SIM_LOG_ERROR);
    said[0] = '\0';
}

static npu_insn_t dma(npu_op_t op, npu_mem_t mem, uint32_t l1, uint32_t l2, uint32_t bytes)
{
    return (npu_insn_t){
        .op = op, .mem = mem, .l1 = l1, .l2 = l2, .row_bytes = bytes, .rows = 1, .planes = 1};
}

static npu_insn_t fill(uint32_t addr, uint32_t bytes)
{
    return (npu_insn_t){.op = NPU_OP_FILL, .h = 1, .w = 1, .c = bytes, .dst = {addr, 0, 0}};
}

static npu_insn_t copy(uint32_t from, uint32_t to, uint32_t bytes)
{
    return (npu_insn_t){
        .op = NPU_OP_COPY, .h = 1, .w = 1, .c = bytes, .src = {from, 0, 0}, .dst = {to, 0, 0}};
}

/* One pixel, 32 channels of ACT 0.., 1,024 weights of WGT 0.., into ACC 0..127. */
static npu_insn_t conv(void)
{
    return (npu_insn_t){.op = NPU_OP_CONV,
                        .in_h = 1,
                        .in_w = 1,
                        .in_c = 32,
                        .h = 1,
                        .w = 1,
                        .c = 32,
                        .k_h = 1,
                        .k_w = 1,
                        .stride_h = 1,
                        .stride_w = 1,
                        .dil_h = 1,
                        .dil_w = 1};
}

/* ACC 0.. with one record of PAR 0.. into ACT 2048.. */
static npu_insn_t requant(void)
{
    return (npu_insn_t){.op = NPU_OP_REQUANT,
                        .h = 1,
                        .w = 1,
                        .c = 32,
                        .dst = {2048, 0, 0},
                        .out_min = -128,
                        .out_max = 127};
}

static void wait_for(npu_insn_t *insn, uint32_t semaphore)
{
    insn->wait[0].sem = semaphore;
    insn->wait[0].count = 1;
}

/* Everything that the instructions above read, written before; a barrier. 5 instructions. */
static void prologue(void)
{
    bench_add(&b, dma(NPU_OP_LOAD, NPU_MEM_ACT, 0, 0, 4096));
    bench_add(&b, dma(NPU_OP_LOAD, NPU_MEM_WGT, 0, 0, 1024));
    bench_add(&b, dma(NPU_OP_LOAD, NPU_MEM_ACC, 0, 0, 1024));
    bench_add(&b, dma(NPU_OP_LOAD, NPU_MEM_PAR, 0, 0, 512));
    bench_add(&b, (npu_insn_t){.op = NPU_OP_BARRIER});
}

static void finish(void)
{
    bench_add(&b, (npu_insn_t){.op = NPU_OP_END});
    bench_run(&b);
}

static void expect_error(npu_error_t code, uint32_t index, uint32_t other, const char *line)
{
    ck_assert_uint_eq(b.npu.status_reg, NPU_STATUS_ERROR);
    ck_assert_uint_eq(sim_reg_read(&b.npu.comp, bench_reg(&b, "NPU_ERROR")),
                      (uint32_t)code << 24 | index);
    ck_assert_uint_eq(sim_reg_read(&b.npu.comp, bench_reg(&b, "NPU_ERROR_OTHER")), other);
    ck_assert_msg(strstr(said, line) != NULL, "%s", said);
    bench_free(&b);
}

static void expect_done(void)
{
    ck_assert_msg(b.npu.status_reg == NPU_STATUS_DONE, "%s", said);
    bench_free(&b);
}

/* ---- order ------------------------------------------------------------------------------------
 */

START_TEST(the_message_names_both_instructions_their_layers_and_the_bytes)
{
    make();
    npu_layer_t first = {.name = "stem", .op = "CONV_2D"}, second = {.name = "pool", .op = "PAD"};
    ck_assert_uint_eq(npu_prog_add_layer(&b.prog, &first), 0);
    ck_assert_uint_eq(npu_prog_add_layer(&b.prog, &second), 1);
    b.npu.names = &b.prog;
    npu_insn_t late = copy(32, 128, 64);
    late.layer = 1;
    bench_add(&b, dma(NPU_OP_LOAD, NPU_MEM_ACT, 0, 4096, 64));
    bench_add(&b, late);
    finish();
    expect_error(NPU_ERROR_HAZARD, 1, 0,
                 "instruction 1, copy of layer 1 (pool), starts and would read act 0x20..0x5f, "
                 "which instruction 0, load of layer 0 (stem), has yet to write");
}
END_TEST

typedef struct {
    npu_insn_t first, second;
    const char *line; /* NULL: they do not conflict */
} pair_t;

/* Pairs for different engines, after prologue(). */
static uint32_t pairs(pair_t pair[16])
{
    const npu_insn_t lut = {.op = NPU_OP_LUT, .h = 1, .w = 1, .c = 32, .dst = {512, 0, 0}};
    const pair_t all[] = {
        {dma(NPU_OP_LOAD, NPU_MEM_ACT, 0, 4096, 64), copy(63, 512, 8), "read act 0x3f..0x46"},
        {dma(NPU_OP_LOAD, NPU_MEM_ACT, 0, 4096, 64), copy(64, 512, 8), NULL},
        {dma(NPU_OP_LOAD, NPU_MEM_ACT, 0, 4096, 64), fill(0, 1), "overwrite act 0x0..0x0"},
        {dma(NPU_OP_STORE, NPU_MEM_ACT, 0, 4096, 64), fill(40, 4), "has yet to read"},
        {dma(NPU_OP_STORE, NPU_MEM_ACT, 0, 4096, 64), copy(0, 512, 64), NULL}, /* two readers */
        {dma(NPU_OP_STORE, NPU_MEM_ACT, 0, 4096, 64), dma(NPU_OP_LOAD, NPU_MEM_ACT, 512, 4159, 64),
         "read L2 0x103f..0x107e"},
        {dma(NPU_OP_STORE, NPU_MEM_ACT, 0, 4096, 64), dma(NPU_OP_LOAD, NPU_MEM_ACT, 512, 4160, 64),
         NULL},
        {dma(NPU_OP_LOAD, NPU_MEM_ACT, 512, 4096, 999), dma(NPU_OP_STORE, NPU_MEM_ACT, 0, 4100, 4),
         "overwrite L2 0x1004..0x1007"},
        {dma(NPU_OP_LOAD, NPU_MEM_WGT, 1023, 4096, 1), conv(), "read wgt 0x0..0x3ff"},
        {dma(NPU_OP_LOAD, NPU_MEM_WGT, 1024, 4096, 64), conv(), NULL},
        {dma(NPU_OP_LOAD, NPU_MEM_PAR, 383, 4096, 1), requant(), "read par 0x0..0x17f"},
        {dma(NPU_OP_LOAD, NPU_MEM_PAR, 384, 4096, 64), requant(), NULL},
        {dma(NPU_OP_LOAD, NPU_MEM_PAR, 255, 4096, 1), lut, "read par 0x0..0xff"},
        {conv(), requant(), "read acc 0x0..0x7f"},
        {requant(), conv(), "overwrite acc 0x0..0x7f"},
        {conv(), dma(NPU_OP_STORE, NPU_MEM_ACC, 127, 4096, 1), "read acc 0x7f..0x7f"},
    };
    memcpy(pair, all, sizeof(all));
    return SIM_COUNT(all);
}

START_TEST(what_conflicts_with_an_instruction_still_running_is_a_hazard)
{
    pair_t pair[16];
    uint32_t count = pairs(pair);
    for (uint32_t i = 0; i < count; i++) {
        make();
        prologue();
        bench_add(&b, pair[i].first);
        bench_add(&b, pair[i].second);
        finish();
        if (pair[i].line != NULL)
            expect_error(NPU_ERROR_HAZARD, 6, 5, pair[i].line);
        else
            expect_done();
    }
}
END_TEST

START_TEST(with_a_wait_between_them_no_pair_conflicts)
{
    pair_t pair[16];
    uint32_t count = pairs(pair);
    for (uint32_t i = 0; i < count; i++) {
        make();
        prologue();
        pair[i].first.signal[0] = 9;
        wait_for(&pair[i].second, 9);
        bench_add(&b, pair[i].first);
        bench_add(&b, pair[i].second);
        finish();
        expect_done();
    }
}
END_TEST

START_TEST(an_earlier_instruction_that_has_not_even_started_counts)
{
    make();
    prologue();
    npu_insn_t held = copy(0, 512, 64), free_it = {.op = NPU_OP_NOP, .signal = {3}};
    wait_for(&held, 3);
    bench_add(&b, held);                                        /* 5: waits in its queue */
    bench_add(&b, fill(1024, 64));                              /* 6: behind it */
    bench_add(&b, dma(NPU_OP_LOAD, NPU_MEM_ACT, 0, 4096, 640)); /* 7: overwrites what 5 reads */
    bench_add(&b, free_it);
    finish();
    expect_error(NPU_ERROR_HAZARD, 7, 5, "overwrite act 0x0..0x27f");
}
END_TEST

START_TEST(of_several_conflicts_the_oldest_instruction_is_named)
{
    make();
    prologue();
    bench_add(&b, dma(NPU_OP_LOAD, NPU_MEM_ACT, 0, 4096, 2000));
    bench_add(&b, dma(NPU_OP_STORE, NPU_MEM_ACT, 2048, 8192, 2000));
    bench_add(&b, fill(0, 4096));
    finish();
    expect_error(NPU_ERROR_HAZARD, 7, 5, "has yet to write");
}
END_TEST

/* 16 pixels of 32 channels: the load fills the first 24 of each, the vector unit others. */
static void slices(uint32_t addr, uint32_t channels)
{
    npu_insn_t load = {.op = NPU_OP_LOAD,
                       .mem = NPU_MEM_ACT,
                       .l1_row = 32,
                       .l2 = 4096,
                       .l2_row = 24,
                       .row_bytes = 24,
                       .rows = 16,
                       .planes = 1};
    npu_insn_t other = {
        .op = NPU_OP_FILL, .h = 4, .w = 4, .c = channels, .dst = {addr, 128, 32}, .value = 7};
    make();
    bench_add(&b, load);
    bench_add(&b, other);
    finish();
}

START_TEST(interleaved_channel_slices_are_no_conflict_to_the_byte)
{
    slices(24, 8);
    expect_done();
    slices(23, 9);
    expect_error(NPU_ERROR_HAZARD, 1, 0, "overwrite act 0x17..0x1ff");
    slices(24, 1);
    expect_done();
}
END_TEST

/* ---- bytes never written ----------------------------------------------------------------------
 */

START_TEST(computing_on_a_byte_that_nobody_wrote_is_an_error)
{
    make();
    prologue();
    bench_add(&b, copy(4095, 8192, 1));
    bench_add(&b, copy(4033, 8192, 64)); /* the last one is unwritten */
    finish();
    expect_error(NPU_ERROR_UNINIT, 6, 0,
                 "instruction 6, copy of layer 0, would read act 0x1000, which nothing has "
                 "written in this run");
    make();
    prologue();
    npu_insn_t add = conv();
    add.dst.addr = 1024 - 64;
    bench_add(&b, add);
    add.dst.addr = 2048;
    bench_add(&b, add); /* overwrites */
    add.flags = NPU_FLAG_ACCUMULATE;
    bench_add(&b, add); /* adds to what that wrote */
    add.dst.addr = 4096;
    bench_add(&b, add);
    finish();
    expect_error(NPU_ERROR_UNINIT, 8, 0, "would read acc 0x1000");
    make();
    bench_add(&b, dma(NPU_OP_LOAD, NPU_MEM_ACT, 0, 0, 32));
    bench_add(&b, dma(NPU_OP_LOAD, NPU_MEM_WGT, 0, 0, 1000));
    bench_add(&b, (npu_insn_t){.op = NPU_OP_BARRIER});
    bench_add(&b, conv());
    finish();
    expect_error(NPU_ERROR_UNINIT, 3, 0, "would read wgt 0x3e8");
}
END_TEST

START_TEST(a_store_may_move_bytes_that_nobody_wrote)
{
    make();
    bench_add(&b, dma(NPU_OP_STORE, NPU_MEM_ACT, 0, 4096, 64));
    finish();
    expect_done();
}
END_TEST

START_TEST(what_an_earlier_run_wrote_does_not_count)
{
    make();
    bench_add(&b, fill(0, 64));
    finish();
    ck_assert_uint_eq(b.npu.status_reg, NPU_STATUS_DONE);
    npu_prog_free(&b.prog);
    bench_write(&b, "NPU_STATUS", NPU_STATUS_DONE);
    bench_add(&b, copy(0, 64, 64));
    finish();
    expect_error(NPU_ERROR_UNINIT, 0, 0, "would read act 0x0");
}
END_TEST

/* h x w pixels of c channels are written, and then read with `extra` channels more. */
static void write_and_read(const npu_tile_t *tile, uint32_t h, uint32_t w, uint32_t c,
                           uint32_t extra)
{
    npu_insn_t wide = {.op = NPU_OP_FILL, .h = h, .w = w, .c = c, .dst = *tile};
    npu_insn_t read = {.op = NPU_OP_COPY, .h = h, .w = w, .c = c + extra, .src = *tile};
    read.dst = *tile;
    read.dst.addr = 65536;
    make();
    bench_add(&b, wide);
    bench_add(&b, read);
    finish();
}

START_TEST(writes_of_any_shape_count_to_the_byte)
{
    static const uint32_t pixels[] = {4, 8, 16, 20, 32, 64, 128, 200};
    for (uint32_t i = 0; i < SIM_COUNT(pixels); i++) {
        uint32_t pix = pixels[i], c = pix == 200 ? 150 : pix - 1;
        char line[64];
        npu_tile_t tile = {103, 9 * pix + 11, pix}; /* rows in no step with pixels and words */
        snprintf(line, sizeof(line), "would read act 0x%x,", 103 + c);
        write_and_read(&tile, 5, 9, c, 0);
        expect_done();
        write_and_read(&tile, 5, 9, c, 1);
        expect_error(NPU_ERROR_UNINIT, 1, 0, line);
    }
    npu_tile_t large = {777, 10000, 10000}; /* long enough to be looked up in large steps */
    write_and_read(&large, 1, 1, 9999, 0);
    expect_done();
    write_and_read(&large, 1, 1, 9999, 1);
    expect_error(NPU_ERROR_UNINIT, 1, 0, "would read act 0x2a18,"); /* 777 + 9999 */
}
END_TEST

/* 9000 bytes from 100 on but one; with that one, written last, all is well. */
START_TEST(a_hole_anywhere_in_a_long_range_is_found)
{
    for (uint32_t hole = 1; hole < 9000; hole += 499) {
        char line[64];
        for (uint32_t mended = 0; mended < 2; mended++) {
            make();
            bench_add(&b, fill(100, hole));
            bench_add(&b, fill(101 + hole, 9000 - hole));
            if (mended != 0)
                bench_add(&b, fill(100 + hole, 1));
            bench_add(&b, copy(100, 32768, 9000));
            finish();
            snprintf(line, sizeof(line), "would read act 0x%x,", 100 + hole);
            if (mended != 0)
                expect_done();
            else
                expect_error(NPU_ERROR_UNINIT, 2, 0, line);
        }
    }
}
END_TEST

/* ---- ends -------------------------------------------------------------------------------------
 */

START_TEST(an_overrun_is_told_with_instruction_and_layer)
{
    make();
    npu_insn_t beyond = fill(b.npu.desc.mem_bytes[NPU_MEM_ACT] - 7, 8);
    beyond.layer = 5;
    bench_add(&b, beyond);
    finish();
    expect_error(NPU_ERROR_L1, 0, 0,
                 "instruction 0, fill of layer 5, touches bytes up to 0x80001 of act, which has "
                 "0x80000");
    make();
    npu_insn_t out = dma(NPU_OP_LOAD, NPU_MEM_ACT, 0, (1 << 20) - 63, 64);
    out.layer = 6;
    bench_add(&b, out);
    finish();
    expect_error(NPU_ERROR_L2, 0, 0, "instruction 0, load of layer 6, leaves L2");
}
END_TEST

START_TEST(without_checks_a_wrong_schedule_runs)
{
    make();
    b.npu.unchecked = true;
    bench_add(&b, dma(NPU_OP_LOAD, NPU_MEM_ACT, 0, 4096, 64));
    bench_add(&b, copy(0, 128, 64));
    finish();
    expect_done();
}
END_TEST

TEST_MAIN("npu hazards", the_message_names_both_instructions_their_layers_and_the_bytes,
          what_conflicts_with_an_instruction_still_running_is_a_hazard,
          with_a_wait_between_them_no_pair_conflicts,
          an_earlier_instruction_that_has_not_even_started_counts,
          of_several_conflicts_the_oldest_instruction_is_named,
          interleaved_channel_slices_are_no_conflict_to_the_byte,
          computing_on_a_byte_that_nobody_wrote_is_an_error,
          a_store_may_move_bytes_that_nobody_wrote, what_an_earlier_run_wrote_does_not_count,
          writes_of_any_shape_count_to_the_byte, a_hole_anywhere_in_a_long_range_is_found,
          an_overrun_is_told_with_instruction_and_layer, without_checks_a_wrong_schedule_runs)
