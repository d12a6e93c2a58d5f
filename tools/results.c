#include "tools/results.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/file.h"
#include "sim/snapshot.h"

enum { PATH = 1200 };

static FILE *open_one(const results_t *results, const char *name, bool go_on, char *error,
                      size_t error_bytes)
{
    char path[PATH];
    snprintf(path, sizeof(path), "%s/%s", results->dir, name);
    return go_on ? sim_file_reopen(path, error, error_bytes)
                 : sim_file_create(path, error, error_bytes);
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

bool results_open(results_t *results, const char *dir, bool go_on, char *error, size_t error_bytes)
{
    char frames[PATH];
    memset(results, 0, sizeof(*results));
    snprintf(results->dir, sizeof(results->dir), "%s", dir);
    snprintf(frames, sizeof(frames), "%s/frames", dir);
    if (sim_dir_make(frames, error, error_bytes) != SIM_OK)
        return false;
#define X(member, name)                                                                            \
    if ((results->member = open_one(results, name, go_on, error, error_bytes)) == NULL) {          \
        go_on ? results_leave(results) : results_abandon(results);                                 \
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

void results_leave(results_t *results)
{
#define X(member, name)                                                                            \
    if (results->member != NULL)                                                                   \
        sim_file_leave(results->member);                                                           \
    results->member = NULL;
    RESULTS_STREAMS(X)
#undef X
}

/* ---- snapshots ---- */

static void *read_back(FILE *stream, size_t bytes)
{
    void *data = malloc(bytes + 1);
    bool fine = data != NULL && fseeko(stream, 0, SEEK_SET) == 0 &&
                fread(data, 1, bytes, stream) == bytes && fseeko(stream, 0, SEEK_END) == 0;
    if (fine)
        return data;
    free(data);
    return NULL;
}

/* The stream holds `bytes` and goes on behind them. */
static bool cut(FILE *stream, uint64_t bytes)
{
    return fflush(stream) == 0 && ftruncate(fileno(stream), (off_t)bytes) == 0 &&
           fseeko(stream, 0, SEEK_END) == 0;
}

static void exchange_content(FILE *stream, sim_snap_t *snap, const char *name, size_t bytes)
{
    bool restoring = sim_snap_restoring(snap);
    void *data = restoring ? NULL : read_back(stream, bytes);
    if (data == NULL && !restoring) {
        sim_snap_fail(snap, "%s: cannot be read back", name);
        return;
    }
    sim_snap_memory(snap, &data, &bytes);
    if (restoring && !sim_snap_failed(snap) &&
        !(cut(stream, 0) && (bytes == 0 || fwrite(data, 1, bytes, stream) == bytes) &&
          fflush(stream) == 0))
        sim_snap_fail(snap, "%s: cannot be written", name);
    free(data);
}

static void exchange_one(FILE *stream, sim_snap_t *snap, const char *name, bool with_content)
{
    off_t end = fflush(stream) == 0 ? ftello(stream) : -1;
    uint64_t state[] = {(uint64_t)end, with_content};
    if (end < 0) {
        sim_snap_fail(snap, "%s: not a file that can be gone back in", name);
        return;
    }
    sim_snap_bytes(snap, state, sizeof(state));
    if (state[1] != 0) {
        exchange_content(stream, snap, name, (size_t)state[0]);
        return;
    }
    if (!sim_snap_restoring(snap) || sim_snap_failed(snap))
        return;
    if (fseeko(stream, 0, SEEK_END) != 0 || (uint64_t)ftello(stream) < state[0])
        sim_snap_fail(snap, "%s: has fewer than the %" PRIu64 " bytes of then", name, state[0]);
    else if (!cut(stream, state[0]))
        sim_snap_fail(snap, "%s: cannot be cut", name);
}

void results_exchange(results_t *results, sim_snap_t *snap, bool with_content)
{
#define X(member, name) exchange_one(results->member, snap, name, with_content);
    RESULTS_STREAMS(X)
#undef X
}

void results_exchange_file(const results_t *results, sim_snap_t *snap, const char *name)
{
    char path[PATH], error[PATH + 256];
    void *data = NULL;
    size_t bytes = 0;
    snprintf(path, sizeof(path), "%s/%s", results->dir, name);
    if (!sim_snap_restoring(snap)) {
        data = sim_file_read(path, SIZE_MAX / 4, &bytes, error, sizeof(error));
        if (data == NULL)
            sim_snap_fail(snap, "%s", error);
    }
    sim_snap_memory(snap, &data, &bytes);
    if (sim_snap_restoring(snap) && !sim_snap_failed(snap) &&
        sim_file_write(path, data, bytes, error, sizeof(error)) != SIM_OK)
        sim_snap_fail(snap, "%s", error);
    free(data);
}
