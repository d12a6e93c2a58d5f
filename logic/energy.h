/*
 * energy.h - the meter: energy, power and area from what blocks have counted.
 *
 *   counters of all blocks --> rows x aJ (tech.h) --+--> by block --> by phase of the frame
 *   time -----------------> leakage of parts ------+              --> by frame
 *                                                                 --> power over time, peak
 *
 * It listens and drives nothing: no result depends on it, and a run with it is the same run.
 *
 * It looks every sample_ps, and where a phase or a frame begins, after everything else of that
 * instant. What was counted since the last look belongs to the phase and frame that the instant of
 * that look began. Energies are whole femtojoules of counts since power-up (sim/energy.h): sums
 * over phases, and over frames with what came before the first, are those over blocks, exactly.
 *
 * Beyond ENERGY_MOST_FJ, which only numbers that no chip has come to, it stays there and says so.
 *
 * A reset of a block sets its counters to zero: whoever resets calls energy_before_reset and
 * energy_after_reset, and nothing is lost. A counter that falls otherwise adds nothing.
 *
 * Phases: the first of this table whose condition holds; conditions are the owner's (phase).
 *
 * Not modeled: energy of data (which bits toggle), supply and its losses, power-gated blocks,
 * energy outside of the sensor (lens motor, oscillator, flash, host).
 */
#ifndef LOGIC_ENERGY_H
#define LOGIC_ENERGY_H

#include "logic/tech.h"
#include "sim/energy.h"
#include "sim/sim.h"

/* clang-format off */
/* X(name, text, while) */
#define ENERGY_PHASES(X)                                                                           \
    X(INFERENCE, "inference", "the NPU is busy")                                                   \
    X(READOUT,   "readout",   "rows are converted")                                                \
    X(FIRMWARE,  "firmware",  "the core works on what the NPU made, until it sends metadata")      \
    X(LINK,      "link",      "bytes leave")                                                       \
    X(EXPOSURE,  "exposure",  "rows of the next frame collect light")                              \
    X(IDLE,      "idle",      "none of these")
/* clang-format on */

typedef enum {
#define X(name, text, help) ENERGY_##name,
    ENERGY_PHASES(X)
#undef X
        ENERGY_PHASE_COUNT
} energy_phase_t;
extern const char *const energy_phase_names[ENERGY_PHASE_COUNT];

/* What energies are compared with, counted along: X(name, component, counter). */
/* clang-format off */
#define ENERGY_WATCHED(X)                                                                          \
    X(MACS, "npu", "macs")                                                                         \
    X(RUNS, "npu", "runs")
/* clang-format on */

enum {
#define X(name, component, stat) ENERGY_##name,
    ENERGY_WATCHED(X)
#undef X
        ENERGY_WATCHED_COUNT
};

#define ENERGY_MOST_FJ (UINT64_C(1) << 63) /* 9 kJ */

enum { ENERGY_MAX_BOUND = 1024 };

/* A counter that a row adds up; rows from TECH_MAX_ROWS on are the watched ones. */
typedef struct {
    const uint64_t *value;
    uint32_t row;
    tech_block_t block; /* the row's */
    uint64_t aj;        /* of one; 0: only counted */
} energy_bound_t;

/* What a frame took: from the start of its readout to that of the next. */
typedef struct {
    uint32_t frame;
    uint64_t start_ps, end_ps;
    uint64_t fj[TECH_BLOCK_COUNT];
} energy_frame_t;

/* Everything that a snapshot keeps; a reset clears it. */
typedef struct {
    uint64_t start_ps;                                    /* power-up */
    uint64_t now_ps;                                      /* of the last look */
    uint64_t last[ENERGY_MAX_BOUND];                      /* what counters said then */
    uint64_t count[TECH_MAX_ROWS + ENERGY_WATCHED_COUNT]; /* of each row since power-up */
    sim_energy_t row[TECH_MAX_ROWS];                      /* its energy */
    sim_energy_t leakage[TECH_BLOCK_COUNT];               /* of each block */
    uint64_t block_fj[TECH_BLOCK_COUNT];                  /* both */
    uint64_t phase_fj[ENERGY_PHASE_COUNT][TECH_BLOCK_COUNT];
    uint64_t phase_ps[ENERGY_PHASE_COUNT];
    uint64_t boot_fj[TECH_BLOCK_COUNT];   /* before the first frame */
    uint64_t frames_fj[TECH_BLOCK_COUNT]; /* of frames that are over */
    uint64_t frames, frames_ps;           /* their number, their time */
    uint64_t sample_fj[TECH_BLOCK_COUNT]; /* block_fj at the last sample */
    uint64_t peak_fj[TECH_BLOCK_COUNT];   /* most in one sample */
    uint64_t peak_total_fj, peak_ps;      /* of all blocks, and when that sample ended */
    uint32_t phase;                       /* energy_phase_t since now_ps */
    uint32_t next_frame;                  /* number of the one that begins now, if frame_begins */
    bool frame_begins, in_frame;
    bool full;            /* more than ENERGY_MOST_FJ: nothing is added any more */
    energy_frame_t frame; /* that is going on; fj: block_fj at its start */
} energy_state_t;

typedef struct {
    sim_comp_t comp; /* stays first */
    const tech_t *tech;
    bool on; /* there is something to meter */
    sim_event_t sample, edge, later;
    energy_bound_t bound[ENERGY_MAX_BOUND];
    uint32_t bounds;
    bool there[TECH_MAX_PARTS]; /* parts whose component is there */
    uint64_t leakage_nw[TECH_BLOCK_COUNT];

    /* In which phase the owner is; NULL: always ENERGY_IDLE. */
    energy_phase_t (*phase_of)(void *ctx);
    /* A frame is over. May be NULL. */
    void (*frame_done)(void *ctx, const energy_frame_t *frame);
    void *phase_ctx, *frame_ctx;

    energy_state_t state;
} energy_t;

/*
 * Binds rows to the counters of sim's components, which are there already; a component of the
 * table is `root` and its name. whole: all of them must be there; else rows of absent ones are left
 * out, with their leakage. Fails with the place in the technology file. tech must outlive meter, as
 * must sim's components. tech->parts 0: the meter is off.
 */
sim_err_t energy_init(energy_t *energy, sim_t *sim, const tech_t *tech, const char *root,
                      bool whole, const char *name);

/* The same for parts of a sensor, whose names have no root, and no component of sim: without
 * phases, frames and samples. What they did since energy_restart is there after energy_settle. */
sim_err_t energy_attach(energy_t *energy, sim_t *sim, const tech_t *tech);
/* Nothing was counted before now. */
void energy_restart(energy_t *energy);

/* A phase begins or ends now: the meter looks at the end of this instant. */
void energy_edge(energy_t *energy);
/* The same at a time to come, not in the past; the newest of them counts. */
void energy_edge_at(energy_t *energy, uint64_t at_ps);
/* A frame begins now. */
void energy_frame(energy_t *energy, uint32_t frame);

/* Around a reset that sets counters to zero. */
void energy_before_reset(energy_t *energy);
void energy_after_reset(energy_t *energy);

/* Up to now, whoever asks. */
void energy_settle(energy_t *energy);
uint64_t energy_total_fj(energy_t *energy);

uint64_t energy_watched(const energy_t *energy, uint32_t what);

/* Sum over blocks. */
uint64_t energy_sum_fj(const uint64_t fj[TECH_BLOCK_COUNT]);
/* Of what leaks, since power-up. */
uint64_t energy_leakage_fj(const energy_t *energy);

#endif
