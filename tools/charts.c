#include "tools/charts.h"

#include "scenes/scene.h"

#include <math.h>

static const float pi = 3.14159265f;

/* ---- places and times to light ---- */

/* Mean of 1 + sin(2 pi hz t) from start to end. */
static double flicker(double hz, double start, double end)
{
    const double turn = 2 * 3.14159265358979323846;
    if (hz == 0)
        return 1;
    if (end <= start)
        return 1 + sin(turn * hz * start);
    return 1 + (cos(turn * hz * start) - cos(turn * hz * end)) / (turn * hz * (end - start));
}

static chart_rgb_t seen(const chart_t *chart, const sim_light_req_t *req, float x_px)
{
    chart_rgb_t sum = {0, 0, 0};
    float scale = 1.0f / (float)req->array_width_px, step = req->x_step_px;
    for (uint32_t k = 0; k < chart->places * chart->places * chart->times; k++) {
        uint32_t i = k % chart->places, j = k / chart->places % chart->places;
        uint32_t t = k / (chart->places * chart->places);
        float dx = ((float)i + 0.5f) / (float)chart->places - 0.5f;
        float dy = ((float)j + 0.5f) / (float)chart->places - 0.5f;
        double at = ((double)t + 0.5) / chart->times;
        double seconds = ((double)req->start_ps + at * (double)req->exposure_ps) * 1e-12;
        chart_rgb_t c = chart->at((x_px + dx * step + 0.5f) * scale,
                                  (req->y_px + dy * step + 0.5f) * scale, seconds);
        sum.r += c.r, sum.g += c.g, sum.b += c.b;
    }
    return sum;
}

static void row(const void *ctx, const sim_light_req_t *req, const sim_light_row_t *out)
{
    const chart_t *chart = ctx;
    double start = (double)req->start_ps * 1e-12;
    double light = flicker(chart->flicker_hz, start, start + (double)req->exposure_ps * 1e-12);
    float lux = chart->lux * (float)light / (float)(chart->places * chart->places * chart->times);
    for (uint32_t i = 0; i < req->width_px; i++) {
        chart_rgb_t c = seen(chart, req, sim_light_x_px(req, i));
        out->r[i] = c.r * lux;
        out->g[i] = c.g * lux;
        out->b[i] = c.b * lux;
    }
}

sim_light_t chart_light(const chart_t *chart)
{
    return (sim_light_t){row, chart};
}

/* ---- resolution ---- */

static chart_rgb_t tone(float y)
{
    return (chart_rgb_t){y, y, y};
}

static bool within(float u, float v, float left, float top, float right, float bottom)
{
    return u >= left && u < right && v >= top && v < bottom;
}

static const float black = 0.04f, white = 0.9f;

/* At the edge's middle a period is four array pixels of the IMX500: what binned green can show. */
static chart_rgb_t zone_plate(float x, float y, float half)
{
    float r2 = x * x + y * y, finest = 4056 / 4;
    return tone(0.5f * (black + white) + 0.5f * (white - black) * cosf(pi * finest * r2 / half));
}

/* Four groups of bars, 16, 8, 4, 2 array pixels wide. */
static chart_rgb_t bars(float x, float width)
{
    uint32_t group = (uint32_t)(x / width * 4);
    float period = 32.0f / (float)(1u << group) / 4056;
    return tone(fmodf(x, period) < period / 2 ? black : white);
}

chart_rgb_t chart_resolution(float u, float v, double seconds)
{
    (void)seconds;
    float x = u - 0.30f, y = v - 0.375f, r = sqrtf(x * x + y * y);
    if (r < 0.22f)
        return tone(r < 0.004f || sinf(36 * atan2f(y, x)) > 0 ? white : black);
    if (within(u, v, 0.58f, 0.05f, 0.95f, 0.42f))
        return zone_plate(u - 0.765f, v - 0.235f, 0.185f);
    if (within(u, v, 0.58f, 0.46f, 0.95f, 0.54f))
        return bars(u - 0.58f, 0.37f);
    if (within(u, v, 0.58f, 0.57f, 0.74f, 0.72f)) /* edges at 5 degrees: 0.08749 = tan */
        return tone(u - 0.66f > 0.08749f * (v - 0.645f) ? black : white);
    if (within(u, v, 0.79f, 0.57f, 0.95f, 0.72f))
        return tone(v - 0.645f > 0.08749f * (u - 0.87f) ? black : white);
    return tone(0.45f);
}

/* ---- colors ---- */

enum { COLUMNS = 6, ROWS = 4 };
static const float cell = 1.0f / 6.2f, margin = 0.1f / 6.2f, top = 0.05f;

static float linear(uint8_t code)
{
    float c = (float)code / 255;
    return c <= 0.04045f ? c / 12.92f : powf((c + 0.055f) / 1.055f, 2.4f);
}

void chart_patch(uint32_t patch, uint8_t rgb[3], float *u, float *v)
{
    for (uint32_t i = 0; i < 3; i++)
        rgb[i] = (uint8_t)(scene_color_patches[patch] >> (16 - 8 * i));
    *u = margin + ((float)(patch % COLUMNS) + 0.5f) * cell;
    *v = top + ((float)(patch / COLUMNS) + 0.5f) * cell;
}

chart_rgb_t chart_colors(float u, float v, double seconds)
{
    (void)seconds;
    float x = (u - margin) / cell, y = (v - top) / cell, fx = x - floorf(x), fy = y - floorf(y);
    bool patch = x >= 0 && x < COLUMNS && y >= 0 && y < ROWS && fx > 0.06f && fx < 0.94f &&
                 fy > 0.06f && fy < 0.94f;
    if (!patch)
        return tone(0.03f);
    uint32_t code = scene_color_patches[(uint32_t)y * COLUMNS + (uint32_t)x];
    return (chart_rgb_t){linear((uint8_t)(code >> 16)), linear((uint8_t)(code >> 8)),
                         linear((uint8_t)code)};
}

/* ---- motion, light ---- */

chart_rgb_t chart_bar(float u, float v, double seconds)
{
    double turns = seconds * 10;
    float angle = (float)((turns - floor(turns)) * 2 * 3.14159265358979);
    float x = u - 0.5f, y = v - 0.375f;
    float along = x * cosf(angle) + y * sinf(angle), across = y * cosf(angle) - x * sinf(angle);
    if (fabsf(along) < 0.34f && fabsf(across) < 0.015f)
        return along > 0 ? (chart_rgb_t){0.75f, 0.1f, 0.08f} : (chart_rgb_t){0.08f, 0.15f, 0.7f};
    bool line = fmodf(u + 1, 0.05f) < 0.0015f || fmodf(v + 1, 0.05f) < 0.0015f;
    return tone(line ? 0.25f : 0.6f);
}

chart_rgb_t chart_gray(float u, float v, double seconds)
{
    (void)u, (void)v, (void)seconds;
    return tone(0.5f);
}
