/*
 * program.h - the finished schedule as a program (fnp.h) and as a report.
 */
#ifndef NPU_COMPILER_PROGRAM_H
#define NPU_COMPILER_PROGRAM_H

#include "npu/compiler/compile_int.h"

/* Fills prog, which is empty. False: cc->err is set. */
bool program_build(cc_t *cc, npu_prog_t *prog);
bool program_report(cc_t *cc, npu_compile_report_t *report);

#endif
