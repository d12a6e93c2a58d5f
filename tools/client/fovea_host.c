#include "fovea_host.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { CAPTURE_HEADER = 32, CAPTURE_RECORD = 28, CHUNK = 1 << 16, TEXT = 200 };
enum { ANSWER_ROOM = FOVEA_ANSWER_BYTES + 16 + FOVEA_MAX_CCI_BYTES };
#define PACKET_MARK "PKT1"
#define LINK_MARK "LNK1" /* PHY, lanes or rate have changed; no packet behind it */

struct fovea_host {
    int control, link; /* -1: none */
    uint16_t tag;
    unsigned device, pins, why;
    uint64_t now_ps;
    uint64_t sent;                    /* packets, as the sensor counts them */
    uint64_t come;                    /* of these, whole in `bytes` or taken */
    bool begun;                       /* the stream's header has come */
    uint8_t *bytes;                   /* of the link, from `taken` on not yet handed out */
    size_t room, have, taken, parsed; /* parsed: whole records up to there */
    uint8_t answer[ANSWER_ROOM];
    size_t answered; /* bytes of its body */
    char error[TEXT + 64];
};

static bool fail(fovea_host_t *host, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(host->error, sizeof(host->error), fmt, args);
    va_end(args);
    return false;
}

/* Nothing can be asked any more. */
static bool lose(fovea_host_t *host, const char *what)
{
    if (host->control >= 0)
        close(host->control);
    host->control = -1;
    return fail(host, "%s", what);
}

/* ---- numbers ---- */

static void put(uint8_t *to, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        to[i] = (uint8_t)(value >> (8 * i));
}

static uint64_t get(const uint8_t *from, unsigned bytes)
{
    uint64_t value = 0;
    for (unsigned i = bytes; i-- > 0;)
        value = value << 8 | from[i];
    return value;
}

/* ---- sockets ---- */

static int connect_unix(const char *path)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof(at.sun_path)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(at.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0)
        return fd;
    int why = errno;
    if (fd >= 0)
        close(fd);
    errno = why;
    return -1;
}

static int connect_tcp(const char *address)
{
    const int on = 1;
    char name[256];
    const char *colon = strrchr(address, ':');
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM}, *found = NULL;
    errno = EINVAL;
    if (colon == NULL || (size_t)(colon - address) >= sizeof(name))
        return -1;
    snprintf(name, sizeof(name), "%.*s", (int)(colon - address), address);
    if (getaddrinfo(name[0] != '\0' ? name : "127.0.0.1", colon + 1, &hints, &found) != 0)
        return -1;
    int fd = socket(found->ai_family, found->ai_socktype, found->ai_protocol);
    bool fine = fd >= 0 && connect(fd, found->ai_addr, found->ai_addrlen) == 0;
    int why = errno;
    freeaddrinfo(found);
    if (fine)
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    else if (fd >= 0)
        close(fd);
    errno = why;
    return fine ? fd : -1;
}

static int connect_to(const char *address)
{
    return strncmp(address, "unix:", 5) == 0 ? connect_unix(address + 5) : connect_tcp(address);
}

static bool send_all(fovea_host_t *host, const uint8_t *bytes, size_t count)
{
    while (count > 0) {
        ssize_t sent = send(host->control, bytes, count, MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR)
            return lose(host, "the sensor has hung up");
        bytes += sent > 0 ? sent : 0;
        count -= sent > 0 ? (size_t)sent : 0;
    }
    return true;
}

/* ---- the link ---- */

/* Room for one more chunk; what was handed out makes place first. */
static bool make_room(fovea_host_t *host)
{
    if (host->taken > 0) {
        memmove(host->bytes, host->bytes + host->taken, host->have - host->taken);
        host->have -= host->taken;
        host->parsed -= host->taken;
        host->taken = 0;
    }
    if (host->room - host->have >= CHUNK)
        return true;
    size_t room = 2 * host->room + CHUNK;
    uint8_t *more = realloc(host->bytes, room);
    if (more == NULL)
        return lose(host, "out of memory");
    host->bytes = more;
    host->room = room;
    return true;
}

static bool parse_header(fovea_host_t *host)
{
    host->begun = true;
    host->parsed = host->taken = CAPTURE_HEADER;
    return memcmp(host->bytes, "FOVEACS2", 8) == 0 || lose(host, "link: no stream of packets");
}

/* Counts packets that are whole; in front of them is the stream's header. */
static bool parse(fovea_host_t *host)
{
    if (!host->begun && host->have < CAPTURE_HEADER)
        return true;
    if (!host->begun && !parse_header(host))
        return false;
    for (;;) {
        const uint8_t *at = host->bytes + host->parsed;
        size_t have = host->have - host->parsed;
        if (have < CAPTURE_RECORD)
            return true;
        if (memcmp(at, LINK_MARK, 4) == 0) {
            host->parsed += CAPTURE_RECORD;
            continue;
        }
        if (memcmp(at, PACKET_MARK, 4) != 0)
            return lose(host, "link: no record of a packet where one begins");
        size_t bytes = CAPTURE_RECORD + (size_t)get(at + 4, 4);
        if (have < bytes)
            return true;
        host->parsed += bytes;
        host->come++;
    }
}

static bool read_link(fovea_host_t *host)
{
    if (!make_room(host))
        return false;
    ssize_t count = recv(host->link, host->bytes + host->have, CHUNK, 0);
    if (count < 0 && errno == EINTR)
        return true;
    if (count <= 0)
        return lose(host, "link: the sensor has hung up");
    host->have += (size_t)count;
    return parse(host);
}

bool fovea_host_packet(fovea_host_t *host, fovea_packet_t *packet)
{
    while (host->taken < host->parsed && memcmp(host->bytes + host->taken, LINK_MARK, 4) == 0)
        host->taken += CAPTURE_RECORD;
    const uint8_t *at = host->bytes + host->taken;
    if (host->taken == host->parsed)
        return false;
    *packet = (fovea_packet_t){.number = get(at + 8, 8),
                               .start_ps = get(at + 16, 8),
                               .bytes = at + CAPTURE_RECORD,
                               .count = (uint32_t)get(at + 4, 4)};
    host->taken += CAPTURE_RECORD + packet->count;
    return true;
}

unsigned fovea_packet_channel(const fovea_packet_t *packet)
{
    return (unsigned)(packet->bytes[0] >> 6 | packet->bytes[3] >> 6 << 2);
}

unsigned fovea_packet_type(const fovea_packet_t *packet)
{
    return packet->bytes[0] & 0x3fu;
}

size_t fovea_packet_data(const fovea_packet_t *packet, bool raw10, uint8_t *to, size_t room)
{
    enum { HEADER = 4, CRC = 2, FIRST_LONG = 0x10, PIXELS = 4, PACKED = 5 };
    if (packet->count < HEADER + CRC || fovea_packet_type(packet) < FIRST_LONG)
        return 0;
    const uint8_t *from = packet->bytes + HEADER;
    size_t words = (size_t)(packet->bytes[1] | packet->bytes[2] << 8), came = packet->count;
    size_t bytes = words < came - HEADER - CRC ? words : came - HEADER - CRC;
    size_t count = raw10 ? bytes / PACKED * PIXELS : bytes;
    for (size_t i = 0; i < count && i < room; i++)
        to[i] = raw10 ? from[i / PIXELS * PACKED + i % PIXELS] : from[i];
    return count;
}

/* ---- questions and answers ---- */

/* Waits for `want` bytes of the answer in all; packets that come meanwhile are taken, or the sensor
 * could not go on. */
static bool receive(fovea_host_t *host, size_t *have, size_t want)
{
    while (*have < want) {
        struct pollfd p[2] = {{.fd = host->control, .events = POLLIN},
                              {.fd = host->link, .events = POLLIN}};
        if (poll(p, 2, -1) < 0 && errno != EINTR)
            return lose(host, strerror(errno));
        if (p[0].revents != 0) {
            ssize_t count = recv(host->control, host->answer + *have, want - *have, 0);
            if (count == 0 || (count < 0 && errno != EINTR))
                return lose(host, "the sensor has hung up");
            *have += count > 0 ? (size_t)count : 0;
        } else if (p[1].revents != 0 && !read_link(host)) {
            return false;
        }
    }
    return true;
}

static bool take_answer(fovea_host_t *host, uint16_t type)
{
    size_t have = 0;
    if (!receive(host, &have, FOVEA_ANSWER_BYTES))
        return false;
    const uint8_t *head = host->answer;
    size_t bytes = get(head, 4);
    bool fits = bytes >= FOVEA_ANSWER_BYTES && bytes <= sizeof(host->answer);
    bool refused = get(head + 4, 2) == FOVEA_ANSWER; /* a message that it could not read */
    if (!fits || (!refused && get(head + 4, 2) != (type | FOVEA_ANSWER)) ||
        (!refused && get(head + 6, 2) != host->tag))
        return lose(host, "an answer to something else");
    if (!receive(host, &have, bytes))
        return false;
    host->answered = bytes - FOVEA_ANSWER_BYTES;
    host->pins = (unsigned)get(head + 10, 2);
    host->why = (unsigned)get(head + 12, 4);
    host->now_ps = get(head + 16, 8);
    host->sent = get(head + 24, 8);
    if (get(head + 8, 2) != FOVEA_OK)
        return fail(host, "%.*s", (int)host->answered, (const char *)head + FOVEA_ANSWER_BYTES);
    return true;
}

/* The body's fields, then its data. */
static bool ask(fovea_host_t *host, uint16_t type, const uint8_t *fields, size_t field_bytes,
                const void *data, size_t data_bytes)
{
    uint8_t head[FOVEA_REQUEST_BYTES + 16];
    if (host->control < 0)
        return false; /* and why stands there */
    put(head, FOVEA_REQUEST_BYTES + field_bytes + data_bytes, 4);
    put(head + 4, type, 2);
    put(head + 6, ++host->tag, 2);
    if (field_bytes > 0)
        memcpy(head + FOVEA_REQUEST_BYTES, fields, field_bytes);
    if (!send_all(host, head, FOVEA_REQUEST_BYTES + field_bytes) ||
        (data_bytes > 0 && !send_all(host, data, data_bytes)) || !take_answer(host, type))
        return false;
    while (host->link >= 0 && host->come < host->sent)
        if (!read_link(host))
            return false;
    return true;
}

/* ---- life ---- */

static bool greet(fovea_host_t *host)
{
    uint8_t body[8] = {0};
    put(body, FOVEA_MAGIC, 4);
    put(body + 4, FOVEA_PROTOCOL, 2);
    if (!ask(host, FOVEA_HELLO, body, sizeof(body), NULL, 0))
        return false;
    host->device = (unsigned)get(host->answer + FOVEA_ANSWER_BYTES + 2, 2);
    return true;
}

fovea_host_t *fovea_host_open(const char *cci, const char *link, char *error, size_t error_bytes)
{
    fovea_host_t *host = calloc(1, sizeof(*host));
    if (host == NULL) {
        snprintf(error, error_bytes, "out of memory");
        return NULL;
    }
    host->link = -1;
    host->control = connect_to(cci);
    if (host->control < 0)
        fail(host, "%s: %s", cci, strerror(errno));
    else if (link != NULL && (host->link = connect_to(link)) < 0)
        lose(host, strerror(errno));
    if (host->control >= 0 && greet(host))
        return host;
    snprintf(error, error_bytes, "%s", host->error);
    fovea_host_close(host);
    return NULL;
}

bool fovea_host_close(fovea_host_t *host)
{
    if (host == NULL)
        return true;
    bool fine = ask(host, FOVEA_BYE, NULL, 0, NULL, 0);
    if (host->control >= 0)
        close(host->control);
    if (host->link >= 0)
        close(host->link);
    free(host->bytes);
    free(host);
    return fine;
}

const char *fovea_host_error(const fovea_host_t *host)
{
    return host->error;
}

uint64_t fovea_host_now_ps(const fovea_host_t *host)
{
    return host->now_ps;
}

unsigned fovea_host_device(const fovea_host_t *host)
{
    return host->device;
}

unsigned fovea_host_pins(const fovea_host_t *host)
{
    return host->pins;
}

unsigned fovea_host_why(const fovea_host_t *host)
{
    return host->why;
}

/* ---- the bus ---- */

/* What came of the access that was answered last; data in: what was read. */
static bool bus_result(fovea_host_t *host, unsigned device, unsigned index, void *data,
                       size_t bytes)
{
    const uint8_t *body = host->answer + FOVEA_ANSWER_BYTES;
    if (host->answered < 8)
        return lose(host, "an answer without its fields");
    if (get(body, 2) != 0)
        return fail(host, "device 0x%02x, register 0x%04x: byte %u was not acknowledged", device,
                    index, (unsigned)get(body + 2, 2));
    if (data != NULL && host->answered != 8 + bytes)
        return lose(host, "an answer of another length");
    if (data != NULL)
        memcpy(data, body + 8, bytes);
    return true;
}

bool fovea_host_cci_write(fovea_host_t *host, unsigned device, uint16_t index, const void *data,
                          size_t bytes)
{
    uint8_t body[4];
    put(body, device, 2);
    put(body + 2, index, 2);
    return ask(host, FOVEA_CCI_WRITE, body, sizeof(body), data, bytes) &&
           bus_result(host, device, index, NULL, 0);
}

static bool read_bytes(fovea_host_t *host, uint16_t type, unsigned device, uint16_t index,
                       void *data, size_t bytes)
{
    uint8_t body[8];
    put(body, device, 2);
    put(body + 2, index, 2);
    put(body + 4, bytes, 4);
    return ask(host, type, body, sizeof(body), NULL, 0) &&
           bus_result(host, device, index, data, bytes);
}

bool fovea_host_cci_read(fovea_host_t *host, unsigned device, uint16_t index, void *data,
                         size_t bytes)
{
    return read_bytes(host, FOVEA_CCI_READ, device, index, data, bytes);
}

bool fovea_host_cci_read_on(fovea_host_t *host, unsigned device, void *data, size_t bytes)
{
    return read_bytes(host, FOVEA_CCI_READ_ON, device, 0, data, bytes);
}

bool fovea_host_write(fovea_host_t *host, uint16_t addr, uint32_t value, unsigned bytes)
{
    uint8_t data[4];
    if (bytes < 1 || bytes > 4)
        return fail(host, "a register of %u bytes, expected 1..4", bytes);
    for (unsigned i = 0; i < bytes; i++)
        data[i] = (uint8_t)(value >> (8 * (bytes - 1 - i)));
    return fovea_host_cci_write(host, host->device, addr, data, bytes);
}

bool fovea_host_read(fovea_host_t *host, uint16_t addr, uint32_t *value, unsigned bytes)
{
    uint8_t data[4];
    if (bytes < 1 || bytes > 4)
        return fail(host, "a register of %u bytes, expected 1..4", bytes);
    if (!fovea_host_cci_read(host, host->device, addr, data, bytes))
        return false;
    *value = 0;
    for (unsigned i = 0; i < bytes; i++)
        *value = *value << 8 | data[i];
    return true;
}

/* ---- the rest of the board ---- */

bool fovea_host_spi(fovea_host_t *host, const void *data, size_t bytes, uint32_t hz)
{
    uint8_t body[8] = {0};
    put(body, hz, 4);
    if (bytes > FOVEA_MAX_SPI_BYTES)
        return fail(host, "SPI: %zu bytes, at most %u", bytes, FOVEA_MAX_SPI_BYTES);
    return ask(host, FOVEA_SPI, body, sizeof(body), data, bytes);
}

/* ---- download: facts of the IMX500's kernel driver ---- */

enum {
    CMD_INT = 0x3080,
    ST_TRANS_CMD = 0xd000,
    UPDATE_CMD = 0xd001,
    LOAD_MODE = 0xd002,
    IMAGE_TYPE = 0xd003,
    DIV_NUM = 0xd004,
    FLASH_TYPE = 0xd005,
    FILE_SIZE = 0xd008,
    REPLY_CNT = 0xd010,
    REPLY_STS = 0xd014,
    DOWNLOAD_STS = 0xd015
};
enum { REPLY_TRIES = 5, SEND_TRIES = 100, DOWNLOADING = 1, PIECE = 1 << 20 };
enum { NETWORK = 2, TRANSITION = 0, UPDATE = 1 };
enum { READY = 0, DONE = 1, OF_UPDATE = 0x10 }; /* replies */
#define POLL_PS (50 * FOVEA_MS)

/* Until the register is not `from`, a look each 50 ms. */
static bool wait_for_change(fovea_host_t *host, uint16_t addr, uint32_t from, int tries,
                            uint32_t *value)
{
    for (int i = 0; i < tries; i++) {
        if (!fovea_host_read(host, addr, value, 1))
            return false;
        if (*value != from)
            return true;
        if (!fovea_host_run_for(host, POLL_PS, 0))
            return false;
    }
    return fail(host, "register 0x%04x: 0x%02x after %d looks", addr, (unsigned)from, tries);
}

/* The next reply, which should be that one. */
static bool need_reply(fovea_host_t *host, uint32_t *counter, uint32_t wanted)
{
    uint32_t reply;
    if (!wait_for_change(host, REPLY_CNT, *counter, REPLY_TRIES, counter) ||
        !fovea_host_read(host, REPLY_STS, &reply, 1))
        return false;
    return reply == wanted ||
           fail(host, "reply 0x%02x, expected 0x%02x", (unsigned)reply, (unsigned)wanted);
}

static bool command(fovea_host_t *host, unsigned type, size_t bytes, unsigned kind)
{
    const struct {
        uint16_t addr;
        uint8_t bytes;
        uint32_t value;
    } writes[] = {
        {FLASH_TYPE, 1, 2},
        {LOAD_MODE, 1, 0},
        {IMAGE_TYPE, 1, type},
        {DIV_NUM, 1, (uint32_t)((bytes - 1) / PIECE)},
        {FILE_SIZE, 4, (uint32_t)bytes},
        {ST_TRANS_CMD, 1, type},
        {UPDATE_CMD, 1, 0},
        {CMD_INT, 1, kind},
    };
    for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++)
        if (!fovea_host_write(host, writes[i].addr, writes[i].value, writes[i].bytes))
            return false;
    return true;
}

static bool send_pieces(fovea_host_t *host, const uint8_t *data, size_t bytes)
{
    for (size_t at = 0; at < bytes; at += PIECE) {
        uint32_t status;
        size_t part = bytes - at < PIECE ? bytes - at : PIECE;
        if (!wait_for_change(host, DOWNLOAD_STS, DOWNLOADING, SEND_TRIES, &status) ||
            !fovea_host_spi(host, data + at, part, 0))
            return false;
    }
    return true;
}

static bool bring(fovea_host_t *host, unsigned type, const void *data, size_t bytes, unsigned kind)
{
    uint32_t counter, of = kind == UPDATE ? OF_UPDATE : 0;
    if (bytes == 0 || bytes > FOVEA_IMAGE_MOST_BYTES)
        return fail(host, "an image of %zu bytes", bytes);
    return fovea_host_read(host, REPLY_CNT, &counter, 1) && command(host, type, bytes, kind) &&
           need_reply(host, &counter, of + READY) && send_pieces(host, data, bytes) &&
           need_reply(host, &counter, of + DONE);
}

bool fovea_host_download(fovea_host_t *host, unsigned type, const void *data, size_t bytes)
{
    return bring(host, type, data, bytes, TRANSITION);
}

bool fovea_host_update(fovea_host_t *host, const void *data, size_t bytes)
{
    return bring(host, NETWORK, data, bytes, UPDATE);
}

bool fovea_host_pin(fovea_host_t *host, unsigned pin, bool level)
{
    uint8_t body[4];
    put(body, pin, 2);
    put(body + 2, level, 2);
    return ask(host, FOVEA_PIN, body, sizeof(body), NULL, 0);
}

bool fovea_host_run_until(fovea_host_t *host, uint64_t until_ps, unsigned wake)
{
    uint8_t body[16] = {0};
    put(body, until_ps, 8);
    put(body + 8, wake, 4);
    return ask(host, FOVEA_RUN, body, sizeof(body), NULL, 0);
}

bool fovea_host_run_for(fovea_host_t *host, uint64_t ps, unsigned wake)
{
    return fovea_host_run_until(host, host->now_ps + ps, wake);
}
