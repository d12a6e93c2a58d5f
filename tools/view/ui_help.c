/*
 * ui_help.c - what keys and mouse do, over everything else: made of the tables that they obey.
 */
#include "tools/view/ui_int.h"

enum { LINE = 15, KEY_WIDTH = 94, PAD = 18, COLUMN = 430 };

/* Lines one below the other, in as many columns as they need. */
typedef struct {
    draw_t *draw;
    draw_rect_t column;
    int32_t y;
} page_t;

static void line_feed(page_t *page)
{
    page->y += LINE;
    if (page->y + LINE <= page->column.y + page->column.h)
        return;
    page->y = page->column.y;
    page->column.x += page->column.w + PAD;
}

static void title(page_t *page, const char *text)
{
    if (page->y > page->column.y)
        line_feed(page);
    if (page->y + 3 * LINE > page->column.y + page->column.h) { /* not alone at the end */
        page->y = page->column.y;
        page->column.x += page->column.w + PAD;
    }
    draw_text(page->draw, page->column.x, page->y, DRAW_TITLE, DRAW_LEFT, ui_bright, "%s", text);
    line_feed(page);
}

static void line(page_t *page, const char *key, const char *help)
{
    draw_rect_t c = page->column;
    draw_text_cut(page->draw, c.x, page->y, KEY_WIDTH - 6, DRAW_MONO, ui_accent, key);
    draw_text_cut(page->draw, c.x + KEY_WIDTH, page->y, c.w - KEY_WIDTH, DRAW_TEXT, ui_text, help);
    line_feed(page);
}

static const char *key_name(uint32_t key, char out[8])
{
    switch (key) {
    case ' ':
        return "Space";
    case KEY_HOME:
        return "Home";
    case KEY_LEFT:
        return "Left";
    case KEY_RIGHT:
        return "Right";
    default:
        out[0] = key > ' ' && key < 0x7f ? (char)key : '?';
        out[1] = '\0';
        return out;
    }
}

static void tell_all(page_t *page)
{
    char name[8];
    title(page, "The run");
#define X(button, label, key, help) line(page, key_name(key, name), help);
    UI_BUTTONS(X)
#undef X
    for (uint32_t where = 0; where < KEYS_ALL; where++) {
        title(page, ui_keys_title[where]);
        for (uint32_t i = 0; i < DO_COUNT; i++)
            if (ui_keys[i].where == (keys_t)where)
                line(page, ui_keys[i].shown, ui_keys[i].help);
    }
    title(page, "Mouse");
#define X(what, help) line(page, what, help);
    UI_MOUSE(X)
#undef X
}

void ui_help(const ui_t *ui)
{
    draw_t *draw = ui->draw;
    int32_t width = (int32_t)draw->width, height = (int32_t)draw->height;
    draw_rect_t all = {0, 0, width, height};
    draw_rect_t box = {0, 0, 2 * COLUMN + 3 * PAD, height - 48};
    box.w = box.w < width - 24 ? box.w : width - 24;
    box.h = box.h < 36 * LINE ? box.h : 36 * LINE;
    box.x = (width - box.w) / 2;
    box.y = (height - box.h) / 2;
    draw_fill(draw, all, 0x080a0ec8);
    draw_hit(draw, all, HIT_BUTTON, BUTTON_HELP, 0);
    draw_fill(draw, box, ui_face);
    draw_frame(draw, box, ui_accent);
    draw_rect_t before = draw_clip(draw, draw_inset(box, 1));
    page_t page = {.draw = draw,
                   .column = {box.x + PAD, box.y + PAD, (box.w - 3 * PAD) / 2, box.h - 2 * PAD}};
    page.y = page.column.y;
    tell_all(&page);
    draw_unclip(draw, before);
}
