/*
 * event_bench.c - how many events a second the kernel fires: N blocks, each rescheduling itself
 * with a period of its own. systemc_bench.cpp does the same with the Accellera kernel.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sim/sim.h"

#define MAX_BLOCKS 4096
#define EVENTS 20000000

typedef struct {
    sim_comp_t comp;
    sim_event_t tick;
    uint64_t period_ps, count;
} block_t;

static const sim_kind_t block_kind = {.kind = "block", .version = 1};

static void on_tick(void *ctx)
{
    block_t *b = ctx;
    b->count++;
    sim_event_at(b->comp.sim, &b->tick, sim_now_ps(b->comp.sim) + b->period_ps);
}

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double million_events_per_second(uint32_t blocks)
{
    static block_t block[MAX_BLOCKS];
    sim_t *sim = sim_new();
    double rate_ps = 0; /* events a picosecond */
    for (uint32_t i = 0; i < blocks; i++) {
        char name[16];
        snprintf(name, sizeof(name), "b%u", i);
        block[i] = (block_t){.period_ps = 1000 + i * 37 % 1009};
        if (sim_comp_init(&block[i].comp, sim, &block_kind, name) != SIM_OK)
            exit(1);
        sim_event_init(&block[i].tick, &block[i].comp, "tick", SIM_PRIO_DRIVE, on_tick, &block[i]);
        sim_event_at(sim, &block[i].tick, block[i].period_ps);
        rate_ps += 1.0 / (double)block[i].period_ps;
    }
    double start = cpu_seconds();
    sim_run_until_ps(sim, (uint64_t)(EVENTS / rate_ps));
    double seconds = cpu_seconds() - start;
    double result = (double)sim_events_fired(sim) / seconds * 1e-6;
    sim_free(sim);
    return result;
}

int main(void)
{
    static const uint32_t blocks[] = {1, 16, 256, MAX_BLOCKS};
    for (size_t i = 0; i < SIM_COUNT(blocks); i++)
        printf("sim_events_n%u %.2f Mevents/s\n", blocks[i], million_events_per_second(blocks[i]));
    return 0;
}
