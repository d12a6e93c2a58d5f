/*
 * exec_test.c - fovea exec on programs that Debian's cross compiler makes (skipped without it), and
 * on files that are no programs.
 */
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/types.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tests/tools/guest/work.h"
#include "tests/tools/two_segments.h"

#define CC                                                                                         \
    "riscv64-unknown-elf-gcc -march=rv32imac -misa-spec=2.2 -mabi=ilp32 -O2 -Itests/tools/guest"
/* picolibc as it comes: flash at 0x10000000, RAM at 0x20000000. */
#define PICOLIBC CC " --specs=picolibc.specs --crt0=semihost --oslib=semihost"
#define BARE CC " -nostdlib -nostartfiles -Wl,-N,--no-warn-rwx-segments,-Ttext="
/* Where QEMU's "virt" board has its RAM. */
#define AT_QEMU                                                                                    \
    "-Wl,--defsym=__flash=0x80000000,--defsym=__flash_size=0x100000,"                              \
    "--defsym=__ram=0x80100000,--defsym=__ram_size=0x100000 "

static char dir[64], text[65536];

static bool can_compile(void)
{
    return system("command -v riscv64-unknown-elf-gcc >/dev/null 2>&1") == 0;
}

#define NEEDS_COMPILER()                                                                           \
    if (!can_compile()) {                                                                          \
        test_skip("no riscv64-unknown-elf-gcc");                                                   \
        return;                                                                                    \
    }

static void make_dir(void)
{
    strcpy(dir, "/tmp/fovea_exec_XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
}

static void shell(const char *fmt, ...) SIM_PRINTF(1, 2);

static void shell(const char *fmt, ...)
{
    char command[2048];
    va_list args;
    va_start(args, fmt);
    vsnprintf(command, sizeof(command), fmt, args);
    va_end(args);
    ck_assert_msg(system(command) == 0, "%s", command);
}

static void drop_dir(void)
{
    shell("rm -r %s", dir);
}

/* dir/name.elf from tests/tools/guest/source. */
static void build(const char *how, const char *source, const char *name)
{
    shell("%s tests/tools/guest/%s -o %s/%s.elf", how, source, dir, name);
}

static void put_file(const char *name, const void *data, size_t bytes)
{
    char path[256];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(data, 1, bytes, file), bytes);
    ck_assert_int_eq(fclose(file), 0);
}

static void says(const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "no \"%s\" in: %s", part, text);
}

static void file_holds(const char *name, const char *expected)
{
    char path[256], found[4096];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s", path);
    size_t bytes = fread(found, 1, sizeof(found) - 1, file);
    found[bytes] = '\0';
    fclose(file);
    ck_assert_str_eq(found, expected);
}

static bool exists(const char *name)
{
    char path[256];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    return access(path, F_OK) == 0;
}

START_TEST(a_c_program_has_console_arguments_and_exit_code)
{
    NEEDS_COMPILER();
    make_dir();
    build(PICOLIBC, "console.c", "flash");
    build(PICOLIBC " " AT_QEMU, "console.c", "qemu");
    build(PICOLIBC " -Wl,--defsym=__ram_size=0x8000000", "console.c", "large");
    put_file("in", "one line\nmore\n", 14);
    static const char *const names[] = {"flash", "qemu", "large"};
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(fovea(text, sizeof(text), "exec %s/%s.elf", dir, names[i]), 0);
        says("argument 1 is ");
        says("to stderr\npi is about 3.1416\n");
        ck_assert_int_eq(fovea(text, sizeof(text), "exec %s/%s.elf 1", dir, names[i]), 1);
        ck_assert_int_eq(
            fovea(text, sizeof(text), "exec %s/%s.elf -- 42 -x < %s/in", dir, names[i], dir), 42);
        says("argument 2 is 42\nargument 3 is -x\nread: one line\n");
    }
    drop_dir();
}
END_TEST

START_TEST(files_are_kept_inside_of_the_folder)
{
    char expected[512];
    NEEDS_COMPILER();
    make_dir();
    build(PICOLIBC, "files.c", "p");
    shell("mkdir -p %s/box/sub && ln -s %s/p.elf %s/box/link", dir, dir, dir);
    ck_assert_int_eq(fovea(text, sizeof(text), "exec --semihosting-dir %s/box %s/p.elf", dir, dir),
                     0);
    snprintf(expected, sizeof(expected),
             "back: two 42\nw ../outside.txt: Permission denied\nw /tmp/outside.txt: Permission "
             "denied\nr link: Too many symbolic links\nr none: No such file or directory\n");
    ck_assert_str_eq(text, expected);
    file_holds("box/kept.txt", "forty-two 42\n");
    ck_assert(!exists("box/sub/out.txt") && !exists("outside.txt"));
    ck_assert_int_eq(fovea(text, sizeof(text), "exec %s/p.elf", dir), 1);
    ck_assert_int_eq(fovea(text, sizeof(text), "exec --semihosting-dir %s/no %s/p.elf", dir, dir),
                     125);
    says("no: No such file or directory\n");
    drop_dir();
}
END_TEST

START_TEST(time_comes_from_cycles_and_is_the_same_in_every_run)
{
    char first[sizeof(text)];
    NEEDS_COMPILER();
    make_dir();
    build(PICOLIBC, "time.c", "p");
    ck_assert_int_eq(fovea(first, sizeof(first), "exec %s/p.elf", dir), 0);
    ck_assert_int_eq(fovea(text, sizeof(text), "exec %s/p.elf", dir), 0);
    says("in order 1, hertz 262500000, seconds 0\n");
    ck_assert_str_eq(text, first);
    drop_dir();
}
END_TEST

START_TEST(htif_has_a_console_system_calls_and_an_exit_code)
{
    NEEDS_COMPILER();
    make_dir();
    build(BARE "0x80000000 -DMORE", "htif.S", "more");
    build(BARE "0 -DCODE=0", "htif.S", "zero");
    build(BARE "0x10000000 -DCODE=256", "htif.S", "many");
    put_file("in", "HAL", 3);
    ck_assert_int_eq(
        fovea(text, sizeof(text), "exec %s/more.elf --signature %s/sig < %s/in", dir, dir, dir), 7);
    ck_assert_str_eq(text, "IBMcall\n");
    file_holds("sig", "89abcdef\n00000005\n112233ff\n");
    ck_assert(!exists("sig.part"));
    ck_assert_int_eq(fovea(text, sizeof(text), "exec --max-cycles 100000 %s/zero.elf", dir), 0);
    ck_assert_int_eq(fovea(text, sizeof(text), "exec %s/many.elf", dir), 255); /* never 0 */
    drop_dir();
}
END_TEST

START_TEST(a_signature_is_written_by_programs_that_end_only)
{
    NEEDS_COMPILER();
    make_dir();
    build(BARE "0x80000000 -DMORE", "htif.S", "p");
    build(BARE "0x80000000 -DKIND=5", "traps.S", "loop");
    ck_assert_int_eq(fovea(text, sizeof(text),
                           "exec %s/p.elf --signature %s/sig --max-cycles 500 < /dev/null", dir,
                           dir),
                     125);
    ck_assert(!exists("sig") && !exists("sig.part"));
    ck_assert_int_eq(fovea(text, sizeof(text), "exec %s/loop.elf --signature %s/sig", dir, dir),
                     125);
    says("loop.elf: no begin_signature and end_signature, expected for a signature\n");
    ck_assert_int_eq(
        fovea(text, sizeof(text), "exec %s/p.elf --signature %s/no/sig < /dev/null", dir, dir),
        125);
    ck_assert_int_eq(fovea(text, sizeof(text), "exec %s/p.elf --signature %s/p.elf", dir, dir),
                     125);
    says("the result would take the place of the input");
    drop_dir();
}
END_TEST

START_TEST(what_stops_a_program_is_told_with_file_place_and_cause)
{
    static const struct {
        int kind;
        const char *pc, *cause;
    } cases[] = {
        {0, "0x80000002", "mcause 2, pc 0x80000002, mtval 0xffffffff: illegal instruction"},
        {1, "0x80000002", "mtval 0x00000000: load access fault"},
        {2, "0x80000002", "mcause 3,"},
        {3, "0x80000006", "mcause 3,"},
        {4, "0x80000006", "asleep for good"},
        {5, "0x80000002", "not at its end after 1000000 cycles"},
    };
    NEEDS_COMPILER();
    make_dir();
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        char how[512];
        snprintf(how, sizeof(how), BARE "0x80000000 -DKIND=%d", cases[i].kind);
        build(how, "traps.S", "p");
        ck_assert_int_eq(fovea(text, sizeof(text), "exec --max-cycles 1000000 %s/p.elf", dir), 125);
        ck_assert_int_eq(line_count(text), 1);
        says("/p.elf: ");
        says(cases[i].pc);
        says(cases[i].cause);
    }
    drop_dir();
}
END_TEST

START_TEST(a_program_that_traps_for_ever_is_ended)
{
    static const struct {
        int kind;
        const char *line;
    } cases[] = {
        {0, "mcause 7, pc 0x80000020, mtval 0x6efffffc: store access fault"}, /* 0x70000000 */
        {1, "mcause 3, pc 0x80000028, mtval 0x80000028: breakpoint"},         /* - 2^20 * 16 */
        {2, "mcause 5, pc 0x80000014, mtval 0x00000000: load access fault"},  /* + 12 */
        {3, "mcause 2, pc 0x80000024, mtval 0xffffffff: illegal instruction"},
    };
    static const char *const speeds[] = {"cycle", "functional"};
    NEEDS_COMPILER();
    make_dir();
    for (size_t i = 0; i < 2 * SIM_COUNT(cases); i++) {
        char how[512];
        snprintf(how, sizeof(how), BARE "0x80000000 -DKIND=%d", cases[i / 2].kind);
        build(how, "storm.S", "p");
        ck_assert_int_eq(fovea(text, sizeof(text),
                               "exec --speed %s --max-cycles 100000000 %s/p.elf", speeds[i % 2],
                               dir),
                         125);
        ck_assert_int_eq(line_count(text), 1);
        says("/p.elf: traps for ever: ");
        says(cases[i / 2].line);
    }
    build(PICOLIBC, "console.c", "c"); /* its handler is no longer one without compressed code */
    ck_assert_int_eq(fovea(text, sizeof(text), "exec --isa rv32im %s/c.elf", dir), 125);
    ck_assert_int_eq(line_count(text), 1);
    says("illegal instruction (crt0.c:");
    says("; the trap before it was mcause 2 at pc 0x");
    says("; is it for another --isa?\n");
    drop_dir();
}
END_TEST

START_TEST(a_program_that_traps_a_lot_comes_to_its_end)
{
    NEEDS_COMPILER();
    make_dir();
    for (int kind = 10; kind <= 13; kind++) {
        char how[512];
        snprintf(how, sizeof(how), BARE "0x80000000 -DKIND=%d", kind);
        build(how, "storm.S", "p");
        int code = fovea(text, sizeof(text), "exec --max-cycles 100000000 %s/p.elf", dir);
        ck_assert_msg(code == 0, "kind %d: %s", kind, text);
    }
    drop_dir();
}
END_TEST

/* dir/p.elf, watched, until that signal ends it; its exit code. */
static int interrupt_with(int number)
{
    const char *program = getenv("FOVEA") != NULL ? getenv("FOVEA") : "build/fovea";
    char elf[128], profile[128], trace[128], out[128];
    int status;
    snprintf(elf, sizeof(elf), "%s/p.elf", dir);
    snprintf(profile, sizeof(profile), "%s/profile", dir);
    snprintf(trace, sizeof(trace), "%s/trace", dir);
    snprintf(out, sizeof(out), "%s/out", dir);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        if (freopen(out, "w", stderr) != NULL)
            execl(program, program, "exec", elf, "--profile", profile, "--trace-core", trace,
                  "--trace-events", "trap", (char *)NULL);
        _exit(99);
    }
    for (int i = 0; i < 200 && !exists("profile.part"); i++)
        poll(NULL, 0, 50);
    poll(NULL, 0, 100);
    ck_assert_int_eq(kill(child, number), 0);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

START_TEST(an_interrupted_program_leaves_whole_files_only)
{
    static const int numbers[] = {SIGINT, SIGTERM};
    NEEDS_COMPILER();
    make_dir();
    build(BARE "0x80000000 -DKIND=5", "traps.S", "p");
    for (size_t i = 0; i < SIM_COUNT(numbers); i++) {
        ck_assert_int_eq(interrupt_with(numbers[i]), 125);
        ck_assert(exists("profile") && exists("trace"));
        ck_assert(!exists("profile.part") && !exists("trace.part"));
        shell("grep -q '^fovea: %s/p.elf: interrupted at pc 0x80000002 ' %s/out && "
              "grep -q '^fn=' %s/profile && rm %s/profile %s/trace",
              dir, dir, dir, dir, dir);
    }
    drop_dir();
}
END_TEST

START_TEST(misaligned_accesses_trap_or_are_done)
{
    NEEDS_COMPILER();
    make_dir();
    build(BARE "0x80000000 -DKIND=6", "traps.S", "p");
    ck_assert_int_eq(fovea(text, sizeof(text), "exec %s/p.elf", dir), 125);
    says("mcause 4, pc 0x8000000a, mtval 0x80000001: load address misaligned");
    ck_assert_int_eq(fovea(text, sizeof(text), "exec --misaligned trap %s/p.elf", dir), 125);
    ck_assert_int_eq(fovea(text, sizeof(text), "exec --misaligned allow %s/p.elf", dir), 0);
    drop_dir();
}
END_TEST

START_TEST(speed_changes_cycles_and_nothing_else)
{
    unsigned long long instructions[2], cycles[2];
    NEEDS_COMPILER();
    make_dir();
    build(PICOLIBC, "console.c", "p");
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(fovea(text, sizeof(text), "exec --report --speed %s %s/p.elf 3",
                               i == 0 ? "cycle" : "functional", dir),
                         3);
        says("pi is about 3.1416\n");
        const char *report = strstr(text, "3.1416\n");
        ck_assert_int_eq(
            sscanf(report, "3.1416\n%llu instructions, %llu cycles", &instructions[i], &cycles[i]),
            2);
    }
    ck_assert_uint_eq(instructions[0], instructions[1]);
    ck_assert_uint_eq(cycles[1], instructions[1]);
    ck_assert_uint_gt(cycles[0], cycles[1]);
    drop_dir();
}
END_TEST

START_TEST(the_workload_computes_what_the_host_computes)
{
    static work_t work;
    char expected[64];
    NEEDS_COMPILER();
    make_dir();
    build(PICOLIBC, "work.c", "p");
    snprintf(expected, sizeof(expected), "100 rounds, crc 0x%04x\n", work_run(&work, 100));
    ck_assert_int_eq(fovea(text, sizeof(text), "exec %s/p.elf 100", dir), 0);
    ck_assert_str_eq(text, expected);
    ck_assert_int_eq(fovea(text, sizeof(text), "exec --speed functional %s/p.elf 100", dir), 0);
    ck_assert_str_eq(text, expected);
    drop_dir();
}
END_TEST

START_TEST(library_code_prints_what_it_prints_on_qemu)
{
    static const char *const isas[] = {"rv32imac", "rv32im", "rv32i"};
    NEEDS_COMPILER();
    if (system("command -v qemu-system-riscv32 >/dev/null 2>&1") != 0) {
        test_skip("no qemu-system-riscv32");
        return;
    }
    make_dir();
    for (size_t i = 0; i < SIM_COUNT(isas); i++) {
        char how[512];
        snprintf(how, sizeof(how), PICOLIBC " " AT_QEMU " -march=%s", isas[i]);
        shell("%s tests/tools/guest/library.c -lm -o %s/p.elf", how, dir);
        shell("timeout 20 qemu-system-riscv32 -M virt -bios none -display none -monitor none "
              "-serial none -semihosting-config enable=on,target=native,arg=p -kernel %s/p.elf "
              "</dev/null >%s/out 2>&1; [ $? -eq 17 ]",
              dir, dir);
        ck_assert_int_eq(fovea(text, sizeof(text), "exec --isa %s %s/p.elf", isas[i], dir), 17);
        file_holds("out", text);
    }
    drop_dir();
}
END_TEST

START_TEST(memory_can_be_given)
{
    NEEDS_COMPILER();
    make_dir();
    build(BARE "0x80000000", "htif.S", "p");
    ck_assert_int_eq(fovea(text, sizeof(text), "exec --memory 0x80000000:64K %s/p.elf", dir), 7);
    ck_assert_int_eq(fovea(text, sizeof(text), "exec --memory 0x80000000:64 %s/p.elf", dir), 125);
    says("p.elf: segment of ");
    says(" bytes for 0x80000000 lies outside of the memory, 0x80000000 to 0x8000003f (64 bytes); "
         "--memory BASE:BYTES sets it\n");
    build(PICOLIBC, "console.c", "q"); /* bss and data far above the flash */
    ck_assert_int_eq(fovea(text, sizeof(text), "exec --memory 0x20000000:64 %s/q.elf", dir), 125);
    says(" bytes for 0x20000018 lies outside of the memory, 0x20000000 to 0x2000003f (64 bytes)");
    ck_assert_int_eq(fovea(text, sizeof(text), "exec --memory 0x80000000:512M %s/p.elf", dir), 125);
    says("--memory: 536870912 bytes from 0x80000000, expected a base that is a multiple of 64, and "
         "a multiple of 4 bytes in 64 to 268435456 (256M)");
    ck_assert_int_eq(line_count(text), 1);
    ck_assert_int_eq(fovea(text, sizeof(text), "exec --memory 0x80000000:66 %s/p.elf", dir), 125);
    says("--memory: 66 bytes from");
    ck_assert_int_eq(fovea(text, sizeof(text), "exec --memory 0x80000004:64K %s/p.elf", dir), 125);
    says("--memory: 65536 bytes from 0x80000004,");
    ck_assert_int_eq(fovea(text, sizeof(text), "exec --memory 0xffffffc0:1K %s/p.elf", dir), 125);
    says("below 4 GiB");
    ck_assert_int_eq(fovea(text, sizeof(text), "exec --memory 0x3fff0000:1M %s/p.elf", dir), 125);
    says("expected none in the register pages");
    ck_assert_int_eq(fovea(text, sizeof(text), "exec --memory 64K %s/p.elf", dir), 125);
    says("'64K' is not BASE:BYTES");
    drop_dir();
}
END_TEST

/* ---- files that are no programs for this machine ---- */

static void refused(const uint8_t *image, size_t bytes, const char *why)
{
    put_file("bad.elf", image, bytes);
    ck_assert_int_eq(fovea(text, sizeof(text), "exec %s/bad.elf", dir), 125);
    ck_assert_int_eq(line_count(text), 1);
    says("/bad.elf: ");
    says(why);
}

START_TEST(files_that_are_no_programs_for_this_core_are_refused)
{
    uint8_t image[TWO_SEGMENTS_BYTES];
    make_dir();
    two_segments(image, 0x80001000, 0x80000000);
    refused(image, sizeof(image), "mcause 2, pc 0x80000000"); /* a good one runs */
    refused((const uint8_t *)"text", 4, "byte 0: magic is 0x74786574, expected 0x464c457f");
    refused(image, 100, "byte 100: the file has only 100 bytes");
    image[4] = 2;
    refused(image, sizeof(image), "byte 4: class is 0x2, expected 0x1");
    two_segments(image, 0x80001000, 0x80000000);
    image[18] = 62; /* x86-64 */
    refused(image, sizeof(image), "byte 18: machine is 0x3e, expected 0xf3");
    two_segments(image, 0x80001000, 0x80000000);
    image[44] = 0;
    refused(image, sizeof(image), "no segment to load");
    ck_assert_int_eq(fovea(text, sizeof(text), "exec %s/none.elf", dir), 125);
    says("none.elf: No such file or directory");
    ck_assert_int_eq(fovea(text, sizeof(text), "exec"), 125);
    ck_assert_int_eq(fovea(text, sizeof(text), "exec --no-such %s/bad.elf", dir), 125);
    drop_dir();
}
END_TEST

START_TEST(segments_that_cannot_be_placed_are_refused)
{
    uint8_t image[TWO_SEGMENTS_BYTES];
    make_dir();
    two_segments(image, 0x80000000, 0x20000000); /* flash far below RAM: ROM */
    refused(image, sizeof(image), "mcause 2, pc 0x20000000");
    two_segments(image, 0x3ffffff8, 0x3fffff00); /* up to the last byte before the pages */
    refused(image, sizeof(image), "mcause 2, pc 0x3fffff00");
    two_segments(image, 0x3ffffffc, 0x3fffff00);
    refused(image, sizeof(image), "expected none in the register pages, 0x40000000 to 0x4003ffff");
    two_segments(image, 0x80000000, 0x40008000);
    refused(image, sizeof(image), "segments to read from 0x40008000 to 0x40008007");
    two_segments(image, 0xfffffff8, 0xfffffff0); /* the last bytes there are */
    refused(image, sizeof(image), "mcause 2, pc 0xfffffff0");
    two_segments(image, 0xfffffffc, 0xfffffff0);
    refused(image, sizeof(image), "below 4 GiB");
    two_segments(image, 0x80000000, 0x20000000);
    elf_put32(image + 84 + 8, 0x90000000); /* read from 0x20000000, written at 0x90000000 */
    elf_put32(image + 52 + 8, 0xa0000000);
    refused(image, sizeof(image),
            "segments to write from 0x90000000 to 0xa0000007, expected at "
            "most 256 MiB");
    drop_dir();
}
END_TEST

START_TEST(choices_that_do_not_exist_are_refused)
{
    uint8_t image[TWO_SEGMENTS_BYTES];
    make_dir();
    two_segments(image, 0x80001000, 0x80000000);
    put_file("p.elf", image, sizeof(image));
    static const struct {
        const char *choice, *why;
    } cases[] = {
        {"--isa rv32imafdc", "'rv32imafdc': no 'f' in this core"},
        {"--isa rv64imac", "'rv64imac': no 'rv64imac' in this core"},
        {"--isa rv32imac_zba", "no 'zba' in this core"},
        {"--isa ''", "'': no '' in this core"},
        {"--misaligned maybe", "'maybe' is neither trap nor allow"},
        {"--speed light", "'light' is neither cycle nor functional"},
        {"--max-cycles 0", "'0' is not a number in 1.."},
        {"--max-cycles x", "'x' is not a number in 1.."},
        {"--memory 0:0", "'0:0' is not BASE:BYTES"},
        {"--memory 0:4G", "'0:4G' is not BASE:BYTES"},
    };
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        ck_assert_int_eq(fovea(text, sizeof(text), "exec %s %s/p.elf", cases[i].choice, dir), 125);
        says(cases[i].why);
        ck_assert_int_eq(line_count(text), 1);
    }
    ck_assert_int_eq(fovea(text, sizeof(text), "exec --isa RV32IMACZicsr_Zifencei %s/p.elf", dir),
                     125);
    says("mcause 2,");
    drop_dir();
}
END_TEST

TEST_MAIN("tools exec", a_c_program_has_console_arguments_and_exit_code,
          files_are_kept_inside_of_the_folder, time_comes_from_cycles_and_is_the_same_in_every_run,
          htif_has_a_console_system_calls_and_an_exit_code,
          a_signature_is_written_by_programs_that_end_only,
          what_stops_a_program_is_told_with_file_place_and_cause,
          a_program_that_traps_for_ever_is_ended, a_program_that_traps_a_lot_comes_to_its_end,
          an_interrupted_program_leaves_whole_files_only, misaligned_accesses_trap_or_are_done,
          speed_changes_cycles_and_nothing_else, the_workload_computes_what_the_host_computes,
          library_code_prints_what_it_prints_on_qemu, memory_can_be_given,
          files_that_are_no_programs_for_this_core_are_refused,
          segments_that_cannot_be_placed_are_refused, choices_that_do_not_exist_are_refused)
