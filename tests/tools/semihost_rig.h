/*
 * semihost_rig.h - semihosting calls without a core: 64 KiB of RAM, 4 KiB of ROM, console and
 * folder of a test.
 */
#ifndef TESTS_TOOLS_SEMIHOST_RIG_H
#define TESTS_TOOLS_SEMIHOST_RIG_H

#include "tools/semihost.h"

#define RIG_RAM 0x80000000u
#define RIG_RAM_BYTES 0x10000u
#define RIG_ROM 0x20000000u
#define RIG_ROM_BYTES 0x1000u

typedef struct {
    sim_t *sim;
    bus_t bus;
    semihost_t semihost;
    char folder[64]; /* a new one below /tmp */
    bool ended;
    uint32_t code;
} semihost_rig_t;

/* Console: three temporary files. False when the host refuses. */
bool semihost_rig_init(semihost_rig_t *rig);
/* The folder goes too. */
void semihost_rig_free(semihost_rig_t *rig);

#endif
