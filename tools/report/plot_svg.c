/*
 * plot_svg.c - what gnuplot's SVG terminal (term/svg.trm of 5.4) wrote, as elements of a page.
 *
 *   <path stroke='rgb(  0,  0, 17)' d='M80,327 L189,293'/>         a line
 *   <use xlink:href='#gpPt6' transform='translate(80,327) scale(2.7)' color='rgb(..)'/>  a point
 *   <polygon fill = 'rgb(..)' points = '80,362 189,307 ..'/>       a bar
 *   <g transform="translate(72,366) rotate(270)" text-anchor="end"><text>..</text></g>
 *
 * Everything else is left out: groups (they say color and width once more), definitions,
 * background, titles of plots. A color of black, or of the grid, is no number of a mark.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/report/plot.h"

enum { LONGEST_TEXT = 400 };

typedef struct {
    const char *at;
    size_t bytes;
} span_t;

typedef struct {
    span_t name;
    const char *inside, *end; /* its attributes */
} tag_t;

typedef struct {
    page_t *page;
    const plot_mark_t *mark;
    uint32_t marks;
    double x, y, rotate; /* where the next text stands */
    const char *anchor;
} inline_t;

/* ---- tags ---- */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is(span_t s, const char *text)
{
    return s.bytes == strlen(text) && memcmp(s.at, text, s.bytes) == 0;
}

static const char *skip_space(const char *at, const char *end)
{
    while (at < end && is_space(*at))
        at++;
    return at;
}

/* The value of an attribute; nothing: it has none. */
static span_t attribute(const tag_t *tag, const char *name)
{
    const char *at = tag->inside;
    for (;;) {
        at = skip_space(at, tag->end);
        span_t key = {at, 0};
        for (; at < tag->end && !is_space(*at) && *at != '='; at++)
            key.bytes++;
        at = skip_space(at, tag->end);
        if (at >= tag->end || *at != '=')
            return (span_t){NULL, 0};
        at = skip_space(at + 1, tag->end);
        if (at >= tag->end || (*at != '"' && *at != '\''))
            return (span_t){NULL, 0};
        const char *close = memchr(at + 1, *at, (size_t)(tag->end - at - 1));
        if (close == NULL)
            return (span_t){NULL, 0};
        if (is(key, name))
            return (span_t){at + 1, (size_t)(close - at - 1)};
        at = close + 1;
    }
}

/* A short value, with a 0 behind it. */
static const char *short_value(const tag_t *tag, const char *name, char text[80])
{
    span_t value = attribute(tag, name);
    snprintf(text, 80, "%.*s", value.bytes < 79 ? (int)value.bytes : 79,
             value.at != NULL ? value.at : "");
    return text;
}

/* The next tag behind at; its name begins with a slash when it closes. */
static const char *next_tag(const char *at, tag_t *tag)
{
    at = strchr(at, '<');
    const char *end = at == NULL ? NULL : strchr(at, '>');
    if (end == NULL)
        return NULL;
    tag->name = (span_t){at + 1, strcspn(at + 1, " \t\r\n>")};
    tag->inside = tag->name.at + tag->name.bytes;
    tag->end = end;
    return end + 1;
}

/* ---- marks ---- */

/* The mark whose number an attribute has for a color; NULL: it is none. */
static const plot_mark_t *mark_of(const inline_t *in, const tag_t *tag, const char *attr)
{
    char text[80];
    unsigned r, g, b;
    if (sscanf(short_value(tag, attr, text), "rgb(%3u,%3u,%3u)", &r, &g, &b) != 3 || r > 255 ||
        g > 255 || b > 255)
        return NULL;
    uint32_t number = r << 16 | g << 8 | b;
    return number >= 1 && number <= in->marks ? &in->mark[number - 1] : NULL;
}

static void open_shape(const inline_t *in, const plot_mark_t *mark, const char *name,
                       const char *look)
{
    if (mark != NULL && mark->link[0] != '\0')
        page_markup(in->page, "<a href=\"#%s\">", mark->link);
    page_markup(in->page, "<%s class=\"%s\"", name, mark != NULL ? mark->look : look);
}

static void close_shape(const inline_t *in, const plot_mark_t *mark, const char *name)
{
    if (mark == NULL || mark->hint == NULL) {
        page_markup(in->page, "/>");
    } else {
        page_markup(in->page, "><title>");
        page_text(in->page, mark->hint);
        page_markup(in->page, "</title></%s>", name);
    }
    page_markup(in->page, mark != NULL && mark->link[0] != '\0' ? "</a>\n" : "\n");
}

/* ---- shapes ---- */

/* Coordinates, a space for any number of them. False: there is something else in it. */
static bool put_coordinates(page_t *page, span_t value, const char *name)
{
    for (size_t i = 0; i < value.bytes; i++)
        if (!is_space(value.at[i]) && strchr("0123456789.,-+eMLZz", value.at[i]) == NULL)
            return false;
    page_markup(page, " %s=\"", name);
    bool any = false, gap = false;
    for (size_t i = 0; i < value.bytes; i++) {
        if (is_space(value.at[i])) {
            gap = any;
            continue;
        }
        page_markup(page, gap ? " %c" : "%c", value.at[i]);
        any = true;
        gap = false;
    }
    page_markup(page, "\"");
    return true;
}

static bool has_line(span_t d)
{
    return d.at != NULL && memchr(d.at, 'L', d.bytes) != NULL;
}

static void put_path(const inline_t *in, const tag_t *tag)
{
    span_t d = attribute(tag, "d");
    const plot_mark_t *mark = mark_of(in, tag, "stroke");
    if (!has_line(d)) /* the terminal moves its pen for nothing, too */
        return;
    open_shape(in, mark, "path", is(attribute(tag, "class"), "gridline") ? "grid" : "axis");
    (void)put_coordinates(in->page, d, "d");
    close_shape(in, mark, "path");
}

static void put_bar(const inline_t *in, const tag_t *tag)
{
    span_t points = attribute(tag, "points");
    const plot_mark_t *mark = mark_of(in, tag, "fill");
    if (mark == NULL || points.at == NULL)
        return;
    open_shape(in, mark, "polygon", "");
    (void)put_coordinates(in->page, points, "points");
    close_shape(in, mark, "polygon");
}

/* All points are round: gpPt6 is a disk of radius 1. */
static void put_point(const inline_t *in, const tag_t *tag)
{
    char text[80];
    double x, y, radius;
    const plot_mark_t *mark = mark_of(in, tag, "color");
    if (mark == NULL || sscanf(short_value(tag, "transform", text), "translate(%lf,%lf) scale(%lf",
                               &x, &y, &radius) != 3)
        return;
    open_shape(in, mark, "circle", "");
    page_markup(in->page, " cx=\"%.2f\" cy=\"%.2f\" r=\"%.2f\"", x, y, radius);
    close_shape(in, mark, "circle");
}

/* ---- text ---- */

/* A group of text says where it stands. */
static void note_place(inline_t *in, const tag_t *tag)
{
    static const char *const anchors[] = {"start", "middle", "end"};
    char text[80];
    double x, y, rotate = 0;
    if (sscanf(short_value(tag, "transform", text), "translate(%lf,%lf) rotate(%lf", &x, &y,
               &rotate) < 2)
        return;
    in->x = x;
    in->y = y;
    in->rotate = rotate;
    in->anchor = anchors[0];
    for (size_t i = 0; i < SIM_COUNT(anchors); i++)
        if (is(attribute(tag, "text-anchor"), anchors[i]))
            in->anchor = anchors[i];
}

/* One character of the document at *at, past it; entities as what they stand for. */
static char take(const char **at)
{
    static const struct {
        const char *name;
        char c;
    } entity[] = {{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}};
    for (size_t i = 0; i < SIM_COUNT(entity); i++)
        if (strncmp(*at, entity[i].name, strlen(entity[i].name)) == 0) {
            *at += strlen(entity[i].name);
            return entity[i].c;
        }
    return *(*at)++;
}

/* What stands before </text>, without tags; returns what is behind it. */
static const char *put_text(const inline_t *in, const char *at)
{
    char text[LONGEST_TEXT];
    size_t length = 0;
    const char *end = strstr(at, "</text>");
    if (end == NULL)
        return at + strlen(at);
    while (at < end) {
        if (*at == '<') {
            at = strchr(at, '>') + 1; /* that of </text> at the latest */
            continue;
        }
        char c = take(&at);
        if (length + 1 < sizeof(text) && (length > 0 || c != ' '))
            text[length++] = c;
    }
    text[length] = '\0';
    if (length == 0)
        return end;
    page_markup(in->page, "<text x=\"%.2f\" y=\"%.2f\" text-anchor=\"%s\"", in->x, in->y,
                in->anchor);
    if (in->rotate < 0 || in->rotate > 0)
        page_markup(in->page, " transform=\"rotate(%g %.2f %.2f)\"", in->rotate, in->x, in->y);
    page_markup(in->page, ">");
    page_text(in->page, text);
    page_markup(in->page, "</text>\n");
    return end;
}

/* ---- the document ---- */

void plot_put_svg(page_t *page, const char *svg, const plot_mark_t *mark, uint32_t marks)
{
    inline_t in = {page, mark, marks, 0, 0, 0, "start"};
    tag_t tag;
    bool defining = false;
    for (const char *at = next_tag(svg, &tag); at != NULL; at = next_tag(at, &tag)) {
        if (is(tag.name, "defs") || is(tag.name, "/defs"))
            defining = tag.name.at[0] == 'd';
        if (defining)
            continue;
        if (is(tag.name, "path"))
            put_path(&in, &tag);
        else if (is(tag.name, "use"))
            put_point(&in, &tag);
        else if (is(tag.name, "polygon"))
            put_bar(&in, &tag);
        else if (is(tag.name, "g"))
            note_place(&in, &tag);
        else if (is(tag.name, "text"))
            at = put_text(&in, at);
    }
}
