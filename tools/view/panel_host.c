/*
 * panel_host.c - what leaves the chip, as the host on the other end of the link has it: an image
 * where one is sent, else boxes on black.
 */
#include <stdio.h>

#include "tools/view/image_reports.h"
#include "tools/view/link_frames.h"

/* "184 B", "12.4 kB", "3.86 MB" */
static const char *size_text(char out[24], uint64_t bytes)
{
    if (bytes < 10000)
        snprintf(out, 24, "%u B", (unsigned)bytes);
    else if (bytes < 1000000)
        snprintf(out, 24, "%.1f kB", (double)bytes / 1e3);
    else
        snprintf(out, 24, "%.2f MB", (double)bytes / 1e6);
    return out;
}

static void write_caption(const view_model_t *m, const link_frames_t *sent, caption_t *caption)
{
    const view_picture_t *raw = &m->picture[VIEW_RAW];
    char bytes[24];
    caption->explains = "All that leaves the chip on its link for a frame. A raw camera would send "
                        "every pixel of the array as it is.";
    caption->fact[0] = '\0';
    if (sent->frames == 0)
        return;
    int at = snprintf(caption->fact, sizeof(caption->fact), "%s%s a frame", sent->cut ? ">" : "",
                      size_text(bytes, sent->bytes));
    if (raw->width_px == 0 || raw->bits == 0)
        return;
    double all = (double)link_raw_bytes(raw), part = (double)sent->bytes;
    char *rest = caption->fact + at;
    size_t room = sizeof(caption->fact) - (size_t)at;
    size_text(bytes, link_raw_bytes(raw));
    if (part >= all)
        snprintf(rest, room, ": %.1f x a raw camera's %s", part / all, bytes);
    else
        snprintf(rest, room, ": 1/%.*f of a raw camera's %s", all < 10 * part ? 1 : 0, all / part,
                 bytes);
}

/* ---- what is sent, in words ---- */

static bool is_region(const view_model_t *m)
{
    const sim_window_t *w = &m->picture[VIEW_HOST].window, *frame = &m->timing.window;
    uint32_t width = frame->width_px != 0 ? frame->width_px : m->timing.array_width_px;
    uint32_t height = frame->height_px != 0 ? frame->height_px : m->timing.array_height_px;
    return w->width_px != 0 && (w->width_px < width || w->height_px < height);
}

/* Whether no pixel leaves: not even a network's input, which may be among tensors. */
static bool is_private(const link_frames_t *sent)
{
    return !sent->raw && !sent->color && !sent->embedded;
}

/* Both exposures of a row leave, line by line (DOL): shown as they come. */
static bool is_doubled(const view_model_t *m)
{
    uint32_t height_px = m->picture[VIEW_RAW].height_px;
    return height_px != 0 && m->picture[VIEW_HOST].height_px == 2 * height_px;
}

static const char *mode_of(const view_model_t *m, const link_frames_t *sent, bool image)
{
    if (sent->frames == 0)
        return "waits for the first frame on the link";
    if (sent->raw && image && is_doubled(m))
        return "RAW, long and short lines mixed";
    if (sent->raw)
        return sent->embedded || sent->metadata ? "RAW image and results: every pixel leaves"
                                                : "RAW image: every pixel leaves";
    if (image && is_region(m))
        return "region of interest: no other pixel leaves";
    if (sent->color)
        return "image of the ISP";
    if (sent->embedded)
        return "tensors and registers, no full image";
    return "metadata only: no pixel leaves the chip";
}

/* ---- the panel ---- */

static void draw_region(marks_t *marks, const view_picture_t *p)
{
    char text[64];
    const sim_window_t *w = &p->window;
    draw_rect_t r = image_box(&marks->place, w->x_px, w->y_px, w->width_px, w->height_px);
    snprintf(text, sizeof(text), "region %u x %u", p->width_px, p->height_px);
    draw_frame(marks->draw, r, ui_accent);
    marks_label(marks, r, ui_accent, text);
}

static void draw_frame_edge(marks_t *marks)
{
    const sim_window_t *w = &marks->place.shown;
    draw_rect_t all = image_box(&marks->place, w->x_px, w->y_px, w->width_px, w->height_px);
    if (w->width_px != 0)
        draw_frame(marks->draw, all, ui_edge);
}

static void draw_counts(marks_t *marks, const view_report_t *report)
{
    char text[80];
    int used = snprintf(text, sizeof(text), "frame %u: %u box%s", report->frame, report->boxes,
                        report->boxes == 1 ? "" : "es");
    if (report->lines > 0)
        snprintf(text + used, sizeof(text) - (size_t)used, "; %u in, %u out", report->count_in,
                 report->count_out);
    marks_corner(marks, ui_text, text);
}

void panel_host(const ui_t *ui, draw_rect_t rect)
{
    const view_model_t *m = ui->model;
    const view_picture_t *p = &m->picture[VIEW_HOST];
    const link_frames_t sent = link_frames_of(m);
    const view_report_t *report = view_report_of(m, UINT32_MAX);
    bool image = p->width_px != 0 && (sent.raw || sent.color);
    marks_t marks;
    caption_t caption;
    write_caption(m, &sent, &caption);
    draw_rect_t before = marks_begin(&marks, ui, VIEW_HOST, rect, &caption);
    draw_frame_edge(&marks);
    if (image)
        image_draw(ui, &marks.place, p);
    if (sent.frames == 0 && report == NULL)
        marks_await(&marks, mode_of(m, &sent, image));
    else
        marks_head(&marks, is_private(&sent) ? ui_good : ui_warn, mode_of(m, &sent, image));
    if (image && is_region(m))
        draw_region(&marks, p);
    if (report != NULL) {
        reports_boxes(&marks, report);
        draw_counts(&marks, report);
        reports_labels(&marks, report);
    }
    marks_selected(&marks);
    marks_end(&marks, before);
}
