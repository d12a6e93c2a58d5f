/*
 * exec_bench.c - instructions a second of `fovea exec` on work.h at both speeds, and QEMU's with
 * -icount shift=0 on the same file in the same run. Host CPU time, best of three in turn; QEMU's
 * start is measured by a run of no rounds and taken off.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "sim/types.h"
#include "tests/sensor/fovea.h"

#define CC                                                                                         \
    "riscv64-unknown-elf-gcc -march=rv32imac -misa-spec=2.2 -mabi=ilp32 -O2 "                      \
    "--specs=picolibc.specs --crt0=semihost --oslib=semihost "                                     \
    "-Wl,--defsym=__flash=0x80000000,--defsym=__flash_size=0x100000 "                              \
    "-Wl,--defsym=__ram=0x80100000,--defsym=__ram_size=0x100000 tests/tools/guest/work.c"
#define QEMU                                                                                       \
    "qemu-system-riscv32 -M virt -bios none -display none -monitor none -serial none "             \
    "-icount shift=0 -semihosting-config enable=on,target=native,arg=work,arg="
enum { ROUNDS = 15000, REPEATS = 3 };

static char file[64];

static bool shell(const char *fmt, ...) SIM_PRINTF(1, 2);

static bool shell(const char *fmt, ...)
{
    char command[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(command, sizeof(command), fmt, args);
    va_end(args);
    return system(command) == 0;
}

static double children_s(void)
{
    struct rusage use;
    getrusage(RUSAGE_CHILDREN, &use);
    return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
           1e-6 * (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec);
}

/* Millions of instructions a second by our own report; 0 when it failed. */
static double exec_mips(const char *speed, double *instructions)
{
    char text[1024];
    unsigned long long count, cycles;
    double seconds;
    if (fovea(text, sizeof(text), "exec --report --speed %s %s %d", speed, file, ROUNDS) != 0)
        return 0;
    const char *report = strchr(text, '\n');
    if (report == NULL ||
        sscanf(report, "\n%llu instructions, %llu cycles, %lf s", &count, &cycles, &seconds) != 3 ||
        seconds <= 0)
        return 0;
    *instructions = (double)count;
    return *instructions / seconds * 1e-6;
}

static double qemu_s(int rounds)
{
    double start = children_s();
    bool fine = shell("timeout 60 " QEMU "%d -kernel %s </dev/null >/dev/null 2>&1", rounds, file);
    return fine ? children_s() - start : 0;
}

static double better(double a, double b)
{
    return a > b ? a : b;
}

static void measure(bool peer)
{
    double cycle = 0, functional = 0, qemu = 0, instructions = 0;
    for (int i = 0; i < REPEATS; i++) {
        cycle = better(cycle, exec_mips("cycle", &instructions));
        functional = better(functional, exec_mips("functional", &instructions));
        double took = peer ? qemu_s(ROUNDS) - qemu_s(0) : 0;
        qemu = better(qemu, took > 0 ? instructions / took * 1e-6 : 0);
    }
    printf("exec_cycle %.0f MIPS\nexec_functional %.0f MIPS\n", cycle, functional);
    if (qemu > 0)
        printf("qemu_icount %.0f MIPS\nratio_to_qemu_cycle %.2f x\nratio_to_qemu_functional %.2f "
               "x\n",
               qemu, cycle / qemu, functional / qemu);
    else
        puts("QEMU: not installed (qemu-system-misc), no ratio");
}

int main(void)
{
    if (!shell("command -v riscv64-unknown-elf-gcc >/dev/null 2>&1")) {
        puts("exec: no riscv64-unknown-elf-gcc, left out");
        return 0;
    }
    strcpy(file, "/tmp/fovea_work_XXXXXX");
    int fd = mkstemp(file);
    bool built = fd >= 0 && shell(CC " -o %s", file);
    if (built)
        measure(shell("command -v qemu-system-riscv32 >/dev/null 2>&1"));
    remove(file);
    return built ? 0 : 1;
}
