/*
 * sweep_fuzz.c - any bytes as the file of a sweep, or any values in the tables of one that fovea
 * has made: whoever reads it says what it says, or has a line.
 *
 * The first byte chooses: even, what follows is the file; odd, it is a list of changes, each of
 * four bytes (column, row, kind, length) and as many of text or number.
 */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/file.h"
#include "tools/explore/store.h"
#include "tools/explore/sweep_page.h"
#include "tools/explore/table.h"
#include "tools/explore/tasks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

enum { POINTS = 6, MAX_FILE = 1 << 20 };

static const char space_text[] =
    "{\"name\": \"fuzz\", \"base\": {\"evaluate\": \"npu\", \"models\": [\"a.tflite\", "
    "\"b.tflite\"]}, \"parameters\": {\"channels\": {\"field\": \"chip.npu.mac.channels\", "
    "\"values\": [2, 4, 8]}, \"kind\": {\"values\": [\"wide\", true, [1]]}, \"real\": {\"range\": "
    "[0, 1], \"step\": 0.25}}, \"constraints\": [\"channels < 8\"], \"objectives\": [{\"name\": "
    "\"npu_ms\"}, {\"name\": \"tops\", \"goal\": \"max\"}, {\"name\": \"channels\"}]}";

/* What a change may hit; rows are found by the number that `key` has. */
static const struct {
    const char *table, *column, *key;
} columns[] = {
    {"sweep", "space", "rowid"},       {"sweep", "file", "rowid"},
    {"sweep", "evaluate", "rowid"},    {"sweep", "version", "rowid"},
    {"sweep", "strategy", "rowid"},    {"sweep", "budget", "rowid"},
    {"sweep", "seed", "rowid"},        {"sweep", "base_hash", "rowid"},
    {"parameter", "name", "position"}, {"parameter", "free", "position"},
    {"objective", "name", "position"}, {"objective", "goal", "position"},
    {"figure", "name", "position"},    {"figure", "unit", "position"},
    {"figure", "help", "position"},    {"point", "id", "id"},
    {"point", "hash", "id"},           {"point", "parameters", "id"},
    {"point", "config", "id"},         {"point", "state", "id"},
    {"point", "reason", "id"},         {"point", "seconds", "id"},
    {"point", "worker", "id"},         {"point", "checked", "id"},
    {"value", "point", "point"},       {"value", "name", "point"},
    {"value", "number", "point"},      {"task", "id", "id"},
    {"task", "result", "id"},          {"task", "points", "id"},
    {"task", "merged", "id"},
};

static char dir[40], file[64], whole[64], folder[64], error[1024];
static space_t space;
static uint8_t *template;
static size_t template_bytes;

static void clean(void)
{
    remove(file);
    remove(whole);
    rmdir(folder);
    rmdir(dir);
    free(template);
    space_free(&space);
}

static void need(bool fine)
{
    if (!fine)
        abort();
}

static void put(const char *path, const void *data, size_t bytes)
{
    need(sim_file_write(path, data, bytes, error, sizeof(error)) == SIM_OK);
}

static void put_point(store_t *store, uint64_t n)
{
    char parameters[120];
    evaluation_t e;
    evaluation_clear(&e);
    snprintf(parameters, sizeof(parameters),
             "{\"channels\":%u,\"kind\":%s,\"real\":0.25,\"model\":\"%s.tflite\"}", 2u << (n % 3),
             n % 2 == 0 ? "\"wide\"" : "true", n < 3 ? "a" : "b");
    need(store_begin(store, n, parameters, "{\"evaluate\":\"npu\",\"model\":\"none.tflite\"}", "0",
                     "fuzz:1"));
    e.outcome = n == 5 ? EVALUATE_REFUSED : EVALUATE_DONE;
    snprintf(e.reason, sizeof(e.reason), "%s", n == 5 ? "channels < 8: channels 8" : "");
    for (uint32_t i = 0; i < 24 && n != 5; i++)
        e.value[i] = (double)(n + 1) * (i + 0.5);
    need(store_end(store, n, &e, 0.125));
}

static void make_template(void)
{
    const store_sweep_t sweep = {.seed = 7, .budget = 90, .base_hash = 1};
    store_t *store = store_create(whole, &space, &sweep, error);
    need(store != NULL);
    for (uint64_t n = 0; n < POINTS; n++)
        put_point(store, n);
    need(store_add_task(store, 0, "/tmp/none.db", 64));
    store_close(store);
    template = sim_file_read(whole, MAX_FILE, &template_bytes, error, sizeof(error));
    need(template != NULL);
}

static void begin(void)
{
    static bool begun;
    if (begun)
        return;
    begun = true;
    need(setenv("PATH", "/nowhere", 1) == 0); /* scripts of plots are written, but nobody draws */
    /* in memory where there is such a folder: SQLite waits for disks */
    snprintf(dir, sizeof(dir), "%s/sweep_fuzz_XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    need(mkdtemp(dir) != NULL && atexit(clean) == 0);
    snprintf(file, sizeof(file), "%s/s.db", dir);
    snprintf(whole, sizeof(whole), "%s/whole.db", dir);
    snprintf(folder, sizeof(folder), "%s/tasks", dir);
    need(space_parse(&space, space_text, strlen(space_text), "fuzz/space.json", evaluate_is_figure,
                     error, sizeof(error)));
    make_template();
}

/* ---- changes ---- */

static void bind(sqlite3_stmt *q, uint8_t kind, const uint8_t *data, size_t bytes)
{
    double real = 0;
    int64_t integer = 0;
    memcpy(&real, data, bytes < sizeof(real) ? bytes : sizeof(real));
    memcpy(&integer, data, bytes < sizeof(integer) ? bytes : sizeof(integer));
    switch (kind % 5) {
    case 0:
        sqlite3_bind_text(q, 1, (const char *)data, (int)bytes, SQLITE_TRANSIENT);
        break;
    case 1:
        sqlite3_bind_int64(q, 1, integer);
        break;
    case 2:
        sqlite3_bind_double(q, 1, real);
        break;
    case 3:
        sqlite3_bind_blob(q, 1, data, (int)bytes, SQLITE_TRANSIENT);
        break;
    default:
        sqlite3_bind_null(q, 1);
    }
}

/* One value of a row, or of all; 16 and more: a row more. */
static void change(sqlite3 *db, const uint8_t *how, const uint8_t *data, size_t bytes)
{
    char sql[200];
    sqlite3_stmt *q = NULL;
    size_t c = how[0] % SIM_COUNT(columns);
    const char *table = columns[c].table, *column = columns[c].column, *key = columns[c].key;
    if (how[1] >= 16 && strcmp(column, key) != 0)
        snprintf(sql, sizeof(sql), "INSERT OR REPLACE INTO %s(%s, %s) VALUES(?1, ?2)", table,
                 column, key);
    else
        snprintf(sql, sizeof(sql), "UPDATE OR REPLACE %s SET %s = ?1 WHERE %s = ?2 OR ?2 = 15",
                 table, column, key);
    if (sqlite3_prepare_v2(db, sql, -1, &q, NULL) == SQLITE_OK) {
        bind(q, how[2], data, bytes);
        sqlite3_bind_int(q, 2, how[1]);
        (void)sqlite3_step(q);
    }
    sqlite3_finalize(q);
}

static void make_changed(const uint8_t *data, size_t bytes)
{
    sqlite3 *db = NULL;
    put(file, template, template_bytes);
    need(sqlite3_open_v2(file, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK);
    sqlite3_exec(db, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN", NULL, NULL,
                 NULL);
    while (bytes >= 4) {
        size_t length = data[3] < bytes - 4 ? data[3] : bytes - 4;
        change(db, data, data + 4, length);
        data += 4 + length;
        bytes -= 4 + length;
    }
    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    sqlite3_close(db);
}

/* ---- readers ---- */

/* What cannot be read has a line. */
static void told(bool fine, const store_t *store)
{
    need(fine || store_error(store)[0] != '\0');
}

static void read_points(store_t *store)
{
    char *text, *config;
    store_state_t state = STORE_STATES;
    evaluation_t e;
    for (uint64_t n = 0; n < POINTS + 2; n++) {
        text = config = NULL;
        if (store_point(store, n, &state, &e, &text, &config))
            need(state < STORE_STATES && e.outcome <= EVALUATE_FAILED);
        free(text);
        free(config);
    }
}

static void look(FILE *to)
{
    store_t *store = store_open(file, error);
    need(store != NULL || error[0] != '\0');
    if (store == NULL)
        return;
    for (uint32_t f = TABLE_TEXT; f <= TABLE_JSON; f++) {
        told(table_status(store, (table_format_t)f, to), store);
        told(table_query(store, "SELECT * FROM points", (table_format_t)f, to), store);
        told(table_front(store, f == TABLE_TEXT, (table_format_t)f, to), store);
    }
    need(sweep_page_write(store, file, to, error, sizeof(error)) || error[0] != '\0');
    (void)store_expects(store);
    store_close(store);
    store = store_open(file, error); /* errors of a store stay: points with a new one */
    if (store != NULL)
        read_points(store);
    store_close(store);
}

/* As a result it adds points of the sweep or none; as a sweep it plans tasks or has a line. */
static void take(void)
{
    uint64_t fresh = 0, results = 0;
    tasks_count_t count;
    put(whole, template, template_bytes);
    store_t *store = store_edit(whole, error);
    need(store != NULL);
    bool fine = store_merge(store, file, &fresh);
    told(fine, store);
    need(fine || fresh == 0);
    need(store_number(store,
                      "SELECT count(*) FROM point WHERE id < 0 OR id >= 90 OR state NOT IN "
                      "('done', 'refused', 'failed')",
                      -1) == 0);
    store_close(store);
    store = store_edit(file, error);
    if (store == NULL)
        return;
    (void)store_merge_tasks(store, &results, &fresh);
    (void)store_killed_again(store);
    need(tasks_plan(store, SPACE_MAX_POINTS, folder, &count, error, sizeof(error)) ||
         error[0] != '\0');
    store_close(store);
    store_sweep_t sweep = {0};
    store_close(store_resume(file, &space, 1, &sweep, error));
}

static void remove_tasks(void)
{
    char path[96];
    for (uint32_t n = 0; n < 3; n++) {
        snprintf(path, sizeof(path), "%s/%06u.json", folder, n);
        remove(path);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    if (bytes == 0)
        return 0;
    begin();
    FILE *to = fopen("/dev/null", "w");
    need(to != NULL);
    if (data[0] % 2 == 0)
        put(file, data + 1, bytes - 1);
    else
        make_changed(data + 1, bytes - 1);
    look(to);
    take();
    remove_tasks();
    fclose(to);
    return 0;
}
