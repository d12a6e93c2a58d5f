/*
 * fault.c - when faults strike, and the record of each.
 */
#include "tools/fault.h"

#include <stdlib.h>
#include <string.h>

enum { RNG_ARGUMENTS = 0xfa01, RNG_TIMES = 0xfa02 }; /* purposes */

#define X(name, text, help) text,
const char *const fault_outcome_names[FAULT_OUTCOMES] = {FAULT_OUTCOMES_TABLE(X)};
#undef X
const char *const fault_by_names[] = {"nobody", "ecc", "crc", "register", "host"};

/* ---- draws ---- */

void fault_draw(const fault_item_t *item, uint32_t index, uint32_t n, uint64_t arg[FAULT_KEYS])
{
    sim_stream_t random = sim_stream(item->seed, RNG_ARGUMENTS, index);
    random.column = n * FAULT_KEYS;
    for (uint32_t i = 0; i < FAULT_KEYS; i++) {
        const fault_key_t *key = &item->kind->key[i];
        uint64_t step = key->step != 0 ? key->step : 1, room = item->high[i] - item->low[i];
        arg[i] = item->low[i] + step * sim_stream_below(&random, (uint32_t)(room / step) + 1);
    }
}

/* ---- one injection ---- */

void fault_outcome(fault_set_t *set, fault_record_t *record, fault_outcome_t outcome, fault_by_t by)
{
    record->outcome = outcome;
    record->by = by;
    record->end_ps = sim_now_ps(set->comp.sim);
}

static void inject(fault_set_t *set, uint32_t index)
{
    const fault_item_t *item = &set->item[index];
    if (set->count == FAULT_MAX_INJECTED) {
        if (set->refused++ == 0)
            sim_log(&set->comp, SIM_LOG_ERROR, "%d faults are in, no more", FAULT_MAX_INJECTED);
        set->drawn[index]++;
        return;
    }
    fault_record_t *record = &set->record[set->count++];
    *record = (fault_record_t){.at_ps = sim_now_ps(set->comp.sim), .item = index};
    fault_draw(item, index, set->drawn[index]++, record->arg);
    sim_log(&set->comp, SIM_LOG_INFO, "%s, %u of it", item->kind->name, set->drawn[index]);
    item->kind->apply(set, record);
}

/* ---- times ---- */

/* Of the next one, from now on; SIM_NEVER_PS: there is none. */
static uint64_t next_ps(fault_set_t *set, uint32_t index, uint64_t now_ps)
{
    const fault_item_t *item = &set->item[index];
    uint64_t next = now_ps + item->every_ps;
    if (item->mean_ps != 0) {
        sim_stream_t random = sim_stream(item->seed, RNG_TIMES, index);
        random.column = set->timed[index];
        uint64_t gap = sim_stream_exponential(&random, item->mean_ps);
        set->timed[index] = random.column;
        next = now_ps + (gap != 0 ? gap : 1);
    }
    return set->drawn[index] < item->count && next <= item->until_ps ? next : SIM_NEVER_PS;
}

static void plan(fault_set_t *set)
{
    uint64_t first_ps = SIM_NEVER_PS;
    for (uint32_t i = 0; i < set->items; i++) {
        first_ps = set->next_ps[i] < first_ps ? set->next_ps[i] : first_ps;
        first_ps = set->over_ps[i] < first_ps ? set->over_ps[i] : first_ps;
    }
    if (first_ps != SIM_NEVER_PS)
        sim_event_at(set->comp.sim, &set->due, first_ps);
}

static void strike(fault_set_t *set, uint32_t index, uint64_t now_ps)
{
    const fault_item_t *item = &set->item[index];
    bool repeats = item->every_ps != 0 || item->mean_ps != 0;
    for (uint32_t i = 0; i < (repeats ? 1 : item->count); i++)
        inject(set, index);
    if (item->for_ps != 0)
        set->over_ps[index] = now_ps + item->for_ps;
    bool more = repeats && set->count < FAULT_MAX_INJECTED;
    set->next_ps[index] = more ? next_ps(set, index, now_ps) : SIM_NEVER_PS;
}

static void end_last(fault_set_t *set, uint32_t index)
{
    set->over_ps[index] = SIM_NEVER_PS;
    for (uint32_t i = set->count; i-- > 0;)
        if (set->record[i].item == index) {
            set->item[index].kind->end(set, &set->record[i]);
            return;
        }
}

/* What is due in one instant happens in the order of the file. */
static void on_due(void *ctx)
{
    fault_set_t *set = ctx;
    uint64_t now_ps = sim_now_ps(set->comp.sim);
    for (uint32_t i = 0; i < set->items; i++) {
        if (set->over_ps[i] == now_ps)
            end_last(set, i);
        if (set->next_ps[i] == now_ps)
            strike(set, i, now_ps);
    }
    plan(set);
}

static sim_err_t start(sim_comp_t *comp)
{
    fault_set_t *set = (fault_set_t *)(void *)comp;
    for (uint32_t i = 0; i < set->items; i++) {
        const fault_item_t *item = &set->item[i];
        set->over_ps[i] = set->next_ps[i] = SIM_NEVER_PS;
        if (item->every_ps != 0)
            set->next_ps[i] = item->from_ps;
        else if (item->mean_ps != 0)
            set->next_ps[i] = next_ps(set, i, item->from_ps);
        else if (!item->at.at_frame)
            set->next_ps[i] = item->at.at_ps;
    }
    plan(set);
    return SIM_OK;
}

/* The rows of a frame are placed when its readout begins. */
static void on_frame_start(void *ctx, bool level)
{
    fault_set_t *set = ctx;
    const pix_t *pixel = &set->sensor->pixel;
    for (uint32_t i = 0; level && i < set->items; i++) {
        const when_t *at = &set->item[i].at;
        if (at->at_frame && at->frame == pixel->now.frame && set->drawn[i] == 0)
            set->next_ps[i] = pix_row_readout_start_ps(&pixel->now, at->row);
    }
    if (level)
        plan(set);
}

/* ---- the component ---- */

#define F(member) SIM_FIELD(fault_set_t, member)
static const sim_field_t fields[] = {
    F(next_ps),  F(over_ps),        F(drawn),   F(timed),      F(count),
    F(record),   F(link),           F(links),   F(problems),   F(corrected),
    F(metadata), F(unacknowledged), F(refused), SIM_FIELD_END,
};
#undef F

#define X(name, text, help) {text, "1", help, offsetof(fault_set_t, total[FAULT_##name]), 0},
static const sim_stat_t stats[] = {
    SIM_STAT(fault_set_t, injected, "1", "faults put in; what became of them, and of the others:"),
    FAULT_OUTCOMES_TABLE(X) SIM_STAT_END,
};
#undef X

static void restored(sim_comp_t *comp)
{
    fault_set_t *set = (fault_set_t *)(void *)comp;
    fault_restored_kinds(set);
}

static const sim_kind_t kind = {.kind = "faults",
                                .version = 2,
                                .start = start,
                                .restored = restored,
                                .fields = fields,
                                .stats = stats};
_Static_assert(offsetof(fault_set_t, comp) == 0, "comp stays first");

sim_err_t fault_init(fault_set_t *set, sensor_t *sensor, const fault_item_t *item, uint32_t items)
{
    if (items == 0)
        return SIM_OK;
    sim_err_t err = sim_comp_init(&set->comp, sensor->sim, &kind, "faults");
    if (err != SIM_OK)
        return err;
    set->sensor = sensor;
    set->item = item;
    set->items = items;
    /* in the drive phase: what is asked for in the same instant meets the fault */
    sim_event_init(&set->due, &set->comp, "due", SIM_PRIO_DRIVE, on_due, set);
    fault_connect_kinds(set);
    if (!sim_wire_connect(&sensor->pixel.frame_start, on_frame_start, set))
        return sim_fail(sensor->sim, SIM_EWIRE, "faults: the frame start has no place left");
    return SIM_OK;
}

static void on_packet(void *ctx, const mipi_packet_t *packet)
{
    (void)packet;
    fault_heard(ctx);
}

bool fault_listen(fault_set_t *set, const host_t *host)
{
    set->host = host;
    return set->items == 0 || mipi_tx_listen(&set->sensor->mipi, on_packet, set);
}
