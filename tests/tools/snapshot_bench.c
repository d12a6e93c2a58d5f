/*
 * snapshot_bench.c - what a snapshot of the whole sensor costs: time, memory, size as a file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "tests/tools/snapshot_rig.h"
#include "tools/execution.h"

enum { STEPS = 24 };

static double best(double a, double b)
{
    return a == 0 || b < a ? b : a;
}

/* Every 5 ms through three frames, each sharing pages with the one before. */
static void in_memory(rig_t *rig, sim_snapshot_t *at[STEPS])
{
    double take_s = 0, restore_s = 0, own = 0;
    for (int i = 0; i < STEPS; i++) {
        sim_run_until_ps(rig->sim, (uint64_t)i * 5 * SIM_PS_PER_MS);
        double begin = execution_seconds();
        at[i] = sim_snapshot_take(rig->sim, i > 0 ? at[i - 1] : NULL);
        take_s += execution_seconds() - begin;
        own += (double)sim_snapshot_own_bytes(at[i]);
    }
    for (int i = STEPS; i-- > 0;) {
        double begin = execution_seconds();
        sim_snapshot_restore(rig->sim, at[i]);
        restore_s += execution_seconds() - begin;
    }
    printf("snapshot/take %.2f ms\n", take_s / STEPS * 1e3);
    printf("snapshot/restore %.2f ms\n", restore_s / STEPS * 1e3);
    printf("snapshot/memory %.2f MB\n", own / STEPS / 1e6);
}

static void in_a_file(const sim_snapshot_t *snapshot)
{
    static const char name[] = "build/snapshot_bench.snap";
    const sim_snapshot_of_t of = {"bench", {{NULL, 0}}};
    char error[256];
    struct stat st;
    double save_s = 0, load_s = 0;
    for (int i = 0; i < 5; i++) {
        double begin = execution_seconds();
        if (sim_snapshot_save(snapshot, name, &of, error, sizeof(error)) != SIM_OK)
            return;
        save_s = best(save_s, execution_seconds() - begin);
        begin = execution_seconds();
        sim_snapshot_free(sim_snapshot_load(name, &of, error, sizeof(error)));
        load_s = best(load_s, execution_seconds() - begin);
    }
    if (stat(name, &st) != 0)
        return;
    printf("snapshot/save %.1f ms\n", save_s * 1e3);
    printf("snapshot/load %.1f ms\n", load_s * 1e3);
    printf("snapshot/file %.2f MB\n", (double)st.st_size / 1e6);
    remove(name);
}

int main(void)
{
    sim_snapshot_t *at[STEPS] = {NULL};
    rig_t *rig = rig_new(&(rig_options_t){.threads = 2});
    in_memory(rig, at);
    in_a_file(at[STEPS - 1]);
    for (int i = 0; i < STEPS; i++)
        sim_snapshot_free(at[i]);
    rig_free(rig);
    return 0;
}
