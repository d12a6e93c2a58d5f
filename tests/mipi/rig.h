/*
 * rig.h - a transmitter alone on the bench: memory behind it, packets recorded after it.
 */
#ifndef TESTS_MIPI_RIG_H
#define TESTS_MIPI_RIG_H

#include "mipi/rx.h"
#include "mipi/tx.h"

#define RIG_L2 0x04000000u
#define RIG_L2_BYTES 65536u
#define RIG_MAX_PACKETS 4096u

/* L2 that answers latency_cycles after the request, in order. */
typedef struct {
    sim_comp_t comp;
    sim_event_t answer;
    sim_mem_req_t *head, *tail;
    uint32_t latency_cycles;
    uint32_t burst_bytes; /* 16; a test may change it, and tx.mem.max_burst_bytes with it */
    uint64_t clk_hz;
    uint8_t data[RIG_L2_BYTES];
} rig_mem_t;

/* Lines at given times, as events: the first at first_ps, then one each period_ps. */
typedef struct {
    sim_comp_t comp;
    sim_event_t event;
    sim_line_sink_t sink;
    sim_line_t line;    /* bits, width, height; the rest is filled in */
    const uint16_t *px; /* height rows of width */
    uint64_t first_ps, period_ps;
    uint32_t lines; /* in all, over frames */
    uint32_t sent;
} rig_source_t;

typedef struct {
    mipi_header_t header;
    uint32_t count;
    uint64_t start_ps, first_byte_ps, last_byte_ps, end_ps;
} rig_packet_t;

typedef struct {
    sim_t *sim;
    mipi_tx_t tx;
    rig_mem_t mem;
    rig_source_t source;
    rig_packet_t packet[RIG_MAX_PACKETS];
    uint32_t packets;
    mipi_tx_frame_t frame[64];
    uint32_t frames;
    uint32_t errors_logged, guests_logged;
    char last_log[256];
    uint32_t irqs; /* rising edges */
} rig_t;

/* 1 lane of 1 Gb/s: a packet of n bytes takes 377 + 8 n ns, its first byte begins at 213 ns and its
 * last ends at 213 + 8 n ns. Logic clock 250 MHz, L2 latency 4 cycles, bursts of 16 bytes. */
mipi_desc_t rig_desc(void);

/* Makes, wires and starts everything. */
void rig_open(rig_t *rig, const mipi_desc_t *desc);
void rig_close(rig_t *rig);

/* Lets the source send rows of px from first_ps on; before rig_start. */
void rig_lines(rig_t *rig, uint32_t width_px, uint32_t height_px, uint32_t lines, uint64_t first_ps,
               uint64_t period_ps, const uint16_t *px);
void rig_start(rig_t *rig);

/* tx.link_busy_ps, and all other times, up to now. */
uint64_t rig_busy_ps(rig_t *rig);

void rig_write(rig_t *rig, uint32_t reg, uint32_t value);
uint32_t rig_read(rig_t *rig, uint32_t reg);

enum {
    RIG_ID = 0x00,
    RIG_CTRL = 0x04,
    RIG_STATUS = 0x08,
    RIG_IRQ = 0x0c,
    RIG_IRQ_EN = 0x10,
    RIG_IMAGE_VC = 0x14,
    RIG_META_ADDR = 0x20,
    RIG_META_BYTES = 0x24,
    RIG_META_LINE = 0x28,
    RIG_META_DEST = 0x2c,
    RIG_META_FRAME = 0x30,
    RIG_META_GO = 0x34,
    RIG_META_LINES = 0x38,
    RIG_META_NS = 0x3c,
    RIG_FIFO_LEVEL = 0x40,
    RIG_LINES_LOST = 0x44,
    RIG_META_LOST = 0x48,
    RIG_FILL = 0x4c,
    RIG_SHORT = 0x50,
};

/* Runs to time_ps and sends `bytes` from the start of L2 in lines of line_bytes. */
void rig_meta(rig_t *rig, uint64_t time_ps, uint32_t bytes, uint32_t line_bytes, uint32_t dest);

/* Time of a row on the link, its mean of two; the ISP's in RGB. */
uint64_t rig_row_ps(const rig_t *rig, uint32_t bits, uint32_t width_px, uint32_t isp_width_px);

/* Does packet n have this VC and DT? */
bool rig_is(const rig_t *rig, uint32_t n, uint8_t vc, uint8_t dt);

/* For tests; the rig itself knows nothing of Check, because the benchmark uses it, too. */
#define rig_expect(rig, n, vc_, dt_)                                                               \
    ck_assert_msg(rig_is(rig, n, vc_, dt_), "packet %u of %u: VC %u %s, expected VC %u %s", n,     \
                  (rig)->packets, (rig)->packet[n].header.vc,                                      \
                  mipi_dt_name((rig)->packet[n].header.dt), vc_, mipi_dt_name(dt_))

#endif
