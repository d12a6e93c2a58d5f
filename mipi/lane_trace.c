#include "mipi/lane_trace.h"

#include <inttypes.h>

#include "mipi/wire.h"
#include "sim/time.h"

/* Tokens: a byte or a word as it is, or one of these. */
enum { NOTHING = -1, END = -2, SYNC_WORD = 0x10000, POST_WORD = 0x20000 };

/* The tokens of one lane, a byte or word time each. */
typedef struct {
    mipi_walk_t walk;
    const mipi_lane_state_t *state;
    int32_t token, fill; /* fill: of a lane that has ended, its trail */
    uint32_t repeat;
    bool ended;
} feed_t;

static bool is_dphy(const mipi_lane_trace_t *trace)
{
    return trace->signaling == MIPI_DPHY;
}

static void first_lines(mipi_lane_trace_t *trace, const mipi_phy_t *phy)
{
    trace->signaling = phy->signaling;
    trace->lanes = mipi_phy_lanes(phy);
    trace->rate_hz = mipi_phy_ui_hz(phy);
    fprintf(trace->stream, is_dphy(trace) ? "CSI2LANES 1\nlanes %u\n" : "CSI2TRIOS 1\ntrios %u\n",
            trace->lanes);
    fprintf(trace->stream, "rate %" PRIu64 "\n", trace->rate_hz / 1000000);
}

void mipi_lane_trace_begin(mipi_lane_trace_t *trace, FILE *stream, const mipi_phy_t *phy)
{
    *trace = (mipi_lane_trace_t){.stream = stream, .phy = *phy};
}

void mipi_lane_trace_end(mipi_lane_trace_t *trace)
{
    if (trace->lanes == 0)
        first_lines(trace, &trace->phy);
}

/* Rows that begin within that time. */
static uint32_t row_times(const mipi_phy_t *phy, mipi_dphy_time_t time)
{
    uint64_t ui = sim_cycles_at(mipi_phy_time_ps(phy, time) + 1, mipi_phy_ui_hz(phy));
    uint32_t unit = mipi_wire_unit_ui(phy);
    return (uint32_t)((ui + unit - 1) / unit);
}

static int32_t repeated(feed_t *feed, int32_t token, uint32_t rows)
{
    feed->repeat = rows > 0 ? rows - 1 : 0;
    return feed->token = token;
}

/* The token of an edge; END: none. */
static int32_t token_of(feed_t *feed, const mipi_edge_t *edge)
{
    const mipi_packet_t *packet = feed->walk.packet;
    bool d = packet->phy->signaling == MIPI_DPHY;
    switch (edge->line) {
    case MIPI_HS_SYNC:
        if (!d)
            return SYNC_WORD;
        return edge->value ^ (feed->state != NULL ? feed->state->sync[feed->walk.lane] : 0);
    case MIPI_HS_BYTE:
    case MIPI_HS_SPACER:
        return edge->value;
    case MIPI_HS_ONES:
        return repeated(feed, 0xff, MIPI_DESKEW_SYNC_UI / 8);
    case MIPI_HS_0101:
        return repeated(feed, edge->value, packet->deskew_ui / 8);
    case MIPI_HS_IDLE:
        return repeated(feed, NOTHING, row_times(packet->phy, mipi_phy_idle()));
    case MIPI_HS_TRAIL:
    case MIPI_HS_POST:
        feed->fill = d ? edge->value : POST_WORD;
        feed->ended = true;
        return END;
    default:
        return END;
    }
}

/* What the lane sends in the next byte or word time; END: trail, or another packet's. */
static int32_t pull(feed_t *feed)
{
    mipi_edge_t edge;
    if (feed->repeat > 0) {
        feed->repeat--;
        return feed->token;
    }
    while (!feed->ended && mipi_walk_next(&feed->walk, &edge)) {
        int32_t token = token_of(feed, &edge);
        if (token != END)
            return token;
    }
    feed->ended = true;
    return END;
}

/* What arrives of it, so much later. */
static int32_t delayed(mipi_lane_trace_t *trace, uint32_t lane, int32_t token)
{
    if (trace->lane[lane].rows == 0)
        return token;
    int32_t *place = &trace->lane[lane].late[trace->lane[lane].at];
    int32_t arrives = *place;
    *place = token;
    trace->lane[lane].at = (trace->lane[lane].at + 1) % trace->lane[lane].rows;
    return arrives;
}

static void write_word(FILE *stream, int32_t token)
{
    uint8_t symbols[MIPI_WORD_UI];
    if (token == SYNC_WORD || token == POST_WORD) {
        fputs(token == SYNC_WORD ? "3444443" : "4444444", stream);
        return;
    }
    mipi_cphy_encode((uint16_t)token, symbols);
    for (uint32_t n = 0; n < MIPI_WORD_UI; n++)
        fputc('0' + symbols[n], stream);
}

static void write_row(mipi_lane_trace_t *trace, const int32_t *tokens)
{
    for (uint32_t lane = 0; lane < trace->lanes; lane++) {
        int32_t token = delayed(trace, lane, tokens[lane]);
        if (token < 0)
            fputs(is_dphy(trace) ? "--" : "-------", trace->stream);
        else if (is_dphy(trace))
            fprintf(trace->stream, "%02x", (unsigned)token);
        else
            write_word(trace->stream, token);
        fputc(lane + 1 < trace->lanes ? ' ' : '\n', trace->stream);
    }
}

/* Rows until all lanes have ended. */
static void write_data(mipi_lane_trace_t *trace, feed_t *feed)
{
    for (;;) {
        int32_t tokens[MIPI_MAX_LANES];
        bool any = false;
        for (uint32_t lane = 0; lane < trace->lanes; lane++) {
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

/* The PHY may be another one, its lanes or its clock, after a while in standby. */
static void follow(mipi_lane_trace_t *trace, const mipi_phy_t *phy)
{
    if (phy->signaling != trace->signaling || mipi_phy_lanes(phy) != trace->lanes) {
        first_lines(trace, phy);
    } else if (mipi_phy_ui_hz(phy) != trace->rate_hz) {
        trace->rate_hz = mipi_phy_ui_hz(phy);
        fprintf(trace->stream, "rate %" PRIu64 "\n", trace->rate_hz / 1000000);
    }
}

/* LP-11 begins with HS-EXIT, which the end of a burst includes. */
static void begin_burst(mipi_lane_trace_t *trace, const mipi_phy_t *phy,
                        const mipi_lane_state_t *state, uint64_t start_ps)
{
    mipi_dphy_time_t exit = is_dphy(trace) ? phy->dphy.hs_exit : phy->cphy.hs_exit;
    uint64_t idle_ps = start_ps - trace->last_end_ps + mipi_phy_time_ps(phy, exit);
    fprintf(trace->stream, "t %" PRIu64 "\n", start_ps);
    if (trace->any)
        fprintf(trace->stream, "gap %" PRIu64 "\n",
                sim_cycles_at(idle_ps, mipi_phy_ui_hz(phy)) / mipi_wire_unit_ui(phy));
    fprintf(trace->stream, "burst\n");
    trace->any = true;
    for (uint32_t lane = 0; lane < trace->lanes; lane++) {
        uint32_t late = state != NULL ? state->late[lane] : 0;
        trace->lane[lane].rows = mipi_phy_skew_ui(phy, lane) / mipi_wire_unit_ui(phy) + late;
        trace->lane[lane].at = 0;
        for (uint32_t row = 0; row < trace->lane[lane].rows; row++)
            trace->lane[lane].late[row] = NOTHING;
    }
}

/* Late lanes still have bytes; then the trail. */
static void end_burst(mipi_lane_trace_t *trace, const feed_t *feed, const mipi_phy_t *phy)
{
    int32_t fill[MIPI_MAX_LANES];
    uint32_t late = 0;
    mipi_dphy_time_t over = {0, phy->cphy.post_ui};
    if (is_dphy(trace))
        over = mipi_dphy_trail(&phy->dphy);
    for (uint32_t lane = 0; lane < trace->lanes; lane++) {
        fill[lane] = feed[lane].fill;
        late = trace->lane[lane].rows > late ? trace->lane[lane].rows : late;
    }
    for (uint32_t row = 0; row < late; row++)
        write_row(trace, fill);
    fprintf(trace->stream, is_dphy(trace) ? "trail\n" : "post\n");
    for (uint32_t row = 0; row < row_times(phy, over); row++)
        write_row(trace, fill);
    fprintf(trace->stream, "end\n");
}

static void begin_feeds(const mipi_lane_trace_t *trace, feed_t *feed, const mipi_packet_t *packet)
{
    const mipi_lane_state_t *state = packet->lanes;
    for (uint32_t lane = 0; lane < trace->lanes; lane++) {
        feed[lane] = (feed_t){.state = state, .fill = NOTHING};
        bool silent = state != NULL && (state->lost >> lane & 1) != 0;
        feed[lane].walk.packet = packet;
        if (!silent)
            mipi_walk_begin(&feed[lane].walk, packet, lane, trace->lane[lane].lfsr);
    }
}

static void write_calibration(mipi_lane_trace_t *trace, feed_t *feed, const mipi_packet_t *packet)
{
    begin_burst(trace, packet->phy, packet->lanes, packet->start_ps - packet->deskew_ps);
    write_data(trace, feed);
    end_burst(trace, feed, packet->phy);
    trace->last_end_ps = packet->start_ps;
    for (uint32_t lane = 0; lane < trace->lanes; lane++)
        feed[lane].ended = feed[lane].walk.now == feed[lane].walk.steps;
}

void mipi_lane_trace_packet(void *ctx, const mipi_packet_t *arrived)
{
    mipi_lane_trace_t *trace = ctx;
    mipi_packet_t packet = *arrived;
    feed_t feed[MIPI_MAX_LANES];
    if (packet.count == 0)
        return;
    if (packet.phy == NULL) {
        if (packet.bit_rate_bps != 0)
            trace->phy.dphy.bit_rate_bps = packet.bit_rate_bps;
        packet.phy = &trace->phy;
    }
    follow(trace, packet.phy);
    begin_feeds(trace, feed, &packet);
    if (packet.deskew_ui != 0)
        write_calibration(trace, feed, &packet);
    if (packet.join == MIPI_OWN_BURST)
        begin_burst(trace, packet.phy, packet.lanes, packet.start_ps);
    write_data(trace, feed);
    if (!packet.more)
        end_burst(trace, feed, packet.phy);
    for (uint32_t lane = 0; lane < trace->lanes; lane++)
        trace->lane[lane].lfsr = feed[lane].walk.lfsr;
    trace->last_end_ps = packet.end_ps;
}
