/*
 * image_pixels.c - the pixels of a picture as an image of a draw list: averaged where it is shown
 * smaller, themselves where it is larger, and then with their values.
 *
 * It is called for each picture of the window up to 30 times a second, between pieces of the
 * simulation. So rows are summed first, whole, which vectors do; then what a point sees of the sum.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tools/view/image_view.h"

enum {
    MOST_POINTS = 4096, /* of a panel, across: more of it stays empty */
    MOST_PX = 8192,     /* of a row that is averaged; PIX_MAX_WIDTH */
    MOST_TAPS = 4,      /* in each direction */
    LEVEL_BITS = 12,    /* of samples: a few of them fit into 16 bits */
    LEVELS = 1 << LEVEL_BITS,
    OLD_SHARE = 176, /* of 256: how light rows of the frame before are; chosen by eye */
};
_Static_assert(MOST_PX >= PIX_MAX_WIDTH, "all of a row");
_Static_assert(MOST_TAPS / 2 == 2, "raw_points: taps of two");
#define MOSAIC_POINTS 4.0 /* from here on RAW is shown as it is */

/* ---- RAW ---- */

typedef enum { RED, GREEN_R, GREEN_B, BLUE, SITES } site_t; /* GREEN_R: in a row of red */

static site_t site_of(sim_bayer_t bayer, uint32_t column, uint32_t row)
{
    /* clang-format off */
    static const uint8_t sites[4][4] = {
        [SIM_BAYER_GRBG] = {GREEN_R, RED, BLUE, GREEN_B},
        [SIM_BAYER_RGGB] = {RED, GREEN_R, GREEN_B, BLUE},
        [SIM_BAYER_BGGR] = {BLUE, GREEN_B, GREEN_R, RED},
        [SIM_BAYER_GBRG] = {GREEN_B, BLUE, RED, GREEN_R},
    };
    /* clang-format on */
    return (site_t)sites[bayer & 3][(row & 1) * 2 + (column & 1)];
}

const char *image_bayer_name(sim_bayer_t bayer, uint32_t column, uint32_t row)
{
    static const char *const names[SITES] = {"R", "Gr", "Gb", "B"};
    return names[site_of(bayer, column, row)];
}

bool image_is_mosaic(const image_place_t *place, const view_picture_t *picture)
{
    return image_pixel_points(place, picture) >= MOSAIC_POINTS;
}

/* What a sample looks like: black level off, then the curve of sRGB (IEC 61966-2-1). */
typedef struct {
    uint32_t shift; /* of a sample, so that it is a level */
    uint8_t code[LEVELS];
} curve_t;

static void make_curve(const view_picture_t *p, curve_t *curve)
{
    uint32_t bits = p->bits <= 16 ? p->bits : 16;
    curve->shift = bits > LEVEL_BITS ? bits - LEVEL_BITS : 0;
    uint32_t last = (1u << (bits - curve->shift)) - 1, black = p->black >> curve->shift;
    memset(curve->code, 255, sizeof(curve->code));
    for (uint32_t i = 0; i <= last; i++) {
        double v = i > black ? (double)(i - black) / (last - black) : 0;
        double shown = v <= 0.0031308 ? 12.92 * v : 1.055 * pow(v, 1 / 2.4) - 0.055;
        curve->code[i] = (uint8_t)(255 * shown + 0.5);
    }
}

static uint8_t look(const curve_t *curve, uint32_t level)
{
    return curve->code[level < LEVELS ? level : LEVELS - 1];
}

/* ---- the part of it that is seen ---- */

/* Along an axis: which points show which pixels. */
typedef struct {
    int32_t first, count; /* points that show some */
    double from, step;    /* where the first of them begins, and how long it is, pixels */
    uint32_t size;        /* of the picture, pixels */
    uint32_t taps;
} axis_t;

/* unit: pixels that a tap is in each direction. */
static axis_t axis_of(int32_t area_at, int32_t area_size, double low, double high, uint32_t size,
                      uint32_t unit)
{
    axis_t axis = {.size = size};
    int32_t first = (int32_t)fmax(area_at, round(low));
    int32_t end = (int32_t)fmin(area_at + area_size, round(high));
    if (end <= first || !(high > low))
        return axis;
    axis.step = size / (high - low);
    axis.from = (first - low) * axis.step;
    axis.first = first;
    axis.count = end - first < MOST_POINTS ? end - first : MOST_POINTS;
    double taps = ceil(axis.step / unit - 1e-6), most = MOST_TAPS / unit;
    axis.taps = taps < 1 ? 1 : (uint32_t)fmin(taps, most);
    return axis;
}

/* Which pixel a tap of a point is, in units of so many pixels. */
static uint32_t tap_at(const axis_t *axis, int32_t point, uint32_t tap, uint32_t unit)
{
    double at = axis->from + axis->step * (point + (tap + 0.5) / axis->taps);
    uint32_t index = at > 0 ? (uint32_t)at / unit : 0, last = axis->size / unit - 1;
    return index < last ? index : last;
}

static uint32_t share_of(const view_picture_t *p, uint32_t row)
{
    return row < p->rows ? 256 : OLD_SHARE;
}

/* ---- averaged ---- */

/* A row of points while it is made. */
typedef struct {
    uint16_t tap[MOST_POINTS * MOST_TAPS]; /* columns of the points' taps; RAW: of pairs */
    uint32_t taps, points;
    uint32_t first, end;           /* of those that are needed */
    uint16_t sum[3 * MOST_PX + 1]; /* RGB: channels, RAW: samples of even rows, then of odd ones */
    uint32_t rows;                 /* summed up */
} line_t;

static void find_taps(const axis_t *x, uint32_t unit, line_t *line)
{
    line->taps = x->taps;
    line->points = (uint32_t)x->count;
    for (int32_t i = 0; i < x->count; i++)
        for (uint32_t t = 0; t < x->taps; t++)
            line->tap[(uint32_t)i * x->taps + t] = (uint16_t)tap_at(x, i, t, unit);
    line->first = line->tap[0];
    line->end = line->tap[line->points * line->taps - 1] + 1u;
}

/* Of inline functions below, counts of rows and taps are numbers that the compiler knows. */
static inline void sum_bytes(const uint8_t *const px[], uint32_t rows, uint32_t first, uint32_t end,
                             uint16_t *restrict sum)
{
    for (uint32_t i = first; i < end; i++) {
        uint32_t all = px[0][i];
        for (uint32_t r = 1; r < rows; r++)
            all += px[r][i];
        sum[i] = (uint16_t)all;
    }
}

static void sum_rgb(const view_picture_t *p, const uint32_t row[MOST_TAPS], line_t *line)
{
    const uint8_t *px[MOST_TAPS];
    uint32_t first = 3 * line->first, end = 3 * line->end;
    for (uint32_t r = 0; r < line->rows; r++)
        px[r] = p->px.rgb + (size_t)row[r] * p->width_px * 3;
    switch (line->rows) {
    case 1:
        sum_bytes(px, 1, first, end, line->sum);
        break;
    case 2:
        sum_bytes(px, 2, first, end, line->sum);
        break;
    case 3:
        sum_bytes(px, 3, first, end, line->sum);
        break;
    default:
        sum_bytes(px, MOST_TAPS, first, end, line->sum);
    }
    line->sum[end] = 0; /* is read along with the last pixel */
}

/* Of one row of the mosaic, or of two that are of the same colors. */
static void sum_samples(const uint16_t *a, const uint16_t *b, uint32_t first, uint32_t end,
                        uint32_t shift, uint16_t *restrict sum)
{
    for (uint32_t i = first; i < end && b == NULL; i++)
        sum[i] = (uint16_t)(a[i] >> shift);
    for (uint32_t i = first; i < end && b != NULL; i++)
        sum[i] = (uint16_t)((a[i] >> shift) + (b[i] >> shift));
}

static void sum_raw(const view_picture_t *p, const uint32_t row[MOST_TAPS], uint32_t shift,
                    line_t *line)
{
    const size_t wide = p->width_px;
    const uint16_t *a = p->px.raw + row[0] * 2 * wide;
    const uint16_t *b = line->rows > 1 ? p->px.raw + row[1] * 2 * wide : NULL;
    uint32_t first = 2 * line->first, end = 2 * line->end;
    sum_samples(a, b, first, end, shift, line->sum);
    sum_samples(a + wide, b != NULL ? b + wide : NULL, first, end, shift, line->sum + MOST_PX);
}

/* 65536 / n, which makes a mean of a sum of n. */
static uint32_t part_of(const line_t *line)
{
    return 65536 / (line->taps * line->rows);
}

/* Sums of 16 bits that stand side by side are added as one number: none of them overflows. */
static inline void rgb_points(const line_t *line, uint32_t taps, uint32_t part, uint8_t *rgba)
{
    const uint16_t *tap = line->tap;
    for (uint32_t i = 0; i < line->points; i++, rgba += 4) {
        uint64_t all = 0, next;
        uint16_t sum[4]; /* R G B, and R of the next pixel */
        for (uint32_t t = 0; t < taps; t++) {
            memcpy(&next, line->sum + 3 * *tap++, sizeof(next));
            all += next;
        }
        memcpy(sum, &all, sizeof(sum));
        for (uint32_t c = 0; c < 3; c++)
            rgba[c] = (uint8_t)((sum[c] * part + 32768) >> 16);
        rgba[3] = 255;
    }
}

static void put_rgb(const line_t *line, uint32_t share, uint8_t *rgba)
{
    uint32_t part = part_of(line) * share / 256;
    switch (line->taps) {
    case 1:
        rgb_points(line, 1, part, rgba);
        break;
    case 2:
        rgb_points(line, 2, part, rgba);
        break;
    case 3:
        rgb_points(line, 3, part, rgba);
        break;
    default:
        rgb_points(line, MOST_TAPS, part, rgba);
    }
}

static inline void raw_points(const view_picture_t *p, const curve_t *curve, const line_t *line,
                              uint32_t taps, uint32_t share, uint8_t *rgba)
{
    const uint16_t *tap = line->tap;
    uint32_t part = part_of(line), at[SITES];
    for (uint32_t i = 0; i < 4; i++)
        at[site_of(p->bayer, i & 1, i >> 1)] = i;
    for (uint32_t i = 0; i < line->points; i++, rgba += 4) {
        uint32_t even = 0, odd = 0, next;
        uint16_t sum[4]; /* of a square of 2 x 2 */
        for (uint32_t t = 0; t < taps; t++) {
            memcpy(&next, line->sum + 2 * *tap, sizeof(next));
            even += next;
            memcpy(&next, line->sum + MOST_PX + 2 * *tap++, sizeof(next));
            odd += next;
        }
        memcpy(sum, &even, sizeof(even));
        memcpy(sum + 2, &odd, sizeof(odd));
        uint32_t g = (uint32_t)sum[at[GREEN_R]] + sum[at[GREEN_B]];
        rgba[0] = (uint8_t)(look(curve, sum[at[RED]] * part >> 16) * share >> 8);
        rgba[1] = (uint8_t)(look(curve, g * (part / 2) >> 16) * share >> 8);
        rgba[2] = (uint8_t)(look(curve, sum[at[BLUE]] * part >> 16) * share >> 8);
        rgba[3] = 255;
    }
}

static void put_raw(const view_picture_t *p, const curve_t *curve, const line_t *line,
                    uint32_t share, uint8_t *rgba)
{
    if (line->taps == 1)
        raw_points(p, curve, line, 1, share, rgba);
    else
        raw_points(p, curve, line, 2, share, rgba);
}

static void draw_smaller(draw_t *draw, const view_picture_t *p, const axis_t *x, const axis_t *y,
                         const curve_t *curve)
{
    line_t line;
    const uint32_t unit = curve != NULL ? 2 : 1;
    draw_rect_t rect = {x->first, y->first, x->count, y->count};
    uint8_t *rgba = draw_image(draw, rect, (uint32_t)x->count, (uint32_t)y->count, true);
    if (rgba == NULL)
        return;
    find_taps(x, unit, &line);
    line.rows = y->taps;
    for (int32_t i = 0; i < y->count; i++, rgba += 4 * (size_t)x->count) {
        uint32_t row[MOST_TAPS];
        for (uint32_t t = 0; t < y->taps; t++)
            row[t] = tap_at(y, i, t, unit);
        uint32_t share = share_of(p, row[y->taps - 1] * unit);
        if (curve != NULL) {
            sum_raw(p, row, curve->shift, &line);
            put_raw(p, curve, &line, share, rgba);
        } else {
            sum_rgb(p, row, &line);
            put_rgb(&line, share, rgba);
        }
    }
}

/* ---- as they are ---- */

/* The pixels that an axis shows, whole ones: first, and how many. */
static uint32_t seen(const axis_t *axis, uint32_t *count)
{
    uint32_t first = (uint32_t)fmax(0, axis->from);
    double end = fmin(axis->size, ceil(axis->from + axis->step * axis->count));
    first = first < axis->size ? first : axis->size - 1;
    *count = end > first + 1 ? (uint32_t)end - first : 1;
    return first;
}

/* A sample of the mosaic in its color; a little of it in the others, so that blue can be told from
 * black. */
static void put_site(site_t site, uint8_t code, uint8_t *rgba)
{
    rgba[0] = rgba[1] = rgba[2] = code / 4;
    rgba[site == RED ? 0 : site == BLUE ? 2 : 1] = code;
}

static void put_pixel(const view_picture_t *p, const curve_t *curve, uint32_t column, uint32_t row,
                      uint8_t *rgba)
{
    size_t at = (size_t)row * p->width_px + column;
    uint32_t share = share_of(p, row);
    if (curve == NULL)
        memcpy(rgba, p->px.rgb + 3 * at, 3);
    else
        put_site(site_of(p->bayer, column, row),
                 look(curve, (uint32_t)p->px.raw[at] >> curve->shift), rgba);
    for (uint32_t c = 0; c < 3; c++)
        rgba[c] = (uint8_t)(rgba[c] * share >> 8);
    rgba[3] = 255;
}

static void draw_larger(draw_t *draw, const image_place_t *place, const view_picture_t *p,
                        const axis_t *x, const axis_t *y, const curve_t *curve)
{
    uint32_t columns, rows, left = seen(x, &columns), top = seen(y, &rows);
    draw_rect_t from = image_pixel_rect(place, p, left, top);
    draw_rect_t to = image_pixel_rect(place, p, left + columns - 1, top + rows - 1);
    draw_rect_t rect = {from.x, from.y, to.x + to.w - from.x, to.y + to.h - from.y};
    uint8_t *rgba = draw_image(draw, rect, columns, rows, false);
    if (rgba == NULL)
        return;
    for (uint32_t r = 0; r < rows; r++)
        for (uint32_t c = 0; c < columns; c++, rgba += 4)
            put_pixel(p, curve, left + c, top + r, rgba);
}

/* ---- values ---- */

static draw_color_t ink_on(const uint8_t rgba[4])
{
    uint32_t light = 3u * rgba[0] + 6u * rgba[1] + rgba[2]; /* tenths, roughly */
    return light > 1200 ? 0x000000ff : 0xffffffff;
}

/* Up to three lines in the middle of a pixel. */
static void write_lines(draw_t *draw, draw_rect_t cell, draw_color_t ink, const char *const *text,
                        uint32_t lines)
{
    int32_t high = draw_text_height(DRAW_SMALL);
    int32_t y = cell.y + (cell.h - high * (int32_t)lines) / 2;
    for (uint32_t i = 0; i < lines; i++)
        draw_text(draw, cell.x + cell.w / 2, y + high * (int32_t)i, DRAW_SMALL, DRAW_CENTER, ink,
                  "%s", text[i]);
}

static void write_value(draw_t *draw, draw_rect_t cell, const view_picture_t *p,
                        const curve_t *curve, uint32_t column, uint32_t row)
{
    char value[3][12];
    const char *text[3] = {value[0], value[1], value[2]};
    uint8_t rgba[4];
    size_t at = (size_t)row * p->width_px + column;
    put_pixel(p, curve, column, row, rgba);
    if (curve != NULL) {
        text[0] = image_bayer_name(p->bayer, column, row);
        snprintf(value[1], sizeof(value[1]), "%u", p->px.raw[at]);
        write_lines(draw, cell, ink_on(rgba), text, 2);
        return;
    }
    for (uint32_t c = 0; c < 3; c++)
        snprintf(value[c], sizeof(value[c]), "%u", p->px.rgb[3 * at + c]);
    write_lines(draw, cell, ink_on(rgba), text, 3);
}

/* Do the longest values fit into a pixel? */
static bool fits(const image_place_t *place, const view_picture_t *p, bool raw)
{
    double across = image_pixel_points(place, p);
    const char *longest = !raw ? "255" : p->bits > 13 ? "65535" : p->bits > 9 ? "4095" : "511";
    return across >= draw_text_width(DRAW_SMALL, longest) &&
           across >= (raw ? 2 : 3) * draw_text_height(DRAW_SMALL);
}

static void write_values(draw_t *draw, const image_place_t *place, const view_picture_t *p,
                         const axis_t *x, const axis_t *y, const curve_t *curve)
{
    uint32_t columns, rows, left = seen(x, &columns), top = seen(y, &rows);
    if (!fits(place, p, curve != NULL))
        return;
    for (uint32_t r = top; r < top + rows; r++)
        for (uint32_t c = left; c < left + columns; c++)
            write_value(draw, image_pixel_rect(place, p, c, r), p, curve, c, r);
}

/* ---- all of it ---- */

void image_draw(draw_t *draw, const image_place_t *place, const view_picture_t *p)
{
    const bool raw = p->bits != 0;
    curve_t curve;
    const draw_rect_t *area = &place->area;
    const uint32_t least = raw ? 2 : 1; /* a square of the mosaic */
    if (p->width_px < least || p->height_px < least || place->step <= 0 || p->width_px > MOST_PX)
        return;
    double corner[2], opposite[2];
    image_corners(place, p, corner, opposite);
    axis_t x = axis_of(area->x, area->w, corner[0], opposite[0], p->width_px, least);
    axis_t y = axis_of(area->y, area->h, corner[1], opposite[1], p->height_px, least);
    if (x.count == 0 || y.count == 0)
        return;
    if (raw)
        make_curve(p, &curve);
    bool larger = raw ? image_is_mosaic(place, p) : image_pixel_points(place, p) >= 1;
    draw_rect_t before = draw_clip(draw, *area);
    if (larger) {
        draw_larger(draw, place, p, &x, &y, raw ? &curve : NULL);
        write_values(draw, place, p, &x, &y, raw ? &curve : NULL);
    } else {
        draw_smaller(draw, p, &x, &y, raw ? &curve : NULL);
    }
    draw_unclip(draw, before);
}
