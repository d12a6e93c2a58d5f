#include "tests/npu/onnx_write.h"

#include "tests/test.h"

static void *keep(onnx_write_t *w, void *memory)
{
    w->memory = realloc(w->memory, (w->count + 1) * sizeof(*w->memory));
    ck_assert(w->memory != NULL && memory != NULL);
    return w->memory[w->count++] = memory;
}

static void *room(onnx_write_t *w, size_t bytes)
{
    return keep(w, calloc(1, bytes + 1));
}

static char *text(onnx_write_t *w, const char *from)
{
    char *to = room(w, strlen(from));
    strcpy(to, from);
    return to;
}

void onnx_write_begin(onnx_write_t *w)
{
    memset(w, 0, sizeof(*w));
    onnx__model_proto__init(&w->model);
    onnx__graph_proto__init(&w->graph);
    onnx__operator_set_id_proto__init(&w->opset);
    w->opset.has_version = 1;
    w->opset.version = 13;
    w->opsets[0] = &w->opset;
    w->model.has_ir_version = 1;
    w->model.ir_version = 7;
    w->model.n_opset_import = 1;
    w->model.opset_import = w->opsets;
    w->model.graph = &w->graph;
    w->graph.node = w->nodes;
    w->graph.initializer = w->initializers;
    w->graph.input = w->inputs;
    w->graph.output = w->outputs;
}

void onnx_write_end(onnx_write_t *w)
{
    for (size_t i = 0; i < w->count; i++)
        free(w->memory[i]);
    free(w->memory);
}

uint8_t *onnx_write_pack(const onnx_write_t *w, size_t *bytes)
{
    *bytes = onnx__model_proto__get_packed_size(&w->model);
    uint8_t *image = malloc(*bytes + 1);
    ck_assert_uint_eq(onnx__model_proto__pack(&w->model, image), *bytes);
    return image;
}

static Onnx__ValueInfoProto *end_of(onnx_write_t *w, const char *name)
{
    Onnx__ValueInfoProto *info = room(w, sizeof(*info));
    onnx__value_info_proto__init(info);
    info->name = text(w, name);
    return info;
}

void onnx_write_input(onnx_write_t *w, const char *name, int32_t type, uint32_t dims,
                      const uint32_t *shape)
{
    Onnx__ValueInfoProto *info = end_of(w, name);
    Onnx__TypeProto *t = room(w, sizeof(*t));
    Onnx__TypeProto__Tensor *tensor = room(w, sizeof(*tensor));
    Onnx__TensorShapeProto *s = room(w, sizeof(*s));
    onnx__type_proto__init(t);
    onnx__type_proto__tensor__init(tensor);
    onnx__tensor_shape_proto__init(s);
    s->n_dim = dims;
    s->dim = room(w, dims * sizeof(*s->dim));
    for (uint32_t d = 0; d < dims; d++) {
        s->dim[d] = room(w, sizeof(*s->dim[d]));
        onnx__tensor_shape_proto__dimension__init(s->dim[d]);
        s->dim[d]->value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
        s->dim[d]->dim_value = shape[d];
    }
    tensor->has_elem_type = 1;
    tensor->elem_type = type;
    tensor->shape = s;
    t->value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE;
    t->tensor_type = tensor;
    info->type = t;
    ck_assert(w->graph.n_input < ONNX_WRITE_MAX);
    w->inputs[w->graph.n_input++] = info;
}

void onnx_write_output(onnx_write_t *w, const char *name)
{
    ck_assert(w->graph.n_output < ONNX_WRITE_MAX);
    w->outputs[w->graph.n_output++] = end_of(w, name);
}

/* ---- constants ------------------------------------------------------------------------------- */

Onnx__TensorProto *onnx_write_raw(onnx_write_t *w, const char *name, int32_t type, uint32_t dims,
                                  const uint32_t *shape, const void *data)
{
    Onnx__TensorProto *t = room(w, sizeof(*t));
    size_t bytes = type == ONNX__TENSOR_PROTO__DATA_TYPE__INT64 ? 8
                   : type == ONNX__TENSOR_PROTO__DATA_TYPE__INT8 ||
                           type == ONNX__TENSOR_PROTO__DATA_TYPE__UINT8
                       ? 1
                       : 4;
    onnx__tensor_proto__init(t);
    t->name = text(w, name);
    t->has_data_type = 1;
    t->data_type = type;
    t->n_dims = dims;
    t->dims = room(w, dims * sizeof(*t->dims));
    for (uint32_t d = 0; d < dims; d++) {
        t->dims[d] = shape[d];
        bytes *= shape[d];
    }
    t->has_raw_data = 1;
    t->raw_data.len = bytes;
    t->raw_data.data = room(w, bytes);
    memcpy(t->raw_data.data, data, bytes);
    ck_assert(w->graph.n_initializer < ONNX_WRITE_MAX);
    return w->initializers[w->graph.n_initializer++] = t;
}

void onnx_write_f32(onnx_write_t *w, const char *name, float value)
{
    onnx_write_raw(w, name, ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT, 0, NULL, &value);
}

void onnx_write_i8(onnx_write_t *w, const char *name, int8_t value)
{
    onnx_write_raw(w, name, ONNX__TENSOR_PROTO__DATA_TYPE__INT8, 0, NULL, &value);
}

void onnx_write_u8(onnx_write_t *w, const char *name, uint8_t value)
{
    onnx_write_raw(w, name, ONNX__TENSOR_PROTO__DATA_TYPE__UINT8, 0, NULL, &value);
}

void onnx_write_i64(onnx_write_t *w, const char *name, uint32_t count, const int64_t *data)
{
    onnx_write_raw(w, name, ONNX__TENSOR_PROTO__DATA_TYPE__INT64, 1, &count, data);
}

/* ---- nodes ----------------------------------------------------------------------------------- */

static char **names(onnx_write_t *w, const char *from, size_t *count)
{
    char **list = room(w, ONNX_WRITE_MAX * sizeof(*list)), *copy = text(w, from), *rest = NULL;
    *count = 0;
    for (char *word = strtok_r(copy, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
        ck_assert(*count < ONNX_WRITE_MAX);
        list[(*count)++] = strcmp(word, "-") == 0 ? text(w, "") : word;
    }
    return list;
}

Onnx__NodeProto *onnx_write_node(onnx_write_t *w, const char *op, const char *inputs,
                                 const char *outputs)
{
    Onnx__NodeProto *n = room(w, sizeof(*n));
    onnx__node_proto__init(n);
    n->op_type = text(w, op);
    n->input = names(w, inputs, &n->n_input);
    n->output = names(w, outputs, &n->n_output);
    n->attribute = room(w, ONNX_WRITE_MAX * sizeof(*n->attribute));
    ck_assert(w->graph.n_node < ONNX_WRITE_MAX);
    return w->nodes[w->graph.n_node++] = n;
}

static Onnx__AttributeProto *attribute(onnx_write_t *w, Onnx__NodeProto *n, const char *name,
                                       Onnx__AttributeProto__AttributeType type)
{
    Onnx__AttributeProto *a = room(w, sizeof(*a));
    onnx__attribute_proto__init(a);
    a->name = text(w, name);
    a->has_type = 1;
    a->type = type;
    ck_assert(n->n_attribute < ONNX_WRITE_MAX);
    return n->attribute[n->n_attribute++] = a;
}

void onnx_write_int(onnx_write_t *w, Onnx__NodeProto *n, const char *name, int64_t value)
{
    Onnx__AttributeProto *a = attribute(w, n, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT);
    a->has_i = 1;
    a->i = value;
}

void onnx_write_ints(onnx_write_t *w, Onnx__NodeProto *n, const char *name, uint32_t count,
                     const int64_t *values)
{
    Onnx__AttributeProto *a = attribute(w, n, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS);
    a->n_ints = count;
    a->ints = room(w, count * sizeof(*values));
    memcpy(a->ints, values, count * sizeof(*values));
}

void onnx_write_float(onnx_write_t *w, Onnx__NodeProto *n, const char *name, float value)
{
    Onnx__AttributeProto *a = attribute(w, n, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT);
    a->has_f = 1;
    a->f = value;
}

void onnx_write_string(onnx_write_t *w, Onnx__NodeProto *n, const char *name, const char *value)
{
    Onnx__AttributeProto *a = attribute(w, n, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING);
    a->has_s = 1;
    a->s.data = (uint8_t *)text(w, value);
    a->s.len = strlen(value);
}

/* ---- QDQ ------------------------------------------------------------------------------------- */

static void scale_of(onnx_write_t *w, const char *name, float scale, int32_t zero, bool is_unsigned)
{
    char s[128], z[128];
    snprintf(s, sizeof(s), "%s_s", name);
    snprintf(z, sizeof(z), "%s_z", name);
    for (size_t i = 0; i < w->graph.n_initializer; i++)
        if (strcmp(w->initializers[i]->name, s) == 0)
            return;
    onnx_write_f32(w, s, scale);
    if (is_unsigned)
        onnx_write_u8(w, z, (uint8_t)zero);
    else
        onnx_write_i8(w, z, (int8_t)zero);
}

void onnx_write_dequantize(onnx_write_t *w, const char *name, float scale, int32_t zero,
                           bool is_unsigned)
{
    char inputs[400], output[128];
    scale_of(w, name, scale, zero, is_unsigned);
    snprintf(inputs, sizeof(inputs), "%s %s_s %s_z", name, name, name);
    snprintf(output, sizeof(output), "%s_f", name);
    onnx_write_node(w, "DequantizeLinear", inputs, output);
}

void onnx_write_quantize(onnx_write_t *w, const char *from, const char *name, float scale,
                         int32_t zero, bool is_unsigned)
{
    char inputs[400];
    scale_of(w, name, scale, zero, is_unsigned);
    snprintf(inputs, sizeof(inputs), "%s %s_s %s_z", from, name, name);
    onnx_write_node(w, "QuantizeLinear", inputs, name);
}
