#include "tools/explore/inputs.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "scenes/film.h"
#include "sim/file.h"
#include "sim/hash.h"
#include "tools/explore/point.h"

enum { CHUNK = 1 << 16, MAX_TEXT = 16 << 20, MOST_DEPTH = 4 };

/* ---- hashes ---- */

static bool fail(const char *path, const char *why, char *error, size_t error_bytes)
{
    snprintf(error, error_bytes, "%.300s: %s", path, why);
    return false;
}

/* Films may be large: a piece at a time. */
static bool hash_file(const char *path, uint64_t *hash, char *error, size_t error_bytes)
{
    uint8_t data[CHUNK];
    FILE *from = fopen(path, "rb");
    size_t bytes;
    if (from == NULL)
        return fail(path, strerror(errno), error, error_bytes);
    while ((bytes = fread(data, 1, sizeof(data), from)) > 0)
        *hash = sim_hash(*hash, data, bytes);
    bool fine = ferror(from) == 0;
    fclose(from);
    return fine || fail(path, strerror(EIO), error, error_bytes);
}

/* "step/%d.png": what stands before and behind the number. */
typedef struct {
    char folder[SPACE_PATH];
    const char *before, *behind;
    size_t before_bytes;
} numbered_t;

static bool is_numbered(const char *path)
{
    return film_kind(path) == FILM_SEQUENCE && film_is_pattern(path);
}

static numbered_t split_numbered(const char *path)
{
    numbered_t n;
    const char *slash = strrchr(path, '/'), *mark = film_mark(path);
    n.before = slash != NULL ? slash + 1 : path;
    n.before_bytes = (size_t)(mark - n.before);
    n.behind = strchr(mark, 'd') + 1;
    snprintf(n.folder, sizeof(n.folder), "%.*s", slash != NULL ? (int)(slash - path) : 1,
             slash != NULL ? path : ".");
    return n;
}

static bool is_one_of(const numbered_t *n, const char *name)
{
    if (strncmp(name, n->before, n->before_bytes) != 0)
        return false;
    const char *digits = name + n->before_bytes, *end = digits;
    while (isdigit((unsigned char)*end))
        end++;
    return end > digits && strcmp(end, n->behind) == 0;
}

static bool hash_numbered(const char *path, uint64_t *hash, char *error, size_t error_bytes)
{
    struct dirent **entry = NULL;
    numbered_t n = split_numbered(path);
    int entries = scandir(n.folder, &entry, NULL, alphasort);
    bool fine = entries >= 0 || fail(n.folder, strerror(errno), error, error_bytes);
    for (int i = 0; i < entries; i++) {
        char file[SPACE_PATH + 260];
        if (fine && is_one_of(&n, entry[i]->d_name)) {
            snprintf(file, sizeof(file), "%s/%s", n.folder, entry[i]->d_name);
            *hash = sim_hash(*hash, entry[i]->d_name, strlen(entry[i]->d_name));
            fine = hash_file(file, hash, error, error_bytes);
        }
        free(entry[i]);
    }
    free(entry);
    return fine;
}

bool input_hash(const char *path, char hash[INPUT_HASH], char *error, size_t error_bytes)
{
    uint64_t sum = SIM_HASH_SEED;
    if (!(is_numbered(path) ? hash_numbered : hash_file)(path, &sum, error, error_bytes))
        return false;
    snprintf(hash, INPUT_HASH, "%016" PRIx64, sum);
    return true;
}

bool input_add(sim_json_t *files, sim_json_t *known, const char *path, char *error,
               size_t error_bytes)
{
    char hash[INPUT_HASH];
    if (sim_json_find(files, path) != NULL)
        return true;
    const char *before = sim_json_str(sim_json_find(known, path), NULL);
    if (before == NULL && !input_hash(path, hash, error, error_bytes))
        return false;
    sim_json_add_str(files, path, before != NULL ? before : hash);
    if (before == NULL && known != files)
        sim_json_add_str(known, path, hash);
    return true;
}

/* ---- names ---- */

bool input_path(const char *file, const char *name, char path[SPACE_PATH], char *error,
                size_t error_bytes)
{
    char joined[2 * SPACE_PATH];
    const char *slash = name[0] != '/' ? strrchr(file, '/') : NULL;
    int length = snprintf(joined, sizeof(joined), "%.*s%s",
                          slash != NULL ? (int)(slash - file + 1) : 0, file, name);
    if (length >= SPACE_PATH)
        return fail(name, "path too long", error, error_bytes);
    return point_absolute(joined, path, error, error_bytes);
}

typedef struct {
    sim_json_t *files, *known;
    uint32_t depth; /* files that name files */
    char *error;
    size_t error_bytes;
} search_t;

static bool is_there(const char *path)
{
    struct stat s;
    char folder[SPACE_PATH];
    if (!is_numbered(path))
        return stat(path, &s) == 0 && S_ISREG(s.st_mode);
    memcpy(folder, split_numbered(path).folder, sizeof(folder));
    return stat(folder, &s) == 0 && S_ISDIR(s.st_mode);
}

static bool search_json(search_t *s, const sim_json_t *value, const char *file);
static bool search_script(search_t *s, const char *script);

/* A file's own names; one that is no JSON has none. */
static bool search_file(search_t *s, const char *path)
{
    bool fine = true;
    sim_doc_t *doc = sim_doc_load(path);
    if (doc != NULL && sim_doc_error(doc) == NULL)
        fine = search_json(s, sim_doc_root(doc).node, path);
    sim_doc_free(doc);
    return fine;
}

/* `name` stands in `file`; below key. */
static bool take_name(search_t *s, const char *file, const char *key, const char *name)
{
    char path[SPACE_PATH];
    if (name[0] == '\0' || strlen(name) >= SPACE_PATH ||
        !input_path(file, name, path, s->error, s->error_bytes) || !is_there(path))
        return true; /* no file: whoever reads the scenario says what is wrong with it */
    if (sim_json_find(s->files, path) != NULL)
        return true;
    if (!input_add(s->files, s->known, path, s->error, s->error_bytes))
        return false;
    if (s->depth == MOST_DEPTH)
        return true;
    s->depth++;
    bool script = key != NULL && strcmp(key, "host_script") == 0, fine = true;
    if (script)
        fine = search_script(s, path);
    else if (sim_file_ends(path, ".json"))
        fine = search_file(s, path);
    s->depth--;
    return fine;
}

/* Words, "size:FILE" among them, and ends of lines: `spi FILE` goes to the end of its line. */
static bool search_script(search_t *s, const char *script)
{
    size_t bytes;
    char why[300];
    uint8_t *data = sim_file_read(script, MAX_TEXT, &bytes, why, sizeof(why));
    char *text = data != NULL ? malloc(bytes + 1) : NULL, *rest, *more;
    bool fine = true;
    if (text != NULL) {
        memcpy(text, data, bytes);
        text[bytes] = '\0';
        for (char *line = strtok_r(text, "\r\n", &rest); fine && line != NULL;
             line = strtok_r(NULL, "\r\n", &rest)) {
            const char *blank = strchr(line, ' ');
            fine = blank == NULL || take_name(s, script, NULL, blank + 1);
            for (char *word = strtok_r(line, " \t", &more); fine && word != NULL;
                 word = strtok_r(NULL, " \t", &more))
                fine = take_name(s, script, NULL, strncmp(word, "size:", 5) == 0 ? word + 5 : word);
        }
    }
    free(text);
    free(data);
    return fine;
}

static bool search_json(search_t *s, const sim_json_t *value, const char *file)
{
    const char *text = sim_json_str(value, NULL), *key = sim_json_key(value);
    if (text != NULL)
        return take_name(s, file, key, text);
    sim_json_kind_t kind = sim_json_kind(value);
    bool fine = true;
    if (kind == SIM_JSON_OBJECT || kind == SIM_JSON_ARRAY)
        for (const sim_json_t *v = sim_json_first(value); fine && v != NULL; v = sim_json_next(v))
            fine = search_json(s, v, file);
    return fine;
}

/* The ROM lies beside the firmware where nobody says otherwise. */
static bool take_rom(search_t *s, const sim_json_t *scenario, const char *file)
{
    char elf[SPACE_PATH];
    const char *firmware = sim_json_str(sim_json_find(scenario, "firmware"), NULL);
    if (firmware == NULL || sim_json_find(scenario, "boot_rom") != NULL ||
        strcmp(sim_json_str(sim_json_find(scenario, "boot"), ""), "spi") != 0)
        return true;
    return input_path(file, firmware, elf, s->error, s->error_bytes) &&
           take_name(s, elf, NULL, "boot_rom.elf");
}

bool input_add_scenario(sim_json_t *files, sim_json_t *known, const sim_json_t *scenario,
                        const char *file, char *error, size_t error_bytes)
{
    search_t s = {files, known, 0, error, error_bytes};
    bool fine = true;
    for (const sim_json_t *v = sim_json_first(scenario); fine && v != NULL; v = sim_json_next(v)) {
        const char *key = sim_json_key(v);
        if (key == NULL || strcmp(key, "chip") != 0)
            fine = search_json(&s, v, file);
    }
    return fine && take_rom(&s, scenario, file);
}
