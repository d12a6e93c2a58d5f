/*
 * capture.h - the file link.csi2: every packet of a run, as it was on the lanes.
 *
 *   header | record, packet bytes | record, packet bytes | ... | end record
 *
 * Byte by byte in mipi/README.md. Each header and record carries a CRC-32 of its own, each packet
 * its ECC and CRC-16: no single bit of a file can change unseen. A single wrong bit in a record is
 * put right; after worse damage the reader goes on at the next record that proves itself.
 */
#ifndef MIPI_CAPTURE_H
#define MIPI_CAPTURE_H

#include <stdio.h>

#include "mipi/align.h"
#include "mipi/phy.h"

#define MIPI_CAPTURE_VERSION 1u
#define MIPI_CAPTURE_HEADER_BYTES 32u
#define MIPI_CAPTURE_RECORD_BYTES 28u

/* What sends: the header tells, and a record of its own where that changes. */
typedef struct {
    uint32_t signaling;    /* mipi_signaling_t; 0: not told (older files) */
    uint32_t lanes;        /* or trios; 0: not known */
    uint64_t bit_rate_bps; /* of one */
} mipi_capture_link_t;

mipi_capture_link_t mipi_capture_link(const mipi_phy_t *phy);

/* Writer. The stream is the caller's (sim_file_create .. sim_file_commit): errors show in ferror.
 * Of packets whose lanes are in a state of their own it keeps what a receiver makes of them. */
typedef struct {
    FILE *stream;
    mipi_capture_link_t link;
    uint64_t packets;
    uint64_t last_ps;
} mipi_capture_writer_t;

/* phy: as it stands; later each packet's, where it is known. */
void mipi_capture_begin(mipi_capture_writer_t *writer, FILE *stream, const mipi_phy_t *phy);
void mipi_capture_packet(void *writer, const mipi_packet_t *packet); /* a mipi_packet_fn_t */
void mipi_capture_end(mipi_capture_writer_t *writer);

/* clang-format off */
#define MIPI_CAPTURE_PROBLEMS(X)                                                                   \
    X(NOT_A_CAPTURE, "not_a_capture",   "not a capture file")                              \
    X(HEADER_FIXED,  "capture_header_fixed",    "wrong bit in the file header, put right")         \
    X(HEADER,        "capture_header",          "file header damaged: lanes and rate unknown")     \
    X(OTHER_VERSION, "capture_other_version",   "written by another version")                      \
    X(RECORD_FIXED,  "capture_record_fixed",    "wrong bit in a record, put right")                \
    X(RECORD,        "capture_record",          "record damaged, skipped to the next")             \
    X(NUMBER,        "capture_number",          "packet number is not the successor of the last: records lost")\
    X(TRUNCATED,     "capture_truncated",       "file ends inside a record")                       \
    X(NO_END,        "capture_no_end",          "end record missing")                              \
    X(COUNT,         "capture_count",           "end record counts another number of packets")     \
    X(AFTER_END,     "capture_after_end",       "bytes after the end record")
/* clang-format on */

typedef enum {
#define X(name, key, text) MIPI_CAPTURE_##name,
    MIPI_CAPTURE_PROBLEMS(X)
#undef X
        MIPI_CAPTURE_PROBLEM_KINDS
} mipi_capture_kind_t;

/* "capture_record" and the sentence of the table above. */
const char *mipi_capture_kind_name(mipi_capture_kind_t kind);
const char *mipi_capture_kind_text(mipi_capture_kind_t kind);

typedef struct {
    mipi_capture_kind_t kind;
    uint64_t packet;          /* number of the packet it concerns: the next one expected */
    uint64_t offset;          /* of the damage in the file, bytes */
    uint64_t found, expected; /* numbers, counts or bytes, as the kind has it; else 0 */
} mipi_capture_problem_t;

/* Reader of a file of any size: a window of it is in memory, or all of it. */
typedef struct {
    const uint8_t *data; /* the window: `bytes` of the file from `base` on */
    size_t bytes, at;
    uint64_t base;
    FILE *stream;    /* what is behind the window; NULL: nothing */
    uint8_t *window; /* MIPI_CAPTURE_WINDOW_BYTES, of a stream */
    void (*problem)(void *ctx, const mipi_capture_problem_t *problem); /* may be NULL */
    void *ctx;
    uint32_t version;         /* 0 when the header is damaged */
    mipi_capture_link_t link; /* of the newest packet, or of the header; zeros: damaged */
    uint64_t next_number;
    uint64_t packets, problems;
    bool ended;
} mipi_capture_reader_t;

#define MIPI_CAPTURE_WINDOW_BYTES ((size_t)1 << 20)

/*
 * Of a file in memory. False when it is no capture at all (reported as NOT_A_CAPTURE or VERSION); a
 * damaged header alone is reported and reading goes on.
 */
bool mipi_capture_open(mipi_capture_reader_t *reader, const uint8_t *data, size_t bytes,
                       void (*problem)(void *ctx, const mipi_capture_problem_t *problem),
                       void *ctx);
/* The same of a stream from where it is, in constant memory; false, too, without memory. Call
 * mipi_capture_close in any case. Errors of reading look like the file's end: see ferror. */
bool mipi_capture_open_stream(mipi_capture_reader_t *reader, FILE *stream,
                              void (*problem)(void *ctx, const mipi_capture_problem_t *problem),
                              void *ctx);
void mipi_capture_close(mipi_capture_reader_t *reader);

/* The next packet (of the times only start_ps is known, the others are equal to it); false at the
 * end. Its bytes are valid until the next call. */
bool mipi_capture_next(mipi_capture_reader_t *reader, mipi_packet_t *packet);

#endif
