/*
 * onnx_const.c - constants and attributes of an ONNX model.
 */
#include <string.h>

#include "npu/compiler/onnx_int.h"

/* Data types of ONNX 1.16, which is newer than Debian's onnx.proto. */
enum { DATA_TYPE_UINT4 = 21, DATA_TYPE_INT4 = 22 };

#define MAX_ELEMENTS (UINT64_C(1) << 28)

/* ---- tensors of the file --------------------------------------------------------------------- */

static const char *proto_name(const Onnx__TensorProto *t)
{
    return onnx_is_known(t->name) ? t->name : "(constant)";
}

static bool read_type(onnx_t *r, const Onnx__TensorProto *t, npu_type_t *type)
{
    switch (t->data_type) {
    case ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT:
        *type = NPU_TYPE_FLOAT32;
        return true;
    case ONNX__TENSOR_PROTO__DATA_TYPE__UINT8:
        *type = NPU_TYPE_UINT8;
        return true;
    case ONNX__TENSOR_PROTO__DATA_TYPE__INT8:
    case DATA_TYPE_INT4:
    case DATA_TYPE_UINT4:
        *type = NPU_TYPE_INT8;
        return true;
    case ONNX__TENSOR_PROTO__DATA_TYPE__INT32:
        *type = NPU_TYPE_INT32;
        return true;
    case ONNX__TENSOR_PROTO__DATA_TYPE__INT64:
        *type = NPU_TYPE_INT64;
        return true;
    default:
        return onnx_fail(r,
                         "tensor \"%.80s\": found data type %d, expected float, uint8, int8, "
                         "int32, int64, uint4 or int4",
                         proto_name(t), t->data_type);
    }
}

static bool read_shape(onnx_t *r, const Onnx__TensorProto *t, onnx_numbers_t *n)
{
    if (t->n_dims > NPU_GRAPH_DIMS)
        return onnx_fail(r, "tensor \"%.80s\": found %zu dimensions, expected at most %d",
                         proto_name(t), t->n_dims, NPU_GRAPH_DIMS);
    n->dims = (uint32_t)t->n_dims;
    n->count = 1;
    for (uint32_t d = 0; d < n->dims; d++) {
        if (t->dims[d] < 0 || t->dims[d] > (int64_t)MAX_ELEMENTS)
            return onnx_fail(r, "tensor \"%.80s\": found dimension %u = %lld, expected 0..2^28",
                             proto_name(t), d, (long long)t->dims[d]);
        n->shape[d] = (uint32_t)t->dims[d];
        n->count *= n->shape[d];
        if (n->count > MAX_ELEMENTS)
            return onnx_fail(r, "tensor \"%.80s\": found more than 2^28 elements, expected fewer",
                             proto_name(t));
    }
    return true;
}

static void put_little(uint8_t *at, uint64_t value, uint32_t bytes)
{
    for (uint32_t b = 0; b < bytes; b++)
        at[b] = (uint8_t)(value >> 8 * b);
}

/* Elements that stand in the field of their type; false when one does not fit. */
static bool copy_elements(const Onnx__TensorProto *t, npu_type_t type, uint64_t count, uint8_t *to)
{
    uint32_t bytes = npu_type_bytes(type);
    for (uint64_t i = 0; i < count; i++) {
        uint32_t bits = 0;
        if (type == NPU_TYPE_FLOAT32) {
            memcpy(&bits, &t->float_data[i], sizeof(bits));
            put_little(to + i * bytes, bits, bytes);
        } else if (type == NPU_TYPE_INT64) {
            put_little(to + i * bytes, (uint64_t)t->int64_data[i], bytes);
        } else {
            int32_t value = t->int32_data[i];
            if ((type == NPU_TYPE_INT8 && value != (int8_t)value) ||
                (type == NPU_TYPE_UINT8 && value != (uint8_t)value))
                return false;
            put_little(to + i * bytes, (uint64_t)(int64_t)value, bytes);
        }
    }
    return true;
}

/* Two to a byte, the first in the lower half. */
static bool read_halves(onnx_t *r, const Onnx__TensorProto *t, onnx_numbers_t *n)
{
    uint64_t bytes = (n->count + 1) / 2;
    if (!t->has_raw_data || t->raw_data.len != bytes)
        return onnx_fail(r, "tensor \"%.80s\": found %zu raw bytes, expected %llu", proto_name(t),
                         t->has_raw_data ? t->raw_data.len : 0, (unsigned long long)bytes);
    uint8_t *data = onnx_take(r, n->count + 1);
    for (uint64_t i = 0; data != NULL && i < n->count; i++) {
        uint32_t half = (uint32_t)t->raw_data.data[i / 2] >> i % 2 * 4 & 15;
        data[i] = (uint8_t)(t->data_type == DATA_TYPE_UINT4 ? half - 8 : (half ^ 8) - 8);
    }
    n->data = data;
    n->bits = 4;
    return data != NULL;
}

static bool read_elements(onnx_t *r, const Onnx__TensorProto *t, onnx_numbers_t *n)
{
    uint64_t bytes = n->count * npu_type_bytes(n->type);
    bool raw = t->has_raw_data;
    n->bits = 8;
    if (t->data_type == DATA_TYPE_INT4 || t->data_type == DATA_TYPE_UINT4)
        return read_halves(r, t, n);
    uint64_t found = raw                           ? t->raw_data.len
                     : n->type == NPU_TYPE_FLOAT32 ? t->n_float_data
                     : n->type == NPU_TYPE_INT64   ? t->n_int64_data
                                                   : t->n_int32_data;
    if (found != (raw ? bytes : n->count))
        return onnx_fail(r, "tensor \"%.80s\": found %llu %s, expected %llu", proto_name(t),
                         (unsigned long long)found, raw ? "bytes" : "elements",
                         (unsigned long long)(raw ? bytes : n->count));
    uint8_t *data = onnx_take(r, bytes + 1);
    if (data == NULL)
        return false;
    n->data = data;
    if (raw && bytes > 0)
        memcpy(data, t->raw_data.data, bytes);
    if (!raw && !copy_elements(t, n->type, n->count, data))
        return onnx_fail(r, "tensor \"%.80s\": found a number beyond 8 bits, expected none",
                         proto_name(t));
    return true;
}

const onnx_numbers_t *onnx_numbers_of(onnx_t *r, const Onnx__TensorProto *t)
{
    onnx_numbers_t *n = onnx_take(r, sizeof(*n));
    if (n == NULL)
        return NULL;
    if (t->n_external_data != 0 ||
        (t->has_data_location && t->data_location == ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL)) {
        const char *where = "";
        for (size_t i = 0; i < t->n_external_data; i++)
            if (t->external_data[i]->key != NULL && t->external_data[i]->value != NULL &&
                strcmp(t->external_data[i]->key, "location") == 0)
                where = t->external_data[i]->value;
        onnx_fail(r, "tensor \"%.80s\": found external data \"%.80s\", expected it inside the file",
                  proto_name(t), where);
        return NULL;
    }
    if (t->segment != NULL) {
        onnx_fail(r, "tensor \"%.80s\": found a segment, expected the whole tensor", proto_name(t));
        return NULL;
    }
    return read_type(r, t, &n->type) && read_shape(r, t, n) && read_elements(r, t, n) ? n : NULL;
}

const onnx_numbers_t *onnx_numbers(onnx_t *r, onnx_value_t *v, const char *what)
{
    if (v == NULL || r->err != SIM_OK)
        return NULL;
    if (v->kind != ONNX_NUMBERS) {
        onnx_fail(r, "%s: found a result of the network, expected a constant", what);
        return NULL;
    }
    if (v->numbers == NULL)
        v->numbers = onnx_numbers_of(r, v->proto);
    return v->numbers;
}

float onnx_f32(const onnx_numbers_t *n, uint64_t i)
{
    uint32_t bits = 0;
    float value;
    for (uint32_t b = 0; b < 4; b++)
        bits |= (uint32_t)n->data[4 * i + b] << 8 * b;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

int64_t onnx_i64(const onnx_numbers_t *n, uint64_t i)
{
    uint32_t bytes = npu_type_bytes(n->type);
    uint64_t bits = 0;
    for (uint32_t b = 0; b < bytes; b++)
        bits |= (uint64_t)n->data[bytes * i + b] << 8 * b;
    switch (n->type) {
    case NPU_TYPE_INT8:
        return (int8_t)bits;
    case NPU_TYPE_INT32:
        return (int32_t)(uint32_t)bits;
    default:
        return (int64_t)bits;
    }
}

int32_t onnx_i32(const onnx_numbers_t *n, uint64_t i)
{
    return (int32_t)onnx_i64(n, i);
}

uint32_t onnx_integers(onnx_t *r, uint32_t input, const char *what, int64_t *to, uint32_t max)
{
    const onnx_numbers_t *n = onnx_numbers(r, onnx_input(r, input), what);
    if (n == NULL)
        return 0;
    if (n->type != NPU_TYPE_INT64 && n->type != NPU_TYPE_INT32) {
        onnx_fail(r, "%s: found %s, expected int64", what, npu_type_name(n->type));
        return 0;
    }
    if (n->count > max) {
        onnx_fail(r, "%s: found %llu numbers, expected at most %u", what,
                  (unsigned long long)n->count, max);
        return 0;
    }
    for (uint32_t i = 0; i < n->count; i++)
        to[i] = onnx_i64(n, i);
    return (uint32_t)n->count;
}

float onnx_scalar(onnx_t *r, uint32_t input, const char *what, float otherwise)
{
    onnx_value_t *v = onnx_optional(r, input);
    if (v == NULL)
        return otherwise;
    const onnx_numbers_t *n = onnx_numbers(r, v, what);
    if (n == NULL)
        return otherwise;
    if (n->type == NPU_TYPE_FLOAT32 && n->count == 1)
        return onnx_f32(n, 0);
    onnx_fail(r, "%s: found %s of %llu elements, expected one float", what, npu_type_name(n->type),
              (unsigned long long)n->count);
    return otherwise;
}

/* ---- attributes ------------------------------------------------------------------------------ */

const Onnx__AttributeProto *onnx_attribute(const onnx_t *r, const char *name)
{
    for (size_t i = 0; i < r->node->n_attribute; i++)
        if (r->node->attribute[i]->name != NULL && strcmp(r->node->attribute[i]->name, name) == 0)
            return r->node->attribute[i];
    return NULL;
}

/* The attribute, of that type; an old file may not say which it is. */
static const Onnx__AttributeProto *
typed(onnx_t *r, const char *name, Onnx__AttributeProto__AttributeType type, const char *expected)
{
    const Onnx__AttributeProto *a = onnx_attribute(r, name);
    if (a != NULL && a->has_type && a->type != type) {
        onnx_fail(r, "attribute %s: found type %d, expected %s", name, (int)a->type, expected);
        return NULL;
    }
    return a;
}

int64_t onnx_int(onnx_t *r, const char *name, int64_t otherwise)
{
    const Onnx__AttributeProto *a =
        typed(r, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT, "an integer");
    return a == NULL ? otherwise : a->i;
}

float onnx_float(onnx_t *r, const char *name, float otherwise)
{
    const Onnx__AttributeProto *a =
        typed(r, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT, "a float");
    return a == NULL ? otherwise : a->f;
}

uint32_t onnx_ints(onnx_t *r, const char *name, int64_t *to, uint32_t max)
{
    const Onnx__AttributeProto *a =
        typed(r, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS, "integers");
    if (a == NULL)
        return 0;
    if (a->n_ints > max) {
        onnx_fail(r, "attribute %s: found %zu numbers, expected at most %u", name, a->n_ints, max);
        return 0;
    }
    for (size_t i = 0; i < a->n_ints; i++)
        to[i] = a->ints[i];
    return (uint32_t)a->n_ints;
}

uint32_t onnx_choice(onnx_t *r, const char *name, const char *const *strings, uint32_t count)
{
    const Onnx__AttributeProto *a =
        typed(r, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING, "a string");
    if (a == NULL)
        return 0; /* the first is the default */
    for (uint32_t i = 0; i < count; i++)
        if (a->s.len == strlen(strings[i]) && memcmp(a->s.data, strings[i], a->s.len) == 0)
            return i;
    onnx_fail(r, "attribute %s: found \"%.*s\", expected %s%s", name,
              a->s.len < 40 ? (int)a->s.len : 40, a->s.len == 0 ? "" : (const char *)a->s.data,
              strings[0], count > 1 ? " or another that is supported" : "");
    return 0;
}

uint32_t onnx_axis(onnx_t *r, int64_t axis, uint32_t dims)
{
    int64_t from_front = axis < 0 ? axis + dims : axis;
    if (from_front >= 0 && from_front < dims)
        return (uint32_t)from_front;
    onnx_fail(r, "axis: found %lld, expected one of %u dimensions", (long long)axis, dims);
    return 0;
}
