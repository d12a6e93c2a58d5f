#include "tools/sense.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/raw_frames.h"
#include "tools/reg_set.h"

static void on_log(void *ctx, uint64_t time_ps, sim_log_level_t level, const char *name,
                   const char *line)
{
    (void)ctx, (void)time_ps;
    fprintf(stderr, "%s %s: %s\n", sim_log_level_name(level), name, line);
}

static void on_line(void *ctx, const sim_line_t *line)
{
    sense_t *sense = ctx;
    if (line->exposure != 0)
        return;
    if (line->row == 0) {
        raw_frames_describe(sense->pixel, line, &sense->raw);
        sense->complete = false;
        sense->saturated = 0;
    }
    raw_frames_take(line, &sense->raw);
    for (uint32_t i = 0; i < line->width_px; i++)
        sense->saturated += line->data.raw[i] >= sense->raw.white;
    sense->complete = line->row + 1 == line->height_px;
}

static sim_err_t start(sense_t *sense, const pix_desc_t *desc, sim_light_t light)
{
    sim_err_t err = pix_init(sense->pixel, sense->sim, desc, "pixel", sense->pool);
    if (err != SIM_OK)
        return err;
    sense->pixel->light = light;
    pix_add_sink(sense->pixel, (sim_line_sink_t){on_line, sense});
    err = sim_check(sense->sim);
    if (err != SIM_OK)
        return err;
    sim_reset(sense->sim);
    return sim_start(sense->sim);
}

bool sense_open(sense_t *sense, const pix_desc_t *desc, sim_light_t light, uint32_t threads,
                char *error, size_t error_bytes)
{
    *sense = (sense_t){
        .sim = sim_new(), .pool = sim_pool_new(threads), .pixel = calloc(1, sizeof(pix_t))};
    sense->raw.data = calloc((size_t)desc->width_px * desc->height_px, sizeof(uint16_t));
    if (sense->sim == NULL || sense->pool == NULL || sense->pixel == NULL ||
        sense->raw.data == NULL) {
        snprintf(error, error_bytes, "no memory");
        return false;
    }
    sim_set_log(sense->sim, on_log, NULL, SIM_LOG_GUEST);
    if (start(sense, desc, light) == SIM_OK)
        return true;
    snprintf(error, error_bytes, "%s", sim_error(sense->sim));
    return false;
}

void sense_close(sense_t *sense)
{
    if (sense->pixel != NULL)
        pix_free(sense->pixel);
    free(sense->pixel);
    if (sense->pool != NULL)
        sim_pool_free(sense->pool);
    sim_free(sense->sim);
    sim_raw_free(&sense->raw);
    *sense = (sense_t){0};
}

bool sense_meter(sense_t *sense, const tech_t *tech, char *error, size_t error_bytes)
{
    bool fine = energy_attach(&sense->energy, sense->sim, tech) == SIM_OK;
    if (fine)
        energy_restart(&sense->energy);
    else
        snprintf(error, error_bytes, "%s", sim_error(sense->sim));
    return fine;
}

/* ---- settings ---- */

void sense_put(sense_t *sense, const char *name, uint32_t value)
{
    sim_reg_write(&sense->pixel->comp, reg_find(&sense->pixel->comp, name)->addr, value);
}

static uint32_t get(sense_t *sense, const char *name)
{
    return sim_reg_read(&sense->pixel->comp, reg_find(&sense->pixel->comp, name)->addr);
}

static uint32_t power_up(const ccs_desc_t *ccs, const char *name)
{
    uint32_t count, i = 0;
    const ccs_reg_t *regs = ccs_regs(&count);
    while (strcmp(regs[i].name, name) != 0)
        i++;
    return ccs_power_up(ccs, regs[i].addr);
}

void sense_power_up(sense_t *sense, const ccs_desc_t *ccs)
{
    bool binned = power_up(ccs, "binning_mode") != 0;
    sense_put(sense, "PIX_BIN", binned ? power_up(ccs, "binning_type") : 0x11);
    sense_put(sense, "PIX_BIN_WEIGHT", power_up(ccs, "binning_weighting"));
    sense_put(sense, "PIX_LINE_LENGTH", power_up(ccs, "line_length_pck"));
    sense_put(sense, "PIX_FRAME_LENGTH", power_up(ccs, "frame_length_lines"));
    sense_put(sense, "PIX_COARSE", power_up(ccs, "coarse_integration_time"));
}

enum { FRAME_LENGTH_MAX = 0xffdc, SHIFT_MAX = 7 };

void sense_exposures(const sense_t *sense, double seconds[2])
{
    const pix_desc_t *desc = &sense->pixel->desc;
    double line_s = (double)pix_frame_asked(sense->pixel).line_length_pck / (double)desc->clk_hz;
    seconds[0] = desc->coarse_min * line_s;
    seconds[1] = ((FRAME_LENGTH_MAX - desc->coarse_margin) << SHIFT_MAX) * line_s;
}

/* As many whole lines as fit, the rest as PIX_FINE; lines as ADC or columns stretch them. */
bool sense_set_exposure(sense_t *sense, uint64_t exposure_ps, char *error, size_t error_bytes)
{
    const pix_desc_t *desc = &sense->pixel->desc;
    uint64_t line = pix_frame_asked(sense->pixel).line_length_pck;
    uint64_t total = sim_edge_at_or_after(exposure_ps, desc->clk_hz), lines = total / line;
    uint64_t most = FRAME_LENGTH_MAX - desc->coarse_margin;
    uint32_t shift = 0;
    while (shift < SHIFT_MAX && lines >> shift > most)
        shift++;
    if (lines >> shift > most || lines < desc->coarse_min) {
        double range[2];
        sense_exposures(sense, range);
        snprintf(error, error_bytes, "exposure: found %.9f s, expected %.9f..%.3f",
                 (double)exposure_ps / 1e12, range[0], range[1]);
        return false;
    }
    uint32_t coarse = (uint32_t)(lines >> shift), frame_length = coarse + desc->coarse_margin;
    sense_put(sense, "PIX_EXP_SHIFT", shift);
    sense_put(sense, "PIX_COARSE", coarse);
    sense_put(sense, "PIX_FINE", shift == 0 ? (uint32_t)(total - lines * line) : 0);
    if (get(sense, "PIX_FRAME_LENGTH") < frame_length)
        sense_put(sense, "PIX_FRAME_LENGTH", frame_length);
    return true;
}

bool sense_set_gain(sense_t *sense, double gain, char *error, size_t error_bytes)
{
    const pix_desc_t *desc = &sense->pixel->desc;
    double most = pix_analog_gain(desc->gain_code_max);
    if (!(gain >= 1 && gain <= most)) {
        snprintf(error, error_bytes, "gain: found %g, expected 1..%.2f", gain, most);
        return false;
    }
    sense_put(sense, "PIX_GAIN", pix_gain_code(desc, gain));
    return true;
}

/* ---- a frame ---- */

/* Only one frame is wanted: as long as the window needs, if the register says less. */
static void lengthen_frame(sense_t *sense)
{
    pix_frame_t frame = pix_frame_asked(sense->pixel);
    uint32_t lines = frame.frame_length_lines >> frame.exposure_shift;
    if (get(sense, "PIX_FRAME_LENGTH") < lines)
        sense_put(sense, "PIX_FRAME_LENGTH", lines);
}

bool sense_frame(sense_t *sense, uint32_t number, char *error, size_t error_bytes)
{
    lengthen_frame(sense);
    sense_put(sense, "PIX_CTRL", PIX_CTRL_STREAM);
    while (!(sense->complete && sense->pixel->now.frame == number))
        if (!sim_step(sense->sim, SIM_NEVER_PS - 1)) {
            snprintf(error, error_bytes, "frame %u never came", number);
            return false;
        }
    energy_settle(&sense->energy);
    return true;
}
