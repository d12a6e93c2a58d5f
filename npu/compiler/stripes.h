/*
 * stripes.h - the order in which layers of a cascade make their rows, and how many rows of each map
 * exist at a time.
 *
 * Rows are pulled: before the last layer makes a stripe, each layer it reads from makes what that
 * stripe needs, and so on; or what the stripe after it needs ("ahead"), so that engines do not wait
 * for each other, for one more stripe of rows.
 */
#ifndef NPU_COMPILER_STRIPES_H
#define NPU_COMPILER_STRIPES_H

#include "npu/compiler/compile_int.h"

#define STRIPES_NO_LAYER UINT32_MAX

/* One layer reads what another makes. */
typedef struct {
    uint32_t from, to;
    const cc_layer_t *reader; /* `to`, or a follower of it */
    uint32_t operand;         /* of reader */
    bool all_rows;            /* needs the whole map: flat, or of another shape */
} stripes_link_t;

/* By layer, where it does not say otherwise. */
typedef struct {
    stripes_link_t *link; /* by `to` */
    uint32_t links;
    uint32_t *first_link;  /* and one more */
    uint32_t *last_reader; /* STRIPES_NO_LAYER: nobody */
    bool *whole;           /* its result must be: an output, kept, read in another shape, a part */
    uint32_t *maker;       /* the last layer of each place; STRIPES_NO_LAYER: none */
    /* of one order: rows of a stripe; made so far; that exist at a time; times the work comes to
     * the layer */
    uint32_t *rows, *done, *ring, *turns;
    uint32_t turn; /* the layer that made the last stripe */
} stripes_t;

/* Who reads what. False: no memory; stripes_free is due in any case. */
bool stripes_make(cc_t *cc, stripes_t *stripes);
void stripes_free(stripes_t *stripes);

/* Whether a layer can run a few rows at a time. */
bool stripes_can(const cc_layer_t *layer);
/* Size of what a layer makes. */
npu_hwc_t stripes_result(const cc_t *cc, uint32_t layer);
/* Whether the result of a layer is needed whole by somebody after `last`. */
bool stripes_leaves(const stripes_t *stripes, uint32_t layer, uint32_t last);

/* Calls step for each stripe of stripes->rows rows, in order. */
typedef void (*stripes_step_t)(void *ctx, uint32_t layer, uint32_t y, uint32_t h);
void stripes_walk(cc_t *cc, stripes_t *stripes, const cc_cascade_t *cascade, stripes_step_t step,
                  void *ctx);
/* Fills ring and turns. */
void stripes_measure(cc_t *cc, stripes_t *stripes, const cc_cascade_t *cascade);

#endif
