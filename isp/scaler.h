/*
 * scaler.h - crop and resize, row by row: to the tensor's size, and of the image that leaves.
 *
 *               +---------------------------+
 *   3 planes -->| vertical -> horizontal    |-----> 3 planes of output rows
 *    rows       | sum rows    sums          |<----- room
 *               +---------------------------+
 *
 * Whether silicon resizes by bilinear interpolation is not published; ours avoids aliasing and
 * is exact. Per axis, from s source pixels to t:
 *   t <= s  area: pixel j is the average over [j s / t, (j + 1) s / t), weights in units of 1 / t;
 *   t >  s  bilinear: at (j + 1/2) s / t - 1/2, edges repeated, weights in units of 1 / (2 t).
 * Weights are integers that add up to D = s (area) or 2 t (bilinear), so a result is
 * floor((sum + Dx Dy / 2) / (Dx Dy)) with a sum that no rounding has touched; the order of the
 * two axes is free. Dx * Dy < 2^24.
 *
 * Timing:       an output row begins pipe_cycles after the last source row it needs, or when the
 *               output row before it is out, takes ceil(t / px_per_clk) cycles and goes to the
 *               sink, at once or when there is room. A source row that comes before the output
 *               rows that the one before it completed have left is an overrun.
 * Modeled:      any ratio up and down, mixed axes; mirrored rows (the sum row is read backward).
 * Not modeled:  gamma-correct averaging (codes are averaged).
 */
#ifndef ISP_SCALER_H
#define ISP_SCALER_H

#include "isp/rows.h"

typedef struct {
    uint64_t clk_hz;
    uint32_t pipe_cycles; /* 0..255 */
    uint32_t px_per_clk;
    uint32_t max_in_px;  /* widest source row */
    uint32_t max_out_px; /* widest output row */
    bool up;             /* it has the two line buffers that going up takes */
} scaler_desc_t;

/* Source region and target size of one image. */
typedef struct {
    uint32_t x_px, width_px, height_px; /* columns x_px.. of the rows given */
    uint32_t out_width_px, out_height_px;
    uint32_t mirror; /* 1: rows come out backward */
} scaler_job_t;

/* Who takes the rows. */
typedef struct {
    bool (*has_room)(void *ctx); /* NULL: always */
    void (*row)(void *ctx, const uint8_t *const planes[ISP_CHANNELS]);
    void *ctx;
} scaler_sink_t;

/* Where an output position lies: area: boundary at pixel + part / t; bilinear: two pixels. */
typedef struct {
    uint32_t pixel, next, part;
} scaler_tap_t;

typedef struct {
    sim_comp_t comp;
    scaler_desc_t desc;
    const isp_rows_t *rows;
    scaler_sink_t sink; /* required */
    sim_event_t emit;
    /* The job's output rows, 3 planes of out_width_px each, if they need no sums: whoever sets it,
     * between scaler_begin and the first row, fills no planes. */
    const uint8_t *known;

    scaler_tap_t *taps; /* state from here on: max_out_px + 1 */
    uint8_t *code[2];   /* the source row and the one before, 3 planes each */
    uint32_t *sum;      /* 3 planes of vertical sums */
    uint32_t *row;      /* sums of one output row, scratch */
    uint8_t *out;       /* 3 planes of it, scratch */
    scaler_job_t job;
    uint32_t divisor;    /* Dx Dy */
    uint64_t reciprocal; /* of it, see rows.h */
    bool active;
    uint32_t rows_in;    /* source rows taken */
    uint32_t rows_out;   /* output rows made and given to the sink */
    uint64_t free_cycle; /* the row before is out */
    uint64_t source_px, made_px;
    uint64_t source_rows, tensor_rows, lost_rows, line_buffer_bytes;
} scaler_t;

sim_err_t scaler_init(scaler_t *scaler, sim_t *sim, const scaler_desc_t *desc, const char *name);
void scaler_free(scaler_t *scaler);

void scaler_begin(scaler_t *scaler, const scaler_job_t *job);
/* Planes to fill with the next source row (whole lines; the job's columns are used). */
void scaler_planes(scaler_t *scaler, uint8_t *planes[ISP_CHANNELS]);
/* False: an output row that is due has not left; another source row now would be an overrun. */
bool scaler_ready(const scaler_t *scaler);
/* The planes hold the next row of the region, now. False: overrun, the row is not taken. */
bool scaler_row(scaler_t *scaler);
void scaler_abandon(scaler_t *scaler);
/* The sink has room. */
void scaler_on_room(scaler_t *scaler);

#endif
