#include "memory.h"

#include "hal.h"

#define COLOR 0xa5c3965au
enum { RED_ZONE_WORDS = 16, GUARD_BYTES = 1024, PMP_NAPOT = 3 << 3, PMP_LOCKED = 1 << 7 };

extern uint32_t __l2text_start[], __l2text_end[], __l2text_load[];
extern uint32_t __heap_start[], __heap_end[], __stack_guard[], __stack_low[], __stack_top[];

/* Both ends are multiples of 16 bytes: fovea.ld's, and the ABI's of the stack. */
static void paint(uint32_t *from, uint32_t *end)
{
    for (volatile uint32_t *at = from; at < end; at += 4) {
        at[0] = COLOR;
        at[1] = COLOR;
        at[2] = COLOR;
        at[3] = COLOR;
    }
}

void memory_paint(void)
{
    uint32_t *sp;
    __asm__ volatile("mv %0, sp" : "=r"(sp));
    paint(__heap_start, __heap_end);
    paint(__stack_low, sp - RED_ZONE_WORDS);
}

/* Without PMP its registers trap: to the label, and all is as before. */
bool memory_guard(void)
{
    uint32_t addr = (uint32_t)__stack_guard >> 2 | (GUARD_BYTES / 8 - 1);
    uint32_t cfg = 0, want = (uint32_t)(PMP_NAPOT | PMP_LOCKED) << 24;
    __asm__ volatile("la t0, 1f\n"
                     "csrrw t0, mtvec, t0\n"
                     "csrw pmpaddr3, %1\n"
                     "csrs pmpcfg0, %2\n"
                     "csrr %0, pmpcfg0\n"
                     ".balign 4\n"
                     "1: csrw mtvec, t0"
                     : "+r"(cfg)
                     : "r"(addr), "r"(want)
                     : "t0", "memory");
    return (cfg & 0xff000000u) == want;
}

/* The stack grows down: what has its color at its low end was never used. */
uint32_t memory_stack_most(void)
{
    const uint32_t *at = __stack_low;
    while (at < __stack_top && *at == COLOR)
        at++;
    return 4 * (uint32_t)(__stack_top - at);
}

uint32_t memory_heap_most(void)
{
    const uint32_t *at = __heap_end;
    while (at > __heap_start && at[-1] == COLOR)
        at--;
    return 4 * (uint32_t)(at - __heap_start);
}

uint32_t memory_stack_bytes(void)
{
    return memory_stack_end() - memory_stack_low();
}

uint32_t memory_heap_bytes(void)
{
    return (uint32_t)__heap_end - (uint32_t)__heap_start;
}

void memory_load_l2text(void)
{
    const uint32_t *from = __l2text_load;
    for (volatile uint32_t *to = __l2text_start; to < __l2text_end; to++)
        *to = *from++;
    __asm__ volatile("fence.i" : : : "memory");
}

uint32_t memory_stack_low(void)
{
    return (uint32_t)__stack_low;
}

uint32_t memory_stack_end(void)
{
    return (uint32_t)__stack_top;
}
