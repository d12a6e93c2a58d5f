/*
 * constants.c - weights and parameter records: where they stand in L1, and when they are loaded.
 *
 * Where all of a layer's constants fit L1 they stay there while it runs ("resident"): each group is
 * loaded just before its first use, or ahead of time, while the load DMA would idle in an earlier
 * layer. Otherwise a group (or a slice of its input channels) is loaded whenever it is needed.
 *
 *   WGT   | layer n: g0 g1 g2 g3 | layer n+1: g0 g1 ... |  room for later ones  |   a ring
 *           ^ in use               ^ loaded ahead
 *
 * Records come before weights, so whoever waited for the weights need not wait for the records.
 */
#include "npu/compiler/compile_int.h"
#include "npu/pack.h"

uint32_t weight_bytes(const cc_layer_t *l, uint32_t channels, uint32_t in_channels)
{
    const npu_window_t *w = &l->array;
    if (l->kind->mac == NULL)
        return 0;
    uint32_t wide = l->all_in ? npu_conv_wgt_bytes(channels, w->kernel_h, w->kernel_w, in_channels)
                              : npu_dw_wgt_bytes(channels, w->kernel_h, w->kernel_w);
    return wide >> l->narrow;
}

uint32_t weight_chunk(const cc_layer_t *l)
{
    return weight_bytes(l, l->tiling.group, l->tiling.slice);
}

uint32_t param_bytes(const cc_layer_t *l, uint32_t channels)
{
    return l->kind->mac == NULL ? l->params_bytes : npu_requant_par_bytes(channels);
}

uint32_t follower_param_bytes(const cc_layer_t *l)
{
    uint32_t bytes = 0;
    for (uint32_t f = 0; f < l->followers; f++)
        bytes += cc_align(l->follower[f].params_bytes);
    return bytes;
}

/* Records of one group; those of followers come behind. */
static uint32_t group_param_bytes(const cc_layer_t *l)
{
    return param_bytes(l, l->tiling.group);
}

uint32_t param_chunk(const cc_layer_t *l)
{
    return cc_align(group_param_bytes(l)) + follower_param_bytes(l);
}

uint32_t param_room(const cc_layer_t *l)
{
    return cc_align(l->params_bytes) + follower_param_bytes(l);
}

/* Where the weights of (group, slice) stand among the layer's: groups follow each other, and within
 * a group its slices. channels: of the group. */
static uint32_t weights_before(const cc_layer_t *l, uint32_t group, uint32_t channels,
                               uint32_t slice)
{
    return weight_bytes(l, l->tiling.group, l->depth) * group +
           weight_bytes(l, channels, l->tiling.slice) * slice;
}

/* One record serves all groups where there is no array work. */
static uint32_t params_before(const cc_layer_t *l, uint32_t group)
{
    return l->kind->mac == NULL ? 0 : group_param_bytes(l) * group;
}

static void load_follower_params(cc_t *cc, cc_layer_t *l, uint32_t at)
{
    for (uint32_t f = 0; f < l->followers; f++) {
        const cc_layer_t *it = &l->follower[f];
        if (it->params_bytes != 0)
            cc_load_constants(cc, l, NPU_MEM_PAR, it->params_at, it->params_bytes, at);
        at += cc_align(it->params_bytes);
    }
}

/* Weights of (group, slice) into L1. Before they are laid out, as many bytes as are expected. */
static void load_weights(cc_t *cc, cc_layer_t *l, uint32_t group, uint32_t channels, uint32_t slice,
                         uint32_t l1)
{
    uint32_t count = cc_min(l->tiling.slice, l->depth - slice * l->tiling.slice);
    uint32_t bytes = weight_bytes(l, channels, count);
    uint32_t before = weights_before(l, group, channels, slice);
    if (cc->desc->dma_compression == NPU_COMPRESSION_NONE) {
        cc_load_constants(cc, l, NPU_MEM_WGT, l->weights_at + before, bytes, l1);
    } else if (cc->chunks == 0) {
        uint64_t stream = 1 + (uint64_t)bytes * l->packed_permille / 1000;
        cc_load_packed(cc, l, NPU_MEM_WGT, 0, stream < bytes ? (uint32_t)stream : bytes, bytes, l1);
    } else {
        const cc_chunk_t *c = &cc->chunk[l->chunks + group * l->tiling.slices + slice];
        cc_load_packed(cc, l, NPU_MEM_WGT, c->at, c->bytes, bytes, l1);
    }
}

/* ---- as they are needed ---------------------------------------------------------------------- */

void constants_load_slice(cc_t *cc, cc_layer_t *l, cc_step_t *s, uint32_t slice)
{
    if (l->kind->mac == NULL)
        return;
    s->wgt = cc_take(cc, NPU_MEM_WGT, weight_chunk(l));
    load_weights(cc, l, s->group, s->c, slice, s->wgt);
}

void constants_load(cc_t *cc, cc_layer_t *l, cc_step_t *s)
{
    if (param_chunk(l) != 0)
        s->par = cc_take(cc, NPU_MEM_PAR, param_chunk(l));
    s->with_par = s->par + cc_align(group_param_bytes(l));
    if (l->params_bytes != 0)
        cc_load_constants(cc, l, NPU_MEM_PAR, l->params_at + params_before(l, s->group),
                          param_bytes(l, s->c), s->par);
    load_follower_params(cc, l, s->with_par);
    constants_load_slice(cc, l, s, 0);
}

/* ---- resident -------------------------------------------------------------------------------- */

static bool overlap(uint32_t a, uint32_t a_bytes, uint32_t b, uint32_t b_bytes)
{
    return a < b + b_bytes && b < a + a_bytes;
}

/* Room behind what was taken last, or at 0; false when that would touch constants in use. */
static bool find_room(const cc_t *cc, npu_mem_t mem, uint32_t bytes, uint32_t current, uint32_t *at)
{
    const cc_ring_t *ring = &cc->ring[mem];
    *at = ring->bytes - ring->head >= cc_align(bytes) ? ring->head : ring->base;
    for (uint32_t i = current; i < cc->layers; i++) {
        const cc_layer_t *l = &cc->layer[i];
        uint32_t there = mem == NPU_MEM_WGT ? l->wgt_l1 : l->par_l1;
        uint32_t size = mem == NPU_MEM_WGT ? l->weights_bytes : param_room(l);
        if (l->placed && overlap(*at, bytes, there, size))
            return false;
    }
    return true;
}

static bool place(cc_t *cc, cc_layer_t *l, uint32_t current)
{
    if (l->placed)
        return true;
    if (!find_room(cc, NPU_MEM_WGT, l->weights_bytes, current, &l->wgt_l1) ||
        !find_room(cc, NPU_MEM_PAR, param_room(l), current, &l->par_l1))
        return false;
    l->placed = true;
    cc->ring[NPU_MEM_WGT].head = l->wgt_l1 + cc_align(l->weights_bytes);
    cc->ring[NPU_MEM_PAR].head = l->par_l1 + param_room(l);
    return true;
}

static uint32_t group_channels(const cc_t *cc, const cc_layer_t *l, uint32_t group)
{
    uint32_t out_c = npu_tensor_hwc(cc_tensor(cc, l->out)).c;
    return cc_min(l->tiling.group, out_c - group * l->tiling.group);
}

/* The next group of a placed layer; all its records come with the first. */
static void load_group(cc_t *cc, cc_layer_t *l)
{
    uint32_t group = l->groups_loaded++;
    if (group == 0 && l->params_bytes != 0)
        cc_load_constants(cc, l, NPU_MEM_PAR, l->params_at, l->params_bytes, l->par_l1);
    if (group == 0)
        load_follower_params(cc, l, l->par_l1 + cc_align(l->params_bytes));
    if (l->kind->mac == NULL)
        return;
    uint32_t channels = group_channels(cc, l, group);
    uint32_t before = weights_before(l, group, channels, 0);
    if (cc->desc->dma_compression == NPU_COMPRESSION_NONE)
        cc_load_constants(cc, l, NPU_MEM_WGT, l->weights_at + before,
                          weight_bytes(l, channels, l->depth), l->wgt_l1 + before);
    else
        for (uint32_t s = 0; s < l->tiling.slices; s++)
            load_weights(cc, l, group, channels, s,
                         l->wgt_l1 + weights_before(l, group, channels, s));
}

void constants_set(cc_t *cc, cc_layer_t *l, cc_step_t *s, bool new_group)
{
    if (!l->tiling.resident) {
        if (new_group)
            constants_load(cc, l, s);
        return;
    }
    place(cc, l, l->index); /* alone in L1 or already there: tile_choose saw that it fits */
    while (l->groups_loaded <= s->group)
        load_group(cc, l);
    s->wgt = l->wgt_l1 + weights_before(l, s->group, s->c, 0);
    s->par = l->par_l1 + params_before(l, s->group);
    s->with_par = l->par_l1 + cc_align(l->params_bytes);
}

/* ---- ahead of time --------------------------------------------------------------------------- */

static uint64_t group_cycles(cc_t *cc, cc_layer_t *l)
{
    uint64_t cycles[NPU_ENGINES] = {0};
    uint32_t loaded = l->groups_loaded;
    cc->probe = cycles;
    load_group(cc, l);
    cc->probe = NULL;
    l->groups_loaded = loaded;
    return cycles[NPU_ENGINE_LOAD];
}

void constants_ahead(cc_t *cc, const cc_layer_t *l, uint64_t *idle_cycles)
{
    if ((~cc->desc->overlap & (NPU_OVERLAP_NODES | NPU_OVERLAP_WEIGHTS)) != 0)
        return;
    for (uint32_t i = l->index + 1; i < cc->layers && l->cascade == NULL; i++) {
        cc_layer_t *next = &cc->layer[i];
        if (next->cascade != NULL)
            return; /* its constants have a place of their own */
        if (next->weights_bytes == 0 && param_room(next) == 0)
            continue;
        if (!l->tiling.resident || !next->tiling.resident || !place(cc, next, l->index))
            return;
        while (next->groups_loaded < next->tiling.groups) {
            uint64_t cycles = group_cycles(cc, next);
            if (cycles > *idle_cycles)
                return;
            *idle_cycles -= cycles;
            load_group(cc, next);
        }
    }
}
