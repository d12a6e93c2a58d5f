/*
 * compile_int.h - what the parts of the compiler share.
 *
 * place   bytes in L2 with a lifetime; several tensors may be the same place (RESHAPE)
 * layer   a node that costs time, with the tiling chosen for it, and the nodes fused into it
 * step    one tile of a layer's result: rows, columns and output channels computed at once
 */
#ifndef NPU_COMPILER_COMPILE_INT_H
#define NPU_COMPILER_COMPILE_INT_H

#include "npu/compiler/compile.h"
#include "npu/compiler/emit.h"

#define CC_ALIGN 64u /* of everything in L2 and L1: a beat of any port */

static inline uint32_t cc_align(uint32_t bytes)
{
    return (bytes + CC_ALIGN - 1) / CC_ALIGN * CC_ALIGN;
}

static inline uint32_t cc_div_up(uint32_t a, uint32_t b)
{
    return (a + b - 1) / b;
}

static inline uint32_t cc_min(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* ---- layouts --------------------------------------------------------------------------------- */

typedef enum {
    NPU_LAYOUT_DENSE,  /* N H W C without gaps */
    NPU_LAYOUT_NHWC32, /* channels padded to 32 */
    NPU_LAYOUT_PLANAR, /* C H W, rows padded to 32, height to 2 */
} npu_layout_t;

/* ---- places ---------------------------------------------------------------------------------- */

typedef struct {
    int32_t tensor; /* the first one of it */
    npu_layout_t layout;
    npu_hwc_t size; /* of what stands there: the tensor's, or as a layout node made it */
    uint64_t bytes;
    uint32_t ring_rows;   /* rows that exist at a time, in a cascade; 0: all of them */
    uint32_t l2;          /* filled by plan_places */
    uint32_t first, last; /* layers that need it, ends included */
} cc_place_t;

/* A box of the tensor that the place was made for. */
typedef struct {
    bool is;
    npu_hwc_t at; /* its first element there */
} cc_part_t;

/* Gives every place an offset from `base` up, such that places needed by one layer do not overlap.
 * Returns the end of the highest. Tries several orders and keeps the lowest. */
uint64_t plan_places(cc_place_t *place, uint32_t places, uint32_t base);
/* The largest sum of bytes needed by one layer. */
uint64_t plan_bound(const cc_place_t *place, uint32_t places, uint32_t layers);
uint64_t plan_live(const cc_place_t *place, uint32_t places, uint32_t layer);

/* ---- layers ---------------------------------------------------------------------------------- */

typedef struct cc cc_t;
typedef struct cc_layer cc_layer_t;
typedef struct cc_step cc_step_t;

/* Where an operand stands in L2. */
typedef struct {
    npu_hwc_t size;
    npu_layout_t layout;
    uint32_t l2;              /* of element (0, 0, 0) */
    uint32_t row, pix, plane; /* strides; plane: from a channel to the next, 1 unless planar */
    uint32_t ring;            /* row y stands where row y % ring does; 0: all rows are there */
    bool shared; /* bytes between a pixel's channels and the next pixel are another tensor's */
} cc_value_t;

typedef struct {
    int32_t tensor;
    bool constant; /* else a place */
    bool flat;     /* a dense place taken as one pixel of all its elements */
    bool spread;   /* one channel, which is repeated in L1 to as many as the result has */
    bool laid_out; /* stands in `place`, as layout nodes made it */
    uint32_t place;
    uint32_t at;    /* constant: offset in the constants */
    npu_hwc_t size; /* as stored: a constant's channels may have been repeated */
} cc_operand_t;

/* How a layer is cut. */
typedef struct {
    uint32_t rows, cols; /* of the result, in one tile */
    uint32_t group;      /* output channels of one tile: all, or a multiple of 32 */
    uint32_t slice;      /* input channels of one CONV: all, or a multiple of 32 */
    bool groups_outer;   /* for each group all tiles; else for each tile all groups */
    bool resident;       /* all weights and parameters of the layer stay in L1 */
    uint32_t row_tiles, col_tiles, groups, slices; /* how many */
    uint32_t in_bytes, out_bytes;                  /* ACT: sources, one result */
    uint32_t with_bytes;          /* of out_bytes: what followers read beside the result */
    uint32_t outs;                /* results behind the sources in one area of the ring (1, 2) */
    uint32_t in_slots, out_slots; /* where two areas do not fit: sources and results (1, 2) that
                                     stand side by side, each by its own lifetime; else 0 */
} cc_tiling_t;

/* Rows (or columns) of the source under a run of results. */
typedef struct {
    uint32_t first, count;
    uint32_t pad; /* rows of the first window that lie before the source */
} cc_span_t;

/* A kind of layer. */
typedef struct {
    /* Reads the node: operands, window, flags; what it cannot do it names and refuses. */
    bool (*prepare)(cc_t *cc, cc_layer_t *layer);
    /* Appends the constants, laid out for the tiling; may be NULL. */
    void (*pack)(cc_t *cc, cc_layer_t *layer);
    /* Array work of one slice of one step; may be NULL. */
    void (*mac)(cc_t *cc, cc_layer_t *layer, const cc_step_t *step, uint32_t slice);
    /* Vector work of one step; NULL when run is set. Of a follower (fuse.c): the result has the
     * place of one of the operands. */
    void (*vec)(cc_t *cc, cc_layer_t *layer, const cc_step_t *step);
    /* Replaces tiling and the loop over steps: layers that only move bytes. */
    void (*run)(cc_t *cc, cc_layer_t *layer);
    /* Source rows (else columns) under count results from first on; NULL: as its window says. */
    cc_span_t (*span)(const cc_t *cc, const cc_layer_t *layer, bool rows, uint32_t first,
                      uint32_t count);
} cc_kind_t;

#define CC_MAX_FOLLOWERS 8

/* Layers that run stripe by stripe (cascade.c). */
typedef npu_cascade_plan_t cc_cascade_t;

/* Where the constants of a layer stand: as it fits, or as its cascade says. */
typedef enum { CC_RESIDE_FREE, CC_RESIDE_STAY, CC_RESIDE_STREAM } cc_reside_t;

struct cc_layer {
    const npu_node_t *node;
    uint32_t
        last_node; /* the layer's result is this one's: its own, or of the last fused into it */
    const cc_kind_t *kind;
    uint32_t index;
    cc_operand_t in[2];
    uint32_t ins;
    int32_t out;    /* tensor: what the node makes */
    int32_t result; /* tensor: what stands in L2 in the end, that of the last follower */
    uint32_t made;  /* place: where it stands */
    /* layout.c: of a layout node its source, or a convolution's source after layout nodes;
     * CC_NO_PLACE otherwise */
    uint32_t source;
    bool moves, swaps;    /* a layout node: no operands but its source; rows become columns */
    const char *op;       /* for reports, when it is not its node's */
    int8_t low, high;     /* further clamp of the node's codes, from nodes fused into it */
    cc_layer_t *follower; /* what is done to each tile before it is stored */
    uint32_t followers;
    uint32_t chained;         /* of a follower: which of its operands is the tile */
    npu_window_t window;      /* of results on the source; 1 x 1 where the operator has none */
    npu_window_t array;       /* as the array sees it: window, or 1 x 1 of gathered taps */
    uint32_t depth;           /* input channels as the array sees them */
    uint32_t up_h, up_w;      /* source pixels stand so far apart, zeros between them */
    bool gather;              /* taps are gathered into channels before the array (gather.c) */
    bool all_in;              /* each result channel needs all input channels (CONV) */
    bool one_group;           /* channels cannot be split */
    uint32_t narrow;          /* halvings of the weights' 8 bits */
    uint32_t multiplier;      /* result channels for each input channel (DWCONV), else 1 */
    int32_t out_min, out_max; /* clamp of the internal codes */
    uint64_t macs;
    /* constants: offsets from their start, and sizes */
    uint32_t chunks;          /* on chips that decode: of the first group, in cc_t.chunk */
    uint32_t packed_permille; /* there: what packing leaves of the weights, estimated */
    uint32_t weights_at, weights_bytes, params_at, params_bytes;
    const cc_cascade_t *cascade; /* it belongs to; NULL */
    uint32_t max_rows;           /* of a tile, in a cascade; 0: any */
    cc_reside_t reside;
    cc_tiling_t tiling;
    /* resident constants: in L1 from wgt_l1, par_l1 on; how many groups are loaded so far */
    bool placed;
    uint32_t wgt_l1, par_l1, groups_loaded;
    uint32_t first, last; /* instructions; first is UINT32_MAX before any */
    uint64_t engine_cycles[NPU_ENGINES], estimate, insns; /* by tile_choose */
    uint64_t step_cycles; /* of one step from first load to last store, constants there */
    uint64_t lead_cycles; /* of it, without the array: loads before, vector work and store after */
};

/* Weights of one group and slice in L2, on chips that decode: a stream, or as they are. */
typedef struct {
    uint32_t at, bytes; /* from the start of the constants */
    bool packed;
} cc_chunk_t;

struct cc_step {
    uint32_t y, x, h, w; /* of the result */
    uint32_t group, c0, c;
    cc_span_t rows, cols; /* of the source */
    npu_tile_t in[2], out, acc;
    uint32_t wgt, par;
    uint32_t with_par;                 /* records of the followers, one after another */
    npu_tile_t with[CC_MAX_FOLLOWERS]; /* the other operands of followers */
};

/* L1 memory from base to bytes is handed out in turn. */
typedef struct {
    uint32_t base, bytes, head;
} cc_ring_t;

/* The running state of a layer's loop over its steps. */
typedef struct {
    uint32_t area;             /* ACT: sources; in the ring, results behind them */
    uint32_t sources, results; /* loaded, made so far; in the ring, results of this area */
    uint64_t idle_cycles, idle_per_step; /* of the load DMA, as estimated */
    cc_step_t step;
    cc_step_t held; /* computed, not yet requantized and stored */
    bool holds;
} cc_loop_t;

#define CC_NO_NODE UINT32_MAX

/* What becomes of a node. A layer is made where its last node stands, when all operands exist. */
typedef struct {
    bool hidden;      /* its result is never in L2 */
    bool clamp;       /* a follower that does no more than narrow the clamp of what it follows */
    int8_t low, high; /* what followers narrow its clamp to */
    uint32_t main;    /* the node whose layer computes it; CC_NO_NODE: none (aliases, PAD) */
    uint32_t follows; /* the node before it in that layer; CC_NO_NODE for main itself */
    uint32_t operand; /* of a follower: which of its operands is the tile */
    uint32_t pad;     /* the PAD in its window; CC_NO_NODE */
    uint32_t factor;  /* of a product of a code with a function of it: that function's node, which
                         stands in `table` with it; CC_NO_NODE */
    int8_t *table;
    bool still; /* no layer: its results stand in L2 already */
} cc_fate_t;

struct cc {
    const npu_graph_t *graph;
    const npu_desc_t *desc;
    npu_compile_options_t options;
    char *error;
    size_t error_bytes;
    sim_err_t err; /* first failure; later steps do nothing */

    npu_node_t *node; /* the graph's, changed by what fuse_nodes took into them */
    int32_t *operand; /* what their lists of inputs point to */
    cc_fate_t *fate;  /* for each node */
    uint32_t fuse;    /* NPU_FUSE_* */
    cc_layer_t *layer;
    uint32_t layers;
    cc_layer_t *follower; /* of all layers */
    uint32_t followers;
    cc_place_t *place;
    uint32_t places;
    uint32_t *place_of;    /* for each tensor, CC_NO_PLACE when it has none */
    cc_part_t *part;       /* for each tensor: whether it is only a part of its place */
    uint32_t *constant_of; /* for each tensor: where cc_place_constant stored it */
    uint32_t parts;        /* tensors that are parts */
    bool use_parts;        /* else their bytes are moved */
    int32_t image;         /* the input that the ISP writes; NPU_NO_TENSOR: none of them */
    int32_t *leaving;      /* tensors that the NPU's part delivers: outputs, operands of the core */
    uint32_t leavings;
    bool all_kept;

    uint8_t *constants;
    uint32_t constants_bytes, constants_capacity;
    cc_chunk_t *chunk; /* of all layers; laid out anew with the constants */
    uint32_t chunks, chunk_room;
    uint32_t records_bytes; /* of them, those that do not depend on how layers are cut */
    uint32_t constants_l2;
    uint32_t activations_top; /* end of the highest place */
    uint64_t needed_bytes;    /* of L2, as far as known: activations, program */
    bool program_is_long;     /* activations fit, if the program did */
    uint32_t program_l2;

    cc_ring_t ring[NPU_MEMS];
    emit_t emit;
    uint64_t *probe; /* not NULL: cycles by engine are added here instead of emitting */
    uint64_t probed; /* instructions */

    npu_post_t post;     /* addresses of its tensors are set in the end, when the program gets it */
    uint32_t sent_bytes; /* sent.c's, in L2 */
    uint32_t steps, table_bytes;               /* of it: operators after the NPU; bytes in L2 */
    int32_t post_tensor[NPU_POST_MAX_TENSORS]; /* in the graph */
    uint32_t scratch;                          /* place; CC_NO_PLACE */

    uint64_t insn_cycles; /* what an instruction less is worth to choose.c */
    npu_cascade_t cascades_when;
    cc_cascade_t *cascade;
    uint32_t cascades;
    struct cc_cascading *cascading; /* cascade.c's own */
};

#define CC_NO_PLACE UINT32_MAX
#define CC_LAYOUT_LAYERS 6u /* of a node, itself included, at most */

/* fuse.c: fills cc->node and cc->fate. */
bool fuse_nodes(cc_t *cc);
void fuse_free(cc_t *cc);
/* Ops of the nodes fused into the layer, in order, with `between` them; "" for none. */
#define FUSE_NAMES_BYTES 640
void fuse_names(const cc_t *cc, const cc_layer_t *layer, bool with_main, const char *between,
                char names[FUSE_NAMES_BYTES]);
/* NULL where a node makes no layer of its own kind. */
const cc_kind_t *cc_kind_of(npu_node_op_t op);

/* places.c: whether the result is the operand's bytes, as a rule. */
bool cc_is_alias(const cc_t *cc, const npu_node_t *node);
bool make_places(cc_t *cc);
void cc_add_place(cc_t *cc, int32_t tensor, npu_layout_t layout);
/* lower_move.c: whether all pieces of a node stand where they belong from the start. */
bool cc_moves_nothing(const cc_t *cc, const npu_node_t *node);

/* core.c: what runs on the core. Each step below does nothing where nothing does. */
bool cc_on_core(const cc_t *cc, const npu_node_t *node);
/* Finds the image and what leaves the NPU; refuses work of the core in the middle. */
bool core_find(cc_t *cc);
/* Places of what a node makes. */
void core_place(cc_t *cc, const npu_node_t *node);
/* The list of operators, but for addresses; their constants and scratch memory. */
bool core_list(cc_t *cc);
void core_lifetimes(cc_t *cc);
/* Moves the list into a program, with addresses. */
void core_finish(cc_t *cc, npu_post_t *post);

/* program.c: a tensor as tables describe it (no address), a name as program files have them. */
npu_net_tensor_t cc_net_tensor(const cc_t *cc, int32_t tensor);
/* sent.c: what leaves the chip, into the program whose network table is filled. */
bool cc_add_sent(cc_t *cc, npu_prog_t *prog);
void cc_short_name(const cc_t *cc, char to[NPU_NAME_BYTES], const char *from);

/* "file: layer N OP "name": ..."; layer NULL for the whole network. Returns false. */
bool cc_fail(cc_t *cc, const cc_layer_t *layer, sim_err_t err, const char *fmt, ...)
    SIM_PRINTF(4, 5);

const npu_tensor_t *cc_tensor(const cc_t *cc, int32_t tensor);
/* The int8 or uint8 tensor that shares the place of a float32 one at the network's border. */
int32_t cc_code_tensor(const cc_t *cc, int32_t tensor);
/* Zero point of the int8 codes inside the chip: uint8 is code - 128. */
int32_t cc_zero(const cc_t *cc, int32_t tensor);
/* Smallest and largest internal code after a fused activation, as TFLite works them out. */
void cc_clamp(const cc_t *cc, int32_t tensor, npu_activation_t act, int32_t *low, int32_t *high);
/* Sets out_min and out_max: of the node's own activation, and of clamps fused into it. */
void cc_set_clamp(const cc_t *cc, cc_layer_t *layer);
/* The product of a code, operand i of node n, and of a function of it; false: beyond the machine.
 */
bool cc_product_table(const cc_t *cc, const npu_node_t *n, uint32_t operand,
                      const int8_t other[256], int8_t table[256]);
/* The function of one code that a node is; false when it is none. */
bool cc_table(const cc_t *cc, const npu_node_t *node, int8_t table[256]);

/* Of a tensor with a place, or of a constant that cc_place_constant stored. */
cc_value_t cc_value(const cc_t *cc, int32_t tensor);
cc_value_t cc_place_value(const cc_t *cc, uint32_t place);
/* What the layer stores. */
cc_value_t cc_result_value(const cc_t *cc, const cc_layer_t *layer);
/* A constant tensor as int8 codes among the constants; once, however often it is called. */
void cc_place_constant(cc_t *cc, int32_t tensor);
cc_value_t cc_operand_value(const cc_t *cc, const cc_operand_t *operand);
/* Operand i of a node: a place, or a constant appended to the constants as int8 codes. */
bool cc_operand(cc_t *cc, const cc_layer_t *layer, uint32_t i, uint32_t repeat_channels,
                cc_operand_t *operand);

/* Zeroed room among the constants: its offset from their start. *at is valid until the next. */
uint32_t cc_constant(cc_t *cc, uint32_t bytes, uint8_t **at);
void cc_put_i32(uint8_t *at, uint32_t word, int32_t value);

/* Cycles of an instruction with L2 to itself: DMA waits for its last answer. */
#define CC_L2_CYCLES 4u /* as L2 of logic/chips/imx500.json */
uint64_t cc_insn_cycles(const cc_t *cc, const npu_insn_t *insn);

/* Adds an instruction to the layer (or to the probe). */
void cc_emit(cc_t *cc, cc_layer_t *layer, npu_insn_t insn);
/* The same for a load of activations: after the work on those before, where the chip is so. */
void cc_emit_load(cc_t *cc, cc_layer_t *layer, npu_insn_t insn);
/* Room in an L1 memory, after what was taken last; wraps to 0. */
uint32_t cc_take(cc_t *cc, npu_mem_t mem, uint32_t bytes);

/* Moves between L2 and ACT: h x w pixels, channels c0.. of a value, to or from a tile. */
void cc_load(cc_t *cc, cc_layer_t *layer, const cc_value_t *value, cc_span_t rows, cc_span_t cols,
             uint32_t c0, uint32_t c, const npu_tile_t *tile);
void cc_store(cc_t *cc, cc_layer_t *layer, const cc_value_t *value, uint32_t y, uint32_t x,
              uint32_t h, uint32_t w, uint32_t c0, uint32_t c, const npu_tile_t *tile);
/* count bytes of constants, from offset `at` on, into an L1 memory. */
void cc_load_constants(cc_t *cc, cc_layer_t *layer, npu_mem_t mem, uint32_t at, uint32_t bytes,
                       uint32_t l1);
/* The same from a packed stream of stream_bytes. */
void cc_load_packed(cc_t *cc, cc_layer_t *layer, npu_mem_t mem, uint32_t at, uint32_t stream_bytes,
                    uint32_t bytes, uint32_t l1);
/* Bytes from a pixel to the next of a tile that holds c channels of a value, c0 on. */
uint32_t cc_tile_pix(const cc_value_t *value, uint32_t c0, uint32_t c);

/* Whether instructions can express the layer's window: strides and dilations up to 15, kernels up
 * to 255. Along an axis with one result there is no stride. */
bool cc_window_fits(cc_t *cc, cc_layer_t *layer);

/* What makes a layer without tiles able to run a few rows at a time; NULL where nothing does. */
typedef struct {
    void (*run)(cc_t *cc, cc_layer_t *layer, uint32_t y, uint32_t end);
    /* Source rows that those results need. */
    cc_span_t (*source)(const cc_t *cc, const cc_layer_t *layer, uint32_t y, uint32_t h);
} cc_by_rows_t;
const cc_by_rows_t *cc_by_rows(const cc_layer_t *layer);

/* gather.c: ACT bytes of the padded planes and of the gathered tile of a step; their loading. */
uint32_t gather_planes_bytes(const cc_layer_t *layer, uint32_t h, uint32_t w);
uint32_t gather_tile_pix(const cc_layer_t *layer);
void gather_load(cc_t *cc, cc_layer_t *layer, cc_step_t *step, uint32_t act);

/* A box of bytes to move from L2 to L2 (move.c). Distances may be negative in the source. */
#define CC_MOVE_DIMS 5
typedef struct {
    uint32_t n;
    int64_t from, to; /* bytes from an element to the next */
} cc_move_dim_t;
typedef struct {
    uint32_t dims;
    cc_move_dim_t dim[CC_MOVE_DIMS];
    int64_t from, to; /* of the first element */
    bool translated;  /* codes go through the table at PAR address `table` */
    uint32_t table;
} cc_move_t;
void cc_move(cc_t *cc, cc_layer_t *layer, const cc_move_t *move);
/* How many instructions that takes, at most. */
uint64_t cc_move_insns(const cc_t *cc, const cc_move_t *move);

extern const npu_window_t cc_one_by_one;

/* layout.c. What layout nodes stand before a convolution of the image: appends their layers and
 * returns the place that the last one makes; CC_NO_PLACE where there are none. */
uint32_t layout_before(cc_t *cc, uint32_t node);
/* A place for what the layer computes, where a layout node makes the result from it; else `made`,
 * unchanged. */
uint32_t layout_raw_place(cc_t *cc, const cc_layer_t *layer, uint32_t made);
/* Appends that node's layer, behind the one just added. */
void layout_after(cc_t *cc, const cc_layer_t *layer);
/* Of layout nodes: see cc_by_rows. */
const cc_by_rows_t *layout_by_rows(const cc_layer_t *layer);
/* Kernel rows or columns as the array takes them with the width on the lanes: in threes. */
uint32_t layout_kernel(uint32_t kernel);

/* choose.c: how to cut a layer, the fewest estimated cycles of what fits. False: nothing fits. */
bool tile_choose(cc_t *cc, cc_layer_t *layer);
/* The cut that the layer has, with at most max_rows; another where that does not fit. */
bool tile_choose_lower(cc_t *cc, cc_layer_t *layer);

/* Cycles and instructions of a layer without tiles; of rows [0, height) in stripes of so many. */
void tile_count(cc_t *cc, cc_layer_t *layer, uint32_t rows, uint32_t height);

/* tile.c: emits a layer, step by step. */
void tile_run(cc_t *cc, cc_layer_t *layer);
/* The same of one row of tiles. The loop starts zeroed. */
void tile_run_row(cc_t *cc, cc_layer_t *layer, cc_loop_t *loop, uint32_t row);
/* Rows of operand i under results y..y + h - 1. */
cc_span_t tile_operand_rows(const cc_t *cc, const cc_layer_t *layer, uint32_t i, uint32_t y,
                            uint32_t h);
/* Parts of a step, for the probe of choose.c. Where the step is; its tiles in L1 are set by what
 * loads them. */
void tile_set_step(const cc_t *cc, const cc_layer_t *layer, uint32_t tile, uint32_t group,
                   cc_step_t *step);
/* Channels of operand i under those of the step. */
void tile_operand_channels(const cc_layer_t *layer, uint32_t i, const cc_step_t *step, uint32_t *c0,
                           uint32_t *c);
/* Sources of the step, and what followers read beside the result, from ACT address `at` on. */
void tile_load_operands(cc_t *cc, cc_layer_t *layer, cc_step_t *step, uint32_t at);
void tile_load_beside(cc_t *cc, cc_layer_t *layer, cc_step_t *step, uint32_t at);
void tile_set_result(const cc_t *cc, const cc_layer_t *layer, cc_step_t *step, uint32_t at);
void tile_set_accumulator(cc_t *cc, const cc_layer_t *layer, cc_step_t *step);
/* Whether the vector work behind the array comes a step late, after that before the next step's. */
bool tile_holds_steps(const cc_t *cc, const cc_layer_t *layer);
/* Vector work behind the array, followers, store. */
void tile_finish(cc_t *cc, cc_layer_t *layer, const cc_step_t *step);

/* schedule.c: lifetimes, constants, places, instructions. */
bool schedule_all(cc_t *cc);

/*
 * cascade.c. Cuts the network into cascades, as few and cheap as it finds, such that activations
 * and program fit `room` bytes; 0: such that activations need as little as it finds. Lifetimes are
 * set. False without memory only: whether it found enough, the next schedule tells.
 */
bool cascade_plan(cc_t *cc, uint64_t room);
/* The largest sum of live activations if all maps were whole. */
uint64_t cascade_whole_bound(const cc_t *cc);
/* Lifetimes of what cascades use: all of a cascade runs at the same time. */
void cascade_widen(cc_t *cc);
/* Emits it; returns its last layer. */
uint32_t cascade_run(cc_t *cc, const cc_cascade_t *cascade);
/* Back to whole maps, and to layers as they were cut for them. */
void cascade_drop(cc_t *cc);
void cascade_free(cc_t *cc);

/* replay.c: when each emitted instruction would end. False: no memory. */
bool replay_program(const cc_t *cc, uint64_t *end_cycle);

/* constants.c. Bytes of weights for so many output and input channels, of one chunk as loaded;
 * bytes of parameter records, of one group. */
uint32_t weight_bytes(const cc_layer_t *layer, uint32_t channels, uint32_t in_channels);
uint32_t weight_chunk(const cc_layer_t *layer);
uint32_t param_bytes(const cc_layer_t *layer, uint32_t channels);
uint32_t param_chunk(const cc_layer_t *layer);
/* PAR bytes of a layer whose constants are resident, and of its followers' records. */
uint32_t param_room(const cc_layer_t *layer);
uint32_t follower_param_bytes(const cc_layer_t *layer);
/* Sets the step's weights and records, and loads what is not there. new_group: they are not those
 * of the step before. */
void constants_set(cc_t *cc, cc_layer_t *layer, cc_step_t *step, bool new_group);
/* The same without regard to what is resident: of the step's group, of one slice. */
void constants_load(cc_t *cc, cc_layer_t *layer, cc_step_t *step);
void constants_load_slice(cc_t *cc, cc_layer_t *layer, cc_step_t *step, uint32_t slice);
/* Loads constants of later layers while the load DMA would idle; takes the cycles from idle. */
void constants_ahead(cc_t *cc, const cc_layer_t *layer, uint64_t *idle_cycles);

/* NULL where the node makes no layer (RESHAPE, QUANTIZE and DEQUANTIZE at the border). */
/* lower_mean.c: MEAN over other axes than height and width. Sets the layer's kind; elements in a
 * mean.
 */
bool cc_prepare_mean_axes(cc_t *cc, cc_layer_t *layer);
uint32_t cc_mean_count(const cc_t *cc, const cc_layer_t *layer);
extern const cc_kind_t cc_kind_mean_axes;

extern const cc_kind_t cc_kind_transpose_conv;
extern const cc_kind_t cc_kind_conv, cc_kind_gathered_conv, cc_kind_depthwise;
extern const cc_kind_t cc_kind_fully_connected;
extern const cc_kind_t cc_kind_pool, cc_kind_mean, cc_kind_elementwise, cc_kind_table,
    cc_kind_softmax;
extern const cc_kind_t cc_kind_pad, cc_kind_move, cc_kind_resize;

#endif
