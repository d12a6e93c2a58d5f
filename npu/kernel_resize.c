/*
 * kernel_resize.c - RESIZE: codes between rows and columns of the source.
 *
 * int8 (TFLite ResizeBilinearInteger): weights of 1024, the sum of four products rounded off by 20
 * bits. Flag `unsigned` (TFLite ResizeBilinear of uint8): float32, each operation rounded, in the
 * order of the reference.
 */
#include "npu/kernel_int.h"

/* A row or column of the result: two of the tile, and the second's weight. */
typedef struct {
    uint32_t low, high;
    int32_t part;
    float part_f;
} between_t;

/* Records of rows or of columns, on a source of so many, which begins with the first one's. */
typedef struct {
    const uint8_t *record;
    uint32_t first, count, taps;
} axis_t;

static axis_t axis_at(const npu_l1_t *l1, uint32_t par, uint32_t count, uint32_t taps)
{
    uint32_t word;
    axis_t a = {l1->data[NPU_MEM_PAR] + par, 0, count, taps};
    memcpy(&word, a.record, sizeof(word));
    a.first = word & 0xffff;
    return a;
}

/* In the tile, where the record leads beyond it. */
static uint32_t inside(const axis_t *a, uint32_t at)
{
    uint32_t in = at > a->first ? at - a->first : 0;
    return in < a->count ? in : a->count - 1;
}

static between_t between(const axis_t *a, uint32_t n)
{
    uint32_t word[2];
    memcpy(word, a->record + (size_t)NPU_PAR_RESIZE_BYTES * n, sizeof(word));
    between_t b = {.low = inside(a, word[0] & 0xffff)};
    b.high = b.low;
    if (a->taps == 1)
        return b;
    b.high = inside(a, word[0] >> 16);
    b.part = npu_clamp((int32_t)word[1], -NPU_RESIZE_ONE, 2 * NPU_RESIZE_ONE - 1);
    memcpy(&b.part_f, &word[1], sizeof(b.part_f));
    return b;
}

/* The pixels around a result: of rows low and high, left and right. */
typedef struct {
    const int8_t *low_left, *low_right, *high_left, *high_right;
} around_t;

static void blend(const npu_insn_t *insn, const around_t *a, int32_t y, int32_t x, int8_t *out)
{
    const int32_t one = NPU_RESIZE_ONE;
    int32_t w[4] = {(one - y) * (one - x), (one - y) * x, y * (one - x), y * x};
    bool single = (insn->flags & NPU_FLAG_SINGLE) != 0;
    for (uint32_t c = 0; c < insn->c; c++) { /* less than 2^31: weights add up to 3072^2 at most */
        int32_t sum = w[0] * a->low_left[c] + w[1] * a->low_right[c] + w[2] * a->high_left[c] +
                      w[3] * a->high_right[c];
        int32_t half = single || sum > 0 ? 1 << 19 : -(1 << 19);
        int32_t code = single ? (sum + half) >> 20 : (sum + half) / (1 << 20);
        out[c] = (int8_t)npu_clamp(code, INT8_MIN, INT8_MAX);
    }
}

static void blend_float(const npu_insn_t *insn, const around_t *a, float y, float x, int8_t *out)
{
    float low = 1.0f - y, left = 1.0f - x;
    for (uint32_t c = 0; c < insn->c; c++) {
        float sum = (float)(a->low_left[c] + 128) * low * left;
        sum = sum + (float)(a->high_left[c] + 128) * y * left;
        sum = sum + (float)(a->low_right[c] + 128) * low * x;
        sum = sum + (float)(a->high_right[c] + 128) * y * x;
        sum = sum + 0.5f;
        int32_t code = sum >= 255.0f ? 255 : sum >= 0.0f ? (int32_t)sum : 0; /* NaN: 0 */
        out[c] = (int8_t)(code - 128);
    }
}

static void resize_pixel(const npu_insn_t *insn, const npu_l1_t *l1, const between_t *row,
                         const between_t *col, int8_t *out)
{
    around_t a = {npu_act_at(l1, &insn->src, row->low, col->low),
                  npu_act_at(l1, &insn->src, row->low, col->high),
                  npu_act_at(l1, &insn->src, row->high, col->low),
                  npu_act_at(l1, &insn->src, row->high, col->high)};
    if (insn->k_h * insn->k_w == 1)
        memmove(out, a.low_left, insn->c);
    else if ((insn->flags & NPU_FLAG_UNSIGNED) != 0)
        blend_float(insn, &a, row->part_f, col->part_f, out);
    else
        blend(insn, &a, row->part, col->part, out);
}

void npu_resize_run(const npu_insn_t *insn, const npu_l1_t *l1)
{
    axis_t rows = axis_at(l1, insn->par, insn->in_h, insn->k_h);
    axis_t cols = axis_at(l1, insn->par2, insn->in_w, insn->k_w);
    for (uint32_t y = 0; y < insn->h; y++) {
        between_t row = between(&rows, y);
        for (uint32_t x = 0; x < insn->w; x++) {
            between_t col = between(&cols, x);
            resize_pixel(insn, l1, &row, &col, npu_act_at(l1, &insn->dst, y, x));
        }
    }
}
