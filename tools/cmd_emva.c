/*
 * cmd_emva.c - fovea emva: the pixel die on EMVA 1288's bench.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/file.h"
#include "sim/json.h"
#include "tools/chip.h"
#include "tools/cli.h"
#include "tools/commands.h"
#include "tools/emva.h"
#include "tools/emva_plot.h"

typedef struct {
    const char *name, *unit;
    size_t at; /* of emva_values_t */
    int decimals;
    double tolerance;
} result_t;

static const result_t results[] = {
#define X(member, name, unit, decimals, tolerance)                                                 \
    {name, unit, offsetof(emva_values_t, member), decimals, tolerance},
    EMVA_RESULTS(X)
#undef X
};

static double value_of(const emva_values_t *values, const result_t *result)
{
    double value;
    memcpy(&value, (const char *)values + result->at, sizeof(value));
    return value;
}

/* "ok", or why not; "" where nothing is compared. */
static const char *verdict(const emva_t *emva, const result_t *r)
{
    double want = value_of(&emva->configured, r), got = value_of(&emva->measured, r);
    if (r->tolerance == 0)
        return "";
    bool of_dark =
        r->at == offsetof(emva_values_t, read_e) || r->at == offsetof(emva_values_t, dsnu_e);
    if (of_dark && emva->dark_at_zero > 0.005)
        return "not valid: more than 0.5 % of the dark at 0";
    if (of_dark && !emva->dark_valid)
        return "not valid: dark noise below 0.49 DN";
    if (r->at == offsetof(emva_values_t, dark_e_s) && !emva->dark_current_valid)
        return "not valid: too little in 100 s";
    double off = got > want ? got - want : want - got;
    return off <= r->tolerance * want ? "ok" : "off";
}

static double dark_noise_dn(const emva_t *emva)
{
    return emva->dark.var_dn > 0 ? sqrt(emva->dark.var_dn) : 0;
}

static void say_why_not_valid(const emva_t *emva)
{
    printf("\nThe dark noise is %.2f DN. EMVA 1288 (6.6) calls it not valid below 0.49 DN:\n"
           "the converter rounds it away, and DSNU with it. A higher gain or more bits show both.\n"
           "K is the slope of the points with light alone.\n",
           dark_noise_dn(emva));
}

static void print_table(const emva_t *emva)
{
    printf("%u x %u photosites of one color, 490..580 nm, %.3f ms\n\n", emva->width_px,
           emva->height_px, emva->exposure_s * 1e3);
    printf("%-24s %10s %10s  %-8s %7s\n", "", "measured", "configured", "", "differs");
    for (size_t i = 0; i < SIM_COUNT(results); i++) {
        const result_t *r = &results[i];
        double got = value_of(&emva->measured, r), want = value_of(&emva->configured, r);
        printf("%-24s %10.*f ", r->name, r->decimals, got);
        if (want != 0)
            printf("%10.*f  %-8s %+6.2f %%  %s\n", r->decimals, want, r->unit,
                   100 * (got / want - 1), verdict(emva, r));
        else
            printf("%10s  %s\n", "", r->unit);
    }
    printf("\nspatial noise, e-         rows    columns     pixels\n");
    printf("dark               %10.3f %10.3f %10.3f\n", emva->row.dark_e, emva->column.dark_e,
           emva->pixel.dark_e);
    printf("half saturation    %10.3f %10.3f %10.3f\n", emva->row.light_e, emva->column.light_e,
           emva->pixel.light_e);
    if (!emva->dark_valid)
        say_why_not_valid(emva);
}

static void add_spatial(sim_json_t *out, const char *name, double dark_e, double light_e)
{
    sim_json_t *object = sim_json_add_object(out, name);
    sim_json_add_num(object, "dark_e", dark_e);
    sim_json_add_num(object, "half_saturation_e", light_e);
}

static char *json_of(const emva_t *emva)
{
    sim_json_t *out = sim_json_object();
    sim_json_add_num(out, "exposure_s", emva->exposure_s);
    sim_json_add_num(out, "dark_noise_dn", dark_noise_dn(emva));
    sim_json_t *all = sim_json_add_array(out, "results");
    for (size_t i = 0; i < SIM_COUNT(results); i++) {
        sim_json_t *one = sim_json_add_object(all, NULL);
        sim_json_add_str(one, "name", results[i].name);
        sim_json_add_str(one, "unit", results[i].unit);
        sim_json_add_num(one, "measured", value_of(&emva->measured, &results[i]));
        sim_json_add_num(one, "configured", value_of(&emva->configured, &results[i]));
        if (results[i].tolerance != 0)
            sim_json_add_str(one, "verdict", verdict(emva, &results[i]));
    }
    sim_json_t *spatial = sim_json_add_object(out, "spatial");
    add_spatial(spatial, "row", emva->row.dark_e, emva->row.light_e);
    add_spatial(spatial, "column", emva->column.dark_e, emva->column.light_e);
    add_spatial(spatial, "pixel", emva->pixel.dark_e, emva->pixel.light_e);
    sim_json_t *curve = sim_json_add_array(out, "transfer");
    for (uint32_t i = 0; i < EMVA_STEPS; i++) {
        sim_json_t *point = sim_json_add_object(curve, NULL);
        sim_json_add_num(point, "photons", emva->point[i].photons);
        sim_json_add_num(point, "mean_dn", emva->point[i].mean_dn);
        sim_json_add_num(point, "var_dn", emva->point[i].var_dn);
    }
    sim_json_t *dark = sim_json_add_array(out, "dark");
    for (uint32_t i = 0; i < EMVA_DARK_STEPS; i++) {
        sim_json_t *step = sim_json_add_object(dark, NULL);
        sim_json_add_num(step, "seconds", emva->dark_step[i].seconds);
        sim_json_add_num(step, "mean_dn", emva->dark_step[i].mean_dn);
    }
    char *text = sim_json_print(out, true);
    sim_json_free(out);
    return text;
}

static bool all_agree(const emva_t *emva)
{
    bool agree = true;
    for (size_t i = 0; i < SIM_COUNT(results); i++)
        agree = agree && strcmp(verdict(emva, &results[i]), "off") != 0;
    return agree;
}

static int report(const emva_t *emva, const char *out, bool json)
{
    char error[512], path[1200];
    char *text = json_of(emva);
    int code = all_agree(emva) ? EXIT_FINE : EXIT_FAILED;
    if (text == NULL)
        return cli_fail(EXIT_FAILED, "out of memory");
    if (json)
        puts(text);
    else
        print_table(emva);
    if (out != NULL) {
        snprintf(path, sizeof(path), "%s/emva.json", out);
        if (sim_dir_make(out, error, sizeof(error)) != SIM_OK ||
            sim_file_write(path, text, strlen(text), error, sizeof(error)) != SIM_OK ||
            !emva_plot(emva, out, error, sizeof(error)))
            code = cli_fail(EXIT_FAILED, "%s", error);
    }
    free(text);
    return code;
}

int cmd_emva(int argc, char **argv)
{
    const char *chip_file = NULL, *gain = NULL, *bits = NULL, *window = NULL, *out = NULL;
    const char *threads = NULL, *json = NULL, *seed = NULL;
    const cli_opt_t opts[] = {
        {'c', "chip", "FILE", "chip data (default: IMX500)", &chip_file},
        {'g', "gain", "GAIN", "analog gain (1)", &gain},
        {0, "bits", "N", "of the ADC: 8, 10, 12 (the chip's own)", &bits},
        {0, "window", "PX", "side of the window in the middle of the array (1024)", &window},
        {'o', "out", "DIR", "emva.json and plots (gnuplot)", &out},
        {0, "seed", "N", "of noise and fixed patterns", &seed},
        {'j', "threads", "N", "worker threads", &threads},
        {0, "json", NULL, "results as JSON", &json},
    };
    const cli_t cli = {"emva",
                       "",
                       "Measures the pixel die as EMVA 1288 does, beside what its chip file says; "
                       "exit 1 when they differ.",
                       opts,
                       SIM_COUNT(opts),
                       0,
                       0};
    char **args, error[512];
    int count, over = cli_parse(&cli, argc, argv, &args, &count);
    if (over >= 0)
        return over;
    emva_options_t o = {.gain = 1, .window_px = 1024};
    uint64_t bits_value = 0, window_value = 1024, seed_value = 0, thread_count = 0;
    sensor_desc_t chip;
    if ((gain != NULL && !cli_num(&cli, "gain", gain, &o.gain)) ||
        (bits != NULL && !cli_u64(&cli, "bits", bits, 8, 12, &bits_value)) ||
        (window != NULL && !cli_u64(&cli, "window", window, 64, 8192, &window_value)) ||
        (seed != NULL && !cli_u64(&cli, "seed", seed, 0, UINT64_C(1) << 53, &seed_value)) ||
        (threads != NULL && !cli_u64(&cli, "threads", threads, 1, 64, &thread_count)))
        return EXIT_USAGE;
    if (bits_value % 2 != 0)
        return cli_fail(EXIT_USAGE, "emva: --bits: found %s, expected 8, 10 or 12", bits);
    if (!chip_load(chip_file, &chip, error, sizeof(error)))
        return cli_fail(EXIT_USAGE, "%s", error);
    if (seed != NULL)
        chip.pixel.seed = seed_value;
    o.bits = (uint32_t)bits_value;
    o.window_px = (uint32_t)window_value;
    o.threads = (uint32_t)thread_count;
    emva_t emva;
    if (!emva_measure(&chip.pixel, &o, &emva, error, sizeof(error)))
        return cli_fail(EXIT_USAGE, "emva: %s", error);
    return report(&emva, out, json != NULL);
}
