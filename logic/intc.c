/*
 * intc.c - levels in, one level out.
 */
#include "logic/intc.h"

#include <string.h>

static void intc_wrote_enable(sim_comp_t *comp, uint32_t value);

/* clang-format off */
#define R(member) offsetof(intc_t, member)
static const sim_reg_t intc_regs[] = {
    /* name          help                                                  addr  reset       rw_mask     w1c  member      side effect */
    {"INTC_ID",      "31:16: block id; 15:0: version",                     0x00, 0x00030001, 0x0,        0x0, R(id),      NULL},
    {"INTC_RAW",     "31:1: levels of the inputs",                         0x04, 0x0,        0x0,        0x0, R(raw),     NULL},
    {"INTC_ENABLE",  "31:1: inputs that may interrupt",                    0x08, 0x0,        0xfffffffe, 0x0, R(enable),  intc_wrote_enable},
    {"INTC_PENDING", "31:1: INTC_RAW and INTC_ENABLE",                     0x0c, 0x0,        0x0,        0x0, R(pending), NULL},
    {"INTC_CLAIM",   "4:0: lowest pending input, 0 for none; no effect",   0x10, 0x0,        0x0,        0x0, R(claim),   NULL},
    SIM_REG_END,
};
/* clang-format on */

static uint32_t lowest_bit(uint32_t bits)
{
    uint32_t number = 0;
    while (bits != 0 && (bits >> number & 1) == 0)
        number++;
    return number;
}

static void update(intc_t *intc)
{
    intc->pending = intc->raw & intc->enable;
    intc->claim = lowest_bit(intc->pending);
    intc->interrupts += intc->pending != 0 && !intc->meip.level;
    sim_wire_set(&intc->meip, intc->pending != 0);
}

static void intc_wrote_enable(sim_comp_t *comp, uint32_t value)
{
    (void)value;
    update((intc_t *)(void *)comp);
}

static const sim_field_t intc_fields[] = {
    SIM_FIELD(intc_t, raw),        SIM_FIELD(intc_t, level),      SIM_FIELD(intc_t, lose),
    SIM_FIELD(intc_t, lost),       SIM_FIELD(intc_t, blocked),    SIM_FIELD(intc_t, lost_rises),
    SIM_FIELD(intc_t, enable),     SIM_FIELD(intc_t, pending),    SIM_FIELD(intc_t, claim),
    SIM_FIELD(intc_t, meip.level), SIM_FIELD(intc_t, interrupts), SIM_FIELD_END,
};

static const sim_stat_t intc_stats[] = {
    SIM_STAT(intc_t, interrupts, "1", "rises of the core's external interrupt"),
    SIM_STAT(intc_t, lost_rises, "1", "rises of inputs that a fault hid"),
    SIM_STAT_END,
};

static void intc_reset(sim_comp_t *comp)
{
    intc_t *intc = (intc_t *)(void *)comp;
    intc->interrupts = intc->lost_rises = 0;
    intc->level = intc->lose = intc->lost = intc->blocked = 0;
    intc->meip.level = false;
}

static const sim_kind_t intc_kind = {
    .kind = "intc",
    .version = 2,
    .reset = intc_reset,
    .fields = intc_fields,
    .stats = intc_stats,
    .regs = intc_regs,
};
_Static_assert(offsetof(intc_t, comp) == 0, "comp stays first");

sim_err_t intc_init(intc_t *intc, sim_t *sim, const char *name)
{
    memset(intc, 0, sizeof(*intc));
    return sim_comp_init(&intc->comp, sim, &intc_kind, name);
}

static void show(intc_t *intc)
{
    intc->raw = intc->level & ~intc->lost & ~intc->blocked;
    update(intc);
}

static void note(intc_t *intc, uint32_t number, bool lost)
{
    intc->lost_rises += lost;
    if (intc->noted != NULL)
        intc->noted(intc->noted_ctx, number, lost);
}

/* The wire of an input with a fault has changed. */
static void hide(intc_t *intc, uint32_t number, bool level)
{
    uint32_t bit = 1u << number;
    if (level && (intc->lose & bit) != 0)
        intc->lost |= bit;
    if (level)
        intc->lose &= ~bit;
    if (((intc->lost | intc->blocked) & bit) != 0)
        note(intc, number, level);
    if (!level)
        intc->lost &= ~bit;
}

static void on_input(void *ctx, bool level)
{
    const intc_input_t *input = ctx;
    uint32_t bit = 1u << input->number;
    intc_t *intc = input->intc;
    intc->level = level ? intc->level | bit : intc->level & ~bit;
    if (((intc->lose | intc->lost | intc->blocked) & bit) != 0)
        hide(intc, input->number, level);
    show(intc);
}

void intc_lose(intc_t *intc, uint32_t number)
{
    intc->lose |= 1u << number;
}

void intc_block(intc_t *intc, uint32_t number, bool blocked)
{
    uint32_t bit = 1u << number;
    bool changes = ((intc->blocked & bit) != 0) != blocked;
    intc->blocked = blocked ? intc->blocked | bit : intc->blocked & ~bit;
    if (changes && (intc->level & bit) != 0)
        note(intc, number, blocked);
    show(intc);
}

bool intc_connect(intc_t *intc, uint32_t number, sim_wire_t *wire)
{
    if (number < 1 || number >= INTC_SOURCES || intc->input[number].intc != NULL)
        return false;
    intc->input[number] = (intc_input_t){intc, number};
    return sim_wire_connect(wire, on_input, &intc->input[number]);
}
