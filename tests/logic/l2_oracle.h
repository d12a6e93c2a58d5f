/*
 * l2_oracle.h - the arbiter of logic/l2.h once more, looking at every cycle: slow and obvious.
 */
#ifndef TESTS_LOGIC_L2_ORACLE_H
#define TESTS_LOGIC_L2_ORACLE_H

#include <stdbool.h>
#include <stdint.h>

#define ORACLE_REQUESTS 600
#define ORACLE_MASTERS 6

/* Request i of a master is made at the first cycle >= not_before in which request
 * i - outstanding is done (if there is one). */
typedef struct {
    uint64_t not_before;
    uint32_t offset, bytes; /* in memory */
    /* results */
    uint64_t request, grant, wait, done;
} oracle_req_t;

typedef struct {
    oracle_req_t req[ORACLE_REQUESTS];
    uint32_t count, outstanding;
} oracle_traffic_t;

/* budget 0: none */
typedef struct {
    uint32_t level, budget, window;
    uint64_t wait_of_bank[32], behind[ORACLE_MASTERS], longest; /* results */
    uint64_t poor;                                              /* bursts granted out of budget */
} oracle_master_t;

typedef struct {
    uint32_t masters, banks, beat_bytes, burst_bytes, latency, mem_bytes;
    bool fixed, levels;
    uint32_t starvation; /* 0: no bound */
    oracle_master_t master[ORACLE_MASTERS];
    uint64_t bank_busy[32], bank_grants[32], bank_conflicts[32];
} oracle_t;

/* Fills the results of every request. */
void oracle_run(oracle_t *oracle, oracle_traffic_t *traffic);

#endif
