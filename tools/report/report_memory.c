/*
 * report_memory.c - L2: what stands where from which layer to which, and who moved how much.
 */
#include <math.h>
#include <string.h>

#include "tools/report/chart.h"
#include "tools/report/report.h"

enum { WIDTH = 1000, HEIGHT = 340, LEFT = 84, TOP = 10, MOST_PLACES = 2000 };

static void bytes_cell(page_t *page, double bytes)
{
    page_number(page, bytes, isfinite(bytes) ? "%.0f" : "-", report_shown(bytes));
}

/* ---- over time ---- */

/* Highest end of a place, and one more than the last layer of any. */
static void extent(const sim_json_t *places, double *bytes, double *layers)
{
    *bytes = *layers = 1;
    for (const sim_json_t *p = sim_json_first(places); p != NULL; p = sim_json_next(p)) {
        double end = report_num(p, "offset") + report_num(p, "bytes");
        *bytes = isfinite(end) ? fmax(*bytes, end) : *bytes;
        *layers = fmax(*layers, report_num(p, "last_layer") + 1);
    }
}

static void draw_place(page_t *page, const sim_json_t *p, uint32_t n, double per_byte,
                       double per_layer)
{
    char hint[320];
    const char *name = sim_json_str(sim_json_find(p, "name"), "");
    double offset = report_num(p, "offset"), bytes = report_num(p, "bytes");
    double first = report_num(p, "first_layer"), last = report_num(p, "last_layer");
    if (!isfinite(offset + bytes + first + last) || last < first)
        return;
    double x = LEFT + first * per_layer, w = (last + 1 - first) * per_layer;
    double h = bytes * per_byte, y = TOP + HEIGHT - offset * per_byte - h;
    snprintf(hint, sizeof(hint), "%.160s: %.0f bytes at %.0f, layers %.0f to %.0f", name,
             report_shown(bytes), report_shown(offset), fmin(first, 1e9), fmin(last, 1e9));
    chart_rect(page, x + 0.5, y, fmax(1, w - 1), fmax(1, h - 1), n, hint);
    size_t length = strlen(name), most = (size_t)fmax(0, fmin(60, (w - 6) / 6));
    if (h > 13 && most > 3)
        chart_label(page, x + 4, y + fmin(h - 3, h / 2 + 4),
                    length > most ? name + length - most : name);
}

static void draw_places(page_t *page, const sim_json_t *places)
{
    double bytes, layers;
    uint32_t n = 0;
    extent(places, &bytes, &layers);
    double per_byte = HEIGHT / bytes, per_layer = (WIDTH - LEFT - 6) / layers;
    chart_begin(page, WIDTH, TOP + HEIGHT + 26, true, "Places of tensors in L2 over layers");
    double step = chart_step(bytes, 6), layer_step = fmax(1, chart_step(layers, 20));
    for (uint32_t i = 0; i <= 6 && i * step <= bytes; i++) {
        char amount[PAGE_AMOUNT];
        double y = TOP + HEIGHT - i * step * per_byte;
        chart_line(page, LEFT, y, WIDTH - 6, y);
        chart_text(page, LEFT - 6, y + 4, 1, page_amount(amount, i * step, "B"));
    }
    for (const sim_json_t *p = sim_json_first(places); p != NULL && n < MOST_PLACES;
         p = sim_json_next(p))
        draw_place(page, p, n++, per_byte, per_layer);
    for (uint32_t i = 0; i <= 20 && i * layer_step < layers; i++) {
        char text[32];
        snprintf(text, sizeof(text), "%.0f", i * layer_step);
        chart_text(page, LEFT + (i * layer_step + 0.5) * per_layer, TOP + HEIGHT + 16, 0, text);
    }
    chart_end(page);
}

static void write_places(page_t *page, const sim_json_t *places)
{
    static const page_column_t column[] = {{"tensor", "the first of its place", false},
                                           {"offset", "bytes from the base of L2", true},
                                           {"bytes", NULL, true},
                                           {"from layer", NULL, true},
                                           {"to layer", NULL, true},
                                           {"rows kept", "0: all of them", true}};
    static const char *const keys[] = {"offset", "bytes", "first_layer", "last_layer", "ring_rows"};
    page_fold(page, "Each place");
    page_table(page, NULL, column, SIM_COUNT(column));
    for (const sim_json_t *p = sim_json_first(places); p != NULL; p = sim_json_next(p)) {
        page_row(page);
        page_cell(page, sim_json_str(sim_json_find(p, "name"), ""));
        for (size_t k = 0; k < SIM_COUNT(keys); k++)
            bytes_cell(page, report_num(p, keys[k]));
        page_row_end(page);
    }
    page_table_end(page);
    page_fold_end(page);
}

/* ---- all of L2 ---- */

/* What of L2 is whose: a bar from its base to its top. */
static void draw_whole(page_t *page, const sim_json_t *l2, double size)
{
    static const struct {
        const char *name, *bytes;
    } part[] = {{"activations", "activations_bytes"},
                {"program", "program_bytes"},
                {"constants", "constants_bytes"},
                {"operators of the core", "core_bytes"}};
    enum { PARTS = SIM_COUNT(part) };
    const char *name[PARTS + 1];
    char text[PARTS + 1][120], amount[PAGE_AMOUNT];
    double at = 0, used = 0;
    chart_begin(page, WIDTH, 34, true, "L2 as a whole");
    chart_bed(page, 0.5, 4, WIDTH - 1, 26);
    for (uint32_t i = 0; i < PARTS; i++) {
        double bytes = fmax(0, report_num(l2, part[i].bytes));
        double w = bytes / size * WIDTH;
        page_amount(amount, bytes, "B");
        snprintf(text[i], sizeof(text[i]), "%s %s", part[i].name, amount);
        name[i] = text[i];
        chart_rect(page, at, 4, w, 26, i, text[i]);
        at += w;
        used += bytes;
    }
    page_amount(amount, size - used, "B");
    snprintf(text[PARTS], sizeof(text[PARTS]), "free %s", amount);
    name[PARTS] = text[PARTS];
    chart_end(page);
    chart_legend(page, name, PARTS);
    page_markup(page, "<p class=\"soft\">");
    page_textf(page, "%s of ", text[PARTS]);
    page_text(page, page_amount(amount, size, "B"));
    page_markup(page, "</p>\n");
}

static bool write_network(report_t *report, const sim_json_t *network)
{
    page_t *page = &report->page;
    const sim_json_t *places = sim_json_find(network, "places"), *l2 = sim_json_find(network, "l2");
    if (sim_json_first(places) == NULL)
        return false;
    double size = sim_json_num(report_at(report->config, "chip_data.npu.l2_bytes"), 0);
    double logic = sim_json_num(report_at(report->config, "chip_data.logic.l2.bytes"), size);
    page_markup(page, "<h3>");
    page_text(page, sim_json_str(sim_json_find(network, "name"), "network"));
    page_markup(page,
                "</h3>\n<p class=\"soft\">Up: bytes from the base of L2. To the right: layers "
                "in their order; a tensor stands from the layer that makes it to the last that "
                "needs it.</p>\n");
    draw_places(page, places);
    if (logic > 0)
        draw_whole(page, l2, logic);
    write_places(page, places);
    return true;
}

/* ---- who moved how much ---- */

static void write_masters(report_t *report)
{
    static const page_column_t column[] = {{"who", NULL, false},
                                           {"bytes", "moved", true},
                                           {"mean B/s", NULL, true},
                                           {"peak B/s", "in the busiest window", true},
                                           {"requests", NULL, true},
                                           {"wait cycles", "its requests waited for a bank", true},
                                           {"longest wait", "cycles", true}};
    page_t *page = &report->page;
    const sim_json_t *lanes = report_at(report->stats, "sensor.traffic");
    if (sim_json_first(lanes) == NULL)
        return;
    page_table(page, "Masters and banks of L2, and the bus of registers", column,
               SIM_COUNT(column));
    for (const sim_json_t *l = sim_json_first(lanes); l != NULL; l = sim_json_next(l)) {
        char path[128];
        snprintf(path, sizeof(path), "sensor.l2.master.%.60s", sim_json_key(l));
        const sim_json_t *master = report_at(report->stats, path);
        page_row(page);
        page_cell(page, sim_json_key(l));
        bytes_cell(page, report_num(sim_json_find(l, "bytes"), "value"));
        bytes_cell(page, report_num(sim_json_find(l, "mean_bytes_per_s"), "value"));
        bytes_cell(page, report_num(sim_json_find(l, "peak_bytes_per_s"), "value"));
        bytes_cell(page, report_num(sim_json_find(master, "requests"), "value"));
        bytes_cell(page, report_num(sim_json_find(master, "wait_cycles"), "value"));
        bytes_cell(page, report_num(sim_json_find(master, "longest_wait_cycles"), "value"));
        page_row_end(page);
    }
    page_table_end(page);
}

bool report_memory(report_t *report)
{
    page_t *page = &report->page;
    const sim_json_t *networks = sim_json_find(report->stats, "networks");
    bool any = false;
    page_section(page, "memory", "Memory over time");
    for (const sim_json_t *n = sim_json_first(networks); n != NULL; n = sim_json_next(n))
        any = write_network(report, n) || any;
    if (!any)
        page_note(page,
                  "No places of tensors: only a run that compiles its network from .tflite, "
                  ".onnx or .topo knows them (a .fnp does not say; fovea compile --report does).");
    write_masters(report);
    page_section_end(page);
    return true;
}
