#include "tools/difference.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/json_lines.h"
#include "tools/picture.h"

enum { PATH = 1280, PANEL_PX = 640, GAP_PX = 4, PANELS = 3 };

/* ---- pictures ---- */

static void widen(difference_t *d, uint32_t x, uint32_t y)
{
    uint32_t right = d->left + d->width, bottom = d->top + d->height;
    if (d->samples == 0) {
        d->left = right = x;
        d->top = bottom = y;
    }
    d->left = x < d->left ? x : d->left;
    d->top = y < d->top ? y : d->top;
    d->width = (x + 1 > right ? x + 1 : right) - d->left;
    d->height = (y + 1 > bottom ? y + 1 : bottom) - d->top;
}

bool difference_of(const sim_image_t *a, const sim_image_t *b, uint32_t tolerance_dn,
                   difference_t *out)
{
    *out = (difference_t){.psnr_db = INFINITY};
    if (a->width_px != b->width_px || a->height_px != b->height_px || a->channels != b->channels)
        return false;
    size_t row = (size_t)a->width_px * a->channels, samples = row * a->height_px;
    double squares = 0;
    for (size_t i = 0; i < samples; i++) {
        uint32_t dn = (uint32_t)abs((int)a->data[i] - b->data[i]);
        uint32_t x = (uint32_t)(i % row / a->channels), y = (uint32_t)(i / row);
        if (dn == 0)
            continue;
        squares += (double)dn * dn;
        if (dn > out->most_dn) {
            out->most_dn = dn;
            out->x_px = x;
            out->y_px = y;
        }
        if (dn > tolerance_dn) {
            widen(out, x, y);
            out->samples++;
        }
    }
    if (squares > 0)
        out->psnr_db = 10 * log10(255.0 * 255.0 * (double)samples / squares);
    return true;
}

static bool new_image(uint32_t width_px, uint32_t height_px, uint8_t level, sim_image_t *out)
{
    size_t bytes = (size_t)width_px * height_px * 3;
    *out = (sim_image_t){width_px, height_px, 3, malloc(bytes + 1)};
    if (out->data != NULL)
        memset(out->data, level, bytes);
    return out->data != NULL;
}

/* Nearest sample, into a panel of `to`. */
static void put(sim_image_t *to, uint32_t panel, const sim_image_t *from)
{
    uint32_t width = (to->width_px - (PANELS - 1) * GAP_PX) / PANELS;
    for (uint32_t y = 0; y < to->height_px; y++) {
        uint32_t sy = (uint32_t)((uint64_t)y * from->height_px / to->height_px);
        uint8_t *px = to->data + 3 * ((size_t)y * to->width_px + panel * (width + GAP_PX));
        for (uint32_t x = 0; x < width; x++, px += 3) {
            uint32_t sx = (uint32_t)((uint64_t)x * from->width_px / width);
            const uint8_t *s = from->data + from->channels * ((size_t)sy * from->width_px + sx);
            for (uint32_t c = 0; c < 3; c++)
                px[c] = s[from->channels == 3 ? c : 0];
        }
    }
}

/* A canvas for three panels of that shape, at most PANEL_PX wide. */
static bool new_canvas(uint32_t width_px, uint32_t height_px, sim_image_t *out)
{
    uint32_t width = width_px < PANEL_PX ? width_px : PANEL_PX;
    uint64_t height = (uint64_t)height_px * width / width_px;
    return new_image(PANELS * width + (PANELS - 1) * GAP_PX, (uint32_t)(height > 0 ? height : 1),
                     255, out);
}

static bool stretch_difference(const sim_image_t *a, const sim_image_t *b, uint32_t most,
                               sim_image_t *out)
{
    size_t samples = (size_t)a->width_px * a->height_px * a->channels;
    *out = (sim_image_t){a->width_px, a->height_px, a->channels, malloc(samples + 1)};
    for (size_t i = 0; out->data != NULL && i < samples; i++)
        out->data[i] = (uint8_t)((uint32_t)abs((int)a->data[i] - b->data[i]) * 255 / most);
    return out->data != NULL;
}

bool difference_picture(const sim_image_t *expected, const sim_image_t *found, const char *file,
                        char *error, size_t error_bytes)
{
    sim_image_t canvas, third;
    difference_t d;
    snprintf(error, error_bytes, "%s: out of memory", file);
    if (!new_canvas(expected->width_px, expected->height_px, &canvas))
        return false;
    put(&canvas, 0, expected);
    put(&canvas, 1, found);
    bool same_size = difference_of(expected, found, 0, &d);
    if (same_size && stretch_difference(expected, found, d.most_dn > 0 ? d.most_dn : 1, &third)) {
        put(&canvas, 2, &third);
        sim_image_free(&third);
    }
    bool fine = sim_png_write(file, &canvas, error, error_bytes) == SIM_OK;
    sim_image_free(&canvas);
    return fine;
}

/* ---- boxes ---- */

typedef struct {
    int64_t frame;
    uint32_t count;
    figures_box_t box[FIGURES_BOXES];
} wanted_t;

static bool find_frame(void *ctx, const sim_cfg_t *line)
{
    wanted_t *w = ctx;
    if ((int64_t)sim_json_num(sim_json_find(line->node, "frame"), -1) != w->frame)
        return true;
    w->count = figures_boxes(line->node, w->box);
    return false;
}

static wanted_t *read_boxes(const char *dir, const char *name, int64_t frame)
{
    char path[PATH], ignored[256];
    wanted_t *w = calloc(1, sizeof(*w));
    if (w == NULL)
        return NULL;
    w->frame = frame;
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    (void)json_lines(path, find_frame, w, ignored, sizeof(ignored));
    return w;
}

/* The array that boxes are in: config.json's, or what boxes reach to. */
static void array_size(const char *dir, const wanted_t *a, const wanted_t *b, double size[2])
{
    char path[PATH];
    snprintf(path, sizeof(path), "%s/config.json", dir);
    sim_doc_t *doc = access(path, R_OK) == 0 ? sim_doc_load(path) : NULL;
    size[0] = size[1] = 1;
    if (doc != NULL && sim_doc_error(doc) == NULL) {
        const sim_json_t *root = sim_doc_root(doc).node;
        const sim_json_t *camera = sim_json_find(sim_json_find(root, "scene"), "camera");
        const sim_json_t *px = sim_json_first(sim_json_find(camera, "array_px"));
        size[0] = fmax(1, sim_json_num(px, 1));
        size[1] = fmax(1, sim_json_num(sim_json_next(px), 1));
    }
    sim_doc_free(doc);
    for (uint32_t k = 0; k < 2; k++) {
        const wanted_t *w = k == 0 ? a : b;
        for (uint32_t i = 0; i < w->count; i++) {
            size[0] = fmax(size[0], w->box[i].x + w->box[i].w);
            size[1] = fmax(size[1], w->box[i].y + w->box[i].h);
        }
    }
}

static bool has_partner(const figures_box_t *box, const wanted_t *others, double iou)
{
    for (uint32_t i = 0; i < others->count; i++)
        if (figures_iou(box, &others->box[i]) >= iou)
            return true;
    return false;
}

/* Boxes of w into a panel; lonely: those without a partner among others only. */
static void draw(sim_image_t *canvas, uint32_t panel, const wanted_t *w, const wanted_t *others,
                 const double size[2], double iou, bool lonely, rgb_t color)
{
    int32_t width = ((int32_t)canvas->width_px - (PANELS - 1) * GAP_PX) / PANELS;
    int32_t left = (int32_t)panel * (width + GAP_PX);
    double sx = width / size[0], sy = canvas->height_px / size[1];
    for (uint32_t i = 0; i < w->count; i++) {
        const figures_box_t *b = &w->box[i];
        char id[16];
        if (lonely && has_partner(b, others, iou))
            continue;
        int32_t x = left + (int32_t)(b->x * sx), y = (int32_t)(b->y * sy);
        picture_box(canvas, x, y, (int32_t)(b->w * sx), (int32_t)(b->h * sy), 2, color);
        snprintf(id, sizeof(id), "%u", b->id);
        picture_text(canvas, x + 4, y + 4, 2, color, id);
    }
}

static void put_background(const char *dir, int64_t frame, sim_image_t *canvas)
{
    char path[PATH], ignored[512];
    sim_image_t image;
    snprintf(path, sizeof(path), "%s/frames/frame_%05lld.png", dir, (long long)frame);
    bool there =
        access(path, R_OK) == 0 && sim_png_read(path, &image, ignored, sizeof(ignored)) == SIM_OK;
    uint8_t gray = 64;
    sim_image_t plain = {1, 1, 1, &gray};
    for (uint32_t panel = 0; panel < PANELS; panel++)
        put(canvas, panel, there && panel + 1 < PANELS ? &image : &plain);
    if (there)
        sim_image_free(&image);
}

bool difference_boxes(const char *dir, int64_t frame, double iou, const char *file, char *error,
                      size_t error_bytes)
{
    static const rgb_t green = {80, 255, 80}, blue = {90, 170, 255}, red = {255, 60, 60},
                       yellow = {255, 230, 60};
    sim_image_t canvas = {0};
    double size[2];
    wanted_t *truth = read_boxes(dir, "truth.jsonl", frame);
    wanted_t *said = read_boxes(dir, "metadata.jsonl", frame);
    snprintf(error, error_bytes, "%s: out of memory", file);
    bool fine = truth != NULL && said != NULL;
    if (fine) {
        array_size(dir, truth, said, size);
        fine = new_canvas(PANEL_PX, (uint32_t)fmin(4 * PANEL_PX, PANEL_PX * size[1] / size[0]),
                          &canvas);
    }
    if (fine) {
        put_background(dir, frame, &canvas);
        draw(&canvas, 0, truth, said, size, iou, false, green);
        draw(&canvas, 1, said, truth, size, iou, false, blue);
        draw(&canvas, 2, truth, said, size, iou, true, red);
        draw(&canvas, 2, said, truth, size, iou, true, yellow);
        fine = sim_png_write(file, &canvas, error, error_bytes) == SIM_OK;
    }
    free(canvas.data);
    free(truth);
    free(said);
    return fine;
}
