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

/* ---- many words at once ---- */

enum { SEGMENTS = 3, IMAGE = 64 + 40 + 1 + 100, L2 = 0x04000000 };

static const uint32_t words_of[SEGMENTS] = {40, 1, 100};
static uint32_t l2[256], blocks[1024];

static void to_l2(void *ctx, uint32_t addr, uint32_t word)
{
    (void)ctx;
    l2[(addr - L2) / 4] = word;
}

/* Three segments, 4 words apart. */
static void make_image(uint32_t image[IMAGE])
{
    uint32_t offset = 64, addr = L2;
    memset(image, 0, 4 * IMAGE);
    image[BOOT_MAGIC_W] = BOOT_MAGIC;
    image[BOOT_VERSION_W] = BOOT_VERSION;
    image[BOOT_BYTES_W] = 4 * IMAGE;
    image[BOOT_COUNT_W] = SEGMENTS;
    for (uint32_t i = 64; i < IMAGE; i++)
        image[i] = i * 0x9e3779b9u;
    for (uint32_t n = 0; n < SEGMENTS; n++) {
        uint32_t *segment = image + BOOT_HEAD_WORDS + n * BOOT_SEG_WORDS;
        segment[BOOT_SEG_KIND] = BOOT_KIND_NETWORK;
        segment[BOOT_SEG_OFFSET] = 4 * offset;
        segment[BOOT_SEG_BYTES] = 4 * words_of[n];
        segment[BOOT_SEG_ADDR] = addr;
        segment[BOOT_SEG_CRC] = boot_crc(image + offset, words_of[n]);
        offset += words_of[n];
        addr += 4 * words_of[n] + 16;
    }
    image[BOOT_CRC_WORD] = boot_crc(image, BOOT_CRC_WORD);
}

/* In blocks of `body` words; words of all. */
static uint32_t wrap(const uint32_t image[IMAGE], uint32_t body)
{
    uint32_t to = 0;
    for (uint32_t at = 0; at < IMAGE; at += body) {
        uint32_t size = 32 + 4 * body;
        memset(blocks + to, 0, 4 * (8 + body + 16));
        blocks[to] = DOWNLOAD_HEAD_MAGIC;
        blocks[to + 1] = size >> 24 | (size >> 8 & 0xff00) | (size << 8 & 0xff0000) | size << 24;
        memcpy(blocks + to + 8, image + at, 4 * (IMAGE - at < body ? IMAGE - at : body));
        to += 8 + body + 16;
        blocks[to - 1] = DOWNLOAD_FOOT_MAGIC;
    }
    return to;
}

/* At most `most` at once. */
static stream_result_t feed_runs(uint32_t words, uint32_t most)
{
    s.limits = (boot_limits_t){0, 0, L2, sizeof(l2), sizeof(blocks), 0};
    stream_begin(&s, DOWNLOAD_TYPE_NETWORK, 4 * words);
    memset(l2, 0, sizeof(l2));
    for (uint32_t at = 0; at < words;) {
        uint32_t addr = 0, run = stream_run(&s, &addr), crc = s.crc;
        run = run < most ? run : most;
        for (uint32_t i = 0; i < run; i++) {
            to_l2(NULL, addr + 4 * i, blocks[at]);
            crc = boot_crc_word(crc, blocks[at++]);
        }
        if (run != 0)
            stream_ran(&s, run, crc);
        stream_result_t result = stream_word(&s, blocks[at++], to_l2, NULL);
        if (result != STREAM_GOES_ON)
            return result;
    }
    return STREAM_GOES_ON;
}

START_TEST(words_in_runs_leave_what_single_ones_do)
{
    uint32_t image[IMAGE], single[256];
    make_image(image);
    for (uint32_t body = 1; body <= IMAGE;
         body = body < IMAGE && body + 34 > IMAGE ? IMAGE : body + 17) {
        if (IMAGE / body * (24 + body) > 1000)
            continue;
        uint32_t words = wrap(image, body);
        ck_assert_int_eq(feed_runs(words, 0), STREAM_GOES_ON);
        ck_assert(stream_is_whole(&s));
        memcpy(single, l2, sizeof(l2));
        ck_assert_mem_eq(single, image + 64, 4 * 40);
        ck_assert_mem_eq(single + 40 + 4 + 1 + 4, image + 64 + 41, 4 * 100);
        for (uint32_t most = 1; most < 128; most = 3 * most + 1) {
            ck_assert_int_eq(feed_runs(words, most), STREAM_GOES_ON);
            ck_assert(stream_is_whole(&s));
            ck_assert_mem_eq(l2, single, sizeof(l2));
        }
        blocks[words - 20] ^= 1; /* of the last segment, or behind it */
        stream_result_t alone = feed_runs(words, 0);
        ck_assert_int_eq(feed_runs(words, 100), alone);
        ck_assert(body != IMAGE || alone == STREAM_BAD_CRC);
    }
}
END_TEST

TEST_MAIN("firmware download stream", a_whole_stream_is_stored,
          words_in_runs_leave_what_single_ones_do, heads_that_promise_too_much_are_refused_at_once,
          damage_is_told_where_it_is, an_image_of_the_other_kind_is_refused,
          a_stream_that_ends_early_is_not_whole)
