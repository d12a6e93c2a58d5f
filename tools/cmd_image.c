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

static int write_image(const sensor_desc_t *chip, const char *firmware, const networks_t *networks,
                       const char *out)
{
    char error[512];
    boot_image_t image;
    if (!boot_image_load(chip, firmware, networks->prog, networks->count, &image, error,
                         sizeof(error)))
        return cli_fail(EXIT_USAGE, "%s", error);
    sim_err_t err = sim_file_write(out, image.data, image.bytes, error, sizeof(error));
    free(image.data);
    return err == SIM_OK ? EXIT_FINE : cli_fail(EXIT_FAILED, "%s", error);
}

/* One of several networks, DIR/network_N.bin. */
static int write_network(const sensor_desc_t *chip, const networks_t *networks, uint32_t n,
                         const char *dir)
{
    char error[512], path[2048];
    boot_image_t image;
    if (!download_make_network(chip, networks, n, &image, error, sizeof(error)))
        return cli_fail(EXIT_USAGE, "%s", error);
    snprintf(path, sizeof(path), "%s/network_%u.bin", dir, n);
    sim_err_t err = sim_file_write(path, image.data, image.bytes, error, sizeof(error));
    free(image.data);
    return err == SIM_OK ? EXIT_FINE : cli_fail(EXIT_FAILED, "%s", error);
}

/* DIR/loader.bin, main.bin and, with networks, network.bin; of several each alone, too. */
static int write_for_host(const sensor_desc_t *chip, const char *firmware,
                          const networks_t *networks, const char *dir)
{
    char error[512], path[2048];
    boot_image_t image[DOWNLOAD_IMAGES];
    if (!download_make(chip, firmware, networks, image, error, sizeof(error)))
        return cli_fail(EXIT_USAGE, "%s", error);
    sim_err_t err = sim_dir_make(dir, error, sizeof(error));
    for (uint32_t i = 0; err == SIM_OK && i < DOWNLOAD_IMAGES; i++) {
        snprintf(path, sizeof(path), "%s/%s.bin", dir, download_names[i]);
        if (image[i].bytes != 0)
            err = sim_file_write(path, image[i].data, image[i].bytes, error, sizeof(error));
    }
    download_drop(image);
    int code = err == SIM_OK ? EXIT_FINE : cli_fail(EXIT_FAILED, "%s", error);
    for (uint32_t n = 0; code == EXIT_FINE && networks->count > 1 && n < networks->count; n++)
        code = write_network(chip, networks, n, dir);
    return code;
}

int cmd_image(int argc, char **argv)
{
    const char *out = NULL, *for_host = NULL, *chip_file = NULL;
    const cli_opt_t opts[] = {
        {'o', "out", "FILE", "the image, for the flash", &out},
        {'H', "for-host", "DIR",
         "DIR/loader.bin, main.bin, network.bin (of several also network_N.bin), for a host's SPI",
         &for_host},
        {'c', "chip", "FILE", "chip data (default: IMX500)", &chip_file},
    };
    const cli_t cli = {"image",
                       "FIRMWARE [MODEL...]",
                       "Makes boot images for the flash or for a host that downloads, of an ELF "
                       "and models or programs that are in L2 at once.",
                       opts,
                       SIM_COUNT(opts),
                       1,
                       1 + NPU_NET_PLACES};
    char **args, error[512];
    int count, over = cli_parse(&cli, argc, argv, &args, &count);
    if (over >= 0)
        return over;
    if (out == NULL && for_host == NULL)
        return cli_fail(EXIT_USAGE, "image: --out or --for-host is missing");
    for (int i = 0; out != NULL && i < count; i++)
        if (!cli_apart(args[i], out))
            return EXIT_USAGE;
    sensor_desc_t chip;
    networks_t networks;
    if (!chip_load(chip_file, &chip, error, sizeof(error)) ||
        !networks_load((const char *const *)args + 1, (uint32_t)count - 1, &chip.npu, &networks,
                       error, sizeof(error)))
        return cli_fail(EXIT_USAGE, "%s", error);
    int code = out != NULL ? write_image(&chip, args[0], &networks, out) : EXIT_FINE;
    if (code == EXIT_FINE && for_host != NULL)
        code = write_for_host(&chip, args[0], &networks, for_host);
    networks_free(&networks);
    return code;
}
