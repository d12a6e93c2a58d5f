/*
 * room.h - bytes of a burst that is as long as it is: room doubles, up to a limit.
 */
#ifndef MIPI_ROOM_H
#define MIPI_ROOM_H

#include <stdlib.h>

#include "sim/types.h"

/* The longest burst of a lane that is kept: a frame of 12.3 Mpixel RAW12 in one burst (LRTE) of one
 * lane, and half as much again. */
#define MIPI_ROOM_MOST (UINT32_C(28) << 20)
#define MIPI_ROOM_FIRST UINT32_C(8192)

/* Room for `need` bytes in all at *bytes (NULL at first). False, and nothing changes, beyond `most`
 * or without memory. */
static inline bool mipi_room(uint8_t **bytes, uint32_t *room, uint32_t need, uint32_t most)
{
    uint32_t want = *room != 0 ? *room : MIPI_ROOM_FIRST;
    if (need <= *room)
        return true;
    while (want < need && want <= most / 2)
        want *= 2;
    want = want < need ? most : want;
    uint8_t *more = need <= want ? realloc(*bytes, want) : NULL;
    if (more == NULL)
        return false;
    *bytes = more;
    *room = want;
    return true;
}

#endif
