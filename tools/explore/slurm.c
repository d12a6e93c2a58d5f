#include "tools/explore/slurm.h"

#include <errno.h>
#include <fcntl.h>
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
enum { ARRAY = 1000, JOB_ID = 24 };

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

/* Tasks that an array may have here. */
static uint64_t array_size(void)
{
    uint64_t size = 0;
    char line[256];
    FILE *from = popen("scontrol show config 2>/dev/null", "r");
    while (from != NULL && fgets(line, sizeof(line), from) != NULL)
        if (sscanf(line, "MaxArraySize = %" SCNu64, &size) == 1)
            size = size > 1 ? size - 1 : size;
    if (from != NULL)
        pclose(from);
    return size > 0 && size < ARRAY ? size : ARRAY;
}

typedef struct {
    pid_t pid;
    FILE *says; /* its standard output */
    uint64_t first, tasks;
} sbatch_t;

static bool spawn_sbatch(sbatch_t *s, char *const *arguments)
{
    int pipes[2];
    posix_spawn_file_actions_t actions;
    if (pipe(pipes) != 0)
        return cli_fail(EXIT_FAILED, "sbatch: %s", strerror(errno)) == EXIT_FINE;
    fcntl(pipes[0], F_SETFD, FD_CLOEXEC);
    fcntl(pipes[1], F_SETFD, FD_CLOEXEC);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipes[1], STDOUT_FILENO);
    int failed = posix_spawnp(&s->pid, arguments[0], &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(pipes[1]);
    s->says = failed == 0 ? fdopen(pipes[0], "r") : NULL;
    if (s->says != NULL)
        return true;
    close(pipes[0]);
    s->pid = 0;
    return cli_fail(EXIT_FAILED, "sbatch: %s", strerror(failed)) == EXIT_FINE;
}

static bool start_sbatch(sbatch_t *s, const char *script, const char *folder, bool wait)
{
    char array[64], output[TASK_FILE + 16], offset[24], file[TASK_FILE];
    static char name[] = "sbatch", parsable[] = "--parsable", again[] = "--requeue",
                append[] = "--open-mode=append", job[] = "--job-name=" SLURM_JOB_NAME,
                waits[] = "--wait";
    snprintf(array, sizeof(array), "--array=0-%" PRIu64, s->tasks - 1);
    snprintf(output, sizeof(output), "--output=%s/%%A_%%a.log", folder);
    snprintf(offset, sizeof(offset), "%" PRIu64, s->first);
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
    return spawn_sbatch(s, all);
}

/* "1234" or "1234;cluster": the job's number, kept with its tasks. False: it has none. */
static bool take_job(store_t *store, sbatch_t *s)
{
    char line[256] = "", id[JOB_ID];
    if (fgets(line, sizeof(line), s->says) == NULL)
        return false;
    size_t digits = strspn(line, "0123456789");
    if (digits == 0 || digits >= sizeof(id))
        return false;
    snprintf(id, sizeof(id), "%.*s", (int)digits, line);
    printf("job       %s: %" PRIu64 " tasks\n", id, s->tasks);
    return store_set_job(store, id, s->first, s->tasks) ||
           cli_fail(EXIT_FAILED, "%s", store_error(store)) == EXIT_FINE;
}

static bool is_over_well(sbatch_t *s)
{
    int status = -1;
    if (s->pid <= 0)
        return false;
    fclose(s->says);
    while (waitpid(s->pid, &status, 0) < 0)
        if (errno != EINTR)
            return false;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

typedef struct {
    sbatch_t *all;
    uint64_t count;
} arrays_t;

/* Its arrays, one after the other; those that wait are left to be waited for together. */
static bool submit(const slurm_desc_t *d, const char *script, const char *folder, store_t *store,
                   const tasks_count_t *count, arrays_t *arrays)
{
    uint64_t most = array_size();
    bool fine = true;
    arrays->count = (count->tasks + most - 1) / most;
    arrays->all = calloc(arrays->count, sizeof(*arrays->all));
    if (arrays->all == NULL)
        return cli_fail(EXIT_FAILED, "out of memory") == EXIT_FINE;
    fflush(NULL);
    for (uint64_t i = 0; fine && i < arrays->count; i++) {
        uint64_t done = i * most, left = count->tasks - done;
        sbatch_t *s = &arrays->all[i];
        *s = (sbatch_t){.first = count->first + done, .tasks = left < most ? left : most};
        fine = start_sbatch(s, script, folder, d->wait) && take_job(store, s);
        if (!d->wait)
            fine = is_over_well(s) && fine;
    }
    return fine;
}

/* A job that failed shows as points that are missing. */
static void wait_for(arrays_t *arrays)
{
    for (uint64_t i = 0; i < arrays->count; i++)
        (void)is_over_well(&arrays->all[i]);
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

/* Points whose tasks are queued are not submitted twice. */
static bool none_is_queued(const slurm_desc_t *d, store_t *store)
{
    slurm_tasks_t t;
    if (!slurm_tasks(store, &t) || t.queued + t.running == 0)
        return true;
    return cli_fail(EXIT_FAILED,
                    "%s: %" PRIu64 " of its tasks are queued, %" PRIu64 " run (job %s): wait for "
                    "them, or scancel them and try again",
                    d->file, t.queued, t.running, t.job) == EXIT_FINE;
}

static bool plan(const slurm_desc_t *d, store_t *store, tasks_count_t *count)
{
    char error[STORE_ERROR];
    if (!merge(store) || !none_is_queued(d, store))
        return false;
    return tasks_plan(store, d->chunk, d->folder, count, error, sizeof(error)) ||
           cli_fail(EXIT_FAILED, "%s", error) == EXIT_FINE;
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

/* What is not over becomes tasks and jobs. */
static bool send(const slurm_desc_t *d, store_t *store, tasks_count_t *count, arrays_t *arrays)
{
    char script[TASK_FILE], folder[SPACE_PATH], error[512];
    if (!plan(d, store, count))
        return false;
    if (count->tasks == 0)
        return true;
    if (!point_absolute(d->folder, folder, error, sizeof(error)))
        return cli_fail(EXIT_FAILED, "%s", error) == EXIT_FINE;
    snprintf(script, sizeof(script), "%s/task.sh", folder);
    printf("tasks     %" PRIu64 " of %" PRIu64 " points: %s\n", count->tasks, count->points,
           folder);
    if (!write_script(script, folder, error, sizeof(error)))
        return cli_fail(EXIT_FAILED, "%s", error) == EXIT_FINE;
    return submit(d, script, folder, store, count, arrays) ||
           cli_fail(EXIT_FAILED, "sbatch failed") == EXIT_FINE;
}

int slurm_sweep(const slurm_desc_t *d)
{
    char error[STORE_ERROR];
    tasks_count_t count = {0};
    arrays_t arrays = {NULL, 0};
    store_t *store = store_edit(d->file, error);
    if (store == NULL)
        return cli_fail(EXIT_FAILED, "%s", error);
    bool sent = send(d, store, &count, &arrays);
    store_close(store); /* so that `status` can merge meanwhile */
    if (d->wait)
        wait_for(&arrays);
    free(arrays.all);
    if (!sent)
        return EXIT_FAILED;
    if (d->check > 0)
        printf("check     %" PRIu64
               " points in full are not done by tasks: --resume without --engine "
               "does them in the end\n",
               d->check);
    if (count.tasks == 0)
        printf("nothing is left to do\n");
    else if (d->wait)
        return finish(d);
    else
        printf("progress  fovea explore status %s\n", d->file);
    return EXIT_FINE;
}
