/* Streams of the Huffman coder, read back by zlib. */
#include "sim/huffman.h"

#include "sim/deflate.h"
#include "sim/rng.h"
#include "tests/test.h"

/* Comes back as it was; how many bytes it took. */
static size_t round_trip(const uint8_t *data, size_t bytes)
{
    size_t packed_bytes;
    uint8_t *packed = sim_huffman_zlib(data, bytes, &packed_bytes);
    ck_assert_ptr_nonnull(packed);
    uint8_t *back = sim_inflate(packed, packed_bytes, bytes);
    ck_assert_msg(back != NULL, "%zu bytes", bytes);
    ck_assert(bytes == 0 || memcmp(back, data, bytes) == 0);
    free(back);
    free(packed);
    return packed_bytes;
}

START_TEST(any_few_bytes_come_back)
{
    uint8_t data[600];
    sim_stream_t rng = sim_stream(1, 0, 0);
    round_trip(data, 0);
    for (size_t bytes = 1; bytes < sizeof(data); bytes++) {
        uint32_t kinds = 1 + sim_stream_below(&rng, 256);
        for (size_t i = 0; i < bytes; i++)
            data[i] = (uint8_t)sim_stream_below(&rng, kinds);
        round_trip(data, bytes);
    }
}
END_TEST

START_TEST(runs_of_every_length_come_back)
{
    static uint8_t data[300000];
    size_t at = 0;
    for (uint32_t length = 1; length < 600; length++)
        for (uint32_t i = 0; i < length; i++)
            data[at++] = (uint8_t)length;
    ck_assert_uint_lt(round_trip(data, at), at / 50);
    memset(data, 7, sizeof(data)); /* one literal, and 258 at a time */
    ck_assert_uint_lt(round_trip(data, sizeof(data)), 160 + 150 + 300000 / 258 / 4);
}
END_TEST

/* Each value twice as often as the one before: codes would be 24 bits long. */
START_TEST(no_code_is_longer_than_15_bits)
{
    const uint32_t bytes = (1u << 24) - 1;
    uint8_t *data = malloc(bytes);
    ck_assert_ptr_nonnull(data);
    for (uint32_t i = 0; i < bytes; i++) {
        uint32_t kind = 0;
        while ((i + 1) >> kind & 1 ? false : kind < 23)
            kind++;
        data[i] = (uint8_t)kind;
    }
    round_trip(data, bytes);
    /* all in one block: 21 values of Fibonacci's numbers */
    size_t at = 0;
    for (uint32_t a = 1, b = 1, n = 0; n < 24; n++, b = a + b, a = b - a)
        for (uint32_t i = 0; i < a && at < 1 << 17; i++, at += 2) {
            data[at] = (uint8_t)n;
            data[at + 1] = (uint8_t)(128 + n % 2 + i % 2);
        }
    round_trip(data, at);
    free(data);
}
END_TEST

/* Four values of 1/2, 1/4, 1/8, 1/8: codes of 1, 2, 3 and 4 bits, as the block's end has one, too.
 */
START_TEST(codes_are_as_short_as_can_be)
{
    static uint8_t data[1 << 20];
    static const uint8_t of[8] = {3, 99, 3, 200, 3, 99, 3, 17};
    sim_stream_t rng = sim_stream(2, 0, 0);
    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = of[sim_stream_below(&rng, 8)];
    size_t packed = round_trip(data, sizeof(data));
    ck_assert_uint_lt(packed, sizeof(data) / 8 * 15 / 8 + 8 * 170);
    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = (uint8_t)sim_stream_u32(&rng);
    ck_assert_uint_lt(round_trip(data, sizeof(data)), sizeof(data) + 8 * 230);
}
END_TEST

TEST_MAIN("sim huffman", any_few_bytes_come_back, runs_of_every_length_come_back,
          no_code_is_longer_than_15_bits, codes_are_as_short_as_can_be)
