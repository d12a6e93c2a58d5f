/*
 * sdk_test.c - make install and what is built with it, outside this tree. The commands of "Your
 * first program in ten minutes" of firmware/README.md are run as they stand there. Skipped without
 * the cross compiler or GDB.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/types.h"
#include "tests/test.h"
#include "tests/tools/board.h"

#define SECTION "## Your first program in ten minutes\n"

static char home[64], text[1 << 16];

static bool installed(const char *program)
{
    char command[128];
    snprintf(command, sizeof(command), "command -v %s >/dev/null 2>&1", program);
    return system(command) == 0;
}

static bool can_run(void)
{
    bool all = installed("riscv64-unknown-elf-gcc") && installed("pkg-config") && installed("make");
    if (!all)
        test_skip("no riscv64-unknown-elf-gcc, pkg-config or make");
    return all;
}

/* A home of its own; make below us is one of this configuration, and nobody's child. */
static void make_home(void)
{
    const char *fovea = getenv("FOVEA");
    strcpy(home, "/tmp/fovea_sdk_XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(home));
    setenv("HOME", home, 1);
    setenv("CONF", fovea != NULL && strstr(fovea, "/san/") != NULL ? "san" : "release", 1);
    unsetenv("MAKEFLAGS");
    unsetenv("MAKELEVEL");
    unsetenv("MFLAGS");
}

static int shell(const char *fmt, ...) SIM_PRINTF(1, 2);

static int shell(const char *fmt, ...)
{
    char command[2048];
    va_list args;
    va_start(args, fmt);
    vsnprintf(command, sizeof(command), fmt, args);
    va_end(args);
    return system(command);
}

static void drop_home(void)
{
    ck_assert_int_eq(shell("rm -r %s", home), 0);
}

/* A file of home as text. */
static const char *read_file(const char *name)
{
    char path[256];
    size_t bytes;
    snprintf(path, sizeof(path), "%s/%s", home, name);
    uint8_t *data = board_file(path, &bytes);
    ck_assert_uint_lt(bytes, sizeof(text));
    memcpy(text, data, bytes);
    text[bytes] = '\0';
    free(data);
    return text;
}

static void says(const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "no \"%s\" in:\n%s", part, text);
}

/* ---- the section's commands ---- */

/* Its lines of code, the port replaced by one of our own. */
static void write_commands(const char *path, unsigned port)
{
    size_t bytes;
    char *readme = (char *)board_file("firmware/README.md", &bytes);
    readme = realloc(readme, bytes + 1);
    ck_assert_ptr_nonnull(readme);
    readme[bytes] = '\0';
    char *at = strstr(readme, SECTION);
    ck_assert_ptr_nonnull(at);
    FILE *out = fopen(path, "w");
    ck_assert_ptr_nonnull(out);
    for (char *line = strtok(at + strlen(SECTION), "\n"); strncmp(line, "## ", 3) != 0;
         line = strtok(NULL, "\n")) {
        char *colon = strstr(line, ":1234");
        if (strncmp(line, "    ", 4) != 0)
            continue;
        if (colon != NULL)
            fprintf(out, "%.*s:%u%s\n", (int)(colon - line) - 4, line + 4, port, colon + 5);
        else
            fprintf(out, "%s\n", line + 4);
    }
    ck_assert_int_eq(fclose(out), 0);
    free(readme);
}

static uint32_t count_of(const char *part)
{
    uint32_t count = 0;
    for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
        count++;
    return count;
}

START_TEST(the_first_program_of_the_readme_is_written_built_run_and_debugged)
{
    char path[128], people[32];
    if (!can_run())
        return;
    if (!installed("gdb-multiarch")) {
        test_skip("no gdb-multiarch");
        return;
    }
    make_home();
    snprintf(path, sizeof(path), "%s/commands.sh", home);
    write_commands(path, 20000 + (unsigned)getpid() % 20000);
    int code = shell("timeout 300 bash -e %s >%s/log 2>&1", path, home);
    read_file("log");
    ck_assert_msg(code == 0, "%s", text);
    /* What the host got, what was printed, what GDB saw: the same number of people. */
    read_file("first/out/metadata.jsonl");
    *strchr(text, '\n') = '\0';
    ck_assert_uint_gt(count_of("\"class\":\"person\""), 0);
    uint32_t seen = count_of("\"class\":\"person\"");
    snprintf(people, sizeof(people), "people: %u\r\n", seen);
    read_file("first/out/uart.log");
    const char *first = strstr(text, "people: ");
    ck_assert_ptr_nonnull(first);
    ck_assert_int_eq(strncmp(first, people, strlen(people)), 0);
    snprintf(people, sizeof(people), "$1 = %u\n", seen);
    read_file("log");
    says(people);
    says("\nOld value = 1\nNew value = 0\n");
    says(" in main () at first.c:");
    drop_home();
}
END_TEST

/* ---- the folders ---- */

START_TEST(an_installation_is_staged_and_taken_away_again)
{
    if (!can_run())
        return;
    make_home();
    ck_assert_int_eq(shell("make install DESTDIR=%s/stage PREFIX=/opt/f >%s/log 2>&1", home, home),
                     0);
    static const char *const files[] = {"bin/fovea",
                                        "include/fovea/firmware/fovea_regs.h",
                                        "lib/fovea/firmware/fovea.ld",
                                        "lib/fovea/firmware/libfoveafw.a",
                                        "share/fovea/scenes/entrance.json",
                                        "share/fovea/scenes/models/shelf.tflite",
                                        "share/fovea/scenes/cobot_stop/step/truth.jsonl",
                                        "share/doc/fovea/firmware/README.md"};
    for (size_t i = 0; i < SIM_COUNT(files); i++)
        ck_assert_msg(shell("test -s %s/stage/opt/f/%s", home, files[i]) == 0, "%s", files[i]);
    read_file("stage/opt/f/lib/pkgconfig/fovea-firmware.pc");
    ck_assert_int_eq(strncmp(text, "prefix=/opt/f\n", 14), 0);
    says("-march=rv32imac ");
    ck_assert_int_eq(shell("touch %s/stage/opt/f/bin/theirs", home), 0);
    ck_assert_int_eq(
        shell("make uninstall DESTDIR=%s/stage PREFIX=/opt/f >%s/log 2>&1", home, home), 0);
    ck_assert_int_eq(shell("find %s/stage -type f >%s/left", home, home), 0);
    read_file("left");
    ck_assert_ptr_nonnull(strstr(text, "/stage/opt/f/bin/theirs\n"));
    ck_assert_uint_eq(count_of("\n"), 1);
    ck_assert_int_ne(shell("test -e %s/stage/opt/f/share/doc/fovea", home), 0);
    drop_home();
}
END_TEST

/* What each of them names is there, counted from its folder; and one with much of it runs. */
START_TEST(installed_scenes_are_whole)
{
    if (!can_run())
        return;
    make_home();
    ck_assert_int_eq(shell("make install PREFIX=%s/f >%s/log 2>&1", home, home), 0);
    ck_assert_int_eq(
        shell("cd %s/f/share/fovea/scenes && find . -name '*.json' -o -name '*.txt' | "
              "while read -r s; do grep -v '^#' $s | grep -o '[.][.]/[^\" ]*' | sort -u | "
              "while read -r f; do [ -e $(dirname $s)/$f ] || echo $s: $f; done; "
              "done >%s/gone && find . -name '*.json' >%s/scenes",
              home, home, home),
        0);
    read_file("gone");
    ck_assert_str_eq(text, "");
    read_file("scenes");
    ck_assert_uint_gt(count_of("\n"), 60);
    int code =
        shell("cd %s && f/bin/fovea test f/share/fovea/scenes/network_swap/swap.json >log", home);
    read_file("log");
    ck_assert_msg(code == 0, "%s", text);
    drop_home();
}
END_TEST

/* Staging takes any folder; what `$(pkg-config --cflags)` could not carry is refused at once. */
START_TEST(a_prefix_with_a_space_is_refused_before_anything_is_written)
{
    if (!can_run())
        return;
    make_home();
    ck_assert_int_ne(shell("make install PREFIX='%s/my sdk' >%s/log 2>&1", home, home), 0);
    read_file("log");
    says("/my sdk': no spaces");
    ck_assert_int_ne(shell("test -e '%s/my sdk' -o -e %s/my", home, home), 0);
    ck_assert_int_eq(
        shell("make install DESTDIR='%s/my stage' PREFIX=/opt/f >%s/log 2>&1", home, home), 0);
    ck_assert_int_eq(shell("test -s '%s/my stage/opt/f/bin/fovea'", home), 0);
    drop_home();
}
END_TEST

/* Every header of the SDK stands alone, and tasks of kernel.h link from the library. */
START_TEST(each_header_can_be_included_alone_and_fovea_exec_runs_what_it_makes)
{
    if (!can_run())
        return;
    make_home();
    ck_assert_int_eq(shell("make install PREFIX=%s/f >%s/log 2>&1", home, home), 0);
    setenv("FLAGS", "PKG_CONFIG_PATH=$HOME/f/lib/pkgconfig pkg-config fovea-firmware", 1);
    int code = shell("cd %s && for h in f/include/fovea/firmware/*.h; do "
                     "echo \"#include \\\"$(basename $h)\\\"\" >h.c && riscv64-unknown-elf-gcc "
                     "$(eval $FLAGS --cflags) -Wall -Werror -c h.c -o h.o || exit 1; done",
                     home);
    ck_assert_int_eq(code, 0);
    FILE *out = fopen(strcat(strcpy(text, home), "/two.c"), "w");
    ck_assert_ptr_nonnull(out);
    fputs("#include \"kernel.h\"\n"
          "static kernel_task_t a, b;\n"
          "static unsigned char stack[2][1024];\n"
          "static int turn, wrong;\n"
          "static void go(void *arg) { for (int i = 0; i < 5; i++) {\n"
          "    wrong += turn++ % 2 != (int)arg; kernel_yield(); } }\n"
          "int main(void) {\n"
          "    kernel_task_t *const both[] = {&a, &b};\n"
          "    kernel_task_init(&a, go, (void *)0, stack[0], 1024);\n"
          "    kernel_task_init(&b, go, (void *)1, stack[1], 1024);\n"
          "    kernel_run(both, 2, 1000000);\n"
          "    hal_exit(wrong == 0 ? 10 + turn : wrong);\n}\n",
          out);
    ck_assert_int_eq(fclose(out), 0);
    code = shell("cd %s && riscv64-unknown-elf-gcc -O2 $(eval $FLAGS --cflags) two.c "
                 "$(eval $FLAGS --libs) -o two.elf && f/bin/fovea exec two.elf",
                 home);
    ck_assert_int_eq(code / 256, 20); /* five turns each, in turn */
    drop_home();
}
END_TEST

TEST_MAIN("firmware SDK", the_first_program_of_the_readme_is_written_built_run_and_debugged,
          an_installation_is_staged_and_taken_away_again, installed_scenes_are_whole,
          a_prefix_with_a_space_is_refused_before_anything_is_written,
          each_header_can_be_included_alone_and_fovea_exec_runs_what_it_makes)
