#include "tools/recorded.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mipi/capture.h"
#include "sim/file.h"
#include "sim/json.h"
#include "tools/host.h"

enum { PATH = 1280, MOST_BYTES = 1 << 30 };

static const char *const copied[] = {"truth.jsonl",  "config.json",  "stats.json",
                                     "summary.json", "faults.jsonl", "uart.log"};

enum { METADATA, POSTMORTEM, TENSORS, LINES };
static const char *const line_files[LINES] = {"metadata.jsonl", "postmortem.jsonl",
                                              "tensors.jsonl"};

static void name_in(const char *folder, const char *name, char *path)
{
    snprintf(path, PATH, "%s/%s", folder, name);
}

/* What the recording does not have, its replay has not either. */
static bool copy_all(const char *from, const char *to, char *error, size_t error_bytes)
{
    char path[PATH];
    bool fine = true;
    for (size_t i = 0; fine && i < SIM_COUNT(copied); i++) {
        size_t bytes;
        name_in(from, copied[i], path);
        if (access(path, F_OK) != 0)
            continue;
        uint8_t *data = sim_file_read(path, MOST_BYTES, &bytes, error, error_bytes);
        name_in(to, copied[i], path);
        fine = data != NULL && sim_file_write(path, data, bytes, error, error_bytes) == SIM_OK;
        free(data);
    }
    return fine;
}

static void on_problem(void *ctx, const link_problem_t *problem)
{
    (void)ctx;
    fputs("link: ", stderr);
    link_problem_print(problem, stderr);
}

static void on_damage(void *ctx, const mipi_capture_problem_t *problem)
{
    const link_problem_t p = link_problem_of_capture(problem);
    host_tell(ctx, &p);
}

static bool play(FILE *link, host_t *host)
{
    mipi_capture_reader_t reader;
    mipi_packet_t packet;
    bool fine = mipi_capture_open_stream(&reader, link, on_damage, host);
    while (fine && mipi_capture_next(&reader, &packet))
        host_packet(host, &packet);
    mipi_capture_close(&reader);
    host_finish(host);
    return fine;
}

static bool close_lines(FILE **file, const char *to, bool keep, char *error, size_t error_bytes)
{
    char path[PATH];
    for (size_t i = 0; i < LINES; i++) {
        name_in(to, line_files[i], path);
        if (file[i] != NULL && keep)
            keep = sim_file_commit(file[i], path, error, error_bytes) == SIM_OK;
        else if (file[i] != NULL)
            sim_file_abandon(file[i], path);
    }
    return keep;
}

static bool hear(FILE *link, const char *to, const sim_json_t *config, uint64_t *problems,
                 char *error, size_t error_bytes)
{
    char path[PATH];
    FILE *file[LINES] = {0};
    bool fine = true;
    for (size_t i = 0; fine && i < LINES; i++) {
        name_in(to, line_files[i], path);
        file[i] = sim_file_create(path, error, error_bytes);
        fine = file[i] != NULL;
    }
    host_t *host = fine ? calloc(1, sizeof(*host)) : NULL;
    if (host != NULL) {
        host_init(host, file[METADATA], file[POSTMORTEM], to);
        host->names = metadata_names(config);
        host->tensors.lines = file[TENSORS];
        host->on_problem = on_problem;
        host->ctx = host;
        fine = play(link, host);
        *problems = host->problems;
        if (!fine || host->error[0] != '\0')
            snprintf(error, error_bytes, "%s",
                     fine ? host->error : "link.csi2: not a capture of a link");
        fine = fine && host->error[0] == '\0';
        host_free(host);
    } else if (fine) {
        snprintf(error, error_bytes, "out of memory");
        fine = false;
    }
    free(host);
    return close_lines(file, to, fine, error, error_bytes) && fine;
}

bool recorded_replay(const char *from, const char *to, uint64_t *problems, char *error,
                     size_t error_bytes)
{
    char path[PATH];
    name_in(from, "link.csi2", path);
    FILE *link = fopen(path, "rb");
    if (link == NULL) {
        snprintf(error, error_bytes, "%s: %s", path, strerror(errno));
        return false;
    }
    name_in(from, "config.json", path);
    sim_doc_t *config = access(path, F_OK) == 0 ? sim_doc_load(path) : NULL;
    const char *wrong = config != NULL ? sim_doc_error(config) : NULL;
    if (wrong != NULL)
        snprintf(error, error_bytes, "%s", wrong);
    bool fine = wrong == NULL && copy_all(from, to, error, error_bytes) &&
                hear(link, to, config != NULL ? sim_doc_root(config).node : NULL, problems, error,
                     error_bytes);
    sim_doc_free(config);
    fclose(link);
    return fine;
}
