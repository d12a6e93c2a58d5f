/*
 * l2_bench.c - bursts a second of host CPU time: one master that streams 256-byte bursts with
 * several outstanding, as the NPU's weight loader does, with and without data; then three masters,
 * in turns and with levels, budgets and a bound on waits.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "logic/l2.h"

#define OUTSTANDING 8

typedef struct {
    sim_mem_port_t port;
    sim_mem_req_t req[OUTSTANDING];
    uint8_t data[OUTSTANDING][256];
    uint32_t offset, left;
    bool moves_data;
} streamer_t;

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void on_done(void *ctx, sim_mem_req_t *req)
{
    streamer_t *s = ctx;
    if (s->left == 0)
        return;
    s->left--;
    req->addr = 0x04000000 + s->offset;
    s->offset = (s->offset + 256) & 0x3fffff;
    sim_mem_request(&s->port, req);
}

static void add_rules(l2_desc_t *desc)
{
    desc->policy = L2_PRIORITY;
    desc->starvation_cycles = 100;
    desc->rule[0] = (l2_rule_t){.master = "m0", .level = 1, .bytes = 4096, .window_cycles = 256};
    desc->rule[1] = (l2_rule_t){.master = "m1", .bytes = 8192, .window_cycles = 256};
}

static void measure(const char *what, uint32_t masters, bool moves_data, bool rules)
{
    enum { BURSTS = 4000000 };
    static streamer_t streamer[3];
    sim_t *sim = sim_new();
    l2_t *l2 = calloc(1, sizeof(*l2));
    l2_desc_t desc = l2_desc_default();
    sim_mem_port_t idle;
    if (rules)
        add_rules(&desc);
    if (l2_init(l2, sim, &desc, "l2") != SIM_OK)
        exit(EXIT_FAILURE);
    for (uint32_t m = 0; m < 6; m++) {
        char name[8];
        snprintf(name, sizeof(name), "m%u", m);
        if (l2_port(l2, name, m < masters ? &streamer[m].port : &idle) != SIM_OK)
            exit(EXIT_FAILURE);
    }
    sim_reset(sim);
    double start = cpu_s();
    for (uint32_t m = 0; m < masters; m++) {
        streamer[m].left = BURSTS / masters;
        streamer[m].offset = m << 20;
        for (uint32_t i = 0; i < OUTSTANDING; i++) {
            streamer[m].req[i] = (sim_mem_req_t){.bytes = 256,
                                                 .data = moves_data ? streamer[m].data[i] : NULL,
                                                 .done = on_done,
                                                 .ctx = &streamer[m]};
            on_done(&streamer[m], &streamer[m].req[i]);
        }
    }
    sim_run_until_ps(sim, SIM_PS_PER_S);
    printf("l2, %-28s %5.1f M bursts/s, %.2f events a burst\n", what,
           BURSTS / (cpu_s() - start) * 1e-6, (double)sim_events_fired(sim) / BURSTS);
    l2_free(l2);
    free(l2);
    sim_free(sim);
}

int main(void)
{
    measure("one master, timing only", 1, false, false);
    measure("one master, with data", 1, true, false);
    measure("three masters, timing only", 3, false, false);
    measure("three masters, with rules", 3, false, true);
    return 0;
}
