/*
 * ccm.h - color-correction matrix: sensor RGB to linear sRGB.
 *
 *               +-------+
 *   R G B ----->|  CCM  |-----> R G B, in place
 *               +-------+
 *
 * Timing:       streams; the line leaves pipe_cycles after it came. No line of delay.
 * Modeled:      3 x 3 coefficients, signed Q10 in 16 bits (IMX500 registers 0xd76c..: 0x400 = 1.0);
 *               out = clamp(floor((sum + 512) / 1024), 0, 4095).
 * Not modeled:  the offset column K03, K13, K23 of the IMX500's matrix; clamps are not counted.
 */
#ifndef ISP_CCM_H
#define ISP_CCM_H

#include "isp/demosaic.h"

typedef struct {
    uint32_t pipe_cycles; /* 0..255 */
} ccm_desc_t;

typedef struct {
    sim_comp_t comp;
    ccm_desc_t desc;
    const isp_rows_t *rows;
} ccm_t;

sim_err_t ccm_init(ccm_t *ccm, sim_t *sim, const ccm_desc_t *desc, const char *name);

/* k_q10: rows R, G, B of the matrix. Pairs of columns first..first+count-1. */
void ccm_row(const ccm_t *ccm, const demosaic_row_t *row, uint32_t first, uint32_t count,
             const int16_t k_q10[9]);

#endif
