/*
 * energy.c - the meter.
 */
#include "logic/energy.h"

#include <stdio.h>
#include <string.h>

const char *const energy_phase_names[ENERGY_PHASE_COUNT] = {
#define X(name, text, help) text,
    ENERGY_PHASES(X)
#undef X
};

static energy_t *energy_of(sim_comp_t *comp)
{
    return (energy_t *)(void *)comp;
}

/* ---- sums ---- */

uint64_t energy_sum_fj(const uint64_t fj[TECH_BLOCK_COUNT])
{
    uint64_t sum = 0;
    for (uint32_t b = 0; b < TECH_BLOCK_COUNT; b++)
        sum += fj[b];
    return sum;
}

uint64_t energy_leakage_fj(const energy_t *energy)
{
    uint64_t sum = 0;
    for (uint32_t b = 0; b < TECH_BLOCK_COUNT; b++)
        sum += energy->state.leakage[b].fj;
    return sum;
}

/* ---- looking ---- */

static void add(uint64_t *fj, uint64_t more)
{
    *fj = more < ENERGY_MOST_FJ - *fj ? *fj + more : ENERGY_MOST_FJ;
}

/* What blocks have counted since the last look. */
static void add_counts(energy_t *e, uint64_t fj[TECH_BLOCK_COUNT])
{
    energy_state_t *s = &e->state;
    sim_tally_counters(e->comp.sim);
    for (uint32_t i = 0; i < e->bounds; i++) {
        const energy_bound_t *bound = &e->bound[i];
        uint64_t value = *bound->value, before = s->last[i];
        uint32_t row = bound->row;
        if (value == before)
            continue;
        s->last[i] = value;
        if (value < before)
            continue;
        s->count[row] += value - before;
        if (bound->aj == 0)
            continue;
        uint64_t had = s->row[row].fj;
        sim_energy_count(&s->row[row], value - before, bound->aj);
        add(&fj[bound->block], s->row[row].fj - had);
    }
}

static void add_leakage(energy_t *e, uint64_t ps, uint64_t fj[TECH_BLOCK_COUNT])
{
    for (uint32_t b = 0; b < TECH_BLOCK_COUNT; b++) {
        sim_energy_t *leakage = &e->state.leakage[b];
        uint64_t had = leakage->fj;
        sim_energy_pass(leakage, ps, e->leakage_nw[b]);
        add(&fj[b], leakage->fj - had);
    }
}

/* Is there no room for that much more? */
static bool is_full(energy_t *e, const uint64_t more_fj[TECH_BLOCK_COUNT])
{
    energy_state_t *s = &e->state;
    uint64_t room = ENERGY_MOST_FJ - energy_sum_fj(s->block_fj);
    for (uint32_t b = 0; b < TECH_BLOCK_COUNT && !s->full; b++) {
        s->full = more_fj[b] > room;
        room -= more_fj[b];
        if (s->full)
            sim_log(&e->comp, SIM_LOG_UNIMP, "more than 9 kJ: held there");
    }
    return s->full;
}

void energy_settle(energy_t *energy)
{
    energy_state_t *s = &energy->state;
    uint64_t fj[TECH_BLOCK_COUNT] = {0};
    if (!energy->on)
        return;
    uint64_t now_ps = sim_now_ps(energy->comp.sim);
    add_counts(energy, fj);
    add_leakage(energy, now_ps - s->now_ps, fj);
    s->phase_ps[s->phase] += now_ps - s->now_ps;
    s->now_ps = now_ps;
    if (is_full(energy, fj))
        return;
    for (uint32_t b = 0; b < TECH_BLOCK_COUNT; b++) {
        s->block_fj[b] += fj[b];
        s->phase_fj[s->phase][b] += fj[b];
    }
}

uint64_t energy_total_fj(energy_t *energy)
{
    energy_settle(energy);
    return energy_sum_fj(energy->state.block_fj);
}

void energy_before_reset(energy_t *energy)
{
    energy_settle(energy);
}

void energy_after_reset(energy_t *energy)
{
    sim_tally_counters(energy->comp.sim);
    for (uint32_t i = 0; i < energy->bounds; i++)
        energy->state.last[i] = *energy->bound[i].value;
}

/* ---- frames, phases, samples ---- */

static void end_frame(energy_t *e)
{
    energy_state_t *s = &e->state;
    energy_frame_t *frame = &s->frame;
    frame->end_ps = s->now_ps;
    for (uint32_t b = 0; b < TECH_BLOCK_COUNT; b++) {
        frame->fj[b] = s->block_fj[b] - frame->fj[b];
        s->frames_fj[b] += frame->fj[b];
    }
    s->frames++;
    s->frames_ps += frame->end_ps - frame->start_ps;
    if (e->frame_done != NULL)
        e->frame_done(e->frame_ctx, frame);
}

static void begin_frame(energy_t *e)
{
    energy_state_t *s = &e->state;
    if (s->in_frame)
        end_frame(e);
    else
        memcpy(s->boot_fj, s->block_fj, sizeof(s->boot_fj));
    s->frame = (energy_frame_t){.frame = s->next_frame, .start_ps = s->now_ps};
    memcpy(s->frame.fj, s->block_fj, sizeof(s->frame.fj));
    s->in_frame = true;
    s->frame_begins = false;
}

/* Everything of this instant has happened. */
static void look(energy_t *e)
{
    energy_settle(e);
    if (e->state.frame_begins)
        begin_frame(e);
    e->state.phase = e->phase_of != NULL ? e->phase_of(e->phase_ctx) : ENERGY_IDLE;
}

/* A track of the power of each block since the last sample, in mW; fJ a microsecond are nW. */
static void trace_power(const energy_t *e, const uint64_t fj[TECH_BLOCK_COUNT])
{
    char values[48 * TECH_BLOCK_COUNT], *at = values;
    uint64_t us = e->tech->sample_ps / 1000000;
    for (uint32_t b = 0; b < TECH_BLOCK_COUNT; b++) {
        if (b > 0)
            *at++ = ',';
        at = sim_trace_put(at, tech_block_names[b], fj[b] / us / 1000, 3);
    }
    sim_trace_values(e->comp.sim, "power mW", e->state.now_ps - e->tech->sample_ps, values);
}

static void on_sample(void *ctx)
{
    energy_t *e = ctx;
    energy_state_t *s = &e->state;
    uint64_t fj[TECH_BLOCK_COUNT];
    look(e);
    for (uint32_t b = 0; b < TECH_BLOCK_COUNT; b++) {
        fj[b] = s->block_fj[b] - s->sample_fj[b];
        s->sample_fj[b] = s->block_fj[b];
        s->peak_fj[b] = fj[b] > s->peak_fj[b] ? fj[b] : s->peak_fj[b];
    }
    if (energy_sum_fj(fj) > s->peak_total_fj) {
        s->peak_total_fj = energy_sum_fj(fj);
        s->peak_ps = s->now_ps;
    }
    if (sim_counting(e->comp.sim))
        trace_power(e, fj);
    sim_event_at(e->comp.sim, &e->sample, s->now_ps + e->tech->sample_ps);
}

static void on_edge(void *ctx)
{
    look(ctx);
}

void energy_edge(energy_t *energy)
{
    if (energy->on)
        sim_event_at(energy->comp.sim, &energy->edge, sim_now_ps(energy->comp.sim));
}

void energy_edge_at(energy_t *energy, uint64_t at_ps)
{
    if (energy->on)
        sim_event_at(energy->comp.sim, &energy->later, at_ps);
}

void energy_frame(energy_t *energy, uint32_t frame)
{
    energy->state.frame_begins = true;
    energy->state.next_frame = frame;
    energy_edge(energy);
}

/* ---- binding rows to counters ---- */

/* "l2.bank*" is every component whose name begins so and has no more parts. */
static bool is_named(const sim_comp_t *comp, const char *root, const char *name)
{
    size_t at = strlen(root), length = strlen(name);
    const char *rest = comp->name + at;
    if (strncmp(comp->name, root, at) != 0)
        return false;
    if (length == 0 || name[length - 1] != '*')
        return strcmp(rest, name) == 0;
    return strncmp(rest, name, length - 1) == 0 && strchr(rest + length - 1, '.') == NULL;
}

static const sim_stat_t *find_stat(const sim_comp_t *comp, const char *name)
{
    const sim_stat_t *stat = comp->kind->stats;
    while (stat != NULL && stat->name != NULL && strcmp(stat->name, name) != 0)
        stat++;
    return stat != NULL && stat->name != NULL ? stat : NULL;
}

static const uint64_t *values_of(const sim_comp_t *comp, const sim_stat_t *stat)
{
    return (const uint64_t *)(const void *)((const char *)comp + stat->offset);
}

/* Where a technology file is wrong. */
static void place(const tech_t *tech, const tech_part_t *part, char *text, size_t bytes)
{
    const char *file = tech->file[part->die];
    snprintf(text, bytes, "%s: blocks[%u]", file[0] != '\0' ? file : "built-in technology",
             part->entry);
}

static sim_err_t no_stat(const energy_t *e, const tech_row_t *row, const sim_comp_t *comp)
{
    const tech_part_t *part = &e->tech->part[row->part];
    const sim_stat_t *stat = comp->kind->stats;
    char where[128], known[320] = "";
    place(e->tech, part, where, sizeof(where));
    for (; stat != NULL && stat->name != NULL; stat++) {
        size_t length = strlen(known);
        snprintf(known + length, sizeof(known) - length, "%s%s", length > 0 ? ", " : "",
                 stat->name);
    }
    return sim_fail(comp->sim, SIM_EDESC,
                    "%s.activity[%u].stat: %s has no counter \"%s\", it has %s", where, row->item,
                    comp->name, row->stat, known[0] != '\0' ? known : "none");
}

static sim_err_t bind_row(energy_t *e, uint32_t r, const sim_comp_t *comp)
{
    const tech_row_t *row = &e->tech->row[r];
    const sim_stat_t *stat = find_stat(comp, row->stat);
    if (stat == NULL)
        return no_stat(e, row, comp);
    uint32_t count = stat->count == 0 ? 1 : stat->count, first = 0;
    if (row->index != TECH_ALL) {
        first = row->index;
        count = first + 1;
    }
    char where[128];
    place(e->tech, &e->tech->part[row->part], where, sizeof(where));
    if (row->index != TECH_ALL && first >= stat->count)
        return sim_fail(comp->sim, SIM_EDESC, "%s.activity[%u].index: %u, %s.%s has %u", where,
                        row->item, first, comp->name, row->stat, stat->count);
    if (count - first > ENERGY_MAX_BOUND - e->bounds)
        return sim_fail(comp->sim, SIM_EDESC, "%s.activity[%u]: more than %d counters in all",
                        where, row->item, ENERGY_MAX_BOUND);
    const uint64_t *values = values_of(comp, stat);
    for (uint32_t i = first; i < count; i++)
        e->bound[e->bounds++] =
            (energy_bound_t){&values[i], r, e->tech->part[row->part].block, row->aj};
    return SIM_OK;
}

static sim_err_t bind_part(energy_t *e, uint32_t p, sim_comp_t *comp)
{
    sim_err_t err = SIM_OK;
    e->there[p] = true;
    for (uint32_t r = 0; r < e->tech->rows && err == SIM_OK; r++)
        if (e->tech->row[r].part == p)
            err = bind_row(e, r, comp);
    return err;
}

static sim_err_t bind(energy_t *e, const char *root, bool whole)
{
    for (uint32_t p = 0; p < e->tech->parts; p++) {
        const tech_part_t *part = &e->tech->part[p];
        sim_err_t err = SIM_OK;
        e->there[p] = whole && part->component[0] == '\0';
        for (sim_comp_t *comp = sim_comp_first(e->comp.sim); comp != NULL; comp = comp->next)
            if (err == SIM_OK && part->component[0] != '\0' &&
                is_named(comp, root, part->component))
                err = bind_part(e, p, comp);
        if (err != SIM_OK)
            return err;
        char where[128];
        place(e->tech, part, where, sizeof(where));
        if (whole && !e->there[p])
            return sim_fail(e->comp.sim, SIM_EDESC, "%s.component: there is no %s%s", where, root,
                            part->component);
        if (e->there[p])
            e->leakage_nw[part->block] += part->leakage_nw;
    }
    return SIM_OK;
}

/* Those of blocks that are there. */
static void bind_watched(energy_t *e, const char *root)
{
    static const struct {
        const char *component, *stat;
    } watched[] = {
#define X(name, component, stat) {component, stat},
        ENERGY_WATCHED(X)
#undef X
    };
    char path[64];
    for (uint32_t i = 0; i < SIM_COUNT(watched) && e->bounds < ENERGY_MAX_BOUND; i++) {
        snprintf(path, sizeof(path), "%s%s", root, watched[i].component);
        const sim_comp_t *comp = sim_comp_find(e->comp.sim, path);
        const sim_stat_t *stat = comp != NULL ? find_stat(comp, watched[i].stat) : NULL;
        if (stat != NULL)
            e->bound[e->bounds++] =
                (energy_bound_t){.value = values_of(comp, stat), .row = TECH_MAX_ROWS + i};
    }
}

uint64_t energy_watched(const energy_t *energy, uint32_t what)
{
    return energy->state.count[TECH_MAX_ROWS + what];
}

/* ---- the component ---- */

static void energy_reset(sim_comp_t *comp)
{
    energy_t *e = energy_of(comp);
    sim_event_cancel(comp->sim, &e->sample);
    sim_event_cancel(comp->sim, &e->edge);
    sim_event_cancel(comp->sim, &e->later);
}

void energy_restart(energy_t *energy)
{
    memset(&energy->state, 0, sizeof(energy->state));
    energy->state.phase = ENERGY_IDLE;
    energy->state.start_ps = energy->state.now_ps = sim_now_ps(energy->comp.sim);
    energy_after_reset(energy);
}

/* All others have been reset. */
static sim_err_t energy_start(sim_comp_t *comp)
{
    energy_t *e = energy_of(comp);
    energy_restart(e);
    if (e->on)
        sim_event_at(comp->sim, &e->sample, e->state.now_ps + e->tech->sample_ps);
    return SIM_OK;
}

static const sim_field_t energy_fields[] = {
    SIM_FIELD_KEPT(energy_t, state),
    SIM_FIELD_END,
};

static const sim_kind_t energy_kind = {
    .kind = "energy",
    .version = 1,
    .reset = energy_reset,
    .start = energy_start,
    .fields = energy_fields,
    .observer = true,
};
_Static_assert(offsetof(energy_t, comp) == 0, "comp stays first");

static sim_err_t bind_all(energy_t *e, const tech_t *tech, const char *root, bool whole)
{
    e->tech = tech;
    e->on = tech->parts != 0;
    if (!e->on)
        return SIM_OK;
    sim_err_t err = bind(e, root, whole);
    bind_watched(e, root);
    return err;
}

sim_err_t energy_init(energy_t *energy, sim_t *sim, const tech_t *tech, const char *root,
                      bool whole, const char *name)
{
    memset(energy, 0, sizeof(*energy));
    sim_err_t err = sim_comp_init(&energy->comp, sim, &energy_kind, name);
    if (err != SIM_OK)
        return err;
    sim_event_init(&energy->sample, &energy->comp, "sample", SIM_PRIO_OBSERVE, on_sample, energy);
    sim_event_init(&energy->edge, &energy->comp, "edge", SIM_PRIO_OBSERVE, on_edge, energy);
    sim_event_init(&energy->later, &energy->comp, "later", SIM_PRIO_OBSERVE, on_edge, energy);
    return bind_all(energy, tech, root, whole);
}

sim_err_t energy_attach(energy_t *energy, sim_t *sim, const tech_t *tech)
{
    memset(energy, 0, sizeof(*energy));
    energy->comp = (sim_comp_t){.kind = &energy_kind, .sim = sim, .name = "energy"};
    return bind_all(energy, tech, "", false);
}
