/*
 * heat_judge.h - heat maps of a run's metadata against those that the truth would have made.
 *
 * The truth's map of the same grid counts, of the same frames, those with the foot of a true box
 * (the middle of its lower edge) in a cell. Pearson's correlation over the cells compares both: 1:
 * one is the other times a number; 0: nothing in common. Two empty maps are alike (1); of an empty
 * one and another it is 0.
 */
#ifndef TOOLS_HEAT_JUDGE_H
#define TOOLS_HEAT_JUDGE_H

#include <stddef.h>
#include <stdint.h>

#include "sim/types.h"

typedef struct {
    uint32_t maps;
    double least;        /* correlation of the worst map; NAN without maps */
    int64_t least_frame; /* whose packet brought it */
} heat_figures_t;

/* Reads config.json, metadata.jsonl and truth.jsonl of dir. False with one line in error where one
 * is malformed, or there is no memory. */
bool heat_judge(const char *dir, heat_figures_t *out, char *error, size_t error_bytes);

/* Of two lists of so many numbers. */
double heat_correlation(const double *a, const double *b, size_t count);

#endif
