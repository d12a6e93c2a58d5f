/*
 * packet.h - CSI-2 packets: headers with their ECC, payload CRC, data types.
 *
 *   short  | DI | data LSB | data MSB | VCX,ECC |                      4 bytes, DT 0x00..0x0F
 *   long   | DI | WC LSB   | WC MSB   | VCX,ECC | WC bytes | CRC LSB | CRC MSB |
 *
 * DI is VC[1:0] in bits 7:6 and DT in bits 5:0; VCX = VC[3:2] (CSI-2 v2.0 and later) in bits 7:6 of
 * the fourth byte. A v1.x packet is the same thing with VCX = 0.
 *
 * Modeled:     D-PHY packet format, virtual channels 0..15, ECC over 26 bits, CRC-16.
 * Not here:    C-PHY headers (cphy.h), LRTE delimiters (phy.h), scrambling (scramble.h).
 * Sources:     facts cited per item; syndromes as in three independent RTL receivers.
 */
#ifndef MIPI_PACKET_H
#define MIPI_PACKET_H

#include "sim/cpu.h"
#include "sim/types.h"

#define MIPI_HEADER_BYTES 4u
#define MIPI_CRC_BYTES 2u
#define MIPI_LONG_EXTRA_BYTES (MIPI_HEADER_BYTES + MIPI_CRC_BYTES)
#define MIPI_MAX_PAYLOAD_BYTES 65535u
#define MIPI_MAX_PACKET_BYTES (MIPI_MAX_PAYLOAD_BYTES + MIPI_LONG_EXTRA_BYTES)
#define MIPI_VCS 16u
#define MIPI_CRC_START 0xffffu

/* Data types this project sends or names in code; mipi_dt_name knows them all. */
typedef enum {
    MIPI_DT_FS = 0x00, /* frame start, frame end, line start, line end */
    MIPI_DT_FE = 0x01,
    MIPI_DT_LS = 0x02,
    MIPI_DT_LE = 0x03,
    MIPI_DT_SHORT1 = 0x08, /* generic short 1..8: 0x08..0x0f */
    MIPI_DT_NULL = 0x10,
    MIPI_DT_BLANKING = 0x11,
    MIPI_DT_EMBEDDED = 0x12,
    MIPI_DT_YUV420_8 = 0x18,
    MIPI_DT_YUV420_10 = 0x19,
    MIPI_DT_YUV420_8_CSPS = 0x1c, /* as those two, but for where chroma was sampled */
    MIPI_DT_YUV420_10_CSPS = 0x1d,
    MIPI_DT_YUV422_8 = 0x1e,
    MIPI_DT_YUV422_10 = 0x1f,
    MIPI_DT_RGB565 = 0x22,
    MIPI_DT_RGB888 = 0x24,
    MIPI_DT_RAW8 = 0x2a,
    MIPI_DT_RAW10 = 0x2b,
    MIPI_DT_RAW12 = 0x2c,
    MIPI_DT_RAW14 = 0x2d,
    MIPI_DT_RAW16 = 0x2e,
    MIPI_DT_RAW20 = 0x2f,
    MIPI_DT_USER1 = 0x30, /* user defined 8-bit 1..8: 0x30..0x37 */
} mipi_dt_t;

/* "RAW10"; "reserved" for a number without a meaning. dt is taken modulo 64. */
const char *mipi_dt_name(uint8_t dt);
/* Has CSI-2 given this number a meaning? */
bool mipi_dt_known(uint8_t dt);
static inline bool mipi_dt_is_short(uint8_t dt)
{
    return dt < 0x10;
}
/* YUV, RGB, RAW: lines of one length. */
static inline bool mipi_dt_is_image(uint8_t dt)
{
    return dt >= 0x18 && dt <= 0x2f;
}
/* Lines of bytes that CSI-2 gives no form: embedded, generic, user defined. */
static inline bool mipi_dt_is_bytes(uint8_t dt)
{
    return (dt >= 0x12 && dt <= 0x16) || (dt >= 0x30 && dt <= 0x37);
}

typedef struct {
    uint8_t vc;    /* 0..15 */
    uint8_t dt;    /* 0..63 */
    uint16_t word; /* long: payload bytes (WC); short: the data field */
} mipi_header_t;

typedef enum {
    MIPI_ECC_OK,
    MIPI_ECC_CORRECTED, /* one wrong bit, put right */
    MIPI_ECC_BAD,       /* two or more wrong bits: the header means nothing */
} mipi_ecc_t;

/* The 6 check bits of D[25:0] = {VCX, WC MSB, WC LSB, DI}. */
uint8_t mipi_ecc(uint32_t header_bits);
void mipi_header_encode(const mipi_header_t *header, uint8_t out[MIPI_HEADER_BYTES]);
/* Fills *header also when the result is MIPI_ECC_BAD (with the fields as they stand). */
mipi_ecc_t mipi_header_decode(const uint8_t in[MIPI_HEADER_BYTES], mipi_header_t *header);

/* x^16+x^12+x^5+1, least significant bit first, no final xor. Start with MIPI_CRC_START. */
uint16_t mipi_crc16(uint16_t crc, const void *data, size_t bytes);

/* The same at a vector level: xors, or PCLMULQDQ; every level gives the same value. */
typedef uint16_t (*mipi_crc_fn_t)(uint16_t crc, const uint8_t *data, size_t bytes);
mipi_crc_fn_t mipi_crc16_fn(sim_simd_t level);

/* Both return the packet's bytes. payload may already stand at out + MIPI_HEADER_BYTES. */
size_t mipi_short_packet(uint8_t out[MIPI_HEADER_BYTES], uint8_t vc, uint8_t dt, uint16_t data);
size_t mipi_long_packet(uint8_t *out, uint8_t vc, uint8_t dt, const uint8_t *payload,
                        uint16_t payload_bytes);

/* Bytes of the whole packet that a header announces. */
size_t mipi_packet_bytes(const mipi_header_t *header);

/* Frame number after number: 1..65535, never 0. */
static inline uint16_t mipi_frame_number_next(uint16_t number)
{
    return number == UINT16_MAX ? 1 : (uint16_t)(number + 1);
}

#define MIPI_LANE_STATES 8u

/* How the lanes carry a packet, where that is not as it should be. */
typedef struct {
    uint8_t lanes;                  /* of the link, 1..8 */
    uint8_t lost;                   /* bit n: lane n stays in LP-11 */
    uint8_t sync[MIPI_LANE_STATES]; /* its sync byte is B8 xor this */
    uint8_t late[MIPI_LANE_STATES]; /* byte times behind the others */
} mipi_lane_state_t;

/* One packet as it went over the link. Listeners that know lanes look at `lanes`; what the others
 * get then is what was sent. */
typedef struct {
    uint64_t number;      /* packets before it on this link */
    const uint8_t *bytes; /* valid during the call that hands it over */
    uint32_t count;
    uint64_t start_ps;              /* lanes leave LP-11 */
    uint64_t first_byte_ps;         /* first bit of the header */
    uint64_t last_byte_ps;          /* end of the last byte on the slowest lane */
    uint64_t end_ps;                /* HS-EXIT is over: the next packet may start */
    uint64_t bit_rate_bps;          /* of a lane; 0: not known */
    const mipi_lane_state_t *lanes; /* NULL: nothing is wrong with them */
    /* How it went over the lanes (phy.h); zero where nobody knows. */
    const struct mipi_phy *phy; /* valid during the call */
    uint32_t join;              /* mipi_join_t: a burst of its own, or behind another packet */
    bool more;                  /* the next one is in the same burst: this ends at last_byte_ps */
    uint64_t deskew_ps;         /* a calibration burst of that length ended at start_ps */
    uint32_t deskew_ui;         /* of its pattern; 0: there was none */
} mipi_packet_t;

typedef void (*mipi_packet_fn_t)(void *ctx, const mipi_packet_t *packet);

#endif
