/*
 * site.c - which photosites make which sample of which line.
 */
#include "pixel/site.h"

#include <string.h>

#include "pixel/pixel_int.h"

static uint32_t period(const pix_axis_t *axis)
{
    return axis->even_inc + axis->odd_inc;
}

uint32_t pix_axis_samples(const pix_axis_t *axis)
{
    uint32_t pair = period(axis) * axis->bin; /* 0: of no frame yet */
    return pair != 0 ? axis->size / pair * 2 : 0;
}

bool pix_axis_sample(const pix_axis_t *axis, uint32_t site, uint32_t *sample)
{
    uint32_t at = site - axis->start; /* before the window: huge */
    uint32_t pair = at / period(axis), rest = at % period(axis);
    *sample = (pair >> (axis->bin - 1)) * 2 + (rest != 0);               /* bin: 1, 2 */
    return (at < axis->size) & ((rest == 0) | (rest == axis->even_inc)); /* no branch: at random */
}

float pix_axis_step_px(const pix_axis_t *axis)
{
    return (float)(axis->bin * period(axis)) / 2;
}

float pix_axis_center_px(const pix_axis_t *axis, uint32_t sample)
{
    if (axis->bin == 1)
        return (float)pix_axis_site(axis, sample, 0);
    return (float)axis->start + (float)axis->even_inc / 2 + pix_axis_step_px(axis) * (float)sample;
}

bool pix_axis_is_dense(const pix_axis_t *axis)
{
    return period(axis) == 2;
}

pix_axis_t pix_axis_grid(const pix_axis_t *axis, uint32_t sites)
{
    uint32_t pair = period(axis) * axis->bin;
    pix_axis_t grid = *axis;
    grid.start = axis->start % pair;
    grid.size = (sites - grid.start) / pair * pair;
    grid.flip = 0;
    return grid;
}

uint32_t pix_axis_on_grid(const pix_axis_t *axis, const pix_axis_t *grid)
{
    return (axis->start - grid->start) / (period(axis) * axis->bin) * 2;
}

bool pix_axis_equal(const pix_axis_t *a, const pix_axis_t *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

pix_walk_t pix_axis_walk(const pix_axis_t *axis)
{
    return (pix_walk_t){pix_axis_samples(axis) / 2, axis->even_inc, period(axis), axis->bin};
}

pix_axis_kind_t pix_axis_kind(const pix_axis_t *axis)
{
    if (axis->even_inc == 1 && axis->odd_inc == 3)
        return axis->bin == 2 ? PIX_AXIS_SKIP_BINNED : PIX_AXIS_SKIPPED;
    return pix_axis_is_dense(axis) && axis->bin == 2 ? PIX_AXIS_BINNED : PIX_AXIS_OTHER;
}

void pix_axis_means(const pix_axis_t *axis, uint32_t of, const float *site, float *sample)
{
    pix_walk_t walk = pix_axis_walk(axis);
    for (size_t i = 0; i < walk.pairs; i++) {
        const float *one = site + i * walk.bin * walk.period;
        const float *two = one + (of - 1) * walk.period;
        sample[2 * i] = (one[0] + two[0]) * 0.5f;
        sample[2 * i + 1] = (one[walk.odd] + two[walk.odd]) * 0.5f;
    }
}

uint32_t pix_sites(const pix_frame_t *frame)
{
    return frame->x.bin * frame->y.bin;
}

/* ---- frames ---- */

pix_size_t pix_frame_size(const pix_frame_t *frame)
{
    return (pix_size_t){pix_axis_samples(&frame->x), pix_axis_samples(&frame->y)};
}

uint32_t pix_frame_exposures(const pix_frame_t *frame)
{
    return frame->short_lines != 0 ? 2 : 1;
}

uint32_t pix_frame_lines(const pix_frame_t *frame)
{
    return pix_frame_exposures(frame) * pix_axis_samples(&frame->y);
}

uint32_t pix_row_room(const pix_frame_t *frame)
{
    return pix_padded_px(pix_axis_samples(&frame->x));
}

/* Windows begin at even photosites and have even sizes: only flips change the order. Numbers of
 * orders differ in bit 0 when columns are swapped, in bit 1 when rows are. */
sim_bayer_t pix_frame_bayer(const pix_desc_t *desc, const pix_frame_t *frame)
{
    return (sim_bayer_t)(desc->bayer ^ frame->x.flip ^ frame->y.flip << 1);
}

sim_window_t pix_frame_window(const pix_frame_t *frame)
{
    return (sim_window_t){
        .x_px = frame->x.start,
        .y_px = frame->y.start,
        .width_px = frame->x.size,
        .height_px = frame->y.size,
        .flip_x = frame->x.flip,
        .flip_y = frame->y.flip,
    };
}

float pix_row_y_px(const pix_frame_t *frame, uint32_t row)
{
    return pix_axis_center_px(&frame->y, pix_line_at(frame, row).sample);
}

/*
 * Short row 0 follows long row `ahead`; from there on they take turns until the long ones end:
 *   L0 .. L(ahead)  S0 L(ahead + 1) S1 .. L(rows - 1) S(turns)  S(turns + 1) .. S(rows - 1)
 */
static pix_line_t interleaved(const pix_frame_t *frame, uint32_t line)
{
    uint32_t rows = pix_axis_samples(&frame->y), delay = frame->short_delay;
    uint32_t ahead = delay / 2 < rows ? delay / 2 : rows - 1, turns = rows - 1 - ahead;
    uint32_t since = line - ahead - 1; /* from S0 on */
    bool is_short = line > ahead && (since > 2 * turns || since % 2 == 0);
    uint32_t row = line <= ahead       ? line
                   : since > 2 * turns ? since - turns
                                       : (is_short ? 0 : ahead + 1) + since / 2;
    return (pix_line_t){
        .row = row,
        .exposure = is_short,
        .slot = 2 * row + (is_short ? delay : 0),
    };
}

pix_line_t pix_line_at(const pix_frame_t *frame, uint32_t line)
{
    pix_line_t at = pix_frame_exposures(frame) == 2 ? interleaved(frame, line)
                                                    : (pix_line_t){.row = line, .slot = line};
    at.sample = frame->y.flip ? pix_axis_samples(&frame->y) - 1 - at.row : at.row;
    return at;
}

uint32_t pix_slots(const pix_frame_t *frame)
{
    uint32_t rows = pix_axis_samples(&frame->y);
    return frame->short_lines != 0 ? 2 * rows - 1 + frame->short_delay : rows;
}
