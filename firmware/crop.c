#include "crop.h"

enum { ONE = 256 /* a pixel */ };

/* Of an axis of the image, in 1/256 pixels. */
typedef struct {
    int32_t middle, extent;
} span_t;

/* From an axis of the array; as look.c, but finer. */
static span_t span(int32_t low, int32_t high, int32_t origin, int32_t extent, bool mirrored,
                   uint32_t pixels)
{
    int64_t scale = (int64_t)pixels * ONE;
    int32_t middle = (int32_t)((low + high - 2 * origin) * scale / (2 * extent));
    return (span_t){.middle = mirrored ? (int32_t)scale - middle : middle,
                    .extent = (int32_t)((high - low) * scale / extent)};
}

/* Between which pixels the middles of `count` parts lie; all of them, from *first to *end. */
static void place(crop_at_t *at, uint32_t count, span_t s, uint32_t pixels, uint32_t *first,
                  uint32_t *end)
{
    int32_t n = (int32_t)count, most = (int32_t)(pixels - 1) * ONE - 1;
    for (int32_t i = 0; i < n; i++) {
        int64_t off = (int64_t)s.extent * (2 * i + 1 - n) / (2 * n);
        int64_t here = s.middle + off - ONE / 2;
        here = here < 0 ? 0 : here > most ? most : here;
        at[i] = (crop_at_t){.low = (uint16_t)(here / ONE), .part = (uint16_t)(here % ONE)};
    }
    *first = at[0].low;
    *end = at[count - 1].low + 2u;
}

void crop_plan(crop_t *c, const look_image_t *image, const det_box_t *box, uint32_t width,
               uint32_t height)
{
    const det_roi_t *s = &image->seen;
    det_way_t way = det_way(s);
    span_t x, y;
    uint32_t end_x, end_y;
    if (way.sideways) {
        x = span(box->y0, box->y1, s->y, s->h, way.back_y, image->width);
        y = span(box->x0, box->x1, s->x, s->w, way.back_x, image->height);
    } else {
        x = span(box->x0, box->x1, s->x, s->w, way.back_x, image->width);
        y = span(box->y0, box->y1, s->y, s->h, way.back_y, image->height);
    }
    y.extent = y.extent * CROP_HEIGHTS / 8;
    x.extent = (int32_t)((int64_t)y.extent * (int32_t)width / (int32_t)height);
    c->width = width;
    c->height = height;
    place(c->at_x, width, x, image->width, &c->x, &end_x);
    place(c->at_y, height, y, image->height, &c->y, &end_y);
    uint32_t left = c->x & 3u;
    c->x -= left;
    c->columns = (end_x - c->x + 3u) & ~3u;
    c->rows = end_y - c->y;
    for (uint32_t i = 0; i < width; i++)
        c->at_x[i].low = (uint16_t)(c->at_x[i].low - c->x);
    for (uint32_t i = 0; i < height; i++)
        c->at_y[i].low = (uint16_t)(c->at_y[i].low - c->y);
}

/* Of two rows what lies between them, times 256. */
static void mix_rows(const int8_t *upper, const int8_t *lower, uint32_t columns, int32_t part,
                     int16_t *mixed)
{
    for (uint32_t x = 0; x < columns; x++)
        mixed[x] = (int16_t)(upper[x] * ONE + (lower[x] - upper[x]) * part);
}

void crop_resize(const crop_t *c, const int8_t *window, int8_t *out, uint32_t row_bytes)
{
    static int16_t mixed[CROP_COLUMNS];
    for (uint32_t y = 0; y < c->height; y++, out += row_bytes) {
        const int8_t *upper = window + c->at_y[y].low * c->columns;
        mix_rows(upper, upper + c->columns, c->columns, c->at_y[y].part, mixed);
        for (uint32_t x = 0; x < c->width; x++) {
            const int16_t *two = mixed + c->at_x[x].low;
            int32_t part = c->at_x[x].part;
            out[x] = (int8_t)((two[0] * ONE + (two[1] - two[0]) * part + ONE * ONE / 2) >> 16);
        }
    }
}
