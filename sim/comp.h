/*
 * comp.h - what a block is to the kernel: a name, a kind, and tables.
 *
 * The tables are the single description of a block. The field table is the state hash and the
 * snapshot, the stat table is stats.json, the register table is bus decode, reset values, firmware
 * header, manual and reset test.
 */
#ifndef SIM_COMP_H
#define SIM_COMP_H

#include "sim/types.h"

/* What a field is to state hash and snapshot; pointers are kept as the place that they point to. */
typedef enum {
    SIM_STATE,     /* bytes without pointers: hashed and kept */
    SIM_KEPT,      /* the same, kept only: what two runs of equal state may differ in */
    SIM_REQ,       /* sim_mem_req_t, one or more: kept, but for done and ctx (port.h) */
    SIM_STREAM,    /* sim_mem_stream_t: the same */
    SIM_TO_REQ,    /* pointers to requests that fields of any block hold, or NULL: kept */
    SIM_TO_STREAM, /* the same to streams */
} sim_use_t;

/*
 * One piece of state: `bytes` at `offset` of the block's struct. The bytes themselves are hashed:
 * they must not contain padding (give the members of a padded struct one row each), pointers, or
 * anything that depends on the order of events within a phase. A snapshot restores rows in order.
 */
typedef struct {
    const char *name;
    size_t offset;
    size_t bytes;
    bool indirect; /* the field is a pointer to buf_bytes of state, or to what size_of returns */
    size_t (*size_of)(const sim_comp_t *comp); /* bytes behind an indirect field */
    sim_use_t use;
} sim_field_t;

/* clang-format off */
#define SIM_FIELD_AS(type, member, bytes, use) {#member, offsetof(type, member), bytes, false, NULL, use}
#define SIM_FIELD_BYTES(type, member) sizeof(((type *)0)->member)
#define SIM_FIELD(type, member) SIM_FIELD_AS(type, member, SIM_FIELD_BYTES(type, member), SIM_STATE)
#define SIM_FIELD_KEPT(type, member) SIM_FIELD_AS(type, member, SIM_FIELD_BYTES(type, member), SIM_KEPT)
#define SIM_FIELD_REQ(type, member) SIM_FIELD_AS(type, member, SIM_FIELD_BYTES(type, member), SIM_REQ)
#define SIM_FIELD_STREAM(type, member) SIM_FIELD_AS(type, member, SIM_FIELD_BYTES(type, member), SIM_STREAM)
#define SIM_FIELD_TO_REQ(type, member) SIM_FIELD_AS(type, member, SIM_FIELD_BYTES(type, member), SIM_TO_REQ)
#define SIM_FIELD_TO_STREAM(type, member) SIM_FIELD_AS(type, member, SIM_FIELD_BYTES(type, member), SIM_TO_STREAM)
#define SIM_FIELD_BUF(type, member, size_fn) {#member, offsetof(type, member), 0, true, size_fn, SIM_STATE}
#define SIM_FIELD_BUF_KEPT(type, member, size_fn) {#member, offsetof(type, member), 0, true, size_fn, SIM_KEPT}
#define SIM_FIELD_END {NULL, 0, 0, false, NULL, SIM_STATE}

/* One counter: a uint64_t member of the block's struct; or an array of them. */
typedef struct {
    const char *name;
    const char *unit; /* "cycles", "bytes", "lines", "px", "1" */
    const char *help;
    size_t offset;
    uint32_t count; /* 0: no array */
} sim_stat_t;

#define SIM_STAT(type, member, unit, help) {#member, unit, help, offsetof(type, member), 0}
#define SIM_STAT_ARRAY(type, member, unit, help) {#member, unit, help, offsetof(type, member), SIM_FIELD_BYTES(type, member) / sizeof(uint64_t)}
#define SIM_STAT_END {NULL, NULL, NULL, 0, 0}
/* clang-format on */

/*
 * One 32-bit register, backed by a uint32_t member of the block's struct. A write changes the bits
 * of rw_mask to the value and clears the bits of w1c that the value has set; then `wrote` runs (the
 * side effect; NULL for none) with the value as written. addr is relative to the block's page.
 * A register with mask and w1c both 0 and no side effect is read-only.
 */
typedef struct {
    const char *name; /* "BLC_CTRL" */
    const char *help; /* "0: enable; 7:4: mode (0 off, 1 on)": reg_help.h has the grammar */
    uint32_t addr;
    uint32_t reset;
    uint32_t rw_mask;
    uint32_t w1c;
    size_t member;
    void (*wrote)(sim_comp_t *comp, uint32_t value);
} sim_reg_t;

#define SIM_REG_END                                                                                \
    {                                                                                              \
        NULL, NULL, 0, 0, 0, 0, 0, NULL                                                            \
    }

typedef struct {
    const char *kind;                     /* "blc": short, lower case */
    uint32_t version;                     /* of the field table */
    sim_err_t (*check)(sim_comp_t *comp); /* after wiring: are required ports connected? */
    void (*reset)(sim_comp_t *comp);      /* own state only: cancel events, clear fields */
    sim_err_t (*start)(sim_comp_t *comp); /* first events */
    const sim_field_t *fields;
    const sim_stat_t *stats;
    const sim_reg_t *regs;
    /* Brings the member behind a register up to date before a bus read (live counters); a read
     * that has an effect (a FIFO's data register) has it here. NULL: members are always current.
     * peek is true for debuggers and dumps: then there must be no effect. */
    void (*refresh)(sim_comp_t *comp, uint32_t addr, bool peek);
    /* What no row can say (memory that grows, files): hands it to sim_snap_bytes (snapshot.h), the
     * same way when a snapshot is taken and when one is restored. After the fields. */
    void (*exchange)(sim_comp_t *comp, sim_snap_t *snap);
    /* State is about to be read, or replaced, from outside: do what was put off. Events stay alone.
     */
    void (*settle)(sim_comp_t *comp);
    /* Counters are about to be read: bring up to now those that are worked out late. Cheap; what
     * happens, and when, does not depend on it. */
    void (*tally)(sim_comp_t *comp);
    /* Statistics are about to be read, after tally: work out what only they show (rates). */
    void (*figure)(sim_comp_t *comp);
    /* A snapshot is restored: drop what was worked out from state (caches). Events stay alone. */
    void (*restored)(sim_comp_t *comp);
    bool observer; /* listens and drives nothing: in snapshots, not in state hash and statistics */
    bool outside;  /* drives from outside, a host: in snapshots and statistics, not in state hash */
} sim_kind_t;

struct sim_comp {
    const sim_kind_t *kind;
    sim_t *sim;
    sim_comp_t *next;
    sim_comp_t *next_tally; /* of those whose kind has one */
    sim_event_t *events;
    char name[64];      /* path, parts joined by '.': "sensor.npu.load" */
    uint32_t unimp_log; /* how many places it has reported as unimplemented */
};

/*
 * Registers comp with sim under name (copied). Fails with SIM_EDESC when the name is empty, too
 * long or taken. The caller owns comp; it must outlive sim. Registers take their reset value at
 * sim_reset, before kind->reset runs.
 */
sim_err_t sim_comp_init(sim_comp_t *comp, sim_t *sim, const sim_kind_t *kind, const char *name);

/* First component in order of registration; the next is comp->next. */
sim_comp_t *sim_comp_first(const sim_t *sim);
/* NULL when there is none of that name. */
sim_comp_t *sim_comp_find(const sim_t *sim, const char *name);

/* The register at addr (a multiple of 4), NULL when the kind has none there. */
const sim_reg_t *sim_reg_at(const sim_comp_t *comp, uint32_t addr);

/*
 * A 32-bit bus access. An address without a register reads 0, ignores writes and is logged as a
 * guest error; so is a write that would change a read-only register.
 */
uint32_t sim_reg_read(sim_comp_t *comp, uint32_t addr);
void sim_reg_write(sim_comp_t *comp, uint32_t addr, uint32_t value);

/* What a debugger sees: no side effect, no log. */
uint32_t sim_reg_peek(sim_comp_t *comp, uint32_t addr);

/* Every register to its reset value, without side effects (sim_reset does this for all). */
void sim_regs_reset(sim_comp_t *comp);

/* Brings all statistics up to now: before they are read in the middle of a run. */
void sim_tally(const sim_t *sim);
/* The same of counters alone: for accounts, which look often. */
void sim_tally_counters(const sim_t *sim);

/* index: in the array, or 0. */
uint64_t sim_stat_value(const sim_comp_t *comp, const sim_stat_t *stat, uint32_t index);

#endif
