/*
 * hal.h - the thin layer between applications and registers.
 *
 * Register addresses come from fovea_regs.h, which `fovea regs --c` prints from the simulator's
 * register tables, with the bits of fields; those that applications use have short names here.
 */
#ifndef FW_HAL_H
#define FW_HAL_H

#include <stdbool.h>
#include <stdint.h>

#include "fovea_regs.h"

#define HAL_BIT(n) (1u << (n))

/* clang-format off */
enum {
    PIX_CTRL_STREAM        = PIX_CTRL_STREAM_MASK,
    ISP_CTRL_ENABLE        = ISP_CTRL_ENABLE_MASK,
    ISP_CTRL_TENSOR        = ISP_CTRL_MAKE_TENSORS_MASK,
    ISP_STATUS_TENSOR_DONE = ISP_STATUS_TENSOR_DONE_MASK,
    ISP_STATUS_OVERRUN     = ISP_STATUS_OVERRUN_MASK,
    NPU_CTRL_START         = NPU_CTRL_START_MASK,
    NPU_CTRL_AUTO          = NPU_CTRL_START_AT_TENSOR_READY_MASK,
    NPU_CTRL_IRQ_DONE      = NPU_CTRL_INTERRUPT_WHEN_DONE_MASK,
    NPU_CTRL_IRQ_ERROR     = NPU_CTRL_INTERRUPT_ON_ERROR_MASK,
    NPU_STATUS_BUSY        = NPU_STATUS_BUSY_MASK,
    NPU_STATUS_DONE        = NPU_STATUS_DONE_MASK,
    NPU_STATUS_ERROR       = NPU_STATUS_ERROR_MASK,
    MIPI_CTRL_RAW          = MIPI_CTRL_RAW_LINES_MASK,
    MIPI_CTRL_ISP          = MIPI_CTRL_LINES_OF_THE_ISP_MASK,
    MIPI_CTRL_EMBEDDED     = MIPI_CTRL_EMBEDDED_LINES_MASK,
    MIPI_CTRL_META         = MIPI_CTRL_METADATA_MASK,
    MIPI_CTRL_SMALL        = MIPI_CTRL_SMALL_LINES_OF_THE_ISP_MASK,
    MIPI_CTRL_SYNC         = MIPI_CTRL_LINE_SYNC_MASK,
    MIPI_CTRL_WIDE         = MIPI_CTRL_WIDE_YUV422_MASK,
    MIPI_STATUS_META       = MIPI_STATUS_METADATA_UNDER_WAY_MASK,
    CCI_STATUS_WROTE       = CCI_STATUS_HOST_WROTE_A_REGISTER_MASK,
    UART_STATUS_TX_FULL    = UART_STATUS_TRANSMIT_FIFO_FULL_MASK,
};
/* clang-format on */

static inline uint32_t reg_read(uint32_t addr)
{
    return *(volatile const uint32_t *)addr;
}

static inline void reg_write(uint32_t addr, uint32_t value)
{
    *(volatile uint32_t *)addr = value;
}

/* The core's timer (CLINT): ticks of a microsecond. */
static inline uint64_t hal_ticks(void)
{
    uint32_t low = reg_read(CLINT_MTIME_LO); /* latches the high word */
    return (uint64_t)reg_read(CLINT_MTIME_HI) << 32 | low;
}

/* Its interrupt is pending from `tick` on; no compare in between is in the past. */
static inline void hal_alarm_at(uint64_t tick)
{
    reg_write(CLINT_MTIMECMP_HI, UINT32_MAX);
    reg_write(CLINT_MTIMECMP_LO, (uint32_t)tick);
    reg_write(CLINT_MTIMECMP_HI, (uint32_t)(tick >> 32));
}

typedef void (*hal_irq_fn_t)(void);

/* Routes interrupt source `number` of the controller to fn and enables it. */
void hal_irq_enable(uint32_t number, hal_irq_fn_t fn);

/* NULL: none. */
hal_irq_fn_t hal_irq_handler(uint32_t number);

/* Lets interrupts in; nothing arrives before. */
void hal_irq_start(void);

/* Holds interrupts off; returns what hal_irq_release takes to be as before. */
static inline uint32_t hal_irq_hold(void)
{
    uint32_t before;
    __asm__ volatile("csrrci %0, mstatus, 8" : "=r"(before)::"memory");
    return before & 8u;
}
static inline void hal_irq_release(uint32_t before)
{
    __asm__ volatile("csrs mstatus, %0" ::"r"(before) : "memory");
}

/* Sleeps until an interrupt handler has set a bit of *events; returns the bits and clears them. */
uint32_t hal_wait(volatile uint32_t *events);

/* Sleeps until a bit of `bits` in the register at status_addr is set, which interrupt source
 * `number` announces; no handler runs meanwhile, and none is needed. */
void hal_sleep_until(uint32_t number, uint32_t status_addr, uint32_t bits);

/* The same for `ticks` at most; false: none of the bits came. Whoever else waits for the timer
 * waits until then, too. */
bool hal_sleep_for(uint32_t number, uint32_t status_addr, uint32_t bits, uint32_t ticks);

/* Simulated time since reset, picoseconds. */
uint64_t hal_time_ps(void);

/* Cycles of the core since reset (mcycle). */
uint64_t hal_cycles(void);

/* CCS register of one, two or four bytes, as the host set it; of four the upper half first. */
uint32_t hal_ccs_read8(uint32_t addr);
uint32_t hal_ccs_read16(uint32_t addr);
uint32_t hal_ccs_read32(uint32_t addr);
void hal_ccs_write8(uint32_t addr, uint32_t value);
void hal_ccs_write16(uint32_t addr, uint32_t value);
void hal_ccs_write32(uint32_t addr, uint32_t value);

/* Serial port; \n becomes \r\n. */
void hal_print(const char *text);
void hal_print_u32(uint32_t value);
void hal_print_hex(uint32_t value);
/* Waits until the last character has left. */
void hal_print_flush(void);

/* Says why on the serial port and stops the core. */
_Noreturn void hal_panic(uint32_t cause, uint32_t pc, uint32_t value);
_Noreturn void hal_stop(const char *why);

/* Ends the program with a code for whoever watches the core: semihosting's SYS_EXIT_EXTENDED. */
_Noreturn void hal_exit(uint32_t code);

/* Called by boot.S. */
void hal_irq_dispatch(uint32_t cause);

#endif
