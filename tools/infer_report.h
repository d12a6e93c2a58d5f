/*
 * infer_report.h - what `fovea infer` says about an inference: text, or one JSON object.
 */
#ifndef TOOLS_INFER_REPORT_H
#define TOOLS_INFER_REPORT_H

#include "tools/inference.h"

/* outputs: dense, in their own types (npu_output_read), as many as the network table has. */
void infer_print_json(const inference_t *in, uint8_t *const outputs[]);
void infer_print_text(const inference_t *in, uint8_t *const outputs[]);

#endif
