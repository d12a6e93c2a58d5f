#include "tools/explore/axis.h"

#include <math.h>
#include <string.h>

#include "tools/gnuplot.h"

enum { MOST_LEVELS = 24, MOST_DECADES = 8, MOST_WHOLE = 10 };

/* Beyond it sums and ratios of values are no numbers any more. */
static const double farthest = 1e120;

/* Part of an axis that is left free at its ends. */
static const double margin = 0.04;

static bool drawable(double v, bool log)
{
    return isfinite(v) && fabs(v) < farthest && (!log || v > 1 / farthest);
}

/* 10^power by superscripts: letters of a plot have no markup. */
static void put_power(char *text, size_t bytes, int power)
{
    static const char *const digit[] = {"\u2070", "\u00b9", "\u00b2", "\u00b3", "\u2074",
                                        "\u2075", "\u2076", "\u2077", "\u2078", "\u2079"};
    char number[16];
    snprintf(number, sizeof(number), "%d", power);
    size_t at = (size_t)snprintf(text, bytes, "10");
    for (const char *c = number; *c != '\0' && at < bytes; c++)
        at += (size_t)snprintf(text + at, bytes - at, "%s", *c == '-' ? "\u207b" : digit[*c - '0']);
}

/* From 100,000 on, and below a thousandth, by powers of thousand. */
static int power_of(double low, double high)
{
    double most = fmax(fabs(low), fabs(high));
    if (most >= 1e-3 && most < 1e5)
        return 0;
    return most > 0 ? 3 * (int)floor(log10(most) / 3 + 1e-12) : 0;
}

axis_t axis_from(double low, double high, const char *name, const char *unit)
{
    axis_t a = {.low = low, .high = high, .one = 1};
    char power[40] = "";
    if (!drawable(low, false) || !drawable(high, false)) {
        a.low = fmin(fmax(low, -farthest / 2), farthest / 2); /* no number: the least */
        a.high = fmax(a.low, fmin(fmax(high, -farthest / 2), farthest / 2));
    }
    a.log = a.low > 1 / farthest && a.high / a.low > 10;
    if (!(a.high - a.low > 1e-9 * fmax(fabs(a.low), fabs(a.high)))) {
        double around = a.low != 0 ? fabs(a.low) * 0.1 : 0.5;
        a.low -= around;
        a.high += around;
    }
    int p = a.log ? 0 : power_of(a.low, a.high);
    if (p != 0) {
        a.one = pow(10, p);
        put_power(power, sizeof(power), p);
    }
    bool both = power[0] != '\0' && unit[0] != '\0';
    snprintf(a.name, sizeof(a.name),
             power[0] != '\0' || unit[0] != '\0' ? "%.48s, %s%s%s" : "%.48s", name, power,
             both ? " " : "", unit);
    return a;
}

axis_t axis_of(const sheet_t *sheet, uint32_t column)
{
    const sheet_column_t *c = &sheet->column[column];
    axis_t a = axis_from(c->low, c->high, c->name, c->unit);
    if (c->text) {
        a = (axis_t){.low = c->low - 0.5, .high = c->high + 0.5, .one = 1};
        snprintf(a.name, sizeof(a.name), "%s", c->name);
    }
    a.column = c;
    a.at = column;
    return a;
}

double axis_drawn(const axis_t *a, double value)
{
    return drawable(value, a->log) ? value / a->one : NAN;
}

double axis_drawn_parallel(const axis_t *a, double value)
{
    double drawn = axis_drawn(a, value);
    return a->log ? log10(drawn) : drawn;
}

/* ---- ticks ---- */

typedef struct {
    FILE *script;
    bool parallel;
    uint32_t count;
} ticks_t;

static void put_tick(ticks_t *t, const char *text, double at)
{
    fputs(t->count++ == 0 ? " (" : ", ", t->script);
    gnuplot_tick(t->script, text);
    fprintf(t->script, " %.17g", at);
}

/* 1, 2, 5 of each power of ten, more of one power, of many powers only 1, of very many every so
 * many. */
static void put_log_ticks(ticks_t *t, const axis_t *a)
{
    static const int some[] = {1, 2, 5}, more[] = {1, 2, 3, 5, 7};
    double span = a->high / a->low;
    size_t count = span < 25 ? SIM_COUNT(more) : span < 1e3 ? SIM_COUNT(some) : 1;
    const int *times = span < 25 ? more : some;
    int from = (int)floor(log10(a->low)), to = (int)floor(log10(a->high));
    int step = (to - from) / MOST_DECADES + 1;
    bool powers = from < -3 || to >= 5; /* all of an axis alike */
    for (int d = from; d <= to; d += step)
        for (size_t i = 0; i < count; i++) {
            double v = times[i] * pow(10, d);
            char power[40], text[48];
            if (v < a->low * (1 - 1e-9) || v > a->high * (1 + 1e-9))
                continue;
            put_power(power, sizeof(power), d);
            if (!powers || d == 0 || d == 1)
                snprintf(text, sizeof(text), "%g", v);
            else if (times[i] == 1)
                snprintf(text, sizeof(text), "%s", power);
            else
                snprintf(text, sizeof(text), "%d\u00b7%s", times[i], power);
            put_tick(t, text, t->parallel ? log10(v) : v);
        }
}

const char *axis_short(char text[AXIS_SHORT], const char *of)
{
    size_t length = strlen(of);
    if (length < AXIS_SHORT)
        return of;
    for (length = AXIS_SHORT - 4; length > 0 && ((unsigned char)of[length] & 0xc0) == 0x80;)
        length--; /* not within a letter */
    snprintf(text, AXIS_SHORT, "%.*s\u2026", (int)length, of);
    return text;
}

static void put_levels(ticks_t *t, const axis_t *a)
{
    char text[AXIS_SHORT];
    uint32_t from = (uint32_t)fmax(0, ceil(a->low)), to = (uint32_t)fmax(0, floor(a->high));
    uint32_t step = (to - from) / MOST_LEVELS + 1;
    for (uint32_t i = from; i <= to && i < a->column->levels; i += step)
        put_tick(t, axis_short(text, a->column->level[i]), i);
}

/* Few whole numbers: each; gnuplot would put halves between them. */
static void put_whole(ticks_t *t, const axis_t *a)
{
    char text[32];
    for (double v = ceil(a->low); v <= a->high; v++) {
        snprintf(text, sizeof(text), "%.0f", v);
        put_tick(t, text, v);
    }
}

/* Round ones of even steps are gnuplot's; it has none on a parallel axis of one value. */
static void put_ticks(FILE *script, const axis_t *a, bool parallel)
{
    ticks_t t = {script, parallel, 0};
    char text[32];
    if (a->column != NULL && a->column->text) {
        put_levels(&t, a);
    } else if (parallel && !(a->column->high > a->column->low)) {
        snprintf(text, sizeof(text), "%.6g", axis_drawn(a, a->column->low));
        put_tick(&t, text, axis_drawn(a, a->column->low));
    } else if (a->log) {
        put_log_ticks(&t, a);
    } else if (a->column != NULL && a->column->whole && a->one <= 1 &&
               a->high - a->low <= MOST_WHOLE) {
        put_whole(&t, a);
    }
    fputs(t.count > 0 ? ")\n" : " autofreq format '%.10g'\n", script);
}

void axis_put(const axis_t *a, FILE *script, const char *which)
{
    double low = a->low / a->one, high = a->high / a->one, room = margin * (high - low);
    if (a->log) {
        fprintf(script, "set logscale %s\n", which);
        room = pow(high / low, margin);
        fprintf(script, "set %srange [%.17g:%.17g]\n", which, low / room, high * room);
    } else {
        bool from_zero = low >= 0 && low - room < 0;
        fprintf(script, "set %srange [%.17g:%.17g]\n", which, from_zero ? 0 : low - room,
                high + room);
    }
    fprintf(script, "set %stics", which);
    put_ticks(script, a, false);
    fprintf(script, "set %slabel ", which);
    gnuplot_text(script, a->name);
    fputs(which[0] == 'x' ? " offset 0,0.5\n" : " offset 0.5,0\n", script);
}

void axis_put_parallel(const axis_t *a, FILE *script, uint32_t n)
{
    double low = a->low / a->one, high = a->high / a->one;
    fprintf(
        script,
        "set paxis %u range [%.17g:%.17g]\nset paxis %u tics nomirror scale 0.5 right offset 1.9,0",
        n, a->log ? log10(low) : low, a->log ? log10(high) : high, n);
    put_ticks(script, a, true);
}
