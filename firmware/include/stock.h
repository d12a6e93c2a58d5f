/*
 * stock.h - facings of a shelf: which are empty, from a grid of cells that say what they show.
 *
 *     cells [1, gh, gw, 3] --each is what it most likely shows--> empty | product | somebody
 *     a facing's cells --shares--> product, empty, or nothing new --for hold_ms--> state, event
 *
 * A facing has of each cell what lies in it, but for a rim of a quarter of a cell: shares are of
 * that area (one narrower than half a cell has none, and stays unknown). It shows product when
 * `share` of it does, and that it is empty when less does even with what shows somebody. It shows
 * nothing new while somebody is before it, who hides it or wears what looks like product: a tenth
 * of the cells in its columns, of the facings above and below it too, as people are upright. What
 * it shows counts when it has shown nothing else for hold_ms; of frames in between that show
 * nothing new none is asked. States that are seen first are no events.
 *
 * While half of the cells next to it, in its rows and on one side, show somebody who was not there
 * ten seconds ago, or a fortieth of its own area does, product must stay for three times as long:
 * it may be an arm.
 *
 * Integers only, no registers. Units: active-array pixels, milliseconds of any start (32 bits,
 * wrapping).
 */
#ifndef FW_STOCK_H
#define FW_STOCK_H

#include "detect.h"
#include "meta.h"

enum { STOCK_MAX = 64, STOCK_MAX_EVENTS = 32 };

/* Classes of a cell, in the order of the network's scores. */
enum { STOCK_EMPTY, STOCK_PRODUCT, STOCK_HIDDEN, STOCK_CLASSES };

typedef struct {
    int32_t x, y, w, h; /* w or h 0: there is no such facing */
} stock_rect_t;

typedef struct {
    uint32_t hold_ms;
    uint32_t share; /* 1/256 */
} stock_rule_t;

typedef struct {
    uint8_t state, other; /* META_STATE_...: NONE until it is known; what it shows instead, if so */
    bool hidden, crowded; /* in the newest frame: most of it; somebody is next to it */
    uint32_t px[STOCK_CLASSES];     /* of the newest frame: so much of its area */
    uint16_t column[STOCK_CLASSES]; /* cells of all facings, in its columns */
    struct {
        uint16_t cells, hidden;
    } beside[2]; /* next to it, to the left and to the right */
    uint32_t since_ms, other_ms, hidden_ms, crowded_ms; /* since when */
} stock_facing_t;

typedef struct {
    stock_rule_t rule;
    uint32_t facings;
    stock_rect_t rect[STOCK_MAX];
    stock_facing_t facing[STOCK_MAX];
    uint32_t events; /* of the newest frame */
    meta_event_t event[STOCK_MAX_EVENTS];
} stock_t;

/* Other facings, of which nothing is known yet; the same ones: nothing changes. */
void stock_set(stock_t *stock, const stock_rect_t *rects, uint32_t count);

/* Are these outputs a grid of such cells? */
bool stock_known(const det_tensor_t *tensors, uint32_t count);

/* One frame. Changes that find no room among the events wait for the next one. */
void stock_update(stock_t *stock, const det_tensor_t *cells, det_roi_t seen, uint32_t time_ms);

/* For meta_add_stock: all facings, as of that time; returns how many. COVERED is what nobody has
 * seen yet, or cannot see now. */
uint32_t stock_report(const stock_t *stock, uint32_t time_ms, meta_facing_t out[STOCK_MAX]);

#endif
