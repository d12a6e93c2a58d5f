/*
 * view_play_test.c - a run under the viewer's player, without a window: steps, back in time,
 * changes by hand, and that the run is the same run all the while.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/file.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tools/view/play_run.h"

#define DIR FOVEA_OUT "/view_play"
#define SCENARIO "scenes/entrance.json"

static char text[1 << 16], error[512];

/* A user who does one thing after another, each when the one before has come to its end. */
typedef struct user user_t;
struct user {
    run_t *run;
    play_t *play;
    view_model_t model;
    view_listen_t listen;
    bool (*act)(user_t *user, uint32_t turn); /* false: no more */
    uint32_t turn;
    bool done, leaves, may_change, recorded;
    bool seldom;        /* looks only where the run stands */
    uint64_t at_ps[16]; /* what acts remember */
    uint64_t hash;
};

static bool look(void *ctx, uint32_t wait_ms)
{
    user_t *u = ctx;
    (void)wait_ms;
    if (!u->seldom || play_paused(u->play))
        view_listen_refresh(&u->listen, 320);
    if (play_busy(u->play) || (u->done && !play_over(u->play)))
        return true;
    if (!u->done && !u->act(u, u->turn++)) {
        u->done = true;
        if (u->leaves)
            return false;
        if (!play_over(u->play))
            play_pause(u->play, false);
        return true;
    }
    if (u->done && play_over(u->play)) {
        fault_finish(&u->run->faults); /* as the run does at its end */
        u->hash = sim_state_hash(u->run->sim);
        return false;
    }
    return true;
}

static const run_desc_t *run_desc;

static bool on_begin(void *ctx, run_t *run)
{
    user_t *u = ctx;
    const play_desc_t desc = {.run = run,
                              .listen = &u->listen,
                              .interactive = true,
                              .may_change = u->may_change,
                              .look = look,
                              .ctx = u};
    if (!view_listen_begin(&u->listen, run, run_desc))
        return false;
    play_begin(u->play, &desc);
    play_pause(u->play, true);
    return true;
}

static bool on_advance(void *ctx, uint64_t until_ps)
{
    return play_advance(((user_t *)ctx)->play, until_ps);
}

static bool on_stay(void *ctx, const char *why)
{
    return play_stay(((user_t *)ctx)->play, why);
}

/* A run of so many frames under that user; its exit code. */
static int watch(user_t *u, const char *scenario, const char *frames, const char *host)
{
    run_desc_t desc = {.scenario = scenario,
                       .out_dir = DIR "/run",
                       .flags = {.frames = frames, .host = host, .no_files = true},
                       .threads = 2,
                       .verbose = SIM_LOG_ERROR};
    run_watcher_t watcher = {
        .begin = on_begin, .advance = on_advance, .stay = on_stay, .ctx = u, .hand = u->may_change};
    view_listen_watch(&u->listen, &watcher);
    desc.watcher = &watcher;
    run_desc = &desc;
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    u->run = calloc(1, sizeof(*u->run));
    u->play = play_new();
    ck_assert(u->run != NULL && u->play != NULL && view_model_init(&u->model));
    u->listen.model = &u->model;
    return run_scenario(u->run, &desc);
}

static void drop(user_t *u)
{
    play_free(u->play);
    run_free(u->run);
    free(u->run);
    view_listen_end(&u->listen);
    view_model_free(&u->model);
}

static uint64_t hash_of(const char *scenario, const char *options)
{
    size_t bytes;
    int code = fovea(text, sizeof(text), "run %s %s --out " DIR "/plain", scenario, options);
    ck_assert_msg(code == 0 || code == 1, "%s", text);
    uint8_t *stats = sim_file_read(DIR "/plain/stats.json", 1 << 26, &bytes, error, sizeof(error));
    ck_assert_ptr_nonnull(stats);
    stats[bytes - 1] = '\0';
    const char *at = strstr((char *)stats, "\"state_hash\":");
    uint64_t hash = strtoull(strchr(at + 13, '"') + 1, NULL, 16);
    free(stats);
    return hash;
}

static uint64_t plain_hash(const char *options)
{
    return hash_of(SCENARIO, options);
}

/* ---- nobody does anything ---- */

static bool nothing(user_t *u, uint32_t turn)
{
    (void)u;
    (void)turn;
    return false;
}

START_TEST(a_viewed_run_is_the_same_run)
{
    static user_t u;
    u = (user_t){.act = nothing, .may_change = true};
    ck_assert_int_eq(watch(&u, SCENARIO, "2", NULL), 0);
    ck_assert_uint_eq(u.hash, plain_hash("--frames 2"));
    ck_assert_uint_eq(u.model.frames_done.next, 2);
    ck_assert_uint_eq(play_changes(u.play), 0);
    drop(&u);
}
END_TEST

/* Where the chip makes no image, or of a region, or sends RAW, a viewer makes none either. */
START_TEST(whoever_looks_makes_no_image)
{
    static const char *const scenarios[] = {"scenes/faults/payload_crc.json",
                                            "scenes/plain_camera/raw.json",
                                            "scenes/roi_stream/region.json"};
    for (size_t i = 0; i < SIM_COUNT(scenarios); i++) {
        static user_t u;
        u = (user_t){.act = nothing};
        ck_assert_int_eq(watch(&u, scenarios[i], "5", NULL), 0);
        ck_assert_uint_eq(u.hash, hash_of(scenarios[i], "--frames 5"));
        ck_assert_uint_eq(u.model.picture[VIEW_ISP].height_px, u.model.picture[VIEW_RAW].height_px);
        const view_picture_t *host = &u.model.picture[VIEW_HOST];
        size_t bytes; /* what left on the link is nowhere: a session may last for hours */
        uint8_t *link = sim_file_read(DIR "/run/link.csi2", 100, &bytes, error, sizeof(error));
        ck_assert_msg(link != NULL, "%s", error);
        free(link);
        bool part = host->width_px != 0 && host->window.width_px < u.model.timing.window.width_px;
        ck_assert_int_eq(part, i == 2); /* the region is at its place */
        drop(&u);
    }
}
END_TEST

/* ---- steps ---- */

static bool steps(user_t *u, uint32_t turn)
{
    const view_model_t *m = &u->model;
    uint64_t now_ps = play_now_ps(u->play);
    u->at_ps[turn] = now_ps;
    switch (turn) {
    case 0:
        play_step(u->play, STEP_FRAME);
        return true;
    case 1: /* where its first row begins to be read */
        ck_assert_uint_eq(m->truth.frame, 0);
        ck_assert_uint_eq(m->timing.start_ps + m->timing.exposure_ps, now_ps);
        play_step(u->play, STEP_ROW);
        return true;
    case 2:
        ck_assert_uint_eq(m->picture[VIEW_RAW].rows, 1);
        play_step(u->play, STEP_ROW);
        return true;
    case 3:
        ck_assert_uint_eq(m->picture[VIEW_RAW].rows, 2);
        ck_assert_uint_le(now_ps - u->at_ps[2] - m->timing.line_ps, 1); /* edges of a clock */
        play_step(u->play, STEP_INSN);
        return true;
    case 4: { /* the instruction that completes now is the last span */
        const view_span_t *span = view_span(m, m->spans.next - 1);
        ck_assert_uint_eq(span->end_ps, now_ps);
        ck_assert_msg(strncmp(m->track[span->track], "npu.", 4) == 0, "%s", m->track[span->track]);
        play_step(u->play, STEP_NLAYER);
        return true;
    }
    case 5:
        ck_assert_uint_gt(now_ps, u->at_ps[4]);
        play_step(u->play, STEP_PACKET);
        return true;
    default:
        ck_assert_uint_gt(now_ps, u->at_ps[5]);
        ck_assert_uint_eq(m->frames, 2);
        return false;
    }
}

START_TEST(steps_stop_where_they_say)
{
    static user_t u;
    u = (user_t){.act = steps};
    ck_assert_int_eq(watch(&u, SCENARIO, "2", NULL), 0);
    ck_assert_uint_eq(u.turn, 7);
    ck_assert_uint_eq(u.hash, plain_hash("--frames 2"));
    drop(&u);
}
END_TEST

/* The newest layer that was told at this time; -1: none was. */
static int64_t layer_told(const view_model_t *m, uint64_t at_ps)
{
    for (uint64_t n = m->spans.next; n > m->spans.first; n--) {
        const view_span_t *span = view_span(m, n - 1);
        if (span->told_ps != at_ps)
            break;
        if (strcmp(m->track[span->track], "npu.layers") == 0)
            return strtol(strstr(span->args, "\"layer\":") + 8, NULL, 10);
    }
    return -1;
}

static bool layers(user_t *u, uint32_t turn)
{
    uint64_t now_ps = play_now_ps(u->play);
    u->at_ps[turn] = now_ps;
    if (turn > 0) {
        ck_assert_uint_gt(now_ps, u->at_ps[turn - 1]);
        ck_assert_int_eq(layer_told(&u->model, now_ps), turn - 1);
    }
    if (turn == 8)
        return false;
    play_step(u->play, STEP_NLAYER);
    return true;
}

/* Engines are at several layers at once: what counts is which is through. */
START_TEST(a_step_by_layer_completes_the_next)
{
    static user_t u;
    u = (user_t){.act = layers};
    ck_assert_int_eq(watch(&u, SCENARIO, "1", NULL), 0);
    ck_assert_uint_eq(u.turn, 9);
    drop(&u);
}
END_TEST

/* ---- back in time ---- */

static bool back_and_forth(user_t *u, uint32_t turn)
{
    static const uint64_t to_ps[] = {90, 40, 75, 10, 60, 99};
    if (turn > 0)
        ck_assert_uint_eq(play_now_ps(u->play), to_ps[turn - 1] * SIM_PS_PER_MS);
    if (turn == SIM_COUNT(to_ps))
        return false;
    play_seek(u->play, to_ps[turn] * SIM_PS_PER_MS);
    return true;
}

START_TEST(back_in_time_and_forward_again_is_the_same_run)
{
    static user_t u;
    u = (user_t){.act = back_and_forth};
    ck_assert_int_eq(watch(&u, SCENARIO, "3", NULL), 0);
    ck_assert_uint_eq(u.hash, plain_hash("--frames 3"));
    /* what was told on the way is told once */
    ck_assert_uint_eq(u.model.frames_done.next, 3);
    for (uint32_t i = 0; i < 3; i++)
        ck_assert_uint_eq(view_frame(&u.model, i)->frame, i);
    ck_assert_uint_eq(u.model.reports.next, 3);
    drop(&u);
}
END_TEST

static bool to_the_begin(user_t *u, uint32_t turn)
{
    static const uint64_t to_ps[] = {95, 0, 60};
    const view_model_t *m = &u->model;
    bool there = turn != 2;
    if (turn > 0) {
        ck_assert_int_eq(m->picture[VIEW_RAW].width_px != 0, there);
        ck_assert_int_eq(m->picture[VIEW_ISP].width_px != 0, there);
        ck_assert_int_eq(m->truth_known, there);
        for (uint32_t i = 0; i < m->layers && turn == 2; i++)
            ck_assert(!m->layer[i].known);
    }
    if (turn == SIM_COUNT(to_ps))
        return false;
    play_seek(u->play, to_ps[turn] * SIM_PS_PER_MS);
    return true;
}

START_TEST(nothing_of_later_is_there)
{
    static user_t u;
    u = (user_t){.act = to_the_begin};
    ck_assert_int_eq(watch(&u, SCENARIO, "3", NULL), 0);
    ck_assert_uint_eq(u.turn, 4);
    drop(&u);
}
END_TEST

static bool to_a_frame(user_t *u, uint32_t turn)
{
    const view_model_t *m = &u->model;
    if (turn == 0)
        play_seek(u->play, 750 * SIM_PS_PER_MS);
    if (turn == 1) { /* the rows of the ISP are a little later than those that are read */
        u->at_ps[0] = m->picture[VIEW_RAW].frame;
        ck_assert_uint_gt(m->picture[VIEW_RAW].frame, 3);
        ck_assert_uint_eq(m->picture[VIEW_ISP].frame, m->picture[VIEW_RAW].frame);
        ck_assert_uint_eq(m->picture[VIEW_IDEAL].frame, m->picture[VIEW_RAW].frame);
    }
    return turn == 0;
}

/* Nobody looks on the way, and then nobody any more. */
START_TEST(where_a_run_stands_its_pictures_are_of_that_time)
{
    static user_t u;
    u = (user_t){.act = to_a_frame, .seldom = true};
    ck_assert_int_eq(watch(&u, "scenes/faults/dead_pixels.json", "12", NULL), 0);
    ck_assert_uint_eq(u.hash, hash_of("scenes/faults/dead_pixels.json", "--frames 12"));
    ck_assert_uint_gt(u.model.picture[VIEW_RAW].frame, u.at_ps[0] + 2);
    ck_assert_uint_eq(u.model.picture[VIEW_ISP].frame, u.at_ps[0]);
    drop(&u);
}
END_TEST

static bool from_the_end(user_t *u, uint32_t turn)
{
    (void)turn;
    if (u->at_ps[0] == 0 && !play_over(u->play)) {
        play_pause(u->play, false);
        return true;
    }
    if (u->at_ps[0] != 0) {
        ck_assert_uint_eq(play_now_ps(u->play), 0);
        ck_assert(!play_over(u->play));
        return false;
    }
    ck_assert(!play_short(u->play));
    u->at_ps[0] = play_now_ps(u->play);
    play_seek(u->play, 0);
    return true;
}

/* Nothing runs on the way there. */
START_TEST(from_its_end_a_run_begins_anew)
{
    static user_t u;
    u = (user_t){.act = from_the_end};
    ck_assert_int_eq(watch(&u, SCENARIO, "2", NULL), 0);
    ck_assert_uint_eq(u.hash, plain_hash("--frames 2"));
    ck_assert_uint_eq(sim_now_ps(u.run->sim), u.at_ps[0]);
    drop(&u);
}
END_TEST

/* ---- a run that ends before its frames ---- */

static bool sees_the_end(user_t *u, uint32_t turn)
{
    (void)turn;
    if (u->at_ps[0] == 0 && !play_over(u->play)) {
        play_pause(u->play, false);
        return true;
    }
    if (u->at_ps[0] != 0) {
        ck_assert(!play_short(u->play));
        ck_assert_uint_eq(play_now_ps(u->play), 1040 * SIM_PS_PER_MS);
        return false;
    }
    ck_assert(play_short(u->play));
    ck_assert_str_eq(play_complaint(u->play), "no frame comes any more");
    play_pause(u->play, false); /* there is nothing to go on to */
    ck_assert(play_paused(u->play));
    u->at_ps[0] = play_now_ps(u->play);
    play_seek(u->play, 1040 * SIM_PS_PER_MS);
    return true;
}

/* It stays to be looked at, and one can go back; then it ends as it did. */
START_TEST(a_run_that_ends_early_stays)
{
    static user_t u;
    const char *scenario = "scenes/must_fail/brown_out_alone.json";
    u = (user_t){.act = sees_the_end};
    ck_assert_int_eq(watch(&u, scenario, "30", NULL), 1);
    ck_assert(play_short(u.play));
    ck_assert_uint_eq(sim_now_ps(u.run->sim), u.at_ps[0]);
    ck_assert_uint_eq(u.hash, hash_of(scenario, ""));
    drop(&u);
}
END_TEST

/* ---- by hand ---- */

static bool changes(user_t *u, uint32_t turn)
{
    const uint64_t ms = SIM_PS_PER_MS;
    switch (turn) {
    case 0:
        play_seek(u->play, 30 * ms);
        return true;
    case 1:
        ck_assert_ptr_null(play_refusal(u->play));
        ck_assert(play_write(u->play, 0x0202, 2, 333)); /* coarse_integration_time */
        ck_assert(play_light(u->play, 1500));
        play_seek(u->play, 70 * ms);
        return true;
    case 2:
        ck_assert_uint_eq(play_register(u->play, 0x0202, 2), 333);
        ck_assert_uint_eq(play_light_now(u->play), 1500);
        ck_assert_uint_eq(play_changes(u->play), 2);
        play_seek(u->play, 20 * ms); /* before both: on the way forward they happen again */
        return true;
    case 3:
        ck_assert_uint_ne(play_register(u->play, 0x0202, 2), 333);
        ck_assert_uint_eq(play_light_now(u->play), 1000);
        play_seek(u->play, 50 * ms);
        return true;
    case 4:
        ck_assert_uint_eq(play_register(u->play, 0x0202, 2), 333);
        play_seek(u->play, 25 * ms);
        return true;
    case 5: /* another future */
        ck_assert(play_write(u->play, 0x0202, 2, 200));
        ck_assert_uint_eq(play_changes(u->play), 1);
        play_seek(u->play, 60 * ms);
        return true;
    default:
        ck_assert_uint_eq(play_register(u->play, 0x0202, 2), 200);
        ck_assert_uint_eq(play_light_now(u->play), 1000);
        ck_assert(play_light(u->play, 250));
        ck_assert_uint_eq(play_changes(u->play), 2);
        ck_assert(play_write(u->play, 0x0104, 1, 1)); /* all colors in one frame: one change */
        for (uint16_t color = 0; color < 4; color++)
            ck_assert(play_write(u->play, (uint16_t)(0x020e + 2 * color), 2, 384));
        ck_assert(play_write(u->play, 0x0104, 1, 0));
        ck_assert_uint_eq(play_changes(u->play), 3);
        ck_assert(play_light(u->play, 300));
        return false;
    }
}

START_TEST(what_a_hand_does_is_a_script_that_does_the_same)
{
    static user_t u;
    u = (user_t){.act = changes, .may_change = true};
    ck_assert_int_eq(watch(&u, SCENARIO, "3", NULL), 0);
    ck_assert_uint_eq(play_changes(u.play), 4);
    FILE *to = fopen(DIR "/hand.txt", "w");
    ck_assert_ptr_nonnull(to);
    play_log(u.play, to);
    fclose(to);
    uint64_t hash = u.hash;
    drop(&u);
    ck_assert_uint_eq(plain_hash("--frames 3 --host " DIR "/hand.txt"), hash);
    ck_assert_uint_eq(plain_hash("--frames 3 --threads 1 --host " DIR "/hand.txt"), hash);
    ck_assert_uint_ne(plain_hash("--frames 3"), hash);
}
END_TEST

static bool refused(user_t *u, uint32_t turn)
{
    if (turn == 0) {
        play_seek(u->play, 10 * SIM_PS_PER_MS);
        return true;
    }
    ck_assert_str_eq(play_refusal(u->play), "a recorded run is as it was");
    ck_assert(!play_write(u->play, 0x0202, 2, 333));
    ck_assert_str_eq(play_complaint(u->play), "a recorded run is as it was");
    ck_assert(!play_light(u->play, 1));
    return false;
}

START_TEST(a_recorded_run_is_not_changed)
{
    static user_t u;
    u = (user_t){.act = refused};
    ck_assert_int_eq(watch(&u, SCENARIO, "1", NULL), 0);
    ck_assert_uint_eq(u.hash, plain_hash("--frames 1"));
    drop(&u);
}
END_TEST

/* ---- leaving ---- */

static bool half_way(user_t *u, uint32_t turn)
{
    if (turn > 0)
        return false;
    play_seek(u->play, 45 * SIM_PS_PER_MS);
    return true;
}

START_TEST(who_leaves_early_ends_the_run)
{
    static user_t u;
    u = (user_t){.act = half_way, .leaves = true};
    ck_assert_int_eq(watch(&u, SCENARIO, "3", NULL), 1);
    ck_assert_uint_eq(sim_now_ps(u.run->sim), 45 * SIM_PS_PER_MS);
    drop(&u);
}
END_TEST

TEST_MAIN("play", a_viewed_run_is_the_same_run, whoever_looks_makes_no_image,
          steps_stop_where_they_say, a_step_by_layer_completes_the_next,
          back_in_time_and_forward_again_is_the_same_run, nothing_of_later_is_there,
          where_a_run_stands_its_pictures_are_of_that_time, from_its_end_a_run_begins_anew,
          a_run_that_ends_early_stays, what_a_hand_does_is_a_script_that_does_the_same,
          a_recorded_run_is_not_changed, who_leaves_early_ends_the_run)
