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
    JOB_ROWS = 32,
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

static void site_row(const maker_t *m, uint32_t row)
{
    pix_map_t *map = &m->fpn->sites;
    uint32_t word[PIX_MAX_WIDTH], width = m->desc->width_px;
    size_t at = (size_t)row * map->stride_px;
    sim_rng_t rng = {.seed = m->desc->seed, .purpose = PIX_RNG_FPN, .row = row};
    sim_rng_fill_u32(&rng, 0, width, word);
    for (uint32_t i = 0; i < width; i++) {
        map->prnu[at + i] = m->gauss[word[i] >> 21];
        map->dsnu[at + i] = m->gauss[word[i] >> 10 & (GAUSS_LEVELS - 1)];
        map->dark[at + i] = m->dark[word[i] & (DARK_LEVELS - 1)];
    }
}

/* The mean of n = 1, 2, 4 in steps of 1 / sqrt(n) the size, so that sigma is SIGMA_STEPS again:
 * sum / sqrt(n). */
static inline int8_t mean_steps(int16_t sum, uint32_t n)
{
    static const uint16_t weight[] = {[1] = 256, [2] = 181, [4] = 128};
    uint16_t size = (uint16_t)(sum < 0 ? -sum : sum); /* 127 n at most: 16 bits are enough */
    uint16_t scaled = (uint16_t)((uint16_t)(size * weight[n] + 128) >> 8);
    int16_t steps = (int16_t)(scaled > 127 ? 127 : scaled);
    return (int8_t)(sum < 0 ? -steps : steps);
}

/* Sums of the samples of a row, in pairs: the even one in the lower half of a word, the odd one in
 * the upper; of bytes without sign, so neither reaches the other. Words all along: the loops become
 * vectors. */
static inline uint32_t four_sites(const uint8_t *site)
{
    return site[0] | (uint32_t)site[1] << 8 | (uint32_t)site[2] << 16 | (uint32_t)site[3] << 24;
}

static inline uint32_t first_pair(uint32_t four)
{
    return (four & 0xff) | (four & 0xff00) << 8;
}

/* Pairs of samples in `words` times four photosites, of each of which one pair is read or two. */
static inline void add_fours(const uint8_t *restrict row, size_t pairs, size_t words, bool two,
                             uint32_t flip, uint32_t *restrict sum)
{
    for (size_t i = 0; i < pairs; i++) {
        uint32_t pair = sum[i];
        for (size_t k = 0; k < words; k++) {
            uint32_t four = four_sites(row + 4 * (i * words + k)) ^ flip;
            pair += first_pair(four) + (two ? first_pair(four >> 16) : 0);
        }
        sum[i] = pair;
    }
}

static void add_any(const uint8_t *row, const pix_axis_t *x, uint32_t flip, uint32_t *sum)
{
    pix_walk_t walk = pix_axis_walk(x);
    for (size_t i = 0; i < walk.pairs * walk.bin; i++) {
        const uint8_t *at = row + i * walk.period;
        sum[i / walk.bin] += first_pair((at[0] | (uint32_t)at[walk.odd] << 8) ^ flip);
    }
}

static void add_row(const uint8_t *row, const pix_axis_t *x, uint32_t flip, uint32_t *sum)
{
    size_t pairs = pix_axis_samples(x) / 2;
    switch (pix_axis_kind(x)) {
    case PIX_AXIS_BINNED:
        add_fours(row, pairs, 1, true, flip, sum);
        break;
    case PIX_AXIS_SKIPPED:
        add_fours(row, pairs, 1, false, flip, sum);
        break;
    case PIX_AXIS_SKIP_BINNED:
        add_fours(row, pairs, 2, false, flip, sum);
        break;
    default:
        add_any(row, x, flip, sum);
    }
}

/* Sums of a map over each sample's photosites, whole vectors: of bytes, or of those whose highest
 * bits are flipped, which are 128 more than the signed ones. */
static void sum_map(const uint8_t *map, uint32_t stride_px, const pix_frame_t *frame, uint32_t y,
                    uint32_t flip, int16_t *sum)
{
    uint32_t pair[PIX_MAX_WIDTH / 2], pairs = pix_row_room(frame) / 2;
    uint32_t offset = flip != 0 ? 128 * pix_sites(frame) : 0;
    memset(pair, 0, pairs * sizeof(*pair));
    for (uint32_t i = 0; i < frame->y.bin; i++) {
        size_t at = (size_t)pix_axis_site(&frame->y, y, i) * stride_px + frame->x.start;
        add_row(map + at, &frame->x, flip, pair);
    }
    for (size_t i = 0; i < pairs; i++) {
        sum[2 * i] = (int16_t)((pair[i] & 0xffff) - offset);
        sum[2 * i + 1] = (int16_t)((pair[i] >> 16) - offset);
    }
}

static void signed_map(const int8_t *map, uint32_t stride_px, const pix_frame_t *frame, uint32_t y,
                       int8_t *out)
{
    int16_t sum[PIX_MAX_WIDTH];
    uint32_t count = pix_row_room(frame), sites = pix_sites(frame);
    sum_map((const uint8_t *)map, stride_px, frame, y, 0x80808080, sum);
    for (uint32_t i = 0; i < count; i++)
        out[i] = mean_steps(sum[i], sites);
}

static void dark_map(const uint8_t *map, uint32_t stride_px, const pix_frame_t *frame, uint32_t y,
                     uint8_t *out)
{
    int16_t sum[PIX_MAX_WIDTH];
    uint32_t count = pix_row_room(frame), sites = pix_sites(frame), half = sites / 2;
    uint32_t many = half != 0, less = half - many;
    sum_map(map, stride_px, frame, y, 0, sum);
    for (uint32_t i = 0; i < count; i++) { /* a half is log2 of 1, 2, 4, too; ties to even */
        uint32_t s = (uint16_t)sum[i];
        out[i] = (uint8_t)((uint16_t)(s + less + (s >> half & many)) >> half);
    }
}

/* Averages over the photosites of a row's samples, whole vectors. */
static void gather_row(const pix_map_t *sites, const pix_frame_t *frame, uint32_t y, int8_t *prnu,
                       int8_t *dsnu, uint8_t *dark)
{
    signed_map(sites->prnu, sites->stride_px, frame, y, prnu);
    signed_map(sites->dsnu, sites->stride_px, frame, y, dsnu);
    dark_map(sites->dark, sites->stride_px, frame, y, dark);
}

static void make_rows(void *ctx, uint32_t job, uint32_t worker)
{
    const maker_t *m = ctx;
    (void)worker;
    uint32_t first = job * JOB_ROWS, end = first + JOB_ROWS;
    end = end < m->desc->height_px ? end : m->desc->height_px;
    for (uint32_t row = first; row < end; row++)
        site_row(m, row);
}

/* A window's last vector may end past the last row. */
static bool allocate(pix_map_t *map, size_t count)
{
    map->prnu = calloc(count + PIX_LANES, 1);
    map->dsnu = calloc(count + PIX_LANES, 1);
    map->dark = calloc(count + PIX_LANES, 1);
    return map->prnu != NULL && map->dsnu != NULL && map->dark != NULL;
}

bool pix_fpn_init(pix_fpn_t *fpn, const pix_desc_t *desc)
{
    fpn->prnu_step = desc->prnu / SIGMA_STEPS;
    fpn->dsnu_step_e = desc->dsnu_e / SIGMA_STEPS;
    fpn->dark_step = 1.0 / DARK_STEPS;
    fpn->sites.stride_px = pix_padded_px(desc->width_px);
    /* what is kept has at most half of the columns or of the rows */
    size_t whole = (size_t)fpn->sites.stride_px * desc->height_px;
    size_t half_row = pix_padded_px(desc->width_px / 2);
    size_t half = half_row * desc->height_px > whole / 2 ? half_row * desc->height_px : whole / 2;
    return allocate(&fpn->sites, whole) && allocate(&fpn->kept, half);
}

void pix_fpn_make(pix_fpn_t *fpn, const pix_desc_t *desc, sim_pool_t *pool)
{
    maker_t m = {.fpn = fpn, .desc = desc};
    make_tables(&m);
    sim_pool_run(pool, make_rows, &m, (desc->height_px + JOB_ROWS - 1) / JOB_ROWS);
    fpn->made = true;
}

static void free_map(pix_map_t *map)
{
    free(map->prnu);
    free(map->dsnu);
    free(map->dark);
}

void pix_fpn_free(pix_fpn_t *fpn)
{
    free_map(&fpn->sites);
    free_map(&fpn->kept);
}

/* ---- what is kept ---- */

/* Whether the rows of the array are those of the frame. */
static bool is_plain(const pix_frame_t *frame)
{
    return pix_axis_is_dense(&frame->x) && pix_sites(frame) == 1;
}

bool pix_fpn_keeps(const pix_fpn_t *fpn, const pix_desc_t *desc, const pix_frame_t *frame)
{
    if (is_plain(frame) || !fpn->made)
        return fpn->made;
    pix_axis_t x = pix_axis_grid(&frame->x, desc->width_px);
    pix_axis_t y = pix_axis_grid(&frame->y, desc->height_px);
    return pix_axis_equal(&x, &fpn->x) && pix_axis_equal(&y, &fpn->y);
}

static void keep_rows(void *ctx, uint32_t job, uint32_t worker)
{
    const pix_fpn_t *fpn = ctx;
    const pix_frame_t grid = {.x = fpn->x, .y = fpn->y};
    uint32_t rows = pix_axis_samples(&grid.y), first = job * JOB_ROWS;
    (void)worker;
    for (uint32_t row = first; row < rows && row < first + JOB_ROWS; row++) {
        size_t to = (size_t)row * fpn->kept.stride_px;
        gather_row(&fpn->sites, &grid, row, fpn->kept.prnu + to, fpn->kept.dsnu + to,
                   fpn->kept.dark + to);
    }
}

void pix_fpn_keep(pix_fpn_t *fpn, const pix_desc_t *desc, const pix_frame_t *frame,
                  sim_pool_t *pool)
{
    if (!fpn->made)
        pix_fpn_make(fpn, desc, pool);
    if (is_plain(frame))
        return;
    fpn->x = pix_axis_grid(&frame->x, desc->width_px);
    fpn->y = pix_axis_grid(&frame->y, desc->height_px);
    fpn->kept.stride_px = pix_padded_px(pix_axis_samples(&fpn->x));
    sim_pool_run(pool, keep_rows, fpn, (pix_axis_samples(&fpn->y) + JOB_ROWS - 1) / JOB_ROWS);
}

/* ---- rows ---- */

static pix_fpn_row_t row_of(const pix_map_t *map, uint32_t row, uint32_t column)
{
    size_t at = (size_t)row * map->stride_px + column;
    return (pix_fpn_row_t){map->prnu + at, map->dsnu + at, map->dark + at};
}

size_t pix_fpn_room(const pix_desc_t *desc)
{
    return 3 * (size_t)pix_padded_px(desc->width_px);
}

pix_fpn_row_t pix_fpn_row(const pix_fpn_t *fpn, const pix_desc_t *desc, const pix_frame_t *frame,
                          uint32_t line, uint8_t *room)
{
    const pix_axis_t *x = &frame->x, *y = &frame->y;
    uint32_t sample = pix_line_at(frame, line).sample;
    if (is_plain(frame))
        return row_of(&fpn->sites, pix_axis_site(y, sample, 0), x->start);
    if (pix_fpn_keeps(fpn, desc, frame))
        return row_of(&fpn->kept, pix_axis_on_grid(y, &fpn->y) + sample,
                      pix_axis_on_grid(x, &fpn->x));
    int8_t *prnu = (int8_t *)room, *dsnu = prnu + pix_row_room(frame);
    uint8_t *dark = room + 2 * (size_t)pix_row_room(frame);
    gather_row(&fpn->sites, frame, sample, prnu, dsnu, dark);
    return (pix_fpn_row_t){prnu, dsnu, dark};
}
