/*
 * apparams.h - the IMX500's apParams: what a host must know to read a network's tensors off the
 * link, as a FlatBuffer that stands behind the header of tensor lines.
 *
 *   network --ap_write--> FlatBuffer --link--> tools/ap_params.h --> network
 *
 * Tables and their fields in order, no file identifier: facts of libcamera's parser for the IMX500
 * (imx500_tensor_parser.cpp) and the schema tests/tools/ap_params.fbs. Layout of tensors on lines:
 * the input is planar, width padded to 32 and height to 2; outputs are dense. serialization 0 is
 * what changes fastest. A host takes (code - shift) * scale, and shift is unsigned: codes whose
 * zero point is negative are sent unsigned, 128 higher. (The input's shift, which hosts only show,
 * is the low half of its zero point.)
 *
 * In L2 (network table, npu/net_info.h): words NPU_SENT_TABLE of each output that leaves, then the
 * FlatBuffer.
 */
#ifndef NPU_COMPILER_APPARAMS_H
#define NPU_COMPILER_APPARAMS_H

#include "sim/types.h"

#define AP_MAX_TENSORS 16u /* inputs, and outputs (picamera2, imx500.py) */
#define AP_MAX_DIMS 16u
#define AP_NAME_BYTES 64u   /* with the final 0 */
#define AP_MAX_BYTES 65535u /* of a FlatBuffer: 16 bits of the lines' header */
#define AP_HEADER_BYTES 12u /* of a tensor's first line, before the FlatBuffer */
#define AP_LINE_BYTES 2560u /* as the kernel driver sets it */

typedef enum { AP_SIGNED, AP_UNSIGNED } ap_format_t;

typedef struct {
    uint8_t id; /* position in the network's own order, the outermost 0 */
    uint16_t size;
    uint8_t serialization; /* position as sent, the fastest 0 */
    uint8_t padding;       /* elements behind size; of outputs 0 */
} ap_dim_t;

typedef struct {
    uint8_t id;
    char name[AP_NAME_BYTES];
    uint32_t dims;
    ap_dim_t dim[AP_MAX_DIMS];
    uint8_t bits; /* 8, 16, 32; inputs are always 8 */
    uint16_t shift;
    float scale;
    uint8_t format; /* ap_format_t */
} ap_tensor_t;

typedef struct {
    uint16_t id;
    char name[AP_NAME_BYTES], type[AP_NAME_BYTES]; /* type is what hosts show as the name */
    uint32_t inputs, outputs;
    ap_tensor_t input[AP_MAX_TENSORS], output[AP_MAX_TENSORS];
} ap_network_t;

/* Writes the FlatBuffer into `room` bytes at `to` and returns its length, a multiple of 4; 0 when
 * it does not fit. The same network gives the same bytes. */
size_t ap_write(const ap_network_t *network, uint8_t *to, size_t room);

/* Bytes of a tensor's body, padding included; 0 when they are more than 2^32 - 1 or a size is 0. */
uint32_t ap_tensor_bytes(const ap_tensor_t *tensor);

/* Lines of line_bytes (16..) that header, apParams of ap_bytes and all bodies take, each body from
 * a new line on. */
uint32_t ap_header_lines(uint32_t ap_bytes, uint32_t line_bytes);
uint32_t ap_input_lines(const ap_network_t *network, uint32_t ap_bytes, uint32_t line_bytes);
uint32_t ap_output_lines(const ap_network_t *network, uint32_t ap_bytes, uint32_t line_bytes);

#endif
