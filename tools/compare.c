#include "tools/compare.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cli.h"
#include "tools/execution.h"
#include "tools/image_judge.h"
#include "tools/run.h"

#define BLOCK(name) (1u << TECH_##name)

/* clang-format off */
const compare_mode_t compare_modes[COMPARE_MODES] = {
    /* name      left                                               firmware            format    whole  absent                                host */
    {"plain",    "every pixel",                                       "plain_camera.elf", "raw",    true,  BLOCK(NPU) | BLOCK(L2) | BLOCK(CORE), true},
    {"metadata", "boxes, counts, events",                             NULL,               "none",   false, 0,                                    false},
    {"roi",      "boxes, their region of the next frame",             "roi_stream.elf",   "yuv420", false, 0,                                    false},
    {"full",     "boxes, counts, events, every pixel",                NULL,               "raw",    true,  0,                                    false},
};
/* clang-format on */

/* ---- latency ---- */

uint32_t compare_host(compare_frame_t *frame, size_t frames, uint64_t work_ps)
{
    uint64_t free_ps = 0;
    uint32_t worked = 0;
    for (size_t first = 0, last; first < frames; first = last + 1, worked++) {
        uint64_t start_ps = frame[first].arrived_ps > free_ps ? frame[first].arrived_ps : free_ps;
        for (last = first; last + 1 < frames && frame[last + 1].arrived_ps <= start_ps;)
            last++;
        free_ps = start_ps + work_ps;
        for (size_t i = first; i <= last; i++)
            frame[i].alert_ps = free_ps;
    }
    return worked;
}

static int by_size(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static compare_latency_t summary(uint64_t *ps, uint32_t count)
{
    if (count == 0)
        return (compare_latency_t){0, 0};
    qsort(ps, count, sizeof(*ps), by_size);
    return (compare_latency_t){(double)ps[(count - 1) / 2] / 1e9, (double)ps[count - 1] / 1e9};
}

uint32_t compare_latencies(const compare_frame_t *frame, size_t frames, compare_latency_t *photon,
                           compare_latency_t *readout)
{
    uint64_t *ps = calloc(2 * frames + 1, sizeof(*ps));
    uint32_t count = 0;
    for (size_t i = 0; ps != NULL && i < frames; i++) {
        if (frame[i].alert_ps == 0)
            continue;
        ps[count] = frame[i].alert_ps - frame[i].exposure_start_ps;
        ps[frames + count++] = frame[i].alert_ps - frame[i].readout_end_ps;
    }
    *photon = summary(ps, count);
    *readout = summary(ps != NULL ? ps + frames : NULL, count);
    free(ps);
    return count;
}

/* ---- one mode ---- */

/* Images as the host gets them, those that a frame's metadata belong to alone in other modes. */
static compare_frame_t *frames_of(const run_t *run, bool images, size_t *count)
{
    const timeline_image_t *image = run->images;
    const timeline_frame_t *told = run->frames;
    *count = images ? run->images_bytes / sizeof(*image) : run->frames_bytes / sizeof(*told);
    compare_frame_t *frame = calloc(*count + 1, sizeof(*frame));
    for (size_t i = 0; frame != NULL && i < *count; i++) {
        if (images)
            frame[i] = (compare_frame_t){image[i].exposure_start_ps, image[i].readout_end_ps,
                                         image[i].last_ps, 0};
        else
            frame[i] = (compare_frame_t){told[i].exposure_start_ps, told[i].readout_end_ps,
                                         told[i].link_last_ps, told[i].link_last_ps};
    }
    return frame;
}

static bool measure_latency(const compare_t *c, const compare_mode_t *mode, const run_t *run,
                            compare_result_t *r)
{
    size_t count;
    compare_frame_t *frame = frames_of(run, mode->host_infers, &count);
    if (frame == NULL)
        return false;
    r->looked_at = (uint32_t)count;
    if (mode->host_infers)
        r->looked_at = compare_host(frame, count, (uint64_t)(c->desc.host_ms * 1e9));
    r->alerts = compare_latencies(frame, count, &r->photon, &r->readout);
    free(frame);
    return true;
}

static void measure_energy(const compare_t *c, const compare_mode_t *mode, const run_t *run,
                           compare_result_t *r)
{
    energy_mean_t mean = energy_mean(&run->sensor->energy);
    double mj[TECH_BLOCK_COUNT], frames = mean.frames != 0 ? (double)mean.frames : 1;
    for (uint32_t b = 0; b < TECH_BLOCK_COUNT; b++) {
        mj[b] = (double)mean.block_fj[b] / frames / 1e12;
        if (b == TECH_LINK)
            r->link_mj = mj[b];
        else if ((mode->absent >> b & 1) != 0)
            r->absent_mj += mj[b];
        else
            r->sensor_mj += mj[b];
    }
    if (mode->host_infers)
        r->host_mj = c->desc.host_mj * r->looked_at / r->frames;
}

static void measure_link(const run_t *run, compare_result_t *r)
{
    const timeline_image_t *image = run->images;
    r->images = (uint32_t)(run->images_bytes / sizeof(*image));
    for (uint32_t i = 0; i < r->images; i++)
        r->image_bytes += (double)image[i].bytes / r->frames;
    r->link_bytes = (double)run->sensor->mipi.link_bytes / r->frames;
    if (run->sensor->npu.runs != 0)
        r->macs = (double)run->sensor->npu.total.macs / (double)run->sensor->npu.runs;
}

/* What images show of people. */
static bool measure_people(compare_t *c, const compare_mode_t *mode, const run_t *run,
                           compare_result_t *r)
{
    image_figures_t figures;
    if (!image_judge(run->results.dir, &figures, c->error, sizeof(c->error)))
        return false;
    r->people = mode->whole ? 1 : figures.boxes > 0 ? figures.bare : 0;
    return true;
}

static int measure(compare_t *c, const compare_mode_t *mode, const run_t *run, compare_result_t *r)
{
    r->frames = run->scenario.frames;
    if (!measure_people(c, mode, run, r))
        return EXIT_FAILED;
    measure_link(run, r);
    if (!measure_latency(c, mode, run, r)) {
        snprintf(c->error, sizeof(c->error), "out of memory");
        return EXIT_FAILED;
    }
    measure_energy(c, mode, run, r);
    if (r->alerts > 0)
        return EXIT_FINE;
    snprintf(c->error, sizeof(c->error), "%s: mode %s: no frame came to an alert", c->desc.scenario,
             mode->name);
    return EXIT_FAILED;
}

/* The scenario's own program, or one of the same folder. */
static bool find_firmware(const char *own, const char *name, char *path, size_t bytes)
{
    const char *slash = strrchr(own, '/');
    int folder = slash != NULL ? (int)(slash - own) + 1 : 0;
    return snprintf(path, bytes, "%.*s%s", folder, own, name) < (int)bytes;
}

static int run_mode(compare_t *c, const compare_mode_t *mode, const char *own, run_t *run,
                    compare_result_t *r)
{
    char dir[1200], firmware[SCENARIO_PATH], link[1300];
    run_desc_t desc = {.scenario = c->desc.scenario,
                       .out_dir = dir,
                       .flags = c->desc.flags,
                       .threads = c->desc.threads,
                       .verbose = SIM_LOG_UNIMP,
                       .shuffle = execution_shuffle(),
                       .interrupted = c->desc.interrupted};
    snprintf(dir, sizeof(dir), "%s/%s", c->desc.out, mode->name);
    desc.flags.format = mode->format;
    desc.flags.no_images = true;
    if (mode->firmware != NULL) {
        if (!find_firmware(own, mode->firmware, firmware, sizeof(firmware))) {
            snprintf(c->error, sizeof(c->error), "%s: path too long", own);
            return EXIT_USAGE;
        }
        desc.flags.firmware = firmware;
    }
    int code = run_scenario(run, &desc);
    if (code != EXIT_FINE) {
        snprintf(c->error, sizeof(c->error), "mode %s: %s", mode->name, run->error);
        return code;
    }
    snprintf(link, sizeof(link), "%s/link.csi2", dir);
    if (strcmp(mode->format, "none") != 0 && !c->desc.keep_links)
        remove(link);
    return measure(c, mode, run, r);
}

/* What all modes need of the scenario: its program, and that nobody else says what is sent. */
static int look_at_scenario(compare_t *c, char firmware[SCENARIO_PATH])
{
    scenario_t scenario;
    const char *what = NULL;
    bool fine =
        scenario_load(&scenario, c->desc.scenario, &c->desc.flags, c->error, sizeof(c->error));
    if (fine) {
        memcpy(firmware, scenario.firmware, SCENARIO_PATH);
        if (scenario.networks == 0)
            what = "networks: none, there is nothing to compare";
        else if (host_script_writes(&scenario.host, APP_IMAGE_OUT))
            what = "the host script writes app_image_out itself";
    }
    if (what != NULL)
        snprintf(c->error, sizeof(c->error), "%s: %s", c->desc.scenario, what);
    scenario_free(&scenario);
    return fine && what == NULL ? EXIT_FINE : EXIT_USAGE;
}

int compare_run(compare_t *compare, const compare_desc_t *desc)
{
    char firmware[SCENARIO_PATH];
    *compare = (compare_t){.desc = *desc};
    int code = look_at_scenario(compare, firmware);
    for (uint32_t m = 0; m < COMPARE_MODES && code == EXIT_FINE; m++) {
        run_t *run = calloc(1, sizeof(*run));
        if (run == NULL) {
            snprintf(compare->error, sizeof(compare->error), "out of memory");
            return EXIT_FAILED;
        }
        code = run_mode(compare, &compare_modes[m], firmware, run, &compare->result[m]);
        run_free(run);
        free(run);
    }
    return code;
}
