/*
 * gnuplot.h - a script for gnuplot, written as to any stream, then run.
 */
#ifndef TOOLS_GNUPLOT_H
#define TOOLS_GNUPLOT_H

#include <stdio.h>

#include "sim/types.h"

/* A stream to write the script to; NULL with one line in error. */
FILE *gnuplot_begin(char *error, size_t error_bytes);
/* Runs it and closes the stream. False with one line in error: no gnuplot, or it failed. */
bool gnuplot_run(FILE *script, char *error, size_t error_bytes);

/* "dir/name", as a string of a script. */
void gnuplot_path(FILE *script, const char *dir, const char *name);

#endif
