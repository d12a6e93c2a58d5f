#include "tools/json_lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NAME = 1280, FIRST_ROOM = 4096 };

typedef struct {
    char *text;
    size_t bytes, room;
} text_t;

static bool append(text_t *text, int c)
{
    if (text->bytes == text->room) {
        size_t room = text->room == 0 ? FIRST_ROOM : 2 * text->room;
        char *more = realloc(text->text, room);
        if (more == NULL)
            return false;
        text->text = more;
        text->room = room;
    }
    text->text[text->bytes++] = (char)c;
    return true;
}

/* The next line without its end. NULL, or what is wrong; *there false: the file is over. */
static const char *read_line(FILE *stream, text_t *text, bool *there)
{
    int c = EOF;
    text->bytes = 0;
    while (text->bytes <= JSON_LINES_MOST && (c = getc_unlocked(stream)) != EOF && c != '\n')
        if (!append(text, c))
            return "out of memory";
    *there = text->bytes > 0 || c == '\n';
    if (ferror(stream))
        return strerror(errno);
    return text->bytes > JSON_LINES_MOST ? "a line of more than 16 MiB" : NULL;
}

static bool take(const text_t *text, const char *name, json_lines_fn_t *each, void *ctx,
                 bool *go_on, char *error, size_t error_bytes)
{
    sim_doc_t *doc = sim_doc_parse(text->text, text->bytes, name);
    if (doc != NULL && sim_doc_error(doc) == NULL) {
        sim_cfg_t line = sim_doc_root(doc);
        if (sim_json_kind(line.node) != SIM_JSON_OBJECT)
            sim_cfg_fail(&line, NULL, "must be an object");
        else
            *go_on = each(ctx, &line);
    }
    const char *wrong = doc == NULL ? "out of memory" : sim_doc_error(doc);
    if (wrong != NULL)
        snprintf(error, error_bytes, "%s", wrong);
    bool fine = wrong == NULL;
    sim_doc_free(doc);
    return fine;
}

bool json_lines_of(FILE *stream, const char *file, json_lines_fn_t *each, void *ctx, char *error,
                   size_t error_bytes)
{
    char name[NAME];
    text_t text = {0};
    bool fine = true, go_on = true, there = true;
    for (unsigned long number = 1; fine && go_on && there; number++) {
        const char *wrong = read_line(stream, &text, &there);
        snprintf(name, sizeof(name), "%s:%lu", file, number);
        fine = wrong == NULL;
        if (!fine)
            snprintf(error, error_bytes, "%s: %s", name, wrong);
        else if (text.bytes > 0)
            fine = take(&text, name, each, ctx, &go_on, error, error_bytes);
    }
    free(text.text);
    return fine;
}

bool json_lines(const char *file, json_lines_fn_t *each, void *ctx, char *error, size_t error_bytes)
{
    if (strcmp(file, "-") == 0)
        return json_lines_of(stdin, "standard input", each, ctx, error, error_bytes);
    FILE *stream = fopen(file, "rb");
    if (stream == NULL) {
        snprintf(error, error_bytes, "%s: %s", file, strerror(errno));
        return false;
    }
    bool fine = json_lines_of(stream, file, each, ctx, error, error_bytes);
    fclose(stream);
    return fine;
}

bool json_lines_in(const char *dir, const char *name, json_lines_fn_t *each, void *ctx, char *error,
                   size_t error_bytes)
{
    char path[NAME];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    return access(path, R_OK) != 0 || json_lines(path, each, ctx, error, error_bytes);
}
