/*
 * pixel.c - the die as a component: registers, frame and row events.
 */
#include "pixel/pixel.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pixel/columns.h"
#include "pixel/fpn.h"
#include "pixel/kernels.h"
#include "pixel/lens.h"
#include "pixel/pixel_int.h"
#include "pixel/rare.h"
#include "pixel/site.h"

/* ---- settings ---- */

static void update_irq(pix_t *pix)
{
    sim_wire_set(&pix->irq, (pix->regs.status & pix->regs.irq_en) != 0);
}

uint64_t pix_clock_hz(const pix_t *pix)
{
    return pix->clock_hz != NULL ? pix->clock_hz(pix->clock_ctx) : pix->desc.clk_hz;
}

int64_t pix_die_uc(const pix_t *pix)
{
    return pix->die_uc != NULL ? pix->die_uc(pix->die_ctx) : pix_uc(pix->desc.temperature_c);
}

/* What the link needs for a line of these settings. */
static uint32_t link_pck(const pix_t *pix, pix_frame_t frame)
{
    if (pix->link_line_ps == NULL)
        return 0;
    (void)pix_clamp(&pix->desc, &frame);
    uint32_t width = pix_frame_size(&frame).width_px;
    uint64_t ps = pix->link_line_ps(pix->link_ctx, frame.adc_bits, width);
    return (uint32_t)sim_edge_at_or_after(ps, frame.clk_hz);
}

/* What the registers ask for; geometry and lengths of a frame ago, when they are held back. */
static pix_frame_t asked_for(pix_t *pix, bool first)
{
    const pix_regs_t *regs = pix->holding ? &pix->kept : &pix->regs;
    pix_frame_t newest = {0};
    pix_take_geometry(&pix->desc, regs, &newest);
    pix_frame_t wanted = first || pix->desc.blanking_delay == 2 ? newest : pix->held;
    pix->held = newest;
    pix_take_exposure(regs, &wanted);
    wanted.frame = (uint32_t)pix->frames;
    wanted.clk_hz = pix->clk_hz;
    wanted.die_uc = pix_die_uc(pix);
    wanted.link_pck = link_pck(pix, wanted);
    return wanted;
}

static void report_clamped(pix_t *pix, const pix_frame_t *wanted, const pix_frame_t *taken)
{
    char text[400];
    pix_settings_diff(wanted, taken, text, sizeof(text));
    pix->regs.status |= PIX_STATUS_CLAMPED;
    pix->clamped_settings++;
    if (!pix->illegal)
        sim_log(&pix->comp, SIM_LOG_GUEST, "out of range: %s", text);
}

static void report_refused(pix_t *pix, const pix_frame_t *taken)
{
    uint32_t pck[PIX_LIMITS];
    pix_limit_t limit = pix_row_limit(&pix->desc, taken, pck);
    pix->regs.status |= PIX_STATUS_REFUSED;
    pix->refused_settings++;
    if (!pix->illegal)
        sim_log(&pix->comp, SIM_LOG_GUEST,
                "settings refused: a line of %u clocks, expected %u or more (%s)", taken->asked_pck,
                pck[limit], pix_limit_names[limit]);
}

/* Takes the settings for the frame that begins its exposure next, into pix->next. False: a first
 * frame was refused. */
static bool latch(pix_t *pix, bool first)
{
    pix_frame_t wanted = asked_for(pix, first), taken = wanted;
    bool illegal = pix_clamp(&pix->desc, &taken);
    bool too_short = taken.line_length_pck > taken.asked_pck;
    bool refused = too_short && pix->desc.too_short == PIX_REFUSE;
    if (refused)
        report_refused(pix, &taken);
    else if (illegal)
        report_clamped(pix, &wanted, &taken);
    pix->illegal = illegal;
    if (refused && !first) { /* otherwise as the frame before */
        pix->next.frame = wanted.frame;
        pix->next.die_uc = wanted.die_uc;
    } else if (!refused) {
        pix->next = taken;
    }
    return !refused || !first;
}

static void schedule_frame(pix_t *pix)
{
    pix_activity_count(pix);
    pix->pending = true;
    sim_event_at(pix->comp.sim, &pix->frame_event, pix_row_readout_start_ps(&pix->next, 0));
}

static bool streaming(const pix_t *pix)
{
    return (pix->regs.ctrl & PIX_CTRL_STREAM) != 0;
}

static void tell_active(pix_t *pix)
{
    sim_wire_set(&pix->active, streaming(pix) || pix->pending || pix->reading);
}

/* The first frame of a stream: its exposure starts now. */
static void begin_stream(pix_t *pix)
{
    pix->corrupt = false;
    pix->clk_hz = pix_clock_hz(pix);
    pix->regs.clock_hz = (uint32_t)pix->clk_hz;
    if (!latch(pix, true)) {
        pix->regs.ctrl &= ~(uint32_t)PIX_CTRL_STREAM;
        update_irq(pix);
        return;
    }
    uint64_t start_pck = sim_edge_at_or_after(sim_now_ps(pix->comp.sim), pix->clk_hz);
    pix->next.readout_pck = start_pck + pix->next.fine_pck +
                            (uint64_t)pix->next.coarse_lines * pix->next.line_length_pck;
    schedule_frame(pix);
    update_irq(pix);
}

static void follow(pix_t *pix)
{
    latch(pix, false);
    pix->corrupt =
        pix->desc.too_long == PIX_CORRUPT && pix_shorten(&pix->desc, &pix->now, &pix->next);
    pix->next.readout_pck = pix_follow_pck(&pix->desc, &pix->now, &pix->next);
    uint64_t period = (uint64_t)pix->now.frame_length_lines * pix->now.line_length_pck;
    pix->stretched_frames += pix->next.readout_pck > pix->now.readout_pck + period;
    schedule_frame(pix);
}

/* ---- a frame ---- */

static void schedule_row(pix_t *pix)
{
    sim_event_at(pix->comp.sim, &pix->row_event, pix_row_readout_end_ps(&pix->now, pix->row));
}

static void tell_row_time(pix_t *pix)
{
    uint32_t pck[PIX_LIMITS];
    pix->regs.row_limit = pix_row_limit(&pix->desc, &pix->now, pck);
    pix->regs.row_pck = pix->now.line_length_pck;
    pix->row_pck = pix->now.line_length_pck;
    pix->register_pck = pck[PIX_LIMIT_REGISTER];
    pix->adc_pck = pck[PIX_LIMIT_ADC];
    pix->column_pck = pck[PIX_LIMIT_COLUMNS];
    pix->link_pck = pck[PIX_LIMIT_LINK];
    pix->stretched_lines += pix->regs.row_limit != PIX_LIMIT_REGISTER;
}

static void on_frame_start(void *ctx)
{
    pix_t *pix = ctx;
    pix_activity_count(pix);
    pix->now = pix->next;
    pix->pending = false;
    pix->reading = true;
    pix->row = 0;
    pix->frames++;
    pix->corrupt_frames += pix->corrupt;
    pix->masked = pix->corrupt && (pix->regs.ctrl & PIX_CTRL_MASK) != 0;
    pix->masked_frames += pix->masked;
    uint64_t start_ps = pix_row_exposure_start_ps(&pix->now, 0);
    pix->regs.frame = pix->now.frame;
    pix->regs.sof_lo = (uint32_t)start_ps;
    pix->regs.sof_hi = (uint32_t)(start_ps >> 32);
    pix->regs.order = pix_frame_bayer(&pix->desc, &pix->now);
    tell_row_time(pix);
    pix->regs.status |= PIX_STATUS_FRAME_START;
    pix_rows_begin(pix);
    follow(pix); /* streaming, or there would be no frame start */
    schedule_row(pix);
    sim_wire_pulse(&pix->frame_start);
    update_irq(pix);
}

static void trace_frame(pix_t *pix)
{
    if (!sim_tracing(pix->comp.sim))
        return;
    pix_timing_t t = pix_timing(pix);
    char track[32], name[32];
    snprintf(name, sizeof(name), "frame %u", t.frame);
    /* exposures of two frames overlap, of three never */
    snprintf(track, sizeof(track), "pixel.exposure.%u", t.frame % 2);
    sim_trace_span(pix->comp.sim, track, name, t.exposure_start_ps, t.exposure_end_ps,
                   pix->now.global_reset ? "\"frame\": %u, \"lines\": %u, \"global\": 1"
                                         : "\"frame\": %u, \"lines\": %u",
                   t.frame, pix->now.coarse_lines);
    sim_trace_span(pix->comp.sim, "pixel.readout", name, t.readout_start_ps, t.readout_end_ps,
                   "\"frame\": %u, \"rows\": %u", t.frame, pix_frame_lines(&pix->now));
}

static void end_frame(pix_t *pix)
{
    pix_activity_count(pix);
    pix_activity_ended(pix, &pix->now);
    pix->reading = false;
    pix->regs.status |= PIX_STATUS_FRAME_END;
    trace_frame(pix);
    sim_wire_pulse(&pix->frame_end);
    update_irq(pix);
    if (streaming(pix) && !pix->pending) /* switched off and on again while it was read */
        begin_stream(pix);
    tell_active(pix);
}

/* Analog and digital gain of each color in one number. */
static void set_gains(const pix_frame_t *frame, sim_line_t *line)
{
    for (uint32_t i = 0; i < PIX_PHASES; i++)
        line->gain[i] = frame->gain_code << 16 | frame->digital_gain[i];
}

static void on_row_end(void *ctx)
{
    pix_t *pix = ctx;
    uint32_t row = pix->row++;
    pix_size_t size = pix_frame_size(&pix->now);
    pix_line_t at = pix_line_at(&pix->now, row);
    bool cut = !streaming(pix) && (pix->regs.ctrl & PIX_CTRL_CUT) != 0;
    bool last = cut || pix->row == pix_frame_lines(&pix->now);
    sim_line_t line = {
        .format = SIM_LINE_RAW,
        .bayer = pix_frame_bayer(&pix->desc, &pix->now),
        .flags = (row == 0 ? SIM_LINE_FIRST : 0) | (last ? SIM_LINE_LAST : 0),
        .bits = pix->now.adc_bits,
        .width_px = size.width_px,
        .height_px = size.height_px,
        .frame = pix->now.frame,
        .row = at.row,
        .exposure = at.exposure,
        .window = pix_frame_window(&pix->now),
        .exposure_clk =
            (uint64_t)pix->now.coarse_lines * pix->now.line_length_pck + pix->now.fine_pck,
        .start_ps = pix_row_readout_start_ps(&pix->now, row),
        .end_ps = sim_now_ps(pix->comp.sim),
        .source = pix->memo != NULL ? &pix->known.source : NULL,
        .data.raw = pix_rows_take(pix, row),
    };
    set_gains(&pix->now, &line);
    pix->rows++;
    pix->cut_frames += cut && pix->row < pix_frame_lines(&pix->now);
    if (!last)
        schedule_row(pix);
    for (uint32_t i = 0; !pix->masked && i < pix->sinks; i++)
        pix->sink[i].line(pix->sink[i].ctx, &line);
    if (last && !cut)
        pix_rows_end(pix);
    if (last)
        end_frame(pix);
}

/* ---- registers ---- */

void pix_wrote_ctrl(sim_comp_t *comp, uint32_t value)
{
    pix_t *pix = (pix_t *)comp;
    (void)value;
    if (streaming(pix) && !pix->pending && !pix->reading)
        begin_stream(pix);
    if (!streaming(pix) && pix->pending) {
        pix_activity_count(pix);
        pix_activity_ended(pix, &pix->next);
        pix->pending = false;
        pix->dropped_frames++;
        sim_event_cancel(comp->sim, &pix->frame_event);
    }
    tell_active(pix);
}

void pix_wrote_irq(sim_comp_t *comp, uint32_t value)
{
    (void)value;
    update_irq((pix_t *)comp);
}

void pix_wrote_hold(sim_comp_t *comp, uint32_t value)
{
    pix_t *pix = (pix_t *)comp;
    if (value != 0 && !pix->holding)
        pix->kept = pix->regs;
    pix->holding = value != 0;
}

static const sim_field_t pix_fields[] = {
    SIM_FIELD(pix_t, regs),
    SIM_FIELD(pix_t, kept),
    SIM_FIELD(pix_t, holding),
    SIM_FIELD(pix_t, clk_hz),
    SIM_FIELD(pix_t, now),
    SIM_FIELD(pix_t, next),
    SIM_FIELD(pix_t, held),
    SIM_FIELD(pix_t, pending),
    SIM_FIELD(pix_t, reading),
    SIM_FIELD(pix_t, illegal),
    SIM_FIELD(pix_t, row),
    SIM_FIELD(pix_t, frames),
    SIM_FIELD(pix_t, rows),
    SIM_FIELD(pix_t, saturated_px),
    SIM_FIELD(pix_t, dropped_frames),
    SIM_FIELD(pix_t, cut_frames),
    SIM_FIELD(pix_t, corrupt_frames),
    SIM_FIELD(pix_t, masked_frames),
    SIM_FIELD(pix_t, corrupt),
    SIM_FIELD(pix_t, masked),
    SIM_FIELD(pix_t, stretched_frames),
    SIM_FIELD(pix_t, clamped_settings),
    SIM_FIELD(pix_t, refused_settings),
    SIM_FIELD(pix_t, stretched_lines),
    SIM_FIELD(pix_t, row_pck),
    SIM_FIELD(pix_t, register_pck),
    SIM_FIELD(pix_t, adc_pck),
    SIM_FIELD(pix_t, column_pck),
    SIM_FIELD(pix_t, link_pck),
    SIM_FIELD(pix_t, counted_ps),
    SIM_FIELD(pix_t, shutter_ended),
    SIM_FIELD(pix_t, shutter_rows),
    SIM_FIELD(pix_t, shutter_resets),
    SIM_FIELD(pix_t, read_rows),
    SIM_FIELD(pix_t, px_reads),
    SIM_FIELD(pix_t, column_settles),
    SIM_FIELD(pix_t, conversions_8),
    SIM_FIELD(pix_t, conversions_10),
    SIM_FIELD(pix_t, conversions_12),
    SIM_FIELD(pix_t, ramp_counts),
    SIM_FIELD(pix_t, counter_clocks),
    SIM_FIELD(pix_t, die_bits),
    SIM_FIELD(pix_t, convert_ps),
    SIM_FIELD(pix_t, readout_ps),
    SIM_FIELD(pix_t, stream_ps),
    SIM_FIELD(pix_t, standby_ps),
    SIM_FIELD_KEPT(pix_t, irq.level),
    SIM_FIELD(pix_t, active.level),
    SIM_FIELD_END,
};

static const sim_stat_t pix_stats[] = {
    SIM_STAT(pix_t, frames, "frames", "frames whose readout began"),
    SIM_STAT(pix_t, rows, "lines", "rows read"),
    SIM_STAT(pix_t, saturated_px, "px", "samples at full scale"),
    SIM_STAT(pix_t, cut_frames, "frames",
             "frames that end before their last row, because the stream was stopped"),
    SIM_STAT(pix_t, corrupt_frames, "frames", "frames with less exposure than was asked for"),
    SIM_STAT(pix_t, masked_frames, "frames", "of these, those that did not leave"),
    SIM_STAT(pix_t, dropped_frames, "frames", "exposures given up because the stream was stopped"),
    SIM_STAT(pix_t, stretched_frames, "frames", "frames that waited for their own long exposure"),
    SIM_STAT(pix_t, clamped_settings, "frames", "frames with a setting out of range"),
    SIM_STAT(pix_t, refused_settings, "frames",
             "frames whose settings were refused: lines too short"),
    SIM_STAT(pix_t, stretched_lines, "frames", "frames whose lines were stretched"),
    SIM_STAT(pix_t, row_pck, "clocks",
             "pixel clocks a line, newest frame: the longest of the next four"),
    SIM_STAT(pix_t, register_pck, "clocks", "line length asked for"),
    SIM_STAT(pix_t, adc_pck, "clocks", "a conversion"),
    SIM_STAT(pix_t, column_pck, "clocks", "a row's way to the logic die"),
    SIM_STAT(pix_t, link_pck, "clocks", "a row's time on the link, 0: not sent"),
    SIM_STAT(pix_t, shutter_rows, "lines", "array rows that began an exposure"),
    SIM_STAT(pix_t, shutter_resets, "px", "photosites emptied for that: all of such a row"),
    SIM_STAT(pix_t, read_rows, "lines", "array rows selected to be read"),
    SIM_STAT(pix_t, px_reads, "px", "photosites read: reset of the diffusion, transfer"),
    SIM_STAT(pix_t, column_settles, "1", "times a column settled: reset level, signal"),
    SIM_STAT(pix_t, conversions_8, "1", "conversions of 8 bits"),
    SIM_STAT(pix_t, conversions_10, "1", "conversions of 10 bits"),
    SIM_STAT(pix_t, conversions_12, "1", "conversions of 12 bits"),
    SIM_STAT(pix_t, ramp_counts, "1", "counts of the ramps, which all columns share"),
    SIM_STAT(pix_t, counter_clocks, "1",
             "clocks that columns counted: the code, and half of the reset ramp"),
    SIM_STAT(pix_t, die_bits, "bits", "samples' bits from the pixel die to the logic die"),
    SIM_STAT(pix_t, convert_ps, "ps", "settling and ramps of lines that were read"),
    SIM_STAT(pix_t, readout_ps, "ps", "time in which frames are read"),
    SIM_STAT(pix_t, stream_ps, "ps", "time in which frames are exposed or read"),
    SIM_STAT(pix_t, standby_ps, "ps", "all other time"),
    SIM_STAT_END,
};

static sim_err_t pix_check(sim_comp_t *comp)
{
    const pix_t *pix = (pix_t *)comp;
    if (pix->light.row == NULL)
        return sim_fail(comp->sim, SIM_EWIRE, "%s.light: not connected", comp->name);
    return SIM_OK;
}

static void pix_reset(sim_comp_t *comp)
{
    pix_t *pix = (pix_t *)comp;
    sim_event_cancel(comp->sim, &pix->frame_event);
    sim_event_cancel(comp->sim, &pix->row_event);
    pix->regs.black = pix->desc.black_dn;
    pix->now = pix->next = pix->held = (pix_frame_t){0};
    pix->pending = pix->reading = pix->illegal = pix->holding = false;
    pix->clk_hz = 0;
    pix->row = 0;
    pix->frames = pix->rows = pix->saturated_px = 0;
    pix->corrupt_frames = pix->masked_frames = 0;
    pix->corrupt = pix->masked = false;
    pix->dropped_frames = pix->cut_frames = pix->stretched_frames = pix->clamped_settings = 0;
    pix->refused_settings = pix->stretched_lines = 0;
    pix->row_pck = pix->register_pck = pix->adc_pck = pix->column_pck = pix->link_pck = 0;
    pix_activity_reset(pix);
    update_irq(pix);
    tell_active(pix);
}

static void pix_tally(sim_comp_t *comp)
{
    pix_activity_count((pix_t *)comp);
}

static void pix_restored(sim_comp_t *comp)
{
    pix_rows_drop((pix_t *)comp);
}

static const sim_kind_t pix_kind = {
    .kind = "pixel",
    .version = 5,
    .tally = pix_tally,
    .check = pix_check,
    .reset = pix_reset,
    .restored = pix_restored,
    .fields = pix_fields,
    .stats = pix_stats,
    .regs = pix_reg_table,
};
_Static_assert(offsetof(pix_t, comp) == 0, "comp stays first");
_Static_assert(sizeof(pix_frame_t) == 3 * 8 + 36 * 4, "no padding: it is hashed and compared");

/* ---- life ---- */

/* Those of the array are most of it: with a memo they wait for a row that is not known. */
static bool make_patterns(pix_t *pix)
{
    pix->fpn = calloc(1, sizeof(*pix->fpn));
    pix->columns = calloc(1, sizeof(*pix->columns));
    pix->rare = calloc(1, sizeof(*pix->rare));
    bool fine = pix->fpn != NULL && pix->columns != NULL && pix->rare != NULL &&
                pix_fpn_init(pix->fpn, &pix->desc) && pix_columns_make(pix->columns, &pix->desc) &&
                pix_rare_make(pix->rare, &pix->desc);
    if (fine && pix->memo == NULL)
        pix_fpn_make(pix->fpn, &pix->desc, pix->pool);
    return fine;
}

static bool make_memory(pix_t *pix)
{
    size_t room = pix_padded_px(pix->desc.width_px);
    pix->lens = calloc(1, sizeof(*pix->lens));
    if (pix->lens == NULL)
        return false;
    *pix->lens = pix_lens_of(&pix->desc);
    size_t lens_room = pix_lens_room(pix->lens, pix->desc.width_px);
    bool fine = true;
    for (uint32_t i = 0; i < sim_pool_threads(pix->pool); i++) {
        pix->scratch[i] = calloc(pix_planes(&pix->desc) * room + lens_room, sizeof(float));
        pix->maps[i] = calloc(pix_fpn_room(&pix->desc), 1);
        fine = fine && pix->scratch[i] != NULL && pix->maps[i] != NULL;
    }
    return fine && pix_rows_make(pix) && make_patterns(pix);
}

static sim_err_t check_stuck(sim_t *sim, const pix_desc_t *d, const char *name)
{
    for (uint32_t i = 0; i < d->stuck_count; i++) {
        const pix_stuck_t *s = &d->stuck[i];
        if (d->stuck_count > PIX_MAX_STUCK || s->y >= d->height_px || s->value_dn >> d->adc_bits ||
            (s->x >= d->width_px && s->x != PIX_STUCK_ROW))
            return sim_fail(sim, SIM_EDESC,
                            "%s.stuck[%u]: column %u, row %u, value %u, or one of more than %u",
                            name, i, s->x, s->y, s->value_dn, PIX_MAX_STUCK);
    }
    return SIM_OK;
}

static sim_err_t check_noise(sim_t *sim, const pix_noise_t *n, const char *name)
{
    bool shares = n->hot_share >= 0 && n->hot_share <= 0.05 && n->rtn_share >= 0 &&
                  n->rtn_share <= 0.05 && n->bloom_share >= 0 && n->bloom_share <= 1;
    bool times = n->rtn_share == 0 || (n->rtn_us[0] > 0 && n->rtn_us[1] >= n->rtn_us[0]);
    bool steps = n->bloom_share == 0 || (n->bloom_rows > 0 && n->bloom_rows <= PIX_BLOOM_MAX);
    if (!shares || !times || !steps)
        return sim_fail(sim, SIM_EDESC, "%s.noise: hot, rtn or bloom out of range", name);
    return SIM_OK;
}

static sim_err_t check_desc(sim_t *sim, const pix_desc_t *d, const char *name)
{
    if (d->width_px % 4 != 0 || d->width_px < 16 || d->width_px > PIX_MAX_WIDTH)
        return sim_fail(sim, SIM_EDESC, "%s.width_px: %u is not a multiple of 4 in 16..%u", name,
                        d->width_px, PIX_MAX_WIDTH);
    if (d->height_px % 4 != 0 || d->height_px < 16 || d->height_px > PIX_MAX_WIDTH)
        return sim_fail(sim, SIM_EDESC, "%s.height_px: %u is not a multiple of 4 in 16..%u", name,
                        d->height_px, PIX_MAX_WIDTH);
    if (d->adc_bits < 8 || d->adc_bits > 12 || d->adc_bits % 2 != 0 ||
        d->black_dn > 1u << (d->adc_bits - 1))
        return sim_fail(
            sim, SIM_EDESC,
            "%s: black level %u, expected at most half the range of %u bits (8, 10, 12)", name,
            d->black_dn, d->adc_bits);
    if (d->clk_hz == 0 || d->gain_code_max > 1023 || !(d->f_number > 0) || !(d->dn_per_e > 0) ||
        d->dark_spread < 0 || d->dark_spread > 0.6 || !(d->dark_doubling_k > 0))
        return sim_fail(sim, SIM_EDESC, "%s: clock, gain, lens or dark current out of range", name);
    if (d->counter_hz == 0 || d->column_hz == 0)
        return sim_fail(sim, SIM_EDESC, "%s: counter_hz, column_hz: expected more than 0", name);
    if (d->coarse_min + d->coarse_margin > d->height_px / 2 + d->blank_lines_min)
        return sim_fail(sim, SIM_EDESC, "%s: no exposure fits the shortest frame", name);
    sim_err_t err = check_noise(sim, &d->noise, name);
    return err != SIM_OK ? err : check_stuck(sim, d, name);
}

sim_err_t pix_init(pix_t *pix, sim_t *sim, const pix_desc_t *desc, const char *name,
                   sim_pool_t *pool)
{
    sim_err_t err = check_desc(sim, desc, name);
    if (err == SIM_OK)
        err = sim_comp_init(&pix->comp, sim, &pix_kind, name);
    if (err != SIM_OK)
        return err;
    pix->desc = *desc;
    pix->pool = pool;
    pix->kernels = pix_kernels_of(sim_simd());
    for (uint32_t color = 0; color < PIX_COLORS; color++)
        pix_electrons_per_lux_s(desc, color, pix->electrons[color]);
    sim_event_init(&pix->frame_event, &pix->comp, "frame", SIM_PRIO_DRIVE, on_frame_start, pix);
    sim_event_init(&pix->row_event, &pix->comp, "row", SIM_PRIO_DRIVE, on_row_end, pix);
    if (!make_memory(pix))
        return sim_fail(sim, SIM_ENOMEM, "%s: no memory", name);
    return SIM_OK;
}

void pix_free(pix_t *pix)
{
    pix_rows_free(pix);
    for (uint32_t i = 0; i < PIX_MAX_THREADS; i++) {
        free(pix->scratch[i]);
        free(pix->maps[i]);
        pix->scratch[i] = NULL;
        pix->maps[i] = NULL;
    }
    if (pix->fpn != NULL)
        pix_fpn_free(pix->fpn);
    if (pix->columns != NULL)
        pix_columns_free(pix->columns);
    if (pix->rare != NULL)
        pix_rare_free(pix->rare);
    free(pix->fpn);
    free(pix->columns);
    free(pix->rare);
    pix->fpn = NULL;
    pix->columns = NULL;
    pix->rare = NULL;
    free(pix->lens);
    pix->lens = NULL;
}

bool pix_add_sink(pix_t *pix, sim_line_sink_t sink)
{
    if (pix->sinks == PIX_MAX_SINKS)
        return false;
    pix->sink[pix->sinks++] = sink;
    return true;
}

pix_timing_t pix_timing(const pix_t *pix)
{
    return pix->frames == 0 ? (pix_timing_t){0} : pix_frame_timing(&pix->now);
}
