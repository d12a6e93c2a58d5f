#include "mipi/rx.h"

#include <stdlib.h>
#include <string.h>

#define DEFAULT_FRAME_BYTES (UINT64_C(256) << 20)
#define FIRST_CAPACITY 4096u
#define FIRST_LENGTHS 64u

/* ---- events -------------------------------------------------------------------------------------
 */
/* What is known about the packet at hand while it is taken apart. */
typedef struct {
    mipi_rx_t *rx;
    const mipi_packet_t *packet;
    mipi_header_t header;
    bool header_known;
} cursor_t;

/*
 * Does what happened to this packet concern the frame on vc? When the header is lost, every open
 * frame may miss a line; else it is the packet's own frame, open or just being opened.
 */
static bool concerns(const mipi_rx_t *rx, const mipi_rx_event_t *event, uint32_t vc)
{
    bool open = rx->channel[vc].open;
    if (!event->header_known)
        return open;
    return vc == event->vc && (open || event->dt == MIPI_DT_FS);
}

void mipi_rx_event(void *ctx, const mipi_rx_event_t *event)
{
    mipi_rx_t *rx = ctx;
    rx->counts[event->kind]++;
    if (mipi_rx_kind_of_lane(event->kind))
        rx->by[event->kind][event->lane]++;
    else if (event->header_known)
        rx->by[event->kind][event->vc]++;
    for (uint32_t vc = 0; vc < MIPI_VCS && !mipi_rx_kind_is_note(event->kind); vc++)
        rx->channel[vc].frame.events += concerns(rx, event, vc);
    if (rx->callbacks.event != NULL)
        rx->callbacks.event(rx->callbacks.ctx, event);
}

static void report(const cursor_t *at, mipi_rx_kind_t kind, uint32_t found, uint32_t expected)
{
    const mipi_rx_event_t event = {
        .kind = kind,
        .packet = at->packet->number,
        .time_ps = at->packet->start_ps,
        .corrected = kind == MIPI_RX_ECC_CORRECTED,
        .header_known = at->header_known,
        .vc = at->header.vc,
        .dt = at->header.dt,
        .found = found,
        .expected = expected,
    };
    mipi_rx_event(at->rx, &event);
}

uint64_t mipi_rx_event_count(const mipi_rx_t *rx)
{
    uint64_t sum = 0;
    for (uint32_t kind = 0; kind < MIPI_RX_EVENT_KINDS; kind++)
        sum += mipi_rx_kind_is_note((mipi_rx_kind_t)kind) ? 0 : rx->counts[kind];
    return sum;
}

uint64_t mipi_rx_vcx_frame_errors(const mipi_rx_t *rx)
{
    uint64_t sum = 0;
    for (uint32_t kind = MIPI_RX_FS_OPEN; kind <= MIPI_RX_UNFINISHED; kind++)
        for (uint32_t vc = 4; vc < MIPI_VCS; vc++)
            sum += rx->by[kind][vc];
    return sum;
}

/* ---- streams: the lines of one data type
 * --------------------------------------------------------- */
const mipi_rx_stream_t *mipi_rx_stream(const mipi_rx_frame_t *frame, uint8_t dt)
{
    for (uint32_t i = 0; i < frame->streams; i++)
        if (frame->stream[i].dt == dt)
            return &frame->stream[i];
    return NULL;
}

/*
 * The place for a data type in an open frame; NULL when all are taken. Memory of earlier frames
 * is used again: bytes or px, whichever the type needs.
 */
static mipi_rx_stream_t *stream_for(mipi_rx_frame_t *frame, uint8_t dt)
{
    for (uint32_t i = 0; i < frame->streams; i++)
        if (frame->stream[i].dt == dt)
            return &frame->stream[i];
    if (frame->streams == MIPI_RX_STREAMS)
        return NULL;
    mipi_rx_stream_t *s = &frame->stream[frame->streams++];
    void *memory = s->bytes != NULL ? (void *)s->bytes : (void *)s->px;
    uint32_t *length = s->length;
    uint32_t bits = mipi_bits_of_dt(dt);
    if (bits > 16)
        bits = 0; /* kept as it came */
    *s = (mipi_rx_stream_t){
        .dt = dt,
        .bits = bits,
        .bytes = bits == 0 ? memory : NULL,
        .px = bits != 0 ? memory : NULL,
        .capacity = s->capacity,
        .length = length,
        .lengths = s->lengths,
    };
    return s;
}

/* Makes room for `used` bytes in all; false when the frame would become too large. */
static bool stream_grow(mipi_rx_channel_t *channel, uint64_t max_bytes, mipi_rx_stream_t *s,
                        size_t used, size_t more)
{
    if (channel->bytes + more > max_bytes)
        return false;
    if (used + more > s->capacity) {
        size_t capacity = s->capacity == 0 ? FIRST_CAPACITY : s->capacity;
        while (capacity < used + more)
            capacity *= 2;
        void *memory = realloc(s->bits == 0 ? (void *)s->bytes : (void *)s->px, capacity);
        if (memory == NULL)
            return false;
        if (s->bits == 0)
            s->bytes = memory;
        else
            s->px = memory;
        s->capacity = capacity;
    }
    channel->bytes += more;
    return true;
}

/* YUV420: lines of Y and lines of U Y V Y take turns. */
static bool is_420(uint8_t dt)
{
    return dt == 0x18 || dt == 0x19 || dt == 0x1c || dt == 0x1d;
}

/* The length that the next line of a stream should have, as the first of its kind set it. */
static uint32_t *line_length(mipi_rx_stream_t *s)
{
    return is_420(s->dt) && s->lines % 2 != 0 ? &s->odd_bytes : &s->line_bytes;
}

/* Remembers the length of the newest line, which counts as bytes, too. */
static bool keep_length(mipi_rx_channel_t *channel, uint64_t max_bytes, mipi_rx_stream_t *s,
                        uint32_t bytes)
{
    if (channel->bytes + sizeof(*s->length) > max_bytes)
        return false;
    if (s->lines >= s->lengths) {
        uint32_t lengths = s->lengths == 0 ? FIRST_LENGTHS : 2 * s->lengths;
        uint32_t *length = realloc(s->length, lengths * sizeof(*length));
        if (length == NULL)
            return false;
        s->length = length;
        s->lengths = lengths;
    }
    s->length[s->lines] = bytes;
    channel->bytes += sizeof(*s->length);
    return true;
}

static bool store_bytes(mipi_rx_t *rx, mipi_rx_channel_t *channel, mipi_rx_stream_t *s,
                        const uint8_t *payload, uint32_t bytes)
{
    uint32_t room = mipi_dt_is_image(s->dt) ? *line_length(s) : bytes;
    uint32_t have = bytes < room ? bytes : room;
    if (!stream_grow(channel, rx->desc.max_frame_bytes, s, s->byte_count, room) ||
        (!mipi_dt_is_image(s->dt) && !keep_length(channel, rx->desc.max_frame_bytes, s, room)))
        return false;
    if (have > 0)
        memcpy(s->bytes + s->byte_count, payload, have);
    if (room > have)
        memset(s->bytes + s->byte_count + have, 0, room - have);
    s->byte_count += room;
    return true;
}

/* A RAW line always gets the width of the first: the rest of a short one is black. */
static bool store_px(mipi_rx_t *rx, mipi_rx_channel_t *channel, mipi_rx_stream_t *s,
                     const uint8_t *payload, uint32_t bytes)
{
    size_t used = (size_t)s->lines * s->width_px;
    uint32_t group = mipi_row_bytes(s->bits, 1), have = 0;
    mipi_row_px(s->bits, bytes / group * group, &have);
    if (have > s->width_px)
        have = s->width_px;
    if (!stream_grow(channel, rx->desc.max_frame_bytes, s, used * 2, (size_t)s->width_px * 2))
        return false;
    if (s->width_px == 0)
        return true;
    rx->unpack[(s->bits - 8) / 2](s->px + used, payload, have);
    memset(s->px + used + have, 0, (s->width_px - have) * sizeof(*s->px));
    return true;
}

/* ---- frames -------------------------------------------------------------------------------------
 */
static void open_frame(mipi_rx_channel_t *channel, const cursor_t *at)
{
    mipi_rx_frame_t *frame = &channel->frame;
    frame->vc = at->header.vc;
    frame->number = at->header.word;
    frame->complete = false;
    frame->first_packet = frame->last_packet = at->packet->number;
    frame->start_ps = frame->end_ps = at->packet->start_ps;
    frame->streams = 0;
    channel->open = true;
    channel->bytes = 0;
    channel->line_open = channel->line_seen = false;
}

static void close_frame(mipi_rx_t *rx, mipi_rx_channel_t *channel, bool complete)
{
    channel->open = false;
    channel->frame.complete = complete;
    if (rx->callbacks.frame != NULL)
        rx->callbacks.frame(rx->callbacks.ctx, &channel->frame);
    channel->frame.events = 0;
}

/* Always 0, or one more than the last, or 1 again at any time: "periodically reset to one". */
static void check_sequence(const cursor_t *at, mipi_rx_channel_t *channel)
{
    uint16_t number = at->header.word, last = channel->last_number;
    uint16_t next = last == 0 ? 0 : mipi_frame_number_next(last);
    if (channel->seen && number != next && (number != 1 || last == 0))
        report(at, MIPI_RX_SEQUENCE, number, next);
    channel->seen = true;
    channel->last_number = number;
}

static void frame_start(const cursor_t *at, mipi_rx_channel_t *channel)
{
    if (channel->open) {
        report(at, MIPI_RX_FS_OPEN, at->header.word, channel->frame.number);
        close_frame(at->rx, channel, false);
    }
    open_frame(channel, at);
    check_sequence(at, channel);
}

/* Lines that came whole or not at all: without line numbers only their count tells. */
static void check_lines(const cursor_t *at, const mipi_rx_frame_t *frame)
{
    uint32_t expected = at->rx->desc.lines[frame->vc], lines = 0;
    for (uint32_t i = 0; i < frame->streams; i++)
        lines += mipi_dt_is_image(frame->stream[i].dt) ? frame->stream[i].lines : 0;
    if (expected != 0 && lines != expected)
        report(at, MIPI_RX_FRAME_LINES, lines, expected);
}

static void frame_end(const cursor_t *at, mipi_rx_channel_t *channel)
{
    if (!channel->open) {
        report(at, MIPI_RX_FE_CLOSED, at->header.word, 0);
        return;
    }
    if (at->header.word != channel->frame.number)
        report(at, MIPI_RX_FE_NUMBER, at->header.word, channel->frame.number);
    check_lines(at, &channel->frame);
    close_frame(at->rx, channel, true);
}

/* ---- packets ------------------------------------------------------------------------------------
 */
/* Line numbers: always 0, or rising by a constant step; LE repeats the number of its LS. */
static void line_sync(const cursor_t *at, mipi_rx_channel_t *channel)
{
    uint16_t number = at->header.word, last = channel->line_number;
    if (at->header.dt == MIPI_DT_LE) {
        if (!channel->line_open || number != last)
            report(at, MIPI_RX_LINE_NUMBER, number, last);
        channel->line_open = false;
        return;
    }
    if (channel->line_open)
        report(at, MIPI_RX_LINE_NUMBER, number, last);
    else if (channel->line_seen && channel->line_step == UINT16_MAX)
        channel->line_step = (uint16_t)(number - last); /* the second line tells the step */
    else if (channel->line_seen && number != (uint16_t)(last + channel->line_step))
        report(at, MIPI_RX_LINE_NUMBER, number, (uint16_t)(last + channel->line_step));
    if (!channel->line_seen)
        channel->line_step = UINT16_MAX;
    channel->line_open = channel->line_seen = true;
    channel->line_number = number;
}

static void short_packet(const cursor_t *at)
{
    mipi_rx_channel_t *channel = &at->rx->channel[at->header.vc];
    if (at->header.dt == MIPI_DT_FS)
        frame_start(at, channel);
    else if (at->header.dt == MIPI_DT_FE)
        frame_end(at, channel);
    else if (at->header.dt <= MIPI_DT_LE)
        line_sync(at, channel);
}

/* The first line of a stream sets its width. Of pixels that fill no group, whole groups count. */
static bool first_line(const cursor_t *at, mipi_rx_stream_t *s)
{
    s->line_bytes = at->header.word;
    if (s->bits == 0)
        return true;
    uint32_t group = mipi_row_bytes(s->bits, 1), whole = s->line_bytes / group * group;
    mipi_row_px(s->bits, whole, &s->width_px);
    if (whole != s->line_bytes)
        report(at, MIPI_RX_LINE_BYTES, s->line_bytes, whole);
    return whole == s->line_bytes;
}

/* How this line stands to those before it. */
static bool check_line(const cursor_t *at, mipi_rx_stream_t *s)
{
    bool synced = at->rx->channel[at->header.vc].line_open;
    if (s->lines == 0) {
        s->synced = synced;
        return first_line(at, s);
    }
    if (synced != s->synced)
        report(at, MIPI_RX_LINE_PAIRING, synced, s->synced);
    uint32_t *length = line_length(s);
    if (s->lines == 1 && length == &s->odd_bytes)
        *length = at->header.word;
    if (!mipi_dt_is_image(s->dt) || at->header.word == *length)
        return true;
    report(at, MIPI_RX_LINE_BYTES, at->header.word, *length);
    return false;
}

static void store_line(const cursor_t *at, const uint8_t *payload, uint32_t bytes, bool good)
{
    mipi_rx_t *rx = at->rx;
    mipi_rx_channel_t *channel = &rx->channel[at->header.vc];
    if (rx->desc.max_line_bytes != 0 && at->header.word > rx->desc.max_line_bytes) {
        report(at, MIPI_RX_LINE_BUFFER, at->header.word, rx->desc.max_line_bytes);
        return;
    }
    mipi_rx_stream_t *s = stream_for(&channel->frame, at->header.dt);
    if (s == NULL) {
        report(at, MIPI_RX_TOO_MANY_TYPES, at->header.dt, MIPI_RX_STREAMS);
        return;
    }
    good &= check_line(at, s);
    bool stored = s->bits != 0 ? store_px(rx, channel, s, payload, bytes)
                               : store_bytes(rx, channel, s, payload, bytes);
    if (!stored) {
        report(at, MIPI_RX_MEMORY, bytes, 0);
        return;
    }
    s->lines++;
    s->bad_lines += !good;
}

static bool crc_fits(const uint8_t *payload, uint32_t bytes)
{
    return mipi_crc16(MIPI_CRC_START, payload, bytes) ==
           (payload[bytes] | (uint32_t)payload[bytes + 1] << 8);
}

/*
 * The burst is longer or shorter than the header says. When all of it is a payload and its right
 * CRC, it is the word count that is wrong; the line keeps its place, but what is right is not
 * known.
 */
static void wrong_length(const cursor_t *at)
{
    uint32_t count = at->packet->count, expected = at->header.word + MIPI_LONG_EXTRA_BYTES;
    uint32_t whole = count < MIPI_LONG_EXTRA_BYTES ? 0 : count - MIPI_LONG_EXTRA_BYTES;
    bool proven = whole > 0 && whole <= MIPI_MAX_PAYLOAD_BYTES &&
                  crc_fits(at->packet->bytes + MIPI_HEADER_BYTES, whole);
    if (proven)
        report(at, MIPI_RX_WORD_COUNT, at->header.word, whole);
    else
        report(at, count < expected ? MIPI_RX_SHORT : MIPI_RX_EXTRA, count, expected);
}

/* Bytes of the payload that arrived; *good: all of them, and the CRC fits. */
static uint32_t check_payload(const cursor_t *at, bool *good)
{
    uint32_t body = at->packet->count - MIPI_HEADER_BYTES, wc = at->header.word;
    const uint8_t *payload = at->packet->bytes + MIPI_HEADER_BYTES;
    if (body != wc + MIPI_CRC_BYTES)
        wrong_length(at);
    *good = body >= wc + MIPI_CRC_BYTES;
    if (!*good)
        return body < wc ? body : wc;
    uint16_t crc = mipi_crc16(MIPI_CRC_START, payload, wc);
    uint16_t sent = (uint16_t)(payload[wc] | payload[wc + 1] << 8);
    *good = crc == sent;
    if (!*good)
        report(at, MIPI_RX_CRC, sent, crc);
    return wc;
}

static bool is_filler(uint8_t dt)
{
    return dt == MIPI_DT_NULL || dt == MIPI_DT_BLANKING;
}

static void tell_packet(const cursor_t *at, bool good)
{
    mipi_rx_callbacks_t *callbacks = &at->rx->callbacks;
    if (callbacks->packet != NULL)
        callbacks->packet(callbacks->ctx, &at->header, at->packet, good);
}

static void long_packet(const cursor_t *at)
{
    bool good;
    uint32_t bytes = check_payload(at, &good);
    tell_packet(at, good);
    if (is_filler(at->header.dt))
        return; /* allowed anywhere */
    if (at->rx->channel[at->header.vc].open)
        store_line(at, at->packet->bytes + MIPI_HEADER_BYTES, bytes, good);
    else
        report(at, MIPI_RX_NO_FRAME, bytes, 0);
}

/* Is the host set for it? What is not known to CSI-2 is reported, but kept, by one who takes
 * anything. */
static bool expected(const cursor_t *at)
{
    const mipi_rx_t *rx = at->rx;
    uint8_t vc = at->header.vc, dt = at->header.dt;
    if (rx->any) {
        if (!mipi_dt_known(dt))
            report(at, MIPI_RX_UNSUPPORTED_DT, dt, 0);
        return true;
    }
    if (rx->desc.expect[vc] == 0) {
        report(at, MIPI_RX_UNEXPECTED_VC, vc, 0);
        return false;
    }
    bool wanted = dt <= MIPI_DT_LE || is_filler(dt) || (rx->desc.expect[vc] >> dt & 1) != 0;
    if (!wanted)
        report(at, MIPI_RX_UNSUPPORTED_DT, dt, 0);
    return wanted;
}

static void take_packet(const cursor_t *at, mipi_ecc_t ecc)
{
    mipi_rx_t *rx = at->rx;
    mipi_rx_channel_t *channel = &rx->channel[at->header.vc];
    if (ecc == MIPI_ECC_CORRECTED)
        report(at, MIPI_RX_ECC_CORRECTED, 0, 0);
    if (!expected(at))
        return;
    if (channel->open) {
        channel->frame.last_packet = at->packet->number;
        channel->frame.end_ps = at->packet->end_ps;
    }
    if (!mipi_dt_is_short(at->header.dt)) {
        long_packet(at);
        return;
    }
    if (at->packet->count > MIPI_HEADER_BYTES)
        report(at, MIPI_RX_EXTRA, at->packet->count, MIPI_HEADER_BYTES);
    tell_packet(at, at->packet->count == MIPI_HEADER_BYTES);
    short_packet(at);
}

static void take_burst(void *ctx, const mipi_packet_t *packet)
{
    cursor_t at = {.rx = ctx, .packet = packet};
    if (packet->count < MIPI_HEADER_BYTES) {
        report(&at, MIPI_RX_HEADER, packet->count, MIPI_HEADER_BYTES);
        return;
    }
    mipi_ecc_t ecc = mipi_header_decode(packet->bytes, &at.header);
    at.header_known = ecc != MIPI_ECC_BAD;
    if (at.header_known)
        take_packet(&at, ecc);
    else
        report(&at, MIPI_RX_ECC, 0, 0);
}

/* Lanes in a state of their own are rare, and what takes care of them is large. */
static mipi_align_t *align_for(mipi_rx_t *rx, uint32_t lanes)
{
    const mipi_align_desc_t desc = {.lanes = lanes, .max_skew_bytes = rx->desc.max_skew_bytes};
    if (rx->align == NULL)
        rx->align = calloc(1, sizeof(*rx->align));
    else if (rx->align->desc.lanes == lanes)
        return rx->align;
    else
        mipi_align_free(rx->align);
    if (rx->align != NULL && mipi_align_init(rx->align, &desc, take_burst, mipi_rx_event, rx))
        return rx->align;
    free(rx->align);
    rx->align = NULL;
    return NULL;
}

void mipi_rx_packet(void *ctx, const mipi_packet_t *packet)
{
    mipi_rx_t *rx = ctx;
    mipi_lane_state_t state;
    cursor_t at = {.rx = rx, .packet = packet};
    rx->packets++;
    if (packet->deskew_ui != 0)
        report(&at, MIPI_RX_SKEW_CALIBRATION, packet->deskew_ui / 8, 0);
    if (!mipi_align_state(packet, &state)) {
        take_burst(rx, packet);
        return;
    }
    mipi_align_t *align = align_for(rx, state.lanes);
    if (align != NULL)
        mipi_align_packet(align, packet, &state);
    else
        report(&at, MIPI_RX_MEMORY, packet->count, 0);
}

/* Bytes of a packet that is there beyond doubt: header without error, payload with the right CRC.
 */
static size_t proven_packet(const uint8_t *bytes, size_t left)
{
    mipi_header_t header;
    if (left < MIPI_HEADER_BYTES || mipi_header_decode(bytes, &header) != MIPI_ECC_OK ||
        !mipi_dt_known(header.dt) || mipi_packet_bytes(&header) > left)
        return 0;
    const uint8_t *end = bytes + MIPI_HEADER_BYTES + header.word;
    if (!mipi_dt_is_short(header.dt) && mipi_crc16(MIPI_CRC_START, bytes + MIPI_HEADER_BYTES,
                                                   header.word) != (end[0] | end[1] << 8))
        return 0;
    return mipi_packet_bytes(&header);
}

/* A place to start again at. A short packet proves little: something proven must come behind it. */
static bool may_restart(const uint8_t *bytes, size_t left)
{
    size_t count = proven_packet(bytes, left);
    return count > MIPI_HEADER_BYTES ||
           (count > 0 && (count == left || proven_packet(bytes + count, left - count) > 0));
}

/* Bytes of the piece that the stream begins with. */
static size_t first_piece(const uint8_t *bytes, size_t left)
{
    mipi_header_t header;
    if (left < MIPI_HEADER_BYTES)
        return left;
    if (mipi_header_decode(bytes, &header) != MIPI_ECC_BAD)
        return mipi_packet_bytes(&header) < left ? mipi_packet_bytes(&header) : left;
    size_t lost = MIPI_HEADER_BYTES;
    while (lost < left && lost < MIPI_MAX_PACKET_BYTES && !may_restart(bytes + lost, left - lost))
        lost++;
    return lost;
}

void mipi_rx_bytes(mipi_rx_t *rx, const uint8_t *bytes, size_t count)
{
    for (size_t at = 0, piece; at < count; at += piece) {
        piece = first_piece(bytes + at, count - at);
        mipi_rx_packet(
            rx,
            &(mipi_packet_t){.number = rx->packets, .bytes = bytes + at, .count = (uint32_t)piece});
    }
}

void mipi_rx_finish(mipi_rx_t *rx)
{
    for (uint32_t vc = 0; vc < MIPI_VCS; vc++) {
        mipi_rx_channel_t *channel = &rx->channel[vc];
        if (!channel->open)
            continue;
        mipi_packet_t last = {.number = channel->frame.last_packet,
                              .start_ps = channel->frame.end_ps};
        cursor_t at = {.rx = rx,
                       .packet = &last,
                       .header = {.vc = (uint8_t)vc, .dt = MIPI_DT_FE},
                       .header_known = true};
        report(&at, MIPI_RX_UNFINISHED, 0, channel->frame.number);
        close_frame(rx, channel, false);
    }
}

void mipi_rx_init(mipi_rx_t *rx, const mipi_rx_desc_t *desc, const mipi_rx_callbacks_t *callbacks)
{
    memset(rx, 0, sizeof(*rx));
    if (desc != NULL)
        rx->desc = *desc;
    if (callbacks != NULL)
        rx->callbacks = *callbacks;
    if (rx->desc.max_frame_bytes == 0)
        rx->desc.max_frame_bytes = DEFAULT_FRAME_BYTES;
    if (rx->desc.max_skew_bytes == 0)
        rx->desc.max_skew_bytes = MIPI_ALIGN_SKEW_BYTES;
    rx->any = true;
    for (uint32_t vc = 0; vc < MIPI_VCS; vc++)
        rx->any &= rx->desc.expect[vc] == 0;
    for (uint32_t i = 0; i < SIM_COUNT(rx->unpack); i++)
        rx->unpack[i] = mipi_unpack_row(8 + 2 * i, sim_simd());
}

void mipi_rx_free(mipi_rx_t *rx)
{
    for (uint32_t vc = 0; vc < MIPI_VCS; vc++) {
        for (uint32_t i = 0; i < MIPI_RX_STREAMS; i++) {
            free(rx->channel[vc].frame.stream[i].bytes);
            free(rx->channel[vc].frame.stream[i].px);
            free(rx->channel[vc].frame.stream[i].length);
        }
    }
    if (rx->align != NULL)
        mipi_align_free(rx->align);
    free(rx->align);
    memset(rx, 0, sizeof(*rx));
}
