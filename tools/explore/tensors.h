/*
 * tensors.h - what the front end made of frames, kept in files for later points of a sweep.
 *
 *   FOLDER/WORLD/world.json    scene, seed, pixel die, ISP: what all its records have in common
 *   FOLDER/WORLD/KIND-HASH     a record: key and content of a sim_memo_t
 *
 * Scene, die and ISP are the same in a world; when a frame is read, with which settings and at what
 * temperature is in the keys (pix_frame_t, the ISP's registers). Both are compared as a whole, the
 * hashes only find them. So whatever differs (a frame that is read a clock later, an exposure that
 * firmware chose otherwise) is computed, and what does not is the same bit by bit. Processes share
 * a folder: a record appears as a whole, and one that is damaged is made anew.
 */
#ifndef TOOLS_EXPLORE_TENSORS_H
#define TOOLS_EXPLORE_TENSORS_H

#include "sim/json.h"
#include "sim/memo.h"
#include "tools/explore/space.h"
#include "tools/scenario.h"

typedef struct {
    uint32_t reused, recorded; /* frames whose tensor was there; that will be */
    uint32_t rejected;         /* records that were damaged */
} tensors_count_t;

typedef struct {
    sim_memo_t memo;
    char folder[SPACE_PATH + 64];
    uint64_t room_bytes, written_bytes; /* of records: those it may still write, those it has */
    tensors_count_t count;
} tensors_t;

/* A record: head with sizes and hash, key, content; of the machine that made it. */
size_t tensors_record_bytes(const sim_memo_key_t *key, size_t bytes);
void tensors_record(const sim_memo_key_t *key, const void *data, size_t bytes, uint8_t *record);
/* Its content, which is `bytes` long. False: it is of another key or size, or damaged. */
bool tensors_unpack(const uint8_t *record, size_t record_bytes, const sim_memo_key_t *key, void *to,
                    size_t bytes);

/* The records of a scenario on a chip (the object of a chip file) in a folder, which is made; it
 * writes room_bytes of them at most. Its memo; NULL: such a run is always computed (faults, a scene
 * out of a pipe), or nothing can be written. tensors must outlive the run. */
const sim_memo_t *tensors_open(tensors_t *tensors, const char *folder, uint64_t room_bytes,
                               const scenario_t *scenario, const sim_json_t *chip);

#endif
