#include "sched.h"

#include "panic.h"
#include "service.h"
#include "wdog.h"

static sched_timer_t *timers;           /* earliest first */
static volatile uint32_t window_opened; /* the watchdog may be kicked */

void sched_post(sched_task_t *task, uint32_t events)
{
    __atomic_fetch_or(&task->events, events, __ATOMIC_RELAXED);
}

/* ---- timers: interrupts are held where the list changes ---- */

static void wake_for_first(void)
{
    hal_alarm_at(timers != 0 ? timers->due : UINT64_MAX);
}

static void insert(sched_timer_t *timer)
{
    sched_timer_t **at = &timers;
    while (*at != 0 && (*at)->due <= timer->due)
        at = &(*at)->next;
    timer->next = *at;
    *at = timer;
}

static void take_out(sched_timer_t *timer)
{
    for (sched_timer_t **at = &timers; *at != 0; at = &(*at)->next)
        if (*at == timer) {
            *at = timer->next;
            return;
        }
}

static void on_timer(void)
{
    uint64_t time = hal_ticks();
    while (timers != 0 && timers->due <= time) {
        sched_timer_t *timer = timers;
        timers = timer->next;
        sched_post(timer->task, timer->events);
        timer->due += timer->period;
        if (timer->period != 0)
            insert(timer);
    }
    wake_for_first();
}

static void set(sched_timer_t *timer, sched_task_t *task, uint32_t events, uint32_t ticks,
                uint32_t period)
{
    uint32_t held = hal_irq_hold();
    take_out(timer);
    timer->task = task;
    timer->events = events;
    timer->due = hal_ticks() + ticks;
    timer->period = period;
    insert(timer);
    service_on_timer(on_timer);
    wake_for_first();
    hal_irq_release(held);
}

void sched_after(sched_timer_t *timer, sched_task_t *task, uint32_t events, uint32_t ticks)
{
    set(timer, task, events, ticks, 0);
}

void sched_every(sched_timer_t *timer, sched_task_t *task, uint32_t events, uint32_t ticks)
{
    PANIC_ASSERT(ticks > 0);
    set(timer, task, events, ticks, ticks);
}

void sched_cancel(sched_timer_t *timer)
{
    uint32_t held = hal_irq_hold();
    take_out(timer);
    wake_for_first();
    hal_irq_release(held);
}

/* ---- watchdog ---- */

static void on_window(void)
{
    window_opened = 1;
}

void sched_keep_watchdog(uint32_t timeout, uint32_t window, uint32_t grace)
{
    PANIC_ASSERT(window > 0 && window < timeout);
    wdog_start(timeout, window, grace);
    wdog_on_window(on_window);
}

void sched_alive(void)
{
    if (window_opened == 0)
        return;
    window_opened = 0;
    wdog_kick();
}

/* ---- the main loop ---- */

static bool run_first(sched_task_t *const *tasks, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        sched_task_t *t = tasks[i];
        uint32_t events = __atomic_fetch_and(&t->events, ~t->mask, __ATOMIC_RELAXED) & t->mask;
        if (events == 0)
            continue;
        uint32_t start = cost_now();
        const char *before = panic_task(t->name);
        t->run(events);
        panic_task(before);
        cost_end(&t->cost, start);
        return true;
    }
    return false;
}

static bool nothing_to_do(sched_task_t *const *tasks, uint32_t count)
{
    uint32_t waits = window_opened;
    for (uint32_t i = 0; i < count; i++)
        waits |= tasks[i]->events & tasks[i]->mask;
    return waits == 0;
}

uint32_t sched_wait(volatile uint32_t *flag, sched_task_t *meanwhile)
{
    sched_task_t *const tasks[] = {meanwhile};
    while (*flag == 0) {
        sched_alive();
        if (run_first(tasks, 1))
            continue;
        uint32_t held = hal_irq_hold();
        if (*flag == 0 && nothing_to_do(tasks, 1))
            __asm__ volatile("wfi" ::: "memory");
        hal_irq_release(held);
    }
    return *flag;
}

/* WFI with interrupts held wakes when one is pending: no event is slept over. */
_Noreturn void sched_run(sched_task_t *const *tasks, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        tasks[i]->cost.name = tasks[i]->name;
    for (;;) {
        sched_alive();
        if (run_first(tasks, count))
            continue;
        uint32_t held = hal_irq_hold();
        if (nothing_to_do(tasks, count))
            __asm__ volatile("wfi" ::: "memory");
        hal_irq_release(held);
    }
}
