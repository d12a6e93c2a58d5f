#include "tools/run_diff.h"

#include <dirent.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/file.h"
#include "tools/difference.h"

enum { PATH = 1400, MOST_BYTES = 1 << 30, MOST_NAMES = 1 << 16 };

static const char *const line_files[] = {"metadata.jsonl", "truth.jsonl",      "faults.jsonl",
                                         "pins.jsonl",     "host_reads.jsonl", "postmortem.jsonl",
                                         "tensors.jsonl"};
static const char *const byte_files[] = {"uart.log", "link.csi2", "trace.json"};
/* Pictures are the .png files of these. */
static const char *const picture_folders[] = {"frames", "."};

static bool fail(char *error, size_t bytes, const char *fmt, ...) SIM_PRINTF(3, 4);
static bool fail(char *error, size_t bytes, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(error, bytes, fmt, args);
    va_end(args);
    return false;
}

static bool exists(const char *dir, const char *name)
{
    char path[PATH];
    struct stat file;
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    return stat(path, &file) == 0 && S_ISREG(file.st_mode);
}

/* ---- values ---- */

/* NULL and true: not there. */
static bool load(const char *dir, const char *name, sim_doc_t **doc, char *error, size_t bytes)
{
    char path[PATH];
    *doc = NULL;
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    if (!exists(dir, name))
        return true;
    *doc = sim_doc_load(path);
    if (*doc == NULL)
        return fail(error, bytes, "out of memory");
    return sim_doc_error(*doc) == NULL || fail(error, bytes, "%s", sim_doc_error(*doc));
}

static bool compare_values(run_diff_t *d, const char *name, run_diff_values_t *values, char *error,
                           size_t bytes)
{
    sim_doc_t *a = NULL, *b = NULL;
    bool fine = load(d->a, name, &a, error, bytes) && load(d->b, name, &b, error, bytes);
    if (fine && (a != NULL || b != NULL))
        fine = run_diff_walk(values, "", a != NULL ? sim_doc_root(a).node : NULL,
                             b != NULL ? sim_doc_root(b).node : NULL, d->within) ||
               fail(error, bytes, "out of memory");
    run_diff_sort(values);
    sim_doc_free(a);
    sim_doc_free(b);
    return fine;
}

/* ---- lines ---- */

/* A file in memory, line by line; a file that is not there has none. */
typedef struct {
    char *text, *at, *line;
    uint64_t number;
    size_t length;
} reader_t;

static bool open_lines(const char *dir, const char *name, reader_t *r, char *error, size_t bytes)
{
    char path[PATH];
    size_t length;
    *r = (reader_t){0};
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    if (!exists(dir, name))
        return true;
    r->text = r->at = (char *)sim_file_read(path, MOST_BYTES, &length, error, bytes);
    return r->text != NULL;
}

/* To the next line that is not empty, in place; NULL: no more. */
static void next_line(reader_t *r)
{
    r->line = NULL;
    r->length = 0;
    while (r->length == 0 && r->at != NULL && *r->at != '\0') {
        r->line = r->at;
        r->length = strcspn(r->line, "\n");
        r->at += r->length + (r->line[r->length] == '\n');
        r->line[r->length] = '\0';
        r->number++;
    }
    if (r->length == 0)
        r->line = NULL;
}

static sim_doc_t *parse(const reader_t *r, const char *dir, const char *name, char *error,
                        size_t bytes)
{
    sim_doc_t *doc = sim_doc_parse(r->line, r->length, name);
    if (doc != NULL && sim_doc_error(doc) == NULL)
        return doc;
    fail(error, bytes, "%s/%s:%llu: no JSON object", dir, name, (unsigned long long)r->number);
    sim_doc_free(doc);
    return NULL;
}

/* Events of one line that the other does not have: their texts in order of the lines. */
static void note_events(run_diff_t *d, const char *name, const sim_json_t *from,
                        const sim_json_t *other, bool in_b)
{
    const sim_json_t *list = sim_json_find(from, "events"),
                     *others = sim_json_find(other, "events");
    for (const sim_json_t *e = sim_json_first(list); e != NULL; e = sim_json_next(e)) {
        char *text = sim_json_print(e, false);
        bool found = false;
        for (const sim_json_t *o = sim_json_first(others); o != NULL && !found;
             o = sim_json_next(o)) {
            char *same = sim_json_print(o, false);
            found = text != NULL && same != NULL && strcmp(text, same) == 0;
            free(same);
        }
        if (!found && d->events < RUN_DIFF_EVENTS) {
            run_diff_event_t *event = &d->event[d->events];
            *event = (run_diff_event_t){.file = name, .in_b = in_b};
            snprintf(event->text, sizeof(event->text), "%s", text != NULL ? text : "?");
        }
        d->events += !found;
        free(text);
    }
}

/* 0: lines of the same frame, or of none. Else below 0 where that of A comes first, and alone: by
 * time, since frames are counted anew after a reset. */
static int order_of(const sim_json_t *a, const sim_json_t *b)
{
    static const char *const keys[] = {"time_ps", "frame"};
    double frame_a = sim_json_num(sim_json_find(a, "frame"), -1);
    double frame_b = sim_json_num(sim_json_find(b, "frame"), -1);
    int order = 0;
    if (frame_a < 0 || frame_b < 0 || !(frame_a < frame_b || frame_a > frame_b))
        return 0;
    for (size_t i = 0; order == 0 && i < SIM_COUNT(keys); i++) {
        double x = sim_json_num(sim_json_find(a, keys[i]), 0);
        double y = sim_json_num(sim_json_find(b, keys[i]), 0);
        order = (x > y) - (x < y);
    }
    return order;
}

/* Two lines that are not the same; a is NULL where only B has it, and the other way around. */
static bool note_line(run_diff_t *d, run_diff_lines_t *l, uint64_t number, const sim_json_t *a,
                      const sim_json_t *b)
{
    run_diff_values_t values = {0};
    bool fine = run_diff_walk(&values, "", a, b, d->within);
    if (fine && values.count > 0) {
        if (l->first == 0) {
            const run_diff_value_t *v = &values.value[0];
            l->first = number;
            if (a != NULL && b != NULL)
                snprintf(l->why, sizeof(l->why), "%s %s -> %s", v->path,
                         v->a[0] != '\0' ? v->a : "nothing", v->b[0] != '\0' ? v->b : "nothing");
            else
                snprintf(l->why, sizeof(l->why), "only in %s", a != NULL ? "A" : "B");
        }
        l->differ += a != NULL && b != NULL;
        l->only_a += b == NULL;
        l->only_b += a == NULL;
        note_events(d, l->name, a, b, false);
        note_events(d, l->name, b, a, true);
    }
    free(values.value);
    return fine;
}

/* The lines that readers are at; a reader without a line is at its end. order: 0 when both may go
 * on, else below 0 when only A may. */
static bool compare_line(run_diff_t *d, run_diff_lines_t *l, const reader_t *a, const reader_t *b,
                         int *order, char *error, size_t bytes)
{
    sim_doc_t *x = a->line != NULL ? parse(a, d->a, l->name, error, bytes) : NULL;
    sim_doc_t *y = b->line != NULL ? parse(b, d->b, l->name, error, bytes) : NULL;
    bool fine = (a->line == NULL || x != NULL) && (b->line == NULL || y != NULL);
    const sim_json_t *of_a = x != NULL ? sim_doc_root(x).node : NULL;
    const sim_json_t *of_b = y != NULL ? sim_doc_root(y).node : NULL;
    if (of_a == NULL || of_b == NULL)
        *order = of_a == NULL ? 1 : -1;
    else
        *order = order_of(of_a, of_b);
    fine = fine && (note_line(d, l, *order <= 0 ? a->number : b->number, *order <= 0 ? of_a : NULL,
                              *order >= 0 ? of_b : NULL) ||
                    fail(error, bytes, "out of memory"));
    sim_doc_free(x);
    sim_doc_free(y);
    return fine;
}

static bool compare_lines(run_diff_t *d, const char *name, char *error, size_t bytes)
{
    reader_t a = {0}, b = {0};
    run_diff_lines_t l = {.name = name};
    bool fine =
        open_lines(d->a, name, &a, error, bytes) && open_lines(d->b, name, &b, error, bytes);
    next_line(&a);
    next_line(&b);
    while (fine && (a.line != NULL || b.line != NULL)) {
        int order = 0;
        if (a.line == NULL || b.line == NULL || strcmp(a.line, b.line) != 0)
            fine = compare_line(d, &l, &a, &b, &order, error, bytes);
        l.a += order <= 0;
        l.b += order >= 0;
        if (order <= 0)
            next_line(&a);
        if (order >= 0)
            next_line(&b);
    }
    free(a.text);
    free(b.text);
    if (fine && l.differ + l.only_a + l.only_b > 0)
        d->lines[d->line_files++] = l;
    return fine;
}

/* ---- pictures, other files ---- */

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void free_names(char **name, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        free(name[i]);
    free(name);
}

/* Names of a folder's pictures, sorted; NULL without memory. */
static char **list_pictures(const char *folder, uint32_t *count)
{
    DIR *dir = opendir(folder);
    char **name = calloc(MOST_NAMES, sizeof(*name));
    *count = 0;
    for (struct dirent *e; name != NULL && dir != NULL && (e = readdir(dir)) != NULL;) {
        if (!ends_with(e->d_name, ".png") || strlen(e->d_name) >= 48 || *count == MOST_NAMES ||
            strncmp(e->d_name, "diff_", 5) == 0) /* pictures of differences are not the run's */
            continue;
        name[*count] = strdup(e->d_name);
        *count += name[*count] != NULL;
    }
    if (dir != NULL)
        closedir(dir);
    if (name != NULL && *count > 0)
        qsort(name, *count, sizeof(*name), by_name);
    return name;
}

static double mean_of(const sim_image_t *a, const sim_image_t *b)
{
    size_t samples = (size_t)a->width_px * a->height_px * a->channels;
    uint64_t sum = 0;
    for (size_t i = 0; i < samples; i++)
        sum += (uint64_t)abs((int)a->data[i] - b->data[i]);
    return samples > 0 ? (double)sum / (double)samples : 0;
}

static bool compare_picture(run_diff_t *d, const char *folder, const char *name, char *error,
                            size_t bytes)
{
    char file_a[PATH], file_b[PATH];
    sim_image_t a = {0}, b = {0};
    difference_t how;
    snprintf(file_a, sizeof(file_a), "%s/%s/%s", d->a, folder, name);
    snprintf(file_b, sizeof(file_b), "%s/%s/%s", d->b, folder, name);
    bool fine = sim_png_read(file_a, &a, error, bytes) == SIM_OK &&
                sim_png_read(file_b, &b, error, bytes) == SIM_OK;
    if (fine) {
        bool sizes = !difference_of(&a, &b, 0, &how);
        bool same = !sizes && (how.samples == 0 || mean_of(&a, &b) / 255 <= d->within);
        d->pictures_same += same;
        if (!same && d->pictures < RUN_DIFF_PICTURES) {
            run_diff_picture_t *p = &d->picture[d->pictures];
            *p = (run_diff_picture_t){.sizes = sizes};
            snprintf(p->name, sizeof(p->name), "%s%s%.48s", folder[0] != '.' ? folder : "",
                     folder[0] != '.' ? "/" : "", name);
            if (!sizes) {
                p->mean_dn = mean_of(&a, &b);
                p->psnr_db = how.psnr_db;
                p->most_dn = how.most_dn;
                p->x_px = how.x_px;
                p->y_px = how.y_px;
            }
        }
        d->pictures += !same && d->pictures < RUN_DIFF_PICTURES;
    }
    sim_image_free(&a);
    sim_image_free(&b);
    return fine;
}

static bool compare_folder(run_diff_t *d, const char *folder, char *error, size_t bytes)
{
    char dir_a[PATH], dir_b[PATH];
    uint32_t counts[2], i = 0, k = 0;
    snprintf(dir_a, sizeof(dir_a), "%s/%s", d->a, folder);
    snprintf(dir_b, sizeof(dir_b), "%s/%s", d->b, folder);
    char **a = list_pictures(dir_a, &counts[0]), **b = list_pictures(dir_b, &counts[1]);
    bool fine = (a != NULL && b != NULL) || fail(error, bytes, "out of memory");
    while (fine && (i < counts[0] || k < counts[1])) {
        int order = i == counts[0] ? 1 : k == counts[1] ? -1 : strcmp(a[i], b[k]);
        if (order == 0)
            fine = compare_picture(d, folder, a[i], error, bytes);
        d->pictures_a += order < 0;
        d->pictures_b += order > 0;
        i += order <= 0;
        k += order >= 0;
    }
    free_names(a, a != NULL ? counts[0] : 0);
    free_names(b, b != NULL ? counts[1] : 0);
    return fine;
}

static int64_t bytes_of(const char *file)
{
    struct stat s;
    return stat(file, &s) == 0 ? (int64_t)s.st_size : -1;
}

/* How many bytes are the same from the beginning on. */
static uint64_t same_bytes(FILE *a, FILE *b)
{
    char x[8192], y[8192];
    for (uint64_t at = 0;;) {
        size_t n = fread(x, 1, sizeof(x), a), m = fread(y, 1, sizeof(y), b);
        size_t both = n < m ? n : m, i = 0;
        while (i < both && x[i] == y[i])
            i++;
        at += i;
        if (i < sizeof(x))
            return at;
    }
}

static void compare_bytes(run_diff_t *d, const char *name)
{
    char file_a[PATH], file_b[PATH];
    snprintf(file_a, sizeof(file_a), "%s/%s", d->a, name);
    snprintf(file_b, sizeof(file_b), "%s/%s", d->b, name);
    run_diff_file_t f = {name, bytes_of(file_a), bytes_of(file_b), 0};
    FILE *a = fopen(file_a, "rb"), *b = fopen(file_b, "rb");
    if (a != NULL && b != NULL)
        f.first = same_bytes(a, b);
    if (f.a_bytes != f.b_bytes || (int64_t)f.first < f.a_bytes)
        d->file[d->files++] = f;
    if (a != NULL)
        fclose(a);
    if (b != NULL)
        fclose(b);
}

/* ---- all of it ---- */

static bool is_run(const char *dir, char *error, size_t bytes)
{
    struct stat folder;
    if (strlen(dir) > PATH - 200)
        return fail(error, bytes, "the name of a folder is too long");
    if (stat(dir, &folder) != 0 || !S_ISDIR(folder.st_mode))
        return fail(error, bytes, "%s: not a folder", dir);
    return exists(dir, "stats.json") ||
           fail(error, bytes,
                "%s: no stats.json: not the folder of a run, or of one that did not end", dir);
}

bool run_diff(const char *a, const char *b, double within, run_diff_t *d, char *error, size_t bytes)
{
    memset(d, 0, sizeof(*d));
    d->a = a;
    d->b = b;
    d->within = within;
    bool fine = is_run(a, error, bytes) && is_run(b, error, bytes) &&
                compare_values(d, "stats.json", &d->stats, error, bytes) &&
                compare_values(d, "config.json", &d->config, error, bytes);
    for (size_t i = 0; i < SIM_COUNT(line_files) && fine; i++)
        fine = compare_lines(d, line_files[i], error, bytes);
    for (size_t i = 0; i < SIM_COUNT(picture_folders) && fine; i++)
        fine = compare_folder(d, picture_folders[i], error, bytes);
    for (size_t i = 0; i < SIM_COUNT(byte_files) && fine && !(within > 0); i++)
        compare_bytes(d, byte_files[i]);
    return fine;
}

void run_diff_free(run_diff_t *d)
{
    free(d->stats.value);
    free(d->config.value);
    d->stats.value = d->config.value = NULL;
}

bool run_diff_same(const run_diff_t *d)
{
    return d->stats.count == 0 && d->config.count == 0 && d->line_files == 0 && d->pictures == 0 &&
           d->pictures_a == 0 && d->pictures_b == 0 && d->files == 0;
}
