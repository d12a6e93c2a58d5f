#include "tools/suite.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/file.h"
#include "tools/cli.h"
#include "tools/execution.h"
#include "tools/judge.h"
#include "tools/remove.h"

enum { PATH = 4096, DIRECTORY = 1280 };

static const char log_name[] = "test.log"; /* a folder that has it is ours */

/* Most of what a run leaves, and nobody asks for after it has passed; with seeds the rest of it. */
static const char *const bulky[] = {"trace.json", "frames", "link.csi2"};
enum { BULKY = SIM_COUNT(bulky) - 1, BULKY_OF_SEEDS = SIM_COUNT(bulky) };

static bool complain(suite_t *suite, const char *what, const char *why)
{
    snprintf(suite->error, sizeof(suite->error), "%.700s: %.300s", what, why);
    return false;
}

void suite_init(suite_t *suite, const suite_desc_t *desc)
{
    *suite = (suite_t){.desc = *desc};
}

void suite_free(suite_t *suite)
{
    for (uint32_t i = 0; i < suite->jobs; i++) {
        free(suite->job[i].file);
        verdict_free(&suite->job[i].verdict);
    }
    free(suite->job);
    suite->job = NULL;
    suite->jobs = 0;
}

uint32_t suite_count(const suite_t *suite, suite_outcome_t outcome)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < suite->jobs; i++)
        count += suite->job[i].over && suite->job[i].outcome == outcome;
    return count;
}

void suite_name(const suite_job_t *job, char *text, size_t bytes)
{
    snprintf(text, bytes, "%s%s%s", job->file, job->seed[0] != '\0' ? " seed " : "", job->seed);
}

/* ---- finding ---- */

static bool wanted(const suite_t *suite, const char *file)
{
    const char *filter = suite->desc.filter;
    if (filter == NULL)
        return true;
    if (strpbrk(filter, "*?[") != NULL)
        return fnmatch(filter, file, 0) == 0;
    return strstr(file, filter) != NULL;
}

static bool is_there(const suite_t *suite, const char *file)
{
    struct stat mine, other;
    if (stat(file, &mine) != 0)
        return false;
    for (uint32_t i = 0; i < suite->jobs; i++)
        if (stat(suite->job[i].file, &other) == 0 && other.st_ino == mine.st_ino &&
            other.st_dev == mine.st_dev)
            return true;
    return false;
}

static bool add_job(suite_t *suite, const char *file, uint32_t seed)
{
    suite_job_t *more = realloc(suite->job, (suite->jobs + 1) * sizeof(*more));
    char *name = malloc(strlen(file) + 1);
    if (more != NULL)
        suite->job = more;
    if (more == NULL || name == NULL) {
        free(name);
        return complain(suite, file, "out of memory");
    }
    suite_job_t *job = &suite->job[suite->jobs++];
    memset(job, 0, sizeof(*job));
    verdict_init(&job->verdict);
    memcpy(name, file, strlen(file) + 1);
    job->file = name;
    if (seed > 0)
        snprintf(job->seed, sizeof(job->seed), "%u", seed);
    return true;
}

static bool add_file(suite_t *suite, const char *file)
{
    if (!wanted(suite, file) || is_there(suite, file))
        return true;
    bool fine = true;
    if (suite->desc.seeds == 0)
        return add_job(suite, file, 0);
    for (uint32_t seed = 1; fine && seed <= suite->desc.seeds; seed++)
        fine = add_job(suite, file, seed);
    return fine;
}

/* A scenario with expectations, or one that is too broken to tell: that is for its run to say. */
static bool is_test(const char *file)
{
    sim_doc_t *doc = sim_doc_load(file);
    bool is = doc != NULL && (sim_doc_error(doc) != NULL ||
                              sim_json_find(sim_doc_root(doc).node, "expect") != NULL);
    sim_doc_free(doc);
    return is;
}

static int is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool add_folder(suite_t *suite, const char *path, uint32_t depth);

static bool add_entry(suite_t *suite, const char *folder, const char *name, uint32_t depth)
{
    char path[PATH];
    struct stat what;
    const char *slash = sim_file_ends(folder, "/") ? "" : "/";
    if ((size_t)snprintf(path, sizeof(path), "%s%s%s", folder, slash, name) >= sizeof(path))
        return complain(suite, folder, "a name below it is too long");
    if (lstat(path, &what) != 0)
        return complain(suite, path, strerror(errno));
    if (S_ISDIR(what.st_mode))
        return add_folder(suite, path, depth + 1);
    if (!sim_file_ends(name, ".json") || stat(path, &what) != 0 || !S_ISREG(what.st_mode))
        return true;
    return !is_test(path) || add_file(suite, path);
}

static bool add_folder(suite_t *suite, const char *path, uint32_t depth)
{
    struct dirent **entry;
    if (depth >= SUITE_MAX_DEPTH)
        return complain(suite, path, "too many folders deep");
    int count = scandir(path, &entry, is_shown, by_name);
    if (count < 0)
        return complain(suite, path, strerror(errno));
    bool fine = true;
    for (int i = 0; i < count; i++) {
        fine = fine && add_entry(suite, path, entry[i]->d_name, depth);
        free(entry[i]);
    }
    free(entry);
    return fine;
}

bool suite_add(suite_t *suite, const char *path)
{
    struct stat what;
    if (stat(path, &what) != 0)
        return complain(suite, path, strerror(errno));
    if (S_ISDIR(what.st_mode))
        return add_folder(suite, path, 0);
    if (!is_test(path))
        return complain(suite, path, "no `expect` in it");
    return add_file(suite, path);
}

/* ---- folders of results ---- */

/* scenes/a.json: scenes_a; what is too long loses its beginning. */
static void flatten(const suite_job_t *job, char *out, size_t bytes)
{
    const char *from = job->file;
    size_t length = strlen(from), tail = sim_file_ends(from, ".json") ? 5 : 0, most = bytes - 40;
    while (*from == '/' || *from == '.')
        from++;
    length = strlen(from) > tail ? strlen(from) - tail : strlen(from);
    if (length > most) {
        from += length - most;
        length = most;
    }
    snprintf(out, bytes, "%.*s%s%s", (int)length, from, job->seed[0] != '\0' ? "_seed" : "",
             job->seed);
    for (char *c = out; *c != '\0'; c++)
        *c = *c == '/' ? '_' : *c;
}

static bool is_taken(const suite_t *suite, uint32_t job)
{
    for (uint32_t i = 0; i < job; i++)
        if (strcmp(suite->job[i].folder, suite->job[job].folder) == 0)
            return true;
    return false;
}

static void name_folders(suite_t *suite)
{
    for (uint32_t i = 0; i < suite->jobs; i++) {
        suite_job_t *job = &suite->job[i];
        char plain[SUITE_NAME - 12];
        flatten(job, plain, sizeof(plain));
        snprintf(job->folder, sizeof(job->folder), "%s", plain);
        for (uint32_t n = 2; is_taken(suite, i); n++)
            snprintf(job->folder, sizeof(job->folder), "%s_%u", plain, n);
    }
}

static void folder_of(const suite_t *suite, const suite_job_t *job, char *path)
{
    snprintf(path, DIRECTORY, "%s/%s", suite->desc.out, job->folder);
}

/* Only what an earlier test left. */
static bool clear(suite_t *suite, const char *path)
{
    char mark[DIRECTORY + 16];
    snprintf(mark, sizeof(mark), "%s/%s", path, log_name);
    if (access(path, F_OK) != 0)
        return true;
    if (access(mark, F_OK) != 0)
        return complain(suite, path, "is there, and not the results of a test");
    return remove_all(path) || complain(suite, path, strerror(errno));
}

static void drop_bulk(const suite_t *suite, const char *dir)
{
    char path[DIRECTORY + 16];
    for (size_t i = 0; i < (suite->desc.seeds > 0 ? BULKY_OF_SEEDS : BULKY); i++) {
        snprintf(path, sizeof(path), "%s/%s", dir, bulky[i]);
        (void)remove_all(path);
    }
}

/* ---- recordings ---- */

/* The folder of its recorded run; NULL: it is run anew. */
static const char *recording_of(const suite_t *suite, const suite_job_t *job, char *path)
{
    if (suite->desc.replay == NULL)
        return NULL;
    snprintf(path, DIRECTORY, "%s/link.csi2", suite->desc.replay);
    if (access(path, F_OK) == 0)
        snprintf(path, DIRECTORY, "%s", suite->desc.replay);
    else
        snprintf(path, DIRECTORY, "%s/%s", suite->desc.replay, job->folder);
    return path;
}

/* Results take the place of what is in their folder: that may not be the recording. */
static bool check_recordings(suite_t *suite)
{
    char recording[DIRECTORY], results[DIRECTORY];
    struct stat from, to;
    if (suite->desc.replay == NULL)
        return true;
    if (stat(suite->desc.replay, &from) != 0)
        return complain(suite, suite->desc.replay, strerror(errno));
    if (!S_ISDIR(from.st_mode))
        return complain(suite, suite->desc.replay, strerror(ENOTDIR));
    for (uint32_t i = 0; i < suite->jobs; i++) {
        folder_of(suite, &suite->job[i], results);
        if (stat(recording_of(suite, &suite->job[i], recording), &from) == 0 &&
            stat(results, &to) == 0 && from.st_dev == to.st_dev && from.st_ino == to.st_ino)
            return complain(suite, recording, "results would take its place: say another --out");
    }
    return true;
}

/* ---- children ---- */

static int judge_job(const suite_t *suite, const suite_job_t *job, const char *dir)
{
    char error[1024], recording[DIRECTORY];
    judge_case_t *test = calloc(1, sizeof(*test));
    judge_desc_t desc = {
        .update = suite->desc.update,
        .scene_seed = job->seed[0] != '\0' ? job->seed : NULL,
        .threads = suite->desc.threads,
        .replay = recording_of(suite, job, recording),
    };
    if (test == NULL)
        return cli_fail(EXIT_FAILED, "out of memory");
    bool fine = judge_load(test, job->file, error, sizeof(error));
    if (fine) {
        alarm(test->expect.time_limit_s);
        fine = judge_run(test, &desc, dir, error, sizeof(error));
    }
    free(test);
    return fine ? EXIT_FINE : cli_fail(EXIT_FAILED, "%s", error);
}

/* As a process has them that nobody has prepared; the time limit is SIGALRM. */
static void plain_signals(const sigset_t *mask)
{
    static const int ours[] = {SIGCHLD, SIGALRM, SIGINT, SIGTERM, SIGHUP};
    sigset_t set = *mask;
    for (size_t i = 0; i < SIM_COUNT(ours); i++) {
        signal(ours[i], SIG_DFL);
        sigdelset(&set, ours[i]);
    }
    sigprocmask(SIG_SETMASK, &set, NULL);
}

static void be_child(const suite_t *suite, const suite_job_t *job, const char *dir,
                     const sigset_t *mask)
{
    char log[DIRECTORY + 16];
    snprintf(log, sizeof(log), "%s/%s", dir, log_name);
    setpgid(0, 0);
    plain_signals(mask);
    int to = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (to < 0 || dup2(to, STDOUT_FILENO) < 0 || dup2(to, STDERR_FILENO) < 0)
        _exit(EXIT_FAILED);
    alarm(EXPECT_LIMIT_S);
    int code = (suite->desc.run != NULL ? suite->desc.run : judge_job)(suite, job, dir);
    fflush(stdout);
    fflush(stderr);
    _exit(code);
}

static bool begin_job(suite_t *suite, suite_job_t *job, const sigset_t *mask)
{
    char dir[DIRECTORY];
    folder_of(suite, job, dir);
    if (!clear(suite, dir) || sim_dir_make(dir, suite->error, sizeof(suite->error)) != SIM_OK)
        return false;
    job->seconds = execution_seconds();
    fflush(NULL); /* what is buffered is written once */
    job->pid = fork();
    if (job->pid == 0)
        be_child(suite, job, dir, mask);
    if (job->pid < 0)
        return complain(suite, "fork", strerror(errno));
    setpgid(job->pid, job->pid); /* whoever of the two comes first */
    return true;
}

/* The last line of its log. */
static void last_words(const char *dir, char *text, size_t bytes)
{
    char path[DIRECTORY + 16], error[64];
    size_t size;
    snprintf(path, sizeof(path), "%s/%s", dir, log_name);
    char *log = (char *)sim_file_read(path, 1 << 26, &size, error, sizeof(error));
    while (log != NULL && size > 0 && log[size - 1] == '\n')
        log[--size] = '\0';
    const char *line = log != NULL ? strrchr(log, '\n') : NULL;
    line = line != NULL ? line + 1 : log != NULL ? log : "";
    if (strncmp(line, "fovea: ", 7) == 0)
        line += 7;
    snprintf(text, bytes, "%s", line);
    free(log);
}

static void judge_end(suite_job_t *job, const char *dir, int status)
{
    char path[DIRECTORY + 32];
    snprintf(path, sizeof(path), "%s/verdict.json", dir);
    job->outcome = SUITE_BROKEN;
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) {
        snprintf(job->why, sizeof(job->why), "no end within its time limit, %.0f s", job->seconds);
    } else if (WIFSIGNALED(status)) {
        snprintf(job->why, sizeof(job->why), "ended by signal %d (%s)", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    } else if (WEXITSTATUS(status) != 0) {
        last_words(dir, job->why, sizeof(job->why));
        if (job->why[0] == '\0')
            snprintf(job->why, sizeof(job->why), "ended with code %d", WEXITSTATUS(status));
    } else if (verdict_read(&job->verdict, path, job->why, sizeof(job->why))) {
        job->outcome = verdict_passed(&job->verdict) ? SUITE_PASSED : SUITE_FAILED;
    }
}

static void end_job(const suite_t *suite, suite_job_t *job, int status)
{
    char dir[DIRECTORY];
    folder_of(suite, job, dir);
    job->pid = 0;
    job->over = true;
    job->seconds = execution_seconds() - job->seconds;
    judge_end(job, dir, status);
    if (job->outcome == SUITE_PASSED && !suite->desc.keep)
        drop_bulk(suite, dir);
}

static void reap(suite_t *suite, uint32_t *active)
{
    for (uint32_t i = 0; i < suite->jobs; i++) {
        int status;
        if (suite->job[i].pid > 0 && waitpid(suite->job[i].pid, &status, WNOHANG) > 0) {
            (*active)--;
            end_job(suite, &suite->job[i], status);
        }
    }
}

static void end_children(suite_t *suite)
{
    char dir[DIRECTORY];
    for (uint32_t i = 0; i < suite->jobs; i++) {
        suite_job_t *job = &suite->job[i];
        if (job->pid <= 0)
            continue;
        kill(-job->pid, SIGKILL);
        kill(job->pid, SIGKILL); /* before it has a group of its own */
        waitpid(job->pid, NULL, 0);
        job->pid = 0;
        folder_of(suite, job, dir);
        (void)remove_all(dir);
    }
}

static void on_child(int number)
{
    (void)number;
}

/* Children that end, and who interrupts us; signals that are ignored stay so. */
static void block_signals(sigset_t *set, sigset_t *before)
{
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action;
    memset(&action, 0, sizeof(action));
    action.sa_handler = on_child;
    sigaction(SIGCHLD, &action, NULL);
    sigemptyset(set);
    sigaddset(set, SIGCHLD);
    for (size_t i = 0; i < SIM_COUNT(ends); i++)
        if (sigaction(ends[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
            sigaddset(set, ends[i]);
    sigprocmask(SIG_BLOCK, set, before);
}

/* True when all are over. */
static bool run_all(suite_t *suite, const sigset_t *set, const sigset_t *mask)
{
    uint32_t next = 0, told = 0, active = 0;
    while (told < suite->jobs) {
        for (; next < suite->jobs && active < suite->desc.parallel; next++, active++)
            if (!begin_job(suite, &suite->job[next], mask))
                return false;
        int number = sigwaitinfo(set, NULL);
        if (number < 0 && errno == EINTR)
            continue;
        suite->interrupted = number != SIGCHLD;
        if (suite->interrupted)
            return complain(suite, "interrupted", strsignal(number));
        reap(suite, &active);
        for (; told < suite->jobs && suite->job[told].over; told++)
            if (suite->desc.tell != NULL)
                suite->desc.tell(suite->desc.ctx, suite, &suite->job[told]);
    }
    return true;
}

int suite_run(suite_t *suite)
{
    sigset_t set, before;
    if (suite->jobs == 0) {
        snprintf(suite->error, sizeof(suite->error), "no scenario with `expect`%s%.200s%s",
                 suite->desc.filter != NULL ? " that matches '" : "",
                 suite->desc.filter != NULL ? suite->desc.filter : "",
                 suite->desc.filter != NULL ? "'" : "");
        return EXIT_USAGE;
    }
    if (sim_dir_make(suite->desc.out, suite->error, sizeof(suite->error)) != SIM_OK)
        return EXIT_USAGE;
    name_folders(suite);
    if (!check_recordings(suite))
        return EXIT_USAGE;
    if (suite->desc.begin != NULL)
        suite->desc.begin(suite->desc.ctx, suite);
    block_signals(&set, &before);
    bool whole = run_all(suite, &set, &before);
    end_children(suite);
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (!whole)
        return suite->interrupted ? EXIT_FAILED : EXIT_USAGE;
    return suite_count(suite, SUITE_PASSED) == suite->jobs ? EXIT_FINE : EXIT_FAILED;
}
