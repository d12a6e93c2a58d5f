/*
 * cobot_stop: a machine that works beside people stands still while somebody is in one of its zones
 * (stop.h). Two pins say so, of which one is always low:
 *
 *     PIN_STOP   high: stop. Raised as soon as a frame's boxes are known, before anything is told
 *     PIN_RUN    high: the machine may run, and this program sees that nobody is there
 *
 * A machine runs while PIN_RUN is high and PIN_STOP low: in reset both are low. Whatever keeps the
 * program from seeing raises PIN_STOP too, from an interrupt: no result for stop_timeout_ms, an
 * error of the NPU or of memory, death of the program (watchdog, exception), its start.
 */
#include "boxes.h"
#include "fovea_metadata.h"
#include "gpio.h"
#include "settings.h"
#include "stop.h"
#include "timer.h"

enum { PIN_STOP = 0, PIN_RUN = 1 };
enum { LATE_TIMER = 0, NO_FRAME = UINT32_MAX };

static net_t net;
static stop_t stop;
static volatile uint32_t failed; /* META_FAULT_..., of interrupts since the last frame */
static uint32_t last_frame = NO_FRAME;

/* ---- pins ---- */

static void halt(void)
{
    gpio_set(PIN_RUN, false);
    gpio_set(PIN_STOP, true);
}

static void run(void)
{
    gpio_set(PIN_STOP, false);
    gpio_set(PIN_RUN, true);
}

/* ---- interrupts ---- */

static void fail(uint32_t fault)
{
    halt();
    failed = fault;
}

static void on_late(void)
{
    fail(META_FAULT_NO_FRAME);
}

static void on_fault(app_fault_t fault)
{
    fail(fault == APP_FAULT_NPU ? META_FAULT_NPU_ERROR : META_FAULT_MEMORY_ERROR);
}

/* From now on the next result has so long to come. A timer of no ticks would never end. */
static void wait_for_result(void)
{
    uint32_t clocks = reg_read(SYS_CLOCK_HZ) / 1000; /* of a millisecond */
    uint32_t ms = hal_ccs_read16(APP_STOP_TIMEOUT_MS);
    timer_once(LATE_TIMER, clocks / 16, ms != 0 ? 16 * ms : 1, on_late);
}

/* ---- a frame ---- */

/* The signal before anything else. What an interrupt has found meanwhile stands. */
static void show(bool halts)
{
    uint32_t held = hal_irq_hold();
    if (halts || failed != META_FAULT_NONE)
        halt();
    else
        run();
    hal_irq_release(held);
}

static void take_faults(void)
{
    uint32_t held = hal_irq_hold(), fault = failed;
    failed = META_FAULT_NONE;
    hal_irq_release(held);
    if (fault != META_FAULT_NONE)
        stop_fail(&stop, fault);
}

static void tell(const app_frame_t *frame, const det_box_t *boxes, uint32_t count)
{
    meta_t *meta = app_meta(frame);
    meta_add_boxes(meta, boxes, NULL, count);
    meta_add_events(meta, stop.event, stop.events);
    app_send(frame);
}

/* An old tensor's result is none. */
static void on_frame(const app_frame_t *frame)
{
    static det_box_t boxes[DET_MAX_BOXES];
    if (frame->frame == last_frame)
        return;
    last_frame = frame->frame;
    uint32_t found = boxes_of(frame, boxes);
    uint32_t inside = stop_inside(&stop, boxes, found, settings_day_s(frame->start_ps));
    if (inside != 0)
        halt();
    wait_for_result();
    take_faults();
    show(stop_update(&stop, inside, app_frame_ms(frame)));
    tell(frame, boxes, found);
}

/* ---- the host ---- */

static void on_host(void)
{
    stop.release_ms = hal_ccs_read16(APP_STOP_RELEASE_MS);
    stop.zones = settings_zones(stop.zone);
}

static void begin(void)
{
    stop_begin(&stop);
    panic_first(halt);
}

int main(void)
{
    static const app_t app = {.name = "cobot_stop 1",
                              .net = &net,
                              .known = boxes_known,
                              .begin = begin,
                              .on_host = on_host,
                              .on_frame = on_frame,
                              .on_fault = on_fault};
    gpio_output(PIN_STOP, true);
    gpio_output(PIN_RUN, false);
    app_run(&app);
}
