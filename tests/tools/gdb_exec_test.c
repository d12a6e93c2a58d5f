/*
 * gdb_exec_test.c - programs on the core alone under the real GDB, forward and back, and traces and
 * profiles of what goes back. Skipped without gdb-multiarch, the cross compiler or the firmware.
 */
#include <stdio.h>
#include <unistd.h>

#define DIR FOVEA_OUT "/gdb_exec"
#include "tests/tools/gdb_rig.h"
#include "tests/tools/observe_rig.h"

#define FOVEA "${FOVEA:-build/fovea}"
#define CROSS "riscv64-unknown-elf-gcc -march=rv32imac -misa-spec=2.2 -mabi=ilp32 -O1 -g "

static void put(const char *file, const char *content)
{
    FILE *f = fopen(file, "wb");
    ck_assert(f != NULL && fputs(content, f) >= 0 && fclose(f) == 0);
}

/* It reads a character, adds it and prints the sum, four times. */
static const char sums[] = "#include <stdio.h>\n"
                           "volatile int sum;\n"
                           "static void __attribute__((noinline)) add(int n)\n{\n    sum += n;\n}\n"
                           "int main(void)\n{\n"
                           "    for (int i = 1; i <= 4; i++) {\n        add(getchar() - '0');\n"
                           "        printf(\"%d\\n\", sum);\n    }\n    return 7;\n}\n";

static const char *debug_sums(const char *name, const char *options, const char *commands)
{
    char line[512];
    put(DIR "/sums.c", sums);
    put(DIR "/sums.in", "1234");
    shell(CROSS "--specs=picolibc.specs --crt0=semihost --oslib=semihost " DIR "/sums.c -o " DIR
                "/sums.elf");
    snprintf(line, sizeof(line), FOVEA " exec " DIR "/sums.elf < " DIR "/sums.in %s", options);
    return debug_command(DIR, name, line, DIR "/sums.elf", commands);
}

START_TEST(a_program_on_the_core_alone_goes_forward_and_back)
{
    static const char *const lines[] = {"$1 = 1\n",
                                        "(n=",
                                        "Old value = 1\nNew value = 3\n",
                                        "Old value = 3\nNew value = 6\n",
                                        "Old value = 6\nNew value = 3\n",
                                        "$2 = 3\n",
                                        "Old value = 3\nNew value = 1\n",
                                        "$3 = 1\n",
                                        "no changes in the past",
                                        "Old value = 1\nNew value = 3\n",
                                        "$4 = 3\n",
                                        "No more reverse-execution history",
                                        "$5 = 0\n",
                                        "add (n=",
                                        "$6 = 1\n",
                                        "exited with code 07"};
    if (!ready(DIR, __func__))
        return;
    const char *text = debug_sums(
        "sums", "",
        "target remote {}\nbreak add\ncontinue\nprint n\nbacktrace 1\ndelete\nwatch sum\n"
        "continue\ncontinue\ncontinue\nreverse-continue\nprint sum\nreverse-continue\n"
        "print sum\nset $t0 = 5\ncontinue\nprint sum\ndelete\nreverse-continue\nprint $mcycle\n"
        "break add\ncontinue\nprint n\ndelete\ncontinue\n");
    in_order(text, lines, sizeof(lines) / sizeof(lines[0]));
    /* read once and printed once, whatever was run again */
    const char *run = read_all(DIR "/sums.run.txt");
    ck_assert_msg(strstr(run, "\n1\n3\n6\n10\n") != NULL && strstr(run, "1\n3\n1\n") == NULL, "%s",
                  run);
    ck_assert_str_eq(read_all(DIR "/sums.code"), "7\n");
}
END_TEST

START_TEST(what_is_changed_stays_and_is_the_new_begin)
{
    static const char *const lines[] = {"add (n=",
                                        "$1 = 101\n",
                                        "Old value = 101\nNew value = 103\n",
                                        "Old value = 103\nNew value = 101\n",
                                        "No more reverse-execution history",
                                        "$2 = 101\n",
                                        "exited with code 07"};
    if (!ready(DIR, __func__))
        return;
    const char *text =
        debug_sums("change", "",
                   "target remote {}\nbreak add\ncontinue\ncontinue\nset var sum = 101\n"
                   "print sum\ndelete\nwatch sum\ncontinue\nreverse-continue\nreverse-continue\n"
                   "print sum\ndelete\ncontinue\n");
    in_order(text, lines, sizeof(lines) / sizeof(lines[0]));
    const char *run = read_all(DIR "/change.run.txt");
    ck_assert_msg(strstr(run, "\n1\n103\n106\n110\n") != NULL, "%s", run);
}
END_TEST

START_TEST(a_program_that_asks_by_htif_goes_back_too)
{
    if (!ready(DIR, __func__))
        return;
    put(DIR "/htif.in", "HAL");
    shell(CROSS "-nostdlib -nostartfiles -Wl,-N,--no-warn-rwx-segments,-Ttext=0x80000000 -DMORE "
                "tests/tools/guest/htif.S -o " DIR "/htif.elf");
    const char *text = debug_command(
        DIR, "htif", FOVEA " exec " DIR "/htif.elf < " DIR "/htif.in", DIR "/htif.elf",
        "target remote {}\nbreak finish\ncontinue\nreverse-stepi 500\nreverse-continue\ndelete\n"
        "continue\n");
    ck_assert_msg(strstr(text, "No more reverse-execution history") != NULL, "%s", text);
    ck_assert_msg(strstr(text, "exited with code 07") != NULL, "%s", text);
    const char *run = read_all(DIR "/htif.run.txt");
    ck_assert_msg(strstr(run, "IBMcall\n") != NULL && strstr(run, "IBMIBM") == NULL, "%s", run);
}
END_TEST

/* ---- files beside it ---- */

#define WATCHED                                                                                    \
    " --trace-core " DIR "/%s.trace --profile " DIR "/%s.profile --flame " DIR "/%s.flame "        \
    "--coverage " DIR "/%s.info --access-report " DIR "/%s.access "

static void same_observations(const char *a, const char *b)
{
    static const char *const kinds[] = {"trace", "profile", "flame", "info", "access"};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        char line[256];
        snprintf(line, sizeof(line), "cmp " DIR "/%s.%s " DIR "/%s.%s", a, kinds[i], b, kinds[i]);
        shell("%s", line);
    }
}

START_TEST(what_runs_twice_is_in_traces_and_profiles_once)
{
    char options[1024], line[2048];
    if (!ready(DIR, __func__))
        return;
    snprintf(options, sizeof(options), WATCHED, "back", "back", "back", "back", "back");
    debug_sums("back", options,
               "target remote {}\nbreak add\ncontinue\ncontinue\ncontinue\nreverse-continue\n"
               "reverse-stepi 50\nstepi 20\nreverse-continue\nreverse-continue\ndelete\n"
               "stepi 100\nreverse-stepi 3\ncontinue\n");
    ck_assert_str_eq(read_all(DIR "/back.code"), "7\n");
    snprintf(options, sizeof(options), WATCHED, "once", "once", "once", "once", "once");
    snprintf(line, sizeof(line),
             FOVEA " exec " DIR "/sums.elf < " DIR "/sums.in %s > /dev/null; [ $? -eq "
                   "7 ]",
             options);
    shell("%s", line);
    same_observations("back", "once");
}
END_TEST

START_TEST(a_debugged_run_leaves_the_same_traces_and_profiles)
{
    char options[1024], line[2048];
    if (!ready(DIR, __func__))
        return;
    snprintf(options, sizeof(options), WATCHED "--trace-events trap,regs", "rback", "rback",
             "rback", "rback", "rback");
    snprintf(line, sizeof(line),
             "build/release/fovea debug scenes/entrance.json -n 1 -j 1 -o " DIR "/rback %s",
             options);
    const char *text =
        debug_command(DIR, "rback", line, ELF,
                      "target remote {}\nbreak det_decode\ncontinue\nreverse-stepi 5\nset $t0 = 1\n"
                      "print $t0 = 1\nstepi 3\nmonitor break irq ISP\nreverse-continue\ndetach\n");
    ck_assert_msg(strstr(text, "no changes in the past") != NULL, "%s", text);
    snprintf(options, sizeof(options), WATCHED "--trace-events trap,regs", "ronce", "ronce",
             "ronce", "ronce", "ronce");
    snprintf(line, sizeof(line),
             "build/release/fovea run scenes/entrance.json -n 1 -j 1 -o " DIR
             "/ronce %s > /dev/null",
             options);
    shell("%s", line);
    same_observations("rback", "ronce");
}
END_TEST

TEST_MAIN("tools gdb exec", a_program_on_the_core_alone_goes_forward_and_back,
          what_is_changed_stays_and_is_the_new_begin, a_program_that_asks_by_htif_goes_back_too,
          what_runs_twice_is_in_traces_and_profiles_once,
          a_debugged_run_leaves_the_same_traces_and_profiles)
