/*
 * desc.c - chip data of the NPU, and what one instruction costs.
 */
#include "npu/desc.h"

#include "npu/array.h"
#include "npu/pack.h"

npu_desc_t npu_desc_default(void)
{
    /* What has no source here is assumed. logic/chips/imx500.json says the same, with notes. */
    return (npu_desc_t){
        .clk_hz = 262500000,   /* published */
        .l2_base = 0x04000000, /* published: coefficients end at base + 8,388,480 */
        .l2_bytes = 8388480,   /* published */
        .mem_bytes = {512 << 10, 256 << 10, 256 << 10, 32 << 10},
        .mem_banks = {16, 4, 4, 1},
        .mem_ports = {2, 2, 2, 2},
        .queue_depth = 8,
        .prefetch_insns = 16,
        .decode_cycles = 2,
        .barrier_cycles = 80,   /* calibrated */
        .dma_weight_bytes = 14, /* calibrated */
        .dma_act_bytes = 64,
        .dma_bursts = 8,
        .dma_start_cycles = 8,
        .dma_compression = NPU_COMPRESSION_NONE, /* none shows in the published times */
        .dma_decode_bytes = 32,
        .mac_kind = NPU_ARRAY_IMX500,
        .mac_rows = 48,
        .mac_columns = 48,
        .mac_taps = 9, /* 32 x 9 x 8 = 2304 MACs, published; the factors are not */
        .mac_channels = 8,
        .mac_round_in_c = 32, /* published: weights are billed so */
        .mac_start_cycles = 24,
        .conv_permille = 541, /* calibrated */
        .point_permille = 986,
        .dw_permille = 1000,
        .dw_pixels = 2, /* results a cycle as the vector unit takes them */
        .vec_start_cycles = 16,
        .vec_elements = 64,
        .vec_pool_taps = 1,
        .vec_softmax_cycles = 4,
        .vec_copy_bytes = 64,
        .vec_transform_bytes = 40,          /* published: layout nodes, at least 40 */
        .overlap = NPU_OVERLAP_ACTIVATIONS, /* calibrated: nothing else shows in the times */
        .layout_nodes = 1,                  /* published: the converter's reports */
        .fuse = NPU_FUSE_ACTIVATION, /* published: fusions of the tool chain's target description */
        .cascade = NPU_CASCADE_AUTO,
    };
}

/* Every 32-bit parameter of the chip file: where it stands there, where here, its range, and
 * whether it is the machine's geometry. */
static const char *const sections[] = {"l1", "sequencer", "dma", "mac", "vector"};

typedef enum { IN_L1, IN_SEQ, IN_DMA, IN_MAC, IN_VEC } section_t;

/* clang-format off */
#define D(member) offsetof(npu_desc_t, member)
static const struct {
    section_t section;
    const char *key;
    size_t member;
    uint32_t low, high;
    bool geometry;
} params[] = {
    {IN_L1,  "activation_bytes",            D(mem_bytes[NPU_MEM_ACT]),  4096, 1 << 24,           true},
    {IN_L1,  "weight_bytes",                D(mem_bytes[NPU_MEM_WGT]),  4096, 1 << 24,           true},
    {IN_L1,  "accumulator_bytes",           D(mem_bytes[NPU_MEM_ACC]),  4096, 1 << 24,           true},
    {IN_L1,  "parameter_bytes",             D(mem_bytes[NPU_MEM_PAR]),  4096, 1 << 24,           true},
    {IN_L1,  "activation_banks",            D(mem_banks[NPU_MEM_ACT]),  1,    NPU_MAX_BANKS,     false},
    {IN_L1,  "weight_banks",                D(mem_banks[NPU_MEM_WGT]),  1,    NPU_MAX_BANKS,     false},
    {IN_L1,  "accumulator_banks",           D(mem_banks[NPU_MEM_ACC]),  1,    NPU_MAX_BANKS,     false},
    {IN_L1,  "parameter_banks",             D(mem_banks[NPU_MEM_PAR]),  1,    NPU_MAX_BANKS,     false},
    {IN_L1,  "activation_ports",            D(mem_ports[NPU_MEM_ACT]),  1,    4,                 false},
    {IN_L1,  "weight_ports",                D(mem_ports[NPU_MEM_WGT]),  1,    4,                 false},
    {IN_L1,  "accumulator_ports",           D(mem_ports[NPU_MEM_ACC]),  1,    4,                 false},
    {IN_L1,  "parameter_ports",             D(mem_ports[NPU_MEM_PAR]),  1,    4,                 false},
    {IN_SEQ, "queue_depth",                 D(queue_depth),             1,    NPU_MAX_QUEUE,     false},
    {IN_SEQ, "prefetch_insns",              D(prefetch_insns),          4,    NPU_MAX_PREFETCH,  false},
    {IN_SEQ, "decode_cycles",               D(decode_cycles),           1,    64,                false},
    {IN_SEQ, "barrier_cycles",              D(barrier_cycles),          0,    65536,             false},
    {IN_DMA, "weight_bytes_per_cycle",      D(dma_weight_bytes),        1,    1024,              false},
    {IN_DMA, "activation_bytes_per_cycle",  D(dma_act_bytes),           1,    1024,              false},
    {IN_DMA, "outstanding_bursts",          D(dma_bursts),              1,    NPU_MAX_BURSTS,    false},
    {IN_DMA, "decode_bytes_per_cycle",      D(dma_decode_bytes),        1,    1024,              false},
    {IN_DMA, "start_cycles",                D(dma_start_cycles),        1,    4096,              false},
    {IN_MAC, "rows",                        D(mac_rows),                1,    1024,              true},
    {IN_MAC, "columns",                     D(mac_columns),             1,    1024,              true},
    {IN_MAC, "taps",                        D(mac_taps),                1,    64,                true},
    {IN_MAC, "channels",                    D(mac_channels),            1,    256,               true},
    {IN_MAC, "round_input_channels",        D(mac_round_in_c),          1,    256,               true},
    {IN_MAC, "start_cycles",                D(mac_start_cycles),        1,    4096,              false},
    {IN_MAC, "conv_permille",               D(conv_permille),           1,    1000,              false},
    {IN_MAC, "pointwise_permille",          D(point_permille),          1,    1000,              false},
    {IN_MAC, "depthwise_permille",          D(dw_permille),             1,    1000,              false},
    {IN_MAC, "depthwise_pixels",            D(dw_pixels),               1,    256,               false},
    {IN_VEC, "start_cycles",                D(vec_start_cycles),        1,    4096,              false},
    {IN_VEC, "elements_per_cycle",          D(vec_elements),            1,    1024,              false},
    {IN_VEC, "pool_taps_per_cycle",         D(vec_pool_taps),           1,    64,                false},
    {IN_VEC, "softmax_cycles",              D(vec_softmax_cycles),      1,    256,               false},
    {IN_VEC, "copy_bytes_per_cycle",        D(vec_copy_bytes),          1,    1024,              false},
    {IN_VEC, "transform_bytes_per_cycle",   D(vec_transform_bytes),     1,    1024,              false},
};
/* clang-format on */

const char *npu_fuse_name(uint32_t bit)
{
    static const char *const names[] = {"activation", "pad", "add", "requantize"};
    return bit < SIM_COUNT(names) ? names[bit] : NULL;
}

static const char *const cascades[] = {"off", "auto", "always"};

const char *npu_cascade_name(uint32_t cascade)
{
    return cascade > NPU_CASCADE_AS_CHIP && cascade < NPU_CASCADES ? cascades[cascade - 1] : NULL;
}

const char *npu_overlap_name(uint32_t bit)
{
    static const char *const names[] = {"nodes", "weights", "activations"};
    return bit < SIM_COUNT(names) ? names[bit] : NULL;
}

/* An object of booleans, one a bit. */
static void read_bits(const sim_cfg_t *cfg, const char *key, const char *(*name)(uint32_t bit),
                      uint32_t *bits)
{
    sim_cfg_t object = sim_cfg_obj(cfg, key);
    for (uint32_t bit = 0; name(bit) != NULL; bit++) {
        uint32_t mask = 1u << bit;
        bool on = sim_cfg_bool(&object, name(bit), (*bits & mask) != 0);
        *bits = on ? *bits | mask : *bits & ~mask;
    }
    sim_cfg_done(&object);
}

static const char *const compressions[NPU_COMPRESSIONS] = {"none", "rice"};

static void read_dma(sim_cfg_t *dma, npu_desc_t *desc)
{
    desc->dma_compression = sim_cfg_enum(dma, "weight_compression", compressions, NPU_COMPRESSIONS,
                                         desc->dma_compression);
}

/* What the array is; its sizes are among the parameters. */
static void read_array(sim_cfg_t *mac, npu_desc_t *desc)
{
    desc->mac_kind = sim_cfg_enum(mac, "kind", npu_array_names(), NPU_ARRAYS, desc->mac_kind);
    desc->mac_overlap = sim_cfg_bool(mac, "overlap", desc->mac_overlap != 0);
}

static void read_compiler(const sim_cfg_t *cfg, npu_desc_t *desc)
{
    sim_cfg_t compiler = sim_cfg_obj(cfg, "compiler");
    read_bits(&compiler, "fuse", npu_fuse_name, &desc->fuse);
    desc->cascade =
        1 + sim_cfg_enum(&compiler, "cascade", cascades, SIM_COUNT(cascades), desc->cascade - 1);
    read_bits(&compiler, "overlap", npu_overlap_name, &desc->overlap);
    desc->layout_nodes = sim_cfg_bool(&compiler, "layout_nodes", desc->layout_nodes);
    sim_cfg_done(&compiler);
}

void npu_desc_read(const sim_cfg_t *cfg, npu_desc_t *desc)
{
    desc->clk_hz = sim_cfg_u64(cfg, "clk_hz", 1000, NPU_MAX_CLK_HZ, desc->clk_hz);
    for (uint32_t s = 0; s < SIM_COUNT(sections); s++) {
        sim_cfg_t part = sim_cfg_obj(cfg, sections[s]);
        for (uint32_t i = 0; i < SIM_COUNT(params); i++) {
            uint32_t *value = (uint32_t *)((char *)desc + params[i].member);
            if (params[i].section == s)
                *value = (uint32_t)sim_cfg_u64(&part, params[i].key, params[i].low, params[i].high,
                                               *value);
        }
        if (s == IN_MAC)
            read_array(&part, desc);
        if (s == IN_DMA)
            read_dma(&part, desc);
        sim_cfg_done(&part);
    }
    read_compiler(cfg, desc);
    sim_cfg_done(cfg);
}

sim_err_t npu_desc_check(const npu_desc_t *desc, sim_t *sim, const char *name)
{
    if (desc->clk_hz < 1000 || desc->clk_hz > NPU_MAX_CLK_HZ)
        return sim_fail(sim, SIM_EDESC, "%s.clk_hz: %llu not in 1000..%llu", name,
                        (unsigned long long)desc->clk_hz, (unsigned long long)NPU_MAX_CLK_HZ);
    if (desc->dma_compression >= NPU_COMPRESSIONS)
        return sim_fail(sim, SIM_EDESC, "%s.dma.weight_compression: %u is no way of compression",
                        name, desc->dma_compression);
    if (desc->mac_kind >= NPU_ARRAYS)
        return sim_fail(sim, SIM_EDESC, "%s.mac.kind: %u is no kind of array", name,
                        desc->mac_kind);
    for (uint32_t i = 0; i < SIM_COUNT(params); i++) {
        uint32_t value = *(const uint32_t *)((const char *)desc + params[i].member);
        if (value < params[i].low || value > params[i].high)
            return sim_fail(sim, SIM_EDESC, "%s.%s.%s: %u not in %u..%u", name,
                            sections[params[i].section], params[i].key, value, params[i].low,
                            params[i].high);
    }
    return SIM_OK;
}

/* ---- chip data as words -------------------------------------------------------------------------
 */

static const char *array_name(uint32_t kind)
{
    return kind < NPU_ARRAYS ? npu_array_names()[kind] : NULL;
}

static const char *compression_name(uint32_t compression)
{
    return compression < NPU_COMPRESSIONS ? compressions[compression] : NULL;
}

/* clang-format off */
/* What is no row of params. */
static const struct {
    const char *section, *key;
    size_t member;
    const char *(*name)(uint32_t value);
    bool geometry;
} others[] = {
    {"l2",       "base",               D(l2_base),         NULL,             true},
    {"l2",       "bytes",              D(l2_bytes),        NULL,             true},
    {"mac",      "kind",               D(mac_kind),        array_name,       true},
    {"mac",      "overlap",            D(mac_overlap),     NULL,             false},
    {"dma",      "weight_compression", D(dma_compression), compression_name, false},
    {"compiler", "fuse",               D(fuse),            NULL,             false},
    {"compiler", "cascade",            D(cascade),         npu_cascade_name, false},
    {"compiler", "overlap",            D(overlap),         NULL,             false},
    {"compiler", "layout_nodes",       D(layout_nodes),    NULL,             false},
};
/* clang-format on */
_Static_assert(SIM_COUNT(others) + SIM_COUNT(params) == NPU_CHIP_WORDS, "a word for each");

npu_chip_word_t npu_chip_word(const npu_desc_t *desc, uint32_t n)
{
    bool is_other = n < SIM_COUNT(others);
    size_t i = is_other ? n : n - SIM_COUNT(others);
    size_t member = is_other ? others[i].member : params[i].member;
    uint32_t value = *(const uint32_t *)((const char *)desc + member);
    const char *name = npu_chip_value_name(n, value);
    return is_other ? (npu_chip_word_t){others[i].section, others[i].key, value, name,
                                        others[i].geometry}
                    : (npu_chip_word_t){sections[params[i].section], params[i].key, value, name,
                                        params[i].geometry};
}

const char *npu_chip_value_name(uint32_t n, uint32_t value)
{
    return n < SIM_COUNT(others) && others[n].name != NULL ? others[n].name(value) : NULL;
}

/* ---- cycles -------------------------------------------------------------------------------------
 */

static uint64_t ceil_div(uint64_t a, uint64_t b)
{
    return (a + b - 1) / b;
}

static uint64_t blocks_of(uint32_t c)
{
    return ceil_div(c, NPU_LANES);
}

static uint64_t vector_cycles(const npu_desc_t *d, const npu_insn_t *insn)
{
    uint64_t pixels = (uint64_t)insn->h * insn->w, blocks = pixels * blocks_of(insn->c);
    switch (insn->op) {
    case NPU_OP_AVGPOOL:
    case NPU_OP_MAXPOOL:
    case NPU_OP_RESIZE:
        return blocks * ceil_div((uint64_t)insn->k_h * insn->k_w, d->vec_pool_taps);
    case NPU_OP_MEAN:
        return blocks_of(insn->c) * ceil_div((uint64_t)insn->in_h * insn->in_w, d->vec_pool_taps);
    case NPU_OP_SOFTMAX:
        return pixels * insn->c * d->vec_softmax_cycles;
    case NPU_OP_COPY:
    case NPU_OP_FILL:
        return ceil_div(pixels * insn->c, d->vec_copy_bytes);
    case NPU_OP_TRANSFORM:
        return ceil_div(pixels * insn->c, d->vec_transform_bytes);
    default:
        return ceil_div(blocks * NPU_LANES, d->vec_elements);
    }
}

uint32_t npu_dma_rate(const npu_desc_t *desc, uint32_t mem)
{
    return mem == NPU_MEM_WGT || mem == NPU_MEM_PAR ? desc->dma_weight_bytes : desc->dma_act_bytes;
}

uint64_t npu_decode_cycles(const npu_desc_t *desc, const npu_insn_t *insn)
{
    return insn->packed != 0 ? ceil_div(insn->l1_row, desc->dma_decode_bytes) : 0;
}

static uint64_t dma_cycles(const npu_desc_t *d, const npu_insn_t *insn)
{
    uint64_t run = insn->row_bytes, runs = (uint64_t)insn->rows * insn->planes;
    if (insn->l2_row == run || insn->rows == 1) {
        run *= insn->rows;
        runs = insn->planes;
    }
    uint64_t moved = runs * ceil_div(run, npu_dma_rate(d, insn->mem));
    uint64_t decoded = npu_decode_cycles(d, insn);
    return d->dma_start_cycles + (decoded > moved ? decoded : moved);
}

uint64_t npu_insn_cycles(const npu_desc_t *desc, const npu_insn_t *insn)
{
    switch (npu_op_engine(insn->op)) {
    case NPU_ENGINE_LOAD:
    case NPU_ENGINE_STORE:
        return dma_cycles(desc, insn);
    case NPU_ENGINE_MAC:
        return npu_array(desc)->cycles(desc, insn);
    case NPU_ENGINE_VEC:
        return desc->vec_start_cycles + vector_cycles(desc, insn);
    default:
        return 1;
    }
}

uint32_t npu_peak_macs(const npu_desc_t *desc, uint32_t narrow)
{
    return npu_array(desc)->peak_macs(desc, narrow);
}

uint64_t npu_insn_macs(const npu_insn_t *insn)
{
    if (npu_op_engine(insn->op) != NPU_ENGINE_MAC)
        return 0;
    uint64_t outputs = (uint64_t)insn->h * insn->w * insn->c;
    uint64_t taps = (uint64_t)insn->k_h * insn->k_w;
    return outputs * taps * (insn->op == NPU_OP_CONV ? insn->in_c : 1);
}
