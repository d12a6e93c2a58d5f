#include "tools/cli.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_OPTS = 48, LONG_ONLY = 256 };

/* Names of files may hold line ends and escape sequences: one message is one line. */
int cli_fail(int code, const char *fmt, ...)
{
    char line[4096];
    va_list args;
    va_start(args, fmt);
    vsnprintf(line, sizeof(line), fmt, args);
    va_end(args);
    for (char *c = line; *c != '\0'; c++)
        *c = (unsigned char)*c < ' ' || *c == 0x7f ? '?' : *c;
    fprintf(stderr, "fovea: %s\n", line);
    return code;
}

bool cli_apart(const char *in, const char *out)
{
    struct stat a, b;
    if (stat(in, &a) != 0 || stat(out, &b) != 0 || !S_ISREG(b.st_mode) || a.st_dev != b.st_dev ||
        a.st_ino != b.st_ino)
        return true;
    cli_fail(EXIT_USAGE, "%s: the result would take the place of the input", out);
    return false;
}

static void print_help(const cli_t *cli)
{
    printf("usage: fovea %s [options] %s\n%s\n\n", cli->name, cli->args, cli->about);
    for (uint32_t i = 0; i < cli->opt_count; i++) {
        const cli_opt_t *opt = &cli->opts[i];
        char left[64], letter[8] = "    ";
        if (opt->letter != 0)
            snprintf(letter, sizeof(letter), "-%c, ", opt->letter);
        snprintf(left, sizeof(left), "%s--%s %s", letter, opt->name, opt->arg ? opt->arg : "");
        printf("  %-26s %s\n", left, opt->help);
    }
    printf("  %-26s %s\n", "-h, --help", "this text");
}

static void make_tables(const cli_t *cli, struct option *longs, char *letters)
{
    size_t n = 0;
    letters[n++] = ':';
    letters[n++] = 'h';
    for (uint32_t i = 0; i < cli->opt_count; i++) {
        const cli_opt_t *opt = &cli->opts[i];
        int has = opt->arg != NULL ? required_argument : no_argument;
        longs[i] = (struct option){opt->name, has, NULL, LONG_ONLY + (int)i};
        if (opt->letter == 0)
            continue;
        letters[n++] = opt->letter;
        if (opt->arg != NULL)
            letters[n++] = ':';
    }
    letters[n] = '\0';
    longs[cli->opt_count] = (struct option){"help", no_argument, NULL, 'h'};
    longs[cli->opt_count + 1] = (struct option){NULL, 0, NULL, 0};
}

static const cli_opt_t *find_opt(const cli_t *cli, int code)
{
    if (code >= LONG_ONLY)
        return &cli->opts[code - LONG_ONLY];
    for (uint32_t i = 0; i < cli->opt_count; i++)
        if (cli->opts[i].letter == code)
            return &cli->opts[i];
    return NULL;
}

static bool repeats(const cli_opt_t *opt)
{
    size_t length = opt->arg != NULL ? strlen(opt->arg) : 0;
    return length > 3 && strcmp(opt->arg + length - 3, "...") == 0;
}

/* False when there is no place left. */
static bool take(const cli_opt_t *opt, const char *argument)
{
    uint32_t n = 0;
    while (repeats(opt) && opt->value[n] != NULL)
        if (++n == CLI_REPEATS)
            return false;
    opt->value[n] = argument;
    return true;
}

int cli_parse(const cli_t *cli, int argc, char **argv, char ***args, int *count)
{
    struct option longs[MAX_OPTS + 2];
    char letters[2 * MAX_OPTS + 4];
    make_tables(cli, longs, letters);
    opterr = 0;
    optind = 1;
    for (int code; (code = getopt_long(argc, argv, letters, longs, NULL)) != -1;) {
        if (code == 'h') {
            print_help(cli);
            return EXIT_FINE;
        }
        if (code == '?' || code == ':') {
            fprintf(stderr, "fovea %s: %s: %s (see `fovea %s --help`)\n", cli->name,
                    argv[optind - 1], code == ':' ? "needs an argument" : "no such option",
                    cli->name);
            return EXIT_USAGE;
        }
        const cli_opt_t *opt = find_opt(cli, code);
        if (!take(opt, opt->arg != NULL ? optarg : ""))
            return cli_fail(EXIT_USAGE, "%s: --%s: more than %d of them", cli->name, opt->name,
                            CLI_REPEATS);
    }
    *args = argv + optind;
    *count = argc - optind;
    if (*count < cli->min_args || *count > cli->max_args) {
        fprintf(stderr, "fovea %s: %s, expected %s (see `fovea %s --help`)\n", cli->name,
                *count < cli->min_args ? "too few arguments" : "too many arguments", cli->args,
                cli->name);
        return EXIT_USAGE;
    }
    return -1;
}

bool cli_u64(const cli_t *cli, const char *option, const char *text, uint64_t low, uint64_t high,
             uint64_t *value)
{
    char *end = NULL;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 0);
    bool fine = text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0;
    if (!fine || number < low || number > high) {
        fprintf(stderr, "fovea %s: --%s: '%s' is not a number in %llu..%llu\n", cli->name, option,
                text, (unsigned long long)low, (unsigned long long)high);
        return false;
    }
    *value = number;
    return true;
}

bool cli_num(const cli_t *cli, const char *option, const char *text, double *value)
{
    char *end = NULL;
    double number = strtod(text, &end);
    if (end == text || *end != '\0' || !isfinite(number)) {
        fprintf(stderr, "fovea %s: --%s: '%s' is not a number\n", cli->name, option, text);
        return false;
    }
    *value = number;
    return true;
}
