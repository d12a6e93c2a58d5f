/*
 * view_panel_rig.h - a made-up model under the viewer's panels, and questions about what they draw.
 * These panels ask no player.
 */
#ifndef TESTS_TOOLS_VIEW_PANEL_RIG_H
#define TESTS_TOOLS_VIEW_PANEL_RIG_H

#include "tests/test.h"
#include "tools/view/ui.h"

typedef struct {
    view_model_t model; /* empty; the test tells it */
    view_ui_t ui;
    draw_t draw;
} view_rig_t;

static inline view_rig_t *view_rig_new(void)
{
    view_rig_t *rig = calloc(1, sizeof(*rig));
    ck_assert_ptr_nonnull(rig);
    ck_assert(view_model_init(&rig->model));
    view_ui_init(&rig->ui);
    rig->ui.pointer_x = rig->ui.pointer_y = -1;
    return rig;
}

static inline void view_rig_free(view_rig_t *rig)
{
    view_model_free(&rig->model);
    draw_free(&rig->draw);
    free(rig);
}

static inline bool is_inside(draw_rect_t r, draw_rect_t of)
{
    return r.x >= of.x && r.y >= of.y && r.x + r.w <= of.x + of.w && r.y + r.h <= of.y + of.h;
}

/* Texts as a whole, other things as far as they are shown. */
static inline void check_inside(const view_rig_t *rig, draw_rect_t panel)
{
    draw_rect_t clip = panel;
    for (uint32_t i = 0; i < rig->draw.cmds; i++) {
        const draw_cmd_t *c = &rig->draw.cmd[i];
        if (c->op == DRAW_CLIP)
            clip = c->rect;
        else if (c->op == DRAW_STRING)
            ck_assert_msg(is_inside(c->rect, panel), "\"%s\" at %d, %d, %d x %d, leaves %d x %d",
                          draw_string(&rig->draw, c), c->rect.x, c->rect.y, c->rect.w, c->rect.h,
                          panel.w, panel.h);
        else if (c->op == DRAW_FILL || c->op == DRAW_FRAME || c->op == DRAW_IMAGE)
            ck_assert_msg(is_inside(c->rect, panel) || !is_inside(panel, clip),
                          "a rectangle at %d, %d, %d x %d, leaves %d x %d", c->rect.x, c->rect.y,
                          c->rect.w, c->rect.h, panel.w, panel.h);
    }
    for (uint32_t i = 0; i < rig->draw.hits; i++)
        ck_assert(is_inside(rig->draw.hit[i].rect, panel));
}

/* Draws a panel alone into w x h points from 0, 0. Everything has to stay inside. */
static inline void view_rig_draw(view_rig_t *rig, ui_panel_fn_t panel, int32_t w, int32_t h)
{
    draw_rect_t rect = {0, 0, w, h};
    ui_t ui = {.model = &rig->model, .ui = &rig->ui, .draw = &rig->draw};
    draw_begin(&rig->draw, (uint32_t)w, (uint32_t)h);
    draw_rect_t before = draw_clip(&rig->draw, rect);
    panel(&ui, rect);
    draw_unclip(&rig->draw, before);
    ck_assert(!rig->draw.no_memory);
    check_inside(rig, rect);
}

/* The first text with that in it; NULL: there is none. */
static inline const draw_cmd_t *view_rig_text(const view_rig_t *rig, const char *part)
{
    for (uint32_t i = 0; i < rig->draw.cmds; i++) {
        const draw_cmd_t *c = &rig->draw.cmd[i];
        if (c->op == DRAW_STRING && strstr(draw_string(&rig->draw, c), part) != NULL)
            return c;
    }
    return NULL;
}

/* Fails where no text has that in it. */
static inline const draw_cmd_t *view_rig_has(const view_rig_t *rig, const char *part)
{
    const draw_cmd_t *c = view_rig_text(rig, part);
    for (uint32_t i = 0; c == NULL && i < rig->draw.cmds; i++)
        if (rig->draw.cmd[i].op == DRAW_STRING)
            printf("  \"%s\"\n", draw_string(&rig->draw, &rig->draw.cmd[i]));
    ck_assert_msg(c != NULL, "no text with \"%s\"", part);
    return c;
}

static inline uint32_t view_rig_count(const view_rig_t *rig, draw_op_t op)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < rig->draw.cmds; i++)
        count += rig->draw.cmd[i].op == op;
    return count;
}

/* Picture n of the list; fails where there are not so many. */
static inline const draw_cmd_t *view_rig_image(const view_rig_t *rig, uint32_t n)
{
    for (uint32_t i = 0; i < rig->draw.cmds; i++)
        if (rig->draw.cmd[i].op == DRAW_IMAGE && n-- == 0)
            return &rig->draw.cmd[i];
    ck_abort_msg("not so many pictures");
}

/* R G B A of a pixel of it. */
static inline draw_color_t view_rig_pixel(const view_rig_t *rig, const draw_cmd_t *image,
                                          uint32_t x, uint32_t y)
{
    ck_assert(x < image->image_w && y < image->image_h);
    const uint8_t *px = rig->draw.store + image->data + 4 * ((size_t)y * image->image_w + x);
    return (draw_color_t)px[0] << 24 | (draw_color_t)px[1] << 16 | (draw_color_t)px[2] << 8 | px[3];
}

/* What can be clicked there: of that kind, or NULL. */
static inline const draw_hit_t *view_rig_hit(const view_rig_t *rig, int32_t x, int32_t y,
                                             ui_hit_t kind)
{
    const draw_hit_t *hit = draw_at(&rig->draw, x, y);
    return hit != NULL && hit->kind == (uint32_t)kind ? hit : NULL;
}

/* The first rectangle that can be clicked for it; NULL: there is none. */
static inline const draw_hit_t *view_rig_find(const view_rig_t *rig, ui_hit_t kind, uint64_t a)
{
    for (uint32_t i = 0; i < rig->draw.hits; i++)
        if (rig->draw.hit[i].kind == (uint32_t)kind && rig->draw.hit[i].a == a)
            return &rig->draw.hit[i];
    return NULL;
}

#endif
