#include "tools/golden.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/file.h"
#include "tools/difference.h"

enum { PATH = 1280, MAX_FILE = 1 << 28 };

/* What two files have in common, and not. */
typedef struct {
    const expect_file_t *file;
    char path[CHECK_TEXT];                           /* of the value that is looked at */
    uint64_t moved;                                  /* values that differ at all */
    uint64_t wrong;                                  /* of these, beyond what is tolerated */
    double most;                                     /* largest relative change of a number */
    char first[CHECK_TEXT], expected[64], found[64]; /* the first wrong one */
    char largest[CHECK_TEXT];                        /* the largest change, in words */
} walk_t;

static double tolerance(const expect_file_t *file, const char *key, double otherwise)
{
    for (uint32_t i = 0; i < file->tolerances; i++)
        if (strcmp(file->tolerance[i].key, key) == 0)
            return file->tolerance[i].by;
    return otherwise;
}

/* ---- JSON ---- */

static void describe(const sim_json_t *value, char *text, size_t bytes)
{
    switch (sim_json_kind(value)) {
    case SIM_JSON_NONE:
        snprintf(text, bytes, "nothing");
        break;
    case SIM_JSON_NUM:
        snprintf(text, bytes, "%.15g", sim_json_num(value, 0));
        break;
    case SIM_JSON_BOOL:
        snprintf(text, bytes, "%s", sim_json_num(value, 0) > 0 ? "true" : "false");
        break;
    case SIM_JSON_STR:
        snprintf(text, bytes, "\"%s\"", sim_json_str(value, ""));
        break;
    case SIM_JSON_NULL:
        snprintf(text, bytes, "null");
        break;
    default:
        snprintf(text, bytes, "%s",
                 sim_json_kind(value) == SIM_JSON_ARRAY ? "an array" : "an object");
    }
}

static void note(walk_t *w, const sim_json_t *a, const sim_json_t *b, bool tolerated)
{
    double x = sim_json_num(a, 0), y = sim_json_num(b, 0);
    double scale = fmax(fabs(x), fabs(y));
    bool numbers = sim_json_kind(a) == SIM_JSON_NUM && sim_json_kind(b) == SIM_JSON_NUM;
    double change = numbers && scale > 0 ? fabs(x - y) / scale : 1;
    w->moved++;
    if (change > w->most) {
        char from[64], to[64];
        describe(a, from, sizeof(from));
        describe(b, to, sizeof(to));
        w->most = change;
        snprintf(w->largest, sizeof(w->largest), "%.300s %s -> %s", w->path, from, to);
    }
    if (tolerated)
        return;
    if (w->wrong++ == 0) {
        snprintf(w->first, sizeof(w->first), "%s", w->path);
        describe(a, w->expected, sizeof(w->expected));
        describe(b, w->found, sizeof(w->found));
    }
}

static bool same_scalar(const sim_json_t *a, const sim_json_t *b)
{
    if (sim_json_kind(a) == SIM_JSON_STR)
        return strcmp(sim_json_str(a, ""), sim_json_str(b, "")) == 0;
    double x = sim_json_num(a, 0), y = sim_json_num(b, 0);
    return !(x < y) && !(x > y);
}

static void walk(walk_t *w, const sim_json_t *a, const sim_json_t *b, const char *key);

static void walk_under(walk_t *w, const sim_json_t *a, const sim_json_t *b, const char *key,
                       int64_t index)
{
    size_t length = strlen(w->path), room = sizeof(w->path) - length;
    if (index >= 0)
        snprintf(w->path + length, room, "[%lld]", (long long)index);
    else
        snprintf(w->path + length, room, "%s%s", length > 0 ? "." : "", key);
    walk(w, a, b, key);
    w->path[length] = '\0';
}

static void walk_object(walk_t *w, const sim_json_t *a, const sim_json_t *b)
{
    for (const sim_json_t *i = sim_json_first(a); i != NULL; i = sim_json_next(i))
        walk_under(w, i, sim_json_find(b, sim_json_key(i)), sim_json_key(i), -1);
    for (const sim_json_t *i = sim_json_first(b); i != NULL; i = sim_json_next(i))
        if (sim_json_find(a, sim_json_key(i)) == NULL)
            walk_under(w, NULL, i, sim_json_key(i), -1);
}

/* Elements have the tolerance of the array's key. */
static void walk_array(walk_t *w, const sim_json_t *a, const sim_json_t *b, const char *key)
{
    const sim_json_t *x = sim_json_first(a), *y = sim_json_first(b);
    for (int64_t i = 0; x != NULL || y != NULL; i++) {
        walk_under(w, x, y, key, i);
        x = sim_json_next(x);
        y = sim_json_next(y);
    }
}

static void walk(walk_t *w, const sim_json_t *a, const sim_json_t *b, const char *key)
{
    sim_json_kind_t kind = sim_json_kind(a);
    if (kind != sim_json_kind(b)) {
        note(w, a, b, false);
    } else if (kind == SIM_JSON_OBJECT) {
        walk_object(w, a, b);
    } else if (kind == SIM_JSON_ARRAY) {
        walk_array(w, a, b, key);
    } else if (!same_scalar(a, b)) {
        double by = fabs(sim_json_num(a, 0) - sim_json_num(b, 0));
        note(w, a, b, kind == SIM_JSON_NUM && by <= tolerance(w->file, key, 0));
    }
}

/* ---- a file, and its lines ---- */

typedef struct {
    uint8_t *data;
    size_t bytes;
} blob_t;

/* NULL without a complaint where a line is missing on one side. */
static sim_doc_t *parse(const char *text, size_t bytes)
{
    sim_doc_t *doc = bytes > 0 ? sim_doc_parse(text, bytes, "") : NULL;
    if (doc == NULL || sim_doc_error(doc) == NULL)
        return doc;
    sim_doc_free(doc);
    return NULL;
}

static void walk_text(walk_t *w, const char *a, size_t a_bytes, const char *b, size_t b_bytes)
{
    if (a_bytes == b_bytes && memcmp(a, b, a_bytes) == 0)
        return;
    sim_doc_t *x = parse(a, a_bytes), *y = parse(b, b_bytes);
    uint64_t before = w->moved;
    walk(w, x != NULL ? sim_doc_root(x).node : NULL, y != NULL ? sim_doc_root(y).node : NULL, "");
    if (w->moved == before && (x == NULL || y == NULL))
        note(w, NULL, NULL, false); /* neither is JSON, and they differ */
    sim_doc_free(x);
    sim_doc_free(y);
}

static const char *line_end(const char *at)
{
    const char *end = strchr(at, '\n');
    return end != NULL ? end : at + strlen(at);
}

static void walk_lines(walk_t *w, const char *a, const char *b)
{
    for (uint32_t number = 1; *a != '\0' || *b != '\0'; number++) {
        const char *a_end = line_end(a), *b_end = line_end(b);
        snprintf(w->path, sizeof(w->path), "line %u", number);
        walk_text(w, a, (size_t)(a_end - a), b, (size_t)(b_end - b));
        a = a_end + (*a_end == '\n');
        b = b_end + (*b_end == '\n');
    }
}

static void walk_bytes(walk_t *w, const blob_t *a, const blob_t *b)
{
    size_t most = a->bytes > b->bytes ? a->bytes : b->bytes, first = most;
    for (size_t i = 0; i < most; i++) {
        bool same = i < a->bytes && i < b->bytes && a->data[i] == b->data[i];
        if (!same && i < first)
            first = i;
        w->wrong += !same;
    }
    w->moved = w->wrong;
    if (w->wrong == 0)
        return;
    snprintf(w->first, sizeof(w->first), "byte %zu", first);
    snprintf(w->largest, sizeof(w->largest), "first at byte %zu", first);
    snprintf(w->expected, sizeof(w->expected), "%zu bytes", a->bytes);
    snprintf(w->found, sizeof(w->found), "%zu bytes, %" PRIu64 " others", b->bytes, w->wrong);
}

/* ---- pictures ---- */

static void judge_picture(const expect_file_t *file, const sim_image_t *a, const sim_image_t *b,
                          walk_t *w)
{
    difference_t d;
    double least_db = tolerance(file, "psnr_db", 0), dn = tolerance(file, "dn", 0);
    bool by_psnr = least_db > 0;
    if (!difference_of(a, b, (uint32_t)fmin(dn, 255), &d)) {
        w->moved = w->wrong = 1;
        snprintf(w->expected, sizeof(w->expected), "%ux%u", a->width_px, a->height_px);
        snprintf(w->found, sizeof(w->found), "%ux%u", b->width_px, b->height_px);
        snprintf(w->largest, sizeof(w->largest), "another size");
        return;
    }
    bool has_dn = tolerance(file, "dn", -1) >= 0;
    bool bad_dn = (has_dn || !by_psnr) && d.samples > 0;
    bool bad_psnr = by_psnr && d.psnr_db < least_db;
    w->moved = d.most_dn > 0;
    w->wrong = bad_dn || bad_psnr;
    snprintf(w->largest, sizeof(w->largest), "up to %u DN at %u,%u, PSNR %.2f dB", d.most_dn,
             d.x_px, d.y_px, d.psnr_db);
    snprintf(w->first, sizeof(w->first), "box %u,%u %ux%u", d.left, d.top, d.width, d.height);
    if (bad_dn)
        snprintf(w->expected, sizeof(w->expected), "within %.0f DN", dn);
    else
        snprintf(w->expected, sizeof(w->expected), "PSNR at least %g dB", least_db);
    if (bad_dn)
        snprintf(w->found, sizeof(w->found), "%u DN at %u,%u, PSNR %.2f dB", d.most_dn, d.x_px,
                 d.y_px, d.psnr_db);
    else
        snprintf(w->found, sizeof(w->found), "PSNR %.2f dB", d.psnr_db);
}

/* golden_frames_frame_00000.png */
static void picture_name(const char *file, char *name, size_t bytes)
{
    snprintf(name, bytes, "diff_%.*s", (int)bytes - 12, file);
    for (char *c = name; *c != '\0'; c++)
        *c = *c == '/' ? '_' : *c;
}

static void walk_picture(const expect_file_t *file, const blob_t *a, const blob_t *b,
                         const char *dir, walk_t *w, char *picture, size_t bytes)
{
    sim_image_t golden = {0}, mine = {0};
    char error[256] = "", path[PATH];
    bool fine =
        sim_png_decode(a->data, a->bytes, "golden", &golden, error, sizeof(error)) == SIM_OK &&
        sim_png_decode(b->data, b->bytes, "found", &mine, error, sizeof(error)) == SIM_OK;
    if (fine) {
        judge_picture(file, &golden, &mine, w);
    } else {
        w->moved = w->wrong = 1;
        snprintf(w->expected, sizeof(w->expected), "two PNG files");
        snprintf(w->found, sizeof(w->found), "%.60s", error);
    }
    if (fine && w->wrong > 0) {
        picture_name(file->name, picture, bytes);
        snprintf(path, sizeof(path), "%s/%s", dir, picture);
        if (!difference_picture(&golden, &mine, path, error, sizeof(error)))
            picture[0] = '\0';
    }
    sim_image_free(&golden);
    sim_image_free(&mine);
}

/* ---- all ---- */

static bool load(const char *folder, const char *name, blob_t *blob, char *error, size_t bytes)
{
    char path[PATH];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    blob->data = sim_file_read(path, MAX_FILE, &blob->bytes, error, bytes);
    return blob->data != NULL;
}

static bool save(const char *folder, const char *name, const blob_t *blob, char *error,
                 size_t bytes)
{
    char path[PATH], parent[PATH];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    snprintf(parent, sizeof(parent), "%s", path);
    *strrchr(parent, '/') = '\0';
    return sim_dir_make(parent, error, bytes) == SIM_OK &&
           sim_file_write(path, blob->data, blob->bytes, error, bytes) == SIM_OK;
}

/* Lines end at a 0 byte, and so would the comparison. */
static bool is_text(const blob_t *blob)
{
    return memchr(blob->data, '\0', blob->bytes) == NULL;
}

static void compare(const expect_file_t *file, const blob_t *golden, const blob_t *mine,
                    const char *dir, walk_t *w, check_t *check)
{
    w->file = file;
    bool text = is_text(golden) && is_text(mine);
    if (golden->bytes == mine->bytes && memcmp(golden->data, mine->data, mine->bytes) == 0)
        return;
    if (sim_file_ends(file->name, ".png"))
        walk_picture(file, golden, mine, dir, w, check->picture, sizeof(check->picture));
    else if (text && sim_file_ends(file->name, ".jsonl"))
        walk_lines(w, (const char *)golden->data, (const char *)mine->data);
    else if (text && sim_file_ends(file->name, ".json"))
        walk_text(w, (const char *)golden->data, golden->bytes, (const char *)mine->data,
                  mine->bytes);
    else
        walk_bytes(w, golden, mine);
}

static void update_file(const char *folder, const expect_file_t *file, const blob_t *golden,
                        const blob_t *mine, const walk_t *w, check_t *check)
{
    char error[CHECK_TEXT];
    bool same = golden->data != NULL && golden->bytes == mine->bytes &&
                memcmp(golden->data, mine->data, mine->bytes) == 0;
    check->passed = same || save(folder, file->name, mine, error, sizeof(error));
    check->picture[0] = '\0';
    if (!check->passed)
        snprintf(check->found, sizeof(check->found), "%s", error);
    else if (golden->data == NULL)
        snprintf(check->found, sizeof(check->found), "new, %zu bytes", mine->bytes);
    else if (!same)
        snprintf(check->found, sizeof(check->found),
                 "rewritten, %" PRIu64 " values moved, most: %.300s", w->moved, w->largest);
}

static void judge(const walk_t *w, check_t *check)
{
    check->passed = w->wrong == 0;
    if (check->passed)
        return;
    snprintf(check->where, sizeof(check->where), "%s", w->first);
    snprintf(check->expected, sizeof(check->expected), "%s", w->expected);
    snprintf(check->found, sizeof(check->found), "%s; %" PRIu64 " differ, most: %.300s", w->found,
             w->wrong, w->largest);
}

static void check_file(const expect_file_t *file, const char *folder, const char *dir, bool update,
                       verdict_t *verdict)
{
    char what[EXPECT_NAME + 16], error[CHECK_TEXT];
    blob_t golden = {0}, mine = {0};
    snprintf(what, sizeof(what), "golden %s", file->name);
    check_t *check = verdict_add(verdict, what, false);
    walk_t *w = calloc(1, sizeof(*w));
    bool has_mine = load(dir, file->name, &mine, error, sizeof(error));
    bool has_golden = has_mine && load(folder, file->name, &golden, error, sizeof(error));
    if (w != NULL && has_golden)
        compare(file, &golden, &mine, dir, w, check);
    if (w == NULL)
        snprintf(check->found, sizeof(check->found), "out of memory");
    else if (!has_mine)
        snprintf(check->found, sizeof(check->found), "%s", error);
    else if (update)
        update_file(folder, file, &golden, &mine, w, check);
    else if (!has_golden)
        snprintf(check->found, sizeof(check->found), "%.400s (--update makes it)", error);
    else
        judge(w, check);
    free(w);
    free(golden.data);
    free(mine.data);
}

void golden_check(const expect_t *expect, const char *folder, const char *dir, bool update,
                  verdict_t *verdict)
{
    for (uint32_t i = 0; i < expect->files; i++)
        check_file(&expect->file[i], folder, dir, update, verdict);
}
