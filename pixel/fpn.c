/*
 * fpn.c - the fixed patterns of the array, made once.
 */
#include "pixel/fpn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pixel/kernels.h"
#include "pixel/pixel_int.h"
#include "pixel/site.h"

enum {
    GAUSS_LEVELS = 2048, /* 11 bits */
    DARK_LEVELS = 1024,  /* 10 bits */
    SIGMA_STEPS = 32,    /* a sigma of gain or offset in steps: 3.49 sigma fit an int8 */
    DARK_STEPS = 32,     /* the mean dark current in steps: 255 of them are 8 times the mean */
    JOB_ROWS = 32,       /* a multiple of 4: whole groups of binned rows */
};

typedef struct {
    pix_fpn_t *fpn;
    const pix_desc_t *desc;
    int8_t gauss[GAUSS_LEVELS];
    uint8_t dark[DARK_LEVELS];
} maker_t;

/* The middle quantile of each of `levels` equal parts, in sigmas. */
static void quantiles(float *z, uint32_t levels)
{
    uint32_t part = UINT32_MAX / levels + 1;
    for (uint32_t i = 0; i < levels; i++) {
        uint32_t p = i * part + part / 2;
        uint32_t word = p < 0x80000000u ? p | 0x80000000u : UINT32_MAX - p; /* kernel_code.h */
        z[i] = (float)pix_normal(word);
    }
}

static void make_tables(maker_t *m)
{
    float z[GAUSS_LEVELS];
    quantiles(z, GAUSS_LEVELS);
    for (uint32_t i = 0; i < GAUSS_LEVELS; i++)
        m->gauss[i] = (int8_t)(floorf(z[i] * SIGMA_STEPS + 0.5f));

    double factor[DARK_LEVELS], sum = 0;
    quantiles(z, DARK_LEVELS);
    for (uint32_t i = 0; i < DARK_LEVELS; i++)
        sum += factor[i] = pix_exp(m->desc->dark_spread * (double)z[i]);
    for (uint32_t i = 0; i < DARK_LEVELS; i++)
        m->dark[i] = (uint8_t)(factor[i] / sum * DARK_LEVELS * DARK_STEPS + 0.5);
}

static void full_row(const maker_t *m, uint32_t row)
{
    pix_fpn_t *fpn = &m->fpn[PIX_FPN_FULL];
    uint32_t word[PIX_MAX_WIDTH], width = m->desc->width_px;
    size_t at = (size_t)row * fpn->stride_px;
    sim_rng_t rng = {.seed = m->desc->seed, .purpose = PIX_RNG_FPN, .row = row};
    sim_rng_fill_u32(&rng, 0, width, word);
    for (uint32_t i = 0; i < width; i++) {
        fpn->prnu[at + i] = m->gauss[word[i] >> 21];
        fpn->dsnu[at + i] = m->gauss[word[i] >> 10 & (GAUSS_LEVELS - 1)];
        fpn->dark[at + i] = m->dark[word[i] & (DARK_LEVELS - 1)];
    }
}

/* The mean of n = 1, 2, 4 in steps of 1 / sqrt(n) the size, so that sigma is SIGMA_STEPS again:
 * sum / sqrt(n). */
static int8_t mean_steps(int sum, uint32_t n)
{
    static const int weight[] = {[1] = 256, [2] = 181, [4] = 128};
    int scaled = (abs(sum) * weight[n] + 128) / 256;
    scaled = scaled > 127 ? 127 : scaled;
    return (int8_t)(sum < 0 ? -scaled : scaled);
}

/* Sample (r, c) is made of the four photosites of its color in rows 4 (r / 2) + r % 2 + {0, 2} and
 * the columns alike. */
static void binned_row(const maker_t *m, uint32_t row)
{
    const pix_fpn_t *full = &m->fpn[PIX_FPN_FULL];
    pix_fpn_t *fpn = &m->fpn[PIX_FPN_BINNED];
    size_t to = (size_t)row * fpn->stride_px, below = 2 * (size_t)full->stride_px;
    size_t from = (size_t)(row / 2 * 4 + row % 2) * full->stride_px;
    for (uint32_t i = 0; i < m->desc->width_px / 2; i++) {
        size_t at = from + i / 2 * 4 + i % 2;
        const uint8_t *a = full->dark + at, *b = a + below;
        const int8_t *p = full->prnu + at, *d = full->dsnu + at;
        fpn->prnu[to + i] = mean_steps(p[0] + p[2] + p[below] + p[below + 2], 4);
        fpn->dsnu[to + i] = mean_steps(d[0] + d[2] + d[below] + d[below + 2], 4);
        fpn->dark[to + i] = (uint8_t)((a[0] + a[2] + b[0] + b[2] + 2) / 4);
    }
}

static void make_rows(void *ctx, uint32_t job, uint32_t worker)
{
    const maker_t *m = ctx;
    (void)worker;
    uint32_t first = job * JOB_ROWS, end = first + JOB_ROWS;
    end = end < m->desc->height_px ? end : m->desc->height_px;
    for (uint32_t row = first; row < end; row++)
        full_row(m, row);
    for (uint32_t row = first / 2; row < end / 2; row++)
        binned_row(m, row);
}

static bool allocate(pix_fpn_t *fpn, const pix_desc_t *desc, uint32_t side)
{
    fpn->stride_px = pix_padded_px(desc->width_px / side);
    fpn->prnu_step = desc->prnu / SIGMA_STEPS / side;
    fpn->dsnu_step_e = desc->dsnu_e / SIGMA_STEPS / side;
    fpn->dark_step = 1.0 / DARK_STEPS;
    /* the last window's last vector may end past the last row */
    size_t count = (size_t)fpn->stride_px * (desc->height_px / side) + PIX_LANES;
    fpn->prnu = calloc(count, 1);
    fpn->dsnu = calloc(count, 1);
    fpn->dark = calloc(count, 1);
    return fpn->prnu != NULL && fpn->dsnu != NULL && fpn->dark != NULL;
}

bool pix_fpn_make(pix_fpn_t *fpn, const pix_desc_t *desc, sim_pool_t *pool)
{
    maker_t m = {.fpn = fpn, .desc = desc};
    if (!allocate(&fpn[PIX_FPN_FULL], desc, 1) || !allocate(&fpn[PIX_FPN_BINNED], desc, 2))
        return false;
    make_tables(&m);
    sim_pool_run(pool, make_rows, &m, (desc->height_px + JOB_ROWS - 1) / JOB_ROWS);
    return true;
}

void pix_fpn_free(pix_fpn_t *fpn)
{
    for (uint32_t i = 0; i < PIX_FPNS; i++) {
        free(fpn[i].prnu);
        free(fpn[i].dsnu);
        free(fpn[i].dark);
    }
}

/* ---- rows ---- */

/* Of the kept patterns from a photosite on. */
static pix_fpn_row_t kept_row(const pix_fpn_t *fpn, uint32_t row, uint32_t column)
{
    size_t at = (size_t)row * fpn->stride_px + column;
    return (pix_fpn_row_t){fpn->prnu + at, fpn->dsnu + at, fpn->dark + at};
}

/* Sums down the rows of the samples. */
static void add_signed(const int8_t *restrict row, uint32_t count, int16_t *restrict sum)
{
    for (uint32_t i = 0; i < count; i++)
        sum[i] = (int16_t)(sum[i] + row[i]);
}

static void add_unsigned(const uint8_t *restrict row, uint32_t count, int16_t *restrict sum)
{
    for (uint32_t i = 0; i < count; i++)
        sum[i] = (int16_t)(sum[i] + row[i]);
}

/* Sums along the row, in place: sample i is nowhere left of its photosites. */
static void add_columns(const pix_axis_t *x, int16_t *sum)
{
    uint32_t samples = pix_axis_samples(x), period = x->even_inc + x->odd_inc;
    for (uint32_t i = 0; i < samples; i += 2) {
        const int16_t *from = sum + i / 2 * x->bin * period;
        int even = from[0], odd = from[x->even_inc];
        if (x->bin == 2) {
            even += from[period];
            odd += from[period + x->even_inc];
        }
        sum[i] = (int16_t)even;
        sum[i + 1] = (int16_t)odd;
    }
}

static void scale_row(const int16_t *sum, uint32_t count, uint32_t sites, int8_t *out)
{
    for (uint32_t i = 0; i < count; i++)
        out[i] = mean_steps(sum[i], sites);
}

static pix_fpn_row_t gathered_row(const pix_fpn_t *full, const pix_frame_t *frame, uint32_t y,
                                  uint8_t *room)
{
    const pix_axis_t *x = &frame->x;
    uint32_t samples = pix_axis_samples(x), padded = pix_padded_px(samples);
    uint32_t sites = pix_sites(frame);
    int16_t *first = (int16_t *)(void *)room;
    int16_t *const sum[3] = {first, first + x->size, first + 2 * x->size};
    int8_t *prnu = (int8_t *)(sum[2] + x->size), *dsnu = prnu + padded;
    uint8_t *dark = (uint8_t *)(dsnu + padded);
    memset(room, 0, 6 * (size_t)x->size + 3 * (size_t)padded);
    for (uint32_t i = 0; i < frame->y.bin; i++) {
        size_t at = (size_t)pix_axis_site(&frame->y, y, i) * full->stride_px + x->start;
        add_signed(full->prnu + at, x->size, sum[0]);
        add_signed(full->dsnu + at, x->size, sum[1]);
        add_unsigned(full->dark + at, x->size, sum[2]);
    }
    for (uint32_t i = 0; i < 3; i++)
        add_columns(x, sum[i]);
    scale_row(sum[0], samples, sites, prnu);
    scale_row(sum[1], samples, sites, dsnu);
    for (uint32_t i = 0; i < samples; i++) /* a half is log2 of 1, 2, 4, too */
        dark[i] = (uint8_t)(((uint32_t)sum[2][i] + sites / 2) >> sites / 2);
    return (pix_fpn_row_t){prnu, dsnu, dark};
}

size_t pix_fpn_room(const pix_desc_t *desc)
{
    return 9 * (size_t)pix_padded_px(desc->width_px);
}

/* Whether the frame's 2x2 groups are those of the whole array. */
static bool on_kept_groups(const pix_frame_t *frame)
{
    return frame->x.bin == 2 && frame->y.bin == 2 && frame->x.start % 4 == 0 &&
           frame->y.start % 4 == 0;
}

pix_fpn_row_t pix_fpn_row(const pix_fpn_t *fpn, const pix_frame_t *frame, uint32_t line,
                          uint8_t *room)
{
    const pix_axis_t *x = &frame->x, *y = &frame->y;
    uint32_t sample = pix_line_at(frame, line).sample;
    bool dense = pix_axis_is_dense(x) && pix_axis_is_dense(y);
    if (dense && on_kept_groups(frame))
        return kept_row(&fpn[PIX_FPN_BINNED], y->start / 2 + sample, x->start / 2);
    if (pix_axis_is_dense(x) && pix_sites(frame) == 1)
        return kept_row(&fpn[PIX_FPN_FULL], pix_axis_site(y, sample, 0), x->start);
    return gathered_row(&fpn[PIX_FPN_FULL], frame, sample, room);
}
