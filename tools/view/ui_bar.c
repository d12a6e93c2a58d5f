/*
 * ui_bar.c - the bar above the panels: buttons, what time it is, how fast it goes, and the run's
 * time as a bar.
 */
#include <stdio.h>

#include "tools/view/ui_int.h"

/* ---- the run's time ---- */

/* The same for a run whose frames seldom have results, or never: as it went from its beginning. */
static uint64_t end_by_pixels_ps(const view_model_t *model)
{
    const view_picture_t *raw = &model->picture[VIEW_RAW];
    if (raw->height_px == 0 || raw->frame == 0)
        return 0;
    double read = raw->frame + (double)raw->rows / raw->height_px;
    double end = (double)raw->told_ps * model->frames / read;
    return end < (double)(UINT64_MAX / 2) ? (uint64_t)end : 0;
}

/* When the last frame of the run will have been read, from how far apart frames are lately; 0: not
 * known. */
static uint64_t expected_end_ps(const view_model_t *model)
{
    const view_ring_t *ring = &model->frames_done;
    if (ring->next - ring->first < 2)
        return end_by_pixels_ps(model);
    if (model->frames == 0)
        return 0;
    const timeline_frame_t *first = view_frame(model, ring->first);
    const timeline_frame_t *last = view_frame(model, ring->next - 1);
    if (last->frame <= first->frame || last->readout_start_ps <= first->readout_start_ps)
        return 0;
    uint64_t period =
        (last->readout_start_ps - first->readout_start_ps) / (last->frame - first->frame);
    uint64_t left = model->frames > last->frame ? model->frames - last->frame : 0;
    return left < UINT64_MAX / 2 / (period + 1) ? last->readout_start_ps + left * period : 0;
}

ui_reach_t ui_reach(const view_model_t *model, const play_t *play)
{
    ui_reach_t reach = {play_begin_ps(play), play_furthest_ps(play)};
    uint64_t end = play_over(play) ? 0 : expected_end_ps(model);
    if (end > reach.to_ps)
        reach.to_ps = end;
    if (reach.to_ps <= reach.from_ps)
        reach.to_ps = reach.from_ps + 1;
    return reach;
}

uint64_t ui_reach_ps(ui_reach_t reach, draw_rect_t bar, int32_t x)
{
    double part = bar.w > 0 ? (double)((int64_t)x - bar.x) / bar.w : 0;
    part = part < 0 ? 0 : part > 1 ? 1 : part;
    return reach.from_ps + (uint64_t)(part * (double)(reach.to_ps - reach.from_ps));
}

int32_t ui_reach_x(ui_reach_t reach, draw_rect_t bar, uint64_t at_ps)
{
    uint64_t at = at_ps < reach.from_ps ? 0 : at_ps - reach.from_ps;
    double part = (double)at / (double)(reach.to_ps - reach.from_ps);
    return bar.x + (int32_t)((part > 1 ? 1 : part) * bar.w);
}

static void draw_frames(const ui_t *ui, ui_reach_t reach, draw_rect_t bar)
{
    const view_ring_t *ring = &ui->model->frames_done;
    int32_t free_from = bar.x;
    for (uint64_t i = ring->first; i < ring->next; i++) {
        const timeline_frame_t *frame = view_frame(ui->model, i);
        if (frame->readout_start_ps < reach.from_ps || frame->readout_start_ps > reach.to_ps)
            continue;
        char number[16];
        int32_t x = ui_reach_x(reach, bar, frame->readout_start_ps);
        snprintf(number, sizeof(number), "%u", frame->frame);
        int32_t width = draw_text_width(DRAW_SMALL, number);
        draw_fill(ui->draw, (draw_rect_t){x, bar.y, 1, bar.h}, 0x5a6572ff);
        if (x < free_from || x + 3 + width > bar.x + bar.w)
            continue;
        draw_text(ui->draw, x + 3, bar.y, DRAW_SMALL, DRAW_LEFT, ui_dim, "%s", number);
        free_from = x + width + 24;
    }
}

static void draw_seek(const ui_t *ui)
{
    draw_t *draw = ui->draw;
    draw_rect_t bar = {UI_GAP, UI_BAR, (int32_t)draw->width - 2 * UI_GAP, UI_SEEK};
    draw_rect_t line = {bar.x, bar.y + 2, bar.w, bar.h - 4};
    ui_reach_t reach = ui_reach(ui->model, ui->play);
    int32_t now = ui_reach_x(reach, bar, play_now_ps(ui->play));
    int32_t been = ui_reach_x(reach, bar, play_furthest_ps(ui->play));
    draw_fill(draw, line, ui_face);
    draw_fill(draw, (draw_rect_t){line.x, line.y, been - line.x, line.h}, 0x26303bff);
    draw_fill(draw, (draw_rect_t){line.x, line.y, now - line.x, line.h}, 0x2c5378ff);
    draw_rect_t before = draw_clip(draw, line);
    draw_frames(ui, reach, line);
    draw_unclip(draw, before);
    draw_frame(draw, line, ui_edge);
    draw_fill(draw, (draw_rect_t){now - 1, bar.y, 3, bar.h}, ui_bright);
    draw_hit(draw, bar, HIT_SEEK, reach.from_ps, reach.to_ps);
}

/* ---- buttons ---- */

static const char *const labels[BUTTON_COUNT] = {
#define X(name, label, key, help) label,
    UI_BUTTONS(X)
#undef X
};

static bool lit(const ui_t *ui, ui_button_t button)
{
    return button == BUTTON_TRUTH  ? ui->ui->truth
           : button == BUTTON_HELP ? ui->ui->help
           : button == BUTTON_SLOW ? play_speed(ui->play) != SPEED_FULL
           : button == BUTTON_PLAY ? !play_paused(ui->play)
                                   : false;
}

/* Returns where the next thing may begin. */
static int32_t draw_buttons(const ui_t *ui)
{
    int32_t x = UI_GAP, high = UI_BAR - 12;
    for (uint32_t i = 0; i < BUTTON_COUNT; i++) {
        const char *label = i == BUTTON_PLAY && !play_paused(ui->play) ? "||" : labels[i];
        draw_rect_t rect = {x, 6, draw_text_width(DRAW_TEXT, label) + 14, high};
        bool on = lit(ui, (ui_button_t)i);
        if (rect.w < 26)
            rect.w = 26;
        draw_fill(ui->draw, rect, on ? 0x24415cff : 0x1c232cff);
        draw_frame(ui->draw, rect, on ? ui_accent : ui_edge);
        draw_text(ui->draw, rect.x + rect.w / 2,
                  rect.y + (rect.h - draw_text_height(DRAW_TEXT)) / 2, DRAW_TEXT, DRAW_CENTER,
                  on ? ui_bright : ui_text, "%s", label);
        draw_hit(ui->draw, rect, HIT_BUTTON, i, 0);
        bool group = i == BUTTON_SLOW || i == BUTTON_PACKET;
        x += rect.w + (group ? 12 : 3);
    }
    return x;
}

/* ---- what is so ---- */

typedef struct {
    const char *text;
    draw_color_t color;
} state_t;

static state_t state_of(const play_t *play)
{
    if (play_busy(play))
        return (state_t){"on the way", ui_warn};
    if (play_over(play) && play_now_ps(play) >= play_furthest_ps(play))
        return play_short(play) ? (state_t){"ended early", ui_bad}
                                : (state_t){"run complete", ui_accent};
    return play_paused(play) ? (state_t){"paused", ui_warn} : (state_t){"running", ui_good};
}

static void second_line(const ui_t *ui, char *out, size_t bytes)
{
    char rate[32] = "", changes[32] = "";
    uint32_t count = play_changes(ui->play);
    if (ui->model->real_time > 0 && !play_paused(ui->play))
        snprintf(rate, sizeof(rate), ", %.3g x real time", ui->model->real_time);
    if (count > 0)
        snprintf(changes, sizeof(changes), "; %u change%s by hand", count, count == 1 ? "" : "s");
    snprintf(out, bytes, "%s%s%s", play_speed_name[play_speed(ui->play)], rate, changes);
}

static void draw_state(const ui_t *ui, int32_t x)
{
    draw_t *draw = ui->draw;
    char time[24], first[64], second[160];
    int32_t end = (int32_t)draw->width - UI_GAP;
    const view_picture_t *raw = &ui->model->picture[VIEW_RAW];
    const char *complaint = play_complaint(ui->play);
    state_t state = state_of(ui->play);

    ui_time(time, play_now_ps(ui->play));
    draw_text(draw, x + 8, 6, DRAW_LARGE, DRAW_LEFT, ui_bright, "%s", time);
    x += 8 + draw_text_width(DRAW_LARGE, "000.000000 s") + 12;
    if (raw->width_px == 0)
        snprintf(first, sizeof(first), "before the first frame");
    else if (ui->model->frames > 0)
        snprintf(first, sizeof(first), "frame %u of %u", raw->frame, ui->model->frames);
    else
        snprintf(first, sizeof(first), "frame %u", raw->frame);
    second_line(ui, second, sizeof(second));
    int32_t left = draw_text_width(DRAW_TITLE, state.text) + 10;
    draw_text(draw, x, 2, DRAW_TITLE, DRAW_LEFT, state.color, "%s", state.text);
    draw_text_cut(draw, x + left, 3, end - x - left, DRAW_TEXT, ui_text, first);
    if (complaint[0] != '\0')
        draw_text_cut(draw, x, 18, end - x, DRAW_TEXT, ui_bad, complaint);
    else
        draw_text_cut(draw, x, 18, end - x, DRAW_TEXT, ui_dim, second);
}

void ui_bar(const ui_t *ui)
{
    draw_state(ui, draw_buttons(ui));
    draw_seek(ui);
}
