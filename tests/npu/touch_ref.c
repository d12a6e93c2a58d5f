/*
 * touch_ref.c - see touch_ref.h.
 */
#include "tests/npu/touch_ref.h"

typedef struct {
    touch_ref_fn_t fn;
    void *ctx;
    uint32_t operand;
} to_t;

static void mark(const to_t *to, uint32_t mem, uint64_t begin, uint64_t bytes, uint32_t how)
{
    for (uint64_t i = 0; i < bytes; i++)
        to->fn(to->ctx, to->operand, mem, begin + i, how);
}

/* Element (y, x, c) of size bytes at addr + y * row + x * pix + c * chan. */
static void tile(const to_t *to, uint32_t mem, const npu_tile_t *t, uint32_t h, uint32_t w,
                 uint32_t c, uint32_t chan, uint32_t size, uint32_t how)
{
    for (uint64_t y = 0; y < h; y++)
        for (uint64_t x = 0; x < w; x++)
            for (uint64_t k = 0; k < c; k++)
                mark(to, mem, t->addr + y * t->row + x * t->pix + k * chan, size, how);
}

static void dma(to_t *to, const npu_insn_t *i)
{
    uint32_t l1_how = i->op == NPU_OP_LOAD ? TOUCH_REF_WRITE : TOUCH_REF_READ;
    for (uint64_t p = 0; p < i->planes; p++)
        for (uint64_t r = 0; r < i->rows; r++) {
            uint32_t l1_bytes = i->packed != 0 ? i->l1_row : i->row_bytes; /* packed: decoded */
            to->operand = 0;
            mark(to, i->mem, i->l1 + p * i->l1_plane + r * i->l1_row, l1_bytes, l1_how);
            to->operand = 1;
            mark(to, NPU_MEMS, i->l2 + p * i->l2_plane + r * i->l2_row, i->row_bytes, 3 - l1_how);
        }
}

static void array(to_t *to, const npu_insn_t *i)
{
    bool conv = i->op == NPU_OP_CONV, add = (i->flags & NPU_FLAG_ACCUMULATE) != 0;
    uint32_t outs = (i->c + 31) / 32 * 32, ins = conv ? (i->in_c + 31) / 32 * 32 : 1;
    tile(to, NPU_MEM_ACT, &i->src, i->in_h, i->in_w, i->in_c, 1, 1, TOUCH_REF_READ);
    to->operand++;
    for (uint32_t o = 0; o < outs; o++)
        for (uint32_t ky = 0; ky < i->k_h; ky++)
            for (uint32_t kx = 0; kx < i->k_w; kx++)
                for (uint32_t ic = 0; ic < ins; ic++)
                    mark(to, NPU_MEM_WGT,
                         i->wgt + (conv ? npu_conv_wgt_index(o, ky, kx, ic, i->k_h, i->k_w, i->in_c)
                                        : npu_dw_wgt_index(o, ky, kx, i->k_h, i->k_w)) /
                                      (1u << i->narrow), /* 1, 2 or 4 weights to a byte */
                         1, TOUCH_REF_READ);
    to->operand++;
    tile(to, NPU_MEM_ACC, &i->dst, i->h, i->w, outs, 4, 4,
         TOUCH_REF_WRITE | (add ? TOUCH_REF_READ : 0));
}

/* Words, or for a table bytes, of the parameter record. */
static uint32_t record(const npu_insn_t *i)
{
    switch (i->op) {
    case NPU_OP_REQUANT:
        return (i->c + 31) / 32 * 3 * 32 * 4; /* bias, mult, shift of whole blocks */
    case NPU_OP_ADD:
    case NPU_OP_SUB:
        return 12 * 4;
    case NPU_OP_MUL:
        return 7 * 4;
    case NPU_OP_PRELU:
        return 9 * 4;
    case NPU_OP_MEAN:
        return 6 * 4;
    case NPU_OP_SOFTMAX:
        return 3 * 4;
    case NPU_OP_LUT:
        return 256;
    case NPU_OP_RESIZE:
        return 8 * i->h;
    default:
        return 0;
    }
}

static void vector(to_t *to, const npu_insn_t *i)
{
    bool window = i->op == NPU_OP_AVGPOOL || i->op == NPU_OP_MAXPOOL || i->op == NPU_OP_MEAN ||
                  i->op == NPU_OP_RESIZE;
    bool two = i->op == NPU_OP_ADD || i->op == NPU_OP_SUB || i->op == NPU_OP_MUL ||
               i->op == NPU_OP_MAX || i->op == NPU_OP_MIN || i->op == NPU_OP_PRELU;
    bool spread = i->op == NPU_OP_TRANSFORM, mean = i->op == NPU_OP_MEAN;
    uint32_t h = window ? i->in_h : i->h, w = window ? i->in_w : i->w;
    if (i->op == NPU_OP_REQUANT)
        tile(to, NPU_MEM_ACC, &i->src, h, w, i->c, 4, 4, TOUCH_REF_READ);
    else if (i->op != NPU_OP_FILL)
        tile(to, NPU_MEM_ACT, &i->src, h, w, i->c, spread ? i->src_chan : 1, 1, TOUCH_REF_READ);
    to->operand++;
    if (two)
        tile(to, NPU_MEM_ACT, &i->src2, i->h, i->w, i->c, 1, 1, TOUCH_REF_READ);
    to->operand++;
    mark(to, NPU_MEM_PAR, i->par, record(i), TOUCH_REF_READ);
    to->operand++;
    mark(to, NPU_MEM_PAR, i->par2, i->op == NPU_OP_RESIZE ? 8 * i->w : 0, TOUCH_REF_READ);
    to->operand++;
    tile(to, NPU_MEM_ACT, &i->dst, mean ? 1 : i->h, mean ? 1 : i->w, i->c, spread ? i->dst_chan : 1,
         1, TOUCH_REF_WRITE);
}

void touch_ref(const npu_insn_t *insn, touch_ref_fn_t fn, void *ctx)
{
    to_t to = {fn, ctx, 0};
    switch (npu_op_engine(insn->op)) {
    case NPU_ENGINE_LOAD:
    case NPU_ENGINE_STORE:
        dma(&to, insn);
        break;
    case NPU_ENGINE_MAC:
        array(&to, insn);
        break;
    case NPU_ENGINE_VEC:
        vector(&to, insn);
        break;
    default:
        break;
    }
}
