/*
 * rx_snapshot.c - what a receiver remembers, kept and restored.
 */
#include <stdlib.h>

#include "mipi/rx.h"
#include "sim/snapshot.h"

static void **memory_of(mipi_rx_stream_t *s)
{
    return s->px != NULL ? (void **)(void *)&s->px : (void **)(void *)&s->bytes;
}

static void free_memory(mipi_rx_channel_t *channel)
{
    for (uint32_t i = 0; i < MIPI_RX_STREAMS; i++) {
        mipi_rx_stream_t *s = &channel->frame.stream[i];
        free(s->bytes);
        free(s->px);
        free(s->length);
        s->bytes = NULL;
        s->px = NULL;
        s->length = NULL;
        s->lengths = 0;
        s->capacity = 0;
    }
}

static size_t used_bytes(const mipi_rx_stream_t *s)
{
    return s->bits != 0 ? (size_t)s->lines * s->width_px * sizeof(*s->px) : s->byte_count;
}

/* A stream without its memory. */
static void exchange_head(mipi_rx_stream_t *s, sim_snap_t *snap)
{
    mipi_rx_stream_t it = *s;
    it.bytes = NULL;
    it.px = NULL;
    it.length = NULL;
    it.capacity = it.lengths = 0;
    sim_snap_bytes(snap, &it, sizeof(it));
    if (sim_snap_restoring(snap))
        *s = it;
}

static void exchange_lines(mipi_rx_stream_t *s, sim_snap_t *snap)
{
    void *memory = *memory_of(s);
    size_t bytes = used_bytes(s), expected = bytes;
    sim_snap_memory(snap, &memory, &bytes);
    if (!sim_snap_restoring(snap))
        return;
    if (bytes != expected)
        sim_snap_fail(snap, "a frame on the link has %zu bytes, not %zu", bytes, expected);
    s->capacity = bytes;
    if (s->bits != 0)
        s->px = memory;
    else
        s->bytes = memory;
}

static void exchange_lengths(mipi_rx_stream_t *s, sim_snap_t *snap)
{
    bool has = s->bits == 0 && !mipi_dt_is_image(s->dt);
    void *memory = s->length;
    size_t expected = has ? s->lines * sizeof(*s->length) : 0, bytes = expected;
    sim_snap_memory(snap, &memory, &bytes);
    if (!sim_snap_restoring(snap))
        return;
    if (bytes != expected)
        sim_snap_fail(snap, "a frame on the link has lengths of %zu bytes, not %zu", bytes,
                      expected);
    s->length = memory;
    s->lengths = (uint32_t)(bytes / sizeof(*s->length));
}

static void exchange_channel(mipi_rx_channel_t *channel, sim_snap_t *snap)
{
    mipi_rx_channel_t it = *channel;
    if (sim_snap_restoring(snap))
        free_memory(channel);
    for (uint32_t i = 0; i < MIPI_RX_STREAMS; i++)
        it.frame.stream[i] = (mipi_rx_stream_t){0};
    it.frame.streams = it.open ? it.frame.streams : 0;
    sim_snap_bytes(snap, &it, sizeof(it));
    if (it.frame.streams > MIPI_RX_STREAMS)
        sim_snap_fail(snap, "a frame on the link has %u data types", it.frame.streams);
    if (sim_snap_restoring(snap))
        *channel = it;
    for (uint32_t i = 0; i < it.frame.streams && !sim_snap_failed(snap); i++) {
        exchange_head(&channel->frame.stream[i], snap);
        exchange_lines(&channel->frame.stream[i], snap);
        exchange_lengths(&channel->frame.stream[i], snap);
    }
    if (sim_snap_failed(snap))
        channel->frame.streams = 0;
}

void mipi_rx_exchange(mipi_rx_t *rx, sim_snap_t *snap)
{
    sim_snap_bytes(snap, &rx->packets, sizeof(rx->packets));
    sim_snap_bytes(snap, rx->counts, sizeof(rx->counts));
    sim_snap_bytes(snap, rx->by, sizeof(rx->by));
    for (uint32_t vc = 0; vc < MIPI_VCS && !sim_snap_failed(snap); vc++)
        exchange_channel(&rx->channel[vc], snap);
}
