/*
 * area.c - zones and lines: named places, in pixels of the picture or in meters of the floor.
 */
#include <stdio.h>
#include <string.h>

#include "scenes/world_int.h"

#define FAR_M 1000.0
#define MAX_DWELL_MS 3600000

static const uint64_t PEOPLE = UINT64_C(1) << SCENE_KIND_PERSON;
_Static_assert(SCENE_KINDS <= 64, "a bit for each kind");

/* What a zone or a line is given by. */
typedef struct {
    const char *key;
    scene_where_t where;
} way_t;

static const way_t zone_ways[] = {
    {"polygon_px", SCENE_ON_PICTURE},
    {"polygon_m", SCENE_ON_FLOOR},
};

static const way_t line_ways[] = {
    {"segment_px", SCENE_ON_PICTURE},
    {"segment_m", SCENE_ON_FLOOR},
    {"x_px", SCENE_ON_COLUMN},
};

static void set_column(scene_area_t *line, double x_px)
{
    line->where = SCENE_ON_COLUMN;
    line->corners = 2;
    line->corner[0][0] = line->corner[1][0] = x_px;
}

void scene_areas_default(scene_desc_t *desc)
{
    desc->line_count = 1;
    desc->line[0] = (scene_area_t){.name = "line", .kinds = PEOPLE};
    set_column(&desc->line[0], desc->camera.center_px);
}

bool scene_area_corner(const scene_camera_t *camera, const scene_area_t *area, uint32_t corner,
                       double px[2])
{
    const double *at = area->corner[corner];
    if (area->where == SCENE_ON_FLOOR)
        return scene_project(camera, at[0], 0, at[1], px);
    px[0] = at[0];
    px[1] = at[1];
    return true;
}

/* ---- reading ---- */

static void read_name(const sim_cfg_t *cfg, const scene_area_t *others, uint32_t count,
                      scene_area_t *area)
{
    const char *name = sim_cfg_str(cfg, "name", area->name);
    if (name[0] == '\0' || strlen(name) >= SCENE_NAME)
        sim_cfg_fail(cfg, "name", "%zu bytes, expected 1..%d", strlen(name), SCENE_NAME - 1);
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(others[i].name, name) == 0)
            sim_cfg_fail(cfg, "name", "\"%.40s\" is there twice", name);
    if (name != area->name)
        snprintf(area->name, sizeof(area->name), "%s", name);
}

static void read_kinds(const sim_cfg_t *cfg, scene_area_t *area)
{
    uint32_t count = sim_cfg_count(cfg, "kinds");
    area->kinds = sim_cfg_has(cfg, "kinds") ? 0 : PEOPLE;
    for (uint32_t i = 0; i < count; i++) {
        const char *name = sim_cfg_str_at(cfg, "kinds", i);
        uint32_t kind = 0;
        while (kind < SCENE_KINDS && strcmp(scene_actor_kinds[kind]->name, name ? name : "") != 0)
            kind++;
        if (kind == SCENE_KINDS)
            sim_cfg_fail(cfg, "kinds", "\"%.40s\" is no kind of actor", name != NULL ? name : "");
        else
            area->kinds |= UINT64_C(1) << kind;
    }
}

/* In the array, or on the floor before the camera. */
static void check_corner(const sim_cfg_t *at, const scene_camera_t *camera,
                         const scene_area_t *area, const double value[2])
{
    static const char *const names[2][2] = {{"column", "row"}, {"x", "z"}};
    bool floor = area->where == SCENE_ON_FLOOR;
    const double high[2] = {floor ? FAR_M : camera->array_width_px,
                            floor ? FAR_M : camera->array_height_px};
    double px[2];
    for (int i = 0; i < 2; i++) {
        double low = floor && i == 0 ? -FAR_M : 0;
        if (!(value[i] >= low && value[i] <= high[i]))
            sim_cfg_fail(at, NULL, "%s %g not in %g..%g", names[floor][i], value[i], low, high[i]);
    }
    if (floor && !scene_project(camera, value[0], 0, value[1], px))
        sim_cfg_fail(at, NULL, "x %g, z %g is not before the camera", value[0], value[1]);
}

static void read_corners(const sim_cfg_t *cfg, const char *key, const scene_camera_t *camera,
                         uint32_t least, uint32_t most, scene_area_t *area)
{
    uint32_t count = sim_cfg_count(cfg, key);
    if (count < least || count > most) {
        sim_cfg_fail(cfg, key, "%u corners, expected %u%s", (unsigned)count, (unsigned)least,
                     least < most ? "..8" : "");
        return;
    }
    area->corners = count;
    for (uint32_t i = 0; i < count; i++) {
        sim_cfg_t at = sim_cfg_at(cfg, key, i);
        sim_cfg_nums(&at, NULL, area->corner[i], 2, -1e6, 1e6);
        check_corner(&at, camera, area, area->corner[i]);
    }
}

/* Nothing between the corners: of a segment no length, of others no area of any triangle that
 * begins at the first one. */
static bool is_flat(const scene_area_t *area)
{
    const double(*at)[2] = area->corner;
    double most = 0;
    for (uint32_t i = 1; i < area->corners; i++)
        for (uint32_t k = 1; k <= i; k++) {
            double ax = at[i][0] - at[0][0], ay = at[i][1] - at[0][1];
            double bx = at[k][0] - at[0][0], by = at[k][1] - at[0][1];
            double size = area->corners == 2 ? ax * ax + ay * ay : ax * by - ay * bx;
            most = size > most ? size : -size > most ? -size : most;
        }
    return most < 1e-9;
}

/* By the one way that is given. */
static void read_way(const sim_cfg_t *cfg, const way_t *way, uint32_t ways, uint32_t least,
                     uint32_t most, const scene_camera_t *camera, scene_area_t *area)
{
    const way_t *given = NULL;
    char known[64] = "";
    uint32_t count = 0;
    for (uint32_t i = 0; i < ways; i++) {
        size_t length = strlen(known);
        snprintf(known + length, sizeof(known) - length, "%s%s", i > 0 ? ", " : "", way[i].key);
        if (sim_cfg_has(cfg, way[i].key)) {
            given = &way[i];
            count++;
        }
    }
    if (count != 1 || given == NULL) {
        sim_cfg_fail(cfg, NULL, "%u of %s, expected one", (unsigned)count, known);
        return;
    }
    area->where = given->where;
    if (given->where == SCENE_ON_COLUMN)
        set_column(area, sim_cfg_num(cfg, given->key, 0, camera->array_width_px, 0));
    else
        read_corners(cfg, given->key, camera, least, most, area);
    if (given->where != SCENE_ON_COLUMN && is_flat(area))
        sim_cfg_fail(cfg, given->key,
                     least == 2 ? "its ends are one place" : "all corners are on one line");
}

/* The counting line: the world's origin. */
static void read_line(const sim_cfg_t *scene, scene_desc_t *desc)
{
    sim_cfg_t cfg = sim_cfg_obj(scene, "line");
    double middle = (double)desc->camera.array_width_px / 2;
    desc->camera.center_px = sim_cfg_num(&cfg, "x_px", -16384, 32768, middle);
    sim_cfg_num(&cfg, "x_m", 0, 0, 0);
    scene_areas_default(desc);
    read_name(&cfg, NULL, 0, &desc->line[0]);
    sim_cfg_done(&cfg);
}

static uint32_t count_areas(const sim_cfg_t *scene, const char *key, uint32_t most)
{
    uint32_t count = sim_cfg_count(scene, key);
    if (count > most)
        sim_cfg_fail(scene, key, "%u are more than %u", (unsigned)count, (unsigned)most);
    return count > most ? 0 : count;
}

static void read_lines(const sim_cfg_t *scene, scene_desc_t *desc)
{
    uint32_t count = count_areas(scene, "lines", SCENE_MAX_LINES - 1);
    for (uint32_t i = 0; i < count; i++) {
        scene_area_t *line = &desc->line[desc->line_count];
        sim_cfg_t cfg = sim_cfg_at(scene, "lines", i);
        *line = (scene_area_t){0};
        read_name(&cfg, desc->line, desc->line_count, line);
        read_way(&cfg, line_ways, SIM_COUNT(line_ways), 2, 2, &desc->camera, line);
        read_kinds(&cfg, line);
        sim_cfg_done(&cfg);
        desc->line_count++;
    }
}

static void read_zones(const sim_cfg_t *scene, scene_desc_t *desc)
{
    uint32_t count = count_areas(scene, "zones", SCENE_MAX_ZONES);
    for (uint32_t i = 0; i < count; i++) {
        scene_area_t *zone = &desc->zone[i];
        sim_cfg_t cfg = sim_cfg_at(scene, "zones", i);
        read_name(&cfg, desc->zone, i, zone);
        read_way(&cfg, zone_ways, SIM_COUNT(zone_ways), 3, SCENE_AREA_CORNERS, &desc->camera, zone);
        read_kinds(&cfg, zone);
        zone->dwell_ms = (uint32_t)sim_cfg_u64(&cfg, "dwell_ms", 0, MAX_DWELL_MS, 0);
        sim_cfg_done(&cfg);
        desc->zone_count++;
    }
}

void scene_areas_read(const sim_cfg_t *scene, scene_desc_t *desc)
{
    read_line(scene, desc);
    read_lines(scene, desc);
    read_zones(scene, desc);
}

/* ---- writing ---- */

static void write_corners(const scene_area_t *area, const char *key, sim_json_t *out)
{
    sim_json_t *corners = sim_json_add_array(out, key);
    for (uint32_t i = 0; i < area->corners; i++) {
        sim_json_t *at = sim_json_add_array(corners, NULL);
        sim_json_add_num(at, NULL, area->corner[i][0]);
        sim_json_add_num(at, NULL, area->corner[i][1]);
    }
}

static void write_area(const scene_area_t *area, const way_t *way, sim_json_t *list)
{
    sim_json_t *out = sim_json_add_object(list, NULL);
    sim_json_add_str(out, "name", area->name);
    while (way->where != area->where)
        way++;
    if (way->where == SCENE_ON_COLUMN)
        sim_json_add_num(out, way->key, area->corner[0][0]);
    else
        write_corners(area, way->key, out);
    sim_json_t *kinds = sim_json_add_array(out, "kinds");
    for (uint32_t i = 0; i < SCENE_KINDS; i++)
        if ((area->kinds >> i & 1) != 0)
            sim_json_add_str(kinds, NULL, scene_actor_kinds[i]->name);
    if (area->dwell_ms != 0)
        sim_json_add_u64(out, "dwell_ms", area->dwell_ms);
}

void scene_areas_write(const scene_desc_t *desc, sim_json_t *out)
{
    sim_json_t *line = sim_json_add_object(out, "line");
    sim_json_add_str(line, "name", desc->line[0].name);
    sim_json_add_num(line, "x_px", desc->camera.center_px);
    sim_json_add_num(line, "x_m", 0);
    sim_json_t *lines = desc->line_count > 1 ? sim_json_add_array(out, "lines") : NULL;
    for (uint32_t i = 1; i < desc->line_count; i++)
        write_area(&desc->line[i], line_ways, lines);
    sim_json_t *zones = desc->zone_count > 0 ? sim_json_add_array(out, "zones") : NULL;
    for (uint32_t i = 0; i < desc->zone_count; i++)
        write_area(&desc->zone[i], zone_ways, zones);
}

/* ---- as it is seen ---- */

void scene_areas_make(scene_t *scene)
{
    const scene_desc_t *d = &scene->desc;
    for (uint32_t i = 0; i < d->zone_count; i++)
        for (uint32_t k = 0; k < d->zone[i].corners; k++)
            scene_area_corner(&d->camera, &d->zone[i], k, scene->zone_px[i][k]);
    for (uint32_t i = 0; i < d->line_count; i++) {
        for (uint32_t k = 0; k < 2; k++)
            scene_area_corner(&d->camera, &d->line[i], k, scene->line_px[i][k]);
        scene->line_px[i][1][1] += d->line[i].where == SCENE_ON_COLUMN;
    }
}

scene_outline_t scene_outline(const scene_t *scene, const scene_area_t *area,
                              uint32_t array_width_px, uint32_t array_height_px)
{
    const scene_camera_t *c = &scene->desc.camera;
    double sx = (double)array_width_px / c->array_width_px;
    double sy = (double)array_height_px / c->array_height_px;
    scene_outline_t out = {.corners = area->corners};
    for (uint32_t i = 0; i < area->corners; i++) {
        double px[2] = {0};
        scene_area_corner(c, area, i, px);
        if (area->where == SCENE_ON_COLUMN)
            px[1] = i == 0 ? 0 : c->array_height_px;
        out.px[i][0] = scene_quarter((float)(px[0] * sx));
        out.px[i][1] = scene_quarter((float)(px[1] * sy));
    }
    return out;
}
