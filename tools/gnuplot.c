#include "tools/gnuplot.h"

#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

FILE *gnuplot_begin(char *error, size_t error_bytes)
{
    FILE *script = tmpfile();
    if (script == NULL)
        snprintf(error, error_bytes, "a temporary file: %s", strerror(errno));
    return script;
}

void gnuplot_path(FILE *script, const char *dir, const char *name)
{
    fputc('"', script);
    for (const char *c = dir; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\')
            fputc('\\', script);
        fputc(*c, script);
    }
    fprintf(script, "/%s\"", name);
}

/* Exit status of gnuplot with that file as its input; 127: there is none; -1: killed. */
static int run(int input)
{
    static char name[] = "gnuplot";
    char *const argv[] = {name, NULL};
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status;
    if (posix_spawn_file_actions_init(&actions) != 0)
        return 127;
    int failed = posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    failed = failed != 0 ? failed : posix_spawnp(&child, name, &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0)
        return 127;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool gnuplot_run(FILE *script, char *error, size_t error_bytes)
{
    bool written = fflush(script) == 0 && !ferror(script);
    rewind(script);
    int status = written ? run(fileno(script)) : -1;
    fclose(script);
    if (status == 127)
        snprintf(error, error_bytes, "gnuplot: not found (package gnuplot-nox)");
    else if (status != 0)
        snprintf(error, error_bytes, "gnuplot: failed");
    return status == 0;
}
