/*
 * listen.h - the taps of a run: what fills the viewer's model.
 *
 * It only listens; the state of the run is the same without it. Pictures cost time: of images that
 * come more often than somebody looks, the first after a look is taken. What is made for the window
 * alone is made for some of the looks only: the world, and the rows that the network sees, which
 * are the image where the chip makes none of its whole frame.
 */
#ifndef TOOLS_VIEW_LISTEN_H
#define TOOLS_VIEW_LISTEN_H

#include "tools/run.h"
#include "tools/view/model.h"
#include "tools/view/play.h"

typedef struct {
    view_model_t *model;
    run_t *run;
    scenario_t world;     /* loaded once more, for a scene of its own */
    char uart[VIEW_LINE]; /* the line that is being printed */
    uint32_t uart_used;
    uint32_t drawn_frame; /* of the ideal picture */
    bool drawn;
    uint32_t ideal_px;                          /* how wide it is */
    sim_window_t image_window;                  /* of the newest line of the chip's own image */
    uint32_t looks;                             /* at the window */
    uint32_t world_look, image_look, host_look; /* when a picture was last made for it */
    bool image_wanted; /* the chip's own image, of the frame whose lines come */
    bool every_image;  /* all of them are made: the run is about to stand, or nobody looks */
    /* Something happened that one can step to. May be NULL. */
    void (*stepped)(void *ctx, play_step_t step);
    void *ctx;
} view_listen_t;

/* Before the run: who listens is told by it. */
void view_listen_watch(view_listen_t *listen, run_watcher_t *watcher);
/* In the watcher's begin. */
bool view_listen_begin(view_listen_t *listen, run_t *run, const run_desc_t *desc);
void view_listen_end(view_listen_t *listen);
/* The run was put back to this time. */
void view_listen_back(view_listen_t *listen, uint64_t at_ps);

/* Before a picture of the window is made: the time, and the world as it is, drawn so wide; 0: it is
 * not to be seen. */
void view_listen_refresh(view_listen_t *listen, uint32_t ideal_px);

#endif
