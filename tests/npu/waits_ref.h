/*
 * waits_ref.h - whether the waits of a whole program put every two instructions that conflict in
 * order: an independent reckoning of what each instruction knows to be complete when it starts.
 */
#ifndef TESTS_NPU_WAITS_REF_H
#define TESTS_NPU_WAITS_REF_H

#include "npu/isa.h"

/*
 * True when, on some machine, *late can start before *early, which it conflicts with, is complete.
 * Each semaphore must have one engine that waits for it and one that signals it (the first is
 * checked); a wait for a signal that comes later in the program fails the test.
 */
bool waits_ref_race(const npu_insn_t *insn, uint32_t count, uint32_t *late, uint32_t *early);

#endif
