/*
 * network_judge.h - which network saw each frame, as metadata.jsonl tells it, against a plan.
 */
#ifndef TOOLS_NETWORK_JUDGE_H
#define TOOLS_NETWORK_JUDGE_H

#include "tools/verdict.h"

/* The check "networks", where the expectation has a plan: from its first frame to the last packet
 * each frame has one, of the network that is planned. */
void network_judge(const expect_t *expect, const char *dir, verdict_t *verdict);

#endif
