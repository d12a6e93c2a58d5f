/*
 * json.h - configuration files and JSON output; the one place that knows cJSON.
 *
 * Reading: a sim_cfg_t is a cursor on one object of a file. Every getter names the file and the
 * path of the field when it complains: "scenes/a.json: scene.people[3].height_m: 9 not in
 * 0.5..2.5". sim_cfg_done() complains about keys that nobody read, so a misspelt key is an error.
 * The first complaint is kept in the document; later getters return defaults and stay silent, so
 * callers check once, at the end: `if (sim_doc_error(doc)) ...`.
 */
#ifndef SIM_JSON_H
#define SIM_JSON_H

#include "sim/types.h"

typedef struct sim_doc sim_doc_t;
typedef struct sim_json sim_json_t; /* one JSON value */

/* A cursor; copied by value. An absent object is a valid cursor whose getters give defaults. */
typedef struct {
    sim_doc_t *doc;
    const sim_json_t *node;
    char path[160];
} sim_cfg_t;

/* Never returns NULL but for lack of memory: what is wrong with file or syntax (with line and
 * column) is in sim_doc_error. Files above 64 MiB and nesting above 64 are refused. */
sim_doc_t *sim_doc_load(const char *file);
sim_doc_t *sim_doc_parse(const char *text, size_t bytes, const char *file_name);
void sim_doc_free(sim_doc_t *doc);
/* One line "file: path: ..." or NULL. */
const char *sim_doc_error(const sim_doc_t *doc);
sim_cfg_t sim_doc_root(sim_doc_t *doc);

/* Reports "file: path.key: <message>". key may be NULL for the object itself. */
void sim_cfg_fail(const sim_cfg_t *cfg, const char *key, const char *fmt, ...) SIM_PRINTF(3, 4);

bool sim_cfg_has(const sim_cfg_t *cfg, const char *key);
uint64_t sim_cfg_u64(const sim_cfg_t *cfg, const char *key, uint64_t low, uint64_t high,
                     uint64_t otherwise);
int64_t sim_cfg_i64(const sim_cfg_t *cfg, const char *key, int64_t low, int64_t high,
                    int64_t otherwise);
double sim_cfg_num(const sim_cfg_t *cfg, const char *key, double low, double high,
                   double otherwise);
bool sim_cfg_bool(const sim_cfg_t *cfg, const char *key, bool otherwise);
/* Valid as long as the document. */
const char *sim_cfg_str(const sim_cfg_t *cfg, const char *key, const char *otherwise);
/* "12us" and the like, see sim_time_parse. */
uint64_t sim_cfg_time_ps(const sim_cfg_t *cfg, const char *key, uint64_t otherwise_ps);
/* Index of the string in names[0..count-1]; otherwise when absent. */
uint32_t sim_cfg_enum(const sim_cfg_t *cfg, const char *key, const char *const *names,
                      uint32_t count, uint32_t otherwise);
/* Fills out[0..count-1] from an array of exactly count numbers; untouched when absent. */
void sim_cfg_nums(const sim_cfg_t *cfg, const char *key, double *out, uint32_t count, double low,
                  double high);
/* A required key: complains when absent. Call before the getter. */
void sim_cfg_need(const sim_cfg_t *cfg, const char *key);

/* A nested object; an absent one is an empty cursor. */
sim_cfg_t sim_cfg_obj(const sim_cfg_t *cfg, const char *key);
/* An array of objects: its length (0 when absent) and its elements; at() also serves strings. */
uint32_t sim_cfg_count(const sim_cfg_t *cfg, const char *key);
sim_cfg_t sim_cfg_at(const sim_cfg_t *cfg, const char *key, uint32_t index);
const char *sim_cfg_str_at(const sim_cfg_t *cfg, const char *key, uint32_t index);
bool sim_cfg_is_str(const sim_cfg_t *cfg, const char *key);
bool sim_cfg_is_num(const sim_cfg_t *cfg, const char *key);

/* Complains about keys of this object that no getter asked for. Keys "source", "note", "comment"
 * and those starting with '_' are always allowed: chip data cites its sources. */
void sim_cfg_done(const sim_cfg_t *cfg);

/* Key of an object's member by index, NULL beyond the last: for objects whose keys are the user's.
 * Does not count as asked for. */
const char *sim_cfg_key_at(const sim_cfg_t *cfg, uint32_t index);

/* Takes the node as a value of its own for output (deep copy). */
sim_json_t *sim_cfg_copy(const sim_cfg_t *cfg);

/* Walking any value, to look things up or compare. NULL is a value of no kind, without children. */
typedef enum {
    SIM_JSON_NONE,
    SIM_JSON_NULL,
    SIM_JSON_BOOL,
    SIM_JSON_NUM,
    SIM_JSON_STR,
    SIM_JSON_ARRAY,
    SIM_JSON_OBJECT
} sim_json_kind_t;
sim_json_kind_t sim_json_kind(const sim_json_t *value);
const sim_json_t *sim_json_first(const sim_json_t *value); /* child; NULL: none */
const sim_json_t *sim_json_next(const sim_json_t *value);  /* brother; NULL: none */
const sim_json_t *sim_json_find(const sim_json_t *object, const char *key); /* NULL: absent */
const char *sim_json_key(const sim_json_t *value);              /* in an object, or "" */
double sim_json_num(const sim_json_t *value, double otherwise); /* a boolean is 0 or 1 */
const char *sim_json_str(const sim_json_t *value, const char *otherwise);

/* Output: build a value, print it, free it. Adders return the new child, owned by its parent.
 * Numbers of 64 bits are printed exactly; doubles with the fewest digits that read back equal. */
sim_json_t *sim_json_object(void);
sim_json_t *sim_json_array(void);
void sim_json_free(sim_json_t *value);
sim_json_t *sim_json_add_object(sim_json_t *parent, const char *key); /* key NULL in an array */
sim_json_t *sim_json_add_array(sim_json_t *parent, const char *key);
void sim_json_add_u64(sim_json_t *parent, const char *key, uint64_t value);
void sim_json_add_i64(sim_json_t *parent, const char *key, int64_t value);
void sim_json_add_num(sim_json_t *parent, const char *key, double value);
void sim_json_add_bool(sim_json_t *parent, const char *key, bool value);
void sim_json_add_str(sim_json_t *parent, const char *key, const char *value);
void sim_json_add_null(sim_json_t *parent, const char *key);
void sim_json_add_value(sim_json_t *parent, const char *key, sim_json_t *value); /* takes it over */
/* Replaces or adds a key. */
void sim_json_set_value(sim_json_t *parent, const char *key, sim_json_t *value);
/* malloc'ed text without trailing newline; pretty: indented. The caller frees it. */
char *sim_json_print(const sim_json_t *value, bool pretty);

#endif
