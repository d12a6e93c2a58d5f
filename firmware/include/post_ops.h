/*
 * post_ops.h - the operators behind post.h, on unpacked tensors.
 */
#ifndef FW_POST_OPS_H
#define FW_POST_OPS_H

#include "post.h"

typedef struct {
    void *data; /* dense */
    uint32_t type, dims, shape[4];
    int32_t zero_point;
    float scale;
} post_tensor_t;

typedef struct {
    post_tensor_t in[3], out[4];
    const uint32_t *attr;
    void *scratch;
    uint32_t scratch_bytes;
} post_args_t;

/* Each returns POST_STATUS_*. */
uint32_t post_dequantize(const post_args_t *a);
uint32_t post_quantize(const post_args_t *a);
uint32_t post_arg_max(const post_args_t *a);
uint32_t post_detection(const post_args_t *a);

uint32_t post_elements(const post_tensor_t *t);

static inline bool post_is_code(const post_tensor_t *t)
{
    return t->type == DTYPE_INT8 || t->type == DTYPE_UINT8;
}

/* What a code stands for. */
static inline float post_value(const post_tensor_t *t, int32_t code)
{
    return (float)(code - t->zero_point) * t->scale;
}

/* An integer for each float, such that they compare as the floats do; NaN is below all. */
int32_t post_float_key(float value);

/* Such a key of element i of codes or floats. */
static inline int32_t post_key(const post_tensor_t *t, uint32_t i)
{
    if (t->type == DTYPE_FLOAT32)
        return post_float_key(((const float *)t->data)[i]);
    return ((const int8_t *)t->data)[i];
}

#endif
