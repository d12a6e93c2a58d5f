/*
 * desc.h - the NPU's chip data: sizes and rates. The compiler reads the same struct.
 *
 * What is published: clock, MAC count, 32 channel lanes, L2 size. The split of 2304 into
 * 32 lanes x 9 taps x 8 input channels fits the published numbers but is stated by nobody: assumed.
 */
#ifndef NPU_DESC_H
#define NPU_DESC_H

#include "npu/isa.h"
#include "sim/json.h"
#include "sim/sim.h"

/* Upper limits of parameters that size arrays in npu_t. */
#define NPU_MAX_QUEUE 16
#define NPU_MAX_PREFETCH 64
#define NPU_MAX_BURSTS 16
#define NPU_MAX_BANKS 16
#define NPU_MAX_CLK_HZ UINT64_C(100000000000)

/* What a compiler computes together with the node before it instead of as a layer of its own; which
 * nodes that are, npu/compiler/fuse.c says. */
enum {
    NPU_FUSE_ACTIVATION = 1 << 0,
    NPU_FUSE_PAD = 1 << 1,
    NPU_FUSE_ADD = 1 << 2,
    NPU_FUSE_REQUANTIZE = 1 << 3,
    NPU_FUSE_ALL = (1 << 4) - 1,
};
/* "activation", "pad", "add", "requantize" for bits 0..3; NULL beyond. */
const char *npu_fuse_name(uint32_t bit);

/* Whether a compiler runs layers stripe by stripe, so that maps between them are never whole
 * (npu/compiler/cascade.c): never; where L2 cannot hold the whole maps; wherever it lowers the
 * peak.
 */
typedef enum {
    NPU_CASCADE_AS_CHIP, /* in npu_compile_options_t: what the chip data says */
    NPU_CASCADE_OFF,
    NPU_CASCADE_AUTO,
    NPU_CASCADE_ALWAYS,
    NPU_CASCADES
} npu_cascade_t;
/* "off", "auto", "always" for 1..3; NULL otherwise. */
const char *npu_cascade_name(uint32_t cascade);

/* What the compiler lets run at the same time. */
enum {
    NPU_OVERLAP_NODES = 1 << 0,       /* a node begins, and loads weights, before the last ends */
    NPU_OVERLAP_WEIGHTS = 1 << 1,     /* weights are loaded while the array works */
    NPU_OVERLAP_ACTIVATIONS = 1 << 2, /* sources are loaded while array and vector unit work */
    NPU_OVERLAP_ALL = (1 << 3) - 1,
};
/* Name of bit 0, 1, ..: "nodes", "weights", "activations"; NULL beyond. */
const char *npu_overlap_name(uint32_t bit);

typedef struct {
    uint64_t clk_hz;              /* 262,500,000 */
    uint32_t l2_base;             /* bus address, reset value of NPU_L2_BASE */
    uint32_t l2_bytes;            /* the compiler's budget, table at its base included */
    uint32_t mem_bytes[NPU_MEMS]; /* L1: activations, weights, accumulators, parameters */
    uint32_t mem_banks[NPU_MEMS]; /* slices of equal size, 1.. */
    uint32_t mem_ports[NPU_MEMS]; /* accesses a cycle that one bank takes, 1..4 */

    /* sequencer */
    uint32_t queue_depth;    /* instructions per engine, 1.. */
    uint32_t prefetch_insns; /* prefetch buffer, 4.. */
    uint32_t decode_cycles;  /* from a queue to the engine's first cycle, 1.. */
    uint32_t barrier_cycles; /* after a barrier, until the next instruction can issue: engines are
                                set up for the next node; 0.. */

    /* DMA: bytes a cycle by kind of L1 memory (weights and parameters; activations, accumulators)
     */
    uint32_t dma_weight_bytes;
    uint32_t dma_act_bytes;
    uint32_t dma_bursts;       /* outstanding, 1.. */
    uint32_t dma_start_cycles; /* per instruction */
    uint32_t dma_compression;  /* npu_compression_t: how weights may stand in L2 (npu/pack.h) */
    uint32_t dma_decode_bytes; /* of packed weights, decoded a cycle */

    /* MAC array (npu/array.h) */
    uint32_t mac_kind;       /* npu_array_t */
    uint32_t mac_rows;       /* systolic kinds */
    uint32_t mac_columns;    /* systolic kinds */
    uint32_t mac_overlap;    /* systolic kinds: 1 when a fold fills while the one before it runs */
    uint32_t mac_taps;       /* 9: kernel taps, or pixels of a 1x1, at once */
    uint32_t mac_channels;   /* 8: input channels at once, or pixels of a depthwise */
    uint32_t mac_round_in_c; /* input channels are rounded up to this in the array */
    uint32_t mac_start_cycles; /* per instruction: fill and drain */
    uint32_t conv_permille;    /* share of cycles in which the array steps, dense k x k */
    uint32_t point_permille;   /* the same, 1 x 1 and fully connected */
    uint32_t dw_permille;      /* the same, depthwise */
    uint32_t dw_pixels;        /* pixels of one channel block at once, 1..mac_channels */

    /* vector unit */
    uint32_t vec_start_cycles;
    uint32_t vec_elements;       /* int8 results a cycle: requantize, element-wise, table */
    uint32_t vec_pool_taps;      /* taps a cycle of one block of 32 channels */
    uint32_t vec_softmax_cycles; /* per element, all passes */
    uint32_t vec_copy_bytes;     /* copy, fill: bytes a cycle */
    uint32_t vec_transform_bytes;

    /* what the chip's own compiler does; options of npu_compile can say otherwise */
    uint32_t fuse;         /* NPU_FUSE_* */
    uint32_t cascade;      /* npu_cascade_t, not AS_CHIP */
    uint32_t overlap;      /* NPU_OVERLAP_* */
    uint32_t layout_nodes; /* 1: the image, flattened maps, results pass through layout nodes */
} npu_desc_t;

npu_desc_t npu_desc_default(void);

/* Reads the object "npu" of a chip file into desc (which keeps its values where the file has none);
 * complaints are in sim_doc_error. Finishes with sim_cfg_done. */
void npu_desc_read(const sim_cfg_t *cfg, npu_desc_t *desc);

/* What no machine can be: 0 rates, too small memories. name prefixes the message. */
sim_err_t npu_desc_check(const npu_desc_t *desc, sim_t *sim, const char *name);

/* Chip data as a list of numbers, for programs to keep (npu_made_for_t): what a compiler reads,
 * which is all of it but the clock. */
enum { NPU_CHIP_WORDS = 46 };
typedef struct {
    const char *section, *key; /* "mac", "rows": npu.mac.rows of the chip file */
    uint32_t value;
    const char *name; /* of the value; NULL: just a number */
    bool geometry;    /* what there is, and how large; else a rate, or a habit of the compiler */
} npu_chip_word_t;

/* Word n, less than NPU_CHIP_WORDS, of a chip. */
npu_chip_word_t npu_chip_word(const npu_desc_t *desc, uint32_t n);
/* What value of word n is called; NULL: just a number. */
const char *npu_chip_value_name(uint32_t n, uint32_t value);

/* Bytes a cycle of a DMA channel that fills or empties this L1 memory. */
uint32_t npu_dma_rate(const npu_desc_t *desc, uint32_t mem);

/* Cycles that the decoder needs for a packed LOAD, beside the moving of its bytes; else 0. */
uint64_t npu_decode_cycles(const npu_desc_t *desc, const npu_insn_t *insn);

/*
 * Cycles that an engine is busy with one instruction. What npu.c uses, so a compiler can plan with
 * it; for DMA it is the pace of the engine's own channel, the least that it can take: bursts, and
 * L2's answers, add to it.
 */
uint64_t npu_insn_cycles(const npu_desc_t *desc, const npu_insn_t *insn);
/* Multiply-accumulates a cycle when the whole array works, on weights of 8 >> narrow bits. */
uint32_t npu_peak_macs(const npu_desc_t *desc, uint32_t narrow);
/* Multiply-accumulates that count: real channels, taps inside the image and outside alike. */
uint64_t npu_insn_macs(const npu_insn_t *insn);

#endif
