/*
 * phases_plot.c - latency over phase, and how often which latency, by gnuplot.
 */
#include "tools/gnuplot.h"
#include "tools/phases.h"

static void put_data(FILE *to, const phases_t *p, uint32_t n)
{
    fprintf(to, "$entries%u << EOD\n", n);
    for (uint32_t i = 0; i < p->sum.entries; i++) {
        const phases_entry_t *e = &p->entry[i];
        if (e->alerted)
            fprintf(to, "%.6f %.6f\n", e->phase, ((double)e->alert_ps - (double)e->enter_ps) / 1e9);
    }
    fputs("EOD\n", to);
}

static void put_curves(FILE *to, const phases_t *phases, uint32_t count, const char *using,
                       const char *style)
{
    fputs("plot ", to);
    for (uint32_t n = 0; n < count; n++) {
        fprintf(to, "%s$entries%u using %s with %s title ", n > 0 ? ", " : "", n, using, style);
        gnuplot_path(to, ".", phases[n].desc.scenario);
    }
}

bool phases_plot(const phases_t *phases, uint32_t count, const char *dir, char *error,
                 size_t error_bytes)
{
    FILE *script = gnuplot_begin(error, error_bytes);
    if (script == NULL)
        return false;
    for (uint32_t n = 0; n < count; n++)
        put_data(script, &phases[n], n);
    fputs("set terminal svg size 1100,460 font 'sans,12' background 'white'\nset output ", script);
    gnuplot_path(script, dir, "phases.svg");
    fputs("\nset multiplot layout 1,2\nset grid\nset key bottom right noenhanced\n"
          "set title 'entry to pin'\n"
          "set xlabel 'phase of the entry, of a frame'\nset ylabel 'ms'\nset xrange [0:1]\n",
          script);
    put_curves(script, phases, count, "1:2", "points pt 7 ps 0.5");
    for (uint32_t n = 0; n < count; n++)
        fprintf(script, ", %.6f title 'bound %.3f ms' lt %u dt 2", phases[n].sum.bound_ms,
                phases[n].sum.bound_ms, n + 1);
    fputs("\nset title 'how often'\nset xlabel 'ms'\nset ylabel 'entries'\nset autoscale x\n"
          "bin(x)=floor(x/0.5)*0.5+0.25\nset boxwidth 0.5\nset style fill solid 0.6\n"
          "set yrange [0:*]\nset key top right\n",
          script);
    put_curves(script, phases, count, "(bin($2)):(1)", "boxes smooth frequency");
    fputc('\n', script);
    return gnuplot_run(script, NULL, error, error_bytes);
}
