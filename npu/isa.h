/*
 * isa.h - the NPU's instructions: fixed length, 16 words of 32 bits, one table.
 *
 * Decoder, encoder, assembler, disassembler and manual read the two tables of isa.c: every field
 * has one place in the word image, every opcode lists the fields it uses; all other bits are 0.
 *
 * An instruction belongs to one engine. The sequencer issues in program order into per-engine
 * queues; engines run concurrently, each in order, and know of each other only by 63 semaphores:
 *
 *     wait[i]:   before it starts, the instruction needs semaphore >= count, then subtracts count
 *     signal[i]: when it is complete, the semaphore grows by one
 *
 * Semaphores are 0 at the start of a program. Semaphore number 0 means "none".
 *
 * Addresses. L2: offset from register NPU_L2_BASE, bytes. L1: byte offset in the one memory that
 * the operand implies: activations (ACT, int8), weights (WGT, int8), accumulators (ACC, int32),
 * parameters (PAR, int32 records). A tile is {addr, row, pix}: element (y, x, c) of an int8 tile
 * is at addr + y * row + x * pix + c; of an ACC tile at addr + y * row + x * pix + 4 * c. Strides
 * are bytes. So a channel slice, a sub-window or a concatenation is just another tile.
 */
#ifndef NPU_ISA_H
#define NPU_ISA_H

#include "npu/par.h"
#include "sim/types.h"

#define NPU_INSN_WORDS 16
#define NPU_INSN_BYTES 64
#define NPU_SEMAPHORES 64 /* numbers 1..63 exist */
#define NPU_MAX_LAYERS 1024

typedef enum {
    NPU_ENGINE_SEQ,   /* the sequencer itself */
    NPU_ENGINE_LOAD,  /* DMA L2 -> L1 */
    NPU_ENGINE_STORE, /* DMA L1 -> L2 */
    NPU_ENGINE_MAC,   /* array: ACT x WGT -> ACC */
    NPU_ENGINE_VEC,   /* vector unit: ACC -> ACT, ACT -> ACT */
    NPU_ENGINES
} npu_engine_t;

typedef enum { NPU_MEM_ACT, NPU_MEM_WGT, NPU_MEM_ACC, NPU_MEM_PAR, NPU_MEMS } npu_mem_t;

/* What it does is in the op table of isa.c and, with formulas, in npu/README.md. */
typedef enum {
    NPU_OP_INVALID, /* an all-zero instruction is illegal */
    /* sequencer */
    NPU_OP_NOP,     /* waits and signals only */
    NPU_OP_BARRIER, /* issue stops until every queue is empty and every engine idle */
    NPU_OP_IRQ,     /* BARRIER, then NPU_MARK = mark and status bit mark */
    NPU_OP_END,     /* BARRIER, then done */
    /* DMA */
    NPU_OP_LOAD,
    NPU_OP_STORE,
    /* MAC array */
    NPU_OP_CONV,
    NPU_OP_DWCONV,
    /* vector unit */
    NPU_OP_REQUANT,
    NPU_OP_ADD,
    NPU_OP_SUB,
    NPU_OP_MUL,
    NPU_OP_MAX,
    NPU_OP_MIN,
    NPU_OP_LUT,
    NPU_OP_AVGPOOL,
    NPU_OP_MAXPOOL,
    NPU_OP_MEAN,
    NPU_OP_SOFTMAX,
    NPU_OP_COPY,
    NPU_OP_FILL,
    NPU_OP_TRANSFORM,
    NPU_OP_PRELU,
    NPU_OP_RESIZE,
    NPU_OPS
} npu_op_t;

/* flags */
#define NPU_FLAG_SINGLE                                                                            \
    0x1u /* requantize with single rounding; else double (TFLite's two modes)                      \
          */
#define NPU_FLAG_ACCUMULATE 0x2u /* CONV, DWCONV: add to ACC; else ACC is overwritten */
#define NPU_FLAG_WIDTH_LANES                                                                       \
    0x8u /* CONV: columns of the result on the lanes instead of its channels; no effect on numbers \
          */
#define NPU_FLAG_UNSIGNED                                                                          \
    0x4u /* AVGPOOL: round as the uint8 reference does: floor((s + n/2) / n) */

typedef struct {
    uint32_t addr; /* 24 bits */
    uint32_t row;  /* bytes from a row to the next, 24 bits */
    uint32_t pix;  /* bytes from a pixel to the next, 16 bits */
} npu_tile_t;

/*
 * One decoded instruction. Members an opcode does not use must be 0 (npu_insn_encode checks).
 * Sizes h, w, c are those of the result; in_* those of the window source that is present in L1.
 */
typedef struct {
    uint32_t op;    /* npu_op_t */
    uint32_t layer; /* tag 0..1023: index into the program's layer table, for accounting */
    struct {
        uint32_t sem, count; /* 0, 0: none; else 1..63, 1..255 */
    } wait[2];
    uint32_t signal[2]; /* 0: none; may be the same semaphore twice */
    uint32_t flags;     /* NPU_FLAG_* */

    /* LOAD, STORE: planes * rows pieces of row_bytes */
    uint32_t mem;      /* npu_mem_t */
    uint32_t l2;       /* offset from NPU_L2_BASE */
    uint32_t l2_row;   /* bytes from a row to the next in L2 */
    uint32_t l2_plane; /* bytes from a plane to the next in L2 */
    uint32_t l1;       /* byte offset in mem */
    uint32_t l1_row;
    uint32_t l1_plane;
    uint32_t row_bytes; /* 1.. */
    uint32_t rows;      /* 1.. */
    uint32_t planes;    /* 1.. */
    uint32_t packed;    /* LOAD: 1: row_bytes of a stream (npu/pack.h) become l1_row bytes */

    /* tiles; src of REQUANT and dst of CONV, DWCONV are in ACC, all others in ACT */
    npu_tile_t src, src2, dst;
    uint32_t src_chan; /* TRANSFORM: bytes from a channel to the next */
    uint32_t dst_chan;
    uint32_t h, w, c; /* of the result */

    /* windows: CONV, DWCONV, AVGPOOL, MAXPOOL, MEAN */
    uint32_t in_h, in_w; /* rows and columns of src that exist; taps outside add nothing */
    uint32_t in_c;       /* CONV, DWCONV */
    uint32_t k_h, k_w, stride_h, stride_w, dil_h, dil_w;
    uint32_t pad_top, pad_left; /* rows, columns before the first of src; 0..255 */
    uint32_t wgt;               /* byte offset in WGT */
    uint32_t narrow;            /* weights are 8 >> narrow bits wide: 0..2 (npu/narrow.h) */
    int32_t in_zp, wgt_zp;      /* -128..127 */

    uint32_t par2;            /* RESIZE: byte offset in PAR of its columns; multiple of 4 */
    uint32_t par;             /* byte offset in PAR of the record the opcode needs; multiple of 4 */
    int32_t out_zp;           /* REQUANT */
    int32_t out_min, out_max; /* clamp of the result: REQUANT, AVGPOOL */
    int32_t value;            /* FILL */
    uint32_t mark;            /* IRQ */
} npu_insn_t;

/* ---- the tables -------------------------------------------------------------------------------
 */

typedef enum {
    NPU_KIND_NUM, /* a plain number */
    NPU_KIND_L1,  /* L1 byte offset or stride: printed in hexadecimal */
    NPU_KIND_L2,  /* L2 offset or stride: printed in hexadecimal */
    NPU_KIND_MEM, /* act, wgt, acc, par */
    NPU_KIND_SEM,
} npu_kind_t;

typedef struct {
    const char *name; /* as in assembly: "dst.row" */
    uint16_t member;  /* offset of the 32-bit member in npu_insn_t */
    uint8_t word, lsb, bits;
    bool is_signed;
    uint8_t low; /* smallest value of an unsigned field: 0 or 1 */
    npu_kind_t kind;
    const char *help;
    uint32_t mask, sign; /* of the value: all bits; the sign's, 0 where it has none */
} npu_field_t;

typedef struct {
    const char *name; /* mnemonic, lower case */
    npu_engine_t engine;
    uint64_t fields; /* bit i: uses npu_field_table()[i] */
    uint32_t flags;  /* allowed NPU_FLAG_* */
    const char *help;
} npu_opinfo_t;

const npu_field_t *npu_field_table(uint32_t *count);
/* Fields that every instruction has: layer, waits, signals, flags. */
bool npu_field_is_head(uint32_t index);
/* NULL for a number that is no opcode. */
const npu_opinfo_t *npu_opinfo(uint32_t op);
npu_engine_t npu_op_engine(uint32_t op);
const char *npu_engine_name(npu_engine_t engine); /* "seq", "load", "store", "mac", "vec" */
const char *npu_mem_name(npu_mem_t mem);          /* "act", "wgt", "acc", "par" */
/* "single", "accumulate", "unsigned", "width_lanes" for flag bits 0..3; NULL beyond. */
const char *npu_flag_name(uint32_t bit);

/*
 * Both check everything that can be checked without knowing the chip: opcode, field ranges,
 * semaphore counts, sizes that must not be 0. On failure they return false and, when error is not
 * NULL, a message without position ("conv: stride_h 0 not in 1..15") of at most error_bytes.
 */
bool npu_insn_encode(const npu_insn_t *insn, uint32_t words[NPU_INSN_WORDS], char *error,
                     size_t error_bytes);
/* Also refuses a set bit that no field of the opcode owns. */
bool npu_insn_decode(const uint32_t words[NPU_INSN_WORDS], npu_insn_t *insn, char *error,
                     size_t error_bytes);

/* ---- sizes that compiler and machine must agree on --------------------------------------------
 */

/* Bytes that one row of a LOAD or STORE is in L1. */
static inline uint32_t npu_row_l1_bytes(const npu_insn_t *insn)
{
    return insn->packed != 0 ? insn->l1_row : insn->row_bytes;
}

/* Bytes of WGT that a CONV or DWCONV reads. */
static inline uint32_t npu_insn_wgt_bytes(const npu_insn_t *insn)
{
    uint32_t wide = insn->op == NPU_OP_CONV
                        ? npu_conv_wgt_bytes(insn->c, insn->k_h, insn->k_w, insn->in_c)
                        : npu_dw_wgt_bytes(insn->c, insn->k_h, insn->k_w);
    return wide >> insn->narrow;
}

#endif
