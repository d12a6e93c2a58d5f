/*
 * flash.h - serial NOR flash on the board: firmware and network images, on an SPI chip select.
 *
 * Commands (one byte, then 24 address bits where it says A, high byte first):
 *   9F id   05 status   06 write enable   04 write disable   01 write status   03 A read
 *   0B A fast read (a dummy byte)   02 A page program   20 A, D8 A erase 4, 64 KiB   C7, 60 erase
 * all Reads go on to the end of memory and wrap. A page program takes data up to its page of 256
 * bytes and wraps within it; bits only go from 1 to 0. Program, erase and status write begin when
 * the chip select rises and keep the chip busy for their time; meanwhile it takes 05 alone. They
 * need the write enable latch (06), which they clear. Protected addresses (status bits 4:2, the
 * upper 1/64, 1/32, .. 1/2, all) and, with status bit 7 and the WP pin low, the status itself stay
 * as they are. A command that is cut short does nothing. Clocked faster than its limit, it reads
 * 0xff.
 *
 * Times and behavior: typical figures of the AC characteristics in Winbond's W25Q128JV data sheet, as
 * assumed values; another chip is another desc.
 * Not modeled:  dual and quad lines, 4-byte addresses, security registers, suspend and resume,
 *               power-down, wear, spread of times, loss of power while programming.
 */
#ifndef LOGIC_FLASH_H
#define LOGIC_FLASH_H

#include "logic/spi.h"

#define FLASH_PAGE_BYTES 256u
#define FLASH_SECTOR_BYTES 4096u
#define FLASH_BLOCK_BYTES 65536u

typedef struct {
    bool fitted;          /* false: nothing on the chip select */
    uint32_t bytes;       /* 64 KiB..16 MiB, a power of two */
    uint32_t maker, kind; /* of the id; the third byte is log2 of bytes */
    uint64_t read_hz;     /* limit of command 03 */
    uint64_t fast_hz;     /* of all others */
    uint32_t program_us;  /* a page */
    uint32_t sector_us;   /* erase */
    uint32_t block_us;    /* erase */
    uint32_t chip_us;     /* erase */
    uint32_t status_us;   /* write */
    bool write_protect;   /* the WP pin is low */
} flash_desc_t;

typedef struct {
    sim_comp_t comp;
    flash_desc_t desc;

    uint8_t *memory; /* desc.bytes; a reset of the simulation keeps it */
    uint32_t status; /* without the busy bit */
    uint64_t busy_until_ps;
    bool selected, ignored;  /* ignored: the command, to the end of the select */
    uint32_t command, taken; /* bytes of the command so far */
    uint32_t addr;
    uint8_t page[FLASH_PAGE_BYTES]; /* of a program: 0xff where nothing came */
    uint64_t reads, programs, erases, refused;
} flash_t;

flash_desc_t flash_desc_default(void); /* not fitted */

/* Allocates the memory, erased, if it is fitted. */
sim_err_t flash_init(flash_t *flash, sim_t *sim, const flash_desc_t *desc, const char *name);
void flash_free(flash_t *flash);

/* Before the simulation starts. False when it does not fit. */
bool flash_load(flash_t *flash, uint32_t addr, const void *data, size_t bytes);

spi_device_t flash_device(flash_t *flash);

#endif
