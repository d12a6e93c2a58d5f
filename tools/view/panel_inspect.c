/*
 * panel_inspect.c - the inspector: rows of text about what is selected, and which of them are seen.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tools/view/inspect.h"
#include "tools/view/ui_int.h"

/* ---- rows ---- */

/* Where the next row is drawn; false: it is counted only. */
static bool next_row(inspect_t *in, draw_rect_t *rect)
{
    uint32_t row = in->rows++;
    if (in->ui->draw == NULL || row < in->first || row - in->first >= inspect_room(in->rect))
        return false;
    int32_t y = in->rect.y + (int32_t)(row - in->first) * INSPECT_ROW;
    *rect = (draw_rect_t){in->rect.x, y, in->rect.w, INSPECT_ROW};
    return true;
}

void inspect_head(inspect_t *in, draw_color_t color, const char *fmt, ...)
{
    draw_rect_t rect;
    if (!next_row(in, &rect))
        return;
    char text[160];
    int32_t x = rect.x;
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    if (color != 0) {
        draw_fill(in->ui->draw, (draw_rect_t){x, rect.y + 3, 9, 9}, color);
        x += 14;
    }
    draw_text_cut(in->ui->draw, x, rect.y, rect.x + rect.w - x, DRAW_TITLE, ui_bright, text);
}

static void draw_pair(const inspect_t *in, draw_rect_t rect, draw_color_t key_color,
                      draw_color_t color, const char *key, const char *value)
{
    int32_t left = rect.w < 2 * INSPECT_KEY ? rect.w / 2 : INSPECT_KEY;
    if (value[0] == '\0')
        left = rect.w;
    draw_text_cut(in->ui->draw, rect.x, rect.y, left - 4, DRAW_TEXT, key_color, key);
    draw_text_cut(in->ui->draw, rect.x + left, rect.y, rect.w - left, DRAW_MONO, color, value);
}

void inspect_put(inspect_t *in, const char *key, const char *fmt, ...)
{
    draw_rect_t rect;
    if (!next_row(in, &rect))
        return;
    char value[200];
    va_list args;
    va_start(args, fmt);
    vsnprintf(value, sizeof(value), fmt, args);
    va_end(args);
    draw_pair(in, rect, ui_dim, ui_text, key, value);
}

void inspect_link(inspect_t *in, ui_hit_t kind, uint64_t a, uint64_t b, const char *key,
                  const char *fmt, ...)
{
    draw_rect_t rect;
    if (!next_row(in, &rect))
        return;
    char value[200];
    va_list args;
    va_start(args, fmt);
    vsnprintf(value, sizeof(value), fmt, args);
    va_end(args);
    draw_pair(in, rect, ui_accent, ui_text, key, value);
    draw_hit(in->ui->draw, rect, kind, a, b);
}

void inspect_mono(inspect_t *in, draw_color_t color, const char *fmt, ...)
{
    draw_rect_t rect;
    if (!next_row(in, &rect))
        return;
    char text[200];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    draw_text_cut(in->ui->draw, rect.x, rect.y + 1, rect.w, DRAW_SMALL, color, text);
}

void inspect_space(inspect_t *in)
{
    draw_rect_t rect;
    (void)next_row(in, &rect);
}

void inspect_say(inspect_t *in, draw_color_t color, const char *fmt, ...)
{
    char text[400], part[400];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    for (const char *at = text + strspn(text, " "); *at != '\0'; at += strspn(at, " ")) {
        draw_rect_t rect;
        size_t bytes = ui_row_bytes(at, in->rect.w);
        if (next_row(in, &rect)) {
            snprintf(part, sizeof(part), "%.*s", (int)bytes, at);
            draw_text_cut(in->ui->draw, rect.x, rect.y, rect.w, DRAW_TEXT, color, part);
        }
        at += bytes;
    }
}

/* ---- all of it ---- */

uint32_t inspect_room(draw_rect_t rect)
{
    return rect.h > INSPECT_ROW ? (uint32_t)(rect.h / INSPECT_ROW) : 1;
}

void inspect_tell(inspect_t *in)
{
    static const inspect_fn_t tell[HIT_COUNT] = {
        [HIT_PIXEL] = inspect_pixel,   [HIT_SPAN] = inspect_span,
        [HIT_PACKET] = inspect_packet, [HIT_TENSOR] = inspect_tensor,
        [HIT_LAYER] = inspect_layer,   [HIT_BLOCK] = inspect_block,
        [HIT_BOX] = inspect_box,       [HIT_REGISTER] = inspect_register,
        [HIT_COMP] = inspect_comp,     [HIT_LINE] = inspect_line,
    };
    const ui_select_t *select = &in->ui->ui->select;
    bool known = select->kind < HIT_COUNT && tell[select->kind] != NULL;
    (known ? tell[select->kind] : inspect_list)(in, select);
}

static draw_rect_t rows_of(draw_rect_t rect)
{
    return (draw_rect_t){rect.x + INSPECT_PAD, rect.y + 3, rect.w - 2 * INSPECT_PAD - 6,
                         rect.h - 6};
}

uint32_t inspect_rows(const view_model_t *model, view_ui_t *state, const play_t *play,
                      draw_rect_t rect)
{
    ui_t ui = {.model = model, .play = play, .ui = state};
    inspect_t in = {.ui = &ui, .rect = rows_of(rect)};
    inspect_tell(&in);
    return in.rows;
}

/* How far down one is. */
static void draw_bar(const inspect_t *in, draw_rect_t rect)
{
    uint32_t room = inspect_room(in->rect);
    if (in->rows <= room)
        return;
    draw_rect_t bar = {rect.x + rect.w - 6, rect.y + 2, 4, rect.h - 4};
    int32_t thumb = (int32_t)((int64_t)bar.h * room / in->rows);
    thumb = thumb < 12 ? 12 : thumb;
    int32_t at = (int32_t)((int64_t)(bar.h - thumb) * in->first / (in->rows - room));
    draw_fill(in->ui->draw, bar, 0x1c232cff);
    draw_fill(in->ui->draw, (draw_rect_t){bar.x, bar.y + at, bar.w, thumb}, ui_dim);
}

void panel_inspect(const ui_t *ui, draw_rect_t rect)
{
    inspect_t in = {.ui = ui, .rect = rows_of(rect)};
    uint32_t rows = inspect_rows(ui->model, ui->ui, ui->play, rect), room = inspect_room(in.rect);
    uint32_t most = rows > room ? rows - room : 0;
    in.first = ui->ui->inspect_row < most ? ui->ui->inspect_row : most;
    inspect_tell(&in);
    draw_bar(&in, rect);
}
