/*
 * ref_image.c - the image stages behind the tone curve, pixel by pixel, from the formulas.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/isp/ref.h"

static int64_t clamp(int64_t v, int64_t low, int64_t high)
{
    return v < low ? low : v > high ? high : v;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return (int64_t)floor((double)a / (double)b); /* small numbers */
}

/* ---- YUV: coefficients from Kr and Kb of the standard ---- */

typedef struct {
    int64_t to_yuv[3][3], to_rgb[3][3]; /* of 8192 */
    int64_t zero[3], black, white;
} space_t;

static int64_t q13(double k)
{
    return (int64_t)floor(k * 8192 + 0.5);
}

static space_t space_of(const ref_image_t *image)
{
    double kr = image->bt709 ? 0.2126 : 0.299, kb = image->bt709 ? 0.0722 : 0.114;
    double kg = 1 - kr - kb, b = 2 * (1 - kb), r = 2 * (1 - kr);
    double y = image->full ? 1 : 219.0 / 255, c = image->full ? 1 : 224.0 / 255;
    double to_yuv[3][3] = {{kr * y, kg * y, kb * y},
                           {-kr / b * c, -kg / b * c, 0.5 * c},
                           {0.5 * c, -kg / r * c, -kb / r * c}};
    double to_rgb[3][3] = {
        {1 / y, 0, r / c}, {1 / y, -kb * b / kg / c, -kr * r / kg / c}, {1 / y, b / c, 0}};
    space_t s = {.zero = {image->full ? 0 : 16, 128, 128},
                 .black = image->full ? 0 : 16,
                 .white = image->full ? 255 : 235};
    for (int i = 0; i < 9; i++) {
        s.to_yuv[i / 3][i % 3] = q13(to_yuv[i / 3][i % 3]);
        s.to_rgb[i / 3][i % 3] = q13(to_rgb[i / 3][i % 3]);
    }
    return s;
}

static void convert(uint32_t pixels, uint8_t *px, const space_t *s, bool to_yuv)
{
    for (uint32_t i = 0; i < pixels; i++, px += 3) {
        uint8_t out[3];
        for (int c = 0; c < 3; c++) {
            int64_t sum = 4096 + (to_yuv ? s->zero[c] * 8192 : 0);
            for (int k = 0; k < 3; k++)
                sum += to_yuv ? s->to_yuv[c][k] * px[k] : s->to_rgb[c][k] * (px[k] - s->zero[k]);
            out[c] = (uint8_t)clamp(floor_div(sum, 8192), 0, 255);
        }
        memcpy(px, out, 3);
    }
}

/* ---- 5 x 5 windows ---- */

typedef struct {
    const uint8_t *px;
    uint32_t width_px, height_px;
    int plane;
} plane_t;

static int64_t at(const plane_t *p, int64_t x, int64_t y)
{
    int64_t right = p->width_px - 1, bottom = p->height_px - 1;
    x = x < 0 ? -x : x > right ? 2 * right - x : x;
    y = y < 0 ? -y : y > bottom ? 2 * bottom - y : y;
    return p->px[(y * p->width_px + x) * 3 + p->plane];
}

static const int64_t binomial[5] = {1, 4, 6, 4, 1};

static int64_t influence(int64_t d, int64_t t)
{
    int64_t size = d < 0 ? -d : d, sign = d < 0 ? -1 : 1;
    return size <= t ? d : size < 2 * t ? sign * (2 * t - size) : 0;
}

static int64_t smoothed(const plane_t *p, int64_t x, int64_t y, int64_t t, int64_t strength)
{
    int64_t sum = 0, center = at(p, x, y);
    for (int dy = -2; dy <= 2; dy++)
        for (int dx = -2; dx <= 2; dx++)
            sum +=
                binomial[dy + 2] * binomial[dx + 2] * influence(at(p, x + dx, y + dy) - center, t);
    return center + floor_div(strength * sum + 2048, 4096);
}

static int64_t sharpened(const plane_t *p, int64_t x, int64_t y, const ref_image_t *image,
                         const space_t *s)
{
    int64_t sum = 0, core = image->core, limit = image->limit;
    for (int dy = -2; dy <= 2; dy++)
        for (int dx = -2; dx <= 2; dx++)
            sum += binomial[dy + 2] * binomial[dx + 2] * at(p, x + dx, y + dy);
    int64_t detail = 16 * at(p, x, y) - floor_div(sum + 8, 16);
    detail = detail > core ? detail - core : detail < -core ? detail + core : 0;
    int64_t more = clamp(floor_div(detail * image->amount + 256, 512), -limit, limit);
    return clamp(at(p, x, y) + more, s->black, s->white);
}

typedef int64_t (*filter_t)(const plane_t *p, int64_t x, int64_t y, const ref_image_t *image,
                            const space_t *s);

static int64_t nr_filter(const plane_t *p, int64_t x, int64_t y, const ref_image_t *image,
                         const space_t *s)
{
    (void)s;
    return smoothed(p, x, y, p->plane == 0 ? image->nr_luma : image->nr_chroma, image->nr_strength);
}

static int64_t sharpen_filter(const plane_t *p, int64_t x, int64_t y, const ref_image_t *image,
                              const space_t *s)
{
    return p->plane == 0 ? sharpened(p, x, y, image, s) : at(p, x, y);
}

static void filter(const ref_t *ref, uint8_t **px, const space_t *s, filter_t fn)
{
    uint32_t width = ref->width_px, height = ref->height_px;
    uint8_t *out = malloc((size_t)width * height * 3);
    for (uint32_t i = 0; i < width * height * 3; i++) {
        plane_t p = {*px, width, height, (int)(i % 3)};
        out[i] = (uint8_t)fn(&p, i / 3 % width, i / 3 / width, &ref->image, s);
    }
    free(*px);
    *px = out;
}

/* ---- crop, resize, mirror ---- */

static uint32_t size_of(uint32_t wanted, const ref_axis_t *axis)
{
    return wanted == 0 || wanted > axis->count ? (uint32_t)axis->count : wanted;
}

static ref_picture_t cut(const ref_t *ref, uint8_t *px)
{
    const ref_image_t *image = &ref->image;
    ref_axis_t ax = ref_axis_x(ref, image->x, image->w, 0);
    ref_axis_t ay = ref_axis_y(ref, image->y, image->h, 0);
    ref_picture_t p = {size_of(image->width_px, &ax), size_of(image->height_px, &ay), 0, NULL};
    if (image->yuv422 && p.width_px > 1)
        p.width_px -= p.width_px % 2;
    ax.to = p.width_px;
    ay.to = p.height_px;
    p.data = malloc((size_t)p.width_px * p.height_px * 3);
    for (uint32_t k = 0; k < p.height_px; k++)
        for (uint32_t j = 0; j < p.width_px; j++)
            for (int c = 0; c < 3; c++) {
                uint32_t x = image->mirror ? p.width_px - 1 - j : j;
                p.data[((size_t)k * p.width_px + x) * 3 + (uint32_t)c] =
                    (uint8_t)ref_resized(ref, px, &ax, &ay, j, k, c);
            }
    free(px);
    return p;
}

/* ---- 4:2:2 ---- */

static ref_picture_t packed(ref_picture_t from)
{
    ref_picture_t p = {from.width_px - from.width_px % 2, from.height_px, 0, NULL};
    p.data = malloc((size_t)p.width_px * p.height_px * 2 + 1);
    uint8_t *out = p.data;
    for (uint32_t y = 0; y < p.height_px; y++)
        for (uint32_t x = 0; x < p.width_px; x++) {
            plane_t luma = {from.data, from.width_px, from.height_px, 0}, chroma = luma;
            int64_t even = x - x % 2;
            chroma.plane = 1 + (int)(x % 2); /* U at even columns, V at odd */
            *out++ = (uint8_t)floor_div(at(&chroma, even - 1, y) + 2 * at(&chroma, even, y) +
                                            at(&chroma, even + 1, y) + 2,
                                        4);
            *out++ = (uint8_t)at(&luma, x, y);
        }
    free(from.data);
    return p;
}

ref_picture_t ref_image(const ref_t *ref, const uint8_t *rgb)
{
    const ref_image_t *image = &ref->image;
    space_t s = space_of(image);
    uint32_t pixels = ref->width_px * ref->height_px;
    bool in_yuv = image->nr || image->sharpen || image->yuv422;
    uint8_t *px = malloc((size_t)pixels * 3);
    memcpy(px, rgb, (size_t)pixels * 3);
    if (in_yuv)
        convert(pixels, px, &s, true);
    if (image->nr)
        filter(ref, &px, &s, nr_filter);
    if (image->sharpen)
        filter(ref, &px, &s, sharpen_filter);
    ref_picture_t p = {ref->width_px, ref->height_px, 0, px};
    if (image->out)
        p = cut(ref, px);
    if (image->yuv422)
        p = packed(p);
    else if (in_yuv)
        convert(p.width_px * p.height_px, p.data, &s, false);
    p.row_bytes = p.width_px * (image->yuv422 ? 2 : 3);
    return p;
}
