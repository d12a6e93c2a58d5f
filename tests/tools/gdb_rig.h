/*
 * gdb_rig.h - a command of fovea under the real GDB, for tests. Skipped without gdb-multiarch or
 * the firmware.
 */
#ifndef TESTS_TOOLS_GDB_RIG_H
#define TESTS_TOOLS_GDB_RIG_H

#include "tests/sensor/fovea.h"
#include "tests/test.h"

#define ELF "build/firmware/visitor_counter.elf"

enum { TEXT = 1 << 17 };

/* The text of a file, until the next call. */
char *read_all(const char *file);
/* False, and the reason printed, when GDB or the firmware is not there; makes dir. */
bool ready(const char *dir, const char *test);

/* A GDB with the program elf reads `commands`; {} in them is the address of what it debugs: the
 * shell's `command`, a fovea with its arguments. Returns what GDB printed; what the command did is
 * in dir/name.run.txt, its exit code in name.code. */
const char *debug_command(const char *dir, const char *name, const char *command, const char *elf,
                          const char *commands);
/* Each of them in text, one behind the other. */
void in_order(const char *text, const char *const *lines, size_t count);

#endif
