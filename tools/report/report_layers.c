/*
 * report_layers.c - each network, layer by layer: cycles, what held them up, the long pole.
 */
#include <math.h>
#include <string.h>

#include "tools/report/chart.h"
#include "tools/report/report.h"

enum { WIDTH = 1000, BAR = 15, LABEL = 210, MOST_BARS = 120, CLASSES = 6 };

/* What a layer's cycles are (npu.h, npu_class_t), as stats.json calls them. */
static const struct {
    const char *name, *help;
} classes[CLASSES] = {
    {"compute", "the array or the vector unit works"},  {"fetch", "waits for instructions from L2"},
    {"dma", "array and vector unit idle, a DMA works"}, {"bank", "L1 ports are taken"},
    {"dependency", "semaphores, issue, barriers"},      {"drain", "only the store DMA works"},
};

static double cycles_of(const sim_json_t *layer)
{
    double cycles = report_num(layer, "mean_cycles");
    return isfinite(cycles) ? cycles : report_num(layer, "cycles");
}

static double most_cycles(const sim_json_t *layers)
{
    double most = 0;
    for (const sim_json_t *l = sim_json_first(layers); l != NULL; l = sim_json_next(l))
        most = fmax(most, cycles_of(l));
    return most;
}

static void draw_bar(page_t *page, const sim_json_t *layer, double y, double per_cycle)
{
    char hint[320];
    double x = LABEL, whole = 0;
    const sim_json_t *stalls = sim_json_find(layer, "stalls");
    const char *name = sim_json_str(sim_json_find(layer, "name"), "");
    size_t length = strlen(name);
    chart_text(page, LABEL - 6, y + 11, 1, length > 30 ? name + length - 30 : name);
    for (uint32_t c = 0; c < CLASSES; c++)
        whole += fmax(0, report_num(stalls, classes[c].name));
    for (uint32_t c = 0; c < CLASSES && whole > 0; c++) {
        double cycles = fmax(0, report_num(stalls, classes[c].name)) / whole * cycles_of(layer);
        if (!(cycles > 0))
            continue;
        snprintf(hint, sizeof(hint), "%.100s: %s %.0f cycles, %s", name, classes[c].name,
                 report_shown(cycles), classes[c].help);
        chart_rect(page, x, y, cycles * per_cycle, BAR - 3, c, hint);
        x += cycles * per_cycle;
    }
}

static void draw(page_t *page, const sim_json_t *layers)
{
    uint32_t bars = report_count(layers), n = 0;
    const char *name[CLASSES];
    bars = bars < MOST_BARS ? bars : MOST_BARS;
    for (uint32_t c = 0; c < CLASSES; c++)
        name[c] = classes[c].name;
    chart_legend(page, name, CLASSES);
    chart_begin(page, WIDTH, bars * BAR + 4.0, true, "Cycles of each layer");
    double per_cycle = (WIDTH - LABEL - 4) / fmax(1, most_cycles(layers));
    for (const sim_json_t *l = sim_json_first(layers); l != NULL && n < bars; l = sim_json_next(l))
        draw_bar(page, l, BAR * (double)n++, per_cycle);
    chart_end(page);
}

static void count_cell(page_t *page, double value)
{
    page_number(page, value, isfinite(value) ? "%.0f" : "-", report_shown(value));
}

static void rate_cell(page_t *page, double value)
{
    page_number(page, value, isfinite(value) ? "%.4g" : "-", value);
}

static void write_row(page_t *page, const sim_json_t *layer, uint32_t n, double all, bool longest)
{
    static const char *const rates[] = {"macs_per_byte", "macs_per_cycle", "roof_macs_per_cycle"};
    double cycles = cycles_of(layer), used = report_num(layer, "utilization");
    const sim_json_t *roof = sim_json_find(layer, "roofline");
    page_markup(page, longest ? "<tr class=\"pole\">" : "<tr>");
    page_number(page, n, "%u", n);
    page_cell(page, sim_json_str(sim_json_find(layer, "name"), ""));
    page_cell(page, sim_json_str(sim_json_find(layer, "op"), ""));
    count_cell(page, cycles);
    report_percent(page, cycles / all);
    count_cell(page, report_num(layer, "macs"));
    report_percent(page, used);
    page_cell(page, sim_json_str(sim_json_find(layer, "long_pole"), ""));
    count_cell(page, report_num(layer, "l2_bytes"));
    count_cell(page, report_num(layer, "l1_bytes"));
    for (size_t i = 0; i < SIM_COUNT(rates); i++)
        rate_cell(page, report_num(roof, rates[i]));
    page_cell(page, sim_json_str(sim_json_find(roof, "by"), ""));
    page_row_end(page);
}

static void write_table(page_t *page, const sim_json_t *layers)
{
    static const page_column_t column[] = {
        {"#", "order", true},
        {"layer", NULL, false},
        {"operator", NULL, false},
        {"cycles", "mean of all inferences; the sum over layers is the inference", true},
        {"share", NULL, true},
        {"MACs", "multiply-accumulates of real channels and taps", true},
        {"used", "of what the array could have done in these cycles", true},
        {"long pole", "the engine that was busy longest", false},
        {"L2 bytes", "loaded and stored", true},
        {"L1 bytes", NULL, true},
        {"MACs/byte", "of L2 traffic", true},
        {"MACs/cycle", NULL, true},
        {"roof", "MACs a cycle, if only multipliers and DMA channels held it up", true},
        {"roof by", NULL, false}};
    double all = 0, most = most_cycles(layers);
    uint32_t n = 0;
    for (const sim_json_t *l = sim_json_first(layers); l != NULL; l = sim_json_next(l))
        all += fmax(0, cycles_of(l));
    page_table(page, "The longest layer is marked; a click on a head sorts.", column,
               SIM_COUNT(column));
    for (const sim_json_t *l = sim_json_first(layers); l != NULL; l = sim_json_next(l))
        write_row(page, l, n++, all, cycles_of(l) >= most && most > 0);
    page_table_end(page);
}

bool report_layers(report_t *report)
{
    page_t *page = &report->page;
    const sim_json_t *networks = sim_json_find(report->stats, "networks");
    bool any = false;
    page_section(page, "layers", "Layers and the long pole");
    for (const sim_json_t *n = sim_json_first(networks); n != NULL; n = sim_json_next(n)) {
        const sim_json_t *layers = sim_json_find(n, "layers");
        double runs = report_num(n, "runs");
        page_markup(page, "<h3>");
        page_text(page, sim_json_str(sim_json_find(n, "name"), "network"));
        page_textf(page, runs >= 0 && runs < 1e15 ? ": %.0f inferences" : "", runs);
        page_markup(page, "</h3>\n");
        any = true;
        if (sim_json_first(layers) == NULL) {
            page_note(page, "It did not run to its end in this run.");
            continue;
        }
        write_table(page, layers);
        draw(page, layers);
    }
    if (!any)
        page_note(page, "stats.json has no networks: the run had none, or is of an older fovea. "
                        "fovea infer MODEL --json has the layers of a network alone.");
    page_section_end(page);
    return true;
}
