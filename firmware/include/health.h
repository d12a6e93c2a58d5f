/*
 * health.h - how a program is, for the host's mailbox: commands beside the program's own.
 *
 * Not modeled: marks of tasks with stacks of their own (kernel.h).
 */
#ifndef FW_HEALTH_H
#define FW_HEALTH_H

#include "hal.h"

/* clang-format off */
/* Commands: X(name, number, what the data words hold when the answer is 1). */
#define HEALTH_COMMANDS(X)                                                                          \
    X(COST,       0xf000, "0, in: which, from 0; 0: count, 1: last, 2: worst, cycles, 4..7: name")  \
    X(MEMORY,     0xf001, "0: stack used at most, 1: of, 2: heap used at most, 3: of, bytes")       \
    X(PRINT,      0xf002, "nothing: all of these on the serial port")                               \
    X(POSTMORTEM, 0xf003, "0: deaths since power-on; the last packet is on the link again")         \
    X(FORGET,     0xf004, "nothing: the packet in memory is forgotten")                             \
    X(L2,         0xf005, "0: errors of L2 corrected, 1: not, 2: word of the last of these, 3: port")
/* clang-format on */

#define HEALTH_NUMBER(name, number, help) HEALTH_##name = (number),
enum { HEALTH_COMMANDS(HEALTH_NUMBER) HEALTH_NO_COMMAND = 0 };
#undef HEALTH_NUMBER

/* Obeys and answers (1: done, 0: there is no such thing); false when it is none of these. */
bool health_command(uint32_t command);

#endif
