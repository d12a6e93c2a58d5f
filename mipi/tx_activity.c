/*
 * tx_activity.c - how long the lanes are in which state: what an account of energy needs.
 *
 * A packet's times are known when it is put on the link, and are counted as they pass: so counters
 * are true at any time. Lanes are powered while MIPI_CTRL sends something or something is left to
 * be sent; then a continuous clock lane is in high speed, others are in low power (LP-11, or on
 * their way to high speed and back) outside of bursts.
 *
 * Not modeled: ULPS as a state of its own (lanes are off), power of the receiver's termination.
 */
#include "mipi/tx_int.h"

#define SENDS (MIPI_CTRL_IMAGE | MIPI_CTRL_META)

/* Lanes or trios that the chip has. */
static uint64_t lanes_there(const mipi_tx_t *tx)
{
    uint32_t lanes = tx->desc.dphy.lanes, trios = tx->desc.cphy.trios;
    return lanes > trios ? lanes : trios;
}

void mipi_activity_reset(mipi_tx_t *tx)
{
    bool d = tx->desc.signaling == MIPI_DPHY;
    tx->activity.counted_ps = sim_now_ps(tx->comp.sim);
    tx->activity.lanes = d ? tx->desc.dphy.lanes : tx->desc.cphy.trios;
    tx->activity.gated = !d || tx->desc.dphy.gated_clock;
}

/* How much of it lies between the two times. */
static uint64_t within(const mipi_when_t *when, uint64_t from_ps, uint64_t to_ps)
{
    uint64_t from = when->from_ps > from_ps ? when->from_ps : from_ps;
    uint64_t to = when->to_ps < to_ps ? when->to_ps : to_ps;
    return to > from ? to - from : 0;
}

void mipi_activity_count(mipi_tx_t *tx)
{
    mipi_activity_t *a = &tx->activity;
    uint64_t then = a->counted_ps, now = sim_now_ps(tx->comp.sim), passed = now - then;
    uint64_t on = a->on ? passed : 0, clock = a->gated ? 0 : on, data = 0;
    for (uint32_t i = 0; i < SIM_COUNT(a->lane_hs); i++) {
        data += within(&a->lane_hs[i], then, now);
        clock += within(&a->clock_hs[i], then, now);
    }
    tx->link_busy_ps += within(&a->busy, then, now);
    tx->deskew_ps += within(&a->calibration, then, now);
    tx->lane_hs_ps += data * a->lanes;
    tx->lane_lp_ps += (on - data) * a->lanes;
    tx->lane_off_ps += passed * lanes_there(tx) - on * a->lanes;
    tx->clock_hs_ps += clock;
    tx->clock_lp_ps += on - clock;
    tx->clock_off_ps += passed - on;
    a->counted_ps = now;
}

void mipi_activity_power(mipi_tx_t *tx)
{
    mipi_activity_count(tx);
    tx->activity.on = (tx->ctrl & SENDS) != 0 || tx->link_busy || tx->fifo_packets > 0;
}

static mipi_when_t from(uint64_t start_ps, uint64_t from_ps, uint64_t to_ps)
{
    return (mipi_when_t){start_ps + from_ps, start_ps + to_ps};
}

void mipi_activity_begin(mipi_tx_t *tx, const mipi_phy_t *phy, uint64_t taken_ps)
{
    mipi_activity_t *a = &tx->activity;
    uint64_t now = sim_now_ps(tx->comp.sim), start = tx->start_ps;
    mipi_hs_t hs = mipi_phy_hs(phy, tx->link_join, tx->link_count), first = {0};
    bool d = phy->signaling == MIPI_DPHY;
    mipi_activity_power(tx);
    if (tx->deskew_now_ui != 0)
        first =
            mipi_dphy_hs(&phy->dphy, mipi_dphy_deskew_last(&phy->dphy, tx->deskew_now_ui), false);
    a->gated = !d || phy->dphy.gated_clock;
    a->lanes = mipi_phy_lanes(phy);
    a->busy = from(now, 0, start - now + taken_ps);
    a->calibration = from(now, 0, start - now);
    a->lane_hs[0] = from(now, first.lane_from_ps, first.lane_to_ps);
    a->lane_hs[1] = from(start, hs.lane_from_ps, hs.lane_to_ps);
    a->clock_hs[0] = from(now, first.clock_from_ps, first.clock_to_ps);
    a->clock_hs[1] = from(start, hs.clock_from_ps, hs.clock_to_ps);
    tx->lane_bursts += tx->deskew_now_ui != 0 ? a->lanes : 0;
    tx->lane_bursts += tx->link_join == MIPI_OWN_BURST ? a->lanes : 0;
}

void mipi_activity_sent(mipi_tx_t *tx, const mipi_packet_t *packet)
{
    const mipi_phy_t *phy = packet->phy;
    tx->link_bytes += packet->count;
    if (phy->signaling == MIPI_CPHY)
        tx->symbols += (uint64_t)phy->cphy.trios * mipi_cphy_packet_ui(&phy->cphy, packet->count);
}

void mipi_activity_close(mipi_tx_t *tx, uint64_t end_ps)
{
    tx->activity.busy.to_ps = end_ps;
}
