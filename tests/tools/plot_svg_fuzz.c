/*
 * plot_svg_fuzz.c - any bytes as what gnuplot's SVG terminal wrote: what comes into the page are
 * whole elements of a few kinds, with no attribute that acts.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/report/plot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static const char *const kinds[] = {"a",  "path",  "circle",  "polygon",  "text",  "title",
                                    "/a", "/path", "/circle", "/polygon", "/text", "/title"};

static void need(bool fine)
{
    if (!fine)
        abort();
}

/* Every tag is of a kind, ends, and what is opened is closed. */
static void check(const char *page)
{
    int open = 0;
    for (const char *at = strchr(page, '<'); at != NULL; at = strchr(at + 1, '<')) {
        size_t name = strcspn(at + 1, " >/") + (at[1] == '/');
        if (at[1] == '/')
            name = 1 + strcspn(at + 2, ">");
        bool known = false;
        for (size_t i = 0; i < SIM_COUNT(kinds); i++)
            known |= strlen(kinds[i]) == name && strncmp(at + 1, kinds[i], name) == 0;
        const char *end = strchr(at, '>');
        need(known && end != NULL && memchr(at + 1, '<', (size_t)(end - at - 1)) == NULL);
        for (const char *c = at; c < end; c++)
            need(strncmp(c, " on", 3) != 0);
        open += at[1] == '/' ? -1 : end[-1] == '/' ? 0 : 1;
        need(open >= 0);
    }
    need(open == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static char hint[] = "<b> & \"c\"";
    static const plot_mark_t marks[] = {{"dot k1", "p7", hint}, {"stairs k2", "", NULL}};
    char *svg = malloc(bytes + 1), *page = NULL;
    size_t page_bytes = 0;
    page_t to = {open_memstream(&page, &page_bytes)};
    need(svg != NULL && to.to != NULL);
    memcpy(svg, data, bytes);
    svg[bytes] = '\0';
    plot_put_svg(&to, svg, marks, SIM_COUNT(marks));
    need(fclose(to.to) == 0);
    check(page);
    free(page);
    free(svg);
    return 0;
}
