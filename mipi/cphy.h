/*
 * cphy.h - CSI-2 over C-PHY: words of 16 bits as 7 symbols on trios of wires, the packet header of
 * C-PHY, and what a packet costs.
 *
 *   LP-111 | LP-001 | LP-000  | 3333 .. 3  | 3444443 | header | 3444443 | header | words | 444..4 |
 *          | TLPX   | PREPARE | preamble   | sync    | 3 words| sync    | again  |       | post   |
 * EXIT start ^                                          ^ first_byte                ^ last_byte ^
 *
 * One UI is one symbol, 16/7 bits. Every trio carries the whole header twice; payload, its CRC and
 * a filler of zeros go word by word over the trios in turn, until all have the same number.
 *
 *   symbol  0 / 1  rotate counterclockwise, same / opposite polarity     word: least significant
 *           2 / 3  rotate clockwise, same / opposite polarity            byte first, symbol 0 of a
 *           4      same phase, opposite polarity ("flip")                word first on the wire
 *
 *   header  {5 reserved, VCX 3, DI 8}, {WC or data 16}, {PH-CRC 16 over those 4 bytes}
 *
 * Not modeled: calibration, ALP, sync words of other kinds, multi-drop, wire levels.
 * Sources: mapping and words as two RTL descriptions and a bijection check have them; header and
 * filler from a second-hand description of CSI-2 v3 (one source; the order of bytes in the header
 * is assumed). Limits of times are from memory of C-PHY v1.x (assumed): those of PREBEGIN and POST
 * are what CCS's TGR_Preamble_Length and TGR_Post_Length can say.
 */
#ifndef MIPI_CPHY_H
#define MIPI_CPHY_H

#include "mipi/dphy.h"
#include "mipi/packet.h"

#define MIPI_MAX_TRIOS 3u
#define MIPI_WORD_UI 7u
#define MIPI_CPHY_HEADER_WORDS 3u
#define MIPI_CPHY_PROG_UI 14u /* programmed sequence of the preamble */
#define MIPI_CPHY_PREEND_UI 7u
#define MIPI_CPHY_SYNC                                                                             \
    0x3444443u /* symbols, first in the lowest digit; it reads the same both ways */

typedef struct {
    uint64_t symbol_rate_hz; /* of one trio */
    uint32_t trios;          /* 1..3; 0: the chip has none */
    mipi_dphy_time_t lpx, prepare, hs_exit;
    uint32_t prebegin_ui;                   /* 7..448, words */
    uint32_t post_ui;                       /* 7..224, words */
    bool prog_seq;                          /* 14 symbols between begin and end of the preamble */
    uint8_t prog_symbol[MIPI_CPHY_PROG_UI]; /* 0..4 */
    uint32_t skew_ui[MIPI_MAX_TRIOS];
} mipi_cphy_desc_t;

/* No trio; times as usual. */
mipi_cphy_desc_t mipi_cphy_desc_default(void);

/* NULL, or which field breaks which limit, in error. */
const char *mipi_cphy_check(const mipi_cphy_desc_t *desc, char *error, size_t error_bytes);

/* Is PREPARE above its limit? */
bool mipi_cphy_too_long(const mipi_cphy_desc_t *desc);

/* ---- words and symbols ---- */

void mipi_cphy_encode(uint16_t word, uint8_t symbols[MIPI_WORD_UI]);
/* False: no word has these symbols. */
bool mipi_cphy_decode(const uint8_t symbols[MIPI_WORD_UI], uint16_t *word);

/* Of a packet in the form of D-PHY (packet.h), header and CRC included. */
void mipi_cphy_header(const uint8_t *packet, uint16_t words[MIPI_CPHY_HEADER_WORDS]);
/* Words of payload, CRC and filler on each trio. */
uint32_t mipi_cphy_payload_words(uint32_t trios, uint32_t packet_bytes);
/* Word n of those on that trio. */
uint16_t mipi_cphy_payload_word(const uint8_t *packet, uint32_t packet_bytes, uint32_t trios,
                                uint32_t trio, uint32_t n);

/* Symbols of one trio from its first sync word on, without post; returns how many:
 * MIPI_WORD_UI * (8 + payload words). */
uint32_t mipi_cphy_send(const uint8_t *packet, uint32_t packet_bytes, uint32_t trios, uint32_t trio,
                        uint8_t *symbols);

typedef enum {
    MIPI_CPHY_FINE,
    MIPI_CPHY_ONE_HEADER, /* one of its copies was wrong on some trio: put right */
    MIPI_CPHY_NO_SYNC,    /* on some trio */
    MIPI_CPHY_NO_HEADER,  /* no copy of it is right */
    MIPI_CPHY_SHORT,      /* fewer symbols than the header announces */
    MIPI_CPHY_SYMBOLS     /* some are not a word's: taken as 0; the CRC will not agree */
} mipi_cphy_result_t;

/*
 * The other way: symbols of each trio, the sync word anywhere in them, to a packet in the form of
 * D-PHY with a right ECC. *packet_bytes is 0 where nothing is left of it. out has room for
 * MIPI_MAX_PACKET_BYTES.
 */
mipi_cphy_result_t mipi_cphy_receive(const uint8_t *const symbols[], const uint32_t counts[],
                                     uint32_t trios, uint8_t *out, uint32_t *packet_bytes);

/* ---- times ---- */

uint64_t mipi_cphy_time_ps(const mipi_cphy_desc_t *desc, mipi_dphy_time_t time);
uint32_t mipi_cphy_preamble_ui(const mipi_cphy_desc_t *desc);
/* From LP-111 to the first symbol of the header. */
mipi_dphy_time_t mipi_cphy_to_data(const mipi_cphy_desc_t *desc);
/* Symbols of one trio that a packet is, without preamble and post. */
uint32_t mipi_cphy_packet_ui(const mipi_cphy_desc_t *desc, uint32_t packet_bytes);
/* High speed of a packet: from the preamble to the end of POST. */
mipi_hs_t mipi_cphy_hs(const mipi_cphy_desc_t *desc, mipi_dphy_time_t before, bool joined,
                       uint32_t packet_bytes);
/* A packet whose header is `before` after its start. */
mipi_span_t mipi_cphy_words(const mipi_cphy_desc_t *desc, mipi_dphy_time_t before,
                            uint32_t packet_bytes);

#endif
