/*
 * download_stream_test.c - the host's stream, word by word, and what makes it stop.
 */
#include "firmware/include/download_stream.h"
#include "tests/test.h"

enum { BODY = 0x100 + 8, BLOCK = 32 + BODY + 64 }; /* a header and two words of firmware */

static download_stream_t s;
static uint32_t stream[BLOCK / 4], stored[2], stores;

static void store(void *ctx, uint32_t addr, uint32_t word)
{
    (void)ctx;
    ck_assert_uint_eq(addr, 0x10000100 + 4 * stores);
    stored[stores++] = word;
}

/* One block; its words are in memory as the host sends them, low byte first. */
static void make(void)
{
    uint32_t *header = stream + 8, *segment = header + BOOT_HEAD_WORDS;
    memset(stream, 0, sizeof(stream));
    memcpy(stream, "9464\0\0\1\x28", 8); /* 32 + 264 */
    memcpy(stream + BLOCK / 4 - 1, "3695", 4);
    header[BOOT_MAGIC_W] = BOOT_MAGIC;
    header[BOOT_VERSION_W] = BOOT_VERSION;
    header[BOOT_BYTES_W] = BODY;
    header[BOOT_COUNT_W] = 1;
    header[BOOT_ENTRY_W] = 0x10000100;
    segment[BOOT_SEG_KIND] = BOOT_KIND_FIRMWARE;
    segment[BOOT_SEG_OFFSET] = 0x100;
    segment[BOOT_SEG_BYTES] = 8;
    segment[BOOT_SEG_ADDR] = 0x10000100;
    memcpy(stream + 8 + 64, "12345678", 8);
    segment[BOOT_SEG_CRC] = 0x9ae0daaf; /* CRC-32 of "12345678" */
    header[BOOT_CRC_WORD] = boot_crc(header, BOOT_CRC_WORD);
}

/* Words until the stream ends or is refused; how many. */
static uint32_t feed(uint32_t type, uint32_t bytes, stream_result_t expected)
{
    uint32_t n = 0;
    stream_result_t result = STREAM_GOES_ON;
    s.limits = (boot_limits_t){0x10000000, 0x1000, 0x04000000, 0x1000, 0x1000, 0};
    stores = 0;
    stream_begin(&s, type, bytes);
    while (s.left != 0 && result == STREAM_GOES_ON)
        result = stream_word(&s, stream[n++ % (BLOCK / 4)], store, NULL);
    ck_assert_int_eq(result, expected);
    return n;
}

START_TEST(a_whole_stream_is_stored)
{
    make();
    ck_assert_uint_eq(feed(DOWNLOAD_TYPE_MAIN, BLOCK, STREAM_GOES_ON), BLOCK / 4);
    ck_assert(stream_is_whole(&s));
    ck_assert_uint_eq(stores, 2);
    ck_assert_mem_eq(stored, "12345678", 8);
}
END_TEST

START_TEST(heads_that_promise_too_much_are_refused_at_once)
{
    static const uint32_t sizes[] = {0,    4,       32,         34,         300,
                                     1024, 1 << 20, 0x7ffffffc, 0xffffffe0, 0xfffffffc};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        make();
        for (uint32_t b = 0; b < 4; b++)
            ((uint8_t *)stream)[4 + b] = (uint8_t)(sizes[i] >> (24 - 8 * b));
        ck_assert_uint_eq(feed(DOWNLOAD_TYPE_MAIN, BLOCK, STREAM_BAD_FORMAT), 2);
    }
    make();
    stream[0]++;
    ck_assert_uint_eq(feed(DOWNLOAD_TYPE_LOADER, BLOCK, STREAM_BAD_FORMAT), 1);
}
END_TEST

START_TEST(damage_is_told_where_it_is)
{
    make();
    stream[8 + 64] ^= 1;
    ck_assert_uint_eq(feed(DOWNLOAD_TYPE_MAIN, BLOCK, STREAM_BAD_CRC), 8 + 64 + 2);
    ck_assert_uint_eq(s.error, BOOT_E_FIRMWARE);
    make();
    stream[8 + 9] ^= 1;
    ck_assert_uint_eq(feed(DOWNLOAD_TYPE_MAIN, BLOCK, STREAM_BAD_FORMAT), 8 + 64);
    ck_assert_uint_eq(s.error, BOOT_E_HEADER);
    ck_assert_uint_eq(stores, 0);
    make();
    stream[BLOCK / 4 - 1] ^= 1;
    ck_assert_uint_eq(feed(DOWNLOAD_TYPE_MAIN, BLOCK, STREAM_BAD_FORMAT), BLOCK / 4);
}
END_TEST

START_TEST(an_image_of_the_other_kind_is_refused)
{
    make();
    feed(DOWNLOAD_TYPE_NETWORK, BLOCK, STREAM_BAD_FORMAT);
    ck_assert_uint_eq(s.error, BOOT_E_SEGMENTS);
    ck_assert_uint_eq(stores, 0);
    feed(DOWNLOAD_TYPE_LOADER, BLOCK, STREAM_GOES_ON); /* nobody looks at a loader's body */
    ck_assert(stream_is_whole(&s));
    ck_assert_uint_eq(stores, 0);
}
END_TEST

START_TEST(a_stream_that_ends_early_is_not_whole)
{
    make();
    memcpy(stream, "9464\0\0\0\x80", 8); /* a first block with a part of the header, then it ends */
    memcpy(stream + 47, "3695", 4);
    feed(DOWNLOAD_TYPE_MAIN, 192, STREAM_GOES_ON);
    ck_assert(!stream_is_whole(&s));
    feed(DOWNLOAD_TYPE_LOADER, 192, STREAM_GOES_ON);
    ck_assert(stream_is_whole(&s));
}
END_TEST

TEST_MAIN("firmware download stream", a_whole_stream_is_stored,
          heads_that_promise_too_much_are_refused_at_once, damage_is_told_where_it_is,
          an_image_of_the_other_kind_is_refused, a_stream_that_ends_early_is_not_whole)
