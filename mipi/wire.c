#include "mipi/wire.h"

#include <assert.h>

#include "mipi/scramble.h"

#define BYTE_UI 8u

uint32_t mipi_wire_unit_ui(const mipi_phy_t *phy)
{
    return phy->signaling == MIPI_DPHY ? BYTE_UI : MIPI_WORD_UI;
}

const char *mipi_line_name(mipi_line_t line)
{
    static const char *const names[MIPI_LINES] = {
        "LP-11",   "LP-01",   "LP-00",   "HS-0",        "HS-clock", "HS-ones",
        "HS-0101", "HS-sync", "HS-data", "HS-spacer",   "HS-idle",  "HS-trail",
        "LP-111",  "LP-001",  "LP-000",  "HS-preamble", "HS-prog",  "HS-post"};
    return names[line];
}

typedef struct {
    mipi_walk_t *walk;
    uint64_t from_ps;
    mipi_dphy_time_t at;
} path_t;

/* `count` bytes, or 0 and a state that lasts `time`. */
static void add(path_t *path, mipi_line_t line, uint32_t count, mipi_dphy_time_t time)
{
    mipi_walk_t *walk = path->walk;
    assert(walk->steps < MIPI_WIRE_STEPS);
    walk->step[walk->steps].line = line;
    walk->step[walk->steps].from_ps = path->from_ps;
    walk->step[walk->steps].at = path->at;
    walk->step[walk->steps++].count = count;
    path->at = mipi_dphy_sum(path->at, time);
    path->at.ui += count * mipi_wire_unit_ui(walk->packet->phy);
}

static const mipi_dphy_time_t no_time = {0, 0};

/* LP-11 to HS-0. */
static void go_high_speed(path_t *path, const mipi_dphy_desc_t *dphy)
{
    path->at = mipi_dphy_sum(path->at, mipi_dphy_to_request(dphy));
    add(path, MIPI_LP01, 0, dphy->lpx);
    add(path, MIPI_LP00, 0, dphy->hs_prepare);
    add(path, MIPI_HS0, 0, dphy->hs_zero);
}

static void leave_high_speed(path_t *path, const mipi_dphy_desc_t *dphy)
{
    add(path, MIPI_HS_TRAIL, 0, mipi_dphy_trail(dphy));
    add(path, MIPI_LP11, 0, no_time);
}

static void calibrate(path_t *path, const mipi_packet_t *packet)
{
    const mipi_dphy_desc_t *dphy = &packet->phy->dphy;
    path->from_ps = packet->start_ps - packet->deskew_ps;
    go_high_speed(path, dphy);
    add(path, MIPI_HS_ONES, 0, (mipi_dphy_time_t){0, MIPI_DESKEW_SYNC_UI});
    add(path, MIPI_HS_0101, 0, (mipi_dphy_time_t){0, packet->deskew_ui});
    leave_high_speed(path, dphy);
}

/* How the lane gets to the packet's first byte. */
static void begin_packet(path_t *path, const mipi_packet_t *packet)
{
    const mipi_phy_t *phy = packet->phy;
    uint32_t spacers = mipi_phy_spacers(phy, packet->join);
    if (packet->join == MIPI_OWN_BURST)
        go_high_speed(path, &phy->dphy);
    else if (spacers != 0)
        add(path, MIPI_HS_SPACER, spacers, no_time);
    if (packet->join != MIPI_OWN_BURST && !phy->lrte.only_spacers)
        add(path, MIPI_HS_IDLE, 0, mipi_phy_idle());
    if (packet->join == MIPI_OWN_BURST || !phy->lrte.only_spacers)
        add(path, MIPI_HS_SYNC, 1, no_time);
}

static void data_steps(path_t *path, const mipi_packet_t *packet, uint32_t lane)
{
    const mipi_dphy_desc_t *dphy = &packet->phy->dphy;
    uint32_t bytes = mipi_lane_bytes(dphy->lanes, lane, packet->count);
    uint32_t rows = mipi_lane_bytes(dphy->lanes, 0, packet->count);
    mipi_dphy_time_t skew = {0, dphy->skew_ui[lane]};
    path->at = skew;
    if (packet->deskew_ui != 0)
        calibrate(path, packet);
    path->from_ps = packet->start_ps;
    path->at = skew;
    if (bytes == 0 && packet->join == MIPI_OWN_BURST && !packet->more)
        return; /* stays in LP-11 */
    begin_packet(path, packet);
    if (bytes != 0)
        add(path, MIPI_HS_BYTE, bytes, no_time);
    if (!packet->more)
        leave_high_speed(path, dphy);
    else if (bytes < rows)
        add(path, MIPI_HS_SPACER, rows - bytes, no_time);
}

static void trio_steps(path_t *path, const mipi_packet_t *packet, uint32_t trio)
{
    const mipi_cphy_desc_t *cphy = &packet->phy->cphy;
    uint32_t spacers = mipi_phy_spacers(packet->phy, packet->join);
    uint32_t words = mipi_cphy_payload_words(cphy->trios, packet->count);
    path->from_ps = packet->start_ps;
    path->at = (mipi_dphy_time_t){0, cphy->skew_ui[trio]};
    if (packet->join == MIPI_OWN_BURST) {
        add(path, MIPI_LP001, 0, cphy->lpx);
        add(path, MIPI_LP000, 0, cphy->prepare);
        add(path, MIPI_HS_PREAMBLE, 0, (mipi_dphy_time_t){0, cphy->prebegin_ui});
        if (cphy->prog_seq)
            add(path, MIPI_HS_PROG, MIPI_CPHY_PROG_UI / MIPI_WORD_UI, no_time);
        add(path, MIPI_HS_PREAMBLE, 0, (mipi_dphy_time_t){0, MIPI_CPHY_PREEND_UI});
    } else if (spacers != 0) {
        add(path, MIPI_HS_SPACER, spacers, no_time);
    }
    for (uint32_t copy = 0; copy < 2; copy++) {
        add(path, MIPI_HS_SYNC, 1, no_time);
        add(path, MIPI_HS_BYTE, MIPI_CPHY_HEADER_WORDS, no_time);
    }
    if (words != 0)
        add(path, MIPI_HS_BYTE, words, no_time);
    if (packet->more)
        return;
    add(path, MIPI_HS_POST, 0, (mipi_dphy_time_t){0, cphy->post_ui});
    add(path, MIPI_LP111, 0, no_time);
}

static void wake_clock(path_t *path, const mipi_dphy_desc_t *dphy)
{
    path->at = no_time;
    add(path, MIPI_LP01, 0, dphy->lpx);
    add(path, MIPI_LP00, 0, dphy->clk_prepare);
    add(path, MIPI_HS0, 0, dphy->clk_zero);
    add(path, MIPI_HS_CLOCK, 0, no_time);
}

/* `sent`: the data lanes' last bit. */
static void stop_clock(path_t *path, const mipi_dphy_desc_t *dphy, mipi_dphy_time_t sent)
{
    path->at = mipi_dphy_sum(sent, mipi_dphy_sum(mipi_dphy_trail(dphy), dphy->clk_post));
    add(path, MIPI_HS_TRAIL, 0, dphy->clk_trail);
    add(path, MIPI_LP11, 0, no_time);
}

static void clock_steps(path_t *path, const mipi_packet_t *packet)
{
    const mipi_dphy_desc_t *dphy = &packet->phy->dphy;
    uint32_t deskew_ui = MIPI_DESKEW_SYNC_UI + packet->deskew_ui;
    mipi_dphy_time_t zero = {0, BYTE_UI}; /* to_data has a sync byte, the calibration none */
    if (packet->deskew_ui != 0) {
        path->from_ps = packet->start_ps - packet->deskew_ps;
        wake_clock(path, dphy);
        mipi_dphy_time_t sent = mipi_dphy_to_data(dphy);
        stop_clock(path, dphy, (mipi_dphy_time_t){sent.ns, sent.ui - zero.ui + deskew_ui});
    }
    path->from_ps = packet->start_ps;
    if (packet->join == MIPI_OWN_BURST)
        wake_clock(path, dphy);
    if (packet->more)
        return;
    mipi_dphy_time_t sent = mipi_phy_to_data(packet->phy, packet->join);
    sent.ui += BYTE_UI * mipi_lane_bytes(dphy->lanes, 0, packet->count);
    stop_clock(path, dphy, sent);
}

void mipi_walk_begin(mipi_walk_t *walk, const mipi_packet_t *packet, uint32_t lane, uint16_t lfsr)
{
    *walk = (mipi_walk_t){.packet = packet, .lane = lane, .lfsr = lfsr};
    path_t path = {.walk = walk};
    if (packet->phy->signaling == MIPI_CPHY) {
        if (lane != MIPI_CLOCK_LANE)
            trio_steps(&path, packet, lane);
    } else if (lane != MIPI_CLOCK_LANE)
        data_steps(&path, packet, lane);
    else if (packet->phy->dphy.gated_clock)
        clock_steps(&path, packet);
}

/* Sent behind a sync byte: scrambled, if the link does that. */
static uint8_t coded(mipi_walk_t *walk, uint8_t byte)
{
    return walk->packet->phy->scramble.on ? byte ^ mipi_scramble_next(&walk->lfsr) : byte;
}

static uint16_t coded_word(mipi_walk_t *walk, uint16_t word)
{
    uint8_t low = coded(walk, (uint8_t)word), high = coded(walk, (uint8_t)(word >> 8));
    return (uint16_t)(low | high << 8);
}

static uint16_t next_byte(mipi_walk_t *walk, mipi_line_t line)
{
    const mipi_packet_t *packet = walk->packet;
    uint32_t lanes = packet->phy->dphy.lanes;
    switch (line) {
    case MIPI_HS_SYNC:
        walk->lfsr = packet->phy->scramble.seed[walk->lane];
        return MIPI_SYNC_BYTE;
    case MIPI_HS_SPACER:
        return coded(walk, MIPI_SPACER_BYTE);
    case MIPI_HS_BYTE:
        return coded(walk, packet->bytes[walk->lane + lanes * walk->data++]);
    case MIPI_HS_0101:
        return MIPI_DESKEW_BYTE;
    case MIPI_HS_TRAIL:
        return walk->last & 0x80 ? 0x00 : 0xff;
    default:
        return 0;
    }
}

/* The header twice, then the payload. */
static uint16_t packet_word(mipi_walk_t *walk)
{
    const mipi_packet_t *packet = walk->packet;
    uint16_t header[MIPI_CPHY_HEADER_WORDS];
    uint8_t bytes[MIPI_HEADER_BYTES] = {0};
    uint32_t n = walk->data++;
    if (n >= 2 * MIPI_CPHY_HEADER_WORDS)
        return mipi_cphy_payload_word(packet->bytes, packet->count, packet->phy->cphy.trios,
                                      walk->lane, n - 2 * MIPI_CPHY_HEADER_WORDS);
    for (uint32_t i = 0; i < MIPI_HEADER_BYTES && i < packet->count; i++)
        bytes[i] = packet->bytes[i];
    mipi_cphy_header(bytes, header);
    return header[n % MIPI_CPHY_HEADER_WORDS];
}

static uint16_t next_word(mipi_walk_t *walk, mipi_line_t line)
{
    if (line == MIPI_HS_SYNC)
        walk->lfsr = walk->packet->phy->scramble.seed[walk->lane];
    if (line == MIPI_HS_SPACER)
        return coded_word(walk, MIPI_SPACER_WORD);
    return line == MIPI_HS_BYTE ? coded_word(walk, packet_word(walk)) : 0;
}

bool mipi_walk_next(mipi_walk_t *walk, mipi_edge_t *edge)
{
    if (walk->now == walk->steps)
        return false;
    const mipi_phy_t *phy = walk->packet->phy;
    mipi_line_t line = walk->step[walk->now].line;
    mipi_dphy_time_t at = walk->step[walk->now].at;
    uint16_t value = 0;
    at.ui += mipi_wire_unit_ui(phy) * walk->done;
    if (walk->lane != MIPI_CLOCK_LANE)
        value = phy->signaling == MIPI_DPHY ? next_byte(walk, line) : next_word(walk, line);
    uint64_t from_ps = walk->step[walk->now].from_ps;
    *edge = (mipi_edge_t){line, from_ps + mipi_phy_time_ps(phy, at), value, from_ps, at};
    walk->last = value;
    if (++walk->done >= walk->step[walk->now].count) {
        walk->now++;
        walk->done = 0;
    }
    return true;
}
