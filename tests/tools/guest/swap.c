/*
 * swap.c - a program that lets its host replace the network while it runs: it reports the network's
 * first words after each command. download_test.c is the host.
 */
#include "download.h"
#include "hal.h"

enum { MODE_SELECT = 0x0100 };

static volatile uint32_t events;
static download_t download;

static void on_host(void)
{
    reg_write(CCI_STATUS, CCI_STATUS_WROTE);
    events |= 1;
}

static void report(void)
{
    hal_print("network ");
    hal_print(reg_read(NET_MAGIC) == NET_MAGIC_VALUE ? "instructions " : "none, word 0 is ");
    hal_print_u32(reg_read(NET_MAGIC) == NET_MAGIC_VALUE ? reg_read(NET_PROG_COUNT)
                                                         : reg_read(NET_MAGIC));
    hal_print("\n");
}

int main(void)
{
    download.stream.limits = (boot_limits_t){
        .l2_base = L2_BASE,
        .l2_bytes = reg_read(SYS_L2_BYTES),
        .slot_bytes = reg_read(SYS_L2_BYTES),
    };
    download_begin(&download, DOWNLOAD_NETWORK);
    hal_irq_enable(IRQ_CCI, on_host);
    reg_write(CCI_IRQ_EN, CCI_STATUS_WROTE);
    hal_irq_start();
    report();
    for (;;) {
        hal_wait(&events);
        if (download_poll(&download))
            report();
    }
}
