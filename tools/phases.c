#include "tools/phases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cli.h"
#include "tools/execution.h"
#include "tools/run.h"

#define X(name) #name,
const char *const phases_part_names[PHASES_PART_COUNT] = {PHASES_PARTS(X)};
#undef X

/* ---- an entry ---- */

/* The first rising edge after the pin was low; NULL: none. */
static const phases_edge_t *find_alert(const phases_edge_t *edge, size_t edges, uint32_t pin)
{
    bool was_low = false;
    for (size_t i = 0; i < edges; i++) {
        bool high = (edge[i].levels >> pin & 1) != 0;
        bool before = i > 0 && (edge[i - 1].levels >> pin & 1) != 0;
        if (was_low && high)
            return &edge[i];
        was_low = was_low || (before && !high);
    }
    return NULL;
}

/* The newest whose result was there; NULL: none. */
static const timeline_frame_t *find_frame(const timeline_frame_t *frame, size_t frames,
                                          uint64_t time_ps)
{
    const timeline_frame_t *found = NULL;
    for (size_t i = 0; i < frames && frame[i].npu_end_ps <= time_ps; i++)
        found = &frame[i];
    return found;
}

static double phase_of(uint64_t enter_ps, uint64_t row_ps, uint64_t period_ps)
{
    int64_t after = (int64_t)(enter_ps - row_ps) % (int64_t)period_ps;
    return (double)(after < 0 ? after + (int64_t)period_ps : after) / (double)period_ps;
}

void phases_find(phases_entry_t *entry, const timeline_frame_t *frame, size_t frames,
                 uint64_t line_ps, uint64_t period_ps, const phases_edge_t *edge, size_t edges,
                 uint32_t pin)
{
    const phases_edge_t *alert = find_alert(edge, edges, pin);
    const timeline_frame_t *f = alert != NULL ? find_frame(frame, frames, alert->time_ps) : NULL;
    entry->alerted = f != NULL;
    if (f == NULL)
        return;
    uint64_t exposure_ps = f->readout_start_ps - f->exposure_start_ps; /* of the first row */
    const uint64_t at[PHASES_PART_COUNT + 1] = {
        entry->enter_ps,
        f->exposure_start_ps + entry->row * line_ps,
        f->exposure_start_ps + entry->row * line_ps + exposure_ps,
        f->readout_end_ps,
        f->npu_start_ps,
        f->npu_end_ps,
        alert->time_ps,
    };
    for (uint32_t p = 0; p < PHASES_PART_COUNT; p++)
        entry->part_ps[p] = (int64_t)(at[p + 1] - at[p]);
    entry->phase = phase_of(entry->enter_ps, at[1], period_ps);
    entry->frame = f->frame;
    entry->alert_ps = alert->time_ps;
}

/* ---- all of them ---- */

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void count_in_bin(phases_sum_t *sum, double phase, double ms)
{
    uint32_t b = (uint32_t)(phase * PHASES_BINS);
    b = b < PHASES_BINS ? b : PHASES_BINS - 1;
    if (sum->bin[b].alerts == 0 || ms < sum->bin[b].min_ms)
        sum->bin[b].min_ms = ms;
    if (sum->bin[b].alerts++ == 0 || ms > sum->bin[b].max_ms)
        sum->bin[b].max_ms = ms;
}

static void add_parts(phases_sum_t *sum, const phases_entry_t *e)
{
    for (uint32_t p = PHASES_wait + 1; p < PHASES_PART_COUNT; p++) {
        double ms = (double)e->part_ps[p] / 1e9;
        sum->part_ms[p] = ms > sum->part_ms[p] ? ms : sum->part_ms[p];
    }
}

bool phases_add_up(const phases_entry_t *entry, uint32_t entries, uint64_t period_ps,
                   phases_sum_t *sum)
{
    double *ms = calloc(entries + 1, sizeof(*ms));
    *sum = (phases_sum_t){.entries = entries};
    if (ms == NULL)
        return false;
    for (uint32_t i = 0; i < entries; i++) {
        const phases_entry_t *e = &entry[i];
        if (!e->alerted)
            continue;
        double latency_ms = ((double)e->alert_ps - (double)e->enter_ps) / 1e9;
        ms[sum->alerts++] = latency_ms;
        count_in_bin(sum, e->phase, latency_ms);
        add_parts(sum, e);
    }
    qsort(ms, sum->alerts, sizeof(*ms), by_size);
    if (sum->alerts > 0) {
        sum->min_ms = ms[0];
        sum->median_ms = ms[(sum->alerts - 1) / 2];
        sum->worst_ms = ms[sum->alerts - 1];
        sum->part_ms[PHASES_wait] = (double)period_ps / 1e9;
        for (uint32_t p = 0; p < PHASES_PART_COUNT; p++)
            sum->bound_ms += sum->part_ms[p];
    }
    free(ms);
    return true;
}

/* ---- runs ---- */

static int fail(phases_t *p, int code, const char *what)
{
    snprintf(p->error, sizeof(p->error), "%s: %s", p->desc.scenario, what);
    return code;
}

/* The first zone_enter, and whose. */
static bool find_entry(const run_t *run, phases_entry_t *entry, uint32_t *id)
{
    scene_events_t events = {0};
    bool found = false;
    if (scene_events(run->scenario.scene, 0, sim_now_ps(run->sim), &events))
        for (uint32_t i = 0; i < events.count && !found; i++) {
            found = events.event[i].type == SCENE_EVENT_ZONE_ENTER;
            entry->enter_ps = events.event[i].time_ps;
            *id = events.event[i].id;
        }
    scene_events_free(&events);
    return found;
}

/* The row that shows the upper edge of whoever it is at that moment. */
static uint32_t row_of(const run_t *run, const scene_timing_t *timing, uint64_t enter_ps,
                       uint32_t id)
{
    scene_timing_t then = *timing;
    scene_truth_t *truth = calloc(1, sizeof(*truth));
    uint32_t row = 0;
    then.start_ps = enter_ps;
    then.line_ps = 0;
    if (truth != NULL)
        scene_truth(run->scenario.scene, &then, 0, truth);
    for (uint32_t i = 0; truth != NULL && i < truth->count; i++)
        if (truth->box[i].id == id) {
            float at = (truth->box[i].y - timing->y0_px) / timing->y_step_px;
            row = at < 0 ? 0 : at >= (float)timing->rows ? timing->rows - 1 : (uint32_t)at;
        }
    free(truth);
    return row;
}

static int measure(phases_t *p, const run_t *run, phases_entry_t *entry)
{
    const timeline_frame_t *frame = run->frames;
    size_t frames = run->frames_bytes / sizeof(*frame);
    const scene_timing_t *timing = &run->timing[run->sensor->pixel.now.frame % RUN_RING];
    uint32_t id = 0;
    if (frames < 2)
        return fail(p, EXIT_USAGE, "frames: at least two with a result are needed");
    if (!find_entry(run, entry, &id))
        return fail(p, EXIT_USAGE, "nobody enters a zone while it runs");
    if (p->period_ps == 0)
        p->period_ps = frame[1].exposure_start_ps - frame[0].exposure_start_ps;
    entry->row = row_of(run, timing, entry->enter_ps, id);
    phases_find(entry, frame, frames, timing->line_ps, p->period_ps, run->edges,
                run->edges_bytes / sizeof(phases_edge_t), p->desc.pin);
    return EXIT_FINE;
}

static int run_entry(phases_t *p, uint32_t n, run_t *run)
{
    char dir[1200], late[32];
    run_desc_t desc = {.scenario = p->desc.scenario,
                       .out_dir = dir,
                       .flags = p->desc.flags,
                       .threads = p->desc.threads,
                       .verbose = SIM_LOG_UNIMP,
                       .shuffle = execution_shuffle(),
                       .interrupted = p->desc.interrupted};
    snprintf(dir, sizeof(dir), "%s/run", p->desc.out);
    snprintf(late, sizeof(late), "%llups",
             (unsigned long long)(p->period_ps / p->desc.entries * n));
    desc.flags.late = n > 0 ? late : NULL;
    desc.flags.no_images = true;
    int code = run_scenario(run, &desc);
    if (code == EXIT_FINE)
        return measure(p, run, &p->entry[n]);
    snprintf(p->error, sizeof(p->error), "entry %u: %.900s", n, run->error);
    return code;
}

int phases_run(phases_t *phases, const phases_desc_t *desc)
{
    *phases = (phases_t){.desc = *desc};
    phases->entry = calloc(desc->entries, sizeof(*phases->entry));
    int code = phases->entry != NULL ? EXIT_FINE : fail(phases, EXIT_FAILED, "out of memory");
    for (uint32_t n = 0; n < desc->entries && code == EXIT_FINE; n++) {
        run_t *run = calloc(1, sizeof(*run));
        if (run == NULL)
            return fail(phases, EXIT_FAILED, "out of memory");
        code = run_entry(phases, n, run);
        run_free(run);
        free(run);
    }
    if (code == EXIT_FINE &&
        !phases_add_up(phases->entry, desc->entries, phases->period_ps, &phases->sum))
        code = fail(phases, EXIT_FAILED, "out of memory");
    return code;
}

void phases_free(phases_t *phases)
{
    free(phases->entry);
    phases->entry = NULL;
}
