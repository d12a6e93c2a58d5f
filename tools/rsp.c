#include "tools/rsp.h"

#include <string.h>

int rsp_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool rsp_number(const char **text, uint64_t *value)
{
    uint32_t digits = 0;
    *value = 0;
    for (; rsp_digit(**text) >= 0; ++*text) {
        if (*value >> 60 != 0)
            return false;
        *value = *value << 4 | (uint64_t)rsp_digit(**text);
        digits++;
    }
    return digits > 0;
}

char *rsp_hex(char *to, const void *data, size_t bytes)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *from = data;
    for (size_t i = 0; i < bytes; i++) {
        *to++ = digits[from[i] >> 4];
        *to++ = digits[from[i] & 15];
    }
    *to = '\0';
    return to;
}

bool rsp_unhex(const char *text, uint8_t *to, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++, text += 2) {
        int high = rsp_digit(text[0]), low = high >= 0 ? rsp_digit(text[1]) : -1;
        if (low < 0)
            return false;
        to[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

/* ---- in ---- */

static rsp_event_t idle(rsp_in_t *in, uint8_t byte)
{
    switch (byte) {
    case '$':
        in->state = RSP_DATA;
        in->bytes = 0;
        in->sum = 0;
        in->overlong = false;
        return RSP_MORE;
    case '+':
        return RSP_ACK;
    case '-':
        return RSP_NACK;
    case 3:
        return RSP_BREAK;
    default:
        return RSP_MORE;
    }
}

static void keep(rsp_in_t *in, uint8_t byte)
{
    if (in->bytes < RSP_MAX)
        in->data[in->bytes++] = (char)byte;
    else
        in->overlong = true;
}

static rsp_event_t data(rsp_in_t *in, uint8_t byte)
{
    if (byte == '$') /* the end of the one before was lost */
        return idle(in, byte);
    if (byte == '#') {
        in->state = RSP_SUM_HIGH;
        return RSP_MORE;
    }
    in->sum = (uint8_t)(in->sum + byte);
    if (byte == '}')
        in->state = RSP_ESCAPE;
    else
        keep(in, byte);
    return RSP_MORE;
}

static rsp_event_t end(rsp_in_t *in, uint8_t byte)
{
    int high = rsp_digit((char)in->high), low = rsp_digit((char)byte);
    bool good = high >= 0 && low >= 0 && (high << 4 | low) == in->sum && !in->overlong;
    in->state = RSP_IDLE;
    in->data[in->bytes] = '\0';
    return good ? RSP_PACKET : RSP_BROKEN;
}

rsp_event_t rsp_take(rsp_in_t *in, uint8_t byte)
{
    switch (in->state) {
    case RSP_DATA:
        return data(in, byte);
    case RSP_ESCAPE:
        in->sum = (uint8_t)(in->sum + byte);
        in->state = RSP_DATA;
        keep(in, byte ^ 0x20);
        return RSP_MORE;
    case RSP_SUM_HIGH:
        in->high = byte;
        in->state = RSP_SUM_LOW;
        return RSP_MORE;
    case RSP_SUM_LOW:
        return end(in, byte);
    default:
        return idle(in, byte);
    }
}

/* ---- out ---- */

size_t rsp_frame(char *out, const char *payload, size_t bytes)
{
    uint8_t sum = 0;
    size_t n = 0;
    out[n++] = '$';
    for (size_t i = 0; i < bytes; i++) {
        bool escape = memchr("$#*}", payload[i], 4) != NULL;
        if (escape)
            sum = (uint8_t)(sum + (uint8_t)(out[n++] = '}'));
        out[n] = escape ? (char)(payload[i] ^ 0x20) : payload[i];
        sum = (uint8_t)(sum + (uint8_t)out[n++]);
    }
    out[n++] = '#';
    char digits[3];
    rsp_hex(digits, &sum, 1);
    memcpy(out + n, digits, 2);
    return n + 2;
}
