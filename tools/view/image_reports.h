/*
 * image_reports.h - what the chip reported, on a picture: boxes, and where their objects came from.
 */
#ifndef TOOLS_VIEW_IMAGE_REPORTS_H
#define TOOLS_VIEW_IMAGE_REPORTS_H

#include "tools/view/image_marks.h"

enum { REPORTS_TRAIL = 48 }; /* reports back that a trail goes */

/* A color for each identity. */
void reports_boxes(marks_t *marks, const view_report_t *report);
/* Class, identity and score beside each box, where no plate stands yet. */
void reports_labels(marks_t *marks, const view_report_t *report);
/* Of each tracked box of that report the middles that it had in those before. */
void reports_trails(marks_t *marks, const view_report_t *report);

#endif
