/*
 * window_none.c - what is there instead of a window in a build without SDL2.
 */
#include <stdio.h>

#include "tools/view/window.h"

bool window_is_built(void)
{
    return false;
}

window_t *window_open(const window_desc_t *desc, char *error, size_t error_bytes)
{
    (void)desc;
    snprintf(error, error_bytes,
             "this build has no SDL2: install Debian's libsdl2-dev, "
             "libsdl2-ttf-dev and fonts-dejavu-core, then build again");
    return NULL;
}

/* Nobody has a window to call the others with. */

void window_close(window_t *window)
{
    (void)window;
}

void window_show(window_t *window, const draw_t *draw)
{
    (void)window;
    (void)draw;
}

bool window_input(window_t *window, input_t *input, uint32_t wait_ms)
{
    (void)window;
    (void)wait_ms;
    *input = (input_t){0};
    return false;
}

bool window_pixels(window_t *window, sim_image_t *image)
{
    (void)window;
    *image = (sim_image_t){0};
    return false;
}

void window_size(const window_t *window, uint32_t *width, uint32_t *height)
{
    (void)window;
    *width = *height = 0;
}

void window_title(window_t *window, const char *title)
{
    (void)window;
    (void)title;
}

void window_fullscreen(window_t *window, bool on)
{
    (void)window;
    (void)on;
}
