/*
 * row_bench.c - CPU time of pix_row with all default terms, one thread, per vector level.
 *
 * Flat light, whose own time is taken off. Two levels of light: a lit room, where the Poisson
 * numbers come from the expansion, and near darkness, where they are summed up.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "pixel/pixel.h"

static void flat_row(const void *ctx, const sim_light_req_t *req, const sim_light_row_t *out)
{
    float lux = *(const float *)ctx, *r = out->r, *g = out->g, *b = out->b;
    uint32_t width = req->width_px;
    for (uint32_t i = 0; i < width; i++)
        r[i] = g[i] = b[i] = lux;
}

static double cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static double ms_of_light(const pix_t *pix, pix_size_t size)
{
    static float plane[PIX_COLORS][PIX_MAX_WIDTH];
    sim_light_row_t out = {plane[0], plane[1], plane[2]};
    sim_light_req_t req = {.width_px = size.width_px};
    double start = cpu_ms();
    for (uint32_t row = 0; row < size.height_px; row++)
        pix->light.row(pix->light.ctx, &req, &out);
    return cpu_ms() - start;
}

static double ms_of_rows(const pix_t *pix, const pix_frame_t *frame, uint16_t *out)
{
    double start = cpu_ms();
    for (uint32_t row = 0; row < pix_frame_lines(frame); row++)
        pix_row(pix, frame, row, 0, out);
    return cpu_ms() - start;
}

/* The best of some runs. */
static double ms_per_mpx(const pix_t *pix, uint32_t bin, uint16_t *out)
{
    pix_frame_t frame = pix_frame_default(&pix->desc);
    frame.readout_pck = 1u << 30;
    frame.x.bin = frame.y.bin = bin;
    (void)pix_clamp(&pix->desc, &frame);
    pix_size_t size = pix_frame_size(&frame);
    double rows = 1e9, light = 1e9;
    for (int run = 0; run < 5; run++) {
        rows = fmin(rows, ms_of_rows(pix, &frame, out));
        light = fmin(light, ms_of_light(pix, size));
    }
    return (rows - light) * 1e6 / ((double)size.width_px * size.height_px);
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
    uint16_t *out = malloc(PIX_MAX_WIDTH * sizeof(*out));
    static const float lux[] = {300, 0.3f};
    pix.light.row = flat_row;
    for (int i = 0; i < 2; i++) {
        pix.light.ctx = &lux[i];
        for (uint32_t bin = 1; bin <= 2; bin++)
            printf("pixel_%glux_%s_%s %.2f ms/Mpx\n", (double)lux[i], bin == 1 ? "full" : "binned",
                   sim_simd_name(level), ms_per_mpx(&pix, bin, out));
    }
    free(out);
    pix_free(&pix);
    pix = (pix_t){0};
    sim_pool_free(pool);
    sim_free(sim);
}

int main(void)
{
    for (int level = SIM_SIMD_LEVELS - 1; level >= 0; level--)
        bench_level((sim_simd_t)level);
    return 0;
}
