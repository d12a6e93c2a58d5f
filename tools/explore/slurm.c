#include "tools/explore/slurm.h"

#include <errno.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/file.h"
#include "tools/cli.h"
#include "tools/explore/tasks.h"

extern char **environ;

/* Slurm's MaxArraySize is 1001 unless someone has changed it: indexes 0..1000. */
enum { ARRAY = 1000 };

/* ---- the script ---- */

/* 'text', for sh. */
static void quote(FILE *to, const char *text)
{
    fputc('\'', to);
    for (; *text != '\0'; text++)
        if (*text == '\'')
            fputs("'\\''", to);
        else
            fputc(*text, to);
    fputc('\'', to);
}

/* Slurm puts tasks of lost nodes back by itself. What a signal ended asks for it, three times;
 * what ends with an error does not: it would again. */
static const char requeue[] =
    "code=$?\n"
    "if [ $code -ge 128 ] && [ \"${SLURM_RESTART_COUNT:-0}\" -lt 3 ]; then\n"
    "    scontrol requeue \"${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID\" && exit 0\n"
    "fi\n"
    "exit $code\n";

static bool write_script(const char *file, const char *folder, char *error, size_t error_bytes)
{
    char fovea[SPACE_PATH];
    ssize_t n = readlink("/proc/self/exe", fovea, sizeof(fovea) - 1);
    FILE *to = n > 0 ? sim_file_create(file, error, error_bytes) : NULL;
    if (n <= 0)
        snprintf(error, error_bytes, "/proc/self/exe: %s", strerror(errno));
    if (to == NULL)
        return false;
    fovea[n] = '\0';
    fputs("#!/bin/sh\n# One task of this folder: number SLURM_ARRAY_TASK_ID + $1.\n", to);
    quote(to, fovea);
    fputs(" explore work -j \"${SLURM_CPUS_PER_TASK:-1}\" ", to);
    quote(to, folder);
    fputs("/\"$(printf %06d $((SLURM_ARRAY_TASK_ID + $1)))\".json\n", to);
    fputs(requeue, to);
    return sim_file_commit(to, file, error, error_bytes) == SIM_OK;
}

/* ---- sbatch ---- */

static pid_t start_sbatch(const char *script, const char *folder, uint64_t first, uint64_t tasks,
                          bool wait)
{
    char array[64], output[TASK_FILE + 16], offset[24], file[TASK_FILE];
    static char name[] = "sbatch", parsable[] = "--parsable", again[] = "--requeue",
                append[] = "--open-mode=append", job[] = "--job-name=fovea", waits[] = "--wait";
    snprintf(array, sizeof(array), "--array=0-%" PRIu64, tasks - 1);
    snprintf(output, sizeof(output), "--output=%s/%%A_%%a.log", folder);
    snprintf(offset, sizeof(offset), "%" PRIu64, first);
    snprintf(file, sizeof(file), "%s", script);
    char *const all[] = {name,
                         parsable,
                         again,
                         append,
                         job,
                         array,
                         output,
                         wait ? waits : file,
                         wait ? file : offset,
                         wait ? offset : NULL,
                         NULL};
    pid_t child;
    fflush(NULL);
    int failed = posix_spawnp(&child, name, NULL, NULL, all, environ);
    if (failed == 0)
        return child;
    cli_fail(EXIT_FAILED, "sbatch: %s", strerror(failed));
    return -1;
}

static bool is_over_well(pid_t child)
{
    int status;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return false;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Its arrays, one after the other; those that wait wait together. */
static bool submit(const char *script, const char *folder, const tasks_count_t *count, bool wait)
{
    uint64_t arrays = (count->tasks + ARRAY - 1) / ARRAY;
    pid_t *child = calloc(arrays, sizeof(*child));
    bool fine = child != NULL;
    for (uint64_t i = 0; fine && i < arrays; i++) {
        uint64_t done = i * ARRAY, left = count->tasks - done;
        child[i] =
            start_sbatch(script, folder, count->first + done, left < ARRAY ? left : ARRAY, wait);
        fine = child[i] > 0 && (wait || is_over_well(child[i]));
    }
    for (uint64_t i = 0; child != NULL && wait && i < arrays; i++)
        if (child[i] > 0)
            fine = is_over_well(child[i]) && fine;
    free(child);
    return fine;
}

/* ---- the whole ---- */

static bool merge(store_t *store)
{
    uint64_t results, points;
    bool fine = store_merge_tasks(store, &results, &points);
    if (results > 0)
        printf("merged    %" PRIu64 " points of %" PRIu64 " results\n", points, results);
    if (!fine)
        cli_fail(EXIT_FAILED, "%s", store_error(store));
    return fine;
}

/* The store is closed meanwhile, so that `status` can merge. */
static bool plan(const slurm_desc_t *d, tasks_count_t *count)
{
    char error[STORE_ERROR];
    store_t *store = store_edit(d->file, error);
    bool fine = store != NULL && merge(store);
    if (store == NULL)
        cli_fail(EXIT_FAILED, "%s", error);
    if (fine && !tasks_plan(store, d->chunk, d->folder, count, error, sizeof(error))) {
        cli_fail(EXIT_FAILED, "%s", error);
        fine = false;
    }
    store_close(store);
    return fine;
}

static int finish(const slurm_desc_t *d)
{
    char error[STORE_ERROR];
    store_t *store = store_edit(d->file, error);
    if (store == NULL)
        return cli_fail(EXIT_FAILED, "%s", error);
    bool fine = merge(store);
    double missing = store_number(store,
                                  "SELECT (SELECT budget FROM sweep) - (SELECT count(*) FROM point "
                                  "WHERE state IN ('done', 'refused', 'failed'))",
                                  1);
    store_close(store);
    if (missing > 0)
        return cli_fail(EXIT_FAILED, "%.0f points are missing; --engine slurm --resume goes on",
                        missing);
    return fine ? EXIT_FINE : EXIT_FAILED;
}

int slurm_sweep(const slurm_desc_t *d)
{
    tasks_count_t count;
    char script[TASK_FILE], folder[SPACE_PATH], error[512];
    if (!plan(d, &count))
        return EXIT_FAILED;
    if (count.tasks == 0) {
        printf("nothing is left to do\n");
        return EXIT_FINE;
    }
    if (!point_absolute(d->folder, folder, error, sizeof(error)))
        return cli_fail(EXIT_FAILED, "%s", error);
    snprintf(script, sizeof(script), "%s/task.sh", folder);
    printf("tasks     %" PRIu64 " of %" PRIu64 " points: %s\n", count.tasks, count.points, folder);
    bool fine = write_script(script, folder, error, sizeof(error));
    if (!fine)
        cli_fail(EXIT_FAILED, "%s", error);
    bool submitted = fine && submit(script, folder, &count, d->wait);
    if (d->wait && fine)
        return finish(d); /* a job that failed shows as points that are missing */
    if (!submitted)
        return fine ? cli_fail(EXIT_FAILED, "sbatch failed") : EXIT_FAILED;
    printf("progress  fovea explore status %s\n", d->file);
    return EXIT_FINE;
}
