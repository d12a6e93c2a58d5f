/*
 * lines.c - memory for rows that are worked on side by side.
 */
#include "isp/lines.h"

#include <stdlib.h>
#include <string.h>

#define SKEW 5u /* cache lines */

size_t lines_stride(size_t bytes)
{
    size_t lines = (bytes + LINES_ALIGN - 1) / LINES_ALIGN;
    return (lines + SKEW) * LINES_ALIGN;
}

void *lines_new(size_t count, size_t stride)
{
    void *rows = aligned_alloc(LINES_ALIGN, count * stride);
    if (rows != NULL)
        memset(rows, 0, count * stride);
    return rows;
}
