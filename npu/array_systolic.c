/*
 * array_systolic.c - grids of R rows x C columns of multipliers that pass operands to neighbors.
 *
 * A CONV is a matrix product: E pixels of the result (what there are, with any padding), K = taps
 * times input channels, M output channels. Two of the three are laid along rows and columns and
 * stay for one fold; the third, T, passes through, one element a cycle:
 *
 *   | kind | rows | columns | passes | cycles of a fold | folds                   |
 *   |------|------|---------|--------|------------------|-------------------------|
 *   | ws   | K    | M       | E      | T + 2R + C - 2   | ceil(K / R) ceil(M / C) |
 *   | is   | K    | E       | M      | T + 2R + C - 2   | ceil(K / R) ceil(E / C) |
 *   | os   | E    | M       | K      | T + R + C - 2    | ceil(E / R) ceil(M / C) |
 *
 * R cycles bring in what stays (ws, is); the last of T elements enters the last row R - 1 cycles
 * and the last column C - 1 cycles after the first. These are the closed forms of SCALE-Sim
 * (scalesim/compute/systolic_compute_{ws,os,is}.py), which prints the number of the last cycle,
 * counted from 0: one less than the count of cycles that this is.
 *
 * overlap: the next fold is brought in (ws, is), or the one before taken out (os), on wires of its
 * own, R cycles, while a fold runs: folds start max(T, R) cycles apart and only the first fill and
 * the last drain show: (folds - 1) max(T, R) + one fold. In the long run that is what ONNXim's
 * weight-stationary core takes (src/SystolicWS.cc).
 *
 * A depthwise convolution is a product of its own for each input channel: the multiplier's few
 * columns (or rows) work, the others wait. So it stands in SCALE-Sim when it is written correctly.
 * The width of weights does not matter to the grid. Nothing is rounded up to lanes, and there are
 * no start cycles beside the fill.
 *
 * Not modeled: stalls for want of operands inside an instruction (L1 is wide enough).
 */
#include "npu/array.h"

typedef struct {
    uint64_t count; /* of products alike, one after another */
    uint64_t e, k, m;
} product_t;

static uint64_t ceil_div(uint64_t a, uint64_t b)
{
    return (a + b - 1) / b;
}

/* What stays lies along rows and columns; `passes` elements go through in each fold, of which
 * fill and drain take `around` cycles more. */
static uint64_t folds_cycles(const npu_desc_t *d, uint64_t count, uint64_t rows, uint64_t columns,
                             uint64_t passes, uint64_t around)
{
    uint64_t folds = count * ceil_div(rows, d->mac_rows) * ceil_div(columns, d->mac_columns);
    uint64_t apart = passes > d->mac_rows ? passes : d->mac_rows, fold = passes + around;
    return d->mac_overlap != 0 ? fold + (folds - 1) * apart : folds * fold;
}

/* An instruction as products of matrices: one, or one for each input channel. */
static product_t product_of(const npu_insn_t *insn)
{
    uint64_t taps = (uint64_t)insn->k_h * insn->k_w, pixels = (uint64_t)insn->h * insn->w;
    if (insn->op == NPU_OP_CONV)
        return (product_t){1, pixels, taps * insn->in_c, insn->c};
    return (product_t){insn->in_c, pixels, taps, insn->c / insn->in_c};
}

static uint64_t ws(const npu_desc_t *d, const npu_insn_t *insn)
{
    product_t p = product_of(insn);
    return folds_cycles(d, p.count, p.k, p.m, p.e, 2 * (uint64_t)d->mac_rows + d->mac_columns - 2);
}

static uint64_t is(const npu_desc_t *d, const npu_insn_t *insn)
{
    product_t p = product_of(insn);
    return folds_cycles(d, p.count, p.k, p.e, p.m, 2 * (uint64_t)d->mac_rows + d->mac_columns - 2);
}

static uint64_t os(const npu_desc_t *d, const npu_insn_t *insn)
{
    product_t p = product_of(insn);
    return folds_cycles(d, p.count, p.e, p.m, p.k, (uint64_t)d->mac_rows + d->mac_columns - 2);
}

static uint32_t peak_macs(const npu_desc_t *d, uint32_t narrow)
{
    (void)narrow;
    return d->mac_rows * d->mac_columns;
}

static npu_array_grain_t ws_grain(const npu_desc_t *d)
{
    return (npu_array_grain_t){.pixels = 1, .depth = d->mac_rows, .channels = d->mac_columns};
}

static npu_array_grain_t is_grain(const npu_desc_t *d)
{
    return (npu_array_grain_t){.pixels = d->mac_columns, .depth = d->mac_rows, .channels = 1};
}

static npu_array_grain_t os_grain(const npu_desc_t *d)
{
    return (npu_array_grain_t){.pixels = d->mac_rows, .depth = 1, .channels = d->mac_columns};
}

const npu_array_kind_t npu_array_ws = {ws, peak_macs, ws_grain};
const npu_array_kind_t npu_array_os = {os, peak_macs, os_grain};
const npu_array_kind_t npu_array_is = {is, peak_macs, is_grain};
