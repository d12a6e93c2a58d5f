/*
 * cmd_report.c - fovea report: a run's results as one page of HTML.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/file.h"
#include "tools/cli.h"
#include "tools/commands.h"
#include "tools/report/report.h"

enum { PATH = 1400, MOST_PICTURES = 1000, LEAST_PX = 16, MOST_PX = 4096 };

static bool read_options(const cli_t *cli, const char *pictures, const char *width,
                         report_desc_t *desc)
{
    uint64_t number = desc->pictures, px = desc->width_px;
    if (pictures != NULL && !cli_u64(cli, "pictures", pictures, 0, MOST_PICTURES, &number))
        return false;
    if (width != NULL && !cli_u64(cli, "picture-width", width, LEAST_PX, MOST_PX, &px))
        return false;
    desc->pictures = (uint32_t)number;
    desc->width_px = (uint32_t)px;
    return true;
}

int cmd_report(int argc, char **argv)
{
    const char *out = NULL, *pictures = NULL, *width = NULL, *title = NULL;
    const cli_opt_t opts[] = {
        {'o', "out", "FILE", "the page (default: report.html in RUNDIR; -: standard output)", &out},
        {0, "pictures", "N", "at most so many of each kind, evenly chosen (default: 6)", &pictures},
        {0, "picture-width", "PX", "larger ones are made so wide (default: 640)", &width},
        {0, "title", "TEXT", "what stands over it (default: the folder's name)", &title},
    };
    const cli_t cli = {"report", "RUNDIR",        "Makes one page of HTML of a run's results.",
                       opts,     SIM_COUNT(opts), 1,
                       1};
    char **args, error[REPORT_ERROR], path[PATH];
    int count, over = cli_parse(&cli, argc, argv, &args, &count);
    if (over >= 0)
        return over;
    report_desc_t desc = report_desc_default(args[0]);
    desc.header = title;
    if (!read_options(&cli, pictures, width, &desc))
        return EXIT_USAGE;
    struct stat folder;
    if (stat(args[0], &folder) != 0 || !S_ISDIR(folder.st_mode))
        return cli_fail(EXIT_USAGE, "report: %s: not a folder", args[0]);
    if (out == NULL) {
        if (snprintf(path, sizeof(path), "%s/report.html", args[0]) >= PATH)
            return cli_fail(EXIT_USAGE, "report: the name of the folder is too long");
        out = path;
    }
    bool to_stdout = strcmp(out, "-") == 0;
    FILE *to = to_stdout ? tmpfile() : sim_file_create(out, error, sizeof(error));
    if (to == NULL)
        return cli_fail(EXIT_USAGE, "report: %s", to_stdout ? "no temporary file" : error);
    bool fine = report_write(&desc, to, error, sizeof(error));
    if (!fine) {
        to_stdout ? (void)fclose(to) : sim_file_abandon(to, out);
        return cli_fail(EXIT_USAGE, "report: %s", error);
    }
    if (!to_stdout) {
        if (sim_file_commit(to, out, error, sizeof(error)) != SIM_OK)
            return cli_fail(EXIT_FAILED, "report: %s", error);
        printf("%s\n", out);
        return EXIT_FINE;
    }
    rewind(to);
    char bytes[8192];
    for (size_t n; (n = fread(bytes, 1, sizeof(bytes), to)) > 0;)
        fwrite(bytes, 1, n, stdout);
    fclose(to);
    return EXIT_FINE;
}
