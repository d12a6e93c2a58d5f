/*
 * draw.c - the draw list.
 */
#include "tools/view/draw.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EM = 2048, ALIGN = 8 };
static const char ellipsis[] = "\xe2\x80\xa6";

/* ---- fonts ---- */

typedef enum { MONO, SANS, BOLD } face_t;
static const struct {
    int32_t points;
    face_t face;
} fonts[DRAW_FONT_COUNT] = {
#define X(name, points, face) {points, face},
    DRAW_FONTS(X)
#undef X
};

/* Advances of ' ' to '~' in 1/2048 em, from the hmtx tables of DejaVu fonts 2.37. */
static const uint16_t advances[][95] = {
    [SANS] = {651,  821,  942,  1716, 1303, 1946, 1597, 563,  799,  799,  1024, 1716, 651,  739,
              651,  690,  1303, 1303, 1303, 1303, 1303, 1303, 1303, 1303, 1303, 1303, 690,  690,
              1716, 1716, 1716, 1087, 2048, 1401, 1405, 1430, 1577, 1294, 1178, 1587, 1540, 604,
              604,  1343, 1141, 1767, 1532, 1612, 1235, 1612, 1423, 1300, 1251, 1499, 1401, 2025,
              1403, 1251, 1403, 799,  690,  799,  1716, 1024, 1024, 1255, 1300, 1126, 1300, 1260,
              721,  1300, 1298, 569,  569,  1186, 569,  1995, 1298, 1253, 1300, 1300, 842,  1067,
              803,  1298, 1212, 1675, 1212, 1212, 1075, 1303, 690,  1303, 1716},
    [BOLD] = {713,  934,  1067, 1716, 1425, 2052, 1786, 627,  936,  936,  1071, 1716, 778,  850,
              778,  748,  1425, 1425, 1425, 1425, 1425, 1425, 1425, 1425, 1425, 1425, 819,  819,
              1716, 1716, 1716, 1188, 2048, 1585, 1561, 1503, 1700, 1399, 1399, 1681, 1714, 762,
              762,  1587, 1305, 2038, 1714, 1741, 1501, 1741, 1577, 1475, 1397, 1663, 1585, 2259,
              1579, 1483, 1485, 936,  748,  936,  1716, 1024, 1024, 1382, 1466, 1214, 1466, 1389,
              891,  1466, 1458, 702,  702,  1362, 702,  2134, 1458, 1407, 1466, 1466, 1010, 1219,
              979,  1458, 1335, 1892, 1321, 1335, 1192, 1458, 748,  1458, 1716},
};
enum { MONO_ADVANCE = 1233, LINE_HEIGHT = 1901 + 483 }; /* of the same: ascender, descender */

/* In 1/2048 point. A hinted advance is a whole pixel, the nearest: which is the wider one counts.
 * What is not ASCII may be as wide as the widest there is. */
static int64_t char_width(draw_font_t font, uint32_t c)
{
    int32_t points = fonts[font].points;
    if (fonts[font].face == MONO)
        return (int64_t)(MONO_ADVANCE * points + EM / 2) / EM * EM;
    if (c < ' ' || c > '~')
        return (int64_t)EM * points;
    int64_t exact = (int64_t)advances[fonts[font].face][c - ' '] * points;
    int64_t hinted = (exact + EM / 2) / EM * EM;
    return hinted > exact ? hinted : exact;
}

bool draw_is_mono(draw_font_t font)
{
    return fonts[font].face == MONO;
}

int32_t draw_text_height(draw_font_t font)
{
    return (LINE_HEIGHT * fonts[font].points + EM - 1) / EM;
}

/* Of a UTF-8 sequence that begins with this byte; 0: none does. */
static uint32_t sequence_bytes(uint8_t first)
{
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first <= 0xdf)
        return 2;
    if (first >= 0xe0 && first <= 0xef)
        return 3;
    return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

uint32_t draw_char(const char **text)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const uint8_t *at = (const uint8_t *)*text;
    uint32_t bytes = sequence_bytes(*at), c = *at;
    if (c == 0)
        return 0;
    *text += 1;
    if (bytes == 1)
        return c < ' ' || c == 0x7f ? '?' : c;
    c &= bytes == 2 ? 0x1f : bytes == 3 ? 0x0f : 0x07;
    for (uint32_t i = 1; i < bytes; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return '?';
        c = c << 6 | (at[i] & 0x3f);
    }
    if (bytes == 0 || c < least[bytes] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff) ||
        (c >= 0x80 && c < 0xa0))
        return '?';
    *text += bytes - 1;
    return c;
}

int32_t draw_text_width(draw_font_t font, const char *text)
{
    int64_t width = 0;
    for (uint32_t c; (c = draw_char(&text)) != 0;)
        width += char_width(font, c);
    width = (width + EM - 1) / EM;
    return width < INT32_MAX ? (int32_t)width : INT32_MAX;
}

/* ---- rectangles ---- */

static int32_t within_int32(int64_t value)
{
    return (int32_t)(value < INT32_MIN ? INT32_MIN : value > INT32_MAX ? INT32_MAX : value);
}

/* What both have; w and h 0: nothing. */
static draw_rect_t both(draw_rect_t a, draw_rect_t b)
{
    int64_t left = a.x > b.x ? a.x : b.x, top = a.y > b.y ? a.y : b.y;
    int64_t a_right = (int64_t)a.x + a.w, b_right = (int64_t)b.x + b.w;
    int64_t a_bottom = (int64_t)a.y + a.h, b_bottom = (int64_t)b.y + b.h;
    int64_t w = (a_right < b_right ? a_right : b_right) - left;
    int64_t h = (a_bottom < b_bottom ? a_bottom : b_bottom) - top;
    if (w <= 0 || h <= 0)
        return (draw_rect_t){(int32_t)left, (int32_t)top, 0, 0};
    return (draw_rect_t){(int32_t)left, (int32_t)top, within_int32(w), within_int32(h)};
}

draw_rect_t draw_inset(draw_rect_t rect, int32_t by)
{
    int64_t w = rect.w - 2 * (int64_t)by, h = rect.h - 2 * (int64_t)by;
    return (draw_rect_t){within_int32((int64_t)rect.x + by), within_int32((int64_t)rect.y + by),
                         within_int32(w > 0 ? w : 0), within_int32(h > 0 ? h : 0)};
}

/* ---- memory ---- */

void draw_begin(draw_t *draw, uint32_t width, uint32_t height)
{
    draw->width = width;
    draw->height = height;
    draw->cmds = draw->hits = 0;
    draw->stored = 0;
    draw->clip = (draw_rect_t){0, 0, within_int32(width), within_int32(height)};
    draw->no_memory = false;
}

void draw_free(draw_t *draw)
{
    free(draw->cmd);
    free(draw->hit);
    free(draw->store);
    *draw = (draw_t){0};
}

/* So many bytes of the store, from *at on; NULL without memory. */
static uint8_t *store(draw_t *draw, uint64_t bytes, size_t *at)
{
    size_t from = (draw->stored + ALIGN - 1) / ALIGN * ALIGN;
    if (bytes > SIZE_MAX / 4 - from) {
        draw->no_memory = true;
        return NULL;
    }
    size_t needed = from + (size_t)bytes;
    if (needed > draw->store_room) {
        size_t room = needed + needed / 2 + 4096;
        uint8_t *more = realloc(draw->store, room);
        if (more == NULL) {
            draw->no_memory = true;
            return NULL;
        }
        draw->store = more;
        draw->store_room = room;
    }
    draw->stored = needed;
    *at = from;
    return draw->store + from;
}

static bool add(draw_t *draw, draw_cmd_t cmd)
{
    if (draw->cmds == draw->cmd_room) {
        uint32_t room = draw->cmd_room * 2 + 256;
        draw_cmd_t *more = realloc(draw->cmd, room * sizeof(*more));
        if (more == NULL) {
            draw->no_memory = true;
            return false;
        }
        draw->cmd = more;
        draw->cmd_room = room;
    }
    draw->cmd[draw->cmds++] = cmd;
    return true;
}

/* ---- what is drawn ---- */

void draw_fill(draw_t *draw, draw_rect_t rect, draw_color_t color)
{
    if (rect.w > 0 && rect.h > 0)
        add(draw, (draw_cmd_t){.op = DRAW_FILL, .rect = rect, .color = color});
}

void draw_frame(draw_t *draw, draw_rect_t rect, draw_color_t color)
{
    if (rect.w > 0 && rect.h > 0)
        add(draw, (draw_cmd_t){.op = DRAW_FRAME, .rect = rect, .color = color});
}

void draw_line(draw_t *draw, int32_t x0, int32_t y0, int32_t x1, int32_t y1, uint32_t thick,
               draw_color_t color)
{
    draw_rect_t rect = {x0, y0, within_int32((int64_t)x1 - x0), within_int32((int64_t)y1 - y0)};
    if (thick > 0)
        add(draw, (draw_cmd_t){.op = DRAW_LINE, .rect = rect, .thick = thick, .color = color});
}

/* UTF-8, whatever it was. */
static void make_valid(char *text)
{
    for (const char *at = text; *at != '\0';) {
        char *before = text + (at - text);
        if (draw_char(&at) == '?')
            *before = '?'; /* one byte of what is no character */
    }
}

/* A string that is in the store already. */
static void add_string(draw_t *draw, int32_t x, int32_t y, draw_font_t font, draw_align_t align,
                       draw_color_t color, size_t at)
{
    make_valid((char *)draw->store + at);
    int32_t width = draw_text_width(font, (const char *)draw->store + at);
    int64_t left = align == DRAW_LEFT     ? x
                   : align == DRAW_CENTER ? (int64_t)x - width / 2
                                          : (int64_t)x - width;
    draw_rect_t rect = {within_int32(left), y, width, draw_text_height(font)};
    if (width > 0)
        add(draw, (draw_cmd_t){.op = DRAW_STRING,
                               .rect = rect,
                               .font = font,
                               .align = align,
                               .data = at,
                               .color = color});
}

void draw_text(draw_t *draw, int32_t x, int32_t y, draw_font_t font, draw_align_t align,
               draw_color_t color, const char *fmt, ...)
{
    va_list args, again;
    size_t at;
    va_start(args, fmt);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    uint8_t *room = length < 0 ? NULL : store(draw, (uint64_t)length + 1, &at);
    if (room != NULL) {
        vsnprintf((char *)room, (size_t)length + 1, fmt, again);
        add_string(draw, x, y, font, align, color, at);
    }
    va_end(again);
}

/* How many bytes of text are not wider than that, 1/2048 point. */
static size_t fitting(draw_font_t font, const char *text, int64_t width)
{
    const char *at = text, *end = text;
    for (uint32_t c; (c = draw_char(&at)) != 0; end = at) {
        width -= char_width(font, c);
        if (width < 0)
            break;
    }
    return (size_t)(end - text);
}

void draw_text_cut(draw_t *draw, int32_t x, int32_t y, int32_t width, draw_font_t font,
                   draw_color_t color, const char *text)
{
    bool whole = draw_text_width(font, text) <= width;
    int64_t mark = draw_text_width(font, ellipsis);
    if (!whole && mark > width)
        return;
    size_t at, keep = whole ? strlen(text) : fitting(font, text, (width - mark) * EM);
    uint8_t *room = store(draw, keep + sizeof(ellipsis), &at);
    if (room == NULL)
        return;
    memcpy(room, text, keep);
    memcpy(room + keep, whole ? "" : ellipsis, whole ? 1 : sizeof(ellipsis));
    add_string(draw, x, y, font, DRAW_LEFT, color, at);
}

uint8_t *draw_image(draw_t *draw, draw_rect_t rect, uint32_t image_w, uint32_t image_h, bool smooth)
{
    size_t at;
    uint64_t pixels = (uint64_t)image_w * image_h;
    uint8_t *room = store(draw, pixels > SIZE_MAX / 16 ? SIZE_MAX : pixels * 4, &at);
    if (room == NULL)
        return NULL;
    return add(draw, (draw_cmd_t){.op = DRAW_IMAGE,
                                  .rect = rect,
                                  .data = at,
                                  .image_w = image_w,
                                  .image_h = image_h,
                                  .smooth = smooth})
               ? room
               : NULL;
}

draw_rect_t draw_clip(draw_t *draw, draw_rect_t rect)
{
    draw_rect_t before = draw->clip;
    draw_unclip(draw, both(before, rect));
    return before;
}

void draw_unclip(draw_t *draw, draw_rect_t before)
{
    draw->clip = before;
    add(draw, (draw_cmd_t){.op = DRAW_CLIP, .rect = before});
}

const char *draw_string(const draw_t *draw, const draw_cmd_t *cmd)
{
    return (const char *)draw->store + cmd->data;
}

/* ---- what can be clicked ---- */

void draw_hit(draw_t *draw, draw_rect_t rect, uint32_t kind, uint64_t a, uint64_t b)
{
    rect = both(rect, draw->clip);
    if (rect.w == 0)
        return;
    if (draw->hits == draw->hit_room) {
        uint32_t room = draw->hit_room * 2 + 64;
        draw_hit_t *more = realloc(draw->hit, room * sizeof(*more));
        if (more == NULL) {
            draw->no_memory = true;
            return;
        }
        draw->hit = more;
        draw->hit_room = room;
    }
    draw->hit[draw->hits++] = (draw_hit_t){rect, kind, a, b};
}

const draw_hit_t *draw_at(const draw_t *draw, int32_t x, int32_t y)
{
    for (uint32_t i = draw->hits; i > 0; i--) {
        draw_rect_t r = draw->hit[i - 1].rect;
        if (x >= r.x && y >= r.y && x - (int64_t)r.x < r.w && y - (int64_t)r.y < r.h)
            return &draw->hit[i - 1];
    }
    return NULL;
}
