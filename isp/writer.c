/*
 * writer.c - tensor writer: normalization, row slots, bursts.
 *
 * Rows of a tensor are numbered 0..align2(H)-1; row r is in slot r % slots, the padding row of an
 * odd height in a slot of its own that stays zero. Bursts are issued in order of (row, plane, byte)
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

static uint32_t slot_bytes(const twr_t *twr)
{
    return ISP_CHANNELS * align_up(twr->desc.max_width_px, WIDTH_ALIGN);
}

static size_t rows_bytes(const sim_comp_t *comp)
{
    const twr_t *twr = (const twr_t *)comp;
    return (size_t)(twr->desc.slots + 1) * slot_bytes(twr);
}

static uint8_t *row_data(const twr_t *twr, uint32_t row)
{
    uint32_t slot = row < twr->job.height_px ? row % twr->desc.slots : twr->desc.slots;
    return twr->rows + (size_t)slot * slot_bytes(twr);
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

static void issue(twr_t *twr);

static void on_burst_done(void *ctx, sim_mem_req_t *req)
{
    twr_t *twr = ctx;
    assert(twr->req_count > 0 && req == &twr->req[twr->req_head]);
    twr->req_head = (twr->req_head + 1) % twr->desc.outstanding;
    twr->req_count--;
    twr->end_ps = sim_now_ps(twr->comp.sim);
    count_done(twr, req);
    twr->done_bytes += req->bytes;
    bool row_done = twr->done_bytes == twr->job.channels * twr_row_bytes(&twr->job);
    if (row_done) {
        twr->done_bytes = 0;
        twr->rows_out++;
        twr->rows_written++;
    }
    uint32_t last = align_up(twr->job.height_px, HEIGHT_ALIGN);
    if (twr->abandoned ? twr->req_count == 0 : twr->rows_out == last) {
        finish(twr);
        return;
    }
    issue(twr);
    if (row_done)
        twr->on_room(twr->ctx);
}

/* ---- bursts ---- */

static uint32_t rows_ready(const twr_t *twr)
{
    uint32_t height = twr->job.height_px;
    return twr->rows_in == height ? align_up(height, HEIGHT_ALIGN) : twr->rows_in;
}

static void advance(twr_t *twr, uint32_t bytes)
{
    twr->issue_byte += bytes;
    if (twr->issue_byte < twr_row_bytes(&twr->job))
        return;
    twr->issue_byte = 0;
    twr->issue_plane++;
    if (twr->issue_plane < twr->job.channels)
        return;
    twr->issue_plane = 0;
    twr->issue_row++;
}

static void issue_burst(twr_t *twr)
{
    uint32_t row_bytes = twr_row_bytes(&twr->job);
    uint32_t addr = twr->job.addr + twr->issue_plane * twr_plane_bytes(&twr->job) +
                    twr->issue_row * row_bytes + twr->issue_byte;
    uint32_t to_boundary = twr->port->max_burst_bytes - addr % twr->port->max_burst_bytes;
    uint32_t left = row_bytes - twr->issue_byte;
    uint32_t bytes = left < to_boundary ? left : to_boundary;
    sim_mem_req_t *req = &twr->req[(twr->req_head + twr->req_count) % twr->desc.outstanding];
    *req = (sim_mem_req_t){
        .addr = addr,
        .bytes = bytes,
        .write = true,
        .data = row_data(twr, twr->issue_row) + twr->issue_plane * row_bytes + twr->issue_byte,
        .done = on_burst_done,
        .ctx = twr,
    };
    if (twr->issue_row == 0 && twr->issue_plane == 0 && twr->issue_byte == 0)
        twr->start_ps = sim_now_ps(twr->comp.sim);
    twr->req_count++;
    advance(twr, bytes);
    sim_mem_request(twr->port, req);
}

static void issue(twr_t *twr)
{
    while (!twr->abandoned && twr->req_count < twr->desc.outstanding &&
           twr->issue_row < rows_ready(twr))
        issue_burst(twr);
}

/* ---- rows ---- */

static int8_t normalized(const twr_job_t *job, uint32_t x, int32_t norm_val)
{
    int64_t scaled = (int64_t)x * job->div_val >> job->div_shift;
    int64_t q = (scaled + norm_val) >> job->norm_shift;
    return (int8_t)(q < -128 ? -128 : q > 127 ? 127 : q);
}

static void make_curves(twr_t *twr)
{
    for (int c = 0; c < ISP_CHANNELS; c++)
        for (uint32_t x = 0; x < 256; x++)
            twr->curve[c][x] = normalized(&twr->job, x, twr->job.norm_val[c]);
}

bool twr_begin(twr_t *twr, const twr_job_t *job)
{
    /* One whose last burst ends at this very instant counts as active: whoever runs first. */
    if (twr->active || twr->end_ps == sim_now_ps(twr->comp.sim))
        return false;
    assert(job->width_px >= 1 && job->width_px <= twr->desc.max_width_px && job->height_px >= 1);
    twr->job = *job;
    twr->active = true;
    twr->abandoned = twr->bad_address = false;
    twr->rows_in = twr->rows_out = 0;
    twr->issue_row = twr->issue_plane = twr->issue_byte = twr->done_bytes = 0;
    make_curves(twr);
    return true;
}

bool twr_has_room(const twr_t *twr)
{
    return twr->active && !twr->abandoned && twr->rows_in - twr->rows_out < twr->desc.slots;
}

static void luma_row(const uint8_t *const rgb[ISP_CHANNELS], uint32_t count, const int8_t *curve,
                     int8_t *out)
{
    for (uint32_t i = 0; i < count; i++)
        out[i] = curve[(77 * rgb[0][i] + 150 * rgb[1][i] + 29 * rgb[2][i] + 128) >> 8];
}

static void plane_row(const uint8_t *code, uint32_t count, const int8_t *curve, int8_t *out)
{
    for (uint32_t i = 0; i < count; i++)
        out[i] = curve[code[i]];
}

void twr_push_row(twr_t *twr, const uint8_t *const rgb[ISP_CHANNELS])
{
    assert(twr_has_room(twr) && twr->rows_in < twr->job.height_px);
    uint32_t row_bytes = twr_row_bytes(&twr->job), width = twr->job.width_px;
    int8_t *row = (int8_t *)row_data(twr, twr->rows_in);
    for (uint32_t c = 0; c < twr->job.channels; c++) {
        int8_t *plane = row + c * row_bytes;
        if (twr->job.channels == 1)
            luma_row(rgb, width, twr->curve[0], plane);
        else
            plane_row(rgb[c], width, twr->curve[c], plane);
        memset(plane + width, 0, row_bytes - width);
    }
    twr->rows_in++;
    issue(twr);
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
    SIM_FIELD(twr_t, rows_out),
    SIM_FIELD(twr_t, issue_row),
    SIM_FIELD(twr_t, issue_plane),
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
    SIM_STAT(twr_t, rows_written, "lines", "tensor rows written, padding rows included"),
    SIM_STAT(twr_t, bytes_written, "bytes", "written to memory, padding included"),
    SIM_STAT(twr_t, bursts, "1", "write bursts"),
    SIM_STAT(twr_t, wait_cycles, "cycles", "bursts waited for their memory bank"),
    SIM_STAT(twr_t, bus_errors, "1", "bursts to where no memory is"),
    SIM_STAT(twr_t, row_buffer_bytes, "bytes", "size of the row slots"),
    SIM_STAT_END,
};

static const sim_kind_t twr_kind = {
    .kind = "tensor_writer",
    .version = 1,
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
