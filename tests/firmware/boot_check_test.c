/*
 * boot_check_test.c - headers of boot images: what the ROM takes, and every reason why not.
 */
#include "firmware/include/boot_image.h"
#include "sim/hash.h"
#include "tests/test.h"

static const boot_limits_t limits = {.tcm_base = 0x10000000,
                                     .tcm_bytes = 0x1000,
                                     .l2_base = 0x04000000,
                                     .l2_bytes = 0x2000,
                                     .slot_bytes = 0x8000,
                                     .kinds = BOOT_KINDS_ALL};

static uint32_t header[BOOT_HEADER_WORDS];

static uint32_t *segment(uint32_t n)
{
    return header + BOOT_HEAD_WORDS + n * BOOT_SEG_WORDS;
}

static void set_segment(uint32_t n, uint32_t kind, uint32_t offset, uint32_t bytes, uint32_t addr)
{
    uint32_t *s = segment(n);
    s[BOOT_SEG_KIND] = kind;
    s[BOOT_SEG_OFFSET] = offset;
    s[BOOT_SEG_BYTES] = bytes;
    s[BOOT_SEG_ADDR] = addr;
}

static void seal(void)
{
    header[BOOT_CRC_WORD] = boot_crc(header, BOOT_CRC_WORD);
}

/* 256 bytes of header, 0x100 of firmware, 0x200 of network. */
static void make(void)
{
    memset(header, 0, sizeof(header));
    header[BOOT_MAGIC_W] = BOOT_MAGIC;
    header[BOOT_VERSION_W] = BOOT_VERSION;
    header[BOOT_BYTES_W] = 0x400;
    header[BOOT_COUNT_W] = 2;
    header[BOOT_ENTRY_W] = 0x10000010;
    set_segment(0, BOOT_KIND_FIRMWARE, 0x100, 0x100, 0x10000000);
    set_segment(1, BOOT_KIND_NETWORK, 0x200, 0x200, 0x04000000);
    seal();
}

/* The error after word `at` became `value`, with a header CRC that is right again. */
static uint32_t with(uint32_t *at, uint32_t value)
{
    uint32_t kept = *at;
    *at = value;
    seal();
    uint32_t error = boot_check(header, &limits);
    *at = kept;
    seal();
    ck_assert_uint_eq(boot_check(header, &limits), BOOT_E_FINE);
    return error;
}

START_TEST(a_whole_header_is_taken)
{
    make();
    ck_assert_uint_eq(boot_check(header, &limits), BOOT_E_FINE);
    ck_assert_uint_eq(header[0], 0x49425646);
    ck_assert_mem_eq(header, "FVBI", 4); /* on this little-endian host */
}
END_TEST

/* CRC-32 of "123456789" is the check value cbf43926; of words it is that of their bytes. */
START_TEST(the_crc_is_the_common_one)
{
    const uint32_t words[2] = {0x34333231, 0x38373635};
    ck_assert_uint_eq(boot_crc(words, 2), 0x9ae0daaf); /* "12345678" */
    ck_assert_uint_eq(sim_crc32(0, "12345678", 8), 0x9ae0daaf);
    ck_assert_uint_eq(sim_crc32(0, "123456789", 9), 0xcbf43926);
}
END_TEST

START_TEST(any_flipped_bit_is_noticed)
{
    make();
    for (uint32_t bit = 0; bit < 32 * BOOT_HEADER_WORDS; bit++) {
        header[bit / 32] ^= 1u << bit % 32;
        ck_assert_uint_ne(boot_check(header, &limits), BOOT_E_FINE);
        header[bit / 32] ^= 1u << bit % 32;
    }
    ck_assert_uint_eq(boot_check(header, &limits), BOOT_E_FINE);
}
END_TEST

START_TEST(every_reason_has_its_code)
{
    make();
    ck_assert_uint_eq(with(&header[BOOT_MAGIC_W], 0xffffffff), BOOT_E_NO_IMAGE);
    ck_assert_uint_eq(with(&header[BOOT_VERSION_W], 2), BOOT_E_VERSION);
    header[BOOT_CRC_WORD]++;
    ck_assert_uint_eq(boot_check(header, &limits), BOOT_E_HEADER);
    seal();
    ck_assert_uint_eq(with(&header[BOOT_BYTES_W], 0x8001), BOOT_E_RANGE);
    ck_assert_uint_eq(with(&header[BOOT_BYTES_W], 0x3ff), BOOT_E_RANGE);
    ck_assert_uint_eq(with(&header[BOOT_COUNT_W], 0), BOOT_E_SEGMENTS);
    ck_assert_uint_eq(with(&header[BOOT_COUNT_W], BOOT_SEGMENTS + 1), BOOT_E_SEGMENTS);
    ck_assert_uint_eq(with(&header[BOOT_COUNT_W], 3), BOOT_E_SEGMENTS); /* the third has no kind */
    ck_assert_uint_eq(with(&segment(0)[BOOT_SEG_KIND], BOOT_KIND_NETWORK), BOOT_E_SEGMENTS);
    ck_assert_uint_eq(with(&segment(0)[BOOT_SEG_OFFSET], 0xfc), BOOT_E_RANGE);
    ck_assert_uint_eq(with(&segment(1)[BOOT_SEG_OFFSET], 0x204), BOOT_E_RANGE);
    ck_assert_uint_eq(with(&segment(1)[BOOT_SEG_BYTES], 0), BOOT_E_RANGE);
    ck_assert_uint_eq(with(&segment(1)[BOOT_SEG_BYTES], 0xfffffffc), BOOT_E_RANGE);
    ck_assert_uint_eq(with(&segment(0)[BOOT_SEG_ADDR], 0x10000f04), BOOT_E_ADDRESS);
    ck_assert_uint_eq(with(&segment(0)[BOOT_SEG_ADDR], 0x04000000), BOOT_E_ADDRESS);
    ck_assert_uint_eq(with(&segment(1)[BOOT_SEG_ADDR], 0x10000000), BOOT_E_ADDRESS);
    ck_assert_uint_eq(with(&segment(1)[BOOT_SEG_ADDR], 0x04001e04), BOOT_E_ADDRESS);
    ck_assert_uint_eq(with(&segment(1)[BOOT_SEG_ADDR], 0x04000002), BOOT_E_ADDRESS);
    ck_assert_uint_eq(with(&segment(1)[BOOT_SEG_BYTES], 0x1fe), BOOT_E_ADDRESS);
    ck_assert_uint_eq(with(&header[BOOT_ENTRY_W], 0x10000100), BOOT_E_ENTRY);
    ck_assert_uint_eq(with(&header[BOOT_ENTRY_W], 0x10000011), BOOT_E_ENTRY);
    ck_assert_uint_eq(with(&header[BOOT_ENTRY_W], 0x04000000), BOOT_E_ENTRY);
}
END_TEST

START_TEST(firmware_behind_network_is_refused)
{
    make();
    set_segment(0, BOOT_KIND_NETWORK, 0x200, 0x200, 0x04000000);
    set_segment(1, BOOT_KIND_FIRMWARE, 0x100, 0x100, 0x10000000);
    seal();
    ck_assert_uint_eq(boot_check(header, &limits), BOOT_E_SEGMENTS);
}
END_TEST

/* What a host sends has segments of one kind. */
START_TEST(kinds_may_be_asked_for)
{
    boot_limits_t one = limits;
    make();
    one.kinds = 1u << BOOT_KIND_FIRMWARE;
    ck_assert_uint_eq(boot_check(header, &one), BOOT_E_SEGMENTS);
    header[BOOT_COUNT_W] = 1;
    seal();
    ck_assert_uint_eq(boot_check(header, &one), BOOT_E_FINE);
    one.kinds = 1u << BOOT_KIND_NETWORK;
    ck_assert_uint_eq(boot_check(header, &one), BOOT_E_SEGMENTS);
    set_segment(0, BOOT_KIND_NETWORK, 0x200, 0x200, 0x04000000);
    seal(); /* the entry does not matter */
    ck_assert_uint_eq(boot_check(header, &one), BOOT_E_FINE);
    ck_assert_uint_eq(boot_check(header, &limits), BOOT_E_SEGMENTS);
}
END_TEST

START_TEST(eleven_segments_fit)
{
    make();
    header[BOOT_COUNT_W] = BOOT_SEGMENTS;
    for (uint32_t n = 1; n < BOOT_SEGMENTS; n++)
        set_segment(n, BOOT_KIND_NETWORK, 0x200, 4, 0x04000000 + 4 * n);
    seal();
    ck_assert_uint_eq(boot_check(header, &limits), BOOT_E_FINE);
}
END_TEST

TEST_MAIN("firmware boot image", a_whole_header_is_taken, the_crc_is_the_common_one,
          any_flipped_bit_is_noticed, every_reason_has_its_code, firmware_behind_network_is_refused,
          kinds_may_be_asked_for, eleven_segments_fit)
