/*
 * tnr.h - temporal noise reduction of RAW: each sample with itself in the frame before.
 *
 *               +------------------------------+
 *   12-bit ---->| y = r + k (x - r), k by |x-r||----> 12-bit samples, the same half rows
 *   samples     +------------------------------+
 *                  ^ r                   | y
 *           2 rows |                     v 2 rows
 *                 read bursts <-- L2 --> write bursts      r: the frame before, filtered
 *
 * It stands behind black level, where noise is shot and read noise alone: of a sample r DN bright
 * the threshold t is t^2 = read_dn2 + shot_q8 r / 256. Words in memory have 12 + f bits: f = 4 in
 * 16-bit words, f = 0 packed (word i is bits 12 i .. 12 i + 11 of its row, the lowest first). With
 * x and r in units of 2^-f DN, d = x - r, and floor shifts:
 *
 *   level = how many of t^2, 2 t^2, 3 t^2, 4 t^2 (r rounded down to DN) are less than d^2
 *   k     = gain + ((256 - gain) level >> 2)
 *   y     = r + ((k d + 128) >> 8)                goes to memory
 *           (y + 2^(f-1)) >> f                    goes on (f = 0: y)
 *
 * Noise of a still, flat field falls by sqrt(k / (2 - k)), k = gain / 256, while level is 0. Beyond
 * 2 t a sample is passed as it came: an edge that moves and is higher than that leaves nothing.
 * Else |y - x| <= (1 - k) 3 t / sqrt(8) + half a unit (the most is at level 1), and less with each
 * frame. Packed words stop short of what they follow by up to 128 / gain DN.
 *
 * Memory: rows from addr on, a multiple of 32 bytes each, tnr_bytes in all; each row is read from
 * where it is then written. Reads come two rows ahead: row n + 2, when row n has been used; the
 * first two of a frame when the frame before ends. Rows are whole or not at all:
 *   - a row that is not there when its line begins is late: its line passes as it came (k = 1)
 *   - while the two rows before it are still on their way to memory, a row is not written (lost):
 *     memory keeps the older one, which the next frame is filtered with
 * A frame starts anew (all k = 1) when there is none before it: the first one, one whose shape
 * (tnr_shape_t) differs, behind one without filter, behind one that started anew and was cut short
 * or lost a row, behind a bus error, and when firmware says so. Who writes to the memory between
 * frames must say so.
 *
 * Timing:       pipe_cycles while it is on; no line of delay. Requests are made when a line has
 *               come, reads before writes, `outstanding` at a time; in order.
 *               A bus error, and that a buffer is free, is seen after the instant of the burst.
 * Buffers:      two rows that were read, two to be written, 16 bits a sample.
 * Not modeled:  motion search; thresholds of regions; noise of the binned or shaded sample (give
 *               other numbers); the short one of two exposures.
 */
#ifndef ISP_TNR_H
#define ISP_TNR_H

#include "isp/rows.h"

#define TNR_SLOTS 4u /* row buffers: two for reads, two for writes */
#define TNR_OUTSTANDING 4u

typedef struct {
    uint32_t pipe_cycles;  /* 1..255 */
    uint32_t max_width_px; /* 4.. */
} tnr_desc_t;

/* What two frames must have in common. No padding: compared as bytes. */
typedef struct {
    uint64_t exposure;
    uint32_t gain[4];
    uint32_t addr, packed; /* 1: 12-bit words, 0: 16-bit words */
    uint32_t width_px, height_px, bits, bayer;
    uint32_t black[4];
    sim_window_t window;
} tnr_shape_t;

typedef struct {
    tnr_shape_t shape;
    uint32_t gain_q8;  /* k of what stands still, 1..256 */
    uint32_t read_dn2; /* 0..2^20 - 1 */
    uint32_t shot_q8;  /* 0..65535 */
    uint32_t anew;     /* 1: whatever was before */
} tnr_job_t;

/* A row buffer. */
typedef struct {
    uint64_t done_ps; /* its last burst was done */
    uint32_t addr, bytes;
    uint32_t row;  /* of reads: which it has or gets; TNR_NO_ROW: of no use */
    uint32_t busy; /* in the queue */
    uint32_t bad;  /* a burst was where no memory is */
    uint32_t write;
} tnr_slot_t;
#define TNR_NO_ROW UINT32_MAX

typedef struct {
    sim_comp_t comp;
    tnr_desc_t desc;
    const sim_mem_port_t *port; /* required before tnr_begin */
    sim_event_t *turn;          /* required: calls tnr_make_bursts */
    const isp_rows_t *kernels;
    isp_half_t words; /* scratch: a row */
    sim_mem_req_t req[TNR_OUTSTANDING];

    uint8_t *rows; /* state from here on: TNR_SLOTS rows */
    tnr_job_t job;
    tnr_slot_t slot[TNR_SLOTS];
    uint32_t queue[TNR_SLOTS]; /* slots whose bursts are made, or will be, in order */
    uint32_t queue_head, queued, issuing, issue_byte, done_byte;
    uint32_t req_head, req_count;
    uint32_t rows_in;  /* of this frame */
    bool follows;      /* this frame is filtered with the one before */
    bool whole;        /* memory has all rows of a frame, when this one ends */
    bool complained;   /* of an address, since a frame last started anew with another */
    uint64_t error_ps; /* when a burst was done where no memory is, not seen yet */
    uint32_t error_addr;
    uint32_t late; /* of this frame */
    uint64_t frames, starts, late_lines, lost_lines, moved_px;
    uint64_t bytes_read, bytes_written, bursts, wait_cycles, line_buffer_bytes;
} tnr_t;

sim_err_t tnr_init(tnr_t *tnr, sim_t *sim, const tnr_desc_t *desc, const char *name);
void tnr_free(tnr_t *tnr);

/* Memory that a frame takes. */
uint64_t tnr_bytes(uint32_t width_px, uint32_t height_px, bool packed);

void tnr_begin(tnr_t *tnr, const tnr_job_t *job);
/* A frame passes without filter: the next one starts anew. */
void tnr_skip(tnr_t *tnr);
/* Makes the bursts of rows in the queue, at the turn. */
void tnr_make_bursts(tnr_t *tnr);
/* Filters a row in place; its line began at start_ps. Rows in order. */
void tnr_row(tnr_t *tnr, uint32_t row, uint64_t start_ps, isp_half_t line);

#endif
