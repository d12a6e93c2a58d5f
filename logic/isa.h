/*
 * isa.h - ISA strings, as compilers and compliance suites write them: "rv32imac_zicsr_zifencei",
 * "RV32IMCUZicsr_Zifencei".
 *
 * rv32i, then m, a, c and u (user mode) in any order, then Zicsr, Zifencei, Zicntr;
 * what the core cannot do is refused by name. Letters may be of either case. Zicsr and Zifencei are
 * always there, named or not.
 */
#ifndef LOGIC_ISA_H
#define LOGIC_ISA_H

#include "logic/core.h"

typedef struct {
    bool m, a, c, u;
} isa_t;

/* False with error "'x': why" when it is no such string. */
bool isa_parse(const char *text, isa_t *isa, char *error, size_t error_bytes);
/* m, a, c as it says; user mode where it says so, else as it was. */
void isa_to_core(const isa_t *isa, core_desc_t *core);

#endif
