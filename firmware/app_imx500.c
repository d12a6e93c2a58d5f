/*
 * imx500: runs any network on each frame and sends its tensors as they are, in the lines of the
 * IMX500 (imx500_lines.h); the host decodes them. What leaves the host's registers say: output,
 * pixels, metadata (0x3050..), the channels, DNN on or off (0xd100), image only (0xa700).
 *
 *   tensor of frame n --> NPU ------------> outputs copied --> lines
 *        |  no further tensor is made until the outputs are on their way
 *        +------ deadline of the frame: lines without outputs (input valid, output not)
 *
 * A frame's lines leave as soon as there is a result, else as late as they may to be in their
 * frame; those on other virtual channels are frames of their own, which leave then, too. A network
 * that is slower than that has its input in one frame and its output in a later one, with the same
 * frame count; in between both are not valid.
 *
 * Several networks may be there (net.h); 0xd701 says which one runs. While it streams, that is
 * looked at when a frame begins, and the ISP is told in the middle of that frame: so the first
 * frame of the new network is the second one that begins after the host wrote (later by as many
 * frames as an inference of the old one still takes). Every frame until then is the old one's, its
 * lines too. The host's registers for the way to the tensor count together with the network when
 * they are written after 0xd701 and before that middle.
 *
 * In standby the host may take the networks away or bring others (download.h).
 *
 * The way to the tensor is the host's, too: imx500_input.h. The first frames of a stream do not
 * leave when 0xd405 says so. Without a network in L2 frames have no lines, as with image only;
 * 0xd02a tells (bit 0 streaming, bit 1 network).
 */
#include "camera.h"
#include "health.h"
#include "imx500_input.h"
#include "imx500_lines.h"
#include "link.h"
#include "mailbox.h"
#include "postmortem.h"
#include "sched.h"
#include "service.h"
#include "update.h"
#include "watch.h"

enum { /* CCS registers */
       CCS_MODE_SELECT = 0x0100,
       CSI_CHANNEL_IDENTIFIER = 0x0110,
       MIPI_OUTPUT = 0x3050,
       MIPI_PIXELS = 0x3051,
       MIPI_METADATA = 0x3052,
       IMAGE_ONLY = 0xa700,
       SYS_STATE = 0xd02a,
       DNN_MODE = 0xd100,
       STARTUP_DROPS = 0xd405,
       NETWORK_SELECT = 0xd701,
};
enum { DNN_ON = 4, STREAMING = 1, WITH_NETWORK = 2 };

enum {
    EV_FRAME = HAL_BIT(0), /* of the task "frame" */
    EV_NPU_DONE = HAL_BIT(1),
    EV_NPU_ERROR = HAL_BIT(2),
    EV_DEADLINE = HAL_BIT(3),
    EV_LATE = HAL_BIT(4),
    EV_OUTPUT = HAL_BIT(5),
    EV_SENT = HAL_BIT(6),
    EV_HALF = HAL_BIT(7),
    EV_LOST = HAL_BIT(8),
    EV_HOST_WROTE = HAL_BIT(0), /* of the task "host" */
    EV_COMMAND = HAL_BIT(1),
    EV_LOOK = HAL_BIT(2),
    EV_TAKEN = HAL_BIT(3),
};
enum { DOG_TIMEOUT = 300000, DOG_WINDOW = 50000, DOG_GRACE = 10000 }; /* us */
enum { MARGIN_US = 100 }; /* from the deadline until lines are on the link, and some more */

static void on_frame_task(uint32_t happened);
static void on_host_task(uint32_t happened);

static sched_task_t frame_task = {.name = "frame",
                                  .run = on_frame_task,
                                  .mask = EV_FRAME | EV_NPU_DONE | EV_NPU_ERROR | EV_DEADLINE |
                                          EV_LATE | EV_OUTPUT | EV_SENT | EV_HALF | EV_LOST};
static sched_task_t host_task = {
    .name = "host", .run = on_host_task, .mask = EV_HOST_WROTE | EV_COMMAND | EV_LOOK | EV_TAKEN};
static sched_timer_t deadline, half;

/* The inference under way. LEAVES: its tensors may not change until they have left. */
typedef enum { IDLE, RUNS, DONE, LEAVES } state_t;
static struct {
    volatile state_t state;
    volatile uint32_t frame, start; /* its frame, core cycles when its tensor was complete */
    volatile uint32_t began;        /* `frames` then */
    bool input_sent, ended;
    uint32_t dnn_us, dsp_us;
} job;

static net_t net;
static bool there; /* a network */

/* Another network that the host has selected: since a frame began it stands, the ISP knows, and at
 * last the NPU. */
typedef enum { STEADY, WANTED, FIXED, ARMED, LOADED } change_state_t;
static struct {
    volatile change_state_t state;
    net_t net;
    bool input; /* the host has set the way to the tensor since */
} change;

static volatile uint32_t frames; /* begun */
static volatile bool streams;
static volatile uint32_t lost; /* interrupts: bits of IRQ_..., to be told */
static bool sends, lines_due, told_late;
static uint32_t drops; /* frames to come that do not leave */

/* ---- interrupts ---- */

static bool has_dnn(void)
{
    return there && hal_ccs_read8(DNN_MODE) == DNN_ON && hal_ccs_read8(IMAGE_ONLY) == 0;
}

/* Tensors are made from the next frame on, or not. */
static void make_tensors(bool on)
{
    on = on && has_dnn();
    reg_write(ISP_CTRL, ISP_CTRL_ENABLE | (on ? ISP_CTRL_TENSOR : 0));
}

static void on_isp(void)
{
    uint32_t status = reg_read(ISP_STATUS);
    reg_write(ISP_STATUS, status);
    if ((status & ISP_STATUS_TENSOR_DONE) == 0)
        return;
    job.frame = reg_read(ISP_TENSOR_FRAME);
    job.start = cost_now();
    job.began = frames;
    job.state = RUNS;
    job.input_sent = false;
    make_tensors(false);
}

/* Its tensor is known, even if nobody has told it. */
static void on_npu(void)
{
    uint32_t status = reg_read(NPU_STATUS);
    watch_look(HAL_BIT(IRQ_ISP));
    reg_write(NPU_STATUS, status & (NPU_STATUS_DONE | NPU_STATUS_ERROR));
    sched_post(&frame_task, (status & NPU_STATUS_ERROR) != 0 ? EV_NPU_ERROR : EV_NPU_DONE);
}

/* The tensor of the frame that begins is the next network's; no other one is on its way. */
static void on_pixel(void)
{
    reg_write(PIX_STATUS, PIX_STATUS_FRAME_START_MASK);
    frames++;
    if (change.state == ARMED && job.state == IDLE) {
        net_arm(&change.net);
        change.state = LOADED;
    }
    sched_post(&frame_task, EV_FRAME);
}

static void on_link(void)
{
    uint32_t happened = reg_read(MIPI_IRQ);
    reg_write(MIPI_IRQ, happened);
    if ((happened & MIPI_IRQ_METADATA_LATE_MASK) != 0)
        sched_post(&frame_task, EV_LATE);
    if ((happened & MIPI_IRQ_METADATA_SENT_MASK) != 0)
        sched_post(&frame_task, EV_SENT);
}

static void on_host(void)
{
    reg_write(CCI_STATUS, CCI_STATUS_WROTE);
    sched_post(&host_task, EV_HOST_WROTE);
}

static void on_command(void)
{
    reg_write(MBX_STATUS, MBX_STATUS_COMMAND_CAME_MASK);
    sched_post(&host_task, EV_COMMAND);
}

/* ---- the task "frame" ---- */

static uint32_t cycles_to_us(uint32_t cycles)
{
    return (uint32_t)((uint64_t)cycles * 1000000u / reg_read(SYS_CLOCK_HZ));
}

/* CLINT ticks are microseconds. What leaves is set before the frame that it counts for. */
static void begin_frame(void)
{
    if (drops != 0 && --drops == 0)
        sched_after(&deadline, &frame_task, EV_OUTPUT, camera_frame_us() / 2);
    if (change.state == WANTED) {
        change.state = FIXED;
        sched_after(&half, &frame_task, EV_HALF, camera_frame_us() / 2);
    }
    lines_due = sends;
    if (!sends)
        return;
    uint32_t frame_us = camera_frame_us(), lines_us = lines_time_us() + MARGIN_US;
    sched_after(&deadline, &frame_task, EV_DEADLINE, frame_us > lines_us ? frame_us - lines_us : 1);
}

/* The next tensor starts the program again: unless the network changes, and a frame has begun whose
 * tensor nobody has prepared the NPU for. */
static void forget_job(void)
{
    job.state = IDLE;
    make_tensors(change.state != ARMED || frames == job.began);
}

static void end_job(void)
{
    job.ended = false;
    job.dsp_us = cycles_to_us(reg_read(NPU_CYCLES_LO));
    job.state = DONE;
    if (!sends) {
        forget_job();
    } else if (!lines_take_outputs()) {
        hal_print("DMA error\n");
        forget_job();
    }
    job.dnn_us = cycles_to_us(cost_now() - job.start);
}

/* The frame has no result. */
static void report_npu_error(void)
{
    hal_print("NPU error ");
    hal_print_hex(reg_read(NPU_ERROR));
    hal_print("\n");
    forget_job();
}

/* In handlers, too. */
static void on_lost(uint32_t sources)
{
    __atomic_fetch_or(&lost, sources, __ATOMIC_RELAXED);
    sched_post(&frame_task, EV_LOST);
}

static void report_lost(void)
{
    hal_print("interrupts lost ");
    hal_print_hex(__atomic_exchange_n(&lost, 0, __ATOMIC_RELAXED));
    hal_print("\n");
}

static void on_npu_hung(void)
{
    hal_print("NPU hung\n");
    if (there)
        net_arm(&net);
    forget_job();
}

/* What is still on its way, in frames of its own, keeps these from leaving with their frame: a
 * result waits for the next one. */
static void send_lines(void)
{
    lines_due = false;
    if (lines_busy()) {
        sched_post(&frame_task, EV_LATE);
        return;
    }
    lines_frame_t f = {.count = job.frame,
                       .input_valid = job.state != IDLE && !job.input_sent,
                       .output_valid = job.state == DONE,
                       .dnn_us = job.dnn_us,
                       .dsp_us = job.dsp_us,
                       .frame = job.state == DONE ? job.frame : LINK_NO_FRAME};
    lines_send(&f);
    job.input_sent = true;
    if (job.state == DONE)
        job.state = LEAVES;
}

/* A panic's packet is the first of what networks leave free; without one all of L2 is free. */
static bool read_network(net_t *to, uint32_t n)
{
    if (update_brings(n) || !net_read_head(to, n))
        return false;
    net_room(0, &to->free_addr, &to->free_bytes);
    if (update_free_end() - to->free_addr < to->free_bytes)
        to->free_bytes = update_free_end() - to->free_addr;
    if (to->free_bytes < PM_MAX_BYTES)
        return false;
    to->free_addr += PM_MAX_BYTES;
    to->free_bytes -= PM_MAX_BYTES;
    return true;
}

static void refuse_network(uint32_t n)
{
    hal_print("network ");
    hal_print_u32(n);
    hal_print(" cannot be selected\n");
    hal_ccs_write8(NETWORK_SELECT, change.state == STEADY ? net.place : change.net.place);
}

/* What the host selects. What is not there is refused at once: the register says again what runs.
 * A change that has begun ends first. */
static void select_network(void)
{
    static net_t wanted;
    uint32_t n = hal_ccs_read8(NETWORK_SELECT);
    uint32_t now = change.state == STEADY ? net.place : change.net.place;
    if (n == now || !there)
        return;
    if (!read_network(&wanted, n) || (streams && sends && !lines_fit(&wanted))) {
        refuse_network(n);
    } else if (streams && change.state > WANTED) {
        return;
    } else if (n == net.place) {
        change.state = STEADY;
    } else {
        change.net = wanted;
        change.state = WANTED;
    }
    if (change.state == WANTED && (net_there() >> change.net.place & 1u) == 0) {
        change.state = STEADY; /* it went before we needed it */
        refuse_network(n);
    }
}

/* In the middle of a frame; for the next one. */
static void arm_network(void)
{
    camera_set_tensor(&change.net);
    input_relay(change.net.place);
    change.input = false;
    change.state = ARMED;
}

static void report_late(void)
{
    if (told_late)
        return;
    told_late = true;
    hal_print("tensor lines do not fit their frame: ");
    hal_print_u32(lines_count());
    hal_print(" lines, ");
    hal_print_u32(lines_time_us());
    hal_print(" us of ");
    hal_print_u32(camera_frame_us());
    hal_print(" us\n");
}

/* Which channel is the image's the host may change at any time; the frame end waits for lines. */
static void set_image(void)
{
    reg_write(MIPI_IMAGE_VC, hal_ccs_read8(CSI_CHANNEL_IDENTIFIER));
    uint32_t hold = MIPI_CTRL_HOLD_THE_FRAME_END_OF_THE_IMAGE_MASK;
    uint32_t ctrl = reg_read(MIPI_CTRL) & ~hold;
    reg_write(MIPI_CTRL, ctrl | (sends && lines_in_image() ? hold : 0));
}

/* What leaves, and the lines' sizes, count from the beginning of a stream on. */
static void set_output(void)
{
    bool on = drops == 0 && hal_ccs_read8(MIPI_OUTPUT) != 0;
    bool pixels = hal_ccs_read8(MIPI_PIXELS) != 0;
    uint32_t ctrl = MIPI_CTRL_META;
    sends = on && there && hal_ccs_read8(MIPI_METADATA) != 0 && hal_ccs_read8(IMAGE_ONLY) == 0 &&
            lines_setup(&net) && lines_count() != 0;
    if (on && (pixels || sends))
        ctrl |= MIPI_CTRL_EMBEDDED | (pixels ? MIPI_CTRL_RAW : 0);
    reg_write(MIPI_CTRL, ctrl);
    set_image();
}

/* In its first frame, as soon as the lines of the last one have left. */
static void change_network(void)
{
    net = change.net;
    change.state = STEADY;
    sends = sends && lines_setup(&net);
    set_image();
    make_tensors(true);
    if (change.input)
        input_relay(net.place);
    select_network(); /* what the host has selected meanwhile */
}

static void on_frame_task(uint32_t happened)
{
    if ((happened & EV_LATE) != 0)
        report_late();
    if ((happened & EV_LOST) != 0)
        report_lost();
    if (job.state == LEAVES && !lines_busy())
        forget_job();
    if (change.state == LOADED && !lines_busy())
        change_network();
    job.ended = job.ended || (happened & EV_NPU_DONE) != 0;
    if (job.ended && change.state != LOADED)
        end_job();
    if ((happened & EV_NPU_ERROR) != 0)
        report_npu_error();
    if ((happened & EV_FRAME) != 0)
        begin_frame();
    if ((happened & EV_OUTPUT) != 0)
        set_output();
    if ((happened & EV_HALF) != 0 && change.state == FIXED)
        arm_network();
    if (lines_due && (job.state == DONE || (happened & EV_DEADLINE) != 0))
        send_lines();
}

/* ---- the task "host" ---- */

/* The one that the host has selected, else the first. */
static void find_network(void)
{
    uint32_t n = hal_ccs_read8(NETWORK_SELECT);
    change.state = STEADY;
    there = read_network(&net, n);
    for (n = 0; !there && n < NET_PLACES_MOST; n++)
        there = read_network(&net, n);
    if (!there) {
        net.free_addr = L2_BASE + NET_PLACES_MOST * NET_BYTES;
        net.place = 0;
    } else if (hal_ccs_read8(NETWORK_SELECT) != net.place) {
        hal_ccs_write8(NETWORK_SELECT, net.place);
    }
    panic_init(there ? net.free_addr - PM_MAX_BYTES : net.free_addr, PANIC_RESET);
}

/* Nothing is on its way but, at most, an inference. */
static void begin_stream(void)
{
    uint32_t before = net.place;
    if (job.state != RUNS)
        find_network();
    else if (change.state != STEADY)
        change.state = WANTED;
    if (net.place != before)
        job.state = IDLE;
    if (there)
        camera_setup(&net);
    input_begin(net.place);
    drops = hal_ccs_read8(STARTUP_DROPS);
    set_output();
    make_tensors(job.state == IDLE);
    lines_due = told_late = false;
}

/* Where the network changes, its input changes with it. */
static void apply_input(void)
{
    change.input = change.state != STEADY;
    if (!change.input)
        input_relay(net.place);
}

static void apply_host(void)
{
    bool stream = hal_ccs_read8(CCS_MODE_SELECT) != 0;
    bool begins = stream && !streams;
    select_network();
    streams = stream; /* networks are needed from here on */
    if (begins)
        begin_stream();
    else if (stream)
        apply_input();
    camera_relay_settings();
    set_image();
    camera_stream(stream);
    hal_ccs_write8(SYS_STATE, (stream ? STREAMING : 0u) | (there ? WITH_NETWORK : 0u));
}

/* Nobody may use L2 meanwhile; what becomes of an inference that is done does not matter. */
static void obey_download(void)
{
    if (!update_obey(streams || job.state == RUNS))
        return;
    job.state = IDLE;
    find_network();
}

/* ---- networks that come while another one runs ---- */

static uint32_t needed(void)
{
    bool used = there && (streams || job.state == RUNS);
    return !used ? 0
                 : HAL_BIT(net.place) | (change.state != STEADY ? HAL_BIT(change.net.place) : 0);
}

static void used(uint32_t *addr, uint32_t *end)
{
    uint32_t bytes = sends ? lines_room(&net) : 0, next = 0;
    if (sends && change.state != STEADY)
        next = lines_room(&change.net);
    *addr = net.free_addr - PM_MAX_BYTES;
    *end = net.free_addr + (bytes > next ? bytes : next);
}

/* Between two streams what runs may be another one now, or none. */
static void end_update(void)
{
    if (streams || job.state == RUNS)
        return;
    find_network();
    update_tell(there);
}

static void on_host_task(uint32_t happened)
{
    uint32_t command;
    update_look(happened);
    if ((happened & EV_TAKEN) != 0)
        end_update();
    if ((happened & (EV_HOST_WROTE | EV_TAKEN)) != 0) {
        obey_download();
        apply_host();
    }
    if (mailbox_command(&command) && !health_command(command))
        mailbox_answer(0); /* none of ours */
}

/* ---- start-up ---- */

static void listen(void)
{
    hal_irq_enable(IRQ_ISP, on_isp);
    hal_irq_enable(IRQ_NPU, on_npu);
    hal_irq_enable(IRQ_PIX, on_pixel);
    hal_irq_enable(IRQ_MIPI, on_link);
    hal_irq_enable(IRQ_CCI, on_host);
    reg_write(PIX_IRQ_EN, PIX_STATUS_FRAME_START_MASK);
    reg_write(MIPI_IRQ_EN, MIPI_IRQ_METADATA_LATE_MASK | MIPI_IRQ_METADATA_SENT_MASK);
    reg_write(CCI_IRQ_EN, CCI_STATUS_WROTE);
    mailbox_listen(on_command);
}

int main(void)
{
    static const update_t update = {
        .task = &host_task, .look = EV_LOOK, .ended = EV_TAKEN, .needed = needed, .used = used};
    static sched_task_t *const tasks[] = {&frame_task, &host_task, &watch_task};
    service_start(0, PANIC_RESET);
    watch_begin(on_lost, on_npu_hung);
    hal_print("imx500 1\n");
    find_network();
    if (!there)
        hal_print("no usable network in L2: image only\n");
    if (panic_send_last())
        hal_print("started again after a panic\n");
    update_begin(&update, there);
    listen();
    apply_host(); /* what the host wrote before we listened */
    hal_print("ready\n");
    sched_keep_watchdog(DOG_TIMEOUT, DOG_WINDOW, DOG_GRACE);
    sched_run(tasks, sizeof(tasks) / sizeof(tasks[0]));
}
