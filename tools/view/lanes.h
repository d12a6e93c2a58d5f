/*
 * lanes.h - the spans of a stretch of time as lanes of a picture: wide ones each by itself, narrow
 * ones as how much of each column of points they cover, however many there are.
 *
 *   ring of spans (newest first to last told after the stretch begins) --> lanes_t -->
 * panel_timeline.c sensor (what is under way) ----------------------------------------->
 *
 * The work is bounded by the ring, and what there is to draw by the columns.
 */
#ifndef TOOLS_VIEW_LANES_H
#define TOOLS_VIEW_LANES_H

#include "tools/view/plot.h"

/* clang-format off */
/* X(name, label, track: its name, or with a dot at the end how it begins). From top to bottom. */
#define LANES(X)                                                                                   \
    X(EXPOSURE, "exposure", "pixel.exposure.")                                                     \
    X(READOUT,  "readout",  "pixel.readout")                                                       \
    X(ISP,      "ISP",      "isp")                                                                 \
    X(TENSOR,   "tensor",   "isp.tensor")                                                          \
    X(NPU,      "NPU",      "npu")                                                                 \
    X(LAYERS,   "layers",   "npu.layers")                                                          \
    X(LOAD,     "load",     "npu.load")                                                            \
    X(MAC,      "MAC",      "npu.mac")                                                             \
    X(VEC,      "vector",   "npu.vec")                                                             \
    X(STORE,    "store",    "npu.store")                                                           \
    X(CORE,     "core",     "core")                                                                \
    X(FIRMWARE, "firmware", "firmware")                                                            \
    X(IRQ,      "interrupt", "irq.")                                                               \
    X(DMA,      "DMA",      "dma.")                                                                \
    X(CCI,      "CCI",      "cci")                                                                 \
    X(PINS,     "pins",     "gpio.pin")                                                            \
    X(PACKETS,  "packets",  "link.packets")                                                        \
    X(LINK,     "link",     "link.vc")
/* clang-format on */

typedef enum {
#define X(name, label, track) LANE_##name,
    LANES(X)
#undef X
        LANE_COUNT
} lane_id_t;
extern const char *const lane_label[LANE_COUNT];

enum {
    LANES_COLUMNS = 2048, /* most; wider panels have wider columns */
    LANES_WIDE = 96,      /* spans of a lane that are drawn by themselves, at most */
    LANES_BUCKET = 6,     /* columns that share what a click on narrow ones means */
    LANES_SHUTTERS = 128, /* frames whose exposure is drawn as what it is */
};
#define LANES_OPEN UINT64_MAX /* number of a span that is not over */

typedef struct {
    uint64_t number; /* of the model's span, or LANES_OPEN */
    uint64_t start_ps, end_ps;
    int32_t frame;    /* -1: of none */
    const char *name; /* valid as long as the model is not told anything */
} lanes_span_t;

typedef struct {
    lanes_span_t wide[LANES_WIDE];
    uint32_t wides;
    uint32_t narrow;              /* spans that are in cover */
    bool told;                    /* the track has been heard of */
    float cover[LANES_COLUMNS];   /* share of the column's time that narrow ones take; may be more
                                     than 1 where they overlap */
    int32_t frame[LANES_COLUMNS]; /* of the newest of them */
    /* of the longest narrow span that begins there: its number + 1; 0: none */
    uint64_t bucket[LANES_COLUMNS / LANES_BUCKET + 1];
    uint64_t bucket_ps[LANES_COLUMNS / LANES_BUCKET + 1];
} lane_t;

/* A frame under the rolling shutter: rows are exposed and read one after another. */
typedef struct {
    int32_t frame;
    uint64_t number;                             /* of the exposure's span, or LANES_OPEN */
    uint64_t exposure_start_ps, exposure_end_ps; /* of the first row, of the last */
    uint64_t readout_start_ps, readout_end_ps;   /* 0: not known */
    bool global;                                 /* all rows begin together */
} lanes_shutter_t;

/* When a row collects light, and how much later the last row begins and ends than the first. */
typedef struct {
    uint64_t start_ps, end_ps; /* of the first row */
    uint64_t start_shift_ps, end_shift_ps;
} lanes_slant_t;

typedef struct {
    plot_time_t time;
    uint32_t columns;
    uint64_t known_ps; /* what ended before that may have gone from the ring; 0: nothing has */
    lane_t lane[LANE_COUNT];
    lanes_shutter_t shutter[LANES_SHUTTERS];
    uint32_t shutters;
} lanes_t;

/* NULL without memory; free() it. */
lanes_t *lanes_make(const view_model_t *model, const plot_time_t *time);
lanes_slant_t lanes_slant(const lanes_shutter_t *shutter);

#endif
