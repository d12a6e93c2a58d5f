#include "tools/view/view_int.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/file.h"
#include "tools/cli.h"
#include "tools/execution.h"

#define REFRESH_S (1.0 / 30)
enum { NONE = VIEW_LISTS, IDLE_MS = 10 };

/* ---- draw lists ---- */

/* The list that is neither shown nor waits to be. */
static uint32_t free_list(const view_exchange_t *x)
{
    for (uint32_t i = 0; i < VIEW_LISTS; i++)
        if (i != x->newest && i != x->showing)
            return i;
    return 0;
}

/* Points of the world's picture, in pixels. */
static uint32_t ideal_px(const view_t *v)
{
    double scale = v->desc->window.scale > 1 ? v->desc->window.scale : 1;
    return (uint32_t)(v->ui.panel[PANEL_IDEAL].w * scale);
}

void view_draw_into(view_t *v, draw_t *list)
{
    const ui_t ui = {&v->model, v->play, &v->ui, list, v->run->pool};
    uint32_t px;
    do { /* once more where the panels stand elsewhere now */
        px = ideal_px(v);
        view_listen_refresh(&v->listen, px);
        draw_begin(list, v->width, v->height);
        ui_draw(&ui);
    } while (px == 0 && ideal_px(v) != 0);
}

static const draw_t *newest(const view_t *v)
{
    return &v->list[v->x.newest < VIEW_LISTS ? v->x.newest : 0];
}

/* Under the lock: until the other thread says something, or so long. */
static void wait_for_change(view_exchange_t *x, uint32_t ms)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += (long)ms * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_cond_timedwait(&x->changed, &x->lock, &until);
}

/* ---- the run's thread, under a window ---- */

static uint32_t take_inputs(view_t *v, input_t *to, uint32_t wait_ms)
{
    view_exchange_t *x = &v->x;
    pthread_mutex_lock(&x->lock);
    if (x->inputs == 0 && wait_ms != 0)
        wait_for_change(x, wait_ms);
    uint32_t count = x->inputs;
    memcpy(to, x->input, count * sizeof(*to));
    x->inputs = 0;
    pthread_mutex_unlock(&x->lock);
    return count;
}

static void publish(view_t *v)
{
    pthread_mutex_lock(&v->x.lock);
    uint32_t at = free_list(&v->x);
    pthread_mutex_unlock(&v->x.lock);
    view_draw_into(v, &v->list[at]);
    pthread_mutex_lock(&v->x.lock);
    v->x.newest = at;
    v->x.made++;
    pthread_cond_broadcast(&v->x.changed);
    pthread_mutex_unlock(&v->x.lock);
    double now_s = execution_seconds();
    v->due_s = v->due_s + REFRESH_S > now_s ? v->due_s + REFRESH_S : now_s;
    v->asked = false;
}

static bool handle(view_t *v, const input_t *input)
{
    v->asked = true;
    if (input->kind == INPUT_RESIZE) {
        v->width = (uint32_t)input->x;
        v->height = (uint32_t)input->y;
    }
    if (input->kind == INPUT_CLOSE)
        return false;
    return ui_input(&v->ui, &v->model, newest(v), v->play, input);
}

/* What stats.json of a run says; "": nothing. */
static void read_hash(const char *dir, char hash[24])
{
    char path[1200];
    snprintf(path, sizeof(path), "%s/stats.json", dir);
    sim_doc_t *stats = sim_doc_load(path);
    hash[0] = '\0';
    if (stats == NULL)
        return;
    sim_cfg_t root = sim_doc_root(stats);
    snprintf(hash, 24, "%s", sim_cfg_str(&root, "state_hash", ""));
    if (sim_doc_error(stats) != NULL)
        hash[0] = '\0';
    sim_doc_free(stats);
}

/* A recorded run that is simulated again must come to the state that it had. */
static void compare_with_record(view_t *v)
{
    char hash[24], recorded[24];
    fault_finish(&v->run->faults); /* as the run does at its end; to go back takes it back */
    v->told.hash = sim_state_hash(v->run->sim);
    if (v->desc->recorded == NULL)
        return;
    snprintf(hash, sizeof(hash), "%016llx", (unsigned long long)v->told.hash);
    read_hash(v->desc->recorded, recorded);
    v->told.recorded = recorded[0] != '\0';
    v->told.same = strcmp(hash, recorded) == 0;
    view_tell_line(&v->model, LINE_LOG, sim_now_ps(v->run->sim),
                   v->told.same       ? "state hash %s, as recorded"
                   : v->told.recorded ? "state hash %s: not what was recorded"
                                      : "state hash %s; its stats.json has none",
                   hash);
}

void view_note_end(view_t *v)
{
    bool over = play_over(v->play), news = over && !v->checked;
    v->checked = over;
    if (!over)
        v->told.hash = 0;
    if (!news)
        return;
    v->told.run_s = execution_seconds() - v->begun_s;
    v->told.run_ps = sim_now_ps(v->run->sim);
    compare_with_record(v);
}

bool view_interrupted(const view_t *v)
{
    return v->desc->run.interrupted != NULL && *v->desc->run.interrupted != 0;
}

static bool look(void *ctx, uint32_t wait_ms)
{
    view_t *v = ctx;
    input_t input[VIEW_INPUTS];
    uint32_t count = take_inputs(v, input, wait_ms);
    for (uint32_t i = 0; i < count && !v->leaves; i++)
        v->leaves = !handle(v, &input[i]);
    view_note_end(v);
    v->leaves = v->leaves || view_interrupted(v);
    bool ends = v->leaves || (v->desc->close && play_over(v->play));
    if (v->asked || ends || execution_seconds() >= v->due_s)
        publish(v);
    return !ends;
}

/* ---- the run ---- */

/* A picture of a row: when that is, is known as the frame's first one begins to be read. */
static void on_stepped(void *ctx, play_step_t step)
{
    view_t *v = ctx;
    const when_t *at = &v->desc->at;
    const pix_frame_t *now = &v->run->sensor->pixel.now;
    if (step == STEP_FRAME && v->desc->picture != NULL && at->at_frame && at->frame == now->frame) {
        v->next_ps = pix_row_readout_start_ps(now, at->row);
        play_seek(v->play, v->next_ps);
    }
    play_stepped(v->play, step);
}

static bool on_begin(void *ctx, run_t *run)
{
    view_t *v = ctx;
    bool headless = v->window != NULL;
    const play_desc_t desc = {.run = run,
                              .listen = &v->listen,
                              .interactive = !headless,
                              .may_change = v->desc->may_change,
                              .look = v->desc->film != NULL ? view_look_for_film
                                      : headless            ? view_look_for_picture
                                                            : look,
                              .ctx = v};
    if (!view_listen_begin(&v->listen, run, &v->desc->run))
        return false;
    play_begin(v->play, &desc);
    v->listen.stepped = on_stepped;
    v->listen.ctx = v;
    v->begun_s = execution_seconds();
    if (headless && !v->desc->at.at_frame) {
        v->next_ps = v->desc->film != NULL ? v->desc->from_ps : v->desc->at.at_ps;
        play_seek(v->play, v->next_ps);
    }
    pthread_mutex_lock(&v->x.lock);
    v->x.begun = true;
    pthread_cond_broadcast(&v->x.changed);
    pthread_mutex_unlock(&v->x.lock);
    return true;
}

static bool on_advance(void *ctx, uint64_t until_ps)
{
    view_t *v = ctx;
    return play_advance(v->play, until_ps);
}

static bool on_stay(void *ctx, const char *why)
{
    view_t *v = ctx;
    return play_stay(v->play, why);
}

void *view_run(void *ctx)
{
    view_t *v = ctx;
    run_desc_t desc = v->desc->run;
    run_watcher_t watcher = {.begin = on_begin,
                             .advance = on_advance,
                             .stay = on_stay,
                             .ctx = v,
                             .hand = v->desc->may_change};
    view_listen_watch(&v->listen, &watcher);
    desc.watcher = &watcher;
    v->code = run_scenario(v->run, &desc);
    v->run->watcher = NULL;
    pthread_mutex_lock(&v->x.lock);
    v->x.ended = true;
    pthread_cond_broadcast(&v->x.changed);
    pthread_mutex_unlock(&v->x.lock);
    return NULL;
}

/* ---- the window's thread ---- */

static void hand_over(view_t *v, const input_t *input)
{
    view_exchange_t *x = &v->x;
    pthread_mutex_lock(&x->lock);
    /* a pointer that moves on, and a window that grows on, need their last place only */
    bool same = x->inputs > 0 && x->input[x->inputs - 1].kind == input->kind &&
                (input->kind == INPUT_MOVE || input->kind == INPUT_RESIZE);
    if (same)
        x->input[x->inputs - 1] = *input;
    else if (x->inputs < VIEW_INPUTS)
        x->input[x->inputs++] = *input;
    else if (input->kind == INPUT_CLOSE) /* told once: it must not get lost among keys */
        x->input[VIEW_INPUTS - 1] = *input;
    pthread_cond_broadcast(&x->changed);
    pthread_mutex_unlock(&x->lock);
}

static bool has_ended(view_t *v)
{
    pthread_mutex_lock(&v->x.lock);
    bool ended = v->x.ended;
    pthread_mutex_unlock(&v->x.lock);
    return ended;
}

static void show_newest(view_t *v, window_t *window, uint64_t *shown)
{
    view_exchange_t *x = &v->x;
    pthread_mutex_lock(&x->lock);
    bool fresh = x->made != *shown;
    *shown = x->made;
    x->showing = fresh ? x->newest : x->showing;
    pthread_mutex_unlock(&x->lock);
    if (!fresh)
        return;
    window_show(window, &v->list[x->showing]);
    v->told.shown++;
}

static void wait_a_little(view_exchange_t *x)
{
    pthread_mutex_lock(&x->lock);
    wait_for_change(x, IDLE_MS);
    pthread_mutex_unlock(&x->lock);
}

static void serve_window(view_t *v, window_t *window)
{
    uint64_t shown = 0;
    bool full = false, headless = v->desc->window.headless;
    double begin_s = execution_seconds();
    while (!has_ended(v)) {
        input_t input;
        for (uint32_t wait = headless ? 0 : IDLE_MS; window_input(window, &input, wait); wait = 0) {
            if (input.kind == INPUT_KEY && input.key == KEY_F11)
                window_fullscreen(window, full = !full);
            hand_over(v, &input);
        }
        if (headless) /* nobody will do anything */
            wait_a_little(&v->x);
        show_newest(v, window, &shown);
    }
    v->told.seconds = execution_seconds() - begin_s;
}

/* The window comes when there is something to see: what is wrong with a scenario is told without.
 */
static bool wait_for_run(view_t *v)
{
    pthread_mutex_lock(&v->x.lock);
    while (!v->x.begun && !v->x.ended)
        pthread_cond_wait(&v->x.changed, &v->x.lock);
    bool begun = v->x.begun;
    pthread_mutex_unlock(&v->x.lock);
    return begun;
}

static int with_window(view_t *v)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, view_run, v) != 0)
        return cli_fail(EXIT_FAILED, "view: no thread for the run");
    window_t *window = NULL;
    if (wait_for_run(v)) {
        window = window_open(&v->desc->window, v->error, sizeof(v->error));
        if (window == NULL)
            hand_over(v, &(input_t){.kind = INPUT_CLOSE});
        else
            serve_window(v, window);
    }
    pthread_join(thread, NULL);
    window_close(window);
    return v->error[0] != '\0' ? cli_fail(EXIT_FAILED, "view: %s", v->error) : EXIT_FINE;
}

/* ---- a session ---- */

static int keep_changes(view_t *v)
{
    v->told.changes = v->x.begun ? play_changes(v->play) : 0;
    if (v->told.changes == 0)
        return EXIT_FINE;
    FILE *to = sim_file_create(v->desc->hand, v->error, sizeof(v->error));
    if (to != NULL)
        play_log(v->play, to);
    if (to == NULL || sim_file_commit(to, v->desc->hand, v->error, sizeof(v->error)) != SIM_OK)
        return cli_fail(EXIT_FAILED, "view: %s", v->error);
    fprintf(stderr,
            "fovea view: %u changes by hand: fovea run %s --host %s, with the same options, does "
            "the same\n",
            v->told.changes, v->desc->run.scenario, v->desc->hand);
    return EXIT_FINE;
}

/* Leaving is no failure of the run, whatever is missing of it. */
static int end_of(view_t *v, int code)
{
    v->leaves = v->leaves || view_interrupted(v);
    bool wrong = v->code == EXIT_USAGE || (v->code != EXIT_FINE && !v->leaves && v->frames == 0);
    char *see = v->desc->run.flags.no_files ? strstr(v->run->error, " (see ") : NULL;
    if (see != NULL) /* what is there goes with the session */
        *see = '\0';
    if (code == EXIT_FINE && wrong)
        code = cli_fail(v->code, "view: %s", v->run->error);
    if (code == EXIT_FINE)
        code = keep_changes(v);
    return code;
}

int view_session(const view_desc_t *desc, view_told_t *told)
{
    view_t *v = calloc(1, sizeof(*v));
    run_t *run = calloc(1, sizeof(*run));
    int code = EXIT_FAILED;
    if (v == NULL || run == NULL || !view_model_init(&v->model) || (v->play = play_new()) == NULL) {
        cli_fail(code, "view: out of memory");
    } else {
        v->desc = desc;
        v->run = run;
        v->listen.model = &v->model;
        v->x.newest = v->x.showing = NONE;
        v->width = desc->window.width;
        v->height = desc->window.height;
        pthread_mutex_init(&v->x.lock, NULL);
        pthread_cond_init(&v->x.changed, NULL);
        view_ui_init(&v->ui);
        bool headless = desc->picture != NULL || desc->film != NULL;
        code = headless ? view_without_window(v) : with_window(v);
        code = end_of(v, code);
        *told = v->told;
    }
    if (v != NULL) {
        view_listen_end(&v->listen);
        play_free(v->play);
        view_model_free(&v->model);
        for (uint32_t i = 0; i < VIEW_LISTS; i++)
            draw_free(&v->list[i]);
    }
    if (run != NULL)
        run_free(run);
    free(run);
    free(v);
    return code;
}
