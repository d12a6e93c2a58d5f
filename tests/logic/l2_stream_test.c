/*
 * l2_stream_test.c - a stream is what a channel would ask for one burst at a time: the same blocks
 * of memory, moved both ways among the same other traffic, end in the same cycles with the same
 * statistics, whenever one looks.
 */
#include "logic/l2.h"
#include "sim/rng.h"
#include "tests/test.h"

#define HZ UINT64_C(1000000000)
#define PS(cycle) ((cycle)*UINT64_C(1000))
#define BASE 0x04000000u

enum { CHANNELS = 3, OTHERS = 2, BLOCKS = 25, REQUESTS = 200, LOOKS = 12, COUNTERS = 5 };

/* One move of a channel. */
typedef struct {
    sim_bursts_t bursts;
    uint32_t rate, outstanding, gap; /* cycles after the one before */
    uint32_t stop;                   /* so many cycles after its start; 0: it runs to its end */
    bool write;
    uint64_t end, channel; /* results; channel: 0 when it was stopped */
} block_t;

typedef struct {
    sim_comp_t comp;
    sim_event_t go, issue, halt;
    sim_mem_port_t port;
    bool streams, stopped;
    block_t block[BLOCKS];
    uint32_t now; /* block */
    /* as a stream */
    sim_mem_stream_t stream;
    /* or one burst at a time */
    sim_mem_req_t req[SIM_STREAM_MAX_OUTSTANDING];
    sim_bursts_t bursts;
    uint64_t free_cycle;
    uint32_t oldest, out;
} channel_t;

/* Single bursts at given cycles. */
typedef struct {
    sim_comp_t comp;
    sim_event_t go;
    sim_mem_port_t port;
    sim_mem_req_t req[REQUESTS];
    uint64_t at[REQUESTS], done[REQUESTS];
    uint32_t made;
} other_t;

typedef struct {
    l2_t l2;
    channel_t channel[CHANNELS];
    other_t other[OTHERS];
    uint64_t look_at[LOOKS];
    uint64_t seen[LOOKS][CHANNELS][COUNTERS]; /* requests, read, written, waited, errors */
} world_t;

static sim_t *sim;

static uint64_t cycle_now(void)
{
    return sim_edge_at_or_after(sim_now_ps(sim), HZ);
}

/* ---- a channel ---- */

static void end_block(channel_t *c, uint64_t channel_cycle)
{
    block_t *b = &c->block[c->now];
    b->end = cycle_now();
    b->channel = c->stopped ? 0 : channel_cycle;
    sim_event_cancel(sim, &c->halt);
    if (++c->now < BLOCKS)
        sim_event_at(sim, &c->go, PS(cycle_now() + c->block[c->now].gap));
}

static void on_stream(void *ctx, sim_mem_stream_t *stream)
{
    end_block(ctx, stream->channel_cycle);
}

static void plan_issue(channel_t *c)
{
    const block_t *b = &c->block[c->now];
    uint64_t at = c->free_cycle > cycle_now() ? c->free_cycle : cycle_now();
    if (!c->stopped && sim_bursts_left(&c->bursts) && c->out < b->outstanding &&
        !sim_event_pending(&c->issue))
        sim_event_at(sim, &c->issue, PS(at));
}

static void on_issue(void *ctx)
{
    channel_t *c = ctx;
    const block_t *b = &c->block[c->now];
    uint64_t addr;
    uint32_t bytes = sim_bursts_next(&c->bursts, c->port.max_burst_bytes, &addr);
    sim_mem_req_t *req = &c->req[(c->oldest + c->out++) % SIM_STREAM_MAX_OUTSTANDING];
    req->addr = (uint32_t)addr;
    req->bytes = bytes;
    req->write = b->write;
    c->free_cycle = cycle_now() + (bytes + b->rate - 1) / b->rate;
    sim_mem_request(&c->port, req);
    plan_issue(c);
}

static void on_burst(void *ctx, sim_mem_req_t *req)
{
    channel_t *c = ctx;
    ck_assert_ptr_eq(req, &c->req[c->oldest % SIM_STREAM_MAX_OUTSTANDING]);
    c->oldest++;
    c->out--;
    if ((c->stopped || !sim_bursts_left(&c->bursts)) && c->out == 0)
        end_block(c, c->free_cycle);
    else
        plan_issue(c);
}

/* After all that is asked for in this cycle: nothing is asked for any more, what is out comes back.
 */
static void on_halt(void *ctx)
{
    channel_t *c = ctx;
    c->stopped = true;
    sim_event_cancel(sim, &c->issue);
    bool out = c->streams ? c->port.stream_stop(c->port.ctx, c->port.master) : c->out > 0;
    if (!out)
        end_block(c, 0);
}

static void begin(channel_t *c)
{
    const block_t *b = &c->block[c->now];
    c->stopped = false;
    if (b->stop != 0)
        sim_event_at(sim, &c->halt, PS(cycle_now() + b->stop));
    if (c->streams) {
        c->stream = (sim_mem_stream_t){.bursts = b->bursts,
                                       .write = b->write,
                                       .rate = b->rate,
                                       .outstanding = b->outstanding,
                                       .first_cycle = cycle_now() + 3,
                                       .done = on_stream,
                                       .ctx = c};
        c->port.stream(c->port.ctx, c->port.master, &c->stream);
        return;
    }
    c->bursts = b->bursts;
    c->free_cycle = cycle_now() + 3;
    plan_issue(c);
}

static void on_go(void *ctx)
{
    begin(ctx);
}

/* ---- single bursts ---- */

static void on_other(void *ctx)
{
    other_t *o = ctx;
    while (o->made < REQUESTS && o->at[o->made] <= cycle_now())
        sim_mem_request(&o->port, &o->req[o->made++]);
    if (o->made < REQUESTS)
        sim_event_at(sim, &o->go, PS(o->at[o->made]));
}

static void on_other_done(void *ctx, sim_mem_req_t *req)
{
    other_t *o = ctx;
    o->done[req - o->req] = cycle_now();
}

/* ---- a world ---- */

static void random_block(block_t *b, sim_stream_t *s, uint32_t mem_bytes)
{
    static const uint32_t rows[] = {1, 1, 7, 40}, planes[] = {1, 1, 3};
    uint32_t bytes = 1 + sim_stream_below(s, sim_stream_below(s, 3) == 0 ? 20000 : 300);
    uint32_t row = bytes + (sim_stream_below(s, 2) == 0 ? 0 : sim_stream_below(s, 700));
    uint32_t n = rows[sim_stream_below(s, 4)];
    uint32_t at = sim_stream_below(s, 2) == 0 ? 256 * sim_stream_below(s, 64)
                                              : sim_stream_below(s, mem_bytes);
    b->bursts = sim_bursts(BASE + at, bytes, n, row, planes[sim_stream_below(s, 3)],
                           row * n + sim_stream_below(s, 2) * 64);
    b->rate = 1 + sim_stream_below(s, sim_stream_below(s, 4) == 0 ? 400 : 70);
    b->outstanding = 1 + sim_stream_below(s, SIM_STREAM_MAX_OUTSTANDING);
    b->gap = sim_stream_below(s, 60);
    b->stop = sim_stream_below(s, 3) == 0 ? 1 + sim_stream_below(s, 400) : 0;
    b->write = sim_stream_below(s, 2) == 0;
}

static void make_channel(world_t *w, uint32_t n, bool streams, sim_stream_t *s)
{
    static const sim_kind_t kind = {.kind = "channel", .version = 1};
    char name[16];
    channel_t *c = &w->channel[n];
    snprintf(name, sizeof(name), "c%u", n);
    c->streams = streams;
    ck_assert_int_eq(l2_port(&w->l2, name, &c->port), SIM_OK);
    ck_assert_int_eq(sim_comp_init(&c->comp, sim, &kind, name), SIM_OK);
    sim_event_init(&c->go, &c->comp, "go", SIM_PRIO_REQUEST, on_go, c);
    sim_event_init(&c->issue, &c->comp, "issue", SIM_PRIO_REQUEST, on_issue, c);
    sim_event_init(&c->halt, &c->comp, "halt", SIM_PRIO_SAMPLE, on_halt, c);
    for (uint32_t i = 0; i < SIM_STREAM_MAX_OUTSTANDING; i++)
        c->req[i] = (sim_mem_req_t){.done = on_burst, .ctx = c};
    for (uint32_t i = 0; i < BLOCKS; i++)
        random_block(&c->block[i], s, w->l2.desc.bytes);
}

static void make_other(world_t *w, uint32_t n, sim_stream_t *s)
{
    static const sim_kind_t kind = {.kind = "other", .version = 1};
    char name[16];
    other_t *o = &w->other[n];
    snprintf(name, sizeof(name), "o%u", n);
    ck_assert_int_eq(l2_port(&w->l2, name, &o->port), SIM_OK);
    ck_assert_int_eq(sim_comp_init(&o->comp, sim, &kind, name), SIM_OK);
    sim_event_init(&o->go, &o->comp, "go", SIM_PRIO_REQUEST, on_other, o);
    uint64_t at = 0;
    for (uint32_t i = 0; i < REQUESTS; i++) {
        at += sim_stream_below(s, sim_stream_below(s, 8) == 0 ? 3000 : 12);
        o->at[i] = at;
        o->req[i] = (sim_mem_req_t){.addr = BASE + sim_stream_below(s, 64) * w->l2.desc.burst_bytes,
                                    .bytes = 1 + sim_stream_below(s, w->l2.desc.burst_bytes),
                                    .done = on_other_done,
                                    .ctx = o};
    }
}

static void look(world_t *w, uint32_t n)
{
    l2_settle(&w->l2);
    for (uint32_t c = 0; c < CHANNELS; c++) {
        const l2_master_t *m = &w->l2.master[c];
        const uint64_t seen[] = {m->requests, m->read_bytes, m->write_bytes, m->wait_cycles,
                                 m->errors};
        memcpy(w->seen[n][c], seen, sizeof(seen));
    }
}

/* A third of the seeds has no rules at all. */
static void random_rules(l2_desc_t *desc, sim_stream_t *s)
{
    static const char *const names[] = {"c0", "c1", "c2", "o0", "o1"};
    if (sim_stream_below(s, 3) == 0)
        return;
    if (sim_stream_below(s, 2) == 0)
        desc->starvation_cycles = 1 + sim_stream_below(s, 60);
    for (uint32_t m = 0; m < SIM_COUNT(names); m++) {
        l2_rule_t *r = &desc->rule[m];
        r->master = names[m];
        r->level = sim_stream_below(s, 3);
        if (sim_stream_below(s, 2) == 0)
            continue;
        r->window_cycles = 1 + sim_stream_below(s, 500);
        r->bytes = 1 + sim_stream_below(s, 40 * r->window_cycles);
    }
}

static void run_world(world_t *w, uint32_t seed, bool streams)
{
    sim_stream_t s = sim_stream(77, 1, seed);
    l2_desc_t desc = l2_desc_default();
    desc.clk_hz = HZ;
    desc.bytes = 1 << 18; /* some blocks leave it */
    desc.banks = 1u << sim_stream_below(&s, 4);
    desc.burst_bytes = 64u << sim_stream_below(&s, 3);
    desc.latency_cycles = 1 + sim_stream_below(&s, seed % 3 == 0 ? 30 : 4);
    desc.policy = (l2_policy_t)sim_stream_below(&s, L2_POLICIES);
    random_rules(&desc, &s);
    sim = sim_new();
    memset(w, 0, sizeof(*w));
    ck_assert_int_eq(l2_init(&w->l2, sim, &desc, "l2"), SIM_OK);
    bool busy = seed % 4 != 0; /* every fourth: channels alone */
    for (uint32_t i = 0; i < CHANNELS; i++)
        make_channel(w, i, streams, &s);
    for (uint32_t i = 0; i < OTHERS; i++)
        make_other(w, i, &s);
    ck_assert_int_eq(sim_check(sim), SIM_OK);
    sim_reset(sim);
    ck_assert_int_eq(sim_start(sim), SIM_OK);
    for (uint32_t i = 0; i < CHANNELS; i++)
        sim_event_at(sim, &w->channel[i].go, PS(i == 0 || busy ? 5u * i : 4000000u * i));
    for (uint32_t i = 0; i < OTHERS && busy; i++)
        sim_event_at(sim, &w->other[i].go, PS(w->other[i].at[0]));
    for (uint32_t i = 0; i < LOOKS; i++) {
        sim_run_until_ps(sim, PS(1 + sim_stream_below(&s, 4000) * (i + 1)) + 500);
        look(w, i);
    }
    sim_run_until_ps(sim, SIM_PS_PER_S);
    look(w, LOOKS - 1);
}

static void compare(const world_t *a, const world_t *b, uint32_t seed)
{
    for (uint32_t c = 0; c < CHANNELS; c++)
        for (uint32_t i = 0; i < BLOCKS; i++) {
            const block_t *x = &a->channel[c].block[i], *y = &b->channel[c].block[i];
            ck_assert_msg(x->end == y->end && x->channel == y->channel && x->end != 0,
                          "seed %u, channel %u, block %u: ends at %llu, %llu; one by one %llu, "
                          "%llu",
                          seed, c, i, (unsigned long long)x->end, (unsigned long long)x->channel,
                          (unsigned long long)y->end, (unsigned long long)y->channel);
        }
    for (uint32_t o = 0; o < OTHERS; o++)
        ck_assert_mem_eq(a->other[o].done, b->other[o].done, sizeof(a->other[o].done));
    for (uint32_t n = 0; n < LOOKS; n++)
        for (uint32_t c = 0; c < CHANNELS; c++)
            for (uint32_t k = 0; k < COUNTERS; k++)
                ck_assert_msg(a->seen[n][c][k] == b->seen[n][c][k],
                              "seed %u, look %u, channel %u, counter %u: %llu, one by one %llu",
                              seed, n, c, k, (unsigned long long)a->seen[n][c][k],
                              (unsigned long long)b->seen[n][c][k]);
    for (uint32_t i = 0; i < CHANNELS + OTHERS; i++) {
        const l2_master_t *x = &a->l2.master[i], *y = &b->l2.master[i];
        ck_assert_uint_eq(x->longest_wait_cycles, y->longest_wait_cycles);
        ck_assert_mem_eq(x->bank_wait_cycles, y->bank_wait_cycles, sizeof(x->bank_wait_cycles));
        ck_assert_mem_eq(x->behind_cycles, y->behind_cycles, sizeof(x->behind_cycles));
        ck_assert_uint_eq(x->missing, y->missing);
        ck_assert_uint_eq(x->missing_cycle, y->missing_cycle);
    }
    for (uint32_t i = 0; i < a->l2.desc.banks; i++) {
        const l2_bank_t *x = &a->l2.bank[i], *y = &b->l2.bank[i];
        ck_assert_uint_eq(x->busy_cycles, y->busy_cycles);
        ck_assert_uint_eq(x->write_beats, y->write_beats);
        ck_assert_uint_eq(x->grants, y->grants);
        ck_assert_uint_eq(x->conflicts, y->conflicts);
        ck_assert_uint_eq(x->free_cycle, y->free_cycle);
        ck_assert_uint_eq(x->last, y->last);
    }
}

START_TEST(streams_end_as_their_bursts_one_by_one_would)
{
    static world_t as_stream, one_by_one;
    uint32_t stopped = 0;
    for (uint32_t seed = 1; seed <= 80 / TEST_FEWER; seed++) {
        run_world(&as_stream, seed, true);
        uint64_t fewer = sim_events_fired(sim);
        sim_free(sim);
        run_world(&one_by_one, seed, false);
        ck_assert_uint_lt(fewer, sim_events_fired(sim));
        sim_free(sim);
        compare(&as_stream, &one_by_one, seed);
        for (uint32_t i = 0; i < CHANNELS * BLOCKS; i++)
            stopped += one_by_one.channel[i / BLOCKS].block[i % BLOCKS].channel == 0;
        l2_free(&as_stream.l2);
        l2_free(&one_by_one.l2);
    }
    ck_assert_uint_gt(stopped, 500 / TEST_FEWER); /* before their end */
}
END_TEST

/* 10 bursts of 256 bytes at 64 bytes a cycle: one each 4 cycles from cycle 2 on, the last asked for
 * in 2 + 9 * 4 = 38, done 4 beats + 2 later. */
START_TEST(a_stream_alone_takes_its_channel_s_time_and_one_event)
{
    static world_t w;
    l2_desc_t desc = l2_desc_default();
    desc.clk_hz = HZ;
    sim = sim_new();
    memset(&w, 0, sizeof(w));
    ck_assert_int_eq(l2_init(&w.l2, sim, &desc, "l2"), SIM_OK);
    sim_stream_t s = sim_stream(1, 1, 1);
    make_channel(&w, 0, true, &s);
    ck_assert_int_eq(sim_check(sim), SIM_OK);
    sim_reset(sim);
    ck_assert_int_eq(sim_start(sim), SIM_OK);
    channel_t *c = &w.channel[0];
    c->now = BLOCKS - 1;
    c->stream = (sim_mem_stream_t){.bursts = sim_bursts(BASE, 2560, 1, 0, 1, 0),
                                   .rate = 64,
                                   .outstanding = 8,
                                   .first_cycle = 2,
                                   .done = on_stream,
                                   .ctx = c};
    c->port.stream(c->port.ctx, c->port.master, &c->stream);
    sim_run_until_ps(sim, PS(1000));
    ck_assert_uint_eq(c->block[BLOCKS - 1].end, 44);
    ck_assert_uint_eq(c->block[BLOCKS - 1].channel, 42);
    ck_assert_uint_eq(w.l2.master[0].read_bytes, 2560);
    ck_assert_uint_eq(w.l2.master[0].requests, 10);
    ck_assert_uint_le(sim_events_fired(sim), 2);
    l2_free(&w.l2);
    sim_free(sim);
}
END_TEST

/* Bursts are asked for in cycles 2, 6, 10, ...; stopped in cycle 8, the first two are out. */
START_TEST(a_stopped_stream_finishes_what_was_asked_for)
{
    static world_t w;
    l2_desc_t desc = l2_desc_default();
    desc.clk_hz = HZ;
    desc.latency_cycles = 20;
    sim = sim_new();
    memset(&w, 0, sizeof(w));
    ck_assert_int_eq(l2_init(&w.l2, sim, &desc, "l2"), SIM_OK);
    sim_stream_t s = sim_stream(1, 1, 1);
    make_channel(&w, 0, true, &s);
    ck_assert_int_eq(sim_check(sim), SIM_OK);
    sim_reset(sim);
    ck_assert_int_eq(sim_start(sim), SIM_OK);
    channel_t *c = &w.channel[0];
    c->now = BLOCKS - 1;
    c->stream = (sim_mem_stream_t){.bursts = sim_bursts(BASE, 2560, 1, 0, 1, 0),
                                   .rate = 64,
                                   .outstanding = 8,
                                   .first_cycle = 2,
                                   .done = on_stream,
                                   .ctx = c};
    c->port.stream(c->port.ctx, c->port.master, &c->stream);
    sim_run_until_ps(sim, PS(8));
    ck_assert(c->port.stream_stop(c->port.ctx, c->port.master));
    sim_run_until_ps(sim, PS(1000));
    ck_assert_uint_eq(c->block[BLOCKS - 1].end, 6 + 4 + 20);
    ck_assert_uint_eq(w.l2.master[0].read_bytes, 512);
    ck_assert(!c->port.stream_stop(c->port.ctx, c->port.master)); /* nothing is left to stop */
    l2_free(&w.l2);
    sim_free(sim);
}
END_TEST

TEST_MAIN("logic l2 streams", streams_end_as_their_bursts_one_by_one_would,
          a_stream_alone_takes_its_channel_s_time_and_one_event,
          a_stopped_stream_finishes_what_was_asked_for)
