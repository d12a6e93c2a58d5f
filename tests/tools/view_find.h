/*
 * view_find.h - what stands in a draw list of the viewer: for tests of panels.
 */
#ifndef TESTS_TOOLS_VIEW_FIND_H
#define TESTS_TOOLS_VIEW_FIND_H

#include "tests/test.h"
#include "tools/view/draw.h"

/* The first string from `from` on that begins so; NULL: none does. */
static inline const draw_cmd_t *find_text(const draw_t *draw, const char *begins)
{
    for (uint32_t i = 0; i < draw->cmds; i++)
        if (draw->cmd[i].op == DRAW_STRING &&
            strncmp(draw_string(draw, &draw->cmd[i]), begins, strlen(begins)) == 0)
            return &draw->cmd[i];
    return NULL;
}

static inline bool has_text(const draw_t *draw, const char *text)
{
    const draw_cmd_t *cmd = find_text(draw, text);
    return cmd != NULL && strcmp(draw_string(draw, cmd), text) == 0;
}

static inline uint32_t count_of(const draw_t *draw, draw_op_t op)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < draw->cmds; i++)
        count += draw->cmd[i].op == op;
    return count;
}

static inline const draw_cmd_t *first_of(const draw_t *draw, draw_op_t op)
{
    for (uint32_t i = 0; i < draw->cmds; i++)
        if (draw->cmd[i].op == op)
            return &draw->cmd[i];
    ck_abort_msg("none of op %d", (int)op);
    return NULL;
}

static inline bool has_rect(const draw_t *draw, draw_op_t op, draw_rect_t r)
{
    for (uint32_t i = 0; i < draw->cmds; i++) {
        const draw_rect_t *c = &draw->cmd[i].rect;
        if (draw->cmd[i].op == op && c->x == r.x && c->y == r.y && c->w == r.w && c->h == r.h)
            return true;
    }
    return false;
}

static inline const draw_hit_t *find_hit(const draw_t *draw, uint32_t kind, uint64_t a, uint64_t b)
{
    for (uint32_t i = 0; i < draw->hits; i++)
        if (draw->hit[i].kind == kind && draw->hit[i].a == a && draw->hit[i].b == b)
            return &draw->hit[i];
    return NULL;
}

static inline const uint8_t *rgba_of(const draw_t *draw, const draw_cmd_t *image, uint32_t x,
                                     uint32_t y)
{
    return draw->store + image->data + 4 * ((size_t)y * image->image_w + x);
}

static inline void check_rect(draw_rect_t r, int32_t x, int32_t y, int32_t w, int32_t h)
{
    ck_assert_int_eq(r.x, x);
    ck_assert_int_eq(r.y, y);
    ck_assert_int_eq(r.w, w);
    ck_assert_int_eq(r.h, h);
}

#endif
