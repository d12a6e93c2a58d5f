/*
 * onnx_fold.c - shapes that a model computes: integers of constants and of known shapes, worked out
 * here. Exporters write "Reshape to (size of the batch, -1)" as a chain of such nodes.
 */
#include <string.h>

#include "npu/compiler/onnx_int.h"

enum { MAX_NUMBERS = 64 };

/* A list of integers; `scalar` has none of its dimensions. */
typedef struct {
    int64_t v[MAX_NUMBERS];
    uint32_t count;
    bool scalar;
} list_t;

static void set_list(onnx_t *r, const list_t *list)
{
    onnx_numbers_t *n = onnx_take(r, sizeof(*n));
    uint8_t *data = onnx_take(r, UINT64_C(8) * list->count + 1);
    if (r->err != SIM_OK)
        return;
    for (uint32_t i = 0; i < list->count; i++)
        for (uint32_t b = 0; b < 8; b++)
            data[8 * i + b] = (uint8_t)((uint64_t)list->v[i] >> 8 * b);
    *n = (onnx_numbers_t){.type = NPU_TYPE_INT64, .bits = 8, .count = list->count, .data = data};
    n->dims = list->scalar ? 0 : 1;
    n->shape[0] = list->count;
    const onnx_value_t v = {.kind = ONNX_NUMBERS, .tensor = NPU_NO_TENSOR, .numbers = n};
    onnx_set(r, &v);
}

/* A constant of at most one dimension and few integers; false, without a complaint, for others. */
static bool is_list(onnx_t *r, uint32_t input, list_t *list)
{
    onnx_value_t *v = onnx_optional(r, input);
    if (v == NULL || v->kind != ONNX_NUMBERS)
        return false;
    const onnx_numbers_t *n = onnx_numbers(r, v, "input");
    if (n == NULL || n->dims > 1 || n->count > MAX_NUMBERS ||
        (n->type != NPU_TYPE_INT64 && n->type != NPU_TYPE_INT32))
        return false;
    list->scalar = n->dims == 0;
    list->count = (uint32_t)n->count;
    for (uint32_t i = 0; i < list->count; i++)
        list->v[i] = onnx_i64(n, i);
    return true;
}

/* ---- operators: false when this is no case for them -------------------------------------------
 */

static bool fold_shape(onnx_t *r)
{
    const onnx_value_t *v = onnx_input(r, 0);
    list_t list = {.count = 0};
    if (v == NULL || v->kind == ONNX_NUMBERS || v->dims == 0)
        return false;
    int64_t start = onnx_int(r, "start", 0), end = onnx_int(r, "end", v->dims);
    start = start < 0 ? start + v->dims : start;
    end = end < 0 ? end + v->dims : end;
    for (int64_t d = start < 0 ? 0 : start; d < end && d < v->dims; d++)
        list.v[list.count++] = v->shape[d];
    set_list(r, &list);
    return true;
}

static bool fold_gather(onnx_t *r)
{
    list_t from, index;
    if (!is_list(r, 0, &from) || !is_list(r, 1, &index) || from.scalar)
        return false;
    for (uint32_t i = 0; r->err == SIM_OK && i < index.count; i++)
        index.v[i] = from.v[onnx_axis(r, index.v[i], from.count)];
    if (r->err == SIM_OK)
        set_list(r, &index);
    return true;
}

static bool fold_concat(onnx_t *r)
{
    list_t all = {.count = 0}, one;
    for (uint32_t i = 0; i < r->node->n_input; i++) {
        if (!is_list(r, i, &one) || all.count + one.count > MAX_NUMBERS)
            return false;
        memcpy(all.v + all.count, one.v, one.count * sizeof(one.v[0]));
        all.count += one.count;
    }
    set_list(r, &all);
    return true;
}

/* One number becomes a list of one, or the other way. */
static bool fold_unsqueeze(onnx_t *r)
{
    list_t list;
    if (!is_list(r, 0, &list) || !list.scalar)
        return false;
    list.scalar = false;
    set_list(r, &list);
    return true;
}

static bool fold_squeeze(onnx_t *r)
{
    list_t list;
    if (!is_list(r, 0, &list) || list.scalar || list.count != 1)
        return false;
    list.scalar = true;
    set_list(r, &list);
    return true;
}

/* Between integer types. */
static bool fold_cast(onnx_t *r)
{
    list_t list;
    int64_t to = onnx_int(r, "to", 0);
    if (!is_list(r, 0, &list) ||
        (to != ONNX__TENSOR_PROTO__DATA_TYPE__INT64 && to != ONNX__TENSOR_PROTO__DATA_TYPE__INT32))
        return false;
    set_list(r, &list);
    return true;
}

/* With steps of 1, as exporters cut shapes. */
static bool fold_slice(onnx_t *r)
{
    list_t from, start, end, to = {.count = 0};
    if (!is_list(r, 0, &from) || !is_list(r, 1, &start) || !is_list(r, 2, &end) ||
        start.count != 1 || end.count != 1 || onnx_optional(r, 4) != NULL)
        return false;
    int64_t first = start.v[0] < 0 ? start.v[0] + from.count : start.v[0];
    int64_t last = end.v[0] < 0 ? end.v[0] + from.count : end.v[0];
    for (int64_t i = first < 0 ? 0 : first; i < last && i < from.count; i++)
        to.v[to.count++] = from.v[i];
    set_list(r, &to);
    return true;
}

/* Sums and products of shapes: numbers that are shapes themselves. */
static bool fold_arithmetic(onnx_t *r)
{
    enum { LARGEST = 1 << 30 };
    list_t a, b;
    char op = r->node->op_type[0];
    if (!is_list(r, 0, &a) || !is_list(r, 1, &b) || (a.count != b.count && b.count != 1))
        return false;
    for (uint32_t i = 0; i < a.count; i++) {
        int64_t x = a.v[i], y = b.v[b.count == 1 ? 0 : i];
        if (x > LARGEST || x < -LARGEST || y > LARGEST || y < -LARGEST || (op == 'D' && y == 0))
            return false;
        a.v[i] = op == 'A' ? x + y : op == 'S' ? x - y : op == 'M' ? x * y : x / y;
    }
    set_list(r, &a);
    return true;
}

bool onnx_fold(onnx_t *r)
{
    static const struct {
        const char *op;
        bool (*fold)(onnx_t *r);
    } folds[] = {
        {"Add", fold_arithmetic}, {"Cast", fold_cast},           {"Concat", fold_concat},
        {"Div", fold_arithmetic}, {"Gather", fold_gather},       {"Mul", fold_arithmetic},
        {"Shape", fold_shape},    {"Slice", fold_slice},         {"Squeeze", fold_squeeze},
        {"Sub", fold_arithmetic}, {"Unsqueeze", fold_unsqueeze},
    };
    for (size_t i = 0; i < SIM_COUNT(folds); i++)
        if (strcmp(folds[i].op, r->node->op_type) == 0)
            return folds[i].fold(r) || r->err != SIM_OK;
    return false;
}
