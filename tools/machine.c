#include "tools/machine.h"

#include <stdio.h>
#include <string.h>

#include "logic/elf.h"

#define ADDRESSES (UINT64_C(1) << 32)
#define PAGES_END (BUS_PAGE_BASE + (uint64_t)BUS_PAGES * BUS_PAGE_BYTES)
enum { CLINT_PAGE = 8, RAM_ALIGN = 4096, ROM_ALIGN = 64, SLICE_CYCLES = 1 << 20 };

/* ---- where memory lies ---- */

/* Addresses low .. high - 1; none where both are 0. */
typedef struct {
    uint64_t low, high;
} span_t;

static bool is_empty(span_t span)
{
    return span.high == 0;
}

static span_t join(span_t a, span_t b)
{
    if (is_empty(a) || is_empty(b))
        return is_empty(a) ? b : a;
    return (span_t){a.low < b.low ? a.low : b.low, a.high > b.high ? a.high : b.high};
}

static bool overlap(span_t a, span_t b)
{
    return !is_empty(a) && !is_empty(b) && a.low < b.high && b.low < a.high;
}

static bool within(span_t inner, span_t outer)
{
    return inner.low >= outer.low && inner.high <= outer.high;
}

static span_t span_of(uint32_t base, uint32_t bytes)
{
    return (span_t){base, (uint64_t)base + bytes};
}

static const span_t pages = {BUS_PAGE_BASE, PAGES_END};
_Static_assert(BUS_TCM_MAX == 256 << 20 && BUS_ROM_MAX == 16 << 20, "messages name them");

/* What the program writes or its start-up code copies to, and what it only reads. */
typedef struct {
    span_t written, read;
    uint64_t stack; /* picolibc's __stack, the end of what it takes for RAM; 0: unknown */
} wish_t;

static wish_t wish_of(const elf_segment_t *segments, uint32_t count)
{
    wish_t wish = {{0, 0}, {0, 0}, 0};
    for (uint32_t i = 0; i < count; i++) {
        const elf_segment_t *s = &segments[i];
        bool moves = s->vaddr != s->paddr;
        if (s->writable || moves)
            wish.written = join(wish.written, span_of(s->vaddr, s->mem_bytes));
        if (!s->writable || moves)
            wish.read = join(wish.read, span_of(s->paddr, s->mem_bytes));
    }
    return wish;
}

static span_t align(span_t span, uint64_t to)
{
    span.low -= span.low % to;
    return span;
}

static bool fits(span_t span, uint64_t most)
{
    return span.high - span.low <= most && span.high <= ADDRESSES && !overlap(span, pages);
}

/* Up to the stack and MACHINE_BEYOND_BYTES more, as far as nothing else lies there. */
static span_t extend(span_t ram, span_t rom, uint64_t stack)
{
    if (stack > ram.high && stack - ram.low <= BUS_TCM_MAX)
        ram.high = stack;
    uint64_t high = (ram.high + MACHINE_BEYOND_BYTES) / RAM_ALIGN * RAM_ALIGN, end = ADDRESSES;
    if (ram.low < pages.low)
        end = pages.low;
    if (rom.low > ram.low && rom.low < end)
        end = rom.low;
    if (ram.low + BUS_TCM_MAX < end)
        end = ram.low + BUS_TCM_MAX;
    ram.high = high < end ? high : end;
    return ram;
}

static bool refuse(span_t span, const char *what, const char *expected, char *error,
                   size_t error_bytes)
{
    snprintf(error, error_bytes, "%s from 0x%08llx to 0x%08llx, expected %s", what,
             (unsigned long long)span.low, (unsigned long long)span.high - 1,
             overlap(span, pages) ? "none in the register pages, 0x40000000 to 0x4003ffff"
                                  : expected);
    return false;
}

/* A piece that is given must be one that the bus can have. */
static bool check_given(const machine_desc_t *desc, char *error, size_t error_bytes)
{
    span_t ram = span_of(desc->ram_base, desc->ram_bytes);
    if (desc->ram_base % 64 == 0 && desc->ram_bytes % 4 == 0 && desc->ram_bytes >= 64 &&
        desc->ram_bytes <= BUS_TCM_MAX && ram.high <= ADDRESSES)
        return true;
    snprintf(error, error_bytes,
             "--memory: %u bytes from 0x%08x, expected a base that is a multiple of 64, and a "
             "multiple of 4 bytes in 64 to 268435456 (256M), below 4 GiB",
             desc->ram_bytes, desc->ram_base);
    return false;
}

/* Two areas at most: RAM, and ROM (empty when RAM has it all). */
static bool choose(const machine_desc_t *desc, const wish_t *wish, span_t *ram, span_t *rom,
                   char *error, size_t error_bytes)
{
    span_t written = align(wish->written, RAM_ALIGN);
    span_t all = align(join(wish->written, wish->read), RAM_ALIGN);
    *rom = align(wish->read, ROM_ALIGN);
    if (desc->ram_bytes != 0) {
        *ram = span_of(desc->ram_base, desc->ram_bytes);
        if (!check_given(desc, error, error_bytes))
            return false;
        if (within(wish->read, *ram))
            *rom = (span_t){0, 0};
    } else if (fits(all, BUS_TCM_MAX)) {
        *rom = (span_t){0, 0};
        *ram = extend(all, *rom, wish->stack);
    } else if (!is_empty(written) && fits(written, BUS_TCM_MAX)) {
        *ram = extend(written, *rom, wish->stack);
    } else {
        return refuse(is_empty(wish->written) ? all : wish->written, "segments to write",
                      "at most 256 MiB below 4 GiB", error, error_bytes);
    }
    if (overlap(*ram, pages))
        return refuse(*ram, "memory", "", error, error_bytes);
    if (!is_empty(*rom) && overlap(*rom, *ram))
        return refuse(*rom, "segments to read", "all or nothing of them in the memory", error,
                      error_bytes);
    if (!is_empty(*rom) && !fits(*rom, BUS_ROM_MAX))
        return refuse(*rom, "segments to read", "at most 16 MiB below 4 GiB", error, error_bytes);
    return true;
}

/* Whether a segment has its place: what is written in RAM, the rest in either. */
static bool placed(const elf_segment_t *s, span_t ram, span_t rom)
{
    span_t at = span_of(s->vaddr, s->mem_bytes), load = span_of(s->paddr, s->mem_bytes);
    bool moves = s->vaddr != s->paddr;
    return (within(at, ram) || (!s->writable && !moves && within(at, rom))) &&
           (within(load, ram) || within(load, rom));
}

static bool check_segments(const elf_segment_t *segments, uint32_t count, span_t ram, span_t rom,
                           char *error, size_t error_bytes)
{
    for (uint32_t i = 0; i < count; i++) {
        const elf_segment_t *s = &segments[i];
        if (placed(s, ram, rom))
            continue;
        snprintf(error, error_bytes,
                 "segment of %u bytes for 0x%08x lies outside of the memory, 0x%08llx to 0x%08llx "
                 "(%llu bytes); --memory BASE:BYTES sets it",
                 s->mem_bytes, s->vaddr, (unsigned long long)ram.low,
                 (unsigned long long)ram.high - 1, (unsigned long long)(ram.high - ram.low));
        return false;
    }
    return true;
}

static bool make_map(machine_t *machine, const machine_desc_t *desc, const elf_segment_t *segments,
                     uint32_t count, const wish_t *wish, bus_desc_t *map, char *error,
                     size_t error_bytes)
{
    span_t ram, rom;
    if (is_empty(join(wish->written, wish->read))) {
        snprintf(error, error_bytes, "no segment to load");
        return false;
    }
    if (!choose(desc, wish, &ram, &rom, error, error_bytes) ||
        !check_segments(segments, count, ram, rom, error, error_bytes))
        return false;
    *map = (bus_desc_t){.tcm_base = (uint32_t)ram.low, .tcm_bytes = (uint32_t)(ram.high - ram.low)};
    if (!is_empty(rom)) {
        map->rom_base = (uint32_t)rom.low;
        map->rom_bytes = (uint32_t)((rom.high - rom.low + ROM_ALIGN - 1) / ROM_ALIGN * ROM_ALIGN);
    }
    span_t own = is_empty(rom) ? join(wish->written, wish->read) : wish->written;
    machine->free_base = is_empty(own) ? map->tcm_base : own.high;
    return true;
}

/* ---- set-up ---- */

static void on_log(void *ctx, uint64_t time_ps, sim_log_level_t level, const char *name,
                   const char *line)
{
    machine_t *machine = ctx;
    (void)time_ps, (void)level, (void)name;
    snprintf(machine->trouble, sizeof(machine->trouble), "%s", line);
}

static const sim_field_t no_fields[] = {SIM_FIELD_END};
static const sim_kind_t kind = {.kind = "machine", .version = 1, .fields = no_fields};
_Static_assert(offsetof(machine_t, comp) == 0, "comp stays first");

/* Before the next of the clock edges at which `poll` is due. */
static void arm(machine_t *m)
{
    uint64_t edge = clk_edge_at_or_after(&m->core.clk, sim_now_ps(m->sim));
    uint64_t due = (edge / m->poll_cycles + 1) * m->poll_cycles;
    sim_event_at(m->sim, &m->look, clk_edge_ps(&m->core.clk, due) - 1);
}

/* A core that nothing else can wake is left asleep. */
static void on_look(void *ctx)
{
    machine_t *m = ctx;
    m->poll(m->poll_ctx);
    bool dead = m->core.sleeping && sim_next_event_ps(m->sim) == SIM_NEVER_PS;
    if (m->core.state == CORE_RUNS && !dead)
        arm(m);
}

static bool make_blocks(machine_t *m, const machine_desc_t *desc, uint32_t entry)
{
    core_desc_t core = desc->core;
    core.reset_pc = entry;
    if (sim_comp_init(&m->comp, m->sim, &kind, "machine") != SIM_OK)
        return false;
    sim_event_init(&m->look, &m->comp, "look", SIM_PRIO_SAMPLE, on_look, m);
    return core_init(&m->core, m->sim, &m->bus, &core, "core") == SIM_OK &&
           clint_init(&m->clint, m->sim, &desc->clint, "clint") == SIM_OK &&
           bus_attach(&m->bus, CLINT_PAGE, &m->clint.comp) == SIM_OK &&
           core_connect(&m->core, CORE_MSI, &m->clint.msip) &&
           core_connect(&m->core, CORE_MTI, &m->clint.mtip);
}

static bool start(machine_t *m)
{
    if (sim_check(m->sim) != SIM_OK)
        return false;
    sim_reset(m->sim);
    return sim_start(m->sim) == SIM_OK;
}

machine_desc_t machine_desc_default(void)
{
    return (machine_desc_t){.core = core_desc_default(), .clint = clint_desc_default()};
}

bool machine_init(machine_t *machine, const machine_desc_t *desc, const uint8_t *image,
                  size_t image_bytes, const char *file, char *error, size_t error_bytes)
{
    elf_segment_t segments[ELF_SEGMENTS];
    uint32_t count, stack;
    bus_desc_t map;
    elf_info_t info;
    char why[256];
    memset(machine, 0, sizeof(*machine));
    machine->sim = sim_new();
    if (machine->sim == NULL) {
        snprintf(error, error_bytes, "out of memory");
        return false;
    }
    sim_set_log(machine->sim, on_log, machine, SIM_LOG_ERROR);
    if (elf_segments(image, image_bytes, file, segments, &count, error, error_bytes) != SIM_OK)
        return false;
    wish_t wish = wish_of(segments, count);
    if (elf_symbol(image, image_bytes, "__stack", &stack))
        wish.stack = stack;
    if (!make_map(machine, desc, segments, count, &wish, &map, why, sizeof(why))) {
        snprintf(error, error_bytes, "%s: %s", file, why);
        return false;
    }
    if (bus_init(&machine->bus, machine->sim, &map, "memory") == SIM_OK) {
        if (elf_load(&machine->bus, image, image_bytes, file, &info, error, error_bytes) != SIM_OK)
            return false;
        if (make_blocks(machine, desc, info.entry) && start(machine)) {
            core_set_speed(&machine->core, desc->speed);
            return true;
        }
    }
    snprintf(error, error_bytes, "%s: %s", file, sim_error(machine->sim));
    return false;
}

void machine_free(machine_t *machine)
{
    core_free(&machine->core);
    bus_free(&machine->bus);
    if (machine->sim != NULL)
        sim_free(machine->sim);
}

/* ---- running ---- */

void machine_exit(machine_t *machine, uint32_t code)
{
    machine->exited = true;
    machine->code = code;
    core_halt(&machine->core);
}

uint64_t machine_ram_end(const machine_t *machine)
{
    return (uint64_t)machine->bus.desc.tcm_base + machine->bus.desc.tcm_bytes;
}

static bool advance(machine_t *m, uint64_t until_ps)
{
    if (m->advance != NULL)
        return m->advance(m->advance_ctx, until_ps);
    sim_run_until_ps(m->sim, until_ps);
    return true;
}

static bool is_interrupted(const machine_t *m)
{
    return m->interrupted != NULL && *m->interrupted != 0;
}

machine_end_t machine_run(machine_t *m, uint64_t max_cycles)
{
    if (m->advance == NULL)
        trap_storm_watch(&m->storm, &m->core);
    if (m->poll != NULL)
        arm(m);
    for (uint64_t end = 0; end < max_cycles;) {
        end = end + SLICE_CYCLES < max_cycles ? end + SLICE_CYCLES : max_cycles;
        if (!advance(m, sim_edge_ps(end, m->core.desc.clk_hz) - 1) || is_interrupted(m))
            return MACHINE_STOPPED;
        if (m->poll != NULL && end == max_cycles && m->core.state == CORE_RUNS)
            m->poll(m->poll_ctx);
        if (m->exited)
            return MACHINE_EXITED;
        if (m->core.state != CORE_RUNS)
            return MACHINE_DIED;
        if (m->storm.found)
            return MACHINE_STORM;
        if (m->core.sleeping && sim_next_event_ps(m->sim) == SIM_NEVER_PS)
            return MACHINE_ASLEEP;
    }
    return MACHINE_CUT;
}
