/*
 * tensor_lines.h - the IMX500's tensor lines as a host reads them (facts: libcamera's
 * imx500_tensor_parser.cpp and cam_helper_imx500.cpp).
 *
 *   embedded, embedded | KPI | input header | input .. | output header | outputs .. | PQ
 *        of any length | each line 2560 bytes
 *
 * The input's header is on the line after KPI and says tensor type 0; the output's is the first
 * later one with the same frame count, apParams size and line length and type 1. An invalid tensor
 * has its lines, but what is in them counts for nothing.
 *
 * Any bytes are survived; what cannot be is one line of error. Not modeled: channels of other data
 * types than 0x12, lines of the four channels of different lengths.
 */
#ifndef TOOLS_TENSOR_LINES_H
#define TOOLS_TENSOR_LINES_H

#include "tools/ap_params.h"

#define TENSOR_EMBEDDED_LINES 2u /* before them */

typedef struct {
    uint32_t dnn_us, dsp_us; /* KPI words 9 and 10 */
    bool input_valid, output_valid;
    uint8_t count;        /* of the frame that the tensors are of */
    uint16_t network;     /* id */
    uint32_t output_line; /* where the output's header stands, KPI is line 0 */
    ap_network_t ap;      /* when a tensor is valid */
    uint8_t *input;       /* when valid: height x width x channels, as sent but for padding */
    float *output[AP_MAX_TENSORS]; /* when valid: in the network's own order, outermost first */
} tensor_lines_t;

/* Lines of AP_LINE_BYTES each, KPI first. False with a line in error, and nothing to free; else the
 * caller calls tensor_lines_free. */
bool tensor_lines_parse(const uint8_t *lines, uint32_t count, tensor_lines_t *to, char *error,
                        size_t error_bytes);
void tensor_lines_free(tensor_lines_t *lines);

/* Element `at` (of the order sent) of a body as a number: (code - shift) * scale. */
float tensor_value(const ap_tensor_t *tensor, const uint8_t *body, uint32_t at);

/* Elements of a tensor without padding, and its width, height, channels (inputs). */
uint32_t tensor_elements(const ap_tensor_t *tensor);
void tensor_image_size(const ap_tensor_t *input, uint32_t *width, uint32_t *height,
                       uint32_t *channels);

#endif
