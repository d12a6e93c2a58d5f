/*
 * phy.h - the physical layer as it stands: the chip's description, what the host's CCS registers
 * make of it, and the lane rate of the moment.
 *
 *   chip file --+
 *   registers --+--> mipi_phy_t --> what each packet costs, what each lane carries
 *   PLL ---------+
 *
 * Times of D-PHY by phy_ctrl (0x0808):
 *   0 automatic  the chip file's ns + UI. If requested_link_rate (0x0820) is not 0, the PHY turns
 *                ns into UI by that rate, whatever the lanes really run at.
 *   1 UI         0x0800..0x0807, 8 bits each: value UI
 *   2 manual     0x080a..0x0818, 16 bits each: value + 1 UI. Sony's tables are multiples of 8 less
 *                one, and so they meet every limit.
 * ths_exit (0x082c, 0x082e) is the same, 0: automatic. Times that the PHY counts itself (all but
 * exact ns + UI) are in whole byte clocks of 8 UI, rounded up; in UI where a byte clock more would
 * break an upper limit. The rounding, and the meaning of 1, are assumed.
 *
 * Times of C-PHY: automatic as above (requested_link_rate is 16/7 bits a symbol); in 1 and 2
 * t3_prepare (0x084e) and t3_lpx (0x0850) are value + 1 UI, counted in words of 7 UI. In all three
 * TGR_Preamble_Length (0x0841) is 7 (value + 1) UI before the preamble's end, with bit 7 the
 * programmed sequence of 0x0843.. (two symbols a register); TGR_Post_Length (0x0842) likewise; 0 is
 * the chip file's length.
 *
 * LRTE (0x0860..0x0867): packets of one burst follow each other behind a delimiter. The bits are
 * published: a reader's translation of CSI-2's clause on LRTE (blog.csdn.net/Dada_ping 142473102),
 * and registers EPCT of Renesas' MIPI CSI block (r_mipi_csi_api.h), which say the same.
 *   enable        bit 15 of EN_SSP; its bits 14:0 are the spacers after a short packet
 *   option        bit 15 of OP_SLP (D-PHY; reserved of C-PHY), 0: spacers and HS-Idle (60 ns + 16
 *                 UI, assumed) and a sync byte; 1: spacers only. Bits 14:0 are the spacers after a
 *                 long packet.
 * A spacer is the byte 0xff on every lane; C-PHY: the word 0xffff, and the delimiter is the sync
 * word of the next header.
 *
 * De-skew calibration (D-PHY): above 1.5 Gb/s before the first packet with these settings; below
 * it, too, if bit 0 of phy_init_calibration_ctrl (0x0832) is set; and, if bit 0 of
 * phy_periodic_calibration_ctrl (0x0830) is set, before the image FS of each n-th frame, n =
 * phy_periodic_calibration_interval (0x0831), 0 as 1.
 *
 * Scrambling: bit 0 of scrambling_ctrl (0x0870), seeds 0x0872 + 2 lane (scramble.h).
 *
 * Not modeled, and refused by the capabilities (0x1630, 0x1632, 0x1633, 0x1636, 0x1639, 0x165c):
 * T_INIT and T_WAKEUP (their unit is not published; lanes are in LP-11 from power-up on, a first
 * burst comes milliseconds later), alternate calibration (0x0833), variable-length spacers and the
 * end-of-transmission short packet (0x0868, 0x0869), four seeds a lane (of C-PHY; which one counts
 * when is not published). Preambles of D-PHY 2.x.
 * Sources: Linux ccs-regs.asc, imx477.c.
 */
#ifndef MIPI_PHY_H
#define MIPI_PHY_H

#include "mipi/cphy.h"
#include "mipi/dphy.h"
#include "mipi/packet.h"

/* CSI_signaling_mode */
typedef enum { MIPI_DPHY = 2, MIPI_CPHY = 3 } mipi_signaling_t;

#define MIPI_PHY_REGS_FIRST 0x0800u
#define MIPI_PHY_REGS 0x82u

/* The host's registers: 0x0111, 0x0114, and 0x0800..0x0881 as bytes, big-endian. */
typedef struct {
    uint8_t signaling, lane_mode;
    uint8_t value[MIPI_PHY_REGS];
} mipi_phy_regs_t;

typedef struct mipi_phy {
    mipi_signaling_t signaling;
    mipi_dphy_desc_t dphy; /* of the lanes in use, as they run; one of the two counts */
    mipi_cphy_desc_t cphy;
    struct {
        bool on, only_spacers;
        uint32_t after_short, after_long; /* spacers */
    } lrte;
    struct {
        bool on;
        uint16_t seed[MIPI_MAX_LANES];
    } scramble;
    struct {
        uint32_t initial_ui, periodic_ui; /* 0: none is sent */
        uint32_t interval_frames;
    } deskew;
} mipi_phy_t;

/* What the chip has. */
typedef struct {
    mipi_signaling_t signaling; /* without a host */
    const mipi_dphy_desc_t *dphy;
    const mipi_cphy_desc_t *cphy; /* no trios: none */
} mipi_phy_chip_t;

/*
 * Fills *phy for lanes of rate_hz bits, trios of rate_hz symbols. regs NULL: as the chip file says.
 * Returns NULL, or what is wrong with it (in error): lanes then run all the same, as near to it as
 * can be.
 */
const char *mipi_phy_make(const mipi_phy_chip_t *chip, const mipi_phy_regs_t *regs,
                          uint64_t rate_hz, mipi_phy_t *phy, char *error, size_t error_bytes);

/* What is legal in it, and makes no sense: delimiters that take longer than what they save, seeds
 * that scramble nothing. NULL: nothing. */
const char *mipi_phy_note(const mipi_phy_t *phy, char *note, size_t note_bytes);

/* How a packet's HS burst begins. */
typedef enum { MIPI_OWN_BURST, MIPI_AFTER_SHORT, MIPI_AFTER_LONG } mipi_join_t;

/*
 * What a packet costs. Joined to the one before, it starts where that one's last byte ends, with
 * the delimiter. end_ps is the end of HS-EXIT: where it does not stay the last of its burst, it
 * ends at last_byte_ps.
 */
mipi_span_t mipi_phy_packet(const mipi_phy_t *phy, mipi_join_t join, uint32_t packet_bytes);

/* High speed from its start on, if it is the last of its burst. */
mipi_hs_t mipi_phy_hs(const mipi_phy_t *phy, mipi_join_t join, uint32_t packet_bytes);

/* From a packet's start to its first bit. */
mipi_dphy_time_t mipi_phy_to_data(const mipi_phy_t *phy, mipi_join_t join);

/* Spacers between a packet and the one before, and HS-Idle behind them (option 1). */
uint32_t mipi_phy_spacers(const mipi_phy_t *phy, mipi_join_t join);
mipi_dphy_time_t mipi_phy_idle(void);

/* A calibration burst, from LP-11 to the end of HS-EXIT; 0: none is sent. */
uint64_t mipi_phy_deskew_ps(const mipi_phy_t *phy, bool initial);

uint32_t mipi_phy_lanes(const mipi_phy_t *phy); /* or trios */
uint32_t mipi_phy_skew_ui(const mipi_phy_t *phy, uint32_t lane);
uint64_t mipi_phy_lane_bps(const mipi_phy_t *phy); /* bits of a lane or trio */
uint64_t mipi_phy_ui_hz(const mipi_phy_t *phy);    /* bits, or symbols */
uint64_t mipi_phy_time_ps(const mipi_phy_t *phy, mipi_dphy_time_t time);

#endif
