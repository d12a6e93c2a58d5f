#include "look.h"

#include <stddef.h>

enum { PARTS = 32, TONE_SCALE = 16 };

typedef struct {
    int32_t x0, y0, x1, y1;
} rect_t;

static const struct {
    int32_t top, bottom; /* of the box's height, in parts */
} band[LOOK_BANDS] = {{5, 14}, {18, 29}};

enum { LEFT = 10, RIGHT = 22 }; /* of its width */

static int32_t clamp(int32_t value, int32_t low, int32_t high)
{
    return value < low ? low : value > high ? high : value;
}

/* From an axis of the array to one of the image, `pixels` long. */
static void scale(int32_t low, int32_t high, int32_t origin, int32_t extent, bool mirrored,
                  uint32_t pixels, int32_t *from, int32_t *to)
{
    int32_t most = (int32_t)pixels;
    low = (low - origin) * most / extent;
    high = (high - origin) * most / extent;
    *from = clamp(mirrored ? most - high : low, 0, most - 1);
    *to = clamp(mirrored ? most - low : high, *from + 1, most);
}

static rect_t in_image(const look_image_t *image, const rect_t *r)
{
    const det_roi_t *s = &image->seen;
    det_way_t way = det_way(s);
    rect_t out;
    if (way.sideways) {
        scale(r->y0, r->y1, s->y, s->h, way.back_y, image->width, &out.x0, &out.x1);
        scale(r->x0, r->x1, s->x, s->w, way.back_x, image->height, &out.y0, &out.y1);
    } else {
        scale(r->x0, r->x1, s->x, s->w, way.back_x, image->width, &out.x0, &out.x1);
        scale(r->y0, r->y1, s->y, s->h, way.back_y, image->height, &out.y0, &out.y1);
    }
    return out;
}

/* Mean of a plane's codes in a rectangle: words at even distances. Two sums in one word: a half
 * takes 2 * 16 bytes of up to 255. */
static uint32_t mean(const look_image_t *image, uint32_t plane, const rect_t *r)
{
    uint32_t first = (uint32_t)r->x0 / 4, words = ((uint32_t)r->x1 + 3) / 4 - first;
    uint32_t step = (words + LOOK_WORDS - 1) / LOOK_WORDS, sums = 0, count = 0;
    uint32_t rows = (uint32_t)(r->y1 - r->y0);
    for (uint32_t i = 0; i < LOOK_ROWS; i++) {
        uint32_t y = (uint32_t)r->y0 + rows * (2 * i + 1) / (2 * LOOK_ROWS);
        const volatile uint32_t *row =
            image->pixels + (plane * image->plane_bytes + y * image->row_bytes) / 4;
        for (uint32_t w = 0; w < words; w += step, count++) {
            uint32_t codes = row[first + w] ^ 0x80808080u; /* signed: from 0 on */
            sums += (codes & 0x00ff00ffu) + (codes >> 8 & 0x00ff00ffu);
        }
    }
    return ((sums & 0xffffu) + (sums >> 16)) * TONE_SCALE / (4 * count);
}

look_image_t look_image(const net_t *net, det_roi_t seen)
{
    return (look_image_t){
        .pixels = (const volatile uint32_t *)(uintptr_t)net->input,
        .width = net->width,
        .height = net->height,
        .channels = net->channels,
        .row_bytes = (net->width + 31u) & ~31u,
        .plane_bytes = net->plane_bytes,
        .seen = seen,
    };
}

look_t look_at(const look_image_t *image, const det_box_t *box)
{
    look_t look = {.tones = 0};
    if (image->pixels == NULL || image->channels == 0 || image->seen.w <= 0 || image->seen.h <= 0)
        return look;
    uint32_t colors = image->channels < LOOK_COLORS ? 1 : LOOK_COLORS;
    int32_t w = box->x1 - box->x0, h = box->y1 - box->y0;
    for (uint32_t b = 0; b < LOOK_BANDS; b++) {
        rect_t r = {box->x0 + w * LEFT / PARTS, box->y0 + h * band[b].top / PARTS,
                    box->x0 + w * RIGHT / PARTS, box->y0 + h * band[b].bottom / PARTS};
        r = in_image(image, &r);
        for (uint32_t c = 0; c < colors; c++)
            look.tone[look.tones++] = (uint16_t)mean(image, c, &r);
    }
    return look;
}

void look_at_all(const look_image_t *image, const det_box_t *boxes, uint32_t count, look_t *looks)
{
    for (uint32_t i = 0; i < count; i++)
        looks[i] = look_at(image, &boxes[i]);
}

uint32_t look_distance(const look_t *a, const look_t *b)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < a->tones; i++) {
        int32_t d = (int32_t)a->tone[i] - b->tone[i];
        sum += (uint32_t)(d * d);
    }
    return sum / (TONE_SCALE * TONE_SCALE);
}

void look_learn(look_t *known, const look_t *now, uint32_t shift)
{
    for (uint32_t i = 0; i < known->tones; i++)
        known->tone[i] =
            (uint16_t)(known->tone[i] + (((int32_t)now->tone[i] - known->tone[i]) >> shift));
}
