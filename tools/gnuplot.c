#include "tools/gnuplot.h"

#include <ctype.h>
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

/* Between double quotes gnuplot replaces `commands` and escapes, single quotes cannot begin with a
 * quote: so all but letters, digits and what is known to be harmless is an octal number. */
static void put(FILE *script, const char *text, bool tick)
{
    for (const char *c = text; *c != '\0'; c++) {
        unsigned char byte = (unsigned char)*c;
        bool plain = isalnum(byte) || byte >= 0x80 || strchr(" .,-_/()+*=", *c) != NULL;
        if (byte < ' ' || byte == 0x7f)
            fputc('?', script);
        else if (tick && byte == '%')
            fputs("%%", script);
        else
            fprintf(script, plain ? "%c" : "\\%03o", byte);
    }
}

void gnuplot_text(FILE *script, const char *text)
{
    fputc('"', script);
    put(script, text, false);
    fputc('"', script);
}

void gnuplot_tick(FILE *script, const char *text)
{
    fputc('"', script);
    put(script, text, true);
    fputc('"', script);
}

void gnuplot_path(FILE *script, const char *dir, const char *name)
{
    fputc('"', script);
    put(script, dir, false);
    fputc('/', script);
    put(script, name, false);
    fputc('"', script);
}

/* Exit status of gnuplot with these files as its input and output; 127: there is none; -1: killed.
 */
static int run(int input, int output)
{
    static char name[] = "gnuplot", only[] = "-d"; /* no settings of the user's */
    char *const argv[] = {name, only, NULL};
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status;
    if (posix_spawn_file_actions_init(&actions) != 0)
        return 127;
    int failed = posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    failed =
        failed != 0 ? failed : posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    failed = failed != 0 ? failed : posix_spawnp(&child, name, &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0)
        return 127;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool gnuplot_run(FILE *script, FILE *output, char *error, size_t error_bytes)
{
    bool written = fflush(script) == 0 && !ferror(script);
    rewind(script);
    int status =
        written ? run(fileno(script), output != NULL ? fileno(output) : STDOUT_FILENO) : -1;
    fclose(script);
    if (status == 127)
        snprintf(error, error_bytes, "gnuplot: not found (package gnuplot-nox)");
    else if (status != 0)
        snprintf(error, error_bytes, "gnuplot: failed");
    return status == 0;
}
