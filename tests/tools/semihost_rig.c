#include "tests/tools/semihost_rig.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/folder.h"

static void on_ended(void *ctx, uint32_t code)
{
    semihost_rig_t *rig = ctx;
    rig->ended = true;
    rig->code = code;
}

bool semihost_rig_init(semihost_rig_t *rig)
{
    static const bus_desc_t map = {.rom_base = RIG_ROM,
                                   .rom_bytes = RIG_ROM_BYTES,
                                   .tcm_base = RIG_RAM,
                                   .tcm_bytes = RIG_RAM_BYTES};
    memset(rig, 0, sizeof(*rig));
    strcpy(rig->folder, "/tmp/fovea_semihost_XXXXXX");
    rig->sim = sim_new();
    if (rig->sim == NULL || bus_init(&rig->bus, rig->sim, &map, "bus") != SIM_OK ||
        mkdtemp(rig->folder) == NULL)
        return false;
    rig->semihost = (semihost_t){.bus = &rig->bus,
                                 .clk_hz = 1000000,
                                 .command_line = "prog one",
                                 .memory_free = RIG_RAM + 0x8001,
                                 .memory_end = RIG_RAM + RIG_RAM_BYTES,
                                 .in = tmpfile(),
                                 .out = tmpfile(),
                                 .err = tmpfile(),
                                 .folder = folder_at(rig->folder),
                                 .ended = on_ended,
                                 .ended_ctx = rig};
    semihost_init(&rig->semihost);
    return rig->semihost.in != NULL && rig->semihost.out != NULL && rig->semihost.err != NULL &&
           rig->semihost.folder >= 0;
}

void semihost_rig_free(semihost_rig_t *rig)
{
    char command[128];
    semihost_free(&rig->semihost);
    fclose(rig->semihost.in);
    fclose(rig->semihost.out);
    fclose(rig->semihost.err);
    close(rig->semihost.folder);
    bus_free(&rig->bus);
    sim_free(rig->sim);
    snprintf(command, sizeof(command), "rm -rf %s", rig->folder);
    if (system(command) != 0)
        fprintf(stderr, "%s stays\n", rig->folder);
}
