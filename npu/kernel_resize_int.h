/*
 * kernel_resize_int.h - RESIZE: codes between rows and columns of the source. Compiled once for
 * every host, and once more for those with AVX2, with the same result.
 *
 * int8 (TFLite ResizeBilinearInteger): weights of 1024, the sum of four products rounded off by 20
 * bits. Flag `unsigned` (TFLite ResizeBilinear of uint8): float32, each operation rounded, in the
 * order of the reference.
 */
#ifndef NPU_KERNEL_RESIZE_INT_H
#define NPU_KERNEL_RESIZE_INT_H

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

static inline axis_t axis_at(const npu_l1_t *l1, uint32_t par, uint32_t count, uint32_t taps)
{
    uint32_t word;
    axis_t a = {l1->data[NPU_MEM_PAR] + par, 0, count, taps};
    memcpy(&word, a.record, sizeof(word));
    a.first = word & 0xffff;
    return a;
}

/* In the tile, where the record leads beyond it. */
static inline uint32_t inside(const axis_t *a, uint32_t at)
{
    uint32_t in = at > a->first ? at - a->first : 0;
    return in < a->count ? in : a->count - 1;
}

static inline between_t between(const axis_t *a, uint32_t n)
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

/*
 * What loops read stands in locals: bytes that are stored could be any memory. Branches would keep
 * compilers from vectors: halves away from zero are halves up of the size.
 */
static inline void blend(const npu_insn_t *insn, around_t a, int32_t y, int32_t x, int8_t *out)
{
    const int32_t one = NPU_RESIZE_ONE, half = 1 << 19;
    const int32_t ll = (one - y) * (one - x), lr = (one - y) * x, hl = y * (one - x), hr = y * x;
    const int32_t away = (insn->flags & NPU_FLAG_SINGLE) != 0 ? 0 : -1;
    const uint32_t channels = insn->c;
    for (uint32_t c = 0; c < channels; c++) { /* below 2^31: weights add up to 3072^2 at most */
        int32_t sum =
            ll * a.low_left[c] + lr * a.low_right[c] + hl * a.high_left[c] + hr * a.high_right[c];
        int32_t sign = (sum >> 31) & away;
        int32_t code = ((((sum ^ sign) - sign) + half) >> 20 ^ sign) - sign;
        out[c] = (int8_t)(code < INT8_MIN ? INT8_MIN : code > INT8_MAX ? INT8_MAX : code);
    }
}

static inline void blend_float(const npu_insn_t *insn, around_t a, float y, float x, int8_t *out)
{
    const float low = 1.0f - y, left = 1.0f - x;
    const uint32_t channels = insn->c;
    for (uint32_t c = 0; c < channels; c++) {
        float sum = (float)(a.low_left[c] + 128) * low * left;
        sum = sum + (float)(a.high_left[c] + 128) * y * left;
        sum = sum + (float)(a.low_right[c] + 128) * low * x;
        sum = sum + (float)(a.high_right[c] + 128) * y * x;
        sum = sum + 0.5f;
        sum = sum >= 0.0f ? sum : 0.0f; /* NaN too */
        sum = sum < 255.0f ? sum : 255.0f;
        out[c] = (int8_t)((int32_t)sum - 128);
    }
}

static inline void resize_pixel(const npu_insn_t *insn, const npu_l1_t *l1, const between_t *row,
                                const between_t *col, int8_t *out)
{
    around_t a = {npu_act_at(l1, &insn->src, row->low, col->low),
                  npu_act_at(l1, &insn->src, row->low, col->high),
                  npu_act_at(l1, &insn->src, row->high, col->low),
                  npu_act_at(l1, &insn->src, row->high, col->high)};
    if (insn->k_h * insn->k_w == 1)
        memmove(out, a.low_left, insn->c);
    else if ((insn->flags & NPU_FLAG_UNSIGNED) != 0)
        blend_float(insn, a, row->part_f, col->part_f, out);
    else
        blend(insn, a, row->part, col->part, out);
}

static inline void resize_all(const npu_insn_t *insn, const npu_l1_t *l1)
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

#endif
