/*
 * observe.c - a program whose calls, lines, branches and bad accesses are counted by hand in
 * profile_test.c and observe_test.c. Compiled without compressed instructions, so that the trap
 * handler can step over any instruction by adding 4. Lines that the tests name end in a mark, "at:
 * NAME".
 */
#include <stdint.h>

#define NOINLINE __attribute__((noinline, noclone))

uint8_t main_stack[8192] __attribute__((aligned(16)));
uint8_t task_stack[4096] __attribute__((aligned(16)));
volatile uint32_t sink, traps;
uint32_t jump_env[2], main_sp, task_sp;
extern uint8_t _end[];

void task_entry(void);
void known(void);
void tail_caller(void);
void to_task(void);
void to_main(void);
int mark_place(void);
void jump_back(void) __attribute__((noreturn));

__asm__(".section .text.start, \"ax\"\n"
        ".globl _start\n"
        ".type _start, @function\n"
        "_start:\n"
        ".option push\n"
        ".option norelax\n"
        "    la gp, __global_pointer$\n"
        ".option pop\n"
        "    la sp, main_stack + 8192\n"
        "    la t0, trap_entry\n"
        "    csrw mtvec, t0\n"
        "    call main\n"
        "    li a0, 0x18\n"
        "    li a1, 0x20026\n"
        "    j leave\n"
        ".size _start, . - _start\n"
        ".balign 16\n"
        ".type leave, @function\n"
        "leave:\n"
        "    slli x0, x0, 0x1f\n"
        "    ebreak\n"
        "    srai x0, x0, 7\n"
        "1:  j 1b\n"
        ".size leave, . - leave\n"
        ".text\n"
        /* an exception: count it, go on behind the instruction */
        ".balign 4\n"
        ".type trap_entry, @function\n"
        "trap_entry:\n"
        "    addi sp, sp, -16\n"
        "    sw ra, 0(sp)\n"
        "    sw t0, 4(sp)\n"
        "    sw t1, 8(sp)\n"
        "    call count_trap\n"
        "    csrr t0, mepc\n"
        "    addi t0, t0, 4\n"
        "    csrw mepc, t0\n"
        "    lw ra, 0(sp)\n"
        "    lw t0, 4(sp)\n"
        "    lw t1, 8(sp)\n"
        "    addi sp, sp, 16\n"
        "    mret\n"
        ".size trap_entry, . - trap_entry\n"
        ".type count_trap, @function\n"
        "count_trap:\n"
        "    la t0, traps\n"
        "    lw t1, 0(t0)\n"
        "    nop\n"
        "    addi t1, t1, 1\n"
        "    sw t1, 0(t0)\n"
        "    ret\n"
        ".size count_trap, . - count_trap\n"
        /* 4 instructions; 1 + 1 + 1 cycles, and 1 + 2 of a jump that is not predicted */
        ".globl known\n"
        ".type known, @function\n"
        "known:\n"
        "    addi t0, zero, 1\n"
        "    addi t0, t0, 1\n"
        "    addi t0, t0, 1\n"
        "    ret\n"
        ".size known, . - known\n"
        ".globl tail_caller\n"
        ".type tail_caller, @function\n"
        "tail_caller:\n"
        "    nop\n"
        "    j known\n"
        ".size tail_caller, . - tail_caller\n"
        /* setjmp and longjmp of sp and ra only */
        ".globl mark_place\n"
        ".type mark_place, @function\n"
        "mark_place:\n"
        "    la t0, jump_env\n"
        "    sw ra, 0(t0)\n"
        "    sw sp, 4(t0)\n"
        "    li a0, 0\n"
        "    ret\n"
        ".size mark_place, . - mark_place\n"
        ".globl jump_back\n"
        ".type jump_back, @function\n"
        "jump_back:\n"
        "    la t0, jump_env\n"
        "    lw ra, 0(t0)\n"
        "    lw sp, 4(t0)\n"
        "    li a0, 1\n"
        "    ret\n"
        ".size jump_back, . - jump_back\n"
        /* the other stack: what it was left with, ra on top */
        ".globl to_task\n"
        ".type to_task, @function\n"
        "to_task:\n"
        "    addi sp, sp, -16\n"
        "    sw ra, 0(sp)\n"
        "    la t0, main_sp\n"
        "    sw sp, 0(t0)\n"
        "    la t0, task_sp\n"
        "    lw sp, 0(t0)\n"
        "    lw ra, 0(sp)\n"
        "    addi sp, sp, 16\n"
        "    ret\n"
        ".size to_task, . - to_task\n"
        ".globl to_main\n"
        ".type to_main, @function\n"
        "to_main:\n"
        "    addi sp, sp, -16\n"
        "    sw ra, 0(sp)\n"
        "    la t0, task_sp\n"
        "    sw sp, 0(t0)\n"
        "    la t0, main_sp\n"
        "    lw sp, 0(t0)\n"
        "    lw ra, 0(sp)\n"
        "    addi sp, sp, 16\n"
        "    ret\n"
        ".size to_main, . - to_main\n");

NOINLINE void work(int n)
{
    for (int i = 0; i < n; i++)
        known();
    sink = 1; /* at: work */
}

NOINLINE uint32_t factorial(uint32_t n)
{
    uint32_t below = 1;
    if (n > 1)
        below = factorial(n - 1);
    sink = n; /* at: factorial */
    return n * below;
}

NOINLINE void deep(int n)
{
    sink = (uint32_t)n;
    if (n == 0 && sink == 0)
        jump_back();
    if (n > 0)
        deep(n - 1);
    sink = 99; /* at: never returned to */
}

NOINLINE void choose(uint32_t x)
{
    if (x == 0x1234) /* at: choice */
        sink = 7;    /* at: chosen */
    sink = 8;        /* at: after choice */
}

NOINLINE void idle(void)
{
    sink = 2; /* at: never called */
}

NOINLINE void task_work(void)
{
    known();
    sink = 3;
}

void task_entry(void)
{
    for (;;) {
        task_work();
        to_main();
    }
}

NOINLINE void system_calls(void)
{
    __asm__ volatile("ecall\n ecall\n ecall");
}

#define load(addr) (*(volatile uint32_t *)(addr))

NOINLINE void bad_accesses(void)
{
    volatile uint32_t *clint = (volatile uint32_t *)0x40008000u;
    volatile uint32_t *fresh = (volatile uint32_t *)(((uintptr_t)_end + 4096) / 16 * 16);
    sink = clint[0x3f0]; /* at: reserved load */
    clint[0x3f0] = 5;    /* at: reserved store */
    clint[0] = 6;        /* at: read-only */
#pragma GCC unroll 1
    for (int i = 0; i < 4; i++)
        sink = *(volatile uint8_t *)(clint + 1);        /* at: wrong width */
    sink = load(0x20000000u);                           /* at: nothing */
    sink = load(0x40009000u);                           /* at: empty page */
    __asm__ volatile("lw t0, 2(sp)" ::: "t0");          /* at: misaligned */
    __asm__ volatile("csrr t0, 0x7c0" ::: "t0");        /* at: csr */
    __asm__ volatile("csrw 0xf11, zero");               /* at: read-only csr */
    __asm__ volatile(".insn r 0x0b, 0, 0, x0, x0, x0"); /* at: illegal */
    fresh[0] = 1;
    sink = fresh[0]; /* at: initialized */
    sink = fresh[1]; /* at: uninitialized */
    *(volatile uint8_t *)(fresh + 2) = 1;
    sink = *(volatile uint8_t *)(fresh + 2); /* at: initialized byte */
    sink = fresh[2];                         /* at: half initialized */
}

int main(void)
{
    work(5);
    work(0);
    work(2);
    sink = factorial(5);
    tail_caller();
    choose(1);
    choose(2);
    choose(0x1234);
    if (mark_place() == 0)
        deep(3);
    work(1);
    *(uint32_t *)(void *)(task_stack + 4096 - 16) = (uint32_t)(uintptr_t)task_entry;
    task_sp = (uint32_t)(uintptr_t)(task_stack + 4096 - 16);
    to_task();
    to_task();
    system_calls();
    bad_accesses();
    if (traps == 0)
        idle();
    return 0;
}
