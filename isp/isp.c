/*
 * isp.c - lines through the stages: when, in which order, and what happens when they do not fit.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "isp/isp_int.h"

/* ---- one row of pixels ---- */

static bool row_in_roi(const isp_t *isp, uint32_t row)
{
    const isp_frame_t *now = &isp->now;
    return now->tensor && isp->scaler.active && row >= now->roi_y && row < now->roi_y + now->roi_h;
}

/* Row `row`, pairs of columns from first on, as codes. */
static void make_codes(isp_t *isp, uint32_t row, uint32_t first, uint32_t count,
                       uint8_t *const planes[ISP_CHANNELS])
{
    const isp_frame_t *now = &isp->now;
    demosaic_row(&isp->demosaic, row, first, count, &isp->linear);
    ccm_row(&isp->ccm, &isp->linear, first, count, now->ccm);
    gamma_row(&isp->gamma, &isp->linear, first, count, planes);
}

/* ---- what goes wrong ---- */

static void overrun(isp_t *isp, const char *what)
{
    isp->overruns++;
    sim_log(&isp->comp, SIM_LOG_ERROR, "frame %u: %s", isp->now.frame, what);
    isp_raise(isp, ISP_STATUS_OVERRUN);
}

/* A tensor whose source rows have all come is not touched. */
static void abandon_tensor(isp_t *isp)
{
    const scaler_t *scaler = &isp->scaler;
    if (!scaler->active || scaler->rows_in == scaler->job.height_px)
        return;
    isp_known_drop(isp);
    scaler_abandon(&isp->scaler);
    twr_abandon(&isp->writer);
    isp->lost_tensors++;
}

static void tell_active(isp_t *isp)
{
    sim_wire_set(&isp->active, isp->in_frame || isp->writer.active || isp->stats.writing);
}

static void drop_frame(isp_t *isp)
{
    isp->in_frame = false;
    sim_event_cancel(isp->comp.sim, &isp->line_out);
    isp_known_drop(isp);
    abandon_tensor(isp);
    img_abandon(&isp->image);
    tell_active(isp);
    sim_wire_pulse(&isp->dropped);
}

static void abandon_frame(isp_t *isp, const char *what)
{
    drop_frame(isp);
    overrun(isp, what);
}

/* The sensor stopped within the frame; its rest will not come. */
static bool ends_early(const sim_line_t *line)
{
    return (line->flags & SIM_LINE_LAST) != 0 && line->row + 1 < line->height_px;
}

/* ---- accounts ---- */

static void use_buffers(isp_work_t *work, uint64_t write_bits, uint64_t read_bits)
{
    work->buffer_write_bytes += write_bits / 8;
    work->buffer_read_bytes += read_bits / 8;
}

/* A RAW line has come. */
static void count_line(isp_t *isp)
{
    const isp_frame_t *now = &isp->now;
    uint64_t px = now->width_px;
    isp->work.raw_px += px;
    isp->work.tnr_px += now->tnr ? px : 0;
    isp->work.dpc_px += now->dpc ? px : 0;
    isp->work.lsc_px += now->lsc ? px : 0;
    isp->work.stats_px += now->stats ? px : 0;
    isp->work.busy_cycles += now->line_cycles;
    if (now->dpc)
        use_buffers(&isp->work, px * ISP_BITS, (DPC_LINES - 1) * px * ISP_BITS);
}

/* A row of RGB leaves: its line has gone into the window, with every line of it read. */
static void count_row(isp_t *isp)
{
    uint64_t px = isp->now.width_px, bits = px * ISP_BITS, e_bits = px * (ISP_BITS + 1) / 2;
    isp->work.rgb_px += px;
    isp->work.gamma_px += isp->now.tone ? px : 0;
    if (isp->demosaic.now.kind == DEMOSAIC_EDGE)
        use_buffers(&isp->work, bits + e_bits, 6 * bits + 2 * e_bits);
    else
        use_buffers(&isp->work, bits, 4 * bits);
}

/* ---- rows out ---- */

/* Line k of the timing rule in isp.h: makes start_cycle S(k) and end_cycle P(k). */
static void advance_time(isp_t *isp, uint64_t first_cycle, uint64_t last_cycle)
{
    isp->start_cycle = first_cycle > isp->end_cycle ? first_cycle : isp->end_cycle;
    uint64_t soonest = isp->start_cycle + isp->now.line_cycles;
    isp->end_cycle = last_cycle > soonest ? last_cycle : soonest;
}

static void plan_row_out(isp_t *isp)
{
    sim_event_at(isp->comp.sim, &isp->line_out,
                 sim_edge_ps(isp->end_cycle + isp->now.pipe_cycles, isp->desc.clk_hz));
}

static void end_frame(isp_t *isp)
{
    isp->in_frame = false;
    isp->frames++;
    isp_known_end(isp);
    if (isp->now.dpc)
        isp->regs.dpc_found = isp->dpc.found;
    isp->regs.tnr_late = isp->tnr.late;
    isp_trace_frame(isp, sim_now_ps(isp->comp.sim));
    isp_raise(isp, ISP_STATUS_FRAME);
    if (isp->now.stats && !stats_end(&isp->stats))
        overrun(isp, "the last statistics are still being written, this frame's are lost");
    tell_active(isp);
}

static void to_image(isp_t *isp, uint32_t step, uint8_t *const planes[ISP_CHANNELS])
{
    const uint8_t *const rgb[ISP_CHANNELS] = {planes[0], planes[1], planes[2]};
    uint64_t start_cycle = isp->start_cycle + isp->now.pipe_cycles;
    img_step(&isp->image, step, rgb, sim_edge_ps(start_cycle, isp->desc.clk_hz));
}

/* That nobody else needs all of it leaves no trace: the scaler's memory is state. */
static void show_row(isp_t *isp, uint32_t row, bool whole, uint8_t *const planes[ISP_CHANNELS])
{
    uint8_t *const *codes = whole ? planes : isp->planes;
    if (!whole) {
        isp->demosaic.e_from = isp->demosaic.e_to = 0; /* they are of fewer columns */
        make_codes(isp, row, 0, (isp->now.width_px + 1) / 2, isp->planes);
    }
    const uint8_t *const rgb[ISP_CHANNELS] = {codes[0], codes[1], codes[2]};
    isp->watch.row(isp->watch.ctx, row, rgb);
}

/* Computes what somebody will see of a row, and no more. */
static void compute_row(isp_t *isp, uint32_t row, bool to_tensor, uint8_t *planes[ISP_CHANNELS])
{
    const isp_frame_t *now = &isp->now;
    uint32_t first = 0, end = (now->width_px + 1) / 2;
    isp_front_need(isp, row + demosaic_delay_lines(isp->demosaic.now.kind));
    if (to_tensor)
        scaler_planes(&isp->scaler, planes);
    if (!isp->image.active) {
        first = now->roi_x / 2;
        end = (now->roi_x + now->roi_w + 1) / 2;
    }
    if (to_tensor || isp->image.active)
        make_codes(isp, row, first, end - first, planes);
    bool whole = first == 0 && end == (now->width_px + 1) / 2;
    if (isp->watched)
        show_row(isp, row, whole && (to_tensor || isp->image.active), planes);
}

static void make_row(isp_t *isp, uint32_t row)
{
    bool to_tensor = row_in_roi(isp, row);
    uint8_t *planes[ISP_CHANNELS] = {isp->planes[0], isp->planes[1], isp->planes[2]};
    if (!isp->known.found)
        compute_row(isp, row, to_tensor, planes);
    if (to_tensor && !scaler_row(&isp->scaler)) {
        abandon_tensor(isp);
        overrun(isp, "the tensor writer fell behind, the tensor is given up");
    }
    to_image(isp, row, planes);
}

/* All lines have come: the rows that are left wait for nobody but the scaler. */
static bool flushing(const isp_t *isp)
{
    return isp->next_row_in == isp->now.height_px;
}

static void flush_next(isp_t *isp)
{
    advance_time(isp, isp->end_cycle, isp->end_cycle);
    plan_row_out(isp);
}

static void on_line_out(void *ctx)
{
    isp_t *isp = ctx;
    uint32_t row = isp->next_row_out, height = isp->now.height_px;
    bool pushed = row + isp->now.delay_lines < height;
    bool ready = img_ready(&isp->image) && (!row_in_roi(isp, row) || scaler_ready(&isp->scaler));
    if (!pushed && !ready) {
        flush_next(isp); /* the same row again */
        return;
    }
    isp->next_row_out++;
    if (row < height)
        count_row(isp);
    if (row < height)
        make_row(isp, row);
    else
        to_image(isp, row, isp->planes);
    isp->lines_out += row < height;
    if (isp->next_row_out == height + img_delay_lines(&isp->image.job))
        end_frame(isp);
    else if (flushing(isp))
        flush_next(isp);
}

/* ---- lines in ---- */

static bool frame_fits(isp_t *isp, const sim_line_t *line)
{
    const isp_desc_t *desc = &isp->desc;
    bool fits = line->width_px >= 4 && line->width_px <= desc->max_width_px &&
                line->height_px >= 4 && line->height_px <= desc->max_height_px && line->bits >= 8 &&
                line->bits <= ISP_BITS;
    if (!fits)
        sim_log(&isp->comp, SIM_LOG_ERROR,
                "frame %u: %ux%u of %u bits, not 4x4..%ux%u of 8..%u, is dropped", line->frame,
                line->width_px, line->height_px, line->bits, desc->max_width_px,
                desc->max_height_px, ISP_BITS);
    return fits;
}

static void begin_tensor(isp_t *isp)
{
    twr_job_t job = isp_tensor_job(isp);
    if (!twr_begin(&isp->writer, &job)) {
        isp->lost_tensors++;
        overrun(isp, "the last tensor is still being written, this frame has none");
        return;
    }
    scaler_job_t region = {
        .x_px = isp->now.roi_x,
        .width_px = isp->now.roi_w,
        .height_px = isp->now.roi_h,
        .out_width_px = twr_row_px(&job),
        .out_height_px = twr_rows(&job),
    };
    scaler_begin(&isp->scaler, &region);
    isp->now.tensor = true;
}

static void begin_image(isp_t *isp)
{
    img_job_t job = isp_image_job(isp);
    img_begin(&isp->image, &job);
    isp->now.pipe_cycles += img_pipe_cycles(&isp->image, &job);
    isp->watched = isp->watch.row != NULL && isp->watch.wanted(isp->watch.ctx);
}

static void begin_frame(isp_t *isp, const sim_line_t *line)
{
    if (isp->in_frame)
        abandon_frame(isp, "the next frame came before this one had left, its rest is dropped");
    if (!(isp->regs.ctrl & ISP_CTRL_ENABLE) || !frame_fits(isp, line))
        return;
    isp_latch(isp, line);
    begin_image(isp);
    isp->now.tensor = false;
    isp->in_frame = true;
    isp->next_row_in = isp->next_row_out = 0;
    isp->end_cycle = 0;
    if (isp->regs.ctrl & ISP_CTRL_TENSOR)
        begin_tensor(isp);
    isp_front_begin(isp, line);
    isp_known_begin(isp, line);
    tell_active(isp);
}

static bool line_belongs(const isp_t *isp, const sim_line_t *line)
{
    const isp_frame_t *now = &isp->now;
    return line->frame == now->frame && line->row == isp->next_row_in &&
           line->width_px == now->width_px && line->height_px == now->height_px &&
           line->bits == now->bits && line->bayer == now->bayer;
}

static void on_line(void *ctx, const sim_line_t *line)
{
    isp_t *isp = ctx;
    sim_t *sim = isp->comp.sim;
    assert(line->format == SIM_LINE_RAW && line->start_ps <= line->end_ps);
    bool cut = ends_early(line);
    if (line->exposure != 0 && !cut)
        return;
    /* A row due at this very instant has left: whoever runs first. */
    if (sim_event_pending(&isp->line_out) && isp->line_out.at_ps <= sim_now_ps(sim)) {
        sim_event_cancel(sim, &isp->line_out);
        on_line_out(isp);
    }
    if (isp->in_frame && cut)
        drop_frame(isp);
    if (cut)
        return;
    if (line->flags & SIM_LINE_FIRST)
        begin_frame(isp, line);
    else if (isp->in_frame && sim_event_pending(&isp->line_out))
        abandon_frame(isp, "a line came before the row before it had left, the rest is dropped");
    else if (isp->in_frame && !line_belongs(isp, line))
        abandon_frame(isp, "a line is not the next of its frame, the rest is dropped");
    if (!isp->in_frame) {
        isp->dropped_lines += (isp->regs.ctrl & ISP_CTRL_ENABLE) != 0;
        return;
    }
    isp->lines++;
    isp->next_row_in++;
    count_line(isp);
    advance_time(isp, sim_edge_at_or_after(line->start_ps, isp->desc.clk_hz),
                 sim_edge_at_or_after(line->end_ps, isp->desc.clk_hz));
    if (!isp->known.found)
        isp_front_take(isp, line);
    /* of a frame so low that its first row waits for more lines than there are */
    for (uint32_t k = line->row; flushing(isp) && k < isp->now.delay_lines; k++)
        advance_time(isp, isp->end_cycle, isp->end_cycle);
    if (line->row >= isp->now.delay_lines || flushing(isp))
        plan_row_out(isp);
}

/* ---- the memory port ---- */

static void on_turn(void *ctx)
{
    isp_t *isp = ctx;
    twr_make_bursts(&isp->writer);
    tnr_make_bursts(&isp->tnr);
    stats_make_bursts(&isp->stats);
}

/* ---- what image, tensor and statistics report ---- */

static void on_image_overrun(void *ctx)
{
    overrun(ctx, "the image's scaler fell behind, the rest of the image is dropped");
}

static bool writer_has_room(void *ctx)
{
    const isp_t *isp = ctx;
    return twr_has_room(&isp->writer);
}

static void row_to_writer(void *ctx, const uint8_t *const planes[ISP_CHANNELS])
{
    isp_t *isp = ctx;
    isp_known_row(isp, planes);
    twr_push_row(&isp->writer, planes);
}

static void on_writer_room(void *ctx)
{
    isp_t *isp = ctx;
    scaler_on_room(&isp->scaler);
}

static void on_writer_done(void *ctx, bool complete)
{
    isp_t *isp = ctx;
    tell_active(isp);
    if (isp->writer.abandoned)
        return; /* counted when it was given up */
    if (!complete) {
        isp->lost_tensors++;
        isp_raise(isp, ISP_STATUS_OVERRUN);
        return;
    }
    isp->tensors++;
    isp->regs.tensor_frame = isp->writer.job.frame;
    isp->regs.seen_xy = isp->writer.job.seen.y_px << 16 | isp->writer.job.seen.x_px;
    isp->regs.seen_wh = isp->writer.job.seen.height_px << 16 | isp->writer.job.seen.width_px;
    isp->regs.seen_flip =
        isp->writer.job.turn << 2 | isp->writer.job.seen.flip_y << 1 | isp->writer.job.seen.flip_x;
    isp_raise(isp, ISP_STATUS_TENSOR);
    sim_wire_pulse(&isp->tensor_done);
}

static void on_stats_done(void *ctx, bool complete)
{
    isp_t *isp = ctx;
    tell_active(isp);
    if (!complete) {
        isp_raise(isp, ISP_STATUS_OVERRUN);
        return;
    }
    isp->regs.stats_frame = isp->stats.block_frame;
    isp_raise(isp, ISP_STATUS_STATS);
}

/* ---- tables ---- */

static sim_err_t isp_check(sim_comp_t *comp)
{
    const isp_t *isp = (const isp_t *)comp;
    if (isp->port.request == NULL)
        return sim_fail(comp->sim, SIM_EWIRE, "%s.port: not connected", comp->name);
    return SIM_OK;
}

static void isp_reset(sim_comp_t *comp)
{
    isp_t *isp = (isp_t *)comp;
    sim_event_cancel(comp->sim, &isp->line_out);
    sim_event_cancel(comp->sim, &isp->turn);
    memset(&isp->now, 0, sizeof(*isp) - offsetof(isp_t, now));
    isp_known_drop(isp);
    isp_regs_from_desc(isp);
    sim_wire_set(&isp->irq, false);
    sim_wire_set(&isp->active, false);
}

/* The members of `now` one by one: the struct has padding. */
static const sim_field_t isp_fields[] = {
    SIM_FIELD(isp_t, regs),
    SIM_FIELD(isp_t, now.bayer),
    SIM_FIELD(isp_t, now.bits),
    SIM_FIELD(isp_t, now.width_px),
    SIM_FIELD(isp_t, now.height_px),
    SIM_FIELD(isp_t, now.frame),
    SIM_FIELD(isp_t, now.line_cycles),
    SIM_FIELD(isp_t, now.blc),
    SIM_FIELD(isp_t, now.wb),
    SIM_FIELD(isp_t, now.ccm),
    SIM_FIELD(isp_t, now.window),
    SIM_FIELD(isp_t, now.seen),
    SIM_FIELD(isp_t, regs.seen_xy),
    SIM_FIELD(isp_t, regs.seen_wh),
    SIM_FIELD(isp_t, regs.seen_flip),
    SIM_FIELD(isp_t, now.roi_x),
    SIM_FIELD(isp_t, now.roi_y),
    SIM_FIELD(isp_t, now.roi_w),
    SIM_FIELD(isp_t, now.roi_h),
    SIM_FIELD(isp_t, now.tensor),
    SIM_FIELD(isp_t, now.stats),
    SIM_FIELD(isp_t, now.tnr),
    SIM_FIELD(isp_t, now.dpc),
    SIM_FIELD(isp_t, now.lsc),
    SIM_FIELD(isp_t, now.tone),
    SIM_FIELD(isp_t, now.delay_lines),
    SIM_FIELD(isp_t, now.pipe_cycles),
    SIM_FIELD(isp_t, now.first_ps),
    SIM_FIELD(isp_t, in_frame),
    SIM_FIELD(isp_t, next_row_in),
    SIM_FIELD(isp_t, next_row_raw),
    SIM_FIELD(isp_t, next_row_out),
    SIM_FIELD(isp_t, start_cycle),
    SIM_FIELD(isp_t, end_cycle),
    SIM_FIELD(isp_t, lines),
    SIM_FIELD(isp_t, lines_out),
    SIM_FIELD(isp_t, frames),
    SIM_FIELD(isp_t, dropped_lines),
    SIM_FIELD(isp_t, overruns),
    SIM_FIELD(isp_t, tensors),
    SIM_FIELD(isp_t, lost_tensors),
    SIM_FIELD(isp_t, work),
    SIM_FIELD_KEPT(isp_t, irq.level),
    SIM_FIELD(isp_t, active.level),
    SIM_FIELD_END,
};

static const sim_stat_t isp_stats[] = {
    SIM_STAT(isp_t, lines, "lines", "RAW lines taken"),
    SIM_STAT(isp_t, lines_out, "lines", "RGB rows that left"),
    SIM_STAT(isp_t, frames, "1", "frames whose last row left"),
    SIM_STAT(isp_t, dropped_lines, "lines", "RAW lines not taken while enabled"),
    SIM_STAT(isp_t, overruns, "1", "times a frame or a tensor could not keep up"),
    SIM_STAT(isp_t, tensors, "1", "tensors complete in memory"),
    SIM_STAT(isp_t, lost_tensors, "1", "tensors given up, or not begun"),
#define X(member, unit, help)                                                                      \
    {#member, unit, help, offsetof(isp_t, work) + offsetof(isp_work_t, member), 0},
    ISP_WORK_TABLE(X)
#undef X
        SIM_STAT_END,
};

static const sim_kind_t isp_kind = {
    .kind = "isp",
    .version = 6,
    .check = isp_check,
    .reset = isp_reset,
    .fields = isp_fields,
    .stats = isp_stats,
    .regs = isp_reg_table,
    .refresh = isp_refresh,
};
_Static_assert(offsetof(isp_t, comp) == 0, "comp stays first");

/* ---- making one ---- */

static const char *stage_name(char *buffer, size_t bytes, const char *name, const char *stage)
{
    snprintf(buffer, bytes, "%s.%s", name, stage);
    return buffer;
}

static sim_err_t init_stages(isp_t *isp, sim_t *sim, const char *name)
{
    const isp_desc_t *d = &isp->desc;
    tnr_desc_t tnr = {d->tnr_pipe_cycles, d->max_width_px};
    dpc_desc_t dpc = {d->dpc_pipe_cycles, d->max_width_px};
    lsc_desc_t lsc = {d->lsc_pipe_cycles, d->max_width_px};
    demosaic_desc_t demosaic = {d->demosaic_pipe_cycles, d->edge_pipe_cycles, d->max_width_px};
    uint32_t tensor_px = isp_tensor_px(d); /* a turned one has columns for rows */
    scaler_desc_t scaler = {
        d->clk_hz, d->scaler_pipe_cycles, d->px_per_clk, d->max_width_px, tensor_px, true};
    img_desc_t image = {
        d->clk_hz,          d->px_per_clk,     d->max_width_px,        d->mask_pipe_cycles,
        d->yuv_pipe_cycles, d->nr_pipe_cycles, d->sharpen_pipe_cycles, d->scaler_pipe_cycles};
    twr_desc_t writer = {tensor_px, d->writer_slots, d->writer_outstanding};
    stats_desc_t stats = {d->max_width_px};
    char path[sizeof(isp->comp.name) + 16];
#define STAGE(stage) stage_name(path, sizeof(path), name, #stage)
    sim_err_t err = blc_init(&isp->blc, sim, &d->blc, STAGE(blc));
    if (err == SIM_OK)
        err = tnr_init(&isp->tnr, sim, &tnr, STAGE(tnr));
    if (err == SIM_OK)
        err = dpc_init(&isp->dpc, sim, &dpc, STAGE(dpc));
    if (err == SIM_OK)
        err = lsc_init(&isp->lsc, sim, &lsc, STAGE(lsc));
    if (err == SIM_OK)
        err = wb_init(&isp->wb, sim, &d->wb, STAGE(wb));
    if (err == SIM_OK)
        err = demosaic_init(&isp->demosaic, sim, &demosaic, STAGE(demosaic));
    if (err == SIM_OK)
        err = ccm_init(&isp->ccm, sim, &d->ccm, STAGE(ccm));
    if (err == SIM_OK)
        err = gamma_init(&isp->gamma, sim, &d->gamma, STAGE(gamma));
    if (err == SIM_OK)
        err = scaler_init(&isp->scaler, sim, &scaler, STAGE(scaler));
    if (err == SIM_OK)
        err = twr_init(&isp->writer, sim, &writer, STAGE(tensor));
    if (err == SIM_OK)
        err = stats_init(&isp->stats, sim, &stats, STAGE(stats));
    if (err == SIM_OK)
        err = img_init(&isp->image, sim, &image, STAGE(image));
#undef STAGE
    return err;
}

static void connect_stages(isp_t *isp)
{
    isp->scaler.sink = (scaler_sink_t){writer_has_room, row_to_writer, isp};
    isp->image.on_overrun = on_image_overrun;
    isp->image.ctx = isp;
    isp->writer.port = isp->tnr.port = isp->stats.port = &isp->port;
    isp->writer.turn = isp->tnr.turn = isp->stats.turn = &isp->turn;
    isp->writer.on_room = on_writer_room;
    isp->writer.on_done = on_writer_done;
    isp->writer.ctx = isp;
    isp->stats.on_done = on_stats_done;
    isp->stats.ctx = isp;
    isp->pipe_cycles = isp->desc.tnr_pipe_cycles + isp->desc.dpc_pipe_cycles +
                       isp->desc.lsc_pipe_cycles + isp->desc.blc.pipe_cycles +
                       isp->desc.wb.pipe_cycles + isp->desc.edge_pipe_cycles +
                       isp->desc.ccm.pipe_cycles + isp->desc.gamma.pipe_cycles;
}

/* Scratch rows, in two pieces. */
static bool allocate(isp_t *isp)
{
    size_t pairs = (isp->desc.max_width_px + 1) / 2;
    size_t linear = lines_stride(pairs * sizeof(uint16_t)), codes = lines_stride(2 * pairs);
    isp->linear_rows = lines_new(ISP_CHANNELS * 2, linear);
    isp->code_rows = lines_new(ISP_CHANNELS, codes);
    if (isp->linear_rows == NULL || isp->code_rows == NULL)
        return false;
    for (size_t c = 0; c < ISP_CHANNELS; c++) {
        isp->linear.rgb[c][0] = isp->linear_rows + (2 * c) * linear / sizeof(uint16_t);
        isp->linear.rgb[c][1] = isp->linear_rows + (2 * c + 1) * linear / sizeof(uint16_t);
        isp->planes[c] = isp->code_rows + c * codes;
    }
    return true;
}

sim_err_t isp_init(isp_t *isp, sim_t *sim, const isp_desc_t *desc, const char *name)
{
    memset(isp, 0, sizeof(*isp));
    isp->desc = *desc;
    sim_err_t err = isp_desc_check(desc, sim, name);
    if (err == SIM_OK && !(allocate(isp) && isp_known_make(isp)))
        err = sim_fail(sim, SIM_ENOMEM, "%s: no memory for row buffers", name);
    if (err == SIM_OK)
        err = sim_comp_init(&isp->comp, sim, &isp_kind, name);
    if (err == SIM_OK)
        err = init_stages(isp, sim, name);
    if (err != SIM_OK)
        return err;
    sim_event_init(&isp->line_out, &isp->comp, "line_out", SIM_PRIO_DRIVE, on_line_out, isp);
    sim_event_init(&isp->turn, &isp->comp, "turn", SIM_PRIO_ARBITRATE, on_turn, isp);
    connect_stages(isp);
    return SIM_OK;
}

void isp_free(isp_t *isp)
{
    tnr_free(&isp->tnr);
    dpc_free(&isp->dpc);
    lsc_free(&isp->lsc);
    demosaic_free(&isp->demosaic);
    scaler_free(&isp->scaler);
    twr_free(&isp->writer);
    stats_free(&isp->stats);
    img_free(&isp->image);
    isp_known_free(isp);
    free(isp->linear_rows);
    free(isp->code_rows);
    isp->linear_rows = NULL;
    isp->code_rows = NULL;
}

sim_line_sink_t isp_sink(isp_t *isp)
{
    return (sim_line_sink_t){.line = on_line, .ctx = isp};
}

bool isp_add_image_sink(isp_t *isp, img_sink_t sink)
{
    if (isp->image.sinks == ISP_MAX_SINKS)
        return false;
    isp->image.sink[isp->image.sinks++] = sink;
    return true;
}

uint32_t isp_line_bytes(const isp_t *isp, uint32_t width_px)
{
    const isp_regs_t *regs = &isp->regs;
    uint32_t out_px = width_px;
    if (regs->out & 1)
        out_px = (uint32_t)((uint64_t)regs->out_w * width_px / isp->desc.array_width_px);
    if ((regs->out & 1) && regs->out_width != 0 && regs->out_width < out_px)
        out_px = regs->out_width;
    return regs->format ? out_px / 2 * 4 : out_px * 3;
}
