#include "tests/npu/post_run.h"

#include "post.h"
#include "tests/test.h"

void post_run_list(const npu_prog_t *prog, uint8_t *l2, bool before)
{
    uint32_t base = prog->net[NPU_NET_L2_BASE_W], table = prog->net[NPU_NET_POST_ADDR_W];
    post_view_t view = {l2, base, table};
    if (table == 0)
        return;
    uint32_t ops = post_head(&view, POST_OPS), split = post_head(&view, POST_BEFORE);
    uint32_t scratch = post_head(&view, POST_SCRATCH_ADDR) - base;
    for (uint32_t i = before ? 0 : split; i < (before ? split : ops); i++) {
        uint32_t status = post_run(&view, i, l2 + scratch, post_head(&view, POST_SCRATCH_BYTES));
        ck_assert_msg(status == POST_STATUS_DONE, "operator %u: %s", i,
                      npu_post_status_name(status));
    }
}
