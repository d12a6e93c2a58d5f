/*
 * wb.h - white balance: one gain per color-filter phase.
 *
 *                 +------+
 *   samples ----->|  WB  |-----> samples, in place
 *                 +------+
 *
 * Timing:       streams; the line leaves pipe_cycles after it came. No line of delay.
 * Modeled:      gain 8.8 (IMX500 registers 0xd804..0xd80a: 0x0100 = 1.0), rounding half up,
 *               saturation at full scale, counter of saturated samples.
 * Not modeled:  automatic white balance: the firmware computes gains.
 *
 * A black level of 256 leaves 3836 of 4095 at saturation, so gains below 0x112 (1.07) leave a
 * clipped highlight below full scale, and colored when the other gains are above.
 */
#ifndef ISP_WB_H
#define ISP_WB_H

#include "isp/rows.h"

typedef struct {
    uint32_t pipe_cycles; /* 0..255 */
} wb_desc_t;

typedef struct {
    sim_comp_t comp;
    wb_desc_t desc;
    const isp_rows_t *rows;

    uint64_t saturated_px; /* state */
} wb_t;

sim_err_t wb_init(wb_t *wb, sim_t *sim, const wb_desc_t *desc, const char *name);

/* gain_q8: of the even and the odd columns. */
void wb_line(wb_t *wb, isp_half_t line, uint32_t width_px, const uint32_t gain_q8[2]);

#endif
