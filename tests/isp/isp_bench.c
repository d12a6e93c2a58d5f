/*
 * isp_bench.c - CPU time of the pipeline per million pixels, one thread, per vector level.
 *
 * Frames of the binned mode, 2028 x 1520, as fast as the model goes: RAW lines to a sink that looks
 * at nothing. First what every image passes, then each stage that is off by default, alone with it
 * and what it adds, then several; `tensor`: of 160 x 120. The best of some frames.
 *
 * isp_bench [TEXT]: cases with TEXT in their names.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "isp/isp.h"

enum { WIDTH = 2028, HEIGHT = 1520, FRAMES = 7, MEMORY_BYTES = 0x00800000 };

/* A memory that is done a microsecond after each request. */
typedef struct {
    sim_comp_t comp;
    sim_event_t done;
    sim_mem_req_t *queue[TWR_MAX_OUTSTANDING + 1 + TNR_OUTSTANDING];
    uint32_t count;
    uint8_t *bytes;
} memory_t;

static void on_done(void *ctx)
{
    memory_t *memory = ctx;
    sim_mem_req_t *req = memory->queue[0];
    memory->count--;
    for (uint32_t i = 0; i < memory->count; i++)
        memory->queue[i] = memory->queue[i + 1];
    if (memory->count > 0)
        sim_event_at(memory->comp.sim, &memory->done, sim_now_ps(memory->comp.sim) + SIM_PS_PER_NS);
    uint8_t *at = memory->bytes + req->addr % MEMORY_BYTES;
    memcpy(req->write ? at : req->data, req->write ? req->data : at, req->bytes);
    req->done(req->ctx, req);
}

static void on_request(void *ctx, uint32_t master, sim_mem_req_t *req)
{
    memory_t *memory = ctx;
    (void)master;
    memory->queue[memory->count++] = req;
    if (memory->count == 1)
        sim_event_at(memory->comp.sim, &memory->done, sim_now_ps(memory->comp.sim) + SIM_PS_PER_US);
}

static void on_rgb(void *ctx, const sim_line_t *line)
{
    *(uint64_t *)ctx += line->data.rgb[0];
}

static double cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static void send_frame(sim_t *sim, isp_t *isp, uint32_t frame, const uint16_t *raw)
{
    const uint64_t line_ps = 12632 * SIM_PS_PER_NS, first_ps = sim_now_ps(sim) + SIM_PS_PER_US;
    sim_line_sink_t sink = isp_sink(isp);
    for (uint32_t row = 0; row < HEIGHT; row++) {
        sim_line_t line = {.format = SIM_LINE_RAW,
                           .bayer = SIM_BAYER_RGGB,
                           .flags = (row == 0 ? SIM_LINE_FIRST : 0) |
                                    (row == HEIGHT - 1 ? SIM_LINE_LAST : 0),
                           .bits = 10,
                           .width_px = WIDTH,
                           .height_px = HEIGHT,
                           .frame = frame,
                           .row = row,
                           .start_ps = first_ps + row * line_ps,
                           .end_ps = first_ps + (row + 1) * line_ps,
                           .data.raw = raw + (size_t)(row % 64) * WIDTH};
        sim_run_until_ps(sim, line.end_ps);
        sink.line(sink.ctx, &line);
    }
    while (sim_step(sim, SIM_NEVER_PS - 1))
        continue;
}

typedef struct {
    const char *name;
    uint32_t value;
} setting_t;

/* What is on beyond the stages that always are: black level, gains, demosaic, matrix, tone curve.
 */
typedef struct {
    const char *name;
    bool image;
    setting_t set[8];
} case_t;

#define ON (ISP_CTRL_ENABLE | ISP_CTRL_TENSOR)
/* clang-format off */
#define DPC {"ISP_DPC", ISP_DPC_SEARCH}
#define LSC {"ISP_LSC", 1}
#define DGAIN {"ISP_DGAIN", 300}
#define EDGE {"ISP_DEMOSAIC", DEMOSAIC_EDGE}
#define YUV422 {"ISP_FORMAT", 1}
#define NR {"ISP_NR", 1}
#define SHARPEN {"ISP_SHARPEN", 1}
static const case_t cases[] = { /* the first is what `adds` of the others count from */
    {"image",                    true,  {{NULL, 0}}},
    {"tensor",                   true,  {{"ISP_CTRL", ON}}},
    {"bilinear",                 true,  {{"ISP_DEMOSAIC", DEMOSAIC_BILINEAR}}},
    {"edge",                     true,  {EDGE}},
    {"dpc",                      true,  {DPC}},
    {"lsc",                      true,  {LSC}},
    {"dgain",                    true,  {DGAIN}},
    {"tnr",                      true,  {{"ISP_TNR", ISP_TNR_ON}}},
    {"tnr_packed",               true,  {{"ISP_TNR", ISP_TNR_ON | ISP_TNR_PACKED}}},
    {"statistics",               true,  {{"ISP_CTRL", ISP_CTRL_ENABLE | ISP_CTRL_STATS}}},
    {"yuv422",                   true,  {YUV422}},
    {"nr",                       true,  {NR}},
    {"sharpen",                  true,  {SHARPEN}},
    {"half_size",                true,  {{"ISP_OUT", 1}, {"ISP_OUT_WIDTH", 1014}, {"ISP_OUT_HEIGHT", 760}}},
    {"dpc_lsc_edge",             true,  {DPC, LSC, EDGE}},
    {"all",                      true,  {DPC, LSC, DGAIN, EDGE, NR, SHARPEN}},
    {"all_yuv422",               true,  {DPC, LSC, DGAIN, EDGE, NR, SHARPEN, YUV422}},
    {"all_tensor_tnr",           true,  {DPC, LSC, DGAIN, EDGE, NR, SHARPEN, {"ISP_TNR", ISP_TNR_ON}, {"ISP_CTRL", ON}}},
    {"tensor_only",              false, {{"ISP_CTRL", ON}}},
};
/* clang-format on */

static void write_named(isp_t *isp, const char *name, uint32_t value)
{
    for (const sim_reg_t *reg = isp->comp.kind->regs; reg->name != NULL; reg++)
        if (strcmp(reg->name, name) == 0)
            sim_reg_write(&isp->comp, reg->addr, value);
}

static void set_up(isp_t *isp, const case_t *c)
{
    write_named(isp, "ISP_CTRL", ISP_CTRL_ENABLE);
    write_named(isp, "ISP_TNR_ADDR", 0x04200000);
    write_named(isp, "ISP_TNR_BYTES", MEMORY_BYTES);
    write_named(isp, "ISP_STATS_ADDR", 0x04100000);
    write_named(isp, "ISP_TENSOR_ADDR", 0x04000400);
    write_named(isp, "ISP_TENSOR_W", 160);
    write_named(isp, "ISP_TENSOR_H", 120);
    for (const setting_t *set = c->set; set < c->set + SIM_COUNT(c->set) && set->name; set++)
        write_named(isp, set->name, set->value);
}

static double ms_per_mpx(const uint16_t *raw, const case_t *c)
{
    static const sim_kind_t memory_kind = {.kind = "memory", .version = 1};
    static memory_t memory;
    static isp_t isp;
    uint64_t seen = 0;
    isp_desc_t desc = isp_desc_default();
    sim_t *sim = sim_new();
    memory = (memory_t){.bytes = calloc(1, MEMORY_BYTES)};
    if (memory.bytes == NULL ||
        sim_comp_init(&memory.comp, sim, &memory_kind, "memory") != SIM_OK ||
        isp_init(&isp, sim, &desc, "isp") != SIM_OK)
        exit(1);
    sim_event_init(&memory.done, &memory.comp, "done", SIM_PRIO_DRIVE, on_done, &memory);
    isp.port = (sim_mem_port_t){
        .request = on_request, .ctx = &memory, .beat_bytes = 64, .max_burst_bytes = 256};
    if (c->image)
        isp_add_image_sink(&isp, (img_sink_t){.line = {on_rgb, &seen}});
    if (sim_check(sim) != SIM_OK)
        exit(1);
    sim_reset(sim);
    set_up(&isp, c);
    double best = 1e9;
    for (uint32_t frame = 0; frame < FRAMES; frame++) {
        double start = cpu_ms();
        send_frame(sim, &isp, frame, raw);
        double ms = (cpu_ms() - start) * 1e6 / ((double)WIDTH * HEIGHT);
        best = ms < best ? ms : best;
    }
    if ((isp.tensors != FRAMES && isp.tensors != 0) || isp.frames != FRAMES)
        exit(1);
    free(memory.bytes);
    isp_free(&isp);
    sim_free(sim);
    return best;
}

int main(int argc, char **argv)
{
    uint16_t *raw = malloc((size_t)WIDTH * 64 * sizeof(*raw));
    sim_stream_t stream = sim_stream(1, 1, 0);
    for (size_t i = 0; i < (size_t)WIDTH * 64; i++)
        raw[i] = (uint16_t)(64 + sim_stream_below(&stream, 900));
    for (int level = SIM_SIMD_LEVELS - 1; level >= 0; level--) {
        double base = 0;
        for (size_t i = 0; i < SIM_COUNT(cases) && sim_simd_force((sim_simd_t)level); i++) {
            char line[64];
            snprintf(line, sizeof(line), "isp_%s_%s", cases[i].name,
                     sim_simd_name((sim_simd_t)level));
            if (argc > 1 && strstr(line, argv[1]) == NULL)
                continue;
            base = base == 0 ? ms_per_mpx(raw, &cases[0]) : base;
            double ms = i == 0 ? base : ms_per_mpx(raw, &cases[i]);
            printf("%s %.2f ms/Mpx, adds %.2f\n", line, ms, ms - base);
        }
    }
    free(raw);
    return 0;
}
