#include "roi.h"

static int32_t least(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static int32_t most(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

roi_t roi_join(roi_t a, roi_t b)
{
    if (a.x1 <= a.x0)
        return b;
    if (b.x1 <= b.x0)
        return a;
    return (roi_t){least(a.x0, b.x0), least(a.y0, b.y0), most(a.x1, b.x1), most(a.y1, b.y1)};
}

/* Outward to the grid, and what of it is on the array. */
static void cut(int32_t *from, int32_t *to, int32_t size)
{
    *from = most(*from, 0) & -ROI_GRID;
    *to = least((most(*to, 0) + ROI_GRID - 1) & -ROI_GRID, size);
}

/* From where it is to where it will be. Units of the filter: 1/256 px. */
static void span(const kal_t *center, const kal_t *size, uint32_t ahead, int32_t *from, int32_t *to)
{
    int32_t half = size->place / 2, moved = kal_way(center->speed, ahead);
    int32_t grown = size->speed > 0 ? kal_way(size->speed, ahead) : 0;
    *from = (center->place - half - grown / 2 + least(moved, 0)) >> 8;
    *to = ((center->place + half + grown / 2 + most(moved, 0)) >> 8) + 1;
}

/* The box itself, and moved. */
static void span_box(const kal_t *center, uint32_t ahead, int32_t *from, int32_t *to)
{
    int32_t moved = kal_way(center->speed, ahead);
    *from += least(moved, 0) >> 8;
    *to += (most(moved, 0) + 255) >> 8;
}

static roi_t span_seen(const trk_track_t *t, const det_box_t *seen, uint32_t ahead)
{
    roi_t r = {seen->x0, seen->y0, seen->x1, seen->y1};
    span_box(&t->axis[TRK_X], ahead, &r.x0, &r.x1);
    span_box(&t->axis[TRK_Y], ahead, &r.y0, &r.y1);
    return r;
}

roi_t roi_of_track(const trk_track_t *t, const det_box_t *seen, const roi_desc_t *desc)
{
    roi_t r;
    int32_t young = t->seen < TRK_CONFIRM ? TRK_CONFIRM - (int32_t)t->seen : 0;
    int32_t margin = desc->margin * (1 + young + (int32_t)t->unseen);
    span(&t->axis[TRK_X], &t->axis[TRK_W], desc->ahead, &r.x0, &r.x1);
    span(&t->axis[TRK_Y], &t->axis[TRK_H], desc->ahead, &r.y0, &r.y1);
    if (seen != 0)
        r = roi_join(r, span_seen(t, seen, desc->ahead));
    r = (roi_t){r.x0 - margin, r.y0 - margin, r.x1 + margin, r.y1 + margin};
    cut(&r.x0, &r.x1, desc->width);
    cut(&r.y0, &r.y1, desc->height);
    if (r.x1 <= r.x0 || r.y1 <= r.y0)
        r = (roi_t){0, 0, 0, 0};
    return r;
}

static uint32_t even(uint32_t size)
{
    return size < 2 ? 2 : size & ~1u;
}

void roi_fit(const roi_t *shown, uint32_t *width, uint32_t *height)
{
    uint32_t w = (uint32_t)(shown->x1 - shown->x0), h = (uint32_t)(shown->y1 - shown->y0);
    if (w * *height >= h * *width)
        *height = *width * h / w;
    else
        *width = *height * w / h;
    *width = even(*width);
    *height = even(*height);
}

static const det_box_t *box_of(const trk_track_t *t, const det_box_t *boxes, const uint16_t *ids,
                               uint32_t count)
{
    for (uint32_t b = 0; b < count; b++)
        if (ids[b] == t->id)
            return &boxes[b];
    return 0;
}

static void add(roi_plan_t *plan, roi_t r)
{
    if (r.x1 <= r.x0)
        return;
    plan->shown = roi_join(plan->shown, r);
    if (plan->masks < ROI_MASKS)
        plan->mask[plan->masks++] = r;
    else
        plan->mask[ROI_MASKS - 1] = roi_join(plan->mask[ROI_MASKS - 1], r);
}

void roi_plan(roi_plan_t *plan, const trk_state_t *people, const det_box_t *boxes,
              const uint16_t *ids, uint32_t count, const roi_desc_t *desc)
{
    *plan = (roi_plan_t){.masks = 0};
    for (uint32_t i = 0; i < TRK_MAX; i++) {
        const trk_track_t *t = &people->track[i];
        if (t->id != 0 && (t->unseen == 0 || t->seen >= TRK_CONFIRM))
            add(plan, roi_of_track(t, box_of(t, boxes, ids, count), desc));
    }
}
