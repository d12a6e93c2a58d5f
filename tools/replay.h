/*
 * replay.h - what a program asked the outside for (semihosting, HTIF), kept so that a debugger can
 * go back: every call is made once; where the program comes by again, what the call left in memory
 * and in a0 is put there once more, and nothing happens outside.
 *
 *   core.on_ebreak, poll --> replay --> the same, when that time was not there before
 *                               `-----> what was kept, when it was
 */
#ifndef TOOLS_REPLAY_H
#define TOOLS_REPLAY_H

#include "tools/machine.h"

typedef struct {
    uint64_t ps;         /* when; rising */
    size_t first, bytes; /* of data: what it wrote, each a place, a length and the bytes */
    uint32_t result;     /* a0 after it */
} replay_call_t;

typedef struct {
    core_t *core;
    /* What stood there before. */
    bool (*on_ebreak)(void *ctx, core_t *core);
    void *on_ebreak_ctx;
    void (*poll)(void *ctx);
    void *poll_ctx;
    void (*poked)(void *ctx, uint32_t addr, uint32_t bytes);
    void *poked_ctx;

    bool began, recording;
    uint64_t last_ps; /* calls up to here have been made */
    replay_call_t *call;
    uint8_t *data;
    size_t calls, call_room, bytes, data_room;
    bool no_memory; /* the core was stopped then: it could not go back any more */
} replay_t;

/* Puts itself in front of what the machine has there. replay must outlive the run. */
void replay_init(replay_t *replay, machine_t *machine);
void replay_free(replay_t *replay);

#endif
