/*
 * writer.c - tensor writer: normalization, row slots, bursts.
 *
 * Rows that come form groups: one row, or, of a tensor turned by 90 or 270 degrees, slots / 2 rows
 * beside each other. Groups take turns in the slots. Each has runs of bytes that lie together in
 * memory: a whole row, or what a tensor row gets of the group's columns. A last group is the
 * padding, out of a slot that stays zero. Bursts are issued in order of (group, plane, run, byte)
 * and the memory completes them in that order, so one byte count says where completion is.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "isp/isp_int.h"

#define WIDTH_ALIGN 32
#define HEIGHT_ALIGN 2

static uint32_t align_up(uint32_t value, uint32_t to)
{
    return (value + to - 1) / to * to;
}

uint32_t twr_row_bytes(const twr_job_t *job)
{
    return align_up(job->width_px, WIDTH_ALIGN);
}

uint32_t twr_plane_bytes(const twr_job_t *job)
{
    return twr_row_bytes(job) * align_up(job->height_px, HEIGHT_ALIGN);
}

static bool sideways(const twr_job_t *job)
{
    return job->turn & 1;
}

uint32_t twr_rows(const twr_job_t *job)
{
    return sideways(job) ? job->width_px : job->height_px;
}

uint32_t twr_row_px(const twr_job_t *job)
{
    return sideways(job) ? job->height_px : job->width_px;
}

static uint32_t slot_bytes(const twr_t *twr)
{
    return TWR_CHANNELS * align_up(twr->desc.max_width_px, WIDTH_ALIGN);
}

static size_t rows_bytes(const sim_comp_t *comp)
{
    const twr_t *twr = (const twr_t *)comp;
    return (size_t)(twr->desc.slots + 1) * slot_bytes(twr);
}

/* ---- groups ---- */

/* Rows of a whole group, and groups that the slots hold. */
static uint32_t group_rows(const twr_t *twr)
{
    return sideways(&twr->job) && twr->desc.slots > 1 ? twr->desc.slots / 2 : 1;
}

static uint32_t groups_held(const twr_t *twr)
{
    return twr->desc.slots / group_rows(twr);
}

/* Groups of rows; the padding is one more, if there is padding to write. */
static uint32_t data_groups(const twr_t *twr)
{
    return (twr_rows(&twr->job) + group_rows(twr) - 1) / group_rows(twr);
}

static uint32_t all_groups(const twr_t *twr)
{
    const twr_job_t *job = &twr->job;
    bool row = job->height_px % HEIGHT_ALIGN != 0;
    bool columns = sideways(job) && job->width_px % WIDTH_ALIGN != 0;
    return data_groups(twr) + (row || columns);
}

/* Rows that a group has: the last may have fewer. */
static uint32_t rows_of(const twr_t *twr, uint32_t group)
{
    uint32_t whole = group_rows(twr), left = twr_rows(&twr->job) - group * whole;
    return left < whole ? left : whole;
}

static uint8_t *group_data(const twr_t *twr, uint32_t group)
{
    uint32_t slot = group % groups_held(twr) * group_rows(twr);
    return twr->rows + (size_t)slot * slot_bytes(twr);
}

static uint8_t *zeros(const twr_t *twr)
{
    return twr->rows + (size_t)twr->desc.slots * slot_bytes(twr);
}

/* ---- runs ---- */

typedef struct {
    uint32_t offset, bytes; /* within a plane of the tensor */
    uint8_t *data;
} run_t;

/* The padding row stands alone, or behind the padding columns of every row. */
static uint32_t runs_of(const twr_t *twr, uint32_t group)
{
    const twr_job_t *job = &twr->job;
    if (!sideways(job))
        return 1;
    bool columns = group < data_groups(twr) || job->width_px % WIDTH_ALIGN != 0;
    bool row = group == data_groups(twr) && job->height_px % HEIGHT_ALIGN != 0;
    return (columns ? job->height_px : 0) + row;
}

static run_t padding_run(const twr_t *twr, uint32_t run)
{
    const twr_job_t *job = &twr->job;
    uint32_t row_bytes = twr_row_bytes(job), columns = row_bytes - job->width_px;
    if (!sideways(job) || columns == 0 || run == job->height_px)
        return (run_t){job->height_px * row_bytes, row_bytes, zeros(twr)};
    return (run_t){run * row_bytes + job->width_px, columns, zeros(twr)};
}

/* Turned by 90 and 180 degrees, rows count from the far end. */
static bool backward(const twr_job_t *job)
{
    return job->turn == 1 || job->turn == 2;
}

static run_t run_of(const twr_t *twr, uint32_t group, uint32_t plane, uint32_t run)
{
    const twr_job_t *job = &twr->job;
    uint32_t row_bytes = twr_row_bytes(job), whole = group_rows(twr);
    if (group == data_groups(twr))
        return padding_run(twr, run);
    uint32_t rows = rows_of(twr, group), first = group * whole;
    if (backward(job))
        first = twr_rows(job) - first - rows;
    uint8_t *data = group_data(twr, group);
    if (!sideways(job))
        return (run_t){first * row_bytes, row_bytes, data + plane * row_bytes};
    return (run_t){run * row_bytes + first, rows, data + (plane * job->height_px + run) * whole};
}

static uint32_t group_bytes(const twr_t *twr, uint32_t group)
{
    const twr_job_t *job = &twr->job;
    uint32_t row_bytes = twr_row_bytes(job), odd = job->height_px % HEIGHT_ALIGN;
    if (!sideways(job))
        return job->channels * row_bytes;
    if (group < data_groups(twr))
        return job->channels * job->height_px * rows_of(twr, group);
    return job->channels * (job->height_px * (row_bytes - job->width_px) + odd * row_bytes);
}

/* ---- completion ---- */

static void finish(twr_t *twr)
{
    sim_t *sim = twr->comp.sim;
    bool complete = !twr->abandoned && !twr->bad_address;
    twr->active = false;
    if (complete) {
        twr->tensors++;
        sim_trace_span(sim, "isp.tensor", "write", twr->start_ps, sim_now_ps(sim), "\"frame\":%u",
                       twr->job.frame);
    }
    twr->on_done(twr->ctx, complete);
}

static void count_done(twr_t *twr, const sim_mem_req_t *req)
{
    twr->bursts++;
    twr->bytes_written += req->bytes;
    twr->wait_cycles += req->wait_cycles;
    if (!req->error)
        return;
    twr->bus_errors++;
    if (!twr->bad_address)
        sim_log(&twr->comp, SIM_LOG_GUEST, "tensor write to 0x%08x, where no memory is", req->addr);
    twr->bad_address = true;
}

static void on_burst_done(void *ctx, sim_mem_req_t *req)
{
    twr_t *twr = ctx;
    assert(twr->req_count > 0 && req == &twr->req[twr->req_head]);
    twr->req_head = (twr->req_head + 1) % twr->desc.outstanding;
    twr->req_count--;
    twr->end_ps = sim_now_ps(twr->comp.sim);
    count_done(twr, req);
    twr->done_bytes += req->bytes;
    bool group_done = twr->done_bytes == group_bytes(twr, twr->groups_out);
    if (group_done) {
        twr->done_bytes = 0;
        twr->rows_written += twr->groups_out < data_groups(twr) ? rows_of(twr, twr->groups_out) : 1;
        twr->groups_out++;
    }
    if (twr->abandoned ? twr->req_count == 0 : twr->groups_out == all_groups(twr)) {
        finish(twr);
        return;
    }
    isp_ask_turn(&twr->comp, twr->turn);
    if (group_done)
        twr->on_room(twr->ctx);
}

/* ---- bursts ---- */

static uint32_t groups_ready(const twr_t *twr)
{
    return twr->rows_in == twr_rows(&twr->job) ? all_groups(twr) : twr->rows_in / group_rows(twr);
}

static void advance(twr_t *twr, uint32_t bytes, uint32_t run_bytes)
{
    twr->issue_byte += bytes;
    if (twr->issue_byte < run_bytes)
        return;
    twr->issue_byte = 0;
    if (++twr->issue_run < runs_of(twr, twr->issue_group))
        return;
    twr->issue_run = 0;
    if (++twr->issue_plane < twr->job.channels)
        return;
    twr->issue_plane = 0;
    twr->issue_group++;
}

static void issue_burst(twr_t *twr)
{
    run_t run = run_of(twr, twr->issue_group, twr->issue_plane, twr->issue_run);
    uint32_t addr = twr->job.addr + twr->issue_plane * twr_plane_bytes(&twr->job) + run.offset +
                    twr->issue_byte;
    uint32_t bytes = sim_mem_burst_bytes(twr->port, addr, run.bytes - twr->issue_byte);
    sim_mem_req_t *req = &twr->req[(twr->req_head + twr->req_count) % twr->desc.outstanding];
    *req = (sim_mem_req_t){
        .addr = addr,
        .bytes = bytes,
        .write = true,
        .data = run.data + twr->issue_byte,
        .done = on_burst_done,
        .ctx = twr,
    };
    if (twr->issue_group == 0 && twr->issue_plane == 0 && twr->issue_run == 0 &&
        twr->issue_byte == 0)
        twr->start_ps = sim_now_ps(twr->comp.sim);
    twr->req_count++;
    advance(twr, bytes, run.bytes);
    sim_mem_request(twr->port, req);
}

void twr_make_bursts(twr_t *twr)
{
    while (!twr->abandoned && twr->req_count < twr->desc.outstanding &&
           twr->issue_group < groups_ready(twr))
        issue_burst(twr);
}

/* ---- rows ---- */

/* What a channel is made of: one code, by a curve, or a sum of three. */
enum { LUMA = ISP_CHANNELS, SUM };

static uint32_t source_of(const twr_job_t *job, uint32_t channel)
{
    static const uint8_t bayer[TWR_CHANNELS] = {0, 1, 1, 2};
    uint32_t source = 0, terms = 0;
    if (job->channels == 1)
        return LUMA;
    if (job->channels == TWR_CHANNELS && job->bayer)
        return bayer[channel];
    if (channel == ISP_CHANNELS)
        return LUMA;
    if (!job->mix_on)
        return channel;
    for (uint32_t i = 0; i < ISP_CHANNELS; i++) {
        if (job->mix[channel][i] == 0)
            continue;
        source = i;
        terms++;
    }
    return terms > 1 ? SUM : source;
}

/* Of the code that the curve is of. */
static int64_t factor_of(const twr_job_t *job, uint32_t channel)
{
    uint32_t source = source_of(job, channel);
    bool bayer = job->channels == TWR_CHANNELS && job->bayer;
    if (!job->mix_on || bayer || channel == ISP_CHANNELS)
        return job->div_val[channel];
    return job->mix[channel][source == LUMA ? 0 : source];
}

/* Of the code or codes times their factors. */
static uint8_t normalized(const twr_job_t *job, int64_t product, uint32_t channel)
{
    int64_t scaled = product >> job->div_shift[channel];
    int64_t q = (scaled + job->norm_val[channel]) >> job->norm_shift[channel];
    int64_t min = job->min[channel], max = job->max[channel];
    return (uint8_t)(q < min ? min : q > max ? max : q);
}

static void make_curves(twr_t *twr)
{
    for (uint32_t c = 0; c < TWR_CHANNELS; c++) {
        uint32_t source = source_of(&twr->job, c);
        int64_t factor = source == SUM ? 0 : factor_of(&twr->job, c);
        for (uint32_t x = 0; x < 256; x++)
            twr->curve[c][x] = normalized(&twr->job, x * factor, c);
    }
}

bool twr_begin(twr_t *twr, const twr_job_t *job)
{
    /* One whose last burst ends at this very instant counts as active: whoever runs first. */
    if (twr->active || twr->end_ps == sim_now_ps(twr->comp.sim))
        return false;
    assert(job->width_px >= 1 && job->width_px <= twr->desc.max_width_px && job->height_px >= 1);
    assert(!sideways(job) || job->height_px <= twr->desc.max_width_px);
    twr->job = *job;
    twr->active = true;
    twr->abandoned = twr->bad_address = false;
    twr->rows_in = twr->groups_out = twr->done_bytes = 0;
    twr->issue_group = twr->issue_plane = twr->issue_run = twr->issue_byte = 0;
    make_curves(twr);
    return true;
}

bool twr_has_room(const twr_t *twr)
{
    return twr->active && !twr->abandoned &&
           twr->rows_in / group_rows(twr) < twr->groups_out + groups_held(twr);
}

static void luma_row(const uint8_t *const rgb[ISP_CHANNELS], uint32_t count, const uint8_t *curve,
                     uint8_t *out, ptrdiff_t step)
{
    for (uint32_t i = 0; i < count; i++, out += step)
        *out = curve[(77 * rgb[0][i] + 150 * rgb[1][i] + 29 * rgb[2][i] + 128) >> 8];
}

static void plane_row(const uint8_t *code, uint32_t count, const uint8_t *curve, uint8_t *out,
                      ptrdiff_t step)
{
    for (uint32_t i = 0; i < count; i++, out += step)
        *out = curve[code[i]];
}

static void sum_row(const twr_job_t *job, const uint8_t *const rgb[ISP_CHANNELS], uint32_t count,
                    uint32_t channel, uint8_t *out, ptrdiff_t step)
{
    const int32_t *m = job->mix[channel];
    for (uint32_t i = 0; i < count; i++, out += step)
        *out = normalized(job, m[0] * rgb[0][i] + m[1] * rgb[1][i] + m[2] * rgb[2][i], channel);
}

/* A plane of the newest row into its group: one behind the other, or in steps of the group. */
static void put_plane(twr_t *twr, const uint8_t *const rgb[ISP_CHANNELS], uint32_t plane)
{
    const twr_job_t *job = &twr->job;
    uint32_t whole = group_rows(twr), group = twr->rows_in / whole, place = twr->rows_in % whole;
    uint32_t count = twr_row_px(job), plane_bytes = count * whole;
    ptrdiff_t step = (ptrdiff_t)whole;
    if (!sideways(job))
        plane_bytes = twr_row_bytes(job);
    if (backward(job))
        place = rows_of(twr, group) - 1 - place;
    uint8_t *out = group_data(twr, group) + plane * plane_bytes + place;
    memset(out + count * whole - place, 0, plane_bytes - count * whole);
    if ((job->turn >= 2) != (job->mirror != 0)) {
        out += (count - 1) * step;
        step = -step;
    }
    uint32_t source = source_of(job, plane);
    if (source == SUM)
        sum_row(job, rgb, count, plane, out, step);
    else if (source == LUMA)
        luma_row(rgb, count, twr->curve[plane], out, step);
    else
        plane_row(rgb[source], count, twr->curve[plane], out, step);
}

void twr_push_row(twr_t *twr, const uint8_t *const rgb[ISP_CHANNELS])
{
    assert(twr_has_room(twr) && twr->rows_in < twr_rows(&twr->job));
    for (uint32_t c = 0; c < twr->job.channels; c++)
        put_plane(twr, rgb, c);
    twr->rows_in++;
    isp_ask_turn(&twr->comp, twr->turn);
}

void twr_abandon(twr_t *twr)
{
    if (!twr->active || twr->abandoned)
        return;
    twr->abandoned = true;
    if (twr->req_count == 0)
        finish(twr);
}

/* ---- tables ---- */

static void twr_reset(sim_comp_t *comp)
{
    twr_t *twr = (twr_t *)comp;
    uint8_t *rows = twr->rows;
    memset(rows, 0, rows_bytes(comp));
    for (uint32_t i = 0; i < SIM_COUNT(twr->req); i++)
        twr->req[i] = (sim_mem_req_t){.done = on_burst_done, .ctx = twr};
    memset(&twr->rows, 0, sizeof(*twr) - offsetof(twr_t, rows));
    twr->rows = rows;
    twr->end_ps = SIM_NEVER_PS;
    twr->row_buffer_bytes = (uint64_t)twr->desc.slots * slot_bytes(twr);
}

static const sim_field_t twr_fields[] = {
    SIM_FIELD_BUF(twr_t, rows, rows_bytes),
    SIM_FIELD(twr_t, job),
    SIM_FIELD(twr_t, curve),
    SIM_FIELD(twr_t, active),
    SIM_FIELD(twr_t, abandoned),
    SIM_FIELD(twr_t, bad_address),
    SIM_FIELD(twr_t, rows_in),
    SIM_FIELD(twr_t, groups_out),
    SIM_FIELD(twr_t, issue_group),
    SIM_FIELD(twr_t, issue_plane),
    SIM_FIELD(twr_t, issue_run),
    SIM_FIELD(twr_t, issue_byte),
    SIM_FIELD(twr_t, done_bytes),
    SIM_FIELD(twr_t, req_head),
    SIM_FIELD(twr_t, req_count),
    SIM_FIELD(twr_t, start_ps),
    SIM_FIELD(twr_t, end_ps),
    SIM_FIELD(twr_t, rows_written),
    SIM_FIELD(twr_t, bytes_written),
    SIM_FIELD(twr_t, wait_cycles),
    SIM_FIELD(twr_t, bursts),
    SIM_FIELD(twr_t, bus_errors),
    SIM_FIELD(twr_t, tensors),
    SIM_FIELD_REQ(twr_t, req),
    SIM_FIELD_END,
};

static const sim_stat_t twr_stats[] = {
    SIM_STAT(twr_t, tensors, "1", "complete tensors"),
    SIM_STAT(twr_t, rows_written, "lines", "rows written (columns when turned), padding once"),
    SIM_STAT(twr_t, bytes_written, "bytes", "written to memory, padding included"),
    SIM_STAT(twr_t, bursts, "1", "write bursts"),
    SIM_STAT(twr_t, wait_cycles, "cycles", "bursts waited for their memory bank"),
    SIM_STAT(twr_t, bus_errors, "1", "bursts to where no memory is"),
    SIM_STAT(twr_t, row_buffer_bytes, "bytes", "size of the row slots"),
    SIM_STAT_END,
};

static const sim_kind_t twr_kind = {
    .kind = "tensor_writer",
    .version = 3,
    .reset = twr_reset,
    .fields = twr_fields,
    .stats = twr_stats,
};
_Static_assert(offsetof(twr_t, comp) == 0, "comp stays first");

sim_err_t twr_init(twr_t *twr, sim_t *sim, const twr_desc_t *desc, const char *name)
{
    if (desc->max_width_px < 1 || desc->max_width_px > 4096)
        return sim_fail(sim, SIM_EDESC, "%s.max_width_px: %u not in 1..4096", name,
                        desc->max_width_px);
    if (desc->slots < 1 || desc->slots > TWR_MAX_SLOTS)
        return sim_fail(sim, SIM_EDESC, "%s.slots: %u not in 1..%d", name, desc->slots,
                        TWR_MAX_SLOTS);
    if (desc->outstanding < 1 || desc->outstanding > TWR_MAX_OUTSTANDING)
        return sim_fail(sim, SIM_EDESC, "%s.outstanding: %u not in 1..%d", name, desc->outstanding,
                        TWR_MAX_OUTSTANDING);
    *twr = (twr_t){.desc = *desc};
    twr->rows = calloc(1, rows_bytes(&twr->comp));
    if (twr->rows == NULL)
        return sim_fail(sim, SIM_ENOMEM, "%s: no memory for row slots", name);
    return sim_comp_init(&twr->comp, sim, &twr_kind, name);
}

void twr_free(twr_t *twr)
{
    free(twr->rows);
    twr->rows = NULL;
}
