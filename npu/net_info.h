/*
 * net_info.h - the network table: what firmware and ISP must know of the loaded network.
 *
 * 32-bit little-endian words at the base of L2 (its first 1,024 bytes are reserved, as published):
 *
 *     head (NPU_NET_WORDS_TABLE) | 16 inputs | 16 outputs (NPU_NET_TENSOR_TABLE each)
 *
 * Where several networks stand in L2 at once (npu/place.h) that is the place of the first, and
 * those of the others follow, 1,024 bytes each.
 *
 * The compiler fills it, the program file carries it, the loader writes it, firmware reads it;
 * `fovea regs --c` prints the offsets. Addresses are bus addresses (L2 base included). At most 16
 * inputs and 16 outputs: the limit of the IMX500's API (picamera2, imx500.py).
 */
#ifndef NPU_NET_INFO_H
#define NPU_NET_INFO_H

#include "sim/types.h"

#define NPU_NET_MAGIC UINT32_C(0x54454e46) /* "FNET" as bytes */
#define NPU_NET_VERSION 4u
#define NPU_NET_BYTES 1024u /* reserved at the base of L2, for each network */
#define NPU_NET_PLACES 16u  /* networks in L2 at once, at most */
#define NPU_NET_ENDS 16u    /* inputs, and outputs, at most */
#define NPU_NAME_BYTES 128  /* of any name in a program */

/*
 * X(name, help): one word each, in order. The image is the input that the ISP writes: planar,
 * channel plane c, row y, column x at INPUT_ADDR + c * INPUT_PLANE_BYTES + y * INPUT_ROW_BYTES + x,
 * int8; it is one of the inputs below as well. A network without image has 0 in INPUT_*.
 */
#define NPU_NET_WORDS_TABLE(X)                                                                     \
    X(MAGIC, "NPU_NET_MAGIC")                                                                      \
    X(VERSION, "NPU_NET_VERSION")                                                                  \
    X(NETWORK_ID, "chosen by whoever packs the network")                                           \
    X(PROG_ADDR, "bus address of the first instruction: into NPU_PROG_ADDR")                       \
    X(PROG_COUNT, "instructions: into NPU_PROG_COUNT")                                             \
    X(L2_BASE, "bus address that L2 offsets of the program count from: into NPU_L2_BASE")          \
    X(INPUT_ADDR, "bus address of the image")                                                      \
    X(INPUT_WIDTH, "columns, without padding")                                                     \
    X(INPUT_HEIGHT, "rows, without padding")                                                       \
    X(INPUT_CHANNELS, "channels: 1, 3 or 4; 0: no image")                                          \
    X(INPUT_ROW_BYTES, "bytes from a row to the next: width rounded up to 32")                     \
    X(INPUT_PLANE_BYTES, "bytes from a plane to the next: rows rounded up to 2")                   \
    X(FREE_ADDR, "bus address of L2 that neither program nor tensors use: firmware's own")         \
    X(FREE_BYTES, "its bytes; may be 0")                                                           \
    X(POST_ADDR, "bus address of the operators for the core (npu/post.h); 0: none")                \
    X(INPUTS, "number of inputs, 1..16")                                                           \
    X(OUTPUTS, "number of outputs, 1..16")                                                         \
    X(AP_ADDR, "bus address of apParams (npu/compiler/apparams.h); 0: none, tensors are not sent") \
    X(AP_BYTES, "their bytes, 1..65535")                                                           \
    X(SENT_ADDR, "bus address of the outputs that apParams describe (NPU_SENT_TABLE each)")        \
    X(SENT, "their number, 1..16")                                                                 \
    X(PLACES, "tables that there is room for at the base of L2, all networks' together")           \
    X(PLACE, "which of them this is, from 0")                                                      \
    X(OWN_ADDR, "bus address of what no other network uses: constants and program")                \
    X(OWN_BYTES, "its bytes")

/*
 * One tensor. Dense in TFLite's order (N H W C) but for the image. Where its type is uint8, the
 * bytes in L2 are int8 = code - 128, and the zero point is given for int8.
 */
#define NPU_NET_TENSOR_TABLE(X)                                                                    \
    X(ADDR, "bus address")                                                                         \
    X(FORMAT, "7:0 type (npu_dtype_t), 15:8 dimensions 1..4, 31:16 zero point, signed")            \
    X(DIM0, "outermost dimension; of four, 1 for an input")                                        \
    X(DIM1, "second dimension, 1 when absent")                                                     \
    X(DIM2, "third dimension, 1 when absent")                                                      \
    X(DIM3, "fourth dimension, 1 when absent")                                                     \
    X(SCALE, "float32 bits; 0 when not quantized")

/* An output as the NPU leaves it, dense, and what makes of its bytes those that are sent. */
#define NPU_SENT_TABLE(X)                                                                          \
    X(ADDR, "bus address, a multiple of 4")                                                        \
    X(BYTES, "of the tensor")                                                                      \
    X(XOR, "with each word, before it is sent")

/* NPU_NET_MAGIC_W, NPU_NET_VERSION_W, ...: word indices; NPU_TENSOR_ADDR_W, ...: inside a tensor.
 */
enum {
#define X(name, help) NPU_NET_##name##_W,
    NPU_NET_WORDS_TABLE(X)
#undef X
        NPU_NET_HEAD_WORDS
};
enum {
#define X(name, help) NPU_TENSOR_##name##_W,
    NPU_NET_TENSOR_TABLE(X)
#undef X
        NPU_TENSOR_WORDS
};
enum {
#define X(name, help) NPU_SENT_##name##_W,
    NPU_SENT_TABLE(X)
#undef X
        NPU_SENT_WORDS
};

/* Where input n and output n begin. */
#define NPU_NET_INPUT_W(n) (NPU_NET_HEAD_WORDS + (n)*NPU_TENSOR_WORDS)
#define NPU_NET_OUTPUT_W(n) (NPU_NET_INPUT_W(NPU_NET_ENDS) + (n)*NPU_TENSOR_WORDS)
enum { NPU_NET_WORDS = NPU_NET_OUTPUT_W(NPU_NET_ENDS) };
_Static_assert(4 * NPU_NET_WORDS <= NPU_NET_BYTES, "the table fits what is reserved");

typedef enum {
    NPU_DTYPE_INT8,
    NPU_DTYPE_UINT8, /* of the source file; in L2 as code - 128 */
    NPU_DTYPE_FLOAT32,
    NPU_DTYPE_INT32,
    NPU_DTYPE_INT64,
    NPU_DTYPES
} npu_dtype_t;

/* ---- on the host --------------------------------------------------------------------------------
 */

const char *npu_dtype_name(uint32_t dtype); /* "float32" */
uint32_t npu_dtype_bytes(uint32_t dtype);   /* of one element; dtype < NPU_DTYPES */

/* A tensor of the table, unpacked. */
typedef struct {
    uint32_t addr; /* bus address */
    uint32_t dtype;
    uint32_t dims; /* 1..4 */
    uint32_t shape[4];
    int32_t zero_point; /* of the bytes in L2 */
    uint32_t scale_bits;
} npu_net_tensor_t;

npu_net_tensor_t npu_net_tensor(const uint32_t word[NPU_TENSOR_WORDS]);
void npu_net_tensor_put(const npu_net_tensor_t *tensor, uint32_t word[NPU_TENSOR_WORDS]);
uint64_t npu_net_tensor_elements(const npu_net_tensor_t *tensor);

/* Dimensions of which the used ones are 1..2^24 and the rest 1, at most 2^28 elements. */
bool npu_shape_valid(uint32_t dims, const uint32_t shape[4]);

#endif
