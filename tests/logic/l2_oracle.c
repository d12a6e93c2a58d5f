#include "tests/logic/l2_oracle.h"

#include <string.h>

#define NEVER UINT64_MAX

typedef struct {
    uint32_t made, granted; /* how many */
    uint32_t beats_left;    /* of the burst on its port */
    uint64_t waited;        /* of the head, so far */
    uint32_t waited_for;    /* who had the bank when it waited last */
    int64_t bucket;         /* in parts of a byte, of which there are `window` */
} master_t;

typedef struct {
    uint32_t beats_left, last;
} bank_t;

typedef struct {
    oracle_t *o;
    oracle_traffic_t *traffic;
    master_t master[ORACLE_MASTERS];
    bank_t bank[32];
    uint64_t cycle;
} tick_t;

static bool bad(const oracle_t *o, const oracle_req_t *r)
{
    return r->bytes == 0 || r->bytes > o->burst_bytes || r->offset >= o->mem_bytes ||
           r->offset + r->bytes > o->mem_bytes ||
           r->offset / o->burst_bytes != (r->offset + r->bytes - 1) / o->burst_bytes;
}

static void make_requests(tick_t *t, uint32_t m)
{
    oracle_traffic_t *traffic = &t->traffic[m];
    for (;;) {
        uint32_t i = t->master[m].made;
        if (i == traffic->count || traffic->req[i].not_before > t->cycle)
            return;
        if (i >= traffic->outstanding && traffic->req[i - traffic->outstanding].done > t->cycle)
            return;
        traffic->req[i].request = t->cycle;
        t->master[m].made++;
    }
}

/* The head of m, if it competes in this cycle. */
static oracle_req_t *head(tick_t *t, uint32_t m)
{
    master_t *master = &t->master[m];
    if (master->beats_left != 0 || master->granted == master->made)
        return NULL;
    return &t->traffic[m].req[master->granted];
}

static void give(tick_t *t, uint32_t m, uint32_t beats)
{
    master_t *master = &t->master[m];
    oracle_req_t *r = head(t, m);
    r->grant = t->cycle;
    r->wait = master->waited;
    r->done = t->cycle + beats + t->o->latency;
    master->waited = 0;
    master->granted++;
    master->beats_left = beats;
}

static bool wants(tick_t *t, uint32_t m, uint32_t b)
{
    const oracle_req_t *r = head(t, m);
    return r != NULL && !bad(t->o, r) && r->offset / t->o->burst_bytes % t->o->banks == b;
}

static bool rich(const tick_t *t, uint32_t m)
{
    return t->o->master[m].budget == 0 || t->master[m].bucket > 0;
}

/* x goes before y, whose turn is first. */
static bool before(const tick_t *t, uint32_t x, uint32_t y)
{
    const oracle_t *o = t->o;
    uint64_t of_x = t->master[x].waited, of_y = t->master[y].waited;
    bool starved = o->starvation != 0 && of_x > o->starvation;
    if (starved || (o->starvation != 0 && of_y > o->starvation))
        return of_x > of_y;
    if (rich(t, x) != rich(t, y))
        return rich(t, x);
    return o->levels && o->master[x].level > o->master[y].level;
}

static void refill(const tick_t *t, master_t *master, const oracle_master_t *rule)
{
    int64_t full = (int64_t)rule->budget * rule->window;
    master->bucket += rule->budget;
    if (t->cycle == 0 || master->bucket > full)
        master->bucket = full;
}

static void pay(tick_t *t, uint32_t m, uint32_t beats)
{
    oracle_master_t *rule = &t->o->master[m];
    if (rich(t, m))
        t->master[m].bucket -= (int64_t)beats * t->o->beat_bytes * rule->window;
    else
        rule->poor++;
}

static void count(tick_t *t, uint32_t m, uint32_t b, uint32_t beats)
{
    oracle_t *o = t->o;
    const master_t *master = &t->master[m];
    o->bank_conflicts[b] += master->waited != 0;
    o->bank_grants[b]++;
    o->bank_busy[b] += beats;
    if (master->waited != 0)
        o->master[m].behind[master->waited_for] += master->waited;
    if (master->waited > o->master[m].longest)
        o->master[m].longest = master->waited;
}

static void serve_bank(tick_t *t, uint32_t b)
{
    oracle_t *o = t->o;
    uint32_t chosen = o->masters;
    if (t->bank[b].beats_left != 0)
        return;
    for (uint32_t k = 0; k < o->masters; k++) {
        uint32_t m = o->fixed ? k : (t->bank[b].last + 1 + k) % o->masters;
        if (wants(t, m, b) && (chosen == o->masters || before(t, m, chosen)))
            chosen = m;
    }
    if (chosen == o->masters)
        return;
    const oracle_req_t *r = head(t, chosen);
    uint32_t beats = (r->offset + r->bytes - 1) / o->beat_bytes - r->offset / o->beat_bytes + 1;
    count(t, chosen, b, beats);
    pay(t, chosen, beats);
    give(t, chosen, beats);
    t->bank[b].beats_left = beats;
    t->bank[b].last = chosen;
}

/* The head of m, which is bad or has not got its bank b. */
static void wait_or_fail(tick_t *t, uint32_t m)
{
    const oracle_req_t *r = head(t, m);
    if (bad(t->o, r)) {
        give(t, m, 1);
        return;
    }
    uint32_t b = r->offset / t->o->burst_bytes % t->o->banks;
    t->o->master[m].wait_of_bank[b]++;
    t->master[m].waited++;
    t->master[m].waited_for = t->bank[b].last;
}

static bool tick(tick_t *t)
{
    bool work = false;
    for (uint32_t m = 0; m < t->o->masters; m++) {
        make_requests(t, m);
        refill(t, &t->master[m], &t->o->master[m]);
        work = work || t->master[m].granted != t->traffic[m].count;
    }
    for (uint32_t b = 0; b < t->o->banks; b++)
        serve_bank(t, b);
    for (uint32_t m = 0; m < t->o->masters; m++) {
        if (head(t, m) != NULL)
            wait_or_fail(t, m);
    }
    for (uint32_t m = 0; m < t->o->masters; m++)
        t->master[m].beats_left -= t->master[m].beats_left != 0;
    for (uint32_t b = 0; b < t->o->banks; b++)
        t->bank[b].beats_left -= t->bank[b].beats_left != 0;
    t->cycle++;
    return work;
}

void oracle_run(oracle_t *oracle, oracle_traffic_t *traffic)
{
    static tick_t t;
    memset(&t, 0, sizeof(t));
    t.o = oracle;
    t.traffic = traffic;
    for (uint32_t b = 0; b < oracle->banks; b++)
        t.bank[b].last = oracle->masters - 1;
    for (uint32_t m = 0; m < oracle->masters; m++)
        for (uint32_t i = 0; i < traffic[m].count; i++)
            traffic[m].req[i].done = NEVER;
    while (tick(&t)) {
    }
}
