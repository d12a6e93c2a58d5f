/*
 * gnuplot_test.c - text and paths in a script of gnuplot's: they come out as they went in, and
 * nothing in them is a command.
 */
#include <unistd.h>

#include "sim/file.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tools/gnuplot.h"

#define DIR FOVEA_OUT "/gnu`touch pwned_f`plot"

static char error[1024];

static bool no_gnuplot(void)
{
    bool none = system("command -v gnuplot >/dev/null 2>&1") != 0;
    if (none)
        test_skip("no gnuplot (tools/deps.txt)");
    return none;
}

static FILE *begin(void)
{
    FILE *script = gnuplot_begin(error, sizeof(error));
    ck_assert_msg(script != NULL, "%s", error);
    return script;
}

/* What gnuplot says to `print` and text, less the end of the line. */
static const char *printed(const char *text, void (*put)(FILE *script, const char *text))
{
    static char said[1024];
    FILE *script = begin(), *out = tmpfile();
    ck_assert_ptr_nonnull(out);
    fputs("set encoding utf8\nset print '-'\nprint ", script);
    put(script, text);
    fputc('\n', script);
    ck_assert_msg(gnuplot_run(script, out, error, sizeof(error)), "%s: %s", text, error);
    rewind(out);
    said[fread(said, 1, sizeof(said) - 1, out)] = '\0';
    fclose(out);
    said[strcspn(said, "\n")] = '\0';
    return said;
}

START_TEST(text_comes_out_as_it_went_in)
{
    static const char *const texts[] = {"'; system 'touch pwned_a",
                                        "'quoted'",
                                        "''",
                                        "`touch pwned_b`",
                                        "\"; system \"touch pwned_c",
                                        "a\\",
                                        "\\n\\101\\",
                                        "@a $b {/*9 c}_d^e # f",
                                        "%s%n 5 %",
                                        "\xc2\xb5m, 10\xe2\x81\xb6"};
    char all[128] = "";
    if (no_gnuplot())
        return;
    for (size_t i = 0; i < SIM_COUNT(texts); i++)
        ck_assert_str_eq(printed(texts[i], gnuplot_text), texts[i]);
    for (char c = ' '; c < 0x7f; c++)
        all[c - ' '] = c;
    ck_assert_str_eq(printed(all, gnuplot_text), all);
    ck_assert_str_eq(printed("a\nsystem 'touch pwned_d'", gnuplot_text),
                     "a?system 'touch pwned_d'");
    ck_assert_str_eq(printed("100 % of\r`x`", gnuplot_tick), "100 %% of?`x`");
    ck_assert_int_ne(system("ls | grep -q pwned_"), 0);
}
END_TEST

START_TEST(a_path_is_the_path)
{
    if (no_gnuplot())
        return;
    ck_assert_int_eq(sim_dir_make(FOVEA_OUT, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    FILE *script = begin();
    fputs("set print ", script);
    gnuplot_path(script, DIR, "it's \"a\".txt");
    fputs("\nprint 1\n", script);
    ck_assert_msg(gnuplot_run(script, NULL, error, sizeof(error)), "%s", error);
    ck_assert_int_eq(access(DIR "/it's \"a\".txt", F_OK), 0);
    ck_assert_int_ne(system("ls | grep -q pwned_"), 0);
}
END_TEST

START_TEST(what_fails_is_told)
{
    if (no_gnuplot())
        return;
    FILE *script = begin();
    fputs("exit status 3\n", script);
    ck_assert(!gnuplot_run(script, NULL, error, sizeof(error)));
    ck_assert_str_eq(error, "gnuplot: failed");
    ck_assert_int_eq(setenv("PATH", "/nowhere", 1), 0); /* a test has a process of its own */
    ck_assert(!gnuplot_run(begin(), NULL, error, sizeof(error)));
    ck_assert_str_eq(error, "gnuplot: not found (package gnuplot-nox)");
}
END_TEST

TEST_MAIN("tools gnuplot", text_comes_out_as_it_went_in, a_path_is_the_path, what_fails_is_told)
