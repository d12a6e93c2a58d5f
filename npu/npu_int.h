/*
 * npu_int.h - what the files of this folder share and nobody else sees.
 */
#ifndef NPU_NPU_INT_H
#define NPU_NPU_INT_H

#include "sim/types.h"

/* Formats the complaint into error (unless NULL) and returns false. */
bool npu_wrong(char *error, size_t error_bytes, const char *fmt, ...) SIM_PRINTF(3, 4);

#endif
