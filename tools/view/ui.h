/*
 * ui.h - what the user looks at and does: the state of the window beside that of the run, the
 * panels as a table, what can be clicked.
 *
 *   input_t --> ui_input --> view_ui_t, and a wish to the player (play.h)
 *   view_model_t + view_ui_t --> ui_draw --> draw_t
 */
#ifndef TOOLS_VIEW_UI_H
#define TOOLS_VIEW_UI_H

#include "tools/view/draw.h"
#include "tools/view/model.h"
#include "tools/view/play.h"
#include "tools/view/window.h"

/* clang-format off */
/* X(name, title, draws it): the panels. */
#define UI_PANELS(X)                                                                               \
    X(IDEAL,    "World and truth",      panel_ideal)                                               \
    X(RAW,      "Pixel array: RAW",     panel_raw)                                                 \
    X(ISP,      "ISP image",            panel_isp)                                                 \
    X(HOST,     "What the host gets",   panel_host)                                                \
    X(TIMELINE, "Timeline",             panel_timeline)                                            \
    X(L2,       "L2 memory",            panel_l2)                                                  \
    X(NPU,      "NPU by layer",         panel_npu)                                                 \
    X(LINK,     "MIPI link",            panel_link)                                                \
    X(POWER,    "Power and heat",       panel_power)                                               \
    X(CONTROL,  "Registers and light",  panel_control)                                             \
    X(CONSOLE,  "Console",              panel_console)                                             \
    X(INSPECT,  "Inspector",            panel_inspect)

/* What can be clicked: X(name, what a and b are). */
#define UI_HITS(X)                                                                                 \
    X(PANEL,    "a: the panel, where nothing else is")                                             \
    X(BUTTON,   "a: a ui_button_t")                                                                \
    X(PIXEL,    "a: view_picture_kind_t, in all of the area of its place (image_view.h)")          \
    X(SPAN,     "a: number of the span")                                                           \
    X(PACKET,   "a: number of the packet in the ring")                                             \
    X(TENSOR,   "a: network << 32 | place of the report")                                          \
    X(LAYER,    "a: the layer")                                                                    \
    X(BLOCK,    "a: tech_block_t")                                                                 \
    X(BOX,      "a: identity, b: 0 the host's, 1 the truth's")                                     \
    X(REGISTER, "a: address of a CCS register")                                                    \
    X(COMP,     "a: number of the component among those of sim")                                   \
    X(SEEK,     "the bar of the run's time; a, b: times of its left and right end, ps")            \
    X(LINE,     "a: number of the console's line")                                                 \
    X(TIME,     "the timeline's plot; a, b: times of its left and right end, ps")                  \
    X(CONTROL,  "a: row of the control panel; b: 0 down, 1 up, 2 the value")
/* clang-format on */

#define X(name, ...) PANEL_##name,
typedef enum { UI_PANELS(X) PANEL_COUNT } ui_panel_t;
#undef X
#define X(name, help) HIT_##name,
typedef enum { UI_HITS(X) HIT_COUNT } ui_hit_t;
#undef X

/* Of an image: which part of it the panel shows. zoom 1: all of it. */
typedef struct {
    float zoom; /* 1..  */
    float x, y; /* the middle, 0..1 */
} ui_zoom_t;

/* What the inspector shows. */
typedef struct {
    ui_hit_t kind; /* HIT_PANEL: nothing */
    uint64_t a, b;
    uint32_t x, y; /* HIT_PIXEL: column and row */
} ui_select_t;

/* A value that the hand set at some time, while the register has not got it yet. */
typedef struct {
    bool on;
    uint32_t value;
    uint64_t at_ps;
} ui_wish_t;
enum { UI_WISHES = 12 };

typedef struct {
    ui_zoom_t zoom[VIEW_PICTURES];
    ui_select_t select;
    ui_panel_t big;       /* shown alone; PANEL_COUNT: all of them */
    ui_panel_t focus;     /* takes keys of panels: the last one clicked */
    uint64_t span_ps;     /* of the timeline, from left to right */
    uint64_t end_ps;      /* its right end; 0: now */
    uint32_t control;     /* row of the control panel that + and - change */
    uint32_t inspect_row; /* first row of the inspector that is shown */
    bool help, truth;
    int32_t pointer_x, pointer_y;
    int32_t press_x, press_y; /* where the button went down, or the drag came to */
    bool dragging;            /* the left button is down */
    bool moved;               /* and not where it went down: a drag, no click */
    ui_hit_t drag_kind;
    uint64_t drag_a;
    char typed[32];                 /* a number that is being typed for the control row; "": none */
    ui_wish_t wish[UI_WISHES];      /* by row of the control panel */
    char note[120];                 /* why the last change by hand was not made; "": it was */
    draw_rect_t panel[PANEL_COUNT]; /* where each was drawn; w 0: not */
} view_ui_t;

/* Everything that a panel may look at. */
typedef struct {
    const view_model_t *model;
    const play_t *play;
    view_ui_t *ui; /* changed by ui_input only, but for panel[] */
    draw_t *draw;
    sim_pool_t *pool; /* draws images; NULL: the caller alone */
} ui_t;

/* Draws into rect, which is inside of the frame and under the title. */
typedef void (*ui_panel_fn_t)(const ui_t *ui, draw_rect_t rect);
#define X(name, title, fn) void fn(const ui_t *ui, draw_rect_t rect);
UI_PANELS(X)
#undef X
extern const char *const ui_panel_title[PANEL_COUNT];

/* Buttons of the bar, in its order: X(name, label, key, help). */
/* clang-format off */
#define UI_BUTTONS(X)                                                                              \
    X(BEGIN,  "|<",  KEY_HOME,  "to the beginning")                                                \
    X(BACK,   "<<",  KEY_LEFT,  "a frame back")                                                    \
    X(PLAY,   ">",   ' ',       "play, pause")                                                     \
    X(SLOW,   "1/n", 's',       "slow motion: 1/10, 1/100, 1/1000, a row a second")                \
    X(ROW,    "row", 'r',       "to the next row of the pixel array")                              \
    X(FRAME,  "frame", KEY_RIGHT, "to the next frame")                                             \
    X(LAYER,  "layer", 'n',     "to the end of the NPU's next layer")                              \
    X(INSN,   "insn", 'i',      "to the NPU's next instruction that completes")                    \
    X(PACKET, "packet", 'p',    "to the link's next packet")                                       \
    X(TRUTH,  "truth", 't',     "boxes of the truth on or off")                                    \
    X(HELP,   "?",   '?',       "this list")
/* clang-format on */
#define X(name, label, key, help) BUTTON_##name,
typedef enum { UI_BUTTONS(X) BUTTON_COUNT } ui_button_t;
#undef X

void view_ui_init(view_ui_t *ui);
/* Everything: the bar, the panels, help. */
void ui_draw(const ui_t *ui);
/* last: the list that the user sees. Wishes go to play. False: the user wants to leave. */
bool ui_input(view_ui_t *ui, const view_model_t *model, const draw_t *last, play_t *play,
              const input_t *input);

/* ---- for panels ---- */

extern const draw_color_t ui_back, ui_face, ui_edge, ui_text, ui_dim, ui_bright, ui_good, ui_bad,
    ui_warn, ui_accent;
/* Of an identity, a track of the timeline, a block of the power: the same for the same number. */
draw_color_t ui_color(uint32_t number);
/* Of a known block: "pixel", "isp", "npu", "core", "link", "l2"; of others one of ui_color. */
draw_color_t ui_block_color(const char *block);
/* "1.234 ms", "1.234567 s", at most 12 characters. */
const char *ui_time(char out[24], uint64_t ps);

#endif
