/*
 * surface.c - walls and floors.
 *
 * Every surface is one rule with other numbers: a grid of cells with joints, a tone per cell and
 * noise stretched along the grain. Bricks, tiles, planks and carpet are rows of a table.
 */
#include "scenes/surface.h"

/* clang-format off */
const scene_surface_kind_t scene_wall_kinds[SCENE_WALL_KINDS] = {
    /*                    cell        shift  joint         vary   grain                hex */
    [SCENE_WALL_PAINT] = {90,  90,    0,     0,      1,    0,     0.11f, 0.13f, 0.05f,
                          {0xe8e2d6, 0xcfd5d9, 0xc9c2b2, 0xa9b8be, 0xb7a68c}},
    [SCENE_WALL_BRICK] = {0.24f, 0.083f, 0.5f, 0.012f, 1.35f, 0.16f, 0.9f, 1.3f, 0.16f,
                          {0x96533c, 0xa8694a, 0x7d4f40, 0xb89a86, 0x716a64}},
    [SCENE_WALL_PANEL] = {0.6f, 2.4f, 0,     0.014f, 0.5f, 0.08f, 1.6f,  0.09f, 0.14f,
                          {0x8a6240, 0xa87c50, 0x6b4a34, 0xc2a376, 0xccc8c0}},
    [SCENE_WALL_TILE] =  {0.3f, 0.3f, 0,     0.008f, 0.72f, 0.05f, 0.5f, 0.5f,  0.06f,
                          {0xdfe2e0, 0xc2ced2, 0xb2c2b6, 0xd2c6b2, 0x9aa6b0}},
};
const scene_surface_kind_t scene_floor_kinds[SCENE_FLOOR_KINDS] = {
    [SCENE_FLOOR_TILE] =   {0.6f, 0.6f, 0,     0.008f, 0.65f, 0.07f, 0.8f, 0.8f, 0.08f,
                            {0xb8b4aa, 0x96928a, 0xc4b8a4, 0x7c7a78, 0xa8aeb0}},
    [SCENE_FLOOR_WOOD] =   {1.7f, 0.14f, 0.37f, 0.005f, 0.5f, 0.15f, 0.12f, 1.8f, 0.16f,
                            {0x9c7048, 0xb08658, 0x7a5636, 0xc09c70, 0x8e7a62}},
    [SCENE_FLOOR_STONE] =  {1.2f, 1.2f, 0,     0.006f, 0.7f, 0.05f, 1.1f, 1.1f,  0.18f,
                            {0x8f8c86, 0xa8a49c, 0x6f6d6a, 0xb2a898, 0x84888c}},
    [SCENE_FLOOR_CARPET] = {0.5f, 0.5f, 0,     0,      1,    0.04f, 3.1f, 3.1f,  0.16f,
                            {0x4a5260, 0x6a4a48, 0x55605a, 0x7a7468, 0x3e4a5e}},
};
/* clang-format on */

uint32_t scene_hash2(uint32_t a, uint32_t b, uint32_t salt)
{
    uint32_t h = a * 0x9E3779B1u ^ b * 0x85EBCA77u ^ salt * 0xC2B2AE3Du;
    h ^= h >> 15;
    h *= 0x2C1B3C6Du;
    h ^= h >> 12;
    h *= 0x297A2D39u;
    return h ^ h >> 15;
}

/* Share of a pixel of px meters that lies in a joint centered on a cell's edge. */
static float joint_share(float place, float cell, float joint_m, float px)
{
    float near = scene_min(place, cell - place);
    return scene_clamp((0.5f * joint_m - near) / px + 0.5f, 0.0f, 1.0f) *
           scene_min(1.0f, joint_m / px);
}

/* a, b: place in meters; pa, pb: size of a pixel there. */
scene_rgb_t scene_surface_at(const scene_surface_t *s, const scene_noise_t *noise, float a, float b,
                             float pa, float pb)
{
    const scene_surface_kind_t *k = s->kind;
    float course = scene_floor(b / k->cell_b);
    float moved = a + k->shift * course * k->cell_a;
    float column = scene_floor(moved / k->cell_a);
    uint32_t h = scene_hash2((uint32_t)(int32_t)column, (uint32_t)(int32_t)course, s->salt);
    float tone = 1.0f + k->vary * ((float)(h >> 16) / 32768.0f - 1.0f);
    float off = (float)(h & 0xff) / 256.0f;
    float fine = scene_clamp(1.5f - pb * k->grain_b * 24.0f, 0.2f, 1.0f);
    tone += fine * k->grain * scene_noise_at(noise, a * k->grain_a + off, b * k->grain_b + off);
    float joint = scene_max(joint_share(moved - column * k->cell_a, k->cell_a, k->joint_m, pa),
                            joint_share(b - course * k->cell_b, k->cell_b, k->joint_m, pb));
    return scene_rgb_scale(s->color, tone * scene_lerp(1.0f, k->joint_tone, joint));
}

scene_surface_t scene_surface_pick(sim_stream_t *s, const scene_surface_kind_t *kinds,
                                   uint32_t count, uint32_t given)
{
    uint32_t kind = 1 + sim_stream_below(s, count - 1);
    scene_surface_t surface = {.kind = &kinds[given != 0 ? given : kind]};
    surface.color = scene_rgb_hex(surface.kind->hex[sim_stream_below(s, 5)]);
    surface.color = scene_rgb_scale(surface.color, sim_stream_range(s, 0.85f, 1.1f));
    surface.salt = sim_stream_u32(s);
    return surface;
}
