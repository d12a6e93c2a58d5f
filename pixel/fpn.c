/*
 * fpn.c - the fixed patterns of the array, made once.
 */
#include "pixel/fpn.h"

#include <math.h>
#include <stdlib.h>

#include "pixel/kernels.h"
#include "pixel/pixel_int.h"

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
        pix_kernels_scalar.normal(&word, &z[i], 1);
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
    pix_fpn_t *fpn = &m->fpn[PIX_MODE_FULL];
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

/* Half the sum of four: steps of half the size, so that sigma is SIGMA_STEPS again. */
static int8_t half_sum(const int8_t *a, const int8_t *b)
{
    int sum = a[0] + a[2] + b[0] + b[2];
    int half = sum >= 0 ? (sum + 1) / 2 : -((1 - sum) / 2);
    return (int8_t)(half > 127 ? 127 : half < -127 ? -127 : half);
}

/* Sample (r, c) is made of the four photosites of its color in rows 4 (r / 2) + r % 2 + {0, 2} and
 * the columns alike. */
static void binned_row(const maker_t *m, uint32_t row)
{
    const pix_fpn_t *full = &m->fpn[PIX_MODE_FULL];
    pix_fpn_t *fpn = &m->fpn[PIX_MODE_BINNED];
    size_t to = (size_t)row * fpn->stride_px, below = 2 * (size_t)full->stride_px;
    size_t from = (size_t)(row / 2 * 4 + row % 2) * full->stride_px;
    for (uint32_t i = 0; i < m->desc->width_px / 2; i++) {
        size_t at = from + i / 2 * 4 + i % 2;
        const uint8_t *a = full->dark + at, *b = a + below;
        fpn->prnu[to + i] = half_sum(full->prnu + at, full->prnu + at + below);
        fpn->dsnu[to + i] = half_sum(full->dsnu + at, full->dsnu + at + below);
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

static bool allocate(pix_fpn_t *fpn, const pix_desc_t *desc, pix_mode_t mode)
{
    double sites = mode == PIX_MODE_BINNED ? 4 : 1;
    fpn->stride_px = pix_row_room(desc, mode);
    fpn->prnu_step = desc->prnu / SIGMA_STEPS / sqrt(sites);
    fpn->dsnu_step_e = desc->dsnu_e / SIGMA_STEPS / sqrt(sites);
    fpn->dark_step = 1.0 / DARK_STEPS;
    size_t count = (size_t)fpn->stride_px * pix_mode_size(desc, mode).height_px;
    fpn->prnu = calloc(count, 1);
    fpn->dsnu = calloc(count, 1);
    fpn->dark = calloc(count, 1);
    return fpn->prnu != NULL && fpn->dsnu != NULL && fpn->dark != NULL;
}

bool pix_fpn_make(pix_fpn_t *fpn, const pix_desc_t *desc, sim_pool_t *pool)
{
    maker_t m = {.fpn = fpn, .desc = desc};
    if (!allocate(&fpn[0], desc, PIX_MODE_FULL) || !allocate(&fpn[1], desc, PIX_MODE_BINNED))
        return false;
    make_tables(&m);
    sim_pool_run(pool, make_rows, &m, (desc->height_px + JOB_ROWS - 1) / JOB_ROWS);
    return true;
}

void pix_fpn_free(pix_fpn_t *fpn)
{
    for (uint32_t mode = 0; mode < PIX_MODES; mode++) {
        free(fpn[mode].prnu);
        free(fpn[mode].dsnu);
        free(fpn[mode].dark);
    }
}
