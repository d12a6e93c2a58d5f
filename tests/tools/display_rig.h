/*
 * display_rig.h - a display of its own for a test: Xvfb, with xdotool as its user.
 *
 * The display's pixels are read from the file that Xvfb keeps them in; there is no window manager.
 */
#ifndef TESTS_TOOLS_DISPLAY_RIG_H
#define TESTS_TOOLS_DISPLAY_RIG_H

#include "tests/test.h"

/* Starts Xvfb on a free display of that size, keeps its files in dir (which is made) and sets
 * DISPLAY. False, with why: Xvfb or xdotool is not there. It ends with display_stop, or with this
 * process. */
bool display_start(const char *dir, uint32_t width, uint32_t height, const char **why);
void display_stop(void);

/* xdotool with these arguments; returns when the display has been told. */
void display_user(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The X window with that title, waiting up to 20 s for it. */
unsigned long display_window(const char *title);
/* What a window manager's close button does: WM_DELETE_WINDOW. */
void display_ask_to_close(unsigned long window);
/* 0xRRGGBB of a pixel of the display, and of so many from its upper left corner, row by row. */
uint32_t display_pixel(uint32_t x, uint32_t y);
void display_read(uint32_t *px, uint32_t width, uint32_t height);

#endif
