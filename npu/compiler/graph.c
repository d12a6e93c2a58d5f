/*
 * graph.c - memory and accessors of the graph; what makes a graph whole is in graph_check.c.
 */
#include "npu/compiler/graph.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

typedef struct chunk {
    struct chunk *next;
    uint64_t used, bytes; /* of what follows */
} chunk_t;

struct npu_arena {
    chunk_t *first;
    uint64_t left_bytes;
};

#define ARENA_ALIGN 16u
#define ARENA_CHUNK_BYTES UINT64_C(65536)

_Static_assert(sizeof(chunk_t) <= 2 * ARENA_ALIGN, "content of a chunk starts at 2 * ARENA_ALIGN");

bool npu_graph_init(npu_graph_t *graph, uint64_t max_bytes)
{
    memset(graph, 0, sizeof(*graph));
    graph->name = "";
    graph->arena = calloc(1, sizeof(*graph->arena));
    if (graph->arena == NULL)
        return false;
    graph->arena->left_bytes = max_bytes;
    return true;
}

void npu_graph_free(npu_graph_t *graph)
{
    if (graph->arena == NULL)
        return;
    for (chunk_t *c = graph->arena->first, *next; c != NULL; c = next) {
        next = c->next;
        free(c);
    }
    free(graph->arena);
    memset(graph, 0, sizeof(*graph));
}

static chunk_t *arena_grow(npu_arena_t *arena, uint64_t bytes)
{
    uint64_t content = bytes > ARENA_CHUNK_BYTES ? bytes : ARENA_CHUNK_BYTES;
    chunk_t *c = calloc(1, (size_t)(2 * ARENA_ALIGN + content));
    if (c == NULL)
        return NULL;
    c->bytes = content;
    c->next = arena->first;
    arena->first = c;
    return c;
}

void *npu_graph_alloc(npu_graph_t *graph, uint64_t bytes)
{
    npu_arena_t *arena = graph->arena;
    if (bytes > arena->left_bytes || bytes > SIZE_MAX / 2)
        return NULL;
    bytes = (bytes + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
    chunk_t *c = arena->first;
    if (c == NULL || c->bytes - c->used < bytes)
        c = arena_grow(arena, bytes);
    if (c == NULL)
        return NULL;
    void *at = (uint8_t *)c + 2 * ARENA_ALIGN + c->used;
    c->used += bytes;
    arena->left_bytes -= bytes < arena->left_bytes ? bytes : arena->left_bytes;
    return at;
}

uint32_t npu_type_bytes(npu_type_t type)
{
    static const uint32_t bytes[NPU_TYPES] = {
        [NPU_TYPE_INT8] = 1,  [NPU_TYPE_UINT8] = 1,   [NPU_TYPE_INT32] = 4,
        [NPU_TYPE_INT64] = 8, [NPU_TYPE_FLOAT32] = 4,
    };
    assert(type < NPU_TYPES);
    return bytes[type];
}

const char *npu_type_name(npu_type_t type)
{
    static const char *const names[NPU_TYPES] = {
        [NPU_TYPE_INT8] = "int8",   [NPU_TYPE_UINT8] = "uint8",     [NPU_TYPE_INT32] = "int32",
        [NPU_TYPE_INT64] = "int64", [NPU_TYPE_FLOAT32] = "float32",
    };
    return type < NPU_TYPES ? names[type] : "unknown";
}

uint64_t npu_tensor_elements(const npu_tensor_t *tensor)
{
    uint64_t n = 1;
    for (uint32_t d = 0; d < tensor->dims; d++)
        n *= tensor->shape[d];
    return n;
}

npu_hwc_t npu_tensor_hwc(const npu_tensor_t *tensor)
{
    uint32_t hwc[3] = {1, 1, 1};
    for (uint32_t i = 0; i < 3 && i < tensor->dims; i++)
        hwc[2 - i] = tensor->shape[tensor->dims - 1 - i];
    if (tensor->dims == NPU_GRAPH_DIMS)
        hwc[0] *= tensor->shape[0];
    return (npu_hwc_t){hwc[0], hwc[1], hwc[2]};
}

float npu_tensor_scale(const npu_tensor_t *tensor, uint32_t i)
{
    return tensor->scale[tensor->scales == 1 ? 0 : i];
}

int32_t npu_tensor_i32(const npu_tensor_t *tensor, uint64_t i)
{
    const uint8_t *b = tensor->data + 4 * i;
    return (int32_t)((uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 |
                     (uint32_t)b[3] << 24);
}

uint32_t npu_window_reach(uint32_t kernel, uint32_t dilation)
{
    return (kernel - 1) * dilation + 1;
}
