/*
 * event_judge.h - events that were reported against those of the truth: the figures of an
 * expectation.
 *
 * A report tells an event of the truth of the same place, direction, gesture and so on whose time
 * is at most the window from that at which its packet was sealed; whose it is does not matter. An
 * event that no report told is missed, unless its window reaches beyond the last frame, or it is
 * one of a line or zone and whose it is was in no true box within the window around it.
 */
#ifndef TOOLS_EVENT_JUDGE_H
#define TOOLS_EVENT_JUDGE_H

#include "tools/expect.h"

enum { EVENT_WHERE = 256 };

typedef struct {
    double value[EVENT_FIGURES];            /* NAN: nothing to work it out from */
    char where[EVENT_FIGURES][EVENT_WHERE]; /* what to look at; may be empty */
    int64_t frame[EVENT_FIGURES];           /* in whose line it is; below 0: none */
} event_figures_t;

/* Types of the truth: those of scene.h and what follows from them and from boxes. */
extern const char *const event_truths[];
extern const uint32_t event_truth_count;

/* From metadata.jsonl and truth.jsonl of dir. False with one line in error where one is malformed.
 */
bool event_judge(const char *dir, const expect_event_t *expected, event_figures_t *figures,
                 char *error, size_t error_bytes);

#endif
