/*
 * npu_random.c - random legal instructions and programs for round-trip tests.
 */
#include "tests/npu/npu_random.h"

#include "tests/test.h"

static uint32_t member(const npu_insn_t *insn, const npu_field_t *field)
{
    uint32_t value;
    memcpy(&value, (const uint8_t *)insn + field->member, 4);
    return value;
}

static void randomize(sim_stream_t *rng, npu_insn_t *insn, const npu_field_t *field)
{
    uint32_t mask = field->bits == 32 ? UINT32_MAX : (UINT32_C(1) << field->bits) - 1;
    uint32_t value = sim_stream_u32(rng) & mask;
    if (field->is_signed)
        value -= (mask >> 1) + 1;
    else if (value < field->low)
        value = field->low;
    memcpy((uint8_t *)insn + field->member, &value, 4);
}

npu_insn_t random_insn(sim_stream_t *rng, uint32_t op)
{
    uint32_t count;
    const npu_field_t *fields = npu_field_table(&count);
    npu_insn_t insn = {.op = op};
    for (uint32_t i = 0; i < count; i++)
        if ((npu_opinfo(op)->fields >> i & 1) != 0)
            randomize(rng, &insn, &fields[i]);
    insn.flags &= npu_opinfo(op)->flags;
    for (int i = 0; i < 2; i++) {
        insn.wait[i].count = insn.wait[i].sem == 0 ? 0 : insn.wait[i].count | 1;
    }
    if (insn.wait[1].sem == insn.wait[0].sem)
        insn.wait[1].sem = insn.wait[1].count = 0;
    insn.mem %= NPU_MEMS;
    insn.narrow %= 3;
    if (insn.packed != 0) {
        insn.rows = insn.planes = 1;
        insn.l1_row |= 1;
    }
    insn.par &= ~3u;
    insn.par2 &= ~3u;
    if (op == NPU_OP_RESIZE) {
        insn.k_h = 1 + insn.k_h % 2;
        insn.k_w = 1 + insn.k_w % 2;
    }
    if (insn.out_min > insn.out_max)
        insn.out_max = insn.out_min;
    if (op == NPU_OP_DWCONV) {
        insn.in_c = 1 + insn.in_c % 200;
        insn.c = insn.in_c * (1 + insn.c % 300);
    }
    /* results that do not lie on themselves: pixels of at most 65535 bytes, rows of at most 2^24 */
    if (insn.c != 0 && op != NPU_OP_TRANSFORM) {
        bool mac = op == NPU_OP_CONV || op == NPU_OP_DWCONV;
        insn.c = mac && op == NPU_OP_CONV ? 1 + insn.c % 16000 : insn.c;
        insn.c = op == NPU_OP_DWCONV && insn.c > 16000 ? insn.in_c : insn.c;
        uint32_t pixel = mac ? 4 * npu_round_lanes(insn.c) : insn.c;
        insn.w = insn.w == 0 ? 0 : 1 + insn.w % 250;
        insn.dst.pix = op == NPU_OP_MEAN || insn.dst.pix >= pixel ? insn.dst.pix : pixel;
        if (op != NPU_OP_MEAN && insn.dst.row < 250 * 65535)
            insn.dst.row = 250 * 65535;
    }
    if (op == NPU_OP_CONV || op == NPU_OP_DWCONV) {
        insn.dst.addr &= ~3u;
        insn.dst.row &= ~3u;
        insn.dst.pix &= ~3u;
    }
    if (op == NPU_OP_REQUANT) {
        insn.src.addr &= ~3u;
        insn.src.row &= ~3u;
        insn.src.pix &= ~3u;
    }
    ck_assert_uint_eq(member(&insn, &fields[0]), insn.layer);
    return insn;
}

static npu_tile_t small_tile(sim_stream_t *rng, uint32_t w, uint32_t pixel, uint32_t unit)
{
    uint32_t pix = pixel + unit * sim_stream_below(rng, 4);
    return (npu_tile_t){unit * sim_stream_below(rng, 2000),
                        w * pix + unit * sim_stream_below(rng, 9), pix};
}

npu_insn_t random_small_insn(sim_stream_t *rng, uint32_t op)
{
    npu_insn_t i = random_insn(rng, op);
    const uint64_t used = npu_opinfo(op)->fields;
    uint32_t count;
    const npu_field_t *fields = npu_field_table(&count);
    memset(i.wait, 0, sizeof(i.wait));
    i.layer = sim_stream_below(rng, 8);
    if (i.c == 0 && i.rows == 0)
        return i;
    if (i.rows != 0) {
        i.rows = 1 + sim_stream_below(rng, 4);
        i.planes = 1 + sim_stream_below(rng, 3);
        i.row_bytes = 1 + sim_stream_below(rng, 600);
        i.l1 = sim_stream_below(rng, 500);
        i.l1_row = sim_stream_below(rng, 700);
        i.packed &= sim_stream_below(rng, 2);
        i.l1_plane = sim_stream_below(rng, 900);
        i.l2 = sim_stream_below(rng, 1 << 18);
        i.l2_row = sim_stream_below(rng, 1 << 16);
        i.l2_plane = sim_stream_below(rng, 1 << 16);
        if (i.packed != 0) {
            i.rows = i.planes = 1;
            i.l1_row |= 1;
        }
        return i;
    }
    i.h = i.h == 0 ? 0 : 1 + sim_stream_below(rng, 5);
    i.w = i.w == 0 ? 0 : 1 + sim_stream_below(rng, 5);
    i.c = 1 + sim_stream_below(rng, 70);
    i.in_h = i.in_h == 0 ? 0 : 1 + sim_stream_below(rng, 6);
    i.in_w = i.in_w == 0 ? 0 : 1 + sim_stream_below(rng, 6);
    i.in_c = i.in_c == 0 ? 0 : op == NPU_OP_DWCONV ? i.c : 1 + sim_stream_below(rng, 40);
    uint32_t taps = op == NPU_OP_RESIZE ? 2 : 4;
    i.k_h = i.k_h == 0 ? 0 : 1 + sim_stream_below(rng, taps);
    i.k_w = i.k_w == 0 ? 0 : 1 + sim_stream_below(rng, taps);
    i.wgt = i.wgt == 0 ? 0 : sim_stream_below(rng, 1000);
    i.par = i.par == 0 ? 0 : 4 * sim_stream_below(rng, 500);
    i.par2 = i.par2 == 0 ? 0 : 4 * sim_stream_below(rng, 500);
    i.src_chan = i.src_chan == 0 ? 0 : sim_stream_below(rng, 300);
    i.dst_chan = i.dst_chan == 0 ? 0 : sim_stream_below(rng, 300);
    bool acc_out = op == NPU_OP_CONV || op == NPU_OP_DWCONV, acc_in = op == NPU_OP_REQUANT;
    uint32_t src_w = i.in_w != 0 ? i.in_w : i.w, src_c = i.in_c != 0 ? i.in_c : i.c;
    for (uint32_t f = 0; f < count; f++) {
        if ((used >> f & 1) == 0)
            continue;
        if (strcmp(fields[f].name, "src") == 0)
            i.src = small_tile(rng, src_w, acc_in ? 4 * src_c : src_c, acc_in ? 4 : 1);
        else if (strcmp(fields[f].name, "src2") == 0)
            i.src2 = small_tile(rng, i.w, i.c, 1);
        else if (strcmp(fields[f].name, "dst") == 0)
            i.dst = small_tile(rng, i.w + (i.w == 0), acc_out ? 4 * npu_round_lanes(i.c) : i.c,
                               acc_out ? 4 : 1);
    }
    return i;
}

static void random_name(sim_stream_t *rng, char name[NPU_NAME_BYTES])
{
    char text[NPU_NAME_BYTES + 8];
    uint32_t n = sim_stream_below(rng, sizeof(text) - 1);
    for (uint32_t i = 0; i < n; i++)
        text[i] = (char)(1 + sim_stream_below(rng, 255));
    text[n] = '\0';
    npu_name_set(name, text);
}

static void random_tables(sim_stream_t *rng, npu_prog_t *prog)
{
    for (uint32_t i = 0; i < 5; i++) {
        uint8_t data[300];
        uint32_t bytes = 1 + sim_stream_below(rng, sizeof(data));
        for (uint32_t k = 0; k < bytes; k++)
            data[k] = (uint8_t)sim_stream_u32(rng);
        ck_assert(npu_prog_add_blob(prog, sim_stream_u32(rng) >> 1, data, bytes) == i);
    }
    for (uint32_t i = 0; i < 7; i++) {
        npu_kept_t kept = {.tensor = sim_stream_u32(rng),
                           .l2 = sim_stream_u32(rng) >> 1,
                           .dtype = sim_stream_below(rng, NPU_DTYPES),
                           .row = sim_stream_below(rng, 1 << 20),
                           .pix = sim_stream_below(rng, 1 << 16),
                           .chan = sim_stream_below(rng, 1 << 20),
                           .dims = 1 + sim_stream_below(rng, 4),
                           .shape = {1, 1, 1, 1},
                           .zero_point = (int32_t)sim_stream_u32(rng),
                           .scale_bits = sim_stream_u32(rng),
                           .valid_after = i == 0 ? NPU_VALID_AT_START
                                                 : sim_stream_below(rng, prog->insn_count)};
        kept.order = kept.dims == 4 ? sim_stream_below(rng, NPU_ORDERS) : NPU_ORDER_HWC;
        for (uint32_t d = 0; d < kept.dims; d++)
            kept.shape[d] = kept.dims == 4 && d == 0 ? 1 : 1 + sim_stream_below(rng, 100);
        random_name(rng, kept.name);
        ck_assert(npu_prog_add_kept(prog, &kept) == i);
    }
}

static npu_net_tensor_t random_tensor(sim_stream_t *rng)
{
    npu_net_tensor_t t = {.addr = sim_stream_u32(rng),
                          .dtype = sim_stream_below(rng, NPU_DTYPES),
                          .dims = 1 + sim_stream_below(rng, 4),
                          .shape = {1, 1, 1, 1},
                          .zero_point = (int32_t)sim_stream_below(rng, 65536) - 32768,
                          .scale_bits = sim_stream_u32(rng)};
    for (uint32_t d = 0; d < t.dims; d++)
        t.shape[d] = t.dims == 4 && d == 0 ? 1 : 1 + sim_stream_below(rng, 100);
    return t;
}

/* Any numbers where any may stand; inputs, outputs, their names; the first input as the image. */
static void random_net(sim_stream_t *rng, npu_prog_t *prog)
{
    uint32_t *net = prog->net;
    uint32_t inputs = sim_stream_below(rng, 17), outputs = sim_stream_below(rng, 17);
    for (uint32_t w = 0; w < NPU_NET_WORDS; w++)
        net[w] = sim_stream_below(rng, 2) == 0 ? 0 : sim_stream_u32(rng);
    net[NPU_NET_MAGIC_W] = NPU_NET_MAGIC;
    net[NPU_NET_VERSION_W] = NPU_NET_VERSION;
    net[NPU_NET_INPUTS_W] = inputs;
    net[NPU_NET_OUTPUTS_W] = outputs;
    net[NPU_NET_PLACES_W] = 1 + sim_stream_below(rng, NPU_NET_PLACES);
    net[NPU_NET_PLACE_W] = sim_stream_below(rng, net[NPU_NET_PLACES_W]);
    net[NPU_NET_INPUT_CHANNELS_W] = 0;
    net[NPU_NET_AP_ADDR_W] = net[NPU_NET_AP_BYTES_W] = 0; /* sent_test has such */
    net[NPU_NET_SENT_ADDR_W] = net[NPU_NET_SENT_W] = 0;
    for (uint32_t i = 0; i < inputs + outputs; i++) {
        npu_net_tensor_t t = random_tensor(rng);
        npu_end_t end = {.tensor = sim_stream_u32(rng), .dtype = sim_stream_below(rng, NPU_DTYPES)};
        end.order = t.dims == 4 ? sim_stream_below(rng, NPU_ORDERS) : NPU_ORDER_HWC;
        if (i == 0 && t.dims == 4 && inputs > 0) {
            t.dtype = NPU_DTYPE_INT8;
            net[NPU_NET_INPUT_ADDR_W] = t.addr;
            net[NPU_NET_INPUT_HEIGHT_W] = t.shape[1];
            net[NPU_NET_INPUT_WIDTH_W] = t.shape[2];
            net[NPU_NET_INPUT_CHANNELS_W] = t.shape[3];
            net[NPU_NET_INPUT_ROW_BYTES_W] = t.shape[2] + sim_stream_below(rng, 9);
            net[NPU_NET_INPUT_PLANE_BYTES_W] = net[NPU_NET_INPUT_ROW_BYTES_W] * t.shape[1];
        }
        npu_net_tensor_put(&t,
                           net + (i < inputs ? NPU_NET_INPUT_W(i) : NPU_NET_OUTPUT_W(i - inputs)));
        random_name(rng, end.name);
        ck_assert(npu_prog_add_end(prog, &end) == i);
    }
}

/* Operators for the core between tensors that fit them. */
static void random_post(sim_stream_t *rng, npu_prog_t *prog)
{
    npu_post_t *post = &prog->post;
    post->l2 = 4 * sim_stream_below(rng, 1 << 20);
    post->scratch_l2 = 8 * sim_stream_below(rng, 1 << 20);
    post->scratch_bytes = sim_stream_u32(rng);
    uint32_t ops = 1 + sim_stream_below(rng, 10);
    for (uint32_t i = 0; i < ops; i++) {
        npu_net_tensor_t codes = random_tensor(rng), other;
        npu_post_op_t op = {.code = sim_stream_below(rng, NPU_POST_DETECTION_POSTPROCESS)};
        codes.addr &= ~3u;
        codes.zero_point = (int32_t)sim_stream_below(rng, 256) - 128;
        codes.scale_bits = 0x3f000000 + sim_stream_below(rng, 1 << 20);
        codes.dtype = sim_stream_below(rng, 2); /* int8, uint8 */
        other = codes;
        other.addr += 64;
        other.dtype = op.code == NPU_POST_ARG_MAX ? NPU_DTYPE_INT64 : NPU_DTYPE_FLOAT32;
        op.attr[0] = op.code == NPU_POST_ARG_MAX ? sim_stream_below(rng, codes.dims) : 7;
        if (op.code == NPU_POST_ARG_MAX)
            other.shape[op.attr[0]] = 1;
        bool back = op.code == NPU_POST_QUANTIZE;
        memset(op.in, 0xff, sizeof(op.in));
        memset(op.out, 0xff, sizeof(op.out));
        op.in[0] = npu_post_add_tensor(post, back ? &other : &codes);
        op.out[0] = npu_post_add_tensor(post, back ? &codes : &other);
        random_name(rng, op.name);
        ck_assert_uint_eq(npu_post_add_op(post, &op), i);
    }
    post->before = sim_stream_below(rng, ops + 1);
    prog->net[NPU_NET_POST_ADDR_W] = prog->net[NPU_NET_L2_BASE_W] + post->l2;
}

static void random_made_for(sim_stream_t *rng, npu_made_for_t *made)
{
    for (uint32_t w = 0; w < NPU_CHIP_WORDS; w++)
        if (sim_stream_below(rng, 2) != 0) {
            made->given |= UINT64_C(1) << w;
            made->word[w] = sim_stream_u32(rng);
        }
}

void random_prog(sim_stream_t *rng, uint32_t insns, npu_prog_t *prog)
{
    char error[200];
    random_name(rng, prog->meta.name);
    prog->meta.rounding = sim_stream_below(rng, 2);
    prog->meta.by_name = sim_stream_below(rng, 2);
    prog->meta.insn_l2 = NPU_INSN_BYTES * sim_stream_below(rng, 1000);
    prog->meta.l2_peak_bytes = sim_stream_u32(rng);
    prog->meta.l2_lower_bound_bytes = sim_stream_u32(rng);
    prog->meta.macs = (uint64_t)sim_stream_u32(rng) << 20;
    for (uint32_t m = 0; m < NPU_MEMS; m++)
        prog->meta.mem_bytes[m] = sim_stream_u32(rng);
    random_made_for(rng, &prog->made_for);
    random_net(rng, prog);
    prog->net[NPU_NET_POST_ADDR_W] = 0;
    if (sim_stream_below(rng, 3) != 0)
        random_post(rng, prog);
    for (uint32_t i = 0; i < insns; i++) {
        uint32_t op = 1 + sim_stream_below(rng, NPU_OPS - 1);
        npu_insn_t insn = random_insn(rng, op);
        ck_assert_msg(npu_prog_add_insn(prog, &insn, error, sizeof(error)) == i, "%s", error);
    }
    for (uint32_t i = 0; i < NPU_MAX_LAYERS; i++) { /* tags are random: all layers exist */
        npu_layer_t layer = {.first = sim_stream_below(rng, insns), .macs = i};
        layer.last = layer.first + sim_stream_below(rng, insns - layer.first);
        random_name(rng, layer.name);
        random_name(rng, layer.op);
        ck_assert(npu_prog_add_layer(prog, &layer) == i);
    }
    random_tables(rng, prog);
}
