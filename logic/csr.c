/*
 * csr.c - control and status registers: one table of ranges.
 *
 * RISC-V privileged specification 20211203, chapter 2 and 3.1. Of a number, bits 9:8 are the least
 * mode that may use it, and it is read-only when bits 11:10 are both 1. What is read-write by
 * number but fixed here (misa, mstatush, counters 9 to 31) ignores writes, as WARL allows.
 */
#include "logic/core_int.h"

#include <stdio.h>

#define MISA_RV32 (1u << 30)
#define MISA_EXT(letter) (1u << ((letter) - 'A'))
#define MIP_BITS 0x888u
#define COUNTER_BITS 0x1fdu /* mcycle, minstret, mhpmcounter3-8 */

enum {
    MISA = 0x301,
    MEPC = 0x341,
    MCOUNTINHIBIT = 0x320,
    MHPMEVENT = 0x320,
    MCOUNTER = 0xb00, /* mcycle; + 2 minstret; + 3.. mhpmcounter; + 0x80 high halves */
    COUNTER = 0xc00,  /* the same, as others may read them */
};

/* How a register is kept. */
typedef enum {
    FIXED,    /* zero, or see csr_read */
    MEMBER,   /* a uint32_t of core_t */
    COUNTERS, /* a counter */
    EVENTS,   /* mhpmevent */
    PMP,
    STATUS,
} csr_kind_t;

/* Which chips have it. */
typedef enum { ALL, WITH_U, WITH_PMP } csr_when_t;

typedef struct {
    const char *name; /* of a range: what the number comes behind */
    uint32_t first, last;
    csr_when_t when;
    csr_kind_t kind;
    size_t member;
    uint32_t rw_mask; /* bits that a write changes */
} csr_info_t;

/* clang-format off */
#define M(name) offsetof(core_t, name)
static const csr_info_t csrs[] = {
    {"mstatus",       0x300, 0x300, ALL,      STATUS,   0,                0},
    {"misa",          MISA,  MISA,  ALL,      FIXED,    0,                0},
    {"mie",           0x304, 0x304, ALL,      MEMBER,   M(mie),           MIP_BITS},
    {"mtvec",         0x305, 0x305, ALL,      MEMBER,   M(mtvec),         0xfffffffd}, /* base, and mode 0 or 1 */
    {"mcounteren",    0x306, 0x306, WITH_U,   MEMBER,   M(mcounteren),    COUNTER_BITS},
    {"menvcfg",       0x30a, 0x30a, WITH_U,   FIXED,    0,                0},
    {"mstatush",      0x310, 0x310, ALL,      FIXED,    0,                0},          /* little-endian */
    {"menvcfgh",      0x31a, 0x31a, WITH_U,   FIXED,    0,                0},
    {"mcountinhibit", 0x320, 0x320, ALL,      MEMBER,   M(mcountinhibit), COUNTER_BITS},
    {"mhpmevent",     0x323, 0x33f, ALL,      EVENTS,   0,                0},
    {"mscratch",      0x340, 0x340, ALL,      MEMBER,   M(mscratch),      0xffffffff},
    {"mepc",          0x341, 0x341, ALL,      MEMBER,   M(mepc),          0xfffffffe},
    {"mcause",        0x342, 0x342, ALL,      MEMBER,   M(mcause),        0xffffffff},
    {"mtval",         0x343, 0x343, ALL,      MEMBER,   M(mtval),         0xffffffff},
    {"mip",           0x344, 0x344, ALL,      MEMBER,   M(mip),           0},          /* follows the inputs */
    {"pmpcfg",        0x3a0, 0x3a3, WITH_PMP, PMP,      0,                0},
    {"pmpaddr",       0x3b0, 0x3bf, WITH_PMP, PMP,      0,                0},
    {"mcycle",        0xb00, 0xb00, ALL,      COUNTERS, 0,                0},
    {"minstret",      0xb02, 0xb02, ALL,      COUNTERS, 0,                0},
    {"mhpmcounter",   0xb03, 0xb1f, ALL,      COUNTERS, 0,                0},
    {"mcycleh",       0xb80, 0xb80, ALL,      COUNTERS, 0,                0},
    {"minstreth",     0xb82, 0xb82, ALL,      COUNTERS, 0,                0},
    {"mhpmcounter",   0xb83, 0xb9f, ALL,      COUNTERS, 0,                0},
    {"cycle",         0xc00, 0xc00, ALL,      COUNTERS, 0,                0},
    {"instret",       0xc02, 0xc02, ALL,      COUNTERS, 0,                0},
    {"hpmcounter",    0xc03, 0xc1f, ALL,      COUNTERS, 0,                0},
    {"cycleh",        0xc80, 0xc80, ALL,      COUNTERS, 0,                0},
    {"instreth",      0xc82, 0xc82, ALL,      COUNTERS, 0,                0},
    {"hpmcounter",    0xc83, 0xc9f, ALL,      COUNTERS, 0,                0},
    {"mvendorid",     0xf11, 0xf11, ALL,      FIXED,    0,                0},          /* not implemented, */
    {"marchid",       0xf12, 0xf12, ALL,      FIXED,    0,                0},          /* all three */
    {"mimpid",        0xf13, 0xf13, ALL,      FIXED,    0,                0},
    {"mhartid",       0xf14, 0xf14, ALL,      MEMBER,   M(desc.hart_id),  0},
    {"mconfigptr",    0xf15, 0xf15, ALL,      FIXED,    0,                0},          /* no structure */
};
/* clang-format on */

static bool here(const core_t *core, csr_when_t when)
{
    return when == ALL || (when == WITH_U && core->desc.u) ||
           (when == WITH_PMP && core->desc.pmp_regions != 0);
}

static const csr_info_t *info_of(const core_t *core, uint32_t number)
{
    for (size_t i = 0; i < SIM_COUNT(csrs); i++)
        if (number >= csrs[i].first && number <= csrs[i].last && here(core, csrs[i].when))
            return &csrs[i];
    return NULL;
}

static uint32_t misa(const core_desc_t *d)
{
    return MISA_RV32 | MISA_EXT('I') | (d->m ? MISA_EXT('M') : 0) | (d->a ? MISA_EXT('A') : 0) |
           (d->c ? MISA_EXT('C') : 0) | (d->u ? MISA_EXT('U') : 0);
}

/* ---- counters ----
 *
 * A counter follows a count of the core: its value is that plus a base, or, while it is inhibited,
 * the base alone. What is written, or inhibited, holds from the next instruction on.
 */

static uint64_t event_count(const core_t *core, uint32_t event)
{
    switch (event) {
#define X(number, member, help)                                                                    \
    case number:                                                                                   \
        return core->member;
        CORE_EVENTS(X)
#undef X
    default:
        return 0;
    }
}

static bool event_exists(uint32_t event)
{
#define X(number, member, help) || event == number
    return event == 0 CORE_EVENTS(X);
#undef X
}

static uint64_t count_of(const core_t *core, uint32_t counter)
{
    return counter == 0   ? core->cycle
           : counter == 2 ? core->instructions
                          : event_count(core, core->mhpmevent[counter]);
}

/* Who writes: the CSR instruction at pc, or a debugger, who takes no time. */
typedef enum { BY_DEBUGGER, BY_INSN } writer_t;

/* The count when that is done. */
static uint64_t next_count(const core_t *core, uint32_t counter, writer_t by)
{
    uint32_t cycles = core->speed == CORE_CYCLE ? core->desc.cost.csr : 1;
    uint32_t more = counter == 0 ? cycles : counter == 2 ? 1 : 0;
    return count_of(core, counter) + (by == BY_INSN ? more : 0);
}

static bool inhibited(const core_t *core, uint32_t counter)
{
    return (core->mcountinhibit >> counter & 1) != 0;
}

uint64_t csr_counter(const core_t *core, uint32_t counter)
{
    if (counter >= CORE_COUNTERS)
        return 0;
    return core->counter_base[counter] + (inhibited(core, counter) ? 0 : count_of(core, counter));
}

static uint64_t next_value(const core_t *core, uint32_t counter, writer_t by)
{
    return core->counter_base[counter] +
           (inhibited(core, counter) ? 0 : next_count(core, counter, by));
}

/* When that is done it has that value. */
static void set_counter(core_t *core, uint32_t counter, uint64_t value, writer_t by)
{
    core->counter_base[counter] =
        value - (inhibited(core, counter) ? 0 : next_count(core, counter, by));
}

static void write_counter(core_t *core, uint32_t number, uint32_t value, writer_t by)
{
    uint32_t counter = number & 31;
    if (counter >= CORE_COUNTERS)
        return;
    uint64_t next = next_value(core, counter, by);
    bool high = (number & 0x80) != 0;
    set_counter(core, counter,
                high ? (uint64_t)value << 32 | (uint32_t)next : next >> 32 << 32 | value, by);
}

static void write_event(core_t *core, uint32_t number, uint32_t value, writer_t by)
{
    uint32_t counter = number - MHPMEVENT;
    if (counter >= CORE_COUNTERS || !event_exists(value))
        return;
    uint64_t next = next_value(core, counter, by);
    core->mhpmevent[counter] = value;
    set_counter(core, counter, next, by);
}

static void write_inhibit(core_t *core, uint32_t value, writer_t by)
{
    uint64_t next[CORE_COUNTERS];
    for (uint32_t i = 0; i < CORE_COUNTERS; i++)
        next[i] = next_value(core, i, by);
    core->mcountinhibit = value & COUNTER_BITS;
    for (uint32_t i = 0; i < CORE_COUNTERS; i++)
        set_counter(core, i, next[i], by);
}

/* The shadows for user mode are as mcounteren says. */
static bool may_read(const core_t *core, uint32_t number)
{
    if (number >> 8 == COUNTER >> 8 && core->mode == CORE_USER)
        return (core->mcounteren >> (number & 31) & 1) != 0;
    return core->mode >= (number >> 8 & 3);
}

/* ---- access ---- */

bool core_csr_peek(const core_t *core, uint32_t number, uint32_t *value)
{
    const csr_info_t *info = info_of(core, number);
    if (info == NULL)
        return false;
    switch (info->kind) {
    case MEMBER:
        *value = *(const uint32_t *)(const void *)((const char *)core + info->member);
        break;
    case COUNTERS:
        *value = (uint32_t)(csr_counter(core, number & 31) >> ((number & 0x80) != 0 ? 32 : 0));
        break;
    case EVENTS:
        *value = number - MHPMEVENT < CORE_COUNTERS ? core->mhpmevent[number - MHPMEVENT] : 0;
        break;
    case PMP:
        *value = core_pmp_read(core, number);
        break;
    case STATUS:
        *value = core->mstatus;
        break;
    case FIXED:
        *value = number == MISA ? misa(&core->desc) : 0;
        break;
    }
    return true;
}

bool csr_read(const core_t *core, uint32_t number, uint32_t *value)
{
    return core_csr_peek(core, number, value) && may_read(core, number);
}

/* MPP holds modes that there are. */
static uint32_t status_of(const core_t *core, uint32_t value)
{
    uint32_t bits = MSTATUS_MIE | MSTATUS_MPIE | (core->desc.u ? MSTATUS_MPRV | MSTATUS_TW : 0);
    uint32_t mpp = value & MSTATUS_MPP;
    if (mpp != MSTATUS_MPP && (mpp != 0 || !core->desc.u))
        mpp = core->mstatus & MSTATUS_MPP;
    return (value & bits) | mpp;
}

static void write_member(core_t *core, const csr_info_t *info, uint32_t value)
{
    uint32_t *member = (uint32_t *)(void *)((char *)core + info->member);
    *member = (*member & ~info->rw_mask) | (value & info->rw_mask);
    if (info->first == MEPC && !core->desc.c)
        *member &= ~2u;
}

static bool write_csr(core_t *core, uint32_t number, uint32_t value, writer_t by)
{
    const csr_info_t *info = info_of(core, number);
    if (info == NULL || (number >> 10 & 3) == 3)
        return false;
    if (info->kind == MEMBER && number == MCOUNTINHIBIT)
        write_inhibit(core, value, by);
    else if (info->kind == MEMBER)
        write_member(core, info, value);
    else if (info->kind == COUNTERS)
        write_counter(core, number, value, by);
    else if (info->kind == EVENTS)
        write_event(core, number, value, by);
    else if (info->kind == PMP)
        core_pmp_write(core, number, value);
    else if (info->kind == STATUS)
        core_set_mstatus(core, status_of(core, value));
    return true;
}

bool core_csr_poke(core_t *core, uint32_t number, uint32_t value)
{
    return write_csr(core, number, value, BY_DEBUGGER);
}

bool csr_write(core_t *core, uint32_t number, uint32_t value)
{
    return core->mode >= (number >> 8 & 3) && write_csr(core, number, value, BY_INSN);
}

/* ---- names ---- */

bool core_csr_at(const core_t *core, uint32_t index, uint32_t *number)
{
    for (size_t i = 0; i < SIM_COUNT(csrs); i++) {
        uint32_t count = here(core, csrs[i].when) ? csrs[i].last - csrs[i].first + 1 : 0;
        *number = csrs[i].first + index;
        if (index < count)
            return true;
        index -= count;
    }
    return false;
}

/* Of a range: with its place in it; counters have the number of their bit. */
const char *core_csr_name(uint32_t number, char text[CORE_CSR_NAME])
{
    for (size_t i = 0; i < SIM_COUNT(csrs); i++) {
        const csr_info_t *info = &csrs[i];
        bool counts = info->kind == COUNTERS || info->kind == EVENTS;
        bool high = info->kind == COUNTERS && (number & 0x80) != 0;
        if (number < info->first || number > info->last)
            continue;
        if (info->first == info->last)
            snprintf(text, CORE_CSR_NAME, "%s", info->name);
        else
            snprintf(text, CORE_CSR_NAME, "%s%u%s", info->name,
                     counts ? number & 31 : number - info->first, high ? "h" : "");
        return text;
    }
    snprintf(text, CORE_CSR_NAME, "csr0x%03x", number & 0xfff);
    return text;
}
