/*
 * window_sdl.c - a window by SDL2, characters by SDL_ttf; the one place that knows either.
 *
 *   draw_t --paint.c--> pixels --> the window's surface
 *              ^
 *              '-- glyphs: each is rendered once and kept
 *
 * Headless, SDL2 is not even started: fonts need no display.
 */
#include <SDL.h>
#include <SDL_ttf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/view/paint.h"
#include "tools/view/window.h"

#define FONT_DIR "/usr/share/fonts/truetype/dejavu"
#define FONT_PACKAGE "fonts-dejavu-core"

enum {
    GLYPHS = 512,  /* of a font that are kept; a power of two */
    LATIN = 256,   /* keys above are KEY_LEFT and its like */
    CRISP = 13,    /* pixels of a font up to which sharpness counts more than shape */
    POLL_MS = 4,   /* between looks for input */
    LEAST_W = 800, /* a window's size, points */
    LEAST_H = 500,
};

typedef enum { MONO, SANS, BOLD, FACES } face_t;
static const char *const face_file[FACES] = {
    [MONO] = "DejaVuSansMono.ttf", [SANS] = "DejaVuSans.ttf", [BOLD] = "DejaVuSans-Bold.ttf"};

static const struct {
    uint32_t points;
    face_t face;
} fonts[DRAW_FONT_COUNT] = {
#define X(name, points, face) {points, face},
    DRAW_FONTS(X)
#undef X
};

typedef struct {
    uint32_t c; /* 0: free */
    paint_glyph_t glyph;
    uint8_t *cover;
} kept_t;

typedef struct {
    TTF_Font *font;
    int32_t line_px;
    kept_t kept[GLYPHS];
    uint32_t count;
} font_t;

struct window {
    paint_t paint;
    font_t font[DRAW_FONT_COUNT];
    char font_dir[512];
    SDL_Window *sdl; /* NULL: headless */
    bool fixed_scale;
    uint32_t mods; /* as of the input told last: SDL2's own may be ahead of it */
    bool closed;   /* INPUT_CLOSE was told */
    char typed[SDL_TEXTINPUTEVENT_TEXT_SIZE]; /* that is not told yet: typed_at .. */
    const char *typed_at;
};

bool window_is_built(void)
{
    return true;
}

/* ---- fonts ---- */

static void glyphs_free(font_t *font)
{
    for (uint32_t i = 0; i < GLYPHS; i++) {
        free(font->kept[i].cover);
        font->kept[i] = (kept_t){0};
    }
    font->count = 0;
}

static void fonts_close(window_t *w)
{
    for (uint32_t i = 0; i < DRAW_FONT_COUNT; i++) {
        glyphs_free(&w->font[i]);
        if (w->font[i].font != NULL)
            TTF_CloseFont(w->font[i].font);
        w->font[i].font = NULL;
    }
}

static bool fonts_open(window_t *w, char *error, size_t error_bytes)
{
    for (uint32_t i = 0; i < DRAW_FONT_COUNT; i++) {
        char file[600];
        font_t *font = &w->font[i];
        int size = (int)(fonts[i].points * w->paint.scale + 0.5);
        snprintf(file, sizeof(file), "%s/%s", w->font_dir, face_file[fonts[i].face]);
        font->font = TTF_OpenFont(file, size);
        if (font->font == NULL) {
            snprintf(error, error_bytes, "%s: cannot be opened as a font: Debian's %s has it", file,
                     FONT_PACKAGE);
            fonts_close(w);
            return false;
        }
        if (size <= CRISP) /* upright strokes on whole pixels */
            TTF_SetFontHinting(font->font, TTF_HINTING_MONO);
        font->line_px = (int32_t)(draw_text_height((draw_font_t)i) * w->paint.scale + 0.5);
    }
    return true;
}

/* The part of a surface that has something on it. */
static void tight(const SDL_Surface *s, SDL_Rect *box)
{
    int left = s->w, top = s->h, right = 0, bottom = 0;
    for (int y = 0; y < s->h; y++) {
        const uint32_t *row = (const void *)((const uint8_t *)s->pixels + y * s->pitch);
        for (int x = 0; x < s->w; x++)
            if (row[x] >> 24 != 0) {
                left = x < left ? x : left;
                right = x + 1 > right ? x + 1 : right;
                top = y < top ? y : top;
                bottom = y + 1;
            }
    }
    *box = (SDL_Rect){left, top, right - left, bottom - top};
}

/* SDL_ttf renders a character as a line of its own: from the pen, or from where it hangs over to
 * the left; from the font's ascent, or from where it rises above. */
static void render(font_t *font, kept_t *kept)
{
    int min_x = 0, max_x, min_y, max_y = 0, advance = 0;
    TTF_GlyphMetrics32(font->font, kept->c, &min_x, &max_x, &min_y, &max_y, &advance);
    kept->glyph = (paint_glyph_t){.advance = advance};
    SDL_Surface *s =
        TTF_RenderGlyph32_Blended(font->font, kept->c, (SDL_Color){255, 255, 255, 255});
    if (s == NULL) /* a blank of no width */
        return;
    SDL_Rect box;
    tight(s, &box);
    kept->cover = box.w > 0 ? malloc((size_t)box.w * (size_t)box.h) : NULL;
    if (kept->cover != NULL) {
        int ascent = TTF_FontAscent(font->font);
        int text_px = ascent - TTF_FontDescent(font->font);
        int base = (font->line_px - text_px + 1) / 2 + ascent;
        kept->glyph.cover = kept->cover;
        kept->glyph.left = box.x + (min_x < 0 ? min_x : 0);
        kept->glyph.top = base - (max_y > ascent ? max_y : ascent) + box.y;
        kept->glyph.width = box.w;
        kept->glyph.height = box.h;
        for (int y = 0; y < box.h; y++) {
            const uint32_t *row =
                (const void *)((const uint8_t *)s->pixels + (box.y + y) * s->pitch);
            for (int x = 0; x < box.w; x++)
                kept->cover[y * box.w + x] = (uint8_t)(row[box.x + x] >> 24);
        }
    }
    SDL_FreeSurface(s);
}

static const paint_glyph_t *glyph_of(void *window, draw_font_t number, uint32_t c)
{
    font_t *font = &((window_t *)window)->font[number];
    uint32_t at = c % GLYPHS;
    while (font->kept[at].c != 0 && font->kept[at].c != c)
        at = (at + 1) % GLYPHS;
    if (font->kept[at].c == c)
        return &font->kept[at].glyph;
    if (font->count >= GLYPHS / 4 * 3) {
        glyphs_free(font);
        at = c % GLYPHS;
    }
    font->kept[at].c = c;
    font->count++;
    render(font, &font->kept[at]);
    return &font->kept[at].glyph;
}

/* ---- the window ---- */

/* How much of the screen there is for a window of that size; pixels of a point in halves, as the
 * screen's density asks for. SDL2 knows no more of it on X11. */
static double screen_scale(const window_desc_t *desc)
{
    float dpi = 0;
    SDL_Rect room;
    if (SDL_GetDisplayDPI(0, &dpi, NULL, NULL) != 0 || SDL_GetDisplayUsableBounds(0, &room) != 0)
        return 1;
    double scale = dpi / 96.0, across = (double)room.w / desc->width;
    double down = (double)room.h / desc->height;
    scale = scale < across ? scale : across;
    scale = scale < down ? scale : down;
    scale = (int)(scale * 2) / 2.0;
    return scale < 1 ? 1 : scale > 3 ? 3 : scale;
}

/* Pixels of what SDL2 calls a unit of length: above 1 where the system scales windows. */
static double units_scale(const window_t *w)
{
    int units = 0, px = 0, ignored;
    SDL_GetWindowSize(w->sdl, &units, &ignored);
    SDL_GetWindowSizeInPixels(w->sdl, &px, &ignored);
    return units > 0 && px > units ? (double)px / units : 1;
}

/* Takes the window's size in pixels over to what is painted. */
static bool fit(window_t *w)
{
    int width = 0, height = 0;
    SDL_GetWindowSizeInPixels(w->sdl, &width, &height);
    if ((uint32_t)width == w->paint.width && (uint32_t)height == w->paint.height)
        return true;
    return paint_resize(&w->paint, (uint32_t)width, (uint32_t)height, w->paint.scale);
}

/* Without one of these SDL2 would find a driver that shows nothing to anybody. */
static bool has_display(void)
{
    static const char *const names[] = {"DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"};
    for (size_t i = 0; i < SIM_COUNT(names); i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != '\0')
            return true;
    }
    return false;
}

static bool open_on_display(window_t *w, const window_desc_t *desc, char *error, size_t error_bytes)
{
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1"); /* Ctrl-C is the program's */
    SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0");
    SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "1");
    SDL_SetHint(SDL_HINT_APP_NAME, "fovea");
    if (!has_display()) {
        snprintf(error, error_bytes,
                 "no display to open a window on (--screenshot and --record need none)");
        return false;
    }
    if (SDL_InitSubSystem(SDL_INIT_VIDEO) != 0) {
        snprintf(error, error_bytes, "no display to open a window on: %s", SDL_GetError());
        return false;
    }
    double scale = desc->scale > 0 ? desc->scale : screen_scale(desc);
    const uint32_t flags = SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI;
    w->sdl = SDL_CreateWindow(desc->title != NULL ? desc->title : "fovea", SDL_WINDOWPOS_UNDEFINED,
                              SDL_WINDOWPOS_UNDEFINED, (int)(desc->width * scale + 0.5),
                              (int)(desc->height * scale + 0.5), flags);
    if (w->sdl == NULL) {
        snprintf(error, error_bytes, "cannot open a window: %s", SDL_GetError());
        return false;
    }
    double units = units_scale(w);
    if (units > 1 && desc->scale <= 0) { /* the system scales: its units are points */
        scale = units;
        SDL_SetWindowSize(w->sdl, (int)desc->width, (int)desc->height);
    }
    w->paint.scale = scale;
    SDL_SetWindowMinimumSize(w->sdl, (int)(LEAST_W * scale / units),
                             (int)(LEAST_H * scale / units));
    SDL_StartTextInput();
    if (fit(w))
        return true;
    snprintf(error, error_bytes, "no memory for the window's pixels");
    return false;
}

static bool open_headless(window_t *w, const window_desc_t *desc, char *error, size_t error_bytes)
{
    double scale = desc->scale > 0 ? desc->scale : 1;
    uint32_t width = (uint32_t)(desc->width * scale + 0.5);
    uint32_t height = (uint32_t)(desc->height * scale + 0.5);
    if (paint_resize(&w->paint, width, height, scale))
        return true;
    snprintf(error, error_bytes, "no memory for a picture of %u x %u pixels", width, height);
    return false;
}

static bool check_desc(const window_desc_t *desc, char *error, size_t error_bytes)
{
    double scale = desc->scale > 0 ? desc->scale : 1;
    if (desc->scale != 0 && !(desc->scale >= 0.5 && desc->scale <= 4)) {
        snprintf(error, error_bytes, "scale of the window: %g not in 0.5..4", desc->scale);
        return false;
    }
    if (desc->width < 1 || desc->height < 1 || desc->width * scale > PAINT_MAX_PX ||
        desc->height * scale > PAINT_MAX_PX) {
        snprintf(error, error_bytes, "size of the window: %u x %u points not in 1..%.0f",
                 desc->width, desc->height, PAINT_MAX_PX / scale);
        return false;
    }
    return true;
}

window_t *window_open(const window_desc_t *desc, char *error, size_t error_bytes)
{
    if (!check_desc(desc, error, error_bytes))
        return NULL;
    window_t *w = calloc(1, sizeof(*w));
    if (w == NULL || TTF_Init() != 0) {
        snprintf(error, error_bytes, "no memory for a window");
        free(w);
        return NULL;
    }
    snprintf(w->font_dir, sizeof(w->font_dir), "%s",
             desc->font_dir != NULL ? desc->font_dir : FONT_DIR);
    w->paint.glyph = glyph_of;
    w->paint.fonts = w;
    w->typed_at = w->typed;
    if ((desc->headless ? open_headless : open_on_display)(w, desc, error, error_bytes) &&
        fonts_open(w, error, error_bytes))
        return w;
    window_close(w);
    return NULL;
}

void window_close(window_t *w)
{
    if (w == NULL)
        return;
    fonts_close(w);
    TTF_Quit();
    if (w->sdl != NULL)
        SDL_DestroyWindow(w->sdl);
    if (SDL_WasInit(SDL_INIT_VIDEO) != 0)
        SDL_QuitSubSystem(SDL_INIT_VIDEO);
    if (SDL_WasInit(0) == 0)
        SDL_Quit();
    paint_free(&w->paint);
    free(w);
}

/* ---- out ---- */

/* What was painted last, on the screen. */
static void present(window_t *w)
{
    SDL_Surface *screen = SDL_GetWindowSurface(w->sdl);
    if (screen == NULL || w->paint.px == NULL)
        return;
    int wide = screen->w < (int)w->paint.width ? screen->w : (int)w->paint.width;
    int high = screen->h < (int)w->paint.height ? screen->h : (int)w->paint.height;
    SDL_ConvertPixels(wide, high, SDL_PIXELFORMAT_RGB888, w->paint.px, (int)w->paint.width * 4,
                      screen->format->format, screen->pixels, screen->pitch);
    SDL_UpdateWindowSurface(w->sdl);
}

void window_show(window_t *w, const draw_t *draw)
{
    if (w->sdl != NULL && !fit(w))
        return;
    paint_list(&w->paint, draw);
    if (w->sdl != NULL)
        present(w);
}

bool window_pixels(window_t *w, sim_image_t *image)
{
    const paint_t *paint = &w->paint;
    size_t count = (size_t)paint->width * paint->height;
    *image = (sim_image_t){paint->width, paint->height, 3, malloc(count * 3)};
    if (image->data == NULL || paint->px == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        for (uint32_t c = 0; c < 3; c++)
            image->data[3 * i + c] = (uint8_t)(paint->px[i] >> (16 - 8 * c));
    return true;
}

void window_size(const window_t *w, uint32_t *width, uint32_t *height)
{
    *width = (uint32_t)(w->paint.width / w->paint.scale + 0.5);
    *height = (uint32_t)(w->paint.height / w->paint.scale + 0.5);
}

void window_title(window_t *w, const char *title)
{
    if (w->sdl != NULL)
        SDL_SetWindowTitle(w->sdl, title);
}

void window_fullscreen(window_t *w, bool on)
{
    if (w->sdl != NULL)
        SDL_SetWindowFullscreen(w->sdl, on ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0);
}

/* ---- in ---- */

/* The right Alt makes characters. */
static uint32_t mods_of(uint32_t state)
{
    return ((state & KMOD_SHIFT) != 0 ? INPUT_SHIFT : 0u) |
           ((state & KMOD_CTRL) != 0 ? INPUT_CTRL : 0u) |
           ((state & KMOD_LALT) != 0 ? INPUT_ALT : 0u);
}

static int32_t to_points(const window_t *w, int units)
{
    double points = units * units_scale(w) / w->paint.scale;
    return (int32_t)(points < 0 ? points - 1 : points);
}

/* Keys without a character. */
static uint32_t named_key(SDL_Keycode sym)
{
    static const struct {
        SDL_Keycode sym;
        uint32_t key;
    } keys[] = {
        {SDLK_ESCAPE, KEY_ESCAPE},
        {SDLK_RETURN, KEY_RETURN},
        {SDLK_KP_ENTER, KEY_RETURN},
        {SDLK_BACKSPACE, KEY_BACKSPACE},
        {SDLK_TAB, KEY_TAB},
        {SDLK_LEFT, KEY_LEFT},
        {SDLK_RIGHT, KEY_RIGHT},
        {SDLK_UP, KEY_UP},
        {SDLK_DOWN, KEY_DOWN},
        {SDLK_PAGEUP, KEY_PAGE_UP},
        {SDLK_PAGEDOWN, KEY_PAGE_DOWN},
        {SDLK_HOME, KEY_HOME},
        {SDLK_END, KEY_END},
        {SDLK_DELETE, KEY_DELETE},
    };
    for (size_t i = 0; i < SIM_COUNT(keys); i++)
        if (keys[i].sym == sym)
            return keys[i].key;
    return sym >= SDLK_F1 && sym <= SDLK_F11 ? KEY_F1 + (uint32_t)(sym - SDLK_F1) : 0;
}

/* Characters come as text, but for those with Ctrl or Alt. */
static bool take_key(const window_t *w, const SDL_KeyboardEvent *event, input_t *input)
{
    uint32_t key = named_key(event->keysym.sym);
    bool held = (w->mods & (INPUT_CTRL | INPUT_ALT)) != 0;
    if (key == 0 && held && event->keysym.sym >= ' ' && event->keysym.sym < 0x7f)
        key = (uint32_t)event->keysym.sym;
    *input = (input_t){.kind = INPUT_KEY, .key = key, .mods = w->mods};
    return key != 0;
}

/* The next character of the text that came. */
static bool take_typed(window_t *w, input_t *input)
{
    for (uint32_t c; (c = draw_char(&w->typed_at)) != 0;)
        if (c < LATIN) {
            *input = (input_t){.kind = INPUT_KEY, .key = c, .mods = w->mods};
            return true;
        }
    return false;
}

static bool take_button(const window_t *w, const SDL_MouseButtonEvent *event, input_t *input)
{
    static const uint32_t button[] = {
        [SDL_BUTTON_LEFT] = 1, [SDL_BUTTON_MIDDLE] = 2, [SDL_BUTTON_RIGHT] = 3};
    if (event->button >= SIM_COUNT(button))
        return false;
    *input = (input_t){.kind = event->state == SDL_PRESSED ? INPUT_DOWN : INPUT_UP,
                       .x = to_points(w, event->x),
                       .y = to_points(w, event->y),
                       .button = button[event->button],
                       .clicks = event->clicks,
                       .mods = w->mods};
    return input->button != 0;
}

/* Of moves in a row only the last one is of interest. */
static bool take_move(const window_t *w, SDL_MouseMotionEvent event, input_t *input)
{
    SDL_Event next;
    while (SDL_PeepEvents(&next, 1, SDL_PEEKEVENT, SDL_FIRSTEVENT, SDL_LASTEVENT) == 1 &&
           next.type == SDL_MOUSEMOTION) {
        event = next.motion;
        SDL_PeepEvents(&next, 1, SDL_GETEVENT, SDL_MOUSEMOTION, SDL_MOUSEMOTION);
    }
    *input = (input_t){.kind = INPUT_MOVE,
                       .x = to_points(w, event.x),
                       .y = to_points(w, event.y),
                       .mods = w->mods};
    return true;
}

static bool take_wheel(const window_t *w, const SDL_MouseWheelEvent *event, input_t *input)
{
    int x, y;
    SDL_GetMouseState(&x, &y);
    *input = (input_t){.kind = INPUT_WHEEL,
                       .x = to_points(w, x),
                       .y = to_points(w, y),
                       .wheel = event->direction == SDL_MOUSEWHEEL_FLIPPED ? -event->y : event->y,
                       .mods = w->mods};
    return input->wheel != 0;
}

/* Once, whoever asks and how often. */
static bool take_close(window_t *w, input_t *input)
{
    *input = (input_t){.kind = INPUT_CLOSE};
    bool first = !w->closed;
    w->closed = true;
    return first;
}

static bool take_window(window_t *w, const SDL_WindowEvent *event, input_t *input)
{
    switch (event->event) {
    case SDL_WINDOWEVENT_SIZE_CHANGED: {
        uint32_t width, height;
        fit(w);
        window_size(w, &width, &height);
        *input = (input_t){.kind = INPUT_RESIZE, .x = (int32_t)width, .y = (int32_t)height};
        return true;
    }
    case SDL_WINDOWEVENT_EXPOSED:
        present(w);
        return false;
    case SDL_WINDOWEVENT_CLOSE:
        return take_close(w, input);
    default:
        return false;
    }
}

static bool take(window_t *w, const SDL_Event *event, input_t *input)
{
    switch (event->type) {
    case SDL_KEYDOWN:
    case SDL_KEYUP:
        w->mods = mods_of(event->key.keysym.mod);
        return event->type == SDL_KEYDOWN && take_key(w, &event->key, input);
    case SDL_TEXTINPUT:
        memcpy(w->typed, event->text.text, sizeof(w->typed));
        w->typed_at = (w->mods & (INPUT_CTRL | INPUT_ALT)) != 0 ? "" : w->typed;
        return take_typed(w, input); /* with Ctrl or Alt the key was told */
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP:
        return take_button(w, &event->button, input);
    case SDL_MOUSEMOTION:
        return take_move(w, event->motion, input);
    case SDL_MOUSEWHEEL:
        return take_wheel(w, &event->wheel, input);
    case SDL_WINDOWEVENT:
        return take_window(w, &event->window, input);
    case SDL_QUIT:
        return take_close(w, input);
    default:
        return false;
    }
}

/* Looks again and again. SDL_WaitEventTimeout would sleep, but it has itself woken on X11 by
 * messages to the window on another connection; one that arrives after the window is gone is an X
 * error, which ends the program (SDL 2.26, X11_SendWakeupEvent). */
bool window_input(window_t *w, input_t *input, uint32_t wait_ms)
{
    *input = (input_t){0};
    if (w->sdl == NULL)
        return false;
    if (take_typed(w, input))
        return true;
    for (uint64_t now = SDL_GetTicks64(), until = now + wait_ms;; now = SDL_GetTicks64()) {
        for (SDL_Event event; SDL_PollEvent(&event) != 0;)
            if (take(w, &event, input))
                return true;
        if (now >= until)
            break;
        SDL_Delay(until - now < POLL_MS ? (uint32_t)(until - now) : POLL_MS);
    }
    *input = (input_t){0};
    return false;
}
