/*
 * cli.h - command lines: one table of options is what getopt_long and --help read.
 */
#ifndef TOOLS_CLI_H
#define TOOLS_CLI_H

#include "sim/types.h"

enum { EXIT_FINE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

enum { CLI_REPEATS = 64 };

/*
 * An option; *value becomes its argument, or "" when it takes none (arg NULL). Where arg ends with
 * "..." the option may be given up to CLI_REPEATS times: value is then the first of CLI_REPEATS + 1
 * pointers, NULL at first, that are filled in order.
 */
typedef struct {
    char letter; /* 0: long form only */
    const char *name;
    const char *arg;
    const char *help;
    const char **value;
} cli_opt_t;

typedef struct {
    const char *name;  /* "run" */
    const char *args;  /* "SCENARIO", "[FILE]" */
    const char *about; /* one line */
    const cli_opt_t *opts;
    uint32_t opt_count;
    int min_args, max_args;
} cli_t;

/*
 * Fills the options and points *args at the remaining arguments, *count of them. Returns -1 to go
 * on; otherwise the exit code of a command that is already over (help printed, wrong usage told).
 */
int cli_parse(const cli_t *cli, int argc, char **argv, char ***args, int *count);

/* A number in low..high; false, with a line on stderr that names command and option, otherwise. */
bool cli_u64(const cli_t *cli, const char *option, const char *text, uint64_t low, uint64_t high,
             uint64_t *value);
bool cli_num(const cli_t *cli, const char *option, const char *text, double *value);

/* False, after a message, when writing `out` would overwrite the file that `in` is. */
bool cli_apart(const char *in, const char *out);

/* "fovea: message" on stderr; returns code. */
int cli_fail(int code, const char *fmt, ...) SIM_PRINTF(2, 3);

#endif
