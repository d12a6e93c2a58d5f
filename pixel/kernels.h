/*
 * kernels.h - the arithmetic of a row of samples, at each vector level, equal bit for bit.
 *
 *    light r, g, b --> mean charge --> Poisson --> full well --> + offset --> + read noise --> DN
 *                       ^ PRNU, dark    ^ one random word                      ^ another
 *
 * One source, kernel_code.h, is compiled for each level against a small set of vector operations;
 * every operation rounds as IEEE 754 says and none is fused, so the width cannot change a bit.
 *
 * Normal numbers: the quantile of a tail probability p, a polynomial in each octave of p: error
 * below 4e-6 sigma up to 4.17 sigma. Beyond, one word of 65536, z = sqrt(w) h(w) with w = -log2(4 p
 * (1 - p)) and a polynomial h: relative error below 6e-5 up to the last word's 6.2 sigma.
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

/* A stretch of one row; all arrays have count elements, count a multiple of PIX_LANES up to
 * PIX_SPAN_PX. */
typedef struct {
    const float *light[3];       /* r, g, b: lux */
    const uint32_t *shot, *read; /* random words */
    const int8_t *prnu, *dsnu;   /* fixed patterns: steps of the law's */
    const uint8_t *dark;
    uint16_t *out;
    uint32_t count;
} pix_span_t;

/* What turns light into samples in one row. Colors alternate along it: columns i of the tables. */
typedef struct {
    float e_per_lux[3][PIX_LANES]; /* electrons a sample of this color gains from r, g, b */
    float prnu_step;               /* relative gain of one step */
    float dark_step;               /* electrons of one step of dark */
    float site_share;              /* of one photosite in the sample: 1, or 1/4 when binned */
    float full_well_e;             /* of the average photosite */
    float dn_per_e;
    float dsnu_step_dn, read_dn; /* behind the gain */
    float black_dn, white_dn;
} pix_law_t;

typedef struct pix_kernels {
    void (*develop)(const pix_law_t *law, const pix_span_t *span);
    /* The parts, for tests and set-up. count: a multiple of PIX_LANES up to PIX_SPAN_PX. */
    void (*poisson)(const float *mean, const uint32_t *word, float *number, uint32_t count);
    void (*normal)(const uint32_t *word, float *number, uint32_t count);
} pix_kernels_t;

extern const pix_kernels_t pix_kernels_scalar;
#if SIM_X86
extern const pix_kernels_t pix_kernels_avx2;
extern const pix_kernels_t pix_kernels_avx512;
#endif

const pix_kernels_t *pix_kernels_of(sim_simd_t level);

#endif
