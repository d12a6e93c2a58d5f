#include "isp/isp_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MARGIN = 128 }; /* behind scratch rows: vector code writes whole vectors */

/* ---- time ---- */

static uint64_t edge_after(const isp_t *isp, uint64_t time_ps)
{
    return sim_edge_at_or_after(time_ps, isp->desc.clk_hz);
}

static uint32_t pipe_cycles(const isp_t *isp)
{
    const isp_desc_t *d = &isp->desc;
    return d->blc.pipe_cycles + d->wb.pipe_cycles + d->demosaic_pipe_cycles + d->ccm.pipe_cycles +
           d->gamma.pipe_cycles;
}

/* Row next_row_out is complete: it leaves when its cycles and the pipe are over. */
static void schedule_row(isp_t *isp)
{
    uint64_t cycle = isp->out_end_cycle + pipe_cycles(isp);
    sim_event_at(isp->comp.sim, &isp->line_out, sim_edge_ps(cycle, isp->desc.clk_hz));
}

/* Line k came: S(k) and P(k) of the header. */
static void take_time(isp_t *isp, uint64_t start_ps, uint64_t end_ps)
{
    uint64_t start = edge_after(isp, start_ps), end = edge_after(isp, end_ps);
    isp->out_start_cycle = start > isp->out_end_cycle ? start : isp->out_end_cycle;
    uint64_t least = isp->out_start_cycle + isp->now.line_cycles;
    isp->out_end_cycle = end > least ? end : least;
}

/* A line of the flush: comes whole when the one before it ends. */
static void take_flush_time(isp_t *isp)
{
    isp->out_start_cycle = isp->out_end_cycle;
    isp->out_end_cycle += isp->now.line_cycles;
}

/* ---- one row out ---- */

static bool in_region(const isp_t *isp, uint32_t row)
{
    return isp->now.tensor && row >= isp->now.roi_y && row - isp->now.roi_y < isp->now.roi_h;
}

static void make_codes(isp_t *isp, uint32_t row, uint32_t first, uint32_t count,
                       uint8_t *const planes[ISP_CHANNELS])
{
    demosaic_row(&isp->demosaic, isp->now.bayer, row, isp->now.height_px, first, count,
                 &isp->linear);
    ccm_row(&isp->ccm, &isp->linear, first, count, isp->now.ccm);
    gamma_row(&isp->gamma, &isp->linear, first, count, planes);
}

static void give_rgb(isp_t *isp, uint32_t row, const uint8_t *const planes[ISP_CHANNELS])
{
    uint32_t pipe = pipe_cycles(isp), height = isp->now.height_px;
    isp->rows->interleave(planes, isp->now.width_px, isp->rgb_line);
    sim_line_t line = {
        .format = SIM_LINE_RGB,
        .bayer = isp->now.bayer,
        .flags = (row == 0 ? SIM_LINE_FIRST : 0) | (row == height - 1 ? SIM_LINE_LAST : 0),
        .bits = 8,
        .width_px = isp->now.width_px,
        .height_px = height,
        .frame = isp->now.frame,
        .row = row,
        .start_ps = sim_edge_ps(isp->out_start_cycle + pipe, isp->desc.clk_hz),
        .end_ps = sim_now_ps(isp->comp.sim),
        .data.rgb = isp->rgb_line,
    };
    for (uint32_t i = 0; i < isp->rgb_sinks; i++)
        isp->rgb[i].line(isp->rgb[i].ctx, &line);
}

static void overrun(isp_t *isp, const char *what)
{
    isp->overruns++;
    isp->regs.status |= ISP_STATUS_OVERRUN;
    isp_update_irq(isp);
    sim_log(&isp->comp, SIM_LOG_ERROR, "frame %u: %s", isp->now.frame, what);
}

static void give_up_tensor(isp_t *isp)
{
    isp->now.tensor = false;
    scaler_abandon(&isp->scaler);
    twr_abandon(&isp->writer);
}

/* With an RGB listener the whole row is made, else only the columns that the tensor sees. */
static void process_row(isp_t *isp, uint32_t row)
{
    bool tensor = in_region(isp, row);
    uint8_t *planes[ISP_CHANNELS] = {isp->planes[0], isp->planes[1], isp->planes[2]};
    uint32_t pairs = (isp->now.width_px + 1) / 2, first = 0, count = pairs;
    if (tensor)
        scaler_planes(&isp->scaler, planes);
    if (isp->rgb_sinks == 0) {
        first = isp->now.roi_x / 2;
        count = (isp->now.roi_x + isp->now.roi_w + 1) / 2 - first;
    }
    if (isp->rgb_sinks != 0 || tensor)
        make_codes(isp, row, first, count, planes);
    if (isp->rgb_sinks != 0)
        give_rgb(isp, row, (const uint8_t *const *)planes);
    if (tensor && !scaler_row(&isp->scaler)) {
        give_up_tensor(isp);
        overrun(isp, "the tensor writer fell behind, tensor given up");
    }
}

static void finish_frame(isp_t *isp)
{
    isp->in_frame = false;
    isp->frames++;
    isp->regs.status |= ISP_STATUS_FRAME;
    isp_update_irq(isp);
    sim_trace_span(isp->comp.sim, "isp", "frame", isp->now.first_ps, sim_now_ps(isp->comp.sim),
                   "\"frame\":%u", isp->now.frame);
}

static void on_line_out(void *ctx)
{
    isp_t *isp = ctx;
    uint32_t row = isp->next_row_out++;
    process_row(isp, row);
    if (isp->next_row_out == isp->now.height_px) {
        finish_frame(isp);
    } else if (isp->next_row_in == isp->now.height_px) {
        take_flush_time(isp);
        schedule_row(isp);
    }
}

/* ---- one line in ---- */

static void begin_frame(isp_t *isp, const sim_line_t *line)
{
    twr_job_t tensor;
    isp_latch(isp, line, &tensor);
    isp->in_frame = true;
    isp->next_row_in = isp->next_row_out = 0;
    isp->out_end_cycle = 0;
    if (!isp->now.tensor)
        return;
    scaler_job_t scale = {isp->now.roi_x, isp->now.roi_w, isp->now.roi_h, tensor.width_px,
                          tensor.height_px};
    if (twr_begin(&isp->writer, &tensor)) {
        scaler_begin(&isp->scaler, &scale);
        return;
    }
    isp->now.tensor = false;
    isp->lost_tensors++;
    overrun(isp, "the last tensor is still being written, this frame has none");
}

static bool line_fits(const isp_t *isp, const sim_line_t *line)
{
    return line->format == SIM_LINE_RAW && line->bits >= 8 && line->bits <= ISP_BITS &&
           line->width_px >= 4 && line->width_px <= isp->desc.max_width_px &&
           line->height_px >= 4 && line->height_px <= isp->desc.max_height_px;
}

static void store_line(isp_t *isp, const sim_line_t *line)
{
    isp_half_t half = demosaic_line(&isp->demosaic, line->row);
    uint32_t parity = line->row % 2;
    blc_line(&isp->blc, line, isp->now.blc[parity], half);
    wb_line(&isp->wb, half, line->width_px, isp->now.wb[parity]);
    demosaic_close_line(&isp->demosaic, line->row, line->width_px);
}

/* The rest of a frame in which a line was lost is dropped: rows would not fit together. */
static void drop_frame(isp_t *isp)
{
    isp->in_frame = false;
    sim_event_cancel(isp->comp.sim, &isp->line_out);
    if (isp->now.tensor)
        give_up_tensor(isp);
    overrun(isp, "a line came before the row before it had left, rest of the frame dropped");
}

static void on_line(void *ctx, const sim_line_t *line)
{
    isp_t *isp = ctx;
    bool first = (line->flags & SIM_LINE_FIRST) != 0;
    if (isp->in_frame && (first || line->row >= isp->next_row_out + DEMOSAIC_LINES - 2))
        drop_frame(isp);
    if (first && (isp->regs.ctrl & ISP_CTRL_ENABLE) != 0 && line_fits(isp, line))
        begin_frame(isp, line);
    if (!isp->in_frame || line->row != isp->next_row_in || line->frame != isp->now.frame) {
        isp->dropped_lines += (isp->regs.ctrl & ISP_CTRL_ENABLE) != 0;
        return;
    }
    isp->lines++;
    isp->next_row_in++;
    store_line(isp, line);
    take_time(isp, line->start_ps, line->end_ps);
    if (line->row >= DEMOSAIC_DELAY_LINES)
        schedule_row(isp);
}

static void on_tensor_done(void *ctx, bool complete)
{
    isp_t *isp = ctx;
    if (!complete) {
        isp->lost_tensors++;
        return;
    }
    isp->tensors++;
    isp->regs.tensor_frame = isp->writer.job.frame;
    isp->regs.status |= ISP_STATUS_TENSOR;
    isp_update_irq(isp);
    sim_wire_pulse(&isp->tensor_done);
}

static void on_room(void *ctx)
{
    isp_t *isp = ctx;
    scaler_on_room(&isp->scaler);
}

/* ---- component ---- */

/* clang-format off */
static const sim_field_t isp_fields[] = {
    SIM_FIELD(isp_t, regs),
    SIM_FIELD(isp_t, in_frame),      SIM_FIELD(isp_t, next_row_in),     SIM_FIELD(isp_t, next_row_out),
    SIM_FIELD(isp_t, out_start_cycle), SIM_FIELD(isp_t, out_end_cycle), SIM_FIELD(isp_t, lines),
    SIM_FIELD(isp_t, frames),        SIM_FIELD(isp_t, dropped_lines),   SIM_FIELD(isp_t, overruns),
    SIM_FIELD(isp_t, tensors),       SIM_FIELD(isp_t, lost_tensors),
    SIM_FIELD_END,
};
static const sim_stat_t isp_stats[] = {
    SIM_STAT(isp_t, lines,         "lines", "RAW lines taken"),
    SIM_STAT(isp_t, frames,        "1",     "frames whose last RGB row has left"),
    SIM_STAT(isp_t, dropped_lines, "lines", "lines that came out of order or after an overrun"),
    SIM_STAT(isp_t, overruns,      "1",     "lines or tensors lost"),
    SIM_STAT(isp_t, tensors,       "1",     "tensors complete in memory"),
    SIM_STAT(isp_t, lost_tensors,  "1",     "tensors given up or never begun"),
    SIM_STAT_END,
};
/* clang-format on */

static sim_err_t isp_check(sim_comp_t *comp)
{
    isp_t *isp = (isp_t *)(void *)comp;
    if (isp->port.request == NULL)
        return sim_fail(comp->sim, SIM_EWIRE, "%s.port: not connected", comp->name);
    return SIM_OK;
}

static void isp_reset(sim_comp_t *comp)
{
    isp_t *isp = (isp_t *)(void *)comp;
    sim_event_cancel(comp->sim, &isp->line_out);
    isp_regs_defaults(isp);
    memset(&isp->now, 0, sizeof(isp->now));
    isp->in_frame = false;
    isp->next_row_in = isp->next_row_out = 0;
    isp->out_start_cycle = isp->out_end_cycle = 0;
    isp->lines = isp->frames = isp->dropped_lines = isp->overruns = 0;
    isp->tensors = isp->lost_tensors = 0;
    isp_update_irq(isp);
}

static const sim_kind_t isp_kind = {.kind = "isp",
                                    .version = 1,
                                    .check = isp_check,
                                    .reset = isp_reset,
                                    .fields = isp_fields,
                                    .stats = isp_stats,
                                    .regs = isp_regs};
_Static_assert(offsetof(isp_t, comp) == 0, "comp stays first");

static sim_err_t check_desc(sim_t *sim, const isp_desc_t *d, const char *name)
{
    if (d->clk_hz == 0 || d->px_per_clk < 1 || d->px_per_clk > 16)
        return sim_fail(sim, SIM_EDESC, "%s: clk_hz %llu, px_per_clk %u: not 1.. and 1..16", name,
                        (unsigned long long)d->clk_hz, d->px_per_clk);
    if (d->max_width_px < 4 || d->max_width_px > 8192 || d->max_height_px < 4 ||
        d->max_height_px > 8192 || d->max_width_px * d->max_height_px >= 1u << 24)
        return sim_fail(sim, SIM_EDESC, "%s: frames of %u x %u px: not 4..8192 each, below 2^24",
                        name, d->max_width_px, d->max_height_px);
    if (d->array_width_px == 0 || d->array_height_px == 0 || d->max_tensor_width_px == 0 ||
        d->max_tensor_height_px == 0 || d->max_tensor_width_px > 4096)
        return sim_fail(sim, SIM_EDESC, "%s: array or tensor without size", name);
    return SIM_OK;
}

static sim_err_t make_stages(isp_t *isp, sim_t *sim, const char *name)
{
    const isp_desc_t *d = &isp->desc;
    char part[64];
    demosaic_desc_t demosaic = {d->demosaic_pipe_cycles, d->max_width_px};
    scaler_desc_t scaler = {d->clk_hz, d->scaler_pipe_cycles, d->px_per_clk, d->max_width_px,
                            d->max_tensor_width_px};
    twr_desc_t writer = {d->max_tensor_width_px, d->writer_slots, d->writer_outstanding};
    sim_err_t err = SIM_OK;
#define STAGE(prefix, member, desc)                                                                \
    if (err == SIM_OK) {                                                                           \
        snprintf(part, sizeof(part), "%.48s.%s", name, #member);                                   \
        err = prefix##_init(&isp->member, sim, desc, part);                                        \
    }
    STAGE(blc, blc, &d->blc)
    STAGE(wb, wb, &d->wb)
    STAGE(demosaic, demosaic, &demosaic)
    STAGE(ccm, ccm, &d->ccm)
    STAGE(gamma, gamma, &d->gamma)
    STAGE(scaler, scaler, &scaler)
    STAGE(twr, writer, &writer)
#undef STAGE
    isp->scaler.writer = &isp->writer;
    isp->writer.port = &isp->port;
    isp->writer.on_room = on_room;
    isp->writer.on_done = on_tensor_done;
    isp->writer.ctx = isp;
    return err;
}

static bool make_scratch(isp_t *isp)
{
    size_t width = isp->desc.max_width_px + MARGIN;
    bool fine = true;
    for (int c = 0; c < ISP_CHANNELS; c++) {
        isp->planes[c] = calloc(1, width);
        fine = fine && isp->planes[c] != NULL;
        for (int parity = 0; parity < 2; parity++) {
            isp->linear.rgb[c][parity] = calloc(width, sizeof(uint16_t));
            fine = fine && isp->linear.rgb[c][parity] != NULL;
        }
    }
    isp->rgb_line = calloc(ISP_CHANNELS, width);
    return fine && isp->rgb_line != NULL;
}

sim_err_t isp_init(isp_t *isp, sim_t *sim, const isp_desc_t *desc, const char *name)
{
    sim_err_t err = check_desc(sim, desc, name);
    if (err != SIM_OK)
        return err;
    isp->desc = *desc;
    isp->rows = isp_rows(sim_simd());
    if (!make_scratch(isp))
        return sim_fail(sim, SIM_ENOMEM, "%s: no memory for rows", name);
    err = sim_comp_init(&isp->comp, sim, &isp_kind, name);
    if (err != SIM_OK)
        return err;
    sim_event_init(&isp->line_out, &isp->comp, "line_out", SIM_PRIO_DRIVE, on_line_out, isp);
    return make_stages(isp, sim, name);
}

void isp_free(isp_t *isp)
{
    for (int c = 0; c < ISP_CHANNELS; c++) {
        free(isp->planes[c]);
        isp->planes[c] = NULL;
        for (int parity = 0; parity < 2; parity++) {
            free(isp->linear.rgb[c][parity]);
            isp->linear.rgb[c][parity] = NULL;
        }
    }
    free(isp->rgb_line);
    isp->rgb_line = NULL;
    demosaic_free(&isp->demosaic);
    scaler_free(&isp->scaler);
    twr_free(&isp->writer);
}

sim_line_sink_t isp_sink(isp_t *isp)
{
    return (sim_line_sink_t){on_line, isp};
}

bool isp_add_rgb_sink(isp_t *isp, sim_line_sink_t sink)
{
    if (isp->rgb_sinks == ISP_MAX_SINKS)
        return false;
    isp->rgb[isp->rgb_sinks++] = sink;
    return true;
}
