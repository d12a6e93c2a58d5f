/*
 * monkey_test.c - firmware that writes anything anywhere: random accesses to every register of the
 * sensor while it runs. Nothing crashes or hangs, the same seed does the same, and a reset brings
 * every register back.
 */
#include "logic/sensor.h"
#include "tests/test.h"

enum { L2_BYTES = 65536, TCM_BYTES = 4096, ACCESSES = 2500 };

typedef struct {
    sim_t *sim;
    sim_pool_t *pool;
    sensor_t *sensor;
    sim_stream_t random;
} monkey_t;

static void gray(const void *ctx, const sim_light_req_t *req, const sim_light_row_t *out)
{
    float *const planes[] = {out->r, out->g, out->b};
    (void)ctx;
    for (uint32_t p = 0; p < 3; p++)
        for (uint32_t i = 0; (req->planes >> p & 1) != 0 && i < req->width_px; i++)
            planes[p][i] = 200;
}

/* A small sensor, whose core spins: the monkey is the firmware. */
static void make(monkey_t *m, uint32_t seed)
{
    const uint8_t spin[4] = {0x6f, 0, 0, 0}; /* jal x0, 0 */
    sensor_desc_t desc = sensor_desc_default();
    desc.pixel.width_px = desc.pixel.height_px = 128;
    desc.logic.l2.bytes = desc.logic.bus.l2_bytes = desc.npu.l2_bytes = L2_BYTES;
    desc.logic.bus.tcm_bytes = TCM_BYTES;
    m->sim = sim_new();
    m->pool = sim_pool_new(1);
    m->sensor = sensor_new();
    m->random = sim_stream(seed, 1, 0);
    ck_assert_msg(sensor_init(m->sensor, m->sim, &desc, m->pool) == SIM_OK, "%s",
                  sim_error(m->sim));
    m->sensor->pixel.light.row = gray;
    ck_assert(bus_poke(&m->sensor->bus, BUS_ROM_BASE, spin, sizeof(spin)));
    ck_assert_msg(sim_check(m->sim) == SIM_OK, "%s", sim_error(m->sim));
    sim_reset(m->sim);
    ck_assert_int_eq(sim_start(m->sim), SIM_OK);
}

static void drop(monkey_t *m)
{
    sensor_free(m->sensor);
    sim_pool_free(m->pool);
    sim_free(m->sim);
}

/* What may be an address, a length, a key, a bit or noise. */
static uint32_t any_value(sim_stream_t *s)
{
    static const uint32_t keys[] = {0x1acce551, 0x0d06f00d, UINT32_MAX, 0x7fffffff, 0, 1, 2, 3};
    switch (sim_stream_below(s, 7)) {
    case 0:
        return BUS_L2_BASE + (sim_stream_below(s, L2_BYTES) & ~31u);
    case 1:
        return BUS_TCM_BASE + (sim_stream_below(s, TCM_BYTES) & ~31u);
    case 2:
        return BUS_PAGE_BASE + (sim_stream_below(s, 18 * BUS_PAGE_BYTES) & ~3u);
    case 3:
        return keys[sim_stream_below(s, SIM_COUNT(keys))];
    case 4:
        return 1u << sim_stream_below(s, 8);
    case 5:
        return sim_stream_below(s, 1000);
    default:
        return sim_stream_u32(s);
    }
}

/* Memory full of values of that kind: descriptors, programs, packets. */
static void fill_memory(monkey_t *m)
{
    static uint8_t bytes[L2_BYTES];
    for (uint32_t i = 0; i < L2_BYTES; i += 4) {
        uint32_t value = any_value(&m->random);
        for (uint32_t b = 0; b < 4; b++)
            bytes[i + b] = (uint8_t)(value >> 8 * b);
    }
    ck_assert(bus_poke(&m->sensor->bus, BUS_L2_BASE, bytes, L2_BYTES));
    ck_assert(bus_poke(&m->sensor->bus, BUS_TCM_BASE, bytes, TCM_BYTES));
}

static uint32_t any_register(monkey_t *m)
{
    for (;;) {
        uint32_t page = sim_stream_below(&m->random, BUS_PAGES), count = 0;
        sim_comp_t *comp = m->sensor->bus.page[page];
        if (comp == NULL)
            continue;
        while (comp->kind->regs[count].name != NULL)
            count++;
        if (sim_stream_below(&m->random, 2) != 0 && count > 8)
            count = 8; /* those that start something */
        return BUS_PAGE_BASE + page * BUS_PAGE_BYTES +
               comp->kind->regs[sim_stream_below(&m->random, count)].addr;
    }
}

static void put(monkey_t *m, uint32_t addr, uint32_t value)
{
    bus_write_reg(&m->sensor->bus, addr, 4, value);
}

/* Does a descriptor that makes sense, now and then: a chain that runs. */
static void place_descriptor(monkey_t *m)
{
    sim_stream_t *s = &m->random;
    uint32_t at = BUS_L2_BASE + (sim_stream_below(s, L2_BYTES / 2) & ~31u);
    uint32_t words[8] = {sim_stream_below(s, 32) | sim_stream_below(s, 8) << DMA_LINE_SHIFT,
                         any_value(s),
                         any_value(s),
                         4 * sim_stream_below(s, 200),
                         sim_stream_below(s, 4),
                         4 * sim_stream_below(s, 300),
                         4 * sim_stream_below(s, 300),
                         sim_stream_below(s, 2) * at};
    for (uint32_t i = 0; i < 8; i++) {
        uint8_t b[4] = {(uint8_t)words[i], (uint8_t)(words[i] >> 8), (uint8_t)(words[i] >> 16),
                        (uint8_t)(words[i] >> 24)};
        ck_assert(bus_poke(&m->sensor->bus, at + 4 * i, b, 4));
    }
    uint32_t channel = 0x40009040 + 0x40 * sim_stream_below(s, DMA_CHANNELS);
    put(m, channel + 8, at);
    put(m, channel, 0x1d);
}

/* It will bite: the core has no handler for its NMI. */
static void start_watchdog(monkey_t *m)
{
    put(m, 0x4000b00c, WDOG_UNLOCK_KEY);
    put(m, 0x4000b014, 1 + sim_stream_below(&m->random, 50));
    put(m, 0x4000b00c, WDOG_UNLOCK_KEY);
    put(m, 0x4000b010, 1);
}

static void start_timer(monkey_t *m)
{
    put(m, 0x4000a024, sim_stream_below(&m->random, 100));
    put(m, 0x4000a034, 0);
    put(m, 0x4000a030, sim_stream_below(&m->random, 1000));
    put(m, 0x4000a020, sim_stream_below(&m->random, 64));
}

/* On noise. */
static void start_npu(monkey_t *m)
{
    put(m, 0x4000500c, BUS_L2_BASE + (sim_stream_below(&m->random, L2_BYTES / 2) & ~63u));
    put(m, 0x40005010, 1 + sim_stream_below(&m->random, 50));
    put(m, 0x40005004, 1 | (any_value(&m->random) & 0x1e));
}

static void start_picture(monkey_t *m)
{
    put(m, 0x40003014, 8); /* lines of exposure */
    put(m, 0x40003004, 1);
    put(m, 0x40004004, sim_stream_below(&m->random, 4));
}

static void start_metadata(monkey_t *m)
{
    put(m, 0x40006020, any_value(&m->random));
    put(m, 0x40006024, sim_stream_below(&m->random, 5000));
    put(m, 0x40006028, 1 + sim_stream_below(&m->random, 2000));
    put(m, 0x40006034, 1);
}

static void start_random(monkey_t *m)
{
    put(m, 0x4000d004, 1);
}

/* Starts something with numbers that let it begin. */
static void start_block(monkey_t *m)
{
    static void (*const starts[])(monkey_t *) = {
        start_timer, start_npu, start_picture, start_metadata, start_random, place_descriptor,
    };
    if (sim_stream_below(&m->random, 300) == 0)
        start_watchdog(m);
    starts[sim_stream_below(&m->random, SIM_COUNT(starts))](m);
}

static void act(monkey_t *m)
{
    uint32_t value = 0;
    put(m, 0x40011004, UINT32_MAX); /* CLK_ENABLE: or soon nothing would have a clock */
    switch (sim_stream_below(&m->random, 8)) {
    case 0:
        bus_read_reg(&m->sensor->bus, any_register(m), 4, &value);
        break;
    case 1:
    case 2:
        start_block(m);
        break;
    case 3:
        gpio_drive(&m->sensor->gpio, sim_stream_below(&m->random, GPIO_PINS),
                   sim_stream_below(&m->random, 2) != 0);
        break;
    case 4:
        sim_run_until_ps(m->sim, sim_now_ps(m->sim) + sim_stream_below(&m->random, 80000000));
        break;
    default:
        bus_write_reg(&m->sensor->bus, any_register(m), 4, any_value(&m->random));
        break;
    }
}

static uint64_t play(monkey_t *m, uint32_t seed, uint64_t shuffle, bool exact)
{
    make(m, seed);
    m->sensor->npu.exact = exact;
    sim_set_shuffle(m->sim, shuffle);
    fill_memory(m);
    for (uint32_t i = 0; i < ACCESSES; i++)
        act(m);
    return sim_state_hash(m->sim);
}

/* The monkeys together used everything, as far as counters tell that resets set to 0. */
START_TEST(random_accesses_do_the_same_each_time)
{
    monkey_t m;
    uint64_t descriptors = 0, matches = 0, words = 0, runs = 0, resets = 0, lines = 0;
    for (uint32_t seed = 1; seed <= 8; seed++) {
        uint64_t first = play(&m, seed, 0, false);
        descriptors += m.sensor->dma.descriptors;
        matches += m.sensor->timer.matches;
        words += m.sensor->rng.words;
        runs += m.sensor->npu.failed_runs;
        resets += m.sensor->clkrst.system_resets;
        lines += m.sensor->isp.lines;
        drop(&m);
        ck_assert_msg(play(&m, seed, 0, false) == first, "seed %u", seed);
        drop(&m);
    }
    ck_assert_uint_gt(descriptors, 0);
    ck_assert_uint_gt(matches, 0);
    ck_assert_uint_gt(words, 0);
    ck_assert_uint_gt(runs, 0);
    ck_assert_uint_gt(lines, 0);
    ck_assert_uint_gt(resets, 0);
}
END_TEST

START_TEST(burst_by_burst_and_in_any_order_of_ties_it_is_the_same)
{
    monkey_t m;
    for (uint32_t seed = 1; seed <= 4; seed++) {
        uint64_t first = play(&m, seed, 0, false);
        drop(&m);
        for (uint64_t shuffle = 1; shuffle <= 3; shuffle++) {
            ck_assert_msg(play(&m, seed, shuffle, shuffle % 2 != 0) == first,
                          "seed %u, shuffle %llu", seed, (unsigned long long)shuffle);
            drop(&m);
        }
    }
}
END_TEST

static bool is_view(const char *name)
{
    return strcmp(name, "CCI_DATA8") == 0 || strcmp(name, "CCI_DATA16") == 0;
}

START_TEST(a_reset_brings_back_every_register_whatever_happened)
{
    monkey_t m;
    for (uint32_t seed = 100; seed < 108; seed++) {
        play(&m, seed, 0, false);
        uint32_t pins = m.sensor->gpio.board;
        sim_reset(m.sim);
        for (uint32_t n = 0; n < BUS_PAGES; n++) {
            sim_comp_t *comp = m.sensor->bus.page[n];
            const sim_reg_t *reg = comp != NULL ? comp->kind->regs : NULL;
            for (; reg != NULL && reg->name != NULL; reg++) {
                uint32_t value = *(uint32_t *)(void *)((char *)comp + reg->member);
                uint32_t want = strcmp(reg->name, "GPIO_IN") == 0 ? pins : reg->reset;
                ck_assert_msg(value == want || is_view(reg->name),
                              "seed %u: %s is 0x%x after reset, not 0x%x", seed, reg->name, value,
                              want);
            }
        }
        ck_assert_msg(sim_next_event_ps(m.sim) == SIM_NEVER_PS, "seed %u: an event is left", seed);
        drop(&m);
    }
}
END_TEST

TEST_MAIN("sensor monkey", random_accesses_do_the_same_each_time,
          burst_by_burst_and_in_any_order_of_ties_it_is_the_same,
          a_reset_brings_back_every_register_whatever_happened)
