#include "logic/spit.h"

#include <string.h>

enum { TGT_DATA = 0x18, BITS = 32 };
enum { ENABLE = 0x1, FLUSH = 0x2 };
enum { LEVEL = 0x1, OVERRUN = 0x2, ENDED = 0x4, NOT_EMPTY = 0x8, W1C_BITS = OVERRUN | ENDED };

static void wrote_ctrl(sim_comp_t *comp, uint32_t value);
static void wrote_irq(sim_comp_t *comp, uint32_t value);
static void wrote_level(sim_comp_t *comp, uint32_t value);

/* clang-format off */
#define R(member) offsetof(spit_t, member)
static const sim_reg_t spit_regs[] = {
    /* name         help                                                          addr  reset       rw_mask w1c       member         side effect */
    {"TGT_ID",      "31:16: block id; 15:0: version",                             0x00, 0x00130001, 0x0,    0x0,      R(id),         NULL},
    {"TGT_CTRL",    "0: enable; 1: write 1: empty the FIFO",                      0x04, 0x0,        0x1,    0x0,      R(ctrl),       wrote_ctrl},
    {"TGT_STATUS",  "0: at least TGT_LEVEL words wait; 1: words lost, W1C; 2: a transfer ended, W1C; 3: a word waits", 0x08, 0x0, 0x0, W1C_BITS, R(status), wrote_irq},
    {"TGT_IRQ_EN",  "2:0: interrupt on bits 2:0 of TGT_STATUS",                   0x0c, 0x0,        0x7,    0x0,      R(irq_enable), wrote_irq},
    {"TGT_LEVEL",   "6:0: words, 1..64",                                          0x10, 32,         0x7f,   0x0,      R(level),      wrote_level},
    {"TGT_COUNT",   "6:0: words that wait",                                       0x14, 0x0,        0x0,    0x0,      R(count),      NULL},
    {"TGT_DATA",    "31:0: oldest word, which is taken out; with none it is 0",   0x18, 0x0,        0x0,    0x0,      R(data),       NULL},
    SIM_REG_END,
};
/* clang-format on */

static spit_t *spit_of(sim_comp_t *comp)
{
    return (spit_t *)(void *)comp;
}

static void update(spit_t *s)
{
    s->status = (s->status & W1C_BITS) | (s->count >= s->level ? (uint32_t)LEVEL : 0u) |
                (s->count != 0 ? (uint32_t)NOT_EMPTY : 0u);
    sim_wire_set(&s->irq, (s->status & s->irq_enable) != 0);
}

static void wrote_irq(sim_comp_t *comp, uint32_t value)
{
    (void)value;
    update(spit_of(comp));
}

static void wrote_ctrl(sim_comp_t *comp, uint32_t value)
{
    spit_t *s = spit_of(comp);
    if ((value & FLUSH) != 0)
        s->count = 0;
    update(s);
}

static void wrote_level(sim_comp_t *comp, uint32_t value)
{
    spit_t *s = spit_of(comp);
    if (value == 0 || value > SPIT_WORDS) {
        s->level = value == 0 ? 1 : SPIT_WORDS;
        sim_log(comp, SIM_LOG_GUEST, "TGT_LEVEL %u not in 1..%u, %u is used", value, SPIT_WORDS,
                s->level);
    }
    update(s);
}

/* A read of TGT_DATA shows the oldest word and takes it out. */
static void spit_refresh(sim_comp_t *comp, uint32_t addr, bool peek)
{
    spit_t *s = spit_of(comp);
    if (addr != TGT_DATA)
        return;
    s->data = s->count != 0 ? s->fifo[s->first] : 0;
    if (peek || s->count == 0)
        return;
    s->first = (s->first + 1) % SPIT_WORDS;
    s->count--;
    update(s);
}

/* ---- the line ---- */

static uint64_t word_end_ps(const spit_t *s, uint32_t word)
{
    return s->start_ps + sim_edge_ps((uint64_t)(word + 1) * BITS, s->hz);
}

static void take(spit_t *s, uint32_t word)
{
    if ((s->ctrl & ENABLE) == 0)
        return;
    s->words++;
    if (s->count == SPIT_WORDS) {
        s->lost++;
        s->status |= OVERRUN;
        return;
    }
    s->fifo[(s->first + s->count++) % SPIT_WORDS] = word;
}

static void on_word(void *ctx)
{
    spit_t *s = ctx;
    const uint8_t *b = s->tape + s->at + 4 * (size_t)s->sent_words;
    uint32_t word = b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
    if (s->line == NULL || s->line(s->line_ctx, &word))
        take(s, word);
    s->sent_words++;
    if (s->sent_words < s->all_words)
        sim_event_at(s->comp.sim, &s->word, word_end_ps(s, s->sent_words));
    else if ((s->ctrl & ENABLE) != 0)
        s->status |= ENDED;
    update(s);
}

bool spit_send(spit_t *spit, uint32_t at, uint32_t bytes, uint32_t hz)
{
    bool inside = at <= spit->tape_bytes && bytes <= spit->tape_bytes - at;
    if (sim_event_pending(&spit->word) || !inside || bytes == 0 || bytes % 4 != 0 || hz == 0 ||
        hz > spit->desc.most_hz)
        return false;
    spit->start_ps = sim_now_ps(spit->comp.sim);
    spit->hz = hz;
    spit->at = at;
    spit->sent_words = 0;
    spit->all_words = bytes / 4;
    spit->transfers++;
    sim_event_at(spit->comp.sim, &spit->word, word_end_ps(spit, 0));
    return true;
}

bool spit_sending(const spit_t *spit, uint64_t *end_ps)
{
    if (!sim_event_pending(&spit->word))
        return false;
    *end_ps = word_end_ps(spit, spit->all_words - 1);
    return true;
}

/* ---- tables ---- */

static const sim_field_t spit_fields[] = {
    SIM_FIELD(spit_t, ctrl),
    SIM_FIELD(spit_t, status),
    SIM_FIELD(spit_t, irq_enable),
    SIM_FIELD(spit_t, level),
    SIM_FIELD(spit_t, count),
    SIM_FIELD(spit_t, fifo),
    SIM_FIELD(spit_t, first),
    SIM_FIELD(spit_t, start_ps),
    SIM_FIELD(spit_t, hz),
    SIM_FIELD(spit_t, at),
    SIM_FIELD(spit_t, sent_words),
    SIM_FIELD(spit_t, all_words),
    SIM_FIELD(spit_t, irq.level),
    SIM_FIELD(spit_t, words),
    SIM_FIELD(spit_t, transfers),
    SIM_FIELD(spit_t, lost),
    SIM_FIELD_END,
};

static const sim_stat_t spit_stats[] = {
    SIM_STAT(spit_t, words, "words", "words that came"),
    SIM_STAT(spit_t, transfers, "1", "transfers of the host"),
    SIM_STAT(spit_t, lost, "words", "words that found the FIFO full"),
    SIM_STAT_END,
};

/* The host goes on sending: its clock does not know of our reset. */
static void spit_reset(sim_comp_t *comp)
{
    spit_t *s = spit_of(comp);
    memset(s->fifo, 0, sizeof(s->fifo));
    s->first = s->count = 0;
    s->words = s->transfers = s->lost = 0;
    s->irq.level = false;
}

static const sim_kind_t spit_kind = {
    .kind = "spit",
    .version = 1,
    .reset = spit_reset,
    .fields = spit_fields,
    .stats = spit_stats,
    .regs = spit_regs,
    .refresh = spit_refresh,
};
_Static_assert(offsetof(spit_t, comp) == 0, "comp stays first");

spit_desc_t spit_desc_default(void)
{
    return (spit_desc_t){.most_hz = 35000000};
}

sim_err_t spit_init(spit_t *spit, sim_t *sim, const spit_desc_t *desc, const char *name)
{
    memset(spit, 0, sizeof(*spit));
    if (desc->most_hz == 0)
        return sim_fail(sim, SIM_EDESC, "%s.most_hz: 0 is no rate", name);
    sim_err_t err = sim_comp_init(&spit->comp, sim, &spit_kind, name);
    if (err != SIM_OK)
        return err;
    spit->desc = *desc;
    sim_event_init(&spit->word, &spit->comp, "word", SIM_PRIO_DRIVE, on_word, spit);
    return SIM_OK;
}
