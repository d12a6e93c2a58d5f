/*
 * gdb_test.c - fovea debug under the real GDB: the transcript of firmware/README.md, and what a
 * transcript cannot show. Skipped without gdb-multiarch or the firmware.
 */
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIR FOVEA_OUT "/gdb"
#include "tests/tools/gdb_rig.h"
#include "tests/tools/observe_rig.h"

/* The same for a run of so many frames. */
static const char *debug(const char *name, int frames, const char *commands)
{
    char command[256];
    snprintf(command, sizeof(command),
             "build/release/fovea debug scenes/entrance.json -n %d -j 1 -o " DIR "/%s", frames,
             name);
    return debug_command(DIR, name, command, ELF, commands);
}

/* ---- the transcript ---- */

/* From the first "    (gdb) " of README to the end of that block, without the margin. */
static void read_transcript(char *text)
{
    FILE *f = fopen("firmware/README.md", "rb");
    char line[512];
    bool in = false, over = false;
    size_t n = 0;
    ck_assert_ptr_nonnull(f);
    while (fgets(line, sizeof(line), f) != NULL && !over) {
        in = in || strncmp(line, "    (gdb) ", 10) == 0;
        over = in && strncmp(line, "    ", 4) != 0 && line[0] != '\n';
        if (in && !over)
            n += (size_t)snprintf(text + n, TEXT - n, "%s", line[0] == '\n' ? "\n" : line + 4);
    }
    fclose(f);
    ck_assert_uint_gt(n, 500);
}

/* Commands of a transcript, one a line, the address put in. */
static void commands_of(const char *transcript, char *commands)
{
    size_t n = 0;
    for (const char *p = transcript; (p = strstr(p, "(gdb) ")) != NULL; p++) {
        const char *end = strchr(p, '\n');
        bool connects = strncmp(p + 6, "target remote", 13) == 0;
        n += (size_t)snprintf(commands + n, TEXT - n, "%.*s\n", connects ? 16 : (int)(end - p - 6),
                              connects ? "target remote {}" : p + 6);
    }
}

/* What GDB printed, with its prompts taken away. */
static void without_prompts(char *text)
{
    char *to = text;
    for (const char *p = text; *p != '\0';) {
        if (strncmp(p, "(gdb) ", 6) == 0)
            p += 6;
        else
            *to++ = *p++;
    }
    *to = '\0';
}

/* The part of a line that stays the same when lines come in front of it in its file: not 67 of
 * "app.c:67" and "67<tab>...". */
static const char *without_number(char *line)
{
    size_t digits = strspn(line, "0123456789");
    char *behind = strstr(line, ".c:");
    if (behind != NULL)
        behind[3] = '\0';
    return digits != 0 && line[digits] == '\t' ? line + digits : line;
}

START_TEST(the_transcript_of_the_readme_is_what_gdb_prints)
{
    static char transcript[TEXT], commands[TEXT], line[512];
    if (!ready(DIR, __func__))
        return;
    read_transcript(transcript);
    commands_of(transcript, commands);
    char *text = (char *)debug("readme", 3, commands);
    without_prompts(text);
    const char *at = text;
    uint32_t found = 0;
    for (const char *p = transcript; *p != '\0';) { /* each line, in this order */
        const char *end = strchr(p, '\n');
        snprintf(line, sizeof(line), "%.*s\n", (int)(end - p), p);
        p = end + 1;
        if (strncmp(line, "(gdb) ", 6) == 0 || strcmp(line, "...\n") == 0 || line[0] == '\n' ||
            strncmp(line, "Remote debugging", 16) == 0)
            continue;
        const char *part = without_number(line), *next = strstr(at, part);
        ck_assert_msg(next != NULL, "not, or not here: %sin\n%s", line, text);
        at = next + strlen(part);
        found++;
    }
    ck_assert_uint_gt(found, 15);
    ck_assert_int_eq(unlink("build/tensor.png"), 0);
}
END_TEST

/* ---- no difference ---- */

START_TEST(a_debugged_run_leaves_the_same_files)
{
    char text[4096];
    if (!ready(DIR, __func__))
        return;
    const char *printed = debug("same", 2,
                                "target remote {}\nbreak det_decode\nwatch -l frame_task.events\n"
                                "continue\ncontinue\nstepi\nstepi 20\ncontinue\nreverse-continue\n"
                                "reverse-stepi\nmonitor regs\nmonitor stats core\nmonitor stats "
                                "l2.master.npu_load\nx/64xw 0x40005000\n"
                                "x/16xw 0x40000000\ninfo registers csr\ndelete\ndetach\n");
    ck_assert_msg(strstr(printed, "detached") != NULL, "%s", printed);
    ck_assert_msg(strstr(printed, "behind_cycles[") != NULL, "%s", printed);
    ck_assert_int_eq(
        fovea(text, sizeof(text), "run scenes/entrance.json -n 2 -j 2 -o " DIR "/plain"), 0);
    const char *differs = runs_differ(DIR "/same", DIR "/plain");
    ck_assert_msg(differs == NULL, "%s", differs);
}
END_TEST

/* ---- forward and back ---- */

/* What stands between two marks. */
static void between(const char *text, const char *begin, const char *end, char *out, size_t bytes)
{
    const char *a = strstr(text, begin);
    const char *b = a != NULL ? strstr(a, end) : NULL;
    ck_assert_msg(b != NULL, "%s .. %s in\n%s", begin, end, text);
    snprintf(out, bytes, "%.*s", (int)(b - a - (long)strlen(begin)), a + strlen(begin));
}

START_TEST(steps_back_lead_to_what_steps_forward_left)
{
    static char forward[TEXT], back[TEXT];
    if (!ready(DIR, __func__))
        return;
    const char *printed =
        debug("steps", 1,
              "set height 0\ntarget remote {}\nbreak det_decode\ncontinue\nstepi 100\n"
              "echo A\\n\ninfo registers\nmonitor when\nx/200xw $sp\necho B\\n\n"
              "stepi 333\nbreak meta_end\ncontinue\n"
              "reverse-continue\n"
              "stepi 200\nreverse-stepi 100\n"
              "echo C\\n\ninfo registers\nmonitor when\nx/200xw $sp\necho D\\n\nkill\n");
    between(printed, "A\n", "B\n", forward, sizeof(forward));
    between(printed, "C\n", "D\n", back, sizeof(back));
    for (char *text = forward; text != NULL; text = text == forward ? back : NULL) {
        without_prompts(text);
        char *ms = strstr(text, " ms, cycle"); /* time may stand a few cycles later */
        ck_assert_ptr_nonnull(ms);
        while (ms > text && ms[-1] != '\n')
            *--ms = '#';
        char *snapshots = strstr(text, " snapshots to go back to");
        while (snapshots > text && snapshots[-1] != '\n')
            *--snapshots = '#';
    }
    ck_assert_str_eq(back, forward);
    ck_assert(strstr(forward, "mcause") == NULL && strstr(forward, "pc ") != NULL);
}
END_TEST

START_TEST(the_beginning_is_where_it_ends)
{
    if (!ready(DIR, __func__))
        return;
    const char *printed = debug("begin", 1,
                                "target remote {}\nstepi 3\nreverse-continue\nmonitor when\n"
                                "reverse-stepi\nstepi 3\nset $mscratch = 5\nstepi 5\n"
                                "reverse-stepi 2\nprint $mscratch\nreverse-continue\n"
                                "print $pc\nprint $mscratch\nstepi 9\nprint $mscratch\n"
                                "reverse-stepi\nprint $mscratch\nkill\n");
    ck_assert_msg(strstr(printed, "No more reverse-execution history") != NULL, "%s", printed);
    ck_assert(strstr(printed, "cycle 0, 0 instructions") != NULL);
    /* what was written is there as far back as it was written, and is not written again */
    ck_assert_msg(strstr(printed, "$1 = 5\n") != NULL, "%s", printed);
    ck_assert_msg(strstr(printed, "$2 = (void (*)()) 0x0\n") != NULL, "%s", printed);
    ck_assert_msg(strstr(printed, "$3 = 0\n") != NULL, "%s", printed);
    ck_assert_msg(strstr(printed, "$4 = 0\n") != NULL, "%s", printed);
    ck_assert_msg(strstr(printed, "$5 = 0\n") != NULL, "%s", printed);
}
END_TEST

/* ---- stops ---- */

START_TEST(events_of_the_image_stop)
{
    if (!ready(DIR, __func__))
        return;
    const char *printed = debug(
        "events", 1,
        "target remote {}\nmonitor break row 7\ncontinue\nmonitor save raw " DIR "/row7.png\n"
        "monitor save tensor " DIR "/early.png\nmonitor when now\nmonitor frame 3 4\n"
        "monitor delete 0\nmonitor break npu-layer conv3\ncontinue\nmonitor delete\n"
        "monitor break irq NPU\ncontinue\nmonitor delete\nmonitor break packet 0x30\ncontinue\n"
        "monitor break row\nmonitor break npu-layer nowhere\nmonitor break nothing\n"
        "monitor break packet 99x\nmonitor delete 9\nmonitor break irq 99\n"
        "monitor break row 99999\nmonitor break frame 99999999999999999999\nmonitor info\nmonitor "
        "nonsense\n"
        "monitor regs npu NPU_STATUS\nmonitor regs nothing\nmonitor save raw\n"
        "monitor save tensor /nowhere/x.png\nmonitor speed functional\nmonitor help\nkill\n");
    const char *lines[] = {"row 7 of frame 0 was read\n",
                           "row7.png: 2028x1520, 1 channels\n",
                           "early.png: no tensor was made yet\n",
                           "when now: 1 words too many\n",
                           "frame 3 4: 2 words too many\n",
                           "NPU layer 6, conv3, at instruction ",
                           "interrupt 3 (NPU) rises\n",
                           "(0x30), ",
                           "break row: it needs a number or a name\n",
                           "break npu-layer nowhere: the network has no layer of that name\n",
                           "break nothing: it is break frame, row,",
                           "break packet 99x: that is no number, nor a name\n",
                           "delete 9: no such break",
                           "break irq 99: that never comes\n",
                           "break row 99999: that never comes\n",
                           "break frame 99999999999999999999: that is no number",
                           "0: break packet 0x30\n",
                           "no command 'nonsense'",
                           "NPU_STATUS ",
                           "no block nothing;",
                           "save raw|tensor FILE\n",
                           "save tensor /nowhere/x.png: ",
                           "functional\n",
                           "monitor save raw|tensor FILE"};
    const char *at = printed;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        const char *next = strstr(at, lines[i]);
        ck_assert_msg(next != NULL, "not, or not here: %s in\n%s", lines[i], printed);
        at = next;
    }
}
END_TEST

START_TEST(a_backtrace_leads_through_the_handler_to_what_it_interrupted)
{
    if (!ready(DIR, __func__))
        return;
    const char *printed = debug("bt", 1,
                                "target remote {}\nbreak on_tensor\ncontinue\nbacktrace\n"
                                "x/60i sched_run\nkill\n");
    static const char *const lines[] = {"#0  on_tensor ()", "service_dispatch (",
                                        "<signal handler",  "sched_run (",
                                        " in main () at ",  "csrs\tmstatus,a1"};
    const char *at = printed;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        at = strstr(at, lines[i]);
        ck_assert_msg(at != NULL, "not, or not here: %s in\n%s", lines[i], printed);
    }
}
END_TEST

START_TEST(ctrl_c_stops_and_a_debugger_may_come_back)
{
    if (!ready(DIR, __func__))
        return;
    const char *printed =
        debug("again", 400,
              "target remote {}\nshell (sleep 0.5; kill -INT $PPID) &\ncontinue\nprint $pc != 0\n"
              "break det_decode\ndetach\nshell sleep 0.3\ntarget remote {}\n"
              "info registers mstatus\nbreak det_decode\ncontinue\nmonitor when\nkill\n");
    ck_assert_msg(strstr(printed, "Program received signal SIGINT") != NULL, "%s", printed);
    ck_assert(strstr(printed, "$1 = 1") != NULL);
    ck_assert(strstr(printed, "mstatus ") != NULL);
    ck_assert_msg(strstr(printed, "det_decode (tensors") != NULL, "%s", printed);
    char *run = read_all(DIR "/again.run.txt");
    ck_assert_msg(strstr(run, "ended by the debugger") != NULL, "%s", run);
}
END_TEST

START_TEST(a_second_debugger_is_turned_away)
{
    if (!ready(DIR, __func__))
        return;
    const char *printed = debug("second", 1,
                                "target remote {}\nshell timeout 20 gdb-multiarch -q -nx -batch "
                                "-ex 'target remote {}' 2>&1\nprint $pc\ncontinue\n");
    ck_assert_msg(strstr(printed, "Remote connection closed") != NULL ||
                      strstr(printed, "Connection reset by peer") != NULL,
                  "%s", printed);
    ck_assert_msg(strstr(printed, "exited normally") != NULL, "%s", printed);
}
END_TEST

START_TEST(the_end_of_the_run_is_told)
{
    if (!ready(DIR, __func__))
        return;
    const char *printed = debug("end", 1, "target remote {}\ncontinue\ninfo threads\n");
    ck_assert_msg(strstr(printed, "exited normally") != NULL, "%s", printed);
    char *run = read_all(DIR "/end.run.txt");
    ck_assert_msg(strstr(run, "frames    1 of 2028x1520") != NULL, "%s", run);
}
END_TEST

/* ---- the core alone ---- */

/* L2 counts the bursts of a stream late; a run with an event for each knows them at any time. */
START_TEST(counters_at_a_stop_are_those_of_an_exact_run)
{
    static char fast[TEXT], commands[1024];
    if (!ready(DIR, __func__))
        return;
    size_t n = (size_t)snprintf(commands, sizeof(commands), "target remote {}\n");
    for (int i = 1; i <= 7; i++)
        n += (size_t)snprintf(commands + n, sizeof(commands) - n,
                              "monitor break npu-layer conv%d\n", i);
    for (int i = 1; i <= 7; i++)
        n += (size_t)snprintf(commands + n, sizeof(commands) - n,
                              "continue\nmonitor stats l2.master.npu_load\n");
    snprintf(commands + n, sizeof(commands) - n, "monitor exit\n");
    snprintf(fast, sizeof(fast), "%s", debug("counters", 1, commands));
    const char *exact = debug_command(
        DIR, "exact",
        "build/release/fovea debug scenes/entrance.json --exact -n 1 -j 1 -o " DIR "/exact", ELF,
        commands);
    const char *a = strstr(fast, "0: break"), *b = strstr(exact, "0: break");
    ck_assert(a != NULL && b != NULL && strstr(a, "the run ends") != NULL);
    ck_assert_str_eq(a, b);
}
END_TEST

START_TEST(the_way_back_leads_through_a_reset)
{
    static const char *const lines[] = {"Breakpoint 1, main ()",
                                        "Breakpoint 1, main ()",
                                        "Breakpoint 1, main ()",
                                        "$1 = 1\n",
                                        "No more reverse-execution history",
                                        "$2 = 1\n"};
    if (!ready(DIR, __func__))
        return;
    shell("sed -e \"s#\\.\\./#$PWD/#\" -e \"s#person_160#$PWD/scenes/person_160#\" -e "
          "'s/^    \"frames\": 90,/\"frames\": 90, \"faults\": [{\"kind\": \"brown_out\", \"at\": "
          "\"9ms\"}],/' "
          "scenes/entrance.json > " DIR "/reset.json");
    const char *text = debug_command(
        DIR, "reset", "build/release/fovea debug " DIR "/reset.json -n 1 -j 1 -o " DIR "/reset",
        ELF,
        "target remote {}\nbreak main\ncontinue\ncontinue\nreverse-continue\n"
        "print $minstret < 100000\nreverse-continue\nprint $minstret == 0\nmonitor exit\n");
    in_order(text, lines, sizeof(lines) / sizeof(lines[0]));
}
END_TEST

/* ---- a link that loses lines ---- */

START_TEST(a_line_that_the_link_loses_stops)
{
    static const char *const lines[] = {"the link's FIFO lost row 0 of frame 0\n",
                                        "Program received signal SIGTRAP",
                                        "lines_lost                      1 lines", "the run ends"};
    if (!ready(DIR, __func__))
        return;
    /* two embedded lines of 2,540 bytes are on their way when row 0, as long, comes */
    shell("ln -sfn $PWD/logic/tech " DIR "/../tech && " /* where a chip file looks for it */
          "sed 's/\"fifo_bytes\": 20480/\"fifo_bytes\": 6000/' "
          "logic/chips/imx500.json > " DIR "/slow_chip.json && sed -e "
          "'s#../logic/chips/imx500.json#slow_chip.json#' -e \"s#../build#$PWD/build#\" -e "
          "\"s#person_160#$PWD/scenes/person_160#\" -e 's/\"raw\": false/\"raw\": true/' "
          "scenes/entrance.json > " DIR "/slow.json");
    const char *text = debug_command(
        DIR, "slow", "build/release/fovea debug " DIR "/slow.json -n 1 -j 1 -o " DIR "/slow", ELF,
        "target remote {}\nmonitor break fifo-overflow\ncontinue\nmonitor stats mipi\n"
        "monitor exit\n");
    in_order(text, lines, sizeof(lines) / sizeof(lines[0]));
}
END_TEST

START_TEST(options_that_need_each_other_are_told_by_the_commands_name)
{
    char text[4096];
    ck_assert_int_eq(
        fovea(text, sizeof(text), "debug scenes/entrance.json --snapshot " DIR "/x.snap"), 2);
    ck_assert_str_eq(text, "fovea: debug: --snapshot and --snapshot-at need each other\n");
}
END_TEST

/* Two stores in a row, a load, a store in front of a jump: GDB makes the access that a watchpoint
 * stops at by itself, so that it must not have been made. */
START_TEST(each_access_to_what_is_watched_is_seen)
{
    static const char program[] = ".globl _start\n_start: la a0, var\n li a1, 1\n li a2, 2\n"
                                  "one: sw a1, 0(a0)\ntwo: sw a2, 0(a0)\nread: lw a3, 0(a0)\n"
                                  "three: sw a1, 0(a0)\n j end\n nop\nend: j end\n"
                                  ".data\nvar: .word 0\n";
    if (!ready(DIR, __func__))
        return;
    FILE *f = fopen(DIR "/access.S", "wb");
    ck_assert(f != NULL && fputs(program, f) >= 0 && fclose(f) == 0);
    f = fopen(DIR "/access.gdb", "wb");
    ck_assert(f != NULL &&
              fputs("target remote " DIR "/access.sock\nawatch *(int *)&var\ncontinue\ncontinue\n"
                    "continue\ncontinue\nx/i $pc\nkill\n",
                    f) >= 0 &&
              fclose(f) == 0);
    ck_assert_int_eq(
        system("riscv64-unknown-elf-gcc -march=rv32i -mabi=ilp32 -nostdlib -g "
               "-Wl,-Ttext=0x80000000 " DIR "/access.S -o " DIR "/access.elf && rm -f " DIR
               "/access.sock && (${FOVEA:-build/fovea} exec " DIR "/access.elf --gdb unix:" DIR
               "/access.sock > " DIR "/access.out 2>&1 & "
               "for i in $(seq 200); do [ -S " DIR "/access.sock ] && break; sleep 0.05; done; "
               "timeout 40 gdb-multiarch -q -nx " DIR "/access.elf < " DIR "/access.gdb > " DIR
               "/access.txt 2>&1; wait)"),
        0);
    const char *const seen[] = {"Old value = 0\nNew value = 1\n",
                                "two () at",
                                "Old value = 1\nNew value = 2\n",
                                "read () at",
                                "\nValue = 2\n",
                                "three () at",
                                "Old value = 2\nNew value = 1\n",
                                "<three+4>:\tj"};
    const char *at = read_all(DIR "/access.txt"), *text = at;
    for (size_t i = 0; i < sizeof(seen) / sizeof(seen[0]); i++) {
        at = strstr(at, seen[i]);
        ck_assert_msg(at != NULL, "no '%s' in its turn: %s", seen[i], text);
    }
}
END_TEST

/* The core alone starts sooner than a sensor, and reads addresses as that does. */
START_TEST(wrong_addresses_are_refused)
{
    char text[4096];
    const char *wrong[] = {"1234", ":99999", ":x", "nowhere.example:1", "unix:", "unix:/nowhere/x"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        bool sensor = i == 0;
        const char *begin = sensor ? "fovea debug: --gdb: " : "fovea: exec: --gdb: ";
        ck_assert_int_eq(
            fovea(text, sizeof(text), "%s --gdb %s",
                  sensor ? "debug scenes/entrance.json -n 1 -o " DIR "/wrong" : "exec " ELF,
                  wrong[i]),
            sensor ? 2 : 125);
        ck_assert_msg(strncmp(text, begin, strlen(begin)) == 0 && line_count(text) == 1, "%s",
                      text);
    }
}
END_TEST

TEST_MAIN("tools gdb", the_transcript_of_the_readme_is_what_gdb_prints,
          a_debugged_run_leaves_the_same_files, steps_back_lead_to_what_steps_forward_left,
          the_beginning_is_where_it_ends, events_of_the_image_stop,
          a_backtrace_leads_through_the_handler_to_what_it_interrupted,
          ctrl_c_stops_and_a_debugger_may_come_back, a_second_debugger_is_turned_away,
          the_end_of_the_run_is_told, counters_at_a_stop_are_those_of_an_exact_run,
          the_way_back_leads_through_a_reset, a_line_that_the_link_loses_stops,
          options_that_need_each_other_are_told_by_the_commands_name,
          each_access_to_what_is_watched_is_seen, wrong_addresses_are_refused)
