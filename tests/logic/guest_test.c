/*
 * guest_test.c - compiled programs: the same C on core and host. Skipped where the cross compiler
 * is not installed.
 */
#include "logic/elf.h"
#include "sim/file.h"
#include "tests/logic/guest/algos.h"
#include "tests/logic/rig.h"
#include "tests/test.h"

#include <stdarg.h>

#define CC "riscv64-unknown-elf-gcc -march=rv32imac -misa-spec=2.2 -mabi=ilp32"

static char dir[64];

static bool installed(const char *program)
{
    char command[128];
    snprintf(command, sizeof(command), "command -v %s >/dev/null 2>&1", program);
    return system(command) == 0;
}

static void make_dir(void)
{
    snprintf(dir, sizeof(dir), "/tmp/fovea_guest_XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
}

static void run_command(const char *fmt, ...) SIM_PRINTF(1, 2);

static void run_command(const char *fmt, ...)
{
    char command[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(command, sizeof(command), fmt, args);
    va_end(args);
    ck_assert_msg(system(command) == 0, "%s", command);
}

static void drop_dir(void)
{
    run_command("rm -r %s", dir);
}

/* Loads dir/name into a new rig, whose core starts at the ELF's entry. */
static rig_t *load(const char *name, uint8_t **image, size_t *bytes)
{
    char path[128], error[256];
    rig_t *rig = rig_new();
    elf_info_t info;
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    *image = sim_file_read(path, 1 << 24, bytes, error, sizeof(error));
    ck_assert_msg(*image != NULL, "%s", error);
    ck_assert_msg(elf_load(&rig->bus, *image, *bytes, path, &info, error, sizeof(error)) == SIM_OK,
                  "%s", error);
    rig->core.pc = info.entry;
    return rig;
}

static void run_to_ebreak(rig_t *rig, uint64_t limit_ps)
{
    rig_start(rig);
    sim_run_until_ps(rig->sim, limit_ps);
    ck_assert_int_eq(rig->core.state, CORE_NO_HANDLER);
    ck_assert_msg(strstr(rig->last_log, "mcause 3,") != NULL, "%s", rig->last_log);
}

static void check_algos(const char *options)
{
    uint32_t expected[ALGOS_RESULTS], result = 0;
    uint8_t *image;
    size_t bytes;
    make_dir();
    run_command(CC " %s -std=c11 -ffreestanding -nostartfiles -nostdlib -T tests/logic/guest/tcm.ld"
                   " tests/logic/guest/main.c -lgcc -o %s/algos.elf",
                options, dir);
    rig_t *rig = load("algos.elf", &image, &bytes);
    run_to_ebreak(rig, SIM_PS_PER_S);
    algos_run(expected);
    ck_assert(elf_symbol(image, bytes, "result", &result));
    for (uint32_t i = 0; i < ALGOS_RESULTS; i++)
        ck_assert_msg(rig_word(rig, result + 4 * i) == expected[i], "%s: result %u", options, i);
    ck_assert_uint_eq(expected[7], 0xcbf43926); /* CRC-32's published check value */
    free(image);
    rig_free(rig);
    drop_dir();
}

START_TEST(compiled_c_computes_what_the_host_computes)
{
    if (!installed("riscv64-unknown-elf-gcc")) {
        test_skip("no riscv64-unknown-elf-gcc");
        return;
    }
    check_algos("-O2");
    check_algos("-Os");
    check_algos("-O0");
}
END_TEST

TEST_MAIN("logic compiled guests", compiled_c_computes_what_the_host_computes)
