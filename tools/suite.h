/*
 * suite.h - many scenarios with expectations: found, each run in a process of its own, told of in a
 * stable order.
 *
 * A child has its results in OUT/NAME; verdict.json comes last. A crash, a hang or a broken file is
 * an outcome of that one, whose folder stays as it left it; of one that passed stays what a replay
 * needs (suite_desc_t.keep). Whoever interrupts the parent (SIGINT, SIGTERM, SIGHUP) ends all
 * children; folders of those that were not over are removed. Children of a parent that was killed
 * end by themselves, at their time limit at the latest.
 */
#ifndef TOOLS_SUITE_H
#define TOOLS_SUITE_H

#include <sys/types.h>

#include "tools/verdict.h"

enum { SUITE_NAME = 200, SUITE_MAX_SEEDS = 10000, SUITE_MAX_DEPTH = 32 };

typedef enum {
    SUITE_PASSED,
    SUITE_FAILED, /* an expectation does not hold */
    SUITE_BROKEN, /* a crash, a hang, a file that cannot be read */
} suite_outcome_t;

typedef struct {
    char *file;
    char seed[24];           /* of the scene; empty: the scenario's own */
    char folder[SUITE_NAME]; /* below out */
    suite_outcome_t outcome;
    char why[CHECK_TEXT]; /* of BROKEN */
    verdict_t verdict;
    double seconds; /* of host time */
    pid_t pid;      /* while it runs */
    bool over;
} suite_job_t;

typedef struct suite suite_t;

typedef struct {
    const char *out;
    const char *filter; /* of names: a pattern of the shell, or a part of it; NULL: all */
    uint32_t parallel;  /* 1.. */
    uint32_t threads;   /* of each */
    uint32_t seeds;     /* 0: the scenarios' own world, once */
    bool update;
    bool keep; /* all results of those that passed; else without timeline and pictures of frames,
                  with seeds without the link, too */
    /* Recorded runs instead of new ones: a folder with a folder of results for each, named as
     * below out; or the results of one run. NULL: none. */
    const char *replay;
    /* In the child: its exit code, with a line on stderr unless 0. Default (NULL): judge.h. */
    int (*run)(const suite_t *suite, const suite_job_t *job, const char *dir);
    void (*begin)(void *ctx, const suite_t *suite);
    void (*tell)(void *ctx, const suite_t *suite, const suite_job_t *job); /* in order */
    void *ctx;
} suite_desc_t;

struct suite {
    suite_desc_t desc;
    suite_job_t *job;
    uint32_t jobs;
    bool interrupted;
    char error[1024];
};

void suite_init(suite_t *suite, const suite_desc_t *desc);
void suite_free(suite_t *suite);

/* A scenario, or a folder with all below it. False with a line in error: there is no such thing, or
 * a file that is named has no `expect`. */
bool suite_add(suite_t *suite, const char *path);
/* Runs all of them. EXIT_FINE, EXIT_FAILED: one did not pass, or interrupted (then error has a
 * line); EXIT_USAGE with a line: there are none, the results cannot be written, or there is no
 * recording that they would leave alone. */
int suite_run(suite_t *suite);

uint32_t suite_count(const suite_t *suite, suite_outcome_t outcome);
/* "scenes/entrance.json", with seeds "scenes/entrance.json seed 3". */
void suite_name(const suite_job_t *job, char *text, size_t bytes);

#endif
