/*
 * coverage.h - what of a program has run, as lcov's tracefile (geninfo(1), "FILES").
 *
 * A line has run as often as the one of its instructions that ran most, exceptions counted; of
 * code that the compiler has made twice, as often as the copy that ran more. A function (FN,
 * FNDA) has been entered as often as its first instruction ran. Each conditional branch of a line
 * is a block with two branches: 0 taken, 1 not taken.
 * Sources that are not on this machine (a C library's) are left out, as genhtml refuses them.
 * Not modeled: branches that became conditional sets or jump tables; code without lines.
 */
#ifndef TOOLS_COVERAGE_H
#define TOOLS_COVERAGE_H

#include <stdio.h>

#include "tools/code_counts.h"
#include "tools/source_lines.h"

/* False without memory. */
bool coverage_write(const source_lines_t *lines, const code_counts_t *counts, FILE *to);

#endif
