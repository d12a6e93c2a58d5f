/*
 * embedded.h - SMIA-tagged register lines (CSI-2 "embedded data", DT 0x12).
 *
 *   0A  AA hi  A5 lo  5A value  5A value ...  07 07 07 ...
 *
 * 0A starts a line; AA and A5 set the register address; 5A is a value (address then + 1); 55 skips
 * a register; 07 07 ends the line and 07 fills it. In a RAW10 stream every fifth byte is a dummy
 * 55, in RAW12 every third, in RAW14 the last three of seven, so that the line unpacks like pixels;
 * libcamera's md_parser_smia.cpp expects exactly this, and cam_helper_imx500.cpp a length of width
 * * bits / 8 rounded up to 16.
 */
#ifndef MIPI_EMBEDDED_H
#define MIPI_EMBEDDED_H

#include "sim/types.h"

/* Bytes of one embedded line beside image lines of width_px pixels of 8 to 20 bits. */
uint32_t mipi_embedded_line_bytes(uint32_t width_px, uint32_t bits);

/* One register of the line, addresses rising. */
typedef struct {
    uint16_t addr;
    uint8_t value;
} mipi_embedded_reg_t;

/*
 * Writes a whole line of line_bytes. count may be 0 (an empty line). Registers that do not fit are
 * left out; returns how many were written.
 */
uint32_t mipi_embedded_write(uint8_t *line, uint32_t line_bytes, uint32_t bits,
                             const mipi_embedded_reg_t *regs, uint32_t count);

/*
 * Reads up to max registers of one line, as a host does. Returns how many, or -1 when the line
 * breaks the format (*at then is the offset of the offending byte). Any bytes are fine.
 */
int mipi_embedded_read(const uint8_t *line, uint32_t line_bytes, uint32_t bits,
                       mipi_embedded_reg_t *regs, uint32_t max, uint32_t *at);

#endif
