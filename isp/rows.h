/*
 * rows.h - the arithmetic of the image pipeline, one row at a time, in one table per SIMD level.
 *
 * A Bayer row is kept as two half rows, its even and its odd columns, so that every kernel walks
 * memory with stride one. There is one source (rows_code.h); rows.c, rows_avx2.c and
 * rows_avx512.c compile it with different flags, so all levels give the same bits.
 *
 * Units: samples are 12-bit linear DN (ISP_WHITE_DN is full scale) up to gamma, 8-bit codes after.
 */
#ifndef ISP_ROWS_H
#define ISP_ROWS_H

#include "sim/sim.h"

#define ISP_BITS 12         /* the width of the linear pipeline; IMX500 register 0xd80c = 0x100 */
#define ISP_WHITE_DN 4095   /* says so: black 64 of 10 bits is 256 of 12 */
#define ISP_GAMMA_SIZE 4096 /* entries of an expanded gamma curve */
#define ISP_CHANNELS 3      /* R, G, B: index of every [ISP_CHANNELS] array */
#define ISP_NODES 16        /* in a row of the shading grid */
#define ISP_MAX_PIPE 255u   /* cycles of one stage */

/*
 * A tone curve, twice: every code, and the segments between points for vector code, where
 * y = y0 + ((dy * d << s) + 2^14 >> 15) with d << s = (x << s) & 0x7fff; see gamma.h.
 */
#define ISP_CURVE_SEGMENTS 41
typedef struct {
    uint8_t code[ISP_GAMMA_SIZE];
    int16_t y0[64], dy[64], s[64];
    int16_t straight; /* 1: code = x >> 4, and the segments are not used */
} isp_curve_t;

/* One Bayer row. Each pointer may be read from [-1] to [count]; see demosaic.h. */
typedef struct {
    uint16_t *even, *odd;
} isp_half_t;

/* Work for one demosaiced row: half rows relative to the first wanted pair of columns. */
typedef struct {
    const uint16_t *chroma[5]; /* columns of this row's R (or B), rows n-2 .. n+2 */
    const uint16_t *green[5];  /* columns of this row's green */
    bool chroma_first;         /* column 0 is R (or B) */
    uint32_t count;            /* samples of each half row */
    /* Results at chroma columns [0] and green columns [1]. */
    uint16_t *own[2];   /* R in a red row, B in a blue one */
    uint16_t *luma[2];  /* green */
    uint16_t *other[2]; /* B in a red row, R in a blue one */
    /* For `edge`: color less green at the chroma samples of rows n-1, n, n+1. */
    const int16_t *difference[3];
} isp_demosaic_job_t;

/* Work for one row of those: half rows as above, of rows n-3 .. n+3. ISP_GREEN_PX samples are made
 * at a time: rows may be read, and out written, as if there were as many at least, the former from
 * [-4] to [count + 7], the latter to [count + 3]. */
#define ISP_GREEN_PX 124u
typedef struct {
    const uint16_t *chroma[7], *green[7];
    bool chroma_first;
    uint32_t count;
    int16_t *out;
} isp_green_job_t;

/* Work for one half row of dpc.h: rows above, here and below; each is read from [-1] to [count]. */
typedef struct {
    const uint16_t *row[3];
    uint16_t *out; /* not one of them */
    uint32_t count;
    uint16_t hot_dn, hot_q8, cold_dn, cold_q8;
    bool all;           /* replace every sample */
    uint32_t hot, cold; /* results: how many */
} isp_defects_t;

/* tnr.h: the numbers of a frame, words of `fraction_bits` more than samples: 4, or 0 packed. */
typedef struct {
    uint32_t gain_q8, read_dn2, shot_q8;
    uint32_t fraction_bits;
} isp_temporal_t;

/* Two Bayer rows as cells of four samples, and the range that stats.h asks for. */
typedef struct {
    const uint16_t *r, *gr, *gb, *b;
    uint16_t low, high;
} isp_cells_t;

#define ISP_RECIPROCAL_BITS 56

typedef struct {
    /* (raw << shift) - offset, clamped at 0, split by column parity; returns samples clamped. */
    uint32_t (*blc)(const uint16_t *raw, uint32_t width_px, uint32_t shift,
                    const uint32_t offset_dn[2], isp_half_t out);
    /* (v * gain + 128) >> 8, saturated at full scale, in place; returns samples saturated. */
    uint32_t (*gain)(uint16_t *v, uint32_t count, uint32_t gain_q8);
    /* demosaic.h: the three filters, and the green that `edge` needs. */
    void (*demosaic)(const isp_demosaic_job_t *job);
    void (*bilinear)(const isp_demosaic_job_t *job);
    void (*edge)(const isp_demosaic_job_t *job);
    void (*green)(const isp_green_job_t *job);
    /* 3 x 3 in Q10, rounded half up, clamped to 0..full scale, in place. */
    void (*ccm)(uint16_t *const rgb[ISP_CHANNELS], uint32_t count, const int16_t k_q10[9]);
    /* Looks up both half rows and writes them in column order: 2 * count codes. */
    void (*gamma)(const uint16_t *even, const uint16_t *odd, uint32_t count,
                  const isp_curve_t *curve, uint8_t *out);
    /* R R R.. G G G.. B B B.. -> R G B R G B .. */
    void (*interleave)(const uint8_t *const rgb[ISP_CHANNELS], uint32_t width_px, uint8_t *out);
    /* sum[i] += weight * code[i], and sum[i] = a * x[i] + b * y[i]. */
    void (*accumulate)(uint32_t *sum, const uint8_t *code, uint32_t count, uint32_t weight);
    void (*blend)(uint32_t *sum, const uint8_t *x, const uint8_t *y, uint32_t count, uint32_t a,
                  uint32_t b);
    /* Each becomes the sum of all up to it. */
    void (*integrate)(uint32_t *sum, uint32_t count);
    /* floor((sum + divisor / 2) / divisor): the quotient is below 256 and the divisor below 2^24,
     * so with m = floor(2^56 / divisor) + 1 the product fits 64 bits and its error cannot carry
     * over. */
    void (*divide)(const uint32_t *sum, uint32_t count, uint32_t divisor, uint64_t reciprocal,
                   uint8_t *out);
    void (*defects)(isp_defects_t *job);
    /* lsc.h, in place, each at place p (the node before it times 256, plus f) of a row of nodes
     * with gains Q18; returns samples saturated. */
    uint32_t (*shade)(uint16_t *v, const uint16_t *place, uint32_t count,
                      const uint32_t node[ISP_NODES]);
    /* tnr.h, half a row: samples in place, words of the frame before become those of this one;
     * returns how many stand too far apart. */
    uint32_t (*temporal)(const isp_temporal_t *job, uint16_t *sample, uint16_t *word,
                         uint32_t count);
    /* A row of words between two half rows and memory: 16 bits each, or 12. */
    void (*put_words)(isp_half_t words, uint32_t width_px, bool packed, uint8_t *row);
    void (*get_words)(const uint8_t *row, uint32_t width_px, bool packed, isp_half_t words);
    /* stats.h: adds r, g, b and count of the cells in range; how many have a sample above, below
     * it; sums of those near gray. */
    void (*cell_sums)(const isp_cells_t *cells, uint32_t first, uint32_t count, uint32_t sum[4]);
    void (*cell_outside)(const isp_cells_t *cells, uint32_t count, uint32_t outside[2]);
    void (*cell_grays)(const isp_cells_t *cells, uint32_t first, uint32_t count,
                       const uint32_t rg[2], const uint32_t bg[2], uint32_t sum[4]);
    /* Adds |d| and d^2 of neighbors whose |d| >= smallest; count below 2^20. */
    void (*gradients)(const uint16_t *g, uint32_t count, uint32_t smallest, uint64_t sum[2]);
} isp_rows_t;

/* Where the next of steps as long begins, the last of which end at count; from count on: nowhere.
 */
static inline uint32_t next_first(uint32_t first, uint32_t step, uint32_t count)
{
    uint32_t next = first + step;
    return next < count && next + step > count ? count - step : next;
}

/* The table of that level; a level that was not built gives the next lower one. */
const isp_rows_t *isp_rows(sim_simd_t level);

#endif
