/*
 * snapshot_state_test.c - a snapshot of the whole sensor, at any time, has all of its state.
 */
#include "tests/test.h"
#include "tests/tools/snapshot_rig.h"

#define MS SIM_PS_PER_MS

/* ---- every byte comes back ---- */

static uint8_t *mask; /* of sensor_t: 1 where a byte need not come back */

static void ignore(const sensor_t *s, const void *what, size_t bytes)
{
    memset(mask + ((const uint8_t *)what - (const uint8_t *)s), 1, bytes);
}

/* Views of other state that are made when they are read, caches, scratch, and the kernel's links.
 */
static void ignore_views(const sensor_t *s)
{
    for (const sim_comp_t *comp = sim_comp_first(s->sim); comp != NULL; comp = comp->next)
        for (const sim_event_t *ev = comp->events; ev != NULL; ev = ev->next)
            if ((const uint8_t *)ev >= (const uint8_t *)s &&
                (const uint8_t *)ev < (const uint8_t *)(s + 1))
                ignore(s, ev, sizeof(*ev));
    ignore(s, s->pixel.band, sizeof(s->pixel.band));
    ignore(s, &s->pixel.known, sizeof(s->pixel.known));
    ignore(s, &s->l2.now_ps, 2 * sizeof(uint64_t));
    ignore(s, &s->sys.time_lo, sizeof(uint32_t));
    ignore(s, &s->sys.cycle_lo, sizeof(uint32_t));
    ignore(s, &s->clint.mtime_lo, sizeof(uint32_t));
    ignore(s, s->timer.count_lo, sizeof(s->timer.count_lo));
    ignore(s, s->timer.capt_lo, sizeof(s->timer.capt_lo));
    ignore(s, &s->rng.data, sizeof(uint32_t));
    ignore(s, &s->spi.data, sizeof(uint32_t));
    ignore(s, &s->uart.data, sizeof(uint32_t));
    ignore(s, s->dma.bytes_lo, sizeof(s->dma.bytes_lo));
    ignore(s, &s->wdog.count, sizeof(uint32_t));
    ignore(s, &s->ccs.data8, 2 * sizeof(uint32_t));
    ignore(s, &s->mipi.status, sizeof(uint32_t));
    ignore(s, &s->mipi.meta_ns, sizeof(uint32_t));
    ignore(s, &s->mipi.fifo_level, 2 * sizeof(uint32_t));
    ignore(s, &s->mipi.phy,
           sizeof(s->mipi.phy)); /* made of these two, checked against what it is of */
    ignore(s, &s->mipi.phy_of, sizeof(s->mipi.phy_of));
    ignore(s, &s->mipi.phy_of_bps, sizeof(s->mipi.phy_of_bps));
    ignore(s, &s->core.x[32], sizeof(uint32_t)); /* what was written to x0 */
    ignore(s, &s->core.readable, 2 * sizeof(core_window_t));
    ignore(s, &s->core.debug, sizeof(s->core.debug));
    ignore(s, &s->core.rom_slots, sizeof(s->core.rom_slots));
    ignore(s, &s->npu.marked, sizeof(s->npu.marked));
    ignore(s, s->npu.perf_regs, sizeof(s->npu.perf_regs));
    ignore(s, &s->npu.shown, sizeof(s->npu.shown));
}

static const char *owner(const sensor_t *s, size_t offset)
{
    static char text[128];
    const sim_comp_t *best = NULL;
    for (const sim_comp_t *comp = sim_comp_first(s->sim); comp != NULL; comp = comp->next) {
        uintptr_t at = (uintptr_t)comp - (uintptr_t)s;
        if (at <= offset && (best == NULL || comp > best))
            best = comp;
    }
    snprintf(text, sizeof(text), "%s, byte %zu", best != NULL ? best->name : "sensor",
             best != NULL ? offset - (size_t)((uintptr_t)best - (uintptr_t)s) : offset);
    return text;
}

typedef struct {
    uint8_t *bytes; /* of sensor_t */
    sim_snapshot_t *snapshot;
} moment_t;

static moment_t keep(rig_t *rig)
{
    moment_t m = {malloc(sizeof(sensor_t)), sim_snapshot_take(rig->sim, NULL)};
    ck_assert_msg(m.snapshot != NULL, "%s", sim_error(rig->sim));
    memcpy(m.bytes, rig->sensor, sizeof(sensor_t));
    if (mask == NULL) {
        mask = calloc(1, sizeof(sensor_t));
        ignore_views(rig->sensor);
    }
    return m;
}

/* Goes back there; what is not as it was is named. */
static void go_back(rig_t *rig, const moment_t *m)
{
    const uint8_t *now = (const uint8_t *)rig->sensor;
    int bad = 0;
    ck_assert_msg(sim_snapshot_restore(rig->sim, m->snapshot) == SIM_OK, "%s", sim_error(rig->sim));
    for (size_t b = 0; b < sizeof(sensor_t); b++)
        if (mask[b] == 0 && m->bytes[b] != now[b] && bad++ < 20)
            printf("at %llu ps: %s\n", (unsigned long long)sim_now_ps(rig->sim),
                   owner(rig->sensor, b));
    ck_assert_int_eq(bad, 0);
}

static void forget(moment_t *m)
{
    free(m->bytes);
    sim_snapshot_free(m->snapshot);
}

START_TEST(restoring_in_place_brings_back_every_byte_of_the_sensor)
{
    static const uint64_t at_ps[] = {3 * MS, 25 * MS, 39 * MS, 45 * MS, 73 * MS};
    sim_stream_t random = sim_stream(7, 0, 0);
    rig_t *rig = rig_new(&(rig_options_t){.threads = 1, .raw = true});
    for (size_t i = 0; i < SIM_COUNT(at_ps); i++) {
        sim_run_until_ps(rig->sim, at_ps[i]);
        moment_t m = keep(rig);
        sim_run_until_ps(rig->sim, at_ps[i] + 37 * MS + 777);
        go_back(rig, &m);
        forget(&m);
        for (int k = 0; at_ps[i] == 39 * MS && k < 40; k++) { /* the network runs */
            sim_run_until_ps(rig->sim, 39400 * SIM_PS_PER_US + (uint64_t)k * 25 * SIM_PS_PER_US +
                                           sim_stream_below(&random, 25000000));
            moment_t now = keep(rig);
            sim_run_until_ps(rig->sim, sim_now_ps(rig->sim) + sim_stream_u32(&random) / 4);
            go_back(rig, &now);
            forget(&now);
        }
    }
    rig_free(rig);
}
END_TEST

START_TEST(code_that_was_decoded_later_is_forgotten)
{
    static const uint8_t illegal[4] = {0};
    rig_t *rig = rig_new(&(rig_options_t){.threads = 1});
    sim_run_until_ps(rig->sim, 40100 * SIM_PS_PER_US);
    moment_t m = keep(rig);
    sim_run_until_ps(rig->sim, 41 * MS);
    uint64_t hash = rig_hash(rig), exceptions = rig->sensor->core.exceptions;
    go_back(rig, &m);
    ck_assert(bus_poke(&rig->sensor->bus, rig->sensor->core.pc, illegal, sizeof(illegal)));
    sim_run_until_ps(rig->sim, 41 * MS);
    ck_assert_uint_gt(rig->sensor->core.exceptions, exceptions); /* it was met */
    go_back(rig, &m);
    sim_run_until_ps(rig->sim, 41 * MS);
    ck_assert_uint_eq(rig_hash(rig), hash);
    forget(&m);
    rig_free(rig);
}
END_TEST

START_TEST(every_interrupt_line_comes_back_as_it_was)
{
    rig_options_t options = {.threads = 1};
    rig_t *rig = rig_new(&options), *other = rig_new(&options);
#define X(name, number, member) sim_wire_set(&rig->sensor->member.irq, true);
    SENSOR_IRQS(X)
#undef X
    moment_t m = keep(rig);
#define X(name, number, member) sim_wire_set(&rig->sensor->member.irq, false);
    SENSOR_IRQS(X)
#undef X
    ck_assert_uint_eq(rig->sensor->intc.raw, 0);
    go_back(rig, &m);
    ck_assert_int_eq(sim_snapshot_restore(other->sim, m.snapshot), SIM_OK);
    ck_assert_uint_eq(other->sensor->intc.raw, rig->sensor->intc.raw);
#define X(name, number, member)                                                                    \
    ck_assert_msg(other->sensor->member.irq.level, #member);                                       \
    sim_wire_set(&other->sensor->member.irq, false);
    SENSOR_IRQS(X)
#undef X
    ck_assert_uint_eq(other->sensor->intc.raw, 0); /* each fall was heard */
    forget(&m);
    rig_free(rig);
    rig_free(other);
}
END_TEST

START_TEST(rows_that_were_begun_in_another_time_are_not_used)
{
    enum { ROW_NS = 12632, READOUT_US = 20211 };
    const uint64_t at_ps = READOUT_US * SIM_PS_PER_US, row_ps = ROW_NS * SIM_PS_PER_NS;
    rig_t *rig = rig_new(&(rig_options_t){.threads = 1, .raw = true});
    sim_run_until_ps(rig->sim, at_ps + 40 * row_ps);
    moment_t early = keep(rig);
    sim_run_until_ps(rig->sim, at_ps + 80 * row_ps);
    moment_t late = keep(rig);
    sim_run_until_ps(rig->sim, at_ps + 200 * row_ps);
    uint64_t hash = rig_hash(rig);
    go_back(rig, &early);
    sim_run_until_ps(rig->sim, at_ps + 42 * row_ps); /* begins rows up to beyond 80 */
    go_back(rig, &late);
    sim_run_until_ps(rig->sim, at_ps + 200 * row_ps);
    ck_assert_uint_eq(rig_hash(rig), hash);
    forget(&early);
    forget(&late);
    rig_free(rig);
}
END_TEST

/* ---- the future is the same ---- */

#define END_PS (78 * MS)

/* Half of the times are while a network runs: two frames of it before the end. */
static uint64_t random_time(sim_stream_t *random)
{
    uint64_t ps = (uint64_t)sim_stream_u32(random) << 32 | sim_stream_u32(random);
    if (sim_stream_below(random, 2) == 0)
        return ps % END_PS;
    uint64_t readout_end_ps =
        39411 * SIM_PS_PER_US + sim_stream_below(random, 2) * 33310 * SIM_PS_PER_US;
    return readout_end_ps + ps % MS;
}

static sim_snapshot_t *snapshot_at(const rig_options_t *options, uint64_t at_ps)
{
    rig_t *rig = rig_new(options);
    sim_run_until_ps(rig->sim, at_ps);
    sim_snapshot_t *snapshot = sim_snapshot_take(rig->sim, NULL);
    ck_assert_msg(snapshot != NULL, "%s", sim_error(rig->sim));
    rig_free(rig);
    return snapshot;
}

static uint64_t end_of(const rig_options_t *options, const sim_snapshot_t *snapshot)
{
    rig_t *rig = rig_new(options);
    if (snapshot != NULL)
        ck_assert_msg(sim_snapshot_restore(rig->sim, snapshot) == SIM_OK, "%s",
                      sim_error(rig->sim));
    sim_run_until_ps(rig->sim, END_PS);
    uint64_t hash = rig_hash(rig);
    rig_free(rig);
    return hash;
}

START_TEST(a_restored_run_ends_as_the_unbroken_one_however_it_is_computed)
{
    static const rig_options_t options[] = {
        {.threads = 1}, {.threads = 3, .exact = true}, {.threads = 2, .shuffle = 99}};
    uint32_t rounds =
        getenv("SNAPSHOT_ROUNDS") != NULL ? (uint32_t)atoi(getenv("SNAPSHOT_ROUNDS")) : 2;
    for (int raw = 0; raw < 2; raw++) {
        sim_stream_t random = sim_stream(20 + (uint64_t)raw, 0, 0);
        rig_options_t plain = {.threads = 2, .raw = raw != 0};
        uint64_t unbroken = end_of(&plain, NULL);
        for (uint32_t i = 0; i < rounds; i++) {
            rig_options_t first = options[i % 3], second = options[sim_stream_below(&random, 3)];
            first.raw = second.raw = raw != 0;
            uint64_t at_ps = random_time(&random);
            sim_snapshot_t *snapshot = snapshot_at(&first, at_ps);
            ck_assert_uint_eq(sim_snapshot_time_ps(snapshot), at_ps);
            ck_assert_msg(end_of(&second, snapshot) == unbroken, "at %llu ps%s, exact %d then %d",
                          (unsigned long long)at_ps, raw ? ", raw" : "", first.exact, second.exact);
            sim_snapshot_free(snapshot);
        }
    }
}
END_TEST

START_TEST(one_snapshot_has_two_futures_that_do_not_know_of_each_other)
{
    rig_options_t options = {.threads = 1};
    sim_snapshot_t *snapshot = snapshot_at(&options, 40 * MS);
    rig_t *a = rig_new(&options), *b = rig_new(&options);
    ck_assert_int_eq(sim_snapshot_restore(a->sim, snapshot), SIM_OK);
    ck_assert_int_eq(sim_snapshot_restore(b->sim, snapshot), SIM_OK);
    ck_assert_uint_eq(rig_hash(a), rig_hash(b));
    ck_assert(ccs_host_write(&b->sensor->ccs, APP_SCORE_MIN, 250)); /* only here */
    sim_run_until_ps(b->sim, END_PS);
    sim_run_until_ps(a->sim, END_PS);
    ck_assert_uint_eq(rig_hash(a), end_of(&options, NULL));
    ck_assert_uint_ne(rig_hash(a), rig_hash(b));
    ck_assert_int_eq(sim_snapshot_restore(b->sim, snapshot), SIM_OK);
    sim_run_until_ps(b->sim, END_PS);
    ck_assert_uint_eq(rig_hash(a), rig_hash(b));
    sim_snapshot_free(snapshot);
    rig_free(a);
    rig_free(b);
}
END_TEST

START_TEST(going_back_and_forth_with_shared_pages_changes_nothing)
{
    enum { STEPS = 26 };
    rig_options_t options = {.threads = 1}; /* rows ahead wait until they are wanted */
    rig_t *rig = rig_new(&options);
    sim_snapshot_t *at[STEPS] = {NULL};
    uint64_t hash[STEPS];
    size_t own_bytes = 0;
    for (uint32_t i = 0; i < STEPS; i++) {
        sim_run_until_ps(rig->sim, i * 3 * MS);
        at[i] = sim_snapshot_take(rig->sim, i > 0 ? at[i - 1] : NULL);
        ck_assert_msg(at[i] != NULL, "%s", sim_error(rig->sim));
        hash[i] = sim_state_hash(rig->sim);
        own_bytes += i > 0 ? sim_snapshot_own_bytes(at[i]) : 0;
    }
    ck_assert_uint_lt(own_bytes / (STEPS - 1), 4 << 20); /* of 14 MB of memories */
    sim_snapshot_free(at[STEPS - 2]);                    /* others share its pages */
    at[STEPS - 2] = NULL;
    for (uint32_t i = STEPS; i-- > 0;) {
        if (at[i] == NULL)
            continue;
        ck_assert_int_eq(sim_snapshot_restore(rig->sim, at[i]), SIM_OK);
        ck_assert_uint_eq(sim_state_hash(rig->sim), hash[i]);
        if (i + 1 < STEPS) {
            sim_run_until_ps(rig->sim, (i + 1) * 3 * MS);
            ck_assert_uint_eq(sim_state_hash(rig->sim), hash[i + 1]);
        }
    }
    sim_stream_t random = sim_stream(9, 0, 0);
    for (int jumps = 0; jumps < 30; jumps++) {
        uint32_t i = sim_stream_below(&random, STEPS - 3);
        ck_assert_int_eq(sim_snapshot_restore(rig->sim, at[i]), SIM_OK);
        sim_run_until_ps(rig->sim, i * 3 * MS + sim_stream_u32(&random) / 4); /* up to 1 ms */
        i = sim_stream_below(&random, STEPS - 3);
        ck_assert_int_eq(sim_snapshot_restore(rig->sim, at[i]), SIM_OK);
        sim_run_until_ps(rig->sim, (i + 1) * 3 * MS);
        ck_assert_uint_eq(sim_state_hash(rig->sim), hash[i + 1]);
    }
    for (uint32_t i = 0; i < STEPS; i++)
        sim_snapshot_free(at[i]);
    rig_free(rig);
}
END_TEST

/* ---- blocks that the demo's firmware leaves alone ---- */

#define POKES 40

/* Registers of every block are written at random, as wild firmware would. */
static void poke(rig_t *rig, sim_stream_t *random)
{
    static const uint32_t masks[] = {0x1, 0x3, 0xf, 0xff, 0xffff, 0xffffffff};
    sim_comp_t *const blocks[] = {
#define X(page, member) &rig->sensor->member.comp,
        SENSOR_PAGES(X)
#undef X
    };
    for (int i = 0; i < 12; i++) {
        sim_comp_t *comp = blocks[sim_stream_below(random, SIM_COUNT(blocks))];
        const sim_reg_t *reg = comp->kind->regs;
        uint32_t count = 0;
        while (reg[count].name != NULL)
            count++;
        reg += sim_stream_below(random, count);
        uint32_t value = sim_stream_u32(random) & masks[sim_stream_below(random, SIM_COUNT(masks))];
        if (sim_stream_below(random, 8) == 0)
            sim_reg_read(comp, reg->addr); /* may have an effect */
        else
            sim_reg_write(comp, reg->addr, value);
    }
}

/* Pokes first..last-1, each in its own millisecond. */
static void run_wild(rig_t *rig, uint64_t seed, uint32_t first, uint32_t last)
{
    for (uint32_t i = first; i < last; i++) {
        sim_stream_t random = sim_stream(seed, 1, i);
        uint64_t at_ps = i * 2 * MS + sim_stream_below(&random, 1000) * SIM_PS_PER_US;
        sim_run_until_ps(rig->sim, at_ps);
        poke(rig, &random);
    }
}

/* As run_wild, but each poke and what comes of it is taken back once. */
static void run_wild_and_back(rig_t *rig, uint64_t seed, uint32_t last)
{
    for (uint32_t i = 0; i < last; i++) {
        moment_t m = keep(rig);
        run_wild(rig, seed, i, i + 1);
        sim_run_until_ps(rig->sim, sim_now_ps(rig->sim) + 50 * SIM_PS_PER_US);
        go_back(rig, &m);
        forget(&m);
        run_wild(rig, seed, i, i + 1);
    }
}

START_TEST(wild_register_traffic_into_every_block_is_gone_back_in_exactly)
{
    uint32_t rounds =
        getenv("SNAPSHOT_ROUNDS") != NULL ? (uint32_t)atoi(getenv("SNAPSHOT_ROUNDS")) : 2;
    rig_options_t options = {.threads = 1};
    for (uint64_t seed = 1; seed <= rounds; seed++) {
        sim_stream_t random = sim_stream(seed, 2, 0);
        uint32_t middle = 1 + sim_stream_below(&random, POKES - 1);
        rig_t *rig = rig_new(&options), *other = rig_new(&options);
        run_wild_and_back(rig, seed, middle);
        sim_run_until_ps(rig->sim, (middle * 2 - 1) * MS + sim_stream_u32(&random) % MS);
        moment_t m = keep(rig);
        sim_run_until_ps(rig->sim, middle * 2 * MS);
        run_wild(rig, seed, middle, POKES);
        sim_run_until_ps(rig->sim, POKES * 2 * MS);
        uint64_t hash = rig_hash(rig);
        go_back(rig, &m);
        ck_assert_int_eq(sim_snapshot_restore(other->sim, m.snapshot), SIM_OK);
        for (int i = 0; i < 2; i++) {
            rig_t *again = i == 0 ? rig : other;
            sim_run_until_ps(again->sim, middle * 2 * MS);
            run_wild(again, seed, middle, POKES);
            sim_run_until_ps(again->sim, POKES * 2 * MS);
            ck_assert_msg(rig_hash(again) == hash, "seed %llu, %s", (unsigned long long)seed,
                          i == 0 ? "in place" : "elsewhere");
        }
        forget(&m);
        rig_free(rig);
        rig_free(other);
    }
}
END_TEST

TEST_MAIN_AFTER(rig_prepare, "snapshots of the sensor",
                restoring_in_place_brings_back_every_byte_of_the_sensor,
                code_that_was_decoded_later_is_forgotten, every_interrupt_line_comes_back_as_it_was,
                rows_that_were_begun_in_another_time_are_not_used,
                a_restored_run_ends_as_the_unbroken_one_however_it_is_computed,
                one_snapshot_has_two_futures_that_do_not_know_of_each_other,
                going_back_and_forth_with_shared_pages_changes_nothing,
                wild_register_traffic_into_every_block_is_gone_back_in_exactly)
