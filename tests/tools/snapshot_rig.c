#include "tests/tools/snapshot_rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/file.h"
#include "tools/network.h"

static void need(bool fine, const char *what)
{
    if (fine)
        return;
    fprintf(stderr, "rig: %s\n", what);
    abort();
}

static void hear(rig_t *rig, const void *data, size_t bytes)
{
    rig->heard = sim_hash(rig->heard, data, bytes);
}

static void on_packet(void *ctx, const mipi_packet_t *packet)
{
    uint64_t times[] = {packet->number, packet->start_ps, packet->first_byte_ps,
                        packet->last_byte_ps, packet->end_ps};
    hear(ctx, times, sizeof(times));
    hear(ctx, packet->bytes, packet->count);
}

static void on_uart(void *ctx, uint8_t byte)
{
    hear(ctx, &byte, 1);
}

static void on_span(void *ctx, const char *track, const char *name, uint64_t start_ps,
                    uint64_t end_ps, const char *args)
{
    uint64_t times[] = {start_ps, end_ps};
    hear(ctx, track, strlen(track));
    hear(ctx, name, strlen(name));
    hear(ctx, times, sizeof(times));
    hear(ctx, args != NULL ? args : "", args != NULL ? strlen(args) : 0);
}

static void on_count(void *ctx, const char *track, uint64_t at_ps, const char *values)
{
    hear(ctx, track, strlen(track));
    hear(ctx, &at_ps, sizeof(at_ps));
    hear(ctx, values, strlen(values));
}

static void on_log(void *ctx, uint64_t time_ps, sim_log_level_t level, const char *name,
                   const char *line)
{
    (void)level;
    hear(ctx, &time_ps, sizeof(time_ps));
    hear(ctx, name, strlen(name));
    hear(ctx, line, strlen(line));
}

static const sim_field_t fields[] = {
    SIM_FIELD(rig_t, heard),
    SIM_FIELD_END,
};
static const sim_kind_t kind = {.kind = "rig", .version = 1, .fields = fields, .observer = true};

static void load(rig_t *rig)
{
    char error[512];
    size_t bytes;
    uint8_t *elf = sim_file_read(rig->scenario.firmware, 1 << 24, &bytes, error, sizeof(error));
    need(elf != NULL, error);
    need(sensor_load_firmware(rig->sensor, elf, bytes, "firmware", error, sizeof(error)) == SIM_OK,
         error);
    free(elf);
    network_options_t options = {0};
    need(network_load(rig->scenario.network[0], &rig->scenario.sensor.npu, &options, &rig->program,
                      error, sizeof(error)),
         error);
    need(sensor_load_network(rig->sensor, &rig->program, error, sizeof(error)) == SIM_OK, error);
    rig->sensor->npu.names = &rig->program;
}

enum { MOST_THREADS = 4 };

static scenario_t shared; /* rows of light have nothing that a rig could leave in it */

void rig_prepare(void)
{
    char error[512];
    const scenario_flags_t flags = {0};
    if (shared.scene != NULL)
        return;
    need(scenario_load(&shared, "scenes/entrance.json", &flags, error, sizeof(error)), error);
    need(scene_prepare(shared.scene, MOST_THREADS,
                       shared.sensor.pixel.width_px + 2 * PIX_BLUR_MAX) == SIM_OK,
         "out of memory");
}

static void use_options(rig_t *rig, const rig_options_t *options)
{
    scenario_t *s = &rig->scenario;
    s->step = calloc(s->steps + 1u, sizeof(*s->step));
    need(s->step != NULL, "out of memory");
    memcpy(s->step + options->raw, shared.step, s->steps * sizeof(*s->step));
    if (options->raw) {
        s->steps++;
        s->step[0] = (scenario_step_t){.addr = APP_IMAGE_OUT, .bytes = 2, .value = 1};
    }
    if (options->change != NULL)
        options->change(&s->sensor);
    sim_set_shuffle(rig->sim, options->shuffle);
}

rig_t *rig_new(const rig_options_t *options)
{
    rig_t *rig = calloc(1, sizeof(*rig));
    need(rig != NULL && options->threads <= MOST_THREADS, "out of memory, or too many threads");
    rig_prepare();
    rig->scenario = shared;
    rig->sim = sim_new();
    rig->pool = sim_pool_new(options->threads);
    rig->sensor = sensor_new();
    use_options(rig, options);
    need(sensor_init(rig->sensor, rig->sim, &rig->scenario.sensor, rig->pool) == SIM_OK,
         sim_error(rig->sim));
    need(script_init(&rig->script, rig->sensor, &rig->scenario) == SIM_OK, sim_error(rig->sim));
    need(sim_comp_init(&rig->comp, rig->sim, &kind, "rig") == SIM_OK, sim_error(rig->sim));
    rig->sensor->npu.exact = options->exact;
    load(rig);
    rig->sensor->pixel.light = scene_light(rig->scenario.scene);
    rig->sensor->uart.sent = on_uart;
    rig->sensor->uart.sent_ctx = rig;
    need(mipi_tx_listen(&rig->sensor->mipi, on_packet, rig), "no place left");
    sim_set_trace(rig->sim, on_span, rig);
    sim_set_count(rig->sim, on_count, rig);
    sim_set_log(rig->sim, on_log, rig, SIM_LOG_DEBUG);
    need(sim_check(rig->sim) == SIM_OK, sim_error(rig->sim));
    sim_reset(rig->sim);
    need(sim_start(rig->sim) == SIM_OK, sim_error(rig->sim));
    return rig;
}

void rig_free(rig_t *rig)
{
    sensor_free(rig->sensor);
    script_free(&rig->script);
    free(rig->scenario.step);
    sim_pool_free(rig->pool);
    sim_free(rig->sim);
    npu_prog_free(&rig->program);
    free(rig);
}

uint64_t rig_hash(rig_t *rig)
{
    uint64_t hash[] = {sim_state_hash(rig->sim), rig->heard, sim_now_ps(rig->sim)};
    return sim_hash(SIM_HASH_SEED, hash, sizeof(hash));
}
