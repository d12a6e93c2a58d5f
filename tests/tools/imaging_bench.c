/*
 * imaging_bench.c - pixel die and ISP beside their peers, in one run: CPU time a million pixels.
 *
 *   pixel die, all default noise, a gray field    numpy, poisson + normal + gain + clip + quantize
 *   fovea isp, whole program on a DNG             dcraw, the same file: bilinear, PPG, AHD
 *   its edge-directed demosaic, with all of isp   OpenCV, demosaic of 16 bits alone
 *
 * Peers that are not installed are named and left out. One thread each; best of three, in turn.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "logic/sensor.h"
#include "sim/dng.h"
#include "sim/file.h"
#include "tests/sensor/fovea.h"
#include "tools/raw_frames.h"

enum { W = 4056, H = 3040, REPEATS = 3 };
static const double mpx = (double)W * H * 1e-6;
static const char *const dng = FOVEA_OUT "/imaging_bench.dng";

/* ---- ours ---- */

static void gray_row(const void *ctx, const sim_light_req_t *req, const sim_light_row_t *out)
{
    float *r = out->r, *g = out->g, *b = out->b; /* seen not to alias: a scene that costs little */
    uint32_t width = req->width_px;
    (void)ctx;
    for (uint32_t i = 0; i < width; i++)
        r[i] = g[i] = b[i] = 300;
}

static double thread_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

/* A full frame by pix_row, CPU ms; its samples into raw. */
static double pixel_ms(pix_t *pix, const pix_frame_t *frame, uint16_t *data)
{
    static uint16_t line[PIX_MAX_WIDTH + 64];
    double start = thread_ms();
    for (uint32_t row = 0; row < H; row++) {
        pix_row(pix, frame, row, 0, line);
        memcpy(data + (size_t)row * W, line, W * sizeof(*data));
    }
    return thread_ms() - start;
}

/* What of that was the scene's. */
static double light_ms(const pix_t *pix)
{
    static float plane[PIX_COLORS][PIX_MAX_WIDTH];
    sim_light_row_t out = {plane[0], plane[1], plane[2]};
    sim_light_req_t req = {.width_px = W};
    double start = thread_ms();
    for (uint32_t row = 0; row < H; row++)
        pix->light.row(pix->light.ctx, &req, &out);
    return thread_ms() - start;
}

static void write_dng(const pix_t *pix, const pix_frame_t *frame, uint16_t *data)
{
    char error[256];
    sim_raw_t raw = {.data = data};
    sim_line_t line = {.width_px = W,
                       .height_px = H,
                       .bits = frame->adc_bits,
                       .bayer = pix_frame_bayer(&pix->desc, frame)};
    raw_frames_describe(pix, &line, &raw);
    if (sim_dir_make(FOVEA_OUT, error, sizeof(error)) != SIM_OK ||
        sim_dng_write(dng, &raw, error, sizeof(error)) != SIM_OK)
        fprintf(stderr, "%s\n", error);
}

static double measure_pixel(void)
{
    pix_desc_t desc = pix_desc_default();
    sim_t *sim = sim_new();
    sim_pool_t *pool = sim_pool_new(1);
    pix_t *pix = calloc(1, sizeof(*pix));
    uint16_t *data = malloc((size_t)W * H * sizeof(*data));
    double best = 1e9;
    if (data == NULL || pix_init(pix, sim, &desc, "pixel", pool) != SIM_OK)
        exit(1);
    pix->light = (sim_light_t){gray_row, NULL};
    pix_frame_t frame = pix_frame_default(&desc);
    frame.x.bin = frame.y.bin = 1;
    (void)pix_clamp(&desc, &frame);
    frame.readout_pck = desc.clk_hz;
    pix->now = frame;
    for (int i = 0; i < REPEATS; i++) {
        double ms = pixel_ms(pix, &frame, data) - light_ms(pix);
        best = ms < best ? ms : best;
    }
    write_dng(pix, &frame, data);
    pix_free(pix);
    free(pix);
    free(data);
    sim_pool_free(pool);
    sim_free(sim);
    return best / mpx;
}

/* ---- programs ---- */

static double children_ms(void)
{
    struct rusage use;
    getrusage(RUSAGE_CHILDREN, &use);
    return 1e3 * (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
           1e-3 * (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec);
}

/* Best CPU time of a command, ms a million pixels; 0: it failed. */
static double command_ms(const char *command)
{
    double best = 0;
    for (int i = 0; i < REPEATS; i++) {
        double start = children_ms();
        if (system(command) != 0)
            return 0;
        double ms = (children_ms() - start) / mpx;
        best = best == 0 || ms < best ? ms : best;
    }
    return best;
}

/* What a command prints, a number; 0: it failed. */
static double printed_by(const char *command)
{
    char text[64] = "";
    FILE *pipe = popen(command, "r");
    if (pipe == NULL)
        return 0;
    size_t bytes = fread(text, 1, sizeof(text) - 1, pipe);
    text[bytes] = '\0';
    return pclose(pipe) == 0 ? atof(text) : 0;
}

static void report(const char *peer, double theirs, const char *ours_name, double ours)
{
    if (theirs == 0) {
        printf("%s: not installed\n", peer);
        return;
    }
    printf("%s %.2f ms/Mpx\n", peer, theirs);
    printf("ratio_%s_to_%s %.2f x\n", ours_name, peer, ours / theirs);
}

static const char numpy[] =
    "/usr/bin/python3 -c '"
    "import time, numpy as np\n"
    "light = np.full((3040, 4056), 3000.0); g = np.random.default_rng(1); best = 1e9\n"
    "for i in range(3):\n"
    "  t = time.process_time()\n"
    "  e = np.minimum(g.poisson(light), 8180) + g.normal(0, 3, light.shape)\n"
    "  dn = np.clip(e * 0.118 + 64.5, 0, 1023).astype(np.uint16)\n"
    "  best = min(best, time.process_time() - t)\n"
    "print(best * 1e3 / 12.33)' 2>/dev/null";

static const char opencv[] =
    "/usr/bin/python3 -c '"
    "import time, numpy as np, cv2\n"
    "cv2.setNumThreads(1)\n"
    "raw = np.random.default_rng(1).integers(0, 1024, (3040, 4056), dtype=np.uint16); best = 1e9\n"
    "for i in range(5):\n"
    "  t = time.process_time(); cv2.cvtColor(raw, cv2.COLOR_BayerBG2RGB)\n"
    "  best = min(best, time.process_time() - t)\n"
    "print(best * 1e3 / 12.33)' 2>/dev/null";

int main(void)
{
    char ours[256], theirs[256], text[1024];
    double pixel = measure_pixel();
    printf("pixel_die_lit %.2f ms/Mpx\n", pixel);
    report("numpy_poisson_normal", printed_by(numpy), "pixel_die", pixel);

    const char *program = getenv("FOVEA") != NULL ? getenv("FOVEA") : "build/fovea";
    snprintf(ours, sizeof(ours), "%s isp %s -o %s.ppm", program, dng, dng);
    if (fovea(text, sizeof(text), "isp %s -o %s.ppm", dng, dng) != 0) {
        fprintf(stderr, "%s", text);
        return 1;
    }
    double isp = command_ms(ours);
    printf("fovea_isp_whole_program %.2f ms/Mpx\n", isp);
    static const char *const kinds[][2] = {
        {"dcraw_bilinear", "0"}, {"dcraw_ppg", "2"}, {"dcraw_ahd", "3"}};
    for (size_t i = 0; i < SIM_COUNT(kinds); i++) {
        snprintf(theirs, sizeof(theirs), "dcraw -q %s -c %s >/dev/null 2>&1", kinds[i][1], dng);
        report(kinds[i][0], command_ms(theirs), "fovea_isp", isp);
    }
    double demosaic = printed_by(opencv);
    if (demosaic != 0)
        printf("opencv_demosaic_u16 %.2f ms/Mpx\n", demosaic);
    else
        printf("opencv_demosaic_u16: not installed (python3-opencv)\n");
    return 0;
}
