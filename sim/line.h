/*
 * line.h - light into the pixel die, and lines of samples between pixel, ISP and MIPI.
 *
 * Light is pulled: the pixel die asks a sim_light_t for one row of the scene as seen at that row's
 * own exposure. Samples are passed on: whoever makes a line calls the next block's line function.
 * Neither has state of the kernel's; the pointers inside are valid only during the call.
 */
#ifndef SIM_LINE_H
#define SIM_LINE_H

#include "sim/types.h"

/* Where a row of samples leaves some out: so many steps behind each even sample, each odd one. */
typedef struct {
    uint32_t even, odd;
} sim_gap_t;

/* Steps from sample 0 to a sample. */
static inline uint32_t sim_gap_step(sim_gap_t gap, uint32_t sample)
{
    return sample + (sample + 1) / 2 * gap.even + sample / 2 * gap.odd;
}

/* How many samples lie within the first so many steps. */
static inline uint32_t sim_gap_samples(sim_gap_t gap, uint32_t steps)
{
    uint32_t pair = 2 + gap.even + gap.odd, rest = steps % pair;
    return steps / pair * 2 + (rest > 0) + (rest > 1 + gap.even);
}

/* One row to render. Coordinates are of the full-resolution active array (IMX500: 4056 x 3040). */
typedef struct {
    uint32_t frame;
    uint32_t array_width_px, array_height_px; /* the whole active array: the field of view */
    uint32_t width_px;                        /* samples wanted */
    float x0_px;       /* array column of the center of sample 0 (binned 2x2: 0.5) */
    float x_step_px;   /* side of a sample, array columns (binned 2x2: 2): samples are square */
    sim_gap_t x_gap;   /* a step is as long as a sample: without gaps they touch */
    float y_px;        /* array row of the samples' center */
    uint64_t start_ps; /* of this row's exposure */
    uint64_t exposure_ps;
    uint32_t planes; /* which of r, g, b are needed: bits 0, 1, 2 */
    uint32_t worker; /* 0..pool threads - 1: which scratch memory to use */
} sim_light_req_t;

/* Array column of a sample's center. */
static inline float sim_light_x_px(const sim_light_req_t *req, uint32_t sample)
{
    return req->x0_px + (float)(int32_t)sim_gap_step(req->x_gap, sample) * req->x_step_px;
}

/*
 * Luminous exitance of the scene toward the camera, lux: illuminance at the object times its
 * reflectance, per channel in linear light with sRGB primaries; a white (reflectance 1) surface
 * under an illuminant of the scene's color temperature at L lux has mean(r, g, b) about L.
 * Each plane holds width_px floats. A plane that was not asked for is not touched.
 */
typedef struct {
    float *r, *g, *b;
} sim_light_row_t;

/*
 * A light source: row() is pure (same request, same floats, on any thread and any machine) and
 * may be called from several threads at once with different req->worker.
 */
typedef struct {
    void (*row)(const void *ctx, const sim_light_req_t *req, const sim_light_row_t *out);
    const void *ctx;
} sim_light_t;

typedef enum {
    SIM_LINE_RAW,    /* Bayer samples, one uint16_t each, bits wide, right-aligned */
    SIM_LINE_RGB,    /* 3 bytes a pixel, interleaved R G B, 8 bits */
    SIM_LINE_YUV422, /* 2 bytes a pixel, U Y V Y, 8 bits; an even width */
} sim_line_format_t;

/* Bayer order, numbered as CCS pixel_order (register 0x0006). */
typedef enum {
    SIM_BAYER_GRBG,
    SIM_BAYER_RGGB,
    SIM_BAYER_BGGR,
    SIM_BAYER_GBRG,
} sim_bayer_t;

/* The part of the active array that a frame shows. width_px 0: all of it, unflipped. */
typedef struct {
    uint32_t x_px, y_px, width_px, height_px; /* full-resolution array pixels */
    uint32_t flip_x, flip_y; /* 1: the frame's first column, row is the window's last */
} sim_window_t;

/* Where a line stands in its frame. A frame of one line has both flags. */
#define SIM_LINE_FIRST 0x1u
#define SIM_LINE_LAST 0x2u

/* Who made a line of RAW samples, and what the samples of its whole frame are made of. */
typedef struct {
    const void *key; /* all that they follow from, beside the maker's desc and its light */
    size_t key_bytes;
    /* The samples of a line that came without them; during the call that brought the line. */
    const uint16_t *(*samples)(void *ctx);
    void *ctx;
} sim_line_source_t;

typedef struct {
    sim_line_format_t format;
    sim_bayer_t bayer;            /* RAW: order of the frame's first row */
    uint32_t flags;               /* SIM_LINE_FIRST, SIM_LINE_LAST */
    uint32_t bits;                /* per sample: 10, 12 or 8 */
    uint32_t width_px, height_px; /* of the frame */
    uint32_t frame, row;
    uint32_t exposure;         /* 0; 1: the short one of two, a frame of its own between the rows */
    sim_window_t window;       /* the same in all lines of a frame */
    uint64_t exposure_clk;     /* time of the frame's exposure, in units of who makes the line */
    uint32_t gain[4];          /* of its four colors, the same; both 0: not told */
    uint64_t start_ps, end_ps; /* readout: first and last sample leave the block that passes it */
    const sim_line_source_t *source; /* of RAW; NULL: not told */
    union {
        const uint16_t *raw; /* width_px samples; NULL: the source has them. See sim_line_raw */
        const uint8_t *rgb;  /* width_px * 3 bytes, of YUV422 width_px * 2 */
    } data;
} sim_line_t;

/* The samples of a RAW line: a line whose content is known already is made only for who looks. */
static inline const uint16_t *sim_line_raw(const sim_line_t *line)
{
    return line->data.raw != NULL ? line->data.raw : line->source->samples(line->source->ctx);
}

/* A consumer of lines. Called at line->end_ps of the simulation, rows of a frame in order. */
typedef struct {
    void (*line)(void *ctx, const sim_line_t *line);
    void *ctx;
} sim_line_sink_t;

#endif
