/*
 * scene.h - the world in front of the sensor, and the truth about it.
 *
 *   scene JSON --> scene_desc_t --+--> scene_t --> sim_light_t: one row, seen at the row's own time
 *   picture.png ------------------+        |
 *                                          +--> scene_truth: boxes and counts of a frame
 *
 * A scene is a still background (a room or a place drawn from the seed, a plain wall, or a PNG) or
 * a recording (numbered PNG files, Y4M video from a file or a pipe) with people who walk through a
 * door from left to right ("in") and from right to left ("out"), and other actors.
 *
 * Camera:  a pinhole at height_m over a flat floor, pitch_deg below the level. x points right, z
 * away from the camera, both in meters on the floor. A point (x, height h, z) is at the depth d = z
 * cos p + (height_m - h) sin p, and seen at column center_px + focal_px * x / d, row horizon_px +
 * focal_px * ((height_m - h) cos p - z sin p) / d. A level camera looks downward by lens shift: the
 * horizon is not in the middle. The camera stands in the plane of the door (x = 0), so the door is
 * seen edge-on and its plane is one column of the image whatever the depth: the counting line.
 * Pixels:  of the scene's own array (camera.array_*_px, IMX500's 4056 x 3040 by default). A request
 * for another array sees the same field of view, stretched; truth is scaled likewise.
 * Time:    simulated time; a row is seen at the middle of its exposure.
 * Crossing: a person crosses when the middle of the body (the hip) is in the plane of the door; it
 * counts from the first frame whose box (see scene_truth) is of that time or later. Crossings
 * before time 0 do not count.
 * Seed:    scene.seed is the world: other people, clothes, place and light.
 *
 * Modeled:     gait with planted feet, arm swing, cloth and texture, occlusion, contact shadows,
 * light falloff, light that changes and lamp flicker, both averaged over the exposure, color
 * temperature, fog, rain and snow, motion blur of silhouettes (edges as wide as the way walked in
 * the exposure). Not modeled: blur of texture inside a silhouette and of limbs beyond the walking
 * speed, cast shadows on other people, people who run, sit or bend, depth of field (see pixel/).
 */
#ifndef SCENES_SCENE_H
#define SCENES_SCENE_H

#include "sim/json.h"
#include "sim/line.h"
#include "sim/png.h"
#include "sim/pool.h"
#include "sim/types.h"

#define SCENE_MAX_PEOPLE 256
#define SCENE_MAX_ACTORS 64
#define SCENE_MAX_CAST (SCENE_MAX_PEOPLE + SCENE_MAX_ACTORS)
#define SCENE_MAX_CHANGES 64
#define SCENE_MAX_ZONES 32
#define SCENE_MAX_LINES 32
#define SCENE_AREA_CORNERS 8
#define SCENE_NAME 32
#define SCENE_CLASS_PERSON 1
#define SCENE_CLASS_VEHICLE 2
#define SCENE_CLASS_ANIMAL 3
#define SCENE_CLASS_ROBOT_ARM 4
#define SCENE_CLASS_SHAPE 5
#define SCENE_CLASS_CHART 6
#define SCENE_CLASS_PRODUCT 7
#define SCENE_CLASS_HAND 8
#define SCENE_CLASS_OUTSIDE 1000 /* plus a category's number: others of a recording's truth */

typedef enum { SCENE_OUT = -1, SCENE_IN = 1 } scene_direction_t;

typedef enum {
    SCENE_BACK_ROOM,  /* wall, floor, door and clutter, drawn from the seed */
    SCENE_BACK_PLAIN, /* one reflectance everywhere, for measurements */
    SCENE_BACK_PNG,   /* a picture, sRGB */
    SCENE_BACK_AISLE, /* of a shop: from here on built of solids, drawn from the seed */
    SCENE_BACK_DOOR,
    SCENE_BACK_SHELF_WALL,
    SCENE_BACK_ROAD,
    SCENE_BACK_CELL, /* of a factory */
    SCENE_BACK_CAR_PARK,
    SCENE_BACK_KINDS
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

/* Of a recording: what codes mean, where video does not say it itself, and what comes after it. */
typedef enum { SCENE_LEVELS_AUTO, SCENE_LEVELS_FULL, SCENE_LEVELS_LIMITED } scene_levels_t;
typedef enum { SCENE_MATRIX_AUTO, SCENE_MATRIX_BT601, SCENE_MATRIX_BT709 } scene_matrix_t;
typedef enum { SCENE_END_HOLD, SCENE_END_LOOP } scene_end_t;

/* A number that the seed draws, uniformly, when low < high. */
typedef struct {
    double low, high;
} scene_range_t;

typedef struct {
    uint32_t array_width_px, array_height_px;
    double height_m, focal_px;
    double pitch_deg;  /* the axis points this much below the level */
    double horizon_px; /* row of the axis; the horizon when the camera is level */
    double center_px;  /* column of the axis */
} scene_camera_t;

/* Somebody is at x_m, z_m at at_s. */
typedef struct {
    double at_s, x_m, z_m;
    double way_m; /* along the path from its first point; scene_path_finish fills it in */
} scene_waypoint_t;

/* Where something goes (scenes/path.c): at the first point before it begins, at the last one after
 * it ends; two points at one place are a wait. */
#define SCENE_MAX_WAYPOINTS 24
typedef struct {
    uint32_t count;     /* 0: no path */
    bool smooth;        /* round corners, soft stops; else straight lines at even speed */
    double repeat_s;    /* it begins again after this; 0: never */
    double heading_deg; /* of what never moves: 0 to the right, 90 away */
    scene_waypoint_t point[SCENE_MAX_WAYPOINTS];
} scene_path_t;

typedef struct {
    scene_back_kind_t kind;
    scene_wall_t wall;
    scene_floor_t floor;
    double wall_m;                        /* distance of the back wall */
    uint32_t clutter[2];                  /* least and most things that are not people */
    uint32_t boards;                      /* of a shelf wall, bare; 0: five, full of goods */
    double high_m;                        /* of the shelf with those */
    scene_range_t depth_m, width_m, fill; /* of what is built; README.md says of what */
    double reflectance;                   /* PLAIN */
    char file[512];                       /* PNG, resolved against base_dir */
    scene_fit_t fit;                      /* PNG */
} scene_back_t;

/* Negative or 0: none. */
typedef struct {
    double fog_m;      /* how far one can see: contrast falls to 1/20 there */
    double rain, snow; /* 0..1 */
    double wind_mps;   /* to the right */
} scene_weather_t;

/* A recording in place of the background; its white is lit by the scene's light. Of a made scene
 * fps, levels and matrix are known. */
typedef struct {
    bool on;
    char file[512];  /* with a %d: numbered PNG files; *.png: one; else Y4M, - is standard input */
    char truth[512]; /* boxes as JSON lines or COCO; "": none */
    double truth_px[2];        /* size of the picture that they mean; 0: the recording's, COCO's */
    uint32_t first;            /* number of the first file; of Y4M frames that are left out */
    uint32_t count;            /* frames; 0: all there are */
    uint64_t fps_num, fps_den; /* 0: as Y4M says */
    double start_s;            /* when the first frame begins */
    scene_end_t end;
    scene_fit_t fit;
    scene_levels_t levels; /* of Y4M, as matrix; AUTO: its header's, else limited */
    scene_matrix_t matrix; /* AUTO: BT.709 above 576 rows, else BT.601 */
} scene_film_desc_t;

typedef struct {
    bool shown;
    double near_m, far_m; /* depth of the two jambs */
    double width_m;       /* of a jamb, as seen */
    double height_m;
    double color[3]; /* linear reflectance; negative: the seed chooses */
} scene_door_t;

typedef enum {
    SCENE_AGE_ADULT, /* first: who says nothing */
    SCENE_AGE_CHILD, /* about 7 years */
    SCENE_AGE_SENIOR,
    SCENE_AGES
} scene_age_t;

typedef enum {
    SCENE_CARRY_USUAL, /* as the look's seed has it: often nothing, or a bag */
    SCENE_CARRY_ANY,   /* the seed draws from all that follow */
    SCENE_CARRY_NOTHING,
    SCENE_CARRY_BACKPACK,
    SCENE_CARRY_SHOULDER, /* a bag */
    SCENE_CARRY_BAG,      /* in a hand */
    SCENE_CARRY_BOX,
    SCENE_CARRY_UMBRELLA,
    SCENE_CARRY_PHONE, /* at the ear */
    SCENE_CARRY_TROLLEY,
    SCENE_CARRY_STROLLER,
    SCENE_CARRY_CANE,
    SCENE_CARRY_BALLOON,
    SCENE_CARRY_KINDS
} scene_carry_t;

/* Walks straight across the view, or along a path. */
typedef struct {
    scene_path_t path;
    scene_direction_t direction; /* this and the next three: without a path */
    double cross_s;              /* when the hip is in the plane of the door */
    double speed_mps, depth_m;
    double height_m;
    double build;  /* width of the body, 1 = average */
    uint64_t look; /* seed of clothes, hair, skin, what they carry */
    scene_age_t age;
    bool age_told; /* the scene names it: the truth does, too, of everybody */
    scene_carry_t carry;
    scene_cloth_t cloth;
    double top[3], bottom[3]; /* linear reflectance; negative: drawn from look */
} scene_person_t;

typedef enum { SCENE_DISC, SCENE_RECTANGLE, SCENE_TRIANGLE, SCENE_FORMS } scene_form_t;

/* A plain shape, upright; path.heading_deg turns it from across the view, a disc never turns. */
typedef struct {
    scene_form_t form;
    double width_m, height_m; /* of a disc equal */
    double up_m;              /* of its lowest point */
    double color[3];          /* linear reflectance */
    scene_path_t path;        /* of the middle of its lower edge */
} scene_plate_t;

typedef enum {
    SCENE_CHART_CHECKER,      /* squares: columns by rows */
    SCENE_CHART_SLANTED_EDGE, /* a dark square turned by 5 degrees */
    SCENE_CHART_STAR,         /* Siemens star: columns dark sectors */
    SCENE_CHART_COLORS,       /* ColorChecker */
    SCENE_CHART_GRAYS,        /* columns steps, each half as light as the one before */
    SCENE_CHARTS
} scene_chart_kind_t;

/* A test chart on a board, upright; path.heading_deg turns it from across the view. */
typedef struct {
    scene_chart_kind_t chart;
    double width_m, up_m; /* up_m: of its lower edge */
    uint32_t columns, rows;
    double light, dark; /* reflectances */
    scene_path_t path;
} scene_chart_t;

typedef enum { SCENE_CAR, SCENE_VAN, SCENE_TRUCK, SCENE_VEHICLES } scene_vehicle_kind_t;

typedef struct {
    scene_vehicle_kind_t vehicle;
    double length_m, width_m, height_m;
    double color[3];
    uint64_t look; /* seed of its details */
    scene_path_t path;
} scene_vehicle_t;

typedef enum { SCENE_DOG, SCENE_CAT, SCENE_ANIMALS } scene_animal_kind_t;

typedef struct {
    scene_animal_kind_t animal;
    double height_m; /* of the shoulders */
    double color[3];
    uint64_t look;
    scene_path_t path;
} scene_animal_t;

/* Joints: yaw about the upright axis from the base's heading (to the left positive); shoulder from
 * the level up; elbow and wrist relative to the link before, up positive; grip 0 closed, 1 open. */
#define SCENE_MAX_POSES 16
#define SCENE_JOINTS 5
typedef struct {
    double at_s, joint[SCENE_JOINTS]; /* degrees; grip */
} scene_arm_pose_t;

typedef struct {
    double reach_m, base_m; /* both links; height of the base */
    double period_s;        /* of the poses; 0: once */
    uint32_t pose_count;
    scene_arm_pose_t pose[SCENE_MAX_POSES];
    double color[3];
    scene_path_t path; /* of the base: one point, or a carriage */
} scene_arm_t;

typedef enum { SCENE_BOX, SCENE_CAN, SCENE_BOTTLE, SCENE_BAG, SCENE_PACKS } scene_pack_t;

/* From at_s on so many are there. */
typedef struct {
    double at_s;
    uint32_t items;
} scene_stock_t;

/* A facing of a shelf and what stands in it: items of one SKU, `across` beside each other, the
 * others behind them; who takes one leaves the next one in front. */
#define SCENE_MAX_STOCKS 16
typedef struct {
    char facing[SCENE_NAME];
    double x_m, z_m, up_m;    /* the middle of the lower edge of its opening */
    double width_m, height_m; /* of its opening */
    uint64_t sku;             /* seed of size and label */
    scene_pack_t pack;
    uint32_t across, items; /* items: at first */
    uint32_t stock_count;
    scene_stock_t stock[SCENE_MAX_STOCKS]; /* in order of time */
} scene_product_t;

/* What a hand shows. */
typedef enum {
    SCENE_POSE_OPEN,
    SCENE_POSE_FIST,
    SCENE_POSE_POINT,
    SCENE_POSE_OTHER, /* half closed, and all between two poses */
    SCENE_POSE_PINCH, /* thumb and index meet; a hand does not rest so */
    SCENE_POSES
} scene_pose_t;

/* What a hand does. */
typedef enum {
    SCENE_ACT_WAVE,  /* open, swings from side to side */
    SCENE_ACT_PINCH, /* open, thumb and index meet, stay, part */
    SCENE_GESTURES,  /* those before are told as events, when they are over; those after are not */
    SCENE_ACT_REACH = SCENE_GESTURES, /* goes somewhere and comes back */
    SCENE_ACT_SCRATCH,                /* fingers bend and stretch */
    SCENE_ACT_FIST,                   /* swings as a fist */
    SCENE_ACT_POINT,
    SCENE_ACTS
} scene_act_kind_t;

/* Begins at at_s with the pose it needs, then lasts_s of it, then back to rest (scenes/hand.h). */
typedef struct {
    scene_act_kind_t act;
    double at_s, lasts_s;
    double times; /* swings, bends; of a pinch 1 */
    double way_m; /* to each side */
} scene_act_t;

/* A hand on a forearm, held up before the camera, palm toward it. */
#define SCENE_MAX_ACTS 32
typedef struct {
    bool left;
    double size_m;             /* from the wrist to the tip of the middle finger */
    double up_m;               /* height of the wrist */
    double skin[3], sleeve[3]; /* linear reflectance */
    scene_pose_t rest;
    double turn_deg, lean_deg, tilt_deg; /* from palm to the camera toward the thumb; fingertips
                                          * toward the camera; to the right, all at rest */
    double idle_m;                       /* how far it sways at rest */
    uint64_t look;                       /* seed of its details */
    uint32_t act_count;                  /* in order of time; they do not overlap */
    scene_act_t act[SCENE_MAX_ACTS];
    scene_path_t path; /* of the wrist */
} scene_hand_t;

/* Of the kinds in scenes/actor.h. */
typedef struct {
    uint32_t kind;
    union {
        scene_person_t person;
        scene_plate_t plate;
        scene_chart_t chart;
        scene_vehicle_t vehicle;
        scene_animal_t animal;
        scene_arm_t arm;
        scene_product_t product;
        scene_hand_t hand;
    } as;
} scene_actor_t;

/* The light becomes another one: at once, or evenly within over_s. */
typedef struct {
    double at_s, over_s;
    double lux, color_k; /* negative: as before; never of a made scene */
} scene_change_t;

/* Where corners of zones and ends of lines are. */
typedef enum {
    SCENE_ON_PICTURE, /* columns and rows of the scene's array */
    SCENE_ON_FLOOR,   /* x and z, meters */
    SCENE_ON_COLUMN   /* a line: all of a column */
} scene_where_t;

/* A zone is a polygon of 3..8 corners; a line goes from one corner to the other. Somebody is where
 * the foot point is. */
typedef struct {
    char name[SCENE_NAME];
    scene_where_t where;
    uint32_t corners;
    double corner[SCENE_AREA_CORNERS][2];
    uint64_t kinds;    /* of actors that matter, a bit each (scenes/actor.h) */
    uint32_t dwell_ms; /* of a zone: who is inside that long is an event; 0: nobody */
} scene_area_t;

typedef enum {
    SCENE_MOTION_CROSS,    /* straight across, each direction in its lane */
    SCENE_MOTION_DIAGONAL, /* across, from any depth to any other: ways cross */
    SCENE_MOTION_WANDER,   /* from place to place */
    SCENE_MOTIONS
} scene_motion_t;

/* Makes people such that counting them is a fair task; the rules are in scenes/README.md. */
typedef struct {
    bool on;
    double duration_s;  /* crossings happen between time 0 and this */
    scene_range_t rate; /* crossings per second */
    scene_range_t speed_mps, height_m, build;
    scene_range_t near_m, far_m; /* depth of the two lanes */
    double in_share;             /* of the crossings, 0..1; 0 and 1: one direction only */
    double stray_share;          /* of people who walk in the other direction's lane, 0..1 */
    scene_motion_t motion;
    scene_range_t visits, dwell_s; /* of who wanders: places, and how long at each */
    bool aisle; /* wanderers stay between these, and come from behind the camera */
    scene_range_t x_m;
    uint32_t age; /* scene_age_t, or SCENE_AGES: any */
    bool age_told;
    scene_carry_t carry;
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
    scene_film_desc_t world;
    scene_door_t door;
    scene_weather_t weather;
    scene_crowd_t crowd;
    uint32_t people_count, people_left_out; /* of a crowd: for whom there was no room */
    scene_person_t people[SCENE_MAX_PEOPLE];
    uint32_t actor_count; /* besides the people */
    scene_actor_t actor[SCENE_MAX_ACTORS];
    uint32_t zone_count;
    scene_area_t zone[SCENE_MAX_ZONES];
    uint32_t line_count; /* at least one: line[0] is the counting line, column center_px */
    scene_area_t line[SCENE_MAX_LINES];
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
/* Replaces the crowd by the people it makes, as many as there is room for. */
void scene_desc_expand(scene_desc_t *desc);

/* Makes the world. *scene is NULL on failure, and error (error_bytes long) says why. */
sim_err_t scene_make(const scene_desc_t *desc, scene_t **scene, char *error, size_t error_bytes);
/* scene_desc_read and scene_make in one; all complaints go to the document. */
sim_err_t scene_load(const sim_cfg_t *cfg, const char *base_dir, const uint64_t *seed,
                     scene_t **scene);
/* A picture as the world, lit by lux (a white pixel's light) of color_k. */
sim_err_t scene_load_png(const char *file, scene_fit_t fit, double lux, double color_k,
                         scene_t **scene, char *error, size_t error_bytes);
/* By its name: *.png as above at the default light, *.y4m and - (standard input, Y4M) likewise;
 * JSON: its "scene" object (or the file that "scene" names), or the whole file when it has no such
 * key. */
sim_err_t scene_load_file(const char *file, const uint64_t *seed, scene_t **scene, char *error,
                          size_t error_bytes);
void scene_free(scene_t *scene); /* NULL is fine */

/* Scratch memory for rows of up to width_px samples by workers 0..workers-1. Before the first row.
 */
sim_err_t scene_prepare(scene_t *scene, uint32_t workers, uint32_t width_px);
/* The light of the scene; valid as long as the scene. */
sim_light_t scene_light(const scene_t *scene);

/* What went wrong with a recording while rows were asked for, one line "file: what": from there on
 * those are black. NULL: nothing. Any thread. */
const char *scene_trouble(const scene_t *scene);
/* Is the world a pipe: can it not be seen again? */
bool scene_is_pipe(const scene_t *scene);
/* Adds the content of all files that the scene shows or takes truth from (not of a pipe) to hash.
 */
sim_err_t scene_hash_files(const scene_t *scene, uint64_t *hash, char *error, size_t error_bytes);

/* The world as it is: crowd expanded, ranges drawn (low == high). Ids: people have index + 1,
 * actors follow. */
const scene_desc_t *scene_desc(const scene_t *scene);
/* Column of the counting line in an array that wide. In the world it is x = 0 at every depth. */
float scene_line_px(const scene_t *scene, uint32_t array_width_px);

/* What the camera sees of a zone or a line of scene_desc(): corners in quarters of a pixel of an
 * array that large. A line of a column ends where the array does. */
typedef struct {
    uint32_t corners;
    float px[SCENE_AREA_CORNERS][2];
} scene_outline_t;

scene_outline_t scene_outline(const scene_t *scene, const scene_area_t *area,
                              uint32_t array_width_px, uint32_t array_height_px);

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
 * body (head to shoes, arms and what is worn or carried close; not an umbrella's canopy, a balloon,
 * a trolley or a stroller) as it stands at the mid-exposure time of the row through the middle of
 * the un-clipped box. visible: the part of the body's silhouette that is inside the window and not
 * behind a nearer person or the near jamb. age: one of scene_age_name plus 1, of people in a scene
 * that names an age; else 0. pose: what a hand shows, as in JSON; of others NULL.
 * Boxes of a recording: as its truth says, scaled and clipped; of the frame that the row through
 * the box's middle sees at its mid-exposure time. Their ids follow those of the people. What hides
 * them is not worked out.
 */
typedef struct {
    uint32_t id, class_id;
    float x, y, w, h, visible;
    uint32_t age;
    const char *pose;
} scene_box_t;

/* A facing of a shelf, empty or not: the opening as the camera sees it, whoever stands before it,
 * as boxes are. */
typedef struct {
    uint32_t id;      /* of the actor */
    const char *name; /* valid as long as the scene */
    uint32_t items;   /* 0: empty */
    float x, y, w, h; /* w or h 0: not in the picture */
} scene_facing_t;

typedef struct {
    uint32_t frame;
    uint32_t in, out; /* cumulative */
    uint32_t count;
    scene_box_t box[SCENE_MAX_CAST]; /* by id */
    uint32_t facings;
    scene_facing_t facing[SCENE_MAX_ACTORS]; /* by id */
} scene_truth_t;

void scene_truth(const scene_t *scene, const scene_timing_t *timing, uint32_t frame,
                 scene_truth_t *truth);

/* The facings of its shelves in a frame, in the order of their ids; returns how many. */
uint32_t scene_facings(const scene_t *scene, const scene_timing_t *timing,
                       scene_facing_t out[SCENE_MAX_ACTORS]);

/* What may happen: X(name, type in JSON, key there of its name). */
/* clang-format off */
#define SCENE_EVENTS(X)                                                                           \
    X(CROSSING,      "crossing",      "line")    /* value: scene_direction_t */                   \
    X(ZONE_ENTER,    "zone_enter",    "zone")                                                     \
    X(ZONE_LEAVE,    "zone_leave",    "zone")                                                     \
    X(DWELL,         "dwell",         "zone")    /* value: the zone's dwell_ms; once a visit */   \
    X(FACING_EMPTY,  "facing_empty",  "facing")                                                   \
    X(FACING_FILLED, "facing_filled", "facing")                                                   \
    X(GESTURE,       "gesture",       "gesture")
/* clang-format on */

typedef enum {
#define X(name, type, key) SCENE_EVENT_##name,
    SCENE_EVENTS(X)
#undef X
        SCENE_EVENT_TYPES
} scene_event_type_t;

typedef struct {
    scene_event_type_t type;
    uint32_t id;      /* whose: as of boxes */
    uint64_t time_ps; /* the first picosecond of it */
    const char *name; /* of the line, zone, facing, gesture; valid as long as the scene */
    int32_t value;    /* see SCENE_EVENTS */
} scene_event_t;

/* Begin with zeros; free with scene_events_free. */
typedef struct {
    scene_event_t *event;
    uint32_t count, room;
    bool no_memory;
} scene_events_t;

/*
 * Adds what happens from from_ps on and before to_ps, in order of time. Somebody is where the foot
 * point is: the middle of the lower edge of the body as it stands at that moment, on the floor; of
 * a recording that of the box in the frame that is there. It does not matter whether the camera
 * sees the foot. A crossing is `in` toward the left hand of who goes from the line's first end to
 * the second, and to the right over a column. What begins and ends within 10 ms is not seen. Time
 * that it takes is in proportion to the time asked for. False: no memory, some are missing.
 */
bool scene_events(const scene_t *scene, uint64_t from_ps, uint64_t to_ps, scene_events_t *events);
void scene_events_free(scene_events_t *events);
/* Adds "events" to a line of truth.jsonl. */
void scene_events_write(const scene_events_t *events, sim_json_t *line);
const char *scene_event_name(scene_event_type_t type);

/* The class of a box; NULL when there is no such class. */
const char *scene_class_name(uint32_t class_id);
/* "adult", "child", "senior". */
const char *scene_age_name(scene_age_t age);
/*
 * The frame as it would be without a sensor, width_px wide: sRGB, white where the scene sends
 * white_lux. Prepares the scene for the pool's threads (NULL: the caller alone). The caller frees
 * image.
 */
sim_err_t scene_draw(scene_t *scene, const scene_timing_t *timing, uint32_t width_px,
                     double white_lux, sim_pool_t *pool, sim_image_t *image);

/* sRGB 0xRRGGBB of the ColorChecker's 24 patches, by rows, as its maker publishes them. */
extern const uint32_t scene_color_patches[24];

/* Adds "boxes", "counts" and, where there are some, "facings" to a line of truth.jsonl. */
void scene_truth_write(const scene_truth_t *truth, sim_json_t *line);

#endif
