/*
 * huffman.h - bytes to a zlib stream (RFC 1950) of Huffman codes and runs, without a search for
 * repeats: what pictures of a noisy sensor take. Some ten times as fast as zlib's own coder.
 */
#ifndef SIM_HUFFMAN_H
#define SIM_HUFFMAN_H

#include "sim/types.h"

/* malloc'ed; the same bytes for the same data on any machine. NULL: out of memory. */
uint8_t *sim_huffman_zlib(const uint8_t *data, size_t bytes, size_t *out_bytes);

#endif
