/*
 * paint_image.c - images of a draw list: by the nearest pixel, or averaged.
 *
 * Averaged: shown smaller, a pixel is the mean of what it stands for; shown larger, it lies on the
 * line between the two nearest. Both are a few weighted taps across and down, each summing up to
 * one; colors are multiplied by their alpha before, so that what is transparent has no color.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/view/paint.h"

enum { ONE = (1 << 16) - 1 }; /* of weights */
/* Values are codes << 8; each tap cuts off up to 1, half of which is added first. */
enum { HALF = 128, MOST_BIAS = 60 };

static uint32_t rgb_of(const uint8_t *rgba)
{
    return (uint32_t)rgba[0] << 16 | (uint32_t)rgba[1] << 8 | rgba[2];
}

/* ---- nearest ---- */

/* The source pixel of each of `count` from `first` on, of `whole` that show `source`. */
static void nearest_of(int32_t *from, int32_t first, int32_t count, int32_t whole, uint32_t source)
{
    for (int32_t i = 0; i < count; i++) {
        int64_t at = (2 * (int64_t)(first + i) + 1) * source / (2 * (int64_t)whole);
        from[i] = (int32_t)(at < source ? at : source - 1);
    }
}

static void row_nearest(uint32_t *to, const uint8_t *rgba, const int32_t *from, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        const uint8_t *px = rgba + (size_t)from[i] * 4;
        if (px[3] == 255)
            to[i] = rgb_of(px);
        else if (px[3] != 0)
            to[i] = paint_mix(to[i], rgb_of(px), px[3]);
    }
}

/* The same where each pixel has one of its own, `from` being the first: all at once where none lets
 * anything through. */
static void row_as_it_is(uint32_t *to, const uint8_t *rgba, int32_t from, int32_t count)
{
    const uint8_t *px = rgba + (size_t)from * 4;
    uint32_t opaque = 255;
    for (int32_t i = 0; i < count; i++)
        opaque &= px[4 * i + 3];
    if (opaque == 255)
        for (int32_t i = 0; i < count; i++)
            to[i] = rgb_of(px + 4 * i);
    for (int32_t i = 0; i < count && opaque != 255; i++, px += 4)
        to[i] = px[3] == 0 ? to[i] : paint_mix(to[i], rgb_of(px), px[3]);
}

/* ---- averaged ---- */

/* Which source pixels a pixel is made of: taps of weight[at..], from source pixel first on. */
typedef struct {
    int32_t first, taps;
    size_t at;
} mean_t;

typedef struct {
    mean_t *mean;
    uint16_t *weight;
} means_t;

static void means_free(means_t *means)
{
    free(means->mean);
    free(means->weight);
}

/* Weights that sum up to ONE: what rounding leaves is the largest's. */
static void to_fixed(uint16_t *weight, const double *share, int32_t taps)
{
    double sum = 0;
    int32_t left = ONE, largest = 0;
    for (int32_t k = 0; k < taps; k++)
        sum += share[k];
    for (int32_t k = 0; k < taps; k++) {
        weight[k] = (uint16_t)(share[k] / sum * ONE + 0.5);
        left -= weight[k];
        largest = share[k] > share[largest] ? k : largest;
    }
    weight[largest] = (uint16_t)(weight[largest] + left);
}

/* Of pixels `first` .. of `whole` that show `source`. False without memory. */
static bool means_make(means_t *means, int32_t first, int32_t count, int32_t whole, uint32_t source)
{
    double ratio = (double)source / whole, last = (double)source - 1;
    int32_t most = (int32_t)ceil(ratio) + 2;
    double *share = malloc((size_t)most * sizeof(*share));
    means->mean = malloc((size_t)count * sizeof(*means->mean));
    means->weight = malloc((size_t)count * (size_t)most * sizeof(*means->weight));
    bool made = share != NULL && means->mean != NULL && means->weight != NULL;
    for (int32_t i = 0; made && i < count; i++) {
        mean_t *mean = &means->mean[i];
        mean->at = (size_t)i * (size_t)most;
        if (ratio <= 1) {
            double at = fmin(fmax((first + i + 0.5) * ratio - 0.5, 0), last);
            mean->first = (int32_t)at;
            mean->taps = mean->first < last ? 2 : 1;
            share[1] = at - mean->first;
            share[0] = mean->taps == 2 ? 1 - share[1] : 1;
        } else {
            double from = (first + i) * ratio, to = fmin(from + ratio, last + 1);
            mean->first = (int32_t)fmin(from, last);
            mean->taps = 0;
            for (int32_t k = mean->first; k == mean->first || k < to; k++)
                share[mean->taps++] = fmin(to, k + 1) - fmax(from, k);
        }
        to_fixed(means->weight + mean->at, share, mean->taps);
    }
    free(share);
    return made;
}

/* A source row, R G B A << 8. */
static void widen(uint16_t *to, const uint8_t *rgba, uint32_t pixels)
{
    for (uint32_t i = 0; i < 4 * pixels; i++)
        to[i] = (uint16_t)(rgba[i] << 8);
    uint32_t opaque = 255; /* while all are */
    for (uint32_t i = 0; i < pixels; i++)
        opaque &= rgba[4 * i + 3];
    if (opaque == 255)
        return;
    for (uint32_t i = 0; i < pixels; i++)
        for (uint32_t c = 0; c < 3; c++)
            to[4 * i + c] =
                (uint16_t)(((uint32_t)rgba[4 * i + c] * rgba[4 * i + 3] * 256 + 127) / 255);
}

static uint16_t bias(int32_t taps)
{
    return (uint16_t)(taps / 2 < MOST_BIAS ? taps / 2 : MOST_BIAS);
}

static void across(uint16_t *to, const uint16_t *from, const means_t *means, int32_t count)
{
    for (int32_t i = 0; i < count; i++, to += 4) {
        const mean_t *mean = &means->mean[i];
        const uint16_t *weight = means->weight + mean->at, start = bias(mean->taps);
        const uint16_t *px = from + (size_t)mean->first * 4;
        uint16_t sum[4] = {start, start, start, start};
        for (int32_t k = 0; k < mean->taps; k++, px += 4)
            for (uint32_t c = 0; c < 4; c++)
                sum[c] = (uint16_t)(sum[c] + ((uint32_t)px[c] * weight[k] >> 16));
        memcpy(to, sum, sizeof(sum));
    }
}

static void down(uint16_t *sum, const uint16_t *row, uint32_t weight, int32_t values)
{
    for (int32_t i = 0; i < values; i++)
        sum[i] = (uint16_t)(sum[i] + (row[i] * weight >> 16));
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static void row_averaged(uint32_t *to, const uint16_t *sum, int32_t count)
{
    for (int32_t i = 0; i < count; i++, sum += 4) {
        uint32_t alpha = sum[3] >> 8, r = sum[0] >> 8, g = sum[1] >> 8, b = sum[2] >> 8;
        if (alpha == 255)
            to[i] = r << 16 | g << 8 | b;
        else /* rounding may have made a color more than its alpha */
            to[i] = (least(r, alpha) << 16 | least(g, alpha) << 8 | least(b, alpha)) +
                    paint_mix(to[i], 0, alpha);
    }
}

/* ---- the image ---- */

typedef struct {
    const uint8_t *rgba;
    uint32_t width, height;
    int32_t x0, y0, across, down;  /* where all of it is, pixels */
    int32_t left, top, wide, high; /* what is seen */
} view_t;

static uint32_t *row_of(const paint_t *paint, const view_t *v, int32_t j)
{
    return paint->px + (size_t)(v->top + j) * paint->width + v->left;
}

static void by_nearest(const paint_t *paint, const view_t *v)
{
    int32_t *column = malloc((size_t)(v->wide + v->high) * sizeof(*column));
    if (column == NULL)
        return;
    int32_t *row = column + v->wide;
    nearest_of(column, v->left - v->x0, v->wide, v->across, v->width);
    nearest_of(row, v->top - v->y0, v->high, v->down, v->height);
    for (int32_t j = 0; j < v->high; j++) {
        const uint8_t *from = v->rgba + (size_t)row[j] * v->width * 4;
        if ((uint32_t)v->across == v->width)
            row_as_it_is(row_of(paint, v, j), from, column[0], v->wide);
        else
            row_nearest(row_of(paint, v, j), from, column, v->wide);
    }
    free(column);
}

/* Rows on the way: the two averaged across last, by their number (most are needed twice); a source
 * row; what becomes of them. */
typedef struct {
    uint16_t *row[2], *wide, *sum;
    int32_t number[2];
} rows_t;

static const uint16_t *row_across(rows_t *rows, const view_t *v, const means_t *means,
                                  int32_t number)
{
    uint32_t which = (uint32_t)number & 1;
    if (rows->number[which] != number) {
        widen(rows->wide, v->rgba + (size_t)number * v->width * 4, v->width);
        across(rows->row[which], rows->wide, means, v->wide);
        rows->number[which] = number;
    }
    return rows->row[which];
}

static void by_mean(const paint_t *paint, const view_t *v)
{
    means_t columns = {0}, lines = {0};
    size_t values = (size_t)v->wide * 4;
    uint16_t *room = malloc((3 * values + 4 * (size_t)v->width) * sizeof(*room));
    bool made = room != NULL &&
                means_make(&columns, v->left - v->x0, v->wide, v->across, v->width) &&
                means_make(&lines, v->top - v->y0, v->high, v->down, v->height);
    rows_t rows = {.number = {-1, -1}};
    if (made)
        rows = (rows_t){.row = {room, room + values},
                        .sum = room + 2 * values,
                        .wide = room + 3 * values,
                        .number = {-1, -1}};
    for (int32_t j = 0; made && j < v->high; j++) {
        const mean_t *mean = &lines.mean[j];
        for (size_t i = 0; i < values; i++)
            rows.sum[i] = (uint16_t)(HALF + bias(mean->taps));
        for (int32_t k = 0; k < mean->taps; k++)
            down(rows.sum, row_across(&rows, v, &columns, mean->first + k),
                 lines.weight[mean->at + (size_t)k], (int32_t)values);
        row_averaged(row_of(paint, v, j), rows.sum, v->wide);
    }
    means_free(&columns);
    means_free(&lines);
    free(room);
}

void paint_image(const paint_t *paint, const uint8_t *rgba, const draw_cmd_t *cmd, int32_t x0,
                 int32_t y0, int32_t x1, int32_t y1)
{
    view_t v = {.rgba = rgba, .width = cmd->image_w, .height = cmd->image_h, .x0 = x0, .y0 = y0};
    v.across = x1 - x0;
    v.down = y1 - y0;
    v.left = x0 > paint->left ? x0 : paint->left;
    v.top = y0 > paint->top ? y0 : paint->top;
    v.wide = (x1 < paint->right ? x1 : paint->right) - v.left;
    v.high = (y1 < paint->bottom ? y1 : paint->bottom) - v.top;
    if (v.wide <= 0 || v.high <= 0 || v.width == 0 || v.height == 0)
        return;
    bool as_it_is = (uint32_t)v.across == v.width && (uint32_t)v.down == v.height;
    (cmd->smooth && !as_it_is ? by_mean : by_nearest)(paint, &v);
}
