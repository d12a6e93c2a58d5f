/*
 * light_test.c - rows of light: pure, the same on any thread, and where the world says.
 */
#include "scene_help.h"
#include "sim/pool.h"
#include "sim/rng.h"
#include "sim/time.h"
#include "tests/test.h"

#define WIDTH 2028

/* A walker in the near lane before a white wall. Speed 1.25 m/s, depth 5 m, height 1.6 m. */
static const char *const walker =
    "{\"lux\": 100, \"background\": {\"kind\": \"plain\", \"reflectance\": 1},"
    " \"people\": [{\"direction\": \"in\", \"cross_s\": 1, \"speed_mps\": 1.25, \"depth_m\": 5,"
    "   \"height_m\": 1.6, \"look\": 7}]}";
static const char *const out_walker =
    "{\"lux\": 100, \"background\": {\"kind\": \"plain\", \"reflectance\": 1},"
    " \"people\": [{\"direction\": \"out\", \"cross_s\": 1, \"speed_mps\": 1.25, \"depth_m\": 5,"
    "   \"height_m\": 1.6, \"look\": 7}]}";

static void pull(const scene_t *scene, const sim_light_req_t *req, float *rgb)
{
    sim_light_t light = scene_light(scene);
    sim_light_row_t out = {rgb, rgb + WIDTH, rgb + 2 * WIDTH};
    light.row(light.ctx, req, &out);
}

/* One row of the walker at `time_s`, where the head is: its top is 1.6 m up, 0.1 m is mid-head. */
static sim_light_req_t head_row(double time_s)
{
    scene_timing_t timing = timing_of(0, 2);
    /* Row of the height 1.5 m at 5 m: 430 + 3950 * (2.9 - 1.5) / 5 = 1536. */
    sim_light_req_t req = row_of(&timing, 0, 768);
    req.exposure_ps = 0;
    req.start_ps = (uint64_t)(time_s * 1e12);
    return req;
}

/* Where the darkness is: its center of gravity, in array pixels. */
static double center_px(const float *line, float white)
{
    double sum = 0, weight = 0;
    for (int i = 0; i < WIDTH; i++) {
        weight += (double)(white - line[i]);
        sum += (double)(white - line[i]) * (2.0 * i + 1.0);
    }
    return sum / weight;
}

static double head_at(const char *text, double time_s)
{
    float rgb[3 * WIDTH];
    scene_t *scene = scene_of(text, 0);
    ck_assert_int_eq(scene_prepare(scene, 1, WIDTH), SIM_OK);
    sim_light_req_t req = head_row(time_s);
    pull(scene, &req, rgb);
    scene_free(scene);
    return center_px(rgb + WIDTH, 100.0f);
}

START_TEST(the_same_row_twice_is_the_same_bits)
{
    float a[3 * WIDTH], b[3 * WIDTH];
    scene_t *scene = scene_of("{\"crowd\": {}}", 5);
    ck_assert_int_eq(scene_prepare(scene, 2, WIDTH), SIM_OK);
    scene_timing_t timing = timing_of(40, 2);
    for (uint32_t row = 100; row < 1500; row += 200) {
        sim_light_req_t req = row_of(&timing, 40, row);
        pull(scene, &req, a);
        req.worker = 1;
        pull(scene, &req, b);
        ck_assert_mem_eq(a, b, sizeof(a));
    }
    scene_free(scene);
}
END_TEST

typedef struct {
    scene_t *scene;
    scene_timing_t timing;
    float *rows; /* 380 rows of 507 samples, three planes */
} frame_job_t;

static void row_job(void *ctx, uint32_t job, uint32_t worker)
{
    frame_job_t *frame = ctx;
    sim_light_req_t req = row_of(&frame->timing, 40, job);
    req.worker = worker;
    float *line = frame->rows + (size_t)job * 3 * 507;
    sim_light_t light = scene_light(frame->scene);
    sim_light_row_t out = {line, line + 507, line + 1014};
    light.row(light.ctx, &req, &out);
}

START_TEST(any_number_of_threads_gives_the_same_bits)
{
    size_t bytes = (size_t)380 * 3 * 507 * sizeof(float);
    float *rows[2] = {malloc(bytes), malloc(bytes)};
    static const uint32_t threads[2] = {1, 4};
    scene_t *scene = scene_of("{\"crowd\": {}}", 6);
    for (int i = 0; i < 2; i++) {
        sim_pool_t *pool = sim_pool_new(threads[i]);
        ck_assert_int_eq(scene_prepare(scene, threads[i], 507), SIM_OK);
        frame_job_t frame = {scene, timing_of(40, 8), rows[i]};
        sim_pool_run(pool, row_job, &frame, 380);
        sim_pool_free(pool);
    }
    ck_assert_mem_eq(rows[0], rows[1], bytes);
    free(rows[0]);
    free(rows[1]);
    scene_free(scene);
}
END_TEST

START_TEST(a_plane_that_was_not_asked_for_is_not_touched)
{
    float all[3 * WIDTH], some[3 * WIDTH];
    scene_t *scene = scene_of("{\"crowd\": {}}", 7);
    ck_assert_int_eq(scene_prepare(scene, 1, WIDTH), SIM_OK);
    scene_timing_t timing = timing_of(40, 2);
    sim_light_req_t req = row_of(&timing, 40, 900);
    pull(scene, &req, all);
    for (int i = 0; i < 3 * WIDTH; i++)
        some[i] = -1.0f;
    req.planes = 0x5; /* red and blue */
    pull(scene, &req, some);
    ck_assert_mem_eq(some, all, WIDTH * sizeof(float));
    ck_assert_mem_eq(some + 2 * WIDTH, all + 2 * WIDTH, WIDTH * sizeof(float));
    for (int i = WIDTH; i < 2 * WIDTH; i++)
        ck_assert(some[i] == -1.0f);
    scene_free(scene);
}
END_TEST

START_TEST(a_white_wall_shows_the_light_itself)
{
    float rgb[3 * WIDTH];
    scene_t *scene = scene_of("{\"lux\": 300, \"color_temperature_k\": 3000,"
                              " \"background\": {\"kind\": \"plain\", \"reflectance\": 0.5}}",
                              0);
    ck_assert_int_eq(scene_prepare(scene, 1, WIDTH), SIM_OK);
    scene_timing_t timing = timing_of(0, 2);
    sim_light_req_t req = row_of(&timing, 0, 10);
    pull(scene, &req, rgb);
    double mean = ((double)rgb[5] + (double)rgb[WIDTH + 5] + (double)rgb[2 * WIDTH + 5]) / 3;
    ck_assert_double_eq_tol(mean, 150.0, 0.01); /* mean(r, g, b) is lux times reflectance */
    /* A 3000 K radiator in linear sRGB: 1.8373 : 0.8792 : 0.2835. */
    ck_assert_double_eq_tol((double)rgb[5] / (double)rgb[WIDTH + 5], 1.8373 / 0.8792, 1e-3);
    ck_assert_double_eq_tol((double)rgb[2 * WIDTH + 5] / (double)rgb[WIDTH + 5], 0.2835 / 0.8792,
                            1e-3);
    scene_free(scene);
}
END_TEST

START_TEST(a_person_moves_by_speed_times_time)
{
    /* A cycle of two steps is 2 * (0.28 + 0.12 * 1.25) * 1.6 m = 1.376 m, walked in 1.1008 s: the
     * body then looks the same, 1.376 m * 3950 px / 5 m = 1087.04 px further. */
    double from = head_at(walker, 0.5), to = head_at(walker, 0.5 + 1.1008);
    ck_assert_double_eq_tol(to - from, 1087.04, 0.25);
    /* A tenth of a second, the head still the same side on: 98.75 px, give or take the bob. */
    ck_assert_double_eq_tol(head_at(walker, 0.6) - from, 98.75, 4.0);
}
END_TEST

START_TEST(out_is_in_seen_in_a_mirror)
{
    /* The line is in the middle: column x becomes 4056 - x. */
    ck_assert_double_eq_tol(head_at(out_walker, 0.7), 4056 - head_at(walker, 0.7), 0.1);
    ck_assert(head_at(walker, 0.7) < 2028); /* in: from the left, before 1 s */
}
END_TEST

START_TEST(a_row_shows_the_world_at_its_own_time)
{
    float late[3 * WIDTH], at_once[3 * WIDTH];
    scene_t *scene = scene_of(walker, 0);
    ck_assert_int_eq(scene_prepare(scene, 1, WIDTH), SIM_OK);
    scene_timing_t timing = timing_of(30, 2);
    timing.exposure_ps = 0;
    sim_light_req_t first = row_of(&timing, 30, 0), head = row_of(&timing, 30, 768);
    pull(scene, &head, late);
    head.start_ps = first.start_ps; /* as a global shutter would */
    pull(scene, &head, at_once);
    /* 768 rows of 12.632 us are 9.70 ms; at 1.25 m/s and 790 px/m that is 9.58 px of skew. */
    double skew = center_px(late + WIDTH, 100.0f) - center_px(at_once + WIDTH, 100.0f);
    ck_assert_double_eq_tol(skew, 9.58, 1.0);
    scene_free(scene);
}
END_TEST

/* Number of samples that are neither wall nor full body at the edge: widths of ramps. */
static int soft_samples(const char *text, uint64_t exposure_ps)
{
    float rgb[3 * WIDTH];
    scene_t *scene = scene_of(text, 0);
    ck_assert_int_eq(scene_prepare(scene, 1, WIDTH), SIM_OK);
    sim_light_req_t req = head_row(0.8);
    req.exposure_ps = exposure_ps;
    req.start_ps -= exposure_ps / 2;
    pull(scene, &req, rgb);
    int soft = 0;
    for (int i = 0; i < WIDTH; i++)
        soft += rgb[WIDTH + i] < 99.0f;
    scene_free(scene);
    return soft;
}

START_TEST(a_long_exposure_widens_moving_edges)
{
    /* 30 ms at 1.25 m/s and 790 px/m: 29.6 px, about 15 samples of two pixels, half of it outside
     * at each of the two edges. */
    int sharp = soft_samples(walker, 0), blurred = soft_samples(walker, 30 * SIM_PS_PER_MS);
    ck_assert_int_ge(blurred - sharp, 10);
    ck_assert_int_le(blurred - sharp, 18);
}
END_TEST

START_TEST(lamps_flicker_and_a_whole_period_hides_it)
{
    float rgb[3 * WIDTH];
    scene_t *scene = scene_of("{\"lux\": 100, \"flicker\": {\"hz\": 100, \"depth\": 0.5},"
                              " \"background\": {\"kind\": \"plain\", \"reflectance\": 1}}",
                              0);
    ck_assert_int_eq(scene_prepare(scene, 1, WIDTH), SIM_OK);
    sim_light_req_t req = head_row(0.0025); /* a quarter period: the crest, 1 + 0.5 */
    pull(scene, &req, rgb);
    ck_assert_double_eq_tol((double)rgb[WIDTH], 150.0, 0.01);
    req.start_ps = 7500 * SIM_PS_PER_US; /* the trough */
    pull(scene, &req, rgb);
    ck_assert_double_eq_tol((double)rgb[WIDTH], 50.0, 0.01);
    req.exposure_ps = 10 * SIM_PS_PER_MS; /* one period */
    pull(scene, &req, rgb);
    ck_assert_double_eq_tol((double)rgb[WIDTH], 100.0, 0.01);
    /* Half a period from 0: mean of the sine is 2 / pi. */
    req.start_ps = 0;
    req.exposure_ps = 5 * SIM_PS_PER_MS;
    pull(scene, &req, rgb);
    ck_assert_double_eq_tol((double)rgb[WIDTH], 100.0 * (1 + 0.5 * 0.636620), 0.01);
    scene_free(scene);
}
END_TEST

#define PLAIN "\"background\": {\"kind\": \"plain\", \"reflectance\": 1}}"

static void see(scene_t *scene, uint64_t start_us, uint64_t exposure_us, float rgb[3])
{
    float row[3 * WIDTH];
    sim_light_req_t req = head_row(0);
    req.start_ps = start_us * SIM_PS_PER_US;
    req.exposure_ps = exposure_us * SIM_PS_PER_US;
    pull(scene, &req, row);
    for (int c = 0; c < 3; c++)
        rgb[c] = row[c * WIDTH];
}

/* 400 lux, 25 from 1 s on, along 0.5 s from 2 s on back to 400; daylight is 1, 1, 1. */
START_TEST(light_changes_at_once_or_evenly_and_an_exposure_averages_it)
{
    static const struct {
        uint64_t start_us, exposure_us;
        double lux;
    } row[] = {
        {0, 10000, 400},
        {990000, 10000, 400},         /* ends as it changes */
        {997500, 10000, 118.75},      /* 2.5 ms of 400, 7.5 of 25 */
        {1000000, 10000, 25},         /* begins as it changes */
        {1999990, 0, 25},             /* no exposure: that moment */
        {2250000, 0, 212.5},          /* half way */
        {2000000, 250000, 118.75},    /* from 25 to half way: a quarter of the way */
        {2400000, 200000, 381.25},    /* 0.1 s from 325 to 400, then 0.1 s of 400 */
        {900000, 1600000, 107.03125}, /* 0.1 s of 400, 1 of 25, 0.5 of 212.5 on average */
        {3000000, 10000, 400},
    };
    scene_t *scene = scene_of("{\"lux\": 400, \"light\": [{\"at_s\": 1, \"lux\": 25},"
                              "{\"at_s\": 2, \"over_s\": 0.5, \"lux\": 400}], " PLAIN,
                              0);
    ck_assert_int_eq(scene_prepare(scene, 1, WIDTH), SIM_OK);
    for (size_t i = 0; i < SIM_COUNT(row); i++) {
        float rgb[3];
        see(scene, row[i].start_us, row[i].exposure_us, rgb);
        for (int c = 0; c < 3; c++)
            ck_assert_double_eq_tol((double)rgb[c], row[i].lux, 1e-3);
    }
    scene_free(scene);
}
END_TEST

/* After a change: as if it had always been so, in every bit; what is not named stays. */
START_TEST(color_changes_alike_and_what_is_not_named_stays)
{
    scene_t *changing = scene_of("{\"lux\": 200, \"light\": ["
                                 "{\"at_s\": 0.5, \"color_temperature_k\": 3000},"
                                 "{\"at_s\": 1.5, \"lux\": 50}], " PLAIN,
                                 0);
    scene_t *warm = scene_of("{\"lux\": 200, \"color_temperature_k\": 3000, " PLAIN, 0);
    scene_t *dim = scene_of("{\"lux\": 50, \"color_temperature_k\": 3000, " PLAIN, 0);
    scene_t *all[] = {changing, warm, dim};
    float is[3], wanted[3];
    for (size_t i = 0; i < SIM_COUNT(all); i++)
        ck_assert_int_eq(scene_prepare(all[i], 1, WIDTH), SIM_OK);
    see(changing, 700000, 20000, is);
    see(warm, 700000, 20000, wanted);
    ck_assert_mem_eq(is, wanted, sizeof(is));
    see(changing, 1700000, 20000, is);
    see(dim, 1700000, 20000, wanted);
    ck_assert_mem_eq(is, wanted, sizeof(is));
    ck_assert_double_eq(scene_desc(changing)->change[1].color_k, 3000);
    ck_assert_double_eq(scene_desc(changing)->change[0].lux, 200);
    for (size_t i = 0; i < SIM_COUNT(all); i++)
        scene_free(all[i]);
}
END_TEST

START_TEST(another_seed_is_another_world)
{
    float a[3 * WIDTH], b[3 * WIDTH];
    scene_timing_t timing = timing_of(40, 2);
    sim_light_req_t req = row_of(&timing, 40, 900);
    for (uint64_t seed = 1; seed <= 3; seed++) {
        scene_t *one = scene_of("{\"crowd\": {}}", seed),
                *two = scene_of("{\"crowd\": {}}", seed + 1);
        ck_assert_int_eq(scene_prepare(one, 1, WIDTH), SIM_OK);
        ck_assert_int_eq(scene_prepare(two, 1, WIDTH), SIM_OK);
        pull(one, &req, a);
        pull(two, &req, b);
        int differ = 0;
        for (int i = 0; i < 3 * WIDTH; i++)
            differ += a[i] != b[i];
        ck_assert_int_gt(differ, 3 * WIDTH * 9 / 10);
        ck_assert(scene_desc(one)->people[0].look != scene_desc(two)->people[0].look);
        scene_free(one);
        scene_free(two);
    }
}
END_TEST

START_TEST(a_coarse_request_sees_the_mean_of_the_fine_one)
{
    /* 16 x 16 array pixels a sample against the mean of 8 x 8 samples of two pixels. */
    scene_t *scene = scene_of("{\"background\": {\"kind\": \"room\", \"wall\": \"brick\"}}", 3);
    picture_t fine = picture_of(scene, 0, 2, 0x2), coarse = picture_of(scene, 0, 16, 0x2);
    double worst = 0;
    for (uint32_t y = 1; y + 1 < coarse.height; y++) {
        for (uint32_t x = 1; x + 1 < coarse.width; x++) {
            double sum = 0;
            for (uint32_t k = 0; k < 64; k++)
                sum += (double)fine.plane[1][(8 * y + k / 8) * fine.width + 8 * x + k % 8];
            double off = sum / 64 - (double)coarse.plane[1][y * coarse.width + x];
            off = off < 0 ? -off : off;
            bool door = x >= 120 && x <= 133; /* painted anew at each scale */
            worst = !door && off > worst ? off : worst;
        }
    }
    ck_assert_double_lt(worst, 0.5); /* of 500 lux */
    picture_free(&fine);
    picture_free(&coarse);
    scene_free(scene);
}
END_TEST

/* Two rows of the same scene, one of them with gaps, which are walked along. */
static void check_gaps(const scene_t *scene, sim_stream_t *s, uint32_t row)
{
    static float whole[3][4056], some[3][4056];
    sim_light_t light = scene_light(scene);
    const sim_light_row_t out = {whole[0], whole[1], whole[2]},
                          out_some = {some[0], some[1], some[2]};
    float step_px = sim_stream_below(s, 3) == 0 ? 2 : 1; /* on the map's columns, between them */
    scene_timing_t timing = timing_of(40, step_px);
    sim_light_req_t req = row_of(&timing, 40, row % timing.rows);
    req.x0_px += (float)(2 * sim_stream_below(s, 20));
    req.width_px -= 40;
    light.row(light.ctx, &req, &out);
    uint32_t steps = req.width_px, at = 0, i = 0;
    req.x_gap = (sim_gap_t){2 * sim_stream_below(s, 3), 2 * sim_stream_below(s, 4)};
    req.width_px = sim_gap_samples(req.x_gap, steps);
    light.row(light.ctx, &req, &out_some);
    for (; at < steps; at += 1 + (i % 2 == 0 ? req.x_gap.even : req.x_gap.odd), i++)
        for (int c = 0; c < 3; c++)
            ck_assert(some[c][i] == whole[c][at]);
    ck_assert_uint_eq(i, req.width_px);
}

START_TEST(samples_that_are_left_out_change_none_of_the_others)
{
    static const char *const rooms[] = {
        "{\"seed\": 3, \"background\": {\"kind\": \"room\"}, \"door\": {}, \"crowd\": {}}",
        "{\"seed\": 4, \"background\": {\"kind\": \"plain\"}, \"crowd\": {}}",
    };
    sim_stream_t s = sim_stream(5, 6, 7);
    for (size_t k = 0; k < SIM_COUNT(rooms); k++) {
        scene_t *scene = scene_of(rooms[k], 0);
        ck_assert_int_eq(scene_prepare(scene, 1, 4056), SIM_OK);
        for (uint32_t row = 0; row < 3040; row += 31)
            check_gaps(scene, &s, row);
        scene_free(scene);
    }
}
END_TEST

TEST_MAIN("scene light", the_same_row_twice_is_the_same_bits,
          any_number_of_threads_gives_the_same_bits, a_plane_that_was_not_asked_for_is_not_touched,
          a_white_wall_shows_the_light_itself, a_person_moves_by_speed_times_time,
          out_is_in_seen_in_a_mirror, a_row_shows_the_world_at_its_own_time,
          a_long_exposure_widens_moving_edges, lamps_flicker_and_a_whole_period_hides_it,
          light_changes_at_once_or_evenly_and_an_exposure_averages_it,
          color_changes_alike_and_what_is_not_named_stays, another_seed_is_another_world,
          a_coarse_request_sees_the_mean_of_the_fine_one,
          samples_that_are_left_out_change_none_of_the_others)
