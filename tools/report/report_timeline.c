/*
 * report_timeline.c - the life of frames: who worked on which frame when, and the end of one of
 * them.
 */
#include <math.h>

#include "tools/report/chart.h"
#include "tools/report/report.h"

enum { LABEL = 76, ROW = 30, BAR = 20, TOP = 8, FRAME_PX = 210, LEAST_PX = 900, MOST_PX = 12000 };

typedef struct {
    double from_ps, to_ps;
    bool any, slanted; /* slanted: exposure as the rolling shutter makes it */
} window_t;

static double height_of(void)
{
    return TOP + ROW * RUN_TRACE_ROW_COUNT + 24;
}

/* The readout of that frame: its rows are exposed as much later. 0: not there. */
static double readout_ps(const run_trace_t *trace, int64_t frame)
{
    for (uint32_t i = 0; i < trace->spans; i++)
        if (trace->span[i].row == RUN_TRACE_READOUT && trace->span[i].frame == frame)
            return trace->span[i].end_ps - trace->span[i].start_ps;
    return 0;
}

/* Programs of the NPU do not say which frame they work on: that of the newest tensor. Below 0:
 * nobody knows. */
static int64_t frame_of(const run_trace_t *trace, const run_trace_span_t *s)
{
    int64_t frame = s->frame;
    double newest = -1;
    for (uint32_t i = 0; i < trace->spans && s->frame < 0 && s->row == RUN_TRACE_NPU; i++) {
        const run_trace_span_t *t = &trace->span[i];
        if (t->row != RUN_TRACE_TENSOR || t->end_ps > s->start_ps || t->end_ps <= newest)
            continue;
        newest = t->end_ps;
        frame = t->frame;
    }
    return frame;
}

/* Of the spans that are in it and have a frame the color is the frame's. */
static void draw_span(page_t *page, const run_trace_t *trace, const run_trace_span_t *s,
                      const window_t *w, double width)
{
    char hint[200], took[PAGE_AMOUNT];
    double per_ps = width / (w->to_ps - w->from_ps);
    double x0 = LABEL + (fmax(s->start_ps, w->from_ps) - w->from_ps) * per_ps;
    double x1 = LABEL + (fmin(s->end_ps, w->to_ps) - w->from_ps) * per_ps;
    double y = TOP + ROW * (double)s->row;
    int64_t number = frame_of(trace, s);
    uint32_t color = number >= 0 ? (uint32_t)(number % 6) : 7;
    char frame[40] = "";
    if (number >= 0)
        snprintf(frame, sizeof(frame), ", frame %lld", (long long)number);
    snprintf(hint, sizeof(hint), "%s %s%s: %.6f to %.6f ms, %s", run_trace_row_names[s->row],
             s->name, frame, s->start_ps / 1e9, s->end_ps / 1e9,
             page_ps(took, s->end_ps - s->start_ps));
    double shift = s->row == RUN_TRACE_EXPOSURE && w->slanted ? readout_ps(trace, s->frame) : 0;
    if (shift > 0 && s->end_ps - s->start_ps > shift)
        chart_band(page, x0, x1 - shift * per_ps, shift * per_ps, y, BAR, color, hint);
    else
        chart_rect(page, x0, y, fmax(1.5, x1 - x0), BAR, color, hint);
}

static void draw(page_t *page, const run_trace_t *trace, const window_t *w, double width, bool fit,
                 const char *title)
{
    chart_begin(page, LABEL + width + 30, height_of(), fit, title);
    for (uint32_t r = 0; r < RUN_TRACE_ROW_COUNT; r++) {
        chart_text(page, LABEL - 8, TOP + ROW * r + 14, 1, run_trace_row_names[r]);
        chart_line(page, LABEL, TOP + ROW * r + BAR + 4, LABEL + width, TOP + ROW * r + BAR + 4);
    }
    chart_time_axis(page, LABEL, TOP + ROW * RUN_TRACE_ROW_COUNT, width, TOP, w->from_ps, w->to_ps);
    for (uint32_t i = 0; i < trace->spans; i++) {
        const run_trace_span_t *s = &trace->span[i];
        if (s->end_ps >= w->from_ps && s->start_ps <= w->to_ps)
            draw_span(page, trace, s, w, width);
    }
    chart_end(page);
}

static void widen(window_t *w, double from_ps, double to_ps)
{
    w->from_ps = !w->any || from_ps < w->from_ps ? from_ps : w->from_ps;
    w->to_ps = !w->any || to_ps > w->to_ps ? to_ps : w->to_ps;
    w->any = true;
}

static window_t everything(const run_trace_t *trace)
{
    window_t w = {.slanted = true};
    for (uint32_t i = 0; i < trace->spans; i++)
        widen(&w, trace->span[i].start_ps, trace->span[i].end_ps);
    return w;
}

/* From shortly before the last row of a frame to its last byte: the frame in the middle of those
 * whose NPU worked, as the first ones are not typical. */
static window_t the_end(const report_t *report)
{
    window_t w = {0};
    const sim_json_t *frames = sim_json_find(report->stats, "frames");
    uint32_t wanted = report_count(frames) / 2;
    const sim_json_t *frame = sim_json_first(frames);
    for (uint32_t i = 0; i < wanted; i++)
        frame = sim_json_next(frame);
    double readout = report_num(frame, "readout_end_ps"), last = report_num(frame, "link_last_ps");
    if (readout > 0 && last > readout)
        widen(&w, readout - 0.1 * (last - readout), last + 0.05 * (last - readout));
    return w;
}

bool report_timeline(report_t *report)
{
    page_t *page = &report->page;
    const run_trace_t *trace = &report->trace;
    page_section(page, "timeline", "Timeline");
    window_t all = everything(trace), end = the_end(report);
    if (!trace->there)
        page_note(page, "No trace.json: fovea run writes it.");
    else if (!all.any || !(all.to_ps > all.from_ps))
        page_note(page, "trace.json has no frame: the sensor did not stream.");
    if (!trace->there || !all.any || !(all.to_ps > all.from_ps)) {
        page_section_end(page);
        return true;
    }
    double frames = 1;
    for (uint32_t i = 0; i < trace->spans; i++)
        frames += trace->span[i].row == RUN_TRACE_READOUT;
    page_markup(page,
                "<p>Who works on which frame when: a color is a frame. The slant of an "
                "exposure is the rolling shutter: above, the first row, below, the last.</p>\n");
    draw(page, trace, &all, fmin(MOST_PX, fmax(LEAST_PX, frames * FRAME_PX)), false,
         "Timeline of the frames");
    if (trace->more)
        page_note(page, "Only the first %u spans are drawn; trace.json opens in Perfetto.",
                  trace->spans);
    if (end.any) {
        page_markup(page, "<h3>From the last row to the last byte</h3>\n");
        draw(page, trace, &end, LEAST_PX, true, "The end of one frame");
    }
    page_section_end(page);
    return true;
}
