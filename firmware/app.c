#include "app.h"

#include "auto.h"
#include "camera.h"
#include "fovea_metadata.h"
#include "fovea_postmortem.h"
#include "health.h"
#include "l2.h"
#include "link.h"
#include "mailbox.h"
#include "service.h"
#include "watch.h"

enum { CCS_MODE_SELECT = 0x0100 };
enum {
    EV_FRAME = HAL_BIT(0), /* of the task "frame" */
    EV_NPU_ERROR = HAL_BIT(1),
    EV_HOST_WROTE = HAL_BIT(0), /* of the task "host" */
    EV_COMMAND = HAL_BIT(1),
    EV_L2_ERROR = HAL_BIT(2),
};

/* Three frames without the main loop are one too many; us. */
enum { DOG_TIMEOUT = 2 * APP_FRAME_US, DOG_WINDOW = APP_FRAME_US, DOG_GRACE = 10000 };

/* Metadata and the packet of a panic leave from the same place. */
#define PACKET_BYTES (META_MAX_BYTES > PM_MAX_BYTES ? META_MAX_BYTES : PM_MAX_BYTES)

static void on_frame_task(uint32_t happened);
static void on_host_task(uint32_t happened);

static sched_task_t frame_task = {
    .name = "frame", .run = on_frame_task, .mask = EV_FRAME | EV_NPU_ERROR};
static sched_task_t host_task = {
    .name = "host", .run = on_host_task, .mask = EV_HOST_WROTE | EV_COMMAND | EV_L2_ERROR};

static const app_t *app;
static net_t *armed;                      /* NULL: no network is used */
static volatile app_frame_t tensor_frame; /* whose tensor the NPU works on */
static uint32_t packet_addr, stats_addr;  /* in L2; no room for statistics: 0 */
static uint32_t l2_addr, l2_end;          /* what is left */
static uint32_t l2_told;                  /* errors that the host knows of */
static volatile uint32_t faults;          /* bits of META_FAULT_... that it does not know of */
static uint32_t packet[META_MAX_BYTES / 4];
static meta_t meta;             /* it, while it is built */
static volatile bool infers;    /* the NPU's next interrupt is app_infer's */
static volatile uint32_t ended; /* it came: NPU_STATUS */

/* ---- interrupts ---- */

/* Who comes late finds a newer frame's start; one may begin while the registers are read. */
static uint64_t frame_start_ps(uint32_t frame)
{
    uint32_t newest, low, high;
    do {
        newest = reg_read(PIX_FRAME);
        low = reg_read(PIX_SOF_LO);
        high = reg_read(PIX_SOF_HI);
    } while (reg_read(PIX_FRAME) != newest);
    uint64_t start_ps = (uint64_t)high << 32 | low;
    uint32_t ahead = newest - frame;
    return ahead == 0 ? start_ps : start_ps - (uint64_t)ahead * camera_frame_us() * 1000000u;
}

void app_make_tensors(bool on)
{
    uint32_t held = hal_irq_hold(), ctrl = reg_read(ISP_CTRL) & ~(uint32_t)ISP_CTRL_TENSOR;
    reg_write(ISP_CTRL, on ? ctrl | ISP_CTRL_TENSOR : ctrl);
    hal_irq_release(held);
}

static void on_tensor(void)
{
    tensor_frame.frame = reg_read(ISP_TENSOR_FRAME);
    tensor_frame.start_ps = frame_start_ps(tensor_frame.frame);
    tensor_frame.seen = camera_seen();
    tensor_frame.net = armed;
    if (app->one_at_a_time)
        app_make_tensors(false);
}

/* Where no tensor is made. Late, it may be a frame that is not over yet: once is enough. */
static void on_whole_frame(void)
{
    uint32_t frame = reg_read(PIX_FRAME);
    uint64_t start_ps = frame_start_ps(frame);
    if (start_ps == tensor_frame.start_ps)
        return;
    tensor_frame.frame = frame;
    tensor_frame.start_ps = start_ps;
    sched_post(&frame_task, EV_FRAME);
}

static void on_isp(void)
{
    uint32_t status = reg_read(ISP_STATUS);
    if (armed != 0 && (status & ISP_STATUS_TENSOR_DONE) != 0)
        on_tensor();
    if (armed == 0 && (status & ISP_STATUS_FRAME_DONE_MASK) != 0)
        on_whole_frame();
    auto_on_isp(status);
    reg_write(ISP_STATUS, status);
}

static void tell_fault(app_fault_t fault)
{
    if (app->on_fault != 0)
        app->on_fault(fault);
}

/* Whose result it is we may not know yet. One that the next run writes over is none. */
static void on_npu(void)
{
    uint32_t status = reg_read(NPU_STATUS);
    watch_look(HAL_BIT(IRQ_ISP));
    reg_write(NPU_STATUS, status & (NPU_STATUS_DONE | NPU_STATUS_ERROR));
    if (infers) {
        ended = status & (NPU_STATUS_DONE | NPU_STATUS_ERROR);
        return;
    }
    if ((status & NPU_STATUS_ERROR) != 0) {
        tell_fault(APP_FAULT_NPU);
        sched_post(&frame_task, EV_NPU_ERROR);
    }
    if ((status & (NPU_STATUS_DONE | NPU_STATUS_BUSY)) == NPU_STATUS_DONE)
        sched_post(&frame_task, EV_FRAME);
}

static void on_host(void)
{
    reg_write(CCI_STATUS, CCI_STATUS_WROTE);
    sched_post(&host_task, EV_HOST_WROTE);
}

static void on_l2_error(void)
{
    tell_fault(APP_FAULT_MEMORY);
    sched_post(&host_task, EV_L2_ERROR);
}

static void on_command(void)
{
    reg_write(MBX_STATUS, MBX_STATUS_COMMAND_CAME_MASK);
    sched_post(&host_task, EV_COMMAND);
}

/* ---- what did not come ---- */

static void note_fault(uint32_t fault)
{
    __atomic_fetch_or(&faults, HAL_BIT(fault), __ATOMIC_RELAXED);
}

static void on_lost(uint32_t sources)
{
    (void)sources; /* their handlers have done the rest */
    note_fault(META_FAULT_LOST_INTERRUPT);
}

/* The frame has no result; the next tensor starts the program again. */
static void on_npu_hung(void)
{
    uint32_t held = hal_irq_hold();
    note_fault(META_FAULT_NPU_HUNG);
    ended = NPU_STATUS_ERROR;
    if (armed != 0)
        net_arm(armed);
    tell_fault(APP_FAULT_NPU);
    sched_post(&frame_task, EV_NPU_ERROR);
    hal_irq_release(held);
}

/* ---- the task "frame" ---- */

static void handle_frame(void)
{
    app_frame_t frame = tensor_frame;
    if (frame.net != 0)
        net_fetch_outputs(frame.net);
    app->on_frame(&frame);
}

/* The frame has no result; the next tensor starts the program again. */
static void report_npu_error(void)
{
    hal_print("NPU error ");
    hal_print_hex(reg_read(NPU_ERROR));
    hal_print("\n");
}

static void on_frame_task(uint32_t happened)
{
    if ((happened & EV_FRAME) != 0)
        handle_frame();
    if ((happened & EV_NPU_ERROR) != 0)
        report_npu_error();
    if (armed != 0 && app->one_at_a_time)
        app_make_tensors(true);
}

bool app_infer(net_t *net)
{
    PANIC_ASSERT(app->one_at_a_time);
    ended = 0;
    infers = true;
    net_run(net);
    bool failed = (sched_wait(&ended, &watch_task) & NPU_STATUS_ERROR) != 0;
    infers = false;
    net_arm(armed);
    if (failed)
        report_npu_error();
    else
        net_fetch_outputs(net);
    return !failed;
}

meta_t *app_meta(const app_frame_t *frame)
{
    const meta_head_t head = {.frame = frame->frame,
                              .network = frame->net != 0 ? frame->net->id : 0,
                              .time_ps = frame->start_ps};
    meta_begin(&meta, packet, sizeof(packet), &head);
    return &meta;
}

/* Errors that find no room are told with the next packet. */
static void add_memory_errors(void)
{
    const meta_event_t errors = {.kind = META_EVENT_MEMORY_ERROR,
                                 .value = l2_errors().fatal - l2_told};
    if (errors.value != 0 && meta_add_events(&meta, &errors, 1))
        l2_told += errors.value;
}

static void add_fault(uint32_t fault)
{
    const meta_event_t event = {.kind = META_EVENT_FAULT, .value = fault};
    uint32_t told = HAL_BIT(fault);
    if ((faults & told) != 0 && meta_add_events(&meta, &event, 1))
        __atomic_fetch_and(&faults, ~told, __ATOMIC_RELAXED);
}

static void add_faults(void)
{
    add_fault(META_FAULT_LOST_INTERRUPT);
    add_fault(META_FAULT_NPU_HUNG);
}

void app_send(const app_frame_t *frame)
{
    add_memory_errors();
    add_faults();
    uint32_t bytes = meta_end(&meta, (uint32_t)((hal_time_ps() - frame->start_ps) / 1000000u));
    link_send(packet_addr, packet, bytes, META_VIRTUAL_CHANNEL, META_DATA_TYPE, frame->frame);
}

/* ---- the task "host" ---- */

static void apply_host(void)
{
    auto_apply_host();
    if (app->on_host != 0)
        app->on_host();
    bool on = hal_ccs_read8(CCS_MODE_SELECT) != 0;
    if (app->stream != 0)
        app->stream(on);
    else
        camera_stream(on);
}

static bool obeyed(uint32_t command)
{
    return health_command(command) || (app->on_command != 0 && app->on_command(command));
}

static void on_host_task(uint32_t happened)
{
    uint32_t command;
    if ((happened & EV_HOST_WROTE) != 0)
        apply_host();
    if ((happened & EV_L2_ERROR) != 0)
        l2_print_errors();
    if (mailbox_command(&command) && !obeyed(command))
        mailbox_answer(0); /* none of ours */
}

/* ---- start-up ---- */

/* Behind the packets, where there is room: statistics (else no automatic settings), then the rest
 * is the application's. */
static void share_l2(uint32_t addr, uint32_t bytes)
{
    uint32_t behind = (addr + PACKET_BYTES + 31u) & ~31u;
    packet_addr = addr;
    l2_end = addr + bytes;
    stats_addr = behind + STATS_BYTES <= l2_end ? behind : 0;
    l2_addr = stats_addr != 0 ? (stats_addr + STATS_BYTES + 31u) & ~31u : l2_end;
}

static void take_network(void)
{
    static uint32_t outputs[NET_ROOM_BYTES / 4];
    if (!net_read(app->net, 0, outputs, sizeof(outputs)))
        hal_stop("no usable network in L2");
    if (app->net->free_bytes < PACKET_BYTES)
        hal_stop("the network leaves no room in L2 for a packet of metadata");
    if (!app->known(app->net))
        hal_stop("the network's outputs are of no kind that this program understands");
    share_l2(app->net->free_addr, app->net->free_bytes);
}

static void take_l2(void)
{
    if (app->net != 0)
        take_network();
    else
        share_l2(L2_BASE, reg_read(SYS_L2_BYTES));
    panic_init(packet_addr, PANIC_RESET); /* from now on a panic's packet has its place */
    if (panic_send_last())
        hal_print("started again after a panic\n");
}

uint32_t app_l2(uint32_t *bytes)
{
    *bytes = l2_end > l2_addr ? l2_end - l2_addr : 0;
    return l2_addr;
}

void app_arm(net_t *net)
{
    armed = net;
    net_arm(net);
}

/* Frames end in a tensor for the network, or when the ISP has them. */
static void set_up_camera(void)
{
    if (app->net != 0) {
        camera_set_tensor(app->net);
        app_arm(app->net);
    }
    reg_write(ISP_IRQ_EN, app->net != 0 ? ISP_STATUS_TENSOR_DONE : ISP_STATUS_FRAME_DONE_MASK);
    reg_write(ISP_CTRL, ISP_CTRL_ENABLE | (app->net != 0 ? ISP_CTRL_TENSOR : 0));
    auto_init(stats_addr);
}

static void listen(void)
{
    hal_irq_enable(IRQ_ISP, on_isp);
    hal_irq_enable(IRQ_NPU, on_npu);
    hal_irq_enable(IRQ_CCI, on_host);
    l2_listen(on_l2_error);
    reg_write(CCI_IRQ_EN, CCI_STATUS_WROTE);
    mailbox_listen(on_command);
}

_Noreturn void app_run(const app_t *table)
{
    sched_task_t *tasks[5] = {&frame_task};
    uint32_t count = 1;
    app = table;
    service_start(0, PANIC_RESET);
    watch_begin(on_lost, on_npu_hung);
    hal_print(app->name);
    hal_print("\n");
    take_l2();
    set_up_camera();
    if (app->begin != 0)
        app->begin();
    listen();
    apply_host(); /* what the host wrote before we listened */
    hal_print("ready\n");
    sched_keep_watchdog(DOG_TIMEOUT, DOG_WINDOW, DOG_GRACE);
    if (app->task != 0)
        tasks[count++] = app->task;
    tasks[count++] = &auto_task;
    tasks[count++] = &host_task;
    tasks[count++] = &watch_task;
    sched_run(tasks, count);
}
