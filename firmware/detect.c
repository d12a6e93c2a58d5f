#include "detect.h"

enum {
    FRACTION_BITS = 12, /* fixed point of a distance in cells */
    HALF_CELL = 1 << (FRACTION_BITS - 1),
    MAX_IOU_PERCENT = 45,
};

static int32_t clamp(int32_t value, int32_t low, int32_t high)
{
    return value < low ? low : value > high ? high : value;
}

static int32_t box_area(const det_box_t *box)
{
    return (box->x1 - box->x0) * (box->y1 - box->y0);
}

/* Intersection over union above MAX_IOU_PERCENT? Areas fit: 4056 * 3040 * 2 < 2^31. */
static bool boxes_overlap(const det_box_t *a, const det_box_t *b)
{
    int32_t x0 = a->x0 > b->x0 ? a->x0 : b->x0;
    int32_t y0 = a->y0 > b->y0 ? a->y0 : b->y0;
    int32_t x1 = a->x1 < b->x1 ? a->x1 : b->x1;
    int32_t y1 = a->y1 < b->y1 ? a->y1 : b->y1;
    if (x1 <= x0 || y1 <= y0)
        return false;
    int64_t common = (int64_t)(x1 - x0) * (y1 - y0);
    int64_t all = (int64_t)box_area(a) + box_area(b) - common;
    return common * 100 > all * MAX_IOU_PERCENT;
}

/* Keeps the list sorted by falling score; a full list loses its worst. Equal scores: first come. */
static uint32_t insert_sorted(det_box_t *list, uint32_t count, uint32_t room, const det_box_t *box)
{
    if (count == room && list[count - 1].score >= box->score)
        return count;
    uint32_t at = count < room ? count : count - 1;
    for (; at > 0 && list[at - 1].score < box->score; at--)
        list[at] = list[at - 1];
    list[at] = *box;
    return count < room ? count + 1 : count;
}

static uint32_t suppress(const det_box_t *sorted, uint32_t count, det_box_t *out)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count && kept < DET_MAX_BOXES; i++) {
        bool hidden = false;
        for (uint32_t k = 0; k < kept && !hidden; k++)
            hidden = boxes_overlap(&sorted[i], &out[k]);
        if (!hidden)
            out[kept++] = sorted[i];
    }
    return kept;
}

/* A score in 1/256 for each code; scores of a logistic output have scale 1/256 and zero -128. */
static int32_t score_of(const det_tensor_t *t, int32_t code)
{
    return (int32_t)((float)(code - t->zero_point) * t->scale * 256.0f + 0.5f);
}

/* The smallest code that reaches min_score, so that the grid is searched in integers. */
static int32_t code_reaching(const det_tensor_t *t, int32_t min_score)
{
    int32_t code = -128;
    while (code <= 127 && score_of(t, code) < min_score)
        code++;
    return code;
}

/* Edge of a box: cell center plus a distance (in cells, FRACTION_BITS), scaled to the region. */
static int32_t edge_px(uint32_t cell, int32_t distance, int32_t origin_px, int32_t extent_px,
                       uint32_t cells)
{
    int32_t at = (int32_t)((2 * cell + 1) << (FRACTION_BITS - 1)) + distance;
    int64_t px = (int64_t)at * extent_px / (int32_t)(cells << FRACTION_BITS);
    return clamp(origin_px + (int32_t)px, origin_px, origin_px + extent_px);
}

/* An edge pair of a flipped tensor, seen from the array. */
static void mirror(int32_t *low, int32_t *high, int32_t origin_px, int32_t extent_px)
{
    int32_t both = 2 * origin_px + extent_px, kept = *low;
    *low = both - *high;
    *high = both - kept;
}

/* From the middle of a cell so far to each side. */
static det_box_t box_around(uint32_t gw, uint32_t gh, uint32_t cx, uint32_t cy,
                            const int32_t side[4], det_roi_t roi)
{
    det_way_t way = det_way(&roi);
    bool sideways = way.sideways;
    int32_t across = sideways ? roi.y : roi.x, across_px = sideways ? roi.h : roi.w;
    int32_t down = sideways ? roi.x : roi.y, down_px = sideways ? roi.w : roi.h;
    int32_t low[2] = {edge_px(cx, -side[0], across, across_px, gw),
                      edge_px(cy, -side[1], down, down_px, gh)};
    int32_t high[2] = {edge_px(cx, side[2], across, across_px, gw),
                       edge_px(cy, side[3], down, down_px, gh)};
    det_box_t box = {
        .x0 = low[sideways],
        .y0 = low[!sideways],
        .x1 = high[sideways],
        .y1 = high[!sideways],
    };
    if (way.back_x)
        mirror(&box.x0, &box.x1, roi.x, roi.w);
    if (way.back_y)
        mirror(&box.y0, &box.y1, roi.y, roi.h);
    return box;
}

static det_box_t cell_box(const det_tensor_t *boxes, uint32_t cx, uint32_t cy, int32_t scale_fx,
                          det_roi_t roi)
{
    uint32_t gh = boxes->dims[1], gw = boxes->dims[2];
    const int8_t *d = boxes->data + 4 * (cy * gw + cx);
    int32_t side[4];
    for (int i = 0; i < 4; i++) {
        side[i] = (d[i] - boxes->zero_point) * scale_fx >> (16 - FRACTION_BITS);
        if (side[i] < 0)
            side[i] = 0;
    }
    return box_around(gw, gh, cx, cy, side, roi);
}

det_box_t det_cell_box(det_roi_t roi, uint32_t gw, uint32_t gh, uint32_t cx, uint32_t cy)
{
    static const int32_t half[4] = {HALF_CELL, HALF_CELL, HALF_CELL, HALF_CELL};
    return box_around(gw, gh, cx, cy, half, roi);
}

/* The cell's best class, of equal ones the first. */
static uint32_t best_class(const int8_t *codes, uint32_t classes)
{
    uint32_t best = 0;
    for (uint32_t c = 1; c < classes; c++)
        if (codes[c] > codes[best])
            best = c;
    return best;
}

static int decode_grid(const det_tensor_t *scores, const det_tensor_t *boxes, det_roi_t roi,
                       uint8_t min_score, det_box_t *out)
{
    static det_box_t candidate[DET_MAX_CANDIDATES];
    uint32_t gh = scores->dims[1], gw = scores->dims[2], classes = scores->dims[3], count = 0;
    int32_t least = code_reaching(scores, min_score);
    int32_t scale_fx = (int32_t)(boxes->scale * 65536.0f + 0.5f);
    const int8_t *codes = scores->data;
    for (uint32_t cy = 0; cy < gh; cy++) {
        for (uint32_t cx = 0; cx < gw; cx++, codes += classes) {
            uint32_t class = classes == 1 ? 0 : best_class(codes, classes);
            int32_t code = codes[class];
            if (code < least)
                continue;
            det_box_t box = cell_box(boxes, cx, cy, scale_fx, roi);
            if (box_area(&box) == 0)
                continue;
            box.score = (uint8_t)clamp(score_of(scores, code), 0, 255);
            box.class_id = (uint8_t)(class + 1);
            count = insert_sorted(candidate, count, DET_MAX_CANDIDATES, &box);
        }
    }
    return (int)suppress(candidate, count, out);
}

static int decode_classes(const det_tensor_t *t, det_roi_t roi, uint8_t min_score, det_box_t *out)
{
    int32_t score = score_of(t, t->data[1]);
    if (t->data[1] <= t->data[0] || score < min_score)
        return 0;
    out[0] =
        (det_box_t){roi.x, roi.y, roi.x + roi.w, roi.y + roi.h, (uint8_t)clamp(score, 0, 255), 1};
    return 1;
}

static bool is_grid(const det_tensor_t *t, uint32_t least_depth, uint32_t most_depth)
{
    return t->dims[0] == 1 && t->dims[1] > 0 && t->dims[2] > 1 && t->dims[3] >= least_depth &&
           t->dims[3] <= most_depth;
}

static bool is_classes(const det_tensor_t *t, uint32_t count)
{
    return count == 1 && t->dims[1] == 1 && t->dims[2] == 1 && t->dims[3] == 2;
}

static bool is_pair(const det_tensor_t *scores, const det_tensor_t *boxes)
{
    return is_grid(scores, 1, DET_MAX_CLASSES) && is_grid(boxes, 4, 4) &&
           scores->dims[1] == boxes->dims[1] && scores->dims[2] == boxes->dims[2];
}

bool det_known(const det_tensor_t *tensors, uint32_t count)
{
    return is_classes(tensors, count) ||
           (count == 2 && (is_pair(&tensors[0], &tensors[1]) || is_pair(&tensors[1], &tensors[0])));
}

int det_decode(const det_tensor_t *tensors, uint32_t count, det_roi_t roi, uint8_t min_score,
               det_box_t *out)
{
    if (!det_known(tensors, count))
        return -1;
    if (count == 1)
        return decode_classes(&tensors[0], roi, min_score, out);
    uint32_t scores = is_pair(&tensors[0], &tensors[1]) ? 0 : 1; /* of four classes: the first */
    return decode_grid(&tensors[scores], &tensors[1 - scores], roi, min_score, out);
}
