/*
 * cmd_compare.c - fovea compare: a plain camera and its host against the AI sensor, on one scene.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/file.h"
#include "sim/json.h"
#include "tools/cli.h"
#include "tools/commands.h"
#include "tools/compare.h"
#include "tools/execution.h"
#include "tools/interrupt.h"

/* ---- what is claimed, and what is measured ---- */

static const compare_result_t *result_of(const compare_t *c, const char *mode)
{
    for (uint32_t m = 0; m < COMPARE_MODES; m++)
        if (strcmp(compare_modes[m].name, mode) == 0)
            return &c->result[m];
    return NULL;
}

static double sum_mj(const compare_result_t *r)
{
    return r->sensor_mj + r->link_mj + r->host_mj;
}

static double on_board_ms(const compare_t *c)
{
    return result_of(c, "metadata")->readout.median_ms;
}

static double end_to_end_ms(const compare_t *c)
{
    return result_of(c, "metadata")->photon.median_ms;
}

static double sensor_frame_mj(const compare_t *c)
{
    return sum_mj(result_of(c, "metadata"));
}

static double host_path_ms(const compare_t *c)
{
    return result_of(c, "plain")->photon.median_ms;
}

/* Of the bytes on the plain camera's link, those that a mode does not send. */
static double saved_percent(const compare_t *c, const char *mode)
{
    double plain = result_of(c, "plain")->link_bytes;
    return plain > 0 ? 100 * (1 - result_of(c, mode)->link_bytes / plain) : 0;
}

static double metadata_saved(const compare_t *c)
{
    return saved_percent(c, "metadata");
}

static double roi_saved(const compare_t *c)
{
    return saved_percent(c, "roi");
}

static double metadata_bytes(const compare_t *c)
{
    return result_of(c, "metadata")->link_bytes;
}

static const struct {
    const char *claim, *published, *source, *unit, *what;
    double (*measured)(const compare_t *c);
} claims[] = {
    {"network on the sensor", "under 10", "often claimed; 3.1 for MobileNetV1: Sony 2020", "ms",
     "last row to alert, metadata", on_board_ms},
    {"host path", "100 and more", "often claimed", "ms", "first photon to alert, plain",
     host_path_ms},
    {"less on the link", "90", "often claimed", "%", "metadata against plain", metadata_saved},
    {"less on the link", "90", "often claimed", "%", "roi against plain", roi_saved},
    {"an IMX500 end to end", "19", "TinyTracker, arXiv 2307.07813", "ms",
     "first photon to alert, metadata", end_to_end_ms},
    {"its energy", "4.9", "the same", "mJ", "of a frame, metadata", sensor_frame_mj},
    {"boxes of an SSD", "88", "dev_bot, an IMX500 on a Raspberry Pi", "bytes",
     "of a frame, metadata", metadata_bytes},
};

/* ---- the table ---- */

static void print_modes(const compare_t *c)
{
    printf("%-9s  %-20s  %-18s  %11s  %-34s  %9s\n", "", "first photon to alert",
           "last row to alert", "on the link", "energy of a frame, mJ", "frames");
    printf("%-9s  %9s %9s ms  %7s %7s ms  %11s  %8s %7s %8s %8s  %9s\n", "", "median", "worst",
           "median", "worst", "bytes/frame", "sensor", "link", "host", "all", "looked at");
    for (uint32_t m = 0; m < COMPARE_MODES; m++) {
        const compare_result_t *r = &c->result[m];
        printf("%-9s  %9.3f %9.3f     %7.3f %7.3f     %11.0f  %8.3f %7.3f %8.3f %8.3f  %4u of %u\n",
               compare_modes[m].name, r->photon.median_ms, r->photon.worst_ms, r->readout.median_ms,
               r->readout.worst_ms, r->link_bytes, r->sensor_mj, r->link_mj, r->host_mj, sum_mj(r),
               r->looked_at, r->frames);
    }
}

static void print_left(const compare_t *c)
{
    printf("\nwhat left the chip\n");
    for (uint32_t m = 0; m < COMPARE_MODES; m++) {
        const compare_result_t *r = &c->result[m];
        printf("%-9s  %-40s %3u images, %7.0f bytes of image a frame, people shown: %.1f %%\n",
               compare_modes[m].name, compare_modes[m].left, r->images, r->image_bytes,
               100 * r->people);
    }
}

static void print_claims(const compare_t *c)
{
    printf("\n%-22s %13s %10s %-6s %s\n", "claim", "published", "measured", "", "what; source");
    for (size_t i = 0; i < SIM_COUNT(claims); i++)
        printf("%-22s %13s %10.3f %-6s %s; %s\n", claims[i].claim, claims[i].published,
               claims[i].measured(c), claims[i].unit, claims[i].what, claims[i].source);
}

static void print_notes(const compare_t *c)
{
    const compare_result_t *ai = result_of(c, "metadata"), *plain = result_of(c, "plain");
    const double mobilenet_macs = 569e6;
    printf("\nhost: %.1f ms and %.1f mJ a frame are parameters (--host-ms, --host-mj). At the rate "
           "of MobileNetV1 in %.1f ms\nthis network's %.1f M MACs would take it %.1f ms.\n",
           c->desc.host_ms, c->desc.host_mj, COMPARE_HOST_MS, ai->macs / 1e6,
           COMPARE_HOST_MS * ai->macs / mobilenet_macs);
    printf("plain: without %.3f mJ of NPU, L2 and core, which such a camera does not have.\n",
           plain->absent_mj);
}

/* ---- JSON ---- */

static void add_latency(sim_json_t *to, const char *name, const compare_latency_t *latency)
{
    sim_json_t *object = sim_json_add_object(to, name);
    sim_json_add_num(object, "median_ms", latency->median_ms);
    sim_json_add_num(object, "worst_ms", latency->worst_ms);
}

static void add_mode(sim_json_t *modes, const compare_mode_t *mode, const compare_result_t *r)
{
    sim_json_t *to = sim_json_add_object(modes, mode->name);
    sim_json_add_str(to, "left", mode->left);
    sim_json_add_u64(to, "frames", r->frames);
    sim_json_add_u64(to, "looked_at", r->looked_at);
    sim_json_add_u64(to, "alerts", r->alerts);
    sim_json_add_u64(to, "images", r->images);
    add_latency(to, "photon_to_alert", &r->photon);
    add_latency(to, "readout_to_alert", &r->readout);
    sim_json_add_num(to, "link_bytes", r->link_bytes);
    sim_json_add_num(to, "image_bytes", r->image_bytes);
    sim_json_add_num(to, "people_shown", r->people);
    sim_json_t *energy = sim_json_add_object(to, "energy_mj");
    sim_json_add_num(energy, "sensor", r->sensor_mj);
    sim_json_add_num(energy, "link", r->link_mj);
    sim_json_add_num(energy, "host", r->host_mj);
    sim_json_add_num(energy, "left_out", r->absent_mj);
}

static char *json_of(const compare_t *c)
{
    sim_json_t *out = sim_json_object();
    sim_json_add_str(out, "scenario", c->desc.scenario);
    sim_json_t *host = sim_json_add_object(out, "host");
    sim_json_add_num(host, "ms", c->desc.host_ms);
    sim_json_add_num(host, "mj", c->desc.host_mj);
    sim_json_t *modes = sim_json_add_object(out, "modes");
    for (uint32_t m = 0; m < COMPARE_MODES; m++)
        add_mode(modes, &compare_modes[m], &c->result[m]);
    sim_json_t *list = sim_json_add_array(out, "claims");
    for (size_t i = 0; i < SIM_COUNT(claims); i++) {
        sim_json_t *item = sim_json_add_object(list, NULL);
        sim_json_add_str(item, "claim", claims[i].claim);
        sim_json_add_str(item, "published", claims[i].published);
        sim_json_add_str(item, "source", claims[i].source);
        sim_json_add_str(item, "what", claims[i].what);
        sim_json_add_str(item, "unit", claims[i].unit);
        sim_json_add_num(item, "measured", claims[i].measured(c));
    }
    char *text = sim_json_print(out, true);
    sim_json_free(out);
    return text;
}

/* ---- the command ---- */

static int report(const compare_t *c, bool json)
{
    char path[1200], error[1024];
    char *text = json_of(c);
    snprintf(path, sizeof(path), "%s/compare.json", c->desc.out);
    if (text == NULL)
        return cli_fail(EXIT_FAILED, "out of memory");
    bool written = sim_file_write(path, text, strlen(text), error, sizeof(error)) == SIM_OK;
    if (json) {
        puts(text);
    } else {
        printf("%s, %u frames\n\n", c->desc.scenario, c->result[0].frames);
        print_modes(c);
        print_left(c);
        print_claims(c);
        print_notes(c);
    }
    free(text);
    if (!written)
        return cli_fail(EXIT_FAILED, "%s", error);
    if (!compare_plot(c, c->desc.out, error, sizeof(error)))
        fprintf(stderr, "fovea: compare: no plot: %s\n", error);
    return EXIT_FINE;
}

/* A number of the host's, of milliseconds or millijoules. */
static bool host_number(const cli_t *cli, const char *option, const char *text, double *value)
{
    enum { MOST = 1000000 };
    if (text == NULL)
        return true;
    if (!cli_num(cli, option, text, value))
        return false;
    if (*value >= 0 && *value <= MOST)
        return true;
    cli_fail(EXIT_USAGE, "compare: --%s: found %s, expected 0..%d", option, text, MOST);
    return false;
}

int cmd_compare(int argc, char **argv)
{
    compare_desc_t desc = {
        .out = "out/compare", .host_ms = COMPARE_HOST_MS, .host_mj = COMPARE_HOST_MJ};
    const char *ms = NULL, *mj = NULL, *threads = NULL, *simd = NULL, *json = NULL, *keep = NULL;
    scenario_flags_t *f = &desc.flags;
    const cli_opt_t opts[] = {
        {0, "host-ms", "MS",
         "time of the plain camera's host for an image (87: MobileNetV1 on a Raspberry Pi 4)", &ms},
        {0, "host-mj", "MJ", "its energy for one (227)", &mj},
        {'s', "scene", "FILE", "scene, PNG or Y4M file to look at (default: the scenario's)",
         &f->scene},
        {'m', "network", "FILE", "network (default: the scenario's)", &f->network},
        {'c', "chip", "FILE", "chip data (default: the scenario's)", &f->chip},
        {'n', "frames", "N", "frames to simulate", &f->frames},
        {0, "seed", "N", "seed of the noise", &f->seed},
        {0, "scene-seed", "N", "seed of the world", &f->scene_seed},
        {'o', "out", "DIR",
         "where results go: compare.json, compare.svg, a run's folder for each "
         "mode (default: out/compare)",
         &desc.out},
        {0, "keep-links", NULL, "link.csi2 stays also where every pixel is in it", &keep},
        {'j', "threads", "N", "threads (default: one a processor); no effect on results", &threads},
        {0, "simd", "LEVEL",
         "scalar, avx2, avx512 or amx (default: the best); no effect on results", &simd},
        {0, "json", NULL, "results as JSON", &json},
    };
    const cli_t cli = {"compare",
                       "SCENARIO",
                       "Runs a scenario as a plain camera whose host does the inference, and as an "
                       "AI sensor: latency, bytes, energy.",
                       opts,
                       SIM_COUNT(opts),
                       1,
                       1};
    char **args;
    int count, over = cli_parse(&cli, argc, argv, &args, &count);
    if (over >= 0)
        return over;
    if (!execution_options(&cli, threads, simd, &desc.threads) ||
        !host_number(&cli, "host-ms", ms, &desc.host_ms) ||
        !host_number(&cli, "host-mj", mj, &desc.host_mj))
        return EXIT_USAGE;
    desc.scenario = args[0];
    desc.keep_links = keep != NULL;
    desc.interrupted = interrupt_watch();
    compare_t *compare = calloc(1, sizeof(*compare));
    if (compare == NULL)
        return cli_fail(EXIT_FAILED, "out of memory");
    int code = compare_run(compare, &desc);
    code = code == EXIT_FINE ? report(compare, json != NULL)
                             : cli_fail(code, "compare: %s", compare->error);
    free(compare);
    return code;
}
