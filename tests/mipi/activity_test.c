/*
 * activity_test.c - how long lanes are in which state, worked out by hand; at times in the middle
 * of packets, too.
 *
 * The rig's lane of 1 Gb/s (rig.h): LPX 50 and PREPARE 44 ns, then high speed: ZERO and sync 119,
 * 8 ns a byte, TRAIL 64; then EXIT 100. So a packet of n bytes is 183 + 8 n ns in high speed.
 */
#include "tests/mipi/rig.h"
#include "tests/test.h"

#define NS SIM_PS_PER_NS

static rig_t rig;
static uint16_t px[16 * 8];
static mipi_phy_regs_t host;
static uint64_t bps;

static void host_regs(void *ctx, mipi_phy_regs_t *regs)
{
    (void)ctx;
    *regs = host;
}

static uint64_t lane_bps(void *ctx)
{
    (void)ctx;
    return bps;
}

/* FS, two lines of 26 bytes, FE: from 1000, 1409, 11000 and 11585 ns on. */
static void start(const mipi_desc_t *desc)
{
    rig_open(&rig, desc);
    rig_lines(&rig, 16, 2, 2, 1000 * NS, 10000 * NS, px);
    rig_start(&rig);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW);
}

static void at(uint64_t ns)
{
    sim_run_until_ps(rig.sim, ns * NS);
    sim_tally(rig.sim);
}

START_TEST(high_speed_lasts_from_hs_zero_to_the_end_of_the_trail)
{
    mipi_desc_t desc = rig_desc();
    start(&desc);
    at(1000000);
    ck_assert_uint_eq(rig.tx.lane_hs_ps, (4 * 183 + 8 * (4 + 26 + 26 + 4)) * NS);
    ck_assert_uint_eq(rig.tx.lane_lp_ps, 1000000 * NS - rig.tx.lane_hs_ps);
    ck_assert_uint_eq(rig.tx.lane_off_ps, 0);
    ck_assert_uint_eq(rig.tx.clock_hs_ps, 1000000 * NS); /* it never stops */
    ck_assert_uint_eq(rig.tx.clock_lp_ps, 0);
    ck_assert_uint_eq(rig.tx.lane_bursts, 4);
    ck_assert_uint_eq(rig.tx.symbols, 0);
    ck_assert_uint_eq(rig.tx.fifo_in_bytes, 60);
    ck_assert_uint_eq(rig.tx.fifo_out_bytes, 60);
    rig_close(&rig);
}
END_TEST

START_TEST(times_are_true_in_the_middle_of_a_packet)
{
    mipi_desc_t desc = rig_desc();
    start(&desc);
    at(1093);
    ck_assert_uint_eq(rig.tx.lane_hs_ps, 0);
    at(1144);
    ck_assert_uint_eq(rig.tx.lane_hs_ps, 50 * NS);
    ck_assert_uint_eq(rig.tx.link_busy_ps, 144 * NS);
    at(1408); /* in EXIT */
    ck_assert_uint_eq(rig.tx.lane_hs_ps, (183 + 32) * NS);
    ck_assert_uint_eq(rig.tx.link_busy_ps, 408 * NS);
    at(1409 + 94 + 1);
    ck_assert_uint_eq(rig.tx.lane_hs_ps, (183 + 32 + 1) * NS);
    rig_close(&rig);
}
END_TEST

START_TEST(lanes_are_off_while_nothing_is_to_be_sent)
{
    mipi_desc_t desc = rig_desc();
    desc.dphy.lanes = 2;
    rig_open(&rig, &desc);
    rig_lines(&rig, 16, 2, 2, 1000 * NS, 10000 * NS, px);
    rig_start(&rig);
    at(300);
    ck_assert_uint_eq(rig.tx.lane_off_ps, 2 * 300 * NS);
    ck_assert_uint_eq(rig.tx.clock_off_ps, 300 * NS);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW);
    at(11100);
    rig_write(&rig, RIG_CTRL, 0); /* the frame is sent to its end */
    at(11700);
    ck_assert_uint_eq(rig.tx.lane_off_ps, 2 * 300 * NS);
    at(20000);
    /* FS, line, line, FE: 2 and 13 bytes a lane */
    uint64_t end_ns = 11000 + (377 + 8 * 13) + (377 + 8 * 2);
    ck_assert_uint_eq(rig.tx.lane_hs_ps, 2 * (4 * 183 + 8 * (2 + 13 + 13 + 2)) * NS);
    ck_assert_uint_eq(rig.tx.lane_off_ps, 2 * (300 + 20000 - end_ns) * NS);
    ck_assert_uint_eq(rig.tx.lane_lp_ps, 2 * 20000 * NS - rig.tx.lane_hs_ps - rig.tx.lane_off_ps);
    ck_assert_uint_eq(rig.tx.clock_hs_ps, (end_ns - 300) * NS);
    ck_assert_uint_eq(rig.tx.lane_bursts, 2 * 4);
    rig_close(&rig);
}
END_TEST

/* LPX 50, PREPARE 38, then high speed: ZERO 262, PRE 8; the data lane's 94 + 119 + 8 n + 64; POST
 * 112, TRAIL 60. */
START_TEST(a_gated_clock_is_in_high_speed_around_the_data)
{
    mipi_desc_t desc = rig_desc();
    desc.dphy.gated_clock = true;
    start(&desc);
    at(1000000);
    ck_assert_uint_eq(rig.tx.clock_hs_ps, (4 * (262 + 8 + 94 + 119 + 64 + 112 + 60) + 8 * 60) * NS);
    ck_assert_uint_eq(rig.tx.clock_lp_ps, 1000000 * NS - rig.tx.clock_hs_ps);
    ck_assert_uint_eq(rig.tx.lane_hs_ps, (4 * 183 + 8 * 60) * NS);
    rig_close(&rig);
}
END_TEST

static void start_by_host(uint32_t lanes, uint32_t trios)
{
    mipi_desc_t desc = rig_desc();
    desc.dphy.lanes = lanes;
    desc.cphy.trios = trios;
    rig_open(&rig, &desc);
    rig.tx.lane_bps = lane_bps;
    rig.tx.phy_regs = host_regs;
    rig_lines(&rig, 16, 4, 4, 1000 * NS, 100 * NS, px);
    rig_start(&rig);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW);
}

/* Six packets of a burst whose last byte leaves at 2173 ns (burst_test.c). */
START_TEST(packets_of_a_burst_stay_in_high_speed)
{
    host = (mipi_phy_regs_t){.signaling = MIPI_DPHY};
    host.value[0x64] = host.value[0x66] = 0x80; /* LRTE on; spacers only */
    host.value[0x67] = 2;
    bps = 1000000000;
    start_by_host(1, 0);
    at(1700);
    ck_assert_uint_eq(rig.tx.lane_hs_ps, (1700 - 1094) * NS);
    at(100000);
    ck_assert_uint_eq(rig.tx.lane_hs_ps, (2173 + 64 - 1094) * NS);
    ck_assert_uint_eq(rig.tx.lane_bursts, 1);
    rig_close(&rig);
}
END_TEST

/* 16754 ns, of which LPX 50, PREPARE 42 and EXIT 100 are low power. */
START_TEST(a_calibration_is_a_burst_in_high_speed)
{
    host = (mipi_phy_regs_t){.signaling = MIPI_DPHY};
    bps = 2000000000;
    start_by_host(1, 0);
    at(1000 + 16754);
    ck_assert_uint_eq(rig.tx.lane_hs_ps, (16754 - 192) * NS);
    ck_assert_uint_eq(rig.tx.deskew_ps, 16754 * NS);
    ck_assert_uint_eq(rig.tx.lane_bursts, 2); /* and the packet behind it */
    rig_close(&rig);
}
END_TEST

/* Two trios of 1 Gs/s. Short packets: 2 sync words and 2 x 3 of header, 56 symbols; lines: 22 bytes
 * of payload and CRC are 6 words a trio more, 98. High speed: preamble 98 + 7 before, POST 28. */
START_TEST(symbols_of_trios_are_counted)
{
    host = (mipi_phy_regs_t){.signaling = MIPI_CPHY, .lane_mode = 1};
    bps = 1000000000;
    start_by_host(1, 2);
    at(100000);
    ck_assert_uint_eq(rig.packets, 6);
    ck_assert_uint_eq(rig.tx.symbols, 2 * (2 * 56 + 4 * 98));
    ck_assert_uint_eq(rig.tx.lane_hs_ps, 2 * (6 * (105 + 28) + 2 * 56 + 4 * 98) * NS);
    ck_assert_uint_eq(rig.tx.clock_hs_ps, 1000 * NS); /* D-PHY until the first burst */
    rig_close(&rig);
}
END_TEST

TEST_MAIN("mipi activity", high_speed_lasts_from_hs_zero_to_the_end_of_the_trail,
          times_are_true_in_the_middle_of_a_packet, lanes_are_off_while_nothing_is_to_be_sent,
          a_gated_clock_is_in_high_speed_around_the_data, packets_of_a_burst_stay_in_high_speed,
          a_calibration_is_a_burst_in_high_speed, symbols_of_trios_are_counted)
