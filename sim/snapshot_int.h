/*
 * snapshot_int.h - the inside of a snapshot, shared by snapshot.c and snapshot_file.c only.
 */
#ifndef SIM_SNAPSHOT_INT_H
#define SIM_SNAPSHOT_INT_H

#include "sim/snapshot.h"

#define SIM_PAGE_BYTES 4096u

typedef struct {
    uint32_t refs; /* snapshots that hold it */
    uint8_t data[SIM_PAGE_BYTES];
} sim_page_t;

/* Small fields one after another, and the pages of large ones in the same order. */
struct sim_snapshot {
    uint64_t time_ps;
    uint8_t *bytes;
    size_t used, room;
    sim_page_t **page; /* NULL: zeros */
    size_t pages, page_room;
    size_t own_pages; /* not shared when it was taken */
};

/* Room for more bytes, or pages, at the end; false without memory. */
bool sim_snapshot_grow(sim_snapshot_t *s, size_t bytes);
bool sim_snapshot_grow_pages(sim_snapshot_t *s, size_t pages);

#endif
