/*
 * expect.h - the section `expect` of a scenario: what has to come out of it.
 *
 * One table of figures: what can be bounded, its unit, and where a run's results have it. The
 * reader, `fovea test --schema`, the results' CSV and the documents read it.
 */
#ifndef TOOLS_EXPECT_H
#define TOOLS_EXPECT_H

#include <stdio.h>

#include "sim/json.h"
#include "tools/event_filter.h"

/*
 * X(name, unit, path, factor, help). path: in the run's summary (`fovea run --json`), or "": worked
 * out from the result files (figures.c). A figure is the summary's value times factor.
 */
/* clang-format off */
#define EXPECT_FIGURES(X)                                                                                            \
    X(precision,            "1",    "",                              1,    "reported boxes that were true")          \
    X(recall,               "1",    "",                              1,    "true boxes that were reported")          \
    X(mota,                 "1",    "",                              1,    "CLEAR MOT accuracy (`tools/mot.h`)")     \
    X(motp,                 "1",    "",                              1,    "mean IoU of the boxes that were right")  \
    X(idf1,                 "1",    "",                              1,    "identity F1 of the tracks")              \
    X(id_switches,          "1",    "",                              1,    "people who got another track")           \
    X(fragments,            "1",    "",                              1,    "people found again after they were lost")\
    X(count_error,          "1",    "",                              1,    "crossings: differences of in and of out, added") \
    X(heat_map,             "1",    "",                              1,    "heat maps and those of the truth: correlation, the least (`tools/heat_judge.h`)") \
    X(heat_maps,            "1",    "",                              1,    "heat maps that came")                    \
    X(image_cover,          "1",    "",                              1,    "of the true boxes, area that images show (`tools/image_judge.h`)") \
    X(image_cover_least,    "1",    "",                              1,    "the same of the worst box")              \
    X(image_bare,           "1",    "",                              1,    "of the true boxes, area that images show and do not hide") \
    X(image_bare_most,      "1",    "",                              1,    "the same of the worst box")              \
    X(attributes,           "1",    "",                              1,    "tracks whose last attribute is their person's (`tools/attribute_judge.h`)") \
    X(frames,               "1",    "frames",                        1,    "frames that the host heard of")          \
    X(frame_rate_hz,        "Hz",   "",                              1,    "by the starts of first and last exposure; of a plain camera of images") \
    X(silence_ms,           "ms",   "",                              1,    "from a packet of metadata to the next one, the longest") \
    X(latency_ms,           "ms",   "",                              1,    "photon to alert, the longest")           \
    X(latency_mean_ms,      "ms",   "latency.photon_to_alert.mean_ms", 1,  "the same, mean")                         \
    X(readout_to_alert_ms,  "ms",   "latency.readout_to_alert.max_ms", 1,  "from the last row on, the longest")      \
    X(link_bytes,           "bytes","link.bytes",                    1,    "all that was on the link")               \
    X(link_problems,        "1",    "link.problems",                 1,    "what the host's receiver found wrong")   \
    X(frame_energy_uj,      "uJ",   "energy.frame_fj",               1e-9, "of a frame, mean")                       \
    X(mean_mw,              "mW",   "energy.mean_mw",                1,    "mean power")                             \
    X(peak_mw,              "mW",   "energy.peak_mw",                1,    "most power, of 100 us")                  \
    X(npu_cycles,           "cycles","npu.cycles",                   1,    "of an inference, mean")

/* Of events: X(name, unit, help). All but the count are of reports against the truth (event_judge.h). */
#define EXPECT_EVENT_FIGURES(X)                                                                                      \
    X(count,         "1",     "how many were reported; 1 or more where nothing else is asked")                      \
    X(recall,        "1",     "events of the truth that were reported")                                             \
    X(precision,     "1",     "reported ones that were true")                                                       \
    X(delay_ms,      "ms",    "from the event to the packet that tells it, the longest")                            \
    X(delay_mean_ms, "ms",    "the same, mean")                                                                     \
    X(false_per_min, "1/min", "reported ones that were not true, by simulated time")
/* clang-format on */

typedef enum {
#define X(name, unit, help) EVENT_##name,
    EXPECT_EVENT_FIGURES(X)
#undef X
        EVENT_FIGURES
} event_figure_t;

typedef enum {
#define X(name, unit, path, factor, help) FIGURE_##name,
    EXPECT_FIGURES(X)
#undef X
        FIGURES
} figure_t;

typedef struct {
    const char *name, *unit, *path;
    double factor;
    const char *help;
} expect_figure_t;

extern const expect_figure_t expect_figures[FIGURES];

typedef struct {
    const char *name, *unit, *help;
} expect_event_figure_t;

extern const expect_event_figure_t expect_event_figures[EVENT_FIGURES];

enum {
    EXPECT_COUNTERS = 64,
    EXPECT_EVENTS = 64,
    EXPECT_FILES = 32,
    EXPECT_NETWORKS = 64,
    EXPECT_TOLERANCES = 16,
    EXPECT_NAME = 160,
    EXPECT_KEY = 32,
    EXPECT_LIMIT_S = 300,
    EXPECT_WINDOW_MS = 1000,
};

/* A number is exact: low equals high. */
typedef struct {
    bool given;
    double low, high; /* both inclusive; infinite where open */
} expect_range_t;

/* A counter of stats.json by its path: "sensor.isp.overruns". */
typedef struct {
    char path[EXPECT_NAME];
    expect_range_t range;
} expect_counter_t;

/* Events of a type, place and so on in some simulated time. */
typedef struct {
    event_filter_t filter;  /* of what was reported; all but types and id of the truth, too */
    char truth[EXPECT_KEY]; /* type of the truth that they tell; empty: by event_judge.c */
    uint64_t window_ps;     /* a report is at most so late, or early */
    expect_range_t figure[EVENT_FIGURES];
} expect_event_t;

/* From this frame on it is this network. */
typedef struct {
    uint32_t frame, id;
} expect_network_t;

/* Values under this key may differ by so much. */
typedef struct {
    char key[EXPECT_KEY];
    double by;
} expect_tolerance_t;

/* A file of the results that equals one of the golden folder. */
typedef struct {
    char name[EXPECT_NAME];
    expect_tolerance_t tolerance[EXPECT_TOLERANCES];
    uint32_t tolerances;
} expect_file_t;

typedef struct {
    bool fails;               /* the scenario has to fail */
    char reason[EXPECT_NAME]; /* a line that says so has this in it; empty: any */
    uint32_t time_limit_s;    /* of the host's time */
    double iou;               /* least overlap of a reported box and the true one */
    expect_range_t figure[FIGURES];
    expect_counter_t counter[EXPECT_COUNTERS];
    uint32_t counters;
    expect_event_t event[EXPECT_EVENTS];
    uint32_t events;
    expect_network_t network[EXPECT_NETWORKS]; /* in order of frames */
    uint32_t networks;
    char golden[EXPECT_NAME]; /* folder, relative to the scenario; empty: none */
    expect_file_t file[EXPECT_FILES];
    uint32_t files;
} expect_t;

/* The key `expect` of a scenario; complaints go to its document. */
void expect_read(const sim_cfg_t *scenario, expect_t *expect);
/* Complains about what is wrong with it. */
void expect_check(const sim_cfg_t *scenario);

bool expect_holds(const expect_range_t *range, double value);
/* "at least 0.9", "16", "1..3". */
void expect_range_text(const expect_range_t *range, char *text, size_t bytes);

/* The keys as a table in Markdown. */
void expect_print_schema(FILE *to);

#endif
