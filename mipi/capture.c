#include "mipi/capture.h"

#include <stdlib.h>
#include <string.h>

#include "sim/hash.h"

#define MAGIC "FOVEACS2"
#define RECORD_SYNC UINT32_C(0x31544b50) /* "PKT1" */
#define END_SYNC UINT32_C(0x21444e45)    /* "END!" */
#define LINK_SYNC UINT32_C(0x314b4e4c)   /* "LNK1" */

/* clang-format off */
static const struct {
    const char *name, *text;
} kinds[MIPI_CAPTURE_PROBLEM_KINDS] = {
#define X(name, key, text) [MIPI_CAPTURE_##name] = {key, text},
    MIPI_CAPTURE_PROBLEMS(X)
#undef X
};
/* clang-format on */

const char *mipi_capture_kind_name(mipi_capture_kind_t kind)
{
    return kinds[kind].name;
}

const char *mipi_capture_kind_text(mipi_capture_kind_t kind)
{
    return kinds[kind].text;
}

/* ---- little-endian fields
 * ------------------------------------------------------------------------ */
static void put32(uint8_t *p, uint32_t value)
{
    for (uint32_t i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> (8 * i));
}

static void put64(uint8_t *p, uint64_t value)
{
    put32(p, (uint32_t)value);
    put32(p + 4, (uint32_t)(value >> 32));
}

static uint32_t get32(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint64_t get64(const uint8_t *p)
{
    return get32(p) | (uint64_t)get32(p + 4) << 32;
}

/* ---- writer
 * -------------------------------------------------------------------------------------- */
mipi_capture_link_t mipi_capture_link(const mipi_phy_t *phy)
{
    return (mipi_capture_link_t){phy->signaling, mipi_phy_lanes(phy), mipi_phy_lane_bps(phy)};
}

void mipi_capture_begin(mipi_capture_writer_t *writer, FILE *stream, const mipi_phy_t *phy)
{
    uint8_t header[MIPI_CAPTURE_HEADER_BYTES] = {0};
    *writer = (mipi_capture_writer_t){.stream = stream, .link = mipi_capture_link(phy)};
    memcpy(header, MAGIC, 8);
    put32(header + 8, MIPI_CAPTURE_VERSION);
    put32(header + 12, writer->link.lanes);
    put64(header + 16, writer->link.bit_rate_bps);
    put32(header + 24, writer->link.signaling);
    put32(header + 28, sim_crc32(0, header, 28));
    fwrite(header, 1, sizeof(header), stream);
}

static void write_record(FILE *stream, uint32_t sync, uint32_t bytes, uint64_t number,
                         uint64_t time_ps)
{
    uint8_t record[MIPI_CAPTURE_RECORD_BYTES];
    put32(record, sync);
    put32(record + 4, bytes);
    put64(record + 8, number);
    put64(record + 16, time_ps);
    put32(record + 24, sim_crc32(0, record, 24));
    fwrite(record, 1, sizeof(record), stream);
}

static void write_packet(void *ctx, const mipi_packet_t *packet)
{
    mipi_capture_writer_t *writer = ctx;
    write_record(writer->stream, RECORD_SYNC, packet->count, writer->packets, packet->start_ps);
    fwrite(packet->bytes, 1, packet->count, writer->stream);
    writer->packets++;
    writer->last_ps = packet->end_ps;
}

/* What sends from here on: a record with PHY and lanes, the next packet's number, bits a second. */
static void follow(mipi_capture_writer_t *writer, const mipi_packet_t *packet)
{
    if (packet->phy == NULL)
        return;
    mipi_capture_link_t now = mipi_capture_link(packet->phy), was = writer->link;
    if (now.signaling == was.signaling && now.lanes == was.lanes &&
        now.bit_rate_bps == was.bit_rate_bps)
        return;
    writer->link = now;
    write_record(writer->stream, LINK_SYNC, now.signaling | now.lanes << 8, writer->packets,
                 now.bit_rate_bps);
}

static void ignore_event(void *ctx, const mipi_rx_event_t *event)
{
    (void)ctx;
    (void)event;
}

void mipi_capture_packet(void *writer, const mipi_packet_t *packet)
{
    mipi_lane_state_t state;
    mipi_align_t align;
    follow(writer, packet);
    if (!mipi_align_state(packet, &state)) {
        write_packet(writer, packet);
        return;
    }
    const mipi_align_desc_t desc = {.lanes = state.lanes, .max_skew_bytes = MIPI_ALIGN_SKEW_BYTES};
    if (mipi_align_init(&align, &desc, write_packet, ignore_event, writer)) {
        mipi_align_packet(&align, packet, &state);
        mipi_align_free(&align);
    }
}

void mipi_capture_end(mipi_capture_writer_t *writer)
{
    write_record(writer->stream, END_SYNC, 0, writer->packets, writer->last_ps);
}

/* ---- reader
 * -------------------------------------------------------------------------------------- */
/* Where the reader is in the file. */
static uint64_t offset_of(const mipi_capture_reader_t *reader)
{
    return reader->base + reader->at;
}

/* Moves the window so that it begins where the reader is, and fills it. */
static void refill(mipi_capture_reader_t *reader)
{
    size_t left = reader->bytes - reader->at;
    if (left > 0)
        memmove(reader->window, reader->data + reader->at, left);
    reader->base += reader->at;
    reader->at = 0;
    reader->bytes =
        left + fread(reader->window + left, 1, MIPI_CAPTURE_WINDOW_BYTES - left, reader->stream);
}

/* Bytes in the window from the reader's place on: at least `wanted`, if the file has them. */
static size_t have(mipi_capture_reader_t *reader, size_t wanted)
{
    if (reader->bytes - reader->at < wanted && reader->stream != NULL)
        refill(reader);
    return reader->bytes - reader->at;
}

/* How much of the file is left; the reader goes to its end. */
static uint64_t skip_rest(mipi_capture_reader_t *reader)
{
    uint64_t left = 0;
    for (size_t some; (some = have(reader, 1)) > 0; reader->at += some)
        left += some;
    return left;
}

static void report(mipi_capture_reader_t *reader, mipi_capture_kind_t kind, uint64_t offset,
                   uint64_t found, uint64_t expected)
{
    reader->problems++;
    if (reader->problem != NULL)
        reader->problem(reader->ctx, &(mipi_capture_problem_t){.kind = kind,
                                                               .packet = reader->next_number,
                                                               .offset = offset,
                                                               .found = found,
                                                               .expected = expected});
}

typedef enum { BLOCK_GOOD, BLOCK_FIXED, BLOCK_BAD } block_t;

/*
 * Checks bytes that end with their own CRC-32 and puts one wrong bit right. At 32 bytes the code
 * has a distance far above 3, so at most one flip can make it fit. *bit is the one flipped.
 */
static block_t check_block(uint8_t *block, uint32_t bytes, uint32_t *bit)
{
    uint32_t wrong = sim_crc32(0, block, bytes - 4) ^ get32(block + bytes - 4);
    if (wrong == 0)
        return BLOCK_GOOD;
    for (*bit = 0; *bit < bytes * 8; ++*bit) {
        block[*bit / 8] ^= (uint8_t)(1u << *bit % 8);
        if (sim_crc32(0, block, bytes - 4) == get32(block + bytes - 4))
            return BLOCK_FIXED;
        block[*bit / 8] ^= (uint8_t)(1u << *bit % 8);
    }
    return BLOCK_BAD;
}

static bool is_sync(uint32_t sync)
{
    return sync == RECORD_SYNC || sync == END_SYNC || sync == LINK_SYNC;
}

/* Reads the file's header. */
static bool begin(mipi_capture_reader_t *reader)
{
    uint8_t header[MIPI_CAPTURE_HEADER_BYTES];
    uint32_t bit = 0;
    size_t bytes = have(reader, sizeof(header));
    const uint8_t *data = reader->data;
    if (bytes < sizeof(header)) {
        bool start = bytes > 0 && memcmp(data, MAGIC, bytes < 8 ? bytes : 8) == 0;
        report(reader, start ? MIPI_CAPTURE_TRUNCATED : MIPI_CAPTURE_NOT_A_CAPTURE, 0, bytes,
               sizeof(header));
        return false;
    }
    memcpy(header, data, sizeof(header));
    block_t block = check_block(header, sizeof(header), &bit);
    reader->at = sizeof(header);
    bool magic = memcmp(header, MAGIC, 8) == 0;
    if (block == BLOCK_BAD || !magic) {
        report(reader, magic ? MIPI_CAPTURE_HEADER : MIPI_CAPTURE_NOT_A_CAPTURE, 0, 0, 0);
        return magic;
    }
    if (block == BLOCK_FIXED)
        report(reader, MIPI_CAPTURE_HEADER_FIXED, bit / 8, 0, 0);
    reader->version = get32(header + 8);
    reader->link =
        (mipi_capture_link_t){get32(header + 24), get32(header + 12), get64(header + 16)};
    if (reader->version == MIPI_CAPTURE_VERSION)
        return true;
    report(reader, MIPI_CAPTURE_OTHER_VERSION, 8, reader->version, MIPI_CAPTURE_VERSION);
    return false;
}

bool mipi_capture_open(mipi_capture_reader_t *reader, const uint8_t *data, size_t bytes,
                       void (*problem)(void *ctx, const mipi_capture_problem_t *problem), void *ctx)
{
    *reader = (mipi_capture_reader_t){.data = data, .bytes = bytes, .problem = problem, .ctx = ctx};
    return begin(reader);
}

bool mipi_capture_open_stream(mipi_capture_reader_t *reader, FILE *stream,
                              void (*problem)(void *ctx, const mipi_capture_problem_t *problem),
                              void *ctx)
{
    *reader = (mipi_capture_reader_t){.stream = stream, .problem = problem, .ctx = ctx};
    reader->data = reader->window = malloc(MIPI_CAPTURE_WINDOW_BYTES);
    return reader->window != NULL && begin(reader);
}

void mipi_capture_close(mipi_capture_reader_t *reader)
{
    free(reader->window);
    reader->window = NULL;
    reader->stream = NULL;
    reader->data = NULL;
    reader->bytes = reader->at = 0;
    reader->ended = true;
}

typedef struct {
    uint32_t sync, bytes;
    uint64_t number, time_ps;
} record_t;

/* The record at the reader's place, one wrong bit put right; false when it is none. No writer makes
 * one of more than a packet. */
static bool read_record(mipi_capture_reader_t *reader, record_t *record)
{
    uint8_t block[MIPI_CAPTURE_RECORD_BYTES];
    uint32_t bit;
    memcpy(block, reader->data + reader->at, sizeof(block));
    block_t result = check_block(block, sizeof(block), &bit);
    if (result == BLOCK_BAD || !is_sync(get32(block)) || get32(block + 4) > MIPI_MAX_PACKET_BYTES)
        return false;
    if (result == BLOCK_FIXED)
        report(reader, MIPI_CAPTURE_RECORD_FIXED, offset_of(reader) + bit / 8, 0, 0);
    *record = (record_t){get32(block), get32(block + 4), get64(block + 8), get64(block + 16)};
    return true;
}

/* A record that is right without help. */
static bool is_proven(const uint8_t *block)
{
    return is_sync(get32(block)) && sim_crc32(0, block, 24) == get32(block + 24);
}

/* Goes on at the next record that is proven; false at the end of the file. */
static bool resync(mipi_capture_reader_t *reader)
{
    uint64_t from = offset_of(reader);
    bool more = true;
    do {
        reader->at++;
        more = have(reader, MIPI_CAPTURE_RECORD_BYTES) >= MIPI_CAPTURE_RECORD_BYTES;
    } while (more && !is_proven(reader->data + reader->at));
    if (!more)
        skip_rest(reader);
    report(reader, MIPI_CAPTURE_RECORD, from, offset_of(reader) - from, 0);
    return more;
}

static void end_of_file(mipi_capture_reader_t *reader)
{
    if (!reader->ended)
        report(reader, MIPI_CAPTURE_NO_END, offset_of(reader), 0, 0);
    reader->ended = true;
}

static void end_record(mipi_capture_reader_t *reader, const record_t *record)
{
    reader->ended = true;
    if (record->number != reader->packets)
        report(reader, MIPI_CAPTURE_COUNT, offset_of(reader), record->number, reader->packets);
    reader->at += MIPI_CAPTURE_RECORD_BYTES;
    uint64_t from = offset_of(reader), rest = skip_rest(reader);
    if (rest > 0)
        report(reader, MIPI_CAPTURE_AFTER_END, from, rest, 0);
}

/* The next record that can be read; false at the end of the file. */
static bool next_record(mipi_capture_reader_t *reader, record_t *record)
{
    for (;;) {
        size_t left = have(reader, MIPI_CAPTURE_RECORD_BYTES);
        if (left < MIPI_CAPTURE_RECORD_BYTES) {
            if (left > 0)
                report(reader, MIPI_CAPTURE_TRUNCATED, offset_of(reader), left,
                       MIPI_CAPTURE_RECORD_BYTES);
            return false;
        }
        if (read_record(reader, record))
            return true;
        if (!resync(reader))
            return false;
    }
}

/* Is it one that tells what sends? The reader is then behind it. */
static bool link_record(mipi_capture_reader_t *reader, const record_t *record)
{
    if (record->sync != LINK_SYNC)
        return false;
    reader->link = (mipi_capture_link_t){record->bytes & 0xff, record->bytes >> 8, record->time_ps};
    reader->at += MIPI_CAPTURE_RECORD_BYTES;
    return true;
}

bool mipi_capture_next(mipi_capture_reader_t *reader, mipi_packet_t *packet)
{
    record_t record = {0};
    if (reader->ended)
        return false;
    do {
        if (!next_record(reader, &record)) {
            end_of_file(reader);
            return false;
        }
    } while (link_record(reader, &record));
    if (record.sync == END_SYNC) {
        end_record(reader, &record);
        return false;
    }
    if (record.number != reader->next_number)
        report(reader, MIPI_CAPTURE_NUMBER, offset_of(reader), record.number, reader->next_number);
    reader->next_number = record.number;
    reader->at += MIPI_CAPTURE_RECORD_BYTES;
    size_t left = have(reader, record.bytes);
    if (record.bytes > left)
        report(reader, MIPI_CAPTURE_TRUNCATED, offset_of(reader), left, record.bytes);
    *packet = (mipi_packet_t){
        .number = record.number,
        .bytes = reader->data + reader->at,
        .count = record.bytes > left ? (uint32_t)left : record.bytes,
        .start_ps = record.time_ps,
        .first_byte_ps = record.time_ps,
        .last_byte_ps = record.time_ps,
        .end_ps = record.time_ps,
    };
    reader->at += packet->count;
    reader->next_number = record.number + 1;
    reader->packets++;
    return true;
}
