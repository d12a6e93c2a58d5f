/*
 * semihost_test.c - semihosting operation by operation, against "Semihosting for AArch32 and
 * AArch64", release 2.0; and what a hostile program may try.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "sim/rng.h"
#include "tests/test.h"
#include "tests/tools/semihost_rig.h"

#define FAILED 0xffffffffu
#define BLOCK (RIG_RAM + 0x100)
#define NAME (RIG_RAM + 0x200)
#define DATA (RIG_RAM + 0x1000)
enum { OPEN_R = 0, OPEN_RPLUS = 2, OPEN_W = 4, OPEN_WPLUS = 6, OPEN_A = 8 };
enum {
    NEWLIB_ENOENT = 2,
    NEWLIB_EBADF = 9,
    NEWLIB_EACCES = 13,
    NEWLIB_EFAULT = 14,
    NEWLIB_EISDIR = 21,
    NEWLIB_EINVAL = 22,
    NEWLIB_EMFILE = 24,
    NEWLIB_ESPIPE = 29,
    NEWLIB_ENOSYS = 88,
    NEWLIB_ENAMETOOLONG = 91,
    NEWLIB_ELOOP = 92
};

static semihost_rig_t rig;

static void set_up(void)
{
    ck_assert(semihost_rig_init(&rig));
}

static void poke_word(uint32_t addr, uint32_t value)
{
    for (uint32_t i = 0; i < 4; i++)
        rig.bus.tcm[addr - RIG_RAM + i] = (uint8_t)(value >> 8 * i);
}

static uint32_t word_at(uint32_t addr)
{
    const uint8_t *b = rig.bus.tcm + (addr - RIG_RAM);
    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static void poke_text(uint32_t addr, const char *text)
{
    strcpy((char *)rig.bus.tcm + (addr - RIG_RAM), text);
}

static const char *text_at(uint32_t addr)
{
    return (const char *)rig.bus.tcm + (addr - RIG_RAM);
}

/* An operation with a block of up to four words. */
static uint32_t call(uint32_t operation, uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    poke_word(BLOCK, a);
    poke_word(BLOCK + 4, b);
    poke_word(BLOCK + 8, c);
    poke_word(BLOCK + 12, d);
    return semihost_call(&rig.semihost, operation, BLOCK, 0);
}

static uint32_t error_number(void)
{
    return semihost_call(&rig.semihost, 0x13, 0, 0);
}

static uint32_t open_file(const char *name, uint32_t mode)
{
    poke_text(NAME, name);
    return call(0x01, NAME, mode, (uint32_t)strlen(name), 0);
}

static void refuses(const char *name, uint32_t mode, uint32_t number)
{
    ck_assert_msg(open_file(name, mode) == FAILED, "%s", name);
    ck_assert_msg(error_number() == number, "%s: errno %u, expected %u", name, error_number(),
                  number);
}

static uint32_t write_text(uint32_t handle, const char *text)
{
    poke_text(DATA, text);
    return call(0x05, handle, DATA, (uint32_t)strlen(text), 0);
}

static void holds(FILE *file, const char *expected)
{
    char text[256];
    rewind(file);
    size_t bytes = fread(text, 1, sizeof(text) - 1, file);
    text[bytes] = '\0';
    ck_assert_str_eq(text, expected);
}

START_TEST(console_streams_are_tt_in_three_modes_and_handles_0_to_2)
{
    set_up();
    fputs("typed", rig.semihost.in);
    rewind(rig.semihost.in);
    uint32_t in = open_file(":tt", OPEN_R), out = open_file(":tt", OPEN_W);
    uint32_t err = open_file(":tt", OPEN_A);
    ck_assert(in > 2 && out > 2 && err > 2 && in != out && out != err);
    ck_assert_uint_eq(write_text(out, "o"), 0);
    ck_assert_uint_eq(write_text(err, "e"), 0);
    ck_assert_uint_eq(write_text(1, "O"), 0);
    ck_assert_uint_eq(write_text(2, "E"), 0);
    ck_assert_uint_eq(call(0x06, in, DATA, 2, 0), 0);
    ck_assert_uint_eq(call(0x06, 0, DATA + 2, 9, 0), 6); /* 3 of 9 are left to read */
    ck_assert_int_eq(memcmp(text_at(DATA), "typed", 5), 0);
    for (uint32_t handle = 0; handle < 3; handle++)
        ck_assert_uint_eq(call(0x09, handle, 0, 0, 0), 1);
    ck_assert_uint_eq(call(0x09, err, 0, 0, 0), 1);
    ck_assert_uint_eq(call(0x0c, out, 0, 0, 0), FAILED); /* no length */
    ck_assert_uint_eq(error_number(), NEWLIB_ESPIPE);
    ck_assert_uint_eq(write_text(in, "abc"), 3);
    ck_assert_uint_eq(error_number(), NEWLIB_EBADF);
    ck_assert_uint_eq(call(0x06, out, DATA, 7, 0), 7);
    holds(rig.semihost.out, "oO");
    holds(rig.semihost.err, "eE");
    semihost_rig_free(&rig);
}
END_TEST

START_TEST(characters_and_strings_go_to_the_console)
{
    set_up();
    poke_text(DATA, "xyz");
    semihost_call(&rig.semihost, 0x03, DATA + 1, 0);
    semihost_call(&rig.semihost, 0x04, DATA, 0);
    fputs("A", rig.semihost.in);
    rewind(rig.semihost.in);
    ck_assert_uint_eq(semihost_call(&rig.semihost, 0x07, 0, 0), 'A');
    ck_assert_uint_eq(semihost_call(&rig.semihost, 0x07, 0, 0), FAILED);
    holds(rig.semihost.out, "yxyz");
    semihost_rig_free(&rig);
}
END_TEST

START_TEST(a_file_is_written_sought_measured_read_renamed_and_removed)
{
    set_up();
    uint32_t file = open_file("a.bin", OPEN_WPLUS);
    ck_assert_uint_ne(file, FAILED);
    ck_assert_uint_eq(write_text(file, "0123456789"), 0);
    ck_assert_uint_eq(call(0x0c, file, 0, 0, 0), 10);
    ck_assert_uint_eq(call(0x09, file, 0, 0, 0), 0);
    ck_assert_uint_eq(call(0x0a, file, 4, 0, 0), 0);
    ck_assert_uint_eq(call(0x06, file, DATA, 3, 0), 0);
    ck_assert_int_eq(memcmp(text_at(DATA), "456", 3), 0);
    ck_assert_uint_eq(call(0x06, file, DATA, 8, 0), 5); /* 3 of 8 were left */
    ck_assert_uint_eq(call(0x06, file, DATA, 8, 0), 8); /* the end */
    ck_assert_uint_eq(call(0x02, file, 0, 0, 0), 0);
    ck_assert_uint_eq(call(0x02, file, 0, 0, 0), FAILED);
    ck_assert_uint_eq(error_number(), NEWLIB_EBADF);
    file = open_file("a.bin", OPEN_A);
    ck_assert_uint_eq(write_text(file, "ab"), 0);
    ck_assert_uint_eq(call(0x0c, file, 0, 0, 0), 12);
    call(0x02, file, 0, 0, 0);
    poke_text(NAME, "a.bin");
    poke_text(NAME + 64, "b.bin");
    ck_assert_uint_eq(call(0x0f, NAME, 5, NAME + 64, 5), 0);
    refuses("a.bin", OPEN_R, NEWLIB_ENOENT);
    poke_text(NAME, "b.bin");
    ck_assert_uint_eq(call(0x0e, NAME, 5, 0, 0), 0);
    ck_assert_uint_ne(call(0x0e, NAME, 5, 0, 0), 0);
    ck_assert_uint_eq(error_number(), NEWLIB_ENOENT);
    semihost_rig_free(&rig);
}
END_TEST

START_TEST(opening_to_write_empties_a_file_and_to_update_keeps_it)
{
    set_up();
    uint32_t file = open_file("a", OPEN_W);
    write_text(file, "12345");
    ck_assert_uint_eq(call(0x06, file, DATA, 1, 0), 1); /* not for reading */
    ck_assert_uint_eq(error_number(), NEWLIB_EBADF);
    call(0x02, file, 0, 0, 0);
    file = open_file("a", OPEN_RPLUS);
    ck_assert_uint_eq(call(0x0c, file, 0, 0, 0), 5);
    call(0x02, file, 0, 0, 0);
    file = open_file("a", OPEN_W);
    ck_assert_uint_eq(call(0x0c, file, 0, 0, 0), 0);
    refuses("a", 12, NEWLIB_EINVAL);
    semihost_rig_free(&rig);
}
END_TEST

START_TEST(nothing_outside_of_the_folder_can_be_reached)
{
    char path[128];
    set_up();
    snprintf(path, sizeof(path), "%s/sub", rig.folder);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    snprintf(path, sizeof(path), "%s/file_link", rig.folder);
    ck_assert_int_eq(symlink("/etc/passwd", path), 0);
    snprintf(path, sizeof(path), "%s/folder_link", rig.folder);
    ck_assert_int_eq(symlink("/etc", path), 0);
    snprintf(path, sizeof(path), "%s/pipe", rig.folder);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    refuses("/etc/passwd", OPEN_R, NEWLIB_EACCES);
    refuses("../x", OPEN_W, NEWLIB_EACCES);
    refuses("sub/../../x", OPEN_W, NEWLIB_EACCES);
    refuses("sub/..", OPEN_R, NEWLIB_EACCES);
    refuses("file_link", OPEN_R, NEWLIB_ELOOP);
    refuses("file_link", OPEN_W, NEWLIB_ELOOP);
    refuses("sub", OPEN_R, NEWLIB_EISDIR);
    refuses("sub/", OPEN_R, NEWLIB_EISDIR);
    refuses(".", OPEN_R, NEWLIB_EISDIR);
    refuses("pipe", OPEN_R, NEWLIB_EACCES);
    ck_assert_uint_eq(open_file("folder_link/passwd", OPEN_R), FAILED);
    poke_text(NAME, "sub/../../y");
    ck_assert_uint_ne(call(0x0e, NAME, 11, 0, 0), 0);
    poke_text(NAME + 64, "../z");
    poke_text(NAME, "file_link");
    ck_assert_uint_ne(call(0x0f, NAME, 9, NAME + 64, 4), 0);
    ck_assert_uint_eq(error_number(), NEWLIB_EACCES);
    ck_assert_uint_ne(open_file("sub//./x", OPEN_W), FAILED);
    semihost_rig_free(&rig);
}
END_TEST

START_TEST(without_a_folder_every_file_is_refused)
{
    set_up();
    int folder = rig.semihost.folder;
    rig.semihost.folder = -1;
    refuses("a", OPEN_W, NEWLIB_EACCES);
    poke_text(NAME, "a");
    ck_assert_uint_ne(call(0x0e, NAME, 1, 0, 0), 0);
    ck_assert_uint_ne(open_file(":tt", OPEN_W), FAILED);
    rig.semihost.folder = folder;
    semihost_rig_free(&rig);
}
END_TEST

START_TEST(features_name_exit_extended_and_stderr)
{
    set_up();
    uint32_t file = open_file(":semihosting-features", OPEN_R), again;
    ck_assert_uint_ne(file, FAILED);
    again = open_file(":semihosting-features", 1);
    ck_assert_uint_eq(call(0x0c, file, 0, 0, 0), 5);
    ck_assert_uint_eq(call(0x09, file, 0, 0, 0), 0);
    ck_assert_uint_eq(call(0x06, file, DATA, 4, 0), 0);
    ck_assert_int_eq(memcmp(text_at(DATA), "SHFB", 4), 0);
    ck_assert_uint_eq(call(0x06, file, DATA, 4, 0), 3);
    ck_assert_uint_eq(rig.bus.tcm[DATA - RIG_RAM], 3);
    ck_assert_uint_eq(call(0x06, file, DATA, 4, 0), 4);
    ck_assert_uint_eq(call(0x0a, again, 4, 0, 0), 0);
    ck_assert_uint_eq(call(0x06, again, DATA, 1, 0), 0);
    ck_assert_uint_eq(call(0x0a, again, 6, 0, 0), FAILED);
    ck_assert_uint_eq(open_file(":semihosting-features", OPEN_W), FAILED);
    semihost_rig_free(&rig);
}
END_TEST

START_TEST(time_is_made_of_cycles)
{
    set_up(); /* 1 MHz */
    ck_assert_uint_eq(semihost_call(&rig.semihost, 0x31, 0, 0), 1000000);
    ck_assert_uint_eq(semihost_call(&rig.semihost, 0x10, 0, 2019999), 201);
    ck_assert_uint_eq(semihost_call(&rig.semihost, 0x11, 0, 7999999), 7);
    ck_assert_uint_eq(semihost_call(&rig.semihost, 0x30, DATA, UINT64_C(0x123456789a)), 0);
    ck_assert_uint_eq(word_at(DATA), 0x3456789a);
    ck_assert_uint_eq(word_at(DATA + 4), 0x12);
    semihost_rig_free(&rig);
}
END_TEST

START_TEST(the_command_line_must_fit_its_buffer)
{
    set_up();
    ck_assert_uint_eq(call(0x15, DATA, 8, 0, 0), FAILED); /* "prog one" and its 0 need 9 */
    ck_assert_uint_eq(call(0x15, DATA, 9, 0, 0), 0);
    ck_assert_uint_eq(word_at(BLOCK + 4), 8);
    ck_assert_str_eq(text_at(DATA), "prog one");
    semihost_rig_free(&rig);
}
END_TEST

START_TEST(heap_and_stack_lie_behind_the_program)
{
    set_up(); /* free from 0x80008001; RAM ends at 0x80010000 */
    poke_word(BLOCK, DATA);
    semihost_call(&rig.semihost, 0x16, BLOCK, 0);
    ck_assert_uint_eq(word_at(DATA), 0x80008010);
    ck_assert_uint_eq(word_at(DATA + 8), 0x8000fff0);
    /* 0x7fe0 bytes between them, 0x7fe of 16; 7/8 are 0x6fe4, down to a multiple of 16 */
    ck_assert_uint_eq(word_at(DATA + 4), 0x8000eff0);
    ck_assert_uint_eq(word_at(DATA + 12), 0x8000eff0);
    rig.semihost.memory_free = rig.semihost.memory_end; /* no room at all */
    semihost_call(&rig.semihost, 0x16, BLOCK, 0);
    for (uint32_t i = 0; i < 4; i++)
        ck_assert_uint_eq(word_at(DATA + 4 * i), 0x8000fff0);
    semihost_rig_free(&rig);
}
END_TEST

START_TEST(a_program_ends_with_its_code_or_1_for_other_reasons)
{
    set_up();
    semihost_call(&rig.semihost, 0x18, 0x20026, 0);
    ck_assert(rig.ended);
    ck_assert_uint_eq(rig.code, 0);
    semihost_call(&rig.semihost, 0x18, 0x20023, 0);
    ck_assert_uint_eq(rig.code, 1);
    call(0x20, 0x20026, 42, 0, 0);
    ck_assert_uint_eq(rig.code, 42);
    call(0x20, 0x20024, 42, 0, 0);
    ck_assert_uint_eq(rig.code, 1);
    semihost_rig_free(&rig);
}
END_TEST

START_TEST(commands_of_the_host_and_unknown_operations_are_refused)
{
    set_up();
    poke_text(NAME, "touch /tmp/never");
    ck_assert_uint_eq(call(0x12, NAME, 16, 0, 0), FAILED);
    ck_assert_uint_eq(error_number(), NEWLIB_ENOSYS);
    ck_assert_uint_eq(call(0x0d, NAME, 1, 64, 0), FAILED);
    ck_assert_uint_eq(call(0x100, 0, 0, 0, 0), FAILED);
    ck_assert_uint_eq(call(0x08, 5, 0, 0, 0), 0);
    ck_assert_uint_ne(call(0x08, FAILED, 0, 0, 0), 0);
    semihost_rig_free(&rig);
}
END_TEST

START_TEST(what_is_no_memory_of_the_program_is_refused)
{
    set_up();
    uint32_t file = open_file("a", OPEN_WPLUS);
    ck_assert_uint_eq(call(0x05, file, RIG_RAM, FAILED, 0), FAILED);
    ck_assert_uint_eq(error_number(), NEWLIB_EFAULT);
    ck_assert_uint_eq(call(0x05, file, RIG_RAM + RIG_RAM_BYTES - 4, 5, 0), 5);
    ck_assert_uint_eq(call(0x05, file, RIG_RAM + RIG_RAM_BYTES - 4, 4, 0), 0);
    ck_assert_uint_eq(call(0x06, file, RIG_ROM, 4, 0), 4); /* ROM is not written */
    ck_assert_uint_eq(error_number(), NEWLIB_EFAULT);
    ck_assert_uint_eq(call(0x05, file, RIG_ROM, RIG_ROM_BYTES, 0), 0);
    ck_assert_uint_eq(call(0x05, file, 0x40008000, 4, 0), 4);
    ck_assert_uint_eq(semihost_call(&rig.semihost, 0x01, RIG_RAM + RIG_RAM_BYTES - 8, 0), FAILED);
    ck_assert_uint_eq(semihost_call(&rig.semihost, 0x30, RIG_ROM, 0), FAILED);
    ck_assert_uint_eq(semihost_call(&rig.semihost, 0x15, RIG_ROM, 0), FAILED);
    ck_assert_uint_eq(semihost_call(&rig.semihost, 0x16, 2, 0), FAILED);
    memset(rig.bus.tcm + 0x8000, 'x', RIG_RAM_BYTES - 0x8000); /* a string without an end */
    ck_assert_uint_eq(semihost_call(&rig.semihost, 0x04, RIG_RAM + 0xff00, 0), FAILED);
    ck_assert_uint_eq(call(0x01, RIG_RAM + 0xff00, 0, 0x100, 0), FAILED);
    ck_assert_uint_eq(error_number(), NEWLIB_EFAULT);
    ck_assert_uint_eq(call(0x01, RIG_RAM + 0x8000, 0, 0x7fff, 0), FAILED);
    ck_assert_uint_eq(error_number(), NEWLIB_ENAMETOOLONG);
    ck_assert_uint_eq(call(0x01, RIG_RAM + 0x8000, 0, 0x10, 0), FAILED); /* no 0 behind it */
    ck_assert_uint_eq(error_number(), NEWLIB_EINVAL);
    semihost_rig_free(&rig);
}
END_TEST

START_TEST(handles_run_out_and_come_back)
{
    set_up();
    uint32_t opened = 0, last = 0;
    for (uint32_t handle; (handle = open_file("a", OPEN_W)) != FAILED; opened++)
        last = handle;
    ck_assert_uint_eq(opened, SEMIHOST_HANDLES - 3);
    ck_assert_uint_eq(error_number(), NEWLIB_EMFILE);
    call(0x02, last, 0, 0, 0);
    ck_assert_uint_eq(open_file("a", OPEN_R), last);
    semihost_rig_free(&rig);
}
END_TEST

START_TEST(random_calls_never_leave_memory_or_folder)
{
    static const uint32_t places[] = {0,       RIG_RAM,         RIG_RAM + 0x100, RIG_RAM + 0xfffc,
                                      RIG_ROM, RIG_ROM + 0xff0, 0x40008000,      0xfffffffc};
    set_up();
    sim_stream_t s = sim_stream(7, 1, 0);
    for (uint32_t i = 0; i < 20000; i++) {
        for (uint32_t word = 0; word < 16; word++) {
            uint32_t any = sim_stream_u32(&s), kind = any % 4;
            poke_word(RIG_RAM + 0x100 + 4 * word, kind == 0   ? places[any / 4 % 8]
                                                  : kind == 1 ? any / 4 % 70
                                                  : kind == 2 ? sim_stream_u32(&s)
                                                              : 0 - any / 4 % 70);
        }
        semihost_call(&rig.semihost, sim_stream_below(&s, 0x34),
                      places[sim_stream_below(&s, 8)] + 4 * sim_stream_below(&s, 2), i);
    }
    ck_assert_uint_eq(rig.bus.faults, 0); /* nothing but memory was touched */
    semihost_rig_free(&rig);
}
END_TEST

TEST_MAIN("tools semihosting", console_streams_are_tt_in_three_modes_and_handles_0_to_2,
          characters_and_strings_go_to_the_console,
          a_file_is_written_sought_measured_read_renamed_and_removed,
          opening_to_write_empties_a_file_and_to_update_keeps_it,
          nothing_outside_of_the_folder_can_be_reached, without_a_folder_every_file_is_refused,
          features_name_exit_extended_and_stderr, time_is_made_of_cycles,
          the_command_line_must_fit_its_buffer, heap_and_stack_lie_behind_the_program,
          a_program_ends_with_its_code_or_1_for_other_reasons,
          commands_of_the_host_and_unknown_operations_are_refused,
          what_is_no_memory_of_the_program_is_refused, handles_run_out_and_come_back,
          random_calls_never_leave_memory_or_folder)
