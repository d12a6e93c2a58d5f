/*
 * mot.h - how well objects were found and followed, over the frames of a run.
 *
 * CLEAR MOT (K. Bernardin, R. Stiefelhagen, "Evaluating multiple object tracking performance",
 * EURASIP JIVP 2008): a pair that was matched before stays matched while it can; the others are
 * matched so that as many as possible are, with the greatest sum of quality.
 *     MOTA = 1 - (missed + false + switches) / true      MOTP = mean quality of matches
 * Identity (E. Ristani et al., "Performance measures and a data set for multi-target, multi-camera
 * tracking", 2016): one assignment of tracks to objects for the whole run, with as many frames as
 * possible in which the two can match (IDTP).
 *     IDF1 = 2 IDTP / (true + reported)
 */
#ifndef TOOLS_MOT_H
#define TOOLS_MOT_H

#include "sim/types.h"

typedef struct mot mot_t;

typedef struct {
    uint64_t truth, reported, matched, switches, fragments;
    double mota, motp, idf1, precision, recall; /* 1 when there was nothing to be wrong about */
} mot_result_t;

/* What happened to one true object in the newest frame. */
typedef struct {
    int32_t match; /* index of the report, or below 0 */
    uint32_t was;  /* the track that it had before, when it switched; else 0 */
} mot_fate_t;

mot_t *mot_new(void); /* NULL without memory */
void mot_free(mot_t *mot);

/*
 * One frame. quality: truths x reports, 0..1, below 0 where the two cannot match. Ids are above 0
 * and different from each other; a report's 0 means that nobody follows it: found, but never
 * identified. fate has a place for each truth. False without memory.
 */
bool mot_frame(mot_t *mot, const uint32_t *truth_id, uint32_t truths, const uint32_t *report_id,
               uint32_t reports, const double *quality, mot_fate_t *fate);

/* Over all frames so far. False without memory. */
bool mot_result(const mot_t *mot, mot_result_t *result);

#endif
