/*
 * when.h - a time as files and command lines name it: `<n><ps|ns|us|ms|s>` or `frame:N[+row]`.
 */
#ifndef TOOLS_WHEN_H
#define TOOLS_WHEN_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    bool at_frame;  /* else at_ps */
    uint32_t frame; /* first row's readout of this frame, plus row lines */
    uint32_t row;
    uint64_t at_ps;
} when_t;

/* False when the text is anything else; *when is undefined then. */
bool when_parse(const char *text, when_t *when);

#endif
