#include "tools/view/lanes.h"

#include <stdlib.h>
#include <string.h>

#include "sim/time.h"

enum { WIDE_COLUMNS = 4 }; /* from here on a span is drawn by itself */

const char *const lane_label[LANE_COUNT] = {
#define X(name, label, track) label,
    LANES(X)
#undef X
};

static const char *const lane_track[LANE_COUNT] = {
#define X(name, label, track) track,
    LANES(X)
#undef X
};

/* ---- which lane, which frame ---- */

/* LANE_COUNT: it is not shown. */
static uint8_t lane_of(const char *track)
{
    for (uint8_t i = 0; i < LANE_COUNT; i++) {
        const char *name = lane_track[i];
        size_t length = strlen(name);
        bool begins = name[length - 1] == '.' || i == LANE_PINS || i == LANE_LINK;
        if (begins ? strncmp(track, name, length) == 0 : strcmp(track, name) == 0)
            return i;
    }
    return LANE_COUNT;
}

/* When the NPU was at which frame: what it does says only what it does. */
enum { RUNS = VIEW_FRAMES + TIMELINE_FRAMES };
typedef struct {
    uint64_t start_ps, end_ps;
    int32_t frame;
} npu_run_t;
typedef struct {
    npu_run_t run[RUNS];
    uint32_t runs;
    npu_run_t last; /* the answer before: a run, or the time between two */
} npu_runs_t;

static void add_run(npu_runs_t *runs, const timeline_frame_t *frame, uint64_t now_ps)
{
    if (frame->npu_start_ps == 0 || runs->runs == RUNS)
        return;
    uint64_t end = frame->npu_end_ps >= frame->npu_start_ps ? frame->npu_end_ps : now_ps;
    runs->run[runs->runs++] = (npu_run_t){frame->npu_start_ps, end, (int32_t)frame->frame};
}

static void list_runs(npu_runs_t *runs, const view_model_t *m)
{
    runs->runs = 0;
    runs->last = (npu_run_t){1, 0, -1};
    for (uint64_t n = m->frames_done.first; n < m->frames_done.next; n++)
        add_run(runs, view_frame(m, n), m->now_ps);
    for (uint32_t i = 0; m->sensor != NULL && i < TIMELINE_FRAMES; i++)
        if (m->sensor->timeline.frame[i].known)
            add_run(runs, &m->sensor->timeline.frame[i], m->now_ps);
}

static int32_t frame_at(npu_runs_t *runs, uint64_t ps)
{
    if (ps >= runs->last.start_ps && ps <= runs->last.end_ps)
        return runs->last.frame;
    runs->last = (npu_run_t){0, UINT64_MAX, -1};
    for (uint32_t i = 0; i < runs->runs; i++) {
        const npu_run_t *run = &runs->run[i];
        if (ps >= run->start_ps && ps <= run->end_ps) {
            runs->last = *run;
            return run->frame;
        }
        if (run->end_ps < ps && run->end_ps >= runs->last.start_ps)
            runs->last.start_ps = run->end_ps + 1;
        if (run->start_ps > ps && run->start_ps <= runs->last.end_ps)
            runs->last.end_ps = run->start_ps - 1;
    }
    return -1;
}

/* ---- into a lane ---- */

static void add_narrow(const lanes_t *l, lane_t *lane, const lanes_span_t *span, double x0,
                       double x1)
{
    uint32_t first = (uint32_t)x0, last = (uint32_t)x1;
    last = last < l->columns ? last : l->columns - 1;
    for (uint32_t x = first; x <= last; x++) {
        double from = x0 > x ? x0 : x, to = x1 < x + 1.0 ? x1 : x + 1.0;
        lane->cover[x] += (float)(to - from);
        lane->frame[x] = span->frame;
    }
    lane->narrow++;
    uint32_t bucket = first / LANES_BUCKET;
    if (span->number != LANES_OPEN &&
        (lane->bucket[bucket] == 0 || span->end_ps - span->start_ps >= lane->bucket_ps[bucket])) {
        lane->bucket[bucket] = span->number + 1;
        lane->bucket_ps[bucket] = span->end_ps - span->start_ps;
    }
}

/* A span that overlaps the stretch. */
static void add(lanes_t *l, lane_id_t id, const lanes_span_t *span, double per_ps)
{
    lane_t *lane = &l->lane[id];
    uint64_t from = span->start_ps > l->time.from_ps ? span->start_ps - l->time.from_ps : 0;
    uint64_t end = span->end_ps < l->time.to_ps ? span->end_ps : l->time.to_ps;
    double x0 = (double)from * per_ps, x1 = (double)(end - l->time.from_ps) * per_ps;
    if (x1 - x0 >= WIDE_COLUMNS && lane->wides < LANES_WIDE)
        lane->wide[lane->wides++] = *span;
    else if (x0 < l->columns)
        add_narrow(l, lane, span, x0, x1);
}

/* ---- the shutter ---- */

/* Exposure and readout of a frame are told at once; which of them is first does not matter. */
static lanes_shutter_t *shutter_of(lanes_t *l, int32_t frame)
{
    for (uint32_t i = l->shutters; i > 0; i--)
        if (l->shutter[i - 1].frame == frame)
            return &l->shutter[i - 1];
    if (l->shutters == LANES_SHUTTERS)
        return NULL;
    l->shutter[l->shutters] = (lanes_shutter_t){.frame = frame, .number = LANES_OPEN};
    return &l->shutter[l->shutters++];
}

static void tell_shutter(lanes_t *l, lane_id_t id, const view_span_t *span, uint64_t number)
{
    lanes_shutter_t *shutter = shutter_of(l, span->frame);
    if (shutter != NULL && id == LANE_EXPOSURE) {
        shutter->number = number;
        shutter->exposure_start_ps = span->start_ps;
        shutter->exposure_end_ps = span->end_ps;
        shutter->global = strstr(span->args, "\"global\"") != NULL;
    }
    if (shutter != NULL && id == LANE_READOUT) {
        shutter->readout_start_ps = span->start_ps;
        shutter->readout_end_ps = span->end_ps;
    }
}

/* The light ends where a row is read, and where a mechanical shutter closes, if that is before. */
lanes_slant_t lanes_slant(const lanes_shutter_t *s)
{
    uint64_t whole = s->exposure_end_ps - s->exposure_start_ps;
    uint64_t shift = s->readout_end_ps - s->readout_start_ps;
    bool closed = s->global && s->exposure_end_ps <= s->readout_start_ps;
    shift = shift < whole ? shift : whole;
    return (lanes_slant_t){.start_ps = s->exposure_start_ps,
                           .end_ps = s->exposure_end_ps - (closed ? 0 : shift),
                           .start_shift_ps = s->global ? 0 : shift,
                           .end_shift_ps = closed ? 0 : shift};
}

/* ---- what is under way ---- */

static void add_open(lanes_t *l, const view_model_t *m, lane_id_t id, const char *name,
                     uint64_t start_ps, int32_t frame, double per_ps)
{
    lanes_span_t span = {LANES_OPEN, start_ps, m->now_ps, frame, name};
    l->lane[id].told = true;
    if (start_ps < m->now_ps && start_ps < l->time.to_ps && m->now_ps > l->time.from_ps)
        add(l, id, &span, per_ps);
}

/* Of a frame that is exposed or read now: nobody has told its spans yet. */
static void add_exposed(lanes_t *l, const view_model_t *m, const pix_frame_t *frame, double per_ps)
{
    pix_timing_t t = pix_frame_timing(frame);
    lanes_shutter_t *shutter = shutter_of(l, (int32_t)t.frame);
    if (shutter != NULL)
        *shutter = (lanes_shutter_t){(int32_t)t.frame,   LANES_OPEN,         t.exposure_start_ps,
                                     t.exposure_end_ps,  t.readout_start_ps, t.readout_end_ps,
                                     frame->global_reset};
    add_open(l, m, LANE_READOUT, NULL, t.readout_start_ps, (int32_t)t.frame, per_ps);
}

static void add_npu(lanes_t *l, const view_model_t *m, int32_t frame, double per_ps)
{
    static const struct {
        npu_engine_t engine;
        lane_id_t lane;
    } row[] = {{NPU_ENGINE_LOAD, LANE_LOAD},
               {NPU_ENGINE_STORE, LANE_STORE},
               {NPU_ENGINE_MAC, LANE_MAC},
               {NPU_ENGINE_VEC, LANE_VEC}};
    const npu_t *npu = &m->sensor->npu;
    uint64_t hz = npu->desc.clk_hz;
    bool named = npu->layer_reg < m->layers;
    add_open(l, m, LANE_NPU, named ? m->layer[npu->layer_reg].name : NULL,
             sim_edge_ps(npu->start_cycle, hz), frame, per_ps);
    for (size_t i = 0; i < SIM_COUNT(row); i++) {
        const npu_engine_state_t *e = &npu->engine[row[i].engine];
        if (e->busy)
            add_open(l, m, row[i].lane, npu_opinfo(e->slot[e->head].insn.op)->name,
                     sim_edge_ps(e->start_cycle, hz), frame, per_ps);
    }
}

static void add_under_way(lanes_t *l, const view_model_t *m, double per_ps)
{
    const sensor_t *s = m->sensor;
    if (s->pixel.reading)
        add_exposed(l, m, &s->pixel.now, per_ps);
    if (s->pixel.pending)
        add_exposed(l, m, &s->pixel.next, per_ps);
    if (s->isp.in_frame)
        add_open(l, m, LANE_ISP, NULL, s->isp.now.first_ps, (int32_t)s->isp.now.frame, per_ps);
    if (s->isp.writer.active)
        add_open(l, m, LANE_TENSOR, NULL, s->isp.writer.start_ps, (int32_t)s->isp.now.frame,
                 per_ps);
    if (s->npu.running)
        add_npu(l, m, (int32_t)s->timeline.npu_frame, per_ps);
    if (s->core.sleeping)
        add_open(l, m, LANE_CORE, NULL, clk_edge_ps(&s->core.clk, s->core.asleep_cycle), -1,
                 per_ps);
}

/* ---- all of it ---- */

/* The first span that was told at from_ps or later; they are in the order of when they were. */
static uint64_t first_told(const view_model_t *m, uint64_t from_ps)
{
    uint64_t low = m->spans.first, high = m->spans.next;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (view_span(m, middle)->told_ps < from_ps)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void add_told(lanes_t *l, const view_model_t *m, double per_ps)
{
    uint8_t lane[VIEW_TRACKS];
    npu_runs_t runs;
    list_runs(&runs, m);
    for (uint32_t i = 0; i < m->tracks; i++) {
        lane[i] = lane_of(m->track[i]);
        if (lane[i] < LANE_COUNT)
            l->lane[lane[i]].told = true;
    }
    for (uint64_t n = first_told(m, l->time.from_ps); n < m->spans.next; n++) {
        const view_span_t *s = view_span(m, n);
        lane_id_t id = (lane_id_t)lane[s->track];
        if (id == LANE_EXPOSURE || id == LANE_READOUT)
            tell_shutter(l, id, s, n);
        if (id >= LANE_COUNT || s->start_ps >= l->time.to_ps || s->end_ps < l->time.from_ps)
            continue;
        lanes_span_t span = {n, s->start_ps, s->end_ps, s->frame, s->name};
        if (span.frame < 0 && id >= LANE_NPU && id <= LANE_STORE)
            span.frame = frame_at(&runs, s->start_ps + (s->end_ps - s->start_ps) / 2);
        add(l, id, &span, per_ps);
    }
}

lanes_t *lanes_make(const view_model_t *m, const plot_time_t *time)
{
    lanes_t *l = calloc(1, sizeof(*l));
    if (l == NULL)
        return NULL;
    l->time = *time;
    l->columns = time->rect.w > 1 ? (uint32_t)time->rect.w : 1;
    l->columns = l->columns < LANES_COLUMNS ? l->columns : LANES_COLUMNS;
    double per_ps = (double)l->columns / (double)(time->to_ps - time->from_ps);
    if (m->spans.first > 0 && m->spans.first < m->spans.next)
        l->known_ps = view_span(m, m->spans.first)->told_ps;
    add_told(l, m, per_ps);
    if (m->sensor != NULL)
        add_under_way(l, m, per_ps);
    return l;
}
