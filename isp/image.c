/*
 * image.c - rows through the stages of the image that leaves.
 */
#include "isp/image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "isp/isp_int.h"

/* ---- scratch rows ---- */

static size_t row_bytes(const img_t *img)
{
    return lines_stride(img->desc.max_width_px);
}

/* Three planes: 0 between stages, 1 of R G B made again. */
static void scratch_planes(const img_t *img, uint32_t which, uint8_t *planes[3])
{
    for (uint32_t c = 0; c < 3; c++)
        planes[c] = img->scratch + (3 * which + c) * row_bytes(img);
}

static uint8_t *scratch_line(const img_t *img)
{
    return img->scratch + 6 * row_bytes(img);
}

/* ---- FORMAT ---- */

static void send_line(img_t *img, sim_line_t *line, const uint8_t *const planes[3])
{
    const img_job_t *job = &img->job;
    uint8_t *bytes = scratch_line(img);
    line->bits = 8;
    line->frame = job->frame;
    line->window = job->window;
    line->data.rgb = bytes;
    if (job->yuv422) {
        line->format = SIM_LINE_YUV422;
        line->width_px &= ~1u;
        if (line->width_px == 0)
            return;
        img->rows->pack_422(planes, line->width_px, bytes);
    } else {
        line->format = SIM_LINE_RGB;
        img->interleave->interleave(planes, line->width_px, bytes);
    }
    for (uint32_t i = 0; i < img->sinks; i++)
        img->sink[i].line.line(img->sink[i].line.ctx, line);
    img->lines_out++;
    img->sent_px += line->width_px;
}

static bool in_yuv(const img_job_t *job)
{
    return job->nr_on || job->sharpen_on || job->yuv422;
}

static void send(img_t *img, sim_line_t line, const uint8_t *const planes[3])
{
    line.flags =
        (line.row == 0 ? SIM_LINE_FIRST : 0) | (line.row + 1 == line.height_px ? SIM_LINE_LAST : 0);
    line.end_ps = sim_now_ps(img->comp.sim);
    if (in_yuv(&img->job) && !img->job.yuv422) {
        uint8_t *rgb[3];
        scratch_planes(img, 1, rgb);
        img->rows->matrix(planes, line.width_px, &img->to_rgb, rgb);
        img->yuv_px += line.width_px;
        const uint8_t *const made[3] = {rgb[0], rgb[1], rgb[2]};
        send_line(img, &line, made);
    } else {
        send_line(img, &line, planes);
    }
}

/* ---- OUT ---- */

static void on_out_row(void *ctx, const uint8_t *const planes[ISP_CHANNELS])
{
    img_t *img = ctx;
    const scaler_job_t *region = &img->job.region;
    uint64_t now = sim_now_ps(img->comp.sim), clk_hz = img->desc.clk_hz;
    uint32_t cycles = (region->out_width_px + img->desc.px_per_clk - 1) / img->desc.px_per_clk;
    sim_line_t line = {
        .width_px = region->out_width_px,
        .height_px = region->out_height_px,
        .row = img->out.rows_out - 1,
        .start_ps = sim_edge_ps(sim_edge_at_or_after(now, clk_hz) - cycles, clk_hz),
    };
    send(img, line, planes);
}

static bool wanted_by_out(const img_t *img, uint32_t row)
{
    const img_job_t *job = &img->job;
    return img->out.active && row >= job->first_row && row < job->first_row + job->region.height_px;
}

static void to_out(img_t *img, uint32_t row, const uint8_t *const planes[3])
{
    uint8_t *to[ISP_CHANNELS];
    if (!wanted_by_out(img, row))
        return;
    scaler_planes(&img->out, to);
    for (int c = 0; c < ISP_CHANNELS; c++)
        memcpy(to[c], planes[c], img->job.width_px);
    if (scaler_row(&img->out))
        return;
    scaler_abandon(&img->out);
    img->on_overrun(img->ctx);
}

/* A finished row, in YUV or as it came. */
static void finish(img_t *img, uint32_t row, uint64_t start_ps, const uint8_t *const planes[3])
{
    const img_job_t *job = &img->job;
    if (job->out_on)
        to_out(img, row, planes);
    else
        send(img,
             (sim_line_t){.width_px = job->width_px,
                          .height_px = job->height_px,
                          .row = row,
                          .start_ps = start_ps},
             planes);
}

/* ---- the stages with windows ---- */

/* Where the row goes that comes from the stage before `win`'s; NULL: no further window. */
static void planes_for(const img_t *img, const win_t *win, uint32_t row, uint8_t *planes[3])
{
    if (win != NULL)
        win_planes(win, row, planes);
    else
        scratch_planes(img, 0, planes);
}

/* Row `row` of the job, in YUV, leaves the last stage. */
static void finish_yuv(img_t *img, uint32_t row, uint64_t start_ps, uint8_t *const planes[3])
{
    const uint8_t *const made[3] = {planes[0], planes[1], planes[2]};
    finish(img, row, start_ps, made);
}

/* A row has left a window: it has come in, and `lines` rows of bytes a pixel were read of it. */
static void use_buffers(img_t *img, uint32_t lines)
{
    img->buffer_write_bytes += (uint64_t)3 * img->job.width_px;
    img->buffer_read_bytes += (uint64_t)lines * img->job.width_px;
}

/* Row `step` has come into SHARPEN's window, if there is one that far down. */
static void step_sharpen(img_t *img, uint32_t step, uint64_t start_ps)
{
    const img_job_t *job = &img->job;
    uint8_t *planes[3];
    const uint8_t *out[3];
    if (step < job->height_px)
        win_close(&img->sharpen.lines, step, job->width_px);
    if (step < WIN_DELAY_LINES)
        return;
    scratch_planes(img, 0, planes);
    img->sharpen_px += job->width_px;
    use_buffers(img, WIN_LINES - 1 + 2); /* of Y; U and V late */
    sharpen_row(&img->sharpen, &job->sharpen, step - WIN_DELAY_LINES, job->width_px, job->height_px,
                planes[0], out);
    finish(img, step - WIN_DELAY_LINES, start_ps, out);
}

static void step_nr(img_t *img, uint32_t step, uint64_t start_ps)
{
    const img_job_t *job = &img->job;
    uint8_t *planes[3];
    if (step < job->height_px)
        win_close(&img->nr.lines, step, job->width_px);
    if (step < WIN_DELAY_LINES)
        return;
    uint32_t row = step - WIN_DELAY_LINES;
    if (row < job->height_px) {
        planes_for(img, job->sharpen_on ? &img->sharpen.lines : NULL, row, planes);
        img->nr_px += job->width_px;
        use_buffers(img, 3 * (WIN_LINES - 1));
        nr_row(&img->nr, &job->nr, row, job->width_px, job->height_px, planes);
    }
    if (job->sharpen_on)
        step_sharpen(img, row, start_ps);
    else
        finish_yuv(img, row, start_ps, planes);
}

void img_step(img_t *img, uint32_t step, const uint8_t *const rgb[3], uint64_t start_ps)
{
    const img_job_t *job = &img->job;
    uint8_t *planes[3];
    const uint8_t *masked[3];
    if (!img->active)
        return;
    if (job->mask.mode != MASK_OFF && step < job->height_px) {
        mask_row(&img->mask, &job->mask, step, job->width_px, rgb, masked);
        rgb = masked;
    }
    if (!in_yuv(job)) {
        finish(img, step, start_ps, rgb);
        return;
    }
    if (step < job->height_px) {
        const win_t *win = job->nr_on        ? &img->nr.lines
                           : job->sharpen_on ? &img->sharpen.lines
                                             : NULL;
        planes_for(img, win, step, planes);
        img->rows->matrix(rgb, job->width_px, &img->to_yuv, planes);
        img->yuv_px += job->width_px;
    }
    if (job->nr_on)
        step_nr(img, step, start_ps);
    else if (job->sharpen_on)
        step_sharpen(img, step, start_ps);
    else
        finish_yuv(img, step, start_ps, planes);
}

/* ---- frames ---- */

uint32_t img_delay_lines(const img_job_t *job)
{
    return WIN_DELAY_LINES * (job->nr_on + job->sharpen_on);
}

uint32_t img_pipe_cycles(const img_t *img, const img_job_t *job)
{
    const img_desc_t *desc = &img->desc;
    uint32_t conversions = in_yuv(job) ? (job->yuv422 ? 1 : 2) : 0;
    return mask_pipe_cycles(&img->mask, &job->mask, desc->px_per_clk) +
           conversions * desc->yuv_pipe_cycles + job->nr_on * desc->nr_pipe_cycles +
           job->sharpen_on * desc->sharpen_pipe_cycles;
}

static bool asked(const img_sink_t *sink, bool (*question)(void *ctx))
{
    return question == NULL || question(sink->line.ctx);
}

void img_begin(img_t *img, const img_job_t *job)
{
    if (img->out.active) {
        scaler_abandon(&img->out);
        img->on_overrun(img->ctx);
    }
    img->job = *job;
    img->to_yuv = yuv_from_rgb(job->mode);
    img->to_rgb = yuv_to_rgb(job->mode);
    img->active = false;
    for (uint32_t i = 0; i < img->sinks; i++)
        img->active |= asked(&img->sink[i], img->sink[i].wanted);
    if (job->out_on && img->active)
        scaler_begin(&img->out, &job->region);
}

bool img_ready(const img_t *img)
{
    bool ready = scaler_ready(&img->out);
    for (uint32_t i = 0; i < img->sinks && img->active; i++)
        ready = ready && asked(&img->sink[i], img->sink[i].has_room);
    return ready;
}

void img_abandon(img_t *img)
{
    if (img->out.active)
        scaler_abandon(&img->out);
}

/* ---- tables ---- */

static void img_reset(sim_comp_t *comp)
{
    img_t *img = (img_t *)comp;
    memset(&img->job, 0, sizeof(*img) - offsetof(img_t, job));
}

static const sim_field_t img_fields[] = {
    SIM_FIELD(img_t, job),
    SIM_FIELD(img_t, active),
    SIM_FIELD(img_t, to_yuv.k),
    SIM_FIELD(img_t, to_yuv.bias),
    SIM_FIELD(img_t, to_rgb.k),
    SIM_FIELD(img_t, to_rgb.bias),
    SIM_FIELD(img_t, lines_out),
    SIM_FIELD(img_t, yuv_px),
    SIM_FIELD(img_t, nr_px),
    SIM_FIELD(img_t, sharpen_px),
    SIM_FIELD(img_t, sent_px),
    SIM_FIELD(img_t, buffer_write_bytes),
    SIM_FIELD(img_t, buffer_read_bytes),
    SIM_FIELD_END,
};

static const sim_stat_t img_stats[] = {
    SIM_STAT(img_t, lines_out, "lines", "image lines that left to whoever listens"),
    SIM_STAT(img_t, yuv_px, "px", "pixels turned into YUV, or back"),
    SIM_STAT(img_t, nr_px, "px", "through noise reduction"),
    SIM_STAT(img_t, sharpen_px, "px", "through the sharpener"),
    SIM_STAT(img_t, sent_px, "px", "pixels of lines_out"),
    SIM_STAT(img_t, buffer_write_bytes, "bytes", "into the line buffers of these two stages"),
    SIM_STAT(img_t, buffer_read_bytes, "bytes", "out of them"),
    SIM_STAT_END,
};

static const sim_kind_t img_kind = {
    .kind = "image",
    .version = 2,
    .reset = img_reset,
    .fields = img_fields,
    .stats = img_stats,
};
_Static_assert(offsetof(img_t, comp) == 0, "comp stays first");

static const char *stage_name(char *buffer, size_t bytes, const char *name, const char *stage)
{
    snprintf(buffer, bytes, "%s.%s", name, stage);
    return buffer;
}

static sim_err_t init_stages(img_t *img, sim_t *sim, const char *name)
{
    const img_desc_t *d = &img->desc;
    mask_desc_t mask = {d->mask_pipe_cycles, d->max_width_px};
    nr_desc_t nr = {d->nr_pipe_cycles, d->max_width_px};
    sharpen_desc_t sharpen = {d->sharpen_pipe_cycles, d->max_width_px};
    scaler_desc_t out = {d->clk_hz,       d->scaler_pipe_cycles, d->px_per_clk,
                         d->max_width_px, d->max_width_px,       false};
    char path[sizeof(img->comp.name) + 16];
#define STAGE(stage) stage_name(path, sizeof(path), name, #stage)
    sim_err_t err = mask_init(&img->mask, sim, &mask, STAGE(mask));
    if (err == SIM_OK)
        err = nr_init(&img->nr, sim, &nr, STAGE(nr));
    if (err == SIM_OK)
        err = sharpen_init(&img->sharpen, sim, &sharpen, STAGE(sharpen));
    if (err == SIM_OK)
        err = scaler_init(&img->out, sim, &out, STAGE(out));
#undef STAGE
    img->out.sink = (scaler_sink_t){.row = on_out_row, .ctx = img};
    return err;
}

sim_err_t img_init(img_t *img, sim_t *sim, const img_desc_t *desc, const char *name)
{
    memset(img, 0, sizeof(*img));
    img->desc = *desc;
    img->rows = yuv_rows(sim_simd());
    img->interleave = isp_rows(sim_simd());
    sim_err_t err = isp_pipe_check(sim, desc->yuv_pipe_cycles, name);
    if (err != SIM_OK)
        return err;
    img->scratch = lines_new(9, row_bytes(img));
    if (img->scratch == NULL)
        return sim_fail(sim, SIM_ENOMEM, "%s: no memory for row buffers", name);
    err = sim_comp_init(&img->comp, sim, &img_kind, name);
    return err == SIM_OK ? init_stages(img, sim, name) : err;
}

void img_free(img_t *img)
{
    mask_free(&img->mask);
    nr_free(&img->nr);
    sharpen_free(&img->sharpen);
    scaler_free(&img->out);
    free(img->scratch);
    img->scratch = NULL;
}
