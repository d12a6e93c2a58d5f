/*
 * selftest: uses every block of the logic die once and says on the serial port what it saw, a line
 * "name value" each. Ends by letting the watchdog reset the chip; the second start says so, stops.
 */
#include "clkrst.h"
#include "dma.h"
#include "gpio.h"
#include "nmi.h"
#include "rng.h"
#include "temp.h"
#include "timer.h"
#include "wdog.h"

enum { ONE_US = 262, PICTURE_BYTES = 4096, FRAMES = 2 }; /* clocks of about one microsecond */
enum { PIN_LOOP = 1, PIN_ECHO = 8, PIN_BUTTON = 3 };
enum {
    EV_TIMER = HAL_BIT(0),
    EV_DMA = HAL_BIT(1),
    EV_PIN = HAL_BIT(2),
    EV_FRAME = HAL_BIT(3),
    EV_WINDOW = HAL_BIT(4)
};

static volatile uint32_t events;
static volatile uint64_t event_cycle;
static volatile uint32_t ticks, presses, nmis, dma_happened;
static uint32_t picture[PICTURE_BYTES / 4], corner[16][8];
static dma_desc_t desc[3];

static void say(const char *name, uint32_t value)
{
    hal_print(name);
    hal_print(" ");
    hal_print_u32(value);
    hal_print("\n");
}

/* A Fletcher-like sum that the order of words changes. */
static uint32_t sum_of(const volatile uint32_t *words, uint32_t count)
{
    uint32_t a = 0, b = 0;
    for (uint32_t i = 0; i < count; i++) {
        a += words[i];
        b += a;
    }
    return a ^ b;
}

/* ---- timers ---- */

static void on_time(void)
{
    event_cycle = hal_cycles();
    ticks++;
    events |= EV_TIMER;
}

static void test_timers(void)
{
    uint64_t start = hal_cycles();
    timer_once(0, 1, 50000, on_time);
    hal_wait(&events);
    say("timer.once", (uint32_t)(event_cycle - start));
    ticks = 0;
    timer_every(1, ONE_US, 100, on_time);
    while (ticks < 1)
        hal_wait(&events);
    start = event_cycle;
    while (ticks < 11)
        hal_wait(&events);
    timer_stop(1);
    say("timer.ten_periods", (uint32_t)(event_cycle - start));
    say("timer.lost", timer_lost(1));
}

/* ---- memory ---- */

static void on_dma(uint32_t status)
{
    dma_happened |= status;
    events |= EV_DMA;
}

/* Core memory to L2, then every second 32 bytes of 16 rows of 64 back. */
static void test_copies(void)
{
    uint32_t *l2 = (uint32_t *)(L2_BASE + 0x100000);
    for (uint32_t i = 0; i < PICTURE_BYTES / 4; i++)
        picture[i] = i * 2654435761u;
    desc[0] = dma_copy(l2, picture, PICTURE_BYTES);
    desc[1] = (dma_desc_t){.source = (uint32_t)l2,
                           .destination = (uint32_t)corner,
                           .bytes = 32,
                           .rows = 16,
                           .source_stride = 64,
                           .destination_stride = 32};
    dma_chain(&desc[0], &desc[1]);
    say("dma.fine", dma_run(0, &desc[0]));
    say("dma.bytes", (uint32_t)dma_bytes(0));
    say("dma.l2_sum", sum_of(l2, PICTURE_BYTES / 4));
    say("dma.corner_sum", sum_of(&corner[0][0], 128));
}

static void test_dma_errors(void)
{
    desc[2] = dma_fill((void *)0x20000000, 0, 4);
    say("dma.nowhere_fine", dma_run(1, &desc[2]));
    say("dma.nowhere_error", dma_error(1));
    say("dma.nowhere_addr", dma_error_addr(1));
    desc[2] = dma_copy(corner, picture, 6);
    dma_run(1, &desc[2]);
    say("dma.misaligned_error", dma_error(1));
}

/* A ring of fills beside the core, aborted; then a large copy in L2 with its time. */
static void test_dma_beside(void)
{
    desc[2] = dma_fill((void *)(L2_BASE + 0x200000), 7, 256);
    dma_chain(&desc[2], &desc[2]);
    dma_start(3, &desc[2], on_dma);
    while (dma_bytes(3) < 10 * 256)
        ;
    dma_abort(3);
    say("dma.aborted", dma_status(3));
    uint64_t start = hal_cycles();
    desc[0] = dma_copy((void *)(L2_BASE + 0x300000), (void *)(L2_BASE + 0x100000), 65536);
    dma_start(2, &desc[0], on_dma);
    hal_wait(&events);
    say("dma.64k_cycles", (uint32_t)(hal_cycles() - start));
    say("dma.64k_happened", dma_happened);
}

/* The serial port, a byte whenever it has room. */
static void test_dma_sends(void)
{
    static const char text[] = "dma.sent 123456789\n";
    desc[0] = dma_send(UART_DATA, text, sizeof(text) - 1, DMA_LINE_UART_TX);
    if (!dma_run(1, &desc[0]))
        say("dma.send_error", dma_error(1));
}

/* ---- pins ---- */

static void on_loop(void)
{
    presses++;
}

/* As fast as it can: the pin out follows the button. */
static void on_button(void)
{
    gpio_set(PIN_ECHO, gpio_get(PIN_BUTTON));
    events |= EV_PIN;
}

static void test_pins(void)
{
    gpio_listen(PIN_LOOP, GPIO_RISING, on_loop);
    gpio_output(PIN_LOOP, false);
    for (uint32_t i = 0; i < 5; i++) {
        gpio_set(PIN_LOOP, true);
        gpio_set(PIN_LOOP, false);
    }
    say("gpio.edges", presses);
    gpio_output(PIN_ECHO, false);
    gpio_listen(PIN_BUTTON, GPIO_RISING | GPIO_FALLING, on_button);
    say("gpio.waits", PIN_BUTTON);
    for (uint32_t i = 0; i < 4; i++)
        hal_wait(&events);
    say("gpio.level", gpio_get(PIN_BUTTON));
}

/* ---- the rest ---- */

static void test_random(void)
{
    uint32_t word = 0;
    rng_start();
    for (uint32_t i = 0; i < 4; i++)
        if (rng_word(&word))
            say("rng.word", word);
    desc[0] = dma_collect(&corner[0][0], RNG_DATA, 4, DMA_LINE_RNG);
    dma_run(1, &desc[0]);
    for (uint32_t i = 0; i < 4; i++)
        say("rng.word", corner[0][i]);
}

static void on_frame(void)
{
    events |= EV_FRAME;
}

/* Clocks from frame to frame, by a timer that nobody touches. */
static void test_frames(void)
{
    timer_follow_frames(0, 1, on_frame);
    reg_write(PIX_CTRL, PIX_CTRL_STREAM);
    uint64_t last = 0;
    for (uint32_t i = 0; i < 1 + FRAMES; i++) {
        hal_wait(&events);
        uint64_t now = timer_captured(0);
        if (i != 0)
            say("timer.frame", (uint32_t)(now - last));
        last = now;
    }
    reg_write(PIX_CTRL, 0);
    timer_stop(0);
}

static void on_nmi(void)
{
    nmis++;
    if (nmis <= 2)
        wdog_kick();
}

/* A handler that takes longer than the watchdog waits. */
static void on_slow_time(void)
{
    uint32_t before = nmis;
    while (nmis == before)
        ;
    events |= EV_TIMER;
}

static void on_window(void)
{
    event_cycle = hal_cycles();
    events |= EV_WINDOW;
}

/* Kicked in its window three times, forgotten by the main loop, forgotten by an interrupt handler,
 * both rescued by the NMI; then left alone. */
static _Noreturn void test_watchdog(void)
{
    nmi_listen(on_nmi);
    wdog_on_window(on_window);
    wdog_start(1000, 100, 50);
    for (uint32_t i = 0; i < 3; i++) {
        uint64_t start = hal_cycles();
        hal_wait(&events);
        say("wdog.window", (uint32_t)(event_cycle - start));
        while (wdog_left() > 800)
            ;
        wdog_kick();
    }
    say("wdog.nmis", nmis);
    while (nmis == 0)
        ;
    say("wdog.nmis", nmis);
    timer_once(0, 1, 100, on_slow_time);
    while ((hal_wait(&events) & EV_TIMER) == 0)
        ;
    say("wdog.nmis", nmis);
    say("wdog.bad", wdog_kicked_badly());
    for (;;)
        __asm__ volatile("wfi");
}

int main(void)
{
    uint32_t cause = rst_cause();
    say("cause", cause);
    if (cause == RST_CAUSE_WATCHDOG)
        hal_stop("passed");
    hal_irq_start();
    test_timers();
    test_copies();
    test_dma_errors();
    test_dma_beside();
    test_dma_sends();
    test_pins();
    test_random();
    say("temp", (uint32_t)temp_measure(12));
    test_frames();
    test_watchdog();
}
