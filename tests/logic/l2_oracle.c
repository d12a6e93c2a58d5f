#include "tests/logic/l2_oracle.h"

#include <string.h>

#define NEVER UINT64_MAX

typedef struct {
    uint32_t made, granted; /* how many */
    uint32_t beats_left;    /* of the burst on its port */
    uint64_t waited;        /* of the head, so far */
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

static void serve_bank(tick_t *t, uint32_t b)
{
    oracle_t *o = t->o;
    if (t->bank[b].beats_left != 0)
        return;
    for (uint32_t k = 0; k < o->masters; k++) {
        uint32_t m = o->fixed_priority ? k : (t->bank[b].last + 1 + k) % o->masters;
        oracle_req_t *r = head(t, m);
        if (r == NULL || bad(o, r) || r->offset / o->burst_bytes % o->banks != b)
            continue;
        uint32_t first = r->offset / o->beat_bytes;
        uint32_t last = (r->offset + r->bytes - 1) / o->beat_bytes;
        o->bank_conflicts[b] += t->master[m].waited != 0;
        o->bank_grants[b]++;
        o->bank_busy[b] += last - first + 1;
        give(t, m, last - first + 1);
        t->bank[b].beats_left = last - first + 1;
        t->bank[b].last = m;
        return;
    }
}

static bool tick(tick_t *t)
{
    bool work = false;
    for (uint32_t m = 0; m < t->o->masters; m++) {
        make_requests(t, m);
        work = work || t->master[m].granted != t->traffic[m].count;
    }
    for (uint32_t b = 0; b < t->o->banks; b++)
        serve_bank(t, b);
    for (uint32_t m = 0; m < t->o->masters; m++) {
        oracle_req_t *r = head(t, m);
        if (r != NULL && bad(t->o, r))
            give(t, m, 1);
        else if (r != NULL)
            t->master[m].waited++;
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
