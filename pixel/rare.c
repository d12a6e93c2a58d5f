/*
 * rare.c - hot photosites and traps: where they are, what a trap does.
 */
#include "pixel/rare.h"

#include <stdlib.h>

#include "pixel/pixel_int.h"

/* Uniform in (0, 1), never an end. */
static double uniform(sim_stream_t *random)
{
    return ((double)sim_stream_u32(random) + 0.5) * 0x1p-32;
}

static double exponential(sim_stream_t *random, double mean)
{
    return -mean * pix_ln(uniform(random));
}

/* From low to high. */
static double log_uniform(sim_stream_t *random, const double range[2])
{
    return range[0] * pix_exp(uniform(random) * pix_ln(range[1] / range[0]));
}

/* The first from column x on: x with probability share, x + 1 with (1 - share) share, ... */
static uint32_t next(sim_stream_t *random, double share, uint32_t x)
{
    if (!(share > 0))
        return PIX_MAX_WIDTH;
    double gap = pix_ln(uniform(random)) / pix_ln(1 - share);
    return gap < PIX_MAX_WIDTH ? x + (uint32_t)gap : PIX_MAX_WIDTH;
}

/* Room for one more in a list of count items; NULL without memory, items are freed then. */
static void *one_more(void *items, uint32_t count, size_t item_bytes)
{
    bool full = count == 0 || (count >= 64 && (count & (count - 1)) == 0);
    if (!full)
        return items;
    size_t room = count < 64 ? 64 : 2 * (size_t)count;
    void *more = realloc(items, room * item_bytes);
    if (more == NULL)
        free(items);
    return more;
}

static pix_trap_t draw_trap(sim_stream_t *random, const pix_noise_t *noise, uint32_t column)
{
    double capture_us = log_uniform(random, noise->rtn_us);
    double emission_us = log_uniform(random, noise->rtn_us);
    double forgotten = noise->cds_interval_us * (1 / capture_us + 1 / emission_us);
    return (pix_trap_t){
        .column = column,
        .amplitude_e = (float)exponential(random, noise->rtn_e),
        .filled = (float)(emission_us / (capture_us + emission_us)),
        .kept = forgotten < 700 ? (float)pix_exp(-forgotten) : 0,
    };
}

static bool make_hot(pix_rare_t *rare, const pix_desc_t *desc)
{
    uint32_t count = 0;
    for (uint32_t row = 0; row < desc->height_px; row++) {
        sim_stream_t random = sim_stream(desc->seed, PIX_RNG_HOT, row);
        for (uint32_t x = next(&random, desc->noise.hot_share, 0); x < desc->width_px;
             x = next(&random, desc->noise.hot_share, x + 1)) {
            rare->hot = one_more(rare->hot, count, sizeof(*rare->hot));
            if (rare->hot == NULL)
                return false;
            double e_per_s = exponential(&random, desc->noise.hot_e_per_s);
            rare->hot[count++] = (pix_hot_t){x, (float)e_per_s};
        }
        rare->first_hot[row + 1] = count;
    }
    return true;
}

static bool make_traps(pix_rare_t *rare, const pix_desc_t *desc)
{
    uint32_t count = 0;
    for (uint32_t row = 0; row < desc->height_px; row++) {
        sim_stream_t random = sim_stream(desc->seed, PIX_RNG_TRAP, row);
        for (uint32_t x = next(&random, desc->noise.rtn_share, 0); x < desc->width_px;
             x = next(&random, desc->noise.rtn_share, x + 1)) {
            rare->trap = one_more(rare->trap, count, sizeof(*rare->trap));
            if (rare->trap == NULL)
                return false;
            rare->trap[count++] = draw_trap(&random, &desc->noise, x);
        }
        rare->first_trap[row + 1] = count;
    }
    return true;
}

bool pix_rare_make(pix_rare_t *rare, const pix_desc_t *desc)
{
    rare->first_hot = calloc(desc->height_px + 1, sizeof(*rare->first_hot));
    rare->first_trap = calloc(desc->height_px + 1, sizeof(*rare->first_trap));
    return rare->first_hot != NULL && rare->first_trap != NULL && make_hot(rare, desc) &&
           make_traps(rare, desc);
}

void pix_rare_free(pix_rare_t *rare)
{
    free(rare->first_hot);
    free(rare->first_trap);
    free(rare->hot);
    free(rare->trap);
}

/* Without branches: nobody could foresee them. */
float pix_trap_shift_e(const pix_trap_t *trap, bool cds, uint32_t word)
{
    const float unit = 0x1p-16f;
    float first = (float)((float)(word >> 16) * unit < trap->filled);
    float then = trap->filled + (first - trap->filled) * trap->kept;
    float second = (float)((float)(word & 0xffff) * unit < then);
    return trap->amplitude_e * (second - (cds ? first : 0));
}
