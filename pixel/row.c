/*
 * row.c - one line of samples: which photosites, under which light, and what becomes of them.
 */
#include <assert.h>
#include <string.h>

#include "pixel/bloom.h"
#include "pixel/columns.h"
#include "pixel/develop.h"
#include "pixel/digital.h"
#include "pixel/fpn.h"
#include "pixel/lens.h"
#include "pixel/pixel_int.h"
#include "pixel/site.h"

/* A photosite sees its own light, a binned sample that of all from its own center to the next. */
static float light_step_px(const pix_axis_t *axis)
{
    return axis->bin == 1 ? 1 : pix_axis_step_px(axis);
}

static sim_gap_t light_gap(const pix_axis_t *axis)
{
    return axis->bin == 1 ? (sim_gap_t){axis->even_inc - 1, axis->odd_inc - 1} : (sim_gap_t){0, 0};
}

static uint32_t count_white(const uint16_t *sample, uint32_t count, uint32_t white)
{
    uint16_t found = 0, full = (uint16_t)white; /* narrow: as many as fit side by side */
    for (uint32_t i = 0; i < count; i++)
        found = (uint16_t)(found + (sample[i] == full));
    return found;
}

static float *plane(const pix_t *pix, uint32_t worker, uint32_t number)
{
    return pix->scratch[worker] + (size_t)number * pix_padded_px(pix->desc.width_px);
}

static sim_light_row_t planes_from(const pix_t *pix, uint32_t worker, uint32_t first)
{
    return (sim_light_row_t){
        .r = plane(pix, worker, first + PIX_RED),
        .g = plane(pix, worker, first + PIX_GREEN),
        .b = plane(pix, worker, first + PIX_BLUE),
    };
}

static sim_light_row_t pull_light(const pix_t *pix, const pix_frame_t *frame, uint32_t row,
                                  uint32_t worker)
{
    const pix_desc_t *d = &pix->desc;
    const pix_axis_t *x = &frame->x;
    uint64_t start_ps = pix_row_exposure_start_ps(frame, row);
    uint32_t samples = pix_axis_samples(x);
    sim_light_req_t req = {
        .frame = frame->frame,
        .array_width_px = d->width_px,
        .array_height_px = d->height_px,
        .width_px = samples,
        .x0_px = pix_axis_center_px(x, 0),
        .x_step_px = light_step_px(x),
        .x_gap = light_gap(x),
        .y_px = pix_row_y_px(frame, row),
        .start_ps = start_ps,
        .exposure_ps = pix_row_exposure_end_ps(frame, row) - start_ps,
        .planes = 7,
        .worker = worker,
    };
    sim_light_row_t light = planes_from(pix, worker, PIX_PLANE_LIGHT);
    pix_lens_row(pix->lens, &pix->light, &req, light_step_px(&frame->y),
                 plane(pix, worker, pix_planes(d)), &light);
    float *const to[PIX_COLORS] = {light.r, light.g, light.b};
    for (uint32_t color = 0; color < PIX_COLORS; color++)
        for (uint32_t i = samples; i < pix_padded_px(samples); i++)
            to[color][i] = to[color][samples - 1]; /* like the others: of the same kind */
    return light;
}

/* Light and fixed patterns of one row, in the order of an unflipped frame. */
static pix_strip_t strip_of(const pix_t *pix, const pix_frame_t *frame, uint32_t row,
                            uint32_t worker)
{
    sim_light_row_t light = pull_light(pix, frame, row, worker);
    pix_fpn_row_t fpn = pix_fpn_row(pix->fpn, &pix->desc, frame, row, pix->maps[worker]);
    pix_column_row_t columns =
        pix_columns_row(pix->columns, &pix->desc, frame, plane(pix, worker, PIX_PLANE_COLUMNS));
    return (pix_strip_t){
        .light = {light.r, light.g, light.b},
        .prnu = fpn.prnu,
        .dsnu = fpn.dsnu,
        .dark = fpn.dark,
        .column_gain = columns.gain,
        .column_offset = columns.offset_dn,
        .count = pix_row_room(frame),
    };
}

uint32_t pix_bloom_rows(const pix_desc_t *desc)
{
    return desc->noise.bloom_share > 0 ? desc->noise.bloom_rows : 0;
}

uint32_t pix_planes(const pix_desc_t *desc)
{
    uint32_t bloom = pix_bloom_rows(desc);
    return PIX_PLANE_BLOOM + (bloom > 0 ? 2 * (2 * bloom + 1) : 0);
}

/* The mean charge of a row after what flows in and out of it; rows outside the frame have none. */
static const float *bloomed(const pix_t *pix, const pix_frame_t *frame, uint32_t row,
                            uint32_t worker)
{
    uint32_t steps = pix_bloom_rows(&pix->desc), rows = 2 * steps + 1;
    uint32_t sites = pix_sites(frame);
    float *mean[2 * PIX_BLOOM_MAX + 1], *over[2 * PIX_BLOOM_MAX + 1];
    for (uint32_t i = 0; i < rows; i++) {
        uint32_t at = row + i - steps; /* above row 0: huge */
        mean[i] = plane(pix, worker, PIX_PLANE_BLOOM + i);
        over[i] = plane(pix, worker, PIX_PLANE_BLOOM + rows + i);
        if (at < pix_frame_lines(frame)) {
            pix_strip_t strip = strip_of(pix, frame, at, worker);
            pix_collect(pix, frame, at, &strip, mean[i]);
        } else {
            memset(mean[i], 0, pix_row_room(frame) * sizeof(float));
        }
    }
    pix_bloom(mean, over, steps, pix_axis_samples(&frame->x),
              (float)(sites * pix->desc.full_well_e), (float)pix->desc.noise.bloom_share);
    return mean[steps];
}

/* In the order of an unflipped frame. */
static void expose(const pix_t *pix, const pix_frame_t *frame, uint32_t row, uint32_t worker,
                   uint16_t *out)
{
    bool blooms = pix_bloom_rows(&pix->desc) > 0 && pix_frame_exposures(frame) == 1;
    const float *mean = blooms ? bloomed(pix, frame, row, worker) : NULL;
    pix_strip_t strip = strip_of(pix, frame, row, worker);
    strip.mean = mean;
    strip.out = out;
    pix_develop(pix, frame, row, &strip);
}

bool pix_keeps(const pix_t *pix, const pix_frame_t *frame)
{
    return pix_fpn_keeps(pix->fpn, &pix->desc, frame) &&
           pix_columns_keeps(pix->columns, &pix->desc, frame);
}

void pix_keep(pix_t *pix, const pix_frame_t *frame)
{
    if (!pix_fpn_keeps(pix->fpn, &pix->desc, frame))
        pix_fpn_keep(pix->fpn, &pix->desc, frame, pix->pool);
    if (!pix_columns_keeps(pix->columns, &pix->desc, frame))
        pix_columns_keep(pix->columns, &pix->desc, frame);
}

/* Sum of a row's codes as the ADC counted them, from a pair of both colors in each 32: accounts of
 * energy need no more. */
static uint64_t sum_codes(const uint16_t *sample, uint32_t count)
{
    uint32_t sum = 0, taken = 0;
    for (uint32_t i = 0; i + 1 < count; i += 32, taken += 2)
        sum += (uint32_t)sample[i] + sample[i + 1];
    return (uint64_t)sum * count / taken;
}

uint32_t pix_row(const pix_t *pix, const pix_frame_t *frame, uint32_t row, uint32_t worker,
                 uint16_t *out)
{
    uint64_t codes;
    return pix_row_codes(pix, frame, row, worker, out, &codes);
}

uint32_t pix_row_codes(const pix_t *pix, const pix_frame_t *frame, uint32_t row, uint32_t worker,
                       uint16_t *out, uint64_t *codes)
{
    uint32_t width = pix_axis_samples(&frame->x);
    assert(row < pix_frame_lines(frame) && worker < PIX_MAX_THREADS);
    assert(pix->scratch[worker] != NULL);
    if (frame->pattern != PIX_PATTERN_OFF) {
        pix_pattern(&pix->desc, frame, row, out);
        *codes = sum_codes(out, width);
    } else {
        expose(pix, frame, row, worker, out);
        if (pix->desc.stuck_count != 0)
            pix_stick(&pix->desc, frame, row, out);
        if (frame->x.flip)
            pix_mirror(out, width);
        *codes = sum_codes(out, width);
        pix_digital_gain(&pix->desc, frame, row, out);
    }
    return count_white(out, width, (1u << frame->adc_bits) - 1);
}
