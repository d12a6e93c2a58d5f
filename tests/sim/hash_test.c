/*
 * hash_test.c - CRC-32 against its check value and a bit-by-bit version; the state hash's quality.
 */
#include "sim/hash.h"
#include "sim/rng.h"
#include "tests/test.h"

static uint32_t crc_by_bits(const uint8_t *data, size_t bytes)
{
    uint32_t crc = 0xffffffffu;
    for (size_t i = 0; i < bytes; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320u : crc >> 1;
    }
    return ~crc;
}

START_TEST(crc32_has_the_published_check_value)
{
    ck_assert_uint_eq(sim_crc32(0, "123456789", 9), 0xCBF43926u);
    ck_assert_uint_eq(sim_crc32(0, "", 0), 0);
}
END_TEST

START_TEST(crc32_equals_the_bit_by_bit_definition_at_every_length_and_alignment)
{
    uint8_t data[80];
    sim_stream_t s = sim_stream(1, 1, 1);
    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = (uint8_t)sim_stream_u32(&s);
    for (size_t from = 0; from < 8; from++)
        for (size_t bytes = 0; bytes <= sizeof(data) - 8; bytes++)
            ck_assert_uint_eq(sim_crc32(0, data + from, bytes), crc_by_bits(data + from, bytes));
}
END_TEST

START_TEST(crc32_continues_over_pieces)
{
    for (size_t cut = 0; cut <= 9; cut++) {
        uint32_t crc = sim_crc32(0, "123456789", cut);
        ck_assert_uint_eq(sim_crc32(crc, "123456789" + cut, 9 - cut), 0xCBF43926u);
    }
}
END_TEST

START_TEST(the_hash_sees_every_bit_at_every_length)
{
    uint8_t data[40] = {0};
    for (size_t bytes = 1; bytes <= sizeof(data); bytes++) {
        uint64_t zero = sim_hash(SIM_HASH_SEED, data, bytes);
        ck_assert(zero != sim_hash(SIM_HASH_SEED, data, bytes - 1)); /* length counts */
        for (size_t bit = 0; bit < bytes * 8; bit++) {
            data[bit / 8] = (uint8_t)(1u << bit % 8);
            uint64_t flipped = sim_hash(SIM_HASH_SEED, data, bytes);
            ck_assert(flipped != zero);
            data[bit / 8] = 0;
        }
    }
}
END_TEST

START_TEST(the_hash_depends_on_order_and_on_where_it_continues_from)
{
    const uint64_t ab[2] = {1, 2}, ba[2] = {2, 1};
    ck_assert(sim_hash(SIM_HASH_SEED, ab, sizeof(ab)) != sim_hash(SIM_HASH_SEED, ba, sizeof(ba)));
    uint64_t one = sim_hash(SIM_HASH_SEED, "x", 1);
    ck_assert(sim_hash(one, "y", 1) != sim_hash(sim_hash(SIM_HASH_SEED, "y", 1), "x", 1));
}
END_TEST

START_TEST(a_flipped_bit_moves_about_half_of_the_hash)
{
    uint64_t data[4] = {0};
    uint64_t zero = sim_hash(SIM_HASH_SEED, data, sizeof(data));
    unsigned moved = 0;
    for (unsigned bit = 0; bit < 256; bit++) {
        data[bit / 64] = UINT64_C(1) << bit % 64;
        uint64_t change = zero ^ sim_hash(SIM_HASH_SEED, data, sizeof(data));
        for (; change != 0; change &= change - 1)
            moved++;
        data[bit / 64] = 0;
    }
    ck_assert_uint_gt(moved, 256 * 28); /* 32 of 64 on average */
    ck_assert_uint_lt(moved, 256 * 36);
}
END_TEST

TEST_MAIN("sim hash", crc32_has_the_published_check_value,
          crc32_equals_the_bit_by_bit_definition_at_every_length_and_alignment,
          crc32_continues_over_pieces, the_hash_sees_every_bit_at_every_length,
          the_hash_depends_on_order_and_on_where_it_continues_from,
          a_flipped_bit_moves_about_half_of_the_hash)
