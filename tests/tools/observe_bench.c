/*
 * observe_bench.c - instructions a second of `fovea exec` on work.h when the core is watched, and
 * how many times slower that is than when it is not. Host CPU time, best of three.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/types.h"
#include "tests/sensor/fovea.h"

#define CC                                                                                         \
    "riscv64-unknown-elf-gcc -march=rv32imac -misa-spec=2.2 -mabi=ilp32 -O2 -g "                   \
    "--specs=picolibc.specs --crt0=semihost --oslib=semihost tests/tools/guest/work.c -o "
enum { REPEATS = 3 };

static double mips(const char *file, const char *options, int rounds)
{
    char text[1024];
    unsigned long long count, cycles;
    double seconds, best = 0;
    for (int i = 0; i < REPEATS; i++) {
        int code = fovea(text, sizeof(text), "exec --report %s %s %d", options, file, rounds);
        const char *report = strchr(text, '\n');
        if (code != 0 || report == NULL ||
            sscanf(report, "\n%llu instructions, %llu cycles, %lf s", &count, &cycles, &seconds) !=
                3 ||
            seconds <= 0)
            return 0;
        double now = (double)count / seconds * 1e-6;
        best = now > best ? now : best;
    }
    return best;
}

static void measure(const char *file)
{
    static const struct {
        const char *name, *options;
        int rounds;
    } ways[] = {
        {"watched_traps_registers", "--trace-core /dev/null --trace-events trap,regs", 3000},
        {"watched_coverage", "--coverage /dev/null", 500},
        {"watched_accesses", "--access-report /dev/null", 500},
        {"watched_profile", "--profile /dev/null", 500},
        {"watched_trace", "--trace-core /dev/null", 20},
    };
    double plain = mips(file, "", 3000);
    printf("unwatched %.0f MIPS\n", plain);
    for (size_t i = 0; i < SIM_COUNT(ways); i++) {
        double watched = mips(file, ways[i].options, ways[i].rounds);
        printf("%s %.2f MIPS\n%s_slower %.1f x\n", ways[i].name, watched, ways[i].name,
               watched > 0 ? plain / watched : 0);
    }
}

int main(void)
{
    char file[] = "/tmp/fovea_watch_XXXXXX", command[512];
    int fd = mkstemp(file);
    if (fd < 0)
        return 1;
    close(fd);
    snprintf(command, sizeof(command), CC "%s 2>/dev/null", file);
    if (system(command) == 0)
        measure(file);
    else
        puts("observe: no riscv64-unknown-elf-gcc with picolibc, left out");
    remove(file);
    return 0;
}
