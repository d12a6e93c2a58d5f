#include "mipi/packet.h"

#include "tests/test.h"

/* ---- known vectors ------------------------------------------------------------------------------
 */
START_TEST(crc_of_the_standard_examples)
{
    /* CSI-2 specification 9.6, sent as F0 00; and the second of the same source */
    const uint8_t a[24] = {0xff, 0x00, 0x00, 0x02, 0xb9, 0xdc, 0xf3, 0x72, 0xbb, 0xd4, 0xb8, 0x5a,
                           0xc8, 0x75, 0xc2, 0x7c, 0x81, 0xf8, 0x05, 0xdf, 0xff, 0x00, 0x00, 0x01};
    const uint8_t b[24] = {0xff, 0x00, 0x00, 0x00, 0x1e, 0xf0, 0x1e, 0xc7, 0x4f, 0x82, 0x78, 0xc5,
                           0x82, 0xe0, 0x8c, 0x70, 0xd2, 0x3c, 0x78, 0xe9, 0xff, 0x00, 0x00, 0x01};
    const uint8_t c[24] = {0x80, 0x53, 0x76, 0x53, 0x80, 0x53, 0x76, 0x53, 0x80, 0x53, 0x76, 0x53,
                           0x80, 0x53, 0x76, 0x53, 0x80, 0x55, 0x76, 0x55, 0x80, 0x55, 0x76, 0x55};
    ck_assert_uint_eq(mipi_crc16(MIPI_CRC_START, a, sizeof(a)), 0x00f0);
    ck_assert_uint_eq(mipi_crc16(MIPI_CRC_START, b, sizeof(b)), 0xe569);
    ck_assert_uint_eq(mipi_crc16(MIPI_CRC_START, c, sizeof(c)), 0x730b);
    ck_assert_uint_eq(mipi_crc16(MIPI_CRC_START, "123456789", 9), 0x6f91);
    ck_assert_uint_eq(mipi_crc16(MIPI_CRC_START, a, 0), 0xffff);
}
END_TEST

START_TEST(ecc_of_the_known_headers)
{
    const struct {
        uint32_t bits;
        uint8_t ecc;
    } known[] = {
        {0x01f037, 0x3f}, {0x101f037, 0x02}, /* 37 F0 01 with VCX 0 and 1 */
        {0x000100, 0x1a}, {0x000101, 0x1d},  /* FS 1, FE 1 */
        {0x000f2b, 0x17}, {0x13ce2b, 0x17},  /* RAW10: 15 bytes, 5070 bytes */
    };
    for (size_t i = 0; i < SIM_COUNT(known); i++)
        ck_assert_uint_eq(mipi_ecc(known[i].bits), known[i].ecc);
}
END_TEST

START_TEST(headers_have_the_published_bytes)
{
    uint8_t out[4];
    mipi_short_packet(out, 0, MIPI_DT_FS, 1);
    ck_assert_mem_eq(out, ((uint8_t[]){0x00, 0x01, 0x00, 0x1a}), 4);
    mipi_header_encode(&(mipi_header_t){.vc = 0, .dt = MIPI_DT_RAW10, .word = 5070}, out);
    ck_assert_mem_eq(out, ((uint8_t[]){0x2b, 0xce, 0x13, 0x17}), 4);
    /* VC 4 = VCX 1, VC bits 0; DT 37, WC 01F0: ECC 02, VCX in bits 7:6 */
    mipi_header_encode(&(mipi_header_t){.vc = 4, .dt = 0x37, .word = 0x01f0}, out);
    ck_assert_mem_eq(out, ((uint8_t[]){0x37, 0xf0, 0x01, 0x42}), 4);
}
END_TEST

START_TEST(long_packet_carries_the_crc_low_byte_first)
{
    uint8_t out[15];
    ck_assert_uint_eq(mipi_long_packet(out, 1, MIPI_DT_USER1, (const uint8_t *)"123456789", 9), 15);
    ck_assert_uint_eq(out[0], 0x70); /* VC 1, DT 30 */
    ck_assert_uint_eq(out[1], 9);
    ck_assert_mem_eq(out + 4, "123456789", 9);
    ck_assert_uint_eq(out[13], 0x91);
    ck_assert_uint_eq(out[14], 0x6f);
}
END_TEST

START_TEST(empty_long_packet_has_crc_ffff)
{
    uint8_t out[6];
    ck_assert_uint_eq(mipi_long_packet(out, 0, MIPI_DT_NULL, NULL, 0), 6);
    ck_assert_uint_eq(out[4], 0xff);
    ck_assert_uint_eq(out[5], 0xff);
}
END_TEST

/* ---- properties ---------------------------------------------------------------------------------
 */
/* The definition, a bit at a time. */
static uint16_t crc_by_bits(const uint8_t *data, size_t bytes)
{
    uint16_t crc = 0xffff;
    for (size_t i = 0; i < bytes * 8; i++) {
        uint16_t in = (uint16_t)((crc ^ data[i / 8] >> i % 8) & 1);
        crc = (uint16_t)(crc >> 1 ^ (in ? 0x8408 : 0));
    }
    return crc;
}

START_TEST(crc_equals_its_definition_at_every_length_split_and_level)
{
    uint8_t data[900];
    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = (uint8_t)(i * i * 31 + i * 7 + 5 + i / 256 * 77);
    for (int level = 0; level <= (int)sim_simd_best(); level++) {
        mipi_crc_fn_t crc = mipi_crc16_fn((sim_simd_t)level);
        for (size_t n = 0; n <= sizeof(data); n++) {
            uint16_t right = crc_by_bits(data, n), head = crc(MIPI_CRC_START, data, n / 3);
            ck_assert_uint_eq(crc(MIPI_CRC_START, data, n), right);
            ck_assert_uint_eq(crc(head, data + n / 3, n - n / 3), right);
        }
    }
}
END_TEST

/* Every byte of a long payload counts, wherever it stands. */
START_TEST(crc_of_a_single_bit_anywhere_is_its_definitions_at_every_level)
{
    static uint8_t data[700];
    for (int level = 0; level <= (int)sim_simd_best(); level++) {
        for (size_t bit = 0; bit < sizeof(data) * 8; bit += 7) {
            data[bit / 8] = (uint8_t)(1u << bit % 8);
            ck_assert_uint_eq(mipi_crc16_fn((sim_simd_t)level)(MIPI_CRC_START, data, sizeof(data)),
                              crc_by_bits(data, sizeof(data)));
            data[bit / 8] = 0;
        }
    }
}
END_TEST

START_TEST(crc_sees_every_single_and_double_bit_flip)
{
    uint8_t packet[46];
    uint8_t payload[40];
    for (size_t i = 0; i < sizeof(payload); i++)
        payload[i] = (uint8_t)(i * 83 + 11);
    mipi_long_packet(packet, 0, MIPI_DT_RAW8, payload, sizeof(payload));
    uint8_t *body = packet + MIPI_HEADER_BYTES;
    const uint32_t bits = (sizeof(payload) + 2) * 8;
    for (uint32_t a = 0; a < bits; a++) {
        for (uint32_t b = a; b < bits; b++) {
            body[a / 8] ^= (uint8_t)(1u << a % 8);
            if (b != a)
                body[b / 8] ^= (uint8_t)(1u << b % 8);
            uint16_t crc = mipi_crc16(MIPI_CRC_START, body, sizeof(payload));
            ck_assert_uint_ne(crc, (uint16_t)(body[40] | body[41] << 8));
            body[a / 8] ^= (uint8_t)(1u << a % 8);
            if (b != a)
                body[b / 8] ^= (uint8_t)(1u << b % 8);
        }
    }
}
END_TEST

static const mipi_header_t samples[] = {
    {0, MIPI_DT_FS, 1},      {0, MIPI_DT_RAW10, 2535}, {1, MIPI_DT_USER1, 1024},
    {15, 0x3f, 0xffff},      {10, 0x15, 0x5555},       {5, 0x2a, 0xaaaa},
    {12, MIPI_DT_RAW12, 17}, {3, MIPI_DT_EMBEDDED, 0}, {0, 0, 0},
};

START_TEST(header_survives_any_single_wrong_bit)
{
    for (size_t i = 0; i < SIM_COUNT(samples); i++) {
        uint8_t sent[4];
        mipi_header_t got;
        mipi_header_encode(&samples[i], sent);
        ck_assert_int_eq(mipi_header_decode(sent, &got), MIPI_ECC_OK);
        ck_assert_mem_eq(&got, &samples[i], sizeof(got));
        for (uint32_t bit = 0; bit < 32; bit++) {
            uint8_t in[4];
            memcpy(in, sent, 4);
            in[bit / 8] ^= (uint8_t)(1u << bit % 8);
            ck_assert_int_eq(mipi_header_decode(in, &got), MIPI_ECC_CORRECTED);
            ck_assert_mem_eq(&got, &samples[i], sizeof(got));
        }
    }
}
END_TEST

START_TEST(header_with_any_two_wrong_bits_is_refused)
{
    for (size_t i = 0; i < SIM_COUNT(samples); i++) {
        uint8_t sent[4];
        mipi_header_encode(&samples[i], sent);
        for (uint32_t a = 0; a < 32; a++) {
            for (uint32_t b = a + 1; b < 32; b++) {
                mipi_header_t got;
                uint8_t in[4];
                memcpy(in, sent, 4);
                in[a / 8] ^= (uint8_t)(1u << a % 8);
                in[b / 8] ^= (uint8_t)(1u << b % 8);
                ck_assert_int_eq(mipi_header_decode(in, &got), MIPI_ECC_BAD);
            }
        }
    }
}
END_TEST

START_TEST(packet_length_follows_from_its_header)
{
    ck_assert_uint_eq(mipi_packet_bytes(&(mipi_header_t){0, MIPI_DT_FE, 60000}), 4);
    ck_assert_uint_eq(mipi_packet_bytes(&(mipi_header_t){0, 0x0f, 60000}), 4);
    ck_assert_uint_eq(mipi_packet_bytes(&(mipi_header_t){0, 0x10, 0}), 6);
    ck_assert_uint_eq(mipi_packet_bytes(&(mipi_header_t){0, MIPI_DT_RAW10, 65535}), 65541);
}
END_TEST

START_TEST(frame_number_wraps_to_one)
{
    ck_assert_uint_eq(mipi_frame_number_next(0), 1);
    ck_assert_uint_eq(mipi_frame_number_next(1), 2);
    ck_assert_uint_eq(mipi_frame_number_next(65534), 65535);
    ck_assert_uint_eq(mipi_frame_number_next(65535), 1);
}
END_TEST

START_TEST(data_types_have_names)
{
    ck_assert_str_eq(mipi_dt_name(0x00), "FS");
    ck_assert_str_eq(mipi_dt_name(0x0f), "generic short 8");
    ck_assert_str_eq(mipi_dt_name(0x12), "embedded");
    ck_assert_str_eq(mipi_dt_name(0x1e), "YUV422 8-bit");
    ck_assert_str_eq(mipi_dt_name(0x24), "RGB888");
    ck_assert_str_eq(mipi_dt_name(0x2b), "RAW10");
    ck_assert_str_eq(mipi_dt_name(0x2f), "RAW20");
    ck_assert_str_eq(mipi_dt_name(0x37), "user 8");
    ck_assert_str_eq(mipi_dt_name(0x3f), "reserved");
    ck_assert(!mipi_dt_known(0x17) && !mipi_dt_known(0x25) && mipi_dt_known(0x38));
}
END_TEST

TEST_MAIN("mipi packet", crc_of_the_standard_examples, ecc_of_the_known_headers,
          headers_have_the_published_bytes, long_packet_carries_the_crc_low_byte_first,
          empty_long_packet_has_crc_ffff, crc_equals_its_definition_at_every_length_split_and_level,
          crc_of_a_single_bit_anywhere_is_its_definitions_at_every_level,
          crc_sees_every_single_and_double_bit_flip, header_survives_any_single_wrong_bit,
          header_with_any_two_wrong_bits_is_refused, packet_length_follows_from_its_header,
          frame_number_wraps_to_one, data_types_have_names)
