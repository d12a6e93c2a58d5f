/*
 * window.h - a window, or a surface without one, on which draw lists are shown: the only door to
 * SDL2 (window_sdl.c; without it window_none.c, where window_open says so).
 *
 * All calls are from the thread that opened it.
 */
#ifndef TOOLS_VIEW_WINDOW_H
#define TOOLS_VIEW_WINDOW_H

#include "sim/png.h"
#include "tools/view/draw.h"

typedef struct window window_t;

typedef struct {
    uint32_t width, height; /* points */
    double scale;           /* pixels of a point, 0.5..4; 0: as the display says, else 1 */
    bool headless;          /* no display: software renderer, window_pixels */
    const char *font_dir;   /* DejaVuSans.ttf, -Bold, Mono; NULL: where Debian puts them */
    const char *title;
} window_desc_t;

typedef enum {
    INPUT_NONE,
    INPUT_KEY,  /* pressed or repeated */
    INPUT_DOWN, /* a button of the mouse */
    INPUT_UP,
    INPUT_MOVE,   /* with x, y; dragged while a button is down */
    INPUT_WHEEL,  /* at x, y: steps up */
    INPUT_RESIZE, /* to x, y points */
    INPUT_CLOSE,
} input_kind_t;

/* Keys: printable ones as their character ('+', '?', 'a', also with shift), others: */
typedef enum {
    KEY_ESCAPE = 27,
    KEY_RETURN = 13,
    KEY_BACKSPACE = 8,
    KEY_TAB = 9,
    KEY_LEFT = 0x100,
    KEY_RIGHT,
    KEY_UP,
    KEY_DOWN,
    KEY_PAGE_UP,
    KEY_PAGE_DOWN,
    KEY_HOME,
    KEY_END,
    KEY_F1,
    KEY_F11 = KEY_F1 + 10,
    KEY_DELETE
} input_key_t;

enum { INPUT_SHIFT = 1, INPUT_CTRL = 2, INPUT_ALT = 4 };

typedef struct {
    input_kind_t kind;
    int32_t x, y; /* points */
    int32_t wheel;
    uint32_t key, button; /* button: 1 left, 2 middle, 3 right */
    uint32_t clicks;      /* DOWN: 2: the second of a double click */
    uint32_t mods;
} input_t;

/* NULL with one line in error: no SDL2 in this build, no display, no font. */
window_t *window_open(const window_desc_t *desc, char *error, size_t error_bytes);
void window_close(window_t *window); /* NULL is fine */

void window_show(window_t *window, const draw_t *draw);
/* The next input, waiting up to so many ms; false: there was none. */
bool window_input(window_t *window, input_t *input, uint32_t wait_ms);
/* What window_show drew last, RGB of 8 bits, pixels; the caller frees image->data. False without
 * memory. */
bool window_pixels(window_t *window, sim_image_t *image);
/* Its size, points; an own window may be another size than asked for. */
void window_size(const window_t *window, uint32_t *width, uint32_t *height);
void window_title(window_t *window, const char *title);
void window_fullscreen(window_t *window, bool on);

/* Is SDL2 in this build? */
bool window_is_built(void);

#endif
