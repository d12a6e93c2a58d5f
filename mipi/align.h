/*
 * align.h - lanes of a burst to packets: sync bytes found, skew taken out, bytes merged.
 *
 *   lane 0   00 b8 2b ce 48 .. ff     \
 *   lane 1      00 b8 ef 17 59 .. 00  +-->  2b ef ce 17 48 59 ..  --> packet
 *
 * A burst is all that happens between two stays of the lanes in LP-11. Each lane is searched for
 * its own sync byte; a lane that begins later than the first by up to max_skew_bytes is shifted
 * back. One wrong bit in a sync byte is tolerated (ErrSotHS of D-PHY); with more (ErrSotSyncHS), or
 * when the lanes are not those that the receiver is set for, the burst is lost. Nothing of a burst
 * outlives it: the next one begins anew.
 *
 * HS-TRAIL looks like data to a receiver: it ends at LP-11. What follows the packet that the
 * header announces and is nothing but trail is taken off; the rest stays for the receiver to
 * report.
 *
 * With LRTE a burst has several packets: behind each come spacers (ff on all lanes; lanes that
 * ended early have one), or the lanes stand still (HS-Idle) and begin with sync bytes anew. With
 * scrambling all bytes behind the sync byte are (scramble.h).
 *
 * Modeled:     1..8 lanes, skew in whole byte times, lanes that end early, de-skew bursts, LRTE,
 *              scrambling.
 * Not modeled: skew below a byte time (a lane's word aligner takes it out); after a header of an
 *              LRTE burst that cannot be read, the rest of the burst is not searched.
 * Sources:     D-PHY v1.2 through Microchip's "High-Speed Data Reception Mode" and AMD PG202;
 *              open receivers align 1, 2 or up to 6 byte times.
 */
#ifndef MIPI_ALIGN_H
#define MIPI_ALIGN_H

#include "mipi/packet.h"
#include "mipi/room.h"
#include "mipi/rx_event.h"

#define MIPI_ALIGN_LANES MIPI_LANE_STATES
#define MIPI_ALIGN_SKEW_BYTES 6u /* usual max_skew_bytes */

typedef struct {
    uint32_t lanes;          /* that are wired: 1..8 */
    uint32_t used;           /* that the receiver is set for: 1..lanes; 0: all */
    uint32_t max_skew_bytes; /* between the first and the last lane */
    bool lrte;               /* several packets in a burst */
    bool scrambled;
    uint16_t seed[MIPI_ALIGN_LANES]; /* of lanes that are */
} mipi_align_desc_t;

typedef struct {
    uint8_t *bytes; /* from its first byte in HS on; beyond MIPI_ROOM_MOST they are not kept */
    uint32_t count, room;
    uint32_t start_row; /* byte time of the first */
    bool begun, over;
    uint32_t data_at, data_count; /* behind the sync byte */
    uint32_t trail;               /* of these, at the end, may be trail */
} mipi_align_lane_t;

typedef struct {
    mipi_align_desc_t desc;
    mipi_packet_fn_t packet;
    mipi_rx_event_fn_t event;
    void *ctx;
    mipi_align_lane_t lane[MIPI_ALIGN_LANES];
    uint8_t *merged;
    uint32_t merged_room;
    mipi_packet_t now; /* number and times of the next packet */
    uint32_t rows;
} mipi_align_t;

/* False when there is no memory. Both functions are given ctx. Call mipi_align_free when done. */
bool mipi_align_init(mipi_align_t *align, const mipi_align_desc_t *desc, mipi_packet_fn_t packet,
                     mipi_rx_event_fn_t event, void *ctx);
void mipi_align_free(mipi_align_t *align);

/* A burst begins: `at` gives the packet's number and times. */
void mipi_align_begin(mipi_align_t *align, const mipi_packet_t *at);
/* A byte time: a byte of each wired lane; -1: it is in LP, or has not begun (HS-0). */
void mipi_align_row(mipi_align_t *align, const int16_t *bytes);
/* All lanes are back in LP-11: events, and the burst's packets (their bytes are valid during the
 * call), numbered from the burst's number on. now.number is then the next one's: one further after
 * a burst that is lost, the same after a calibration. */
void mipi_align_end(mipi_align_t *align);

/*
 * How the lanes of a packet arrive: what is wrong with them (packet->lanes) and the skew of the
 * wires (packet->phy; of D-PHY). False: as they should, to a byte time, and *state means nothing.
 */
bool mipi_align_state(const mipi_packet_t *packet, mipi_lane_state_t *state);
/* A packet whose lanes arrive like that: onto lanes and back, as a burst of its own. */
void mipi_align_packet(mipi_align_t *align, const mipi_packet_t *packet,
                       const mipi_lane_state_t *state);

#endif
