#include "spi.h"

#define CTRL_ENABLE HAL_BIT(0)
#define CTRL_SELECT HAL_BIT(8)
#define STATUS_RX_VALID HAL_BIT(3)
#define STATUS_DONE HAL_BIT(5)
#define STATUS_ERROR HAL_BIT(6)

void spi_setup(uint32_t select, uint32_t most_hz)
{
    uint32_t div = (reg_read(SYS_CLOCK_HZ) + most_hz - 1) / most_hz;
    div += div & 1u;
    reg_write(SPI_DIV, div < 2 ? 2 : div);
    reg_write(SPI_CTRL, CTRL_ENABLE | select << 4);
}

void spi_select(bool on)
{
    uint32_t ctrl = reg_read(SPI_CTRL);
    reg_write(SPI_CTRL, on ? ctrl | CTRL_SELECT : ctrl & ~CTRL_SELECT);
}

uint8_t spi_exchange(uint8_t out)
{
    reg_write(SPI_DATA, out);
    while ((reg_read(SPI_STATUS) & STATUS_RX_VALID) == 0)
        ;
    return (uint8_t)reg_read(SPI_DATA);
}

bool spi_to_memory(uint32_t addr, uint32_t bytes, uint32_t *crc)
{
    reg_write(SPI_STATUS, STATUS_DONE | STATUS_ERROR);
    reg_write(SPI_IRQ_EN, STATUS_DONE);
    reg_write(SPI_ADDR, addr);
    reg_write(SPI_COUNT, bytes);
    reg_write(SPI_GO, 1);
    hal_sleep_until(IRQ_SPI, SPI_STATUS, STATUS_DONE);
    reg_write(SPI_IRQ_EN, 0);
    *crc = reg_read(SPI_CRC);
    return (reg_read(SPI_STATUS) & STATUS_ERROR) == 0;
}
