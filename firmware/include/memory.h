/*
 * memory.h - how much of stack and heap a program ever used, and an end to the stack.
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

#endif
