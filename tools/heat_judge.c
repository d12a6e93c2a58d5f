#include "tools/heat_judge.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/figures.h"
#include "tools/json_lines.h"

enum { PATH = 1280, MOST_CELLS = 1 << 20 };

/* Of frames first..end - 1. */
typedef struct {
    int64_t frame, first, end;
    uint32_t columns, rows;
    double *said, *is; /* one allocation, owned by said */
    uint8_t *taken;    /* in the newest frame of the truth */
} map_t;

typedef struct {
    double width_px, height_px; /* of the array */
    map_t *map;
    size_t maps, at; /* at: frames of the truth that come belong to it or a later one */
    figures_box_t box[FIGURES_BOXES];
} reader_t;

double heat_correlation(const double *a, const double *b, size_t count)
{
    double sum_a = 0, sum_b = 0, aa = 0, bb = 0, ab = 0;
    for (size_t i = 0; i < count; i++) {
        sum_a += a[i];
        sum_b += b[i];
    }
    for (size_t i = 0; i < count; i++) {
        double da = a[i] - sum_a / (double)count, db = b[i] - sum_b / (double)count;
        aa += da * da;
        bb += db * db;
        ab += da * db;
    }
    if (aa > 0 && bb > 0)
        return ab / sqrt(aa * bb);
    return aa > 0 || bb > 0 ? 0 : 1;
}

/* ---- what was said ---- */

/* False without memory. */
static bool add_map(reader_t *r, const map_t *map)
{
    size_t cells = (size_t)map->columns * map->rows;
    map_t *more = realloc(r->map, (r->maps + 1) * sizeof(*more));
    if (more == NULL)
        return false;
    r->map = more;
    map_t *m = &r->map[r->maps];
    *m = *map;
    m->said = calloc(cells, 2 * sizeof(double) + 1);
    if (m->said == NULL)
        return false;
    m->is = m->said + cells;
    m->taken = (uint8_t *)(m->is + cells);
    r->maps++;
    return true;
}

static void read_cells(const sim_cfg_t *heat, map_t *map)
{
    size_t i = 0;
    const sim_json_t *row = sim_json_first(sim_json_find(heat->node, "cells"));
    for (uint32_t y = 0; y < map->rows; y++, row = row != NULL ? sim_json_next(row) : NULL) {
        const sim_json_t *cell = row != NULL ? sim_json_first(row) : NULL;
        for (uint32_t x = 0; x < map->columns; x++, i++) {
            map->said[i] = sim_json_num(cell, 0);
            cell = cell != NULL ? sim_json_next(cell) : NULL;
        }
    }
}

static bool take_report(void *ctx, const sim_cfg_t *line)
{
    reader_t *r = ctx;
    if (!sim_cfg_has(line, "heat_map"))
        return true;
    sim_cfg_t heat = sim_cfg_obj(line, "heat_map");
    map_t map = {.frame = (int64_t)sim_cfg_u64(line, "frame", 0, UINT32_MAX, 0),
                 .columns = (uint32_t)sim_cfg_u64(&heat, "columns", 1, UINT16_MAX, 1),
                 .rows = (uint32_t)sim_cfg_u64(&heat, "rows", 1, UINT16_MAX, 1)};
    if ((uint64_t)map.columns * map.rows > MOST_CELLS) {
        sim_cfg_fail(&heat, "columns", "more cells than a heat map may have");
        return false;
    }
    map.end = map.frame;
    map.first = map.end - (int64_t)sim_cfg_u64(&heat, "frames", 0, UINT32_MAX, 0);
    if (!add_map(r, &map)) {
        sim_cfg_fail(line, NULL, "out of memory");
        return false;
    }
    read_cells(&heat, &r->map[r->maps - 1]);
    return true;
}

/* ---- what is ---- */

static uint32_t part_of(double at, double size, uint32_t parts)
{
    double part = floor(at / size * parts);
    return part < 0 ? 0 : part >= parts ? parts - 1 : (uint32_t)part;
}

static void count_feet(reader_t *r, map_t *map, const sim_json_t *line)
{
    size_t cells = (size_t)map->columns * map->rows;
    uint32_t boxes = figures_boxes(line, r->box);
    memset(map->taken, 0, cells);
    for (uint32_t i = 0; i < boxes; i++) {
        const figures_box_t *b = &r->box[i];
        uint32_t x = part_of(b->x + b->w / 2, r->width_px, map->columns);
        uint32_t y = part_of(b->y + b->h - 1, r->height_px, map->rows);
        map->taken[(size_t)y * map->columns + x] = 1;
    }
    for (size_t i = 0; i < cells; i++)
        map->is[i] += map->taken[i];
}

static bool take_truth(void *ctx, const sim_cfg_t *line)
{
    reader_t *r = ctx;
    int64_t frame = (int64_t)sim_cfg_u64(line, "frame", 0, UINT32_MAX, 0);
    while (r->at < r->maps && frame >= r->map[r->at].end)
        r->at++;
    if (r->at < r->maps && frame >= r->map[r->at].first)
        count_feet(r, &r->map[r->at], line->node);
    return r->at < r->maps;
}

/* ---- both ---- */

/* The active array of the chip that ran. */
static bool read_array(const char *dir, reader_t *r, char *error, size_t error_bytes)
{
    char path[PATH];
    snprintf(path, sizeof(path), "%s/config.json", dir);
    sim_doc_t *doc = sim_doc_load(path);
    if (doc != NULL && sim_doc_error(doc) == NULL) {
        sim_cfg_t root = sim_doc_root(doc), chip = sim_cfg_obj(&root, "chip_data");
        sim_cfg_t pixel = sim_cfg_obj(&chip, "pixel"), array = sim_cfg_obj(&pixel, "array");
        r->width_px = sim_cfg_num(&array, "width_px", 1, 65536, 4056);
        r->height_px = sim_cfg_num(&array, "height_px", 1, 65536, 3040);
    }
    const char *wrong = doc == NULL ? "out of memory" : sim_doc_error(doc);
    if (wrong != NULL)
        snprintf(error, error_bytes, "%s", wrong);
    sim_doc_free(doc);
    return wrong == NULL;
}

static void compare(const reader_t *r, heat_figures_t *out)
{
    for (size_t i = 0; i < r->maps; i++) {
        const map_t *m = &r->map[i];
        double now = heat_correlation(m->said, m->is, (size_t)m->columns * m->rows);
        if (i > 0 && now >= out->least)
            continue;
        out->least = now;
        out->least_frame = m->frame;
    }
    out->maps = (uint32_t)r->maps;
}

bool heat_judge(const char *dir, heat_figures_t *out, char *error, size_t error_bytes)
{
    reader_t *r = calloc(1, sizeof(*r));
    *out = (heat_figures_t){.least = NAN, .least_frame = -1};
    if (r == NULL) {
        snprintf(error, error_bytes, "out of memory");
        return false;
    }
    bool fine = json_lines_in(dir, "metadata.jsonl", take_report, r, error, error_bytes);
    if (fine && r->maps > 0)
        fine = read_array(dir, r, error, error_bytes) &&
               json_lines_in(dir, "truth.jsonl", take_truth, r, error, error_bytes);
    if (fine)
        compare(r, out);
    for (size_t i = 0; i < r->maps; i++)
        free(r->map[i].said);
    free(r->map);
    free(r);
    return fine;
}
