/*
 * thermal.h - temperature of the stack: one for both dies, from a profile or from their power.
 *
 *   energy so far ---> power of a step --> R, C --> temperature --+--> pixel die: dark current
 *   (energy_fj)                             ^                     +--> temperature sensor (temp.h)
 *   profile: of the surroundings -----------+
 *   profile: of the dies, when desc.self_heating is off ----------^
 *
 * First order: C dT/dt = P - (T - ambient) / R. Every step_us the heat of the step is what the
 * energy has grown by, and the temperature goes the share 1 - exp(-step / RC) of the way to
 * ambient + P R: exact while power and ambient stay. All of it is integers (picokelvin, shares of
 * 2^-62), so it is the same on any machine. The step is worked out when all else of its instant
 * has happened; until the next one the temperature stays.
 *
 * One node is enough: between the dies lie about 10 um of oxide, which over 50 mm2 are 0.14 K/W
 * (1.4 W/(m K)), so they differ by 0.03 K at 0.2 W. What R and C are made of, and that they are
 * assumed, is in the chip file.
 *
 * Not modeled:  hot spots inside a die; the first seconds, in which the silicon (20 mJ/K) runs
 *               ahead of its package by some kelvin per watt; the board's own, slower warming;
 *               leakage that grows with temperature; radiation and airflow apart from R.
 * Units:        mc: 1/1000, uc: 1/1,000,000 degree Celsius.
 */
#ifndef LOGIC_THERMAL_H
#define LOGIC_THERMAL_H

#include "sim/json.h"
#include "sim/sim.h"

#define THERMAL_MAX_POINTS 64u
#define THERMAL_LOW_MC (-100000)
#define THERMAL_HIGH_MC 200000

/* Temperature over time: straight lines between points, constant outside. */
typedef struct {
    uint64_t at_ps; /* rising */
    int32_t mc;     /* THERMAL_LOW_MC..THERMAL_HIGH_MC */
} thermal_point_t;

typedef struct {
    bool self_heating;
    thermal_point_t profile[THERMAL_MAX_POINTS]; /* of the ambient; without self-heating: dies */
    uint32_t points;                             /* 1..; 0 in defaults: not told yet */
    int32_t start_mc;                            /* of the dies at time 0, with self-heating */
    uint32_t r_mk_per_w;                         /* from the dies to the ambient, 1..1000000 */
    uint32_t c_uj_per_k;                         /* heat capacity, 1..1000000000 */
    uint32_t step_us;                            /* 10..1000000, at most RC */
} thermal_desc_t;

typedef struct {
    sim_comp_t comp;
    thermal_desc_t desc;
    uint64_t share;                   /* of the way in a step: 2^62 is all of it */
    uint64_t (*energy_fj)(void *ctx); /* since time 0, never falls; needed for self-heating */
    void *energy_ctx;
    sim_event_t step;

    int64_t die_pk; /* picokelvin, absolute */
    uint64_t seen_fj;
    uint64_t start_mk, now_mk, most_mk, steps;
} thermal_t;

thermal_desc_t thermal_desc_default(void);

/* The "thermal" object of a chip file's "logic": R, C, step. */
void thermal_desc_read(const sim_cfg_t *cfg, thermal_desc_t *desc);

/* Nearest thousandth of -1,000,000..1,000,000, on any machine. */
int32_t thermal_mc(double celsius);

/* A profile of one temperature. */
void thermal_fix(thermal_desc_t *desc, double celsius);

/* The caller owns thermal, zeroed; it must outlive sim. */
sim_err_t thermal_init(thermal_t *thermal, sim_t *sim, const thermal_desc_t *desc,
                       const char *name);

/* The dies' temperature now. */
int64_t thermal_die_uc(const thermal_t *thermal);

/* The profile at a time. */
int32_t thermal_profile_mc(const thermal_desc_t *desc, uint64_t time_ps);

/* 1 - exp(-part / whole) in 2^-62; part at most whole, whole 1..2^60. */
uint64_t thermal_share(uint64_t part, uint64_t whole);

#endif
