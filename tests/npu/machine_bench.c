/*
 * machine_bench.c - what a MobileNetV1 1.0/224 run of the machine costs the host, and what share
 * of it are the hazard checks; the memory of npu_port.h, one thread.
 */
#include <time.h>

#include "npu/compiler/compile.h"
#include "tests/npu/golden_file.h"
#include "tests/npu/golden_machine.h"
#include "tests/test.h"

enum { RUNS = 15 };

static double thread_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double run_seconds(golden_machine_t *m, bool unchecked)
{
    m->npu.unchecked = unchecked;
    double start = thread_seconds();
    ck_assert_uint_eq(golden_machine_try(m), 0);
    return thread_seconds() - start;
}

static double smaller(double a, double b)
{
    return a < b ? a : b;
}

START_TEST(mobilenet)
{
    const npu_compile_options_t options = {.rounding = NPU_ROUND_DOUBLE};
    npu_desc_t desc = npu_desc_default();
    npu_graph_t graph;
    npu_prog_t prog;
    golden_machine_t m;
    char error[256];
    golden_load_model(&graph, test_models_dir(), "mobilenet_v1_1.0_224_quant");
    double compile = 1e9;
    for (int i = 0; i < RUNS; i++) {
        double start = thread_seconds();
        ck_assert_msg(npu_compile(&graph, &desc, &options, &prog, NULL, error, sizeof(error)) ==
                          SIM_OK,
                      "%s", error);
        compile = smaller(compile, thread_seconds() - start);
        if (i + 1 < RUNS)
            npu_prog_free(&prog);
    }
    printf("compile_mobilenet_v1 %.3f ms\n", compile * 1e3);
    golden_machine_init(&m, &desc, &prog);
    m.npu.on_insn = NULL;
    double with = 1e9, without = 1e9;
    for (int i = 0; i < RUNS; i++) { /* in turns, so that a slow moment of the host hits both */
        with = smaller(with, run_seconds(&m, false));
        without = smaller(without, run_seconds(&m, true));
    }
    printf("machine_mobilenet_v1 %.3f ms\n", with * 1e3);
    printf("machine_hazard_checks %.2f %% of it (%.3f ms without)\n", 100 * (with - without) / with,
           without * 1e3);
    golden_machine_free(&m);
    npu_prog_free(&prog);
    npu_graph_free(&graph);
}
END_TEST

/* golden_machine.c asserts with Check, so this is a suite of one, in this process. */
int main(void)
{
    if (test_models_dir() == NULL) {
        printf("machine_bench: no models, left out\n");
        return EXIT_SUCCESS;
    }
    Suite *suite = suite_create("machine");
    TCase *tcase = tcase_create("bench");
    tcase_add_test(tcase, mobilenet);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_SILENT);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
