/*
 * log.c - messages of models to whoever listens.
 */
#include "sim/sim_int.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void sim_set_log(sim_t *sim, sim_log_fn_t fn, void *ctx, sim_log_level_t most_verbose)
{
    sim->log = fn;
    sim->log_ctx = ctx;
    sim->most_verbose = most_verbose;
}

/*
 * Whether this component has used this format before, by a 64-bit hash of both texts. When the set
 * is full (1,023 places of missing hardware) what is not in it is reported every time.
 */
static bool seen_before(sim_comp_t *comp, const char *fmt)
{
    sim_t *sim = comp->sim;
    uint64_t hash = sim_hash(SIM_HASH_SEED, comp->name, strlen(comp->name));
    hash = sim_hash(hash, fmt, strlen(fmt));
    hash += hash == 0; /* 0 marks a free place */
    uint32_t i = (uint32_t)hash % SIM_UNIMP_PLACES;
    for (; sim->unimp[i] != 0; i = (i + 1) % SIM_UNIMP_PLACES)
        if (sim->unimp[i] == hash)
            return true;
    comp->unimp_log++;
    if (sim->unimp_count < SIM_UNIMP_PLACES - 1) {
        sim->unimp[i] = hash;
        sim->unimp_count++;
    }
    return false;
}

void sim_log(sim_comp_t *comp, sim_log_level_t level, const char *fmt, ...)
{
    sim_t *sim = comp->sim;
    if (level == SIM_LOG_UNIMP && seen_before(comp, fmt))
        return;
    sim->log_count[level]++;
    if (sim->log == NULL || level > sim->most_verbose)
        return;
    char line[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(line, sizeof(line), fmt, args);
    va_end(args);
    sim->log(sim->log_ctx, sim->now_ps, level, comp->name, line);
}

const char *sim_log_level_name(sim_log_level_t level)
{
    static const char *const names[SIM_LOG_LEVELS] = {"error", "guest", "unimp", "info", "debug"};
    return names[level];
}

uint64_t sim_log_count(const sim_t *sim, sim_log_level_t level)
{
    return sim->log_count[level];
}
