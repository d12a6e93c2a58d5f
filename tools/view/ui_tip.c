/*
 * ui_tip.c - what is under the pointer, in a sentence beside it: buttons, titles of panels, rows of
 * the control panel, times of the bar.
 */
#include <stdio.h>
#include <string.h>

#include "tools/view/control.h"
#include "tools/view/ui_int.h"

enum { PAD = 7, WIDTH = 330, LINE = 15, MOST_LINES = 6, BELOW = 18 };

/* For somebody who never saw one. */
static const char *const panel_about[PANEL_COUNT] = {
    [PANEL_IDEAL] = "What is before the lens, as no sensor sees it, and where everybody really is.",
    [PANEL_RAW] =
        "What the photosites collected, as numbers of the ADC: one color each. Rows begin "
        "and end their exposure one after the other (rolling shutter), and are read in "
        "that order.",
    [PANEL_ISP] = "The image that the chip makes of RAW for its network, and the boxes that the "
                  "network found in it, followed from frame to frame.",
    [PANEL_HOST] = "All that leaves the chip. Where only boxes do, no image of anybody ever does.",
    [PANEL_TIMELINE] =
        "When each block worked on which frame, from the light to the host's packet.",
    [PANEL_L2] = "The chip's large memory: which tensor of the network stands where, while the "
                 "layers need it.",
    [PANEL_NPU] = "The network's layers: how long each took, and what its multipliers did "
                  "meanwhile.",
    [PANEL_LINK] = "The wires to the host: how full they are, and what they carry.",
    [PANEL_POWER] = "What each block takes, and how warm the die is.",
    [PANEL_CONTROL] = "Registers that a host writes over the CCI bus, and the scene's light: to be "
                      "changed while it runs.",
    [PANEL_CONSOLE] = "What the firmware and the simulator say, and what was changed by hand.",
    [PANEL_INSPECT] = "All that is known of what was clicked.",
};

static const struct {
    const char *help;
} buttons[BUTTON_COUNT] = {
#define X(name, label, key, help) {help},
    UI_BUTTONS(X)
#undef X
};

static void control_tip(const draw_hit_t *hit, char *out, size_t bytes)
{
    if (hit->a < CONTROL_COUNT)
        snprintf(out, bytes, "%s%s: %s",
                 hit->b == 0   ? "less "
                 : hit->b == 1 ? "more "
                               : "",
                 control_rows[hit->a].label, control_rows[hit->a].help);
}

static void tip_of(const ui_t *ui, const draw_hit_t *hit, char *out, size_t bytes)
{
    char time[24];
    int32_t y = ui->ui->pointer_y;
    if (hit->kind == HIT_BUTTON && hit->a < BUTTON_COUNT)
        snprintf(out, bytes, "%s", buttons[hit->a].help);
    else if (hit->kind == HIT_SEEK)
        snprintf(
            out, bytes, "%s",
            ui_time(time, ui_reach_ps((ui_reach_t){hit->a, hit->b}, hit->rect, ui->ui->pointer_x)));
    else if (hit->kind == HIT_PANEL && hit->a < PANEL_COUNT && y - hit->rect.y < UI_TITLE)
        snprintf(out, bytes, "%s", panel_about[hit->a]);
    else if (hit->kind == HIT_CONTROL)
        control_tip(hit, out, bytes);
}

/* Into lines that are no wider than that; returns how many. */
static uint32_t wrap(const char *text, int32_t width, char line[MOST_LINES][100])
{
    uint32_t lines = 0;
    for (const char *at = text; *at != '\0' && lines < MOST_LINES; lines++) {
        size_t bytes = ui_row_bytes(at, width);
        snprintf(line[lines], sizeof(line[0]), "%.*s", (int)bytes, at);
        at += bytes;
        at += strspn(at, " ");
    }
    return lines;
}

void ui_tip(const ui_t *ui)
{
    draw_t *draw = ui->draw;
    const view_ui_t *state = ui->ui;
    const draw_hit_t *hit = draw_at(draw, state->pointer_x, state->pointer_y);
    char text[400] = "", line[MOST_LINES][100];
    if (hit == NULL || state->dragging)
        return;
    tip_of(ui, hit, text, sizeof(text));
    uint32_t lines = wrap(text, WIDTH, line);
    draw_rect_t box = {state->pointer_x, state->pointer_y + BELOW, 2 * PAD,
                       (int32_t)lines * LINE + PAD};
    if (lines == 0)
        return;
    for (uint32_t i = 0; i < lines; i++) {
        int32_t width = draw_text_width(DRAW_TEXT, line[i]) + 2 * PAD;
        box.w = width > box.w ? width : box.w;
    }
    int32_t right = (int32_t)draw->width - UI_GAP, bottom = (int32_t)draw->height - UI_GAP;
    if (box.x + box.w > right)
        box.x = right - box.w;
    if (box.y + box.h > bottom)
        box.y = state->pointer_y - box.h - 4;
    draw_fill(draw, box, 0x222b36ff);
    draw_frame(draw, box, ui_edge);
    for (uint32_t i = 0; i < lines; i++)
        draw_text(draw, box.x + PAD, box.y + PAD / 2 + (int32_t)i * LINE, DRAW_TEXT, DRAW_LEFT,
                  ui_bright, "%s", line[i]);
}
