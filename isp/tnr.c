/*
 * tnr.c - temporal noise reduction: the filter, and rows on their way from and to memory.
 *
 * Row buffers wait in one queue: their bursts are made in its order, and memory completes them in
 * that order, so one byte count says where completion is.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "isp/isp_int.h"

#define READ_SLOTS 2u
#define ROW_ALIGN 32u

static uint32_t row_bytes(uint32_t width_px, bool packed)
{
    return packed ? (3 * width_px + 1) / 2 : 2 * width_px;
}

static uint32_t stride_of(uint32_t width_px, bool packed)
{
    return (row_bytes(width_px, packed) + ROW_ALIGN - 1) / ROW_ALIGN * ROW_ALIGN;
}

uint64_t tnr_bytes(uint32_t width_px, uint32_t height_px, bool packed)
{
    return (uint64_t)stride_of(width_px, packed) * height_px;
}

static uint32_t slot_bytes(const tnr_t *tnr)
{
    return stride_of(tnr->desc.max_width_px, false);
}

static size_t rows_bytes(const sim_comp_t *comp)
{
    return (size_t)TNR_SLOTS * slot_bytes((const tnr_t *)comp);
}

static uint8_t *slot_data(const tnr_t *tnr, uint32_t slot)
{
    return tnr->rows + (size_t)slot * slot_bytes(tnr);
}

/* ---- bursts ---- */

static void on_burst_done(void *ctx, sim_mem_req_t *req);

static void issue_burst(tnr_t *tnr)
{
    uint32_t at = tnr->queue[(tnr->queue_head + tnr->issuing) % TNR_SLOTS];
    const tnr_slot_t *slot = &tnr->slot[at];
    uint32_t addr = slot->addr + tnr->issue_byte, left = slot->bytes - tnr->issue_byte;
    sim_mem_req_t *req = &tnr->req[(tnr->req_head + tnr->req_count) % TNR_OUTSTANDING];
    *req = (sim_mem_req_t){.addr = addr,
                           .bytes = sim_mem_burst_bytes(tnr->port, addr, left),
                           .write = slot->write,
                           .data = slot_data(tnr, at) + tnr->issue_byte,
                           .done = on_burst_done,
                           .ctx = tnr};
    tnr->req_count++;
    tnr->issue_byte += req->bytes;
    if (tnr->issue_byte == slot->bytes) {
        tnr->issue_byte = 0;
        tnr->issuing++;
    }
    sim_mem_request(tnr->port, req);
}

void tnr_make_bursts(tnr_t *tnr)
{
    while (tnr->req_count < TNR_OUTSTANDING && tnr->issuing < tnr->queued)
        issue_burst(tnr);
}

static void count_done(tnr_t *tnr, tnr_slot_t *slot, const sim_mem_req_t *req)
{
    tnr->bursts++;
    tnr->wait_cycles += req->wait_cycles;
    *(req->write ? &tnr->bytes_written : &tnr->bytes_read) += req->error ? 0 : req->bytes;
    if (!req->error)
        return;
    slot->bad = 1;
    tnr->error_ps = sim_now_ps(tnr->comp.sim);
    tnr->error_addr = req->addr;
}

/* An error is seen after the instant of its burst: whoever runs first. */
static void see_error(tnr_t *tnr)
{
    if (tnr->error_ps >= sim_now_ps(tnr->comp.sim))
        return;
    tnr->error_ps = SIM_NEVER_PS;
    tnr->whole = false;
    if (!tnr->complained)
        sim_log(&tnr->comp, SIM_LOG_GUEST, "temporal noise reduction at 0x%08x, where no memory is",
                tnr->error_addr);
    tnr->complained = true;
}

static void on_burst_done(void *ctx, sim_mem_req_t *req)
{
    tnr_t *tnr = ctx;
    tnr_slot_t *slot = &tnr->slot[tnr->queue[tnr->queue_head]];
    assert(tnr->queued > 0 && req == &tnr->req[tnr->req_head]);
    tnr->req_head = (tnr->req_head + 1) % TNR_OUTSTANDING;
    tnr->req_count--;
    count_done(tnr, slot, req);
    tnr->done_byte += req->bytes;
    if (tnr->done_byte == slot->bytes) {
        tnr->done_byte = 0;
        slot->busy = 0;
        slot->done_ps = sim_now_ps(tnr->comp.sim);
        tnr->queue_head = (tnr->queue_head + 1) % TNR_SLOTS;
        tnr->queued--;
        tnr->issuing--;
    }
    isp_ask_turn(&tnr->comp, tnr->turn);
}

static void enqueue(tnr_t *tnr, uint32_t at, uint32_t row, bool write)
{
    const tnr_shape_t *shape = &tnr->job.shape;
    tnr->slot[at] =
        (tnr_slot_t){.addr = shape->addr + row * stride_of(shape->width_px, shape->packed),
                     .bytes = row_bytes(shape->width_px, shape->packed),
                     .row = row,
                     .busy = 1,
                     .write = write};
    tnr->queue[(tnr->queue_head + tnr->queued++) % TNR_SLOTS] = at;
    isp_ask_turn(&tnr->comp, tnr->turn);
}

/* ---- rows ---- */

/* A buffer whose last burst is done at this very instant is still taken: whoever runs first. */
static bool is_free(const tnr_t *tnr, uint32_t at)
{
    return !tnr->slot[at].busy && tnr->slot[at].done_ps != sim_now_ps(tnr->comp.sim);
}

/* Reads row `row` unless it is there or under way; `other` is wanted too. */
static void want(tnr_t *tnr, uint32_t row, uint32_t other)
{
    uint32_t at = READ_SLOTS;
    for (uint32_t i = 0; i < READ_SLOTS; i++) {
        if (tnr->slot[i].row == row)
            return;
        if (is_free(tnr, i) && tnr->slot[i].row != other)
            at = i;
    }
    if (at < READ_SLOTS)
        enqueue(tnr, at, row, false);
}

/* Row n of this frame, or, from its height on, of the next one, when that will be filtered. */
static bool is_of_use(const tnr_t *tnr, uint32_t n)
{
    return n < tnr->job.shape.height_px ? tnr->follows : tnr->whole;
}

static void want_next(tnr_t *tnr, uint32_t row)
{
    uint32_t height = tnr->job.shape.height_px;
    uint32_t next = (row + 1) % height, second = (row + 2) % height;
    if (is_of_use(tnr, row + 1))
        want(tnr, next, second);
    if (is_of_use(tnr, row + 2))
        want(tnr, second, next);
}

/* The buffer with row `row`, if it was there when its line began; READ_SLOTS: none. */
static uint32_t row_before(const tnr_t *tnr, uint32_t row, uint64_t start_ps)
{
    for (uint32_t i = 0; i < READ_SLOTS; i++) {
        const tnr_slot_t *slot = &tnr->slot[i];
        if (slot->row == row && !slot->busy && !slot->bad && slot->done_ps < start_ps)
            return i;
    }
    return READ_SLOTS;
}

/* The row has been used, or is late: either way it is of no use any more. */
static void drop(tnr_t *tnr, uint32_t row)
{
    for (uint32_t i = 0; i < READ_SLOTS; i++)
        if (tnr->slot[i].row == row)
            tnr->slot[i].row = TNR_NO_ROW;
}

static void forget_rows(tnr_t *tnr)
{
    for (uint32_t i = 0; i < READ_SLOTS; i++)
        tnr->slot[i].row = TNR_NO_ROW;
}

/* ---- the filter ---- */

static uint32_t fraction_bits(const tnr_t *tnr)
{
    return tnr->job.shape.packed ? 0 : 16 - ISP_BITS;
}

/* words: of the row before; become those of this row. */
static void filter_row(tnr_t *tnr, isp_half_t line)
{
    const tnr_job_t *job = &tnr->job;
    uint32_t width = job->shape.width_px;
    isp_temporal_t k = {job->gain_q8, job->read_dn2, job->shot_q8, fraction_bits(tnr)};
    tnr->moved_px += tnr->kernels->temporal(&k, line.even, tnr->words.even, (width + 1) / 2);
    tnr->moved_px += tnr->kernels->temporal(&k, line.odd, tnr->words.odd, width / 2);
}

static void pass_row(tnr_t *tnr, isp_half_t line)
{
    uint32_t f = fraction_bits(tnr), width = tnr->job.shape.width_px;
    for (uint32_t i = 0; i < (width + 1) / 2; i++)
        tnr->words.even[i] = (uint16_t)(line.even[i] << f);
    for (uint32_t i = 0; i < width / 2; i++)
        tnr->words.odd[i] = (uint16_t)(line.odd[i] << f);
}

static void store(tnr_t *tnr, uint32_t row)
{
    uint32_t at = READ_SLOTS;
    while (at < TNR_SLOTS && !is_free(tnr, at))
        at++;
    if (at < TNR_SLOTS) {
        tnr->kernels->put_words(tnr->words, tnr->job.shape.width_px, tnr->job.shape.packed,
                                slot_data(tnr, at));
        enqueue(tnr, at, row, true);
        return;
    }
    tnr->lost_lines++;
    tnr->whole = tnr->whole && tnr->follows;
}

void tnr_row(tnr_t *tnr, uint32_t row, uint64_t start_ps, isp_half_t line)
{
    see_error(tnr);
    uint32_t before = tnr->follows ? row_before(tnr, row, start_ps) : READ_SLOTS;
    if (before < READ_SLOTS) {
        tnr->kernels->get_words(slot_data(tnr, before), tnr->job.shape.width_px,
                                tnr->job.shape.packed, tnr->words);
        filter_row(tnr, line);
    } else {
        pass_row(tnr, line);
        tnr->late += tnr->follows;
        tnr->late_lines += tnr->follows;
    }
    drop(tnr, row);
    tnr->rows_in = row + 1;
    want_next(tnr, row);
    store(tnr, row);
}

void tnr_begin(tnr_t *tnr, const tnr_job_t *job)
{
    const tnr_shape_t *last = &tnr->job.shape;
    see_error(tnr);
    assert(job->shape.width_px <= tnr->desc.max_width_px);
    assert(job->gain_q8 >= 1 && job->gain_q8 <= 256);
    bool stored = tnr->whole && (tnr->follows || tnr->rows_in == last->height_px);
    tnr->follows = stored && !job->anew && memcmp(last, &job->shape, sizeof(*last)) == 0;
    tnr->complained = tnr->complained && last->addr == job->shape.addr;
    tnr->job = *job;
    tnr->whole = true;
    tnr->rows_in = tnr->late = 0;
    tnr->frames += tnr->follows;
    tnr->starts += !tnr->follows;
    if (!tnr->follows)
        forget_rows(tnr);
}

void tnr_skip(tnr_t *tnr)
{
    see_error(tnr);
    tnr->follows = tnr->whole = false;
    tnr->late = 0;
    forget_rows(tnr);
}

/* ---- tables ---- */

static void tnr_reset(sim_comp_t *comp)
{
    tnr_t *tnr = (tnr_t *)comp;
    uint8_t *rows = tnr->rows;
    memset(rows, 0, rows_bytes(comp));
    for (uint32_t i = 0; i < TNR_OUTSTANDING; i++)
        tnr->req[i] = (sim_mem_req_t){.done = on_burst_done, .ctx = tnr};
    memset(&tnr->rows, 0, sizeof(*tnr) - offsetof(tnr_t, rows));
    tnr->rows = rows;
    for (uint32_t i = 0; i < TNR_SLOTS; i++)
        tnr->slot[i] = (tnr_slot_t){.row = TNR_NO_ROW, .done_ps = SIM_NEVER_PS};
    tnr->error_ps = SIM_NEVER_PS;
    tnr->line_buffer_bytes = rows_bytes(comp);
}

static const sim_field_t tnr_fields[] = {
    SIM_FIELD_BUF(tnr_t, rows, rows_bytes),
    SIM_FIELD(tnr_t, job),
    SIM_FIELD(tnr_t, slot),
    SIM_FIELD(tnr_t, queue),
    SIM_FIELD(tnr_t, queue_head),
    SIM_FIELD(tnr_t, queued),
    SIM_FIELD(tnr_t, issuing),
    SIM_FIELD(tnr_t, issue_byte),
    SIM_FIELD(tnr_t, done_byte),
    SIM_FIELD(tnr_t, req_head),
    SIM_FIELD(tnr_t, req_count),
    SIM_FIELD(tnr_t, rows_in),
    SIM_FIELD(tnr_t, follows),
    SIM_FIELD(tnr_t, whole),
    SIM_FIELD(tnr_t, complained),
    SIM_FIELD(tnr_t, error_ps),
    SIM_FIELD(tnr_t, error_addr),
    SIM_FIELD(tnr_t, late),
    SIM_FIELD(tnr_t, frames),
    SIM_FIELD(tnr_t, starts),
    SIM_FIELD(tnr_t, late_lines),
    SIM_FIELD(tnr_t, lost_lines),
    SIM_FIELD(tnr_t, moved_px),
    SIM_FIELD(tnr_t, bytes_read),
    SIM_FIELD(tnr_t, bytes_written),
    SIM_FIELD(tnr_t, bursts),
    SIM_FIELD(tnr_t, wait_cycles),
    SIM_FIELD_REQ(tnr_t, req),
    SIM_FIELD_END,
};

static const sim_stat_t tnr_stats[] = {
    SIM_STAT(tnr_t, frames, "1", "frames filtered with the one before"),
    SIM_STAT(tnr_t, starts, "1", "frames that started anew"),
    SIM_STAT(tnr_t, late_lines, "lines", "passed as they came: memory had not answered in time"),
    SIM_STAT(tnr_t, lost_lines, "lines", "not written: those before were on their way to memory"),
    SIM_STAT(tnr_t, moved_px, "px", "samples too far from those before, passed as they came"),
    SIM_STAT(tnr_t, bytes_read, "bytes", "read from memory"),
    SIM_STAT(tnr_t, bytes_written, "bytes", "written to memory"),
    SIM_STAT(tnr_t, bursts, "1", "bursts, read and written"),
    SIM_STAT(tnr_t, wait_cycles, "cycles", "bursts waited for their memory bank"),
    SIM_STAT(tnr_t, line_buffer_bytes, "bytes", "size of the 4 row buffers, 16 bits a pixel"),
    SIM_STAT_END,
};

static const sim_kind_t tnr_kind = {
    .kind = "tnr",
    .version = 2,
    .reset = tnr_reset,
    .fields = tnr_fields,
    .stats = tnr_stats,
};
_Static_assert(offsetof(tnr_t, comp) == 0, "comp stays first");
_Static_assert(sizeof(tnr_shape_t) == 88 && sizeof(tnr_slot_t) == 32, "no padding");

sim_err_t tnr_init(tnr_t *tnr, sim_t *sim, const tnr_desc_t *desc, const char *name)
{
    sim_err_t err = isp_pipe_check(sim, desc->pipe_cycles, name);
    if (err != SIM_OK)
        return err;
    size_t half = lines_stride((desc->max_width_px + 1) / 2 * sizeof(uint16_t));
    *tnr = (tnr_t){.desc = *desc, .kernels = isp_rows(sim_simd())};
    tnr->rows = calloc(1, rows_bytes(&tnr->comp));
    tnr->words.even = lines_new(2, half);
    if (tnr->rows == NULL || tnr->words.even == NULL)
        return sim_fail(sim, SIM_ENOMEM, "%s: no memory for row buffers", name);
    tnr->words.odd = tnr->words.even + half / sizeof(uint16_t);
    return sim_comp_init(&tnr->comp, sim, &tnr_kind, name);
}

void tnr_free(tnr_t *tnr)
{
    free(tnr->rows);
    free(tnr->words.even);
    tnr->rows = NULL;
    tnr->words = (isp_half_t){0};
}
