#include "mipi/lanes.h"

#include <inttypes.h>

#include "mipi/wire.h"
#include "sim/time.h"

uint32_t mipi_lane_bytes(uint32_t lanes, uint32_t lane, uint32_t packet_bytes)
{
    return packet_bytes / lanes + (lane < packet_bytes % lanes ? 1 : 0);
}

void mipi_lanes_split(const uint8_t *packet, uint32_t bytes, uint32_t lanes, uint8_t *const out[])
{
    for (uint32_t lane = 0; lane < lanes; lane++)
        for (uint32_t k = lane, n = 0; k < bytes; k += lanes, n++)
            out[lane][n] = packet[k];
}

uint32_t mipi_lanes_merge(const uint8_t *const in[], const uint32_t lane_bytes[], uint32_t lanes,
                          uint8_t *out, uint32_t max_bytes)
{
    uint32_t rows = max_bytes / lanes, k;
    for (uint32_t lane = 0; lane < lanes; lane++)
        if (lane_bytes[lane] < rows)
            rows = lane_bytes[lane];
    for (uint32_t lane = 0; lane < lanes; lane++)
        for (uint32_t row = 0; row < rows; row++)
            out[lane + row * lanes] = in[lane][row];
    for (k = rows * lanes; k < max_bytes && k / lanes < lane_bytes[k % lanes]; k++)
        out[k] = in[k % lanes][k / lanes];
    return k;
}

/* ---- text ---- */

enum { NOTHING = -1, END = -2 };

/* The tokens of one lane, a byte time each. */
typedef struct {
    mipi_walk_t walk;
    const mipi_lane_state_t *state;
    int16_t token, fill; /* fill: of a lane that has ended, its trail */
    uint32_t repeat;
    bool ended;
} feed_t;

void mipi_lane_trace_begin(mipi_lane_trace_t *trace, FILE *stream, const mipi_dphy_desc_t *dphy)
{
    *trace = (mipi_lane_trace_t){
        .stream = stream, .phy.dphy = *dphy, .bit_rate_bps = dphy->bit_rate_bps};
    fprintf(stream, "CSI2LANES 1\nlanes %u\nrate %" PRIu64 "\n", dphy->lanes,
            dphy->bit_rate_bps / 1000000);
}

static uint32_t byte_times(const mipi_phy_t *phy, mipi_dphy_time_t time)
{
    uint64_t ui = sim_cycles_at(mipi_dphy_time_ps(&phy->dphy, time) + 1, phy->dphy.bit_rate_bps);
    return (uint32_t)((ui + 7) / 8);
}

static int16_t repeated(feed_t *feed, uint8_t byte, uint32_t ui)
{
    feed->repeat = ui / 8 > 0 ? ui / 8 - 1 : 0;
    return feed->token = byte;
}

/* What the lane sends in the next byte time; END: trail, or another packet's bytes. */
static int16_t pull(feed_t *feed)
{
    const mipi_packet_t *packet = feed->walk.packet;
    mipi_edge_t edge;
    if (feed->repeat > 0) {
        feed->repeat--;
        return feed->token;
    }
    while (!feed->ended && mipi_walk_next(&feed->walk, &edge)) {
        switch (edge.line) {
        case MIPI_HS_SYNC:
            return edge.byte ^ (feed->state != NULL ? feed->state->sync[feed->walk.lane] : 0);
        case MIPI_HS_BYTE:
        case MIPI_HS_SPACER:
            return edge.byte;
        case MIPI_HS_ONES:
            return repeated(feed, 0xff, MIPI_DESKEW_SYNC_UI);
        case MIPI_HS_0101:
            return repeated(feed, edge.byte, packet->deskew_ui);
        case MIPI_HS_IDLE:
            feed->repeat = byte_times(packet->phy, mipi_phy_idle()) - 1;
            return feed->token = NOTHING;
        case MIPI_HS_TRAIL:
            feed->fill = edge.byte;
            feed->ended = true;
            break;
        default:
            break;
        }
    }
    feed->ended = true;
    return END;
}

/* What arrives of it, so much later. */
static int16_t delayed(mipi_lane_trace_t *trace, uint32_t lane, int16_t token)
{
    if (trace->lane[lane].rows == 0)
        return token;
    int16_t *place = &trace->lane[lane].late[trace->lane[lane].at];
    int16_t arrives = *place;
    *place = token;
    trace->lane[lane].at = (trace->lane[lane].at + 1) % trace->lane[lane].rows;
    return arrives;
}

static void write_row(mipi_lane_trace_t *trace, const int16_t *tokens)
{
    uint32_t lanes = trace->phy.dphy.lanes;
    for (uint32_t lane = 0; lane < lanes; lane++) {
        int16_t token = delayed(trace, lane, tokens[lane]);
        const char *end = lane + 1 < lanes ? " " : "\n";
        if (token < 0)
            fprintf(trace->stream, "--%s", end);
        else
            fprintf(trace->stream, "%02x%s", (unsigned)token, end);
    }
}

/* Rows until all lanes have ended. */
static void write_data(mipi_lane_trace_t *trace, feed_t *feed)
{
    for (;;) {
        int16_t tokens[MIPI_MAX_LANES];
        bool any = false;
        for (uint32_t lane = 0; lane < trace->phy.dphy.lanes; lane++) {
            tokens[lane] = pull(&feed[lane]);
            any = any || tokens[lane] != END;
            if (tokens[lane] == END)
                tokens[lane] = feed[lane].fill;
        }
        if (!any)
            return;
        write_row(trace, tokens);
    }
}

/* The clock of the lanes may be another one after a while in standby. */
static void follow_rate(mipi_lane_trace_t *trace, uint64_t bit_rate_bps)
{
    if (bit_rate_bps == 0 || bit_rate_bps == trace->bit_rate_bps)
        return;
    trace->bit_rate_bps = trace->phy.dphy.bit_rate_bps = bit_rate_bps;
    fprintf(trace->stream, "rate %" PRIu64 "\n", bit_rate_bps / 1000000);
}

/* LP-11 begins with HS-EXIT, which the end of a burst includes. */
static void begin_burst(mipi_lane_trace_t *trace, const mipi_phy_t *phy,
                        const mipi_lane_state_t *state, uint64_t start_ps)
{
    uint64_t idle_ps =
        start_ps - trace->last_end_ps + mipi_dphy_time_ps(&phy->dphy, phy->dphy.hs_exit);
    fprintf(trace->stream, "t %" PRIu64 "\n", start_ps);
    if (trace->any)
        fprintf(trace->stream, "gap %" PRIu64 "\n",
                sim_cycles_at(idle_ps, phy->dphy.bit_rate_bps) / 8);
    fprintf(trace->stream, "burst\n");
    trace->any = true;
    for (uint32_t lane = 0; lane < trace->phy.dphy.lanes; lane++) {
        trace->lane[lane].rows =
            phy->dphy.skew_ui[lane] / 8 + (state != NULL ? state->late[lane] : 0);
        trace->lane[lane].at = 0;
        for (uint32_t row = 0; row < trace->lane[lane].rows; row++)
            trace->lane[lane].late[row] = NOTHING;
    }
}

/* Late lanes still have bytes; then the trail. */
static void end_burst(mipi_lane_trace_t *trace, const feed_t *feed, const mipi_phy_t *phy)
{
    int16_t fill[MIPI_MAX_LANES];
    uint32_t late = 0;
    for (uint32_t lane = 0; lane < trace->phy.dphy.lanes; lane++) {
        fill[lane] = feed[lane].fill;
        late = trace->lane[lane].rows > late ? trace->lane[lane].rows : late;
    }
    for (uint32_t row = 0; row < late; row++)
        write_row(trace, fill);
    fprintf(trace->stream, "trail\n");
    for (uint32_t row = 0; row < byte_times(phy, mipi_dphy_trail(&phy->dphy)); row++)
        write_row(trace, fill);
    fprintf(trace->stream, "end\n");
}

static void begin_feeds(const mipi_lane_trace_t *trace, feed_t *feed, const mipi_packet_t *packet)
{
    const mipi_lane_state_t *state = packet->lanes;
    for (uint32_t lane = 0; lane < trace->phy.dphy.lanes; lane++) {
        feed[lane] = (feed_t){.state = state, .fill = NOTHING};
        bool silent =
            lane >= packet->phy->dphy.lanes || (state != NULL && (state->lost >> lane & 1) != 0);
        feed[lane].walk.packet = packet;
        if (!silent)
            mipi_walk_begin(&feed[lane].walk, packet, lane, trace->lane[lane].lfsr);
    }
}

void mipi_lane_trace_packet(void *ctx, const mipi_packet_t *arrived)
{
    mipi_lane_trace_t *trace = ctx;
    mipi_packet_t packet = *arrived;
    feed_t feed[MIPI_MAX_LANES];
    if (packet.count == 0)
        return;
    follow_rate(trace, packet.bit_rate_bps);
    if (packet.phy == NULL)
        packet.phy = &trace->phy;
    begin_feeds(trace, feed, &packet);
    if (packet.deskew_ui != 0) {
        begin_burst(trace, packet.phy, packet.lanes, packet.start_ps - packet.deskew_ps);
        write_data(trace, feed);
        end_burst(trace, feed, packet.phy);
        trace->last_end_ps = packet.start_ps;
        for (uint32_t lane = 0; lane < trace->phy.dphy.lanes; lane++)
            feed[lane].ended = feed[lane].walk.now == feed[lane].walk.steps;
    }
    if (packet.join == MIPI_OWN_BURST)
        begin_burst(trace, packet.phy, packet.lanes, packet.start_ps);
    write_data(trace, feed);
    if (!packet.more)
        end_burst(trace, feed, packet.phy);
    for (uint32_t lane = 0; lane < trace->phy.dphy.lanes; lane++)
        trace->lane[lane].lfsr = feed[lane].walk.lfsr;
    trace->last_end_ps = packet.end_ps;
}
