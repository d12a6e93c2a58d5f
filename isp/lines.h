/*
 * lines.h - memory for rows that are worked on side by side.
 *
 * Kernels walk up to 20 rows at once. Rows that lie a multiple of 4096 bytes apart would take turns
 * in the same few places of the host's first cache, so a row is a few lines of it longer.
 */
#ifndef ISP_LINES_H
#define ISP_LINES_H

#include <stddef.h>

#define LINES_ALIGN 64u /* bytes: a line of the host's cache, its longest vector */

/* From one row of at least `bytes` to the next: a multiple of LINES_ALIGN. */
size_t lines_stride(size_t bytes);

/* `count` rows of `stride` bytes, zero, aligned; NULL: no memory. For free(). */
void *lines_new(size_t count, size_t stride);

#endif
