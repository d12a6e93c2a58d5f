#include "tools/infer_core.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/file.h"

enum { MAX_ELF_BYTES = 16 << 20 };
enum { A0 = 10, A1 = 11 };
enum { SYS_EXIT_EXTENDED = 0x20, APPLICATION_EXIT = 0x20026 }; /* semihosting */

/* ---- what the firmware does ---- */

static bool on_ebreak(void *ctx, core_t *core)
{
    infer_core_t *c = ctx;
    uint32_t block[2] = {0, 0};
    if (core->x[A0] != SYS_EXIT_EXTENDED || !bus_peek(&c->bus, core->x[A1], block, sizeof(block)))
        return false;
    c->exited = true;
    c->code = block[0] == APPLICATION_EXIT ? block[1] : 1;
    core_halt(core);
    return true;
}

static void on_halt(void *ctx, bool level)
{
    infer_core_t *c = ctx;
    if (level)
        sim_stop(c->core.comp.sim);
}

static void on_uart(void *ctx, uint8_t byte)
{
    infer_core_t *c = ctx;
    if (byte == '\r' || c->console_bytes + 1 >= sizeof(c->console))
        return;
    c->console[c->console_bytes++] = byte == '\n' ? ' ' : (char)byte;
    c->console[c->console_bytes] = '\0';
}

/* ---- wiring, as logic/sensor.c does it ---- */

static bool make_blocks(infer_core_t *c, sim_t *sim, const logic_desc_t *desc)
{
    return sys_init(&c->sys, sim, &desc->sys, "sys") == SIM_OK &&
           uart_init(&c->uart, sim, &desc->uart, "uart") == SIM_OK &&
           intc_init(&c->intc, sim, "intc") == SIM_OK &&
           clint_init(&c->clint, sim, &desc->clint, "clint") == SIM_OK &&
           bus_init(&c->bus, sim, &desc->bus, "bus") == SIM_OK &&
           core_init(&c->core, sim, &c->bus, &desc->core, "core") == SIM_OK;
}

static bool connect_blocks(infer_core_t *c, l2_t *l2, npu_t *npu)
{
    return l2_port(l2, "core", &c->bus.l2) == SIM_OK &&
           l2_port(l2, "core_fetch", &c->core.icache.port) == SIM_OK &&
           bus_attach(&c->bus, SENSOR_PAGE_sys, &c->sys.comp) == SIM_OK &&
           bus_attach(&c->bus, SENSOR_PAGE_uart, &c->uart.comp) == SIM_OK &&
           bus_attach(&c->bus, SENSOR_PAGE_intc, &c->intc.comp) == SIM_OK &&
           bus_attach(&c->bus, SENSOR_PAGE_npu, &npu->comp) == SIM_OK &&
           bus_attach(&c->bus, SENSOR_PAGE_clint, &c->clint.comp) == SIM_OK &&
           intc_connect(&c->intc, SENSOR_IRQ_NPU, &npu->irq) &&
           intc_connect(&c->intc, SENSOR_IRQ_UART, &c->uart.irq) &&
           core_connect(&c->core, CORE_MEI, &c->intc.meip) &&
           core_connect(&c->core, CORE_MSI, &c->clint.msip) &&
           core_connect(&c->core, CORE_MTI, &c->clint.mtip) &&
           sim_wire_connect(&c->core.halt, on_halt, c);
}

bool infer_core_init(infer_core_t *core, sim_t *sim, l2_t *l2, npu_t *npu, const logic_desc_t *desc,
                     const char *firmware, char *error, size_t error_bytes)
{
    core->firmware = firmware;
    core->elf = sim_file_read(firmware, MAX_ELF_BYTES, &core->elf_bytes, error, error_bytes);
    if (core->elf == NULL)
        return false;
    if (!make_blocks(core, sim, desc) || !connect_blocks(core, l2, npu)) {
        snprintf(error, error_bytes, "%s", sim_error(sim));
        return false;
    }
    core->core.on_ebreak = on_ebreak;
    core->core.on_ebreak_ctx = core;
    core->uart.sent = on_uart;
    core->uart.sent_ctx = core;
    return infer_core_load(core, error, error_bytes);
}

bool infer_core_load(infer_core_t *core, char *error, size_t error_bytes)
{
    elf_info_t info;
    core->exited = false;
    core->console_bytes = 0;
    core->console[0] = '\0';
    if (elf_load(&core->bus, core->elf, core->elf_bytes, core->firmware, &info, error,
                 error_bytes) != SIM_OK)
        return false;
    bus_set_boot(&core->bus, info.entry);
    return true;
}

void infer_core_free(infer_core_t *core)
{
    core_free(&core->core);
    bus_free(&core->bus);
    free(core->elf);
}

bool infer_core_find_firmware(char *path, size_t path_bytes)
{
    static const char *const places[] = {"firmware/infer.elf", "../firmware/infer.elf",
                                         "../lib/fovea/firmware/infer.elf"};
    char self[1024];
    ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
    if (length <= 0)
        return false;
    self[length] = '\0';
    *(strrchr(self, '/') + 1) = '\0';
    for (size_t i = 0; i < SIM_COUNT(places); i++) {
        snprintf(path, path_bytes, "%s%s", self, places[i]);
        if (access(path, R_OK) == 0)
            return true;
    }
    return false;
}
