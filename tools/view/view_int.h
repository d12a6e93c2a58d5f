/*
 * view_int.h - what the files of a session share: with a window (view.c), without (view_still.c).
 */
#ifndef TOOLS_VIEW_VIEW_INT_H
#define TOOLS_VIEW_VIEW_INT_H

#include <pthread.h>

#include "tools/view/play_run.h"
#include "tools/view/ui.h"
#include "tools/view/view.h"

enum { VIEW_INPUTS = 256, VIEW_LISTS = 3 };

/* Between the two threads, under the lock. */
typedef struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    input_t input[VIEW_INPUTS]; /* from the window; the run's thread empties it */
    uint32_t inputs;
    uint32_t newest, showing; /* draw lists: the one that was made last, the one that is shown */
    uint64_t made;            /* lists */
    bool begun, ended;        /* the run is wired; it is over */
} view_exchange_t;

typedef struct {
    const view_desc_t *desc;
    run_t *run;
    view_model_t model;
    view_listen_t listen;
    play_t *play;
    view_ui_t ui;
    draw_t list[VIEW_LISTS];
    view_exchange_t x;
    uint32_t width, height; /* of the window, points */
    double due_s;           /* when the next list is to be drawn */
    bool asked;             /* the user did something since */
    bool checked;           /* against what was recorded */
    bool leaves;
    int code;
    view_told_t told;
    double begun_s;

    window_t *window; /* without a second thread: pictures and films */
    view_film_t *film;
    uint64_t next_ps; /* of the film: its next frame */
    uint64_t frames;
    char error[512];
} view_t;

/* Everything, as it is now. */
void view_draw_into(view_t *view, draw_t *list);
/* The run may be over: notes it, and whether its state is the recorded one. */
void view_note_end(view_t *view);
bool view_interrupted(const view_t *view);
/* The run, to its end or till somebody leaves; ctx is the view_t. */
void *view_run(void *ctx);

/* view_still.c: the looks of play_desc_t, and the whole session; an exit code. */
bool view_look_for_film(void *ctx, uint32_t wait_ms);
bool view_look_for_picture(void *ctx, uint32_t wait_ms);
int view_without_window(view_t *view);

#endif
