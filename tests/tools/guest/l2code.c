/*
 * l2code.c - the same sum from the core's own memory and from L2, what that costs in lines of the
 * instruction cache, and code that changes.
 */
#include "hal.h"
#include "memory.h"

enum { WORDS = 64, MISSES = 11 }; /* the event of mhpmevent3 */

static uint32_t words[WORDS], place;

static inline __attribute__((always_inline)) uint32_t sum(const uint32_t *at)
{
    uint32_t a = 1, b = 0;
    for (uint32_t i = 0; i < WORDS; i++) {
        __asm__ volatile("auipc %0, 0" : "=r"(place));
        a += at[i];
        b ^= a << (i & 15);
    }
    return b;
}

static __attribute__((noipa)) uint32_t sum_here(const uint32_t *at)
{
    return sum(at);
}

L2_TEXT static uint32_t sum_there(const uint32_t *at)
{
    return sum(at);
}

/* "addi a0, zero, 1; ret": one function that nobody but us changes. */
L2_TEXT static __attribute__((naked, aligned(4))) uint32_t one(void)
{
    __asm__(".option push\n.option norvc\naddi a0, zero, 1\nret\n.option pop");
}

static void say(const char *name, uint32_t value)
{
    hal_print(name);
    hal_print(" ");
    hal_print_u32(value);
    hal_print("\n");
}

static uint32_t misses(void)
{
    uint32_t value;
    __asm__ volatile("csrr %0, mhpmcounter3" : "=r"(value));
    return value;
}

int main(void)
{
    hal_print("\n");
    memory_load_l2text();
    __asm__ volatile("csrw mhpmevent3, %0" : : "r"(MISSES));
    for (uint32_t i = 0; i < WORDS; i++)
        words[i] = i * 2654435761u;
    uint32_t before = misses();
    say("here", sum_here(words));
    say("here.lines", misses() - before);
    say("here.place", place);
    before = misses();
    say("there", sum_there(words));
    say("there.lines", misses() - before);
    say("there.place", place);
    before = misses();
    say("again", sum_there(words));
    say("again.lines", misses() - before);
    say("old", one());
    *(volatile uint32_t *)(uintptr_t)one = 0x00200513; /* addi a0, zero, 2 */
    say("stale", one());
    __asm__ volatile("fence.i" : : : "memory");
    say("new", one());
    hal_print("end\n");
    for (;;)
        __asm__ volatile("wfi");
}
