/*
 * json_lines.h - files of JSON, an object a line, however long they are: one line in memory at a
 * time.
 */
#ifndef TOOLS_JSON_LINES_H
#define TOOLS_JSON_LINES_H

#include <stdio.h>

#include "sim/json.h"

enum { JSON_LINES_MOST = 16 << 20 }; /* bytes of a line */

/* False: no more lines are wanted. What it complains of by sim_cfg_fail ends it, too, with file and
 * line in front. The cursor is valid during the call. */
typedef bool json_lines_fn_t(void *ctx, const sim_cfg_t *line);

/* Empty lines are none. False with one line in error ("file:7: ..") where one is no object, or the
 * file cannot be read. file "-": standard input. */
bool json_lines(const char *file, json_lines_fn_t *each, void *ctx, char *error,
                size_t error_bytes);
/* The same of dir/name, one of a run's results: where it is not there it has no lines. */
bool json_lines_in(const char *dir, const char *name, json_lines_fn_t *each, void *ctx, char *error,
                   size_t error_bytes);
/* The same of an open stream. */
bool json_lines_of(FILE *stream, const char *name, json_lines_fn_t *each, void *ctx, char *error,
                   size_t error_bytes);

#endif
