/*
 * frame_bench.c - whole frames through pixel die and ISP, on one thread and on two.
 *
 * Frames of the reset mode, 2028 x 1520, all default noise, flat light, an RGB image that nobody
 * keeps. The pixel die has rows made ahead on the pool; the ISP takes them on the caller's thread,
 * which makes rows, too, when it would have to wait.
 *
 * Of two threads: wall time, and the CPU time of the busier one. That is the wall time where two
 * cores are free, also when this machine's are not.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "isp/isp.h"
#include "pixel/pixel.h"

enum { WARM_UP = 2, FRAMES = 20 };

static void flat_row(const void *ctx, const sim_light_req_t *req, const sim_light_row_t *out)
{
    float *r = out->r, *g = out->g, *b = out->b;
    (void)ctx;
    for (uint32_t i = 0; i < req->width_px; i++)
        r[i] = g[i] = b[i] = 300;
}

static void on_rgb(void *ctx, const sim_line_t *line)
{
    *(uint64_t *)ctx += line->data.rgb[0];
}

/* No tensor, no statistics: nothing is asked of the memory. */
static void on_request(void *ctx, uint32_t master, sim_mem_req_t *req)
{
    (void)ctx, (void)master;
    req->error = true;
    req->done(req->ctx, req);
}

static void write_named(sim_comp_t *comp, const char *name, uint32_t value)
{
    for (const sim_reg_t *reg = comp->kind->regs; reg->name != NULL; reg++)
        if (strcmp(reg->name, name) == 0)
            sim_reg_write(comp, reg->addr, value);
}

typedef struct {
    sim_t *sim;
    sim_pool_t *pool;
    pix_t pix;
    isp_t isp;
    uint64_t seen;
} stack_t;

static void check(sim_err_t err)
{
    if (err != SIM_OK)
        exit(1);
}

static void stack_open(stack_t *s, uint32_t threads)
{
    pix_desc_t pix = pix_desc_default();
    isp_desc_t isp = isp_desc_default();
    *s = (stack_t){.sim = sim_new(), .pool = sim_pool_new(threads)};
    check(pix_init(&s->pix, s->sim, &pix, "pixel", s->pool));
    check(isp_init(&s->isp, s->sim, &isp, "isp"));
    s->pix.light = (sim_light_t){.row = flat_row};
    s->isp.port = (sim_mem_port_t){
        .request = on_request, .beat_bytes = 64, .max_burst_bytes = 256, .clk_hz = isp.clk_hz};
    isp_add_image_sink(&s->isp, (img_sink_t){.line = {on_rgb, &s->seen}});
    if (!pix_add_sink(&s->pix, isp_sink(&s->isp)))
        exit(1);
    check(sim_check(s->sim));
    sim_reset(s->sim);
    check(sim_start(s->sim));
    write_named(&s->isp.comp, "ISP_CTRL", ISP_CTRL_ENABLE);
    write_named(&s->pix.comp, "PIX_CTRL", PIX_CTRL_STREAM);
}

static void stack_close(stack_t *s)
{
    pix_free(&s->pix);
    isp_free(&s->isp);
    sim_pool_free(s->pool);
    sim_free(s->sim);
}

static double ms_of(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

/* ms a frame: wall time, CPU time of all threads, of the busier one. */
typedef struct {
    double wall, cpu, busier;
} times_t;

static void run_frames(stack_t *s, uint64_t frames)
{
    while (s->isp.frames < frames)
        if (!sim_step(s->sim, SIM_NEVER_PS - 1))
            exit(1);
}

/* The best of the frames, each on its own. */
static times_t times_of(uint32_t threads)
{
    static stack_t stack;
    times_t best = {1e9, 1e9, 1e9};
    stack_open(&stack, threads);
    for (uint64_t frame = 1; frame <= WARM_UP + FRAMES; frame++) {
        double wall = ms_of(CLOCK_MONOTONIC), cpu = ms_of(CLOCK_PROCESS_CPUTIME_ID);
        double own = ms_of(CLOCK_THREAD_CPUTIME_ID);
        run_frames(&stack, frame);
        wall = ms_of(CLOCK_MONOTONIC) - wall;
        cpu = ms_of(CLOCK_PROCESS_CPUTIME_ID) - cpu;
        own = ms_of(CLOCK_THREAD_CPUTIME_ID) - own;
        if (frame > WARM_UP)
            best = (times_t){fmin(best.wall, wall), fmin(best.cpu, cpu),
                             fmin(best.busier, fmax(own, cpu - own))};
    }
    stack_close(&stack);
    return best;
}

int main(void)
{
    const double mpx = 2028 * 1520 * 1e-6;
    times_t one = times_of(1), two = times_of(2);
    printf("frame_cpu_1_thread %.2f ms/Mpx\n", one.cpu / mpx);
    printf("frame_cpu_2_threads %.2f ms/Mpx\n", two.cpu / mpx);
    printf("frame_wall_1_thread %.2f ms/Mpx\n", one.wall / mpx);
    printf("frame_wall_2_threads %.2f ms/Mpx\n", two.wall / mpx);
    printf("frame_busier_of_2_threads %.2f ms/Mpx\n", two.busier / mpx);
    printf("frame_2_threads_to_1 %.2f x wall, %.2f x where two cores are free\n",
           two.wall / one.wall, two.busier / one.cpu);
    return 0;
}
