#include "tools/guest.h"

static bool is_memory(bus_area_t area)
{
    return area == BUS_ROM || area == BUS_TCM || area == BUS_L2;
}

bool guest_readable(const bus_t *bus, uint32_t addr, uint32_t bytes)
{
    return is_memory(bus_area(bus, addr, bytes));
}

bool guest_writable(const bus_t *bus, uint32_t addr, uint32_t bytes)
{
    bus_area_t area = bus_area(bus, addr, bytes);
    return is_memory(area) && area != BUS_ROM;
}

bool guest_get(bus_t *bus, uint32_t addr, void *data, uint32_t bytes)
{
    return guest_readable(bus, addr, bytes) && bus_peek(bus, addr, data, bytes);
}

bool guest_put(bus_t *bus, uint32_t addr, const void *data, uint32_t bytes)
{
    return guest_writable(bus, addr, bytes) && bus_poke(bus, addr, data, bytes);
}

bool guest_get_words(bus_t *bus, uint32_t addr, uint32_t *words, uint32_t count)
{
    if (!guest_readable(bus, addr, 4 * count))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        uint8_t byte[4] = {0};
        guest_get(bus, addr + 4 * i, byte, 4);
        words[i] =
            byte[0] | (uint32_t)byte[1] << 8 | (uint32_t)byte[2] << 16 | (uint32_t)byte[3] << 24;
    }
    return true;
}

bool guest_put_words(bus_t *bus, uint32_t addr, const uint32_t *words, uint32_t count)
{
    if (!guest_writable(bus, addr, 4 * count))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        uint8_t byte[4];
        for (uint32_t k = 0; k < 4; k++)
            byte[k] = (uint8_t)(words[i] >> 8 * k);
        guest_put(bus, addr + 4 * i, byte, 4);
    }
    return true;
}
