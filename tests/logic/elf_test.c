/*
 * elf_test.c - the ELF loader on a good file, and on every way to spoil it.
 */
#include "logic/elf.h"
#include "tests/logic/elf_make.h"
#include "tests/logic/rig.h"
#include "tests/test.h"

static rig_t *rig;
static uint8_t image[ELF_MAKE_BYTES];
static char error[256];

static sim_err_t load(size_t bytes)
{
    error[0] = '\0';
    return elf_load(&rig->bus, image, bytes, "a.elf", NULL, error, sizeof(error));
}

static void put(size_t at, uint32_t value, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes; i++)
        image[at + i] = (uint8_t)(value >> 8 * i);
}

START_TEST(segments_land_at_their_addresses_and_the_rest_is_zero)
{
    rig = rig_new();
    elf_make(image);
    memset(rig->bus.tcm, 0xee, 32);
    elf_info_t info;
    ck_assert_int_eq(elf_load(&rig->bus, image, sizeof(image), "a.elf", &info, error, 256), SIM_OK);
    ck_assert_uint_eq(info.entry, 0x10000000);
    ck_assert_uint_eq(info.segments, 2);
    ck_assert_uint_eq(info.load_bytes, 20);
    ck_assert_uint_eq(rig_word(rig, 0x10000000), 0x04030201);
    ck_assert_uint_eq(rig_word(rig, 0x10000004), 0x08070605);
    ck_assert_uint_eq(rig_word(rig, 0x10000008), 0);
    ck_assert_uint_eq(rig_word(rig, 0x1000000c), 0);
    ck_assert_uint_eq(rig_word(rig, 0x10000010), 0xeeeeeeee);
    ck_assert_uint_eq(rig_word(rig, 0x04000000), 0x0d0c0b0a);
    rig_free(rig);
}
END_TEST

START_TEST(symbols_are_found_by_name)
{
    uint32_t value = 0;
    elf_make(image);
    ck_assert(elf_symbol(image, sizeof(image), "main", &value));
    ck_assert_uint_eq(value, 0x10000004);
    ck_assert(elf_symbol(image, sizeof(image), "tohost", &value));
    ck_assert_uint_eq(value, 0x10000100);
    ck_assert(!elf_symbol(image, sizeof(image), "mai", &value));
    ck_assert(!elf_symbol(image, sizeof(image), "fromhost", &value));
    ck_assert(!elf_symbol(image, 100, "main", &value));
}
END_TEST

START_TEST(a_message_says_file_byte_found_and_expected)
{
    rig = rig_new();
    elf_make(image);
    put(18, 62, 2); /* x86-64 */
    ck_assert_int_eq(load(sizeof(image)), SIM_EPARSE);
    ck_assert_str_eq(error, "a.elf: byte 18: machine is 0x3e, expected 0xf3");
    elf_make(image);
    put(96, 0x05000000, 4); /* the second segment's address */
    ck_assert_int_eq(load(sizeof(image)), SIM_EPARSE);
    ck_assert_str_eq(error, "a.elf: byte 96: segment for 0x05000000 of 4 bytes, expected within "
                            "ROM, TCM or L2");
    ck_assert_uint_eq(rig_word(rig, 0x10000000), 0); /* nothing was poked */
    rig_free(rig);
}
END_TEST

START_TEST(what_is_not_a_riscv_executable_is_refused)
{
    static const struct {
        uint32_t at, value, bytes;
        const char *message;
    } cases[] = {
        {0, 0x464c4500, 4, "byte 0: magic"},
        {4, 2, 1, "byte 4: class is 0x2, expected 0x1"},
        {5, 2, 1, "byte 5: byte order"},
        {16, 3, 2, "byte 16: type"},
        {20, 0, 4, "byte 20: version"},
        {24, 0x10000001, 4, "byte 24: entry is 0x10000001"},
        {24, 0x04000000, 4, "byte 24: entry"}, /* L2 */
        {28, 0xfffffff0, 4, "the file has only 420 bytes"},
        {36, 0x5, 4, "byte 36: flags are 0x5, expected the ilp32 soft-float ABI"},
        {36, 0x9, 4, "byte 36: flags"}, /* RVE */
        {42, 56, 2, "byte 42: program header size"},
        {44, 0xffff, 2, "the file has only 420 bytes"},
        {56, 0xffffffff, 4, "byte 56: segment at 4294967295 of 8 bytes"},
        {56, 413, 4, "byte 56: segment at 413 of 8 bytes, expected within the file's 420"},
        {64, 0x1000fff1, 4, "byte 64: segment for 0x1000fff1 of 16 bytes"},
        {68, 17, 4, "byte 68: segment of 17 bytes in the file, expected at most its 16"},
        {72, 0xffffffff, 4, "byte 64: segment for 0x10000000 of 4294967295 bytes"},
    };
    rig = rig_new();
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        elf_make(image);
        put(cases[i].at, cases[i].value, cases[i].bytes);
        ck_assert_msg(load(sizeof(image)) == SIM_EPARSE, "case %zu", i);
        ck_assert_msg(strstr(error, cases[i].message) != NULL, "case %zu: \"%s\"", i, error);
    }
    ck_assert_uint_eq(rig_word(rig, 0x10000000), 0);
    rig_free(rig);
}
END_TEST

START_TEST(a_file_cut_anywhere_before_its_segments_end_is_refused)
{
    rig = rig_new();
    elf_make(image);
    for (size_t bytes = 0; bytes < 128; bytes++) {
        uint8_t *exact = malloc(bytes + 1); /* so that the sanitizer sees a step too far */
        memcpy(exact, image, bytes);
        ck_assert_int_eq(elf_load(&rig->bus, exact, bytes, "a.elf", NULL, error, sizeof(error)),
                         SIM_EPARSE);
        free(exact);
    }
    ck_assert_int_eq(load(128), SIM_OK); /* section headers are not needed */
    rig_free(rig);
}
END_TEST

/* Every byte of the file set to a few values: no crash, and errors say something. */
START_TEST(no_single_byte_harms_the_loader)
{
    static const uint8_t values[] = {0, 1, 0x7f, 0x80, 0xff};
    rig = rig_new();
    for (size_t at = 0; at < sizeof(image); at++) {
        for (size_t v = 0; v < SIM_COUNT(values); v++) {
            uint32_t value;
            elf_make(image);
            image[at] = values[v];
            ck_assert((load(sizeof(image)) == SIM_OK) == (error[0] == '\0'));
            elf_symbol(image, sizeof(image), "tohost", &value);
        }
    }
    rig_free(rig);
}
END_TEST

START_TEST(segments_that_are_not_to_be_loaded_are_ignored)
{
    rig = rig_new();
    elf_make(image);
    put(84, 0x70000003, 4); /* PT_RISCV_ATTRIBUTES */
    put(96, 0, 4);
    put(100, 0xffffffff, 4);
    elf_info_t info;
    ck_assert_int_eq(elf_load(&rig->bus, image, sizeof(image), "a.elf", &info, error, 256), SIM_OK);
    ck_assert_uint_eq(info.segments, 1);
    rig_free(rig);
}
END_TEST

START_TEST(a_file_tells_where_it_wants_memory)
{
    elf_segment_t segments[ELF_SEGMENTS];
    uint32_t count;
    elf_make(image);
    put(52 + 8, 0x20000000, 4); /* runs elsewhere than it is loaded */
    put(52 + 24, 6, 4);         /* read, write */
    put(84 + 24, 5, 4);         /* read, execute */
    ck_assert_int_eq(elf_segments(image, sizeof(image), "a.elf", segments, &count, error, 256),
                     SIM_OK);
    ck_assert_uint_eq(count, 2);
    ck_assert_uint_eq(segments[0].vaddr, 0x20000000);
    ck_assert_uint_eq(segments[0].paddr, 0x10000000);
    ck_assert_uint_eq(segments[0].mem_bytes, 16);
    ck_assert(segments[0].writable);
    ck_assert_uint_eq(segments[1].paddr, 0x04000000);
    ck_assert_uint_eq(segments[1].mem_bytes, 4);
    ck_assert(!segments[1].writable);
    put(84, 0, 4); /* PT_NULL */
    elf_segments(image, sizeof(image), "a.elf", segments, &count, error, 256);
    ck_assert_uint_eq(count, 1);
}
END_TEST

START_TEST(more_segments_than_there_is_room_for_are_refused)
{
    static uint8_t many[52 + 66 * 32];
    elf_segment_t segments[ELF_SEGMENTS];
    uint32_t count;
    elf_make(image);
    memcpy(many, image, 52);
    for (int i = 0; i < 66; i++)
        memcpy(many + 52 + 32 * i, image + 52, 32);
    many[44] = 66;
    ck_assert_int_eq(elf_segments(many, sizeof(many), "a.elf", segments, &count, error, 256),
                     SIM_EPARSE);
    ck_assert_str_eq(error, "a.elf: byte 2100: more than 64 segments to load"); /* 52 + 64 * 32 */
    many[44] = 67;
    many[4] = 2;
    ck_assert_int_eq(elf_segments(many, sizeof(many), "a.elf", segments, &count, error, 256),
                     SIM_EPARSE);
    ck_assert_str_eq(error, "a.elf: byte 4: class is 0x2, expected 0x1");
}
END_TEST

TEST_MAIN("logic elf", segments_land_at_their_addresses_and_the_rest_is_zero,
          symbols_are_found_by_name, a_message_says_file_byte_found_and_expected,
          what_is_not_a_riscv_executable_is_refused,
          a_file_cut_anywhere_before_its_segments_end_is_refused, no_single_byte_harms_the_loader,
          segments_that_are_not_to_be_loaded_are_ignored, a_file_tells_where_it_wants_memory,
          more_segments_than_there_is_room_for_are_refused)
