/*
 * guest_test.c - compiled programs: the same C on core and host, and random instructions on core
 * and QEMU. Skipped where the cross compiler (and QEMU) is not installed.
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

/* ---- random instructions on QEMU ---- */

enum { INSTRUCTIONS = 3000, SIGNATURE_WORDS = 31 + 16 };

/* Registers 1..31 but S0, which is the base of 64 bytes of data. */
static uint32_t reg(sim_stream_t *s)
{
    uint32_t r = sim_stream_below(s, 32);
    return r == S0 ? S1 : r;
}

static uint32_t random_word(sim_stream_t *s)
{
    static const uint8_t sizes[] = {1, 2, 4, 0, 1, 2};
    static const uint8_t amos[] = {0, 1, 4, 8, 12, 16, 20, 24, 28};
    uint32_t kind = sim_stream_below(s, 12), f3 = sim_stream_below(s, 8), any = sim_stream_u32(s);
    switch (kind) {
    case 0:
        return LUI(reg(s), any >> 12);
    case 1:
    case 2:
        return f3 % 4 == 1 ? enc_r(f3 == 5 ? any % 2 * 32 : 0, any >> 27, reg(s), f3, reg(s), 0x13)
                           : enc_i((int32_t)any >> 20, reg(s), f3, reg(s), 0x13);
    case 3:
    case 4:
        return enc_r(f3 % 5 == 0 ? any % 2 * 32 : 0, reg(s), reg(s), f3, reg(s), 0x33);
    case 5:
    case 6:
    case 7:
        return enc_r(1, reg(s), reg(s), f3, reg(s), 0x33);
    case 8:
    case 9:
        f3 = f3 % 6 == 3 ? 2 : f3 % 6;
        return enc_i((int32_t)(any % (64 / (uint32_t)(sizes[f3] + !sizes[f3])) *
                               (uint32_t)(sizes[f3] + !sizes[f3])),
                     S0, f3, reg(s), 0x03);
    case 10:
        f3 %= 3;
        return enc_s((int32_t)(any % (64 >> f3) << f3), reg(s), S0, f3);
    default:
        return enc_r((uint32_t)amos[any % 9] << 2, reg(s), S0, 2, reg(s), 0x2f);
    }
}

/* A compressed one of registers only: c.addi, c.li, c.lui, shifts, c.sub.., c.mv, c.add, c.slli */
static uint32_t random_half(sim_stream_t *s)
{
    for (;;) {
        uint32_t half = sim_stream_u32(s) & 0xffff, f3 = half >> 13, rd = half >> 7 & 31;
        bool fine = (half & 3) == 1
                        ? f3 == 0 || f3 == 2 || f3 == 4 || (f3 == 3 && rd != SP)
                        : (half & 3) == 2 && (f3 == 0 || (f3 == 4 && (half & 0x7c) != 0));
        bool writes_s0 = rd == S0 || ((half & 3) == 1 && f3 == 4 && (half >> 7 & 7) == 0);
        bool reads_s0 = (half & 3) == 2 && (half >> 2 & 31) == S0;
        bool short_s0 = (half & 3) == 1 && f3 == 4 && (half >> 2 & 7) == 0;
        char text[64];
        if (fine && !writes_s0 && !reads_s0 && !short_s0 &&
            core_disassemble(half, 0, text, sizeof(text)) == 2)
            return half;
    }
}

static void write_program(const char *path, uint32_t seed)
{
    FILE *f = fopen(path, "w");
    ck_assert_ptr_nonnull(f);
    sim_stream_t s = sim_stream(seed, 4, 0);
    fprintf(f, ".section .text.start, \"ax\"\n.globl _start\n_start:\n.option norelax\n");
    for (int r = 1; r < 32; r++)
        fprintf(f, "li x%d, 0x%x\n", r, sim_stream_u32(&s));
    fprintf(f, "la s0, data\n");
    for (int i = 0; i < INSTRUCTIONS; i++) {
        if (sim_stream_below(&s, 3) == 0)
            fprintf(f, ".2byte 0x%04x\n", random_half(&s));
        else
            fprintf(f, ".4byte 0x%08x\n", random_word(&s));
    }
    fprintf(f, "csrw mscratch, s0\nla s0, signature\n");
    for (int r = 1; r < 32; r++)
        fprintf(f, "sw x%d, %d(s0)\n", r == S0 ? 0 : r, 4 * (r - 1));
    fprintf(f, "csrr a0, mscratch\n");
    for (int i = 0; i < 16; i++)
        fprintf(f, "lw a1, %d(a0)\nsw a1, %d(s0)\n", 4 * i, 4 * (31 + i));
    fprintf(f,
            "#ifdef QEMU\n" /* eight hexadecimal digits and a newline for each word */
            "li a0, 0x10000000\nli a2, %d\nmv a1, s0\n"
            "1: lw a3, 0(a1)\nli a4, 28\n"
            "2: srl a5, a3, a4\nandi a5, a5, 15\nli a6, 10\nblt a5, a6, 3f\naddi a5, a5, 39\n"
            "3: addi a5, a5, 48\nsb a5, 0(a0)\naddi a4, a4, -4\nbgez a4, 2b\n"
            "li a5, 10\nsb a5, 0(a0)\naddi a1, a1, 4\naddi a2, a2, -1\nbnez a2, 1b\n"
            "li a0, 0x100000\nli a1, 0x5555\nsw a1, 0(a0)\n4: j 4b\n"
            "#endif\nebreak\n.data\n.balign 8\ndata: .zero 64\n.globl signature\n"
            "signature: .zero %d\n",
            SIGNATURE_WORDS, 4 * SIGNATURE_WORDS);
    ck_assert_int_eq(fclose(f), 0);
}

static void run_on_qemu(uint32_t words[SIGNATURE_WORDS])
{
    char path[128];
    run_command(CC " -DQEMU -nostdlib -Wl,-Ttext=0x80000000 %s/r.S -o %s/q.elf && "
                   "timeout 20 qemu-system-riscv32 -M virt -bios none -display none -monitor none "
                   "-serial stdio -kernel %s/q.elf > %s/q.txt < /dev/null",
                dir, dir, dir, dir);
    snprintf(path, sizeof(path), "%s/q.txt", dir);
    FILE *f = fopen(path, "r");
    ck_assert_ptr_nonnull(f);
    for (int i = 0; i < SIGNATURE_WORDS; i++)
        ck_assert_int_eq(fscanf(f, "%8x", &words[i]), 1);
    fclose(f);
}

static void check_random(uint32_t seed)
{
    char path[128];
    uint32_t expected[SIGNATURE_WORDS], signature = 0;
    uint8_t *image;
    size_t bytes;
    make_dir();
    snprintf(path, sizeof(path), "%s/r.S", dir);
    write_program(path, seed);
    run_on_qemu(expected);
    run_command(CC " -nostdlib -T tests/logic/guest/tcm.ld %s -o %s/c.elf", path, dir);
    rig_t *rig = load("c.elf", &image, &bytes);
    run_to_ebreak(rig, SIM_PS_PER_S);
    ck_assert(elf_symbol(image, bytes, "signature", &signature));
    for (uint32_t i = 0; i < SIGNATURE_WORDS; i++)
        ck_assert_msg(rig_word(rig, signature + 4 * i) == expected[i],
                      "seed %u: word %u is 0x%x, QEMU has 0x%x", seed, i,
                      rig_word(rig, signature + 4 * i), expected[i]);
    free(image);
    rig_free(rig);
    drop_dir();
}

START_TEST(random_instructions_leave_what_qemu_leaves)
{
    if (!installed("riscv64-unknown-elf-gcc") || !installed("qemu-system-riscv32")) {
        test_skip("no riscv64-unknown-elf-gcc or no qemu-system-riscv32");
        return;
    }
    for (uint32_t seed = 1; seed <= 5; seed++)
        check_random(seed);
}
END_TEST

TEST_MAIN("logic compiled guests", compiled_c_computes_what_the_host_computes,
          random_instructions_leave_what_qemu_leaves)
