/*
 * cmd_image.c - fovea image: firmware and network as the flash holds them, or as a host sends them.
 */
#include <stdio.h>
#include <stdlib.h>

#include "sim/file.h"
#include "tools/boot_image.h"
#include "tools/chip.h"
#include "tools/cli.h"
#include "tools/commands.h"
#include "tools/download.h"
#include "tools/network.h"

static int write_image(const sensor_desc_t *chip, const char *firmware, const npu_prog_t *network,
                       const char *out)
{
    char error[512];
    boot_image_t image;
    if (!boot_image_load(chip, firmware, network, &image, error, sizeof(error)))
        return cli_fail(EXIT_USAGE, "%s", error);
    sim_err_t err = sim_file_write(out, image.data, image.bytes, error, sizeof(error));
    free(image.data);
    return err == SIM_OK ? EXIT_FINE : cli_fail(EXIT_FAILED, "%s", error);
}

/* DIR/loader.bin, main.bin and, with a network, network.bin. */
static int write_for_host(const sensor_desc_t *chip, const char *firmware,
                          const npu_prog_t *network, const char *dir)
{
    char error[512], path[2048];
    boot_image_t image[DOWNLOAD_IMAGES];
    if (!download_make(chip, firmware, network, image, error, sizeof(error)))
        return cli_fail(EXIT_USAGE, "%s", error);
    sim_err_t err = sim_dir_make(dir, error, sizeof(error));
    for (uint32_t i = 0; err == SIM_OK && i < DOWNLOAD_IMAGES; i++) {
        snprintf(path, sizeof(path), "%s/%s.bin", dir, download_names[i]);
        if (image[i].bytes != 0)
            err = sim_file_write(path, image[i].data, image[i].bytes, error, sizeof(error));
    }
    download_drop(image);
    return err == SIM_OK ? EXIT_FINE : cli_fail(EXIT_FAILED, "%s", error);
}

int cmd_image(int argc, char **argv)
{
    const char *out = NULL, *for_host = NULL, *chip_file = NULL;
    const cli_opt_t opts[] = {
        {'o', "out", "FILE", "the image, for the flash", &out},
        {'H', "for-host", "DIR", "DIR/loader.bin, main.bin, network.bin, for a host's SPI",
         &for_host},
        {'c', "chip", "FILE", "chip data (default: IMX500)", &chip_file},
    };
    const cli_t cli = {"image",
                       "FIRMWARE [MODEL]",
                       "Makes boot images for the flash or for a host that downloads, of an ELF "
                       "and a model or program.",
                       opts,
                       SIM_COUNT(opts),
                       1,
                       2};
    char **args, error[512];
    int count, over = cli_parse(&cli, argc, argv, &args, &count);
    if (over >= 0)
        return over;
    if (out == NULL && for_host == NULL)
        return cli_fail(EXIT_USAGE, "image: --out or --for-host is missing");
    if (out != NULL && (!cli_apart(args[0], out) || (count == 2 && !cli_apart(args[1], out))))
        return EXIT_USAGE;
    sensor_desc_t chip;
    npu_prog_t network = {0};
    network_options_t options = {0};
    if (!chip_load(chip_file, &chip, error, sizeof(error)) ||
        (count == 2 && !network_load(args[1], &chip.npu, &options, &network, error, sizeof(error))))
        return cli_fail(EXIT_USAGE, "%s", error);
    const npu_prog_t *with = count == 2 ? &network : NULL;
    int code = out != NULL ? write_image(&chip, args[0], with, out) : EXIT_FINE;
    if (code == EXIT_FINE && for_host != NULL)
        code = write_for_host(&chip, args[0], with, for_host);
    npu_prog_free(&network);
    return code;
}
