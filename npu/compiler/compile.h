/*
 * compile.h - from a checked graph to a program for a machine.
 *
 *   graph --> layers and L2 values --> tiles, constants --> L2 placement --> instructions -->
 * program (compile.c)              (lower_*.c)          (plan.c)         (lower_*.c, emit.c)
 *
 * Nodes run one after another through L2, as the silicon is known to do: a stripe of the input
 * comes from L2 to L1, weights beside it, is computed, requantized and stored back. What overlaps
 * is the work of the engines: loads of the next stripe (or the next layer's weights) run while
 * this one is computed, as far as L1 has room.
 *
 * Modeled:      every operator of graph.h; int8 per-channel and per-tensor, uint8 (as code - 128).
 * Not modeled:  float computation (QUANTIZE and DEQUANTIZE only at the border of the network).
 */
#ifndef NPU_COMPILER_COMPILE_H
#define NPU_COMPILER_COMPILE_H

#include "npu/compiler/graph.h"
#include "npu/desc.h"
#include "npu/fnp.h"

/* In npu_compile_options_t.fuse: bits NPU_FUSE_* of desc.h, or one of these. */
#define NPU_FUSE_AS_CHIP 0u /* what the chip data says */
#define NPU_FUSE_NONE (1u << 31)

typedef struct {
    npu_round_t rounding;
    bool keep_all;         /* every tensor keeps its place in L2 to the end, if all of them fit, and
                              nothing is fused or cascaded, so that no tensor is hidden */
    uint32_t fuse;         /* NPU_FUSE_*: which nodes are computed together with the one before */
    npu_cascade_t cascade; /* whether layers run stripe by stripe */
    bool reuse_input;      /* the input's place may be overwritten once it is read; else, as on the
                              chip's default ("persistent input"), it is nobody else's */
    bool gather_input; /* the first convolution may gather its taps into channels (im2col), so that
                          few input channels do not leave the array idle; the chip does not */
    bool no_parts;     /* what is cut or put together is always moved, never a part of the whole
                          from the start */
    uint32_t network_id; /* into the network table */
} npu_compile_options_t;

/* What the compiler chose for one layer. Cycles are those an engine is busy (npu_insn_cycles), not
 * counting L2's own time; how they overlap the machine's counters tell. */
typedef struct {
    const char *name, *op; /* in the graph */
    const char *fused;     /* ops of the nodes computed with it, "PAD RELU6 ADD"; "" for none */
    uint32_t node;
    npu_hwc_t in, out;
    uint64_t macs;
    uint32_t weight_bytes, param_bytes; /* constants in L2, padded */
    uint32_t in_bytes, out_bytes;       /* activations in L2, padded */
    uint32_t live_bytes;                /* all activations that must exist while it runs */
    uint32_t stripe_rows, stripe_cols;  /* of the result, in one tile */
    uint32_t group_channels;            /* output channels of one tile */
    uint32_t tiles;
    bool groups_outer; /* weights stay, stripes pass; else the other way */
    uint64_t engine_cycles[NPU_ENGINES];
    uint64_t estimate_cycles; /* from the end of the layer that ends before it to its own end */
    uint32_t first, last;     /* instructions */
} npu_layer_plan_t;

/* One place in L2. Several tensors share it when they are the same bytes (RESHAPE). */
typedef struct {
    const char *name; /* of its first tensor */
    uint32_t l2, bytes;
    uint32_t ring_rows;               /* rows that exist at a time; 0: all */
    uint32_t first_layer, last_layer; /* that need it, ends included */
} npu_place_plan_t;

/* Layers that run stripe by stripe, with rings of rows between them. */
typedef struct {
    uint32_t first, last;             /* layers */
    uint32_t rows;                    /* of the last one's result in a stripe */
    bool ahead;                       /* a tile is made one before it is needed */
    uint64_t ring_bytes, whole_bytes; /* of the maps between them, so and otherwise */
    int64_t extra_cycles;             /* estimated, beyond those of whole maps */
} npu_cascade_plan_t;

typedef struct {
    npu_layer_plan_t *layer;
    uint32_t layers;
    npu_place_plan_t *place;
    uint32_t places;
    npu_cascade_plan_t *cascade;
    uint32_t cascades;
    uint32_t constants_l2, constants_bytes; /* at the top of L2 */
    uint32_t program_l2, program_bytes;     /* below them */
    uint32_t post_bytes;                    /* the core's operators, below that; npu/post.h */
    uint32_t sent_bytes; /* apParams and the list of what is sent, below that, in L2 that is free */
    uint32_t steps;      /* of them, after the NPU: in lifetimes the layers `layers` and up */
    uint32_t activations_bytes; /* from the end of the network table up */
    uint32_t live_bound_bytes;  /* largest sum of live activations: no placement needs less */
    uint64_t whole_bound_bytes; /* the same if every map were whole: without cascades */
    uint64_t estimate_cycles;   /* of the whole program, with L2 to itself: replay.c */
    uint32_t barriers;          /* full stops for lack of semaphores: 0 in all known networks */
    bool all_kept;              /* every tensor stands in L2 at the end */
    char *names;                /* what the name pointers point to */
} npu_compile_report_t;

void npu_compile_report_free(npu_compile_report_t *report);

/*
 * Compiles a graph that npu_graph_check accepted. prog is empty on failure, and error then names
 * file, layer and operator, and for lack of memory which one, bytes needed and bytes there. report
 * may be NULL. Same input, same bytes.
 */
sim_err_t npu_compile(const npu_graph_t *graph, const npu_desc_t *desc,
                      const npu_compile_options_t *options, npu_prog_t *prog,
                      npu_compile_report_t *report, char *error, size_t error_bytes);

#endif
