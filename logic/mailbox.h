/*
 * mailbox.h - commands from the host to the core and back, page 15 and CCI 0x9100..0x914f.
 *
 *   host --- CCI ---> command, 16 words ---> irq      core: MBX_ANSWER or MBX_EVENT
 *   host <-- host_irq pin, status, result, 16 words <------+
 *
 * The host writes data words, then mbx_command: the doorbell. The command belongs to the core until
 * it answers; meanwhile the host's writes to command and data are refused (MBX_REFUSED of the
 * status, logged). The core answers with a result; data words carry more either way. The core may
 * also ring by itself: MBX_EVENT gives a number. host_irq is high while an answer or an event
 * waits; the host takes them by writing mbx_ack.
 *
 *   mbx_status:  0 a command is with the core   1 an answer waits   2 a write was refused
 *                3 an event waits
 *   mbx_ack:     write 1 to take: 1 the answer, 2 to clear the refusal, 3 the event
 *
 * Timing:       a register write of the host arrives whole, at once, as all of CCI does here.
 * Not modeled:  more than one command at a time.
 * Addresses and meaning are Fovea's own (assumed): the IMX500's mailbox is not published.
 */
#ifndef LOGIC_MAILBOX_H
#define LOGIC_MAILBOX_H

#include "logic/ccs.h"

#define MBX_WORDS 16u
#define MBX_CCS_FIRST 0x9100u
#define MBX_CCS_LAST 0x914fu

typedef struct {
    sim_comp_t comp;
    sim_wire_t irq;      /* out */
    sim_wire_t host_irq; /* out: a pin of the sensor; optional */

    uint32_t id, status, irq_enable, command, answer, event;
    uint32_t host; /* mbx_status */
    uint32_t data[MBX_WORDS];
    uint64_t commands, answers, events, refused;
} mailbox_t;

sim_err_t mailbox_init(mailbox_t *mailbox, sim_t *sim, const char *name);

/* The host's side, for ccs_add_window. */
ccs_window_t mailbox_window(mailbox_t *mailbox);

#endif
