/*
 * gpio.h - 16 general-purpose pins, page 12.
 *
 *   GPIO_DIR, GPIO_OUT --> pins <-- gpio_drive (the board)
 *                           |
 *                           +--> GPIO_IN, edge or level detection --> irq
 *
 * A pin is driven by the chip while its bit of GPIO_DIR is set, else by the board; where nobody
 * drives it is low (pull-down, assumed). Board and chip at odds: the chip's level holds and the
 * guest is told. GPIO_IN shows the pins, outputs too. GPIO_STATUS keeps edges until cleared
 * and follows levels. `irq` is high while an enabled bit of it is set. Highs are spans of the
 * trace. Not modeled: the two flip-flops of an input's synchronizer, drive strength, pin functions.
 */
#ifndef LOGIC_GPIO_H
#define LOGIC_GPIO_H

#include "sim/sim.h"

#define GPIO_PINS 16

typedef struct {
    sim_comp_t comp;
    sim_wire_t irq; /* out */
    /* The board looks: pins of `changed` have new levels. May be NULL. */
    void (*moved)(void *ctx, uint32_t levels, uint32_t changed);
    void *moved_ctx;

    uint32_t id, dir, out, set, clear, in, irq_en, edge, high, low, status;
    uint32_t board; /* levels that the board drives */
    uint64_t high_since_ps[GPIO_PINS];
    uint64_t changes, conflicts;
} gpio_t;

sim_err_t gpio_init(gpio_t *gpio, sim_t *sim, const char *name);

/* The board drives pin 0..15 to level from now on; low is as good as not driven. */
void gpio_drive(gpio_t *gpio, uint32_t pin, bool level);

#endif
