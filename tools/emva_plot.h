/*
 * emva_plot.h - an EMVA measurement as pictures, by gnuplot.
 */
#ifndef TOOLS_EMVA_PLOT_H
#define TOOLS_EMVA_PLOT_H

#include "tools/emva.h"

/* dir/photon_transfer.png, linearity.png, snr.png, dark_current.png. False with one line in error,
 * also when there is no gnuplot. */
bool emva_plot(const emva_t *emva, const char *dir, char *error, size_t error_bytes);

#endif
