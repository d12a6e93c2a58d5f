/*
 * htif.h - the host-target interface of riscv-tests: two 64-bit words of memory, `tohost` and
 * `fromhost`, that the program writes and waits for.
 *
 *   tohost = device << 56 | command << 48 | payload (48 bits)
 *   device 0, command 0, odd payload    the program has ended: code payload >> 1
 *   device 0, command 0, even payload   a system call: the payload is the address of eight 64-bit
 *                                       words, number and arguments; the first becomes the result.
 *                                       64 (write, to 1 and 2) and 93 (exit); others give -ENOSYS
 *   device 1, command 1                 a character to the console
 *   device 1, command 0                 a character from it: 0x100 | character, 0 at the end
 *
 * A request is taken when fromhost is 0; tohost is then cleared. An answer is device << 56 |
 * command << 48 | result in fromhost (system calls: 1); a written character has none.
 * On RV32 the word is two stores: the upper half must be there first, or the lower one alone asks.
 * The words are looked at every HTIF_CYCLES (assumed: an interface of simulators has no time).
 */
#ifndef TOOLS_HTIF_H
#define TOOLS_HTIF_H

#include <stdio.h>

#include "logic/bus.h"

enum { HTIF_CYCLES = 1024 };

typedef struct {
    bus_t *bus;
    uint32_t tohost, fromhost;
    bool answers; /* there is a fromhost */
    FILE *in, *out, *err;
    void (*ended)(void *ctx, uint32_t code);
    void *ended_ctx;
} htif_t;

/* Answers what is asked; ctx is the htif_t. */
void htif_poll(void *ctx);

#endif
