#include "tools/serve_message.h"

#include <stdio.h>

#include "logic/gpio.h"

static uint16_t get16(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

static uint32_t get32(const uint8_t *p)
{
    return get16(p) | (uint32_t)get16(p + 2) << 16;
}

static uint64_t get64(const uint8_t *p)
{
    return get32(p) | (uint64_t)get32(p + 4) << 32;
}

void serve_put16(uint8_t *to, uint16_t value)
{
    to[0] = (uint8_t)value;
    to[1] = (uint8_t)(value >> 8);
}

void serve_put32(uint8_t *to, uint32_t value)
{
    serve_put16(to, (uint16_t)value);
    serve_put16(to + 2, (uint16_t)(value >> 16));
}

static void put64(uint8_t *to, uint64_t value)
{
    serve_put32(to, (uint32_t)value);
    serve_put32(to + 4, (uint32_t)(value >> 32));
}

/* ---- requests ---- */

/* Their bodies: fields, and how much data may follow. */
/* clang-format off */
static const struct {
    const char *name;
    uint32_t fields, most_data;
} bodies[FOVEA_TYPES] = {
    [FOVEA_HELLO]       = {"HELLO",        8, 0},
    [FOVEA_CCI_WRITE]   = {"CCI_WRITE",    4, FOVEA_MAX_CCI_BYTES},
    [FOVEA_CCI_READ]    = {"CCI_READ",     8, 0},
    [FOVEA_CCI_READ_ON] = {"CCI_READ_ON",  8, 0},
    [FOVEA_SPI]         = {"SPI",          8, FOVEA_MAX_SPI_BYTES},
    [FOVEA_PIN]         = {"PIN",          4, 0},
    [FOVEA_RUN]         = {"RUN",         16, 0},
    [FOVEA_BYE]         = {"BYE",          0, 0},
};
/* clang-format on */

uint32_t serve_message_bytes(const uint8_t *message)
{
    uint32_t bytes = get32(message);
    return bytes >= FOVEA_REQUEST_BYTES && bytes <= SERVE_MOST_BYTES ? bytes : 0;
}

static uint16_t refuse(char text[SERVE_TEXT], uint16_t type, const char *field, uint32_t found,
                       const char *expected)
{
    snprintf(text, SERVE_TEXT, "%s: %s %u, expected %s", bodies[type].name, field, found, expected);
    return FOVEA_BAD_MESSAGE;
}

static void read_fields(const uint8_t *body, serve_request_t *r)
{
    switch (r->type) {
    case FOVEA_HELLO:
        r->version = get16(body + 4);
        break;
    case FOVEA_CCI_WRITE:
    case FOVEA_CCI_READ:
    case FOVEA_CCI_READ_ON:
        r->device = get16(body);
        r->index = get16(body + 2);
        r->count = r->type == FOVEA_CCI_WRITE ? 0 : get32(body + 4);
        break;
    case FOVEA_SPI:
        r->hz = get32(body);
        break;
    case FOVEA_PIN:
        r->pin = get16(body);
        r->level = get16(body + 2);
        break;
    case FOVEA_RUN:
        r->until_ps = get64(body);
        r->wake = get32(body + 8);
        break;
    default: /* nothing more */
        break;
    }
}

static uint16_t check(const uint8_t *body, const serve_request_t *r, char text[SERVE_TEXT])
{
    bool reads = r->type == FOVEA_CCI_READ || r->type == FOVEA_CCI_READ_ON;
    if (r->type == FOVEA_HELLO && get32(body) != FOVEA_MAGIC)
        return refuse(text, r->type, "magic", get32(body), "\"FOVH\"");
    if (r->type == FOVEA_HELLO && r->version != FOVEA_PROTOCOL) {
        snprintf(text, SERVE_TEXT, "HELLO: version %u, this is version %u", r->version,
                 FOVEA_PROTOCOL);
        return FOVEA_BAD_VERSION;
    }
    if (r->device > 0x7f)
        return refuse(text, r->type, "device", r->device, "7 bits");
    if (reads && (r->count == 0 || r->count > FOVEA_MAX_CCI_BYTES))
        return refuse(text, r->type, "count", r->count, "1..256");
    if (r->type == FOVEA_SPI && (r->bytes == 0 || r->bytes % 4 != 0))
        return refuse(text, r->type, "bytes of data", r->bytes, "words of 4");
    if (r->pin >= GPIO_PINS)
        return refuse(text, r->type, "pin", r->pin, "0..15");
    if (r->level > 1)
        return refuse(text, r->type, "level", r->level, "0 or 1");
    if ((r->wake & ~FOVEA_WAKE_ALL) != 0)
        return refuse(text, r->type, "wake", r->wake, "bits 0..2");
    return FOVEA_OK;
}

uint16_t serve_request_read(const uint8_t *message, uint32_t bytes, serve_request_t *request,
                            char text[SERVE_TEXT])
{
    const uint8_t *body = message + FOVEA_REQUEST_BYTES;
    uint32_t have = bytes - FOVEA_REQUEST_BYTES;
    *request = (serve_request_t){.type = get16(message + 4), .tag = get16(message + 6)};
    if (request->type == 0 || request->type >= FOVEA_TYPES) {
        snprintf(text, SERVE_TEXT, "type %u, expected 1..%u", request->type, FOVEA_TYPES - 1);
        return FOVEA_BAD_MESSAGE;
    }
    uint32_t fields = bodies[request->type].fields;
    if (have < fields || have - fields > bodies[request->type].most_data) {
        snprintf(text, SERVE_TEXT, "%s: body of %u bytes, expected %u..%u",
                 bodies[request->type].name, have, fields,
                 fields + bodies[request->type].most_data);
        return FOVEA_BAD_MESSAGE;
    }
    request->data = body + fields;
    request->bytes = have - fields;
    read_fields(body, request);
    return check(body, request, text);
}

/* ---- answers ---- */

void serve_answer_write(uint8_t out[FOVEA_ANSWER_BYTES], const serve_answer_t *answer,
                        uint32_t body_bytes)
{
    serve_put32(out, FOVEA_ANSWER_BYTES + body_bytes);
    serve_put16(out + 4, (uint16_t)(answer->type | FOVEA_ANSWER));
    serve_put16(out + 6, answer->tag);
    serve_put16(out + 8, answer->status);
    serve_put16(out + 10, answer->pins);
    serve_put32(out + 12, answer->why);
    put64(out + 16, answer->time_ps);
    put64(out + 24, answer->packets);
}
