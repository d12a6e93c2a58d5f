/*
 * ui_place.c - where a zoomed picture stands in the room of its panel, and back.
 */
#include <math.h>

#include "tools/view/ui.h"

static double fit(uint32_t width_px, uint32_t height_px, draw_rect_t room)
{
    double x = (double)room.w / (width_px > 0 ? width_px : 1);
    double y = (double)room.h / (height_px > 0 ? height_px : 1);
    double scale = x < y ? x : y;
    return scale > 0 ? scale : 1e-6;
}

double ui_zoom_most(uint32_t width_px, uint32_t height_px, draw_rect_t room)
{
    double most = UI_SAMPLE_POINTS / fit(width_px, height_px, room);
    return most > 1 ? most : 1;
}

/* Where it begins along an axis: `middle` of it in the middle of the room, without a margin. */
static double begin(double from, double room, double size, double middle)
{
    if (size <= room)
        return from + (room - size) / 2;
    double at = from + room / 2 - middle * size, least = from + room - size;
    return at > from ? from : at < least ? least : at;
}

ui_place_t ui_place(uint32_t width_px, uint32_t height_px, draw_rect_t room, ui_zoom_t zoom)
{
    double scale = fit(width_px, height_px, room) * (zoom.zoom > 1 ? zoom.zoom : 1);
    return (ui_place_t){.x = begin(room.x, room.w, width_px * scale, zoom.x),
                        .y = begin(room.y, room.h, height_px * scale, zoom.y),
                        .scale = scale};
}

bool ui_sample_at(uint32_t width_px, uint32_t height_px, ui_place_t place, int32_t x, int32_t y,
                  uint32_t *column, uint32_t *row)
{
    double across = floor((x + 0.5 - place.x) / place.scale);
    double down = floor((y + 0.5 - place.y) / place.scale);
    if (!(across >= 0 && across < width_px && down >= 0 && down < height_px))
        return false;
    *column = (uint32_t)across;
    *row = (uint32_t)down;
    return true;
}
