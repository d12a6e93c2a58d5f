#include "update.h"

#include "hal.h"
#include "intake.h"

static const update_t *mine;
static download_t download;
static intake_t intake;
static sched_timer_t look;

static void on_ended(void)
{
    sched_post(mine->task, mine->ended);
}

static void take(uint32_t bytes)
{
    intake_begin(&intake, &download.stream.limits, bytes);
    sched_every(&look, mine->task, mine->look, INTAKE_LOOK_US);
}

void update_begin(const update_t *update, bool there)
{
    uint32_t l2_bytes = reg_read(SYS_L2_BYTES);
    mine = update;
    download.stream.limits = (boot_limits_t){
        .tcm_base = TCM_BASE, /* of firmware that goes to flash */
        .tcm_bytes = reg_read(SYS_TCM_BYTES) - BOOT_STACK_BYTES,
        .l2_base = L2_BASE,
        .l2_bytes = l2_bytes,
        .slot_bytes = l2_bytes,
    };
    download.waits = sched_alive;
    download.update = take;
    intake.needed = update->needed;
    intake.used = update->used;
    intake.ended = on_ended;
    download_begin(&download, there ? DOWNLOAD_NETWORK : DOWNLOAD_MAIN);
}

bool update_obey(bool closed)
{
    if (intake.busy)
        return false;
    download.closed = closed;
    return download_poll(&download) && !closed;
}

void update_look(uint32_t happened)
{
    if (intake.busy)
        intake_look(&intake, (happened & mine->look) != 0 ? INTAKE_LOOK_US : 0);
    if ((happened & mine->ended) != 0)
        sched_cancel(&look);
}

void update_tell(bool there)
{
    download.state = there ? DOWNLOAD_NETWORK : DOWNLOAD_MAIN;
}

bool update_brings(uint32_t n)
{
    return intake.busy && (intake.replaced >> n & 1u) != 0;
}

uint32_t update_free_end(void)
{
    return intake.busy ? intake.free_end : UINT32_MAX;
}
