/*
 * lower_mean.c - MEAN over any axes but height and width together: the whole source stands in L1,
 * what is averaged away is turned to the outside, and the vector unit's MEAN sees pixels of what
 * stays.
 *
 *   ACT  | source, as loaded | turned: [averaged][kept] | means | means, as stored |
 */
#include "npu/compiler/compile_int.h"

/* Where the parts of the picture above begin, and how things lie in them. */
typedef struct {
    cc_value_t from, to;
    npu_tile_t source, stored;
    uint32_t planes; /* bytes before the source: planes of the image */
    uint32_t turned, means, bytes;
    uint32_t kept, count;    /* elements: of the result; averaged in each */
    uint32_t row, pix, chan; /* strides of height, width, channel when turned */
    uint32_t inner;          /* of what is averaged: one dimension */
} mean_t;

/* Bit 0 height, 1 width, 2 channels. */
static uint32_t averaged(const npu_tensor_t *t, uint32_t axes)
{
    uint32_t skipped = t->dims > 3 ? t->dims - 3 : 0, lead = t->dims < 3 ? 3 - t->dims : 0;
    return axes >> skipped << lead & 7u;
}

/* Strides of the turned source: kept ones in their order, then width, height, channels. */
static void turn(mean_t *m, npu_hwc_t s, uint32_t axes)
{
    uint32_t step = 1;
    uint32_t *const stride[] = {&m->row, &m->pix, &m->chan};
    const uint32_t size[] = {s.h, s.w, s.c}, order[] = {1, 0, 2};
    for (uint32_t d = 3; d-- > 0;)
        if ((axes >> d & 1u) == 0) {
            *stride[d] = step;
            step *= size[d];
        }
    m->kept = step;
    m->inner = 0;
    for (uint32_t i = 0; i < 3; i++)
        if ((axes >> order[i] & 1u) != 0) {
            *stride[order[i]] = step;
            step *= size[order[i]];
            m->inner = m->inner == 0 ? size[order[i]] : m->inner;
        }
    m->count = step / m->kept;
}

static mean_t mean_of(const cc_t *cc, const cc_layer_t *l)
{
    mean_t m = {.from = cc_operand_value(cc, &l->in[0]), .to = cc_result_value(cc, l)};
    npu_hwc_t s = m.from.size, r = m.to.size;
    turn(&m, s, averaged(cc_tensor(cc, l->node->input[0]), l->node->axes));
    m.planes = m.from.layout == NPU_LAYOUT_PLANAR ? cc_align(s.h * s.w * s.c) : 0;
    m.source.pix = cc_tile_pix(&m.from, 0, s.c);
    m.source.row = s.w * m.source.pix;
    m.turned = m.planes + cc_align(s.h * m.source.row);
    m.means = m.turned + cc_align(s.h * s.w * s.c);
    m.stored.pix = cc_tile_pix(&m.to, 0, r.c);
    m.stored.row = r.w * m.stored.pix;
    m.stored.addr = m.means + cc_align(m.kept);
    m.bytes = m.stored.addr + cc_align(r.h * m.stored.row);
    return m;
}

bool cc_prepare_mean_axes(cc_t *cc, cc_layer_t *l)
{
    npu_hwc_t s = npu_tensor_hwc(cc_tensor(cc, l->node->input[0]));
    uint64_t elements = (uint64_t)s.h * s.w * s.c;
    uint32_t room = cc->desc->mem_bytes[NPU_MEM_ACT] / CC_ALIGN * CC_ALIGN;
    l->kind = &cc_kind_mean_axes;
    mean_t m = elements <= room ? mean_of(cc, l) : (mean_t){.bytes = UINT32_MAX};
    if (m.bytes > room)
        return cc_fail(
            cc, l, SIM_EFULL,
            "%llu elements and their means need more than the %u bytes of L1 activations",
            (unsigned long long)elements, room);
    if (m.kept > UINT16_MAX || m.pix > UINT16_MAX)
        return cc_fail(cc, l, SIM_EFULL, "%u means of %u elements, expected at most 65535", m.kept,
                       m.count);
    return true;
}

uint32_t cc_mean_count(const cc_t *cc, const cc_layer_t *l)
{
    return mean_of(cc, l).count;
}

static void run_mean(cc_t *cc, cc_layer_t *l)
{
    mean_t m = mean_of(cc, l);
    npu_hwc_t s = m.from.size, r = m.to.size;
    uint32_t at = cc_take(cc, NPU_MEM_ACT, m.bytes);
    uint32_t par = cc_take(cc, NPU_MEM_PAR, cc_align(l->params_bytes));
    cc_span_t rows = {0, s.h, 0}, cols = {0, s.w, 0};
    l->tiling.rows = r.h;
    l->tiling.cols = r.w;
    l->tiling.group = r.c;
    m.source.addr = at + m.planes;
    m.stored.addr += at;
    cc_load_constants(cc, l, NPU_MEM_PAR, l->params_at, l->params_bytes, par);
    cc_load(cc, l, &m.from, rows, cols, 0, s.c, &m.source);
    npu_insn_t turn = {.op = NPU_OP_TRANSFORM, .h = s.h, .w = s.w, .c = s.c, .src = m.source};
    turn.src_chan = 1;
    turn.dst = (npu_tile_t){at + m.turned, m.row, m.pix};
    turn.dst_chan = m.chan;
    cc_emit(cc, l, turn);
    npu_insn_t mean = {.op = NPU_OP_MEAN, .c = m.kept, .par = par};
    mean.flags = cc->options.rounding == NPU_ROUND_SINGLE ? NPU_FLAG_SINGLE : 0;
    mean.in_w = m.inner;
    mean.in_h = m.count / m.inner;
    mean.src = (npu_tile_t){at + m.turned, m.inner * m.kept, m.kept};
    mean.dst.addr = at + m.means;
    cc_emit(cc, l, mean);
    npu_insn_t spread = {.op = NPU_OP_TRANSFORM, .h = r.h, .w = r.w, .c = r.c, .dst = m.stored};
    spread.src = (npu_tile_t){at + m.means, r.w * r.c, r.c};
    spread.src_chan = spread.dst_chan = 1;
    cc_emit(cc, l, spread);
    cc_store(cc, l, &m.to, 0, 0, r.h, r.w, 0, r.c, &m.stored);
}

const cc_kind_t cc_kind_mean_axes = {.run = run_mean};
