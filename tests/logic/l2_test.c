/*
 * l2_test.c - the L2 arbiter: by hand, and against a model that ticks.
 */
#include "logic/l2.h"

#include "tests/logic/l2_oracle.h"
#include "tests/test.h"

#define HZ UINT64_C(1000000000)
#define PS(cycle) ((cycle)*UINT64_C(1000))
#define BASE 0x04000000u

static sim_t *sim;
static l2_t *l2;

static void make_l2(l2_desc_t desc)
{
    sim = sim_new();
    l2 = calloc(1, sizeof(*l2));
    ck_assert_msg(l2_init(l2, sim, &desc, "l2") == SIM_OK, "%s", sim_error(sim));
}

static l2_desc_t small_desc(void)
{
    l2_desc_t desc = l2_desc_default();
    desc.clk_hz = HZ;
    desc.bytes = 1 << 20;
    return desc;
}

static void start(void)
{
    ck_assert_int_eq(sim_check(sim), SIM_OK);
    sim_reset(sim);
    ck_assert_int_eq(sim_start(sim), SIM_OK);
}

static void drop_l2(void)
{
    l2_free(l2);
    free(l2);
    sim_free(sim);
}

static sim_mem_port_t port(const char *name)
{
    sim_mem_port_t p;
    ck_assert_msg(l2_port(l2, name, &p) == SIM_OK, "%s", sim_error(sim));
    return p;
}

/* ---- single requests ---- */

static uint64_t done_at_ps;
static uint32_t done_count;

static void note_done(void *ctx, sim_mem_req_t *req)
{
    (void)ctx;
    (void)req;
    done_at_ps = sim_now_ps(sim);
    done_count++;
}

static sim_mem_req_t request(uint32_t addr, uint32_t bytes, bool write, uint8_t *data)
{
    return (sim_mem_req_t){
        .addr = addr, .bytes = bytes, .write = write, .data = data, .done = note_done};
}

START_TEST(a_lone_burst_takes_its_beats_and_the_latency)
{
    make_l2(small_desc());
    sim_mem_port_t p = port("a");
    start();
    sim_run_until_ps(sim, PS(10));
    sim_mem_req_t req = request(BASE, 256, false, NULL);
    sim_mem_request(&p, &req);
    sim_run_until_ps(sim, PS(1000));
    ck_assert_uint_eq(done_at_ps, PS(10 + 4 + 2)); /* 4 beats of 64 bytes, latency 2 */
    ck_assert_uint_eq(req.request_ps, PS(10));
    ck_assert_uint_eq(req.grant_ps, PS(10));
    ck_assert_uint_eq(req.wait_cycles, 0);
    ck_assert(!req.error);
    ck_assert_uint_eq(sim_events_fired(sim), 1);
    drop_l2();
}
END_TEST

START_TEST(an_unaligned_burst_pays_for_every_beat_that_it_touches)
{
    make_l2(small_desc());
    sim_mem_port_t p = port("a");
    start();
    sim_mem_req_t req = request(BASE + 60, 8, false, NULL); /* 60..67: beats 0 and 1 */
    sim_mem_request(&p, &req);
    sim_run_until_ps(sim, PS(1000));
    ck_assert_uint_eq(done_at_ps, PS(2 + 2));
    drop_l2();
}
END_TEST

START_TEST(a_write_is_in_memory_when_done_and_not_before)
{
    make_l2(small_desc());
    sim_mem_port_t p = port("a");
    start();
    uint8_t out[4] = {1, 2, 3, 4}, seen[4] = {9, 9, 9, 9}, in[4] = {0};
    sim_mem_req_t write = request(BASE + 0x1000, 4, true, out);
    sim_mem_request(&p, &write);
    sim_run_until_ps(sim, PS(3) - 1); /* 1 beat + 2 */
    ck_assert(sim_mem_peek(&p, BASE + 0x1000, seen, 4));
    ck_assert_uint_eq(seen[0], 0);
    sim_run_until_ps(sim, PS(3));
    ck_assert(sim_mem_peek(&p, BASE + 0x1000, seen, 4));
    ck_assert_mem_eq(seen, out, 4);
    sim_mem_req_t read = request(BASE + 0x1001, 2, false, in);
    sim_mem_request(&p, &read);
    sim_run_until_ps(sim, PS(100));
    ck_assert_uint_eq(in[0], 2);
    ck_assert_uint_eq(in[1], 3);
    ck_assert_uint_eq(in[2], 0);
    drop_l2();
}
END_TEST

START_TEST(requests_that_fit_no_burst_are_errors)
{
    make_l2(small_desc());
    sim_mem_port_t p = port("a");
    start();
    const struct {
        uint32_t addr, bytes;
    } bad[] = {
        {BASE - 4, 4},             /* below */
        {BASE + (1 << 20), 4},     /* above */
        {BASE + (1 << 20) - 4, 8}, /* across the end */
        {BASE + 252, 8},           /* across a burst */
        {BASE, 257},               /* longer than a burst */
        {BASE, 0},                 /* nothing */
        {0xffffffff, 4},           /* wraps */
    };
    for (size_t i = 0; i < SIM_COUNT(bad); i++) {
        uint8_t data[512];
        memset(data, 0xaa, sizeof(data));
        uint64_t now = sim_now_ps(sim);
        sim_mem_req_t req = request(bad[i].addr, bad[i].bytes, false, data);
        sim_mem_request(&p, &req);
        sim_run_until_ps(sim, now + PS(50));
        ck_assert_msg(req.error, "case %zu", i);
        ck_assert_uint_eq(done_at_ps, now + PS(1 + 2));
        ck_assert_uint_eq(data[0], bad[i].bytes == 0 ? 0xaa : 0);
        ck_assert_uint_eq(data[300], 0xaa);
    }
    ck_assert_uint_eq(l2->master[0].errors, SIM_COUNT(bad));
    drop_l2();
}
END_TEST

START_TEST(peek_poke_and_view_are_confined_to_memory)
{
    make_l2(small_desc());
    sim_mem_port_t p = port("a");
    uint32_t end = BASE + (1 << 20);
    uint8_t data[8] = {7};
    ck_assert(sim_mem_poke(&p, end - 8, data, 8));
    ck_assert(!sim_mem_poke(&p, end - 7, data, 8));
    ck_assert(!sim_mem_peek(&p, BASE - 1, data, 1));
    ck_assert_ptr_eq(sim_mem_view(&p, BASE + 5, 100), l2->mem + 5);
    ck_assert_ptr_null(sim_mem_view(&p, BASE, (1 << 20) + 1));
    ck_assert_ptr_null(sim_mem_view(&p, end, 1));
    ck_assert_uint_eq(l2->mem[(1 << 20) - 8], 7);
    drop_l2();
}
END_TEST

/* ---- contention, by hand ---- */

/* Banks of 256 bytes, beats of 64: the second write lies in two beats of bank 1. */
static void beats_are_counted_by_bank(l2_ecc_t ecc)
{
    l2_desc_t desc = small_desc();
    desc.ecc = ecc;
    make_l2(desc);
    sim_mem_port_t a = port("a");
    uint8_t data[256] = {0};
    start();
    sim_mem_req_t req[] = {request(BASE, 256, false, data), request(BASE + 256, 1, false, data),
                           request(BASE, 128, true, data), request(BASE + 256 + 60, 8, true, data)};
    for (size_t i = 0; i < SIM_COUNT(req); i++)
        sim_mem_request(&a, &req[i]);
    sim_run_until_ps(sim, PS(1000));
    sim_tally(sim);
    ck_assert_uint_eq(l2->bank[0].read_beats, 4);
    ck_assert_uint_eq(l2->bank[0].write_beats, 2);
    ck_assert_uint_eq(l2->bank[1].read_beats, 1);
    ck_assert_uint_eq(l2->bank[1].write_beats, 2);
    ck_assert_uint_eq(l2->bank[0].ecc_words, ecc == L2_ECC_SECDED ? 6 * 8 : 0);
    ck_assert_uint_eq(l2->bank[1].ecc_words, ecc == L2_ECC_SECDED ? 3 * 8 : 0);
    drop_l2();
}

START_TEST(beats_of_banks_are_read_or_written)
{
    beats_are_counted_by_bank(L2_ECC_NONE);
    beats_are_counted_by_bank(L2_ECC_SECDED);
}
END_TEST

/* a and b ask for bank 0 in cycle 0, 4 beats each; then a asks for more. */
START_TEST(two_masters_of_one_bank_take_turns)
{
    make_l2(small_desc());
    sim_mem_port_t a = port("a"), b = port("b");
    start();
    sim_mem_req_t a1 = request(BASE, 256, false, NULL), a2 = request(BASE + 2048, 256, false, NULL);
    sim_mem_req_t b1 = request(BASE + 4096, 256, false, NULL);
    sim_mem_request(&b, &b1);
    sim_mem_request(&a, &a1);
    sim_mem_request(&a, &a2);
    sim_run_until_ps(sim, PS(1000));
    l2_settle(l2);
    ck_assert_uint_eq(a1.grant_ps, PS(0)); /* a was attached first */
    ck_assert_uint_eq(b1.grant_ps, PS(4)); /* then b, although a asks again at 4 */
    ck_assert_uint_eq(a2.grant_ps, PS(8));
    ck_assert_uint_eq(b1.wait_cycles, 4);
    ck_assert_uint_eq(a2.wait_cycles, 4); /* its port was free from 4 on */
    ck_assert_uint_eq(done_at_ps, PS(8 + 4 + 2));
    ck_assert_uint_eq(l2->bank[0].busy_cycles, 12);
    ck_assert_uint_eq(l2->bank[0].grants, 3);
    ck_assert_uint_eq(l2->bank[0].conflicts, 2);
    ck_assert_uint_eq(l2->master[0].wait_cycles, 4);
    ck_assert_uint_eq(l2->master[1].wait_cycles, 4);
    ck_assert_uint_eq(l2->master[0].read_bytes, 512);
    drop_l2();
}
END_TEST

START_TEST(fixed_priority_lets_the_first_master_pass)
{
    l2_desc_t desc = small_desc();
    desc.policy = L2_FIXED;
    make_l2(desc);
    sim_mem_port_t a = port("a"), b = port("b");
    start();
    sim_mem_req_t a1 = request(BASE, 256, false, NULL), a2 = request(BASE + 2048, 256, false, NULL);
    sim_mem_req_t b1 = request(BASE + 4096, 256, false, NULL);
    sim_mem_request(&b, &b1);
    sim_mem_request(&a, &a1);
    sim_mem_request(&a, &a2);
    sim_run_until_ps(sim, PS(1000));
    ck_assert_uint_eq(a1.grant_ps, PS(0));
    ck_assert_uint_eq(a2.grant_ps, PS(4));
    ck_assert_uint_eq(b1.grant_ps, PS(8));
    ck_assert_uint_eq(b1.wait_cycles, 8);
    drop_l2();
}
END_TEST

/* c asks for level 1, a and b are equals at level 0. */
START_TEST(the_higher_level_goes_first_and_equals_take_turns)
{
    l2_desc_t desc = small_desc();
    desc.policy = L2_PRIORITY;
    desc.rule[3] = (l2_rule_t){.master = "c", .level = 1};
    make_l2(desc);
    sim_mem_port_t p[3] = {port("a"), port("b"), port("c")};
    sim_mem_req_t req[3][2];
    start();
    for (uint32_t m = 0; m < 3; m++)
        for (uint32_t i = 0; i < 2; i++) {
            req[m][i] = request(BASE, 256, false, NULL);
            sim_mem_request(&p[m], &req[m][i]);
        }
    sim_run_until_ps(sim, PS(1000));
    l2_settle(l2);
    ck_assert_uint_eq(req[2][0].grant_ps, PS(0));
    ck_assert_uint_eq(req[2][1].grant_ps, PS(4));
    ck_assert_uint_eq(req[0][0].grant_ps, PS(8)); /* c had it last: a is next */
    ck_assert_uint_eq(req[1][0].grant_ps, PS(12));
    ck_assert_uint_eq(req[0][1].grant_ps, PS(16));
    ck_assert_uint_eq(req[1][1].grant_ps, PS(20));
    const l2_master_t *b = &l2->master[1];
    ck_assert_uint_eq(b->longest_wait_cycles, 12);
    ck_assert_uint_eq(b->bank_wait_cycles[0], 12 + 4); /* the second from 16 on */
    ck_assert_uint_eq(b->behind_cycles[0], 12 + 4);    /* a had it before b both times */
    ck_assert_uint_eq(b->behind_cycles[2], 0);
    ck_assert_uint_eq(l2->master[0].behind_cycles[2], 8);
    ck_assert_uint_eq(l2->master[2].wait_cycles, 0);
    drop_l2();
}
END_TEST

/* a is of a lower level and would be last; in cycle 8 it has waited 8 > 7 cycles. */
START_TEST(who_has_waited_longer_than_the_bound_goes_first)
{
    l2_desc_t desc = small_desc();
    desc.policy = L2_PRIORITY;
    desc.starvation_cycles = 7;
    desc.rule[0] = (l2_rule_t){.master = "b", .level = 15};
    make_l2(desc);
    sim_mem_port_t a = port("a"), b = port("b");
    sim_mem_req_t one = request(BASE, 256, false, NULL), other[4];
    start();
    sim_mem_request(&a, &one);
    for (uint32_t i = 0; i < 4; i++) {
        other[i] = request(BASE, 256, false, NULL);
        sim_mem_request(&b, &other[i]);
    }
    sim_run_until_ps(sim, PS(1000));
    ck_assert_uint_eq(other[1].grant_ps, PS(4)); /* a has waited 4 */
    ck_assert_uint_eq(one.grant_ps, PS(8));
    ck_assert_uint_eq(other[2].grant_ps, PS(12));
    ck_assert_uint_eq(l2->master[1].behind_cycles[0], 4);
    drop_l2();
}
END_TEST

/* a may have 256 bytes in 32 cycles: 8 a cycle. b has no budget. */
START_TEST(a_master_out_of_budget_waits_for_those_within)
{
    l2_desc_t desc = small_desc();
    desc.rule[0] = (l2_rule_t){.master = "a", .bytes = 256, .window_cycles = 32};
    make_l2(desc);
    sim_mem_port_t a = port("a"), b = port("b");
    sim_mem_req_t of_a[4], of_b[10];
    start();
    for (uint32_t i = 0; i < 4; i++) {
        of_a[i] = request(BASE, 256, false, NULL);
        sim_mem_request(&a, &of_a[i]);
    }
    for (uint32_t i = 0; i < 10; i++) {
        of_b[i] = request(BASE, 256, false, NULL);
        sim_mem_request(&b, &of_b[i]);
    }
    sim_run_until_ps(sim, PS(1000));
    ck_assert_uint_eq(of_a[0].grant_ps, PS(0)); /* full: 256; then 0 */
    ck_assert_uint_eq(of_b[0].grant_ps, PS(4)); /* its turn */
    ck_assert_uint_eq(of_a[1].grant_ps, PS(8)); /* 64; then -192 */
    for (uint32_t i = 1; i < 7; i++)
        ck_assert_uint_eq(of_b[i].grant_ps, PS(12 + 4 * (i - 1))); /* to 32: a has 0 */
    ck_assert_uint_eq(of_a[2].grant_ps, PS(36));                   /* 32 and its turn; then -224 */
    for (uint32_t i = 7; i < 10; i++)
        ck_assert_uint_eq(of_b[i].grant_ps, PS(40 + 4 * (i - 7)));
    ck_assert_uint_eq(of_a[3].grant_ps, PS(52)); /* -96, but nobody else wants it */
    drop_l2();
}
END_TEST

START_TEST(masters_of_different_banks_do_not_meet)
{
    make_l2(small_desc());
    sim_mem_port_t a = port("a"), b = port("b");
    start();
    sim_mem_req_t a1 = request(BASE, 256, false, NULL), b1 = request(BASE + 256, 256, false, NULL);
    sim_mem_request(&a, &a1);
    sim_mem_request(&b, &b1);
    sim_run_until_ps(sim, PS(6));
    ck_assert_uint_eq(done_count, 2);
    ck_assert_uint_eq(a1.wait_cycles + b1.wait_cycles, 0);
    drop_l2();
}
END_TEST

START_TEST(one_master_streams_a_beat_a_cycle_with_one_event_a_burst)
{
    make_l2(small_desc());
    sim_mem_port_t a = port("a");
    start();
    sim_mem_req_t req[32];
    for (uint32_t i = 0; i < 32; i++) {
        req[i] = request(BASE + 256 * i, 256, false, NULL);
        sim_mem_request(&a, &req[i]);
    }
    sim_run_until_ps(sim, PS(1000));
    ck_assert_uint_eq(done_count, 32);
    ck_assert_uint_eq(done_at_ps, PS(32 * 4 + 2));
    ck_assert_uint_eq(sim_events_fired(sim), 32);
    for (uint32_t i = 0; i < 32; i++)
        ck_assert_uint_eq(req[i].wait_cycles, 0); /* waiting for its own port is no contention */
    drop_l2();
}
END_TEST

START_TEST(a_request_between_two_edges_waits_for_the_next)
{
    make_l2(small_desc());
    sim_mem_port_t a = port("a");
    start();
    sim_run_until_ps(sim, PS(7) + 1);
    sim_mem_req_t req = request(BASE, 64, false, NULL);
    sim_mem_request(&a, &req);
    sim_run_until_ps(sim, PS(1000));
    ck_assert_uint_eq(req.grant_ps, PS(8));
    ck_assert_uint_eq(done_at_ps, PS(8 + 1 + 2));
    drop_l2();
}
END_TEST

/* 262.5 MHz: edge n is at floor(n * 80000 / 21) ps. */
START_TEST(edges_of_an_odd_clock_come_from_their_number)
{
    l2_desc_t desc = small_desc();
    desc.clk_hz = 262500000;
    make_l2(desc);
    sim_mem_port_t a = port("a");
    start();
    sim_run_until_ps(sim, 3809); /* edge 1 */
    sim_mem_req_t req = request(BASE, 64, false, NULL);
    sim_mem_request(&a, &req);
    sim_run_until_ps(sim, 1000000);
    ck_assert_uint_eq(req.grant_ps, 3809);
    ck_assert_uint_eq(done_at_ps, 15238); /* edge 4: 320000 / 21 = 15238.09 */
    drop_l2();
}
END_TEST

START_TEST(a_bad_description_is_refused_by_name)
{
    sim_t *s = sim_new();
    l2_t *bad = calloc(1, sizeof(*bad));
    l2_desc_t d = l2_desc_default();
    d.banks = 6;
    ck_assert_int_eq(l2_init(bad, s, &d, "l2"), SIM_EDESC);
    ck_assert_str_eq(sim_error(s), "l2.banks: 6 is no power of two in 1..32");
    d = l2_desc_default();
    d.burst_bytes = 32; /* below a beat */
    ck_assert_int_eq(l2_init(bad, s, &d, "l2"), SIM_EDESC);
    d = l2_desc_default();
    d.rule[2] = (l2_rule_t){.master = "a", .level = 16};
    ck_assert_int_eq(l2_init(bad, s, &d, "l2"), SIM_EDESC);
    ck_assert_str_eq(sim_error(s), "l2.rule[2].level: 16 not in 0..15");
    d.rule[2] = (l2_rule_t){.master = "a", .bytes = 16};
    ck_assert_int_eq(l2_init(bad, s, &d, "l2"), SIM_EDESC);
    ck_assert_str_eq(sim_error(s), "l2.rule[2]: 16 bytes in 0 cycles, not both 0 and not in "
                                   "1..2^24");
    d = l2_desc_default();
    d.starvation_cycles = (1u << 30) + 1;
    ck_assert_int_eq(l2_init(bad, s, &d, "l2"), SIM_EDESC);
    d = l2_desc_default();
    d.latency_cycles = 0;
    ck_assert_int_eq(l2_init(bad, s, &d, "l2"), SIM_EDESC);
    free(bad);
    sim_free(s);
}
END_TEST

/* ---- random traffic against the oracle ---- */

typedef struct {
    sim_comp_t comp;
    sim_event_t go;
    sim_mem_port_t port;
    oracle_traffic_t *traffic;
    oracle_traffic_t result;
    sim_mem_req_t req[ORACLE_REQUESTS];
    uint32_t made, done;
} driver_t;

static const sim_kind_t driver_kind = {.kind = "driver", .version = 1};

static void drive(void *ctx)
{
    driver_t *d = ctx;
    while (d->made < d->traffic->count && d->made - d->done < d->traffic->outstanding) {
        const oracle_req_t *want = &d->traffic->req[d->made];
        if (PS(want->not_before) > sim_now_ps(sim)) {
            sim_event_at(sim, &d->go, PS(want->not_before));
            return;
        }
        sim_mem_request(&d->port, &d->req[d->made++]);
    }
}

static void on_done(void *ctx, sim_mem_req_t *req)
{
    driver_t *d = ctx;
    ck_assert_ptr_eq(req, &d->req[d->done]); /* in order */
    oracle_req_t *r = &d->result.req[d->done++];
    r->request = req->request_ps / 1000;
    r->grant = req->grant_ps / 1000;
    r->wait = req->wait_cycles;
    r->done = sim_now_ps(sim) / 1000;
    drive(d);
}

static void random_traffic(oracle_traffic_t *t, sim_stream_t *s, const oracle_t *o)
{
    static const uint32_t outstanding[] = {1, 2, 4, 8, ORACLE_REQUESTS};
    t->count = ORACLE_REQUESTS;
    t->outstanding = outstanding[sim_stream_below(s, 5)];
    uint32_t gap = 1 + sim_stream_below(s, 12), span = 1 + sim_stream_below(s, 16);
    uint64_t cycle = 0;
    for (uint32_t i = 0; i < t->count; i++) {
        oracle_req_t *r = &t->req[i];
        if (sim_stream_below(s, 4) == 0)
            cycle += sim_stream_below(s, 2 * gap * 4);
        r->not_before = cycle;
        r->offset = sim_stream_below(s, span) * o->burst_bytes;
        uint32_t skip = sim_stream_below(s, 2) ? sim_stream_below(s, o->burst_bytes) : 0;
        r->offset += skip;
        r->bytes = 1 + sim_stream_below(s, o->burst_bytes - skip);
        if (sim_stream_below(s, 50) == 0)
            r->bytes = o->burst_bytes + 1; /* an error among them */
    }
}

static void compare(const driver_t *d, uint32_t master, uint32_t seed)
{
    for (uint32_t i = 0; i < d->traffic->count; i++) {
        const oracle_req_t *want = &d->traffic->req[i], *is = &d->result.req[i];
        ck_assert_msg(want->request == is->request && want->grant == is->grant &&
                          want->wait == is->wait && want->done == is->done,
                      "seed %u, master %u, request %u: made %u granted %u waited %u done %u; the "
                      "oracle says %u %u %u %u",
                      seed, master, i, (unsigned)is->request, (unsigned)is->grant,
                      (unsigned)is->wait, (unsigned)is->done, (unsigned)want->request,
                      (unsigned)want->grant, (unsigned)want->wait, (unsigned)want->done);
    }
}

static const char *const names[] = {"m0", "m1", "m2", "m3", "m4", "m5"};

/* A third of the seeds has no rules at all. */
static void random_rules(l2_desc_t *desc, sim_stream_t *s)
{
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

static void compare_waits(const oracle_t *oracle, uint32_t seed)
{
    uint32_t beats = oracle->burst_bytes / oracle->beat_bytes;
    for (uint32_t i = 0; i < oracle->masters; i++) {
        const oracle_master_t *want = &oracle->master[i];
        const l2_master_t *is = &l2->master[i];
        ck_assert_msg(is->longest_wait_cycles == want->longest, "seed %u, master %u", seed, i);
        for (uint32_t b = 0; b < L2_MAX_BANKS; b++)
            ck_assert_uint_eq(is->bank_wait_cycles[b], want->wait_of_bank[b]);
        for (uint32_t k = 0; k < oracle->masters; k++)
            ck_assert_msg(is->behind_cycles[k] == want->behind[k], "seed %u, %u behind %u", seed, i,
                          k);
        if (oracle->starvation != 0)
            ck_assert_uint_le(want->longest, oracle->starvation + oracle->masters * beats);
    }
}

/* Returns how many bursts were granted to masters out of budget. */
static uint64_t run_seed(uint32_t seed)
{
    static oracle_traffic_t traffic[ORACLE_MASTERS];
    static driver_t driver[ORACLE_MASTERS];
    static const sim_prio_t prios[] = {SIM_PRIO_DRIVE, SIM_PRIO_REQUEST, SIM_PRIO_SAMPLE};
    sim_stream_t s = sim_stream(1234, 1, seed);
    l2_desc_t desc = small_desc();
    desc.banks = 1u << sim_stream_below(&s, 4);
    desc.beat_bytes = 32u << sim_stream_below(&s, 2);
    desc.burst_bytes = desc.beat_bytes << sim_stream_below(&s, 4);
    desc.latency_cycles = 1 + sim_stream_below(&s, seed % 3 == 0 ? 30 : 4);
    desc.policy = (l2_policy_t)sim_stream_below(&s, L2_POLICIES);
    random_rules(&desc, &s);
    oracle_t oracle = {.masters = 1 + sim_stream_below(&s, ORACLE_MASTERS),
                       .banks = desc.banks,
                       .beat_bytes = desc.beat_bytes,
                       .burst_bytes = desc.burst_bytes,
                       .latency = desc.latency_cycles,
                       .mem_bytes = desc.bytes,
                       .fixed = desc.policy == L2_FIXED,
                       .levels = desc.policy == L2_PRIORITY,
                       .starvation = desc.starvation_cycles};
    for (uint32_t m = 0; m < oracle.masters; m++)
        oracle.master[m] = (oracle_master_t){.level = desc.rule[m].level,
                                             .budget = desc.rule[m].bytes,
                                             .window = desc.rule[m].window_cycles};
    make_l2(desc);
    sim_set_shuffle(sim, seed);
    memset(driver, 0, sizeof(driver));
    for (uint32_t m = 0; m < oracle.masters; m++) {
        driver_t *d = &driver[m];
        random_traffic(&traffic[m], &s, &oracle);
        d->traffic = &traffic[m];
        d->port = port(names[m]);
        ck_assert_int_eq(sim_comp_init(&d->comp, sim, &driver_kind, names[m]), SIM_OK);
        sim_event_init(&d->go, &d->comp, "go", prios[m % SIM_COUNT(prios)], drive, d);
        for (uint32_t i = 0; i < traffic[m].count; i++) {
            const oracle_req_t *r = &traffic[m].req[i];
            d->req[i] = (sim_mem_req_t){
                .addr = BASE + r->offset, .bytes = r->bytes, .done = on_done, .ctx = d};
        }
    }
    start();
    for (uint32_t m = 0; m < oracle.masters; m++)
        sim_event_at(sim, &driver[m].go, PS(traffic[m].req[0].not_before));
    sim_run_until_ps(sim, SIM_PS_PER_S);
    oracle_run(&oracle, traffic);
    for (uint32_t m = 0; m < oracle.masters; m++) {
        uint64_t waited = 0;
        ck_assert_uint_eq(driver[m].done, ORACLE_REQUESTS);
        compare(&driver[m], m, seed);
        for (uint32_t i = 0; i < traffic[m].count; i++)
            waited += traffic[m].req[i].wait;
        ck_assert_uint_eq(l2->master[m].wait_cycles, waited);
    }
    for (uint32_t b = 0; b < oracle.banks; b++) {
        ck_assert_uint_eq(l2->bank[b].busy_cycles, oracle.bank_busy[b]);
        ck_assert_uint_eq(l2->bank[b].grants, oracle.bank_grants[b]);
        ck_assert_uint_eq(l2->bank[b].conflicts, oracle.bank_conflicts[b]);
    }
    compare_waits(&oracle, seed);
    drop_l2();
    uint64_t poor = 0;
    for (uint32_t m = 0; m < oracle.masters; m++)
        poor += oracle.master[m].poor;
    return poor;
}

START_TEST(random_traffic_is_served_as_by_an_arbiter_that_ticks)
{
    uint64_t poor = 0;
    for (uint32_t seed = 1; seed <= 150; seed++)
        poor += run_seed(seed);
    ck_assert_uint_gt(poor, 1000); /* else budgets decide too little */
}
END_TEST

TEST_MAIN("logic l2", a_lone_burst_takes_its_beats_and_the_latency,
          an_unaligned_burst_pays_for_every_beat_that_it_touches,
          a_write_is_in_memory_when_done_and_not_before, requests_that_fit_no_burst_are_errors,
          peek_poke_and_view_are_confined_to_memory, beats_of_banks_are_read_or_written,
          two_masters_of_one_bank_take_turns, fixed_priority_lets_the_first_master_pass,
          the_higher_level_goes_first_and_equals_take_turns,
          who_has_waited_longer_than_the_bound_goes_first,
          a_master_out_of_budget_waits_for_those_within, masters_of_different_banks_do_not_meet,
          one_master_streams_a_beat_a_cycle_with_one_event_a_burst,
          a_request_between_two_edges_waits_for_the_next,
          edges_of_an_odd_clock_come_from_their_number, a_bad_description_is_refused_by_name,
          random_traffic_is_served_as_by_an_arbiter_that_ticks)
