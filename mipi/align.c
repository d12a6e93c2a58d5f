#include "mipi/align.h"

#include <stdlib.h>
#include <string.h>

#include "mipi/lanes.h"

/* ---- one lane -----------------------------------------------------------------------------------
 */
typedef enum { SYNC_GOOD, SYNC_ONE_BIT, SYNC_BAD } sync_t;

static void clear(mipi_align_lane_t *lane)
{
    *lane = (mipi_align_lane_t){.bytes = lane->bytes};
}

static void put(mipi_align_lane_t *lane, uint32_t row, uint8_t byte)
{
    if (!lane->begun)
        lane->start_row = row;
    lane->begun = true;
    if (lane->count < MIPI_ALIGN_MAX_BYTES)
        lane->bytes[lane->count++] = byte;
}

/* HS-0 is zeros; the first other byte is, or should be, the sync byte. */
static uint8_t find_sync(mipi_align_lane_t *lane)
{
    uint32_t at = 0;
    while (at < lane->count && lane->bytes[at] == 0)
        at++;
    lane->data_at = at < lane->count ? at + 1 : at;
    lane->data_count = lane->count - lane->data_at;
    return at < lane->count ? lane->bytes[at] : 0;
}

static uint32_t sync_row(const mipi_align_lane_t *lane)
{
    return lane->start_row + lane->data_at - 1;
}

/* D-PHY tolerates one wrong bit in the leader sequence. */
static sync_t judge(uint8_t byte)
{
    uint8_t wrong = byte ^ MIPI_SYNC_BYTE;
    if (wrong == 0)
        return SYNC_GOOD;
    return (wrong & (wrong - 1)) == 0 ? SYNC_ONE_BIT : SYNC_BAD;
}

static const uint8_t *data_of(const mipi_align_lane_t *lane)
{
    return lane->bytes + lane->data_at;
}

/* Nothing behind the lane's first `bytes` but its trail: the inverse of the last bit. */
static bool only_trail(const mipi_align_lane_t *lane, uint32_t bytes)
{
    const uint8_t *data = data_of(lane);
    uint8_t last = bytes > 0 ? data[bytes - 1] : MIPI_SYNC_BYTE, trail = last & 0x80 ? 0x00 : 0xff;
    for (uint32_t i = bytes; i < lane->data_count; i++)
        if (data[i] != trail)
            return false;
    return true;
}

/* ---- a burst ------------------------------------------------------------------------------------
 */
static void report(const mipi_align_t *align, mipi_rx_kind_t kind, uint32_t lane, uint32_t found,
                   uint32_t expected)
{
    const mipi_rx_event_t event = {
        .kind = kind,
        .packet = align->now.number,
        .time_ps = align->now.start_ps,
        .corrected = kind == MIPI_RX_SOT,
        .lane = (uint8_t)lane,
        .found = found,
        .expected = expected,
    };
    align->event(align->ctx, &event);
}

/* Ones, then 0 1 0 1 .. to the end. */
static bool is_deskew(const mipi_align_lane_t *lane)
{
    uint32_t at = 0, ones;
    while (at < lane->count && lane->bytes[at] == 0)
        at++;
    for (ones = at; at < lane->count && lane->bytes[at] == 0xff; at++)
        ;
    bool any = at > ones && at < lane->count;
    uint8_t pattern = any ? lane->bytes[at] : 0;
    while (at < lane->count && lane->bytes[at] == pattern)
        at++;
    return any && at == lane->count && (pattern == 0xaa || pattern == 0x55);
}

/* D-PHY v1.2: all lanes calibrate together. */
static bool is_calibration(const mipi_align_t *align)
{
    uint32_t lanes = 0;
    for (uint32_t n = 0; n < align->desc.lanes; n++) {
        if (align->lane[n].begun && !is_deskew(&align->lane[n]))
            return false;
        lanes += align->lane[n].begun;
    }
    return lanes > 0;
}

static bool find_syncs(mipi_align_t *align)
{
    uint32_t first = UINT32_MAX;
    bool found = true;
    for (uint32_t n = 0; n < align->desc.used; n++) {
        mipi_align_lane_t *lane = &align->lane[n];
        if (!lane->begun)
            continue;
        uint8_t byte = find_sync(lane);
        sync_t sync = judge(byte);
        if (sync != SYNC_GOOD)
            report(align, sync == SYNC_BAD ? MIPI_RX_SOT_SYNC : MIPI_RX_SOT, n, byte,
                   MIPI_SYNC_BYTE);
        found &= sync != SYNC_BAD;
        if (sync != SYNC_BAD && sync_row(lane) < first)
            first = sync_row(lane);
    }
    for (uint32_t n = 0; found && n < align->desc.used; n++) {
        const mipi_align_lane_t *lane = &align->lane[n];
        uint32_t late = lane->begun ? sync_row(lane) - first : 0;
        if (late <= align->desc.max_skew_bytes)
            continue;
        report(align, MIPI_RX_LANE_SKEW, n, late, align->desc.max_skew_bytes);
        return false;
    }
    return found;
}

/* Merges until a lane runs dry. */
static uint32_t merge(mipi_align_t *align)
{
    const uint8_t *in[MIPI_ALIGN_LANES];
    uint32_t counts[MIPI_ALIGN_LANES];
    for (uint32_t n = 0; n < align->desc.used; n++) {
        in[n] = data_of(&align->lane[n]);
        counts[n] = align->lane[n].data_count;
    }
    return mipi_lanes_merge(in, counts, align->desc.used, align->merged,
                            MIPI_ALIGN_MAX_BYTES * align->desc.lanes);
}

/* Bytes that the header announces; 0: there is none to be believed. */
static uint32_t announced(const mipi_align_t *align, uint32_t count)
{
    mipi_header_t header;
    if (count < MIPI_HEADER_BYTES || mipi_header_decode(align->merged, &header) == MIPI_ECC_BAD)
        return 0;
    return (uint32_t)mipi_packet_bytes(&header);
}

/* Lanes 0..n carry a byte each, of a packet shorter than the lanes are many. Where no lane begins
 * there is no burst to be seen. */
static bool lanes_fit(const mipi_align_t *align, uint32_t packet_bytes)
{
    uint32_t active = 0, used = align->desc.used;
    bool fit = true;
    for (uint32_t n = 0; n < align->desc.lanes; n++) {
        active += align->lane[n].begun;
        fit &= align->lane[n].begun ? n < used : n >= used || (packet_bytes && n >= packet_bytes);
    }
    if (!fit && active > 0)
        report(align, MIPI_RX_LANE_COUNT, 0, active, used);
    return fit;
}

/* Lanes end together, but for the last byte time. */
static void check_ends(const mipi_align_t *align, uint32_t packet_bytes)
{
    uint32_t used = align->desc.used, whole = 0;
    for (uint32_t n = 0; n < used; n++)
        whole += align->lane[n].data_count >= mipi_lane_bytes(used, n, packet_bytes);
    for (uint32_t n = 0; whole > 0 && n < used; n++) {
        uint32_t bytes = mipi_lane_bytes(used, n, packet_bytes);
        if (align->lane[n].data_count < bytes)
            report(align, MIPI_RX_LANE_END, n, align->lane[n].data_count, bytes);
    }
}

static bool rest_is_trail(const mipi_align_t *align, uint32_t packet_bytes)
{
    for (uint32_t n = 0; n < align->desc.used; n++)
        if (!only_trail(&align->lane[n], mipi_lane_bytes(align->desc.used, n, packet_bytes)))
            return false;
    return true;
}

void mipi_align_end(mipi_align_t *align)
{
    if (is_calibration(align)) {
        report(align, MIPI_RX_SKEW_CALIBRATION, 0, align->rows, 0);
        return;
    }
    if (!find_syncs(align))
        return;
    uint32_t count = merge(align), expected = announced(align, count);
    if (!lanes_fit(align, expected))
        return;
    if (expected != 0 && count < expected)
        check_ends(align, expected);
    else if (expected != 0 && rest_is_trail(align, expected))
        count = expected;
    mipi_packet_t packet = align->now;
    packet.bytes = align->merged;
    packet.count = count;
    align->packet(align->ctx, &packet);
}

/* ---- in -----------------------------------------------------------------------------------------
 */
void mipi_align_begin(mipi_align_t *align, const mipi_packet_t *at)
{
    for (uint32_t n = 0; n < align->desc.lanes; n++)
        clear(&align->lane[n]);
    align->now = *at;
    align->now.bytes = NULL;
    align->now.count = 0;
    align->now.lanes = NULL;
    align->rows = 0;
}

void mipi_align_row(mipi_align_t *align, const int16_t *bytes)
{
    for (uint32_t n = 0; n < align->desc.lanes; n++) {
        mipi_align_lane_t *lane = &align->lane[n];
        if (bytes[n] >= 0 && !lane->over)
            put(lane, align->rows, (uint8_t)bytes[n]);
        else
            lane->over |= lane->begun;
    }
    align->rows++;
}

static void put_lane(mipi_align_lane_t *lane, const mipi_packet_t *packet, uint32_t n)
{
    const mipi_lane_state_t *state = packet->lanes;
    put(lane, state->late[n], MIPI_SYNC_BYTE ^ state->sync[n]);
    for (uint32_t k = n; k < packet->count; k += state->lanes)
        put(lane, 0, packet->bytes[k]);
}

void mipi_align_packet(mipi_align_t *align, const mipi_packet_t *packet)
{
    mipi_align_begin(align, packet);
    for (uint32_t n = 0; n < align->desc.lanes; n++) {
        bool silent =
            n >= packet->lanes->lanes || n >= packet->count || (packet->lanes->lost >> n & 1) != 0;
        if (!silent)
            put_lane(&align->lane[n], packet, n);
    }
    mipi_align_end(align);
}

bool mipi_align_init(mipi_align_t *align, const mipi_align_desc_t *desc, mipi_packet_fn_t packet,
                     mipi_rx_event_fn_t event, void *ctx)
{
    *align = (mipi_align_t){.desc = *desc, .packet = packet, .event = event, .ctx = ctx};
    if (align->desc.used == 0)
        align->desc.used = desc->lanes;
    align->merged = malloc((size_t)MIPI_ALIGN_MAX_BYTES * desc->lanes);
    bool fine = align->merged != NULL;
    for (uint32_t n = 0; n < desc->lanes; n++) {
        align->lane[n].bytes = malloc(MIPI_ALIGN_MAX_BYTES);
        fine &= align->lane[n].bytes != NULL;
    }
    if (!fine)
        mipi_align_free(align);
    return fine;
}

void mipi_align_free(mipi_align_t *align)
{
    for (uint32_t n = 0; n < MIPI_ALIGN_LANES; n++)
        free(align->lane[n].bytes);
    free(align->merged);
    *align = (mipi_align_t){.rows = 0};
}
