/*
 * fovea_metadata.h - the one metadata format: what the firmware tells the host once a frame.
 *
 * A packet is little-endian 32-bit words:
 *
 *     header (META_HEADER_WORDS) | sections, in any order, each type once | CRC-32
 *
 *     section = head: type (15:0), words behind it (31:16) | its records
 *
 * Records of a section are all of one size, but for the heat map: one record, then its cells. A
 * section that is not there says nothing; one of an unknown type is skipped. A field that cannot
 * hold its value has the largest that it can.
 *
 * The CRC-32 (IEEE 802.3, reflected 0xEDB88320, start and final xor all ones) covers every byte
 * before it. The link may pad the packet; META_TOTAL_BYTES says where it ends. It leaves the sensor
 * on virtual channel 1 as user-defined 8-bit data type 0x30, between a frame start and a frame end
 * of its own. Compiled by the firmware that writes it and by the host that reads it.
 */
#ifndef FOVEA_METADATA_H
#define FOVEA_METADATA_H

#define META_MAGIC_VALUE 0x4d564f46u /* "FOVM" */
#define META_VERSION_VALUE 2u
#define META_VIRTUAL_CHANNEL 1u
#define META_DATA_TYPE 0x30u

/* What a packet of our programs has room for; the format has no such limits. */
#define META_MAX_BOXES 32u
#define META_MAX_EVENTS 32u
#define META_MAX_LINES 8u
#define META_MAX_CELLS 768u /* of a heat map: 32 x 24 */
#define META_MAX_FACINGS 128u
#define META_MAX_AREAS 17u /* of an image: what it shows, 16 that are hidden */

/* clang-format off */
/* Header words: X(name, help), in order. */
#define META_HEADER(X)                                                                              \
    X(MAGIC,       "FOVM")                                                                          \
    X(VERSION,     "format version; another one is not decoded")                                    \
    X(TOTAL_BYTES, "header, sections and CRC")                                                      \
    X(FRAME,       "frame number of the sensor, from 0")                                            \
    X(TIME_LO,     "start of exposure of the frame's first row, ps, low word")                      \
    X(TIME_HI,     "the same, high word")                                                           \
    X(NETWORK,     "id of the network that saw the frame")                                          \
    X(LATENCY_US,  "from TIME to the moment the firmware sealed the packet")

/* Sections: X(name, type, words of a record, help). */
#define META_SECTIONS(X)                                                                            \
    X(BOXES,      1, 3, "what was detected")                                                        \
    X(EVENTS,     2, 2, "what happened, once")                                                      \
    X(COUNTS,     3, 2, "crossings since start; a record a line, in their order")                   \
    X(HEAT_MAP,   4, 3, "where somebody was; behind it cells, 16 bits each, two a word")            \
    X(STOCK,      5, 2, "state of facings of a shelf")                                              \
    X(GESTURES,   6, 1, "gestures that go on")                                                      \
    X(ATTRIBUTES, 7, 1, "what else is known of a box: somebody's age, a hand's pose")               \
    X(IMAGE,      8, 3, "what of the array the frame's image shows, and what is hidden in it")

/* Fields of a record: X(name, word, low bit, bits, help). Pixels of the full-resolution active
 * array. A place is the index of a line, zone or facing. */
#define META_BOX(X)                                                                                 \
    X(ID,          0,  0, 16, "track, stays with an object while it is seen; 0: not tracked")       \
    X(CLASS,       0, 16,  8, "META_CLASSES")                                                       \
    X(SCORE,       0, 24,  8, "confidence in 1/256")                                                \
    X(LEFT,        1,  0, 16, "left edge, px")                                                      \
    X(TOP,         1, 16, 16, "top edge, px")                                                       \
    X(WIDTH,       2,  0, 16, "px")                                                                 \
    X(HEIGHT,      2, 16, 16, "px")

#define META_EVENT(X)                                                                               \
    X(TRACK,       0,  0, 16, "whose it is; 0: nobody's")                                           \
    X(KIND,        0, 16,  8, "META_EVENT_KINDS")                                                   \
    X(PLACE,       0, 24,  8, "where, of the kinds that have a place")                              \
    X(VALUE,       1,  0, 32, "what the kind says")

#define META_COUNT(X)                                                                               \
    X(IN,          0,  0, 32, "crossings in")                                                       \
    X(OUT,         1,  0, 32, "crossings out")

#define META_HEAT_MAP(X)                                                                            \
    X(COLUMNS,     0,  0, 16, "of cells over the width of the array")                               \
    X(ROWS,        0, 16, 16, "of cells over its height; cells come row by row, from the top left") \
    X(FRAMES,      1,  0, 32, "that were looked at; a cell counts those with somebody in it")       \
    X(INTERVAL_MS, 2,  0, 32, "from the first of them to this one")

#define META_FACING(X)                                                                              \
    X(PLACE,       0,  0, 16, "facing")                                                             \
    X(STATE,       0, 16,  8, "META_STATES")                                                        \
    X(SHARE,       0, 24,  8, "of it that shows product, 1/256")                                    \
    X(MS,          1,  0, 32, "so long it has been in that state")

#define META_GESTURE(X)                                                                             \
    X(ID,          0,  0, 16, "track of the hand; 0: not tracked")                                  \
    X(KIND,        0, 16,  4, "META_GESTURE_KINDS")                                                 \
    X(PHASE,       0, 20,  4, "META_PHASES")                                                        \
    X(SCORE,       0, 24,  8, "confidence in 1/256")

#define META_ATTRIBUTE(X)                                                                           \
    X(BOX,         0,  0, 16, "index of the box in this packet, which has it")                      \
    X(CLASS,       0, 16,  8, "META_ATTRIBUTE_CLASSES")                                             \
    X(SCORE,       0, 24,  8, "confidence in 1/256")

#define META_AREA(X)                                                                                \
    X(LEFT,        0,  0, 16, "left edge, px")                                                      \
    X(TOP,         0, 16, 16, "top edge, px")                                                       \
    X(WIDTH,       1,  0, 16, "px")                                                                 \
    X(HEIGHT,      1, 16, 16, "px")                                                                 \
    X(KIND,        2,  0,  8, "META_AREAS")

/* Kinds of events: X(name, value, text in metadata.jsonl, place, value of the event, help). */
#define META_EVENT_KINDS(X)                                                                         \
    X(CROSSING,      1, "crossing",      LINE,    DIRECTION, "somebody crossed a line")             \
    X(ZONE_ENTER,    2, "zone_enter",    ZONE,    NOTHING,   "somebody is inside")                  \
    X(ZONE_LEAVE,    3, "zone_leave",    ZONE,    NOTHING,   "and no more")                         \
    X(DWELL,         4, "dwell",         ZONE,    MS,        "has been inside so long; once a visit") \
    X(INTRUSION,     5, "intrusion",     ZONE,    NOTHING,   "alert: where nobody may be")          \
    X(LOITERING,     6, "loitering",     ZONE,    NOTHING,   "alert: somebody stays")               \
    X(ALERT_END,     7, "alert_end",     ZONE,    NOTHING,   "what either of these began is over")  \
    X(FACING_EMPTY,  8, "facing_empty",  FACING,  NOTHING,   "product is sold out there")           \
    X(FACING_FILLED, 9, "facing_filled", FACING,  NOTHING,   "product is there again")              \
    X(GESTURE,      10, "gesture",       NOWHERE, GESTURE,   "a gesture was recognized")            \
    X(PRESENCE,     11, "presence",      NOWHERE, PRESENT,   "somebody is there, or nobody")        \
    X(STOP,         12, "stop",          ZONE,    NOTHING,   "the stop signal was raised")          \
    X(RELEASE,      13, "release",       ZONE,    NOTHING,   "and lowered")                         \
    X(MEMORY_ERROR, 14, "memory_error",  NOWHERE, COUNT,     "errors of L2 that were not corrected, since the last packet") \
    X(DOWNLOAD,     15, "download",      NOWHERE, REPLY,     "a network came from the host, or why not") \
    X(FAULT,        16, "fault",         NOWHERE, FAULT,     "the program did not see, or later than it should; a stop signal was raised") \
    X(FAULT_END,    17, "fault_end",     NOWHERE, FAULT,     "and it sees again")

/* What values say: X(name, value, text in metadata.jsonl). */
#define META_CLASSES(X)                                                                             \
    X(PERSON, 1, "person") X(HAND, 8, "hand")
#define META_ATTRIBUTE_CLASSES(X)                                                                   \
    X(CHILD, 1, "child") X(ADULT, 2, "adult") X(SENIOR, 3, "senior")                                \
    X(OPEN, 16, "open") X(FIST, 17, "fist") X(PINCH, 18, "pinch") X(POINT, 19, "point")             \
    X(OTHER, 20, "other")
#define META_DIRECTIONS(X)                                                                          \
    X(IN, 1, "in") X(OUT, 2, "out")
#define META_STATES(X)                                                                              \
    X(PRODUCT, 1, "product") X(EMPTY, 2, "empty") X(COVERED, 3, "covered")
#define META_GESTURE_KINDS(X)                                                                       \
    X(WAVE, 1, "wave") X(PINCH, 2, "pinch")
#define META_REPLIES(X) /* dd_cmd_reply_sts */                                                      \
    X(DONE, 0x11, "done") X(CANCELED, 0x12, "canceled") X(FORMAT, 0xfa, "format")                   \
    X(INTERNAL, 0xfb, "internal") X(PARAMETER, 0xfc, "parameter") X(TIMEOUT, 0xfd, "timeout")       \
    X(AUTHENTICATION, 0xfe, "authentication") X(STATE, 0xff, "state")
#define META_FAULTS(X)                                                                              \
    X(START, 1, "start") X(NO_FRAME, 2, "no_frame") X(NPU_ERROR, 3, "npu_error")                    \
    X(MEMORY_ERROR, 4, "memory_error") X(LOST_INTERRUPT, 5, "lost_interrupt")                       \
    X(NPU_HUNG, 6, "npu_hung")
#define META_PHASES(X)                                                                              \
    X(BEGIN, 1, "begin") X(HOLD, 2, "hold") X(END, 3, "end")
#define META_AREAS(X) /* parts of the image section: `what` */                                      \
    X(SHOWN, 1, "shown") X(FILLED, 2, "filled") X(MOSAIC, 3, "mosaic")
/* clang-format on */

#define META_NAME(name, help) META_##name,
enum { META_HEADER(META_NAME) META_HEADER_WORDS };
#undef META_NAME

/* META_SECTION_BOXES.. and META_BOXES_WORDS.. of a record. */
#define META_NAME(name, type, words, help) META_SECTION_##name = (type),
enum { META_SECTIONS(META_NAME) META_SECTION_NONE = 0 };
#undef META_NAME
#define META_NAME(name, type, words, help) META_##name##_WORDS = (words),
enum { META_SECTIONS(META_NAME) META_SECTION_HEAD_WORDS = 1 };
#undef META_NAME
#define META_NAME(name, type, words, help) +1
enum { META_SECTION_TYPES = META_SECTIONS(META_NAME) };
#undef META_NAME

/* Values of the fields: META_EVENT_CROSSING, META_CLASS_PERSON and so on. */
#define META_NAME(name, value, text, place, said, help) META_EVENT_##name = (value),
enum { META_EVENT_KINDS(META_NAME) META_EVENT_NONE = 0 };
#undef META_NAME
#define META_NAME(name, value, text) META_CLASS_##name = (value),
enum { META_CLASSES(META_NAME) META_CLASS_NONE = 0 };
#undef META_NAME
#define META_NAME(name, value, text) META_ATTRIBUTE_##name = (value),
enum { META_ATTRIBUTE_CLASSES(META_NAME) META_ATTRIBUTE_NONE = 0 };
#undef META_NAME
#define META_NAME(name, value, text) META_DIRECTION_##name = (value),
enum { META_DIRECTIONS(META_NAME) META_DIRECTION_NONE = 0 };
#undef META_NAME
#define META_NAME(name, value, text) META_STATE_##name = (value),
enum { META_STATES(META_NAME) META_STATE_NONE = 0 };
#undef META_NAME
#define META_NAME(name, value, text) META_GESTURE_##name = (value),
enum { META_GESTURE_KINDS(META_NAME) META_GESTURE_NONE = 0 };
#undef META_NAME
#define META_NAME(name, value, text) META_FAULT_##name = (value),
enum { META_FAULTS(META_NAME) META_FAULT_NONE = 0 };
#undef META_NAME
#define META_NAME(name, value, text) META_PHASE_##name = (value),
enum { META_PHASES(META_NAME) META_PHASE_NONE = 0 };
#undef META_NAME
#define META_NAME(name, value, text) META_AREA_##name = (value),
enum { META_AREAS(META_NAME) META_AREA_NONE = 0 };
#undef META_NAME

/* All sections at once. */
#define META_MAX_BYTES                                                                             \
    (4u * (META_HEADER_WORDS + META_SECTION_TYPES * META_SECTION_HEAD_WORDS +                      \
           META_MAX_BOXES * META_BOXES_WORDS + META_MAX_EVENTS * META_EVENTS_WORDS +               \
           META_MAX_LINES * META_COUNTS_WORDS + META_HEAT_MAP_WORDS + META_MAX_CELLS / 2 +         \
           META_MAX_FACINGS * META_STOCK_WORDS + META_MAX_AREAS * META_IMAGE_WORDS +               \
           META_MAX_BOXES * (META_GESTURES_WORDS + META_ATTRIBUTES_WORDS) + 1u))

#endif
