#include "mipi/phy.h"

#include <string.h>

#include "tests/test.h"

static char error[200];

/* Registers after power-up: D-PHY, 2 lanes, automatic. */
static mipi_phy_regs_t power_up(void)
{
    return (mipi_phy_regs_t){.signaling = 2, .lane_mode = 1};
}

static void put(mipi_phy_regs_t *regs, uint16_t addr, uint32_t bytes, uint32_t value)
{
    for (uint32_t i = 0; i < bytes; i++)
        regs->value[addr - MIPI_PHY_REGS_FIRST + i] = (uint8_t)(value >> (8 * (bytes - 1 - i)));
}

static mipi_phy_t make(const mipi_phy_regs_t *regs, uint64_t bps, const char *expected)
{
    mipi_dphy_desc_t dphy = mipi_dphy_desc_default();
    mipi_cphy_desc_t cphy = mipi_cphy_desc_default();
    const mipi_phy_chip_t chip = {MIPI_DPHY, &dphy, &cphy};
    mipi_phy_t phy;
    const char *wrong = mipi_phy_make(&chip, regs, bps, &phy, error, sizeof(error));
    if (expected == NULL)
        ck_assert_msg(wrong == NULL, "%s", wrong);
    else
        ck_assert_str_eq(wrong, expected);
    return phy;
}

#define expect_time(time, ns_, ui_)                                                                \
    do {                                                                                           \
        ck_assert_uint_eq((time).ns, ns_);                                                         \
        ck_assert_uint_eq((time).ui, ui_);                                                         \
    } while (0)

START_TEST(at_power_up_the_chip_files_times_hold_as_they_are)
{
    mipi_phy_regs_t regs = power_up();
    mipi_phy_t phy = make(&regs, 888000000, NULL);
    expect_time(phy.dphy.hs_prepare, 40, 4);
    expect_time(phy.dphy.clk_post, 60, 52);
    /* 2541 bytes: dphy_test.c */
    ck_assert_uint_eq(mipi_phy_packet(&phy, MIPI_OWN_BURST, 2541).end_ps, 11830225);
    ck_assert_uint_eq(mipi_phy_deskew_ps(&phy, true), 0);
}
END_TEST

/* Sony's table for the IMX477: 127 79 119 95 87 79 295 63 at 900 Mb/s (Linux imx477.c). */
static mipi_phy_regs_t sony(void)
{
    const uint32_t values[] = {127, 79, 119, 95, 87, 79, 295, 63};
    mipi_phy_regs_t regs = power_up();
    put(&regs, 0x0808, 1, 2);
    for (uint16_t i = 0; i < 8; i++)
        put(&regs, (uint16_t)(0x080a + 2 * i), 2, values[i]);
    return regs;
}

START_TEST(sonys_manual_times_are_ui_less_one_and_meet_every_limit)
{
    mipi_phy_regs_t regs = sony();
    mipi_phy_t phy = make(&regs, 900000000, NULL);
    expect_time(phy.dphy.clk_post, 0, 128);
    expect_time(phy.dphy.hs_prepare, 0, 80);
    expect_time(phy.dphy.hs_zero, 0, 120);
    expect_time(phy.dphy.hs_trail, 0, 96);
    expect_time(phy.dphy.clk_trail, 0, 88);
    expect_time(phy.dphy.clk_prepare, 0, 80);
    expect_time(phy.dphy.clk_zero, 0, 296);
    expect_time(phy.dphy.lpx, 0, 64);
    expect_time(phy.dphy.hs_exit, 100, 0); /* no register of theirs: automatic */
    /* 6084 + 6 bytes of RAW12 on 2 lanes: 64 + 80 + 120 + 8 + 8 x 3045 + 96 = 24728 UI =
     * 27475555.56 ps, and 100 ns */
    ck_assert_uint_eq(mipi_phy_packet(&phy, MIPI_OWN_BURST, 6090).end_ps, 100000 + 27475555);
}
END_TEST

/* 64 + 80 + 120 + 8 + 836 x 8 + 96 = 7056 UI of 900 Mb/s, and 100 ns: a line of 6664 / 840 MHz is
 * 6.7 ns shorter. Automatic, asked for 900: 48 + 40 + 104 + 8 + 6688 + 64 + 96 = 7048 UI. */
START_TEST(a_line_of_the_imx477s_fastest_mode_takes_longer_than_it_has)
{
    const uint32_t bytes = 1332 * 10 / 8 + 6;
    mipi_phy_regs_t regs = sony();
    mipi_phy_t phy = make(&regs, 900000000, NULL);
    ck_assert_uint_eq(mipi_phy_packet(&phy, MIPI_OWN_BURST, bytes).end_ps, 7840000 + 100000);
    ck_assert_uint_gt(7940000, UINT64_C(6664) * 1000000 / 840 + 6000);
    regs = power_up();
    put(&regs, 0x0820, 4, 1800u << 16);
    phy = make(&regs, 900000000, NULL);
    ck_assert_uint_eq(mipi_phy_packet(&phy, MIPI_OWN_BURST, bytes).end_ps, 7831111);
}
END_TEST

START_TEST(the_same_registers_break_a_limit_at_another_rate)
{
    mipi_phy_regs_t regs = sony();
    /* 80 UI of 2.5 ns are 200 ns, of 85 + 15 */
    make(&regs, 400000000,
         "D-PHY at 400.000 Mb/s a lane: hs_prepare: 0 ns + 80 UI above 85 ns + 6 UI");
    /* 64 UI at 1.44 Gb/s are 44 ns */
    make(&regs, 1440000000, "D-PHY at 1440.000 Mb/s a lane: lpx: 0 ns + 64 UI below 50 ns + 0 UI");
}
END_TEST

START_TEST(times_in_registers_are_rounded_up_to_byte_clocks)
{
    mipi_phy_regs_t regs = sony();
    put(&regs, 0x080c, 2, 72); /* 73 UI */
    put(&regs, 0x082e, 2, 127);
    mipi_phy_t phy = make(&regs, 900000000, NULL);
    expect_time(phy.dphy.hs_prepare, 0, 80);
    expect_time(phy.dphy.hs_exit, 0, 128);
    put(&regs, 0x0814, 2, 84); /* 85 UI are 94.4 ns of at most 95; 88 are 97.8 */
    phy = make(&regs, 900000000, NULL);
    expect_time(phy.dphy.clk_prepare, 0, 85);
}
END_TEST

START_TEST(ui_control_takes_the_8_bit_registers)
{
    const uint8_t values[] = {128, 80, 120, 96, 88, 80, 255, 64, 1};
    mipi_phy_regs_t regs = power_up();
    memcpy(regs.value, values, sizeof(values)); /* the last is phy_ctrl: 1 */
    mipi_phy_t phy = make(&regs, 900000000, NULL);
    expect_time(phy.dphy.hs_zero, 0, 120);
    expect_time(phy.dphy.clk_zero, 0, 256);
    expect_time(phy.dphy.lpx, 0, 64);
}
END_TEST

/* IMX500: the driver asks for 1998 Mb/s, as if the board's 24 MHz were 27; lanes run at 888. */
START_TEST(a_requested_rate_above_the_real_one_makes_times_longer)
{
    mipi_phy_regs_t regs = power_up();
    put(&regs, 0x0820, 4, 1998u << 16);
    mipi_phy_t phy = make(&regs, 888000000, NULL);
    expect_time(phy.dphy.lpx, 0, 56);         /* 50 ns at 999 Mb/s: 49.95 UI */
    expect_time(phy.dphy.hs_prepare, 0, 48);  /* 40 + 4 */
    expect_time(phy.dphy.hs_zero, 0, 112);    /* 104.9 + 6 */
    expect_time(phy.dphy.hs_exit, 0, 104);    /* 99.9 */
    expect_time(phy.dphy.clk_prepare, 0, 40); /* 37.96 */
}
END_TEST

START_TEST(a_requested_rate_below_the_real_one_breaks_the_limits)
{
    mipi_phy_regs_t regs = power_up();
    put(&regs, 0x0820, 4, 800u << 16); /* 400 a lane: 50 ns are 20 UI, 24 in byte clocks: 27 ns */
    make(&regs, 888000000, "D-PHY at 888.000 Mb/s a lane: lpx: 0 ns + 24 UI below 50 ns + 0 UI");
}
END_TEST

START_TEST(what_the_chip_does_not_have_is_named_and_does_not_count)
{
    mipi_phy_regs_t regs = power_up();
    regs.lane_mode = 3;
    mipi_phy_t phy = make(&regs, 888000000, "csi_lane_mode: 3, expected 0..1 (2 lanes)");
    ck_assert_uint_eq(mipi_phy_lanes(&phy), 2);
    regs = power_up();
    regs.signaling = 1;
    make(&regs, 888000000, "csi_signaling_mode: 1, expected 2 (D-PHY)");
    regs = power_up();
    put(&regs, 0x0808, 1, 3);
    make(&regs, 888000000, "phy_ctrl: 3, expected 0..2");
    regs = power_up();
    regs.lane_mode = 0;
    phy = make(&regs, 888000000, NULL);
    ck_assert_uint_eq(mipi_phy_lanes(&phy), 1);
}
END_TEST

START_TEST(delimiters_cost_less_than_leaving_high_speed)
{
    mipi_phy_regs_t regs = power_up();
    mipi_phy_t phy;
    mipi_span_t span;
    put(&regs, 0x0864, 2, 0x8000 | 3);
    put(&regs, 0x0866, 2, 5);
    phy = make(&regs, 1000000000, NULL);
    /* option 1: 3 spacers, 60 ns + 16 UI, sync: 24 + 60 + 16 + 8 ns; 2 byte times */
    span = mipi_phy_packet(&phy, MIPI_AFTER_SHORT, 4);
    ck_assert_uint_eq(span.first_byte_ps, 108000);
    ck_assert_uint_eq(span.last_byte_ps, 108000 + 16000);
    ck_assert_uint_eq(span.end_ps, 124000 + 64000 + 100000); /* trail, exit */
    ck_assert_uint_eq(mipi_phy_packet(&phy, MIPI_AFTER_LONG, 4).first_byte_ps, 108000 + 16000);
    put(&regs, 0x0866, 2, 0x8000 | 5);
    phy = make(&regs, 1000000000, NULL);
    ck_assert_uint_eq(mipi_phy_packet(&phy, MIPI_AFTER_SHORT, 4).first_byte_ps, 24000);
    ck_assert_uint_eq(mipi_phy_packet(&phy, MIPI_AFTER_LONG, 4).first_byte_ps, 40000);
    /* 50 + 44 + 111 + 8 ns */
    ck_assert_uint_eq(mipi_phy_packet(&phy, MIPI_OWN_BURST, 4).first_byte_ps, 213000);
    put(&regs, 0x0864, 2, 0x8000 | 0x7fff); /* 15 bits count */
    put(&regs, 0x0866, 2, 0x8000 | 0x4100);
    phy = make(&regs, 1000000000, NULL);
    ck_assert_uint_eq(mipi_phy_spacers(&phy, MIPI_AFTER_SHORT), 0x7fff);
    ck_assert_uint_eq(mipi_phy_spacers(&phy, MIPI_AFTER_LONG), 0x4100);
    ck_assert_uint_eq(mipi_phy_spacers(&phy, MIPI_OWN_BURST), 0);
}
END_TEST

START_TEST(calibration_is_sent_where_it_is_needed_or_asked_for)
{
    mipi_phy_regs_t regs = power_up();
    mipi_phy_t phy = make(&regs, 1500000000, NULL);
    ck_assert_uint_eq(mipi_phy_deskew_ps(&phy, true), 0);
    phy = make(&regs, 1600000000, NULL);
    /* 355 ns, 30 + 32768 UI of 625 ps */
    ck_assert_uint_eq(mipi_phy_deskew_ps(&phy, true), 355000 + 32798 * 625);
    ck_assert_uint_eq(mipi_phy_deskew_ps(&phy, false), 0);
    put(&regs, 0x0830, 2, 0x0104); /* in blanking, each 4th frame */
    put(&regs, 0x0832, 1, 1);
    phy = make(&regs, 800000000, NULL);
    ck_assert_uint_eq(phy.deskew.interval_frames, 4);
    ck_assert_uint_eq(mipi_phy_deskew_ps(&phy, false), 355000 + (1024 + 30) * 1250);
    ck_assert_uint_eq(mipi_phy_deskew_ps(&phy, true), 355000 + 32798 * 1250);
    put(&regs, 0x0831, 1, 0); /* no interval: each frame */
    ck_assert_uint_eq(make(&regs, 800000000, NULL).deskew.interval_frames, 1);
}
END_TEST

START_TEST(each_lane_is_scrambled_from_its_own_seed)
{
    mipi_phy_regs_t regs = power_up();
    for (uint16_t lane = 0; lane < 4; lane++)
        put(&regs, (uint16_t)(0x0872 + 2 * lane), 2, 0x1234u + 0x1111u * lane);
    ck_assert(!make(&regs, 888000000, NULL).scramble.on);
    put(&regs, 0x0870, 1, 1);
    mipi_phy_t phy = make(&regs, 888000000, NULL);
    ck_assert(phy.scramble.on);
    for (uint32_t lane = 0; lane < 4; lane++)
        ck_assert_uint_eq(phy.scramble.seed[lane], 0x1234u + 0x1111u * lane);
}
END_TEST

TEST_MAIN("mipi phy", at_power_up_the_chip_files_times_hold_as_they_are,
          sonys_manual_times_are_ui_less_one_and_meet_every_limit,
          a_line_of_the_imx477s_fastest_mode_takes_longer_than_it_has,
          the_same_registers_break_a_limit_at_another_rate,
          times_in_registers_are_rounded_up_to_byte_clocks, ui_control_takes_the_8_bit_registers,
          a_requested_rate_above_the_real_one_makes_times_longer,
          a_requested_rate_below_the_real_one_breaks_the_limits,
          what_the_chip_does_not_have_is_named_and_does_not_count,
          delimiters_cost_less_than_leaving_high_speed,
          calibration_is_sent_where_it_is_needed_or_asked_for,
          each_lane_is_scrambled_from_its_own_seed)
