/*
 * l2.c - the arbiter's past, worked out on demand.
 *
 * Grants of cycle c depend on requests made at or before c only. So once time has passed c, they
 * are final, and can be computed by whoever needs them first: settle(). The one event fires at the
 * earliest cycle in which a burst can be done; if the burst lost an arbitration in between, the
 * event moves on.
 */
#include "logic/l2_int.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const l2_policy_names[L2_POLICIES] = {"round-robin", "fixed", "priority"};
const char *const l2_ecc_names[L2_ECCS] = {"none", "secded"};

/* ---- the arbiter ---- */

static uint32_t min_u32(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static uint64_t now_cycle(l2_t *l2)
{
    uint64_t now_ps = sim_now_ps(l2->comp.sim);
    if (now_ps != l2->now_ps) {
        l2->now_ps = now_ps;
        l2->now_cycle = clk_edge_at_or_after(&l2->clk, now_ps);
    }
    return l2->now_cycle;
}

void l2_spend(const l2_t *l2, l2_master_t *m, uint64_t cycle, uint64_t beats)
{
    if (!l2_within_budget(m, cycle))
        return;
    m->missing = l2_missing(m, cycle) + (beats << l2->beat_shift) * m->window_cycles;
    m->missing_cycle = cycle;
}

static void grant(l2_t *l2, uint32_t who, uint64_t cycle)
{
    l2_master_t *m = &l2->master[who];
    if (m->stream != NULL) {
        l2_stream_grant(l2, who, cycle);
        return;
    }
    l2_take(l2, who, cycle);
    m->errors += m->head->error;
    m->head->grant_ps = clk_edge_ps(&l2->clk, cycle);
    m->head->wait_cycles = cycle - m->ready_cycle;
    assert(m->granted < L2_MAX_GRANTED);
    m->done_cycle[(m->first + m->granted++) % L2_MAX_GRANTED] =
        m->free_cycle + l2->desc.latency_cycles;
    m->head = m->head->next;
    if (m->head != NULL)
        l2_show_head(l2, m, m->free_cycle);
}

/* Masters with a head, and the first cycle in which each could have its bank. Inside settle() heads
 * go but none comes. */
typedef struct {
    uint32_t count, who[L2_MAX_MASTERS];
    uint64_t at[L2_MAX_MASTERS];
} heads_t;

static void find_heads(const l2_t *l2, heads_t *h)
{
    h->count = 0;
    for (uint32_t i = 0; i < l2->masters; i++)
        if (l2->master[i].head != NULL) {
            h->at[h->count] = l2_head_cycle(l2, &l2->master[i]);
            h->who[h->count++] = i;
        }
}

/* The bank was given away, and with it the head in place i. */
static void update_heads(const l2_t *l2, heads_t *h, uint32_t place, uint32_t bank)
{
    for (uint32_t i = 0; i < h->count; i++) {
        const l2_master_t *m = &l2->master[h->who[i]];
        if (m->head != NULL && (i == place || m->head_bank == bank))
            h->at[i] = l2_head_cycle(l2, m);
    }
    if (l2->master[h->who[place]].head != NULL)
        return;
    h->count--;
    h->who[place] = h->who[h->count];
    h->at[place] = h->at[h->count];
}

/* Of the heads that could have the bank of `first` in the same cycle as that one, who gets it. */
static uint32_t choose(const l2_t *l2, const heads_t *h, uint32_t first)
{
    uint32_t bank = l2->master[h->who[first]].head_bank, chosen = first, best = UINT32_MAX;
    uint64_t cycle = h->at[first], highest = 0;
    if (bank == L2_NO_BANK)
        return first;
    uint32_t from = l2->desc.policy == L2_FIXED ? 0 : l2->bank[bank].last + 1;
    for (uint32_t i = 0; i < h->count; i++) {
        const l2_master_t *m = &l2->master[h->who[i]];
        uint32_t turn = h->who[i] + (h->who[i] < from ? L2_MAX_MASTERS : 0);
        if (h->at[i] != cycle || m->head_bank != bank)
            continue;
        uint64_t rank = l2->ranked ? l2_rank(l2, m, cycle, cycle - m->ready_cycle) : 0;
        if (rank > highest || (rank == highest && turn < best)) {
            highest = rank;
            best = turn;
            chosen = i;
        }
    }
    return chosen;
}

/* Place of the next one to be granted. */
static uint32_t next_head(const l2_t *l2, const heads_t *h)
{
    uint32_t first = 0, ties = 0;
    for (uint32_t i = 1; i < h->count; i++) {
        bool earlier = h->at[i] < h->at[first];
        ties = earlier ? 0 : ties + (h->at[i] == h->at[first]);
        first = earlier ? i : first;
    }
    return ties > 0 ? choose(l2, h, first) : first;
}

/* Makes every grant of the cycles before `end`. */
static void settle(l2_t *l2, uint64_t end)
{
    heads_t h;
    if (end <= l2->settled_cycle)
        return;
    l2->settled_cycle = end;
    find_heads(l2, &h);
    while (h.count > 0) {
        uint32_t next = next_head(l2, &h), who = h.who[next];
        uint32_t bank = l2->master[who].head_bank;
        if (h.at[next] >= end)
            return;
        if (h.count == 2 && l2_stream_pair(l2, h.who[0], h.who[1], end)) {
            find_heads(l2, &h);
            continue;
        }
        if (h.count == 1 && l2->master[who].stream != NULL)
            l2_stream_alone(l2, who, end);
        else
            grant(l2, who, h.at[next]);
        update_heads(l2, &h, next, bank);
    }
}

/* The earliest cycle in which m's oldest request, or its whole stream, can be done. */
static uint64_t earliest_done(const l2_t *l2, const l2_master_t *m)
{
    if (m->stream != NULL && m->head == NULL)
        return l2_stream_last(m->stream);
    if (m->stream != NULL)
        return l2_max(l2_head_cycle(l2, m) + m->head_beats + l2->desc.latency_cycles,
                      l2_stream_bound(l2, m->stream));
    if (m->granted != 0)
        return m->done_cycle[m->first];
    if (m->head != NULL)
        return l2_head_cycle(l2, m) + m->head_beats + l2->desc.latency_cycles;
    return UINT64_MAX;
}

static void plan(l2_t *l2, uint64_t cycle)
{
    l2->planned_cycle = cycle;
    if (cycle != UINT64_MAX)
        sim_event_at(l2->comp.sim, &l2->done, clk_edge_ps(&l2->clk, cycle));
}

static void move_data(l2_t *l2, l2_master_t *m, const sim_mem_req_t *req)
{
    uint8_t *place = l2->mem + (req->addr - l2->desc.base);
    *(req->write ? &m->write_bytes : &m->read_bytes) += req->bytes;
    if (req->data == NULL)
        return;
    l2_look(l2, req->addr - l2->desc.base, req->bytes, req->write);
    if (req->write)
        memcpy(place, req->data, req->bytes);
    else
        memcpy(req->data, place, req->bytes);
}

/* An idle master's state is the same however it came to be idle. */
static void rest(l2_master_t *m)
{
    m->ready_cycle = 0;
    m->head_bank = m->head_beats = m->first = 0;
}

static void complete(l2_t *l2, l2_master_t *m)
{
    sim_mem_req_t *req = m->oldest;
    m->oldest = req->next;
    m->done_cycle[m->first] = 0;
    m->first = (m->first + 1) % L2_MAX_GRANTED;
    m->granted--;
    if (--m->queued == 0)
        rest(m);
    if (l2->wounds != 0 && !req->error)
        req->error = l2_meet(l2, (uint32_t)(m - l2->master), req);
    if (!req->error)
        move_data(l2, m, req);
    else if (!req->write && req->data != NULL)
        memset(req->data, 0, min_u32(req->bytes, l2->desc.burst_bytes));
    req->done(req->ctx, req);
}

static void complete_stream(l2_master_t *m, uint64_t cycle)
{
    sim_mem_stream_t *s = m->stream;
    l2_stream_retire(m, cycle);
    m->stream = NULL;
    rest(m);
    s->done(s->ctx, s);
}

static void on_done(void *ctx)
{
    l2_t *l2 = ctx;
    uint64_t cycle = l2->planned_cycle, next = UINT64_MAX;
    l2->now_cycle = cycle;
    l2->now_ps = sim_now_ps(l2->comp.sim);
    l2->completing = true;
    settle(l2, cycle);
    for (uint32_t i = 0; i < l2->masters; i++) {
        l2_master_t *m = &l2->master[i];
        if (m->granted != 0 && m->done_cycle[m->first] == cycle)
            complete(l2, m);
        else if (m->stream != NULL && m->head == NULL && l2_stream_last(m->stream) == cycle)
            complete_stream(m, cycle);
    }
    l2->completing = false;
    for (uint32_t i = 0; i < l2->masters; i++) {
        uint64_t done = earliest_done(l2, &l2->master[i]);
        next = done < next ? done : next;
    }
    plan(l2, next);
}

/* ---- the port ---- */

static void on_request(void *ctx, uint32_t master, sim_mem_req_t *req)
{
    l2_t *l2 = ctx;
    l2_master_t *m = &l2->master[master];
    uint64_t now = now_cycle(l2);
    settle(l2, now);
    req->next = NULL;
    req->request_ps = l2->now_ps;
    req->error = !l2_burst_fits(l2, req);
    if (m->queued++ == 0)
        m->oldest = req;
    else
        m->newest->next = req;
    m->newest = req;
    if (m->head != NULL)
        return;
    m->head = req;
    l2_show_head(l2, m, l2_max(now, m->free_cycle));
    if (!l2->completing && m->granted == 0 && earliest_done(l2, m) < l2->planned_cycle)
        plan(l2, earliest_done(l2, m));
}

static void on_stream(void *ctx, uint32_t master, sim_mem_stream_t *s)
{
    l2_t *l2 = ctx;
    l2_master_t *m = &l2->master[master];
    assert(m->queued == 0 && m->stream == NULL && sim_bursts_left(&s->bursts));
    assert(s->outstanding >= 1 && s->outstanding <= SIM_STREAM_MAX_OUTSTANDING);
    settle(l2, now_cycle(l2));
    s->granted = s->come_back = s->granted_bytes = s->done_bytes = 0;
    s->error = false;
    s->next = (sim_burst_train_t){0};
    s->last_cycle = UINT64_MAX;
    m->stream = s;
    l2_stream_show(l2, m, s->first_cycle);
    if (!l2->completing && earliest_done(l2, m) < l2->planned_cycle)
        plan(l2, earliest_done(l2, m));
}

static void on_stream_settle(void *ctx, uint32_t master)
{
    l2_t *l2 = ctx;
    settle(l2, now_cycle(l2));
    if (l2->master[master].stream != NULL)
        l2_stream_retire(&l2->master[master],
                         sim_cycles_at(sim_now_ps(l2->comp.sim), l2->desc.clk_hz));
}

/* What was requested up to this cycle goes on; the head may be of a later one. */
static bool on_stream_stop(void *ctx, uint32_t master)
{
    l2_t *l2 = ctx;
    l2_master_t *m = &l2->master[master];
    sim_mem_stream_t *s = m->stream;
    if (s == NULL)
        return false;
    on_stream_settle(ctx, master);
    s->last_cycle = now_cycle(l2);
    if (m->head != NULL && s->head_cycle > s->last_cycle)
        m->head = NULL;
    if (m->head == NULL && (s->granted == 0 || l2_stream_last(s) <= s->last_cycle)) {
        m->stream = NULL;
        return false;
    }
    if (!l2->completing && earliest_done(l2, m) < l2->planned_cycle)
        plan(l2, earliest_done(l2, m));
    return true;
}

static uint8_t *port_view(void *ctx, uint32_t addr, uint32_t bytes)
{
    l2_t *l2 = ctx;
    uint32_t offset = addr - l2->desc.base;
    bool inside = offset < l2->desc.bytes && bytes <= l2->desc.bytes - offset;
    return inside ? l2->mem + offset : NULL;
}

static bool port_peek(void *ctx, uint32_t addr, void *data, uint32_t bytes)
{
    const l2_t *l2 = ctx;
    const uint8_t *place = port_view(ctx, addr, bytes);
    if (place == NULL)
        return false;
    l2_look(l2, addr - l2->desc.base, bytes, false);
    memcpy(data, place, bytes);
    return true;
}

static void port_moved(void *ctx, uint32_t master, const sim_mem_rows_t *rows)
{
    l2_t *l2 = ctx;
    if (l2->wounds != 0)
        l2_moved(l2, master, rows);
}

static bool port_poke(void *ctx, uint32_t addr, const void *data, uint32_t bytes)
{
    l2_t *l2 = ctx;
    uint8_t *place = port_view(ctx, addr, bytes);
    if (place == NULL)
        return false;
    l2_look(l2, addr - l2->desc.base, bytes, true);
    if (l2->wounds != 0)
        l2_overwrite(l2, addr - l2->desc.base, bytes);
    memcpy(place, data, bytes);
    return true;
}

static bool port_watch(void *ctx, const sim_mem_watch_t *watch)
{
    l2_t *l2 = ctx;
    if (l2->watch == NULL)
        l2->watch = watch;
    return l2->watch == watch;
}

/* ---- tables ---- */

/* clang-format off */
#define R(member) offsetof(l2_t, member)
static const sim_reg_t l2_regs[] = {
    /* name             help                                                                  addr  reset       rw_mask w1c  member           side effect */
    {"L2_ID",           "31:16: block id; 15:0: version",                                     0x00, 0x00140001, 0x0,    0x0, R(id),           NULL},
    {"L2_STATUS",       "0: an error was corrected, W1C; 1: one was not, W1C; 2: there is ECC", 0x04, 0x0,      0x0,    0x3, R(status),       l2_wrote_irq},
    {"L2_IRQ_EN",       "1:0: interrupt on bits 1:0 of L2_STATUS",                            0x08, 0x0,        0x3,    0x0, R(irq_enable),   l2_wrote_irq},
    {"L2_ERROR_ADDR",   "31:0: word of the last error",                                       0x0c, 0x0,        0x0,    0x0, R(error_addr),   NULL},
    {"L2_ERROR_MASTER", "4:0: who met it: 0 core, 1 isp, 2 npu_fetch, 3 npu_load, 4 npu_store, 5 mipi, 6 spi, 7 dma, 8 core_fetch, 16 a scrub", 0x10, 0x0,        0x0,    0x0, R(error_master), NULL},
    {"L2_CORRECTED",    "31:0: errors corrected",                                             0x14, 0x0,        0x0,    0x0, R(corrected),    NULL},
    {"L2_FATAL",        "31:0: errors that were met and not corrected",                       0x18, 0x0,        0x0,    0x0, R(fatal),        NULL},
    {"L2_SCRUB",        "0: decode all of memory, reads 0",                                   0x1c, 0x0,        0x0,    0x0, R(scrub),        l2_wrote_scrub},
    SIM_REG_END,
};
#undef R
/* clang-format on */

static size_t mem_bytes(const sim_comp_t *comp)
{
    return ((const l2_t *)(const void *)comp)->desc.bytes;
}

static const sim_field_t l2_fields[] = {
    SIM_FIELD_BUF(l2_t, mem, mem_bytes),
    SIM_FIELD_KEPT(l2_t, settled_cycle), /* how far somebody has looked */
    SIM_FIELD(l2_t, planned_cycle),
    SIM_FIELD(l2_t, status),
    SIM_FIELD(l2_t, irq_enable),
    SIM_FIELD(l2_t, error_addr),
    SIM_FIELD(l2_t, error_master),
    SIM_FIELD(l2_t, corrected),
    SIM_FIELD(l2_t, fatal),
    SIM_FIELD(l2_t, wound),
    SIM_FIELD(l2_t, wounds),
    SIM_FIELD(l2_t, ecc_corrected),
    SIM_FIELD(l2_t, ecc_fatal),
    SIM_FIELD(l2_t, irq.level),
    SIM_FIELD_END,
};

static const sim_stat_t l2_stats[] = {
    SIM_STAT(l2_t, ecc_corrected, "1", "bit errors that ECC corrected"),
    SIM_STAT(l2_t, ecc_fatal, "1", "bursts and scrubs that met an error ECC cannot correct"),
    SIM_STAT_END,
};

static const sim_field_t bank_fields[] = {
    SIM_FIELD(l2_bank_t, free_cycle),
    SIM_FIELD(l2_bank_t, last),
    SIM_FIELD(l2_bank_t, busy_cycles),
    SIM_FIELD(l2_bank_t, grants),
    SIM_FIELD(l2_bank_t, conflicts),
    SIM_FIELD(l2_bank_t, write_beats),
    SIM_FIELD(l2_bank_t, read_beats),
    SIM_FIELD(l2_bank_t, ecc_words),
    SIM_FIELD_END,
};

static const sim_stat_t bank_stats[] = {
    SIM_STAT(l2_bank_t, busy_cycles, "cycles", "cycles in which a beat was served"),
    SIM_STAT(l2_bank_t, grants, "1", "bursts served"),
    SIM_STAT(l2_bank_t, conflicts, "1", "bursts that had to wait for this bank"),
    SIM_STAT(l2_bank_t, read_beats, "1", "beats read: of busy_cycles"),
    SIM_STAT(l2_bank_t, write_beats, "1", "beats written: the others"),
    SIM_STAT(l2_bank_t, ecc_words, "1", "words of 8 bytes in them that ECC encodes or decodes"),
    SIM_STAT_END,
};

static const sim_field_t master_fields[] = {
    SIM_FIELD(l2_master_t, ready_cycle),
    SIM_FIELD(l2_master_t, head_bank),
    SIM_FIELD(l2_master_t, head_beats),
    SIM_FIELD(l2_master_t, free_cycle),
    SIM_FIELD(l2_master_t, done_cycle),
    SIM_FIELD(l2_master_t, first),
    SIM_FIELD(l2_master_t, granted),
    SIM_FIELD(l2_master_t, queued),
    SIM_FIELD(l2_master_t, requests),
    SIM_FIELD(l2_master_t, errors),
    SIM_FIELD(l2_master_t, read_bytes),
    SIM_FIELD(l2_master_t, write_bytes),
    SIM_FIELD(l2_master_t, wait_cycles),
    SIM_FIELD(l2_master_t, longest_wait_cycles),
    SIM_FIELD(l2_master_t, bank_wait_cycles),
    SIM_FIELD(l2_master_t, behind_cycles),
    SIM_FIELD(l2_master_t, missing),
    SIM_FIELD(l2_master_t, missing_cycle),
    SIM_FIELD_TO_REQ(l2_master_t, oldest),
    SIM_FIELD_TO_REQ(l2_master_t, head),
    SIM_FIELD_TO_REQ(l2_master_t, newest),
    SIM_FIELD_TO_STREAM(l2_master_t, stream),
    SIM_FIELD_END,
};

static const sim_stat_t master_stats[] = {
    SIM_STAT(l2_master_t, requests, "1", "bursts served, errors included"),
    SIM_STAT(l2_master_t, errors, "1", "of these, outside memory or malformed"),
    SIM_STAT(l2_master_t, read_bytes, "bytes", "bytes read"),
    SIM_STAT(l2_master_t, write_bytes, "bytes", "bytes written"),
    SIM_STAT(l2_master_t, wait_cycles, "cycles", "cycles the head request waited for its bank"),
    SIM_STAT(l2_master_t, longest_wait_cycles, "cycles", "the longest of these waits"),
    SIM_STAT_ARRAY(l2_master_t, bank_wait_cycles, "cycles", "of wait_cycles, for each bank"),
    SIM_STAT_ARRAY(l2_master_t, behind_cycles, "cycles",
                   "of wait_cycles, by the master that had the bank until the grant"),
    SIM_STAT_END,
};

static void l2_reset(sim_comp_t *comp)
{
    l2_t *l2 = (l2_t *)(void *)comp;
    sim_event_cancel(comp->sim, &l2->done);
    l2->settled_cycle = 0;
    l2->planned_cycle = UINT64_MAX;
    l2->now_ps = l2->now_cycle = 0;
    l2->completing = false;
    l2->status = l2->desc.ecc != L2_ECC_NONE ? L2_STATUS_ECC : 0;
    l2->irq.level = false;
}

static void bank_reset(sim_comp_t *comp)
{
    l2_bank_t *bank = (l2_bank_t *)(void *)comp;
    bank->free_cycle = 0;
    bank->last = L2_MAX_MASTERS; /* none: the first master comes next */
    bank->busy_cycles = bank->grants = bank->conflicts = 0;
    bank->write_beats = bank->read_beats = bank->ecc_words = 0;
}

/* A reset forgets requests in flight: their owners are reset too. */
static void master_reset(sim_comp_t *comp)
{
    l2_master_t *m = (l2_master_t *)(void *)comp;
    m->oldest = m->head = m->newest = NULL;
    m->stream = NULL;
    m->ready_cycle = m->free_cycle = 0;
    m->head_bank = m->head_beats = 0;
    memset(m->done_cycle, 0, sizeof(m->done_cycle));
    m->first = m->granted = m->queued = 0;
    m->missing = m->missing_cycle = 0;
    m->requests = m->errors = m->read_bytes = m->write_bytes = 0;
    m->wait_cycles = m->longest_wait_cycles = 0;
    memset(m->bank_wait_cycles, 0, sizeof(m->bank_wait_cycles));
    memset(m->behind_cycles, 0, sizeof(m->behind_cycles));
}

static void l2_tally(sim_comp_t *comp)
{
    l2_t *l2 = (l2_t *)(void *)comp;
    uint64_t words = l2->desc.ecc != L2_ECC_NONE ? l2->desc.beat_bytes / ECC_WORD_BYTES : 0;
    l2_settle(l2);
    for (l2_bank_t *bank = l2->bank; bank < l2->bank + l2->desc.banks; bank++) {
        bank->read_beats = bank->busy_cycles - bank->write_beats;
        bank->ecc_words = bank->busy_cycles * words;
    }
}

static const sim_kind_t l2_kind = {
    .kind = "l2",
    .version = 2,
    .reset = l2_reset,
    .tally = l2_tally,
    .fields = l2_fields,
    .stats = l2_stats,
    .regs = l2_regs,
};
static const sim_kind_t bank_kind = {.kind = "l2_bank",
                                     .version = 2,
                                     .reset = bank_reset,
                                     .fields = bank_fields,
                                     .stats = bank_stats};
static const sim_kind_t master_kind = {.kind = "l2_master",
                                       .version = 2,
                                       .reset = master_reset,
                                       .fields = master_fields,
                                       .stats = master_stats};
_Static_assert(offsetof(l2_t, comp) == 0, "comp stays first");
_Static_assert(offsetof(l2_bank_t, comp) == 0, "comp stays first");
_Static_assert(offsetof(l2_master_t, comp) == 0, "comp stays first");
_Static_assert((SIM_STREAM_MAX_OUTSTANDING & (SIM_STREAM_MAX_OUTSTANDING - 1)) == 0, "a mask");
_Static_assert(L2_MAX_GRANTED > L2_MAX_LATENCY + 1, "a cycle of beats each, latency in flight");

/* ---- set-up ---- */

l2_desc_t l2_desc_default(void)
{
    return (l2_desc_t){
        .clk_hz = 262500000,
        .base = 0x04000000,
        .bytes = 8388480,
        .banks = 8,
        .beat_bytes = 64,
        .burst_bytes = 256,
        .latency_cycles = 2,
        .policy = L2_ROUND_ROBIN,
    };
}

static bool is_power_of_two(uint32_t value, uint32_t low, uint32_t high)
{
    return value >= low && value <= high && (value & (value - 1)) == 0;
}

static sim_err_t check_rules(sim_t *sim, const l2_desc_t *d, const char *name)
{
    if (d->starvation_cycles > L2_MAX_STARVATION_CYCLES)
        return sim_fail(sim, SIM_EDESC, "%s.starvation_cycles: %u not in 0..%u", name,
                        d->starvation_cycles, L2_MAX_STARVATION_CYCLES);
    for (const l2_rule_t *r = d->rule; r < d->rule + L2_MAX_MASTERS; r++) {
        if (r->level > L2_MAX_LEVEL)
            return sim_fail(sim, SIM_EDESC, "%s.rule[%d].level: %u not in 0..%d", name,
                            (int)(r - d->rule), r->level, L2_MAX_LEVEL);
        if (r->bytes > L2_MAX_BUDGET_BYTES || r->window_cycles > L2_MAX_WINDOW_CYCLES ||
            (r->bytes == 0) != (r->window_cycles == 0))
            return sim_fail(sim, SIM_EDESC,
                            "%s.rule[%d]: %u bytes in %u cycles, not both 0 and not in 1..2^24",
                            name, (int)(r - d->rule), r->bytes, r->window_cycles);
    }
    return SIM_OK;
}

static sim_err_t check_desc(sim_t *sim, const l2_desc_t *d, const char *name)
{
    if (d->clk_hz == 0 || d->clk_hz > SIM_PS_PER_S)
        return sim_fail(sim, SIM_EDESC, "%s.clk_hz: %llu not in 1..10^12", name,
                        (unsigned long long)d->clk_hz);
    if (!is_power_of_two(d->banks, 1, L2_MAX_BANKS))
        return sim_fail(sim, SIM_EDESC, "%s.banks: %u is no power of two in 1..%d", name, d->banks,
                        L2_MAX_BANKS);
    if (!is_power_of_two(d->beat_bytes, 4, 256))
        return sim_fail(sim, SIM_EDESC, "%s.beat_bytes: %u is no power of two in 4..256", name,
                        d->beat_bytes);
    if (!is_power_of_two(d->burst_bytes, d->beat_bytes, 4096))
        return sim_fail(sim, SIM_EDESC, "%s.burst_bytes: %u is no power of two in %u..4096", name,
                        d->burst_bytes, d->beat_bytes);
    if (d->bytes == 0 || d->bytes > 1u << 30 || d->bytes % d->beat_bytes != 0)
        return sim_fail(sim, SIM_EDESC, "%s.bytes: %u is no multiple of %u in 1..2^30", name,
                        d->bytes, d->beat_bytes);
    if (d->base % d->burst_bytes != 0 || d->base > UINT32_MAX - d->bytes)
        return sim_fail(sim, SIM_EDESC, "%s.base: 0x%x is no multiple of %u with %u bytes of room",
                        name, d->base, d->burst_bytes, d->bytes);
    if (d->latency_cycles < 1 || d->latency_cycles > L2_MAX_LATENCY)
        return sim_fail(sim, SIM_EDESC, "%s.latency_cycles: %u not in 1..%d", name,
                        d->latency_cycles, L2_MAX_LATENCY);
    if (d->ecc >= L2_ECCS || (d->ecc != L2_ECC_NONE && d->bytes % ECC_WORD_BYTES != 0))
        return sim_fail(sim, SIM_EDESC, "%s.ecc: %d not in 0..%d, or bytes no multiple of %u", name,
                        (int)d->ecc, L2_ECCS - 1, ECC_WORD_BYTES);
    if (d->policy >= L2_POLICIES)
        return sim_fail(sim, SIM_EDESC, "%s.policy: %d not in 0..%d", name, (int)d->policy,
                        L2_POLICIES - 1);
    return check_rules(sim, d, name);
}

static uint32_t log2_of(uint32_t value)
{
    uint32_t shift = 0;
    while (value >> shift != 1)
        shift++;
    return shift;
}

static sim_err_t add_banks(l2_t *l2, sim_t *sim)
{
    for (uint32_t i = 0; i < l2->desc.banks; i++) {
        char name[128];
        snprintf(name, sizeof(name), "%s.bank%u", l2->comp.name, i);
        sim_err_t err = sim_comp_init(&l2->bank[i].comp, sim, &bank_kind, name);
        if (err != SIM_OK)
            return err;
    }
    return SIM_OK;
}

sim_err_t l2_init(l2_t *l2, sim_t *sim, const l2_desc_t *desc, const char *name)
{
    memset(l2, 0, sizeof(*l2));
    sim_err_t err = check_desc(sim, desc, name);
    if (err == SIM_OK)
        err = sim_comp_init(&l2->comp, sim, &l2_kind, name);
    if (err != SIM_OK)
        return err;
    l2->desc = *desc;
    l2->clk = clk_make(desc->clk_hz);
    l2->beat_shift = log2_of(desc->beat_bytes);
    l2->burst_shift = log2_of(desc->burst_bytes);
    l2->planned_cycle = UINT64_MAX;
    l2->ranked = desc->policy == L2_PRIORITY || desc->starvation_cycles != 0;
    sim_event_init(&l2->done, &l2->comp, "done", SIM_PRIO_DRIVE, on_done, l2);
    l2->room = calloc(1, (size_t)desc->bytes + 63);
    l2->mem = l2->room == NULL ? NULL : l2->room + (64 - (uintptr_t)l2->room % 64) % 64;
    if (l2->mem == NULL)
        return sim_fail(sim, SIM_ENOMEM, "%s: no memory for %u bytes", name, desc->bytes);
    return add_banks(l2, sim);
}

void l2_free(l2_t *l2)
{
    free(l2->room);
    l2->room = l2->mem = NULL;
}

/* What the rules say of the master that has come last. */
static void obey(l2_t *l2, l2_master_t *m, const char *master)
{
    for (const l2_rule_t *r = l2->desc.rule; r < l2->desc.rule + L2_MAX_MASTERS; r++) {
        if (r->master == NULL || strcmp(r->master, master) != 0)
            continue;
        m->level = l2->desc.policy == L2_PRIORITY ? r->level : 0;
        m->budget = r->bytes;
        m->window_cycles = r->window_cycles;
        l2->ranked |= r->bytes != 0;
    }
}

sim_err_t l2_port(l2_t *l2, const char *master, sim_mem_port_t *port)
{
    sim_t *sim = l2->comp.sim;
    if (l2->masters == L2_MAX_MASTERS)
        return sim_fail(sim, SIM_EFULL, "%s: no room for master %s, %d are attached", l2->comp.name,
                        master, L2_MAX_MASTERS);
    char name[128];
    snprintf(name, sizeof(name), "%s.master.%s", l2->comp.name, master);
    sim_err_t err = sim_comp_init(&l2->master[l2->masters].comp, sim, &master_kind, name);
    if (err != SIM_OK)
        return err;
    obey(l2, &l2->master[l2->masters], master);
    *port = (sim_mem_port_t){
        .request = on_request,
        .peek = port_peek,
        .poke = port_poke,
        .view = port_view,
        .moved = port_moved,
        .watch = port_watch,
        .stream = on_stream,
        .stream_settle = on_stream_settle,
        .stream_stop = on_stream_stop,
        .ctx = l2,
        .master = l2->masters++,
        .beat_bytes = l2->desc.beat_bytes,
        .max_burst_bytes = l2->desc.burst_bytes,
        .clk_hz = l2->desc.clk_hz,
    };
    return SIM_OK;
}

const char *l2_master_name(const l2_t *l2, uint32_t master)
{
    return l2->master[master].comp.name + strlen(l2->comp.name) + strlen(".master.");
}

void l2_settle(l2_t *l2)
{
    uint64_t passed = clk_cycles_at(&l2->clk, sim_now_ps(l2->comp.sim));
    settle(l2, now_cycle(l2));
    for (uint32_t i = 0; i < l2->masters; i++)
        if (l2->master[i].stream != NULL)
            l2_stream_retire(&l2->master[i], passed);
}
