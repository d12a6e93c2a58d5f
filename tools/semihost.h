/*
 * semihost.h - RISC-V semihosting: a program asks its host for console, files, time and its end.
 *
 * "Semihosting for AArch32 and AArch64", release 2.0, with the trap sequence of "RISC-V
 * Semihosting", binary interface: three 32-bit instructions around EBREAK. a0 is the operation, a1
 * its parameter, a0 the result. All operations of the standard; SYS_SYSTEM and SYS_TMPNAM always
 * fail.
 *
 * Console: ":tt" for reading is `in`, for writing `out`, for appending `err`; handles 0, 1 and 2
 * are the same without being opened. Always a terminal to SYS_ISTTY, so that a run does not depend
 * on where its output goes.
 *
 * Files: below `folder`, see folder.h; without one all are refused. SYS_ERRNO tells newlib's and
 * picolibc's numbers, whatever the host's are.
 *
 * Time: the core's cycles. SYS_TIME counts from 1970-01-01 at the start: never the host's clock.
 *
 * Memory: a program may pass any address and length; what is not its memory fails with EFAULT.
 * SYS_HEAPINFO gives what lies behind the program: 7/8 heap, 1/8 stack.
 */
#ifndef TOOLS_SEMIHOST_H
#define TOOLS_SEMIHOST_H

#include <stdio.h>

#include "logic/core.h"

enum { SEMIHOST_HANDLES = 64 };

typedef struct {
    uint8_t kind;
    int fd;            /* of a file */
    uint32_t position; /* in the list of features */
} semihost_handle_t;

typedef struct {
    bus_t *bus;
    uint64_t clk_hz;
    const char *command_line;         /* the program's name and arguments */
    uint64_t memory_free, memory_end; /* behind the program; behind its memory */
    FILE *in, *out, *err;
    int folder; /* a descriptor; negative: no files */
    /* The program has ended: its exit code, 1 when it gave a reason that is no code. */
    void (*ended)(void *ctx, uint32_t code);
    void *ended_ctx;

    uint32_t error; /* what SYS_ERRNO tells */
    semihost_handle_t handle[SEMIHOST_HANDLES];
} semihost_t;

/* The rest of *semihost is the caller's to fill in before. */
void semihost_init(semihost_t *semihost);
/* Closes what the program left open. */
void semihost_free(semihost_t *semihost);

/* One operation at that cycle; returns a0. */
uint32_t semihost_call(semihost_t *semihost, uint32_t operation, uint32_t parameter,
                       uint64_t cycle);

/* For core_t.on_ebreak; ctx is the semihost_t. False when EBREAK stands alone. */
bool semihost_on_ebreak(void *ctx, core_t *core);

#endif
