#include "stock.h"

#include <string.h>

#include "fovea_metadata.h"

/* Somebody is before a facing: so much of what its columns show of facings, 1/256; he reaches into
 * it: so much of what it shows. */
enum { STOCK_COVERED = 26, STOCK_TOUCHED = 6 };

/* The rim of a facing, this part of a cell wide, does not count: the network's edges are as coarse
 * as its cells, so what is there may be the neighbor's, or the board. */
enum { STOCK_RIM = 4 };

/* Somebody has come beside or reaches in: what looks like product must stay for so many times as
 * long. What has been there for longer than that is the end of the shelf. */
enum { STOCK_BESIDE_HOLDS = 3, STOCK_BESIDE_MS = 10000 };

void stock_set(stock_t *stock, const stock_rect_t *rects, uint32_t count)
{
    count = count < STOCK_MAX ? count : STOCK_MAX;
    if (count == stock->facings && memcmp(rects, stock->rect, count * sizeof(*rects)) == 0)
        return;
    stock->facings = count;
    stock->events = 0;
    memset(stock->rect, 0, sizeof(stock->rect));
    memset(stock->facing, 0, sizeof(stock->facing));
    memcpy(stock->rect, rects, count * sizeof(*rects));
}

bool stock_known(const det_tensor_t *tensors, uint32_t count)
{
    const uint32_t *dims = tensors[0].dims;
    return count == 1 && dims[0] == 1 && dims[1] > 0 && dims[2] > 0 && dims[3] == STOCK_CLASSES;
}

/* ---- cells ---- */

/* Of equal ones the last: who may be hidden is. */
static uint32_t class_of(const int8_t *score)
{
    uint32_t best = 0;
    for (uint32_t c = 1; c < STOCK_CLASSES; c++)
        best = score[c] >= score[best] ? c : best;
    return best;
}

static bool is_over(const stock_rect_t *rect, int32_t x)
{
    return x >= rect->x && x < rect->x + rect->w;
}

static bool is_level_with(const stock_rect_t *rect, int32_t y)
{
    return y >= rect->y && y < rect->y + rect->h;
}

/* Of a cell from low to high so much counts. */
static uint32_t inside(int32_t low, int32_t high, int32_t from, int32_t extent)
{
    int32_t rim = (high - low) / STOCK_RIM;
    low = low > from + rim ? low : from + rim;
    high = high < from + extent - rim ? high : from + extent - rim;
    return high > low ? (uint32_t)(high - low) : 0;
}

static uint32_t inside_px(const stock_rect_t *rect, const det_box_t *cell)
{
    return inside(cell->x0, cell->x1, rect->x, rect->w) *
           inside(cell->y0, cell->y1, rect->y, rect->h);
}

/* The cells next to it, one on either side in each row. */
static void count_beside(stock_facing_t *f, const stock_rect_t *rect, const int32_t px[2],
                         int32_t wide, bool hidden)
{
    int32_t before = rect->x - px[0], behind = px[0] - rect->x - rect->w;
    bool right = behind >= 0 && behind < wide;
    if (!is_level_with(rect, px[1]) || (!right && (before <= 0 || before > wide)))
        return;
    f->beside[right].cells++;
    f->beside[right].hidden += hidden;
}

/* A facing has of it what lies within its rim. Of its columns are cells whose middle is in a
 * facing. */
static void count_cell(stock_t *stock, const det_box_t *cell, uint32_t class_id)
{
    const int32_t px[2] = {(cell->x0 + cell->x1) / 2, (cell->y0 + cell->y1) / 2};
    bool held = false;
    for (uint32_t n = 0; n < stock->facings; n++) {
        const stock_rect_t *rect = &stock->rect[n];
        stock_facing_t *f = &stock->facing[n];
        f->px[class_id] += inside_px(rect, cell);
        count_beside(f, rect, px, cell->x1 - cell->x0, class_id == STOCK_HIDDEN);
        held = held || (is_over(rect, px[0]) && is_level_with(rect, px[1]));
    }
    for (uint32_t n = 0; held && n < stock->facings; n++)
        if (is_over(&stock->rect[n], px[0]))
            stock->facing[n].column[class_id]++;
}

static void count_cells(stock_t *stock, const det_tensor_t *cells, det_roi_t seen)
{
    uint32_t gh = cells->dims[1], gw = cells->dims[2];
    for (uint32_t n = 0; n < stock->facings; n++) {
        stock_facing_t *f = &stock->facing[n];
        memset(f->px, 0, sizeof(f->px));
        memset(f->column, 0, sizeof(f->column));
        memset(f->beside, 0, sizeof(f->beside));
    }
    for (uint32_t i = 0; i < gw * gh; i++) {
        det_box_t cell = det_cell_box(seen, gw, gh, i % gw, i / gw);
        count_cell(stock, &cell, class_of(cells->data + i * STOCK_CLASSES));
    }
}

static uint32_t all_px(const stock_facing_t *f)
{
    return f->px[STOCK_EMPTY] + f->px[STOCK_PRODUCT] + f->px[STOCK_HIDDEN];
}

/* ---- states ---- */

/* By somebody: what looks like product may be what he wears. */
static bool is_covered(const stock_facing_t *f)
{
    uint32_t all = (uint32_t)f->column[STOCK_EMPTY] + f->column[STOCK_PRODUCT];
    return 256u * f->column[STOCK_HIDDEN] >= STOCK_COVERED * (all + f->column[STOCK_HIDDEN]);
}

static bool is_somebody_beside(const stock_facing_t *f)
{
    for (int side = 0; side < 2; side++)
        if (f->beside[side].cells > 0 && 2 * f->beside[side].hidden >= f->beside[side].cells)
            return true;
    return false;
}

/* META_STATE_COVERED: nothing new. Not empty while what is hidden may be the last of it. */
static uint8_t shown_by(const stock_facing_t *f, uint32_t share)
{
    uint32_t least = share * all_px(f); /* of 4056 by 3040 at most: 32 bits */
    uint32_t product = 256u * f->px[STOCK_PRODUCT];
    if (least == 0 || is_covered(f))
        return META_STATE_COVERED;
    if (product >= least)
        return META_STATE_PRODUCT;
    return product + 256u * f->px[STOCK_HIDDEN] < least ? META_STATE_EMPTY : META_STATE_COVERED;
}

/* An arm or a shirt at the edge of a facing may look like product; product stays. */
static uint32_t hold_ms(const stock_t *stock, const stock_facing_t *f, uint8_t shown,
                        uint32_t time_ms)
{
    bool somebody = f->crowded && time_ms - f->crowded_ms < STOCK_BESIDE_MS;
    somebody = somebody || 256u * f->px[STOCK_HIDDEN] >= STOCK_TOUCHED * all_px(f);
    bool doubted = shown == META_STATE_PRODUCT && somebody;
    return stock->rule.hold_ms * (doubted ? STOCK_BESIDE_HOLDS : 1);
}

static bool tell(stock_t *stock, uint32_t n, uint8_t state)
{
    if (stock->events == STOCK_MAX_EVENTS)
        return false;
    uint8_t kind = state == META_STATE_EMPTY ? META_EVENT_FACING_EMPTY : META_EVENT_FACING_FILLED;
    stock->event[stock->events++] = (meta_event_t){.kind = kind, .place = (uint8_t)n};
    return true;
}

static void judge(stock_t *stock, uint32_t n, uint32_t time_ms)
{
    stock_facing_t *f = &stock->facing[n];
    uint8_t shown = shown_by(f, stock->rule.share);
    if (shown == META_STATE_COVERED)
        return;
    if (shown == f->state) {
        f->other = META_STATE_NONE;
        return;
    }
    if (shown != f->other) {
        f->other = shown;
        f->other_ms = time_ms;
    }
    if (time_ms - f->other_ms < hold_ms(stock, f, shown, time_ms))
        return;
    if (f->state != META_STATE_NONE && !tell(stock, n, shown))
        return;
    f->state = shown;
    f->since_ms = f->other_ms;
    f->other = META_STATE_NONE;
}

static void note(bool now, bool *was, uint32_t *since_ms, uint32_t time_ms)
{
    if (now && !*was)
        *since_ms = time_ms;
    *was = now;
}

static void note_people(stock_facing_t *f, uint32_t time_ms)
{
    note(f->px[STOCK_HIDDEN] > all_px(f) / 2, &f->hidden, &f->hidden_ms, time_ms);
    note(is_somebody_beside(f), &f->crowded, &f->crowded_ms, time_ms);
}

void stock_update(stock_t *stock, const det_tensor_t *cells, det_roi_t seen, uint32_t time_ms)
{
    stock->events = 0;
    count_cells(stock, cells, seen);
    for (uint32_t n = 0; n < stock->facings; n++) {
        note_people(&stock->facing[n], time_ms);
        judge(stock, n, time_ms);
    }
}

uint32_t stock_report(const stock_t *stock, uint32_t time_ms, meta_facing_t out[STOCK_MAX])
{
    for (uint32_t n = 0; n < stock->facings; n++) {
        const stock_facing_t *f = &stock->facing[n];
        bool covered = f->hidden || f->state == META_STATE_NONE;
        uint32_t all = all_px(f), share = all > 0 ? 256u * f->px[STOCK_PRODUCT] / all : 0;
        uint32_t since_ms = f->hidden ? f->hidden_ms : f->since_ms;
        out[n] = (meta_facing_t){(uint16_t)n, covered ? META_STATE_COVERED : f->state,
                                 (uint8_t)(share < 255 ? share : 255),
                                 covered && !f->hidden ? 0 : time_ms - since_ms};
    }
    return stock->facings;
}
