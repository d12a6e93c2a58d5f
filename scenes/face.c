/*
 * face.c - solid bodies: flat faces in space, projected for each row at the row's own time.
 *
 * Faces are seen as the level camera sees them (camera.c), as all else on a row. The share of a
 * sample that a face covers is exact: along an edge, which is straight, the share of a line that
 * is beyond the edge is a ramp, and its mean over the lines that the edge crosses is a difference
 * of two parabolas. Sides of one convex block do not overlap in the picture, so each adds its share
 * to what was there before the block: no background shines through where two sides meet.
 * Blocks are painted far to near: of two blocks a side of one has the other all before it, and who
 * sees that side from the front sees the other block nearer.
 */
#include "scenes/paint_int.h"
#include "scenes/world_int.h"

#define NARROW (1.0f / 256) /* an edge that crosses fewer samples is taken as upright */
#define PIECE 8             /* samples along which texture runs evenly */
#define APART_M 1e-3f       /* blocks may cut each other by this */

/* Seen from the eye a ball z away from the plane is a smaller or larger disc in it. */
static void flatten(const scene_eye_t *eye, float mirror, float *x, float *y, float *z, float *r)
{
    const float nearest = (float)SCENE_NEAREST_M;
    float scale = scene_max(-eye->at.z, nearest) / scene_max(*z - eye->at.z, nearest);
    *x = mirror * (eye->at.x + (mirror * *x - eye->at.x) * scale);
    *y = eye->at.y + (*y - eye->at.y) * scale;
    *r *= scale;
    *z = 0.0f;
}

void scene_body_flatten(scene_body_t *body, const scene_eye_t *eye, float mirror)
{
    for (uint32_t i = 0; i < body->count; i++) {
        scene_part_t *p = &body->part[i];
        float z = 0.5f * (p->z0 + p->z1), x = 0.0f, r = 0.0f;
        if (z != 0.0f)
            flatten(eye, mirror, &x, &p->cut, &z, &r);
        if (p->z0 != 0.0f)
            flatten(eye, mirror, &p->x0, &p->y0, &p->z0, &p->r0);
        if (p->z1 != 0.0f)
            flatten(eye, mirror, &p->x1, &p->y1, &p->z1, &p->r1);
    }
}

/* ---- points and planes ---- */

static scene_point_t minus(scene_point_t a, scene_point_t b)
{
    return (scene_point_t){a.x - b.x, a.y - b.y, a.z - b.z};
}

static float dot(scene_point_t a, scene_point_t b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

static scene_point_t unit(scene_point_t a)
{
    float length = sqrtf(scene_max(dot(a, a), 1e-20f));
    return (scene_point_t){a.x / length, a.y / length, a.z / length};
}

static scene_point_t cross(scene_point_t a, scene_point_t b)
{
    return (scene_point_t){a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}

/* Outward: x, y, z are left-handed. */
static scene_point_t normal_of(const scene_face_t *face)
{
    return unit(cross(minus(face->at[2], face->at[0]), minus(face->at[1], face->at[0])));
}

/* ---- the picture of a face ---- */

scene_eye_t scene_eye(const scene_camera_t *camera, const scene_place_t *place)
{
    return (scene_eye_t){.at = {-(float)place->x_m, (float)camera->height_m, -(float)place->z_m},
                         .focal = (float)camera->focal_px,
                         .center = (float)camera->center_px,
                         .horizon = (float)camera->horizon_px};
}

static void add_corner(const scene_eye_t *eye, scene_point_t p, scene_sight_t *out)
{
    float scale = eye->focal / p.z, x = eye->center + scale * p.x, y = eye->horizon - scale * p.y;
    out->x[out->count] = x;
    out->y[out->count++] = y;
    out->left = scene_min(out->left, x);
    out->right = scene_max(out->right, x);
    out->top = scene_min(out->top, y);
    out->bottom = scene_max(out->bottom, y);
}

/* Where the line from a to b passes the nearest distance. */
static scene_point_t at_nearest(scene_point_t a, scene_point_t b)
{
    const float nearest = (float)SCENE_NEAREST_M;
    float t = (nearest - a.z) / (b.z - a.z);
    return (scene_point_t){a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t, nearest};
}

/* Twice the area, positive when the corners run counterclockwise as seen. */
static float turn_of(const scene_sight_t *o)
{
    float sum = 0.0f;
    for (uint32_t i = 2; i < o->count; i++)
        sum += (o->x[i] - o->x[0]) * (o->y[i - 1] - o->y[0]) -
               (o->x[i - 1] - o->x[0]) * (o->y[i] - o->y[0]);
    return sum;
}

bool scene_face_sight(const scene_eye_t *eye, const scene_face_t *face, scene_sight_t *out)
{
    const float nearest = (float)SCENE_NEAREST_M;
    out->count = 0;
    out->left = out->top = 1e30f;
    out->right = out->bottom = -1e30f;
    scene_point_t a = minus(face->at[face->corners - 1], eye->at);
    for (uint32_t i = 0; i < face->corners; i++) {
        scene_point_t b = minus(face->at[i], eye->at);
        if ((a.z < nearest) != (b.z < nearest))
            add_corner(eye, at_nearest(a, b), out);
        if (b.z >= nearest)
            add_corner(eye, b, out);
        a = b;
    }
    float turn = turn_of(out);
    out->turn = turn < 0.0f ? -1.0f : 1.0f;
    return face->kind == SCENE_SHEET ? turn != 0.0f : turn > 0.0f;
}

bool scene_sight_span(const scene_sight_t *o, float y, float *left, float *right)
{
    *left = 1e30f;
    *right = -1e30f;
    for (uint32_t i = 0, k = o->count - 1; i < o->count; k = i++) {
        if ((y < o->y[k]) == (y < o->y[i]))
            continue;
        float x = o->x[k] + (o->x[i] - o->x[k]) * ((y - o->y[k]) / (o->y[i] - o->y[k]));
        *left = scene_min(*left, x);
        *right = scene_max(*right, x);
    }
    return *left < *right;
}

/* ---- coverage of a row ---- */

/* An edge between the lines of a row: where it enters and leaves, in samples, and the share of the
 * lines that it crosses; negative: the face is to its left. */
typedef struct {
    float from, to, share;
} crossing_t;

static float edge_at(const scene_sight_t *o, uint32_t a, uint32_t b, float y)
{
    return o->x[a] + (o->x[b] - o->x[a]) * ((y - o->y[a]) / (o->y[b] - o->y[a]));
}

static uint32_t find_crossings(const scene_row_t *row, const scene_sight_t *o,
                               crossing_t out[SCENE_MAX_CORNERS + 1])
{
    float half = 0.5f * row->y_step_px, low = row->y_px - half, high = row->y_px + half;
    uint32_t count = 0;
    for (uint32_t b = 0, a = o->count - 1; b < o->count; a = b++) {
        float ya = scene_clamp(o->y[a], low, high), yb = scene_clamp(o->y[b], low, high);
        if (ya == yb)
            continue;
        float xa = ya == o->y[a] ? o->x[a] : edge_at(o, a, b, ya);
        float xb = yb == o->y[b] ? o->x[b] : edge_at(o, a, b, yb);
        out[count++] = (crossing_t){to_sample(row, xa), to_sample(row, xb),
                                    o->turn * (yb - ya) / row->y_step_px};
    }
    return count;
}

/* Integral of a ramp that rises from 0 at u = 0 to 1 at u = 1. */
static float ramp_sum(float u)
{
    float c = scene_clamp(u, 0.0f, 1.0f);
    return c * (u - 0.5f * c);
}

/* Adds what is to the right of an edge. */
static void add_edge(const scene_row_t *row, const crossing_t *e, const scene_span_t *s, float ramp,
                     float *restrict cover)
{
    float inv = 1.0f / ramp, width = (e->to - e->from) * inv, share = e->share;
    uint32_t from = bound(row, scene_min(e->from, e->to) - 0.5f * ramp);
    uint32_t to = bound(row, scene_max(e->from, e->to) + 0.5f * ramp + 1.0f);
    if (width < NARROW && width > -NARROW) {
        float middle = 0.5f * (e->from + e->to);
        for (uint32_t i = from; i < to; i++)
            cover[i] += share * scene_clamp(((float)(int32_t)i - middle) * inv + 0.5f, 0.0f, 1.0f);
    } else {
        float per = share / width;
        for (uint32_t i = from; i < to; i++) {
            float x = (float)(int32_t)i;
            float a = ramp_sum((x - e->from) * inv + 0.5f), b = ramp_sum((x - e->to) * inv + 0.5f);
            cover[i] += per * (a - b);
        }
    }
    for (uint32_t i = to; i < s->last; i++)
        cover[i] += share;
}

/* Fills cover of the span that it returns; an empty one: the row misses the face. */
static scene_span_t cover_outline(const scene_row_t *row, const scene_sight_t *o, float blur_px)
{
    crossing_t edge[SCENE_MAX_CORNERS + 1];
    uint32_t count = find_crossings(row, o, edge);
    float ramp = 1.0f + blur_px / row->x_step_px, left = 1e30f, right = -1e30f;
    for (uint32_t i = 0; i < count; i++) {
        left = scene_min(left, scene_min(edge[i].from, edge[i].to));
        right = scene_max(right, scene_max(edge[i].from, edge[i].to));
    }
    scene_span_t s = {.first = bound(row, left - 0.5f * ramp),
                      .last = bound(row, right + 0.5f * ramp + 1.0f)};
    for (uint32_t i = s.first; i < s.last; i++)
        row->cover[i] = 0.0f;
    for (uint32_t i = 0; i < count && s.first < s.last; i++)
        add_edge(row, &edge[i], &s, ramp, row->cover);
    for (uint32_t i = s.first; i < s.last; i++)
        row->cover[i] = scene_clamp(row->cover[i], 0.0f, 1.0f);
    return s;
}

/* ---- color ---- */

/* What faces the camera is lit as a flat actor is; tops are lighter, what looks aside darker. */
static float light_on(scene_point_t normal)
{
    float top = normal.y > 0.0f ? 1.08f : 0.55f;
    return normal.x * normal.x * 0.86f + normal.z * normal.z + normal.y * normal.y * top;
}

typedef struct {
    const scene_row_t *row;
    const scene_stand_t *stand;
    const scene_eye_t *eye;
    const scene_body_t *body;
} brush_t;

/* Place of a step's middle on the face's plane, from corner 0. */
static scene_point_t on_plane(const brush_t *brush, const scene_face_t *face, scene_point_t normal,
                              uint32_t step)
{
    const scene_row_t *row = brush->row;
    const scene_eye_t *eye = brush->eye;
    float x_px = row->x0_px + (float)(int32_t)step * row->x_step_px;
    scene_point_t ray = {(x_px - eye->center) / eye->focal, (eye->horizon - row->y_px) / eye->focal,
                         1.0f};
    scene_point_t to = minus(face->at[0], eye->at);
    float speed = dot(normal, ray);
    float z = speed != 0.0f ? scene_clamp(dot(normal, to) / speed, 0.0f, 1e4f) : to.z;
    return minus((scene_point_t){ray.x * z, ray.y * z, ray.z * z}, to);
}

/* Texture: right at both ends of a span, even between them. */
static scene_weave_t find_weave(const brush_t *brush, const scene_face_t *face,
                                scene_point_t normal, const scene_span_t *s)
{
    scene_point_t u = unit(minus(face->at[1], face->at[0])), v = cross(u, normal);
    scene_point_t a = on_plane(brush, face, normal, s->first);
    scene_point_t b = on_plane(brush, face, normal, s->last);
    float per = 1.0f / (float)(s->last - s->first), first = (float)(int32_t)s->first;
    scene_weave_t w = {.du = (dot(b, u) - dot(a, u)) * per, .dv = (dot(b, v) - dot(a, v)) * per};
    w.u = dot(a, u) - first * w.du;
    w.v = dot(a, v) - first * w.dv;
    return w;
}

static void blend(float *restrict plane, const float *restrict keep, const float *restrict cover,
                  float color, const scene_span_t *s)
{
    for (uint32_t i = s->first; i < s->last; i++)
        plane[i] += cover[i] * (color - keep[i]);
}

static void blend_mixed(float *restrict plane, const float *restrict keep,
                        const float *restrict cover, const float *restrict mix, float color,
                        float slope, const scene_span_t *s)
{
    for (uint32_t i = s->first; i < s->last; i++)
        plane[i] += cover[i] * (color + slope * mix[i] - keep[i]);
}

static void dye(const brush_t *brush, const scene_face_t *face, float tone, bool mixed,
                const scene_span_t *s)
{
    const scene_row_t *row = brush->row;
    const scene_stand_t *stand = brush->stand;
    const scene_rgb_t *a = &face->cloth->color[0], *b = &face->cloth->color[1];
    const float from[3] = {a->r, a->g, a->b}, to[3] = {b->r, b->g, b->b};
    const float light[3] = {stand->light.r, stand->light.g, stand->light.b};
    const float air[3] = {stand->air.r, stand->air.g, stand->air.b};
    for (int c = 0; c < 3; c++) {
        float gain = light[c] * tone;
        if (row->plane[c] == NULL)
            continue;
        if (mixed)
            blend_mixed(row->plane[c], row->keep[c], row->cover, row->mix, from[c] * gain + air[c],
                        (to[c] - from[c]) * gain, s);
        else
            blend(row->plane[c], row->keep[c], row->cover,
                  scene_lerp(from[c], to[c], face->cloth->mean) * gain + air[c], s);
    }
}

/* What is there now between two columns becomes what the next faces are painted over. */
static void keep_planes(const scene_row_t *row, float left_px, float right_px, float blur_px)
{
    float margin = blur_px / row->x_step_px + 2.0f;
    uint32_t first = bound(row, to_sample(row, left_px) - margin);
    uint32_t last = bound(row, to_sample(row, right_px) + margin);
    first = sim_gap_samples(row->gap, first);
    last = sim_gap_samples(row->gap, last);
    for (int c = 0; c < 3; c++)
        for (uint32_t i = first; row->plane[c] != NULL && i < last; i++)
            row->keep[c][i] = row->plane[c][i];
}

static void paint_face(const brush_t *brush, const scene_face_t *face, const scene_sight_t *o)
{
    const scene_row_t *row = brush->row;
    if (face->kind != SCENE_SIDE)
        keep_planes(row, o->left, o->right, brush->stand->blur_px);
    scene_span_t s = cover_outline(row, o, brush->stand->blur_px);
    if (s.first >= s.last)
        return;
    scene_paint_hide(row, &s, brush->stand->z_m, 0.0f, row->cover);
    const scene_cloth_map_t *cloth = face->cloth;
    scene_point_t normal = normal_of(face);
    bool mixed = cloth->noise != 0.0f || cloth->repeats_per_m != 0.0f;
    for (uint32_t at = s.first; mixed && at < s.last; at += PIECE) {
        scene_span_t piece = {.first = at, .last = at + PIECE < s.last ? at + PIECE : s.last};
        scene_weave_t w = find_weave(brush, face, normal, &piece);
        scene_paint_mix(row, cloth, &w, sqrtf(w.du * w.du + w.dv * w.dv), &piece);
    }
    scene_paint_close_up(row, &s, (float *const[]){row->cover, row->mix}, mixed ? 2 : 1);
    dye(brush, face, face->shade * light_on(normal), mixed, &s);
}

static bool meets(const scene_row_t *row, const scene_sight_t *o)
{
    float half = 0.5f * row->y_step_px;
    return o->top < row->y_px + half && o->bottom > row->y_px - half;
}

/* What a row meets of a body. */
typedef struct {
    scene_sight_t sight[SCENE_MAX_FACES];
    bool seen[SCENE_MAX_FACES];
    scene_point_t normal[SCENE_MAX_FACES]; /* of sides and sheets of blocks that are met */
    uint32_t blocks;
    const scene_block_t *block[SCENE_MAX_BLOCKS];
} scan_t;

static void scan_block(const brush_t *brush, const scene_block_t *block, scan_t *scan)
{
    const scene_face_t *faces = brush->body->face;
    bool met = false;
    for (uint32_t i = block->first; i < block->first + block->count; i++) {
        scan->seen[i] = scene_face_sight(brush->eye, &faces[i], &scan->sight[i]) &&
                        meets(brush->row, &scan->sight[i]);
        met |= scan->seen[i];
    }
    if (!met)
        return;
    scan->block[scan->blocks++] = block;
    for (uint32_t i = block->first; i < block->first + block->count; i++)
        if (faces[i].kind != SCENE_DECAL)
            scan->normal[i] = normal_of(&faces[i]);
}

static void paint_block(const brush_t *brush, const scan_t *scan, const scene_block_t *block)
{
    float left = 1e30f, right = -1e30f;
    for (uint32_t i = block->first; i < block->first + block->count; i++) {
        if (scan->seen[i] && brush->body->face[i].kind == SCENE_SIDE) {
            left = scene_min(left, scan->sight[i].left);
            right = scene_max(right, scan->sight[i].right);
        }
    }
    if (left < right)
        keep_planes(brush->row, left, right, brush->stand->blur_px);
    for (uint32_t i = block->first; i < block->first + block->count; i++)
        if (scan->seen[i])
            paint_face(brush, &brush->body->face[i], &scan->sight[i]);
}

/* ---- far to near ---- */

/* +1 or -1: on which side of a face's plane all of a block is; 0: on both. */
static int side_of(const scene_body_t *body, const scene_face_t *face, scene_point_t normal,
                   const scene_block_t *block)
{
    float level = dot(normal, face->at[0]);
    bool before = true, behind = true;
    for (uint32_t i = 0; i < block->count && (before || behind); i++) {
        const scene_face_t *other = &body->face[block->first + i];
        for (uint32_t k = 0; k < other->corners && other->kind != SCENE_DECAL; k++) {
            float above = dot(normal, other->at[k]) - level;
            before &= above > -APART_M;
            behind &= above < APART_M;
        }
    }
    return before ? 1 : behind ? -1 : 0;
}

/* Does a side of block a tell that b may hide it (+1), or that it may hide b (-1)? */
static int compare(const brush_t *brush, const scan_t *scan, const scene_block_t *a,
                   const scene_block_t *b)
{
    const scene_body_t *body = brush->body;
    for (uint32_t i = a->first; i < a->first + a->count; i++) {
        const scene_face_t *face = &body->face[i];
        if (face->kind == SCENE_DECAL)
            continue;
        int side = side_of(body, face, scan->normal[i], b);
        if (side == 0 || (side < 0 && face->kind == SCENE_SIDE))
            continue;
        return dot(scan->normal[i], minus(brush->eye->at, face->at[0])) > 0.0f ? side : -side;
    }
    return 0;
}

/* Fills hides[i], a bit for each block that i may hide. */
static void find_hidden(const brush_t *brush, const scan_t *scan, uint32_t hides[SCENE_MAX_BLOCKS])
{
    for (uint32_t a = 0; a < scan->blocks; a++) {
        hides[a] = 0;
        for (uint32_t b = 0; b < a; b++) {
            int nearer = compare(brush, scan, scan->block[b], scan->block[a]);
            if (nearer == 0)
                nearer = -compare(brush, scan, scan->block[a], scan->block[b]);
            if (nearer < 0)
                hides[b] |= UINT32_C(1) << a;
            if (nearer > 0)
                hides[a] |= UINT32_C(1) << b;
        }
    }
}

/* Far to near: whatever hides none of those that are left; where blocks hide each other in a ring,
 * the list's order decides. */
static void paint_blocks(const brush_t *brush, const scan_t *scan)
{
    uint32_t hides[SCENE_MAX_BLOCKS], left = (UINT32_C(1) << scan->blocks) - 1;
    find_hidden(brush, scan, hides);
    while (left != 0) {
        uint32_t next = 0, first = 0;
        while ((left >> first & 1) == 0)
            first++;
        while (next < scan->blocks && ((left >> next & 1) == 0 || (hides[next] & left) != 0))
            next++;
        next = next < scan->blocks ? next : first;
        left &= ~(UINT32_C(1) << next);
        paint_block(brush, scan, scan->block[next]);
    }
}
_Static_assert(SCENE_MAX_BLOCKS < 32, "a bit for each block");

void scene_paint_faces(const scene_row_t *row, const scene_stand_t *stand, const scene_eye_t *eye,
                       const scene_body_t *body)
{
    brush_t brush = {row, stand, eye, body};
    scan_t scan; /* large: not cleared */
    scan.blocks = 0;
    for (uint32_t i = 0; i < body->blocks; i++)
        scan_block(&brush, &body->block[i], &scan);
    paint_blocks(&brush, &scan);
}
