/*
 * model.h - what the viewer knows of a run, and nothing else: the panels draw from this alone.
 *
 *   run --taps (listen.c)--> view_model_t --panels--> draw_t
 *
 * It fills up as the run goes. Logs are rings, in the order in which things were told; each item
 * says when that was (told_ps), so that going back in time can drop what is not yet told
 * (view_model_back). Images keep the rows of the frame before where those of the present one have
 * not come. Nothing here reaches the simulation.
 */
#ifndef TOOLS_VIEW_MODEL_H
#define TOOLS_VIEW_MODEL_H

#include "logic/sensor.h"
#include "scenes/scene.h"
#include "tools/metadata.h"
#include "tools/network.h"

enum {
    VIEW_TRACKS = 160,
    VIEW_NAME = 48,
    VIEW_ARGS = 96,
    VIEW_SPANS = 1 << 16,
    VIEW_COUNTERS = 64,
    VIEW_SERIES = 24,
    VIEW_VALUES = 512,
    VIEW_SAMPLES = 2048,
    VIEW_PACKETS = 1 << 13,
    VIEW_HEAD = 64, /* bytes of a packet that are kept */
    VIEW_REPORTS = 64,
    VIEW_BOXES = 64,
    VIEW_FRAMES = 64,
    VIEW_LINES = 512,
    VIEW_LINE = 200,
    VIEW_LAYERS = 512,
    VIEW_FILLS = 1 << 13,   /* rows that come and packets that leave */
    VIEW_ENDLESS = 1000000, /* frames: a run of so many has no end that is worth telling */
};

/* Where an item of a ring of `room` stands, and which are there: numbers first .. next - 1. */
typedef struct {
    uint64_t next;  /* number of the item that comes next */
    uint64_t first; /* of the oldest that is there */
} view_ring_t;

/* ---- images ---- */

typedef enum { VIEW_RAW, VIEW_ISP, VIEW_HOST, VIEW_IDEAL, VIEW_PICTURES } view_picture_kind_t;

/* Samples of RAW are uint16_t each, of others 3 bytes R G B. What the host gets may be either. */
typedef struct {
    uint32_t width_px, height_px; /* 0: none yet */
    uint32_t frame;               /* that its newest rows show */
    uint32_t rows;                /* of that frame that are there; height_px: all */
    uint32_t bits;                /* RAW: of a sample; 0: R G B */
    sim_bayer_t bayer;            /* RAW */
    uint32_t black;               /* RAW: black level, DN */
    sim_window_t window;          /* what of the active array it shows */
    bool first;                   /* no frame was before it: rows that are not there are empty */
    uint64_t told_ps;             /* of its newest row */
    union {
        uint16_t *raw;
        uint8_t *rgb;
    } px;
    size_t room; /* bytes allocated */
} view_picture_t;

/* ---- logs ---- */

typedef struct {
    uint64_t start_ps, end_ps, told_ps;
    uint32_t track; /* index of view_model_t.track */
    int32_t frame;  /* as its args say; -1: they do not */
    char name[VIEW_NAME];
    char args[VIEW_ARGS]; /* a JSON object's inside, maybe cut */
} view_span_t;

/* A counter over time: series by name. */
typedef struct {
    char track[VIEW_NAME];
    char series[VIEW_SERIES][VIEW_NAME];
    uint32_t count;           /* of series */
    char told[VIEW_VALUES];   /* what was told last, maybe cut */
    float value[VIEW_SERIES]; /* .. and what it means */
    view_ring_t ring;
    struct {
        uint64_t at_ps;
        float value[VIEW_SERIES];
    } * sample; /* VIEW_SAMPLES */
} view_counter_t;

typedef struct {
    uint64_t start_ps, end_ps, number; /* told at end_ps */
    uint32_t bytes;                    /* with header and CRC */
    uint32_t kept;                     /* of them, in head */
    uint8_t vc, dt;
    uint8_t head[VIEW_HEAD];
} view_packet_t;

/* What the host heard of a frame. */
typedef struct {
    uint64_t told_ps;
    uint32_t frame, network, latency_us;
    uint32_t lines, count_in, count_out; /* lines that the program counts at; sums of them */
    uint32_t boxes, events;
    metadata_box_t box[VIEW_BOXES];
} view_report_t;

/* LINE_UART: of the console; EVENT: told by the firmware on the link; HAND: done by the user's
 * hand; LOG: the simulator's. */
typedef enum { LINE_UART, LINE_EVENT, LINE_HAND, LINE_LOG } view_line_kind_t;
typedef struct {
    uint64_t told_ps;
    view_line_kind_t kind;
    char text[VIEW_LINE];
} view_line_t;

typedef struct {
    char name[SIM_TRACE_NAME];
    char op[VIEW_NAME];
    bool known; /* report is of the newest inference that completed it */
    npu_layer_report_t report;
} view_layer_t;

typedef struct {
    uint64_t at_ps;
    uint32_t fifo_bytes; /* of the transmitter, that wait */
} view_fill_t;

/* ---- all of it ---- */

typedef struct {
    const sensor_t *sensor;     /* to look at, never to change */
    const networks_t *networks; /* of the run */
    scene_t *scene;             /* its own; NULL: the world is a pipe that cannot be seen twice */
    uint64_t now_ps;
    uint32_t frames;  /* that the run is to have; 0: not known */
    double real_time; /* simulated seconds of a second, lately; 0: stands still */

    view_picture_t picture[VIEW_PICTURES];
    scene_timing_t timing; /* of the frame that is read */
    scene_truth_t truth;   /* of it */
    bool truth_known;

    char track[VIEW_TRACKS][VIEW_NAME];
    uint32_t tracks, told_track; /* the last one that was told of */
    view_ring_t spans, packets, reports, frames_done, lines, fills;
    view_span_t *span; /* VIEW_SPANS */
    view_counter_t counter[VIEW_COUNTERS];
    uint32_t counters, told_counter; /* that is told of next, mostly */
    view_packet_t *packet;           /* VIEW_PACKETS */
    view_report_t *report;           /* VIEW_REPORTS */
    timeline_frame_t *frame;         /* VIEW_FRAMES: whose metadata left */
    view_line_t *line;               /* VIEW_LINES */
    view_fill_t *fill;               /* VIEW_FILLS */

    view_layer_t layer[VIEW_LAYERS];
    uint32_t layers;                      /* of the network that ran last */
    uint32_t network;                     /* its number in networks */
    uint64_t energy_fj[TECH_BLOCK_COUNT]; /* of the last frame that is over */
    uint32_t energy_frame;
    uint64_t energy_ps; /* when it was told */
    bool energy_known;
} view_model_t;

/* False without memory; view_model_free in any case. */
bool view_model_init(view_model_t *model);
void view_model_free(view_model_t *model);

/* Back to at_ps: what was told later is dropped from the logs. Pictures and the like stay to be
 * seen until those of that time come. */
void view_model_back(view_model_t *model, uint64_t at_ps);
/* It has arrived there: what did not come is not of that time, and is dropped, too. */
void view_model_arrived(view_model_t *model, uint64_t at_ps);

/* Item `number` of a ring, between ring.first and ring.next - 1. */
const view_span_t *view_span(const view_model_t *model, uint64_t number);
const view_packet_t *view_packet(const view_model_t *model, uint64_t number);
const view_report_t *view_report(const view_model_t *model, uint64_t number);
const timeline_frame_t *view_frame(const view_model_t *model, uint64_t number);
const view_line_t *view_line(const view_model_t *model, uint64_t number);
const view_fill_t *view_fill(const view_model_t *model, uint64_t number);

/* Tells; the oldest goes where the ring is full. What is returned is to be filled in. */
void view_tell_span(view_model_t *model, const char *track, const char *name, uint64_t start_ps,
                    uint64_t end_ps, const char *args, uint64_t now_ps);
void view_tell_count(view_model_t *model, const char *track, uint64_t at_ps, const char *values);
view_packet_t *view_tell_packet(view_model_t *model);
view_report_t *view_tell_report(view_model_t *model);
void view_tell_frame(view_model_t *model, const timeline_frame_t *frame);
void view_tell_fill(view_model_t *model, uint64_t at_ps, uint32_t fifo_bytes);
void view_tell_line(view_model_t *model, view_line_kind_t kind, uint64_t at_ps, const char *fmt,
                    ...) SIM_PRINTF(4, 5);

/* The report of that frame, or the newest before it; NULL: none. */
const view_report_t *view_report_of(const view_model_t *model, uint32_t frame);
/* By its name; NULL: nothing was told of it. */
const view_counter_t *view_counter(const view_model_t *model, const char *track);
/* What a series was last; 0: nothing was told. */
double view_value(const view_counter_t *counter, uint32_t series);

#endif
