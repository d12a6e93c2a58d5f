/*
 * row.c - one row of samples: which photosites, under which light.
 */
#include <assert.h>

#include "pixel/develop.h"
#include "pixel/fpn.h"
#include "pixel/pixel_int.h"

static void pull_light(const pix_t *pix, const pix_frame_t *frame, uint32_t row, uint32_t worker,
                       sim_light_row_t *light)
{
    const pix_desc_t *d = &pix->desc;
    float step = frame->mode == PIX_MODE_BINNED ? 2.0f : 1.0f;
    uint64_t start_ps = pix_row_exposure_start_ps(d, frame, row);
    sim_light_req_t req = {
        .frame = frame->frame,
        .array_width_px = d->width_px,
        .array_height_px = d->height_px,
        .width_px = pix_mode_size(d, (pix_mode_t)frame->mode).width_px,
        .x0_px = (step - 1) / 2,
        .x_step_px = step,
        .y_px = (float)row * step + (step - 1) / 2,
        .start_ps = start_ps,
        .exposure_ps = pix_row_readout_start_ps(d, frame, row) - start_ps,
        .planes = 7,
        .worker = worker,
    };
    uint32_t room = pix_row_room(d, PIX_MODE_FULL);
    float *scratch = pix->scratch[worker];
    *light = (sim_light_row_t){scratch, scratch + room, scratch + 2 * room};
    pix->light.row(pix->light.ctx, &req, light);
    for (uint32_t i = req.width_px; i < pix_row_room(d, (pix_mode_t)frame->mode); i++)
        light->r[i] = light->g[i] = light->b[i] = 0;
}

static uint32_t count_white(const uint16_t *sample, uint32_t count, uint32_t white)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < count; i++)
        found += sample[i] == white;
    return found;
}

/* ---- stuck photosites ---- */

static const pix_stuck_t *stuck_at(const pix_desc_t *d, uint32_t frame, uint32_t x, uint32_t y)
{
    const pix_stuck_t *found = NULL;
    for (uint32_t i = 0; i < d->stuck_count; i++) {
        const pix_stuck_t *s = &d->stuck[i];
        if (frame >= s->from_frame && s->y == y && (s->x == x || s->x == PIX_STUCK_ROW))
            found = s;
    }
    return found;
}

/* First of the two columns, or rows, whose photosites make up a sample of a binned frame. */
static uint32_t first_site(uint32_t sample)
{
    return sample / 2 * 4 + sample % 2;
}

static void stick_sample(const pix_desc_t *d, const pix_frame_t *frame, uint32_t column,
                         uint32_t row, uint16_t *sample)
{
    bool binned = frame->mode == PIX_MODE_BINNED;
    uint32_t side = binned ? 2 : 1, sites = side * side, sum = 0;
    uint32_t x0 = binned ? first_site(column) : column, y0 = binned ? first_site(row) : row;
    for (uint32_t i = 0; i < sites; i++) {
        const pix_stuck_t *s = stuck_at(d, frame->frame, x0 + 2 * (i % side), y0 + 2 * (i / side));
        sum += s != NULL ? s->value_dn : *sample;
    }
    *sample = (uint16_t)((sum + sites / 2) / sites);
}

static uint32_t sample_of(const pix_frame_t *frame, uint32_t site)
{
    return frame->mode == PIX_MODE_BINNED ? site / 4 * 2 + site % 2 : site;
}

/* Whether an earlier entry has this sample already. */
static bool is_done(const pix_desc_t *d, const pix_frame_t *frame, uint32_t row, uint32_t entry)
{
    for (uint32_t i = 0; i < entry; i++)
        if (sample_of(frame, d->stuck[i].y) == row &&
            sample_of(frame, d->stuck[i].x) == sample_of(frame, d->stuck[entry].x))
            return true;
    return false;
}

static void stick(const pix_desc_t *d, const pix_frame_t *frame, uint32_t row, uint32_t width,
                  uint16_t *sample)
{
    bool whole = false;
    for (uint32_t i = 0; i < d->stuck_count; i++)
        whole = whole || (d->stuck[i].x == PIX_STUCK_ROW && sample_of(frame, d->stuck[i].y) == row);
    for (uint32_t x = 0; whole && x < width; x++)
        stick_sample(d, frame, x, row, &sample[x]);
    for (uint32_t i = 0; !whole && i < d->stuck_count; i++)
        if (sample_of(frame, d->stuck[i].y) == row && !is_done(d, frame, row, i)) {
            uint32_t x = sample_of(frame, d->stuck[i].x);
            stick_sample(d, frame, x, row, &sample[x]);
        }
}

uint32_t pix_row(const pix_t *pix, const pix_frame_t *frame, uint32_t row, uint32_t worker,
                 uint16_t *out)
{
    const pix_fpn_t *fpn = &pix->fpn[frame->mode];
    pix_size_t size = pix_mode_size(&pix->desc, (pix_mode_t)frame->mode);
    assert(row < size.height_px && worker < PIX_MAX_THREADS && pix->scratch[worker] != NULL);
    sim_light_row_t light;
    pull_light(pix, frame, row, worker, &light);

    size_t fpn_row = (size_t)row * fpn->stride_px;
    pix_strip_t strip = {
        .light = {light.r, light.g, light.b},
        .prnu = fpn->prnu + fpn_row,
        .dsnu = fpn->dsnu + fpn_row,
        .dark = fpn->dark + fpn_row,
        .out = out,
        .count = fpn->stride_px,
    };
    pix_develop(pix, frame, row, &strip);
    if (pix->desc.stuck_count != 0)
        stick(&pix->desc, frame, row, size.width_px, out);
    return count_white(out, size.width_px, (1u << pix->desc.adc_bits) - 1);
}
