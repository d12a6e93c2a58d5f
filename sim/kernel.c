/*
 * kernel.c - the event heap and the run loop.
 */
#include "sim/sim_int.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_NONE (~(sim_u128_t)0)
#define CACHE_LINE 64
#define KEYS_BEFORE_ALIGNED 3 /* key[1], the first of a group of four, starts a cache line */

static inline uint64_t key_ps(sim_u128_t key)
{
    return (uint64_t)(key >> 64);
}

/* ---- the heap ---- */

static inline void place(sim_heap_t *heap, uint32_t i, sim_u128_t key, sim_event_t *ev)
{
    heap->key[i] = key;
    heap->event[i] = ev;
    ev->heap_index = i;
}

/* Which of key[0..3] is the smallest. With pointers rather than indexes, compilers emit no branch,
 * which would be mispredicted every other time. */
static inline uint32_t min_of_four(const sim_u128_t *key)
{
    const sim_u128_t *a = key + (key[1] < key[0]);
    const sim_u128_t *b = key + 2 + (key[3] < key[2]);
    return (uint32_t)((*b < *a ? b : a) - key);
}

/* Puts ev where it belongs, starting from the free place i and going toward the leaves. */
static inline void sift_down(sim_heap_t *heap, uint32_t i, sim_u128_t key, sim_event_t *ev)
{
    for (uint32_t child = 4 * i + 1; child < heap->count; child = 4 * i + 1) {
        child += min_of_four(heap->key + child);
        if (key <= heap->key[child])
            break;
        place(heap, i, heap->key[child], heap->event[child]);
        i = child;
    }
    place(heap, i, key, ev);
}

/* The same toward the root; goes down when it cannot go up. */
static void sift(sim_heap_t *heap, uint32_t i, sim_u128_t key, sim_event_t *ev)
{
    uint32_t start = i;
    while (i > 0) {
        uint32_t parent = (i - 1) / 4;
        if (heap->key[parent] <= key)
            break;
        place(heap, i, heap->key[parent], heap->event[parent]);
        i = parent;
    }
    if (i == start)
        sift_down(heap, i, key, ev);
    else
        place(heap, i, key, ev);
}

/* Fills the free place i with the last entry. */
static void take_out(sim_heap_t *heap, uint32_t i)
{
    uint32_t last = --heap->count;
    sim_u128_t key = heap->key[last];
    heap->key[last] = KEY_NONE;
    if (i != last)
        sift(heap, i, key, heap->event[last]);
}

static bool heap_alloc(sim_heap_t *heap, uint32_t capacity)
{
    size_t keys = ((size_t)capacity + 15) / 4 * 4; /* a group of four beyond the end can be read */
    void *memory = aligned_alloc(CACHE_LINE, keys * sizeof(sim_u128_t));
    sim_event_t **event = realloc(heap->event, capacity * sizeof(sim_event_t *));
    if (event != NULL)
        heap->event = event;
    if (memory == NULL || event == NULL) {
        free(memory);
        return false;
    }
    sim_u128_t *key = (sim_u128_t *)memory + KEYS_BEFORE_ALIGNED;
    for (size_t i = 0; i < keys - KEYS_BEFORE_ALIGNED; i++)
        key[i] = i < heap->count ? heap->key[i] : KEY_NONE;
    free(heap->key_memory);
    heap->key_memory = memory;
    heap->key = key;
    heap->capacity = capacity;
    return true;
}

bool sim_heap_grow(sim_heap_t *heap)
{
    heap->members++;
    return heap->members <= heap->capacity || heap_alloc(heap, heap->capacity * 2);
}

/* ---- events ---- */

/* A bijection of 64 bits in which every input bit moves every output bit (murmur3's finalizer). */
static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 33) * UINT64_C(0xff51afd7ed558ccd);
    x = (x ^ x >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return x ^ x >> 33;
}

enum { PRIO_SHIFT = 61 };
_Static_assert(SIM_PRIOS <= 1 << (64 - PRIO_SHIFT), "priorities fit above the ties");

/* Place among events of the same time and priority: 61 bits. */
static uint64_t tie_break(const sim_t *sim, uint64_t seq)
{
    if (sim->shuffle == 0)
        return seq;
    return (sim->shuffle == SIM_REVERSE ? ~seq << 3 : mix(seq ^ mix(sim->shuffle))) >> 3;
}

static sim_u128_t make_key(const sim_t *sim, const sim_event_t *ev)
{
    return (sim_u128_t)ev->at_ps << 64 | (uint64_t)ev->prio << PRIO_SHIFT | tie_break(sim, ev->seq);
}

void sim_event_at(sim_t *sim, sim_event_t *ev, uint64_t at_ps)
{
    sim_heap_t *heap = &sim->heap;
    assert(at_ps >= sim->now_ps);
    ev->at_ps = at_ps;
    ev->seq = ++sim->scheduled;
    sim_u128_t key = make_key(sim, ev);
    if (sim_event_pending(ev)) {
        sift(heap, ev->heap_index, key, ev);
    } else if (heap->hole) {
        heap->hole = false; /* the firing event's place: one walk instead of two */
        sift_down(heap, 0, key, ev);
    } else {
        assert(heap->count < heap->capacity); /* nothing allocates after start */
        sift(heap, heap->count++, key, ev);
    }
}

void sim_event_cancel(sim_t *sim, sim_event_t *ev)
{
    if (!sim_event_pending(ev))
        return;
    take_out(&sim->heap, ev->heap_index);
    ev->heap_index = SIM_EVENT_IDLE;
}

void sim_heap_clear(sim_t *sim)
{
    sim_heap_t *heap = &sim->heap;
    assert(!sim->running);
    for (; heap->count > 0; heap->key[heap->count] = KEY_NONE)
        heap->event[--heap->count]->heap_index = SIM_EVENT_IDLE;
}

void sim_event_again(sim_t *sim, sim_event_t *ev, uint64_t at_ps, uint64_t seq)
{
    ev->at_ps = at_ps;
    ev->seq = seq;
    sift(&sim->heap, sim->heap.count++, make_key(sim, ev), ev);
}

/* ---- life ---- */

sim_t *sim_new(void)
{
    sim_t *sim = calloc(1, sizeof(*sim));
    if (sim != NULL && !heap_alloc(&sim->heap, 64)) {
        sim_free(sim);
        return NULL;
    }
    return sim;
}

void sim_free(sim_t *sim)
{
    if (sim == NULL)
        return;
    free(sim->heap.key_memory);
    free(sim->heap.event);
    free(sim->spans);
    free(sim);
}

sim_err_t sim_check(sim_t *sim)
{
    if (sim->no_memory)
        return sim_fail(sim, SIM_ENOMEM, "out of memory for %u events", sim->heap.members);
    for (sim_comp_t *comp = sim->first; comp != NULL; comp = comp->next) {
        sim_err_t err = comp->kind->check != NULL ? comp->kind->check(comp) : SIM_OK;
        if (err != SIM_OK)
            return err;
    }
    return SIM_OK;
}

void sim_reset(sim_t *sim)
{
    for (sim_comp_t *comp = sim->first; comp != NULL; comp = comp->next) {
        sim_regs_reset(comp);
        if (comp->kind->reset != NULL)
            comp->kind->reset(comp);
    }
}

sim_err_t sim_start(sim_t *sim)
{
    for (sim_comp_t *comp = sim->first; comp != NULL; comp = comp->next) {
        sim_err_t err = comp->kind->start != NULL ? comp->kind->start(comp) : SIM_OK;
        if (err != SIM_OK)
            return err;
    }
    return SIM_OK;
}

/* ---- running ---- */

uint64_t sim_now_ps(const sim_t *sim)
{
    return sim->now_ps;
}

uint64_t sim_next_event_ps(const sim_t *sim)
{
    const sim_u128_t *key = sim->heap.key;
    return key_ps(sim->heap.hole ? key[1 + min_of_four(key + 1)] : key[0]);
}

/* An empty heap has SIM_NEVER_PS at its root; what is scheduled at that time never fires. */
static inline bool fire_next(sim_t *sim, uint64_t end_ps)
{
    sim_heap_t *heap = &sim->heap;
    uint64_t at_ps = key_ps(heap->key[0]);
    if (at_ps > end_ps || at_ps == SIM_NEVER_PS)
        return false;
    sim_event_t *ev = heap->event[0];
    ev->heap_index = SIM_EVENT_IDLE;
    heap->key[0] = 0; /* below every key: nothing is sifted into the hole */
    heap->hole = true;
    sim->now_ps = at_ps;
    sim->fired++;
    ev->fire(ev->ctx);
    if (heap->hole) {
        heap->hole = false;
        take_out(heap, 0);
    }
    return true;
}

uint64_t sim_run_end_ps(const sim_t *sim)
{
    return sim->running ? sim->run_end_ps : SIM_NEVER_PS;
}

bool sim_step(sim_t *sim, uint64_t end_ps)
{
    assert(!sim->running); /* an event must not run the simulation it is part of */
    sim->running = true;
    sim->run_end_ps = end_ps;
    bool fired = fire_next(sim, end_ps);
    sim_trace_tell(sim);
    sim->running = false;
    return fired;
}

bool sim_pass_to(sim_t *sim, uint64_t at_ps)
{
    assert(sim->running && at_ps > sim->now_ps);
    if (sim->stopped || at_ps > sim->run_end_ps || at_ps >= sim_next_event_ps(sim))
        return false;
    if (sim->spans != NULL)
        sim_trace_tell(sim);
    sim->now_ps = at_ps;
    sim->fired++;
    return true;
}

static void run_traced(sim_t *sim, uint64_t end_ps)
{
    while (!sim->stopped && fire_next(sim, end_ps))
        if (sim->spans->count != 0 && sim_next_event_ps(sim) != sim->now_ps)
            sim_trace_tell(sim);
    sim_trace_tell(sim);
}

void sim_run_until_ps(sim_t *sim, uint64_t end_ps)
{
    assert(!sim->running);
    sim->running = true;
    sim->run_end_ps = end_ps;
    sim->stopped = false;
    if (sim->spans == NULL)
        while (!sim->stopped && fire_next(sim, end_ps)) {
        }
    else
        run_traced(sim, end_ps);
    if (!sim->stopped && end_ps > sim->now_ps && end_ps != SIM_NEVER_PS)
        sim->now_ps = end_ps;
    sim->running = false;
}

void sim_stop(sim_t *sim)
{
    sim->stopped = true;
}

bool sim_stopped(const sim_t *sim)
{
    return sim->stopped;
}

uint64_t sim_events_fired(const sim_t *sim)
{
    return sim->fired;
}

void sim_set_shuffle(sim_t *sim, uint64_t seed)
{
    sim->shuffle = seed;
}

/* ---- errors ---- */

sim_err_t sim_fail(sim_t *sim, sim_err_t err, const char *fmt, ...)
{
    char message[sizeof(sim->error)]; /* an argument may be sim_error() itself */
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof(message), fmt, args);
    va_end(args);
    memcpy(sim->error, message, sizeof(message));
    return err;
}

const char *sim_error(const sim_t *sim)
{
    return sim->error;
}
