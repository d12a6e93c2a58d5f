/*
 * score.h - boxes that were reported against boxes that were true.
 *
 * A reported box is right when it overlaps a true box that no better overlapping one has taken, by
 * intersection over union of at least SCORE_MIN_IOU. precision = right / reported, recall = right /
 * true.
 */
#ifndef TOOLS_SCORE_H
#define TOOLS_SCORE_H

#include "scenes/scene.h"
#include "tools/metadata.h"

#define SCORE_MIN_IOU 0.4

typedef struct {
    uint64_t reported, truth, right;
} score_t;

/* Of two boxes: x, y, width, height. 0..1. */
double score_iou(const double a[4], const double b[4]);

/* Adds one frame. */
void score_frame(score_t *score, const metadata_t *metadata, const scene_truth_t *truth);

/* 1 when there was nothing to be wrong about. */
double score_precision(const score_t *score);
double score_recall(const score_t *score);

#endif
