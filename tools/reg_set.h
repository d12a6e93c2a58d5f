/*
 * reg_set.h - registers of a block set by hand: "wb.r=512" is ISP_WB_R of the ISP.
 */
#ifndef TOOLS_REG_SET_H
#define TOOLS_REG_SET_H

#include "sim/sim.h"

/* Of comp, whose registers' names begin with prefix; NULL: there is none. */
const sim_reg_t *reg_find(const sim_comp_t *comp, const char *name);

/* "a.b=value" writes the register PREFIX_A_B; decimal or 0x.., negative where a field is signed.
 * False with one line in error. */
bool reg_set(sim_comp_t *comp, const char *prefix, const char *setting, char *error,
             size_t error_bytes);

#endif
