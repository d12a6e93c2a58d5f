/*
 * serve_message.h - messages of the protocol in client/fovea_protocol.h, as bytes and as fields.
 */
#ifndef TOOLS_SERVE_MESSAGE_H
#define TOOLS_SERVE_MESSAGE_H

#include "sim/types.h"
#include "tools/client/fovea_protocol.h"

enum { SERVE_TEXT = 160, SERVE_MOST_BYTES = FOVEA_REQUEST_BYTES + FOVEA_MAX_BODY_BYTES };

/* What a request asks for; fields that its type has not are 0. */
typedef struct {
    uint16_t type, tag;
    uint16_t version;
    uint16_t device, index; /* CCI */
    uint16_t pin, level;
    uint32_t count; /* of bytes to read */
    uint32_t hz;
    uint32_t wake;
    uint64_t until_ps;
    const uint8_t *data; /* in the message */
    uint32_t bytes;
} serve_request_t;

/* What stands in front of every answer. */
typedef struct {
    uint16_t type, tag; /* the request's */
    uint16_t status, pins;
    uint32_t why;
    uint64_t time_ps, packets;
} serve_answer_t;

/* Bytes of the message that begins so, of which the first 4 are there; 0: none is that long, or
 * that short. */
uint32_t serve_message_bytes(const uint8_t *message);

/* A whole message. FOVEA_OK, or else a line in text; type and tag are good in either case. */
uint16_t serve_request_read(const uint8_t *message, uint32_t bytes, serve_request_t *request,
                            char text[SERVE_TEXT]);

/* FOVEA_ANSWER_BYTES of it; a body of that many bytes follows. */
void serve_answer_write(uint8_t out[FOVEA_ANSWER_BYTES], const serve_answer_t *answer,
                        uint32_t body_bytes);

void serve_put16(uint8_t *to, uint16_t value);
void serve_put32(uint8_t *to, uint32_t value);

#endif
