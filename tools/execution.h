/*
 * execution.h - how to compute, never what: threads, vector level, shuffling of ties.
 */
#ifndef TOOLS_EXECUTION_H
#define TOOLS_EXECUTION_H

#include "tools/cli.h"

/* NULL texts mean the default. False, with a line on stderr, when one makes no sense here. */
bool execution_options(const cli_t *cli, const char *threads, const char *simd, uint32_t *count);

/* Of the host's clock that never goes back. */
double execution_seconds(void);

/* SIM_SHUFFLE of the environment, 0 when it is not set. */
uint64_t execution_shuffle(void);

#endif
