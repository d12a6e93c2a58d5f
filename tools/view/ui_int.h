/*
 * ui_int.h - what the files of the window's frame share: where things stand, the bar, help.
 */
#ifndef TOOLS_VIEW_UI_INT_H
#define TOOLS_VIEW_UI_INT_H

#include "tools/view/ui.h"

enum {
    UI_LEAST_WIDTH = 960,
    UI_LEAST_HEIGHT = 600,
    UI_GAP = 6,
    UI_BAR = 34,   /* height of the row of buttons */
    UI_SEEK = 16,  /* of the run's time below it */
    UI_TITLE = 20, /* of a panel's title, with the frame's line above it */
};

/* Points of the window that the panels share. */
draw_rect_t ui_body(uint32_t width, uint32_t height);
/* Where the panels stand, frames and titles included; w 0: it is not shown. big: ui.h. */
void ui_layout(draw_rect_t body, ui_panel_t big, draw_rect_t rect[PANEL_COUNT]);
/* What is left of a panel for its content. */
draw_rect_t ui_inside(draw_rect_t panel);

/* The part of simulated time that the bar shows: from where one can go back to, to where the run
 * ends, as far as that can be told. */
typedef struct {
    uint64_t from_ps, to_ps;
} ui_reach_t;
ui_reach_t ui_reach(const view_model_t *model, const play_t *play);
/* The time at a column of the bar, and the column of a time. */
uint64_t ui_reach_ps(ui_reach_t reach, draw_rect_t bar, int32_t x);
int32_t ui_reach_x(ui_reach_t reach, draw_rect_t bar, uint64_t at_ps);

void ui_bar(const ui_t *ui);

#endif
