/*
 * report_rig.h - folders of runs written by hand, for tests of what reads them.
 */
#ifndef TESTS_TOOLS_REPORT_RIG_H
#define TESTS_TOOLS_REPORT_RIG_H

#include <stddef.h>

/* Writes dir/name. */
void report_rig_put(const char *dir, const char *name, const char *text);
/* A run of two frames with one network of two layers: numbers that are easy to add up. */
void report_rig_run(const char *dir);
/* The same, in a trace that ends well. */
extern const char report_rig_trace[];
/* A file as text, malloc'ed. */
char *report_rig_get(const char *dir, const char *name);
/* How often part is in text. */
int report_rig_count(const char *text, const char *part);

#endif
