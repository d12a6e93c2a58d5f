/*
 * accounts_test.c - clocks and bandwidth of the whole sensor: what must be so whatever the numbers.
 */
#include "tests/test.h"
#include "tests/tools/snapshot_rig.h"

#define END_PS (60 * SIM_PS_PER_MS) /* one frame of the scene has left, another is read */

static rig_t *run(const rig_options_t *options)
{
    rig_t *rig = rig_new(options);
    sim_run_until_ps(rig->sim, END_PS);
    sim_tally(rig->sim);
    energy_settle(&rig->sensor->energy);
    return rig;
}

static const clocks_gate_t *gate(const rig_t *rig, clocks_gate_id_t id)
{
    return &rig->sensor->clocks.gate[id];
}

/* Every block may keep its clock. */
static void never_gate(sensor_desc_t *desc)
{
    for (uint32_t i = 0; i < CLOCKS_GATE_COUNT; i++)
        desc->logic.clocks.rule[i].idle = false;
}

START_TEST(open_and_closed_cycles_are_all_of_the_clock)
{
    rig_t *rig = run(&(rig_options_t){.threads = 1});
    const sensor_t *s = rig->sensor;
    for (uint32_t i = 0; i < CLOCKS_GATE_COUNT; i++) {
        const clocks_gate_t *g = gate(rig, (clocks_gate_id_t)i);
        ck_assert_uint_eq(g->clock_cycles + g->gated_cycles, sim_cycles_at(END_PS, g->clk_hz));
    }
    /* the NPU needs its clock from the cycle before the first to the end, and for 64 more */
    ck_assert_uint_gt(s->npu.runs, 0);
    ck_assert(!s->npu.active.level);
    ck_assert_uint_eq(gate(rig, CLOCKS_GATE_npu)->clock_cycles,
                      s->npu.total.cycles + s->npu.runs * (1 + 64));
    ck_assert_uint_gt(s->core.wfi_cycles, 0);
    ck_assert_uint_eq(gate(rig, CLOCKS_GATE_core)->gated_cycles, s->core.wfi_cycles);
    ck_assert_uint_eq(gate(rig, CLOCKS_GATE_fabric)->gated_cycles, 0);
    rig_free(rig);
}
END_TEST

START_TEST(gates_change_nothing_but_their_own_cycles)
{
    rig_t *closing = run(&(rig_options_t){.threads = 1});
    rig_t *open = run(&(rig_options_t){.threads = 2, .change = never_gate});
    const sensor_t *x = open->sensor, *y = closing->sensor;
    ck_assert_mem_eq(x->timeline.frame, y->timeline.frame, sizeof(x->timeline.frame));
    ck_assert_mem_eq(&x->npu.total, &y->npu.total, sizeof(x->npu.total));
    ck_assert_uint_eq(x->core.instructions, y->core.instructions);
    ck_assert_uint_eq(x->mipi.link_bytes, y->mipi.link_bytes);
    for (uint32_t i = 0; i < CLOCKS_GATE_COUNT; i++) {
        const clocks_gate_t *a = gate(open, (clocks_gate_id_t)i);
        const clocks_gate_t *b = gate(closing, (clocks_gate_id_t)i);
        ck_assert_uint_eq(a->gated_cycles, 0);
        ck_assert_uint_eq(a->clock_cycles, b->clock_cycles + b->gated_cycles);
    }
    rig_free(open);
    rig_free(closing);
}
END_TEST

static bool is_of_clocks(const energy_t *energy, uint32_t row)
{
    const tech_t *tech = energy->tech;
    return strncmp(tech->part[tech->row[row].part].component, "clocks.", 7) == 0;
}

START_TEST(a_closed_gate_takes_away_the_energy_of_its_cycles_and_nothing_else)
{
    rig_t *closing = run(&(rig_options_t){.threads = 1});
    rig_t *open = run(&(rig_options_t){.threads = 1, .change = never_gate});
    energy_t *a = &open->sensor->energy, *b = &closing->sensor->energy;
    uint64_t more_fj = 0, expected_fj = 0, of_clocks = 0;
    ck_assert(a->on && b->on);
    for (uint32_t r = 0; r < a->tech->rows; r++) {
        const energy_state_t *x = &a->state, *y = &b->state;
        uint64_t aj = a->tech->row[r].aj;
        of_clocks += is_of_clocks(a, r);
        if (!is_of_clocks(a, r))
            ck_assert_uint_eq(x->count[r], y->count[r]);
        /* each is the whole femtojoules of its count */
        expected_fj += x->count[r] * aj / 1000 - y->count[r] * aj / 1000;
    }
    ck_assert_uint_eq(of_clocks, CLOCKS_GATE_COUNT); /* every gate has a price */
    for (uint32_t i = 0; i < TECH_BLOCK_COUNT; i++)
        more_fj += a->state.block_fj[i] - b->state.block_fj[i];
    ck_assert_uint_gt(more_fj, 0);
    ck_assert_uint_eq(more_fj, expected_fj);
    ck_assert_uint_eq(energy_leakage_fj(a), energy_leakage_fj(b));
    for (uint32_t i = 0; i < a->bounds; i++) { /* and the counts are those of the gates */
        uint32_t r = a->bound[i].row;
        if (r >= a->tech->rows || !is_of_clocks(a, r))
            continue;
        uint64_t gated = 0;
        for (uint32_t g = 0; g < CLOCKS_GATE_COUNT; g++)
            if (a->bound[i].value == &open->sensor->clocks.gate[g].clock_cycles)
                gated = closing->sensor->clocks.gate[g].gated_cycles;
        ck_assert_uint_eq(a->state.count[r] - b->state.count[r], gated);
    }
    rig_free(open);
    rig_free(closing);
}
END_TEST

static void gate_the_link(sensor_desc_t *desc)
{
    desc->mipi.dphy.gated_clock = true;
}

START_TEST(the_clock_of_a_link_with_a_gated_clock_runs_in_its_bursts)
{
    rig_t *rig = run(&(rig_options_t){.threads = 1, .change = gate_the_link});
    const mipi_tx_t *tx = &rig->sensor->mipi;
    const clocks_gate_t *g = gate(rig, CLOCKS_GATE_mipi);
    ck_assert_uint_eq(g->clk_hz, 111000000); /* 888 Mb/s in bytes */
    ck_assert_uint_gt(tx->bursts, 0);
    ck_assert(!tx->link_busy);                          /* link_busy_ps is of whole packets */
    uint64_t cycles = tx->link_busy_ps * 111 / 1000000; /* whole edges: one more or less a burst */
    ck_assert_uint_ge(g->clock_cycles + tx->bursts, cycles);
    ck_assert_uint_le(g->clock_cycles, cycles + tx->bursts);
    rig_free(rig);
}
END_TEST

START_TEST(bytes_of_masters_and_banks_are_those_of_the_memory)
{
    rig_t *rig = run(&(rig_options_t){.threads = 1});
    const traffic_t *t = &rig->sensor->traffic;
    const l2_t *l2 = &rig->sensor->l2;
    uint64_t masters = 0, banks = 0;
    for (uint32_t i = 0; i < t->lanes; i++) {
        const traffic_lane_t *lane = &t->lane[i];
        const l2_master_t *m = &l2->master[lane->number % L2_MAX_MASTERS];
        if (lane->track == TRAFFIC_MASTERS)
            ck_assert_uint_eq(lane->bytes, m->read_bytes + m->write_bytes);
        masters += lane->track == TRAFFIC_MASTERS ? lane->bytes : 0;
        banks += lane->track == TRAFFIC_BANKS ? lane->bytes : 0;
        ck_assert_uint_le(lane->peak_bytes_per_s, l2->desc.clk_hz * l2->desc.beat_bytes);
    }
    ck_assert_uint_gt(masters, 0);
    ck_assert_uint_ge(banks, masters); /* whole beats */
    rig_free(rig);
}
END_TEST

TEST_MAIN_AFTER(rig_prepare, "accounts", open_and_closed_cycles_are_all_of_the_clock,
                gates_change_nothing_but_their_own_cycles,
                a_closed_gate_takes_away_the_energy_of_its_cycles_and_nothing_else,
                the_clock_of_a_link_with_a_gated_clock_runs_in_its_bursts,
                bytes_of_masters_and_banks_are_those_of_the_memory)
