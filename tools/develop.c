#include "tools/develop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/reg_set.h"

enum { MAX_NAME = 64, MAX_PX = 1 << 24 /* the scaler's sums: isp/scaler.h */ };

/* ---- the ISP's surroundings ---- */

/* No tensor is made, so nothing is ever asked of L2. */
static void no_memory(void *ctx, uint32_t master, sim_mem_req_t *req)
{
    (void)ctx, (void)master;
    req->error = true;
    req->done(req->ctx, req);
}

static void on_rgb(void *ctx, const sim_line_t *line)
{
    develop_t *dev = ctx;
    sim_image_t *image = &dev->image;
    size_t bytes = 3 * (size_t)line->width_px;
    if (line->flags & SIM_LINE_FIRST) {
        sim_image_free(image);
        *image = (sim_image_t){line->width_px, line->height_px, 3,
                               calloc(line->height_px, bytes > 0 ? bytes : 1)};
    }
    if (image->data == NULL)
        return; /* develop_run finds no image */
    uint8_t *rgb = image->data + bytes * line->row;
    if (line->format == SIM_LINE_YUV422)
        yuv_unpack_422(line->data.rgb, line->width_px, dev->isp->image.job.mode, rgb);
    else
        memcpy(rgb, line->data.rgb, bytes);
    if (line->flags & SIM_LINE_LAST)
        dev->end_ps = line->end_ps;
}

static void on_log(void *ctx, uint64_t time_ps, sim_log_level_t level, const char *name,
                   const char *line)
{
    (void)ctx, (void)time_ps;
    fprintf(stderr, "%s %s: %s\n", sim_log_level_name(level), name, line);
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static sim_err_t start(develop_t *dev, const isp_desc_t *desc)
{
    sim_err_t err = isp_init(dev->isp, dev->sim, desc, "isp");
    if (err != SIM_OK)
        return err;
    dev->isp->port = (sim_mem_port_t){
        .request = no_memory, .beat_bytes = 32, .max_burst_bytes = 128, .clk_hz = desc->clk_hz};
    isp_add_image_sink(dev->isp, (img_sink_t){.line = {on_rgb, dev}});
    err = sim_check(dev->sim);
    if (err != SIM_OK)
        return err;
    sim_reset(dev->sim);
    return sim_start(dev->sim);
}

bool develop_open(develop_t *dev, const isp_desc_t *desc, const sim_raw_t *raw, char *error,
                  size_t error_bytes)
{
    isp_desc_t wide = *desc;
    *dev = (develop_t){0};
    if (raw->width_px < 4 || raw->height_px < 4 ||
        (uint64_t)raw->width_px * raw->height_px >= MAX_PX) {
        snprintf(error, error_bytes, "%u x %u: expected 4 x 4 or more, below %.1f Mpixel",
                 raw->width_px, raw->height_px, MAX_PX * 1e-6);
        return false;
    }
    dev->sim = sim_new();
    dev->isp = calloc(1, sizeof(*dev->isp));
    if (dev->sim == NULL || dev->isp == NULL) {
        snprintf(error, error_bytes, "no memory");
        return false;
    }
    sim_set_log(dev->sim, on_log, NULL, SIM_LOG_GUEST);
    wide.max_width_px = larger(wide.max_width_px, raw->width_px);
    wide.max_height_px = larger(wide.max_height_px, raw->height_px);
    if (start(dev, &wide) == SIM_OK)
        return true;
    snprintf(error, error_bytes, "%s", sim_error(dev->sim));
    return false;
}

void develop_close(develop_t *dev)
{
    if (dev->isp != NULL)
        isp_free(dev->isp);
    sim_free(dev->sim);
    free(dev->isp);
    sim_image_free(&dev->image);
    *dev = (develop_t){0};
}

/* ---- registers ---- */

bool develop_set(develop_t *dev, const char *setting, char *error, size_t error_bytes)
{
    return reg_set(&dev->isp->comp, "ISP_", setting, error, error_bytes);
}

static void put(develop_t *dev, const char *name, double value)
{
    const sim_reg_t *reg = reg_find(&dev->isp->comp, name);
    int32_t integer = (int32_t)(value < 0 ? value - 0.5 : value + 0.5);
    sim_reg_write(&dev->isp->comp, reg->addr, (uint32_t)integer & reg->rw_mask);
}

/* ---- colors ---- */

/* Adjugate over determinant; false when it has none. */
static bool invert(const double m[9], double out[9])
{
    double det = 0;
    for (int i = 0; i < 9; i++) {
        int a = (i % 3 + 1) % 3, b = (i % 3 + 2) % 3, c = (i / 3 + 1) % 3, d = (i / 3 + 2) % 3;
        out[i] = m[3 * a + c] * m[3 * b + d] - m[3 * a + d] * m[3 * b + c];
    }
    for (int i = 0; i < 3; i++)
        det += m[i] * out[3 * i];
    for (int i = 0; i < 9; i++)
        out[i] /= det;
    return det > 1e-9 || det < -1e-9;
}

/* Linear sRGB of balanced camera values: the inverse of color_matrix * XYZ of sRGB, its rows first
 * brought to a sum of 1, since white balance has made white (1, 1, 1). */
static bool color_matrix(const sim_raw_t *raw, double out[9])
{
    /* IEC 61966-2-1: CIE XYZ of the primaries, D65 */
    static const double xyz[9] = {0.4124, 0.3576, 0.1805, 0.2126, 0.7152,
                                  0.0722, 0.0193, 0.1192, 0.9505};
    double camera[9];
    for (int row = 0; row < 3; row++) {
        double sum = 0;
        for (int i = 0; i < 3; i++) {
            camera[3 * row + i] = 0;
            for (int k = 0; k < 3; k++)
                camera[3 * row + i] += raw->color_matrix[3 * row + k] * xyz[3 * k + i];
            sum += camera[3 * row + i];
        }
        for (int i = 0; i < 3; i++)
            camera[3 * row + i] /= sum;
    }
    return invert(camera, out);
}

static double clamped(double value, double low, double high)
{
    return value < low ? low : value > high ? high : value;
}

static void set_matrix(develop_t *dev, const sim_raw_t *raw)
{
    double m[9];
    char name[MAX_NAME];
    if (!color_matrix(raw, m))
        return;
    for (int i = 0; i < 9; i++) {
        snprintf(name, sizeof(name), "ISP_CCM_%d%d", i / 3, i % 3);
        put(dev, name, clamped(1024 * m[i], -32768, 32767));
    }
}

uint32_t develop_phase(sim_bayer_t bayer, uint32_t phase)
{
    static const uint8_t place[4][4] = {
        [SIM_BAYER_GRBG] = {1, 0, 3, 2},
        [SIM_BAYER_RGGB] = {0, 1, 2, 3},
        [SIM_BAYER_BGGR] = {3, 2, 1, 0},
        [SIM_BAYER_GBRG] = {2, 3, 0, 1},
    };
    return place[bayer][phase];
}

void develop_set_colors(develop_t *dev, const sim_raw_t *raw)
{
    static const char *const phase[4] = {"R", "GR", "GB", "B"};
    for (uint32_t i = 0; i < 4; i++) {
        char name[MAX_NAME];
        double black =
            clamped(raw->black[develop_phase(raw->bayer, i)] * 4095 / raw->white, 0, 4094);
        double neutral = raw->has_color ? raw->neutral[i == 0 ? 0 : i == 3 ? 2 : 1] : 0;
        snprintf(name, sizeof(name), "ISP_BLC_%s", phase[i]);
        put(dev, name, black);
        snprintf(name, sizeof(name), "ISP_WB_%s", phase[i]);
        if (neutral > 0) /* the range that black takes is given back */
            put(dev, name,
                clamped(256 * 4095 / (4095 - black) * raw->neutral[1] / neutral, 1, 4095));
    }
    if (raw->has_color)
        set_matrix(dev, raw);
}

/* ---- a frame ---- */

/* As wide as the ISP takes them, in the scale that its registers mean. */
static void take_samples(const sim_raw_t *raw, uint32_t row, bool scale, uint16_t *out)
{
    const uint16_t *in = raw->data + (size_t)row * raw->width_px;
    for (uint32_t x = 0; x < raw->width_px; x++) {
        uint32_t value = in[x] < raw->white ? in[x] : raw->white;
        out[x] = (uint16_t)(scale ? (value * 4095u + raw->white / 2) / raw->white : value);
    }
}

static void send(develop_t *dev, const sim_raw_t *raw, uint16_t *samples)
{
    const isp_desc_t *desc = &dev->isp->desc;
    sim_line_sink_t sink = isp_sink(dev->isp);
    bool scale = raw->bits < 8 || raw->bits > 12 || raw->white != (1u << raw->bits) - 1;
    uint64_t cycles = raw->width_px / desc->px_per_clk + dev->isp->pipe_cycles + 128;
    uint64_t line_ps = sim_edge_ps(cycles, desc->clk_hz);
    dev->start_ps = sim_now_ps(dev->sim);
    for (uint32_t row = 0; row < raw->height_px; row++) {
        sim_line_t line = {
            .format = SIM_LINE_RAW,
            .bayer = raw->bayer,
            .flags =
                (row == 0 ? SIM_LINE_FIRST : 0) | (row + 1 == raw->height_px ? SIM_LINE_LAST : 0),
            .bits = scale ? 12 : raw->bits,
            .width_px = raw->width_px,
            .height_px = raw->height_px,
            .frame = 0,
            .row = row,
            .start_ps = dev->start_ps + row * line_ps,
            .end_ps = dev->start_ps + (row + 1) * line_ps,
            .data.raw = samples,
        };
        take_samples(raw, row, scale, samples);
        sim_run_until_ps(dev->sim, line.end_ps);
        sink.line(sink.ctx, &line);
    }
    while (sim_step(dev->sim, SIM_NEVER_PS - 1))
        continue;
}

bool develop_meter(develop_t *dev, const tech_t *tech, char *error, size_t error_bytes)
{
    bool fine = energy_attach(&dev->energy, dev->sim, tech) == SIM_OK;
    if (fine)
        energy_restart(&dev->energy);
    else
        snprintf(error, error_bytes, "%s", sim_error(dev->sim));
    return fine;
}

bool develop_run(develop_t *dev, const sim_raw_t *raw, char *error, size_t error_bytes)
{
    uint16_t *samples = malloc(raw->width_px * sizeof(*samples));
    dev->end_ps = 0;
    if (samples != NULL) {
        sim_reg_write(&dev->isp->comp, reg_find(&dev->isp->comp, "ISP_CTRL")->addr,
                      ISP_CTRL_ENABLE);
        send(dev, raw, samples);
        energy_settle(&dev->energy);
        if (dev->end_ps == 0)
            snprintf(error, error_bytes, "%u x %u: the ISP made no picture of it", raw->width_px,
                     raw->height_px);
    } else {
        snprintf(error, error_bytes, "no memory");
    }
    free(samples);
    return dev->end_ps != 0;
}
