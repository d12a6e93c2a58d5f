/*
 * csr.c - control and status registers: one table of ranges.
 *
 * RISC-V privileged specification 20211203, chapter 2 and 3.1. Numbers whose bits 11:10 are both 1
 * are read-only; writing them is illegal. What is read-write by number but fixed here (misa,
 * mstatush, counters 3 to 31) ignores writes, as WARL allows.
 */
#include "logic/core_int.h"

#define MISA_RV32 (1u << 30)
#define MISA_EXT(letter) (1u << ((letter) - 'A'))
#define FIXED SIZE_MAX /* no member: reads `value` */

enum {
    MCYCLE = 0xb00,
    MINSTRET = 0xb02,
    MCYCLEH = 0xb80,
    MINSTRETH = 0xb82,
    CYCLE = 0xc00,
    INSTRET = 0xc02,
    CYCLEH = 0xc80,
    INSTRETH = 0xc82,
    MHARTID = 0xf14,
};

typedef struct {
    uint32_t first, last;
    size_t member;
    uint32_t value;   /* FIXED: reads this; else bits that are always 1 */
    uint32_t rw_mask; /* bits that a write changes */
} csr_info_t;

/* clang-format off */
#define M(name) offsetof(core_t, name)
static const csr_info_t csrs[] = {
    {0x300, 0x300, M(mstatus),  MSTATUS_MPP, MSTATUS_MIE | MSTATUS_MPIE},
    {0x301, 0x301, FIXED,       MISA_RV32 | MISA_EXT('I') | MISA_EXT('M') | MISA_EXT('A') | MISA_EXT('C'), 0},
    {0x304, 0x304, M(mie),      0, MIP_BITS},
    {0x305, 0x305, M(mtvec),    0, 0xfffffffd},   /* base, and mode 0 or 1 */
    {0x310, 0x310, FIXED,       0, 0},            /* mstatush: little-endian */
    {0x320, 0x320, FIXED,       0, 0},            /* mcountinhibit */
    {0x323, 0x33f, FIXED,       0, 0},            /* mhpmevent3..31 */
    {0x340, 0x340, M(mscratch), 0, 0xffffffff},
    {0x341, 0x341, M(mepc),     0, 0xfffffffe},
    {0x342, 0x342, M(mcause),   0, 0xffffffff},
    {0x343, 0x343, M(mtval),    0, 0xffffffff},
    {0x344, 0x344, M(mip),      0, 0},            /* follows the inputs */
    {MCYCLE, MCYCLE, FIXED,     0, 0xffffffff},   /* counters: see counter_of */
    {MINSTRET, MINSTRET, FIXED, 0, 0xffffffff},
    {0xb03, 0xb1f, FIXED,       0, 0},            /* mhpmcounter3..31 */
    {MCYCLEH, MCYCLEH, FIXED,   0, 0xffffffff},
    {MINSTRETH, MINSTRETH, FIXED, 0, 0xffffffff},
    {0xb83, 0xb9f, FIXED,       0, 0},            /* mhpmcounter3h..31h */
    {CYCLE, CYCLE, FIXED,       0, 0},
    {INSTRET, INSTRET, FIXED,   0, 0},
    {CYCLEH, CYCLEH, FIXED,     0, 0},
    {INSTRETH, INSTRETH, FIXED, 0, 0},
    {0xf11, 0xf13, FIXED,       0, 0},            /* mvendorid, marchid, mimpid: not implemented */
    {MHARTID, MHARTID, M(desc.hart_id), 0, 0},
    {0xf15, 0xf15, FIXED,       0, 0},            /* mconfigptr: no structure */
};
/* clang-format on */

static const csr_info_t *info_of(uint32_t number)
{
    for (size_t i = 0; i < SIM_COUNT(csrs); i++)
        if (number >= csrs[i].first && number <= csrs[i].last)
            return &csrs[i];
    return NULL;
}

/* mcycle counts edges, asleep or not; minstret what retired before this instruction. */
static uint64_t counter_of(const core_t *core, uint32_t number)
{
    bool instret = (number & 2) != 0;
    return instret ? core->instructions + core->minstret_offset : core->cycle + core->mcycle_offset;
}

static bool is_counter(uint32_t number)
{
    uint32_t base = number & ~0x82u; /* bit 7: upper half; bit 1: instret */
    return base == MCYCLE || base == CYCLE;
}

static bool is_high(uint32_t number)
{
    return (number & 0x80) != 0;
}

bool csr_read(const core_t *core, uint32_t number, uint32_t *value)
{
    const csr_info_t *info = info_of(number);
    if (info == NULL)
        return false;
    if (is_counter(number))
        *value = (uint32_t)(counter_of(core, number) >> (is_high(number) ? 32 : 0));
    else if (info->member == FIXED)
        *value = info->value;
    else
        *value = info->value | *(const uint32_t *)((const char *)core + info->member);
    return true;
}

/* The next instruction reads what was written: it starts cost.csr later, with one more retired. */
static void write_counter(core_t *core, uint32_t number, uint32_t value)
{
    bool instret = (number & 2) != 0;
    uint64_t next = counter_of(core, number) + (instret ? 1 : core->desc.cost.csr);
    uint64_t wanted =
        is_high(number) ? (uint64_t)value << 32 | (uint32_t)next : next >> 32 << 32 | value;
    *(instret ? &core->minstret_offset : &core->mcycle_offset) += wanted - next;
}

bool csr_write(core_t *core, uint32_t number, uint32_t value)
{
    const csr_info_t *info = info_of(number);
    if (info == NULL || (number >> 10 & 3) == 3)
        return false;
    if (info->rw_mask == 0)
        return true;
    if (is_counter(number)) {
        write_counter(core, number, value);
        return true;
    }
    uint32_t *member = (uint32_t *)(void *)((char *)core + info->member);
    *member = (*member & ~info->rw_mask) | (value & info->rw_mask);
    return true;
}
