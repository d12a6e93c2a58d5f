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

/* The files that a capture becomes. */
typedef struct {
    const char *dir, *elf;
    FILE *metadata, *postmortem;
} output_t;

static int decode(const char *file, const uint8_t *data, size_t bytes, const output_t *out,
                  uint64_t *problems)
{
    mipi_capture_reader_t reader;
    if (!mipi_capture_open(&reader, data, bytes, on_problem, problems))
        return cli_fail(EXIT_USAGE, "%s: byte 0: not a link capture of version %u", file,
                        MIPI_CAPTURE_VERSION);
    host_t host;
    host_init(&host, out->metadata, out->postmortem, out->dir);
    host.elf = out->elf;
    mipi_packet_t packet;
    while (mipi_capture_next(&reader, &packet))
        host_packet(&host, &packet);
    host_finish(&host);
    *problems += host.problems;
    printf("%s: %llu packets, %llu metadata frames, %llu images, %llu problems", file,
           (unsigned long long)reader.packets, (unsigned long long)host.metadata_frames,
           (unsigned long long)(host.raw_frames + host.rgb_frames), (unsigned long long)*problems);
    if (host.postmortems != 0)
        printf(", %llu post-mortems", (unsigned long long)host.postmortems);
    putchar('\n');
    int code = host.error[0] != '\0' ? cli_fail(EXIT_FAILED, "%s", host.error) : EXIT_FINE;
    host_free(&host);
    return code;
}

/* ---- files ---- */

enum { OUT_PATH = 1024 };

static FILE *open_one(const output_t *out, const char *name, char *error, size_t error_bytes)
{
    char path[OUT_PATH];
    snprintf(path, sizeof(path), "%s/%s", out->dir, name);
    return sim_file_create(path, error, error_bytes);
}

/* Gives the file its name, or, when keep is false, removes it. */
static bool close_one(const output_t *out, FILE *stream, const char *name, bool keep, char *error,
                      size_t error_bytes)
{
    char path[OUT_PATH];
    snprintf(path, sizeof(path), "%s/%s", out->dir, name);
    if (keep)
        return sim_file_commit(stream, path, error, error_bytes) == SIM_OK;
    if (stream != NULL)
        sim_file_abandon(stream, path);
    return true;
}

static bool open_output(output_t *out, char *error, size_t error_bytes)
{
    if (sim_dir_make(out->dir, error, error_bytes) != SIM_OK)
        return false;
    out->metadata = open_one(out, "metadata.jsonl", error, error_bytes);
    if (out->metadata != NULL)
        out->postmortem = open_one(out, "postmortem.jsonl", error, error_bytes);
    return out->postmortem != NULL;
}

static bool close_output(const output_t *out, bool keep, char *error, size_t error_bytes)
{
    bool first = close_one(out, out->metadata, "metadata.jsonl", keep, error, error_bytes);
    return close_one(out, out->postmortem, "postmortem.jsonl", keep && first, error, error_bytes) &&
           first;
}

int cmd_decode(int argc, char **argv)
{
    output_t out = {.dir = "frames"};
    const cli_opt_t opts[] = {
        {'o', "out", "DIR", "where the lines and images go (default: frames)", &out.dir},
        {'e', "elf", "FILE", "the program: names functions in postmortem.jsonl", &out.elf}};
    const cli_t cli = {"decode",
                       "CAPTURE",
                       "Decodes link.csi2 as a host would: "
                       "metadata.jsonl, postmortem.jsonl and RAW images as PNG.",
                       opts,
                       2,
                       1,
                       1};
    char **args, error[512];
    int count, over = cli_parse(&cli, argc, argv, &args, &count);
    if (over >= 0)
        return over;
    size_t bytes;
    uint8_t *data = sim_file_read(args[0], MAX_CAPTURE_BYTES, &bytes, error, sizeof(error));
    if (data == NULL)
        return cli_fail(EXIT_USAGE, "%s", error);
    if (!open_output(&out, error, sizeof(error))) {
        close_output(&out, false, NULL, 0);
        free(data);
        return cli_fail(EXIT_FAILED, "%s", error);
    }
    uint64_t problems = 0;
    int code = decode(args[0], data, bytes, &out, &problems);
    free(data);
    if (!close_output(&out, code == EXIT_FINE, error, sizeof(error)))
        return cli_fail(EXIT_FAILED, "%s", error);
    return code == EXIT_FINE && problems != 0 ? EXIT_FAILED : code;
}
