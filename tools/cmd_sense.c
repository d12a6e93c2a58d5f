/*
 * cmd_sense.c - fovea sense: a picture in front of the pixel die, one RAW frame of it.
 */
#include <stdio.h>
#include <string.h>

#include "scenes/scene.h"
#include "sim/dng.h"
#include "tools/chip.h"
#include "tools/cli.h"
#include "tools/commands.h"
#include "tools/energy_report.h"
#include "tools/execution.h"
#include "tools/reg_set.h"
#include "tools/sense.h"
#include "tools/when.h"

typedef struct {
    const char *out, *chip, *threads, *simd;
    const char *lux, *kelvin, *exposure, *gain, *fit, *seed, *frame;
    const char *set[CLI_REPEATS + 1];
    uint32_t workers;
    double lux_value, kelvin_value, gain_value;
    uint64_t exposure_ps, seed_value, frame_value;
    scene_fit_t fit_value;
} options_t;

static bool in_range(const char *option, double value, double low, double high)
{
    if (value >= low && value <= high)
        return true;
    cli_fail(EXIT_USAGE, "sense: --%s: found %g, expected %g..%g", option, value, low, high);
    return false;
}

static bool read_fit(options_t *o)
{
    static const char *const names[] = {"stretch", "contain", "cover"}; /* as scene_fit_t */
    for (uint32_t i = 0; i < SIM_COUNT(names); i++)
        if (o->fit == NULL || strcmp(o->fit, names[i]) == 0) {
            o->fit_value = (scene_fit_t)i;
            return true;
        }
    cli_fail(EXIT_USAGE, "sense: --fit: found %s, expected stretch, contain or cover", o->fit);
    return false;
}

static bool read_exposure(options_t *o)
{
    when_t when = {.at_ps = 0};
    if (o->exposure == NULL || (when_parse(o->exposure, &when) && !when.at_frame)) {
        o->exposure_ps = when.at_ps;
        return true;
    }
    cli_fail(EXIT_USAGE, "sense: --exposure: found %s, expected a time as 20ms", o->exposure);
    return false;
}

static bool read_options(const cli_t *cli, options_t *o)
{
    o->lux_value = 300;
    o->kelvin_value = 6500;
    o->gain_value = 1;
    return (o->lux == NULL || cli_num(cli, "lux", o->lux, &o->lux_value)) &&
           in_range("lux", o->lux_value, 0, 1e7) &&
           (o->kelvin == NULL || cli_num(cli, "kelvin", o->kelvin, &o->kelvin_value)) &&
           in_range("kelvin", o->kelvin_value, 2000, 10000) &&
           (o->gain == NULL || cli_num(cli, "gain", o->gain, &o->gain_value)) &&
           (o->seed == NULL ||
            cli_u64(cli, "seed", o->seed, 0, UINT64_C(1) << 53, &o->seed_value)) &&
           (o->frame == NULL || cli_u64(cli, "frame", o->frame, 0, 1000, &o->frame_value)) &&
           read_fit(o) && read_exposure(o) &&
           execution_options(cli, o->threads, o->simd, &o->workers);
}

static void print_summary(const sense_t *sense)
{
    const sim_raw_t *raw = &sense->raw;
    double sum = 0, px = (double)raw->width_px * raw->height_px;
    for (size_t i = 0; i < (size_t)raw->width_px * raw->height_px; i++)
        sum += raw->data[i];
    printf("%u x %u, %u bits, exposure %.6f ms, gain %.3f, mean %.2f DN, %.3f %% saturated\n",
           raw->width_px, raw->height_px, raw->bits, raw->exposure_s * 1e3,
           pix_analog_gain(sense->pixel->now.gain_code), sum / px,
           100 * (double)sense->saturated / px);
    energy_print_account(&sense->energy, stdout);
}

static bool prepare(const sense_t *sense, scene_t *scene, char *error, size_t error_bytes)
{
    uint32_t width_px = sense->pixel->desc.width_px + 2 * PIX_BLUR_MAX;
    if (scene_prepare(scene, sim_pool_threads(sense->pool), width_px) == SIM_OK)
        return true;
    snprintf(error, error_bytes, "no memory");
    return false;
}

static int expose(const options_t *o, const sensor_desc_t *chip, scene_t *scene)
{
    sense_t sense;
    char error[512];
    bool ready =
        sense_open(&sense, &chip->pixel, scene_light(scene), o->workers, error, sizeof(error)) &&
        sense_meter(&sense, &chip->tech, error, sizeof(error)) &&
        prepare(&sense, scene, error, sizeof(error));
    if (ready)
        sense_power_up(&sense, &chip->ccs);
    for (const char *const *set = o->set; ready && *set != NULL; set++)
        ready = reg_set(&sense.pixel->comp, "PIX_", *set, error, sizeof(error));
    ready =
        ready &&
        (o->exposure == NULL || sense_set_exposure(&sense, o->exposure_ps, error, sizeof(error))) &&
        (o->gain == NULL || sense_set_gain(&sense, o->gain_value, error, sizeof(error)));
    int code = EXIT_FINE;
    if (!ready || !sense_frame(&sense, (uint32_t)o->frame_value, error, sizeof(error)))
        code = cli_fail(EXIT_USAGE, "sense: %s", error);
    else if (sim_dng_write(o->out, &sense.raw, error, sizeof(error)) != SIM_OK)
        code = cli_fail(EXIT_FAILED, "%s", error);
    else
        print_summary(&sense);
    sense_close(&sense);
    return code;
}

int cmd_sense(int argc, char **argv)
{
    options_t o = {0};
    const cli_opt_t opts[] = {
        {'o', "out", "FILE", "the frame, DNG", &o.out},
        {'c', "chip", "FILE", "chip data (default: IMX500)", &o.chip},
        {'l', "lux", "LUX", "light of white in the picture (300)", &o.lux},
        {'k', "kelvin", "K", "its color temperature (6500)", &o.kelvin},
        {'e', "exposure", "TIME", "20ms and the like (default: of the registers)", &o.exposure},
        {'g', "gain", "GAIN", "analog gain (1)", &o.gain},
        {'s', "set", "PARAM=VALUE...", "a register: bin=0x11 is PIX_BIN (fovea regs)", o.set},
        {0, "fit", "HOW", "stretch (default), contain or cover: the picture on the array", &o.fit},
        {0, "seed", "N", "of noise and fixed patterns", &o.seed},
        {0, "frame", "N", "which frame (0)", &o.frame},
        {'j', "threads", "N", "worker threads", &o.threads},
        {0, "simd", "LEVEL", "vector level", &o.simd},
    };
    const cli_t cli = {"sense",
                       "IMAGE",
                       "Exposes the simulated pixel die to a PNG picture; writes one RAW frame.",
                       opts,
                       SIM_COUNT(opts),
                       1,
                       1};
    char **args, error[512];
    int count, over = cli_parse(&cli, argc, argv, &args, &count);
    if (over >= 0)
        return over;
    if (o.out == NULL)
        return cli_fail(EXIT_USAGE, "sense: --out is missing");
    if (!read_options(&cli, &o) || !cli_apart(args[0], o.out))
        return EXIT_USAGE;
    sensor_desc_t chip;
    scene_t *scene = NULL;
    if (!chip_load(o.chip, &chip, error, sizeof(error)) ||
        scene_load_png(args[0], o.fit_value, o.lux_value, o.kelvin_value, &scene, error,
                       sizeof(error)) != SIM_OK)
        return cli_fail(EXIT_USAGE, "%s", error);
    if (o.seed != NULL)
        chip.pixel.seed = o.seed_value;
    int code = expose(&o, &chip, scene);
    scene_free(scene);
    return code;
}
