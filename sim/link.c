/*
 * link.c - the bounded FIFO.
 *
 * Both sides decide by time stamps, never by who ran first: an item is there for the consumer from
 * visible_ps on, a place for the producer from free_ps on. Along the ring both are in order of
 * time, so what is visible is found by bisection.
 */
#include "sim/link.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sim/kernel.h"
#include "sim/time.h"

static uint32_t ring_at(const sim_link_t *link, uint32_t offset)
{
    uint32_t i = link->head + offset;
    return i >= link->desc.capacity ? i - link->desc.capacity : i;
}

/* Edge `cycles` after the cycle that now belongs to. */
static uint64_t after_cycles(const sim_link_t *link, uint32_t cycles)
{
    uint64_t now = sim_edge_at_or_after(sim_now_ps(link->comp.sim), link->desc.clk_hz);
    return sim_edge_ps(now + cycles, link->desc.clk_hz);
}

static bool place_is_free(const sim_link_t *link)
{
    return link->count < link->desc.capacity &&
           link->free_ps[ring_at(link, link->count)] <= sim_now_ps(link->comp.sim);
}

/* Places that the producer takes for used: items, and places too freshly freed. */
static uint32_t used_places(const sim_link_t *link)
{
    uint64_t now_ps = sim_now_ps(link->comp.sim);
    uint32_t used = link->count;
    while (used < link->desc.capacity &&
           link->free_ps[ring_at(link, link->desc.capacity - 1 - (used - link->count))] > now_ps)
        used++;
    return used;
}

uint32_t sim_link_visible(const sim_link_t *link)
{
    uint64_t now_ps = sim_now_ps(link->comp.sim);
    uint32_t low = 0, high = link->count;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (link->visible_ps[ring_at(link, mid)] <= now_ps)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static void wait_for_space(sim_link_t *link)
{
    if (link->on_space != NULL && link->count < link->desc.capacity)
        sim_event_at(link->comp.sim, &link->space, link->free_ps[ring_at(link, link->count)]);
}

bool sim_link_push(sim_link_t *link, const void *item)
{
    if (!place_is_free(link)) {
        link->refused++;
        if (!link->producer_waits) {
            link->producer_waits = true;
            wait_for_space(link);
        }
        return false;
    }
    if (link->producer_waits) { /* it got in before it was called */
        link->producer_waits = false;
        sim_event_cancel(link->comp.sim, &link->space);
    }
    uint32_t used = used_places(link) + 1;
    link->max_count = used > link->max_count ? used : link->max_count;
    uint32_t i = ring_at(link, link->count++);
    memcpy(link->items + (size_t)i * link->desc.item_bytes, item, link->desc.item_bytes);
    link->visible_ps[i] = after_cycles(link, link->desc.latency_cycles);
    link->pushed++;
    if (link->on_item != NULL && !sim_event_pending(&link->arrive))
        sim_event_at(link->comp.sim, &link->arrive, link->visible_ps[i]);
    return true;
}

const void *sim_link_peek(const sim_link_t *link)
{
    if (link->count == 0 || link->visible_ps[link->head] > sim_now_ps(link->comp.sim))
        return NULL;
    return link->items + (size_t)link->head * link->desc.item_bytes;
}

bool sim_link_pop(sim_link_t *link, void *item)
{
    const void *oldest = sim_link_peek(link);
    if (oldest == NULL)
        return false;
    if (item != NULL)
        memcpy(item, oldest, link->desc.item_bytes);
    link->free_ps[link->head] = after_cycles(link, 1);
    link->head = ring_at(link, 1);
    link->count--;
    link->popped++;
    if (link->producer_waits && !sim_event_pending(&link->space))
        wait_for_space(link);
    return true;
}

/* ---- events ---- */

static void on_arrive(void *ctx)
{
    sim_link_t *link = ctx;
    uint32_t visible = sim_link_visible(link);
    if (visible < link->count)
        sim_event_at(link->comp.sim, &link->arrive, link->visible_ps[ring_at(link, visible)]);
    if (visible > 0)
        link->on_item(link->on_item_ctx);
}

static void on_space(void *ctx)
{
    sim_link_t *link = ctx;
    link->producer_waits = false;
    link->on_space(link->on_space_ctx);
}

/* ---- description ---- */

static void link_reset(sim_comp_t *comp)
{
    sim_link_t *link = (sim_link_t *)comp;
    sim_event_cancel(comp->sim, &link->arrive);
    sim_event_cancel(comp->sim, &link->space);
    memset(link->items, 0, (size_t)link->desc.capacity * link->desc.item_bytes);
    memset(link->visible_ps, 0, link->desc.capacity * sizeof(uint64_t));
    memset(link->free_ps, 0, link->desc.capacity * sizeof(uint64_t));
    link->head = link->count = 0;
    link->producer_waits = false;
    link->pushed = link->popped = link->refused = link->max_count = 0;
}

static size_t items_bytes(const sim_comp_t *comp)
{
    const sim_link_t *link = (const sim_link_t *)comp;
    return (size_t)link->desc.capacity * link->desc.item_bytes;
}

static size_t times_bytes(const sim_comp_t *comp)
{
    return ((const sim_link_t *)comp)->desc.capacity * sizeof(uint64_t);
}

static const sim_field_t link_fields[] = {
    SIM_FIELD_BUF(sim_link_t, items, items_bytes),
    SIM_FIELD_BUF(sim_link_t, visible_ps, times_bytes),
    SIM_FIELD_BUF(sim_link_t, free_ps, times_bytes),
    SIM_FIELD(sim_link_t, head),
    SIM_FIELD(sim_link_t, count),
    SIM_FIELD(sim_link_t, producer_waits),
    SIM_FIELD(sim_link_t, pushed),
    SIM_FIELD(sim_link_t, popped),
    SIM_FIELD(sim_link_t, refused),
    SIM_FIELD(sim_link_t, max_count),
    SIM_FIELD_END,
};

static const sim_stat_t link_stats[] = {
    SIM_STAT(sim_link_t, pushed, "1", "items pushed"),
    SIM_STAT(sim_link_t, popped, "1", "items popped"),
    SIM_STAT(sim_link_t, refused, "1", "pushes refused because the link was full"),
    SIM_STAT(sim_link_t, max_count, "1", "most places in use at a time"),
    SIM_STAT_END,
};

static const sim_kind_t link_kind = {
    .kind = "link",
    .version = 1,
    .reset = link_reset,
    .fields = link_fields,
    .stats = link_stats,
};
_Static_assert(offsetof(sim_link_t, comp) == 0, "comp stays first");

static sim_err_t check_desc(sim_t *sim, const sim_link_desc_t *desc, const char *name)
{
    if (desc->clk_hz == 0)
        return sim_fail(sim, SIM_EDESC, "%s.clk_hz: must not be 0", name);
    if (desc->capacity == 0 || desc->capacity > 65536)
        return sim_fail(sim, SIM_EDESC, "%s.capacity: %u not in 1..65536", name, desc->capacity);
    if (desc->item_bytes == 0 || desc->item_bytes > 4096)
        return sim_fail(sim, SIM_EDESC, "%s.item_bytes: %u not in 1..4096", name, desc->item_bytes);
    if (desc->latency_cycles == 0)
        return sim_fail(sim, SIM_EDESC, "%s.latency_cycles: must be at least 1", name);
    return SIM_OK;
}

sim_err_t sim_link_init(sim_link_t *link, sim_t *sim, const sim_link_desc_t *desc, const char *name)
{
    memset(link, 0, sizeof(*link));
    sim_err_t err = check_desc(sim, desc, name);
    if (err == SIM_OK)
        err = sim_comp_init(&link->comp, sim, &link_kind, name);
    if (err != SIM_OK)
        return err;
    link->desc = *desc;
    sim_event_init(&link->arrive, &link->comp, "arrive", SIM_PRIO_DRIVE, on_arrive, link);
    sim_event_init(&link->space, &link->comp, "space", SIM_PRIO_DRIVE, on_space, link);
    link->items = calloc(desc->capacity, desc->item_bytes);
    link->visible_ps = calloc(desc->capacity, sizeof(uint64_t));
    link->free_ps = calloc(desc->capacity, sizeof(uint64_t));
    if (link->items == NULL || link->visible_ps == NULL || link->free_ps == NULL) {
        sim_link_free(link);
        return sim_fail(sim, SIM_ENOMEM, "%s: out of memory", name);
    }
    return SIM_OK;
}

void sim_link_free(sim_link_t *link)
{
    free(link->items);
    free(link->visible_ps);
    free(link->free_ps);
    link->items = NULL;
    link->visible_ps = link->free_ps = NULL;
}
