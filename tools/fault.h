/*
 * fault.h - faults put into a run on purpose: what, where, when, and what became of each.
 *
 *   scenario faults[] --fault_read--> items --+--> fault_plan: faults that the pixel die has
 *                                             +--> fault_set_t: events that put the others in
 *   blocks, host --notes--> records --> faults.jsonl, stats.json
 *
 * An item is a kind of fault and when it strikes: once, every so often, or at random times of a
 * mean rate (a Poisson process). Each time is an injection with a record of its own. What the item
 * does not name is drawn: from its seed, its place in the list and the number of the draw, so an
 * injection is the same however the run is computed.
 *
 * A new kind is a row of fault_kinds (fault_kinds.c): keys with ranges, and a function that does
 * it. It says what it knows of the outcome then; later notes of blocks say more.
 */
#ifndef TOOLS_FAULT_H
#define TOOLS_FAULT_H

#include <stdio.h>

#include "logic/sensor.h"
#include "sim/json.h"
#include "tools/host.h"
#include "tools/when.h"

enum {
    FAULT_MAX_ITEMS = 64,
    FAULT_MAX_INJECTED = 2048, /* of a run */
    FAULT_MAX_LINK = 64,       /* packets to be damaged that have not passed yet */
    FAULT_KEYS = 3,
};

/* clang-format off */
#define FAULT_OUTCOMES_TABLE(X)                                                                    \
    X(WAITING,   "waiting",   "nobody has come across it")                                         \
    X(NOTHING,   "nothing",   "changed nothing, or was overwritten before anybody came across")    \
    X(SILENT,    "silent",    "taken for true, and nobody noticed")                                   \
    X(DETECTED,  "detected",  "noticed, and not put right")                                        \
    X(RECOVERED, "recovered", "noticed and put right")                                             \
    X(ABSENT,    "not_injected", "it never came to pass")
/* clang-format on */

typedef enum {
#define X(name, text, help) FAULT_##name,
    FAULT_OUTCOMES_TABLE(X)
#undef X
        FAULT_OUTCOMES
} fault_outcome_t;

/* Who noticed. */
typedef enum {
    FAULT_BY_NOBODY,
    FAULT_BY_ECC,
    FAULT_BY_CRC,
    FAULT_BY_REGISTER,
    FAULT_BY_HOST
} fault_by_t;

extern const char *const fault_outcome_names[FAULT_OUTCOMES];
extern const char *const fault_by_names[]; /* "nobody", "ecc", "crc", "register", "host" */

typedef enum { FAULT_NEEDED, FAULT_DRAWN, FAULT_USUAL } fault_absent_t;

/* One key of a kind: a number in low..high, or one of names. */
typedef struct {
    const char *name;
    fault_absent_t absent; /* what is done without it: usual is taken, or one drawn */
    uint64_t low, high, usual;
    uint64_t step;            /* a multiple of it; 0: any */
    bool address;             /* in files "0x10001000", "symbol+4", or a number */
    const char *const *names; /* values are their indexes from low to high */
    /* Where low and high (and usual) depend on the chip. */
    void (*range)(const sensor_desc_t *chip, uint64_t *low, uint64_t *high, uint64_t *usual);
} fault_key_t;

typedef struct fault_set fault_set_t;
typedef struct fault_record fault_record_t;

typedef struct {
    const char *name;
    fault_key_t key[FAULT_KEYS];
    uint32_t variant;
    bool from_frame;    /* begins with a frame and stays: part of the pixel die's description */
    const char *awaits; /* it strikes at what comes next; why it did not, at the end of the run */
    void (*plan)(sensor_desc_t *chip, uint32_t frame, const uint64_t *arg);
    void (*apply)(fault_set_t *set, fault_record_t *record);
    void (*end)(fault_set_t *set, fault_record_t *record); /* after key "for"; NULL: has none */
} fault_kind_t;

extern const fault_kind_t fault_kinds[];
extern const uint32_t fault_kind_count;

/* One entry of faults[]. */
typedef struct {
    const fault_kind_t *kind;
    when_t at;         /* unless every_ps or mean_ps */
    uint64_t every_ps; /* one each so often */
    uint64_t mean_ps;  /* random times, so far apart in the mean */
    uint64_t from_ps, until_ps;
    uint64_t for_ps; /* then it ends; 0: it does not, or does at once */
    uint32_t count;  /* with at: so many at once; else at most so many */
    uint64_t seed;
    uint64_t arg[FAULT_KEYS];
    uint64_t low[FAULT_KEYS], high[FAULT_KEYS]; /* of those that are drawn; else both are arg */
} fault_item_t;

/* One injection. */
struct fault_record {
    uint64_t at_ps, end_ps; /* when it was put in; when the outcome was last known */
    uint64_t arg[FAULT_KEYS];
    uint64_t left; /* of the kind: what must pass before it strikes */
    uint32_t item, outcome, by;
    uint32_t state;   /* of the kind */
    uint32_t no_room; /* not injected: too many wait already */
    uint32_t met_by;  /* of the kind: who read it first; 0: nobody */
    /* Link: packets damaged, of these noticed by the host, of these put right. */
    uint32_t hits, noticed, fixed;
    uint32_t spare; /* no bytes without a name */
};

struct fault_set {
    sim_comp_t comp; /* "faults" */
    sensor_t *sensor;
    const host_t *host; /* NULL: nobody hears the link */
    const fault_item_t *item;
    uint32_t items;
    sim_event_t due; /* at the earliest time of those below */

    uint64_t next_ps[FAULT_MAX_ITEMS], over_ps[FAULT_MAX_ITEMS]; /* strikes; ends. SIM_NEVER_PS */
    uint32_t drawn[FAULT_MAX_ITEMS];                             /* injections so far */
    uint32_t timed[FAULT_MAX_ITEMS];                             /* numbers used for times */
    uint32_t count;
    fault_record_t record[FAULT_MAX_INJECTED];
    mipi_fault_t link[FAULT_MAX_LINK];
    uint32_t links;
    uint64_t problems, corrected, metadata; /* that the host had heard of at its last packet */
    uint32_t unacknowledged; /* record of the host's last write, plus one; 0: that was fine */
    uint32_t refused;        /* beyond FAULT_MAX_INJECTED */

    uint64_t injected, total[FAULT_OUTCOMES]; /* by fault_finish; not_injected: beside injected */
};

/* Reads faults[] of a scenario into item[]; what is wrong is in sim_doc_error. firmware: the ELF
 * file whose symbols addresses may name; NULL: none. */
uint32_t fault_read(const sim_cfg_t *root, const sensor_desc_t *chip, const char *firmware,
                    uint64_t seed, fault_item_t item[FAULT_MAX_ITEMS]);
/* Puts those that a die is made with into its description. */
void fault_plan(const fault_item_t *item, uint32_t items, sensor_desc_t *chip);

/* After sensor_init; without items it does nothing and is no component. The caller owns set,
 * zeroed; it must outlive sim. Bit flips with ECC make the NPU use bursts (npu.exact). */
sim_err_t fault_init(fault_set_t *set, sensor_t *sensor, const fault_item_t *item, uint32_t items);
/* After the host listens: the set hears what the host makes of each packet. False: no place. */
bool fault_listen(fault_set_t *set, const host_t *host);
/* The run is over: counts outcomes. Any number of times. */
void fault_finish(fault_set_t *set);

/* After fault_finish: */
/* A line of JSON for each injection, and for those that did not come to pass; false when it could
 * not be written. */
bool fault_write(const fault_set_t *set, FILE *to);
/* How many injections of that item did not come to pass, and why in a line. */
uint32_t fault_absent(const fault_set_t *set, uint32_t item, char *why, size_t bytes);
/* A fault has reset the sensor, last at *at_ps, and no metadata has come since. */
bool fault_has_reset(const fault_set_t *set, uint64_t *at_ps);

/* ---- for fault_kinds.c ---- */

static inline const fault_kind_t *fault_kind_of(const fault_set_t *set, const fault_record_t *r)
{
    return set->item[r->item].kind;
}
void fault_outcome(fault_set_t *set, fault_record_t *record, fault_outcome_t outcome,
                   fault_by_t by);
/* Connects the set to what its kinds act on. */
void fault_connect_kinds(fault_set_t *set);
/* A snapshot was restored. */
void fault_restored_kinds(fault_set_t *set);
/* Who read a flipped bit first: a port of L2, "core", "core fetch"; NULL: nobody. */
const char *fault_met_by(const fault_set_t *set, const fault_record_t *record);
/* What only the end shows. */
void fault_judge_kinds(fault_set_t *set);
/* The host has heard a packet. */
void fault_heard(fault_set_t *set);
/* Draws the item's arguments number n, from 0. */
void fault_draw(const fault_item_t *item, uint32_t index, uint32_t n, uint64_t arg[FAULT_KEYS]);

#endif
