/*
 * dpc.c - defect correction: the window of lines and the map; the search is in raw_code.h.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "isp/isp_int.h"

#define PAD 32 /* samples before and after a half row; one is needed */

static uint32_t half_stride(const dpc_t *dpc)
{
    uint32_t samples = PAD + (dpc->desc.max_width_px + 1) / 2 + PAD;
    return (uint32_t)(lines_stride(samples * sizeof(uint16_t)) / sizeof(uint16_t));
}

static size_t lines_bytes(const sim_comp_t *comp)
{
    return (size_t)DPC_LINES * 2 * half_stride((const dpc_t *)comp) * sizeof(uint16_t);
}

static void dpc_reset(sim_comp_t *comp)
{
    dpc_t *dpc = (dpc_t *)comp;
    uint16_t *lines = dpc->lines;
    memset(lines, 0, lines_bytes(comp));
    memset(&dpc->lines, 0, sizeof(*dpc) - offsetof(dpc_t, lines));
    dpc->lines = lines;
    dpc->line_buffer_bytes = (uint64_t)(DPC_LINES - 1) * dpc->desc.max_width_px * ISP_BITS / 8;
}

static const sim_field_t dpc_fields[] = {
    SIM_FIELD_BUF(dpc_t, lines, lines_bytes),
    SIM_FIELD(dpc_t, now),
    SIM_FIELD(dpc_t, site),
    SIM_FIELD(dpc_t, mark),
    SIM_FIELD(dpc_t, marks),
    SIM_FIELD(dpc_t, next_mark),
    SIM_FIELD(dpc_t, found),
    SIM_FIELD(dpc_t, hot_px),
    SIM_FIELD(dpc_t, cold_px),
    SIM_FIELD(dpc_t, mapped_px),
    SIM_FIELD_END,
};

static const sim_stat_t dpc_stats[] = {
    SIM_STAT(dpc_t, hot_px, "px", "samples replaced that were brighter than all neighbors"),
    SIM_STAT(dpc_t, cold_px, "px", "samples replaced that were darker than all neighbors"),
    SIM_STAT(dpc_t, mapped_px, "px", "samples replaced because the map names them"),
    SIM_STAT(dpc_t, line_buffer_bytes, "bytes", "size of the 4 line buffers, 12 bits a pixel"),
    SIM_STAT_END,
};

static const sim_kind_t dpc_kind = {
    .kind = "dpc",
    .version = 2,
    .reset = dpc_reset,
    .fields = dpc_fields,
    .stats = dpc_stats,
};
_Static_assert(offsetof(dpc_t, comp) == 0, "comp stays first");

sim_err_t dpc_init(dpc_t *dpc, sim_t *sim, const dpc_desc_t *desc, const char *name)
{
    sim_err_t err = isp_pipe_check(sim, desc->pipe_cycles, name);
    if (err != SIM_OK)
        return err;
    *dpc = (dpc_t){.desc = *desc, .rows = isp_rows(sim_simd())};
    dpc->lines = lines_new(1, lines_bytes(&dpc->comp));
    if (dpc->lines == NULL)
        return sim_fail(sim, SIM_ENOMEM, "%s: no memory for line buffers", name);
    return sim_comp_init(&dpc->comp, sim, &dpc_kind, name);
}

void dpc_free(dpc_t *dpc)
{
    free(dpc->lines);
    dpc->lines = NULL;
}

/* ---- lines ---- */

void dpc_begin(dpc_t *dpc, const dpc_frame_t *frame)
{
    dpc->now = *frame;
    dpc->marks = dpc->next_mark = dpc->found = 0;
}

void dpc_mark(dpc_t *dpc, uint32_t row, uint32_t column)
{
    uint32_t mark = row << 16 | column, at = dpc->marks;
    while (at > 0 && dpc->mark[at - 1] > mark)
        at--;
    if (at > 0 && dpc->mark[at - 1] == mark)
        return;
    assert(dpc->marks < DPC_SITES);
    memmove(dpc->mark + at + 1, dpc->mark + at, (dpc->marks - at) * sizeof(mark));
    dpc->mark[at] = mark;
    dpc->marks++;
}

isp_half_t dpc_line(const dpc_t *dpc, uint32_t row)
{
    uint32_t stride = half_stride(dpc);
    uint16_t *line = dpc->lines + (size_t)(row % DPC_LINES) * 2 * stride;
    return (isp_half_t){.even = line + PAD, .odd = line + stride + PAD};
}

static void close_half(uint16_t *half, uint32_t count)
{
    half[-1] = half[1];
    half[count] = half[count - 2];
}

void dpc_close_line(dpc_t *dpc, uint32_t row)
{
    isp_half_t line = dpc_line(dpc, row);
    close_half(line.even, (dpc->now.width_px + 1) / 2);
    close_half(line.odd, dpc->now.width_px / 2);
}

/* The job for the half row of one column parity. */
static isp_defects_t job_of(const dpc_t *dpc, uint32_t row, uint32_t parity, uint16_t *out)
{
    const dpc_frame_t *now = &dpc->now;
    uint32_t above = row < 2 ? row + 2 : row - 2;
    uint32_t below = row + 2 < now->height_px ? row + 2 : row - 2;
    uint32_t rows[3] = {above, row, below};
    isp_defects_t job = {.out = out,
                         .count = (now->width_px + 1 - parity) / 2,
                         .hot_dn = (uint16_t)now->hot_dn,
                         .hot_q8 = (uint16_t)now->hot_q8,
                         .cold_dn = (uint16_t)now->cold_dn,
                         .cold_q8 = (uint16_t)now->cold_q8};
    for (uint32_t k = 0; k < 3; k++) {
        isp_half_t line = dpc_line(dpc, rows[k]);
        job.row[k] = parity ? line.odd : line.even;
    }
    return job;
}

static void search_half(dpc_t *dpc, isp_defects_t job)
{
    if (!dpc->now.search) {
        memcpy(job.out, job.row[1], job.count * sizeof(*job.out));
        return;
    }
    dpc->rows->defects(&job);
    dpc->hot_px += job.hot;
    dpc->cold_px += job.cold;
    dpc->found += job.hot + job.cold;
}

static void replace(dpc_t *dpc, uint32_t row, uint32_t column, isp_half_t out)
{
    isp_defects_t job = job_of(dpc, row, column & 1, column & 1 ? out.odd : out.even);
    for (uint32_t k = 0; k < 3; k++)
        job.row[k] += column / 2;
    job.out += column / 2;
    job.count = 1;
    job.all = true;
    dpc->rows->defects(&job);
    dpc->mapped_px++;
}

void dpc_row(dpc_t *dpc, uint32_t row, isp_half_t out)
{
    search_half(dpc, job_of(dpc, row, 0, out.even));
    search_half(dpc, job_of(dpc, row, 1, out.odd));
    for (; dpc->next_mark < dpc->marks && dpc->mark[dpc->next_mark] >> 16 == row; dpc->next_mark++)
        replace(dpc, row, dpc->mark[dpc->next_mark] & 0xffff, out);
}
