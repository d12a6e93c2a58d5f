/*
 * run_diff.h - what moved from one run to another: values of stats.json and config.json, lines,
 * events, pictures, other files.
 *
 * Reads the two folders of results. host.json is not compared: it is about who computed.
 */
#ifndef TOOLS_RUN_DIFF_H
#define TOOLS_RUN_DIFF_H

#include <stdio.h>

#include "sim/json.h"

enum { RUN_DIFF_TEXT = 96, RUN_DIFF_PATH = 256 };

/* A value that is not the same, or only there in one. */
typedef struct {
    char path[RUN_DIFF_PATH], unit[24];
    char a[RUN_DIFF_TEXT], b[RUN_DIFF_TEXT]; /* as JSON, cut; "": not there */
    bool numbers;
    double change; /* of numbers: b over a, less 1; infinite from 0 */
} run_diff_value_t;

typedef struct {
    run_diff_value_t *value;
    uint32_t count, room;
    uint64_t same;   /* values that are the same */
    uint64_t within; /* numbers that moved by no more than is tolerated */
} run_diff_values_t;

/* A picture that is in both and not the same. */
typedef struct {
    char name[64];
    bool sizes; /* they differ: nothing else is known */
    double mean_dn, psnr_db;
    uint32_t most_dn, x_px, y_px; /* largest difference of a sample, and where */
} run_diff_picture_t;

/* A file of lines. Those of the same frame are compared; where lines have no frame, those of the
 * same number. */
typedef struct {
    const char *name;
    uint64_t a, b, differ;   /* lines of each; of those that both have, not the same */
    uint64_t only_a, only_b; /* lines that the other does not have */
    uint64_t first;          /* line (of A where it has it) that differs or is alone, from 1 on */
    char why[RUN_DIFF_PATH + 2 * RUN_DIFF_TEXT + 16];
} run_diff_lines_t;

/* An event that only one of them tells. */
typedef struct {
    const char *file; /* metadata.jsonl or truth.jsonl */
    bool in_b;
    char text[320]; /* JSON, cut */
} run_diff_event_t;

/* A file of bytes. */
typedef struct {
    const char *name;
    int64_t a_bytes, b_bytes; /* below 0: not there */
    uint64_t first;           /* byte that is not the same, from 0 on, or that only one has */
} run_diff_file_t;

enum { RUN_DIFF_LINES = 8, RUN_DIFF_FILES = 4, RUN_DIFF_PICTURES = 512, RUN_DIFF_EVENTS = 512 };

typedef struct {
    const char *a, *b; /* folders */
    double within;     /* relative change of a number that does not count */
    run_diff_values_t stats, config;
    run_diff_lines_t lines[RUN_DIFF_LINES];
    uint32_t line_files;
    run_diff_event_t event[RUN_DIFF_EVENTS];
    uint64_t events; /* beyond what there is room for, too */
    run_diff_picture_t picture[RUN_DIFF_PICTURES];
    uint32_t pictures;                              /* that differ */
    uint64_t pictures_same, pictures_a, pictures_b; /* the same; only in one */
    run_diff_file_t file[RUN_DIFF_FILES];
    uint32_t files; /* others that are not the same, byte by byte */
} run_diff_t;

/* Fills diff of the folders a and b. False with one line in error: no folder of a run, or a file
 * that is cut or malformed. run_diff_free is due in either case. */
bool run_diff(const char *a, const char *b, double within, run_diff_t *diff, char *error,
              size_t error_bytes);
void run_diff_free(run_diff_t *diff);
bool run_diff_same(const run_diff_t *diff);

/* Adds what is different between a and b under path; the largest change comes first after
 * run_diff_sort. False: out of memory. */
bool run_diff_walk(run_diff_values_t *values, const char *path, const sim_json_t *a,
                   const sim_json_t *b, double within);
void run_diff_sort(run_diff_values_t *values);

/* most: rows of a table, 0: all of them. */
void run_diff_print(const run_diff_t *diff, uint32_t most, FILE *to);
/* As an object; the caller frees it. */
sim_json_t *run_diff_json(const run_diff_t *diff);

#endif
