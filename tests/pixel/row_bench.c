/*
 * row_bench.c - CPU time of pix_row with all default terms, one thread, per vector level; and the
 * wall time of all rows on one and two threads.
 *
 * Per million samples that leave the die: a binned one counts once, though it is made of four
 * photosites, and photosites that are not read do not count. A mode's patterns are gathered when it
 * begins (pixel_mode_...: once) and not counted with its rows; nor is the time of the light. Two
 * levels of light: a lit room, where the Poisson numbers come from the expansion, and near
 * darkness, where they are summed up.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pixel/pixel.h"

/* clang-format off */
typedef struct {
    const char *name;
    uint32_t start, odd_inc, bin;
    float lux, spread; /* from lux (1 - spread) to lux (1 + spread) */
} case_t;

static const case_t cases[] = {
    {"lit_full",        0, 1, 1, 300,  0},
    {"lit_binned",      0, 1, 2, 300,  0},
    {"lit_odd_binned",  2, 1, 2, 300,  0},    /* not the groups of the whole array */
    {"lit_skipped",     0, 3, 1, 300,  0},    /* subsampled: two of four each way */
    {"lit_skip_binned", 0, 3, 2, 300,  0},
    {"dark_full",       0, 1, 1, 0.3f, 0},
    {"dark_binned",     0, 1, 2, 0.3f, 0},    /* 8 and 12 e-: one color is summed up, one not */
    {"dark_textured",   0, 1, 2, 0.3f, 0.7f}, /* both in either color */
};
/* clang-format on */

/* The die's planes keep what they were given: light that is there already costs nothing. */
static void light_row(const void *ctx, const sim_light_req_t *req, const sim_light_row_t *out)
{
    const case_t *now = ctx;
    uint32_t last = (req->width_px - 1) / 64 * 64;
    float low = now->lux * (1 - now->spread), step = now->lux * now->spread / 32;
    if (out->r[0] == low && out->b[last] == low && out->b[1] == low + 37 * step)
        return;
    for (uint32_t i = 0; i < req->width_px; i++) /* 64 levels in mixed order */
        out->r[i] = out->g[i] = out->b[i] = low + (float)(i * 37 % 64) * step;
}

static double ms_of(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static double cpu_ms(void)
{
    return ms_of(CLOCK_PROCESS_CPUTIME_ID);
}

static double ms_of_rows(const pix_t *pix, const pix_frame_t *frame, uint16_t *out)
{
    double start = cpu_ms();
    for (uint32_t row = 0; row < pix_frame_lines(frame); row++)
        pix_row(pix, frame, row, 0, out);
    return cpu_ms() - start;
}

static pix_frame_t frame_of(const pix_t *pix, size_t i)
{
    pix_frame_t frame = pix_frame_default(&pix->desc);
    frame.readout_pck = 1u << 30;
    frame.x.start = frame.y.start = cases[i].start;
    frame.x.size -= 4 * cases[i].start;
    frame.y.size -= 4 * cases[i].start;
    frame.x.odd_inc = frame.y.odd_inc = cases[i].odd_inc;
    frame.x.bin = frame.y.bin = cases[i].bin;
    (void)pix_clamp(&pix->desc, &frame);
    return frame;
}

static double megapixels(const pix_frame_t *frame)
{
    pix_size_t size = pix_frame_size(frame);
    return (double)size.width_px * size.height_px * 1e-6;
}

/* Patterns of a mode, where there are none yet. */
static double ms_of_mode(pix_t *pix, size_t i)
{
    pix_frame_t frame = frame_of(pix, i), other = frame_of(pix, i + 1);
    pix_keep(pix, &other);
    double start = cpu_ms();
    pix_keep(pix, &frame);
    return cpu_ms() - start;
}

/* The best of some runs. */
static double ms_per_mpx(pix_t *pix, size_t i)
{
    static uint16_t out[PIX_MAX_WIDTH];
    pix_frame_t frame = frame_of(pix, i);
    double best = 1e9;
    pix->light = (sim_light_t){light_row, &cases[i]};
    pix_keep(pix, &frame);
    for (int run = 0; run < 5; run++)
        best = fmin(best, ms_of_rows(pix, &frame, out));
    return best / megapixels(&frame);
}

static void bench_level(sim_simd_t level)
{
    if (!sim_simd_force(level))
        return;
    static pix_t pix;
    sim_t *sim = sim_new();
    sim_pool_t *pool = sim_pool_new(1);
    pix_desc_t desc = pix_desc_default();
    double start = cpu_ms();
    if (pix_init(&pix, sim, &desc, "pixel", pool) != SIM_OK)
        exit(1);
    printf("pixel_init_%s %.0f ms\n", sim_simd_name(level), cpu_ms() - start);
    for (size_t i = 1; i <= 4; i++)
        printf("pixel_mode_%s_%s %.0f ms\n", cases[i].name + strlen("lit_"), sim_simd_name(level),
               ms_of_mode(&pix, i));
    for (size_t i = 0; i < SIM_COUNT(cases); i++)
        printf("pixel_%s_%s %.2f ms/Mpx\n", cases[i].name, sim_simd_name(level),
               ms_per_mpx(&pix, i));
    pix_free(&pix);
    pix = (pix_t){0};
    sim_pool_free(pool);
    sim_free(sim);
}

/* ---- wall time on threads, as the die itself shares out its rows ---- */

enum { JOB_ROWS = 8 };

typedef struct {
    const pix_t *pix;
    pix_frame_t frame;
} rows_t;

static void rows_job(void *ctx, uint32_t job, uint32_t worker)
{
    uint16_t out[PIX_MAX_WIDTH];
    const rows_t *rows = ctx;
    uint32_t lines = pix_frame_lines(&rows->frame), first = job * JOB_ROWS;
    for (uint32_t row = first; row < lines && row < first + JOB_ROWS; row++)
        pix_row(rows->pix, &rows->frame, row, worker, out);
}

/* Best wall and CPU times; CPU that of all threads: how much sharing costs on a busy machine, too.
 */
static void bench_pool(const pix_t *pix, sim_pool_t *pool)
{
    rows_t rows = {pix, frame_of(pix, 0)};
    uint32_t jobs = (pix_frame_lines(&rows.frame) + JOB_ROWS - 1) / JOB_ROWS;
    double wall = 1e9, cpu = 1e9, mpx = megapixels(&rows.frame);
    for (int run = 0; run < 10; run++) {
        double start = ms_of(CLOCK_MONOTONIC), cpu_start = cpu_ms();
        sim_pool_run(pool, rows_job, &rows, jobs);
        wall = fmin(wall, ms_of(CLOCK_MONOTONIC) - start);
        cpu = fmin(cpu, cpu_ms() - cpu_start);
    }
    printf("pixel_wall_%u_threads %.2f ms/Mpx\n", sim_pool_threads(pool), wall / mpx);
    printf("pixel_cpu_%u_threads %.2f ms/Mpx\n", sim_pool_threads(pool), cpu / mpx);
}

static void bench_threads(uint32_t threads)
{
    static pix_t pix;
    sim_t *sim = sim_new();
    sim_pool_t *pool = sim_pool_new(threads);
    pix_desc_t desc = pix_desc_default();
    if (pix_init(&pix, sim, &desc, "pixel", pool) != SIM_OK)
        exit(1);
    pix.light = (sim_light_t){light_row, &cases[0]};
    bench_pool(&pix, pool);
    pix_free(&pix);
    pix = (pix_t){0};
    sim_pool_free(pool);
    sim_free(sim);
}

int main(void)
{
    sim_simd_t best = sim_simd();
    for (int level = SIM_SIMD_LEVELS - 1; level >= 0; level--)
        bench_level((sim_simd_t)level);
    (void)sim_simd_force(best);
    for (uint32_t threads = 1; threads <= 2; threads++)
        bench_threads(threads);
    return 0;
}
