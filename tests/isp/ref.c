#include "tests/isp/ref.h"

#include <stdlib.h>
#include <string.h>

static int64_t floor_div(int64_t a, int64_t b)
{
    int64_t q = a / b;
    return a % b != 0 && (a < 0) != (b < 0) ? q - 1 : q;
}

static int64_t clamp(int64_t v, int64_t low, int64_t high)
{
    return v < low ? low : v > high ? high : v;
}

/* ---- color filters ---- */

/* 'R', 'r' (green in a red row), 'b' (green in a blue row) or 'B' at a position. */
static char filter_at(const ref_t *ref, int64_t x, int64_t y)
{
    static const char *const order[] = {
        [SIM_BAYER_GRBG] = "rRBb",
        [SIM_BAYER_RGGB] = "RrbB",
        [SIM_BAYER_BGGR] = "BbrR",
        [SIM_BAYER_GBRG] = "bBRr",
    };
    return order[ref->bayer][2 * (y & 1) + (x & 1)];
}

uint32_t ref_phase(const ref_t *ref, int64_t x, int64_t y)
{
    return (uint32_t)(strchr("RrbB", filter_at(ref, x, y)) - "RrbB");
}

/* Pixel -k is pixel k, pixel size - 1 + k is pixel size - 1 - k, until it is inside. */
static int64_t mirror(int64_t at, uint32_t size)
{
    while (at < 0 || at >= size)
        at = at < 0 ? -at : 2 * ((int64_t)size - 1) - at;
    return at;
}

static int64_t balanced(const ref_t *ref, const uint16_t *raw, int64_t x, int64_t y)
{
    int64_t value = ref_linear(ref, raw, x, y);
    int64_t gain = ref->gain_q8[ref_phase(ref, x, y)] * (int64_t)ref->digital_q8;
    return clamp(floor_div(value * floor_div(gain + 128, 256) + 128, 256), 0, 4095);
}

void ref_balanced(const ref_t *ref, const uint16_t *raw, uint16_t *sample)
{
    for (uint32_t y = 0; y < ref->height_px; y++)
        for (uint32_t x = 0; x < ref->width_px; x++)
            *sample++ = (uint16_t)balanced(ref, raw, x, y);
}

/* x and y may be mirrored. */
static int64_t sample_at(const ref_t *ref, const uint16_t *sample, int64_t x, int64_t y)
{
    return sample[mirror(y, ref->height_px) * ref->width_px + mirror(x, ref->width_px)];
}

/* ---- Malvar, He, Cutler, ICASSP 2004, figure 2, times 16 ---- */

static const int green_at_color[5][5] = {
    {0, 0, -2, 0, 0}, {0, 0, 4, 0, 0}, {-2, 4, 8, 4, -2}, {0, 0, 4, 0, 0}, {0, 0, -2, 0, 0},
};
static const int color_at_green_in_its_row[5][5] = {
    {0, 0, 1, 0, 0}, {0, -2, 0, -2, 0}, {-2, 8, 10, 8, -2}, {0, -2, 0, -2, 0}, {0, 0, 1, 0, 0},
};
static const int color_at_green_in_its_column[5][5] = {
    {0, 0, -2, 0, 0}, {0, -2, 8, -2, 0}, {1, 0, 10, 0, 1}, {0, -2, 8, -2, 0}, {0, 0, -2, 0, 0},
};
static const int color_at_other_color[5][5] = {
    {0, 0, -3, 0, 0}, {0, 4, 0, 4, 0}, {-3, 0, 12, 0, -3}, {0, 4, 0, 4, 0}, {0, 0, -3, 0, 0},
};
static const int as_it_is[5][5] = {[2] = {0, 0, 16, 0, 0}};

static const int (*filter_for(char here, int channel))[5]
{
    bool green_here = here == 'r' || here == 'b';
    if (channel == 1)
        return green_here ? as_it_is : green_at_color;
    if (here == (channel == 0 ? 'R' : 'B'))
        return as_it_is;
    if (!green_here)
        return color_at_other_color;
    return here == (channel == 0 ? 'r' : 'b') ? color_at_green_in_its_row
                                              : color_at_green_in_its_column;
}

static int64_t malvar(const ref_t *ref, const uint16_t *sample, uint32_t x, uint32_t y, int channel)
{
    const int(*filter)[5] = filter_for(filter_at(ref, x, y), channel);
    int64_t sum = 0;
    for (int dy = -2; dy <= 2; dy++)
        for (int dx = -2; dx <= 2; dx++)
            if (filter[dy + 2][dx + 2] != 0)
                sum += filter[dy + 2][dx + 2] *
                       sample_at(ref, sample, (int64_t)x + dx, (int64_t)y + dy);
    return clamp(floor_div(sum + 8, 16), 0, 4095);
}

/* ---- bilinear ---- */

/* Does the filter at a position let that channel through? */
static bool passes(const ref_t *ref, int64_t x, int64_t y, int channel)
{
    char here = filter_at(ref, x, y);
    return channel == 0 ? here == 'R' : channel == 2 ? here == 'B' : here == 'r' || here == 'b';
}

/* Mean of value() over the nearest positions that have the channel, rounded half up. */
static int64_t mean_of_nearest(const ref_t *ref, const uint16_t *sample, int64_t x, int64_t y,
                               int channel,
                               int64_t (*value)(const ref_t *, const uint16_t *, int64_t, int64_t))
{
    int64_t sum = 0, count = 0;
    for (int reach = 0; reach <= 2 && count == 0; reach++)
        for (int dy = -1; dy <= 1; dy++)
            for (int dx = -1; dx <= 1; dx++)
                if (dx * dx + dy * dy == reach && passes(ref, x + dx, y + dy, channel)) {
                    sum += value(ref, sample, x + dx, y + dy);
                    count++;
                }
    return floor_div(2 * sum + count, 2 * count);
}

/* ---- along edges ---- */

/* Green less color at (x, y), times 4, along the row (dx 1) or the column (dy 1). */
static int64_t difference(const ref_t *ref, const uint16_t *sample, int64_t x, int64_t y, int dx,
                          int dy)
{
    int64_t bend = 2 * sample_at(ref, sample, x - dx, y - dy) +
                   2 * sample_at(ref, sample, x + dx, y + dy) - 2 * sample_at(ref, sample, x, y) -
                   sample_at(ref, sample, x - 2 * dx, y - 2 * dy) -
                   sample_at(ref, sample, x + 2 * dx, y + 2 * dy);
    return passes(ref, x, y, 1) ? -bend : bend;
}

static int64_t smoothed(const ref_t *ref, const uint16_t *sample, int64_t x, int64_t y, int dx,
                        int dy)
{
    return floor_div(2 * difference(ref, sample, x, y, dx, dy) +
                         difference(ref, sample, x - dx, y - dy, dx, dy) +
                         difference(ref, sample, x + dx, y + dy, dx, dy),
                     4);
}

static int64_t turning(const ref_t *ref, const uint16_t *sample, int64_t x, int64_t y, int dx,
                       int dy)
{
    int64_t sum = 0;
    for (int64_t at = x - 2; at <= x + 2; at++) {
        int64_t step = difference(ref, sample, at - dx, y - dy, dx, dy) -
                       difference(ref, sample, at + dx, y + dy, dx, dy);
        int64_t edge =
            sample_at(ref, sample, at - dx, y - dy) - sample_at(ref, sample, at + dx, y + dy);
        sum += (step < 0 ? -step : step) / 4 + (edge < 0 ? -edge : edge) / 4;
    }
    return sum;
}

/* Color less green at a sample that is not green. */
static int64_t color_less_green(const ref_t *ref, const uint16_t *sample, int64_t x, int64_t y)
{
    int64_t row = smoothed(ref, sample, x, y, 1, 0), column = smoothed(ref, sample, x, y, 0, 1);
    int64_t dh = turning(ref, sample, x, y, 1, 0), dv = turning(ref, sample, x, y, 0, 1);
    int64_t both = floor_div(row + column, 2), d = both;
    if (dh < dv / 2)
        d = row;
    else if (dh < dv - dv / 4)
        d = floor_div(row + both, 2);
    else if (dv < dh / 2)
        d = column;
    else if (dv < dh - dh / 4)
        d = floor_div(column + both, 2);
    int64_t here = sample_at(ref, sample, x, y);
    return here - clamp(floor_div(4 * here + d + 2, 4), 0, 4095);
}

static int64_t along_edges(const ref_t *ref, const uint16_t *sample, int64_t x, int64_t y,
                           int channel)
{
    int64_t here = sample_at(ref, sample, x, y);
    if (passes(ref, x, y, channel))
        return here;
    int64_t green = passes(ref, x, y, 1) ? here : here - color_less_green(ref, sample, x, y);
    if (channel == 1)
        return green;
    return clamp(green + mean_of_nearest(ref, sample, x, y, channel, color_less_green), 0, 4095);
}

int64_t ref_demosaic(const ref_t *ref, const uint16_t *sample, uint32_t x, uint32_t y, int channel)
{
    if (ref->demosaic == 1)
        return mean_of_nearest(ref, sample, x, y, channel, sample_at);
    return ref->demosaic == 2 ? along_edges(ref, sample, x, y, channel)
                              : malvar(ref, sample, x, y, channel);
}

/* ---- tone ---- */

/* 0, then four points an octave: 4 5 6 7, 8 10 12 14, .. 2048 2560 3072 3584, 4096. */
static int64_t point_x(int point)
{
    int64_t x = 0, step = 1;
    for (int p = 1; p <= point; p++) {
        x += p == 1 ? 4 : step;
        if (p > 1 && (p - 1) % 4 == 0)
            step *= 2;
    }
    return x;
}

int64_t ref_tone(const ref_t *ref, int64_t value)
{
    if (!ref->tone)
        return value / 16;
    int p = 0;
    while (point_x(p + 1) <= value)
        p++;
    int64_t ya = ref->point[p], yb = ref->point[p + 1];
    int64_t width = point_x(p + 1) - point_x(p);
    return ya + floor_div((yb - ya) * (value - point_x(p)) + width / 2, width);
}

void ref_rgb(const ref_t *ref, const uint16_t *raw, uint8_t *rgb)
{
    uint16_t *sample = malloc((size_t)ref->width_px * ref->height_px * sizeof(*sample));
    ref_balanced(ref, raw, sample);
    for (uint32_t y = 0; y < ref->height_px; y++)
        for (uint32_t x = 0; x < ref->width_px; x++)
            for (int c = 0; c < 3; c++) {
                int64_t sum = 512;
                for (int k = 0; k < 3; k++)
                    sum += ref->matrix_q10[3 * c + k] * ref_demosaic(ref, sample, x, y, k);
                int64_t linear = clamp(floor_div(sum, 1024), 0, 4095);
                *rgb++ = (uint8_t)ref_tone(ref, linear);
            }
    free(sample);
}

/* ---- tensor ---- */

/* Samples of the array's pixels [at, at + size) in a frame of the window [edge, edge + extent). */
static ref_axis_t axis_of(int64_t at, int64_t size, int64_t edge, int64_t extent, bool flip,
                          int64_t samples, uint32_t to)
{
    int64_t low = clamp(at - edge, 0, extent - 1), high = clamp(at + size - edge, low + 1, extent);
    int64_t begin = low * samples / extent, end = high * samples / extent;
    if (end <= begin)
        end = begin + 1;
    return (ref_axis_t){flip ? samples - end : begin, end - begin, to};
}

static int64_t axis_divisor(const ref_axis_t *axis)
{
    return axis->to <= axis->count ? axis->count : 2 * axis->to;
}

/* How much of source pixel i goes into output j, of axis_divisor. */
static int64_t axis_weight(const ref_axis_t *axis, int64_t i, int64_t j)
{
    int64_t s = axis->count, t = axis->to;
    if (t <= s) {
        int64_t low = i * t > j * s ? i * t : j * s;
        int64_t high = (i + 1) * t < (j + 1) * s ? (i + 1) * t : (j + 1) * s;
        return high > low ? high - low : 0;
    }
    int64_t at = (2 * j + 1) * s - t; /* in units of 1 / (2 t) */
    int64_t pixel = floor_div(at, 2 * t), part = at - pixel * 2 * t, weight = 0;
    if (clamp(pixel, 0, s - 1) == i)
        weight += 2 * t - part;
    if (clamp(pixel + 1, 0, s - 1) == i)
        weight += part;
    return weight;
}

int64_t ref_resized(const ref_t *ref, const uint8_t *rgb, const ref_axis_t *ax,
                    const ref_axis_t *ay, uint32_t j, uint32_t k, int channel)
{
    int64_t sum = 0, whole = axis_divisor(ax) * axis_divisor(ay);
    for (int64_t y = 0; y < ay->count; y++) {
        int64_t wy = axis_weight(ay, y, k);
        for (int64_t x = 0; wy != 0 && x < ax->count; x++)
            sum += wy * axis_weight(ax, x, j) *
                   rgb[((ay->first + y) * ref->width_px + ax->first + x) * 3 + channel];
    }
    return (2 * sum + whole) / (2 * whole);
}

static sim_window_t window_of(const ref_t *ref)
{
    sim_window_t all = {0, 0, ref->array_width_px, ref->array_height_px, 0, 0};
    return ref->window.width_px == 0 ? all : ref->window;
}

ref_axis_t ref_axis_x(const ref_t *ref, uint32_t at, uint32_t size, uint32_t to)
{
    sim_window_t w = window_of(ref);
    return axis_of(at, size, w.x_px, w.width_px, w.flip_x, ref->width_px, to);
}

ref_axis_t ref_axis_y(const ref_t *ref, uint32_t at, uint32_t size, uint32_t to)
{
    sim_window_t w = window_of(ref);
    return axis_of(at, size, w.y_px, w.height_px, w.flip_y, ref->height_px, to);
}

static int8_t normalized(const ref_t *ref, int64_t product, int channel)
{
    int64_t q = floor_div(product, INT64_C(1) << ref->div_shift[channel]);
    q = floor_div(q + ref->norm_val[channel], INT64_C(1) << ref->norm_shift[channel]);
    q = q > ref->clip_max[channel] ? ref->clip_max[channel] : q;
    q = q < ref->clip_min[channel] ? ref->clip_min[channel] : q;
    return (int8_t)(uint8_t)q;
}

static uint32_t up_to(uint32_t value, uint32_t multiple)
{
    while (value % multiple != 0)
        value++;
    return value;
}

uint32_t ref_tensor_bytes(const ref_t *ref)
{
    return ref->channels * up_to(ref->out_height_px, 2) * up_to(ref->out_width_px, 32);
}

void ref_samples(const ref_t *ref, bool vertical, int64_t at, int64_t size, int64_t *first,
                 int64_t *count)
{
    ref_axis_t axis = vertical ? ref_axis_y(ref, (uint32_t)at, (uint32_t)size, 0)
                               : ref_axis_x(ref, (uint32_t)at, (uint32_t)size, 0);
    *first = axis.first;
    *count = axis.count;
}

/* A picture of bytes, w x h, with four channels. */
typedef struct {
    uint32_t w, h;
    uint8_t *px;
} square_t;

static square_t square_of(uint32_t w, uint32_t h)
{
    return (square_t){w, h, malloc((size_t)w * h * 4)};
}

static uint8_t *square_px(const square_t *s, uint32_t x, uint32_t y)
{
    return s->px + ((size_t)y * s->w + x) * 4;
}

static square_t mirrored_square(square_t from)
{
    square_t to = square_of(from.w, from.h);
    for (uint32_t y = 0; y < from.h; y++)
        for (uint32_t x = 0; x < from.w; x++)
            memcpy(square_px(&to, from.w - 1 - x, y), square_px(&from, x, y), 4);
    free(from.px);
    return to;
}

/* By a quarter clockwise: what was the top row is the right column. */
static square_t turned_square(square_t from)
{
    square_t to = square_of(from.h, from.w);
    for (uint32_t y = 0; y < from.h; y++)
        for (uint32_t x = 0; x < from.w; x++)
            memcpy(square_px(&to, from.h - 1 - y, x), square_px(&from, x, y), 4);
    free(from.px);
    return to;
}

/* The region as codes R G B and luma, as large as the tensor is before it is turned. */
static square_t region_square(const ref_t *ref, const uint8_t *rgb)
{
    bool odd = ref->turn % 2 != 0;
    square_t s = odd ? square_of(ref->out_height_px, ref->out_width_px)
                     : square_of(ref->out_width_px, ref->out_height_px);
    ref_axis_t ax = ref_axis_x(ref, ref->roi_x, ref->roi_w, s.w);
    ref_axis_t ay = ref_axis_y(ref, ref->roi_y, ref->roi_h, s.h);
    for (uint32_t y = 0; y < s.h; y++)
        for (uint32_t x = 0; x < s.w; x++) {
            uint8_t *px = square_px(&s, x, y);
            for (int c = 0; c < 3; c++)
                px[c] = (uint8_t)ref_resized(ref, rgb, &ax, &ay, x, y, c);
            px[3] = (uint8_t)((77 * px[0] + 150 * px[1] + 29 * px[2] + 128) / 256);
        }
    return s;
}

/* R G B and luma of a pixel times what the registers say, for a channel. */
static int64_t product_of(const ref_t *ref, const uint8_t *px, uint32_t channel)
{
    static const int r_g_g_b[4] = {0, 1, 1, 2};
    if (ref->channels == 1)
        return px[3] * (ref->mix_on ? ref->mix[0][0] : (int64_t)ref->div_val[0]);
    if (ref->channels == 4 && ref->r_g_g_b)
        return px[r_g_g_b[channel]] * (int64_t)ref->div_val[channel];
    if (!ref->mix_on || channel == 3)
        return px[channel] * (int64_t)ref->div_val[channel];
    int64_t sum = 0;
    for (int c = 0; c < 3; c++)
        sum += (int64_t)px[c] * ref->mix[channel][c];
    return sum;
}

void ref_tensor(const ref_t *ref, const uint8_t *rgb, int8_t *tensor)
{
    uint32_t row_bytes = up_to(ref->out_width_px, 32), rows = up_to(ref->out_height_px, 2);
    square_t s = region_square(ref, rgb);
    if (ref->mirror)
        s = mirrored_square(s);
    for (uint32_t i = 0; i < ref->turn; i++)
        s = turned_square(s);
    memset(tensor, 0, ref_tensor_bytes(ref));
    for (uint32_t k = 0; k < s.h; k++)
        for (uint32_t j = 0; j < s.w; j++)
            for (uint32_t c = 0; c < ref->channels; c++) {
                int64_t product = product_of(ref, square_px(&s, j, k), c);
                tensor[(c * rows + k) * row_bytes + j] = normalized(ref, product, (int)c);
            }
    free(s.px);
}
