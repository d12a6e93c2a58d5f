/*
 * report_latency.c - where the time of a frame goes, from the first photon to the last byte.
 */
#include <math.h>
#include <string.h>

#include "tools/report/chart.h"
#include "tools/report/report.h"

/* Each part ends where the next begins: they add up to photon_to_alert. */
static const struct {
    const char *name, *from, *to, *help;
} parts[] = {
    {"exposure", "exposure_start_ps", "readout_start_ps", "before the first row is read"},
    {"readout", "readout_start_ps", "readout_end_ps", "first row to last row"},
    {"ISP", "readout_end_ps", "tensor_ready_ps", "until the input tensor is complete"},
    {"wait", "tensor_ready_ps", "npu_start_ps", "until the NPU begins"},
    {"NPU", "npu_start_ps", "npu_end_ps", "the network"},
    {"firmware", "npu_end_ps", "firmware_end_ps", "decode, track, decide"},
    {"link", "firmware_end_ps", "link_last_ps", "until the last byte has left"},
};
enum { PARTS = SIM_COUNT(parts) };

/* NAN: the frame did not come that far. */
static double part_ps(const sim_json_t *frame, uint32_t n)
{
    double from = report_num(frame, parts[n].from), to = report_num(frame, parts[n].to);
    return from > 0 && to > 0 ? to - from : (double)NAN;
}

static double whole_ps(const sim_json_t *frame)
{
    return report_num(frame, "link_last_ps") - report_num(frame, "exposure_start_ps");
}

static void draw_means(page_t *page, const double mean[PARTS])
{
    enum { WIDTH = 1000, HEIGHT = 64, INSET = 24 };
    const char *name[PARTS];
    char hint[160], amount[PAGE_AMOUNT];
    double sum = 0, at = INSET;
    for (uint32_t i = 0; i < PARTS; i++)
        sum += fmax(0, mean[i]);
    chart_begin(page, WIDTH, HEIGHT, true, "Mean latency by part");
    for (uint32_t i = 0; i < PARTS; i++) {
        double w = sum > 0 ? fmax(0, mean[i]) / sum * (WIDTH - 2 * INSET) : 0;
        name[i] = parts[i].name;
        snprintf(hint, sizeof(hint), "%s: %s, %s", parts[i].name, page_ps(amount, mean[i]),
                 parts[i].help);
        chart_rect(page, at, 4, fmax(w, 1), 30, i, hint);
        at += w;
    }
    chart_time_axis(page, INSET, 40, WIDTH - 2 * INSET, 36, 0, sum);
    chart_end(page);
    chart_legend(page, name, PARTS);
}

static void write_row(page_t *page, const char *label, double number, const double ps[PARTS],
                      double whole)
{
    char amount[PAGE_AMOUNT];
    page_row(page);
    page_number(page, number, "%s", label);
    for (uint32_t i = 0; i < PARTS; i++)
        page_number(page, ps[i], "%s", page_ps(amount, ps[i]));
    page_number(page, whole, "%s", page_ps(amount, whole));
    page_row_end(page);
}

static void write_table(report_t *report, const sim_json_t *frames)
{
    page_column_t column[PARTS + 2] = {{"frame", NULL, true}};
    for (uint32_t i = 0; i < PARTS; i++)
        column[i + 1] = (page_column_t){parts[i].name, parts[i].help, true};
    column[PARTS + 1] = (page_column_t){"photon to alert", "all of them", true};
    page_fold(&report->page, "Each frame");
    page_table(&report->page, NULL, column, PARTS + 2);
    for (const sim_json_t *f = sim_json_first(frames); f != NULL; f = sim_json_next(f)) {
        double ps[PARTS];
        char label[32];
        for (uint32_t i = 0; i < PARTS; i++)
            ps[i] = part_ps(f, i);
        write_row(&report->page, report_str(sim_json_find(f, "frame"), label),
                  report_num(f, "frame"), ps, whole_ps(f));
    }
    page_table_end(&report->page);
    page_fold_end(&report->page);
}

/* Mean of each part, the least and the most of all. */
static void write_sums(page_t *page, const sim_json_t *frames)
{
    static const page_column_t column[] = {
        {"part", NULL, false}, {"what", NULL, false}, {"mean", NULL, true},
        {"least", NULL, true}, {"most", NULL, true},  {"share", "of photon to alert", true}};
    double sum[PARTS + 1] = {0}, count[PARTS + 1] = {0}, least[PARTS + 1], most[PARTS + 1];
    double mean[PARTS + 1];
    char amount[PAGE_AMOUNT];
    for (uint32_t i = 0; i <= PARTS; i++) {
        least[i] = INFINITY;
        most[i] = -INFINITY;
    }
    for (const sim_json_t *f = sim_json_first(frames); f != NULL; f = sim_json_next(f))
        for (uint32_t i = 0; i <= PARTS; i++) {
            double ps = i < PARTS ? part_ps(f, i) : whole_ps(f);
            if (!isfinite(ps))
                continue;
            sum[i] += ps;
            count[i]++;
            least[i] = fmin(least[i], ps);
            most[i] = fmax(most[i], ps);
        }
    for (uint32_t i = 0; i <= PARTS; i++)
        mean[i] = count[i] > 0 ? sum[i] / count[i] : (double)NAN;
    draw_means(page, mean);
    page_table(page, NULL, column, SIM_COUNT(column));
    for (uint32_t i = 0; i <= PARTS; i++) {
        page_row(page);
        page_cell(page, i < PARTS ? parts[i].name : "photon to alert");
        page_cell(page, i < PARTS ? parts[i].help : "first row exposed, to the last metadata byte");
        page_number(page, mean[i], "%s", page_ps(amount, mean[i]));
        page_number(page, least[i], "%s", page_ps(amount, least[i]));
        page_number(page, most[i], "%s", page_ps(amount, most[i]));
        report_percent(page, mean[i] / mean[PARTS]);
        page_row_end(page);
    }
    page_table_end(page);
}

static void write_images(page_t *page, const sim_json_t *images)
{
    static const page_column_t column[] = {{"image of frame", NULL, true},
                                           {"channel", "virtual channel", true},
                                           {"first byte", "since the run began", true},
                                           {"last byte", NULL, true},
                                           {"took", NULL, true},
                                           {"payload", NULL, true}};
    char label[32], amount[PAGE_AMOUNT];
    page_fold(page, "Images on the link");
    page_table(page, NULL, column, SIM_COUNT(column));
    for (const sim_json_t *i = sim_json_first(images); i != NULL; i = sim_json_next(i)) {
        double first = report_num(i, "first_ps"), last = report_num(i, "last_ps");
        page_row(page);
        page_number(page, report_num(i, "frame"), "%s",
                    report_str(sim_json_find(i, "frame"), label));
        page_number(page, report_num(i, "vc"), "%s", report_str(sim_json_find(i, "vc"), label));
        page_number(page, first, "%.6f ms", report_shown(first) / 1e9);
        page_number(page, last, "%.6f ms", report_shown(last) / 1e9);
        page_number(page, last - first, "%s", page_ps(amount, last - first));
        page_number(page, report_num(i, "bytes"), "%s",
                    page_amount(amount, report_num(i, "bytes"), "B"));
        page_row_end(page);
    }
    page_table_end(page);
    page_fold_end(page);
}

bool report_latency(report_t *report)
{
    page_t *page = &report->page;
    const sim_json_t *frames = sim_json_find(report->stats, "frames");
    const sim_json_t *images = sim_json_find(report->stats, "images");
    page_section(page, "latency", "Latency");
    if (sim_json_first(frames) == NULL) {
        page_note(page,
                  "No frame went through the NPU and left as metadata: a network and a program "
                  "that reports each frame (visitor_counter.elf) give the breakdown.");
    } else {
        write_sums(page, frames);
        write_table(report, frames);
    }
    if (sim_json_first(images) != NULL)
        write_images(page, images);
    page_section_end(page);
    return true;
}
