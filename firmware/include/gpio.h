/*
 * gpio.h - 16 pins.
 */
#ifndef FW_GPIO_H
#define FW_GPIO_H

#include "hal.h"

enum { GPIO_PINS = 16 };
enum { GPIO_RISING = 1, GPIO_FALLING = 2 };

/* Drives the pin, from the call on with that level. */
void gpio_output(uint32_t pin, bool level);
/* Lets the board drive it. */
void gpio_input(uint32_t pin);

void gpio_set(uint32_t pin, bool level);
bool gpio_get(uint32_t pin);

/* Calls fn, as an interrupt handler, at these edges of the pin. */
void gpio_listen(uint32_t pin, uint32_t edges, hal_irq_fn_t fn);

#endif
