/*
 * postmortem.h - the host's reader of post-mortem packets (firmware/include/fovea_postmortem.h).
 */
#ifndef TOOLS_POSTMORTEM_H
#define TOOLS_POSTMORTEM_H

#include "sim/json.h"
#include "tools/source_lines.h"

/* Checks magic, version, sizes and CRC. False with the reason ("byte N: found, expected"). */
bool postmortem_check(const uint8_t *bytes, size_t count, char *error, size_t error_bytes);

/* A line of postmortem.jsonl from a packet that is checked; the caller frees it. lines: functions
 * and source lines of the program, or NULL. With them "calls" has where ra and the words of the
 * stack that point into a function would return to: callers, and what is left of older calls. */
sim_json_t *postmortem_json(const uint8_t *bytes, const source_lines_t *lines);

#endif
