/*
 * touch.h - which bytes an instruction reads and writes: the one description of it, for the
 * compiler (who must wait for whom), for bounds, and for the machine's hazard checks.
 *
 * An operand is a set of pieces of `bytes` contiguous bytes, at
 *
 *     begin + i0 * dim[0].step + i1 * dim[1].step + i2 * dim[2].step      0 <= ik < dim[k].count
 *
 * in a normal form: steps fall from dim[0] on, none is 0, no count is 1, and pieces or rows that
 * meet are one. So a dense tile is a single piece, and a channel slice a row of them.
 *
 * By definition a window operator reads all in_h x in_w pixels of its source, under a tap or not;
 * CONV and DWCONV read whole blocks of weights and write whole blocks of 32 lanes (with
 * `accumulate` they read those too); everything else touches exactly what its formula names.
 */
#ifndef NPU_TOUCH_H
#define NPU_TOUCH_H

#include "npu/isa.h"

#define NPU_MEM_L2 NPU_MEMS
#define NPU_MAX_TOUCHES 4
#define NPU_TOUCH_DIMS 3

typedef struct {
    uint16_t mem;   /* npu_mem_t, or NPU_MEM_L2: offsets from NPU_L2_BASE */
    uint16_t write; /* 1: it is written, 0: read */
    uint32_t dims;
    uint64_t begin, end; /* first byte, and behind the last one */
    uint64_t bytes;      /* of a piece */
    struct {
        uint64_t count, step;
    } dim[NPU_TOUCH_DIMS];
} npu_touch_t;
_Static_assert(sizeof(npu_touch_t) == 80, "no padding: the machine hashes them");

/* What insn touches, what it reads before what it writes; returns how many. insn is as
 * npu_insn_decode passes it: no size is 0. */
uint32_t npu_touches(const npu_insn_t *insn, npu_touch_t touch[NPU_MAX_TOUCHES]);

/* Whether some byte is in both. */
bool npu_touch_meets(const npu_touch_t *a, const npu_touch_t *b);

/*
 * Whether every byte that the instruction (of the MAC array, the vector unit, or the L1 side of a
 * DMA) touches lies in L1. Must hold before its kernel runs. mem, when not NULL, gets the memory
 * that is exceeded, and *end the byte offset behind the last one touched.
 */
bool npu_l1_inside(const npu_insn_t *insn, const uint32_t mem_bytes[NPU_MEMS], uint32_t *mem,
                   uint64_t *end);
/* The same from what npu_touches gave. */
bool npu_touches_inside(const npu_touch_t *touch, uint32_t count,
                        const uint32_t mem_bytes[NPU_MEMS], uint32_t *mem, uint64_t *end);

#endif
