/*
 * isp_int.h - what the files of isp/ share and nobody else sees.
 */
#ifndef ISP_ISP_INT_H
#define ISP_ISP_INT_H

#include "isp/isp.h"
#include "isp/lines.h"

/* Complains about the pipe_cycles of stage `name`. */
sim_err_t isp_pipe_check(sim_t *sim, uint32_t pipe_cycles, const char *name);

/* In this cycle: X_make_bursts of everybody at the port. */
static inline void isp_ask_turn(const sim_comp_t *comp, sim_event_t *turn)
{
    if (!sim_event_pending(turn))
        sim_event_at(comp->sim, turn, sim_now_ps(comp->sim));
}

/* regs.c */
extern const sim_reg_t isp_reg_table[];
/* Entries of tables into the registers that show them. */
void isp_refresh(sim_comp_t *comp, uint32_t addr, bool peek);
/* Register values that the desc, not the table, decides. */
void isp_regs_from_desc(isp_t *isp);
/* Legal values into the registers, and from there into isp->now, for the frame of `line`. */
void isp_latch(isp_t *isp, const sim_line_t *line);
twr_job_t isp_tensor_job(const isp_t *isp);
stats_job_t isp_stats_job(const isp_t *isp);
/* Of the frame that `line` begins. */
tnr_job_t isp_tnr_job(const isp_t *isp, const sim_line_t *line);
img_job_t isp_image_job(const isp_t *isp);
/* The longer side of the largest tensor. */
uint32_t isp_tensor_px(const isp_desc_t *desc);
/* Sets status bits and the interrupt. */
void isp_raise(isp_t *isp, uint32_t status);

/* Phase (0 R, 1 Gr, 2 Gb, 3 B) of a frame's pixel (row parity, column parity). */
uint32_t isp_phase(sim_bayer_t bayer, uint32_t row, uint32_t column);

/* front.c */
/* A frame begins with `line`, which is not taken yet. */
void isp_front_begin(isp_t *isp, const sim_line_t *line);
/* Takes a line, and finishes the row that is complete with it, if any. */
void isp_front_take(isp_t *isp, const sim_line_t *line);
/* Finishes the rows up to `row`, as far as the frame has them; their lines must have come. */
void isp_front_need(isp_t *isp, uint32_t row);

/* known.c */
bool isp_known_make(isp_t *isp); /* false without memory */
void isp_known_free(isp_t *isp);
/* A frame begins with `line`; tensor, image and registers are decided. */
void isp_known_begin(isp_t *isp, const sim_line_t *line);
/* The scaler has made a row. */
void isp_known_row(isp_t *isp, const uint8_t *const planes[ISP_CHANNELS]);
/* The last row has left: counters and sums of a known frame count. */
void isp_known_end(isp_t *isp);
/* The frame, or its tensor, is given up. */
void isp_known_drop(isp_t *isp);

/* trace.c */
/* The frame that ends, for the timeline. */
void isp_trace_frame(const isp_t *isp, uint64_t end_ps);

/* desc.c */
sim_err_t isp_desc_check(const isp_desc_t *desc, sim_t *sim, const char *name);

#endif
