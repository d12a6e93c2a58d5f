/*
 * qemu_test.c - random programs on our core and on QEMU, chip by chip; skipped where QEMU 7.2 or
 * the cross compiler is not installed. FOVEA_QEMU_PROGRAMS and FOVEA_QEMU_SEED: how many for each
 * of the chips, and other ones (make check-qemu-long); FOVEA_QEMU_FIRST: from this one on;
 * FOVEA_QEMU_LIST: the whole program that differs is listed too.
 */
#include "logic/core_int.h"
#include "tests/logic/diff.h"
#include "tests/test.h"

/* clang-format off */
static const diff_chip_t full =
    /* isa       user   PMP    aligned only, locked entries */
    {"rv32imac", true,  true,  false, false};
static const diff_chip_t locking =
    {"rv32imac", true,  true,  false, true};
static const diff_chip_t chips[] = {
    {"rv32i",    true,  true,  false, false},
    {"rv32im",   true,  true,  false, false},
    {"rv32ic",   true,  true,  false, false},
    {"rv32imc",  false, true,  false, false},
    {"rv32ima",  false, false, false, false},
    {"rv32iac",  true,  false, false, false},
    {"rv32imac", false, false, false, false},
    {"rv32imac", true,  true,  true,  false},
};
/* clang-format on */

#define WITHOUT "no riscv64-unknown-elf-gcc, or no QEMU 7.2, whose deviations are known"

static diff_bench_t *bench;
static diff_program_t program[DIFF_BATCH];
static diff_coverage_t coverage;

static uint32_t setting(const char *name, uint32_t otherwise)
{
    const char *text = getenv(name);
    return text != NULL && *text != '\0' ? (uint32_t)strtoul(text, NULL, 0) : otherwise;
}

static bool succeeds(const char *command)
{
    char line[160];
    snprintf(line, sizeof(line), "%s >/dev/null 2>&1", command);
    return system(line) == 0;
}

/* Runs the program's prefixes of `first` items and more; true when it found one that differs. */
static bool show_prefixes(const diff_chip_t *chip, bool misaligned, uint32_t seed, uint32_t index,
                          uint32_t first, uint32_t count)
{
    static diff_coverage_t unused;
    static diff_program_t cut[DIFF_BATCH];
    diff_batch_t batch = {.count = count};
    char text[256];
    for (uint32_t i = 0; i < count; i++) {
        diff_generate(&cut[i], chip, seed, index, first + i);
        batch.program[i] = &cut[i];
    }
    if (!diff_bench_run(bench, chip, misaligned, &batch, &unused))
        return true;
    for (uint32_t i = 0; i < batch.count; i++) {
        if (diff_same(&cut[i], chip, batch.ours + i * SIGN_BYTES, batch.qemus + i * SIGN_BYTES,
                      text, sizeof(text)))
            continue;
        printf("first with %u items: %s\n", first + i, text);
        diff_list(stdout, &cut[i], cut[i].code_bytes > 64 ? cut[i].code_bytes - 64 : 0);
        fflush(stdout);
        return true;
    }
    return false;
}

/* The first prefix that differs ends with the item to look at. */
static void show_cause(const diff_chip_t *chip, bool misaligned, uint32_t seed, uint32_t index)
{
    static diff_program_t whole;
    diff_generate(&whole, chip, seed, index, UINT32_MAX);
    uint32_t step = chip->locks ? 1 : whole.items + 1, items = 0;
    while (items <= whole.items && !show_prefixes(chip, misaligned, seed, index, items, step))
        items += step;
}

static void compare(const diff_chip_t *chip, bool misaligned, uint32_t seed, uint32_t first,
                    const diff_batch_t *batch)
{
    char text[256];
    for (uint32_t i = 0; i < batch->count; i++) {
        const uint8_t *ours = batch->ours + i * SIGN_BYTES, *qemus = batch->qemus + i * SIGN_BYTES;
        if (diff_same(batch->program[i], chip, ours, qemus, text, sizeof(text)))
            continue;
        printf("%s%s%s, seed %u, program %u: %s\n", chip->isa, chip->u ? " U" : "",
               chip->pmp ? " PMP" : "", seed, first + i, text);
        if (getenv("FOVEA_QEMU_LIST") != NULL)
            diff_list(stdout, batch->program[i], 0);
        show_cause(chip, misaligned, seed, first + i);
        ck_abort_msg("seed %u, program %u", seed, first + i);
    }
}

static void check_chip(const diff_chip_t *chip, bool misaligned, uint32_t count)
{
    uint32_t seed = setting("FOVEA_QEMU_SEED", 1), most = setting("FOVEA_QEMU_PROGRAMS", count);
    uint32_t together = chip->locks ? 1 : DIFF_BATCH;
    if (chip->locks && most > count)
        most = count + most / 50;
    for (uint32_t done = setting("FOVEA_QEMU_FIRST", 0); done < most;) {
        diff_batch_t batch = {.count = most - done < together ? most - done : together};
        for (uint32_t i = 0; i < batch.count; i++) {
            diff_generate(&program[i], chip, seed, done + i, UINT32_MAX);
            batch.program[i] = &program[i];
        }
        ck_assert_msg(diff_bench_run(bench, chip, misaligned, &batch, &coverage), "%s: no result",
                      chip->isa);
        compare(chip, misaligned, seed, done, &batch);
        done += batch.count;
    }
}

/* ---- what was tested ---- */

enum { LEAST_PROGRAMS = 2000, LEAST_INSN = 20, LEAST_CSR = 3, LEAST_TRAPS = 20 };

static void check_insns(void)
{
    for (uint32_t op = OP_UNKNOWN + 1; op < OP_ILLEGAL; op++)
        ck_assert_msg(coverage.insn[op] >= LEAST_INSN, "%s in %u programs", core_insn_info[op].text,
                      coverage.insn[op]);
    ck_assert_uint_ge(coverage.insn[OP_ILLEGAL], LEAST_INSN);
    ck_assert_uint_ge(coverage.user, LEAST_PROGRAMS / 4);
}

static void check_csrs(void)
{
    for (uint32_t number = 0; number < 4096; number++)
        ck_assert_msg(diff_csr_find(number) == NULL || coverage.csr[number] >= LEAST_CSR,
                      "CSR 0x%03x in %u programs", number, coverage.csr[number]);
}

static void check_traps(void)
{
    static const uint8_t causes[] = {1, 2, 3, 4, 5, 6, 7, 8, 11}; /* 0 needs a chip without C */
    for (size_t i = 0; i < SIM_COUNT(causes); i++)
        ck_assert_msg(coverage.cause[causes[i]] >= LEAST_TRAPS, "mcause %u: %u", causes[i],
                      coverage.cause[causes[i]]);
    ck_assert_uint_ge(coverage.interrupt[CORE_MSI], LEAST_TRAPS);
    ck_assert_uint_ge(coverage.interrupt[CORE_MTI], LEAST_TRAPS);
    ck_assert_uint_ge(coverage.interrupt[CORE_MEI], LEAST_TRAPS);
}

static void tell(void)
{
    printf("%u programs (%u with user mode), %u traps: the same\n", coverage.programs,
           coverage.user, coverage.traps);
}

static bool begin(void)
{
    if (!succeeds("command -v riscv64-unknown-elf-gcc") ||
        !succeeds("qemu-system-riscv32 --version | grep -F 'version 7.2.'"))
        return false;
    bench = diff_bench_new();
    ck_assert_ptr_nonnull(bench);
    return true;
}

START_TEST(programs_leave_what_qemu_leaves)
{
    if (!begin()) {
        test_skip(WITHOUT);
        return;
    }
    check_chip(&full, true, LEAST_PROGRAMS);
    tell();
    if (coverage.programs >= LEAST_PROGRAMS) {
        check_insns();
        check_csrs();
        check_traps();
    }
    diff_bench_free(bench);
}
END_TEST

START_TEST(chips_with_less_trap_where_qemu_with_less_traps)
{
    if (!begin()) {
        test_skip(WITHOUT);
        return;
    }
    for (size_t i = 0; i < SIM_COUNT(chips); i++)
        check_chip(&chips[i], !chips[i].aligned, 200);
    tell();
    ck_assert_uint_ge(coverage.cause[CAUSE_FETCH_MISALIGNED], LEAST_TRAPS);
    diff_bench_free(bench);
}
END_TEST

START_TEST(locked_entries_bind_machine_mode_as_in_qemu)
{
    if (!begin()) {
        test_skip(WITHOUT);
        return;
    }
    check_chip(&locking, true, 12);
    tell();
    diff_bench_free(bench);
}
END_TEST

START_TEST(each_csr_of_the_core_is_compared)
{
    static core_t core;
    core.desc = core_desc_default();
    core.mode = CORE_MACHINE;
    for (uint32_t number = 0; number < 4096; number++) {
        uint32_t value;
        ck_assert_msg(csr_read(&core, number, &value) == (diff_csr_find(number) != NULL),
                      "CSR 0x%03x", number);
    }
}
END_TEST

TEST_MAIN("logic core and QEMU", each_csr_of_the_core_is_compared, programs_leave_what_qemu_leaves,
          locked_entries_bind_machine_mode_as_in_qemu,
          chips_with_less_trap_where_qemu_with_less_traps)
