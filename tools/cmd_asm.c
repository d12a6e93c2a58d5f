/*
 * cmd_asm.c - fovea asm and fovea disasm: NPU programs as text and back.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "npu/asm.h"
#include "sim/file.h"
#include "tools/cli.h"
#include "tools/commands.h"

enum { MAX_TEXT_BYTES = 1 << 30 };

/* A whole file, or standard input for "-". */
static uint8_t *read_all(const char *file, size_t *bytes, char *error, size_t error_bytes)
{
    if (strcmp(file, "-") != 0)
        return sim_file_read(file, MAX_TEXT_BYTES, bytes, error, error_bytes);
    size_t room = 1 << 16, used = 0;
    uint8_t *data = malloc(room);
    while (data != NULL && !feof(stdin) && !ferror(stdin) && used < MAX_TEXT_BYTES) {
        used += fread(data + used, 1, room - used - 1, stdin);
        uint8_t *larger = used + 1 == room ? realloc(data, room *= 2) : data;
        if (larger == NULL)
            free(data);
        data = larger;
    }
    if (data == NULL || ferror(stdin)) {
        snprintf(error, error_bytes, "standard input: %s",
                 data == NULL ? "out of memory" : "cannot be read");
        free(data);
        return NULL;
    }
    data[used] = 0;
    *bytes = used;
    return data;
}

static const char *shown(const char *file)
{
    return strcmp(file, "-") == 0 ? "<stdin>" : file;
}

int cmd_asm(int argc, char **argv)
{
    const char *out = NULL;
    const cli_opt_t opts[] = {{'o', "out", "FILE.fnp", "the program (default: a.fnp)", &out}};
    const cli_t cli = {"asm", "FILE|-", "Assembles text into an NPU program.", opts, 1, 1, 1};
    char **args, error[512];
    int count, over = cli_parse(&cli, argc, argv, &args, &count);
    if (over >= 0)
        return over;
    size_t bytes;
    uint8_t *text = read_all(args[0], &bytes, error, sizeof(error));
    if (text == NULL)
        return cli_fail(EXIT_USAGE, "%s", error);
    npu_prog_t prog = {0};
    sim_err_t err = npu_asm((const char *)text, bytes, shown(args[0]), &prog, error, sizeof(error));
    free(text);
    if (err != SIM_OK)
        return cli_fail(EXIT_USAGE, "%s", error);
    int code = EXIT_FINE;
    out = out != NULL ? out : "a.fnp";
    if (!cli_apart(args[0], out))
        code = EXIT_USAGE;
    else if (npu_fnp_write(out, &prog, error, sizeof(error)) != SIM_OK)
        code = cli_fail(EXIT_FAILED, "%s", error);
    npu_prog_free(&prog);
    return code;
}

static int print(char *text)
{
    if (text == NULL)
        return cli_fail(EXIT_FAILED, "out of memory");
    fputs(text, stdout);
    free(text);
    return EXIT_FINE;
}

int cmd_disasm(int argc, char **argv)
{
    const char *manual = NULL;
    const cli_opt_t opts[] = {
        {0, "manual", NULL, "the instruction set as Markdown, no program", &manual}};
    const cli_t cli = {"disasm", "FILE.fnp|-", "Prints an NPU program as text.", opts, 1, 0, 1};
    char **args, error[512];
    int count, over = cli_parse(&cli, argc, argv, &args, &count);
    if (over >= 0)
        return over;
    if (manual != NULL)
        return print(npu_isa_manual());
    if (count == 0)
        return cli_fail(EXIT_USAGE, "disasm: which program?");
    size_t bytes;
    uint8_t *data = read_all(args[0], &bytes, error, sizeof(error));
    if (data == NULL)
        return cli_fail(EXIT_USAGE, "%s", error);
    npu_prog_t prog = {0};
    sim_err_t err = npu_fnp_parse(data, bytes, shown(args[0]), &prog, error, sizeof(error));
    free(data);
    if (err != SIM_OK)
        return cli_fail(EXIT_USAGE, "%s", error);
    int code = print(npu_disasm(&prog));
    npu_prog_free(&prog);
    return code;
}
