/*
 * image.h - what happens to the image that leaves, behind the tone curve.
 *
 *            +------+  +-----+  +----+  +---------+  +-------------+  +--------+
 *   R G B -->| MASK |->| YUV |->| NR |->| SHARPEN |->| OUT: crop,  |->| FORMAT |--> sinks: RGB888
 *   codes    +------+  +-----+  +----+  +---------+  | down, flip  |  +--------+    lines or YUV422
 *                                                    +-------------+
 *
 * Every stage can be off, and then costs no time. Pixels go through YUV when NR, SHARPEN or the
 * format needs it, and come back to R G B in FORMAT when RGB is wanted. The tensor branches off
 * before: what stands here does not change it.
 *
 * OUT cuts the region ISP_OUT_X.. (array pixels, as ISP_ROI_*) out of the frame and averages it
 * down to ISP_OUT_WIDTH x ISP_OUT_HEIGHT samples (0: as the region has; more than it has: as the
 * region has), mirrored if wanted. YUV422 needs an even width: the last column of an odd one is
 * not sent (without OUT), or not made (with OUT); of a single column nothing is sent.
 *
 * Timing:       NR and SHARPEN: 2 lines of delay each. Rows behind the last are flushed lc apart
 *               (isp.h), as sinks have room. With OUT a row leaves when the scaler has it
 * (scaler.h): FRAME comes before that, at the last row that goes in. Not modeled:  up-scaling;
 * upside down (it takes a frame of memory: the pixel die reads that way).
 */
#ifndef ISP_IMAGE_H
#define ISP_IMAGE_H

#include "isp/mask.h"
#include "isp/nr.h"
#include "isp/scaler.h"
#include "isp/sharpen.h"
#include "isp/yuv.h"

#define ISP_MAX_SINKS 4

typedef struct {
    uint64_t clk_hz;
    uint32_t px_per_clk, max_width_px;
    uint32_t mask_pipe_cycles, yuv_pipe_cycles, nr_pipe_cycles, sharpen_pipe_cycles;
    uint32_t scaler_pipe_cycles;
} img_desc_t;

/* One frame: shape, and what the registers said. */
typedef struct {
    uint32_t width_px, height_px, frame; /* of the rows that come */
    uint32_t mode;                       /* YUV_ bits */
    uint32_t nr_on, sharpen_on, out_on;
    uint32_t yuv422; /* format; else RGB */
    mask_job_t mask;
    nr_job_t nr;
    sharpen_job_t sharpen;
    uint32_t first_row;  /* of the region, in rows that come */
    scaler_job_t region; /* with out_on */
    sim_window_t window; /* what of the array the sinks get */
} img_job_t;

/* Who takes image lines. The questions are asked with line.ctx; NULL: always. */
typedef struct {
    sim_line_sink_t line;
    bool (*wanted)(void *ctx);   /* as a frame begins: when nobody wants it, it is not computed */
    bool (*has_room)(void *ctx); /* for one line: rows that are flushed wait for it */
} img_sink_t;

typedef struct {
    sim_comp_t comp;
    img_desc_t desc;
    img_sink_t sink[ISP_MAX_SINKS];
    uint32_t sinks;
    void (*on_overrun)(void *ctx); /* OUT could not keep up: the rest of its frame is dropped */
    void *ctx;

    mask_t mask; /* "<name>.mask" and so on: components of their own */
    nr_t nr;
    sharpen_t sharpen;
    scaler_t out;
    const yuv_rows_t *rows;
    const isp_rows_t *interleave;
    uint8_t *scratch; /* a row of planes, a row of bytes, two rows of planes */

    img_job_t job; /* state from here on */
    bool active;   /* some sink wants this frame */
    yuv_matrix_t to_yuv, to_rgb;
    uint64_t lines_out;
    uint64_t yuv_px, nr_px, sharpen_px, sent_px, buffer_write_bytes, buffer_read_bytes;
} img_t;

sim_err_t img_init(img_t *img, sim_t *sim, const img_desc_t *desc, const char *name);
void img_free(img_t *img);

/* Lines and cycles that the stages of a job take. */
uint32_t img_delay_lines(const img_job_t *job);
uint32_t img_pipe_cycles(const img_t *img, const img_job_t *job);

/* Starts a frame; what OUT still had of the one before is an overrun. */
void img_begin(img_t *img, const img_job_t *job);

/* Row `step` of codes comes in, or, from step height on, none: row step - delay goes out. start_ps:
 * of the row that goes out; its end is now. Nothing happens unless active. */
void img_step(img_t *img, uint32_t step, const uint8_t *const rgb[3], uint64_t start_ps);
/* False: a step now would be an overrun of OUT, or find a sink without room. */
bool img_ready(const img_t *img);
void img_abandon(img_t *img);

#endif
