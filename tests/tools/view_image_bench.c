/*
 * view_image_bench.c - what the viewer's image panels take of the thread that simulates: ms of CPU
 * for a draw of each, 30 of which a second are wanted. Frames of 2028 x 1520.
 */
#include <stdio.h>
#include <time.h>

#include "tests/tools/view_image_rig.h"

enum { REPEATS = 60 };

static double thread_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

/* The best of a few. */
static double panel_ms(view_rig_t *rig, ui_panel_fn_t panel, draw_rect_t rect)
{
    double best = 1e9;
    for (int i = 0; i < REPEATS; i++) {
        double start = thread_ms();
        rig_draw(rig, panel, rect);
        double ms = thread_ms() - start;
        best = ms < best ? ms : best;
    }
    return best;
}

int main(void)
{
    static const struct {
        const char *name;
        draw_rect_t rect;
    } sizes[] = {{"1280x800", {0, 0, 311, 251}},
                 {"1920x1200", {0, 0, 471, 371}},
                 {"big", {0, 0, 1266, 721}}};
    static view_rig_t rig;
    rig_make(&rig, "scenes/entrance.json", 900, RIG_IMAGE);
    for (uint32_t s = 0; s < SIM_COUNT(sizes); s++) {
        double sum = 0;
        for (uint32_t i = 0; i < SIM_COUNT(rig_panels); i++) {
            double ms = panel_ms(&rig, rig_panels[i], sizes[s].rect);
            printf("view_%s_%s %.3f ms\n", rig_names[i], sizes[s].name, ms);
            sum += ms;
        }
        printf("view_images_%s %.3f ms\n", sizes[s].name, sum);
    }
    rig.ui.zoom[VIEW_RAW].zoom = rig.ui.zoom[VIEW_ISP].zoom = 1e6f;
    printf("view_raw_values_big %.3f ms\n", panel_ms(&rig, panel_raw, sizes[2].rect));
    printf("view_isp_values_big %.3f ms\n", panel_ms(&rig, panel_isp, sizes[2].rect));
    rig_free(&rig);
    return 0;
}
