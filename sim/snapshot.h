/*
 * snapshot.h - the whole state of a simulation, to go back to or to go on from in another process.
 *
 *   sim_t --take--> snapshot in memory --save--> file --load--> snapshot --restore--> sim_t
 *                         |                                                   ^
 *                         +---------------------restore----------------------+
 *
 * A snapshot is what the field tables of all components say (comp.h), their pending events, and
 * the kernel's clock and counters. It is restored into the same simulation or into one that was
 * made in the same way (same descriptions, same components in the same order, wired and started);
 * what happens then is, in every bit, what happened after it was taken. How things are computed
 * (threads, vector level, exact or fast) may differ.
 *
 * Large fields are kept in pages of 4 KiB. Pages of zeros take no memory, and pages that did not
 * change since an earlier snapshot are shared with it.
 *
 * Not kept: sinks of log and trace, descriptions, wiring, and what a block works out from its
 * state. The content of a snapshot file is taken for true as a program is: checksums find damage,
 * not malice.
 */
#ifndef SIM_SNAPSHOT_H
#define SIM_SNAPSHOT_H

#include "sim/types.h"

typedef struct sim_snapshot sim_snapshot_t;

/* ---- in memory ---- */

/*
 * The state now. Not inside of a run. `like`: one taken earlier of the same simulation, to share
 * pages with (it may be freed first); NULL: none. NULL with sim_error when it cannot be taken.
 */
sim_snapshot_t *sim_snapshot_take(sim_t *sim, const sim_snapshot_t *like);
void sim_snapshot_free(sim_snapshot_t *snapshot); /* NULL is fine */

/* Puts sim into that state, any number of times. After a failure sim must not run any more. */
sim_err_t sim_snapshot_restore(sim_t *sim, const sim_snapshot_t *snapshot);

uint64_t sim_snapshot_time_ps(const sim_snapshot_t *snapshot);
/* Memory that it did not share with `like` when it was taken; that it shares with no other now. */
size_t sim_snapshot_own_bytes(const sim_snapshot_t *snapshot);
size_t sim_snapshot_alone_bytes(const sim_snapshot_t *snapshot);

/* ---- in files ---- */

#define SIM_SNAPSHOT_IDS 8

/* What a snapshot belongs to: only the same fits. */
typedef struct {
    const char *version; /* of the program: up to 31 characters */
    struct {
        const char *what; /* "chip": up to 15 characters */
        uint64_t hash;
    } id[SIM_SNAPSHOT_IDS]; /* what NULL: end */
} sim_snapshot_of_t;

/* Compressed, with checksums; appears under its name when complete. error gets one line. */
sim_err_t sim_snapshot_save(const sim_snapshot_t *snapshot, const char *file,
                            const sim_snapshot_of_t *of, char *error, size_t error_bytes);
/* NULL, and one line "file: why" in error, when it is damaged or of something else. */
sim_snapshot_t *sim_snapshot_load(const char *file, const sim_snapshot_of_t *of, char *error,
                                  size_t error_bytes);
/* The same from memory; name stands for the file in messages. */
sim_snapshot_t *sim_snapshot_decode(const uint8_t *data, size_t bytes, const char *name,
                                    const sim_snapshot_of_t *of, char *error, size_t error_bytes);

/* ---- for the exchange hooks of components (comp.h) ---- */

/* False: it is taken. */
bool sim_snap_restoring(const sim_snap_t *snap);
/* Keeps the bytes, or fills them with what was kept (zeros after a failure). */
void sim_snap_bytes(sim_snap_t *snap, void *data, size_t bytes);
/* The same for memory from malloc and its size: restoring frees it and allocates anew. */
void sim_snap_memory(sim_snap_t *snap, void **data, size_t *bytes);
/* The first complaint is kept; taking or restoring fails with it. */
void sim_snap_fail(sim_snap_t *snap, const char *fmt, ...) SIM_PRINTF(2, 3);
bool sim_snap_failed(const sim_snap_t *snap);

#endif
