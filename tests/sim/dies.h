/*
 * dies.h - for tests of assertions: "we are wrong: stop at once".
 */
#ifndef TESTS_SIM_DIES_H
#define TESTS_SIM_DIES_H

#include <stdbool.h>

/* Whether fn(ctx), run in a process of its own, ends by SIGABRT. */
bool dies(void (*fn)(void *ctx), void *ctx);

#endif
