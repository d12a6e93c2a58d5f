/*
 * app.h - the frame that an application stands in: a program that looks at every frame and tells
 * the host what it saw.
 *
 *     pixels --> ISP --tensor--> NPU --done--> task "frame": on_frame --> app_send --> link
 *     CCI: the host wrote -------------------> task "host":  camera, auto.h, on_host
 *     mailbox: a command came ---------------> task "host":  health.h, on_command
 *
 * What every application needs is in app.c: interrupts that only note what happened, the tasks, the
 * network's table, which frame a result is of, automatic settings, errors of NPU and L2, interrupts
 * that got lost (watch.h), the watchdog, and the post-mortem of a program that died. An application
 * is a table of what is its own, and its state:
 *
 *     static net_t net;
 *     ...
 *     static void look(const app_frame_t *frame)
 *     {
 *         uint32_t found = boxes_of(frame, boxes);
 *         ...
 *         meta_add_boxes(app_meta(frame), boxes, ids, found);
 *         app_send(frame);
 *     }
 *
 *     static const app_t people = {
 *         .name = "people 1", .net = &net, .known = boxes_known, .on_frame = look};
 *
 *     int main(void)
 *     {
 *         app_run(&people);
 *     }
 *
 * Callbacks run to completion in a task, never in an interrupt and never two at once, so they share
 * state without locks. One that takes longer than APP_FRAME_US calls sched_alive() meanwhile.
 *
 * Without a network (net is NULL) on_frame is called when a frame has been read, and L2 is the
 * application's. Further networks are its own affair: it reads them in `begin` (net_read, with
 * another number), changes the one of all frames with app_arm, or runs one more on what it found in
 * a frame with app_infer. Interrupts that app.c does not use (IRQ_PIX, IRQ_GPIO,
 * IRQ_TIMER, ...) it takes by hal_irq_enable in `begin`, and posts events from them, or from timers
 * of sched.h, to `task`. What the host sets it reads by settings.h, in `on_host`.
 *
 * Not here: programs that take networks while they run (app_imx500.c), that run once
 * (app_infer.c).
 */
#ifndef FW_APP_H
#define FW_APP_H

#include "meta.h"
#include "net.h"
#include "panic.h"
#include "sched.h"

/* Longest a callback may take, us: the watchdog opens its window then, and barks at twice that. */
enum { APP_FRAME_US = 50000 };

/* Which frame a result is of. */
typedef struct {
    uint32_t frame;    /* the sensor's number, from 0 */
    uint64_t start_ps; /* start of exposure of its first row */
    det_roi_t seen;    /* what of the array its tensor shows; without a network: nothing */
    net_t *net;        /* that saw it, its outputs fetched; or NULL */
} app_frame_t;

/* Its start in us and ms: 32 bits, which wrap. */
static inline uint32_t app_frame_us(const app_frame_t *frame)
{
    return (uint32_t)(frame->start_ps / 1000000u);
}

static inline uint32_t app_frame_ms(const app_frame_t *frame)
{
    return (uint32_t)(frame->start_ps / 1000000000u);
}

typedef enum { APP_FAULT_NPU, APP_FAULT_MEMORY } app_fault_t;

typedef struct {
    const char *name; /* and version: the first line on the serial port */
    net_t *net;       /* network 0, filled before `known`; NULL: none is used */
    /* Whether the program understands these outputs, else it stops and says so. With net. */
    bool (*known)(const net_t *net);

    /* From a tensor to the end of its on_frame no other is made: frames that begin to be read
     * meanwhile have no result. Networks share memory, so who uses app_infer needs it. */
    bool one_at_a_time;

    /* All below may be NULL but on_frame. In this order: */
    void (*begin)(void);   /* once; L2, networks and app_l2 are there, no interrupt has come */
    void (*on_host)(void); /* at the start and after each write of the host's: takes its settings.
                            * Camera and auto.h have theirs, the stream starts or stops after it */
    void (*on_frame)(const app_frame_t *frame); /* its result is there */
    bool (*on_command)(uint32_t command); /* mailbox; true: it was one of ours, and is answered */
    void (*on_fault)(app_fault_t fault);  /* at once, interrupts held: an error of the NPU, which may
                                           * have hung, or one of L2 that was not corrected */
    sched_task_t *task; /* one more, behind "frame": for timers and interrupts of its own */
    void (*stream)(
        bool on); /* the host wants a stream, or none; NULL: it has one (camera_stream) */
} app_t;

/* For main: does not return. */
_Noreturn void app_run(const app_t *app);

/* Begins the frame's packet of metadata, of META_MAX_BYTES; what the meta_add_... of meta.h add to
 * it is sent by app_send, with the time it took and errors of memory. One at a time. */
meta_t *app_meta(const app_frame_t *frame);
void app_send(const app_frame_t *frame);

/* The NPU runs this network at each tensor from now on; camera_set_tensor makes the ISP write it
 * that. The net_t stays where it is. */
void app_arm(net_t *net);

/* Whether the frames that begin from now on become tensors, and so results. Once armed they do. */
void app_make_tensors(bool on);

/* In on_frame: runs another network once, on what stands in its input, and fetches its outputs;
 * interrupts come meanwhile, other tasks do not run. False after an NPU error, which is told on the
 * serial port. Needs one_at_a_time. */
bool app_infer(net_t *net);

/* L2 behind networks, packets and statistics: the address (a multiple of 32) and how much. */
uint32_t app_l2(uint32_t *bytes);

#endif
