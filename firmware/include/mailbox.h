/*
 * mailbox.h - commands from the host, answers and doorbells to it.
 */
#ifndef FW_MAILBOX_H
#define FW_MAILBOX_H

#include "hal.h"

enum { MAILBOX_WORDS = 16 };

/* Calls fn (as an interrupt handler) when a command comes. */
void mailbox_listen(hal_irq_fn_t fn);

/* True, and the command, when one waits; its words stay until the answer. */
bool mailbox_command(uint32_t *command);

uint32_t mailbox_word(uint32_t n);
void mailbox_set_word(uint32_t n, uint32_t value);

/* Ends the command. */
void mailbox_answer(uint32_t result);

/* Rings the host with a number. */
void mailbox_ring(uint32_t number);

#endif
