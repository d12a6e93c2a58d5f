#include "tools/observe.h"

#include <string.h>

#include "sim/file.h"
#include "tools/coverage.h"

enum { TRACE, PROFILE, FLAME, COVERAGE, ACCESS };

static const char *name_of(const observe_desc_t *d, int which)
{
    const char *const name[OBSERVE_FILES] = {
        [TRACE] = d->trace,       [PROFILE] = d->profile, [FLAME] = d->flame,
        [COVERAGE] = d->coverage, [ACCESS] = d->access,
    };
    return name[which];
}

bool observe_wanted(const observe_desc_t *desc)
{
    bool wanted = desc->trace_events != NULL;
    for (int i = 0; i < OBSERVE_FILES; i++)
        wanted = wanted || name_of(desc, i) != NULL;
    return wanted;
}

/* ---- listening ---- */

/* Under a debugger the core may be where it was before: a step is seen once. */
static bool is_new(observe_t *o)
{
    uint64_t steps = core_steps(o->core);
    bool newer = steps > o->seen_steps;
    if (newer)
        o->seen_steps = steps;
    return newer;
}

static void on_insn(void *ctx, const core_note_t *note)
{
    observe_t *o = ctx;
    if (!is_new(o))
        return;
    if (o->desc.trace != NULL)
        core_trace_insn(&o->trace, note);
    if (o->counts)
        profile_insn(&o->profile, o->core, note);
    if (o->accesses)
        access_insn(&o->access, note);
}

static void on_trap(void *ctx, const core_trap_t *trap)
{
    observe_t *o = ctx;
    if (!is_new(o))
        return;
    if (o->desc.trace != NULL)
        core_trace_trap(&o->trace, trap);
    if (o->counts)
        profile_trap(&o->profile, o->core, trap);
    if (o->accesses)
        access_trap(&o->access, trap);
}

static void on_accessed(void *ctx, uint32_t addr, uint32_t bytes, bool write, uint32_t value,
                        bool ok)
{
    observe_t *o = ctx;
    if (core_steps(o->core) < o->seen_steps) /* the step that it is part of comes once more */
        return;
    if (o->desc.trace != NULL)
        core_trace_reg(&o->trace, addr, bytes, write, value, ok);
    if (o->accesses)
        access_reg(&o->access, addr, bytes, write, ok);
}

/* A trace without instructions needs no look at each of them: the core stays fast. */
static void listen(observe_t *o)
{
    bool each =
        o->counts || o->accesses ||
        (o->desc.trace != NULL && (o->trace.what & (CORE_TRACE_insn | CORE_TRACE_csr)) != 0);
    o->hooks = (core_hooks_t){.insn = each ? on_insn : NULL, .trap = on_trap, .ctx = o};
    core_add_hooks(o->core, &o->hooks);
    o->core->bus->accessed = on_accessed;
    o->core->bus->accessed_ctx = o;
}

/* ---- set-up ---- */

static bool create_files(observe_t *o, char *error, size_t error_bytes)
{
    for (int i = 0; i < OBSERVE_FILES; i++) {
        const char *name = name_of(&o->desc, i);
        if (name != NULL && (o->file[i] = sim_file_create(name, error, error_bytes)) == NULL)
            return false;
    }
    return true;
}

static bool fail(const char *why, char *error, size_t error_bytes)
{
    snprintf(error, error_bytes, "%s", why);
    return false;
}

/* Two results in one file would be none. */
static bool names_differ(const observe_desc_t *d, char *error, size_t error_bytes)
{
    for (int i = 0; i < OBSERVE_FILES; i++)
        for (int k = 0; k < i; k++) {
            const char *a = name_of(d, i), *b = name_of(d, k);
            if (a != NULL && b != NULL && strcmp(a, b) == 0 && strncmp(a, "/dev/", 5) != 0) {
                snprintf(error, error_bytes, "%s: two results of the core go there", a);
                return false;
            }
        }
    return true;
}

bool observe_init(observe_t *o, const observe_desc_t *desc, core_t *core, char *error,
                  size_t error_bytes)
{
    uint32_t what;
    memset(o, 0, sizeof(*o));
    o->desc = *desc;
    o->core = core;
    if (!core_trace_events(desc->trace_events, &what)) {
        snprintf(error, error_bytes, "--trace-events: '%s' is no list of insn, csr, trap, regs",
                 desc->trace_events);
        return false;
    }
    if (desc->trace_events != NULL && desc->trace == NULL)
        return fail("--trace-events needs --trace-core", error, error_bytes);
    if (!names_differ(desc, error, error_bytes) || !create_files(o, error, error_bytes))
        return false;
    o->trace = (core_trace_t){&o->lines, core, o->file[TRACE], what};
    o->by_call = desc->profile != NULL || desc->flame != NULL;
    o->counts = o->by_call || desc->coverage != NULL;
    o->accesses = desc->access != NULL;
    if ((o->counts && !profile_init(&o->profile, &o->lines, o->by_call)) ||
        (o->accesses && !access_init(&o->access, &o->lines, core)))
        return fail("out of memory", error, error_bytes);
    listen(o);
    return true;
}

bool observe_program(observe_t *o, const uint8_t *elf, size_t bytes, const char *file, char *error,
                     size_t error_bytes)
{
    if (o->command[0] == '\0')
        snprintf(o->command, sizeof(o->command), "%s", file);
    return source_lines_add(&o->lines, elf, bytes, file, error, error_bytes);
}

bool observe_port(observe_t *o, sim_mem_port_t *port)
{
    return !o->accesses || access_port(&o->access, port);
}

void observe_restored(observe_t *o)
{
    if (o->accesses)
        access_wrote_all(&o->access);
}

/* ---- the end ---- */

static bool write_files(observe_t *o, char *error, size_t error_bytes)
{
    if (o->desc.trace != NULL)
        core_trace_end(&o->trace);
    if (o->desc.profile != NULL)
        profile_write_callgrind(&o->profile, o->command, o->file[PROFILE]);
    if (o->desc.flame != NULL)
        profile_write_stacks(&o->profile, o->file[FLAME]);
    if (o->desc.access != NULL)
        access_write(&o->access, o->file[ACCESS]);
    bool lost = o->counts && (o->profile.counts.no_memory || o->profile.calls.no_memory);
    if (o->desc.coverage != NULL)
        lost |= !coverage_write(&o->lines, &o->profile.counts, o->file[COVERAGE]);
    return !lost || fail("out of memory for what the core did", error, error_bytes);
}

bool observe_end(observe_t *o, char *error, size_t error_bytes)
{
    core_settle(o->core);
    if (o->counts)
        profile_end(&o->profile, o->core);
    bool fine = write_files(o, error, error_bytes);
    for (int i = 0; i < OBSERVE_FILES && fine; i++) {
        FILE *file = o->file[i];
        o->file[i] = NULL;
        fine = file == NULL ||
               sim_file_commit(file, name_of(&o->desc, i), error, error_bytes) == SIM_OK;
    }
    return fine;
}

void observe_free(observe_t *o)
{
    for (int i = 0; i < OBSERVE_FILES; i++)
        if (o->file[i] != NULL)
            sim_file_abandon(o->file[i], name_of(&o->desc, i));
    profile_free(&o->profile);
    access_free(&o->access);
    source_lines_free(&o->lines);
}
