/*
 * tensor_lines.h - the IMX500's tensor lines as a host reads them (facts: libcamera's
 * imx500_tensor_parser.cpp and cam_helper_imx500.cpp).
 *
 *   embedded, embedded | KPI | input header | input .. | output header | outputs .. | PQ
 *
 *   lines of a channel and data type (run) ---> set ---> tensors
 *   in a frame, in order                 more --^  whole: both headers have come
 *
 * The four channels may share a virtual channel and data type or not: lines of the same keep their
 * order, and a run says itself what it is. Its first line that is no header is KPI; a header (valid
 * 0 or 1, tensor type 0 input, 1 output, the bytes of tensor data in a line) begins its tensor. In
 * the input's run the output's header is the first one behind it with the same frame count and
 * apParams size and type 1. Where lines are longer than their data, the rest is filler. Lines whose
 * every fifth byte is 0x55 are pixels of 10 bits, whose high bytes count (assumed, as the
 * transmitter packs them). An invalid tensor has its lines, but what is in them counts for nothing.
 *
 * Any bytes are survived; what cannot be is one line of error.
 */
#ifndef TOOLS_TENSOR_LINES_H
#define TOOLS_TENSOR_LINES_H

#include "sim/snapshot.h"
#include "tools/ap_params.h"

/* Lines of one virtual channel and data type in one frame, one behind the other. */
typedef struct {
    const uint8_t *bytes;
    const uint32_t *length; /* of each */
    uint32_t lines;
} tensor_run_t;

enum { TENSOR_INPUT, TENSOR_OUTPUT, TENSOR_SIDES };

/* One tensor channel's lines, header first, as bytes. */
typedef struct {
    bool came;
    uint32_t stride, lines; /* bytes of a line */
    uint8_t *bytes;
} tensor_side_t;

/* What has come of a frame's lines; all zeros: nothing. */
typedef struct {
    bool kpi_came;
    uint32_t dnn_us, dsp_us; /* KPI words 9 and 10 */
    tensor_side_t side[TENSOR_SIDES];
} tensor_set_t;

/* Takes what stands in a run. False with a line in error: what came before could not be completed
 * and is dropped, or there was no memory. The caller calls tensor_set_clear. */
bool tensor_set_take(tensor_set_t *set, const tensor_run_t *run, char *error, size_t error_bytes);
bool tensor_set_whole(const tensor_set_t *set);
void tensor_set_clear(tensor_set_t *set);
/* In a snapshot of its owner. */
void tensor_set_exchange(tensor_set_t *set, sim_snap_t *snap);

typedef struct {
    uint32_t dnn_us, dsp_us;
    bool input_valid, output_valid;
    uint8_t count;    /* of the frame that the tensors are of */
    uint16_t network; /* id */
    ap_network_t ap;  /* when a tensor is valid */
    uint8_t *input;   /* when valid: height x width x channels, as sent but for padding */
    float *output[AP_MAX_TENSORS]; /* when valid: in the network's own order, outermost first */
} tensor_lines_t;

/* The tensors of a set that is whole. False with a line in error, and nothing to free; else the
 * caller calls tensor_lines_free. */
bool tensor_lines_parse(const tensor_set_t *set, tensor_lines_t *to, char *error,
                        size_t error_bytes);
void tensor_lines_free(tensor_lines_t *lines);

/* Element `at` (of the order sent) of a body as a number: (code - shift) * scale. */
float tensor_value(const ap_tensor_t *tensor, const uint8_t *body, uint32_t at);

/* Elements of a tensor without padding, and its width, height, channels (inputs). */
uint32_t tensor_elements(const ap_tensor_t *tensor);
void tensor_image_size(const ap_tensor_t *input, uint32_t *width, uint32_t *height,
                       uint32_t *channels);

#endif
