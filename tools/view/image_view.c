/*
 * image_view.c - where a picture stands, and which pixel is where.
 */
#include "tools/view/image_view.h"

#include <math.h>

/* ---- the window of a picture ---- */

static bool is_window(const sim_window_t *w)
{
    return w->width_px != 0 && w->height_px != 0;
}

/* Of a picture that does not say it: its own pixels. */
static sim_window_t window_of(const view_picture_t *p)
{
    if (is_window(&p->window))
        return p->window;
    return (sim_window_t){.width_px = p->width_px, .height_px = p->height_px};
}

static bool is_within(const sim_window_t *part, const sim_window_t *whole)
{
    return part->x_px >= whole->x_px && part->y_px >= whole->y_px &&
           part->x_px + part->width_px <= whole->x_px + whole->width_px &&
           part->y_px + part->height_px <= whole->y_px + whole->height_px;
}

/* What the frame shows that is read; of no size before there is one. */
static sim_window_t frame_window(const view_model_t *m)
{
    const scene_timing_t *t = &m->timing;
    if (is_window(&t->window))
        return t->window;
    return (sim_window_t){.width_px = t->array_width_px, .height_px = t->array_height_px};
}

static sim_window_t shown_of(const view_model_t *m, view_picture_kind_t kind)
{
    const view_picture_t *p = &m->picture[kind];
    sim_window_t frame = frame_window(m), own = window_of(p);
    if (!is_window(&own))
        return frame;
    if (!is_within(&own, &frame))
        return own;
    frame.flip_x = own.flip_x;
    frame.flip_y = own.flip_y;
    return frame;
}

/* ---- places ---- */

/* Where `size` points begin of which the share `middle` is to be in the middle of the room: no room
 * is left empty that could be filled. */
static double begin(double room_at, double room, double size, double middle)
{
    if (size <= room)
        return room_at + (room - size) / 2;
    double at = room / 2 - middle * size;
    return room_at + fmin(0, fmax(room - size, at));
}

/* Points of an array pixel at zoom 1. */
static double fit_of(draw_rect_t area, const sim_window_t *shown)
{
    return fmin((double)area.w / shown->width_px, (double)area.h / shown->height_px);
}

static double zoom_within(double fit, double zoom)
{
    return fmax(1, fmin(zoom, IMAGE_STEP_MOST / fit));
}

image_place_t image_place(draw_rect_t area, const sim_window_t *shown, const ui_zoom_t *zoom)
{
    image_place_t place = {.area = area, .shown = *shown};
    if (!is_window(shown) || area.w <= 0 || area.h <= 0)
        return (image_place_t){.area = area};
    double fit = fit_of(area, shown);
    place.step = fit * zoom_within(fit, zoom->zoom);
    place.left = begin(area.x, area.w, shown->width_px * place.step, zoom->x);
    place.top = begin(area.y, area.h, shown->height_px * place.step, zoom->y);
    return place;
}

image_place_t image_place_of(const view_model_t *model, const view_ui_t *ui,
                             view_picture_kind_t kind, draw_rect_t area)
{
    sim_window_t shown = shown_of(model, kind);
    return image_place(area, &shown, &ui->zoom[kind]);
}

/* ---- the array ---- */

/* From the window's edge in the direction of the picture, and back. */
static double along(double at, uint32_t edge, uint32_t extent, uint32_t flip)
{
    return flip ? edge + extent - at : at - edge;
}

static double array_of(double way, uint32_t edge, uint32_t extent, uint32_t flip)
{
    return flip ? edge + extent - way : edge + way;
}

void image_to_point(const image_place_t *place, double x, double y, double point[2])
{
    const sim_window_t *w = &place->shown;
    point[0] = place->left + place->step * along(x, w->x_px, w->width_px, w->flip_x);
    point[1] = place->top + place->step * along(y, w->y_px, w->height_px, w->flip_y);
}

bool image_from_point(const image_place_t *place, double point_x, double point_y, double array[2])
{
    const sim_window_t *w = &place->shown;
    if (place->step <= 0)
        return false;
    double x = (point_x - place->left) / place->step, y = (point_y - place->top) / place->step;
    array[0] = array_of(x, w->x_px, w->width_px, w->flip_x);
    array[1] = array_of(y, w->y_px, w->height_px, w->flip_y);
    return x >= 0 && y >= 0 && x < w->width_px && y < w->height_px;
}

/* The points between two edges, in either order. */
static draw_rect_t rect_of(const double a[2], const double b[2])
{
    int32_t x0 = (int32_t)lround(fmin(a[0], b[0])), y0 = (int32_t)lround(fmin(a[1], b[1]));
    int32_t x1 = (int32_t)lround(fmax(a[0], b[0])), y1 = (int32_t)lround(fmax(a[1], b[1]));
    return (draw_rect_t){x0, y0, x1 > x0 ? x1 - x0 : 1, y1 > y0 ? y1 - y0 : 1};
}

draw_rect_t image_box(const image_place_t *place, double x, double y, double w, double h)
{
    double a[2], b[2];
    image_to_point(place, x, y, a);
    image_to_point(place, x + w, y + h, b);
    return rect_of(a, b);
}

/* ---- pixels of the picture ---- */

static void pixel_corner(const view_picture_t *p, double column, double row, double array[2])
{
    sim_window_t w = window_of(p);
    array[0] = array_of(column * w.width_px / p->width_px, w.x_px, w.width_px, w.flip_x);
    array[1] = array_of(row * w.height_px / p->height_px, w.y_px, w.height_px, w.flip_y);
}

bool image_pixel_at(const image_place_t *place, const view_picture_t *picture, int32_t x, int32_t y,
                    uint32_t *column, uint32_t *row)
{
    const draw_rect_t *area = &place->area;
    const sim_window_t w = window_of(picture);
    double array[2];
    bool outside = x < area->x || y < area->y || x >= area->x + area->w || y >= area->y + area->h;
    if (!is_window(&w) || outside || !image_from_point(place, x + 0.5, y + 0.5, array))
        return false;
    double across = along(array[0], w.x_px, w.width_px, w.flip_x) * picture->width_px / w.width_px;
    double down = along(array[1], w.y_px, w.height_px, w.flip_y) * picture->height_px / w.height_px;
    if (across < 0 || down < 0 || across >= picture->width_px || down >= picture->height_px)
        return false;
    *column = (uint32_t)across;
    *row = (uint32_t)down;
    return true;
}

draw_rect_t image_pixel_rect(const image_place_t *place, const view_picture_t *picture,
                             uint32_t column, uint32_t row)
{
    double from[2], to[2], a[2], b[2];
    pixel_corner(picture, column, row, from);
    pixel_corner(picture, column + 1.0, row + 1.0, to);
    image_to_point(place, from[0], from[1], a);
    image_to_point(place, to[0], to[1], b);
    return rect_of(a, b);
}

void image_pixel_array(const view_picture_t *picture, uint32_t column, uint32_t row,
                       double array[2])
{
    pixel_corner(picture, column + 0.5, row + 0.5, array);
}

double image_pixel_points(const image_place_t *place, const view_picture_t *picture)
{
    return picture->width_px != 0 ? place->step * window_of(picture).width_px / picture->width_px
                                  : 0;
}

void image_corners(const image_place_t *place, const view_picture_t *picture, double from[2],
                   double to[2])
{
    double a[2], b[2];
    pixel_corner(picture, 0, 0, a);
    pixel_corner(picture, picture->width_px, picture->height_px, b);
    image_to_point(place, a[0], a[1], from);
    image_to_point(place, b[0], b[1], to);
}

/* ---- what the mouse does ---- */

/* The share of `size` that is in the middle of the room. */
static float middle_of(double room_at, double room, double from, double size)
{
    double at = (room_at + room / 2 - from) / size;
    return (float)fmin(1, fmax(0, at));
}

/* Of what is shown, `left` and `top` being where it begins now. */
static void set_middle(const image_place_t *place, double left, double top, double step,
                       ui_zoom_t *zoom)
{
    const draw_rect_t *a = &place->area;
    zoom->x = middle_of(a->x, a->w, left, step * place->shown.width_px);
    zoom->y = middle_of(a->y, a->h, top, step * place->shown.height_px);
}

void image_zoom_at(const image_place_t *place, int32_t x, int32_t y, float factor, ui_zoom_t *zoom)
{
    if (place->step <= 0)
        return;
    double fit = fit_of(place->area, &place->shown);
    double before = place->step / fit, after = zoom_within(fit, before * (double)factor);
    double grows = after / before;
    zoom->zoom = (float)after;
    set_middle(place, x + 0.5 - (x + 0.5 - place->left) * grows,
               y + 0.5 - (y + 0.5 - place->top) * grows, place->step * grows, zoom);
}

void image_pan(const image_place_t *place, int32_t dx, int32_t dy, ui_zoom_t *zoom)
{
    if (place->step > 0)
        set_middle(place, place->left + dx, place->top + dy, place->step, zoom);
}

const draw_hit_t *image_hit_at(const draw_t *draw, int32_t x, int32_t y)
{
    for (uint32_t i = draw->hits; i > 0; i--) {
        const draw_hit_t *hit = &draw->hit[i - 1];
        const draw_rect_t *r = &hit->rect;
        if (hit->kind == HIT_PIXEL && x >= r->x && y >= r->y && x < r->x + r->w && y < r->y + r->h)
            return hit;
    }
    return NULL;
}
