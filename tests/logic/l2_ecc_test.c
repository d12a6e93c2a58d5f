/*
 * l2_ecc_test.c - the code by hand, and who meets a flipped bit of the L2.
 *
 * Positions in the code: data bits 0, 1, 2, 3, 4 are 3, 5, 6, 7, 9; check bits 0..6 are 1, 2, 4,
 * .., 64; check bit 7, the parity of all, is 0; data bit 63 is 71, the last one.
 */
#include "logic/l2.h"

#include "tests/test.h"

#define HZ UINT64_C(1000000000)
#define PS(cycle) ((cycle)*UINT64_C(1000))
#define BASE 0x04000000u
enum { STATUS = 4, IRQ_EN = 8, ADDR = 12, MASTER = 16, CORRECTED = 20, FATAL = 24, SCRUB = 28 };

/* ---- the code ---- */

START_TEST(every_single_flip_is_corrected_and_every_double_one_detected)
{
    uint64_t wrong;
    for (uint32_t i = 0; i < ECC_BITS; i++) {
        uint64_t data = i < 64 ? UINT64_C(1) << i : 0;
        uint32_t check = i < 64 ? 0 : 1u << (i - 64);
        ck_assert_int_eq(ecc_decode(data, check, &wrong), ECC_CORRECTED);
        ck_assert_uint_eq(wrong, 0);
        for (uint32_t k = 0; k < i; k++) {
            uint64_t more = k < 64 ? data | UINT64_C(1) << k : data;
            uint32_t checks = k < 64 ? check : check | 1u << (k - 64);
            ck_assert_int_eq(ecc_decode(more, checks, &wrong), ECC_FATAL);
            ck_assert_uint_eq(wrong, more);
        }
    }
}
END_TEST

START_TEST(three_flips_may_be_corrected_wrongly_and_four_unseen)
{
    uint64_t wrong;
    /* 3 ^ 5 ^ 6 = 0 and odd: the parity bit is "corrected" */
    ck_assert_int_eq(ecc_decode(7, 0, &wrong), ECC_CORRECTED);
    ck_assert_uint_eq(wrong, 7);
    /* 3 ^ 5 ^ 1 = 7: data bit 3 is "corrected", too */
    ck_assert_int_eq(ecc_decode(3, 1, &wrong), ECC_CORRECTED);
    ck_assert_uint_eq(wrong, 11);
    /* 64 ^ 9 ^ 0 = 73: no such position */
    ck_assert_int_eq(ecc_decode(16, 0x40 | 0x80, &wrong), ECC_FATAL);
    ck_assert_int_eq(ecc_decode(7, 0x80, &wrong), ECC_CLEAN);
    ck_assert_uint_eq(wrong, 7);
    ck_assert_int_eq(ecc_decode(0, 0, &wrong), ECC_CLEAN);
    ck_assert_uint_eq(wrong, 0);
}
END_TEST

/* ---- the memory ---- */

static sim_t *sim;
static l2_t *l2;
static sim_mem_port_t port;
static uint64_t done_at_ps;
static bool was_error;
static uint32_t noted_addr, noted_who, notes[4];

static void on_done(void *ctx, sim_mem_req_t *req)
{
    (void)ctx;
    done_at_ps = sim_now_ps(sim);
    was_error = req->error;
}

static void on_note(void *ctx, uint32_t addr, l2_flip_end_t end, uint32_t who)
{
    (void)ctx;
    noted_who = who;
    noted_addr = addr;
    notes[end]++;
}

static void make(l2_ecc_t ecc)
{
    l2_desc_t desc = l2_desc_default();
    sim_mem_port_t other;
    desc.clk_hz = HZ;
    desc.bytes = 1 << 20;
    desc.ecc = ecc;
    sim = sim_new();
    l2 = calloc(1, sizeof(*l2));
    ck_assert_int_eq(l2_init(l2, sim, &desc, "l2"), SIM_OK);
    ck_assert_int_eq(l2_port(l2, "other", &other), SIM_OK);
    ck_assert_int_eq(l2_port(l2, "me", &port), SIM_OK);
    l2->noted = on_note;
    memset(notes, 0, sizeof(notes));
    ck_assert_int_eq(sim_check(sim), SIM_OK);
    sim_reset(sim);
    ck_assert_int_eq(sim_start(sim), SIM_OK);
    for (uint32_t i = 0; i < 1024; i++) {
        uint8_t byte = (uint8_t)(i * 7);
        ck_assert(sim_mem_poke(&port, BASE + i, &byte, 1));
    }
}

static void drop(void)
{
    l2_free(l2);
    free(l2);
    sim_free(sim);
}

/* Cycles that the burst took. */
static uint64_t burst(uint32_t addr, uint32_t bytes, bool write, uint8_t *data)
{
    sim_mem_req_t req = {
        .addr = addr, .bytes = bytes, .write = write, .data = data, .done = on_done};
    uint64_t start_ps = sim_now_ps(sim);
    sim_mem_request(&port, &req);
    sim_run_until_ps(sim, start_ps + PS(100));
    return (done_at_ps - start_ps) / PS(1);
}

static uint32_t reg(uint32_t addr)
{
    return sim_reg_read(&l2->comp, addr);
}

START_TEST(without_ecc_a_flipped_bit_is_read)
{
    uint8_t data[16];
    make(L2_ECC_NONE);
    ck_assert(l2_flip(l2, BASE + 8, 11)); /* byte 9, bit 3 */
    ck_assert(!l2_flip(l2, BASE + 8, 64));
    ck_assert(!l2_flip(l2, BASE + (1 << 20), 0));
    ck_assert(!l2_flip(l2, BASE - 8, 0));
    burst(BASE, 16, false, data);
    ck_assert(!was_error);
    ck_assert_uint_eq(data[8], 56);
    ck_assert_uint_eq(data[9], 63 ^ 8);
    ck_assert_uint_eq(reg(STATUS), 0);
    ck_assert_uint_eq(notes[L2_FLIP_MISSED], 1);
    ck_assert_uint_eq(noted_addr, BASE + 8);
    ck_assert_uint_eq(noted_who, 1);
    burst(BASE, 16, false, data); /* there still, and told once */
    ck_assert_uint_eq(data[9], 63 ^ 8);
    ck_assert_uint_eq(notes[L2_FLIP_MISSED], 1);
    drop();
}
END_TEST

START_TEST(without_ecc_bytes_are_met_where_they_are_moved)
{
    uint8_t data[16] = {0};
    make(L2_ECC_NONE);
    ck_assert(l2_flip(l2, BASE + 8, 11));                      /* byte 9 */
    ck_assert(l2_flip(l2, BASE + 8, 63));                      /* byte 15 */
    burst(BASE, 9, false, data);                               /* up to byte 8 */
    burst(BASE, 256, false, NULL);                             /* time alone */
    const sim_mem_rows_t around = {BASE + 2, 7, 4, 32, false}; /* bytes 2 to 8, 34 to 40, .. */
    sim_mem_moved(&port, &around);
    const sim_mem_rows_t below = {BASE + 10, 5, 1, 0, false};
    sim_mem_moved(&port, &below);
    burst(BASE + 8, 2, true, data); /* byte 9 is gone, 15 is there */
    ck_assert_uint_eq(notes[L2_FLIP_MISSED] + notes[L2_FLIP_OVERWRITTEN], 0);
    const sim_mem_rows_t last = {BASE + 3, 1, 2, 12, true};
    sim_mem_moved(&port, &last);
    ck_assert_uint_eq(notes[L2_FLIP_OVERWRITTEN], 1);
    ck_assert_uint_eq(l2->wounds, 0);
    ck_assert(l2_flip(l2, BASE + 40, 0));
    const sim_mem_rows_t second = {BASE + 4, 8, 2, 32, false}; /* 4 to 11, 36 to 43 */
    sim_mem_moved(&port, &second);
    ck_assert_uint_eq(notes[L2_FLIP_MISSED], 1);
    ck_assert_uint_eq(noted_addr, BASE + 40);
    drop();
}
END_TEST

START_TEST(a_single_flip_is_corrected_by_who_reads_it_in_the_same_time)
{
    uint8_t data[16];
    make(L2_ECC_SECDED);
    sim_reg_write(&l2->comp, IRQ_EN, 3);
    uint64_t clean = burst(BASE, 16, false, data);
    ck_assert(l2_flip(l2, BASE + 8, 11));
    burst(BASE + 16, 64, false, NULL); /* elsewhere */
    ck_assert_uint_eq(reg(STATUS), L2_STATUS_ECC);
    ck_assert_uint_eq(burst(BASE, 16, false, data), clean);
    ck_assert(!was_error);
    ck_assert_uint_eq(data[9], 63);
    ck_assert_uint_eq(reg(STATUS), L2_STATUS_ECC | L2_STATUS_CORRECTED);
    ck_assert_uint_eq(reg(ADDR), BASE + 8);
    ck_assert_uint_eq(reg(MASTER), 1);
    ck_assert_uint_eq(reg(CORRECTED), 1);
    ck_assert_uint_eq(noted_addr, BASE + 8);
    ck_assert(l2->irq.level);
    sim_reg_write(&l2->comp, STATUS, L2_STATUS_CORRECTED);
    ck_assert(!l2->irq.level);
    burst(BASE, 16, false, data); /* it was put right in memory too */
    ck_assert_uint_eq(reg(CORRECTED), 1);
    ck_assert_uint_eq(notes[L2_FLIP_CORRECTED], 1);
    drop();
}
END_TEST

START_TEST(a_double_flip_is_an_error_until_the_word_is_written)
{
    uint8_t data[16], more[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    make(L2_ECC_SECDED);
    ck_assert(l2_flip(l2, BASE + 8, 0));
    ck_assert(l2_flip(l2, BASE + 8, 70));
    burst(BASE, 16, false, data);
    ck_assert(was_error);
    ck_assert_uint_eq(data[0], 0); /* as of any bus error */
    ck_assert_uint_eq(reg(STATUS), L2_STATUS_ECC | L2_STATUS_FATAL);
    ck_assert_uint_eq(reg(ADDR), BASE + 8);
    ck_assert_uint_eq(notes[L2_FLIP_FATAL], 1);
    burst(BASE + 8, 4, true, more); /* a part of the word: it is decoded */
    ck_assert(was_error);
    ck_assert_uint_eq(reg(FATAL), 2);
    burst(BASE + 8, 8, true, more);
    ck_assert(!was_error);
    ck_assert_uint_eq(notes[L2_FLIP_OVERWRITTEN], 1);
    burst(BASE, 16, false, data);
    ck_assert(!was_error);
    ck_assert_mem_eq(data + 8, more, 8);
    ck_assert_uint_eq(reg(FATAL), 2);
    drop();
}
END_TEST

START_TEST(the_same_bit_twice_is_nothing_and_three_bits_are_read_wrongly)
{
    uint8_t data[16];
    make(L2_ECC_SECDED);
    ck_assert(l2_flip(l2, BASE, 5) && l2_flip(l2, BASE, 5));
    ck_assert_uint_eq(l2->wounds, 0);
    ck_assert(l2_flip(l2, BASE, 0) && l2_flip(l2, BASE, 1) && l2_flip(l2, BASE, 2));
    burst(BASE, 16, false, data);
    ck_assert(!was_error);
    ck_assert_uint_eq(data[0], 7);
    ck_assert_uint_eq(notes[L2_FLIP_MISSED], 1);
    ck_assert_uint_eq(reg(CORRECTED), 1); /* it believes so */
    drop();
}
END_TEST

START_TEST(a_scrub_decodes_all_words_and_resets_keep_them)
{
    make(L2_ECC_SECDED);
    for (uint32_t i = 0; i < L2_MAX_WOUNDS; i++)
        ck_assert(l2_flip(l2, BASE + 8 * i, i % ECC_BITS));
    ck_assert(!l2_flip(l2, BASE + 8 * L2_MAX_WOUNDS, 0)); /* no room */
    ck_assert(l2_flip(l2, BASE + 8, 40));                 /* a second one */
    sim_regs_reset(&l2->comp);
    l2->comp.kind->reset(&l2->comp);
    sim_reg_write(&l2->comp, SCRUB, 1);
    ck_assert_uint_eq(reg(CORRECTED), L2_MAX_WOUNDS - 1);
    ck_assert_uint_eq(reg(FATAL), 1);
    ck_assert_uint_eq(reg(MASTER), L2_MAX_MASTERS);
    ck_assert_uint_eq(l2->wounds, 1);
    uint8_t zeros[8] = {0}, byte;
    ck_assert(sim_mem_poke(&port, BASE + 8, zeros, 8)); /* a loader */
    ck_assert_uint_eq(l2->wounds, 0);
    ck_assert(sim_mem_peek(&port, BASE + 9, &byte, 1));
    ck_assert_uint_eq(byte, 0);
    drop();
}
END_TEST

TEST_MAIN("logic l2 ecc", without_ecc_bytes_are_met_where_they_are_moved,
          every_single_flip_is_corrected_and_every_double_one_detected,
          three_flips_may_be_corrected_wrongly_and_four_unseen, without_ecc_a_flipped_bit_is_read,
          a_single_flip_is_corrected_by_who_reads_it_in_the_same_time,
          a_double_flip_is_an_error_until_the_word_is_written,
          the_same_bit_twice_is_nothing_and_three_bits_are_read_wrongly,
          a_scrub_decodes_all_words_and_resets_keep_them)
