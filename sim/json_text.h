/*
 * json_text.h - private to json.c: what it does with text rather than with cJSON's tree.
 */
#ifndef SIM_JSON_TEXT_H
#define SIM_JSON_TEXT_H

#include <stddef.h>

/*
 * Looks for what is refused before the parser sees it: control characters, which JSON forbids and
 * the parser would let through, and nesting deeper than max_depth, because the parser recurses.
 * Returns NULL when there is none, else the complaint and in *at the offset.
 */
const char *sim_json_scan(const char *text, size_t bytes, unsigned max_depth, size_t *at);

/* Line and column, from 1, of an offset; columns count bytes. */
void sim_json_locate(const char *text, size_t at, size_t *line, size_t *column);

/* Edits between two words: insert, delete, replace, swap two neighbors. Words of 40 characters or
 * more are never near anything: UINT_MAX. */
unsigned sim_json_edits(const char *a, const char *b);

/* The fewest digits that read back equal; "null" for what JSON cannot express. */
void sim_json_format(char text[32], double value);

#endif
