/*
 * post.h - what a network leaves to the core: a list of operators that firmware runs.
 *
 *   inputs --> [core, before] --> NPU --> [core, after] --> outputs
 *
 * The compiler makes the list, the program file carries it (section POST), the loader writes it
 * into L2 as a table of 32-bit words, firmware runs it (firmware/post.c) and notes in it how each
 * operator went. `fovea regs --c` prints the offsets. In L2:
 *
 *     head (NPU_POST_HEAD_TABLE) | tensors (NPU_NET_TENSOR_TABLE each) | operators
 * (NPU_POST_OP_TABLE each)
 *
 * Tensors are dense, of the types of npu_dtype_t; uint8 stands in L2 as code - 128.
 * What each operator computes, and how exactly, is documented in firmware/include/post.h.
 */
#ifndef NPU_POST_H
#define NPU_POST_H

#include "npu/net_info.h"
#include "sim/types.h"

#define NPU_POST_MAX_TENSORS 256u
#define NPU_POST_MAX_OPS 64u
#define NPU_POST_INS 3u
#define NPU_POST_OUTS 4u
#define NPU_POST_ATTRS 11u
#define NPU_POST_NONE 0xffffffffu /* an operand that the operator does not have */

#define NPU_POST_HEAD_TABLE(X)                                                                     \
    X(TENSORS, "tensors that follow")                                                              \
    X(OPS, "operators that follow them")                                                           \
    X(BEFORE, "so many of the operators, the first, run before the NPU; the others after it")      \
    X(SCRATCH_ADDR, "bus address of L2 that operators may use while they run")                     \
    X(SCRATCH_BYTES, "bytes that the greediest needs; firmware may use memory of its own")

#define NPU_POST_OP_TABLE(X)                                                                       \
    X(CODE, "NPU_POST_OPS_TABLE")                                                                  \
    X(STATUS, "firmware: 0 not run, else NPU_POST_STATUS_TABLE")                                   \
    X(CYCLES_LO, "firmware: cycles of the core that it took")                                      \
    X(CYCLES_HI, "firmware: the same, high word")                                                  \
    X(IN0, "tensor number; NPU_POST_NONE")                                                         \
    X(IN1, "second operand")                                                                       \
    X(IN2, "third operand")                                                                        \
    X(OUT0, "tensor number; NPU_POST_NONE")                                                        \
    X(OUT1, "second result")                                                                       \
    X(OUT2, "third result")                                                                        \
    X(OUT3, "fourth result")                                                                       \
    X(ATTR0, "attributes of the operator")

/* X(name, inputs, outputs, help) */
#define NPU_POST_OPS_TABLE(X)                                                                      \
    X(DEQUANTIZE, 1, 1, "codes to float32")                                                        \
    X(QUANTIZE, 1, 1, "float32 to codes")                                                          \
    X(ARG_MAX, 1, 1, "codes or float32 to int32 or int64; attribute 0: axis")                      \
    X(DETECTION_POSTPROCESS, 3, 4, "boxes, scores, anchors to boxes, classes, scores, count")

/* Attributes of DETECTION_POSTPROCESS; scales and thresholds are float32 bits. */
#define NPU_POST_DETECTION_TABLE(X)                                                                \
    X(MAX_DETECTIONS, "boxes to keep")                                                             \
    X(CLASSES_PER_DETECTION, "results of each box, unless regular")                                \
    X(DETECTIONS_PER_CLASS, "boxes to keep of each class, if regular")                             \
    X(CLASSES, "without background")                                                               \
    X(Y_SCALE, "of encoded centers and sizes")                                                     \
    X(X_SCALE, "")                                                                                 \
    X(H_SCALE, "")                                                                                 \
    X(W_SCALE, "")                                                                                 \
    X(SCORE_THRESHOLD, "boxes of less are dropped")                                                \
    X(IOU_THRESHOLD, "more overlap than this suppresses")                                          \
    X(REGULAR, "1: suppress within each class, 0: over all classes")

/* X(name, text) */
#define NPU_POST_STATUS_TABLE(X)                                                                   \
    X(NOT_RUN, "not run")                                                                          \
    X(DONE, "done")                                                                                \
    X(BAD_OPERATOR, "an operator or type that the firmware does not know")                         \
    X(BAD_BOX, "a box whose edges are in the wrong order")                                         \
    X(NO_SCRATCH, "not enough scratch memory")

/* clang-format off */
enum {
#define X(name, help) NPU_POST_##name##_W,
    NPU_POST_HEAD_TABLE(X)
#undef X
    NPU_POST_HEAD_WORDS
};
enum {
#define X(name, help) NPU_POST_OP_##name##_W,
    NPU_POST_OP_TABLE(X)
#undef X
    NPU_POST_OP_WORDS = NPU_POST_OP_ATTR0_W + NPU_POST_ATTRS
};
enum {
#define X(name, inputs, outputs, help) NPU_POST_##name,
    NPU_POST_OPS_TABLE(X)
#undef X
    NPU_POST_CODES
};
enum {
#define X(name, help) NPU_POST_DET_##name,
    NPU_POST_DETECTION_TABLE(X)
#undef X
    NPU_POST_DET_ATTRS
};
enum {
#define X(name, text) NPU_POST_STATUS_##name,
    NPU_POST_STATUS_TABLE(X)
#undef X
    NPU_POST_STATUSES
};
/* clang-format on */
_Static_assert(NPU_POST_DET_ATTRS == (int)NPU_POST_ATTRS, "the operator with the most attributes");

const char *npu_post_op_name(uint32_t code);       /* "ARG_MAX" */
const char *npu_post_status_name(uint32_t status); /* "done" */

/* ---- on the host --------------------------------------------------------------------------------
 */

typedef struct {
    char name[NPU_NAME_BYTES]; /* of the node: its first result */
    uint32_t code;
    uint32_t in[NPU_POST_INS], out[NPU_POST_OUTS]; /* tensor numbers */
    uint32_t attr[NPU_POST_ATTRS];
} npu_post_op_t;

/* A zeroed one is a network that leaves nothing to the core. The arrays are malloc'ed. */
typedef struct {
    uint32_t l2; /* offset of the table, a multiple of 4 */
    uint32_t scratch_l2, scratch_bytes;
    uint32_t before;
    npu_net_tensor_t *tensor;
    uint32_t tensors;
    npu_post_op_t *op;
    uint32_t ops;
} npu_post_t;

void npu_post_free(npu_post_t *post);

/* Each returns the index of the new element, UINT32_MAX without memory or room. */
uint32_t npu_post_add_tensor(npu_post_t *post, const npu_net_tensor_t *tensor);
uint32_t npu_post_add_op(npu_post_t *post, const npu_post_op_t *op);

/* Scratch bytes that an operator needs with these tensors: the firmware asks for no more. */
uint32_t npu_post_scratch_bytes(const npu_post_t *post, const npu_post_op_t *op);

bool npu_post_equal(const npu_post_t *a, const npu_post_t *b);

/* What reader, assembler and compiler accept: numbers, types, shapes and attributes that firmware
 * can rely on. */
bool npu_post_valid(const npu_post_t *post, char *error, size_t error_bytes);

/* The table as it stands in an L2 whose base is l2_base; npu_post_words of them. */
uint32_t npu_post_words(const npu_post_t *post);
void npu_post_put(const npu_post_t *post, uint32_t l2_base, uint32_t *word);

#endif
