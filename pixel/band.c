/*
 * band.c - the rows of the frame that is read: computed ahead, in bands, unless what they come to
 * is known. All of it follows from the latched frame, so none of it is state.
 */
#include <stdlib.h>
#include <string.h>

#include "pixel/pixel_int.h"

/* ---- computed ahead ---- */

static void band_job(void *ctx, uint32_t job, uint32_t worker)
{
    pix_band_t *band = ctx;
    const pix_t *pix = band->pix;
    uint32_t room = pix_padded_px(pix->desc.width_px);
    uint32_t first = job * PIX_BAND_JOB_ROWS, end = first + PIX_BAND_JOB_ROWS;
    end = end < band->rows ? end : band->rows;
    for (uint32_t i = first; i < end; i++)
        band->saturated[i] = pix_row_codes(pix, &band->frame, band->first_row + i, worker,
                                           band->sample + (size_t)i * room, &band->codes[i]);
}

/* The band that holds the row, or will; NULL when there is none. */
static pix_band_t *band_of(pix_t *pix, const pix_frame_t *frame, uint32_t row)
{
    for (uint32_t i = 0; i < SIM_COUNT(pix->band); i++) {
        pix_band_t *band = &pix->band[i];
        if (row - band->first_row < band->rows && /* unsigned: also not before it */
            memcmp(&band->frame, frame, sizeof(*frame)) == 0)
            return band;
    }
    return NULL;
}

/* Patterns of another mode: not before rows of the last one are done. */
static void keep_patterns(pix_t *pix, const pix_frame_t *frame)
{
    if (pix_keeps(pix, frame))
        return;
    for (uint32_t i = 0; i < SIM_COUNT(pix->band); i++)
        sim_pool_wait(pix->pool, &pix->band[i].batch);
    pix_keep(pix, frame);
}

static void band_submit(pix_t *pix, pix_band_t *band, const pix_frame_t *frame, uint32_t row)
{
    sim_pool_wait(pix->pool, &band->batch); /* nobody wants those rows any more */
    keep_patterns(pix, frame);
    uint32_t left = pix_frame_lines(frame) - row;
    band->frame = *frame;
    band->first_row = row;
    band->rows = left < PIX_BAND_ROWS ? left : PIX_BAND_ROWS;
    uint32_t jobs = (band->rows + PIX_BAND_JOB_ROWS - 1) / PIX_BAND_JOB_ROWS;
    sim_pool_submit(pix->pool, &band->batch, band_job, band, jobs);
}

/* Starts what comes after a band in the other one: more of the frame, or the next frame. */
static void band_ahead(pix_t *pix, const pix_band_t *band)
{
    const pix_frame_t *frame = &band->frame;
    uint32_t row = band->first_row + band->rows;
    if (row == pix_frame_lines(frame)) {
        if (!pix->pending)
            return;
        frame = &pix->next;
        row = 0;
    }
    if (band_of(pix, frame, row) == NULL)
        band_submit(pix, band == &pix->band[0] ? &pix->band[1] : &pix->band[0], frame, row);
}

/* The samples of a row of the frame that is read, and what they come to. */
static const uint16_t *take_row(pix_t *pix, uint32_t row, pix_count_t *count)
{
    pix_band_t *band = band_of(pix, &pix->now, row);
    if (band == NULL) {
        band = &pix->band[0];
        band_submit(pix, band, &pix->now, row);
    }
    uint32_t i = row - band->first_row;
    if (i == 0) {
        band_ahead(pix, band);
        sim_pool_wait(pix->pool, &band->batch);
    }
    *count = (pix_count_t){.codes = band->codes[i], .saturated = band->saturated[i]};
    return band->sample + (size_t)i * pix_padded_px(pix->desc.width_px);
}

/* ---- known ---- */

static sim_memo_key_t key_of(const pix_t *pix)
{
    return (sim_memo_key_t){"pixel", &pix->known.key, sizeof(pix->known.key)};
}

static size_t counts_bytes(const pix_t *pix)
{
    return pix_frame_lines(&pix->now) * sizeof(*pix->known.count);
}

static bool find_counts(pix_t *pix)
{
    sim_memo_key_t key = key_of(pix);
    return pix->memo != NULL &&
           pix->memo->find(pix->memo->ctx, &key, pix->known.count, counts_bytes(pix));
}

void pix_rows_begin(pix_t *pix)
{
    pix->known.key = pix->now;
    pix->known.key.asked_pck = pix->known.key.link_pck = 0;
    pix->known.found = find_counts(pix);
    pix->known.taken = 0;
    if (!pix->known.found && band_of(pix, &pix->now, 0) == NULL)
        band_submit(pix, &pix->band[0], &pix->now, 0);
}

const uint16_t *pix_rows_take(pix_t *pix, uint32_t row)
{
    pix_count_t *count = &pix->known.count[row];
    const uint16_t *samples = pix->known.found ? NULL : take_row(pix, row, count);
    pix->known.taken++;
    pix->saturated_px += count->saturated;
    pix_activity_line(pix, count->codes);
    return samples;
}

void pix_rows_end(pix_t *pix)
{
    sim_memo_key_t key = key_of(pix);
    bool whole = pix->known.taken == pix_frame_lines(&pix->now); /* not after a snapshot within */
    if (pix->memo != NULL && !pix->known.found && whole)
        pix->memo->keep(pix->memo->ctx, &key, pix->known.count, counts_bytes(pix));
}

/* Of the line that is on its way to the sinks. */
static const uint16_t *samples_now(void *ctx)
{
    pix_t *pix = ctx;
    pix_count_t count;
    return take_row(pix, pix->row - 1, &count);
}

/* ---- life ---- */

bool pix_rows_make(pix_t *pix)
{
    size_t room = pix_padded_px(pix->desc.width_px);
    pix->known.count = calloc(2 * (size_t)pix->desc.height_px, sizeof(*pix->known.count));
    bool fine = pix->known.count != NULL;
    for (uint32_t i = 0; i < SIM_COUNT(pix->band); i++) {
        pix->band[i].pix = pix;
        pix->band[i].sample = calloc(PIX_BAND_ROWS * room, sizeof(uint16_t));
        fine = fine && pix->band[i].sample != NULL;
    }
    pix->known.source =
        (sim_line_source_t){&pix->known.key, sizeof(pix->known.key), samples_now, pix};
    return fine;
}

void pix_rows_drop(pix_t *pix)
{
    for (uint32_t i = 0; i < SIM_COUNT(pix->band); i++) {
        sim_pool_wait(pix->pool, &pix->band[i].batch);
        pix->band[i].rows = 0;
    }
    pix->known.found = false;
    pix->known.taken = 0;
}

void pix_rows_free(pix_t *pix)
{
    if (pix->pool != NULL)
        pix_rows_drop(pix);
    free(pix->known.count);
    pix->known.count = NULL;
    for (uint32_t i = 0; i < SIM_COUNT(pix->band); i++) {
        free(pix->band[i].sample);
        pix->band[i].sample = NULL;
    }
}
