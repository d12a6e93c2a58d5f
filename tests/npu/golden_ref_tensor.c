#include "tests/npu/golden_ref_tensor.h"

#include <assert.h>

uint64_t golden_elements(const npu_tensor_t *t)
{
    uint64_t elements = 1;
    for (uint32_t d = 0; d < t->dims; d++)
        elements *= t->shape[d];
    return elements;
}

uint32_t golden_element_bytes(npu_type_t type)
{
    switch (type) {
    case NPU_TYPE_INT8:
    case NPU_TYPE_UINT8:
        return 1;
    case NPU_TYPE_INT64:
        return 8;
    default: /* int32, float32 */
        return 4;
    }
}

golden_map_t golden_map(const npu_tensor_t *t)
{
    const uint32_t *s = t->shape;
    assert(t->dims <= 4);
    assert(t->dims < 4 || s[0] == 1);
    switch (t->dims) {
    case 4:
        return (golden_map_t){s[1], s[2], s[3]};
    case 3:
        return (golden_map_t){s[0], s[1], s[2]};
    case 2:
        return (golden_map_t){1, s[0], s[1]};
    case 1:
        return (golden_map_t){1, 1, s[0]};
    default:
        return (golden_map_t){1, 1, 1};
    }
}

static uint32_t scale_index(const npu_tensor_t *t, uint32_t dim, uint32_t index)
{
    if (t->scales == 1)
        return 0;
    assert(t->axis == dim && t->scales == t->shape[dim] && index < t->scales);
    return index;
}

float golden_scale(const npu_tensor_t *t, uint32_t dim, uint32_t index)
{
    return t->scale[scale_index(t, dim, index)];
}

int32_t golden_zero_point(const npu_tensor_t *t, uint32_t dim, uint32_t index)
{
    return t->zero_point[scale_index(t, dim, index)];
}

uint32_t golden_channel_dim(const npu_node_t *n)
{
    return n->op == NPU_NODE_DEPTHWISE_CONV_2D ? 3 : 0;
}

uint64_t golden_broadcast(const npu_tensor_t *t, const npu_tensor_t *to, uint64_t e)
{
    uint64_t at = 0, step = 1;
    assert(t->dims <= to->dims);
    for (uint32_t back = 1; back <= t->dims; back++) {
        uint32_t mine = t->shape[t->dims - back], whole = to->shape[to->dims - back];
        assert(mine == whole || mine == 1);
        at += mine == 1 ? 0 : e % whole * step;
        step *= mine;
        e /= whole;
    }
    return at;
}

static bool axis_makes(uint32_t size, uint32_t before, uint32_t after, uint32_t kernel,
                       uint32_t dilation, uint32_t stride, uint32_t results)
{
    uint64_t padded = (uint64_t)size + before + after, last_tap = (uint64_t)dilation * (kernel - 1);
    uint64_t last = (uint64_t)stride * (results - 1) + last_tap;
    return last < padded && last + stride >= padded;
}

bool golden_window_makes(const npu_window_t *w, golden_map_t from, golden_map_t to)
{
    return axis_makes(from.h, w->pad_top, w->pad_bottom, w->kernel_h, w->dilation_h, w->stride_h,
                      to.h) &&
           axis_makes(from.w, w->pad_left, w->pad_right, w->kernel_w, w->dilation_w, w->stride_w,
                      to.w);
}
