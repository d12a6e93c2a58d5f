/*
 * rare.h - the few photosites that are unlike the others: hot ones, and those with a trap.
 *
 * A list of columns for each row of the array, made once from the seed. A share s of the
 * photosites: the gaps between them are geometric, so each photosite is one with probability s.
 *
 * Random telegraph noise: a trap under the source follower is filled or empty and shifts the sample
 * by its amplitude while it is filled. It fills at the rate 1 / capture time and empties at 1 /
 * emission time, so it is filled with probability emission / (capture + emission), and forgets at
 * the sum of both rates. CDS takes the difference of two samples: the trap changed one way, the
 * other way, or not: three peaks. From frame to frame the draws are independent.
 */
#ifndef PIXEL_RARE_H
#define PIXEL_RARE_H

#include "pixel/pixel.h"

typedef struct {
    uint32_t column;
    float e_per_s; /* more than others, at dark_at_c */
} pix_hot_t;

typedef struct {
    uint32_t column;
    float amplitude_e;
    float filled; /* probability */
    float kept;   /* share of the state at the first sample that is left at the second */
} pix_trap_t;

typedef struct pix_rare {
    uint32_t *first_hot, *first_trap; /* of each row; one more at the end */
    pix_hot_t *hot;
    pix_trap_t *trap;
} pix_rare_t;

/* False without memory. rare is zeroed. */
bool pix_rare_make(pix_rare_t *rare, const pix_desc_t *desc);
void pix_rare_free(pix_rare_t *rare);

/* What a trap adds to a conversion, e-, given two uniform words of 16 bits in one of 32. */
float pix_trap_shift_e(const pix_trap_t *trap, bool cds, uint32_t word);

#endif
