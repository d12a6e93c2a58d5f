/*
 * kernel_amx_test.c - kernel_amx.c built on emulated tile instructions, against scalar code, bit
 * for bit, over thousands of random convolutions. What it leaves to AVX-512 is counted, not run.
 */
#include "npu/kernel.h"
#include "npu/touch.h"
#include "sim/rng.h"
#include "tests/test.h"

#if SIM_X86
#include "tests/npu/amx_emulated.h"

#define npu_conv_amx conv_emulated
#define npu_conv_avx512 conv_left_over
#include "npu/kernel_amx.c"

static uint32_t left_over;

void conv_left_over(const npu_insn_t *insn, const npu_l1_t *l1)
{
    left_over++;
    npu_conv_scalar(insn, l1);
}

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
    static const int32_t often[] = {-128, -127, 0, 127};
    return below(2) ? often[below(4)] : (int32_t)below(256) - 128;
}

/* Memories that end where the instruction's last byte is. */
static npu_l1_t memory_for(const npu_insn_t *insn)
{
    npu_touch_t touch[NPU_MAX_TOUCHES];
    npu_l1_t l1 = {0};
    for (uint32_t i = 0, n = npu_touches(insn, touch); i < n; i++)
        if (l1.bytes[touch[i].mem] < touch[i].end)
            l1.bytes[touch[i].mem] = (uint32_t)touch[i].end;
    for (uint32_t m = 0; m < NPU_MEMS; m++) {
        l1.data[m] = malloc(l1.bytes[m]);
        bool extreme = below(8) == 0;
        for (uint32_t i = 0; i < l1.bytes[m]; i++)
            l1.data[m][i] = extreme ? 0x80 : (uint8_t)below(256);
    }
    return l1;
}

static void check(npu_insn_t *insn)
{
    uint32_t words[NPU_INSN_WORDS];
    char error[200];
    insn->op = NPU_OP_CONV;
    insn->in_zp = code();
    insn->wgt_zp = below(2) ? 0 : code();
    insn->flags = below(2) ? NPU_FLAG_ACCUMULATE : 0;
    insn->wgt = below(64);
    insn->src.addr = below(64);
    insn->src.pix = insn->in_c + (below(2) ? 0 : below(9));
    insn->src.row = insn->in_w * insn->src.pix + (below(2) ? 0 : below(9));
    insn->dst.pix = 4 * npu_round_lanes(insn->c) + (below(2) ? 0 : 4 * below(9));
    insn->dst.row = insn->w * insn->dst.pix + (below(2) ? 0 : 4 * below(9));
    ck_assert_msg(npu_insn_encode(insn, words, error, sizeof(error)), "%s", error);

    npu_l1_t l1 = memory_for(insn), same = l1;
    same.data[NPU_MEM_ACC] = malloc(l1.bytes[NPU_MEM_ACC]);
    memcpy(same.data[NPU_MEM_ACC], l1.data[NPU_MEM_ACC], l1.bytes[NPU_MEM_ACC]);
    npu_kernels(SIM_SIMD_SCALAR).run[NPU_OP_CONV](insn, &l1);
    conv_emulated(insn, &same);
    ck_assert(!amx_state.configured); /* tiles are given back */
    ck_assert_msg(memcmp(l1.data[NPU_MEM_ACC], same.data[NPU_MEM_ACC], l1.bytes[NPU_MEM_ACC]) == 0,
                  "in %ux%ux%u out %ux%ux%u kernel %ux%u stride %u %u dilation %u %u pad %u %u "
                  "zero points %d %d flags %u",
                  insn->in_h, insn->in_w, insn->in_c, insn->h, insn->w, insn->c, insn->k_h,
                  insn->k_w, insn->stride_h, insn->stride_w, insn->dil_h, insn->dil_w,
                  insn->pad_top, insn->pad_left, insn->in_zp, insn->wgt_zp, insn->flags);
    free(same.data[NPU_MEM_ACC]);
    for (uint32_t m = 0; m < NPU_MEMS; m++)
        free(l1.data[m]);
}

START_TEST(convolutions_on_tiles_equal_scalar_code)
{
    rng = sim_stream(1, 1, 0);
    left_over = 0;
    for (int i = 0; i < 1500 / TEST_FEWER; i++) {
        npu_insn_t insn = {.h = between(1, 4),
                           .w = between(1, 20),
                           .c = between(1, below(2) ? 32 : 70),
                           .in_c = 16 * between(1, below(2) ? 4 : 7),
                           .k_h = 1,
                           .k_w = 1,
                           .stride_h = between(1, 2),
                           .stride_w = between(1, 2),
                           .dil_h = 1,
                           .dil_w = 1};
        if (below(2)) {
            insn.k_h = between(1, 3);
            insn.k_w = between(1, 3);
            insn.dil_h = between(1, 2);
            insn.dil_w = between(1, 2);
            insn.pad_top = below(insn.k_h);
            insn.pad_left = below(insn.k_w);
        }
        insn.in_h = (insn.h - 1) * insn.stride_h + between(1, 4);
        insn.in_w = (insn.w - 1) * insn.stride_w + between(1, 4);
        check(&insn);
    }
    ck_assert_uint_lt(left_over, 450 / TEST_FEWER); /* most have 4 results in a row */
}
END_TEST

START_TEST(deep_and_large_convolutions_on_tiles_equal_scalar_code)
{
    rng = sim_stream(2, 1, 0);
    for (int i = 0; i < 20; i++) { /* sums in pieces, several strips, two tiles of pixels */
        npu_insn_t insn = {.h = between(1, 3),
                           .w = i < 10 ? between(4, 40) : between(900, 1200),
                           .c = between(1, 40),
                           .in_c = i < 10 ? 16 * between(60, 160) : 16,
                           .k_h = 1,
                           .k_w = 1,
                           .stride_h = 1,
                           .stride_w = 1,
                           .dil_h = 1,
                           .dil_w = 1};
        if (i % 2 && i < 10) {
            insn.k_h = insn.k_w = 3;
            insn.in_c /= 4;
            insn.in_c = insn.in_c / 16 * 16;
            insn.pad_top = insn.pad_left = 1;
        }
        insn.in_h = insn.h;
        insn.in_w = insn.w;
        check(&insn);
    }
}
END_TEST

START_TEST(odd_channels_and_single_pixels_are_left_over)
{
    rng = sim_stream(3, 1, 0);
    left_over = 0;
    npu_insn_t odd = {.h = 2, .w = 8, .c = 8, .in_c = 17, .in_h = 2, .in_w = 8};
    npu_insn_t single = {.h = 1, .w = 1, .c = 8, .in_c = 32, .in_h = 1, .in_w = 1};
    npu_insn_t *both[] = {&odd, &single};
    for (int i = 0; i < 2; i++) {
        both[i]->k_h = both[i]->k_w = both[i]->stride_h = both[i]->stride_w = 1;
        both[i]->dil_h = both[i]->dil_w = 1;
        check(both[i]);
    }
    ck_assert_uint_eq(left_over, 2);
}
END_TEST

/* 2 x 2 sums by hand: (1 2 3 4) and (-1 -2 -3 -128) times lanes of 1 and of (0 0 0 127). */
START_TEST(the_emulation_multiplies_as_the_manual_says)
{
    uint8_t config[64] = {1};
    const int8_t a[2][4] = {{1, 2, 3, 4}, {-1, -2, -3, -128}};
    const int8_t b[8] = {1, 1, 1, 1, 0, 0, 0, 127};
    int32_t c[2][2] = {{100, 0}, {0, INT32_MIN}};
    for (int t = 0; t < 3; t++) { /* 0: C, 1: A, 2: B */
        config[16 + 2 * t] = t == 1 ? 4 : 8;
        config[48 + t] = t == 2 ? 1 : 2;
    }
    _tile_loadconfig(config);
    _tile_loadd(0, c, 8);
    _tile_loadd(1, a, 4);
    _tile_loadd(2, b, 8);
    _tile_dpbssd(0, 1, 2);
    _tile_stored(0, c, 8);
    _tile_release();
    ck_assert_int_eq(c[0][0], 110);
    ck_assert_int_eq(c[0][1], 508);
    ck_assert_int_eq(c[1][0], -134);
    ck_assert_int_eq(c[1][1], INT32_MAX - 16255); /* INT32_MIN - 16256 wraps */
}
END_TEST

TEST_MAIN("npu kernels on emulated tiles", the_emulation_multiplies_as_the_manual_says,
          convolutions_on_tiles_equal_scalar_code,
          deep_and_large_convolutions_on_tiles_equal_scalar_code,
          odd_channels_and_single_pixels_are_left_over)
#else
START_TEST(tiles_are_of_another_architecture)
{
    ck_assert_int_eq(SIM_X86, 0);
}
END_TEST
TEST_MAIN("npu kernels on emulated tiles", tiles_are_of_another_architecture)
#endif
