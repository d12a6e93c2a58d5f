/*
 * view_still.c - a session without a window: a picture, or a film, of simulated time alone.
 */
#include "tools/view/view_int.h"

#include "sim/png.h"
#include "tools/cli.h"

/* Types the keys, as somebody would who sees what each does. */
static void type_keys(view_t *v)
{
    for (const char *key = v->desc->keys; key != NULL && *key != '\0'; key++) {
        const input_t input = {.kind = INPUT_KEY, .key = (uint8_t)*key};
        view_draw_into(v, &v->list[0]);
        v->x.newest = 0;
        (void)ui_input(&v->ui, &v->model, &v->list[0], v->play, &input);
    }
}

static bool take_picture(view_t *v, sim_image_t *image)
{
    view_draw_into(v, &v->list[0]);
    window_show(v->window, &v->list[0]);
    v->told.shown++;
    if (window_pixels(v->window, image))
        return true;
    snprintf(v->error, sizeof(v->error), "out of memory");
    return false;
}

/* A picture of the film at every so much simulated time. */
static bool add_to_film(view_t *v)
{
    sim_image_t image = {0};
    play_pause(v->play, false); /* what is seen goes on */
    bool fine = take_picture(v, &image);
    fine = fine && view_film_add(v->film, &image, v->error, sizeof(v->error));
    sim_image_free(&image);
    return fine;
}

/* When the film's picture of that number is. */
static uint64_t film_ps(const view_desc_t *desc, uint64_t number)
{
    return desc->from_ps + number * (SIM_PS_PER_S / desc->slow) / desc->fps;
}

/* Whether the run stands where the next picture is; else goes_on says whether it is on its way. */
static bool is_there(view_t *v, bool *goes_on)
{
    view_note_end(v);
    bool ends = view_interrupted(v), paused = play_paused(v->play);
    *goes_on = !ends && !paused;
    return !ends && paused && play_now_ps(v->play) == v->next_ps; /* or the run's end came first */
}

bool view_look_for_film(void *ctx, uint32_t wait_ms)
{
    view_t *v = ctx;
    bool goes_on;
    (void)wait_ms;
    if (!is_there(v, &goes_on))
        return goes_on;
    if (v->frames == 0)
        type_keys(v);
    if (!add_to_film(v))
        return false;
    v->next_ps = film_ps(v->desc, ++v->frames);
    play_seek(v->play, v->next_ps);
    return v->next_ps < v->desc->to_ps;
}

bool view_look_for_picture(void *ctx, uint32_t wait_ms)
{
    view_t *v = ctx;
    sim_image_t image = {0};
    bool goes_on;
    (void)wait_ms;
    if (!is_there(v, &goes_on))
        return goes_on;
    type_keys(v);
    if (take_picture(v, &image) &&
        sim_png_write(v->desc->picture, &image, v->error, sizeof(v->error)) == SIM_OK)
        v->frames = 1;
    sim_image_free(&image);
    return false;
}

/* Before the run: a name that cannot be written is told at once. Its size is that of a picture. */
static bool open_film(view_t *v)
{
    sim_image_t image = {0};
    draw_begin(&v->list[0], v->width, v->height);
    window_show(v->window, &v->list[0]);
    if (!window_pixels(v->window, &image)) {
        snprintf(v->error, sizeof(v->error), "out of memory");
        return false;
    }
    const view_film_desc_t desc = {v->desc->film, image.width_px, image.height_px, v->desc->fps, 1};
    sim_image_free(&image);
    v->film = view_film_open(&desc, v->error, sizeof(v->error));
    return v->film != NULL;
}

int view_without_window(view_t *v)
{
    window_desc_t desc = v->desc->window;
    desc.headless = true;
    v->window = window_open(&desc, v->error, sizeof(v->error));
    if (v->window == NULL)
        return cli_fail(EXIT_FAILED, "view: %s", v->error);
    if (v->desc->film == NULL || open_film(v))
        view_run(v);
    window_close(v->window);
    bool cut = view_interrupted(v) && (v->frames == 0 || v->film != NULL);
    if (v->film != NULL && v->error[0] == '\0' && !cut)
        (void)view_film_commit(v->film, v->error, sizeof(v->error));
    else
        view_film_abandon(v->film);
    if (v->error[0] != '\0')
        return cli_fail(EXIT_FAILED, "view: %s", v->error);
    if (cut)
        return cli_fail(EXIT_FAILED, "view: interrupted");
    if (v->code == EXIT_FAILED && !v->x.begun)
        return cli_fail(EXIT_FAILED, "view: %s", v->run->error);
    if (v->code != EXIT_USAGE && v->frames == 0)
        return cli_fail(EXIT_FAILED, "view: the run ended at %.9f s, before %s",
                        v->run->sim != NULL ? (double)sim_now_ps(v->run->sim) / 1e12 : 0,
                        v->desc->film != NULL ? "--from" : "--at");
    return EXIT_FINE;
}
