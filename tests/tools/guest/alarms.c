/*
 * alarms.c - sets, moves and cancels alarms of sched.h, and says on the serial port how often each
 * rang, and how many ticks after it was set. drivers_test.c knows what to expect.
 */
#include "sched.h"
#include "service.h"

enum { ONCE, LATER, SOONER, CANCELLED, EVERY, LAST, ALARMS };

static void ring(uint32_t events);

static sched_task_t task = {.name = "ring", .run = ring, .mask = (1 << ALARMS) - 1};
static sched_timer_t alarm[ALARMS];
static uint32_t rang[ALARMS], since[ALARMS], last[ALARMS];

/* In the tick that begins now. */
static void set(uint32_t n, uint32_t ticks,
                void (*how)(sched_timer_t *, sched_task_t *, uint32_t, uint32_t))
{
    uint32_t before = reg_read(CLINT_MTIME_LO);
    do
        since[n] = reg_read(CLINT_MTIME_LO);
    while (since[n] == before);
    how(&alarm[n], &task, HAL_BIT(n), ticks);
}

static void tell(void)
{
    static const char *const name[] = {"once",      "moved later", "moved sooner",
                                       "cancelled", "every",       "last"};
    hal_print("\n");
    for (uint32_t n = 0; n < ALARMS; n++) {
        hal_print(name[n]);
        hal_print(" ");
        hal_print_u32(rang[n]);
        hal_print(" at ");
        hal_print_u32(last[n]);
        hal_print("\n");
    }
}

static void ring(uint32_t events)
{
    uint32_t now = reg_read(CLINT_MTIME_LO);
    for (uint32_t n = 0; n < ALARMS; n++)
        if ((events & HAL_BIT(n)) != 0) {
            rang[n]++;
            last[n] = now - since[n];
        }
    if (rang[EVERY] == 3)
        sched_cancel(&alarm[EVERY]); /* later rings: it is not set, nothing */
    if ((events & HAL_BIT(LAST)) != 0)
        tell();
}

int main(void)
{
    static sched_task_t *const tasks[] = {&task};
    service_start(0, PANIC_STOP);
    sched_cancel(&alarm[ONCE]); /* never set: nothing */
    set(CANCELLED, 50, sched_after);
    set(ONCE, 300, sched_after);
    set(LATER, 200, sched_after);
    set(SOONER, 1000, sched_after);
    set(EVERY, 250, sched_every);
    set(LAST, 1500, sched_after);
    set(LATER, 500, sched_after);
    set(SOONER, 100, sched_after);
    sched_cancel(&alarm[CANCELLED]); /* the first of the list: the next one takes its place */
    sched_run(tasks, 1);
}
