/*
 * Every kind of packet that CSI-2 knows, made as the transmitter makes them, to a receiver; and
 * every way in which one or two bits of its header can be wrong.
 */
#include "mipi/lanes.h"
#include "mipi/rx.h"
#include "tests/test.h"

static mipi_rx_t rx;
static mipi_header_t header;
static uint32_t packets;
static bool whole, same;
static uint8_t packet[MIPI_MAX_PACKET_BYTES], payload[MIPI_MAX_PAYLOAD_BYTES];

static void on_packet(void *ctx, const mipi_header_t *h, const mipi_packet_t *p, bool good)
{
    (void)ctx;
    header = *h;
    packets++;
    whole = good;
    same = mipi_dt_is_short(h->dt) || !good || memcmp(p->bytes + 4, payload, h->word) == 0;
}

static void open_rx(void)
{
    mipi_rx_init(&rx, NULL, &(mipi_rx_callbacks_t){.packet = on_packet});
    packets = 0;
}

static void send(const uint8_t *bytes, size_t count)
{
    mipi_rx_packet(
        &rx, &(mipi_packet_t){.number = rx.packets, .bytes = bytes, .count = (uint32_t)count});
}

static void send_short(uint8_t vc, uint8_t dt, uint16_t word)
{
    uint8_t out[4];
    send(out, mipi_short_packet(out, vc, dt, word));
}

static void send_long(uint8_t vc, uint8_t dt, uint16_t bytes)
{
    send(packet, mipi_long_packet(packet, vc, dt, payload, bytes));
    ck_assert_msg(header.vc == vc && header.dt == dt && header.word == bytes && whole && same,
                  "VC %u DT %02x WC %u", vc, dt, bytes);
}

static void fill_payload(void)
{
    for (uint32_t i = 0; i < sizeof(payload); i++)
        payload[i] = (uint8_t)(i * 41 + (i >> 8));
}

/* CSI-2's own words for them: include/media/mipi-csi2.h of Linux has the same list. */
static bool has_meaning(uint32_t dt)
{
    return dt <= 0x04 || (dt >= 0x08 && dt <= 0x16) || (dt >= 0x18 && dt <= 0x1a) ||
           (dt >= 0x1c && dt <= 0x24) || (dt >= 0x26 && dt <= 0x38);
}

START_TEST(every_data_type_arrives_on_every_channel_at_even_and_odd_sizes)
{
    fill_payload();
    for (uint8_t vc = 0; vc < MIPI_VCS; vc++) {
        for (uint8_t dt = 0x10; dt < 0x40; dt++) {
            uint64_t unknown = has_meaning(dt) ? 0 : 12;
            open_rx();
            send_short(vc, MIPI_DT_FS, 1);
            for (uint16_t bytes = 0; bytes < 12; bytes++)
                send_long(vc, dt, bytes);
            send_short(vc, MIPI_DT_FE, 1);
            ck_assert_uint_eq(packets, 14);
            ck_assert_uint_eq(rx.counts[MIPI_RX_UNSUPPORTED_DT], unknown);
            /* lines of other lengths, or of no whole pixels, are the only other thing to say */
            ck_assert_uint_eq(mipi_rx_event_count(&rx), unknown + rx.counts[MIPI_RX_LINE_BYTES]);
            mipi_rx_free(&rx);
        }
    }
}
END_TEST

START_TEST(every_short_packet_arrives_on_every_channel_with_every_bit_of_its_word)
{
    for (uint8_t vc = 0; vc < MIPI_VCS; vc++) {
        for (uint8_t dt = 0x04; dt < 0x10; dt++) {
            for (uint32_t bit = 0; bit <= 16; bit++) {
                uint16_t word = (uint16_t)(1u << bit);
                open_rx();
                send_short(vc, dt, word);
                ck_assert_uint_eq(packets, 1);
                ck_assert(header.vc == vc && header.dt == dt && header.word == word && whole);
                ck_assert_uint_eq(mipi_rx_event_count(&rx), !has_meaning(dt));
                mipi_rx_free(&rx);
            }
        }
    }
}
END_TEST

START_TEST(every_bit_of_the_word_count_and_the_largest_arrive)
{
    const uint8_t types[] = {MIPI_DT_EMBEDDED, MIPI_DT_USER1, MIPI_DT_NULL, MIPI_DT_RGB888};
    fill_payload();
    for (size_t i = 0; i < SIM_COUNT(types); i++) {
        for (uint32_t bit = 0; bit <= 17; bit++) {
            uint16_t bytes = (uint16_t)(bit == 17 ? 0xffff : 1u << bit);
            open_rx();
            send_short(15, MIPI_DT_FS, 0);
            send_long(15, types[i], bytes);
            send_short(15, MIPI_DT_FE, 0);
            ck_assert_uint_eq(mipi_rx_event_count(&rx), 0);
            mipi_rx_free(&rx);
        }
    }
}
END_TEST

START_TEST(every_size_goes_over_every_number_of_lanes)
{
    fill_payload();
    for (uint8_t lanes = 1; lanes <= MIPI_LANE_STATES; lanes++) {
        const mipi_lane_state_t state = {.lanes = lanes};
        open_rx();
        for (uint16_t bytes = 0; bytes < 70; bytes++) {
            size_t count = mipi_long_packet(packet, 5, MIPI_DT_NULL, payload, bytes);
            mipi_rx_packet(
                &rx, &(mipi_packet_t){.bytes = packet, .count = (uint32_t)count, .lanes = &state});
            ck_assert(header.word == bytes && whole && same);
        }
        ck_assert_uint_eq(packets, 70);
        ck_assert_uint_eq(mipi_rx_event_count(&rx), 0);
        mipi_rx_free(&rx);
    }
}
END_TEST

/* A word and a type for each of many headers: all types, all channels, walking ones. */
typedef void (*header_fn_t)(const mipi_header_t *h, const uint8_t bytes[4]);

static void for_headers(header_fn_t fn)
{
    for (uint8_t dt = 0; dt < 64; dt++) {
        for (uint8_t vc = 0; vc < MIPI_VCS; vc++) {
            uint8_t bytes[4];
            const mipi_header_t h = {.vc = vc, .dt = dt, .word = (uint16_t)(1u << (dt + vc) % 17)};
            mipi_header_encode(&h, bytes);
            fn(&h, bytes);
        }
    }
}

static void one_bit(const mipi_header_t *h, const uint8_t bytes[4])
{
    for (uint32_t bit = 0; bit < 32; bit++) {
        uint8_t wrong[4];
        memcpy(wrong, bytes, 4);
        wrong[bit / 8] ^= (uint8_t)(1u << bit % 8);
        open_rx();
        send(wrong, 4);
        ck_assert_uint_eq(rx.counts[MIPI_RX_ECC_CORRECTED], 1);
        ck_assert_uint_eq(rx.by[MIPI_RX_ECC_CORRECTED][h->vc], 1);
        ck_assert_uint_eq(rx.counts[MIPI_RX_ECC], 0);
        ck_assert(header.vc == h->vc && header.dt == h->dt && header.word == h->word);
        mipi_rx_free(&rx);
    }
}

static void two_bits(const mipi_header_t *h, const uint8_t bytes[4])
{
    (void)h;
    open_rx();
    for (uint32_t a = 0; a < 32; a++) {
        for (uint32_t b = 0; b < a; b++) {
            uint8_t wrong[4];
            memcpy(wrong, bytes, 4);
            wrong[a / 8] ^= (uint8_t)(1u << a % 8);
            wrong[b / 8] ^= (uint8_t)(1u << b % 8);
            send(wrong, 4);
        }
    }
    ck_assert_uint_eq(rx.counts[MIPI_RX_ECC], 496);
    ck_assert_uint_eq(mipi_rx_event_count(&rx), 496);
    ck_assert_uint_eq(packets, 0);
    mipi_rx_free(&rx);
}

START_TEST(every_single_bit_error_of_every_header_is_corrected)
{
    for_headers(one_bit);
}
END_TEST

START_TEST(every_double_bit_error_of_every_header_is_detected)
{
    for_headers(two_bits);
}
END_TEST

TEST_MAIN("mipi sweep", every_data_type_arrives_on_every_channel_at_even_and_odd_sizes,
          every_short_packet_arrives_on_every_channel_with_every_bit_of_its_word,
          every_bit_of_the_word_count_and_the_largest_arrive,
          every_size_goes_over_every_number_of_lanes,
          every_single_bit_error_of_every_header_is_corrected,
          every_double_bit_error_of_every_header_is_detected)
