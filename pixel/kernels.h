/*
 * kernels.h - the arithmetic of a row of samples, at each vector level, equal bit for bit.
 *
 *    light r, g, b --> mean charge --> Poisson --> wells --> + noise, offsets --> DN
 *                       ^ PRNU, dark    ^ a word              ^ another word
 *
 * One source, kernel_code.h, is compiled for each level against a small set of vector operations;
 * every operation rounds as IEEE 754 says and none is fused, so the width cannot change a bit.
 *
 * Normal numbers: the quantile of a tail probability p, a polynomial in each octave of p: error
 * below 4e-6 sigma up to 4.17 sigma. Beyond, one word of 65536, z = sqrt(w) h(w) with w = -log2(4 p
 * (1 - p)) and a polynomial h: relative error below 6e-5 up to the last word's 6.2 sigma.
 * Read noise takes half a word: 65536 quantiles, up to 4.17 sigma.
 * Poisson numbers: inversion of one word. Below a mean of PIX_POISSON_SWITCH by summing the
 * probabilities; above by the Cornish-Fisher expansion of the quantile to the order 1 / mean
 * (M. Giles, "Algorithm 955: approximation of the inverse Poisson cumulative distribution
 * function", ACM TOMS 42, 2016, eq. for Q_N2). Total variation from Poisson below 1e-4 at every
 * mean up to a million, below 5e-5 from a mean of 18: tests/pixel/noise_test.c works it out from
 * the kernel's own steps.
 */
#ifndef PIXEL_KERNELS_H
#define PIXEL_KERNELS_H

#include "sim/sim.h"

#define PIX_LANES 16u               /* of the widest vector; rows are padded to it */
#define PIX_SPAN_PX 512u            /* the longest stretch: its arrays stay in the first cache */
#define PIX_POISSON_SWITCH 12.0f    /* electrons */
#define PIX_POISSON_MAX 16777216.0f /* larger means are taken for this one: far above any well */

/* Of arrays side by side that hold a stretch: where one is written and another read, addresses a
 * multiple of 4096 apart, or little more, would be taken for the same until the write is done. */
#define PIX_SPAN_ROOM (PIX_SPAN_PX + 128u)

/* A stretch of one row; all arrays have count elements, count a multiple of PIX_LANES up to
 * PIX_SPAN_PX. */
typedef struct {
    const float *light[3];     /* r, g, b: lux */
    const int8_t *prnu, *dsnu; /* fixed patterns: steps of the law's */
    const uint8_t *dark;
    const float *column_gain, *column_offset; /* factor; DN of the law's column_scale */
    float *mean;                              /* electrons, all of the sample's photosites */
    float *charge;                            /* electrons: Poisson of mean */
    float *noise;                             /* DN above black, behind the gain */
    uint16_t *out;
    uint32_t count;
} pix_span_t;

/* What turns light into samples in one row. Colors alternate along it: columns i of the tables. */
typedef struct {
    float e_per_lux[3][PIX_LANES]; /* electrons a sample of this color gains from r, g, b */
    float prnu_step;               /* relative gain of one step */
    float dark_step;               /* electrons of one step of dark */
    float full_well_e;             /* of all of the sample's photosites, as these are */
    float well_top_e;              /* full above this... */
    float knee_low_e, knee_factor; /* ...and bent from here: q - (q - low)^2 factor */
    float sun_share, sun_clamp_e;  /* of the mean, in the reset sample; 0: none */
    float dn_per_e;
    float dsnu_step_dn, read_dn; /* behind the gain */
    float column_scale;          /* of the columns' offsets */
    float curve[3];              /* the converter's: x -> x (c0 + x (c1 + x c2)) */
    float black_dn, white_dn;    /* black: with what is common to the row */
    float hot_s;                 /* electrons that 1 e-/s of a hot photosite brings */
    float trap_dn;               /* DN that 1 e- of a trap shifts */
} pix_law_t;

/* In this order; between them sparse terms are added to mean and noise. */
typedef struct pix_kernels {
    void (*collect)(const pix_law_t *law, const pix_span_t *span); /* light -> mean */
    void (*poisson)(const float *mean, const uint32_t *word, float *number, uint32_t count);
    void (*normal)(const uint32_t *word, float sigma, float *number, uint32_t count);
    /* From half words, (count + 31) / 32 * 16 words in all. */
    void (*normal_halves)(const uint32_t *word, float sigma, float *number, uint32_t count);
    void (*convert)(const pix_law_t *law, const pix_span_t *span); /* charge, mean, noise -> out */
} pix_kernels_t;

extern const pix_kernels_t pix_kernels_scalar;
#if SIM_X86
extern const pix_kernels_t pix_kernels_avx2;
extern const pix_kernels_t pix_kernels_avx512;
#endif

const pix_kernels_t *pix_kernels_of(sim_simd_t level);

#endif
