/*
 * diff_cmp.c - signatures side by side.
 */
#include "logic/core_int.h"
#include "tests/logic/diff.h"

#include <string.h>

typedef struct {
    uint32_t cause, epc, tval, status, retired;
} trap_t;

static trap_t trap_at(const uint8_t *sign, uint32_t i)
{
    const uint8_t *at = sign + SIGN_LOG + i * SIGN_LOG_STEP;
    return (trap_t){get32(at), get32(at + 4), get32(at + 8), get32(at + 12), get32(at + 16)};
}

/* ---- what QEMU does otherwise at traps ---- */

static uint32_t encoding_at(const diff_program_t *p, uint32_t addr)
{
    uint32_t at = addr - DIFF_CODE;
    return at <= 2 * DIFF_PAGE - 4 ? get32((const uint8_t *)p->words + at) : 0;
}

/* With -icount an AMO is a load and a store, and its load fault one of a load (priv. 3.1.15,
 * table 3.6: they are store/AMO exceptions). */
static uint32_t cause_of_amo(const diff_program_t *p, const trap_t *qemus)
{
    core_insn_t in = core_decode_word(encoding_at(p, qemus->epc), qemus->epc);
    bool amo = in.op >= OP_AMOSWAP && in.op <= OP_AMOMAXU;
    bool load = qemus->cause == CAUSE_LOAD_MISALIGNED || qemus->cause == CAUSE_LOAD_FAULT;
    return amo && load ? qemus->cause + 2 : qemus->cause;
}

/* mtval may be 0 at a breakpoint (priv. 3.1.16); of a misaligned JAL QEMU has an older pc. */
static bool compares_tval(uint32_t cause)
{
    return cause != CAUSE_BREAKPOINT && cause != CAUSE_FETCH_MISALIGNED;
}

/* Instructions that QEMU counts as retired though they trap (priv. 3.3.1: ECALL and EBREAK do not
 * retire): those that it knows to trap before it runs them. */
static bool counts_as_retired(const trap_t *ours)
{
    core_op_t op = (core_op_t)core_decode_word(ours->tval, 0).op;
    switch (ours->cause) {
    case CAUSE_BREAKPOINT:
    case CAUSE_ECALL_U:
    case CAUSE_ECALL_M:
    case CAUSE_FETCH_MISALIGNED:
        return true;
    case CAUSE_ILLEGAL:
        return (op < OP_CSRRW || op > OP_CSRRCI) && op != OP_MRET && op != OP_WFI;
    default:
        return false;
    }
}

/* ---- differences ---- */

typedef struct {
    const char *name;
    uint32_t at, words, mask, first; /* in the signature; name's number of the first */
} part_t;

/* clang-format off */
static const part_t parts[] = {
    {"traps",         SIGN_TRAPS,    1,                0xffffffff, 0},
    {"x",             SIGN_X,        31,               0xffffffff, 1},
    {"mie",           SIGN_CSR,      1,                0x888,      0},
    {"mtvec",         SIGN_CSR + 4,  1,                0xffffffff, 0},
    {"mscratch",      SIGN_CSR + 8,  1,                0xffffffff, 0},
    {"mip",           SIGN_CSR + 12, 1,                0x888,      0},
    {"misa",          SIGN_CSR + 16, 1,                0xffffffff, 0},
    {"mcounteren",    SIGN_CSR + 20, 1,                0x1fd,      0},
    {"mcountinhibit", SIGN_CSR + 24, 1,                0x5,        0},
    {"pmpcfg",        SIGN_PMP,      4,                0xffffffff, 0},
    {"pmpaddr",       SIGN_PMP + 16, 16,               0xffffffff, 0},
    {"data",          SIGN_DATA,     DIFF_DATA_WORDS,  0xffffffff, 0},
    {"data2",         SIGN_DATA2,    DIFF_DATA2_WORDS, 0xffffffff, 0},
};
/* clang-format on */

static bool same_part(const part_t *part, const uint8_t *ours, const uint8_t *qemus, char *text,
                      size_t bytes)
{
    for (uint32_t i = 0; i < part->words; i++) {
        uint32_t a = get32(ours + part->at + 4 * i), b = get32(qemus + part->at + 4 * i);
        if (((a ^ b) & part->mask) != 0) {
            snprintf(text, bytes, "%s%u: 0x%08x, QEMU 0x%08x", part->name, part->first + i, a, b);
            return false;
        }
    }
    return true;
}

static bool same_trap(const diff_program_t *p, const diff_chip_t *chip, const trap_t *a,
                      const trap_t *b, uint32_t more)
{
    return a->cause == cause_of_amo(p, b) && a->epc == b->epc &&
           (!compares_tval(a->cause) || a->tval == b->tval) &&
           ((a->status ^ b->status) & diff_mstatus_compare(chip)) == 0 &&
           (p->counts || p->waits || a->retired + more == b->retired);
}

static bool same_traps(const diff_program_t *p, const diff_chip_t *chip, const uint8_t *ours,
                       const uint8_t *qemus, char *text, size_t bytes)
{
    uint32_t count = get32(ours + SIGN_TRAPS), more = 0;
    if (get32(qemus + SIGN_TRAPS) < count)
        count = get32(qemus + SIGN_TRAPS);
    for (uint32_t i = 0; i < count; i++) {
        trap_t a = trap_at(ours, i), b = trap_at(qemus, i);
        more += counts_as_retired(&a);
        if (same_trap(p, chip, &a, &b, more))
            continue;
        snprintf(text, bytes,
                 "trap %u: mcause 0x%x mepc 0x%08x mtval 0x%08x mstatus 0x%08x minstret %u, "
                 "QEMU 0x%x 0x%08x 0x%08x 0x%08x %u",
                 i, a.cause, a.epc, a.tval, a.status, a.retired + more, b.cause, b.epc, b.tval,
                 b.status, b.retired);
        return false;
    }
    return true;
}

bool diff_same(const diff_program_t *program, const diff_chip_t *chip, const uint8_t *ours,
               const uint8_t *qemus, char *text, size_t text_bytes)
{
    if (!same_traps(program, chip, ours, qemus, text, text_bytes))
        return false;
    for (size_t i = 0; i < SIM_COUNT(parts); i++)
        if (!same_part(&parts[i], ours, qemus, text, text_bytes))
            return false;
    return true;
}

/* ---- listing ---- */

static void list_page(FILE *out, const uint8_t *code, uint32_t from, uint32_t bytes, uint32_t base)
{
    char text[64];
    for (uint32_t at = from; at + 2 <= bytes;) {
        bool is_half = (code[at] & 3) != 3;
        uint32_t w = is_half || at + 4 > bytes ? get16(code + at) : get32(code + at);
        core_disassemble(w, base + at, text, sizeof(text));
        fprintf(out, "  0x%08x  %0*x  %s\n", base + at, is_half ? 4 : 8, w, text);
        at += is_half ? 2 : 4;
    }
}

void diff_list(FILE *out, const diff_program_t *program, uint32_t from)
{
    const uint8_t *code = (const uint8_t *)program->words;
    fprintf(out, "  flags 0x%x, p x%u\n", program->flags, program->p);
    list_page(out, code, from, program->code_bytes, DIFF_CODE);
    list_page(out, code + DIFF_PAGE, 0, program->far_bytes, DIFF_FAR);
}
