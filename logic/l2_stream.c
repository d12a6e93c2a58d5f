/*
 * l2_stream.c - streams in the arbiter: which burst comes next, and many of them at once.
 */
#include "logic/l2_int.h"

static bool left(const sim_mem_stream_t *s)
{
    return s->next.count > 0 || sim_bursts_left(&s->bursts);
}

static bool inside(const l2_t *l2, const sim_burst_train_t *t)
{
    uint64_t begin = l2->desc.base, end = begin + l2->desc.bytes;
    return t->addr >= begin && t->addr + (t->count - 1) * t->stride + t->bytes <= end;
}

/* A train is inside memory, or of one burst. */
static void next_train(const l2_t *l2, sim_mem_stream_t *s)
{
    sim_bursts_t before = s->bursts;
    uint32_t bytes = s->next.bytes;
    s->next = sim_bursts_train(&s->bursts, l2->desc.burst_bytes);
    s->inside = inside(l2, &s->next);
    if (!s->inside && s->next.count > 1) {
        s->bursts = before;
        sim_bursts_next(&s->bursts, l2->desc.burst_bytes, &s->next.addr);
        s->next.count = 1;
        s->inside = inside(l2, &s->next);
    }
    if (s->next.bytes != bytes) /* a division a train would be dear */
        s->pace = (s->next.bytes + s->rate - 1) / s->rate;
}

static inline void show(const l2_t *l2, l2_master_t *m, uint64_t cycle)
{
    sim_mem_stream_t *s = m->stream;
    if (s->next.count == 0)
        next_train(l2, s);
    s->head.bytes = s->next.bytes;
    s->head.addr = (uint32_t)s->next.addr;
    s->head.error = !s->inside;
    s->error |= s->head.error;
    s->next.addr += s->next.stride;
    s->next.count--;
    s->head_cycle = cycle;
    s->channel_cycle = cycle + s->pace;
    m->head = &s->head;
    l2_show_head(l2, m, l2_max(cycle, m->free_cycle));
}

void l2_stream_show(const l2_t *l2, l2_master_t *m, uint64_t cycle)
{
    show(l2, m, cycle);
}

/* Place of a burst, by its number, in the stream's rings. */
static uint32_t ring(uint64_t number)
{
    return (uint32_t)(number & (SIM_STREAM_MAX_OUTSTANDING - 1));
}

/* So many of the stream's bytes have come back by now. */
static void count_bytes(l2_master_t *m, uint64_t sum)
{
    uint64_t more = sum - m->stream->done_bytes;
    m->stream->done_bytes = sum;
    *(m->stream->write ? &m->write_bytes : &m->read_bytes) += more;
}

void l2_stream_retire(l2_master_t *m, uint64_t cycle)
{
    sim_mem_stream_t *s = m->stream;
    uint64_t sum = s->done_bytes;
    for (; s->come_back < s->granted && s->done_cycle[ring(s->come_back)] <= cycle; s->come_back++)
        sum = s->sum[ring(s->come_back)];
    count_bytes(m, sum);
}

static inline void grant(l2_t *l2, uint32_t who, uint64_t at)
{
    l2_master_t *m = &l2->master[who];
    sim_mem_stream_t *s = m->stream;
    uint32_t place = ring(s->granted);
    l2_take(l2, who, at);
    m->errors += s->head.error;
    if (s->granted - s->come_back == SIM_STREAM_MAX_OUTSTANDING)
        l2_stream_retire(m, s->done_cycle[place]);
    s->done_cycle[place] = m->free_cycle + l2->desc.latency_cycles;
    s->granted_bytes += s->head.error ? 0 : s->head.bytes;
    s->sum[place] = s->granted_bytes;
    s->granted++;
    m->head = NULL;
    if (!left(s))
        return;
    uint64_t cycle = s->channel_cycle;
    if (s->granted >= s->outstanding)
        cycle = l2_max(cycle, s->done_cycle[ring(s->granted - s->outstanding)]);
    if (cycle <= s->last_cycle)
        show(l2, m, cycle);
}

void l2_stream_grant(l2_t *l2, uint32_t who, uint64_t cycle)
{
    grant(l2, who, cycle);
}

uint64_t l2_stream_last(const sim_mem_stream_t *s)
{
    return s->done_cycle[ring(s->granted - 1)];
}

uint64_t l2_stream_bound(const l2_t *l2, const sim_mem_stream_t *s)
{
    uint64_t bytes = sim_bursts_bytes_left(&s->bursts), runs = sim_bursts_runs_left(&s->bursts);
    uint64_t burst = l2->desc.burst_bytes;
    if (!left(s) || s->last_cycle != UINT64_MAX)
        return 0;
    uint64_t bursts = s->next.count + l2_max(runs, bytes / burst);
    bytes += s->next.count * s->next.bytes;
    bytes = bytes > burst ? bytes - burst : 0;
    uint64_t last_request = s->channel_cycle + l2_max(bytes / s->rate, bursts - 1);
    return last_request + 1 + l2->desc.latency_cycles;
}

/* ---- a stream alone ----
 *
 * While nobody else competes, the bursts of a train are granted in the cycle of their request,
 * `pace` cycles apart: so many at once. */

/* Of a burst at that offset in memory. */
static l2_bank_t *bank_of(l2_t *l2, uint64_t offset)
{
    return &l2->bank[offset >> l2->burst_shift & (l2->desc.banks - 1)];
}

/* Nothing from before the head makes burst head + i wait, which is requested i * pace later. */
static bool past_is_quiet(const l2_t *l2, const l2_master_t *m)
{
    const sim_mem_stream_t *s = m->stream;
    uint64_t at = s->head_cycle + s->pace, addr = s->next.addr - l2->desc.base;
    const uint64_t busy_until =
        s->head_cycle + l2->desc.burst_bytes / l2->desc.beat_bytes + l2->desc.latency_cycles;
    for (uint64_t k = s->granted + 1; at < busy_until; k++, at += s->pace, addr += s->next.stride) {
        if (k >= s->outstanding && k - s->outstanding < s->granted &&
            s->done_cycle[ring(k - s->outstanding)] > at)
            return false;
        if (l2->bank[addr >> l2->burst_shift & (l2->desc.banks - 1)].free_cycle > at)
            return false;
    }
    return true;
}

/* Bursts, the head first, that will be granted before `end` in the cycle of their request; 0 or 1:
 * take the long way. */
static uint64_t regular(const l2_t *l2, const l2_master_t *m, uint64_t end)
{
    const sim_mem_stream_t *s = m->stream;
    uint64_t beats = m->head_beats;
    if (s->next.count == 0 || s->next.addr != s->head.addr + s->next.stride || !s->inside ||
        (s->next.stride & (l2->desc.beat_bytes - 1)) != 0 || s->last_cycle != UINT64_MAX)
        return 0;
    bool own_port = s->pace >= beats;
    bool returns = s->outstanding * s->pace >= beats + l2->desc.latency_cycles;
    bool at_once = l2_head_cycle(l2, m) == s->head_cycle;
    uint64_t in_time = (end - 1 - s->head_cycle) / s->pace + 1;
    if (!own_port || !returns || !at_once || !past_is_quiet(l2, m))
        return 0;
    return s->next.count + 1 < in_time ? s->next.count + 1 : in_time;
}

/* After `round` bursts the banks come again in the same order. */
static uint64_t bank_round(const l2_t *l2, uint64_t stride)
{
    uint64_t all = (uint64_t)l2->desc.banks * l2->desc.burst_bytes, bits = stride | all;
    return all / (bits & (~bits + 1));
}

/* Of the head and the bursts - 1 behind it, those at i, i + round, ... have one bank. */
static void take_banks(l2_t *l2, uint32_t who, uint64_t bursts)
{
    const l2_master_t *m = &l2->master[who];
    const sim_mem_stream_t *s = m->stream;
    uint64_t round = bank_round(l2, s->next.stride), more = bursts / round, rest = bursts % round;
    uint64_t offset = s->head.addr - l2->desc.base, beats = m->head_beats;
    for (uint64_t i = 0; i < round && i < bursts; i++, offset += s->next.stride) {
        l2_bank_t *bank = bank_of(l2, offset);
        uint64_t visits = more + (i < rest), last = i + (visits - 1) * round;
        bank->free_cycle = l2_max(bank->free_cycle, s->head_cycle + last * s->pace + beats);
        bank->last = who;
        bank->busy_cycles += visits * beats;
        bank->write_beats += s->write ? visits * beats : 0;
        bank->grants += visits;
        for (uint64_t k = 0; l2->granted != NULL && k < visits; k++)
            l2->granted(l2->granted_ctx, (uint32_t)(bank - l2->bank), who,
                        s->head_cycle + (i + k * round) * s->pace, beats);
    }
}

/* The head and bursts - 1 behind it are granted. All but the last `outstanding` are done by then.
 */
static void fill_bytes(l2_master_t *m, uint64_t bursts)
{
    sim_mem_stream_t *s = m->stream;
    const uint64_t old = s->granted, all = old + bursts, bytes = s->head.bytes;
    const uint64_t done = all > s->outstanding ? all - s->outstanding : 0;
    if (done > old)
        count_bytes(m, s->granted_bytes + (done - old) * bytes);
    else if (done > s->come_back)
        count_bytes(m, s->sum[ring(done - 1)]);
    s->come_back = l2_max(s->come_back, done);
    for (uint64_t k = l2_max(old, done); k < all; k++)
        s->sum[ring(k)] = s->granted_bytes + (k + 1 - old) * bytes;
    s->granted_bytes += bursts * bytes;
    s->granted = all;
    m->requests += bursts;
}

/* Of bursts granted in the cycle of their request. */
static void fill_cycles(const l2_t *l2, const l2_master_t *m, uint64_t bursts)
{
    sim_mem_stream_t *s = m->stream;
    uint64_t done = s->head_cycle + m->head_beats + l2->desc.latency_cycles, first = 0;
    if (bursts > s->outstanding)
        first = bursts - s->outstanding;
    for (uint64_t i = first; i < bursts; i++)
        s->done_cycle[ring(s->granted + i)] = done + i * s->pace;
}

static void grant_regular(l2_t *l2, uint32_t who, uint64_t bursts)
{
    l2_master_t *m = &l2->master[who];
    sim_mem_stream_t *s = m->stream;
    uint64_t last_cycle = s->head_cycle + (bursts - 1) * s->pace;
    take_banks(l2, who, bursts);
    fill_cycles(l2, m, bursts);
    fill_bytes(m, bursts);
    for (uint64_t i = 0; i < bursts && m->budget != 0; i++)
        l2_spend(l2, m, s->head_cycle + i * s->pace, m->head_beats);
    m->free_cycle = last_cycle + m->head_beats;
    s->next.addr += (bursts - 1) * s->next.stride;
    s->next.count -= bursts - 1;
    s->channel_cycle = last_cycle + s->pace;
    m->head = NULL;
    if (left(s))
        show(l2, m, s->channel_cycle);
}

void l2_stream_alone(l2_t *l2, uint32_t who, uint64_t end)
{
    const l2_master_t *m = &l2->master[who];
    while (m->head != NULL) {
        uint64_t cycle = l2_head_cycle(l2, m);
        if (cycle >= end)
            return;
        uint64_t bursts = regular(l2, m, end);
        if (bursts > 1)
            grant_regular(l2, who, bursts);
        else
            grant(l2, who, cycle);
    }
}

/* ---- two streams ----
 *
 * Inside a train a burst is as long as the one before, and inside memory: what is left of grant()
 * and show() is little, and works on a copy of what changes. */

typedef struct {
    l2_master_t *m;
    sim_mem_stream_t *s;
    l2_bank_t *bank; /* of the head */
    uint64_t at;     /* first cycle in which the head could have it */
    uint64_t offset; /* of the head in memory */
    uint64_t ready, request, waited, granted, beats, left;
    uint64_t written; /* beats, if it writes */
    uint32_t who;
} lane_t;

/* Its head is a burst of a stream, and the next is one like it. */
static bool in_train(const l2_t *l2, uint32_t who)
{
    const sim_mem_stream_t *s = l2->master[who].stream;
    return s != NULL && s->next.count > 0 && s->inside && s->last_cycle == UINT64_MAX &&
           (s->next.stride & (l2->desc.beat_bytes - 1)) == 0;
}

static lane_t enter(l2_t *l2, uint32_t who)
{
    l2_master_t *m = &l2->master[who];
    sim_mem_stream_t *s = m->stream;
    uint64_t offset = s->head.addr - l2->desc.base;
    l2_bank_t *bank = bank_of(l2, offset);
    return (lane_t){.m = m,
                    .s = s,
                    .bank = bank,
                    .at = l2_max(m->ready_cycle, bank->free_cycle),
                    .offset = offset,
                    .ready = m->ready_cycle,
                    .request = s->head_cycle,
                    .granted = s->granted,
                    .beats = m->head_beats,
                    .written = s->write ? m->head_beats : 0,
                    .left = s->next.count,
                    .who = who};
}

static void leave(const l2_t *l2, const lane_t *n)
{
    l2_master_t *m = n->m;
    sim_mem_stream_t *s = n->s;
    uint64_t bursts = n->granted - s->granted;
    if (bursts == 0)
        return;
    fill_bytes(m, bursts);
    s->head.addr = l2->desc.base + (uint32_t)n->offset;
    s->next.addr += bursts * s->next.stride;
    s->next.count = n->left;
    s->head_cycle = n->request;
    s->channel_cycle = n->request + s->pace;
    m->ready_cycle = n->ready;
    m->head_bank = (uint32_t)(n->bank - l2->bank);
    m->wait_cycles += n->waited;
    m->free_cycle = s->done_cycle[ring(n->granted - 1)] - l2->desc.latency_cycles;
}

static inline void take_bank(const l2_t *l2, lane_t *n)
{
    uint64_t waited = n->at - n->ready;
    l2_count_wait(n->m, n->bank, (uint32_t)(n->bank - l2->bank), waited);
    n->bank->free_cycle = n->at + n->beats;
    n->bank->last = n->who;
    n->bank->busy_cycles += n->beats;
    n->bank->write_beats += n->written;
    n->bank->grants++;
    n->bank->conflicts += waited != 0;
    if (l2->granted != NULL)
        l2->granted(l2->granted_ctx, (uint32_t)(n->bank - l2->bank), n->who, n->at, n->beats);
    n->waited += waited;
}

/* The head is granted in cycle n->at; the burst behind it becomes the head. */
static inline void grant_lane(l2_t *l2, lane_t *n, bool ranked)
{
    sim_mem_stream_t *s = n->s;
    uint64_t free = n->at + n->beats, request = n->request + s->pace;
    take_bank(l2, n);
    if (ranked && n->m->budget != 0)
        l2_spend(l2, n->m, n->at, n->beats);
    s->done_cycle[ring(n->granted++)] = free + l2->desc.latency_cycles;
    if (n->granted >= s->outstanding)
        request = l2_max(request, s->done_cycle[ring(n->granted - s->outstanding)]);
    n->request = request;
    n->ready = l2_max(request, free);
    n->offset += s->next.stride;
    n->left--;
    n->bank = bank_of(l2, n->offset);
    n->at = l2_max(n->ready, n->bank->free_cycle);
}

/* Of two heads the next one. When both want one bank in one cycle and have one rank, that is a, the
 * lower master, unless the turn is past it. */
static inline lane_t *earlier(const l2_t *l2, lane_t *a, lane_t *b, bool ranked)
{
    if (a->at != b->at)
        return a->at < b->at ? a : b;
    if (ranked && a->bank == b->bank) {
        uint64_t of_a = l2_rank(l2, a->m, a->at, a->at - a->ready);
        uint64_t of_b = l2_rank(l2, b->m, b->at, b->at - b->ready);
        if (of_a != of_b)
            return of_a > of_b ? a : b;
    }
    bool past = a->bank->last >= a->who && a->bank->last < b->who;
    return a->bank == b->bank && past && l2->desc.policy != L2_FIXED ? b : a;
}

/* Inlined for either value of ranked: the plain loop does nothing for ranks. */
static inline bool grant_pair(l2_t *l2, lane_t *a, lane_t *b, uint64_t end, bool ranked)
{
    lane_t *n = earlier(l2, a, b, ranked);
    bool any = n->left > 0 && n->at < end;
    for (; n->left > 0 && n->at < end; n = earlier(l2, a, b, ranked)) {
        lane_t *rest = n == a ? b : a;
        grant_lane(l2, n, ranked);
        rest->at = l2_max(rest->ready, rest->bank->free_cycle);
    }
    return any;
}

bool l2_stream_pair(l2_t *l2, uint32_t one, uint32_t other, uint64_t end)
{
    if (!in_train(l2, one) || !in_train(l2, other))
        return false;
    lane_t a = enter(l2, one < other ? one : other), b = enter(l2, one < other ? other : one);
    bool any = l2->ranked ? grant_pair(l2, &a, &b, end, true) : grant_pair(l2, &a, &b, end, false);
    leave(l2, &a);
    leave(l2, &b);
    return any;
}
