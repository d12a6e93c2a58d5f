/*
 * die.h - a pixel die on a bench: light of the test's choice in, a log of rows and pictures out.
 */
#ifndef TESTS_PIXEL_DIE_H
#define TESTS_PIXEL_DIE_H

#include "pixel/pixel.h"

#define DIE_MAX_FRAMES 8u

/* Ways to read the array: every photosite, or 2x2 of one color averaged. */
typedef enum { DIE_FULL, DIE_BINNED, DIE_MODES } die_mode_t;

/* One row of one frame as the sink saw it. */
typedef struct {
    uint64_t at_ps, start_ps, end_ps;
    uint32_t flags;
} die_row_t;

typedef struct {
    uint32_t width_px, height_px;
    uint64_t frame_start_ps, frame_end_ps; /* when the wires pulsed */
    pix_timing_t timing;                   /* as told at frame start */
    sim_line_t line;                       /* the first, without its samples */
    uint16_t *sample;                      /* width x height; of two exposures the first */
    die_row_t *row;
} die_frame_t;

typedef struct {
    sim_t *sim;
    sim_pool_t *pool;
    pix_t *pix;
    float lux[3]; /* of the flat light that a new die sees */
    die_frame_t frame[DIE_MAX_FRAMES];
    uint32_t starts, ends; /* pulses seen */
} die_t;

/* A die of 64 x 48 photosites and otherwise the IMX500. */
pix_desc_t die_small(void);

/* Made, wired, checked, reset and started; its light is flat, 300 lux. */
die_t *die_new(const pix_desc_t *desc, uint32_t threads);
/* With a memo. */
die_t *die_new_known(const pix_desc_t *desc, uint32_t threads, const sim_memo_t *memo);
void die_free(die_t *die);

void die_write(die_t *die, const char *reg, uint32_t value);
uint32_t die_read(die_t *die, const char *reg);

/* Runs until `frames` frames have ended (at most DIE_MAX_FRAMES). */
void die_run_frames(die_t *die, uint32_t frames);

void die_set_mode(die_t *die, die_mode_t mode);
pix_size_t die_size(const pix_desc_t *desc, die_mode_t mode);

/* A frame as if latched: mode, and the rest as the registers' reset values. */
pix_frame_t die_latched(const pix_desc_t *desc, die_mode_t mode, uint32_t number);

/* All rows of a latched frame by pix_row, width x height samples; the caller frees them. */
uint16_t *die_picture(const die_t *die, const pix_frame_t *frame);

#endif
