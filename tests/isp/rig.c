#include "tests/isp/rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Not Check's: the benchmarks are linked without it. */
static void must(bool truth, const char *what)
{
    if (truth)
        return;
    fprintf(stderr, "rig: %s\n", what);
    abort();
}

/* ---- memory ---- */

static bool inside(uint32_t addr, uint32_t bytes)
{
    return addr >= RIG_MEM_BASE && addr - RIG_MEM_BASE <= RIG_MEM_BYTES &&
           bytes <= RIG_MEM_BYTES - (addr - RIG_MEM_BASE);
}

static void schedule_done(rig_mem_t *mem)
{
    if (mem->count > 0)
        sim_event_at(mem->comp.sim, &mem->done,
                     sim_edge_ps(mem->done_cycle[mem->first], mem->clk_hz));
}

static void on_done(void *ctx)
{
    rig_mem_t *mem = ctx;
    sim_mem_req_t *req = mem->queue[mem->first];
    mem->first = (mem->first + 1) % RIG_MEM_QUEUE;
    mem->count--;
    uint8_t *bytes = req->error ? NULL : mem->bytes + (req->addr - RIG_MEM_BASE);
    if (bytes != NULL)
        memcpy(req->write ? bytes : req->data, req->write ? req->data : bytes, req->bytes);
    mem->last_done_ps = sim_now_ps(mem->comp.sim);
    schedule_done(mem);
    req->done(req->ctx, req);
}

static void on_request(void *ctx, uint32_t master, sim_mem_req_t *req)
{
    rig_mem_t *mem = ctx;
    must(master == 0, "a request of another master");
    must(mem->count < RIG_MEM_QUEUE, "too many requests at once");
    uint64_t now_ps = sim_now_ps(mem->comp.sim);
    uint64_t now = sim_edge_at_or_after(now_ps, mem->clk_hz);
    uint32_t beats = (req->bytes + mem->beat_bytes - 1) / mem->beat_bytes;
    if (mem->requests < RIG_MEM_NOTES)
        mem->note[mem->requests] = (rig_burst_t){req->addr, req->bytes, req->write, now};
    if (mem->requests++ == 0)
        mem->first_request_ps = now_ps;
    mem->rule_breaks +=
        req->bytes == 0 || req->addr % mem->burst_bytes + req->bytes > mem->burst_bytes;
    req->error = !inside(req->addr, req->bytes);
    mem->free_cycle = (mem->free_cycle > now ? mem->free_cycle : now) + beats;
    req->wait_cycles = mem->free_cycle - beats - now;
    uint32_t place = (mem->first + mem->count++) % RIG_MEM_QUEUE;
    mem->queue[place] = req;
    mem->done_cycle[place] = mem->free_cycle + mem->latency_cycles;
    if (mem->count > mem->most_at_once)
        mem->most_at_once = mem->count;
    if (mem->count == 1)
        schedule_done(mem);
}

static void mem_reset(sim_comp_t *comp)
{
    rig_mem_t *mem = (rig_mem_t *)comp;
    sim_event_cancel(comp->sim, &mem->done);
    mem->first = mem->count = 0;
    mem->free_cycle = 0;
}

/* Of snapshots, which are taken while nothing is queued. */
static const sim_field_t mem_fields[] = {
    SIM_FIELD_KEPT(rig_mem_t, free_cycle),
    SIM_FIELD_KEPT(rig_mem_t, first),
    SIM_FIELD_END,
};

static const sim_kind_t mem_kind = {
    .kind = "rig_mem", .version = 1, .reset = mem_reset, .fields = mem_fields};

static void mem_init(rig_mem_t *mem, sim_t *sim, uint64_t clk_hz)
{
    *mem = (rig_mem_t){.clk_hz = clk_hz, .beat_bytes = 32, .burst_bytes = 128, .latency_cycles = 8};
    mem->bytes = malloc(RIG_MEM_BYTES);
    memset(mem->bytes, RIG_UNWRITTEN, RIG_MEM_BYTES);
    must(sim_comp_init(&mem->comp, sim, &mem_kind, "mem") == SIM_OK, sim_error(sim));
    sim_event_init(&mem->done, &mem->comp, "done", SIM_PRIO_DRIVE, on_done, mem);
}

static sim_mem_port_t mem_port(rig_mem_t *mem)
{
    return (sim_mem_port_t){.request = on_request,
                            .ctx = mem,
                            .beat_bytes = mem->beat_bytes,
                            .max_burst_bytes = mem->burst_bytes,
                            .clk_hz = mem->clk_hz};
}

/* ---- what comes out ---- */

static void on_rgb(void *ctx, const sim_line_t *line)
{
    rig_t *rig = ctx;
    must(line->format != SIM_LINE_RAW, "a RAW line");
    must(line->bits == 8, "an image line without 8 bits");
    must(rig->rows < RIG_MAX_ROWS, "too many rows");
    rig->row[rig->rows++] = (rig_row_t){sim_now_ps(rig->sim), line->start_ps, line->end_ps,
                                        line->frame,          line->row,      line->flags};
    rig->rgb_width_px = line->width_px;
    rig->rgb_height_px = line->height_px;
    rig->window = line->window;
    size_t bytes = (size_t)line->width_px * (line->format == SIM_LINE_RGB ? 3 : 2);
    rig->row_bytes = (uint32_t)bytes;
    rig->rgb = realloc(rig->rgb, bytes * line->height_px);
    memcpy(rig->rgb + bytes * line->row, line->data.rgb, bytes);
}

static void on_tensor_done(void *ctx, bool level)
{
    rig_t *rig = ctx;
    rig->tensor_dones += level;
    rig->tensor_done_ps = sim_now_ps(rig->sim);
}

static void on_irq(void *ctx, bool level)
{
    rig_t *rig = ctx;
    rig->irq_rises += level;
    rig->irq_falls += !level;
}

static void on_log(void *ctx, uint64_t time_ps, sim_log_level_t level, const char *name,
                   const char *line)
{
    rig_t *rig = ctx;
    (void)time_ps, (void)name;
    size_t used = strlen(rig->log);
    snprintf(rig->log + used, sizeof(rig->log) - used, "%s: %s\n", sim_log_level_name(level), line);
}

/* ---- what goes in ---- */

/* From a copy of exactly one line: reading past it is caught by the sanitizers. */
static void give_line(rig_t *rig, sim_line_t line, const uint16_t *row)
{
    size_t bytes = line.width_px * sizeof(*row);
    uint16_t *copy = malloc(bytes);
    memcpy(copy, row, bytes);
    line.data.raw = rig->bare ? NULL : copy;
    line.source = rig->source;
    line.exposure_clk = rig->exposure_clk;
    line.gain[3] = rig->gain;
    rig->sink.line(rig->sink.ctx, &line);
    free(copy);
}

static void on_camera(void *ctx)
{
    rig_t *rig = ctx;
    give_line(rig, rig->posted, rig->posted.data.raw);
}

/* ---- set-up ---- */

isp_desc_t rig_small(void)
{
    isp_desc_t desc = isp_desc_default();
    desc.max_width_px = desc.max_height_px = 256;
    desc.array_width_px = desc.array_height_px = 256;
    return desc;
}

rig_t *rig_new_blind(const isp_desc_t *desc)
{
    rig_t *rig = calloc(1, sizeof(*rig));
    rig->sim = sim_new();
    sim_set_log(rig->sim, on_log, rig, SIM_LOG_GUEST);
    mem_init(&rig->mem, rig->sim, desc->clk_hz);
    must(isp_init(&rig->isp, rig->sim, desc, "isp") == SIM_OK, sim_error(rig->sim));
    rig->isp.port = mem_port(&rig->mem);
    must(sim_wire_connect(&rig->isp.tensor_done, on_tensor_done, rig), "tensor_done");
    must(sim_wire_connect(&rig->isp.irq, on_irq, rig), "irq");
    rig->sink = isp_sink(&rig->isp);
    sim_event_init(&rig->camera, &rig->mem.comp, "camera", SIM_PRIO_DRIVE, on_camera, rig);
    must(sim_check(rig->sim) == SIM_OK, sim_error(rig->sim));
    sim_reset(rig->sim);
    must(sim_start(rig->sim) == SIM_OK, sim_error(rig->sim));
    return rig;
}

rig_t *rig_new(const isp_desc_t *desc)
{
    rig_t *rig = rig_new_blind(desc);
    must(isp_add_image_sink(&rig->isp, (img_sink_t){.line = {on_rgb, rig}}), "no place for a sink");
    return rig;
}

void rig_free(rig_t *rig)
{
    isp_free(&rig->isp);
    sim_free(rig->sim);
    free(rig->mem.bytes);
    free(rig->rgb);
    free(rig);
}

/* ---- registers ---- */

static uint32_t address(rig_t *rig, const char *name)
{
    for (const sim_reg_t *reg = rig->isp.comp.kind->regs; reg->name != NULL; reg++)
        if (strcmp(reg->name, name) == 0)
            return reg->addr;
    must(false, name); /* there is no such register */
    return 0;
}

uint32_t rig_read(rig_t *rig, const char *name)
{
    return sim_reg_read(&rig->isp.comp, address(rig, name));
}

void rig_write(rig_t *rig, const char *name, uint32_t value)
{
    sim_reg_write(&rig->isp.comp, address(rig, name), value);
}

void rig_write_n(rig_t *rig, const char *name, uint32_t n, uint32_t value)
{
    char full[64];
    snprintf(full, sizeof(full), "%s%u", name, n);
    rig_write(rig, full, value);
}

static uint32_t read_n(rig_t *rig, const char *name, uint32_t n)
{
    char full[64];
    snprintf(full, sizeof(full), "%s%u", name, n);
    return rig_read(rig, full);
}

static const char *const phase_name[4] = {"R", "GR", "GB", "B"};
static const char *const ccm_name[9] = {"00", "01", "02", "10", "11", "12", "20", "21", "22"};

static void write_named(rig_t *rig, const char *prefix, const char *suffix, uint32_t value)
{
    char full[64];
    snprintf(full, sizeof(full), "%s%s", prefix, suffix);
    rig_write(rig, full, value);
}

static uint32_t read_named(rig_t *rig, const char *prefix, const char *suffix)
{
    char full[64];
    snprintf(full, sizeof(full), "%s%s", prefix, suffix);
    return rig_read(rig, full);
}

static void configure_image(rig_t *rig, const ref_image_t *image)
{
    rig_write(rig, "ISP_YUV", image->bt709 | (uint32_t)image->full << 1);
    rig_write(rig, "ISP_NR", image->nr);
    rig_write(rig, "ISP_NR_LUMA", image->nr_luma);
    rig_write(rig, "ISP_NR_CHROMA", image->nr_chroma);
    rig_write(rig, "ISP_NR_STRENGTH", image->nr_strength);
    rig_write(rig, "ISP_SHARPEN", image->sharpen);
    rig_write(rig, "ISP_SHARPEN_AMOUNT", image->amount);
    rig_write(rig, "ISP_SHARPEN_CORE", image->core);
    rig_write(rig, "ISP_SHARPEN_LIMIT", image->limit);
    rig_write(rig, "ISP_FORMAT", image->yuv422);
    rig_write(rig, "ISP_OUT", image->out | (uint32_t)image->mirror << 1);
    if (!image->out)
        return;
    rig_write(rig, "ISP_OUT_X", image->x);
    rig_write(rig, "ISP_OUT_Y", image->y);
    rig_write(rig, "ISP_OUT_W", image->w);
    rig_write(rig, "ISP_OUT_H", image->h);
    rig_write(rig, "ISP_OUT_WIDTH", image->width_px);
    rig_write(rig, "ISP_OUT_HEIGHT", image->height_px);
}

static void configure_raw(rig_t *rig, const ref_t *ref)
{
    rig_write(rig, "ISP_DEMOSAIC", ref->demosaic);
    rig_write(rig, "ISP_DGAIN", ref->digital_q8);
    rig_write(rig, "ISP_TNR", ref->tnr | (uint32_t)ref->tnr_packed << 1 | ISP_TNR_EXPOSURE);
    rig_write(rig, "ISP_TNR_ADDR", ref->tnr_addr);
    rig_write(rig, "ISP_TNR_BYTES", ref->tnr ? RIG_MEM_BYTES : 0);
    rig_write(rig, "ISP_TNR_GAIN", ref->tnr ? ref->tnr_gain : 64);
    rig_write(rig, "ISP_TNR_READ", ref->tnr_read);
    rig_write(rig, "ISP_TNR_SHOT", ref->tnr_shot);
    rig_write(rig, "ISP_DPC", ref->search | (ref->sites > 0) << 1);
    rig_write(rig, "ISP_DPC_HOT", ref->hot_q8 << 16 | ref->hot_dn);
    rig_write(rig, "ISP_DPC_COLD", ref->cold_q8 << 16 | ref->cold_dn);
    rig_write(rig, "ISP_DPC_SITES", ref->sites);
    rig_write(rig, "ISP_DPC_INDEX", 0);
    for (uint32_t i = 0; i < ref->sites; i++)
        rig_write(rig, "ISP_DPC_SITE", ref->site[i]);
    rig_write(rig, "ISP_LSC", ref->shading);
    rig_write(rig, "ISP_LSC_INDEX", 0);
    for (uint32_t i = 0; ref->shading && i < LSC_GAINS; i += 2)
        rig_write(rig, "ISP_LSC_GAINS", (uint32_t)ref->shade_q10[i + 1] << 16 | ref->shade_q10[i]);
}

void rig_configure(rig_t *rig, const ref_t *ref, uint32_t tensor_addr)
{
    configure_raw(rig, ref);
    for (int i = 0; i < 4; i++) {
        write_named(rig, "ISP_BLC_", phase_name[i], ref->black[i]);
        write_named(rig, "ISP_WB_", phase_name[i], ref->gain_q8[i]);
    }
    for (int i = 0; i < 9; i++)
        write_named(rig, "ISP_CCM_", ccm_name[i], (uint16_t)ref->matrix_q10[i]);
    rig_write(rig, "ISP_GAMMA", ref->tone);
    for (uint32_t i = 0; i < GAMMA_POINTS; i++)
        rig_write_n(rig, "ISP_GAMMA_", i, ref->point[i]);
    rig_write(rig, "ISP_ROI_X", ref->roi_x);
    rig_write(rig, "ISP_ROI_Y", ref->roi_y);
    rig_write(rig, "ISP_ROI_W", ref->roi_w);
    rig_write(rig, "ISP_ROI_H", ref->roi_h);
    rig_write(rig, "ISP_TENSOR_ADDR", tensor_addr);
    rig_write(rig, "ISP_TENSOR_W", ref->out_width_px);
    rig_write(rig, "ISP_TENSOR_H", ref->out_height_px);
    rig_write(rig, "ISP_TENSOR_CH", ref->channels);
    for (uint32_t i = 0; i < TWR_CHANNELS; i++) {
        rig_write_n(rig, "ISP_DIV_VAL", i, ref->div_val[i]);
        rig_write_n(rig, "ISP_DIV_SHIFT", i, ref->div_shift[i]);
        rig_write_n(rig, "ISP_NORM_VAL", i, (uint32_t)ref->norm_val[i] & 0x1fff);
        rig_write_n(rig, "ISP_NORM_SHIFT", i, ref->norm_shift[i]);
        rig_write_n(rig, "ISP_CLIP", i,
                    ((uint32_t)ref->clip_max[i] & 0x1ff) << 16 |
                        ((uint32_t)ref->clip_min[i] & 0x1ff));
    }
    rig_write(rig, "ISP_TENSOR_MIX", (uint32_t)ref->mix_on | (uint32_t)ref->r_g_g_b << 1);
    for (uint32_t i = 0; i < 9; i++) {
        char name[16];
        snprintf(name, sizeof(name), "ISP_MIX_%u%u", i / 3, i % 3);
        rig_write(rig, name, (uint32_t)ref->mix[i / 3][i % 3] & 0xffff);
    }
    rig_write(rig, "ISP_TENSOR_TURN", ref->turn | (uint32_t)ref->mirror << 2);
    configure_image(rig, &ref->image);
    rig_write(rig, "ISP_CTRL", ISP_CTRL_ENABLE | ISP_CTRL_TENSOR);
}

void rig_count(rig_t *rig, const ref_t *ref, uint32_t stats_addr)
{
    rig_write(rig, "ISP_STATS_ADDR", stats_addr);
    rig_write(rig, "ISP_STATS_RANGE", ref->high << 16 | ref->low);
    rig_write(rig, "ISP_AWB_XY", ref->awb[1] << 16 | ref->awb[0]);
    rig_write(rig, "ISP_AWB_WH", ref->awb[3] << 16 | ref->awb[2]);
    rig_write(rig, "ISP_AWB_RG", ref->rg_q8[1] << 16 | ref->rg_q8[0]);
    rig_write(rig, "ISP_AWB_BG", ref->bg_q8[1] << 16 | ref->bg_q8[0]);
    rig_write(rig, "ISP_FOCUS_XY", ref->focus[1] << 16 | ref->focus[0]);
    rig_write(rig, "ISP_FOCUS_WH", ref->focus[3] << 16 | ref->focus[2]);
    rig_write(rig, "ISP_FOCUS_MIN", ref->focus_min);
    rig_write(rig, "ISP_CTRL", rig_read(rig, "ISP_CTRL") | ISP_CTRL_STATS);
}

ref_t rig_reference(rig_t *rig, uint32_t width_px, uint32_t height_px)
{
    ref_t ref = {.bayer = SIM_BAYER_RGGB,
                 .bits = 10,
                 .width_px = width_px,
                 .height_px = height_px,
                 .tone = rig_read(rig, "ISP_GAMMA"),
                 .digital_q8 = 256,
                 .array_width_px = rig->isp.desc.array_width_px,
                 .array_height_px = rig->isp.desc.array_height_px,
                 .roi_w = rig->isp.desc.array_width_px,
                 .roi_h = rig->isp.desc.array_height_px,
                 .out_width_px = 32,
                 .out_height_px = 24,
                 .channels = 3,
                 .div_val = {1024, 1024, 1024, 1024},
                 .div_shift = {6, 6, 6, 6},
                 .norm_shift = {4, 4, 4, 4},
                 .norm_val = {-2048, -2048, -2048, -2048},
                 .clip_min = {-128, -128, -128, -128},
                 .clip_max = {127, 127, 127, 127}};
    for (int i = 0; i < 4; i++) {
        ref.black[i] = read_named(rig, "ISP_BLC_", phase_name[i]);
        ref.gain_q8[i] = read_named(rig, "ISP_WB_", phase_name[i]);
    }
    for (int i = 0; i < 9; i++)
        ref.matrix_q10[i] = (int16_t)(uint16_t)read_named(rig, "ISP_CCM_", ccm_name[i]);
    for (uint32_t i = 0; i < GAMMA_POINTS; i++)
        ref.point[i] = read_n(rig, "ISP_GAMMA_", i);
    return ref;
}

/* ---- the camera ---- */

static sim_line_t line_of(const ref_t *shape, uint32_t frame, uint32_t row, rig_timing_t timing)
{
    uint64_t start_ps = timing.first_ps + row * timing.period_ps;
    return (sim_line_t){
        .format = SIM_LINE_RAW,
        .bayer = shape->bayer,
        .flags =
            (row == 0 ? SIM_LINE_FIRST : 0) | (row == shape->height_px - 1 ? SIM_LINE_LAST : 0),
        .bits = shape->bits,
        .width_px = shape->width_px,
        .height_px = shape->height_px,
        .frame = frame,
        .row = row,
        .window = shape->window,
        .start_ps = start_ps,
        .end_ps = start_ps + timing.length_ps,
    };
}

void rig_line(rig_t *rig, const ref_t *shape, uint32_t frame, uint32_t row, const uint16_t *raw,
              rig_timing_t timing)
{
    sim_line_t line = line_of(shape, frame, row, timing);
    sim_run_until_ps(rig->sim, line.end_ps);
    give_line(rig, line, raw + (size_t)row * shape->width_px);
}

void rig_post_line(rig_t *rig, const ref_t *shape, uint32_t frame, uint32_t row,
                   const uint16_t *raw, rig_timing_t timing)
{
    rig->posted = line_of(shape, frame, row, timing);
    rig->posted.data.raw = raw + (size_t)row * shape->width_px;
    sim_event_at(rig->sim, &rig->camera, rig->posted.end_ps);
}

void rig_lines(rig_t *rig, const ref_t *shape, uint32_t frame, uint32_t rows, const uint16_t *raw,
               rig_timing_t timing)
{
    for (uint32_t row = 0; row < rows; row++)
        rig_line(rig, shape, frame, row, raw, timing);
}

void rig_run_dry(rig_t *rig)
{
    while (sim_step(rig->sim, SIM_NEVER_PS - 1))
        continue;
}

void rig_frame(rig_t *rig, const ref_t *shape, uint32_t frame, const uint16_t *raw)
{
    rig_timing_t timing = {sim_now_ps(rig->sim) + SIM_PS_PER_US, 10 * SIM_PS_PER_US,
                           8 * SIM_PS_PER_US};
    rig_lines(rig, shape, frame, shape->height_px, raw, timing);
    rig_run_dry(rig);
}

void rig_noise(uint64_t seed, uint32_t bits, uint32_t count, uint16_t *raw)
{
    sim_stream_t stream = sim_stream(seed, 1, 0);
    for (uint32_t i = 0; i < count; i++)
        raw[i] = (uint16_t)(sim_stream_u32(&stream) >> (32 - bits));
}
