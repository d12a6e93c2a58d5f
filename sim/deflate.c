/*
 * deflate.c - zlib, with lengths of any size.
 */
#include "sim/deflate.h"

#include <stdlib.h>
#include <zlib.h>

/* State is zeros and noise: looking for more than runs takes twice as long and gains a tenth. */
#define LEVEL 1
#define WINDOW_BITS 15
#define MEMORY_LEVEL 9
#define FIRST_ROOM 65536u
#define MOST ((size_t)1 << 30) /* zlib counts in 32 bits */

struct sim_deflate {
    z_stream z;
    uint8_t *out;
    size_t used, room;
    bool failed;
};

static uInt part(size_t bytes)
{
    return (uInt)(bytes < MOST ? bytes : MOST);
}

static bool more_room(uint8_t **out, size_t *room, size_t most)
{
    size_t wanted = *room == 0 ? FIRST_ROOM : *room * 2;
    wanted = wanted < most ? wanted : most;
    uint8_t *more = realloc(*out, wanted);
    if (more == NULL)
        return false;
    *out = more;
    *room = wanted;
    return true;
}

sim_deflate_t *sim_deflate_new(void)
{
    sim_deflate_t *d = calloc(1, sizeof(*d));
    if (d != NULL &&
        deflateInit2(&d->z, LEVEL, Z_DEFLATED, WINDOW_BITS, MEMORY_LEVEL, Z_RLE) != Z_OK) {
        free(d);
        return NULL;
    }
    return d;
}

/* Until all input is taken; with Z_FINISH until the stream's end. */
static bool run(sim_deflate_t *d, int flush)
{
    for (;;) {
        if (d->used == d->room && !more_room(&d->out, &d->room, SIZE_MAX))
            return false;
        uInt room = part(d->room - d->used);
        d->z.next_out = d->out + d->used;
        d->z.avail_out = room;
        int result = deflate(&d->z, flush);
        d->used += room - d->z.avail_out;
        if (result == Z_STREAM_END || (flush == Z_NO_FLUSH && d->z.avail_in == 0))
            return true;
        if (result != Z_OK && result != Z_BUF_ERROR)
            return false;
    }
}

bool sim_deflate_add(sim_deflate_t *deflate, const void *data, size_t bytes)
{
    const uint8_t *p = data;
    while (bytes > 0 && !deflate->failed) {
        uInt count = part(bytes);
        deflate->z.next_in = (uint8_t *)(uintptr_t)p; /* zlib's type; it only reads */
        deflate->z.avail_in = count;
        deflate->failed = !run(deflate, Z_NO_FLUSH);
        p += count;
        bytes -= count;
    }
    return !deflate->failed;
}

uint8_t *sim_deflate_end(sim_deflate_t *deflate, size_t *bytes)
{
    bool fine = !deflate->failed && run(deflate, Z_FINISH);
    uint8_t *out = deflate->out;
    *bytes = deflate->used;
    deflateEnd(&deflate->z);
    free(deflate);
    if (fine)
        return out;
    free(out);
    return NULL;
}

/* Inflates what *from has into out; true at the end of the stream. */
static bool inflate_all(z_stream *z, size_t left, uint8_t **out, size_t *used, size_t most)
{
    size_t room = 0;
    for (;;) {
        if (*used == room && (room == most || !more_room(out, &room, most)))
            return false;
        uInt given = part(left), space = part(room - *used);
        z->avail_in = given;
        z->next_out = *out + *used;
        z->avail_out = space;
        int result = inflate(z, Z_NO_FLUSH);
        left -= given - z->avail_in;
        *used += space - z->avail_out;
        if (result == Z_STREAM_END)
            return left == 0;
        if (result != Z_OK)
            return false;
    }
}

uint8_t *sim_inflate(const uint8_t *data, size_t data_bytes, size_t bytes)
{
    z_stream z = {.next_in = (uint8_t *)(uintptr_t)data};
    uint8_t *out = NULL;
    size_t used = 0;
    if (bytes == SIZE_MAX || inflateInit(&z) != Z_OK)
        return NULL;
    bool fine = inflate_all(&z, data_bytes, &out, &used, bytes + 1) && used == bytes;
    inflateEnd(&z);
    if (fine)
        return out;
    free(out);
    return NULL;
}
