/*
 * shot.h - for an application that takes a frame now and then: one every look_ms while the host
 * wants a stream, the sensor in standby between them.
 *
 *     host: stream --> shot_stream --first one at once--+
 *     timer: every look_ms --> shot_task: due ----------+--> shot_take --> frame --> standby
 *
 * Takes IRQ_PIX. One of them in a program.
 */
#ifndef FW_SHOT_H
#define FW_SHOT_H

#include "sched.h"

enum { SHOT_LEAST_MS = 50 }; /* a host that wants less gets that */

/* For app_t.task and app_t.stream. */
extern sched_task_t shot_task;
void shot_stream(bool on);

/* In app_t.begin. due: it is time for a frame, in a task: prepares it as it likes and calls
 * shot_take. */
void shot_begin(void (*due)(void));

/* One frame, as soon as the sensor is up; none once the host has ended the stream. */
void shot_take(void);

#endif
