/*
 * front.c - the RAW domain: from a line as it comes to the demosaic's line buffers.
 *
 *   line n+2 --> BLC --> [TNR] --> [DPC] --> [LSC] --> (statistics) --> WB --> row n of the
 * demosaic
 *
 * Stages in brackets are off unless the frame's registers say otherwise; a stage that is off takes
 * no line, no clock and no work.
 */
#include "isp/isp_int.h"

/* Row `row` from where black level or defect correction left it. */
static void finish_row(isp_t *isp, uint32_t row)
{
    const isp_frame_t *now = &isp->now;
    isp_half_t half = demosaic_line(&isp->demosaic, row);
    if (now->dpc)
        dpc_row(&isp->dpc, row, half);
    if (now->lsc)
        lsc_row(&isp->lsc, row, half);
    if (now->stats)
        stats_row(&isp->stats, row, half);
    wb_line(&isp->wb, half, now->width_px, now->wb[row & 1]);
    demosaic_close_line(&isp->demosaic, row);
}

void isp_front_need(isp_t *isp, uint32_t row)
{
    uint32_t last = isp->now.height_px - 1;
    for (row = row < last ? row : last; isp->next_row_raw <= row; isp->next_row_raw++)
        finish_row(isp, isp->next_row_raw);
}

void isp_front_take(isp_t *isp, const sim_line_t *line)
{
    const isp_frame_t *now = &isp->now;
    uint32_t delay = now->dpc ? DPC_DELAY_LINES : 0;
    isp_half_t half =
        now->dpc ? dpc_line(&isp->dpc, line->row) : demosaic_line(&isp->demosaic, line->row);
    blc_line(&isp->blc, line, now->blc[line->row & 1], half);
    if (now->tnr)
        tnr_row(&isp->tnr, line->row, line->start_ps, half);
    if (now->dpc)
        dpc_close_line(&isp->dpc, line->row);
    if (line->row >= delay)
        isp_front_need(isp, line->row - delay);
}

/* The sample of the frame that site `at` of an axis of the array is in; false: of none. */
static bool sample_of(uint32_t at, uint32_t first, uint32_t extent, uint32_t flip, uint32_t samples,
                      uint32_t *sample)
{
    uint32_t into = at - first; /* binned by 2: sites 4k + p and 4k + p + 2 are sample 2k + p */
    if (at < first || into >= extent)
        return false;
    *sample = into * samples / (2 * extent) * 2 + (into & 1);
    if (*sample >= samples)
        return false;
    if (flip)
        *sample = samples - 1 - *sample;
    return true;
}

static void mark_sites(isp_t *isp)
{
    const isp_frame_t *now = &isp->now;
    const sim_window_t *w = &now->window;
    for (uint32_t i = 0; i < isp->regs.dpc_sites; i++) {
        uint32_t site = isp->dpc.site[i], row, column;
        if (sample_of(site & 0xffff, w->x_px, w->width_px, w->flip_x, now->width_px, &column) &&
            sample_of(site >> 16, w->y_px, w->height_px, w->flip_y, now->height_px, &row))
            dpc_mark(&isp->dpc, row, column);
    }
}

static void begin_dpc(isp_t *isp)
{
    const isp_regs_t *regs = &isp->regs;
    dpc_frame_t frame = {.width_px = isp->now.width_px,
                         .height_px = isp->now.height_px,
                         .search = regs->dpc & ISP_DPC_SEARCH,
                         .hot_dn = regs->dpc_hot & 0xfff,
                         .hot_q8 = regs->dpc_hot >> 16,
                         .cold_dn = regs->dpc_cold & 0xfff,
                         .cold_q8 = regs->dpc_cold >> 16};
    dpc_begin(&isp->dpc, &frame);
    if (regs->dpc & ISP_DPC_MAP)
        mark_sites(isp);
}

static void begin_tnr(isp_t *isp, const sim_line_t *line)
{
    tnr_job_t job = isp_tnr_job(isp, line);
    tnr_begin(&isp->tnr, &job);
    isp->regs.tnr &= ~ISP_TNR_ANEW;
}

void isp_front_begin(isp_t *isp, const sim_line_t *line)
{
    const isp_frame_t *now = &isp->now;
    lsc_frame_t shading = {.width_px = now->width_px,
                           .height_px = now->height_px,
                           .array_width_px = isp->desc.array_width_px,
                           .array_height_px = isp->desc.array_height_px,
                           .window = now->window,
                           .bayer = now->bayer};
    demosaic_frame_t mosaic = {(demosaic_kind_t)isp->regs.demosaic, now->bayer, now->width_px,
                               now->height_px};
    isp->next_row_raw = 0;
    demosaic_begin(&isp->demosaic, &mosaic);
    if (now->tnr)
        begin_tnr(isp, line);
    else
        tnr_skip(&isp->tnr);
    if (now->dpc)
        begin_dpc(isp);
    if (now->lsc)
        lsc_begin(&isp->lsc, &shading);
    if (now->stats) {
        stats_job_t job = isp_stats_job(isp);
        stats_begin(&isp->stats, &job);
    }
}
