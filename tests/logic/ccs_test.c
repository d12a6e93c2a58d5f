#include "tests/test.h"

#include "logic/ccs.h"

static ccs_t ccs;
static int irq_rises;

static void on_irq(void *ctx, bool level)
{
    (void)ctx;
    irq_rises += level;
}

static sim_t *make(void)
{
    sim_t *sim = sim_new();
    ccs_desc_t desc = {.inck_hz = 24000000};
    ck_assert_int_eq(ccs_init(&ccs, sim, &desc, "cci"), SIM_OK);
    ck_assert(sim_wire_connect(&ccs.irq, on_irq, NULL));
    irq_rises = 0;
    sim_reset(sim);
    return sim;
}

static uint32_t page(const char *name)
{
    for (const sim_reg_t *reg = ccs.comp.kind->regs; reg->name != NULL; reg++)
        if (strcmp(reg->name, name) == 0)
            return reg->addr;
    ck_abort_msg("no register %s", name);
    return 0;
}

START_TEST(the_pll_gives_the_published_rates)
{
    sim_t *sim = make();
    ccs_pll_t pll = ccs_pll(&ccs);
    ck_assert_uint_eq(pll.pixel_hz, 744000000);    /* 24 / 2 * 155 / (2 * 5) * 4 */
    ck_assert_uint_eq(pll.lane_bit_hz, 888000000); /* 24 / 2 * 74 */
    sim_free(sim);
}
END_TEST

START_TEST(registers_are_big_endian)
{
    sim_t *sim = make();
    ck_assert(ccs_host_write(&ccs, 0x0202, 0x1234));
    ck_assert_uint_eq(ccs_byte(&ccs, 0x0202), 0x12);
    ck_assert_uint_eq(ccs_byte(&ccs, 0x0203), 0x34);
    uint32_t value = 0;
    ck_assert(ccs_host_read(&ccs, 0x0202, &value));
    ck_assert_uint_eq(value, 0x1234);
    sim_free(sim);
}
END_TEST

START_TEST(a_host_write_interrupts_until_the_core_acknowledges)
{
    sim_t *sim = make();
    sim_reg_write(&ccs.comp, page("CCI_IRQ_EN"), 1);
    ck_assert(ccs_host_write(&ccs, 0x0100, 1));
    ck_assert(ccs.irq.level);
    sim_reg_write(&ccs.comp, page("CCI_STATUS"), 1);
    ck_assert(!ccs.irq.level);
    ck_assert(ccs_host_write(&ccs, 0x0100, 0));
    ck_assert_int_eq(irq_rises, 2);
    sim_free(sim);
}
END_TEST

START_TEST(the_core_reads_and_writes_through_its_window)
{
    sim_t *sim = make();
    ck_assert(ccs_host_write(&ccs, 0x0340, 2637));
    sim_reg_write(&ccs.comp, page("CCI_ADDR"), 0x0340);
    ck_assert_uint_eq(sim_reg_read(&ccs.comp, page("CCI_DATA16")), 2637);
    ck_assert_uint_eq(sim_reg_read(&ccs.comp, page("CCI_DATA8")), 2637 >> 8);
    sim_reg_write(&ccs.comp, page("CCI_ADDR"), 0x0005);
    sim_reg_write(&ccs.comp, page("CCI_DATA8"), 77);
    uint32_t value = 0;
    ck_assert(ccs_host_read(&ccs, 0x0005, &value)); /* frame_count: read-only to the host */
    ck_assert_uint_eq(value, 77);
    sim_free(sim);
}
END_TEST

START_TEST(unknown_and_read_only_registers_keep_what_they_have)
{
    sim_t *sim = make();
    uint32_t value = 0;
    ck_assert(!ccs_host_write(&ccs, 0x0016, 1));
    ck_assert(ccs_host_read(&ccs, 0x0016, &value));
    ck_assert_uint_eq(value, 0x0500);
    ck_assert(!ccs_host_write(&ccs, 0x4321, 1));
    ck_assert(!ccs_host_read(&ccs, 0x4321, &value));
    ck_assert_uint_eq(sim_log_count(sim, SIM_LOG_GUEST), 2);
    ck_assert_uint_eq(ccs.host_writes, 0);
    sim_free(sim);
}
END_TEST

START_TEST(what_nothing_listens_to_is_said_once)
{
    sim_t *sim = make();
    ck_assert(ccs_host_write(&ccs, 0x0104, 3));
    ck_assert(ccs_host_write(&ccs, 0x0104, 1));
    ck_assert_uint_eq(sim_log_count(sim, SIM_LOG_UNIMP), 1);
    sim_free(sim);
}
END_TEST

START_TEST(the_table_has_no_overlaps)
{
    uint32_t count;
    const ccs_reg_t *regs = ccs_regs(&count);
    for (uint32_t i = 1; i < count; i++)
        ck_assert_msg(regs[i].addr >= regs[i - 1].addr + regs[i - 1].bytes, "%s", regs[i].name);
}
END_TEST

START_TEST(an_input_clock_out_of_range_is_refused)
{
    sim_t *sim = sim_new();
    ccs_desc_t desc = {.inck_hz = 5999999};
    ck_assert_int_eq(ccs_init(&ccs, sim, &desc, "cci"), SIM_EDESC);
    ck_assert_str_eq(sim_error(sim), "cci.inck_hz: 5999999 not in 6000000..27000000");
    sim_free(sim);
}
END_TEST

TEST_MAIN("ccs", the_pll_gives_the_published_rates, registers_are_big_endian,
          a_host_write_interrupts_until_the_core_acknowledges,
          the_core_reads_and_writes_through_its_window,
          unknown_and_read_only_registers_keep_what_they_have, what_nothing_listens_to_is_said_once,
          the_table_has_no_overlaps, an_input_clock_out_of_range_is_refused)
