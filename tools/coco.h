/*
 * coco.h - truth as COCO JSON, as pycocotools and the like read it.
 *
 * Source:  cocodataset.org, "Data format", object detection. Ids of images and annotations count
 *          from 1 (pycocotools takes annotation 0 for none). bbox and area are pixels of the array;
 *          iscrowd is 0. Beyond the format: frame_index and time_ps of images, track_id and
 *          visibility of annotations.
 * Not modeled: segmentation; area is the box's.
 */
#ifndef TOOLS_COCO_H
#define TOOLS_COCO_H

#include "scenes/scene.h"

enum { COCO_MAX_CLASSES = 64 };

typedef struct {
    sim_json_t *root, *images, *annotations;
    uint32_t image, annotation; /* the newest ids */
    uint32_t class_id[COCO_MAX_CLASSES];
    uint32_t classes;
} coco_t;

void coco_begin(coco_t *coco);
/* One frame. False where there are more than COCO_MAX_CLASSES. */
bool coco_add(coco_t *coco, uint32_t frame, const scene_timing_t *timing,
              const scene_truth_t *truth);
/* Writes the file (NULL: none) and ends in any case. */
sim_err_t coco_end(coco_t *coco, const char *file, char *error, size_t error_bytes);

#endif
