/*
 * kernel_levels_test.c - every vector level against scalar code, bit for bit, over thousands of
 * random instructions. Memories end where the instruction's last byte is, so that a sanitizer sees
 * a vector that reads or writes beyond.
 */
#include "npu/isa.h"
#include "npu/kernel.h"
#include "npu/touch.h"
#include "sim/rng.h"
#include "tests/test.h"

static sim_stream_t rng;

static uint32_t below(uint32_t n)
{
    return sim_stream_below(&rng, n);
}

static uint32_t between(uint32_t low, uint32_t high)
{
    return low + below(high - low + 1);
}

static bool one_in(uint32_t n)
{
    return below(n) == 0;
}

static int32_t word(void)
{
    return (int32_t)sim_stream_u32(&rng);
}

/* A code, the extreme ones often. */
static int32_t code(void)
{
    static const int32_t often[] = {-128, -127, 0, 127};
    return one_in(2) ? often[below(4)] : (int32_t)below(256) - 128;
}

/* ---- memories ---------------------------------------------------------------------------------
 */

/* As large as the instruction needs, to the byte. */
static npu_l1_t memory_for(const npu_insn_t *insn)
{
    npu_touch_t touch[NPU_MAX_TOUCHES];
    npu_l1_t l1 = {0};
    for (uint32_t i = 0, n = npu_touches(insn, touch); i < n; i++)
        if (l1.bytes[touch[i].mem] < touch[i].end)
            l1.bytes[touch[i].mem] = (uint32_t)touch[i].end;
    for (uint32_t m = 0; m < NPU_MEMS; m++)
        l1.data[m] = malloc(l1.bytes[m] + 1);
    return l1;
}

static npu_l1_t copy_of(const npu_l1_t *from)
{
    npu_l1_t l1 = *from;
    for (uint32_t m = 0; m < NPU_MEMS; m++) {
        l1.data[m] = malloc(l1.bytes[m]); /* not one byte more */
        if (l1.bytes[m] > 0)
            memcpy(l1.data[m], from->data[m], l1.bytes[m]);
    }
    return l1;
}

static void free_memory(npu_l1_t *l1)
{
    for (uint32_t m = 0; m < NPU_MEMS; m++)
        free(l1->data[m]);
}

static bool equal(const npu_l1_t *a, const npu_l1_t *b)
{
    bool same = true;
    for (uint32_t m = 0; m < NPU_MEMS; m++)
        same = same && (a->bytes[m] == 0 || memcmp(a->data[m], b->data[m], a->bytes[m]) == 0);
    return same;
}

/* Noise, or at times nothing but one extreme code. */
static void fill(uint8_t *bytes, uint32_t count)
{
    uint8_t all = one_in(2) ? 0x80 : 0x7f;
    bool noise = !one_in(8);
    for (uint32_t i = 0; i < count; i++)
        bytes[i] = noise ? (uint8_t)below(256) : all;
}

static void put_words(npu_l1_t *l1, uint32_t at, const int32_t *words, uint32_t count)
{
    memcpy(l1->data[NPU_MEM_PAR] + at, words, 4 * (size_t)count);
}

static void check_levels(const npu_insn_t *insn, const npu_l1_t *before)
{
    uint32_t words[NPU_INSN_WORDS];
    char error[200];
    ck_assert_msg(npu_insn_encode(insn, words, error, sizeof(error)), "%s", error);
    npu_l1_t scalar = copy_of(before);
    npu_kernels(SIM_SIMD_SCALAR).run[insn->op](insn, &scalar);
    for (sim_simd_t level = SIM_SIMD_AVX2; level <= sim_simd_best(); level++) {
        npu_l1_t vector = copy_of(before);
        npu_kernels(level).run[insn->op](insn, &vector);
        ck_assert_msg(equal(&scalar, &vector),
                      "%s at level %s: in %ux%ux%u out %ux%ux%u kernel %ux%u stride %u %u "
                      "dilation %u %u pad %u %u zero points %d %d flags %u",
                      npu_opinfo(insn->op)->name, sim_simd_name(level), insn->in_h, insn->in_w,
                      insn->in_c, insn->h, insn->w, insn->c, insn->k_h, insn->k_w, insn->stride_h,
                      insn->stride_w, insn->dil_h, insn->dil_w, insn->pad_top, insn->pad_left,
                      insn->in_zp, insn->wgt_zp, insn->flags);
        free_memory(&vector);
    }
    free_memory(&scalar);
}

/* Fills, lets `parameters` write the record, checks. */
static void check_insn(const npu_insn_t *insn,
                       void (*parameters)(const npu_insn_t *insn, npu_l1_t *l1))
{
    npu_l1_t l1 = memory_for(insn);
    for (uint32_t m = 0; m < NPU_MEMS; m++)
        fill(l1.data[m], l1.bytes[m]);
    if (parameters != NULL)
        parameters(insn, &l1);
    check_levels(insn, &l1);
    free_memory(&l1);
}

/* ---- convolutions -------------------------------------------------------------------------------
 */

static npu_tile_t tile(uint32_t w, uint32_t pixel, uint32_t unit)
{
    uint32_t pix = pixel + (one_in(2) ? 0 : unit * below(5));
    uint32_t row = w * pix + (one_in(2) ? 0 : unit * below(7));
    return (npu_tile_t){unit * below(20), row, pix};
}

/* Mostly taps on all sides of the source; sizes fit the window or do not. */
static void window(npu_insn_t *insn, uint32_t max_kernel, uint32_t max_size)
{
    insn->k_h = between(1, max_kernel);
    insn->k_w = one_in(2) ? insn->k_h : between(1, max_kernel);
    insn->stride_h = one_in(2) ? 1 : between(1, 3);
    insn->stride_w = one_in(2) ? insn->stride_h : between(1, 3);
    insn->dil_h = one_in(3) ? between(1, 4) : 1;
    insn->dil_w = one_in(3) ? between(1, 4) : 1;
    insn->pad_top = one_in(3) ? 0 : below(insn->k_h * insn->dil_h + 1);
    insn->pad_left = one_in(3) ? 0 : below(insn->k_w * insn->dil_w + 1);
    insn->h = between(1, one_in(3) ? 2 : max_size);
    insn->w = between(1, max_size);
    bool fits = one_in(2); /* no tap outside */
    uint32_t h = (insn->h - 1) * insn->stride_h + (insn->k_h - 1) * insn->dil_h + 1;
    uint32_t w = (insn->w - 1) * insn->stride_w + (insn->k_w - 1) * insn->dil_w + 1;
    insn->in_h = fits ? h : between(1, h + 2);
    insn->in_w = fits ? w : between(1, w + 2);
    if (fits)
        insn->pad_top = insn->pad_left = 0;
}

/* Weights that are signed bytes less a zero point as well, most of them. */
static void small_weights(const npu_insn_t *insn, npu_l1_t *l1)
{
    uint32_t shift = 1 + below(2);
    for (uint32_t at = 0; at < l1->bytes[NPU_MEM_WGT]; at++)
        l1->data[NPU_MEM_WGT][at] = (uint8_t)((int8_t)l1->data[NPU_MEM_WGT][at] >> shift);
    (void)insn;
}

static void check_mac(npu_insn_t *insn)
{
    insn->in_zp = one_in(3) ? -128 : code();
    insn->wgt_zp = one_in(2) ? 0 : code();
    insn->flags = one_in(2) ? NPU_FLAG_ACCUMULATE : 0;
    insn->wgt = one_in(2) ? 0 : below(64);
    insn->src = tile(insn->in_w, insn->in_c, 1);
    insn->dst = tile(insn->w, 4 * npu_round_lanes(insn->c), 4);
    check_insn(insn, one_in(3) ? small_weights : NULL);
}

START_TEST(convolutions_are_equal_at_every_level)
{
    rng = sim_stream(1, 1, 0);
    for (int i = 0; i < 1500 / TEST_FEWER; i++) {
        npu_insn_t insn = {.op = NPU_OP_CONV, .c = between(1, one_in(4) ? 100 : 33)};
        insn.in_c = one_in(3) ? 4 * between(1, 20) : between(1, 40);
        window(&insn, one_in(2) ? 1 : 4, insn.in_c > 16 ? 5 : 18);
        check_mac(&insn);
    }
}
END_TEST

START_TEST(deep_and_wide_convolutions_are_equal_at_every_level)
{
    rng = sim_stream(2, 1, 0);
    for (int i = 0; i < 60; i++) { /* sums cut into pieces, strips of a large source */
        npu_insn_t insn = {.op = NPU_OP_CONV, .c = between(1, 40), .in_c = between(200, 2500)};
        window(&insn, insn.in_c > 800 ? 1 : 3, 2);
        check_mac(&insn);
    }
    for (int i = 0; i < 6; i++) {
        npu_insn_t insn = {.op = NPU_OP_CONV, .c = 3, .in_c = between(1, 6)};
        window(&insn, 2, 3);
        insn.h = between(30, 60);
        insn.w = between(100, 300);
        insn.in_h = insn.h * insn.stride_h;
        insn.in_w = insn.w * insn.stride_w;
        check_mac(&insn);
    }
    for (int i = 0; i < 6; i++) { /* a window beyond all buffers */
        npu_insn_t insn = {.op = NPU_OP_CONV, .c = 5, .in_c = 2};
        window(&insn, 2, 2);
        insn.k_h = between(20, 40);
        insn.k_w = between(10, 40);
        check_mac(&insn);
    }
}
END_TEST

START_TEST(depthwise_convolutions_are_equal_at_every_level)
{
    rng = sim_stream(3, 1, 0);
    for (int i = 0; i < 2000 / TEST_FEWER; i++) {
        npu_insn_t insn = {.op = NPU_OP_DWCONV, .in_c = between(1, one_in(3) ? 70 : 33)};
        insn.c = insn.in_c * (one_in(4) ? between(2, 9) : 1);
        window(&insn, one_in(2) ? 3 : 9, one_in(8) ? 60 : 8);
        check_mac(&insn);
    }
    for (int i = 0; i < 1000 / TEST_FEWER; i++) { /* what most networks have */
        npu_insn_t insn = {.op = NPU_OP_DWCONV, .in_c = between(1, 70)};
        insn.c = insn.in_c;
        window(&insn, 3, 8);
        insn.k_h = insn.k_w = 3;
        insn.dil_h = insn.dil_w = 1;
        insn.stride_h = insn.stride_w = between(1, 2);
        insn.in_h = between(1, insn.stride_h * insn.h + 3);
        insn.in_w = between(1, insn.stride_w * insn.w + 3);
        check_mac(&insn);
    }
    for (int i = 0; i < 6; i++) { /* windows beyond all buffers */
        npu_insn_t insn = {.op = NPU_OP_DWCONV, .in_c = 33, .c = 33};
        window(&insn, 3, 3);
        insn.k_h = between(30, 60);
        insn.k_w = between(10, 30);
        insn.dil_w = between(1, 15);
        check_mac(&insn);
    }
}
END_TEST

/* ---- vector unit --------------------------------------------------------------------------------
 */

/* Multipliers and shifts as a compiler makes them, or anything. */
static int32_t multiplier(bool wild)
{
    return wild ? word() : one_in(8) ? 0 : (int32_t)between(1u << 30, INT32_MAX);
}

static int32_t shift(bool wild)
{
    return wild ? word() >> below(32) : -(int32_t)below(one_in(4) ? 33 : 14);
}

static void requant_parameters(const npu_insn_t *insn, npu_l1_t *l1)
{
    bool wild = one_in(3); /* all of the instruction, so that the usual case stands alone as well */
    bool right = !wild && one_in(2); /* every shift to the right, as in most networks */
    for (uint32_t block = 0; block * NPU_LANES < insn->c; block++) {
        int32_t words[3][NPU_LANES];
        for (uint32_t i = 0; i < NPU_LANES; i++) {
            bool odd = wild && one_in(8);
            words[0][i] = odd ? word() : word() >> 14;
            words[1][i] = multiplier(odd);
            words[2][i] = right ? -(int32_t)between(1, 22) : shift(odd);
        }
        put_words(l1, insn->par + block * NPU_PAR_REQUANT_BYTES, words[0], 3 * NPU_LANES);
    }
    bool large = one_in(3); /* a few accumulators beyond what the usual case allows */
    for (uint32_t at = 0; at + 4 <= l1->bytes[NPU_MEM_ACC]; at += 4) {
        int32_t value = large && one_in(50) ? word() : word() >> 12;
        memcpy(l1->data[NPU_MEM_ACC] + at, &value, 4);
    }
}

START_TEST(requantizing_is_equal_at_every_level)
{
    rng = sim_stream(4, 1, 0);
    for (int i = 0; i < 2000 / TEST_FEWER; i++) {
        npu_insn_t insn = {.op = NPU_OP_REQUANT,
                           .h = between(1, 3),
                           .w = between(1, 9),
                           .c = between(1, 80),
                           .par = 4 * below(16),
                           .out_zp = code(),
                           .flags = one_in(3) ? NPU_FLAG_SINGLE : 0};
        insn.out_min = (int32_t)below(256) - 128;
        insn.out_max = (int32_t)between((uint32_t)(insn.out_min + 128), 255) - 128;
        if (one_in(4)) { /* a ReLU whose codes are all in use */
            insn.out_zp = insn.out_min = -128;
            insn.out_max = 127;
        }
        insn.src = tile(insn.w, 4 * insn.c, 4);
        insn.dst = tile(insn.w, insn.c, 1);
        check_insn(&insn, requant_parameters);
    }
}
END_TEST

static void element_parameters(const npu_insn_t *insn, npu_l1_t *l1)
{
    bool wild = one_in(3), add = insn->op != NPU_OP_MUL;
    const int32_t for_add[NPU_PAR_ADD_WORDS] = {wild ? word() : code(), wild ? word() : code(),
                                                multiplier(wild),       shift(wild),
                                                multiplier(wild),       shift(wild),
                                                multiplier(wild),       add ? shift(wild) - 8 : 0,
                                                wild ? word() : code(), -(int32_t)below(129),
                                                (int32_t)below(128),    wild ? word() : 20};
    const int32_t for_mul[NPU_PAR_MUL_WORDS] = {
        wild ? word() : code(), wild ? word() : code(), multiplier(wild),   shift(wild),
        wild ? word() : code(), -(int32_t)below(129),   (int32_t)below(128)};
    put_words(l1, insn->par, add ? for_add : for_mul, add ? NPU_PAR_ADD_WORDS : NPU_PAR_MUL_WORDS);
    const uint32_t min = insn->par + 4u * (add ? NPU_PAR_ADD_MIN : NPU_PAR_MUL_MIN);
    if (wild && one_in(4)) { /* bounds the wrong way round */
        int32_t bounds[2] = {100, -100};
        memcpy(l1->data[NPU_MEM_PAR] + min, bounds, sizeof(bounds));
    }
}

START_TEST(element_wise_operators_are_equal_at_every_level)
{
    static const npu_op_t ops[] = {NPU_OP_ADD, NPU_OP_SUB, NPU_OP_MUL, NPU_OP_MAX, NPU_OP_MIN};
    rng = sim_stream(5, 1, 0);
    for (int i = 0; i < 2000 / TEST_FEWER; i++) {
        npu_insn_t insn = {
            .op = ops[i % 5], .h = between(1, 3), .w = between(1, 6), .c = between(1, 40)};
        bool record = insn.op != NPU_OP_MAX && insn.op != NPU_OP_MIN;
        insn.par = record ? 4 * below(8) : 0;
        insn.flags = record && one_in(3) ? NPU_FLAG_SINGLE : 0;
        insn.dst = tile(insn.w, insn.c, 1);
        insn.src = one_in(3) ? insn.dst : tile(insn.w, insn.c, 1);
        insn.src2 = one_in(3) ? insn.dst : tile(insn.w, insn.c, 1);
        if (one_in(4))
            insn.src2.row = insn.src2.pix = 0; /* one pixel for all */
        if (one_in(2)) {                       /* apart; else over one another, or the same */
            insn.src.addr += 2000;
            insn.src2.addr += 4000;
        }
        check_insn(&insn, record ? element_parameters : NULL);
    }
}
END_TEST

START_TEST(pools_are_equal_at_every_level)
{
    rng = sim_stream(6, 1, 0);
    for (int i = 0; i < 1500 / TEST_FEWER; i++) {
        npu_insn_t insn = {.op = i % 2 ? NPU_OP_AVGPOOL : NPU_OP_MAXPOOL,
                           .c = between(1, 130),
                           .out_min = -(int32_t)below(129),
                           .out_max = (int32_t)below(128)};
        window(&insn, one_in(30) ? 20 : 4, 5);
        insn.flags = insn.op == NPU_OP_AVGPOOL && one_in(2) ? NPU_FLAG_UNSIGNED : 0;
        insn.src = tile(insn.in_w, insn.c, 1);
        insn.dst = tile(insn.w, insn.c, 1);
        insn.dst.addr += one_in(8) ? 0 : insn.in_h * insn.src.row + 200;
        check_insn(&insn, NULL);
    }
}
END_TEST

START_TEST(moves_and_tables_are_equal_at_every_level)
{
    static const npu_op_t ops[] = {NPU_OP_TRANSFORM, NPU_OP_TRANSFORM, NPU_OP_LUT, NPU_OP_COPY,
                                   NPU_OP_FILL};
    rng = sim_stream(7, 1, 0);
    for (int i = 0; i < 1000 / TEST_FEWER; i++) {
        npu_insn_t insn = {.op = ops[i % 5], .h = between(1, 4), .w = between(1, 40)};
        insn.c = between(1, one_in(2) ? 4 : 40);
        insn.dst = tile(insn.w, insn.c, 1);
        if (insn.op == NPU_OP_TRANSFORM) { /* of planes: to planes, turned planes, pixels */
            insn.h = between(1, 40);
            insn.src = (npu_tile_t){below(9), insn.w + below(3), 1};
            insn.src_chan = insn.h * insn.src.row + below(3);
            uint32_t row = insn.w + below(3), column = insn.h + below(3), way = below(4);
            insn.dst_chan = way == 0 ? insn.h * row : way == 1 ? insn.w * column : 1;
            if (way == 0)
                insn.dst = (npu_tile_t){below(9), row, 1};
            else if (way == 1)
                insn.dst = (npu_tile_t){below(9), 1, column};
            else if (insn.c <= 4 && way == 2)
                insn.dst = (npu_tile_t){below(9), insn.w * 4 + below(9), 4};
            if (one_in(6)) /* bytes written twice */
                *(one_in(2) ? &insn.dst.row : &insn.dst.pix) = below(20);
            if (one_in(6))
                insn.dst_chan = below(20);
        } else if (insn.op != NPU_OP_FILL) {
            insn.src = one_in(4) ? insn.dst : tile(insn.w, insn.c, 1); /* or in place */
        }
        bool in_place =
            insn.op == NPU_OP_LUT && memcmp(&insn.src, &insn.dst, sizeof(insn.src)) == 0;
        insn.dst.addr += in_place || one_in(4) ? 0 : 100000;
        insn.value = insn.op == NPU_OP_FILL ? code() : 0;
        insn.par = insn.op == NPU_OP_LUT ? 4 * below(9) : 0;
        check_insn(&insn, NULL);
    }
}
END_TEST

START_TEST(rows_are_copied_at_every_level)
{
    rng = sim_stream(8, 1, 0);
    for (int i = 0; i < 500 / TEST_FEWER; i++) {
        const uint32_t bytes = one_in(2) ? 64 * between(1, 9) : between(1, 600);
        const uint32_t rows = between(1, 5);
        const size_t to_row = between(bytes, bytes + 70), from_row = between(0, bytes + 70);
        const size_t to_bytes = (rows - 1) * to_row + bytes;
        const size_t from_bytes = (rows - 1) * from_row + bytes;
        uint8_t *from = malloc(from_bytes);
        fill(from, (uint32_t)from_bytes);
        for (sim_simd_t level = SIM_SIMD_SCALAR; level <= sim_simd_best(); level++) {
            uint8_t *to = calloc(1, to_bytes);
            bool same = true;
            npu_kernels(level).copy(to, to_row, from, from_row, bytes, rows);
            for (size_t at = 0; at < to_bytes; at++) { /* and nothing between rows */
                const size_t r = at / to_row, byte = at % to_row;
                same = same && to[at] == (byte < bytes ? from[r * from_row + byte] : 0);
            }
            ck_assert_msg(same, "%u rows of %u bytes at level %s", rows, bytes,
                          sim_simd_name(level));
            free(to);
        }
        free(from);
    }
}
END_TEST

TEST_MAIN("npu kernels at all levels", convolutions_are_equal_at_every_level,
          deep_and_wide_convolutions_are_equal_at_every_level,
          depthwise_convolutions_are_equal_at_every_level, requantizing_is_equal_at_every_level,
          element_wise_operators_are_equal_at_every_level, pools_are_equal_at_every_level,
          moves_and_tables_are_equal_at_every_level, rows_are_copied_at_every_level)
