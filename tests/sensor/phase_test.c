/*
 * phase_test.c - in which phase a sensor is: of conditions that hold together, the first counts.
 */
#include "logic/sensor.h"
#include "tests/test.h"

static sensor_t *s;
static sim_t *sim;
static sim_pool_t *pool;

static void dark(const void *ctx, const sim_light_req_t *req, const sim_light_row_t *out)
{
    float *const planes[] = {out->r, out->g, out->b};
    (void)ctx;
    for (uint32_t p = 0; p < 3; p++)
        for (uint32_t i = 0; (req->planes >> p & 1) != 0 && i < req->width_px; i++)
            planes[p][i] = 0;
}

/* A sensor that has been powered up; its core loops in place. */
static void make(void)
{
    const uint8_t spin[4] = {0x6f, 0, 0, 0}; /* jal x0, 0 */
    sensor_desc_t desc = sensor_desc_default();
    char error[256];
    ck_assert_msg(sensor_tech_read(&desc, NULL, NULL, error, sizeof(error)), "%s", error);
    sim = sim_new();
    pool = sim_pool_new(1);
    s = sensor_new();
    ck_assert_msg(sensor_init(s, sim, &desc, pool) == SIM_OK, "%s", sim_error(sim));
    s->pixel.light.row = dark;
    ck_assert(bus_poke(&s->bus, BUS_ROM_BASE, spin, sizeof(spin)));
    ck_assert_msg(sim_check(sim) == SIM_OK, "%s", sim_error(sim));
    sim_reset(sim);
    ck_assert_int_eq(sim_start(sim), SIM_OK);
}

static void end(void)
{
    sim_free(sim);
    sensor_free(s);
    sim_pool_free(pool);
}

static const char *phase(void)
{
    return energy_phase_names[s->energy.phase_of(s->energy.phase_ctx)];
}

static void stream(void)
{
    const sim_reg_t *reg = s->pixel.comp.kind->regs;
    while (reg->name != NULL && strcmp(reg->name, "PIX_CTRL") != 0)
        reg++;
    ck_assert_ptr_nonnull(reg->name);
    sim_reg_write(&s->pixel.comp, reg->addr, PIX_CTRL_STREAM);
}

/* Frame 5 was the network's, whose end is known. */
static timeline_frame_t *judge(void)
{
    timeline_frame_t *frame = &s->timeline.frame[5 % TIMELINE_FRAMES];
    s->timeline.npu_frame = 5;
    *frame = (timeline_frame_t){.frame = 5, .known = true, .npu_end_ps = 1};
    return frame;
}

START_TEST(the_first_condition_that_holds_is_the_phase)
{
    make();
    ck_assert_str_eq(phase(), "idle");
    s->mipi.link_busy = true;
    ck_assert_str_eq(phase(), "link");
    s->core.sleeping = false;
    judge();
    ck_assert_str_eq(phase(), "firmware");
    s->pixel.reading = true;
    ck_assert_str_eq(phase(), "readout");
    s->npu.status_reg |= NPU_STATUS_BUSY;
    ck_assert_str_eq(phase(), "inference");
    end();
}
END_TEST

START_TEST(bytes_wait_to_leave_in_the_link_its_fifo_and_the_metadata)
{
    make();
    s->mipi.fifo_packets = 1;
    ck_assert_str_eq(phase(), "link");
    s->mipi.fifo_packets = 0;
    ck_assert_str_eq(phase(), "idle");
    s->mipi.meta_busy = true;
    ck_assert_str_eq(phase(), "link");
    end();
}
END_TEST

START_TEST(firmware_is_a_core_that_is_awake_between_the_network_and_its_metadata)
{
    make();
    s->core.sleeping = false;
    timeline_frame_t *frame = judge();
    ck_assert_str_eq(phase(), "firmware");
    frame->firmware_end_ps = 2;
    ck_assert_str_eq(phase(), "idle");
    frame->firmware_end_ps = 0;
    s->core.sleeping = true;
    ck_assert_str_eq(phase(), "idle");
    frame->npu_end_ps = sim_now_ps(sim) + 1; /* it wakes up an instant later */
    sim_run_until_ps(sim, frame->npu_end_ps);
    s->core.sleeping = true;
    ck_assert_str_eq(phase(), "firmware");
    frame->frame = 4; /* another frame's place */
    ck_assert_str_eq(phase(), "idle");
    end();
}
END_TEST

/* The second frame: the first one's exposure begins as the stream does. */
START_TEST(exposure_begins_with_the_first_row_of_a_frame_to_come)
{
    make();
    stream();
    ck_assert_str_eq(phase(), "exposure");
    while (s->pixel.frames == 0 || s->pixel.reading || !s->pixel.pending)
        ck_assert(sim_step(sim, SIM_NEVER_PS));
    s->pixel.next.coarse_lines = 10;
    uint64_t start_ps = pix_frame_timing(&s->pixel.next).exposure_start_ps;
    ck_assert_uint_gt(start_ps, sim_now_ps(sim));
    sim_run_until_ps(sim, start_ps - 1);
    ck_assert_str_ne(phase(), "exposure");
    sim_run_until_ps(sim, start_ps);
    ck_assert_str_eq(phase(), "exposure");
    s->pixel.pending = false;
    ck_assert_str_ne(phase(), "exposure");
    end();
}
END_TEST

TEST_MAIN("phases", the_first_condition_that_holds_is_the_phase,
          bytes_wait_to_leave_in_the_link_its_fifo_and_the_metadata,
          firmware_is_a_core_that_is_awake_between_the_network_and_its_metadata,
          exposure_begins_with_the_first_row_of_a_frame_to_come)
