/*
 * diff_gen.c - random programs that end, whatever they do: made of items, most of them an
 * instruction or two. Left out, because QEMU 7.2 is known to differ where the specification
 * (unpriv. 20191213, priv. 20211203) leaves no choice, or leaves one:
 *
 *   SFENCE.VMA                     QEMU executes it in machine mode without S mode
 *   mstatus.MPP of S or reserved   QEMU keeps it (priv. 3.1.6: WARL, modes that there are)
 *   mstatus.MPRV over MRET         QEMU keeps it in user mode (priv. 3.1.6.1: cleared)
 *   user mode before any PMP entry QEMU's MRET is illegal; fetches fail (priv. 3.7.1)
 *   entries that end inside a page of code
 *                                  QEMU looks at fetches once a page (priv. 3.7.1)
 *   SC where memory is denied, unmapped or misaligned, or after a store to LR's word
 *                                  QEMU fails it by its reservation and value first (unpriv. 8.2)
 *   misaligned accesses where PMP entries begin inside a page; misaligned accesses that trap
 *                                  QEMU does them whole and always
 *   what is read right after a write to minstret
 *                                  QEMU reads one more (unpriv. 9.1: the value that was written)
 *   CSRRS and CSRRC of a read-only CSR with a register that holds 0
 *                                  QEMU does not call that a write (unpriv. 9.1)
 *   MEI beside MSI or MTI          QEMU takes the lowest number first (priv. 3.1.9: MEI)
 *   a random value in mepc or mtvec before a trap: nothing to compare with
 */
#include "tests/logic/diff_int.h"

#include <string.h>

#define ROOM_BYTES 1024u /* kept free at the end of the page: more than an item takes */

bool diff_chip_has(const diff_chip_t *chip, char extension)
{
    return strchr(chip->isa + 5, extension) != NULL;
}

/* ---- programs ---- */

static bool fits(const gen_t *g, const gen_item_t *it)
{
    bool c = diff_chip_has(g->chip, 'c'), main_page = g->code == (const uint8_t *)g->out->words;
    return !((it->needs & NEEDS_C) != 0 && !c) && !((it->needs & NEEDS_NO_C) != 0 && c) &&
           !((it->needs & MAIN_ONLY) != 0 && !main_page);
}

static const gen_item_t *pick(const gen_item_t *table, uint32_t *n)
{
    for (; table->weight != 0 && *n >= table->weight; table++)
        *n -= table->weight;
    return table->weight != 0 ? table : NULL;
}

void gen_item(gen_t *g)
{
    static const gen_item_t *const tables[] = {gen_insns, gen_system};
    uint32_t total = 0;
    for (size_t i = 0; i < SIM_COUNT(tables); i++)
        for (const gen_item_t *it = tables[i]; it->weight != 0; it++)
            total += it->weight;
    for (;;) {
        uint32_t n = below(g, total);
        const gen_item_t *it = pick(tables[0], &n);
        if (it == NULL)
            it = pick(tables[1], &n);
        if (fits(g, it)) {
            it->emit(g);
            return;
        }
    }
}

/* Functions that return through x1. */
static void make_far(gen_t *g)
{
    uint32_t kept = g->keep;
    g->code = (uint8_t *)g->out->words + DIFF_PAGE;
    g->keep |= 1u << RA | 1u << g->counter;
    if (diff_chip_has(g->chip, 'c')) { /* the end of a word that begins on the main page */
        uint32_t w = gen_alu_word(g);
        g->out->before_far = w << 16 | HALF_NOP;
        half(g, w >> 16);
        half(g, 0x8082);
    }
    g->far_count = 1 + below(g, SIM_COUNT(g->far_at));
    for (uint32_t i = 0; i < g->far_count; i++) {
        g->far_at[i] = g->at;
        for (uint32_t n = below(g, 5); n > 0; n--)
            gen_item(g);
        if (diff_chip_has(g->chip, 'c') && one_in(g, 2))
            half(g, 0x8082);
        else
            word(g, JALR(ZERO, 0, RA));
    }
    g->out->far_bytes = (g->at + 3) / 4 * 4;
    g->keep = kept;
    g->at = 0;
    g->code = (uint8_t *)g->out->words;
}

static void choose_registers(gen_t *g)
{
    diff_program_t *out = g->out;
    out->p = HANDLER_FIRST + below(g, HANDLER_LAST - HANDLER_FIRST + 1);
    g->keep = 3u << out->p | 1u << SP;
    do
        g->base[0] = 8 + below(g, 8);
    while ((g->keep >> g->base[0] & 1) != 0);
    g->base[1] = SP;
    do
        g->base[2] = 16 + below(g, 16);
    while ((g->keep >> g->base[2] & 1) != 0);
    g->keep |= 1u << g->base[0] | 1u << g->base[2];
    do
        g->counter = rd_not_zero(g);
    while (g->counter == RA); /* calls write it */
    for (uint32_t r = 1; r < 32; r++)
        out->x[r] = value(g);
    out->x[g->base[0]] = out->x[SP] = DIFF_DATA + 2 * DIFF_DATA_WORDS;
    out->x[g->base[2]] = DIFF_DATA2 + 2 * DIFF_DATA2_WORDS;
}

static uint32_t chip_flags(const diff_chip_t *chip)
{
    return (diff_chip_has(chip, 'a') ? FLAG_A : 0u) | (diff_chip_has(chip, 'c') ? FLAG_C : 0u) |
           (chip->u ? FLAG_U : 0u) | (chip->pmp ? FLAG_PMP : 0u);
}

static void choose_kind(gen_t *g)
{
    diff_program_t *out = g->out;
    g->user = g->chip->u && one_in(g, 2);
    g->protects = g->chip->pmp && (g->user || g->chip->locks || one_in(g, 8));
    g->irqs = one_in(g, 5);
    out->counts = one_in(g, 6);
    out->flags = chip_flags(g->chip) | (g->user ? FLAG_USER : 0u);
    if (g->irqs)
        out->flags |= FLAG_MSIP * (1 + below(g, 4)); /* MSIP, MTIP, both, MEIP */
    out->vectored = g->irqs && one_in(g, 2);
}

void diff_generate(diff_program_t *program, const diff_chip_t *chip, uint64_t seed, uint32_t index,
                   uint32_t max_items)
{
    memset(program, 0, sizeof(*program));
    gen_t g = {.out = program, .chip = chip, .s = sim_stream(seed, 0x6466, index)};
    program->seed = sim_stream_u32(&g.s) | 1;
    choose_registers(&g);
    choose_kind(&g);
    uint32_t count = 20 + below(&g, 70);
    make_far(&g);
    g.whole = g.writable = 7;
    if (g.protects)
        gen_protect(&g);
    for (; program->items < count && program->items < max_items; program->items++) {
        if (g.at > DIFF_PAGE - ROOM_BYTES)
            break;
        gen_item(&g);
    }
    if (g.at % 4 != 0)
        half(&g, HALF_NOP);
    program->exit = DIFF_CODE + g.at;
    for (uint32_t i = 0; i < 4; i++)
        word(&g, ECALL);
    program->code_bytes = g.at;
}
