/*
 * cmd_isp.c - fovea isp: a RAW file through the ISP.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/file.h"
#include "sim/json.h"
#include "tools/chip.h"
#include "tools/cli.h"
#include "tools/commands.h"
#include "tools/develop.h"
#include "tools/energy_report.h"
#include "tools/picture.h"
#include "tools/shading.h"

typedef struct {
    const char *out, *chip, *bayer, *bits, *black, *colors, *demosaic, *shading;
    const char *set[CLI_REPEATS + 1];
    bool chip_colors;
} options_t;

/* What the file does not say. */
static bool describe(const cli_t *cli, const options_t *o, sim_raw_t *raw)
{
    static const char *const orders[] = {"grbg", "rggb", "bggr", "gbrg"}; /* as sim_bayer_t */
    uint64_t bits = raw->bits, black;
    if (o->bits != NULL) {
        if (!cli_u64(cli, "bits", o->bits, 8, 16, &bits))
            return false;
        raw->bits = (uint32_t)bits;
        raw->white = (1u << bits) - 1;
    }
    if (o->black != NULL) {
        if (!cli_u64(cli, "black", o->black, 0, raw->white - 1, &black))
            return false;
        for (uint32_t i = 0; i < 4; i++)
            raw->black[i] = (double)black;
    }
    for (uint32_t i = 0; o->bayer != NULL && i <= SIM_COUNT(orders); i++) {
        if (i == SIM_COUNT(orders)) {
            cli_fail(EXIT_USAGE, "isp: --bayer: found %s, expected grbg, rggb, bggr or gbrg",
                     o->bayer);
            return false;
        }
        raw->bayer = (sim_bayer_t)i;
        if (strcmp(orders[i], o->bayer) == 0)
            break;
    }
    return true;
}

/* The name of a filter becomes the setting of its register. */
static bool name_demosaic(options_t *o)
{
    static const struct {
        const char *name, *setting;
    } filters[] = {{"mhc", "demosaic=0"}, {"bilinear", "demosaic=1"}, {"edge", "demosaic=2"}};
    for (uint32_t i = 0; i < SIM_COUNT(filters); i++)
        if (o->demosaic != NULL && strcmp(o->demosaic, filters[i].name) == 0) {
            o->demosaic = filters[i].setting;
            return true;
        }
    if (o->demosaic != NULL)
        cli_fail(EXIT_USAGE, "isp: --demosaic: found %s, expected mhc, bilinear or edge",
                 o->demosaic);
    return o->demosaic == NULL;
}

/* The grid as chip data: a file that --chip takes, or to be put into the chip's own. */
static bool write_shading(const char *file, const uint16_t gain_q10[LSC_GAINS], char *error,
                          size_t error_bytes)
{
    sim_json_t *root = sim_json_object();
    sim_json_t *grid = sim_json_add_array(sim_json_add_object(root, "isp"), "lens_shading_q10");
    for (uint32_t i = 0; i < LSC_GAINS; i++)
        sim_json_add_u64(grid, NULL, gain_q10[i]);
    char *text = sim_json_print(root, false);
    sim_err_t err = sim_file_write(file, text, strlen(text), error, error_bytes);
    free(text);
    sim_json_free(root);
    return err == SIM_OK;
}

/* What is developed after that has the new grid. */
static int calibrate(const options_t *o, sensor_desc_t *chip, const sim_raw_t *raw,
                     const char *name)
{
    char error[512];
    if (!shading_fit(raw, chip->isp.lsc_q10, error, sizeof(error)))
        return cli_fail(EXIT_USAGE, "%s: %s", name, error);
    chip->isp.lsc_on = true;
    if (!write_shading(o->shading, chip->isp.lsc_q10, error, sizeof(error)))
        return cli_fail(EXIT_FAILED, "%s", error);
    return EXIT_FINE;
}

static int develop(const options_t *o, const sensor_desc_t *chip, const sim_raw_t *raw)
{
    develop_t dev;
    char error[512] = "";
    bool ready = develop_open(&dev, &chip->isp, raw, error, sizeof(error)) &&
                 develop_meter(&dev, &chip->tech, error, sizeof(error));
    if (ready && !o->chip_colors)
        develop_set_colors(&dev, raw);
    ready = ready && (o->demosaic == NULL || develop_set(&dev, o->demosaic, error, sizeof(error)));
    for (const char *const *set = o->set; ready && *set != NULL; set++)
        ready = develop_set(&dev, *set, error, sizeof(error));
    int code = EXIT_FINE;
    if (!ready || !develop_run(&dev, raw, error, sizeof(error)))
        code = cli_fail(EXIT_USAGE, "isp: %s", error);
    else if (picture_write(o->out, &dev.image, error, sizeof(error)) != SIM_OK)
        code = cli_fail(EXIT_FAILED, "%s", error);
    else
        energy_print_account(&dev.energy, stdout);
    develop_close(&dev);
    return code;
}

int cmd_isp(int argc, char **argv)
{
    options_t o = {0};
    const cli_opt_t opts[] = {
        {'o', "out", "FILE", "the picture, PNG or PPM by its name", &o.out},
        {'c', "chip", "FILE", "chip data (default: IMX500)", &o.chip},
        {'s', "set", "STAGE.PARAM=VALUE...", "a register: wb.r=512 is ISP_WB_R (fovea regs)",
         o.set},
        {0, "demosaic", "mhc|bilinear|edge", "the filter (mhc), as --set demosaic=N", &o.demosaic},
        {0, "colors", "file|chip", "black, white balance and matrix: of the file, or chip data",
         &o.colors},
        {0, "calibrate-shading", "FILE",
         "chip data: the grid of gains that makes this picture of an even field flat", &o.shading},
        {0, "bayer", "ORDER", "grbg, rggb, bggr or gbrg: of a file that does not say it", &o.bayer},
        {0, "bits", "N", "8..16: of the samples, where a file does not say it", &o.bits},
        {0, "black", "DN", "black level, where a file does not say it", &o.black},
    };
    const cli_t cli = {"isp",
                       "RAW",
                       "Develops a RAW file (DNG, gray TIFF or PNG) with the simulated ISP.",
                       opts,
                       SIM_COUNT(opts),
                       1,
                       1};
    char **args, error[512];
    int count, over = cli_parse(&cli, argc, argv, &args, &count);
    if (over >= 0)
        return over;
    if (o.out == NULL && o.shading == NULL)
        return cli_fail(EXIT_USAGE, "isp: --out is missing");
    o.chip_colors = o.colors != NULL && strcmp(o.colors, "chip") == 0;
    if (o.colors != NULL && !o.chip_colors && strcmp(o.colors, "file") != 0)
        return cli_fail(EXIT_USAGE, "isp: --colors: found %s, expected file or chip", o.colors);
    if (!name_demosaic(&o) || (o.out != NULL && !cli_apart(args[0], o.out)) ||
        (o.shading != NULL && !cli_apart(args[0], o.shading)))
        return EXIT_USAGE;
    if (o.out != NULL && !picture_knows(o.out))
        return cli_fail(EXIT_USAGE, "%s: expected a name in .png or .ppm", o.out);
    sensor_desc_t chip;
    sim_raw_t raw = {0};
    int code = EXIT_USAGE;
    if (!chip_load(o.chip, &chip, error, sizeof(error)) ||
        sim_raw_read(args[0], &raw, error, sizeof(error)) != SIM_OK)
        cli_fail(code, "%s", error);
    else if (describe(&cli, &o, &raw)) {
        code = o.shading == NULL ? EXIT_FINE : calibrate(&o, &chip, &raw, args[0]);
        if (code == EXIT_FINE && o.out != NULL)
            code = develop(&o, &chip, &raw);
    }
    sim_raw_free(&raw);
    return code;
}
