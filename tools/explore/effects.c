#include "tools/explore/effects.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BINS = 16, LEAST_IN_BIN = 8 };

typedef struct {
    double x, y;
    double rank_x, rank_y;
} sample_t;

static int by_x(const void *a, const void *b)
{
    double x = ((const sample_t *)a)->x, y = ((const sample_t *)b)->x;
    return (x > y) - (x < y);
}

static int by_y(const void *a, const void *b)
{
    double x = ((const sample_t *)a)->y, y = ((const sample_t *)b)->y;
    return (x > y) - (x < y);
}

/* Equal ones share the mean of their ranks. */
static void set_ranks(sample_t *s, uint32_t n, bool of_x)
{
    qsort(s, n, sizeof(*s), of_x ? by_x : by_y);
    for (uint32_t i = 0, end; i < n; i = end) {
        for (end = i; end < n && (of_x ? by_x : by_y)(&s[i], &s[end]) == 0;)
            end++;
        for (uint32_t k = i; k < end; k++)
            *(of_x ? &s[k].rank_x : &s[k].rank_y) = (i + end - 1) / 2.0;
    }
}

static double spearman(sample_t *s, uint32_t n)
{
    double middle = (n - 1) / 2.0, xx = 0, yy = 0, xy = 0;
    set_ranks(s, n, true);
    set_ranks(s, n, false);
    for (uint32_t i = 0; i < n; i++) {
        double x = s[i].rank_x - middle, y = s[i].rank_y - middle;
        xx += x * x;
        yy += y * y;
        xy += x * y;
    }
    return xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : NAN;
}

/* Sums of squares between and within groups of equal x, or bins of equal count. s is sorted by x.
 */
static double share_of(sample_t *s, uint32_t n, uint32_t different, bool exact)
{
    double sum = 0, total = 0, within = 0;
    uint32_t groups = 0;
    uint32_t bins = n / LEAST_IN_BIN < MOST_BINS ? n / LEAST_IN_BIN : MOST_BINS;
    bool binned = !exact && different > MOST_BINS && bins > 1;
    qsort(s, n, sizeof(*s), by_x);
    for (uint32_t i = 0; i < n; i++)
        sum += s[i].y;
    for (uint32_t i = 0; i < n; i++)
        total += (s[i].y - sum / n) * (s[i].y - sum / n);
    for (uint32_t i = 0, end; i < n; i = end, groups++) {
        double group = 0;
        end = binned ? (uint32_t)((uint64_t)(groups + 1) * n / bins) : i;
        while (end < n && (end <= i || by_x(&s[end - 1], &s[end]) == 0))
            end++;
        for (uint32_t k = i; k < end; k++)
            group += s[k].y / (end - i);
        for (uint32_t k = i; k < end; k++)
            within += (s[k].y - group) * (s[k].y - group);
    }
    if (!(total > 0) || groups < 2)
        return NAN;
    if (exact)
        return fmax(0, 1 - within / total);
    return groups >= n ? NAN : fmax(0, 1 - within / (n - groups) / (total / (n - 1)));
}

/* y of each point that is done, by its model's mean and deviation; NAN: not to be counted. */
static void relative(const sheet_t *sheet, uint32_t column, double *y)
{
    for (uint32_t task = 0; task < sheet->tasks; task++) {
        double n = 0, sum = 0, squares = 0;
        for (uint32_t i = 0; i < sheet->points; i++) {
            double v = sheet->point[i].value[column];
            if (sheet->point[i].done && sheet->point[i].task == task && isfinite(v)) {
                n++;
                sum += v;
            }
        }
        for (uint32_t i = 0; i < sheet->points; i++) {
            double v = sheet->point[i].value[column] - sum / n;
            if (sheet->point[i].done && sheet->point[i].task == task && isfinite(v))
                squares += v * v;
        }
        double deviation = sqrt(squares / n);
        for (uint32_t i = 0; i < sheet->points; i++)
            if (sheet->point[i].task == task)
                y[i] = sheet->point[i].done && deviation > 1e-12 * fabs(sum / n)
                           ? (sheet->point[i].value[column] - sum / n) / deviation
                           : NAN;
    }
}

static effect_t effect_of(const sheet_t *sheet, uint32_t param, const double *y, bool exact,
                          sample_t *s)
{
    const sheet_column_t *c = &sheet->column[param];
    uint32_t n = 0;
    for (uint32_t i = 0; i < sheet->points; i++) {
        double x = sheet->point[i].value[param];
        if (isfinite(y[i]) && isfinite(x))
            s[n++] = (sample_t){.x = x, .y = y[i]};
    }
    effect_t e = {NAN, NAN};
    if (n < 2)
        return e;
    e.share = share_of(s, n, c->different, exact);
    e.rank = c->text ? NAN : spearman(s, n);
    return e;
}

/* Every combination of values that occur is there once. */
static bool is_factorial(const sheet_t *sheet, const effects_t *effects)
{
    double all = sheet->model >= 0 ? sheet->column[sheet->model].different : 1;
    for (uint32_t p = 0; p < effects->params; p++)
        all *= sheet->column[effects->column[p]].different;
    return all > effects->points - 0.5 && all < effects->points + 0.5;
}

static effects_kind_t kind_of(const sheet_t *sheet, const effects_t *effects, const char *strategy)
{
    bool all_done = effects->points == sheet->all;
    if (strcmp(strategy, "grid") == 0 && all_done && is_factorial(sheet, effects))
        return EFFECTS_FACTORIAL;
    bool sampled = strcmp(strategy, "random") == 0 || strcmp(strategy, "sobol") == 0;
    return sampled && all_done ? EFFECTS_SAMPLE : EFFECTS_PARTIAL;
}

bool effects_of(const sheet_t *sheet, const char *strategy, effects_t *effects)
{
    memset(effects, 0, sizeof(*effects));
    for (uint32_t i = 0; i < sheet->points; i++)
        effects->points += sheet->point[i].done;
    for (uint32_t c = 0; c < sheet->params && effects->params < SPACE_PARAMS; c++)
        if (sheet->column[c].free && (int32_t)c != sheet->model && sheet->column[c].different > 1)
            effects->column[effects->params++] = c;
    effects->kind = kind_of(sheet, effects, strategy);
    double *y = calloc(sheet->points + 1, sizeof(*y));
    sample_t *s = calloc(sheet->points + 1, sizeof(*s));
    for (uint32_t m = 0; y != NULL && s != NULL && m < sheet->objectives; m++) {
        relative(sheet, sheet->objective[m].column, y);
        for (uint32_t p = 0; p < effects->params; p++)
            effects->effect[p][m] =
                effect_of(sheet, effects->column[p], y, effects->kind == EFFECTS_FACTORIAL, s);
    }
    bool fine = y != NULL && s != NULL;
    free(y);
    free(s);
    return fine;
}
