#include "link.h"

#include "hal.h"

enum { LOOKS = 100000 };

void link_wait(void)
{
    for (uint32_t i = 0; i < LOOKS && (reg_read(MIPI_STATUS) & MIPI_STATUS_META) != 0; i++)
        ;
}

void link_short(uint32_t channel, uint32_t kind, uint32_t data)
{
    reg_write(MIPI_SHORT, channel << 24 | kind << 16 | (data & 0xffffu));
}

void link_send(uint32_t room, const uint32_t *words, uint32_t bytes, uint32_t channel,
               uint32_t data_type, uint32_t frame)
{
    link_wait();
    for (uint32_t i = 0; i < bytes / 4; i++)
        reg_write(room + 4 * i, words[i]);
    reg_write(MIPI_CTRL, reg_read(MIPI_CTRL) | MIPI_CTRL_META);
    reg_write(MIPI_META_ADDR, room);
    reg_write(MIPI_META_BYTES, bytes);
    reg_write(MIPI_META_DEST, channel << 8 | data_type);
    reg_write(MIPI_META_FRAME, frame);
    reg_write(MIPI_META_GO, 1);
}
