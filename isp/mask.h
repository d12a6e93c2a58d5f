/*
 * mask.h - rectangles of the image that leaves are filled with a color, or broken into a mosaic, so
 * that nobody in them is recognized.
 *
 *            +--> mean of each cell's first row --> one color a cell --+
 *   R G B ---+                                                         +--> R G B
 *            +---------------- outside of the rectangles --------------+
 *
 * Cell:         cell_px x cell_px samples, on a grid from the frame's first sample.
 * Color:        floor((sum + n / 2) / n) of the n samples of its first row that the frame has, each
 *               of R G B for itself.
 * Mosaic, fill: a sample in a rectangle has the color of its cell, or that of the register.
 *
 * The first row alone speaks for a cell, so colors of one row of cells are all that is kept; a
 * cell that a rectangle begins in further down is of samples above it.
 *
 * Timing:       no line of delay; pipe_cycles, in a mosaic those of a cell's samples more, while it
 *               is on.
 * Modeled:      16 rectangles, samples in them, colors.
 * Not modeled:  blurring (it takes lines), shapes other than rectangles.
 */
#ifndef ISP_MASK_H
#define ISP_MASK_H

#include "sim/sim.h"

enum { MASK_RECTS = 16, MASK_LEAST_CELL = 4, MASK_MOST_CELL = 64 };
typedef enum { MASK_OFF, MASK_FILL, MASK_MOSAIC, MASK_MODES } mask_mode_t;

typedef struct {
    uint32_t pipe_cycles; /* 1..255 */
    uint32_t max_width_px;
} mask_desc_t;

typedef struct {
    uint32_t x, y, w, h; /* samples of the frame; w 0: none */
} mask_rect_t;

typedef struct {
    uint32_t mode;           /* mask_mode_t */
    uint32_t cell_px, color; /* 23:0: R G B */
    uint32_t rects;
    mask_rect_t rect[MASK_RECTS];
} mask_job_t;

typedef struct {
    sim_comp_t comp;
    mask_desc_t desc;
    uint8_t *out; /* scratch: three rows */

    uint8_t *cells;              /* state: three rows, a color a cell */
    uint64_t masked_px, cell_px; /* samples in rectangles; those that went into cells */
} mask_t;

sim_err_t mask_init(mask_t *mask, sim_t *sim, const mask_desc_t *desc, const char *name);
void mask_free(mask_t *mask);

/* Clocks that it takes. */
uint32_t mask_pipe_cycles(const mask_t *mask, const mask_job_t *job, uint32_t px_per_clk);

/* Row `row` of a frame, each once and in order. out: where the masked row stands until the next
 * call; the row itself where nothing of it is masked. */
void mask_row(mask_t *mask, const mask_job_t *job, uint32_t row, uint32_t width_px,
              const uint8_t *const rgb[3], const uint8_t *out[3]);

#endif
