/*
 * file.h - whole files in; files out that appear under their final name only when complete.
 * Devices, pipes and links are written as they are.
 */
#ifndef SIM_FILE_H
#define SIM_FILE_H

#include <stdio.h>

#include "sim/types.h"

/* malloc'ed content with a 0 byte after it; NULL with error "file: reason" otherwise. */
uint8_t *sim_file_read(const char *file, size_t max_bytes, size_t *bytes, char *error,
                       size_t error_bytes);

/* Opens `file` + ".part" for writing and reading back; `file` where that is no regular file. NULL
 * with error filled when it cannot. */
FILE *sim_file_create(const char *file, char *error, size_t error_bytes);
/* The part file that an earlier process left, to go on with; NULL when there is none. */
FILE *sim_file_reopen(const char *file, char *error, size_t error_bytes);
/* Closes, checks every write, renames to the final name. On failure the part file is removed. */
sim_err_t sim_file_commit(FILE *stream, const char *file, char *error, size_t error_bytes);
/* Closes and removes the part file. */
void sim_file_abandon(FILE *stream, const char *file);
/* Closes and leaves the part file to sim_file_reopen. */
void sim_file_leave(FILE *stream);
/* Create + write + commit. */
sim_err_t sim_file_write(const char *file, const void *data, size_t bytes, char *error,
                         size_t error_bytes);
/* Whether the name ends so: ".png". */
bool sim_file_ends(const char *file, const char *end);
/* mkdir -p. */
sim_err_t sim_dir_make(const char *dir, char *error, size_t error_bytes);

#endif
