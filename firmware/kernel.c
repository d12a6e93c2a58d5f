#include "kernel.h"

/* Registers in a context: x1 is word 0. */
enum { REG_RA = 0, REG_SP = 1, REG_GP = 2, REG_TP = 3, REG_A0 = 9, REG_A7 = 16 };
enum { CALL_YIELD, CALL_ENDED, CALL_RUN }; /* in a7; kernel_entry.S knows CALL_ENDED */
enum { CAUSE_ECALL_U = 8, CAUSE_ECALL_M = 11, CAUSE_TIMER = 7 };
enum { PMP_R = 1, PMP_W = 2, PMP_X = 4, PMP_TOR = 1 << 3, PMP_NAPOT = 3 << 3 };

#define CAUSE_INTERRUPT 0x80000000u
#define MSTATUS_MPIE HAL_BIT(7)
#define MSTATUS_MPP_MACHINE (3u << 11)
#define MIE_MTIE HAL_BIT(7)

extern const uint8_t kernel_entry[], kernel_ended[], __text_end[], __global_pointer$[],
    __tls_base[];

static kernel_task_t *const *task;
static uint32_t tasks, running, slice;
static kernel_task_t starter; /* who called kernel_run */

/* ---- tasks ---- */

void kernel_task_init(kernel_task_t *t, kernel_fn_t fn, void *arg, void *stack,
                      uint32_t stack_bytes)
{
    *t = (kernel_task_t){.state = KERNEL_READY};
    t->context[REG_RA] = (uint32_t)kernel_ended;
    t->context[REG_SP] = ((uint32_t)stack + stack_bytes) & ~15u;
    t->context[REG_GP] = (uint32_t)__global_pointer$;
    t->context[REG_TP] = (uint32_t)__tls_base;
    t->context[REG_A0] = (uint32_t)arg;
    t->context[KERNEL_PC] = (uint32_t)fn;
    t->context[KERNEL_STATUS] = MSTATUS_MPP_MACHINE | MSTATUS_MPIE;
}

void kernel_task_init_user(kernel_task_t *t, kernel_fn_t fn, void *arg, void *own,
                           uint32_t own_bytes)
{
    kernel_task_init(t, fn, arg, own, own_bytes);
    t->context[KERNEL_STATUS] = MSTATUS_MPIE;
    t->own_pmp = (uint32_t)own >> 2 | (own_bytes / 8 - 1);
}

/* ---- turns ---- */

/* Entry 1: code and constants from entry 0 on; entry 2: what the running task owns. */
static void protect(uint32_t own_pmp)
{
    uint32_t cfg = (PMP_TOR | PMP_R | PMP_X) << 8 | (PMP_NAPOT | PMP_R | PMP_W) << 16;
    uint32_t others;
    __asm__ volatile("csrr %0, pmpcfg0" : "=r"(others));
    others &= 0xff000000u;
    __asm__ volatile("csrw pmpaddr0, %0" ::"r"(TCM_BASE >> 2));
    __asm__ volatile("csrw pmpaddr1, %0" ::"r"((uint32_t)__text_end >> 2));
    __asm__ volatile("csrw pmpaddr2, %0" ::"r"(own_pmp));
    __asm__ volatile("csrw pmpcfg0, %0" ::"r"(others | (own_pmp != 0 ? cfg : 0)) : "memory");
}

static uint32_t *give_core_to(kernel_task_t *t)
{
    t->turns++;
    protect(t->own_pmp);
    hal_alarm_at(hal_ticks() + slice);
    return t->context;
}

static uint32_t *next(void)
{
    for (uint32_t i = 1; i <= tasks; i++) {
        uint32_t n = (running + i) % tasks;
        if (task[n]->state != KERNEL_READY)
            continue;
        running = n;
        return give_core_to(task[n]);
    }
    protect(0);
    hal_alarm_at(UINT64_MAX);
    return starter.context;
}

/* ---- traps ---- */

static uint32_t *on_call(uint32_t *context)
{
    context[KERNEL_PC] += 4; /* ECALL has no short form */
    if (context[REG_A7] == CALL_ENDED)
        task[running]->state = KERNEL_ENDED;
    else if (context[REG_A7] == CALL_RUN)
        running = tasks - 1;
    return next();
}

static uint32_t *on_exception(uint32_t *context, uint32_t cause, uint32_t value)
{
    kernel_task_t *t = task[running];
    if ((context[KERNEL_STATUS] & MSTATUS_MPP_MACHINE) != 0)
        hal_panic(cause, context[KERNEL_PC], value);
    t->state = KERNEL_FAULTED;
    t->cause = cause;
    t->pc = context[KERNEL_PC];
    t->value = value;
    return next();
}

uint32_t *kernel_trap(uint32_t *context, uint32_t cause, uint32_t value)
{
    if (cause == (CAUSE_INTERRUPT | CAUSE_TIMER))
        return next();
    if ((cause & CAUSE_INTERRUPT) != 0) {
        hal_irq_dispatch(cause);
        return context;
    }
    if (cause == CAUSE_ECALL_U || cause == CAUSE_ECALL_M)
        return on_call(context);
    return on_exception(context, cause, value);
}

/* ---- calls ---- */

static void call(uint32_t number)
{
    register uint32_t a7 __asm__("a7") = number;
    __asm__ volatile("ecall" ::"r"(a7) : "memory");
}

void kernel_yield(void)
{
    call(CALL_YIELD);
}

void kernel_run(kernel_task_t *const *list, uint32_t count, uint32_t slice_ticks)
{
    uint32_t mtvec, before = hal_irq_hold();
    task = list;
    tasks = count;
    slice = slice_ticks;
    __asm__ volatile("csrrw %0, mtvec, %1" : "=r"(mtvec) : "r"(kernel_entry));
    __asm__ volatile("csrw mscratch, %0" ::"r"(starter.context));
    __asm__ volatile("csrs mie, %0" ::"r"(MIE_MTIE));
    if (count > 0)
        call(CALL_RUN); /* comes back when all have ended */
    __asm__ volatile("csrc mie, %0" ::"r"(MIE_MTIE));
    __asm__ volatile("csrw mtvec, %0" ::"r"(mtvec));
    hal_irq_release(before);
}

/* ---- locks ---- */

/* A trap between lr and sc makes sc fail, as another task's sc does. */
bool kernel_try_lock(kernel_lock_t *lock)
{
    uint32_t old, failed;
    do
        __asm__ volatile("   lr.w.aq %0, (%2)\n"
                         "   li      %1, 0\n"
                         "   bnez    %0, 1f\n"
                         "   sc.w    %1, %3, (%2)\n"
                         "1:"
                         : "=&r"(old), "=&r"(failed)
                         : "r"(lock), "r"(1)
                         : "memory");
    while (failed != 0);
    return old == 0;
}

void kernel_lock(kernel_lock_t *lock)
{
    while (!kernel_try_lock(lock))
        kernel_yield();
}

void kernel_unlock(kernel_lock_t *lock)
{
    __asm__ volatile("amoswap.w.rl zero, zero, (%0)" ::"r"(lock) : "memory");
}
