#include "tools/settings.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { DAY_S = 86400, MOST_FLAGS = 0xffff };

/* ---- the table ---- */

typedef enum { SETTING, OWN, STATUS } access_t;

static const struct {
    uint16_t addr;
    uint32_t bytes;
    access_t access;
    const char *key;
    uint32_t least, most, reset; /* reset: of the IMX500 */
} table[SETTINGS] = {
#define X(NAME, address, bytes, access, reset, chip, key, least, most, help)                       \
    [SETTING_##NAME] = {address, bytes, access, key, least, most, reset},
    APP_SETTINGS(X)
#undef X
};

/* Values out of reset: those need no write. */
enum {
#define X(n, NAME, offset, bytes, reset, key, help) RESET_##NAME = reset,
    APP_ZONE_REGS(X, 0)
#undef X
};

/* ---- from the scene ---- */

static int32_t to_px(double at)
{
    double rounded = at < 0 ? at - 0.5 : at + 0.5;
    return rounded < INT16_MIN ? INT16_MIN : rounded > INT16_MAX ? INT16_MAX : (int32_t)rounded;
}

static settings_zone_t named_zone(const char *name)
{
    settings_zone_t zone = {.from_s = RESET_FROM, .to_s = RESET_TO};
    snprintf(zone.name, sizeof(zone.name), "%s", name);
    return zone;
}

static settings_zone_t zone_of(const scene_area_t *area, const scene_outline_t *outline)
{
    settings_zone_t zone = named_zone(area->name);
    zone.dwell_ms = area->dwell_ms;
    zone.corners = outline->corners;
    for (uint32_t i = 0; i < outline->corners; i++)
        for (uint32_t k = 0; k < 2; k++)
            zone.corner[i][k] = to_px((double)outline->px[i][k]);
    return zone;
}

static void give(settings_t *s, setting_t which, uint32_t value)
{
    s->given[which] = true;
    s->value[which] = value;
}

/* What of it is in the picture; nothing: as it must have a place, a pixel. */
static settings_facing_t facing_of(const scene_facing_t *facing)
{
    settings_facing_t out = {
        .rect = {(uint16_t)to_px((double)facing->x), (uint16_t)to_px((double)facing->y)}};
    int32_t w = to_px((double)facing->w), h = to_px((double)facing->h);
    out.rect[2] = (uint16_t)(w > 0 ? w : 1);
    out.rect[3] = (uint16_t)(h > 0 ? h : 1);
    snprintf(out.name, sizeof(out.name), "%s", facing->name);
    return out;
}

static void take_facings(const scene_t *scene, uint32_t width_px, uint32_t height_px, settings_t *s)
{
    const scene_timing_t whole = {.array_width_px = width_px,
                                  .array_height_px = height_px,
                                  .y_step_px = 1,
                                  .rows = height_px};
    scene_facing_t facing[SCENE_MAX_ACTORS];
    s->facings = scene_facings(scene, &whole, facing);
    for (uint32_t i = 0; i < s->facings; i++)
        s->facing[i] = facing_of(&facing[i]);
}
_Static_assert(SCENE_MAX_ACTORS <= (int)APP_FACINGS_MOST, "a register for each facing");

settings_t settings_of_scene(const scene_t *scene, uint32_t width_px, uint32_t height_px)
{
    settings_t s = {0};
    const scene_desc_t *desc = scene_desc(scene);
    give(&s, SETTING_LINE_X, (uint32_t)(scene_line_px(scene, width_px) + 0.5f));
    for (uint32_t i = 0; i < desc->zone_count && i < APP_ZONES_MOST; i++) {
        scene_outline_t outline = scene_outline(scene, &desc->zone[i], width_px, height_px);
        s.zone[s.zones++] = zone_of(&desc->zone[i], &outline);
    }
    take_facings(scene, width_px, height_px, &s);
    return s;
}

/* ---- from the scenario ---- */

_Static_assert(offsetof(settings_zone_t, name) == 0, "name stays first");
_Static_assert(offsetof(settings_facing_t, name) == 0, "name stays first");

/* One that none of the list, whose items begin with theirs, has. */
static const char *read_name(const sim_cfg_t *cfg, const void *list, size_t item_bytes,
                             uint32_t count)
{
    sim_cfg_need(cfg, "name");
    const char *name = sim_cfg_str(cfg, "name", "-");
    if (name[0] == '\0' || strlen(name) >= SCENE_NAME)
        sim_cfg_fail(cfg, "name", "%zu bytes, expected 1..%d", strlen(name), SCENE_NAME - 1);
    for (uint32_t i = 0; i < count; i++)
        if (strcmp((const char *)list + i * item_bytes, name) == 0)
            sim_cfg_fail(cfg, "name", "\"%s\" is there twice", name);
    return name;
}

/* No area of any triangle that begins at the first corner. */
static bool is_flat(const settings_zone_t *zone)
{
    const int32_t(*at)[2] = zone->corner;
    for (uint32_t i = 1; i < zone->corners; i++)
        for (uint32_t k = 1; k < i; k++)
            if ((int64_t)(at[i][0] - at[0][0]) * (at[k][1] - at[0][1]) !=
                (int64_t)(at[i][1] - at[0][1]) * (at[k][0] - at[0][0]))
                return false;
    return true;
}

static void read_corner(const sim_cfg_t *at, const uint32_t size_px[2], int32_t corner[2])
{
    static const char *const names[2] = {"column", "row"};
    double px[2] = {0, 0};
    sim_cfg_nums(at, NULL, px, 2, -1e6, 1e6);
    for (uint32_t k = 0; k < 2; k++) {
        int32_t least = size_px[k] != 0 ? 0 : INT16_MIN;
        int32_t most = size_px[k] != 0 ? (int32_t)size_px[k] : INT16_MAX;
        if (px[k] < least || px[k] > most)
            sim_cfg_fail(at, NULL, "%s %g not in %d..%d", names[k], px[k], least, most);
        corner[k] = to_px(px[k]);
    }
}

static void read_polygon(const sim_cfg_t *cfg, const uint32_t size_px[2], settings_zone_t *zone)
{
    sim_cfg_need(cfg, "polygon_px");
    uint32_t count = sim_cfg_count(cfg, "polygon_px");
    if (count < 3 || count > APP_ZONE_MOST_CORNERS) {
        sim_cfg_fail(cfg, "polygon_px", "%u corners, expected 3..%d", count, APP_ZONE_MOST_CORNERS);
        return;
    }
    zone->corners = count;
    for (uint32_t i = 0; i < count; i++) {
        sim_cfg_t at = sim_cfg_at(cfg, "polygon_px", i);
        read_corner(&at, size_px, zone->corner[i]);
    }
    if (is_flat(zone))
        sim_cfg_fail(cfg, "polygon_px", "corners on one line: no area");
}

static void read_zone(const sim_cfg_t *cfg, const uint32_t size_px[2], settings_t *s)
{
    settings_zone_t *zone = &s->zone[s->zones];
    *zone = named_zone(read_name(cfg, s->zone, sizeof(*zone), s->zones));
    read_polygon(cfg, size_px, zone);
    zone->dwell_ms = (uint32_t)sim_cfg_u64(cfg, "dwell_ms", 0, UINT32_MAX, RESET_DWELL_MS);
    zone->from_s = (uint32_t)sim_cfg_u64(cfg, "from", 0, DAY_S, RESET_FROM);
    zone->to_s = (uint32_t)sim_cfg_u64(cfg, "to", 0, DAY_S, RESET_TO);
    zone->flags = (uint32_t)sim_cfg_u64(cfg, "flags", 0, MOST_FLAGS, RESET_FLAGS);
    sim_cfg_done(cfg);
    s->zones++;
}

/* A list takes the place of the scene's zones; an empty one says that there are none. */
static void read_zones(const sim_cfg_t *cfg, const uint32_t size_px[2], settings_t *s)
{
    if (!sim_cfg_has(cfg, "zones"))
        return;
    uint32_t count = sim_cfg_count(cfg, "zones");
    if (count > APP_ZONES_MOST)
        sim_cfg_fail(cfg, "zones", "%u zones, at most %d", count, APP_ZONES_MOST);
    s->zones = 0;
    for (uint32_t i = 0; i < count && i < APP_ZONES_MOST; i++) {
        sim_cfg_t item = sim_cfg_at(cfg, "zones", i);
        read_zone(&item, size_px, s);
    }
}

static void read_facing(const sim_cfg_t *cfg, const uint32_t size_px[2], settings_t *s)
{
    settings_facing_t *facing = &s->facing[s->facings];
    double rect[4] = {0, 0, 0, 0};
    const char *name = read_name(cfg, s->facing, sizeof(*facing), s->facings);
    sim_cfg_need(cfg, "rect_px");
    sim_cfg_nums(cfg, "rect_px", rect, 4, 0, 65535);
    for (uint32_t k = 0; k < 2; k++) {
        uint32_t most = size_px[k] != 0 ? size_px[k] : 2 * UINT16_MAX;
        if (sim_cfg_has(cfg, "rect_px") && (rect[2 + k] < 1 || rect[k] + rect[2 + k] > most))
            sim_cfg_fail(cfg, "rect_px", "%s %g from %g on is not 1 or more within 0..%u",
                         k == 0 ? "width" : "height", rect[2 + k], rect[k], most);
    }
    sim_cfg_done(cfg);
    snprintf(facing->name, sizeof(facing->name), "%s", name);
    for (uint32_t k = 0; k < 4; k++)
        facing->rect[k] = (uint16_t)(rect[k] + 0.5);
    s->facings++;
}

/* Likewise. */
static void read_facings(const sim_cfg_t *cfg, const uint32_t size_px[2], settings_t *s)
{
    if (!sim_cfg_has(cfg, "facings"))
        return;
    uint32_t count = sim_cfg_count(cfg, "facings");
    if (count > APP_FACINGS_MOST)
        sim_cfg_fail(cfg, "facings", "%u facings, at most %d", count, APP_FACINGS_MOST);
    s->facings = 0;
    for (uint32_t i = 0; i < count && i < APP_FACINGS_MOST; i++) {
        sim_cfg_t item = sim_cfg_at(cfg, "facings", i);
        read_facing(&item, size_px, s);
    }
}

static uint32_t value_of(const settings_t *s, setting_t which)
{
    return s->given[which] ? s->value[which] : table[which].reset;
}

/* The program would go on without a grid. */
static void check_grid(const sim_cfg_t *cfg, const settings_t *s)
{
    uint32_t columns = value_of(s, SETTING_HEAT_COLUMNS), rows = value_of(s, SETTING_HEAT_ROWS);
    if (columns * rows > APP_HEAT_CELLS_MOST)
        sim_cfg_fail(cfg, s->given[SETTING_HEAT_ROWS] ? "heat_rows" : "heat_columns",
                     "a grid of %u x %u cells, at most %d", columns, rows, APP_HEAT_CELLS_MOST);
}

void settings_read(const sim_cfg_t *root, uint32_t width_px, uint32_t height_px,
                   settings_t *settings)
{
    const uint32_t size_px[2] = {width_px, height_px};
    sim_cfg_t cfg = sim_cfg_obj(root, "settings");
    for (uint32_t i = 0; i < SETTINGS; i++)
        if (table[i].access == SETTING && sim_cfg_has(&cfg, table[i].key))
            give(settings, (setting_t)i,
                 (uint32_t)sim_cfg_u64(&cfg, table[i].key, table[i].least, table[i].most,
                                       table[i].least));
    check_grid(&cfg, settings);
    read_zones(&cfg, size_px, settings);
    read_facings(&cfg, size_px, settings);
    sim_cfg_done(&cfg);
}

/* ---- to config.json ---- */

static void write_zone(const settings_zone_t *zone, sim_json_t *out)
{
    sim_json_add_str(out, "name", zone->name);
    sim_json_t *polygon = sim_json_add_array(out, "polygon_px");
    for (uint32_t i = 0; i < zone->corners; i++) {
        sim_json_t *corner = sim_json_add_array(polygon, NULL);
        sim_json_add_i64(corner, NULL, zone->corner[i][0]);
        sim_json_add_i64(corner, NULL, zone->corner[i][1]);
    }
    sim_json_add_u64(out, "dwell_ms", zone->dwell_ms);
    sim_json_add_u64(out, "from", zone->from_s);
    sim_json_add_u64(out, "to", zone->to_s);
    sim_json_add_u64(out, "flags", zone->flags);
}

void settings_write(const settings_t *settings, sim_json_t *out)
{
    for (uint32_t i = 0; i < SETTINGS; i++)
        if (settings->given[i])
            sim_json_add_u64(out, table[i].key, settings->value[i]);
    sim_json_t *zones = sim_json_add_array(out, "zones");
    for (uint32_t i = 0; i < settings->zones; i++)
        write_zone(&settings->zone[i], sim_json_add_object(zones, NULL));
    sim_json_t *facings = sim_json_add_array(out, "facings");
    for (uint32_t i = 0; i < settings->facings; i++) {
        sim_json_t *item = sim_json_add_object(facings, NULL);
        sim_json_add_str(item, "name", settings->facing[i].name);
        sim_json_t *rect = sim_json_add_array(item, "rect_px");
        for (uint32_t k = 0; k < 4; k++)
            sim_json_add_u64(rect, NULL, settings->facing[i].rect[k]);
    }
}

/* ---- to registers ---- */

typedef struct {
    settings_reg_t *reg;
    uint32_t count;
} list_t;

static settings_reg_t *put(list_t *list, uint32_t addr, uint32_t bytes, uint32_t value)
{
    settings_reg_t *reg = &list->reg[list->count++];
    *reg = (settings_reg_t){.addr = (uint16_t)addr, .bytes = bytes, .value = value};
    return reg;
}

static void put_zone(list_t *list, uint32_t n, const settings_zone_t *zone)
{
    uint32_t base = n * APP_ZONE_BYTES, first = list->count;
    for (uint32_t i = 0; i < zone->corners; i++)
        put(list, base + APP_ZONE_CORNER_0 + 4 * i, 4,
            (uint32_t)zone->corner[i][0] << 16 | ((uint32_t)zone->corner[i][1] & 0xffffu));
    if (zone->dwell_ms != RESET_DWELL_MS)
        put(list, base + APP_ZONE_DWELL_MS, 4, zone->dwell_ms);
    if (zone->from_s != RESET_FROM)
        put(list, base + APP_ZONE_FROM, 4, zone->from_s);
    if (zone->to_s != RESET_TO)
        put(list, base + APP_ZONE_TO, 4, zone->to_s);
    if (zone->flags != RESET_FLAGS)
        put(list, base + APP_ZONE_FLAGS, 2, zone->flags);
    put(list, base + APP_ZONE_CORNERS, 2, zone->corners);
    for (uint32_t i = first; i < list->count; i++)
        snprintf(list->reg[i].path, sizeof(list->reg[i].path), "settings.zones[%u]", n);
}

static void put_facing(list_t *list, uint32_t n, const uint16_t rect[4])
{
    static const uint16_t addr[2] = {APP_FACING_CORNER, APP_FACING_SIZE};
    for (uint32_t k = 0; k < 2; k++) {
        settings_reg_t *reg = put(list, addr[k] + n * APP_FACING_BYTES, 4,
                                  (uint32_t)rect[2 * k] << 16 | rect[2 * k + 1]);
        snprintf(reg->path, sizeof(reg->path), "settings.facings[%u]", n);
    }
}

uint32_t settings_regs(const settings_t *settings, settings_reg_t regs[SETTINGS_MOST_REGS])
{
    list_t list = {.reg = regs};
    for (uint32_t i = 0; i < SETTINGS; i++)
        if (settings->given[i]) {
            settings_reg_t *reg = put(&list, table[i].addr, table[i].bytes, settings->value[i]);
            snprintf(reg->path, sizeof(reg->path), "settings.%s", table[i].key);
        }
    for (uint32_t n = 0; n < settings->zones; n++)
        put_zone(&list, n, &settings->zone[n]);
    for (uint32_t n = 0; n < settings->facings; n++)
        put_facing(&list, n, settings->facing[n].rect);
    return list.count;
}
