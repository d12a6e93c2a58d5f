/*
 * main.c - fovea: finds the subcommand.
 */
#include <stdio.h>
#include <string.h>

#include "sim/cpu.h"
#include "tools/cli.h"
#include "tools/commands.h"
#include "tools/version.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} commands[] = {
#define X(name, help) {#name, cmd_##name, help},
    FOVEA_COMMANDS(X)
#undef X
};

static void print_usage(FILE *to)
{
    fputs("usage: fovea COMMAND [options] ...\n"
          "A cycle-level simulator of an image sensor with a stacked AI logic die.\n\n",
          to);
    for (size_t i = 0; i < SIM_COUNT(commands); i++)
        fprintf(to, "  %-9s %s\n", commands[i].name, commands[i].help);
    fputs("\n`fovea COMMAND --help` explains one.\n", to);
}

int cmd_version(int argc, char **argv)
{
    static const cli_t cli = {"version", "", "Prints the version.", NULL, 0, 0, 0};
    char **args;
    int count, over = cli_parse(&cli, argc, argv, &args, &count);
    if (over >= 0)
        return over;
    printf("fovea %s, vector level %s\n", fovea_version, sim_simd_name(sim_simd_best()));
    return EXIT_FINE;
}

static int run(int argc, char **argv)
{
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_usage(stdout);
        return EXIT_FINE;
    }
    if (strcmp(argv[1], "--version") == 0)
        argv[1] = "version";
    for (size_t i = 0; i < SIM_COUNT(commands); i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    return cli_fail(EXIT_USAGE, "no command '%s' (see `fovea --help`)", argv[1]);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_usage(stderr);
        return EXIT_USAGE;
    }
    int code = run(argc, argv);
    if ((fflush(stdout) != 0 || ferror(stdout)) && code == EXIT_FINE)
        return cli_fail(EXIT_FAILED, "standard output cannot be written");
    return code;
}
