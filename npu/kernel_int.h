/*
 * kernel_int.h - shared by the kernels: addresses of tiles, windows, and per-channel parameters.
 */
#ifndef NPU_KERNEL_INT_H
#define NPU_KERNEL_INT_H

#include <string.h>

#include "npu/kernel.h"
#include "npu/quant.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the kernels read L1 bytes as host integers: little-endian hosts only"
#endif

static inline int8_t *npu_act_at(const npu_l1_t *l1, const npu_tile_t *tile, uint32_t y, uint32_t x)
{
    size_t at = tile->addr + (size_t)y * tile->row + (size_t)x * tile->pix;
    return (int8_t *)l1->data[NPU_MEM_ACT] + at;
}

static inline int32_t *npu_acc_at(const npu_l1_t *l1, const npu_tile_t *tile, uint32_t y,
                                  uint32_t x)
{
    size_t at = tile->addr + (size_t)y * tile->row + (size_t)x * tile->pix;
    return (int32_t *)(void *)(l1->data[NPU_MEM_ACC] + at);
}

/* Source pixel under tap (ky, kx) of result (y, x); NULL outside the source. */
static inline const int8_t *npu_tap_at(const npu_insn_t *insn, const npu_l1_t *l1, uint32_t y,
                                       uint32_t x, uint32_t ky, uint32_t kx)
{
    /* negative positions wrap to large ones and are outside */
    uint32_t sy = y * insn->stride_h + ky * insn->dil_h - insn->pad_top;
    uint32_t sx = x * insn->stride_w + kx * insn->dil_w - insn->pad_left;
    return sy < insn->in_h && sx < insn->in_w ? npu_act_at(l1, &insn->src, sy, sx) : NULL;
}

/* Parameters of one block of 32 channels, made safe: mult >= 0, shift in range. */
typedef struct {
    int32_t bias[NPU_LANES], mult[NPU_LANES], shift[NPU_LANES];
} npu_block_t;

static inline npu_round_t npu_insn_round(const npu_insn_t *insn)
{
    return (insn->flags & NPU_FLAG_SINGLE) != 0 ? NPU_ROUND_SINGLE : NPU_ROUND_DOUBLE;
}

static inline int32_t npu_safe_mult(int32_t mult)
{
    return mult > 0 ? mult : 0;
}

static inline int32_t npu_safe_shift(int32_t shift, npu_round_t round)
{
    return npu_clamp(shift, -31, npu_max_shift(round));
}

/* A word of the parameter record. */
static inline int32_t npu_par_word(const npu_insn_t *insn, const npu_l1_t *l1, uint32_t word)
{
    int32_t value;
    memcpy(&value, l1->data[NPU_MEM_PAR] + insn->par + 4 * (size_t)word, sizeof(value));
    return value;
}

/* A multiplier and shift of a record, made safe. */
static inline npu_mult_t npu_par_mult(const npu_insn_t *insn, const npu_l1_t *l1,
                                      uint32_t mult_word)
{
    npu_round_t round = npu_insn_round(insn);
    return (npu_mult_t){npu_safe_mult(npu_par_word(insn, l1, mult_word)),
                        npu_safe_shift(npu_par_word(insn, l1, mult_word + 1), round)};
}

/* Both bounds of a record's clamp as codes. */
static inline int32_t npu_par_code(const npu_insn_t *insn, const npu_l1_t *l1, uint32_t word)
{
    return npu_clamp(npu_par_word(insn, l1, word), INT8_MIN, INT8_MAX);
}

static inline void npu_block_read(const npu_insn_t *insn, const npu_l1_t *l1, uint32_t block,
                                  npu_block_t *params)
{
    npu_round_t round = npu_insn_round(insn);
    size_t at = insn->par + (size_t)block * NPU_PAR_REQUANT_BYTES;
    memcpy(params, l1->data[NPU_MEM_PAR] + at, sizeof(*params));
    for (uint32_t i = 0; i < NPU_LANES; i++) {
        params->mult[i] = npu_safe_mult(params->mult[i]);
        params->shift[i] = npu_safe_shift(params->shift[i], round);
    }
}

void npu_conv_scalar(const npu_insn_t *insn, const npu_l1_t *l1);
void npu_dwconv_scalar(const npu_insn_t *insn, const npu_l1_t *l1);
void npu_requant_scalar(const npu_insn_t *insn, const npu_l1_t *l1);

#if SIM_X86
void npu_conv_avx2(const npu_insn_t *insn, const npu_l1_t *l1);
void npu_dwconv_avx2(const npu_insn_t *insn, const npu_l1_t *l1);
void npu_requant_avx2(const npu_insn_t *insn, const npu_l1_t *l1);
void npu_elements_avx2(const npu_insn_t *insn, const npu_l1_t *l1); /* ADD, SUB, MUL */
void npu_lut_avx2(const npu_insn_t *insn, const npu_l1_t *l1);
void npu_transform_avx2(const npu_insn_t *insn, const npu_l1_t *l1);
void npu_conv_avx512(const npu_insn_t *insn, const npu_l1_t *l1);
void npu_dwconv_avx512(const npu_insn_t *insn, const npu_l1_t *l1);
bool npu_dwconv3_avx512(const npu_insn_t *insn, const npu_l1_t *l1); /* false: not 3 x 3 */
void npu_conv_amx(const npu_insn_t *insn, const npu_l1_t *l1);
void npu_requant_avx512(const npu_insn_t *insn, const npu_l1_t *l1);
void npu_elements_avx512(const npu_insn_t *insn, const npu_l1_t *l1); /* ADD, SUB, MUL */
void npu_maxpool_avx512(const npu_insn_t *insn, const npu_l1_t *l1);
void npu_avgpool_avx512(const npu_insn_t *insn, const npu_l1_t *l1);
#endif

/* kernel_vec.c */

/* Whether an operator of the vector unit may compute its elements in any order: it writes no byte
 * that it reads, or (in_place) source and result are the same tile. What else a program asks for,
 * scalar code does, element by element. */
bool npu_any_order(const npu_insn_t *insn, bool in_place);

/* The record of ADD, SUB or MUL; the latter has no mult_a, mult_b, left. */
typedef struct {
    int32_t off_a, off_b, left, zp, min, max;
    npu_mult_t mult_a, mult_b, mult;
} npu_record_t;
npu_record_t npu_record_read(const npu_insn_t *insn, const npu_l1_t *l1);

/* ADD, SUB, MUL: whether vector code may do it. Nobody has checked the record's min and max. */
bool npu_elements_free(const npu_insn_t *insn, const npu_l1_t *l1);

/* An element-wise instruction; where its pixels have no gaps, a row of them is one pixel. */
npu_insn_t npu_flat_elements(const npu_insn_t *insn, bool binary);

void npu_elements_run(const npu_insn_t *insn, const npu_l1_t *l1); /* ADD, SUB, MUL */
void npu_prelu_run(const npu_insn_t *insn, const npu_l1_t *l1);
void npu_max_run(const npu_insn_t *insn, const npu_l1_t *l1);
void npu_min_run(const npu_insn_t *insn, const npu_l1_t *l1);
void npu_lut_run(const npu_insn_t *insn, const npu_l1_t *l1);
void npu_avgpool_run(const npu_insn_t *insn, const npu_l1_t *l1);
void npu_maxpool_run(const npu_insn_t *insn, const npu_l1_t *l1);
void npu_mean_run(const npu_insn_t *insn, const npu_l1_t *l1);
void npu_softmax_run(const npu_insn_t *insn, const npu_l1_t *l1);
void npu_copy_run(const npu_insn_t *insn, const npu_l1_t *l1);
void npu_fill_run(const npu_insn_t *insn, const npu_l1_t *l1);
void npu_transform_run(const npu_insn_t *insn, const npu_l1_t *l1);

void npu_copy_rows(uint8_t *to, size_t to_row, const uint8_t *from, size_t from_row, uint32_t bytes,
                   uint32_t rows);
#if SIM_X86
void npu_copy_rows_avx2(uint8_t *to, size_t to_row, const uint8_t *from, size_t from_row,
                        uint32_t bytes, uint32_t rows);
#endif

/* kernel_resize*.c */
void npu_resize_run(const npu_insn_t *insn, const npu_l1_t *l1);
#if SIM_X86
void npu_resize_avx2(const npu_insn_t *insn, const npu_l1_t *l1);
#endif

#endif
