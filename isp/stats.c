/*
 * stats.c - statistics: sums of cells and greens, the block, its bursts.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "isp/isp_int.h"

/* ---- sums ---- */

static uint32_t half_stride(const stats_t *st)
{
    return (st->desc.max_width_px + 1) / 2;
}

static size_t upper_bytes(const sim_comp_t *comp)
{
    return 2 * half_stride((const stats_t *)comp) * sizeof(uint16_t);
}

/* Where part k of n of `size` begins. */
static uint32_t part_of(uint32_t size, uint32_t k, uint32_t n)
{
    return k * size / n;
}

/* Cells that lie in samples [at, at + size). */
static uint32_t first_cell(uint32_t at)
{
    return at / 2;
}

static uint32_t cells_of(uint32_t at, uint32_t size)
{
    return (at + size) / 2 - at / 2;
}

/* Whose part, of n equal ones of [at, at + size), `cell` is; n: nobody's. */
static uint32_t part_with(uint32_t cell, uint32_t at, uint32_t size, uint32_t n)
{
    if (cell < at || cell >= at + size)
        return n;
    uint32_t part = 0;
    while (cell - at >= part_of(size, part + 1, n))
        part++;
    return part;
}

static void add_zones(stats_t *st, const isp_cells_t *cells, uint32_t row)
{
    uint32_t width = st->job.width_px / 2;
    uint32_t zone = STATS_ZONES * part_with(row, 0, st->job.height_px / 2, STATS_ZONES);
    for (uint32_t z = 0; z < STATS_ZONES; z++) {
        uint32_t first = part_of(width, z, STATS_ZONES), end = part_of(width, z + 1, STATS_ZONES);
        st->rows->cell_sums(cells, first, end - first, st->sums.zone[zone + z]);
    }
}

static void add_histograms(stats_t *st, const isp_cells_t *cells)
{
    for (uint32_t i = 0; i < st->job.width_px / 2; i++) {
        st->sums.hist[0][cells->r[i] / 32]++;
        st->sums.hist[1][(cells->gr[i] + cells->gb[i]) / 64]++;
        st->sums.hist[2][cells->b[i] / 32]++;
    }
}

static void add_grays(stats_t *st, const isp_cells_t *cells, uint32_t row)
{
    const stats_job_t *job = &st->job;
    uint32_t top = first_cell(job->awb.y), sum[4] = {0};
    if (row < top || row >= top + cells_of(job->awb.y, job->awb.h))
        return;
    st->rows->cell_grays(cells, first_cell(job->awb.x), cells_of(job->awb.x, job->awb.w), job->rg,
                         job->bg, sum);
    for (uint32_t i = 0; i < 4; i++)
        st->sums.awb[i] += sum[i];
}

static void add_focus(stats_t *st, const isp_cells_t *cells, uint32_t row)
{
    const stats_rect_t *box = &st->job.focus;
    uint32_t left = first_cell(box->x), width = cells_of(box->x, box->w);
    uint32_t part = part_with(row, first_cell(box->y), cells_of(box->y, box->h), STATS_FOCUS);
    for (uint32_t k = 0; part < STATS_FOCUS && k < STATS_FOCUS; k++) {
        uint32_t from = part_of(width, k, STATS_FOCUS), to = part_of(width, k + 1, STATS_FOCUS);
        uint64_t *sum = st->sums.focus[STATS_FOCUS * part + k];
        st->rows->gradients(cells->gr + left + from, to - from, st->job.focus_min, sum);
        st->rows->gradients(cells->gb + left + from, to - from, st->job.focus_min, sum);
    }
}

/* Which row and column of a cell red is in. */
static isp_cells_t cells_at(const stats_t *st, isp_half_t upper, isp_half_t lower)
{
    bool swap_rows = st->job.bayer == SIM_BAYER_BGGR || st->job.bayer == SIM_BAYER_GBRG;
    bool red_is_odd = st->job.bayer == SIM_BAYER_GRBG || st->job.bayer == SIM_BAYER_BGGR;
    isp_half_t red = swap_rows ? lower : upper, blue = swap_rows ? upper : lower;
    return (isp_cells_t){.r = red_is_odd ? red.odd : red.even,
                         .gr = red_is_odd ? red.even : red.odd,
                         .gb = red_is_odd ? blue.odd : blue.even,
                         .b = red_is_odd ? blue.even : blue.odd,
                         .low = (uint16_t)st->job.low,
                         .high = (uint16_t)st->job.high};
}

void stats_row(stats_t *st, uint32_t row, isp_half_t line)
{
    isp_half_t upper = {st->upper, st->upper + half_stride(st)};
    uint32_t width = st->job.width_px / 2, outside[2] = {0};
    if (row % 2 == 0) {
        memcpy(upper.even, line.even, width * sizeof(uint16_t));
        memcpy(upper.odd, line.odd, width * sizeof(uint16_t));
        return;
    }
    isp_cells_t cells = cells_at(st, upper, line);
    add_zones(st, &cells, row / 2);
    add_histograms(st, &cells);
    add_grays(st, &cells, row / 2);
    add_focus(st, &cells, row / 2);
    st->rows->cell_outside(&cells, width, outside);
    st->sums.above += outside[0];
    st->sums.below += outside[1];
}

void stats_begin(stats_t *st, const stats_job_t *job)
{
    assert(job->width_px <= st->desc.max_width_px);
    st->job = *job;
    memset(&st->sums, 0, sizeof(st->sums));
}

/* ---- the block ---- */

static uint8_t *put_words(uint8_t *to, const uint32_t *word, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t byte = 0; byte < 4; byte++)
            *to++ = (uint8_t)(word[i] >> (8 * byte));
    return to;
}

static uint8_t *put_longs(uint8_t *to, const uint64_t *value, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t words[2] = {(uint32_t)value[i], (uint32_t)(value[i] >> 32)};
        to = put_words(to, words, 2);
    }
    return to;
}

static void make_block(stats_t *st)
{
    const stats_job_t *job = &st->job;
    const stats_sums_t *sums = &st->sums;
    uint32_t head[4] = {job->frame, job->height_px / 2 << 16 | job->width_px / 2, sums->above,
                        sums->below};
    uint8_t *to = put_words(st->block, head, 4);
    to = put_longs(to, sums->awb, SIM_COUNT(sums->awb));
    to = put_longs(to, sums->focus[0], 2 * SIM_COUNT(sums->focus));
    to = put_words(to, sums->hist[0], ISP_CHANNELS * STATS_BINS);
    to = put_words(to, sums->zone[0], 4 * SIM_COUNT(sums->zone));
    assert(to == st->block + STATS_BYTES);
}

void stats_make_bursts(stats_t *st)
{
    if (!st->writing || st->waiting)
        return;
    st->req.addr = st->block_addr + st->block_sent;
    st->req.bytes = sim_mem_burst_bytes(st->port, st->req.addr, STATS_BYTES - st->block_sent);
    st->req.write = true;
    st->req.data = st->block + st->block_sent;
    st->waiting = true;
    sim_mem_request(st->port, &st->req);
}

static void on_burst_done(void *ctx, sim_mem_req_t *req)
{
    stats_t *st = ctx;
    st->waiting = false;
    st->block_sent += req->bytes;
    st->wait_cycles += req->wait_cycles;
    if (req->error && !st->bad_address)
        sim_log(&st->comp, SIM_LOG_GUEST, "statistics written to 0x%08x, where no memory is",
                req->addr);
    st->bad_address = st->bad_address || req->error;
    if (!req->error)
        st->bytes_written += req->bytes;
    if (st->block_sent < STATS_BYTES) {
        isp_ask_turn(&st->comp, st->turn);
        return;
    }
    st->writing = false;
    st->end_ps = sim_now_ps(st->comp.sim);
    *(st->bad_address ? &st->lost_blocks : &st->blocks) += 1;
    st->on_done(st->ctx, !st->bad_address);
}

bool stats_end(stats_t *st)
{
    /* One whose last burst ends at this very instant counts as being written: whoever runs first.
     */
    if (st->writing || st->end_ps == sim_now_ps(st->comp.sim)) {
        st->lost_blocks++;
        return false;
    }
    make_block(st);
    st->block_addr = st->job.addr;
    st->block_frame = st->job.frame;
    st->block_sent = 0;
    st->writing = true;
    st->bad_address = false;
    isp_ask_turn(&st->comp, st->turn);
    return true;
}

/* ---- tables ---- */

static void stats_reset(sim_comp_t *comp)
{
    stats_t *st = (stats_t *)comp;
    uint16_t *upper = st->upper;
    memset(upper, 0, upper_bytes(comp));
    st->req = (sim_mem_req_t){.done = on_burst_done, .ctx = st};
    memset(&st->upper, 0, sizeof(*st) - offsetof(stats_t, upper));
    st->upper = upper;
    st->end_ps = SIM_NEVER_PS;
    st->buffer_bytes =
        (uint64_t)st->desc.max_width_px * ISP_BITS / 8 + sizeof(st->sums) + STATS_BYTES;
}

static const sim_field_t stats_fields[] = {
    SIM_FIELD_BUF(stats_t, upper, upper_bytes),
    SIM_FIELD(stats_t, job),
    SIM_FIELD(stats_t, sums),
    SIM_FIELD(stats_t, block),
    SIM_FIELD(stats_t, block_addr),
    SIM_FIELD(stats_t, block_frame),
    SIM_FIELD(stats_t, block_sent),
    SIM_FIELD(stats_t, writing),
    SIM_FIELD(stats_t, waiting),
    SIM_FIELD(stats_t, bad_address),
    SIM_FIELD(stats_t, end_ps),
    SIM_FIELD(stats_t, blocks),
    SIM_FIELD(stats_t, lost_blocks),
    SIM_FIELD(stats_t, bytes_written),
    SIM_FIELD(stats_t, wait_cycles),
    SIM_FIELD_REQ(stats_t, req),
    SIM_FIELD_END,
};

static const sim_stat_t stats_stats[] = {
    SIM_STAT(stats_t, blocks, "1", "blocks complete in memory"),
    SIM_STAT(stats_t, lost_blocks, "1", "blocks not written, or to where no memory is"),
    SIM_STAT(stats_t, bytes_written, "bytes", "written to memory"),
    SIM_STAT(stats_t, wait_cycles, "cycles", "bursts waited for their memory bank"),
    SIM_STAT(stats_t, buffer_bytes, "bytes", "size of line buffer, sums and block"),
    SIM_STAT_END,
};

static const sim_kind_t stats_kind = {
    .kind = "isp_stats",
    .version = 2,
    .reset = stats_reset,
    .fields = stats_fields,
    .stats = stats_stats,
};
_Static_assert(offsetof(stats_t, comp) == 0, "comp stays first");
#define X(name, words, help) +(words)
_Static_assert(STATS_TABLE(X) == STATS_WORDS, "the table says what a block has");
#undef X

sim_err_t stats_init(stats_t *st, sim_t *sim, const stats_desc_t *desc, const char *name)
{
    *st = (stats_t){.desc = *desc, .rows = isp_rows(sim_simd())};
    st->upper = calloc(1, upper_bytes(&st->comp));
    if (st->upper == NULL)
        return sim_fail(sim, SIM_ENOMEM, "%s: no memory for a row", name);
    return sim_comp_init(&st->comp, sim, &stats_kind, name);
}

void stats_free(stats_t *st)
{
    free(st->upper);
    st->upper = NULL;
}
