/*
 * touch_test.c - operands as sets of bytes, against sets that are counted byte by byte, and against
 * what the kernels really read and write.
 */
#include "npu/kernel.h"
#include "npu/narrow.h"
#include "npu/touch.h"
#include "sim/rng.h"
#include "tests/npu/npu_random.h"
#include "tests/npu/touch_ref.h"
#include "tests/test.h"

#define L1_BYTES (128u << 10)
#define L2_BYTES (1u << 20)

static sim_stream_t rng;

static uint32_t below(uint32_t n)
{
    return sim_stream_below(&rng, n);
}

/* ---- one instruction against its formula ------------------------------------------------------
 */

static uint8_t expected[TOUCH_REF_MEMS][L2_BYTES], found[TOUCH_REF_MEMS][L2_BYTES];

static void expect(void *ctx, uint32_t operand, uint32_t mem, uint64_t byte, uint32_t how)
{
    (void)operand;
    (void)ctx;
    if (byte >= (mem == NPU_MEM_L2 ? L2_BYTES : L1_BYTES))
        ck_abort_msg("byte %llu of memory %u", (unsigned long long)byte, mem);
    expected[mem][byte] |= (uint8_t)how;
}

static void find(const npu_touch_t *t)
{
    const uint64_t rows = t->dims > 0 ? t->dim[0].count : 1,
                   cols = t->dims > 1 ? t->dim[1].count : 1;
    const uint64_t last = t->dims > 2 ? t->dim[2].count : 1;
    for (uint64_t i = 0; i < rows; i++)
        for (uint64_t j = 0; j < cols; j++)
            for (uint64_t k = 0; k < last; k++)
                for (uint64_t n = 0; n < t->bytes; n++) {
                    uint64_t at =
                        t->begin + i * t->dim[0].step + j * t->dim[1].step + k * t->dim[2].step + n;
                    if (at >= t->end)
                        ck_abort_msg("byte %llu beyond the end", (unsigned long long)at);
                    found[t->mem][at] |= t->write != 0 ? TOUCH_REF_WRITE : TOUCH_REF_READ;
                }
}

/* Some tiles overlap themselves, broadcast, or touch one another. */
static npu_insn_t any_insn(uint32_t op)
{
    npu_insn_t insn = random_small_insn(&rng, op);
    if (below(4) == 0 && insn.src.row != 0)
        insn.src.row = 4 * below(20);
    if (below(4) == 0 && insn.src.pix != 0)
        insn.src.pix = 4 * below(20);
    if (below(4) == 0 && insn.src2.pix != 0)
        insn.src2.row = insn.src2.pix = 0;
    if (below(4) == 0 && insn.rows != 0 && insn.packed == 0)
        insn.l1_row = insn.l2_row = insn.row_bytes;
    if (below(4) == 0 && insn.rows != 0)
        insn.l1_plane = insn.rows * insn.l1_row;
    return insn;
}

START_TEST(every_operator_touches_the_bytes_of_its_formula_and_no_others)
{
    rng = sim_stream(1, 41, 0);
    for (uint32_t n = 0; n < 300; n++) {
        npu_touch_t touch[NPU_MAX_TOUCHES];
        npu_insn_t insn = any_insn(1 + n % (NPU_OPS - 1));
        memset(expected, 0, sizeof(expected));
        memset(found, 0, sizeof(found));
        touch_ref(&insn, expect, NULL);
        uint32_t count = npu_touches(&insn, touch);
        for (uint32_t i = 0; i < count; i++)
            find(&touch[i]);
        ck_assert_msg(memcmp(expected, found, sizeof(found)) == 0, "case %u: %s", n,
                      npu_opinfo(insn.op)->name);
    }
}
END_TEST

/* ---- one instruction against its kernel -------------------------------------------------------
 */

static _Alignas(64) uint8_t image[2][NPU_MEMS][L1_BYTES];

static npu_l1_t memory(uint32_t which)
{
    static uint8_t wide[L1_BYTES << NPU_MAX_NARROW];
    npu_l1_t l1 = {.wide = wide};
    for (uint32_t m = 0; m < NPU_MEMS; m++) {
        l1.data[m] = image[which][m];
        l1.bytes[m] = L1_BYTES;
    }
    return l1;
}

/* Two memories that agree only where the instruction reads. */
static void make_images(const npu_insn_t *insn)
{
    memset(expected, 0, sizeof(expected));
    touch_ref(insn, expect, NULL);
    uint32_t noise = sim_stream_u32(&rng);
    for (uint32_t m = 0; m < NPU_MEMS; m++)
        for (uint32_t i = 0; i < L1_BYTES; i++) {
            uint8_t byte = (uint8_t)(noise >> i % 25);
            noise = i % 25 == 24 ? sim_stream_u32(&rng) : noise;
            image[0][m][i] = byte;
            image[1][m][i] = expected[m][i] & TOUCH_REF_READ ? byte : (uint8_t)~byte;
        }
}

START_TEST(a_kernel_reads_and_writes_nothing_else)
{
    rng = sim_stream(2, 41, 0);
    for (uint32_t n = 0; n < 240; n++) {
        uint32_t op = NPU_OP_CONV + n % (NPU_OPS - NPU_OP_CONV);
        npu_insn_t insn = any_insn(op);
        make_images(&insn);
        for (uint32_t k = 0; k < 2; k++) {
            npu_l1_t l1 = memory(k);
            npu_kernels_t kernels = npu_kernels(k == 0 ? SIM_SIMD_SCALAR : sim_simd_best());
            npu_compute(&kernels, &insn, &l1);
        }
        for (uint32_t m = 0; m < NPU_MEMS; m++)
            for (uint32_t i = 0; i < L1_BYTES; i++)
                if ((image[0][m][i] == image[1][m][i]) != (expected[m][i] != 0))
                    ck_abort_msg("case %u: %s, %s %u", n, npu_opinfo(op)->name,
                                 npu_mem_name((npu_mem_t)m), i);
    }
}
END_TEST

/* ---- two sets ---------------------------------------------------------------------------------
 */

static npu_touch_t strided(uint32_t mem, uint64_t begin, uint32_t rows, uint32_t row, uint32_t cols,
                           uint32_t col, uint32_t bytes)
{
    npu_insn_t load = {.op = NPU_OP_LOAD,
                       .mem = mem,
                       .l1 = (uint32_t)begin,
                       .planes = rows,
                       .l1_plane = row,
                       .rows = cols,
                       .l1_row = col,
                       .row_bytes = bytes};
    npu_touch_t touch[NPU_MAX_TOUCHES];
    ck_assert_uint_eq(npu_touches(&load, touch), 2);
    return touch[1];
}

START_TEST(interleaved_channel_slices_do_not_meet)
{
    /* 4 x 5 pixels of 64 channels; slices of 24, 24 and 16 */
    npu_touch_t a = strided(NPU_MEM_ACT, 1000, 4, 320, 5, 64, 24);
    npu_touch_t b = strided(NPU_MEM_ACT, 1024, 4, 320, 5, 64, 24);
    npu_touch_t c = strided(NPU_MEM_ACT, 1048, 4, 320, 5, 64, 16);
    npu_touch_t wide = strided(NPU_MEM_ACT, 1024, 4, 320, 5, 64, 25);
    npu_touch_t elsewhere = strided(NPU_MEM_ACC, 1000, 4, 320, 5, 64, 24);
    ck_assert(!npu_touch_meets(&a, &b) && !npu_touch_meets(&b, &c) && !npu_touch_meets(&a, &c));
    ck_assert(npu_touch_meets(&a, &a) && npu_touch_meets(&wide, &c) && npu_touch_meets(&c, &wide));
    ck_assert(!npu_touch_meets(&a, &elsewhere));
    /* the same slices seen by rows of another length: 2 rows of 10 pixels */
    npu_touch_t d = strided(NPU_MEM_ACT, 1000, 2, 640, 10, 64, 24);
    ck_assert(!npu_touch_meets(&d, &b) && npu_touch_meets(&d, &a));
}
END_TEST

START_TEST(a_dense_tile_is_one_piece)
{
    npu_touch_t t = strided(NPU_MEM_ACT, 96, 7, 320, 5, 64, 64); /* 7 x 5 pixels of 64 */
    ck_assert_uint_eq(t.dims, 0);
    ck_assert_uint_eq(t.bytes, 2240);
    ck_assert_uint_eq(t.end, 96 + 2240);
    t = strided(NPU_MEM_ACT, 96, 7, 320, 5, 64, 60); /* 35 pixels, one after the other */
    ck_assert_uint_eq(t.dims, 1);
    ck_assert_uint_eq(t.dim[0].count, 35);
    ck_assert_uint_eq(t.end, 96 + 34 * 64 + 60);
}
END_TEST

static bool meet_by_bytes(const npu_touch_t *a, const npu_touch_t *b)
{
    static uint8_t map[2][8192];
    memset(map, 0, sizeof(map));
    for (uint32_t k = 0; k < 2; k++) {
        const npu_touch_t *t = k == 0 ? a : b;
        for (uint64_t i = 0; i < (t->dims > 0 ? t->dim[0].count : 1); i++)
            for (uint64_t j = 0; j < (t->dims > 1 ? t->dim[1].count : 1); j++)
                memset(map[k] + t->begin + i * t->dim[0].step + j * t->dim[1].step, 1,
                       (size_t)t->bytes);
    }
    for (uint32_t i = 0; i < sizeof(map[0]); i++)
        if (map[0][i] != 0 && map[1][i] != 0)
            return true;
    return false;
}

START_TEST(two_sets_meet_when_they_share_a_byte)
{
    static const uint32_t steps[] = {3, 8, 16, 24, 32, 48, 64, 65, 130, 192};
    uint32_t met = 0;
    rng = sim_stream(3, 41, 0);
    for (uint32_t n = 0; n < 20000; n++) {
        npu_touch_t t[2];
        for (uint32_t k = 0; k < 2; k++)
            t[k] = strided(NPU_MEM_ACT, below(600), 1 + below(6), steps[below(10)], 1 + below(9),
                           steps[below(10)], 1 + below(below(3) ? 4 : 40));
        bool yes = meet_by_bytes(&t[0], &t[1]);
        ck_assert_msg(npu_touch_meets(&t[0], &t[1]) == yes && npu_touch_meets(&t[1], &t[0]) == yes,
                      "case %u", n);
        met += yes;
    }
    ck_assert_uint_gt(met, 5000); /* both kinds were seen */
    ck_assert_uint_lt(met, 15000);
}
END_TEST

TEST_MAIN("npu bytes touched", every_operator_touches_the_bytes_of_its_formula_and_no_others,
          a_kernel_reads_and_writes_nothing_else, interleaved_channel_slices_do_not_meet,
          a_dense_tile_is_one_piece, two_sets_meet_when_they_share_a_byte)
