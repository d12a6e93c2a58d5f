/*
 * board.h - a sensor with its board for tests of booting and drivers: no light, no scene, no host
 * but the test itself.
 */
#ifndef TESTS_TOOLS_BOARD_H
#define TESTS_TOOLS_BOARD_H

#include "logic/sensor.h"
#include "mipi/capture.h"

typedef struct {
    sim_t *sim;
    sim_pool_t *pool;
    sensor_t *sensor;
    char log[512];      /* the last line */
    char console[4096]; /* what came out of the serial port, \r left out */
    uint32_t printed;
    uint32_t client; /* of the CCI bus */
    uint32_t device; /* I2C address that the host uses */
    cci_xfer_t done; /* the last one */
    uint32_t dones;
    mipi_capture_writer_t capture;
    FILE *link; /* NULL: no capture */
} board_t;

/* Made and wired. desc NULL: the built-in IMX500. */
board_t *board_new(const sensor_desc_t *desc);
void board_free(board_t *board);

void board_start(board_t *board);
void board_run_ms(board_t *board, uint64_t ms);
/* Until the CCS register has another value than `from`, at most ms; its value then. */
uint32_t board_wait(board_t *board, uint16_t addr, uint32_t from, uint64_t ms);

/* What leaves on the link goes to a capture file, from before board_start to board_capture_end. */
void board_capture(board_t *board, const char *path);
void board_capture_end(board_t *board, const char *path);

/* The host at the mailbox: a command with data word 0; its result, which must come. */
void board_command(board_t *board, uint32_t command, uint32_t argument);
uint32_t board_ask(board_t *board, uint32_t command, uint32_t argument);
/* Data word n of the last answer. */
uint32_t board_answer(const board_t *board, uint32_t n);
/* Asks for costs until one has that name (health.h): its data words are the answer then. */
bool board_ask_cost(board_t *board, const char *name);

/* Over the bus, in its time: whether the sensor acknowledged. */
bool board_cci_write(board_t *board, uint16_t addr, uint32_t value);

/* Without the bus, at once. */
uint32_t board_ccs(const board_t *board, uint16_t addr);
uint32_t board_word(board_t *board, uint32_t addr);

/* A whole file; fails the test when it is not there. */
uint8_t *board_file(const char *path, size_t *bytes);

#endif
