/*
 * report_summary.c - the head of the page: what was run, and the figures that people ask for first.
 */
#include "tools/report/report.h"

#include <math.h>
#include <string.h>

static const struct {
    const char *id, *title;
} contents[] = {
    {"frames", "Saw and said"}, {"timeline", "Timeline"}, {"latency", "Latency"},
    {"layers", "Layers"},       {"memory", "Memory"},     {"link", "Link"},
    {"energy", "Energy"},       {"events", "Events"},     {"counters", "Counters"},
    {"setup", "Set-up"},
};

static void tile(page_t *page, const char *value, const char *what)
{
    page_markup(page, "<div><b>");
    page_text(page, value);
    page_markup(page, "</b><span>");
    page_text(page, what);
    page_markup(page, "</span></div>\n");
}

/* Of stats.json's frames, from one point to another: the mean; NAN without frames. */
static double mean_ps(const report_t *report, const char *from, const char *to)
{
    double sum = 0, count = 0;
    const sim_json_t *frame = sim_json_first(sim_json_find(report->stats, "frames"));
    for (; frame != NULL; frame = sim_json_next(frame)) {
        double ps = report_num(frame, to) - report_num(frame, from);
        sum += isfinite(ps) ? ps : 0;
        count += isfinite(ps);
    }
    return count > 0 ? sum / count : (double)NAN;
}

static void latency_tiles(report_t *report)
{
    char value[PAGE_AMOUNT], what[160];
    const report_lines_t *m = &report->metadata;
    double photon = mean_ps(report, "exposure_start_ps", "link_last_ps");
    double readout = mean_ps(report, "readout_end_ps", "link_last_ps");
    if (isfinite(photon)) {
        tile(&report->page, page_ps(value, photon), "photon to alert, mean");
        tile(&report->page, page_ps(value, readout), "readout to alert, mean");
    } else if (m->latencies > 0) {
        char most[PAGE_AMOUNT];
        page_ps(most, m->most_latency_us * 1e6);
        snprintf(what, sizeof(what), "latency as the firmware tells it, mean; most %s", most);
        tile(&report->page, page_ps(value, m->latency_us / (double)m->latencies * 1e6), what);
    }
    double npu = report_stat(report, "sensor.npu.cycles") /
                 report_stat(report, "sensor.clocks.npu.hz") * 1e12 /
                 report_num(report_at(report->stats, "energy"), "inferences");
    if (isfinite(npu) && npu > 0)
        tile(&report->page, page_ps(value, npu), "NPU, an inference");
}

static void other_tiles(report_t *report)
{
    char value[PAGE_AMOUNT];
    const sim_json_t *energy = report_at(report->stats, "energy");
    double frames = report_stat(report, "sensor.pixel.frames");
    double bytes = report_stat(report, "sensor.mipi.link_bytes");
    page_t *page = &report->page;
    if (report->metadata.there) {
        snprintf(value, sizeof(value), "%llu", (unsigned long long)report->metadata.lines);
        tile(page, value, "reports that the host got");
        snprintf(value, sizeof(value), "%llu of %llu", (unsigned long long)report->metadata.boxes,
                 (unsigned long long)report->truth.boxes);
        if (report->truth.there)
            tile(page, value, "boxes told, of boxes in the truth");
    }
    if (isfinite(frames)) {
        snprintf(value, sizeof(value), "%.0f", frames);
        tile(page, value, "frames that were begun");
    }
    if (isfinite(report_num(report->stats, "time_ps")))
        tile(page, page_ps(value, report_num(report->stats, "time_ps")), "simulated");
    if (isfinite(bytes))
        tile(page, page_amount(value, bytes, "B"), "on the link");
    if (isfinite(report_num(energy, "fj")))
        tile(page, page_fj(value, report_num(energy, "fj")), "energy");
    if (isfinite(report_num(report_at(energy, "power"), "mean_mw")))
        tile(page, page_amount(value, report_num(report_at(energy, "power"), "mean_mw") / 1e3, "W"),
             "mean power");
}

static void about(report_t *report, const char *label, const sim_json_t *value)
{
    char text[32];
    if (value == NULL)
        return;
    page_markup(&report->page, "<br>%s ", label);
    for (const sim_json_t *v = sim_json_kind(value) == SIM_JSON_ARRAY ? sim_json_first(value)
                                                                      : value;
         v != NULL; v = sim_json_kind(value) == SIM_JSON_ARRAY ? sim_json_next(v) : NULL) {
        page_text(&report->page, report_str(v, text));
        page_markup(&report->page, " ");
    }
}

bool report_summary(report_t *report)
{
    page_t *page = &report->page;
    const char *dir = report->desc.dir;
    page_markup(page, "<header><h1>");
    if (report->desc.header != NULL) {
        page_text(page, report->desc.header);
    } else {
        const char *name = dir + strlen(dir);
        while (name > dir && (name[-1] != '/' || name[0] == '\0' || name[0] == '/'))
            name--;
        page_textf(page, "%.*s", (int)strcspn(name, "/"), name);
    }
    page_markup(page, "</h1>\n<p class=\"soft\">A simulated run of an image sensor with a stacked "
                      "AI logic die.");
    about(report, "Chip", sim_json_find(report->config, "chip"));
    about(report, "Firmware", sim_json_find(report->config, "firmware"));
    if (sim_json_first(sim_json_find(report->config, "networks")) != NULL)
        about(report, "Networks", sim_json_find(report->config, "networks"));
    about(report, "Seed", sim_json_find(report->config, "seed"));
    page_markup(page, "</p>\n<nav aria-label=\"Contents\">");
    for (size_t i = 0; i < SIM_COUNT(contents); i++)
        page_markup(page, "<a href=\"#%s\">%s</a>", contents[i].id, contents[i].title);
    page_markup(page, "</nav>\n<div class=\"tiles\">\n");
    latency_tiles(report);
    other_tiles(report);
    page_markup(page, "</div></header>\n");
    return true;
}
