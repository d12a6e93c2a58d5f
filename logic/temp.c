#include "logic/temp.h"

#include <string.h>

enum { ONCE = 0x1, CONTINUOUS = 0x2, BITS_SHIFT = 2 };
enum { CONVERTING = 0x1, NEW_VALUE = 0x2, ABOVE = 0x4, BELOW = 0x8, W1C_BITS = 0xe };
enum { HOST_CTRL = 0x0138, HOST_OUTPUT = 0x013a, HOST_LOW = -20, HOST_HIGH = 80 };
enum { PURPOSE_NOISE = 0x54454d50, LEAST_BITS = 9, MOST_BITS = 12 };

static void wrote_ctrl(sim_comp_t *comp, uint32_t value);
static void wrote_irq(sim_comp_t *comp, uint32_t value);

/* clang-format off */
#define R(member) offsetof(temp_t, member)
static const sim_reg_t temp_regs[] = {
    /* name          help                                                              addr  reset       rw_mask     w1c       member         side effect */
    {"TEMP_ID",      "31:16: block id; 15:0: version",                                 0x00, 0x00110001, 0x0,        0x0,      R(id),         NULL},
    {"TEMP_CTRL",    "0: write 1: convert once; 1: convert again and again; 3:2: bits of a result, 9 + this", 0x04, 0xc, 0xe, 0x0, R(ctrl), wrote_ctrl},
    {"TEMP_STATUS",  "0: converting; 1: new value, W1C; 2: above TEMP_HIGH, W1C; 3: below TEMP_LOW, W1C", 0x08, 0x0, 0x0, W1C_BITS, R(status), wrote_irq},
    {"TEMP_IRQ_EN",  "3:1: interrupt on bits 3:1 of TEMP_STATUS",                      0x0c, 0x0,        W1C_BITS,   0x0,      R(irq_enable), wrote_irq},
    {"TEMP_DATA",    "31:0: last result, 1/16 degree Celsius, signed",                 0x10, 0x0,        0x0,        0x0,      R(data),       NULL},
    {"TEMP_HIGH",    "31:0: upper threshold, 1/16 degree Celsius, signed",             0x14, 0x7fffffff, 0xffffffff, 0x0,      R(high),       NULL},
    {"TEMP_LOW",     "31:0: lower threshold, 1/16 degree Celsius, signed",             0x18, 0x80000000, 0xffffffff, 0x0,      R(low),        NULL},
    {"TEMP_PERIOD",  "23:0: from start to start of conversions, microseconds",         0x1c, 100000,     0xffffff,   0x0,      R(period_us),  NULL},
    SIM_REG_END,
};
/* clang-format on */

static temp_t *temp_of(sim_comp_t *comp)
{
    return (temp_t *)(void *)comp;
}

static void update(temp_t *t)
{
    sim_wire_set(&t->irq, (t->status & t->irq_enable & W1C_BITS) != 0);
}

static void wrote_irq(sim_comp_t *comp, uint32_t value)
{
    (void)value;
    update(temp_of(comp));
}

/* ---- conversions ---- */

static int32_t noise_mc(const temp_t *t)
{
    sim_rng_t rng = {.seed = t->desc.seed, .purpose = PURPOSE_NOISE};
    uint32_t span = 2 * t->desc.noise_mc + 1;
    uint32_t random = sim_rng_u32(&rng, (uint32_t)t->conversions);
    return (int32_t)((uint64_t)random * span >> 32) - (int32_t)t->desc.noise_mc;
}

static int32_t clamp(int32_t value, int32_t low, int32_t high)
{
    return value < low ? low : value > high ? high : value;
}

static int32_t floor_div(int32_t value, int32_t by)
{
    return value / by - (value % by < 0);
}

/* Nearest sixteenth, then the lowest bits off. */
static int32_t to_sixteenths(int32_t mc, uint32_t bits)
{
    int32_t step = 1 << (MOST_BITS - bits);
    return floor_div(floor_div(2 * 16 * mc + 1000, 2000), step) * step;
}

static uint64_t conversion_ps(const temp_t *t, uint32_t bits)
{
    return ((uint64_t)t->desc.conversion_us >> (MOST_BITS - bits)) * SIM_PS_PER_US;
}

static void begin(temp_t *t)
{
    sim_t *sim = t->comp.sim;
    t->started_ps = sim_now_ps(sim);
    t->bits = t->host_on ? MOST_BITS : LEAST_BITS + (t->ctrl >> BITS_SHIFT & 3);
    int32_t die = floor_div((int32_t)t->die_uc(t->die_ctx), 1000);
    t->sampled_mc = clamp(die + t->desc.offset_mc + noise_mc(t), t->desc.low_mc, t->desc.high_mc);
    t->status |= CONVERTING;
    sim_event_cancel(sim, &t->next);
    sim_event_at(sim, &t->converted, t->started_ps + conversion_ps(t, t->bits));
}

static bool goes_on(const temp_t *t)
{
    return t->host_on != 0 || (t->ctrl & CONTINUOUS) != 0;
}

static void plan_next(temp_t *t)
{
    uint64_t now = sim_now_ps(t->comp.sim);
    uint64_t at = t->started_ps + t->period_us * SIM_PS_PER_US;
    if (goes_on(t))
        sim_event_at(t->comp.sim, &t->next, at > now ? at : now);
}

static void on_converted(void *ctx)
{
    temp_t *t = ctx;
    int32_t value = to_sixteenths(t->sampled_mc, t->bits);
    t->conversions++;
    t->data = (uint32_t)value;
    t->status = (t->status & ~(uint32_t)CONVERTING) | NEW_VALUE |
                (value > (int32_t)t->high ? (uint32_t)ABOVE : 0u) |
                (value < (int32_t)t->low ? (uint32_t)BELOW : 0u);
    plan_next(t);
    update(t);
}

static void on_next(void *ctx)
{
    begin(ctx);
}

static void wanted(temp_t *t)
{
    if (!goes_on(t))
        sim_event_cancel(t->comp.sim, &t->next);
    else if (!sim_event_pending(&t->converted) && !sim_event_pending(&t->next))
        begin(t);
}

static void wrote_ctrl(sim_comp_t *comp, uint32_t value)
{
    temp_t *t = temp_of(comp);
    if ((value & ONCE) != 0 && !sim_event_pending(&t->converted))
        begin(t);
    wanted(t);
}

/* ---- the host's side ---- */

static bool host_write(void *ctx, uint16_t addr, uint32_t value)
{
    temp_t *t = ctx;
    if (addr != HOST_CTRL)
        return value == 0; /* temp_sensor_mode has no other */
    t->host_on = value & 1;
    wanted(t);
    return true;
}

static uint32_t host_read(void *ctx, uint16_t addr)
{
    const temp_t *t = ctx;
    if (addr == HOST_CTRL)
        return t->host_on;
    if (addr != HOST_OUTPUT)
        return 0;
    return (uint8_t)clamp(floor_div((int32_t)t->data + 8, 16), HOST_LOW, HOST_HIGH);
}

ccs_window_t temp_window(temp_t *temp)
{
    return (ccs_window_t){HOST_CTRL, HOST_OUTPUT, host_write, host_read, temp};
}

/* ---- tables ---- */

static const sim_field_t temp_fields[] = {
    SIM_FIELD(temp_t, ctrl),        SIM_FIELD(temp_t, status),
    SIM_FIELD(temp_t, irq_enable),  SIM_FIELD(temp_t, data),
    SIM_FIELD(temp_t, high),        SIM_FIELD(temp_t, low),
    SIM_FIELD(temp_t, period_us),   SIM_FIELD(temp_t, host_on),
    SIM_FIELD(temp_t, sampled_mc),  SIM_FIELD(temp_t, bits),
    SIM_FIELD(temp_t, started_ps),  SIM_FIELD(temp_t, irq.level),
    SIM_FIELD(temp_t, conversions), SIM_FIELD_END,
};

static const sim_stat_t temp_stats[] = {
    SIM_STAT(temp_t, conversions, "1", "temperatures measured"),
    SIM_STAT_END,
};

static sim_err_t temp_check(sim_comp_t *comp)
{
    if (temp_of(comp)->die_uc == NULL)
        return sim_fail(comp->sim, SIM_EWIRE, "%s.die_uc: not connected", comp->name);
    return SIM_OK;
}

static void temp_reset(sim_comp_t *comp)
{
    temp_t *t = temp_of(comp);
    sim_event_cancel(comp->sim, &t->converted);
    sim_event_cancel(comp->sim, &t->next);
    t->host_on = t->bits = 0;
    t->sampled_mc = 0;
    t->started_ps = t->conversions = 0;
    sim_wire_set(&t->irq, false);
}

static const sim_kind_t temp_kind = {
    .kind = "temp",
    .version = 1,
    .check = temp_check,
    .reset = temp_reset,
    .fields = temp_fields,
    .stats = temp_stats,
    .regs = temp_regs,
};
_Static_assert(offsetof(temp_t, comp) == 0, "comp stays first");

temp_desc_t temp_desc_default(void)
{
    return (temp_desc_t){
        .seed = 1,
        .conversion_us = 1600,
        .noise_mc = 60,
        .low_mc = -40000,
        .high_mc = 125000,
    };
}

sim_err_t temp_init(temp_t *temp, sim_t *sim, const temp_desc_t *desc, const char *name)
{
    memset(temp, 0, sizeof(*temp));
    if (desc->conversion_us < 8 || desc->conversion_us > 1000000 || desc->conversion_us % 8 != 0)
        return sim_fail(sim, SIM_EDESC, "%s.conversion_us: %u is no multiple of 8 in 8..1000000",
                        name, desc->conversion_us);
    if (desc->offset_mc < -20000 || desc->offset_mc > 20000 || desc->noise_mc > 20000)
        return sim_fail(sim, SIM_EDESC, "%s: offset_mc %d or noise_mc %u is above 20000", name,
                        desc->offset_mc, desc->noise_mc);
    if (desc->low_mc < -100000 || desc->high_mc > 200000 || desc->low_mc >= desc->high_mc)
        return sim_fail(sim, SIM_EDESC, "%s: %d..%d is no range within -100000..200000", name,
                        desc->low_mc, desc->high_mc);
    sim_err_t err = sim_comp_init(&temp->comp, sim, &temp_kind, name);
    if (err != SIM_OK)
        return err;
    temp->desc = *desc;
    sim_event_init(&temp->converted, &temp->comp, "converted", SIM_PRIO_DRIVE, on_converted, temp);
    sim_event_init(&temp->next, &temp->comp, "next", SIM_PRIO_DRIVE, on_next, temp);
    return SIM_OK;
}
