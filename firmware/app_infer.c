/*
 * infer: one inference of the network in L2: the core's operators before the NPU, the NPU, those
 * after it. Notes how each went in the list, and exits.
 *
 * The end of the NPU's part stands in its registers: an interrupt that gets lost costs a look, and
 * an NPU that stands still ends the program.
 *
 * Operators work in the tightly coupled RAM where what they need fits it, else in L2.
 */
#include "hal.h"
#include "post.h"

enum { LOOK_US = 50000, LOOKS = 3 }; /* an instruction takes microseconds */
enum { SCRATCH_BYTES = 160 * 1024 };
enum { EXIT_FINE = 0, EXIT_FAILED = 1 };

static uint64_t scratch[SCRATCH_BYTES / 8];

/* NPU_STATUS with DONE or ERROR; 0: it has not completed an instruction for so many looks. */
static uint32_t wait_for_npu(void)
{
    uint32_t before = reg_read(NPU_INSNS_LO), stands = 0;
    while (stands < LOOKS) {
        if (hal_sleep_for(IRQ_NPU, NPU_STATUS, NPU_STATUS_DONE | NPU_STATUS_ERROR, LOOK_US))
            return reg_read(NPU_STATUS);
        uint32_t now = reg_read(NPU_INSNS_LO);
        stands = now == before ? stands + 1 : 0;
        before = now;
    }
    return 0;
}

static void run_npu(void)
{
    reg_write(NPU_L2_BASE, reg_read(NET_L2_BASE));
    reg_write(NPU_PROG_ADDR, reg_read(NET_PROG_ADDR));
    reg_write(NPU_PROG_COUNT, reg_read(NET_PROG_COUNT));
    reg_write(NPU_CTRL, NPU_CTRL_START | NPU_CTRL_IRQ_DONE | NPU_CTRL_IRQ_ERROR);
    uint32_t status = wait_for_npu();
    if ((status & NPU_STATUS_ERROR) != 0) {
        hal_print("NPU error ");
        hal_print_hex(reg_read(NPU_ERROR));
        hal_print("\n");
    } else if (status == 0) {
        hal_print("the NPU stands still\n");
    }
    if ((status & NPU_STATUS_DONE) == 0 || (status & NPU_STATUS_ERROR) != 0)
        hal_exit(EXIT_FAILED);
    reg_write(NPU_STATUS, status & NPU_STATUS_DONE);
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
    run_operators(&view, 0, before);
    run_npu();
    run_operators(&view, before, ops);
    hal_exit(EXIT_FINE);
}
