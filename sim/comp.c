/*
 * comp.c - components: registration, registers, statistics, the state hash.
 */
#include "sim/sim_int.h"

#include <assert.h>
#include <string.h>

sim_err_t sim_comp_init(sim_comp_t *comp, sim_t *sim, const sim_kind_t *kind, const char *name)
{
    *comp = (sim_comp_t){.kind = kind, .sim = sim};
    if (name == NULL || name[0] == '\0')
        return sim_fail(sim, SIM_EDESC, "a component of kind %s has no name", kind->kind);
    if (strlen(name) >= sizeof(comp->name))
        return sim_fail(sim, SIM_EDESC, "%s: a name has at most %zu characters", name,
                        sizeof(comp->name) - 1);
    if (sim_comp_find(sim, name) != NULL)
        return sim_fail(sim, SIM_EDESC, "%s: name is taken", name);
    memcpy(comp->name, name, strlen(name));
    if (sim->last == NULL)
        sim->first = comp;
    else
        sim->last->next = comp;
    sim->last = comp;
    if (kind->tally == NULL)
        return SIM_OK;
    if (sim->first_tally == NULL)
        sim->first_tally = comp;
    else
        sim->last_tally->next_tally = comp;
    sim->last_tally = comp;
    return SIM_OK;
}

sim_comp_t *sim_comp_first(const sim_t *sim)
{
    return sim->first;
}

sim_comp_t *sim_comp_find(const sim_t *sim, const char *name)
{
    sim_comp_t *comp = sim->first;
    while (comp != NULL && strcmp(comp->name, name) != 0)
        comp = comp->next;
    return comp;
}

void sim_event_init(sim_event_t *ev, sim_comp_t *comp, const char *name, sim_prio_t prio,
                    void (*fire)(void *ctx), void *ctx)
{
    assert(comp->sim != NULL && fire != NULL && prio < SIM_PRIOS);
    sim_event_t **end = &comp->events;
    for (; *end != NULL; end = &(*end)->next)
        assert(*end != ev && strcmp((*end)->name, name) != 0);
    *ev = (sim_event_t){
        .fire = fire, .ctx = ctx, .name = name, .heap_index = SIM_EVENT_IDLE, .prio = prio};
    *end = ev;
    if (!sim_heap_grow(&comp->sim->heap))
        comp->sim->no_memory = true; /* sim_check says so */
}

/* ---- registers ---- */

static uint32_t *reg_member(sim_comp_t *comp, const sim_reg_t *reg)
{
    return (uint32_t *)(void *)((char *)comp + reg->member);
}

const sim_reg_t *sim_reg_at(const sim_comp_t *comp, uint32_t addr)
{
    const sim_reg_t *reg = comp->kind->regs;
    if (reg == NULL)
        return NULL;
    while (reg->name != NULL && reg->addr != addr)
        reg++;
    return reg->name != NULL ? reg : NULL;
}

static uint32_t read_reg(sim_comp_t *comp, const sim_reg_t *reg, bool peek)
{
    if (comp->kind->refresh != NULL)
        comp->kind->refresh(comp, reg->addr, peek);
    return *reg_member(comp, reg);
}

uint32_t sim_reg_read(sim_comp_t *comp, uint32_t addr)
{
    const sim_reg_t *reg = sim_reg_at(comp, addr);
    if (reg != NULL)
        return read_reg(comp, reg, false);
    sim_log(comp, SIM_LOG_GUEST, "read of 0x%03x, where no register is", addr);
    return 0;
}

uint32_t sim_reg_peek(sim_comp_t *comp, uint32_t addr)
{
    const sim_reg_t *reg = sim_reg_at(comp, addr);
    return reg != NULL ? read_reg(comp, reg, true) : 0;
}

void sim_reg_write(sim_comp_t *comp, uint32_t addr, uint32_t value)
{
    const sim_reg_t *reg = sim_reg_at(comp, addr);
    if (reg == NULL) {
        sim_log(comp, SIM_LOG_GUEST, "write of 0x%08x to 0x%03x, where no register is", value,
                addr);
        return;
    }
    if (reg->rw_mask == 0 && reg->w1c == 0 && reg->wrote == NULL) {
        if (value != read_reg(comp, reg, true))
            sim_log(comp, SIM_LOG_GUEST, "write of 0x%08x to read-only %s, ignored", value,
                    reg->name);
        return;
    }
    uint32_t *member = reg_member(comp, reg);
    *member = ((*member & ~reg->rw_mask) | (value & reg->rw_mask)) & ~(value & reg->w1c);
    if (reg->wrote != NULL)
        reg->wrote(comp, value);
}

void sim_regs_reset(sim_comp_t *comp)
{
    if (comp->kind->regs == NULL)
        return;
    for (const sim_reg_t *reg = comp->kind->regs; reg->name != NULL; reg++)
        *reg_member(comp, reg) = reg->reset;
}

uint64_t sim_stat_value(const sim_comp_t *comp, const sim_stat_t *stat, uint32_t index)
{
    uint64_t value;
    memcpy(&value, (const char *)comp + stat->offset + index * sizeof(value), sizeof(value));
    return value;
}

/* ---- state hash ---- */

static uint64_t hash_text(uint64_t hash, const char *text)
{
    return sim_hash(hash, text, strlen(text));
}

void *sim_field_data(const sim_comp_t *comp, const sim_field_t *field, size_t *bytes)
{
    void *data = (char *)(uintptr_t)comp + field->offset;
    *bytes = field->bytes;
    if (field->indirect) {
        memcpy(&data, data, sizeof(data));
        *bytes = data == NULL ? 0 : field->size_of(comp);
    }
    return data;
}

static uint64_t hash_field(uint64_t hash, const sim_comp_t *comp, const sim_field_t *field)
{
    size_t bytes;
    const void *data = sim_field_data(comp, field, &bytes);
    return sim_hash(hash_text(hash, field->name), data, bytes);
}

static uint64_t hash_event(uint64_t hash, const sim_event_t *ev)
{
    uint64_t state[2] = {sim_event_pending(ev) ? ev->at_ps : SIM_NEVER_PS, ev->prio};
    return sim_hash(hash_text(hash, ev->name), state, sizeof(state));
}

void sim_tally_counters(const sim_t *sim)
{
    for (sim_comp_t *comp = sim->first_tally; comp != NULL; comp = comp->next_tally)
        comp->kind->tally(comp);
}

void sim_tally(const sim_t *sim)
{
    sim_tally_counters(sim);
    for (sim_comp_t *comp = sim->first; comp != NULL; comp = comp->next)
        if (comp->kind->figure != NULL)
            comp->kind->figure(comp);
}

void sim_comps_settle(const sim_t *sim)
{
    sim_tally(sim);
    for (sim_comp_t *comp = sim->first; comp != NULL; comp = comp->next)
        if (comp->kind->settle != NULL)
            comp->kind->settle(comp);
}

uint64_t sim_state_hash(const sim_t *sim)
{
    uint64_t hash = SIM_HASH_SEED;
    sim_comps_settle(sim);
    for (const sim_comp_t *comp = sim->first; comp != NULL; comp = comp->next) {
        const sim_kind_t *kind = comp->kind;
        if (kind->observer || kind->outside)
            continue;
        hash = hash_text(hash_text(hash, comp->name), kind->kind);
        hash = sim_hash(hash, &kind->version, sizeof(kind->version));
        for (const sim_field_t *f = kind->fields; f != NULL && f->name != NULL; f++)
            if (f->use == SIM_STATE)
                hash = hash_field(hash, comp, f);
        for (const sim_event_t *ev = comp->events; ev != NULL; ev = ev->next)
            hash = hash_event(hash, ev);
    }
    return hash;
}
