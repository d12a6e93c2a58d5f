/*
 * post_ref.h - the operators of post.h once more, slow and straight from their definitions; shares
 * no code with the firmware. e^x is the C library's.
 */
#ifndef TESTS_NPU_POST_REF_H
#define TESTS_NPU_POST_REF_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint32_t boxes, coordinates;  /* numbers of one box, at least 4 */
    uint32_t classes, background; /* background: 0 or 1 class before them */
    uint32_t max_detections, classes_per_detection, detections_per_class;
    float y_scale, x_scale, h_scale, w_scale;
    float score_threshold, iou_threshold;
    bool regular;
} post_ref_detection_t;

/* boxes * coordinates, boxes * (classes + background), boxes * 4 numbers; results:
 * max_detections * classes_per_detection of 4, 1, 1, and one count. False: a box with its edges in
 * the wrong order. */
bool post_ref_detect(const post_ref_detection_t *d, const float *encoded, const float *scores,
                     const float *anchors, float *boxes, float *classes, float *best, float *found);

/* Index of the largest of count numbers, step apart; of equal ones the first. */
uint32_t post_ref_arg_max(const float *value, uint32_t count, uint32_t step);

#endif
