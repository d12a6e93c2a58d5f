/*
 * kernel_test.c - every kernel against a slow, obvious version, over random shapes, at every level
 * of vector code.
 */
#include "npu/isa.h"
#include "npu/kernel.h"
#include "npu/quant.h"
#include "sim/rng.h"
#include "tests/test.h"

#define ACT_BYTES (512u << 10)
#define WGT_BYTES (512u << 10)
#define ACC_BYTES (1024u << 10)
#define PAR_BYTES (32u << 10)

static uint8_t act[ACT_BYTES], wgt[WGT_BYTES], par[PAR_BYTES], act2[ACT_BYTES];
static _Alignas(64) uint8_t acc[ACC_BYTES], acc2[ACC_BYTES];
static sim_stream_t rng;

static uint32_t below(uint32_t n)
{
    return sim_stream_below(&rng, n);
}

static uint32_t between(uint32_t low, uint32_t high)
{
    return low + below(high - low + 1);
}

static int32_t code(void)
{
    return (int32_t)below(256) - 128;
}

static void fill(uint8_t *bytes, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        bytes[i] = (uint8_t)below(256);
}

static npu_l1_t l1_memory(uint8_t *act_bytes, uint8_t *acc_bytes)
{
    return (npu_l1_t){.data = {act_bytes, wgt, acc_bytes, par},
                      .bytes = {ACT_BYTES, WGT_BYTES, ACC_BYTES, PAR_BYTES}};
}

static void put_par(uint32_t at, int32_t value)
{
    memcpy(par + at, &value, 4);
}

static int32_t get_i32(const uint8_t *bytes, uint32_t at)
{
    int32_t value;
    memcpy(&value, bytes + at, 4);
    return value;
}

static int32_t act_code(const npu_tile_t *tile, uint32_t y, uint32_t x, uint32_t c)
{
    return (int8_t)act[tile->addr + y * tile->row + x * tile->pix + c];
}

/* Runs insn at one level on copies of the memories; true when both equal the expected ones. */
static bool same_at(sim_simd_t level, const npu_insn_t *insn, const uint8_t *act_before,
                    const uint8_t *acc_before)
{
    static uint8_t act3[ACT_BYTES];
    static _Alignas(64) uint8_t acc3[ACC_BYTES];
    memcpy(act3, act_before, ACT_BYTES);
    memcpy(acc3, acc_before, ACC_BYTES);
    npu_l1_t l1 = l1_memory(act3, acc3);
    npu_kernels(level).run[insn->op](insn, &l1);
    return memcmp(act3, act2, ACT_BYTES) == 0 && memcmp(acc3, acc2, ACC_BYTES) == 0;
}

/* act2 and acc2 hold what is expected. Encoding proves that the instruction is a legal one. */
static void check_all_levels(const npu_insn_t *insn)
{
    uint32_t words[NPU_INSN_WORDS], bytes[NPU_MEMS] = {ACT_BYTES, WGT_BYTES, ACC_BYTES, PAR_BYTES};
    char error[200];
    ck_assert_msg(npu_insn_encode(insn, words, error, sizeof(error)), "%s", error);
    ck_assert(npu_l1_inside(insn, bytes, NULL, NULL));
    for (sim_simd_t level = SIM_SIMD_SCALAR; level <= sim_simd_best(); level++)
        ck_assert_msg(same_at(level, insn, act, acc),
                      "%s at level %s: in %ux%ux%u out %ux%ux%u kernel %ux%u",
                      npu_opinfo(insn->op)->name, sim_simd_name(level), insn->in_h, insn->in_w,
                      insn->in_c, insn->h, insn->w, insn->c, insn->k_h, insn->k_w);
}

/* A window with taps inside and outside. */
static void random_window(npu_insn_t *insn, uint32_t max_kernel, uint32_t max_size)
{
    insn->k_h = between(1, max_kernel);
    insn->k_w = between(1, max_kernel);
    insn->stride_h = between(1, 3);
    insn->stride_w = between(1, 3);
    insn->dil_h = between(1, 2);
    insn->dil_w = between(1, 2);
    insn->in_h = between(1, max_size);
    insn->in_w = between(1, max_size);
    insn->h = between(1, max_size);
    insn->w = between(1, max_size);
    insn->pad_top = below(insn->k_h + 1);
    insn->pad_left = below(insn->k_w + 1);
}

static npu_tile_t random_tile(uint32_t at, uint32_t w, uint32_t pixel, uint32_t unit)
{
    uint32_t pix = pixel + unit * below(5);
    return (npu_tile_t){at + unit * below(9), w * pix + unit * below(7), pix};
}

/* Value of acc2 after a convolution, with wrapping sums, from the definition alone. */
static void expect_conv(const npu_insn_t *insn)
{
    bool dw = insn->op == NPU_OP_DWCONV;
    uint32_t lanes = npu_round_lanes(insn->c);
    for (uint32_t y = 0; y < insn->h; y++)
        for (uint32_t x = 0; x < insn->w; x++)
            for (uint32_t o = 0; o < lanes; o++) {
                uint32_t sum = 0;
                for (uint32_t ky = 0; ky < insn->k_h; ky++)
                    for (uint32_t kx = 0; kx < insn->k_w; kx++) {
                        int sy = (int)(y * insn->stride_h + ky * insn->dil_h) - (int)insn->pad_top;
                        int sx = (int)(x * insn->stride_w + kx * insn->dil_w) - (int)insn->pad_left;
                        if (sy < 0 || sx < 0 || sy >= (int)insn->in_h || sx >= (int)insn->in_w)
                            continue;
                        uint32_t first = dw ? o / (insn->c / insn->in_c) : 0;
                        uint32_t last = dw ? first : insn->in_c - 1;
                        for (uint32_t i = first; i <= last && o < insn->c; i++) {
                            uint32_t at = dw ? npu_dw_wgt_index(o, ky, kx, insn->k_h, insn->k_w)
                                             : npu_conv_wgt_index(o, ky, kx, i, insn->k_h,
                                                                  insn->k_w, insn->in_c);
                            int w = (int8_t)wgt[insn->wgt + at] - insn->wgt_zp;
                            int v = act_code(&insn->src, (uint32_t)sy, (uint32_t)sx, i);
                            sum += (uint32_t)(w * (v - insn->in_zp));
                        }
                    }
                uint32_t at = insn->dst.addr + y * insn->dst.row + x * insn->dst.pix + 4 * o;
                if ((insn->flags & NPU_FLAG_ACCUMULATE) != 0)
                    sum += (uint32_t)get_i32(acc, at);
                memcpy(acc2 + at, &sum, 4);
            }
}

static void check_conv(npu_insn_t *insn)
{
    insn->in_zp = code();
    insn->wgt_zp = below(2) ? code() : 0;
    insn->flags = below(2) ? NPU_FLAG_ACCUMULATE : 0;
    insn->wgt = below(64);
    insn->src = random_tile(0, insn->in_w, insn->in_c, 1);
    insn->dst = random_tile(0, insn->w, 4 * npu_round_lanes(insn->c), 4);
    fill(act, ACT_BYTES / 8);
    memcpy(act2, act, ACT_BYTES);
    memcpy(acc2, acc, ACC_BYTES);
    expect_conv(insn);
    check_all_levels(insn);
}

START_TEST(conv_equals_the_definition_over_random_shapes)
{
    rng = sim_stream(1, 1, 0);
    fill(wgt, WGT_BYTES);
    fill(acc, ACC_BYTES);
    for (int i = 0; i < 150; i++) {
        npu_insn_t insn = {.op = NPU_OP_CONV, .in_c = between(1, 40), .c = between(1, 70)};
        random_window(&insn, 4, 6);
        check_conv(&insn);
    }
}
END_TEST

START_TEST(conv_sums_over_more_taps_than_a_pack_holds)
{
    rng = sim_stream(2, 1, 0);
    fill(wgt, WGT_BYTES);
    fill(acc, ACC_BYTES);
    /* 4097 channels, and 7 x 7 taps of 130: both above 1024 groups of 4 */
    npu_insn_t deep = {.op = NPU_OP_CONV,
                       .in_c = 4097,
                       .c = 40,
                       .k_h = 1,
                       .k_w = 1,
                       .stride_h = 1,
                       .stride_w = 1,
                       .dil_h = 1,
                       .dil_w = 1,
                       .in_h = 3,
                       .in_w = 2,
                       .h = 3,
                       .w = 2};
    check_conv(&deep);
    npu_insn_t wide = {.op = NPU_OP_CONV,
                       .in_c = 130,
                       .c = 33,
                       .k_h = 7,
                       .k_w = 7,
                       .stride_h = 1,
                       .stride_w = 1,
                       .dil_h = 1,
                       .dil_w = 1,
                       .in_h = 7,
                       .in_w = 7,
                       .h = 4,
                       .w = 4,
                       .pad_top = 3,
                       .pad_left = 3};
    check_conv(&wide);
    /* 1100 output channels: more than share one pack's sums */
    npu_insn_t many = {.op = NPU_OP_CONV,
                       .in_c = 5,
                       .c = 1100,
                       .k_h = 1,
                       .k_w = 1,
                       .stride_h = 1,
                       .stride_w = 1,
                       .dil_h = 1,
                       .dil_w = 1,
                       .in_h = 4,
                       .in_w = 5,
                       .h = 4,
                       .w = 5};
    check_conv(&many);
}
END_TEST

START_TEST(conv_extremes_of_int8_do_not_saturate)
{
    rng = sim_stream(3, 1, 0);
    memset(wgt, 0x80, WGT_BYTES);
    memset(act, 0x80, ACT_BYTES);
    memset(acc, 0, ACC_BYTES);
    npu_insn_t insn = {.op = NPU_OP_CONV,
                       .in_c = 64,
                       .c = 32,
                       .k_h = 3,
                       .k_w = 3,
                       .stride_h = 1,
                       .stride_w = 1,
                       .dil_h = 1,
                       .dil_w = 1,
                       .in_h = 3,
                       .in_w = 3,
                       .h = 1,
                       .w = 1,
                       .in_zp = 127,
                       .wgt_zp = 127,
                       .src = {0, 192, 64},
                       .dst = {0, 128, 128}};
    for (sim_simd_t level = SIM_SIMD_SCALAR; level <= sim_simd_best(); level++) {
        npu_l1_t l1 = l1_memory(act, acc);
        npu_kernels(level).run[NPU_OP_CONV](&insn, &l1);
        ck_assert_int_eq(get_i32(acc, 0), 576 * 255 * 255);
        ck_assert_int_eq(get_i32(acc, 124), 576 * 255 * 255);
    }
}
END_TEST

START_TEST(dwconv_equals_the_definition_with_and_without_multiplier)
{
    rng = sim_stream(4, 1, 0);
    fill(wgt, WGT_BYTES);
    fill(acc, ACC_BYTES);
    for (int i = 0; i < 150; i++) {
        npu_insn_t insn = {.op = NPU_OP_DWCONV, .in_c = between(1, 100)};
        insn.c = insn.in_c * (below(4) == 0 ? between(2, 8) : 1);
        random_window(&insn, i < 120 ? 5 : 8, 6);
        check_conv(&insn);
    }
}
END_TEST

static void random_params(uint32_t at, uint32_t channels)
{
    for (uint32_t block = 0; block * 32 < channels; block++)
        for (uint32_t i = 0; i < 32; i++) {
            uint32_t base = at + block * NPU_PAR_REQUANT_BYTES + 4 * i;
            bool wild = below(16) == 0;
            put_par(base, (int32_t)sim_stream_u32(&rng) >> (wild ? 0 : 12));
            put_par(base + 128,
                    wild ? (int32_t)sim_stream_u32(&rng) : (int32_t)between(1u << 30, INT32_MAX));
            put_par(base + 256,
                    wild ? (int32_t)sim_stream_u32(&rng) >> below(32) : (int32_t)below(34) - 31);
        }
}

static int32_t clamp(int64_t x, int64_t low, int64_t high)
{
    return (int32_t)(x < low ? low : x > high ? high : x);
}

/* round(a / 2^n), ties away from zero, in wide arithmetic. */
static int64_t div_round_away(int64_t a, int n)
{
    int64_t half = n > 0 ? INT64_C(1) << (n - 1) : 0;
    return a >= 0 ? (a + half) >> n : -((-a + half) >> n);
}

/* The two requantizers from their definitions in real numbers; mult >= 0. */
static int32_t slow_requant(int32_t x, int32_t mult, int32_t shift, bool single)
{
    if (single) {
        int64_t product = (int64_t)x * mult;
        int64_t half = INT64_C(1) << (30 - shift);
        return (int32_t)(uint32_t)((product + half) >> (31 - shift));
    }
    if (shift > 0)
        x = (int32_t)((uint32_t)x << shift);
    /* ties of the first rounding go up: 2^30 added before the cut, for either sign */
    int64_t high = ((int64_t)x * mult + (INT64_C(1) << 30)) >> 31;
    return (int32_t)div_round_away(high, shift < 0 ? -shift : 0);
}

START_TEST(requant_equals_the_definition_in_both_roundings)
{
    rng = sim_stream(5, 1, 0);
    for (int i = 0; i < 200; i++) {
        bool single = below(2) == 0;
        npu_insn_t insn = {.op = NPU_OP_REQUANT,
                           .h = between(1, 4),
                           .w = between(1, 5),
                           .c = between(1, 80),
                           .par = 4 * below(16),
                           .out_zp = code(),
                           .flags = single ? NPU_FLAG_SINGLE : 0};
        insn.out_min = (int32_t)below(128) - 128;
        insn.out_max = (int32_t)below(128);
        insn.src = random_tile(0, insn.w, 4 * insn.c, 4);
        insn.dst = random_tile(0, insn.w, insn.c, 1);
        fill(acc, 65536);
        for (uint32_t at = 0; at < 65536; at += 4) { /* accumulators of ordinary size, most */
            int32_t value = get_i32(acc, at) >> (below(8) == 0 ? 0 : 10);
            memcpy(acc + at, &value, 4);
        }
        random_params(insn.par, insn.c);
        memcpy(acc2, acc, ACC_BYTES);
        memcpy(act2, act, ACT_BYTES);
        for (uint32_t y = 0; y < insn.h; y++)
            for (uint32_t x = 0; x < insn.w; x++)
                for (uint32_t c = 0; c < insn.c; c++) {
                    uint32_t p = insn.par + c / 32 * NPU_PAR_REQUANT_BYTES + 4 * (c % 32);
                    int32_t m = get_i32(par, p + 128), s = get_i32(par, p + 256);
                    int32_t a =
                        get_i32(acc, insn.src.addr + y * insn.src.row + x * insn.src.pix + 4 * c);
                    a = (int32_t)((uint32_t)a + (uint32_t)get_i32(par, p));
                    int32_t q =
                        slow_requant(a, m > 0 ? m : 0, clamp(s, -31, single ? 30 : 31), single);
                    q = (int32_t)((uint32_t)q + (uint32_t)insn.out_zp);
                    act2[insn.dst.addr + y * insn.dst.row + x * insn.dst.pix + c] =
                        (uint8_t)clamp(q, insn.out_min, insn.out_max);
                }
        check_all_levels(&insn);
    }
}
END_TEST

/* Element-wise operators: what one result must be. */
static int32_t expect_element(const npu_insn_t *insn, int32_t a, int32_t b)
{
    bool single = (insn->flags & NPU_FLAG_SINGLE) != 0;
    const uint32_t p = insn->par;
    switch (insn->op) {
    case NPU_OP_MAX:
        return a > b ? a : b;
    case NPU_OP_MIN:
        return a < b ? a : b;
    case NPU_OP_LUT:
        return (int8_t)par[p + (uint32_t)(a + 128)];
    case NPU_OP_COPY:
        return a;
    case NPU_OP_MUL: {
        int32_t product = (a + get_i32(par, p)) * (b + get_i32(par, p + 4));
        int32_t q = slow_requant(product, get_i32(par, p + 8), get_i32(par, p + 12), single);
        return clamp(q + get_i32(par, p + 16), get_i32(par, p + 20), get_i32(par, p + 24));
    }
    default: {
        int32_t x1 = slow_requant((a + get_i32(par, p)) * (1 << 20), get_i32(par, p + 8),
                                  get_i32(par, p + 12), single);
        int32_t x2 = slow_requant((b + get_i32(par, p + 4)) * (1 << 20), get_i32(par, p + 16),
                                  get_i32(par, p + 20), single);
        int32_t sum = insn->op == NPU_OP_SUB ? x1 - x2 : x1 + x2;
        int32_t q = slow_requant(sum, get_i32(par, p + 24), get_i32(par, p + 28), single);
        return clamp(q + get_i32(par, p + 32), get_i32(par, p + 36), get_i32(par, p + 40));
    }
    }
}

static void random_record(npu_insn_t *insn)
{
    bool add = insn->op == NPU_OP_ADD || insn->op == NPU_OP_SUB;
    if (insn->op == NPU_OP_LUT)
        fill(par, 512);
    if (!add && insn->op != NPU_OP_MUL)
        return;
    npu_round_t round = below(2) ? NPU_ROUND_SINGLE : NPU_ROUND_DOUBLE;
    insn->flags = round == NPU_ROUND_SINGLE ? NPU_FLAG_SINGLE : 0;
    double s1 = 0.001 + below(1000) / 10000.0, s2 = 0.001 + below(1000) / 10000.0, so = 0.05;
    double twice = 2 * (s1 > s2 ? s1 : s2);
    npu_mult_t m1 = npu_quantize_multiplier(s1 / twice, round);
    npu_mult_t m2 = npu_quantize_multiplier(s2 / twice, round);
    npu_mult_t mo = npu_quantize_multiplier(add ? twice / (1048576 * so) : s1 * s2 / so, round);
    const int32_t for_add[NPU_PAR_ADD_WORDS] = {code(),
                                                code(),
                                                m1.mult,
                                                m1.shift,
                                                m2.mult,
                                                m2.shift,
                                                mo.mult,
                                                mo.shift,
                                                code(),
                                                -128 + (int32_t)below(64),
                                                127 - (int32_t)below(64),
                                                20};
    const int32_t for_mul[NPU_PAR_MUL_WORDS] = {code(),
                                                code(),
                                                mo.mult,
                                                mo.shift,
                                                code(),
                                                -128 + (int32_t)below(64),
                                                127 - (int32_t)below(64)};
    memcpy(par + insn->par, add ? for_add : for_mul, add ? sizeof(for_add) : sizeof(for_mul));
}

START_TEST(element_wise_operators_equal_their_formulas)
{
    const npu_op_t ops[] = {NPU_OP_ADD, NPU_OP_SUB, NPU_OP_MUL, NPU_OP_MAX,
                            NPU_OP_MIN, NPU_OP_LUT, NPU_OP_COPY};
    rng = sim_stream(6, 1, 0);
    fill(act, ACT_BYTES);
    for (int i = 0; i < 140; i++) {
        npu_insn_t insn = {
            .op = ops[i % 7], .h = between(1, 5), .w = between(1, 5), .c = between(1, 50)};
        const bool two = insn.op != NPU_OP_LUT && insn.op != NPU_OP_COPY;
        insn.par = insn.op <= NPU_OP_MUL || insn.op == NPU_OP_LUT ? 4 * below(20) : 0;
        insn.src = random_tile(0, insn.w, insn.c, 1);
        if (two) {
            insn.src2 = random_tile(20000, insn.w, insn.c, 1);
            if (below(3) == 0)
                insn.src2.row = insn.src2.pix = 0; /* one pixel for all */
        }
        insn.dst = random_tile(40000, insn.w, insn.c, 1);
        random_record(&insn);
        memcpy(act2, act, ACT_BYTES);
        memcpy(acc2, acc, ACC_BYTES);
        for (uint32_t y = 0; y < insn.h; y++)
            for (uint32_t x = 0; x < insn.w; x++)
                for (uint32_t c = 0; c < insn.c; c++)
                    act2[insn.dst.addr + y * insn.dst.row + x * insn.dst.pix + c] =
                        (uint8_t)expect_element(&insn, act_code(&insn.src, y, x, c),
                                                act_code(&insn.src2, y, x, c));
        check_all_levels(&insn);
    }
}
END_TEST

/* Mean of the taps inside: to nearest, ties as the reference kernels break them. */
static int32_t expect_average(int32_t sum, int32_t n, bool is_unsigned)
{
    if (n == 0)
        return 0;
    if (!is_unsigned)
        return sum > 0 ? (sum + n / 2) / n : (sum - n / 2) / n;
    /* the uint8 kernel, on codes moved up by 128 */
    return (sum + 128 * n + n / 2) / n - 128;
}

START_TEST(pools_take_only_taps_inside_and_round_like_their_type)
{
    rng = sim_stream(7, 1, 0);
    fill(act, ACT_BYTES);
    for (int i = 0; i < 150; i++) {
        npu_insn_t insn = {.op = i % 2 ? NPU_OP_AVGPOOL : NPU_OP_MAXPOOL,
                           .c = between(1, 70),
                           .out_min = -(int32_t)below(129),
                           .out_max = (int32_t)below(128)};
        random_window(&insn, 5, 6);
        insn.flags = insn.op == NPU_OP_AVGPOOL && below(2) ? NPU_FLAG_UNSIGNED : 0;
        insn.src = random_tile(0, insn.in_w, insn.c, 1);
        insn.dst = random_tile(100000, insn.w, insn.c, 1);
        memcpy(act2, act, ACT_BYTES);
        memcpy(acc2, acc, ACC_BYTES);
        for (uint32_t y = 0; y < insn.h; y++)
            for (uint32_t x = 0; x < insn.w; x++)
                for (uint32_t c = 0; c < insn.c; c++) {
                    int32_t sum = 0, max = -128, n = 0;
                    for (uint32_t ky = 0; ky < insn.k_h; ky++)
                        for (uint32_t kx = 0; kx < insn.k_w; kx++) {
                            int sy = (int)(y * insn.stride_h + ky * insn.dil_h) - (int)insn.pad_top;
                            int sx =
                                (int)(x * insn.stride_w + kx * insn.dil_w) - (int)insn.pad_left;
                            if (sy < 0 || sx < 0 || sy >= (int)insn.in_h || sx >= (int)insn.in_w)
                                continue;
                            int32_t v = act_code(&insn.src, (uint32_t)sy, (uint32_t)sx, c);
                            sum += v;
                            max = v > max ? v : max;
                            n++;
                        }
                    bool average = insn.op == NPU_OP_AVGPOOL;
                    int32_t v = average ? expect_average(sum, n, insn.flags != 0) : max;
                    act2[insn.dst.addr + y * insn.dst.row + x * insn.dst.pix + c] =
                        (uint8_t)clamp(v, insn.out_min, insn.out_max);
                }
        check_all_levels(&insn);
    }
}
END_TEST

START_TEST(mean_sums_requantizes_and_clamps)
{
    rng = sim_stream(8, 1, 0);
    fill(act, ACT_BYTES);
    for (int i = 0; i < 40; i++) {
        npu_insn_t insn = {.op = NPU_OP_MEAN,
                           .in_h = between(1, 9),
                           .in_w = between(1, 9),
                           .c = between(1, 70),
                           .par = 4 * below(10)};
        const bool single = below(2) == 0;
        insn.flags = single ? NPU_FLAG_SINGLE : 0;
        insn.src = random_tile(0, insn.in_w, insn.c, 1);
        insn.dst = (npu_tile_t){100000, 0, 0};
        int32_t n = (int32_t)(insn.in_h * insn.in_w), zp = code();
        npu_mult_t m = npu_mean_multiplier(0.04f, 0.03f, (uint32_t)n,
                                           single ? NPU_ROUND_SINGLE : NPU_ROUND_DOUBLE);
        const int32_t words[NPU_PAR_MEAN_WORDS] = {-zp * n, m.mult, m.shift, 5, -100, 100};
        memcpy(par + insn.par, words, sizeof(words));
        memcpy(act2, act, ACT_BYTES);
        memcpy(acc2, acc, ACC_BYTES);
        for (uint32_t c = 0; c < insn.c; c++) {
            int32_t sum = 0;
            for (uint32_t y = 0; y < insn.in_h; y++)
                for (uint32_t x = 0; x < insn.in_w; x++)
                    sum += act_code(&insn.src, y, x, c) - zp;
            act2[100000 + c] =
                (uint8_t)clamp(slow_requant(sum, m.mult, m.shift, single) + 5, -100, 100);
        }
        check_all_levels(&insn);
    }
}
END_TEST

START_TEST(moves_put_every_byte_where_the_tiles_say)
{
    rng = sim_stream(9, 1, 0);
    fill(act, ACT_BYTES);
    for (int i = 0; i < 40; i++) {
        npu_insn_t insn = {.op = i % 2 ? NPU_OP_TRANSFORM : NPU_OP_FILL,
                           .h = between(1, 6),
                           .w = between(1, 6),
                           .c = between(1, 40)};
        bool move = insn.op == NPU_OP_TRANSFORM;
        insn.dst = random_tile(40000, insn.w, insn.c, 1);
        if (move) { /* planar to interleaved */
            insn.src = (npu_tile_t){0, insn.w, 1};
            insn.src_chan = insn.w * insn.h;
            insn.dst_chan = 1;
        } else {
            insn.value = code();
        }
        memcpy(act2, act, ACT_BYTES);
        memcpy(acc2, acc, ACC_BYTES);
        for (uint32_t y = 0; y < insn.h; y++)
            for (uint32_t x = 0; x < insn.w; x++)
                for (uint32_t c = 0; c < insn.c; c++)
                    act2[insn.dst.addr + y * insn.dst.row + x * insn.dst.pix + c] =
                        move ? act[(c * insn.h + y) * insn.w + x] : (uint8_t)insn.value;
        check_all_levels(&insn);
    }
}
END_TEST

START_TEST(softmax_takes_the_channels_of_each_pixel)
{
    const npu_softmax_t params = npu_softmax_params(0.1f, 1.0f, NPU_ROUND_DOUBLE);
    const int32_t words[NPU_PAR_SOFTMAX_WORDS] = {params.mult, params.shift, params.diff_min};
    npu_insn_t insn = {.op = NPU_OP_SOFTMAX,
                       .h = 1,
                       .w = 2,
                       .c = 3,
                       .src = {0, 64, 32},
                       .dst = {100, 64, 32},
                       .par = 8};
    rng = sim_stream(10, 1, 0);
    fill(act, ACT_BYTES);
    memcpy(par + 8, words, sizeof(words));
    memcpy(act2, act, ACT_BYTES);
    memcpy(acc2, acc, ACC_BYTES);
    npu_softmax_row(&params, NPU_ROUND_DOUBLE, (int8_t *)act, (int8_t *)act2 + 100, 3);
    npu_softmax_row(&params, NPU_ROUND_DOUBLE, (int8_t *)act + 32, (int8_t *)act2 + 132, 3);
    check_all_levels(&insn);
}
END_TEST

START_TEST(an_instruction_that_leaves_its_memory_is_seen)
{
    const uint32_t bytes[NPU_MEMS] = {4096, 4096, 4096, 4096};
    uint32_t mem;
    uint64_t end;
    /* 4 x 4 pixels of 8 accumulators end at 3*512 + 3*128 + 32*4 = 2048 */
    npu_insn_t conv = {.op = NPU_OP_CONV,
                       .in_h = 4,
                       .in_w = 4,
                       .in_c = 8,
                       .h = 4,
                       .w = 4,
                       .c = 8,
                       .k_h = 1,
                       .k_w = 1,
                       .stride_h = 1,
                       .stride_w = 1,
                       .dil_h = 1,
                       .dil_w = 1,
                       .src = {0, 32, 8},
                       .dst = {2048, 512, 128},
                       .wgt = 3072};
    ck_assert(npu_l1_inside(&conv, bytes, &mem, &end));
    conv.dst.addr += 4;
    ck_assert(!npu_l1_inside(&conv, bytes, &mem, &end));
    ck_assert_uint_eq(mem, NPU_MEM_ACC);
    ck_assert_uint_eq(end, 4100);
    conv.dst.addr = 0;
    conv.wgt++; /* 32 x 32 weights end at 4097 */
    ck_assert(!npu_l1_inside(&conv, bytes, &mem, &end));
    ck_assert_uint_eq(mem, NPU_MEM_WGT);
    ck_assert_uint_eq(end, 4097);
    npu_insn_t load = {.op = NPU_OP_LOAD,
                       .mem = NPU_MEM_PAR,
                       .l1 = 96,
                       .l1_row = 1000,
                       .l1_plane = 2000,
                       .row_bytes = 1000,
                       .rows = 2,
                       .planes = 2};
    ck_assert(npu_l1_inside(&load, bytes, &mem, &end)); /* 96 + 2000 + 1000 + 1000 = 4096 */
    load.row_bytes++;
    ck_assert(!npu_l1_inside(&load, bytes, &mem, &end));
    ck_assert_uint_eq(mem, NPU_MEM_PAR);
    npu_insn_t move = {.op = NPU_OP_TRANSFORM,
                       .h = 2,
                       .w = 3,
                       .c = 4,
                       .src = {0, 3, 1},
                       .src_chan = 6,
                       .dst = {4072, 12, 4},
                       .dst_chan = 1};
    ck_assert(npu_l1_inside(&move, bytes, &mem, &end)); /* 4072 + 12 + 8 + 3 + 1 = 4096 */
    move.dst.addr++;
    ck_assert(!npu_l1_inside(&move, bytes, &mem, &end));
    npu_insn_t far = {.op = NPU_OP_LUT,
                      .h = 65535,
                      .w = 65535,
                      .c = 65535,
                      .src = {0xffffff, 0xffffff, 0xffff},
                      .dst = {0, 0xffffff, 0xffff}};
    ck_assert(!npu_l1_inside(&far, bytes, &mem, &end));
}
END_TEST

TEST_MAIN("npu kernels", conv_equals_the_definition_over_random_shapes,
          conv_sums_over_more_taps_than_a_pack_holds, conv_extremes_of_int8_do_not_saturate,
          dwconv_equals_the_definition_with_and_without_multiplier,
          requant_equals_the_definition_in_both_roundings,
          element_wise_operators_equal_their_formulas,
          pools_take_only_taps_inside_and_round_like_their_type, mean_sums_requantizes_and_clamps,
          moves_put_every_byte_where_the_tiles_say, softmax_takes_the_channels_of_each_pixel,
          an_instruction_that_leaves_its_memory_is_seen)
