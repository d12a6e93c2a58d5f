/*
 * gnuplot.h - a script for gnuplot, written as to any stream, then run.
 */
#ifndef TOOLS_GNUPLOT_H
#define TOOLS_GNUPLOT_H

#include <stdio.h>

#include "sim/types.h"

/* A stream to write the script to; NULL with one line in error. */
FILE *gnuplot_begin(char *error, size_t error_bytes);
/* Runs it and closes the stream. output: a file of the caller's for what it prints; NULL: standard
 * output. False with one line in error: no gnuplot, or it failed. */
bool gnuplot_run(FILE *script, FILE *output, char *error, size_t error_bytes);

/* Any text as a string of a script: nothing in it is a command; control characters become "?". */
void gnuplot_text(FILE *script, const char *text);
/* The same for a tick: gnuplot takes their text for a format. */
void gnuplot_tick(FILE *script, const char *text);
/* "dir/name", as a string of a script. */
void gnuplot_path(FILE *script, const char *dir, const char *name);

#endif
