/*
 * watch.h - what should have come and did not: interrupts that were lost, an NPU that stands still.
 *
 *     core's timer, every half frame --> task "watch" --+--> handlers of who asks in vain, `lost`
 *                                                       +--> reset of an NPU that stands, `hung`
 *
 * Interrupts are levels. When a rise gets lost the block keeps asking, so there is no other rise,
 * and without this the program waits for ever. A look calls the handler of each block that asks
 * while the interrupt controller has nothing pending: it finds in the block's registers what it
 * would have found in time. Looks come by the core's own timer, which wakes whoever sleeps until
 * something happens (hal_sleep_until, hal_print), too.
 *
 * Without a stream they come every WATCH_MOST_US. Not watched: the core's timer, which is its own.
 */
#ifndef FW_WATCH_H
#define FW_WATCH_H

#include "sched.h"

/* So many looks in a row at which the NPU was busy and had not completed another instruction:
 * it stands still. A look is 0.5 to WATCH_MOST_US / 1000 ms behind the one before; an instruction
 * takes microseconds. */
enum { WATCH_LOOKS = 3, WATCH_LEAST_US = 500, WATCH_MOST_US = 50000 };

/* For the program's tasks, behind those that work on frames. */
extern sched_task_t watch_task;

/* Behind service_start, before anything that sleeps; looks when sched_run does. lost: after the handlers, with bits of IRQ_...; hung: after the reset, in
 * which the NPU has lost what net_arm told it. Both in whatever task looks. */
void watch_begin(void (*lost)(uint32_t sources), void (*hung)(void));

/* Looks at these (bits of IRQ_...) at once. From tasks, and from handlers of interrupts. */
void watch_look(uint32_t sources);

#endif
