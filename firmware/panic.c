#include "panic.h"

#include "clkrst.h"
#include "link.h"
#include "memory.h"
#include "postmortem.h"

enum { REG_RA = 0, REG_SP = 1, REG_A0 = 9, REG_A1 = 10, REG_A2 = 11 };
enum { CAUSE_ECALL_M = 11 };
#define CAUSE_NMI 0x80000000u

extern uint32_t __postmortem[];

static uint32_t l2_room, reset_cause, dying;
static panic_then_t afterwards;
static const char *task_name;
static hal_irq_fn_t first;

void panic_init(uint32_t packet_l2, panic_then_t then)
{
    l2_room = packet_l2;
    afterwards = then;
    reset_cause = reg_read(RST_CAUSE);
    dying = 0;
}

void panic_first(hal_irq_fn_t fn)
{
    first = fn;
}

const char *panic_task(const char *name)
{
    const char *before = task_name;
    task_name = name;
    return before;
}

uint32_t panic_reset_cause(void)
{
    return reset_cause;
}

const uint32_t *panic_last(void)
{
    bool kept = reset_cause != RST_CAUSE_POWER_ON_MASK; /* else nobody wrote there yet */
    return kept && postmortem_valid(__postmortem) ? __postmortem : 0;
}

void panic_forget(void)
{
    __postmortem[PM_MAGIC] = 0;
}

/* ---- on the link ---- */

static void send(const uint32_t *packet)
{
    if (l2_room == 0)
        return;
    link_send(l2_room, packet, packet[PM_TOTAL_BYTES], PM_VIRTUAL_CHANNEL, PM_DATA_TYPE,
              LINK_NO_FRAME);
    link_wait();
}

bool panic_send_last(void)
{
    const uint32_t *packet = panic_last();
    if (packet != 0)
        send(packet);
    return packet != 0;
}

/* ---- death ---- */

static _Noreturn void finish(void)
{
    hal_print_flush();
    if (afterwards == PANIC_RESET)
        rst_system();
    __asm__ volatile("csrw mie, zero");
    for (;;)
        __asm__ volatile("wfi");
}

static void say(const postmortem_t *dead)
{
    static const char *const why[] = {"?", "exception ", "assertion ", "watchdog "};
    hal_print("panic: ");
    hal_print(why[dead->reason]);
    if (dead->reason == PM_REASON_ASSERTION) {
        hal_print(dead->file);
        hal_print(":");
        hal_print_u32(dead->line);
        hal_print(": ");
        hal_print(dead->text);
    } else {
        hal_print_u32(dead->cause & ~CAUSE_NMI);
    }
    hal_print(" at ");
    hal_print_hex(dead->pc);
    hal_print(" value ");
    hal_print_hex(dead->value);
    hal_print(" task ");
    hal_print(dead->task != 0 ? dead->task : "none");
    hal_print("\n");
}

/* panic_assert is an ECALL: a0.. are what it was called with. */
static void take_assertion(postmortem_t *dead)
{
    dead->reason = PM_REASON_ASSERTION;
    dead->pc = dead->registers[REG_RA];
    dead->text = (const char *)dead->registers[REG_A0];
    dead->file = (const char *)dead->registers[REG_A1];
    dead->line = dead->registers[REG_A2];
}

/* As far as there is stack, from its end where the stack pointer has left it. */
static void take_stack(postmortem_t *dead)
{
    uint32_t low = memory_stack_low(), end = memory_stack_end(), sp = dead->registers[REG_SP] & ~3u;
    dead->stack_addr = sp < low || sp > end ? low : sp;
    dead->stack_words = (end - dead->stack_addr) / 4;
    dead->stack = (const uint32_t *)dead->stack_addr;
}

_Noreturn void panic_trap(const uint32_t *registers, uint32_t cause, uint32_t pc, uint32_t value)
{
    postmortem_t dead = {.reason = cause == CAUSE_NMI ? PM_REASON_WATCHDOG : PM_REASON_EXCEPTION,
                         .cause = cause,
                         .pc = pc,
                         .value = value,
                         .reset_cause = reset_cause,
                         .time_ps = hal_time_ps(),
                         .task = task_name,
                         .registers = registers};
    if (dying++ != 0) /* of dying */
        finish();
    if (first != 0)
        first();
    __asm__ volatile("csrr %0, mstatus" : "=r"(dead.status));
    if (cause == CAUSE_ECALL_M && pc == (uint32_t)panic_assert)
        take_assertion(&dead);
    take_stack(&dead);
    dead.deaths = 1 + (panic_last() != 0 ? __postmortem[PM_DEATHS] : 0);
    postmortem_build(&dead, __postmortem);
    send(__postmortem);
    say(&dead);
    finish();
}
