#include "tools/access_report.h"

#include <stdlib.h>
#include <string.h>

#include "sim/json.h"

enum { HASH_SLOTS = 2 * ACCESS_MAX };

/* ---- entries ---- */

static uint32_t *slot_of(const access_report_t *r, access_kind_t kind, uint32_t pc, uint32_t addr)
{
    uint64_t h = ((uint64_t)pc << 32 | addr) * UINT64_C(0x9e3779b97f4a7c15) + (uint64_t)kind;
    for (uint32_t at = (uint32_t)(h >> 32);; at++) {
        uint32_t *slot = &r->hash[at % HASH_SLOTS];
        const access_entry_t *e = *slot != 0 ? &r->entry[*slot - 1] : NULL;
        bool any = kind == ACCESS_uninitialized;
        if (e == NULL || (e->kind == kind && e->pc == pc && (any || e->addr == addr)))
            return slot;
    }
}

static void note(access_report_t *r, const access_entry_t *what)
{
    uint32_t place = what->kind == ACCESS_uninitialized ? 0 : what->addr;
    uint32_t *slot = slot_of(r, what->kind, what->pc, place);
    if (*slot == 0 && r->entries == ACCESS_MAX) {
        r->beyond++;
        return;
    }
    if (*slot == 0) {
        r->entry[r->entries++] = *what;
        *slot = r->entries;
    }
    r->entry[*slot - 1].count++;
}

/* ---- memory that was written ---- */

static bool make_memory(access_memory_t *m, uint32_t base, uint32_t bytes)
{
    *m = (access_memory_t){.base = base, .bytes = bytes};
    m->bit = calloc((size_t)bytes / 8 + 1, 1);
    return m->bit != NULL;
}

static void mark(access_memory_t *m, uint64_t addr, uint64_t bytes)
{
    uint64_t begin = addr > m->base ? addr - m->base : 0, end = addr + bytes;
    end = end > m->base ? end - m->base : 0;
    end = end < m->bytes ? end : m->bytes;
    while (begin < end && (begin % 8 != 0 || end - begin < 8)) {
        m->bit[begin / 8] = (uint8_t)(m->bit[begin / 8] | 1u << begin % 8);
        begin++;
    }
    if (begin >= end)
        return;
    memset(m->bit + begin / 8, 0xff, (end - begin) / 8);
    for (begin = end - end % 8; begin < end; begin++)
        m->bit[begin / 8] = (uint8_t)(m->bit[begin / 8] | 1u << begin % 8);
}

void access_wrote(access_report_t *r, uint64_t addr, uint64_t bytes)
{
    mark(&r->tcm, addr, bytes);
    mark(&r->l2, addr, bytes);
}

void access_wrote_all(access_report_t *r)
{
    access_wrote(r, 0, UINT64_C(1) << 32);
}

/* True when a byte of that memory was not. */
static bool is_fresh(const access_memory_t *m, uint32_t addr, uint32_t bytes)
{
    uint32_t at = addr - m->base;
    for (uint32_t i = 0; at < m->bytes && i < bytes && at + i < m->bytes; i++)
        if ((m->bit[(at + i) / 8] >> (at + i) % 8 & 1) == 0)
            return true;
    return false;
}

static void on_poked(void *ctx, uint32_t addr, uint32_t bytes)
{
    access_report_t *r = ctx;
    access_wrote(r, addr, bytes);
    if (r->poked != NULL)
        r->poked(r->poked_ctx, addr, bytes);
}

/* ---- ports ---- */

static void port_request(void *ctx, uint32_t master, sim_mem_req_t *req)
{
    access_port_t *p = ctx;
    if (req->write)
        access_wrote(p->report, req->addr, req->bytes);
    p->port.request(p->port.ctx, master, req);
}

static bool port_peek(void *ctx, uint32_t addr, void *data, uint32_t bytes)
{
    access_port_t *p = ctx;
    return p->port.peek(p->port.ctx, addr, data, bytes);
}

static bool port_poke(void *ctx, uint32_t addr, const void *data, uint32_t bytes)
{
    access_port_t *p = ctx;
    access_wrote(p->report, addr, bytes);
    return p->port.poke(p->port.ctx, addr, data, bytes);
}

static uint8_t *port_view(void *ctx, uint32_t addr, uint32_t bytes)
{
    access_port_t *p = ctx;
    return p->port.view(p->port.ctx, addr, bytes);
}

static void port_moved(void *ctx, uint32_t master, const sim_mem_rows_t *rows)
{
    access_port_t *p = ctx;
    p->port.moved(p->port.ctx, master, rows);
}

static void port_stream(void *ctx, uint32_t master, sim_mem_stream_t *stream)
{
    access_port_t *p = ctx;
    uint64_t addr;
    for (sim_bursts_t b = stream->bursts; stream->write && sim_bursts_left(&b);) {
        uint32_t bytes = sim_bursts_next(&b, p->port.max_burst_bytes, &addr);
        access_wrote(p->report, addr, bytes);
    }
    p->port.stream(p->port.ctx, master, stream);
}

static void port_settle(void *ctx, uint32_t master)
{
    access_port_t *p = ctx;
    p->port.stream_settle(p->port.ctx, master);
}

static bool port_stop(void *ctx, uint32_t master)
{
    access_port_t *p = ctx;
    return p->port.stream_stop(p->port.ctx, master);
}

bool access_port(access_report_t *r, sim_mem_port_t *port)
{
    if (r->ports == ACCESS_PORTS)
        return false;
    access_port_t *p = &r->port[r->ports++];
    *p = (access_port_t){*port, r};
    port->request = port_request;
    port->peek = port_peek;
    port->poke = port_poke;
    port->view = port_view;
    port->moved = p->port.moved != NULL ? port_moved : NULL;
    port->watch = NULL;
    port->stream = p->port.stream != NULL ? port_stream : NULL;
    port->stream_settle = p->port.stream_settle != NULL ? port_settle : NULL;
    port->stream_stop = p->port.stream_stop != NULL ? port_stop : NULL;
    port->ctx = p;
    return true;
}

/* ---- what the core does ---- */

static bool is_sc(uint32_t word)
{
    return (word & 0xf800707f) == 0x1800202f;
}

void access_insn(access_report_t *r, const core_note_t *n)
{
    r->last_pc = n->pc;
    if (n->load && !is_sc(n->word) &&
        (is_fresh(&r->tcm, n->addr, n->bytes) || is_fresh(&r->l2, n->addr, n->bytes)))
        note(r, &(access_entry_t){.kind = ACCESS_uninitialized,
                                  .pc = n->pc,
                                  .addr = n->addr,
                                  .bytes = n->bytes,
                                  .first_cycle = n->cycle});
    bool failed = is_sc(n->word) && n->rd != 0 && r->core->x[n->rd] != 0;
    if (n->store && !failed)
        access_wrote(r, n->addr, n->bytes);
}

static access_kind_t illegal_kind(uint32_t word)
{
    return (word & 0x7f) == 0x73 && (word >> 12 & 3) != 0 ? ACCESS_csr : ACCESS_illegal;
}

void access_trap(access_report_t *r, const core_trap_t *trap)
{
    static const access_kind_t kind[8] = {ACCESS_fetch,      ACCESS_fetch,      ACCESS_illegal,
                                          ACCESS_COUNT,      ACCESS_misaligned, ACCESS_forbidden,
                                          ACCESS_misaligned, ACCESS_forbidden};
    access_entry_t e = {.pc = trap->epc, .addr = trap->value, .first_cycle = r->core->cycle};
    bool told = r->refused;
    r->refused = false;
    if (told || trap->cause >= SIM_COUNT(kind) || kind[trap->cause] == ACCESS_COUNT)
        return;
    e.kind = kind[trap->cause];
    e.write = trap->cause >= 6;
    if (e.kind == ACCESS_illegal)
        e.kind = illegal_kind(trap->value);
    if (e.kind == ACCESS_fetch)
        e.pc = r->last_pc;
    if (e.kind == ACCESS_csr)
        e.addr = trap->value >> 20;
    note(r, &e);
}

/* ACCESS_COUNT: nothing is wrong with it. */
static access_kind_t reg_kind(const bus_t *bus, uint32_t addr, bool write)
{
    uint32_t page = (addr - BUS_PAGE_BASE) / BUS_PAGE_BYTES;
    const sim_reg_t *reg = sim_reg_at(bus->page[page], addr % BUS_PAGE_BYTES);
    if (reg == NULL)
        return ACCESS_reserved;
    if (page < 32 && (bus->gated >> page & 1) != 0)
        return ACCESS_clock_off;
    bool takes = reg->rw_mask != 0 || reg->w1c != 0 || reg->wrote != NULL;
    return write && !takes ? ACCESS_read_only : ACCESS_COUNT;
}

void access_reg(access_report_t *r, uint32_t addr, uint32_t bytes, bool write, bool ok)
{
    const bus_t *bus = r->core->bus;
    access_entry_t e = {.pc = r->core->pc,
                        .addr = addr,
                        .bytes = bytes,
                        .write = write,
                        .first_cycle = r->core->cycle};
    if (ok)
        e.kind = reg_kind(bus, addr, write);
    else
        e.kind = bus_area(bus, addr, bytes) == BUS_REGS ? ACCESS_wrong_width : ACCESS_nothing;
    r->refused = !ok;
    if (e.kind != ACCESS_COUNT)
        note(r, &e);
}

/* ---- life ---- */

bool access_init(access_report_t *r, const source_lines_t *lines, core_t *core)
{
    bus_t *bus = core->bus;
    *r = (access_report_t){.lines = lines, .core = core};
    r->entry = malloc(ACCESS_MAX * sizeof(*r->entry));
    r->hash = calloc(HASH_SLOTS, sizeof(*r->hash));
    bool fine = make_memory(&r->tcm, bus->desc.tcm_base, bus->desc.tcm_bytes) &&
                make_memory(&r->l2, BUS_L2_BASE, bus->desc.l2_bytes);
    r->poked = bus->poked;
    r->poked_ctx = bus->poked_ctx;
    bus->poked = on_poked;
    bus->poked_ctx = r;
    return fine && r->entry != NULL && r->hash != NULL;
}

void access_free(access_report_t *r)
{
    free(r->entry);
    free(r->hash);
    free(r->tcm.bit);
    free(r->l2.bit);
    memset(r, 0, sizeof(*r));
}

/* ---- the report ---- */

static const char *const kind_names[ACCESS_COUNT] = {
#define X(name, help) #name,
    ACCESS_KINDS(X)
#undef X
};
static const char *const kind_helps[ACCESS_COUNT] = {
#define X(name, help) help,
    ACCESS_KINDS(X)
#undef X
};

/* "UART_DATA (sensor.uart)", "sensor.uart + 0x123", the name of a CSR, "TCM". */
static void name_place(const access_report_t *r, const access_entry_t *e, char *text, size_t bytes)
{
    static const char *const areas[] = {"nothing", "ROM", "TCM", "L2"};
    const bus_t *bus = r->core->bus;
    bus_area_t area = bus_area(bus, e->addr, 1);
    char name[CORE_CSR_NAME];
    if (e->kind == ACCESS_csr) {
        snprintf(text, bytes, "%s", core_csr_name(e->addr, name));
    } else if (area == BUS_REGS) {
        const sim_comp_t *block = bus->page[(e->addr - BUS_PAGE_BASE) / BUS_PAGE_BYTES];
        const sim_reg_t *reg = sim_reg_at(block, e->addr % BUS_PAGE_BYTES / 4 * 4);
        snprintf(text, bytes, "%s + 0x%03x%s%s", block->name, e->addr % BUS_PAGE_BYTES,
                 reg != NULL ? " " : "", reg != NULL ? reg->name : "");
    } else {
        snprintf(text, bytes, "%s", areas[area]);
    }
}

static void write_entry(const access_report_t *r, const access_entry_t *e, FILE *to)
{
    char text[160];
    const source_func_t *func = source_func_at(r->lines, e->pc);
    const source_row_t *row = source_row_at(r->lines, e->pc);
    sim_json_t *line = sim_json_object();
    sim_json_add_str(line, "kind", kind_names[e->kind]);
    sim_json_add_str(line, "file", row != NULL ? row->file : "");
    sim_json_add_u64(line, "line", row != NULL ? row->line : 0);
    sim_json_add_str(line, "function", func != NULL ? func->name : "");
    sim_json_add_u64(line, "count", e->count);
    sim_json_add_u64(line, "first_ps", sim_edge_ps(e->first_cycle, r->core->desc.clk_hz));
    snprintf(text, sizeof(text), "0x%08x", e->pc);
    sim_json_add_str(line, "pc", text);
    snprintf(text, sizeof(text), "0x%08x", e->addr);
    sim_json_add_str(line, "address", text);
    name_place(r, e, text, sizeof(text));
    sim_json_add_str(line, "place", text);
    if (e->bytes != 0)
        sim_json_add_u64(line, "bytes", e->bytes);
    sim_json_add_bool(line, "write", e->write);
    sim_json_add_str(line, "why", kind_helps[e->kind]);
    char *printed = sim_json_print(line, false);
    if (printed != NULL)
        fprintf(to, "%s\n", printed);
    free(printed);
    sim_json_free(line);
}

void access_write(const access_report_t *r, FILE *to)
{
    for (uint32_t i = 0; i < r->entries; i++)
        write_entry(r, &r->entry[i], to);
    if (r->beyond != 0)
        fprintf(to, "{\"kind\":\"more\",\"count\":%llu}\n", (unsigned long long)r->beyond);
}
