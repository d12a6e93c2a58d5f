/*
 * play_run.h - the run's side of play.h: it goes on piece by piece, and looks at the user between.
 */
#ifndef TOOLS_VIEW_PLAY_RUN_H
#define TOOLS_VIEW_PLAY_RUN_H

#include <stdio.h>

#include "tools/view/listen.h"
#include "tools/view/play.h"

typedef struct {
    run_t *run;
    view_listen_t *listen;
    bool interactive;   /* with a history, and it stays at the end; else it only runs */
    bool may_change;    /* by hand */
    uint64_t max_bytes; /* of the history; 0: PLAY_MAX_BYTES */
    /* Called every few ms of the user's time, and may wait so long for the user; it takes wishes.
     * False: the user wants to leave. */
    bool (*look)(void *ctx, uint32_t wait_ms);
    void *ctx;
} play_desc_t;

#define PLAY_MAX_BYTES ((uint64_t)512 << 20)

/* NULL without memory. Wishes may be told before play_begin. */
play_t *play_new(void);
void play_free(play_t *play);
/* The run is wired, and has not started. */
void play_begin(play_t *play, const play_desc_t *desc);
/* In place of sim_run_until_ps, for run_watcher_t; may return at an earlier time than now. False:
 * the user left before the end. */
bool play_advance(play_t *play, uint64_t until_ps);
/* The run ends here, short of its frames; the user may look at it, and go back. True: it is at an
 * earlier time now and goes on from there. */
bool play_stay(play_t *play, const char *why);
/* For view_listen_t; ctx is the play_t. */
void play_stepped(void *play, play_step_t step);
/* What was changed by hand, as a host script for the same scenario, with its own host's lines. */
void play_log(const play_t *play, FILE *to);

#endif
