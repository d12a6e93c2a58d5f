#include "mipi/lanes.h"

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
