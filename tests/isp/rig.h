/*
 * rig.h - an ISP on the bench: a memory with latency, a camera that sends lines, and notes of
 * everything that comes out and when.
 */
#ifndef TESTS_ISP_RIG_H
#define TESTS_ISP_RIG_H

#include "isp/isp.h"
#include "tests/isp/ref.h"

#define RIG_MEM_BASE 0x04000000u
#define RIG_MEM_BYTES (512u * 1024u)
#define RIG_MEM_QUEUE 16u
#define RIG_MAX_ROWS 512u
#define RIG_UNWRITTEN 0x5a /* what memory holds before anyone writes */

#define RIG_MEM_NOTES 64u

/* A request, and the cycle in which it was made. */
typedef struct {
    uint32_t addr, bytes;
    bool write;
    uint64_t cycle;
} rig_burst_t;

/* One beat a cycle, in order; a request is done latency_cycles after its last beat. */
typedef struct {
    sim_comp_t comp;
    sim_event_t done;
    uint64_t clk_hz;
    uint32_t beat_bytes, burst_bytes, latency_cycles;
    sim_mem_req_t *queue[RIG_MEM_QUEUE];
    uint64_t done_cycle[RIG_MEM_QUEUE];
    uint32_t first, count;
    uint64_t free_cycle;
    uint8_t *bytes;
    /* notes */
    uint32_t most_at_once, rule_breaks; /* bursts that cross a boundary or have no size */
    uint64_t requests, first_request_ps, last_done_ps;
    rig_burst_t note[RIG_MEM_NOTES]; /* the first ones */
} rig_mem_t;

/* One RGB row as it came out. */
typedef struct {
    uint64_t now_ps, start_ps, end_ps;
    uint32_t frame, row, flags;
} rig_row_t;

typedef struct {
    sim_t *sim;
    rig_mem_t mem;
    isp_t isp;
    sim_line_sink_t sink;

    uint8_t *rgb; /* the last frame of image lines, RGB or YUV422 */
    uint32_t rgb_width_px, rgb_height_px, row_bytes;
    sim_window_t window;
    rig_row_t row[RIG_MAX_ROWS];
    uint32_t rows;
    uint32_t tensor_dones;
    uint64_t tensor_done_ps;
    uint32_t irq_rises, irq_falls;
    char log[4096]; /* "level: line\n" of errors and guest errors */

    const sim_line_source_t *source; /* that lines tell */
    bool bare;                       /* they come without samples: the source has them */
    uint64_t exposure_clk;           /* that lines tell */
    uint32_t gain;
    sim_event_t camera; /* a line that waits for its time among other events */
    sim_line_t posted;
} rig_t;

/* The default desc, but for frames of at most 256 x 256 (the array is 256 x 256 too). */
isp_desc_t rig_small(void);

/* With an RGB sink; checked, reset and started; memory latency 8 cycles. */
rig_t *rig_new(const isp_desc_t *desc);
/* The same without RGB sink. */
rig_t *rig_new_blind(const isp_desc_t *desc);
void rig_free(rig_t *rig);

/* Register by name; fails the test when there is none. */
uint32_t rig_read(rig_t *rig, const char *name);
void rig_write(rig_t *rig, const char *name, uint32_t value);
/* name with a number: ISP_GAMMA_7, and so on. */
void rig_write_n(rig_t *rig, const char *name, uint32_t n, uint32_t value);

/* When the rows of a frame come. */
typedef struct {
    uint64_t first_ps, period_ps, length_ps;
} rig_timing_t;

/* A line of the frame at its time: runs until then. */
void rig_line(rig_t *rig, const ref_t *shape, uint32_t frame, uint32_t row, const uint16_t *raw,
              rig_timing_t timing);
/* The same as an event at the line's end, so that it ties with what else happens then. */
void rig_post_line(rig_t *rig, const ref_t *shape, uint32_t frame, uint32_t row,
                   const uint16_t *raw, rig_timing_t timing);
/* Rows 0..rows-1. */
void rig_lines(rig_t *rig, const ref_t *shape, uint32_t frame, uint32_t rows, const uint16_t *raw,
               rig_timing_t timing);
/* Ten microseconds a line from a microsecond on, then until nothing is left to do. */
void rig_frame(rig_t *rig, const ref_t *shape, uint32_t frame, const uint16_t *raw);
void rig_run_dry(rig_t *rig);

/* Writes all that a reference pipeline says into the registers, enables image and tensor. */
void rig_configure(rig_t *rig, const ref_t *ref, uint32_t tensor_addr);
/* What it says of statistics too, and enables them; after rig_configure. */
void rig_count(rig_t *rig, const ref_t *ref, uint32_t stats_addr);
/* A reference pipeline with the reset values of the registers, for frames of that size. */
ref_t rig_reference(rig_t *rig, uint32_t width_px, uint32_t height_px);

/* Reproducible noise over the whole range of `bits`. */
void rig_noise(uint64_t seed, uint32_t bits, uint32_t count, uint16_t *raw);

#endif
