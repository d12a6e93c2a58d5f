#include "tools/raw_frames.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/dng.h"

/* ---- colors ---- */

/* Camera from XYZ is camera from linear sRGB times sRGB from XYZ, then digital gain; scaled so that
 * white of luminance 1 brings the strongest color to 1. */
static void daylight_colors(const pix_desc_t *desc, const pix_frame_t *now, sim_raw_t *raw)
{
    static const uint32_t phase[PIX_COLORS] = {
        [PIX_RED] = PIX_PHASE_R, [PIX_GREEN] = PIX_PHASE_GR, [PIX_BLUE] = PIX_PHASE_B};
    /* IEC 61966-2-1, D65 */
    static const double srgb[9] = {3.2406, -1.5372, -0.4986, -0.9689, 1.8758,
                                   0.0415, 0.0557,  -0.2040, 1.0570};
    double camera[PIX_COLORS][PIX_COLORS], most = 0;
    for (uint32_t c = 0; c < PIX_COLORS; c++) {
        pix_electrons_per_lux_s(desc, c, camera[c]);
        for (uint32_t i = 0; i < PIX_COLORS; i++)
            camera[c][i] *= now->digital_gain[phase[c]];
        raw->neutral[c] = camera[c][0] + camera[c][1] + camera[c][2];
        most = raw->neutral[c] > most ? raw->neutral[c] : most;
    }
    raw->has_color = most > 0;
    for (uint32_t c = 0; c < PIX_COLORS && raw->has_color; c++) {
        raw->neutral[c] /= most;
        for (uint32_t i = 0; i < 3; i++) {
            double sum = 0;
            for (uint32_t k = 0; k < 3; k++)
                sum += camera[c][k] * srgb[3 * k + i];
            raw->color_matrix[3 * c + i] = sum / most;
        }
    }
}

/* "As shot" is what the ISP makes of it: the inverse of its gains. */
static void shot_colors(const isp_regs_t *regs, sim_raw_t *raw)
{
    enum { R, GR, GB, B };
    double green = regs->wb[GR], least = green;
    least = regs->wb[R] < least ? regs->wb[R] : least;
    least = regs->wb[B] < least ? regs->wb[B] : least;
    if (!(regs->ctrl & ISP_CTRL_ENABLE) || least == 0)
        return;
    raw->neutral[PIX_RED] = least / regs->wb[R];
    raw->neutral[PIX_GREEN] = least / green;
    raw->neutral[PIX_BLUE] = least / regs->wb[B];
}

/* ---- a frame ---- */

/* The converter's end, or a full well where that comes before it. */
static uint32_t white_level(const pix_desc_t *desc, const pix_frame_t *now, const sim_raw_t *raw)
{
    uint32_t end = (1u << raw->bits) - 1, gain = now->digital_gain[0];
    uint32_t sites = now->bin_sum ? now->x.bin * now->y.bin : 1;
    for (uint32_t i = 1; i < PIX_PHASES; i++)
        gain = now->digital_gain[i] < gain ? now->digital_gain[i] : gain;
    double well_dn = desc->full_well_e * sites * desc->dn_per_e * pix_analog_gain(now->gain_code) *
                     (1u << raw->bits) / (1u << desc->adc_bits) * gain / 256;
    return raw->black[0] + well_dn < end ? (uint32_t)(raw->black[0] + well_dn) : end;
}

void raw_frames_describe(const pix_t *pixel, const sim_line_t *line, sim_raw_t *raw)
{
    const pix_desc_t *desc = &pixel->desc;
    const pix_frame_t *now = &pixel->now;
    raw->width_px = line->width_px;
    raw->height_px = line->height_px;
    raw->bits = line->bits;
    raw->bayer = line->bayer;
    for (uint32_t i = 0; i < 4; i++) /* black_dn is of the chip's own ADC bits */
        raw->black[i] = (double)desc->black_dn * (1u << line->bits) / (1u << desc->adc_bits);
    raw->white = white_level(desc, now, raw);
    raw->exposure_s = (double)pix_row_light_pck(now, 0) / (double)desc->clk_hz;
    raw->f_number = desc->f_number;
    raw->iso = 100 * pix_analog_gain(now->gain_code) * now->digital_gain[PIX_PHASE_GR] /
               256; /* 100 at gain 1: assumed */
    snprintf(raw->model, sizeof(raw->model), "Fovea %u x %u", desc->width_px, desc->height_px);
    daylight_colors(desc, now, raw);
}

void raw_frames_take(const sim_line_t *line, sim_raw_t *raw)
{
    if (line->exposure == 0)
        memcpy(raw->data + (size_t)line->row * line->width_px, sim_line_raw(line),
               line->width_px * sizeof(uint16_t));
}

static bool note_written(raw_frames_t *f, uint32_t frame)
{
    uint8_t *more = realloc(f->written, f->written_bytes + sizeof(frame));
    if (more == NULL)
        return false;
    memcpy(more + f->written_bytes, &frame, sizeof(frame));
    f->written = more;
    f->written_bytes += sizeof(frame);
    return true;
}

static void write_frame(raw_frames_t *f, uint32_t frame)
{
    char file[1300];
    snprintf(file, sizeof(file), "%s/frame_%05u.dng", f->dir, frame);
    if (!note_written(f, frame))
        snprintf(f->error, f->error_bytes, "out of memory");
    else
        sim_dng_write(file, &f->raw, f->error, f->error_bytes);
}

static void on_line(void *ctx, const sim_line_t *line)
{
    raw_frames_t *f = ctx;
    size_t px = (size_t)line->width_px * line->height_px;
    if (line->frame % f->every != 0 || f->error[0] != '\0' || px > f->room_px ||
        line->exposure != 0)
        return;
    if (line->row == 0) {
        raw_frames_describe(f->pixel, line, &f->raw);
        shot_colors(&f->isp->regs, &f->raw);
    }
    raw_frames_take(line, &f->raw);
    if (line->row + 1 == line->height_px)
        write_frame(f, line->frame);
}

/* ---- life ---- */

bool raw_frames_init(raw_frames_t *frames, pix_t *pixel, const isp_t *isp, uint32_t every,
                     const char *dir, char *error, size_t error_bytes)
{
    *frames = (raw_frames_t){
        .pixel = pixel, .isp = isp, .every = every, .error = error, .error_bytes = error_bytes};
    snprintf(frames->dir, sizeof(frames->dir), "%s", dir);
    if (every == 0)
        return true;
    frames->room_px = (size_t)pixel->desc.width_px * pixel->desc.height_px;
    frames->raw.data = calloc(frames->room_px, sizeof(uint16_t));
    return frames->raw.data != NULL && pix_add_sink(pixel, (sim_line_sink_t){on_line, frames});
}

void raw_frames_free(raw_frames_t *frames)
{
    sim_raw_free(&frames->raw);
    free(frames->written);
    frames->written = NULL;
}
