/*
 * l2_stream.c - streams in the arbiter: which burst comes next, and many of them at once.
 */
#include "logic/l2_int.h"

static inline void show(const l2_t *l2, l2_master_t *m, uint64_t cycle)
{
    sim_mem_stream_t *s = m->stream;
    uint64_t addr;
    uint32_t bytes = sim_bursts_next(&s->bursts, l2->desc.burst_bytes, &addr);
    if (bytes != s->head.bytes) /* a division a burst would be dear */
        s->head_pace = (bytes + s->rate - 1) / s->rate;
    s->head.bytes = bytes;
    s->head.addr = (uint32_t)addr;
    s->head.error = addr + s->head.bytes > UINT64_C(1) << 32 || !l2_burst_fits(l2, &s->head);
    s->error |= s->head.error;
    s->head_cycle = cycle;
    s->channel_cycle = cycle + s->head_pace;
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

void l2_stream_retire(l2_master_t *m, uint64_t cycle)
{
    sim_mem_stream_t *s = m->stream;
    for (; s->come_back < s->granted; s->come_back++) {
        uint32_t place = ring(s->come_back);
        if (s->done_cycle[place] > cycle)
            return;
        s->done_bytes += s->bytes[place];
        *(s->write ? &m->write_bytes : &m->read_bytes) += s->bytes[place];
    }
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
    s->bytes[place] = s->head.error ? 0 : s->head.bytes;
    s->granted++;
    m->head = NULL;
    if (!sim_bursts_left(&s->bursts))
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
    uint64_t bytes = sim_bursts_bytes_left(&s->bursts);
    if (bytes == 0 || s->last_cycle != UINT64_MAX)
        return 0;
    uint64_t bursts = l2_max(sim_bursts_runs_left(&s->bursts), bytes / l2->desc.burst_bytes);
    bytes = bytes > l2->desc.burst_bytes ? bytes - l2->desc.burst_bytes : 0;
    uint64_t last_request = s->channel_cycle + l2_max(bytes / s->rate, bursts - 1);
    return last_request + 1 + l2->desc.latency_cycles;
}

/* ---- a stream alone ----
 *
 * While nobody else competes, whole bursts of one run are granted in the cycle of their request,
 * `pace` cycles apart, bank after bank: so many at once. The conditions say why none can wait. */

/* Bursts, the head first, that will be granted before `end` in the cycle of their request; 0 or 1:
 * take the long way. */
static uint64_t regular(const l2_t *l2, const l2_master_t *m, uint64_t end)
{
    const sim_mem_stream_t *s = m->stream;
    const sim_bursts_t *b = &s->bursts;
    uint32_t burst = l2->desc.burst_bytes, latency = l2->desc.latency_cycles;
    uint64_t pace = s->head_pace;
    if (!sim_bursts_left(b) || s->head.bytes != burst || s->head.error ||
        b->run_at + b->offset != s->head.addr + burst)
        return 0;
    bool own_port = pace >= m->head_beats && pace >= latency;
    bool returns = s->outstanding * pace >= m->head_beats + latency;
    bool at_once = l2_head_cycle(l2, m) == s->head_cycle;
    uint64_t behind = (b->run_bytes - b->offset) / burst;
    uint64_t room = (l2->desc.base + l2->desc.bytes - s->head.addr) / burst;
    uint64_t in_time = (end - 1 - s->head_cycle) / pace + 1;
    if (!own_port || !returns || !at_once || s->last_cycle != UINT64_MAX)
        return 0;
    behind = behind < room ? behind : room;
    return behind < in_time ? behind : in_time;
}

/* The last uses of the banks, and how many each had. */
static void take_banks(l2_t *l2, uint32_t who, uint64_t bursts, uint64_t pace)
{
    const l2_master_t *m = &l2->master[who];
    uint32_t mask = l2->desc.banks - 1, beats = m->head_beats;
    for (uint64_t i = bursts > l2->desc.banks ? bursts - l2->desc.banks : 0; i < bursts; i++) {
        l2_bank_t *bank = &l2->bank[(m->head_bank + i) & mask];
        uint64_t uses = i / l2->desc.banks + 1;
        bank->free_cycle = m->stream->head_cycle + i * pace + beats;
        bank->last = who;
        bank->busy_cycles += uses * beats;
        bank->grants += uses;
    }
}

static void grant_regular(l2_t *l2, uint32_t who, uint64_t bursts)
{
    l2_master_t *m = &l2->master[who];
    sim_mem_stream_t *s = m->stream;
    uint64_t pace = s->head_pace;
    uint64_t to_done = m->head_beats + l2->desc.latency_cycles;
    uint64_t kept = bursts < SIM_STREAM_MAX_OUTSTANDING ? bursts : SIM_STREAM_MAX_OUTSTANDING;
    uint64_t first = s->granted, next_cycle = s->head_cycle + bursts * pace;
    take_banks(l2, who, bursts, pace);
    l2_stream_retire(m,
                     UINT64_MAX); /* all before the head are done before `end`: latency <= pace */
    uint64_t bytes = (bursts - kept) * s->head.bytes;
    s->done_bytes += bytes;
    *(s->write ? &m->write_bytes : &m->read_bytes) += bytes;
    for (uint64_t i = bursts - kept; i < bursts; i++) {
        s->done_cycle[ring(first + i)] = s->head_cycle + i * pace + to_done;
        s->bytes[ring(first + i)] = s->head.bytes;
    }
    s->granted += bursts;
    s->come_back = s->granted - kept;
    m->requests += bursts;
    m->free_cycle = next_cycle - pace + m->head_beats;
    s->bursts.offset += (bursts - 1) * s->head.bytes;
    show(l2, m, next_cycle);
}

void l2_stream_alone(l2_t *l2, uint32_t who, uint64_t end)
{
    const l2_master_t *m = &l2->master[who];
    while (m->head != NULL) {
        uint64_t cycle = l2_head_cycle(l2, m), bursts = 0;
        if (cycle >= end)
            return;
        bursts = regular(l2, m, end);
        if (bursts > 1)
            grant_regular(l2, who, bursts);
        else
            grant(l2, who, cycle);
    }
}
