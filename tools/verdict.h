/*
 * verdict.h - what was looked at in a run's results, and how each came out; as verdict.json it goes
 * from the process that ran a scenario to the one that reports.
 */
#ifndef TOOLS_VERDICT_H
#define TOOLS_VERDICT_H

#include "sim/json.h"
#include "tools/figures.h"

enum { CHECK_TEXT = 512 };

typedef struct {
    bool passed;
    double value;           /* what was compared with a range; NAN: nothing */
    char what[EXPECT_NAME]; /* "recall", "golden frames/frame_00000.png" */
    char where[CHECK_TEXT]; /* frame, box, path in a file; may be empty */
    char expected[EXPECT_NAME];
    char found[CHECK_TEXT];
    char picture[EXPECT_NAME]; /* of the difference, a file of the results; may be empty */
} check_t;

typedef struct {
    check_t *check;
    size_t checks;
    double figure[FIGURES]; /* NAN: none */
    bool expected_failure;  /* passed because it failed */
    bool no_memory;         /* a check is missing */
    check_t spare;          /* where it went */
} verdict_t;

void verdict_init(verdict_t *verdict);
void verdict_free(verdict_t *verdict);

/* The new check, to be filled; texts are empty. Never NULL: without memory no_memory is set and the
 * check goes nowhere. */
check_t *verdict_add(verdict_t *verdict, const char *what, bool passed);
bool verdict_passed(const verdict_t *verdict);
/* "recall: frame 3, person 2 .. was not reported: expected at least 0.9, found 0.85 (recall.png)";
 * control characters are made visible. */
void verdict_line(const check_t *check, char *line, size_t bytes);

bool verdict_write(const verdict_t *verdict, const char *file, char *error, size_t error_bytes);
/* Into one that is initialized. */
bool verdict_read(verdict_t *verdict, const char *file, char *error, size_t error_bytes);

#endif
