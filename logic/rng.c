/*
 * rng.c - one event a word, none while the FIFO is full.
 */
#include "logic/rng.h"

#include <string.h>

enum {
    RNG_DATA = 0x0c,
    ENABLE = 0x1,
    READY = 0x1, /* of RNG_STATUS */
    FAILED = 0x2,
    EARLY = 0x4,
    STARTING = 0x8,
    COUNT_SHIFT = 8,
    STARTUP_WORDS = 32,
    WINDOW_WORDS = 32,    /* of 32 bits: 1024 */
    PROPORTION_CUT = 589, /* 1 + critbinom(1024, 1/2, 1 - 2^-20): SP 800-90B, 4.4.2 */
    MAX_CYCLES_PER_WORD = 1000000,
};

#define RNG_PURPOSE 0x54524e47u /* of sim/rng.h: "TRNG" */

static void wrote_ctrl(sim_comp_t *comp, uint32_t value);
static void wrote_status(sim_comp_t *comp, uint32_t value);

/* clang-format off */
#define R(member) offsetof(rng_t, member)
static const sim_reg_t rng_regs[] = {
    /* name        help                                       addr  reset       rw_mask w1c  member     side effect */
    {"RNG_ID",     "31:16: block id; 15:0: version",          0x00, 0x000e0001, 0x0,    0x0, R(id),     NULL},
    {"RNG_CTRL",   "0: enable",                               0x04, 0x0,        ENABLE, 0x0, R(ctrl),   wrote_ctrl},
    {"RNG_STATUS", "0: a word is ready; 1: health test failed, W1C; 2: read while empty, W1C; 3: start-up test; 11:8: words in the FIFO",
                                                              0x08, 0x0,        0x0,    FAILED | EARLY, R(status), wrote_status},
    {"RNG_DATA",   "31:0: random word; a read takes it out of the FIFO", RNG_DATA, 0x0, 0x0, 0x0, R(data), NULL},
    SIM_REG_END,
};
/* clang-format on */

static rng_t *rng_of(sim_comp_t *comp)
{
    return (rng_t *)(void *)comp;
}

static bool enabled(const rng_t *rng)
{
    return (rng->ctrl & ENABLE) != 0;
}

static void update(rng_t *rng)
{
    bool starting = enabled(rng) && rng->tested < STARTUP_WORDS && (rng->status & FAILED) == 0;
    rng->status = (rng->status & (FAILED | EARLY)) | (rng->count != 0 ? READY : 0u) |
                  (starting ? STARTING : 0u) | rng->count << COUNT_SHIFT;
    sim_wire_set(&rng->ready, rng->count != 0);
}

/* The next word, if there is somebody to make it and a place for it. */
static void plan(rng_t *rng)
{
    sim_t *sim = rng->comp.sim;
    if (!enabled(rng) || (rng->status & FAILED) != 0 || rng->count == RNG_FIFO_WORDS ||
        sim_event_pending(&rng->word))
        return;
    uint64_t now = sim_edge_at_or_after(sim_now_ps(sim), rng->desc.clk_hz);
    sim_event_at(sim, &rng->word, sim_edge_ps(now + rng->desc.cycles_per_word, rng->desc.clk_hz));
}

/* From the start-up test on. */
static void start_over(rng_t *rng)
{
    rng->first = rng->count = 0;
    rng->tested = rng->window = rng->same_bits = 0;
    sim_event_cancel(rng->comp.sim, &rng->word);
}

/* ---- the source and its tests ---- */

static uint32_t draw_number(rng_t *rng)
{
    sim_rng_t key = {rng->desc.seed, RNG_PURPOSE, (uint32_t)(rng->drawn >> 32), 0};
    return sim_rng_u32(&key, (uint32_t)rng->drawn++);
}

static uint32_t draw(rng_t *rng)
{
    switch ((rng_fault_t)rng->fault) {
    case RNG_FAULT_STUCK:
        return rng->last;
    case RNG_FAULT_BIASED: {
        uint32_t a = draw_number(rng);
        return a | draw_number(rng);
    }
    case RNG_FAULT_NONE:
        break;
    }
    return draw_number(rng);
}

static uint32_t count_ones(uint32_t word)
{
    uint32_t ones = 0;
    for (; word != 0; word &= word - 1)
        ones++;
    return ones;
}

static bool proportion_fails(rng_t *rng, uint32_t word)
{
    if (rng->window == 0)
        rng->first_bit = (word & 1) != 0;
    rng->same_bits += count_ones(rng->first_bit ? word : ~word);
    bool fails = rng->same_bits >= PROPORTION_CUT;
    if (++rng->window == WINDOW_WORDS)
        rng->window = rng->same_bits = 0;
    return fails;
}

static bool tests_fail(rng_t *rng, uint32_t word)
{
    bool repeats = rng->tested > 0 && word == rng->last;
    return proportion_fails(rng, word) || repeats;
}

static void on_word(void *ctx)
{
    rng_t *rng = ctx;
    uint32_t word = draw(rng);
    bool fails = tests_fail(rng, word);
    rng->last = word;
    if (fails) {
        rng->failures++;
        rng->status |= FAILED;
        if (rng->noted != NULL)
            rng->noted(rng->noted_ctx);
        start_over(rng);
    } else if (rng->tested < STARTUP_WORDS) {
        rng->tested++;
    } else {
        rng->fifo[(rng->first + rng->count++) % RNG_FIFO_WORDS] = word;
        rng->words++;
    }
    update(rng);
    plan(rng);
}

void rng_set_fault(rng_t *rng, rng_fault_t fault)
{
    rng->fault = (uint32_t)fault;
}

/* ---- registers ---- */

static void wrote_ctrl(sim_comp_t *comp, uint32_t value)
{
    rng_t *rng = rng_of(comp);
    (void)value;
    if (!enabled(rng))
        start_over(rng);
    plan(rng);
    update(rng);
}

static void wrote_status(sim_comp_t *comp, uint32_t value)
{
    (void)value;
    plan(rng_of(comp));
    update(rng_of(comp));
}

static void take_word(rng_t *rng)
{
    if (rng->count == 0) {
        rng->early_reads++;
        rng->status |= EARLY;
        sim_log(&rng->comp, SIM_LOG_GUEST, "read of RNG_DATA with no word ready: 0");
        return;
    }
    rng->first = (rng->first + 1) % RNG_FIFO_WORDS;
    rng->count--;
    rng->reads++;
    plan(rng);
    update(rng);
}

static void rng_refresh(sim_comp_t *comp, uint32_t addr, bool peek)
{
    rng_t *rng = rng_of(comp);
    if (addr != RNG_DATA)
        return;
    rng->data = rng->count != 0 ? rng->fifo[rng->first] : 0;
    if (!peek)
        take_word(rng);
}

static const sim_field_t rng_fields[] = {
    SIM_FIELD(rng_t, ctrl),        SIM_FIELD(rng_t, status),   SIM_FIELD(rng_t, fault),
    SIM_FIELD(rng_t, fifo),        SIM_FIELD(rng_t, first),    SIM_FIELD(rng_t, count),
    SIM_FIELD(rng_t, drawn),       SIM_FIELD(rng_t, tested),   SIM_FIELD(rng_t, last),
    SIM_FIELD(rng_t, same_bits),   SIM_FIELD(rng_t, window),   SIM_FIELD(rng_t, first_bit),
    SIM_FIELD(rng_t, words),       SIM_FIELD(rng_t, reads),    SIM_FIELD(rng_t, early_reads),
    SIM_FIELD(rng_t, ready.level), SIM_FIELD(rng_t, failures), SIM_FIELD_END,
};

static const sim_stat_t rng_stats[] = {
    SIM_STAT(rng_t, words, "1", "words put into the FIFO"),
    SIM_STAT(rng_t, reads, "1", "words taken out"),
    SIM_STAT(rng_t, early_reads, "1", "reads while it was empty"),
    SIM_STAT(rng_t, failures, "1", "health tests failed"),
    SIM_STAT_END,
};

/* But for power-on, the noise goes on where it was: a second boot has other numbers. */
static void rng_reset(sim_comp_t *comp)
{
    rng_t *rng = rng_of(comp);
    if (sim_now_ps(comp->sim) == 0) {
        rng->drawn = 0;
        rng->fault = RNG_FAULT_NONE;
    }
    start_over(rng);
    memset(rng->fifo, 0, sizeof(rng->fifo));
    rng->last = 0;
    rng->first_bit = false;
    rng->ready.level = false;
    rng->words = rng->reads = rng->early_reads = rng->failures = 0;
}

static const sim_kind_t rng_kind = {
    .kind = "rng",
    .version = 1,
    .reset = rng_reset,
    .fields = rng_fields,
    .stats = rng_stats,
    .regs = rng_regs,
    .refresh = rng_refresh,
};
_Static_assert(offsetof(rng_t, comp) == 0, "comp stays first");

rng_desc_t rng_desc_default(void)
{
    return (rng_desc_t){.clk_hz = 262500000, .seed = 1, .cycles_per_word = 2048};
}

sim_err_t rng_init(rng_t *rng, sim_t *sim, const rng_desc_t *desc, const char *name)
{
    memset(rng, 0, sizeof(*rng));
    if (desc->clk_hz == 0 || desc->clk_hz > SIM_PS_PER_S)
        return sim_fail(sim, SIM_EDESC, "%s.clk_hz: %llu not in 1..10^12", name,
                        (unsigned long long)desc->clk_hz);
    if (desc->cycles_per_word == 0 || desc->cycles_per_word > MAX_CYCLES_PER_WORD)
        return sim_fail(sim, SIM_EDESC, "%s.cycles_per_word: %u not in 1..%d", name,
                        desc->cycles_per_word, MAX_CYCLES_PER_WORD);
    sim_err_t err = sim_comp_init(&rng->comp, sim, &rng_kind, name);
    if (err != SIM_OK)
        return err;
    rng->desc = *desc;
    sim_event_init(&rng->word, &rng->comp, "word", SIM_PRIO_DRIVE, on_word, rng);
    return SIM_OK;
}
