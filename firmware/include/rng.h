/*
 * rng.h - random numbers.
 */
#ifndef FW_RNG_H
#define FW_RNG_H

#include "hal.h"

/* Starts the source; its first word takes a start-up test. */
void rng_start(void);

/* Waits for a word. False when a health test of the source failed: call rng_start again, and do not
 * trust a source that fails time and again. */
bool rng_word(uint32_t *word);

#endif
