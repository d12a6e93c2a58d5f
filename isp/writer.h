/*
 * writer.h - tensor writer: rows of codes -> normalized bytes, planar, padded, turned, in L2.
 *
 *               +--------------------------+
 *   R G B ----->| luma, normalize | row    |-----> memory port (write bursts)
 *    codes      |                 | slots  |-----> done (after the last burst)
 *               +--------------------------+
 *
 * q = clip((((x * div_val) >> div_shift) + norm_val) >> norm_shift, min, max), floor shifts: the
 * IMX500's published formula, each channel with numbers of its own. min -128, max 127 make int8;
 * min 0, max 255 uint8; a byte is the low 8 bits of q (9 bits, signed, as in the IMX500's clip
 * registers). Channels: 1 luma, 3 R G B, 4 R G B luma (assumed), or, with job.bayer, R G G B: the
 * IMX500's "Bayer RGB" is R Gr Gb B, of which Gr and Gb are the interpolated G here (assumed). With
 * job.mix the first three are sums: x * div_val becomes mix[c][0] R + mix[c][1] G + mix[c][2] B, of
 * a luma alone mix[0][0] times it. Luma is (77 R + 150 G + 29 B + 128) >> 8 (BT.601) of
 * gamma-corrected codes. The tensor is C planes of align2(H) rows of align32(W) bytes; padding is
 * 0.
 *
 * Turned: the region's image, mirrored left to right if job.mirror, is turned clockwise by
 * job.turn * 90 degrees (IMX500 register 0xd680 has the same four). By 180 degrees rows are written
 * backward from the last one: no further cost. By 90 and 270 a row that comes is a column of the
 * tensor: half of the slots are filled while the other half, G = slots / 2 columns, is written, as
 * bursts of G bytes, one for each tensor row and plane; then the padding, a burst a row. At 4 slots
 * and 224 x 224 x 3 that is 75,264 bursts, 336 for each row that comes, instead of 1,680.
 *
 * Timing:       a row takes a slot and leaves in aligned bursts of at most the port's
 *               max_burst_bytes, `outstanding` at a time, planes in order; a slot is free when its
 *               last burst is done (turned by 90, 270: when its group's last is).
 * Modeled:      back-pressure (twr_has_room), waits, bus errors, bytes written alone (L2 has a
 *               write enable for each byte).
 * Not modeled:  tensors of RAW.
 */
#ifndef ISP_WRITER_H
#define ISP_WRITER_H

#include "isp/rows.h"

#define TWR_MAX_OUTSTANDING 8
#define TWR_MAX_SLOTS 16
#define TWR_CHANNELS 4

typedef struct {
    uint32_t max_width_px; /* 1..4096: of a tensor row, and column if it is turned */
    uint32_t slots;        /* 1..16 rows */
    uint32_t outstanding;  /* 1..8 bursts */
} twr_desc_t;

/* One tensor. */
typedef struct {
    uint32_t addr;
    uint32_t width_px, height_px;
    uint32_t channels; /* 1: luma, 3: R, G, B, 4: R, G, B, luma, or */
    uint32_t bayer;    /* R, G, G, B */
    uint32_t mix_on;   /* mix counts for R, G, B and luma alone, not div_val */
    int32_t mix[ISP_CHANNELS][ISP_CHANNELS];
    uint32_t turn, mirror; /* quarter turns clockwise, 0..3, of the image, mirrored first */
    uint32_t div_val[TWR_CHANNELS], div_shift[TWR_CHANNELS], norm_shift[TWR_CHANNELS];
    int32_t norm_val[TWR_CHANNELS], min[TWR_CHANNELS], max[TWR_CHANNELS];
    uint32_t frame;
    sim_window_t seen; /* what of the array it shows, before it is turned */
} twr_job_t;

typedef struct twr {
    sim_comp_t comp;
    twr_desc_t desc;
    const sim_mem_port_t *port;                /* required before twr_begin */
    sim_event_t *turn;                         /* required: calls twr_make_bursts */
    void (*on_room)(void *ctx);                /* a slot came free */
    void (*on_done)(void *ctx, bool complete); /* no burst is left; complete: all in memory */
    void *ctx;
    sim_mem_req_t req[TWR_MAX_OUTSTANDING];

    uint8_t *rows; /* state from here on: desc.slots + 1 rows of 4 * align32(max_width_px) */
    twr_job_t job;
    uint8_t curve[TWR_CHANNELS][256]; /* normalization of each channel's codes */
    bool active;                      /* from twr_begin to on_done */
    bool abandoned;
    bool bad_address;     /* logged for this tensor */
    uint32_t rows_in;     /* taken into slots */
    uint32_t groups_out;  /* all bursts done; groups: see writer.c */
    uint32_t issue_group; /* cursor of the next burst: group, plane, run, byte */
    uint32_t issue_plane, issue_run, issue_byte;
    uint32_t done_bytes;          /* of group groups_out */
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
/* Rows that make the tensor, and pixels of each: its height and width, or the other way round. */
uint32_t twr_rows(const twr_job_t *job);
uint32_t twr_row_px(const twr_job_t *job);
/* Takes the next row; there must be room. */
void twr_push_row(twr_t *twr, const uint8_t *const rgb[ISP_CHANNELS]);
/* Makes the bursts there are rows for, at the turn. */
void twr_make_bursts(twr_t *twr);
/* Gives the tensor up: no further bursts; on_done(false) when the outstanding ones are done. */
void twr_abandon(twr_t *twr);

uint32_t twr_row_bytes(const twr_job_t *job);   /* align32(width) */
uint32_t twr_plane_bytes(const twr_job_t *job); /* times align2(height) */

#endif
