/*
 * chart.c - test charts as a kind of actor: a board with patches, each a face with exact edges.
 *
 * A board that faces the camera (heading 0) sends light times reflectance, patch by patch.
 * Not modeled: gloss, the spectra of the ColorChecker's paints.
 */
#include "scenes/actor.h"

#define MOST_SQUARES 200 /* of which half are painted */
#define MOST_SECTORS 64
#define MOST_GRAYS 16
#define BLACK 0.03 /* the ColorChecker's board */

static const char *const chart_names[] = {"checker", "slanted_edge", "star", "colors", "grays"};
_Static_assert(SIM_COUNT(chart_names) == SCENE_CHARTS, "a name for each chart");

/* X-Rite, "ColorChecker Classic": sRGB values published by the maker (also McCamy, Marcus,
 * Davidson, "A color-rendition chart", 1976, for the patches themselves). */
const uint32_t scene_color_patches[24] = {
    0x735244, 0xc29682, 0x627a9d, 0x576c43, 0x8580b1, 0x67bdaa, 0xd67e2c, 0x505ba6,
    0xc15a63, 0x5e3c6c, 0x9dbc40, 0xe0a32e, 0x383d96, 0x469449, 0xaf363c, 0xe7c71f,
    0xbb5695, 0x0885a1, 0xf3f3f2, 0xc8c8c8, 0xa0a0a0, 0x7a7a79, 0x555555, 0x343434,
};

/* What a kind of chart has: least, usual and most columns and rows. */
typedef struct {
    uint32_t columns[3], rows[3];
    double light, dark;
} chart_info_t;

static const chart_info_t infos[SCENE_CHARTS] = {
    [SCENE_CHART_CHECKER] = {{2, 8, 20}, {2, 6, 20}, 0.9, 0.05},
    [SCENE_CHART_SLANTED_EDGE] = {{1, 1, 1}, {1, 1, 1}, 0.8, 0.2}, /* 4:1, as ISO 12233:2014 */
    [SCENE_CHART_STAR] = {{4, 36, MOST_SECTORS}, {1, 1, 1}, 0.9, 0.05},
    [SCENE_CHART_COLORS] = {{6, 6, 6}, {4, 4, 4}, 0, BLACK},
    [SCENE_CHART_GRAYS] = {{2, 6, MOST_GRAYS}, {1, 1, 1}, 0.9, BLACK},
};

/* Height of the board of its width: squares of a checker with a margin of half a square. */
static double height_of(const scene_chart_t *c)
{
    bool grid = c->chart == SCENE_CHART_CHECKER || c->chart == SCENE_CHART_COLORS;
    if (grid)
        return c->width_m * (c->rows + 1) / (c->columns + 1);
    return c->chart == SCENE_CHART_GRAYS ? 0.3 * c->width_m : c->width_m;
}

static uint32_t read_count(const sim_cfg_t *cfg, const char *key, const uint32_t range[3])
{
    return (uint32_t)sim_cfg_u64(cfg, key, range[0], range[2], range[1]);
}

static void chart_read(const sim_cfg_t *cfg, uint64_t seed, uint32_t index, void *subject)
{
    scene_chart_t *c = subject;
    sim_stream_t s = sim_stream(seed, SCENE_RNG_ACTOR, index);
    uint32_t drawn = sim_stream_below(&s, SCENE_CHARTS);
    c->chart = (scene_chart_kind_t)SCENE_ENUM(cfg, "chart", chart_names, drawn);
    const chart_info_t *info = &infos[c->chart];
    c->width_m = scene_read_drawn(cfg, "width_m", 0.02, 20, (scene_range_t){0.8, 1.2}, &s);
    c->up_m = scene_read_drawn(cfg, "up_m", 0, 20, (scene_range_t){1.0, 1.0}, &s);
    c->columns = read_count(cfg, "columns", info->columns);
    c->rows = read_count(cfg, "rows", info->rows);
    c->light = sim_cfg_num(cfg, "light", 0, 1, info->light);
    c->dark = sim_cfg_num(cfg, "dark", 0, 1, info->dark);
    if (c->columns * c->rows > MOST_SQUARES)
        sim_cfg_fail(cfg, "columns", "%u by %u are more than %d squares", (unsigned)c->columns,
                     (unsigned)c->rows, MOST_SQUARES);
    scene_path_read(cfg, seed, index, true, &c->path);
    sim_cfg_done(cfg);
}

static void chart_write(const void *subject, sim_json_t *out)
{
    const scene_chart_t *c = subject;
    sim_json_add_str(out, "chart", chart_names[c->chart]);
    sim_json_add_num(out, "width_m", c->width_m);
    sim_json_add_num(out, "up_m", c->up_m);
    sim_json_add_u64(out, "columns", c->columns);
    sim_json_add_u64(out, "rows", c->rows);
    sim_json_add_num(out, "light", c->light);
    sim_json_add_num(out, "dark", c->dark);
    scene_path_write(&c->path, out);
}

typedef struct {
    scene_cloth_map_t light, dark, patch[24];
} chart_look_t;

static scene_rgb_t gray(double reflectance)
{
    float r = (float)reflectance;
    return (scene_rgb_t){r, r, r};
}

static void chart_prepare(const void *subject, void *memory)
{
    const scene_chart_t *c = subject;
    chart_look_t *look = memory;
    scene_cloth_plain(&look->light, gray(c->light), 0, 0);
    scene_cloth_plain(&look->dark, gray(c->dark), 0, 0);
    double step = c->light;
    for (uint32_t i = 0; i < 24; i++, step *= 0.5) {
        bool colors = c->chart == SCENE_CHART_COLORS;
        scene_cloth_plain(&look->patch[i],
                          colors ? scene_rgb_hex(scene_color_patches[i]) : gray(step), 0, 0);
    }
}

static void chart_place(const void *subject, double time_s, scene_place_t *out)
{
    const scene_chart_t *c = subject;
    scene_step_t step = scene_path_at(&c->path, time_s);
    scene_plate_turn(&c->path, &step);
    *out = scene_place_turned(&step, 0.5 * c->width_m, 0);
    out->low = out->foot = (float)c->up_m;
    out->size_m = (float)height_of(c);
    out->high = out->low + out->size_m;
}

/* ---- the board ---- */

typedef struct {
    scene_body_t *body;
    scene_frame_t frame;
    float left, low, width, height; /* of the board */
} board_t;

static void add_rect(const board_t *b, scene_face_kind_t kind, float x, float y, float w, float h,
                     const scene_cloth_map_t *cloth)
{
    const scene_flat_t at[4] = {{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}};
    scene_add_flat(b->body, kind, &b->frame, at, 4, cloth);
}

/* Column and row (from the top) of a grid with half a cell around it; filled: share of a cell. */
static void add_cell(const board_t *b, const scene_chart_t *c, uint32_t column, uint32_t row,
                     float filled, const scene_cloth_map_t *cloth)
{
    float side = b->width / (float)(c->columns + 1), rest = 0.5f * (1.0f - filled);
    float x = b->left + side * (0.5f + (float)column + rest);
    float y = b->low + side * (0.5f + (float)(c->rows - 1 - row) + rest);
    add_rect(b, SCENE_DECAL, x, y, side * filled, side * filled, cloth);
}

static void add_star(const board_t *b, uint32_t sectors, const scene_cloth_map_t *cloth)
{
    float x = b->left + 0.5f * b->width, y = b->low + 0.5f * b->height, r = 0.48f * b->width;
    for (uint32_t i = 0; i < sectors; i++) {
        double from = (double)i / sectors, to = from + 0.5 / sectors;
        const scene_flat_t at[3] = {{x, y},
                                    {x + r * scene_cos(from), y + r * scene_sin(from)},
                                    {x + r * scene_cos(to), y + r * scene_sin(to)}};
        scene_add_flat(b->body, SCENE_DECAL, &b->frame, at, 3, cloth);
    }
}

/* A square of half the board's width, turned by 5 degrees. */
static void add_slanted(const board_t *b, const scene_cloth_map_t *cloth)
{
    float x = b->left + 0.5f * b->width, y = b->low + 0.5f * b->height, half = 0.25f * b->width;
    float c = half * scene_cos(5.0 / 360), s = half * scene_sin(5.0 / 360);
    const scene_flat_t at[4] = {{x - c + s, y - s - c},
                                {x + c + s, y + s - c},
                                {x + c - s, y + s + c},
                                {x - c - s, y - s + c}};
    scene_add_flat(b->body, SCENE_DECAL, &b->frame, at, 4, cloth);
}

static void add_grid(const board_t *b, const scene_chart_t *c, const chart_look_t *look)
{
    bool checker = c->chart == SCENE_CHART_CHECKER;
    for (uint32_t i = 0; i < c->columns * c->rows; i++) {
        uint32_t column = i % c->columns, row = i / c->columns;
        if (!checker)
            add_cell(b, c, column, row, 0.88f, &look->patch[i]);
        else if ((column + row) % 2 == 0)
            add_cell(b, c, column, row, 1.0f, &look->dark);
    }
}

static void add_grays(const board_t *b, const scene_chart_t *c, const chart_look_t *look)
{
    float margin = 0.04f * b->width, wide = (b->width - 2 * margin) / (float)c->columns;
    for (uint32_t i = 0; i < c->columns; i++)
        add_rect(b, SCENE_DECAL, b->left + margin + (float)i * wide, b->low + margin, wide,
                 b->height - 2 * margin, &look->patch[i]);
}

static void chart_pose(const void *subject, const void *memory, double time_s, scene_body_t *out)
{
    const scene_chart_t *c = subject;
    const chart_look_t *look = memory;
    float width = (float)c->width_m;
    board_t b = {out,           scene_plate_frame(&c->path, time_s),
                 -0.5f * width, (float)c->up_m,
                 width,         (float)height_of(c)};
    bool black = c->chart == SCENE_CHART_COLORS || c->chart == SCENE_CHART_GRAYS;
    add_rect(&b, SCENE_SHEET, b.left, b.low, b.width, b.height, black ? &look->dark : &look->light);
    if (c->chart == SCENE_CHART_STAR)
        add_star(&b, c->columns, &look->dark);
    else if (c->chart == SCENE_CHART_SLANTED_EDGE)
        add_slanted(&b, &look->dark);
    else if (c->chart == SCENE_CHART_GRAYS)
        add_grays(&b, c, look);
    else
        add_grid(&b, c, look);
}
_Static_assert(MOST_SQUARES / 2 + 1 < SCENE_MAX_FACES, "faces for the squares");
_Static_assert(MOST_SECTORS + 1 < SCENE_MAX_FACES, "faces for the sectors");

const scene_actor_kind_t scene_kind_chart = {
    .name = "chart",
    .class_id = SCENE_CLASS_CHART,
    .look_bytes = sizeof(chart_look_t),
    .read = chart_read,
    .write = chart_write,
    .prepare = chart_prepare,
    .place = chart_place,
    .pose = chart_pose,
};
