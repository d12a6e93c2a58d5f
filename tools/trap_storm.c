#include "tools/trap_storm.h"

#include <string.h>

/* Privileged specification 20211203, 3.1.6 and table 3.6. */
enum { MPIE = 1 << 7, LOAD_FAULT = 5, STORE_FAULT = 7, ECALL_FIRST = 8, ECALL_LAST = 11 };

/* ---- the row ---- */

/* Nothing but the program itself can end what it began. */
static bool in_row(const core_t *core, const core_trap_t *trap)
{
    bool ecall = trap->cause >= ECALL_FIRST && trap->cause <= ECALL_LAST;
    bool deaf = (core->mstatus & MPIE) == 0 || core->mie == 0;
    return trap->cause >> 31 == 0 && !ecall && trap->from == CORE_MACHINE && deaf;
}

static void count(trap_storm_t *s, const core_trap_t *trap)
{
    const core_t *core = s->core;
    bool same = trap->epc == s->trap.epc && trap->cause == s->trap.cause;
    bool access = trap->cause == LOAD_FAULT || trap->cause == STORE_FAULT;
    bool first = !in_row(core, trap) || core->interrupts != s->interrupts;
    s->row = first ? 0 : s->row + 1;
    s->faults = same && access && !first && core->stores == s->stores ? s->faults + 1 : 0;
    if (!same)
        s->before = s->trap;
    s->trap = *trap;
    s->interrupts = core->interrupts;
    s->stores = core->stores;
}

/* ---- the same once more ---- */

static trap_state_t state_of(const core_t *c)
{
    trap_state_t s = {.csr = {c->mstatus, c->mtvec, c->mscratch, c->mepc, c->mcause, c->mtval,
                              c->mie, c->reserved ? c->reserved_addr : 1}};
    memcpy(s.x, c->x, sizeof(s.x));
    memcpy(s.pmpaddr, c->pmpaddr, sizeof(s.pmpaddr));
    memcpy(s.pmpcfg, c->pmpcfg, sizeof(s.pmpcfg));
    return s;
}

static uint64_t hash_ram(const bus_t *bus)
{
    return sim_hash(SIM_HASH_SEED, bus->tcm, bus->desc.tcm_bytes);
}

/* Brent's search for a cycle: the state is kept at every power of 2, and compared with all that
 * follow. RAM is looked at for two of them only, when its registers have come again. */
static bool recurs(trap_storm_t *s)
{
    const trap_state_t now = state_of(s->core);
    if ((s->row & (s->row - 1)) == 0) {
        s->state = now;
        s->recurred = 0;
        return false;
    }
    if (s->recurred == 2 || memcmp(&now, &s->state, sizeof(now)) != 0)
        return false;
    uint64_t ram = hash_ram(s->core->bus), first = s->ram;
    s->ram = ram;
    return s->recurred++ == 1 && ram == first;
}

static void on_trap(void *ctx, const core_trap_t *trap)
{
    trap_storm_t *s = ctx;
    count(s, trap);
    if (s->found)
        return;
    s->found = s->faults >= TRAP_STORM_MANY || (s->row >= TRAP_STORM_SOME && recurs(s));
    if (s->found)
        sim_stop(s->core->comp.sim);
}

void trap_storm_watch(trap_storm_t *s, core_t *core)
{
    *s = (trap_storm_t){.core = core, .hooks = {.trap = on_trap, .ctx = s}};
    core_add_hooks(core, &s->hooks);
}
