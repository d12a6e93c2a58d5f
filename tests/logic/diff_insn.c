/*
 * diff_insn.c - random instructions: computing, any encoding, memory, jumps.
 */
#include "tests/logic/diff_int.h"

#define SFENCE_VMA 0x12000073u /* with any rs1, rs2 */

/* ---- computing ---- */

uint32_t gen_alu_word(gen_t *g)
{
    static const uint32_t first = OP_ADDI, last = OP_REMU;
    uint32_t kind = below(g, 10), random = sim_stream_u32(&g->s);
    if (kind == 0)
        return LUI(rd(g), random >> 12);
    if (kind == 1)
        return AUIPC(rd(g), random >> 12);
    const core_insn_info_t *info = &core_insn_info[first + below(g, last - first + 1)];
    uint32_t fields = one_in(g, 4) ? value(g) << 20 : random, rs1 = any(g);
    return info->match | (fields & ~info->mask & 0xfff00000) | rs1 << 15 | rd(g) << 7;
}

static void alu(gen_t *g)
{
    word(g, gen_alu_word(g));
}

void gen_constant(gen_t *g)
{
    uint32_t r = rd_not_zero(g);
    li(g, r, value(g));
}

void gen_fence(gen_t *g)
{
    const core_insn_info_t *info = &core_insn_info[one_in(g, 3) ? OP_FENCE_I : OP_FENCE];
    word(g, info->match | (sim_stream_u32(&g->s) & ~info->mask));
}

/* ---- any encoding that leaves the program in one piece ---- */

static bool harmless(const gen_t *g, uint32_t w, bool is_half)
{
    core_insn_t in = core_decode_word(is_half ? rvc_expand(w) : w, 0);
    if (!is_half && (w & 0xfe007fff) == SFENCE_VMA)
        return false;
    if (in.op == OP_ILLEGAL || in.op == OP_FENCE || in.op == OP_FENCE_I)
        return true;
    bool computes = in.op <= OP_AUIPC || (in.op >= OP_ADDI && in.op <= OP_REMU);
    return computes && (in.rd == 32 || (g->keep >> in.rd & 1) == 0);
}

static uint32_t mutated(gen_t *g)
{
    const core_insn_info_t *info = &core_insn_info[1 + below(g, OP_ILLEGAL - 1)];
    uint32_t w = info->match | (sim_stream_u32(&g->s) & ~info->mask);
    for (uint32_t flips = 1 + below(g, 2); flips > 0; flips--)
        w ^= 4u << below(g, 30);
    return w | 3;
}

static void any_word(gen_t *g)
{
    for (;;) {
        uint32_t w = one_in(g, 3) ? sim_stream_u32(&g->s) | 3 : mutated(g);
        if (harmless(g, w, false)) {
            word(g, w);
            return;
        }
    }
}

/* Without C its upper half is never seen. */
static void any_half(gen_t *g)
{
    uint32_t h;
    do
        h = sim_stream_u32(&g->s) & 0xffff;
    while ((h & 3) == 3 || !harmless(g, h, true));
    half(g, h);
    if (!diff_chip_has(g->chip, 'c'))
        half(g, sim_stream_u32(&g->s) & 0xffff);
}

/* Reserved, whatever the decoder says: nothing breaks where one is executed. */
static void reserved_word(gen_t *g)
{
    static const uint32_t calls[] = {ECALL, EBREAK, MRET, WFI};
    uint32_t base = g->base[below(g, 3)], r = rd(g), f3 = below(g, 8), w;
    uint32_t rs1 = any(g), rs2 = any(g), random = sim_stream_u32(&g->s);
    switch (below(g, 6)) {
    case 0: /* AMO; LR with rs2; SC works, but where it may differ */
        w = enc_r(random % 128, rs2 | 1, base, random >> 30 == 0 ? f3 : 2, r, 0x2f);
        if (w >> 27 == 3)
            w ^= 1u << 27;
        break;
    case 1:
        w = enc_i((int32_t)(random % 32), base, f3 % 4 == 3 ? 3 : f3 | 6, r, 0x03);
        break;
    case 2:
        w = enc_s((int32_t)(random % 32), rs2, base, f3 < 3 ? f3 + 3 : f3);
        break;
    case 3:
        w = enc_b(2 + f3 % 2, rs1, rs2, 4);
        break;
    case 4:
        w = enc_i((int32_t)(random % 4096) - 2048, rs1, f3 | 1, r, 0x67);
        break;
    default:
        w = calls[random % 4] ^ 1u << (7 + (random >> 2) % 25);
        break;
    }
    bool system = (w & 0x7f) == 0x73;
    if (!system || ((w & 0x7000) == 0 && (w & 0xfe007fff) != SFENCE_VMA))
        word(g, w);
}

static void reserved_half(gen_t *g)
{
    static const uint16_t q0[] = {0x2000, 0x6000, 0x8000, 0xa000, 0xe000};
    static const uint16_t q2[] = {0x2002, 0x6002, 0xa002, 0xe002};
    uint32_t random = sim_stream_u32(&g->s);
    switch (below(g, 4)) {
    case 0: /* c.lwsp to x0 */
        half(g, 0x4002 | (random & 0x107c));
        break;
    case 1: /* c.jr x0 */
        half(g, 0x8002);
        break;
    case 2:
        half(g, q0[below(g, 5)] | (random & 0x1ffc));
        break;
    default:
        half(g, q2[below(g, 4)] | (random & 0x1ffc));
        break;
    }
}

/* ---- memory ---- */

static bool may_misalign(gen_t *g, uint32_t base)
{
    return !g->chip->aligned && (g->whole >> base & 1) != 0 && one_in(g, 6);
}

static int32_t offset(gen_t *g, uint32_t base, uint32_t bytes)
{
    uint32_t size = base < 2 ? 4 * DIFF_DATA_WORDS : 4 * DIFF_DATA2_WORDS;
    uint32_t at = below(g, size - bytes + 1);
    return (int32_t)(may_misalign(g, base) ? at : at / bytes * bytes) - (int32_t)(size / 2);
}

static void access_word(gen_t *g, int32_t at, uint32_t base, uint32_t op)
{
    const core_insn_info_t *info = &core_insn_info[op];
    if (op >= OP_SB)
        word(g, enc_s(at, any(g), base, info->match >> 12));
    else
        word(g, enc_i(at, base, info->match >> 12, rd(g), info->match & 0x7f));
}

static uint32_t access_bytes(uint32_t op)
{
    return op == OP_LB || op == OP_LBU || op == OP_SB   ? 1
           : op == OP_LH || op == OP_LHU || op == OP_SH ? 2
                                                        : 4;
}

void gen_access_data(gen_t *g)
{
    uint32_t op = OP_LB + below(g, OP_SW - OP_LB + 1), b = below(g, 3);
    access_word(g, offset(g, b, access_bytes(op)), g->base[b], op);
}

/* c.lw, c.sw, c.lwsp, c.swsp */
static void access_short(gen_t *g)
{
    uint32_t any_at = sim_stream_u32(&g->s);
    uint32_t r = rd_not_zero(g), short_reg = r % 8, base = g->base[0] - 8;
    while ((g->keep >> (8 + short_reg) & 1) != 0)
        short_reg = rd(g) % 8;
    switch (below(g, 4)) {
    case 0:
        half(g, 0x4000 | (any_at & 0x1c60) | base << 7 | short_reg << 2);
        break;
    case 1:
        half(g, 0xc000 | (any_at & 0x1c60) | base << 7 | below(g, 8) << 2);
        break;
    case 2:
        half(g, 0x4002 | (any_at & 0x107c) | r << 7);
        break;
    default:
        half(g, 0xc002 | (any_at & 0x1f80) | any(g) << 2);
        break;
    }
}

/* There and back; what stands between runs with the other stack pointer. */
static void move_stack(gen_t *g)
{
    uint32_t by = 1 + below(g, 4);
    half(g, 0x6101 | (by & 1) << 6 | (by >> 1 & 1) << 2 | (by >> 2 & 1) << 5); /* c.addi16sp */
    if (one_in(g, 2))
        alu(g);
    word(g, ADDI(SP, SP, -16 * (int32_t)by));
}

static void access_elsewhere(gen_t *g)
{
    uint32_t r = rd_not_zero(g), op = OP_LB + below(g, OP_SW - OP_LB + 1);
    uint32_t at = below(g, DIFF_PAGE / 4) * 4;
    bool code = op < OP_SB && one_in(g, 2);
    li(g, r, (code ? one_in(g, 2) ? DIFF_CODE : DIFF_FAR : NOWHERE) + at);
    access_word(g, 0, r, op);
}

static uint32_t atomic_word(gen_t *g, uint32_t op, uint32_t addr)
{
    uint32_t order = below(g, 4), rs2 = op == OP_LR ? 0 : any(g);
    return core_insn_info[op].match | order << 25 | rs2 << 20 | addr << 15 | rd(g) << 7;
}

static void atomic(gen_t *g)
{
    uint32_t r = rd_not_zero(g), b = below(g, 3), op = OP_LR + below(g, OP_AMOMAXU - OP_LR + 1);
    bool writable = (g->writable >> b & 1) != 0;
    if (op == OP_SC && !writable)
        op = OP_LR;
    int32_t at = offset(g, b, 4) / 4 * 4;
    if (op != OP_SC && one_in(g, 12))
        at += 1 + (int32_t)below(g, 3);
    if (op != OP_SC && one_in(g, 12))
        li(g, r, NOWHERE + below(g, 1024) * 4);
    else
        word(g, ADDI(r, g->base[b], at));
    word(g, atomic_word(g, op, r));
    if (op != OP_LR || !writable)
        return;
    word(g, ADDI(r, g->base[b], at / 4 * 4 == 0 ? 4 : 0)); /* another word: fails, and ends it */
    word(g, atomic_word(g, OP_SC, r));
}

static void reserve_and_store(gen_t *g)
{
    uint32_t kept = g->keep, r = rd_not_zero(g), b = below(g, 3);
    if ((g->writable >> b & 1) == 0)
        return;
    g->keep |= 1u << r;
    word(g, ADDI(r, g->base[b], offset(g, b, 4) / 4 * 4));
    word(g, atomic_word(g, OP_LR, r));
    for (uint32_t n = below(g, 3); n > 0; n--)
        one_in(g, 4) ? any_word(g) : alu(g);
    word(g, atomic_word(g, OP_SC, r));
    if (one_in(g, 3))
        word(g, atomic_word(g, OP_SC, r)); /* fails */
    g->keep = kept;
}

/* A word of this page, replaced and then executed. */
static void patch_code(gen_t *g)
{
    uint32_t kept = g->keep, r = rd_not_zero(g);
    g->keep |= 1u << r;
    uint32_t b = rd_not_zero(g);
    li(g, r, gen_alu_word(g));
    g->keep = kept;
    uint32_t slot = g->at + 16;
    if (g->chip->aligned && slot % 4 != 0) {
        half(g, HALF_NOP);
        slot = g->at + 16;
    }
    li(g, b, DIFF_CODE + slot);
    word(g, SW(r, 0, b));
    word(g, FENCE_I);
    word(g, NOP);
}

/* ---- jumps ---- */

static void some_items(gen_t *g, uint32_t most)
{
    g->depth++;
    for (uint32_t n = below(g, most + 1); n > 0; n--)
        g->depth > 2 ? alu(g) : gen_item(g);
    g->depth--;
}

static uint32_t short_branch(uint32_t f3, uint32_t r, uint32_t by)
{
    return 1 | f3 << 13 | (by >> 8 & 1) << 12 | (by >> 3 & 3) << 10 | (r - 8) << 7 |
           (by >> 6 & 3) << 5 | (by >> 1 & 3) << 3 | (by >> 5 & 1) << 2;
}

static uint32_t short_jump(uint32_t f3, uint32_t by)
{
    return 1 | f3 << 13 | (by >> 11 & 1) << 12 | (by >> 4 & 1) << 11 | (by >> 8 & 3) << 9 |
           (by >> 10 & 1) << 8 | (by >> 6 & 1) << 7 | (by >> 7 & 1) << 6 | (by >> 1 & 7) << 3 |
           (by >> 5 & 1) << 2;
}

/* Forward, over some items: Bxx, JAL, c.beqz, c.bnez, c.j, c.jal. */
static void skip_items(gen_t *g)
{
    static const uint8_t kinds[] = {0, 1, 4, 5, 6, 7};
    uint32_t from = g->at, kind = below(g, 4), f3 = kinds[below(g, 6)], a = any(g), b = any(g);
    bool is_short = diff_chip_has(g->chip, 'c') && one_in(g, 2), jumps = one_in(g, 3);
    if (is_short)
        half(g, 0);
    else
        word(g, 0);
    some_items(g, 3);
    uint32_t by = g->at - from, kept = g->at;
    if (is_short && by >= 250) {
        g->at = from;
        half(g, HALF_NOP);
    } else if (is_short) {
        g->at = from;
        half(g,
             jumps ? short_jump(kind % 2 ? 1 : 5, by) : short_branch(6 + kind % 2, 8 + a % 8, by));
    } else {
        put_word(g, from,
                 jumps ? JAL(one_in(g, 2) ? ZERO : rd(g), (int32_t)by)
                       : enc_b(f3, a, b, (int32_t)by));
    }
    g->at = kept;
}

static void loop(gen_t *g)
{
    uint32_t kept = g->keep, r = g->counter;
    if (g->depth != 0)
        return;
    g->keep |= 1u << r;
    word(g, ADDI(r, ZERO, 1 + (int32_t)below(g, 4)));
    uint32_t from = g->at;
    some_items(g, 3);
    word(g, ADDI(r, r, -1));
    word(g, BNE(r, ZERO, (int32_t)(from - g->at)));
    g->keep = kept;
}

static void jump_by_register(gen_t *g)
{
    uint32_t r = rd_not_zero(g), back = below(g, 16);
    bool is_short = diff_chip_has(g->chip, 'c') && one_in(g, 2), links = one_in(g, 2);
    uint32_t target = pc(g) + 8 + (is_short ? 2 : 4);
    if (is_short) {
        li(g, r, target);
        half(g, 0x8002 | (links ? 0x1000u : 0) | r << 7);
    } else {
        li(g, r, target - back * 2 + (diff_chip_has(g->chip, 'c') ? below(g, 2) : 0));
        word(g, JALR(links ? rd(g) : ZERO, (int32_t)(back * 2), r));
    }
}

static void call_far(gen_t *g)
{
    uint32_t target = DIFF_FAR + g->far_at[below(g, g->far_count)], r = rd_not_zero(g);
    if (one_in(g, 2)) {
        word(g, JAL(RA, (int32_t)(target - pc(g))));
    } else {
        li(g, r, target);
        word(g, JALR(RA, 0, r));
    }
}

/* To the last half word of the main page: a word that reaches into the far page. */
static void call_across(gen_t *g)
{
    uint32_t r = rd_not_zero(g);
    li(g, r, DIFF_FAR - 2);
    word(g, JALR(RA, 0, r));
}

static void jump_nowhere(gen_t *g)
{
    uint32_t r = rd_not_zero(g);
    li(g, r, NOWHERE + below(g, 4096) * 4);
    if (diff_chip_has(g->chip, 'c') && one_in(g, 2))
        half(g, 0x9002 | r << 7);
    else
        word(g, JALR(RA, 0, r));
}

/* Without C: to the middle of a word, if taken. */
static void jump_misaligned(gen_t *g)
{
    uint32_t r = rd_not_zero(g), rs1 = any(g), rs2 = any(g);
    switch (below(g, 3)) {
    case 0:
        word(g, JAL(rd(g), 6));
        break;
    case 1:
        word(g, enc_b(rs1 % 2, rs1, rs2, 6));
        break;
    default:
        li(g, r, pc(g) + 14);
        word(g, JALR(rd(g), 0, r));
        break;
    }
}

/* clang-format off */
const gen_item_t gen_insns[] = {
    {alu,                  30, 0},
    {gen_constant,          4, 0},
    {gen_fence,             1, 0},
    {any_word,              6, 0},
    {reserved_word,         3, 0},
    {reserved_half,         3, NEEDS_C},
    {any_half,             12, NEEDS_C},
    {any_half,              3, NEEDS_NO_C},
    {gen_access_data,      14, MAIN_ONLY},
    {access_short,          6, NEEDS_C | MAIN_ONLY},
    {move_stack,            1, NEEDS_C | MAIN_ONLY},
    {access_elsewhere,      2, MAIN_ONLY},
    {atomic,                6, MAIN_ONLY},
    {reserve_and_store,     2, MAIN_ONLY},
    {patch_code,            1, MAIN_ONLY},
    {skip_items,            8, MAIN_ONLY},
    {loop,                  2, MAIN_ONLY},
    {jump_by_register,      2, MAIN_ONLY},
    {call_far,              2, MAIN_ONLY},
    {call_across,           1, NEEDS_C | MAIN_ONLY},
    {jump_nowhere,          1, MAIN_ONLY},
    {jump_misaligned,       2, NEEDS_NO_C | MAIN_ONLY},
    {NULL,                  0, 0},
};
/* clang-format on */
