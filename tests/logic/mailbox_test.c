/*
 * mailbox_test.c - the mailbox as host and core see it, and its windows in the CCS registers.
 */
#include "logic/mailbox.h"
#include "tests/test.h"

enum { STATUS = 0x04, IRQ_EN = 0x08, COMMAND = 0x0c, ANSWER = 0x10, EVENT = 0x14, DATA0 = 0x40 };
enum { H_COMMAND = 0x9100, H_STATUS = 0x9102, H_RESULT = 0x9104, H_ACK = 0x9106, H_EVENT = 0x9108 };
enum { H_DATA0 = 0x9110, H_DATA15 = 0x914c };

static sim_t *sim;
static ccs_t ccs;
static mailbox_t mailbox;

static void make(void)
{
    ccs_desc_t desc = ccs_desc_default();
    sim = sim_new();
    ck_assert_int_eq(ccs_init(&ccs, sim, &desc, "cci"), SIM_OK);
    ck_assert_int_eq(mailbox_init(&mailbox, sim, "mailbox"), SIM_OK);
    ccs_window_t window = mailbox_window(&mailbox);
    ck_assert(ccs_add_window(&ccs, &window));
    sim_reset(sim);
}

static uint32_t host(uint16_t addr)
{
    uint32_t value = 0xdead;
    ck_assert(ccs_host_read(&ccs, addr, &value));
    return value;
}

static uint32_t core(uint32_t addr)
{
    return sim_reg_read(&mailbox.comp, addr);
}

START_TEST(a_command_reaches_the_core_and_its_answer_the_host)
{
    make();
    sim_reg_write(&mailbox.comp, IRQ_EN, 0x1);
    ck_assert(ccs_host_write(&ccs, H_DATA0, 0xdeadbeef));
    ck_assert(ccs_host_write(&ccs, H_DATA15, 7));
    ck_assert(!mailbox.irq.level);
    ck_assert(ccs_host_write(&ccs, H_COMMAND, 0x0123));
    ck_assert(mailbox.irq.level);
    ck_assert_uint_eq(host(H_STATUS), 0x1); /* with the core */
    ck_assert_uint_eq(core(STATUS), 0x9);
    ck_assert_uint_eq(core(COMMAND), 0x0123);
    ck_assert_uint_eq(core(DATA0), 0xdeadbeef);
    ck_assert_uint_eq(core(DATA0 + 60), 7);
    sim_reg_write(&mailbox.comp, STATUS, 0x1);
    ck_assert(!mailbox.irq.level);

    sim_reg_write(&mailbox.comp, DATA0 + 4, 0x55);
    ck_assert(!mailbox.host_irq.level);
    sim_reg_write(&mailbox.comp, ANSWER, 0x42);
    ck_assert(mailbox.host_irq.level);
    ck_assert_uint_eq(host(H_STATUS), 0x2);
    ck_assert_uint_eq(host(H_RESULT), 0x42);
    ck_assert_uint_eq(host(H_DATA0 + 4), 0x55);
    ck_assert_uint_eq(core(STATUS), 0x0);
    ck_assert(ccs_host_write(&ccs, H_ACK, 0x2));
    ck_assert(!mailbox.host_irq.level);
    ck_assert_uint_eq(host(H_STATUS), 0x0);
    ck_assert_uint_eq(core(STATUS), 0x2); /* the core may know that it was taken */
    sim_free(sim);
}
END_TEST

START_TEST(a_busy_mailbox_refuses_the_host)
{
    make();
    ck_assert(ccs_host_write(&ccs, H_DATA0, 1));
    ck_assert(ccs_host_write(&ccs, H_COMMAND, 5));
    ck_assert(!ccs_host_write(&ccs, H_DATA0, 2));
    ck_assert(!ccs_host_write(&ccs, H_COMMAND, 6));
    ck_assert_uint_eq(sim_log_count(sim, SIM_LOG_GUEST), 2);
    ck_assert_uint_eq(host(H_STATUS), 0x5); /* refused, and still with the core */
    ck_assert_uint_eq(core(COMMAND), 5);
    ck_assert_uint_eq(core(DATA0), 1);
    ck_assert_uint_eq(mailbox.refused, 2);
    ck_assert(ccs_host_write(&ccs, H_ACK, 0x4));
    ck_assert_uint_eq(host(H_STATUS), 0x1);
    sim_free(sim);
}
END_TEST

START_TEST(the_core_rings_by_itself_one_at_a_time)
{
    make();
    sim_reg_write(&mailbox.comp, IRQ_EN, 0x4);
    sim_reg_write(&mailbox.comp, EVENT, 17);
    ck_assert(mailbox.host_irq.level);
    ck_assert_uint_eq(host(H_EVENT), 17);
    ck_assert_uint_eq(host(H_STATUS), 0x8);
    sim_reg_write(&mailbox.comp, EVENT, 18); /* not taken yet: lost */
    ck_assert_uint_eq(sim_log_count(sim, SIM_LOG_GUEST), 1);
    ck_assert_uint_eq(host(H_EVENT), 17);
    ck_assert(!mailbox.irq.level);
    ck_assert(ccs_host_write(&ccs, H_ACK, 0x8));
    ck_assert(!mailbox.host_irq.level);
    ck_assert(mailbox.irq.level);
    sim_reg_write(&mailbox.comp, EVENT, 18);
    ck_assert_uint_eq(host(H_EVENT), 18);
    sim_free(sim);
}
END_TEST

START_TEST(an_answer_without_a_command_and_an_ack_of_nothing_do_nothing)
{
    make();
    sim_reg_write(&mailbox.comp, ANSWER, 3);
    ck_assert_uint_eq(sim_log_count(sim, SIM_LOG_GUEST), 1);
    ck_assert_uint_eq(host(H_STATUS), 0);
    ck_assert(ccs_host_write(&ccs, H_ACK, 0xffff));
    ck_assert_uint_eq(core(STATUS), 0);
    sim_free(sim);
}
END_TEST

/* Read-only registers of the window refuse the host, and a command does not count as a host write
 * that the CCI page tells the core about. */
START_TEST(the_window_is_the_mailbox_s_alone)
{
    make();
    ck_assert(!ccs_host_write(&ccs, H_STATUS, 1));
    ck_assert(!ccs_host_write(&ccs, 0x910a, 1)); /* no register */
    ck_assert(ccs_host_write(&ccs, H_COMMAND, 0x1234));
    ck_assert_uint_eq(sim_reg_read(&ccs.comp, 0x04), 0); /* CCI_STATUS */
    ck_assert_uint_eq(ccs_byte(&ccs, H_COMMAND), 0x12);
    ck_assert_uint_eq(ccs_byte(&ccs, H_COMMAND + 1), 0x34);
    sim_free(sim);
}
END_TEST

TEST_MAIN("logic mailbox", a_command_reaches_the_core_and_its_answer_the_host,
          a_busy_mailbox_refuses_the_host, the_core_rings_by_itself_one_at_a_time,
          an_answer_without_a_command_and_an_ack_of_nothing_do_nothing,
          the_window_is_the_mailbox_s_alone)
