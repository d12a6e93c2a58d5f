/*
 * writer.h - tensor writer: rows of codes -> normalized int8, planar, padded, in L2.
 *
 *               +--------------------------+
 *   R G B ----->| luma, normalize | row    |-----> memory port (write bursts)
 *    codes      |                 | slots  |-----> done (after the last burst)
 *               +--------------------------+
 *
 * q = clip((((x * div_val) >> div_shift) + norm_val) >> norm_shift, -128, 127), floor shifts: the
 * IMX500's published formula. Luma is (77 R + 150 G + 29 B + 128) >> 8 (BT.601) of gamma-corrected
 * codes. The tensor is C planes of align2(H) rows of align32(W) bytes; padding is 0.
 *
 * Timing:       a row takes a slot and leaves in aligned bursts of at most the port's
 *               max_burst_bytes, `outstanding` at a time, planes in order; a slot is free when its
 *               last burst is done.
 * Modeled:      back-pressure (twr_has_room), waits, bus errors.
 * Not modeled:  per-channel div_val and clip registers.
 */
#ifndef ISP_WRITER_H
#define ISP_WRITER_H

#include "isp/rows.h"

#define TWR_MAX_OUTSTANDING 8
#define TWR_MAX_SLOTS 16

typedef struct {
    uint32_t max_width_px; /* 1..4096: of a tensor row */
    uint32_t slots;        /* 1..16 rows */
    uint32_t outstanding;  /* 1..8 bursts */
} twr_desc_t;

/* One tensor. */
typedef struct {
    uint32_t addr;
    uint32_t width_px, height_px;
    uint32_t channels; /* 1: luma, 3: R, G, B */
    uint32_t div_val, div_shift, norm_shift;
    int32_t norm_val[ISP_CHANNELS];
    uint32_t frame;
    sim_window_t seen; /* what of the array it shows */
} twr_job_t;

typedef struct twr {
    sim_comp_t comp;
    twr_desc_t desc;
    const sim_mem_port_t *port;                /* required before twr_begin */
    void (*on_room)(void *ctx);                /* a slot came free */
    void (*on_done)(void *ctx, bool complete); /* no burst is left; complete: all in memory */
    void *ctx;
    sim_mem_req_t req[TWR_MAX_OUTSTANDING];

    uint8_t *rows; /* state from here on: desc.slots rows of 3 * align32(max_width_px) */
    twr_job_t job;
    int8_t curve[ISP_CHANNELS][256]; /* normalization of each channel's codes */
    bool active;                     /* from twr_begin to on_done */
    bool abandoned;
    bool bad_address;   /* logged for this tensor */
    uint32_t rows_in;   /* taken into slots, padding row included */
    uint32_t rows_out;  /* all bursts done */
    uint32_t issue_row; /* cursor of the next burst: row, plane, byte */
    uint32_t issue_plane, issue_byte;
    uint32_t done_bytes;          /* of row rows_out */
    uint32_t req_head, req_count; /* outstanding requests, in order */
    uint64_t start_ps, end_ps;    /* first burst made, newest burst done */
    uint64_t rows_written, bytes_written, wait_cycles, bursts, bus_errors;
    uint64_t tensors, row_buffer_bytes;
} twr_t;

sim_err_t twr_init(twr_t *twr, sim_t *sim, const twr_desc_t *desc, const char *name);
void twr_free(twr_t *twr);

/* Starts a tensor; false, and nothing happens, while another is active. */
bool twr_begin(twr_t *twr, const twr_job_t *job);
bool twr_has_room(const twr_t *twr);
/* Takes the next row; there must be room. */
void twr_push_row(twr_t *twr, const uint8_t *const rgb[ISP_CHANNELS]);
/* Gives the tensor up: no further bursts; on_done(false) when the outstanding ones are done. */
void twr_abandon(twr_t *twr);

uint32_t twr_row_bytes(const twr_job_t *job);   /* align32(width) */
uint32_t twr_plane_bytes(const twr_job_t *job); /* times align2(height) */

#endif
