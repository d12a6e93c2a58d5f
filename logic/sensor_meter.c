/*
 * sensor_meter.c - what the meter has to know of a whole sensor: sizes, phases, resets.
 */
#include <stdio.h>

#include "logic/sensor.h"
#include "logic/sensor_int.h"

static double kib(double bytes)
{
    return bytes / 1024;
}

static tech_sizes_t sizes_of(const sensor_desc_t *desc)
{
    const pix_desc_t *pixel = &desc->pixel;
    const bus_desc_t *bus = &desc->logic.bus;
    double l1 = 0, pixels = (double)pixel->width_px * pixel->height_px;
    for (uint32_t m = 0; m < NPU_MEMS; m++)
        l1 += desc->npu.mem_bytes[m];
    return (tech_sizes_t){
        .pixel = pixels,
        .pixel_um2 = pixels * pixel->pitch_um * pixel->pitch_um,
        .column = pixel->width_px,
        .row = pixel->height_px,
        .isp_kib = kib(desc->isp.max_width_px),
        .mac = npu_peak_macs(&desc->npu, 0),
        .vector_lane = desc->npu.vec_elements,
        .l1_kib = kib(l1),
        .l2_kib = kib(desc->logic.l2.bytes),
        .core_kib = kib((double)bus->rom_bytes + bus->tcm_bytes + desc->logic.core.icache.bytes),
        .fifo_kib = kib(desc->mipi.fifo_bytes),
        .lane = desc->mipi.dphy.lanes,
    };
}

/* Complaints are in the documents. */
static void read_tech(sensor_desc_t *desc, const sim_cfg_t *root, tech_die_t die)
{
    tech_sizes_t sizes = sizes_of(desc);
    tech_read(root, die, &sizes, &desc->tech);
}

void sensor_tech_take(sensor_desc_t *desc, const sim_cfg_t *const tech[TECH_DIES])
{
    desc->tech.parts = desc->tech.rows = 0;
    for (uint32_t d = 0; d < TECH_DIES; d++)
        read_tech(desc, tech[d], (tech_die_t)d);
}

bool sensor_tech_read(sensor_desc_t *desc, const char *chip_file, sim_json_t *copies, char *error,
                      size_t error_bytes)
{
    bool fine = true;
    desc->tech.parts = desc->tech.rows = 0;
    for (uint32_t d = 0; d < TECH_DIES && fine; d++) {
        sim_doc_t *doc = tech_open(&desc->tech, (tech_die_t)d, chip_file);
        sim_cfg_t root = {0};
        fine = doc != NULL && sim_doc_error(doc) == NULL;
        if (fine) {
            root = sim_doc_root(doc);
            read_tech(desc, &root, (tech_die_t)d);
            fine = sim_doc_error(doc) == NULL;
        }
        if (fine && copies != NULL)
            sim_json_add_value(copies, tech_die_names[d], sim_cfg_copy(&root));
        if (!fine)
            snprintf(error, error_bytes, "%s", doc != NULL ? sim_doc_error(doc) : "out of memory");
        sim_doc_free(doc);
    }
    return fine;
}

/* ---- phases ---- */

/* The core has what the NPU made, and its metadata is not on the way yet. That it wakes up an
 * instant after the NPU's end does not count. */
static bool is_judging(const sensor_t *s, uint64_t now_ps)
{
    uint32_t number = s->timeline.npu_frame;
    const timeline_frame_t *frame = &s->timeline.frame[number % TIMELINE_FRAMES];
    return frame->known && frame->frame == number && frame->npu_end_ps != 0 &&
           frame->firmware_end_ps == 0 && (!s->core.sleeping || frame->npu_end_ps == now_ps);
}

static energy_phase_t phase_of(void *ctx)
{
    const sensor_t *s = ctx;
    uint64_t now_ps = sim_now_ps(s->sim);
    if ((s->npu.status_reg & NPU_STATUS_BUSY) != 0)
        return ENERGY_INFERENCE;
    if (s->pixel.reading)
        return ENERGY_READOUT;
    if (is_judging(s, now_ps))
        return ENERGY_FIRMWARE;
    if (s->mipi.link_busy || s->mipi.fifo_packets != 0 || s->mipi.meta_busy)
        return ENERGY_LINK;
    if (s->pixel.pending && pix_frame_timing(&s->pixel.next).exposure_start_ps <= now_ps)
        return ENERGY_EXPOSURE;
    return ENERGY_IDLE;
}

static void on_resets(void *ctx, bool over)
{
    sensor_t *s = ctx;
    if (over)
        energy_after_reset(&s->energy);
    else
        energy_before_reset(&s->energy);
}

static void on_npu_active(void *ctx, bool level)
{
    (void)level;
    energy_edge(&((sensor_t *)ctx)->energy);
}

/* Of the stack, which it warms. */
static uint64_t total_fj(void *ctx)
{
    return energy_total_fj(&((sensor_t *)ctx)->energy);
}

sim_err_t sensor_meter_init(sensor_t *sensor, sim_t *sim)
{
    sim_err_t err =
        energy_init(&sensor->energy, sim, &sensor->desc.tech, "sensor.", true, "energy");
    sensor->energy.phase_of = phase_of;
    sensor->energy.phase_ctx = sensor;
    sensor->clkrst.resets = on_resets;
    sensor->thermal.energy_fj = sensor->energy.on ? total_fj : NULL;
    sensor->thermal.energy_ctx = sensor;
    if (err == SIM_OK && !sim_wire_connect(&sensor->npu.active, on_npu_active, sensor))
        err = sim_fail(sim, SIM_EWIRE, "energy: a wire has no place left");
    return err;
}
