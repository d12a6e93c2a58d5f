/*
 * postmortem.h - builds one packet of fovea_postmortem.h in memory. Touches no register.
 */
#ifndef FW_POSTMORTEM_H
#define FW_POSTMORTEM_H

#include <stdbool.h>
#include <stdint.h>

#include "fovea_postmortem.h"

typedef struct {
    uint32_t reason, cause, pc, value, status, reset_cause, deaths, line;
    uint64_t time_ps;
    const char *task, *file, *text; /* each may be NULL */
    const uint32_t *registers;      /* x1..x31 */
    const uint32_t *stack;
    uint32_t stack_addr, stack_words; /* more than PM_MAX_STACK_WORDS are left out */
} postmortem_t;

/* Writes the packet to out (PM_MAX_BYTES large) and returns its bytes. */
uint32_t postmortem_build(const postmortem_t *dead, uint32_t *out);

/* Whether memory that may hold anything holds a packet, whole. */
bool postmortem_valid(const uint32_t *packet);

#endif
