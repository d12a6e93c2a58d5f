/*
 * npu_port.h - a memory for tests: each master has it to itself.
 *
 * A request made in cycle r is served from max(r, end of the master's one before) on, one beat a
 * cycle, and done latency_cycles after its last beat.
 */
#ifndef TESTS_NPU_PORT_H
#define TESTS_NPU_PORT_H

#include "npu/npu.h"
#include "sim/sim.h"

#define FAKE_MASTERS 3
#define FAKE_BASE 0x04000000u

typedef struct fake_mem fake_mem_t;

typedef struct {
    fake_mem_t *mem;
    sim_event_t done;
    sim_mem_req_t *oldest, *newest;
    uint64_t done_cycle[64]; /* ring */
    uint32_t first, count;
    uint64_t free_cycle;
    uint32_t extra_cycles; /* on top of latency_cycles; 0, for tests to change */
} fake_master_t;

struct fake_mem {
    sim_comp_t comp;
    uint64_t clk_hz;
    uint32_t beat_bytes, burst_bytes, latency_cycles;
    uint8_t *bytes;
    uint32_t size;
    const sim_mem_watch_t *watch;
    uint32_t lost; /* address of a byte that cannot be read; 0: none */
    fake_master_t master[FAKE_MASTERS];
    uint64_t requests;
};

/* 262.5 MHz, beats of 64, bursts of 256, 3 cycles; the caller frees mem->bytes. */
void fake_mem_init(fake_mem_t *mem, sim_t *sim, uint32_t size);
sim_mem_port_t fake_mem_port(fake_mem_t *mem, uint32_t master);

/* A machine with such a memory, all wired, checked, reset and started. */
typedef struct {
    sim_t *sim;
    fake_mem_t mem;
    npu_t npu;
    npu_prog_t prog;
} bench_t;

void bench_make(bench_t *b, const npu_desc_t *desc);
void bench_free(bench_t *b);

/* Appends to b->prog; fails the test when the instruction cannot be encoded. */
uint32_t bench_add(bench_t *b, npu_insn_t insn);
/* Loads b->prog, sets the registers and starts it. */
void bench_start(bench_t *b);
/* Until the NPU is not busy; fails the test after a second of simulated time. */
void bench_wait(bench_t *b);
static inline void bench_run(bench_t *b)
{
    bench_start(b);
    bench_wait(b);
}

/* Register addresses by name; fails the test when there is none. */
uint32_t bench_reg(bench_t *b, const char *name);
void bench_write(bench_t *b, const char *name, uint32_t value);
/* A 64-bit counter register pair: name without _LO, _HI. */
uint64_t bench_counter(bench_t *b, const char *name);

#endif
