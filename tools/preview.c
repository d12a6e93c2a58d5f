#include "tools/preview.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/picture.h"

static const rgb_t box_color = {90, 255, 90}, line_color = {255, 210, 60}, ink = {0, 0, 0};

/* A mode of other size begins. */
static void resize(preview_t *p, uint32_t width_px, uint32_t height_px)
{
    sim_image_free(&p->image);
    p->image = (sim_image_t){width_px, height_px, 3, NULL};
    p->image_bytes = 3 * (size_t)width_px * height_px;
    p->image.data = calloc(p->image_bytes, 1);
    if (p->image.data == NULL)
        p->image_bytes = 0;
}

static void on_line(void *ctx, const sim_line_t *line)
{
    preview_t *p = ctx;
    if (p->mute || line->frame % p->every != 0)
        return;
    if (p->image.width_px != line->width_px || p->image.height_px != line->height_px)
        resize(p, line->width_px, line->height_px);
    p->complete = false;
    if (p->image.data == NULL)
        return;
    p->window = line->window;
    size_t bytes = 3 * (size_t)line->width_px;
    uint8_t *rgb = p->image.data + bytes * line->row;
    if (line->format == SIM_LINE_YUV422)
        yuv_unpack_422(line->data.rgb, line->width_px, p->isp->image.job.mode, rgb);
    else
        memcpy(rgb, line->data.rgb, bytes);
    p->frame = line->frame;
    p->complete = (line->flags & SIM_LINE_LAST) != 0;
}

bool preview_init(preview_t *preview, isp_t *isp, const scene_t *scene, uint32_t every)
{
    memset(preview, 0, sizeof(*preview));
    preview->every = every;
    preview->isp = isp;
    preview->line_px = scene_line_px(scene, isp->desc.array_width_px);
    preview->image.channels = 3;
    return every == 0 || isp_add_image_sink(isp, (img_sink_t){.line = {on_line, preview}});
}

void preview_free(preview_t *preview)
{
    sim_image_free(&preview->image);
    free(preview->written);
    preview->written = NULL;
}

/* Where `size` array pixels from `at` on begin in an image of a window of the array. */
static int32_t place(float at, float size, uint32_t edge, uint32_t extent, uint32_t flip,
                     uint32_t pixels)
{
    float from = flip ? (float)(edge + extent) - at - size : at - (float)edge;
    return (int32_t)(from * (float)pixels / (float)extent);
}

static int32_t place_x(const preview_t *p, float at, float size)
{
    return place(at, size, p->window.x_px, p->window.width_px, p->window.flip_x, p->image.width_px);
}

static int32_t place_y(const preview_t *p, float at, float size)
{
    return place(at, size, p->window.y_px, p->window.height_px, p->window.flip_y,
                 p->image.height_px);
}

static void draw_box(preview_t *p, const metadata_box_t *box)
{
    float sx = (float)p->image.width_px / (float)p->window.width_px;
    float sy = (float)p->image.height_px / (float)p->window.height_px;
    int32_t x = place_x(p, (float)box->x, (float)box->w);
    int32_t y = place_y(p, (float)box->y, (float)box->h);
    int32_t w = (int32_t)((float)box->w * sx), h = (int32_t)((float)box->h * sy);
    char label[32];
    snprintf(label, sizeof(label), "#%u %u%%", box->id, box->score * 100 / 256);
    picture_box(&p->image, x, y, w, h, 4, box_color);
    picture_fill(&p->image, x, y - 28, 18 * (int32_t)strlen(label) + 8, 28, box_color);
    picture_text(&p->image, x + 5, y - 25, 3, ink, label);
}

static bool note_written(preview_t *p, uint32_t frame, char *error, size_t error_bytes)
{
    uint8_t *more = realloc(p->written, p->written_bytes + sizeof(frame));
    if (more == NULL) {
        snprintf(error, error_bytes, "out of memory");
        return false;
    }
    memcpy(more + p->written_bytes, &frame, sizeof(frame));
    p->written = more;
    p->written_bytes += sizeof(frame);
    return true;
}

bool preview_write(preview_t *preview, const metadata_t *metadata, const char *dir, char *error,
                   size_t error_bytes)
{
    preview_t *p = preview;
    char file[1200], counts[64];
    if (p->image.width_px != 0 && p->image.data == NULL) {
        snprintf(error, error_bytes, "out of memory");
        return false;
    }
    if (p->every == 0 || p->mute || !p->complete || metadata->frame != p->frame)
        return true;
    int32_t x = place_x(p, p->line_px, 0);
    picture_fill(&p->image, x - 1, 0, 3, (int32_t)p->image.height_px, line_color);
    for (uint32_t i = 0; i < metadata->boxes; i++) {
        metadata_box_t box = metadata_box(metadata, i);
        draw_box(p, &box);
    }
    snprintf(counts, sizeof(counts), "frame %u  in %u  out %u", metadata->frame, metadata->count_in,
             metadata->count_out);
    picture_fill(&p->image, 16, 16, 24 * (int32_t)strlen(counts) + 16, 48, line_color);
    picture_text(&p->image, 24, 26, 4, ink, counts);
    snprintf(file, sizeof(file), "%s/frame_%05u.png", dir, metadata->frame);
    return note_written(p, metadata->frame, error, error_bytes) &&
           sim_png_write(file, &p->image, error, error_bytes) == SIM_OK;
}
