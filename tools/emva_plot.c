#include "tools/emva_plot.h"

#include <math.h>

#include "tools/gnuplot.h"

static void begin(FILE *to, const char *dir, const char *name, const char *title, const char *x,
                  const char *y)
{
    fputs("reset\nset terminal pngcairo size 900,600 font ',12'\nset grid\nset key left top\n", to);
    fputs("set output ", to);
    gnuplot_path(to, dir, name);
    fprintf(to, "\nset title '%s'\nset xlabel '%s'\nset ylabel '%s'\n", title, x, y);
}

static void put_transfer(FILE *to, const emva_t *e, const char *dir)
{
    begin(to, dir, "photon_transfer.png", "photon transfer", "mean above dark, DN",
          "variance above dark, DN^2");
    fprintf(to, "plot '-' with points pt 7 title 'measured', %.9g*x title 'K = %.4f DN/e-'\n",
            e->measured.k, e->measured.k);
    for (uint32_t i = 0; i < EMVA_STEPS; i++)
        fprintf(to, "%.9g %.9g\n", e->point[i].mean_dn - e->dark.mean_dn,
                e->point[i].var_dn - e->dark.var_dn);
    fputs("e\n", to);
}

static void put_linearity(FILE *to, const emva_t *e, const char *dir)
{
    double slope = e->measured.k * e->measured.qe / 100;
    begin(to, dir, "linearity.png", "linearity", "photons", "mean above dark, DN");
    fprintf(to, "plot '-' with points pt 7 title 'measured', %.9g*x title 'K {/Symbol h}'\n",
            slope);
    for (uint32_t i = 0; i < EMVA_STEPS; i++)
        fprintf(to, "%.9g %.9g\n", e->point[i].photons, e->point[i].mean_dn - e->dark.mean_dn);
    fputs("e\n", to);
}

/* Measured, and what shot noise and dark noise alone leave (eq. 13). */
static void put_snr(FILE *to, const emva_t *e, const char *dir)
{
    double eta = e->measured.qe / 100, dark = e->dark.var_dn / (e->measured.k * e->measured.k);
    begin(to, dir, "snr.png", "signal to noise", "photons", "SNR");
    fputs("set logscale xy\n", to);
    fprintf(to,
            "plot '-' with points pt 7 title 'measured', "
            "%.9g*x/sqrt(%.9g+%.9g*x) title 'shot and dark noise', sqrt(%.9g*x) title 'ideal'\n",
            eta, dark, eta, eta);
    for (uint32_t i = 0; i < EMVA_STEPS; i++)
        if (e->point[i].photons <= e->saturation_photons)
            fprintf(to, "%.9g %.9g\n", e->point[i].photons,
                    (e->point[i].mean_dn - e->dark.mean_dn) / sqrt(e->point[i].var_dn));
    fputs("e\n", to);
}

static void put_dark(FILE *to, const emva_t *e, const char *dir)
{
    double slope = e->measured.dark_e_s * e->measured.k;
    double from = e->dark_step[0].mean_dn - slope * e->dark_step[0].seconds;
    begin(to, dir, "dark_current.png", "dark current", "exposure, s", "mean, DN");
    fprintf(to, "plot '-' with points pt 7 title 'measured', %.9g+%.9g*x title '%.3f e-/s'\n", from,
            slope, e->measured.dark_e_s);
    for (uint32_t i = 0; i < EMVA_DARK_STEPS; i++)
        fprintf(to, "%.9g %.9g\n", e->dark_step[i].seconds, e->dark_step[i].mean_dn);
    fputs("e\n", to);
}

bool emva_plot(const emva_t *emva, const char *dir, char *error, size_t error_bytes)
{
    FILE *script = gnuplot_begin(error, error_bytes);
    if (script == NULL)
        return false;
    put_transfer(script, emva, dir);
    put_linearity(script, emva, dir);
    put_snr(script, emva, dir);
    put_dark(script, emva, dir);
    return gnuplot_run(script, NULL, error, error_bytes);
}
