#include "isp/writer.h"

#include <stdlib.h>
#include <string.h>

static uint32_t align_up(uint32_t value, uint32_t to)
{
    return (value + to - 1) / to * to;
}

uint32_t twr_row_bytes(const twr_job_t *job)
{
    return align_up(job->width_px, 32);
}

uint32_t twr_plane_bytes(const twr_job_t *job)
{
    return twr_row_bytes(job) * align_up(job->height_px, 2);
}

static uint32_t total_rows(const twr_t *twr)
{
    return align_up(twr->job.height_px, 2);
}

/* ---- slots: rows of planes, each padded to 32 bytes ---- */

static uint32_t plane_room(const twr_t *twr)
{
    return align_up(twr->desc.max_width_px, 32);
}

static uint8_t *slot_plane(const twr_t *twr, uint32_t row, uint32_t plane)
{
    uint32_t slot = row % twr->desc.slots;
    return twr->rows + ((size_t)slot * ISP_CHANNELS + plane) * plane_room(twr);
}

static size_t rows_bytes(const sim_comp_t *comp)
{
    const twr_t *twr = (const twr_t *)(const void *)comp;
    return (size_t)twr->desc.slots * ISP_CHANNELS * plane_room(twr);
}

/* ---- arithmetic ---- */

/* The IMX500's published formula; >> of a negative value is a floor, as in hardware. */
static int8_t normalize(const twr_job_t *job, int32_t norm_val, uint32_t code)
{
    int64_t scaled = (int64_t)((uint64_t)code * job->div_val >> job->div_shift) + norm_val;
    int64_t divisor = INT64_C(1) << job->norm_shift;
    int64_t q = scaled >= 0 ? scaled / divisor : -((-scaled + divisor - 1) / divisor);
    return (int8_t)(q < -128 ? -128 : q > 127 ? 127 : q);
}

static void load_curves(twr_t *twr)
{
    for (int c = 0; c < ISP_CHANNELS; c++)
        for (uint32_t x = 0; x < 256; x++)
            twr->curve[c][x] = normalize(&twr->job, twr->job.norm_val[c], x);
}

static void fill_row(twr_t *twr, uint32_t row, const uint8_t *const rgb[ISP_CHANNELS])
{
    uint32_t width = twr->job.width_px, padded = twr_row_bytes(&twr->job);
    for (uint32_t p = 0; p < twr->job.channels; p++) {
        int8_t *to = (int8_t *)slot_plane(twr, row, p);
        for (uint32_t x = 0; x < width && twr->job.channels == 1; x++)
            to[x] = twr->curve[0][(77u * rgb[0][x] + 150u * rgb[1][x] + 29u * rgb[2][x] + 128) >> 8];
        for (uint32_t x = 0; x < width && twr->job.channels != 1; x++)
            to[x] = twr->curve[p][rgb[p][x]];
        memset(to + width, 0, padded - width);
    }
}

/* ---- bursts ---- */

static void issue(twr_t *twr);

static void finish(twr_t *twr, bool complete)
{
    twr->active = false;
    twr->tensors += complete;
    if (complete)
        sim_trace_span(twr->comp.sim, "isp.tensor", "write", twr->start_ps,
                       sim_now_ps(twr->comp.sim), "\"frame\":%u", twr->job.frame);
    if (twr->on_done != NULL)
        twr->on_done(twr->ctx, complete);
}

/* An odd height ends in a row of zeros. */
static void pad_height(twr_t *twr)
{
    if (twr->rows_in != twr->job.height_px || twr->rows_in == total_rows(twr) ||
        !twr_has_room(twr))
        return;
    for (uint32_t p = 0; p < twr->job.channels; p++)
        memset(slot_plane(twr, twr->rows_in, p), 0, twr_row_bytes(&twr->job));
    twr->rows_in++;
}

/* Bursts end in order, so a row is out when its last one is. */
static void on_burst(void *ctx, sim_mem_req_t *req)
{
    twr_t *twr = ctx;
    twr->req_head = (twr->req_head + 1) % TWR_MAX_OUTSTANDING;
    twr->req_count--;
    twr->bursts++;
    twr->bytes_written += req->bytes;
    twr->wait_cycles += req->wait_cycles;
    if (req->error) {
        twr->bus_errors++;
        if (!twr->bad_address)
            sim_log(&twr->comp, SIM_LOG_GUEST, "no memory at 0x%08x for the tensor", req->addr);
        twr->bad_address = true;
    }
    if (twr->abandoned) {
        if (twr->req_count == 0)
            finish(twr, false);
        return;
    }
    uint32_t last_plane = twr->job.addr + (twr->job.channels - 1) * twr_plane_bytes(&twr->job);
    uint32_t row_end = last_plane + (twr->rows_out + 1) * twr_row_bytes(&twr->job);
    bool row_done = req->addr + req->bytes == row_end;
    twr->rows_out += row_done;
    twr->rows_written += row_done;
    if (twr->rows_out == total_rows(twr)) {
        finish(twr, true);
        return;
    }
    pad_height(twr);
    issue(twr);
    if (row_done && twr->on_room != NULL)
        twr->on_room(twr->ctx);
}

static void issue_one(twr_t *twr)
{
    uint32_t row_bytes = twr_row_bytes(&twr->job), burst = twr->port->max_burst_bytes;
    sim_mem_req_t *req = &twr->req[(twr->req_head + twr->req_count) % TWR_MAX_OUTSTANDING];
    uint32_t addr = twr->job.addr + twr->issue_plane * twr_plane_bytes(&twr->job) +
                    twr->issue_row * row_bytes + twr->issue_byte;
    uint32_t to_boundary = burst - addr % burst, left = row_bytes - twr->issue_byte;
    *req = (sim_mem_req_t){.addr = addr,
                           .bytes = left < to_boundary ? left : to_boundary,
                           .write = true,
                           .data = slot_plane(twr, twr->issue_row, twr->issue_plane) +
                                   twr->issue_byte,
                           .done = on_burst,
                           .ctx = twr};
    twr->req_count++;
    twr->issue_byte += req->bytes;
    if (twr->issue_byte == row_bytes) {
        twr->issue_byte = 0;
        twr->issue_plane++;
    }
    if (twr->issue_plane == twr->job.channels) {
        twr->issue_plane = 0;
        twr->issue_row++;
    }
    sim_mem_request(twr->port, req);
}

static void issue(twr_t *twr)
{
    while (twr->req_count < twr->desc.outstanding && twr->issue_row < twr->rows_in)
        issue_one(twr);
}

/* ---- interface ---- */

bool twr_begin(twr_t *twr, const twr_job_t *job)
{
    if (twr->active)
        return false;
    twr->job = *job;
    twr->active = true;
    twr->abandoned = twr->bad_address = false;
    twr->rows_in = twr->rows_out = 0;
    twr->issue_row = twr->issue_plane = twr->issue_byte = 0;
    twr->req_head = twr->req_count = 0;
    load_curves(twr);
    return true;
}

bool twr_has_room(const twr_t *twr)
{
    return twr->rows_in - twr->rows_out < twr->desc.slots;
}

void twr_push_row(twr_t *twr, const uint8_t *const rgb[ISP_CHANNELS])
{
    if (!twr->active || twr->abandoned)
        return;
    if (twr->rows_in == 0)
        twr->start_ps = sim_now_ps(twr->comp.sim);
    fill_row(twr, twr->rows_in, rgb);
    twr->rows_in++;
    pad_height(twr);
    issue(twr);
}

void twr_abandon(twr_t *twr)
{
    if (!twr->active || twr->abandoned)
        return;
    twr->abandoned = true;
    if (twr->req_count == 0)
        finish(twr, false);
}

/* ---- component ---- */

/* clang-format off */
static const sim_field_t twr_fields[] = {
    SIM_FIELD_BUF(twr_t, rows, rows_bytes), SIM_FIELD(twr_t, curve),
    SIM_FIELD(twr_t, active),      SIM_FIELD(twr_t, abandoned),   SIM_FIELD(twr_t, bad_address),
    SIM_FIELD(twr_t, rows_in),     SIM_FIELD(twr_t, rows_out),    SIM_FIELD(twr_t, issue_row),
    SIM_FIELD(twr_t, issue_plane), SIM_FIELD(twr_t, issue_byte),  SIM_FIELD(twr_t, req_head),
    SIM_FIELD(twr_t, req_count),   SIM_FIELD(twr_t, start_ps),    SIM_FIELD(twr_t, rows_written),
    SIM_FIELD(twr_t, bytes_written), SIM_FIELD(twr_t, wait_cycles), SIM_FIELD(twr_t, bursts),
    SIM_FIELD(twr_t, bus_errors),  SIM_FIELD(twr_t, tensors),
    SIM_FIELD_END,
};
static const sim_stat_t twr_stats[] = {
    SIM_STAT(twr_t, tensors,          "1",      "tensors written whole"),
    SIM_STAT(twr_t, rows_written,     "1",      "rows written, padding included"),
    SIM_STAT(twr_t, bytes_written,    "bytes",  "written to memory"),
    SIM_STAT(twr_t, bursts,           "1",      "write requests"),
    SIM_STAT(twr_t, wait_cycles,      "cycles", "waited for memory beyond its latency"),
    SIM_STAT(twr_t, bus_errors,       "1",      "writes to nowhere"),
    SIM_STAT(twr_t, row_buffer_bytes, "bytes",  "of the row slots"),
    SIM_STAT_END,
};
/* clang-format on */

static void twr_reset(sim_comp_t *comp)
{
    twr_t *twr = (twr_t *)(void *)comp;
    memset(twr->rows, 0, rows_bytes(comp));
    memset(&twr->job, 0, sizeof(twr->job));
    memset(twr->curve, 0, sizeof(twr->curve));
    twr->active = twr->abandoned = twr->bad_address = false;
    twr->rows_in = twr->rows_out = twr->issue_row = twr->issue_plane = twr->issue_byte = 0;
    twr->req_head = twr->req_count = 0;
    twr->start_ps = twr->rows_written = twr->bytes_written = twr->wait_cycles = 0;
    twr->bursts = twr->bus_errors = twr->tensors = 0;
    twr->row_buffer_bytes = rows_bytes(comp);
}

static const sim_kind_t twr_kind = {.kind = "tensor_writer",
                                    .version = 1,
                                    .reset = twr_reset,
                                    .fields = twr_fields,
                                    .stats = twr_stats};
_Static_assert(offsetof(twr_t, comp) == 0, "comp stays first");

sim_err_t twr_init(twr_t *twr, sim_t *sim, const twr_desc_t *desc, const char *name)
{
    if (desc->slots < 1 || desc->slots > TWR_MAX_SLOTS)
        return sim_fail(sim, SIM_EDESC, "%s.slots: %u not in 1..%d", name, desc->slots,
                        TWR_MAX_SLOTS);
    if (desc->outstanding < 1 || desc->outstanding > TWR_MAX_OUTSTANDING)
        return sim_fail(sim, SIM_EDESC, "%s.outstanding: %u not in 1..%d", name, desc->outstanding,
                        TWR_MAX_OUTSTANDING);
    twr->desc = *desc;
    twr->rows = calloc(1, (size_t)desc->slots * ISP_CHANNELS * plane_room(twr));
    if (twr->rows == NULL)
        return sim_fail(sim, SIM_ENOMEM, "%s: no memory for row slots", name);
    return sim_comp_init(&twr->comp, sim, &twr_kind, name);
}

void twr_free(twr_t *twr)
{
    free(twr->rows);
    twr->rows = NULL;
}
