/*
 * known_test.c - frames that a memo knows: the same tensor, statistics, counters and times, and no
 * sample is asked for; whatever reaches a pixel is in the key, and what comes behind is not.
 */
#include "tests/isp/rig.h"
#include "tests/memo.h"
#include "tests/test.h"

#define TENSOR (RIG_MEM_BASE + 0x8000)
#define STATS (RIG_MEM_BASE + 0x4000)

enum { COLUMNS = 96, ROWS = 64 };

static memo_t memo;
static uint16_t raw[COLUMNS * ROWS];
static uint32_t world;

static const uint16_t *never(void *ctx)
{
    (void)ctx;
    ck_abort_msg("samples of a known frame");
    return NULL;
}

static const sim_line_source_t source = {&world, sizeof(world), never, NULL};

static rig_t *open_rig(const sim_memo_t *with, ref_t *ref)
{
    isp_desc_t desc = rig_small();
    rig_t *rig = rig_new_blind(&desc);
    rig->isp.memo = with;
    rig->source = with != NULL ? &source : NULL;
    *ref = rig_reference(rig, COLUMNS, ROWS);
    ref->search = true;
    ref->hot_dn = ref->cold_dn = 100;
    ref->hot_q8 = ref->cold_q8 = 20;
    ref->shading = true;
    for (uint32_t i = 0; i < LSC_GAINS; i++)
        ref->shade_q10[i] = (uint16_t)(1024 + i % 700);
    ref->high = 4000;
    ref->rg_q8[1] = ref->bg_q8[1] = 0xffff;
    ref->awb[2] = ref->awb[3] = ref->focus[2] = ref->focus[3] = 4000;
    memo.found = memo.missed = 0;
    return rig;
}

static void look(rig_t *rig, const ref_t *ref)
{
    rig_configure(rig, ref, TENSOR);
    rig_count(rig, ref, STATS);
    rig_frame(rig, ref, 3, raw);
}

static void same(const rig_t *a, const rig_t *b)
{
    ck_assert_mem_eq(a->mem.bytes, b->mem.bytes, RIG_MEM_BYTES);
    ck_assert_uint_eq(a->tensor_dones, b->tensor_dones);
    ck_assert_uint_eq(a->tensor_done_ps, b->tensor_done_ps);
    ck_assert_uint_eq(a->irq_rises, b->irq_rises);
    ck_assert_uint_eq(a->mem.requests, b->mem.requests);
    ck_assert_uint_eq(a->mem.last_done_ps, b->mem.last_done_ps);
    ck_assert_mem_eq(&a->isp.work, &b->isp.work, sizeof(a->isp.work));
    ck_assert_uint_eq(a->isp.blc.clipped_px, b->isp.blc.clipped_px);
    ck_assert_uint_eq(a->isp.dpc.hot_px, b->isp.dpc.hot_px);
    ck_assert_uint_eq(a->isp.dpc.cold_px, b->isp.dpc.cold_px);
    ck_assert_uint_eq(a->isp.dpc.mapped_px, b->isp.dpc.mapped_px);
    ck_assert_uint_eq(a->isp.lsc.saturated_px, b->isp.lsc.saturated_px);
    ck_assert_uint_eq(a->isp.wb.saturated_px, b->isp.wb.saturated_px);
    ck_assert_uint_eq(a->isp.regs.dpc_found, b->isp.regs.dpc_found);
    ck_assert_uint_eq(a->isp.scaler.tensor_rows, b->isp.scaler.tensor_rows);
    ck_assert_str_eq(a->log, "");
    ck_assert_str_eq(b->log, "");
}

static void shape_down(ref_t *ref)
{
    ref->roi_x = 20;
    ref->roi_w = 150;
}

static void shape_up(ref_t *ref)
{
    ref->out_width_px = 200;
    ref->out_height_px = 150;
}

static void shape_turned(ref_t *ref)
{
    ref->turn = 1;
    ref->mirror = true;
}

static void shape_gray(ref_t *ref)
{
    ref->channels = 1;
    ref->tone = false;
}

static void (*const shapes[])(ref_t *ref) = {shape_down, shape_up, shape_turned, shape_gray};

START_TEST(a_known_frame_comes_to_the_same_without_a_sample)
{
    rig_noise(5, 10, COLUMNS * ROWS, raw);
    for (uint32_t i = 0; i < SIM_COUNT(shapes); i++) {
        rig_t *rig[3];
        ref_t ref;
        memo_init(&memo);
        for (uint32_t n = 0; n < 3; n++) {
            rig[n] = open_rig(n == 0 ? NULL : &memo.memo, &ref);
            rig[n]->bare = n == 2;
            shapes[i](&ref);
            look(rig[n], &ref);
            ck_assert_uint_eq(memo.found, n == 2);
            ck_assert_uint_eq(memo.missed, n == 1);
        }
        ck_assert_uint_eq(rig[0]->tensor_dones, 1);
        ck_assert_uint_gt(rig[0]->isp.blc.clipped_px, 0);
        ck_assert_uint_gt(rig[0]->isp.dpc.hot_px, 0);
        ck_assert_uint_gt(rig[0]->isp.lsc.saturated_px, 0);
        ck_assert_uint_gt(rig[0]->isp.wb.saturated_px, 0);
        same(rig[0], rig[1]);
        same(rig[0], rig[2]);
        for (uint32_t n = 0; n < 3; n++)
            rig_free(rig[n]);
        memo_free(&memo);
    }
}
END_TEST

/* A frame after one that was known, and one after it that is known again. */
START_TEST(known_frames_and_others_take_turns)
{
    static uint16_t second[COLUMNS * ROWS];
    rig_t *rig[2];
    ref_t ref;
    rig_noise(6, 10, COLUMNS * ROWS, raw);
    rig_noise(7, 10, COLUMNS * ROWS, second);
    memo_init(&memo);
    rig[0] = open_rig(&memo.memo, &ref);
    look(rig[0], &ref);
    for (uint32_t n = 0; n < 2; n++) {
        if (n == 0) {
            rig_free(rig[0]);
            rig[0] = open_rig(NULL, &ref);
        } else {
            rig[1] = open_rig(&memo.memo, &ref);
        }
        rig_configure(rig[n], &ref, TENSOR);
        rig_count(rig[n], &ref, STATS);
        for (uint32_t f = 0; f < 3; f++) {
            uint64_t begin_ps = sim_now_ps(rig[n]->sim) + 1000000;
            world = f == 1;
            rig_lines(rig[n], &ref, f, ROWS, f == 1 ? second : raw,
                      (rig_timing_t){begin_ps, 10000000, 9000000});
            rig_run_dry(rig[n]);
        }
        world = 0;
    }
    ck_assert_uint_eq(memo.found, 2);
    ck_assert_uint_eq(memo.missed, 1);
    ck_assert_uint_eq(rig[0]->tensor_dones, 3);
    same(rig[0], rig[1]);
    rig_free(rig[0]);
    rig_free(rig[1]);
    memo_free(&memo);
}
END_TEST

/* ---- what is in the key ---- */

typedef struct {
    const char *name; /* of a register; NULL: there is none */
    uint32_t value;
} change_t;

static bool finds(const change_t *change)
{
    ref_t ref;
    rig_t *rig = open_rig(&memo.memo, &ref);
    rig_configure(rig, &ref, TENSOR);
    rig_count(rig, &ref, STATS);
    if (change->name != NULL)
        rig_write(rig, change->name, change->value);
    rig_frame(rig, &ref, 3, raw);
    rig_free(rig);
    return memo.found == 1;
}

START_TEST(what_reaches_a_pixel_is_in_the_key)
{
    static const change_t changes[] = {
        {"ISP_BLC_GR", 3},      {"ISP_WB_R", 300},      {"ISP_CCM_01", 3},
        {"ISP_GAMMA", 0},       {"ISP_GAMMA_20", 9},    {"ISP_ROI_X", 4},
        {"ISP_ROI_H", 100},     {"ISP_TENSOR_W", 31},   {"ISP_TENSOR_H", 22},
        {"ISP_TENSOR_TURN", 1}, {"ISP_DGAIN", 300},     {"ISP_DPC", 0},
        {"ISP_DPC_HOT", 1},     {"ISP_DPC_SITE", 5},    {"ISP_LSC", 0},
        {"ISP_LSC_GAINS", 9},   {"ISP_DEMOSAIC", 1},    {"ISP_STATS_RANGE", 1u << 16},
        {"ISP_AWB_RG", 1},      {"ISP_FOCUS_MIN", 999}, {"ISP_CTRL", ISP_CTRL_ENABLE},
        {"ISP_TNR", 1},
    };
    const change_t none = {NULL, 0};
    memo_init(&memo);
    rig_noise(8, 10, COLUMNS * ROWS, raw);
    ck_assert(!finds(&none));
    ck_assert(finds(&none));
    for (uint32_t i = 0; i < SIM_COUNT(changes); i++)
        ck_assert_msg(!finds(&changes[i]), "%s", changes[i].name);
    world = 1;
    ck_assert(!finds(&none));
    world = 0;
    ck_assert(finds(&none));
    memo_free(&memo);
}
END_TEST

/* Another normalization, another place in memory: other bytes from the same record. */
START_TEST(what_comes_behind_the_scaler_is_not)
{
    rig_t *rig[2];
    ref_t ref;
    memo_init(&memo);
    rig_noise(9, 10, COLUMNS * ROWS, raw);
    rig_t *first = open_rig(&memo.memo, &ref);
    look(first, &ref);
    for (uint32_t n = 0; n < 2; n++) {
        rig[n] = open_rig(n == 0 ? NULL : &memo.memo, &ref);
        rig[n]->bare = n == 1;
        ref.div_val[1] = 700;
        ref.norm_val[2] = 100;
        ref.clip_max[0] = 40;
        ref.channels = 4;
        rig_configure(rig[n], &ref, TENSOR + 0x1000);
        rig_count(rig[n], &ref, STATS + 0x1000);
        rig_frame(rig[n], &ref, 3, raw);
    }
    ck_assert_uint_eq(memo.found, 1);
    ck_assert(memcmp(first->mem.bytes, rig[0]->mem.bytes, RIG_MEM_BYTES) != 0);
    same(rig[0], rig[1]);
    rig_free(first);
    rig_free(rig[0]);
    rig_free(rig[1]);
    memo_free(&memo);
}
END_TEST

START_TEST(frames_with_an_image_are_computed)
{
    isp_desc_t desc = rig_small();
    memo_init(&memo);
    rig_noise(10, 10, COLUMNS * ROWS, raw);
    for (uint32_t n = 0; n < 2; n++) {
        rig_t *rig = rig_new(&desc);
        ref_t ref = rig_reference(rig, COLUMNS, ROWS);
        rig->isp.memo = &memo.memo;
        rig->source = &source;
        look(rig, &ref);
        ck_assert_uint_eq(rig->rows, ROWS);
        rig_free(rig);
    }
    ck_assert_uint_eq(memo.entries + memo.found + memo.missed, 0);
    memo_free(&memo);
}
END_TEST

TEST_MAIN("isp known", a_known_frame_comes_to_the_same_without_a_sample,
          known_frames_and_others_take_turns, what_reaches_a_pixel_is_in_the_key,
          what_comes_behind_the_scaler_is_not, frames_with_an_image_are_computed)
