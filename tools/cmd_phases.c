/*
 * cmd_phases.c - fovea phases: latency from an entry into a zone to a pin, at every phase of a
 * frame.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "logic/gpio.h"
#include "sim/file.h"
#include "sim/json.h"
#include "tools/cli.h"
#include "tools/commands.h"
#include "tools/execution.h"
#include "tools/interrupt.h"
#include "tools/phases.h"

enum { MAX_SCENARIOS = 16, BAR = 40 };

/* ---- the table ---- */

static void print_head(void)
{
    printf("%-28s %7s %6s  %7s %7s %7s %7s ms  = %-7s", "", "entries", "missed", "least", "median",
           "worst", "bound", "frame");
    for (uint32_t p = PHASES_wait + 1; p < PHASES_PART_COUNT; p++)
        printf(" + %-8s", phases_part_names[p]);
    puts("");
}

static void print_row(const phases_t *p)
{
    const phases_sum_t *s = &p->sum;
    printf("%-28s %7u %6u  %7.3f %7.3f %7.3f %7.3f     = %-7.3f", p->desc.scenario, s->entries,
           s->entries - s->alerts, s->min_ms, s->median_ms, s->worst_ms, s->bound_ms,
           s->part_ms[PHASES_wait]);
    for (uint32_t i = PHASES_wait + 1; i < PHASES_PART_COUNT; i++)
        printf(" + %-8.3f", s->part_ms[i]);
    puts("");
}

static void print_bins(const phases_t *p)
{
    const phases_sum_t *s = &p->sum;
    printf("\n%s\nphase           entries  latency, ms\n", p->desc.scenario);
    for (uint32_t b = 0; b < PHASES_BINS; b++) {
        printf("%.4f..%.4f  %7u", (double)b / PHASES_BINS, (b + 1.0) / PHASES_BINS,
               s->bin[b].alerts);
        if (s->bin[b].alerts == 0) {
            puts("");
            continue;
        }
        double share = s->worst_ms > 0 ? s->bin[b].max_ms / s->worst_ms : 0;
        int bar = share > 0 ? (int)(share * BAR + 0.5) : 0;
        printf("  %7.3f..%7.3f  %.*s\n", s->bin[b].min_ms, s->bin[b].max_ms, bar,
               "########################################");
    }
}

/* ---- JSON ---- */

static void add_entry(sim_json_t *entries, const phases_entry_t *e)
{
    sim_json_t *to = sim_json_add_object(entries, NULL);
    sim_json_add_bool(to, "alerted", e->alerted);
    sim_json_add_u64(to, "enter_ps", e->enter_ps);
    sim_json_add_u64(to, "row", e->row);
    if (!e->alerted)
        return;
    sim_json_add_u64(to, "alert_ps", e->alert_ps);
    sim_json_add_u64(to, "frame", e->frame);
    sim_json_add_num(to, "phase", e->phase);
    sim_json_add_num(to, "latency_ms", ((double)e->alert_ps - (double)e->enter_ps) / 1e9);
    sim_json_t *parts = sim_json_add_object(to, "parts_ms");
    for (uint32_t p = 0; p < PHASES_PART_COUNT; p++)
        sim_json_add_num(parts, phases_part_names[p], (double)e->part_ps[p] / 1e9);
}

static void add_bins(sim_json_t *to, const phases_sum_t *s)
{
    sim_json_t *bins = sim_json_add_array(to, "histogram");
    for (uint32_t b = 0; b < PHASES_BINS; b++) {
        sim_json_t *bin = sim_json_add_object(bins, NULL);
        sim_json_add_num(bin, "phase", (double)b / PHASES_BINS);
        sim_json_add_u64(bin, "entries", s->bin[b].alerts);
        sim_json_add_num(bin, "min_ms", s->bin[b].min_ms);
        sim_json_add_num(bin, "max_ms", s->bin[b].max_ms);
    }
}

static void add_scenario(sim_json_t *list, const phases_t *p)
{
    const phases_sum_t *s = &p->sum;
    sim_json_t *to = sim_json_add_object(list, NULL);
    sim_json_add_str(to, "scenario", p->desc.scenario);
    sim_json_add_u64(to, "pin", p->desc.pin);
    sim_json_add_num(to, "period_ms", (double)p->period_ps / 1e9);
    sim_json_add_u64(to, "entries", s->entries);
    sim_json_add_u64(to, "missed", s->entries - s->alerts);
    sim_json_add_num(to, "min_ms", s->min_ms);
    sim_json_add_num(to, "median_ms", s->median_ms);
    sim_json_add_num(to, "worst_ms", s->worst_ms);
    sim_json_add_num(to, "bound_ms", s->bound_ms);
    sim_json_t *parts = sim_json_add_object(to, "bound_parts_ms");
    for (uint32_t i = 0; i < PHASES_PART_COUNT; i++)
        sim_json_add_num(parts, i == PHASES_wait ? "frame" : phases_part_names[i], s->part_ms[i]);
    add_bins(to, s);
    sim_json_t *entries = sim_json_add_array(to, "each");
    for (uint32_t i = 0; i < s->entries; i++)
        add_entry(entries, &p->entry[i]);
}

static int report(const phases_t *phases, uint32_t count, const char *out, bool json)
{
    char path[1200], error[1024];
    sim_json_t *list = sim_json_array();
    for (uint32_t n = 0; n < count; n++)
        add_scenario(list, &phases[n]);
    char *text = sim_json_print(list, true);
    sim_json_free(list);
    if (text == NULL)
        return cli_fail(EXIT_FAILED, "out of memory");
    snprintf(path, sizeof(path), "%s/phases.json", out);
    bool written = sim_file_write(path, text, strlen(text), error, sizeof(error)) == SIM_OK;
    if (json)
        puts(text);
    for (uint32_t n = 0; n < count && !json; n++) {
        if (n == 0)
            print_head();
        print_row(&phases[n]);
    }
    for (uint32_t n = 0; n < count && !json; n++)
        print_bins(&phases[n]);
    free(text);
    if (!written)
        return cli_fail(EXIT_FAILED, "%s", error);
    if (!phases_plot(phases, count, out, error, sizeof(error)))
        fprintf(stderr, "fovea: phases: no plot: %s\n", error);
    return EXIT_FINE;
}

/* ---- the command ---- */

static int run_all(const phases_desc_t *desc, char **files, uint32_t count, bool json)
{
    phases_t *phases = calloc(count, sizeof(*phases));
    int code = phases != NULL ? EXIT_FINE : cli_fail(EXIT_FAILED, "out of memory");
    uint32_t missed = 0;
    for (uint32_t n = 0; n < count && code == EXIT_FINE; n++) {
        phases_desc_t one = *desc;
        one.scenario = files[n];
        code = phases_run(&phases[n], &one);
        missed += phases[n].sum.entries - phases[n].sum.alerts;
        if (code != EXIT_FINE)
            cli_fail(code, "phases: %s", phases[n].error);
    }
    if (code == EXIT_FINE)
        code = report(phases, count, desc->out, json);
    if (code == EXIT_FINE && missed > 0)
        code = cli_fail(EXIT_FAILED, "phases: %u entries without an edge of pin %u", missed,
                        desc->pin);
    for (uint32_t n = 0; phases != NULL && n < count; n++)
        phases_free(&phases[n]);
    free(phases);
    return code;
}

int cmd_phases(int argc, char **argv)
{
    phases_desc_t desc = {.out = "out/phases"};
    const char *entries = NULL, *pin = NULL, *threads = NULL, *simd = NULL, *json = NULL;
    const cli_opt_t opts[] = {
        {'n', "entries", "N", "entries, at even phases of a frame (default: 64)", &entries},
        {0, "pin", "N", "whose rising edge is the alert (default: 0)", &pin},
        {'m', "network", "FILE", "network (default: the scenario's)", &desc.flags.network},
        {0, "scene-seed", "N", "seed of the world", &desc.flags.scene_seed},
        {'o', "out", "DIR",
         "where results go: phases.json, phases.svg, the newest run (default: out/phases)",
         &desc.out},
        {'j', "threads", "N", "threads (default: one a processor); no effect on results", &threads},
        {0, "simd", "LEVEL",
         "scalar, avx2, avx512 or amx (default: the best); no effect on results", &simd},
        {0, "json", NULL, "results as JSON", &json},
    };
    const cli_t cli = {"phases",
                       "SCENARIO...",
                       "Runs a scenario in which somebody enters a zone at every phase of a frame: "
                       "latency to the edge of a pin.",
                       opts,
                       SIM_COUNT(opts),
                       1,
                       MAX_SCENARIOS};
    char **args;
    int count, over = cli_parse(&cli, argc, argv, &args, &count);
    uint64_t number = 64, of = 0;
    if (over >= 0)
        return over;
    if (!execution_options(&cli, threads, simd, &desc.threads) ||
        (entries != NULL && !cli_u64(&cli, "entries", entries, 1, PHASES_MOST, &number)) ||
        (pin != NULL && !cli_u64(&cli, "pin", pin, 0, GPIO_PINS - 1, &of)))
        return EXIT_USAGE;
    desc.entries = (uint32_t)number;
    desc.pin = (uint32_t)of;
    desc.interrupted = interrupt_watch();
    return run_all(&desc, args, (uint32_t)count, json != NULL);
}
