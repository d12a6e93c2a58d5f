#include "mipi/dphy.h"

#include "mipi/lane_trace.h"
#include "mipi/lanes.h"
#include "tests/test.h"

/* UI at 888 Mb/s: 125000/111 ps. Counts of UI are worked out in the comments. */

START_TEST(a_raw10_line_on_two_lanes_takes_11830225_ps)
{
    mipi_dphy_desc_t d = mipi_dphy_desc_default();
    mipi_span_t span = mipi_dphy_packet(&d, 2535 + 6);
    /* 50 + 40 + 105 ns, 4 + 6 + 8 UI: 195000 + 20270.27 */
    ck_assert_uint_eq(span.first_byte_ps, 215270);
    /* 1271 byte times: 18 + 10168 = 10186 UI = 11470720.72 */
    ck_assert_uint_eq(span.last_byte_ps, 195000 + 11470720);
    /* trail 60 ns + 4 UI, exit 100 ns: 355 ns, 10190 UI = 11475225.23 */
    ck_assert_uint_eq(span.end_ps, 355000 + 11475225);
}
END_TEST

START_TEST(a_short_packet_takes_397792_ps)
{
    mipi_dphy_desc_t d = mipi_dphy_desc_default();
    /* 2 byte times: 18 + 16 + 4 = 38 UI = 42792.79 */
    ck_assert_uint_eq(mipi_dphy_packet(&d, 4).end_ps, 355000 + 42792);
}
END_TEST

START_TEST(lanes_divide_the_byte_times)
{
    mipi_dphy_desc_t d = mipi_dphy_desc_default();
    d.lanes = 4;
    /* ceil(2541 / 4) = 636: 18 + 5088 + 4 = 5110 UI = 5754504.50 */
    ck_assert_uint_eq(mipi_dphy_packet(&d, 2541).end_ps, 355000 + 5754504);
    d.lanes = 1;
    /* 18 + 20328 + 4 = 20350 UI = 22916666.67 */
    ck_assert_uint_eq(mipi_dphy_packet(&d, 2541).end_ps, 355000 + 22916666);
}
END_TEST

START_TEST(a_gated_clock_wakes_before_and_sleeps_after)
{
    mipi_dphy_desc_t d = mipi_dphy_desc_default();
    d.gated_clock = true;
    mipi_span_t span = mipi_dphy_packet(&d, 2541);
    /* before: 50 + 38 + 262 ns, 8 UI; so 545 ns, 26 UI = 29279.28 */
    ck_assert_uint_eq(span.first_byte_ps, 545000 + 29279);
    /* after: the data lanes' trail 60 ns + 4 UI, then post + trail 120 ns + 52 UI, then exit: 825
     * ns, 26 + 10168 + 56 = 10250 UI = 11542792.79 */
    ck_assert_uint_eq(span.end_ps, 825000 + 11542792);
}
END_TEST

START_TEST(both_sensor_modes_fit_their_line_times)
{
    mipi_dphy_desc_t d = mipi_dphy_desc_default();
    ck_assert_uint_lt(mipi_dphy_packet(&d, 2541).end_ps, 12631720); /* 9398 / 744 MHz */
    ck_assert_uint_lt(mipi_dphy_packet(&d, 5076).end_ps, 24059139); /* 17900 / 744 MHz */
}
END_TEST

START_TEST(times_are_exact_at_a_round_rate)
{
    mipi_dphy_desc_t d = mipi_dphy_desc_default();
    d.bit_rate_bps = 1000000000;
    ck_assert_uint_eq(mipi_dphy_time_ps(&d, (mipi_dphy_time_t){60, 4}), 64000);
    d.bit_rate_bps = 3;
    ck_assert_uint_eq(mipi_dphy_time_ps(&d, (mipi_dphy_time_t){0, 2}), 666666666666);
}
END_TEST

START_TEST(parameters_outside_the_standard_are_named)
{
    char error[160];
    mipi_dphy_desc_t good = mipi_dphy_desc_default(), d = good;
    ck_assert_ptr_null(mipi_dphy_check(&d, error, sizeof(error)));
    d.lpx.ns = 49;
    ck_assert_str_eq(mipi_dphy_check(&d, error, sizeof(error)),
                     "lpx: 49 ns + 0 UI below 50 ns + 0 UI");
    d = good;
    d.hs_prepare = (mipi_dphy_time_t){85, 7};
    ck_assert_str_eq(mipi_dphy_check(&d, error, sizeof(error)),
                     "hs_prepare: 85 ns + 7 UI above 85 ns + 6 UI");
    d = good;
    d.hs_zero.ns = 104;
    ck_assert_str_eq(mipi_dphy_check(&d, error, sizeof(error)),
                     "hs_prepare + hs_zero: 144 ns + 10 UI below 145 ns + 10 UI");
    d = good;
    d.hs_trail = (mipi_dphy_time_t){60, 3};
    ck_assert_ptr_nonnull(mipi_dphy_check(&d, error, sizeof(error)));
    d.hs_trail = (mipi_dphy_time_t){65, 0}; /* 4 UI are 4.5 ns */
    ck_assert_ptr_null(mipi_dphy_check(&d, error, sizeof(error)));
    d = good;
    d.clk_post.ui = 51;
    ck_assert_ptr_nonnull(mipi_dphy_check(&d, error, sizeof(error)));
    d = good;
    d.lanes = 5;
    ck_assert_str_eq(mipi_dphy_check(&d, error, sizeof(error)), "lanes: 5 not in 1..4");
    d = good;
    d.bit_rate_bps = 79999999;
    ck_assert_ptr_nonnull(mipi_dphy_check(&d, error, sizeof(error)));
}
END_TEST

START_TEST(calibration_above_1500_mbps_has_its_lengths)
{
    char error[160];
    mipi_dphy_desc_t d = mipi_dphy_desc_default();
    d.bit_rate_bps = 2000000000;
    ck_assert_ptr_null(mipi_dphy_check(&d, error, sizeof(error)));
    /* 50 + 40 + 105 + 60 + 100 ns, 4 + 6 + 16 + 1024 + 4 UI of 500 ps */
    ck_assert_uint_eq(mipi_dphy_deskew_ps(&d, 1024), 355000 + 1054 * 500);
    d.deskew_initial_ui = 32767;
    ck_assert_str_eq(mipi_dphy_check(&d, error, sizeof(error)),
                     "deskew_initial_ui: 32767 not in 32768..200000 (100 us)");
    d.deskew_initial_ui = 200000;
    d.deskew_periodic_ui = 20001; /* 10.0005 us */
    ck_assert_str_eq(mipi_dphy_check(&d, error, sizeof(error)),
                     "deskew_periodic_ui: 20001 not in 1024..20000 (10 us)");
    d.bit_rate_bps = 1500000000; /* nobody needs it */
    ck_assert_ptr_null(mipi_dphy_check(&d, error, sizeof(error)));
}
END_TEST

START_TEST(a_skew_above_255_ui_is_named)
{
    char error[160];
    mipi_dphy_desc_t d = mipi_dphy_desc_default();
    d.skew_ui[1] = 256;
    ck_assert_str_eq(mipi_dphy_check(&d, error, sizeof(error)),
                     "skew_ui: 256 of lane 1 not in 0..255");
}
END_TEST

/* ---- lanes --------------------------------------------------------------------------------------
 */
START_TEST(bytes_go_round_the_lanes_and_come_back)
{
    for (uint32_t lanes = 1; lanes <= 4; lanes++) {
        for (uint32_t bytes = 0; bytes <= 41; bytes++) {
            uint8_t packet[41], lane[4][41], back[41];
            uint8_t *out[4] = {lane[0], lane[1], lane[2], lane[3]};
            const uint8_t *in[4] = {lane[0], lane[1], lane[2], lane[3]};
            uint32_t counts[4] = {0}, sum = 0;
            for (uint32_t i = 0; i < bytes; i++)
                packet[i] = (uint8_t)(i + 1);
            mipi_lanes_split(packet, bytes, lanes, out);
            for (uint32_t n = 0; n < lanes; n++) {
                counts[n] = mipi_lane_bytes(lanes, n, bytes);
                sum += counts[n];
                for (uint32_t i = 0; i < counts[n]; i++)
                    ck_assert_uint_eq(lane[n][i], n + i * lanes + 1);
            }
            ck_assert_uint_eq(sum, bytes);
            ck_assert_uint_eq(mipi_lanes_merge(in, counts, lanes, back, sizeof(back)), bytes);
            ck_assert_mem_eq(back, packet, bytes);
        }
    }
}
END_TEST

START_TEST(seven_bytes_on_three_lanes_are_3_2_2)
{
    ck_assert_uint_eq(mipi_lane_bytes(3, 0, 7), 3);
    ck_assert_uint_eq(mipi_lane_bytes(3, 1, 7), 2);
    ck_assert_uint_eq(mipi_lane_bytes(3, 2, 7), 2);
    ck_assert_uint_eq(mipi_lane_bytes(4, 3, 3), 0);
}
END_TEST

START_TEST(a_lane_that_runs_dry_ends_the_merge)
{
    const uint8_t a[] = {1, 3, 5}, b[] = {2};
    const uint8_t *in[] = {a, b};
    uint8_t out[6];
    ck_assert_uint_eq(mipi_lanes_merge(in, (uint32_t[]){3, 1}, 2, out, 6), 3);
    ck_assert_mem_eq(out, ((uint8_t[]){1, 2, 3}), 3);
    ck_assert_uint_eq(mipi_lanes_merge(in, (uint32_t[]){3, 1}, 2, out, 2), 2);
}
END_TEST

START_TEST(lane_trace_reads_as_published)
{
    mipi_dphy_desc_t d = mipi_dphy_desc_default();
    char text[1024] = "";
    FILE *stream = fmemopen(text, sizeof(text), "w");
    mipi_lane_trace_t trace;
    mipi_phy_t phy = {.signaling = MIPI_DPHY, .dphy = d};
    mipi_lane_trace_begin(&trace, stream, &phy);
    const uint8_t fs[] = {0x00, 0x01, 0x00, 0x1a}, long_packet[] = {0x30, 0x01, 0x00, 0x80, 0x7f};
    mipi_lane_trace_packet(
        &trace, &(mipi_packet_t){.bytes = fs, .count = 4, .start_ps = 500, .end_ps = 398292});
    /* 100 ns of HS-EXIT and 441,440 ps more are 480.8 UI: 60 byte times in LP-11 */
    mipi_lane_trace_packet(&trace, &(mipi_packet_t){.number = 1,
                                                    .bytes = long_packet,
                                                    .count = 5,
                                                    .start_ps = 398292 + 441440,
                                                    .end_ps = 1300000});
    /* at 1 Gb/s: 160 ns are 20 byte times, 60 ns + 4 UI 8 */
    mipi_lane_trace_packet(&trace, &(mipi_packet_t){.number = 2,
                                                    .bytes = fs,
                                                    .count = 4,
                                                    .start_ps = 1360000,
                                                    .end_ps = 1700000,
                                                    .bit_rate_bps = 1000000000});
    fclose(stream);
    /* the trail is 60 ns + 4 UI = 57.28 UI: 8 byte times (7.16 begun) */
    ck_assert_str_eq(text, "CSI2LANES 1\nlanes 2\nrate 888\nt 500\nburst\nb8 b8\n00 01\n00 1a\n"
                           "trail\nff ff\nff ff\nff ff\nff ff\nff ff\nff ff\nff ff\nff ff\nend\n"
                           "t 839732\ngap 60\nburst\nb8 b8\n30 01\n00 80\n7f 00\n"
                           "trail\nff 00\nff 00\nff 00\nff 00\nff 00\nff 00\nff 00\nff 00\nend\n"
                           "rate 1000\nt 1360000\ngap 20\nburst\nb8 b8\n00 01\n00 1a\n"
                           "trail\nff ff\nff ff\nff ff\nff ff\nff ff\nff ff\nff ff\nff ff\nend\n");
}
END_TEST

TEST_MAIN("mipi dphy", a_raw10_line_on_two_lanes_takes_11830225_ps, a_short_packet_takes_397792_ps,
          lanes_divide_the_byte_times, a_gated_clock_wakes_before_and_sleeps_after,
          both_sensor_modes_fit_their_line_times, times_are_exact_at_a_round_rate,
          parameters_outside_the_standard_are_named, calibration_above_1500_mbps_has_its_lengths,
          a_skew_above_255_ui_is_named, bytes_go_round_the_lanes_and_come_back,
          seven_bytes_on_three_lanes_are_3_2_2, a_lane_that_runs_dry_ends_the_merge,
          lane_trace_reads_as_published)
