/*
 * log.h - what a model has to say. Models never print: the tool sets a sink.
 */
#ifndef SIM_LOG_H
#define SIM_LOG_H

#include "sim/types.h"

typedef enum {
    SIM_LOG_ERROR, /* the run's result is in doubt (FIFO overflow, NPU schedule error) */
    SIM_LOG_GUEST, /* the firmware or host did what the hardware would ignore */
    SIM_LOG_UNIMP, /* the hardware has it, the model lacks it */
    SIM_LOG_INFO,
    SIM_LOG_DEBUG,
} sim_log_level_t;

/* line is one message without newline, already prefixed with nothing: name says who. */
typedef void (*sim_log_fn_t)(void *ctx, uint64_t time_ps, sim_log_level_t level, const char *name,
                             const char *line);

void sim_set_log(sim_t *sim, sim_log_fn_t fn, void *ctx, sim_log_level_t most_verbose);

/* UNIMP: the same format string of the same component is reported once. */
void sim_log(sim_comp_t *comp, sim_log_level_t level, const char *fmt, ...) SIM_PRINTF(3, 4);

const char *sim_log_level_name(sim_log_level_t level);

/* Messages so far of that level, whether or not a sink saw them. */
uint64_t sim_log_count(const sim_t *sim, sim_log_level_t level);

#endif
