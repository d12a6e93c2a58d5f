/*
 * isa_test.c - the self-checking programs of tests/isa on `fovea exec` at both speeds, and on QEMU
 * where it claims the same (skipped without the cross compiler; without QEMU a second opinion
 * less).
 */
#include <stdarg.h>
#include <unistd.h>

#include "sim/types.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"

#define CC                                                                                         \
    "riscv64-unknown-elf-gcc -misa-spec=2.2 -mabi=ilp32 -nostdlib -nostartfiles "                  \
    "-Wl,-N,--no-warn-rwx-segments,-Ttext=0x80000000"
#define QEMU                                                                                       \
    "timeout 20 qemu-system-riscv32 -M virt -bios none -display none -monitor none -serial none "  \
    "-icount shift=0 -semihosting-config enable=on,target=native"

typedef struct {
    const char *program, *march, *defines, *options;
    bool qemu; /* agrees; others are about what it has not, or does otherwise */
} case_t;

/* clang-format off */
static const case_t cases[] = {
    {"alu",        "rv32i",    "",                       "--isa rv32i",       true},
    {"shift",      "rv32ic",   "",                       "--isa rv32ic",      true},
    {"jump",       "rv32i",    "",                       "--isa rv32i_zicsr", true},
    {"branch",     "rv32ic",   "",                       "",                  true},
    {"memory",     "rv32i",    "",                       "--isa RV32IZicsr",  true},
    {"muldiv",     "rv32im",   "",                       "--isa rv32im",      true},
    {"atomic",     "rv32ia",   "",                       "--isa rv32ia",      true},
    {"compressed", "rv32ic",   "",                       "--isa rv32ic",      true},
    {"csr",        "rv32imac", "",                       "",                  false}, /* mepc's bit 0 */
    {"trap",       "rv32imac", "-DNOWHERE=0x30000000",   "",                  false}, /* devices there */
    {"misaligned", "rv32imac", "",                       "--misaligned trap", false}, /* always done */
    {"misaligned", "rv32imac", "-DALLOW",                "--misaligned allow", true},
    {"fence_i",    "rv32imac", "",                       "",                  true},
    {"counter",    "rv32imac", "",                       "",                  false}, /* written ones */
    {"interrupt",  "rv32imac", "",                       "",                  false}, /* our CLINT */
    {"user",       "rv32imac", "",                       "--isa rv32imacu",   true},
};
/* clang-format on */

static char dir[64], text[4096];

static bool installed(const char *program)
{
    char command[128];
    snprintf(command, sizeof(command), "command -v %s >/dev/null 2>&1", program);
    return system(command) == 0;
}

static void shell(const char *fmt, ...) SIM_PRINTF(1, 2);

static void shell(const char *fmt, ...)
{
    char command[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(command, sizeof(command), fmt, args);
    va_end(args);
    ck_assert_msg(system(command) == 0, "%s", command);
}

static bool set_up(void)
{
    strcpy(dir, "/tmp/fovea_isa_XXXXXX");
    if (installed("riscv64-unknown-elf-gcc")) {
        ck_assert_ptr_nonnull(mkdtemp(dir));
        return true;
    }
    test_skip("no riscv64-unknown-elf-gcc");
    return false;
}

static void build(const case_t *c, const char *more)
{
    shell(CC " -march=%s %s %s tests/isa/%s.S -o %s/p.elf", c->march, c->defines, more, c->program,
          dir);
}

static int run(const case_t *c, const char *speed)
{
    return fovea(text, sizeof(text), "exec --max-cycles 1000000 --speed %s %s %s/p.elf", speed,
                 c->options, dir);
}

START_TEST(every_instruction_group_does_what_the_manual_says)
{
    if (!set_up())
        return;
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        build(&cases[i], "");
        int cycle = run(&cases[i], "cycle"), functional = run(&cases[i], "functional");
        ck_assert_msg(cycle == 0, "%s: check %d: %s", cases[i].program, cycle, text);
        ck_assert_msg(functional == 0, "%s: functional: check %d: %s", cases[i].program, functional,
                      text);
    }
    shell("rm -r %s", dir);
}
END_TEST

START_TEST(the_programs_notice_what_is_wrong)
{
    if (!set_up())
        return;
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        build(&cases[i], "-DWRONG=2");
        ck_assert_msg(run(&cases[i], "cycle") == 2, "%s: %s", cases[i].program, text);
    }
    shell("rm -r %s", dir);
}
END_TEST

START_TEST(qemu_is_of_the_same_opinion)
{
    if (!installed("qemu-system-riscv32")) {
        test_skip("no qemu-system-riscv32");
        return;
    }
    if (!set_up())
        return;
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        if (!cases[i].qemu)
            continue;
        build(&cases[i], "-DSEMIHOST");
        shell(QEMU " -kernel %s/p.elf </dev/null", dir);
        ck_assert_int_eq(run(&cases[i], "cycle"), 0);
    }
    shell("rm -r %s", dir);
}
END_TEST

START_TEST(what_the_isa_string_leaves_out_traps)
{
    static const struct {
        const char *program, *march, *isa;
    } missing[] = {
        {"muldiv", "rv32im", "rv32iac"},
        {"atomic", "rv32ia", "rv32imc"},
        {"compressed", "rv32ic", "rv32ima"},
    };
    if (!set_up())
        return;
    for (size_t i = 0; i < SIM_COUNT(missing); i++) {
        const case_t c = {missing[i].program, missing[i].march, "", "", false};
        build(&c, "");
        int code = fovea(text, sizeof(text), "exec --max-cycles 100000 --isa %s %s/p.elf",
                         missing[i].isa, dir);
        ck_assert_msg(code != 0, "%s runs as %s", c.program, missing[i].isa);
    }
    shell("rm -r %s", dir);
}
END_TEST

TEST_MAIN("tools isa", every_instruction_group_does_what_the_manual_says,
          the_programs_notice_what_is_wrong, qemu_is_of_the_same_opinion,
          what_the_isa_string_leaves_out_traps)
