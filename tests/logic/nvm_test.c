/*
 * nvm_test.c - the data transfer interface: pages read as the Linux driver reads them, fuses that
 * go one way, and what is told when a host does it wrong.
 */
#include "tests/test.h"

#include "logic/nvm.h"

enum { CTRL = 0x0a00, STATUS = 0x0a01, PAGE = 0x0a02, DATA = 0x0a04 };
enum { READ_READY = 1, WRITE_READY = 2, CORRUPTED = 4, IMPROPER = 8 };
#define US SIM_PS_PER_US

static ccs_t ccs;
static nvm_t nvm;

static sim_t *make(void)
{
    sim_t *sim = sim_new();
    ccs_desc_t desc = ccs_desc_default();
    nvm_desc_t fuses = {.read_us = 50, .program_us = 2000};
    ck_assert_int_eq(ccs_init(&ccs, sim, &desc, "ccs"), SIM_OK);
    ck_assert_int_eq(nvm_init(&nvm, sim, &fuses, &desc, "nvm"), SIM_OK);
    ccs_window_t window = nvm_window(&nvm);
    ck_assert(ccs_add_window(&ccs, &window));
    sim_reset(sim);
    return sim;
}

static void set(uint16_t addr, uint32_t value)
{
    ck_assert(ccs_host_write(&ccs, addr, value));
}

static uint32_t get(uint16_t addr)
{
    uint32_t value;
    ck_assert(ccs_host_read(&ccs, addr, &value));
    return value;
}

static void run_us(sim_t *sim, uint64_t us)
{
    sim_run_until_ps(sim, sim_now_ps(sim) + us * US);
}

/* As drivers/media/i2c/ccs/ccs-core.c does: page, enable, status until it is ready, 64 bytes. */
static void fetch(sim_t *sim, uint32_t page)
{
    set(PAGE, page);
    set(CTRL, 1);
    ck_assert_uint_eq(get(STATUS), 0);
    run_us(sim, 49);
    ck_assert_uint_eq(get(STATUS), 0);
    run_us(sim, 1);
    ck_assert_uint_eq(get(STATUS), READ_READY);
}

START_TEST(page_0_says_who_the_sensor_is)
{
    /* module_model_id, revisions 1 and 0, module_manufacturer_id, serial_number 1 */
    static const uint8_t identity[10] = {0x05, 0x00, 1, 0, 0, 0, 0, 0, 0, 1};
    sim_t *sim = make();
    ck_assert_uint_eq(get(0x1800), 5);
    fetch(sim, 0);
    for (uint32_t i = 0; i < NVM_PAGE_BYTES; i++)
        ck_assert_uint_eq(get((uint16_t)(DATA + i)), i < 10 ? identity[i] : 0);
    fetch(sim, 15);
    ck_assert_uint_eq(get(DATA), 0);
    set(CTRL, 0);
    ck_assert_uint_eq(get(STATUS), 0);
    ck_assert_uint_eq(nvm.pages_read, 2);
    sim_free(sim);
}
END_TEST

START_TEST(fuses_go_one_way)
{
    sim_t *sim = make();
    set(PAGE, 3);
    set(CTRL, 3);
    ck_assert_uint_eq(get(STATUS), WRITE_READY);
    set(DATA + 1, 0x0f);
    set(DATA + 63, 0x80);
    ck_assert_uint_eq(get(STATUS), 0);
    run_us(sim, 1999);
    ck_assert_uint_eq(get(STATUS), 0);
    run_us(sim, 1);
    ck_assert_uint_eq(get(STATUS), WRITE_READY);
    fetch(sim, 3);
    ck_assert_uint_eq(get(DATA), 0);
    ck_assert_uint_eq(get(DATA + 1), 0x0f);
    ck_assert_uint_eq(get(DATA + 63), 0x80);
    set(CTRL, 3);
    set(DATA + 1, 0xf0); /* its zeros are ones already */
    set(DATA + 63, 0x80);
    run_us(sim, 2000);
    ck_assert_uint_eq(get(STATUS), WRITE_READY | CORRUPTED);
    set(CTRL, 4);
    ck_assert_uint_eq(get(STATUS), 0);
    fetch(sim, 3);
    ck_assert_uint_eq(get(DATA + 1), 0xff);
    ck_assert_uint_eq(nvm.pages_programmed, 2);
    sim_free(sim);
}
END_TEST

START_TEST(a_page_selected_too_late_is_not_programmed)
{
    sim_t *sim = make();
    set(PAGE, 2);
    set(CTRL, 3);
    set(PAGE, 1000); /* there is none, and it is not asked for */
    set(DATA + 63, 0x11);
    run_us(sim, 2000);
    ck_assert_uint_eq(nvm.pages_programmed, 1);
    fetch(sim, 2);
    ck_assert_uint_eq(get(DATA + 63), 0x11);
    sim_free(sim);
}
END_TEST

START_TEST(a_reset_forgets_the_interface_and_keeps_the_fuses)
{
    sim_t *sim = make();
    set(PAGE, 1);
    set(CTRL, 3);
    set(DATA + 63, 1);
    run_us(sim, 2000);
    nvm.comp.kind->reset(&nvm.comp);
    ck_assert_uint_eq(get(STATUS), 0);
    ck_assert_uint_eq(get(PAGE), 0);
    fetch(sim, 1);
    ck_assert_uint_eq(get(DATA + 63), 1);
    sim_free(sim);
}
END_TEST

START_TEST(what_a_host_does_wrong_is_in_the_status)
{
    sim_t *sim = make();
    set(DATA, 1); /* nobody takes it */
    ck_assert_uint_eq(get(STATUS), IMPROPER);
    set(CTRL, 4);
    ck_assert_uint_eq(get(STATUS), 0);
    set(PAGE, 16); /* there are 16 */
    set(CTRL, 1);
    run_us(sim, 100);
    ck_assert_uint_eq(get(STATUS), IMPROPER);
    set(CTRL, 4);
    set(PAGE, 0);
    set(CTRL, 1);
    set(PAGE, 1); /* too late */
    ck_assert_uint_eq(get(STATUS), IMPROPER);
    run_us(sim, 50);
    ck_assert_uint_eq(get(STATUS), IMPROPER | READ_READY);
    ck_assert_uint_eq(get(DATA), 5);
    set(CTRL, 3);
    set(DATA + 63, 1);
    set(CTRL, 0); /* it is programmed all the same */
    ck_assert_uint_eq(get(STATUS), IMPROPER);
    run_us(sim, 2000);
    ck_assert_uint_eq(nvm.pages_programmed, 1);
    ck_assert(!ccs_host_write(&ccs, STATUS, 0));
    sim_free(sim);
}
END_TEST

TEST_MAIN("logic nvm", page_0_says_who_the_sensor_is, fuses_go_one_way,
          a_page_selected_too_late_is_not_programmed,
          a_reset_forgets_the_interface_and_keeps_the_fuses,
          what_a_host_does_wrong_is_in_the_status)
