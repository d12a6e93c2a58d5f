/*
 * paint.c - parts, shadows and bars onto one row, with soft edges.
 *
 * A row looks at four lines inside it. An edge is a ramp from where the first line leaves the shape
 * to where the last one does, plus a sample, plus the way the edge moves during the exposure.
 */
#include "scenes/paint_int.h"

#define SUB_ROWS 4

/* ---- noise ---- */

static void noise_octave(float *sum, uint64_t seed, uint32_t cell, float amplitude)
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
            sum[y * SCENE_NOISE_SIZE + x] += scene_lerp(a, b, ty);
        }
    }
}

void scene_noise_init(scene_noise_t *noise, uint64_t seed)
{
    static const float amplitude[] = {0.08f, 0.10f, 0.14f, 0.20f, 0.24f, 0.24f}; /* sum 1 */
    float sum[SCENE_NOISE_SIZE * SCENE_NOISE_SIZE] = {0};
    for (uint32_t k = 0; k < SIM_COUNT(amplitude); k++)
        noise_octave(sum, seed, 1u << k, amplitude[k]);
    for (uint32_t i = 0; i < SIM_COUNT(noise->tile); i++)
        noise->tile[i] = (int8_t)(sum[i] * 127.0f);
}

float scene_noise_at(const scene_noise_t *noise, float u, float v)
{
    const uint32_t mask = SCENE_NOISE_SIZE - 1;
    float x = u * SCENE_NOISE_SIZE, y = v * SCENE_NOISE_SIZE;
    float fx = scene_floor(x), fy = scene_floor(y);
    uint32_t x0 = (uint32_t)(int32_t)fx & mask, y0 = (uint32_t)(int32_t)fy & mask;
    uint32_t x1 = (x0 + 1) & mask, y1 = (y0 + 1) & mask;
    const int8_t *a = noise->tile + y0 * SCENE_NOISE_SIZE, *b = noise->tile + y1 * SCENE_NOISE_SIZE;
    float top = scene_lerp((float)a[x0], (float)a[x1], x - fx);
    float bottom = scene_lerp((float)b[x0], (float)b[x1], x - fx);
    return scene_lerp(top, bottom, y - fy) * (1.0f / 127.0f);
}

/* ---- the hull of two discs ---- */

void scene_hull_init(scene_hull_t *hull, const scene_part_t *part)
{
    float wide = 1.0f + part->stretch, x0 = part->x0, x1 = part->x1;
    if (wide != 1.0f) {
        x0 /= wide;
        x1 /= wide;
    }
    float dx = x1 - x0, dy = part->y1 - part->y0, dr = part->r0 - part->r1;
    float way2 = dx * dx + dy * dy;
    *hull = (scene_hull_t){.part = part, .wide = wide, .x0 = x0, .x1 = x1, .ay = 1.0f};
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
        hull->t0x[k] = x0 + part->r0 * nx;
        hull->t0y[k] = part->y0 + part->r0 * ny;
        hull->t1x[k] = x1 + part->r1 * nx;
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
        disc_span(hull->x0, p->y0, p->r0, y, left, right);
    if (!hull->disc || p->r0 < p->r1)
        disc_span(hull->x1, p->y1, p->r1, y, left, right);
    for (int k = 0; k < 2 && !hull->disc; k++) {
        float ya = hull->t0y[k], yb = hull->t1y[k];
        if ((y < ya) == (y < yb))
            continue;
        float x = hull->t0x[k] + (hull->t1x[k] - hull->t0x[k]) * ((y - ya) / (yb - ya));
        *left = scene_min(*left, x);
        *right = scene_max(*right, x);
    }
    if (hull->wide != 1.0f) {
        *left *= hull->wide;
        *right *= hull->wide;
    }
    return *left < *right;
}

/* ---- coverage ---- */

/* left[0], right[0] are the least, [1] the most of the lines' ends; ramp: what a still and upright
 * edge has. */
static scene_span_t close_span(const scene_row_t *row, const float left[2], const float right[2],
                               float ramp, float share)
{
    float ramp_left = ramp + left[1] - left[0], ramp_right = ramp + right[1] - right[0];
    scene_span_t s = {.left = {0.5f * (left[0] + left[1]), 1.0f / ramp_left},
                      .right = {0.5f * (right[0] + right[1]), 1.0f / ramp_right},
                      .share = share};
    s.first = bound(row, s.left.at - 0.5f * ramp_left + 1.0f);
    s.last = bound(row, s.right.at + 0.5f * ramp_right + 1.0f);
    s.inner = bound(row, s.left.at + 0.5f * ramp_left + 1.0f);
    s.outer = bound(row, s.right.at - 0.5f * ramp_right);
    if (s.inner >= s.outer)
        s.inner = s.outer = s.last;
    return s;
}

/* share is 0 when the row misses the hull. */
static scene_span_t hull_row(const scene_row_t *row, const scene_stand_t *stand,
                             const scene_hull_t *hull, float y, float half)
{
    float left[2] = {1e9f, -1e9f}, right[2] = {1e9f, -1e9f};
    float scale = stand->mirror * stand->px_per_m_x;
    uint32_t lines = 0;
    for (int k = 0; k < SUB_ROWS; k++) {
        float from, to, at = y + half * ((float)(2 * k + 1) / SUB_ROWS - 1.0f);
        if (!scene_hull_span(hull, at, &from, &to))
            continue;
        float a = to_sample(row, stand->x_px + scale * from);
        float b = to_sample(row, stand->x_px + scale * to);
        float low = scene_min(a, b), high = scene_max(a, b);
        left[0] = scene_min(left[0], low);
        left[1] = scene_max(left[1], low);
        right[0] = scene_min(right[0], high);
        right[1] = scene_max(right[1], high);
        lines++;
    }
    if (lines == 0)
        return (scene_span_t){.share = 0};
    float ramp = 1.0f + stand->blur_px / row->x_step_px;
    return close_span(row, left, right, ramp, (float)lines * (1.0f / SUB_ROWS));
}

static void cover_edge(const scene_span_t *s, float *restrict cover, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++) {
        float x = (float)(int32_t)i;
        float a = scene_clamp((x - s->left.at) * s->left.inv_ramp + 0.5f, 0.0f, 1.0f);
        float b = scene_clamp((x - s->right.at) * s->right.inv_ramp + 0.5f, 0.0f, 1.0f);
        cover[i] = s->share * (a - b);
    }
}

static void cover_fill(const scene_span_t *s, float *restrict cover)
{
    cover_edge(s, cover, s->first, s->inner);
    for (uint32_t i = s->inner; i < s->outer; i++)
        cover[i] = s->share;
    cover_edge(s, cover, s->outer, s->last);
}

void scene_paint_hide(const scene_row_t *row, const scene_span_t *s, float z_m, float none,
                      float *value)
{
    if (row->solid_m == NULL)
        return;
    for (uint32_t i = s->first; i < s->last; i++)
        value[i] = row->solid_m[i] < z_m ? none : value[i];
}

void scene_paint_close_up(const scene_row_t *row, scene_span_t *s, float *const values[],
                          uint32_t count)
{
    if (row->gap.even + row->gap.odd == 0)
        return;
    s->first = sim_gap_samples(row->gap, s->first);
    s->last = sim_gap_samples(row->gap, s->last);
    for (uint32_t k = 0; k < count; k++)
        for (uint32_t i = s->first; i < s->last; i++)
            values[k][i] = values[k][sim_gap_step(row->gap, i)];
}

/* ---- cloth ---- */

static scene_weave_t find_weave(const scene_row_t *row, const scene_stand_t *stand,
                                const scene_hull_t *hull, float y)
{
    float per_px = 1.0f / (stand->mirror * stand->px_per_m_x * hull->wide);
    float x = (row->x0_px - stand->x_px) * per_px - hull->x0, dx = row->x_step_px * per_px;
    float dy = y - hull->part->y0;
    return (scene_weave_t){.u = dy * hull->ax - x * hull->ay,
                           .du = -dx * hull->ay,
                           .v = x * hull->ax + dy * hull->ay,
                           .dv = dx * hull->ax};
}

/*
 * Roundness: rims darker, the side the body walks toward a little lighter. The radius is the one at
 * the middle of the row's span: constant along a row, it needs no division and no clamp a sample,
 * and an end shades like the limb it belongs to, so knees and elbows leave no seam.
 */
static void tone_fill(const scene_hull_t *hull, const scene_weave_t *w, const scene_span_t *s,
                      float *restrict tone)
{
    const scene_part_t *p = hull->part;
    float middle = 0.5f * (s->left.at + s->right.at);
    float share = scene_clamp((w->v + middle * w->dv) * hull->inv_length, 0.0f, 1.0f);
    float r = hull->disc ? scene_max(p->r0, p->r1) : scene_lerp(p->r0, p->r1, share);
    float u = w->u / r, du = w->du / r, shade = p->shade;
    float lit = -0.07f * hull->ay * p->round, rim = -0.40f * p->round;
    for (uint32_t i = s->first; i < s->last; i++) {
        float at = u + (float)(int32_t)i * du;
        tone[i] = shade * scene_max(1.0f + at * (lit + rim * at), 0.3f);
    }
}

/* Texture that a sample cannot resolve fades to its mean. */
static float sharpness(float sample_m, float repeats_per_m)
{
    return scene_clamp(2.0f - 4.0f * sample_m * repeats_per_m, 0.0f, 1.0f);
}

/* A texture coordinate in units of its table, 16 binary places; wraps around as the tables do. */
static uint32_t to_fixed(float place)
{
    return (uint32_t)(int64_t)(place * 65536.0f);
}

static void mix_noise(const scene_cloth_map_t *cloth, const scene_noise_t *noise,
                      const scene_weave_t *w, float sample_m, uint32_t from, uint32_t to,
                      float *restrict mix)
{
    const uint32_t mask = SCENE_NOISE_SIZE - 1;
    float scale = cloth->noise_per_m * SCENE_NOISE_SIZE, start = (float)(int32_t)from;
    float amplitude = cloth->noise * sharpness(sample_m, 8.0f * cloth->noise_per_m) / 127.0f;
    uint32_t u = to_fixed((w->u + start * w->du) * scale), du = to_fixed(w->du * scale);
    uint32_t v = to_fixed((w->v + start * w->dv + cloth->offset) * scale);
    uint32_t dv = to_fixed(w->dv * scale);
    for (uint32_t i = from; i < to; i++, u += du, v += dv) {
        uint32_t at = (v >> 16 & mask) * SCENE_NOISE_SIZE + (u >> 16 & mask);
        mix[i] = cloth->mean + amplitude * (float)noise->tile[at];
    }
}

static void mix_pattern(const scene_cloth_map_t *cloth, const scene_weave_t *w, float sample_m,
                        uint32_t from, uint32_t to, float *restrict mix)
{
    const uint32_t mask = SCENE_PATTERN - 1;
    float scale = cloth->repeats_per_m * SCENE_PATTERN, start = (float)(int32_t)from;
    float keep = sharpness(sample_m, cloth->repeats_per_m), mean = cloth->mean;
    uint32_t u = to_fixed((w->u + start * w->du) * scale), du = to_fixed(w->du * scale);
    uint32_t v = to_fixed((w->v + start * w->dv) * scale), dv = to_fixed(w->dv * scale);
    for (uint32_t i = from; i < to; i++, u += du, v += dv)
        mix[i] += keep * (cloth->across[u >> 16 & mask] + cloth->along[v >> 16 & mask] - mean);
}

static void mix_clamp(uint32_t from, uint32_t to, float *mix)
{
    for (uint32_t i = from; i < to; i++)
        mix[i] = scene_clamp(mix[i], 0.0f, 1.0f);
}

bool scene_paint_mix(const scene_row_t *row, const scene_cloth_map_t *cloth, const scene_weave_t *w,
                     float sample_m, const scene_span_t *s)
{
    if (cloth->noise == 0.0f && cloth->repeats_per_m == 0.0f)
        return false;
    mix_noise(cloth, row->noise, w, sample_m, s->first, s->last, row->mix);
    if (cloth->repeats_per_m != 0.0f)
        mix_pattern(cloth, w, sample_m, s->first, s->last, row->mix);
    mix_clamp(s->first, s->last, row->mix);
    return true;
}

static void blend_cloth(float *restrict plane, const float *restrict cover,
                        const float *restrict tone, const float *restrict mix, float color0,
                        float color1, float air, uint32_t from, uint32_t to)
{
    float slope = color1 - color0;
    for (uint32_t i = from; i < to; i++) {
        float color = (color0 + slope * mix[i]) * tone[i] + air;
        plane[i] += cover[i] * (color - plane[i]);
    }
}

static void blend_plain(float *restrict plane, const float *restrict cover,
                        const float *restrict tone, float color, float air, uint32_t from,
                        uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        plane[i] += cover[i] * (color * tone[i] + air - plane[i]);
}

static void dye(const scene_row_t *row, const scene_cloth_map_t *cloth, const scene_stand_t *stand,
                const scene_span_t *s, bool plain)
{
    const scene_rgb_t light = stand->light;
    const float air[3] = {stand->air.r, stand->air.g, stand->air.b};
    const scene_rgb_t *a = &cloth->color[0], *b = &cloth->color[1];
    const float from[3] = {a->r * light.r, a->g * light.g, a->b * light.b};
    const float to[3] = {b->r * light.r, b->g * light.g, b->b * light.b};
    for (int c = 0; c < 3; c++) {
        if (row->plane[c] == NULL)
            continue;
        if (plain)
            blend_plain(row->plane[c], row->cover, row->tone,
                        scene_lerp(from[c], to[c], cloth->mean), air[c], s->first, s->last);
        else
            blend_cloth(row->plane[c], row->cover, row->tone, row->mix, from[c], to[c], air[c],
                        s->first, s->last);
    }
}

void scene_paint_part(const scene_row_t *row, const scene_stand_t *stand, const scene_part_t *part)
{
    float y = (stand->y_px - row->y_px) / stand->px_per_m_y;
    float half = 0.5f * row->y_step_px / stand->px_per_m_y;
    if (y - half > scene_max(part->y0 + part->r0, part->y1 + part->r1) ||
        y + half < scene_min(part->y0 - part->r0, part->y1 - part->r1))
        return;
    scene_hull_t hull;
    scene_hull_init(&hull, part);
    scene_span_t s = hull_row(row, stand, &hull, y, half);
    if (s.share == 0.0f || s.first >= s.last)
        return;
    const scene_cloth_map_t *cloth = part->cloth;
    cover_fill(&s, row->cover);
    scene_paint_hide(row, &s, stand->z_m, 0.0f, row->cover);
    scene_weave_t w = find_weave(row, stand, &hull, y);
    tone_fill(&hull, &w, &s, row->tone);
    bool plain = !scene_paint_mix(row, cloth, &w, row->x_step_px / stand->px_per_m_x, &s);
    scene_paint_close_up(row, &s, (float *const[]){row->cover, row->tone, row->mix}, plain ? 2 : 3);
    dye(row, cloth, stand, &s, plain);
}

/* ---- shadows and boxes ---- */

void scene_paint_shadow(const scene_row_t *row, float x_px, float y_px, float a_px, float b_px,
                        float depth, float z_m)
{
    float dy = (row->y_px - y_px) / b_px, rest = 1.0f - dy * dy;
    if (rest <= 0.0f)
        return;
    float reach = a_px * sqrtf(rest), k = row->x_step_px / a_px, x = (row->x0_px - x_px) / a_px;
    scene_span_t s = {.first = bound(row, to_sample(row, x_px - reach) + 1.0f),
                      .last = bound(row, to_sample(row, x_px + reach) + 1.0f)};
    for (uint32_t i = s.first; i < s.last; i++) {
        float dx = x + (float)(int32_t)i * k;
        float q = scene_max(rest - dx * dx, 0.0f);
        row->tone[i] = 1.0f - depth * q * q;
    }
    scene_paint_hide(row, &s, z_m, 1.0f, row->tone);
    scene_paint_close_up(row, &s, &row->tone, 1);
    for (int c = 0; c < 3; c++) {
        float *restrict plane = row->plane[c];
        for (uint32_t i = s.first; plane != NULL && i < s.last; i++)
            plane[i] *= row->tone[i];
    }
}

void scene_paint_box(const scene_row_t *row, const scene_box_px_t *box, scene_rgb_t color,
                     float round)
{
    float half = 0.5f * row->y_step_px;
    float top = scene_max(box->top, row->y_px - half);
    float bottom = scene_min(box->bottom, row->y_px + half);
    if (bottom <= top || box->right <= box->left)
        return;
    float left[2] = {to_sample(row, box->left), to_sample(row, box->left)};
    float right[2] = {to_sample(row, box->right), to_sample(row, box->right)};
    scene_span_t s = close_span(row, left, right, 1.0f, (bottom - top) / row->y_step_px);
    cover_fill(&s, row->cover);
    float middle = 0.5f * (left[0] + right[0]), per = 2.0f / (right[0] - left[0]);
    for (uint32_t i = s.first; i < s.last; i++) {
        float d = ((float)(int32_t)i - middle) * per;
        row->tone[i] = scene_max(1.0f - round * (0.45f * d * d - 0.12f * d), 0.3f);
    }
    scene_paint_close_up(row, &s, (float *const[]){row->cover, row->tone}, 2);
    const float c[3] = {color.r, color.g, color.b};
    for (int k = 0; k < 3; k++)
        if (row->plane[k] != NULL)
            blend_plain(row->plane[k], row->cover, row->tone, c[k], 0.0f, s.first, s.last);
}

void scene_paint_streak(const scene_row_t *row, float left_px, float right_px, float share,
                        scene_rgb_t color, float z_m)
{
    float left[2] = {to_sample(row, left_px), to_sample(row, left_px)};
    float right[2] = {to_sample(row, right_px), to_sample(row, right_px)};
    scene_span_t s = close_span(row, left, right, 1.0f, share);
    if (s.first >= s.last)
        return;
    cover_fill(&s, row->cover);
    scene_paint_hide(row, &s, z_m, 0.0f, row->cover);
    for (uint32_t i = s.first; i < s.last; i++)
        row->tone[i] = 1.0f;
    scene_paint_close_up(row, &s, (float *const[]){row->cover, row->tone}, 2);
    const float c[3] = {color.r, color.g, color.b};
    for (int k = 0; k < 3; k++)
        if (row->plane[k] != NULL)
            blend_plain(row->plane[k], row->cover, row->tone, c[k], 0.0f, s.first, s.last);
}
