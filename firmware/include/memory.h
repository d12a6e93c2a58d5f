/*
 * memory.h - how much of stack and heap a program ever used, an end to the stack, and code in L2.
 *
 *   __bss_end     heap      __postmortem      guard      stack    __stack_top
 *       |  painted, grows up -->  |  1 KiB  |  1 KiB  |  <-- painted  |
 *
 * Painted memory that still has its color was never used; a program that writes the color itself
 * is believed to have used less. A function with more than 1 KiB of locals may jump over the guard.
 */
#ifndef FW_MEMORY_H
#define FW_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

/* Paints the heap, which nobody may have used yet, and the stack below the caller. */
void memory_paint(void);

/* Takes away all access below the stack, for machine mode too and until the next reset (PMP entry
 * 3, locked). False where the chip has no such entry. Before interrupts are let in. */
bool memory_guard(void);

/* Bytes used at most since memory_paint. */
uint32_t memory_stack_most(void);
uint32_t memory_heap_most(void);

uint32_t memory_stack_bytes(void);
uint32_t memory_heap_bytes(void);

/* First address of the stack, and the one behind it. */
uint32_t memory_stack_low(void);
uint32_t memory_stack_end(void);

/*
 * A function that need not be in the core's own memory:
 *
 *     L2_TEXT static void rarely(void) { ... }
 *
 * It runs from the last 64 KiB of L2, through the instruction cache: slower, where others use the
 * L2 too. A network that needs all of L2 overwrites it.
 */
#define L2_TEXT __attribute__((section(".l2text"), noipa))

/* Puts these functions in their place. Once, before the first call of one of them. */
void memory_load_l2text(void);

#endif
