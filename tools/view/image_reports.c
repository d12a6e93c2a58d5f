/*
 * image_reports.c - boxes and trails of the chip's reports.
 */
#include "tools/view/image_reports.h"

#include <math.h>
#include <stdio.h>

static const char *class_name(uint32_t class_id)
{
    switch (class_id) {
#define X(name, value, text)                                                                       \
    case value:                                                                                    \
        return text;
        META_CLASSES(X)
#undef X
    default:
        return "object";
    }
}

/* What is not tracked has no color of its own. */
static draw_color_t color_of(const metadata_box_t *box)
{
    return box->id != 0 ? ui_color(box->id) : ui_text;
}

static uint32_t boxes_of(const view_report_t *report)
{
    return report->boxes < VIEW_BOXES ? report->boxes : VIEW_BOXES;
}

static mark_box_t mark_of(const metadata_box_t *b)
{
    return (mark_box_t){
        .x = b->x, .y = b->y, .w = b->w, .h = b->h, .color = color_of(b), .identity = b->id};
}

void reports_boxes(marks_t *marks, const view_report_t *report)
{
    for (uint32_t i = 0; i < boxes_of(report); i++) {
        const mark_box_t box = mark_of(&report->box[i]);
        marks_box(marks, &box);
    }
}

void reports_labels(marks_t *marks, const view_report_t *report)
{
    char label[64], identity[16];
    for (uint32_t i = 0; i < boxes_of(report); i++) {
        const metadata_box_t *b = &report->box[i];
        const mark_box_t box = mark_of(b);
        snprintf(identity, sizeof(identity), b->id != 0 ? " #%u" : "", b->id);
        snprintf(label, sizeof(label), "%s%s %u%%", class_name(b->class_id), identity,
                 b->score * 100 / 256);
        marks_box_label(marks, &box, label);
    }
}

/* The middle of the box of that identity, points; false: the report has none. */
static bool middle_of(const marks_t *marks, const view_report_t *report, uint32_t id, double at[2])
{
    for (uint32_t i = 0; i < boxes_of(report); i++) {
        const metadata_box_t *b = &report->box[i];
        if (b->id != id)
            continue;
        image_to_point(&marks->place, b->x + b->w / 2.0, b->y + b->h / 2.0, at);
        return true;
    }
    return false;
}

static void draw_dot(marks_t *marks, const double at[2], int32_t size, draw_color_t color)
{
    draw_rect_t dot = {(int32_t)lround(at[0]) - size / 2, (int32_t)lround(at[1]) - size / 2, size,
                       size};
    draw_fill(marks->draw, dot, color);
}

static void draw_trail(marks_t *marks, uint64_t newest, const metadata_box_t *box)
{
    const view_model_t *m = marks->ui->model;
    draw_color_t color = ui_color(box->id);
    double last[2], at[2];
    if (!middle_of(marks, view_report(m, newest), box->id, last))
        return;
    draw_dot(marks, last, 5, color);
    for (uint32_t back = 1; back <= REPORTS_TRAIL && newest >= m->reports.first + back; back++) {
        if (!middle_of(marks, view_report(m, newest - back), box->id, at))
            continue; /* not seen then */
        uint32_t alpha = 255 - back * 200 / REPORTS_TRAIL;
        draw_line(marks->draw, (int32_t)lround(at[0]), (int32_t)lround(at[1]),
                  (int32_t)lround(last[0]), (int32_t)lround(last[1]), 2, marks_faint(color, alpha));
        last[0] = at[0];
        last[1] = at[1];
    }
}

void reports_trails(marks_t *marks, const view_report_t *report)
{
    const view_model_t *m = marks->ui->model;
    for (uint64_t n = m->reports.next; n > m->reports.first; n--) {
        if (view_report(m, n - 1) != report)
            continue;
        for (uint32_t i = 0; i < boxes_of(report); i++)
            if (report->box[i].id != 0)
                draw_trail(marks, n - 1, &report->box[i]);
        return;
    }
}
