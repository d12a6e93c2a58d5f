/*
 * tx_int.h - how the transmitter's files work together; private to mipi/.
 *
 *   tx.c        component, registers, description
 *   tx_image.c  lines -> packets -> FIFO
 *   tx_row.c    rows as payloads, and what they take of the link
 *   tx_meta.c   L2 -> line buffers -> packets
 *   tx_link.c   which packet is next, how long it takes, who hears it
 *   tx_activity.c  how long lanes are in which state
 */
#ifndef MIPI_TX_INT_H
#define MIPI_TX_INT_H

#include "mipi/tx.h"

#define MIPI_CTRL_IMAGE (MIPI_CTRL_RAW | MIPI_CTRL_ISP | MIPI_CTRL_EMBEDDED)

/* Sets bits of MIPI_IRQ and the wire. */
void mipi_tx_raise(mipi_tx_t *tx, uint32_t bits);

/* The number that the next frame on vc carries. */
uint16_t mipi_tx_next_number(mipi_tx_t *tx, uint32_t vc);

/* Something may be ready to send: the link looks at it in this instant's arbitrate phase. */
void mipi_link_kick(mipi_tx_t *tx);
void mipi_link_arbitrate(void *tx); /* events */
void mipi_link_packet_end(void *tx);
void mipi_link_packet_last(void *tx);
void mipi_link_burst_end(void *tx);

/* tx_activity.c */
void mipi_activity_reset(mipi_tx_t *tx);
/* Times up to now. */
void mipi_activity_count(mipi_tx_t *tx);
/* Something that the lanes are powered for has come or gone. */
void mipi_activity_power(mipi_tx_t *tx);
/* A packet has been put on the link, to be sent from start_ps on; before it the calibration. */
void mipi_activity_begin(mipi_tx_t *tx, const mipi_phy_t *phy, uint64_t taken_ps);
/* Its last byte has left. */
void mipi_activity_sent(mipi_tx_t *tx, const mipi_packet_t *packet);
/* It is the last of its burst, which ends then. */
void mipi_activity_close(mipi_tx_t *tx, uint64_t end_ps);

/* A frame has left: trace and callback. */
void mipi_link_frame_left(mipi_tx_t *tx, const mipi_tx_frame_t *frame);

/* Image side. The oldest packet stays in the FIFO until it has left. */
void mipi_image_line(void *tx, const sim_line_t *line);
uint32_t mipi_fifo_level(const mipi_tx_t *tx); /* bytes, as a line that arrives now sees it */
bool mipi_image_ready(const mipi_tx_t *tx);
uint8_t *mipi_image_bytes(const mipi_tx_t *tx);
uint32_t mipi_image_count(const mipi_tx_t *tx);
bool mipi_image_open(const mipi_tx_t *tx, uint32_t vc);   /* FS of that channel has left, FE not */
bool mipi_image_head_is(const mipi_tx_t *tx, uint8_t dt); /* false when the FIFO is empty */
bool mipi_image_overdue(const mipi_tx_t *tx); /* behind the FE at the head the next frame waits */
void mipi_image_left(mipi_tx_t *tx, const mipi_header_t *header, const mipi_packet_t *packet);

/* Metadata side. */
uint32_t mipi_meta_packed(uint32_t dest, uint32_t bytes); /* payload that so many bytes become */
void mipi_meta_go(mipi_tx_t *tx);
void mipi_meta_fetch(void *tx); /* event */
void mipi_meta_read_done(void *tx, sim_mem_req_t *req);
bool mipi_meta_ready(const mipi_tx_t *tx);
uint32_t mipi_meta_build(mipi_tx_t *tx); /* makes the next packet; returns its bytes */
uint8_t *mipi_meta_bytes(mipi_tx_t *tx);
void mipi_meta_left(mipi_tx_t *tx, const mipi_header_t *header, const mipi_packet_t *packet);
/* Must FE of the image on vc, whose frame began with ctrl, wait for inline metadata? */
bool mipi_meta_holds(const mipi_tx_t *tx, uint32_t vc, uint32_t ctrl);
void mipi_meta_image_began(mipi_tx_t *tx, uint32_t vc);
/* FE has left: what it should have waited for is dropped. */
void mipi_meta_image_over(mipi_tx_t *tx, uint32_t vc, uint32_t ctrl);
uint64_t mipi_link_payload_ps(const mipi_tx_t *tx, uint32_t bytes); /* of a long packet */
uint64_t mipi_link_packet_ps(const mipi_phy_t *phy, uint32_t packet_bytes, bool after_short);

/* Lines as payloads, in frames that began with ctrl. Data type 0: cannot be sent. Bytes above
 * MIPI_MAX_PAYLOAD_BYTES: too long. */
uint8_t mipi_line_dt(uint32_t ctrl, const sim_line_t *line);
uint32_t mipi_line_bytes(uint32_t ctrl, const sim_line_t *line);
void mipi_line_pack(const mipi_tx_t *tx, uint32_t ctrl, const sim_line_t *line, uint8_t *out);

/* A generic short packet that firmware asks for. */
void mipi_image_short(mipi_tx_t *tx, uint32_t what);

static inline bool mipi_meta_is_inline(const mipi_tx_t *tx)
{
    return (tx->meta_dest_now & MIPI_DEST_INLINE) != 0;
}

#endif
