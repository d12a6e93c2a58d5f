/*
 * guest.h - a program's memory as calls of its own see it: what is not memory, or read-only, is
 * refused. No time passes.
 */
#ifndef TOOLS_GUEST_H
#define TOOLS_GUEST_H

#include "logic/bus.h"

/* All of addr .. addr + bytes - 1 lies in one memory: readable, or also writable. */
bool guest_readable(const bus_t *bus, uint32_t addr, uint32_t bytes);
bool guest_writable(const bus_t *bus, uint32_t addr, uint32_t bytes);

/* False, and nothing done, otherwise. */
bool guest_get(bus_t *bus, uint32_t addr, void *data, uint32_t bytes);
bool guest_put(bus_t *bus, uint32_t addr, const void *data, uint32_t bytes);

/* Little-endian words. */
bool guest_get_words(bus_t *bus, uint32_t addr, uint32_t *words, uint32_t count);
bool guest_put_words(bus_t *bus, uint32_t addr, const uint32_t *words, uint32_t count);

#endif
