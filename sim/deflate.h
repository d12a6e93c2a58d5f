/*
 * deflate.h - bytes to fewer bytes and back, by zlib.
 */
#ifndef SIM_DEFLATE_H
#define SIM_DEFLATE_H

#include "sim/types.h"

/* Pieces are added one after another; what comes out is one zlib stream (RFC 1950). */
typedef struct sim_deflate sim_deflate_t;

sim_deflate_t *sim_deflate_new(void); /* NULL: out of memory */
/* False: out of memory. */
bool sim_deflate_add(sim_deflate_t *deflate, const void *data, size_t bytes);
/* Ends the stream and frees deflate. malloc'ed; NULL: out of memory. */
uint8_t *sim_deflate_end(sim_deflate_t *deflate, size_t *bytes);

/* malloc'ed: exactly `bytes`; NULL when data is no stream of that many, or without memory. Memory
 * grows with what is there, not with what is promised. */
uint8_t *sim_inflate(const uint8_t *data, size_t data_bytes, size_t bytes);

#endif
