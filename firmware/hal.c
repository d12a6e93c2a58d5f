#include "hal.h"

enum { IRQ_SOURCES = 32, CAUSE_EXTERNAL = 11 };
#define MSTATUS_MIE HAL_BIT(3)
#define MIE_MTIE HAL_BIT(7)
#define MIE_MEIE HAL_BIT(11)

static hal_irq_fn_t handler[IRQ_SOURCES];

void hal_irq_enable(uint32_t number, hal_irq_fn_t fn)
{
    handler[number] = fn;
    reg_write(INTC_ENABLE, reg_read(INTC_ENABLE) | HAL_BIT(number));
}

hal_irq_fn_t hal_irq_handler(uint32_t number)
{
    return number < IRQ_SOURCES ? handler[number] : 0;
}

void hal_irq_start(void)
{
    __asm__ volatile("csrs mie, %0" ::"r"(MIE_MEIE));
    __asm__ volatile("csrs mstatus, %0" ::"r"(MSTATUS_MIE) : "memory");
}

void hal_irq_dispatch(uint32_t cause)
{
    if ((cause & 0xffu) != CAUSE_EXTERNAL)
        hal_stop("interrupt of an unexpected kind");
    for (uint32_t n = reg_read(INTC_CLAIM); n != 0; n = reg_read(INTC_CLAIM)) {
        if (handler[n] == 0)
            hal_stop("interrupt without a handler");
        handler[n]();
    }
}

/* WFI with interrupts masked wakes when one is pending, so no wake-up is lost between the test of
 * the events and the sleep. */
uint32_t hal_wait(volatile uint32_t *events)
{
    for (;;) {
        __asm__ volatile("csrc mstatus, %0" ::"r"(MSTATUS_MIE) : "memory");
        uint32_t happened = *events;
        *events = 0;
        if (happened == 0)
            __asm__ volatile("wfi" ::: "memory");
        __asm__ volatile("csrs mstatus, %0" ::"r"(MSTATUS_MIE) : "memory");
        if (happened != 0)
            return happened;
    }
}

void hal_sleep_until(uint32_t number, uint32_t status_addr, uint32_t bits)
{
    uint32_t mstatus, mie, enable = reg_read(INTC_ENABLE);
    __asm__ volatile("csrrc %0, mstatus, %1" : "=r"(mstatus) : "r"(MSTATUS_MIE) : "memory");
    __asm__ volatile("csrrs %0, mie, %1" : "=r"(mie) : "r"(MIE_MEIE));
    reg_write(INTC_ENABLE, enable | HAL_BIT(number));
    while ((reg_read(status_addr) & bits) == 0)
        __asm__ volatile("wfi" ::: "memory");
    reg_write(INTC_ENABLE, enable);
    __asm__ volatile("csrw mie, %0" ::"r"(mie));
    __asm__ volatile("csrs mstatus, %0" ::"r"(mstatus & MSTATUS_MIE) : "memory");
}

bool hal_sleep_for(uint32_t number, uint32_t status_addr, uint32_t bits, uint32_t ticks)
{
    uint32_t mie, before = hal_irq_hold(), enable = reg_read(INTC_ENABLE);
    uint64_t end = hal_ticks() + ticks;
    uint64_t alarm = (uint64_t)reg_read(CLINT_MTIMECMP_HI) << 32 | reg_read(CLINT_MTIMECMP_LO);
    __asm__ volatile("csrrs %0, mie, %1" : "=r"(mie) : "r"(MIE_MEIE | MIE_MTIE));
    reg_write(INTC_ENABLE, enable | HAL_BIT(number));
    hal_alarm_at(end);
    while ((reg_read(status_addr) & bits) == 0 && hal_ticks() < end)
        __asm__ volatile("wfi" ::: "memory");
    bool came = (reg_read(status_addr) & bits) != 0;
    hal_alarm_at(alarm);
    reg_write(INTC_ENABLE, enable);
    __asm__ volatile("csrw mie, %0" ::"r"(mie));
    hal_irq_release(before);
    return came;
}

uint64_t hal_time_ps(void)
{
    uint32_t low = reg_read(SYS_TIME_LO); /* latches the high word */
    return (uint64_t)reg_read(SYS_TIME_HI) << 32 | low;
}

uint64_t hal_cycles(void)
{
    uint32_t low, high, again;
    do {
        __asm__ volatile("csrr %0, mcycleh" : "=r"(high));
        __asm__ volatile("csrr %0, mcycle" : "=r"(low));
        __asm__ volatile("csrr %0, mcycleh" : "=r"(again));
    } while (high != again);
    return (uint64_t)high << 32 | low;
}

uint32_t hal_ccs_read8(uint32_t addr)
{
    reg_write(CCI_ADDR, addr);
    return reg_read(CCI_DATA8);
}

uint32_t hal_ccs_read16(uint32_t addr)
{
    reg_write(CCI_ADDR, addr);
    return reg_read(CCI_DATA16);
}

uint32_t hal_ccs_read32(uint32_t addr)
{
    uint32_t high = hal_ccs_read16(addr);
    return high << 16 | hal_ccs_read16(addr + 2);
}

void hal_ccs_write8(uint32_t addr, uint32_t value)
{
    reg_write(CCI_ADDR, addr);
    reg_write(CCI_DATA8, value);
}

void hal_ccs_write16(uint32_t addr, uint32_t value)
{
    reg_write(CCI_ADDR, addr);
    reg_write(CCI_DATA16, value);
}

void hal_ccs_write32(uint32_t addr, uint32_t value)
{
    hal_ccs_write16(addr, value >> 16);
    hal_ccs_write16(addr + 2, value & 0xffffu);
}

/* Sleeps until the serial port's FIFO has room, or an interrupt wants its handler. */
static void sleep_while_full(void)
{
    uint32_t before = hal_irq_hold(), mie;
    uint32_t enable = reg_read(INTC_ENABLE), ctrl = reg_read(UART_CTRL);
    __asm__ volatile("csrrs %0, mie, %1" : "=r"(mie) : "r"(MIE_MEIE));
    reg_write(UART_CTRL, ctrl | UART_CTRL_INTERRUPT_ON_TRANSMIT_FIFO_NOT_FULL_MASK);
    reg_write(INTC_ENABLE, enable | HAL_BIT(IRQ_UART));
    __asm__ volatile("wfi" ::: "memory");
    reg_write(INTC_ENABLE, enable);
    reg_write(UART_CTRL, ctrl);
    __asm__ volatile("csrw mie, %0" ::"r"(mie));
    hal_irq_release(before);
}

static void put_char(char c)
{
    while ((reg_read(UART_STATUS) & UART_STATUS_TX_FULL) != 0)
        sleep_while_full();
    reg_write(UART_DATA, (uint8_t)c);
}

void hal_print(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\n')
            put_char('\r');
        put_char(*text);
    }
}

void hal_print_flush(void)
{
    while ((reg_read(UART_STATUS) & UART_STATUS_SENDING_MASK) != 0)
        ;
}

void hal_print_u32(uint32_t value)
{
    char text[11], *at = text + sizeof(text) - 1;
    *at = '\0';
    do {
        *--at = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    hal_print(at);
}

void hal_print_hex(uint32_t value)
{
    hal_print("0x");
    for (int shift = 28; shift >= 0; shift -= 4)
        put_char("0123456789abcdef"[(value >> shift) & 15u]);
}

_Noreturn void hal_stop(const char *why)
{
    hal_print("stop: ");
    hal_print(why);
    hal_print("\n");
    __asm__ volatile("csrw mie, zero");
    for (;;)
        __asm__ volatile("wfi");
}

/* The sequence around EBREAK marks a semihosting call ("RISC-V Semihosting", 0.4, section 2). */
_Noreturn void hal_exit(uint32_t code)
{
    enum { SYS_EXIT_EXTENDED = 0x20, APPLICATION_EXIT = 0x20026 };
    uint32_t block[2] = {APPLICATION_EXIT, code};
    register uint32_t a0 __asm__("a0") = SYS_EXIT_EXTENDED;
    register const uint32_t *a1 __asm__("a1") = block;
    __asm__ volatile(".option push\n"
                     ".option norvc\n"
                     ".balign 16\n"
                     "slli zero, zero, 0x1f\n"
                     "ebreak\n"
                     "srai zero, zero, 7\n"
                     ".option pop"
                     :
                     : "r"(a0), "r"(a1)
                     : "memory");
    for (;;)
        __asm__ volatile("wfi");
}

_Noreturn void hal_panic(uint32_t cause, uint32_t pc, uint32_t value)
{
    hal_print("exception ");
    hal_print_u32(cause);
    hal_print(" at ");
    hal_print_hex(pc);
    hal_print(" value ");
    hal_print_hex(value);
    hal_print("\n");
    hal_stop("exception");
}
