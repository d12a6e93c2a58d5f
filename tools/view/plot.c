#include "tools/view/plot.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- numbers ---- */

const char *plot_amount(char out[24], double value, const char *unit)
{
    static const char *const prefix[] = {"p", "n", "u", "m", "", "k", "M", "G", "T"};
    enum { ONE = 4 };
    uint32_t n = ONE;
    double shown = fabs(value);
    while (shown >= 999.5 && n + 1 < SIM_COUNT(prefix)) {
        shown /= 1000;
        n++;
    }
    while (shown > 0 && shown < 0.9995 && n > 0) {
        shown *= 1000;
        n--;
    }
    bool whole = fabs(shown - round(shown)) < 1e-9 * shown || shown == 0;
    int decimals = whole ? 0 : shown < 9.995 ? 2 : shown < 99.95 ? 1 : 0;
    snprintf(out, 24, "%s%.*f %s%s", value < 0 ? "-" : "", decimals, fmin(shown, 1e6), prefix[n],
             unit);
    return out;
}

double plot_step(double span, uint32_t most)
{
    if (!(span > 0) || most == 0)
        return 1;
    double least = span / most, power = pow(10, floor(log10(least)));
    for (uint32_t i = 0; i < 3; i++) {
        static const double round[] = {1, 2, 5};
        if (round[i] * power >= least * (1 - 1e-9))
            return round[i] * power;
    }
    return 10 * power;
}

/* ---- colors ---- */

draw_color_t plot_fade(draw_color_t color, uint32_t alpha)
{
    return (color & 0xffffff00u) | (alpha & 0xffu);
}

draw_color_t plot_mix(draw_color_t a, draw_color_t b, uint32_t permille)
{
    draw_color_t mixed = 0xff;
    for (uint32_t shift = 8; shift < 32; shift += 8) {
        uint32_t from = a >> shift & 0xff, to = b >> shift & 0xff;
        mixed |= (from * (1000 - permille) + to * permille) / 1000 << shift;
    }
    return mixed;
}

/* ---- text ---- */

void plot_put(plot_line_t *line, draw_color_t color, const char *fmt, ...)
{
    char text[240];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    int32_t room = line->right - line->x, width = draw_text_width(line->font, text);
    if (width <= room) {
        draw_text(line->draw, line->x, line->y, line->font, DRAW_LEFT, color, "%s", text);
        line->x += width;
        return;
    }
    if (room >= draw_text_width(line->font, "mmm"))
        draw_text_cut(line->draw, line->x, line->y, room, line->font, color, text);
    line->x = line->right;
}

bool plot_key(plot_line_t *line, draw_color_t color, const char *name)
{
    enum { SQUARE = 8, GAP = 4, BEHIND = 10 };
    int32_t height = draw_text_height(line->font), width = draw_text_width(line->font, name);
    if (line->x + SQUARE + GAP + width > line->right)
        return false;
    draw_fill(line->draw, (draw_rect_t){line->x, line->y + (height - SQUARE) / 2, SQUARE, SQUARE},
              color);
    draw_text(line->draw, line->x + SQUARE + GAP, line->y, line->font, DRAW_LEFT, ui_dim, "%s",
              name);
    line->x += SQUARE + GAP + width + BEHIND;
    return true;
}

/* Bytes of text that fit into width, broken at a space where there is one. */
static size_t line_bytes(const char *text, int32_t width, draw_font_t font)
{
    char start[160] = "";
    size_t length = strlen(text), fits = 0;
    for (size_t n = 1; n <= length && n < sizeof(start); n++) {
        memcpy(start, text, n);
        start[n] = '\0';
        if (draw_text_width(font, start) > width)
            break;
        if (n == length || text[n] == ' ')
            fits = n;
    }
    return fits > 0 ? fits : length;
}

void plot_empty(const ui_t *ui, draw_rect_t rect, const char *text)
{
    enum { LINES = 4 };
    struct {
        const char *at;
        size_t bytes;
    } line[LINES];
    int32_t lines = 0, height = draw_text_height(DRAW_TEXT), width = rect.w - 16;
    for (const char *at = text; *at != '\0' && lines < LINES && width > 0; lines++) {
        line[lines].at = at;
        line[lines].bytes = line_bytes(at, width, DRAW_TEXT);
        at += line[lines].bytes;
        at += *at == ' ';
    }
    int32_t y = rect.y + (rect.h - lines * height) / 2;
    for (int32_t i = 0; i < lines; i++) {
        char cut[160];
        snprintf(cut, sizeof(cut), "%.*s", (int)line[i].bytes, line[i].at);
        int32_t wide = draw_text_width(DRAW_TEXT, cut);
        draw_text_cut(ui->draw, rect.x + (rect.w - (wide < width ? wide : width)) / 2,
                      y + i * height, width, DRAW_TEXT, ui_dim, cut);
    }
}

const draw_hit_t *plot_pointed(const ui_t *ui, draw_rect_t rect, ui_hit_t kind)
{
    int32_t x = ui->ui->pointer_x - rect.x, y = ui->ui->pointer_y - rect.y;
    if (x < 0 || y < 0 || x >= rect.w || y >= rect.h)
        return NULL;
    const draw_hit_t *hit = draw_at(ui->draw, ui->ui->pointer_x, ui->ui->pointer_y);
    return hit != NULL && hit->kind == (uint32_t)kind ? hit : NULL;
}

/* ---- time ---- */

plot_time_t plot_time(const ui_t *ui, draw_rect_t rect)
{
    uint64_t span = ui->ui->span_ps != 0 ? ui->ui->span_ps : SIM_PS_PER_MS;
    uint64_t to = ui->ui->end_ps != 0 ? ui->ui->end_ps : ui->model->now_ps;
    to = to > span ? to : span;
    return (plot_time_t){to - span, to, rect};
}

int32_t plot_x(const plot_time_t *t, uint64_t ps)
{
    if (ps < t->from_ps)
        return t->rect.x - 1;
    if (ps > t->to_ps)
        return t->rect.x + t->rect.w + 1;
    return t->rect.x + (int32_t)((double)(ps - t->from_ps) / (double)(t->to_ps - t->from_ps) *
                                 (double)t->rect.w);
}

/* A time as ticks say it: as many decimals as steps need. */
static void tick_text(char out[32], uint64_t ps, double step_ps)
{
    bool seconds = step_ps >= 1e9 && ps >= SIM_PS_PER_S;
    double unit = seconds ? 1e12 : 1e9;
    int decimals = 0;
    for (double step = step_ps; step < unit * (1 - 1e-9) && decimals < 9; step *= 10)
        decimals++;
    snprintf(out, 32, "%.*f %s", decimals, (double)ps / unit, seconds ? "s" : "ms");
}

void plot_time_axis(const ui_t *ui, const plot_time_t *t, int32_t y)
{
    enum { LABEL = 96 }; /* points from one to the next, at least */
    uint32_t most = t->rect.w > LABEL ? (uint32_t)(t->rect.w / LABEL) : 1;
    double step = fmax(1, plot_step((double)(t->to_ps - t->from_ps), most));
    uint64_t step_ps = (uint64_t)step;
    uint64_t first = (t->from_ps + step_ps - 1) / step_ps * step_ps;
    for (uint64_t at = first; at <= t->to_ps; at += step_ps) {
        char text[32];
        int32_t x = plot_x(t, at);
        draw_line(ui->draw, x, t->rect.y, x, t->rect.y + t->rect.h - 1, 1, plot_fade(ui_edge, 150));
        tick_text(text, at, step);
        int32_t half = draw_text_width(DRAW_SMALL, text) / 2;
        if (y >= 0 && x - half >= t->rect.x && x + half <= t->rect.x + t->rect.w)
            draw_text(ui->draw, x, y, DRAW_SMALL, DRAW_CENTER, ui_dim, "%s", text);
    }
}

void plot_axis(const ui_t *ui, draw_rect_t rect, double top, const char *unit)
{
    int32_t height = draw_text_height(DRAW_SMALL);
    uint32_t most = rect.h > 2 * height ? (uint32_t)(rect.h / (2 * height)) : 1;
    double step = plot_step(top, most > 5 ? 5 : most);
    for (double at = 0; top > 0 && at <= top * (1 + 1e-9); at += step) {
        char text[24];
        int32_t y = rect.y + rect.h - 1 - (int32_t)(at / top * (rect.h - 1));
        draw_line(ui->draw, rect.x, y, rect.x + rect.w - 1, y, 1, plot_fade(ui_edge, 150));
        int32_t text_y = y - height / 2;
        text_y = text_y > rect.y - 2 ? text_y : rect.y - 2;
        text_y = text_y < rect.y + rect.h - height + 2 ? text_y : rect.y + rect.h - height + 2;
        draw_text(ui->draw, rect.x - 4, text_y, DRAW_SMALL, DRAW_RIGHT, ui_dim, "%s",
                  plot_amount(text, at, unit));
    }
}
