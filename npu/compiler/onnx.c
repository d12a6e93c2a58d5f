/*
 * onnx.c - from the messages of an ONNX model to the graph: names, ends, and one node after
 * another.
 */
#include "npu/compiler/onnx.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "npu/compiler/onnx_int.h"
#include "sim/hash.h"

/* Beyond a few copies of the file's constants: tensors, nodes, tables. */
#define GRAPH_EXTRA_BYTES (UINT64_C(64) << 20)
#define MAX_MODEL_NODES (8 * NPU_GRAPH_MAX_NODES)
#define LEAST_OPSET 13

/* ---- errors and memory ----------------------------------------------------------------------- */

bool onnx_is_known(const char *name)
{
    return name != NULL && name[0] != '\0';
}

static const char *node_name(const Onnx__NodeProto *n)
{
    if (onnx_is_known(n->name))
        return n->name;
    return n->n_output > 0 ? n->output[0] : "";
}

bool onnx_fail(onnx_t *r, const char *fmt, ...)
{
    char what[320];
    va_list args;
    if (r->err != SIM_OK)
        return false;
    r->err = SIM_EPARSE;
    va_start(args, fmt);
    vsnprintf(what, sizeof(what), fmt, args);
    va_end(args);
    if (r->node == NULL)
        snprintf(r->error, r->error_bytes, "%s: %s", r->graph->name, what);
    else
        snprintf(r->error, r->error_bytes, "%s: node \"%.80s\" %.40s: %s", r->graph->name,
                 node_name(r->node), onnx_is_known(r->node->op_type) ? r->node->op_type : "?",
                 what);
    for (char *c = r->error; *c != '\0'; c++) /* names may hold anything; a message is one line */
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = '?';
    return false;
}

void *onnx_take(onnx_t *r, uint64_t bytes)
{
    void *at = r->err == SIM_OK ? npu_graph_alloc(r->graph, bytes) : NULL;
    if (at == NULL)
        onnx_fail(r, "found more constants and tables than memory for them, expected fewer");
    return at;
}

/* ---- names ----------------------------------------------------------------------------------- */

/* The slot of a name, taken or free. There are more slots than names. */
static onnx_name_t *slot_of(onnx_t *r, const char *name)
{
    uint32_t at = (uint32_t)sim_hash(SIM_HASH_SEED, name, strlen(name)) & (r->slots - 1);
    while (r->name[at].name != NULL && strcmp(r->name[at].name, name) != 0)
        at = (at + 1) & (r->slots - 1);
    return &r->name[at];
}

onnx_name_t *onnx_find(onnx_t *r, const char *name)
{
    onnx_name_t *slot = slot_of(r, name);
    if (slot->name == NULL && r->err == SIM_OK) {
        char *copy = onnx_take(r, strlen(name) + 1);
        if (copy != NULL)
            memcpy(copy, name, strlen(name) + 1);
        slot->name = copy;
        slot->value.tensor = NPU_NO_TENSOR;
    }
    return slot;
}

const char *onnx_name_of(onnx_t *r, uint32_t i)
{
    bool there = i < r->node->n_output && onnx_is_known(r->node->output[i]);
    const char *name = there ? onnx_find(r, r->node->output[i])->name : "";
    return name == NULL ? "" : name;
}

const char *onnx_output_name(onnx_t *r)
{
    return onnx_name_of(r, 0);
}

onnx_value_t *onnx_optional(onnx_t *r, uint32_t i)
{
    if (r->err != SIM_OK || i >= r->node->n_input || !onnx_is_known(r->node->input[i]))
        return NULL;
    onnx_name_t *name = onnx_find(r, r->node->input[i]);
    if (r->err == SIM_OK && name->value.kind == ONNX_NONE)
        onnx_fail(r, "input %u: found \"%.80s\", which nothing before it makes, expected a value",
                  i, name->name);
    return r->err == SIM_OK ? &name->value : NULL;
}

onnx_value_t *onnx_input(onnx_t *r, uint32_t i)
{
    onnx_value_t *v = onnx_optional(r, i);
    if (v == NULL)
        onnx_fail(r, "input %u: found none, expected one", i);
    return v;
}

void onnx_set(onnx_t *r, const onnx_value_t *value)
{
    onnx_set_output(r, 0, value);
}

void onnx_set_output(onnx_t *r, uint32_t i, const onnx_value_t *value)
{
    if (r->err != SIM_OK || i >= r->node->n_output || !onnx_is_known(r->node->output[i]))
        return;
    onnx_name_t *name = onnx_find(r, r->node->output[i]);
    if (name->value.kind != ONNX_NONE)
        onnx_fail(r, "output: found \"%.80s\" made twice, expected once", name->name);
    name->value = *value;
}

/* ---- ends of the graph ----------------------------------------------------------------------- */

static const Onnx__TypeProto__Tensor *tensor_type(const Onnx__ValueInfoProto *info)
{
    if (info->type == NULL || info->type->value_case != ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE)
        return NULL;
    return info->type->tensor_type;
}

/* A batch without a number is 1. */
static bool read_input_shape(onnx_t *r, const Onnx__ValueInfoProto *info, onnx_value_t *v)
{
    const Onnx__TypeProto__Tensor *t = tensor_type(info);
    if (t == NULL || t->shape == NULL)
        return onnx_fail(r, "input \"%.80s\": found no shape, expected one", info->name);
    if (t->shape->n_dim > NPU_GRAPH_DIMS)
        return onnx_fail(r, "input \"%.80s\": found %zu dimensions, expected at most %d",
                         info->name, t->shape->n_dim, NPU_GRAPH_DIMS);
    v->dims = (uint32_t)t->shape->n_dim;
    for (uint32_t d = 0; d < v->dims; d++) {
        const Onnx__TensorShapeProto__Dimension *dim = t->shape->dim[d];
        bool number = dim->value_case == ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
        int64_t size = number ? dim->dim_value : -1;
        if (d == 0 && size < 1)
            size = 1;
        if (size < 1 || size > 65536)
            return onnx_fail(r, "input \"%.80s\": found dimension %u = %lld, expected 1..65536",
                             info->name, d, (long long)size);
        v->shape[d] = (uint32_t)size;
    }
    return true;
}

/* Whether a node turns N H W C to N C H W, perhaps behind a QuantizeLinear and a DequantizeLinear
 * that nobody else reads. */
static bool turns_to_nchw(onnx_t *r, const Onnx__NodeProto *n)
{
    static const int64_t to_nchw[4] = {0, 3, 1, 2};
    for (int step = 0; step < 3 && n != NULL && n->op_type != NULL && n->n_output > 0; step++) {
        int64_t perm[4] = {0};
        r->node = n;
        if (strcmp(n->op_type, "Transpose") == 0)
            return onnx_ints(r, "perm", perm, 4) == 4 && memcmp(perm, to_nchw, sizeof(perm)) == 0;
        if (strcmp(n->op_type, "QuantizeLinear") != 0 &&
            strcmp(n->op_type, "DequantizeLinear") != 0)
            return false;
        const onnx_name_t *name = onnx_find(r, n->output[0]);
        n = name->uses == 1 ? name->reader : NULL;
    }
    return false;
}

/* Whether all that happens to a 4-D input first is a Transpose to N C H W. */
static bool is_nhwc(onnx_t *r, const char *input)
{
    bool turned = false, other = false;
    for (size_t i = 0; i < r->model->n_node; i++) {
        const Onnx__NodeProto *n = r->model->node[i];
        if (n->n_input == 0 || strcmp(n->input[0], input) != 0)
            continue;
        turned = turns_to_nchw(r, n);
        other = other || !turned;
    }
    r->node = NULL;
    return turned && !other;
}

static bool input_type(onnx_t *r, const Onnx__ValueInfoProto *info, npu_type_t *type)
{
    const Onnx__TypeProto__Tensor *t = tensor_type(info);
    int32_t found = t == NULL ? 0 : t->elem_type;
    *type = found == ONNX__TENSOR_PROTO__DATA_TYPE__INT8    ? NPU_TYPE_INT8
            : found == ONNX__TENSOR_PROTO__DATA_TYPE__UINT8 ? NPU_TYPE_UINT8
                                                            : NPU_TYPE_FLOAT32;
    if (*type == NPU_TYPE_FLOAT32 && found != ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT)
        return onnx_fail(r, "input \"%.80s\": found data type %d, expected float, int8 or uint8",
                         info->name, found);
    return true;
}

static void read_input(onnx_t *r, const Onnx__ValueInfoProto *info, int32_t *list)
{
    if (info->name == NULL) {
        onnx_fail(r, "input: found no name, expected one");
        return;
    }
    onnx_name_t *name = onnx_find(r, info->name);
    onnx_value_t v = {0};
    npu_type_t type;
    if (r->err != SIM_OK || name->value.kind == ONNX_NUMBERS)
        return; /* old files list constants as inputs too */
    if (name->value.kind != ONNX_NONE)
        onnx_fail(r, "input \"%.80s\": found twice, expected once", info->name);
    if (r->graph->inputs == NPU_GRAPH_MAX_ENDS)
        onnx_fail(r, "found more than %d inputs, expected fewer", NPU_GRAPH_MAX_ENDS);
    if (r->err != SIM_OK || !input_type(r, info, &type) || !read_input_shape(r, info, &v))
        return;
    v.kind = type == NPU_TYPE_FLOAT32 ? ONNX_FLOAT : ONNX_CODES;
    v.chw = v.dims == 4 && !is_nhwc(r, info->name);
    uint32_t shape[NPU_GRAPH_DIMS];
    memcpy(shape, v.shape, sizeof(shape));
    if (v.chw) {
        shape[1] = v.shape[2];
        shape[2] = v.shape[3];
        shape[3] = v.shape[1];
    }
    v.tensor = onnx_tensor(r, name->name, type, v.dims, shape);
    if (r->err != SIM_OK)
        return;
    onnx_at(r, v.tensor)->channels_first = v.chw;
    r->info[v.tensor].named = true;
    name->value = v;
    list[r->graph->inputs++] = v.tensor;
}

static void read_initializers(onnx_t *r)
{
    for (size_t i = 0; r->err == SIM_OK && i < r->model->n_initializer; i++) {
        const Onnx__TensorProto *t = r->model->initializer[i];
        if (!onnx_is_known(t->name))
            continue;
        onnx_name_t *name = onnx_find(r, t->name);
        if (r->err == SIM_OK && name->value.kind != ONNX_NONE)
            onnx_fail(r, "tensor \"%.80s\": found twice, expected once", t->name);
        name->value = (onnx_value_t){.kind = ONNX_NUMBERS, .tensor = NPU_NO_TENSOR, .proto = t};
    }
}

/* What codes mean leaves the network as floats. */
static int32_t dequantize_output(onnx_t *r, const char *name, const onnx_value_t *v)
{
    const npu_tensor_t from = *onnx_at(r, v->tensor);
    bool map = v->chw && from.dims == NPU_GRAPH_DIMS;
    int32_t to = onnx_tensor(r, name, NPU_TYPE_FLOAT32, map ? from.dims : v->dims,
                             map ? from.shape : v->shape);
    onnx_node(r, NPU_NODE_DEQUANTIZE, &v->tensor, 1, to);
    if (r->err == SIM_OK)
        onnx_at(r, to)->channels_first = map;
    return to;
}

static void read_output(onnx_t *r, const Onnx__ValueInfoProto *info, int32_t *list)
{
    if (info->name == NULL) {
        onnx_fail(r, "output: found no name, expected one");
        return;
    }
    const onnx_name_t *name = onnx_find(r, info->name);
    const onnx_value_t *v = &name->value;
    bool codes = v->kind == ONNX_CODES;
    bool real = v->kind == ONNX_REAL && v->tensor != NPU_NO_TENSOR && v->curve == NULL;
    if (r->err == SIM_OK && v->kind == ONNX_NONE)
        onnx_fail(r, "output \"%.80s\": found nothing that makes it, expected a node", info->name);
    if (r->err == SIM_OK && !codes && !real)
        onnx_fail(r,
                  "output \"%.80s\": found a constant, an input or a float result, expected a "
                  "QuantizeLinear before it",
                  info->name);
    if (r->err == SIM_OK)
        list[r->graph->outputs++] = codes ? v->tensor : dequantize_output(r, name->name, v);
}

static void read_outputs(onnx_t *r)
{
    size_t count = r->model->n_output;
    if (r->err == SIM_OK && (count == 0 || count > NPU_GRAPH_MAX_ENDS))
        onnx_fail(r, "found %zu outputs, expected 1..%d", count, NPU_GRAPH_MAX_ENDS);
    int32_t *list = onnx_take(r, (count + 1) * sizeof(*list));
    r->graph->output = list;
    for (size_t i = 0; r->err == SIM_OK && i < count; i++)
        read_output(r, r->model->output[i], list);
}

/* ---- the model ------------------------------------------------------------------------------- */

static void count_uses(onnx_t *r)
{
    for (size_t i = 0; r->err == SIM_OK && i < r->model->n_node; i++) {
        const Onnx__NodeProto *n = r->model->node[i];
        for (size_t k = 0; r->err == SIM_OK && k < n->n_input; k++) {
            onnx_name_t *name = onnx_find(r, n->input[k]);
            name->uses++;
            name->reader = n;
        }
    }
    for (size_t i = 0; r->err == SIM_OK && i < r->model->n_output; i++)
        if (r->model->output[i]->name != NULL)
            onnx_find(r, r->model->output[i]->name)->uses++;
}

static bool make_names(onnx_t *r)
{
    uint64_t names = r->model->n_initializer + r->model->n_input + r->model->n_output + 1;
    if (r->model->n_node == 0 || r->model->n_node > MAX_MODEL_NODES)
        return onnx_fail(r, "found %zu nodes, expected 1..%d", r->model->n_node, MAX_MODEL_NODES);
    for (size_t i = 0; i < r->model->n_node; i++)
        names += r->model->node[i]->n_input + r->model->node[i]->n_output;
    r->slots = 64;
    while (r->slots < 2 * names && r->slots < 1u << 28)
        r->slots *= 2;
    r->name = r->slots < 2 * names ? NULL : calloc(r->slots, sizeof(*r->name));
    return r->name != NULL ||
           onnx_fail(r, "found %llu names, expected fewer", (unsigned long long)names);
}

/* Names of one place share the scale that one of them was given. */
static void settle_scales(onnx_t *r)
{
    for (uint32_t t = 0; r->err == SIM_OK && t < r->graph->tensors; t++) {
        int32_t root = (int32_t)t;
        const npu_tensor_t *tensor = onnx_at(r, root);
        bool code = tensor->type == NPU_TYPE_INT8 || tensor->type == NPU_TYPE_UINT8;
        if (!code || tensor->scales != 0 || tensor->data != NULL)
            continue;
        while (onnx_at(r, root)->scales == 0 && r->info[root].from != NPU_NO_TENSOR)
            root = r->info[root].from;
        if (onnx_at(r, root)->scales == 0)
            onnx_fail(r,
                      "\"%.80s\": found no scale, expected a QuantizeLinear or "
                      "DequantizeLinear of it",
                      tensor->name);
        else
            onnx_set_scale(r, (int32_t)t, onnx_at(r, root)->scale[0],
                           onnx_at(r, root)->zero_point[0]);
    }
    for (uint32_t n = 0; r->err == SIM_OK && n < r->graph->nodes; n++)
        r->graph->node[n].name = onnx_at(r, r->graph->node[n].output[0])->name;
}

static void read_graph(onnx_t *r)
{
    if (!make_names(r))
        return;
    count_uses(r);
    read_initializers(r);
    int32_t *inputs = onnx_take(r, NPU_GRAPH_MAX_ENDS * sizeof(*inputs));
    r->graph->input = inputs;
    for (size_t i = 0; r->err == SIM_OK && i < r->model->n_input; i++)
        read_input(r, r->model->input[i], inputs);
    for (size_t i = 0; r->err == SIM_OK && i < r->model->n_node; i++) {
        r->node = r->model->node[i];
        if (r->node->n_output == 0)
            onnx_fail(r, "found no outputs, expected one");
        else
            onnx_operator(r);
    }
    r->node = NULL;
    read_outputs(r);
    settle_scales(r);
}

static bool fits_opset(onnx_t *r, const Onnx__ModelProto *model)
{
    int64_t version = 0;
    for (size_t i = 0; i < model->n_opset_import; i++) {
        const Onnx__OperatorSetIdProto *set = model->opset_import[i];
        if (!onnx_is_known(set->domain) || strcmp(set->domain, "ai.onnx") == 0)
            version = set->version;
    }
    if (version < LEAST_OPSET)
        return onnx_fail(r, "found operator set %lld, expected %d or later", (long long)version,
                         LEAST_OPSET);
    return model->graph != NULL || onnx_fail(r, "found no graph, expected one");
}

/* The arrays that grew become the graph's own. */
static void keep_arrays(onnx_t *r, npu_tensor_t *tensor, npu_node_t *node)
{
    npu_graph_t *g = r->graph;
    g->tensor = onnx_take(r, (g->tensors + UINT64_C(1)) * sizeof(*g->tensor));
    g->node = onnx_take(r, (g->nodes + UINT64_C(1)) * sizeof(*g->node));
    if (r->err != SIM_OK)
        return;
    if (g->tensors > 0)
        memcpy(g->tensor, tensor, g->tensors * sizeof(*g->tensor));
    if (g->nodes > 0)
        memcpy(g->node, node, g->nodes * sizeof(*g->node));
}

static void read_model(onnx_t *r, const Onnx__ModelProto *model)
{
    r->model = model->graph;
    r->graph->by_name = true;
    if (fits_opset(r, model))
        read_graph(r);
    npu_tensor_t *tensor = r->graph->tensor;
    npu_node_t *node = r->graph->node;
    keep_arrays(r, tensor, node);
    free(tensor);
    free(node);
    free(r->info);
    free(r->name);
}

bool npu_onnx_looks_like(const uint8_t *image, size_t bytes, const char *file_name)
{
    size_t length = strlen(file_name);
    if (length >= 5 && strcmp(file_name + length - 5, ".onnx") == 0)
        return true;
    /* field 1, ir_version, a small number; then another field of ModelProto with a length */
    return bytes >= 4 && image[0] == 0x08 && image[1] >= 3 && image[1] < 32 &&
           (image[2] & 7) == 2 && image[2] >> 3 >= 2 && image[2] >> 3 <= 8;
}

sim_err_t npu_onnx_read(const uint8_t *image, size_t bytes, const char *file_name,
                        npu_graph_t *graph, char *error, size_t error_bytes)
{
    onnx_memory_t memory;
    onnx_t r = {.graph = graph, .error = error, .error_bytes = error_bytes};
    memset(graph, 0, sizeof(*graph));
    if (bytes >= INT32_MAX) {
        snprintf(error, error_bytes, "%s: found %zu bytes, expected less than 2 GiB", file_name,
                 bytes);
        return SIM_EPARSE;
    }
    Onnx__ModelProto *model = onnx_unpack(image, bytes, file_name, &memory, error, error_bytes);
    if (model == NULL)
        return SIM_EPARSE;
    char *name = NULL;
    if (npu_graph_init(graph, 4 * bytes + strlen(file_name) + GRAPH_EXTRA_BYTES))
        name = npu_graph_alloc(graph, strlen(file_name) + 1);
    if (name != NULL) {
        memcpy(name, file_name, strlen(file_name) + 1);
        graph->name = name;
        read_model(&r, model);
    } else {
        snprintf(error, error_bytes, "%s: out of memory", file_name);
        r.err = SIM_ENOMEM;
    }
    onnx__model_proto__free_unpacked(model, &memory.allocator);
    if (r.err == SIM_OK)
        r.err = npu_graph_check(graph, error, error_bytes);
    if (r.err != SIM_OK)
        npu_graph_free(graph);
    return r.err;
}
