/*
 * develop.c - the row kernels over one row, in stretches that stay in cache; between them what only
 * few photosites have.
 */
#include "pixel/develop.h"

#include <math.h>
#include <string.h>

#include "pixel/law.h"
#include "pixel/pixel_int.h"
#include "pixel/rare.h"
#include "pixel/site.h"

enum { MAX_BIN = 2, TRAP_WORDS = 64 };

/* One row underway: its rare photosites are taken in order of their columns. */
typedef struct {
    const pix_t *pix;
    const pix_frame_t *frame;
    uint32_t row;
    pix_law_t law;
    uint32_t site_row[MAX_BIN];           /* of the array */
    uint32_t hot[MAX_BIN], trap[MAX_BIN]; /* the next of each of them */
    uint32_t trap_word[MAX_BIN][TRAP_WORDS];
} run_t;

static run_t begin(const pix_t *pix, const pix_frame_t *frame, uint32_t row)
{
    run_t run = {.pix = pix, .frame = frame, .row = row, .law = pix_law_of(pix, frame, row)};
    for (uint32_t i = 0; i < frame->y.bin; i++) {
        run.site_row[i] = pix_axis_site(&frame->y, pix_line_at(frame, row).sample, i);
        run.hot[i] = pix->rare->first_hot[run.site_row[i]];
        run.trap[i] = pix->rare->first_trap[run.site_row[i]];
    }
    return run;
}

/* Whether a column's sample comes before `end`, or is not read at all: UINT32_MAX. */
static bool is_before(const run_t *run, uint32_t column, uint32_t end, uint32_t *sample)
{
    if (!pix_axis_sample(&run->frame->x, column, sample))
        *sample = UINT32_MAX;
    return *sample < end || *sample == UINT32_MAX;
}

static void add_hot(run_t *run, uint32_t x, uint32_t count, float *mean)
{
    const pix_rare_t *rare = run->pix->rare;
    for (uint32_t i = 0; i < run->frame->y.bin; i++) {
        uint32_t end = rare->first_hot[run->site_row[i] + 1], at;
        for (uint32_t *next = &run->hot[i]; *next < end; ++*next) {
            const pix_hot_t *hot = &rare->hot[*next];
            if (!is_before(run, hot->column, x + count, &at))
                break;
            if (at != UINT32_MAX)
                mean[at - x] = fminf(mean[at - x] + hot->e_per_s * run->law.hot_s, PIX_POISSON_MAX);
        }
    }
}

/* The word of the k-th trap of the i-th array row; asked for in order. */
static uint32_t trap_word(run_t *run, uint32_t i, uint32_t k)
{
    const sim_rng_t rng = {run->pix->desc.seed, PIX_RNG_RTN, run->frame->frame,
                           run->row * MAX_BIN + i};
    if (k % TRAP_WORDS == 0)
        sim_rng_fill7_u32(&rng, k, TRAP_WORDS, run->trap_word[i]);
    return run->trap_word[i][k % TRAP_WORDS];
}

/* Charge that is added is read by the source follower of the first photosite alone. */
static bool is_read(const run_t *run, uint32_t column, uint32_t sample)
{
    return !run->frame->bin_sum || pix_axis_site(&run->frame->x, sample, 0) == column;
}

static void add_traps(run_t *run, uint32_t x, uint32_t count, float *noise)
{
    const pix_rare_t *rare = run->pix->rare;
    bool cds = run->pix->desc.noise.cds;
    for (uint32_t i = 0; i < (run->frame->bin_sum ? 1 : run->frame->y.bin); i++) {
        uint32_t first = rare->first_trap[run->site_row[i]], at;
        uint32_t end = rare->first_trap[run->site_row[i] + 1];
        for (uint32_t *next = &run->trap[i]; *next < end; ++*next) {
            const pix_trap_t *trap = &rare->trap[*next];
            if (!is_before(run, trap->column, x + count, &at))
                break;
            uint32_t word = trap_word(run, i, *next - first);
            if (at != UINT32_MAX && is_read(run, trap->column, at))
                noise[at - x] += pix_trap_shift_e(trap, cds, word) * run->law.trap_dn;
        }
    }
}

static void collect(run_t *run, const pix_strip_t *strip, uint32_t x, uint32_t count, float *mean)
{
    pix_span_t span = {
        .light = {strip->light[0] + x, strip->light[1] + x, strip->light[2] + x},
        .prnu = strip->prnu + x,
        .dark = strip->dark + x,
        .mean = mean,
        .count = count,
    };
    run->pix->kernels->collect(&run->law, &span);
    add_hot(run, x, count, mean);
}

static void add_noise(run_t *run, uint32_t x, uint32_t count, float *noise)
{
    _Alignas(64) uint32_t word[PIX_SPAN_PX / 2];
    sim_rng_t rng = {run->pix->desc.seed, PIX_RNG_READ, run->frame->frame, run->row};
    if (run->law.read_dn > 0) {
        uint32_t words = (count + 2 * PIX_LANES - 1) / (2 * PIX_LANES) * PIX_LANES;
        sim_rng_fill7_u32(&rng, x / 2, words, word);
        run->pix->kernels->normal_halves(word, run->law.read_dn, noise, count);
    } else {
        memset(noise, 0, count * sizeof(*noise));
    }
    add_traps(run, x, count, noise);
}

/* Of a stretch, from light to samples. */
typedef struct {
    _Alignas(64) float mean[PIX_SPAN_ROOM];
    _Alignas(64) uint32_t word[PIX_SPAN_ROOM];
    _Alignas(64) float charge[PIX_SPAN_ROOM];
    _Alignas(64) float noise[PIX_SPAN_ROOM];
} work_t;

static void count_charge(const run_t *run, uint32_t x, uint32_t count, work_t *work)
{
    sim_rng_t shot = {run->pix->desc.seed, PIX_RNG_SHOT, run->frame->frame, run->row};
    if (!run->pix->desc.shot) {
        memcpy(work->charge, work->mean, count * sizeof(*work->mean));
        return;
    }
    sim_rng_fill7_u32(&shot, x, count, work->word);
    run->pix->kernels->poisson(work->mean, work->word, work->charge, count);
}

static void develop(run_t *run, const pix_strip_t *strip, uint32_t x, uint32_t count)
{
    work_t work;
    if (strip->mean == NULL)
        collect(run, strip, x, count, work.mean);
    else
        memcpy(work.mean, strip->mean + x, count * sizeof(*work.mean));
    count_charge(run, x, count, &work);
    add_noise(run, x, count, work.noise);
    pix_span_t span = {
        .mean = work.mean,
        .charge = work.charge,
        .noise = work.noise,
        .dsnu = strip->dsnu + x,
        .column_gain = strip->column_gain + x,
        .column_offset = strip->column_offset + x,
        .out = strip->out + x,
        .count = count,
    };
    run->pix->kernels->convert(&run->law, &span);
}

static uint32_t span_at(const pix_strip_t *strip, uint32_t x)
{
    return strip->count - x < PIX_SPAN_PX ? strip->count - x : PIX_SPAN_PX;
}

void pix_develop(const pix_t *pix, const pix_frame_t *frame, uint32_t row, const pix_strip_t *strip)
{
    run_t run = begin(pix, frame, row);
    for (uint32_t x = 0; x < strip->count; x += PIX_SPAN_PX)
        develop(&run, strip, x, span_at(strip, x));
}

void pix_collect(const pix_t *pix, const pix_frame_t *frame, uint32_t row, const pix_strip_t *strip,
                 float *mean)
{
    run_t run = begin(pix, frame, row);
    for (uint32_t x = 0; x < strip->count; x += PIX_SPAN_PX)
        collect(&run, strip, x, span_at(strip, x), mean + x);
}
