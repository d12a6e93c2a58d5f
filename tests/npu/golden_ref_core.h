/*
 * golden_ref_core.h - the oracle's operators that run on the core (golden_ref.h).
 */
#ifndef TESTS_NPU_GOLDEN_REF_CORE_H
#define TESTS_NPU_GOLDEN_REF_CORE_H

#include "tests/npu/golden_ref.h"

void golden_run_arg_max(const golden_ref_t *r, const npu_node_t *n);
void golden_run_detection(const golden_ref_t *r, const npu_node_t *n);

#endif
