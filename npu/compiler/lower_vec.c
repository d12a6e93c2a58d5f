/*
 * lower_vec.c - layers that the vector unit alone computes: pools, means, element-wise arithmetic,
 * tables, softmax.
 *
 * Parameter records hold what TensorFlow Lite's Prepare functions work out.
 */
#include <string.h>

#include "npu/compiler/compile_int.h"
#include "npu/kernel.h"

static uint32_t rounding_flag(const cc_t *cc)
{
    return cc->options.rounding == NPU_ROUND_SINGLE ? NPU_FLAG_SINGLE : 0;
}

static npu_insn_t vector_insn(const cc_step_t *s, npu_op_t op)
{
    return (npu_insn_t){.op = op, .src = s->in[0], .dst = s->out, .h = s->h, .w = s->w, .c = s->c};
}

/* A record of so many words, one for all groups. */
static uint8_t *shared_record(cc_t *cc, cc_layer_t *l, uint32_t bytes)
{
    uint8_t *at;
    l->params_bytes = bytes;
    l->params_at = cc_constant(cc, bytes, &at);
    return at;
}

static void put_words(uint8_t *at, const int32_t *word, uint32_t words)
{
    for (uint32_t i = 0; at != NULL && i < words; i++)
        cc_put_i32(at, i, word[i]);
}

/* ---- pools ----------------------------------------------------------------------------------- */

static bool prepare_pool(cc_t *cc, cc_layer_t *l)
{
    l->ins = 1;
    l->window = l->node->window;
    cc_set_clamp(cc, l);
    return cc_operand(cc, l, 0, 0, &l->in[0]) && cc_window_fits(cc, l);
}

static void emit_pool(cc_t *cc, cc_layer_t *l, const cc_step_t *s)
{
    bool average = l->node->op == NPU_NODE_AVERAGE_POOL_2D;
    const npu_window_t *w = &l->window;
    npu_insn_t i = vector_insn(s, average ? NPU_OP_AVGPOOL : NPU_OP_MAXPOOL);
    if (average && cc_tensor(cc, l->out)->type == NPU_TYPE_UINT8)
        i.flags = NPU_FLAG_UNSIGNED;
    i.in_h = s->rows.count;
    i.in_w = s->cols.count;
    i.k_h = w->kernel_h;
    i.k_w = w->kernel_w;
    i.stride_h = w->stride_h;
    i.stride_w = w->stride_w;
    i.dil_h = 1;
    i.dil_w = 1;
    i.pad_top = s->rows.pad;
    i.pad_left = s->cols.pad;
    i.out_min = l->out_min;
    i.out_max = l->out_max;
    cc_emit(cc, l, i);
}

/* ---- mean over the map ----------------------------------------------------------------------- */

/* Every axis but the last, and not the last; axes of size 1 count either way. */
static bool averages_the_map(const npu_tensor_t *t, uint32_t axes)
{
    for (uint32_t d = 0; d < t->dims; d++) {
        bool averaged = (axes >> d & 1u) != 0, channels = d == t->dims - 1;
        if (t->shape[d] > 1 && averaged == channels)
            return false;
    }
    return true;
}

static bool prepare_mean(cc_t *cc, cc_layer_t *l)
{
    const npu_tensor_t *in = cc_tensor(cc, l->node->input[0]), *out = cc_tensor(cc, l->out);
    npu_hwc_t size = npu_tensor_hwc(in), to = npu_tensor_hwc(out);
    bool map = averages_the_map(in, l->node->axes) && to.h == 1 && to.w == 1;
    l->ins = 1;
    if (!cc_operand(cc, l, 0, 0, &l->in[0]) || (!map && !cc_prepare_mean_axes(cc, l)))
        return false;
    uint32_t count = map ? size.h * size.w : cc_mean_count(cc, l);
    l->window.kernel_h = size.h;
    l->window.kernel_w = size.w;
    npu_mult_t m = npu_mean_multiplier(in->scale[0], out->scale[0], count, cc->options.rounding);
    int32_t record[NPU_PAR_MEAN_WORDS] = {
        [NPU_PAR_MEAN_OFF] = -cc_zero(cc, l->node->input[0]) * (int32_t)count,
        [NPU_PAR_MEAN_MULT] = m.mult,
        [NPU_PAR_MEAN_SHIFT] = m.shift,
        [NPU_PAR_MEAN_ZP] = cc_zero(cc, l->out),
        [NPU_PAR_MEAN_MIN] = -128,
        [NPU_PAR_MEAN_MAX] = 127,
    };
    put_words(shared_record(cc, l, sizeof(record)), record, NPU_PAR_MEAN_WORDS);
    return cc->err == SIM_OK;
}

static void emit_mean(cc_t *cc, cc_layer_t *l, const cc_step_t *s)
{
    npu_insn_t i = {.op = NPU_OP_MEAN, .flags = rounding_flag(cc), .c = s->c};
    i.src = s->in[0];
    i.dst = s->out;
    i.in_h = s->rows.count;
    i.in_w = s->cols.count;
    i.par = s->par;
    cc_emit(cc, l, i);
}

/* ---- ADD, SUB, MUL --------------------------------------------------------------------------- */

/* TFLite add_common.cc: both inputs on the scale of twice the larger one, 20 bits up. */
static void put_add(cc_t *cc, cc_layer_t *l)
{
    const int32_t *in = l->node->input;
    npu_round_t rounding = cc->options.rounding;
    double a = (double)cc_tensor(cc, in[0])->scale[0], b = (double)cc_tensor(cc, in[1])->scale[0];
    double twice = 2.0 * (a > b ? a : b), out = (double)cc_tensor(cc, l->out)->scale[0];
    npu_mult_t ma = npu_quantize_multiplier(a / twice, rounding);
    npu_mult_t mb = npu_quantize_multiplier(b / twice, rounding);
    npu_mult_t mo = npu_quantize_multiplier(twice / ((double)(1 << 20) * out), rounding);
    int32_t record[NPU_PAR_ADD_WORDS] = {
        [NPU_PAR_ADD_OFF1] = -cc_zero(cc, in[0]),
        [NPU_PAR_ADD_OFF2] = -cc_zero(cc, in[1]),
        [NPU_PAR_ADD_MULT1] = ma.mult,
        [NPU_PAR_ADD_SHIFT1] = ma.shift,
        [NPU_PAR_ADD_MULT2] = mb.mult,
        [NPU_PAR_ADD_SHIFT2] = mb.shift,
        [NPU_PAR_ADD_MULT] = mo.mult,
        [NPU_PAR_ADD_SHIFT] = mo.shift,
        [NPU_PAR_ADD_ZP] = cc_zero(cc, l->out),
        [NPU_PAR_ADD_MIN] = l->out_min,
        [NPU_PAR_ADD_MAX] = l->out_max,
        [NPU_PAR_ADD_LEFT] = 20,
    };
    if (mo.shift > 30)
        cc_fail(cc, l, SIM_EPARSE, "the result is scaled by 2^%d, expected at most 30", mo.shift);
    put_words(shared_record(cc, l, sizeof(record)), record, NPU_PAR_ADD_WORDS);
}

/* Returns the shift of the result, which must not pass 30. */
static int32_t mul_record(const cc_t *cc, const npu_node_t *n, int32_t low, int32_t high,
                          int32_t record[NPU_PAR_MUL_WORDS])
{
    const int32_t *in = n->input;
    double real = (double)cc_tensor(cc, in[0])->scale[0] * (double)cc_tensor(cc, in[1])->scale[0] /
                  (double)cc_tensor(cc, n->output[0])->scale[0];
    npu_mult_t m = npu_quantize_multiplier(real, cc->options.rounding);
    record[NPU_PAR_MUL_OFF1] = -cc_zero(cc, in[0]);
    record[NPU_PAR_MUL_OFF2] = -cc_zero(cc, in[1]);
    record[NPU_PAR_MUL_MULT] = m.mult;
    record[NPU_PAR_MUL_SHIFT] = m.shift;
    record[NPU_PAR_MUL_ZP] = cc_zero(cc, n->output[0]);
    record[NPU_PAR_MUL_MIN] = low;
    record[NPU_PAR_MUL_MAX] = high;
    return m.shift;
}

static void put_mul(cc_t *cc, cc_layer_t *l)
{
    int32_t record[NPU_PAR_MUL_WORDS];
    int32_t shift = mul_record(cc, l->node, l->out_min, l->out_max, record);
    if (shift > 30)
        cc_fail(cc, l, SIM_EPARSE, "the result is scaled by 2^%d, expected at most 30", shift);
    put_words(shared_record(cc, l, sizeof(record)), record, NPU_PAR_MUL_WORDS);
}

/* prelu.h: x >= 0: x on the result's scale; else x * alpha. */
static void put_prelu(cc_t *cc, cc_layer_t *l)
{
    const int32_t *in = l->node->input;
    double x = (double)cc_tensor(cc, in[0])->scale[0], a = (double)cc_tensor(cc, in[1])->scale[0];
    double out = (double)cc_tensor(cc, l->out)->scale[0];
    npu_mult_t above = npu_quantize_multiplier(x / out, cc->options.rounding);
    npu_mult_t below = npu_quantize_multiplier(x * a / out, cc->options.rounding);
    int32_t record[NPU_PAR_PRELU_WORDS] = {
        [NPU_PAR_PRELU_OFF1] = -cc_zero(cc, in[0]),
        [NPU_PAR_PRELU_OFF2] = -cc_zero(cc, in[1]),
        [NPU_PAR_PRELU_MULT1] = above.mult,
        [NPU_PAR_PRELU_SHIFT1] = above.shift,
        [NPU_PAR_PRELU_MULT2] = below.mult,
        [NPU_PAR_PRELU_SHIFT2] = below.shift,
        [NPU_PAR_PRELU_ZP] = cc_zero(cc, l->out),
        [NPU_PAR_PRELU_MIN] = -128,
        [NPU_PAR_PRELU_MAX] = 127,
    };
    if (above.shift > 30 || below.shift > 30)
        cc_fail(cc, l, SIM_EPARSE, "the result is scaled by 2^%d and 2^%d, expected at most 30",
                above.shift, below.shift);
    put_words(shared_record(cc, l, sizeof(record)), record, NPU_PAR_PRELU_WORDS);
}

/* Operator of the vector unit, and what it needs to know; NULL: nothing. */
static const struct {
    npu_node_op_t node;
    npu_op_t op;
    void (*put)(cc_t *cc, cc_layer_t *l);
} elementwise[] = {
    {NPU_NODE_ADD, NPU_OP_ADD, put_add},  {NPU_NODE_SUB, NPU_OP_SUB, put_add},
    {NPU_NODE_MUL, NPU_OP_MUL, put_mul},  {NPU_NODE_PRELU, NPU_OP_PRELU, put_prelu},
    {NPU_NODE_MAXIMUM, NPU_OP_MAX, NULL}, {NPU_NODE_MINIMUM, NPU_OP_MIN, NULL},
};

static size_t elementwise_row(npu_node_op_t node)
{
    size_t i = 0;
    while (elementwise[i].node != node)
        i++;
    return i;
}

static bool prepare_elementwise(cc_t *cc, cc_layer_t *l)
{
    npu_hwc_t out = npu_tensor_hwc(cc_tensor(cc, l->out));
    size_t row = elementwise_row(l->node->op);
    l->ins = 2;
    cc_set_clamp(cc, l);
    if (elementwise[row].put != NULL)
        elementwise[row].put(cc, l);
    return cc_operand(cc, l, 0, out.c, &l->in[0]) && cc_operand(cc, l, 1, out.c, &l->in[1]);
}

static void emit_elementwise(cc_t *cc, cc_layer_t *l, const cc_step_t *s)
{
    size_t row = elementwise_row(l->node->op);
    npu_insn_t i = vector_insn(s, elementwise[row].op);
    i.src2 = s->in[1];
    if (elementwise[row].put != NULL) {
        i.flags = rounding_flag(cc);
        i.par = s->par;
    }
    cc_emit(cc, l, i);
}

/* ---- functions of one code: a table of 256 --------------------------------------------------- */

/* The node brings its table: codes of the file's type, inside the chip int8. */
static void given_table(const cc_t *cc, const npu_node_t *n, int8_t table[256])
{
    const npu_tensor_t *from = cc_tensor(cc, n->input[1]);
    for (uint32_t i = 0; i < 256; i++)
        table[i] = (int8_t)(from->data[i] ^ (from->type == NPU_TYPE_UINT8 ? 0x80 : 0));
}

bool cc_product_table(const cc_t *cc, const npu_node_t *n, uint32_t operand,
                      const int8_t other[256], int8_t table[256])
{
    enum { CODES = 256 };
    int32_t low, high, record[NPU_PAR_MUL_WORDS];
    _Alignas(4) uint8_t act[3 * CODES];
    cc_clamp(cc, n->output[0], n->activation, &low, &high);
    if (mul_record(cc, n, low, high, record) > 30)
        return false;
    for (uint32_t i = 0; i < CODES; i++) {
        act[operand * CODES + i] = (uint8_t)(i - 128);
        act[(1 - operand) * CODES + i] = (uint8_t)other[i];
    }
    npu_insn_t mul = {.op = NPU_OP_MUL, .flags = rounding_flag(cc), .h = 1, .w = 1, .c = CODES};
    mul.src2.addr = CODES;
    mul.dst.addr = 2 * CODES;
    npu_l1_t l1 = {.data = {[NPU_MEM_ACT] = act, [NPU_MEM_PAR] = (uint8_t *)record},
                   .bytes = {[NPU_MEM_ACT] = sizeof(act), [NPU_MEM_PAR] = sizeof(record)}};
    npu_kernels(SIM_SIMD_SCALAR).run[NPU_OP_MUL](&mul, &l1);
    memcpy(table, act + 2 * CODES, CODES);
    return true;
}

bool cc_table(const cc_t *cc, const npu_node_t *n, int8_t table[256])
{
    const int8_t *known = cc->fate[n - cc->node].table;
    const npu_tensor_t *in = cc_tensor(cc, n->input[0]), *out = cc_tensor(cc, n->output[0]);
    int32_t in_zero = cc_zero(cc, n->input[0]), out_zero = cc_zero(cc, n->output[0]);
    npu_activation_t act = n->op == NPU_NODE_RELU           ? NPU_ACT_RELU
                           : n->op == NPU_NODE_RELU6        ? NPU_ACT_RELU6
                           : n->op == NPU_NODE_RELU_N1_TO_1 ? NPU_ACT_RELU_N1_P1
                                                            : NPU_ACT_NONE;
    int32_t low, high;
    if (cc_kind_of(n->op) != &cc_kind_table)
        return false;
    cc_clamp(cc, n->output[0], act, &low, &high);
    if (known != NULL)
        memcpy(table, known, 256);
    else if (n->op == NPU_NODE_TABLE)
        given_table(cc, n, table);
    else if (n->op == NPU_NODE_LOGISTIC)
        npu_logistic_table(in->scale[0], in_zero, cc->options.rounding, table);
    else if (n->op == NPU_NODE_TANH)
        npu_tanh_table(in->scale[0], in_zero, cc->options.rounding, table);
    else if (n->op == NPU_NODE_HARD_SWISH)
        npu_hard_swish_table(in->scale[0], in_zero, out->scale[0], out_zero, table);
    else if (n->op == NPU_NODE_LEAKY_RELU)
        npu_leaky_relu_table(in->scale[0], in_zero, out->scale[0], out_zero, n->alpha,
                             cc->options.rounding, table);
    else
        npu_requant_table(in->scale[0], in_zero, out->scale[0], out_zero, low, high,
                          cc->options.rounding, table);
    return true;
}

static bool prepare_table(cc_t *cc, cc_layer_t *l)
{
    int8_t table[256];
    cc_table(cc, l->node, table);
    uint8_t *at = shared_record(cc, l, sizeof(table));
    if (at != NULL)
        memcpy(at, table, sizeof(table));
    l->ins = 1;
    return cc_operand(cc, l, 0, 0, &l->in[0]);
}

static void emit_table(cc_t *cc, cc_layer_t *l, const cc_step_t *s)
{
    npu_insn_t i = vector_insn(s, NPU_OP_LUT);
    i.par = s->par;
    cc_emit(cc, l, i);
}

/* ---- softmax --------------------------------------------------------------------------------- */

static bool prepare_softmax(cc_t *cc, cc_layer_t *l)
{
    npu_softmax_t p = npu_softmax_params(cc_tensor(cc, l->node->input[0])->scale[0], l->node->beta,
                                         cc->options.rounding);
    int32_t record[NPU_PAR_SOFTMAX_WORDS] = {
        [NPU_PAR_SOFTMAX_MULT] = p.mult,
        [NPU_PAR_SOFTMAX_SHIFT] = p.shift,
        [NPU_PAR_SOFTMAX_DIFF_MIN] = p.diff_min,
    };
    put_words(shared_record(cc, l, sizeof(record)), record, NPU_PAR_SOFTMAX_WORDS);
    l->ins = 1;
    l->one_group = true;
    return cc_operand(cc, l, 0, 0, &l->in[0]);
}

static void emit_softmax(cc_t *cc, cc_layer_t *l, const cc_step_t *s)
{
    npu_insn_t i = vector_insn(s, NPU_OP_SOFTMAX);
    i.flags = rounding_flag(cc);
    i.par = s->par;
    cc_emit(cc, l, i);
}

const cc_kind_t cc_kind_pool = {.prepare = prepare_pool, .vec = emit_pool};
const cc_kind_t cc_kind_mean = {.prepare = prepare_mean, .vec = emit_mean};
const cc_kind_t cc_kind_elementwise = {.prepare = prepare_elementwise, .vec = emit_elementwise};
const cc_kind_t cc_kind_table = {.prepare = prepare_table, .vec = emit_table};
const cc_kind_t cc_kind_softmax = {.prepare = prepare_softmax, .vec = emit_softmax};
