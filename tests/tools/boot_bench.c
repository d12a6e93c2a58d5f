/*
 * boot_bench.c - instructions a second of the core while the whole sensor starts up, at both
 * speeds: from reset to "ready" of visitor_counter, in place before time 0, or with the boot ROM
 * that loads firmware and network from the flash and checks every byte. Host CPU time of the whole
 * simulator, best of REPEATS. No ratio to QEMU: it has no such machine (exec_bench has one).
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "logic/sensor.h"
#include "sim/file.h"
#include "tools/boot_image.h"
#include "tools/network.h"

#define FIRMWARE "build/firmware/visitor_counter.elf"
#define ROM "build/firmware/boot_rom.elf"
enum { STARTS = 20, READY = 7 /* characters */ };
#define PATIENCE_PS (1000 * SIM_PS_PER_MS)

typedef struct {
    double seconds;
    uint64_t instructions, boot_ps;
} boot_t;

static char error[512];
static sensor_desc_t chip;
static npu_prog_t network;
static boot_image_t image;

static void need(bool fine)
{
    if (fine)
        return;
    fprintf(stderr, "boot_bench: %s\n", error);
    exit(1);
}

static void dark(const void *ctx, const sim_light_req_t *req, const sim_light_row_t *out)
{
    (void)ctx; /* nobody streams */
    (void)req;
    (void)out;
}

/* Counts what of "ready\r\n" has come. */
static void on_uart(void *ctx, uint8_t byte)
{
    uint32_t *seen = ctx;
    if (*seen < READY)
        *seen = byte == (uint8_t) "ready\r\n"[*seen] ? *seen + 1 : 0;
}

static void place(sensor_t *sensor, bool flash)
{
    size_t bytes;
    const char *file = flash ? ROM : FIRMWARE;
    uint8_t *elf = sim_file_read(file, 1 << 24, &bytes, error, sizeof(error));
    need(elf != NULL);
    if (flash)
        need(sensor_load_rom(sensor, elf, bytes, file, error, sizeof(error)) == SIM_OK &&
             flash_load(&sensor->flash, 0, image.data, image.bytes));
    else
        need(sensor_load_firmware(sensor, elf, bytes, file, error, sizeof(error)) == SIM_OK &&
             sensor_load_network(sensor, &network, error, sizeof(error)) == SIM_OK);
    free(elf);
}

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void run(sensor_t *sensor, sim_t *sim, sim_pool_t *pool, bool flash, core_speed_t speed,
                boot_t *result)
{
    uint32_t seen = 0;
    need(sensor_init(sensor, sim, &chip, pool) == SIM_OK);
    sensor->pixel.light.row = dark;
    sensor->uart.sent = on_uart;
    sensor->uart.sent_ctx = &seen;
    place(sensor, flash);
    need(sim_check(sim) == SIM_OK);
    sim_reset(sim);
    need(sim_start(sim) == SIM_OK);
    core_set_speed(&sensor->core, speed);
    for (int i = 0; i < STARTS; i++) {
        uint64_t begin_ps = sim_now_ps(sim);
        double start = cpu_s();
        for (seen = 0; seen < READY && sim_now_ps(sim) < begin_ps + PATIENCE_PS;)
            sim_run_until_ps(sim, sim_now_ps(sim) + 50 * SIM_PS_PER_US);
        double took = cpu_s() - start;
        need(seen == READY);
        if (i == 0 || took < result->seconds)
            *result = (boot_t){took, sensor->core.instructions, sim_now_ps(sim) - begin_ps};
        clkrst_request(&sensor->clkrst, RST_SOFTWARE);
    }
}

static boot_t boot(bool flash, core_speed_t speed)
{
    boot_t result;
    sim_t *sim = sim_new();
    sim_pool_t *pool = sim_pool_new(1);
    sensor_t *sensor = sensor_new();
    snprintf(error, sizeof(error), "the sensor did not start up");
    chip.logic.clkrst.boot = flash ? BOOT_SPI : BOOT_MEMORY;
    run(sensor, sim, pool, flash, speed, &result);
    sensor_free(sensor);
    sim_pool_free(pool);
    sim_free(sim);
    return result;
}

static void measure(const char *what, bool flash)
{
    for (core_speed_t speed = CORE_CYCLE;; speed = CORE_FUNCTIONAL) {
        const char *name = speed == CORE_CYCLE ? "cycle" : "functional";
        boot_t best = boot(flash, speed);
        printf("%s_%s %.0f MIPS\n%s_%s_host %.3f ms\n", what, name,
               (double)best.instructions / best.seconds * 1e-6, what, name, best.seconds * 1e3);
        if (speed == CORE_FUNCTIONAL)
            return;
        printf("%s_instructions %llu\n%s_simulated %.2f ms\n", what,
               (unsigned long long)best.instructions, what, (double)best.boot_ps * 1e-9);
    }
}

int main(void)
{
    network_options_t options = {0};
    chip = sensor_desc_default();
    chip.logic.flash.fitted = true;
    need(network_load("scenes/person_160.tflite", &chip.npu, &options, &network, error,
                      sizeof(error)) &&
         boot_image_load(&chip, FIRMWARE, &network, 1, &image, error, sizeof(error)));
    measure("start_up", false);
    measure("boot_flash", true);
    npu_prog_free(&network);
    free(image.data);
    return 0;
}
