/*
 * cmd_events.c - fovea events: searches what a run's host was told, or what was true.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tools/cli.h"
#include "tools/commands.h"
#include "tools/event_list.h"
#include "tools/json_lines.h"

enum { MAX_FILES = 1 << 16, PATH = 1280 };

/* ---- options ---- */

static bool read_when(const char *option, const char *text, when_t *when)
{
    if (when_parse(text, when) && when->row == 0)
        return true;
    cli_fail(EXIT_USAGE, "events: --%s: '%s', expected a time (10s, 250ms) or frame:N", option,
             text);
    return false;
}

static bool read_window(const char *from, const char *to, event_filter_t *filter)
{
    filter->has_to = to != NULL;
    if ((from != NULL && !read_when("from", from, &filter->from)) ||
        (to != NULL && !read_when("to", to, &filter->to)))
        return false;
    const when_t *a = &filter->from, *b = &filter->to;
    bool empty = from != NULL && to != NULL && a->at_frame == b->at_frame &&
                 (a->at_frame ? a->frame >= b->frame : a->at_ps >= b->at_ps);
    if (empty)
        cli_fail(EXIT_USAGE, "events: --to %s is not after --from %s", to, from);
    return !empty;
}

static bool read_types(const char *text, event_filter_t *filter)
{
    char known[512] = "";
    if (text == NULL || event_filter_types(text, &filter->types))
        return true;
    for (uint32_t i = 0; i < event_type_count; i++) {
        size_t used = strlen(known);
        snprintf(known + used, sizeof(known) - used, "%s%s", i > 0 ? ", " : "", event_types[i]);
    }
    cli_fail(EXIT_USAGE, "events: --type: '%s', expected one or more, with commas, of %s", text,
             known);
    return false;
}

static bool read_name(const char *option, const char *text, char name[EVENT_NAME])
{
    if (text == NULL)
        return true;
    if (text[0] == '\0' || strlen(text) >= EVENT_NAME) {
        cli_fail(EXIT_USAGE, "events: --%s: %zu bytes, expected 1..%d", option, strlen(text),
                 EVENT_NAME - 1);
        return false;
    }
    snprintf(name, EVENT_NAME, "%s", text);
    return true;
}

static bool read_direction(const char *text, event_filter_t *filter)
{
    if (text == NULL || strcmp(text, "in") == 0 || strcmp(text, "out") == 0)
        return read_name("direction", text, filter->direction);
    cli_fail(EXIT_USAGE, "events: --direction: '%s', expected in or out", text);
    return false;
}

static bool read_format(const char *json, const char *csv, const char *count,
                        event_format_t *format)
{
    if ((json != NULL) + (csv != NULL) + (count != NULL) > 1) {
        cli_fail(EXIT_USAGE, "events: one of --json, --csv and --count");
        return false;
    }
    *format = json != NULL    ? EVENT_JSON
              : csv != NULL   ? EVENT_CSV
              : count != NULL ? EVENT_COUNT
                              : EVENT_TABLE;
    return true;
}

/* ---- files ---- */

/* The file itself, or that of a run's folder. */
static void file_of(const char *path, bool truth, char *file, size_t bytes)
{
    struct stat is;
    if (stat(path, &is) == 0 && S_ISDIR(is.st_mode))
        snprintf(file, bytes, "%s/%s", path, truth ? "truth.jsonl" : "metadata.jsonl");
    else
        snprintf(file, bytes, "%s", path);
}

static int search(event_list_t *list, char *const *paths, int count, bool truth)
{
    char file[PATH], error[2048];
    for (int i = 0; i < count; i++) {
        file_of(paths[i], truth, file, sizeof(file));
        list->file = count > 1 ? file : NULL;
        if (!json_lines(file, event_list_take, list, error, sizeof(error))) {
            fflush(stdout);
            return cli_fail(EXIT_USAGE, "events: %s", error);
        }
        event_list_end_file(list);
    }
    event_list_end(list);
    return list->found > 0 ? EXIT_FINE : EXIT_FAILED;
}

int cmd_events(int argc, char **argv)
{
    const char *type = NULL, *from = NULL, *to = NULL, *id = NULL, *direction = NULL;
    const char *truth = NULL, *json = NULL, *csv = NULL, *number = NULL;
    const char *place[METADATA_PLACES] = {NULL};
    const cli_opt_t opts[] = {
        {'t', "type", "TYPE[,TYPE]", "crossing, zone_enter, dwell, .. (default: all)", &type},
        {0, "from", "TIME", "10s, 250ms, or frame:N", &from},
        {0, "to", "TIME", "before that", &to},
        {0, "line", "NAME", "of that line; one without a name: its number", &place[METADATA_LINE]},
        {0, "zone", "NAME", "of that zone; crossings: of a line that is called so",
         &place[METADATA_ZONE]},
        {0, "facing", "NAME", "of that facing", &place[METADATA_FACING]},
        {0, "id", "N", "of that track, of that identity in the truth", &id},
        {0, "direction", "in|out", "of crossings", &direction},
        {0, "truth", NULL, "of folders truth.jsonl, not metadata.jsonl", &truth},
        {'j', "json", NULL, "an object a line", &json},
        {0, "csv", NULL, "a row each, below a head", &csv},
        {'c', "count", NULL, "how many, of each file", &number},
    };
    const cli_t cli = {"events",
                       "RUNDIR|FILE...",
                       "Searches events of runs: metadata.jsonl of a folder, a file of such lines, "
                       "or - (standard\ninput). Exit code 1 if there are none.",
                       opts,
                       SIM_COUNT(opts),
                       1,
                       MAX_FILES};
    char **args;
    int count, over = cli_parse(&cli, argc, argv, &args, &count);
    if (over >= 0)
        return over;
    event_filter_t filter = {.has_id = id != NULL};
    event_list_t list = {.to = stdout, .filter = &filter};
    if (!read_types(type, &filter) || !read_window(from, to, &filter) ||
        !read_direction(direction, &filter) || !read_format(json, csv, number, &list.format) ||
        (id != NULL && !cli_u64(&cli, "id", id, 0, UINT32_MAX, &filter.id)))
        return EXIT_USAGE;
    for (uint32_t p = METADATA_LINE; p < METADATA_PLACES; p++)
        if (!read_name(metadata_place_key[p], place[p], filter.place[p]))
            return EXIT_USAGE;
    return search(&list, args, count, truth != NULL);
}
