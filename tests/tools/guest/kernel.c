/*
 * kernel.c - tasks of kernel.h: registers across preemption, a lock and its absence, user mode. It
 * says what came of it, "name value" a line; kernel_test.c knows what should.
 */
#include "kernel.h"

enum { SLICE = 40, ROUNDS = 8, TURNS = 20000, ADDS = 1000, OWN_BYTES = 4096 };

uint32_t survive(uint32_t seed, uint32_t turns);

static uint8_t stack[2][2048];
static kernel_task_t first, second;
static kernel_task_t *const both[] = {&first, &second};

static void say(const char *name, uint32_t value)
{
    hal_print(name);
    hal_print(" ");
    hal_print_u32(value);
    hal_print("\n");
}

/* ---- registers, and who goes when ---- */

typedef struct {
    char letter;
    uint32_t seed, wrong;
} worker_t;

static char order[2 * ROUNDS + 1];
static uint32_t ended;

static void work(void *arg)
{
    worker_t *w = arg;
    for (uint32_t i = 0; i < ROUNDS; i++) {
        w->wrong += survive(w->seed, TURNS);
        order[__atomic_fetch_add(&ended, 1, __ATOMIC_RELAXED)] = w->letter;
    }
}

static void run_both(kernel_fn_t fn, void *a, void *b)
{
    kernel_task_init(&first, fn, a, stack[0], sizeof(stack[0]));
    kernel_task_init(&second, fn, b, stack[1], sizeof(stack[1]));
    kernel_run(both, 2, SLICE);
}

static void test_registers(void)
{
    worker_t a = {'A', 0x10000, 0}, b = {'B', 0xabcde000, 0};
    uint64_t start = hal_cycles();
    run_both(work, &a, &b);
    say("cycles", (uint32_t)(hal_cycles() - start));
    say("wrong", a.wrong + b.wrong);
    say("turns", first.turns + second.turns);
    hal_print("order ");
    hal_print(order);
    hal_print("\n");
}

/* ---- a lock ---- */

typedef struct {
    kernel_lock_t lock;
    volatile uint32_t sum;
    bool locks;
} shared_t;

static void add(void *arg)
{
    shared_t *s = arg;
    for (uint32_t i = 0; i < ADDS; i++) {
        if (s->locks)
            kernel_lock(&s->lock);
        uint32_t was = s->sum;
        for (volatile uint32_t k = 0; k < 10; k++)
            ; /* time to be interrupted in */
        s->sum = was + 1;
        if (s->locks)
            kernel_unlock(&s->lock);
    }
}

static void test_lock(void)
{
    static shared_t with = {.locks = true}, without;
    run_both(add, &with, &with);
    say("locked", with.sum);
    run_both(add, &without, &without);
    say("unlocked", without.sum);
    say("taken", !kernel_try_lock(&with.lock) + 2u * !kernel_try_lock(&with.lock));
}

/* ---- user mode ---- */

typedef struct {
    shared_t shared;
    uint32_t wrong;
    volatile uint32_t *touches; /* when it has done its work */
    uint8_t stack[2048];
} own_t;

static _Alignas(OWN_BYTES) union {
    own_t data;
    uint8_t bytes[OWN_BYTES];
} own;
static volatile uint32_t secret;

static void serve(void *arg)
{
    own_t *o = arg;
    o->wrong = survive(0x777000, TURNS);
    add(&o->shared);
    if (o->touches != 0)
        *o->touches = 1;
    else
        __asm__ volatile("csrw mscratch, zero");
}

static void say_end(const char *name)
{
    say(name, first.state);
    say("cause", first.cause);
    say("value", first.value);
    say("sum", own.data.shared.sum);
    say("wrong", own.data.wrong);
    say("secret", secret);
    say("other", second.state);
}

static void test_user(volatile uint32_t *touches, const char *name)
{
    own.data = (own_t){.shared.locks = true, .touches = touches};
    secret = 42;
    kernel_task_init_user(&first, serve, &own.data, &own, sizeof(own));
    kernel_task_init(&second, add, &own.data.shared, stack[1], sizeof(stack[1]));
    kernel_run(both, 2, SLICE);
    say_end(name);
}

int main(void)
{
    test_registers();
    test_lock();
    test_user(&own.data.wrong, "user.fine");
    test_user(&secret, "user.store");
    say("address", (uint32_t)&secret);
    test_user(0, "user.csr");
    test_user((volatile uint32_t *)UART_DATA, "user.device");
    hal_print("end\n");
    hal_stop("passed");
}
