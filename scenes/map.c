/*
 * map.c - the still background: reflectance in 16 bits, sampled by rows.
 *
 * The usual request (2x2 binned IMX500 on a map of half the array) hits map columns exactly, so a
 * row costs one interpolation between two map rows. Anything else adds one between columns.
 * Requests coarser than the map read a smaller copy, so nothing aliases.
 */
#include <stdlib.h>
#include <string.h>

#include "scenes/scene_int.h"

static bool level_init(scene_level_t *level, uint32_t width, uint32_t height)
{
    level->width = width;
    level->height = height;
    for (int c = 0; c < 3; c++) {
        level->plane[c] = calloc((size_t)width * height, sizeof(uint16_t));
        if (level->plane[c] == NULL)
            return false;
    }
    return true;
}

bool scene_map_init(scene_map_t *map, uint32_t width, uint32_t height)
{
    *map = (scene_map_t){.right = 1.0f, .bottom = 1.0f};
    while (map->levels < SCENE_MAP_LEVELS) {
        if (!level_init(&map->level[map->levels++], width, height))
            return false;
        if (width < 2 || height < 2)
            break;
        width /= 2;
        height /= 2;
    }
    return true;
}

void scene_map_free(scene_map_t *map)
{
    for (uint32_t i = 0; i < map->levels; i++)
        for (int c = 0; c < 3; c++)
            free(map->level[i].plane[c]);
    free(map->solid_mm);
    map->solid_mm = NULL;
    map->levels = 0;
}

bool scene_map_solids(scene_map_t *map)
{
    size_t count = (size_t)map->level[0].width * map->level[0].height;
    map->solid_mm = malloc(count * sizeof(uint16_t));
    for (size_t i = 0; map->solid_mm != NULL && i < count; i++)
        map->solid_mm[i] = SCENE_NOTHING_MM;
    return map->solid_mm != NULL;
}

void scene_map_solid_row(const scene_map_t *map, float y, float x, float dx, uint32_t count,
                         float *restrict out)
{
    const scene_level_t *level = &map->level[0];
    float wide = (float)level->width, row = y * (float)level->height;
    row = scene_clamp(row, 0.0f, (float)(level->height - 1));
    const uint16_t *mm = map->solid_mm + (size_t)(uint32_t)row * level->width;
    float u = x * wide, du = dx * wide, top = wide - 1.0f;
    for (uint32_t i = 0; i < count; i++)
        out[i] = (float)mm[(int32_t)scene_clamp(u + (float)(int32_t)i * du, 0.0f, top)] * 0.001f;
}

void scene_map_put(scene_map_t *map, uint32_t row, const float *const rgb[3])
{
    scene_level_t *level = &map->level[0];
    for (int c = 0; c < 3; c++) {
        uint16_t *out = level->plane[c] + (size_t)row * level->width;
        for (uint32_t x = 0; x < level->width; x++)
            out[x] = (uint16_t)(scene_clamp(rgb[c][x], 0.0f, 1.0f) * 65535.0f + 0.5f);
    }
}

void scene_map_fit(scene_map_t *map, const scene_camera_t *camera, scene_fit_t fit)
{
    if (fit == SCENE_FIT_STRETCH)
        return;
    float array = (float)camera->array_width_px / (float)camera->array_height_px;
    float picture = (float)map->level[0].width / (float)map->level[0].height;
    bool full_width = (picture > array) == (fit == SCENE_FIT_CONTAIN);
    float share = full_width ? array / picture : picture / array;
    float from = 0.5f - 0.5f * share, to = 0.5f + 0.5f * share;
    if (full_width) {
        map->top = from;
        map->bottom = to;
    } else {
        map->left = from;
        map->right = to;
    }
}

void scene_map_put_image(scene_map_t *map, const sim_image_t *image, float *line)
{
    float table[256];
    for (int i = 0; i < 256; i++)
        table[i] = scene_srgb_decode((uint8_t)i);
    const float *rgb[3];
    for (uint32_t c = 0; c < 3; c++)
        rgb[c] = line + (size_t)c * image->width_px;
    for (uint32_t y = 0; y < image->height_px; y++) {
        const uint8_t *px = image->data + (size_t)y * image->width_px * image->channels;
        for (uint32_t x = 0; x < image->width_px; x++)
            for (uint32_t c = 0; c < 3; c++)
                line[(size_t)c * image->width_px + x] =
                    table[px[x * image->channels + (image->channels == 3 ? c : 0)]];
        scene_map_put(map, y, rgb);
    }
}

/* The mean of 2 x 2; an odd last row or column is left out. */
static void shrink(const uint16_t *in, uint32_t in_width, uint16_t *out, uint32_t width,
                   uint32_t height)
{
    for (uint32_t y = 0; y < height; y++) {
        const uint16_t *a = in + (size_t)(2 * y) * in_width;
        const uint16_t *b = a + in_width;
        for (uint32_t x = 0; x < width; x++)
            out[(size_t)y * width + x] =
                (uint16_t)((2u + a[2 * x] + a[2 * x + 1] + b[2 * x] + b[2 * x + 1]) >> 2);
    }
}

void scene_map_shrink(scene_map_t *map)
{
    for (uint32_t i = 1; i < map->levels; i++) {
        const scene_level_t *big = &map->level[i - 1];
        scene_level_t *small = &map->level[i];
        for (int c = 0; c < 3; c++)
            shrink(big->plane[c], big->width, small->plane[c], small->width, small->height);
    }
}

uint32_t scene_map_scratch(const scene_map_t *map)
{
    return 3 * (map->level[0].width + 1);
}

/* Where a row of samples falls on a level: step i at map column u + i * du. */
typedef struct {
    const scene_level_t *level;
    float u, du;
    uint32_t steps;       /* of the whole row */
    uint32_t first, last; /* steps that see the map */
    uint32_t row[2];
    float between; /* of the two rows */
    float slope;   /* of the way from one map column to the next: 1, or steeper for squares */
} place_t;

/* How far between two elements, with the way squeezed into the middle. */
static float steepen(float between, float slope)
{
    return slope == 1.0f ? between : scene_clamp((between - 0.5f) * slope + 0.5f, 0.0f, 1.0f);
}

/* The first step at or right of map column u. */
static uint32_t step_at(const place_t *place, float u)
{
    float i = (u - place->u) / place->du;
    if (i <= 0.0f)
        return 0;
    if (i >= (float)place->steps)
        return place->steps;
    uint32_t whole = (uint32_t)i;
    return (float)whole < i ? whole + 1 : whole;
}

static place_t find_place(const scene_map_t *map, const sim_light_req_t *req)
{
    float per_px = 1.0f / ((float)req->array_width_px * (map->right - map->left));
    /* Of the level that holds the whole map: odd sizes lose a half at the end, never stretch. */
    float w = (float)map->level[0].width, h = (float)map->level[0].height;
    uint32_t i = 0;
    while (i + 1 < map->levels && req->x_step_px * per_px * w >= 2.0f) {
        w *= 0.5f;
        h *= 0.5f;
        i++;
    }
    const scene_level_t *level = &map->level[i];
    place_t place = {.level = level, .du = req->x_step_px * per_px * w};
    float left_px = map->left * (float)req->array_width_px;
    place.u = (req->x0_px + 0.5f - left_px) * per_px * w - 0.5f;
    place.steps = req->width_px > 0 ? sim_gap_step(req->x_gap, req->width_px - 1) + 1 : 0;
    place.first = step_at(&place, -0.5f);
    place.last = step_at(&place, w - 0.5f);

    float y = (req->y_px + 0.5f) / (float)req->array_height_px;
    float v = (y - map->top) / (map->bottom - map->top) * h - 0.5f;
    if (v < -0.5f || v >= h - 0.5f)
        place.last = place.first; /* above or below the map: black */
    v = scene_clamp(v, 0.0f, (float)(level->height - 1));
    place.row[0] = (uint32_t)v;
    place.row[1] = place.row[0] + 1 < level->height ? place.row[0] + 1 : place.row[0];
    bool squares = map->squares && place.du < 1.0f;
    float dv = req->x_step_px / (float)req->array_height_px / (map->bottom - map->top) * h;
    place.slope = squares ? 1.0f / place.du : 1.0f;
    place.between = steepen(v - (float)place.row[0], squares && dv < 1.0f ? 1.0f / dv : 1.0f);
    return place;
}

/* out[i] = gain * (a[i], b[i] mixed) */
static void mix_rows(const uint16_t *restrict a, const uint16_t *restrict b, float between,
                     float gain, uint32_t count, float *restrict out)
{
    float ka = (1.0f - between) * gain, kb = between * gain;
    for (uint32_t i = 0; i < count; i++)
        out[i] = (float)a[i] * ka + (float)b[i] * kb;
}

/* Samples that are worked out together. */
enum { BLOCK = 256 };

typedef struct {
    int32_t column[BLOCK]; /* left of each sample... */
    float between[BLOCK];  /* ...and how far it is to the next one */
} block_t;

static void find_columns(const place_t *place, sim_gap_t gap, uint32_t first, uint32_t count,
                         block_t *block)
{
    float top = (float)(place->level->width - 1), u = place->u, du = place->du;
    float slope = place->slope;
    for (uint32_t i = 0; i < count; i++) {
        float at = scene_clamp(u + (float)(int32_t)sim_gap_step(gap, first + i) * du, 0.0f, top);
        block->column[i] = (int32_t)at;
        block->between[i] = steepen(at - (float)block->column[i], slope);
    }
}

/* line has one entry more than there are columns, the last one twice. */
static void resample(const float *restrict line, const block_t *block, uint32_t count,
                     float *restrict out)
{
    for (uint32_t i = 0; i < count; i++) {
        const float *pair = line + block->column[i];
        out[i] = pair[0] + (pair[1] - pair[0]) * block->between[i];
    }
}

/* Every step sits on a map column, one after another. */
static bool on_columns(const place_t *place)
{
    float nearest = (float)(int32_t)(place->u + 0.5f);
    float off = place->u - nearest, drift = (place->du - 1.0f) * (float)place->steps;
    return place->u > -0.25f && off < 1e-3f && off > -1e-3f && drift < 1e-2f && drift > -1e-2f &&
           place->first == 0 && place->last == place->steps &&
           (uint32_t)nearest + place->steps <= place->level->width;
}

/* Between columns: rows are mixed first. */
static void resample_row(const place_t *place, const sim_light_req_t *req, const float gain[3],
                         float *const out[3], float *scratch)
{
    uint32_t first = sim_gap_samples(req->x_gap, place->first);
    uint32_t last = sim_gap_samples(req->x_gap, place->last);
    uint32_t width = place->level->width;
    size_t skip = (size_t)place->row[0] * width, next = (size_t)place->row[1] * width;
    float *line[3];
    for (int c = 0; c < 3; c++) {
        line[c] = scratch + (size_t)c * (width + 1);
        if (out[c] == NULL)
            continue;
        const uint16_t *plane = place->level->plane[c];
        mix_rows(plane + skip, plane + next, place->between, gain[c], width, line[c]);
        line[c][width] = line[c][width - 1];
        memset(out[c], 0, first * sizeof(float));
        memset(out[c] + last, 0, (req->width_px - last) * sizeof(float));
    }
    for (uint32_t i = first; i < last; i += BLOCK) {
        block_t block;
        uint32_t count = last - i < BLOCK ? last - i : BLOCK;
        find_columns(place, req->x_gap, i, count, &block);
        for (int c = 0; c < 3; c++)
            if (out[c] != NULL)
                resample(line[c], &block, count, out[c] + i);
    }
}

static void straight_row(const place_t *place, const sim_light_req_t *req, const float gain[3],
                         float *const out[3], float *scratch)
{
    size_t at = (uint32_t)(place->u + 0.5f), width = place->level->width;
    bool whole = place->steps == req->width_px;
    for (int c = 0; c < 3; c++) {
        if (out[c] == NULL)
            continue;
        const uint16_t *plane = place->level->plane[c] + at;
        mix_rows(plane + place->row[0] * width, plane + place->row[1] * width, place->between,
                 gain[c], place->steps, whole ? out[c] : scratch);
        for (uint32_t i = 0; i < req->width_px && !whole; i++)
            out[c][i] = scratch[sim_gap_step(req->x_gap, i)];
    }
}

void scene_map_row(const scene_map_t *map, const sim_light_req_t *req, const float gain[3],
                   float *const out[3], float *scratch)
{
    place_t place = find_place(map, req);
    const float k[3] = {gain[0] / 65535.0f, gain[1] / 65535.0f, gain[2] / 65535.0f};
    (on_columns(&place) ? straight_row : resample_row)(&place, req, k, out, scratch);
}
