/*
 * inspect.h - what is selected, in detail, as rows of text: the inspector draws those that are in
 * sight, and counts all of them.
 *
 *   selection --> inspect_tell --+-- pixel, span, packet, box, line   (inspect_events.c)
 *                                +-- tensor, layer                    (inspect_network.c)
 *                                '-- block, component, registers      (inspect_blocks.c)
 *                                        |
 *                                        v
 *                  inspect_head, _put, _say, _link: a row, or as many as the text needs
 */
#ifndef TOOLS_VIEW_INSPECT_H
#define TOOLS_VIEW_INSPECT_H

#include "tools/view/ui.h"

typedef struct {
    const ui_t *ui;   /* draw NULL: rows are only counted */
    draw_rect_t rect; /* of the rows */
    uint32_t first;   /* row that is drawn at the top */
    uint32_t rows;    /* so far */
} inspect_t;

enum { INSPECT_ROW = 15, INSPECT_KEY = 92, INSPECT_PAD = 6 };

/* Rows that a panel of that size shows. */
uint32_t inspect_room(draw_rect_t rect);
/* Rows of what is selected, in a panel of that size. */
uint32_t inspect_rows(const view_model_t *model, view_ui_t *state, const play_t *play,
                      draw_rect_t rect);
/* Tells all of what is selected. */
void inspect_tell(inspect_t *in);

/* ---- rows ---- */

/* What it is; color: of the square before it, 0: none. */
void inspect_head(inspect_t *in, draw_color_t color, const char *fmt, ...) SIM_PRINTF(3, 4);
/* A name and a value, which is cut where it is too long. */
void inspect_put(inspect_t *in, const char *key, const char *fmt, ...) SIM_PRINTF(3, 4);
/* Text in as many rows as it needs. */
void inspect_say(inspect_t *in, draw_color_t color, const char *fmt, ...) SIM_PRINTF(3, 4);
/* A row that can be clicked: selects that. value may be "". */
void inspect_link(inspect_t *in, ui_hit_t kind, uint64_t a, uint64_t b, const char *key,
                  const char *fmt, ...) SIM_PRINTF(6, 7);
/* A row in letters of one width. */
void inspect_mono(inspect_t *in, draw_color_t color, const char *fmt, ...) SIM_PRINTF(3, 4);
void inspect_space(inspect_t *in);

/* ---- by what is selected ---- */

typedef void (*inspect_fn_t)(inspect_t *in, const ui_select_t *select);

void inspect_pixel(inspect_t *in, const ui_select_t *select);
void inspect_span(inspect_t *in, const ui_select_t *select);
void inspect_packet(inspect_t *in, const ui_select_t *select);
void inspect_line(inspect_t *in, const ui_select_t *select);
void inspect_box(inspect_t *in, const ui_select_t *select);
void inspect_tensor(inspect_t *in, const ui_select_t *select);
void inspect_layer(inspect_t *in, const ui_select_t *select);
void inspect_block(inspect_t *in, const ui_select_t *select);
void inspect_comp(inspect_t *in, const ui_select_t *select);
void inspect_register(inspect_t *in, const ui_select_t *select);
/* Where nothing is selected: what there is to look at. */
void inspect_list(inspect_t *in, const ui_select_t *select);

#endif
