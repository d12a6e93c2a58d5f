/*
 * svd.h - CMSIS-SVD 1.3, the register description that debuggers and code generators read.
 */
#ifndef TOOLS_SVD_H
#define TOOLS_SVD_H

#include <stdbool.h>

#include "logic/sensor.h"

/* All pages on stdout. False, with lines on stderr, when a register's help text is no list of
 * fields (sim/reg_help.h). */
bool svd_print(const sensor_t *sensor);

#endif
