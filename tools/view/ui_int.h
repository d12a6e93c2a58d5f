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
/* Where the panels stand, frames and titles included; w 0: it is not shown. big: ui.h; aside: the
 * inspector stands beside it. */
void ui_layout(draw_rect_t body, ui_panel_t big, bool aside, draw_rect_t rect[PANEL_COUNT]);
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

/* ---- keys (ui_keys.c) ---- */

/* Where a key means something: everywhere, or in panels that have the focus. */
typedef enum {
    KEYS_WINDOW,
    KEYS_IMAGE,
    KEYS_TIMELINE,
    KEYS_CONTROL,
    KEYS_INSPECT,
    KEYS_ALL
} keys_t;

/* Everything that a key may act on. */
typedef struct {
    view_ui_t *ui;
    const view_model_t *model;
    const draw_t *last;
    play_t *play;
    uint32_t key, mods;
    bool leave;
} ui_do_t;

/* X(name, where, key, as it is shown, help): in the order of help. Key 0: several, which ui_keys.c
 * knows. The buttons' keys are in UI_BUTTONS. */
/* clang-format off */
#define UI_KEYS(X)                                                                                                          \
    X(QUIT,       KEYS_WINDOW,   'q',           "q",           "leave")                                                     \
    X(ESCAPE,     KEYS_WINDOW,   KEY_ESCAPE,    "Esc",         "close help, number, big panel; then select nothing"       ) \
    X(FOCUS,      KEYS_WINDOW,   KEY_TAB,       "Tab",         "the next panel gets the keys (Shift: the one before)")      \
    X(BIG,        KEYS_WINDOW,   'f',           "f",           "that panel alone, or all of them")                          \
    X(PANEL,      KEYS_WINDOW,   0,             "1-9 0 c d",   "a panel alone, in their order; c: console, d: inspector")   \
    X(FURTHEST,   KEYS_WINDOW,   KEY_END,       "End",         "as far as the run has been")                                \
    X(SLOW_BACK,  KEYS_WINDOW,   'S',           "S",           "slow motion, the other way round")                          \
    X(NEXT,       KEYS_WINDOW,   ']',           "]",           "inspect the next thing in the panel")                       \
    X(BEFORE,     KEYS_WINDOW,   '[',           "[",           "inspect the one before")                                    \
    X(IMAGE_IN,   KEYS_IMAGE,    '+',           "+",           "closer, down to single pixels and their DN")                \
    X(IMAGE_OUT,  KEYS_IMAGE,    '-',           "-",           "farther away")                                              \
    X(IMAGE_ALL,  KEYS_IMAGE,    'z',           "z",           "all of the image")                                          \
    X(IMAGE_UP,   KEYS_IMAGE,    KEY_UP,        "Up",          "move up")                                                   \
    X(IMAGE_DOWN, KEYS_IMAGE,    KEY_DOWN,      "Down",        "move down")                                                 \
    X(IMAGE_LEFT, KEYS_IMAGE,    ',',           ",",           "move left")                                                 \
    X(IMAGE_RIGHT, KEYS_IMAGE,    '.',           ".",           "move right")                                               \
    X(PIXEL,      KEYS_IMAGE,    KEY_RETURN,    "Return",      "inspect the pixel in the middle")                           \
    X(PIXEL_MOVE, KEYS_IMAGE,    0,             "Ctrl arrows", "inspect the pixel beside it")                               \
    X(TIME_IN,    KEYS_TIMELINE, '+',           "+",           "less time, in more detail")                                 \
    X(TIME_OUT,   KEYS_TIMELINE, '-',           "-",           "more time")                                                 \
    X(TIME_BACK,  KEYS_TIMELINE, ',',           ",",           "earlier")                                                   \
    X(TIME_ON,    KEYS_TIMELINE, '.',           ".",           "later")                                                     \
    X(TIME_NOW,   KEYS_TIMELINE, 'z',           "z",           "follow the run, 100 ms wide")                               \
    X(ROW_UP,     KEYS_CONTROL,  KEY_UP,        "Up",          "the row above")                                             \
    X(ROW_DOWN,   KEYS_CONTROL,  KEY_DOWN,      "Down",        "the row below")                                             \
    X(ROW_MORE,   KEYS_CONTROL,  '+',           "+",           "a step up")                                                 \
    X(ROW_LESS,   KEYS_CONTROL,  '-',           "-",           "a step down")                                               \
    X(ROW_TYPE,   KEYS_CONTROL,  0,             "0-9 .",       "type a value in the row's unit")                            \
    X(ROW_RUB,    KEYS_CONTROL,  KEY_BACKSPACE, "Backspace",   "take back a digit")                                         \
    X(ROW_SET,    KEYS_CONTROL,  KEY_RETURN,    "Return",      "set it; nothing typed: inspect the register")               \
    X(TEXT_UP,    KEYS_INSPECT,  KEY_UP,        "Up",          "a row up")                                                  \
    X(TEXT_DOWN,  KEYS_INSPECT,  KEY_DOWN,      "Down",        "a row down")                                                \
    X(PAGE_UP,    KEYS_INSPECT,  KEY_PAGE_UP,   "Page Up",     "a page up")                                                 \
    X(PAGE_DOWN,  KEYS_INSPECT,  KEY_PAGE_DOWN, "Page Down",   "a page down")
/* clang-format on */

#define X(name, ...) DO_##name,
typedef enum { UI_KEYS(X) DO_COUNT } ui_act_t;
#undef X
typedef struct {
    keys_t where;
    uint32_t key;
    const char *shown, *help;
} ui_key_t;
extern const ui_key_t ui_keys[DO_COUNT];
extern const char *const ui_keys_title[KEYS_ALL];
/* Keys that show a panel alone, in the panels' order. */
extern const char ui_panel_keys[PANEL_COUNT + 1];

/* Which of them a panel with the focus listens to, besides those of the window. */
keys_t ui_keys_of(ui_panel_t panel);
/* A key that was pressed. */
void ui_key(ui_do_t *d);
void ui_press_button(ui_do_t *d, ui_button_t button);

/* ---- the mouse (ui_mouse.c) ---- */

/* X(what one does, help): in the order of help. */
/* clang-format off */
#define UI_MOUSE(X)                                                                                \
    X("click",        "inspect what is there; press a button")                                     \
    X("double click", "that panel alone, or all of them")                                          \
    X("drag",         "move image or timeline; go along the run's time")                           \
    X("wheel",        "zoom image or timeline there; scroll the inspector")
/* clang-format on */
void ui_mouse(ui_do_t *d, const input_t *input);

/* ---- what both do ---- */

void ui_select(view_ui_t *ui, ui_hit_t kind, uint64_t a, uint64_t b, uint32_t x, uint32_t y);
/* Whether the inspector knows such a thing. */
bool ui_can_inspect(uint32_t kind);
void ui_show_alone(view_ui_t *ui, ui_panel_t panel);
/* What the timeline shows. */
void ui_shown_time(const view_ui_t *ui, const view_model_t *model, uint64_t *from_ps,
                   uint64_t *to_ps);
/* Time from left to right becomes `factor` times as long; what is at `at_ps` stays there. */
void ui_zoom_time(view_ui_t *ui, const view_model_t *model, double factor, uint64_t at_ps);
/* By so many times its width, to later times. */
void ui_move_time(view_ui_t *ui, const view_model_t *model, double widths);
void ui_scroll_inspect(ui_do_t *d, int64_t rows);
/* The topmost hit of that kind, in that panel unless it is PANEL_COUNT; NULL: none. */
const draw_hit_t *ui_find_hit(const view_ui_t *ui, const draw_t *draw, ui_hit_t kind,
                              ui_panel_t panel);
bool ui_is_in(draw_rect_t rect, int32_t x, int32_t y);
/* Of a panel of images. */
bool ui_is_image(ui_panel_t panel);

void ui_help(const ui_t *ui);
/* Beside the pointer; after all else. */
void ui_tip(const ui_t *ui);
/* How many bytes of TEXT go into a row: up to a blank where there is one, else up to the end of the
 * first word. */
size_t ui_row_bytes(const char *text, int32_t width);

#endif
