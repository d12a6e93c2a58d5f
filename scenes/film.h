/*
 * film.h - a recording as the world: frames that follow each other in time, and their truth.
 *
 *   PNG, PNG %05d --+                        +--> rows, each of the frames at its own exposure
 *   Y4M file -------+--> source --> slots ---+
 *   Y4M pipe -------+              (maps)    |
 *   JSON lines, COCO ------> marks ----------+--> boxes of a frame
 *
 * Time:    frame i is there from start + i / fps on, to the picosecond; frame 0 also before.
 *          A row sees the mean of what is there while it is exposed, weighted by time.
 * Memory:  at most FILM_SLOT_BYTES of frames, at least two of them. A file's are read again where
 *          they are wanted again; of a pipe the newest are kept, older ones are gone: a row that
 *          wants one is black and in trouble.
 * Threads: film_row may be called by several at once; one reads, the others wait for it.
 * Errors:  in the first frame and in how many there are: when opened. Later: film_trouble.
 */
#ifndef SCENES_FILM_H
#define SCENES_FILM_H

#include <stdio.h>

#include "scenes/scene_int.h"
#include "scenes/y4m.h"

enum {
    FILM_MAX_FRAMES = 1000000,
    FILM_MAX_MARKS = 4000000,
    FILM_SLOTS = 64,
    FILM_SLOT_BYTES = 512 << 20,
};

typedef enum { FILM_IMAGE, FILM_SEQUENCE, FILM_Y4M } film_kind_t;

/* By its name: a %: numbered files; *.png: one; anything else: video. */
film_kind_t film_kind(const char *file);
/* The % of its name (folders may have some), NULL: none. */
const char *film_mark(const char *file);
/* Of a name with a %: is it one %d, %4d or %04d, and no other %? */
bool film_is_pattern(const char *file);
/* In lowest terms. */
void film_rate(uint64_t num, uint64_t den, scene_film_desc_t *desc);

/* ---- film_source.c: frames by number ---- */

#define FILM_UNKNOWN UINT32_MAX

typedef struct {
    film_kind_t kind;
    const char *file; /* of the desc that it was opened with */
    uint32_t first;
    uint32_t width_px, height_px;
    uint32_t frames; /* FILM_UNKNOWN: a pipe that has not ended */
    bool pipe;
    uint32_t next; /* of a pipe: the frame that comes */
    FILE *stream;  /* Y4M */
    y4m_t y4m;
    y4m_color_t *color;
    uint64_t *at; /* of a Y4M file: where each frame's samples begin */
    uint8_t *raw; /* a frame */
    float *line;  /* 6 * width_px */
} film_source_t;

/* Opens it and fills in what desc left to the file; desc must outlive source. Close in any case. */
sim_err_t film_source_open(film_source_t *source, scene_film_desc_t *desc, char *error,
                           size_t error_bytes);
void film_source_close(film_source_t *source);
/* Frame `frame` into map (of its size; NULL: passed over); of a pipe it must be `next`. 1; 0: the
 * pipe has ended before it; -1 with error filled. */
int film_source_read(film_source_t *source, uint32_t frame, scene_map_t *map, char *error,
                     size_t error_bytes);
/* Of a pipe, after a frame at least: the newest one once more, into map. */
void film_source_newest(film_source_t *source, scene_map_t *map);
sim_err_t film_source_hash(const film_source_t *source, uint64_t *hash, char *error,
                           size_t error_bytes);
/* The content of one file. */
sim_err_t film_hash_file(const char *file, uint64_t *hash, char *error, size_t error_bytes);

/* ---- film_truth.c: what a file says about the frames ---- */

typedef struct {
    uint32_t first, count; /* of box */
    uint32_t in, out;
} film_mark_t;

typedef struct {
    uint32_t frames; /* that are told about */
    film_mark_t *frame;
    uint32_t boxes;
    scene_box_t *box; /* fractions of the picture; of a frame by id */
} film_truth_t;

/* Reads JSON lines or COCO. px: size of the picture that boxes mean where the file does not say it.
 * Free in any case. */
sim_err_t film_truth_load(film_truth_t *truth, const char *file, const double px[2], char *error,
                          size_t error_bytes);
/* The same from memory. */
sim_err_t film_truth_parse(film_truth_t *truth, const char *text, size_t bytes, const char *name,
                           const double px[2], char *error, size_t error_bytes);
void film_truth_free(film_truth_t *truth);
/* Of a frame that is not told about: no boxes. */
film_mark_t film_mark_of(const film_truth_t *truth, uint32_t frame);
/* NULL: the frame has no such box. */
const scene_box_t *film_find(const film_truth_t *truth, uint32_t frame, uint32_t id);

/* ---- film.c ---- */

typedef struct scene_film scene_film_t;

sim_err_t film_open(scene_film_desc_t *desc, const scene_camera_t *camera, scene_film_t **film,
                    char *error, size_t error_bytes);
void film_free(scene_film_t *film); /* NULL is fine */

/* Floats of scratch for rows of up to width_px samples. */
uint32_t film_scratch(const scene_film_t *film, uint32_t width_px);
void film_row(scene_film_t *film, const sim_light_req_t *req, const float gain[3],
              float *const out[3], float *scratch);

/* Number of the frame that is there. */
uint32_t film_frame_at(scene_film_t *film, uint64_t time_ps);
const film_truth_t *film_truth(const scene_film_t *film);
/* Where the picture lies in the array, fractions of it. */
scene_box_px_t film_place(const scene_film_t *film);

bool film_is_pipe(const scene_film_t *film);
const char *film_trouble(scene_film_t *film);
sim_err_t film_hash(const scene_film_t *film, uint64_t *hash, char *error, size_t error_bytes);

#endif
