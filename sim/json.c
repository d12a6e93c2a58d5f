/*
 * json.c - cJSON, wrapped: strict reading with paths in complaints, exact numbers on output.
 *
 * Which keys were asked for is kept in the tree itself, as a bit of the node's type that cJSON does
 * not use; keys that were asked for and absent are kept in a list, for "did you mean".
 */
#include "sim/json.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/file.h"
#include "sim/json_text.h"
#include "sim/time.h"

#define MAX_BYTES ((size_t)64 << 20)
#define MAX_DEPTH 64
#define MAX_EXACT 9007199254740992.0 /* 2^53: every integer up to here is a double */
#define ASKED (1 << 16)              /* in cJSON.type; cJSON uses the low ten bits */

typedef struct {
    const cJSON *object;
    char key[40];
} missed_t;

struct sim_doc {
    char *file;
    cJSON *root;
    bool failed;
    char error[512];
    missed_t *missed; /* keys asked for and absent, latest last */
    size_t missed_count, missed_room;
    const cJSON *array, *item; /* the array element looked at last, so that loops are linear */
    uint32_t index;
};

static const cJSON *node_of(const sim_cfg_t *cfg)
{
    return (const cJSON *)(const void *)cfg->node;
}

static sim_json_t *to_value(cJSON *node)
{
    return (sim_json_t *)(void *)node;
}

static cJSON *from_value(const sim_json_t *value)
{
    return (cJSON *)(uintptr_t)value;
}

/* ---- complaints ---- */

/* The first one stays. Keys come from the file: what would break the line is made visible. */
static void doc_fail(sim_doc_t *doc, const char *fmt, ...) SIM_PRINTF(2, 3);
static void doc_fail(sim_doc_t *doc, const char *fmt, ...)
{
    if (doc->failed)
        return;
    doc->failed = true;
    va_list args;
    va_start(args, fmt);
    vsnprintf(doc->error, sizeof(doc->error), fmt, args);
    va_end(args);
    for (char *c = doc->error; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
}

void sim_cfg_fail(const sim_cfg_t *cfg, const char *key, const char *fmt, ...)
{
    if (cfg->doc == NULL || cfg->doc->failed)
        return;
    char what[256];
    va_list args;
    va_start(args, fmt);
    vsnprintf(what, sizeof(what), fmt, args);
    va_end(args);
    bool has_path = cfg->path[0] != '\0';
    doc_fail(cfg->doc, "%s%s%s%s%s: %s", cfg->doc->file, has_path || key != NULL ? ": " : "",
             cfg->path, has_path && key != NULL ? "." : "", key != NULL ? key : "", what);
}

const char *sim_doc_error(const sim_doc_t *doc)
{
    return doc->failed ? doc->error : NULL;
}

/* ---- documents ---- */

static int compare_keys(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void check_object_keys(sim_cfg_t *cfg, const cJSON *object)
{
    size_t count = (size_t)cJSON_GetArraySize(object), i = 0;
    if (count < 2)
        return;
    const char **keys = malloc(count * sizeof(*keys));
    if (keys == NULL) {
        sim_cfg_fail(cfg, NULL, "out of memory");
        return;
    }
    const cJSON *child = NULL;
    cJSON_ArrayForEach(child, object)
    {
        keys[i++] = child->string;
    }
    qsort(keys, count, sizeof(*keys), compare_keys);
    for (i = 1; i < count; i++)
        if (strcmp(keys[i - 1], keys[i]) == 0)
            sim_cfg_fail(cfg, keys[i], "key is there twice");
    free(keys);
}

/* Appends ".key" or "[index]" to the path; what does not fit is cut off. */
static size_t path_push(sim_cfg_t *cfg, const char *key, uint32_t index)
{
    size_t length = strlen(cfg->path), room = sizeof(cfg->path) - length;
    if (key != NULL)
        snprintf(cfg->path + length, room, "%s%s", length > 0 ? "." : "", key);
    else
        snprintf(cfg->path + length, room, "[%" PRIu32 "]", index);
    return length;
}

static void check_duplicates(sim_cfg_t *cfg, const cJSON *node)
{
    if (cJSON_IsObject(node))
        check_object_keys(cfg, node);
    uint32_t index = 0;
    const cJSON *child = NULL;
    cJSON_ArrayForEach(child, node)
    {
        if (child->child != NULL) {
            size_t length = path_push(cfg, child->string, index);
            check_duplicates(cfg, child);
            cfg->path[length] = '\0';
        }
        index++;
    }
}

static void fail_at(sim_doc_t *doc, const char *text, size_t at, const char *what)
{
    size_t line, column;
    sim_json_locate(text, at, &line, &column);
    doc_fail(doc, "%s: line %zu, column %zu: %s", doc->file, line, column, what);
}

static void parse(sim_doc_t *doc, const char *text, size_t bytes)
{
    size_t at = 0;
    const char *what = sim_json_scan(text, bytes, MAX_DEPTH, &at);
    if (what != NULL) {
        fail_at(doc, text, at, what);
        return;
    }
    const char *end = text;
    doc->root = cJSON_ParseWithLengthOpts(text, bytes, &end, 0);
    at = (size_t)(end - text);
    while (doc->root != NULL && at < bytes && strchr(" \t\r\n", text[at]) != NULL)
        at++;
    if (doc->root == NULL || at < bytes) {
        fail_at(doc, text, at, doc->root == NULL ? "not valid JSON" : "text after the end");
        return;
    }
    sim_cfg_t root = {.doc = doc};
    check_duplicates(&root, doc->root);
}

static sim_doc_t *doc_new(const char *file)
{
    sim_doc_t *doc = calloc(1, sizeof(*doc));
    char *name = malloc(strlen(file) + 1);
    if (doc == NULL || name == NULL) {
        free(doc);
        free(name);
        return NULL;
    }
    memcpy(name, file, strlen(file) + 1);
    doc->file = name;
    return doc;
}

sim_doc_t *sim_doc_parse(const char *text, size_t bytes, const char *file_name)
{
    sim_doc_t *doc = doc_new(file_name);
    if (doc == NULL)
        return NULL;
    if (bytes > MAX_BYTES)
        doc_fail(doc, "%s: larger than %zu bytes", file_name, MAX_BYTES);
    else
        parse(doc, text, bytes);
    return doc;
}

sim_doc_t *sim_doc_load(const char *file)
{
    char error[512];
    size_t bytes = 0;
    char *text = (char *)sim_file_read(file, MAX_BYTES, &bytes, error, sizeof(error));
    if (text == NULL) {
        sim_doc_t *doc = doc_new(file);
        if (doc != NULL)
            doc_fail(doc, "%s", error);
        return doc;
    }
    sim_doc_t *doc = sim_doc_parse(text, bytes, file);
    free(text);
    return doc;
}

void sim_doc_free(sim_doc_t *doc)
{
    if (doc == NULL)
        return;
    cJSON_Delete(doc->root);
    free(doc->missed);
    free(doc->file);
    free(doc);
}

sim_cfg_t sim_doc_root(sim_doc_t *doc)
{
    return (sim_cfg_t){.doc = doc, .node = doc->failed ? NULL : to_value(doc->root)};
}

/* ---- finding ---- */

static const char *type_name(const cJSON *node)
{
    switch (node->type & 0xff) {
    case cJSON_False:
    case cJSON_True:
        return "a boolean";
    case cJSON_NULL:
        return "null";
    case cJSON_Number:
        return "a number";
    case cJSON_String:
        return "a string";
    case cJSON_Array:
        return "an array";
    default:
        return "an object";
    }
}

static void remember_missed(sim_doc_t *doc, const cJSON *object, const char *key)
{
    if (strlen(key) >= sizeof(doc->missed->key))
        return;
    if (doc->missed_count == doc->missed_room) {
        size_t room = doc->missed_room == 0 ? 64 : doc->missed_room * 2;
        missed_t *more = realloc(doc->missed, room * sizeof(*more));
        if (more == NULL)
            return; /* a suggestion less */
        doc->missed = more;
        doc->missed_room = room;
    }
    missed_t *missed = &doc->missed[doc->missed_count++];
    missed->object = object;
    memcpy(missed->key, key, strlen(key) + 1);
}

/* The value of a key, marked as asked for; NULL when absent and after any complaint. A NULL key is
 * the cursor's own value. */
static const cJSON *find(const sim_cfg_t *cfg, const char *key)
{
    const cJSON *node = node_of(cfg);
    if (node == NULL || cfg->doc->failed || key == NULL)
        return cfg->doc != NULL && cfg->doc->failed ? NULL : node;
    if (!cJSON_IsObject(node)) {
        sim_cfg_fail(cfg, NULL, "must be an object, not %s", type_name(node));
        return NULL;
    }
    cJSON *value = cJSON_GetObjectItemCaseSensitive(node, key);
    if (value == NULL)
        remember_missed(cfg->doc, node, key);
    else
        value->type |= ASKED;
    return value;
}

/* The same, but anything else than `type` is an error. */
static const cJSON *find_typed(const sim_cfg_t *cfg, const char *key, int type, const char *want)
{
    const cJSON *value = find(cfg, key);
    if (value == NULL || (value->type & type) != 0)
        return value;
    sim_cfg_fail(cfg, key, "must be %s, not %s", want, type_name(value));
    return NULL;
}

/* ---- values ---- */

bool sim_cfg_has(const sim_cfg_t *cfg, const char *key)
{
    return find(cfg, key) != NULL;
}

void sim_cfg_need(const sim_cfg_t *cfg, const char *key)
{
    if (find(cfg, key) == NULL)
        sim_cfg_fail(cfg, key, "missing");
}

/* A whole number of at most 2^53 either way; false, after a complaint, for anything else. */
static bool find_integer(const sim_cfg_t *cfg, const char *key, double *value)
{
    char text[32];
    const cJSON *node = find_typed(cfg, key, cJSON_Number, "an integer");
    if (node == NULL)
        return false;
    *value = node->valuedouble;
    sim_json_format(text, *value);
    if (fabs(*value) <= MAX_EXACT && !(floor(*value) < *value))
        return true;
    if (fabs(*value) > MAX_EXACT)
        sim_cfg_fail(cfg, key, "%s is beyond 2^53, where integers are not exact", text);
    else
        sim_cfg_fail(cfg, key, "%s is not an integer", text);
    return false;
}

uint64_t sim_cfg_u64(const sim_cfg_t *cfg, const char *key, uint64_t low, uint64_t high,
                     uint64_t otherwise)
{
    double value;
    if (!find_integer(cfg, key, &value))
        return otherwise;
    if (value >= 0 && (uint64_t)value >= low && (uint64_t)value <= high)
        return (uint64_t)value;
    sim_cfg_fail(cfg, key, "%.0f not in %" PRIu64 "..%" PRIu64, value, low, high);
    return otherwise;
}

int64_t sim_cfg_i64(const sim_cfg_t *cfg, const char *key, int64_t low, int64_t high,
                    int64_t otherwise)
{
    double value;
    if (!find_integer(cfg, key, &value))
        return otherwise;
    if ((int64_t)value >= low && (int64_t)value <= high)
        return (int64_t)value;
    sim_cfg_fail(cfg, key, "%.0f not in %" PRId64 "..%" PRId64, value, low, high);
    return otherwise;
}

static bool in_range(const sim_cfg_t *cfg, const char *key, double value, double low, double high)
{
    if (isfinite(value) && value >= low && value <= high)
        return true;
    char text[3][32];
    sim_json_format(text[0], value);
    sim_json_format(text[1], low);
    sim_json_format(text[2], high);
    if (!isfinite(value)) /* 1e999 */
        sim_cfg_fail(cfg, key, "number too large");
    else if (isfinite(low) && isfinite(high))
        sim_cfg_fail(cfg, key, "%s not in %s..%s", text[0], text[1], text[2]);
    else if (value < low)
        sim_cfg_fail(cfg, key, "%s is less than %s", text[0], text[1]);
    else
        sim_cfg_fail(cfg, key, "%s is more than %s", text[0], text[2]);
    return false;
}

double sim_cfg_num(const sim_cfg_t *cfg, const char *key, double low, double high, double otherwise)
{
    const cJSON *node = find_typed(cfg, key, cJSON_Number, "a number");
    if (node == NULL || !in_range(cfg, key, node->valuedouble, low, high))
        return otherwise;
    return node->valuedouble;
}

bool sim_cfg_bool(const sim_cfg_t *cfg, const char *key, bool otherwise)
{
    const cJSON *node = find_typed(cfg, key, cJSON_True | cJSON_False, "true or false");
    return node != NULL ? (node->type & cJSON_True) != 0 : otherwise;
}

const char *sim_cfg_str(const sim_cfg_t *cfg, const char *key, const char *otherwise)
{
    const cJSON *node = find_typed(cfg, key, cJSON_String, "a string");
    return node != NULL ? node->valuestring : otherwise;
}

uint64_t sim_cfg_time_ps(const sim_cfg_t *cfg, const char *key, uint64_t otherwise_ps)
{
    uint64_t time_ps = otherwise_ps;
    const char *text = sim_cfg_str(cfg, key, NULL);
    if (text != NULL && !sim_time_parse(text, &time_ps))
        sim_cfg_fail(cfg, key, "\"%s\" is not a time: number and ps, ns, us, ms or s", text);
    return time_ps;
}

uint32_t sim_cfg_enum(const sim_cfg_t *cfg, const char *key, const char *const *names,
                      uint32_t count, uint32_t otherwise)
{
    const char *text = sim_cfg_str(cfg, key, NULL);
    if (text == NULL)
        return otherwise;
    char known[160] = "";
    for (uint32_t i = 0; i < count; i++) {
        if (strcmp(names[i], text) == 0)
            return i;
        size_t length = strlen(known);
        snprintf(known + length, sizeof(known) - length, "%s%s", i > 0 ? ", " : "", names[i]);
    }
    sim_cfg_fail(cfg, key, "\"%s\" is none of %s", text, known);
    return otherwise;
}

/* ---- nested values ---- */

static sim_cfg_t nested(const sim_cfg_t *cfg, const char *key, const cJSON *node)
{
    sim_cfg_t inner = *cfg;
    inner.node = to_value((cJSON *)(uintptr_t)node);
    if (key != NULL)
        path_push(&inner, key, 0);
    return inner;
}

sim_cfg_t sim_cfg_obj(const sim_cfg_t *cfg, const char *key)
{
    return nested(cfg, key, find_typed(cfg, key, cJSON_Object, "an object"));
}

static const cJSON *find_array(const sim_cfg_t *cfg, const char *key)
{
    return find_typed(cfg, key, cJSON_Array, "an array");
}

uint32_t sim_cfg_count(const sim_cfg_t *cfg, const char *key)
{
    const cJSON *array = find_array(cfg, key);
    return array != NULL ? (uint32_t)cJSON_GetArraySize(array) : 0;
}

/* Element index of array, walking on from the one asked for last; NULL beyond the end. */
static const cJSON *element(sim_doc_t *doc, const cJSON *array, uint32_t index)
{
    if (doc->array != array || doc->item == NULL || doc->index > index) {
        doc->array = array;
        doc->item = array->child;
        doc->index = 0;
    }
    for (; doc->item != NULL && doc->index < index; doc->index++)
        doc->item = doc->item->next;
    return doc->item;
}

sim_cfg_t sim_cfg_at(const sim_cfg_t *cfg, const char *key, uint32_t index)
{
    const cJSON *array = find_array(cfg, key);
    sim_cfg_t inner = nested(cfg, key, array != NULL ? element(cfg->doc, array, index) : NULL);
    path_push(&inner, NULL, index);
    return inner;
}

const char *sim_cfg_str_at(const sim_cfg_t *cfg, const char *key, uint32_t index)
{
    sim_cfg_t inner = sim_cfg_at(cfg, key, index);
    return sim_cfg_str(&inner, NULL, NULL);
}

void sim_cfg_nums(const sim_cfg_t *cfg, const char *key, double *out, uint32_t count, double low,
                  double high)
{
    const cJSON *array = find_array(cfg, key);
    if (array == NULL)
        return;
    if ((uint32_t)cJSON_GetArraySize(array) != count) {
        sim_cfg_fail(cfg, key, "must have %" PRIu32 " numbers, not %d", count,
                     cJSON_GetArraySize(array));
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        sim_cfg_t inner = sim_cfg_at(cfg, key, i);
        out[i] = sim_cfg_num(&inner, NULL, low, high, out[i]);
    }
}

bool sim_cfg_is_str(const sim_cfg_t *cfg, const char *key)
{
    return cJSON_IsString(find(cfg, key));
}

bool sim_cfg_is_num(const sim_cfg_t *cfg, const char *key)
{
    return cJSON_IsNumber(find(cfg, key));
}

const char *sim_cfg_key_at(const sim_cfg_t *cfg, uint32_t index)
{
    const cJSON *node = find(cfg, NULL);
    if (!cJSON_IsObject(node))
        return NULL;
    const cJSON *child = element(cfg->doc, node, index);
    return child != NULL ? child->string : NULL;
}

/* ---- walking ---- */

sim_json_kind_t sim_json_kind(const sim_json_t *value)
{
    const cJSON *node = from_value(value);
    if (node == NULL)
        return SIM_JSON_NONE;
    switch (node->type & 0xff) {
    case cJSON_False:
    case cJSON_True:
        return SIM_JSON_BOOL;
    case cJSON_Number:
        return SIM_JSON_NUM;
    case cJSON_String:
        return SIM_JSON_STR;
    case cJSON_Array:
        return SIM_JSON_ARRAY;
    case cJSON_Object:
        return SIM_JSON_OBJECT;
    default:
        return SIM_JSON_NULL;
    }
}

const sim_json_t *sim_json_first(const sim_json_t *value)
{
    return value != NULL ? to_value(from_value(value)->child) : NULL;
}

const sim_json_t *sim_json_next(const sim_json_t *value)
{
    return value != NULL ? to_value(from_value(value)->next) : NULL;
}

const sim_json_t *sim_json_find(const sim_json_t *object, const char *key)
{
    return to_value(cJSON_GetObjectItemCaseSensitive(from_value(object), key));
}

const char *sim_json_key(const sim_json_t *value)
{
    const cJSON *node = from_value(value);
    return node != NULL && node->string != NULL ? node->string : "";
}

double sim_json_num(const sim_json_t *value, double otherwise)
{
    const cJSON *node = from_value(value);
    if (cJSON_IsBool(node))
        return cJSON_IsTrue(node) ? 1 : 0;
    return cJSON_IsNumber(node) ? node->valuedouble : otherwise;
}

const char *sim_json_str(const sim_json_t *value, const char *otherwise)
{
    const cJSON *node = from_value(value);
    return cJSON_IsString(node) ? node->valuestring : otherwise;
}

/* ---- unknown keys ---- */

static bool always_allowed(const char *key)
{
    return key[0] == '_' || strcmp(key, "source") == 0 || strcmp(key, "note") == 0 ||
           strcmp(key, "comment") == 0;
}

static void nearer(const char *key, const char *candidate, const char **best, unsigned *edits)
{
    unsigned distance = sim_json_edits(key, candidate);
    if (distance < *edits) {
        *edits = distance;
        *best = candidate;
    }
}

/* The key that somebody asked this object for and that is at most a third different; or NULL. */
static const char *suggestion(const sim_doc_t *doc, const cJSON *object, const char *key)
{
    const char *best = NULL;
    unsigned edits = (unsigned)(strlen(key) < 6 ? 2 : strlen(key) / 3) + 1;
    for (size_t i = 0; i < doc->missed_count; i++)
        if (doc->missed[i].object == object)
            nearer(key, doc->missed[i].key, &best, &edits);
    const cJSON *child = NULL;
    cJSON_ArrayForEach(child, object)
    {
        if ((child->type & ASKED) != 0)
            nearer(key, child->string, &best, &edits);
    }
    return best;
}

void sim_cfg_done(const sim_cfg_t *cfg)
{
    const cJSON *object = find(cfg, NULL);
    if (object == NULL)
        return;
    if (!cJSON_IsObject(object)) {
        sim_cfg_fail(cfg, NULL, "must be an object, not %s", type_name(object));
        return;
    }
    const cJSON *child = NULL;
    cJSON_ArrayForEach(child, object)
    {
        if ((child->type & ASKED) != 0 || always_allowed(child->string))
            continue;
        const char *near = suggestion(cfg->doc, object, child->string);
        if (near != NULL)
            sim_cfg_fail(cfg, child->string, "unknown key (did you mean \"%s\"?)", near);
        else
            sim_cfg_fail(cfg, child->string, "unknown key");
    }
    sim_doc_t *doc = cfg->doc; /* what this object lacked is of no more interest */
    while (doc->missed_count > 0 && doc->missed[doc->missed_count - 1].object == object)
        doc->missed_count--;
}

/* ---- output ---- */

sim_json_t *sim_json_object(void)
{
    return to_value(cJSON_CreateObject());
}

sim_json_t *sim_json_array(void)
{
    return to_value(cJSON_CreateArray());
}

void sim_json_free(sim_json_t *value)
{
    cJSON_Delete(from_value(value));
}

/* Gives child to parent. Without memory for either, the child is dropped and NULL returned. */
static sim_json_t *add(sim_json_t *parent, const char *key, cJSON *child)
{
    cJSON *to = from_value(parent);
    bool added = to != NULL && child != NULL &&
                 (cJSON_IsArray(to) ? cJSON_AddItemToArray(to, child)
                                    : key != NULL && cJSON_AddItemToObject(to, key, child));
    if (added)
        return to_value(child);
    cJSON_Delete(child);
    return NULL;
}

sim_json_t *sim_json_add_object(sim_json_t *parent, const char *key)
{
    return add(parent, key, cJSON_CreateObject());
}

sim_json_t *sim_json_add_array(sim_json_t *parent, const char *key)
{
    return add(parent, key, cJSON_CreateArray());
}

void sim_json_add_u64(sim_json_t *parent, const char *key, uint64_t value)
{
    char text[32];
    snprintf(text, sizeof(text), "%" PRIu64, value);
    add(parent, key, cJSON_CreateRaw(text));
}

void sim_json_add_i64(sim_json_t *parent, const char *key, int64_t value)
{
    char text[32];
    snprintf(text, sizeof(text), "%" PRId64, value);
    add(parent, key, cJSON_CreateRaw(text));
}

void sim_json_add_num(sim_json_t *parent, const char *key, double value)
{
    char text[32];
    sim_json_format(text, value);
    add(parent, key, cJSON_CreateRaw(text));
}

void sim_json_add_bool(sim_json_t *parent, const char *key, bool value)
{
    add(parent, key, cJSON_CreateBool(value));
}

void sim_json_add_str(sim_json_t *parent, const char *key, const char *value)
{
    add(parent, key, cJSON_CreateString(value));
}

void sim_json_add_null(sim_json_t *parent, const char *key)
{
    add(parent, key, cJSON_CreateNull());
}

void sim_json_add_value(sim_json_t *parent, const char *key, sim_json_t *value)
{
    add(parent, key, from_value(value));
}

void sim_json_set_value(sim_json_t *parent, const char *key, sim_json_t *value)
{
    if (parent != NULL)
        cJSON_DeleteItemFromObjectCaseSensitive(from_value(parent), key);
    add(parent, key, from_value(value));
}

/* cJSON prints its own numbers with up to one unit of error in the last place: use our text. */
static bool numbers_to_text(cJSON *node)
{
    if (cJSON_IsNumber(node)) {
        char text[32];
        sim_json_format(text, node->valuedouble);
        node->valuestring = malloc(strlen(text) + 1);
        if (node->valuestring == NULL)
            return false;
        memcpy(node->valuestring, text, strlen(text) + 1);
        node->type = cJSON_Raw;
    }
    cJSON *child = NULL;
    cJSON_ArrayForEach(child, node)
    {
        if (!numbers_to_text(child))
            return false;
    }
    return true;
}

sim_json_t *sim_cfg_copy(const sim_cfg_t *cfg)
{
    if (cfg->node == NULL)
        return sim_json_object();
    cJSON *copy = cJSON_Duplicate(node_of(cfg), 1);
    if (copy == NULL || numbers_to_text(copy))
        return to_value(copy);
    cJSON_Delete(copy);
    return NULL;
}

char *sim_json_print(const sim_json_t *value, bool pretty)
{
    return pretty ? cJSON_Print(from_value(value)) : cJSON_PrintUnformatted(from_value(value));
}
