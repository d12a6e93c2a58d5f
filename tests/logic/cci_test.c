/*
 * cci_test.c - the CCI bus: times by hand, registers of several bytes, addresses, and random
 * transactions of several clients against the two lines edge by edge (cci_wire.h).
 */
#include "tests/test.h"

#include "tests/logic/cci_wire.h"

#define NS SIM_PS_PER_NS
#define US SIM_PS_PER_US

static ccs_t ccs;
static cci_t cci;
static cci_xfer_t done[64]; /* as they ended */
static uint32_t dones;

static void on_done(void *ctx, const cci_xfer_t *xfer)
{
    (void)ctx;
    ck_assert_uint_lt(dones, SIM_COUNT(done));
    done[dones++] = *xfer;
}

static sim_t *make(uint32_t hz)
{
    sim_t *sim = sim_new();
    ccs_desc_t desc = ccs_desc_default();
    cci_desc_t bus = {.hz = hz};
    ck_assert_int_eq(ccs_init(&ccs, sim, &desc, "ccs"), SIM_OK);
    ck_assert_int_eq(cci_init(&cci, sim, &ccs, &bus, "cci"), SIM_OK);
    for (uint32_t i = 0; i < 3; i++)
        ck_assert_uint_eq(cci_client(&cci, on_done, NULL), i);
    sim_reset(sim);
    dones = 0;
    return sim;
}

static void submit(cci_xfer_t xfer)
{
    ck_assert(cci_submit(&cci, &xfer));
}

static void run_all(sim_t *sim)
{
    while (!cci_idle(&cci))
        sim_run_until_ps(sim, sim_now_ps(sim) + 10 * US);
}

static uint32_t reg(uint16_t addr)
{
    return (uint32_t)ccs_byte(&ccs, addr) << 8 | ccs_byte(&ccs, (uint16_t)(addr + 1));
}

/* ---- times: UM10204 table 10 ---- */

/* 5 bytes are 45 clocks. 400 kHz: 0.6 + 112.5, SCL low 1.3, 0.6 to STOP, 1.3 free. */
START_TEST(a_write_takes_its_clocks_and_the_next_one_waits_for_the_free_bus)
{
    static const struct {
        uint32_t hz;
        uint64_t effect_ns, stop_ns, free_ns;
    } modes[] = {
        {100000, 4000 + 450000, 4000 + 450000 + 5000 + 4000, 4700},
        {400000, 600 + 112500, 600 + 112500 + 1300 + 600, 1300},
        {1000000, 260 + 45000, 260 + 45000 + 500 + 260, 500},
    };
    for (uint32_t i = 0; i < SIM_COUNT(modes); i++) {
        sim_t *sim = make(modes[i].hz);
        uint64_t second_ns = modes[i].stop_ns + modes[i].free_ns;
        submit(cci_write_of(0, 7, 0x0202, 2, 0x1234));
        submit(cci_write_of(0, 8, 0x0202, 2, 0x4321));
        sim_run_until_ps(sim, modes[i].effect_ns * NS - 1);
        ck_assert_uint_eq(reg(0x0202), 0x0640);
        sim_run_until_ps(sim, modes[i].effect_ns * NS);
        ck_assert_uint_eq(reg(0x0202), 0x1234);
        sim_run_until_ps(sim, (second_ns + modes[i].effect_ns) * NS - 1);
        ck_assert_uint_eq(reg(0x0202), 0x1234);
        run_all(sim);
        ck_assert_uint_eq(reg(0x0202), 0x4321);
        ck_assert_uint_eq(dones, 2);
        ck_assert_uint_eq(done[0].tag, 7);
        ck_assert_uint_eq(done[0].start_ps, 0);
        ck_assert_uint_eq(done[0].end_ps, modes[i].stop_ns * NS);
        ck_assert_uint_eq(done[1].tag, 8);
        ck_assert_uint_eq(done[1].start_ps, second_ns * NS);
        ck_assert_uint_eq(cci.busy_ps, 2 * modes[i].stop_ns * NS);
        ck_assert_uint_eq(cci.scl_clocks, 2 * 45);
        sim_free(sim);
    }
}
END_TEST

/* 27 clocks, SCL low 1.3, tSU;STA 0.6, tHD;STA 0.6, 27 clocks, 1.3 + 0.6. */
START_TEST(a_read_begins_anew_behind_its_address)
{
    sim_t *sim = make(400000);
    submit(cci_read_of(0, 0, 0x0016, 2));
    run_all(sim);
    ck_assert_uint_eq(done[0].end_ps, (600 + 67500 + 2500 + 67500 + 1900) * NS);
    ck_assert_uint_eq(cci_value(&done[0]), 0x0500);
    ck_assert_uint_eq(done[0].nak, 0);
    sim_free(sim);
}
END_TEST

/* ---- registers ---- */

START_TEST(a_register_counts_whole_and_a_part_of_it_alone)
{
    sim_t *sim = make(1000000);
    cci_xfer_t both = cci_write_of(0, 0, 0x0340, 4, 0x0b9c24b6);
    cci_xfer_t low = cci_write_of(0, 0, 0x0341, 1, 0x42);
    cci_xfer_t across = cci_write_of(0, 0, 0x0341, 2, 0x1111);
    submit(both);
    sim_run_until_ps(sim, (260 + 36000) * NS); /* 0x0340 has come */
    ck_assert_uint_eq(reg(0x0340), 2637);
    sim_run_until_ps(sim, (260 + 45000) * NS);
    ck_assert_uint_eq(reg(0x0340), 0x0b9c);
    ck_assert_uint_eq(reg(0x0342), 9398);
    run_all(sim);
    ck_assert_uint_eq(reg(0x0342), 0x24b6);
    submit(low);
    run_all(sim);
    ck_assert_uint_eq(reg(0x0340), 0x0b42);
    submit(across); /* the second half of one, the first of the next */
    run_all(sim);
    ck_assert_uint_eq(reg(0x0340), 0x0b11);
    ck_assert_uint_eq(reg(0x0342), 0x11b6);
    ck_assert_uint_eq(ccs.host_writes, 5);
    sim_free(sim);
}
END_TEST

/* The second byte of 600 has not left yet when the register becomes 1000: the host reads 600. From
 * its second byte on, it is read as it is then. */
START_TEST(a_read_takes_all_of_a_register_with_its_first_byte)
{
    sim_t *sim = make(400000);
    ck_assert(ccs_host_write(&ccs, 0x0340, 600));
    submit(cci_read_of(0, 0, 0x0340, 2));
    sim_run_until_ps(sim, (600 + 67500 + 2500 + 45000 + 1000) * NS); /* within the second byte */
    ck_assert(ccs_host_write(&ccs, 0x0340, 1000));
    submit(cci_read_of(0, 0, 0x0341, 1));
    run_all(sim);
    ck_assert_uint_eq(cci_value(&done[0]), 600);
    ck_assert_uint_eq(cci_value(&done[1]), 1000 & 0xff);
    submit(cci_read_of(0, 0, 0x0340, 2));
    sim_run_until_ps(sim, sim_now_ps(sim) + 100 * US); /* within the first one */
    ck_assert(ccs_host_write(&ccs, 0x0340, 700));
    run_all(sim);
    ck_assert_uint_eq(cci_value(&done[2]), 1000);
    sim_free(sim);
}
END_TEST

START_TEST(a_read_on_goes_on_where_the_last_transaction_ended)
{
    sim_t *sim = make(400000);
    cci_xfer_t set = {.kind = CCI_WRITE, .device = CCI_DEVICE, .index = 0x0340};
    cci_xfer_t on = {.kind = CCI_READ_ON, .device = CCI_DEVICE, .bytes = 2};
    submit(set);
    submit(on);
    submit(on);
    run_all(sim);
    ck_assert_uint_eq(cci_value(&done[1]), 2637);
    ck_assert_uint_eq(cci_value(&done[2]), 9398);
    ck_assert_uint_eq(done[2].end_ps - done[2].start_ps, (600 + 67500 + 1900) * NS);
    sim_free(sim);
}
END_TEST

START_TEST(what_a_register_refuses_is_acknowledged_and_counted)
{
    sim_t *sim = make(400000);
    submit(cci_write_of(0, 0, 0x0016, 2, 1)); /* read-only */
    submit(cci_write_of(0, 0, 0x0306, 2, 3)); /* pll_multiplier is 16 at least */
    submit(cci_write_of(0, 0, 0x2fff, 1, 1)); /* nothing there */
    run_all(sim);
    for (uint32_t i = 0; i < 3; i++) {
        ck_assert_uint_eq(done[i].nak, 0);
        ck_assert_uint_eq(done[i].refused, 1);
    }
    ck_assert_uint_eq(cci.refused, 3);
    ck_assert_uint_eq(sim_log_count(sim, SIM_LOG_GUEST), 3);
    sim_free(sim);
}
END_TEST

START_TEST(the_makers_space_keeps_what_a_drivers_list_writes)
{
    sim_t *sim = make(400000);
    submit(cci_write_of(0, 0, 0xb34e, 2, 0x1234));
    submit(cci_read_of(0, 0, 0xb34e, 2));
    submit(cci_read_of(0, 0, 0x2ffe, 2));
    run_all(sim);
    ck_assert_uint_eq(cci_value(&done[1]), 0x1234);
    ck_assert_uint_eq(cci_value(&done[2]), 0);
    ck_assert_uint_eq(ccs.unknown_writes, 2);
    ck_assert_uint_eq(sim_log_count(sim, SIM_LOG_UNIMP), 1);
    ck_assert_uint_eq(sim_log_count(sim, SIM_LOG_GUEST), 0);
    sim_free(sim);
}
END_TEST

/* ---- addresses ---- */

/* The host gives up behind one byte: 9 clocks. */
START_TEST(nothing_answers_to_another_address_nor_in_reset)
{
    sim_t *sim = make(400000);
    cci_xfer_t xfer = cci_write_of(0, 0, 0x0202, 2, 1);
    xfer.device = 0x10;
    submit(xfer);
    run_all(sim);
    cci_hold(&cci, sim_now_ps(sim) + 30 * US);
    submit(cci_write_of(0, 0, 0x0202, 2, 2));
    submit(cci_write_of(0, 0, 0x0202, 2, 3));
    run_all(sim);
    ck_assert_uint_eq(done[0].nak, 1);
    ck_assert_uint_eq(done[0].nak_at, 0);
    ck_assert_uint_eq(done[0].moved, 0);
    ck_assert_uint_eq(done[0].end_ps, (600 + 22500 + 1900) * NS);
    ck_assert_uint_eq(done[1].nak, 1);
    ck_assert_uint_eq(done[2].nak, 0);
    ck_assert_uint_eq(reg(0x0202), 3);
    ck_assert_uint_eq(cci.naks, 2);
    sim_free(sim);
}
END_TEST

START_TEST(the_host_can_give_the_sensor_another_address)
{
    sim_t *sim = make(400000);
    cci_xfer_t there = cci_write_of(0, 0, 0x0202, 2, 5);
    there.device = 0x36;
    submit(cci_write_of(0, 0, 0x0107, 1, 0x36 << 1));
    submit(cci_write_of(0, 0, 0x0202, 2, 4));
    submit(there);
    run_all(sim);
    ck_assert_uint_eq(done[0].nak, 0);
    ck_assert_uint_eq(done[1].nak, 1);
    ck_assert_uint_eq(done[2].nak, 0);
    ck_assert_uint_eq(reg(0x0202), 5);
    sim_free(sim);
}
END_TEST

START_TEST(a_client_has_room_for_four_and_nothing_impossible_is_taken)
{
    sim_t *sim = make(400000);
    cci_xfer_t fine = cci_write_of(0, 0, 0x0202, 2, 1), bad[7];
    for (uint32_t i = 0; i < SIM_COUNT(bad); i++)
        bad[i] = fine;
    bad[0].bytes = CCI_MAX_BYTES + 1;
    bad[1].device = 0x80;
    bad[2].index = 0x10000;
    bad[3].kind = 3;
    bad[4].client = 3;
    bad[5].kind = CCI_READ;
    bad[5].bytes = 0;
    bad[6].client = UINT32_MAX;
    for (uint32_t i = 0; i < SIM_COUNT(bad); i++)
        ck_assert(!cci_submit(&cci, &bad[i]));
    for (uint32_t i = 0; i < CCI_MAX_EACH; i++)
        submit(fine);
    ck_assert(!cci_submit(&cci, &fine));
    fine.client = 1;
    submit(fine);
    run_all(sim);
    ck_assert_uint_eq(dones, CCI_MAX_EACH + 1);
    fine.client = 0;
    submit(fine);
    sim_free(sim);
}
END_TEST

/* ---- what is told ---- */

static char spans[512];

static void on_span(void *ctx, const char *track, const char *name, uint64_t start_ps,
                    uint64_t end_ps, const char *args)
{
    size_t used = strlen(spans);
    (void)ctx;
    snprintf(spans + used, sizeof(spans) - used, "%s %s %llu %llu %s\n", track, name,
             (unsigned long long)(start_ps / NS), (unsigned long long)(end_ps / NS), args);
}

START_TEST(the_trace_has_a_span_for_each_transaction)
{
    sim_t *sim = make(400000);
    cci_xfer_t other = cci_read_of(0, 0, 0x0016, 2);
    spans[0] = '\0';
    sim_set_trace(sim, on_span, NULL);
    submit(cci_write_of(0, 0, 0x0340, 2, 600));
    other.device = 0x10;
    submit(other);
    run_all(sim);
    sim_set_trace(sim, NULL, NULL);
    ck_assert_str_eq(spans,
                     "cci write 0x0340 0 115000 \"device\": 26, \"bytes\": 2, \"value\": 600, "
                     "\"refused\": 0\n"
                     "cci read 0x0016 NAK 116300 141300 \"device\": 16, \"bytes\": 2, "
                     "\"value\": 0, \"refused\": 0\n");
    sim_free(sim);
}
END_TEST

/* ---- random transactions against the lines ---- */

static wire_t wire;

static void learn_registers(uint32_t hz)
{
    uint32_t count;
    const ccs_reg_t *regs = ccs_regs(&count);
    memset(&wire, 0, sizeof(wire));
    wire.hz = hz;
    for (uint32_t addr = 0; addr < 65536; addr++) {
        wire.memory[addr] = ccs_byte(&ccs, (uint16_t)addr);
        wire.writable[addr] = addr >= 0x3000;
    }
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t b = 0; b < regs[i].bytes && ccs_find(&ccs.desc, regs[i].addr) != NULL; b++) {
            wire.width[regs[i].addr + b] = regs[i].bytes;
            wire.head[regs[i].addr + b] = regs[i].addr;
            wire.writable[regs[i].addr + b] = regs[i].writable;
        }
}

/* Plain registers of all widths, read-only ones, gaps, and the maker's space. */
static uint16_t random_index(sim_stream_t *random)
{
    static const uint16_t base[] = {0x0000, 0x0200, 0x0340, 0x0600, 0x10fc, 0x1140,
                                    0x4000, 0x8ffc, 0x9110, 0xd000, 0xfffc};
    return (uint16_t)(base[sim_stream_below(random, SIM_COUNT(base))] +
                      sim_stream_below(random, 12));
}

static cci_xfer_t random_xfer(sim_stream_t *random, uint32_t tag)
{
    cci_xfer_t xfer = {.kind = sim_stream_below(random, 3),
                       .device = sim_stream_below(random, 8) == 0 ? 0x1b : CCI_DEVICE,
                       .index = random_index(random),
                       .client = sim_stream_below(random, 3),
                       .tag = tag};
    xfer.bytes = sim_stream_below(random, 7) + (xfer.kind != CCI_WRITE);
    for (uint32_t i = 0; i < xfer.bytes; i++)
        xfer.data[i] = (uint8_t)sim_stream_u32(random);
    return xfer;
}

/* Every register changes when the lines say so: a step before it had not. */
static void follow(sim_t *sim, const uint8_t before[65536])
{
    for (uint32_t i = 0; i < wire.stores; i++) {
        const wire_store_t *s = &wire.store[i];
        uint32_t later = i;
        if (i == 0 || wire.store[i - 1].at_ps != s->at_ps) {
            sim_run_until_ps(sim, s->at_ps - 1);
            if (i == 0)
                ck_assert_uint_eq(ccs_byte(&ccs, s->addr), before[s->addr]);
        }
        sim_run_until_ps(sim, s->at_ps);
        while (++later < wire.stores && wire.store[later].at_ps == s->at_ps)
            if (wire.store[later].addr == s->addr)
                break;
        if (later == wire.stores || wire.store[later].addr != s->addr)
            ck_assert_uint_eq(ccs_byte(&ccs, s->addr), s->byte);
    }
}

static void same(const cci_xfer_t *is, const cci_xfer_t *should)
{
    ck_assert_uint_eq(is->tag, should->tag);
    ck_assert_uint_eq(is->start_ps, should->start_ps);
    ck_assert_uint_eq(is->end_ps, should->end_ps);
    ck_assert_uint_eq(is->nak, should->nak);
    ck_assert_uint_eq(is->nak_at, should->nak_at);
    ck_assert_uint_eq(is->moved, should->moved);
    if (should->kind != CCI_WRITE && should->nak == 0)
        ck_assert_mem_eq(is->data, should->data, should->bytes);
}

static void play_random(uint64_t seed, uint32_t hz)
{
    static uint8_t before[65536];
    sim_stream_t random = sim_stream(seed, 6, 6);
    sim_t *sim = make(hz);
    learn_registers(hz);
    for (uint32_t n = 0; n < 40; n++) {
        cci_xfer_t xfer = random_xfer(&random, n), lines = xfer;
        uint64_t now =
            sim_now_ps(sim) + sim_stream_below(&random, 2) * sim_stream_u32(&random) / 64;
        uint64_t hold = sim_stream_below(&random, 8) == 0 ? 1000 * US : 0;
        sim_run_until_ps(sim, now);
        dones = 0;
        cci_hold(&cci, now + hold);
        submit(xfer);
        memcpy(before, wire.memory, sizeof(before));
        wire_play(&wire, &lines, now > wire.free_ps ? now : wire.free_ps, CCI_DEVICE, hold == 0);
        if (hold == 0)
            follow(sim, before);
        if (sim_now_ps(sim) < lines.end_ps) { /* a part that counts with STOP is looked at there */
            sim_run_until_ps(sim, lines.end_ps - 1);
            ck_assert_uint_eq(dones, 0);
        }
        sim_run_until_ps(sim, lines.end_ps);
        ck_assert_uint_eq(dones, 1);
        same(&done[0], &lines);
        for (uint32_t addr = 0; addr < 65536; addr++)
            if ((addr < 0x42 || addr > 0x47) && /* the frame format follows others */
                ccs_byte(&ccs, (uint16_t)addr) != wire.memory[addr])
                ck_abort_msg("seed %llu, %u: 0x%04x", (unsigned long long)seed, n, addr);
    }
    sim_free(sim);
}

START_TEST(random_transactions_do_what_the_two_lines_say)
{
    static const uint32_t hz[] = {100000, 400000, 1000000, 12345, 333333, 765432};
    for (uint64_t seed = 0; seed < 60; seed++)
        play_random(seed, hz[seed % SIM_COUNT(hz)]);
}
END_TEST

/* All at once: the clients take turns in the order of asking, the lines one after another. */
START_TEST(clients_that_ask_at_once_are_served_one_after_another)
{
    for (uint64_t shuffle = 0; shuffle < 4; shuffle++) {
        sim_t *sim = make(400000);
        sim_set_shuffle(sim, shuffle);
        learn_registers(400000);
        for (uint32_t n = 0; n < 9; n++) {
            cci_xfer_t xfer = cci_write_of(2 - n % 3, n, 0x0202, 2, n);
            submit(xfer);
        }
        run_all(sim);
        for (uint32_t n = 0; n < 9; n++) {
            cci_xfer_t lines = done[n];
            wire_play(&wire, &lines, wire.free_ps, CCI_DEVICE, true);
            same(&done[n], &lines);
            ck_assert_uint_eq(done[n].client, n / 3);
        }
        sim_free(sim);
    }
}
END_TEST

TEST_MAIN("logic cci", a_write_takes_its_clocks_and_the_next_one_waits_for_the_free_bus,
          a_read_begins_anew_behind_its_address, a_register_counts_whole_and_a_part_of_it_alone,
          a_read_takes_all_of_a_register_with_its_first_byte,
          a_read_on_goes_on_where_the_last_transaction_ended,
          what_a_register_refuses_is_acknowledged_and_counted,
          the_makers_space_keeps_what_a_drivers_list_writes,
          nothing_answers_to_another_address_nor_in_reset,
          the_host_can_give_the_sensor_another_address,
          a_client_has_room_for_four_and_nothing_impossible_is_taken,
          the_trace_has_a_span_for_each_transaction, random_transactions_do_what_the_two_lines_say,
          clients_that_ask_at_once_are_served_one_after_another)
