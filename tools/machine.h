/*
 * machine.h - the core alone: core, bus, CLINT and memory where a program wants it.
 *
 * RAM is one piece around the program's segments and picolibc's __stack, and 16 MiB beyond (heap
 * and stack lie there), or the piece given; the bus's TCM.
 *
 * ROM lies around what is only read, if that is more than BUS_TCM_MAX away from what is written or
 * beyond the register pages: flash, as picolibc's linker script has it. Data there are loads of the
 * bus, not of the fast loop; writing there is a fault.
 *
 * The CLINT is at page 8 (0x4000_8000), as on the sensor; the other pages are empty.
 *
 * The program starts at the ELF's entry, in machine mode, with all registers 0: a0, the hart's
 * number, is 0, and so is a1, where others pass a device tree. No boot ROM runs.
 */
#ifndef TOOLS_MACHINE_H
#define TOOLS_MACHINE_H

#include <signal.h>

#include "logic/bus.h"
#include "logic/clint.h"
#include "logic/core.h"
#include "tools/trap_storm.h"

#define MACHINE_BEYOND_BYTES (16u << 20)
/* About 213 days of simulated time at 200 MHz. */
#define MACHINE_MAX_CYCLES (UINT64_C(1) << 52)

typedef struct {
    core_desc_t core; /* its reset_pc is the ELF's entry, whatever stands here */
    core_speed_t speed;
    clint_desc_t clint;
    uint32_t ram_base, ram_bytes; /* bytes 0: around the program's segments */
} machine_desc_t;

typedef enum {
    MACHINE_EXITED,  /* machine_exit */
    MACHINE_DIED,    /* the core stopped: `trouble` has what it logged */
    MACHINE_ASLEEP,  /* in WFI, and nothing is left that could wake it */
    MACHINE_STORM,   /* it traps for ever: `storm` has where */
    MACHINE_CUT,     /* max_cycles are over */
    MACHINE_STOPPED, /* by `advance`, or interrupted */
} machine_end_t;

typedef struct {
    sim_comp_t comp; /* stays first; its event is the look at `poll` */
    sim_event_t look;
    sim_t *sim;
    bus_t bus;
    core_t core;
    clint_t clint;
    uint64_t free_base; /* RAM from here on is not the program's own: heap, stack */
    uint32_t code;      /* by machine_exit */
    bool exited;
    char trouble[256];
    trap_storm_t storm;                       /* watched unless something else advances */
    const volatile sig_atomic_t *interrupted; /* a signal handler's; may be NULL */
    /* Between instructions, every poll_cycles cycles. May be NULL. */
    void (*poll)(void *ctx);
    void *poll_ctx;
    uint32_t poll_cycles;
    /* Runs the simulation instead of sim_run_until_ps; false ends the run. May be NULL. */
    bool (*advance)(void *ctx, uint64_t until_ps);
    void *advance_ctx;
} machine_t;

machine_desc_t machine_desc_default(void);

/* Makes the machine around an ELF image and loads it; file names it in error. machine_free is due
 * in either case. */
bool machine_init(machine_t *machine, const machine_desc_t *desc, const uint8_t *image,
                  size_t image_bytes, const char *file, char *error, size_t error_bytes);
void machine_free(machine_t *machine);

/* Once. No instruction starts at or after max_cycles. */
machine_end_t machine_run(machine_t *machine, uint64_t max_cycles);

/* The program has ended with this code: the core stops for good. */
void machine_exit(machine_t *machine, uint32_t code);

/* First address behind RAM; 2^32 where it ends the address space. */
uint64_t machine_ram_end(const machine_t *machine);

#endif
