#include "tools/expect.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/time.h"
#include "tools/event_judge.h"
#include "tools/score.h"

const expect_figure_t expect_figures[FIGURES] = {
#define X(name, unit, path, factor, help) {#name, unit, path, factor, help},
    EXPECT_FIGURES(X)
#undef X
};

const expect_event_figure_t expect_event_figures[EVENT_FIGURES] = {
#define X(name, unit, help) {#name, unit, help},
    EXPECT_EVENT_FIGURES(X)
#undef X
};

/* ---- ranges ---- */

/* A number, or {"min": a, "max": b}, one of them at least. */
static void read_range(const sim_cfg_t *cfg, const char *key, expect_range_t *range)
{
    if (!sim_cfg_has(cfg, key))
        return;
    range->given = true;
    if (sim_cfg_is_num(cfg, key)) {
        range->low = range->high = sim_cfg_num(cfg, key, -HUGE_VAL, HUGE_VAL, 0);
        return;
    }
    sim_cfg_t inner = sim_cfg_obj(cfg, key);
    range->low = sim_cfg_num(&inner, "min", -HUGE_VAL, HUGE_VAL, -HUGE_VAL);
    range->high = sim_cfg_num(&inner, "max", -HUGE_VAL, HUGE_VAL, HUGE_VAL);
    if (!sim_cfg_has(&inner, "min") && !sim_cfg_has(&inner, "max"))
        sim_cfg_fail(cfg, key, "neither a number nor min, max");
    if (range->low > range->high)
        sim_cfg_fail(cfg, key, "min %g above max %g", range->low, range->high);
    sim_cfg_done(&inner);
}

bool expect_holds(const expect_range_t *range, double value)
{
    return value >= range->low && value <= range->high;
}

void expect_range_text(const expect_range_t *range, char *text, size_t bytes)
{
    if (!(range->low < range->high))
        snprintf(text, bytes, "%.10g", range->low);
    else if (!isfinite(range->low))
        snprintf(text, bytes, "at most %.10g", range->high);
    else if (!isfinite(range->high))
        snprintf(text, bytes, "at least %.10g", range->low);
    else
        snprintf(text, bytes, "%.10g..%.10g", range->low, range->high);
}

/* ---- the keys ---- */

static void read_fails(const sim_cfg_t *cfg, expect_t *e)
{
    const char *reason = sim_cfg_is_str(cfg, "fails") ? sim_cfg_str(cfg, "fails", "") : NULL;
    e->fails = reason != NULL || sim_cfg_bool(cfg, "fails", false);
    if (reason != NULL && (reason[0] == '\0' || strlen(reason) >= EXPECT_NAME))
        sim_cfg_fail(cfg, "fails", "text of %zu bytes, expected 1..%d", strlen(reason),
                     EXPECT_NAME - 1);
    snprintf(e->reason, sizeof(e->reason), "%s", reason != NULL ? reason : "");
}

static void read_limit(const sim_cfg_t *cfg, expect_t *e)
{
    e->time_limit_s = (uint32_t)sim_cfg_u64(cfg, "time_limit_s", 1, 86400, EXPECT_LIMIT_S);
}

static void read_iou(const sim_cfg_t *cfg, expect_t *e)
{
    e->iou = sim_cfg_num(cfg, "iou", 0, 1, SCORE_MIN_IOU);
}

/* An object whose keys are the user's: how many there are, at most `most`. */
static uint32_t count_keys(const sim_cfg_t *cfg, uint32_t most)
{
    uint32_t count = 0;
    while (count <= most && sim_cfg_key_at(cfg, count) != NULL)
        count++;
    if (count > most)
        sim_cfg_fail(cfg, NULL, "more than %u keys", most);
    return count > most ? most : count;
}

static void take_key(const sim_cfg_t *cfg, uint32_t i, char *out, size_t bytes)
{
    const char *key = sim_cfg_key_at(cfg, i);
    if (key == NULL)
        return; /* after a complaint */
    if (strlen(key) >= bytes || key[0] == '\0')
        sim_cfg_fail(cfg, NULL, "key of %zu bytes, expected 1..%zu", strlen(key), bytes - 1);
    snprintf(out, bytes, "%s", key);
}

static void read_counters(const sim_cfg_t *cfg, expect_t *e)
{
    sim_cfg_t stats = sim_cfg_obj(cfg, "stats");
    e->counters = count_keys(&stats, EXPECT_COUNTERS);
    for (uint32_t i = 0; i < e->counters; i++) {
        take_key(&stats, i, e->counter[i].path, EXPECT_NAME);
        read_range(&stats, e->counter[i].path, &e->counter[i].range);
    }
}

static void read_event_name(const sim_cfg_t *cfg, const char *key, char name[EVENT_NAME])
{
    const char *text = sim_cfg_str(cfg, key, "");
    if (sim_cfg_has(cfg, key) && (text[0] == '\0' || strlen(text) >= EVENT_NAME))
        sim_cfg_fail(cfg, key, "text of %zu bytes, expected 1..%d", strlen(text), EVENT_NAME - 1);
    snprintf(name, EVENT_NAME, "%s", text);
}

static void read_event_filter(const sim_cfg_t *cfg, event_filter_t *f)
{
    f->from.at_ps = sim_cfg_time_ps(cfg, "from", 0);
    f->has_to = sim_cfg_has(cfg, "to");
    f->to.at_ps = sim_cfg_time_ps(cfg, "to", UINT64_MAX);
    if (f->from.at_ps >= f->to.at_ps)
        sim_cfg_fail(cfg, "to", "not after from");
    for (uint32_t p = METADATA_LINE; p < METADATA_PLACES; p++)
        read_event_name(cfg, metadata_place_key[p], f->place[p]);
    read_event_name(cfg, "direction", f->direction);
    if (f->direction[0] != '\0' && strcmp(f->direction, "in") != 0 &&
        strcmp(f->direction, "out") != 0)
        sim_cfg_fail(cfg, "direction", "\"%s\", expected in or out", f->direction);
    f->has_id = sim_cfg_has(cfg, "id");
    f->id = sim_cfg_u64(cfg, "id", 0, UINT32_MAX, 0);
}

/* Of the type whose index is given. */
static void read_event(const sim_cfg_t *cfg, uint32_t type, expect_event_t *event)
{
    bool given = false;
    event->filter.types = 1u << type;
    read_event_filter(cfg, &event->filter);
    if (sim_cfg_has(cfg, "truth"))
        snprintf(event->truth, sizeof(event->truth), "%s",
                 event_truths[sim_cfg_enum(cfg, "truth", event_truths, event_truth_count, 0)]);
    event->window_ps = sim_cfg_time_ps(cfg, "window", EXPECT_WINDOW_MS * SIM_PS_PER_MS);
    for (uint32_t i = 0; i < EVENT_FIGURES; i++) {
        read_range(cfg, expect_event_figures[i].name, &event->figure[i]);
        given |= event->figure[i].given;
    }
    if (!given)
        event->figure[EVENT_count] = (expect_range_t){.given = true, .low = 1, .high = HUGE_VAL};
    sim_cfg_done(cfg);
}

/* {"crossing": {..}}: a type once. */
static void read_events_by_type(const sim_cfg_t *cfg, expect_t *e)
{
    sim_cfg_t list = sim_cfg_obj(cfg, "events");
    const char *key;
    for (uint32_t i = 0; (key = sim_cfg_key_at(&list, i)) != NULL && i < EXPECT_EVENTS; i++) {
        uint32_t type = 0;
        while (type < event_type_count && strcmp(event_types[type], key) != 0)
            type++;
        if (type == event_type_count)
            continue; /* sim_cfg_done complains */
        sim_cfg_t item = sim_cfg_obj(&list, key);
        read_event(&item, type, &e->event[e->events++]);
    }
    sim_cfg_done(&list);
}

/* [{"type": "crossing", ..}, ..]: also one type several times. */
static void read_events(const sim_cfg_t *cfg, expect_t *e)
{
    if (sim_json_kind(sim_json_find(cfg->node, "events")) == SIM_JSON_OBJECT) {
        read_events_by_type(cfg, e);
        return;
    }
    uint32_t count = sim_cfg_count(cfg, "events");
    if (count > EXPECT_EVENTS)
        sim_cfg_fail(cfg, "events", "%u of them, at most %d", count, EXPECT_EVENTS);
    for (uint32_t i = 0; i < count && i < EXPECT_EVENTS; i++) {
        sim_cfg_t item = sim_cfg_at(cfg, "events", i);
        sim_cfg_need(&item, "type");
        uint32_t type = sim_cfg_enum(&item, "type", event_types, event_type_count, 0);
        read_event(&item, type, &e->event[e->events++]);
    }
}

/* [{"frame": 0, "id": 0}, {"frame": 7, "id": 1}] */
static void read_networks(const sim_cfg_t *cfg, expect_t *e)
{
    uint32_t count = sim_cfg_count(cfg, "networks"), least = 0;
    if (count > EXPECT_NETWORKS)
        sim_cfg_fail(cfg, "networks", "%u of them, at most %d", count, EXPECT_NETWORKS);
    for (uint32_t i = 0; i < count && i < EXPECT_NETWORKS; i++) {
        sim_cfg_t item = sim_cfg_at(cfg, "networks", i);
        expect_network_t *n = &e->network[e->networks++];
        sim_cfg_need(&item, "frame");
        sim_cfg_need(&item, "id");
        n->frame = (uint32_t)sim_cfg_u64(&item, "frame", least, INT32_MAX, least);
        n->id = (uint32_t)sim_cfg_u64(&item, "id", 0, UINT32_MAX, 0);
        least = n->frame + 1;
        sim_cfg_done(&item);
    }
}

static void read_file(const sim_cfg_t *files, uint32_t i, expect_file_t *file)
{
    take_key(files, i, file->name, sizeof(file->name));
    sim_cfg_t cfg = sim_cfg_obj(files, file->name);
    if (file->name[0] == '/' || strstr(file->name, "..") != NULL)
        sim_cfg_fail(files, NULL, "'%s' is not a file of the results", file->name);
    file->tolerances = count_keys(&cfg, EXPECT_TOLERANCES);
    for (uint32_t k = 0; k < file->tolerances; k++) {
        expect_tolerance_t *t = &file->tolerance[k];
        take_key(&cfg, k, t->key, sizeof(t->key));
        t->by = sim_cfg_num(&cfg, t->key, 0, HUGE_VAL, 0);
    }
}

static void read_golden(const sim_cfg_t *cfg, expect_t *e)
{
    if (!sim_cfg_has(cfg, "golden"))
        return;
    sim_cfg_t golden = sim_cfg_obj(cfg, "golden");
    sim_cfg_need(&golden, "folder");
    sim_cfg_need(&golden, "files");
    const char *folder = sim_cfg_str(&golden, "folder", "");
    if (strlen(folder) >= EXPECT_NAME || folder[0] == '\0')
        sim_cfg_fail(&golden, "folder", "name of %zu bytes, expected 1..%d", strlen(folder),
                     EXPECT_NAME - 1);
    snprintf(e->golden, sizeof(e->golden), "%s", folder);
    sim_cfg_t files = sim_cfg_obj(&golden, "files");
    e->files = count_keys(&files, EXPECT_FILES);
    for (uint32_t i = 0; i < e->files; i++)
        read_file(&files, i, &e->file[i]);
    sim_cfg_done(&golden);
}

/* What is no figure. */
static const struct {
    const char *name, *value;
    void (*read)(const sim_cfg_t *cfg, expect_t *e);
    const char *help;
} keys[] = {
    {"stats", "`{path: number or {min, max}}`", read_counters,
     "counters of `stats.json`: `\"sensor.isp.overruns\": 0`"},
    {"events", "`{type: {..}}` or `[{type, ..}, ..]`", read_events,
     "events of a type, how many and against the truth; keys below"},
    {"networks", "`[{frame, id}, ..]`", read_networks,
     "whose result each frame is: from this frame to the next entry's, and none is missing"},
    {"golden", "`{folder, files: {name: {key: number}}}`", read_golden,
     "files of the results that equal those of a folder; values of JSON under `key` may differ by "
     "that much, samples of a PNG by `dn`, and `psnr_db` is the least PSNR"},
    {"fails", "true or text", read_fails,
     "the run or one of the other keys has to fail, with that text in its line"},
    {"iou", "number", read_iou, "least overlap of a box with the true one; default 0.4"},
    {"time_limit_s", "number", read_limit, "of host time; default 300"},
};

void expect_read(const sim_cfg_t *scenario, expect_t *e)
{
    memset(e, 0, sizeof(*e));
    sim_cfg_t cfg = sim_cfg_obj(scenario, "expect");
    for (uint32_t i = 0; i < FIGURES; i++)
        read_range(&cfg, expect_figures[i].name, &e->figure[i]);
    for (size_t i = 0; i < SIM_COUNT(keys); i++)
        keys[i].read(&cfg, e);
    sim_cfg_done(&cfg);
}

void expect_check(const sim_cfg_t *scenario)
{
    expect_t *e = malloc(sizeof(*e));
    if (e != NULL)
        expect_read(scenario, e);
    else
        sim_cfg_fail(scenario, "expect", "out of memory");
    free(e);
}

/* What is no figure of an event. */
static const struct {
    const char *name, *value, *help;
} event_keys[] = {
    {"from, to", "times", "only those from `from` on and before `to`"},
    {"line, zone, facing, direction", "text", "only those of that place, that way"},
    {"id", "number", "reports of that track alone"},
    {"window", "time", "a report tells an event that is so far away at most; default 1s"},
    {"truth", "type",
     "what they tell; default: the same, `occupied` (somebody is in the zone now) of `intrusion` "
     "and `stop`, `cleared` of `alert_end` and `release`, `dwell` of `loitering`"},
};

static void print_figure(FILE *to, const char *name, const char *unit, const char *help)
{
    bool has_unit = strcmp(unit, "1") != 0;
    fprintf(to, "| `%s` | number or {min, max}%s%s | %s |\n", name, has_unit ? ", " : "",
            has_unit ? unit : "", help);
}

void expect_print_schema(FILE *to)
{
    fputs("| key | value | what |\n|---|---|---|\n", to);
    for (uint32_t i = 0; i < FIGURES; i++)
        print_figure(to, expect_figures[i].name, expect_figures[i].unit, expect_figures[i].help);
    for (size_t i = 0; i < SIM_COUNT(keys); i++)
        fprintf(to, "| `%s` | %s | %s |\n", keys[i].name, keys[i].value, keys[i].help);
    fputs("\n| key of an event | value | what |\n|---|---|---|\n", to);
    for (uint32_t i = 0; i < EVENT_FIGURES; i++)
        print_figure(to, expect_event_figures[i].name, expect_event_figures[i].unit,
                     expect_event_figures[i].help);
    for (size_t i = 0; i < SIM_COUNT(event_keys); i++)
        fprintf(to, "| `%s` | %s | %s |\n", event_keys[i].name, event_keys[i].value,
                event_keys[i].help);
}
