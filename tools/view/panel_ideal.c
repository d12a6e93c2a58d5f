/*
 * panel_ideal.c - the world as it is, and the truth about it.
 */
#include <stdio.h>

#include "tools/view/image_marks.h"

static const draw_color_t truth_color = 0x7ee08aff;

/* A scene has a counting line in any case; it says something where the program counts. */
static bool counts(const view_model_t *m)
{
    const view_report_t *newest = view_report_of(m, UINT32_MAX);
    return newest != NULL && newest->lines > 0;
}

static void write_caption(const view_model_t *m, caption_t *caption)
{
    const scene_truth_t *t = &m->truth;
    caption->explains = "What is really there: no lens, no noise, no shutter. Boxes are the truth "
                        "that the chip is judged by; it never sees them.";
    caption->fact[0] = '\0';
    if (!m->truth_known && m->picture[VIEW_IDEAL].width_px == 0)
        return;
    if (!m->truth_known)
        snprintf(caption->fact, sizeof(caption->fact), "frame %u", m->picture[VIEW_IDEAL].frame);
    else if (!counts(m))
        snprintf(caption->fact, sizeof(caption->fact), "frame %u, %u in view", t->frame, t->count);
    else
        snprintf(caption->fact, sizeof(caption->fact), "frame %u, %u in view; truth: %u in, %u out",
                 t->frame, t->count, t->in, t->out);
}

static void draw_areas(marks_t *marks, const view_model_t *m)
{
    const scene_timing_t *t = &m->timing;
    if (m->scene == NULL || t->array_width_px == 0)
        return;
    const scene_desc_t *desc = scene_desc(m->scene);
    for (uint32_t i = 0; i < desc->zone_count; i++) {
        scene_outline_t seen =
            scene_outline(m->scene, &desc->zone[i], t->array_width_px, t->array_height_px);
        marks_outline(marks, &seen, ui_accent, desc->zone[i].name);
    }
    for (uint32_t i = counts(m) ? 0 : 1; i < desc->line_count; i++) {
        scene_outline_t seen =
            scene_outline(m->scene, &desc->line[i], t->array_width_px, t->array_height_px);
        marks_outline(marks, &seen, ui_warn, i == 0 ? "counting line" : desc->line[i].name);
    }
}

static mark_box_t mark_of(const scene_box_t *b)
{
    return (mark_box_t){.x = (double)b->x,
                        .y = (double)b->y,
                        .w = (double)b->w,
                        .h = (double)b->h,
                        .color = truth_color,
                        .identity = b->id,
                        .truth = true};
}

/* Its pose or somebody's age, where the scene tells. */
static const char *what_it_shows(const scene_box_t *box)
{
    if (box->pose != NULL)
        return box->pose;
    return box->age != 0 ? scene_age_name((scene_age_t)(box->age - 1)) : "";
}

static void name_box(marks_t *marks, const scene_box_t *b)
{
    char label[64];
    const mark_box_t box = mark_of(b);
    const char *name = scene_class_name(b->class_id), *shows = what_it_shows(b);
    snprintf(label, sizeof(label), "%s %u%s%s, %.0f%% seen", name != NULL ? name : "object", b->id,
             shows[0] != '\0' ? " " : "", shows, (double)b->visible * 100);
    marks_box_label(marks, &box, label);
}

static draw_color_t facing_color(const scene_facing_t *f)
{
    return f->items == 0 ? ui_bad : truth_color;
}

static draw_rect_t facing_rect(const marks_t *marks, const scene_facing_t *f)
{
    return image_box(&marks->place, (double)f->x, (double)f->y, (double)f->w, (double)f->h);
}

static void name_facing(marks_t *marks, const scene_facing_t *f)
{
    char label[SCENE_NAME + 16];
    snprintf(label, sizeof(label), "%s: %u", f->name, f->items);
    marks_label(marks, facing_rect(marks, f), facing_color(f), label);
}

/* Lines first, then text. What stands in a facing is named by the facing. */
static void draw_truth(marks_t *marks, const scene_truth_t *truth)
{
    for (uint32_t i = 0; i < truth->count; i++) {
        const mark_box_t box = mark_of(&truth->box[i]);
        if (truth->facings == 0 || truth->box[i].class_id != SCENE_CLASS_PRODUCT)
            marks_box(marks, &box);
    }
    for (uint32_t i = 0; i < truth->facings; i++)
        if (truth->facing[i].w > 0 && truth->facing[i].h > 0)
            draw_frame(marks->draw, facing_rect(marks, &truth->facing[i]),
                       facing_color(&truth->facing[i]));
    for (uint32_t i = 0; i < truth->count; i++)
        if (truth->facings == 0 || truth->box[i].class_id != SCENE_CLASS_PRODUCT)
            name_box(marks, &truth->box[i]);
    for (uint32_t i = 0; i < truth->facings; i++)
        if (truth->facing[i].w > 0 && truth->facing[i].h > 0)
            name_facing(marks, &truth->facing[i]);
}

void panel_ideal(const ui_t *ui, draw_rect_t rect)
{
    const view_model_t *m = ui->model;
    const view_picture_t *p = &m->picture[VIEW_IDEAL];
    marks_t marks;
    caption_t caption;
    write_caption(m, &caption);
    draw_rect_t before = marks_begin(&marks, ui, VIEW_IDEAL, rect, &caption);
    if (p->width_px == 0) {
        marks_await(&marks, m->scene == NULL && m->frames != 0
                                ? "a pipe is the world: it cannot be seen twice"
                                : "waits for the first frame");
    } else {
        image_draw(ui, &marks.place, p);
        draw_areas(&marks, m);
    }
    if (ui->ui->truth && m->truth_known && p->width_px != 0)
        draw_truth(&marks, &m->truth);
    marks_selected(&marks);
    marks_end(&marks, before);
}
