/*
 * l2_int.h - what l2.c, l2_stream.c and l2_ecc.c share.
 */
#ifndef LOGIC_L2_INT_H
#define LOGIC_L2_INT_H

#include "logic/l2.h"

#define L2_NO_BANK UINT32_MAX

static inline uint64_t l2_max(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* The first cycle in which m's head could have its bank. */
static inline uint64_t l2_head_cycle(const l2_t *l2, const l2_master_t *m)
{
    if (m->head_bank == L2_NO_BANK)
        return m->ready_cycle;
    return l2_max(m->ready_cycle, l2->bank[m->head_bank].free_cycle);
}

/* A burst lies in memory and in one aligned piece of burst_bytes. */
static inline bool l2_burst_fits(const l2_t *l2, const sim_mem_req_t *req)
{
    uint32_t offset = req->addr - l2->desc.base;
    return req->bytes - 1 < l2->desc.burst_bytes && offset < l2->desc.bytes &&
           req->bytes <= l2->desc.bytes - offset &&
           offset >> l2->burst_shift == (offset + req->bytes - 1) >> l2->burst_shift;
}

/* m->head has become the master's head and competes from ready_cycle on. */
static inline void l2_show_head(const l2_t *l2, l2_master_t *m, uint64_t ready_cycle)
{
    const sim_mem_req_t *req = m->head;
    m->ready_cycle = ready_cycle;
    if (req->error) {
        m->head_bank = L2_NO_BANK;
        m->head_beats = 1;
        return;
    }
    uint32_t offset = req->addr - l2->desc.base;
    uint32_t last = offset + req->bytes - 1;
    m->head_bank = offset >> l2->burst_shift & (l2->desc.banks - 1);
    m->head_beats = (last >> l2->beat_shift) - (offset >> l2->beat_shift) + 1;
}

/* What is missing in m's bucket, in parts of a byte of which a byte has window_cycles. */
static inline uint64_t l2_missing(const l2_master_t *m, uint64_t cycle)
{
    uint64_t cycles = cycle - m->missing_cycle;
    return cycles <= m->missing / m->budget ? m->missing - cycles * m->budget : 0;
}

static inline bool l2_within_budget(const l2_master_t *m, uint64_t cycle)
{
    return m->budget == 0 || l2_missing(m, cycle) < m->budget * m->window_cycles;
}

/* l2.c */
/* A master with a budget has its bank from `cycle` on. */
void l2_spend(const l2_t *l2, l2_master_t *m, uint64_t cycle, uint64_t beats);

/* Of heads that compete for a bank in `cycle` the one with the highest rank has it; the turn
 * decides between equals. */
static inline uint64_t l2_rank(const l2_t *l2, const l2_master_t *m, uint64_t cycle,
                               uint64_t waited)
{
    if (l2->desc.starvation_cycles != 0 && waited > l2->desc.starvation_cycles)
        return 2 * (L2_MAX_LEVEL + 1) + waited;
    return m->level + (l2_within_budget(m, cycle) ? L2_MAX_LEVEL + 1 : 0);
}

/* m's head waited for the bank. Before the bank is given to it. */
static inline void l2_count_wait(l2_master_t *m, const l2_bank_t *bank, uint32_t bank_number,
                                 uint64_t waited)
{
    if (waited == 0)
        return;
    m->longest_wait_cycles = l2_max(m->longest_wait_cycles, waited);
    m->bank_wait_cycles[bank_number] += waited;
    m->behind_cycles[bank->last] += waited;
}

static inline bool l2_writes(const l2_master_t *m)
{
    return m->stream != NULL ? m->stream->write : m->head->write;
}

/* The head of master `who` has its bank, and the master's port, from `cycle` on. */
static inline void l2_take(l2_t *l2, uint32_t who, uint64_t cycle)
{
    l2_master_t *m = &l2->master[who];
    uint64_t waited = cycle - m->ready_cycle;
    if (m->head_bank != L2_NO_BANK) {
        l2_bank_t *bank = &l2->bank[m->head_bank];
        l2_count_wait(m, bank, m->head_bank, waited);
        if (m->budget != 0)
            l2_spend(l2, m, cycle, m->head_beats);
        bank->free_cycle = cycle + m->head_beats;
        bank->last = who;
        bank->busy_cycles += m->head_beats;
        bank->write_beats += l2_writes(m) ? m->head_beats : 0;
        bank->grants++;
        bank->conflicts += waited != 0;
        if (l2->granted != NULL)
            l2->granted(l2->granted_ctx, m->head_bank, who, cycle, m->head_beats);
    }
    m->requests++;
    m->wait_cycles += waited;
    m->free_cycle = cycle + m->head_beats;
}

/* Somebody reads or writes bytes from offset on, now. */
static inline void l2_look(const l2_t *l2, uint32_t offset, uint32_t bytes, bool write)
{
    if (l2->watch != NULL)
        l2->watch->look(l2->watch->ctx, l2->desc.base + offset, bytes, write);
}

/* l2_ecc.c */
/* A burst is done; true: it is an error. Call these while there are wounds. */
bool l2_meet(l2_t *l2, uint32_t who, const sim_mem_req_t *req);
/* The data of bursts that have none was moved. */
void l2_moved(l2_t *l2, uint32_t who, const sim_mem_rows_t *rows);
/* Somebody who pays no time writes there. */
void l2_overwrite(l2_t *l2, uint32_t offset, uint32_t bytes);
void l2_wrote_irq(sim_comp_t *comp, uint32_t value);
void l2_wrote_scrub(sim_comp_t *comp, uint32_t value);

/* l2_stream.c */
/* The stream's next burst becomes the master's head; requested in `cycle`. */
void l2_stream_show(const l2_t *l2, l2_master_t *m, uint64_t cycle);
/* Grants the head of a stream in `cycle`. */
void l2_stream_grant(l2_t *l2, uint32_t who, uint64_t cycle);
/* The same for all of its bursts before `end`, while nobody else has a head. */
void l2_stream_alone(l2_t *l2, uint32_t who, uint64_t end);
/* The same for two streams, while nobody else has a head, as far as their trains go. False when
 * that is no burst. */
bool l2_stream_pair(l2_t *l2, uint32_t one, uint32_t other, uint64_t end);
/* Accounts the bursts that are done up to and including `cycle`. */
void l2_stream_retire(l2_master_t *m, uint64_t cycle);
uint64_t l2_stream_last(const sim_mem_stream_t *s);
/* No earlier than this can the stream's last burst be done: the channel needs its time. */
uint64_t l2_stream_bound(const l2_t *l2, const sim_mem_stream_t *s);

#endif
