/*
 * recorded.h - a recorded run whose host hears its link again: no sensor, no scene.
 *
 * Made anew from link.csi2: metadata.jsonl, postmortem.jsonl, tensors.jsonl, images. Copied, as
 * they are not the host's: truth.jsonl, config.json, stats.json, summary.json, faults.jsonl,
 * uart.log.
 */
#ifndef TOOLS_RECORDED_H
#define TOOLS_RECORDED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Plays the link of folder from to a host whose results go into to, which is there. problems: what
 * that host found wrong with the link. False with one line in error. */
bool recorded_replay(const char *from, const char *to, uint64_t *problems, char *error,
                     size_t error_bytes);

#endif
