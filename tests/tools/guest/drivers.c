/*
 * drivers.c - a program that does what the host's mailbox commands say, with the drivers of
 * firmware/. drivers_test.c is the host.
 */
#include "clkrst.h"
#include "dma.h"
#include "flash.h"
#include "gpio.h"
#include "mailbox.h"
#include "temp.h"
#include "timer.h"

static volatile uint32_t events;

static void on_command(void)
{
    reg_write(MBX_STATUS, 1); /* it waits in MBX_COMMAND */
    events |= 1;
}

static void on_hot(void)
{
    mailbox_ring((uint32_t)temp_crossed());
    reg_write(TEMP_IRQ_EN, 0); /* once is enough */
}

/* Words 0, 1: where and how many bytes, a multiple of 4 up to 32; from word 2 on: which. */
static uint32_t write_flash(void)
{
    uint32_t at = mailbox_word(0), bytes = mailbox_word(1), data[8];
    for (uint32_t i = 0; i < bytes / 4; i++)
        data[i] = mailbox_word(2 + i);
    return flash_write(at, data, bytes);
}

static uint32_t read_flash(void)
{
    uint32_t data[8], crc = 0;
    flash_read(mailbox_word(0), data, mailbox_word(1));
    bool fine = flash_read_l2(mailbox_word(0), L2_BASE + 0x100, mailbox_word(1), &crc);
    for (uint32_t i = 0; i < mailbox_word(1) / 4; i++)
        mailbox_set_word(2 + i, data[i]);
    mailbox_set_word(12, crc);
    return fine;
}

/* What NPU_ID (word 0) reads without its clock, and (word 1) with it again. */
static uint32_t gate_npu(void)
{
    bool fine = clk_set(PAGE_NPU, false);
    mailbox_set_word(0, reg_read(NPU_ID));
    fine = clk_set(PAGE_NPU, true) && fine;
    mailbox_set_word(1, reg_read(NPU_ID));
    return fine && !clk_set(PAGE_TIMER, false); /* which has no gate */
}

static uint32_t reset_isp(void)
{
    reg_write(ISP_ROI_W, 123);
    mailbox_set_word(0, reg_read(ISP_ROI_W));
    rst_block(PAGE_ISP);
    mailbox_set_word(1, reg_read(ISP_ROI_W));
    return 1;
}

/* Pin 5 as an output that is low, then as the board's. */
static uint32_t let_pin_go(void)
{
    gpio_output(5, false);
    mailbox_set_word(0, gpio_get(5));
    gpio_input(5);
    mailbox_set_word(1, gpio_get(5));
    return 1;
}

static void on_frame(void)
{
}

/* Ticks of 10 clocks and clocks over the same loop; then the count on its way past 2^32. */
static uint32_t count_clocks(void)
{
    timer_follow_frames(0, 10, on_frame);
    uint32_t ticks = (uint32_t)timer_count(0), clocks = (uint32_t)hal_cycles();
    for (uint32_t i = 0; i < 5000; i++)
        __asm__ volatile("nop");
    mailbox_set_word(0, (uint32_t)timer_count(0) - ticks);
    mailbox_set_word(1, (uint32_t)hal_cycles() - clocks);
    timer_follow_frames(1, 1, on_frame);
    reg_write(TIMER1_COUNT_LO, 0xffffff00);
    uint64_t last, count = timer_count(1);
    mailbox_set_word(2, count < UINT64_C(0x100000000));
    do {
        last = count;
        count = timer_count(1);
    } while (count > last && count < UINT64_C(0x100000000));
    mailbox_set_word(3, (uint32_t)(count - last));
    timer_stop(0);
    timer_stop(1);
    return timer_count(1) >= count;
}

/* Eight bytes of the serial port, as they come, and what lies behind them. */
static uint32_t receive(void)
{
    static uint32_t buffer[3];
    static dma_desc_t desc;
    buffer[2] = 0xeeeeeeee;
    desc = dma_receive(buffer, UART_DATA, 8, DMA_LINE_UART_RX);
    bool fine = dma_run(0, &desc);
    for (uint32_t i = 0; i < 3; i++)
        mailbox_set_word(i, ((volatile uint32_t *)buffer)[i]);
    return fine;
}

static void on_tick(void)
{
    events |= 2;
}

/* A line longer than the serial port's FIFO; what happened meanwhile. */
static uint32_t print(void)
{
    events = 0;
    timer_once(0, 1, 50000, on_tick);
    hal_print("a line of forty characters and no others\n");
    mailbox_set_word(0, events);
    mailbox_set_word(1, reg_read(INTC_ENABLE) & HAL_BIT(IRQ_UART));
    mailbox_set_word(2, reg_read(UART_CTRL));
    return 1;
}

static uint32_t obey(uint32_t command)
{
    switch (command) {
    case 1:
        mailbox_set_word(0, (uint32_t)temp_measure(mailbox_word(0)));
        return 1;
    case 2:
        mailbox_set_word(1, flash_id());
        mailbox_set_word(0, flash_setup());
        return 1;
    case 3:
        return flash_erase(mailbox_word(0));
    case 4:
        return write_flash();
    case 5:
        return read_flash();
    case 6:
        return gate_npu();
    case 7:
        return reset_isp();
    case 8:
        return rst_cause();
    case 9:
        mailbox_set_word(0, reg_read(SYS_SCRATCH));
        reg_write(SYS_SCRATCH, 0x77);
        temp_watch(0, (int32_t)mailbox_word(1), 2000, on_hot);
        return 1;
    case 11:
        return let_pin_go();
    case 12:
        return count_clocks();
    case 13:
        return receive();
    case 14:
        return print();
    default:
        rst_system();
    }
}

int main(void)
{
    uint32_t command;
    flash_setup();
    mailbox_listen(on_command);
    hal_irq_start();
    hal_print("ready\n");
    for (;;) {
        hal_wait(&events);
        if (mailbox_command(&command))
            mailbox_answer(obey(command));
    }
}
