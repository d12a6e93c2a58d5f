/*
 * sensor.h - the whole stack: pixel die on top, logic die below, wired.
 *
 *   light --> pixel --RAW lines--+--> isp --tensor--> L2 <==> npu
 *                                |                    ||
 *                                +--> mipi <==========++<===> core (firmware in TCM)
 *                                       |                       |
 *                                    packets      registers, interrupts, CCI <-- host
 *
 * This file only embeds and connects; what each block does is in its own header. sensor_t is large
 * (tens of megabytes with its memories): allocate it with sensor_new.
 *
 * The chip boots from the flash on the board when the strap (desc.logic.clkrst.boot) says so and
 * sensor_load_rom has given it its ROM; sensor_load_firmware and _network put both in place before
 * time 0 instead, as a boot would have.
 */
#ifndef LOGIC_SENSOR_H
#define LOGIC_SENSOR_H

#include "isp/isp.h"
#include "logic/bus.h"
#include "logic/cci.h"
#include "logic/ccs.h"
#include "logic/clint.h"
#include "logic/clkrst.h"
#include "logic/clocks.h"
#include "logic/core.h"
#include "logic/desc.h"
#include "logic/dma.h"
#include "logic/elf.h"
#include "logic/energy.h"
#include "logic/flash.h"
#include "logic/gpio.h"
#include "logic/intc.h"
#include "logic/l2.h"
#include "logic/mailbox.h"
#include "logic/nvm.h"
#include "logic/rng.h"
#include "logic/spi.h"
#include "logic/spit.h"
#include "logic/sys.h"
#include "logic/temp.h"
#include "logic/thermal.h"
#include "logic/timeline.h"
#include "logic/timer.h"
#include "logic/traffic.h"
#include "logic/uart.h"
#include "logic/wdog.h"
#include "mipi/tx.h"
#include "npu/fnp.h"
#include "npu/npu.h"
#include "pixel/pixel.h"

/* clang-format off */
/* Register pages: X(page, member of sensor_t). */
#define SENSOR_PAGES(X)                                                                            \
    X(0, sys) X(1, uart) X(2, intc) X(3, pixel) X(4, isp) X(5, npu) X(6, mipi) X(7, ccs)             \
    X(8, clint) X(9, dma) X(10, timer) X(11, wdog) X(12, gpio) X(13, rng) X(14, spi)                 \
    X(15, mailbox) X(16, temp) X(17, clkrst) X(18, spit) X(19, l2)

/* Inputs of the interrupt controller: X(name, number, member whose wire `irq` it is). */
#define SENSOR_IRQS(X)                                                                             \
    X(PIX, 1u, pixel) X(ISP, 2u, isp) X(NPU, 3u, npu) X(MIPI, 4u, mipi) X(CCI, 5u, ccs)            \
    X(UART, 6u, uart) X(DMA, 7u, dma) X(TIMER, 8u, timer) X(GPIO, 9u, gpio) X(WDOG, 10u, wdog)       \
    X(SPI, 11u, spi) X(MAILBOX, 12u, mailbox) X(TEMP, 13u, temp) X(TGT, 14u, spit) X(L2, 15u, l2)

/* Lines that pace the DMA: X(name, number, wire of sensor_t, whether each rise counts), and the pages
 * that it may access. */
#define SENSOR_DMA_LINES(X)                                                                        \
    X(UART_TX, 1u, uart.tx_room, false) X(UART_RX, 2u, uart.rx_ready, false)                       \
    X(RNG, 3u, rng.ready, false) X(TIMER0, 4u, timer.matched[0], true)                             \
    X(TIMER1, 5u, timer.matched[1], true)
#define SENSOR_DMA_PAGES(X) X(uart) X(timer) X(gpio) X(rng)
/* clang-format on */

/* SENSOR_PAGE_npu, ...; IRQ_NPU, ...: for whoever wires only some of them. */
enum {
#define X(page, member) SENSOR_PAGE_##member = page,
    SENSOR_PAGES(X)
#undef X
#define X(name, number, member) SENSOR_IRQ_##name = number,
        SENSOR_IRQS(X)
#undef X
};

typedef struct {
    ccs_desc_t ccs;
    pix_desc_t pixel;
    isp_desc_t isp;
    npu_desc_t npu;
    mipi_desc_t mipi;
    logic_desc_t logic;
    tech_t tech; /* empty until sensor_tech_read: then there is no meter */
} sensor_desc_t;

typedef struct {
    sensor_desc_t desc;
    sim_t *sim;
    const sim_memo_t *memo; /* of pixel die and ISP; NULL: none. Set it before sensor_init */
    pix_t pixel;
    isp_t isp;
    npu_t npu;
    mipi_tx_t mipi;
    sys_t sys;
    uart_t uart;
    intc_t intc;
    ccs_t ccs;
    cci_t cci; /* the host's bus, with ccs as its target */
    nvm_t nvm;
    clint_t clint;
    spi_t spi;
    spit_t spit;
    flash_t flash; /* beside the sensor, on chip select 0 */
    mailbox_t mailbox;
    temp_t temp;
    thermal_t thermal; /* of the stack: lasts through resets */
    clkrst_t clkrst;
    clocks_t clocks;
    dma_t dma;
    tmr_t timer;
    wdog_t wdog;
    gpio_t gpio;
    rng_t rng;
    bus_t bus;
    l2_t l2;
    core_t core;
    traffic_t traffic;   /* bandwidth over time */
    timeline_t timeline; /* when each frame passed each block */
    energy_t energy;     /* and what that took */
} sensor_t;

/* The IMX500 as far as defaults go; logic/chips/imx500.json says the same. */
sensor_desc_t sensor_desc_default(void);

/* Reads a chip file's root object; complaints are in sim_doc_error. */
void sensor_desc_read(const sim_cfg_t *root, sensor_desc_t *desc);

/*
 * Reads the technology files that desc names (logic/tech.h), for a chip of these sizes. copies gets
 * what they say, by die; NULL: not wanted. False with a line in error.
 */
bool sensor_tech_read(sensor_desc_t *desc, const char *chip_file, sim_json_t *copies, char *error,
                      size_t error_bytes);

/* The same from cursors on what such files say, by die; complaints are in their documents. */
void sensor_tech_take(sensor_desc_t *desc, const sim_cfg_t *const tech[TECH_DIES]);

/* Zeroed; NULL without memory. */
sensor_t *sensor_new(void);

/* Makes every block and connects it. The caller sets sensor->pixel.light and listens where it
 * wants to (mipi packets, UART, ISP lines) before sim_check. pool must outlive sensor. */
sim_err_t sensor_init(sensor_t *sensor, sim_t *sim, const sensor_desc_t *desc, sim_pool_t *pool);
void sensor_free(sensor_t *sensor); /* NULL is fine */

/* After sensor_init, before sim_start. error gets one line. */
sim_err_t sensor_load_firmware(sensor_t *sensor, const uint8_t *elf, size_t bytes, const char *file,
                               char *error, size_t error_bytes);
/* The boot ROM: an ELF that lies in ROM wholly and begins where the core does. */
sim_err_t sensor_load_rom(sensor_t *sensor, const uint8_t *elf, size_t bytes, const char *file,
                          char *error, size_t error_bytes);
/* Each of several that have their places (npu/place.h). */
sim_err_t sensor_load_network(sensor_t *sensor, const npu_prog_t *prog, char *error,
                              size_t error_bytes);

/* What a row of so many samples takes of the link as the registers stand; 0: none is sent. */
mipi_row_cost_t sensor_row_cost(const sensor_t *sensor, uint32_t bits, uint32_t width_px);

#endif
