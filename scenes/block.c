/*
 * block.c - builds bodies: turned frames, limbs, prisms and what is on them.
 */
#include "scenes/scene_int.h"

void scene_body_clear(scene_body_t *body)
{
    body->count = body->faces = body->blocks = 0;
    body->low_m = -1e9f;
    body->high_m = 1e9f;
}

void scene_body_measure(scene_body_t *body)
{
    body->left = body->low = 1e9f;
    body->right = body->high = -1e9f;
    for (uint32_t i = 0; i < body->count; i++) {
        const scene_part_t *p = &body->part[i];
        float w0 = p->r0 * (1.0f + p->stretch), w1 = p->r1 * (1.0f + p->stretch);
        if (p->loose)
            continue;
        body->left = scene_min(body->left, scene_min(p->x0 - w0, p->x1 - w1));
        body->right = scene_max(body->right, scene_max(p->x0 + w0, p->x1 + w1));
        body->high = scene_max(body->high, scene_max(p->y0 + p->r0, p->y1 + p->r1));
        float low = scene_min(p->y0 - p->r0, p->y1 - p->r1);
        body->low = scene_min(body->low, scene_max(low, p->cut));
    }
}

scene_frame_t scene_frame_heading(float dir_x, float dir_z)
{
    return (scene_frame_t){.ahead = {dir_x, 0, dir_z}, .up = {0, 1, 0}, .left = {-dir_z, 0, dir_x}};
}

scene_point_t scene_frame_point(const scene_frame_t *f, float ahead, float up, float left)
{
    return (scene_point_t){
        f->at.x + ahead * f->ahead.x + up * f->up.x + left * f->left.x,
        f->at.y + ahead * f->ahead.y + up * f->up.y + left * f->left.y,
        f->at.z + ahead * f->ahead.z + up * f->up.z + left * f->left.z,
    };
}

void scene_add_block(scene_body_t *body)
{
    assert(body->blocks < SCENE_MAX_BLOCKS);
    body->block[body->blocks++] = (scene_block_t){body->faces, 0};
}

scene_face_t *scene_add_face(scene_body_t *body, scene_face_kind_t kind,
                             const scene_cloth_map_t *cloth)
{
    if (kind == SCENE_SHEET)
        scene_add_block(body);
    assert(body->faces < SCENE_MAX_FACES && body->blocks > 0);
    scene_face_t *face = &body->face[body->faces++];
    face->kind = kind;
    face->corners = 0;
    face->cloth = cloth;
    face->shade = 1.0f;
    body->block[body->blocks - 1].count++;
    return face;
}

void scene_add_corner(scene_face_t *face, scene_point_t at)
{
    assert(face->corners < SCENE_MAX_CORNERS);
    face->at[face->corners++] = at;
}

void scene_add_flat(scene_body_t *body, scene_face_kind_t kind, const scene_frame_t *frame,
                    const scene_flat_t *at, uint32_t corners, const scene_cloth_map_t *cloth)
{
    scene_face_t *face = scene_add_face(body, kind, cloth);
    for (uint32_t i = 0; i < corners; i++)
        scene_add_corner(face, scene_frame_point(frame, at[i].x, at[i].y, 0));
}

scene_part_t *scene_add_limb(scene_body_t *body, const scene_frame_t *frame, scene_point_t from,
                             float from_r, scene_point_t to, float to_r,
                             const scene_cloth_map_t *cloth)
{
    assert(body->count < SCENE_MAX_PARTS);
    scene_point_t a = scene_frame_point(frame, from.x, from.y, from.z);
    scene_point_t b = scene_frame_point(frame, to.x, to.y, to.z);
    scene_part_t *part = &body->part[body->count++];
    *part = (scene_part_t){.x0 = a.x,
                           .y0 = a.y,
                           .r0 = from_r,
                           .x1 = b.x,
                           .y1 = b.y,
                           .r1 = to_r,
                           .z0 = a.z,
                           .z1 = b.z,
                           .cut = -1.0f,
                           .cloth = cloth,
                           .shade = 1.0f,
                           .round = 1.0f};
    return part;
}

void scene_body_sort(scene_body_t *body)
{
    for (uint32_t i = 1; i < body->count; i++) {
        scene_part_t moved = body->part[i];
        uint32_t k = i;
        for (; k > 0 && body->part[k - 1].z0 + body->part[k - 1].z1 < moved.z0 + moved.z1; k--)
            body->part[k] = body->part[k - 1];
        body->part[k] = moved;
    }
}

/* A corner of a prism, at its left (+1) or right (-1) end. */
static scene_point_t prism_point(const scene_frame_t *frame, const scene_prism_t *prism,
                                 scene_flat_t at, float side)
{
    float half = prism->wide + prism->taper * at.y;
    return scene_frame_point(frame, at.x, at.y, prism->left + side * half);
}

/* Seen from the left the profile runs the other way. */
static void add_end(scene_face_t *face, const scene_frame_t *frame, const scene_prism_t *prism,
                    int side, const scene_flat_t *at, uint32_t corners)
{
    for (uint32_t i = 0; i < corners; i++)
        scene_add_corner(
            face, prism_point(frame, prism, at[side < 0 ? i : corners - 1 - i], (float)side));
}

static scene_flat_t on_line(const scene_prism_t *prism, uint32_t line, float t)
{
    const scene_flat_t *a = &prism->profile[line],
                       *b = &prism->profile[(line + 1) % prism->corners];
    return (scene_flat_t){scene_lerp(a->x, b->x, t), scene_lerp(a->y, b->y, t)};
}

/* Along a line of the profile from u[0] to u[1], across from v[0] to v[1]: shares. */
static void add_side(scene_face_t *face, const scene_frame_t *frame, const scene_prism_t *prism,
                     uint32_t line, const float u[2], const float v[2])
{
    scene_flat_t from = on_line(prism, line, u[0]), to = on_line(prism, line, u[1]);
    scene_add_corner(face, prism_point(frame, prism, from, 2.0f * v[0] - 1.0f));
    scene_add_corner(face, prism_point(frame, prism, from, 2.0f * v[1] - 1.0f));
    scene_add_corner(face, prism_point(frame, prism, to, 2.0f * v[1] - 1.0f));
    scene_add_corner(face, prism_point(frame, prism, to, 2.0f * v[0] - 1.0f));
}

void scene_add_prism(scene_body_t *body, const scene_frame_t *frame, const scene_prism_t *prism,
                     const scene_cloth_map_t *cloth)
{
    static const float all[2] = {0, 1};
    scene_add_block(body);
    for (int side = -1; side <= 1; side += 2)
        add_end(scene_add_face(body, SCENE_SIDE, cloth), frame, prism, side, prism->profile,
                prism->corners);
    for (uint32_t i = 0; i < prism->corners; i++)
        add_side(scene_add_face(body, SCENE_SIDE, cloth), frame, prism, i, all, all);
}

void scene_add_box(scene_body_t *body, const scene_frame_t *frame, const float ahead[2],
                   const float up[2], const float left[2], const scene_cloth_map_t *cloth)
{
    const scene_flat_t profile[4] = {
        {ahead[0], up[0]}, {ahead[1], up[0]}, {ahead[1], up[1]}, {ahead[0], up[1]}};
    scene_prism_t prism = {profile, 4, 0.5f * (left[1] - left[0]), 0, 0.5f * (left[0] + left[1])};
    scene_add_prism(body, frame, &prism, cloth);
}

void scene_add_end_decal(scene_body_t *body, const scene_frame_t *frame, const scene_prism_t *prism,
                         int side, const scene_flat_t *at, uint32_t corners,
                         const scene_cloth_map_t *cloth)
{
    add_end(scene_add_face(body, SCENE_DECAL, cloth), frame, prism, side, at, corners);
}

void scene_add_side_decal(scene_body_t *body, const scene_frame_t *frame,
                          const scene_prism_t *prism, uint32_t line, const float u[2],
                          const float v[2], const scene_cloth_map_t *cloth)
{
    add_side(scene_add_face(body, SCENE_DECAL, cloth), frame, prism, line, u, v);
}
