/*
 * infer: one inference of the network in L2: the core's operators before the NPU, the NPU, those
 * after it. Notes how each went in the list, and exits.
 *
 * Operators work in the tightly coupled RAM where what they need fits it, else in L2.
 */
#include "hal.h"
#include "post.h"

enum { EV_NPU_DONE = HAL_BIT(0), EV_NPU_ERROR = HAL_BIT(1) };
enum { SCRATCH_BYTES = 160 * 1024 };
enum { EXIT_FINE = 0, EXIT_FAILED = 1 };

static volatile uint32_t events; /* EV_* */
static uint64_t scratch[SCRATCH_BYTES / 8];

static void on_npu(void)
{
    uint32_t status = reg_read(NPU_STATUS);
    reg_write(NPU_STATUS, status & (NPU_STATUS_DONE | NPU_STATUS_ERROR));
    events |= (status & NPU_STATUS_ERROR) != 0 ? EV_NPU_ERROR : EV_NPU_DONE;
}

static void run_npu(void)
{
    reg_write(NPU_L2_BASE, reg_read(NET_L2_BASE));
    reg_write(NPU_PROG_ADDR, reg_read(NET_PROG_ADDR));
    reg_write(NPU_PROG_COUNT, reg_read(NET_PROG_COUNT));
    reg_write(NPU_CTRL, NPU_CTRL_START | NPU_CTRL_IRQ_DONE | NPU_CTRL_IRQ_ERROR);
    if ((hal_wait(&events) & EV_NPU_ERROR) != 0) {
        hal_print("NPU error ");
        hal_print_hex(reg_read(NPU_ERROR));
        hal_print("\n");
        hal_exit(EXIT_FAILED);
    }
}

/* Operators first .. end - 1. */
static void run_operators(const post_view_t *view, uint32_t first, uint32_t end)
{
    uint32_t bytes = post_head(view, POST_SCRATCH_BYTES);
    void *room = scratch;
    if (bytes > SCRATCH_BYTES)
        room = (void *)post_head(view, POST_SCRATCH_ADDR);
    for (uint32_t i = first; i < end; i++) {
        uint64_t start = hal_cycles();
        uint32_t status = post_run(view, i, room, bytes);
        post_note(view, i, status, hal_cycles() - start);
        if (status != POST_STATUS_DONE)
            hal_exit(EXIT_FAILED);
    }
}

int main(void)
{
    post_view_t view = {(uint8_t *)L2_BASE, L2_BASE, reg_read(NET_POST_ADDR)};
    if (reg_read(NET_MAGIC) != NET_MAGIC_VALUE || reg_read(NET_VERSION) != NET_VERSION_VALUE)
        hal_stop("no usable network in L2");
    uint32_t ops = view.table != 0 ? post_head(&view, POST_OPS) : 0;
    uint32_t before = view.table != 0 ? post_head(&view, POST_BEFORE) : 0;
    hal_irq_enable(IRQ_NPU, on_npu);
    hal_irq_start();
    run_operators(&view, 0, before);
    run_npu();
    run_operators(&view, before, ops);
    hal_exit(EXIT_FINE);
}
