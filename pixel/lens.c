#include "pixel/lens.h"

#include <math.h>
#include <string.h>

#include "pixel/pixel_int.h"

pix_lens_t pix_lens_of(const pix_desc_t *d)
{
    pix_lens_t lens = {
        .sigma_px = d->psf_sigma_px,
        .center_x_px = (d->width_px - 1) / 2.0,
        .center_y_px = (d->height_px - 1) / 2.0,
    };
    double w = d->width_px / 2.0, h = d->height_px / 2.0;
    lens.corner2 = w * w + h * h;
    if (d->focal_mm > 0)
        lens.tan2 = lens.corner2 * d->pitch_um * d->pitch_um * 1e-6 / (d->focal_mm * d->focal_mm);
    memcpy(lens.shade, d->shading, sizeof(lens.shade));
    return lens;
}

/* ---- blur ---- */

/* Weights of a sample and its neighbors on one side; returns how many neighbors. */
static uint32_t blur_weights(double sigma_samples, float weight[PIX_BLUR_MAX + 1])
{
    uint32_t reach = (uint32_t)(3 * sigma_samples + 0.999);
    reach = reach < PIX_BLUR_MAX ? reach : PIX_BLUR_MAX;
    double value[PIX_BLUR_MAX + 1], sum = value[0] = 1;
    for (uint32_t i = 1; i <= reach; i++) {
        value[i] = pix_exp(-(double)(i * i) / (2 * sigma_samples * sigma_samples));
        sum += 2 * value[i];
    }
    for (uint32_t i = 0; i <= reach; i++)
        weight[i] = (float)(value[i] / sum);
    return reach;
}

size_t pix_lens_room(const pix_lens_t *lens, uint32_t width_px)
{
    return lens->sigma_px > 0 ? 2 * (size_t)PIX_COLORS * (width_px + 2 * PIX_BLUR_MAX) : 0;
}

static void add_weighted(float *sum, const float *row, float weight, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        sum[i] += weight * row[i];
}

/* Columns first, then along the row: rows are pulled whole, `reach` steps wider on both sides. */
static void blurred_row(const pix_lens_t *lens, const sim_light_t *source,
                        const sim_light_req_t *req, float y_step_px, float *scratch,
                        const sim_light_row_t *out)
{
    float across[PIX_BLUR_MAX + 1], along[PIX_BLUR_MAX + 1];
    uint32_t rows = blur_weights(lens->sigma_px / (double)y_step_px, across);
    uint32_t reach = blur_weights(lens->sigma_px / (double)req->x_step_px, along);
    uint32_t steps = sim_gap_step(req->x_gap, req->width_px - 1) + 1, wide = steps + 2 * reach;
    float *row[PIX_COLORS], *sum[PIX_COLORS], *const to[PIX_COLORS] = {out->r, out->g, out->b};
    for (uint32_t c = 0; c < PIX_COLORS; c++) {
        row[c] = scratch + c * (size_t)wide;
        sum[c] = scratch + (PIX_COLORS + c) * (size_t)wide;
        memset(sum[c], 0, wide * sizeof(float));
    }
    sim_light_req_t wider = *req;
    wider.width_px = wide;
    wider.x_gap = (sim_gap_t){0, 0};
    wider.x0_px = req->x0_px - (float)reach * req->x_step_px;
    const sim_light_row_t light = {row[0], row[1], row[2]};
    for (int32_t dy = -(int32_t)rows; dy <= (int32_t)rows; dy++) {
        wider.y_px = req->y_px + (float)dy * y_step_px;
        source->row(source->ctx, &wider, &light);
        for (uint32_t c = 0; c < PIX_COLORS; c++)
            add_weighted(sum[c], row[c], across[dy < 0 ? -dy : dy], wide);
    }
    for (uint32_t c = 0; c < PIX_COLORS; c++) {
        memset(row[c], 0, steps * sizeof(float));
        for (int32_t dx = -(int32_t)reach; dx <= (int32_t)reach; dx++)
            add_weighted(row[c], sum[c] + (int32_t)reach + dx, along[dx < 0 ? -dx : dx], steps);
        for (uint32_t i = 0; i < req->width_px; i++)
            to[c][i] = row[c][sim_gap_step(req->x_gap, i)];
    }
}

/* ---- vignetting and shading ---- */

static bool is_even(const pix_lens_t *lens)
{
    bool even = lens->tan2 == 0;
    for (uint32_t c = 0; c < PIX_COLORS; c++)
        even = even && lens->shade[c][0] == 0 && lens->shade[c][1] == 0;
    return even;
}

static void shade(const pix_lens_t *lens, const sim_light_req_t *req, uint32_t color, float *plane)
{
    float per_corner = (float)(1 / lens->corner2), tan2 = (float)lens->tan2;
    float a = (float)lens->shade[color][0], b = (float)lens->shade[color][1];
    float dy = req->y_px - (float)lens->center_y_px, x0 = req->x0_px - (float)lens->center_x_px;
    for (uint32_t i = 0; i < req->width_px; i++) {
        float dx = x0 + (float)(int32_t)sim_gap_step(req->x_gap, i) * req->x_step_px;
        float u = (dx * dx + dy * dy) * per_corner;
        float cos2 = 1.0f / (1.0f + u * tan2);
        float gain = cos2 * cos2 * (1.0f + u * (a + u * b));
        plane[i] *= gain > 0.0f ? gain : 0.0f;
    }
}

void pix_lens_row(const pix_lens_t *lens, const sim_light_t *source, const sim_light_req_t *req,
                  float y_step_px, float *scratch, const sim_light_row_t *out)
{
    float *const plane[PIX_COLORS] = {out->r, out->g, out->b};
    if (lens->sigma_px > 0)
        blurred_row(lens, source, req, y_step_px, scratch, out);
    else
        source->row(source->ctx, req, out);
    for (uint32_t c = 0; c < PIX_COLORS && !is_even(lens); c++)
        shade(lens, req, c, plane[c]);
}
