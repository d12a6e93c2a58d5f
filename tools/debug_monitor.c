/*
 * debug_monitor.c - monitor commands that every machine has: blocks, registers, counters, time.
 */
#include <stdio.h>
#include <string.h>

#include "tools/debug.h"

/* ---- blocks ---- */

static bool has_end(const char *name, const char *end)
{
    size_t a = strlen(name), b = strlen(end);
    return a >= b && strcmp(name + a - b, end) == 0 && (a == b || name[a - b - 1] == '.');
}

/* By its whole name, or what comes last in it: "npu" is sensor.npu. */
static sim_comp_t *block_of(const debug_t *d, const char *name)
{
    sim_comp_t *comp = sim_comp_find(d->desc.sim, name);
    for (sim_comp_t *c = sim_comp_first(d->desc.sim); c != NULL && comp == NULL; c = c->next)
        if (has_end(c->name, name))
            comp = c;
    return comp;
}

static void list_blocks(const debug_t *d, gdb_text_t *reply)
{
    for (sim_comp_t *c = sim_comp_first(d->desc.sim); c != NULL; c = c->next)
        gdb_print(reply, "%-24s %-10s%s%s\n", c->name, c->kind->kind,
                  c->kind->regs != NULL ? " registers" : "",
                  c->kind->stats != NULL ? " counters" : "");
}

static void print_regs(sim_comp_t *comp, const char *only, gdb_text_t *reply)
{
    for (const sim_reg_t *r = comp->kind->regs; r != NULL && r->name != NULL; r++)
        if (only[0] == '\0' || strcmp(r->name, only) == 0)
            gdb_print(reply, "0x%03x %-24s 0x%08x  %s\n", r->addr, r->name,
                      sim_reg_peek(comp, r->addr), r->help);
}

static void regs(debug_t *d, const char *rest, gdb_text_t *reply)
{
    char block[64] = "", name[64] = "";
    int words = sscanf(rest, "%63s %63s", block, name);
    sim_comp_t *comp = words > 0 ? block_of(d, block) : NULL;
    size_t start = reply->bytes;
    if (words <= 0)
        list_blocks(d, reply);
    else if (comp == NULL)
        gdb_print(reply, "no block %s; `monitor regs` lists them\n", block);
    else
        print_regs(comp, name, reply);
    if (reply->bytes == start)
        gdb_print(reply, "%s has no register%s%s\n", block, name[0] != '\0' ? " " : "s", name);
}

/* Of an array what is not 0. */
static void print_stat(gdb_text_t *reply, const sim_comp_t *comp, const sim_stat_t *s)
{
    if (s->count == 0)
        gdb_print(reply, "%-20s %12llu %-8s %s\n", s->name,
                  (unsigned long long)sim_stat_value(comp, s, 0), s->unit, s->help);
    for (uint32_t i = 0; i < s->count; i++) {
        char name[64];
        snprintf(name, sizeof(name), "%s[%u]", s->name, i);
        if (sim_stat_value(comp, s, i) != 0)
            gdb_print(reply, "%-20s %12llu %-8s %s\n", name,
                      (unsigned long long)sim_stat_value(comp, s, i), s->unit, s->help);
    }
}

static void stats(debug_t *d, const char *rest, gdb_text_t *reply)
{
    char block[64] = "";
    sim_comp_t *comp = sscanf(rest, "%63s", block) > 0 ? block_of(d, block) : NULL;
    if (comp == NULL) {
        gdb_print(reply, "no block '%s'; `monitor regs` lists them\n", block);
        return;
    }
    sim_tally(d->desc.sim);
    for (const sim_stat_t *s = comp->kind->stats; s != NULL && s->name != NULL; s++)
        print_stat(reply, comp, s);
}

/* ---- time and speed ---- */

static void when(debug_t *d, const char *rest, gdb_text_t *reply)
{
    const core_t *core = d->desc.core;
    (void)rest;
    gdb_print(reply, "%.6f ms, cycle %llu, %llu instructions, %llu interrupts, %llu exceptions\n",
              (double)sim_now_ps(d->desc.sim) / 1e9, (unsigned long long)core->cycle,
              (unsigned long long)core->instructions, (unsigned long long)core->interrupts,
              (unsigned long long)core->exceptions);
    if (d->history != NULL)
        gdb_print(reply, "%u snapshots to go back to\n", sim_history_snapshots(d->history));
    if (core->sleeping)
        gdb_print(reply, "the core sleeps\n");
}

static void speed(debug_t *d, const char *rest, gdb_text_t *reply)
{
    core_t *core = d->desc.core;
    core_speed_t before = core->speed;
    const char *why = rest[0] != '\0' ? debug_refuses(d) : NULL;
    if (why != NULL)
        gdb_print(reply, "%s\n", why);
    else if (strcmp(rest, "functional") == 0)
        core_set_speed(core, CORE_FUNCTIONAL);
    else if (strcmp(rest, "cycle") == 0)
        core_set_speed(core, CORE_CYCLE);
    else if (rest[0] != '\0')
        gdb_print(reply, "'%s' is neither cycle nor functional\n", rest);
    d->stub.writes += core->speed != before; /* another run from here on */
    gdb_print(reply, "%s\n", core->speed == CORE_CYCLE ? "cycle" : "functional");
}

static void finish(debug_t *d, const char *rest, gdb_text_t *reply)
{
    (void)rest;
    gdb_print(reply, "the run ends\n");
    d->stub.go = GDB_KILL;
}

typedef void (*command_fn_t)(debug_t *d, const char *rest, gdb_text_t *reply);

static const struct {
    const char *word, *help;
    uint32_t words; /* that can follow */
    command_fn_t fn;
} commands[] = {
    {"regs", "[BLOCK [NAME]]  registers of a block, or all blocks", 2, regs},
    {"stats", "BLOCK          its counters", 1, stats},
    {"when", "               time, cycle, what the core did", 0, when},
    {"speed", "[cycle|functional]  how the core counts time", 1, speed},
    {"exit", "               ends the run", 0, finish},
};

void debug_monitor(void *ctx, const char *line, gdb_text_t *reply)
{
    debug_t *d = ctx;
    char word[64] = "";
    int used = 0;
    if (sscanf(line, "%63s %n", word, &used) < 1)
        strcpy(word, "help");
    const char *rest = line + (used != 0 ? used : (int)strlen(line));
    for (size_t i = 0; i < SIM_COUNT(commands); i++)
        if (strcmp(word, commands[i].word) == 0) {
            if (gdb_words_fit(word, rest, commands[i].words, reply))
                commands[i].fn(d, rest, reply);
            return;
        }
    bool help = strcmp(word, "help") == 0;
    for (size_t i = 0; i < SIM_COUNT(commands) && help; i++)
        gdb_print(reply, "monitor %s %s\n", commands[i].word, commands[i].help);
    bool known = d->desc.monitor != NULL && d->desc.monitor(d->desc.ctx, word, rest, reply);
    if (!known && !help)
        gdb_print(reply, "no command '%s'; `monitor help` lists them\n", word);
}
