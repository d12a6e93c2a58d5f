/*
 * par.h - what instructions read in L1 beside their tiles: weights in WGT, parameter records in
 * PAR. The tables below are the definition: enums, index functions and the manual come from them.
 */
#ifndef NPU_PAR_H
#define NPU_PAR_H

#include "sim/types.h"

#define NPU_LANES 32 /* channels of a block; weights and parameters come in blocks of lanes */

/* n rounded up to a multiple of 32. */
static inline uint32_t npu_round_lanes(uint32_t n)
{
    return (n + NPU_LANES - 1) / NPU_LANES * NPU_LANES;
}

/* ---- weights -----------------------------------------------------------------------------------
 *
 * Bytes of int8 weights, the slowest index first: FIRST(index, what), then X(index, count, what).
 * oc and ic are channels of the result and of the source. Narrow weights are the same bytes packed
 * 2 or 4 to one (npu/narrow.h); a LOAD with `packed` makes them of a stream (npu/pack.h).
 */
/* clang-format off */
#define NPU_WGT_CONV_ORDER(FIRST, X)                                                               \
    FIRST(oc / 32,                             "block of 32 output channels, rounded up")          \
    X(ky,      k_h,                            "kernel row")                                       \
    X(kx,      k_w,                            "kernel column")                                    \
    X(ic / 4,  npu_round_lanes(in_c) / 4,      "group of 4 input channels; what in_c does not fill has no effect") \
    X(oc % 32, 32,                             "output channel of the block")                      \
    X(ic % 4,  4,                              "input channel of the group")

/* c is a multiple of in_c: output channel oc reads input channel oc / (c / in_c), as TFLite's
 * depth multiplier. */
#define NPU_WGT_DWCONV_ORDER(FIRST, X)                                                             \
    FIRST(oc / 32,                             "block of 32 output channels, rounded up")          \
    X(ky,      k_h,                            "kernel row")                                       \
    X(kx,      k_w,                            "kernel column")                                    \
    X(oc % 32, 32,                             "output channel of the block")
/* clang-format on */

#define NPU_WGT_FIRST(index, what) uint32_t at = index;
#define NPU_WGT_NEXT(index, count, what) at = at * (count) + (index);
static inline uint32_t npu_conv_wgt_index(uint32_t oc, uint32_t ky, uint32_t kx, uint32_t ic,
                                          uint32_t k_h, uint32_t k_w, uint32_t in_c)
{
    NPU_WGT_CONV_ORDER(NPU_WGT_FIRST, NPU_WGT_NEXT)
    return at;
}

static inline uint32_t npu_dw_wgt_index(uint32_t oc, uint32_t ky, uint32_t kx, uint32_t k_h,
                                        uint32_t k_w)
{
    NPU_WGT_DWCONV_ORDER(NPU_WGT_FIRST, NPU_WGT_NEXT)
    return at;
}

/* Of all weights, 8 bits wide. */
static inline uint32_t npu_conv_wgt_bytes(uint32_t c, uint32_t k_h, uint32_t k_w, uint32_t in_c)
{
    return npu_round_lanes(c) * k_h * k_w * npu_round_lanes(in_c);
}
static inline uint32_t npu_dw_wgt_bytes(uint32_t c, uint32_t k_h, uint32_t k_w)
{
    return npu_round_lanes(c) * k_h * k_w;
}

/* ---- parameter records -------------------------------------------------------------------------
 *
 * Little-endian 32-bit words, signed: X(record, name, words, what). Names become word numbers,
 * NPU_PAR_ADD_OFF1; shifts are TFLite's, to the left where positive.
 */
/* clang-format off */
#define NPU_PAR_REQUANT_TABLE(X)                                                                   \
    X(REQUANT, BIAS,     32, "added to the sum of its channel")                                    \
    X(REQUANT, MULT,     32, "multiplier of its channel, 31 bits of fraction")                     \
    X(REQUANT, SHIFT,    32, "shift of its channel")

#define NPU_PAR_ADD_TABLE(X)                                                                       \
    X(ADD,     OFF1,     1,  "minus the zero point of src")                                        \
    X(ADD,     OFF2,     1,  "minus the zero point of src2")                                       \
    X(ADD,     MULT1,    1,  "multiplier of src")                                                  \
    X(ADD,     SHIFT1,   1,  "its shift")                                                          \
    X(ADD,     MULT2,    1,  "multiplier of src2")                                                 \
    X(ADD,     SHIFT2,   1,  "its shift")                                                          \
    X(ADD,     MULT,     1,  "multiplier of the sum or difference")                                \
    X(ADD,     SHIFT,    1,  "its shift")                                                          \
    X(ADD,     ZP,       1,  "zero point of dst")                                                  \
    X(ADD,     MIN,      1,  "least result")                                                       \
    X(ADD,     MAX,      1,  "largest result")                                                     \
    X(ADD,     LEFT,     1,  "both sources are shifted left by this first; 20 for int8")

#define NPU_PAR_MUL_TABLE(X)                                                                       \
    X(MUL,     OFF1,     1,  "minus the zero point of src")                                        \
    X(MUL,     OFF2,     1,  "minus the zero point of src2")                                       \
    X(MUL,     MULT,     1,  "multiplier of the product")                                          \
    X(MUL,     SHIFT,    1,  "its shift")                                                          \
    X(MUL,     ZP,       1,  "zero point of dst")                                                  \
    X(MUL,     MIN,      1,  "least result")                                                       \
    X(MUL,     MAX,      1,  "largest result")

#define NPU_PAR_PRELU_TABLE(X)                                                                     \
    X(PRELU,   OFF1,     1,  "minus the zero point of src")                                        \
    X(PRELU,   OFF2,     1,  "minus the zero point of src2")                                       \
    X(PRELU,   MULT1,    1,  "multiplier of src + OFF1 where that is not negative")                \
    X(PRELU,   SHIFT1,   1,  "its shift")                                                          \
    X(PRELU,   MULT2,    1,  "elsewhere: multiplier of (src + OFF1) * (src2 + OFF2)")              \
    X(PRELU,   SHIFT2,   1,  "its shift")                                                          \
    X(PRELU,   ZP,       1,  "zero point of dst")                                                  \
    X(PRELU,   MIN,      1,  "least result")                                                       \
    X(PRELU,   MAX,      1,  "largest result")

#define NPU_PAR_MEAN_TABLE(X)                                                                      \
    X(MEAN,    OFF,      1,  "added to the sum: minus the zero point of src, in_h * in_w times")   \
    X(MEAN,    MULT,     1,  "multiplier of the sum; the division is in it")                       \
    X(MEAN,    SHIFT,    1,  "its shift")                                                          \
    X(MEAN,    ZP,       1,  "zero point of dst")                                                  \
    X(MEAN,    MIN,      1,  "least result")                                                       \
    X(MEAN,    MAX,      1,  "largest result")

/* npu_softmax_t of quant.h as words. */
#define NPU_PAR_SOFTMAX_TABLE(X)                                                                   \
    X(SOFTMAX, MULT,     1,  "multiplier of a code's distance to the row's largest: to Q5.26")     \
    X(SOFTMAX, SHIFT,    1,  "its shift")                                                          \
    X(SOFTMAX, DIFF_MIN, 1,  "distances below it count nothing")

/* The source tile begins with the row and column that the first records name. */
#define NPU_PAR_RESIZE_TABLE(X)                                                                    \
    X(RESIZE,  PAIR,     1,  "15:0 row or column of the whole source at or before it, 31:16 the one behind it") \
    X(RESIZE,  SHARE,    1,  "of the second: 0..1024; with `unsigned` a float32, 0..1")

#define NPU_PAR_LUT_TABLE(X)                                                                       \
    X(LUT,     CODES,    64, "four results each, lowest byte first, for source codes from -128 on")

/* R(record, instructions, how many records). */
#define NPU_PAR_RECORDS(R)                                                                         \
    R(REQUANT, "requant", "one record for each block of 32 channels")                                         \
    R(ADD,     "add, sub", "one record")                                                                  \
    R(MUL,     "mul",      "one record")                                                                  \
    R(PRELU,   "prelu",    "one record")                                                                  \
    R(MEAN,    "mean",     "one record")                                                                  \
    R(SOFTMAX, "softmax",  "one record")                                                                  \
    R(RESIZE,  "resize",   "one record for each row of the result at `par`, for each column at `par2`")       \
    R(LUT,     "lut",      "one record")
/* clang-format on */

/* The first word of each name, and NPU_PAR_ADD_WORDS: of the whole record. */
#define NPU_PAR_WORD(record, name, words, what)                                                    \
    NPU_PAR_##record##_##name,                                                                     \
        NPU_PAR_##record##_##name##_LAST = NPU_PAR_##record##_##name + (words)-1,
#define NPU_PAR_ENUM(record, who, many)                                                            \
    enum { NPU_PAR_##record##_TABLE(NPU_PAR_WORD) NPU_PAR_##record##_WORDS };
NPU_PAR_RECORDS(NPU_PAR_ENUM)

#define NPU_PAR_REQUANT_BYTES (4u * NPU_PAR_REQUANT_WORDS) /* a block */
#define NPU_PAR_RESIZE_BYTES (4u * NPU_PAR_RESIZE_WORDS)   /* a row or column */
#define NPU_PAR_LUT_BYTES (4u * NPU_PAR_LUT_WORDS)
#define NPU_RESIZE_ONE 1024 /* all of the second */

/* Of all blocks of c channels. */
static inline uint32_t npu_requant_par_bytes(uint32_t c)
{
    return npu_round_lanes(c) / NPU_LANES * NPU_PAR_REQUANT_BYTES;
}

#endif
