#include "tools/explore/store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/explore/store_int.h"

enum { STEPS = 1000000, BUSY_MS = 20000, LOCK_TRIES = 8, LOCK_NAME = SPACE_PATH + 8 };

const char *const store_states[STORE_STATES] = {"running", "waiting", "done", "refused", "failed"};

typedef enum {
    GET_POINT,
    GET_VALUES,
    BEGIN,
    END,
    PUT_BACK,
    CHECKED,
    VALUE,
    STATEMENTS
} statement_t;

static const char *const statements[STATEMENTS] = {
    [GET_POINT] = "SELECT state, reason, parameters, config FROM point WHERE id = ?",
    [GET_VALUES] = "SELECT name, number FROM value WHERE point = ?",
    [BEGIN] = ("INSERT INTO point(id, parameters, config, hash, worker, state) "
               "VALUES(?, ?, ?, ?, ?, 'running') ON CONFLICT(id) DO UPDATE SET "
               "parameters = excluded.parameters, config = excluded.config, hash = excluded.hash, "
               "state = 'running', worker = excluded.worker"),
    [END] = ("UPDATE point SET state = ?2, reason = ?3, seconds = ?4, tensors_reused = ?5, "
             "tensors_recorded = ?6, tensors_rejected = ?7 WHERE id = ?1"),
    [PUT_BACK] = ("UPDATE point SET state = 'waiting', worker = NULL WHERE id = ? "
                  "AND state = 'running'"),
    [CHECKED] = "UPDATE point SET checked = ?2 WHERE id = ?1",
    [VALUE] = "INSERT OR REPLACE INTO value(point, name, number) VALUES(?, ?, ?)",
};

struct store {
    sqlite3 *db;
    sqlite3_stmt *statement[STATEMENTS];
    int lock; /* below 0: none */
    char lock_file[LOCK_NAME];
    char file[SPACE_PATH];
    char error[STORE_ERROR];
    bool writes;
    uint32_t patience, steps; /* in STEPS: of a statement at most; of the newest one so far */
};

const char *store_error(const store_t *store)
{
    return store->error;
}

bool store_blame(store_t *s, const char *what)
{
    if (s->error[0] == '\0')
        snprintf(s->error, sizeof(s->error), "%.250s: %.200s", s->file, what);
    return false;
}

static bool fail_sql(store_t *s)
{
    return store_blame(s, sqlite3_errmsg(s->db));
}

bool store_fail(store_t *s, const char *what)
{
    snprintf(s->error, sizeof(s->error), "%s", what);
    return false;
}

bool store_run(store_t *s, const char *sql)
{
    return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK || fail_sql(s);
}

/* ---- statements ---- */

static sqlite3_stmt *prepared(store_t *s, statement_t which)
{
    if (s->statement[which] == NULL &&
        sqlite3_prepare_v2(s->db, statements[which], -1, &s->statement[which], NULL) != SQLITE_OK)
        fail_sql(s);
    return s->statement[which];
}

/* Of a change: no rows come back. */
static bool finish(store_t *s, sqlite3_stmt *q)
{
    bool fine = sqlite3_step(q) == SQLITE_DONE || fail_sql(s);
    sqlite3_reset(q);
    sqlite3_clear_bindings(q);
    return fine;
}

/* SQLite counts to 2^63; a seed of 64 bits is text. */
static void bind_id(sqlite3_stmt *q, int at, uint64_t n)
{
    sqlite3_bind_int64(q, at, (sqlite3_int64)n);
}

static void bind_text(sqlite3_stmt *q, int at, const char *text)
{
    if (text != NULL)
        sqlite3_bind_text(q, at, text, -1, SQLITE_TRANSIENT);
}

bool store_change(store_t *s, const char *sql, const char *const *text, uint32_t count)
{
    sqlite3_stmt *q = NULL;
    if (sqlite3_prepare_v2(s->db, sql, -1, &q, NULL) != SQLITE_OK)
        return fail_sql(s);
    for (uint32_t i = 0; i < count; i++)
        bind_text(q, (int)i + 1, text[i]);
    bool fine = finish(s, q);
    sqlite3_finalize(q);
    return fine;
}

static char *column_copy(sqlite3_stmt *q, int at)
{
    const char *text = (const char *)sqlite3_column_text(q, at);
    size_t bytes = (size_t)sqlite3_column_bytes(q, at);
    char *copy = text != NULL ? malloc(bytes + 1) : NULL;
    if (copy != NULL)
        memcpy(copy, text, bytes + 1);
    return copy;
}

/* ---- the file ---- */

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

bool store_is_file(const store_t *s, const char *name)
{
    struct stat mine, other;
    return stat(s->file, &mine) == 0 && stat(name, &other) == 0 && same_file(&mine, &other);
}

/* Whoever had the lock before removes its file at the end: it may be another file by now. */
static bool is_still(int lock, const char *file)
{
    struct stat mine, there;
    return fstat(lock, &mine) == 0 && stat(file, &there) == 0 && same_file(&mine, &there);
}

/* Who writes has the lock; it goes with the process, so a dead one has none. Children of a fork
 * have none either. */
static bool take_lock(store_t *s)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    snprintf(s->lock_file, sizeof(s->lock_file), "%s-lock", s->file);
    for (int i = 0; i < LOCK_TRIES; i++) {
        s->lock = open(s->lock_file, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (s->lock < 0)
            return store_blame(s, strerror(errno));
        bool mine = fcntl(s->lock, F_SETLK, &lock) == 0;
        if (mine && is_still(s->lock, s->lock_file))
            return true;
        close(s->lock);
        s->lock = -1;
        if (!mine)
            break;
    }
    return store_blame(s, "another fovea explore writes it");
}

static store_t *new_store(const char *file, char *error)
{
    store_t *s = calloc(1, sizeof(*s));
    if (s == NULL || strlen(file) >= sizeof(s->file)) {
        snprintf(error, STORE_ERROR, "%.200s: %s", file,
                 s == NULL ? "out of memory" : "name too long");
        free(s);
        return NULL;
    }
    s->lock = -1;
    s->patience = STORE_PATIENCE;
    memcpy(s->file, file, strlen(file) + 1);
    return s;
}

store_t *store_give_up(store_t *s, char *error)
{
    snprintf(error, STORE_ERROR, "%s", s->error);
    store_close(s);
    return NULL;
}

void store_set_patience(store_t *store, uint32_t million_steps)
{
    store->patience = million_steps;
}

static int on_statement(unsigned what, void *store, void *statement, void *text)
{
    (void)what, (void)statement, (void)text;
    ((store_t *)store)->steps = 0;
    return 0;
}

/* Not 0: the statement ends with SQLITE_INTERRUPT. */
static int on_steps(void *store)
{
    store_t *s = store;
    return ++s->steps > s->patience && !store_blame(s, "a query takes too long: has it an end?");
}

/* A file may come from anywhere: its triggers do not fire, and its views may have no end. */
static bool open_db(store_t *s, int flags)
{
    if (sqlite3_open_v2(s->file, &s->db, flags, NULL) != SQLITE_OK)
        return s->db != NULL ? fail_sql(s) : store_blame(s, "out of memory");
    sqlite3_busy_timeout(s->db, BUSY_MS);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_trace_v2(s->db, SQLITE_TRACE_STMT, on_statement, s);
    sqlite3_progress_handler(s->db, STEPS, on_steps, s);
    return store_run(s, "PRAGMA cell_size_check = ON");
}

store_t *store_file(const char *file, bool make, char *error)
{
    store_t *s = new_store(file, error);
    int flags = SQLITE_OPEN_READWRITE | (make ? SQLITE_OPEN_CREATE : 0);
    return s == NULL || (take_lock(s) && open_db(s, flags)) ? s : store_give_up(s, error);
}

/* Of a crash of the machine the last points may be lost, of one of the process none. */
bool store_set_up_writing(store_t *s)
{
    s->writes = true;
    return store_run(s, "PRAGMA journal_mode = WAL") && store_run(s, "PRAGMA synchronous = NORMAL");
}

double store_tables(store_t *s)
{
    return store_number(s, "SELECT count(*) FROM sqlite_master", -1);
}

bool store_is_sweep(store_t *s)
{
    double there = store_number(s, "SELECT count(*) FROM sqlite_master WHERE name = 'sweep'", -1);
    if (there < 0)
        return store_blame(s, "cannot be read");
    double count = there > 0 ? store_number(s, "SELECT count(*) FROM sweep", -1) : 0;
    return count >= 1 || store_blame(s, "no sweep of fovea explore");
}

void store_close(store_t *s)
{
    if (s == NULL)
        return;
    for (uint32_t i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(s->statement[i]);
    if (s->writes) /* one file again, if nobody looks at it now */
        sqlite3_exec(s->db, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
    sqlite3_close(s->db);
    if (s->lock >= 0) {
        unlink(s->lock_file);
        close(s->lock);
    }
    free(s);
}
bool store_begun(const char *file)
{
    char error[STORE_ERROR];
    store_t *s = access(file, F_OK) == 0 ? new_store(file, error) : NULL;
    bool begun = s != NULL &&
                 (!open_db(s, SQLITE_OPEN_READWRITE) || store_tables(s) < 0 || store_tables(s) > 0);
    store_close(s);
    return begun;
}

store_t *store_open(const char *file, char *error)
{
    store_t *s = new_store(file, error);
    if (s == NULL)
        return NULL;
    bool fine = open_db(s, SQLITE_OPEN_READONLY) && store_is_sweep(s);
    return fine ? s : store_give_up(s, error);
}

store_t *store_edit(const char *file, char *error)
{
    store_t *s = store_file(file, false, error);
    if (s == NULL)
        return NULL;
    bool fine =
        store_is_sweep(s) && store_set_up_writing(s) && store_run(s, "PRAGMA trusted_schema = OFF");
    return fine ? s : store_give_up(s, error);
}
/* ---- points ---- */

static store_state_t state_of(const char *text)
{
    for (uint32_t i = 0; i < STORE_STATES; i++)
        if (text != NULL && strcmp(text, store_states[i]) == 0)
            return (store_state_t)i;
    return STORE_WAITING;
}

static void take_value(evaluation_t *e, const char *name, double number)
{
    for (uint32_t i = 0; i < EVALUATE_FIGURES; i++)
        if (name != NULL && strcmp(evaluate_names[i].name, name) == 0)
            e->value[i] = number;
}

static bool read_values(store_t *s, uint64_t n, evaluation_t *e)
{
    sqlite3_stmt *q = prepared(s, GET_VALUES);
    if (q == NULL)
        return false;
    bind_id(q, 1, n);
    int code;
    while ((code = sqlite3_step(q)) == SQLITE_ROW)
        take_value(e, (const char *)sqlite3_column_text(q, 0), sqlite3_column_double(q, 1));
    sqlite3_reset(q);
    return code == SQLITE_DONE || fail_sql(s);
}

static const evaluate_outcome_t outcomes[STORE_STATES] = {
    [STORE_DONE] = EVALUATE_DONE,
    [STORE_REFUSED] = EVALUATE_REFUSED,
    [STORE_FAILED] = EVALUATE_FAILED,
};

bool store_point(store_t *s, uint64_t n, store_state_t *state, evaluation_t *e, char **parameters,
                 char **config)
{
    sqlite3_stmt *q = prepared(s, GET_POINT);
    if (q == NULL)
        return false;
    bind_id(q, 1, n);
    int code = sqlite3_step(q);
    bool there = code == SQLITE_ROW;
    if (there) {
        *state = state_of((const char *)sqlite3_column_text(q, 0));
        const char *reason = (const char *)sqlite3_column_text(q, 1);
        if (e != NULL) {
            evaluation_clear(e);
            e->outcome = outcomes[*state];
            snprintf(e->reason, sizeof(e->reason), "%s", reason != NULL ? reason : "");
        }
        if (parameters != NULL)
            *parameters = column_copy(q, 2);
        if (config != NULL)
            *config = column_copy(q, 3);
    }
    sqlite3_reset(q);
    if (!there && code != SQLITE_DONE)
        fail_sql(s);
    return there && (e == NULL || read_values(s, n, e));
}

bool store_begin(store_t *s, uint64_t n, const char *parameters, const char *config,
                 const char *hash, const char *worker)
{
    sqlite3_stmt *q = prepared(s, BEGIN);
    if (q == NULL)
        return false;
    bind_id(q, 1, n);
    bind_text(q, 2, parameters);
    bind_text(q, 3, config);
    bind_text(q, 4, hash);
    bind_text(q, 5, worker);
    return finish(s, q);
}

static bool insert_values(store_t *s, uint64_t n, const evaluation_t *e)
{
    sqlite3_stmt *q = prepared(s, VALUE);
    for (uint32_t i = 0; q != NULL && i < EVALUATE_FIGURES; i++) {
        if (!isfinite(e->value[i]))
            continue;
        bind_id(q, 1, n);
        bind_text(q, 2, evaluate_names[i].name);
        sqlite3_bind_double(q, 3, e->value[i]);
        if (!finish(s, q))
            return false;
    }
    return q != NULL;
}

bool store_end(store_t *s, uint64_t n, const evaluation_t *e, double seconds)
{
    static const store_state_t states[] = {
        [EVALUATE_DONE] = STORE_DONE,
        [EVALUATE_REFUSED] = STORE_REFUSED,
        [EVALUATE_FAILED] = STORE_FAILED,
    };
    sqlite3_stmt *q = prepared(s, END);
    if (q == NULL || !store_run(s, "BEGIN IMMEDIATE"))
        return false;
    bind_id(q, 1, n);
    bind_text(q, 2, store_states[states[e->outcome]]);
    bind_text(q, 3, e->reason[0] != '\0' ? e->reason : NULL);
    sqlite3_bind_double(q, 4, seconds);
    const uint32_t tensors[] = {e->tensors.reused, e->tensors.recorded, e->tensors.rejected};
    for (int i = 0; i < 3; i++)
        sqlite3_bind_int64(q, 5 + i, tensors[i]);
    if (finish(s, q) && insert_values(s, n, e))
        return store_run(s, "COMMIT");
    sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    return false;
}

bool store_put_back(store_t *s, uint64_t n)
{
    sqlite3_stmt *q = prepared(s, PUT_BACK);
    if (q == NULL)
        return false;
    bind_id(q, 1, n);
    return finish(s, q);
}

bool store_checked(store_t *s, uint64_t n, const char *what)
{
    sqlite3_stmt *q = prepared(s, CHECKED);
    if (q == NULL)
        return false;
    bind_id(q, 1, n);
    bind_text(q, 2, what);
    return finish(s, q);
}

/* ---- questions ---- */

/* What only reads: nothing is attached, no setting changed. */
static int authorize(void *ctx, int action, const char *a, const char *b, const char *db,
                     const char *inner)
{
    (void)ctx, (void)a, (void)b, (void)db, (void)inner;
    bool reads = action == SQLITE_SELECT || action == SQLITE_READ || action == SQLITE_FUNCTION ||
                 action == SQLITE_RECURSIVE;
    return reads ? SQLITE_OK : SQLITE_DENY;
}

static void take_cell(sqlite3_stmt *q, int i, bool head, store_cell_t *cell)
{
    int type = head ? SQLITE_NULL : sqlite3_column_type(q, i);
    const char *text = type == SQLITE_NULL ? NULL : (const char *)sqlite3_column_text(q, i);
    *cell = (store_cell_t){
        .name = sqlite3_column_name(q, i),
        .type = type == SQLITE_INTEGER ? STORE_INTEGER
                : type == SQLITE_FLOAT ? STORE_REAL
                : type == SQLITE_NULL  ? STORE_NULL
                                       : STORE_TEXT,
        .integer = type == SQLITE_INTEGER ? sqlite3_column_int64(q, i) : 0,
        .real = type == SQLITE_INTEGER || type == SQLITE_FLOAT ? sqlite3_column_double(q, i) : NAN,
        .text = text != NULL ? text : "",
    };
}

static bool rows_of(store_t *s, sqlite3_stmt *q, store_row_t row, void *ctx)
{
    int cells = sqlite3_column_count(q), code = SQLITE_DONE;
    store_cell_t *cell = calloc((size_t)cells + 1, sizeof(*cell));
    if (cell == NULL)
        return store_blame(s, "out of memory");
    for (int i = 0; i < cells; i++)
        take_cell(q, i, true, &cell[i]);
    bool more = row(ctx, cell, (uint32_t)cells, true);
    while (more && (code = sqlite3_step(q)) == SQLITE_ROW) {
        for (int i = 0; i < cells; i++)
            take_cell(q, i, false, &cell[i]);
        more = row(ctx, cell, (uint32_t)cells, false);
    }
    free(cell);
    return !more || code == SQLITE_DONE || fail_sql(s);
}

bool store_rows(store_t *s, const char *sql, store_row_t row, void *ctx)
{
    bool fine = true;
    s->error[0] = '\0';
    while (fine && *sql != '\0') {
        sqlite3_stmt *q = NULL;
        sqlite3_set_authorizer(s->db, authorize, NULL);
        fine = sqlite3_prepare_v2(s->db, sql, -1, &q, &sql) == SQLITE_OK || fail_sql(s);
        sqlite3_set_authorizer(s->db, NULL, NULL);
        if (fine && q != NULL)
            fine = rows_of(s, q, row, ctx);
        sqlite3_finalize(q);
    }
    return fine;
}

static bool on_number(void *ctx, const store_cell_t *cell, uint32_t cells, bool head)
{
    double *number = ctx;
    if (!head && cells > 0 && !isnan(cell[0].real))
        *number = cell[0].real;
    return head;
}

double store_number(store_t *store, const char *sql, double otherwise)
{
    double number = NAN;
    if (!store_rows(store, sql, on_number, &number) || isnan(number))
        return otherwise;
    return number;
}
