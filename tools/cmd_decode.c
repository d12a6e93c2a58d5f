/*
 * cmd_decode.c - fovea decode: a link capture to what the host would have seen.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mipi/capture.h"
#include "sim/file.h"
#include "tools/cli.h"
#include "tools/commands.h"
#include "tools/host.h"

enum { MAX_CAPTURE_BYTES = 1 << 30 };

static void on_problem(void *ctx, const mipi_capture_problem_t *problem)
{
    uint64_t *problems = ctx;
    ++*problems;
    if (problem->kind == MIPI_CAPTURE_NOT_A_CAPTURE || problem->kind == MIPI_CAPTURE_OTHER_VERSION)
        return; /* the command's own last word */
    fprintf(stderr, "capture: byte %llu, packet %llu: %s\n", (unsigned long long)problem->offset,
            (unsigned long long)problem->packet, mipi_capture_kind_text(problem->kind));
}

static int decode(const char *file, const uint8_t *data, size_t bytes, const char *dir, FILE *out,
                  uint64_t *problems)
{
    mipi_capture_reader_t reader;
    if (!mipi_capture_open(&reader, data, bytes, on_problem, problems))
        return cli_fail(EXIT_USAGE, "%s: byte 0: not a link capture of version %u", file,
                        MIPI_CAPTURE_VERSION);
    host_t host;
    host_init(&host, out, dir);
    mipi_packet_t packet;
    while (mipi_capture_next(&reader, &packet))
        host_packet(&host, &packet);
    host_finish(&host);
    *problems += host.problems;
    printf("%s: %llu packets, %llu metadata frames, %llu images, %llu problems\n", file,
           (unsigned long long)reader.packets, (unsigned long long)host.metadata_frames,
           (unsigned long long)host.image_frames, (unsigned long long)*problems);
    int code = host.error[0] != '\0' ? cli_fail(EXIT_FAILED, "%s", host.error) : EXIT_FINE;
    host_free(&host);
    return code;
}

int cmd_decode(int argc, char **argv)
{
    const char *out_dir = "frames";
    const cli_opt_t opts[] = {
        {'o', "out", "DIR", "where metadata.jsonl and images go (default: frames)", &out_dir}};
    const cli_t cli = {"decode",
                       "CAPTURE",
                       "Decodes link.csi2 as a host would: "
                       "metadata.jsonl and RAW images as PNG.",
                       opts,
                       1,
                       1,
                       1};
    char **args, error[512], path[1024];
    int count, over = cli_parse(&cli, argc, argv, &args, &count);
    if (over >= 0)
        return over;
    size_t bytes;
    uint8_t *data = sim_file_read(args[0], MAX_CAPTURE_BYTES, &bytes, error, sizeof(error));
    if (data == NULL)
        return cli_fail(EXIT_USAGE, "%s", error);
    snprintf(path, sizeof(path), "%s/metadata.jsonl", out_dir);
    FILE *out = NULL;
    if (sim_dir_make(out_dir, error, sizeof(error)) == SIM_OK)
        out = sim_file_create(path, error, sizeof(error));
    if (out == NULL) {
        free(data);
        return cli_fail(EXIT_FAILED, "%s", error);
    }
    uint64_t problems = 0;
    int code = decode(args[0], data, bytes, out_dir, out, &problems);
    free(data);
    if (code != EXIT_FINE)
        sim_file_abandon(out, path);
    else if (sim_file_commit(out, path, error, sizeof(error)) != SIM_OK)
        return cli_fail(EXIT_FAILED, "%s", error);
    return code == EXIT_FINE && problems != 0 ? EXIT_FAILED : code;
}
