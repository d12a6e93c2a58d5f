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
    c->kept_gain = calloc(room, sizeof(float));
    c->kept_dn = calloc(room, sizeof(float));
    return c->site_gain != NULL && c->site_dn != NULL && c->kept_gain != NULL && c->kept_dn != NULL;
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
    return true;
}

void pix_columns_free(pix_columns_t *columns)
{
    free(columns->site_gain);
    free(columns->site_dn);
    free(columns->kept_gain);
    free(columns->kept_dn);
}

/* Of whole vectors. Charge that is added is converted once, by the column of the first photosite.
 */
static void gather(const pix_columns_t *c, const pix_axis_t *x, bool sum, float *gain, float *dn)
{
    uint32_t samples = pix_axis_samples(x);
    pix_axis_means(x, sum ? 1 : x->bin, c->site_gain + x->start, gain);
    pix_axis_means(x, sum ? 1 : x->bin, c->site_dn + x->start, dn);
    for (uint32_t i = samples; i < pix_padded_px(samples); i++)
        gain[i] = dn[i] = 0;
}

static bool is_plain(const pix_axis_t *x)
{
    return pix_axis_is_dense(x) && x->bin == 1;
}

bool pix_columns_keeps(const pix_columns_t *columns, const pix_desc_t *desc,
                       const pix_frame_t *frame)
{
    pix_axis_t grid = pix_axis_grid(&frame->x, desc->width_px);
    return is_plain(&frame->x) ||
           (pix_axis_equal(&grid, &columns->x) && columns->sum == (frame->bin_sum != 0));
}

void pix_columns_keep(pix_columns_t *columns, const pix_desc_t *desc, const pix_frame_t *frame)
{
    columns->x = pix_axis_grid(&frame->x, desc->width_px);
    columns->sum = frame->bin_sum != 0;
    gather(columns, &columns->x, columns->sum, columns->kept_gain, columns->kept_dn);
}

pix_column_row_t pix_columns_row(const pix_columns_t *columns, const pix_desc_t *desc,
                                 const pix_frame_t *frame, float *room)
{
    const pix_axis_t *x = &frame->x;
    if (is_plain(x))
        return (pix_column_row_t){columns->site_gain + x->start, columns->site_dn + x->start};
    if (pix_columns_keeps(columns, desc, frame)) {
        uint32_t at = pix_axis_on_grid(x, &columns->x);
        return (pix_column_row_t){columns->kept_gain + at, columns->kept_dn + at};
    }
    float *dn = room + pix_row_room(frame);
    gather(columns, x, frame->bin_sum, room, dn);
    return (pix_column_row_t){room, dn};
}
