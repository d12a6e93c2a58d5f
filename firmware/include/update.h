/*
 * update.h - networks that a host brings while the program runs: its commands (download.h) and the
 * words that come (intake.h), looked at by one task of the program.
 *
 *     CCI: the host wrote ----> task: update_obey
 *     SPI: words come --------> L2, in an interrupt
 *     every INTAKE_LOOK_US ---> task: update_look (is the host gone, does it cancel?)
 *     the last word ----------> task: update_look, and the program looks what is there now
 *
 * One of them in a program.
 */
#ifndef FW_UPDATE_H
#define FW_UPDATE_H

#include <stdbool.h>
#include <stdint.h>

#include "sched.h"

typedef struct {
    sched_task_t *task;       /* it gets these events: */
    uint32_t look, ended;     /* time to look; a network has come, or has not */
    uint32_t (*needed)(void); /* as of intake_t, in an interrupt: networks that */
    void (*used)(uint32_t *addr, uint32_t *end); /* must stay, L2 of the program beside them */
} update_t;

/* Listens from now on. there: the program has a network. */
void update_begin(const update_t *update, bool there);

/* Obeys what the host has written, if that is a command. closed: networks that come beside others,
 * nothing else, else "state". True: others may be there now, or none. */
bool update_obey(bool closed);

/* With the task's events, before update_obey. */
void update_look(uint32_t happened);

/* The program has a network, or none, since update_obey or the end of one that came. */
void update_tell(bool there);

/* Network n is just being written, or was until it comes whole: nobody can use it. */
bool update_brings(uint32_t n);

/* Free L2 ends here, while a network comes; UINT32_MAX: as before. */
uint32_t update_free_end(void);

#endif
