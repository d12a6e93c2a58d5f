#include "tools/run_observe.h"

#include "sim/file.h"
#include <stdlib.h>

#include "tools/cli.h"

enum { MAX_ELF_BYTES = 16 << 20 };

/* All that can write L2. */
static bool observe_ports(run_t *run)
{
    sensor_t *s = run->sensor;
    sim_mem_port_t *const port[] = {&s->bus.l2,        &s->isp.port,       &s->npu.fetch,
                                    &s->npu.load.port, &s->npu.store.port, &s->mipi.mem,
                                    &s->spi.port,      &s->dma.l2};
    bool fine = true;
    for (uint32_t i = 0; i < SIM_COUNT(port); i++)
        fine = fine && observe_port(&run->observe, port[i]);
    return fine;
}

/* Booting from flash, the core also runs the firmware, which the boot ROM copies. */
static bool add_firmware(run_t *run)
{
    const char *file = run->scenario.firmware;
    size_t bytes;
    if (run->scenario.sensor.logic.clkrst.boot == BOOT_MEMORY || run->scenario.flash_files != 0)
        return true;
    uint8_t *elf = sim_file_read(file, MAX_ELF_BYTES, &bytes, run->error, sizeof(run->error));
    bool fine = elf != NULL && run_observe_program(run, elf, bytes, file);
    free(elf);
    return fine;
}

int run_observe_begin(run_t *run, const observe_desc_t *desc)
{
    if (!observe_wanted(desc))
        return EXIT_FINE;
    run->observed = true;
    bool fine =
        observe_init(&run->observe, desc, &run->sensor->core, run->error, sizeof(run->error)) &&
        observe_ports(run) && add_firmware(run);
    return fine ? EXIT_FINE : EXIT_USAGE;
}

bool run_observe_program(run_t *run, const uint8_t *elf, size_t bytes, const char *file)
{
    return !run->observed ||
           observe_program(&run->observe, elf, bytes, file, run->error, sizeof(run->error));
}

void run_observe_start(run_t *run, const run_desc_t *desc)
{
    bool restored = desc->snapshot.restore != NULL || run->snapshot.resumes;
    if (run->observed && restored)
        observe_restored(&run->observe);
}

int run_observe_end(run_t *run, int code)
{
    char error[RUN_ERROR];
    if (!run->observed || observe_end(&run->observe, error, sizeof(error)))
        return code;
    if (code == EXIT_FINE)
        snprintf(run->error, sizeof(run->error), "%s", error);
    return EXIT_FAILED;
}

const char *run_place(run_t *run, char text[SOURCE_PLACE])
{
    const bool in_place = run->scenario.sensor.logic.clkrst.boot == BOOT_MEMORY;
    const char *const file[] = {run->scenario.firmware, run->scenario.boot_rom};
    char error[256];
    text[0] = '\0';
    for (int i = 0; i < (in_place ? 1 : 2) && text[0] == '\0'; i++) {
        size_t bytes;
        uint8_t *elf = sim_file_read(file[i], MAX_ELF_BYTES, &bytes, error, sizeof(error));
        if (elf != NULL)
            source_remark(elf, bytes, run->sensor->core.pc, text);
        free(elf);
    }
    return text;
}
