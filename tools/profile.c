#include "tools/profile.h"

#include <stdlib.h>
#include <string.h>

/* ---- watching ---- */

bool profile_is_branch(uint32_t word)
{
    if ((word & 3) == 3)
        return (word & 0x7f) == 0x63;
    return (word & 0xc003) == 0xc001; /* c.beqz, c.bnez */
}

static void charge(profile_t *p, code_count_t *count, const code_cost_t *cost)
{
    code_cost_add(&count->cost, cost);
    if (p->with_calls)
        calls_charge(&p->calls, cost);
}

/* Sleep since the last look belongs to the instruction that ran then. Returns its cycles. */
static uint64_t take_sleep(profile_t *p, const core_t *core)
{
    uint64_t sleep = core->wfi_cycles - p->wfi_cycles;
    p->wfi_cycles = core->wfi_cycles;
    if (sleep != 0)
        charge(p, p->last, &(code_cost_t){.sleep = sleep});
    return sleep;
}

/* The first instruction that is seen, after a reset too. */
static void begin(profile_t *p, const core_t *core, uint32_t pc, uint32_t sp, uint64_t cycle)
{
    p->began = true;
    p->trap_cycles = 0;
    p->end_cycle = cycle;
    p->wfi_cycles = core->wfi_cycles;
    p->last = code_count_of(&p->counts, pc);
    if (p->with_calls)
        calls_begin(&p->calls, pc, sp);
}

void profile_insn(profile_t *p, const core_t *core, const core_note_t *note)
{
    code_count_t *count = code_count_of(&p->counts, note->pc);
    if (!p->began || note->pc != p->expected_pc)
        begin(p, core, note->pc, note->rd == 2 ? p->calls.sp : core->x[2], note->cycle);
    take_sleep(p, core);
    code_cost_t cost = {.instructions = 1, .cycles = note->cycles + p->trap_cycles};
    cost.stalls = cost.cycles - (cost.cycles != 0);
    charge(p, count, &cost);
    if (profile_is_branch(note->word)) {
        count->taken += note->next_pc != note->pc + 2u * note->slots;
        count->passed += note->next_pc == note->pc + 2u * note->slots;
    }
    if (p->with_calls)
        calls_insn(&p->calls, note, core->x[2]);
    p->trap_cycles = 0;
    p->last = count;
    p->end_cycle = note->cycle + note->cycles;
    p->expected_pc = note->next_pc;
}

void profile_trap(profile_t *p, const core_t *core, const core_trap_t *trap)
{
    if (!p->began || trap->epc != p->expected_pc)
        begin(p, core, trap->epc, core->x[2], trap->cycle);
    uint64_t sleep = take_sleep(p, core);
    if (trap->cause >> 31 == 0)
        code_count_of(&p->counts, trap->epc)->trapped++;
    p->trap_cycles += trap->cycle - p->end_cycle - sleep;
    p->end_cycle = trap->cycle;
    p->expected_pc = core->pc;
    if (p->with_calls)
        calls_trap(&p->calls, core->pc);
}

void profile_end(profile_t *p, const core_t *core)
{
    if (p->began && core->wfi_cycles > p->wfi_cycles) /* not, where a debugger went back */
        take_sleep(p, core);
    if (p->began && p->with_calls)
        calls_end(&p->calls);
}

bool profile_init(profile_t *p, const source_lines_t *lines, bool with_calls)
{
    *p = (profile_t){.lines = lines, .with_calls = with_calls};
    bool fine = code_counts_init(&p->counts);
    return fine && (!with_calls || calls_init(&p->calls, lines));
}

void profile_free(profile_t *p)
{
    code_counts_free(&p->counts);
    calls_free(&p->calls);
}

/* ---- callgrind ---- */

/* A name is told once, "(3) main.c", then by its number. */
typedef struct {
    const profile_t *p;
    FILE *to;
    const char **file;
    uint32_t files;
    bool *told; /* functions, by index + 1; 0: unknown */
    call_edge_t *edge;
    const char *here; /* file of the lines that are written */
} writer_t;

static void tell_file(writer_t *w, const char *key, const char *file)
{
    uint32_t i = 0;
    while (i < w->files && strcmp(w->file[i], file) != 0)
        i++;
    fprintf(w->to, i == w->files ? "%s=(%u) %s\n" : "%s=(%u)\n", key, i + 1, file);
    if (i == w->files)
        w->file[w->files++] = file;
}

static void tell_func(writer_t *w, const char *key, uint32_t func)
{
    uint32_t number = func == CALL_UNKNOWN ? 0 : func + 1;
    const char *name = number == 0 ? "(unknown)" : w->p->lines->func[func].name;
    fprintf(w->to, w->told[number] ? "%s=(%u)\n" : "%s=(%u) %s\n", key, number, name);
    w->told[number] = true;
}

static const char *file_at(const profile_t *p, uint32_t pc, uint32_t *line)
{
    const source_row_t *row = source_row_at(p->lines, pc);
    *line = row != NULL ? row->line : 0;
    return row != NULL ? row->file : "???";
}

static const char *file_of(const profile_t *p, uint32_t func, uint32_t *line)
{
    const source_func_t *f = func != CALL_UNKNOWN ? &p->lines->func[func] : NULL;
    *line = f != NULL ? f->line : 0;
    return f != NULL && f->file != NULL ? f->file : "???";
}

static void tell_cost(writer_t *w, uint32_t line, const code_cost_t *cost)
{
    fprintf(w->to, "%u %llu %llu %llu %llu\n", line, (unsigned long long)cost->instructions,
            (unsigned long long)cost->cycles, (unsigned long long)cost->stalls,
            (unsigned long long)cost->sleep);
}

/* Lines of another file inside of a function: code that was inlined. */
static void go_to_file(writer_t *w, const char *file, const char *own)
{
    if (strcmp(w->here, file) != 0)
        tell_file(w, strcmp(file, own) == 0 ? "fe" : "fi", file);
    w->here = file;
}

static void tell_call(writer_t *w, const call_edge_t *edge, uint32_t line)
{
    uint32_t callee_line;
    tell_file(w, "cfi", file_of(w->p, edge->callee, &callee_line));
    tell_func(w, "cfn", edge->callee);
    fprintf(w->to, "calls=%llu %u\n", (unsigned long long)edge->calls, callee_line);
    tell_cost(w, line, &edge->cost);
}

static int by_place(const void *a, const void *b)
{
    const call_edge_t *e = a, *f = b;
    if (e->from != f->from)
        return e->from < f->from ? -1 : 1;
    return e->callee < f->callee ? -1 : e->callee > f->callee;
}

/* All code in the order of addresses: a function begins where its number changes. */
static void tell_all(writer_t *w)
{
    const calls_t *calls = &w->p->calls;
    const code_count_t *count;
    const char *own = "";
    uint32_t edge = 0, line, ignored;
    uint64_t last = UINT64_MAX;
    for (uint64_t pc = 0; (count = code_count_next(&w->p->counts, &pc)) != NULL; pc += 2) {
        const source_func_t *f = source_func_at(w->p->lines, (uint32_t)pc);
        uint32_t func = f != NULL ? (uint32_t)(f - w->p->lines->func) : CALL_UNKNOWN;
        if (func != last) {
            own = w->here = file_of(w->p, func, &ignored);
            fputc('\n', w->to);
            tell_file(w, "fl", own);
            tell_func(w, "fn", func);
        }
        last = func;
        go_to_file(w, file_at(w->p, (uint32_t)pc, &line), own);
        tell_cost(w, line, &count->cost);
        while (edge < calls->edges && w->edge[edge].from <= pc)
            tell_call(w, &w->edge[edge++], line);
    }
}

void profile_write_callgrind(const profile_t *p, const char *command, FILE *to)
{
    const code_cost_t *all = &p->calls.clock;
    writer_t w = {.p = p, .to = to, .here = ""};
    w.file = malloc((p->lines->rows + p->lines->funcs + 2) * sizeof(*w.file));
    w.told = calloc(p->lines->funcs + 1u, sizeof(*w.told));
    w.edge = malloc((p->calls.edges + 1u) * sizeof(*w.edge));
    fprintf(to, "# callgrind format\nversion: 1\ncreator: fovea\ncmd: %s\npositions: line\n",
            command);
    fprintf(to, "events: Instructions Cycles Stalls Sleep\nsummary: ");
    fprintf(to, "%llu %llu %llu %llu\n", (unsigned long long)all->instructions,
            (unsigned long long)all->cycles, (unsigned long long)all->stalls,
            (unsigned long long)all->sleep);
    if (w.file != NULL && w.told != NULL && w.edge != NULL) {
        memcpy(w.edge, p->calls.edge, p->calls.edges * sizeof(*w.edge));
        qsort(w.edge, p->calls.edges, sizeof(*w.edge), by_place);
        tell_all(&w);
    }
    fprintf(to, "\ntotals: %llu %llu %llu %llu\n", (unsigned long long)all->instructions,
            (unsigned long long)all->cycles, (unsigned long long)all->stalls,
            (unsigned long long)all->sleep);
    free(w.file);
    free(w.told);
    free(w.edge);
}

/* ---- folded stacks ---- */

static void tell_name(const profile_t *p, uint32_t func, FILE *to)
{
    const char *name = func == CALL_UNKNOWN ? "(unknown)" : p->lines->func[func].name;
    for (; *name != '\0'; name++)
        fputc(*name == ';' || *name == ' ' ? '_' : *name, to);
}

static void tell_chain(const profile_t *p, uint32_t node, FILE *to)
{
    static const uint32_t most = CALL_DEPTH + 1;
    uint32_t *chain = malloc(most * sizeof(*chain)), count = 0;
    for (; chain != NULL && node != 0 && count < most; node = p->calls.node[node].parent)
        chain[count++] = p->calls.node[node].func;
    while (count-- > 0) {
        tell_name(p, chain[count], to);
        fputc(count > 0 ? ';' : ' ', to);
    }
    free(chain);
}

void profile_write_stacks(const profile_t *p, FILE *to)
{
    for (uint32_t i = 1; i < p->calls.nodes; i++) {
        const call_node_t *node = &p->calls.node[i];
        if (node->cycles == 0)
            continue;
        tell_chain(p, i, to);
        fprintf(to, "%llu\n", (unsigned long long)node->cycles);
    }
}
