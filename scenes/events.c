/*
 * events.c - what happens: who crosses lines, enters zones and stays there, and what kinds of
 * actors tell of themselves.
 *
 * Feet are looked at every STEP_PS of simulated time from 0 on; where something is different, the
 * first picosecond of it is found by halving. So an event is the same whatever time is asked for,
 * and nothing is remembered between two questions. Before time 0 nobody is anywhere: who stands in
 * a zone at time 0 enters it then.
 */
#include <stdlib.h>
#include <string.h>

#include "scenes/world_int.h"

#define STEP_PS INT64_C(10000000000)
#define LAST_PS (INT64_MAX / 2)
#define JUMP_M 0.1 /* in a picosecond: begins again elsewhere */

/* One whose feet matter. */
typedef struct {
    const scene_t *scene;
    const scene_cast_t *cast; /* NULL: of the recording */
    uint64_t kind;            /* bit of its kind; of a recording by the box */
    uint32_t id;              /* in events */
    uint32_t mark_id;         /* of a recording's boxes */
} walker_t;

typedef struct {
    bool there;
    double px[2];
    double x_m, z_m; /* of an actor */
    uint64_t kind;   /* its bit */
} foot_t;

typedef struct {
    const scene_t *scene;
    uint64_t from_ps, to_ps;
    uint32_t zone; /* whose dwell is looked for */
    scene_events_t *out;
} search_t;

struct scene_emit {
    search_t *search;
    uint32_t id;
};

/* From step k to k + 1 of somebody. */
typedef void visit_t(search_t *search, const walker_t *walker, int64_t k);

/* ---- the list ---- */

static bool grow(scene_events_t *list)
{
    if (list->count < list->room)
        return true;
    uint32_t room = list->room == 0 ? 64 : 2 * list->room;
    scene_event_t *more = realloc(list->event, room * sizeof(*more));
    if (more == NULL)
        return false;
    list->event = more;
    list->room = room;
    return true;
}

static void emit(search_t *search, scene_event_t event)
{
    scene_events_t *list = search->out;
    if (event.time_ps < search->from_ps || event.time_ps >= search->to_ps)
        return;
    if (grow(list))
        list->event[list->count++] = event;
    else
        list->no_memory = true;
}

static int by_time(const void *a, const void *b)
{
    const scene_event_t *x = a, *y = b;
    if (x->time_ps != y->time_ps)
        return x->time_ps < y->time_ps ? -1 : 1;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    if (x->type != y->type)
        return x->type < y->type ? -1 : 1;
    return strcmp(x->name, y->name);
}

void scene_events_free(scene_events_t *list)
{
    free(list->event);
    *list = (scene_events_t){0};
}

/* ---- feet ---- */

static uint64_t kind_of_class(uint32_t class_id)
{
    for (uint32_t i = 0; i < SCENE_KINDS; i++)
        if (scene_actor_kinds[i]->class_id == class_id)
            return UINT64_C(1) << i;
    return 0;
}

static foot_t foot_at(const walker_t *w, int64_t time_ps)
{
    foot_t foot = {0};
    if (time_ps < 0)
        return foot;
    if (w->cast == NULL) {
        uint32_t class_id = 0;
        foot.there = scene_film_foot(w->scene, w->mark_id, (uint64_t)time_ps, foot.px, &class_id);
        foot.kind = kind_of_class(class_id);
        return foot;
    }
    scene_place_t place;
    w->cast->kind->place(w->cast->subject, (double)time_ps * 1e-12, &place);
    foot.x_m = place.x_m;
    foot.z_m = place.z_m;
    foot.kind = w->kind;
    foot.there =
        scene_project(&w->scene->desc.camera, place.x_m, (double)place.foot, place.z_m, foot.px);
    return foot;
}

/* Even-odd; an edge belongs to one of the two polygons that it is between. */
static bool is_inside(const scene_t *scene, uint32_t zone, const foot_t *foot)
{
    const scene_area_t *area = &scene->desc.zone[zone];
    const double(*at)[2] = scene->zone_px[zone];
    bool inside = false;
    if (!foot->there || (area->kinds & foot->kind) == 0)
        return false;
    for (uint32_t i = 0, k = area->corners - 1; i < area->corners; k = i++) {
        bool upward = at[i][1] > foot->px[1], crosses = upward != (at[k][1] > foot->px[1]);
        double way = crosses ? (foot->px[1] - at[i][1]) / (at[k][1] - at[i][1]) : 0;
        inside ^= crosses && foot->px[0] < at[i][0] + way * (at[k][0] - at[i][0]);
    }
    return inside;
}

/* How far on the side that is in, in no unit: 0 on the line. */
static double side_of(const double at[2][2], const foot_t *foot)
{
    return (at[1][1] - at[0][1]) * (foot->px[0] - at[0][0]) -
           (at[1][0] - at[0][0]) * (foot->px[1] - at[0][1]);
}

static bool is_beyond(const scene_t *scene, uint32_t line, const foot_t *foot)
{
    return side_of(scene->line_px[line], foot) >= 0;
}

/* The first picosecond after low at which the answer is not that of low; it is not at high. */
static int64_t find_change(const walker_t *w, uint32_t area,
                           bool (*test)(const scene_t *scene, uint32_t area, const foot_t *foot),
                           int64_t low, int64_t high)
{
    foot_t foot = foot_at(w, low);
    bool before = test(w->scene, area, &foot);
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        foot = foot_at(w, middle);
        if (test(w->scene, area, &foot) == before)
            low = middle;
        else
            high = middle;
    }
    return high;
}

/* ---- lines ---- */

/* Does the way from p to q cut the line between its ends? */
static bool meets(const scene_area_t *line, const double at[2][2], const foot_t *p, const foot_t *q)
{
    double a = side_of(at, p), b = side_of(at, q), t = a / (a - b);
    double x = p->px[0] + t * (q->px[0] - p->px[0]) - at[0][0];
    double y = p->px[1] + t * (q->px[1] - p->px[1]) - at[0][1];
    double dx = at[1][0] - at[0][0], dy = at[1][1] - at[0][1];
    double along = (x * dx + y * dy) / (dx * dx + dy * dy);
    return line->where == SCENE_ON_COLUMN || (along >= 0 && along <= 1);
}

static bool jumps(const foot_t *p, const foot_t *q)
{
    double dx = q->x_m - p->x_m, dz = q->z_m - p->z_m;
    return dx * dx + dz * dz > JUMP_M * JUMP_M;
}

static void visit_line(search_t *search, const walker_t *w, uint32_t index, int64_t k,
                       const foot_t ends[2])
{
    const scene_t *scene = search->scene;
    const scene_area_t *line = &scene->desc.line[index];
    bool was = is_beyond(scene, index, &ends[0]), is = is_beyond(scene, index, &ends[1]);
    if (was == is || !ends[0].there || !ends[1].there || (line->kinds & ends[0].kind) == 0)
        return;
    int64_t at = find_change(w, index, is_beyond, k * STEP_PS, (k + 1) * STEP_PS);
    foot_t p = foot_at(w, at - 1), q = foot_at(w, at);
    if (!p.there || !q.there || jumps(&p, &q) || !meets(line, scene->line_px[index], &p, &q))
        return;
    emit(search, (scene_event_t){.type = SCENE_EVENT_CROSSING,
                                 .id = w->id,
                                 .time_ps = (uint64_t)at,
                                 .name = line->name,
                                 .value = is ? SCENE_IN : SCENE_OUT});
}

/* ---- zones ---- */

static void visit_zone(search_t *search, const walker_t *w, uint32_t zone, int64_t k,
                       const foot_t ends[2])
{
    bool is = is_inside(search->scene, zone, &ends[1]);
    if (is_inside(search->scene, zone, &ends[0]) == is)
        return;
    int64_t at = find_change(w, zone, is_inside, k * STEP_PS, (k + 1) * STEP_PS);
    emit(search, (scene_event_t){.type = is ? SCENE_EVENT_ZONE_ENTER : SCENE_EVENT_ZONE_LEAVE,
                                 .id = w->id,
                                 .time_ps = (uint64_t)at,
                                 .name = search->scene->desc.zone[zone].name});
}

static void visit_areas(search_t *search, const walker_t *w, int64_t k)
{
    const foot_t ends[2] = {foot_at(w, k * STEP_PS), foot_at(w, (k + 1) * STEP_PS)};
    for (uint32_t i = 0; i < search->scene->desc.line_count; i++)
        visit_line(search, w, i, k, ends);
    for (uint32_t i = 0; i < search->scene->desc.zone_count; i++)
        visit_zone(search, w, i, k, ends);
}

/* Inside at all steps after from, and at to. */
static bool stays(const walker_t *w, uint32_t zone, int64_t from, int64_t to)
{
    foot_t foot = foot_at(w, to);
    bool inside = is_inside(w->scene, zone, &foot);
    for (int64_t at = (from / STEP_PS + 1) * STEP_PS; inside && at < to; at += STEP_PS) {
        foot = foot_at(w, at);
        inside = is_inside(w->scene, zone, &foot);
    }
    return inside;
}

/* Who enters now has stayed after dwell_ms. */
static void visit_dwell(search_t *search, const walker_t *w, int64_t k)
{
    uint32_t zone = search->zone;
    const scene_area_t *area = &search->scene->desc.zone[zone];
    foot_t before = foot_at(w, k * STEP_PS), after = foot_at(w, (k + 1) * STEP_PS);
    if (is_inside(search->scene, zone, &before) || !is_inside(search->scene, zone, &after))
        return;
    int64_t entered = find_change(w, zone, is_inside, k * STEP_PS, (k + 1) * STEP_PS);
    int64_t at = entered + (int64_t)area->dwell_ms * INT64_C(1000000000);
    if ((uint64_t)at < search->from_ps || (uint64_t)at >= search->to_ps ||
        !stays(w, zone, entered, at))
        return;
    emit(search, (scene_event_t){.type = SCENE_EVENT_DWELL,
                                 .id = w->id,
                                 .time_ps = (uint64_t)at,
                                 .name = area->name,
                                 .value = (int32_t)area->dwell_ms});
}

/* ---- everybody ---- */

static void scan_cast(search_t *search, int64_t from, int64_t to, visit_t *visit)
{
    const scene_t *scene = search->scene;
    for (uint32_t i = 0; i < scene->cast_count; i++) {
        walker_t w = {.scene = scene, .cast = &scene->cast[i], .id = i + 1};
        for (uint32_t kind = 0; kind < SCENE_KINDS; kind++)
            w.kind |= (uint64_t)(scene_actor_kinds[kind] == w.cast->kind) << kind;
        for (int64_t k = from; k <= to; k++)
            visit(search, &w, k);
    }
}

/* Those of one frame of the recording, unless they are in the other one too. */
static void scan_frame(search_t *search, uint32_t frame, const uint32_t *other, int64_t k,
                       visit_t *visit)
{
    const film_truth_t *truth = film_truth(search->scene->film);
    film_mark_t mark = film_mark_of(truth, frame);
    for (uint32_t i = 0; i < mark.count; i++) {
        uint32_t id = truth->box[mark.first + i].id;
        walker_t w = {.scene = search->scene, .id = search->scene->cast_count + id, .mark_id = id};
        if (other == NULL || film_find(truth, *other, id) == NULL)
            visit(search, &w, k);
    }
}

/* Nothing happens while a frame stays. */
static void scan_film(search_t *search, int64_t from, int64_t to, visit_t *visit)
{
    scene_film_t *film = search->scene->film;
    for (int64_t k = from; film != NULL && k <= to; k++) {
        uint32_t before = k >= 0 ? film_frame_at(film, (uint64_t)(k * STEP_PS)) : UINT32_MAX;
        uint32_t after = film_frame_at(film, (uint64_t)((k + 1) * STEP_PS));
        if (before == after)
            continue;
        scan_frame(search, after, NULL, k, visit);
        scan_frame(search, before, &after, k, visit);
    }
}

/* All steps that end in from_ps.. to_ps (not in it). */
static void scan(search_t *search, int64_t from_ps, int64_t to_ps, visit_t *visit)
{
    int64_t from = from_ps > 0 ? (from_ps - 1) / STEP_PS : -1;
    int64_t to = to_ps > 1 ? (to_ps - 2) / STEP_PS : -1;
    if (to_ps <= 0)
        return;
    scan_cast(search, from, to, visit);
    scan_film(search, from, to, visit);
}

/* ---- of kinds ---- */

void scene_emit(const scene_emit_t *to, scene_event_type_t type, uint64_t time_ps, const char *name)
{
    emit(to->search, (scene_event_t){.type = type, .id = to->id, .time_ps = time_ps, .name = name});
}

static void ask_kinds(search_t *search)
{
    const scene_t *scene = search->scene;
    for (uint32_t i = 0; i < scene->cast_count; i++) {
        const scene_cast_t *cast = &scene->cast[i];
        scene_emit_t to = {.search = search, .id = i + 1};
        if (cast->kind->events != NULL)
            cast->kind->events(cast->subject, cast->look, search->from_ps, search->to_ps, &to);
    }
}

bool scene_events(const scene_t *scene, uint64_t from_ps, uint64_t to_ps, scene_events_t *out)
{
    search_t search = {.scene = scene, .out = out, .from_ps = from_ps};
    search.to_ps = to_ps < LAST_PS ? to_ps : LAST_PS;
    uint32_t first = out->count;
    out->no_memory = false;
    if (from_ps >= search.to_ps)
        return true;
    int64_t from = (int64_t)from_ps, to = (int64_t)search.to_ps;
    scan(&search, from, to, visit_areas);
    for (; search.zone < scene->desc.zone_count; search.zone++) {
        int64_t dwell = (int64_t)scene->desc.zone[search.zone].dwell_ms * INT64_C(1000000000);
        if (dwell > 0)
            scan(&search, from - dwell, to - dwell, visit_dwell);
    }
    ask_kinds(&search);
    if (out->count > first)
        qsort(out->event + first, out->count - first, sizeof(*out->event), by_time);
    return !out->no_memory;
}

/* ---- as JSON ---- */

static const struct {
    const char *type, *key;
} texts[] = {
#define X(name, type, key) {type, key},
    SCENE_EVENTS(X)
#undef X
};

const char *scene_event_name(scene_event_type_t type)
{
    return texts[type].type;
}

void scene_events_write(const scene_events_t *list, sim_json_t *line)
{
    sim_json_t *events = sim_json_add_array(line, "events");
    for (uint32_t i = 0; i < list->count; i++) {
        const scene_event_t *event = &list->event[i];
        sim_json_t *out = sim_json_add_object(events, NULL);
        sim_json_add_str(out, "type", texts[event->type].type);
        sim_json_add_u64(out, "time_ps", event->time_ps);
        sim_json_add_u64(out, "id", event->id);
        if (event->type == SCENE_EVENT_CROSSING)
            sim_json_add_str(out, "direction", event->value == SCENE_IN ? "in" : "out");
        sim_json_add_str(out, texts[event->type].key, event->name);
        if (event->type == SCENE_EVENT_DWELL)
            sim_json_add_u64(out, "ms", (uint64_t)event->value);
    }
}
