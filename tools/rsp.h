/*
 * rsp.h - packets of the GDB remote serial protocol: "$payload#checksum", bytes in and out.
 *
 * Source: "Debugging with GDB", appendix E. Payloads may hold any byte: '$', '#', '*' and '}' are
 * escaped. Not modeled: run-length encoding of what we send (GDB never sends it).
 */
#ifndef TOOLS_RSP_H
#define TOOLS_RSP_H

#include "sim/types.h"

enum { RSP_MAX = 0x4000 }; /* bytes of a payload, either way */

typedef enum {
    RSP_MORE,   /* nothing complete yet */
    RSP_PACKET, /* in->data has a payload, 0 behind it */
    RSP_BROKEN, /* a packet with a wrong checksum, or one that is too long */
    RSP_ACK,    /* '+' */
    RSP_NACK,   /* '-': what was sent last is wanted again */
    RSP_BREAK,  /* byte 3: Ctrl-C */
} rsp_event_t;

typedef struct {
    enum { RSP_IDLE, RSP_DATA, RSP_ESCAPE, RSP_SUM_HIGH, RSP_SUM_LOW } state;
    uint8_t sum, high;
    bool overlong;
    size_t bytes;
    char data[RSP_MAX + 1];
} rsp_in_t;

/* Takes the next byte of the line. */
rsp_event_t rsp_take(rsp_in_t *in, uint8_t byte);

/* The packet of a payload; out has room for 2 * bytes + 4. Returns its length. */
size_t rsp_frame(char *out, const char *payload, size_t bytes);

/* Value of a hexadecimal digit, -1 for another character. */
int rsp_digit(char c);
/* A number at *text; moves behind it. False when there is no digit, or more than 64 bits. */
bool rsp_number(const char **text, uint64_t *value);
/* Two digits a byte; `to` has room for 2 * bytes + 1. Returns the end, a 0. */
char *rsp_hex(char *to, const void *data, size_t bytes);
/* Bytes from digits; false at anything else. */
bool rsp_unhex(const char *text, uint8_t *to, size_t bytes);

#endif
