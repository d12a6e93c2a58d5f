#include "tools/results.h"

#include <string.h>

#include "sim/file.h"

enum { PATH = 1200 };

static FILE *open_one(const results_t *results, const char *name, char *error, size_t error_bytes)
{
    char path[PATH];
    snprintf(path, sizeof(path), "%s/%s", results->dir, name);
    return sim_file_create(path, error, error_bytes);
}

static bool commit_one(const results_t *results, FILE **stream, const char *name, char *error,
                       size_t error_bytes)
{
    char path[PATH];
    snprintf(path, sizeof(path), "%s/%s", results->dir, name);
    FILE *mine = *stream;
    *stream = NULL;
    return sim_file_commit(mine, path, error, error_bytes) == SIM_OK;
}

static void abandon_one(const results_t *results, FILE **stream, const char *name)
{
    char path[PATH];
    snprintf(path, sizeof(path), "%s/%s", results->dir, name);
    if (*stream != NULL)
        sim_file_abandon(*stream, path);
    *stream = NULL;
}

bool results_open(results_t *results, const char *dir, char *error, size_t error_bytes)
{
    char frames[PATH];
    memset(results, 0, sizeof(*results));
    snprintf(results->dir, sizeof(results->dir), "%s", dir);
    snprintf(frames, sizeof(frames), "%s/frames", dir);
    if (sim_dir_make(frames, error, error_bytes) != SIM_OK)
        return false;
#define X(member, name)                                                                            \
    if ((results->member = open_one(results, name, error, error_bytes)) == NULL) {                 \
        results_abandon(results);                                                                  \
        return false;                                                                              \
    }
    RESULTS_STREAMS(X)
#undef X
    return true;
}

bool results_commit(results_t *results, char *error, size_t error_bytes)
{
    bool fine = true;
#define X(member, name)                                                                            \
    fine = fine && commit_one(results, &results->member, name, error, error_bytes);
    RESULTS_STREAMS(X)
#undef X
    results_abandon(results);
    return fine;
}

void results_abandon(results_t *results)
{
#define X(member, name) abandon_one(results, &results->member, name);
    RESULTS_STREAMS(X)
#undef X
}
