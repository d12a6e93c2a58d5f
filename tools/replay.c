#include "tools/replay.h"

#include <stdlib.h>
#include <string.h>

enum { A0 = 10 };

/* ---- keeping ---- */

/* Room for `more` behind `used` of an array; false without memory. */
static bool grow(void **data, size_t *room, size_t used, size_t more, size_t item_bytes)
{
    size_t wanted = *room;
    while (wanted < used + more)
        wanted = wanted == 0 ? 256 : 2 * wanted;
    void *grown = wanted == *room ? *data : realloc(*data, wanted * item_bytes);
    if (grown == NULL)
        return false;
    *data = grown;
    *room = wanted;
    return true;
}

static void give_up(replay_t *r)
{
    r->no_memory = true;
    core_halt(r->core);
}

static void on_poked(void *ctx, uint32_t addr, uint32_t bytes)
{
    replay_t *r = ctx;
    const uint32_t head[2] = {addr, bytes};
    void *data = r->data;
    if (r->poked != NULL)
        r->poked(r->poked_ctx, addr, bytes);
    if (!r->recording)
        return;
    if (!grow(&data, &r->data_room, r->bytes, sizeof(head) + bytes, 1)) {
        give_up(r);
        return;
    }
    r->data = data;
    memcpy(r->data + r->bytes, head, sizeof(head));
    bus_peek(r->core->bus, addr, r->data + r->bytes + sizeof(head), bytes);
    r->bytes += sizeof(head) + bytes;
}

static bool begin(replay_t *r, uint64_t ps)
{
    void *call = r->call;
    if (!grow(&call, &r->call_room, r->calls, 1, sizeof(*r->call))) {
        give_up(r);
        return false;
    }
    r->call = call;
    r->call[r->calls] = (replay_call_t){.ps = ps, .first = r->bytes};
    r->began = r->recording = true;
    r->last_ps = ps;
    return true;
}

static void end(replay_t *r, bool keep)
{
    replay_call_t *call = &r->call[r->calls];
    call->bytes = r->bytes - call->first;
    call->result = r->core->x[A0];
    r->calls += keep;
    r->recording = false;
}

/* ---- repeating ---- */

static const replay_call_t *find(const replay_t *r, uint64_t ps)
{
    size_t low = 0, high = r->calls;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (r->call[middle].ps < ps)
            low = middle + 1;
        else
            high = middle;
    }
    return low < r->calls && r->call[low].ps == ps ? &r->call[low] : NULL;
}

/* False: nothing was kept of that time. */
static bool repeat(replay_t *r, uint64_t ps)
{
    const replay_call_t *call = find(r, ps);
    uint32_t head[2];
    if (call == NULL)
        return false;
    const uint8_t *end = r->data + call->first + call->bytes;
    for (const uint8_t *at = r->data + call->first; at < end; at += sizeof(head) + head[1]) {
        memcpy(head, at, sizeof(head));
        bus_poke(r->core->bus, head[0], at + sizeof(head), head[1]);
    }
    r->core->x[A0] = call->result;
    return true;
}

static bool was_there(const replay_t *r, uint64_t ps)
{
    return r->began && ps <= r->last_ps;
}

/* ---- in between ---- */

static bool on_ebreak(void *ctx, core_t *core)
{
    replay_t *r = ctx;
    uint64_t ps = sim_now_ps(core->comp.sim);
    if (was_there(r, ps))
        return repeat(r, ps);
    if (!begin(r, ps))
        return true;
    bool done = r->on_ebreak(r->on_ebreak_ctx, core);
    end(r, done);
    return done;
}

static void on_poll(void *ctx)
{
    replay_t *r = ctx;
    uint64_t ps = sim_now_ps(r->core->comp.sim);
    if (was_there(r, ps)) {
        repeat(r, ps);
        return;
    }
    if (!begin(r, ps))
        return;
    r->poll(r->poll_ctx);
    end(r, r->bytes != r->call[r->calls].first);
}

void replay_init(replay_t *r, machine_t *machine)
{
    bus_t *bus = &machine->bus;
    core_t *core = &machine->core;
    *r = (replay_t){.core = core,
                    .on_ebreak = core->on_ebreak,
                    .on_ebreak_ctx = core->on_ebreak_ctx,
                    .poll = machine->poll,
                    .poll_ctx = machine->poll_ctx,
                    .poked = bus->poked,
                    .poked_ctx = bus->poked_ctx};
    core->on_ebreak = on_ebreak;
    core->on_ebreak_ctx = r;
    bus->poked = on_poked;
    bus->poked_ctx = r;
    if (machine->poll != NULL) {
        machine->poll = on_poll;
        machine->poll_ctx = r;
    }
}

void replay_free(replay_t *r)
{
    free(r->call);
    free(r->data);
}
