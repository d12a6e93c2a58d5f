/*
 * activity.c - what array and column converters do, counted by row: for accounts of energy.
 *
 * Row by row: a shutter step empties all photosites of an array row, whatever the window; a line
 * that is read selects the array rows that it is binned of, reads the window's photosites, settles
 * and converts once a sample (pixel.h), and sends the sample's bits. A column's counter runs until
 * its comparator trips: for as many clocks as the code says, and half of the reset ramp (assumed:
 * the reset level lies in its middle).
 */
#include <string.h>

#include "pixel/pixel_int.h"
#include "pixel/site.h"

void pix_activity_reset(pix_t *pix)
{
    memset(&pix->counted_ps, 0, sizeof(*pix) - offsetof(pix_t, counted_ps));
    pix->counted_ps = sim_now_ps(pix->comp.sim);
}

/* Of rows that begin `step` clocks after each other, those that have. */
static uint64_t begun(uint64_t first_pck, uint64_t step, uint64_t rows, uint64_t now_pck)
{
    if (now_pck < first_pck)
        return 0;
    uint64_t since = (now_pck - first_pck) / step + 1;
    return since < rows ? since : rows;
}

/* Array rows whose exposure has begun. */
static uint64_t shutter_rows(const pix_t *pix, const pix_frame_t *frame)
{
    uint64_t now_pck = sim_edge_at_or_after(sim_now_ps(pix->comp.sim) + 1, frame->clk_hz) - 1;
    uint64_t line = frame->line_length_pck, rows = pix_axis_samples(&frame->y);
    uint64_t step = frame->global_reset ? 0 : pix_frame_exposures(frame) * line;
    uint64_t first = frame->readout_pck - frame->coarse_lines * line - frame->fine_pck;
    uint64_t lines = step != 0 ? begun(first, step, rows, now_pck) : now_pck >= first ? rows : 0;
    if (frame->short_lines != 0) {
        first = frame->readout_pck + frame->short_delay * line - frame->fine_pck -
                frame->short_lines * line;
        lines += begun(first, step, rows, now_pck);
    }
    return lines * frame->y.bin;
}

void pix_activity_ended(pix_t *pix, const pix_frame_t *frame)
{
    pix->shutter_ended += shutter_rows(pix, frame);
}

void pix_activity_count(pix_t *pix)
{
    uint64_t now = sim_now_ps(pix->comp.sim), passed = now - pix->counted_ps;
    bool streams = pix->reading || pix->pending;
    pix->readout_ps += pix->reading ? passed : 0;
    pix->stream_ps += streams ? passed : 0;
    pix->standby_ps += streams ? 0 : passed;
    pix->counted_ps = now;
    pix->shutter_rows = pix->shutter_ended + (pix->reading ? shutter_rows(pix, &pix->now) : 0) +
                        (pix->pending ? shutter_rows(pix, &pix->next) : 0);
    pix->shutter_resets = pix->shutter_rows * pix->desc.width_px;
}

void pix_activity_line(pix_t *pix, uint64_t codes)
{
    const pix_frame_t *frame = &pix->now;
    uint64_t samples = pix_axis_samples(&frame->x);
    uint32_t bits = frame->adc_bits, reset = pix_reset_counts(&pix->desc, bits);
    pix->read_rows += frame->y.bin;
    pix->px_reads += samples * pix_sites(frame);
    pix->column_settles += samples * (reset != 0 ? 2 : 1);
    *(bits == 8    ? &pix->conversions_8
      : bits == 10 ? &pix->conversions_10
                   : &pix->conversions_12) += samples;
    pix->ramp_counts += pix_ramp_counts(&pix->desc, bits);
    pix->counter_clocks += codes + samples * reset / 2;
    pix->die_bits += samples * bits;
    pix->convert_ps += pix_adc_time_ps(&pix->desc, bits);
}
