/*
 * file_test.c - whole files in; files out only when complete.
 */
#include "sim/file.h"
#include "tests/test.h"

#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/fovea_file_XXXXXX";
static char error[256];

/* A path in a fresh folder; valid until the next call but three. */
static const char *in_dir(const char *name)
{
    static char paths[4][256];
    static int next;
    next = (next + 1) % 4;
    snprintf(paths[next], sizeof(paths[next]), "%s/%s", dir, name);
    return paths[next];
}

static void set_up(void)
{
    memcpy(dir + sizeof(dir) - 7, "XXXXXX", 6);
    ck_assert_ptr_nonnull(mkdtemp(dir));
    error[0] = '\0';
}

static bool exists(const char *file)
{
    struct stat st;
    return lstat(file, &st) == 0;
}

/* "DIR/name: what" */
static void expect_error(const char *name, const char *what)
{
    char want[256];
    snprintf(want, sizeof(want), "%s/%s: %s", dir, name, what);
    ck_assert_str_eq(error, want);
}

START_TEST(a_file_appears_only_when_it_is_committed)
{
    set_up();
    FILE *stream = sim_file_create(in_dir("a.txt"), error, sizeof(error));
    ck_assert_ptr_nonnull(stream);
    fputs("hello", stream);
    ck_assert(exists(in_dir("a.txt.part")));
    ck_assert(!exists(in_dir("a.txt")));
    ck_assert_int_eq(sim_file_commit(stream, in_dir("a.txt"), error, sizeof(error)), SIM_OK);
    ck_assert(!exists(in_dir("a.txt.part")));
    size_t bytes = 0;
    uint8_t *data = sim_file_read(in_dir("a.txt"), 5, &bytes, error, sizeof(error));
    ck_assert_uint_eq(bytes, 5);
    ck_assert_str_eq((char *)data, "hello"); /* a 0 byte follows */
    free(data);
    unlink(in_dir("a.txt"));
    rmdir(dir);
}
END_TEST

START_TEST(an_abandoned_file_leaves_the_old_one_and_no_part)
{
    set_up();
    ck_assert_int_eq(sim_file_write(in_dir("a"), "old", 3, error, sizeof(error)), SIM_OK);
    FILE *stream = sim_file_create(in_dir("a"), error, sizeof(error));
    fputs("new and long", stream);
    sim_file_abandon(stream, in_dir("a"));
    ck_assert(!exists(in_dir("a.part")));
    size_t bytes = 0;
    uint8_t *data = sim_file_read(in_dir("a"), 100, &bytes, error, sizeof(error));
    ck_assert_str_eq((char *)data, "old");
    free(data);
    unlink(in_dir("a"));
    rmdir(dir);
}
END_TEST

START_TEST(a_full_disk_is_reported_and_leaves_nothing)
{
    set_up();
    for (size_t bytes = 10; bytes <= 100000; bytes *= 10000) { /* seen at flush, at write */
        char *data = calloc(1, bytes);
        ck_assert_int_eq(symlink("/dev/full", in_dir("a.part")), 0);
        ck_assert_int_eq(sim_file_write(in_dir("a"), data, bytes, error, sizeof(error)), SIM_EFILE);
        expect_error("a", "No space left on device");
        ck_assert(!exists(in_dir("a.part")));
        ck_assert(!exists(in_dir("a")));
        free(data);
    }
    rmdir(dir);
}
END_TEST

START_TEST(what_is_no_regular_file_is_written_as_it_is)
{
    char target[8] = "";
    size_t bytes = 0;
    set_up();
    ck_assert_int_eq(symlink("b", in_dir("a")), 0);
    ck_assert_int_eq(sim_file_write(in_dir("a"), "new", 3, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(readlink(in_dir("a"), target, sizeof(target)), 1);
    uint8_t *data = sim_file_read(in_dir("b"), 100, &bytes, error, sizeof(error));
    ck_assert_str_eq((char *)data, "new");
    free(data);
    unlink(in_dir("a"));
    ck_assert_int_eq(symlink("/dev/full", in_dir("a")), 0);
    ck_assert_int_eq(sim_file_write(in_dir("a"), "new", 3, error, sizeof(error)), SIM_EFILE);
    expect_error("a", "No space left on device");
    ck_assert(exists(in_dir("a")));
    ck_assert(!exists(in_dir("a.part")));
    unlink(in_dir("a"));
    unlink(in_dir("b"));
    rmdir(dir);
}
END_TEST

START_TEST(what_cannot_be_opened_is_named_with_the_reason)
{
    set_up();
    size_t bytes = 0;
    ck_assert_ptr_null(sim_file_read(in_dir("none"), 10, &bytes, error, sizeof(error)));
    expect_error("none", "No such file or directory");
    ck_assert_ptr_null(sim_file_read(in_dir("."), 10, &bytes, error, sizeof(error)));
    expect_error(".", "Is a directory");
    ck_assert_ptr_null(sim_file_create(in_dir("none/a"), error, sizeof(error)));
    expect_error("none/a", "No such file or directory");
    char long_name[5000];
    memset(long_name, 'x', sizeof(long_name));
    long_name[4999] = '\0';
    ck_assert_ptr_null(sim_file_create(long_name, error, sizeof(error)));
    rmdir(dir);
}
END_TEST

START_TEST(a_file_that_is_too_large_is_refused)
{
    set_up();
    static char data[300000];
    sim_file_write(in_dir("a"), data, sizeof(data), error, sizeof(error));
    size_t bytes = 0;
    ck_assert_ptr_null(sim_file_read(in_dir("a"), 299999, &bytes, error, sizeof(error)));
    expect_error("a", "larger than 299999 bytes");
    uint8_t *all = sim_file_read(in_dir("a"), 300000, &bytes, error, sizeof(error));
    ck_assert_ptr_nonnull(all);
    ck_assert_uint_eq(bytes, 300000);
    free(all);
    unlink(in_dir("a"));
    rmdir(dir);
}
END_TEST

START_TEST(an_empty_file_is_read_as_no_bytes)
{
    set_up();
    ck_assert_int_eq(sim_file_write(in_dir("a"), "", 0, error, sizeof(error)), SIM_OK);
    size_t bytes = 7;
    uint8_t *data = sim_file_read(in_dir("a"), 0, &bytes, error, sizeof(error));
    ck_assert_ptr_nonnull(data);
    ck_assert_uint_eq(bytes, 0);
    free(data);
    unlink(in_dir("a"));
    rmdir(dir);
}
END_TEST

START_TEST(folders_are_made_with_their_parents)
{
    set_up();
    ck_assert_int_eq(sim_dir_make(in_dir("x/y//z/"), error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(sim_dir_make(in_dir("x/y/z"), error, sizeof(error)), SIM_OK); /* there */
    ck_assert(exists(in_dir("x/y/z")));
    sim_file_write(in_dir("x/f"), "", 0, error, sizeof(error));
    ck_assert_int_eq(sim_dir_make(in_dir("x/f/g"), error, sizeof(error)), SIM_EFILE);
    expect_error("x/f", "Not a directory");
    ck_assert_int_eq(sim_dir_make("", error, sizeof(error)), SIM_EFILE);
    unlink(in_dir("x/f"));
    rmdir(in_dir("x/y/z"));
    rmdir(in_dir("x/y"));
    rmdir(in_dir("x"));
    rmdir(dir);
}
END_TEST

START_TEST(a_name_ends_as_it_does)
{
    ck_assert(sim_file_ends("a/b.png", ".png"));
    ck_assert(sim_file_ends(".png", ".png"));
    ck_assert(!sim_file_ends("png", ".png"));
    ck_assert(!sim_file_ends("a.png.part", ".png"));
    ck_assert(!sim_file_ends("a.PNG", ".png"));
}
END_TEST

TEST_MAIN("sim file", a_file_appears_only_when_it_is_committed,
          an_abandoned_file_leaves_the_old_one_and_no_part,
          a_full_disk_is_reported_and_leaves_nothing, what_is_no_regular_file_is_written_as_it_is,
          what_cannot_be_opened_is_named_with_the_reason, a_file_that_is_too_large_is_refused,
          an_empty_file_is_read_as_no_bytes, folders_are_made_with_their_parents,
          a_name_ends_as_it_does)
