#include "timer.h"

#define AT(timer, reg) (TIMER0_##reg + (TIMER1_CTRL - TIMER0_CTRL) * (timer))

enum {
    CTRL_COUNT = TIMER0_CTRL_COUNT_MASK,
    CTRL_RESTART = TIMER0_CTRL_RESTART_FROM_0_ON_A_MATCH_MASK,
    CTRL_STOP = TIMER0_CTRL_STOP_ON_A_MATCH_MASK,
    CTRL_CAPTURE = TIMER0_CTRL_CAPTURE_FRAME_STARTS_MASK,
    CTRL_IRQ_MATCH = TIMER0_CTRL_INTERRUPT_ON_MATCH_MASK,
    CTRL_IRQ_CAPTURE = TIMER0_CTRL_INTERRUPT_ON_CAPTURE_MASK,
    STATUS_MATCHED = TIMER_STATUS_TIMER_0_MATCHED_MASK, /* of a timer's four bits */
    STATUS_CAPTURED = TIMER_STATUS_TIMER_0_CAPTURED_MASK,
    STATUS_LOST = TIMER_STATUS_TIMER_0_LOST_ONE_OF_THESE_MASK,
    STATUS_BITS = 4,
};

static hal_irq_fn_t handler[TIMERS];

static void on_irq(void)
{
    for (uint32_t n = 0; n < TIMERS; n++) {
        uint32_t events = (STATUS_MATCHED | STATUS_CAPTURED) << STATUS_BITS * n;
        uint32_t happened = reg_read(TIMER_STATUS) & events;
        if (happened == 0)
            continue;
        reg_write(TIMER_STATUS, happened);
        if (handler[n] != 0)
            handler[n]();
    }
}

/* CMP is whole before the count starts. */
static void start(uint32_t n, uint32_t clocks, uint64_t ticks, uint32_t ctrl, hal_irq_fn_t fn)
{
    timer_stop(n);
    handler[n] = fn;
    hal_irq_enable(IRQ_TIMER, on_irq);
    reg_write(AT(n, PRESCALE), clocks - 1);
    reg_write(AT(n, CMP_LO), (uint32_t)ticks);
    reg_write(AT(n, CMP_HI), (uint32_t)(ticks >> 32));
    reg_write(AT(n, COUNT_LO), 0);
    reg_write(AT(n, COUNT_HI), 0);
    reg_write(AT(n, CTRL), ctrl | CTRL_COUNT);
}

void timer_once(uint32_t timer, uint32_t clocks, uint64_t ticks, hal_irq_fn_t fn)
{
    start(timer, clocks, ticks, CTRL_STOP | CTRL_IRQ_MATCH, fn);
}

void timer_every(uint32_t timer, uint32_t clocks, uint64_t ticks, hal_irq_fn_t fn)
{
    start(timer, clocks, ticks, CTRL_RESTART | CTRL_IRQ_MATCH, fn);
}

void timer_follow_frames(uint32_t timer, uint32_t clocks, hal_irq_fn_t fn)
{
    start(timer, clocks, 0, CTRL_CAPTURE | CTRL_IRQ_CAPTURE, fn);
}

void timer_stop(uint32_t timer)
{
    reg_write(AT(timer, CTRL), 0);
    reg_write(TIMER_STATUS, (STATUS_MATCHED | STATUS_CAPTURED | STATUS_LOST)
                                << STATUS_BITS * timer);
}

static uint64_t read_pair(uint32_t low_addr, uint32_t high_addr)
{
    uint32_t low = reg_read(low_addr); /* latches the high word */
    return (uint64_t)reg_read(high_addr) << 32 | low;
}

uint64_t timer_count(uint32_t timer)
{
    return read_pair(AT(timer, COUNT_LO), AT(timer, COUNT_HI));
}

uint64_t timer_captured(uint32_t timer)
{
    return read_pair(AT(timer, CAPT_LO), AT(timer, CAPT_HI));
}

bool timer_lost(uint32_t timer)
{
    uint32_t lost = reg_read(TIMER_STATUS) & STATUS_LOST << STATUS_BITS * timer;
    reg_write(TIMER_STATUS, lost);
    return lost != 0;
}
