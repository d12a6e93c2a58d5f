/*
 * diff_sys.c - random system code: modes, traps, interrupts, CSRs, protection.
 */
#include "tests/logic/diff_int.h"

#define MPP_BITS 0x1800u
#define MPRV_BIT 0x20000u
#define TW_BIT 0x200000u

/* ---- modes and traps ---- */

static void call(gen_t *g)
{
    word(g, one_in(g, 4) ? EBREAK : ECALL);
}

static void short_break(gen_t *g)
{
    half(g, 0x9002);
}

/* In user mode every instruction of it but LI traps, and it goes on at the same place. */
static void go_to_mode(gen_t *g, bool user)
{
    uint32_t r = rd_not_zero(g);
    li(g, r, pc(g) + 28);
    word(g, CSRRW(ZERO, MEPC, r));
    li(g, r, MPP_BITS);
    word(g, user ? CSRRC(ZERO, MSTATUS, r) : CSRRS(ZERO, MSTATUS, r));
    word(g, MRET);
}

static void return_from_trap(gen_t *g)
{
    go_to_mode(g, g->user && !one_in(g, 3));
}

/* Skips what follows in user mode: the offset is set by end_machine_only. */
static uint32_t machine_only(gen_t *g)
{
    uint32_t r = rd_not_zero(g);
    word(g, ADDI(r, ZERO, 0));
    word(g, CSRRS(r, MISA, ZERO));
    uint32_t branch = g->at;
    word(g, BEQ(r, ZERO, 0));
    return branch;
}

static void end_machine_only(gen_t *g, uint32_t branch)
{
    uint32_t r = (uint32_t)(g->code[branch + 1] >> 7) | (g->code[branch + 2] & 15u) << 1;
    put_word(g, branch, BEQ(r, ZERO, (int32_t)(g->at - branch)));
}

/* Where an interrupt waits it does not sleep; in user mode with TW it traps. */
static void wait(gen_t *g)
{
    uint32_t branch = machine_only(g), r = rd_not_zero(g);
    if (g->irqs && (g->out->flags & FLAG_MSIP) != 0) {
        word(g, CSRRCI(ZERO, MSTATUS, 8));
        word(g, CSRRSI(ZERO, MIE, 8));
        word(g, WFI);
        g->out->waits = true;
    } else if (g->user) {
        word(g, CSRRW(ZERO, MIE, ZERO));
        li(g, r, TW_BIT);
        word(g, CSRRS(ZERO, MSTATUS, r));
        go_to_mode(g, true);
        word(g, WFI);
    }
    end_machine_only(g, branch);
}

static void take_interrupts(gen_t *g)
{
    uint32_t r = rd_not_zero(g);
    if (!g->irqs)
        return;
    li(g, r, one_in(g, 2) ? 0x888 : sim_stream_u32(&g->s) & 0x888);
    word(g, CSRRS(ZERO, MIE, r));
    word(g, CSRRSI(ZERO, MSTATUS, 8));
}

/* Loads and stores of machine mode with the rights of user mode. */
static void with_rights_of_user(gen_t *g)
{
    uint32_t kept = g->keep, r = rd_not_zero(g);
    if (!g->user)
        return;
    g->keep |= 1u << r;
    li(g, r, MPP_BITS);
    word(g, CSRRC(ZERO, MSTATUS, r));
    li(g, r, MPRV_BIT);
    word(g, CSRRS(ZERO, MSTATUS, r));
    for (uint32_t n = 1 + below(g, 3); n > 0; n--)
        gen_access_data(g);
    word(g, CSRRC(ZERO, MSTATUS, r));
    g->keep = kept;
}

/* ---- CSRs ---- */

/* What may be compared of a value that was read into r. */
static void mask_register(gen_t *g, uint32_t r, uint32_t compare)
{
    if (r == ZERO || compare == UINT32_MAX)
        return;
    if (compare == 0) {
        word(g, ADDI(r, ZERO, 0));
        return;
    }
    uint32_t kept = g->keep;
    g->keep |= 1u << r;
    uint32_t m = rd_not_zero(g);
    g->keep = kept;
    li(g, m, compare);
    word(g, enc_r(0, m, r, 7, r, 0x33)); /* and */
}

static uint32_t csr_value(gen_t *g, const diff_csr_t *csr)
{
    uint32_t v = value(g) & csr->write;
    if (csr->first == MSTATUS && (!g->chip->u || one_in(g, 2)))
        v |= MPP_BITS;
    if (csr->first == MEPC && diff_chip_has(g->chip, 'c'))
        v |= below(g, 2) * 2;
    if (csr->first == 0x3a0) {
        v = (value(g) | value(g)) & 0x1f1f1f1f; /* no W without R */
        v &= ~((~v & 0x01010101) << 1);
    }
    return v;
}

static uint32_t csr_word(uint32_t number, uint32_t f3, uint32_t rs1, uint32_t r)
{
    return number << 20 | rs1 << 15 | f3 << 12 | r << 7 | 0x73;
}

/* Written, and given back what it had; r gets what was left of the value. */
static void csr_probe(gen_t *g, const diff_csr_t *csr, uint32_t number, uint32_t r)
{
    uint32_t kept = g->keep, v = rd_not_zero(g);
    g->keep |= 1u << v | 1u << r;
    uint32_t old = rd_not_zero(g);
    g->keep = kept;
    li(g, v, csr_value(g, csr));
    word(g, csr_word(number, 1, v, old));
    word(g, csr_word(number, 1, old, r));
}

static void csr_change(gen_t *g, const diff_csr_t *csr, uint32_t number, uint32_t r)
{
    static const uint8_t kinds[] = {1, 2, 3, 5, 6, 7};
    uint32_t f3 = kinds[below(g, 6)], v = rd_not_zero(g), operand = csr_value(g, csr);
    if (csr->first == MSTATUS && !g->chip->u) { /* MPP stays */
        f3 = f3 % 4 == 1 ? f3 + 1 : f3;
        operand = f3 % 4 == 3 ? operand & ~MPP_BITS : operand;
    }
    if (csr->use == DIFF_READ && operand == 0)
        operand = 1;
    if (f3 < 4) {
        li(g, v, operand);
        word(g, csr_word(number, f3, v, r));
    } else {
        word(g, csr_word(number, f3, operand & csr->write & 31, r));
    }
}

static bool csr_may_write(const gen_t *g, const diff_csr_t *csr)
{
    if (csr->first == MTVEC)
        return !g->irqs;
    return csr->use != DIFF_COUNTER || g->out->counts;
}

static void csr(gen_t *g)
{
    const diff_csr_t *row = &diff_csrs[below(g, (uint32_t)diff_csr_count)];
    uint32_t number = row->first + below(g, row->last - row->first + 1), r = rd(g);
    uint32_t compare = number == MSTATUS ? diff_mstatus_compare(g->chip) : row->compare;
    if (!csr_may_write(g, row) || one_in(g, 4))
        word(g, csr_word(number, one_in(g, 2) ? 2 : 7, ZERO, r));
    else if (row->use == DIFF_PROBE)
        csr_probe(g, row, number, r = rd_not_zero(g));
    else
        csr_change(g, row, number, r);
    mask_register(g, r, compare);
}

static void csr_unknown(gen_t *g)
{
    uint32_t number = below(g, 4096);
    while (diff_csr_find(number) != NULL || diff_csr_only_qemu(number))
        number = below(g, 4096);
    uint32_t f3 = below(g, 8) | 1, rs1 = any(g);
    word(g, csr_word(number, f3, rs1, rd(g)));
}

/* The distance of two readings of instret. */
static void retired(gen_t *g)
{
    uint32_t kept = g->keep, a = rd_not_zero(g), number = one_in(g, 3) ? 0xc02 : MINSTRET;
    g->keep |= 1u << a;
    uint32_t b = rd_not_zero(g);
    g->keep |= 1u << b;
    uint32_t other = any(g);
    if (g->out->counts)
        word(g, CSRRW(ZERO, one_in(g, 2) ? MINSTRET : MINSTRETH, other));
    word(g, CSRRS(a, number, ZERO));
    for (uint32_t n = below(g, 5); n > 0; n--)
        one_in(g, 2) ? gen_fence(g) : gen_constant(g);
    word(g, CSRRS(b, number, ZERO));
    word(g, SUB(b, b, a));
    word(g, ADDI(a, ZERO, 0));
    g->keep = kept;
}

/* ---- protection ---- */

typedef struct {
    uint32_t addr[CORE_PMP_REGIONS];
    uint8_t cfg[CORE_PMP_REGIONS];
    uint32_t count;
} recipe_t;

static uint8_t rights(gen_t *g)
{
    static const uint8_t all[] = {0, 1, 3, 3, 4, 5, 7};
    return all[below(g, SIM_COUNT(all))];
}

static void add_entry(recipe_t *r, uint32_t addr, uint32_t cfg)
{
    if (r->count < CORE_PMP_REGIONS) {
        r->addr[r->count] = addr;
        r->cfg[r->count++] = (uint8_t)cfg;
    }
}

/* first .. first + bytes - 1, a power of two: NAPOT, or TOR with the entry before it. */
static void add_region(gen_t *g, recipe_t *r, uint32_t first, uint32_t bytes, uint32_t cfg)
{
    if (bytes == 4 && one_in(g, 2)) {
        add_entry(r, first >> 2, 0x10 | cfg);
    } else if (bytes == 4 || (one_in(g, 2) && r->count < CORE_PMP_REGIONS - 1)) {
        add_entry(r, first >> 2, 0);
        add_entry(r, (first + bytes) >> 2, 0x08 | cfg);
    } else {
        add_entry(r, first >> 2 | (bytes / 8 - 1), 0x18 | cfg);
    }
}

static void add_noise(gen_t *g, recipe_t *r)
{
    uint8_t cfg = rights(g);
    if (one_in(g, 2))
        add_region(g, r, NOWHERE, DIFF_PAGE << below(g, 3), cfg);
    else
        add_entry(r, sim_stream_u32(&g->s), cfg); /* off */
}

/* A page of data, of these bases. */
static void add_page(gen_t *g, recipe_t *r, uint32_t first, uint32_t bases)
{
    uint8_t cfg = one_in(g, 2) ? PMP_READ | PMP_WRITE : rights(g);
    bool room = r->count < CORE_PMP_REGIONS - 1;
    add_region(g, r, first, DIFF_PAGE, cfg);
    if ((cfg & PMP_WRITE) != 0 && room && !(g->chip->locks && first == DIFF_DATA2))
        g->writable |= bases;
}

/* Rights of the first data page: of pieces, or of all of it, or of what pieces leave. */
static void add_data(gen_t *g, recipe_t *r)
{
    bool pieces = one_in(g, 2);
    for (uint32_t n = pieces ? 1 + below(g, 3) : 0; n > 0; n--) {
        uint32_t bytes = 4u << below(g, 8), at = below(g, 512 / bytes) * bytes;
        add_region(g, r, DIFF_DATA + at, bytes, rights(g));
    }
    if (!pieces)
        add_page(g, r, DIFF_DATA, 3);
    else if (one_in(g, 2))
        add_region(g, r, DIFF_DATA, DIFF_PAGE, rights(g));
    if (pieces)
        g->whole &= ~3u;
}

static void add_code(gen_t *g, recipe_t *r)
{
    if (one_in(g, 3))
        add_region(g, r, DIFF_FAR, DIFF_PAGE, rights(g));
    if (one_in(g, 2)) {
        add_region(g, r, DIFF_CODE, 2 * DIFF_PAGE, one_in(g, 2) ? 5 : 7);
    } else {
        add_region(g, r, DIFF_CODE, DIFF_PAGE, one_in(g, 2) ? 5 : 7);
        add_region(g, r, DIFF_FAR, DIFF_PAGE, one_in(g, 3) ? rights(g) : 5);
    }
}

/* Locked: machine mode has no more rights than these. */
static void add_locked(gen_t *g, recipe_t *r)
{
    uint8_t data = rights(g);
    add_region(g, r, DIFF_DATA2, DIFF_PAGE, 0x80u | data);
    if ((data & 1) == 0)
        g->out->flags |= FLAG_SKIP2;
    if (one_in(g, 2))
        add_region(g, r, DIFF_FAR, DIFF_PAGE, 0x81u | below(g, 2) * 4);
}

static void emit_recipe(gen_t *g, const recipe_t *r)
{
    uint32_t reg = rd_not_zero(g);
    for (uint32_t i = 0; i < r->count; i++) {
        li(g, reg, r->addr[i]);
        word(g, csr_word(0x3b0 + i, 1, reg, ZERO));
    }
    for (uint32_t i = 0; i < r->count; i += 4) {
        li(g, reg, get32(r->cfg + i));
        word(g, csr_word(0x3a0 + i / 4, 1, reg, ZERO));
    }
}

void gen_protect(gen_t *g)
{
    recipe_t r = {.count = 0};
    g->writable = 0;
    if (g->chip->locks)
        add_locked(g, &r);
    if (one_in(g, 2))
        add_noise(g, &r);
    add_code(g, &r);
    if (one_in(g, 2))
        add_noise(g, &r);
    add_data(g, &r);
    if (!one_in(g, 3))
        add_page(g, &r, DIFF_DATA2, 4);
    emit_recipe(g, &r);
}

/* clang-format off */
const gen_item_t gen_system[] = {
    {call,                  4, MAIN_ONLY},
    {short_break,           1, NEEDS_C},
    {return_from_trap,      2, MAIN_ONLY},
    {wait,                  1, MAIN_ONLY},
    {take_interrupts,       2, MAIN_ONLY},
    {with_rights_of_user,   2, MAIN_ONLY},
    {csr,                  14, MAIN_ONLY},
    {csr_unknown,           2, MAIN_ONLY},
    {retired,               2, MAIN_ONLY},
    {NULL,                  0, 0},
};
/* clang-format on */
