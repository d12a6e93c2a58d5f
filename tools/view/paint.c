/*
 * paint.c - draw lists to pixels: areas, lines, text.
 *
 * A point's edges are at the nearest pixel edges, so that what is side by side in the list is so in
 * the picture, at any scale.
 */
#include "tools/view/paint.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- memory ---- */

static void clip_to(paint_t *paint, int32_t left, int32_t top, int32_t right, int32_t bottom)
{
    int32_t width = (int32_t)paint->width, height = (int32_t)paint->height;
    paint->left = left > 0 ? left : 0;
    paint->top = top > 0 ? top : 0;
    paint->right = right < width ? right : width;
    paint->bottom = bottom < height ? bottom : height;
}

bool paint_resize(paint_t *paint, uint32_t width, uint32_t height, double scale)
{
    uint32_t *px = NULL;
    if (width > 0 && height > 0 && width <= PAINT_MAX_PX && height <= PAINT_MAX_PX)
        px = calloc((size_t)width * height, sizeof(*px));
    free(paint->px);
    paint->px = px;
    paint->scale = scale;
    paint->width = px != NULL ? width : 0;
    paint->height = px != NULL ? height : 0;
    clip_to(paint, 0, 0, (int32_t)paint->width, (int32_t)paint->height);
    return px != NULL;
}

void paint_free(paint_t *paint)
{
    free(paint->px);
    *paint = (paint_t){0};
}

/* ---- areas ---- */

static int32_t nearest(double px)
{
    const double far = 1 << 29; /* beyond any picture, and differences are no overflow */
    return (int32_t)floor(fmin(fmax(px, -far), far) + 0.5);
}

static int32_t edge(const paint_t *paint, int64_t points)
{
    return nearest((double)points * paint->scale);
}

/* paint_mix of each, 16 bytes at a time: products of bytes fit into 16 bits, which vectors like. */
static void mix_row(uint32_t *row, int32_t count, uint32_t color, uint32_t alpha)
{
    enum { STEP = 4, BYTES = 4 * STEP };
    const uint32_t colors[STEP] = {color, color, color, color};
    uint8_t code[BYTES];
    uint16_t part[BYTES];
    memcpy(code, colors, BYTES);
    for (uint32_t k = 0; k < BYTES; k++)
        part[k] = (uint16_t)(code[k] * alpha + 128);
    const uint16_t rest = (uint16_t)(255 - alpha);
    for (; count >= STEP; count -= STEP, row += STEP) {
        memcpy(code, row, BYTES);
        for (uint32_t k = 0; k < BYTES; k++) {
            uint16_t sum = (uint16_t)(code[k] * rest + part[k]);
            code[k] = (uint8_t)((uint16_t)(sum + (sum >> 8)) >> 8);
        }
        memcpy(row, code, BYTES);
    }
    for (int32_t i = 0; i < count; i++)
        row[i] = paint_mix(row[i], color, alpha);
}

/* Pixels x0 .. x1 - 1 of rows y0 .. y1 - 1. */
static void area(const paint_t *paint, int32_t x0, int32_t y0, int32_t x1, int32_t y1,
                 draw_color_t color)
{
    uint32_t alpha = color & 0xff, rgb = color >> 8;
    x0 = x0 > paint->left ? x0 : paint->left;
    y0 = y0 > paint->top ? y0 : paint->top;
    x1 = x1 < paint->right ? x1 : paint->right;
    y1 = y1 < paint->bottom ? y1 : paint->bottom;
    for (int32_t y = y0; y < y1; y++) {
        uint32_t *row = paint->px + (size_t)y * paint->width;
        if (alpha == 255)
            for (int32_t x = x0; x < x1; x++)
                row[x] = rgb;
        else
            mix_row(row + x0, x1 - x0, rgb, alpha);
    }
}

/* Something that is there is to be seen: at least a pixel of it. */
static void fill(const paint_t *paint, draw_rect_t r, draw_color_t color)
{
    int32_t x0 = edge(paint, r.x), y0 = edge(paint, r.y);
    int32_t x1 = edge(paint, (int64_t)r.x + r.w), y1 = edge(paint, (int64_t)r.y + r.h);
    area(paint, x0, y0, x1 > x0 ? x1 : x0 + 1, y1 > y0 ? y1 : y0 + 1, color);
}

static void frame(const paint_t *paint, draw_rect_t r, draw_color_t color)
{
    int32_t x0 = edge(paint, r.x), y0 = edge(paint, r.y);
    int32_t x1 = edge(paint, (int64_t)r.x + r.w), y1 = edge(paint, (int64_t)r.y + r.h);
    int32_t thick = nearest(paint->scale);
    thick = thick > 1 ? thick : 1;
    if (x1 - x0 <= 2 * thick || y1 - y0 <= 2 * thick) {
        fill(paint, r, color);
        return;
    }
    area(paint, x0, y0, x1, y0 + thick, color);
    area(paint, x0, y1 - thick, x1, y1, color);
    area(paint, x0, y0 + thick, x0 + thick, y1 - thick, color);
    area(paint, x1 - thick, y0 + thick, x1, y1 - thick, color);
}

/* ---- lines ---- */

/* Upright or level: sharp edges. From the one end's point to the other's, both included. */
static void straight(const paint_t *paint, draw_rect_t r, uint32_t thick, draw_color_t color)
{
    int64_t x0 = r.w < 0 ? (int64_t)r.x + r.w : r.x, x1 = r.w < 0 ? r.x : (int64_t)r.x + r.w;
    int64_t y0 = r.h < 0 ? (int64_t)r.y + r.h : r.y, y1 = r.h < 0 ? r.y : (int64_t)r.y + r.h;
    double width = thick * paint->scale;
    int32_t px = nearest(width) > 1 ? nearest(width) : 1;
    if (r.h == 0) {
        int32_t top = nearest(((double)y0 + 0.5) * paint->scale - width / 2);
        area(paint, edge(paint, x0), top, edge(paint, x1 + 1), top + px, color);
    } else {
        int32_t left = nearest(((double)x0 + 0.5) * paint->scale - width / 2);
        area(paint, left, edge(paint, y0), left + px, edge(paint, y1 + 1), color);
    }
}

/* Oblique: each column that it passes (row, where it is the steeper) has a run of pixels, the first
 * and the last of which it covers in part. */
static void oblique(const paint_t *paint, draw_rect_t r, uint32_t thick, draw_color_t color)
{
    bool steep = llabs((int64_t)r.h) > llabs((int64_t)r.w);
    double scale = paint->scale;
    double from = ((steep ? r.y : r.x) + 0.5) * scale, across = ((steep ? r.x : r.y) + 0.5) * scale;
    double run = (steep ? r.h : r.w) * scale;
    double slope = steep ? (double)r.w / r.h : (double)r.h / r.w;
    double half = fmax(thick * scale, 1) / 2 * sqrt(1 + slope * slope);
    int32_t first = nearest(fmin(from, from + run) - scale / 2);
    int32_t end = nearest(fmax(from, from + run) + scale / 2);
    int32_t low = steep ? paint->left : paint->top, high = steep ? paint->right : paint->bottom;
    int32_t begin = steep ? paint->top : paint->left, stop = steep ? paint->bottom : paint->right;
    first = first > begin ? first : begin;
    end = end < stop ? end : stop;
    for (int32_t i = first; i < end; i++) {
        double middle = across + slope * (i + 0.5 - from);
        double upper = middle - half, lower = middle + half;
        if (lower <= low || upper >= high)
            continue;
        int32_t j = (int32_t)floor(fmax(upper, low));
        for (; j < high && j < lower; j++) {
            double cover = fmin(lower, j + 1) - fmax(upper, j);
            uint32_t alpha = (uint32_t)(cover * (color & 0xff) + 0.5);
            size_t at =
                steep ? (size_t)i * paint->width + (size_t)j : (size_t)j * paint->width + (size_t)i;
            paint->px[at] = paint_mix(paint->px[at], color >> 8, alpha);
        }
    }
}

/* ---- text ---- */

static void glyph_at(const paint_t *paint, const paint_glyph_t *glyph, int32_t x, int32_t y,
                     draw_color_t color)
{
    uint32_t alpha = color & 0xff, rgb = color >> 8;
    int32_t x0 = x > paint->left ? x : paint->left, y0 = y > paint->top ? y : paint->top;
    int32_t x1 = x + glyph->width, y1 = y + glyph->height;
    x1 = x1 < paint->right ? x1 : paint->right;
    y1 = y1 < paint->bottom ? y1 : paint->bottom;
    for (int32_t j = y0; j < y1; j++) {
        uint32_t *row = paint->px + (size_t)j * paint->width;
        const uint8_t *cover = glyph->cover + (ptrdiff_t)(j - y) * glyph->width - x;
        for (int32_t i = x0; i < x1; i++) {
            uint32_t a = cover[i];
            if (a == 0)
                continue;
            if (alpha != 255)
                a = (a * alpha + 127) / 255;
            row[i] = a == 255 ? rgb : paint_mix(row[i], rgb, a);
        }
    }
}

static int32_t pen_width(const paint_t *paint, draw_font_t font, const char *text)
{
    int32_t width = 0;
    for (uint32_t c; (c = draw_char(&text)) != 0;) {
        const paint_glyph_t *glyph = paint->glyph(paint->fonts, font, c);
        width += glyph != NULL ? glyph->advance : 0;
    }
    return width;
}

/* A font's own advances at this scale may be a little wider than what the list has room for: then
 * all move together. Monospaced text keeps to the list's columns. */
static void string(const paint_t *paint, const draw_cmd_t *cmd, const char *text)
{
    double room = cmd->rect.w * paint->scale;
    double width = pen_width(paint, cmd->font, text), squeeze = 1;
    double x = cmd->rect.x * paint->scale;
    if (draw_is_mono(cmd->font) || width > room)
        squeeze = width > 0 ? room / width : 1;
    else if (cmd->align != DRAW_LEFT)
        x += (room - width) / (cmd->align == DRAW_CENTER ? 2 : 1);
    int32_t top = edge(paint, cmd->rect.y), pen = 0;
    for (uint32_t c; (c = draw_char(&text)) != 0;) {
        const paint_glyph_t *glyph = paint->glyph(paint->fonts, cmd->font, c);
        if (glyph == NULL)
            continue;
        if (glyph->cover != NULL)
            glyph_at(paint, glyph, nearest(x + pen * squeeze) + glyph->left, top + glyph->top,
                     cmd->color);
        pen += glyph->advance;
    }
}

/* Far enough outside that not even what hangs over is in. */
static bool hidden(const paint_t *paint, draw_rect_t r)
{
    int64_t more = r.h;
    return edge(paint, r.x - more) >= paint->right || edge(paint, r.y - more) >= paint->bottom ||
           edge(paint, (int64_t)r.x + r.w + more) <= paint->left ||
           edge(paint, (int64_t)r.y + r.h + more) <= paint->top;
}

/* ---- all of it ---- */

static void command(paint_t *paint, const draw_t *draw, const draw_cmd_t *cmd)
{
    draw_rect_t r = cmd->rect;
    int32_t x0 = edge(paint, r.x), y0 = edge(paint, r.y);
    int32_t x1 = edge(paint, (int64_t)r.x + r.w), y1 = edge(paint, (int64_t)r.y + r.h);
    switch (cmd->op) {
    case DRAW_FILL:
        fill(paint, r, cmd->color);
        break;
    case DRAW_FRAME:
        frame(paint, r, cmd->color);
        break;
    case DRAW_LINE:
        (r.w == 0 || r.h == 0 ? straight : oblique)(paint, r, cmd->thick, cmd->color);
        break;
    case DRAW_STRING:
        if (paint->glyph != NULL && !hidden(paint, r))
            string(paint, cmd, draw_string(draw, cmd));
        break;
    case DRAW_IMAGE:
        paint_image(paint, draw->store + cmd->data, cmd, x0, y0, x1, y1);
        break;
    case DRAW_CLIP:
        clip_to(paint, x0, y0, x1, y1);
        break;
    }
}

/* Nothing of what was there shines through. */
static bool covers_all(const paint_t *paint, const draw_cmd_t *cmd)
{
    const draw_rect_t *r = &cmd->rect;
    return cmd->op == DRAW_FILL && (cmd->color & 0xff) == 255 && edge(paint, r->x) <= 0 &&
           edge(paint, r->y) <= 0 && edge(paint, (int64_t)r->x + r->w) >= (int32_t)paint->width &&
           edge(paint, (int64_t)r->y + r->h) >= (int32_t)paint->height;
}

void paint_list(paint_t *paint, const draw_t *draw)
{
    if (paint->px == NULL)
        return;
    if (draw->cmds == 0 || !covers_all(paint, &draw->cmd[0]))
        memset(paint->px, 0, (size_t)paint->width * paint->height * sizeof(*paint->px));
    clip_to(paint, 0, 0, (int32_t)paint->width, (int32_t)paint->height);
    for (uint32_t i = 0; i < draw->cmds; i++)
        command(paint, draw, &draw->cmd[i]);
}
