/*
 * ui_layout.c - where the panels stand: four columns of equal width.
 *
 *   | IDEAL    | RAW      | ISP      | HOST    |   images, as high as 4:3 makes them
 *   | TIMELINE                       | CONTROL |
 *   | L2     | NPU    | LINK | POWER |---------|   what is inside, by its parts
 *   | CONSOLE                        | INSPECT |
 */
#include "tools/view/ui_int.h"

enum { CONTROL_MOST = 190 }; /* all of its rows */

draw_rect_t ui_body(uint32_t width, uint32_t height)
{
    int32_t top = UI_BAR + UI_SEEK + UI_GAP;
    return (draw_rect_t){UI_GAP, top, (int32_t)width - 2 * UI_GAP, (int32_t)height - top - UI_GAP};
}

draw_rect_t ui_inside(draw_rect_t panel)
{
    draw_rect_t inner = draw_inset(panel, 1);
    int32_t title = UI_TITLE - 1;
    inner.y += title;
    inner.h = inner.h > title ? inner.h - title : 0;
    return inner;
}

/* Left edge of column i of n in so many points; the last one ends where they do. */
static int32_t column(int32_t width, int32_t n, int32_t i)
{
    return i * (width + UI_GAP) / n;
}

static void beside(draw_rect_t in, const ui_panel_t *panel, int32_t count,
                   draw_rect_t rect[PANEL_COUNT])
{
    for (int32_t i = 0; i < count; i++) {
        int32_t left = column(in.w, count, i);
        rect[panel[i]] =
            (draw_rect_t){in.x + left, in.y, column(in.w, count, i + 1) - UI_GAP - left, in.h};
    }
}

/* Images of 4:3 and a line of text below; never more than half of the height. */
static int32_t image_row(draw_rect_t body)
{
    int32_t inner = column(body.w, 4, 1) - UI_GAP - 2;
    int32_t high = inner * 3 / 4 + UI_TITLE + 16 + 2, most = body.h / 2;
    return high < most ? high : most;
}

static void alone(draw_rect_t body, ui_panel_t big, bool aside, draw_rect_t rect[PANEL_COUNT])
{
    int32_t right = column(body.w, 4, 3);
    rect[big] = body;
    if (!aside || big == PANEL_INSPECT)
        return;
    rect[big].w = right - UI_GAP;
    rect[PANEL_INSPECT] = (draw_rect_t){body.x + right, body.y, body.w - right, body.h};
}

void ui_layout(draw_rect_t body, ui_panel_t big, bool aside, draw_rect_t rect[PANEL_COUNT])
{
    static const ui_panel_t images[] = {PANEL_IDEAL, PANEL_RAW, PANEL_ISP, PANEL_HOST};
    static const ui_panel_t parts[] = {PANEL_L2, PANEL_NPU, PANEL_LINK, PANEL_POWER};
    for (uint32_t i = 0; i < PANEL_COUNT; i++)
        rect[i] = (draw_rect_t){0};
    if (big < PANEL_COUNT) {
        alone(body, big, aside, rect);
        return;
    }
    int32_t high = image_row(body), top = body.y + high + UI_GAP, rest = body.h - high - UI_GAP;
    beside((draw_rect_t){body.x, body.y, body.w, high}, images, 4, rect);

    int32_t right = column(body.w, 4, 3), wide = right - UI_GAP;
    int32_t share = rest - 2 * UI_GAP;
    int32_t timeline = share * 38 / 100, console = share * 18 / 100;
    int32_t middle = share - timeline - console;
    rect[PANEL_TIMELINE] = (draw_rect_t){body.x, top, wide, timeline};
    beside((draw_rect_t){body.x, top + timeline + UI_GAP, wide, middle}, parts, 4, rect);
    rect[PANEL_CONSOLE] = (draw_rect_t){body.x, body.y + body.h - console, wide, console};

    int32_t control = rest * 2 / 5 < CONTROL_MOST ? rest * 2 / 5 : CONTROL_MOST;
    rect[PANEL_CONTROL] = (draw_rect_t){body.x + right, top, body.w - right, control};
    rect[PANEL_INSPECT] = (draw_rect_t){body.x + right, top + control + UI_GAP, body.w - right,
                                        rest - control - UI_GAP};
}
