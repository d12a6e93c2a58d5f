/*
 * cmd_diff.c - fovea diff: what moved from one run to another, and by how much.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tools/cli.h"
#include "tools/commands.h"
#include "tools/run_diff.h"

enum { ROWS = 25 };

int cmd_diff(int argc, char **argv)
{
    const char *all = NULL, *json = NULL, *within = NULL;
    const cli_opt_t opts[] = {
        {'a', "all", NULL, "every value (default: the 25 that moved most)", &all},
        {0, "within", "PERCENT",
         "numbers that moved by no more are the same; bytes and hashes do not count then", &within},
        {0, "json", NULL, "one JSON object", &json},
    };
    const cli_t cli = {"diff",
                       "RUN_A RUN_B",
                       "Says what moved from one run to another: exit code 0 nothing, 1 something.",
                       opts,
                       SIM_COUNT(opts),
                       2,
                       2};
    char **args, error[2048];
    int count, over = cli_parse(&cli, argc, argv, &args, &count);
    double percent = 0;
    if (over >= 0)
        return over;
    if (within != NULL && !cli_num(&cli, "within", within, &percent))
        return EXIT_USAGE;
    if (!(percent >= 0 && percent <= 1e6))
        return cli_fail(EXIT_USAGE, "diff: --within: '%s' is not 0 or above", within);
    run_diff_t *diff = calloc(1, sizeof(*diff));
    if (diff == NULL)
        return cli_fail(EXIT_FAILED, "out of memory");
    int code = EXIT_FINE;
    if (!run_diff(args[0], args[1], percent / 100, diff, error, sizeof(error)))
        code = cli_fail(EXIT_USAGE, "diff: %s", error);
    else if (json != NULL) {
        sim_json_t *object = run_diff_json(diff);
        char *text = sim_json_print(object, true);
        printf("%s\n", text != NULL ? text : "{}");
        free(text);
        sim_json_free(object);
    } else {
        run_diff_print(diff, all != NULL ? 0 : ROWS, stdout);
    }
    if (code == EXIT_FINE && !run_diff_same(diff))
        code = EXIT_FAILED;
    run_diff_free(diff);
    free(diff);
    return code;
}
