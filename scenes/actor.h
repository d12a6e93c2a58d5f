/*
 * actor.h - what moves in a world: a table of kinds behind one interface.
 *
 *   JSON --read--> scene_actor_t --prepare--> look --place, pose(time)--> body --> rows and truth
 *
 * World:   x to the right, z away from the camera, heights up from the floor, meters; the camera
 * stands over x = 0, z = 0. An actor is at x_m, z_m and may move in both. Its parts lie in the
 * upright plane across the view there, or z before or behind it; its faces are anywhere in space.
 * It hides what is farther (order.c), and is hidden by what of the background is nearer than z_m.
 * A kind:  one file with its functions, and a row in scene_actor_kinds (actor.c). Subject is what
 * read() filled in (a member of scene_actor_t.as), look is memory of look_bytes that prepare()
 * filled in once. place() and pose() are pure: same time, same bits, on any thread.
 * Not modeled: actors that reach around each other.
 */
#ifndef SCENES_ACTOR_H
#define SCENES_ACTOR_H

#include "scenes/walk.h"

/* Where an actor stands; cheap, asked for every row. */
typedef struct {
    double x_m, z_m;
    double reach_m;    /* nothing of it is farther than this from x_m */
    double deep_m;     /* nor than this from z_m; 0: flat */
    bool slim;         /* deep, but before or behind others by its middle alone */
    float low, high;   /* nothing of it is below or above, meters over the floor */
    float size_m;      /* its height, roughly */
    float mirror;      /* +1: the x of its parts runs to the right, -1: to the left */
    double speed_mps;  /* along x: edges are this much wider a second of exposure */
    float shadow_wide; /* half axes of the shadow on the floor, times size_m; 0: none */
    float shadow_deep;
    float foot; /* height of the point that is in zones or not; 0: on the floor */
} scene_place_t;

/* Where a kind tells what happens. */
typedef struct scene_emit scene_emit_t;
/* name: of the facing, gesture; valid as long as the scene. Outside the time asked for: nothing. */
void scene_emit(const scene_emit_t *to, scene_event_type_t type, uint64_t time_ps,
                const char *name);

typedef struct {
    const char *name;  /* of "kind" in JSON, and of the class in the truth */
    uint32_t class_id; /* of boxes; SCENE_CLASS_... */
    size_t look_bytes;
    /* Reads its own keys of an actor's object, not `kind`, and calls sim_cfg_done. seed: the
     * scene's; index: among its like, so that each looks different. */
    void (*read)(const sim_cfg_t *cfg, uint64_t seed, uint32_t index, void *subject);
    /* The same keys, every one filled in. */
    void (*write)(const void *subject, sim_json_t *out);
    void (*prepare)(const void *subject, void *look);
    void (*place)(const void *subject, double time_s, scene_place_t *out);
    /* Adds parts, far to near, and blocks of faces to an empty body; in_view only. */
    void (*pose)(const void *subject, const void *look, double time_s, scene_body_t *out);
    /* When and which way it passes the counting line, in order of time, at most `most`; returns how
     * often. NULL: this kind is not counted. */
    uint32_t (*crossings)(const void *subject, scene_crossing_t *out, uint32_t most);
    /* Emits what happens with it from from_ps on and before to_ps, besides lines and zones, in any
     * order. Pure, as place(): the same events whatever time is asked for. NULL: nothing. */
    void (*events)(const void *subject, const void *look, uint64_t from_ps, uint64_t to_ps,
                   const scene_emit_t *to);
    /* "pose" of its box in the truth; valid for ever. NULL: it has none. */
    const char *(*posture)(const void *subject, double time_s);
} scene_actor_kind_t;

#define SCENE_MAX_CROSSINGS (4 * SCENE_MAX_WAYPOINTS) /* of one actor */

enum {
    SCENE_KIND_PERSON,
    SCENE_KIND_VEHICLE,
    SCENE_KIND_ANIMAL,
    SCENE_KIND_ROBOT_ARM,
    SCENE_KIND_SHAPE,
    SCENE_KIND_CHART,
    SCENE_KIND_PRODUCT,
    SCENE_KIND_HAND,
    SCENE_KINDS
};
extern const scene_actor_kind_t *const scene_actor_kinds[SCENE_KINDS];

extern const scene_actor_kind_t scene_kind_person; /* person.c */
extern const scene_actor_kind_t scene_kind_vehicle, scene_kind_animal, scene_kind_robot_arm;
extern const scene_actor_kind_t scene_kind_shape, scene_kind_chart; /* plate.c, chart.c */
extern const scene_actor_kind_t scene_kind_product;
extern const scene_actor_kind_t scene_kind_hand;

/* Where something is that is `wide` and `deep` as it stands across the view (half of it), turned by
 * a heading; speed and place of a step of its path. The rest of place is zero. */
scene_place_t scene_place_turned(const scene_step_t *step, double wide, double deep);

/* Plates keep the heading of their path as they move (plate.c). */
void scene_plate_turn(const scene_path_t *path, scene_step_t *step);
scene_frame_t scene_plate_frame(const scene_path_t *path, double time_s);

/* A color as linear reflectance: given, or drawn of those (sRGB). */
void scene_read_color(const sim_cfg_t *cfg, const char *key, const uint32_t *hex, uint32_t count,
                      sim_stream_t *s, double out[3]);

/* The class of that name; 0: none. */
uint32_t scene_class_called(const char *name);

/* Keys of people and of crowds (person.c): "age" (SCENE_AGES: any), "carry". */
uint32_t scene_read_age(const sim_cfg_t *cfg);
/* "age" of a box in the truth: as in scene_box_t. */
uint32_t scene_read_told_age(const sim_cfg_t *cfg);
/* "pose" of a box in the truth (hand.c): as in scene_box_t; valid for ever. */
const char *scene_read_told_pose(const sim_cfg_t *cfg);
scene_carry_t scene_read_carry(const sim_cfg_t *cfg);
void scene_write_age(sim_json_t *out, uint32_t age, bool told);
void scene_write_carry(sim_json_t *out, scene_carry_t carry);

/* Items in a facing at a time (product.c). */
uint32_t scene_product_items(const scene_product_t *product, double time_s);
/* The keys of a product that say what it is and how many there are: where it stands, and its name,
 * are known; what is not said the seed draws. */
void scene_product_read_goods(const sim_cfg_t *cfg, sim_stream_t *s, scene_product_t *product);

/* "planogram": puts products on the boards of a shelf wall, and people before them
 * (planogram.c). Where others stand is read already. */
void scene_planogram_read(const sim_cfg_t *cfg, scene_desc_t *desc);

/* Does a scene name somebody's age? (person.c) */
bool scene_ages_told(const scene_desc_t *desc);

/* "actors" of a scene, from and to JSON (actor.c). */
void scene_actors_read(const sim_cfg_t *cfg, scene_desc_t *desc);
void scene_actors_write(const scene_desc_t *desc, sim_json_t *out);

#endif
