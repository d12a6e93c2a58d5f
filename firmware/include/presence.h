/*
 * presence.h - is somebody there, for as little energy as can be.
 *
 *     glance   a frame of few samples: statistics alone, against those of the empty view
 *     look     a frame for the network
 *
 *                  +-- nothing new --+      nobody, `leave_looks` in a row
 *                  v                 |    +------------------------------+
 *     start --> glances --something--+--> look --somebody--> present, looks only
 *                  ^   new, or `glances` passed |
 *                  +-------- nobody ------------+
 *
 * A change is one of the picture, not of the light: what all zones have in common is taken out, and
 * so is their noise. A zone has changed whose difference is more than `change` and four times the
 * median of all; the view has when two zones have, or when the median itself is beyond `change`.
 * The empty view is what a look without anybody found, and follows slow changes by an eighth a
 * glance. Integers only, no registers.
 */
#ifndef FW_PRESENCE_H
#define FW_PRESENCE_H

#include <stdbool.h>

#include "stats_zones.h"

typedef struct {
    uint8_t enter_score, leave_score; /* 1/256: somebody from the one on, nobody below the other */
    uint32_t leave_looks;             /* 1 or more */
    uint32_t glances;                 /* at most, between two looks; 0: looks only */
    uint32_t change;                  /* 1/256 of a zone's brightness */
} presence_rule_t;

typedef struct {
    presence_rule_t rule;
    bool present;
    uint32_t nobody;       /* looks in a row */
    uint32_t glances;      /* since the last look */
    bool wants_look;       /* what the next frame is to be */
    bool known;            /* there is an empty view */
    uint32_t empty[ZONES]; /* brightness, 12-bit DN in 1/16; 0: all of the zone was out of range */
} presence_t;

/* Nobody was seen yet; the first frame is a look. */
void presence_init(presence_t *presence, const presence_rule_t *rule);

/* The statistics of a glance. */
void presence_glanced(presence_t *presence, const stats_zones_t *zones);

/* The network's score of a look, 0: nobody. True when `present` has changed. */
bool presence_looked(presence_t *presence, uint8_t score);

#endif
