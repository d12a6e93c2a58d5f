#include "tools/explore/tasks.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/file.h"
#include "sim/hash.h"
#include "tools/version.h"

enum { MAX_BYTES = 64 << 20 };

void task_free(task_t *t)
{
    free(t->part);
    memset(t, 0, sizeof(*t));
}

uint64_t task_space_hash(const char *text)
{
    return sim_hash(SIM_HASH_SEED, text, strlen(text));
}

static bool add_part(task_t *t, uint64_t first, uint64_t last)
{
    if (t->parts == t->room) {
        uint32_t room = 2 * t->room + 4;
        engine_part_t *more = realloc(t->part, room * sizeof(*more));
        if (more == NULL)
            return false;
        t->part = more;
        t->room = room;
    }
    t->part[t->parts++] = (engine_part_t){first, last};
    t->points += last - first + 1;
    return true;
}

/* ---- reading ---- */

/* Of all bits: text, since a JSON number has 53. */
static uint64_t read_number(const sim_cfg_t *cfg, const char *key, int base)
{
    char *end = NULL;
    sim_cfg_need(cfg, key);
    const char *text = sim_cfg_str(cfg, key, "0");
    uint64_t value = strtoull(text, &end, base);
    if (end == text || *end != '\0' || strchr(text, '-') != NULL)
        sim_cfg_fail(cfg, key, "'%.40s' is no number of base %d", text, base);
    return value;
}

static void read_text(const sim_cfg_t *cfg, const char *key, char *to, size_t bytes)
{
    sim_cfg_need(cfg, key);
    const char *text = sim_cfg_str(cfg, key, "");
    if (strlen(text) >= bytes)
        sim_cfg_fail(cfg, key, "%zu characters, below %zu", strlen(text), bytes);
    else
        memcpy(to, text, strlen(text) + 1);
}

static uint64_t index_of(const sim_cfg_t *cfg, const sim_json_t *value)
{
    double number = sim_json_kind(value) == SIM_JSON_NUM ? sim_json_num(value, -1) : -1;
    if (!(number >= 0 && number < (double)SPACE_MAX_POINTS) || (double)(uint64_t)number < number) {
        sim_cfg_fail(cfg, "points", "a pair of points below %llu is expected",
                     (unsigned long long)SPACE_MAX_POINTS);
        return 0;
    }
    return (uint64_t)number;
}

static void read_parts(task_t *t, const sim_cfg_t *root)
{
    const sim_json_t *list = sim_json_find(root->node, "points"), *pair;
    (void)sim_cfg_count(root, "points"); /* asked for; complains about what is no list */
    for (pair = sim_json_first(list); pair != NULL && sim_doc_error(root->doc) == NULL;
         pair = sim_json_next(pair)) {
        const sim_json_t *from = sim_json_first(pair), *to = sim_json_next(from);
        uint64_t first = index_of(root, from), last = index_of(root, to);
        bool rising = t->parts == 0 || first > t->part[t->parts - 1].last;
        if (first > last || last >= t->sweep.budget || !rising || sim_json_next(to) != NULL)
            sim_cfg_fail(root, "points", "ranges [first, last] below the budget, rising, expected");
        else if (!add_part(t, first, last))
            sim_cfg_fail(root, "points", "out of memory");
    }
    if (t->parts == 0)
        sim_cfg_fail(root, "points", "none");
}

bool task_parse(task_t *t, const char *text, size_t bytes, const char *file, char *error,
                size_t error_bytes)
{
    sim_doc_t *doc = sim_doc_parse(text, bytes, file);
    if (doc == NULL) {
        snprintf(error, error_bytes, "%.300s: out of memory", file);
        return false;
    }
    sim_cfg_t root = sim_doc_root(doc);
    t->task = sim_cfg_u64(&root, "task", 0, TASK_MOST, 0);
    read_text(&root, "fovea", t->version, sizeof(t->version));
    read_text(&root, "space", t->space, sizeof(t->space));
    t->space_hash = read_number(&root, "space_hash", 16);
    t->sweep.base_hash = read_number(&root, "base_hash", 16);
    t->sweep.seed = read_number(&root, "seed", 10);
    t->sweep.strategy =
        (strategy_kind_t)sim_cfg_enum(&root, "strategy", strategy_names, STRATEGIES, STRATEGY_GRID);
    sim_cfg_need(&root, "budget");
    t->sweep.budget = sim_cfg_u64(&root, "budget", 1, SPACE_MAX_POINTS, 1);
    if (t->sweep.strategy == STRATEGY_EVOLVE)
        sim_cfg_fail(&root, "strategy", "evolve has no tasks");
    read_parts(t, &root);
    sim_cfg_done(&root);
    const char *wrong = sim_doc_error(doc);
    if (wrong != NULL)
        snprintf(error, error_bytes, "%s", wrong);
    sim_doc_free(doc);
    return wrong == NULL;
}

bool task_load(task_t *t, const char *file, char *error, size_t error_bytes)
{
    size_t bytes;
    char *text = (char *)sim_file_read(file, MAX_BYTES, &bytes, error, error_bytes);
    bool fine = text != NULL && task_parse(t, text, bytes, file, error, error_bytes);
    free(text);
    return fine;
}

/* ---- writing ---- */

static void add_hex(sim_json_t *to, const char *key, uint64_t value)
{
    char text[24];
    snprintf(text, sizeof(text), "%016" PRIx64, value);
    sim_json_add_str(to, key, text);
}

static char *task_text(const task_t *t)
{
    char seed[24];
    sim_json_t *o = sim_json_object();
    snprintf(seed, sizeof(seed), "%" PRIu64, t->sweep.seed);
    sim_json_add_u64(o, "task", t->task);
    sim_json_add_str(o, "fovea", t->version);
    sim_json_add_str(o, "space", t->space);
    add_hex(o, "space_hash", t->space_hash);
    add_hex(o, "base_hash", t->sweep.base_hash);
    sim_json_add_str(o, "strategy", strategy_names[t->sweep.strategy]);
    sim_json_add_str(o, "seed", seed);
    sim_json_add_u64(o, "budget", t->sweep.budget);
    sim_json_t *points = sim_json_add_array(o, "points");
    for (uint32_t i = 0; i < t->parts; i++) {
        sim_json_t *pair = sim_json_add_array(points, NULL);
        sim_json_add_u64(pair, NULL, t->part[i].first);
        sim_json_add_u64(pair, NULL, t->part[i].last);
    }
    char *text = sim_json_print(o, false);
    sim_json_free(o);
    return text;
}

typedef struct {
    store_t *store;
    const char *folder; /* absolute */
    uint64_t chunk;
    task_t task; /* in the making */
    tasks_count_t *count;
    bool fine;
    char *error;
    size_t error_bytes;
} plan_t;

static bool fail(plan_t *p, const char *file, const char *why)
{
    snprintf(p->error, p->error_bytes, "%.300s%s%.200s", file, file[0] != '\0' ? ": " : "", why);
    p->fine = false;
    return false;
}

/* The task as it is becomes a file; the next one is empty. */
static bool end_task(plan_t *p)
{
    char file[TASK_FILE], result[TASK_FILE], why[256];
    task_t *t = &p->task;
    if (t->parts == 0)
        return true;
    snprintf(file, sizeof(file), "%s/%06" PRIu64 ".json", p->folder, t->task);
    snprintf(result, sizeof(result), "%s/%06" PRIu64 ".db", p->folder, t->task);
    if (access(file, F_OK) == 0 || access(result, F_OK) == 0)
        return fail(p, file, "or its result is there already: tasks of another sweep?");
    char *text = task_text(t);
    bool fine =
        text != NULL && sim_file_write(file, text, strlen(text), why, sizeof(why)) == SIM_OK;
    if (!fine)
        fail(p, "", text != NULL ? why : "out of memory");
    else if (!store_add_task(p->store, t->task, result, t->points))
        fine = fail(p, "", store_error(p->store));
    free(text);
    p->count->tasks++;
    p->count->points += t->points;
    t->task++;
    t->parts = 0;
    t->points = 0;
    return fine;
}

/* Points first..last are to do. */
static bool to_do(plan_t *p, uint64_t first, uint64_t last)
{
    while (first <= last) {
        uint64_t most = first + (p->chunk - p->task.points) - 1, end = most < last ? most : last;
        if (!add_part(&p->task, first, end))
            return fail(p, "", "out of memory");
        if (p->task.points == p->chunk && !end_task(p))
            return false;
        first = end + 1;
    }
    return true;
}

/* Points that are over come in order: what lies between is to do. */
typedef struct {
    uint64_t *id;
    size_t count, room;
    bool no_memory;
} over_t;

static bool on_over(void *ctx, const store_cell_t *cell, uint32_t cells, bool head)
{
    over_t *o = ctx;
    if (head || cells != 1)
        return head;
    if (o->count == o->room) {
        size_t room = 2 * o->room + 1024;
        uint64_t *more = realloc(o->id, room * sizeof(*more));
        o->no_memory = more == NULL;
        if (more == NULL)
            return false;
        o->id = more;
        o->room = room;
    }
    o->id[o->count++] = (uint64_t)cell[0].integer;
    return true;
}

static bool plan_gaps(plan_t *p)
{
    over_t over = {.id = NULL};
    uint64_t next = 0, budget = p->task.sweep.budget;
    bool fine = store_rows(p->store,
                           "SELECT id FROM point WHERE state IN ('done', 'refused', 'failed') "
                           "AND id >= 0 ORDER BY id",
                           on_over, &over) ||
                fail(p, "", store_error(p->store));
    if (over.no_memory)
        fine = fail(p, "", "out of memory");
    uint64_t left = over.count < budget ? budget - over.count : 0;
    if (fine && p->task.task + left / p->chunk > TASK_MOST)
        fine = fail(p, "", "more than a million tasks: they need a larger --chunk");
    for (size_t i = 0; fine && i < over.count && over.id[i] < budget; i++) {
        fine = over.id[i] == next || to_do(p, next, over.id[i] - 1);
        next = over.id[i] + 1;
    }
    fine = fine && (next >= budget || to_do(p, next, budget - 1)) && end_task(p);
    free(over.id);
    return fine;
}

static bool plan_in(plan_t *p)
{
    char *text, *file;
    task_t *t = &p->task;
    bool fine = store_plan(p->store, &t->sweep, &text, &file) || fail(p, "", store_error(p->store));
    if (fine && t->sweep.strategy == STRATEGY_EVOLVE)
        fine =
            fail(p, "", "evolve breeds points from results: it has no tasks, only --engine local");
    if (fine && strlen(file) >= sizeof(t->space))
        fine = fail(p, file, "name too long");
    if (fine) {
        snprintf(t->version, sizeof(t->version), "%s", fovea_version);
        memcpy(t->space, file, strlen(file) + 1);
        t->space_hash = task_space_hash(text);
        t->task = p->count->first = store_next_task(p->store);
        fine = plan_gaps(p);
    }
    free(text);
    free(file);
    task_free(t);
    return fine;
}

bool tasks_plan(store_t *store, uint64_t chunk, const char *folder, tasks_count_t *count,
                char *error, size_t error_bytes)
{
    *count = (tasks_count_t){0};
    if (sim_dir_make(folder, error, error_bytes) != SIM_OK)
        return false;
    char path[SPACE_PATH];
    plan_t p = {store, path, chunk, {0}, count, true, error, error_bytes};
    return point_absolute(folder, path, error, error_bytes) && plan_in(&p);
}
