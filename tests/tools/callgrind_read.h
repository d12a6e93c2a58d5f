/*
 * callgrind_read.h - a strict reader of callgrind files, for tests: what each function cost and
 * whom it called.
 */
#ifndef TESTS_TOOLS_CALLGRIND_READ_H
#define TESTS_TOOLS_CALLGRIND_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CG_MAX = 512, CG_NAME = 64 };

/* Instructions, Cycles, Stalls, Sleep. */
typedef struct {
    uint64_t event[4];
} cg_cost_t;

typedef struct {
    char name[CG_NAME];
    cg_cost_t self;
} cg_func_t;

typedef struct {
    uint32_t caller, callee;
    uint64_t calls;
    cg_cost_t cost;
} cg_edge_t;

typedef struct {
    cg_func_t func[CG_MAX]; /* by the file's number */
    cg_edge_t edge[CG_MAX];
    uint32_t edges;
    cg_cost_t summary, totals, sum; /* sum: of all own costs */
    char error[256];
} cg_t;

/* Fails the test where the file is not as the format says, or its sums are not its parts. */
void cg_load(cg_t *cg, const char *path);

/* Of all functions and calls of these names; zeros: none. */
cg_cost_t cg_self(const cg_t *cg, const char *name);
uint64_t cg_calls(const cg_t *cg, const char *caller, const char *callee);
cg_cost_t cg_inclusive(const cg_t *cg, const char *caller, const char *callee);

/* Fails the test where there are more or fewer calls. */
void cg_expect(const cg_t *cg, const char *caller, const char *callee, uint64_t calls);

#endif
