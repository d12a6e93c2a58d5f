/*
 * scaler.c - crop and resize.
 *
 * The sums are exact, so they are taken where it is cheapest for the host: first down the columns,
 * whole rows at a time, then along one row of column sums per output row. Hardware would go the
 * other way round, and line_buffer_bytes counts that: a sum row of the output's width and, to go
 * up, two source rows reduced to it.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "isp/isp_int.h"

/* ---- one axis ---- */

static bool goes_up(uint32_t from, uint32_t to)
{
    return to > from;
}

/* What the weights of one output position add up to. */
static uint32_t axis_divisor(uint32_t from, uint32_t to)
{
    return goes_up(from, to) ? 2 * to : from;
}

/* The two pixels of a bilinear output and the weight, of 2 * to, of the second. */
static scaler_tap_t bilinear_tap(uint32_t from, uint32_t to, uint32_t out)
{
    int64_t at = (int64_t)(2 * out + 1) * from - to;
    if (at < 0)
        return (scaler_tap_t){0, 0, 0};
    uint32_t pixel = (uint32_t)(at / (2 * to)), part = (uint32_t)(at % (2 * to));
    return (scaler_tap_t){pixel, pixel + 1 < from ? pixel + 1 : pixel, part};
}

/* The last source position that output `out` needs. */
static uint32_t last_source(uint32_t from, uint32_t to, uint32_t out)
{
    if (goes_up(from, to))
        return bilinear_tap(from, to, out).next;
    return (uint32_t)(((uint64_t)(out + 1) * from - 1) / to);
}

/* Overlap of source pixel i, [i to, (i + 1) to), and output, [out from, (out + 1) from). */
static uint32_t area_weight(uint32_t from, uint32_t to, uint32_t i, uint32_t out)
{
    uint64_t low = (uint64_t)i * to, high = low + to;
    uint64_t start = (uint64_t)out * from, end = start + from;
    low = low > start ? low : start;
    high = high < end ? high : end;
    return high > low ? (uint32_t)(high - low) : 0;
}

static void make_taps(scaler_t *scaler)
{
    uint32_t from = scaler->job.width_px, to = scaler->job.out_width_px;
    for (uint32_t i = 0; i <= to; i++) {
        uint64_t edge = (uint64_t)i * from;
        if (!goes_up(from, to))
            scaler->taps[i] = (scaler_tap_t){(uint32_t)(edge / to), 0, (uint32_t)(edge % to)};
        else if (i < to)
            scaler->taps[i] = bilinear_tap(from, to, i);
    }
}

/* ---- sums ---- */

static uint32_t plane_px(const scaler_t *scaler)
{
    return (uint32_t)lines_stride(scaler->desc.max_in_px + 1);
}

/* Room for an element before the first sum. */
static uint32_t sum_px(const scaler_t *scaler)
{
    return plane_px(scaler) + 1;
}

static const uint8_t *source_row(const scaler_t *scaler, uint32_t row, int channel)
{
    return scaler->code[row & 1] + (size_t)channel * plane_px(scaler) + scaler->job.x_px;
}

static uint32_t *sums_of(const scaler_t *scaler, int channel)
{
    return scaler->sum + (size_t)channel * sum_px(scaler) + 1;
}

/* Adds the newest source row to output row `out`, or starts it with it. */
static void add_row(scaler_t *scaler, uint32_t out, bool start)
{
    const scaler_job_t *job = &scaler->job;
    uint32_t row = scaler->rows_in - 1;
    uint32_t weight = area_weight(job->height_px, job->out_height_px, row, out);
    for (int c = 0; c < ISP_CHANNELS; c++) {
        if (start)
            memset(sums_of(scaler, c), 0, job->width_px * sizeof(uint32_t));
        scaler->rows->accumulate(sums_of(scaler, c), source_row(scaler, row, c), job->width_px,
                                 weight);
    }
}

static void blend_rows(scaler_t *scaler)
{
    const scaler_job_t *job = &scaler->job;
    scaler_tap_t tap = bilinear_tap(job->height_px, job->out_height_px, scaler->rows_out);
    uint32_t whole = 2 * job->out_height_px;
    for (int c = 0; c < ISP_CHANNELS; c++)
        scaler->rows->blend(sums_of(scaler, c), source_row(scaler, tap.pixel, c),
                            source_row(scaler, tap.next, c), job->width_px, whole - tap.part,
                            tap.part);
}

/* Area: differences of the integral up to each boundary; sums wrap, differences do not. */
static void area_sums(const scaler_t *scaler, uint32_t *sum, uint32_t *out)
{
    const scaler_tap_t *tap = scaler->taps + 1;
    uint32_t from = scaler->job.width_px, to = scaler->job.out_width_px;
    uint32_t *integral = sum - 1, before = 0; /* of the pixels before this one */
    integral[0] = 0;
    scaler->rows->integrate(sum, from);
    for (uint32_t i = 0; i < to; i++) {
        const uint32_t *at = integral + tap[i].pixel;
        uint32_t here = to * at[0] + (tap[i].part != 0 ? tap[i].part * (at[1] - at[0]) : 0);
        out[i] = here - before;
        before = here;
    }
}

static void bilinear_sums(const scaler_t *scaler, const uint32_t *sum, uint32_t *out)
{
    uint32_t to = scaler->job.out_width_px;
    for (uint32_t i = 0; i < to; i++) {
        const scaler_tap_t *tap = &scaler->taps[i];
        out[i] = (2 * to - tap->part) * sum[tap->pixel] + tap->part * sum[tap->next];
    }
}

static void mirror_row(uint8_t *row, uint32_t count)
{
    for (uint32_t i = 0; i < count / 2; i++) {
        uint8_t code = row[i];
        row[i] = row[count - 1 - i];
        row[count - 1 - i] = code;
    }
}

static void compute_row(scaler_t *scaler, const uint8_t *planes[ISP_CHANNELS])
{
    const scaler_job_t *job = &scaler->job;
    if (goes_up(job->height_px, job->out_height_px))
        blend_rows(scaler);
    for (int c = 0; c < ISP_CHANNELS; c++) {
        uint8_t *out = scaler->out + (size_t)c * scaler->desc.max_out_px;
        if (goes_up(job->width_px, job->out_width_px))
            bilinear_sums(scaler, sums_of(scaler, c), scaler->row);
        else
            area_sums(scaler, sums_of(scaler, c), scaler->row);
        scaler->rows->divide(scaler->row, job->out_width_px, scaler->divisor, scaler->reciprocal,
                             out);
        if (job->mirror)
            mirror_row(out, job->out_width_px);
        planes[c] = out;
    }
}

static void take_known(const scaler_t *scaler, const uint8_t *planes[ISP_CHANNELS])
{
    size_t width = scaler->job.out_width_px;
    for (size_t c = 0; c < ISP_CHANNELS; c++)
        planes[c] = scaler->known + (scaler->rows_out * ISP_CHANNELS + c) * width;
}

/* Output row rows_out. */
static void make_row(scaler_t *scaler, const uint8_t *planes[ISP_CHANNELS])
{
    const scaler_job_t *job = &scaler->job;
    if (scaler->known != NULL)
        take_known(scaler, planes);
    else
        compute_row(scaler, planes);
    scaler->rows_out++;
    scaler->tensor_rows++;
    scaler->made_px += job->out_width_px;
    bool down = !goes_up(job->height_px, job->out_height_px);
    if (scaler->known == NULL && down && scaler->rows_out < job->out_height_px)
        add_row(scaler, scaler->rows_out, true);
}

/* ---- time ---- */

/* The source rows of output row rows_out are here. */
static bool row_due(const scaler_t *scaler)
{
    const scaler_job_t *job = &scaler->job;
    return scaler->active &&
           last_source(job->height_px, job->out_height_px, scaler->rows_out) < scaler->rows_in;
}

bool scaler_ready(const scaler_t *scaler)
{
    return !row_due(scaler);
}

/* The row that is due, if one is, begins after delay_cycles or when the one before is out. */
static void plan_row(scaler_t *scaler, uint32_t delay_cycles)
{
    if (!row_due(scaler))
        return;
    uint64_t clk_hz = scaler->desc.clk_hz;
    uint64_t begin = sim_edge_at_or_after(sim_now_ps(scaler->comp.sim), clk_hz) + delay_cycles;
    begin = begin > scaler->free_cycle ? begin : scaler->free_cycle;
    uint32_t px_per_clk = scaler->desc.px_per_clk;
    scaler->free_cycle = begin + (scaler->job.out_width_px + px_per_clk - 1) / px_per_clk;
    sim_event_at(scaler->comp.sim, &scaler->emit, sim_edge_ps(scaler->free_cycle, clk_hz));
}

static void on_emit(void *ctx)
{
    scaler_t *scaler = ctx;
    const scaler_sink_t *sink = &scaler->sink;
    if (sink->has_room != NULL && !sink->has_room(sink->ctx))
        return; /* scaler_on_room comes back to it */
    const uint8_t *planes[ISP_CHANNELS];
    make_row(scaler, planes);
    scaler->active = scaler->rows_out < scaler->job.out_height_px;
    sink->row(sink->ctx, planes);
    plan_row(scaler, 0);
}

void scaler_on_room(scaler_t *scaler)
{
    if (row_due(scaler) && !sim_event_pending(&scaler->emit))
        sim_event_at(scaler->comp.sim, &scaler->emit, sim_now_ps(scaler->comp.sim));
}

/* ---- rows in ---- */

void scaler_begin(scaler_t *scaler, const scaler_job_t *job)
{
    assert(!scaler->active && job->x_px + job->width_px <= scaler->desc.max_in_px);
    scaler->job = *job;
    scaler->divisor = axis_divisor(job->width_px, job->out_width_px) *
                      axis_divisor(job->height_px, job->out_height_px);
    assert(scaler->divisor < 1u << 24);
    scaler->reciprocal = (UINT64_C(1) << ISP_RECIPROCAL_BITS) / scaler->divisor + 1;
    scaler->active = true;
    scaler->known = NULL;
    scaler->rows_in = scaler->rows_out = 0;
    make_taps(scaler);
}

void scaler_planes(scaler_t *scaler, uint8_t *planes[ISP_CHANNELS])
{
    for (int c = 0; c < ISP_CHANNELS; c++)
        planes[c] = scaler->code[scaler->rows_in & 1] + (size_t)c * plane_px(scaler);
}

bool scaler_row(scaler_t *scaler)
{
    const scaler_job_t *job = &scaler->job;
    assert(scaler->active && scaler->rows_in < job->height_px);
    if (!scaler_ready(scaler)) {
        scaler->lost_rows++;
        return false;
    }
    scaler->rows_in++;
    scaler->source_rows++;
    scaler->source_px += job->width_px;
    if (scaler->known == NULL && !goes_up(job->height_px, job->out_height_px))
        add_row(scaler, scaler->rows_out, scaler->rows_in == 1);
    plan_row(scaler, scaler->desc.pipe_cycles);
    return true;
}

void scaler_abandon(scaler_t *scaler)
{
    scaler->active = false;
    sim_event_cancel(scaler->comp.sim, &scaler->emit);
}

/* ---- tables ---- */

static size_t taps_bytes(const sim_comp_t *comp)
{
    return (((const scaler_t *)comp)->desc.max_out_px + 1) * sizeof(scaler_tap_t);
}

static size_t code_bytes(const sim_comp_t *comp)
{
    return (size_t)ISP_CHANNELS * plane_px((const scaler_t *)comp);
}

static size_t sum_bytes(const sim_comp_t *comp)
{
    return (size_t)ISP_CHANNELS * sum_px((const scaler_t *)comp) * sizeof(uint32_t);
}

static void scaler_reset(sim_comp_t *comp)
{
    scaler_t *scaler = (scaler_t *)comp;
    sim_event_cancel(comp->sim, &scaler->emit);
    memset(scaler->taps, 0, taps_bytes(comp));
    memset(scaler->code[0], 0, code_bytes(comp));
    memset(scaler->code[1], 0, code_bytes(comp));
    memset(scaler->sum, 0, sum_bytes(comp));
    memset(&scaler->job, 0, sizeof(*scaler) - offsetof(scaler_t, job));
    scaler->known = NULL;
    scaler->line_buffer_bytes = (uint64_t)ISP_CHANNELS * scaler->desc.max_out_px *
                                (scaler->desc.up ? 3 : 1) * sizeof(uint32_t);
}

static const sim_field_t scaler_fields[] = {
    SIM_FIELD_BUF(scaler_t, taps, taps_bytes),
    SIM_FIELD_BUF(scaler_t, code[0], code_bytes),
    SIM_FIELD_BUF(scaler_t, code[1], code_bytes),
    SIM_FIELD_BUF(scaler_t, sum, sum_bytes),
    SIM_FIELD(scaler_t, job),
    SIM_FIELD(scaler_t, reciprocal),
    SIM_FIELD(scaler_t, divisor),
    SIM_FIELD(scaler_t, active),
    SIM_FIELD(scaler_t, rows_in),
    SIM_FIELD(scaler_t, rows_out),
    SIM_FIELD(scaler_t, free_cycle),
    SIM_FIELD(scaler_t, source_rows),
    SIM_FIELD(scaler_t, tensor_rows),
    SIM_FIELD(scaler_t, lost_rows),
    SIM_FIELD(scaler_t, source_px),
    SIM_FIELD(scaler_t, made_px),
    SIM_FIELD_END,
};

static const sim_stat_t scaler_stats[] = {
    SIM_STAT(scaler_t, source_rows, "lines", "rows of the region of interest taken"),
    SIM_STAT(scaler_t, tensor_rows, "lines", "output rows made"),
    SIM_STAT(scaler_t, lost_rows, "lines", "source rows that came while an output row waited"),
    SIM_STAT(scaler_t, source_px, "px", "pixels of source_rows, added to sums"),
    SIM_STAT(scaler_t, made_px, "px", "pixels of tensor_rows, divided"),
    SIM_STAT(scaler_t, line_buffer_bytes, "bytes", "size of the sum and source rows"),
    SIM_STAT_END,
};

static const sim_kind_t scaler_kind = {
    .kind = "scaler",
    .version = 3,
    .reset = scaler_reset,
    .fields = scaler_fields,
    .stats = scaler_stats,
};
_Static_assert(offsetof(scaler_t, comp) == 0, "comp stays first");

sim_err_t scaler_init(scaler_t *scaler, sim_t *sim, const scaler_desc_t *desc, const char *name)
{
    sim_err_t err = isp_pipe_check(sim, desc->pipe_cycles, name);
    if (err != SIM_OK)
        return err;
    *scaler = (scaler_t){.desc = *desc, .rows = isp_rows(sim_simd())};
    scaler->taps = calloc(1, taps_bytes(&scaler->comp));
    scaler->code[0] = lines_new(1, code_bytes(&scaler->comp));
    scaler->code[1] = lines_new(1, code_bytes(&scaler->comp));
    scaler->sum = calloc(1, sum_bytes(&scaler->comp));
    scaler->row = calloc(desc->max_out_px, sizeof(uint32_t));
    scaler->out = calloc(ISP_CHANNELS, desc->max_out_px);
    if (scaler->taps == NULL || scaler->code[0] == NULL || scaler->code[1] == NULL ||
        scaler->sum == NULL || scaler->row == NULL || scaler->out == NULL)
        return sim_fail(sim, SIM_ENOMEM, "%s: no memory for row buffers", name);
    err = sim_comp_init(&scaler->comp, sim, &scaler_kind, name);
    if (err == SIM_OK)
        sim_event_init(&scaler->emit, &scaler->comp, "emit", SIM_PRIO_REQUEST, on_emit, scaler);
    return err;
}

void scaler_free(scaler_t *scaler)
{
    free(scaler->taps);
    free(scaler->code[0]);
    free(scaler->code[1]);
    free(scaler->sum);
    free(scaler->row);
    free(scaler->out);
    scaler->taps = NULL;
    scaler->code[0] = scaler->code[1] = scaler->out = NULL;
    scaler->sum = scaler->row = NULL;
}
