/*
 * columns.c - fixed pattern of the column converters, made once.
 */
#include "pixel/columns.h"

#include <math.h>
#include <stdlib.h>

#include "pixel/kernels.h"
#include "pixel/pixel_int.h"
#include "pixel/site.h"

double pix_column_residual_dn(double offset_dn, double count_dn)
{
    return count_dn > 0 ? offset_dn - floor(offset_dn / count_dn + 0.5) * count_dn : 0;
}

static bool allocate(pix_columns_t *c, const pix_desc_t *desc)
{
    size_t room = pix_padded_px(desc->width_px) + PIX_LANES; /* a window's last vector */
    c->site_gain = calloc(room, sizeof(float));
    c->site_dn = calloc(room, sizeof(float));
    c->pair_gain = calloc(room, sizeof(float));
    c->pair_dn = calloc(room, sizeof(float));
    return c->site_gain != NULL && c->site_dn != NULL && c->pair_gain != NULL && c->pair_dn != NULL;
}

bool pix_columns_make(pix_columns_t *columns, const pix_desc_t *desc)
{
    const pix_noise_t *noise = &desc->noise;
    sim_stream_t random = sim_stream(desc->seed, PIX_RNG_COLUMN, 0);
    if (!allocate(columns, desc))
        return false;
    for (uint32_t x = 0; x < desc->width_px; x++) {
        double gain = pix_normal(sim_stream_u32(&random)) * noise->column_gain;
        double dn = pix_normal(sim_stream_u32(&random)) * noise->column_offset_dn;
        columns->site_gain[x] = (float)(1 + gain);
        columns->site_dn[x] =
            (float)(noise->cds ? pix_column_residual_dn(dn, noise->column_count_dn) : dn);
    }
    for (uint32_t i = 0; i < desc->width_px / 2; i++) {
        uint32_t x = i / 2 * 4 + i % 2;
        columns->pair_gain[i] = (columns->site_gain[x] + columns->site_gain[x + 2]) / 2;
        columns->pair_dn[i] = (columns->site_dn[x] + columns->site_dn[x + 2]) / 2;
    }
    return true;
}

void pix_columns_free(pix_columns_t *columns)
{
    free(columns->site_gain);
    free(columns->site_dn);
    free(columns->pair_gain);
    free(columns->pair_dn);
}

/* Charge that is added is converted once, by the column of the first photosite. */
static pix_column_row_t gathered(const pix_columns_t *c, const pix_axis_t *x, bool sum, float *room)
{
    uint32_t samples = pix_axis_samples(x), padded = pix_padded_px(samples);
    float *gain = room, *dn = room + padded;
    pix_axis_means(x, sum ? 1 : x->bin, c->site_gain + x->start, gain);
    pix_axis_means(x, sum ? 1 : x->bin, c->site_dn + x->start, dn);
    for (uint32_t i = samples; i < padded; i++)
        gain[i] = dn[i] = 0;
    return (pix_column_row_t){gain, dn};
}

pix_column_row_t pix_columns_row(const pix_columns_t *columns, const pix_frame_t *frame,
                                 float *room)
{
    const pix_axis_t *x = &frame->x;
    if (pix_axis_is_dense(x) && x->bin == 1)
        return (pix_column_row_t){columns->site_gain + x->start, columns->site_dn + x->start};
    if (pix_axis_is_dense(x) && x->bin == 2 && x->start % 4 == 0 && !frame->bin_sum)
        return (pix_column_row_t){columns->pair_gain + x->start / 2,
                                  columns->pair_dn + x->start / 2};
    return gathered(columns, x, frame->bin_sum, room);
}
