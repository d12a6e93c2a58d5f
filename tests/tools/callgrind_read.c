#include "tests/tools/callgrind_read.h"

#include "sim/types.h"
#include "tests/test.h"

typedef struct {
    cg_t *cg;
    uint32_t func, callee;
    uint64_t calls; /* the next line of costs is theirs */
    bool in_call, header_done;
} reader_t;

static bool wrong(cg_t *cg, const char *line)
{
    snprintf(cg->error, sizeof(cg->error), "%.200s", line);
    return false;
}

static bool read_cost(const char *text, cg_cost_t *cost)
{
    unsigned long long e[4];
    char more;
    if (sscanf(text, "%llu %llu %llu %llu %c", &e[0], &e[1], &e[2], &e[3], &more) != 4)
        return false;
    for (int i = 0; i < 4; i++)
        cost->event[i] = e[i];
    return true;
}

static void add(cg_cost_t *to, const cg_cost_t *cost)
{
    for (int i = 0; i < 4; i++)
        to->event[i] += cost->event[i];
}

/* "(3) name", or "(3)" for a name that was told before. */
static bool read_func(cg_t *cg, const char *text, uint32_t *number)
{
    char name[CG_NAME] = "";
    int parts = sscanf(text, "(%u) %63[^\n]", number, name);
    if (parts < 1 || *number >= CG_MAX)
        return false;
    cg_func_t *f = &cg->func[*number];
    if ((parts == 2) == (f->name[0] != '\0')) /* told twice, or never */
        return false;
    if (parts == 2)
        memcpy(f->name, name, CG_NAME);
    return true;
}

static bool add_edge(reader_t *r, const cg_cost_t *cost)
{
    cg_t *cg = r->cg;
    if (cg->edges == CG_MAX)
        return false;
    cg->edge[cg->edges++] = (cg_edge_t){r->func, r->callee, r->calls, *cost};
    r->in_call = false;
    return true;
}

/* "line instructions cycles stalls sleep" */
static bool read_line_cost(reader_t *r, const char *line)
{
    cg_cost_t cost;
    const char *costs = strchr(line, ' ');
    if (costs == NULL || !read_cost(costs, &cost) || r->func == UINT32_MAX)
        return wrong(r->cg, line);
    if (r->in_call)
        return add_edge(r, &cost) || wrong(r->cg, line);
    add(&r->cg->func[r->func].self, &cost);
    add(&r->cg->sum, &cost);
    return true;
}

static bool starts(const char *line, const char *with)
{
    return strncmp(line, with, strlen(with)) == 0;
}

static bool read_header(reader_t *r, const char *line)
{
    static const char *const known[] = {
        "# callgrind format", "version: 1",
        "creator: ",          "cmd: ",
        "positions: line",    "events: Instructions Cycles Stalls Sleep"};
    if (starts(line, "summary: "))
        return read_cost(line + 9, &r->cg->summary);
    if (starts(line, "totals: "))
        return read_cost(line + 8, &r->cg->totals);
    for (size_t i = 0; i < SIM_COUNT(known); i++)
        if (starts(line, known[i]))
            return true;
    return wrong(r->cg, line);
}

static bool read_line(reader_t *r, const char *line)
{
    unsigned long long calls;
    unsigned at;
    if (line[0] >= '0' && line[0] <= '9')
        return read_line_cost(r, line);
    if (r->in_call)
        return wrong(r->cg, line);
    if (starts(line, "fn="))
        return read_func(r->cg, line + 3, &r->func) || wrong(r->cg, line);
    if (starts(line, "cfn="))
        return read_func(r->cg, line + 4, &r->callee) || wrong(r->cg, line);
    if (sscanf(line, "calls=%llu %u", &calls, &at) == 2) {
        r->calls = calls;
        r->in_call = true;
        return true;
    }
    if (line[0] == '\0' || starts(line, "fl=(") || starts(line, "fi=(") || starts(line, "fe=(") ||
        starts(line, "cfi=("))
        return true;
    return read_header(r, line);
}

/* False with error: the line. */
static bool read_file(cg_t *cg, const char *path)
{
    char line[4096];
    reader_t r = {.cg = cg, .func = UINT32_MAX};
    FILE *file = fopen(path, "r");
    bool fine = true;
    memset(cg, 0, sizeof(*cg));
    ck_assert_msg(file != NULL, "%s", path);
    while (fine && fgets(line, sizeof(line), file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        fine = read_line(&r, line);
    }
    fclose(file);
    return fine && !r.in_call;
}

void cg_load(cg_t *cg, const char *path)
{
    ck_assert_msg(read_file(cg, path), "%s: %s", path, cg->error);
    for (int i = 0; i < 4; i++) {
        ck_assert_uint_eq(cg->sum.event[i], cg->summary.event[i]);
        ck_assert_uint_eq(cg->sum.event[i], cg->totals.event[i]);
    }
}

static bool is_named(const cg_t *cg, uint32_t func, const char *name)
{
    return strcmp(cg->func[func].name, name) == 0;
}

cg_cost_t cg_self(const cg_t *cg, const char *name)
{
    cg_cost_t sum = {{0}};
    for (uint32_t i = 0; i < CG_MAX; i++)
        if (is_named(cg, i, name))
            add(&sum, &cg->func[i].self);
    return sum;
}

uint64_t cg_calls(const cg_t *cg, const char *caller, const char *callee)
{
    uint64_t calls = 0;
    for (uint32_t i = 0; i < cg->edges; i++)
        if (is_named(cg, cg->edge[i].caller, caller) && is_named(cg, cg->edge[i].callee, callee))
            calls += cg->edge[i].calls;
    return calls;
}

cg_cost_t cg_inclusive(const cg_t *cg, const char *caller, const char *callee)
{
    cg_cost_t sum = {{0}};
    for (uint32_t i = 0; i < cg->edges; i++)
        if (is_named(cg, cg->edge[i].caller, caller) && is_named(cg, cg->edge[i].callee, callee))
            add(&sum, &cg->edge[i].cost);
    return sum;
}

void cg_expect(const cg_t *cg, const char *caller, const char *callee, uint64_t calls)
{
    uint64_t found = cg_calls(cg, caller, callee);
    ck_assert_msg(found == calls, "%s -> %s: %llu calls", caller, callee,
                  (unsigned long long)found);
}
