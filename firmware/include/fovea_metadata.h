/*
 * fovea_metadata.h - the one metadata format: what the firmware tells the host once a frame.
 *
 * A packet is little-endian 32-bit words:
 *
 *     header (META_HEADER_WORDS) | boxes (META_BOX_WORDS each) | events (META_EVENT_WORDS each) |
 * CRC-32
 *
 * The CRC-32 (IEEE 802.3, reflected 0xEDB88320, start and final xor all ones) covers every byte
 * before it. The link may pad the packet; META_TOTAL_BYTES says where it ends. It leaves the sensor
 * on virtual channel 1 as user-defined 8-bit data type 0x30, between a frame start and a frame end
 * of its own. Version 1. Compiled by the firmware that writes it and by the host that reads it.
 */
#ifndef FOVEA_METADATA_H
#define FOVEA_METADATA_H

#define META_MAGIC_VALUE 0x4d564f46u /* "FOVM" */
#define META_VERSION_VALUE 1u
#define META_VIRTUAL_CHANNEL 1u
#define META_DATA_TYPE 0x30u

#define META_MAX_BOXES 32u
#define META_MAX_EVENTS 17u

/* clang-format off */
/* Header words: X(name, help), in order. */
#define META_HEADER(X)                                                                              \
    X(MAGIC,       "FOVM")                                                                          \
    X(VERSION,     "format version; another one is not decoded")                                    \
    X(TOTAL_BYTES, "header, boxes, events and CRC")                                                 \
    X(FRAME,       "frame number of the sensor, from 0")                                            \
    X(TIME_LO,     "start of exposure of the frame's first row, ps, low word")                      \
    X(TIME_HI,     "the same, high word")                                                           \
    X(NETWORK,     "id of the network that saw the frame")                                          \
    X(BOXES,       "number of box records")                                                         \
    X(EVENTS,      "number of event records")                                                       \
    X(COUNT_IN,    "line crossings left to right since start")                                      \
    X(COUNT_OUT,   "line crossings right to left since start")                                      \
    X(LATENCY_US,  "from TIME to the moment the firmware sealed the packet")

/* Box records: X(name, word, low bit, bits, help). Pixels of the full-resolution active array. */
#define META_BOX(X)                                                                                 \
    X(ID,    0,  0, 16, "track, stays with an object while it is seen; 0: not tracked")             \
    X(CLASS, 0, 16,  8, "1: person")                                                                \
    X(SCORE, 0, 24,  8, "confidence in 1/256")                                                      \
    X(LEFT,  1,  0, 16, "left edge, px")                                                            \
    X(TOP,   1, 16, 16, "top edge, px")                                                             \
    X(WIDTH, 2,  0, 16, "px")                                                                       \
    X(HEIGHT,2, 16, 16, "px")

/* Event kinds: X(name, value, text in metadata.jsonl, key there of the record's upper half). */
#define META_EVENT_KINDS(X)                                                                         \
    X(CROSSED_IN,   1, "crossed_in",   "id")                                                        \
    X(CROSSED_OUT,  2, "crossed_out",  "id")                                                        \
    X(MEMORY_ERROR, 3, "memory_error", "count")

/* Event records: one word. */
#define META_EVENT(X)                                                                               \
    X(KIND,  0,  0, 16, "see META_EVENT_KINDS")                                                     \
    X(TRACK, 0, 16, 16, "the track that did it; or how many errors of L2 were not corrected since the last packet")
/* clang-format on */

#define META_HEADER_INDEX(name, help) META_##name,
enum { META_HEADER(META_HEADER_INDEX) META_HEADER_WORDS };
#undef META_HEADER_INDEX

#define META_EVENT_VALUE(name, value, text, key) META_EVENT_##name = (value),
enum { META_EVENT_KINDS(META_EVENT_VALUE) META_EVENT_NONE = 0 };
#undef META_EVENT_VALUE

enum { META_BOX_WORDS = 3, META_EVENT_WORDS = 1, META_CLASS_PERSON = 1 };

#define META_MAX_BYTES                                                                             \
    (4u * (META_HEADER_WORDS + META_MAX_BOXES * META_BOX_WORDS +                                   \
           META_MAX_EVENTS * META_EVENT_WORDS + 1u))

#endif
