/*
 * dma_test.c - the memory mover on the test rig: clock 1 GHz, L2 of 8 banks, beats of 64 and bursts
 * of 256 bytes, latency 2; the TCM's second port 8 bytes a cycle.
 */
#include "logic/dma.h"
#include "sim/snapshot.h"
#include "tests/logic/rig.h"
#include "tests/test.h"

enum {
    DMA = 0x40009000,
    IRQ = DMA + 0x04,
    CH = DMA + 0x40, /* channel 0; the next 0x40 on */
    CTRL = 0x00,
    STATUS = 0x04,
    FIRST = 0x08,
    AT = 0x0c,
    ERROR_ADDR = 0x10,
    BYTES_LO = 0x14,
    START = 1,
    ABORT = 2,
    IRQ_DONE = 4,
    IRQ_ERROR = 8,
    IRQ_TELL = 16,
    BUSY = 1,
    DONE = 2,
    FAILED = 4,
    TOLD = 8,
    ABORTED = 16,
    DESC = RIG_L2 + 0x8000, /* where tests put descriptors */
};

static rig_t *rig;
static dma_t dma;

static void make(void)
{
    dma_desc_t desc = {.clk_hz = RIG_HZ, .tcm_bytes_per_cycle = 8};
    rig = rig_new();
    ck_assert_int_eq(dma_init(&dma, rig->sim, &rig->bus, &desc, "dma"), SIM_OK);
    ck_assert_int_eq(l2_port(&rig->l2, "dma", &dma.l2), SIM_OK);
    ck_assert_int_eq(bus_attach(&rig->bus, 9, &dma.comp), SIM_OK);
    ck_assert(intc_connect(&rig->intc, 7, &dma.irq));
    ck_assert_int_eq(sim_check(rig->sim), SIM_OK);
    sim_reset(rig->sim);
}

static void drop(void)
{
    rig_free(rig);
}

static uint32_t get(uint32_t addr)
{
    uint32_t value = 0xdead;
    ck_assert(bus_read_reg(&rig->bus, addr, 4, &value));
    return value;
}

static void put(uint32_t addr, uint32_t value)
{
    ck_assert(bus_write_reg(&rig->bus, addr, 4, value));
}

static uint32_t channel(uint32_t n, uint32_t reg)
{
    return get(CH + 0x40 * n + reg);
}

typedef struct {
    uint32_t flags, source, destination, bytes, rows, source_stride, destination_stride, next;
} words_t;

static void put_desc(uint32_t addr, words_t d)
{
    const uint32_t words[8] = {d.flags, d.source,        d.destination,        d.bytes,
                               d.rows,  d.source_stride, d.destination_stride, d.next};
    rig_put(rig, addr, words, 8);
}

static void start(uint32_t n, uint32_t desc, uint32_t irqs)
{
    put(CH + 0x40 * n + FIRST, desc);
    put(CH + 0x40 * n + CTRL, START | irqs);
}

static void run_to(uint64_t cycle)
{
    rig_run_to_cycle(rig, cycle);
}

/* A byte for each address. */
static uint8_t pattern(uint32_t addr)
{
    return (uint8_t)((addr * 2654435761u) >> 24);
}

static void paint(uint32_t addr, uint32_t bytes)
{
    static uint8_t picture[0x8000];
    ck_assert_uint_le(bytes, sizeof(picture));
    for (uint32_t i = 0; i < bytes; i++)
        picture[i] = pattern(addr + i);
    ck_assert(bus_poke(&rig->bus, addr, picture, bytes));
}

static uint8_t byte_at(uint32_t addr)
{
    uint8_t byte = 0;
    ck_assert(bus_peek(&rig->bus, addr, &byte, 1));
    return byte;
}

static void check_copy(uint32_t from, uint32_t to, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes; i++)
        ck_assert_msg(byte_at(to + i) == pattern(from + i), "byte %u", i);
}

/* ---- time ---- */

/* The write at edge 0; descriptor: request 1, 1 beat, done 1 + 1 + 2 = 4; read: 4 beats, done
 * 4 + 4 + 2 = 10; write: 16. */
START_TEST(a_line_in_l2_takes_16_cycles)
{
    make();
    paint(RIG_L2, 256);
    put_desc(DESC, (words_t){0, RIG_L2, RIG_L2 + 0x1000, 256, 1, 0, 0, 0});
    start(0, DESC, IRQ_DONE);
    ck_assert_uint_eq(channel(0, STATUS), BUSY);
    run_to(15);
    ck_assert_uint_eq(channel(0, STATUS), BUSY);
    ck_assert(!dma.irq.level);
    run_to(16);
    ck_assert_uint_eq(channel(0, STATUS), DONE);
    ck_assert(dma.irq.level);
    ck_assert_uint_eq(get(IRQ), 1);
    ck_assert_uint_eq(channel(0, BYTES_LO), 256);
    ck_assert_uint_eq(channel(0, AT), DESC);
    check_copy(RIG_L2, RIG_L2 + 0x1000, 256);
    put(CH + STATUS, DONE);
    ck_assert(!dma.irq.level);
    drop();
}
END_TEST

/* Bank 0 both: nothing overlaps within a channel, so a piece is 12 cycles. */
START_TEST(each_further_line_takes_12_cycles)
{
    make();
    paint(RIG_L2, 4096);
    put_desc(DESC, (words_t){0, RIG_L2, RIG_L2 + 0x2000, 4096, 1, 0, 0, 0});
    start(0, DESC, 0);
    run_to(4 + 16 * 12 - 1);
    ck_assert_uint_eq(channel(0, STATUS), BUSY);
    ck_assert_uint_eq(channel(0, BYTES_LO), 15 * 256);
    run_to(4 + 16 * 12);
    ck_assert_uint_eq(channel(0, STATUS), DONE);
    check_copy(RIG_L2, RIG_L2 + 0x2000, 4096);
    drop();
}
END_TEST

/* Descriptor done 4; 256 bytes of TCM: port busy 4..35, done 37; write of L2: 43. The core's side
 * sees a copy into TCM at the cycle in which it is done: read 4..10, port busy 10..41, done 43. */
START_TEST(tcm_moves_8_bytes_a_cycle)
{
    make();
    paint(RIG_DATA, 256);
    put_desc(DESC, (words_t){0, RIG_DATA, RIG_L2, 256, 1, 0, 0, 0});
    start(0, DESC, 0);
    run_to(42);
    ck_assert_uint_eq(channel(0, STATUS), BUSY);
    run_to(43);
    ck_assert_uint_eq(channel(0, STATUS), DONE);
    check_copy(RIG_DATA, RIG_L2, 256);
    drop();
    make();
    paint(RIG_L2, 256);
    put_desc(DESC, (words_t){0, RIG_L2, RIG_DATA, 256, 1, 0, 0, 0});
    start(0, DESC, 0);
    run_to(42);
    ck_assert_uint_eq(byte_at(RIG_DATA + 1), 0);
    run_to(43);
    ck_assert_uint_eq(channel(0, STATUS), DONE);
    check_copy(RIG_L2, RIG_DATA, 256);
    ck_assert_uint_eq(dma.tcm_cycles, 32);
    drop();
}
END_TEST

/* Two channels that read TCM at once: descriptors from L2 at 1 (done 4) and behind it at 2 (done
 * 5). Channel 0 has the port 4..35, channel 1 36..67: done 37 and 69, with L2 43 and 75. */
START_TEST(channels_queue_for_the_tcm_port)
{
    make();
    paint(RIG_DATA, 512);
    put_desc(DESC, (words_t){0, RIG_DATA, RIG_L2, 256, 1, 0, 0, 0});
    put_desc(DESC + 32, (words_t){0, RIG_DATA + 256, RIG_L2 + 256, 256, 1, 0, 0, 0});
    start(0, DESC, 0);
    start(1, DESC + 32, 0);
    run_to(43);
    ck_assert_uint_eq(channel(0, STATUS), DONE);
    run_to(74);
    ck_assert_uint_eq(channel(1, STATUS), BUSY);
    run_to(75);
    ck_assert_uint_eq(channel(1, STATUS), DONE);
    check_copy(RIG_DATA, RIG_L2, 512);
    drop();
}
END_TEST

/* Fill needs no reads: 4 + 6 a piece; a fixed address goes word by word, 3 + 3 cycles each. */
START_TEST(fill_and_fixed_addresses)
{
    make();
    put_desc(DESC, (words_t){DMA_FILL, 0x04030201, RIG_L2, 512, 1, 0, 0, DESC + 32});
    put_desc(DESC + 32, (words_t){DMA_FIXED_SOURCE, RIG_L2 + 4, RIG_L2 + 0x400, 12, 1, 0, 0, 0});
    start(0, DESC, 0);
    run_to(4 + 12);
    ck_assert_uint_eq(rig_word(rig, RIG_L2), 0x04030201);
    ck_assert_uint_eq(rig_word(rig, RIG_L2 + 508), 0x04030201);
    ck_assert_uint_eq(rig_word(rig, RIG_L2 + 512), 0);
    run_to(16 + 3 + 18 - 1);
    ck_assert_uint_eq(channel(0, STATUS), BUSY);
    run_to(16 + 3 + 18);
    ck_assert_uint_eq(channel(0, STATUS), DONE);
    for (uint32_t i = 0; i < 12; i += 4)
        ck_assert_uint_eq(rig_word(rig, RIG_L2 + 0x400 + i), 0x04030201);
    paint(RIG_L2, 256);
    put_desc(DESC, (words_t){DMA_FIXED_DESTINATION, RIG_L2, RIG_L2 + 0x800, 16, 2, 64, 64, 0});
    start(0, DESC, 0);
    run_to(1000);
    check_copy(RIG_L2 + 64 + 12, RIG_L2 + 0x800, 4); /* the last word of the last row */
    ck_assert_uint_eq(rig_word(rig, RIG_L2 + 0x804), 0);
    ck_assert_uint_eq(channel(0, BYTES_LO), 32);
    drop();
}
END_TEST

static void on_other_done(void *ctx, sim_mem_req_t *req)
{
    (void)ctx;
    (void)req;
}

/* The other master takes bank 0 in cycles 3..6; the channel asks for it in 4 and waits 3. */
START_TEST(another_master_makes_it_wait)
{
    make();
    put_desc(DESC, (words_t){0, RIG_L2, RIG_L2 + 0x1000, 256, 1, 0, 0, 0});
    sim_mem_req_t req = {.addr = RIG_L2, .bytes = 256, .done = on_other_done};
    start(0, DESC, 0);
    run_to(3);
    sim_mem_request(&rig->other, &req); /* 3..6 */
    run_to(18);
    ck_assert_uint_eq(channel(0, STATUS), BUSY);
    run_to(16 + 3); /* 4..6 lost */
    ck_assert_uint_eq(channel(0, STATUS), DONE);
    l2_settle(&rig->l2);
    ck_assert_uint_eq(rig->l2.master[dma.l2.master].wait_cycles, 3);
    drop();
}
END_TEST

/* ---- what is moved ---- */

/* Areas of 8 KiB that the descriptors of a random chain read and write. */
enum { AREA = 0x2000, ROOM = 0x1000 };

static uint32_t random_area(sim_stream_t *s, uint32_t k)
{
    bool tcm = sim_stream_below(s, 2) != 0;
    return (tcm ? (uint32_t)RIG_CODE + 0x1000 : (uint32_t)RIG_L2) + AREA * k;
}

/* Reads the first half of an area and writes the second half of one: neither overlaps. */
static words_t random_desc(sim_stream_t *s, uint32_t next)
{
    words_t d = {.bytes = 4 + 4 * sim_stream_below(s, 200), .rows = 1 + sim_stream_below(s, 4)};
    uint32_t room = ROOM - d.bytes * d.rows;
    uint32_t gap = d.rows > 1 ? room / d.rows / 4 * 4 : 0;
    d.flags = sim_stream_below(s, 4) == 0 ? 1u << sim_stream_below(s, 3) : 0;
    d.source = random_area(s, sim_stream_below(s, 3)) + 4 * sim_stream_below(s, 16);
    d.destination = random_area(s, sim_stream_below(s, 3)) + ROOM;
    d.source_stride = d.bytes + 4 * sim_stream_below(s, gap / 8 + 1);
    d.destination_stride = d.bytes + 4 * sim_stream_below(s, gap / 4 + 1);
    if (sim_stream_below(s, 3) == 0) { /* from the last row up */
        d.destination += d.destination_stride * (d.rows - 1);
        d.destination_stride = 0u - d.destination_stride;
    }
    d.next = next;
    return d;
}

/* The same, word by word. */
static void move_plainly(words_t d)
{
    for (uint32_t row = 0; row < d.rows; row++) {
        for (uint32_t i = 0; i < d.bytes; i += 4) {
            uint32_t from = d.source + row * d.source_stride + i;
            uint32_t to = d.destination + row * d.destination_stride + i;
            if ((d.flags & DMA_FIXED_SOURCE) != 0)
                from = d.source;
            if ((d.flags & DMA_FIXED_DESTINATION) != 0)
                to = d.destination;
            uint32_t word = (d.flags & DMA_FILL) != 0 ? d.source : rig_word(rig, from);
            rig_put(rig, to, &word, 1);
        }
    }
}

static void read_areas(uint8_t *to)
{
    ck_assert(bus_peek(&rig->bus, RIG_L2, to, 3 * AREA));
    ck_assert(bus_peek(&rig->bus, RIG_CODE + 0x1000, to + 3 * AREA, 3 * AREA));
}

START_TEST(random_chains_move_what_a_plain_loop_moves)
{
    static uint8_t moved[6 * AREA], plain[6 * AREA];
    for (uint32_t seed = 1; seed <= 40; seed++) {
        sim_stream_t s = sim_stream(seed, 9, 0);
        words_t chain[6];
        uint64_t bytes = 0;
        make();
        paint(RIG_L2, 3 * AREA);
        paint(RIG_CODE + 0x1000, 3 * AREA);
        for (uint32_t i = 0; i < 6; i++) {
            chain[i] = random_desc(&s, i < 5 ? (uint32_t)DESC + 32 * (i + 1) : 0);
            put_desc(DESC + 32 * i, chain[i]);
            bytes += (uint64_t)chain[i].bytes * chain[i].rows;
        }
        start(seed % 4, DESC, 0);
        run_to(1000000);
        ck_assert_uint_eq(channel(seed % 4, STATUS), DONE);
        ck_assert_uint_eq(channel(seed % 4, BYTES_LO), bytes);
        read_areas(moved);
        drop();
        make();
        paint(RIG_L2, 3 * AREA);
        paint(RIG_CODE + 0x1000, 3 * AREA);
        for (uint32_t i = 0; i < 6; i++)
            move_plainly(chain[i]);
        read_areas(plain);
        ck_assert_msg(memcmp(moved, plain, sizeof(plain)) == 0, "seed %u", seed);
        drop();
    }
}
END_TEST

static uint64_t run_all_channels(uint32_t latency_cycles, uint64_t order, uint64_t *end_ps)
{
    make();
    rig->l2.desc.latency_cycles = latency_cycles;
    sim_set_shuffle(rig->sim, order);
    paint(RIG_L2, 3 * AREA);
    paint(RIG_CODE + 0x1000, 3 * AREA);
    for (uint32_t n = 0; n < 4; n++) {
        sim_stream_t s = sim_stream(n, 10, 0);
        for (uint32_t i = 0; i < 4; i++)
            put_desc(DESC + 0x100 * n + 32 * i,
                     random_desc(&s, i < 3 ? DESC + 0x100 * n + 32 * (i + 1) : 0));
        start(n, DESC + 0x100 * n, IRQ_DONE);
    }
    while (get(IRQ) != 15)
        ck_assert(sim_step(rig->sim, RIG_PS(1000000)));
    *end_ps = sim_now_ps(rig->sim);
    l2_settle(&rig->l2);
    uint64_t hash = sim_state_hash(rig->sim);
    drop();
    return hash;
}

START_TEST(ties_between_channels_do_not_depend_on_their_order)
{
    static const uint64_t orders[] = {SIM_REVERSE, 1, 2, 3, 4, 5};
    for (uint32_t latency = 1; latency <= L2_MAX_LATENCY; latency++) {
        uint64_t end_ps, first_end_ps, first = run_all_channels(latency, 0, &first_end_ps);
        for (size_t i = 0; i < SIM_COUNT(orders); i++) {
            ck_assert_msg(run_all_channels(latency, orders[i], &end_ps) == first,
                          "latency %u, order %zu", latency, i);
            ck_assert_uint_eq(end_ps, first_end_ps);
        }
    }
}
END_TEST

/* ---- snapshots ---- */

static void start_three(void)
{
    make();
    paint(RIG_L2, 3 * AREA);
    paint(RIG_CODE + 0x1000, 3 * AREA);
    for (uint32_t n = 0; n < 3; n++) {
        sim_stream_t s = sim_stream(n, 11, 0);
        put_desc(DESC + 32 * n, random_desc(&s, 0));
    }
}

static uint64_t end_hash(void)
{
    run_to(20000);
    ck_assert(!dma_busy(&dma.comp));
    l2_settle(&rig->l2);
    return sim_state_hash(rig->sim);
}

START_TEST(a_run_goes_on_from_a_snapshot_at_any_cycle)
{
    for (uint64_t cycle = 0; cycle < 60; cycle++) {
        start_three();
        for (uint32_t n = 0; n < 3; n++)
            start(n, DESC + 32 * n, IRQ_DONE);
        run_to(cycle);
        sim_snapshot_t *snapshot = sim_snapshot_take(rig->sim, NULL);
        ck_assert_ptr_nonnull(snapshot);
        uint64_t unbroken = end_hash();
        drop();
        start_three();
        ck_assert_int_eq(sim_snapshot_restore(rig->sim, snapshot), SIM_OK);
        ck_assert_msg(end_hash() == unbroken, "cycle %llu", (unsigned long long)cycle);
        sim_snapshot_free(snapshot);
        drop();
    }
}
END_TEST

/* ---- chains, errors, abort ---- */

START_TEST(a_descriptor_can_tell_before_the_chain_ends)
{
    make();
    put_desc(DESC, (words_t){DMA_FILL | DMA_TELL, 1, RIG_L2, 4, 1, 0, 0, DESC + 32});
    put_desc(DESC + 32, (words_t){DMA_FILL, 2, RIG_L2 + 4, 4, 1, 0, 0, 0});
    start(2, DESC, IRQ_TELL);
    run_to(7); /* 4, and 3 for a word */
    ck_assert_uint_eq(channel(2, STATUS), BUSY | TOLD);
    ck_assert_uint_eq(get(IRQ), 4);
    put(CH + 0x80 + STATUS, TOLD);
    ck_assert(!dma.irq.level);
    run_to(13);
    ck_assert_uint_eq(channel(2, STATUS), DONE);
    ck_assert(!dma.irq.level); /* not asked for */
    ck_assert_uint_eq(channel(2, AT), DESC + 32);
    ck_assert_uint_eq(dma.descriptors, 2);
    ck_assert_uint_eq(dma.chains, 1);
    drop();
}
END_TEST

static void check_error(words_t d, uint32_t code, uint32_t addr)
{
    make();
    put_desc(DESC, d);
    start(0, DESC, IRQ_ERROR | IRQ_DONE);
    run_to(200);
    ck_assert_uint_eq(channel(0, STATUS), FAILED | code << 8);
    ck_assert_uint_eq(channel(0, ERROR_ADDR), addr);
    ck_assert(dma.irq.level);
    ck_assert_uint_eq(sim_log_count(rig->sim, SIM_LOG_GUEST), 1);
    ck_assert_uint_eq(sim_next_event_ps(rig->sim), SIM_NEVER_PS);
    put(CH + STATUS, FAILED); /* and works again */
    put_desc(DESC, (words_t){DMA_FILL, 1, RIG_L2, 4, 1, 0, 0, 0});
    start(0, DESC, 0);
    run_to(400);
    ck_assert_uint_eq(channel(0, STATUS), DONE);
    drop();
}

START_TEST(errors_have_a_code_and_a_place)
{
    const uint32_t l2_end = RIG_L2 + 0x10000;
    check_error((words_t){0, RIG_NOTHING, RIG_L2, 4, 1, 0, 0, 0}, DMA_BAD_ADDRESS, RIG_NOTHING);
    check_error((words_t){0, RIG_L2, 0x40001000, 4, 1, 0, 0, 0}, DMA_BAD_ADDRESS, 0x40001000);
    check_error((words_t){0, RIG_L2, 0, 4, 1, 0, 0, 0}, DMA_BAD_ADDRESS, 0); /* ROM */
    check_error((words_t){DMA_FILL, 0, l2_end - 256, 512, 1, 0, 0, 0}, DMA_BAD_ADDRESS, l2_end);
    check_error((words_t){0, RIG_L2, RIG_L2 + 64, 8, 2, 0x10000, 0, 0}, DMA_BAD_ADDRESS, l2_end);
    check_error((words_t){0, RIG_L2 + 2, RIG_L2, 4, 1, 0, 0, 0}, DMA_MISALIGNED, DESC);
    check_error((words_t){0, RIG_L2, RIG_L2 + 1, 4, 1, 0, 0, 0}, DMA_MISALIGNED, DESC);
    check_error((words_t){0, RIG_L2, RIG_L2, 6, 1, 0, 0, 0}, DMA_MISALIGNED, DESC);
    check_error((words_t){0, RIG_L2, RIG_L2, 4, 2, 5, 0, 0}, DMA_MISALIGNED, DESC);
    check_error((words_t){0, RIG_L2, RIG_L2, 4, 2, 0, 7, 0}, DMA_MISALIGNED, DESC);
    check_error((words_t){0, RIG_L2, RIG_L2, 0, 1, 0, 0, 0}, DMA_EMPTY, DESC);
    check_error((words_t){0, RIG_L2, RIG_L2, 4, 0, 0, 0, 0}, DMA_EMPTY, DESC);
    check_error((words_t){16, RIG_L2, RIG_L2, 4, 1, 0, 0, 0}, DMA_BAD_FLAGS, DESC);
    check_error((words_t){DMA_FILL, 1, RIG_L2, 4, 1, 0, 0, DESC + 4}, DMA_MISALIGNED, DESC + 4);
    check_error((words_t){DMA_FILL, 1, RIG_L2, 4, 1, 0, 0, RIG_NOTHING}, DMA_BAD_ADDRESS,
                RIG_NOTHING);
}
END_TEST

/* Two flipped bits of a word that the second piece reads. */
START_TEST(an_error_of_the_memory_ends_the_run)
{
    make();
    rig->l2.desc.ecc = L2_ECC_SECDED;
    put_desc(DESC, (words_t){0, RIG_L2, RIG_L2 + 0x1000, 1024, 1, 0, 0, 0});
    ck_assert(l2_flip(&rig->l2, RIG_L2 + 300, 3));
    ck_assert(l2_flip(&rig->l2, RIG_L2 + 300, 5));
    start(0, DESC, IRQ_ERROR);
    run_to(200);
    ck_assert_uint_eq(channel(0, STATUS), FAILED | DMA_MEMORY << 8);
    ck_assert_uint_eq(channel(0, ERROR_ADDR), RIG_L2 + 256);
    ck_assert_uint_eq(channel(0, BYTES_LO), 256);
    ck_assert(dma.irq.level);
    drop();
}
END_TEST

START_TEST(a_fill_word_need_not_be_an_address)
{
    make();
    put_desc(DESC, (words_t){DMA_FILL, 0xfeedbee3, RIG_DATA, 8, 1, 0, 0, 0});
    start(0, DESC, 0);
    run_to(100);
    ck_assert_uint_eq(rig_word(rig, RIG_DATA + 4), 0xfeedbee3);
    drop();
}
END_TEST

START_TEST(abort_ends_the_run_after_the_access_under_way)
{
    make();
    put_desc(DESC, (words_t){DMA_FILL, 1, RIG_L2, 4096, 1, 0, 0, DESC}); /* for ever */
    start(0, DESC, IRQ_DONE | IRQ_ERROR);
    run_to(4 + 6 * 5 + 2);
    put(CH + CTRL, ABORT);
    ck_assert_uint_eq(channel(0, STATUS), BUSY);
    run_to(4 + 6 * 6 - 1);
    ck_assert_uint_eq(channel(0, STATUS), BUSY);
    run_to(4 + 6 * 6);
    ck_assert_uint_eq(channel(0, STATUS), ABORTED);
    ck_assert_uint_eq(channel(0, BYTES_LO), 6 * 256);
    ck_assert(!dma.irq.level);
    ck_assert_uint_eq(sim_next_event_ps(rig->sim), SIM_NEVER_PS);
    put(CH + CTRL, ABORT); /* nothing to abort */
    ck_assert_uint_eq(channel(0, STATUS), ABORTED);
    drop();
}
END_TEST

START_TEST(a_ring_of_descriptors_runs_until_aborted)
{
    make();
    put_desc(DESC, (words_t){DMA_FILL, 1, RIG_L2, 256, 1, 0, 0, DESC});
    start(0, DESC, 0);
    run_to(1 + 9 * 1000); /* 3 + 6 cycles a turn */
    ck_assert_uint_eq(dma.descriptors, 1000);
    ck_assert_uint_eq(channel(0, BYTES_LO), 256000);
    drop();
}
END_TEST

START_TEST(a_busy_channel_is_not_started_again)
{
    make();
    put_desc(DESC, (words_t){DMA_FILL, 1, RIG_L2, 4096, 1, 0, 0, 0});
    start(0, DESC, 0);
    run_to(20);
    start(0, DESC + 32, 0);
    ck_assert_uint_eq(sim_log_count(rig->sim, SIM_LOG_GUEST), 1);
    run_to(4 + 16 * 6);
    ck_assert_uint_eq(channel(0, STATUS), DONE);
    ck_assert_uint_eq(channel(0, AT), DESC);
    drop();
}
END_TEST

START_TEST(reset_forgets_a_run)
{
    make();
    uint64_t fresh = sim_state_hash(rig->sim);
    paint(RIG_DATA, 4096);
    put_desc(RIG_DATA + 0x1000, (words_t){0, RIG_DATA, RIG_DATA + 2048, 2048, 1, 0, 0, 0});
    start(3, RIG_DATA + 0x1000, IRQ_DONE);
    run_to(100);
    ck_assert(dma_busy(&dma.comp));
    sim_reset(rig->sim);
    ck_assert(!dma_busy(&dma.comp));
    run_to(10000);
    ck_assert_uint_eq(channel(3, STATUS), 0);
    static uint8_t zero[0x1020];
    ck_assert(bus_poke(&rig->bus, RIG_DATA, zero, sizeof(zero)));
    ck_assert(sim_state_hash(rig->sim) == fresh);
    drop();
}
END_TEST

/* ---- the core beside it ---- */

/* Starts a copy of two instructions over the ones at RIG_CODE + 0x100 and calls them every turn of
 * a loop until they answer 2 instead of 1. */
static void load_patcher(void)
{
    const uint32_t old_code[2] = {ADDI(A0, 0, 1), JALR(0, 0, RA)};
    const uint32_t new_code[2] = {ADDI(A0, 0, 2), JALR(0, 0, RA)};
    rig_put(rig, RIG_CODE + 0x100, old_code, 2);
    rig_put(rig, RIG_L2, new_code, 2);
    put_desc(DESC, (words_t){0, RIG_L2, RIG_CODE + 0x100, 8, 1, 0, 0, 0});
    RIG_PROGRAM(rig, LUI(S0, DMA >> 12), ADDI(S0, S0, 0x40), NOP, LUI(T0, DESC >> 12),
                SW(T0, FIRST, S0), ADDI(T0, 0, START), ADDI(S1, 0, 2), ADDI(T2, 0, 0),
                SW(T0, CTRL, S0),
                /* loop: */ ADDI(T2, T2, 1), JAL(RA, 0x100 - 4 * 10), BNE(A0, S1, -8));
}

static uint64_t run_patcher(uint64_t slice, uint32_t *turns)
{
    make();
    load_patcher();
    rig_start(rig);
    for (uint64_t cycle = slice; rig->core.state == CORE_RUNS && cycle <= 2000; cycle += slice)
        run_to(cycle);
    ck_assert_int_eq(rig->core.state, CORE_NO_HANDLER);
    ck_assert_uint_eq(rig->core.x[A0], 2);
    *turns = rig->core.x[T2];
    uint64_t cycle = rig->core.cycle;
    drop();
    return cycle;
}

/*
 * The store to DMA0_CTRL starts in cycle c; the copy is asked for in c + 1, the descriptor is there
 * in c + 4, the word pair (read of L2: 1 beat) in c + 7, in TCM (1 cycle of the port, and 1) in c
 * + 9. The store takes 4 cycles, a turn is ADDI 1 + JAL 3 + ADDI 1 + JALR 3 + BNE 3 = 11: the ADDI
 * behind the JAL starts in c + 8 (old), c + 19 (new).
 */
START_TEST(code_that_the_dma_writes_is_what_runs_next)
{
    uint32_t turns, other_turns;
    uint64_t end = run_patcher(2000, &turns);
    ck_assert_uint_eq(turns, 2);
    for (uint64_t slice = 1; slice < 12; slice++) {
        ck_assert_uint_eq(run_patcher(slice, &other_turns), end);
        ck_assert_uint_eq(other_turns, turns);
    }
}
END_TEST

/* A word that the core watches in TCM changes in the cycle that the rule says: c + 9 again. */
START_TEST(the_core_sees_tcm_change_in_the_cycle_of_the_access)
{
    make();
    const uint32_t one = 1;
    rig_put(rig, RIG_L2, &one, 1);
    put_desc(DESC, (words_t){0, RIG_L2, RIG_DATA, 4, 1, 0, 0, 0});
    RIG_PROGRAM(rig, LUI(S0, DMA >> 12), LUI(S1, RIG_DATA >> 12), LUI(T0, DESC >> 12),
                SW(T0, 0x40 + FIRST, S0), ADDI(T0, 0, START), SW(T0, 0x40 + CTRL, S0), /* c */
                LW(A0, 0, S1), /* c + 4, two cycles each */
                LW(A1, 0, S1), /* c + 6 */
                LW(A2, 0, S1), /* c + 8 */
                LW(A3, 0, S1), /* c + 10 */
                NOP);
    rig_run(rig);
    ck_assert_uint_eq(rig->core.x[A0], 0);
    ck_assert_uint_eq(rig->core.x[A1], 0);
    ck_assert_uint_eq(rig->core.x[A2], 0);
    ck_assert_uint_eq(rig->core.x[A3], 1);
    drop();
    make();
    rig_put(rig, RIG_L2, &one, 1);
    put_desc(DESC, (words_t){0, RIG_L2, RIG_DATA, 4, 1, 0, 0, 0});
    RIG_PROGRAM(rig, LUI(S0, DMA >> 12), LUI(S1, RIG_DATA >> 12), LUI(T0, DESC >> 12),
                SW(T0, 0x40 + FIRST, S0), ADDI(T0, 0, START), SW(T0, 0x40 + CTRL, S0),
                NOP,           /* c + 4 */
                LW(A0, 0, S1), /* c + 5 */
                LW(A1, 0, S1), /* c + 7 */
                LW(A2, 0, S1), /* c + 9: there */
                NOP);
    rig_run(rig);
    ck_assert_uint_eq(rig->core.x[A1], 0);
    ck_assert_uint_eq(rig->core.x[A2], 1);
    drop();
}
END_TEST

START_TEST(impossible_descriptions_are_refused)
{
    make();
    dma_t other;
    dma_desc_t desc = {.clk_hz = RIG_HZ, .tcm_bytes_per_cycle = 24};
    ck_assert_int_eq(dma_init(&other, rig->sim, &rig->bus, &desc, "dma2"), SIM_EDESC);
    ck_assert_str_eq(sim_error(rig->sim),
                     "dma2.tcm_bytes_per_cycle: 24 is no power of two in 4..64");
    desc.tcm_bytes_per_cycle = 8;
    ck_assert_int_eq(dma_init(&other, rig->sim, &rig->bus, &desc, "dma2"), SIM_OK);
    ck_assert_int_eq(sim_check(rig->sim), SIM_EWIRE);
    ck_assert_str_eq(sim_error(rig->sim), "dma2.l2: not connected");
    drop();
}
END_TEST

TEST_MAIN("logic dma", a_line_in_l2_takes_16_cycles, each_further_line_takes_12_cycles,
          tcm_moves_8_bytes_a_cycle, channels_queue_for_the_tcm_port, fill_and_fixed_addresses,
          another_master_makes_it_wait, random_chains_move_what_a_plain_loop_moves,
          ties_between_channels_do_not_depend_on_their_order,
          a_run_goes_on_from_a_snapshot_at_any_cycle, a_descriptor_can_tell_before_the_chain_ends,
          errors_have_a_code_and_a_place, an_error_of_the_memory_ends_the_run,
          a_fill_word_need_not_be_an_address, abort_ends_the_run_after_the_access_under_way,
          a_ring_of_descriptors_runs_until_aborted, a_busy_channel_is_not_started_again,
          reset_forgets_a_run, code_that_the_dma_writes_is_what_runs_next,
          the_core_sees_tcm_change_in_the_cycle_of_the_access, impossible_descriptions_are_refused)
