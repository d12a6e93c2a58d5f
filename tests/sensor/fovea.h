/*
 * fovea.h - runs the fovea command for tests and looks at what it left.
 */
#ifndef TESTS_SENSOR_FOVEA_H
#define TESTS_SENSOR_FOVEA_H

#include <stdbool.h>
#include <stddef.h>

/* FOVEA_OUT: where this program's runs leave their results (test.h); to what several programs share
 * it is known as this. */
extern const char *fovea_out;

/* Runs `fovea <arguments>`, output and errors into text; returns the exit code, -1 for a signal. */
int fovea(char *text, size_t text_bytes, const char *fmt, ...);

/* Equal in every byte, and both there. */
bool same_file(const char *a, const char *b);
/* All files that a run writes, host.json aside; the first that differs is named. */
const char *runs_differ(const char *dir_a, const char *dir_b);

/* Lines of text, and whether every one of them ends. */
int line_count(const char *text);

#endif
