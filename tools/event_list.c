#include "tools/event_list.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- a table ---- */

/* A row is one line, and no commands to a terminal. */
static void clean(char *text)
{
    for (; *text != '\0'; text++)
        *text = (unsigned char)*text < ' ' || *text == 0x7f ? '?' : *text;
}

static void value_text(const sim_json_t *value, char *text, size_t bytes)
{
    double number = sim_json_num(value, 0);
    switch (sim_json_kind(value)) {
    case SIM_JSON_STR:
        snprintf(text, bytes, "%s", sim_json_str(value, ""));
        break;
    case SIM_JSON_NUM:
        snprintf(text, bytes, "%.15g", number);
        break;
    case SIM_JSON_BOOL:
        snprintf(text, bytes, "%s", number != 0 ? "true" : "false");
        break;
    default:
        text[0] = '\0';
        break;
    }
    clean(text);
}

/* Keys that have columns of their own. */
static bool has_column(const char *key)
{
    static const char *const keys[] = {"type", "time_ps", "id", "line", "zone", "facing"};
    for (size_t i = 0; i < SIM_COUNT(keys); i++)
        if (strcmp(key, keys[i]) == 0)
            return true;
    return false;
}

enum { TEXT = 96, PLACE = 12 };

static void print_row(const event_list_t *list, const sim_json_t *line, const sim_json_t *event)
{
    char type[TEXT], id[TEXT], place[TEXT], key[TEXT], value[TEXT];
    const char *comma = "";
    value_text(sim_json_find(event, "type"), type, sizeof(type));
    value_text(sim_json_find(event, "id"), id, sizeof(id));
    value_text(event_place(event), place, sizeof(place));
    if (list->file != NULL && list->in_file == 0)
        fprintf(list->to, "%s\n", list->file);
    fprintf(list->to, "%12.6f %7.0f  %-13s %6s  %s", event_time_ps(line, event) / 1e12,
            sim_json_num(sim_json_find(line, "frame"), 0), type, id, place);
    size_t gap = strlen(place) < PLACE ? PLACE - strlen(place) + 2 : 2;
    for (const sim_json_t *v = sim_json_first(event); v != NULL; v = sim_json_next(v)) {
        if (has_column(sim_json_key(v)))
            continue;
        snprintf(key, sizeof(key), "%s", sim_json_key(v));
        clean(key);
        value_text(v, value, sizeof(value));
        fprintf(list->to, "%*s%s %s", (int)gap, comma, key, value);
        comma = ", ";
        gap = 0;
    }
    fputc('\n', list->to);
}

/* ---- JSON, CSV ---- */

static void print_json(const event_list_t *list, const sim_json_t *line, const sim_json_t *event)
{
    sim_json_t *out = sim_json_object();
    if (list->file != NULL)
        sim_json_add_str(out, "file", list->file);
    sim_json_add_num(out, "frame", sim_json_num(sim_json_find(line, "frame"), -1));
    if (sim_json_find(event, "time_ps") == NULL)
        sim_json_add_num(out, "time_ps", event_time_ps(line, event));
    for (const sim_json_t *v = sim_json_first(event); v != NULL; v = sim_json_next(v))
        sim_json_add_value(out, sim_json_key(v), sim_cfg_copy(&(sim_cfg_t){.node = v}));
    char *text = sim_json_print(out, false);
    fprintf(list->to, "%s\n", text != NULL ? text : "{}");
    free(text);
    sim_json_free(out);
}

static const char *const columns[] = {"type",    "id",        "line",  "zone",  "facing",
                                      "place",   "direction", "ms",    "count", "gesture",
                                      "present", "reply",     "fault", "kind",  "value"};

/* As RFC 4180 has it. */
static void print_field(FILE *to, const char *text)
{
    if (strpbrk(text, ",\"\r\n") == NULL) {
        fputs(text, to);
        return;
    }
    fputc('"', to);
    for (; *text != '\0'; text++)
        fprintf(to, *text == '"' ? "\"\"" : "%c", *text);
    fputc('"', to);
}

static void print_csv(const event_list_t *list, const sim_json_t *line, const sim_json_t *event)
{
    char value[TEXT];
    if (list->file != NULL) {
        print_field(list->to, list->file);
        fputc(',', list->to);
    }
    fprintf(list->to, "%.0f,%.0f", event_time_ps(line, event),
            sim_json_num(sim_json_find(line, "frame"), 0));
    for (size_t i = 0; i < SIM_COUNT(columns); i++) {
        value_text(sim_json_find(event, columns[i]), value, sizeof(value));
        fputc(',', list->to);
        print_field(list->to, value);
    }
    fputc('\n', list->to);
}

/* ---- the list ---- */

static void print_head(const event_list_t *list)
{
    if (list->format == EVENT_TABLE)
        fprintf(list->to, "%12s %7s  %-13s %6s  %-*s  what\n", "time, s", "frame", "type", "id",
                PLACE, "where");
    if (list->format != EVENT_CSV)
        return;
    fprintf(list->to, "%stime_ps,frame", list->file != NULL ? "file," : "");
    for (size_t i = 0; i < SIM_COUNT(columns); i++)
        fprintf(list->to, ",%s", columns[i]);
    fputc('\n', list->to);
}

static void print_event(event_list_t *list, const sim_json_t *line, const sim_json_t *event)
{
    if (list->found == 0)
        print_head(list);
    if (list->format == EVENT_TABLE)
        print_row(list, line, event);
    else if (list->format == EVENT_JSON)
        print_json(list, line, event);
    else if (list->format == EVENT_CSV)
        print_csv(list, line, event);
    list->found++;
    list->in_file++;
}

bool event_list_take(void *ctx, const sim_cfg_t *line)
{
    event_list_t *list = ctx;
    for (const sim_json_t *e = NULL; (e = event_next(line, e)) != NULL;)
        if (event_filter_takes(list->filter, line->node, e))
            print_event(list, line->node, e);
    return true;
}

void event_list_end_file(event_list_t *list)
{
    if (list->format == EVENT_COUNT && list->file != NULL)
        fprintf(list->to, "%s: ", list->file);
    if (list->format == EVENT_COUNT)
        fprintf(list->to, "%" PRIu64 "\n", list->in_file);
    list->in_file = 0;
}

void event_list_end(const event_list_t *list)
{
    if (list->format == EVENT_CSV && list->found == 0)
        print_head(list);
}
