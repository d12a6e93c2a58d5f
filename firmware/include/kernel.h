/*
 * kernel.h - tasks with stacks of their own, in turn, preempted by the core's timer.
 *
 *     kernel_run --> task, task, ... --> all have ended: kernel_run returns
 *                     ^       |
 *                     +-------+  every slice, or when a task yields
 *
 * A task's registers rest in its kernel_task_t, never on its stack, so that a task in user mode
 * cannot make the kernel write anywhere. What user mode may touch: code and constants (up to
 * __text_end of fovea.ld), read and execute; its own piece of memory, read and write. An exception
 * ends a task in user mode, and only it; one in machine mode ends the program (hal_panic).
 *
 * Uses mtvec, mscratch, CLINT's compare register and PMP entries 0 to 2 while kernel_run runs; all
 * interrupts but the timer's go to hal_irq_dispatch.
 *
 * Not modeled: priorities, sleeping, the NMI of the watchdog (nmi.h) beside it.
 */
#ifndef FW_KERNEL_H
#define FW_KERNEL_H

#include "hal.h"

/* Registers x1..x31, then mepc and mstatus: kernel_entry.S knows this order. */
enum { KERNEL_REGS = 31, KERNEL_PC = 31, KERNEL_STATUS = 32, KERNEL_CONTEXT_WORDS = 33 };

typedef enum { KERNEL_READY, KERNEL_ENDED, KERNEL_FAULTED } kernel_state_t;

typedef struct {
    uint32_t context[KERNEL_CONTEXT_WORDS]; /* stays first */
    kernel_state_t state;
    uint32_t cause, pc, value; /* of the exception that ended it (KERNEL_FAULTED) */
    uint32_t turns;            /* how often it got the core */
    uint32_t own_pmp;          /* pmpaddr of its memory; 0: machine mode */
} kernel_task_t;

typedef void (*kernel_fn_t)(void *arg);

/* A task in machine mode that will run fn(arg) and ends when fn returns. */
void kernel_task_init(kernel_task_t *task, kernel_fn_t fn, void *arg, void *stack,
                      uint32_t stack_bytes);

/* The same in user mode. own: memory of own_bytes, a power of two from 8 and aligned to it, the
 * only one that the task may write; its stack grows down from its end. */
void kernel_task_init_user(kernel_task_t *task, kernel_fn_t fn, void *arg, void *own,
                           uint32_t own_bytes);

/* Runs the tasks in turn, slice_ticks of mtime each, until all have ended. */
void kernel_run(kernel_task_t *const *tasks, uint32_t count, uint32_t slice_ticks);

/* Gives the rest of the slice to the next task; in either mode. */
void kernel_yield(void);

/* 0: free. Whoever finds it taken yields. */
typedef volatile uint32_t kernel_lock_t;

bool kernel_try_lock(kernel_lock_t *lock);
void kernel_lock(kernel_lock_t *lock);
void kernel_unlock(kernel_lock_t *lock);

/* Called by kernel_entry.S: what to go on with. */
uint32_t *kernel_trap(uint32_t *context, uint32_t cause, uint32_t value);

#endif
