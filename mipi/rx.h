/*
 * rx.h - a CSI-2 receiver that trusts nothing.
 *
 * It takes packets (or any bytes), corrects and checks headers, checks CRCs, frame structure and
 * numbers, reports what is wrong with the number of the packet, and puts frames together: per
 * virtual channel, the lines of each data type between FS and FE. It never stops: what cannot be
 * understood is reported and left out, and what comes after it is taken as if nothing had been.
 *
 * This is host software, not a block of the chip: it allocates as frames need it, up to
 * max_frame_bytes for each virtual channel, and has no state in the simulation.
 * Lanes come in by align.h. Not modeled: settle times of lanes, interlaced line numbers beyond a
 * constant step.
 */
#ifndef MIPI_RX_H
#define MIPI_RX_H

#include "mipi/align.h"
#include "mipi/pack.h"
#include "mipi/packet.h"
#include "mipi/rx_event.h"

#define MIPI_RX_STREAMS 8u /* data types a frame may mix */

/* The lines of one data type in a frame. RAW8 to RAW16 are unpacked into px. */
typedef struct {
    uint8_t dt;
    uint32_t bits; /* of a px sample; 0: bytes only */
    uint32_t lines;
    uint32_t line_bytes; /* payload of the first line; image lines are cut or filled to it */
    uint32_t odd_bytes;  /* YUV420: of the second line, to which every other one is */
    uint32_t width_px;   /* of px */
    uint32_t bad_lines;  /* with CRC or length errors */
    bool synced;         /* its first line stood between LS and LE */
    uint8_t *bytes;      /* all payloads one after another; NULL where there is px */
    size_t byte_count;
    uint32_t *length; /* bytes of each line, where lines may differ: all but images; else NULL */
    uint32_t lengths; /* the receiver's: allocated */
    uint16_t *px;     /* lines * width_px samples; NULL where there are bytes */
    size_t capacity;  /* the receiver's: bytes allocated */
} mipi_rx_stream_t;

typedef struct {
    uint8_t vc;
    uint16_t number;
    bool complete;   /* FS and FE were both there */
    uint32_t events; /* problems reported within it, corrected ones included */
    uint64_t first_packet, last_packet;
    uint64_t start_ps, end_ps; /* as given with its first and last packet */
    mipi_rx_stream_t stream[MIPI_RX_STREAMS];
    uint32_t streams;
} mipi_rx_frame_t;

/* All may be NULL. What they are given is valid during the call. */
typedef struct {
    mipi_rx_event_fn_t event;
    /* Each packet whose header can be believed, unless it is not expected. good: whole, and its CRC
     * is right. */
    void (*packet)(void *ctx, const mipi_header_t *header, const mipi_packet_t *packet, bool good);
    void (*frame)(void *ctx, const mipi_rx_frame_t *frame);
    void *ctx;
} mipi_rx_callbacks_t;

typedef struct {
    uint64_t max_frame_bytes; /* of one virtual channel; 0: 256 MiB */
    uint32_t max_line_bytes;  /* of payload, of image and other lines; 0: any */
    /* What the host is set for: for each virtual channel bit n: data type n. All 0: anything. FS,
     * FE, LS, LE and filler come with any data type. What is not expected is reported and left out.
     */
    uint64_t expect[MIPI_VCS];
    uint32_t lines[MIPI_VCS]; /* image lines of a frame on that channel; 0: any number */
    uint32_t max_skew_bytes;  /* between lanes; 0: MIPI_ALIGN_SKEW_BYTES */
} mipi_rx_desc_t;

typedef struct {
    mipi_rx_frame_t frame;
    bool open;
    bool seen; /* a frame number came before */
    uint16_t last_number;
    bool line_open, line_seen; /* LS without LE; LS seen in this frame */
    uint16_t line_number, line_step;
    size_t bytes; /* used of max_frame_bytes */
} mipi_rx_channel_t;

typedef struct {
    mipi_rx_callbacks_t callbacks;
    mipi_rx_desc_t desc;
    mipi_unpack_fn_t unpack[5]; /* of 8, 10, .. 16 bits */
    mipi_align_t *align;        /* of packets with lanes of their own; NULL until one comes */
    bool any;                   /* nothing in particular is expected */
    mipi_rx_channel_t channel[MIPI_VCS];
    uint64_t packets;
    uint64_t counts[MIPI_RX_EVENT_KINDS];
    /* The same by channel (kinds of packets and frames; only where it is known) or by lane. */
    uint64_t by[MIPI_RX_EVENT_KINDS][MIPI_VCS];
} mipi_rx_t;

void mipi_rx_init(mipi_rx_t *rx, const mipi_rx_desc_t *desc, const mipi_rx_callbacks_t *callbacks);
void mipi_rx_free(mipi_rx_t *rx);

/* The receiver in a snapshot of whoever owns it (sim/comp.h: exchange): frames that have begun. */
void mipi_rx_exchange(mipi_rx_t *rx, sim_snap_t *snap);

/* One burst as it came off the lanes: a packet, or what is left of one. A mipi_packet_fn_t. Where
 * its lanes do not arrive as they should (mipi_align_state) it goes through align.h first. */
void mipi_rx_packet(void *rx, const mipi_packet_t *packet);

/* An event of the lanes: counted and passed on. A mipi_rx_event_fn_t, as align.h wants one. */
void mipi_rx_event(void *rx, const mipi_rx_event_t *event);

/*
 * Packets back to back without any framing. After a header that cannot be right, the rest is
 * searched for the next packet that proves itself, by its CRC or by what follows. Numbers are
 * rx->packets.
 */
void mipi_rx_bytes(mipi_rx_t *rx, const uint8_t *bytes, size_t count);

/* The input is over: frames still open are reported and handed out as incomplete. */
void mipi_rx_finish(mipi_rx_t *rx);

/* The stream of a data type, NULL when the frame has none. */
const mipi_rx_stream_t *mipi_rx_stream(const mipi_rx_frame_t *frame, uint8_t dt);

/* Events so far of every kind that means that something is wrong. */
uint64_t mipi_rx_event_count(const mipi_rx_t *rx);
/* "VCX frame error": FS and FE that do not pair on channels that only VCX names, 4..15. */
uint64_t mipi_rx_vcx_frame_errors(const mipi_rx_t *rx);

#endif
