/*
 * play.h - how the run goes on under a viewer: speed, steps, back in time, and what the user's hand
 * changes.
 *
 *   UI --wishes--> play_t --play_run(until)--> sim_history_run, in small pieces
 *                     |--> back: the snapshot before the frame before that, and on from there
 *                     '--> hand: lines of a host script, at times of now (tools/host_player.h)
 *
 * One thread has the run, the model and this. Whether anybody looks makes no difference to what
 * happens: the state hash of a viewed run is that of an unviewed one, as long as nobody's hand
 * changes anything; then it is that of a run with --host and the script that play_log writes.
 */
#ifndef TOOLS_VIEW_PLAY_H
#define TOOLS_VIEW_PLAY_H

#include "sim/types.h"

typedef struct play play_t;

/* How far one step goes. */
typedef enum {
    STEP_ROW,    /* the next row of the pixel array is read */
    STEP_FRAME,  /* the next frame begins to be read */
    STEP_NLAYER, /* the NPU's next layer completes, or its next turn (npu/npu.h) */
    STEP_INSN,   /* the NPU's next instruction completes */
    STEP_PACKET, /* the link's next packet has left */
    STEP_KINDS
} play_step_t;

/* Simulated time of a second of the user's; the last: a row a second. */
typedef enum {
    SPEED_FULL,
    SPEED_10TH,
    SPEED_100TH,
    SPEED_1000TH,
    SPEED_ROW,
    SPEED_COUNT
} play_speed_t;
extern const char *const play_speed_name[SPEED_COUNT];

/* ---- wishes; they are done when the run next looks ---- */

void play_pause(play_t *play, bool pause);
void play_set_speed(play_t *play, play_speed_t speed);
void play_step(play_t *play, play_step_t step); /* and pauses there */
/* To that time; forward as fast as it goes. Pauses there. */
void play_seek(play_t *play, uint64_t at_ps);
/* One frame back from now. */
void play_back(play_t *play);
/* A write on the CCI bus, as soon as it is free. False: not in this run (play_refusal). */
bool play_write(play_t *play, uint16_t addr, uint32_t bytes, uint32_t value);
/* The scene's light becomes so many thousandths of what the scenario says. */
bool play_light(play_t *play, uint32_t thousandths);

/* ---- what is so ---- */

bool play_paused(const play_t *play);
play_speed_t play_speed(const play_t *play);
uint64_t play_now_ps(const play_t *play);
uint64_t play_begin_ps(const play_t *play);    /* how far back one can go */
uint64_t play_furthest_ps(const play_t *play); /* where the run has been */
bool play_busy(const play_t *play);            /* on the way to a step or a place */
bool play_over(const play_t *play);            /* the run is at its end */
bool play_short(const play_t *play);           /* .. with frames missing */
/* Why nothing can be changed by hand now; NULL: it can. */
const char *play_refusal(const play_t *play);
/* Bytes of CCS register addr as they are, big end first. */
uint32_t play_register(const play_t *play, uint16_t addr, uint32_t bytes);
uint32_t play_light_now(const play_t *play); /* thousandths */
/* By hand, so far; writes between grouped_parameter_hold 1 and 0 are one. */
uint32_t play_changes(const play_t *play);
/* Why the last wish was not done; "": it was. */
const char *play_complaint(const play_t *play);

#endif
