#include "service.h"

enum { CAUSE_TIMER = 7, CAUSE_EXTERNAL = 11, MIE_MTIE = 1 << 7 };

extern const uint8_t service_entry[];

/* clang-format off */
static cost_t irq_cost[] = {
    [IRQ_PIX]   = {.name = "irq.pix"},   [IRQ_ISP]  = {.name = "irq.isp"},  [IRQ_NPU]     = {.name = "irq.npu"},
    [IRQ_MIPI]  = {.name = "irq.mipi"},  [IRQ_CCI]  = {.name = "irq.cci"},  [IRQ_UART]    = {.name = "irq.uart"},
    [IRQ_DMA]   = {.name = "irq.dma"},   [IRQ_GPIO] = {.name = "irq.gpio"}, [IRQ_TIMER]   = {.name = "irq.timer"},
    [IRQ_WDOG]  = {.name = "irq.wdog"},  [IRQ_SPI]  = {.name = "irq.spi"},  [IRQ_MAILBOX] = {.name = "irq.mailbox"},
    [IRQ_TEMP]  = {.name = "irq.temp"},  [IRQ_TGT]  = {.name = "irq.tgt"},  [IRQ_L2]      = {.name = "irq.l2"},
};
/* clang-format on */
static cost_t timer_cost = {.name = "irq.clint"};
static hal_irq_fn_t on_timer;

void service_start(uint32_t packet_l2, panic_then_t then)
{
    panic_init(packet_l2, then);
    __asm__ volatile("csrw mtvec, %0" ::"r"(service_entry) : "memory");
    memory_paint();
    memory_guard();
    hal_irq_start();
}

void service_on_timer(hal_irq_fn_t fn)
{
    on_timer = fn;
    __asm__ volatile("csrs mie, %0" ::"r"(MIE_MTIE));
}

static void dispatch_external(void)
{
    for (uint32_t n = reg_read(INTC_CLAIM); n != 0; n = reg_read(INTC_CLAIM)) {
        uint32_t start = cost_now();
        hal_irq_fn_t fn = hal_irq_handler(n);
        PANIC_ASSERT(fn != 0 && n < sizeof(irq_cost) / sizeof(irq_cost[0]));
        fn();
        cost_end(&irq_cost[n], start);
    }
}

void service_dispatch(uint32_t cause)
{
    uint32_t start = cost_now();
    const char *task = panic_task("irq");
    if ((cause & 0xffu) == CAUSE_TIMER) {
        on_timer();
        cost_end(&timer_cost, start);
    } else {
        PANIC_ASSERT((cause & 0xffu) == CAUSE_EXTERNAL);
        dispatch_external();
    }
    panic_task(task);
}
