/*
 * scene.h - the world in front of the sensor, and the truth about it.
 *
 *   scene JSON --> scene_desc_t --+--> scene_t --> sim_light_t: one row, seen at the row's own time
 *   picture.png ------------------+        |
 *                                          +--> scene_truth: boxes and counts of a frame
 *
 * A scene is a still background (a room drawn from the seed, a plain wall, or a PNG) with people
 * who walk through a door from left to right ("in") and from right to left ("out").
 *
 * Camera:  a pinhole at height_m over a flat floor, its optical axis level (verticals stay
 * vertical; the view downward comes from lens shift: the horizon is not in the middle). x points
 * right, z away from the camera, both in meters on the floor. A point (x, height h, z) is seen at
 *              column center_px + focal_px * x / z,   row horizon_px + focal_px * (height_m - h) /
 * z. The camera stands in the plane of the door (x = 0), so the door is seen edge-on and its plane
 * is one column of the image whatever the depth: the counting line. Pixels:  of the scene's own
 * array (camera.array_*_px, IMX500's 4056 x 3040 by default). A request for another array sees the
 * same field of view, stretched; truth is scaled likewise. Time:    simulated time; a row is seen
 * at the middle of its exposure. Crossing: a person crosses when the middle of the body (the hip)
 * is in the plane of the door; it counts from the first frame whose box (see scene_truth) is of
 * that time or later. Crossings before time 0 do not count. Seed:    scene.seed is the world: other
 * people, clothes, room and light.
 *
 * Modeled:     gait with planted feet, arm swing, cloth and texture, occlusion, contact shadows,
 * light falloff, light that changes and lamp flicker, both averaged over the exposure, color
 * temperature, motion blur of silhouettes (edges as wide as the way walked in the exposure). Not
 * modeled: blur of texture inside a silhouette and of limbs beyond the walking speed, cast shadows
 * on other people, people who turn or stop, depth of field (see pixel/).
 */
#ifndef SCENES_SCENE_H
#define SCENES_SCENE_H

#include "sim/json.h"
#include "sim/line.h"
#include "sim/types.h"

#define SCENE_MAX_PEOPLE 256
#define SCENE_MAX_CHANGES 64
#define SCENE_CLASS_PERSON 1

typedef enum { SCENE_OUT = -1, SCENE_IN = 1 } scene_direction_t;

typedef enum {
    SCENE_BACK_ROOM,  /* wall, floor, door and clutter, drawn from the seed */
    SCENE_BACK_PLAIN, /* one reflectance everywhere, for measurements */
    SCENE_BACK_PNG,   /* a picture, sRGB */
} scene_back_kind_t;

typedef enum { SCENE_FIT_STRETCH, SCENE_FIT_CONTAIN, SCENE_FIT_COVER } scene_fit_t;

/* Surfaces; ANY lets the seed choose. */
typedef enum {
    SCENE_WALL_ANY,
    SCENE_WALL_PAINT,
    SCENE_WALL_BRICK,
    SCENE_WALL_PANEL,
    SCENE_WALL_TILE,
    SCENE_WALL_KINDS
} scene_wall_t;

typedef enum {
    SCENE_FLOOR_ANY,
    SCENE_FLOOR_TILE,
    SCENE_FLOOR_WOOD,
    SCENE_FLOOR_STONE,
    SCENE_FLOOR_CARPET,
    SCENE_FLOOR_KINDS
} scene_floor_t;

typedef enum {
    SCENE_CLOTH_ANY,
    SCENE_CLOTH_PLAIN,
    SCENE_CLOTH_HOOPS,   /* horizontal stripes */
    SCENE_CLOTH_STRIPES, /* vertical stripes */
    SCENE_CLOTH_PLAID,
    SCENE_CLOTH_NOISE,
    SCENE_CLOTH_KINDS
} scene_cloth_t;

/* A number that the seed draws, uniformly, when low < high. */
typedef struct {
    double low, high;
} scene_range_t;

typedef struct {
    uint32_t array_width_px, array_height_px;
    double height_m, focal_px, horizon_px, center_px;
} scene_camera_t;

typedef struct {
    scene_back_kind_t kind;
    scene_wall_t wall;
    scene_floor_t floor;
    double wall_m;       /* distance of the back wall */
    uint32_t clutter[2]; /* least and most things that are not people */
    double reflectance;  /* PLAIN */
    char file[512];      /* PNG, resolved against base_dir */
    scene_fit_t fit;     /* PNG */
} scene_back_t;

typedef struct {
    bool shown;
    double near_m, far_m; /* depth of the two jambs */
    double width_m;       /* of a jamb, as seen */
    double height_m;
    double color[3]; /* linear reflectance; negative: the seed chooses */
} scene_door_t;

typedef struct {
    scene_direction_t direction;
    double cross_s; /* when the hip is in the plane of the door */
    double speed_mps, depth_m, height_m;
    double build;  /* width of the body, 1 = average */
    uint64_t look; /* seed of clothes, hair, skin, what they carry */
    scene_cloth_t cloth;
    double top[3], bottom[3]; /* linear reflectance; negative: drawn from look */
} scene_person_t;

/* The light becomes another one: at once, or evenly within over_s. */
typedef struct {
    double at_s, over_s;
    double lux, color_k; /* negative: as before; never of a made scene */
} scene_change_t;

/* Makes people such that counting them is a fair task; the rules are in scenes/README.md. */
typedef struct {
    bool on;
    double duration_s;  /* crossings happen between time 0 and this */
    scene_range_t rate; /* crossings per second */
    scene_range_t speed_mps, height_m, build;
    scene_range_t near_m, far_m; /* depth of the two lanes */
    double in_share;             /* of the crossings, 0..1; 0 and 1: one direction only */
} scene_crowd_t;

typedef struct {
    uint64_t seed;
    scene_range_t lux;     /* illuminance at the objects; a range is drawn dim rather
                            * than bright: low + (high - low) * u^2 */
    scene_range_t color_k; /* color temperature of the light, 2000..10000 K */
    uint32_t change_count; /* in order of time; none begins before the last has ended */
    scene_change_t change[SCENE_MAX_CHANGES];
    double flicker_hz, flicker_depth; /* 100 Hz lamps: light is 1 + depth * sin */
    double falloff;                   /* 0..0.8, of a room: how much darker the corners are */
    double min_visible;               /* a person less visible than this is not in the truth */
    scene_camera_t camera;
    scene_back_t back;
    scene_door_t door;
    scene_crowd_t crowd;
    uint32_t people_count;
    scene_person_t people[SCENE_MAX_PEOPLE];
} scene_desc_t;

typedef struct scene scene_t;

scene_desc_t scene_desc_default(void);

/*
 * Reads a scene object; complaints go to its document (sim_doc_error). Names of files in it are
 * relative to base_dir. seed: NULL, or the seed that overrides the file's.
 */
sim_err_t scene_desc_read(const sim_cfg_t *cfg, const char *base_dir, const uint64_t *seed,
                          scene_desc_t *desc);
/* The same object, every key filled in: reading it gives an equal desc. */
void scene_desc_write(const scene_desc_t *desc, sim_json_t *out);
/* Replaces the crowd by the people it makes. */
void scene_desc_expand(scene_desc_t *desc);

/* Makes the world. *scene is NULL on failure, and error (error_bytes long) says why. */
sim_err_t scene_make(const scene_desc_t *desc, scene_t **scene, char *error, size_t error_bytes);
/* scene_desc_read and scene_make in one; all complaints go to the document. */
sim_err_t scene_load(const sim_cfg_t *cfg, const char *base_dir, const uint64_t *seed,
                     scene_t **scene);
/* A picture as the world, lit by lux (a white pixel's light) of color_k. */
sim_err_t scene_load_png(const char *file, scene_fit_t fit, double lux, double color_k,
                         scene_t **scene, char *error, size_t error_bytes);
/* By its name: *.png as above at the default light; JSON: its "scene" object (or the file that
 * "scene" names), or the whole file when it has no such key. */
sim_err_t scene_load_file(const char *file, const uint64_t *seed, scene_t **scene, char *error,
                          size_t error_bytes);
void scene_free(scene_t *scene); /* NULL is fine */

/* Scratch memory for rows of up to width_px samples by workers 0..workers-1. Before the first row.
 */
sim_err_t scene_prepare(scene_t *scene, uint32_t workers, uint32_t width_px);
/* The light of the scene; valid as long as the scene. */
sim_light_t scene_light(const scene_t *scene);

/* The world as it is: crowd expanded, ranges drawn (low == high). Ids are index + 1. */
const scene_desc_t *scene_desc(const scene_t *scene);
/* Column of the counting line in an array that wide. In the world it is x = 0 at every depth. */
float scene_line_px(const scene_t *scene, uint32_t array_width_px);

/* How a frame is read: row r shows array row y0_px + r * y_step_px, and its exposure starts at
 * start_ps + r * line_ps. IMX500, 2x2 binned: 0.5, 2, 1520 rows, 12 631 720 ps
 * (9398 clocks of 744 MHz). */
typedef struct {
    uint32_t array_width_px, array_height_px;
    float y0_px, y_step_px; /* y_step_px < 0: upside down */
    uint32_t rows;
    uint64_t start_ps, line_ps, exposure_ps;
    sim_window_t window; /* what of the array is read; width 0: all of it */
} scene_timing_t;

/*
 * x, y, w, h: active-array pixels, top-left corner, clipped to the window: the extents of the drawn
 * body (head to shoes, arms and what is carried) as it stands at the mid-exposure time of the row
 * through the middle of the un-clipped box. visible: the part of the body's silhouette that is
 * inside the window and not behind a nearer person or the near jamb.
 */
typedef struct {
    uint32_t id, class_id;
    float x, y, w, h, visible;
} scene_box_t;

typedef struct {
    uint32_t frame;
    uint32_t in, out; /* cumulative */
    uint32_t count;
    scene_box_t box[SCENE_MAX_PEOPLE]; /* by id */
} scene_truth_t;

void scene_truth(const scene_t *scene, const scene_timing_t *timing, uint32_t frame,
                 scene_truth_t *truth);
/* Adds "boxes" and "counts" to a line of truth.jsonl. */
void scene_truth_write(const scene_truth_t *truth, sim_json_t *line);

#endif
