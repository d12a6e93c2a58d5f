/*
 * fovea_protocol.h - what `fovea serve` and a host say to each other, version 1.
 *
 * Two sockets. Over the first one the host asks and the sensor answers, one request at a time;
 * over the second one the sensor sends its link's packets, as the file link.csi2 has them
 * (mipi/README.md). Numbers are little-endian, fields stand without gaps.
 *
 *   request | bytes u32 | type u16 | tag u16 |                                        | body |
 *   answer  | bytes u32 | type u16 | tag u16 | status u16 | pins u16 | why u32 |        | body |
 *           | time_ps u64 | packets u64 |
 *
 * bytes counts the whole message. The answer's type is the request's plus FOVEA_ANSWER, its tag the
 * request's. time_ps is the simulated time, packets how many the link has sent until then; pins are
 * the levels of the GPIO pins. Simulated time stands still between two requests: an access to the
 * CCI bus takes the time from its START to its STOP, an SPI transfer until its last bit, RUN what
 * it asks for, all others none.
 *
 *   type         request's body                              answer's body
 *   HELLO        magic u32, version u16, 0 u16               version u16, device u16, cci_hz u32,
 *                                                            spi_hz u32, link u32 (1: connected)
 *   CCI_WRITE    device u16, index u16, data (0..256)        nak u16, nak_at u16, moved u32
 *   CCI_READ     device u16, index u16, count u32 (1..256)   the same, data
 *   CCI_READ_ON  device u16, 0 u16, count u32                the same, data
 *   SPI          hz u32 (0: spi_hz), 0 u32, data: whole      none
 *                words of 4 bytes, at most 1 MiB
 *   PIN          pin u16, level u16 (as the board drives it) none
 *   RUN          until_ps u64, wake u32, 0 u32               none; why: FOVEA_WAKE_*
 *   BYE          none                                        none; the run ends
 *
 * HELLO comes first. device is the sensor's address on the bus (7 bits). nak 1: byte nak_at after
 * START, 0 is the device, was not acknowledged, and the bus stopped there; moved counts the bytes
 * of data that came across. A status other than FOVEA_OK has a line of text as its body, and
 * nothing was done.
 */
#ifndef FOVEA_PROTOCOL_H
#define FOVEA_PROTOCOL_H

#define FOVEA_MAGIC 0x48564f46u /* "FOVH" */
#define FOVEA_PROTOCOL 1u

#define FOVEA_REQUEST_BYTES 8u /* in front of the bodies */
#define FOVEA_ANSWER_BYTES 32u
#define FOVEA_MAX_SPI_BYTES (1u << 20)
#define FOVEA_MAX_CCI_BYTES 256u
#define FOVEA_MAX_BODY_BYTES (8u + FOVEA_MAX_SPI_BYTES)

#define FOVEA_ANSWER 0x8000u /* added to the type */
enum fovea_type {
    FOVEA_HELLO = 1,
    FOVEA_CCI_WRITE,
    FOVEA_CCI_READ,
    FOVEA_CCI_READ_ON,
    FOVEA_SPI,
    FOVEA_PIN,
    FOVEA_RUN,
    FOVEA_BYE,
    FOVEA_TYPES
};

enum fovea_status {
    FOVEA_OK,
    FOVEA_BAD_MESSAGE, /* type, length or a field that is none */
    FOVEA_BAD_VERSION,
    FOVEA_NO_HELLO,
    FOVEA_REFUSED, /* the sensor cannot do that now */
};

/* RUN ends before its time when one of these happens; packets and pins of the instant itself are
 * counted. */
#define FOVEA_WAKE_FRAME 0x1u  /* a frame end has left on the link */
#define FOVEA_WAKE_PACKET 0x2u /* any packet has */
#define FOVEA_WAKE_PIN 0x4u    /* a pin has a new level */
#define FOVEA_WAKE_ALL 0x7u
/* why: 0, its time has come, or the bits of wake that ended it */

#endif
