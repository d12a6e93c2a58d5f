#include "spi.h"

void spi_setup(uint32_t select, uint32_t most_hz)
{
    uint32_t div = (reg_read(SYS_CLOCK_HZ) + most_hz - 1) / most_hz;
    div += div & 1u;
    reg_write(SPI_DIV, div < 2 ? 2 : div);
    reg_write(SPI_CTRL, SPI_CTRL_ENABLE_MASK | select << 4);
}

void spi_select(bool on)
{
    uint32_t ctrl = reg_read(SPI_CTRL);
    reg_write(SPI_CTRL,
              on ? ctrl | SPI_CTRL_CHIP_SELECT_LOW_MASK : ctrl & ~SPI_CTRL_CHIP_SELECT_LOW_MASK);
}

uint8_t spi_exchange(uint8_t out)
{
    reg_write(SPI_DATA, out);
    while ((reg_read(SPI_STATUS) & SPI_STATUS_RECEIVED_DATA_MASK) == 0)
        ;
    return (uint8_t)reg_read(SPI_DATA);
}

uint32_t spi_exchange_word(void)
{
    uint32_t word = 0;
    for (uint32_t i = 0; i < 4; i++)
        reg_write(SPI_DATA, 0);
    for (uint32_t i = 0; i < 32; i += 8) {
        while ((reg_read(SPI_STATUS) & SPI_STATUS_RECEIVED_DATA_MASK) == 0)
            ;
        word |= (reg_read(SPI_DATA) & 0xffu) << i;
    }
    return word;
}

bool spi_to_memory(uint32_t addr, uint32_t bytes, uint32_t *crc)
{
    reg_write(SPI_STATUS, SPI_STATUS_TRANSFER_DONE_MASK | SPI_STATUS_TRANSFER_HIT_NO_MEMORY_MASK);
    reg_write(SPI_IRQ_EN, SPI_STATUS_TRANSFER_DONE_MASK);
    reg_write(SPI_ADDR, addr);
    reg_write(SPI_COUNT, bytes);
    reg_write(SPI_GO, 1);
    hal_sleep_until(IRQ_SPI, SPI_STATUS, SPI_STATUS_TRANSFER_DONE_MASK);
    reg_write(SPI_IRQ_EN, 0);
    *crc = reg_read(SPI_CRC);
    return (reg_read(SPI_STATUS) & SPI_STATUS_TRANSFER_HIT_NO_MEMORY_MASK) == 0;
}
