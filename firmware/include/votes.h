/*
 * votes.h - what a classifier said of each track, time and again, and what that comes to; who is
 * to be looked at next.
 *
 * A vote adds the classifier's scores to those of the track; the class with the highest sum is the
 * track's. Who was never looked at comes first, then who was looked at longest ago. Touches no
 * register.
 */
#ifndef FW_VOTES_H
#define FW_VOTES_H

#include <stdbool.h>
#include <stdint.h>

enum { VOTES_TRACKS = 64, VOTES_CLASSES = 8 };

typedef struct {
    uint16_t id;         /* 0: free */
    uint16_t votes;      /* up to 65535 */
    uint32_t seen, last; /* frames: newest sighting, newest vote */
    uint32_t sum[VOTES_CLASSES];
} votes_track_t;

typedef struct {
    votes_track_t track[VOTES_TRACKS];
} votes_t; /* zeroed at first */

/* These tracks are there in this frame; 0 is nobody. Places are taken from whom nobody has seen for
 * the longest time. */
void votes_see(votes_t *v, const uint16_t *ids, uint32_t count, uint32_t frame);

/* Of these the one to be looked at first, not in the mask `done`: its index; -1: nobody. */
int votes_next(const votes_t *v, const uint16_t *ids, uint32_t count, uint32_t done);

/* score: one a class, 0..255; classes up to VOTES_CLASSES. */
void votes_add(votes_t *v, uint16_t id, const uint8_t *score, uint32_t classes, uint32_t frame);

/* False: no vote yet. *class_at from 0; *share: its part of all scores, 1/256. */
bool votes_of(const votes_t *v, uint16_t id, uint32_t *class_at, uint8_t *share);

#endif
