/*
 * graph.h - a quantized network as a typed graph: what every front end makes and the compiler
 * takes.
 *
 *   .tflite ---> tflite.c ---+
 *                            +--> npu_graph_t --- npu_graph_check ---> npu_compile
 *   .onnx   ---> onnx.c   ---+
 *
 * A graph knows no file format: windows are explicit numbers (padding is worked out), layouts are
 * fixed (below), and every operator is one of npu_node_op_t. Nodes stand in an order in which they
 * can run. A graph owns all its memory; what a front end copies from a file it copies into it.
 *
 * Layouts:  activations N H W C (N is 1 but between moves of codes; fewer dimensions are the
 *           trailing ones: 1 x 10 is C = 10); convolution weights O KH KW I; depthwise weights
 *           1 KH KW O; fully connected weights O I; biases O.
 */
#ifndef NPU_COMPILER_GRAPH_H
#define NPU_COMPILER_GRAPH_H

#include "sim/types.h"

#define NPU_GRAPH_DIMS 4
#define NPU_GRAPH_MAX_TENSORS 16384
#define NPU_GRAPH_MAX_NODES 16384
#define NPU_GRAPH_MAX_ENDS 256 /* inputs or outputs of one node or of the graph */

typedef enum {
    NPU_TYPE_INT8,
    NPU_TYPE_UINT8,
    NPU_TYPE_INT32,
    NPU_TYPE_INT64,
    NPU_TYPE_FLOAT32,
    NPU_TYPES
} npu_type_t;

typedef enum {
    NPU_NODE_ADD,
    NPU_NODE_ARG_MAX,
    NPU_NODE_AVERAGE_POOL_2D,
    NPU_NODE_CONCATENATION,
    NPU_NODE_CONV_2D,
    NPU_NODE_DEPTH_TO_SPACE,
    NPU_NODE_DEPTHWISE_CONV_2D,
    NPU_NODE_DEQUANTIZE,
    NPU_NODE_DETECTION_POSTPROCESS,
    NPU_NODE_EXPAND_DIMS,
    NPU_NODE_FULLY_CONNECTED,
    NPU_NODE_HARD_SWISH,
    NPU_NODE_LEAKY_RELU,
    NPU_NODE_LOGISTIC,
    NPU_NODE_MAXIMUM,
    NPU_NODE_MAX_POOL_2D,
    NPU_NODE_MEAN,
    NPU_NODE_MINIMUM,
    NPU_NODE_MUL,
    NPU_NODE_PACK,
    NPU_NODE_PAD,
    NPU_NODE_PADV2,
    NPU_NODE_PRELU,
    NPU_NODE_QUANTIZE,
    NPU_NODE_RELU,
    NPU_NODE_RELU6,
    NPU_NODE_RELU_N1_TO_1,
    NPU_NODE_RESHAPE,
    NPU_NODE_RESIZE_BILINEAR,
    NPU_NODE_RESIZE_NEAREST_NEIGHBOR,
    NPU_NODE_SLICE,
    NPU_NODE_SOFTMAX,
    NPU_NODE_SPACE_TO_DEPTH,
    NPU_NODE_SPLIT,
    NPU_NODE_SPLIT_V,
    NPU_NODE_SQUEEZE,
    NPU_NODE_STRIDED_SLICE,
    NPU_NODE_SUB,
    NPU_NODE_TABLE, /* any function of one code: input 1 holds the result of each, lowest first */
    NPU_NODE_TANH,
    NPU_NODE_TRANSPOSE,
    NPU_NODE_TRANSPOSE_CONV, /* inputs: map, weights, bias; window: of the convolution it undoes */
    NPU_NODE_UNPACK,
    NPU_NODE_OPS
} npu_node_op_t;

typedef enum {
    NPU_ACT_NONE,
    NPU_ACT_RELU,       /* 0.. */
    NPU_ACT_RELU_N1_P1, /* -1..1 */
    NPU_ACT_RELU6,      /* 0..6 */
    NPU_ACTS
} npu_activation_t;

/* Where a kernel looks. Output row y covers input rows y * stride_h - pad_top + k * dilation_h. */
typedef struct {
    uint32_t kernel_h, kernel_w;
    uint32_t stride_h, stride_w;
    uint32_t dilation_h, dilation_w;
    uint32_t pad_top, pad_left, pad_bottom, pad_right;
} npu_window_t;

typedef struct {
    const char *name;
    npu_type_t type;
    uint32_t dims; /* 0..4: 0 is a scalar */
    uint32_t shape[NPU_GRAPH_DIMS];
    uint32_t leading; /* further leading dimensions of 1 that the file has and nobody else counts */
    uint32_t scales;  /* 0: not quantized; 1: per tensor; else one for each index of axis */
    uint32_t axis;    /* which dimension scales belong to, when there are several */
    const float *scale;        /* scales of them: real = scale * (code - zero_point) */
    const int32_t *zero_point; /* scales of them */
    const uint8_t *data; /* a constant's content, little-endian, not aligned; NULL otherwise */
    uint64_t bytes;      /* elements times size of one; of data as well */
    bool channels_first; /* 4 dimensions: the file has N C H W of what is here N H W C */
} npu_tensor_t;

/* Options of DETECTION_POSTPROCESS; what they mean: firmware/include/post.h. */
typedef struct {
    uint32_t max_detections, classes_per_detection, detections_per_class, classes;
    float y_scale, x_scale, h_scale, w_scale;
    float score_threshold, iou_threshold;
    bool regular;
} npu_detection_t;

#define NPU_NO_TENSOR (-1) /* in npu_node_t.input: an optional input that is absent */

typedef struct {
    npu_node_op_t op;
    const char *name; /* for messages: the name of its first output */
    uint32_t inputs, outputs;
    const int32_t *input;  /* tensor numbers */
    const int32_t *output; /* tensor numbers */
    npu_activation_t activation;
    npu_window_t window;       /* CONV_2D, DEPTHWISE_CONV_2D, AVERAGE_POOL_2D, MAX_POOL_2D */
    uint32_t depth_multiplier; /* DEPTHWISE_CONV_2D: outputs for each input channel */
    uint32_t axis; /* ARG_MAX, CONCATENATION, SPLIT, SPLIT_V, UNPACK: of the input; PACK: of the
                      result */
    uint32_t axes; /* MEAN: bit a set, dimension a is averaged away */
    uint32_t pad[NPU_GRAPH_DIMS][2]; /* PAD: before and after, for each dimension of the input */
    int32_t pad_value;               /* PADV2: the code to pad with; PAD's is the zero point */
    float beta;                      /* SOFTMAX */
    float alpha;                     /* LEAKY_RELU: 0.. */
    /* SLICE, STRIDED_SLICE: along dimension d of the input, count[d] elements from begin[d] on,
     * each step[d] (not 0, perhaps negative) behind the one before; a result of the same elements
     * in the same order, dimensions of 1 added or left out at will. */
    int32_t begin[NPU_GRAPH_DIMS], step[NPU_GRAPH_DIMS];
    uint32_t count[NPU_GRAPH_DIMS];
    uint32_t perm[NPU_GRAPH_DIMS]; /* TRANSPOSE: result's dimension d is the input's perm[d] */
    uint32_t block;                /* DEPTH_TO_SPACE, SPACE_TO_DEPTH: pixels of a side */
    bool align_corners;            /* RESIZE_*: first and last pixels lie on each other */
    bool half_pixel_centers;       /* RESIZE_*: a pixel's position is its center */
    uint32_t weight_bits; /* of convolutions, fully connected: 8, 4, 2; 0 is 8. Codes are int8 all
                             the same; fewer bits cost less time and memory */
    const npu_detection_t *detection; /* DETECTION_POSTPROCESS */
} npu_node_t;

typedef struct npu_arena npu_arena_t;

typedef struct {
    const char *name;
    uint32_t tensors, nodes, inputs, outputs;
    npu_tensor_t *tensor; /* their index is the number a file gives them */
    npu_node_t *node;
    const int32_t *input; /* tensor numbers */
    const int32_t *output;
    bool by_name;       /* the file knows its tensors by name (ONNX), not by number */
    npu_arena_t *arena; /* all memory of the graph */
} npu_graph_t;

/* An empty graph that may use up to max_bytes of host memory. False: no memory. */
bool npu_graph_init(npu_graph_t *graph, uint64_t max_bytes);
void npu_graph_free(npu_graph_t *graph);

/* Zeroed memory that lives as long as the graph; NULL when the graph has used up its share. */
void *npu_graph_alloc(npu_graph_t *graph, uint64_t bytes);

/*
 * Whether every node is whole: operands present, of matching types, shapes and scales, produced
 * before use; and whether its attributes are among those the compiler knows. On failure error says
 * which node and tensor, what was found and what was expected. Everything behind a checked graph
 * may rely on it; nothing before has to.
 */
sim_err_t npu_graph_check(const npu_graph_t *graph, char *error, size_t error_bytes);

const char *npu_node_op_name(npu_node_op_t op); /* "CONV_2D" */
const char *npu_type_name(npu_type_t type);     /* "int8" */
uint32_t npu_type_bytes(npu_type_t type);

/* Elements of a tensor, 1 for a scalar. */
uint64_t npu_tensor_elements(const npu_tensor_t *tensor);

/* The last three dimensions as height, width, channels; missing ones are 1. Of a batch, the rows of
 * all maps, one below the other. */
typedef struct {
    uint32_t h, w, c;
} npu_hwc_t;
npu_hwc_t npu_tensor_hwc(const npu_tensor_t *tensor);

/* Scale of index i along the tensor's axis; the only one when it is per tensor. */
float npu_tensor_scale(const npu_tensor_t *tensor, uint32_t i);

/* Element i of an int32 constant. */
int32_t npu_tensor_i32(const npu_tensor_t *tensor, uint64_t i);

/* Elements of a window along one axis: how far it reaches, and how many outputs it makes. */
uint32_t npu_window_reach(uint32_t kernel, uint32_t dilation);

#endif
