/*
 * interrupt.h - Ctrl-C and SIGTERM as a flag: a command that is interrupted still ends by itself,
 * and leaves no half-written files. The second one ends the process at once.
 */
#ifndef TOOLS_INTERRUPT_H
#define TOOLS_INTERRUPT_H

#include <signal.h>

/* From now on; the flag is not 0 once one has come. */
const volatile sig_atomic_t *interrupt_watch(void);

/* A socket or pipe that is closed at its other end is an error of who writes, not a signal. */
void interrupt_ignore_pipes(void);

#endif
