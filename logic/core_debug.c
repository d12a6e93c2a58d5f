/*
 * core_debug.c - stops and notes.
 */
#include "logic/core_int.h"

#include <string.h>

/* ---- listeners ---- */

/* Where it hangs, or would. */
static core_hooks_t **link_to(core_t *core, const core_hooks_t *hooks)
{
    core_hooks_t **at = &core->debug.hooks;
    while (*at != NULL && *at != hooks)
        at = &(*at)->next;
    return at;
}

void core_add_hooks(core_t *core, core_hooks_t *hooks)
{
    core_hooks_t **at = link_to(core, hooks);
    if (*at != NULL)
        return;
    hooks->next = NULL;
    *at = hooks;
}

void core_remove_hooks(core_t *core, core_hooks_t *hooks)
{
    core_hooks_t **at = link_to(core, hooks);
    if (*at != NULL)
        *at = hooks->next;
}

static void tell(core_t *core, core_stop_t why, uint32_t addr)
{
    for (const core_hooks_t *h = core->debug.hooks; h != NULL; h = h->next)
        if (h->stop != NULL)
            h->stop(h->ctx, why, addr);
}

static bool notes_wanted(const core_t *core)
{
    const core_hooks_t *h = core->debug.hooks;
    while (h != NULL && h->insn == NULL)
        h = h->next;
    return h != NULL;
}

static void tell_insn(const core_t *core)
{
    for (const core_hooks_t *h = core->debug.hooks; h != NULL; h = h->next)
        if (h->insn != NULL)
            h->insn(h->ctx, &core->debug.note);
}

void core_note_trap(core_t *core, uint32_t from)
{
    const core_trap_t trap = {core->cycle, core->mcause, core->mepc, core->mtval, from};
    for (const core_hooks_t *h = core->debug.hooks; h != NULL; h = h->next)
        if (h->trap != NULL)
            h->trap(h->ctx, &trap);
}

/* ---- breakpoints ---- */

static uint32_t break_at(const core_t *core, uint32_t addr)
{
    uint32_t i = 0;
    while (i < core->debug.breaks && core->debug.break_addr[i] != addr)
        i++;
    return i;
}

bool core_is_break(const core_t *core, uint32_t addr)
{
    return !core->debug.unmarked && break_at(core, addr) < core->debug.breaks;
}

bool core_break_add(core_t *core, uint32_t addr)
{
    core_debug_t *d = &core->debug;
    if (break_at(core, addr) < d->breaks)
        return true;
    if (d->breaks == CORE_MAX_BREAKS)
        return false;
    d->break_addr[d->breaks++] = addr;
    core_drop_code(core);
    return true;
}

void core_break_remove(core_t *core, uint32_t addr)
{
    core_debug_t *d = &core->debug;
    uint32_t i = break_at(core, addr);
    if (i == d->breaks)
        return;
    d->break_addr[i] = d->break_addr[--d->breaks];
    core_drop_code(core);
}

void core_moved(core_t *core)
{
    core->debug.past = core->debug.early_past = 0;
}

uint64_t core_steps(const core_t *core)
{
    return core->steps_before + core->instructions + core->exceptions + core->interrupts;
}

/* ---- watchpoints ---- */

static uint32_t watch_at(const core_t *core, const core_watch_t *w)
{
    uint32_t i = 0;
    while (i < core->debug.watches && memcmp(&core->debug.watch[i], w, sizeof(*w)) != 0)
        i++;
    return i;
}

bool core_watch_add(core_t *core, core_watch_t watch)
{
    core_debug_t *d = &core->debug;
    if (watch_at(core, &watch) < d->watches)
        return true;
    if (d->watches == CORE_MAX_WATCHES || watch.bytes == 0)
        return false;
    d->watch[d->watches++] = watch;
    core_close_windows(core);
    return true;
}

void core_watch_remove(core_t *core, core_watch_t watch)
{
    core_debug_t *d = &core->debug;
    uint32_t i = watch_at(core, &watch);
    if (i == d->watches)
        return;
    d->watch[i] = d->watch[--d->watches];
    core_close_windows(core);
}

uint32_t core_watched(const core_t *core, uint32_t addr, uint32_t bytes, uint32_t kind)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < core->debug.watches; i++) {
        const core_watch_t *w = &core->debug.watch[i];
        if (addr < (uint64_t)w->addr + w->bytes && w->addr < (uint64_t)addr + bytes)
            found |= w->kind & kind;
    }
    return found;
}

static void tell_watch(core_t *core, uint32_t addr, uint32_t found)
{
    tell(core, (found & CORE_WATCH_WRITE) != 0 ? CORE_STOP_WRITE : CORE_STOP_READ, addr);
}

bool core_watch_holds(core_t *core, uint32_t addr, uint32_t found)
{
    core_debug_t *d = &core->debug;
    if (found == 0 || !d->early || d->early_past == core_steps(core) + 1)
        return false;
    d->early_past = core_steps(core) + 1;
    d->stepping = false;
    tell_watch(core, addr, found);
    return true;
}

void core_hit_watch(core_t *core, uint32_t addr, uint32_t found)
{
    if (found != 0 && !core->debug.early)
        tell_watch(core, addr, found);
}

/* ---- steps and notes ---- */

void core_step_one(core_t *core)
{
    core->debug.stepping = true;
    core->debug.past = core_steps(core) + 1;
}

bool core_one_by_one(const core_t *core)
{
    return core->debug.stepping || notes_wanted(core);
}

/* Of `in`, at pc, before it is done. */
static void note_begin(core_t *core, const core_insn_t *in)
{
    core_note_t *n = &core->debug.note;
    const core_insn_t plain = core_decode_plain(core, in);
    core_format_t format = core_insn_info[plain.op].format;
    bool writes = format != FORMAT_STORE && format != FORMAT_B && format != FORMAT_NONE;
    uint8_t bytes[4] = {0};
    bool fetched = core->debug.fetch_done == core->cycle && core->cycle != 0;
    core_peek_code(core, bytes, in->slots * 2u);
    *n = (core_note_t){.cycle = fetched ? core->debug.fetch_began : core->cycle,
                       .pc = core->pc,
                       .mode = core->mode,
                       .word = get32(bytes),
                       .slots = in->slots,
                       .rd = writes ? plain.rd % 32 : 0};
    if (format == FORMAT_CSR || format == FORMAT_CSRI)
        n->csr = plain.imm;
    if (core_is_access(&plain))
        core_note_access(core, &plain, n);
    core->debug.noted = true;
}

/* The instruction, or trap, that began last is done. */
void core_one_done(core_t *core, bool retired)
{
    core_debug_t *d = &core->debug;
    d->note.cycles = core->cycle - d->note.cycle;
    d->note.next_pc = core->pc;
    if (retired && d->noted)
        tell_insn(core);
    d->noted = false;
    if (!d->stepping)
        return;
    d->stepping = false;
    tell(core, CORE_STOP_STEP, core->pc);
}

/* Decodes the instruction at pc as what it is, and does it if the fast loop can; else it is in
 * *held. */
static bool execute_one(core_t *core, core_insn_t *held)
{
    core_code_t code;
    *held = (core_insn_t){.op = OP_FAULT, .imm = core->pc, .slots = 1};
    if (!core_find_code(core, &code)) {
        note_begin(core, held);
        return false;
    }
    const bool marked = core->debug.breaks != 0 && core_is_break(core, core->pc);
    core_insn_t *slot = code.code + (core->pc - code.base) / 2;
    if (marked || slot->fast == OP_UNKNOWN) {
        core->debug.unmarked = true;
        core->debug.ahead = 0;
        core_decode_slot(core, &code, slot);
        core->debug.unmarked = false;
    }
    note_begin(core, slot);
    const core_insn_t *left = core_execute(core, &code, core->cycle + 1);
    *held = *slot;
    if (marked)
        slot->fast = OP_UNKNOWN;
    return left == NULL;
}

bool core_advance_one(core_t *core, bool on_time)
{
    core_debug_t *d = &core->debug;
    const uint64_t before = core->instructions;
    core_insn_t held;
    if (d->past != core_steps(core) + 1 && core_is_break(core, core->pc)) {
        if (on_time) {
            d->past = core_steps(core) + 1;
            tell(core, CORE_STOP_BREAK, core->pc);
        }
        return false;
    }
    if (!execute_one(core, &held) && !core_step(core, &held, on_time))
        return false;
    if (!core->waiting)
        core_one_done(core, core->instructions != before);
    return true;
}
