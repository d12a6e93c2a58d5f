#include "tools/report/chart.h"

#include <math.h>

void chart_begin(page_t *page, double width_px, double height_px, bool fit, const char *title)
{
    page_markup(page,
                "<div class=\"scroll\"%s><svg viewBox=\"0 0 %.1f %.1f\" style=\"%s:%.0fpx\" "
                "role=\"img\" aria-label=\"",
                fit ? "" : " tabindex=\"0\"", width_px, height_px, fit ? "max-width" : "width",
                width_px);
    page_text(page, title);
    page_markup(page, "\">\n");
}

void chart_end(page_t *page)
{
    page_markup(page, "</svg></div>\n");
}

static void put_hint(page_t *page, const char *hint)
{
    if (hint == NULL)
        return;
    page_markup(page, "<title>");
    page_text(page, hint);
    page_markup(page, "</title>");
}

/* What is too far out to be drawn is drawn at the edge of what can be. */
static double sane(double value)
{
    return value > 1e6 ? 1e6 : value > -1e6 ? value : -1e6; /* no number: the least */
}

void chart_rect(page_t *page, double x, double y, double w, double h, uint32_t color,
                const char *hint)
{
    page_markup(page, "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" class=\"c%u\">",
                sane(x), sane(y), fmax(0, sane(w)), fmax(0, sane(h)), color % CHART_COLORS);
    put_hint(page, hint);
    page_markup(page, "</rect>\n");
}

void chart_band(page_t *page, double x0, double x1, double shift, double y, double h,
                uint32_t color, const char *hint)
{
    page_markup(page, "<polygon points=\"%.2f,%.2f %.2f,%.2f %.2f,%.2f %.2f,%.2f\" class=\"c%u\">",
                sane(x0), y, sane(x1), y, sane(x1 + shift), y + h, sane(x0 + shift), y + h,
                color % CHART_COLORS);
    put_hint(page, hint);
    page_markup(page, "</polygon>\n");
}

void chart_line(page_t *page, double x0, double y0, double x1, double y1)
{
    page_markup(page, "<line x1=\"%.2f\" y1=\"%.2f\" x2=\"%.2f\" y2=\"%.2f\"/>\n", sane(x0),
                sane(y0), sane(x1), sane(y1));
}

void chart_text(page_t *page, double x, double y, int side, const char *text)
{
    static const char *const anchor[] = {"start", "middle", "end"};
    page_markup(page, "<text x=\"%.2f\" y=\"%.2f\" text-anchor=\"%s\">", sane(x), sane(y),
                anchor[side + 1]);
    page_text(page, text);
    page_markup(page, "</text>\n");
}

void chart_label(page_t *page, double x, double y, const char *text)
{
    page_markup(page, "<text class=\"on\" x=\"%.2f\" y=\"%.2f\">", sane(x), sane(y));
    page_text(page, text);
    page_markup(page, "</text>\n");
}

void chart_bed(page_t *page, double x, double y, double w, double h)
{
    page_markup(page,
                "<rect class=\"bed\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\"/>\n", x,
                y, w, h);
}

double chart_step(double range, uint32_t most)
{
    if (!(range > 0) || !isfinite(range))
        return 1;
    double step = pow(10, floor(log10(range / most)));
    static const double times[] = {1, 2, 5, 10};
    for (uint32_t i = 0; i < SIM_COUNT(times); i++)
        if (range / (step * times[i]) <= most)
            return step * times[i];
    return 10 * step;
}

void chart_time_axis(page_t *page, double x, double y, double w, double top, double from_ps,
                     double to_ps)
{
    double range = to_ps - from_ps;
    uint32_t most = (uint32_t)fmin(200, fmax(2, w / 80));
    double step = chart_step(range, most);
    chart_line(page, x, y, x + w, y);
    if (!(range > 0) || !isfinite(range))
        return;
    double first = ceil(from_ps / step) * step;
    for (uint32_t i = 0; i <= most && first + i * step <= to_ps; i++) {
        char text[PAGE_AMOUNT];
        double at = x + (first + i * step - from_ps) / range * w;
        chart_line(page, at, top, at, y + 4);
        snprintf(text, sizeof(text), "%.6g ms", (first + i * step) / 1e9);
        chart_text(page, at, y + 16, 0, text);
    }
}

void chart_legend(page_t *page, const char *const *name, uint32_t count)
{
    page_markup(page, "<ul class=\"legend\">");
    for (uint32_t i = 0; i < count; i++) {
        page_markup(page, "<li><i class=\"c%u\"></i>", i % CHART_COLORS);
        page_text(page, name[i]);
        page_markup(page, "</li>");
    }
    page_markup(page, "</ul>\n");
}
