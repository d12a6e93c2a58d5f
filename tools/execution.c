#include "tools/execution.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/cpu.h"

static bool choose_simd(const cli_t *cli, const char *name)
{
    for (int level = 0; level < SIM_SIMD_LEVELS; level++)
        if (strcmp(name, sim_simd_name((sim_simd_t)level)) == 0) {
            if (sim_simd_force((sim_simd_t)level))
                return true;
            fprintf(stderr, "fovea %s: --simd: this machine has no %s\n", cli->name, name);
            return false;
        }
    fprintf(stderr, "fovea %s: --simd: '%s' is none of scalar, avx2, avx512, amx\n", cli->name,
            name);
    return false;
}

bool execution_options(const cli_t *cli, const char *threads, const char *simd, uint32_t *count)
{
    uint64_t number = 0;
    if (threads != NULL && !cli_u64(cli, "threads", threads, 1, 64, &number))
        return false;
    *count = (uint32_t)number;
    return simd == NULL || choose_simd(cli, simd);
}

double execution_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

uint64_t execution_shuffle(void)
{
    const char *text = getenv("SIM_SHUFFLE");
    return text != NULL ? strtoull(text, NULL, 0) : 0;
}
