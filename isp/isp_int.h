/*
 * isp_int.h - what the files of the ISP component share: registers and their latching.
 */
#ifndef ISP_ISP_INT_H
#define ISP_ISP_INT_H

#include "isp/isp.h"

extern const sim_reg_t isp_regs[];

/* Puts what the desc says into registers whose reset value it decides. */
void isp_regs_defaults(isp_t *isp);

/* Latches the registers for a frame that begins with this line; a wrong value is put right, in the
 * register too, and logged. */
void isp_latch(isp_t *isp, const sim_line_t *line, twr_job_t *tensor);

/* Raises or lowers irq after a change of status or enable. */
void isp_update_irq(isp_t *isp);

#endif
