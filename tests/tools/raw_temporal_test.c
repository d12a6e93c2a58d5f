/*
 * raw_temporal_test.c - temporal noise reduction beside a whole sensor at work: the frame that it
 * keeps lies in what the network leaves of L2, packed; no line is late, and neither threads, nor
 * how bursts are counted, nor the order of ties, nor a snapshot changes anything.
 */
#include "tests/test.h"
#include "tests/tools/snapshot_rig.h"

enum {
    WIDTH = 2028,
    HEIGHT = 1520,
    BYTES = 3072 * HEIGHT, /* rows of 3042 bytes */
    ROOM = 0x04100000,     /* between the network and what it works with */
    ISP_TNR = 0x40004290,
    ISP_TNR_ADDR = ISP_TNR + 4,
    ISP_TNR_BYTES = ISP_TNR + 8,
};

static rig_t *filtering(const rig_options_t *options)
{
    rig_t *rig = rig_new(options);
    static uint8_t there[BYTES], zeros[BYTES];
    ck_assert(sim_mem_peek(&rig->sensor->isp.port, ROOM, there, BYTES));
    ck_assert_mem_eq(there, zeros, BYTES);
    ck_assert(bus_write_reg(&rig->sensor->bus, ISP_TNR_ADDR, 4, ROOM));
    ck_assert(bus_write_reg(&rig->sensor->bus, ISP_TNR_BYTES, 4, BYTES));
    ck_assert(bus_write_reg(&rig->sensor->bus, ISP_TNR, 4, 7));
    return rig;
}

/* The second frame has been read by 74 ms, the third begins at 86. */
static uint64_t end_of(rig_t *rig)
{
    sim_run_until_ps(rig->sim, 80 * SIM_PS_PER_MS);
    return rig_hash(rig);
}

START_TEST(two_frames_are_filtered_in_time_and_the_same_however_they_are_run)
{
    rig_t *rig = filtering(&(rig_options_t){.threads = 1});
    const tnr_t *tnr = &rig->sensor->isp.tnr;
    uint64_t hash = end_of(rig);
    ck_assert_uint_eq(rig->sensor->isp.frames, 2);
    ck_assert_uint_eq(tnr->starts, 1);
    ck_assert_uint_eq(tnr->frames, 1);
    ck_assert_uint_eq(tnr->late_lines + tnr->lost_lines, 0);
    ck_assert_uint_eq(tnr->bytes_written, UINT64_C(2) * 3042 * HEIGHT);
    ck_assert_uint_eq(tnr->bytes_read,
                      UINT64_C(3042) * (HEIGHT + 2)); /* rows 0 and 1 for the third */
    rig_free(rig);
    rig = filtering(&(rig_options_t){.threads = 2, .exact = true, .shuffle = 5});
    ck_assert_uint_eq(end_of(rig), hash);
    rig_free(rig);
}
END_TEST

START_TEST(it_goes_on_from_a_snapshot_in_the_middle_of_a_frame)
{
    rig_t *rig = filtering(&(rig_options_t){.threads = 1});
    sim_run_until_ps(rig->sim, 60 * SIM_PS_PER_MS);
    sim_snapshot_t *snapshot = sim_snapshot_take(rig->sim, NULL);
    ck_assert_ptr_nonnull(snapshot);
    uint64_t hash = end_of(rig);
    rig_free(rig);
    rig = rig_new(&(rig_options_t){.threads = 2, .exact = true});
    ck_assert_int_eq(sim_snapshot_restore(rig->sim, snapshot), SIM_OK);
    ck_assert_uint_gt(rig->sensor->isp.tnr.rows_in, 0);
    ck_assert_uint_eq(end_of(rig), hash);
    sim_snapshot_free(snapshot);
    rig_free(rig);
}
END_TEST

TEST_MAIN("raw temporal noise reduction on the chip",
          two_frames_are_filtered_in_time_and_the_same_however_they_are_run,
          it_goes_on_from_a_snapshot_in_the_middle_of_a_frame)
