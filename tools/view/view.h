/*
 * view.h - one session of the viewer: a run on one thread, the window on another.
 *
 *   main thread:  window  --input_t-->  queue  --> run's thread: ui_input, play, run, ui_draw
 *                    ^----- draw list, newest of three -----'
 *
 * Without a window (a picture, a film) all of it is one thread, and what is drawn follows from the
 * simulated time alone.
 */
#ifndef TOOLS_VIEW_VIEW_H
#define TOOLS_VIEW_VIEW_H

#include "tools/run.h"
#include "tools/view/film.h"
#include "tools/view/window.h"
#include "tools/when.h"

typedef struct {
    run_desc_t run;       /* watcher is set here */
    const char *recorded; /* a run's folder: does this one come to the same state? NULL: none */
    bool may_change;      /* by hand */
    bool close;           /* when the run is complete */

    window_desc_t window; /* size and scale, also of pictures */
    const char *hand;     /* changes by hand are written there */
    const char *picture;  /* PNG of the window at `at`; NULL: none */
    when_t at;
    const char *keys;        /* typed before the picture or the film; NULL: none */
    const char *film;        /* as film.h has it; NULL: none */
    uint32_t fps;            /* frames a second of the film */
    uint64_t from_ps, to_ps; /* what the film shows; to_ps 0: up to the end */
    uint32_t slow;           /* simulated time passes so many times slower in the film, 1.. */
} view_desc_t;

/* What a session was, for whoever measures it. */
typedef struct {
    uint64_t shown;   /* pictures of the window */
    double seconds;   /* of the user's, between the first and the last */
    double run_s;     /* from the start of the simulation to its end, with what was waited */
    uint64_t run_ps;  /* simulated */
    uint32_t changes; /* by hand */
    uint64_t hash;    /* of the state at the end; 0: not known */
    bool recorded;    /* what was recorded is known */
    bool same;        /* as what was recorded */
} view_told_t;

/* An exit code; a line on stderr unless EXIT_FINE. */
int view_session(const view_desc_t *desc, view_told_t *told);

#endif
