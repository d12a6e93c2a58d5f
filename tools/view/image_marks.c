/*
 * image_marks.c - boxes, labels, outlines, captions.
 */
#include "tools/view/image_marks.h"

#include <math.h>

enum {
    MARGIN = 4,  /* of text in a caption */
    PLATE = 2,   /* of text on a plate */
    GRIP = 5,    /* how near to an edge of a box a click may be */
    SMALL = 28,  /* a box no larger than that is its own edge */
    ROOMY = 520, /* height of a panel that has room for a second line */
};
static const draw_color_t plate_color = 0x0d1015e0;

draw_color_t marks_faint(draw_color_t color, uint32_t alpha)
{
    return (color & 0xffffff00) | alpha;
}

/* ---- caption ---- */

static int32_t line_height(void)
{
    return draw_text_height(DRAW_SMALL) + 3;
}

static void draw_caption(draw_t *draw, draw_rect_t panel, int32_t y, const caption_t *caption,
                         int32_t lines)
{
    int32_t x = panel.x + MARGIN, width = panel.w - 2 * MARGIN;
    draw_text_cut(draw, x, y + 1, width, DRAW_SMALL, ui_text, caption->fact);
    if (lines > 1)
        draw_text_cut(draw, x, y + 1 + line_height(), width, DRAW_SMALL, ui_dim, caption->explains);
}

draw_rect_t marks_begin(marks_t *marks, const ui_t *ui, view_picture_kind_t kind, draw_rect_t panel,
                        const caption_t *caption)
{
    int32_t lines = panel.h >= ROOMY && caption->explains[0] != '\0' ? 2 : 1;
    int32_t below = lines * line_height() + 1;
    draw_rect_t area = panel;
    area.h = area.h > below ? area.h - below : 0;
    marks->ui = ui;
    marks->draw = ui->draw;
    marks->labels = 0;
    marks->place = image_place_of(ui->model, ui->ui, kind, area);
    draw_caption(ui->draw, panel, area.y + area.h, caption, lines);
    draw_fill(ui->draw, area, 0x000000ff);
    draw_hit(ui->draw, area, HIT_PIXEL, kind, 0);
    return draw_clip(ui->draw, area);
}

void marks_end(marks_t *marks, draw_rect_t before)
{
    draw_unclip(marks->draw, before);
}

void marks_await(marks_t *marks, const char *what)
{
    const draw_rect_t *a = &marks->place.area;
    int32_t y = a->y + (a->h - draw_text_height(DRAW_TEXT)) / 2;
    draw_text(marks->draw, a->x + a->w / 2, y, DRAW_TEXT, DRAW_CENTER, ui_dim, "%s", what);
}

/* ---- text on plates ---- */

static bool meet(draw_rect_t a, draw_rect_t b)
{
    return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

static bool is_inside(draw_rect_t a, draw_rect_t b)
{
    return a.x >= b.x && a.y >= b.y && a.x + a.w <= b.x + b.w && a.y + a.h <= b.y + b.h;
}

static bool is_free(const marks_t *marks, draw_rect_t rect)
{
    if (marks->labels == MARKS_LABELS || !is_inside(rect, marks->place.area))
        return false;
    for (uint32_t i = 0; i < marks->labels; i++)
        if (meet(rect, marks->label[i]))
            return false;
    return true;
}

static draw_rect_t plate_of(draw_font_t font, const char *text)
{
    return (draw_rect_t){0, 0, draw_text_width(font, text) + 2 * PLATE + 1,
                         draw_text_height(font) + PLATE};
}

static void put_label(marks_t *marks, draw_rect_t rect, draw_font_t font, draw_color_t color,
                      const char *text)
{
    marks->label[marks->labels++] = rect;
    draw_fill(marks->draw, rect, plate_color);
    draw_text(marks->draw, rect.x + PLATE + 1, rect.y + PLATE / 2, font, DRAW_LEFT, color, "%s",
              text);
}

static int32_t within(int32_t at, int32_t size, int32_t from, int32_t room)
{
    int32_t last = from + room - size;
    return at > last ? last : at < from ? from : at;
}

/* Tries places around what it belongs to: above, below, inside at the top and at the bottom. False:
 * none is free. */
static bool label_beside(marks_t *marks, draw_rect_t what, draw_color_t color, const char *text,
                         draw_rect_t *out)
{
    const draw_rect_t *a = &marks->place.area;
    draw_rect_t plate = plate_of(DRAW_SMALL, text);
    const int32_t ys[] = {what.y - plate.h, what.y + what.h, what.y + 1,
                          what.y + what.h - plate.h - 1};
    plate.x = within(what.x, plate.w, a->x, a->w);
    for (uint32_t i = 0; i < SIM_COUNT(ys); i++) {
        plate.y = ys[i];
        if (!is_free(marks, plate))
            continue;
        put_label(marks, plate, DRAW_SMALL, color, text);
        *out = plate;
        return true;
    }
    return false;
}

void marks_label(marks_t *marks, draw_rect_t near, draw_color_t color, const char *text)
{
    draw_rect_t out;
    label_beside(marks, near, color, text, &out);
}

void marks_corner(marks_t *marks, draw_color_t color, const char *text)
{
    const draw_rect_t *a = &marks->place.area;
    draw_rect_t plate = plate_of(DRAW_SMALL, text);
    plate.x = a->x + 2;
    plate.y = a->y + a->h - plate.h - 2;
    if (is_free(marks, plate))
        put_label(marks, plate, DRAW_SMALL, color, text);
}

void marks_head(marks_t *marks, draw_color_t color, const char *text)
{
    const draw_rect_t *a = &marks->place.area;
    bool wide = plate_of(DRAW_TEXT, text).w + 4 <= a->w;
    draw_font_t font = wide ? DRAW_TEXT : DRAW_SMALL;
    draw_rect_t plate = plate_of(font, text);
    plate.x = a->x + 2;
    plate.y = a->y + 2;
    plate.w = plate.w + 4 <= a->w ? plate.w : a->w - 4;
    if (!is_free(marks, plate))
        return;
    marks->label[marks->labels++] = plate;
    draw_fill(marks->draw, plate, plate_color);
    draw_text_cut(marks->draw, plate.x + PLATE + 1, plate.y + PLATE / 2, plate.w - 2 * PLATE - 1,
                  font, color, text);
}

/* ---- boxes ---- */

/* Its edges, so that what it encloses can be clicked as well. */
static void hit_edges(draw_t *draw, draw_rect_t r, uint64_t identity, uint64_t whose)
{
    if (r.w <= SMALL || r.h <= SMALL) {
        draw_hit(draw, r, HIT_BOX, identity, whose);
        return;
    }
    const draw_rect_t edges[] = {{r.x, r.y, r.w, GRIP},
                                 {r.x, r.y + r.h - GRIP, r.w, GRIP},
                                 {r.x, r.y, GRIP, r.h},
                                 {r.x + r.w - GRIP, r.y, GRIP, r.h}};
    for (uint32_t i = 0; i < SIM_COUNT(edges); i++)
        draw_hit(draw, edges[i], HIT_BOX, identity, whose);
}

static bool is_selected(const marks_t *marks, const mark_box_t *box)
{
    const ui_select_t *s = &marks->ui->ui->select;
    return s->kind == HIT_BOX && s->a == box->identity && s->b == box->truth;
}

static draw_rect_t rect_of(const marks_t *marks, const mark_box_t *box)
{
    return image_box(&marks->place, box->x, box->y, box->w, box->h);
}

void marks_box(marks_t *marks, const mark_box_t *box)
{
    draw_rect_t r = rect_of(marks, box);
    bool selected = is_selected(marks, box);
    draw_frame(marks->draw, r, selected ? ui_bright : box->color);
    draw_frame(marks->draw, draw_inset(r, 1), box->color);
    if (selected)
        draw_frame(marks->draw, draw_inset(r, -1), ui_bright);
    hit_edges(marks->draw, r, box->identity, box->truth);
}

void marks_box_label(marks_t *marks, const mark_box_t *box, const char *label)
{
    draw_rect_t plate;
    draw_color_t color = is_selected(marks, box) ? ui_bright : box->color;
    if (label_beside(marks, rect_of(marks, box), color, label, &plate))
        draw_hit(marks->draw, plate, HIT_BOX, box->identity, box->truth);
}

/* ---- outlines ---- */

static int32_t whole(double at)
{
    return (int32_t)lround(fmin(fmax(at, -1e6), 1e6));
}

void marks_outline(marks_t *marks, const scene_outline_t *outline, draw_color_t color,
                   const char *name)
{
    int32_t x[SCENE_AREA_CORNERS], y[SCENE_AREA_CORNERS];
    int32_t left = INT32_MAX, top = INT32_MAX, right = INT32_MIN, bottom = INT32_MIN;
    if (outline->corners < 2)
        return;
    for (uint32_t i = 0; i < outline->corners; i++) {
        double at[2];
        image_to_point(&marks->place, (double)outline->px[i][0], (double)outline->px[i][1], at);
        x[i] = whole(at[0]);
        y[i] = whole(at[1]);
        left = x[i] < left ? x[i] : left;
        right = x[i] > right ? x[i] : right;
        top = y[i] < top ? y[i] : top;
        bottom = y[i] > bottom ? y[i] : bottom;
    }
    uint32_t edges = outline->corners == 2 ? 1 : outline->corners;
    for (uint32_t i = 0; i < edges; i++) {
        uint32_t to = (i + 1) % outline->corners;
        draw_line(marks->draw, x[i], y[i], x[to], y[to], 1, color);
    }
    marks_label(marks, (draw_rect_t){left + 1, top, right - left, bottom - top}, color, name);
}

/* ---- the pixel that is inspected ---- */

void marks_selected(marks_t *marks)
{
    const ui_select_t *s = &marks->ui->ui->select;
    if (s->kind != HIT_PIXEL || s->a >= VIEW_PICTURES)
        return;
    const view_picture_t *from = &marks->ui->model->picture[s->a];
    if (s->x >= from->width_px || s->y >= from->height_px)
        return;
    draw_rect_t r = image_pixel_rect(&marks->place, from, s->x, s->y);
    int32_t grow = r.w < 7 ? (7 - r.w + 1) / 2 : 1;
    draw_frame(marks->draw, draw_inset(r, -grow - 1), 0x000000ff);
    draw_frame(marks->draw, draw_inset(r, -grow), ui_bright);
}
