/*
 * paint.c - parts, shadows and bars onto one row, with soft edges.
 *
 * Coverage is the mean over four lines inside the row of a ramp at both ends of the line's span;
 * the ramp is as wide as a sample, or wider when the edge moves during the exposure.
 */
#include "scenes/scene_int.h"

#define SUB_ROWS 4

/* ---- noise ---- */

static void noise_octave(scene_noise_t *noise, uint64_t seed, uint32_t cell, float amplitude)
{
    sim_stream_t s = sim_stream(seed, SCENE_RNG_NOISE, cell);
    float grid[SCENE_NOISE_SIZE * SCENE_NOISE_SIZE];
    uint32_t n = SCENE_NOISE_SIZE / cell;
    for (uint32_t i = 0; i < n * n; i++)
        grid[i] = sim_stream_range(&s, -amplitude, amplitude);
    for (uint32_t y = 0; y < SCENE_NOISE_SIZE; y++) {
        for (uint32_t x = 0; x < SCENE_NOISE_SIZE; x++) {
            uint32_t gx = x / cell, gy = y / cell, hx = (gx + 1) % n, hy = (gy + 1) % n;
            float tx = scene_smooth((float)(x % cell) / (float)cell);
            float ty = scene_smooth((float)(y % cell) / (float)cell);
            float a = scene_lerp(grid[gy * n + gx], grid[gy * n + hx], tx);
            float b = scene_lerp(grid[hy * n + gx], grid[hy * n + hx], tx);
            noise->tile[y * SCENE_NOISE_SIZE + x] += scene_lerp(a, b, ty);
        }
    }
}

void scene_noise_init(scene_noise_t *noise, uint64_t seed)
{
    for (uint32_t i = 0; i < SIM_COUNT(noise->tile); i++)
        noise->tile[i] = 0.0f;
    static const float amplitude[] = {0.08f, 0.10f, 0.14f, 0.20f, 0.24f, 0.24f};
    for (uint32_t k = 0; k < SIM_COUNT(amplitude); k++)
        noise_octave(noise, seed, 1u << k, amplitude[k]);
}

float scene_noise_at(const scene_noise_t *noise, float u, float v)
{
    const uint32_t mask = SCENE_NOISE_SIZE - 1;
    float x = u * SCENE_NOISE_SIZE, y = v * SCENE_NOISE_SIZE;
    float fx = scene_floor(x), fy = scene_floor(y);
    uint32_t x0 = (uint32_t)(int32_t)fx & mask, y0 = (uint32_t)(int32_t)fy & mask;
    uint32_t x1 = (x0 + 1) & mask, y1 = (y0 + 1) & mask;
    const float *a = noise->tile + y0 * SCENE_NOISE_SIZE, *b = noise->tile + y1 * SCENE_NOISE_SIZE;
    return scene_lerp(scene_lerp(a[x0], a[x1], x - fx), scene_lerp(b[x0], b[x1], x - fx), y - fy);
}

/* ---- the hull of two discs ---- */

void scene_hull_init(scene_hull_t *hull, const scene_part_t *part)
{
    float dx = part->x1 - part->x0, dy = part->y1 - part->y0, dr = part->r0 - part->r1;
    float way2 = dx * dx + dy * dy;
    *hull = (scene_hull_t){.part = part, .ay = 1.0f};
    hull->disc = way2 <= dr * dr || way2 < 1e-10f;
    if (hull->disc)
        return;
    hull->length = sqrtf(way2);
    hull->inv_length = 1.0f / hull->length;
    hull->ax = dx * hull->inv_length;
    hull->ay = dy * hull->inv_length;
    float sine = dr * hull->inv_length, cosine = sqrtf(1.0f - sine * sine);
    for (int k = 0; k < 2; k++) {
        float side = k == 0 ? cosine : -cosine;
        float nx = hull->ax * sine - hull->ay * side, ny = hull->ay * sine + hull->ax * side;
        hull->t0x[k] = part->x0 + part->r0 * nx;
        hull->t0y[k] = part->y0 + part->r0 * ny;
        hull->t1x[k] = part->x1 + part->r1 * nx;
        hull->t1y[k] = part->y1 + part->r1 * ny;
    }
}

static void disc_span(float x, float y, float r, float at, float *left, float *right)
{
    float dy = at - y, h2 = r * r - dy * dy;
    if (h2 <= 0.0f)
        return;
    float h = sqrtf(h2);
    *left = scene_min(*left, x - h);
    *right = scene_max(*right, x + h);
}

bool scene_hull_span(const scene_hull_t *hull, float y, float *left, float *right)
{
    const scene_part_t *p = hull->part;
    *left = 1e9f;
    *right = -1e9f;
    if (y < p->cut)
        return false;
    if (!hull->disc || p->r0 >= p->r1)
        disc_span(p->x0, p->y0, p->r0, y, left, right);
    if (!hull->disc || p->r0 < p->r1)
        disc_span(p->x1, p->y1, p->r1, y, left, right);
    for (int k = 0; k < 2 && !hull->disc; k++) {
        float ya = hull->t0y[k], yb = hull->t1y[k];
        if ((y < ya) == (y < yb))
            continue;
        float x = hull->t0x[k] + (hull->t1x[k] - hull->t0x[k]) * ((y - ya) / (yb - ya));
        *left = scene_min(*left, x);
        *right = scene_max(*right, x);
    }
    return *left < *right;
}

/* ---- coverage ---- */

/* Spans of the lines inside one row, in units of samples. */
typedef struct {
    uint32_t lines;
    float left[SUB_ROWS], right[SUB_ROWS];
    float inv_ramp;
    uint32_t first, inner, outer, last; /* full coverage from inner to outer */
} spans_t;

static float to_sample(const scene_row_t *row, float px)
{
    return (px - row->x0_px) / row->x_step_px;
}

/* Clamped to the row, rounded down. */
static uint32_t bound(const scene_row_t *row, float sample)
{
    if (!(sample > 0.0f))
        return 0;
    return sample >= (float)row->width ? row->width : (uint32_t)sample;
}

static void spans_close(const scene_row_t *row, spans_t *s, float ramp)
{
    float least = 1e9f, most = -1e9f, inner = -1e9f, outer = 1e9f;
    for (uint32_t k = 0; k < s->lines; k++) {
        least = scene_min(least, s->left[k]);
        inner = scene_max(inner, s->left[k]);
        outer = scene_min(outer, s->right[k]);
        most = scene_max(most, s->right[k]);
    }
    float half = 0.5f * ramp;
    s->inv_ramp = 1.0f / ramp;
    s->first = s->lines > 0 ? bound(row, least - half + 1.0f) : 0;
    s->last = s->lines > 0 ? bound(row, most + half + 1.0f) : 0;
    s->inner = bound(row, inner + half + 1.0f);
    s->outer = bound(row, outer - half);
    if (s->inner >= s->outer)
        s->inner = s->outer = s->last;
}

static spans_t part_spans(const scene_row_t *row, const scene_stand_t *stand,
                          const scene_hull_t *hull, float y, float half)
{
    spans_t s = {.lines = 0};
    float scale = stand->mirror * stand->px_per_m_x;
    for (int k = 0; k < SUB_ROWS; k++) {
        float left, right;
        float at = y + half * ((float)(2 * k + 1) / SUB_ROWS - 1.0f);
        if (!scene_hull_span(hull, at, &left, &right))
            continue;
        float a = to_sample(row, stand->x_px + scale * left);
        float b = to_sample(row, stand->x_px + scale * right);
        s.left[s.lines] = scene_min(a, b);
        s.right[s.lines++] = scene_max(a, b);
    }
    spans_close(row, &s, 1.0f + stand->blur_px / row->x_step_px);
    return s;
}

static void cover_edge(const spans_t *s, float *restrict cover, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        cover[i] = 0.0f;
    for (uint32_t k = 0; k < s->lines; k++) {
        float left = s->left[k], right = s->right[k], inv = s->inv_ramp;
        for (uint32_t i = from; i < to; i++) {
            float x = (float)(int32_t)i;
            float a = scene_clamp((x - left) * inv + 0.5f, 0.0f, 1.0f);
            float b = scene_clamp((x - right) * inv + 0.5f, 0.0f, 1.0f);
            cover[i] += (a - b) * (1.0f / SUB_ROWS);
        }
    }
}

static void cover_fill(const spans_t *s, float *restrict cover)
{
    cover_edge(s, cover, s->first, s->inner);
    float full = (float)s->lines * (1.0f / SUB_ROWS);
    for (uint32_t i = s->inner; i < s->outer; i++)
        cover[i] = full;
    cover_edge(s, cover, s->outer, s->last);
}

/* ---- cloth ---- */

/* Texture coordinates of sample i: u across, v along the part, meters. */
typedef struct {
    float u, du, v, dv;
} weave_t;

static weave_t find_weave(const scene_row_t *row, const scene_stand_t *stand,
                          const scene_hull_t *hull, float y)
{
    const scene_part_t *p = hull->part;
    float per_px = 1.0f / (stand->mirror * stand->px_per_m_x);
    float x = (row->x0_px - stand->x_px) * per_px - p->x0, dx = row->x_step_px * per_px;
    float dy = y - p->y0;
    return (weave_t){.u = dy * hull->ax - x * hull->ay,
                     .du = -dx * hull->ay,
                     .v = x * hull->ax + dy * hull->ay,
                     .dv = dx * hull->ax};
}

/* Roundness: rims darker, the side toward the lamps (above, a little in front) lighter. */
static void tone_fill(const scene_hull_t *hull, const weave_t *w, uint32_t from, uint32_t to,
                      float *restrict tone)
{
    const scene_part_t *p = hull->part;
    float lit = 0.16f * p->round * (hull->ax * 0.9f - hull->ay * 0.3f);
    float rim = -0.42f * p->round, shade = p->shade, r0 = p->r0, dr = p->r1 - p->r0;
    float per_r0 = hull->disc ? 0.0f : hull->inv_length;
    if (hull->disc && p->r1 > p->r0)
        r0 = p->r1;
    for (uint32_t i = from; i < to; i++) {
        float x = (float)(int32_t)i;
        float t = scene_clamp((w->v + x * w->dv) * per_r0, 0.0f, 1.0f);
        float s = scene_clamp((w->u + x * w->du) / (r0 + dr * t), -1.0f, 1.0f);
        tone[i] = shade * (1.0f + s * (lit + rim * s));
    }
}

/* Texture that a sample cannot resolve fades to its mean. */
static float sharpness(float sample_m, float repeats_per_m)
{
    return scene_clamp(2.0f - 4.0f * sample_m * repeats_per_m, 0.0f, 1.0f);
}

static void mix_fill(const scene_cloth_map_t *cloth, const scene_noise_t *noise, const weave_t *w,
                     float sample_m, uint32_t from, uint32_t to, float *restrict mix)
{
    const uint32_t mask = SCENE_PATTERN - 1, noise_mask = SCENE_NOISE_SIZE - 1;
    const float far = 64.0f; /* keeps the coordinates positive */
    float scale = cloth->repeats_per_m * SCENE_PATTERN;
    float noise_scale = cloth->noise_per_m * SCENE_NOISE_SIZE;
    float keep = sharpness(sample_m, cloth->repeats_per_m), mean = cloth->mean;
    float amplitude = cloth->noise * sharpness(sample_m, 8.0f * cloth->noise_per_m);
    for (uint32_t i = from; i < to; i++) {
        float x = (float)(int32_t)i;
        float u = w->u + x * w->du + far, v = w->v + x * w->dv + far;
        uint32_t pu = (uint32_t)(int32_t)(u * scale) & mask;
        uint32_t pv = (uint32_t)(int32_t)(v * scale) & mask;
        uint32_t nu = (uint32_t)(int32_t)(u * noise_scale) & noise_mask;
        uint32_t nv = (uint32_t)(int32_t)((v + cloth->offset) * noise_scale) & noise_mask;
        float pattern = cloth->along[pv] + cloth->across[pu];
        float value = mean + keep * (pattern - mean);
        value += amplitude * noise->tile[nv * SCENE_NOISE_SIZE + nu];
        mix[i] = scene_clamp(value, 0.0f, 1.0f);
    }
}

static void blend(float *restrict plane, const float *restrict cover, const float *restrict tone,
                  const float *restrict mix, float color0, float color1, uint32_t from, uint32_t to)
{
    float slope = color1 - color0;
    for (uint32_t i = from; i < to; i++) {
        float color = (color0 + slope * mix[i]) * tone[i];
        plane[i] += cover[i] * (color - plane[i]);
    }
}

void scene_paint_part(const scene_row_t *row, const scene_stand_t *stand, const scene_part_t *part)
{
    float y = (stand->y_px - row->y_px) / stand->px_per_m_y;
    float half = 0.5f * row->x_step_px / stand->px_per_m_y; /* samples are square */
    if (y - half > scene_max(part->y0 + part->r0, part->y1 + part->r1) ||
        y + half < scene_min(part->y0 - part->r0, part->y1 - part->r1))
        return;
    scene_hull_t hull;
    scene_hull_init(&hull, part);
    spans_t s = part_spans(row, stand, &hull, y, half);
    if (s.first >= s.last)
        return;
    cover_fill(&s, row->cover);
    weave_t w = find_weave(row, stand, &hull, y);
    tone_fill(&hull, &w, s.first, s.last, row->tone);
    mix_fill(part->cloth, row->noise, &w, row->x_step_px / stand->px_per_m_x, s.first, s.last,
             row->mix);
    const scene_rgb_t *c0 = &part->cloth->color[0], *c1 = &part->cloth->color[1];
    const float from[3] = {c0->r * stand->light.r, c0->g * stand->light.g, c0->b * stand->light.b};
    const float to[3] = {c1->r * stand->light.r, c1->g * stand->light.g, c1->b * stand->light.b};
    for (int c = 0; c < 3; c++)
        if (row->plane[c] != NULL)
            blend(row->plane[c], row->cover, row->tone, row->mix, from[c], to[c], s.first, s.last);
}

/* ---- shadows and boxes ---- */

void scene_paint_shadow(const scene_row_t *row, float x_px, float y_px, float a_px, float b_px,
                        float depth)
{
    float dy = (row->y_px - y_px) / b_px, rest = 1.0f - dy * dy;
    if (rest <= 0.0f)
        return;
    float reach = a_px * sqrtf(rest), k = row->x_step_px / a_px, x = (row->x0_px - x_px) / a_px;
    uint32_t from = bound(row, to_sample(row, x_px - reach) + 1.0f);
    uint32_t to = bound(row, to_sample(row, x_px + reach) + 1.0f);
    for (int c = 0; c < 3; c++) {
        float *restrict plane = row->plane[c];
        for (uint32_t i = from; plane != NULL && i < to; i++) {
            float dx = x + (float)(int32_t)i * k;
            float q = scene_max(rest - dx * dx, 0.0f);
            plane[i] *= 1.0f - depth * q * q;
        }
    }
}

void scene_paint_box(const scene_row_t *row, const scene_box_px_t *box, scene_rgb_t color,
                     float round)
{
    float half = 0.5f * row->x_step_px;
    float top = scene_max(box->top, row->y_px - half);
    float bottom = scene_min(box->bottom, row->y_px + half);
    if (bottom <= top || box->right <= box->left)
        return;
    float share = (bottom - top) / row->x_step_px;
    spans_t s = {.lines = 1};
    s.left[0] = to_sample(row, box->left);
    s.right[0] = to_sample(row, box->right);
    spans_close(row, &s, 1.0f);
    cover_edge(&s, row->cover, s.first, s.last);
    float middle = 0.5f * (s.left[0] + s.right[0]), per = 2.0f / (s.right[0] - s.left[0]);
    for (uint32_t i = s.first; i < s.last; i++) {
        float d = scene_clamp(((float)(int32_t)i - middle) * per, -1.0f, 1.0f);
        row->tone[i] = 1.0f - round * (0.45f * d * d - 0.12f * d);
        row->mix[i] = 0.0f;
        row->cover[i] *= share * SUB_ROWS;
    }
    const float c[3] = {color.r, color.g, color.b};
    for (int k = 0; k < 3; k++)
        if (row->plane[k] != NULL)
            blend(row->plane[k], row->cover, row->tone, row->mix, c[k], c[k], s.first, s.last);
}
