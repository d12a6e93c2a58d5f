/*
 * l2_map.h - where tensors stand in L2, layer by layer: a picture in characters.
 */
#ifndef TOOLS_L2_MAP_H
#define TOOLS_L2_MAP_H

#include <stdio.h>

#include "npu/compiler/compile.h"
#include "sim/json.h"

/* Rows are slices of the activations' bytes, highest address first; columns are layers. */
void l2_map_print(const npu_compile_report_t *report, FILE *to);
/* The same places after npu_place moved the working memory up and constants and program down. */
void l2_map_move(npu_compile_report_t *report, uint32_t up, uint32_t down);
/* Adds the arrays "places" and "cascades" and the object "l2". */
void l2_map_add(const npu_compile_report_t *report, sim_json_t *to);

#endif
