/*
 * traffic_test.c - bytes of each window by hand; that every byte is in one of them.
 */
#include "logic/traffic.h"
#include "sim/rng.h"
#include "tests/test.h"

#define HZ UINT64_C(1000000000)
#define PS(cycle) ((cycle)*UINT64_C(1000))
#define BASE 0x04000000u

static sim_t *sim;
static l2_t *l2;
static bus_t bus;
static traffic_t traffic;
static sim_mem_port_t port[2];

/* What the trace was told: bytes of windows 0, 1, .. and their sums. */
enum { WINDOWS = 64 };
static uint64_t told[3][WINDOWS], sum[3]; /* a, bank 0, registers */

static uint64_t series(const char *values, const char *name)
{
    const char *at = strstr(values, name);
    return at != NULL ? strtoull(at + strlen(name), NULL, 10) : 0;
}

/* Bytes a second to bytes of a window of 1 us. */
static void on_count(void *ctx, const char *track, uint64_t at_ps, const char *values)
{
    static const char *const tracks[] = {"l2.masters B/s", "l2.banks B/s", "bus B/s"};
    static const char *const names[] = {"\"a\":", "\"0\":", "\"registers\":"};
    (void)ctx;
    for (uint32_t i = 0; i < 3; i++)
        if (strcmp(track, tracks[i]) == 0) {
            ck_assert_uint_eq(at_ps % PS(1000), 0);
            ck_assert(at_ps / PS(1000) < WINDOWS);
            told[i][at_ps / PS(1000)] = series(values, names[i]) / 1000000;
            sum[i] += series(values, names[i]) / 1000000;
        }
}

static void make(void)
{
    l2_desc_t desc = l2_desc_default();
    desc.clk_hz = HZ;
    desc.bytes = 1 << 20;
    sim = sim_new();
    l2 = calloc(1, sizeof(*l2));
    memset(&bus, 0, sizeof(bus));
    memset(told, 0, sizeof(told));
    memset(sum, 0, sizeof(sum));
    ck_assert_int_eq(l2_init(l2, sim, &desc, "l2"), SIM_OK);
    ck_assert_int_eq(l2_port(l2, "a", &port[0]), SIM_OK);
    ck_assert_int_eq(l2_port(l2, "b", &port[1]), SIM_OK);
    traffic_desc_t windows = {.window_ps = PS(1000)};
    ck_assert_int_eq(traffic_init(&traffic, sim, l2, &bus, &windows, "traffic"), SIM_OK);
    sim_set_count(sim, on_count, NULL);
    ck_assert_int_eq(sim_check(sim), SIM_OK);
    sim_reset(sim);
    ck_assert_int_eq(sim_start(sim), SIM_OK);
}

static void drop(void)
{
    l2_free(l2);
    free(l2);
    sim_free(sim);
}

static const traffic_lane_t *lane(const char *name)
{
    sim_tally(sim);
    return (const traffic_lane_t *)(const void *)sim_comp_find(sim, name);
}

static uint32_t done_count;

static void on_done(void *ctx, sim_mem_req_t *req)
{
    (void)ctx;
    (void)req;
    done_count++;
}

static void request(sim_mem_req_t *req, const sim_mem_port_t *at, uint32_t addr, uint32_t bytes)
{
    *req = (sim_mem_req_t){.addr = addr, .bytes = bytes, .done = on_done};
    sim_mem_request(at, req);
}

START_TEST(a_burst_counts_for_the_bank_when_granted_and_for_the_master_when_done)
{
    sim_mem_req_t first, second;
    make();
    sim_run_until_ps(sim, PS(10));
    request(&first, &port[0], BASE, 256); /* granted in 10, done in 16 */
    sim_run_until_ps(sim, PS(998));
    request(&second, &port[0], BASE + 4, 100); /* two beats; granted in 998, done in 1002 */
    bus.read_bytes = 12;
    sim_run_until_ps(sim, PS(2500));
    bus.write_bytes = 8;
    ck_assert_uint_eq(told[0][0], 256);
    ck_assert_uint_eq(told[0][1], 100);
    ck_assert_uint_eq(told[1][0], 256 + 128); /* whole beats */
    ck_assert_uint_eq(told[1][1], 0);
    ck_assert_uint_eq(told[2][0], 12);
    ck_assert_uint_eq(lane("traffic.a")->bytes, 356);
    ck_assert_uint_eq(lane("traffic.a")->peak_bytes_per_s, 256 * 1000000);
    ck_assert_uint_eq(lane("traffic.a")->mean_bytes_per_s, 142400000); /* 356 in 2.5 us */
    ck_assert_uint_eq(lane("traffic.b")->bytes, 0);
    ck_assert_uint_eq(lane("traffic.bank0")->bytes, 384);
    ck_assert_uint_eq(lane("traffic.bank1")->bytes, 0);
    ck_assert_uint_eq(lane("traffic.bus")->bytes, 20);
    ck_assert_uint_eq(sum[2], 12);
    traffic_end(&traffic); /* the window that runs */
    ck_assert_uint_eq(told[2][2], 8);
    drop();
}
END_TEST

START_TEST(every_byte_is_in_one_window)
{
    enum { REQUESTS = 300 };
    sim_mem_req_t *req = calloc(REQUESTS, sizeof(*req));
    sim_stream_t random = sim_stream(5, 1, 0);
    make();
    uint64_t at = 0, bytes = 0;
    done_count = 0;
    for (uint32_t i = 0; i < REQUESTS; i++) {
        uint32_t offset = sim_stream_below(&random, 4096) * 256,
                 n = 1 + sim_stream_below(&random, 256);
        at += PS(sim_stream_below(&random, 200));
        sim_run_until_ps(sim, at);
        if (sim_stream_below(&random, 4) == 0)
            sim_tally(sim); /* looking changes nothing */
        request(&req[i], &port[i % 2], BASE + offset, n);
        bytes += i % 2 == 0 ? n : 0;
    }
    sim_run_until_ps(sim, at + PS(100));
    traffic_end(&traffic);
    ck_assert_uint_eq(done_count, REQUESTS);
    ck_assert_uint_eq(sum[0], bytes);
    ck_assert_uint_eq(lane("traffic.a")->bytes, bytes);
    ck_assert_uint_eq(sum[1], lane("traffic.bank0")->bytes);
    ck_assert_uint_eq(lane("traffic.bank0")->bytes, l2->bank[0].busy_cycles * 64);
    ck_assert_uint_gt(sum[1], 0);
    free(req);
    drop();
}
END_TEST

START_TEST(a_reset_of_the_memory_loses_nothing_that_was_tallied)
{
    sim_mem_req_t req;
    make();
    request(&req, &port[1], BASE, 256);
    sim_run_until_ps(sim, PS(100));
    sim_tally(sim);
    for (sim_comp_t *comp = &l2->comp; comp != &traffic.comp; comp = comp->next)
        comp->kind->reset(comp);
    sim_run_until_ps(sim, PS(200));
    request(&req, &port[1], BASE, 64);
    sim_run_until_ps(sim, PS(300));
    ck_assert_uint_eq(lane("traffic.b")->bytes, 320);
    ck_assert_uint_eq(lane("traffic.bank0")->bytes, 320);
    drop();
}
END_TEST

START_TEST(windows_of_no_sense_are_refused)
{
    make();
    traffic_desc_t windows = {.window_ps = PS(1000) - 1};
    ck_assert_int_eq(traffic_init(&traffic, sim, l2, &bus, &windows, "again"), SIM_EDESC);
    windows.window_ps = SIM_PS_PER_S + 1;
    ck_assert_int_eq(traffic_init(&traffic, sim, l2, &bus, &windows, "again"), SIM_EDESC);
    drop();
}
END_TEST

TEST_MAIN("traffic", a_burst_counts_for_the_bank_when_granted_and_for_the_master_when_done,
          every_byte_is_in_one_window, a_reset_of_the_memory_loses_nothing_that_was_tallied,
          windows_of_no_sense_are_refused)
