/*
 * known.c - frames that need not be computed: found again under what their pixels are made of.
 *
 *   key     the source's key of the RAW lines | registers that reach pixels | defects | shading
 * grid block   counters of stages, sums of statistics | codes of the tensor's rows, as the scaler
 *           makes them: normalization, channels and address are the writer's, and not in the key
 */
#include <stdlib.h>
#include <string.h>

#include "isp/isp_int.h"

enum { MAX_SOURCE_BYTES = 512 };

static const size_t counters[] = {
    offsetof(isp_t, blc.clipped_px),   offsetof(isp_t, dpc.hot_px),
    offsetof(isp_t, dpc.cold_px),      offsetof(isp_t, dpc.mapped_px),
    offsetof(isp_t, lsc.saturated_px), offsetof(isp_t, wb.saturated_px),
};

/* What a frame comes to but for the tensor; no padding. */
typedef struct {
    uint64_t count[SIM_COUNT(counters)];
    uint64_t found; /* dpc.found */
    stats_sums_t stats;
} isp_sums_t;
_Static_assert(sizeof(isp_sums_t) == 8 * (SIM_COUNT(counters) + 1) + sizeof(stats_sums_t),
               "no padding: it is kept");

/* All of the registers but for those named: one that is new is in the key. */
typedef struct {
    isp_regs_t regs;
    uint32_t tensor, stats; /* the frame has them */
    uint32_t bayer, bits, width_px, height_px;
    sim_window_t window;
    uint32_t site[DPC_SITES];
    uint16_t grid[LSC_GAINS];
} isp_reach_t;
_Static_assert(sizeof(isp_reach_t) ==
                   sizeof(isp_regs_t) + sizeof(sim_window_t) + 4 * (6 + DPC_SITES) + 2 * LSC_GAINS,
               "no padding: it is compared");

static isp_regs_t regs_that_reach(const isp_regs_t *regs)
{
    isp_regs_t r = *regs;
    r.status = r.irq_en = 0;
    r.tensor_addr = r.tensor_frame = r.tensor_ch = r.tensor_mix = 0;
    r.seen_xy = r.seen_wh = r.seen_flip = 0;
    memset(r.mix, 0, sizeof(r.mix));
    memset(r.div_val, 0, sizeof(r.div_val));
    memset(r.div_shift, 0, sizeof(r.div_shift));
    memset(r.norm_val, 0, sizeof(r.norm_val));
    memset(r.norm_shift, 0, sizeof(r.norm_shift));
    memset(r.clip, 0, sizeof(r.clip));
    r.stats_addr = r.stats_frame = 0;
    r.dpc_index = r.dpc_site = r.dpc_found = 0; /* the table itself is there */
    r.lsc_index = r.lsc_gains = 0;              /* the same */
    r.tnr_addr = r.tnr_bytes = r.tnr_late = 0;
    return r;
}

/* False: a frame that is always computed. */
static bool make_key(isp_t *isp, const sim_line_t *line)
{
    const sim_line_source_t *source = line->source;
    const isp_frame_t *now = &isp->now;
    if (source == NULL || source->key_bytes > MAX_SOURCE_BYTES || isp->image.active || now->tnr)
        return false;
    isp_reach_t reach = {.regs = regs_that_reach(&isp->regs),
                         .tensor = now->tensor,
                         .stats = now->stats,
                         .bayer = now->bayer,
                         .bits = now->bits,
                         .width_px = now->width_px,
                         .height_px = now->height_px,
                         .window = now->window};
    memcpy(reach.site, isp->dpc.site, sizeof(reach.site));
    memcpy(reach.grid, isp->lsc.grid, sizeof(reach.grid));
    uint8_t *key = (uint8_t *)isp->known.key;
    memcpy(key, &reach, sizeof(reach));
    memcpy(key + sizeof(reach), source->key, source->key_bytes);
    isp->known.key_bytes = sizeof(reach) + source->key_bytes;
    return true;
}

/* ---- the block ---- */

static isp_sums_t *sums_of(const isp_t *isp)
{
    return (isp_sums_t *)isp->known.block;
}

static uint8_t *rows_of(const isp_t *isp)
{
    return (uint8_t *)(sums_of(isp) + 1);
}

static size_t row_bytes(const isp_t *isp)
{
    return (size_t)ISP_CHANNELS * isp->scaler.job.out_width_px;
}

static uint64_t *counter(isp_t *isp, size_t i)
{
    return (uint64_t *)(void *)((char *)isp + counters[i]);
}

static sim_memo_key_t key_of(const isp_t *isp)
{
    return (sim_memo_key_t){"isp", isp->known.key, isp->known.key_bytes};
}

bool isp_known_make(isp_t *isp)
{
    size_t tensor_px = (size_t)isp->desc.max_tensor_width_px * isp->desc.max_tensor_height_px;
    isp->known.key = calloc(1, sizeof(isp_reach_t) + MAX_SOURCE_BYTES);
    isp->known.block = calloc(1, sizeof(isp_sums_t) + ISP_CHANNELS * tensor_px);
    return isp->known.key != NULL && isp->known.block != NULL;
}

void isp_known_free(isp_t *isp)
{
    free(isp->known.key);
    free(isp->known.block);
    isp->known.key = isp->known.block = NULL;
}

/* ---- a frame ---- */

void isp_known_begin(isp_t *isp, const sim_line_t *line)
{
    isp_known_t *known = &isp->known;
    bool busy = isp->scaler.active && !isp->now.tensor; /* with the rows of the frame before */
    known->found = known->making = known->over = false;
    if (isp->memo == NULL || busy || !make_key(isp, line))
        return;
    sim_memo_key_t key = key_of(isp);
    known->block_bytes = sizeof(isp_sums_t);
    if (isp->now.tensor)
        known->block_bytes += row_bytes(isp) * isp->scaler.job.out_height_px;
    known->found = isp->memo->find(isp->memo->ctx, &key, known->block, known->block_bytes);
    known->making = !known->found;
    if (known->found && isp->now.tensor)
        isp->scaler.known = rows_of(isp);
    for (size_t i = 0; known->making && i < SIM_COUNT(counters); i++)
        sums_of(isp)->count[i] = *counter(isp, i);
}

static void keep_whole(isp_t *isp)
{
    sim_memo_key_t key = key_of(isp);
    if (!isp->known.making || !isp->known.over || (isp->now.tensor && isp->scaler.active))
        return;
    isp->memo->keep(isp->memo->ctx, &key, isp->known.block, isp->known.block_bytes);
    isp->known.making = false;
}

void isp_known_row(isp_t *isp, const uint8_t *const planes[ISP_CHANNELS])
{
    size_t width = isp->scaler.job.out_width_px;
    uint8_t *row = rows_of(isp) + row_bytes(isp) * (isp->scaler.rows_out - 1);
    if (!isp->known.making || !isp->now.tensor)
        return;
    for (size_t c = 0; c < ISP_CHANNELS; c++)
        memcpy(row + c * width, planes[c], width);
    keep_whole(isp);
}

void isp_known_end(isp_t *isp)
{
    isp_sums_t *sums = sums_of(isp);
    for (size_t i = 0; isp->known.found && i < SIM_COUNT(counters); i++)
        *counter(isp, i) += sums->count[i];
    for (size_t i = 0; isp->known.making && i < SIM_COUNT(counters); i++)
        sums->count[i] = *counter(isp, i) - sums->count[i];
    if (isp->known.found) {
        isp->dpc.found = (uint32_t)sums->found;
        if (isp->now.stats)
            isp->stats.sums = sums->stats;
    } else if (isp->known.making) {
        sums->found = isp->dpc.found;
        sums->stats = isp->stats.sums;
        isp->known.over = true;
        keep_whole(isp);
    }
}

void isp_known_drop(isp_t *isp)
{
    isp->known.making = false;
}
