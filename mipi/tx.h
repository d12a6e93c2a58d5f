/*
 * tx.h - the CSI-2 transmitter: image lines, embedded lines and metadata onto D-PHY lanes.
 *
 *   lines (RAW; RGB, YUV) -> pack -> FIFO +
 *   embedded registers ------------^     +--> one packet at a time --> listeners
 *   L2 (memory port) --> 2 line buffers -+        (receiver, capture, lane trace)
 *
 * Two sources of lines: the pixel die's (RAW) and the ISP's (RGB or YUV422, whole frames or a
 * region of interest), which leave as RGB888 and YUV422-8 or, "small", as RGB565 (the low bits are
 * cut off) and YUV420-8 (the chroma of a pair's first row is left out), or, "wide", as YUV422-10
 * with zeros below the 8 bits. Each has its frames; the FIFO holds packets of both in the order in
 * which the lines came. With both on, the ISP's frames have a virtual channel of their own.
 *
 * Image frame: FS before the first line, then the embedded lines, the image lines, FE after the
 * last. With MIPI_CTRL_SYNC every image line stands between LS and LE, numbered from 1; with
 * MIPI_FILL a null or blanking packet follows it where the FIFO has room. Generic short packets of
 * MIPI_SHORT leave behind what is in the FIFO. Metadata frame: FS, lines of MIPI_META_LINE bytes
 * (the last one shorter), FE on its own virtual channel; or, "inline", its lines within the image
 * frame of that channel, without FS and FE. Metadata takes turns with the image, packet by packet,
 * while the FIFO is at most half full; above that the image goes first.
 *
 * MIPI_META_GO puts what the META registers say into a queue of jobs; they leave in that order.
 * Jobs with "more" and the first one without are one group: one metadata frame for statistics, and
 * FE of an image does not leave before the end of an inline group that has begun. With
 * MIPI_CTRL_HOLD, FE waits for the frame's inline group even before it has begun. When the next
 * frame begins meanwhile, FE leaves all the same, the rest of the group is dropped and counted, and
 * MIPI_IRQ_META_LATE is set.
 *
 * Timing:      a line is stored whole at line->end_ps and forwarded; each packet occupies the link
 *              for its D-PHY time. FIFO bytes come free at the end of their packet, and are seen
 *              by lines that arrive later than that. A line that finds no room is dropped whole.
 *              Metadata is read from L2 one burst at a time, a line ahead of the link.
 *              With LRTE a packet that is ready when another one's last byte leaves follows in the
 *              same HS burst; it is handed on, and its FIFO bytes come free, at its last byte.
 *              What the host's registers say about the PHY (phy.h) counts from the next burst on.
 * Not modeled: starting a packet before its line is complete.
 * Units:       bytes of packets as sent (header and CRC included) for FIFO and link counters.
 */
#ifndef MIPI_TX_H
#define MIPI_TX_H

#include "mipi/dphy.h"
#include "mipi/fault.h"
#include "mipi/pack.h"
#include "mipi/packet.h"
#include "mipi/phy.h"
#include "sim/json.h"
#include "sim/sim.h"

#define MIPI_BLOCK_ID 0x07u
#define MIPI_BLOCK_VERSION 1u
#define MIPI_LISTENERS 8u
#define MIPI_FIFO_PACKETS 64u /* places in the FIFO's descriptor queue; assumed */
#define MIPI_FIFO_FRAMES 4u   /* frames that may end in the FIFO; a further one is dropped whole */
#define MIPI_META_JOBS 8u     /* places in the queue of metadata jobs; assumed */

/* MIPI_CTRL. Image and embedded bits are latched at the first line of a frame. */
#define MIPI_CTRL_RAW 0x1u      /* send RAW lines */
#define MIPI_CTRL_EMBEDDED 0x2u /* send embedded lines (alone: FS, embedded lines, FE) */
#define MIPI_CTRL_META 0x4u     /* accept MIPI_META_GO */
#define MIPI_CTRL_ISP 0x8u      /* send lines of the ISP */
#define MIPI_CTRL_HOLD 0x10u    /* FE of the image waits for the frame's inline metadata */
#define MIPI_CTRL_SMALL 0x20u   /* lines of the ISP as RGB565, YUV420 */
#define MIPI_CTRL_SYNC 0x40u    /* LS and LE around image lines */
#define MIPI_CTRL_WIDE 0x80u    /* YUV422 lines as YUV422-10, unless small */

/* MIPI_FILL: of the packet behind each image line */
#define MIPI_FILL_BYTES(fill) ((fill)&0xffffu) /* of its payload; 0: none */
#define MIPI_FILL_DT(fill) ((fill)&0x10000u ? MIPI_DT_NULL : MIPI_DT_BLANKING)

/* MIPI_SHORT: a generic short packet */
#define MIPI_SHORT_WORD(what) ((what)&0xffffu)
#define MIPI_SHORT_DT(what) (MIPI_DT_SHORT1 + ((what) >> 16 & 0x7u))
#define MIPI_SHORT_VC(what) ((what) >> 24 & 0xfu)

/* MIPI_IRQ and MIPI_IRQ_EN */
#define MIPI_IRQ_META_DONE 0x1u
#define MIPI_IRQ_OVERFLOW 0x2u
#define MIPI_IRQ_FRAME_END 0x4u
#define MIPI_IRQ_META_ERROR 0x8u /* nothing at an address that metadata was read from */
#define MIPI_IRQ_META_LATE 0x10u /* a frame ended without all of its inline metadata */

/* MIPI_STATUS */
#define MIPI_STATUS_LINK 0x1u  /* a packet is on the link */
#define MIPI_STATUS_META 0x2u  /* metadata is being read or sent */
#define MIPI_STATUS_FRAME 0x4u /* between FS and FE of the image */
#define MIPI_STATUS_FIFO 0x8u  /* packets wait in the FIFO */
#define MIPI_STATUS_FULL 0x10u /* the queue of metadata jobs has no place left */

/* MIPI_META_DEST */
#define MIPI_DEST_DT(dest) ((dest)&0x3fu)
#define MIPI_DEST_VC(dest) (((dest) >> 8) & 0xfu)
#define MIPI_DEST_INLINE 0x10000u /* lines within the image frame of that VC */
#define MIPI_DEST_PAD 0x20000u    /* last line filled with zeros to MIPI_META_LINE bytes */
#define MIPI_DEST_MORE 0x40000u   /* the next job belongs to the same frame */
#define MIPI_DEST_RAW10 0x80000u  /* bytes as pixels of 10 bits: four of them in five */
#define MIPI_DEST_RESET 0x130u    /* VC 1, DT 0x30 */

typedef struct {
    uint64_t clk_hz;            /* logic clock: L2 reads start on its edges */
    mipi_signaling_t signaling; /* until the host says otherwise */
    mipi_dphy_desc_t dphy;
    mipi_cphy_desc_t cphy;    /* no trios: none */
    uint32_t fifo_bytes;      /* 1024..16 Mi */
    uint32_t meta_line_bytes; /* size of one of the two metadata line buffers: longest line */
    uint32_t embedded_lines;  /* 0..8; registers stand in the first */
    bool frame_numbers;       /* FS/FE count 1, 2, ..; false: always 0 */
} mipi_desc_t;

#define MIPI_META_NO_FRAME UINT32_MAX /* in MIPI_META_FRAME: of none */

/* A frame that has left: the image's, or a metadata frame's. */
typedef struct {
    bool metadata;
    uint8_t vc;
    uint16_t number;   /* in FS and FE; 0 for inline metadata */
    uint32_t frame;    /* image: line->frame; metadata: MIPI_META_FRAME */
    uint64_t first_ps; /* first byte of the first packet, end of the last byte of the last */
    uint64_t last_ps;
    uint64_t bytes; /* payload of its long packets */
} mipi_tx_frame_t;

/* What the META registers said at a MIPI_META_GO. */
typedef struct {
    uint32_t addr, bytes, line, lines, dest, frame;
} mipi_meta_job_t;

/* One metadata line on its way from L2 to the link. */
typedef struct {
    uint32_t want_bytes; /* 0: empty */
    uint32_t data_bytes; /* of them from memory, the others are 0 */
    uint32_t have_bytes; /* read so far; == data_bytes: ready to send */
} mipi_meta_buf_t;

/* What the FIFO gave back last; lines that arrive in that same instant do not see it yet. */
typedef struct {
    uint64_t at_ps;
    uint32_t bytes, packets, frames, unused;
} mipi_fifo_freed_t;

/* The packet of a metadata frame that is next, or on the link. */
typedef enum { MIPI_META_FS, MIPI_META_LINE, MIPI_META_FE } mipi_meta_step_t;

typedef struct {
    uint64_t from_ps, to_ps;
} mipi_when_t;

/* What the lanes do, as far as it is known; what is before counted_ps has been counted. */
typedef struct {
    uint64_t counted_ps;
    uint64_t on, gated;            /* 0, 1: lanes are powered; the clock stops with the data */
    uint64_t lanes;                /* in use */
    mipi_when_t busy, calibration; /* the packet that is sent, the burst before it */
    mipi_when_t lane_hs[2], clock_hs[2]; /* of both */
} mipi_activity_t;

enum { MIPI_FROM_PIXEL, MIPI_FROM_ISP, MIPI_SOURCES };

/* The frame that arrives from a source. */
typedef struct {
    uint32_t in_frame, dropping, overflow_logged; /* 0, 1 */
    uint32_t ctrl, vc, number, fill;              /* as at its first line */
    uint32_t line;                                /* number of the last one, with LS and LE */
    uint32_t tag;                                 /* line->frame */
} mipi_source_t;

typedef struct {
    sim_comp_t comp; /* stays first */
    mipi_desc_t desc;
    sim_event_t arbitrate;   /* choose the next packet */
    sim_event_t packet_end;  /* it has left, and the burst is over */
    sim_event_t packet_last; /* LRTE: its last byte has left */
    sim_event_t burst_end;   /* LRTE: after a burst's last packet */
    sim_event_t fetch;       /* next L2 request */
    sim_mem_req_t req;
    mipi_pack_fn_t pack[5]; /* RAW8, 10, .. 16 */

    /* wiring, set after mipi_tx_init */
    sim_wire_t irq;                                    /* out: high while MIPI_IRQ & MIPI_IRQ_EN */
    sim_wire_t active;                                 /* out: a burst is on the lanes */
    sim_mem_port_t mem;                                /* out, required: L2 */
    uint8_t (*embedded_reg)(void *ctx, uint16_t addr); /* a CCS register; NULL: all read 0 */
    void *embedded_ctx;
    void (*frame_sent)(void *ctx, const mipi_tx_frame_t *frame); /* may be NULL */
    void (*meta_asked)(void *ctx, uint32_t frame); /* MIPI_META_GO was taken; may be NULL */
    void *frame_ctx;
    uint64_t (*lane_bps)(void *ctx); /* bit rate, asked for each packet; NULL: desc.dphy's */
    void (*phy_regs)(void *ctx, mipi_phy_regs_t *regs); /* the host's; NULL: as desc.dphy says */
    void *lane_ctx;
    mipi_fault_t *faults; /* in any order; the caller's, who sees in them what they did */
    uint32_t fault_count;
    struct {
        mipi_packet_fn_t fn;
        void *ctx;
    } listener[MIPI_LISTENERS];
    uint32_t listeners;

    /* registers */
    uint32_t id, ctrl, status, irq_status, irq_enable;
    uint32_t meta_addr, meta_bytes, meta_line, meta_lines, meta_dest, meta_frame, meta_go, meta_ns;
    uint32_t image_vc, isp_vc, fill, short_packet, fifo_level, lines_dropped, meta_dropped;

    /* storage; its content is state */
    uint8_t *ring;      /* packets as they will be sent, each in one piece */
    uint8_t *meta_room; /* two packets: header, meta_line_bytes, CRC */
    uint32_t ring_bytes;

    mipi_phy_t phy; /* made of what these two say, when they are not link_regs, link_bps */
    mipi_phy_regs_t phy_of;
    uint64_t phy_of_bps;

    /* state: every field from here on is cleared by reset and has a row in the field table */
    uint32_t fifo_offset[MIPI_FIFO_PACKETS], fifo_count[MIPI_FIFO_PACKETS];
    uint32_t fifo_tag[MIPI_FIFO_PACKETS]; /* line->frame */
    uint32_t fifo_source[MIPI_FIFO_PACKETS];
    uint32_t fifo_head, fifo_packets, fifo_used, ring_tail; /* used: bytes of long packets */
    uint32_t frames_queued;                                 /* begun, and FE has not left yet */
    mipi_fifo_freed_t freed;

    mipi_source_t source[MIPI_SOURCES];
    uint16_t number[MIPI_VCS]; /* last frame number given on each channel */

    bool link_busy, link_meta;     /* the packet on the link, or the last one */
    bool image_open[MIPI_SOURCES]; /* FS has left, FE has not */
    uint32_t link_count;
    uint64_t link_bps;         /* of the packet on the link */
    mipi_phy_regs_t link_regs; /* with which it is sent */
    uint32_t link_join;        /* mipi_join_t */
    uint32_t deskew_now_ui;    /* pattern of the calibration burst before it; 0: none */
    uint32_t deskew_frames;    /* image frames since the last one */
    bool deskew_due;           /* the lanes have never run like this */
    bool link_noted;           /* what makes no sense in its settings was told */
    uint64_t deskew_now_ps;
    uint64_t start_ps;
    mipi_tx_frame_t image_frame[MIPI_SOURCES], meta_out; /* leaving now */

    mipi_meta_job_t meta_job[MIPI_META_JOBS]; /* that wait, the oldest first */
    uint32_t meta_jobs;
    bool meta_busy, meta_started, meta_reading; /* started: its first packet was put on the link */
    bool meta_more;                             /* a group has begun, and its next job has not */
    bool meta_cut;                              /* the job is over when the read under way is */
    bool meta_in_frame; /* the image frame that is open has had its inline group */
    uint32_t meta_dest_now, meta_line_now, meta_next_addr;
    uint32_t meta_unread, meta_unfilled, meta_unsent; /* bytes of the job; not in a line yet */
    mipi_meta_step_t meta_step;
    mipi_meta_buf_t meta_buf[2];
    uint32_t meta_fill, meta_drain; /* buffer being read into, buffer to send next */
    uint8_t meta_short[MIPI_HEADER_BYTES];

    mipi_activity_t activity;

    /* statistics; times are up to date after a tally */
    uint64_t packets, link_bytes, link_busy_ps, image_bytes, embedded_bytes, metadata_bytes;
    uint64_t frames_sent, lines_sent, lines_lost, bytes_lost, frames_lost, fifo_peak_bytes;
    uint64_t metadata_frames, metadata_lines_lost, l2_reads, l2_wait_cycles, faults_done;
    uint64_t bursts, deskew_bursts, deskew_ps, filler_bytes, shorts_sent, shorts_lost;
    uint64_t lane_hs_ps, lane_lp_ps, lane_off_ps, clock_hs_ps, clock_lp_ps, clock_off_ps;
    uint64_t lane_bursts, symbols, fifo_in_bytes, fifo_out_bytes;
} mipi_tx_t;

mipi_desc_t mipi_desc_default(void);

/* Reads the chip file's "mipi" object over the defaults; unknown keys and bad values are errors of
 * the document. */
void mipi_desc_read(const sim_cfg_t *cfg, mipi_desc_t *desc);

/* Checks desc, allocates, registers tx with sim. The caller owns tx; it must outlive sim. */
sim_err_t mipi_tx_init(mipi_tx_t *tx, sim_t *sim, const mipi_desc_t *desc, const char *name);
void mipi_tx_free(mipi_tx_t *tx);

/* For the line arrays of pixel (RAW) and ISP (RGB, YUV422). */
sim_line_sink_t mipi_tx_line_sink(mipi_tx_t *tx);
/* No more lines of the ISP's frame will come: it ends with those that have. A sim_wire_fn_t. */
void mipi_tx_isp_dropped(void *tx, bool level);

/* Would the FIFO take a line like that now? True, too, of one that never fits: it is lost, and
 * nobody waits for it. */
bool mipi_tx_has_room(const mipi_tx_t *tx, const sim_line_t *line);

/* The rows that come, as far as the link cares. */
typedef struct {
    uint32_t bits, width_px; /* the pixel die's */
    sim_line_format_t isp_format;
    uint32_t isp_width_px; /* the ISP's: RGB or YUV422 */
} mipi_rows_t;

typedef struct {
    uint64_t bytes; /* of all its packets, headers and CRCs included */
    uint64_t ps;    /* that they occupy the link */
} mipi_row_cost_t;

/* What a row costs as the registers stand, the mean of two: rows that come faster than that fill
 * the FIFO. 0 when image lines are not sent. */
mipi_row_cost_t mipi_tx_row_cost(const mipi_tx_t *tx, const mipi_rows_t *rows);

/* The link as the registers stand: what the next burst will be sent with. Returns false, with a
 * line in error, where they ask for what it cannot be. */
bool mipi_tx_phy(const mipi_tx_t *tx, mipi_phy_t *phy, char *error, size_t error_bytes);

/* Every packet, at its end_ps; with LRTE at its last_byte_ps. False when all places are taken. */
bool mipi_tx_listen(mipi_tx_t *tx, mipi_packet_fn_t fn, void *ctx);

#endif
