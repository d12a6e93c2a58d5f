/*
 * post_run.h - the core's part of a program, run on the host by the firmware's own code.
 */
#ifndef TESTS_NPU_POST_RUN_H
#define TESTS_NPU_POST_RUN_H

#include "npu/fnp.h"

/* Runs the operators before the NPU, or those after it, on an L2 image into which the program is
 * loaded. Fails the test unless each is done. */
void post_run_list(const npu_prog_t *prog, uint8_t *l2, bool before);

#endif
