/*
 * ui.c - how everything looks: colors, titles, the frame of each panel.
 */
#include "tools/view/ui.h"

#include <stdio.h>
#include <string.h>

#include "tools/view/ui_int.h"

/* ---- colors ---- */

const draw_color_t ui_back = 0x0d1015ff, ui_face = 0x151a21ff, ui_edge = 0x2b323cff;
const draw_color_t ui_text = 0xc5ced8ff, ui_dim = 0x87919dff, ui_bright = 0xf2f6faff;
const draw_color_t ui_good = 0x57ba6bff, ui_bad = 0xf0685fff, ui_warn = 0xdca842ff;
const draw_color_t ui_accent = 0x58a6e8ff;

/* Hues far apart, all of about the same lightness on ui_face. */
static const draw_color_t hues[] = {
    0x5b9fe0ff, 0xe8964eff, 0x62b970ff, 0xd977a8ff, 0xc9b44bff, 0x9b86e0ff,
    0x45b8b4ff, 0xe07066ff, 0x92ad4fff, 0xb58a6aff, 0x7fb7e6ff, 0xc58fd6ff,
};

draw_color_t ui_color(uint32_t number)
{
    return hues[number % SIM_COUNT(hues)];
}

static const struct {
    const char *block;
    draw_color_t color;
} block_colors[] = {
    {"pixel", 0xe8964eff}, {"adc", 0xdcb65aff},  {"readout", 0xc98f63ff}, {"isp", 0x62b970ff},
    {"npu", 0x7f9bf0ff},   {"l2", 0x45b8b4ff},   {"core", 0xd977a8ff},    {"bus", 0x97a1adff},
    {"link", 0xb58ae0ff},  {"mipi", 0xb58ae0ff}, {"other", 0x737d89ff},
};

draw_color_t ui_block_color(const char *block)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (uint32_t i = 0; i < SIM_COUNT(block_colors); i++)
        if (strcmp(block, block_colors[i].block) == 0)
            return block_colors[i].color;
    for (const char *at = block; *at != '\0'; at++)
        hash = (hash ^ (uint8_t)*at) * 16777619u;
    return ui_color(hash >> 8);
}

/* ---- text ---- */

const char *ui_time(char out[24], uint64_t ps)
{
    static const struct {
        uint64_t ps;
        int digits;
        const char *unit;
    } units[] = {
        {999000000000000000, 0, "s"}, {999000000000000, 3, "s"}, {1000000000000, 6, "s"},
        {1000000000, 3, "ms"},        {1000000, 3, "us"},        {1000, 3, "ns"},
    };
    for (uint32_t i = 0; i < SIM_COUNT(units); i++) {
        if (ps < units[i].ps)
            continue;
        double unit = units[i].unit[0] == 's' ? 1e12 : (double)units[i].ps;
        snprintf(out, 24, "%.*f %s", units[i].digits, (double)ps / unit, units[i].unit);
        return out;
    }
    snprintf(out, 24, "%u ps", (unsigned)ps);
    return out;
}

size_t ui_row_bytes(const char *text, int32_t width)
{
    char part[400];
    size_t whole = strlen(text), best = 0;
    for (size_t i = 1; i <= whole && i < sizeof(part); i++) {
        if (i < whole && text[i] != ' ')
            continue;
        memcpy(part, text, i);
        part[i] = '\0';
        if (draw_text_width(DRAW_TEXT, part) > width)
            break;
        best = i;
    }
    return best != 0 ? best : strcspn(text, " ");
}

const char *const ui_panel_title[PANEL_COUNT] = {
#define X(name, title, fn) title,
    UI_PANELS(X)
#undef X
};

/* ---- the window ---- */

void view_ui_init(view_ui_t *ui)
{
    *ui = (view_ui_t){.big = PANEL_COUNT,
                      .focus = PANEL_RAW,
                      .select = {.kind = HIT_PANEL},
                      .span_ps = 100000000000,
                      .truth = true};
    for (uint32_t i = 0; i < VIEW_PICTURES; i++)
        ui->zoom[i] = (ui_zoom_t){1, 0.5f, 0.5f};
}

static void draw_panel(const ui_t *ui, ui_panel_t panel, ui_panel_fn_t fn)
{
    draw_t *draw = ui->draw;
    draw_rect_t rect = ui->ui->panel[panel], inside = ui_inside(rect);
    if (rect.w == 0)
        return;
    bool focus = ui->ui->focus == panel;
    int32_t text = rect.y + (UI_TITLE - draw_text_height(DRAW_TITLE)) / 2;
    draw_fill(draw, rect, ui_face);
    draw_frame(draw, rect, focus ? ui_accent : ui_edge);
    draw_hit(draw, rect, HIT_PANEL, panel, 0);
    draw_text_cut(draw, rect.x + 8, text, rect.w - 34, DRAW_TITLE, focus ? ui_bright : ui_text,
                  ui_panel_title[panel]);
    draw_text(draw, rect.x + rect.w - 8, text + 2, DRAW_SMALL, DRAW_RIGHT, ui_dim, "%c",
              ui_panel_keys[panel]);
    draw_rect_t before = draw_clip(draw, inside);
    fn(ui, inside);
    draw_unclip(draw, before);
}

static void too_small(draw_t *draw)
{
    int32_t x = (int32_t)draw->width / 2, y = (int32_t)draw->height / 2;
    draw_text(draw, x, y - 18, DRAW_TITLE, DRAW_CENTER, ui_bright, "This window is too small");
    draw_text(draw, x, y + 4, DRAW_TEXT, DRAW_CENTER, ui_dim, "%u x %u; at least %d x %d",
              draw->width, draw->height, UI_LEAST_WIDTH, UI_LEAST_HEIGHT);
}

void ui_draw(const ui_t *ui)
{
    draw_t *draw = ui->draw;
    draw_fill(draw, (draw_rect_t){0, 0, (int32_t)draw->width, (int32_t)draw->height}, ui_back);
    bool small = draw->width < UI_LEAST_WIDTH || draw->height < UI_LEAST_HEIGHT;
    if (small) {
        memset(ui->ui->panel, 0, sizeof(ui->ui->panel));
        too_small(draw);
        return;
    }
    ui_layout(ui_body(draw->width, draw->height), ui->ui->big, ui->ui->select.kind != HIT_PANEL,
              ui->ui->panel);
    ui_bar(ui);
#define X(name, title, fn) draw_panel(ui, PANEL_##name, fn);
    UI_PANELS(X)
#undef X
    if (ui->ui->help)
        ui_help(ui);
    else
        ui_tip(ui);
}
