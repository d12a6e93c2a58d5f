/*
 * panel_isp.c - the image that the chip makes for itself, and what it found in it.
 */
#include <stdio.h>

#include "tools/view/image_reports.h"

static void write_caption(const view_model_t *m, const view_report_t *report, caption_t *caption)
{
    const view_picture_t *p = &m->picture[VIEW_ISP];
    size_t room = sizeof(caption->fact);
    caption->explains =
        "What the network sees: color, noise and light put right. Boxes, identities "
        "and tracks are the chip's own, of the newest frame it has judged.";
    caption->fact[0] = '\0';
    if (p->width_px == 0)
        return;
    if (report == NULL)
        snprintf(caption->fact, room, "frame %u, no boxes were reported yet", p->frame);
    else
        snprintf(caption->fact, room, "frame %u; boxes of frame %u, latency %.1f ms", p->frame,
                 report->frame, report->latency_us / 1e3);
}

void panel_isp(const ui_t *ui, draw_rect_t rect)
{
    const view_picture_t *p = &ui->model->picture[VIEW_ISP];
    const view_report_t *report = view_report_of(ui->model, p->frame);
    marks_t marks;
    caption_t caption;
    write_caption(ui->model, report, &caption);
    draw_rect_t before = marks_begin(&marks, ui, VIEW_ISP, rect, &caption);
    if (p->width_px == 0) {
        marks_await(&marks, "waits for the ISP's first row");
    } else {
        image_draw(ui, &marks.place, p);
        if (report != NULL) {
            reports_trails(&marks, report);
            reports_boxes(&marks, report);
            reports_labels(&marks, report);
        }
        marks_selected(&marks);
    }
    marks_end(&marks, before);
}
