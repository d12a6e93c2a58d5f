/*
 * ties_test.c - what happens at one instant may happen in any order: the users of the memory port,
 * alone and together, at many latencies of the memory, with ties in scheduling order, turned round
 * and shuffled.
 */
#include "tests/isp/slow.h"

#define LATENCIES 64
#define FRAMES 6

/* Who uses the port, and how; lines begin period_cycles apart. */
typedef struct {
    const char *name;
    bool tensor, stats, tnr, image; /* image: noise reduction and scaler */
    bool beyond;                    /* where they write, memory ends */
    uint32_t turn, slots, outstanding, period_cycles;
} users_t;

/* clang-format off */
static const users_t cases[] = {
    /* name                     tensor stats  tnr    image  beyond turn slots out. period */
    {"tensor",                  true,  false, false, false, false, 0,   2,    2,   20},
    {"tensor of one slot",      true,  false, false, false, false, 0,   1,    1,   33},
    {"tensor turned",           true,  false, false, false, false, 1,   4,    3,   40},
    {"statistics",              false, true,  false, true,  false, 0,   2,    2,   20},
    {"noise reduction",         false, false, true,  false, false, 0,   2,    2,   20},
    {"tensor, statistics",      true,  true,  false, true,  false, 0,   4,    2,   24},
    {"tensor, noise reduction", true,  false, true,  false, false, 0,   2,    2,   20},
    {"all",                     true,  true,  true,  true,  false, 0,   3,    2,   24},
    {"all, turned",             true,  true,  true,  true,  false, 3,   4,    8,   24},
    {"all, beyond memory",      true,  true,  true,  true,  true,  0,   3,    2,   24},
};
/* clang-format on */

static const uint64_t orders[] = {SIM_REVERSE, 1, 2, 3, 4, 5};

/* What the sweep met, so that it cannot pass by having nothing to do. */
typedef struct {
    uint64_t tensors, lost_tensors, blocks, lost_blocks, filtered, late_lines, lost_lines;
} met_t;

static bench_t *make(const users_t *users, uint32_t latency)
{
    isp_desc_t desc = slow_desc();
    uint32_t end = RIG_MEM_BASE + RIG_MEM_BYTES;
    desc.writer_slots = users->slots;
    desc.writer_outstanding = users->outstanding;
    bench_t *b = bench_new_of(&desc);
    ref_t *ref = &b->ref;
    b->rig->mem.latency_cycles = latency;
    ref->turn = users->turn;
    ref->tnr = users->tnr;
    ref->tnr_gain = 64;
    ref->tnr_read = 2000;
    ref->tnr_addr = users->beyond ? end - 160 : RIG_MEM_BASE + 0x20000;
    ref->image.nr = ref->image.out = users->image;
    ref->image.w = ref->image.h = 256;
    ref->image.width_px = ref->image.height_px = 4;
    rig_configure(b->rig, ref, users->beyond ? end - 32 : ADDR);
    rig_write(b->rig, "ISP_CTRL", ISP_CTRL_ENABLE | (users->tensor ? ISP_CTRL_TENSOR : 0));
    if (users->stats)
        rig_count(b->rig, ref, users->beyond ? end - 1024 : RIG_MEM_BASE + 0x8000);
    return b;
}

/* Frames closer and closer together. Lines, rows and bursts are on edges of one clock: many ties.
 */
static void run(bench_t *b, uint32_t period_cycles)
{
    uint64_t first = 100;
    for (uint32_t frame = 0; frame < FRAMES; frame++) {
        rig_timing_t t = {first * CYCLE_PS, period_cycles * CYCLE_PS, 10 * CYCLE_PS};
        for (uint32_t row = 0; row < HEIGHT; row++) {
            rig_post_line(b->rig, &b->ref, frame, row, b->raw, t);
            sim_run_until_ps(b->rig->sim, b->rig->posted.end_ps);
        }
        first += HEIGHT * period_cycles + 40 - 5 * frame;
    }
    rig_run_dry(b->rig);
}

static void note(met_t *met, const isp_t *isp)
{
    met->tensors += isp->tensors;
    met->lost_tensors += isp->lost_tensors;
    met->blocks += isp->stats.blocks;
    met->lost_blocks += isp->stats.lost_blocks;
    met->filtered += isp->tnr.frames;
    met->late_lines += isp->tnr.late_lines;
    met->lost_lines += isp->tnr.lost_lines;
}

/* State, memory, and when rows left. */
static uint64_t hash_of(const users_t *users, uint32_t latency, uint64_t order, met_t *met)
{
    bench_t *b = make(users, latency);
    sim_set_shuffle(b->rig->sim, order);
    run(b, users->period_cycles);
    note(met, &b->rig->isp);
    uint64_t hash = sim_hash(SIM_HASH_SEED, b->rig->mem.bytes, RIG_MEM_BYTES);
    hash = sim_hash(hash, b->rig->row, sizeof(b->rig->row)) ^ sim_state_hash(b->rig->sim);
    bench_free(b);
    return hash;
}

static void sweep(const users_t *users)
{
    met_t met = {0};
    for (uint32_t latency = 1; latency <= LATENCIES; latency += TEST_FEWER) {
        uint64_t plain = hash_of(users, latency, 0, &met);
        for (size_t i = 0; i < SIM_COUNT(orders); i++)
            ck_assert_msg(hash_of(users, latency, orders[i], &met) == plain,
                          "%s: latency %u, order %zu", users->name, latency, i);
    }
    bool fits = !users->beyond;
    ck_assert_uint_eq(met.tensors > 0, users->tensor && fits);
    ck_assert_uint_eq(met.lost_tensors > 0, users->tensor);
    ck_assert_uint_eq(met.blocks > 0, users->stats && fits);
    ck_assert_uint_eq(met.lost_blocks > 0, users->stats);
    ck_assert_uint_eq(met.filtered > 0, users->tnr);
    ck_assert_uint_eq(met.late_lines > 0, users->tnr);
    ck_assert_uint_eq(met.lost_lines > 0, users->tnr);
}

START_TEST(the_order_of_what_happens_at_one_instant_changes_nothing)
{
    for (size_t i = 0; i < SIM_COUNT(cases); i++)
        sweep(&cases[i]);
}
END_TEST

TEST_MAIN("isp ties", the_order_of_what_happens_at_one_instant_changes_nothing)
