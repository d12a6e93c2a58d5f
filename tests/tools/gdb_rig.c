#include "tests/tools/gdb_rig.h"

#include <stdio.h>
#include <unistd.h>

#include "sim/file.h"

char *read_all(const char *file)
{
    static char text[TEXT];
    FILE *f = fopen(file, "rb");
    ck_assert_msg(f != NULL, "%s", file);
    text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
    fclose(f);
    return text;
}

bool ready(const char *dir, const char *test)
{
    bool fine = system("gdb-multiarch --version > /dev/null 2>&1") == 0 && access(ELF, R_OK) == 0;
    if (!fine)
        printf("skipped: %s: no gdb-multiarch or no %s\n", test, ELF);
    char error[256];
    return fine && sim_dir_make(dir, error, sizeof(error)) == SIM_OK;
}

const char *debug_command(const char *dir, const char *name, const char *command, const char *elf,
                          const char *commands)
{
    char path[256], line[2048];
    snprintf(path, sizeof(path), "%s/%s.gdb", dir, name);
    FILE *f = fopen(path, "wb");
    ck_assert_ptr_nonnull(f);
    for (const char *c = commands; *c != '\0'; c++)
        if (c[0] == '{' && c[1] == '}') {
            fprintf(f, "%s/%s.sock", dir, name);
            c++;
        } else {
            fputc(*c, f);
        }
    fclose(f);
    int used = snprintf(line, sizeof(line),
                        "B=%s/%s; rm -f $B.sock; (%s --gdb unix:$B.sock > $B.run.txt 2>&1; "
                        "echo $? > $B.code) & P=$!; "
                        "for i in $(seq 200); do [ -S $B.sock ] && break; sleep 0.05; done; "
                        "timeout 40 gdb-multiarch -q -nx %s < $B.gdb > $B.txt 2>&1; "
                        "timeout 20 tail -s 0.05 --pid=$P -f /dev/null; kill $P 2> /dev/null; true",
                        dir, name, command, elf);
    ck_assert(used > 0 && (size_t)used < sizeof(line));
    ck_assert_int_eq(system(line), 0);
    snprintf(path, sizeof(path), "%s/%s.txt", dir, name);
    return read_all(path);
}

void in_order(const char *text, const char *const *lines, size_t count)
{
    const char *at = text;
    for (size_t i = 0; i < count; i++) {
        const char *next = strstr(at, lines[i]);
        ck_assert_msg(next != NULL, "not, or not here: %s in\n%s", lines[i], text);
        at = next + strlen(lines[i]);
    }
}
