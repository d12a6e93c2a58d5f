/*
 * settings.h - "settings" of a scenario: what the host sets in the application before the stream
 * starts, as writes of registers (firmware/include/fovea_settings.h).
 *
 *     "settings": {"score_min": 140, "time_of_day": 79200, "zones": [
 *         {"name": "door", "polygon_px": [[100, 200], [900, 200], [500, 1800]],
 *          "dwell_ms": 5000, "from": 64800, "to": 28800, "flags": 1}],
 *         "facings": [{"name": "A1", "rect_px": [300, 500, 420, 580]}]}
 *
 * Keys are those of the table, each a number. Zones and facings keep their names on this side; in
 * registers and on the link they are numbers, in this order. What is not there the scene says (its
 * counting line, its zones, its shelf's facings), or nobody: the register keeps its reset value.
 */
#ifndef TOOLS_SETTINGS_H
#define TOOLS_SETTINGS_H

#include "firmware/include/fovea_settings.h"
#include "scenes/scene.h"
#include "sim/json.h"

#define SETTINGS_INDEX(NAME, address, bytes, access, reset, chip, key, least, most, help)          \
    SETTING_##NAME,
typedef enum { APP_SETTINGS(SETTINGS_INDEX) SETTINGS } setting_t;
#undef SETTINGS_INDEX

typedef struct {
    char name[SCENE_NAME];
    uint32_t corners;                         /* 3..8 */
    int32_t corner[APP_ZONE_MOST_CORNERS][2]; /* x, y, px of the active array, 16 bits */
    uint32_t dwell_ms, from_s, to_s, flags;
} settings_zone_t;

typedef struct {
    char name[SCENE_NAME];
    uint16_t rect[4]; /* x, y, width, height, px of the active array; both at least 1 */
} settings_facing_t;

typedef struct {
    bool given[SETTINGS];
    uint32_t value[SETTINGS];
    uint32_t zones;
    settings_zone_t zone[APP_ZONES_MOST];
    uint32_t facings;
    settings_facing_t facing[APP_FACINGS_MOST];
} settings_t;

/* A write of the host's. */
typedef struct {
    uint16_t addr;
    uint32_t bytes, value;
    char path[64]; /* in the scenario, for messages */
} settings_reg_t;

enum {
    SETTINGS_MOST_REGS =
        SETTINGS + APP_ZONES_MOST * (APP_ZONE_MOST_CORNERS + 5) + 2 * APP_FACINGS_MOST
};

/* What the scene says, for an active array that large: counting line, zones, facings. */
settings_t settings_of_scene(const scene_t *scene, uint32_t width_px, uint32_t height_px);

/* Puts the key "settings" of root over that; complaints are the document's. Zones and facings lie
 * on the array; with both sizes 0 (what the scene said, written by settings_write) where a register
 * can say. */
void settings_read(const sim_cfg_t *root, uint32_t width_px, uint32_t height_px,
                   settings_t *settings);

/* The object that reads as these settings. */
void settings_write(const settings_t *settings, sim_json_t *out);

/* Fills in the host's writes, in this order (a zone's number of corners behind the rest of it), and
 * returns how many there are. */
uint32_t settings_regs(const settings_t *settings, settings_reg_t regs[SETTINGS_MOST_REGS]);

#endif
