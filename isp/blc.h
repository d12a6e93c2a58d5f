/*
 * blc.h - black-level correction, first stage of the image pipeline.
 *
 *             +-------+
 *   RAW ----->|  BLC  |-----> 12-bit samples, black at 0, split by column parity
 *             +-------+
 *
 * Timing:       streams; the line leaves pipe_cycles after it came. No line of delay.
 * Modeled:      one offset per color-filter phase, clamp at zero, clip counter.
 * Not modeled:  offset changes inside a frame; optical-black statistics.
 * Units:        offsets in 12-bit DN, whatever the depth of the RAW line.
 */
#ifndef ISP_BLC_H
#define ISP_BLC_H

#include "isp/rows.h"

typedef struct {
    uint32_t pipe_cycles; /* 0..255 */
} blc_desc_t;

typedef struct {
    sim_comp_t comp;
    blc_desc_t desc;
    const isp_rows_t *rows;

    uint64_t clipped_px; /* state */
} blc_t;

sim_err_t blc_init(blc_t *blc, sim_t *sim, const blc_desc_t *desc, const char *name);

/* offset_dn: of the even and the odd columns of this line. bits of the line: 8..12. */
void blc_line(blc_t *blc, const sim_line_t *line, const uint32_t offset_dn[2], isp_half_t out);

#endif
