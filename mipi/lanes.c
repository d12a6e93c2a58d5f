#include "mipi/lanes.h"

#include <inttypes.h>
#include <string.h>

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

void mipi_lane_trace_begin(mipi_lane_trace_t *trace, FILE *stream, const mipi_dphy_desc_t *dphy)
{
    *trace = (mipi_lane_trace_t){.stream = stream, .dphy = *dphy};
    fprintf(stream, "CSI2LANES 1\nlanes %u\nrate %" PRIu64 "\n", dphy->lanes,
            dphy->bit_rate_bps / 1000000);
}

/* Trail is the opposite of the last bit sent, which is the last byte's bit 7. */
static uint8_t trail_byte(const mipi_packet_t *packet, uint32_t lanes, uint32_t lane)
{
    uint32_t last = lane + (mipi_lane_bytes(lanes, lane, packet->count) - 1) * lanes;
    return packet->bytes[last] & 0x80 ? 0x00 : 0xff;
}

/* One byte time: byte `row` of each lane, its trail when it has no byte left, -- when none at all.
 */
static void write_row(const mipi_lane_trace_t *trace, const mipi_packet_t *packet, uint32_t row)
{
    uint32_t lanes = trace->dphy.lanes;
    for (uint32_t lane = 0; lane < lanes; lane++) {
        uint32_t bytes = mipi_lane_bytes(lanes, lane, packet->count);
        const char *end = lane + 1 < lanes ? " " : "\n";
        if (bytes == 0)
            fprintf(trace->stream, "--%s", end);
        else
            fprintf(trace->stream, "%02x%s",
                    row < bytes ? packet->bytes[lane + row * lanes]
                                : trail_byte(packet, lanes, lane),
                    end);
    }
}

/* The clock of the lanes may be another one after a while in standby. */
static void follow_rate(mipi_lane_trace_t *trace, uint64_t bit_rate_bps)
{
    if (bit_rate_bps == 0 || bit_rate_bps == trace->dphy.bit_rate_bps)
        return;
    trace->dphy.bit_rate_bps = bit_rate_bps;
    fprintf(trace->stream, "rate %" PRIu64 "\n", bit_rate_bps / 1000000);
}

void mipi_lane_trace_packet(void *ctx, const mipi_packet_t *packet)
{
    mipi_lane_trace_t *trace = ctx;
    const mipi_dphy_desc_t *dphy = &trace->dphy;
    if (packet->count == 0)
        return;
    follow_rate(trace, packet->bit_rate_bps);
    /* LP-11 begins with HS-EXIT, which end_ps includes. */
    uint64_t idle_ps =
        packet->start_ps - trace->last_end_ps + mipi_dphy_time_ps(dphy, dphy->hs_exit);
    fprintf(trace->stream, "t %" PRIu64 "\n", packet->start_ps);
    if (trace->any)
        fprintf(trace->stream, "gap %" PRIu64 "\n", sim_cycles_at(idle_ps, dphy->bit_rate_bps) / 8);
    fprintf(trace->stream, "burst\n");
    for (uint32_t lane = 0; lane < dphy->lanes; lane++)
        fprintf(trace->stream, "%s%s", lane < packet->count ? "b8" : "--",
                lane + 1 < dphy->lanes ? " " : "\n");
    uint32_t rows = mipi_lane_bytes(dphy->lanes, 0, packet->count);
    for (uint32_t row = 0; row < rows; row++)
        write_row(trace, packet, row);
    fprintf(trace->stream, "trail\n");
    uint64_t trail_ui =
        sim_cycles_at(mipi_dphy_time_ps(dphy, dphy->hs_trail) + 1, dphy->bit_rate_bps);
    for (uint64_t row = 0; row < (trail_ui + 7) / 8; row++)
        write_row(trace, packet, rows);
    fprintf(trace->stream, "end\n");
    trace->last_end_ps = packet->end_ps;
    trace->any = true;
}
