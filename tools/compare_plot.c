/*
 * compare_plot.c - the comparison as bars, by gnuplot.
 */
#include "tools/compare.h"
#include "tools/gnuplot.h"

/* A row for each mode: number, name, latencies, bytes, energies. */
static void put_data(FILE *to, const compare_t *c)
{
    fputs("$modes << EOD\n", to);
    for (uint32_t m = 0; m < COMPARE_MODES; m++) {
        const compare_result_t *r = &c->result[m];
        fprintf(to, "%u %s %.6f %.6f %.6f %.1f %.6f %.6f %.6f\n", m, compare_modes[m].name,
                r->photon.median_ms, r->photon.worst_ms, r->readout.median_ms, r->link_bytes,
                r->sensor_mj, r->sensor_mj + r->link_mj, r->sensor_mj + r->link_mj + r->host_mj);
    }
    fputs("EOD\n", to);
}

static void put_plots(FILE *to)
{
    fputs("set multiplot layout 1,3\nset style fill solid\nset grid y\nset boxwidth 0.38\n"
          "set key top right\n",
          to);
    fprintf(to, "set xrange [-0.6:%u.6]\nset yrange [0:*]\n", COMPARE_MODES - 1);
    fputs("set title 'first photon to alert'\nset ylabel 'ms'\n"
          "plot $modes using ($1-0.2):3:xtic(2) with boxes lc rgb '#4e79a7' title 'median', "
          "'' using ($1+0.2):4 with boxes lc rgb '#f28e2b' title 'worst', "
          "'' using ($1-0.2):3:(sprintf('%.1f',$3)) with labels offset 0,0.6 font ',9' notitle, "
          "'' using ($1+0.2):4:(sprintf('%.1f',$4)) with labels offset 0,0.6 font ',9' notitle\n"
          "set logscale y\nset boxwidth 0.6\nset yrange [10:*]\nset title 'on the link'\n"
          "set ylabel 'bytes a frame'\n"
          "plot $modes using 1:6:xtic(2) with boxes lc rgb '#76b7b2' notitle, "
          "'' using 1:6:(sprintf('%.0f',$6)) with labels offset 0,0.6 font ',9' notitle\n"
          "set yrange [0.1:*]\nset title 'energy'\nset ylabel 'mJ a frame'\n"
          "plot $modes using 1:9:xtic(2) with boxes lc rgb '#e15759' title 'host', "
          "'' using 1:8 with boxes lc rgb '#f28e2b' title 'link', "
          "'' using 1:7 with boxes lc rgb '#59a14f' title 'sensor', "
          "'' using 1:9:(sprintf('%.2f',$9)) with labels offset 0,0.6 font ',9' notitle\n",
          to);
}

bool compare_plot(const compare_t *compare, const char *dir, char *error, size_t error_bytes)
{
    FILE *script = gnuplot_begin(error, error_bytes);
    if (script == NULL)
        return false;
    put_data(script, compare);
    fputs("set terminal svg size 1200,420 font 'sans,12' background 'white'\nset output ", script);
    gnuplot_path(script, dir, "compare.svg");
    fputc('\n', script);
    put_plots(script);
    return gnuplot_run(script, NULL, error, error_bytes);
}
