/*
 * develop.c - the row kernels over one row, in stretches that stay in cache.
 */
#include "pixel/develop.h"

#include "pixel/law.h"
#include "pixel/pixel_int.h"

void pix_develop(const pix_t *pix, const pix_frame_t *frame, uint32_t row, const pix_strip_t *strip)
{
    pix_law_t law = pix_law_of(pix, frame, row);
    sim_rng_t shot = {pix->desc.seed, PIX_RNG_SHOT, frame->frame, row}, read = shot;
    read.purpose = PIX_RNG_READ;
    uint32_t shot_word[PIX_SPAN_PX], read_word[PIX_SPAN_PX];
    for (uint32_t x = 0; x < strip->count; x += PIX_SPAN_PX) {
        uint32_t left = strip->count - x, count = left < PIX_SPAN_PX ? left : PIX_SPAN_PX;
        sim_rng_fill7_u32(&shot, x, count, shot_word);
        sim_rng_fill7_u32(&read, x, count, read_word);
        pix_span_t span = {
            .light = {strip->light[0] + x, strip->light[1] + x, strip->light[2] + x},
            .shot = shot_word,
            .read = read_word,
            .prnu = strip->prnu + x,
            .dsnu = strip->dsnu + x,
            .dark = strip->dark + x,
            .out = strip->out + x,
            .count = count,
        };
        pix->kernels->develop(&law, &span);
    }
}
