#include "tools/event_judge.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scenes/scene.h"
#include "tools/event_match.h"
#include "tools/json_lines.h"

enum { PATH = 1280, SIGNATURE = 160, MAX_EVENTS = 1 << 20 };

/* What a truth event is besides those of scene.h. */
#define DERIVED(X)                                                                                 \
    X(OCCUPIED, "occupied")                                                                        \
    X(CLEARED, "cleared")                                                                          \
    X(PRESENCE, "presence")

const char *const event_truths[] = {
#define X(name, type, key) type,
    SCENE_EVENTS(X)
#undef X
#define X(name, type) type,
        DERIVED(X)
#undef X
};
const uint32_t event_truth_count = SIM_COUNT(event_truths);

/* What alerts tell of; all others tell an event of their own name. */
static const struct {
    const char *report, *truth;
} answers[] = {
    {"intrusion", "occupied"}, {"alert_end", "cleared"}, {"loitering", "dwell"},
    {"stop", "occupied"},      {"release", "cleared"},
};

/* An event of either file. */
typedef struct {
    event_item_t item; /* stays first; of a report: when its packet was sealed */
    double time_ps;    /* by which from and to take it */
    double id, frame;
    bool seen;             /* of the truth: it could be told */
    const char *signature; /* of the names */
} told_t;

typedef struct {
    told_t *told;
    size_t count;
    bool there; /* the file */
} list_t;

/* Who is in a zone. */
typedef struct {
    uint32_t key;
    uint32_t inside;
} zone_t;

/* When somebody was last among the true boxes. */
typedef struct {
    double id, at_ps;
} sighting_t;

typedef struct {
    const expect_event_t *expected;
    event_figures_t *figures;
    event_filter_t filter; /* any time */
    const char *type[2];   /* of reports, of the truth */
    char **name;           /* signatures by key */
    uint32_t names;
    zone_t *zone;
    size_t zones;
    sighting_t *sighting;
    size_t sightings;
    bool present, no_memory;
    bool any;                /* line */
    double first_ps, end_ps; /* of the frames in both files */
    list_t truth, report;
    list_t *list; /* that is read */
} reader_t;

/* ---- lists ---- */

static bool grow(reader_t *r, void **list, size_t count, size_t item_bytes)
{
    bool full = (count & (count - 1)) == 0; /* room is the next power of two */
    void *more = full ? realloc(*list, (count == 0 ? 1 : 2 * count) * item_bytes) : *list;
    if (more == NULL)
        r->no_memory = true;
    else
        *list = more;
    return more != NULL;
}

/* Where, which way and what: of equal ones one number. */
static uint32_t key_of(reader_t *r, const char *signature)
{
    for (uint32_t i = 0; i < r->names; i++)
        if (strcmp(r->name[i], signature) == 0)
            return i;
    void *list = r->name;
    char *copy = malloc(strlen(signature) + 1);
    if (copy == NULL || !grow(r, &list, r->names, sizeof(*r->name))) {
        free(copy);
        r->no_memory = true;
        return 0;
    }
    memcpy(copy, signature, strlen(signature) + 1);
    r->name = list;
    r->name[r->names] = copy;
    return r->names++;
}

static void add_told(reader_t *r, const told_t *told)
{
    void *list = r->list->told;
    if (r->list->count >= MAX_EVENTS || !grow(r, &list, r->list->count, sizeof(*told))) {
        r->no_memory = true;
        return;
    }
    r->list->told = list;
    r->list->told[r->list->count++] = *told;
}

static void sign(const sim_json_t *event, char signature[SIGNATURE])
{
    static const char *const keys[] = {"line", "zone", "facing", "direction", "gesture", "present"};
    size_t used = 0;
    signature[0] = '\0';
    for (size_t i = 0; i < SIM_COUNT(keys); i++) {
        const sim_json_t *value = sim_json_find(event, keys[i]);
        char number[32];
        if (value == NULL || used >= SIGNATURE - 1)
            continue;
        snprintf(number, sizeof(number), "%.0f", sim_json_num(value, 0));
        int more = snprintf(signature + used, SIGNATURE - used, " %s %.60s", keys[i],
                            sim_json_str(value, number));
        used += more > 0 ? (size_t)more : 0;
    }
}

static void take_event(reader_t *r, const sim_json_t *line, const sim_json_t *event, double at_ps)
{
    char signature[SIGNATURE];
    sign(event, signature);
    told_t told = {.time_ps = event_time_ps(line, event),
                   .id = sim_json_num(sim_json_find(event, "id"), 0),
                   .frame = sim_json_num(sim_json_find(line, "frame"), -1)};
    told.item.key = key_of(r, signature);
    told.item.at_ps = isnan(at_ps) ? told.time_ps : at_ps;
    told.seen = sim_json_find(event, "line") == NULL && sim_json_find(event, "zone") == NULL;
    add_told(r, &told);
}

static double see_line(reader_t *r, const sim_json_t *line)
{
    double at_ps = sim_json_num(sim_json_find(line, "time_ps"), 0);
    r->first_ps = !r->any || at_ps < r->first_ps ? at_ps : r->first_ps;
    r->end_ps = !r->any || at_ps > r->end_ps ? at_ps : r->end_ps;
    r->any = true;
    return at_ps;
}

/* ---- reports ---- */

static bool take_report(void *ctx, const sim_cfg_t *line)
{
    reader_t *r = ctx;
    double sealed_ps =
        see_line(r, line->node) + sim_json_num(sim_json_find(line->node, "latency_us"), 0) * 1e6;
    for (const sim_json_t *e = NULL; (e = event_next(line, e)) != NULL;)
        if (event_filter_takes(&r->filter, line->node, e))
            take_event(r, line->node, e, sealed_ps);
    return !r->no_memory;
}

/* ---- truth ---- */

/* Somebody enters or leaves: is it the first, the last? */
static bool zone_changes(reader_t *r, const sim_json_t *event, bool enters)
{
    char signature[SIGNATURE];
    sign(event, signature);
    uint32_t key = key_of(r, signature);
    size_t i = 0;
    while (i < r->zones && r->zone[i].key != key)
        i++;
    void *list = r->zone;
    if (i == r->zones && !grow(r, &list, r->zones, sizeof(*r->zone)))
        return false;
    r->zone = list;
    if (i == r->zones)
        r->zone[r->zones++] = (zone_t){.key = key};
    zone_t *zone = &r->zone[i];
    uint32_t before = zone->inside;
    zone->inside = enters ? before + 1 : before > 0 ? before - 1 : 0;
    return enters ? before == 0 : before == 1;
}

static bool is_wanted(reader_t *r, const sim_json_t *event)
{
    const char *type = sim_json_str(sim_json_find(event, "type"), "");
    bool enters = strcmp(type, "zone_enter") == 0, leaves = strcmp(type, "zone_leave") == 0;
    bool changes = (enters || leaves) && zone_changes(r, event, enters);
    if (changes && strcmp(r->type[1], enters ? "occupied" : "cleared") == 0)
        return true;
    return strcmp(r->type[1], type) == 0;
}

static sighting_t *find_sighting(const reader_t *r, double id)
{
    for (size_t i = 0; i < r->sightings; i++)
        if (!(r->sighting[i].id < id) && !(r->sighting[i].id > id))
            return &r->sighting[i];
    return NULL;
}

static void note_sighting(reader_t *r, double id, double at_ps)
{
    sighting_t *s = find_sighting(r, id);
    void *list = r->sighting;
    if (s == NULL && grow(r, &list, r->sightings, sizeof(*s))) {
        r->sighting = list;
        s = &r->sighting[r->sightings++];
    }
    if (s != NULL)
        *s = (sighting_t){id, at_ps};
}

/* An event of a line or zone could be told when whose it is was in a box within the window before
 * or after. */
static void see_boxes(reader_t *r, const sim_json_t *line, size_t first_new)
{
    double at_ps = sim_json_num(sim_json_find(line, "time_ps"), 0);
    double since_ps = at_ps - (double)r->expected->window_ps;
    const sim_json_t *box = sim_json_first(sim_json_find(line, "boxes"));
    for (; box != NULL; box = sim_json_next(box))
        note_sighting(r, sim_json_num(sim_json_find(box, "id"), 0), at_ps);
    for (size_t i = r->truth.count; i-- > 0;) {
        told_t *t = &r->truth.told[i];
        const sighting_t *s = find_sighting(r, t->id);
        double from_ps = t->time_ps - (double)r->expected->window_ps;
        if (i < first_new && t->time_ps < since_ps)
            break; /* in order of time */
        t->seen |= s != NULL && s->at_ps >= from_ps;
    }
}

/* Presence is told by the boxes of persons. */
static void take_presence(reader_t *r, const sim_json_t *line)
{
    bool present = false;
    const sim_json_t *box = sim_json_first(sim_json_find(line, "boxes"));
    for (; box != NULL; box = sim_json_next(box))
        present |= strcmp(sim_json_str(sim_json_find(box, "class"), ""), "person") == 0;
    if (present != r->present) {
        sim_json_t *event = sim_json_object();
        sim_json_add_bool(event, "present", present);
        take_event(r, line, event, NAN);
        sim_json_free(event);
    }
    r->present = present;
}

static bool take_truth(void *ctx, const sim_cfg_t *line)
{
    reader_t *r = ctx;
    size_t before = r->truth.count;
    see_line(r, line->node);
    for (const sim_json_t *e = NULL; (e = event_next(line, e)) != NULL;)
        if (is_wanted(r, e) && event_filter_takes(&r->filter, line->node, e))
            take_event(r, line->node, e, NAN);
    if (strcmp(r->type[1], "presence") == 0)
        take_presence(r, line->node);
    see_boxes(r, line->node, before);
    return !r->no_memory;
}

/* ---- reading ---- */

static bool read_file(reader_t *r, const char *dir, const char *name, list_t *list,
                      json_lines_fn_t *take, char *error, size_t error_bytes)
{
    char path[PATH];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    r->list = list;
    list->there = access(path, R_OK) == 0;
    if (!list->there)
        return true;
    if (!json_lines(path, take, r, error, error_bytes))
        return false;
    if (r->no_memory)
        snprintf(error, error_bytes, "%s: no memory for its events", path);
    return !r->no_memory;
}

static bool is_in_time(const reader_t *r, const told_t *told)
{
    const event_filter_t *f = &r->expected->filter;
    return told->time_ps >= (double)f->from.at_ps &&
           (!f->has_to || told->time_ps < (double)f->to.at_ps);
}

/* The frames of the first reports, in the order of the file. */
static void list_frames(const reader_t *r, char *text, size_t bytes)
{
    size_t length = 0, listed = 0;
    for (size_t i = 0; i < r->report.count && listed < 8 && length < bytes; i++) {
        const told_t *t = &r->report.told[i];
        if (!is_in_time(r, t))
            continue;
        int more = snprintf(text + length, bytes - length, "%s%.0f",
                            listed++ > 0 ? ", " : "in frames ", t->frame);
        length += more > 0 ? (size_t)more : 0;
    }
}

/* What the reports tell of. */
static void find_types(reader_t *r)
{
    const expect_event_t *e = r->expected;
    uint32_t i = 0;
    while (i + 1 < event_type_count && (e->filter.types >> i & 1) == 0)
        i++;
    r->type[0] = r->type[1] = event_types[i];
    for (size_t k = 0; k < SIM_COUNT(answers); k++)
        if (strcmp(event_types[i], answers[k].report) == 0)
            r->type[1] = answers[k].truth;
    if (e->truth[0] != '\0')
        r->type[1] = e->truth;
}

static bool read_both(reader_t *r, const char *dir, char *error, size_t error_bytes)
{
    find_types(r);
    r->filter = r->expected->filter;
    r->filter.from.at_ps = 0;
    r->filter.has_to = false;
    if (!read_file(r, dir, "metadata.jsonl", &r->report, take_report, error, error_bytes))
        return false;
    list_frames(r, r->figures->where[EVENT_count], EVENT_WHERE);
    r->filter.types = 0; /* of the truth any, and anybody's */
    r->filter.has_id = false;
    if (!read_file(r, dir, "truth.jsonl", &r->truth, take_truth, error, error_bytes))
        return false;
    for (int i = 0; i < 2; i++) {
        list_t *list = i == 0 ? &r->truth : &r->report;
        if (list->count > 1)
            qsort(list->told, list->count, sizeof(*list->told), event_item_order);
        for (size_t k = 0; k < list->count; k++)
            list->told[k].signature = r->name[list->told[k].item.key];
    }
    if (event_match(r->truth.told, r->truth.count, r->report.told, r->report.count, sizeof(told_t),
                    (double)r->expected->window_ps))
        return true;
    snprintf(error, error_bytes, "%s: no memory to pair its events", dir);
    return false;
}

static void free_reader(reader_t *r)
{
    for (uint32_t i = 0; i < r->names; i++)
        free(r->name[i]);
    free(r->name);
    free(r->zone);
    free(r->sighting);
    free(r->truth.told);
    free(r->report.told);
}

/* ---- figures ---- */

/* The earlier one; NULL: none. */
static const told_t *earlier(const told_t *a, const told_t *b)
{
    return a == NULL || b->time_ps < a->time_ps ? b : a;
}

static int64_t frame_of(const told_t *t)
{
    return t->frame >= 0 && t->frame < UINT32_MAX ? (int64_t)t->frame : -1;
}

static void describe(const char *type, const told_t *t, char *text, size_t bytes)
{
    snprintf(text, bytes, "frame %.0f, %s%s at %.6f s, id %.0f", t->frame, type, t->signature,
             t->time_ps * 1e-12, t->id);
}

static void judge_truth(const reader_t *r, event_figures_t *f)
{
    const double window_ps = (double)r->expected->window_ps;
    const told_t *missed = NULL, *late = NULL;
    double misses = 0, told = 0, sum = 0, worst = -HUGE_VAL;
    char text[EVENT_WHERE - 64];
    for (size_t i = 0; i < r->truth.count; i++) {
        const told_t *t = &r->truth.told[i];
        bool open = t->item.at_ps + window_ps > r->end_ps;
        if (!is_in_time(r, t) || (t->item.match < 0 && (open || !t->seen)))
            continue;
        if (t->item.match < 0) {
            missed = earlier(missed, t);
            misses++;
            continue;
        }
        double late_ms = (r->report.told[t->item.match].item.at_ps - t->item.at_ps) * 1e-9;
        late = late_ms > worst ? t : late;
        worst = late_ms > worst ? late_ms : worst;
        sum += late_ms;
        told++;
    }
    if (told + misses > 0)
        f->value[EVENT_recall] = told / (told + misses);
    if (missed != NULL) {
        describe(r->type[1], missed, text, sizeof(text));
        snprintf(f->where[EVENT_recall], EVENT_WHERE, "%s, was not told within %g s", text,
                 window_ps * 1e-12);
        f->frame[EVENT_recall] = frame_of(missed);
    }
    if (late == NULL)
        return;
    f->value[EVENT_delay_ms] = worst;
    f->value[EVENT_delay_mean_ms] = sum / told;
    describe(r->type[1], late, text, sizeof(text));
    snprintf(f->where[EVENT_delay_ms], EVENT_WHERE, "%s, was told in frame %.0f", text,
             r->report.told[late->item.match].frame);
    f->frame[EVENT_delay_ms] = frame_of(late);
}

/* Simulated time in which something could be reported, minutes. */
static double minutes(const reader_t *r)
{
    const event_filter_t *f = &r->expected->filter;
    double from = r->first_ps, to = r->end_ps;
    from = (double)f->from.at_ps > from ? (double)f->from.at_ps : from;
    to = f->has_to && (double)f->to.at_ps < to ? (double)f->to.at_ps : to;
    return (to - from) / 60e12;
}

static void judge_reports(const reader_t *r, event_figures_t *f)
{
    const told_t *wrong = NULL;
    double all = 0, alarms = 0;
    char text[EVENT_WHERE - 64];
    for (size_t i = 0; i < r->report.count; i++) {
        const told_t *t = &r->report.told[i];
        if (!is_in_time(r, t))
            continue;
        all++;
        if (t->item.match < 0) {
            wrong = earlier(wrong, t);
            alarms++;
        }
    }
    f->value[EVENT_count] = all;
    if (!r->truth.there)
        return;
    if (all > 0)
        f->value[EVENT_precision] = (all - alarms) / all;
    if (minutes(r) > 0)
        f->value[EVENT_false_per_min] = alarms / minutes(r);
    if (wrong == NULL)
        return;
    describe(r->type[0], wrong, text, sizeof(text));
    snprintf(f->where[EVENT_precision], EVENT_WHERE, "%s: nothing of the kind within %g s", text,
             (double)r->expected->window_ps * 1e-12);
    snprintf(f->where[EVENT_false_per_min], EVENT_WHERE, "%s", f->where[EVENT_precision]);
    f->frame[EVENT_precision] = f->frame[EVENT_false_per_min] = frame_of(wrong);
}

bool event_judge(const char *dir, const expect_event_t *expected, event_figures_t *figures,
                 char *error, size_t error_bytes)
{
    reader_t r = {.expected = expected, .figures = figures};
    memset(figures, 0, sizeof(*figures));
    for (int i = 0; i < EVENT_FIGURES; i++) {
        figures->value[i] = NAN;
        figures->frame[i] = -1;
    }
    bool fine = read_both(&r, dir, error, error_bytes);
    if (fine && r.report.there) {
        if (r.truth.there)
            judge_truth(&r, figures);
        judge_reports(&r, figures);
    }
    free_reader(&r);
    return fine;
}
