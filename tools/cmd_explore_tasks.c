/*
 * cmd_explore_tasks.c - fovea explore tasks, work, merge: a sweep in pieces.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tools/cli.h"
#include "tools/commands.h"
#include "tools/explore/tasks.h"

int explore_tasks(int argc, char **argv)
{
    const char *chunk = NULL, *out = NULL;
    uint64_t points = TASK_CHUNK;
    tasks_count_t count;
    char **args, error[1024], folder[TASK_FILE];
    const cli_opt_t opts[] = {
        {0, "chunk", "N", "points of a task (default: 64)", &chunk},
        {'o', "out", "DIR", "where the files go (default: FILE.db-tasks)", &out},
    };
    const cli_t cli = {"explore tasks",
                       "FILE.db",
                       "Writes a task file for each chunk of points that are not over.",
                       opts,
                       SIM_COUNT(opts),
                       1,
                       1};
    int given, over = cli_parse(&cli, argc, argv, &args, &given);
    if (over >= 0)
        return over;
    if (chunk != NULL && !cli_u64(&cli, "chunk", chunk, 1, SPACE_MAX_POINTS, &points))
        return EXIT_USAGE;
    snprintf(folder, sizeof(folder), "%.1024s-tasks", args[0]);
    store_t *store = store_edit(args[0], error);
    if (store == NULL)
        return cli_fail(EXIT_USAGE, "%s", error);
    out = out != NULL ? out : folder;
    bool fine = tasks_plan(store, points, out, &count, error, sizeof(error));
    store_close(store);
    if (!fine)
        return cli_fail(EXIT_USAGE, "%s", error);
    printf("%" PRIu64 " tasks of %" PRIu64 " points: %s\n", count.tasks, count.points, out);
    return EXIT_FINE;
}

int explore_work(int argc, char **argv)
{
    const char *jobs = NULL;
    uint64_t workers = 1;
    char **args;
    const cli_opt_t opts[] = {
        {'j', "jobs", "N", "points at a time (default: 1)", &jobs},
    };
    const cli_t cli = {"explore work",
                       "TASK.json",
                       "Does a task: its result appears beside it as TASK.db, whole or not at all; "
                       "nothing to do where it is there.",
                       opts,
                       SIM_COUNT(opts),
                       1,
                       1};
    int given, over = cli_parse(&cli, argc, argv, &args, &given);
    if (over >= 0)
        return over;
    if (jobs != NULL && !cli_u64(&cli, "jobs", jobs, 1, ENGINE_MAX_WORKERS, &workers))
        return EXIT_USAGE;
    return task_work(args[0], (uint32_t)workers);
}

/* Results that are named, wherever they lie now. */
static bool merge_named(store_t *store, char **result, int results, uint64_t *points)
{
    bool fine = true;
    for (int i = 0; i < results; i++) {
        uint64_t fresh;
        if (!store_merge(store, result[i], &fresh)) {
            cli_fail(EXIT_USAGE, "%s", store_error(store));
            fine = false;
        }
        *points += fresh;
    }
    return fine;
}

int explore_merge(int argc, char **argv)
{
    enum { MANY = 1 << 20 };
    char **args, error[STORE_ERROR];
    uint64_t results, points = 0;
    const cli_t cli = {"explore merge",
                       "FILE.db [TASK.db..]",
                       "Adds results of tasks to the sweep; those of its own tasks that are there, "
                       "unless others are named.",
                       NULL,
                       0,
                       1,
                       MANY};
    int given, over = cli_parse(&cli, argc, argv, &args, &given);
    if (over >= 0)
        return over;
    store_t *store = store_edit(args[0], error);
    if (store == NULL)
        return cli_fail(EXIT_USAGE, "%s", error);
    results = (uint64_t)given - 1;
    bool fine = true;
    if (given > 1) {
        fine = merge_named(store, args + 1, given - 1, &points);
    } else if (!store_merge_tasks(store, &results, &points)) {
        fine = false;
        cli_fail(EXIT_FAILED, "%s", store_error(store));
    }
    store_close(store);
    printf("%" PRIu64 " points of %" PRIu64 " results are new\n", points, results);
    return fine ? EXIT_FINE : given > 1 ? EXIT_USAGE : EXIT_FAILED;
}
