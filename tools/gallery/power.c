#include "tools/gallery/power.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "logic/tech.h"
#include "sim/json.h"
#include "tools/cli.h"
#include "tools/gnuplot.h"
#include "tools/run.h"

#define MOST 1e30

/* From the bottom up: what streams all the time first. */
static const tech_block_t order[TECH_BLOCK_COUNT] = {TECH_OTHER,   TECH_L2,  TECH_ADC,  TECH_PIXEL,
                                                     TECH_READOUT, TECH_ISP, TECH_CORE, TECH_LINK,
                                                     TECH_NPU,     TECH_BUS};
static const uint32_t color[TECH_BLOCK_COUNT] = {0x999999, 0xc7b16a, 0x4e79a7, 0x76b7b2, 0xb4d4e8,
                                                 0x59a14f, 0xb07aa1, 0xf28e2b, 0xe15759, 0x555555};

static bool simulate(const char *dir, char *error, size_t error_bytes)
{
    run_desc_t desc = {.scenario = "scenes/entrance.json", .out_dir = dir, .flags.frames = "4"};
    run_t *run = calloc(1, sizeof(*run));
    bool fine = run != NULL && run_scenario(run, &desc) == EXIT_FINE;
    if (!fine)
        snprintf(error, error_bytes, "%s", run != NULL ? run->error : "out of memory");
    if (run != NULL)
        run_free(run);
    free(run);
    return fine;
}

static sim_doc_t *load(const char *dir, const char *name)
{
    char path[1200];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    return sim_doc_load(path);
}

/* Power at one sample as sums of the blocks up to each of `order`. */
static void put_stack(FILE *to, double ms, const sim_cfg_t *args)
{
    double sum = 0;
    fprintf(to, "%.4f 0", ms);
    for (uint32_t i = 0; i < TECH_BLOCK_COUNT; i++) {
        sum += sim_cfg_num(args, tech_block_names[order[i]], 0, MOST, 0);
        fprintf(to, " %.4f", sum);
    }
    fputc('\n', to);
}

/* Steps of the trace's track "power mW": a sample holds until the next one. */
static void put_samples(FILE *to, sim_doc_t *trace, double from_ms)
{
    sim_cfg_t root = sim_doc_root(trace), last = {0};
    uint32_t count = sim_cfg_count(&root, "traceEvents");
    fputs("$power << EOD\n", to);
    for (uint32_t i = 0; i < count; i++) {
        sim_cfg_t event = sim_cfg_at(&root, "traceEvents", i);
        if (strcmp(sim_cfg_str(&event, "name", ""), "power mW") != 0)
            continue;
        double ms = sim_cfg_num(&event, "ts", 0, MOST, 0) / 1e3 - from_ms;
        if (last.doc != NULL)
            put_stack(to, ms, &last);
        last = sim_cfg_obj(&event, "args");
        put_stack(to, ms, &last);
    }
    fputs("EOD\n", to);
}

/* Mean of a frame in mJ; the last block of `order` comes first. Returns the sum. */
static double put_frame(FILE *to, const sim_cfg_t *energy)
{
    double total = 0;
    uint32_t frames = sim_cfg_count(energy, "frames");
    fputs("$frame << EOD\n", to);
    for (uint32_t i = 0; i < TECH_BLOCK_COUNT; i++) {
        double mj = 0;
        for (uint32_t f = 0; f < frames; f++) {
            sim_cfg_t frame = sim_cfg_at(energy, "frames", f);
            sim_cfg_t blocks = sim_cfg_obj(&frame, "blocks");
            mj += sim_cfg_num(&blocks, tech_block_names[order[i]], 0, MOST, 0) / 1e12 / frames;
        }
        fprintf(to, "%s %.6f %u %u\n", tech_block_names[order[i]], mj, i, color[i]);
        total += mj;
    }
    fputs("EOD\n", to);
    return total;
}

static void put_plots(FILE *to, double frame_ms, double frame_mj)
{
    fputs("set multiplot\nset grid\nset style fill solid\nunset key\nset tmargin at screen "
          "0.92\nset bmargin at screen 0.13\n"
          "set lmargin at screen 0.06\nset rmargin at screen 0.6\n"
          "set title 'power of each block, colors as on the right'\nset xlabel 'ms from the start "
          "of a readout'\n"
          "set ylabel 'mW'\n",
          to);
    fprintf(to, "set xrange [0:%.4f]\nset yrange [0:*]\nplot", 2 * frame_ms);
    for (uint32_t i = TECH_BLOCK_COUNT; i-- > 0;)
        fprintf(to, " $power using 1:%u:%u with filledcurves lc rgb %u%s", i + 2, i + 3, color[i],
                i > 0 ? "," : "\n");
    fprintf(to, "set title 'a frame: %.2f mJ'\n", frame_mj);
    fputs("stats $frame using 2 nooutput name 'mj'\nset lmargin at screen 0.69\n"
          "set rmargin at screen 0.98\nset xlabel 'mJ'\nset xrange [0:1.25*mj_max]\n"
          "set yrange [-0.7:9.7]\nunset ylabel\n"
          "plot $frame using ($2/2):3:($2/2):(0.35):4:ytic(1) with boxxyerror lc rgb variable, "
          "'' using 2:3:(sprintf(' %.3f',$2)) with labels left font ',9'\n",
          to);
}

static bool draw(const char *dir, sim_doc_t *stats, sim_doc_t *trace, char *error,
                 size_t error_bytes)
{
    sim_cfg_t root = sim_doc_root(stats), energy = sim_cfg_obj(&root, "energy");
    sim_cfg_t frame = sim_cfg_at(&energy, "frames", 1);
    double start_ms = sim_cfg_num(&frame, "start_ps", 0, MOST, 0) / 1e9;
    double end_ms = sim_cfg_num(&frame, "end_ps", 0, MOST, 0) / 1e9;
    const char *wrong = sim_doc_error(stats) != NULL ? sim_doc_error(stats) : sim_doc_error(trace);
    if (wrong != NULL) {
        snprintf(error, error_bytes, "%s", wrong);
        return false;
    }
    FILE *script = gnuplot_begin(error, error_bytes);
    if (script == NULL)
        return false;
    put_samples(script, trace, start_ms);
    double frame_mj = put_frame(script, &energy);
    fputs("set terminal pngcairo size 1200,520 font ',11'\nset output ", script);
    gnuplot_path(script, dir, "power.png");
    fputc('\n', script);
    put_plots(script, end_ms - start_ms, frame_mj);
    return gnuplot_run(script, NULL, error, error_bytes);
}

bool power_picture(const char *dir, char *error, size_t error_bytes)
{
    char out[1100];
    snprintf(out, sizeof(out), "%s/power", dir);
    if (!simulate(out, error, error_bytes))
        return false;
    sim_doc_t *stats = load(out, "stats.json"), *trace = load(out, "trace.json");
    bool fine = stats != NULL && trace != NULL;
    if (!fine)
        snprintf(error, error_bytes, "out of memory");
    fine = fine && draw(dir, stats, trace, error, error_bytes);
    sim_doc_free(stats);
    sim_doc_free(trace);
    return fine;
}
