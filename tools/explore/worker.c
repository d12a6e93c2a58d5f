#include "tools/explore/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/execution.h"
#include "tools/explore/constraint.h"
#include "tools/explore/evaluate_int.h"
#include "tools/remove.h"

enum { LOG_TAIL = 2048 };

static bool read_all(int from, void *to, size_t bytes)
{
    char *at = to;
    while (bytes > 0) {
        ssize_t n = read(from, at, bytes);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        at += n;
        bytes -= (size_t)n;
    }
    return true;
}

static bool write_all(int to, const void *from, size_t bytes)
{
    const char *at = from;
    while (bytes > 0) {
        ssize_t n = write(to, at, bytes);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        at += n;
        bytes -= (size_t)n;
    }
    return true;
}

/* ---- the child ---- */

static bool on_known(void *ctx, evaluation_t *e)
{
    return constraints_hold(ctx, e, false);
}

static void work(const worker_desc_t *w, evaluator_t *evaluator, const worker_job_t *job,
                 const char *config, const char *out, worker_result_t *result)
{
    const space_t *space = w->space;
    char error[256];
    space_value_t value[SPACE_PARAMS + 1];
    constraints_t constraints = {.space = space, .value = value};
    const evaluate_desc_t desc = {.known = job->full ? NULL : on_known,
                                  .ctx = &constraints,
                                  .full = job->full,
                                  .out = out,
                                  .tensors = w->tensors,
                                  .tensor_bytes = w->tensor_bytes,
                                  .threads = 1};
    double start = execution_seconds();
    evaluation_clear(&result->e);
    if (job->full) {
        evaluate(evaluator, config, &desc, &result->e);
    } else if (space_values(space, job->gene, value, error, sizeof(error))) {
        evaluate(evaluator, config, &desc, &result->e);
        if (result->e.outcome == EVALUATE_DONE)
            (void)constraints_hold(&constraints, &result->e, true);
    } else {
        evaluate_refuse(&result->e, "%s", error);
    }
    result->seconds = execution_seconds() - start;
}

/* As a process has them that nobody has prepared. The terminal's Ctrl-C is the engine's affair. */
static void plain_signals(void)
{
    sigset_t none;
    sigemptyset(&none);
    signal(SIGALRM, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGINT, SIG_IGN);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void be_worker(const worker_desc_t *desc, int from, int to)
{
    worker_job_t job;
    char out[SPACE_PATH + 32];
    snprintf(out, sizeof(out), "%s/%ld", desc->scratch, (long)getpid());
    worker_result_t *result = calloc(1, sizeof(*result));
    evaluator_t *evaluator = desc->evaluator != NULL ? desc->evaluator : evaluator_new();
    plain_signals();
    while (result != NULL && evaluator != NULL && read_all(from, &job, sizeof(job))) {
        char *config = malloc(job.config_bytes);
        if (config == NULL || !read_all(from, config, job.config_bytes))
            break;
        alarm(desc->space->time_limit_s);
        work(desc, evaluator, &job, config, out, result);
        alarm(0);
        remove_all(out);
        free(config);
        if (!write_all(to, result, sizeof(*result)))
            break;
    }
    _exit(0); /* what the engine had in its buffers is the engine's */
}

/* ---- the engine's side ---- */

static void close_one(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void close_all(worker_t *w)
{
    close_one(&w->to);
    close_one(&w->from);
    close_one(&w->log);
}

static int open_log(void)
{
    FILE *file = tmpfile();
    int log = file != NULL ? dup(fileno(file)) : -1;
    if (file != NULL)
        fclose(file);
    if (log >= 0)
        fcntl(log, F_SETFL, O_APPEND);
    return log;
}

/* A worker whose engine is killed sees the end of its pipe, if no other one holds it open. */
static void close_others(worker_t *all, uint32_t workers, const worker_t *mine)
{
    for (uint32_t i = 0; i < workers; i++)
        if (&all[i] != mine && all[i].pid > 0)
            close_all(&all[i]);
}

bool worker_start(worker_t *all, uint32_t workers, uint32_t index, const worker_desc_t *desc)
{
    worker_t *w = &all[index];
    int down[2] = {-1, -1}, up[2] = {-1, -1};
    *w = (worker_t){.to = -1, .from = -1, .log = open_log()};
    bool fine = w->log >= 0 && pipe(down) == 0 && pipe(up) == 0;
    if (fine) {
        fflush(NULL); /* what is buffered is written once */
        w->pid = fork();
    }
    if (fine && w->pid == 0) {
        setpgid(0, 0);
        close_others(all, workers, w);
        close(down[1]);
        close(up[0]);
        dup2(w->log, STDOUT_FILENO);
        dup2(w->log, STDERR_FILENO);
        be_worker(desc, down[0], up[1]);
    }
    close_one(&down[0]);
    close_one(&up[1]);
    w->to = down[1];
    w->from = up[0];
    if (fine && w->pid > 0)
        return true;
    w->pid = 0;
    close_all(w);
    return false;
}

void worker_kill(worker_t *w)
{
    if (w->pid > 0) {
        kill(w->pid, SIGKILL);
        waitpid(w->pid, NULL, 0);
        close_all(w);
    }
    w->pid = 0;
    w->busy = false;
}

bool worker_send(worker_t *w, const worker_job_t *job, const char *config)
{
    w->job = *job;
    w->job.config_bytes = (uint32_t)strlen(config) + 1;
    w->busy = true;
    (void)!ftruncate(w->log, 0);
    return write_all(w->to, &w->job, sizeof(w->job)) &&
           write_all(w->to, config, w->job.config_bytes);
}

/* The last line that it printed. */
static void last_words(int log, char *text, size_t bytes)
{
    char tail[LOG_TAIL + 1];
    off_t size = lseek(log, 0, SEEK_END);
    ssize_t n = size > 0 ? pread(log, tail, LOG_TAIL, size > LOG_TAIL ? size - LOG_TAIL : 0) : 0;
    n = n < 0 ? 0 : n;
    while (n > 0 && tail[n - 1] == '\n')
        n--;
    tail[n] = '\0';
    const char *line = strrchr(tail, '\n');
    snprintf(text, bytes, "%s%.200s", n > 0 ? ": " : "", line != NULL ? line + 1 : tail);
}

static void tell_death(worker_t *w, const space_t *space, int status, evaluation_t *e)
{
    char words[256];
    last_words(w->log, words, sizeof(words));
    evaluation_clear(e);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
        evaluate_fail(e, "no end within its time limit, %u s", space->time_limit_s);
    else if (WIFSIGNALED(status))
        evaluate_fail(e, "ended by signal %d (%s)%s", WTERMSIG(status), strsignal(WTERMSIG(status)),
                      words);
    else
        evaluate_fail(e, "ended with code %d%s", WEXITSTATUS(status), words);
}

bool worker_receive(worker_t *w, const space_t *space, worker_result_t *result)
{
    int status = 0;
    w->busy = false;
    if (read_all(w->from, result, sizeof(*result)))
        return true;
    kill(w->pid, SIGKILL); /* one that closed its pipe and lives is of no use */
    waitpid(w->pid, &status, 0);
    tell_death(w, space, status, &result->e);
    result->seconds = 0;
    close_all(w);
    w->pid = 0;
    return false;
}
