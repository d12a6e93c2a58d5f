/*
 * flash.h - the board's serial NOR flash, through the SPI controller.
 */
#ifndef FW_FLASH_H
#define FW_FLASH_H

#include "spi.h"

enum { FLASH_PAGE = 256, FLASH_SECTOR = 4096, FLASH_BLOCK = 65536 };

/* Sets the controller up and returns the flash's bytes; 0 when nothing answers. */
uint32_t flash_setup(void);

/* The three bytes of its id, first one highest. */
uint32_t flash_id(void);

/* By the core, a few bytes; and into L2, where *crc is the CRC-32 of what came. */
void flash_read(uint32_t at, void *to, uint32_t bytes);
bool flash_read_l2(uint32_t at, uint32_t addr, uint32_t bytes, uint32_t *crc);

/* Erase the sector of 4 KiB at `at`, write bytes into erased memory (any number, any place). Each
 * waits until the chip is ready again; false when it did not take the command (protected), there is
 * no chip, or it is not ready within a second (erase), 20 ms (page). */
bool flash_erase(uint32_t at);
bool flash_write(uint32_t at, const void *from, uint32_t bytes);

/* The same of a block of 64 KiB, and of bytes within a page, only begun: false when the chip did
 * not take the command. Until it is ready again it takes no other one. */
bool flash_begin_erase(uint32_t at);
bool flash_begin_page(uint32_t at, const void *from, uint32_t bytes);
bool flash_is_busy(void);

/* Reads word after word, little-endian, from `at` on; nobody else uses the controller until
 * flash_close. */
void flash_open(uint32_t at);
uint32_t flash_next_word(void);
void flash_close(void);

#endif
