#include "isp/scaler.h"

#include <stdlib.h>
#include <string.h>

enum { MARGIN = 64 }; /* codes behind a plane that vector code may write */

/* ---- geometry ---- */

static size_t plane_room(const scaler_t *s)
{
    return s->desc.max_in_px + MARGIN;
}

/* One axis: s source pixels to t; see the header. */
static uint32_t axis_weight(uint32_t s, uint32_t t)
{
    return t <= s ? s : 2 * t;
}

static scaler_tap_t axis_tap(uint32_t j, uint32_t s, uint32_t t)
{
    if (t <= s) {
        uint64_t at = (uint64_t)j * s; /* boundary j, in units of 1 / t pixel */
        return (scaler_tap_t){(uint32_t)(at / t), 0, (uint32_t)(at % t)};
    }
    int64_t at = (int64_t)(2 * (uint64_t)j + 1) * s - t, last = (int64_t)(s - 1) * 2 * t;
    at = at < 0 ? 0 : at > last ? last : at;
    uint32_t pixel = (uint32_t)(at / (2 * (int64_t)t));
    return (scaler_tap_t){pixel, pixel + 1 < s ? pixel + 1 : pixel,
                          (uint32_t)(at % (2 * (int64_t)t))};
}

/* Tensor rows whose source rows have all come. */
static uint32_t rows_ready(const scaler_t *s)
{
    uint32_t from = s->job.height_px, to = s->job.out_height_px;
    if (to <= from)
        return (uint32_t)((uint64_t)s->rows_in * to / from);
    uint32_t ready = s->rows_out;
    while (ready < to) {
        scaler_tap_t tap = axis_tap(ready, from, to);
        if ((tap.part != 0 ? tap.next : tap.pixel) >= s->rows_in)
            break;
        ready++;
    }
    return ready;
}

/* ---- arithmetic ---- */

static uint32_t *sum_plane(const scaler_t *s, int c)
{
    return s->sum + (size_t)c * plane_room(s);
}

static const uint8_t *code_plane(const scaler_t *s, uint32_t row, int c)
{
    return s->code[row & 1] + (size_t)c * plane_room(s) + s->job.x_px;
}

/* Adds the newest source row with its weight in the tensor row that is being summed. */
static void add_row(scaler_t *s, uint32_t weight)
{
    for (int c = 0; c < ISP_CHANNELS && weight != 0; c++)
        s->rows->accumulate(sum_plane(s, c), code_plane(s, s->rows_in - 1, c), s->job.width_px,
                            weight);
}

/* Area: how much of the newest row belongs to the tensor row before its end, and how much after. */
static void split_row(const scaler_t *s, uint32_t *before, uint32_t *after)
{
    uint32_t from = s->job.height_px, to = s->job.out_height_px;
    uint64_t top = (uint64_t)(s->rows_in - 1) * to, end = (uint64_t)s->rows_in * to;
    uint64_t boundary = (uint64_t)(s->rows_out + 1) * from;
    *before = (uint32_t)((boundary < end ? boundary : end) - top);
    *after = boundary < end ? (uint32_t)(end - boundary) : 0;
}

static void blend_rows(scaler_t *s)
{
    scaler_tap_t tap = axis_tap(s->rows_out, s->job.height_px, s->job.out_height_px);
    uint32_t whole = 2 * s->job.out_height_px;
    for (int c = 0; c < ISP_CHANNELS; c++)
        s->rows->blend(sum_plane(s, c), code_plane(s, tap.pixel, c), code_plane(s, tap.next, c),
                       s->job.width_px, whole - tap.part, tap.part);
}

static uint8_t divide(const scaler_t *s, uint32_t sum)
{
    return (uint8_t)((sum + s->divisor / 2) / s->divisor);
}

static void shrink_plane(const scaler_t *s, const uint32_t *sum, uint8_t *out)
{
    uint32_t to = s->job.out_width_px;
    for (uint32_t j = 0; j < to; j++) {
        scaler_tap_t a = s->taps[j], b = s->taps[j + 1];
        uint32_t whole = 0;
        for (uint32_t i = a.pixel; i < b.pixel; i++)
            whole += sum[i];
        uint32_t total = whole * to - a.part * sum[a.pixel];
        if (b.part != 0)
            total += b.part * sum[b.pixel];
        out[j] = divide(s, total);
    }
}

static void stretch_plane(const scaler_t *s, const uint32_t *sum, uint8_t *out)
{
    uint32_t to = s->job.out_width_px;
    for (uint32_t j = 0; j < to; j++) {
        scaler_tap_t a = s->taps[j];
        out[j] = divide(s, (2 * to - a.part) * sum[a.pixel] + a.part * sum[a.next]);
    }
}

static void make_row(scaler_t *s, const uint8_t *rgb[ISP_CHANNELS])
{
    bool shrink_y = s->job.out_height_px <= s->job.height_px;
    bool shrink_x = s->job.out_width_px <= s->job.width_px;
    if (!shrink_y)
        blend_rows(s);
    for (int c = 0; c < ISP_CHANNELS; c++) {
        uint8_t *out = s->out + (size_t)c * s->desc.max_out_px;
        (shrink_x ? shrink_plane : stretch_plane)(s, sum_plane(s, c), out);
        rgb[c] = out;
    }
    s->rows_out++;
    if (!shrink_y)
        return;
    uint32_t before, after;
    memset(s->sum, 0, ISP_CHANNELS * plane_room(s) * sizeof(s->sum[0]));
    s->rows_out--; /* the boundary just passed */
    split_row(s, &before, &after);
    s->rows_out++;
    add_row(s, after);
}

/* ---- time ---- */

static uint64_t now_cycle(const scaler_t *s)
{
    return sim_edge_at_or_after(sim_now_ps(s->comp.sim), s->desc.clk_hz);
}

static void schedule(scaler_t *s, uint32_t delay_cycles)
{
    uint64_t ready = now_cycle(s) + delay_cycles;
    uint64_t begin = ready > s->free_cycle ? ready : s->free_cycle;
    s->free_cycle =
        begin + (s->job.out_width_px + s->desc.px_per_clk - 1) / s->desc.px_per_clk;
    sim_event_at(s->comp.sim, &s->emit, sim_edge_ps(s->free_cycle, s->desc.clk_hz));
}

static void on_emit(void *ctx)
{
    scaler_t *s = ctx;
    if (!s->active || !twr_has_room(s->writer))
        return; /* scaler_on_room comes back */
    const uint8_t *rgb[ISP_CHANNELS];
    make_row(s, rgb);
    s->tensor_rows++;
    if (s->rows_out == s->job.out_height_px)
        s->active = false;
    twr_push_row(s->writer, rgb);
    if (s->active && rows_ready(s) > s->rows_out)
        schedule(s, 0);
}

void scaler_on_room(scaler_t *scaler)
{
    if (scaler->active && !sim_event_pending(&scaler->emit) &&
        rows_ready(scaler) > scaler->rows_out)
        sim_event_at(scaler->comp.sim, &scaler->emit, sim_now_ps(scaler->comp.sim));
}

void scaler_begin(scaler_t *scaler, const scaler_job_t *job)
{
    scaler_t *s = scaler;
    s->job = *job;
    s->divisor = axis_weight(job->width_px, job->out_width_px) *
                 axis_weight(job->height_px, job->out_height_px);
    s->active = true;
    s->rows_in = s->rows_out = 0;
    memset(s->sum, 0, ISP_CHANNELS * plane_room(s) * sizeof(s->sum[0]));
    for (uint32_t j = 0; j <= job->out_width_px; j++)
        s->taps[j] = axis_tap(j, job->width_px, job->out_width_px);
}

void scaler_planes(scaler_t *scaler, uint8_t *planes[ISP_CHANNELS])
{
    for (int c = 0; c < ISP_CHANNELS; c++)
        planes[c] = scaler->code[scaler->rows_in & 1] + (size_t)c * plane_room(scaler);
}

bool scaler_row(scaler_t *scaler)
{
    scaler_t *s = scaler;
    if (!s->active)
        return true;
    if (rows_ready(s) > s->rows_out) { /* the row before has not left */
        s->lost_rows++;
        return false;
    }
    s->rows_in++;
    s->source_rows++;
    if (s->job.out_height_px <= s->job.height_px) {
        uint32_t before, after;
        split_row(s, &before, &after);
        add_row(s, before);
    }
    if (rows_ready(s) > s->rows_out)
        schedule(s, s->desc.pipe_cycles);
    return true;
}

void scaler_abandon(scaler_t *scaler)
{
    scaler->active = false;
    sim_event_cancel(scaler->comp.sim, &scaler->emit);
}

/* ---- component ---- */

static size_t taps_bytes(const sim_comp_t *comp)
{
    const scaler_t *s = (const scaler_t *)(const void *)comp;
    return (s->desc.max_out_px + 1) * sizeof(s->taps[0]);
}

static size_t sum_bytes(const sim_comp_t *comp)
{
    const scaler_t *s = (const scaler_t *)(const void *)comp;
    return ISP_CHANNELS * plane_room(s) * sizeof(s->sum[0]);
}

/* clang-format off */
static const sim_field_t scaler_fields[] = {
    SIM_FIELD_BUF(scaler_t, taps, taps_bytes), SIM_FIELD_BUF(scaler_t, sum, sum_bytes),
    SIM_FIELD(scaler_t, divisor),     SIM_FIELD(scaler_t, active),
    SIM_FIELD(scaler_t, rows_in),     SIM_FIELD(scaler_t, rows_out),
    SIM_FIELD(scaler_t, free_cycle),  SIM_FIELD(scaler_t, source_rows),
    SIM_FIELD(scaler_t, tensor_rows), SIM_FIELD(scaler_t, lost_rows),
    SIM_FIELD_END,
};
static const sim_stat_t scaler_stats[] = {
    SIM_STAT(scaler_t, source_rows,       "1",     "rows taken from gamma"),
    SIM_STAT(scaler_t, tensor_rows,       "1",     "rows given to the writer"),
    SIM_STAT(scaler_t, lost_rows,         "1",     "rows that found no room in time"),
    SIM_STAT(scaler_t, line_buffer_bytes, "bytes", "of sums and one source row"),
    SIM_STAT_END,
};
/* clang-format on */

static void scaler_reset(sim_comp_t *comp)
{
    scaler_t *s = (scaler_t *)(void *)comp;
    sim_event_cancel(comp->sim, &s->emit);
    memset(s->taps, 0, taps_bytes(comp));
    memset(s->sum, 0, sum_bytes(comp));
    memset(&s->job, 0, sizeof(s->job));
    s->active = false;
    s->divisor = s->rows_in = s->rows_out = 0;
    s->free_cycle = s->source_rows = s->tensor_rows = s->lost_rows = 0;
    s->line_buffer_bytes = (uint64_t)ISP_CHANNELS * s->desc.max_in_px * 5;
}

static const sim_kind_t scaler_kind = {.kind = "scaler",
                                       .version = 1,
                                       .reset = scaler_reset,
                                       .fields = scaler_fields,
                                       .stats = scaler_stats};
_Static_assert(offsetof(scaler_t, comp) == 0, "comp stays first");

sim_err_t scaler_init(scaler_t *scaler, sim_t *sim, const scaler_desc_t *desc, const char *name)
{
    scaler_t *s = scaler;
    if (desc->px_per_clk == 0 || desc->pipe_cycles > 255)
        return sim_fail(sim, SIM_EDESC, "%s: px_per_clk %u, pipe_cycles %u: not 1.. and 0..255", name,
                        desc->px_per_clk, desc->pipe_cycles);
    s->desc = *desc;
    s->rows = isp_rows(sim_simd());
    s->taps = calloc(desc->max_out_px + 1, sizeof(s->taps[0]));
    s->code[0] = calloc(ISP_CHANNELS, plane_room(s));
    s->code[1] = calloc(ISP_CHANNELS, plane_room(s));
    s->sum = calloc(ISP_CHANNELS * plane_room(s), sizeof(s->sum[0]));
    s->out = calloc(ISP_CHANNELS, desc->max_out_px);
    if (!s->taps || !s->code[0] || !s->code[1] || !s->sum || !s->out)
        return sim_fail(sim, SIM_ENOMEM, "%s: no memory for line buffers", name);
    sim_err_t err = sim_comp_init(&s->comp, sim, &scaler_kind, name);
    if (err == SIM_OK)
        sim_event_init(&s->emit, &s->comp, "emit", SIM_PRIO_REQUEST, on_emit, s);
    return err;
}

void scaler_free(scaler_t *scaler)
{
    free(scaler->taps);
    free(scaler->code[0]);
    free(scaler->code[1]);
    free(scaler->sum);
    free(scaler->out);
    scaler->taps = NULL;
    scaler->code[0] = scaler->code[1] = scaler->out = NULL;
    scaler->sum = NULL;
}
