/*
 * core_trace.h - what the core did, as text, an event a line:
 *
 *   time, us     cycle  pc       from           what
 *        0.137      36  1000001e boot.S:17      insn bgeu a0, a1, 0x1000002a
 *        0.141      37  10000022 boot.S:18      insn sw zero, 0(a0)       [10002568].4=00000000
 *        3.809    1000  10000400 hal.c:40       regs store UART_DATA (sensor.uart) <- 0x00000041
 *        4.000    1050  10000410 hal.c:52       csr  mstatus was 0x00000008, is 0x00000000
 *        4.571    1200  10000412 app.c:99       trap interrupt 11 (external interrupt), machine mode, to ...
 *
 * Time and cycle are those in which the instruction began, of a trap those in which its handler
 * does; from is the line of the instruction, of a trap of the one that did not happen. Register
 * accesses stand before the instruction that made them.
 */
#ifndef TOOLS_CORE_TRACE_H
#define TOOLS_CORE_TRACE_H

#include <stdio.h>

#include "logic/core.h"
#include "tools/source_lines.h"

/* clang-format off */
#define CORE_TRACE_EVENTS(X)                                                  \
    X(insn, "every instruction, what it wrote, where it loaded or stored")     \
    X(csr,  "CSR instructions: name, value before and after")                 \
    X(trap, "exceptions and interrupts, with their cause")                    \
    X(regs, "accesses of registers by name, and of places that do not answer")
/* clang-format on */

enum {
#define X(name, help) CORE_TRACE_AT_##name,
    CORE_TRACE_EVENTS(X)
#undef X
        CORE_TRACE_KINDS,
    CORE_TRACE_insn = 1 << CORE_TRACE_AT_insn,
    CORE_TRACE_csr = 1 << CORE_TRACE_AT_csr,
    CORE_TRACE_trap = 1 << CORE_TRACE_AT_trap,
    CORE_TRACE_regs = 1 << CORE_TRACE_AT_regs,
    CORE_TRACE_all = (1 << CORE_TRACE_KINDS) - 1,
};

typedef struct {
    const source_lines_t *lines;
    const core_t *core;
    FILE *to;
    uint32_t what; /* CORE_TRACE_insn | ... */
} core_trace_t;

/* "insn,trap" to its mask; NULL is all. False for another word. */
bool core_trace_events(const char *text, uint32_t *what);

void core_trace_insn(core_trace_t *trace, const core_note_t *note);
void core_trace_trap(core_trace_t *trace, const core_trap_t *trap);
/* The run is over: says so when the core stopped in a trap that had no handler. */
void core_trace_end(core_trace_t *trace);
/* As bus_t's hook. */
void core_trace_reg(core_trace_t *trace, uint32_t addr, uint32_t bytes, bool write, uint32_t value,
                    bool ok);

#endif
