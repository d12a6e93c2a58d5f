/*
 * trace.c - a frame on the timeline, stage by stage: spans of the tracks "isp.<stage>".
 *
 * A stage works on row 0 when the rows that it and those before it wait for have come, and their
 * pipe cycles later; it is through when those behind it have their rows and cycles left: the parts
 * of T, D and pipe of the timing rule (isp.h).
 */
#include "isp/isp_int.h"

typedef struct {
    const char *track;
    bool on;
    uint32_t lines, cycles;
} stage_t;

enum { MOST_STAGES = 12 };

static uint32_t list_stages(const isp_t *isp, stage_t stage[MOST_STAGES])
{
    enum { FILTER_LINES = 2 };
    const isp_desc_t *d = &isp->desc;
    const isp_frame_t *now = &isp->now;
    const img_job_t *job = &isp->image.job;
    uint32_t count = 0, dpc = now->dpc ? DPC_DELAY_LINES : 0;
    const stage_t all[] = {
        {"isp.blc", true, 0, d->blc.pipe_cycles},
        {"isp.tnr", now->tnr, 0, d->tnr_pipe_cycles},
        {"isp.dpc", now->dpc, dpc, d->dpc_pipe_cycles},
        {"isp.lsc", now->lsc, 0, d->lsc_pipe_cycles},
        {"isp.wb", true, 0, d->wb.pipe_cycles},
        {"isp.demosaic", true, now->delay_lines - dpc,
         demosaic_pipe_cycles(&isp->demosaic, (demosaic_kind_t)isp->regs.demosaic)},
        {"isp.ccm", true, 0, d->ccm.pipe_cycles},
        {"isp.gamma", true, 0, d->gamma.pipe_cycles},
        {"isp.nr", isp->image.active && job->nr_on, FILTER_LINES, d->nr_pipe_cycles},
        {"isp.sharpen", isp->image.active && job->sharpen_on, FILTER_LINES, d->sharpen_pipe_cycles},
    };
    for (size_t i = 0; i < SIM_COUNT(all); i++)
        if (all[i].on)
            stage[count++] = all[i];
    return count;
}

void isp_trace_frame(const isp_t *isp, uint64_t end_ps)
{
    sim_t *sim = isp->comp.sim;
    const isp_frame_t *now = &isp->now;
    if (!sim_tracing(sim))
        return;
    sim_trace_span(sim, "isp", "frame", now->first_ps, end_ps, "\"frame\":%u", now->frame);
    stage_t stage[MOST_STAGES];
    uint32_t count = list_stages(isp, stage), lines = 0, left = 0;
    uint64_t cycles = 0, rest = 0;
    for (uint32_t i = 0; i < count; i++) {
        left += stage[i].lines;
        rest += stage[i].cycles;
    }
    uint64_t row_ps = (end_ps - now->first_ps) / (now->height_px + left + 1u);
    uint64_t line_ps =
        sim_edge_ps(now->line_cycles, isp->desc.clk_hz); /* of rows that are flushed */
    for (uint32_t i = 0; i < count; i++) {
        lines += stage[i].lines;
        left -= stage[i].lines;
        rest -= stage[i].cycles;
        uint64_t start_ps = now->first_ps + lines * row_ps + sim_edge_ps(cycles, isp->desc.clk_hz);
        uint64_t before_ps = left * line_ps + sim_edge_ps(rest, isp->desc.clk_hz);
        cycles += stage[i].cycles;
        uint64_t until_ps = end_ps > before_ps + start_ps ? end_ps - before_ps : start_ps;
        sim_trace_span(sim, stage[i].track, stage[i].track + 4, start_ps, until_ps,
                       "\"frame\":%u,\"lines\":%u,\"cycles\":%u", now->frame, stage[i].lines,
                       stage[i].cycles);
    }
}
