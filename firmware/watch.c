#include "watch.h"

#include "camera.h"
#include "clkrst.h"

enum { EV_LOOK = HAL_BIT(0) };

static void on_watch_task(uint32_t happened);

sched_task_t watch_task = {.name = "watch", .run = on_watch_task, .mask = EV_LOOK};
static sched_timer_t watch_timer;
static void (*on_lost)(uint32_t sources);
static void (*on_hung)(void);

/* Whose handlers may be waited for: it asks with those of `bits` that are set in both registers.
 * Where both are one the bits alone say it. What comes first in a frame is served first. */
/* clang-format off */
static const struct {
    uint32_t number, status, enable, bits;
} source[] = {
    {IRQ_PIX,     PIX_STATUS,   PIX_IRQ_EN,   UINT32_MAX},
    {IRQ_ISP,     ISP_STATUS,   ISP_IRQ_EN,   UINT32_MAX},
    {IRQ_NPU,     NPU_STATUS,   NPU_STATUS,   NPU_STATUS_DONE | NPU_STATUS_ERROR},
    {IRQ_MIPI,    MIPI_IRQ,     MIPI_IRQ_EN,  UINT32_MAX},
    {IRQ_CCI,     CCI_STATUS,   CCI_IRQ_EN,   UINT32_MAX},
    {IRQ_DMA,     DMA_IRQ,      DMA_IRQ,      UINT32_MAX},
    {IRQ_TIMER,   TIMER_STATUS, TIMER_STATUS, TIMER_STATUS_TIMER_0_MATCHED_MASK | TIMER_STATUS_TIMER_0_CAPTURED_MASK |
                                              TIMER_STATUS_TIMER_1_MATCHED_MASK | TIMER_STATUS_TIMER_1_CAPTURED_MASK},
    {IRQ_GPIO,    GPIO_STATUS,  GPIO_IRQ_EN,  UINT32_MAX},
    {IRQ_WDOG,    WDOG_STATUS,  WDOG_IRQ_EN,  UINT32_MAX},
    {IRQ_MAILBOX, MBX_STATUS,   MBX_IRQ_EN,   UINT32_MAX},
    {IRQ_TEMP,    TEMP_STATUS,  TEMP_IRQ_EN,  UINT32_MAX},
    {IRQ_TGT,     TGT_STATUS,   TGT_IRQ_EN,   UINT32_MAX},
    {IRQ_L2,      L2_STATUS,    L2_IRQ_EN,    UINT32_MAX},
};
/* clang-format on */

static bool asks(uint32_t i)
{
    uint32_t status = reg_read(source[i].status) & source[i].bits;
    return status != 0 && (status & reg_read(source[i].enable)) != 0;
}

/* It asks first and is pending then: what rises in between is not lost. */
static bool asks_in_vain(uint32_t i)
{
    return asks(i) && (reg_read(INTC_RAW) & HAL_BIT(source[i].number)) == 0;
}

void watch_look(uint32_t sources)
{
    uint32_t lost = 0, held = hal_irq_hold();
    sources &= reg_read(INTC_ENABLE);
    for (uint32_t i = 0; i < sizeof(source) / sizeof(source[0]); i++) {
        uint32_t number = source[i].number;
        if ((sources & HAL_BIT(number)) == 0 || hal_irq_handler(number) == 0 || !asks_in_vain(i))
            continue;
        lost |= HAL_BIT(number);
        hal_irq_handler(number)();
    }
    hal_irq_release(held);
    if (lost != 0)
        on_lost(lost);
}

/* ---- the NPU ---- */

static bool npu_stands(void)
{
    static uint32_t before, looks;
    uint32_t done = reg_read(NPU_INSNS_LO);
    bool same = (reg_read(NPU_STATUS) & NPU_STATUS_BUSY) != 0 && done == before;
    before = done;
    looks = same ? looks + 1 : 0;
    return looks >= WATCH_LOOKS;
}

static void look_at_npu(void)
{
    if (!npu_stands())
        return;
    rst_block(PAGE_NPU);
    on_hung();
}

/* ---- the task ---- */

static uint32_t period_us(void)
{
    bool streams = (reg_read(PIX_CTRL) & PIX_CTRL_STREAM) != 0;
    uint32_t half = streams ? camera_frame_us() / 2 : WATCH_MOST_US;
    return half < WATCH_LEAST_US ? WATCH_LEAST_US : half < WATCH_MOST_US ? half : WATCH_MOST_US;
}

/* Should this be kept from running the timer goes on, and wakes who sleeps for ever. */
static void on_watch_task(uint32_t happened)
{
    (void)happened;
    watch_look(UINT32_MAX);
    look_at_npu();
    sched_every(&watch_timer, &watch_task, EV_LOOK, period_us());
}

void watch_begin(void (*lost)(uint32_t sources), void (*hung)(void))
{
    on_lost = lost;
    on_hung = hung;
    sched_every(&watch_timer, &watch_task, EV_LOOK, WATCH_MOST_US);
}
