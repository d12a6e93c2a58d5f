/*
 * signature.h - what a test program leaves between begin_signature and end_signature, as compliance
 * suites compare it: little-endian words, eight hexadecimal digits a line, lower case.
 */
#ifndef TOOLS_SIGNATURE_H
#define TOOLS_SIGNATURE_H

#include "logic/bus.h"

typedef struct {
    uint32_t begin, end;
} signature_t;

/* False with an error when the symbols are missing or do not enclose words of memory. */
bool signature_find(signature_t *signature, const bus_t *bus, const uint8_t *image,
                    size_t image_bytes, char *error, size_t error_bytes);

/* The file appears only when whole. */
bool signature_write(const signature_t *signature, bus_t *bus, const char *file, char *error,
                     size_t error_bytes);

#endif
