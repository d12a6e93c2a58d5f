/*
 * energy_report.h - what a meter has to say: stats.json, --json, summaries.
 */
#ifndef TOOLS_ENERGY_REPORT_H
#define TOOLS_ENERGY_REPORT_H

#include <stdio.h>

#include "logic/energy.h"
#include "sim/json.h"

/* Mean over the frames that are over; without any, over all of the time. */
typedef struct {
    uint64_t fj, ps, frames; /* frames 0: there was none */
    uint64_t block_fj[TECH_BLOCK_COUNT];
} energy_mean_t;

energy_mean_t energy_mean(const energy_t *energy);
double energy_mw(uint64_t fj, uint64_t ps);
/* 10^12 operations a joule, two for each multiply-accumulate; 0 without energy. */
double energy_tops_per_w(uint64_t macs, uint64_t fj);

/*
 * Everything: sums, blocks, phases, activity, power, area, and the frames that `frames` holds, an
 * array of energy_frame_t. For stats.json; the meter is settled before.
 */
void energy_add_stats(sim_json_t *parent, const energy_t *energy, const void *frames,
                      size_t frames_bytes);

/* The closing summary's figures; px: of a frame, 0: there are none. */
void energy_add_summary(sim_json_t *parent, const energy_t *energy, uint64_t px);
/* One line, without what comes before it. */
void energy_print_summary(const energy_t *energy, FILE *to);

/* "energy" of parts of a sensor (energy_attach) as it was settled: by block and by activity, added
 * to parent; nothing when the meter is off. */
void energy_add_account(sim_json_t *parent, const energy_t *energy);
/* Of it, one line: "energy 3.21 uJ: pixel 2.0, adc 1.2; 21.0 mW mean". */
void energy_print_account(const energy_t *energy, FILE *to);

#endif
