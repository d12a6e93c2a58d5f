/*
 * array_imx500.c - the array of the default chip: 32 output channels (lanes), 9 taps and 8 input
 * channels at once.
 *
 * Published: 2304 multipliers, weights in blocks of 32 channels, about 1390 multiply-accumulates a
 * cycle in dense layers. Assumed: the factors 32 x 9 x 8; that depthwise convolutions run all lanes
 * side by side, 9 taps each (an array that does not would need 3.6 times the published time of
 * MobileNetV1).
 */
#include "npu/array.h"

/* Output channels at once: twice as many for each halving of the weights (published: 32, 64, 128
 * lanes for 8, 4 and 2 bits). */
static uint64_t lanes_of(const npu_insn_t *insn)
{
    return (uint64_t)NPU_LANES << insn->narrow;
}

static uint64_t ceil_div(uint64_t a, uint64_t b)
{
    return (a + b - 1) / b;
}

/* One step uses every multiplier once: 32 output channels, 8 input channels, 9 taps of one pixel,
 * or, for kernels of few taps, the taps of several pixels side by side. With the width on the lanes
 * it is 32 pixels and one output channel, and rows are as long as whole lanes. */
static uint64_t conv_steps(const npu_desc_t *d, const npu_insn_t *insn)
{
    bool on_lanes = (insn->flags & NPU_FLAG_WIDTH_LANES) != 0;
    uint64_t width = on_lanes ? npu_round_lanes(insn->w) : insn->w;
    uint64_t taps = (uint64_t)insn->k_h * insn->k_w, pixels = insn->h * width;
    uint64_t in_c = ceil_div(insn->in_c, d->mac_round_in_c) * d->mac_round_in_c;
    uint64_t side = taps <= d->mac_taps ? d->mac_taps / taps : 1;
    return ceil_div(insn->c, lanes_of(insn)) * ceil_div(in_c, d->mac_channels) *
           ceil_div(taps, d->mac_taps) * ceil_div(pixels, side);
}

/* One step: 32 channels, 9 taps of dw_pixels pixels. */
static uint64_t depthwise_steps(const npu_desc_t *d, const npu_insn_t *insn)
{
    uint64_t taps = (uint64_t)insn->k_h * insn->k_w, pixels = (uint64_t)insn->h * insn->w;
    return ceil_div(insn->c, lanes_of(insn)) * ceil_div(taps, d->mac_taps) *
           ceil_div(pixels, d->dw_pixels);
}

static uint64_t cycles(const npu_desc_t *d, const npu_insn_t *insn)
{
    uint32_t dense = insn->k_h * insn->k_w == 1 ? d->point_permille : d->conv_permille;
    if (insn->op == NPU_OP_CONV)
        return d->mac_start_cycles + ceil_div(conv_steps(d, insn) * 1000, dense);
    return d->mac_start_cycles + ceil_div(depthwise_steps(d, insn) * 1000, d->dw_permille);
}

static uint32_t peak_macs(const npu_desc_t *d, uint32_t narrow)
{
    return ((uint32_t)NPU_LANES << narrow) * d->mac_taps * d->mac_channels;
}

const npu_array_kind_t npu_array_imx500 = {cycles, peak_macs, NULL};
