/* The transmitter with a host that changes the PHY: LRTE, calibration, lanes, rates. */
#include <string.h>

#include "tests/mipi/rig.h"
#include "tests/test.h"

#define NS SIM_PS_PER_NS

static rig_t rig;
static uint16_t px[4 * 16];
static mipi_phy_regs_t host;
static uint64_t bps;
static struct {
    uint32_t join[64], deskew_ui[64];
    uint64_t deskew_ps[64];
    bool more[64];
    uint32_t count;
} heard;

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

static void hear(void *ctx, const mipi_packet_t *packet)
{
    (void)ctx;
    ck_assert_uint_lt(heard.count, 64);
    heard.join[heard.count] = packet->join;
    heard.more[heard.count] = packet->more;
    heard.deskew_ui[heard.count] = packet->deskew_ui;
    heard.deskew_ps[heard.count++] = packet->deskew_ps;
}

static void put(uint16_t addr, uint32_t bytes, uint32_t value)
{
    for (uint32_t i = 0; i < bytes; i++)
        host.value[addr - MIPI_PHY_REGS_FIRST + i] = (uint8_t)(value >> (8 * (bytes - 1 - i)));
}

/* 1 lane of 1 Gb/s: rig.h. RAW10 lines of 26 bytes. */
static void open_rig(uint32_t lanes)
{
    mipi_desc_t desc = rig_desc();
    desc.dphy.lanes = lanes;
    desc.cphy.trios = lanes < MIPI_MAX_TRIOS ? lanes : MIPI_MAX_TRIOS;
    rig_open(&rig, &desc);
    memset(&heard, 0, sizeof(heard));
    host = (mipi_phy_regs_t){.signaling = 2, .lane_mode = (uint8_t)(lanes - 1)};
    bps = 1000000000;
    rig.tx.lane_bps = lane_bps;
    rig.tx.phy_regs = host_regs;
    mipi_tx_listen(&rig.tx, hear, NULL);
}

static void run(uint32_t rows, uint32_t lines, uint64_t period_ps)
{
    rig_lines(&rig, 16, rows, lines, 1000 * NS, period_ps, px);
    rig_start(&rig);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW);
    sim_run_until_ps(rig.sim, SIM_PS_PER_MS);
}

static void expect_times(uint32_t n, uint64_t start_ns, uint64_t first_ns, uint64_t last_ns,
                         uint64_t end_ns)
{
    ck_assert_uint_lt(n, rig.packets);
    ck_assert_uint_eq(rig.packet[n].start_ps, start_ns * NS);
    ck_assert_uint_eq(rig.packet[n].first_byte_ps, first_ns * NS);
    ck_assert_uint_eq(rig.packet[n].last_byte_ps, last_ns * NS);
    ck_assert_uint_eq(rig.packet[n].end_ps, end_ns * NS);
}

START_TEST(waiting_packets_share_a_burst_behind_spacers)
{
    open_rig(1);
    put(0x0864, 2, 0x8000);     /* on, none after a short packet */
    put(0x0866, 2, 0x8000 | 2); /* spacers only: 2, 16 ns, after a long one */
    run(4, 4, 100 * NS);
    ck_assert_uint_eq(rig.packets, 6);
    expect_times(0, 1000, 1213, 1245, 1245);
    expect_times(1, 1245, 1245, 1453, 1453);
    expect_times(2, 1453, 1469, 1677, 1677);
    expect_times(3, 1677, 1693, 1901, 1901);
    expect_times(4, 1901, 1917, 2125, 2125);
    expect_times(5, 2125, 2141, 2173, 2337); /* trail 64, exit 100 */
    const uint32_t joins[] = {MIPI_OWN_BURST,  MIPI_AFTER_SHORT, MIPI_AFTER_LONG,
                              MIPI_AFTER_LONG, MIPI_AFTER_LONG,  MIPI_AFTER_LONG};
    for (uint32_t n = 0; n < 6; n++) {
        ck_assert_uint_eq(heard.join[n], joins[n]);
        ck_assert_int_eq(heard.more[n], n < 5);
    }
    ck_assert_uint_eq(rig.tx.bursts, 1);
    ck_assert_uint_eq(rig_busy_ps(&rig), 1337 * NS); /* without: 2 x 409 + 4 x 585 = 3158 */
    rig_close(&rig);
}
END_TEST

START_TEST(hs_idle_delimits_packets_of_a_burst)
{
    open_rig(1);
    put(0x0864, 2, 0x8000);
    put(0x0866, 2, 0);
    run(4, 4, 100 * NS);
    /* 60 ns + 16 UI and a sync byte: 84 ns */
    expect_times(0, 1000, 1213, 1245, 1245);
    expect_times(1, 1245, 1329, 1537, 1537);
    expect_times(2, 1537, 1621, 1829, 1829);
    expect_times(5, 2413, 2497, 2529, 2693);
    ck_assert_uint_eq(rig.tx.bursts, 1);
    ck_assert_uint_eq(rig_busy_ps(&rig), 1693 * NS);
    rig_close(&rig);
}
END_TEST

START_TEST(a_burst_ends_when_nothing_waits_and_the_next_begins_after_it)
{
    open_rig(1);
    put(0x0864, 2, 0x8000);
    put(0x0866, 2, 0x8000 | 2);
    run(2, 2, 500 * NS); /* the second line comes at 1500, within the trail */
    expect_times(0, 1000, 1213, 1245, 1245);
    expect_times(1, 1245, 1245, 1453, 1617);
    expect_times(2, 1617, 1830, 2038, 2038);
    expect_times(3, 2038, 2054, 2086, 2250);
    ck_assert_uint_eq(rig.tx.bursts, 2);
    ck_assert_uint_eq(rig_busy_ps(&rig), 1250 * NS);
    ck_assert_uint_eq(rig.frames, 1);
    ck_assert_uint_eq(rig.frame[0].last_ps, 2086 * NS);
    rig_close(&rig);
}
END_TEST

START_TEST(without_lrte_every_packet_is_a_burst)
{
    open_rig(1);
    run(4, 4, 100 * NS);
    ck_assert_uint_eq(rig.packets, 6);
    ck_assert_uint_eq(rig.tx.bursts, 6);
    for (uint32_t n = 0; n < 6; n++)
        ck_assert(heard.join[n] == MIPI_OWN_BURST && !heard.more[n] && heard.deskew_ps[n] == 0);
    rig_close(&rig);
}
END_TEST

START_TEST(above_1500_mbps_the_first_packet_waits_for_the_calibration)
{
    open_rig(1);
    bps = 2000000000;
    run(2, 4, 100000 * NS);
    /* 355 ns + (30 + 32768) UI of 0.5 ns = 16754 ns, then 195 ns + 18 UI */
    expect_times(0, 17754, 17958, 17974, 18136);
    ck_assert_uint_eq(heard.deskew_ps[0], 16754 * NS);
    ck_assert_uint_eq(heard.deskew_ui[0], 32768);
    for (uint32_t n = 1; n < heard.count; n++)
        ck_assert_uint_eq(heard.deskew_ps[n], 0);
    ck_assert_uint_eq(rig.tx.deskew_bursts, 1);
    /* 2 frames: 355 ns + 22 UI and 4 or 26 bytes of 4 ns each */
    ck_assert_uint_eq(rig_busy_ps(&rig), (16754 + 4 * (366 + 16) + 4 * (366 + 104)) * NS);
    rig_close(&rig);
}
END_TEST

START_TEST(periodic_calibration_goes_before_the_frame_start_of_each_nth_frame)
{
    open_rig(1);
    put(0x0830, 2, 0x0102);
    put(0x0864, 2, 0x8000);
    put(0x0866, 2, 0x8000);
    run(1, 7, 10000 * NS);
    ck_assert_uint_eq(heard.count, 21);
    for (uint32_t n = 0; n < 21; n++)
        ck_assert_uint_eq(heard.deskew_ui[n], n == 6 || n == 12 || n == 18 ? 1024 : 0);
    /* 355 ns + 1054 UI */
    ck_assert_uint_eq(heard.deskew_ps[6], 1409 * NS);
    expect_times(6, 21000 + 1409, 22622, 22654, 22654);
    rig_close(&rig);
}
END_TEST

START_TEST(the_first_calibration_counts_as_one_of_the_periodic_ones)
{
    open_rig(1);
    bps = 1600000000;
    put(0x0830, 2, 0x0101);
    run(1, 3, 100000 * NS);
    ck_assert_uint_eq(heard.count, 9);
    ck_assert_uint_eq(heard.deskew_ui[0], 32768);
    ck_assert_uint_eq(heard.deskew_ui[3], 1024);
    ck_assert_uint_eq(heard.deskew_ui[6], 1024);
    ck_assert_uint_eq(rig.tx.deskew_bursts, 3);
    rig_close(&rig);
}
END_TEST

START_TEST(a_new_rate_is_judged_once_and_counts_from_the_next_packet)
{
    const uint16_t sony[] = {127, 79, 119, 95, 87, 79, 295, 63};
    open_rig(1);
    bps = 900000000;
    put(0x0808, 1, 2);
    for (uint16_t i = 0; i < 8; i++)
        put((uint16_t)(0x080a + 2 * i), 2, sony[i]);
    rig_lines(&rig, 16, 2, 4, 1000 * NS, 100000 * NS, px);
    rig_start(&rig);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW);
    sim_run_until_ps(rig.sim, 150000 * NS);
    ck_assert_uint_eq(rig.guests_logged, 0);
    bps = 400000000;
    sim_run_until_ps(rig.sim, SIM_PS_PER_MS);
    ck_assert_uint_eq(rig.guests_logged, 1);
    ck_assert_str_eq(rig.last_log,
                     "D-PHY at 400.000 Mb/s a lane: hs_prepare: 0 ns + 80 UI above 85 ns + 6 UI");
    /* the second frame's FS: 64 + 80 + 120 + 8 UI of 2.5 ns */
    expect_times(4, 201000, 201680, 201760, 202100);
    rig_close(&rig);
}
END_TEST

START_TEST(the_hosts_lane_mode_chooses_how_many_lanes_carry)
{
    open_rig(2);
    host.lane_mode = 0;
    run(2, 2, 10000 * NS);
    expect_times(1, 1409, 1622, 1830, 1994); /* 26 byte times */
    rig_close(&rig);
    open_rig(2);
    run(2, 2, 10000 * NS);
    expect_times(1, 1393, 1606, 1710, 1874); /* 13 */
    rig_close(&rig);
}
END_TEST

START_TEST(lines_may_follow_each_other_as_closely_as_their_delimiters_let_them)
{
    open_rig(1);
    rig_start(&rig);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW);
    ck_assert_uint_eq(rig_row_ps(&rig, 10, 16, 0), 585 * NS);
    put(0x0864, 2, 0x8000);
    ck_assert_uint_eq(rig_row_ps(&rig, 10, 16, 0), (84 + 208) * NS); /* HS-Idle, sync */
    put(0x0866, 2, 0x8000 | 2);
    ck_assert_uint_eq(rig_row_ps(&rig, 10, 16, 0), (16 + 208) * NS);
    rig_close(&rig);
}
END_TEST

static uint32_t random_below(uint64_t *state, uint32_t below)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33) % below;
}

/* Times of packet n follow from its bytes, its place in its burst and the link; returns how long
 * it took. */
static uint64_t check_packet(uint32_t n, const mipi_phy_t *phy)
{
    const rig_packet_t *p = &rig.packet[n], *before = n > 0 ? p - 1 : NULL;
    uint64_t free_ps = before != NULL ? before->end_ps : 0;
    mipi_span_t span = mipi_phy_packet(phy, (mipi_join_t)heard.join[n], p->count);
    ck_assert_uint_eq(p->first_byte_ps - p->start_ps, span.first_byte_ps);
    ck_assert_uint_eq(p->last_byte_ps - p->start_ps, span.last_byte_ps);
    ck_assert_uint_eq(p->end_ps - p->start_ps, heard.more[n] ? span.last_byte_ps : span.end_ps);
    ck_assert_uint_ge(p->start_ps - heard.deskew_ps[n], free_ps);
    ck_assert_int_eq(before != NULL && heard.more[n - 1], heard.join[n] != MIPI_OWN_BURST);
    if (heard.join[n] != MIPI_OWN_BURST) {
        ck_assert_uint_eq(p->start_ps, before->last_byte_ps);
        ck_assert_int_eq(heard.join[n] == MIPI_AFTER_SHORT, mipi_dt_is_short(before->header.dt));
    }
    return p->end_ps - p->start_ps + heard.deskew_ps[n];
}

/* Lines at any pace, on any link: packets in order, each as long as it must be, and time adds up.
 */
START_TEST(whatever_the_link_is_set_to_its_time_adds_up)
{
    uint64_t r = 11;
    for (uint32_t round = 0; round < 200; round++) {
        char error[200];
        mipi_phy_t phy;
        open_rig(1 + random_below(&r, 4));
        bps = 400000000 + random_below(&r, 2000000000);
        if (rig.tx.desc.dphy.lanes <= MIPI_MAX_TRIOS && random_below(&r, 3) == 0)
            host.signaling = MIPI_CPHY;
        put(0x0830, 2, random_below(&r, 2) << 8 | random_below(&r, 3));
        put(0x0832, 1, random_below(&r, 2));
        put(0x0864, 2, random_below(&r, 2) << 15 | random_below(&r, 4));
        put(0x0866, 2, random_below(&r, 2) << 15 | random_below(&r, 4));
        put(0x0860, 2, random_below(&r, 2) << 15 | random_below(&r, 4));
        put(0x0862, 2, random_below(&r, 4));
        ck_assert(mipi_tx_phy(&rig.tx, &phy, error, sizeof(error)));
        rig_lines(&rig, 16, 4, 16, 1000 * NS, (50 + random_below(&r, 900)) * NS, px);
        rig_start(&rig);
        rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW);
        sim_run_until_ps(rig.sim, SIM_PS_PER_MS);
        uint64_t busy_ps = 0, bursts = 0;
        for (uint32_t n = 0; n < rig.packets; n++) {
            busy_ps += check_packet(n, &phy);
            bursts += heard.join[n] == MIPI_OWN_BURST;
        }
        ck_assert_uint_eq(rig.packets, 24 - rig.tx.lines_lost - 6 * rig.tx.frames_lost);
        ck_assert_uint_eq(rig_busy_ps(&rig), busy_ps);
        ck_assert_uint_eq(rig.tx.bursts, bursts);
        rig_close(&rig);
    }
}
END_TEST

/* Leaving high speed and entering it again takes 164 + 213 ns, a spacer 8. */
START_TEST(settings_that_make_no_sense_are_told_once_in_words)
{
    static const struct {
        uint32_t en, op, scramble, seed; /* of lane 0; with 2 there are four, the last with 0 */
        const char *why;
    } cases[] = {
        {0x8000 | 47, 0x8000 | 47, 0, 0, NULL},
        {0x8000 | 48, 0x8000, 0, 0,
         "LRTE: 48 spacers after a short packet take 0.384 us, leaving high speed and entering it "
         "again 0.377 us"},
        {0x8000, 0xffff, 0, 0, "LRTE: 32767 spacers after a long packet take 262.136 us"},
        {0x8000, 37, 0, 0, "LRTE: 37 spacers after a long packet take 0.380 us"}, /* and 84 ns */
        {0x7fff, 0xffff, 0, 0, NULL},                                             /* off */
        {0, 0, 1, 1, NULL},
        {0, 0, 1, 0, "scrambling: lane_seed_value_0 is 0, nothing is scrambled"},
        {0, 0, 1, 2, "scrambling: lane_seed_value_3 is 0, nothing is scrambled"},
        {0, 0, 0, 0, NULL},
    };
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        open_rig(cases[i].seed == 2 ? 4 : 1);
        put(0x0874, 2, 1);
        put(0x0876, 2, 1);
        put(0x0864, 2, cases[i].en);
        put(0x0866, 2, cases[i].op);
        put(0x0870, 1, cases[i].scramble);
        put(0x0872, 2, cases[i].seed);
        run(4, 8, 100 * NS);
        put(0x0800, 1, 7); /* changes nothing in automatic mode */
        rig_write(&rig, RIG_CTRL, MIPI_CTRL_META);
        rig_meta(&rig, 2 * SIM_PS_PER_MS, 20, 20, MIPI_DEST_RESET);
        sim_run_until_ps(rig.sim, 3 * SIM_PS_PER_MS);
        ck_assert_uint_eq(rig.guests_logged, cases[i].why != NULL);
        ck_assert_msg(cases[i].why == NULL || strstr(rig.last_log, cases[i].why) != NULL, "%s",
                      rig.last_log);
        rig_close(&rig);
    }
}
END_TEST

/* A frame of 1500 lines, one each period_ns. */
static void send_lines(uint32_t spacers, uint64_t period_ns)
{
    static uint16_t row[16 * 1500];
    open_rig(1);
    rig.tx.listeners = 0; /* they write down what they hear */
    put(0x0864, 2, 0x8000);
    put(0x0866, 2, spacers);
    rig_lines(&rig, 16, 1500, 1500, 1000 * NS, period_ns * NS, row);
    rig_start(&rig);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW);
    sim_run_until_ps(rig.sim, SIM_PS_PER_MS);
}

START_TEST(lines_as_close_as_that_leave_in_one_burst_and_closer_ones_are_lost)
{
    const struct {
        uint32_t spacers;
        uint64_t least_ns;
    } options[] = {{0, 84 + 208}, {0x8000 | 2, 16 + 208}};
    for (size_t i = 0; i < SIM_COUNT(options); i++) {
        send_lines(options[i].spacers, options[i].least_ns);
        ck_assert_uint_eq(rig.tx.lines_sent, 1500);
        ck_assert_uint_eq(rig.tx.lines_lost, 0);
        ck_assert_uint_eq(rig.tx.bursts, 1);
        rig_close(&rig);
        send_lines(options[i].spacers, options[i].least_ns * 19 / 20);
        ck_assert_uint_gt(rig.tx.lines_lost, 0);
        rig_close(&rig);
    }
}
END_TEST

/* The same in two halves: nothing about the burst is forgotten. */
START_TEST(a_snapshot_within_a_burst_goes_on_as_if_it_had_not_been)
{
    uint64_t hash[2];
    for (uint32_t way = 0; way < 2; way++) {
        open_rig(1);
        put(0x0864, 2, 0x8000);
        put(0x0866, 2, 0x8000 | 2);
        rig_lines(&rig, 16, 4, 4, 1000 * NS, 100 * NS, px);
        rig_start(&rig);
        rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW);
        sim_run_until_ps(rig.sim, 1500 * NS);
        memset(&rig.tx.phy, way == 0 ? 0 : 0xa5, sizeof(rig.tx.phy)); /* no state: made anew */
        memset(&rig.tx.phy_of, 0xff, sizeof(rig.tx.phy_of));
        sim_run_until_ps(rig.sim, SIM_PS_PER_MS);
        hash[way] = sim_state_hash(rig.sim);
        ck_assert_uint_eq(rig_busy_ps(&rig), 1337 * NS);
        rig_close(&rig);
    }
    ck_assert_uint_eq(hash[0], hash[1]);
}
END_TEST

TEST_MAIN("mipi bursts", waiting_packets_share_a_burst_behind_spacers,
          hs_idle_delimits_packets_of_a_burst,
          a_burst_ends_when_nothing_waits_and_the_next_begins_after_it,
          without_lrte_every_packet_is_a_burst, settings_that_make_no_sense_are_told_once_in_words,
          above_1500_mbps_the_first_packet_waits_for_the_calibration,
          periodic_calibration_goes_before_the_frame_start_of_each_nth_frame,
          the_first_calibration_counts_as_one_of_the_periodic_ones,
          a_new_rate_is_judged_once_and_counts_from_the_next_packet,
          the_hosts_lane_mode_chooses_how_many_lanes_carry,
          whatever_the_link_is_set_to_its_time_adds_up,
          lines_may_follow_each_other_as_closely_as_their_delimiters_let_them,
          lines_as_close_as_that_leave_in_one_burst_and_closer_ones_are_lost,
          a_snapshot_within_a_burst_goes_on_as_if_it_had_not_been)
