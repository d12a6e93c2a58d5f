/*
 * scenario_resolved.h - a scenario with every choice made: config.json of a run, which is itself a
 * scenario and makes the same run again.
 *
 * It has the chip's data (`chip_data`, `tech_data`) in place of files, people in place of crowds,
 * and names of files as the run had them: relative to its working directory, not to config.json.
 * Two runs in different folders so write the same text.
 */
#ifndef TOOLS_SCENARIO_RESOLVED_H
#define TOOLS_SCENARIO_RESOLVED_H

#include "tools/scenario.h"

/* Is it such a file? */
bool scenario_is_resolved(const sim_cfg_t *root);

/* Then source gets cursors on it, and on what stands in it in place of files; else returns false.
 */
bool scenario_resolved_read(const sim_cfg_t *root, scenario_source_t *source);

/* Complains where it is read in another working directory than it was written in. */
void scenario_resolved_check(const sim_cfg_t *root, const scenario_t *scenario);

/* What of the scenario is not in `resolved` yet. root: the file that it was read from. */
void scenario_resolved_write(const sim_cfg_t *root, scenario_t *scenario);

/* Images on the link by name ("yuv422"), as bits of app_image_out; 0: no such name. */
uint32_t scenario_link_format(const char *name);

#endif
