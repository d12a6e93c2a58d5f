/*
 * access_report.h - accesses of a program that it should not have made, each with its source line.
 *
 * Seen: all that the core itself does. Uninitialized are bytes of TCM and L2 that nobody wrote
 * since power was applied; a reset keeps memory. Written counts what loaders put there, what the
 * core stores, and what others write through the bus or a port that was given to access_port: at
 * the time of the request, so a read between the request and its end is not found. A load of a word
 * of which one byte was not written is an access to an uninitialized place, whatever is done with
 * the value (string functions read whole words). After a snapshot is restored all is taken as
 * written. Not seen: what DMA, NPU and the others read; ROM; bits of registers that mean nothing.
 */
#ifndef TOOLS_ACCESS_REPORT_H
#define TOOLS_ACCESS_REPORT_H

#include <stdio.h>

#include "logic/core.h"
#include "tools/source_lines.h"

/* clang-format off */
#define ACCESS_KINDS(X)                                                           \
    X(reserved,      "a word of a block's page where no register is")             \
    X(read_only,     "a write to a register that takes none")                     \
    X(wrong_width,   "registers are accessed as aligned words only")              \
    X(clock_off,     "a register of a block whose clock is off")                  \
    X(nothing,       "an address where nothing answers such an access")           \
    X(misaligned,    "a trap: an address that is no multiple of the size")        \
    X(forbidden,     "a trap: not allowed by memory protection")                  \
    X(fetch,         "a trap: no code can be there; pc is the jump")              \
    X(csr,           "a trap: a CSR that is not there, or not to be written so")  \
    X(illegal,       "a trap: no instruction of this core")                       \
    X(uninitialized, "a load of bytes that nobody wrote")
/* clang-format on */

typedef enum {
#define X(name, help) ACCESS_##name,
    ACCESS_KINDS(X)
#undef X
        ACCESS_COUNT,
} access_kind_t;

enum { ACCESS_MAX = 65536, ACCESS_PORTS = 16 };

/* Of one kind, by one instruction, to one address (uninitialized: to any, that of the first). */
typedef struct {
    access_kind_t kind;
    uint32_t pc, addr, bytes;
    bool write;
    uint64_t count, first_cycle;
} access_entry_t;

typedef struct access_report access_report_t;

/* A port that tells the report of writes. */
typedef struct {
    sim_mem_port_t port; /* as it was */
    access_report_t *report;
} access_port_t;

/* A bit for each byte from base on. */
typedef struct {
    uint32_t base, bytes;
    uint8_t *bit;
} access_memory_t;

struct access_report {
    const source_lines_t *lines;
    core_t *core;
    access_entry_t *entry;
    uint32_t *hash;
    uint32_t entries;
    uint64_t beyond; /* accesses that found no room */
    access_memory_t tcm, l2;
    access_port_t port[ACCESS_PORTS];
    uint32_t ports;
    uint32_t last_pc; /* of the instruction before */
    bool refused;     /* the bus has told of the access that is about to trap */
    void (*poked)(void *ctx, uint32_t addr, uint32_t bytes); /* who listened before */
    void *poked_ctx;
};

/* Listens to pokes of core's bus from now on. report must outlive the run. False without memory;
 * access_free is due in either case. */
bool access_init(access_report_t *report, const source_lines_t *lines, core_t *core);
void access_free(access_report_t *report);
/* Puts the report between port and its memory, after it was connected. False: too many. */
bool access_port(access_report_t *report, sim_mem_port_t *port);
/* Somebody has written there. */
void access_wrote(access_report_t *report, uint64_t addr, uint64_t bytes);
void access_wrote_all(access_report_t *report);

/* To be called by the hooks of core and bus. */
void access_insn(access_report_t *report, const core_note_t *note);
void access_trap(access_report_t *report, const core_trap_t *trap);
void access_reg(access_report_t *report, uint32_t addr, uint32_t bytes, bool write, bool ok);

/* A JSON object a line, in the order of their first times; times in ps. */
void access_write(const access_report_t *report, FILE *to);

#endif
