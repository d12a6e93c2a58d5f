#include "sim/history.h"

#include <assert.h>
#include <stdlib.h>

#include "sim/kernel.h"
#include "sim/snapshot.h"
#include "sim/time.h"

typedef struct {
    sim_snapshot_t *snapshot;
    bool pinned; /* of a change from outside: no way from an older one leads there */
} entry_t;

struct sim_history {
    sim_t *sim;
    sim_history_desc_t desc; /* every_ps grows */
    entry_t *at;             /* rising times */
    uint32_t count, room;
    size_t bytes;
};

static uint64_t time_of(const sim_history_t *h, uint32_t i)
{
    return sim_snapshot_time_ps(h->at[i].snapshot);
}

/* The newest at or before that time. */
static uint32_t before(const sim_history_t *h, uint64_t at_ps)
{
    uint32_t low = 0, high = h->count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (time_of(h, middle) <= at_ps)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void drop(sim_history_t *h, uint32_t i)
{
    h->bytes -= sim_snapshot_alone_bytes(h->at[i].snapshot);
    sim_snapshot_free(h->at[i].snapshot);
}

/* Every other one goes; the first stays. False: none could go. */
static bool thin(sim_history_t *h)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < h->count; i++) {
        if (i % 2 == 0 || h->at[i].pinned)
            h->at[kept++] = h->at[i];
        else
            drop(h, i);
    }
    bool any = kept < h->count;
    h->count = kept;
    if (h->desc.every_ps <= UINT64_MAX / 2)
        h->desc.every_ps *= 2;
    return any;
}

static bool take(sim_history_t *h, bool pinned)
{
    if (h->count == h->room) {
        uint32_t room = h->room == 0 ? 64 : 2 * h->room;
        entry_t *more = realloc(h->at, room * sizeof(entry_t));
        if (more == NULL) {
            sim_fail(h->sim, SIM_ENOMEM, "out of memory");
            return false;
        }
        h->at = more;
        h->room = room;
    }
    const sim_snapshot_t *last = h->count > 0 ? h->at[h->count - 1].snapshot : NULL;
    sim_snapshot_t *s = sim_snapshot_take(h->sim, last);
    if (s == NULL)
        return false;
    h->at[h->count++] = (entry_t){s, pinned};
    h->bytes += sim_snapshot_own_bytes(s);
    while (h->bytes > h->desc.max_bytes && h->count > 2 && thin(h))
        ;
    return true;
}

sim_history_t *sim_history_new(sim_t *sim, const sim_history_desc_t *desc)
{
    assert(desc->every_ps > 0);
    sim_history_t *h = calloc(1, sizeof(*h));
    if (h == NULL) {
        sim_fail(sim, SIM_ENOMEM, "out of memory");
        return NULL;
    }
    h->sim = sim;
    h->desc = *desc;
    if (take(h, true))
        return h;
    sim_history_free(h);
    return NULL;
}

void sim_history_free(sim_history_t *history)
{
    if (history == NULL)
        return;
    for (uint32_t i = 0; i < history->count; i++)
        sim_snapshot_free(history->at[i].snapshot);
    free(history->at);
    free(history);
}

/* When the next snapshot is due. */
static uint64_t next_ps(const sim_history_t *h)
{
    uint64_t last_ps = time_of(h, h->count - 1);
    return h->desc.every_ps > UINT64_MAX - last_ps ? UINT64_MAX : last_ps + h->desc.every_ps;
}

bool sim_history_run(sim_history_t *history, uint64_t end_ps)
{
    sim_history_t *h = history;
    /* nothing happens between events: no snapshot is taken where none is left */
    while (next_ps(h) < end_ps && sim_next_event_ps(h->sim) != SIM_NEVER_PS) {
        uint64_t due_ps = next_ps(h);
        sim_run_until_ps(h->sim, due_ps);
        if (sim_stopped(h->sim))
            return true;
        if (!take(h, false))
            return false;
    }
    sim_run_until_ps(h->sim, end_ps);
    return true;
}

bool sim_history_back(sim_history_t *history, uint64_t at_ps)
{
    sim_history_t *h = history;
    assert(at_ps >= time_of(h, 0) && at_ps <= sim_now_ps(h->sim));
    if (sim_snapshot_restore(h->sim, h->at[before(h, at_ps)].snapshot) != SIM_OK)
        return false;
    if (sim_now_ps(h->sim) < at_ps)
        sim_run_until_ps(h->sim, at_ps);
    return !sim_stopped(h->sim) || sim_now_ps(h->sim) == at_ps;
}

bool sim_history_changed(sim_history_t *history)
{
    sim_history_t *h = history;
    while (h->count > 0 && time_of(h, h->count - 1) >= sim_now_ps(h->sim))
        drop(h, --h->count);
    return take(h, true);
}

uint64_t sim_history_begin_ps(const sim_history_t *history)
{
    return time_of(history, 0);
}

uint64_t sim_history_snapshot_ps(const sim_history_t *history, uint64_t at_ps)
{
    return time_of(history, before(history, at_ps));
}

uint32_t sim_history_snapshots(const sim_history_t *history)
{
    return history->count;
}

size_t sim_history_bytes(const sim_history_t *history)
{
    return history->bytes;
}
