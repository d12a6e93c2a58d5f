#include "stock.h"

#include <string.h>

#include "fovea_metadata.h"

/* Somebody is before a facing: so much of what its columns show of facings, 1/256. */
enum { STOCK_COVERED = 26 };

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

static bool is_over(const stock_rect_t *rect, const int32_t px[2])
{
    return px[0] >= rect->x && px[0] < rect->x + rect->w;
}

static bool holds(const stock_rect_t *rect, const int32_t px[2])
{
    return is_over(rect, px) && px[1] >= rect->y && px[1] < rect->y + rect->h;
}

/* The facing in which it is; what is in none is not looked at. */
static void count_cell(stock_t *stock, const int32_t px[2], uint32_t class_id)
{
    bool held = false;
    for (uint32_t n = 0; n < stock->facings; n++)
        if (holds(&stock->rect[n], px)) {
            stock->facing[n].cells[class_id]++;
            held = true;
        }
    for (uint32_t n = 0; held && n < stock->facings; n++)
        if (is_over(&stock->rect[n], px))
            stock->facing[n].column[class_id]++;
}

static void count_cells(stock_t *stock, const det_tensor_t *cells, det_roi_t seen)
{
    uint32_t gh = cells->dims[1], gw = cells->dims[2];
    for (uint32_t n = 0; n < stock->facings; n++) {
        memset(stock->facing[n].cells, 0, sizeof(stock->facing[n].cells));
        memset(stock->facing[n].column, 0, sizeof(stock->facing[n].column));
    }
    for (uint32_t i = 0; i < gw * gh; i++) {
        int32_t px[2];
        det_cell_px(seen, gw, gh, i % gw, i / gw, px);
        count_cell(stock, px, class_of(cells->data + i * STOCK_CLASSES));
    }
}

static uint32_t all_of(const uint16_t cells[STOCK_CLASSES])
{
    return (uint32_t)cells[STOCK_EMPTY] + cells[STOCK_PRODUCT] + cells[STOCK_HIDDEN];
}

/* ---- states ---- */

/* By somebody: what looks like product may be what he wears. */
static bool is_covered(const stock_facing_t *f)
{
    return 256u * f->column[STOCK_HIDDEN] >= STOCK_COVERED * all_of(f->column);
}

/* META_STATE_COVERED: nothing new. Not empty while what is hidden may be the last of it. */
static uint8_t shown_by(const stock_facing_t *f, uint32_t share)
{
    uint32_t least = share * all_of(f->cells);
    uint32_t product = 256u * f->cells[STOCK_PRODUCT];
    if (least == 0 || is_covered(f))
        return META_STATE_COVERED;
    if (product >= least)
        return META_STATE_PRODUCT;
    return product + 256u * f->cells[STOCK_HIDDEN] < least ? META_STATE_EMPTY : META_STATE_COVERED;
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
    if (time_ms - f->other_ms < stock->rule.hold_ms)
        return;
    if (f->state != META_STATE_NONE && !tell(stock, n, shown))
        return;
    f->state = shown;
    f->since_ms = f->other_ms;
    f->other = META_STATE_NONE;
}

static void note_hidden(stock_facing_t *f, uint32_t time_ms)
{
    bool hidden = 2u * f->cells[STOCK_HIDDEN] > all_of(f->cells);
    if (hidden && !f->hidden)
        f->hidden_ms = time_ms;
    f->hidden = hidden;
}

void stock_update(stock_t *stock, const det_tensor_t *cells, det_roi_t seen, uint32_t time_ms)
{
    stock->events = 0;
    count_cells(stock, cells, seen);
    for (uint32_t n = 0; n < stock->facings; n++) {
        note_hidden(&stock->facing[n], time_ms);
        judge(stock, n, time_ms);
    }
}

uint32_t stock_report(const stock_t *stock, uint32_t time_ms, meta_facing_t out[STOCK_MAX])
{
    for (uint32_t n = 0; n < stock->facings; n++) {
        const stock_facing_t *f = &stock->facing[n];
        bool covered = f->hidden || f->state == META_STATE_NONE;
        uint32_t all = all_of(f->cells), share = all > 0 ? 256u * f->cells[STOCK_PRODUCT] / all : 0;
        uint32_t since_ms = f->hidden ? f->hidden_ms : f->since_ms;
        out[n] = (meta_facing_t){(uint16_t)n, covered ? META_STATE_COVERED : f->state,
                                 (uint8_t)(share < 255 ? share : 255),
                                 covered && !f->hidden ? 0 : time_ms - since_ms};
    }
    return stock->facings;
}
