/*
 * fault_test.c - each kind of fault by hand: when it strikes, what it does, how its outcome shows.
 */
#include "sim/snapshot.h"
#include "tests/test.h"
#include "tests/tools/board.h"
#include "tools/fault.h"

#define MS SIM_PS_PER_MS
#define US SIM_PS_PER_US

static board_t *board;
static fault_set_t *set;
static fault_item_t items[FAULT_MAX_ITEMS];
static uint32_t count;
static char error[512];
static const char *firmware; /* whose symbols addresses may name */

/* faults[] as text; the message, if any, is in error. */
static bool read_faults(const sensor_desc_t *chip, const char *faults)
{
    char text[2048];
    snprintf(text, sizeof(text), "{\"faults\": [%s]}", faults);
    sim_doc_t *doc = sim_doc_parse(text, strlen(text), "f.json");
    sim_cfg_t root = sim_doc_root(doc);
    count = fault_read(&root, chip, firmware, 7, items);
    sim_cfg_done(&root);
    bool fine = sim_doc_error(doc) == NULL;
    snprintf(error, sizeof(error), "%s", fine ? "" : sim_doc_error(doc));
    sim_doc_free(doc);
    return fine;
}

static void make(l2_ecc_t ecc, const char *faults)
{
    sensor_desc_t desc = sensor_desc_default();
    desc.logic.l2.ecc = ecc;
    ck_assert_msg(read_faults(&desc, faults), "%s", error);
    fault_plan(items, count, &desc);
    board = board_new(&desc);
    set = calloc(1, sizeof(*set));
    ck_assert_int_eq(fault_init(set, board->sensor, items, count), SIM_OK);
    board_start(board);
}

static void drop(void)
{
    board_free(board);
    free(set);
}

static void ends_as(uint32_t i, fault_outcome_t outcome, fault_by_t by)
{
    ck_assert_uint_lt(i, set->count);
    ck_assert_str_eq(fault_outcome_names[set->record[i].outcome], fault_outcome_names[outcome]);
    ck_assert_str_eq(fault_by_names[set->record[i].by], fault_by_names[by]);
}

static uint8_t byte_at(uint32_t addr)
{
    uint8_t byte = 0;
    ck_assert(bus_peek(&board->sensor->bus, addr, &byte, 1));
    return byte;
}

/* ---- memories ---- */

START_TEST(bits_flip_at_their_time_and_nobody_notices)
{
    make(L2_ECC_NONE,
         "{\"kind\": \"l2_flip\", \"at\": \"1ms\", \"address\": \"0x04000010\", \"bit\": 9},"
         "{\"kind\": \"tcm_flip\", \"at\": \"1.5ms\", \"address\": \"0x10030001\", \"bit\": 7}");
    sim_run_until_ps(board->sim, MS - 1);
    ck_assert_uint_eq(byte_at(0x04000011), 0);
    sim_run_until_ps(board->sim, MS);
    ck_assert_uint_eq(byte_at(0x04000011), 2);
    ck_assert_uint_eq(byte_at(0x10030001), 0);
    sim_run_until_ps(board->sim, 3 * MS);
    ck_assert_uint_eq(byte_at(0x10030001), 128);
    ck_assert_uint_eq(set->record[1].at_ps, 1500 * US);
    ends_as(0, FAULT_WAITING, FAULT_BY_NOBODY); /* a debugger's look is none */
    ends_as(1, FAULT_WAITING, FAULT_BY_NOBODY);
    fault_finish(set);
    ck_assert_uint_eq(set->total[FAULT_WAITING], 2);
    drop();
}
END_TEST

static void met_by(uint32_t i, const char *who)
{
    const char *by = fault_met_by(set, &set->record[i]);
    ck_assert_str_eq(by != NULL ? by : "nobody", who);
}

/* At the beginning of TCM. Three cycles of ROM come first: its two instructions, the jump taken. */
static const uint32_t program[] = {
    0x100102b7, /*  0 lui  t0, 0x10010 */
    0x0002a303, /*  4 lw   t1, 0(t0) */
    0x0002a223, /*  8 sw   zero, 4(t0) */
    0x0042a383, /* 12 lw   t2, 4(t0) */
    0x00100e13, /* 16 li   t3, 1 */
    0x0092ce83, /* 20 lbu  t4, 9(t0) */
    0x04000f37, /* 24 lui  t5, 0x4000 */
    0x010f2f83, /* 28 lw   t6, 16(t5) */
    0x0000006f, /* 32 j    . */
    0x00000013, /* 36 nop, never reached */
};

START_TEST(who_reads_a_flipped_bit_first_is_known)
{
    make(L2_ECC_NONE,
         "{\"kind\": \"tcm_flip\", \"at\": \"0us\", \"address\": \"0x10010001\", \"bit\": 3},"
         "{\"kind\": \"tcm_flip\", \"at\": \"0us\", \"address\": \"0x10010006\", \"bit\": 0},"
         "{\"kind\": \"tcm_flip\", \"at\": \"0us\", \"address\": \"0x10010008\", \"bit\": 0},"
         "{\"kind\": \"tcm_flip\", \"at\": \"0us\", \"address\": \"0x10000013\", \"bit\": 1},"
         "{\"kind\": \"tcm_flip\", \"at\": \"0us\", \"address\": \"0x10000024\", \"bit\": 1},"
         "{\"kind\": \"l2_flip\", \"at\": \"0us\", \"address\": \"0x04000010\", \"bit\": 9},"
         "{\"kind\": \"l2_flip\", \"at\": \"0us\", \"address\": \"0x04000010\", \"bit\": 40},"
         "{\"kind\": \"l2_flip\", \"at\": \"0us\", \"address\": \"0x04000018\", \"bit\": 9}");
    ck_assert(bus_poke(&board->sensor->bus, BUS_TCM_BASE, program, sizeof(program)));
    bus_set_boot(&board->sensor->bus, BUS_TCM_BASE);
    board_run_ms(board, 1);
    const core_t *core = &board->sensor->core;
    ck_assert_uint_eq(core->x[6], 0x800);
    ck_assert_uint_eq(core->x[7], 0);
    ck_assert_uint_eq(core->x[28], 1 + 32); /* bit 1 of the last byte is bit 5 of the number */
    ck_assert_uint_eq(core->x[29], 0);
    ck_assert_uint_eq(core->x[31], 0x200);
    ends_as(0, FAULT_SILENT, FAULT_BY_NOBODY);
    met_by(0, "core");
    ends_as(1, FAULT_NOTHING, FAULT_BY_NOBODY);
    met_by(1, "nobody");
    ends_as(2, FAULT_WAITING, FAULT_BY_NOBODY);
    ends_as(3, FAULT_SILENT, FAULT_BY_NOBODY);
    met_by(3, "core fetch");
    ends_as(4, FAULT_WAITING, FAULT_BY_NOBODY);
    ends_as(5, FAULT_SILENT, FAULT_BY_NOBODY);
    met_by(5, "core");
    ends_as(7, FAULT_WAITING, FAULT_BY_NOBODY);
    /* lui, lw, sw, lw, li: in the order of the program, at the cycle of each */
    ck_assert_uint_lt(set->record[0].end_ps, set->record[1].end_ps);
    ck_assert_uint_lt(set->record[1].end_ps, set->record[3].end_ps);
    ck_assert_uint_lt(set->record[3].end_ps, set->record[5].end_ps);
    drop();
}
END_TEST

/* Two words from 0x10020000 to L2, by a descriptor beside them; flips in the descriptor's unused
 * stride, in the second word, behind it, and where a channel writes. */
START_TEST(the_dma_reads_and_overwrites_flipped_bits_too)
{
    enum { CTRL = 0x40, FIRST = 0x48 };
    const uint32_t copy[] = {0, 0x10020000, 0x04000100, 8, 1, 0, 0, 0x10020040};
    const uint32_t back[] = {0, 0x04000200, 0x10020080, 8, 1, 0, 0, 0};
    make(L2_ECC_NONE,
         "{\"kind\": \"tcm_flip\", \"at\": \"0us\", \"address\": \"0x10020006\", \"bit\": 0},"
         "{\"kind\": \"tcm_flip\", \"at\": \"0us\", \"address\": \"0x10020008\", \"bit\": 0},"
         "{\"kind\": \"tcm_flip\", \"at\": \"0us\", \"address\": \"0x10020084\", \"bit\": 0},"
         "{\"kind\": \"l2_flip\", \"at\": \"0us\", \"address\": \"0x04000200\", \"bit\": 33},"
         "{\"kind\": \"l2_flip\", \"at\": \"0us\", \"address\": \"0x04000100\", \"bit\": 1}");
    board_run_ms(board, 1);
    sensor_t *s = board->sensor;
    ck_assert(bus_poke(&s->bus, 0x10020020, copy, sizeof(copy)));
    ck_assert(bus_poke(&s->bus, 0x10020040, back, sizeof(back)));
    sim_reg_write(&s->dma.comp, FIRST, 0x10020020);
    sim_reg_write(&s->dma.comp, CTRL, 1);
    board_run_ms(board, 1);
    ck_assert_uint_eq(byte_at(0x04000106), 1);
    ck_assert_uint_eq(byte_at(0x10020084), 2);
    ends_as(0, FAULT_SILENT, FAULT_BY_NOBODY);
    met_by(0, "dma");
    ends_as(1, FAULT_WAITING, FAULT_BY_NOBODY);
    ends_as(2, FAULT_NOTHING, FAULT_BY_NOBODY);
    ends_as(3, FAULT_SILENT, FAULT_BY_NOBODY);
    met_by(3, "dma");
    ends_as(4, FAULT_NOTHING, FAULT_BY_NOBODY);
    drop();
}
END_TEST

/* The watch is no state: it comes back from the records. */
START_TEST(a_restored_snapshot_watches_what_waited)
{
    make(L2_ECC_NONE,
         "{\"kind\": \"tcm_flip\", \"at\": \"1ms\", \"address\": \"0x10020006\", \"bit\": 0},"
         "{\"kind\": \"l2_flip\", \"at\": \"1ms\", \"address\": \"0x04000200\", \"bit\": 33}");
    sim_run_until_ps(board->sim, 2 * MS);
    sim_snapshot_t *middle = sim_snapshot_take(board->sim, NULL);
    const uint8_t zeros[8] = {0};
    for (int round = 0; round < 2; round++) {
        ends_as(0, FAULT_WAITING, FAULT_BY_NOBODY);
        ck_assert_uint_eq(board->sensor->bus.watches, 1);
        ck_assert(bus_poke(&board->sensor->bus, 0x10020000, zeros, 8));
        ck_assert(bus_poke(&board->sensor->bus, 0x04000200, zeros, 8));
        ends_as(0, FAULT_NOTHING, FAULT_BY_NOBODY);
        ends_as(1, FAULT_NOTHING, FAULT_BY_NOBODY);
        ck_assert_uint_eq(board->sensor->bus.watches, 0);
        ck_assert_int_eq(sim_snapshot_restore(board->sim, middle), SIM_OK);
    }
    sim_snapshot_free(middle);
    drop();
}
END_TEST

static void on_done(void *ctx, sim_mem_req_t *req)
{
    *(bool *)ctx = req->error;
}

/* By the port of the MIPI block, which has nothing to do. */
static bool reads_wrong(uint32_t addr)
{
    uint8_t data[8];
    bool wrong = false;
    sim_mem_req_t req = {.addr = addr, .bytes = 8, .data = data, .done = on_done, .ctx = &wrong};
    sim_mem_request(&board->sensor->mipi.mem, &req);
    sim_run_until_ps(board->sim, sim_now_ps(board->sim) + US);
    return wrong;
}

START_TEST(with_ecc_single_flips_are_recovered_and_double_ones_detected)
{
    make(L2_ECC_SECDED,
         "{\"kind\": \"l2_flip\", \"at\": \"1ms\", \"address\": \"0x04000010\", \"bit\": 71},"
         "{\"kind\": \"l2_flip\", \"at\": \"1ms\", \"address\": \"0x04000020\", \"bit\": 71, "
         "\"bits\": "
         "2},{\"kind\": \"l2_flip\", \"at\": \"1ms\", \"address\": \"0x04000030\"}");
    sim_run_until_ps(board->sim, 2 * MS);
    ck_assert(board->sensor->npu.exact);
    ends_as(0, FAULT_WAITING, FAULT_BY_NOBODY);
    ck_assert(!reads_wrong(0x04000010));
    ck_assert(reads_wrong(0x04000020)); /* bit 71, and 0 */
    uint8_t zeros[8] = {0};
    ck_assert(sim_mem_poke(&board->sensor->mipi.mem, 0x04000030, zeros, 8));
    ends_as(0, FAULT_RECOVERED, FAULT_BY_ECC);
    ends_as(1, FAULT_DETECTED, FAULT_BY_ECC);
    ends_as(2, FAULT_NOTHING, FAULT_BY_NOBODY);
    drop();
}
END_TEST

/* lui t0, 0x4000; lw t1, 16(t0); lw t2, 32(t0); j . */
START_TEST(the_core_reads_the_right_word_or_traps)
{
    static const uint8_t code[] = {0xb7, 0x02, 0x00, 0x04, 0x03, 0xa3, 0x02, 0x01,
                                   0x83, 0xa3, 0x02, 0x02, 0x6f, 0x00, 0x00, 0x00};
    const uint8_t data[] = {0x78, 0x56, 0x34, 0x12};
    make(L2_ECC_SECDED, "{\"kind\": \"l2_flip\", \"at\": \"0us\", \"address\": \"0x04000010\"},"
                        "{\"kind\": \"l2_flip\", \"at\": \"0us\", \"address\": \"0x04000020\", "
                        "\"bit\": 0, \"bits\": 2}");
    ck_assert(bus_poke(&board->sensor->bus, BUS_TCM_BASE, code, sizeof(code)));
    ck_assert(bus_poke(&board->sensor->bus, 0x04000010, data, sizeof(data)));
    bus_set_boot(&board->sensor->bus, BUS_TCM_BASE);
    board_run_ms(board, 1);
    ck_assert_uint_eq(board->sensor->core.x[6], 0x12345678);
    ck_assert_uint_eq(board->sensor->core.x[7], 0);
    /* there is no handler: the core stops there */
    ck_assert_ptr_nonnull(strstr(board->log, "mcause 5, pc 0x10000008, mtval 0x04000020"));
    ends_as(0, FAULT_RECOVERED, FAULT_BY_ECC);
    ends_as(1, FAULT_DETECTED, FAULT_BY_ECC);
    drop();
}
END_TEST

/* ---- CCI ---- */

enum { FRAME_LENGTH = 0x0340, CONTROL = 0x0100 };

static uint32_t ccs(uint16_t addr)
{
    uint32_t value;
    ck_assert(ccs_host_read(&board->sensor->ccs, addr, &value));
    return value;
}

START_TEST(a_lost_byte_of_a_cci_write_is_not_acknowledged_once)
{
    make(L2_ECC_NONE, "{\"kind\": \"cci_drop\", \"at\": \"1ms\"}");
    ck_assert(board_cci_write(board, FRAME_LENGTH, 4000));
    sim_run_until_ps(board->sim, 2 * MS);
    ck_assert(!board_cci_write(board, FRAME_LENGTH, 5000));
    ck_assert_uint_eq(board->done.nak_at, 1);
    ck_assert_uint_eq(ccs(FRAME_LENGTH), 4000);
    ends_as(0, FAULT_DETECTED, FAULT_BY_HOST);
    ck_assert(board_cci_write(board, FRAME_LENGTH, 5000));
    ck_assert_uint_eq(ccs(FRAME_LENGTH), 5000);
    ends_as(0, FAULT_RECOVERED, FAULT_BY_HOST);
    drop();
}
END_TEST

START_TEST(a_corrupt_byte_changes_the_value_or_its_place)
{
    make(L2_ECC_NONE, "{\"kind\": \"cci_corrupt\", \"at\": \"1ms\", \"byte\": 2, \"mask\": 16},"
                      "{\"kind\": \"cci_corrupt\", \"at\": \"2ms\", \"byte\": 1, \"mask\": 1}");
    sim_run_until_ps(board->sim, 1 * MS);
    ck_assert(board_cci_write(board, FRAME_LENGTH, 0x0fa0));
    ck_assert_uint_eq(ccs(FRAME_LENGTH), 0x1fa0);
    ends_as(0, FAULT_SILENT, FAULT_BY_NOBODY);
    sim_run_until_ps(board->sim, 2 * MS);
    ck_assert(board_cci_write(board, FRAME_LENGTH, 0x0a25)); /* to 0x0341 on */
    ck_assert_uint_eq(ccs(FRAME_LENGTH), 0x1f0a);
    ck_assert_uint_eq(ccs(FRAME_LENGTH + 2), 0x25b6);
    ends_as(1, FAULT_SILENT, FAULT_BY_NOBODY);
    drop();
}
END_TEST

/* ---- SPI ---- */

static void spi_write(uint32_t addr, uint32_t value)
{
    sim_reg_write(&board->sensor->spi.comp, addr, value);
}

/* 64 bytes of flash, whose content is 0, 1, 2, .., into L2. */
static void spi_read(void)
{
    static const uint32_t writes[][2] = {{0x08, 2}, {0x04, 0x101}, {0x14, 0x0b}, {0x14, 0},
                                         {0x14, 0}, {0x14, 0},     {0x14, 0}};
    for (uint32_t i = 0; i < 256; i++)
        board->sensor->flash.memory[i] = (uint8_t)i;
    for (size_t i = 0; i < SIM_COUNT(writes); i++)
        spi_write(writes[i][0], writes[i][1]);
    board_run_ms(board, 1);
    spi_write(0x18, BUS_L2_BASE);
    spi_write(0x1c, 64);
    spi_write(0x20, 1);
    board_run_ms(board, 1);
}

START_TEST(bytes_on_spi_are_lost_or_changed_where_they_are_told_to)
{
    sensor_desc_t desc = sensor_desc_default();
    desc.logic.flash.fitted = true;
    ck_assert_msg(
        read_faults(&desc,
                    "{\"kind\": \"spi_corrupt\", \"at\": \"0us\", \"skip\": 15, \"mask\": 1},"
                    "{\"kind\": \"spi_drop\", \"at\": \"0us\", \"skip\": 40},"
                    "{\"kind\": \"spi_drop\", \"at\": \"0us\", \"skip\": 100}"),
        "%s", error);
    board = board_new(&desc);
    set = calloc(1, sizeof(*set));
    ck_assert_int_eq(fault_init(set, board->sensor, items, count), SIM_OK);
    board_start(board);
    spi_read(); /* 5 bytes of command come first, so byte 15 is data 10; then 40 more: 51 */
    for (uint32_t i = 0; i < 64; i++)
        ck_assert_uint_eq(byte_at(BUS_L2_BASE + i), i == 10 ? 11 : i == 51 ? 255 : i);
    ends_as(0, FAULT_SILENT, FAULT_BY_NOBODY);
    ends_as(1, FAULT_SILENT, FAULT_BY_NOBODY);
    ends_as(2, FAULT_WAITING, FAULT_BY_NOBODY);
    fault_finish(set);
    fault_finish(set); /* as often as one likes */
    ends_as(2, FAULT_ABSENT, FAULT_BY_NOBODY);
    ck_assert_uint_eq(set->injected, 2);
    ck_assert_uint_eq(set->total[FAULT_ABSENT], 1);
    drop();
}
END_TEST

/* ---- resets and interrupts ---- */

START_TEST(a_brown_out_resets_the_sensor_and_the_hosts_registers)
{
    make(L2_ECC_NONE, "{\"kind\": \"brown_out\", \"at\": \"1ms\"}");
    uint32_t reset = ccs(FRAME_LENGTH);
    ck_assert(ccs_host_write(&board->sensor->ccs, FRAME_LENGTH, 4000));
    sim_run_until_ps(board->sim, MS);
    ck_assert_uint_eq(ccs(FRAME_LENGTH), 4000);
    sim_run_until_ps(board->sim, MS + 20000); /* RST_DELAY_CYCLES are 7.6 ns */
    ck_assert_uint_eq(ccs(FRAME_LENGTH), reset);
    ck_assert_uint_eq(board->sensor->clkrst.cause & RST_BROWN_OUT, RST_BROWN_OUT);
    fault_finish(set);
    ends_as(0, FAULT_DETECTED, FAULT_BY_REGISTER);
    ck_assert_uint_eq(set->total[FAULT_DETECTED], 1);
    ck_assert_uint_eq(set->injected, 1);
    drop();
}
END_TEST

static uint32_t raw(void)
{
    return sim_reg_peek(&board->sensor->intc.comp, 4);
}

START_TEST(an_interrupt_is_lost_once_or_for_a_while)
{
    make(L2_ECC_NONE,
         "{\"kind\": \"irq_lost\", \"irq\": \"TEMP\", \"at\": \"1ms\"},"
         "{\"kind\": \"irq_lost\", \"irq\": \"TIMER\", \"at\": \"1ms\", \"for\": \"500us\"}");
    sim_wire_t *temp = &board->sensor->temp.irq, *timer = &board->sensor->timer.irq;
    sim_run_until_ps(board->sim, MS);
    sim_wire_set(temp, true);  /* input 13 */
    sim_wire_set(timer, true); /* input 8 */
    ck_assert_uint_eq(raw(), 0);
    ends_as(0, FAULT_SILENT, FAULT_BY_NOBODY);
    sim_run_until_ps(board->sim, 1500 * US - 1);
    ck_assert_uint_eq(raw(), 0);
    sim_run_until_ps(board->sim, 1500 * US);
    ck_assert_uint_eq(raw(), 1u << 8);
    ends_as(1, FAULT_RECOVERED, FAULT_BY_REGISTER);
    sim_wire_set(temp, false);
    ends_as(0, FAULT_RECOVERED, FAULT_BY_REGISTER);
    sim_wire_set(temp, true);
    ck_assert_uint_eq(raw(), 1u << 8 | 1u << 13);
    drop();
}
END_TEST

/* A word comes every cycles_per_word; the 32 of the start-up test come first. A word that comes
 * twice, or 589 equal bits of 1,024, fail it. */
START_TEST(a_bad_source_of_random_numbers_fails_its_tests)
{
    const struct {
        const char *kind;
        uint32_t most_words; /* until it is known */
    } cases[] = {{"rng_stuck", 1}, {"rng_biased", 32}};
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        char text[256];
        snprintf(text, sizeof(text),
                 "{\"kind\": \"%s\", \"at\": \"1ms\", \"for\": \"1ms\"},"
                 "{\"kind\": \"%s\", \"at\": \"3ms\", \"for\": \"1ms\"}",
                 cases[i].kind, cases[i].kind);
        make(L2_ECC_NONE, text);
        rng_t *rng = &board->sensor->rng;
        uint64_t word_ps = rng->desc.cycles_per_word * (SIM_PS_PER_S / rng->desc.clk_hz + 1);
        sim_run_until_ps(board->sim, MS); /* the source is off: nobody can know */
        ck_assert_uint_eq(rng->failures, 0);
        sim_run_until_ps(board->sim, 2 * MS);
        ends_as(0, FAULT_SILENT, FAULT_BY_NOBODY);
        sim_reg_write(&rng->comp, 4, 1);           /* RNG_CTRL: enable */
        for (int words = 0; words < 64; words++) { /* the FIFO does not stay full */
            sim_run_until_ps(board->sim, sim_now_ps(board->sim) + word_ps);
            sim_reg_read(&rng->comp, 0x0c);
        }
        ck_assert_uint_eq(rng->failures, 0);
        sim_run_until_ps(board->sim, 3 * MS);
        for (uint32_t words = 0; words < 8 + cases[i].most_words; words++) {
            sim_reg_read(&rng->comp, 0x0c);
            sim_run_until_ps(board->sim, sim_now_ps(board->sim) + word_ps);
        }
        ends_as(1, FAULT_DETECTED, FAULT_BY_REGISTER);
        ck_assert_uint_eq(sim_reg_peek(&rng->comp, 8) & 2, 2); /* RNG_STATUS: failed */
        drop();
    }
}
END_TEST

/* ---- times and draws ---- */

START_TEST(faults_repeat_from_a_time_until_one_and_up_to_a_count)
{
    make(L2_ECC_NONE,
         "{\"kind\": \"tcm_flip\", \"every\": \"1ms\", \"until\": \"3ms\"},"
         "{\"kind\": \"tcm_flip\", \"every\": \"1ms\", \"from\": \"0.5ms\", \"count\": 2},"
         "{\"kind\": \"tcm_flip\", \"at\": \"4ms\", \"count\": 3}");
    static const uint64_t at_us[] = {500, 1000, 1500, 2000, 3000, 4000, 4000, 4000};
    board_run_ms(board, 10);
    ck_assert_uint_eq(set->count, SIM_COUNT(at_us));
    for (uint32_t i = 0; i < set->count; i++)
        ck_assert_uint_eq(set->record[i].at_ps, at_us[i] * US);
    ck_assert(set->record[5].arg[0] != set->record[6].arg[0] ||
              set->record[5].arg[1] != set->record[6].arg[1]);
    drop();
}
END_TEST

/* 1000 gaps of a Poisson process of 100 kHz: mean 10 us (standard error 3 %), and a share of
 * 1 - exp(-1) = 0.632 (1.5 %) below it. */
START_TEST(random_times_are_a_poisson_process_and_the_same_for_a_seed)
{
    static const char *const text =
        "{\"kind\": \"tcm_flip\", \"rate_hz\": 100000, \"count\": 1000, \"seed\": 3}";
    make(L2_ECC_NONE, text);
    board_run_ms(board, 20);
    ck_assert_uint_eq(set->count, 1000);
    uint32_t below = 0;
    for (uint32_t i = 1; i < 1000; i++)
        below += set->record[i].at_ps - set->record[i - 1].at_ps < 10 * US;
    double mean_us = (double)set->record[999].at_ps / 1e9;
    ck_assert_msg(mean_us > 9.1 && mean_us < 10.9, "%f", mean_us);
    ck_assert_msg(below > 585 && below < 678, "%u", below);
    fault_set_t *first = set;
    board_free(board);
    make(L2_ECC_NONE, text);
    board_run_ms(board, 20);
    ck_assert_mem_eq(set->record, first->record, sizeof(set->record));
    free(first);
    drop();
}
END_TEST

/* In place, as a debugger goes back: the draws, the times and what waits come again. */
START_TEST(a_snapshot_has_the_faults_to_come)
{
    make(L2_ECC_SECDED,
         "{\"kind\": \"l2_flip\", \"rate_hz\": 20000}, {\"kind\": \"tcm_flip\", \"every\": "
         "\"70us\"},"
         "{\"kind\": \"irq_lost\", \"irq\": \"TEMP\", \"at\": \"900us\", \"for\": \"200us\"},"
         "{\"kind\": \"irq_lost\", \"irq\": \"TIMER\", \"at\": \"900us\"},"
         "{\"kind\": \"cci_drop\", \"at\": \"500us\"},"
         "{\"kind\": \"link_drop\", \"at\": \"500us\", \"skip\": 9},"
         "{\"kind\": \"spi_drop\", \"at\": \"500us\", \"skip\": 9}");
    sim_run_until_ps(board->sim, MS);
    sim_snapshot_t *middle = sim_snapshot_take(board->sim, NULL);
    ck_assert_ptr_nonnull(middle);
    sim_wire_set(&board->sensor->timer.irq, true);
    sim_run_until_ps(board->sim, 2 * MS);
    uint32_t number = set->count;
    uint64_t hash = sim_state_hash(board->sim);
    ck_assert_uint_gt(number, 30);
    ck_assert_int_eq(sim_snapshot_restore(board->sim, middle), SIM_OK);
    ck_assert_uint_lt(set->count, number);
    ck_assert_uint_eq(board->sensor->mipi.fault_count, 1);
    ck_assert_uint_eq(board->sensor->intc.blocked, 1u << 13);
    sim_wire_set(&board->sensor->timer.irq, true);
    sim_run_until_ps(board->sim, 2 * MS);
    ck_assert_uint_eq(set->count, number);
    ck_assert_uint_eq(sim_state_hash(board->sim), hash);
    sim_snapshot_free(middle);
    drop();
}
END_TEST

START_TEST(there_is_an_end_to_faults)
{
    make(L2_ECC_NONE, "{\"kind\": \"tcm_flip\", \"every\": \"1us\"},"
                      "{\"kind\": \"tcm_flip\", \"at\": \"9ms\"}");
    board_run_ms(board, 10);
    ck_assert_uint_eq(set->count, FAULT_MAX_INJECTED);
    ck_assert_uint_eq(set->refused, 1);
    fault_finish(set);
    ck_assert_uint_eq(set->total[FAULT_ABSENT], 1);
    drop();
}
END_TEST

/* ---- what is refused ---- */

START_TEST(addresses_may_be_symbols_of_the_program)
{
    sensor_desc_t chip = sensor_desc_default();
    static const char *const bad[][2] = {
        {"nobody", "'nobody' is no symbol of build/firmware/visitor_counter.elf"},
        {"app+", "'app+' is no symbol+offset"},
        {"app+x", "'app+x' is no symbol+offset"},
        {"app+4x", "'app+4x' is no symbol+offset"},
        {"app+0x10000", "'app+0x10000' is no symbol+offset"},
    };
    char text[128];
    firmware = "build/firmware/visitor_counter.elf";
    ck_assert_msg(read_faults(&chip, "{\"kind\": \"tcm_flip\", \"at\": \"1ms\", \"address\": "
                                     "\"main_returned\"}, {\"kind\": \"tcm_flip\", \"at\": "
                                     "\"1ms\", \"address\": \"main_returned+0x13\"}"),
                  "%s", error);
    ck_assert_uint_ge(items[0].arg[0], 0x10000000); /* where the program is linked to */
    ck_assert_uint_lt(items[0].arg[0], 0x10000100);
    ck_assert_uint_eq(items[1].arg[0], items[0].arg[0] + 19);
    for (size_t i = 0; i < SIM_COUNT(bad); i++) {
        snprintf(text, sizeof(text),
                 "{\"kind\": \"tcm_flip\", \"at\": \"1ms\", \"address\": \"%s\"}", bad[i][0]);
        ck_assert_msg(!read_faults(&chip, text), "%s", text);
        ck_assert_msg(strstr(error, bad[i][1]) != NULL, "%s: %s", text, error);
    }
    firmware = NULL;
    ck_assert(!read_faults(&chip, "{\"kind\": \"core_jump\", \"at\": \"1ms\", \"address\": "
                                  "\"main_returned\"}"));
    ck_assert_ptr_nonnull(strstr(error, "faults[0].address: 'main_returned': no program"));
}
END_TEST

START_TEST(wrong_entries_are_named_by_their_place)
{
    static const char *const bad[][2] = {
        {"{}", "f.json: faults[0].kind"},
        {"{\"kind\": \"gamma\", \"at\": \"1ms\"}", "faults[0].kind"},
        {"{\"kind\": \"tcm_flip\"}", "faults[0]"},
        {"{\"kind\": \"tcm_flip\", \"at\": \"1ms\", \"every\": \"1ms\"}", "faults[0]"},
        {"{\"kind\": \"tcm_flip\", \"at\": \"soon\"}", "faults[0].at"},
        {"{\"kind\": \"tcm_flip\", \"at\": \"frame:\"}", "faults[0].at"},
        {"{\"kind\": \"tcm_flip\", \"at\": \"frame:-1\"}", "faults[0].at"},
        {"{\"kind\": \"tcm_flip\", \"at\": \"frame:1+\"}", "faults[0].at"},
        {"{\"kind\": \"tcm_flip\", \"every\": \"0us\"}", "faults[0].every"},
        {"{\"kind\": \"tcm_flip\", \"every\": \"1ms\", \"from\": \"3ms\", \"until\": \"2ms\"}",
         "faults[0].until"},
        {"{\"kind\": \"tcm_flip\", \"at\": \"1ms\", \"until\": \"2ms\"}", "faults[0].until"},
        {"{\"kind\": \"tcm_flip\", \"rate_hz\": 0}", "faults[0].rate_hz"},
        {"{\"kind\": \"tcm_flip\", \"rate_hz\": 1e300}", "faults[0].rate_hz"},
        {"{\"kind\": \"tcm_flip\", \"at\": \"1ms\", \"count\": 0}", "faults[0].count"},
        {"{\"kind\": \"tcm_flip\", \"at\": \"1ms\", \"count\": 2049}", "faults[0].count"},
        {"{\"kind\": \"tcm_flip\", \"at\": \"1ms\", \"bit\": 8}", "faults[0].bit"},
        {"{\"kind\": \"tcm_flip\", \"at\": \"1ms\", \"address\": 0}", "faults[0].address"},
        {"{\"kind\": \"l2_flip\", \"at\": \"1ms\", \"address\": 67108868}", "faults[0].address"},
        {"{\"kind\": \"l2_flip\", \"at\": \"1ms\", \"bit\": 64}", "faults[0].bit"}, /* no ECC */
        {"{\"kind\": \"l2_flip\", \"at\": \"1ms\", \"address\": \"4000000\"}", "faults[0].address"},
        {"{\"kind\": \"l2_flip\", \"at\": \"1ms\", \"address\": \"0x\"}", "faults[0].address"},
        {"{\"kind\": \"l2_flip\", \"at\": \"1ms\", \"address\": \"0x3fffff8\"}",
         "faults[0].address"},
        {"{\"kind\": \"pixel_stuck\", \"at\": \"1ms\"}", "faults[0].at"},
        {"{\"kind\": \"pixel_stuck\", \"at\": \"frame:1+1\"}", "faults[0].at"},
        {"{\"kind\": \"row_stuck\", \"every\": \"1ms\"}", "faults[0]"},
        {"{\"kind\": \"pixel_stuck\", \"at\": \"frame:1\", \"x\": 4056}", "faults[0].x"},
        {"{\"kind\": \"pixel_stuck\", \"at\": \"frame:1\", \"value\": 1024}", "faults[0].value"},
        {"{\"kind\": \"pixel_stuck\", \"at\": \"frame:1\", \"count\": 65}", "faults"},
        {"{\"kind\": \"cci_corrupt\", \"at\": \"1ms\", \"mask\": 0}", "faults[0].mask"},
        {"{\"kind\": \"spi_drop\", \"at\": \"1ms\", \"port\": \"side\"}", "faults[0].port"},
        {"{\"kind\": \"core_jump\", \"at\": \"1ms\"}", "faults[0].address"},
        {"{\"kind\": \"core_jump\", \"at\": \"1ms\", \"address\": \"0x10000001\"}",
         "faults[0].address"},
        {"{\"kind\": \"npu_hang\", \"at\": \"1ms\", \"for\": \"1us\"}", "faults[0].for"},
        {"{\"kind\": \"irq_lost\", \"at\": \"1ms\"}", "faults[0].irq"},
        {"{\"kind\": \"irq_lost\", \"at\": \"1ms\", \"irq\": \"X\"}", "faults[0].irq"},
        {"{\"kind\": \"irq_lost\", \"rate_hz\": 1, \"irq\": \"DMA\", \"for\": \"1us\"}",
         "faults[0].for"},
        {"{\"kind\": \"brown_out\", \"at\": \"1ms\", \"for\": \"1us\"}", "faults[0].for"},
        {"{\"kind\": \"brown_out\", \"at\": \"1ms\"}, {\"kind\": 3, \"at\": \"1ms\"}",
         "faults[1].kind"},
    };
    sensor_desc_t chip = sensor_desc_default();
    for (size_t i = 0; i < SIM_COUNT(bad); i++) {
        ck_assert_msg(!read_faults(&chip, bad[i][0]), "%s", bad[i][0]);
        ck_assert_msg(strstr(error, bad[i][1]) != NULL, "%s: %s", bad[i][0], error);
    }
    ck_assert(!read_faults(&chip, "3"));
}
END_TEST

TEST_MAIN("tools faults", who_reads_a_flipped_bit_first_is_known,
          the_dma_reads_and_overwrites_flipped_bits_too, a_restored_snapshot_watches_what_waited,
          bits_flip_at_their_time_and_nobody_notices,
          with_ecc_single_flips_are_recovered_and_double_ones_detected,
          the_core_reads_the_right_word_or_traps,
          a_lost_byte_of_a_cci_write_is_not_acknowledged_once,
          a_corrupt_byte_changes_the_value_or_its_place,
          bytes_on_spi_are_lost_or_changed_where_they_are_told_to,
          a_brown_out_resets_the_sensor_and_the_hosts_registers,
          an_interrupt_is_lost_once_or_for_a_while, a_bad_source_of_random_numbers_fails_its_tests,
          faults_repeat_from_a_time_until_one_and_up_to_a_count,
          random_times_are_a_poisson_process_and_the_same_for_a_seed,
          a_snapshot_has_the_faults_to_come, there_is_an_end_to_faults,
          addresses_may_be_symbols_of_the_program, wrong_entries_are_named_by_their_place)
