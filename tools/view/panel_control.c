/*
 * panel_control.c - what can be changed while the run goes on, a row each: name, value, - and +.
 */
#include "tools/view/control.h"

#include <stdio.h>
#include <string.h>

enum { ROW = 16, BUTTON = 18, LABEL = 88, PAD = 6, WIDE = 420 };

static void draw_button(const ui_t *ui, draw_rect_t rect, control_t row, bool up, bool can)
{
    draw_t *draw = ui->draw;
    draw_color_t color = can ? ui_text : ui_edge;
    int32_t x = rect.x + rect.w / 2, y = rect.y + rect.h / 2;
    draw_fill(draw, rect, 0x1c232cff);
    draw_frame(draw, rect, ui_edge);
    draw_fill(draw, (draw_rect_t){x - 4, y, 8, 1}, color);
    if (up)
        draw_fill(draw, (draw_rect_t){x, y - 4, 1, 8}, color);
    draw_hit(draw, rect, HIT_CONTROL, row, up ? 1 : 0);
}

static void draw_row(const ui_t *ui, draw_rect_t rect, control_t row)
{
    draw_t *draw = ui->draw;
    const view_ui_t *state = ui->ui;
    char value[96], typed[64];
    control_state_t s = control_state(ui->model, ui->ui, ui->play, row);
    bool can = s.known && play_refusal(ui->play) == NULL, chosen = state->control == row;
    bool typing = chosen && state->typed[0] != '\0';
    int32_t y = rect.y + (rect.h - draw_text_height(DRAW_TEXT)) / 2;
    int32_t buttons = rect.x + rect.w - 2 * BUTTON - 3 - PAD, at = rect.x + PAD + LABEL;

    draw_hit(draw, rect, HIT_CONTROL, row, 2);
    if (chosen)
        draw_fill(draw, rect, 0x202b37ff);
    draw_text_cut(draw, rect.x + PAD, y, LABEL - 4, DRAW_TEXT, chosen ? ui_bright : ui_dim,
                  control_rows[row].label);
    control_text(ui->model, ui->ui, ui->play, row, value, sizeof(value));
    if (draw_text_width(DRAW_MONO, value) > buttons - at - 4)
        value[strcspn(value, ",")] = '\0'; /* the first figure alone */
    snprintf(typed, sizeof(typed), "%s_ %s", state->typed, control_rows[row].unit);
    draw_text_cut(draw, at, y, buttons - at - 4, DRAW_MONO,
                  typing      ? ui_accent
                  : s.pending ? ui_warn
                  : s.known   ? ui_bright
                              : ui_dim,
                  typing ? typed : value);
    for (int32_t up = 0; up < 2; up++)
        draw_button(ui, (draw_rect_t){buttons + up * (BUTTON + 3), rect.y + 1, BUTTON, rect.h - 2},
                    row, up != 0, can && (up != 0 ? s.value < s.most : s.value > s.least));
}

static void range_text(const ui_t *ui, control_t row, char *out, size_t bytes)
{
    control_state_t s = control_state(ui->model, ui->ui, ui->play, row);
    const control_row_t *r = &control_rows[row];
    if (!s.known)
        snprintf(out, bytes, "%s", r->help);
    else if (row == CONTROL_LIGHT)
        snprintf(out, bytes, "%s, 0 to %u", r->help, s.most / 10);
    else if (row == CONTROL_EXPOSURE || row == CONTROL_FRAME)
        snprintf(out, bytes, "%u to %u lines; %s", s.least, s.most, r->help);
    else
        snprintf(out, bytes, "%u to %u; %s", s.least, s.most, r->help);
}

/* Beside the row, where there is room: the register, how far it goes, what it does. */
static void draw_more(const ui_t *ui, draw_rect_t rect, control_t row)
{
    char text[160];
    int32_t y = rect.y + (rect.h - draw_text_height(DRAW_TEXT)) / 2, name = 210;
    uint16_t address = control_address(row);
    if (address != 0) {
        snprintf(text, sizeof(text), "0x%04x %s", address, control_rows[row].reg);
        draw_text_cut(ui->draw, rect.x, y + 1, name - 8, DRAW_SMALL, ui_dim, text);
    }
    range_text(ui, row, text, sizeof(text));
    draw_text_cut(ui->draw, rect.x + name, y, rect.w - name - PAD, DRAW_TEXT, ui_dim, text);
}

static void draw_one(const ui_t *ui, draw_rect_t rect, int32_t width, control_t row)
{
    draw_rect_t more = {rect.x + width + 2 * PAD, rect.y, rect.w - width - 2 * PAD, rect.h};
    rect.w = width;
    draw_row(ui, rect, row);
    if (more.w > 0)
        draw_more(ui, more, row);
}

void panel_control(const ui_t *ui, draw_rect_t rect)
{
    int32_t foot = draw_text_height(DRAW_SMALL) + 4, room = (rect.h - foot) / ROW;
    int32_t width = rect.w > 2 * WIDE ? WIDE : rect.w, bottom = rect.y + rect.h - foot + 1;
    control_t chosen = ui->ui->control < CONTROL_COUNT ? (control_t)ui->ui->control : 0;
    uint32_t shown = room < 1 ? 1 : (uint32_t)room < CONTROL_COUNT ? (uint32_t)room : CONTROL_COUNT;
    uint32_t first = chosen >= shown ? chosen - shown + 1 : 0; /* the chosen one is in sight */
    const char *refusal = play_refusal(ui->play);
    char text[160];
    for (uint32_t i = 0; i < shown && first + i < CONTROL_COUNT; i++)
        draw_one(ui, (draw_rect_t){rect.x, rect.y + 1 + (int32_t)i * ROW, rect.w, ROW}, width,
                 (control_t)(first + i));
    if (rect.y + 1 + (int32_t)shown * ROW + 8 < bottom)
        bottom = rect.y + 1 + (int32_t)shown * ROW + 8;
    draw_color_t color = ui_dim;
    range_text(ui, chosen, text, sizeof(text));
    if (ui->ui->note[0] != '\0') {
        snprintf(text, sizeof(text), "%s", ui->ui->note);
        color = ui_bad;
    } else if (refusal != NULL) {
        snprintf(text, sizeof(text), "%s", refusal);
        color = ui_warn;
    }
    draw_text_cut(ui->draw, rect.x + PAD, bottom, rect.w - 2 * PAD, DRAW_SMALL, color, text);
}
