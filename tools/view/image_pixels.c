/*
 * image_pixels.c - the pixels of a picture as an image of a draw list: averaged where it is shown
 * smaller, themselves where it is larger, and then with their values.
 *
 * It is called for each picture of the window up to 30 times a second, between pieces of the
 * simulation. So rows are summed first, whole, which vectors do; then what a point sees of the sum.
 * The threads that simulate share the work.
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
    BAND = 16,       /* rows of points that are made at a time */
    OLD_SHARE = 176, /* of 256: how light rows of the frame before are; chosen by eye */
};
_Static_assert(MOST_PX >= PIX_MAX_WIDTH, "all of a row");
_Static_assert(MOST_TAPS / 2 == 2, "put_raw: taps of two");
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

/* A picture of points while it is made, in bands of rows. */
typedef struct {
    const view_picture_t *of;
    const axis_t *y;
    const curve_t *curve;                  /* NULL: R G B */
    uint16_t tap[MOST_POINTS * MOST_TAPS]; /* columns of a row's taps; RAW: of pairs */
    uint32_t taps, points;
    uint32_t first, end; /* columns that are needed */
    uint32_t part;       /* 65536 / n, which makes a mean of the sum of a point's n pixels */
    uint8_t *rgba;
} points_t;

/* Sums of some rows. RGB: channels; RAW: samples of even rows, then of odd ones. */
typedef uint16_t sums_t[3 * MOST_PX + 1];

static void find_taps(const axis_t *x, uint32_t unit, points_t *to)
{
    to->taps = x->taps;
    to->points = (uint32_t)x->count;
    for (int32_t i = 0; i < x->count; i++)
        for (uint32_t t = 0; t < x->taps; t++)
            to->tap[(uint32_t)i * x->taps + t] = (uint16_t)tap_at(x, i, t, unit);
    to->first = to->tap[0];
    to->end = to->tap[to->points * to->taps - 1] + 1u;
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

static void sum_rgb(const points_t *points, const uint32_t row[MOST_TAPS], sums_t sum)
{
    const view_picture_t *p = points->of;
    const uint8_t *px[MOST_TAPS];
    uint32_t first = 3 * points->first, end = 3 * points->end, rows = points->y->taps;
    for (uint32_t r = 0; r < rows; r++)
        px[r] = p->px.rgb + (size_t)row[r] * p->width_px * 3;
    switch (rows) {
    case 1:
        sum_bytes(px, 1, first, end, sum);
        break;
    case 2:
        sum_bytes(px, 2, first, end, sum);
        break;
    case 3:
        sum_bytes(px, 3, first, end, sum);
        break;
    default:
        sum_bytes(px, MOST_TAPS, first, end, sum);
    }
    sum[end] = 0; /* is read along with the last pixel */
}

/* Of two rows of the mosaic that are of the same colors. */
static inline void sum_samples(const uint16_t *a, const uint16_t *b, uint32_t first, uint32_t end,
                               uint32_t shift, uint16_t *restrict sum)
{
    for (uint32_t i = first; i < end; i++)
        sum[i] = (uint16_t)((a[i] >> shift) + (b[i] >> shift));
}

/* With one tap a row counts twice: the mean is the same. */
static void sum_raw(const points_t *points, const uint32_t row[MOST_TAPS], sums_t sum)
{
    const view_picture_t *p = points->of;
    const size_t wide = p->width_px;
    const uint16_t *a = p->px.raw + row[0] * 2 * wide,
                   *b = p->px.raw + row[points->y->taps - 1] * 2 * wide;
    uint32_t first = 2 * points->first, end = 2 * points->end, shift = points->curve->shift;
    for (uint32_t i = 0; i < 2; i++, a += wide, b += wide, sum += MOST_PX)
        if (shift == 0) /* vectors of 16 bits */
            sum_samples(a, b, first, end, 0, sum);
        else
            sum_samples(a, b, first, end, shift, sum);
}

/* Sums of 16 bits that stand side by side are added as one number: none of them overflows. */
static inline void rgb_points(const points_t *points, uint32_t taps, const sums_t sum,
                              uint32_t share, uint8_t *rgba)
{
    const uint16_t *tap = points->tap;
    const uint32_t part = points->part * share / 256;
    for (uint32_t i = 0; i < points->points; i++, rgba += 4) {
        uint64_t all = 0, next;
        uint16_t of[4]; /* R G B, and R of the next pixel */
        for (uint32_t t = 0; t < taps; t++) {
            memcpy(&next, sum + 3 * *tap++, sizeof(next));
            all += next;
        }
        memcpy(of, &all, sizeof(of));
        for (uint32_t c = 0; c < 3; c++)
            rgba[c] = (uint8_t)((of[c] * part + 32768) >> 16);
        rgba[3] = 255;
    }
}

static void put_rgb(const points_t *points, const sums_t sum, uint32_t share, uint8_t *rgba)
{
    switch (points->taps) {
    case 1:
        rgb_points(points, 1, sum, share, rgba);
        break;
    case 2:
        rgb_points(points, 2, sum, share, rgba);
        break;
    case 3:
        rgb_points(points, 3, sum, share, rgba);
        break;
    default:
        rgb_points(points, MOST_TAPS, sum, share, rgba);
    }
}

static inline void raw_points(const points_t *points, uint32_t taps, const sums_t sum,
                              uint32_t share, uint8_t *rgba)
{
    const curve_t *curve = points->curve;
    const uint16_t *tap = points->tap;
    uint32_t part = points->part, at[SITES];
    for (uint32_t i = 0; i < 4; i++)
        at[site_of(points->of->bayer, i & 1, i >> 1)] = i;
    for (uint32_t i = 0; i < points->points; i++, rgba += 4) {
        uint32_t even = 0, odd = 0, next;
        uint16_t of[4]; /* a square of 2 x 2 */
        for (uint32_t t = 0; t < taps; t++) {
            memcpy(&next, sum + 2 * *tap, sizeof(next));
            even += next;
            memcpy(&next, sum + MOST_PX + 2 * *tap++, sizeof(next));
            odd += next;
        }
        memcpy(of, &even, sizeof(even));
        memcpy(of + 2, &odd, sizeof(odd));
        uint32_t g = (uint32_t)of[at[GREEN_R]] + of[at[GREEN_B]];
        rgba[0] = (uint8_t)(look(curve, of[at[RED]] * part >> 16) * share >> 8);
        rgba[1] = (uint8_t)(look(curve, g * (part / 2) >> 16) * share >> 8);
        rgba[2] = (uint8_t)(look(curve, of[at[BLUE]] * part >> 16) * share >> 8);
        rgba[3] = 255;
    }
}

static void put_raw(const points_t *points, const sums_t sum, uint32_t share, uint8_t *rgba)
{
    if (points->taps == 1)
        raw_points(points, 1, sum, share, rgba);
    else
        raw_points(points, 2, sum, share, rgba);
}

static void draw_band(void *ctx, uint32_t job, uint32_t worker)
{
    const points_t *points = ctx;
    const axis_t *y = points->y;
    const bool raw = points->curve != NULL;
    const uint32_t unit = raw ? 2 : 1;
    int32_t first = (int32_t)job * BAND, end = first + BAND < y->count ? first + BAND : y->count;
    sums_t sum;
    (void)worker;
    for (int32_t i = first; i < end; i++) {
        uint8_t *rgba = points->rgba + 4 * (size_t)i * points->points;
        uint32_t row[MOST_TAPS];
        for (uint32_t t = 0; t < y->taps; t++)
            row[t] = tap_at(y, i, t, unit);
        uint32_t share = share_of(points->of, row[y->taps - 1] * unit);
        (raw ? sum_raw : sum_rgb)(points, row, sum);
        (raw ? put_raw : put_rgb)(points, sum, share, rgba);
    }
}

static void draw_smaller(const ui_t *ui, const view_picture_t *p, const axis_t *x, const axis_t *y,
                         const curve_t *curve)
{
    const uint32_t rows = curve != NULL ? 2 : y->taps; /* that are summed up */
    points_t points = {.of = p, .y = y, .curve = curve, .part = 65536 / (x->taps * rows)};
    draw_rect_t rect = {x->first, y->first, x->count, y->count};
    points.rgba = draw_image(ui->draw, rect, (uint32_t)x->count, (uint32_t)y->count, true);
    if (points.rgba == NULL)
        return;
    find_taps(x, curve != NULL ? 2 : 1, &points);
    sim_pool_run(ui->pool, draw_band, &points, (uint32_t)(y->count + BAND - 1) / BAND);
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

void image_draw(const ui_t *ui, const image_place_t *place, const view_picture_t *p)
{
    draw_t *draw = ui->draw;
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
        draw_smaller(ui, p, &x, &y, raw ? &curve : NULL);
    }
    draw_unclip(draw, before);
}
