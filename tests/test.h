/*
 * test.h - what every test program needs: Check, a main, and the model folder.
 *
 * A test program is one file tests/AREA/NAME_test.c that ends with
 *     TEST_MAIN("area name", test_a, test_b, ...)
 * A test that cannot run calls test_skip("why") and returns; the runner counts it as skipped.
 */
#ifndef TESTS_TEST_H
#define TESTS_TEST_H

#include <check.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A sanitizer makes a test several times as long. What long random trials and sweeps prove, they
 * prove in the release build; where memory is watched, they do one in TEST_FEWER: the Makefile sets
 * it for CONF=san, to a number without a common factor with widths of vectors and orders of four.
 */
#ifndef TEST_FEWER
#define TEST_FEWER 1
#endif

/* Says so where tests/run.sh sees it. Follow with `return;`. */
#define test_skip(why) (printf("skipped: %s: %s\n", __func__, (why)), fflush(stdout))

/* FOVEA_MODELS or ../shared/models; NULL when there is no such folder. */
static inline const char *test_models_dir(void)
{
    const char *dir = getenv("FOVEA_MODELS");
    if (dir == NULL)
        dir = "../shared/models";
    static char probe[1024];
    snprintf(probe, sizeof(probe), "%s/README.md", dir);
    FILE *f = fopen(probe, "rb");
    if (f == NULL)
        return NULL;
    fclose(f);
    return dir;
}

#ifdef FOVEA_OUT
extern const char *fovea_out;
#endif

/* A program of tests/sensor and tests/tools has a folder FOVEA_OUT (the Makefile names it), which
 * is empty at first. It goes when all tests have passed, unless TEST_KEEP is set: whole runs leave
 * a gigabyte. */
static inline bool test_begin(void)
{
#ifdef FOVEA_OUT
    fovea_out = FOVEA_OUT;
    return system("rm -rf " FOVEA_OUT " && mkdir -p " FOVEA_OUT) == 0;
#else
    return true;
#endif
}

static inline bool test_end(bool passed)
{
#ifdef FOVEA_OUT
    if (passed && getenv("TEST_KEEP") == NULL)
        return system("rm -rf " FOVEA_OUT) == 0;
#endif
    return passed;
}

#define TEST_MAIN(suite_name, ...) TEST_MAIN_AFTER(NULL, suite_name, __VA_ARGS__)

/* The same; prepare runs once, before all tests, and they have what it made. */
#define TEST_MAIN_AFTER(prepare, suite_name, ...)                                                  \
    int main(void)                                                                                 \
    {                                                                                              \
        const TTest *tests[] = {__VA_ARGS__};                                                      \
        Suite *suite = suite_create(suite_name);                                                   \
        TCase *tcase = tcase_create("all");                                                        \
        SFun first = prepare;                                                                      \
        if (!test_begin())                                                                         \
            return EXIT_FAILURE;                                                                   \
        tcase_set_timeout(tcase, 300);                                                             \
        if (first != NULL)                                                                         \
            tcase_add_unchecked_fixture(tcase, first, NULL);                                       \
        for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)                              \
            tcase_add_test(tcase, tests[i]);                                                       \
        suite_add_tcase(suite, tcase);                                                             \
        SRunner *runner = srunner_create(suite);                                                   \
        srunner_run_all(runner, CK_ENV);                                                           \
        int failed = srunner_ntests_failed(runner);                                                \
        srunner_free(runner);                                                                      \
        return test_end(failed == 0) ? EXIT_SUCCESS : EXIT_FAILURE;                                \
    }

#endif
