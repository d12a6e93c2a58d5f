/*
 * fault_report.c - what is told of faults at the end of a run.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/fault.h"

/* ---- what did not come to pass ---- */

static bool repeats(const fault_item_t *item)
{
    return item->every_ps != 0 || item->mean_ps != 0;
}

/* Injections of an item whose time did not come; of one that repeats, the first. */
static uint32_t missed(const fault_set_t *set, uint32_t item)
{
    const fault_item_t *it = &set->item[item];
    return set->drawn[item] != 0 ? 0 : repeats(it) ? 1 : it->count;
}

static void why_missed(const fault_set_t *set, uint32_t item, char *why, size_t bytes)
{
    const fault_item_t *it = &set->item[item];
    if (set->next_ps[item] != SIM_NEVER_PS)
        snprintf(why, bytes, "the run ended at %.9f s, before its time",
                 (double)sim_now_ps(set->comp.sim) / 1e12);
    else if (repeats(it))
        snprintf(why, bytes, "no time of it came before \"until\"");
    else
        snprintf(why, bytes, "frame %u did not begin", it->at.frame);
}

static const char *why_absent(const fault_set_t *set, const fault_record_t *record)
{
    return record->no_room ? "too many of its kind wait already"
                           : fault_kind_of(set, record)->awaits;
}

uint32_t fault_absent(const fault_set_t *set, uint32_t item, char *why, size_t bytes)
{
    uint32_t absent = missed(set, item);
    if (absent != 0)
        why_missed(set, item, why, bytes);
    for (uint32_t i = 0; i < set->count; i++)
        if (set->record[i].item == item && set->record[i].outcome == FAULT_ABSENT && absent++ == 0)
            snprintf(why, bytes, "%s", why_absent(set, &set->record[i]));
    return absent;
}

/* ---- counts ---- */

void fault_finish(fault_set_t *set)
{
    if (set->items == 0)
        return;
    fault_judge_kinds(set);
    memset(set->total, 0, sizeof(set->total));
    for (uint32_t i = 0; i < set->count; i++) {
        fault_record_t *r = &set->record[i];
        if (r->outcome == FAULT_WAITING && fault_kind_of(set, r)->awaits != NULL)
            r->outcome = FAULT_ABSENT;
        set->total[r->outcome]++;
    }
    set->injected = set->count - set->total[FAULT_ABSENT];
    set->total[FAULT_ABSENT] += set->refused;
    for (uint32_t i = 0; i < set->items; i++)
        set->total[FAULT_ABSENT] += missed(set, i);
}

/* ---- faults.jsonl ---- */

static void add_argument(sim_json_t *line, const fault_key_t *key, uint64_t value)
{
    char text[24];
    snprintf(text, sizeof(text), "0x%08llx", (unsigned long long)value);
    if (key->names != NULL)
        sim_json_add_str(line, key->name, key->names[value]);
    else if (key->address)
        sim_json_add_str(line, key->name, text);
    else
        sim_json_add_u64(line, key->name, value);
}

static void add_item(sim_json_t *line, const fault_set_t *set, uint32_t item, const uint64_t *arg)
{
    const fault_kind_t *is = set->item[item].kind;
    sim_json_add_u64(line, "fault", item);
    sim_json_add_str(line, "kind", is->name);
    for (uint32_t i = 0; i < FAULT_KEYS && is->key[i].name != NULL; i++)
        add_argument(line, &is->key[i], arg[i]);
}

static void add_outcome(sim_json_t *line, fault_outcome_t outcome, fault_by_t by)
{
    sim_json_add_str(line, "outcome", fault_outcome_names[outcome]);
    sim_json_add_str(line, "by", fault_by_names[by]);
}

static sim_json_t *record_json(const fault_set_t *set, const fault_record_t *record)
{
    sim_json_t *line = sim_json_object();
    sim_json_add_u64(line, "time_ps", record->at_ps);
    add_item(line, set, record->item, record->arg);
    add_outcome(line, (fault_outcome_t)record->outcome, (fault_by_t)record->by);
    const char *met_by = fault_met_by(set, record);
    if (met_by != NULL)
        sim_json_add_str(line, "met_by", met_by);
    if (record->hits != 0) {
        sim_json_add_u64(line, "packets_damaged", record->hits);
        sim_json_add_u64(line, "packets_noticed", record->noticed);
    }
    if (record->outcome == FAULT_ABSENT)
        sim_json_add_str(line, "reason", why_absent(set, record));
    else if (record->end_ps != 0)
        sim_json_add_u64(line, "outcome_ps", record->end_ps);
    return line;
}

static bool print_line(sim_json_t *line, FILE *to)
{
    char *text = sim_json_print(line, false);
    bool fine = text != NULL && fprintf(to, "%s\n", text) > 0;
    free(text);
    sim_json_free(line);
    return fine;
}

/* As they would have been drawn. */
static bool write_missed(const fault_set_t *set, uint32_t item, FILE *to)
{
    char why[128];
    bool fine = true;
    for (uint32_t n = 0; fine && n < missed(set, item); n++) {
        uint64_t arg[FAULT_KEYS];
        fault_draw(&set->item[item], item, n, arg);
        why_missed(set, item, why, sizeof(why));
        sim_json_t *line = sim_json_object();
        add_item(line, set, item, arg);
        add_outcome(line, FAULT_ABSENT, FAULT_BY_NOBODY);
        sim_json_add_str(line, "reason", why);
        fine = print_line(line, to);
    }
    return fine;
}

bool fault_write(const fault_set_t *set, FILE *to)
{
    bool fine = true;
    for (uint32_t i = 0; fine && i < set->count; i++)
        fine = print_line(record_json(set, &set->record[i]), to);
    for (uint32_t i = 0; fine && i < set->items; i++)
        fine = write_missed(set, i, to);
    if (!fine || set->refused == 0)
        return fine;
    sim_json_t *line = sim_json_object();
    sim_json_add_u64(line, "count", set->refused);
    add_outcome(line, FAULT_ABSENT, FAULT_BY_NOBODY);
    sim_json_add_str(line, "reason", "as many are in as a run may have");
    return print_line(line, to);
}
