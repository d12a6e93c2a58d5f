/*
 * view_bench.c - one picture of the viewer's window: 1500 strings, 2000 rectangles and four images,
 * without a display. Time is that of the processor.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tools/view/window.h"

enum { STRINGS = 1500, AREAS = 2000, IMAGES = 4, IMAGE_W = 400, IMAGE_H = 300, TURNS = 40 };

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int32_t at(uint32_t i, uint32_t step, int32_t room)
{
    return (int32_t)(i * step % (uint32_t)room);
}

static void images(draw_t *draw, uint32_t image_w, uint32_t image_h, bool smooth)
{
    for (uint32_t i = 0; i < IMAGES; i++) {
        const draw_rect_t rect = {(int32_t)(i % 2) * 420, (int32_t)(i / 2) * 320, IMAGE_W, IMAGE_H};
        uint8_t *px = draw_image(draw, rect, image_w, image_h, smooth);
        for (size_t k = 0; px != NULL && k < (size_t)image_w * image_h; k++) {
            px[4 * k] = (uint8_t)k;
            px[4 * k + 1] = (uint8_t)(k >> 4);
            px[4 * k + 2] = (uint8_t)(k >> 8);
            px[4 * k + 3] = 255;
        }
    }
}

static void areas(draw_t *draw)
{
    for (uint32_t i = 0; i < AREAS; i++)
        draw_fill(draw, (draw_rect_t){at(i, 37, 1240), at(i, 91, 780), 40, 20},
                  i << 12 | (i % 4 == 0 ? 0x80u : 0xffu));
}

static void strings(draw_t *draw)
{
    for (uint32_t i = 0; i < STRINGS; i++)
        draw_text(draw, at(i, 105, 1170), at(i, 53, 786), (draw_font_t)(i % 3), DRAW_LEFT,
                  0xd8dee6ff, "%5u value %3u.%u", i, i % 100, i % 10);
}

static void measure(window_t *window, const draw_t *draw, const char *what, double scale)
{
    window_show(window, draw); /* characters are rendered once */
    double start = now_ms();
    for (uint32_t i = 0; i < TURNS; i++)
        window_show(window, draw);
    printf("view_%s_scale_%g %.3f ms\n", what, scale, (now_ms() - start) / TURNS);
}

int main(void)
{
    static const double scales[] = {1, 1.5, 2};
    char error[300];
    for (size_t s = 0; s < SIM_COUNT(scales); s++) {
        draw_t draw = {0};
        window_t *window = window_open(
            &(window_desc_t){.width = 1280, .height = 800, .scale = scales[s], .headless = true},
            error, sizeof(error));
        if (window == NULL) {
            fprintf(stderr, "view_bench: %s\n", error);
            return window_is_built() ? 1 : 0;
        }
        double start = now_ms();
        for (uint32_t i = 0; i < TURNS; i++) {
            draw_begin(&draw, 1280, 800);
            draw_fill(&draw, (draw_rect_t){0, 0, 1280, 800}, 0x14171cff);
            images(&draw, 512, 384, true);
            areas(&draw);
            strings(&draw);
        }
        if (s == 0)
            printf("view_list %.3f ms\n", (now_ms() - start) / TURNS);
        measure(window, &draw, "all", scales[s]);
        draw_begin(&draw, 1280, 800);
        strings(&draw);
        measure(window, &draw, "strings", scales[s]);
        draw_begin(&draw, 1280, 800);
        areas(&draw);
        measure(window, &draw, "areas", scales[s]);
        draw_begin(&draw, 1280, 800);
        images(&draw, 512, 384, true);
        measure(window, &draw, "images_smooth", scales[s]);
        draw_begin(&draw, 1280, 800);
        images(&draw, 100, 75, false);
        measure(window, &draw, "images_nearest", scales[s]);
        draw_free(&draw);
        window_close(window);
    }
    return 0;
}
