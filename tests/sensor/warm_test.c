/*
 * warm_test.c - dies that warm up: what pixel die and temperature sensor make of it. The meter is
 * the test's own, of a power that is known, so that the temperature has a closed form.
 */
#include <math.h>

#include "logic/sensor.h"
#include "tests/test.h"

enum { SIDE = 96, FRAMES = 4 };
enum { START_C = 25, FJ_PER_PS = 800 }; /* 0.8 W, 50 K/W: 40 K in the end */
static const double TAU_MS = 100;       /* 50 K/W x 0.002 J/K */

typedef struct {
    double sum;
    uint32_t samples;
    uint64_t latched_ps; /* when the frame before began to be read */
    int64_t die_uc;
} seen_t;

typedef struct {
    sim_t *sim;
    sim_pool_t *pool;
    sensor_t *sensor;
    seen_t seen[FRAMES + 1];
} chip_t;

static void dark(const void *ctx, const sim_light_req_t *req, const sim_light_row_t *out)
{
    float *const planes[] = {out->r, out->g, out->b};
    (void)ctx;
    for (uint32_t p = 0; p < 3; p++)
        for (uint32_t i = 0; (req->planes >> p & 1) != 0 && i < req->width_px; i++)
            planes[p][i] = 0;
}

static uint64_t meter(void *ctx)
{
    return sim_now_ps(ctx) * FJ_PER_PS;
}

static void on_line(void *ctx, const sim_line_t *line)
{
    chip_t *chip = ctx;
    if (line->frame >= FRAMES)
        return;
    seen_t *seen = &chip->seen[line->frame];
    for (uint32_t i = 0; i < line->width_px; i++)
        seen->sum += line->data.raw[i];
    seen->samples += line->width_px;
    seen->die_uc = chip->sensor->pixel.now.die_uc;
    if (line->row == 0)
        seen[1].latched_ps = line->start_ps;
}

static void put(sim_comp_t *comp, const char *name, uint32_t value)
{
    const sim_reg_t *reg = comp->kind->regs;
    while (reg->name != NULL && strcmp(reg->name, name) != 0)
        reg++;
    ck_assert_msg(reg->name != NULL, "no register %s", name);
    sim_reg_write(comp, reg->addr, value);
}

/* Dark current and quantization only: 5000 e-/s at 40 C, doubling every 8 K. */
static sensor_desc_t warm(void)
{
    sensor_desc_t desc = sensor_desc_default();
    desc.pixel.width_px = desc.pixel.height_px = SIDE;
    desc.pixel.noise = (pix_noise_t){.cds = true};
    desc.pixel.dark_e_per_s = 5000;
    desc.pixel.dark_spread = desc.pixel.dsnu_e = 0;
    desc.logic.temp.noise_mc = 0;
    thermal_fix(&desc.logic.thermal, START_C);
    desc.logic.thermal.self_heating = true;
    desc.logic.thermal.start_mc = START_C * 1000;
    desc.logic.thermal.c_uj_per_k = 2000;
    return desc;
}

/* Its core spins. A chip that has no meter gets the test's. */
static void make(chip_t *chip, const sensor_desc_t *desc, uint32_t threads)
{
    const uint8_t spin[4] = {0x6f, 0, 0, 0}; /* jal x0, 0 */
    *chip = (chip_t){.sim = sim_new(), .pool = sim_pool_new(threads), .sensor = sensor_new()};
    sensor_t *s = chip->sensor;
    ck_assert_msg(sensor_init(s, chip->sim, desc, chip->pool) == SIM_OK, "%s",
                  sim_error(chip->sim));
    s->pixel.light.row = dark;
    if (s->thermal.energy_fj == NULL) {
        s->thermal.energy_fj = meter;
        s->thermal.energy_ctx = chip->sim;
    }
    ck_assert(pix_add_sink(&s->pixel, (sim_line_sink_t){on_line, chip}));
    ck_assert(bus_poke(&s->bus, BUS_ROM_BASE, spin, sizeof(spin)));
    ck_assert_msg(sim_check(chip->sim) == SIM_OK, "%s", sim_error(chip->sim));
    sim_reset(chip->sim);
    ck_assert_int_eq(sim_start(chip->sim), SIM_OK);
}

static void drop(chip_t *chip)
{
    sensor_free(chip->sensor);
    sim_pool_free(chip->pool);
    sim_free(chip->sim);
}

/* Of the last whole millisecond before that time: a step counts when its instant is over. */
static double expected_c(uint64_t time_ps)
{
    uint64_t steps = time_ps == 0 ? 0 : (time_ps - 1) / SIM_PS_PER_MS;
    return START_C - FJ_PER_PS * 0.05 * expm1(-(double)steps / TAU_MS);
}

/* 1600 lines of 9398 clocks, 20.2108 ms; gain 16. */
static double expected_dn(double die_c)
{
    return 64 + 5000 * 0.0202108 * exp2((die_c - 40) / 8) * 0.118 * 16;
}

START_TEST(frames_in_the_dark_get_brighter_as_the_dies_warm_up)
{
    chip_t chip;
    sensor_desc_t desc = warm();
    make(&chip, &desc, 2);
    put(&chip.sensor->pixel.comp, "PIX_GAIN", 960);
    put(&chip.sensor->pixel.comp, "PIX_CTRL", 1);
    sim_run_until_ps(chip.sim, 130 * SIM_PS_PER_MS);
    for (uint32_t i = 0; i < FRAMES; i++) {
        const seen_t *seen = &chip.seen[i];
        double die_c = expected_c(seen->latched_ps), mean_dn = seen->sum / seen->samples;
        ck_assert_uint_eq(seen->samples, SIDE / 2 * (SIDE / 2)); /* binned */
        ck_assert_double_eq_tol((double)seen->die_uc * 1e-6, die_c, 1e-5);
        /* five sigmas of the mean's shot noise, less than that of the brightest */
        ck_assert_double_eq_tol(mean_dn, expected_dn(die_c), 5 * sqrt(300.0 / 4) * 1.9 / 48);
        ck_assert_int_eq(timeline_at(&chip.sensor->timeline, i)->die_uc, seen->die_uc);
    }
    ck_assert_double_gt(expected_dn(expected_c(chip.seen[3].latched_ps)), 6 * 64);
    drop(&chip);
}
END_TEST

START_TEST(the_temperature_sensor_reads_the_dies_of_the_instant_it_starts_at)
{
    chip_t chip;
    sensor_desc_t desc = warm();
    make(&chip, &desc, 1);
    temp_t *temp = &chip.sensor->temp;
    static const uint64_t at_us[] = {0, 2999, 5001, 12345, 50000};
    for (size_t i = 0; i < SIM_COUNT(at_us); i++) {
        uint64_t at_ps = at_us[i] * SIM_PS_PER_US;
        sim_run_until_ps(chip.sim, at_ps);
        put(&temp->comp, "TEMP_CTRL", 0xd); /* once, 12 bits; the instant's step is over */
        ck_assert_double_eq_tol(temp->sampled_mc, 1000 * expected_c(at_ps + 1), 1.01);
        sim_run_until_ps(chip.sim, at_ps + 1600 * SIM_PS_PER_US);
        ck_assert_double_eq_tol((int32_t)temp->data, 16 * expected_c(at_ps + 1), 0.52);
    }
    put(&temp->comp, "TEMP_PERIOD", 2000);
    sim_run_until_ps(chip.sim, 60 * SIM_PS_PER_MS);
    put(&temp->comp, "TEMP_CTRL", 0xe); /* again and again: the next ones begin with a step */
    for (uint64_t ms = 62; ms < 80; ms += 2) {
        sim_run_until_ps(chip.sim, ms * SIM_PS_PER_MS);
        ck_assert_double_eq_tol(temp->sampled_mc, 1000 * expected_c(ms * SIM_PS_PER_MS), 1.01);
    }
    uint32_t host = 0;
    ck_assert(ccs_host_read(&chip.sensor->ccs, 0x013a, &host));
    ck_assert_double_eq_tol(host, expected_c(76 * SIM_PS_PER_MS), 0.53);
    drop(&chip);
}
END_TEST

/* Joules of the chip's own meter: kept in the stack, or gone through R. */
START_TEST(what_the_chip_consumes_is_kept_or_leaves)
{
    chip_t chip;
    char error[256];
    sensor_desc_t desc = warm();
    ck_assert_msg(sensor_tech_read(&desc, NULL, NULL, error, sizeof(error)), "%s", error);
    make(&chip, &desc, 1);
    put(&chip.sensor->pixel.comp, "PIX_CTRL", 1);
    double before_c = START_C, out_j = 0;
    for (uint64_t ms = 1; ms <= 80; ms++) {
        sim_run_until_ps(chip.sim, ms * SIM_PS_PER_MS);
        double now_c = (double)thermal_die_uc(&chip.sensor->thermal) * 1e-6;
        out_j += ((before_c + now_c) / 2 - START_C) / 50 * 1e-3;
        before_c = now_c;
    }
    double in_j = (double)energy_total_fj(&chip.sensor->energy) * 1e-15;
    double kept_j = 0.002 * (before_c - START_C);
    ck_assert_double_gt(kept_j, 1e-4); /* 0.05 K of it */
    ck_assert_double_eq_tol(kept_j + out_j, in_j, 2e-5 * in_j);
    drop(&chip);
}
END_TEST

START_TEST(a_system_reset_leaves_the_dies_as_warm_as_they_are)
{
    chip_t chip;
    sensor_desc_t desc = warm();
    make(&chip, &desc, 1);
    sim_run_until_ps(chip.sim, 40 * SIM_PS_PER_MS);
    clkrst_request(&chip.sensor->clkrst, RST_HOST);
    sim_run_until_ps(chip.sim, 80 * SIM_PS_PER_MS);
    ck_assert_double_eq_tol((double)thermal_die_uc(&chip.sensor->thermal) * 1e-6,
                            expected_c(80 * SIM_PS_PER_MS + 1), 1e-5);
    drop(&chip);
}
END_TEST

/* Conversions that begin with steps, and rows made by other threads. */
static uint64_t run(uint64_t order, uint32_t threads)
{
    chip_t chip;
    sensor_desc_t desc = warm();
    make(&chip, &desc, threads);
    sim_set_shuffle(chip.sim, order);
    put(&chip.sensor->temp.comp, "TEMP_PERIOD", 2000);
    put(&chip.sensor->temp.comp, "TEMP_CTRL", 0xe);
    put(&chip.sensor->pixel.comp, "PIX_CTRL", 1);
    sim_run_until_ps(chip.sim, 70 * SIM_PS_PER_MS);
    ck_assert_uint_eq(chip.sensor->temp.conversions, 35);
    uint64_t hash = sim_state_hash(chip.sim);
    hash = sim_hash(hash, &chip.seen[0].sum, sizeof(chip.seen[0].sum));
    drop(&chip);
    return hash;
}

START_TEST(neither_threads_nor_the_order_of_an_instant_change_a_temperature)
{
    uint64_t plain = run(0, 1);
    ck_assert(run(SIM_REVERSE, 1) == plain);
    ck_assert(run(1, 2) == plain);
}
END_TEST

START_TEST(the_pixel_die_s_temperature_is_that_of_a_chip_that_is_told_none)
{
    chip_t chip;
    sensor_desc_t desc = warm();
    desc.pixel.temperature_c = 48;
    desc.logic.thermal = thermal_desc_default();
    make(&chip, &desc, 1);
    ck_assert_int_eq(thermal_die_uc(&chip.sensor->thermal), 48000000);
    ck_assert(sim_next_event_ps(chip.sim) < SIM_PS_PER_US); /* the core's */
    ck_assert(!sim_event_pending(&chip.sensor->thermal.step));
    drop(&chip);
}
END_TEST

TEST_MAIN("sensor that warms up", frames_in_the_dark_get_brighter_as_the_dies_warm_up,
          the_temperature_sensor_reads_the_dies_of_the_instant_it_starts_at,
          what_the_chip_consumes_is_kept_or_leaves,
          a_system_reset_leaves_the_dies_as_warm_as_they_are,
          neither_threads_nor_the_order_of_an_instant_change_a_temperature,
          the_pixel_die_s_temperature_is_that_of_a_chip_that_is_told_none)
