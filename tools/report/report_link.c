/*
 * report_link.c - what the link could have carried, what it carried, what was lost.
 */
#include <math.h>

#include "tools/report/chart.h"
#include "tools/report/report.h"

enum { WIDTH = 1000 };

/* Counters of sensor.mipi that people ask for. */
static const struct {
    const char *name, *unit;
} shown[] = {
    {"packets", ""},
    {"link_bytes", "B"},
    {"image_bytes", "B"},
    {"embedded_bytes", "B"},
    {"metadata_bytes", "B"},
    {"filler_bytes", "B"},
    {"frames_sent", ""},
    {"metadata_frames", ""},
    {"lines_sent", ""},
    {"lines_lost", ""},
    {"bytes_lost", "B"},
    {"frames_lost", ""},
    {"metadata_lines_lost", ""},
    {"fifo_peak_bytes", "B"},
    {"l2_wait_cycles", ""},
    {"bursts", ""},
    {"faults_done", ""},
};

static double mipi(const report_t *report, const char *name)
{
    char path[96];
    snprintf(path, sizeof(path), "sensor.mipi.%s", name);
    return report_stat(report, path);
}

/* A bar of the whole time: taken, and the rest. */
static void draw_share(page_t *page, double busy_ps, double time_ps)
{
    char hint[120], amount[PAGE_AMOUNT];
    double share = busy_ps / time_ps;
    chart_begin(page, WIDTH, 34, true, "Time in which the link was taken");
    chart_bed(page, 0.5, 4, WIDTH - 1, 26);
    snprintf(hint, sizeof(hint), "taken for %s", page_ps(amount, busy_ps));
    chart_rect(page, 0, 4, fmax(1, fmin(1, share) * WIDTH), 26, 0, hint);
    chart_end(page);
}

static void write_budget(report_t *report)
{
    page_t *page = &report->page;
    double time_ps = report_num(report->stats, "time_ps"), busy = mipi(report, "link_busy_ps");
    double bit_hz = report_stat(report, "sensor.cci.pll.lane_bit_hz");
    double bytes = mipi(report, "link_bytes"), hs = mipi(report, "lane_hs_ps");
    char amount[PAGE_AMOUNT], other[PAGE_AMOUNT];
    if (!(time_ps > 0) || !isfinite(busy))
        return;
    draw_share(page, busy, time_ps);
    page_markup(page, "<p>");
    page_textf(page, "The link was taken for %s of ", page_ps(amount, busy));
    page_textf(page, "%s, %.3g %% of the time: ", page_ps(amount, time_ps), 100 * busy / time_ps);
    page_textf(page, "%s, ", page_amount(amount, bytes, "B"));
    page_textf(page, "%s on average.", page_amount(amount, bytes / (time_ps / 1e12), "B/s"));
    if (bit_hz > 0)
        page_textf(page, " A lane carries %s/s; lanes were in high speed for %s in sum.",
                   page_amount(amount, bit_hz, "bit"), page_ps(other, hs));
    page_markup(page, "</p>\n");
}

/* What a camera that sends every pixel would have sent. */
static void write_raw_camera(report_t *report)
{
    page_t *page = &report->page;
    double bytes = mipi(report, "link_bytes");
    double bits = report_stat(report, "sensor.pixel.die_bits");
    char amount[PAGE_AMOUNT], other[PAGE_AMOUNT];
    if (!(bits > 0) || !isfinite(bytes))
        return;
    double raw = bits / 8;
    page_markup(page, "<p>");
    page_textf(page,
               "Every sample of the pixel die, as a camera without a network sends them: %s; ",
               page_amount(amount, raw, "B"));
    page_textf(page, "the link carried %s, %.3g %% of that.", page_amount(other, bytes, "B"),
               100 * bytes / raw);
    page_markup(page, "</p>\n");
}

static void write_counters(report_t *report)
{
    static const page_column_t column[] = {
        {"counter", NULL, false}, {"value", NULL, true}, {"what", NULL, false}};
    page_t *page = &report->page;
    const sim_json_t *node = report_at(report->stats, "sensor.mipi");
    page_table(page, NULL, column, SIM_COUNT(column));
    for (size_t i = 0; i < SIM_COUNT(shown); i++) {
        const sim_json_t *leaf = sim_json_find(node, shown[i].name);
        double value = report_num(leaf, "value");
        char amount[PAGE_AMOUNT];
        if (leaf == NULL)
            continue;
        page_row(page);
        page_cell(page, shown[i].name);
        if (shown[i].unit[0] != '\0')
            page_number(page, value, "%s", page_amount(amount, value, shown[i].unit));
        else
            page_number(page, value, "%.0f", report_shown(value));
        page_cell(page, sim_json_str(sim_json_find(leaf, "help"), ""));
        page_row_end(page);
    }
    page_table_end(page);
}

bool report_link(report_t *report)
{
    page_section(&report->page, "link", "Link budget");
    if (report_at(report->stats, "sensor.mipi") == NULL) {
        page_note(&report->page, "stats.json has no sensor.mipi: it is not that of a sensor.");
    } else {
        write_budget(report);
        write_raw_camera(report);
        write_counters(report);
    }
    page_section_end(&report->page);
    return true;
}
