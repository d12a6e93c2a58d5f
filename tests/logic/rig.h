/*
 * rig.h - a small machine for tests: core, bus, L2 and every peripheral of logic/, wired as in the
 * sensor, plus a probe page whose registers note when they are accessed.
 */
#ifndef TESTS_LOGIC_RIG_H
#define TESTS_LOGIC_RIG_H

#include "logic/bus.h"
#include "logic/clint.h"
#include "logic/core.h"
#include "logic/intc.h"
#include "logic/l2.h"
#include "logic/sys.h"
#include "logic/uart.h"
#include "sim/sim.h"
#include "tests/logic/enc.h"

enum {
    RIG_CODE = BUS_TCM_BASE,
    RIG_DATA = BUS_TCM_BASE + 0x8000,
    RIG_L2 = BUS_L2_BASE,
    RIG_SYS = 0x40000000,
    RIG_UART = 0x40001000,
    RIG_INTC = 0x40002000,
    RIG_CLINT = 0x40008000,
    RIG_PROBE = 0x4003f000,
    RIG_NOTHING = 0x20000000,
};

/* PROBE_VALUE (4) is read-write. PROBE_STAMP (0xff8): a read gives the edge number of now. A write
 * to PROBE_LEVEL (0xffc) sets `line`, which is input 1 of the INTC. */
typedef struct {
    sim_comp_t comp;
    uint32_t value, stamp, level;
    uint64_t wrote_cycle, reads, writes;
    sim_wire_t line;
} rig_probe_t;

typedef struct {
    sim_t *sim;
    bus_t bus;
    l2_t l2;
    core_t core;
    clint_t clint;
    intc_t intc;
    uart_t uart;
    sys_t sys;
    rig_probe_t probe;
    sim_mem_port_t other; /* a second master of L2 */
    char last_log[256];
    uint64_t clk_hz;
} rig_t;

/* The clock of the rig's core and L2: 1 GHz, so that edge n is at n * 1000 ps. */
#define RIG_HZ UINT64_C(1000000000)
#define RIG_PS(cycle) ((cycle)*UINT64_C(1000))

/* Made, wired, checked, reset, not started; code at RIG_CODE is where the core starts. */
rig_t *rig_new(void);
rig_t *rig_new_hz(uint64_t clk_hz, uint64_t mtime_hz);
void rig_free(rig_t *rig);
/* Another instruction cache, before anything was decoded. */
void rig_set_icache(rig_t *rig, icache_desc_t desc);

/* Words into memory. */
void rig_put(rig_t *rig, uint32_t addr, const uint32_t *words, uint32_t count);
uint32_t rig_word(rig_t *rig, uint32_t addr);
/* A program of words at RIG_CODE, followed by EBREAK with no handler, which stops the core. */
void rig_program(rig_t *rig, const uint32_t *words, uint32_t count);
#define RIG_PROGRAM(rig, ...)                                                                      \
    rig_program(rig, (const uint32_t[]){__VA_ARGS__},                                              \
                (uint32_t)(sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t)))

void rig_start(rig_t *rig);
/* Until the core stops or 2 ms of simulated time have passed. */
void rig_run(rig_t *rig);
/* Up to and including the events of that edge. */
void rig_run_to_cycle(rig_t *rig, uint64_t cycle);

#endif
