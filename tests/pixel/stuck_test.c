/*
 * stuck_test.c - photosites and rows that give one value, whatever the light.
 */
#include "tests/pixel/die.h"
#include "tests/test.h"

static uint16_t *picture(const pix_desc_t *desc, die_mode_t mode, uint32_t number)
{
    die_t *die = die_new(desc, 1);
    pix_frame_t frame = die_latched(desc, mode, number);
    uint16_t *samples = die_picture(die, &frame);
    die_free(die);
    return samples;
}

static void stick(pix_desc_t *desc, pix_stuck_t stuck)
{
    desc->stuck[desc->stuck_count++] = stuck;
}

START_TEST(a_stuck_photosite_is_alone_in_its_frame)
{
    pix_desc_t clean = die_small(), desc = clean;
    stick(&desc, (pix_stuck_t){.from_frame = 3, .x = 10, .y = 7, .value_dn = 1000});
    uint16_t *before = picture(&desc, DIE_FULL, 2), *like = picture(&clean, DIE_FULL, 2);
    ck_assert_mem_eq(before, like, 64 * 48 * sizeof(uint16_t));
    free(before);
    free(like);
    before = picture(&desc, DIE_FULL, 3);
    like = picture(&clean, DIE_FULL, 3);
    ck_assert_uint_eq(before[7 * 64 + 10], 1000);
    like[7 * 64 + 10] = 1000;
    ck_assert_mem_eq(before, like, 64 * 48 * sizeof(uint16_t));
    free(before);
    free(like);
}
END_TEST

/* A binned sample (x, y) is of columns 4 (x / 2) + x % 2 and two further, rows alike. So columns 12
 * and 14 of rows 5 and 7 make sample (6, 3); 13 is the next color. */
START_TEST(a_stuck_photosite_is_a_quarter_of_its_binned_sample)
{
    pix_desc_t clean = die_small(), desc = clean;
    stick(&desc, (pix_stuck_t){.x = 14, .y = 5, .value_dn = 900});
    stick(&desc, (pix_stuck_t){.x = 12, .y = 7, .value_dn = 100});
    stick(&desc, (pix_stuck_t){.x = 13, .y = 0, .value_dn = 7});
    uint16_t *is = picture(&desc, DIE_BINNED, 0), *was = picture(&clean, DIE_BINNED, 0);
    was[3 * 32 + 6] = (uint16_t)((2 * was[3 * 32 + 6] + 900 + 100 + 2) / 4);
    was[7] = (uint16_t)((3 * was[7] + 7 + 2) / 4);
    ck_assert_mem_eq(is, was, 32 * 24 * sizeof(uint16_t));
    free(is);
    free(was);
}
END_TEST

START_TEST(a_stuck_row_is_half_of_its_binned_row_and_all_of_its_own)
{
    pix_desc_t clean = die_small(), desc = clean;
    stick(&desc, (pix_stuck_t){.x = PIX_STUCK_ROW, .y = 6, .value_dn = 20});
    stick(&desc, (pix_stuck_t){.x = 5, .y = 6, .value_dn = 1023}); /* the later one */
    uint16_t *is = picture(&desc, DIE_FULL, 0), *was = picture(&clean, DIE_FULL, 0);
    for (uint32_t x = 0; x < 64; x++)
        was[6 * 64 + x] = x == 5 ? 1023 : 20;
    ck_assert_mem_eq(is, was, 64 * 48 * sizeof(uint16_t));
    free(is);
    free(was);
    is = picture(&desc, DIE_BINNED, 0); /* row 6 is in binned row 2; column 5 in 3 */
    was = picture(&clean, DIE_BINNED, 0);
    for (uint32_t x = 0; x < 32; x++)
        was[2 * 32 + x] = (uint16_t)((2u * was[2 * 32 + x] + 20 + (x == 3 ? 1023u : 20u) + 2) / 4);
    ck_assert_mem_eq(is, was, 32 * 24 * sizeof(uint16_t));
    free(is);
    free(was);
}
END_TEST

START_TEST(places_outside_of_the_array_are_refused)
{
    static const pix_stuck_t bad[] = {{0, 64, 0, 0}, {0, 0, 48, 0}, {0, 0, 0, 1024}};
    for (size_t i = 0; i < 3; i++) {
        pix_desc_t desc = die_small();
        pix_t *pix = calloc(1, sizeof(*pix));
        sim_t *sim = sim_new();
        sim_pool_t *pool = sim_pool_new(1);
        desc.stuck[desc.stuck_count++] = bad[i];
        ck_assert_int_eq(pix_init(pix, sim, &desc, "pixel", pool), SIM_EDESC);
        ck_assert_ptr_nonnull(strstr(sim_error(sim), "pixel.stuck[0]"));
        sim_pool_free(pool);
        sim_free(sim);
        free(pix);
    }
}
END_TEST

TEST_MAIN("pixel stuck", a_stuck_photosite_is_alone_in_its_frame,
          a_stuck_photosite_is_a_quarter_of_its_binned_sample,
          a_stuck_row_is_half_of_its_binned_row_and_all_of_its_own,
          places_outside_of_the_array_are_refused)
