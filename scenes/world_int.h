/*
 * world_int.h - a made scene, as rows (scene.c) and truth (truth.c) see it.
 */
#ifndef SCENES_WORLD_INT_H
#define SCENES_WORLD_INT_H

#include "scenes/actor.h"
#include "scenes/film.h"

/* Somebody or something in the world. */
typedef struct {
    const scene_actor_kind_t *kind;
    const void *subject; /* in desc */
    void *look;          /* what its kind prepared; owned */
    uint32_t crossing_count;
    scene_crossing_t *crossing; /* of the counting line; owned */
} scene_cast_t;

struct scene {
    scene_desc_t desc; /* crowd expanded, ranges drawn */
    scene_room_t room;
    scene_noise_t noise;
    scene_map_t map;                          /* the background, unless there is... */
    scene_film_t *film;                       /* ...a recording */
    scene_rgb_t white[SCENE_MAX_CHANGES + 1]; /* light of a white surface, lux: at first, and
                                               * after each change */
    uint32_t cast_count;
    scene_cast_t cast[SCENE_MAX_CAST];                      /* by id: people, then actors */
    uint32_t order[SCENE_MAX_CAST];                         /* far to near at time 0 */
    bool ages_told;                                         /* by boxes of people */
    double zone_px[SCENE_MAX_ZONES][SCENE_AREA_CORNERS][2]; /* as the camera sees them */
    double line_px[SCENE_MAX_LINES][2][2];                  /* a column goes down */
    uint32_t workers, width_px;
    size_t scratch_each; /* floats a worker */
    float *scratch;
    uint8_t *codes; /* of linear values; NULL: it was not drawn yet */
};

/* ---- light.c ---- */

/* Draws the light from the seed. */
void scene_light_make(scene_t *scene);
/* Mean light of a white surface over an exposure, lux. */
scene_rgb_t scene_light_of(const scene_t *scene, double start_s, double exposure_s);

/* ---- weather.c ---- */

/* What falls, as a row sees it, painted in layers from far to near. */
typedef struct {
    const scene_t *scene;
    const scene_row_t *row;
    double start_s, exposure_s;
    scene_rgb_t color[2]; /* of rain and snow */
    uint32_t next;        /* layers left */
} scene_fall_t;

void scene_fall_init(scene_fall_t *fall, const scene_t *scene, const scene_row_t *row,
                     scene_rgb_t white, double start_s, double exposure_s);
/* All that is farther than beyond_m and was not painted yet. */
void scene_paint_fall(scene_fall_t *fall, double beyond_m);

/* ---- camera.c ---- */

#define SCENE_NEAREST_M 0.05 /* nothing nearer is shown */

/* A row of a tilted camera and the row of the level one that sees the same. */
typedef struct {
    double y_px;   /* the other camera's row */
    double narrow; /* columns of the tilted camera a column of the level one */
} scene_tilt_t;

/* The level row of a row, and the row of a level row. */
scene_tilt_t scene_tilt_row(const scene_camera_t *camera, double y_px);
scene_tilt_t scene_tilt_level(const scene_camera_t *camera, double y_px);
/* The column of a level column. */
float scene_tilt_column(const scene_camera_t *camera, const scene_tilt_t *tilt, float x_px);

/* A place as the level camera sees it. */
typedef struct {
    float x_px, y_px; /* the foot of its plane */
    float px_per_m;
    float top_px, bottom_px; /* nothing of it is above or below */
    bool in_view;            /* some of it may be inside the picture's columns */
} scene_seen_t;

scene_seen_t scene_see(const scene_camera_t *camera, const scene_place_t *place);

/* ---- face.c ---- */

/* The level camera as an actor has it before it. */
typedef struct {
    scene_point_t at; /* in the actor's own meters */
    float focal, center, horizon;
} scene_eye_t;

scene_eye_t scene_eye(const scene_camera_t *camera, const scene_place_t *place);

/* Puts the parts into the actor's plane, where the eye sees them. */
void scene_body_flatten(scene_body_t *body, const scene_eye_t *eye, float mirror);

/* What is seen of a face, level pixels; cut off where it is nearer than SCENE_NEAREST_M. */
typedef struct {
    uint32_t count;
    float x[SCENE_MAX_CORNERS + 1], y[SCENE_MAX_CORNERS + 1];
    float left, top, right, bottom;
    float turn; /* +1: its corners run counterclockwise as seen; -1 */
} scene_sight_t;

/* False: it looks away or is behind the camera. */
bool scene_face_sight(const scene_eye_t *eye, const scene_face_t *face, scene_sight_t *out);
/* Columns of a line in it; false when it is above or below. */
bool scene_sight_span(const scene_sight_t *sight, float y, float *left, float *right);
/* The faces of a body onto a row. */
void scene_paint_faces(const scene_row_t *row, const scene_stand_t *stand, const scene_eye_t *eye,
                       const scene_body_t *body);

/* ---- back.c ---- */

/* Draws the background into the map; error says what is wrong with a picture. */
sim_err_t scene_back_make(scene_t *scene, char *error, size_t error_bytes);

/* ---- order.c ---- */

/* Everybody's place at a time, and their indices far to near; equal distances in the order of the
 * list. */
void scene_stand_all(const scene_t *scene, double time_s, scene_place_t place[SCENE_MAX_CAST],
                     uint32_t order[SCENE_MAX_CAST]);

/* ---- truth.c ---- */

/* Boxes of the truth are in quarters of a pixel. */
static inline float scene_quarter(float px)
{
    return scene_floor(px * 4.0f + 0.5f) * 0.25f;
}

/* Middle of the exposure of the row that shows row y_px of the scene's array. */
uint64_t scene_row_middle_ps(const scene_t *scene, const scene_timing_t *timing, float y_px);
/* What of the array is read, in its pixels. */
scene_box_px_t scene_window_of(const scene_timing_t *timing);

/* ---- film.c ---- */

/* Adds the boxes and counts of the recording. */
void scene_film_truth(const scene_t *scene, const scene_timing_t *timing, scene_truth_t *truth);
/* The foot point of a box, pixels of the scene's array, in the frame that is there; false: none. */
bool scene_film_foot(const scene_t *scene, uint32_t id, uint64_t time_ps, double px[2],
                     uint32_t *class_id);

/* ---- area.c ---- */

/* Fills in zone_px and line_px. */
void scene_areas_make(scene_t *scene);

#endif
