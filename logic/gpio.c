/*
 * gpio.c - one function works out the pins after any change.
 */
#include "logic/gpio.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static void wrote_pins(sim_comp_t *comp, uint32_t value);
static void wrote_set(sim_comp_t *comp, uint32_t value);
static void wrote_clear(sim_comp_t *comp, uint32_t value);
static void wrote_irq(sim_comp_t *comp, uint32_t value);

/* clang-format off */
#define R(member) offsetof(gpio_t, member)
#define PINS 0xffffu
static const sim_reg_t gpio_regs[] = {
    /* name          help                                          addr  reset       rw_mask w1c   member     side effect */
    {"GPIO_ID",     "31:16: block id; 15:0: version",              0x00, 0x000d0001, 0x0,    0x0,  R(id),     NULL},
    {"GPIO_DIR",    "15:0: pins that the chip drives",             0x04, 0x0,        PINS,   0x0,  R(dir),    wrote_pins},
    {"GPIO_OUT",    "15:0: levels that it drives",                 0x08, 0x0,        PINS,   0x0,  R(out),    wrote_pins},
    {"GPIO_SET",    "15:0: bits of GPIO_OUT to set; reads 0",      0x0c, 0x0,        0x0,    0x0,  R(set),    wrote_set},
    {"GPIO_CLEAR",  "15:0: bits of GPIO_OUT to clear; reads 0",    0x10, 0x0,        0x0,    0x0,  R(clear),  wrote_clear},
    {"GPIO_IN",     "15:0: levels of the pins",                    0x14, 0x0,        0x0,    0x0,  R(in),     NULL},
    {"GPIO_IRQ_EN", "15:0: interrupt on that bit of GPIO_STATUS",  0x18, 0x0,        PINS,   0x0,  R(irq_en), wrote_irq},
    {"GPIO_EDGE",   "15:0: 1 detects edges, 0 levels",             0x1c, 0x0,        PINS,   0x0,  R(edge),   wrote_irq},
    {"GPIO_HIGH",   "15:0: rising edges, or the high level",       0x20, 0x0,        PINS,   0x0,  R(high),   wrote_irq},
    {"GPIO_LOW",    "15:0: falling edges, or the low level",       0x24, 0x0,        PINS,   0x0,  R(low),    wrote_irq},
    {"GPIO_STATUS", "15:0: detected, W1C; a level comes back while it lasts", 0x28, 0x0, 0x0, PINS, R(status), wrote_irq},
    SIM_REG_END,
};
/* clang-format on */

static gpio_t *gpio_of(sim_comp_t *comp)
{
    return (gpio_t *)(void *)comp;
}

static void detect(gpio_t *gpio, uint32_t rose, uint32_t fell)
{
    uint32_t levels = (gpio->in & gpio->high) | (~gpio->in & gpio->low);
    uint32_t edges = (rose & gpio->high) | (fell & gpio->low);
    gpio->status = ((gpio->status | edges) & gpio->edge) | (levels & ~gpio->edge & PINS);
    sim_wire_set(&gpio->irq, (gpio->status & gpio->irq_en) != 0);
}

static void change_pin(gpio_t *gpio, uint32_t n, bool level)
{
    sim_t *sim = gpio->comp.sim;
    uint64_t now_ps = sim_now_ps(sim);
    gpio->changes++;
    if (level)
        gpio->high_since_ps[n] = now_ps;
    if (!level && sim_tracing(sim)) {
        char track[24];
        snprintf(track, sizeof(track), "gpio.pin%u", n);
        sim_trace_span(sim, track, "high", gpio->high_since_ps[n], now_ps, NULL);
    }
}

/* After a change of direction, output or board. */
static void update(gpio_t *gpio)
{
    uint32_t before = gpio->in, changed;
    gpio->in = (gpio->dir & gpio->out) | (~gpio->dir & gpio->board & PINS);
    changed = gpio->in ^ before;
    detect(gpio, changed & gpio->in, changed & before);
    for (uint32_t n = 0; n < GPIO_PINS; n++)
        if ((changed >> n & 1) != 0)
            change_pin(gpio, n, (gpio->in >> n & 1) != 0);
    if (changed != 0 && gpio->moved != NULL)
        gpio->moved(gpio->moved_ctx, gpio->in, changed);
}

static void look_for_conflict(gpio_t *gpio)
{
    uint32_t odds = gpio->board & gpio->dir & ~gpio->out;
    gpio->conflicts += odds != 0;
    if (odds != 0)
        sim_log(&gpio->comp, SIM_LOG_GUEST, "pins 0x%04x: the board drives high, the chip low",
                odds);
}

static void wrote_pins(sim_comp_t *comp, uint32_t value)
{
    (void)value;
    update(gpio_of(comp));
    look_for_conflict(gpio_of(comp));
}

static void wrote_set(sim_comp_t *comp, uint32_t value)
{
    gpio_of(comp)->out |= value & PINS;
    wrote_pins(comp, value);
}

static void wrote_clear(sim_comp_t *comp, uint32_t value)
{
    gpio_of(comp)->out &= ~value;
    wrote_pins(comp, value);
}

static void wrote_irq(sim_comp_t *comp, uint32_t value)
{
    (void)value;
    detect(gpio_of(comp), 0, 0);
}

void gpio_drive(gpio_t *gpio, uint32_t pin, bool level)
{
    assert(pin < GPIO_PINS);
    uint32_t before = gpio->board;
    gpio->board = level ? before | 1u << pin : before & ~(1u << pin);
    update(gpio);
    if (gpio->board != before)
        look_for_conflict(gpio);
}

static const sim_field_t gpio_fields[] = {
    SIM_FIELD(gpio_t, dir),       SIM_FIELD(gpio_t, out),
    SIM_FIELD(gpio_t, in),        SIM_FIELD(gpio_t, irq_en),
    SIM_FIELD(gpio_t, edge),      SIM_FIELD(gpio_t, high),
    SIM_FIELD(gpio_t, low),       SIM_FIELD(gpio_t, status),
    SIM_FIELD(gpio_t, board),     SIM_FIELD(gpio_t, high_since_ps),
    SIM_FIELD(gpio_t, irq.level), SIM_FIELD(gpio_t, changes),
    SIM_FIELD(gpio_t, conflicts), SIM_FIELD_END,
};

static const sim_stat_t gpio_stats[] = {
    SIM_STAT(gpio_t, changes, "1", "changes of a pin's level"),
    SIM_STAT(gpio_t, conflicts, "1", "times that board and chip came to drive against each other"),
    SIM_STAT_END,
};

/* The board goes on driving. */
static void gpio_reset(sim_comp_t *comp)
{
    gpio_t *gpio = gpio_of(comp);
    gpio->in = gpio->board;
    for (uint32_t n = 0; n < GPIO_PINS; n++)
        gpio->high_since_ps[n] = sim_now_ps(comp->sim);
    gpio->irq.level = false;
    gpio->changes = gpio->conflicts = 0;
}

static const sim_kind_t gpio_kind = {
    .kind = "gpio",
    .version = 1,
    .reset = gpio_reset,
    .fields = gpio_fields,
    .stats = gpio_stats,
    .regs = gpio_regs,
};
_Static_assert(offsetof(gpio_t, comp) == 0, "comp stays first");

sim_err_t gpio_init(gpio_t *gpio, sim_t *sim, const char *name)
{
    memset(gpio, 0, sizeof(*gpio));
    return sim_comp_init(&gpio->comp, sim, &gpio_kind, name);
}
