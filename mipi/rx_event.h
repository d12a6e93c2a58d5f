/*
 * rx_event.h - what a receiver finds wrong on the link: one table of kinds.
 *
 * Names are those that receivers of FPGAs and SoCs give their error counters (AMD PG232, interrupt
 * status register; Microchip and Synopsys, CSI_INT_ST_*), in lower case.
 */
#ifndef MIPI_RX_EVENT_H
#define MIPI_RX_EVENT_H

#include "sim/types.h"

/* clang-format off */
#define MIPI_RX_EVENTS(X)                                                                          \
    /* lanes (align.h) */                                                                          \
    X(SOT,              "sot_error",            "wrong bit in a lane's sync byte, burst used")     \
    X(SOT_SYNC,         "sot_sync_error",       "lane without a sync byte, burst lost")            \
    X(LANE_SKEW,        "lane_skew",            "lane further behind than can be aligned, burst lost") \
    X(LANE_COUNT,       "lane_count",           "other lanes active than the receiver is set for, burst lost") \
    X(LANE_END,         "lane_end",             "lane ends before its last byte")                  \
    X(SKEW_CALIBRATION, "skew_calibration",     "de-skew calibration burst")                       \
    /* packets */                                                                                  \
    X(HEADER,           "incomplete_header",    "burst too short for a packet header")             \
    X(ECC_CORRECTED,    "ecc_1bit",             "header bit corrected")                            \
    X(ECC,              "ecc_2bit",             "header with several wrong bits, packet lost")     \
    X(PH_COPY,          "ph_crc_1copy",         "C-PHY: a copy of the packet header wrong, another one used")  \
    X(PH_CRC,           "ph_crc",               "C-PHY: no copy of the packet header is right, packet lost")   \
    X(CRC,              "crc",                  "payload CRC wrong")                               \
    X(WORD_COUNT,       "wc_corruption",        "word count is not that of the burst, which ends with a right CRC") \
    X(SHORT,            "incomplete_long_packet", "fewer bytes than the header announces")         \
    X(EXTRA,            "extra_bytes",          "bytes after the packet's end")                    \
    X(UNSUPPORTED_DT,   "unsupported_dt",       "data type without meaning, or not expected on its channel") \
    X(UNEXPECTED_VC,    "unexpected_vc",        "virtual channel that nobody is set for")          \
    /* frames */                                                                                   \
    X(NO_FRAME,         "data_outside_frame",   "data outside FS and FE")                          \
    X(FS_OPEN,          "fs_pairing",           "frame start inside a frame")                      \
    X(FE_CLOSED,        "fe_pairing",           "frame end without a frame start")                 \
    X(FE_NUMBER,        "fe_number",            "frame end with another number than its frame start") \
    X(UNFINISHED,       "unfinished_frame",     "input ended inside a frame")                      \
    X(SEQUENCE,         "frame_sequence",       "frame number is not the successor of the last")   \
    X(LINE_NUMBER,      "line_sequence",        "line start or end out of sequence")               \
    X(LINE_PAIRING,     "line_pairing",         "line start and end around some lines of a data type only") \
    X(LINE_BYTES,       "line_bytes",           "line of another length than the lines before")    \
    X(FRAME_LINES,      "frame_lines",          "frame with another number of image lines than the host is set for") \
    /* what the receiver has room for */                                                           \
    X(LINE_BUFFER,      "line_buffer_full",     "line longer than the receiver's line buffer, left out") \
    X(TOO_MANY_TYPES,   "too_many_types",       "more data types in a frame than the receiver has places for") \
    X(MEMORY,           "frame_memory",         "frame larger than the receiver takes, line left out")
/* clang-format on */

typedef enum {
#define X(name, key, text) MIPI_RX_##name,
    MIPI_RX_EVENTS(X)
#undef X
        MIPI_RX_EVENT_KINDS
} mipi_rx_kind_t;

/* "ecc_1bit" and the sentence of the table above. */
const char *mipi_rx_kind_name(mipi_rx_kind_t kind);
const char *mipi_rx_kind_text(mipi_rx_kind_t kind);

/* Is it about a lane (of the event, and of counters), not about a channel? */
static inline bool mipi_rx_kind_of_lane(mipi_rx_kind_t kind)
{
    return kind <= MIPI_RX_LANE_END;
}

/* Nothing is wrong: the calibration of lanes is expected now and then. */
static inline bool mipi_rx_kind_is_note(mipi_rx_kind_t kind)
{
    return kind == MIPI_RX_SKEW_CALIBRATION;
}

typedef struct {
    mipi_rx_kind_t kind;
    uint64_t packet; /* its number */
    uint64_t time_ps;
    bool corrected;    /* the data are good again */
    bool header_known; /* vc and dt mean something */
    uint8_t vc, dt;
    uint8_t lane;             /* kinds of lanes */
    uint32_t found, expected; /* numbers, bytes or CRCs, as the kind has it; else 0 */
} mipi_rx_event_t;

typedef void (*mipi_rx_event_fn_t)(void *ctx, const mipi_rx_event_t *event);

#endif
