#include "mipi/align.h"

#include <stdlib.h>
#include <string.h>

#include "mipi/lanes.h"
#include "mipi/phy.h"
#include "mipi/scramble.h"

enum { SPACER = 0xff };

/* ---- one lane -----------------------------------------------------------------------------------
 */
typedef enum { SYNC_GOOD, SYNC_ONE_BIT, SYNC_BAD } sync_t;

static void clear(mipi_align_lane_t *lane)
{
    *lane = (mipi_align_lane_t){.bytes = lane->bytes, .room = lane->room};
}

static void put(mipi_align_lane_t *lane, uint32_t row, uint8_t byte)
{
    if (!lane->begun)
        lane->start_row = row;
    lane->begun = true;
    if (mipi_room(&lane->bytes, &lane->room, lane->count + 1, MIPI_ROOM_MOST))
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

/* Bytes at its end that are trail, if the packet is over before them: all the inverse of the last
 * bit before. No byte of data can be mistaken for the first of them. */
static uint32_t trail_of(const mipi_align_lane_t *lane)
{
    const uint8_t *data = data_of(lane);
    uint32_t n = lane->data_count;
    uint8_t trail = n > 0 ? data[n - 1] : 1;
    while (n > 0 && data[n - 1] == trail)
        n--;
    uint8_t last = n > 0 ? data[n - 1] : MIPI_SYNC_BYTE;
    return trail == (last & 0x80 ? 0x00 : 0xff) ? lane->data_count - n : 0;
}

/* Nothing behind the lane's first `bytes` but its trail; with LRTE, spacers may be before it. */
static bool only_trail(const mipi_align_lane_t *lane, uint32_t bytes, bool lrte)
{
    if (!lrte)
        return lane->data_count == bytes || lane->data_count == bytes + lane->trail;
    const uint8_t *data = data_of(lane);
    while (bytes + lane->trail < lane->data_count && data[bytes] == SPACER)
        bytes++;
    return lane->data_count <= bytes + lane->trail;
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

/* The first byte from `at` on that is another one. */
static uint32_t after_run(const mipi_align_lane_t *lane, uint32_t at, uint8_t byte)
{
    while (at < lane->count && lane->bytes[at] == byte)
        at++;
    return at;
}

/* Ones, then 0 1 0 1 .. to the trail. */
static bool is_deskew(const mipi_align_lane_t *lane)
{
    uint32_t ones = after_run(lane, 0, 0), pattern = after_run(lane, ones, 0xff);
    uint8_t byte = pattern < lane->count ? lane->bytes[pattern] : 0;
    uint32_t trail = after_run(lane, pattern, byte);
    return pattern > ones && (byte == 0xaa || byte == 0x55) &&
           after_run(lane, trail, byte == 0xaa ? 0x00 : 0xff) == lane->count;
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

/* What is behind the sync bytes, in the clear. The trail is judged as it was on the wire. */
static void read_lanes(mipi_align_t *align)
{
    for (uint32_t n = 0; n < align->desc.used; n++) {
        mipi_align_lane_t *lane = &align->lane[n];
        uint16_t lfsr = align->desc.seed[n];
        lane->trail = trail_of(lane);
        if (align->desc.scrambled)
            mipi_scramble(&lfsr, lane->bytes + lane->data_at, lane->data_count);
    }
}

/* Merges until a lane runs dry. */
static uint32_t merge(mipi_align_t *align)
{
    const uint8_t *in[MIPI_ALIGN_LANES];
    uint32_t counts[MIPI_ALIGN_LANES];
    uint32_t all = 0;
    for (uint32_t n = 0; n < align->desc.used; n++) {
        in[n] = data_of(&align->lane[n]);
        counts[n] = align->lane[n].data_count;
        all += counts[n];
    }
    if (!mipi_room(&align->merged, &align->merged_room, all, align->desc.lanes * MIPI_ROOM_MOST))
        all = align->merged_room;
    return mipi_lanes_merge(in, counts, align->desc.used, align->merged, all);
}

/* A packet that begins at a byte of the burst, on lane 0, as its header announces it. */
typedef struct {
    uint32_t at, bytes; /* bytes 0: there is no header to be believed */
} piece_t;

static piece_t piece_at(const mipi_align_t *align, uint32_t at, uint32_t count)
{
    mipi_header_t header;
    if (count < at + MIPI_HEADER_BYTES ||
        mipi_header_decode(align->merged + at, &header) == MIPI_ECC_BAD)
        return (piece_t){at, 0};
    return (piece_t){at, (uint32_t)mipi_packet_bytes(&header)};
}

/* Bytes of a lane to the end of that packet. */
static uint32_t lane_end(const mipi_align_t *align, piece_t piece, uint32_t lane)
{
    return piece.at / align->desc.used + mipi_lane_bytes(align->desc.used, lane, piece.bytes);
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
static void check_ends(const mipi_align_t *align, piece_t piece)
{
    uint32_t used = align->desc.used, whole = 0;
    for (uint32_t n = 0; n < used; n++)
        whole += align->lane[n].data_count >= lane_end(align, piece, n);
    for (uint32_t n = 0; whole > 0 && n < used; n++) {
        uint32_t bytes = lane_end(align, piece, n);
        if (align->lane[n].data_count < bytes)
            report(align, MIPI_RX_LANE_END, n, align->lane[n].data_count, bytes);
    }
}

static bool rest_is_trail(const mipi_align_t *align, piece_t piece)
{
    for (uint32_t n = 0; n < align->desc.used; n++)
        if (!only_trail(&align->lane[n], lane_end(align, piece, n), align->desc.lrte))
            return false;
    return true;
}

/* Where the next packet of an LRTE burst begins, behind what is left of the last byte time and
 * spacers; 0: there is none. */
static uint32_t next_packet(const mipi_align_t *align, piece_t piece, uint32_t count)
{
    uint32_t used = align->desc.used, end = piece.at + piece.bytes, at = end;
    while (at < count && (at % used != 0 || align->merged[at] == SPACER)) {
        if (align->merged[at] != SPACER)
            return 0;
        at++;
    }
    at -= at % used;
    bool found = align->desc.lrte && at >= end && piece_at(align, at, count).bytes != 0;
    return found ? at : 0;
}

static void hand_on(mipi_align_t *align, piece_t piece)
{
    mipi_packet_t packet = align->now;
    packet.bytes = align->merged + piece.at;
    packet.count = piece.bytes;
    align->packet(align->ctx, &packet);
    align->now.number++;
}

/* One packet after another; what is behind the last one and no trail stays with it. */
static void hand_on_all(mipi_align_t *align, uint32_t count)
{
    uint32_t next = 0;
    do {
        piece_t piece = piece_at(align, next, count);
        bool whole = piece.bytes != 0 && count >= piece.at + piece.bytes;
        bool last = whole && rest_is_trail(align, piece);
        next = whole && !last ? next_packet(align, piece, count) : 0;
        if (piece.bytes != 0 && !whole)
            check_ends(align, piece);
        if (next == 0 && !last)
            piece.bytes = count - piece.at;
        hand_on(align, piece);
    } while (next != 0);
}

/* False: the burst is lost. */
static bool take_burst(mipi_align_t *align)
{
    if (!find_syncs(align))
        return false;
    read_lanes(align);
    uint32_t count = merge(align);
    if (!lanes_fit(align, piece_at(align, 0, count).bytes))
        return false;
    hand_on_all(align, count);
    return true;
}

void mipi_align_end(mipi_align_t *align)
{
    if (is_calibration(align))
        report(align, MIPI_RX_SKEW_CALIBRATION, 0, align->rows, 0);
    else if (!take_burst(align))
        align->now.number++;
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

/* After HS-Idle, which is longer than skew: all lanes have stopped, and one of them begins anew. */
static bool goes_on(const mipi_align_t *align, const int16_t *bytes)
{
    bool again = false;
    for (uint32_t n = 0; n < align->desc.lanes; n++) {
        const mipi_align_lane_t *lane = &align->lane[n];
        if (lane->begun && !lane->over)
            return false;
        again |= lane->begun && bytes[n] >= 0;
    }
    return again;
}

void mipi_align_row(mipi_align_t *align, const int16_t *bytes)
{
    if (align->desc.lrte && goes_on(align, bytes)) {
        mipi_align_end(align);
        mipi_align_begin(
            align, &(mipi_packet_t){.number = align->now.number, .start_ps = align->now.start_ps});
    }
    for (uint32_t n = 0; n < align->desc.lanes; n++) {
        mipi_align_lane_t *lane = &align->lane[n];
        if (bytes[n] >= 0 && !lane->over)
            put(lane, align->rows, (uint8_t)bytes[n]);
        else
            lane->over |= lane->begun;
    }
    align->rows++;
}

bool mipi_align_state(const mipi_packet_t *packet, mipi_lane_state_t *state)
{
    const mipi_phy_t *phy = packet->phy;
    bool any = packet->lanes != NULL;
    uint32_t lanes = any ? packet->lanes->lanes : 0;
    *state = any ? *packet->lanes : (mipi_lane_state_t){.lanes = 0};
    if (phy == NULL || phy->signaling != MIPI_DPHY)
        return any;
    lanes = any ? lanes : mipi_phy_lanes(phy);
    for (uint32_t n = 0; n < lanes && n < MIPI_MAX_LANES; n++) {
        uint32_t late = state->late[n] + mipi_phy_skew_ui(phy, n) / 8;
        any |= late != state->late[n];
        state->late[n] = (uint8_t)(late < UINT8_MAX ? late : UINT8_MAX);
    }
    state->lanes = (uint8_t)lanes;
    return any;
}

static void put_lane(mipi_align_lane_t *lane, const mipi_packet_t *packet,
                     const mipi_lane_state_t *state, uint32_t n)
{
    put(lane, state->late[n], MIPI_SYNC_BYTE ^ state->sync[n]);
    for (uint32_t k = n; k < packet->count; k += state->lanes)
        put(lane, 0, packet->bytes[k]);
}

void mipi_align_packet(mipi_align_t *align, const mipi_packet_t *packet,
                       const mipi_lane_state_t *state)
{
    mipi_align_begin(align, packet);
    for (uint32_t n = 0; n < align->desc.lanes; n++) {
        bool silent = n >= state->lanes || n >= packet->count || (state->lost >> n & 1) != 0;
        if (!silent)
            put_lane(&align->lane[n], packet, state, n);
    }
    mipi_align_end(align);
}

bool mipi_align_init(mipi_align_t *align, const mipi_align_desc_t *desc, mipi_packet_fn_t packet,
                     mipi_rx_event_fn_t event, void *ctx)
{
    *align = (mipi_align_t){.desc = *desc, .packet = packet, .event = event, .ctx = ctx};
    if (align->desc.used == 0)
        align->desc.used = desc->lanes;
    bool fine = mipi_room(&align->merged, &align->merged_room, 1, MIPI_ROOM_MOST);
    for (uint32_t n = 0; n < desc->lanes; n++)
        fine &= mipi_room(&align->lane[n].bytes, &align->lane[n].room, 1, MIPI_ROOM_MOST);
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
