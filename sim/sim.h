/*
 * sim.h - the discrete-event kernel: everything a block on the chip needs.
 *
 * A block is a plain struct whose first member is a sim_comp_t. It is described by a desc,
 * registered with sim_comp_init(), wired by value and driven by events:
 *
 *     X_init (validate) -> wire -> sim_check -> sim_reset -> sim_start -> sim_run_until_ps
 *
 * Only `start` hooks and events may drive ports. Nothing allocates after sim_start.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "sim/comp.h"
#include "sim/cpu.h"
#include "sim/event.h"
#include "sim/hash.h"
#include "sim/kernel.h"
#include "sim/line.h"
#include "sim/link.h"
#include "sim/log.h"
#include "sim/pool.h"
#include "sim/port.h"
#include "sim/rng.h"
#include "sim/time.h"
#include "sim/trace.h"
#include "sim/types.h"
#include "sim/wire.h"

#endif
