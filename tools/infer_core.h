/*
 * infer_core.h - the RISC-V core and its surroundings beside an NPU and an L2: what runs a network
 * that leaves work to the core.
 *
 *   firmware in TCM --> core --> bus --+--> npu, intc, uart, sys, clint   pages as in the sensor
 *                                      +--> L2 <==> npu
 *
 * The firmware ends with semihosting's exit. Not modeled here: sensor, ISP, link, CCI.
 */
#ifndef TOOLS_INFER_CORE_H
#define TOOLS_INFER_CORE_H

#include "logic/sensor.h"

typedef struct {
    sys_t sys;
    uart_t uart;
    intc_t intc;
    clint_t clint;
    bus_t bus;
    core_t core;
    uint8_t *elf; /* the firmware's file */
    size_t elf_bytes;
    const char *firmware; /* its name, the caller's */
    bool exited;          /* of this run, with code */
    uint32_t code;
    char console[256]; /* the last that the firmware said, one line, for messages */
    uint32_t console_bytes;
} infer_core_t;

/* Wires everything to an L2 and an NPU that are initialized; before sim_check. False with a line in
 * error: the firmware cannot be read or is none. Zero core before; call infer_core_free. */
bool infer_core_init(infer_core_t *core, sim_t *sim, l2_t *l2, npu_t *npu, const logic_desc_t *desc,
                     const char *firmware, char *error, size_t error_bytes);
void infer_core_free(infer_core_t *core);

/* After a reset: the firmware as its file has it (its data may have changed). */
bool infer_core_load(infer_core_t *core, char *error, size_t error_bytes);

/* "firmware/infer.elf" beside the program that runs, or one folder up; false: nowhere. */
bool infer_core_find_firmware(char *path, size_t path_bytes);

#endif
