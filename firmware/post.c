#include "post.h"

#include <string.h>

#include "post_ops.h"

static uint8_t *at(const post_view_t *view, uint32_t addr)
{
    return view->memory + (addr - view->base);
}

/* Words of L2 are read as words: a byte costs as much. */
static uint32_t *word_at(const post_view_t *view, uint32_t addr)
{
    return (uint32_t *)(void *)at(view, addr);
}

uint32_t post_head(const post_view_t *view, uint32_t offset)
{
    return *word_at(view, view->table + offset);
}

static uint32_t op_addr(const post_view_t *view, uint32_t index)
{
    return view->table + POST_HEAD_BYTES + post_head(view, POST_TENSORS) * TENSOR_BYTES +
           index * POST_OP_BYTES;
}

static post_tensor_t read_tensor(const post_view_t *view, uint32_t number)
{
    uint32_t addr = view->table + POST_HEAD_BYTES + number * TENSOR_BYTES;
    uint32_t format = *word_at(view, addr + TENSOR_FORMAT);
    post_tensor_t t = {
        .data = at(view, *word_at(view, addr + TENSOR_ADDR)),
        .type = format & 0xffu,
        .dims = format >> 8 & 0xffu,
        .zero_point = (int32_t)format >> 16,
    };
    for (uint32_t d = 0; d < 4; d++)
        t.shape[d] = *word_at(view, addr + TENSOR_DIM0 + 4 * d);
    memcpy(&t.scale, word_at(view, addr + TENSOR_SCALE), sizeof(t.scale));
    return t;
}

uint32_t post_run(const post_view_t *view, uint32_t index, void *scratch, uint32_t scratch_bytes)
{
    static uint32_t (*const operators[])(const post_args_t *) = {
        [POST_DEQUANTIZE] = post_dequantize,
        [POST_QUANTIZE] = post_quantize,
        [POST_ARG_MAX] = post_arg_max,
        [POST_DETECTION_POSTPROCESS] = post_detection,
    };
    const uint32_t *op = word_at(view, op_addr(view, index));
    post_args_t args = {
        .attr = op + POST_OP_ATTR0 / 4, .scratch = scratch, .scratch_bytes = scratch_bytes};
    for (uint32_t i = 0; i < 3; i++)
        if (op[POST_OP_IN0 / 4 + i] != POST_NONE)
            args.in[i] = read_tensor(view, op[POST_OP_IN0 / 4 + i]);
    for (uint32_t i = 0; i < 4; i++)
        if (op[POST_OP_OUT0 / 4 + i] != POST_NONE)
            args.out[i] = read_tensor(view, op[POST_OP_OUT0 / 4 + i]);
    uint32_t code = op[POST_OP_CODE / 4];
    if (code >= sizeof(operators) / sizeof(operators[0]))
        return POST_STATUS_BAD_OPERATOR;
    return operators[code](&args);
}

void post_note(const post_view_t *view, uint32_t index, uint32_t status, uint64_t cycles)
{
    uint32_t *op = word_at(view, op_addr(view, index));
    op[POST_OP_STATUS / 4] = status;
    op[POST_OP_CYCLES_LO / 4] = (uint32_t)cycles;
    op[POST_OP_CYCLES_HI / 4] = (uint32_t)(cycles >> 32);
}
