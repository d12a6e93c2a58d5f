/*
 * main.c - the guest's side of tests/logic/guest_test.c: runs algos.h, then EBREAK.
 */
#include "algos.h"

uint32_t result[ALGOS_RESULTS];

__asm__(".section .text.start, \"ax\"\n"
        ".globl _start\n"
        "_start: lui sp, %hi(0x10010000)\n"
        "call main\n"
        "ebreak\n"
        ".text\n");

int main(void)
{
    algos_run(result);
    return 0;
}
