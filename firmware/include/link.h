/*
 * link.h - packets of a program's own on the MIPI link.
 */
#ifndef FW_LINK_H
#define FW_LINK_H

#include <stdint.h>

#define LINK_NO_FRAME UINT32_MAX

/* Copies `bytes` (a multiple of 4) to room, which is in L2, and sends them from there in a frame of
 * their own; waits first until what was sent before has left. frame: for trace and statistics, or
 * LINK_NO_FRAME. */
void link_send(uint32_t room, const uint32_t *words, uint32_t bytes, uint32_t channel,
               uint32_t data_type, uint32_t frame);

/* A generic short packet (data type 0x08 + kind, 0..7) behind what waits for the link: nothing is
 * read from memory, so it leaves before what is sent at the same time. */
void link_short(uint32_t channel, uint32_t kind, uint32_t data);

/* Waits until what was sent has left, 100,000 looks at most: a link that is off takes nothing. */
void link_wait(void);

#endif
