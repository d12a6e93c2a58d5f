/*
 * host_script.h - a host script: what the host does on the control bus, one line after another.
 *
 *   write ADDR VALUE [WIDTH]     read ADDR [WIDTH]     expect ADDR VALUE [WIDTH]
 *   delay MS                     wait-frame N          spi FILE
 *   at TIME                      light FACTOR
 *   {0x0100, 0x00},  { CCI_REG16(0x0340), 0x0b9c },    entries of a Linux driver's tables
 *
 *   write ADDR size:FILE [WIDTH]                       bytes of a file
 *   #define NAME VALUE or CCI_REG16(0x3054)            a name for what follows; else # is a comment
 *
 * ADDR is the number of an address or a register's name; numbers are decimal or 0x; WIDTH is 8, 16,
 * 24 or 32 bits, otherwise that of the register that begins at ADDR, or 8 where none does. Entries
 * of a table are 8 bits wide unless CCI_REG16, 24 or 32 says otherwise. MS may have a fraction, or
 * a unit (300us), and so has TIME, which is since the begin of the run: what is past is not waited
 * for. FACTOR: the scene's light becomes so many times what the scene says, 0..1000 in thousandths.
 * Comments: # and // to the end of the line, C's; lines that open and close a C table are passed
 * over; a backslash at its end goes on with a line. Expressions are not worked out. A file is
 * looked for beside the script.
 *
 * What stands in front of the first `at` is the host's set-up of the sensor. A script without any
 * stands beside the scenario's own host, which does that as it does without a script.
 */
#ifndef TOOLS_HOST_SCRIPT_H
#define TOOLS_HOST_SCRIPT_H

#include <stdio.h>

#include "sim/types.h"

typedef enum {
    HOST_WRITE,
    HOST_READ,
    HOST_EXPECT,
    HOST_DELAY,
    HOST_WAIT_FRAME,
    HOST_SPI,
    HOST_AT,
    HOST_LIGHT,
    HOST_ACTS
} host_act_t;

typedef struct {
    host_act_t act;
    uint32_t line;  /* of the file, from 1; 0: of no file */
    uint16_t addr;  /* write, read, expect */
    uint32_t bytes; /* of the register, 1..4; of SPI data */
    uint32_t value; /* write, expect; wait-frame: the frame; light: thousandths */
    uint64_t ps;    /* delay, at */
    size_t at;      /* spi: of its data in the tape; while reading: of a file's name in the text */
} host_cmd_t;

typedef struct {
    char *file; /* its name, for messages */
    host_cmd_t *cmd;
    uint32_t cmds;
    uint8_t *tape; /* the files of all `spi` */
    size_t tape_bytes;
} host_script_t;

/* Reads the script and the files that it names. script is zeroed. False with one line in error;
 * host_script_free in any case. */
bool host_script_load(host_script_t *script, const char *file, char *error, size_t error_bytes);
/* The same of text in memory, without files: their data are empty. */
bool host_script_parse(host_script_t *script, const char *name, const char *text, size_t bytes,
                       char *error, size_t error_bytes);
void host_script_free(host_script_t *script);

/* Lines of set-up: those in front of the first `at`. */
uint32_t host_script_setup(const host_script_t *script);

/* One more command at the end. False without memory. */
bool host_script_append(host_script_t *script, const host_cmd_t *cmd);
/* Only the first so many stay. */
void host_script_cut(host_script_t *script, uint32_t cmds);
/* The script as text that reads as the same. A script with `spi` or sizes of files has no such
 * text: those lines are comments. */
void host_script_print(const host_script_t *script, FILE *to);

/* One more write, in front of command `at` (cmds: at the end). False without memory. */
bool host_script_add_write(host_script_t *script, uint32_t at, uint16_t addr, uint32_t bytes,
                           uint32_t value);

/* What the script does, in a hash that `seed` begins. */
uint64_t host_script_hash(const host_script_t *script, uint64_t seed);

/* Whether a line sends a file over SPI. */
bool host_script_sends(const host_script_t *script);

/* Whether a line of set-up writes any byte of the register at addr. */
bool host_script_writes(const host_script_t *script, uint16_t addr);

/* The first line of set-up that writes another value than 0 to that byte; the number of such lines:
 * none does. */
uint32_t host_script_sets(const host_script_t *script, uint16_t addr);

#endif
