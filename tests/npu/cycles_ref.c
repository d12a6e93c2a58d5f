/*
 * cycles_ref.c - see cycles_ref.h.
 */
#include "tests/npu/cycles_ref.h"

#include "npu/array.h"
#include "tests/test.h"

static uint64_t taps_of(const npu_insn_t *i)
{
    return (uint64_t)i->k_h * i->k_w;
}

static uint64_t pixels_of(const npu_insn_t *i)
{
    return (uint64_t)i->h * i->w;
}

/* ---- the array of the imx500: a step a beat ----------------------------------------------------
 */

/* Published: 32 lanes for weights of 8 bits, 64 for 4, 128 for 2. */
static uint64_t lanes_of(const npu_insn_t *i)
{
    static const uint64_t lanes[] = {32, 64, 128};
    return lanes[i->narrow];
}

/* Whole copies of a kernel that find room side by side; one, in turns, where not even that does. */
static uint64_t side_by_side(const npu_desc_t *d, uint64_t taps)
{
    uint64_t side = 1;
    while ((side + 1) * taps <= d->mac_taps)
        side++;
    return side;
}

static uint64_t dense_steps(const npu_desc_t *d, const npu_insn_t *i)
{
    uint64_t steps = 0, in_c = i->in_c, row = i->w, side = side_by_side(d, taps_of(i));
    while (in_c % d->mac_round_in_c != 0)
        in_c++;
    while ((i->flags & NPU_FLAG_WIDTH_LANES) != 0 && row % 32 != 0)
        row++;
    for (uint64_t oc = 0; oc < i->c; oc += lanes_of(i))
        for (uint64_t ic = 0; ic < in_c; ic += d->mac_channels)
            for (uint64_t tap = 0; tap < taps_of(i); tap += d->mac_taps)
                for (uint64_t pixel = 0; pixel < i->h * row; pixel += side)
                    steps++;
    return steps;
}

static uint64_t depthwise_steps(const npu_desc_t *d, const npu_insn_t *i)
{
    uint64_t steps = 0;
    for (uint64_t oc = 0; oc < i->c; oc += lanes_of(i))
        for (uint64_t tap = 0; tap < taps_of(i); tap += d->mac_taps)
            for (uint64_t pixel = 0; pixel < pixels_of(i); pixel += d->dw_pixels)
                steps++;
    return steps;
}

/* The array steps in so many of 1000 cycles. */
static uint64_t imx500(const npu_desc_t *d, const npu_insn_t *i)
{
    uint64_t steps = i->op == NPU_OP_CONV ? dense_steps(d, i) : depthwise_steps(d, i);
    uint64_t share = i->op == NPU_OP_DWCONV ? d->dw_permille
                     : taps_of(i) == 1      ? d->point_permille
                                            : d->conv_permille;
    uint64_t cycles = 0;
    for (uint64_t done = 0; done < steps * 1000; done += share)
        cycles++;
    return d->mac_start_cycles + cycles;
}

/* ---- systolic arrays: a grid that is looked at in every cycle ----------------------------------
 */

typedef struct {
    uint64_t row[CYCLES_REF_ROWS]; /* bit c: an element is at column c */
    uint32_t rows, columns;
} grid_t;

/* An element goes one column on in its row; from the first column also into the next row. */
static void move_on(grid_t *grid)
{
    const uint64_t inside = ~UINT64_C(0) >> (64 - grid->columns);
    for (uint32_t r = grid->rows - 1; r > 0; r--)
        grid->row[r] = (grid->row[r] << 1 | (grid->row[r - 1] & 1)) & inside;
    grid->row[0] = grid->row[0] << 1 & inside;
}

static bool is_empty(const grid_t *grid)
{
    for (uint32_t r = 0; r < grid->rows; r++)
        if (grid->row[r] != 0)
            return false;
    return true;
}

/*
 * What stays comes in row by row (ws, is), one a cycle, then `passes` elements pass. One after the
 * other: the next fold begins when the grid is empty. With overlap what stays next comes in beside
 * the fold, and is taken over with that fold's first element; sums that stayed (os) leave beside
 * the next fold, row by row, and its last element waits until they have.
 */
static uint64_t walk(const npu_desc_t *d, uint64_t folds, uint64_t passes, bool sums_stay)
{
    grid_t grid = {.rows = d->mac_rows, .columns = d->mac_columns};
    uint64_t cycle = 0, last = 0, left = 0, filled = 0, leaving = 0;
    for (; folds > 0 || left > 0 || !is_empty(&grid); cycle++) {
        move_on(&grid);
        bool beside = d->mac_overlap != 0, can = beside || (left == 0 && is_empty(&grid));
        if (folds > 0 && left == 0 && can && (sums_stay || filled == d->mac_rows)) {
            folds--;
            left = passes;
            filled = 0;
        }
        bool waits = beside && left == 1 && leaving > 0;
        leaving -= leaving > 0;
        if (left > 0 && !waits) {
            grid.row[0] |= 1;
            left--;
            leaving = left == 0 && sums_stay ? d->mac_rows - 1 : leaving;
        }
        can = beside || is_empty(&grid);
        filled += can && filled < d->mac_rows;
        last = is_empty(&grid) ? last : cycle;
    }
    return last + 1;
}

static uint64_t folds_of(const npu_desc_t *d, uint64_t rows, uint64_t columns)
{
    uint64_t folds = 0;
    for (uint64_t c = 0; c < columns; c += d->mac_columns)
        for (uint64_t r = 0; r < rows; r += d->mac_rows)
            folds++;
    return folds;
}

/* Matrix products: E pixels, K = taps times input channels, M output channels; a depthwise
 * convolution is one for each input channel. */
static uint64_t systolic(const npu_desc_t *d, const npu_insn_t *i)
{
    bool dense = i->op == NPU_OP_CONV;
    uint64_t products = dense ? 1 : i->in_c, e = pixels_of(i);
    uint64_t k = taps_of(i) * (dense ? i->in_c : 1), m = i->c / products;
    switch (d->mac_kind) {
    case NPU_ARRAY_WS:
        return walk(d, products * folds_of(d, k, m), e, false);
    case NPU_ARRAY_IS:
        return walk(d, products * folds_of(d, k, e), m, false);
    default:
        return walk(d, products * folds_of(d, e, m), k, true);
    }
}

/* ---- the vector unit ---------------------------------------------------------------------------
 */

/* Cycles until so many are done, at most `rate` in each. */
static uint64_t at_rate(uint64_t count, uint64_t rate)
{
    uint64_t cycles = 0;
    for (uint64_t done = 0; done < count; done += rate)
        cycles++;
    return cycles;
}

static uint64_t blocks_of(const npu_insn_t *i)
{
    return at_rate(i->c, 32);
}

static uint64_t vector(const npu_desc_t *d, const npu_insn_t *i)
{
    uint64_t bytes = pixels_of(i) * i->c;
    switch (i->op) {
    case NPU_OP_AVGPOOL:
    case NPU_OP_MAXPOOL:
    case NPU_OP_RESIZE:
        return pixels_of(i) * blocks_of(i) * at_rate(taps_of(i), d->vec_pool_taps);
    case NPU_OP_MEAN: /* all of the source are taps of one pixel */
        return blocks_of(i) * at_rate((uint64_t)i->in_h * i->in_w, d->vec_pool_taps);
    case NPU_OP_SOFTMAX:
        return bytes * d->vec_softmax_cycles;
    case NPU_OP_COPY:
    case NPU_OP_FILL:
        return at_rate(bytes, d->vec_copy_bytes);
    case NPU_OP_TRANSFORM:
        return at_rate(bytes, d->vec_transform_bytes);
    default: /* whole blocks of 32 */
        return at_rate(pixels_of(i) * blocks_of(i) * 32, d->vec_elements);
    }
}

uint64_t cycles_ref(const npu_desc_t *desc, const npu_insn_t *insn)
{
    ck_assert(desc->mac_rows <= CYCLES_REF_ROWS && desc->mac_columns <= CYCLES_REF_COLUMNS);
    if (npu_op_engine(insn->op) == NPU_ENGINE_VEC)
        return desc->vec_start_cycles + vector(desc, insn);
    ck_assert(npu_op_engine(insn->op) == NPU_ENGINE_MAC);
    return desc->mac_kind == NPU_ARRAY_IMX500 ? imx500(desc, insn) : systolic(desc, insn);
}
