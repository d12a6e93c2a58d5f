/*
 * sched.h - tasks that run to completion when one of their events has happened: the first of the
 * list first. No task interrupts another; interrupt handlers only post events. Nothing allocates.
 *
 * Needs service.h. Keeps the watchdog, if asked: a task that does not end ends in its NMI, which
 * is a panic.
 */
#ifndef FW_SCHED_H
#define FW_SCHED_H

#include "cost.h"

typedef struct {
    const char *name;             /* also the packet's of a panic */
    void (*run)(uint32_t events); /* those of mask that happened since it ran last */
    uint32_t mask;                /* events that start it; the others wait until it asks for them */
    volatile uint32_t events;
    cost_t cost; /* of each run; name is set by sched_run */
} sched_task_t;

/* Posts events to a task once or again and again; the caller owns it, zeros at first. */
typedef struct sched_timer {
    sched_task_t *task;
    uint32_t events;
    uint64_t due, period; /* ticks of mtime; period 0: once */
    struct sched_timer *next;
} sched_timer_t;

/* From tasks and from interrupt handlers. */
void sched_post(sched_task_t *task, uint32_t events);

/* In `ticks` of mtime (1 us with the reference chip), and every `ticks`; again: moves it. */
void sched_after(sched_timer_t *timer, sched_task_t *task, uint32_t events, uint32_t ticks);
void sched_every(sched_timer_t *timer, sched_task_t *task, uint32_t events, uint32_t ticks);
void sched_cancel(sched_timer_t *timer);

/* The main loop kicks the watchdog from now on: timeout, window (not 0) and grace as of
 * wdog_start. */
void sched_keep_watchdog(uint32_t timeout, uint32_t window, uint32_t grace);

/* For a task that takes longer than the watchdog allows: kicks it when it is time. Interrupts must
 * come in between. */
void sched_alive(void);

/* For a task that waits for what an interrupt handler puts into *flag: what it is, not 0.
 * `meanwhile` runs at its events, no other task does, and the watchdog is kept. */
uint32_t sched_wait(volatile uint32_t *flag, sched_task_t *meanwhile);

/* The main loop. */
_Noreturn void sched_run(sched_task_t *const *tasks, uint32_t count);

#endif
