/*
 * energy_test.c - the meter on a block whose activity is known by heart: 5 events every 10 us, each
 * of 2 fJ, and 1 nW of leakage, which is 1 fJ a microsecond.
 */
#include "logic/energy.h"
#include "sim/snapshot.h"
#include "tests/test.h"

#define US UINT64_C(1000000)

typedef struct {
    sim_comp_t comp;
    sim_event_t work;
    uint64_t steps, events, burst_at_ps, burst;
    uint64_t macs, late, parts[3];
} block_t;

static block_t block;
static energy_t energy;
static tech_t tech;
static sim_t *sim;
static energy_phase_t phase;
static energy_frame_t frames[8];
static uint32_t frames_seen;

static void on_work(void *ctx)
{
    block_t *b = ctx;
    b->steps++;
    b->events += 5;
    b->macs += 100;
    b->parts[b->steps % 3]++;
    if (sim_now_ps(b->comp.sim) == b->burst_at_ps)
        b->events += b->burst;
    sim_event_at(b->comp.sim, &b->work, sim_now_ps(b->comp.sim) + 10 * US);
}

static sim_err_t block_start(sim_comp_t *comp)
{
    block_t *b = (block_t *)(void *)comp;
    sim_event_at(comp->sim, &b->work, 10 * US);
    return SIM_OK;
}

static const sim_field_t fields[] = {
    SIM_FIELD(block_t, steps), SIM_FIELD(block_t, events), SIM_FIELD(block_t, macs),
    SIM_FIELD(block_t, late),  SIM_FIELD(block_t, parts),  SIM_FIELD_END,
};
static const sim_stat_t stats[] = {
    SIM_STAT(block_t, events, "1", "the known ones"),
    SIM_STAT(block_t, macs, "1", "watched"),
    SIM_STAT(block_t, late, "1", "7 a step"),
    SIM_STAT_ARRAY(block_t, parts, "1", "an array"),
    SIM_STAT_END,
};
/* Works a counter out when it is asked for. */
static void block_tally(sim_comp_t *comp)
{
    block_t *b = (block_t *)(void *)comp;
    b->late = 7 * b->steps;
}

static const sim_kind_t kind = {.kind = "block",
                                .version = 1,
                                .start = block_start,
                                .tally = block_tally,
                                .fields = fields,
                                .stats = stats};

static energy_phase_t phase_of(void *ctx)
{
    (void)ctx;
    return phase;
}

static void on_frame(void *ctx, const energy_frame_t *frame)
{
    (void)ctx;
    frames[frames_seen++] = *frame;
}

static void make(void)
{
    sim = sim_new();
    memset(&block, 0, sizeof(block));
    ck_assert_int_eq(sim_comp_init(&block.comp, sim, &kind, "x.npu"), SIM_OK);
    sim_event_init(&block.work, &block.comp, "work", SIM_PRIO_SAMPLE, on_work, &block);
    tech = (tech_t){.sample_ps = 100 * US,
                    .parts = 1,
                    .rows = 1,
                    .part = {{.block = TECH_NPU, .component = "npu", .leakage_nw = 1}},
                    .row = {{.stat = "events", .index = TECH_ALL, .aj = 2000}}};
    phase = ENERGY_IDLE;
    frames_seen = 0;
}

static void start(void)
{
    ck_assert_msg(energy_init(&energy, sim, &tech, "x.", true, "energy") == SIM_OK, "%s",
                  sim_error(sim));
    energy.phase_of = phase_of;
    energy.frame_done = on_frame;
    sim_reset(sim);
    ck_assert_int_eq(sim_start(sim), SIM_OK);
}

START_TEST(energy_is_events_and_time)
{
    make();
    start();
    sim_run_until_ps(sim, 1005 * US);
    ck_assert_uint_eq(energy_total_fj(&energy), 100 * 10 + 1005);
    ck_assert_uint_eq(energy.state.block_fj[TECH_NPU], 100 * 10 + 1005);
    ck_assert_uint_eq(energy_leakage_fj(&energy), 1005);
    ck_assert_uint_eq(energy_watched(&energy, ENERGY_MACS), 100 * 100);
    sim_free(sim);
}
END_TEST

/* 250 us lie in the sample that ends at 300. */
START_TEST(the_peak_is_the_sample_with_the_burst)
{
    make();
    block.burst_at_ps = 250 * US;
    block.burst = 1000;
    start();
    sim_run_until_ps(sim, 1000 * US);
    ck_assert_uint_eq(energy.state.peak_total_fj, 100 + 100 + 2000);
    ck_assert_uint_eq(energy.state.peak_fj[TECH_NPU], 100 + 100 + 2000);
    ck_assert_uint_eq(energy.state.peak_ps, 300 * US);
    sim_free(sim);
}
END_TEST

static void change_at(uint64_t at_ps, energy_phase_t to)
{
    sim_run_until_ps(sim, at_ps);
    phase = to;
    energy_edge(&energy);
}

/* Readout lasts from 25 us to 60 us: the steps at 30, 40, 50 and, at its last instant, 60. */
START_TEST(a_phase_has_what_happens_until_the_end_of_its_last_instant)
{
    make();
    start();
    change_at(25 * US, ENERGY_READOUT);
    change_at(60 * US, ENERGY_LINK);
    sim_run_until_ps(sim, 95 * US);
    energy_settle(&energy);
    ck_assert_uint_eq(energy.state.phase_ps[ENERGY_IDLE], 25 * US);
    ck_assert_uint_eq(energy.state.phase_ps[ENERGY_READOUT], 35 * US);
    ck_assert_uint_eq(energy.state.phase_ps[ENERGY_LINK], 35 * US);
    ck_assert_uint_eq(energy_sum_fj(energy.state.phase_fj[ENERGY_IDLE]), 2 * 10 + 25);
    ck_assert_uint_eq(energy_sum_fj(energy.state.phase_fj[ENERGY_READOUT]), 4 * 10 + 35);
    ck_assert_uint_eq(energy_sum_fj(energy.state.phase_fj[ENERGY_LINK]), 3 * 10 + 35);
    sim_free(sim);
}
END_TEST

START_TEST(an_edge_to_come_is_looked_at_when_it_comes)
{
    make();
    start();
    phase = ENERGY_READOUT;
    energy_edge_at(&energy, 25 * US);
    sim_run_until_ps(sim, 30 * US);
    energy_settle(&energy);
    ck_assert_uint_eq(energy.state.phase_ps[ENERGY_IDLE], 25 * US);
    ck_assert_uint_eq(energy.state.phase_ps[ENERGY_READOUT], 5 * US);
    sim_free(sim);
}
END_TEST

START_TEST(frames_and_what_is_outside_of_them_add_up)
{
    make();
    start();
    for (uint32_t i = 0; i < 3; i++) {
        sim_run_until_ps(sim, (25 + 100 * i) * US);
        energy_frame(&energy, 7 + i);
    }
    sim_run_until_ps(sim, 300 * US);
    energy_settle(&energy);
    ck_assert_uint_eq(energy_sum_fj(energy.state.boot_fj), 2 * 10 + 25);
    ck_assert_uint_eq(frames_seen, 2);
    for (uint32_t i = 0; i < 2; i++) {
        ck_assert_uint_eq(frames[i].frame, 7 + i);
        ck_assert_uint_eq(frames[i].start_ps, (25 + 100 * i) * US);
        ck_assert_uint_eq(frames[i].end_ps, (125 + 100 * i) * US);
        ck_assert_uint_eq(energy_sum_fj(frames[i].fj), 10 * 10 + 100);
    }
    ck_assert_uint_eq(energy.state.frames, 2);
    ck_assert_uint_eq(energy.state.frames_ps, 200 * US);
    ck_assert_uint_eq(energy_sum_fj(energy.state.frames_fj), 400);
    ck_assert_uint_eq(energy_total_fj(&energy), 45 + 400 + 8 * 10 + 75);
    sim_free(sim);
}
END_TEST

/* 12 steps before, 8 after: none is lost, though the counter is at 40 and was at 60. */
START_TEST(a_reset_of_the_counters_loses_nothing)
{
    make();
    start();
    sim_run_until_ps(sim, 125 * US);
    energy_before_reset(&energy);
    block.events = 0;
    energy_after_reset(&energy);
    uint64_t before = energy_total_fj(&energy);
    ck_assert_uint_eq(before, 120 + 125);
    sim_run_until_ps(sim, 205 * US);
    ck_assert_uint_eq(block.events, 40);
    ck_assert_uint_eq(energy_total_fj(&energy), 200 + 205);
    sim_free(sim);
}
END_TEST

START_TEST(energy_never_falls_when_a_counter_does)
{
    make();
    start();
    sim_run_until_ps(sim, 100 * US);
    uint64_t before = energy_total_fj(&energy);
    block.events = 3;
    ck_assert_uint_eq(energy_total_fj(&energy), before);
    block.events = 4;
    ck_assert_uint_eq(energy_total_fj(&energy), before + 2);
    sim_free(sim);
}
END_TEST

/* 10^12 fJ an event: 9 x 10^18 fit. So much more that it is beyond 64 bits, or just too much. */
START_TEST(a_meter_that_is_full_stays_there)
{
    static const uint64_t more[] = {1000000, UINT64_C(1) << 40, UINT64_MAX / 2};
    for (size_t i = 0; i < SIM_COUNT(more); i++) {
        make();
        tech.row[0].aj = 1000000000000000;
        block.burst_at_ps = 30 * US;
        block.burst = 9000000;
        start();
        sim_run_until_ps(sim, 55 * US);
        uint64_t total = energy_total_fj(&energy);
        ck_assert_uint_eq(total, (9000000 + 25) * UINT64_C(1000000000000) + 55);
        block.events += more[i];
        ck_assert_uint_eq(energy_total_fj(&energy), total);
        energy_frame(&energy, 1);
        sim_run_until_ps(sim, 500 * US);
        ck_assert_uint_eq(energy_total_fj(&energy), total);
        ck_assert_uint_eq(energy_sum_fj(energy.state.phase_fj[ENERGY_IDLE]), total);
        sim_free(sim);
    }
}
END_TEST

START_TEST(a_snapshot_in_the_middle_goes_on_with_the_same_energy)
{
    static energy_state_t state;
    make();
    tech.row[0].aj = 333; /* a rest of a femtojoule is on its way */
    start();
    energy_frame(&energy, 1);
    sim_run_until_ps(sim, 177 * US);
    sim_snapshot_t *snapshot = sim_snapshot_take(sim, NULL);
    ck_assert_ptr_nonnull(snapshot);
    energy_frame(&energy, 2);
    sim_run_until_ps(sim, 1234 * US);
    energy_settle(&energy);
    state = energy.state;
    sim_run_until_ps(sim, 2000 * US);
    ck_assert_int_eq(sim_snapshot_restore(sim, snapshot), SIM_OK);
    energy_frame(&energy, 2);
    sim_run_until_ps(sim, 1234 * US);
    energy_settle(&energy);
    ck_assert_mem_eq(&energy.state, &state, sizeof(state));
    ck_assert_uint_eq(energy_total_fj(&energy), 123 * 5 * 333 / 1000 + 1234);
    sim_snapshot_free(snapshot);
    sim_free(sim);
}
END_TEST

/* Steps 1..10 add to elements 1, 2, 0, ..: 3, 4, 3. */
START_TEST(an_array_counts_as_a_sum_or_by_element)
{
    make();
    tech.rows = 2;
    tech.row[0] = (tech_row_t){.stat = "parts", .index = TECH_ALL, .aj = 1000};
    tech.row[1] = (tech_row_t){.stat = "parts", .index = 1, .aj = 100000};
    start();
    sim_run_until_ps(sim, 105 * US);
    ck_assert_uint_eq(energy_total_fj(&energy), 10 * 1 + 4 * 100 + 105);
    ck_assert_uint_eq(energy.state.count[0], 10);
    ck_assert_uint_eq(energy.state.count[1], 4);
    sim_free(sim);
}
END_TEST

START_TEST(what_is_counted_late_is_there_whenever_the_meter_looks)
{
    make();
    snprintf(tech.row[0].stat, TECH_NAME, "late");
    start();
    sim_run_until_ps(sim, 25 * US);
    ck_assert_uint_eq(energy_total_fj(&energy), 2 * 7 * 2 + 25);
    energy_before_reset(&energy);
    block.steps = 0;
    energy_after_reset(&energy);
    sim_run_until_ps(sim, 45 * US);
    ck_assert_uint_eq(energy_total_fj(&energy), 4 * 7 * 2 + 45);
    sim_free(sim);
}
END_TEST

START_TEST(one_entry_can_name_many_components)
{
    static const char *const names[] = {"x.b.1", "x.b.2", "x.b.2.part", "x.bb.1"};
    static block_t more[4];
    make();
    snprintf(tech.part[0].component, TECH_NAME, "b.*");
    memset(more, 0, sizeof(more));
    for (uint32_t i = 0; i < 4; i++) {
        ck_assert_int_eq(sim_comp_init(&more[i].comp, sim, &kind, names[i]), SIM_OK);
        sim_event_init(&more[i].work, &more[i].comp, "work", SIM_PRIO_DRIVE, on_work, &more[i]);
    }
    start();
    sim_run_until_ps(sim, 105 * US);
    ck_assert_uint_eq(energy.state.count[0], 2 * 50); /* of the first two */
    ck_assert_uint_eq(energy_total_fj(&energy), 2 * 100 + 105);
    sim_free(sim);
}
END_TEST

START_TEST(a_meter_of_parts_counts_from_its_restart_and_leaves_the_simulation_alone)
{
    make();
    snprintf(tech.part[0].component, TECH_NAME, "x.npu");
    tech.parts = 2;
    tech.part[1] = (tech_part_t){.block = TECH_L2, .component = "l2", .leakage_nw = 50};
    ck_assert_int_eq(energy_attach(&energy, sim, &tech), SIM_OK);
    ck_assert_ptr_null(sim_comp_find(sim, "energy"));
    sim_reset(sim);
    ck_assert_int_eq(sim_start(sim), SIM_OK);
    sim_run_until_ps(sim, 25 * US);
    energy_restart(&energy);
    sim_run_until_ps(sim, 105 * US);
    ck_assert_uint_eq(energy_total_fj(&energy), 8 * 10 + 80); /* there is no l2 to leak */
    sim_free(sim);
}
END_TEST

START_TEST(without_technology_the_meter_is_off)
{
    make();
    tech.parts = tech.rows = 0;
    start();
    energy_frame(&energy, 1);
    energy_edge_at(&energy, 50 * US);
    sim_run_until_ps(sim, 205 * US);
    ck_assert_uint_eq(energy_total_fj(&energy), 0);
    ck_assert_uint_eq(sim_events_fired(sim), 20);
    sim_free(sim);
    static energy_t never_made; /* of parts of a sensor without a chip file */
    ck_assert_uint_eq(energy_total_fj(&never_made), 0);
}
END_TEST

TEST_MAIN("logic energy", energy_is_events_and_time, the_peak_is_the_sample_with_the_burst,
          a_phase_has_what_happens_until_the_end_of_its_last_instant,
          an_edge_to_come_is_looked_at_when_it_comes, frames_and_what_is_outside_of_them_add_up,
          a_reset_of_the_counters_loses_nothing, energy_never_falls_when_a_counter_does,
          a_meter_that_is_full_stays_there, a_snapshot_in_the_middle_goes_on_with_the_same_energy,
          an_array_counts_as_a_sum_or_by_element,
          what_is_counted_late_is_there_whenever_the_meter_looks,
          one_entry_can_name_many_components,
          a_meter_of_parts_counts_from_its_restart_and_leaves_the_simulation_alone,
          without_technology_the_meter_is_off)
